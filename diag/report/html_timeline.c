#include "diag/report/html_timeline.h"

#include "diag/report/html_picture.h"
#include "diag/report/picture_shape.h"

enum {
    BAR_HEIGHT = 10,
    WIRE_HEIGHT = 2,
    SHORT = 30, /* of 10,000: what is shorter is drawn so long, to be seen */
    TEXT_MOST = 2048
};

struct picture {
    struct page *page;
    const struct timeline *timeline;
    unsigned number; /* of the picture in the page */
};

static uint32_t share_at(const struct picture *picture, int64_t at)
{
    return timeline_position(picture->timeline, at, 10000);
}

/* ---- the axis ---- */

static void put_stop(const struct picture *picture, const char *class, int64_t at)
{
    char place[HTML_PERCENT_SIZE];

    html_percent(share_at(picture, at), place);
    html_put(picture->page, "<line class=\"%s\" x1=\"%s\" x2=\"%s\" y2=\"100%%\"/>", class, place,
             place);
}

static void put_ground(const struct picture *picture)
{
    const struct timeline_stop *stops = picture->timeline->kind->stops;

    html_put(picture->page, "<defs><g id=\"times-%u\">", picture->number);
    put_stop(picture, "stop", 0);
    for (size_t i = 0; i < picture->timeline->stops; i++)
        put_stop(picture, stops[i].limit ? "stop limit" : "stop", stops[i].at);
    html_put(picture->page, "</g></defs>");
}

static void put_axis(const struct picture *picture)
{
    const struct timeline_stop *stops = picture->timeline->kind->stops;
    size_t count = picture->timeline->stops;

    html_put(picture->page, "<svg role=\"img\"><title>The axis: from the call to %s later</title>",
             stops[count - 1].label);
    put_ground(picture);
    html_put(picture->page, "<text class=\"middle\" x=\"0\" y=\"50%%\">0</text>");
    for (size_t i = 0; i < count; i++) {
        char place[HTML_PERCENT_SIZE];

        html_percent(share_at(picture, stops[i].at), place);
        html_put(picture->page, "<text class=\"middle\" x=\"%s\" y=\"50%%\">%s</text>", place,
                 stops[i].label);
    }
    html_put(picture->page, "</svg>");
}

/* ---- rows ---- */

static void put_phase(const struct picture *picture, const struct timeline_phase *phase)
{
    uint32_t from = share_at(picture, phase->from), to = share_at(picture, phase->to);
    char start[HTML_PERCENT_SIZE], width[HTML_PERCENT_SIZE];
    struct buffer words;

    buffer_init(&words, TEXT_MOST);
    buffer_print(&words, "%s from ", timeline_phase_word(phase->kind));
    timeline_time(phase->from, &words);
    buffer_add_string(&words, " to ");
    timeline_time(phase->to, &words);
    html_percent(from, start);
    html_percent(to - from > SHORT ? to - from : SHORT, width);
    html_put(picture->page,
             "<rect class=\"%s\" x=\"%s\" y=\"50%%\" width=\"%s\" height=\"%u\"><title>%s</title>"
             "</rect>",
             timeline_phase_word(phase->kind), start, width,
             phase->kind == TIMELINE_CONNECTING ? WIRE_HEIGHT : BAR_HEIGHT, words.text);
    buffer_release(&words);
}

/* A shape for each end, so that nobody needs the colours. */
static void put_end(const struct picture *picture, const struct timeline_row *row)
{
    static const char *const shapes[TIMELINE_END_COUNT] = {
        [TIMELINE_END_GREETED] = "<circle r=\"6\"/>",
        [TIMELINE_END_REJECTED] = "<path d=\"M-6-6H6V6H-6Z\"/>",
        [TIMELINE_END_CLOSED] = "<path class=\"cross\" d=\"M-5-5L5 5M-5 5L5-5\"/>",
        [TIMELINE_END_REFUSED] = "<path class=\"cross\" d=\"M-5-5L5 5M-5 5L5-5\"/>",
        [TIMELINE_END_UNANSWERED] = "<path d=\"M-4-7L6 0L-4 7Z\"/>",
        [TIMELINE_END_OPEN] = "<path d=\"M-4-7L6 0L-4 7Z\"/>",
        [TIMELINE_END_STRANGE] = "<path d=\"M-6-6H6V6H-6Z\"/>",
        [TIMELINE_END_UNKNOWN] = "<path d=\"M-4-7L6 0L-4 7Z\"/>",
    };
    char place[HTML_PERCENT_SIZE];

    html_percent(share_at(picture, timeline_end_of(row)), place);
    html_put(picture->page, "<svg class=\"mark\" x=\"%s\" y=\"50%%\">", place);
    fputs(shapes[row->end], picture->page->stream);
    html_put(picture->page, "</svg>");
}

