#include "diag/report/html_chart.h"

#include "diag/report/chart.h"
#include "diag/report/html_picture.h"

#include <string.h>

enum {
    ROWS_MOST = 200,
    NAME_MOST = 255,
    TEXT_MOST = 2048,
    AXIS_PIXELS = 240, /* at least, on a telephone too */
    CHARACTER_PIXELS = 7,
    OVERHANG_PIXELS = 14, /* html_style.c leaves it free at either side */
    WHISKERS_FROM = 200   /* of 10,000: below that the mark hides them */
};

struct picture {
    struct page *page;
    const struct chart *chart;
    unsigned number; /* of the chart in the page */
};

/* ---- numbers ---- */

static uint32_t share_at(const struct picture *picture, int64_t value)
{
    return chart_position(picture->chart, value, 10000);
}

/* A minus sign as wide as the plus. */
static void add_with_minus(struct buffer *out, const char *text)
{
    if (*text == '-')
        buffer_add_string(out, "−");
    buffer_add_string(out, text + (*text == '-'));
}

static void add_value(const struct picture *picture, const struct chart_row *row,
                      struct buffer *out)
{
    struct buffer text;

    buffer_init(&text, TEXT_MOST);
    picture->chart->scale->write(row->span.least, row->span.most, &text);
    add_with_minus(out, text.text);
    buffer_release(&text);
}

/* ---- what all rows have in common: zones and stops ---- */

static void put_zone(const struct picture *picture, const char *class, uint32_t from, uint32_t to)
{
    char start[HTML_PERCENT_SIZE], width[HTML_PERCENT_SIZE];

    if (from >= to)
        return;
    html_percent(from, start);
    html_percent(to - from, width);
    html_put(picture->page, "<rect class=\"%s\" x=\"%s\" width=\"%s\" height=\"100%%\"/>", class,
             start, width);
}

static void put_zones(const struct picture *picture)
{
    const struct chart *chart = picture->chart;
    int64_t critical = chart->critical, warning = chart->scale->warning;

    if (critical == SPAN_NEVER_CRITICAL)
        critical = INT64_MAX;
    if (critical < warning)
        warning = critical;
    put_zone(picture, "zone-critical", 0, share_at(picture, -critical));
    put_zone(picture, "zone-warning", share_at(picture, -critical), share_at(picture, -warning));
    put_zone(picture, "zone-warning", share_at(picture, warning), share_at(picture, critical));
    put_zone(picture, "zone-critical", share_at(picture, critical), 10000);
}

static void put_stop(const struct picture *picture, const char *class, uint32_t share)
{
    char at[HTML_PERCENT_SIZE];

    html_percent(share, at);
    html_put(picture->page, "<line class=\"%s\" x1=\"%s\" x2=\"%s\" y2=\"100%%\"/>", class, at, at);
}

static void put_ground(const struct picture *picture)
{
    const struct chart *chart = picture->chart;

    html_put(picture->page, "<defs><g id=\"ground-%u\">", picture->number);
    put_zones(picture);
    for (size_t i = chart->below; i > 0; i--)
        put_stop(picture, "stop", share_at(picture, -chart->scale->stops[i - 1].at));
    for (size_t i = 0; i < chart->above; i++)
        put_stop(picture, "stop", share_at(picture, chart->scale->stops[i].at));
    put_stop(picture, "zero", share_at(picture, 0));
    html_put(picture->page, "</g></defs>\n");
}

/* Centred, or where that would stand out too far begun or ended there. */
static void put_label(const struct picture *picture, const struct chart_label *label)
{
    char at[HTML_PERCENT_SIZE];
    const char *anchor = "middle", *shift = "0";

    if (label->start == -OVERHANG_PIXELS) {
        anchor = "start";
        shift = "-12";
    } else if (label->position == AXIS_PIXELS &&
               label->start < AXIS_PIXELS - OVERHANG_PIXELS - CHARACTER_PIXELS) {
        anchor = "end";
        shift = "12";
    }
    html_percent((uint32_t)((uint64_t)label->position * 10000 / AXIS_PIXELS), at);
    html_put(picture->page, "<text class=\"%s\" x=\"%s\" dx=\"%s\" y=\"50%%\">%s%s</text>", anchor,
             at, shift, *label->sign == '-' ? "−" : label->sign, label->text);
}

static void put_labels(const struct picture *picture)
{
    struct chart_label labels[CHART_LABELS_MOST];
    size_t count =
        chart_labels(picture->chart, AXIS_PIXELS, CHARACTER_PIXELS, OVERHANG_PIXELS, labels);

    for (size_t i = 0; i < count; i++) {
        if (labels[i].is_shown)
            put_label(picture, &labels[i]);
    }
}

/* The head of the pictures' column: where the stops are, and what is where. */
static void put_axis(const struct picture *picture, const char *caption)
{
    const struct scale_stop *stops = picture->chart->scale->stops;

    html_put(picture->page,
             "<svg role=\"img\" aria-labelledby=\"axis-%u\" aria-describedby=\"zones-%u\">\n"
             "<title id=\"axis-%u\">The axis, from −%s to +%s</title>\n"
             "<desc id=\"zones-%u\">%s</desc>\n",
             picture->number, picture->number, picture->number,
             stops[picture->chart->below - 1].label, stops[picture->chart->above - 1].label,
             picture->number, caption);
    put_ground(picture);
    put_labels(picture);
    html_put(picture->page, "\n</svg>");
}

