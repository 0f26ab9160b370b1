/* MailStore job logs: requests by message and thread, whatever the language and the damage. */
#include "diag/read/mailstore_log.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena memory;

static struct mailstore_log read_bytes(const char *text, size_t size)
{
    struct mailstore_reader *reader = mailstore_reader_new();
    struct mailstore_log log;

    for (size_t at = 0; at < size;) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t line = end ? (size_t)(end - text) - at : size - at;
        char *copy = malloc(line ? line : 1);

        assert_non_null(copy);
        memcpy(copy, text + at, line);
        mailstore_add(reader, copy, line);
        free(copy);
        at += line + 1;
    }
    mailstore_end(reader, &memory, &log);
    return log;
}

static struct mailstore_log read_text(const char *text)
{
    arena_reset(&memory);
    return read_bytes(text, strlen(text));
}

static int release(void **state)
{
    (void)state;
    arena_release(&memory);
    return 0;
}

#define T8        "08:00:"
#define NAMED     "] INFO Processing message: 23.1.2014 7:42:45 UTC 'FW: Meeting', UID 1:, UID 2: \r\n"
#define REQUEST   "] INFO Sending EWS Request (GetMimeContent)\r\n"
#define EXCEPTION "] EXCEPTION MailboxImportWorker:ProcessMailboxMessageWrapper\r\n"
#define TRANSIENT ": N\xc3\xa1sil\xc3\xad. ErrorInternalServerTransientError.\r\n"
#define END       "] INFO Done\r\n"

static const char document[] =
    "08:36:58.874 [18" NAMED "08:36:58.890 [18] INFO Retrieving message...\r\n"
    "08:36:58.890 [18" REQUEST "08:36:59.561 [18" REQUEST "08:37:00.403 [18" REQUEST
    "08:37:01.464 [18" REQUEST "08:37:02.727 [18" REQUEST "08:37:04.194 [18" REQUEST
    "08:37:05.879 [18" REQUEST "08:37:07.751 [18" REQUEST "08:37:09.825 [18" REQUEST
    "08:37:12.072 [18" REQUEST "08:37:14.521 [18" REQUEST "08:37:17.173 [18" REQUEST
    "08:37:20.012 [18" REQUEST "08:37:23.070 [18" REQUEST "08:37:26.330 [18" REQUEST
    "08:37:29.793 [18" REQUEST "08:37:30.230 [18" EXCEPTION TRANSIENT;

/* Sixteen requests over 31 s, the wait growing by about 0.2 s each time. */
static void test_document(void **state)
{
    static const uint32_t delays[] = {671,  842,  1061, 1263, 1467, 1685, 1872, 2074,
                                      2247, 2449, 2652, 2839, 3058, 3260, 3463};
    struct mailstore_log log = read_text(document);
    const struct mailstore_message *message = log.failed;

    (void)state;
    assert_int_equal(log.lines, 20);
    assert_int_equal(log.damaged, 0);
    assert_int_equal(log.messages, 1);
    assert_int_equal(log.requests, 16);
    assert_int_equal(log.outcomes[MAILSTORE_FAILED], 1);
    assert_int_equal(log.failed_count, 1);
    assert_int_equal(message->line, 1);
    assert_int_equal(message->last_line, 19);
    assert_int_equal(message->thread, 18);
    assert_int_equal(message->time, ((8 * 60 + 36) * 60 + 58) * 1000 + 890);
    assert_int_equal(message->span, 31340);
    assert_int_equal(message->requests, 16);
    assert_int_equal(message->delay_count, 15);
    assert_memory_equal(message->delays, delays, sizeof delays);
    assert_int_equal(message->manner, MAILSTORE_FORWARD);
    assert_string_equal(message->code, "ErrorInternalServerTransientError");
    assert_string_equal(message->date, "23.1.2014 7:42:45");
    assert_null(message->mailbox);
    assert_int_equal(message->failures, 1);
    assert_int_equal(log.by_hour[8], 1);
    assert_int_equal(log.code_count, 1);
    assert_int_equal(log.codes[0].again, 1);
    assert_int_equal(log.codes[0].by_hour[8], 1);
    assert_int_equal(log.codes[0].manners[MAILSTORE_FORWARD], 1);
    assert_int_equal(log.codes[0].first_line, 19);
    assert_int_equal(log.delay_count, 15);
    assert_int_equal(log.delays[14].total, 3463);
    assert_int_equal(log.distinct_failed, 1);
}

