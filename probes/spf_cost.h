/*
 * What a record costs a receiver: the DNS lookups of its whole tree, each evaluation
 * counted (RFC 7208 4.6.4), and those that find nothing. Everything is asked of the
 * public view. The tree is followed no further than the limit, so it is small.
 */
#ifndef EXDIAG_PROBES_SPF_COST_H
#define EXDIAG_PROBES_SPF_COST_H

#include "diag/read/spf.h"
#include "probes/spf_tree.h"

struct spf_cost {
    unsigned lookups;     /* of the whole tree, if there is no obstacle */
    const char *obstacle; /* why the record would fail or cannot be counted ahead, or NULL */
};

/* False while answers are on their way. `domain`: at which the record is to stand. */
bool spf_count_cost(struct examination *x, const struct spf_record *record, const char *domain,
                    struct spf_cost *cost);

#endif