/* ---- rows ---- */

/* The classes of findings that stand alike. */
static const char *class_of(const struct picture *picture, const struct chart_row *row)
{
    static const char *const classes[SPAN_STANDING_COUNT] = {"critical", "warning", "unknown",
                                                             "accepted", "ok"};

    return row == picture->chart->rows ? "origin" : classes[row->standing];
}

static void put_whisker(const struct picture *picture, uint32_t share)
{
    char at[HTML_PERCENT_SIZE];

    html_percent(share, at);
    html_put(picture->page,
             "<rect class=\"whisker\" x=\"%s\" y=\"50%%\" width=\"3\" height=\"14\"/>", at);
}

static void put_interval(const struct picture *picture, const struct span *span)
{
    uint32_t from = share_at(picture, span->least), to = share_at(picture, span->most);
    char start[HTML_PERCENT_SIZE], width[HTML_PERCENT_SIZE];

    if (to - from < WHISKERS_FROM)
        return;
    html_percent(from, start);
    html_percent(to - from, width);
    html_put(picture->page,
             "<rect class=\"interval\" x=\"%s\" y=\"50%%\" width=\"%s\" height=\"4\"/>", start,
             width);
    put_whisker(picture, from);
    put_whisker(picture, to);
}

static void put_picture(const struct picture *picture, const struct chart_row *row,
                        const char *name, const char *value)
{
    const struct span *span = &row->span;
    char at[HTML_PERCENT_SIZE];

    html_percent(share_at(picture, span->least + (span->most - span->least) / 2), at);
    html_put(picture->page, "<svg role=\"img\"><title>%s: %s, %s</title><use href=\"#ground-%u\"/>",
             name, value, chart_word(picture->chart, row), picture->number);
    put_interval(picture, span);
    html_put(picture->page, "<circle cx=\"%s\" cy=\"50%%\" r=\"5\"/></svg>", at);
}

static void put_row(const struct picture *picture, const struct chart_row *row)
{
    const char *class = class_of(picture, row);
    struct buffer name, value;

    buffer_init(&name, TEXT_MOST);
    buffer_init(&value, TEXT_MOST);
    chart_cut(row->span.name, NAME_MOST, "…", &name);
    add_value(picture, row, &value);
    html_put(picture->page, "<tr class=\"%s\"><th scope=\"row\"><bdi>%s</bdi>", class, name.text);
    if (row->span.role)
        html_put(picture->page, " <span class=\"role\">%s</span>", row->span.role);
    html_put(picture->page, "</th><td class=\"plot\">");
    put_picture(picture, row, name.text, value.text);
    html_put(picture->page,
             "</td><td class=\"value\">%s</td><td class=\"stands\"><span class=\"standing %s\">%s"
             "</span></td></tr>\n",
             value.text, class, chart_word(picture->chart, row));
    buffer_release(&value);
    buffer_release(&name);
}

static void put_rows(const struct picture *picture)
{
    const struct chart_row *rows[ROWS_MOST];
    size_t count = chart_pick(picture->chart, ROWS_MOST, rows);

    for (size_t i = 0; i < count; i++)
        put_row(picture, rows[i]);
    if (count < picture->chart->row_count)
        html_put(picture->page, "<tr class=\"more\"><td colspan=\"4\">and %u more</td></tr>\n",
                 (unsigned)(picture->chart->row_count - count));
}

/* ---- the chart ---- */

static void put_chart(const struct picture *picture, const char *source)
{
    struct page *page = picture->page;
    struct buffer caption;

    buffer_init(&caption, TEXT_MOST);
    chart_caption(picture->chart, NAME_MOST, "…", &caption);
    html_put(page, "<section class=\"chart\" aria-labelledby=\"chart-%u\">\n<h2 id=\"chart-%u\">%s",
             picture->number, picture->number, picture->chart->scale->title);
    if (source)
        html_put(page, " <span class=\"faint\"><bdi>%s</bdi></span>", source);
    html_put(page, "</h2>\n<p class=\"caption\">%s</p>\n<table>\n<thead><tr>", caption.text);
    html_put(page, "<th scope=\"col\">Name</th><th scope=\"col\" class=\"plot\">");
    put_axis(picture, caption.text);
    html_put(page,
             "</th><th scope=\"col\" class=\"value\">Difference</th><th scope=\"col\">Standing"
             "</th></tr></thead>\n<tbody>\n");
    put_rows(picture);
    html_put(page, "</tbody>\n</table>\n</section>\n");
    buffer_release(&caption);
}

void html_charts(struct page *page)
{
    const struct report *report = page->report;

    for (size_t i = 0; i < report->chart_count; i++) {
        const struct picture picture = {page, &report->charts[i], (unsigned)i + 1};

        put_chart(&picture, report->runs[report->charts[i].run].source);
    }
}
