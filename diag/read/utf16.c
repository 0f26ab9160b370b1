#include "diag/read/utf16.h"

#include "diag/text.h"

#include <string.h>

enum { ASCII_RUN = 256 };

bool utf16_begins(const char *bytes, size_t size, struct utf16 *utf16)
{
    if (size < 2 || (memcmp(bytes, "\xFF\xFE", 2) != 0 && memcmp(bytes, "\xFE\xFF", 2) != 0))
        return false;
    *utf16 = (struct utf16){.is_big_endian = bytes[0] == '\xFE'};
    return true;
}

bool utf16_begins_markup(const char *bytes, size_t size, struct utf16 *utf16)
{
    if (utf16_begins(bytes, size, utf16))
        return true;
    if (size < 2 || !bytes[0] == !bytes[1])
        return false;
    *utf16 = (struct utf16){.is_big_endian = !bytes[0]};
    return true;
}

static bool is_high(uint32_t unit)
{
    return unit >= 0xD800 && unit < 0xDC00;
}

static bool is_low(uint32_t unit)
{
    return unit >= 0xDC00 && unit < 0xE000;
}

static void add_unit(struct utf16 *utf16, uint32_t unit, struct buffer *out)
{
    uint32_t high = utf16->high;

    utf16->high = 0;
    if (high && is_low(unit)) {
        text_encode(out, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
        return;
    }
    if (high)
        text_encode(out, high);
    if (is_high(unit))
        utf16->high = unit;
    else
        text_encode(out, unit);
}

/* Four units at a time, as many as are ASCII and have room; gives how many. */
static size_t take_fours(const char *bytes, size_t size, bool is_big_endian, char run[ASCII_RUN])
{
    static const unsigned char others[2][8] = {{0x80, 0xFF, 0x80, 0xFF, 0x80, 0xFF, 0x80, 0xFF},
                                               {0xFF, 0x80, 0xFF, 0x80, 0xFF, 0x80, 0xFF, 0x80}};
    uint64_t mask, four;
    size_t count = 0;

    memcpy(&mask, others[is_big_endian], sizeof mask);
    for (; count < ASCII_RUN && size - 2 * count >= sizeof four; count += 4) {
        memcpy(&four, bytes + 2 * count, sizeof four);
        if (four & mask)
            break;
        for (size_t i = count; i < count + 4; i++)
            run[i] = bytes[2 * i + is_big_endian];
    }
    return count;
}

/* Whole units of ASCII from the beginning, which most text is; gives the bytes they take. */
static size_t add_ascii(const struct utf16 *utf16, const char *bytes, size_t size,
                        struct buffer *out)
{
    size_t low = utf16->is_big_endian, high = !low, count;
    char run[ASCII_RUN];

    if (utf16->has_byte || utf16->high)
        return 0;
    count = take_fours(bytes, size, utf16->is_big_endian, run);
    for (; count < ASCII_RUN && 2 * count + 1 < size; count++) {
        run[count] = bytes[2 * count + low];
        if (bytes[2 * count + high] != 0 || (run[count] & 0x80))
            break;
    }
    buffer_add(out, run, count);
    return 2 * count;
}

void utf16_to_utf8(struct utf16 *utf16, const char *bytes, size_t size, struct buffer *out)
{
    for (size_t i = 0; (i += add_ascii(utf16, bytes + i, size - i, out)) < size; i++) {
        uint8_t byte = (uint8_t)bytes[i];

        if (utf16->has_byte)
            add_unit(utf16,
                     utf16->is_big_endian ? (uint32_t)utf16->byte << 8 | byte
                                          : (uint32_t)byte << 8 | utf16->byte,
                     out);
        utf16->has_byte = !utf16->has_byte;
        utf16->byte = byte;
    }
}
