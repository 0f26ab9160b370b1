#include "diag/read/xml_text.h"

#include "diag/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool is_character(uint32_t code_point) /* XML 1.0 2.2 */
{
    if (code_point < 0x20)
        return code_point == '\t' || code_point == '\n' || code_point == '\r';
    return code_point != 0xFFFE && code_point != 0xFFFF;
}

static void add_character(struct buffer *out, const char *at, size_t size, uint32_t code_point)
{
    bool is_markup = code_point < 0x20 || (size == 1 && strchr("&<>\"'", (int)code_point));

    if (!is_character(code_point))
        return;
    if (is_markup)
        buffer_print(out, "&#%u;", (unsigned)code_point);
    else
        buffer_add(out, at, size);
}

void xml_add_value(struct buffer *out, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        uint32_t code_point;
        size_t size = text_decode(text, left, &code_point);

        if (size > 0)
            add_character(out, text, size, code_point);
        else
            size = 1;
        text += size;
        left -= size;
    }
}
