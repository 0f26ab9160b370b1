#include "diag/read/evtx_value.h"

#include "diag/clock.h"
#include "diag/read/utf16.h"
#include "diag/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum {
    SID_FIXED = 8, /* bytes before its sub-authorities */
    SID_MOST = 15, /* sub-authorities, MS-DTYP 2.4.2 */
    TICKS_AT = 20, /* behind "2026-11-22T09:05:07." */
    TICK_DIGITS = 7,
    FILETIME_SECOND = 10000000,
    FILETIME_MILLISECOND = 10000
};

static const int64_t FILETIME_OF_1970 = INT64_C(11644473600000);     /* from 1601, milliseconds */
static const uint64_t FILETIME_LAST = UINT64_C(2650467743999999999); /* of the year 9999 */

void evtx_add_utf16(struct buffer *out, const unsigned char *bytes, size_t size)
{
    struct utf16 utf16 = {0};

    while (size >= 2 && evtx_u16(bytes + size - 2) == 0)
        size -= 2;
    utf16_to_utf8(&utf16, (const char *)bytes, size, out);
    if (utf16.high)
        text_encode(out, utf16.high);
}

/* ---- one value; its size is its type's ---- */

static bool add_null(struct buffer *out, const unsigned char *bytes, size_t size)
{
    (void)out;
    (void)bytes;
    (void)size;
    return true;
}

static bool add_string(struct buffer *out, const unsigned char *bytes, size_t size)
{
    evtx_add_utf16(out, bytes, size);
    return size % 2 == 0;
}

static bool add_ansi_string(struct buffer *out, const unsigned char *bytes, size_t size)
{
    while (size > 0 && bytes[size - 1] == 0)
        size--;
    buffer_add(out, bytes, size);
    return true;
}

static uint64_t unsigned_of(const unsigned char *bytes, size_t size)
{
    uint64_t number = 0;

    while (size > 0)
        number = number << 8 | bytes[--size];
    return number;
}

static bool add_signed(struct buffer *out, const unsigned char *bytes, size_t size)
{
    uint64_t number = unsigned_of(bytes, size), sign = UINT64_C(1) << (8 * size - 1);

    if (number & sign) {
        buffer_add_char(out, '-');
        number = (sign - 1 - (number & (sign - 1))) + 1;
    }
    buffer_add_number(out, number);
    return true;
}

static bool add_unsigned(struct buffer *out, const unsigned char *bytes, size_t size)
{
    buffer_add_number(out, unsigned_of(bytes, size));
    return true;
}

static bool add_hex(struct buffer *out, const unsigned char *bytes, size_t size)
{
    buffer_print(out, "0x%llx", (unsigned long long)unsigned_of(bytes, size));
    return true;
}

static bool add_size(struct buffer *out, const unsigned char *bytes, size_t size)
{
    return (size == 4 || size == 8) && add_hex(out, bytes, size);
}

/* The fewest digits that tell it from its neighbours. */
static bool add_float(struct buffer *out, const unsigned char *bytes, size_t size)
{
    uint32_t bits = evtx_u32(bytes);
    char digits[32];
    float number;

    (void)size;
    memcpy(&number, &bits, sizeof number);
    for (int precision = 6; precision <= 9; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, (double)number);
        if (strtof(digits, NULL) == number)
            break;
    }
    buffer_add_string(out, digits);
    return true;
}

static bool add_double(struct buffer *out, const unsigned char *bytes, size_t size)
{
    uint64_t bits = evtx_u64(bytes);
    char digits[40];
    double number;

    (void)size;
    memcpy(&number, &bits, sizeof number);
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, number);
        if (strtod(digits, NULL) == number)
            break;
    }
    buffer_add_string(out, digits);
    return true;
}

static bool add_bool(struct buffer *out, const unsigned char *bytes, size_t size)
{
    buffer_add_string(out, unsigned_of(bytes, size) ? "true" : "false");
    return true;
}

static bool add_binary(struct buffer *out, const unsigned char *bytes, size_t size)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < size; i++) {
        buffer_add_char(out, digits[bytes[i] >> 4]);
        buffer_add_char(out, digits[bytes[i] & 0xF]);
    }
    return true;
}

static bool add_guid(struct buffer *out, const unsigned char *bytes, size_t size)
{
    (void)size;
    buffer_print(out, "{%08lX-%04X-%04X-", (unsigned long)evtx_u32(bytes),
                 (unsigned)evtx_u16(bytes + 4), (unsigned)evtx_u16(bytes + 6));
    add_binary(out, bytes + 8, 2);
    buffer_add_char(out, '-');
    add_binary(out, bytes + 10, 6);
    buffer_add_char(out, '}');
    return true;
}

/* "2026-11-22T09:05:07.1234567Z"; what is behind the year 9999 stays a number. */
static bool add_filetime(struct buffer *out, const unsigned char *bytes, size_t size)
{
    uint64_t filetime = evtx_u64(bytes), ticks = filetime % FILETIME_SECOND;
    char text[CLOCK_TEXT_SIZE + TICK_DIGITS];

    if (filetime > FILETIME_LAST)
        return add_hex(out, bytes, size);
    clock_format((int64_t)(filetime / FILETIME_MILLISECOND) - FILETIME_OF_1970, text);
    for (size_t i = TICK_DIGITS; i > 0; i--, ticks /= 10)
        text[TICKS_AT + i - 1] = (char)('0' + ticks % 10);
    buffer_add(out, text, TICKS_AT + TICK_DIGITS);
    buffer_add_char(out, 'Z');
    return true;
}

