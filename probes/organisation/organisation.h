/*
 * The organisation of the machine at hand, for a run in which no subject was named: its servers,
 * accepted domains and domain controllers, as the directory lists them.
 */
#ifndef EXDIAG_PROBES_ORGANISATION_H
#define EXDIAG_PROBES_ORGANISATION_H

#include "probes/ad_domain.h"
#include "probes/organisation/accepted.h"
#include "probes/spn/forest.h"

enum organisation_state {
    ORGANISATION_PENDING,
    ORGANISATION_NOT_WANTED, /* the run names its subjects */
    ORGANISATION_NO_MACHINE, /* it is not known which machine this is: `obstacle` */
    ORGANISATION_WORKGROUP,  /* it is in no domain */
    ORGANISATION_EDGE,       /* an Edge Transport server, which has no such directory */
    ORGANISATION_NO_DOMAIN, /* DNS knows no controllers of its domain, or did not say: `obstacle` */
    ORGANISATION_UNREADABLE, /* no controller tells: `obstacle` */
    ORGANISATION_FOUND
};

struct organisation_server {
    const struct spn_server *server;
    bool is_edge;
    const struct evidence *unheard; /* what DNS did not say; or NULL */
    bool is_gone;                   /* DNS has neither its name nor an address for it */
    bool is_elsewhere;              /* the same of an Edge server: a file of hosts may have it */
    bool has_no_name;               /* prepared and never installed, or not told to this user */
};

struct organisation {
    enum organisation_state state;
    const struct machine_identity *machine;
    const struct ad_domain *domain;
    const struct spn_forest *forest;
    struct organisation_server *servers;
    size_t server_count;
    struct accepted_domains accepted;
    const struct evidence *accepted_source;   /* or NULL: they were not told, `accepted_obstacle` */
    const struct evidence *accepted_obstacle; /* or NULL; of a part of them, too */
    const struct ad_domain *domains[SPN_DOMAINS_MOST]; /* of controllers: those with Exchange */
    size_t domain_count;
    const struct evidence *obstacle;
};

/* In pass memory. */
const struct organisation *organisation_of(struct examination *x);

/*
 * Whether a server is one that the organisation's directory lists, by its full name, or a
 * controller of the machine's own domain: whoever may be logged on to. Where the directory did not
 * show who it is, and of controllers, names below that domain alone, to which Windows itself logs
 * on; no Edge Transport server, which is in no domain and stands where everybody comes. False where
 * subjects were named. *is_pending is set while that is not known, and else left alone.
 */
bool organisation_lists(struct examination *x, const char *host, bool *is_pending);

/* The same of an organisation that was found. */
bool organisation_has(const struct organisation *organisation, const char *host);

/*
 * Whether this is the machine at hand in a run that names no subject, and no server of Exchange: it
 * is where the run was started, and serves nobody.
 */
bool organisation_is_seat(struct examination *x, const struct subject *server, bool *is_pending);

/*
 * Whether a server that was found is none of mail: that seat, or one of Exchange 2007 or 2010 that
 * has no transport.
 */
bool organisation_is_without_mail(struct examination *x, const struct subject *server,
                                  bool *is_pending);

#endif
