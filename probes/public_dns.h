/*
 * What the Internet sees. A mail server's own resolver often has an internal zone
 * that hides the public one, so a verdict about published records is formed from
 * the answers of the domain's delegated name servers, found from the top: the
 * resolver is trusted for the top-level domain's servers, and for the addresses of
 * name servers that come without glue. Where the user named servers with --dns,
 * those are the public view.
 */
#ifndef EXDIAG_PROBES_PUBLIC_DNS_H
#define EXDIAG_PROBES_PUBLIC_DNS_H

#include "diag/probe.h"

enum public_state {
    PUBLIC_PENDING,     /* something is still on its way: return and be called again */
    PUBLIC_KNOWN,       /* `answers` hold the view, one or more: of each server that gave one */
    PUBLIC_UNREACHABLE, /* it could not be had; `obstacle` and `reason` say why */
    PUBLIC_NONE /* the name is for private use (RFC 6761, RFC 6762): there is no public view */
};

enum { PUBLIC_SERVERS_MOST = 8 };

struct public_view {
    enum public_state state;
    const struct dns_answer
        *answers[PUBLIC_SERVERS_MOST]; /* with STATUS_OK, of the zone's servers */
    size_t count;
    const struct dns_answer *unheard[PUBLIC_SERVERS_MOST]; /* of servers that gave none of use */
    size_t unheard_count;
    const struct evidence *obstacle; /* or NULL */
    const char *reason;
};

struct public_view public_dns(struct examination *x, const char *name, enum dns_type type);

#endif
