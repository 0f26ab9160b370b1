#include "diag/gather/text_lines.h"

#include "diag/buffer.h"

#include <string.h>

/* A line that is whole in its piece is given where it stands; `begun` holds what is left of one. */
static void take_piece(struct buffer *begun, const char *text, size_t size, text_line_taker *take,
                       void *context)
{
    while (size > 0) {
        const char *end = memchr(text, '\n', size);
        size_t part = end ? (size_t)(end - text) : size;

        if (end && begun->size == 0) {
            take(context, text, part < begun->most ? part : begun->most);
        } else {
            buffer_add(begun, text, part);
            if (end) {
                take(context, begun->text, begun->size);
                buffer_clear(begun);
            }
        }
        part += end != NULL;
        text += part;
        size -= part;
    }
}

void text_lines(struct text_file *file, size_t most, text_line_taker *take, void *context)
{
    struct buffer begun;
    const char *piece;
    size_t size;

    buffer_init(&begun, most);
    while ((size = text_file_next(file, &piece)) > 0)
        take_piece(&begun, piece, size, take, context);
    if (begun.size > 0)
        take(context, begun.text, begun.size);
    buffer_release(&begun);
}
