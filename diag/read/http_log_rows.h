/*
 * The bounded tables behind a digest of web requests (read/http_log.h): how requests ended, and
 * which clients failed. While a log is read they are larger than what is kept of them, so that
 * what comes late is not left out for what comes once.
 */
#ifndef EXDIAG_READ_HTTP_LOG_ROWS_H
#define EXDIAG_READ_HTTP_LOG_ROWS_H

#include "diag/read/http_log.h"

struct http_log_rows;

struct http_log_text { /* bytes of a line, any */
    const char *text;
    size_t size;
};

struct http_log_request { /* one line */
    enum http_place place;
    bool is_back_end;
    bool is_timed; /* `took` was told */
    uint16_t status, substatus, back_end_status;
    uint32_t win32;
    uint32_t took; /* milliseconds */
    struct http_log_text action, code, agent;
    struct http_log_mark mark;
};

struct http_log_rows *http_log_rows_new(void);
void http_log_rows_free(struct http_log_rows *rows);

void http_log_rows_add(struct http_log_rows *rows, const struct http_log_request *request);

/* `agent`: '+' stands for a space, as in IIS logs. */
void http_log_rows_add_agent(struct http_log_rows *rows, const struct http_log_request *request,
                             bool has_plus);

/* What is kept, in `arena`. True if some was left out. */
bool http_log_rows_keep(struct http_log_rows *rows, struct arena *arena, struct http_log *out);

#endif
