/* Charts in the page for browsers. */
#ifndef EXDIAG_REPORT_HTML_CHART_H
#define EXDIAG_REPORT_HTML_CHART_H

#include "diag/report/html_write.h"

/*
 * The report's charts, a section each: a table of names, values and standings with a picture in
 * each row, all of them drawn to one axis. The pictures stretch with the page, and on a telephone
 * they stand below the names.
 */
void html_charts(struct page *page);

#endif
