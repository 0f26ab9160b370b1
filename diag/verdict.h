/*
 * The verdict: the findings of one or more runs, made into one report. Applies
 * --severity and --accept, says which finding explains which, puts everything in
 * its stable order.
 */
#ifndef EXDIAG_VERDICT_H
#define EXDIAG_VERDICT_H

#include "diag/run.h"

/*
 * Fills `report`; everything in it lives in `arena` or in the runs, which must
 * outlive it. An acceptance holds if it had not expired when its run started. Where runs of
 * several days looked at the same, the newest word on it counts (history.h).
 */
void verdict(const struct run *runs, size_t run_count, const char *title, struct arena *arena,
             struct report *report);

/*
 * Of two runs, in the order in which they are to be compared: what the second says, with what has
 * become of each finding of the first.
 */
void verdict_compare(const struct run runs[2], const char *title, struct arena *arena,
                     struct report *report);

#endif
