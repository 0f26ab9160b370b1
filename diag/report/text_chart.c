#include "diag/report/text_chart.h"

#include "diag/report/chart.h"
#include "diag/report/style.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROWS_MOST = 60,
    NAME_LEAST = 14,
    NAME_ENOUGH = 24, /* where the bar is short, longer names are cut to this */
    BAR_MOST = 60,
    GAP = 2,
    STANDING_MOST = 8, /* where the body begins further left, it stands on a line of its own */
    CAPTION_NAME_MOST = 60,
    TEXT_MOST = 1024
};

struct glyphs {
    const char *axis, *zero, *warning, *critical;
    const char *mark, *span;
    const char *ellipsis, *plus_minus;
};

struct drawing {
    struct wrap *wrap;
    const struct report_options *options;
    const struct glyphs *glyphs;
    const struct chart *chart;
    size_t body;                   /* the column where names begin */
    size_t name, role, bar, value; /* how many columns each takes; 0: it is left out */
};

/* Of those of Unicode such as old fonts of consoles have (WGL4). */
static const struct glyphs *glyphs_of(const struct report_options *options)
{
    static const struct glyphs unicode = {"─", "┼", "░", "▒", "●", "═", "…", "±"};
    static const struct glyphs ascii = {"-", "+", ".", ":", "o", "=", "...", "+/-"};

    return options->ascii ? &ascii : &unicode;
}

/* ---- words ---- */

static size_t columns_of(const char *text)
{
    return text_columns(text, strlen(text));
}

static enum style style_of_row(const struct drawing *drawing, const struct chart_row *row)
{
    static const enum style styles[SPAN_STANDING_COUNT] = {STYLE_RED, STYLE_YELLOW, STYLE_MAGENTA,
                                                           STYLE_FAINT, STYLE_GREEN};

    return row == drawing->chart->rows ? STYLE_FAINT : styles[row->standing];
}

static void put_styled(const struct drawing *drawing, enum style style, const char *text)
{
    style_put(drawing->wrap, drawing->options->colours, style, text);
}

static void put_standing(const struct drawing *drawing, const struct chart_row *row)
{
    const char *word = chart_word(drawing->chart, row);
    char upper[16] = "";

    for (size_t i = 0; word[i] && i + 1 < sizeof upper; i++)
        upper[i] = (char)(word[i] - 'a' + 'A');
    put_styled(drawing, style_of_row(drawing, row), upper);
}

/* "+7 min 0.1 s ± 0.5 s" */
static void add_value(const struct drawing *drawing, const struct chart_row *row,
                      struct buffer *out)
{
    const char *sign;
    struct buffer text;

    buffer_init(&text, TEXT_MOST);
    drawing->chart->scale->write(row->span.least, row->span.most, &text);
    sign = strstr(text.text, "±");
    if (sign) {
        buffer_add(out, text.text, (size_t)(sign - text.text));
        buffer_add_string(out, drawing->glyphs->plus_minus);
        buffer_add_string(out, sign + strlen("±"));
    } else {
        buffer_add_string(out, text.text);
    }
    buffer_release(&text);
}

static void put_name(const struct drawing *drawing, const struct chart_row *row)
{
    struct buffer text;

    buffer_init(&text, TEXT_MOST);
    chart_cut(row->span.name, drawing->name, drawing->glyphs->ellipsis, &text);
    wrap_verbatim(drawing->wrap, text.text, text.size);
    buffer_release(&text);
}

/* ---- the axis ---- */

static void put_labels(const struct drawing *drawing, size_t column)
{
    struct chart_label labels[CHART_LABELS_MOST];
    size_t count = chart_labels(drawing->chart, (uint32_t)drawing->bar - 1, 1, 1, labels);

    for (size_t i = 0; i < count; i++) {
        char text[64];

        if (!labels[i].is_shown)
            continue;
        snprintf(text, sizeof text, "%s%s", labels[i].sign, labels[i].text);
        wrap_to(drawing->wrap, (size_t)((int64_t)column + labels[i].start));
        put_styled(drawing, STYLE_FAINT, text);
    }
    wrap_end(drawing->wrap);
}

struct zone {
    int64_t limit;
    int64_t below, above; /* the cells of the axis from which on a value is that far away */
};

struct zones {
    struct zone critical, warning;
    int64_t zero;
};

static struct zone zone_of(const struct drawing *drawing, int64_t limit)
{
    uint32_t length = (uint32_t)drawing->bar - 1;

    if (limit == SPAN_NEVER_CRITICAL)
        return (struct zone){INT64_MAX, -1, (int64_t)length + 1};
    return (struct zone){limit, chart_position(drawing->chart, -limit, length),
                         chart_position(drawing->chart, limit, length)};
}

