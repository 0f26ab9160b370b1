/* The SPF records that one server publishes at one name (RFC 7208 4.5). */
#ifndef EXDIAG_PROBES_SPF_PUBLISHED_H
#define EXDIAG_PROBES_SPF_PUBLISHED_H

#include "diag/probe.h"
#include "diag/read/spf.h"

enum { SPF_RECORDS_MOST = 32 }; /* at one name that are looked at */

struct spf_published {
    const struct dns_answer *answer;
    struct spf_record records[SPF_RECORDS_MOST];
    const struct dns_record *sources[SPF_RECORDS_MOST]; /* the TXT record of each */
    size_t count;
};

/* Those in an answer to a TXT question; lives in the memory of this pass. */
struct spf_published *spf_select(struct examination *x, const struct dns_answer *answer);

/* The same texts, in whatever order. */
bool spf_publish_the_same(const struct spf_published *a, const struct spf_published *b);

#endif