/* Cut off anywhere it says what comes before, and never that a message has failed by itself. */
static void test_cut_off(void **state)
{
    (void)state;
    for (size_t size = 0; size < sizeof document - 1; size++) {
        struct mailstore_log log;

        arena_reset(&memory);
        log = read_bytes(document, size);
        assert_true(log.requests <= 16);
        if (log.failed_count > 0 && log.failed[0].code)
            assert_string_equal(log.failed[0].code, "ErrorInternalServerTransientError");
        if (log.outcomes[MAILSTORE_FAILED] == 0 && log.requests > 0) {
            assert_int_equal(log.outcomes[MAILSTORE_UNFINISHED], 1);
            assert_int_equal(log.open_count, 1);
            assert_int_equal(log.open[0].requests, log.requests);
        }
    }
}

/* What became of a message is known by what its thread does next. */
static void test_outcomes(void **state)
{
    struct mailstore_log log = read_text(
        T8 "00.000 [1" NAMED T8 "01.000 [1" REQUEST T8 "02.000 [1" NAMED T8 "03.000 [1" REQUEST T8
           "04.000 [1" REQUEST T8 "05.500 [1" REQUEST T8 "06.000 [1" END T8 "06.000 [2" NAMED T8
           "07.000 [2" REQUEST T8 "08.000 [3" NAMED T8 "09.000 [3" REQUEST T8
           "10.000 [3" EXCEPTION T8 "11.000 [3" REQUEST T8 "12.000 [3" END T8 "12.500 [4" NAMED);

    (void)state;
    assert_int_equal(log.messages, 5);
    assert_int_equal(log.outcomes[MAILSTORE_FINE], 1);
    assert_int_equal(log.outcomes[MAILSTORE_RECOVERED], 2);
    assert_int_equal(log.outcomes[MAILSTORE_UNFINISHED], 1);
    assert_int_equal(log.outcomes[MAILSTORE_FAILED], 0);
    assert_int_equal(log.recovered_requests, 3);
    assert_int_equal(log.recovered_span, 2500);
    assert_int_equal(log.open[0].thread, 2);
    assert_int_equal(log.failed_count, 0);
    assert_int_equal(log.first, 8 * 3600000);
    assert_int_equal(log.last, 8 * 3600000 + 12500);
}

/* A message that begins before the log and one that ends behind it: parts, by thread. */
static void test_parts(void **state)
{
    struct mailstore_log log =
        read_text(T8 "01.000 [7" REQUEST T8 "02.000 [7" REQUEST T8
                     "02.500 [7" EXCEPTION TRANSIENT T8 "03.000 [7" NAMED T8 "04.000 [7" REQUEST);

    (void)state;
    assert_int_equal(log.begun_count, 1);
    assert_int_equal(log.begun[0].line, 0);
    assert_int_equal(log.begun[0].requests, 2);
    assert_int_equal(log.begun[0].outcome, MAILSTORE_FAILED);
    assert_int_equal(log.failed_count, 1);
    assert_null(log.failed[0].date);
    assert_int_equal(log.codes[0].again, 0);
    assert_int_equal(log.distinct_failed, 0);
    assert_int_equal(log.open_count, 1);
    assert_int_equal(log.open[0].line, 5);
}

/* Threads between each other's lines; an exception's lines belong to whoever wrote last. */
static void test_threads(void **state)
{
    struct mailstore_log log = read_text(
        T8 "00.000 [1" NAMED T8 "00.000 [1025] INFO Processing message: 1/2/2014 7:00:00 AM UTC "
           "'', UID 1: x, UID 2: y\n" T8 "01.000 [1" REQUEST T8 "01.000 [2" NAMED T8
           "01.100 [2" REQUEST T8 "01.200 [1" REQUEST T8 "01.300 [2" EXCEPTION
           "   at MailStore.X()\n: ErrorServerBusy\n: ErrorAccessDenied\n" T8 "01.400 [1" REQUEST T8
           "01.500 [1" EXCEPTION TRANSIENT);

    (void)state;
    assert_int_equal(log.failed_count, 2);
    assert_string_equal(log.failed[0].code, "ErrorServerBusy");
    assert_int_equal(log.failed[0].thread, 2);
    assert_int_equal(log.failed[0].requests, 1);
    assert_int_equal(log.failed[1].requests, 3);
    assert_int_equal(log.failed[1].span, 500);
    assert_int_equal(log.codes[0].again + log.codes[1].again, 1);
    assert_int_equal(log.code_count, 2);
}

