/*
 * Exchange's servers as the configuration partition has them, and what each of their SMTP virtual
 * servers (2000, 2003) and receive connectors (2007 and later) calls itself.
 */
#ifndef EXDIAG_PROBES_SPN_SERVERS_H
#define EXDIAG_PROBES_SPN_SERVERS_H

#include "diag/evidence/directory.h"

enum { SPN_SERVERS_MOST = 1000, SPN_LISTENERS_MOST = 64 /* of one server */ };

struct spn_listener {
    const char *name; /* "Default EX01"; of a virtual server its number, "1" */
    const char *fqdn; /* as it is configured; or NULL: it calls itself as its server is called */
    const char *smart_host; /* where it sends its mail, a list parted by ";"; or NULL */
    bool is_virtual_server;
    bool authenticates_servers; /* or it is not known whether it does: */
    bool is_unsure;
};

/* Of msExchCurrentServerRoles; the front end is one of 2013 and later. */
enum spn_role {
    SPN_ROLE_MAILBOX = 2,
    SPN_ROLE_HUB = 32,
    SPN_ROLE_EDGE = 64,
    SPN_ROLE_FRONT_END = 16384
};

struct spn_server {
    const char *name; /* "EX01" */
    const char *host; /* "ex01.contoso.com", folded; NULL where it is not told */
    const char *dn;
    unsigned version; /* 6: 2000 and 2003, 8: 2007, 14: 2010, 15: later; 0: not told */
    unsigned roles;   /* enum spn_role; 0: not told, as of 2000 and 2003 */
    struct spn_listener *listeners;
    size_t listener_count;
};

struct spn_servers {
    struct spn_server *list;
    size_t count;
};

/* What is asked for: filter and attributes. */
extern const char spn_servers_filter[];
extern const char *const spn_servers_attributes[];

/* In `arena`, in the order of the entries. */
void spn_servers_read(const struct directory_entry *entries, size_t count, struct arena *arena,
                      struct spn_servers *out);

/* By full name or, where that has no dot, by its short one; NULL if there is none. */
const struct spn_server *spn_server_of(const struct spn_servers *servers, const char *host);

/* It is of Exchange 2007 or 2010, and has no role that transports mail. */
bool spn_server_has_no_transport(const struct spn_server *server);

/*
 * Others log on to it by Kerberos. Not to servers of Exchange 2007 and 2010 without the Hub
 * Transport role, which have no transport, nor to Edge servers, which are of no domain that counts.
 */
bool spn_server_lets_log_on(const struct spn_server *server);

/* How many of them do. */
size_t spn_servers_that_let_log_on(const struct spn_servers *servers);

/* What it calls itself: its virtual servers and connectors, with `host` if they do not say. */
bool spn_server_calls_itself(const struct spn_server *server, const char *host);

#endif
