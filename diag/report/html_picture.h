/* Pictures of findings in the page for browsers, as one call. */
#ifndef EXDIAG_REPORT_HTML_PICTURE_H
#define EXDIAG_REPORT_HTML_PICTURE_H

#include "diag/report/html_write.h"

/* All that belong to this finding, a figure each: series, tree and timeline. */
void html_pictures(struct page *page, const struct finding *finding);

#endif
