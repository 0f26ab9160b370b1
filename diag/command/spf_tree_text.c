/*
 * The tree of includes:
 *
 *      2   3  ├─ include:spf.northwind.com
 *             │  ├─ ip4:203.0.113.0/24
 *      3   1  │  ├─ a:mail.northwind.com         203.0.113.25
 *
 * In front of each term the number of its lookup in the order of an evaluation, and what
 * it costs with all that is below.
 */
#include "diag/command/spf_note.h"
#include "diag/command/spf_sheet.h"
#include "diag/report/shared.h"
#include "diag/report/text_tree.h"
#include "diag/text.h"

#include <string.h>

enum {
    GUTTER = 11,      /* columns of the numbers */
    BAR = 3,          /* columns of a level */
    PLAIN_RUN = 6,    /* networks one after another of which all are shown */
    PLAIN_SHOWN = 3,  /* the first of more */
    TERM_MOST = 200,  /* code points of a term that are shown */
    LINES_MOST = 400, /* terms that are shown */
    LINES_VERBOSE = 20000
};

struct drawing {
    struct spf_sheet *sheet;
    size_t levels;  /* that fit; deeper ones are told by a number */
    size_t notes;   /* the column where notes begin */
    unsigned count; /* of lookups so far */
    unsigned voids[SPF_FAMILIES];
    size_t lines;
    size_t left_out;
    struct buffer bars; /* of the level at hand */
};

static const struct tree_glyphs *lines_of(const struct drawing *drawing)
{
    return text_tree_glyphs(drawing->sheet->options);
}

/* ---- one line ---- */

static void put(struct drawing *drawing, enum style style, const char *text, size_t size)
{
    struct wrap *wrap = &drawing->sheet->wrap;

    if (size == 0)
        return;
    if (drawing->sheet->options->colours)
        style_begin(wrap, style);
    wrap_verbatim(wrap, text, size);
    if (drawing->sheet->options->colours)
        style_end(wrap, style);
}

static void put_text(struct drawing *drawing, enum style style, const char *text)
{
    put(drawing, style, text, strlen(text));
}

static enum style style_of(enum spf_weight weight)
{
    static const enum style styles[] = {STYLE_FAINT, STYLE_GREEN, STYLE_YELLOW, STYLE_RED};

    return styles[weight];
}

/* The numbers before a term; a lookup beyond the limit is marked. */
static void put_numbers(struct drawing *drawing, const struct spf_place *place)
{
    char text[32] = "";
    bool is_over = place->running && drawing->count > SPF_LOOKUPS_MOST;

    if (place->running)
        snprintf(text, sizeof text, "%4u%c %4u", drawing->count, is_over ? '!' : ' ',
                 place->lookups);
    else if (place->lookups)
        snprintf(text, sizeof text, "   -  %4u", place->lookups);
    put_text(drawing, is_over ? STYLE_RED : STYLE_PLAIN, text);
    wrap_to(&drawing->sheet->wrap, GUTTER);
}

/* Bars of the levels above, on a line that goes on with a note or another line of one. */
static void put_bars(struct drawing *drawing, const char *last)
{
    wrap_to(&drawing->sheet->wrap, GUTTER);
    put_text(drawing, STYLE_FAINT, drawing->bars.text);
    put_text(drawing, STYLE_FAINT, last);
}

/* How many bytes of a note go on a line of `room` columns: up to a space, or what fits. */
static size_t note_size(const char *note, size_t room)
{
    size_t columns = 0, after_space = 0, size = strlen(note);

    for (size_t at = 0; at < size;) {
        size_t taken = text_next(note + at, size - at);

        columns += text_columns(note + at, taken);
        if (columns > room && at > 0)
            return after_space ? after_space : at;
        at += taken;
        if (note[at - 1] == ' ')
            after_space = at;
    }
    return size;
}

/* A note, beside the term or below it, with the bars going on. */
static void put_note(struct drawing *drawing, const char *note, enum spf_weight weight,
                     const char *below)
{
    struct wrap *wrap = &drawing->sheet->wrap;
    size_t room = wrap->columns - drawing->notes;

    if (*note && wrap->column + 2 > drawing->notes) {
        wrap_end(wrap);
        put_bars(drawing, below);
    }
    while (*note) {
        size_t size = note_size(note, room), shown = size;

        while (shown > 0 && note[shown - 1] == ' ')
            shown--;
        wrap_to(wrap, drawing->notes);
        put(drawing, style_of(weight), note, shown);
        note += size;
        wrap_end(wrap);
        if (*note)
            put_bars(drawing, below);
    }
    wrap_end(wrap);
}

