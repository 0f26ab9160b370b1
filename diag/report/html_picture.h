/* Pictures of findings in the page for browsers, and what they are drawn with. */
#ifndef EXDIAG_REPORT_HTML_PICTURE_H
#define EXDIAG_REPORT_HTML_PICTURE_H

#include "diag/report/html_write.h"

#include <stdint.h>

/*
 * All that belong to this finding, a figure each: series, tree and timeline. Of one page the first
 * HTML_PICTURES_MOST; then a line says where the others are.
 */
void html_pictures(struct page *page, const struct finding *finding);

enum { HTML_PICTURES_MOST = 100, HTML_PERCENT_SIZE = 16 };

/* "12.50%" of 1250 in 10,000. */
void html_percent(uint32_t share, char text[HTML_PERCENT_SIZE]);

#endif
