#include "diag/report/html_write.h"

#include "diag/report/chart.h"

#include <stdarg.h>
#include <string.h>

static const char *entity(char character)
{
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void html_escape(struct page *page, const char *text, size_t size)
{
    size_t from = 0;

    for (size_t i = 0; i < size; i++) {
        const char *escaped = entity(text[i]);

        if (!escaped)
            continue;
        fwrite(text + from, 1, i - from, page->stream);
        fputs(escaped, page->stream);
        from = i + 1;
    }
    fwrite(text + from, 1, size - from, page->stream);
}

void html_put(struct page *page, const char *markup, ...)
{
    va_list values;

    va_start(values, markup);
    for (;;) {
        size_t size = strcspn(markup, "%");

        fwrite(markup, 1, size, page->stream);
        markup += size;
        if (!*markup)
            break;
        if (markup[1] == 's') {
            const char *text = va_arg(values, const char *);

            html_escape(page, text, strlen(text));
        } else if (markup[1] == 'u') {
            fprintf(page->stream, "%u", va_arg(values, unsigned));
        } else {
            fputc('%', page->stream);
        }
        markup += markup[1] ? 2 : 1;
    }
    va_end(values);
}

void html_code(struct page *page, const char *text, size_t size)
{
    size_t from = 0;

    for (size_t i = 0; i < size; i++) {
        size_t end = i;

        if (i > 0 && text[i - 1] != ' ')
            continue;
        while (end < size && text[end] == '-')
            end++;
        if (end == i || end == size || text[end] < '!' || text[end] > '~')
            continue;
        end++;
        html_escape(page, text + from, i - from);
        fputs("<i>", page->stream);
        html_escape(page, text + i, end - i);
        fputs("</i>", page->stream);
        from = end;
    }
    html_escape(page, text + from, size - from);
}

void html_cut(struct page *page, const char *text, size_t most)
{
    static const char ellipsis[] = "…";
    struct buffer shown;

    /* Marks that take no column may make a short text of many bytes. */
    buffer_init(&shown, strlen(text) + sizeof ellipsis);
    chart_cut(text, most, ellipsis, &shown);
    html_put(page, "%s", shown.text);
    buffer_release(&shown);
}

void html_time(struct page *page, int64_t milliseconds)
{
    struct buffer shown;

    buffer_init(&shown, 64);
    report_show_time(milliseconds, &shown);
    html_put(page, "%s", shown.text);
    buffer_release(&shown);
}

const char *html_standing_class(const struct finding *finding)
{
    static const char *const classes[PART_COUNT] = {
        [PART_UNKNOWN] = "unknown",
        [PART_ACCEPTED] = "accepted",
        [PART_OK] = "ok",
        [PART_NOT_APPLICABLE] = "not-applicable",
    };
    enum report_part part = report_part_of(finding);

    return part == PART_PROBLEMS ? severity_word(finding->severity) : classes[part];
}

void html_standing(struct page *page, const struct finding *finding)
{
    html_put(page, "<span class=\"standing %s\">%s</span>", html_standing_class(finding),
             report_standing(finding));
}

void html_start_row(struct page *page, const char *name)
{
    html_put(page, "<h4>%s</h4>\n<div>\n", name);
}

void html_end_row(struct page *page)
{
    html_put(page, "</div>\n");
}

void html_row(struct page *page, const char *name, const char *text)
{
    if (!text || !*text)
        return;
    html_start_row(page, name);
    html_put(page, "<p>%s</p>\n", text);
    html_end_row(page);
}