/* The second line of an exception behind one of another thread is still its own. */
static void test_exception_apart(void **state)
{
#define APART(lines)                                                                               \
    T8 "00.000 [1" NAMED T8 "01.000 [1" REQUEST T8 "01.100 [1" EXCEPTION T8                        \
       "01.200 [2] INFO x\r\n" lines
    struct mailstore_log log = read_text(APART(TRANSIENT) T8 "02.000 [1" NAMED);

    (void)state;
    assert_int_equal(log.failed_count, 1);
    assert_string_equal(log.failed[0].code, "ErrorInternalServerTransientError");

    log = read_text(APART("") T8 "01.300 [1" NAMED T8 "01.400 [1" REQUEST TRANSIENT T8
                                 "02.000 [1" NAMED);
    assert_int_equal(log.outcomes[MAILSTORE_FINE], 1);
    assert_null(log.failed[0].code);

    log = read_text(APART("   at x ErrorServerBusy\n") T8 "02.000 [1" NAMED);
    assert_null(log.failed[0].code);

    log = read_text(APART(": no code\n: ErrorServerBusy\n: ErrorAccessDenied\n") T8
                    "02.000 [1" NAMED);
    assert_string_equal(log.failed[0].code, "ErrorServerBusy");
}

/* A log that ends amid a code: what it can have been alone. */
static void test_torn_code(void **state)
{
    struct mailstore_log log = read_text(T8 "00.000 [1" NAMED T8 "01.000 [1" REQUEST T8
                                            "02.000 [1] EXCEPTION ErrorServerB");

    (void)state;
    assert_string_equal(log.failed[0].code, "ErrorServerBusy");
    log = read_text(T8 "00.000 [1" NAMED T8 "01.000 [1" REQUEST T8 "02.000 [1] EXCEPTION ErrorIn");
    assert_int_equal(log.failed_count, 0);
    assert_int_equal(log.open_count, 1);
    log = read_text(T8 "00.000 [1" NAMED T8 "01.000 [1" REQUEST T8 "02.000 [1] EXCEPTION ErrorOdd");
    assert_string_equal(log.failed[0].code, "ErrorOdd");
}

/* A line that is full of NULs may have named the next message: two requests are not one's. */
static void test_damaged_name(void **state)
{
    static const char text[] =
        T8 "00.000 [1" NAMED T8 "01.000 [1" REQUEST T8 "02.000 [1] INFO Proc\0\0\0\0\r\n" T8
           "03.000 [1" REQUEST T8 "04.000 [1" END;
    struct mailstore_log log;

    (void)state;
    arena_reset(&memory);
    log = read_bytes(text, sizeof text - 1);
    assert_int_equal(log.damaged, 1);
    assert_int_equal(log.outcomes[MAILSTORE_RECOVERED], 0);
    assert_int_equal(log.outcomes[MAILSTORE_FINE], 1);
}

/* A collision of thread numbers costs what is not told of the one, and nothing of the other. */
static void test_thread_numbers(void **state)
{
    struct mailstore_log log =
        read_text(T8 "00.000 [1" NAMED T8 "01.000 [1" REQUEST T8 "01.000 [1025" NAMED T8
                     "02.000 [1025" REQUEST T8 "03.000 [1025" END T8 "03.000 [999999999" REQUEST);

    (void)state;
    assert_int_equal(log.outcomes[MAILSTORE_UNFINISHED], 2);
    assert_int_equal(log.outcomes[MAILSTORE_FINE], 1);
    assert_int_equal(log.open[1].thread, 999999999);
}

