#include "diag/report/html_tree.h"

#include "diag/report/html_picture.h"
#include "diag/report/picture_shape.h"

enum {
    STEP = 20,        /* pixels of a level, */
    STEPS_MOST = 160, /* unless all of them together take more than this */
    STEP_LEAST = 6,
    LINE_MIDDLE = 12, /* of a line of text */
    LINE_LONG = 4000, /* longer than any row, which cuts it off */
    BAR_TOP = 8,
    BAR_HEIGHT = 8,
    AXIS_BEYOND = 2, /* units at least that the axis goes beyond the limit, */
    AXIS_TIMES = 3,  /* and at most so many times the limit */
    TEXT_MOST = 1024
};

struct picture {
    struct page *page;
    const struct tree *tree;
    struct tree_shape shape;
    struct tree_lines lines;
    unsigned step;
    unsigned axis;   /* in units of cost */
    unsigned number; /* of the pictures of the page */
};

/* ---- lines ---- */

static unsigned step_of(const struct tree_shape *shape)
{
    unsigned step = shape->deepest ? STEPS_MOST / shape->deepest : STEP;

    if (step < STEP_LEAST)
        return STEP_LEAST;
    return step < STEP ? step : STEP;
}

static void put_down(const struct picture *picture, unsigned level, unsigned to)
{
    unsigned x = (level - 1) * picture->step + picture->step / 3;

    html_put(picture->page, "<line x1=\"%u\" x2=\"%u\" y2=\"%u\"/>", x, x, to);
}

static void put_lines(const struct picture *picture, size_t index)
{
    unsigned level = picture->tree->nodes[index].level;
    unsigned width = level * picture->step;

    if (level == 0)
        return;
    html_put(picture->page,
             "<svg class=\"joints\" aria-hidden=\"true\" width=\"%u\" height=\"24\">", width);
    for (unsigned above = 1; above < level; above++) {
        if (picture->lines.down[above])
            put_down(picture, above, LINE_LONG);
    }
    put_down(picture, level, picture->shape.goes_on[index] ? LINE_LONG : LINE_MIDDLE);
    html_put(picture->page, "<line x1=\"%u\" x2=\"%u\" y1=\"%u\" y2=\"%u\"/></svg>",
             (level - 1) * picture->step + picture->step / 3, width - 3, LINE_MIDDLE, LINE_MIDDLE);
}

/* ---- bars ---- */

static void put_bar(const struct picture *picture, const char *class, unsigned from, unsigned to)
{
    char start[HTML_PERCENT_SIZE], width[HTML_PERCENT_SIZE];

    if (to > picture->axis)
        to = picture->axis;
    if (from >= to)
        return;
    html_percent((uint32_t)((uint64_t)from * 10000 / picture->axis), start);
    html_percent((uint32_t)((uint64_t)(to - from) * 10000 / picture->axis), width);
    html_put(picture->page, "<rect class=\"%s\" x=\"%s\" y=\"%u\" width=\"%s\" height=\"%u\"/>",
             class, start, BAR_TOP, width, BAR_HEIGHT);
}

/* What is within the limit, and what is beyond it. */
static void put_bars(const struct picture *picture, const char *class, unsigned from, unsigned to)
{
    unsigned most = picture->tree->kind->most;

    put_bar(picture, class, from, to < most ? to : most);
    put_bar(picture, class[0] == 'o' ? "own over" : "below over", from > most ? from : most, to);
}

/* What the plots of all rows have behind their bars, drawn once. */
static void put_ground(const struct picture *picture, const char *limit)
{
    html_put(picture->page,
             "<defs><g id=\"limit-%u\"><rect class=\"zone-critical\" x=\"%s\" width=\"100%%\" "
             "height=\"100%%\"/><line class=\"limit\" x1=\"%s\" x2=\"%s\" y2=\"100%%\"/></g>"
             "</defs>",
             picture->number, limit, limit, limit);
}

static void put_limit(const struct picture *picture)
{
    html_put(picture->page, "<use href=\"#limit-%u\"/>", picture->number);
}

static void put_plot(const struct picture *picture, const struct tree_node *node)
{
    const char *unit = picture->tree->kind->unit;

    if (node->level && !node->number) {
        html_put(picture->page, "<svg aria-hidden=\"true\">");
        put_limit(picture);
        html_put(picture->page, "</svg>");
        return;
    }
    if (node->level)
        html_put(picture->page, "<svg role=\"img\"><title>%s %u to %u</title>", unit, node->number,
                 node->number + node->cost - 1);
    else
        html_put(picture->page, "<svg role=\"img\"><title>%u %s in all</title>",
                 picture->tree->total, unit);
    put_limit(picture);
    if (node->level) {
        put_bars(picture, "below", node->number, node->number + node->cost - 1);
        put_bars(picture, "own", node->number - 1, node->number);
    } else {
        put_bars(picture, "below", 0, picture->tree->total);
    }
    html_put(picture->page, "</svg>");
}

