#include "diag/command/progress.h"

#include "diag/platform.h"
#include "diag/text.h"

#include <stdio.h>

/* Not in the last column, behind which some consoles begin another line. */
void progress_draw(const struct buffer *line)
{
    unsigned columns = platform_terminal_columns(stderr);
    size_t size = columns > 0 ? text_fit(line->text, line->size, columns - 1) : line->size;

    fprintf(stderr, "\r%.*s\x1b[K", (int)size, line->text);
    fflush(stderr);
}

void progress_clear(void)
{
    fputs("\r\x1b[K", stderr);
    fflush(stderr);
}
