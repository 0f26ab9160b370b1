/*
 * Rows of a CSV text as PowerShell writes it (RFC 4180): fields between separators, quoted ones
 * over several lines if need be, two quotes in them for one. Fuzz target: tests/fuzz/file_list.c.
 */
#ifndef EXDIAG_READ_CSV_H
#define EXDIAG_READ_CSV_H

#include "diag/memory.h"

#include <stdbool.h>
#include <stddef.h>

enum { CSV_FIELDS_MOST = 128 }; /* of a row; what is beyond is left out */

struct csv {
    const char *at, *end;
    char separator;
};

struct csv_field {
    const char *bytes; /* of the text itself, without the quotes around it; others still double */
    size_t size;
    bool is_quoted;
};

struct csv_row {
    struct csv_field fields[CSV_FIELDS_MOST];
    size_t count;
};

/*
 * `text` is borrowed. A byte order mark and a "#TYPE" line before the first row are passed by; what
 * separates the first row's fields, a comma, a semicolon or a tab, separates all.
 */
void csv_begin(struct csv *csv, const char *text, size_t size);

/* False at the end. Rows without anything are passed by. */
bool csv_next(struct csv *csv, struct csv_row *row);

/* The column of this name, in any case, of a row of names; SIZE_MAX if there is none. */
size_t csv_column(const struct csv_row *names, const char *name);

/* The text of a field, blanks around it left out; "" for a column that the row has not. In `arena`.
 */
const char *csv_text(const struct csv_row *row, size_t column, struct arena *arena);

#endif