/* ---- rows ---- */

static void put_label(const struct picture *picture, size_t index)
{
    const struct tree_node *node = &picture->tree->nodes[index];
    struct buffer remark;

    buffer_init(&remark, TEXT_MOST);
    tree_remark(picture->tree, index, &remark);
    html_put(picture->page, "<div class=\"branch\">");
    put_lines(picture, index);
    html_put(picture->page, "<div>");
    if (node->level)
        html_put(picture->page, "<span class=\"unseen\">level %u: </span>", node->level);
    html_put(picture->page, "<code>%s</code>", node->label);
    if (remark.size)
        html_put(picture->page, " <span class=\"said\">%s</span>", remark.text);
    html_put(picture->page, "</div></div>");
    buffer_release(&remark);
}

static const char *class_of(const struct picture *picture, const struct tree_node *node)
{
    static const struct {
        const char *within, *beyond; /* the limit */
    } classes[PICTURE_STANDING_COUNT] = {
        [PICTURE_WRONG] = {"wrong", "wrong beyond"},
        [PICTURE_DOUBTFUL] = {"doubtful", "doubtful beyond"},
        [PICTURE_PLAIN] = {"plain", "plain beyond"},
        [PICTURE_RIGHT] = {"right", "right beyond"},
    };
    bool is_beyond = node->number > picture->tree->kind->most;

    return is_beyond ? classes[node->standing].beyond : classes[node->standing].within;
}

static void put_row(const struct picture *picture, size_t index)
{
    const struct tree_node *node = &picture->tree->nodes[index];

    html_put(picture->page, "<tr class=\"%s\"><th scope=\"row\">", class_of(picture, node));
    put_label(picture, index);
    html_put(picture->page, "</th><td class=\"plot\">");
    put_plot(picture, node);
    if (node->number)
        html_put(picture->page, "</td><td>%u</td>", node->number);
    else
        html_put(picture->page, "</td><td>%s</td>", node->level ? "–" : "");
    html_put(picture->page, "<td>%u</td></tr>\n", node->cost);
}

/* ---- the figure ---- */

static void put_head(const struct picture *picture)
{
    char at[HTML_PERCENT_SIZE];

    html_percent(picture->tree->kind->most * 10000 / picture->axis, at);
    html_put(
        picture->page,
        "<thead><tr><th scope=\"col\">Term</th><th scope=\"col\" class=\"plot\"><svg "
        "role=\"img\"><title>The axis: from 0 to %u %s, the limit at %u</title>"
        "<text x=\"0\" y=\"50%%\">0</text><text class=\"middle\" x=\"%s\" y=\"50%%\">%u</text>",
        picture->axis, picture->tree->kind->unit, picture->tree->kind->most, at,
        picture->tree->kind->most);
    put_ground(picture, at);
    html_put(picture->page, "</svg></th><th scope=\"col\">No.</th><th scope=\"col\">Cost</th>"
                            "</tr></thead>\n<tbody>\n");
}

static unsigned axis_of(const struct tree *tree)
{
    unsigned least = tree->kind->most + AXIS_BEYOND, most = tree->kind->most * AXIS_TIMES;

    if (tree->total < least)
        return least;
    return tree->total < most ? tree->total : most;
}

void html_tree(struct page *page, const struct tree *tree)
{
    struct picture picture = {
        .page = page, .tree = tree, .axis = axis_of(tree), .number = page->pictures};
    struct buffer sum;

    buffer_init(&sum, TEXT_MOST);
    tree_sum(tree, &sum);
    tree_shape(tree, &picture.shape);
    picture.step = step_of(&picture.shape);
    html_put(page,
             "<figure class=\"picture tree\">\n<table>\n<caption>%s: <span class=\"%s\">%s</span>"
             "</caption>\n",
             tree->kind->title, tree->total > tree->kind->most ? "over" : "within", sum.text);
    put_head(&picture);
    for (size_t i = 0; i < tree->count; i++) {
        put_row(&picture, i);
        tree_lines_pass(&picture.lines, &picture.shape, tree, i);
    }
    html_put(page, "</tbody>\n</table>\n</figure>\n");
    buffer_release(&sum);
}
