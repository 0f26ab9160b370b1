#include "diag/report/text_timeline.h"

#include "diag/report/chart.h"
#include "diag/report/picture_shape.h"
#include "diag/report/style.h"
#include "diag/text.h"

#include <string.h>

enum {
    WORTH_IT = 1000, /* milliseconds */
    ROWS_MOST = 12,
    STOP = 7, /* columns of the way from one stop to the next */
    STOP_LEAST = 5,
    NAME_LEAST = 12,
    TIME = 8,
    END_MOST = 12,
    GAP = 1,
    TEXT_MOST = 1024
};

struct glyphs {
    const char *phases[TIMELINE_PHASE_COUNT];
    const char *ends[8];
    const char *stop, *ellipsis;
};

struct drawing {
    struct wrap *wrap;
    const struct report_options *options;
    const struct glyphs *glyphs;
    const struct timeline *timeline;
    size_t body;
    size_t name;   /* columns of names */
    bool is_brief; /* addresses only where a host has several */
    size_t axis;   /* 0: there is no room for one */
};

/* Of those of Unicode such as old fonts of consoles have (WGL4). */
static const struct glyphs *glyphs_of(const struct report_options *options)
{
    static const struct glyphs unicode = {
        {[TIMELINE_CONNECTING] = "─", [TIMELINE_SILENT] = "▒", [TIMELINE_SPEAKING] = "█"},
        {[TIMELINE_END_GREETED] = "●",
         [TIMELINE_END_REJECTED] = "■",
         [TIMELINE_END_CLOSED] = "x",
         [TIMELINE_END_REFUSED] = "x",
         [TIMELINE_END_UNANSWERED] = "►",
         [TIMELINE_END_OPEN] = "►",
         [TIMELINE_END_STRANGE] = "■",
         [TIMELINE_END_UNKNOWN] = "►"},
        "·",
        "…"};
    static const struct glyphs ascii = {
        {[TIMELINE_CONNECTING] = "-", [TIMELINE_SILENT] = "=", [TIMELINE_SPEAKING] = "#"},
        {[TIMELINE_END_GREETED] = "o",
         [TIMELINE_END_REJECTED] = "%",
         [TIMELINE_END_CLOSED] = "x",
         [TIMELINE_END_REFUSED] = "x",
         [TIMELINE_END_UNANSWERED] = ">",
         [TIMELINE_END_OPEN] = ">",
         [TIMELINE_END_STRANGE] = "%",
         [TIMELINE_END_UNKNOWN] = ">"},
        ".",
        "..."};

    return options->ascii ? &ascii : &unicode;
}

static void put(const struct drawing *drawing, enum style style, const char *text)
{
    style_put(drawing->wrap, drawing->options->colours, style, text);
}

bool text_timeline_tells(const struct timeline *timeline)
{
    for (size_t i = 0; timeline->count > 1 && i < timeline->count; i++) {
        if (timeline_end_of(&timeline->rows[i]) >= WORTH_IT)
            return true;
    }
    return false;
}

/* ---- words ---- */

static bool is_same_host(const struct timeline_row *one, const struct timeline_row *other)
{
    return strcmp(one->name, other->name) == 0 &&
           strcmp(one->group ? one->group : "", other->group ? other->group : "") == 0;
}

/* Rows of one host stand together: behind the first one their addresses tell them apart. */
static void add_name(const struct drawing *drawing, size_t index, struct buffer *out)
{
    const struct timeline_row *row = &drawing->timeline->rows[index];
    bool is_first = index == 0 || !is_same_host(row - 1, row);

    if (drawing->is_brief && !is_first && row->detail) {
        buffer_print(out, "  %s", row->detail);
        return;
    }
    if (row->group)
        buffer_print(out, "%s ", row->group);
    buffer_add_string(out, row->name);
    if (row->detail && !drawing->is_brief)
        buffer_print(out, " %s", row->detail);
}

static size_t columns_of_names(const struct drawing *drawing)
{
    size_t most = 0;

    for (size_t i = 0; i < drawing->timeline->count; i++) {
        struct buffer text;
        size_t columns;

        buffer_init(&text, TEXT_MOST);
        add_name(drawing, i, &text);
        columns = text_columns(text.text, text.size);
        most = columns > most ? columns : most;
        buffer_release(&text);
    }
    return most;
}

static enum style style_of(const struct timeline_row *row)
{
    static const enum style styles[PICTURE_STANDING_COUNT] = {STYLE_RED, STYLE_YELLOW, STYLE_PLAIN,
                                                              STYLE_GREEN};

    return styles[row->standing];
}

/* ---- the axis ---- */

static size_t cell_of(const struct drawing *drawing, int64_t at)
{
    return timeline_position(drawing->timeline, at, (uint32_t)drawing->axis - 1);
}

static size_t start_of(const struct drawing *drawing)
{
    return drawing->body + drawing->name + GAP;
}

