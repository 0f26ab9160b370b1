/* What changed between runs, as text: what `exdiag diff` prints. */
#ifndef EXDIAG_REPORT_CHANGES_H
#define EXDIAG_REPORT_CHANGES_H

#include "diag/report/report.h"

/*
 * A line or two for each problem: those that are fixed, new, back, still there, then those of which
 * that is not known. With `verbose` what is seen of each by now, too; with `quiet` the counts
 * alone.
 */
enum status report_changes_text(const struct report *report, const struct report_options *options,
                                FILE *stream);

#endif
