/* Timelines in the report for terminals. */
#ifndef EXDIAG_REPORT_TEXT_TIMELINE_H
#define EXDIAG_REPORT_TEXT_TIMELINE_H

#include "diag/report/report.h"
#include "diag/report/wrap.h"

/* Whether it says more than lines do: of several hosts one took its time. */
bool text_timeline_tells(const struct timeline *timeline);

/*
 * A line of words, the axis, then a line a row: who, what it did on the axis, when and how it
 * ended. Where the page is too narrow names are cut, then the axis goes. `body`: where the text
 * begins.
 */
void text_timeline(struct wrap *wrap, const struct report_options *options, size_t body,
                   const struct timeline *timeline);

#endif
