#include "diag/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buffer_init(struct buffer *buffer, size_t most)
{
    memset(buffer, 0, sizeof *buffer);
    buffer->most = most;
    buffer->room = most < 255 ? most + 1 : 256;
    buffer->text = memory_new(1, buffer->room);
}

void buffer_release(struct buffer *buffer)
{
    free(buffer->text);
    memset(buffer, 0, sizeof *buffer);
}

char *buffer_keep(struct buffer *buffer, struct arena *arena)
{
    char *text = arena_copy(arena, buffer->text, buffer->size);

    buffer_release(buffer);
    return text;
}

void buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
    buffer->truncated = false;
    buffer->text[0] = '\0';
}

static void make_room(struct buffer *buffer, size_t size)
{
    size_t room = buffer->room;

    while (room - 1 < size)
        room *= 2;
    if (room == buffer->room)
        return;
    buffer->text = memory_resize(buffer->text, room, 1);
    buffer->room = room;
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t size)
{
    if (size > buffer->most - buffer->size) {
        size = buffer->most - buffer->size;
        buffer->truncated = true;
    }
    if (size == 0)
        return;
    make_room(buffer, buffer->size + size);
    memcpy(buffer->text + buffer->size, bytes, size);
    buffer->size += size;
    buffer->text[buffer->size] = '\0';
}

void buffer_add_char(struct buffer *buffer, char character)
{
    if (buffer->size == buffer->most || buffer->size + 1 == buffer->room) {
        buffer_add(buffer, &character, 1);
        return;
    }
    buffer->text[buffer->size++] = character;
    buffer->text[buffer->size] = '\0';
}

void buffer_add_string(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

void buffer_add_number(struct buffer *buffer, unsigned long long number)
{
    char digits[24];
    size_t first = sizeof digits;

    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    buffer_add(buffer, digits + first, sizeof digits - first);
}

void buffer_print(struct buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    char small[256];
    int size;

    va_start(arguments, format);
    va_copy(again, arguments);
    size = vsnprintf(small, sizeof small, format, arguments);
    if (size >= 0 && (size_t)size < sizeof small) {
        buffer_add(buffer, small, (size_t)size);
    } else if (size >= 0) {
        char *large = memory_new(1, (size_t)size + 1);

        vsnprintf(large, (size_t)size + 1, format, again);
        buffer_add(buffer, large, (size_t)size);
        free(large);
    }
    va_end(again);
    va_end(arguments);
}
