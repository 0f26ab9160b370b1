/* The SPF records that are published at one name (RFC 7208 4.5), and asking for them. */
#ifndef EXDIAG_PROBES_SPF_PUBLISHED_H
#define EXDIAG_PROBES_SPF_PUBLISHED_H

#include "diag/probe.h"
#include "diag/read/spf.h"

enum { SPF_RECORDS_MOST = 32 }; /* at one name that are looked at */

struct spf_published {
    const struct dns_answer *answer;
    const struct spf_record *records;
    const struct dns_record *const *sources; /* the TXT record of each */
    size_t count;
};

/*
 * The answer that receivers get, as public_dns.h has it; where that view cannot be had,
 * the resolver's. NULL while it is on its way; otherwise look at evidence.status.
 */
const struct dns_answer *spf_ask(struct examination *x, const char *name, enum dns_type type);

/* The records in an answer to a TXT question. Read once; lives as long as the answer. */
const struct spf_published *spf_select(const struct dns_answer *answer);

/* The same texts, in whatever order. */
bool spf_publish_the_same(const struct spf_published *a, const struct spf_published *b);

#endif
