/* Base64 (RFC 4648 4), with padding. Fuzz target: tests/fuzz/ntlm_challenge.c. */
#ifndef EXDIAG_READ_BASE64_H
#define EXDIAG_READ_BASE64_H

#include "diag/buffer.h"
#include "diag/status.h"

#include <stddef.h>

/*
 * Appends what `text` stands for, all of it or nothing. STATUS_MALFORMED for anything but the
 * one encoding of some bytes: white space, missing padding and stray bits are refused.
 * STATUS_TOO_LARGE if `out` has no room for it.
 */
enum status base64_decode(const char *text, size_t size, struct buffer *out);

void base64_encode(const void *bytes, size_t size, struct buffer *out);

#endif
