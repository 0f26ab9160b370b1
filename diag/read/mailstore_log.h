/*
 * How the fetching of messages went in a MailStore job log: for every message the requests for
 * its MIME content (EWS GetItem; the log calls it GetMimeContent), their delays, and the exception
 * in the end, thread by thread.
 *
 *     HH:MM:SS.mmm [thread] LEVEL text
 *     HH:MM:SS.mmm [thread] INFO ...: <date> UTC '<subject>', UID 1: <id>, UID 2: <id>
 *     HH:MM:SS.mmm [thread] INFO Sending EWS Request (GetMimeContent)
 *     HH:MM:SS.mmm [thread] EXCEPTION ...
 *     : ... ErrorInternalServerTransientError.
 *
 * Times are of the log's own clock and have no date: a clock that goes back by more than two
 * hours has passed midnight. A line that begins otherwise goes on with the one before. Tokens are
 * matched alone, so the language of a log has no say: GetMimeContent, "UTC '" before a subject, UID
 * 1, an address with @, codes of EWS. Any bytes, in lines of any length.
 *
 * A message begins with its line and ends with the next one of its thread, so memory is bounded by
 * the threads, of which there are at most MAILSTORE_THREADS_MOST at a time; what is kept of
 * messages that fail is bounded too. Subjects and UIDs are not kept. Fuzz target:
 * tests/fuzz/mailstore_log.c.
 */
#ifndef EXDIAG_READ_MAILSTORE_LOG_H
#define EXDIAG_READ_MAILSTORE_LOG_H

#include "diag/memory.h"
#include "diag/read/ews_code.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    MAILSTORE_THREADS_MOST = 1024,
    MAILSTORE_KEPT_OF_CLASS = 16, /* messages that failed with a class of codes: the first ones */
    MAILSTORE_MESSAGES_KEPT = MAILSTORE_KEPT_OF_CLASS * EWS_CLASS_COUNT,
    MAILSTORE_DISTINCT_MOST = 4096, /* messages that failed and are recognised again */
    MAILSTORE_OPEN_KEPT = 64,       /* at either end of the log */
    MAILSTORE_CODES_KEPT = 64,      /* those with a class of their own, and of others: */
    MAILSTORE_OTHER_CODES_KEPT = 24,
    MAILSTORE_LASTING = 3, /* requests: a message that fails after as many does not by chance */
    MAILSTORE_CALLS_KEPT = 32,
    MAILSTORE_MAILBOXES_KEPT = 200,
    MAILSTORE_DELAYS_KEPT = 64, /* of a message; later requests are counted alone */
    MAILSTORE_NAME_KEPT = 255,  /* bytes of a mailbox */
    MAILSTORE_WORD_KEPT = 40,   /* of a call's name, of a message's date */
    MAILSTORE_HOURS = 24,
    MAILSTORE_LINE_MOST = 1024 * 1024 /* more of a line is not looked at */
};

/* X(NAME, "word in evidence"): what became of a message. */
#define MAILSTORE_OUTCOME_LIST(X)                                                                  \
    X(FINE, "fine")             /* with one request */                                             \
    X(RECOVERED, "recovered")   /* with several */                                                 \
    X(FAILED, "failed")         /* an exception was the last of it */                              \
    X(UNFINISHED, "unfinished") /* the log ends before that is told */

enum mailstore_outcome {
#define X(name, word) MAILSTORE_##name,
    MAILSTORE_OUTCOME_LIST(X)
#undef X
        MAILSTORE_OUTCOME_COUNT
};

const char *mailstore_outcome_word(enum mailstore_outcome outcome);

/* X(NAME, "word in evidence"): what its subject begins with, in any of the languages of Outlook. */
#define MAILSTORE_MANNER_LIST(X)                                                                   \
    X(PLAIN, "plain")                                                                              \
    X(REPLY, "reply")       /* RE: AW: SV: ODP: ... */                                             \
    X(FORWARD, "forward")   /* FW: WG: TR: PD: ... */                                              \
    X(NAMELESS, "nameless") /* it has none */

enum mailstore_manner {
#define X(name, word) MAILSTORE_##name,
    MAILSTORE_MANNER_LIST(X)
#undef X
        MAILSTORE_MANNER_COUNT
};

const char *mailstore_manner_word(enum mailstore_manner manner);

/*
 * The requests for one message. At either end of a log there may be a part of them: without their
 * beginning (`line` is 0), or MAILSTORE_UNFINISHED.
 */
