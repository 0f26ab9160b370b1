/* The first page, for those who decide: what is broken, what it costs, what to do first. */
#ifndef EXDIAG_REPORT_HTML_COVER_H
#define EXDIAG_REPORT_HTML_COVER_H

#include "diag/report/html_write.h"

/* "Mail of Contoso", or what was examined. */
void html_title(struct page *page);

/* It stays on one sheet of paper, whatever the report holds. */
void html_cover(struct page *page);

/* What was examined, by which run, in full: the last section. */
void html_examined(struct page *page);

#endif
