/*
 * Several SPF records into one, where that can be done safely: the merged record
 * lets through every sender that one of them lets through and no other, treats the
 * rest as the mildest of them does (one without `all` as neutral), and is valid. Whether it stays
 * within the limit of ten lookups is for the caller to count.
 */
#ifndef EXDIAG_PROBES_SPF_MERGE_H
#define EXDIAG_PROBES_SPF_MERGE_H

#include "diag/read/spf.h"

struct spf_merge {
    const char *text;     /* the merged record, or NULL: */
    const char *obstacle; /* why it cannot be made; may hold text of the records */
    const char *remark;   /* what was decided on the way, or NULL */
    bool identical;       /* all records say the same, term by term */
};

/* `count` is 1 or more. Everything in `out` lives in `arena`. */
void spf_merge(const struct spf_record *records, size_t count, struct arena *arena,
               struct spf_merge *out);

#endif
