#include "diag/platform.h"
#include "diag/read/dns_name.h"
#include "diag/text.h"
#include "win32/punycode.h"
#include "win32/system.h"

#include <string.h>

enum {
    SHARP_S = 0x00DF,
    FINAL_SIGMA = 0x03C2,
    NON_JOINER = 0x200C,
    JOINER = 0x200D,
    LABEL_UNITS = 2 * PUNYCODE_LABEL_MOST, /* UTF-16 of a label after mapping */
    NAME_UNITS = DNS_NAME_TEXT_SIZE
};

/* Units up to the next letter that the system must not map; SIZE_MAX if a joiner is among them. */
static size_t plain_part(const wchar_t *label, size_t size)
{
    size_t part = 0;

    for (; part < size && label[part] != SHARP_S && label[part] != FINAL_SIGMA; part++) {
        if (label[part] == NON_JOINER || label[part] == JOINER)
            return SIZE_MAX;
    }
    return part;
}

/*
 * Case, width and composition as the system maps them, but for the two letters
 * that its tables take for "ss" and an ordinary sigma: another domain's name. The
 * size of the result, 0 for none. Joiners are allowed between certain letters
 * alone, which the system does not tell; such a name must be typed in its xn-- form.
 */
static size_t map_label(const wchar_t *label, size_t size, wchar_t *out, size_t room)
{
    size_t done = 0;

    while (size > 0) {
        size_t part = plain_part(label, size);
        int got = 1;

        if (part == SIZE_MAX || done == room)
            return 0;
        if (part > 0)
            got = IdnToNameprepUnicode(IDN_ALLOW_UNASSIGNED, label, (int)part, out + done,
                                       (int)(room - done));
        else
            out[done] = label[part++];
        if (got <= 0)
            return 0;
        done += (size_t)got;
        label += part;
        size -= part;
    }
    for (size_t i = 0; i < done; i++) {
        if (out[i] >= L'A' && out[i] <= L'Z')
            out[i] = (wchar_t)(out[i] - L'A' + L'a');
    }
    return done;
}

/* Letters, digits and marks, as RFC 5892 has them; no symbols, no pictures. */
static bool is_letter(wchar_t unit, bool first)
{
    static const wchar_t in_context[] = L"\x00B7\x0375\x05F3\x05F4\x30FB"; /* RFC 5892 2.7 */
    WORD type;
    WORD more;

    if (!GetStringTypeW(CT_CTYPE1, &unit, 1, &type) || !GetStringTypeW(CT_CTYPE3, &unit, 1, &more))
        return false;
    if (type & C1_UPPER)
        return false;
    if (type & (C1_ALPHA | C1_DIGIT))
        return true;
    if (more & (C3_NONSPACING | C3_DIACRITIC | C3_VOWELMARK))
        return !first && !(more & C3_SYMBOL);
    return wcschr(in_context, unit) != NULL;
}

/* The code points of a mapped label with other than ASCII in it; 0 if IDNA does not allow it. */
static size_t check_label(const wchar_t *label, size_t size, uint32_t *points)
{
    size_t count = 0;

    if (label[0] == L'-' || label[size - 1] == L'-' ||
        (size >= 4 && label[2] == L'-' && label[3] == L'-'))
        return 0;
    for (size_t i = 0; i < size; i++) {
        uint32_t point = label[i];

        if (count == PUNYCODE_LABEL_MOST || point == L'.')
            return 0;
        if (IS_HIGH_SURROGATE(label[i])) {
            if (i + 1 == size || !IS_LOW_SURROGATE(label[i + 1]))
                return 0;
            point = 0x10000 + ((point - 0xD800) << 10) + (label[++i] - 0xDC00u);
            if (point < 0x20000 || point > 0x3FFFF) /* of these, ideographs alone */
                return 0;
        } else if (point >= 0x80 && !is_letter(label[i], i == 0)) {
            return 0;
        }
        points[count++] = point;
    }
    return count;
}

static bool add_label(const wchar_t *label, size_t size, struct buffer *name)
{
    wchar_t mapped[LABEL_UNITS];
    uint32_t points[PUNYCODE_LABEL_MOST];
    size_t mapped_size = map_label(label, size, mapped, LABEL_UNITS);
    bool ascii = true;

    for (size_t i = 0; i < mapped_size; i++)
        ascii = ascii && mapped[i] < 0x80;
    if (ascii) {
        for (size_t i = 0; i < mapped_size; i++)
            buffer_add_char(name, (char)mapped[i]);
        return mapped_size > 0;
    }
    size = check_label(mapped, mapped_size, points);
    buffer_add_string(name, "xn--");
    punycode_encode(points, size, name);
    return size > 0;
}

static bool is_dot(wchar_t unit)
{
    return unit == L'.' || unit == 0x3002 || unit == 0xFF0E || unit == 0xFF61;
}

static bool add_labels(const wchar_t *at, struct buffer *name)
{
    while (*at) {
        size_t size = 0;

        while (at[size] && !is_dot(at[size]))
            size++;
        if (!add_label(at, size, name))
            return false;
        at += size;
        if (*at) {
            buffer_add_char(name, '.');
            at++;
        }
    }
    return true;
}

enum status platform_idn_encode(const char *name, struct buffer *ascii)
{
    wchar_t wide[NAME_UNITS];

    if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, name, -1, wide, NAME_UNITS) <= 0)
        return STATUS_INVALID;
    return add_labels(wide, ascii) ? STATUS_OK : STATUS_INVALID;
}

static bool decode_label(const char *label, size_t size, struct buffer *unicode)
{
    uint32_t points[PUNYCODE_LABEL_MOST];
    size_t count;

    if (!text_starts_fold(label, size, "xn--")) {
        buffer_add(unicode, label, size);
        return true;
    }
    count = punycode_decode(label + 4, size - 4, points);
    for (size_t i = 0; i < count; i++)
        text_encode(unicode, points[i]);
    return count > 0;
}

enum status platform_idn_decode(const char *name, struct buffer *unicode)
{
    for (const char *at = name; *at;) {
        size_t size = strcspn(at, ".");

        if (!decode_label(at, size, unicode))
            return STATUS_INVALID;
        at += size;
        if (*at) {
            buffer_add_char(unicode, '.');
            at++;
        }
    }
    return STATUS_OK;
}
