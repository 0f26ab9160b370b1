/* What became of problems that earlier runs saw, in the page for browsers. */
#ifndef EXDIAG_REPORT_HTML_PAST_H
#define EXDIAG_REPORT_HTML_PAST_H

#include "diag/report/html_write.h"

/* "2 fixed, 1 new"; nothing where no run is compared with another. */
void html_changes(struct page *page);

/* A section, in parts by what became of them; nothing where there are none. */
void html_past(struct page *page);

#endif
