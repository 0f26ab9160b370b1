/* A host, asked for the time through every source that fits it. */
#ifndef EXDIAG_PROBES_CLOCK_HOST_H
#define EXDIAG_PROBES_CLOCK_HOST_H

#include "diag/probe.h"
#include "probes/clock/consensus.h"

/* X(NAME, "for people"): the later, the nearer to the right time */
#define CLOCK_ROLE_LIST(X)                                                                         \
    X(SERVER, "server")                                                                            \
    X(CONTROLLER, "domain controller")                                                             \
    X(PDC, "PDC emulator")                                                                         \
    X(REFERENCE, "outside clock")

enum clock_role {
#define X(name, text) CLOCK_ROLE_##name,
    CLOCK_ROLE_LIST(X)
#undef X
        CLOCK_ROLE_COUNT
};

const char *clock_role_text(enum clock_role role);

enum { CLOCK_ADDRESSES_TRIED = 3 }; /* of a host, until one of them tells the time */

struct clock_host {
    const char *name; /* or its address, as text */
    enum clock_role role;
    bool is_pending; /* something is still on its way */
    bool was_asked;  /* or looked for; false: in a file of a run that did neither */
    const struct clock_reading *readings[CLOCK_OPINIONS_MOST]; /* with STATUS_OK */
    struct clock_opinion opinions[CLOCK_OPINIONS_MOST];        /* what each says */
    size_t count;
    const struct clock_reading *failed[CLOCK_OPINIONS_MOST];
    size_t failed_count;
    struct clock_consensus consensus;
    struct ip_address addresses[CLOCK_ADDRESSES_TRIED];
    size_t address_count;
    const char *told_name;           /* of a controller, by its rootDSE; or NULL */
    const struct evidence *obstacle; /* why there is no address to ask; or NULL */
    const char *told_domain;         /* the domain that it says it is in, or NULL */
    bool is_stand_alone;             /* it says that its domain is itself: that it is in none */
    const char *told_forest;         /* the root domain of its forest, likewise */
};

/* In pass memory. `realm`: of Kerberos, of a domain controller; or NULL. */
const struct clock_host *clock_host_of(struct examination *x, const char *name,
                                       enum clock_role role, const char *realm);

/* A server told something that a member of a domain tells: not HTTP's Date and a banner alone,
 * which whatever stands in front of it tells as well. */
bool clock_host_is_member(const struct clock_host *host);

/* It told the time. */
bool clock_host_spoke(const struct clock_host *host);

/*
 * By its name, or by the address that told the time: one clock has one say. A controller that is
 * named by an address is also the one that it says it is, if that has this address, and the one at
 * an address of the other family that says the same.
 */
bool clock_host_is_same(const struct clock_host *one, const struct clock_host *other);

#endif
