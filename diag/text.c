#include "diag/text.h"

#include <string.h>

enum {
    CODE_POINT_LAST = 0x10FFFF,
    REPLACEMENT_CHARACTER = 0xFFFD,
    PRINTABLE_MOST = 65536 /* bytes that text_printable() gives */
};

/* The tables of ranges are sorted. */
struct range {
    uint32_t first;
    uint32_t last;
};

/* clang-format off */

/*
 * Controls, format characters, variation selectors, tags, fillers, spaces other than the
 * ASCII one, surrogates, private use; noncharacters but for the last two of every plane.
 */
static const struct range invisible[] = {
    {0x0000, 0x001F},    {0x007F, 0x00A0},    {0x00AD, 0x00AD},    {0x034F, 0x034F},
    {0x061C, 0x061C},    {0x070F, 0x070F},    {0x115F, 0x1160},    {0x1680, 0x1680},
    {0x17B4, 0x17B5},    {0x180B, 0x180F},    {0x2000, 0x200F},    {0x2028, 0x202F},
    {0x205F, 0x206F},    {0x2800, 0x2800},    {0x3000, 0x3000},    {0x3164, 0x3164},
    {0xD800, 0xF8FF},    {0xFDD0, 0xFDEF},    {0xFE00, 0xFE0F},    {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0},    {0xFFF0, 0xFFFB},    {0x13430, 0x13440},  {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A},  {0xE0000, 0xE0FFF},  {0xF0000, 0x10FFFF},
};

/* Marks that combine with the character before them, in scripts a terminal may be asked to show. */
static const struct range combining[] = {
    {0x0300, 0x036F},   {0x0483, 0x0489},   {0x0591, 0x05BD},   {0x05BF, 0x05BF},
    {0x05C1, 0x05C2},   {0x05C4, 0x05C5},   {0x05C7, 0x05C7},   {0x0610, 0x061A},
    {0x064B, 0x065F},   {0x0670, 0x0670},   {0x06D6, 0x06DC},   {0x06DF, 0x06E4},
    {0x06E7, 0x06E8},   {0x06EA, 0x06ED},   {0x0711, 0x0711},   {0x0730, 0x074A},
    {0x07A6, 0x07B0},   {0x0816, 0x0819},   {0x08CA, 0x08E1},   {0x08E3, 0x0902},
    {0x093A, 0x093A},   {0x093C, 0x093C},   {0x0941, 0x0948},   {0x094D, 0x094D},
    {0x0951, 0x0957},   {0x0962, 0x0963},   {0x0981, 0x0981},   {0x09BC, 0x09BC},
    {0x09C1, 0x09C4},   {0x09CD, 0x09CD},   {0x0A3C, 0x0A3C},   {0x0A41, 0x0A51},
    {0x0ABC, 0x0ABC},   {0x0AC1, 0x0AC8},   {0x0ACD, 0x0ACD},   {0x0B3C, 0x0B3C},
    {0x0B41, 0x0B44},   {0x0B4D, 0x0B4D},   {0x0BC0, 0x0BC0},   {0x0BCD, 0x0BCD},
    {0x0C3E, 0x0C40},   {0x0C46, 0x0C56},   {0x0CBC, 0x0CBC},   {0x0CCC, 0x0CCD},
    {0x0D41, 0x0D44},   {0x0D4D, 0x0D4D},   {0x0DCA, 0x0DCA},   {0x0DD2, 0x0DD6},
    {0x0E31, 0x0E31},   {0x0E34, 0x0E3A},   {0x0E47, 0x0E4E},   {0x0EB1, 0x0EB1},
    {0x0EB4, 0x0EBC},   {0x0EC8, 0x0ECD},   {0x0F71, 0x0F7E},   {0x0F80, 0x0F84},
    {0x102D, 0x1030},   {0x1032, 0x1037},   {0x1039, 0x103A},   {0x1160, 0x11FF},
    {0x135D, 0x135F},   {0x17B7, 0x17BD},   {0x17C6, 0x17C6},   {0x17C9, 0x17D3},
    {0x1AB0, 0x1ACE},   {0x1DC0, 0x1DFF},   {0x20D0, 0x20F0},   {0x2DE0, 0x2DFF},
    {0x302A, 0x302D},   {0x3099, 0x309A},   {0xA66F, 0xA672},   {0xA674, 0xA67D},
    {0xA8E0, 0xA8F1},   {0xFB1E, 0xFB1E},   {0xFE20, 0xFE2F},   {0x1D167, 0x1D169},
    {0x1E8D0, 0x1E8D6}, {0x1E944, 0x1E94A},
};

