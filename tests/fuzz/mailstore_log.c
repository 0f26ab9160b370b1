/* Any lines, as a job log, are bounded messages whose counts add up. */
#include "diag/read/mailstore_log.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_messages(const struct mailstore_log *log, const struct mailstore_message *list,
                           size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct mailstore_message *message = &list[i];

        check(message->requests > 0 && message->requests <= log->requests);
        check(message->delay_count < message->requests);
        check(message->delay_count <= MAILSTORE_DELAYS_KEPT);
        check(message->line <= log->lines && message->last_line <= log->lines);
        check(message->time >= 0 && message->time <= log->last);
        check(!message->code || strlen(message->code) <= EWS_CODE_MOST);
        check(!message->date || strlen(message->date) <= MAILSTORE_WORD_KEPT);
        check(!message->mailbox || strlen(message->mailbox) <= MAILSTORE_NAME_KEPT);
    }
}

static void check_codes(const struct mailstore_log *log)
{
    uint64_t failed = 0;

    for (size_t i = 0; i < log->code_count; i++) {
        const struct mailstore_code *code = &log->codes[i];
        uint64_t hours = 0;

        for (size_t k = 0; k < MAILSTORE_HOURS; k++)
            hours += code->by_hour[k];
        check(hours == code->messages && code->again <= code->messages);
        check(code->first_line <= code->last_line && code->last_line <= log->lines);
        failed += code->messages;
    }
    check(log->more ? failed <= log->outcomes[MAILSTORE_FAILED]
                    : failed == log->outcomes[MAILSTORE_FAILED]);
}

static void check_log(const struct mailstore_log *log, uint64_t lines)
{
    uint64_t hours = 0;

    check(log->lines == lines && log->damaged <= lines && log->first <= log->last);
    for (size_t i = 0; i < MAILSTORE_HOURS; i++)
        hours += log->by_hour[i];
    check(hours == log->messages && log->messages <= lines && log->requests <= lines);
    check(log->distinct_failed <= log->outcomes[MAILSTORE_FAILED]);
    check(log->fetched_later <= log->distinct_failed);
    check(log->failed_count <= MAILSTORE_MESSAGES_KEPT);
    check(log->open_count <= log->outcomes[MAILSTORE_UNFINISHED]);
    check_messages(log, log->failed, log->failed_count);
    check_messages(log, log->begun, log->begun_count);
    check_messages(log, log->open, log->open_count);
    check_codes(log);
    for (size_t i = 0; i < log->call_count; i++)
        check(*log->calls[i].name && log->calls[i].requests > 0);
    for (size_t i = 0; i < log->mailbox_count; i++)
        check(strchr(log->mailboxes[i].name, '@') &&
              log->mailboxes[i].transient <= log->mailboxes[i].failed);
}

/* A line in memory of its own, so that the sanitizer sees every byte read beyond it. */
static void add_line(struct mailstore_reader *reader, const uint8_t *line, size_t size)
{
    char *copy = malloc(size ? size : 1);

    check(copy != NULL);
    if (size > 0)
        memcpy(copy, line, size);
    mailstore_add(reader, copy, size);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mailstore_reader *reader = mailstore_reader_new();
    struct arena memory = {0};
    struct mailstore_log log;
    uint64_t lines = 0;

    for (size_t at = 0; at < size; lines++) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t line = end ? (size_t)(end - data) - at : size - at;

        add_line(reader, data + at, line);
        at += line + 1;
    }
    mailstore_end(reader, &memory, &log);
    check_log(&log, lines);
    arena_release(&memory);
    return 0;
}
