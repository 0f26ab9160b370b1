/* The findings of several runs, as of the newest evidence of each subject: history.h. */
#ifndef EXDIAG_VERDICT_HISTORY_H
#define EXDIAG_VERDICT_HISTORY_H

#include "diag/run.h"

/*
 * Leaves in the list what is the newest word on its subject, with its history, explained by what is
 * there itself; fills in the past of the report and what is to be said of its runs.
 */
void verdict_history(const struct run *runs, struct finding ***findings, size_t *count,
                     struct arena *arena, struct report *report, struct report_run *out);

#endif
