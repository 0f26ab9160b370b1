/*
 * Redaction of what Exchange writes of authentication: the words of Exchange, SMTP and SSPI stay,
 * for verdicts rest on them; all else may be a customer's. Results live in `memory`.
 */
#ifndef EXDIAG_EVIDENCE_MAIL_WORDS_H
#define EXDIAG_EVIDENCE_MAIL_WORDS_H

#include "diag/memory.h"

struct redactor;

/* A command or a mechanism. */
const char *mail_words_redact(const struct redactor *redactor, const char *text,
                              struct arena *memory);

/* A line of a protocol log: fields, codes, commands and the errors that Windows has names for. */
const char *mail_words_redact_line(const struct redactor *redactor, const char *line,
                                   struct arena *memory);

/* A connector: a number stays, and so do the words of those that setup makes ("Default EX01"). */
const char *mail_words_redact_connector(const struct redactor *redactor, const char *name,
                                        struct arena *memory);

/* An error: codes stay, and those that Windows and Exchange have names for. */
const char *mail_words_redact_error(const struct redactor *redactor, const char *error,
                                    struct arena *memory);

#endif
