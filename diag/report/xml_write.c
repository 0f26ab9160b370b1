#include "diag/report/xml_write.h"

#include "diag/text.h"

#include <stdbool.h>
#include <string.h>

enum { SHOWN_MOST = 16 };

/* XML 1.0, production 2. */
static bool is_of_xml(uint32_t code_point)
{
    if (code_point < 0x20)
        return code_point == '\t' || code_point == '\n';
    return code_point != 0x7f && code_point != 0xfffe && code_point != 0xffff;
}

static const char *reference_of(uint32_t code_point, bool is_value)
{
    switch (code_point) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return is_value ? "&quot;" : NULL;
    case '\n':
        return is_value ? "&#10;" : NULL;
    case '\t':
        return is_value ? "&#9;" : NULL;
    default:
        return NULL;
    }
}

static void put_spelled_out(FILE *stream, const char *text, size_t size)
{
    struct buffer shown;

    buffer_init(&shown, SHOWN_MOST);
    text_show(&shown, text, size);
    fputs(shown.text, stream);
    buffer_release(&shown);
}

/* Of most text nothing is to be changed: it goes in one piece up to what is. */
static size_t plain_size(const char *text, size_t left, bool is_value)
{
    size_t at = 0;

    while (at < left) {
        uint32_t code_point = 0;
        size_t size = text_decode(text + at, left - at, &code_point);

        if (size == 0 || !is_of_xml(code_point) || reference_of(code_point, is_value))
            break;
        at += size;
    }
    return at;
}

static void put(FILE *stream, const char *text, bool is_value)
{
    size_t left = strlen(text);

    while (left > 0) {
        size_t size = plain_size(text, left, is_value);
        uint32_t code_point = 0;
        const char *reference;

        fwrite(text, 1, size, stream);
        text += size;
        left -= size;
        if (left == 0)
            return;
        size = text_decode(text, left, &code_point);
        reference = size ? reference_of(code_point, is_value) : NULL;
        size = size ? size : 1;
        if (reference)
            fputs(reference, stream);
        else
            put_spelled_out(stream, text, size);
        text += size;
        left -= size;
    }
}

void xml_put_text(FILE *stream, const char *text)
{
    put(stream, text, false);
}

void xml_put_value(FILE *stream, const char *text)
{
    put(stream, text, true);
}
