/*
 * Lines of fields, as logs and lists that Exchange Server writes have them: a header names the
 * columns, fields stand between separators and are quoted as in RFC 4180.
 * Fuzz target: tests/fuzz/mail_log.c.
 */
#ifndef EXDIAG_READ_LOG_FIELDS_H
#define EXDIAG_READ_LOG_FIELDS_H

#include "diag/buffer.h"

enum { LOG_FIELDS_MOST = 64, LOG_LINE_MOST = 1024 * 1024 };

struct log_fields {     /* strings that live until the next split; zeroed to begin with */
    struct buffer text; /* set up by the first split: to be released if it has text */
    const char *list[LOG_FIELDS_MOST];
    size_t count;
};

/* Splits a line; of one longer than LOG_LINE_MOST its beginning. */
void log_fields_split(struct log_fields *fields, const char *line, char separator);

const char *log_field(const struct log_fields *fields, size_t index); /* "" for none */

/* For each of `names` (ended by NULL) which column has it; SIZE_MAX for none. */
void log_columns(const struct log_fields *header, const char *const *names, size_t *columns);

#endif
