#include "diag/read/utf16.h"

#include "diag/text.h"

#include <string.h>

bool utf16_begins(const char *bytes, size_t size, struct utf16 *utf16)
{
    if (size < 2 || (memcmp(bytes, "\xFF\xFE", 2) != 0 && memcmp(bytes, "\xFE\xFF", 2) != 0))
        return false;
    *utf16 = (struct utf16){.is_big_endian = bytes[0] == '\xFE'};
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

void utf16_to_utf8(struct utf16 *utf16, const char *bytes, size_t size, struct buffer *out)
{
    for (size_t i = 0; i < size; i++) {
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
