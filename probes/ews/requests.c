#include "probes/ews/requests.h"

#include "diag/clock.h"
#include "diag/read/ews_code.h"
#include "probes/ews/choice.h"
#include "probes/ews/kinds.h"

#include <string.h>

/* Codes are in Logging\Ews and Logging\HttpProxy alone, which begin with Exchange 2013. */
enum { ROWS_SHOWN = 12, AGENTS_SHOWN = 5, EWS_VERSION_WITH_LOGS = 15 };

struct request_view {
    struct examination *x;
    const struct http_log_digest *digest;
    uint64_t requests;  /* to EWS */
    uint64_t concluded; /* of these, all but the 401 that clients begin with */
    uint64_t answered;  /* of these, below 400 and without a code */
    uint64_t failed;    /* by the server, or by what may be */
    uint64_t ambiguous; /* of these, HTTP 500 of a log without codes */
    uint64_t throttled;
};

static bool is_of_ews(const struct http_log_row *row)
{
    return row->place == HTTP_PLACE_EWS;
}

static bool is_throttled(const struct http_log_row *row)
{
    return row->code && ews_class_of(row->code) == EWS_CLASS_THROTTLED;
}

/* A fault of the server's: not what a client has asked wrongly, or may not, or asks too often. */
static bool is_of_server(const struct http_log_row *row)
{
    enum ews_class class = ews_class_of(row->code);

    if (row->code && http_log_failed(0, row->code))
        return class == EWS_CLASS_TRANSIENT || (class == EWS_CLASS_OTHER && row->status >= 500);
    return row->status >= 500;
}

/* A SOAP fault is HTTP 500 as well, and IIS does not log which; other faults of IIS have numbers.
 */
static bool is_ambiguous(const struct request_view *view, const struct http_log_row *row)
{
    return view->digest->log.type == FILE_TYPE_IIS_LOG && row->status == 500 && !row->substatus &&
           !row->win32;
}

