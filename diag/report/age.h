/*
 * How old evidence is by now, where somebody looks at it again and again and takes it for the state
 * of today: a file that no job renews any more says for ever what it said last.
 */
#ifndef EXDIAG_REPORT_AGE_H
#define EXDIAG_REPORT_AGE_H

#include "diag/buffer.h"
#include "diag/finding.h"

enum report_freshness {
    FRESHNESS_UNASKED, /* it is a run of just now, or nobody minds */
    FRESHNESS_GOOD,
    FRESHNESS_OLD,    /* beyond report.max_age */
    FRESHNESS_FUTURE, /* by more than clocks are apart */
    FRESHNESS_UNDATED /* it does not say when it was */
};

struct report_age {
    enum report_freshness freshness;
    const struct report_run *run; /* that decides; NULL of FRESHNESS_UNASKED */
    int64_t milliseconds;         /* since it began, never below 0 */
};

/* The oldest run that is still the newest word on something; NULL where there is no run. */
const struct report_run *report_oldest_run(const struct report *report);

/*
 * Of the runs that are the newest word on something the one that says least of today: without a
 * date, of the future, and then the oldest. With report.max_age 0 none is bad.
 */
struct report_age report_age(const struct report *report);

/* It tells nothing of today. */
bool report_age_is_bad(const struct report_age *age);

/* "evidence is 3 days old, of 2026-11-20 02:00:05 UTC, and 26 h is the most (--max-age)" */
void report_age_words(const struct report *report, const struct report_age *age,
                      struct buffer *out);

#endif