struct mailstore_message {
    uint64_t line;      /* where it is named, from 1 */
    uint64_t last_line; /* of the last request or exception */
    uint32_t thread;
    int64_t time;  /* of the first request: milliseconds since the first midnight before */
    uint32_t span; /* milliseconds from there to the exception, or to the last request */
    uint32_t requests;
    uint32_t delays[MAILSTORE_DELAYS_KEPT]; /* milliseconds from one request to the next */
    size_t delay_count;
    enum mailstore_outcome outcome;
    enum mailstore_manner manner;
    const char *code;      /* "ErrorInternalServerTransientError", "HTTP 503"; NULL: none is told */
    const char *date;      /* the message's own, as the log has it: digits and marks; or NULL */
    const char *mailbox;   /* or NULL: the log does not name it */
    uint32_t failures;     /* of this one message, recognised by its line, in all of the log */
    bool is_fetched_later; /* a later try in this log was FINE or RECOVERED */
};

struct mailstore_code {
    const char *code;   /* as above; NULL: an exception without one */
    uint64_t messages;  /* that failed with it, each time */
    uint64_t recovered; /* messages that were fetched though a line told of it */
    uint64_t elsewhere; /* exceptions at other calls than GetMimeContent */
    uint64_t again;     /* of `messages`: those with MAILSTORE_LASTING requests and more */
    uint64_t distinct;  /* of `messages`, each message once; beyond DISTINCT_MOST each time */
    uint64_t lasting;   /* of `distinct`: with MAILSTORE_LASTING requests at least once */
    uint64_t fetched_later, lasting_fetched; /* of these: by a later try in this log */
    uint64_t first_line, last_line;
    uint32_t by_hour[MAILSTORE_HOURS]; /* of `messages`, by the log's clock */
    uint64_t manners[MAILSTORE_MANNER_COUNT];
};

struct mailstore_call {
    const char *name; /* "FindItem" */
    uint64_t requests;
    uint64_t failures; /* exceptions that followed on its thread */
};

struct mailstore_mailbox {
    const char *name; /* user@domain */
    uint64_t messages;
    uint64_t transient; /* failed with a code of EWS_CLASS_TRANSIENT */
    uint64_t failed;    /* failed with any */
};

struct mailstore_delay { /* between request n and n + 1, of messages that failed */
    uint32_t least, most;
    uint64_t total, count;
};

struct mailstore_log {
    uint64_t lines;
    uint64_t damaged;    /* of these: too long, with a time that is none, with NULs, or torn */
    uint64_t whole;      /* of `lines`: in the form above; the others go on with one */
    uint64_t strange;    /* in another form, and telling of a request for MIME content */
    uint64_t days;       /* midnights that were passed */
    int64_t first, last; /* as `time` above; -1: no line has one */
    uint64_t messages;   /* that were begun */
    uint64_t requests;   /* GetMimeContent */
    uint64_t outcomes[MAILSTORE_OUTCOME_COUNT];
    uint64_t distinct_failed; /* messages that failed, each once; at most MAILSTORE_DISTINCT_MOST */
    uint64_t fetched_later;   /* of these: the log has a later try that was FINE or RECOVERED */
    uint32_t by_hour[MAILSTORE_HOURS];                    /* messages */
    uint64_t recovered_requests;                          /* of RECOVERED: beyond the first */
    uint32_t recovered_span;                              /* the longest, milliseconds */
    struct mailstore_delay delays[MAILSTORE_DELAYS_KEPT]; /* of EWS_CLASS_TRANSIENT */
    size_t delay_count;

    /* In the order of the file. */
    const struct mailstore_message *failed;
    size_t failed_count;
    const struct mailstore_message *begun; /* before whose requests the log begins */
    size_t begun_count;
    const struct mailstore_message *open; /* behind whose requests it ends */
    size_t open_count;
    const struct mailstore_code *codes;
    size_t code_count;
    const struct mailstore_call *calls;
    size_t call_count;
    const struct mailstore_mailbox *mailboxes;
    size_t mailbox_count;
    bool more; /* some of these were left out; the counts have them */
};

struct mailstore_reader;

struct mailstore_reader *mailstore_reader_new(void);

/* One line, UTF-8 or of any code page, without its end (a CR may be left). */
void mailstore_add(struct mailstore_reader *reader, const char *line, size_t size);

/* What was read, in `arena`; the reader is freed. */
void mailstore_end(struct mailstore_reader *reader, struct arena *arena, struct mailstore_log *out);

#endif
