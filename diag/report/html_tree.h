/* Trees in the page for browsers. */
#ifndef EXDIAG_REPORT_HTML_TREE_H
#define EXDIAG_REPORT_HTML_TREE_H

#include "diag/report/html_write.h"

/*
 * A figure: a table with a row a node, which lines join to the one above, what it costs as a bar
 * on an axis that all rows share, and the same in numbers. Where there is no room the bars go.
 */
void html_tree(struct page *page, const struct tree *tree);

#endif
