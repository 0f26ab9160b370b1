/* Libraries that are loaded when they are first used: their functions, found by name. */
#ifndef EXDIAG_POSIX_LOADED_H
#define EXDIAG_POSIX_LOADED_H

#include <stdbool.h>
#include <stddef.h>

struct loaded_name {
    const char *name;
    size_t offset; /* in the struct of pointers */
};

/* The first of `files` (ended by NULL) that is there; false unless it has every function. */
bool loaded_fill(const char *const *files, const struct loaded_name *names, size_t count,
                 void *functions);

#endif
