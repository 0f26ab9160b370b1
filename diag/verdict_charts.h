/* The charts of a report: what was placed on scales, run by run. */
#ifndef EXDIAG_VERDICT_CHARTS_H
#define EXDIAG_VERDICT_CHARTS_H

#include "diag/run.h"

/*
 * Fills in the charts of `report`: those of a run stand together, in the order of their scales'
 * ids. A scale with one name on it is no chart: there is nothing to hold it against. What is wrong
 * by a finding that the site has accepted is SPAN_ACCEPTED: the findings are there already.
 */
void verdict_charts(const struct run *runs, size_t run_count, struct arena *arena,
                    struct report *report);

#endif