static struct zones zones_of(const struct drawing *drawing)
{
    const struct chart *chart = drawing->chart;
    int64_t warning = chart->scale->warning;

    if (chart->critical != SPAN_NEVER_CRITICAL && chart->critical < warning)
        warning = chart->critical;
    return (struct zones){zone_of(drawing, chart->critical), zone_of(drawing, warning),
                          chart_position(chart, 0, (uint32_t)drawing->bar - 1)};
}

/* A value that is not that far away is in no cell of the zone, however few there are. */
static int64_t keep_out(const struct zone *zone, int64_t value, int64_t cell)
{
    if (value > -zone->limit && cell <= zone->below)
        cell = zone->below + 1;
    if (value < zone->limit && cell >= zone->above)
        cell = zone->above - 1;
    return cell;
}

static uint32_t cell_of(const struct drawing *drawing, const struct zones *zones, int64_t value)
{
    uint32_t cell = chart_position(drawing->chart, value, (uint32_t)drawing->bar - 1);

    return (uint32_t)keep_out(&zones->warning, value, keep_out(&zones->critical, value, cell));
}

struct cell {
    const char *glyph;
    enum style style;
};

/* What stands where no span is. */
static const char *ground_of(const struct drawing *drawing, const struct zones *zones,
                             uint32_t cell)
{
    const struct glyphs *glyphs = drawing->glyphs;

    if (cell == zones->zero)
        return glyphs->zero;
    if (cell <= zones->critical.below || cell >= zones->critical.above)
        return glyphs->critical;
    if (cell <= zones->warning.below || cell >= zones->warning.above)
        return glyphs->warning;
    return glyphs->axis;
}

static void fill_bar(const struct drawing *drawing, const struct chart_row *row,
                     struct cell cells[BAR_MOST])
{
    const struct span *span = &row->span;
    int64_t middle = span->least + (span->most - span->least) / 2;
    struct zones zones = zones_of(drawing);
    uint32_t last = cell_of(drawing, &zones, span->most);

    for (uint32_t i = 0; i < drawing->bar; i++)
        cells[i] = (struct cell){ground_of(drawing, &zones, i), STYLE_FAINT};
    for (uint32_t i = cell_of(drawing, &zones, span->least); i <= last; i++)
        cells[i] = (struct cell){drawing->glyphs->span, style_of_row(drawing, row)};
    cells[cell_of(drawing, &zones, middle)] =
        (struct cell){drawing->glyphs->mark, style_of_row(drawing, row)};
}

/* Cells of one style in one go. */
static void put_bar(const struct drawing *drawing, const struct chart_row *row)
{
    struct cell cells[BAR_MOST];
    struct buffer text;

    fill_bar(drawing, row, cells);
    buffer_init(&text, TEXT_MOST);
    for (size_t i = 0; i < drawing->bar; i++) {
        buffer_add_string(&text, cells[i].glyph);
        if (i + 1 == drawing->bar || cells[i + 1].style != cells[i].style) {
            put_styled(drawing, cells[i].style, text.text);
            buffer_clear(&text);
        }
    }
    buffer_release(&text);
}

/* ---- rows ---- */

static void put_row(const struct drawing *drawing, const struct chart_row *row)
{
    size_t column = drawing->body + drawing->name + GAP;
    struct buffer value;

    buffer_init(&value, TEXT_MOST);
    add_value(drawing, row, &value);
    put_standing(drawing, row);
    wrap_to(drawing->wrap, drawing->body);
    put_name(drawing, row);
    if (drawing->role && row->span.role) {
        wrap_to(drawing->wrap, column);
        put_styled(drawing, STYLE_FAINT, row->span.role);
    }
    column += drawing->role ? drawing->role + GAP : 0;
    wrap_to(drawing->wrap, column);
    put_bar(drawing, row);
    wrap_to(drawing->wrap, column + drawing->bar + GAP + drawing->value - columns_of(value.text));
    wrap_verbatim(drawing->wrap, value.text, value.size);
    wrap_end(drawing->wrap);
    buffer_release(&value);
}

/* Without an axis: all of a span in words, on as many lines as it takes. */
static void put_list_row(const struct drawing *drawing, const struct chart_row *row)
{
    struct buffer value;

    buffer_init(&value, TEXT_MOST);
    add_value(drawing, row, &value);
    wrap_indent(drawing->wrap, drawing->body + 2);
    put_standing(drawing, row);
    wrap_words(drawing->wrap, " ");
    wrap_to(drawing->wrap, drawing->body > STANDING_MOST ? drawing->body : 0);
    wrap_words(drawing->wrap, row->span.name);
    if (row->span.role) {
        wrap_words(drawing->wrap, ", ");
        wrap_words(drawing->wrap, row->span.role);
    }
    wrap_end(drawing->wrap);
    wrap_to(drawing->wrap, drawing->body + 2);
    wrap_words(drawing->wrap, value.text);
    wrap_end(drawing->wrap);
    buffer_release(&value);
}

