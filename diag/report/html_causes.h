/* Which cause explains which symptom, in the page for browsers. */
#ifndef EXDIAG_REPORT_HTML_CAUSES_H
#define EXDIAG_REPORT_HTML_CAUSES_H

#include "diag/report/html_write.h"

/* Some entry explains another: there is something to draw. */
bool html_has_causes(const struct page *page);

/*
 * A section "causes" with a graph of entries, from causes on the left to symptoms on the right,
 * each a link to what is told of it; where that has no room, the same as a list. Nothing where no
 * entry is explained by another.
 */
void html_causes(struct page *page);

#endif
