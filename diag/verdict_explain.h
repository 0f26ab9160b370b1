/* Which finding explains which, and the order that follows from it. */
#ifndef EXDIAG_VERDICT_EXPLAIN_H
#define EXDIAG_VERDICT_EXPLAIN_H

#include "diag/finding.h"

/*
 * Fills in `explained_by` of the findings of one run, by the table of explanations (probe.h):
 * causes in the order of their rank there, and then of the list. n log n, and as many steps as
 * there are pairs of cause and effect; effects with the same causes share one array.
 */
void verdict_explain(struct finding **findings, size_t count, struct arena *arena);

/* Fills in `rank`, and puts the findings of a report into their order: finding_compare(). */
void verdict_arrange(struct finding **findings, size_t count, struct arena *arena);

#endif