static void put_labels(const struct drawing *drawing)
{
    const struct timeline_stop *stops = drawing->timeline->kind->stops;

    wrap_to(drawing->wrap, start_of(drawing));
    put(drawing, STYLE_FAINT, "0");
    for (size_t i = 0; i < drawing->timeline->stops; i++) {
        size_t columns = text_columns(stops[i].label, strlen(stops[i].label));

        wrap_to(drawing->wrap, start_of(drawing) + cell_of(drawing, stops[i].at) - columns / 2);
        put(drawing, STYLE_FAINT, stops[i].label);
    }
    wrap_end(drawing->wrap);
}

static const char *glyph_at(const struct drawing *drawing, const struct timeline_row *row,
                            size_t cell)
{
    if (cell == cell_of(drawing, timeline_end_of(row)))
        return drawing->glyphs->ends[row->end];
    for (size_t i = 0; i < row->phase_count; i++) {
        if (cell <= cell_of(drawing, row->phases[i].to))
            return drawing->glyphs->phases[row->phases[i].kind];
    }
    for (size_t i = 0; i < drawing->timeline->stops; i++) {
        if (cell == cell_of(drawing, drawing->timeline->kind->stops[i].at))
            return drawing->glyphs->stop;
    }
    return " ";
}

static void put_axis(const struct drawing *drawing, const struct timeline_row *row)
{
    size_t end = cell_of(drawing, timeline_end_of(row));
    struct buffer line;

    wrap_to(drawing->wrap, start_of(drawing));
    for (unsigned part = 0; part < 2; part++) {
        size_t from = part ? end + 1 : 0, to = part ? drawing->axis : end + 1;

        buffer_init(&line, TEXT_MOST);
        for (size_t cell = from; cell < to; cell++)
            buffer_add_string(&line, glyph_at(drawing, row, cell));
        put(drawing, part ? STYLE_FAINT : style_of(row), line.text);
        buffer_release(&line);
    }
}

/* ---- the whole ---- */

static void put_row(const struct drawing *drawing, size_t index)
{
    const struct timeline_row *row = &drawing->timeline->rows[index];
    size_t at = start_of(drawing) + drawing->axis + (drawing->axis ? GAP : 0);
    struct buffer name, cut, time;

    buffer_init(&name, TEXT_MOST);
    buffer_init(&cut, TEXT_MOST);
    buffer_init(&time, TEXT_MOST);
    add_name(drawing, index, &name);
    chart_cut(name.text, drawing->name, drawing->glyphs->ellipsis, &cut);
    timeline_time(timeline_end_of(row), &time);
    wrap_to(drawing->wrap, drawing->body);
    put(drawing, STYLE_PLAIN, cut.text);
    if (drawing->axis)
        put_axis(drawing, row);
    wrap_to(drawing->wrap, at + TIME - 1 - text_columns(time.text, time.size));
    put(drawing, STYLE_PLAIN, time.text);
    wrap_to(drawing->wrap, at + TIME);
    put(drawing, style_of(row), timeline_end_shown(row->end));
    wrap_end(drawing->wrap);
    buffer_release(&time);
    buffer_release(&cut);
    buffer_release(&name);
}

static void put_title(const struct drawing *drawing)
{
    wrap_to(drawing->wrap, drawing->body);
    wrap_indent(drawing->wrap, drawing->body);
    wrap_words(drawing->wrap, drawing->timeline->kind->title);
    wrap_words(drawing->wrap, ":");
    wrap_end(drawing->wrap);
}

/* Names as wide as they are, if the axis has room beside them; it is to have some for all stops. */
static void fit(struct drawing *drawing)
{
    size_t columns = drawing->wrap->columns, used = drawing->body + GAP + GAP + TIME + END_MOST;
    size_t room = columns > used + NAME_LEAST ? columns - used : NAME_LEAST;
    size_t stops = drawing->timeline->stops, least = stops * STOP_LEAST + 1;

    drawing->name = columns_of_names(drawing);
    drawing->is_brief = drawing->name + least > room;
    if (drawing->is_brief)
        drawing->name = columns_of_names(drawing);
    if (drawing->name + least > room && room >= NAME_LEAST + least)
        drawing->name = room - least;
    if (drawing->name > room)
        drawing->name = room;
    room -= drawing->name;
    if (room >= least)
        drawing->axis = ((room - 1) / stops < STOP ? (room - 1) / stops : STOP) * stops + 1;
}

void text_timeline(struct wrap *wrap, const struct report_options *options, size_t body,
                   const struct timeline *timeline)
{
    struct arena arena = {0};
    struct timeline fewer;
    struct drawing drawing = {.wrap = wrap,
                              .options = options,
                              .glyphs = glyphs_of(options),
                              .timeline = &fewer,
                              .body = body};

    timeline_arrange(timeline->kind, timeline->rows, timeline->count, ROWS_MOST, &arena, &fewer);
    fit(&drawing);
    put_title(&drawing);
    if (drawing.axis)
        put_labels(&drawing);
    for (size_t i = 0; i < fewer.count; i++)
        put_row(&drawing, i);
    if (fewer.left_out + timeline->left_out) {
        char text[64];

        snprintf(text, sizeof text, "and %zu more", fewer.left_out + timeline->left_out);
        wrap_to(wrap, body);
        put(&drawing, STYLE_FAINT, text);
        wrap_end(wrap);
    }
    arena_release(&arena);
}