/* The text of a term as far as it is shown. */
static const char *show_term(const struct drawing *drawing, const struct spf_place *place)
{
    const struct spf_page *page = drawing->sheet->page;
    const char *text = spf_page_show_term(page, place->in->record, place->term);

    return spf_sheet_clip(drawing->sheet, text, TERM_MOST);
}

/* Wider than the page, it goes on on lines of its own. */
static void put_term(struct drawing *drawing, const char *text, bool is_reached, const char *below)
{
    struct wrap *wrap = &drawing->sheet->wrap;
    size_t size = strlen(text), at = 0;

    while (at < size) {
        size_t room =
            wrap->columns > wrap->column + wrap->gap ? wrap->columns - wrap->column - wrap->gap : 1;
        size_t part = report_line_size(text + at, size - at, room);

        put(drawing, is_reached ? STYLE_PLAIN : STYLE_FAINT, text + at, part);
        at += part;
        if (at < size) {
            wrap_end(wrap);
            put_bars(drawing, below);
        }
    }
}

/* ---- the limits ---- */

/* A line right across: what comes before it is evaluated, what is behind it is not. */
static void put_limit(struct drawing *drawing)
{
    static const char text[] = " limit of 10 lookups: a permanent error from here on ";
    struct wrap *wrap = &drawing->sheet->wrap;
    size_t used = sizeof text - 1;

    put_text(drawing, STYLE_RED, lines_of(drawing)->rule);
    if (used + 2 > wrap->columns)
        put_text(drawing, STYLE_RED, " limit of 10 lookups ");
    else
        put_text(drawing, STYLE_RED, text);
    while (wrap->column < wrap->columns)
        put_text(drawing, STYLE_RED, lines_of(drawing)->rule);
    wrap_end(wrap);
}

static void count_voids(struct drawing *drawing, const struct spf_place *place)
{
    for (int family = SPF_V4; place->is_reached && family < SPF_FAMILIES; family++)
        drawing->voids[family] += place->voids[family];
}

/* ---- terms ---- */

static void draw_node(struct drawing *drawing, const struct spf_node *node);

static void draw_below(struct drawing *drawing, const struct spf_place *place, bool is_last)
{
    size_t size = drawing->bars.size;

    if (!place->node || !place->node->places)
        return;
    if (place->in->level < drawing->levels)
        buffer_add_string(&drawing->bars,
                          is_last ? lines_of(drawing)->free : lines_of(drawing)->down);
    draw_node(drawing, place->node);
    drawing->bars.size = size;
    drawing->bars.text[size] = '\0';
}

static void draw_place(struct drawing *drawing, const struct spf_place *place, bool is_last)
{
    const struct tree_glyphs *lines = lines_of(drawing);
    const char *below = is_last ? lines->free : lines->down, *note;
    enum spf_weight weight;

    if (place->running && ++drawing->count == SPF_LOOKUPS_MOST + 1)
        put_limit(drawing);
    count_voids(drawing, place);
    note = spf_note(drawing->sheet->page, place, drawing->voids, &weight);
    put_numbers(drawing, place);
    put_bars(drawing, is_last ? lines->last : lines->branch);
    if (place->in->level > drawing->levels)
        put_text(drawing, STYLE_FAINT,
                 arena_print(drawing->sheet->page->memory, "(level %u) ", place->in->level));
    put_term(drawing, show_term(drawing, place), place->is_reached, below);
    put_note(drawing, note, weight, below);
    drawing->lines++;
    draw_below(drawing, place, is_last);
}

static bool is_plain_network(const struct spf_place *place)
{
    return (place->term->kind == SPF_IP4 || place->term->kind == SPF_IP6) && !place->term->error &&
           place->is_reached;
}

static void draw_omission(struct drawing *drawing, size_t count, bool is_last)
{
    put_bars(drawing, is_last ? lines_of(drawing)->last : lines_of(drawing)->branch);
    put_text(drawing, STYLE_FAINT,
             arena_print(drawing->sheet->page->memory, "... %zu more%s", count,
                         drawing->sheet->narrow ? "" : " networks (--verbose)"));
    wrap_end(&drawing->sheet->wrap);
}

/* How many networks stand one after another from here on. */
static size_t run_length(struct spf_place *const *list, size_t count)
{
    size_t run = 0;

    while (run < count && is_plain_network(list[run]))
        run++;
    return run;
}

static void draw_node(struct drawing *drawing, const struct spf_node *node)
{
    struct spf_place *const *list = node->order;
    bool verbose = drawing->sheet->options->verbose;
    size_t count = node->record->term_count, most = verbose ? LINES_VERBOSE : LINES_MOST;

    for (size_t i = 0; i < count; i++) {
        size_t run = run_length(list + i, count - i);

        if (drawing->lines >= most) {
            drawing->left_out += count - i;
            return;
        }
        if (verbose || run <= PLAIN_RUN) {
            draw_place(drawing, list[i], i + 1 == count);
            continue;
        }
        for (size_t j = 0; j < PLAIN_SHOWN; j++)
            draw_place(drawing, list[i + j], false);
        draw_omission(drawing, run - PLAIN_SHOWN, i + run == count);
        i += run - 1;
    }
}

