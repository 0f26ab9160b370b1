/* Trees in the report for terminals. */
#ifndef EXDIAG_REPORT_TEXT_TREE_H
#define EXDIAG_REPORT_TEXT_TREE_H

#include "diag/report/report.h"
#include "diag/report/wrap.h"

/* What trees are drawn with, here and by `exdiag spf`. Each takes three columns, `rule` one. */
struct tree_glyphs {
    const char *branch, *last, *down, *free, *rule;
};

const struct tree_glyphs *text_tree_glyphs(const struct report_options *options);

/*
 * A line of words, then a line a node: the number of its own cost, its cost with all below, lines
 * to the one above, and in words what is to be said of it. What is nearest to the root, wrong or
 * where the limit breaks comes first where there are many. `body`: where the text begins.
 */
void text_tree(struct wrap *wrap, const struct report_options *options, size_t body,
               const struct tree *tree);

#endif
