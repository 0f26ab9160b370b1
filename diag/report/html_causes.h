/* Which cause explains which symptom, in the page for browsers. */
#ifndef EXDIAG_REPORT_HTML_CAUSES_H
#define EXDIAG_REPORT_HTML_CAUSES_H

#include "diag/report/html_write.h"

/* The number of the entry that tells of this finding, which "#finding-N" leads to; 0: none does. */
typedef unsigned html_number_of(const struct page *page, const struct finding *finding);

/*
 * A section with a graph, from causes on the left to symptoms on the right, each a link to its
 * entry; findings of one entry are one node. Nothing where no finding is explained by another.
 */
void html_causes(struct page *page, html_number_of *number_of);

#endif
