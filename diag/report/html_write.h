/* What all parts of the page for browsers write with. */
#ifndef EXDIAG_REPORT_HTML_WRITE_H
#define EXDIAG_REPORT_HTML_WRITE_H

#include "diag/finding.h"

#include <stdio.h>

struct page {
    FILE *stream;
    const struct report *report;
    unsigned pictures; /* of findings, drawn so far: html_picture.h */
};

/* Text, its markup spelled out. */
void html_escape(struct page *page, const char *text, size_t size);

/* Markup with values: %s is always escaped; %u and %% are the only other conversions. */
void html_put(struct page *page, const char *markup, ...) PRINTF_LIKE(2, 3);

#endif
