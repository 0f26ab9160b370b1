#include "diag/report/markdown_picture.h"

#include "diag/report/markdown_write.h"
#include "diag/report/text_picture.h"

#include <string.h>

enum { COLUMNS = 76 };

struct longest {
    size_t row; /* of backticks, in any text of the pictures */
};

static void look_at(struct longest *longest, const char *text)
{
    size_t row = text ? markdown_longest_row(text, strlen(text)) : 0;

    longest->row = row > longest->row ? row : longest->row;
}

static void look_at_tree(struct longest *longest, const struct tree *tree)
{
    look_at(longest, tree->kind->title);
    look_at(longest, tree->kind->limit);
    for (size_t i = 0; i < tree->count; i++) {
        look_at(longest, tree->nodes[i].label);
        look_at(longest, tree->nodes[i].remark);
    }
}

static void look_at_timeline(struct longest *longest, const struct timeline *timeline)
{
    look_at(longest, timeline->kind->title);
    for (size_t i = 0; i < timeline->stops; i++)
        look_at(longest, timeline->kind->stops[i].label);
    for (size_t i = 0; i < timeline->count; i++) {
        look_at(longest, timeline->rows[i].group);
        look_at(longest, timeline->rows[i].name);
        look_at(longest, timeline->rows[i].detail);
    }
}

/* Words that a format's own function writes hold no backticks. */
static size_t longest_row_of(const struct finding *finding)
{
    struct longest longest = {0};

    for (size_t i = 0; i < finding->series_count; i++) {
        look_at(&longest, finding->series[i].kind->title);
        look_at(&longest, finding->series[i].remark);
    }
    if (finding->tree)
        look_at_tree(&longest, finding->tree);
    if (finding->timeline)
        look_at_timeline(&longest, finding->timeline);
    return longest.row;
}

void markdown_put_pictures(FILE *stream, unsigned indent, const struct finding *finding)
{
    const struct report_options options = {.columns = COLUMNS};
    size_t row;
    struct wrap wrap;

    if (!text_has_pictures(finding))
        return;
    row = longest_row_of(finding);
    fputc('\n', stream);
    markdown_put_fence(stream, indent, row, "text");
    wrap_init(&wrap, stream, COLUMNS);
    text_pictures(&wrap, &options, indent, finding);
    wrap_end(&wrap);
    wrap_release(&wrap);
    markdown_put_fence(stream, indent, row, "");
}