static void put_plot(const struct picture *picture, const struct timeline_row *row)
{
    struct buffer words;

    buffer_init(&words, TEXT_MOST);
    timeline_words(row, &words);
    html_put(picture->page,
             "<svg role=\"img\"><title>%s</title><desc>%s</desc><use href=\"#times-%u\"/>",
             row->name, words.text, picture->number);
    for (size_t i = 0; i < row->phase_count; i++)
        put_phase(picture, &row->phases[i]);
    put_end(picture, row);
    html_put(picture->page, "</svg>");
    buffer_release(&words);
}

static const char *class_of(const struct timeline_row *row)
{
    static const char *const classes[PICTURE_STANDING_COUNT] = {[PICTURE_WRONG] = "critical",
                                                                [PICTURE_DOUBTFUL] = "warning",
                                                                [PICTURE_PLAIN] = "unknown",
                                                                [PICTURE_RIGHT] = "ok"};

    return classes[row->standing];
}

static void put_row(const struct picture *picture, const struct timeline_row *row)
{
    struct buffer time;

    buffer_init(&time, TEXT_MOST);
    timeline_time(timeline_end_of(row), &time);
    html_put(picture->page, "<tr class=\"%s\"><th scope=\"row\">", class_of(row));
    if (row->group)
        html_put(picture->page, "<span class=\"role\">%s</span> ", row->group);
    html_put(picture->page, "<bdi>%s</bdi>", row->name);
    if (row->detail)
        html_put(picture->page, " <span class=\"role\">%s</span>", row->detail);
    html_put(picture->page, "</th><td class=\"plot\">");
    put_plot(picture, row);
    html_put(picture->page,
             "</td><td class=\"value\">%s</td><td class=\"stands\"><span class=\"standing %s\">%s"
             "</span></td></tr>\n",
             time.text, class_of(row), timeline_end_shown(row->end));
    buffer_release(&time);
}

/* ---- the figure ---- */

static void put_limits(const struct picture *picture)
{
    const struct timeline_stop *stops = picture->timeline->kind->stops;
    bool any = false;

    for (size_t i = 0; i < picture->timeline->stops; i++) {
        if (!stops[i].limit)
            continue;
        html_put(picture->page, any ? "; " : "<p class=\"caption\">");
        html_put(picture->page, "<b>%s</b>: %s", stops[i].label, stops[i].limit);
        any = true;
    }
    if (any)
        html_put(picture->page, "</p>\n");
}

void html_timeline(struct page *page, const struct timeline *timeline)
{
    const struct picture picture = {page, timeline, page->pictures};

    html_put(
        page,
        "<figure class=\"picture chart timeline\">\n<table>\n<caption>%s</caption>\n<thead><tr>"
        "<th scope=\"col\">Host</th><th scope=\"col\" class=\"plot\">",
        timeline->kind->title);
    put_axis(&picture);
    html_put(page, "</th><th scope=\"col\" class=\"value\">After</th><th scope=\"col\">End</th>"
                   "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < timeline->count; i++)
        put_row(&picture, &timeline->rows[i]);
    if (timeline->left_out)
        html_put(page, "<tr class=\"more\"><td colspan=\"4\">and %u more</td></tr>\n",
                 (unsigned)timeline->left_out);
    html_put(page, "</tbody>\n</table>\n");
    put_limits(&picture);
    html_put(page, "</figure>\n");
}
