/* The table of contents of the page for browsers. */
#ifndef EXDIAG_REPORT_HTML_CONTENTS_H
#define EXDIAG_REPORT_HTML_CONTENTS_H

#include "diag/report/html_write.h"

struct html_part {
    const char *id;
    const char *heading;
};

extern const struct html_part html_parts[PART_COUNT];

/* Beside the text where there is room; before it on a telephone; a page of its own on paper. */
void html_contents(struct page *page);

#endif
