#include "diag/gauge.h"

void gauge_write(const struct gauge *gauge, int64_t value, struct buffer *out)
{
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value, one = 1;

    for (unsigned i = 0; i < gauge->decimals && i < GAUGE_DECIMALS_MOST; i++)
        one *= 10;
    if (value < 0)
        buffer_add_char(out, '-');
    buffer_add_number(out, size / one);
    if (size % one)
        buffer_add_char(out, '.');
    for (uint64_t rest = size % one; rest; rest = rest * 10 % one)
        buffer_add_char(out, (char)('0' + rest * 10 / one));
}
