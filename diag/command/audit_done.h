/*
 * The domains that an earlier run has lines for, in 16 bytes each: a 64-bit hash and
 * how often. A domain that stands in the list twice has two lines.
 */
#ifndef EXDIAG_COMMAND_AUDIT_DONE_H
#define EXDIAG_COMMAND_AUDIT_DONE_H

#include "diag/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct audit_done;

struct audit_done *audit_done_new(void);
void audit_done_free(struct audit_done *done);

/* `hash`: text_hash() of a domain. */
void audit_done_add(struct audit_done *done, uint64_t hash);

/* True as often as it was added. */
bool audit_done_take(struct audit_done *done, uint64_t hash);

/* How the earlier output ends. */
struct audit_end {
    bool is_utf16;       /* nothing can be added to it */
    int64_t whole;       /* bytes of the lines that are whole */
    bool is_torn;        /* part of a line follows */
    bool lacks_line_end; /* the last line is whole but for its end */
    uint64_t lines;
    uint64_t damaged; /* lines that are none of an audit */
};

/* Adds the domains of an earlier output. STATUS_MALFORMED if it is the output of no audit. */
enum status audit_done_read(struct audit_done *done, const char *path, struct audit_end *end);

#endif
