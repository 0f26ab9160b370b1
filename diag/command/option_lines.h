/*
 * Files that people write for options, a line an item: empty lines and those that begin with '#'
 * are passed over, and so is the white space around a line. UTF-8, with or without a mark, or
 * UTF-16, as Notepad's "Unicode" and the > of Windows PowerShell write it.
 */
#ifndef EXDIAG_COMMAND_OPTION_LINES_H
#define EXDIAG_COMMAND_OPTION_LINES_H

#include "diag/command/options.h"

enum { OPTION_LINE_MOST = 4096 /* bytes */, OPTION_LINES_MOST = 16 << 20 /* of all */ };

typedef enum status option_line_take(struct options *options, char *line);

/*
 * Calls `take` for each line, up to one that is not taken; complain() names file and line
 * meanwhile. STATUS_INVALID after a message.
 */
enum status option_lines_read(struct options *options, const char *path, const char *option,
                              option_line_take *take);

/* The next line of `text`, which begins at *at and is cut up; NULL at the end. */
char *option_lines_next(struct buffer *text, size_t *at);

/* It has been read, and so it is not written over. */
void option_note_input(struct options *options, const char *path);

#endif
