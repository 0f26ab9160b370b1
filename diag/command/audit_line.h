/* One line of an audit: the JSON object of a domain. */
#ifndef EXDIAG_COMMAND_AUDIT_LINE_H
#define EXDIAG_COMMAND_AUDIT_LINE_H

#include "diag/exam.h"

/* Appends the line of a domain that was examined. `out` has no maximum: it must stay whole. */
void audit_line_examined(struct buffer *out, const struct visit *visit);

/* Appends the line of one that was not: printable `text` and why. */
void audit_line_refused(struct buffer *out, const char *text, const char *why);

#endif