/* MS-DTYP 2.3.13; the day of the week is not looked at. */
static bool add_systemtime(struct buffer *out, const unsigned char *bytes, size_t size)
{
    unsigned hour = evtx_u16(bytes + 8), minute = evtx_u16(bytes + 10);
    unsigned second = evtx_u16(bytes + 12), millisecond = evtx_u16(bytes + 14);
    int year = evtx_u16(bytes), month = evtx_u16(bytes + 2), day = evtx_u16(bytes + 6);
    int64_t days;

    (void)size;
    if (clock_day_number(year, month, day, &days) != STATUS_OK || hour > 23 || minute > 59 ||
        second > 59 || millisecond > 999)
        return false;
    buffer_print(out, "%04d-%02d-%02dT%02u:%02u:%02u.%03uZ", year, month, day, hour, minute, second,
                 millisecond);
    return true;
}

/* Bytes of the SID that `bytes` begin with, or 0. */
static size_t sid_size(const unsigned char *bytes, size_t size)
{
    if (size < SID_FIXED || bytes[1] > SID_MOST || size < SID_FIXED + 4u * bytes[1])
        return 0;
    return SID_FIXED + 4u * bytes[1];
}

/* MS-DTYP 2.4.2.1: an authority that needs more than 32 bits is in hex. */
static bool add_sid(struct buffer *out, const unsigned char *bytes, size_t size)
{
    uint64_t authority = 0;

    if (size == 0 || sid_size(bytes, size) != size)
        return false;
    for (size_t i = 2; i < SID_FIXED; i++)
        authority = authority << 8 | bytes[i];
    buffer_print(out, "S-%u-", (unsigned)bytes[0]);
    buffer_print(out, authority > UINT32_MAX ? "0x%012llX" : "%llu", (unsigned long long)authority);
    for (size_t at = SID_FIXED; at < size; at += 4)
        buffer_print(out, "-%lu", (unsigned long)evtx_u32(bytes + at));
    return true;
}

static const struct value_type {
    size_t size; /* 0: any */
    bool (*add)(struct buffer *out, const unsigned char *bytes, size_t size);
} types[] = {
    [EVTX_NULL] = {0, add_null},
    [EVTX_STRING] = {0, add_string},
    [EVTX_ANSI_STRING] = {0, add_ansi_string},
    [0x03] = {1, add_signed},
    [0x04] = {1, add_unsigned},
    [0x05] = {2, add_signed},
    [0x06] = {2, add_unsigned},
    [0x07] = {4, add_signed},
    [0x08] = {4, add_unsigned},
    [0x09] = {8, add_signed},
    [0x0A] = {8, add_unsigned},
    [0x0B] = {4, add_float},
    [0x0C] = {8, add_double},
    [0x0D] = {4, add_bool},
    [0x0E] = {0, add_binary},
    [0x0F] = {16, add_guid},
    [0x10] = {0, add_size},
    [0x11] = {8, add_filetime},
    [0x12] = {16, add_systemtime},
    [0x13] = {0, add_sid},
    [0x14] = {4, add_hex},
    [0x15] = {8, add_hex},
    [0x20] = {0, add_size},   /* a handle */
    [0x23] = {0, add_string}, /* XML as text */
};

static const struct value_type *type_of(unsigned type)
{
    return type < COUNT(types) && types[type].add ? &types[type] : NULL;
}

/* ---- arrays ---- */

/* Bytes of the item that `bytes` begin with; 0 where there is none. */
static size_t item_size(unsigned type, const unsigned char *bytes, size_t size)
{
    const struct value_type *known = type_of(type);
    size_t end = 0;

    if (!known || size == 0)
        return 0;
    if (known->size > 0)
        return known->size <= size ? known->size : 0;
    if (known->add == add_sid)
        return sid_size(bytes, size);
    if (known->add == add_string) { /* each with a NUL; the last one may be without */
        while (end + 2 <= size && evtx_u16(bytes + end) != 0)
            end += 2;
        return end + 2 <= size ? end + 2 : end;
    }
    if (known->add == add_ansi_string) {
        while (end < size && bytes[end] != 0)
            end++;
        return end < size ? end + 1 : end;
    }
    return 0; /* of numbers whose size depends on the machine, where one ends is not known */
}

bool evtx_next_item(struct evtx_value *array, struct evtx_value *item)
{
    unsigned type = array->type & ~(unsigned)EVTX_ARRAY;
    size_t size = item_size(type, array->bytes, array->size);

    if (size == 0)
        return false;
    *item = (struct evtx_value){(uint8_t)type, array->bytes, size};
    array->bytes += size;
    array->size -= size;
    return true;
}

bool evtx_add_value(struct buffer *out, const struct evtx_value *value)
{
    const struct value_type *type = type_of(value->type);
    struct evtx_value array = *value, item;
    bool is_first = true;

    if (!(value->type & EVTX_ARRAY))
        return type && (type->size == 0 || type->size == value->size) &&
               type->add(out, value->bytes, value->size);
    for (; evtx_next_item(&array, &item); is_first = false) {
        if (!is_first)
            buffer_add_char(out, ',');
        if (!evtx_add_value(out, &item))
            return false;
    }
    return array.size == 0;
}
