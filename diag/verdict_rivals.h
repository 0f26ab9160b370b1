/* What one alone can have, and several are to have. */
#ifndef EXDIAG_VERDICT_RIVALS_H
#define EXDIAG_VERDICT_RIVALS_H

#include "diag/finding.h"

/*
 * Findings of all runs of a report. The steps of a `rival` go (remedy.h); but of problems of
 * which others claim the same (struct claim), in whichever run, those go that are for one `alone`,
 * and who they are is told in what was seen. n log n.
 */
void verdict_rivals(struct finding **findings, size_t count, struct arena *arena);

#endif
