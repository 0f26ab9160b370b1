/* The findings of several runs, as of the newest evidence of each subject: history.h. */
#ifndef EXDIAG_VERDICT_HISTORY_H
#define EXDIAG_VERDICT_HISTORY_H

#include "diag/run.h"

/* Examinations of which newer runs have the newer word; sorted. */
struct outdated_look {
    size_t run;
    const struct subject *subject; /* of its exam, as is the probe */
    const struct probe *probe;
};

struct outdated {
    const struct outdated_look *list;
    size_t count;
};

bool is_outdated(const struct outdated *outdated, size_t run, const struct subject *subject,
                 const struct probe *probe);

/*
 * Leaves in the list what is the newest word on its subject, with its history, explained by what is
 * there itself; fills in the past of the report and what is to be said of its runs. `outdated`
 * is left empty where there is one run.
 */
void verdict_history(const struct run *runs, struct finding ***findings, size_t *count,
                     struct arena *arena, struct report *report, struct report_run *out,
                     struct outdated *outdated);

#endif
