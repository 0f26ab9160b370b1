/*
 * The directory of a host: its domain controllers and a global catalog, and what the
 * configuration partition says of Exchange. A controller that does not answer is passed over for
 * the next one.
 */
#ifndef EXDIAG_PROBES_SPN_FOREST_H
#define EXDIAG_PROBES_SPN_FOREST_H

#include "diag/probe.h"
#include "probes/ad_domain.h"
#include "probes/spn/servers.h"

enum spn_forest_state {
    SPN_FOREST_PENDING,
    SPN_FOREST_FOUND,
    SPN_FOREST_NONE,       /* no domain controllers are known, by DNS or by --dc */
    SPN_FOREST_UNREADABLE, /* none of them tells: `obstacle` */
    SPN_FOREST_NOT_ASKED   /* in a file of a run that did not ask for them */
};

enum { SPN_CONTROLLERS_MOST = 8 /* that are tried */, SPN_DOMAINS_MOST = 64 };

struct spn_controller {
    const char *name; /* or address */
    bool is_vouched;  /* the user's word, or below the domain that the user named */
};

struct spn_controllers {
    struct spn_controller list[SPN_CONTROLLERS_MOST];
    size_t count;
};

struct spn_domain {      /* of the forest */
    const char *name;    /* "contoso.com" */
    const char *netbios; /* "CONTOSO" */
};

struct spn_forest {
    enum spn_forest_state state;
    const char *domain;                 /* that the controllers are of, or NULL */
    struct spn_controllers controllers; /* the one that answered first */
    struct ip_address ip;               /* of that */
    struct spn_controllers catalogs;    /* global catalogs, the same */
    const char *naming_context;         /* of the domain */
    const char *configuration;
    struct spn_servers servers;
    const struct evidence *servers_source;
    /* They were told as somebody: by a directory that is who it says (Kerberos, verified TLS). */
    bool are_servers_sure;
    bool has_more_servers;                      /* than were told */
    const struct directory_attribute *mappings; /* sPNMappings, or NULL */
    struct spn_domain domains[SPN_DOMAINS_MOST];
    size_t domain_count; /* 0: not told */
    const struct evidence *obstacle;
};

/* In pass memory. The controllers of --dc come first. */
const struct spn_forest *spn_forest_of(struct examination *x, const struct ad_domain *domain);

/* Accounts of the whole forest, or of the domain alone where no global catalog answers. */
struct spn_search {
    bool is_pending;
    const struct directory_answer *answer; /* NULL: none was of use */
    bool is_everywhere;
    const struct evidence *obstacle;
};
struct spn_search spn_forest_search(struct examination *x, const struct spn_forest *forest,
                                    const char *filter, const char *const *attributes);

/* The same of Exchange's part of the configuration: `is_everywhere` once its answer is whole. */
struct spn_search spn_forest_configured(struct examination *x, const struct spn_forest *forest,
                                        const char *filter, const char *const *attributes);

/* Not known to be of another forest. */
bool spn_forest_has_domain(const struct spn_forest *forest, const char *domain);
bool spn_forest_has(struct examination *x, const struct spn_forest *forest, const char *dn);

/* "CONTOSO" of "contoso.com", where the forest has other domains too; else NULL. */
const char *spn_forest_netbios(const struct spn_forest *forest, const char *domain);

#endif
