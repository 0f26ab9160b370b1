/* Part of the verdict: what monitoring follows, of one or more runs. */
#ifndef EXDIAG_VERDICT_MEASURES_H
#define EXDIAG_VERDICT_MEASURES_H

#include "diag/run.h"
#include "diag/verdict_history.h"

/*
 * Fills the report's measures: what probes measured, and what stands on its charts. Of several runs
 * that measured the same, the one that started last counts; and what a newer one has looked at, it
 * measured or it did not.
 */
void verdict_measures(const struct run *runs, size_t run_count, const struct outdated *outdated,
                      struct arena *arena, struct report *report);

#endif
