/* What all parts of the page for browsers write with. */
#ifndef EXDIAG_REPORT_HTML_WRITE_H
#define EXDIAG_REPORT_HTML_WRITE_H

#include "diag/report/summary.h"

#include <stdio.h>

enum { HTML_SOURCES_MOST = 256 };

/* A list of sources stands at the first entry that has it. */
struct html_sources {
    const struct reference *list;
    unsigned number; /* of that entry */
};

struct page {
    FILE *stream;
    const struct report *report;
    const struct outline *outline;
    const struct summary *summary;
    unsigned pictures; /* of findings, drawn so far: html_picture.h */
    struct html_sources sources[HTML_SOURCES_MOST];
    size_t source_count;
};

/* Text, its markup spelled out. */
void html_escape(struct page *page, const char *text, size_t size);

/* Markup with values: %s is always escaped; %u and %% are the only other conversions. */
void html_put(struct page *page, const char *markup, ...) PRINTF_LIKE(2, 3);

/*
 * Text in a fixed-width font. A browser breaks lines behind any hyphen; words that
 * begin with one (-all, -Identity) stay whole.
 */
void html_code(struct page *page, const char *text, size_t size);

/* Text, or so much of it that it takes `most` columns. */
void html_cut(struct page *page, const char *text, size_t most);

void html_time(struct page *page, int64_t milliseconds);

/* The word that says how a finding stands, in the colour of that. */
void html_standing(struct page *page, const struct finding *finding);

/* The class of that colour: "critical", "unknown", "not-applicable". */
const char *html_standing_class(const struct finding *finding);

/* A row of an entry, its name at the side. */
void html_start_row(struct page *page, const char *name);
void html_end_row(struct page *page);

/* A row of one paragraph; nothing without a text. */
void html_row(struct page *page, const char *name, const char *text);

#endif
