/*
 * Text that came from outside, made safe to show, and UTF-8.
 *
 * Findings hold printable text only: everything a peer sent passes through
 * text_show() before it becomes part of one. What a person could not see or a
 * terminal would obey is spelled out, in lower case digits: ASCII's control
 * characters and bytes that are not UTF-8 as \xNN, characters without a glyph or
 * with a say in the direction of writing (C1 controls, zero-width, bidi controls,
 * spaces other than the ASCII one, line separators, byte order marks, variation
 * selectors, tags, private use, noncharacters) as \u{NNNN}. A backslash stays as
 * it is.
 */
#ifndef EXDIAG_TEXT_H
#define EXDIAG_TEXT_H

#include "diag/buffer.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Decodes one code point of `text` (size bytes left, size > 0). Gives the number
 * of bytes it takes, or 0 if they are not the shortest UTF-8 of a scalar value.
 */
size_t text_decode(const char *text, size_t size, uint32_t *code_point);

/* Appends a code point as UTF-8; what is no scalar value becomes U+FFFD. */
void text_encode(struct buffer *out, uint32_t code_point);

/* Bytes of the character that `text` (size > 0) begins with; 1 where that is not UTF-8. */
size_t text_next(const char *text, size_t size);

bool text_is_utf8(const char *text, size_t size);

/* How much of valid UTF-8 fits into `most` bytes: all of it, or as many whole characters. */
size_t text_fit(const char *text, size_t size, size_t most);

/* Code points in valid UTF-8. */
size_t text_length(const char *text, size_t size);

/* True for what text_show() spells out: see the top of this file. */
bool text_is_invisible(uint32_t code_point);

/* True if text_show() would change nothing. */
bool text_is_printable(const char *text, size_t size);

/*
 * Appends what came from outside in its printable form. If `out` is full, it
 * ends with a whole character.
 */
void text_show(struct buffer *out, const char *text, size_t size);

/* As text_show(), as a string in the arena; of the result at most 65,536 bytes. */
char *text_printable(struct arena *arena, const char *text, size_t size);

/*
 * The columns a terminal gives to printable text: 0 for combining marks, 2 for
 * wide East Asian characters and emoji.
 */
size_t text_columns(const char *text, size_t size);

/* ASCII-only, so that no locale has a say. */
bool text_is_digit(char character);
bool text_is_letter(char character);
char text_lower(char character);
bool text_equal_fold(const char *a, const char *b);

/*
 * How much like a name another one is that somebody may have mistyped: the bytes of the longer one,
 * less two for each that is wrong, missing, too many, or has changed places with its neighbour.
 * 0: they are not alike, or longer than TEXT_NAME_MOST.
 */
enum { TEXT_NAME_MOST = 64 };
size_t text_likeness(const char *typed, const char *name);

bool text_equal_fold_sized(const char *a, size_t a_size, const char *b, size_t b_size);
bool text_starts_fold(const char *text, size_t size, const char *prefix);

/* FNV-1a, 64 bits: alike on every machine, so that --shard can divide by it. */
uint64_t text_hash(const char *text);

#endif
