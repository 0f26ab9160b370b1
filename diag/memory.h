/*
 * Memory. Nothing here returns NULL: a machine that cannot give a few kilobytes
 * ends the program with a message and exit status 2. Evidence already gathered
 * is in the file of --save by then, since each item is written as it arrives.
 *
 * An arena hands out memory that is released all at once: the memory of one
 * piece of evidence, of one pass of a probe, of one report. A zeroed
 * `struct arena` is an empty arena.
 */
#ifndef EXDIAG_MEMORY_H
#define EXDIAG_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

#if defined(__MINGW32__) /* whose plain printf is that of an old C library */
#define PRINTF_LIKE(text, first) __attribute__((__format__(__gnu_printf__, text, first)))
#elif defined(__GNUC__)
#define PRINTF_LIKE(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define PRINTF_LIKE(text, first)
#endif

/* Zeroed memory for `count` things of `size` bytes; free() releases it. */
void *memory_new(size_t count, size_t size);

/* Resizes an array made by memory_new(); the new part is not zeroed. */
void *memory_resize(void *array, size_t count, size_t size);

/* A copy of a string; free() releases it. */
char *memory_copy_string(const char *text);

/*
 * Room for one more element in an array of `count`: the same array, or a larger
 * one with the same content; `*room` is its capacity.
 */
void *memory_grow(void *array, size_t *room, size_t count, size_t size);

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first */
};

/* Zeroed, aligned for any type. Lives until arena_reset() or arena_release(). */
void *arena_new(struct arena *arena, size_t count, size_t size);

/* As arena_new(), not zeroed; what does not fit where the arena stands takes just its size. */
void *arena_reserve(struct arena *arena, size_t size);

/* A NUL-terminated copy of `size` bytes. */
char *arena_copy(struct arena *arena, const void *bytes, size_t size);

char *arena_copy_string(struct arena *arena, const char *text);

char *arena_print(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_print_list(struct arena *arena, const char *format, va_list arguments);

/* As memory_grow(), for an array in an arena; the new part is zeroed. */
void *arena_grow(struct arena *arena, void *array, size_t *room, size_t count, size_t size);

/* Forgets everything handed out, keeping one block for the next use. */
void arena_reset(struct arena *arena);

/* Frees everything; the arena is empty and may be used again. */
void arena_release(struct arena *arena);

/* Bytes taken from the system at present, for tests and statistics. */
size_t arena_footprint(const struct arena *arena);

#endif
