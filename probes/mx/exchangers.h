/*
 * The mail exchangers of a domain: what senders find when they look where its mail goes
 * (RFC 5321 5.1, RFC 7505). The MX records are those that the Internet sees (public_dns.h);
 * addresses are the resolver's.
 */
#ifndef EXDIAG_PROBES_MX_EXCHANGERS_H
#define EXDIAG_PROBES_MX_EXCHANGERS_H

#include "diag/probe.h"

enum { /* of a domain that are examined; more are counted */
       MX_EXCHANGERS_MOST = 32,
       MX_ADDRESSES_MOST = 64
};

enum mx_state {
    MX_PENDING,   /* something is still on its way: what is here is not all */
    MX_FOUND,     /* there are exchangers, or what is said to be some */
    MX_PRIVATE,   /* a name for private use: there is nothing that senders could see */
    MX_NO_MAIL,   /* null MX alone: the domain takes no mail, and says so */
    MX_NOWHERE,   /* no MX and no address: there is nothing to deliver to */
    MX_NO_DOMAIN, /* the same, for the name does not exist */
    MX_UNREADABLE /* its MX records could not be had: `obstacle` and `reason` say why */
};

struct mx_exchanger {
    const char *name; /* as in the record, folded; of an implicit MX the domain's */
    uint16_t preference;
    uint32_t ttl;                     /* of the MX record: seconds */
    struct ip_address literal;        /* its name is an address: no host by RFC 5321 */
    const char *alias;                /* its name is an alias, for this one; or NULL */
    const struct dns_answer *v4, *v6; /* NULL for a literal */
    size_t addresses;                 /* that it has, counted in the list or not */
};

struct mx_address {
    struct ip_address ip;
    size_t exchanger; /* the first in order that has it; mx_leads_to() knows the others */
};

struct mx_exchangers {
    enum mx_state state;
    bool is_implicit;          /* there is no MX record: the domain's own addresses */
    bool has_null;             /* "0 ." stands among them */
    struct mx_exchanger *list; /* best preference first, then by name; MX_EXCHANGERS_MOST of them */
    size_t count, room;
    size_t total;                 /* with those that were left out */
    struct mx_address *addresses; /* in that order, each once; MX_ADDRESSES_MOST of them */
    size_t address_count, address_room;
    size_t address_total;
    const struct dns_answer *answer; /* that named them, or says that there are none; or NULL */
    const struct evidence *obstacle; /* or NULL */
    const char *reason;
    struct arena *arena; /* pass memory */
};

/* In pass memory. Until nothing is pending, `state` is MX_PENDING. */
const struct mx_exchangers *mx_exchangers_of(struct examination *x, const char *domain);

/* The addresses of one host, as if it were the only exchanger: a name, or an address as text. */
const struct mx_exchangers *mx_addresses_of_host(struct examination *x, const char *host);

/*
 * The answer is signed (DNSSEC), for a resolver says so that runs on this machine: of any other,
 * nobody knows what happened to its word on the way.
 */
bool mx_is_authenticated(const struct dns_answer *answer);

/* The record that says that the address is one of its own; NULL: it is not, or no record says so.
 */
const struct dns_record *mx_address_record(const struct mx_exchanger *exchanger,
                                           const struct ip_address *ip);

/* The address is one of its own. */
bool mx_leads_to(const struct mx_exchanger *exchanger, const struct ip_address *ip);

/* One of the two questions for its addresses was not answered, so there may be more. */
bool mx_is_unresolved(const struct mx_exchanger *exchanger);

#endif
