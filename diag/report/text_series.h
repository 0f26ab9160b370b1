/* Series in the report for terminals. */
#ifndef EXDIAG_REPORT_TEXT_SERIES_H
#define EXDIAG_REPORT_TEXT_SERIES_H

#include "diag/report/report.h"
#include "diag/report/wrap.h"

/*
 * A line of words, then columns from zero up, the highest with its value, and the numbers of steps
 * below. Where there are more values than columns of text, the highest of neighbours stands for
 * them. `body`: the column where the text begins.
 */
void text_series(struct wrap *wrap, const struct report_options *options, size_t body,
                 const struct series *series);

#endif
