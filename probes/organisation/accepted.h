/* Accepted domains of an Exchange organisation, as the configuration partition has them. */
#ifndef EXDIAG_PROBES_ORGANISATION_ACCEPTED_H
#define EXDIAG_PROBES_ORGANISATION_ACCEPTED_H

#include "diag/evidence/directory.h"

/*
 * X(NAME, "in words"): the low two bits of msExchAcceptedDomainFlags, which are the numbers of
 * Exchange's AcceptedDomainType; without the attribute it is 0
 */
#define ACCEPTED_TYPE_LIST(X)                                                                      \
    X(AUTHORITATIVE, "authoritative")                                                              \
    X(EXTERNAL_RELAY, "external relay")                                                            \
    X(INTERNAL_RELAY, "internal relay")                                                            \
    X(OTHER, "of unknown type")

enum accepted_type {
#define X(name, text) ACCEPTED_##name,
    ACCEPTED_TYPE_LIST(X)
#undef X
        ACCEPTED_TYPE_COUNT
};

struct accepted_domain {
    const char *name; /* folded, in A-labels; of a wildcard as it is written */
    enum accepted_type type;
    /*
     * "*.contoso.com", all subdomains of a domain, which is another accepted domain or none
     * (New-AcceptedDomain), and "*": no names that could be asked for.
     */
    bool is_wildcard;
    const char *unexamined; /* why it is not looked at as a mail domain, in words; or NULL */
};

struct accepted_domains {
    struct accepted_domain *list; /* each name once, in the order of the entries */
    size_t count;
    size_t odd; /* entries whose name is none */
};

/* What is asked for: filter and attributes. */
extern const char accepted_domains_filter[];
extern const char *const accepted_domains_attributes[];

/* In `arena`. */
void accepted_domains_read(const struct directory_entry *entries, size_t count, struct arena *arena,
                           struct accepted_domains *out);

#endif
