/* What several runs tell alike is told once: of one subject by many machines. */
#ifndef EXDIAG_VERDICT_ALIKE_H
#define EXDIAG_VERDICT_ALIKE_H

#include "diag/finding.h"

/*
 * Of findings of different runs that are alike in kind, subject, outcome, severity and title, and
 * accepted or not, leaves that of the newest run, which names the others in `also`. What was
 * explained by one that goes is explained by the one that stays. Those of one run all stay.
 */
void verdict_alike(const struct report *report, struct finding **findings, size_t *count,
                   struct arena *arena);

#endif
