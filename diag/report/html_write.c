#include "diag/report/html_write.h"

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
    for (size_t i = 0; i < size; i++) {
        const char *escaped = entity(text[i]);

        if (escaped)
            fputs(escaped, page->stream);
        else
            fputc(text[i], page->stream);
    }
}

void html_put(struct page *page, const char *markup, ...)
{
    va_list values;

    va_start(values, markup);
    for (; *markup; markup++) {
        if (strncmp(markup, "%s", 2) == 0) {
            const char *text = va_arg(values, const char *);

            html_escape(page, text, strlen(text));
            markup += 1;
        } else if (strncmp(markup, "%u", 2) == 0) {
            fprintf(page->stream, "%u", va_arg(values, unsigned));
            markup += 1;
        } else {
            markup += strncmp(markup, "%%", 2) == 0;
            fputc(*markup, page->stream);
        }
    }
    va_end(values);
}