/* East Asian Width W and F (Unicode annex 11); small gaps inside blocks of emoji are closed. */
static const struct range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
    {0x23F0, 0x23F0},   {0x23F3, 0x23F3},   {0x25FD, 0x25FE},   {0x2614, 0x2615},
    {0x2648, 0x2653},   {0x267F, 0x267F},   {0x2693, 0x2693},   {0x26A1, 0x26A1},
    {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},   {0x26CE, 0x26CE},
    {0x26D4, 0x26D4},   {0x26EA, 0x26EA},   {0x26F2, 0x26F3},   {0x26F5, 0x26F5},
    {0x26FA, 0x26FA},   {0x26FD, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},
    {0x2728, 0x2728},   {0x274C, 0x274C},   {0x274E, 0x274E},   {0x2753, 0x2755},
    {0x2757, 0x2757},   {0x2795, 0x2797},   {0x27B0, 0x27B0},   {0x27BF, 0x27BF},
    {0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x2E80, 0x303E},
    {0x3041, 0x3247},   {0x3250, 0x4DBF},   {0x4E00, 0xA4C6},   {0xA960, 0xA97C},
    {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6B},
    {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},   {0x16FE0, 0x1B2FB}, {0x1F004, 0x1F004},
    {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A}, {0x1F200, 0x1F320},
    {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C}, {0x1F37E, 0x1F393}, {0x1F3A0, 0x1F3CA},
    {0x1F3CF, 0x1F3D3}, {0x1F3E0, 0x1F3F0}, {0x1F3F4, 0x1F3F4}, {0x1F3F8, 0x1F43E},
    {0x1F440, 0x1F440}, {0x1F442, 0x1F4FC}, {0x1F4FF, 0x1F53D}, {0x1F54B, 0x1F567},
    {0x1F57A, 0x1F57A}, {0x1F595, 0x1F596}, {0x1F5A4, 0x1F5A4}, {0x1F5FB, 0x1F64F},
    {0x1F680, 0x1F6C5}, {0x1F6CC, 0x1F6CC}, {0x1F6D0, 0x1F6DF}, {0x1F6EB, 0x1F6EC},
    {0x1F6F4, 0x1F6FC}, {0x1F7E0, 0x1F7F0}, {0x1F90C, 0x1F93A}, {0x1F93C, 0x1F945},
    {0x1F947, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};

/* clang-format on */

#define IN_TABLE(table, code_point) in_ranges(table, sizeof(table) / sizeof *(table), code_point)

static bool in_ranges(const struct range *ranges, size_t count, uint32_t code_point)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (ranges[middle].last < code_point)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && ranges[low].first <= code_point;
}

static bool is_surrogate(uint32_t code_point)
{
    return code_point >= 0xD800 && code_point <= 0xDFFF;
}

static bool is_noncharacter(uint32_t code_point)
{
    return (code_point & 0xFFFE) == 0xFFFE;
}

/* The lead bytes of each length, and the least code point that needs it. */
static const struct {
    uint8_t mask, lead;
    uint32_t least;
} forms[] = {{0x80, 0x00, 0}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};

enum { FORM_COUNT = sizeof forms / sizeof *forms };

