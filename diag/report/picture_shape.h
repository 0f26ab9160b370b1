/* What all formats that draw trees and timelines (diag/picture.h) have in common. */
#ifndef EXDIAG_REPORT_PICTURE_SHAPE_H
#define EXDIAG_REPORT_PICTURE_SHAPE_H

#include "diag/finding.h"

/* Which lines stand in front of the nodes of a tree. */
struct tree_shape {
    bool goes_on[TREE_NODES_MOST]; /* another node follows that is right below the same one */
    unsigned deepest;              /* level */
};

void tree_shape(const struct tree *tree, struct tree_shape *out);

/* For each level whether a line goes down beside what is drawn there: walks with the nodes. */
struct tree_lines {
    bool down[TREE_LEVELS_MOST];
};

/* Call it behind each node, in order; begins as zeroes. */
void tree_lines_pass(struct tree_lines *lines, const struct tree_shape *shape,
                     const struct tree *tree, size_t index);

/* "the limit of 10 breaks here; no SPF record there; 3 more below are not shown"; or empty. */
void tree_remark(const struct tree *tree, size_t index, struct buffer *out);

/* "13 lookups, and 10 are allowed" */
void tree_sum(const struct tree *tree, struct buffer *out);

/* "0.1 s", "300 s": of a timeline. */
void timeline_time(int64_t milliseconds, struct buffer *out);

/* "connecting until 0.1 s, silent until 300 s, still silent" */
void timeline_words(const struct timeline_row *row, struct buffer *out);

#endif