/* Rows that were left out count as the server's: none of the commonest is among them. */
static void count(struct request_view *view)
{
    const struct http_log *log = &view->digest->log;
    uint64_t failures = 0;

    for (size_t i = 0; i < log->row_count; i++) {
        const struct http_log_row *row = &log->rows[i];

        if (!is_of_ews(row))
            continue;
        view->requests += row->count;
        view->concluded += row->status == 401 ? 0 : row->count;
        if (http_log_failed(row->status, row->code))
            failures += row->count;
        else if (row->status < 400)
            view->answered += row->count;
        if (is_throttled(row))
            view->throttled += row->count;
        else if (is_of_server(row))
            view->failed += row->count;
        if (is_of_server(row) && is_ambiguous(view, row))
            view->ambiguous += row->count;
    }
    if (log->of_ews > view->requests)
        view->requests = log->of_ews;
    if (log->failures > failures)
        view->failed += log->failures - failures;
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

static bool is_many(const struct request_view *view, uint64_t count, unsigned per_mille)
{
    return count >= EWS_FAILURES_LEAST && count * 1000 >= view->concluded * per_mille;
}

/* Messages asked for in vain, and as often as an archiver asks for one that never comes. */
static bool has_transient(const struct http_log *log)
{
    uint64_t count = 0;

    for (size_t i = 0; i < log->row_count; i++) {
        const struct http_log_row *row = &log->rows[i];

        if (row->code && strcmp(row->code, "ErrorInternalServerTransientError") == 0 &&
            row->action && strstr(row->action, "GetItem"))
            count += row->count;
    }
    return count >= EWS_TRANSIENT_LEAST;
}

/* Nearly all failures are of clients by one name. */
static bool is_of_one_client(const struct http_log *log)
{
    return log->agent_count > 0 && log->agents[0].count * 20 >= log->failures * 19;
}

/* What one client alone meets may be its own mistake, unless it is much. */
static bool is_problem(const struct request_view *view)
{
    unsigned per_mille =
        is_of_one_client(&view->digest->log) ? EWS_OF_ONE_PER_MILLE : EWS_FAILURES_PER_MILLE;

    return is_many(view, view->failed - view->ambiguous, EWS_FAILURES_PER_MILLE) ||
           is_many(view, view->failed, per_mille);
}

/* Whose log it is, for people. */
static void name_machine(const struct request_view *view, struct finding *finding)
{
    const char *machine = ask_file_host(view->x, view->digest->path);

    if (!machine && view->digest->log.server) {
        set_text(finding, "machine", view->digest->log.server);
        return;
    }
    machine = machine ? machine : "the server that the log is of";
    set_vouched(finding, VALUE_TEXT, "machine", machine, strlen(machine));
}

static bool has_back_end_fault(const struct http_log *log)
{
    for (size_t i = 0; i < log->row_count; i++) {
        if (is_of_ews(&log->rows[i]) && log->rows[i].back_end_status >= 500)
            return true;
    }
    return false;
}

static void judge_failed(struct request_view *view)
{
    const struct http_log *log = &view->digest->log;
    struct finding *finding = found(view->x, &ews_requests_failed);

    name_machine(view, finding);
    set_number(finding, "failed", view->failed);
    set_number(finding, "requests", view->requests);
    if (has_transient(log))
        set_text(finding, "transient", "ErrorInternalServerTransientError");
    else if (!is_problem(view))
        finding_severity(finding, SEVERITY_INFO);
    if (view->answered == 0 && is_problem(view))
        finding_severity(finding, SEVERITY_CRITICAL);
    if (view->ambiguous > 0)
        set_number(finding, "no-code", view->ambiguous);
    if (has_back_end_fault(log))
        set_text(finding, "back-end", "the back end");
    if (view->answered == 0 && view->requests > view->concluded)
        saw(finding, &view->digest->evidence,
            "not one request was answered: %llu are 401, with which a logon begins, and %llu of "
            "the %llu others failed by the server",
            (unsigned long long)(view->requests - view->concluded),
            (unsigned long long)view->failed, (unsigned long long)view->concluded);
    tell_rows(finding, view);
    tell_hours(finding, view);
    if (view->ambiguous > 0)
        saw(finding, &view->digest->evidence,
            "%llu x HTTP 500 without a code: the server's fault, a client's, or throttling%s",
            (unsigned long long)view->ambiguous,
            is_of_one_client(log) ? "; nearly all failures are one client's" : "");
}

/* ErrorServerBusy is an answer to a caller, and no fault of the server's; now and then it is right.
 */
static void judge_throttled(struct request_view *view)
{
    const struct http_log *log = &view->digest->log;
    const char *code = NULL;
    struct finding *finding;

    for (size_t i = 0; i < log->row_count && !code; i++)
        code = is_of_ews(&log->rows[i]) && is_throttled(&log->rows[i]) ? log->rows[i].code : NULL;
    finding = found(view->x, &ews_throttled);
    name_machine(view, finding);
    set_text(finding, "codes", code ? code : "");
    set_text(finding, "on-premises", "a log of the server");
    ews_choose_steps(finding, EWS_VERSION_WITH_LOGS, EWS_PLACE_OPEN);
    saw(finding, &view->digest->evidence, "%llu of %llu requests to EWS",
        (unsigned long long)view->throttled, (unsigned long long)view->requests);
    tell_rows(finding, view);
    tell_hours(finding, view);
}

/* How most of those ended that were sent away. */
static const struct http_log_row *commonest(const struct http_log *log)
{
    const struct http_log_row *most = NULL;

    for (size_t i = 0; i < log->row_count; i++) {
        const struct http_log_row *row = &log->rows[i];

        if (is_of_ews(row) && (!most || row->count > most->count))
            most = row;
    }
    return most;
}

/* Where all are 401 it may be one client's password; a path that is not there is nobody's. */
static void judge_refused(struct request_view *view)
{
    const struct http_log_row *row = commonest(&view->digest->log);
    struct finding *finding = found(view->x, &ews_requests_refused);

    name_machine(view, finding);
    set_number(finding, "requests", view->requests);
    set_text(finding, "status",
             row->substatus ? arena_print(pass_memory(view->x), "%u.%u", (unsigned)row->status,
                                          (unsigned)row->substatus)
                            : arena_print(pass_memory(view->x), "%u", (unsigned)row->status));
    if (row->status == 401) {
        set_text(finding, "logon", "401");
        finding_severity(finding, SEVERITY_WARNING);
    } else if (row->status == 404) {
        set_text(finding, "gone", "404");
    } else if (row->status == 403 && row->substatus == 4) {
        set_text(finding, "ssl", "403.4");
    }
    if (row->status == 401)
        tell_row(finding, view, row);
    tell_rows(finding, view);
}

/* Little or nothing of it could be read: the line with the names of its columns is lost. */
static bool is_unreadable(const struct http_log *log)
{
    return log->damaged > log->requests;
}

/*
 * None is answered, and not because the server fails. A logon by NTLM or Negotiate begins with
 * 401: only what became of the others tells the two apart.
 */
static bool is_refused(const struct request_view *view)
{
    bool is_failing = is_problem(view) && view->failed * 2 >= view->concluded;

    return view->answered == 0 && view->requests >= EWS_REFUSED_LEAST && !is_failing &&
           view->throttled == 0 && !view->digest->log.more;
}

static void judge_healthy(struct request_view *view)
{
    struct finding *finding =
        healthy(view->x, &ews_requests_failed, "%llu requests to EWS, none failed by the server",
                (unsigned long long)view->requests);

    if (view->digest->log.failures > 0)
        tell_rows(finding, view);
}

static void judge(struct request_view *view)
{
    const struct http_log *log = &view->digest->log;
    bool is_throttling = is_many(view, view->throttled, EWS_FAILURES_PER_MILLE);
    bool is_read = !is_unreadable(log);

    if (!is_read)
        unknown(view->x, &ews_requests_failed,
                "%llu of %llu lines could not be read: the line that names the columns is lost",
                (unsigned long long)log->damaged, (unsigned long long)log->lines);
    else if (view->requests == 0)
        not_applicable(view->x, &ews_requests_failed, "%llu requests, none of them to EWS",
                       (unsigned long long)log->requests);
    if (view->requests == 0)
        return;
    if (is_refused(view)) {
        judge_refused(view);
        return;
    }
    if (is_throttling)
        judge_throttled(view);
    if (view->failed > 0)
        judge_failed(view);
    else if (!is_throttling && is_read)
        judge_healthy(view);
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
