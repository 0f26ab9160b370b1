/* The text of a file as UTF-8, by pieces, whatever it is encoded in and however large. */
#ifndef EXDIAG_GATHER_TEXT_FILE_H
#define EXDIAG_GATHER_TEXT_FILE_H

#include "diag/buffer.h"
#include "diag/read/file_type.h"
#include "diag/status.h"

#include <stdio.h>

struct text_file;

/* From the beginning of `file`, which is borrowed, and which stays open. */
struct text_file *text_file_new(FILE *file);
void text_file_free(struct text_file *text);

enum file_type text_file_type(const struct text_file *text);

/*
 * The next piece, without the byte order mark: UTF-16 as UTF-8, all else as it is. It is
 * valid until the next call. Its size; 0 at the end, or after an error, which ferror() tells.
 */
size_t text_file_next(struct text_file *text, const char **piece);

/*
 * All of the file at `path` in that form, appended to `text`, which says how much it may be:
 * STATUS_TOO_LARGE beyond that, and what keeps a file from being read.
 */
enum status text_file_read_whole(const char *path, struct buffer *text);

#endif
