/* A host among the clocks that it is held against, and those that have a say in who is wrong. */
#ifndef EXDIAG_PROBES_CLOCK_FIELD_H
#define EXDIAG_PROBES_CLOCK_FIELD_H

#include "probes/ad_domain.h"
#include "probes/clock/compare.h"

struct clock_field {
    const struct clock_host *host;
    const struct ad_domain *domain;
    const struct clock_host *others[CLOCK_OTHERS_MOST]; /* that it is held against */
    size_t other_count;
    const struct clock_host *witnesses[CLOCK_OTHERS_MOST]; /* these, and all others known */
    size_t witness_count;
    const struct clock_comparison *comparison; /* of the host with the others */
    const char *top;           /* of the domain and those above it the topmost; or NULL */
    bool is_with_disputed_pdc; /* in step with it, and it differs from the one above: who is wrong?
                                */
    unsigned depth;            /* how many domains there are above */
    int64_t limit;             /* of Kerberos, in microseconds */
    const struct evidence *limit_source; /* of host evidence that tells it; or NULL */
    bool is_accused; /* a controller that servers alone show to be wrong: it is held against them */
    bool is_reference;                  /* the user named it with --reference, too: it is right */
    const char *controller;             /* of a server: the controller that it is itself; or NULL */
    const struct clock_host *wrong_pdc; /* the PDC emulator, if that is wrong itself; or NULL */
    bool is_with_wrong_pdc;             /* the host is in step with that one */
};

/*
 * The domain of a server, in pass memory: a host that nothing else leads to one may be of the one
 * that the user named.
 */
const struct ad_domain *clock_domain_of_server(struct examination *x,
                                               const struct clock_host *host);

/* The name or address under which the user named the controller that a host is; or NULL. */
const char *clock_given_name(struct examination *x, const struct clock_host *host);

/*
 * In pass memory; NULL while something is on its way. A server is held against the controllers of
 * its domain and those that the user named, unless DNS says that these are of another domain; a
 * controller against the PDC emulator alone if that is known; the PDC emulator also against that of
 * the domain above, and, as who has nobody else, against the servers of --reference, which is what
 * a controller that is named there, too, counts as. A controller that none of these judge is held
 * against the servers that agree with each other and not with it, if they are the most.
 */
const struct clock_field *clock_field_of(struct examination *x, const struct clock_host *host,
                                         const struct ad_domain *domain);

#endif
