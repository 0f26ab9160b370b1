#include "diag/report/picture_shape.h"

/* ---- trees ---- */

void tree_shape(const struct tree *tree, struct tree_shape *out)
{
    bool follows[TREE_LEVELS_MOST] = {false};

    *out = (struct tree_shape){.deepest = 0};
    for (size_t i = tree->count; i > 0; i--) {
        unsigned level = tree->nodes[i - 1].level;

        out->goes_on[i - 1] = follows[level];
        follows[level] = true;
        for (unsigned below = level + 1; below < TREE_LEVELS_MOST; below++)
            follows[below] = false;
        if (level > out->deepest)
            out->deepest = level;
    }
}

void tree_lines_pass(struct tree_lines *lines, const struct tree_shape *shape,
                     const struct tree *tree, size_t index)
{
    lines->down[tree->nodes[index].level] = shape->goes_on[index];
}

void tree_remark(const struct tree *tree, size_t index, struct buffer *out)
{
    const struct tree_node *node = &tree->nodes[index];

    if (tree_breaks_at(tree, index))
        buffer_print(out, "beyond the limit of %u: %s", tree->kind->most, tree->kind->limit);
    if (node->remark)
        buffer_print(out, "%s%s", out->size ? "; " : "", node->remark);
    if (node->left_out)
        buffer_print(out, "%s%u more below, not shown", out->size ? "; " : "", node->left_out);
}

void tree_sum(const struct tree *tree, struct buffer *out)
{
    buffer_print(out, "%u %s, and %u are allowed", tree->total, tree->kind->unit, tree->kind->most);
}

/* ---- timelines ---- */

void timeline_time(int64_t milliseconds, struct buffer *out)
{
    int64_t tenths = milliseconds / 100 + (milliseconds % 100 >= 50);

    if (tenths < 1000)
        buffer_print(out, "%d.%d s", (int)(tenths / 10), (int)(tenths % 10));
    else
        buffer_print(out, "%lld s", (long long)((tenths + 5) / 10));
}

void timeline_words(const struct timeline_row *row, struct buffer *out)
{
    for (size_t i = 0; i < row->phase_count; i++) {
        buffer_print(out, "%s until ", timeline_phase_word(row->phases[i].kind));
        timeline_time(row->phases[i].to, out);
        buffer_add_string(out, ", ");
    }
    buffer_add_string(out, timeline_end_shown(row->end));
}