/* ---- the columns ---- */

static void widen(size_t *column, size_t columns)
{
    if (*column < columns)
        *column = columns;
}

static void measure(struct drawing *drawing, const struct chart_row *const *rows, size_t count)
{
    struct buffer value;

    buffer_init(&value, TEXT_MOST);
    for (size_t i = 0; i < count; i++) {
        buffer_clear(&value);
        add_value(drawing, rows[i], &value);
        widen(&drawing->name, columns_of(rows[i]->span.name));
        widen(&drawing->role, rows[i]->span.role ? columns_of(rows[i]->span.role) : 0);
        widen(&drawing->value, columns_of(value.text));
    }
    buffer_release(&value);
}

/* The bar has what the others leave: a cell a stop at least, and as many between all if it can. */
static bool fit(struct drawing *drawing)
{
    size_t segments = drawing->chart->below + drawing->chart->above, least = segments + 1;
    size_t all = drawing->options->columns, taken = drawing->body + drawing->value + GAP + GAP;

    if (drawing->body <= STANDING_MOST || taken + NAME_LEAST + least > all)
        return false;
    if (taken + drawing->name + drawing->role + GAP + least > all)
        drawing->role = 0;
    taken += drawing->role ? drawing->role + GAP : 0;
    if (taken + drawing->name + 2 * least > all && drawing->name > NAME_ENOUGH)
        drawing->name = NAME_ENOUGH;
    if (taken + drawing->name + least > all)
        drawing->name = all - taken - least;
    drawing->bar = all - taken - drawing->name;
    if (drawing->bar > BAR_MOST)
        drawing->bar = BAR_MOST;
    if (drawing->bar > 2 * segments)
        drawing->bar = (drawing->bar - 1) / segments * segments + 1;
    else
        drawing->bar -= drawing->bar % 2 == 0;
    return true;
}

/* ---- the chart ---- */

static void put_head(const struct drawing *drawing, const char *source)
{
    struct buffer caption;

    buffer_init(&caption, TEXT_MOST);
    chart_caption(drawing->chart, CAPTION_NAME_MOST, drawing->glyphs->ellipsis, &caption);
    wrap_indent(drawing->wrap, drawing->body);
    put_styled(drawing, STYLE_LOUD, drawing->chart->scale->title);
    if (drawing->body <= STANDING_MOST)
        wrap_end(drawing->wrap);
    wrap_to(drawing->wrap, drawing->body);
    if (source) {
        wrap_words(drawing->wrap, source);
        wrap_words(drawing->wrap, ": ");
    }
    wrap_words(drawing->wrap, caption.text);
    wrap_end(drawing->wrap);
    buffer_release(&caption);
}

static void put_left_out(const struct drawing *drawing, size_t shown, bool are_right)
{
    char text[64];

    if (shown == drawing->chart->row_count)
        return;
    snprintf(text, sizeof text, "%s%zu %s", shown ? "and " : "", drawing->chart->row_count - shown,
             are_right && shown < ROWS_MOST ? "ok" : "more");
    wrap_to(drawing->wrap, drawing->body);
    put_styled(drawing, STYLE_FAINT, text);
    wrap_end(drawing->wrap);
}

/* The zero is right, too. */
static size_t leave_out_right(const struct chart *chart, const struct chart_row **rows,
                              size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        const char *word = chart_word(chart, rows[i]);

        if (strcmp(word, "ok") != 0 && strcmp(word, "zero") != 0)
            rows[kept++] = rows[i];
    }
    return kept;
}

void text_chart(struct wrap *wrap, const struct report_options *options, size_t body,
                const struct chart *chart, const char *source, bool is_one_of_many)
{
    struct drawing drawing = {.wrap = wrap,
                              .options = options,
                              .glyphs = glyphs_of(options),
                              .chart = chart,
                              .body = body};
    const struct chart_row *rows[ROWS_MOST];
    size_t count = chart_pick(chart, ROWS_MOST, rows);
    bool has_axis;

    if (is_one_of_many)
        count = leave_out_right(chart, rows, count);
    measure(&drawing, rows, count);
    has_axis = fit(&drawing);
    wrap_free_line(wrap);
    put_head(&drawing, source);
    if (has_axis && count)
        put_labels(&drawing, body + drawing.name + GAP + (drawing.role ? drawing.role + GAP : 0));
    for (size_t i = 0; i < count; i++) {
        if (has_axis)
            put_row(&drawing, rows[i]);
        else
            put_list_row(&drawing, rows[i]);
    }
    put_left_out(&drawing, count, is_one_of_many);
}