/* ---- the whole ---- */

static void measure_place(void *context, const struct spf_place *place)
{
    struct drawing *drawing = context;
    size_t level = place->in->level < drawing->levels ? place->in->level : drawing->levels;
    size_t columns = drawing->sheet->wrap.columns;
    size_t most = drawing->sheet->narrow ? columns / 2 : columns * 5 / 8;
    size_t column = GUTTER + BAR * (level + 1) + place->term->size + 2;

    if (column > drawing->notes && column <= most)
        drawing->notes = column;
}

/*
 * Hosts without IPv6 are void lookups for IPv6 senders alone, and few receivers count so
 * strictly: that is worth a look and no error.
 */
static void sum_up_voids(struct spf_sheet *sheet, const struct spf_tree *tree)
{
    bool v4_over = tree->voids[SPF_V4] > SPF_VOIDS_MOST;
    bool v6_over = tree->voids[SPF_V6] > SPF_VOIDS_MOST;
    enum style v6_style = v4_over ? STYLE_RED : STYLE_YELLOW;

    spf_sheet_label(sheet, 0, STYLE_FAINT, "void");
    spf_sheet_print(sheet, v4_over ? STYLE_RED : STYLE_PLAIN, "%u of %d for senders with IPv4,",
                    tree->voids[SPF_V4], (int)SPF_VOIDS_MOST);
    spf_sheet_print(sheet, v6_over ? v6_style : STYLE_PLAIN, " %u of %d with IPv6",
                    tree->voids[SPF_V6], (int)SPF_VOIDS_MOST);
    if (v4_over)
        spf_sheet_words(sheet, STYLE_RED, ": over the limit, a permanent error");
    else if (v6_over)
        spf_sheet_words(sheet, STYLE_YELLOW,
                        ": over the limit for receivers that count strictly, and IPv6 senders");
}

static void sum_up(struct spf_sheet *sheet, const struct spf_tree *tree)
{
    bool is_over = tree->reached > SPF_LOOKUPS_MOST;

    spf_sheet_label(sheet, 0, STYLE_FAINT, "lookups");
    spf_sheet_print(sheet, is_over ? STYLE_RED : STYLE_LOUD, "%u of %d", tree->reached,
                    (int)SPF_LOOKUPS_MOST);
    if (tree->lookups > tree->reached)
        spf_sheet_print(sheet, STYLE_PLAIN, " (and %u in terms that are never reached)",
                        tree->lookups - tree->reached);
    if (is_over)
        spf_sheet_words(sheet, STYLE_RED, ": over the limit, a permanent error");
    spf_sheet_end(sheet);
    sum_up_voids(sheet, tree);
    if (tree->is_cut)
        spf_sheet_words(sheet, STYLE_YELLOW, "; the tree is too large to be followed to its end");
    spf_sheet_end(sheet);
}

static void say_left_out(struct drawing *drawing)
{
    struct spf_sheet *sheet = drawing->sheet;

    if (drawing->left_out == 0)
        return;
    wrap_to(&sheet->wrap, GUTTER);
    spf_sheet_print(sheet, STYLE_FAINT, "... %zu more terms%s", drawing->left_out,
                    sheet->options->verbose ? "" : " (--verbose)");
    wrap_end(&sheet->wrap);
}

void spf_sheet_tree(struct spf_sheet *sheet)
{
    const struct spf_tree *tree = &sheet->page->view->tree;
    struct drawing drawing = {.sheet = sheet, .notes = GUTTER + BAR + BAR};

    if (!tree->top)
        return;
    drawing.levels = (sheet->wrap.columns - GUTTER) / 2 / BAR - 1;
    buffer_init(&drawing.bars, 4096);
    spf_tree_walk(tree, measure_place, &drawing);
    wrap_free_line(&sheet->wrap);
    sum_up(sheet, tree);
    wrap_free_line(&sheet->wrap);
    wrap_indent(&sheet->wrap, 0);
    put_text(&drawing, STYLE_FAINT, "  nr. cost");
    wrap_to(&sheet->wrap, GUTTER);
    put_text(&drawing, STYLE_LOUD, *sheet->page->domain ? sheet->page->domain : "(the record)");
    wrap_end(&sheet->wrap);
    draw_node(&drawing, tree->top);
    say_left_out(&drawing);
    buffer_release(&drawing.bars);
}