size_t text_decode(const char *text, size_t size, uint32_t *code_point)
{
    const uint8_t *bytes = (const uint8_t *)text;
    size_t form = 0;
    uint32_t value;

    while (form < FORM_COUNT && (bytes[0] & forms[form].mask) != forms[form].lead)
        form++;
    if (form == FORM_COUNT || size <= form)
        return 0;
    value = bytes[0] & (uint8_t)~forms[form].mask;
    for (size_t i = 1; i <= form; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (bytes[i] & 0x3F);
    }
    if (value < forms[form].least || value > CODE_POINT_LAST || is_surrogate(value))
        return 0;
    *code_point = value;
    return form + 1;
}

void text_encode(struct buffer *out, uint32_t code_point)
{
    char bytes[FORM_COUNT];
    size_t last = 0;

    if (code_point > CODE_POINT_LAST || is_surrogate(code_point))
        code_point = REPLACEMENT_CHARACTER;
    while (last + 1 < FORM_COUNT && code_point >= forms[last + 1].least)
        last++;
    for (size_t i = last; i > 0; i--) {
        bytes[i] = (char)(0x80 | (code_point & 0x3F));
        code_point >>= 6;
    }
    bytes[0] = (char)(forms[last].lead | code_point);
    buffer_add(out, bytes, last + 1);
}

size_t text_next(const char *text, size_t size)
{
    uint32_t code_point;
    size_t taken = text_decode(text, size, &code_point);

    return taken ? taken : 1;
}

/* How many bytes of ASCII `text` begins with: eight at a time, and what is left of them. */
static size_t ascii_prefix(const char *text, size_t size)
{
    uint64_t eight;
    size_t at = 0;

    for (; size - at >= sizeof eight; at += sizeof eight) {
        memcpy(&eight, text + at, sizeof eight);
        if (eight & UINT64_C(0x8080808080808080))
            break;
    }
    while (at < size && (unsigned char)text[at] < 0x80)
        at++;
    return at;
}

bool text_is_utf8(const char *text, size_t size)
{
    uint32_t code_point;

    for (size_t at = ascii_prefix(text, size), taken; at < size; at += taken) {
        taken = text_decode(text + at, size - at, &code_point);
        if (taken == 0)
            return false;
        taken += ascii_prefix(text + at + taken, size - at - taken);
    }
    return true;
}

size_t text_length(const char *text, size_t size)
{
    size_t length = 0;

    for (size_t i = 0; i < size; i++)
        length += ((uint8_t)text[i] & 0xC0) != 0x80;
    return length;
}

bool text_is_invisible(uint32_t code_point)
{
    if (code_point >= 0x20 && code_point < 0x7F)
        return false;
    return is_noncharacter(code_point) || IN_TABLE(invisible, code_point);
}

/* How many bytes from the start of `text` text_show() leaves as they are. */
static size_t printable_prefix(const char *text, size_t size)
{
    uint32_t code_point;
    size_t at = 0;

    while (at < size) {
        size_t taken = text_decode(text + at, size - at, &code_point);

        if (taken == 0 || text_is_invisible(code_point))
            break;
        at += taken;
    }
    return at;
}

bool text_is_printable(const char *text, size_t size)
{
    return printable_prefix(text, size) == size;
}

size_t text_fit(const char *text, size_t size, size_t most)
{
    if (size <= most)
        return size;
    while (most > 0 && ((uint8_t)text[most] & 0xC0) == 0x80)
        most--;
    return most;
}

/* What fits, cut between characters. */
static void add_characters(struct buffer *out, const char *text, size_t size)
{
    size_t fit = text_fit(text, size, out->most - out->size);

    if (fit < size)
        out->truncated = true;
    buffer_add(out, text, fit);
}

/* Spells out what text_show() does not show; gives the bytes it stands for. */
static size_t spell_out(struct buffer *out, const char *text, size_t size)
{
    uint32_t code_point;

    if (text_decode(text, size, &code_point) <= 1)
        buffer_print(out, "\\x%02x", (unsigned)(uint8_t)text[0]);
    else
        buffer_print(out, "\\u{%04lx}", (unsigned long)code_point);
    return text_next(text, size);
}

