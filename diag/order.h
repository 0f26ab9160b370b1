/* What functions for qsort() and bsearch() are made of: less than, equal to or greater than 0. */
#ifndef EXDIAG_ORDER_H
#define EXDIAG_ORDER_H

#include <stddef.h>
#include <string.h>

static inline int order_sizes(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

/* NULL, which is no text, before any text. */
static inline int order_strings(const char *a, const char *b)
{
    if (!a || !b)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

#endif
