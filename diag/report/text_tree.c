#include "diag/report/text_tree.h"

#include "diag/report/picture_shape.h"
#include "diag/report/shared.h"
#include "diag/report/style.h"
#include "diag/text.h"

#include <string.h>

enum {
    NODES_MOST = 16,
    GUTTER = 8,       /* columns of the numbers */
    BAR = 3,          /* of a level */
    LABEL_LEAST = 16, /* columns that a label has whatever its level */
    TEXT_MOST = 1024
};

struct drawing {
    struct wrap *wrap;
    const struct report_options *options;
    const struct tree_glyphs *glyphs;
    const struct tree *tree;
    struct tree_shape shape;
    struct tree_lines lines;
    size_t body;
    unsigned levels; /* that have room; deeper ones stand as if they were of the last of them */
};

const struct tree_glyphs *text_tree_glyphs(const struct report_options *options)
{
    static const struct tree_glyphs unicode = {"├─ ", "└─ ", "│  ", "   ", "─"};
    static const struct tree_glyphs ascii = {"|- ", "`- ", "|  ", "   ", "-"};

    return options->ascii ? &ascii : &unicode;
}

static void put(const struct drawing *drawing, enum style style, const char *text)
{
    style_put(drawing->wrap, drawing->options->colours, style, text);
}

/* Lines beside what is drawn at this level; `joint` is the last of them. */
static void put_lines(const struct drawing *drawing, unsigned level, const char *joint)
{
    wrap_to(drawing->wrap, drawing->body + GUTTER);
    for (unsigned above = 1; above < level && above < drawing->levels; above++)
        put(drawing, STYLE_FAINT,
            drawing->lines.down[above] ? drawing->glyphs->down : drawing->glyphs->free);
    if (level)
        put(drawing, STYLE_FAINT, joint);
}

static const char *line_below(const struct drawing *drawing, size_t index)
{
    return drawing->shape.goes_on[index] ? drawing->glyphs->down : drawing->glyphs->free;
}

static void put_numbers(const struct drawing *drawing, size_t index)
{
    const struct tree_node *node = &drawing->tree->nodes[index];
    bool is_beyond = node->number > drawing->tree->kind->most;
    char text[32];

    if (node->number)
        snprintf(text, sizeof text, "%3u%c%3u", node->number, is_beyond ? '!' : ' ', node->cost);
    else
        snprintf(text, sizeof text, "%7u", node->cost);
    wrap_to(drawing->wrap, drawing->body);
    put(drawing, is_beyond ? STYLE_RED : STYLE_FAINT, text);
}

/* As many lines as it takes, with the lines of the tree beside them. The last one is not ended. */
static void put_text(const struct drawing *drawing, size_t index, enum style style,
                     const char *text)
{
    struct wrap *wrap = drawing->wrap;
    size_t size = strlen(text), at = 0;

    while (at < size) {
        size_t used = wrap->column + wrap->gap;
        size_t room = wrap->columns > used ? wrap->columns - used : 1;
        size_t part = report_line_size(text + at, size - at, room);
        struct buffer line;

        buffer_init(&line, part);
        buffer_add(&line, text + at, part);
        while (line.size && line.text[line.size - 1] == ' ')
            line.text[--line.size] = '\0';
        put(drawing, style, line.text);
        buffer_release(&line);
        at += part;
        if (at == size)
            return;
        wrap_end(wrap);
        put_lines(drawing, drawing->tree->nodes[index].level, line_below(drawing, index));
    }
}

/* Beside the label, or on a line of its own. */
static void put_remark(const struct drawing *drawing, size_t index, enum style style,
                       const struct buffer *remark)
{
    struct wrap *wrap = drawing->wrap;
    size_t at = wrap->column + 2;

    if (remark->size == 0)
        return;
    if (at + text_columns(remark->text, remark->size) <= wrap->columns) {
        wrap_to(wrap, at);
    } else {
        wrap_end(wrap);
        put_lines(drawing, drawing->tree->nodes[index].level, line_below(drawing, index));
    }
    put_text(drawing, index, style, remark->text);
}

static enum style style_of(const struct tree_node *node)
{
    static const enum style styles[PICTURE_STANDING_COUNT] = {STYLE_RED, STYLE_YELLOW, STYLE_PLAIN,
                                                              STYLE_GREEN};

    return styles[node->standing];
}

static void put_node(const struct drawing *drawing, size_t index)
{
    const struct tree_node *node = &drawing->tree->nodes[index];
    struct buffer remark;

    buffer_init(&remark, TEXT_MOST);
    tree_remark(drawing->tree, index, &remark);
    put_numbers(drawing, index);
    put_lines(drawing, node->level,
              drawing->shape.goes_on[index] ? drawing->glyphs->branch : drawing->glyphs->last);
    put_text(drawing, index, style_of(node), *node->label ? node->label : "-");
    put_remark(drawing, index, node->standing == PICTURE_PLAIN ? STYLE_FAINT : style_of(node),
               &remark);
    wrap_end(drawing->wrap);
    buffer_release(&remark);
}

static void put_head(const struct drawing *drawing)
{
    const struct tree *tree = drawing->tree;
    struct buffer text;

    buffer_init(&text, TEXT_MOST);
    buffer_print(&text, "%s (number, cost): %u of %u allowed", tree->kind->title, tree->total,
                 tree->kind->most);
    wrap_to(drawing->wrap, drawing->body);
    wrap_indent(drawing->wrap, drawing->body);
    wrap_words(drawing->wrap, text.text);
    wrap_end(drawing->wrap);
    buffer_release(&text);
}

/* At least one; on lines that are too short even for that the page gets wider. */
static unsigned levels_for(const struct drawing *drawing)
{
    size_t used = drawing->body + GUTTER + LABEL_LEAST, columns = drawing->wrap->columns;

    return columns > used + BAR ? (unsigned)((columns - used) / BAR) : 1;
}

void text_tree(struct wrap *wrap, const struct report_options *options, size_t body,
               const struct tree *tree)
{
    struct arena arena = {0};
    struct tree fewer;
    struct drawing drawing = {.wrap = wrap,
                              .options = options,
                              .glyphs = text_tree_glyphs(options),
                              .tree = &fewer,
                              .body = body};

    tree_arrange(tree->kind, tree->nodes, tree->count, NODES_MOST, tree->total, &arena, &fewer);
    tree_shape(&fewer, &drawing.shape);
    drawing.levels = levels_for(&drawing);
    put_head(&drawing);
    for (size_t i = 0; i < fewer.count; i++) {
        put_node(&drawing, i);
        tree_lines_pass(&drawing.lines, &drawing.shape, &fewer, i);
    }
    arena_release(&arena);
}
