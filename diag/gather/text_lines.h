/* The lines of a text file, whatever it is encoded in and however large. */
#ifndef EXDIAG_GATHER_TEXT_LINES_H
#define EXDIAG_GATHER_TEXT_LINES_H

#include "diag/gather/text_file.h"

typedef void text_line_taker(void *context, const char *line, size_t size);

/*
 * Gives each line without its end (a CR before it stays), as UTF-8, and its first `most` bytes
 * where it is longer.
 */
void text_lines(struct text_file *file, size_t most, text_line_taker *take, void *context);

#endif
