#include "win32/punycode.h"

#include <string.h>

/* RFC 3492 5 */
enum {
    BASE = 36,
    T_MIN = 1,
    T_MAX = 26,
    SKEW = 38,
    DAMP = 700,
    INITIAL_BIAS = 72,
    INITIAL_N = 0x80,
    CODE_POINT_MOST = 0x10FFFF
};

static const char digits[BASE + 1] = "abcdefghijklmnopqrstuvwxyz0123456789";

/* RFC 3492 6.1 */
static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
    uint32_t k = 0;

    delta /= first ? DAMP : 2;
    delta += delta / points;
    for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
        delta /= BASE - T_MIN;
    return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static uint32_t threshold(uint32_t k, uint32_t bias)
{
    if (k <= bias + T_MIN)
        return T_MIN;
    return k >= bias + T_MAX ? T_MAX : k - bias;
}

static void write_integer(uint32_t value, uint32_t bias, struct buffer *out)
{
    for (uint32_t k = BASE;; k += BASE) {
        uint32_t t = threshold(k, bias);

        if (value < t)
            break;
        buffer_add_char(out, digits[t + (value - t) % (BASE - t)]);
        value = (value - t) / (BASE - t);
    }
    buffer_add_char(out, digits[value]);
}

static uint32_t smallest_from(const uint32_t *label, size_t size, uint32_t least)
{
    uint32_t smallest = UINT32_MAX;

    for (size_t i = 0; i < size; i++) {
        if (label[i] >= least && label[i] < smallest)
            smallest = label[i];
    }
    return smallest;
}

/* RFC 3492 6.3. With so few code points `delta` cannot overflow. */
void punycode_encode(const uint32_t *label, size_t size, struct buffer *out)
{
    uint32_t bias = INITIAL_BIAS;
    uint32_t delta = 0;
    uint32_t basic = 0;
    uint32_t n = INITIAL_N;

    for (size_t i = 0; i < size; i++) {
        if (label[i] >= INITIAL_N)
            continue;
        buffer_add_char(out, (char)label[i]);
        basic++;
    }
    if (basic > 0)
        buffer_add_char(out, '-');
    for (uint32_t done = basic; done < size; delta++, n++) {
        uint32_t next = smallest_from(label, size, n);

        delta += (next - n) * (done + 1);
        n = next;
        for (size_t i = 0; i < size; i++) {
            if (label[i] < n)
                delta++;
            if (label[i] != n)
                continue;
            write_integer(delta, bias, out);
            bias = adapt(delta, done + 1, done == basic);
            delta = 0;
            done++;
        }
    }
}

/* Takes one integer off the text, added to *value; false where there is none. */
static bool read_integer(const char **text, const char *end, uint32_t bias, uint32_t *value)
{
    uint64_t sum = *value;
    uint64_t weight = 1;

    for (uint32_t k = BASE; *text < end; k += BASE) {
        const char *digit = memchr(digits, *(*text)++, BASE);
        uint32_t t = threshold(k, bias);
        uint32_t amount;

        if (!digit)
            return false;
        amount = (uint32_t)(digit - digits);
        sum += amount * weight;
        if (sum > UINT32_MAX)
            return false;
        if (amount < t) {
            *value = (uint32_t)sum;
            return true;
        }
        weight *= BASE - t;
        if (weight > UINT32_MAX)
            return false;
    }
    return false;
}

/* The basic code points are all that stands before the last hyphen. */
static size_t take_basic(const char **text, const char *end, uint32_t *label)
{
    const char *at = end;
    size_t size = 0;

    while (at > *text && at[-1] != '-')
        at--;
    if (at == *text)
        return 0;
    for (; *text < at - 1; ++*text)
        label[size++] = (unsigned char)**text;
    *text = at;
    return size;
}

/* RFC 3492 6.2 */
size_t punycode_decode(const char *text, size_t size, uint32_t *label)
{
    const char *end = text + size;
    uint32_t bias = INITIAL_BIAS;
    uint32_t n = INITIAL_N;
    uint32_t at = 0;
    uint32_t count;

    if (size > PUNYCODE_LABEL_MOST)
        return 0;
    count = (uint32_t)take_basic(&text, end, label);
    for (bool first = true; text < end; first = false) {
        uint32_t before = at;

        if (count == PUNYCODE_LABEL_MOST || !read_integer(&text, end, bias, &at))
            return 0;
        count++;
        bias = adapt(at - before, count, first);
        if (at / count > CODE_POINT_MOST - n)
            return 0;
        n += at / count;
        at %= count;
        memmove(label + at + 1, label + at, (count - 1 - at) * sizeof *label);
        label[at++] = n;
    }
    return count;
}
