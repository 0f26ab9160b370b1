/* Whose addresses those are that logs tell of. */
#ifndef EXDIAG_PROBES_SPN_SOURCES_H
#define EXDIAG_PROBES_SPN_SOURCES_H

#include "probes/spn/exports.h"

struct spn_sources {
    struct examination *x;
    const struct spn_exports *exports; /* NULL: not looked for yet */
};

/* Of a network that is nobody's on the Internet: RFC 1918, RFC 4193, loopback, link-local. */
bool spn_is_inside(const struct ip_address *ip);

/* DNS gives it to a server that is known here: by an export, by a directory, or by the user. */
bool spn_is_servers_address(struct spn_sources *sources, const struct ip_address *ip);

#endif
