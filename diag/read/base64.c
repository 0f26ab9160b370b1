#include "diag/read/base64.h"

#include <stdbool.h>
#include <stdint.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int value_of(char letter)
{
    if (letter >= 'A' && letter <= 'Z')
        return letter - 'A';
    if (letter >= 'a' && letter <= 'z')
        return letter - 'a' + 26;
    if (letter >= '0' && letter <= '9')
        return letter - '0' + 52;
    return letter == '+' ? 62 : letter == '/' ? 63 : -1;
}

/* Four letters, of which the last `padding` are '='; their bytes are put in `out`. */
static bool decode_group(const char *group, size_t padding, char out[3])
{
    uint32_t bits = 0;

    for (size_t i = 0; i < 4; i++) {
        int value = i < 4 - padding ? value_of(group[i]) : 0;

        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
    }
    out[0] = (char)(bits >> 16);
    out[1] = (char)(bits >> 8);
    out[2] = (char)bits;
    return (padding == 0 || out[2] == 0) && (padding < 2 || out[1] == 0);
}

static size_t padding_of(const char *text, size_t size)
{
    if (size == 0 || text[size - 1] != '=')
        return 0;
    return text[size - 2] == '=' ? 2 : 1;
}

enum status base64_decode(const char *text, size_t size, struct buffer *out)
{
    size_t before = out->size, padding;

    if (size % 4 != 0)
        return STATUS_MALFORMED;
    padding = padding_of(text, size);
    if (size / 4 * 3 - padding > out->most - out->size)
        return STATUS_TOO_LARGE;
    for (size_t at = 0; at < size; at += 4) {
        size_t missing = at + 4 == size ? padding : 0;
        char bytes[3];

        if (!decode_group(text + at, missing, bytes)) {
            out->size = before;
            out->text[before] = '\0';
            return STATUS_MALFORMED;
        }
        buffer_add(out, bytes, 3 - missing);
    }
    return STATUS_OK;
}

void base64_encode(const void *bytes, size_t size, struct buffer *out)
{
    const unsigned char *from = bytes;

    for (size_t at = 0; at < size; at += 3) {
        size_t left = size - at;
        uint32_t bits = (uint32_t)from[at] << 16 | (left > 1 ? (uint32_t)from[at + 1] << 8 : 0) |
                        (left > 2 ? from[at + 2] : 0u);

        buffer_add_char(out, letters[bits >> 18]);
        buffer_add_char(out, letters[bits >> 12 & 63]);
        buffer_add_char(out, left > 1 ? letters[bits >> 6 & 63] : '=');
        buffer_add_char(out, left > 2 ? letters[bits & 63] : '=');
    }
}