void text_show(struct buffer *out, const char *text, size_t size)
{
    size_t at = 0;

    while (at < size && !out->truncated) {
        size_t plain = printable_prefix(text + at, size - at);

        if (plain > 0)
            add_characters(out, text + at, plain);
        at += plain;
        if (at < size && !out->truncated)
            at += spell_out(out, text + at, size - at);
    }
}

char *text_printable(struct arena *arena, const char *text, size_t size)
{
    struct buffer shown;

    buffer_init(&shown, PRINTABLE_MOST);
    text_show(&shown, text, size);
    return buffer_keep(&shown, arena);
}

size_t text_columns(const char *text, size_t size)
{
    size_t columns = 0;

    for (size_t at = 0, taken; at < size; at += taken) {
        uint32_t code_point;

        taken = text_decode(text + at, size - at, &code_point);
        if (taken == 0) {
            taken = 1;
            code_point = REPLACEMENT_CHARACTER;
        }
        if (taken == 1 || !IN_TABLE(combining, code_point))
            columns += taken > 1 && IN_TABLE(wide, code_point) ? 2 : 1;
    }
    return columns;
}

bool text_is_digit(char character)
{
    return character >= '0' && character <= '9';
}

bool text_is_letter(char character)
{
    return text_lower(character) >= 'a' && text_lower(character) <= 'z';
}

char text_lower(char character)
{
    return character >= 'A' && character <= 'Z' ? (char)(character - 'A' + 'a') : character;
}

bool text_equal_fold(const char *a, const char *b)
{
    return text_equal_fold_sized(a, strlen(a), b, strlen(b));
}

bool text_equal_fold_sized(const char *a, size_t a_size, const char *b, size_t b_size)
{
    if (a_size != b_size)
        return false;
    for (size_t i = 0; i < a_size; i++) {
        if (text_lower(a[i]) != text_lower(b[i]))
            return false;
    }
    return true;
}

bool text_starts_fold(const char *text, size_t size, const char *prefix)
{
    size_t prefix_size = strlen(prefix);

    return size >= prefix_size && text_equal_fold_sized(text, prefix_size, prefix, prefix_size);
}

uint64_t text_hash(const char *text)
{
    uint64_t hash = 14695981039346656037u;

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    return hash;
}

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment, a row for each byte that was typed; of the rows, three are needed. */
static size_t mistakes(const char *typed, size_t typed_size, const char *name, size_t name_size)
{
    size_t rows[3][TEXT_NAME_MOST + 1];

    for (size_t at = 0; at <= name_size; at++)
        rows[0][at] = at;
    for (size_t row = 1; row <= typed_size; row++) {
        const size_t *above = rows[(row - 1) % 3], *before = rows[(row + 1) % 3];
        size_t *here = rows[row % 3];

        here[0] = row;
        for (size_t at = 1; at <= name_size; at++) {
            size_t wrong = above[at - 1] + (typed[row - 1] != name[at - 1]);

            here[at] = least_of(wrong, least_of(above[at], here[at - 1]) + 1);
            if (row > 1 && at > 1 && typed[row - 1] == name[at - 2] &&
                typed[row - 2] == name[at - 1])
                here[at] = least_of(here[at], before[at - 2] + 1);
        }
    }
    return rows[typed_size % 3][name_size];
}

size_t text_likeness(const char *typed, const char *name)
{
    size_t typed_size = strlen(typed), name_size = strlen(name), longer, lost;

    if (typed_size > TEXT_NAME_MOST || name_size > TEXT_NAME_MOST)
        return 0;
    longer = typed_size > name_size ? typed_size : name_size;
    lost = 2 * mistakes(typed, typed_size, name, name_size);
    return lost < longer ? longer - lost : 0;
}
