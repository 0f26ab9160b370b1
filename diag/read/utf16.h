/*
 * UTF-16 (RFC 2781) made UTF-8, piece by piece: what Windows PowerShell writes with >.
 * Fuzz target: tests/fuzz/utf16.c.
 */
#ifndef EXDIAG_READ_UTF16_H
#define EXDIAG_READ_UTF16_H

#include "diag/buffer.h"

#include <stdbool.h>
#include <stdint.h>

struct utf16 {
    bool is_big_endian;
    bool has_byte; /* the first of a unit, whose other one is in the next piece */
    uint8_t byte;
    uint32_t high; /* a high surrogate that waits for its low one, or 0 */
};

/* True if a text that begins with these bytes is UTF-16, by its byte order mark. */
bool utf16_begins(const char *bytes, size_t size, struct utf16 *utf16);

/*
 * As utf16_begins(), and without a mark too where the first character is of ASCII, as that of XML
 * is: by which of its two bytes is 0.
 */
bool utf16_begins_markup(const char *bytes, size_t size, struct utf16 *utf16);

/* Appends a piece to `out`, which has room. A lone surrogate becomes U+FFFD. */
void utf16_to_utf8(struct utf16 *utf16, const char *bytes, size_t size, struct buffer *out);

#endif
