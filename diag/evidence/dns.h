/* Evidence of kind "dns": one question to the domain name system and its answer. */
#ifndef EXDIAG_EVIDENCE_DNS_H
#define EXDIAG_EVIDENCE_DNS_H

#include "diag/evidence/evidence.h"
#include "diag/read/dns_message.h"

struct dns_answer {
    struct evidence evidence;

    /* the question */
    const char *name; /* presentation text, dns_name.h, folded to lower case */
    enum dns_type type;
    /*
     * Where to ask. Without an address: the resolvers of the run (those of --dns,
     * else the system's), recursively, following aliases. With one: that server
     * alone, without recursion, as a resolver would ask it.
     */
    struct net_address at;

    /*
     * The observation. STATUS_OK for NOERROR and NXDOMAIN; SERVFAIL is
     * STATUS_SERVER_FAILURE and other codes STATUS_REJECTED, with `rcode` and
     * sections as received; otherwise nothing of it was received. `answer` begins
     * with the aliases in their order, whatever the status; in an answer, only the
     * records of the asked type for the name they end at follow. A loop of aliases
     * is STATUS_MALFORMED.
     */
    struct net_address server; /* who gave this answer; no address if nobody did */
    uint16_t rcode;            /* enum dns_rcode */
    uint8_t flags;             /* enum dns_flag */
    uint8_t tries;             /* questions sent until this answer; 0: could not be asked */
    bool over_tcp;
    struct dns_section answer;
    struct dns_section authority;
    struct dns_section additional;
};

extern const struct evidence_kind evidence_dns;

/*
 * Walks the records of the asked type: NULL gives the first. Records of other
 * types (aliases) are passed over.
 */
const struct dns_record *dns_answer_next(const struct dns_answer *answer,
                                         const struct dns_record *previous);

/* STATUS_OK and at least one record of the asked type. */
bool dns_answer_has_records(const struct dns_answer *answer);

/* STATUS_OK, NXDOMAIN: the name does not exist. */
bool dns_answer_no_such_name(const struct dns_answer *answer);

#endif
