/*
 * Where the fields of a line end: lines of logs have many fields, most of which nobody looks at,
 * so their separators are found sixty-four bytes at a time rather than one by one.
 */
#ifndef EXDIAG_READ_SEPARATORS_H
#define EXDIAG_READ_SEPARATORS_H

#include <stddef.h>
#include <stdint.h>

/*
 * The places of a separator, which is no NUL, in any bytes, of which there are at most UINT32_MAX:
 * the first `most` of them. How many there are.
 */
size_t separators_find(const char *text, size_t size, char separator, uint32_t *places,
                       size_t most);

#endif
