/*
 * What `reg query` prints, with or without /s: a key at the beginning of a line, and below it a
 * line for each value, "    Type    REG_SZ    NT5DS". Types and names are never translated. It is
 * turned into the lines of a registry export, which registry_text.h reads. Fuzz target:
 * tests/fuzz/registry_query.c.
 */
#ifndef EXDIAG_READ_REGISTRY_QUERY_H
#define EXDIAG_READ_REGISTRY_QUERY_H

#include "diag/buffer.h"

/* True if text that begins like this has a key of this machine and a value: for file_type_of(). */
bool registry_query_is_text(const char *head, size_t size);

/*
 * Appends the line of an export that says the same as this one, without an end. False, with `out`
 * as it was, for what is no key or value, and for values of other types than REG_SZ, REG_DWORD and
 * REG_MULTI_SZ, between whose strings stands "\0".
 */
bool registry_query_line(const char *line, size_t size, struct buffer *out);

#endif
