/* The entries of the outline in the page for browsers. */
#ifndef EXDIAG_REPORT_HTML_ENTRY_H
#define EXDIAG_REPORT_HTML_ENTRY_H

#include "diag/report/html_write.h"

/* An article, or one line for what is in order or not applicable. */
void html_entry(struct page *page, const struct outline_entry *entry);

/* Of all members, or of the first, with "and N alike" behind it; cut to `most` columns. */
void html_entry_title(struct page *page, const struct outline_entry *entry, size_t most);

/* "a.example, b.example and 8 more", each name by itself. */
void html_entry_subjects(struct page *page, const struct outline_entry *entry, size_t most);

#endif
