/*
 * A growing piece of text with a stated maximum. What does not fit is dropped
 * and `truncated` is set; the text is NUL-terminated at all times and is never
 * NULL after buffer_init().
 */
#ifndef EXDIAG_BUFFER_H
#define EXDIAG_BUFFER_H

#include "diag/memory.h"

#include <stdbool.h>
#include <stddef.h>

struct buffer {
    char *text;
    size_t size; /* bytes of text, without the NUL */
    size_t room;
    size_t most; /* the stated maximum of `size` */
    bool truncated;
};

/* `most`: the maximum size in bytes. Release with buffer_release(). */
void buffer_init(struct buffer *buffer, size_t most);

void buffer_release(struct buffer *buffer);

/* Releases the buffer; its text, with a NUL behind it, lives on in the arena. */
char *buffer_keep(struct buffer *buffer, struct arena *arena);

/* Empty again; the memory is kept. */
void buffer_clear(struct buffer *buffer);

void buffer_add(struct buffer *buffer, const void *bytes, size_t size);
void buffer_add_char(struct buffer *buffer, char character);
void buffer_add_string(struct buffer *buffer, const char *text);
void buffer_add_number(struct buffer *buffer, unsigned long long number);
void buffer_print(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
