/* Trees of includes behind the findings of an SPF record. */
#ifndef EXDIAG_PROBES_SPF_PICTURE_H
#define EXDIAG_PROBES_SPF_PICTURE_H

#include "probes/spf/charge.h"

/* The place is what the finding is about. */
typedef bool spf_marking(const struct spf_place *place);

extern const struct tree_kind spf_lookup_tree;  /* which is counted */
extern const struct tree_kind spf_include_tree; /* which leads somewhere */

/*
 * Terms that cost lookups, and those that are marked: where `is_marked` is NULL, the one whose
 * lookup breaks the limit.
 */
void spf_draw(const struct spf_case *at, struct finding *finding, const struct tree_kind *kind,
              spf_marking *is_marked);

/* A marked term leads to another record, or stands in one: then a tree shows where. */
bool spf_is_below(const struct spf_place *place);

#endif
