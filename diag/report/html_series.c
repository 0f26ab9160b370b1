#include "diag/report/html_series.h"

#include <string.h>

enum {
    COLUMN = 20,  /* in the picture's own units, as all of these; with the gap behind it */
    COLUMNS = 16, /* so many are as wide; more of them share that room, for narrow screens */
    EDGE = 4,
    LEFT = 64, /* for the values beside the axis */
    TOP = 12,
    HEIGHT = 96,
    BOTTOM = 24,
    NUMBERS_MOST = 16, /* of steps, beneath the axis */
    VALUE_MOST = 64
};

struct picture {
    struct page *page;
    const struct series *series;
    unsigned column, width;
};

static unsigned column_of(const struct series *series)
{
    return series->count > COLUMNS ? COLUMN * COLUMNS / (unsigned)series->count : COLUMN;
}

static void put_value(const struct picture *picture, int64_t value, unsigned y)
{
    struct buffer text;

    buffer_init(&text, VALUE_MOST);
    picture->series->kind->write(value, &text);
    html_put(picture->page, "<text class=\"end\" x=\"%u\" y=\"%u\">%s</text>\n", LEFT - 8, y,
             text.text);
    buffer_release(&text);
}

static void put_column(const struct picture *picture, size_t index)
{
    const struct series *series = picture->series;
    unsigned height = series_height(series, series->values[index], HEIGHT);
    unsigned gap = (picture->column + 2) / 5;
    unsigned x = LEFT + EDGE / 2 + (unsigned)index * picture->column;
    struct buffer text;

    buffer_init(&text, VALUE_MOST);
    series->kind->write(series->values[index], &text);
    html_put(picture->page,
             "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\"><title>%s %u: %s</title></rect>\n",
             x, TOP + HEIGHT - height, picture->column - gap, height, series->kind->step,
             (unsigned)series->first + (unsigned)index, text.text);
    buffer_release(&text);
}

static void put_numbers(const struct picture *picture)
{
    const struct series *series = picture->series;
    size_t every = (series->count + NUMBERS_MOST - 1) / NUMBERS_MOST;

    for (size_t i = 0; i < series->count; i += every)
        html_put(picture->page, "<text class=\"middle\" x=\"%u\" y=\"%u\">%u</text>\n",
                 LEFT + (unsigned)i * picture->column + picture->column / 2,
                 TOP + HEIGHT + BOTTOM - 6, (unsigned)series->first + (unsigned)i);
}

static void put_line(const struct picture *picture, const char *class, unsigned y)
{
    html_put(picture->page, "<line class=\"%s\" x1=\"%u\" x2=\"%u\" y1=\"%u\" y2=\"%u\"/>\n", class,
             LEFT, picture->width, y, y);
}

static void put_axes(const struct picture *picture)
{
    put_line(picture, "stop", TOP);
    put_line(picture, "stop", TOP + HEIGHT / 2);
    put_value(picture, series_most(picture->series), TOP + 4);
    put_value(picture, 0, TOP + HEIGHT + 4);
    html_put(picture->page, "<text class=\"end\" x=\"%u\" y=\"%u\">%s</text>\n", LEFT - 8,
             TOP + HEIGHT + BOTTOM - 6, picture->series->kind->step);
}

/* For whoever cannot see it, all of them; they are bounded. */
static void put_words(const struct picture *picture)
{
    const struct series *series = picture->series;

    html_put(picture->page, "<title>%s</title>\n<desc>", series->kind->title);
    for (size_t i = 0; i < series->count; i++) {
        struct buffer text;

        buffer_init(&text, VALUE_MOST);
        series->kind->write(series->values[i], &text);
        html_put(picture->page, "%s%s %u: %s", i ? ", " : "", series->kind->step,
                 (unsigned)series->first + (unsigned)i, text.text);
        buffer_release(&text);
    }
    html_put(picture->page, "</desc>\n");
}

void html_series(struct page *page, const struct series *series)
{
    unsigned column = column_of(series);
    const struct picture picture = {page, series, column,
                                    LEFT + (unsigned)series->count * column + EDGE};

    html_put(page, "<figure class=\"picture series\">\n<figcaption>%s%s%s</figcaption>\n",
             series->kind->title, series->remark ? ", " : "", series->remark ? series->remark : "");
    html_put(page, "<svg role=\"img\" width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\">\n",
             picture.width, TOP + HEIGHT + BOTTOM, picture.width, TOP + HEIGHT + BOTTOM);
    put_words(&picture);
    put_axes(&picture);
    for (size_t i = 0; i < series->count; i++)
        put_column(&picture, i);
    put_line(&picture, "zero", TOP + HEIGHT);
    put_numbers(&picture);
    html_put(page, "</svg>\n</figure>\n");
}
