/*
 * Punycode (RFC 3492) of one label, without its "xn--". Here since the system's own
 * IdnToAscii() would turn two letters, sharp s and final sigma, into others.
 */
#ifndef EXDIAG_WIN32_PUNYCODE_H
#define EXDIAG_WIN32_PUNYCODE_H

#include "diag/buffer.h"

#include <stdint.h>

enum { PUNYCODE_LABEL_MOST = 63 }; /* code points */

/* Appends the ASCII form of at most PUNYCODE_LABEL_MOST code points. */
void punycode_encode(const uint32_t *label, size_t size, struct buffer *out);

/*
 * The code points of `size` characters; `label` has room for PUNYCODE_LABEL_MOST.
 * Their number, or 0 if the text is no Punycode or too long.
 */
size_t punycode_decode(const char *text, size_t size, uint32_t *label);

#endif
