/* Series in the page for browsers. */
#ifndef EXDIAG_REPORT_HTML_SERIES_H
#define EXDIAG_REPORT_HTML_SERIES_H

#include "diag/report/html_write.h"

/* A figure: its words, and columns from zero up, each of which tells its value. */
void html_series(struct page *page, const struct series *series);

#endif