/* In every language; tokens alone count. */
static void test_languages(void **state)
{
    static const struct {
        const char *lines;
        uint64_t messages, requests;
        const char *code;
    } rows[] = {
        {T8
         "00.000 [1] INFO Verarbeite Nachricht: 23.01.2014 07:42:45 UTC 'x', UID 1: 1, UID 2: 2\n" T8
         "01.000 [1] INFO Sende EWS-Anforderung (GetMimeContent)\n" T8
         "02.000 [1] AUSNAHME x: ErrorItemNotFound\n",
         1, 1, "ErrorItemNotFound"},
        {T8 "00.000 [1] INFO \xd0\xa1: 'x', UID 1: 1, UID 2: 2\n" T8 "01.000 [1" REQUEST T8
            "02.000 [1] ERROR\n: (503)\n",
         1, 1, "HTTP 503"},
        {T8 "00.000 [1] DEBUG Message of 1 UTC 'x'\n" T8 "01.000 [1" REQUEST T8
            "02.000 [1] FATAL The request failed with HTTP status 401: Unauthorized\n",
         1, 1, "HTTP 401"},
        {T8 "00.000 [1] Information Message of 1 UTC 'x'\n" T8
            "01.000 [1] information EWS (GetMimeContent)\n" T8 "02.000 [1] Exception\n: (503)\n",
         1, 1, "HTTP 503"},
        {T8 "00.000 [1] INFO It's only text\n" T8 "01.000 [1] INFO x (GetMimeContent)\n", 0, 0,
         NULL},
        {T8 "00.000 [1] INFO EWS GetMimeContent)\n" T8 "01.000 [1] INFO EWS (GetMimeContent) x\n",
         0, 0, NULL},
        {T8 "00.000 [1] INFO EWS ()\n" T8 "01.000 [1] INFO EWS 'q' (GetMimeContent)\n", 0, 0, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mailstore_log log = read_text(rows[i].lines);

        assert_int_equal(log.messages, rows[i].messages);
        assert_int_equal(log.requests, rows[i].requests);
        assert_int_equal(log.failed_count, rows[i].code != NULL);
        if (rows[i].code)
            assert_string_equal(log.failed[0].code, rows[i].code);
    }
}

/* Statuses of HTTP count where they are said to be one, and codes of EWS before them. */
static void test_statuses(void **state)
{
    static const struct {
        const char *text;
        const char *code; /* or NULL */
    } rows[] = {
        {"(404) and (503)", "HTTP 404"},
        {"(503) ErrorServerBusy", "ErrorServerBusy"},
        {"HTTP error 5031", NULL},
        {"(1503)", NULL},
        {"in 503 ms", NULL},
        {"503: HTTP", NULL},
        {"(302)", NULL},
        {"(503", NULL},
        {"ErrorOdd (503)", "ErrorOdd"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[512];
        struct mailstore_log log;

        snprintf(text, sizeof text,
                 T8 "00.000 [1" NAMED T8 "01.000 [1" REQUEST T8 "02.000 [1] EXCEPTION %s\n",
                 rows[i].text);
        log = read_text(text);
        assert_int_equal(log.failed_count, 1);
        if (rows[i].code)
            assert_string_equal(log.failed[0].code, rows[i].code);
        else
            assert_null(log.failed[0].code);
    }
}

/* Warnings between requests are not the end; they say what was wrong with those that came. */
static void test_warnings(void **state)
{
    struct mailstore_log log =
        read_text(T8 "00.000 [1" NAMED T8 "01.000 [1" REQUEST T8
                     "01.500 [1] WARN ErrorServerBusy\n" T8 "02.000 [1" REQUEST T8 "03.000 [1" END);

    (void)state;
    assert_int_equal(log.outcomes[MAILSTORE_RECOVERED], 1);
    assert_int_equal(log.code_count, 1);
    assert_int_equal(log.codes[0].recovered, 1);
    assert_int_equal(log.codes[0].messages, 0);
}

/* A warning behind the last request is no failure, and takes none back. */
static void test_last_warning(void **state)
{
    struct mailstore_log log = read_text(
        T8 "00.000 [1" NAMED T8 "01.000 [1" REQUEST T8 "02.000 [1] WARN ErrorServerBusy\n" T8
           "03.000 [1" NAMED T8 "04.000 [1" REQUEST T8 "05.000 [1] EXCEPTION ErrorOdd\n"
           ": ErrorStrange\n" T8 "06.000 [1] WARN x\n" T8 "07.000 [1" NAMED);

    (void)state;
    assert_int_equal(log.outcomes[MAILSTORE_FINE], 1);
    assert_int_equal(log.outcomes[MAILSTORE_FAILED], 1);
    assert_string_equal(log.failed[0].code, "ErrorOdd");
}

/* Codes have the first and the last line that tells of them, whichever thread ends first. */
static void test_lines_of_codes(void **state)
{
    struct mailstore_log log =
        read_text(T8 "00.000 [2" NAMED T8 "01.000 [2" REQUEST T8 "02.000 [2" EXCEPTION TRANSIENT T8
                     "03.000 [1" NAMED T8 "04.000 [1" REQUEST T8 "05.000 [1" EXCEPTION TRANSIENT T8
                     "06.000 [1" NAMED);

    (void)state;
    assert_int_equal(log.codes[0].first_line, 3);
    assert_int_equal(log.codes[0].last_line, 7);
}

/* Exceptions at other calls are not the message's, nor of its time. */
static void test_time_of_other_calls(void **state)
{
    struct mailstore_log log =
        read_text(T8 "01.000 [1" NAMED T8 "02.000 [1" REQUEST T8 "03.000 [1" REQUEST T8
                     "04.000 [1] INFO Sending EWS Request (DeleteItem)\n" T8
                     "09.000 [1] EXCEPTION x\n" T8 "10.000 [1" NAMED);

    (void)state;
    assert_int_equal(log.outcomes[MAILSTORE_RECOVERED], 1);
    assert_int_equal(log.recovered_span, 1000);
}

/* Exceptions at other calls are not the message's. */
static void test_other_calls(void **state)
{
    struct mailstore_log log = read_text(
        T8 "00.000 [1] INFO Sending EWS Request (FindItem)\n" T8
           "01.000 [1] EXCEPTION ErrorServerBusy\n" T8 "02.000 [1" NAMED T8 "03.000 [1" REQUEST T8
           "04.000 [1] INFO Sending EWS Request (DeleteItem)\n" T8
           "05.000 [1] EXCEPTION ErrorAccessDenied\n" T8 "06.000 [1] EXCEPTION of its own\n" T8
           "07.000 [1" NAMED T8 "08.000 [1] EXCEPTION x\n");

    (void)state;
    assert_int_equal(log.outcomes[MAILSTORE_FINE], 1);
    assert_int_equal(log.outcomes[MAILSTORE_FAILED], 0);
    assert_int_equal(log.call_count, 2);
    assert_string_equal(log.calls[0].name, "FindItem");
    assert_int_equal(log.calls[0].failures, 1);
    assert_int_equal(log.calls[1].requests, 1);
    assert_int_equal(log.calls[1].failures, 2);
    assert_int_equal(log.code_count, 3);
    assert_int_equal(log.codes[1].elsewhere, 1);
    assert_null(log.codes[2].code);
    assert_int_equal(log.codes[2].elsewhere, 2);
}

/* By thread, in lower case, and only from lines that tell what is done. */
static void test_mailboxes(void **state)
{
    struct mailstore_log log =
        read_text(T8 "00.000 [1] INFO Archiving mailbox 'Jan.Novak@Contoso.com'.\n" T8
                     "00.000 [2] INFO as eva@contoso\n" T8 "00.000 [2] INFO @x.y\n" T8
                     "00.000 [2] INFO a@.b\n" T8 "00.000 [1" NAMED T8 "01.000 [1" REQUEST T8
                     "02.000 [1" EXCEPTION TRANSIENT T8 "02.000 [1" NAMED T8 "03.000 [1" REQUEST T8
                     "04.000 [1] EXCEPTION ErrorItemNotFound of no@one.com\n" T8
                     "05.000 [2" NAMED T8 "06.000 [2" REQUEST T8 "06.000 [2" END);

    (void)state;
    assert_int_equal(log.mailbox_count, 1);
    assert_string_equal(log.mailboxes[0].name, "jan.novak@contoso.com");
    assert_int_equal(log.mailboxes[0].messages, 2);
    assert_int_equal(log.mailboxes[0].transient, 1);
    assert_int_equal(log.mailboxes[0].failed, 2);
    assert_string_equal(log.failed[0].mailbox, "jan.novak@contoso.com");
}

/* An address is named whole or not at all: a piece of it is somebody else's. */
static void test_addresses(void **state)
{
    static const struct {
        const char *text;
        const char *name; /* or NULL */
    } rows[] = {
        {"mailbox o'neil@contoso.com", "o'neil@contoso.com"},
        {"mailbox 'O'Neil@contoso.com'.", "o'neil@contoso.com"},
        {"mailbox 'anna@contoso.com'", "anna@contoso.com"},
        {"'anna@contoso.com': archived", "anna@contoso.com"},
        {"mailbox: anna@contoso.com.", "anna@contoso.com"},
        {"Anna <anna@contoso.com>", "anna@contoso.com"},
        {"SMTP:anna@contoso.com", "anna@contoso.com"},
        {"[anna+x@contoso.com]", "anna+x@contoso.com"},
        {"anna@contoso.com/Inbox", "anna@contoso.com"},
        {"al'ice$x@contoso.com", "al'ice$x@contoso.com"},
        {"a`nb@contoso.com", "a`nb@contoso.com"},
        {"'anna@contoso.com", "'anna@contoso.com"},
        {"$(calc)x@contoso.com", NULL},
        {"\x1b[31m@contoso.com", NULL},
        {"evil\x1b[31m@contoso.com", NULL},
        {"ex\x1b@contoso.com", NULL},
        {"o\xe2\x80\x99neil@contoso.com", NULL},
        {"m\xfcller@contoso.com", NULL},
        {"a=b@contoso.com", NULL},
        {"a/b@contoso.com", NULL},
        {"\"anna b\"@contoso.com", NULL},
        {"anna@contoso.com\xc3\xa9", NULL},
        {"anna@contoso.com as svc@contoso.com", NULL},
        {"anna@contoso.com@x.com", NULL},
        {"a\\b@contoso.com", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[256];
        struct mailstore_log log;

        snprintf(text, sizeof text, T8 "00.000 [1] INFO %s\n", rows[i].text);
        log = read_text(text);
        assert_int_equal(log.mailbox_count, rows[i].name != NULL);
        if (rows[i].name)
            assert_string_equal(log.mailboxes[0].name, rows[i].name);
    }
}

/* The same message in another run: counted once, and known to have come in the end. */
static void test_again(void **state)
{
#define FAIL T8 "00.000 [1" NAMED T8 "01.000 [1" REQUEST T8 "02.000 [1" EXCEPTION TRANSIENT
    struct mailstore_log log =
        read_text(FAIL FAIL T8 "03.000 [1" NAMED T8 "04.000 [1" REQUEST T8 "05.000 [1" END);

    (void)state;
    assert_int_equal(log.outcomes[MAILSTORE_FAILED], 2);
    assert_int_equal(log.distinct_failed, 1);
    assert_int_equal(log.fetched_later, 1);
    assert_int_equal(log.failed_count, 1);
    assert_int_equal(log.failed[0].failures, 2);
    assert_true(log.failed[0].is_fetched_later);

    log = read_text(FAIL T8 "03.000 [1" NAMED T8 "04.000 [1" REQUEST T8 "05.000 [1" END FAIL);
    assert_int_equal(log.fetched_later, 0);
    assert_false(log.failed[0].is_fetched_later);
    assert_int_equal(log.failed[0].failures, 2);
    assert_int_equal(log.codes[0].distinct, 1);
    assert_int_equal(log.codes[0].fetched_later, 0);
}

/* By code each message once, however many fail, and how many of them came in the end. */
static void test_distinct(void **state)
{
    struct mailstore_reader *reader = mailstore_reader_new();
    struct mailstore_log log;
    char line[256];

    (void)state;
    for (unsigned i = 0; i < 3 * 20 + 15; i++) {
        bool is_last = i >= 60;
        const char *lines[] = {"00.100 [1] INFO EWS (GetMimeContent)",
                               "00.200 [1] INFO EWS (GetMimeContent)",
                               "00.300 [1] INFO EWS (GetMimeContent)",
                               i % 20 == 19 ? "01.000 [1] EXCEPTION ErrorServerBusy"
                                            : "01.000 [1] EXCEPTION ErrorOfMine"};
        int size = snprintf(line, sizeof line, T8 "00.000 [1] INFO 1 UTC 'm %u'", i % 20);

        mailstore_add(reader, line, (size_t)size);
        for (size_t k = i % 20 == 0 ? 2 : 0; k < (is_last ? 3 : 4); k++) {
            size = snprintf(line, sizeof line, T8 "%s", lines[k]);
            mailstore_add(reader, line, (size_t)size);
        }
    }
    for (size_t i = 0; i < 2; i++)
        mailstore_add(reader, T8 "02.000 [1] INFO x", sizeof T8 "02.000 [1] INFO x" - 1);
    arena_reset(&memory);
    mailstore_end(reader, &memory, &log);
    assert_int_equal(log.outcomes[MAILSTORE_FAILED], 60);
    assert_int_equal(log.code_count, 2);
    assert_int_equal(log.codes[0].messages, 57);
    assert_int_equal(log.codes[0].distinct, 19);
    assert_int_equal(log.codes[0].lasting, 18);
    assert_int_equal(log.codes[0].fetched_later, 15);
    assert_int_equal(log.codes[0].lasting_fetched, 14);
    assert_int_equal(log.codes[1].distinct, 1);
    assert_int_equal(log.codes[1].fetched_later, 0);
    assert_int_equal(log.fetched_later, 15);
}

static void test_clock(void **state)
{
    struct mailstore_log log = read_text(
        "23:59:59.900 [1" NAMED "23:59:59.950 [1" REQUEST "00:00:00.550 [1" REQUEST
        "23:59:59.990 [2" NAMED "00:00:02.000 [1" REQUEST "00:00:03.000 [1" EXCEPTION TRANSIENT
        "10:00:00.000 [1" NAMED "09:00:00.000 [1" REQUEST "04:00:00.000 [1" NAMED
        "24:00:00.000 [1" NAMED "10:60:00.000 [1" NAMED "10:00:61.000 [1" NAMED);

    (void)state;
    assert_int_equal(log.days, 2);
    assert_int_equal(log.failed[0].time, 24 * 3600000 - 50);
    assert_int_equal(log.failed[0].delays[0], 600);
    assert_int_equal(log.failed[0].span, 3050);
    assert_int_equal(log.by_hour[23], 2);
    assert_int_equal(log.codes[0].by_hour[23], 1);
    assert_int_equal(log.damaged, 3);
    assert_int_equal(log.last, 2 * 24 * 3600000 + 4 * 3600000);
}

/* A clock that is set back within one message makes no wait that is below zero. */
static void test_clock_set_back(void **state)
{
    struct mailstore_log log =
        read_text("03:00:00.000 [1" NAMED "03:00:00.000 [1" REQUEST "02:00:01.000 [1" REQUEST
                  "02:00:02.000 [1" EXCEPTION TRANSIENT);

    (void)state;
    assert_int_equal(log.days, 0);
    assert_int_equal(log.failed[0].delays[0], 0);
    assert_int_equal(log.failed[0].span, 0);
}

/* Lines that are no lines of this log go on with the one before. */
static void test_forms(void **state)
{
    static const char *const lines[] = {
        "8:00:00.000 [1" REQUEST,
        "08.00.00.000 [1" REQUEST,
        "08:00:00,000 [1" REQUEST,
        "08:00:00.000 1" REQUEST,
        "08:00:00.000 [x" REQUEST,
        "08:00:00.000 []" REQUEST,
        "08:00:00.000 [1]INFO EWS (GetMimeContent)\n",
        "08:00:00.000 [1] Ausnahme EWS (GetMimeContent)\n",
        "08:00:00.000 [1] Sending EWS Request (GetMimeContent)\n",
        "0a:00:00.000 [1" REQUEST,
        "08:00:00.00a [1" REQUEST,
        "08:00:00.000 [1234567890" REQUEST,
        "2014-01-23 08:00:00.000 [1" REQUEST,
        "08:02:00.000 [1",
        "08200200.000 [1" REQUEST,
        "08200:00.000 [1" REQUEST,
        "08:00200.000 [1" REQUEST,
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct mailstore_log log = read_text(lines[i]);

        assert_int_equal(log.lines, 1);
        assert_int_equal(log.requests, 0);
        assert_int_equal(log.messages, 0);
        assert_int_equal(log.first, -1);
        assert_int_equal(log.whole, 0);
        assert_int_equal(log.strange, strstr(lines[i], "(GetMimeContent)") != NULL);
    }
}

/* Where two threads wrote at once, the line that is whole counts. */
static void test_torn(void **state)
{
    struct mailstore_log log = read_text(
        T8 "00.000 [1" NAMED T8 "01.000 [2] INFO Sending EWS Requ" T8 "01.000 [1" REQUEST);

    (void)state;
    assert_int_equal(log.damaged, 1);
    assert_int_equal(log.requests, 1);
    assert_int_equal(log.open[0].thread, 1);
    assert_int_equal(log.open[0].line, 1);
}

static void test_long_lines(void **state)
{
    struct mailstore_reader *reader = mailstore_reader_new();
    size_t size = MAILSTORE_LINE_MOST + 100;
    char *line = malloc(size);
    struct mailstore_log log;

    (void)state;
    assert_non_null(line);
    memset(line, 'x', size);
    memcpy(line, T8 "00.000 [1] INFO x ", 24);
    memcpy(line + size - 21, " EWS (GetMimeContent)", 21);
    mailstore_add(reader, line, size);
    mailstore_add(reader, line, MAILSTORE_LINE_MOST);
    memset(line, 0, size);
    mailstore_add(reader, line, size);
    arena_reset(&memory);
    mailstore_end(reader, &memory, &log);
    free(line);
    assert_int_equal(log.lines, 3);
    assert_int_equal(log.damaged, 2);
    assert_int_equal(log.requests, 0);
}

/* Everything is bounded, and says so. */
static void test_bounds(void **state)
{
    struct mailstore_reader *reader = mailstore_reader_new();
    struct mailstore_log log;
    char line[256];

    (void)state;
    for (unsigned i = 0; i < 6000; i++) {
        int size = snprintf(line, sizeof line, T8 "00.000 [1] INFO mailbox m%u@contoso.com", i);

        mailstore_add(reader, line, (size_t)size);
        size = snprintf(line, sizeof line, T8 "00.000 [1] INFO 1 UTC 'm %u'", i);
        mailstore_add(reader, line, (size_t)size);
        for (unsigned k = 0; k < (i ? 1 : 100); k++) {
            size = snprintf(line, sizeof line, T8 "00.%03u [1] INFO EWS (GetMimeContent)", k);
            mailstore_add(reader, line, (size_t)size);
        }
        size = snprintf(line, sizeof line, T8 "01.000 [1] EXCEPTION ErrorOfMine%u", i % 50);
        mailstore_add(reader, line, (size_t)size);
        size = snprintf(line, sizeof line, T8 "01.000 [1] INFO EWS (Call%u)", i % 50);
        mailstore_add(reader, line, (size_t)size);
    }
    arena_reset(&memory);
    mailstore_end(reader, &memory, &log);
    assert_true(log.more);
    assert_int_equal(log.outcomes[MAILSTORE_FAILED], 6000);
    assert_int_equal(log.distinct_failed, MAILSTORE_DISTINCT_MOST);
    assert_int_equal(log.failed_count, MAILSTORE_KEPT_OF_CLASS);
    assert_int_equal(log.code_count, MAILSTORE_OTHER_CODES_KEPT);
    assert_int_equal(log.call_count, MAILSTORE_CALLS_KEPT);
    assert_int_equal(log.mailbox_count, MAILSTORE_MAILBOXES_KEPT);
    assert_int_equal(log.failed[0].requests, 100);
    assert_int_equal(log.failed[0].delay_count, MAILSTORE_DELAYS_KEPT);
}

/* What subjects begin with, in the languages of Outlook. */
static void test_manners(void **state)
{
    static const struct {
        const char *subject;
        enum mailstore_manner manner;
    } rows[] = {
        {"RE: x", MAILSTORE_REPLY},    {"AW: x", MAILSTORE_REPLY}, {"wg: x", MAILSTORE_FORWARD},
        {"Fwd: x", MAILSTORE_FORWARD}, {"", MAILSTORE_NAMELESS},   {"REx: y", MAILSTORE_PLAIN},
        {"RE y", MAILSTORE_PLAIN},     {": y", MAILSTORE_PLAIN},   {"Invoice", MAILSTORE_PLAIN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[512];
        struct mailstore_log log;

        snprintf(text, sizeof text,
                 T8 "00.000 [1] INFO Processing a message whose name is long: "
                    "1/23/2014 7:42:45 AM UTC '%s', UID 1: a, UID 2: b\n" T8 "01.000 [1" REQUEST,
                 rows[i].subject);
        log = read_text(text);
        assert_int_equal(log.open[0].manner, rows[i].manner);
        assert_string_equal(log.open[0].date, "1/23/2014 7:42:45 AM");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_document),        cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_outcomes),        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_threads),         cmocka_unit_test(test_thread_numbers),
        cmocka_unit_test(test_languages),       cmocka_unit_test(test_statuses),
        cmocka_unit_test(test_warnings),        cmocka_unit_test(test_other_calls),
        cmocka_unit_test(test_mailboxes),       cmocka_unit_test(test_again),
        cmocka_unit_test(test_clock),           cmocka_unit_test(test_clock_set_back),
        cmocka_unit_test(test_forms),           cmocka_unit_test(test_torn),
        cmocka_unit_test(test_long_lines),      cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_manners),         cmocka_unit_test(test_last_warning),
        cmocka_unit_test(test_lines_of_codes),  cmocka_unit_test(test_time_of_other_calls),
        cmocka_unit_test(test_addresses),       cmocka_unit_test(test_distinct),
        cmocka_unit_test(test_exception_apart), cmocka_unit_test(test_torn_code),
        cmocka_unit_test(test_damaged_name),
    };

    return cmocka_run_group_tests(tests, NULL, release);
}
