/* The lines of a MailStore job log (mailstore_log.h), each by itself. */
#ifndef EXDIAG_READ_MAILSTORE_LINE_H
#define EXDIAG_READ_MAILSTORE_LINE_H

#include "diag/read/mailstore_log.h"

#define MAILSTORE_CALL "GetMimeContent"

enum { MAILSTORE_CALL_SIZE = sizeof MAILSTORE_CALL - 1 };

struct mailstore_line {
    const char *text; /* behind the level, without white space at its end */
    size_t size;
    uint32_t time; /* milliseconds of the day */
    uint32_t thread;
    bool is_telling; /* its level is one of those that tell what is done: INFO, DEBUG, ... */
    bool is_warning; /* of those that something is amiss, and that it goes on */
};

enum mailstore_form {
    MAILSTORE_LINE_WHOLE,
    MAILSTORE_LINE_MORE, /* it goes on with the line before */
    MAILSTORE_LINE_DAMAGED
};

enum mailstore_form mailstore_line_split(const char *line, size_t size, struct mailstore_line *out);

/*
 * The name of the call that the line tells of, "(GetMimeContent)" at its end: the size, 0 if there
 * is none. Where a torn line ends in a whole one, `line` becomes that.
 */
size_t mailstore_line_call(struct mailstore_line *line, const char **name);

/* A line of another form tells of a request for MIME content. */
bool mailstore_line_is_strange(const char *line, size_t size);

/*
 * The ' before the subject, of a line that names a message: behind "UTC ", or before "UID 1:"; NULL
 * if it names none.
 */
const char *mailstore_line_subject(const struct mailstore_line *line);

/* Of such a line the message's own date, before the subject, into `out`; empty if there is none. */
void mailstore_line_date(const char *line, size_t subject, char out[MAILSTORE_WORD_KEPT + 1]);

/* From the ' before the subject on. */
enum mailstore_manner mailstore_line_manner(const char *subject, size_t size);

/*
 * The one address in the line, whole and in lower case, into `out`: its size, 0 if there is none,
 * or it cannot be told where it begins or ends.
 */
size_t mailstore_line_mailbox(const struct mailstore_line *line, char out[MAILSTORE_NAME_KEPT + 1]);

/* "HTTP 503" in an exception that names a status and no code: "(503)", "HTTP status 503". */
bool mailstore_line_status(const char *text, size_t size, char out[MAILSTORE_WORD_KEPT + 1]);

#endif
