/* Any lines, as a log of any kind, are bounded rows whose counts add up. */
#include "diag/read/http_log.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_mark(const struct http_log_mark *mark, uint64_t lines)
{
    check(mark->line > 0 && mark->line <= lines && mark->time >= 0);
}

static void check_row(const struct http_log_row *row, uint64_t lines)
{
    uint64_t timed = 0;

    check(row->count > 0 && row->status <= 999 && row->back_end_status <= 999);
    check(!row->action || (*row->action && strlen(row->action) <= HTTP_LOG_TEXT_KEPT));
    check(!row->code || (*row->code && strlen(row->code) <= HTTP_LOG_TEXT_KEPT));
    check_mark(&row->first, lines);
    check_mark(&row->last, lines);
    check(row->first.line <= row->last.line);
    for (unsigned i = 0; i < HTTP_LOG_SPANS; i++)
        timed += row->spans[i];
    check(timed <= row->count);
}

/* A line in memory of its own, so that the sanitizer sees every byte read beyond it. */
static void add_line(struct http_log_reader *reader, const uint8_t *line, size_t size)
{
    char *copy = malloc(size ? size : 1);

    check(copy != NULL);
    if (size > 0)
        memcpy(copy, line, size);
    http_log_add(reader, copy, size);
    free(copy);
}

static void check_log(const struct http_log *log, uint64_t lines)
{
    uint64_t requests = 0, failures = 0, hours = 0;

    check(log->lines == lines && log->requests + log->damaged <= lines && log->first <= log->last);
    check(log->row_count <= HTTP_LOG_ROWS_KEPT && log->agent_count <= HTTP_LOG_AGENTS_KEPT);
    for (size_t i = 0; i < log->row_count; i++) {
        check_row(&log->rows[i], lines);
        check(i == 0 || log->rows[i].place >= log->rows[i - 1].place);
        requests += log->rows[i].count;
    }
    for (size_t i = 0; i < log->agent_count; i++) {
        check(strlen(log->agents[i].agent) <= HTTP_LOG_TEXT_KEPT);
        check_mark(&log->agents[i].first, lines);
        failures += log->agents[i].count;
    }
    for (unsigned i = 0; i < HTTP_LOG_HOURS; i++)
        hours += log->by_hour[i];
    check(log->more ? requests <= log->requests : requests == log->requests);
    check(log->more ? failures <= log->failures : failures == log->failures);
    check(hours <= log->failures && log->failures <= log->requests);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum file_type types[] = {FILE_TYPE_IIS_LOG, FILE_TYPE_EWS_LOG,
                                           FILE_TYPE_HTTP_PROXY_LOG};
    struct http_log_reader *reader;
    struct arena memory = {0};
    struct http_log log;
    uint64_t lines = 0;

    if (size == 0)
        return 0;
    reader = http_log_reader_new(types[data[0] % 3]);
    for (size_t at = 1; at < size; lines++) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t line = end ? (size_t)(end - data) - at : size - at;

        add_line(reader, data + at, line);
        at += line + 1;
    }
    http_log_end(reader, &memory, &log);
    check_log(&log, lines);
    arena_release(&memory);
    return 0;
}
