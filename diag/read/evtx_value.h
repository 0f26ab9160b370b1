/*
 * Values of binary XML ([MS-EVEN6] 2.2.12 and 2.2.14) as text, as Windows shows them: numbers in
 * decimal, HexInt and SizeT as 0x without leading zeros, FILETIME and SYSTEMTIME as UTC in
 * ISO 8601, SIDs and GUIDs in their own notation, binary as upper case hex. Little-endian.
 */
#ifndef EXDIAG_READ_EVTX_VALUE_H
#define EXDIAG_READ_EVTX_VALUE_H

#include "diag/buffer.h"

#include <stdint.h>

enum {
    EVTX_NULL = 0x00,
    EVTX_STRING = 0x01,
    EVTX_ANSI_STRING = 0x02,
    EVTX_BINARY_XML = 0x21,
    EVTX_ARRAY = 0x80 /* with the type of its items */
};

struct evtx_value {
    uint8_t type;
    const unsigned char *bytes;
    size_t size;
};

static inline uint16_t evtx_u16(const unsigned char *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static inline uint32_t evtx_u32(const unsigned char *bytes)
{
    return evtx_u16(bytes) | (uint32_t)evtx_u16(bytes + 2) << 16;
}

static inline uint64_t evtx_u64(const unsigned char *bytes)
{
    return evtx_u32(bytes) | (uint64_t)evtx_u32(bytes + 4) << 32;
}

/* Appends UTF-16 as UTF-8; the NULs at its end are none of it. */
void evtx_add_utf16(struct buffer *out, const unsigned char *bytes, size_t size);

/*
 * Appends a value's text; of an array all items, with commas between them. False for a type
 * that is unknown or has no text, and a size that is not its type's.
 */
bool evtx_add_value(struct buffer *out, const struct evtx_value *value);

/*
 * The next item of an array, taken from the front of its bytes; false at its end, or with
 * `array->size` left where what is left is no item.
 */
bool evtx_next_item(struct evtx_value *array, struct evtx_value *item);

#endif
