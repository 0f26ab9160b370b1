/*
 * Chains of aliases: the CNAME records of an answer section (RFC 1034 3.6.2),
 * followed from name to name. Pure.
 */
#ifndef EXDIAG_READ_DNS_CHAIN_H
#define EXDIAG_READ_DNS_CHAIN_H

#include "diag/read/dns_message.h"

enum { DNS_ALIASES_MOST = 16 }; /* in one chain */

struct dns_chain {
    const struct dns_record *aliases[DNS_ALIASES_MOST]; /* in the order of the chain */
    unsigned count;
    const char *end; /* the name that is reached; the name itself where it is no alias */
    bool found;      /* there are records of the type for `end` */
};

/*
 * Follows the aliases of `name` in `answer` until there are records of `type` or no
 * further alias. STATUS_MALFORMED for a loop, with `end` the name that came twice;
 * STATUS_LIMIT where more than DNS_ALIASES_MOST aliases follow each other.
 */
enum status dns_chain_follow(const struct dns_section *answer, const char *name, enum dns_type type,
                             struct dns_chain *out);

/*
 * The aliases, then the records of `type` that are in `answer` for their end: what
 * belongs to the question. Records of other names are no answer to it.
 */
struct dns_section dns_chain_section(const struct dns_chain *chain,
                                     const struct dns_section *answer, enum dns_type type,
                                     struct arena *arena);

/*
 * True if `authority` says that the end has no records of the type: it holds the SOA
 * record of a zone that the name is in (RFC 2308 2.2).
 */
bool dns_chain_is_denied(const struct dns_chain *chain, const struct dns_section *authority);

#endif
