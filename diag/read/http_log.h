/*
 * What logs of web requests say, as a bounded digest: IIS logs (W3C extended format), and the
 * CSV logs of Exchange 2013 and later in Logging\Ews and Logging\HttpProxy. By columns' names,
 * in any order; whichever are absent say nothing. Names of users, queries and addresses are not
 * kept at all. Fuzz target: tests/fuzz/http_log.c.
 */
#ifndef EXDIAG_READ_HTTP_LOG_H
#define EXDIAG_READ_HTTP_LOG_H

#include "diag/memory.h"
#include "diag/read/file_type.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    HTTP_LOG_ROWS_KEPT = 512,
    HTTP_LOG_AGENTS_KEPT = 32,
    HTTP_LOG_TEXT_KEPT = 120, /* bytes of an action, a code, an agent, a server's name */
    HTTP_LOG_LINE_MOST = 1024 * 1024,
    HTTP_LOG_HOURS = 24,
    HTTP_LOG_SPANS = 8
};

/* X(NAME, "word in evidence", "first folder of the path", "" where none tells) */
#define HTTP_PLACE_LIST(X)                                                                         \
    X(EWS, "ews", "ews")                                                                           \
    X(POWERSHELL, "powershell", "powershell")                                                      \
    X(OWA, "owa", "owa")                                                                           \
    X(ECP, "ecp", "ecp")                                                                           \
    X(AUTODISCOVER, "autodiscover", "autodiscover")                                                \
    X(MAPI, "mapi", "mapi")                                                                        \
    X(ACTIVESYNC, "activesync", "microsoft-server-activesync")                                     \
    X(OAB, "oab", "oab")                                                                           \
    X(RPC, "rpc", "rpc")                                                                           \
    X(HEALTHCHECK, "healthcheck", "") /* healthcheck.htm of whichever folder */                    \
    X(OTHER, "other", "")

enum http_place {
#define X(name, word, folder) HTTP_PLACE_##name,
    HTTP_PLACE_LIST(X)
#undef X
        HTTP_PLACE_COUNT
};

const char *http_place_word(enum http_place place);
enum http_place http_place_from_word(const char *word); /* HTTP_PLACE_OTHER if there is none */

/* Upper ends of the spans that requests' times are counted in; the last has none. Milliseconds. */
extern const uint32_t http_log_spans[HTTP_LOG_SPANS - 1]; /* 100 500 1000 5000 10000 30000 60000 */

struct http_log_mark { /* one line of the log */
    uint64_t line;     /* from 1; 0: none */
    int64_t time;      /* milliseconds since 1970 UTC; 0: it tells none */
};

struct http_log_row { /* requests that ended alike */
    enum http_place place;
    bool is_back_end;         /* port 81 or 444, or a log of the back end */
    const char *action;       /* SoapAction, ProtocolAction, of EWS and PowerShell; or NULL */
    const char *code;         /* ErrorCode: "ErrorInternalServerTransientError"; or NULL */
    uint16_t status;          /* sc-status, HttpStatus; 0: none */
    uint16_t substatus;       /* sc-substatus */
    uint32_t win32;           /* sc-win32-status */
    uint16_t back_end_status; /* BackEndStatus of Logging\HttpProxy; 0: none */
    uint64_t count;
    struct http_log_mark first, last; /* in the order of the file */
    uint64_t spans[HTTP_LOG_SPANS];   /* by time-taken, TotalRequestTime */
    uint32_t longest;                 /* milliseconds; 0: no time was told */
};

struct http_log_agent { /* a client whose requests to EWS failed: http_log_failed() */
    const char *agent;  /* "" where none is told; '+' of IIS is a space again */
    uint64_t count;
    struct http_log_mark first, last;
};

struct http_log {
    enum file_type type;
    const char *software; /* "Microsoft Internet Information Services 10.0"; or NULL */
    const char *server;   /* s-computername, ServerHostName of the last line that tells; or NULL */
    uint64_t lines;
    uint64_t requests;
    uint64_t damaged;                /* lines that could not be read */
    int64_t first, last;             /* the earliest and latest time */
    const struct http_log_row *rows; /* place by place, by count */
    size_t row_count;
    const struct http_log_agent *agents; /* by count */
    size_t agent_count;
    uint64_t of_ews;                  /* requests, of all rows, also of those left out */
    uint64_t failures;                /* of EWS: the same */
    uint32_t by_hour[HTTP_LOG_HOURS]; /* the same, UTC */
    bool more; /* rows or agents were left out; those of EWS and PowerShell are the last to be */
};

/*
 * A request that the server or its policy failed: a status of 400 and more, but for 401, by which
 * clients begin; or a code of EWS other than NoError.
 */
bool http_log_failed(uint16_t status, const char *code);

struct http_log_reader;

/* FILE_TYPE_IIS_LOG, FILE_TYPE_EWS_LOG or FILE_TYPE_HTTP_PROXY_LOG. */
struct http_log_reader *http_log_reader_new(enum file_type type);

/* One line, without its end (a CR may be left). */
void http_log_add(struct http_log_reader *reader, const char *line, size_t size);

/* What was read, in `arena`; the reader is freed. */
void http_log_end(struct http_log_reader *reader, struct arena *arena, struct http_log *out);

#endif
