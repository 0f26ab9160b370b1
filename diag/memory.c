#include "diag/memory.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_FIRST = 128, BLOCK_LARGEST = 65536 };

union any_type {
    long long integer;
    double real;
    void *pointer;
    void (*function)(void);
};

struct arena_block {
    struct arena_block *next;
    size_t size; /* bytes behind this header */
    size_t used;
    union any_type data[];
};

static void out_of_memory(void)
{
    fputs("exdiag: out of memory\n", stderr);
    exit(2);
}

void *memory_new(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size ? size : 1);

    if (!memory)
        out_of_memory();
    return memory;
}

void *memory_resize(void *array, size_t count, size_t size)
{
    void *memory;

    if (size && count > SIZE_MAX / size)
        out_of_memory();
    memory = realloc(array, count && size ? count * size : 1);
    if (!memory)
        out_of_memory();
    return memory;
}

char *memory_copy_string(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(memory_new(1, size), text, size);
}

void *memory_grow(void *array, size_t *room, size_t count, size_t size)
{
    if (count < *room)
        return array;
    *room = *room ? *room * 2 : 8;
    return memory_resize(array, *room, size);
}

static struct arena_block *add_block(struct arena *arena, size_t size)
{
    struct arena_block *block;

    if (size > SIZE_MAX - sizeof *block)
        out_of_memory();
    block = malloc(sizeof *block + size);
    if (!block)
        out_of_memory();
    block->next = arena->blocks;
    block->size = size;
    block->used = 0;
    arena->blocks = block;
    return block;
}

/* What a new block has room for: twice as much as the last, and at least `size`. */
static size_t next_size(const struct arena *arena, size_t size)
{
    size_t usual =
        arena->blocks ? arena->blocks->size * 2 : BLOCK_FIRST - sizeof(struct arena_block);

    if (usual > BLOCK_LARGEST)
        usual = BLOCK_LARGEST;
    return usual > size ? usual : size;
}

static void *take_from(struct arena *arena, size_t size, bool exactly)
{
    const size_t alignment = sizeof(union any_type);
    struct arena_block *block = arena->blocks;
    void *memory;

    if (size > SIZE_MAX - alignment)
        out_of_memory();
    size = (size + alignment - 1) / alignment * alignment;
    if (!block || block->size - block->used < size)
        block = add_block(arena, exactly ? size : next_size(arena, size));
    memory = (char *)block->data + block->used;
    block->used += size;
    return memory;
}

static void *take(struct arena *arena, size_t size)
{
    return take_from(arena, size, false);
}

void *arena_reserve(struct arena *arena, size_t size)
{
    return take_from(arena, size, true);
}

void *arena_new(struct arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        out_of_memory();
    return memset(take(arena, count * size), 0, count * size);
}

char *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
    char *copy;

    if (size == SIZE_MAX)
        out_of_memory();
    copy = take(arena, size + 1);
    if (size)
        memcpy(copy, bytes, size);
    copy[size] = '\0';
    return copy;
}

char *arena_copy_string(struct arena *arena, const char *text)
{
    return arena_copy(arena, text, strlen(text));
}

char *arena_print(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = arena_print_list(arena, format, arguments);
    va_end(arguments);
    return text;
}

char *arena_print_list(struct arena *arena, const char *format, va_list arguments)
{
    va_list again;
    char *text;
    int size;

    va_copy(again, arguments);
    size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (size < 0)
        return arena_copy(arena, "", 0);
    text = take(arena, (size_t)size + 1);
    vsnprintf(text, (size_t)size + 1, format, arguments);
    return text;
}

void *arena_grow(struct arena *arena, void *array, size_t *room, size_t count, size_t size)
{
    void *larger;

    if (count < *room)
        return array;
    *room = *room ? *room * 2 : 4;
    larger = arena_new(arena, *room, size);
    if (count)
        memcpy(larger, array, count * size);
    return larger;
}

void arena_reset(struct arena *arena)
{
    struct arena_block *keep = arena->blocks;

    if (!keep)
        return;
    arena->blocks = keep->next;
    arena_release(arena);
    keep->next = NULL;
    keep->used = 0;
    arena->blocks = keep;
}

void arena_release(struct arena *arena)
{
    while (arena->blocks) {
        struct arena_block *block = arena->blocks;

        arena->blocks = block->next;
        free(block);
    }
}

size_t arena_footprint(const struct arena *arena)
{
    size_t total = 0;

    for (const struct arena_block *block = arena->blocks; block; block = block->next)
        total += sizeof *block + block->size;
    return total;
}
