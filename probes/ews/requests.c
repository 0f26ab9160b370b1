#include "probes/ews/requests.h"

#include "diag/clock.h"
#include "diag/read/ews_code.h"
#include "probes/ews/kinds.h"

#include <string.h>

enum { ROWS_SHOWN = 12, AGENTS_SHOWN = 5 };

struct request_view {
    struct examination *x;
    const struct http_log_digest *digest;
    uint64_t requests; /* to EWS */
    uint64_t failed;   /* by the server, or by its throttling */
};

static bool is_of_ews(const struct http_log_row *row)
{
    return row->place == HTTP_PLACE_EWS;
}

/* A fault of the server's: not what a client has asked wrongly, or may not. */
static bool is_of_server(const struct http_log_row *row)
{
    enum ews_class class = ews_class_of(row->code);

    if (row->code && http_log_failed(0, row->code))
        return class == EWS_CLASS_TRANSIENT || class == EWS_CLASS_THROTTLED ||
               class == EWS_CLASS_CONVERSION || (class == EWS_CLASS_OTHER && row->status >= 500);
    return row->status >= 500;
}

static void count(struct request_view *view)
{
    const struct http_log *log = &view->digest->log;

    for (size_t i = 0; i < log->row_count; i++) {
        if (!is_of_ews(&log->rows[i]))
            continue;
        view->requests += log->rows[i].count;
        view->failed += is_of_server(&log->rows[i]) ? log->rows[i].count : 0;
    }
}

static const char *status_of(const struct http_log_row *row, struct arena *arena)
{
    const char *win32 =
        row->win32 ? arena_print(arena, ", Win32 %lu", (unsigned long)row->win32) : "";
    const char *back = row->back_end_status
                           ? arena_print(arena, ", back end %u", (unsigned)row->back_end_status)
                           : "";

    if (row->substatus)
        return arena_print(arena, "%u.%u%s%s", (unsigned)row->status, (unsigned)row->substatus,
                           win32, back);
    return arena_print(arena, "%u%s%s", (unsigned)row->status, win32, back);
}

/* "3 of them in more than 10 s": of those whose time the log tells. */
static const char *slowness_of(const struct http_log_row *row, struct arena *arena)
{
    uint64_t slow = 0;

    for (size_t i = 5; i < HTTP_LOG_SPANS; i++)
        slow += row->spans[i];
    if (row->longest == 0)
        return "";
    return arena_print(arena, "; longest %lu ms, %llu over 10 s", (unsigned long)row->longest,
                       (unsigned long long)slow);
}

static void tell_row(struct finding *finding, const struct request_view *view,
                     const struct http_log_row *row)
{
    struct arena *arena = pass_memory(view->x);
    char first[CLOCK_TEXT_SIZE] = "", last[CLOCK_TEXT_SIZE] = "";

    if (row->first.time)
        clock_format(row->first.time, first);
    if (row->last.time)
        clock_format(row->last.time, last);
    saw(finding, &view->digest->evidence, "%llu x %s%s%s%s%s, %s; lines %llu to %llu%s%s%s%s%s",
        (unsigned long long)row->count, row->action ? row->action : "", row->action ? " " : "",
        row->code ? row->code : "", row->code ? ", " : "", status_of(row, arena),
        row->is_back_end ? "back end" : "front end", (unsigned long long)row->first.line,
        (unsigned long long)row->last.line, *first ? ", " : "", first, *last ? " to " : "", last,
        slowness_of(row, arena));
}

static void tell_rows(struct finding *finding, const struct request_view *view)
{
    const struct http_log *log = &view->digest->log;
    size_t shown = 0;

    for (size_t i = 0; i < log->row_count && shown < ROWS_SHOWN; i++) {
        const struct http_log_row *row = &log->rows[i];

        if (!is_of_ews(row) || !http_log_failed(row->status, row->code))
            continue;
        tell_row(finding, view, row);
        shown++;
    }
    for (size_t i = 0; i < log->agent_count && i < AGENTS_SHOWN; i++)
        saw(finding, &view->digest->evidence, "%llu of the failures: client \"%s\"",
            (unsigned long long)log->agents[i].count, log->agents[i].agent);
}

static void tell_hours(struct finding *finding, const struct request_view *view)
{
    const uint32_t *hours = view->digest->log.by_hour;
    unsigned most = 0;

    for (unsigned i = 1; i < HTTP_LOG_HOURS; i++) {
        if (hours[i] > hours[most])
            most = i;
    }
    if (hours[most] > 0)
        saw(finding, &view->digest->evidence, "most of them from %02u:00 UTC on: %lu", most,
            (unsigned long)hours[most]);
}

static bool has_transient(const struct http_log *log)
{
    for (size_t i = 0; i < log->row_count; i++) {
        if (log->rows[i].code && log->rows[i].count >= 3 &&
            strcmp(log->rows[i].code, "ErrorInternalServerTransientError") == 0)
            return true;
    }
    return false;
}

static void judge(struct request_view *view)
{
    const struct http_log *log = &view->digest->log;
    struct finding *finding;

    if (view->requests == 0) {
        not_applicable(view->x, &ews_requests_failed, "%llu requests, none of them to EWS",
                       (unsigned long long)log->requests);
        return;
    }
    if (view->failed == 0) {
        finding = healthy(view->x, &ews_requests_failed,
                          "%llu requests to EWS, none failed by the server",
                          (unsigned long long)view->requests);
        if (log->failures > 0)
            tell_rows(finding, view);
        return;
    }
    finding = found(view->x, &ews_requests_failed);
    set_number(finding, "failed", view->failed);
    set_number(finding, "requests", view->requests);
    if (has_transient(log))
        set_text(finding, "transient", "ErrorInternalServerTransientError");
    else if (view->failed < EWS_FAILURES_LEAST ||
             view->failed * 1000 < view->requests * EWS_FAILURES_PER_MILLE)
        finding_severity(finding, SEVERITY_INFO);
    tell_rows(finding, view);
    tell_hours(finding, view);
}

void ews_judge_requests(struct examination *x, const struct subject *file)
{
    struct request_view view = {.x = x, .digest = ask_http_log(x, file->name)};

    if (!view.digest)
        return;
    if (view.digest->evidence.status != STATUS_OK) {
        saw_failure(unknown(x, &ews_requests_failed, "the log could not be read"),
                    &view.digest->evidence);
        return;
    }
    count(&view);
    judge(&view);
}
