#include "diag/report/text_series.h"

#include "diag/report/style.h"
#include "diag/text.h"

#include <string.h>

enum { ROWS = 4, PLOT_MOST = 48, COLUMN_MOST = 3, VALUE_MOST = 64 };

struct glyphs {
    const char *full, *half, *axis;
};

struct drawing {
    struct wrap *wrap;
    const struct report_options *options;
    const struct series *series;
    const struct glyphs *glyphs;
    size_t body;   /* the column where values are written */
    size_t label;  /* how many columns these take */
    size_t merged; /* how many neighbours share a column of the picture */
    size_t shown;  /* columns of the picture */
    size_t width;  /* of one of them in columns of text, with the gap behind it */
};

/* Of those of Unicode such as old fonts of consoles have (WGL4). */
static const struct glyphs *glyphs_of(const struct report_options *options)
{
    static const struct glyphs unicode = {"█", "▄", "│"};
    static const struct glyphs ascii = {"#", ".", "|"};

    return options->ascii ? &ascii : &unicode;
}

static void put_styled(const struct drawing *drawing, enum style style, const char *text)
{
    style_put(drawing->wrap, drawing->options->colours, style, text);
}

static int64_t highest(const struct drawing *drawing, size_t column)
{
    const struct series *series = drawing->series;
    size_t from = column * drawing->merged, to = from + drawing->merged;
    int64_t most = 0;

    for (size_t i = from; i < to && i < series->count; i++)
        most = series->values[i] > most ? series->values[i] : most;
    return most;
}

/* Columns of text right-aligned in the margin, then the axis. */
static void put_margin(const struct drawing *drawing, const char *label)
{
    wrap_to(drawing->wrap, drawing->body + drawing->label - text_columns(label, strlen(label)));
    put_styled(drawing, STYLE_FAINT, label);
    wrap_to(drawing->wrap, drawing->body + drawing->label + 1);
    put_styled(drawing, STYLE_FAINT, drawing->glyphs->axis);
}

static const char *glyph_at(const struct drawing *drawing, size_t column, uint32_t row)
{
    uint32_t height = series_height(drawing->series, highest(drawing, column), 2 * ROWS);

    if (height >= 2 * row + 2)
        return drawing->glyphs->full;
    return height == 2 * row + 1 ? drawing->glyphs->half : " ";
}

/* Row 0 stands on zero. */
static void put_row(const struct drawing *drawing, uint32_t row, const char *label)
{
    struct buffer line;

    buffer_init(&line, 8 * (size_t)PLOT_MOST);
    for (size_t column = 0; column < drawing->shown; column++) {
        for (size_t i = 0; i + (drawing->width > 1) < drawing->width; i++)
            buffer_add_string(&line, glyph_at(drawing, column, row));
        if (drawing->width > 1)
            buffer_add_char(&line, ' ');
    }
    while (line.size > 0 && line.text[line.size - 1] == ' ')
        line.text[--line.size] = '\0';
    put_margin(drawing, label);
    put_styled(drawing, STYLE_BLUE, line.text);
    buffer_release(&line);
    wrap_end(drawing->wrap);
}

/* As many as have room, each beneath the beginning of its column. */
static void put_steps(const struct drawing *drawing)
{
    size_t left = drawing->body + drawing->label + 2, end = 0;

    for (size_t column = 0; column < drawing->shown; column++) {
        size_t at = left + column * drawing->width;
        uint64_t step = drawing->series->first + column * drawing->merged;
        char number[24];
        int size = snprintf(number, sizeof number, "%llu", (unsigned long long)step);

        if (at < end || at + (size_t)size > drawing->wrap->columns)
            continue;
        wrap_to(drawing->wrap, at);
        put_styled(drawing, STYLE_FAINT, number);
        end = at + (size_t)size + 1;
    }
    wrap_end(drawing->wrap);
}

static void put_title(const struct drawing *drawing)
{
    const struct series *series = drawing->series;

    wrap_to(drawing->wrap, drawing->body);
    wrap_indent(drawing->wrap, drawing->body);
    wrap_words(drawing->wrap, series->kind->title);
    if (series->remark) {
        wrap_words(drawing->wrap, ", ");
        wrap_words(drawing->wrap, series->remark);
    }
    wrap_words(drawing->wrap, ":");
    wrap_end(drawing->wrap);
}

static void fit(struct drawing *drawing)
{
    size_t room = drawing->wrap->columns - drawing->body - drawing->label - 2;
    size_t count = drawing->series->count;

    if (room > PLOT_MOST)
        room = PLOT_MOST;
    drawing->merged = (count + room - 1) / room;
    drawing->shown = (count + drawing->merged - 1) / drawing->merged;
    drawing->width = room / drawing->shown < COLUMN_MOST ? room / drawing->shown : COLUMN_MOST;
}

void text_series(struct wrap *wrap, const struct report_options *options, size_t body,
                 const struct series *series)
{
    struct drawing drawing = {
        .wrap = wrap, .options = options, .series = series, .glyphs = glyphs_of(options)};
    struct buffer most, zero;

    buffer_init(&most, VALUE_MOST);
    buffer_init(&zero, VALUE_MOST);
    series->kind->write(series_most(series), &most);
    series->kind->write(0, &zero);
    drawing.body = body;
    drawing.label = text_columns(most.text, most.size);
    if (drawing.label < text_columns(zero.text, zero.size))
        drawing.label = text_columns(zero.text, zero.size);
    fit(&drawing);
    put_title(&drawing);
    for (uint32_t row = ROWS; row > 0; row--)
        put_row(&drawing, row - 1, row == ROWS ? most.text : row == 1 ? zero.text : "");
    put_steps(&drawing);
    buffer_release(&zero);
    buffer_release(&most);
}
