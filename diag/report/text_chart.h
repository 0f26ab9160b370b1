/* Charts in the report for terminals. */
#ifndef EXDIAG_REPORT_TEXT_CHART_H
#define EXDIAG_REPORT_TEXT_CHART_H

#include "diag/report/report.h"
#include "diag/report/wrap.h"

/*
 * A free line, then the chart: which span is 0, the axis, a line a span. Where the page is too
 * narrow for all, the column of roles goes first, then long names are cut, then there is no axis.
 * `source` is the evidence file it is of, or NULL. `body`: the column where the text begins. With
 * `is_one_of_many` what is right is counted, and a chart of nothing else is a line.
 */
void text_chart(struct wrap *wrap, const struct report_options *options, size_t body,
                const struct chart *chart, const char *source, bool is_one_of_many);

#endif
