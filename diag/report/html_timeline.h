/* Timelines in the page for browsers. */
#ifndef EXDIAG_REPORT_HTML_TIMELINE_H
#define EXDIAG_REPORT_HTML_TIMELINE_H

#include "diag/report/html_write.h"

/*
 * A figure: a table with a row a host, in each a picture of what it did on an axis of time that all
 * rows share, and how it ended in words. Where there is no room the pictures stand below the names.
 */
void html_timeline(struct page *page, const struct timeline *timeline);

#endif
