#include "diag/read/separators.h"

#include <string.h>

#if defined __SSE2__ || defined _M_X64 /* every processor of 64-bit Windows and Linux on x86 */
#include <emmintrin.h>
#define HAS_SSE2
#endif

enum { BLOCK = 64 };

/* Which bytes are the separator, bit by bit. */
#ifdef HAS_SSE2
static uint64_t quarter_of(const char *text, char separator)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)text);

    return (uint64_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(separator)));
}

static uint64_t marks_of(const char *block, char separator)
{
    return quarter_of(block, separator) | quarter_of(block + 16, separator) << 16 |
           quarter_of(block + 32, separator) << 32 | quarter_of(block + 48, separator) << 48;
}
#else
static uint64_t marks_of(const char *block, char separator)
{
    uint64_t marks = 0;

    for (size_t i = 0; i < BLOCK; i++)
        marks |= (uint64_t)(block[i] == separator) << i;
    return marks;
}
#endif

/* The number of the lowest bit that is set, of which there is one: by a de Bruijn sequence. */
static unsigned lowest_of(uint64_t marks)
{
    static const unsigned char numbers[64] = {
        0,  1,  2,  53, 3,  7,  54, 27, 4,  38, 41, 8,  34, 55, 48, 28, 62, 5,  39, 46, 44, 42,
        22, 9,  24, 35, 59, 56, 49, 18, 29, 11, 63, 52, 6,  26, 37, 40, 33, 47, 61, 45, 43, 21,
        23, 58, 17, 10, 51, 25, 36, 32, 60, 20, 57, 16, 50, 31, 19, 15, 30, 14, 13, 12};

    return numbers[(marks & (~marks + 1)) * UINT64_C(0x022fdd63cc95386d) >> 58];
}

size_t separators_find(const char *text, size_t size, char separator, uint32_t *places, size_t most)
{
    size_t count = 0;

    for (size_t at = 0; at < size && count < most; at += BLOCK) {
        const char *block = text + at;
        char last[BLOCK];
        uint64_t marks;

        if (size - at < BLOCK) {
            memset(last, 0, sizeof last);
            memcpy(last, block, size - at);
            block = last;
        }
        for (marks = marks_of(block, separator); marks && count < most; marks &= marks - 1)
            places[count++] = (uint32_t)(at + lowest_of(marks));
    }
    return count;
}
