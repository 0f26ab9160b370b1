/*
 * Environment variables as `set` prints them, "windir=C:\Windows", or Get-ChildItem Env:, a table
 * of names and values, sorted by name. With prompts around. Fuzz target: tests/fuzz/file_list.c.
 */
#ifndef EXDIAG_READ_ENVIRONMENT_TEXT_H
#define EXDIAG_READ_ENVIRONMENT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct environment_variable {
    const char *name; /* of the line; not ended */
    size_t name_size;
    const char *value; /* without blanks around; a table may have cut it off: then it is empty */
    size_t value_size;
};

/* False for a line that is none. */
bool environment_text_line(const char *line, size_t size, struct environment_variable *out);

/*
 * True if text that begins like this is the environment of a process of Windows: among its
 * variables are those that every process has.
 */
bool environment_text_is(const char *head, size_t size);

#endif
