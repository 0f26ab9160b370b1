#include "probes/powershell/requests.h"

#include "diag/clock.h"
#include "probes/powershell/symptom.h"

#include <string.h>

enum { ROWS_SHOWN = 6, TEXT_MOST = 256 };

/* ---- counting ---- */

/* The client went away: ERROR_NETNAME_DELETED, OPERATION_ABORTED, CONNECTION_ABORTED. */
static bool was_broken_off(const struct http_log_row *row)
{
    return row->win32 == 64 || row->win32 == 995 || row->win32 == 1236;
}

static bool is_of(const struct http_log_row *row, bool is_back_end)
{
    return row->place == HTTP_PLACE_POWERSHELL && row->is_back_end == is_back_end;
}

static bool is_concluded(const struct http_log_row *row)
{
    return row->status > 0 && row->status != 401 && !was_broken_off(row);
}

static bool is_failed(const struct http_log_row *row)
{
    return row->status == 500 && is_concluded(row);
}

/*
 * Without the waits of shells that stand idle: what asks for output and hears of none is answered
 * 500 when its time is over (WS-Management's fault 0x80338029; clients give it 20 to 180 s), as
 * long as all is well. A directory that is broken fails at once.
 */
static uint64_t failures_of(const struct http_log_row *row)
{
    enum { WAITS = 5 }; /* the first of spans above 10 s */
    uint64_t failures = is_failed(row) ? row->count : 0;

    for (size_t i = WAITS; i < HTTP_LOG_SPANS && is_failed(row); i++)
        failures -= row->spans[i] < failures ? row->spans[i] : failures;
    return failures;
}

static void count_row(struct powershell_stretch *stretch, const struct http_log_row *row)
{
    uint64_t failures = failures_of(row);
    bool is_answered = row->status < 400 || (is_failed(row) && failures == 0);

    stretch->requests += row->count;
    if (!is_concluded(row))
        return;
    stretch->concluded += row->count;
    if (row->last.time > stretch->last)
        stretch->last = row->last.time;
    stretch->failed += failures;
    if (row->status < 400 || is_failed(row))
        stretch->answered += row->count - failures;
    if (!is_answered && (!stretch->most || row->count > stretch->most->count))
        stretch->most = row;
    if (is_answered && row->last.line >= stretch->last_answer.line)
        stretch->last_answer = row->last;
}

/* Failures that all came behind the last answer, or went on for long behind it. */
static bool is_failing_since(const struct powershell_stretch *stretch)
{
    const struct http_log *log = &stretch->digest->log;
    const struct http_log_mark *answer = &stretch->last_answer;

    for (size_t i = 0; i < log->row_count; i++) {
        const struct http_log_row *row = &log->rows[i];

        if (!is_of(row, stretch->is_back_end) || row->last.line <= answer->line)
            continue;
        if (row->first.line > answer->line && failures_of(row) >= POWERSHELL_FAILURES_LEAST)
            return true;
        if (failures_of(row) >= POWERSHELL_FAILURES_OFTEN && answer->time &&
            row->last.time >= answer->time + POWERSHELL_SILENCE)
            return true;
    }
    return false;
}

static enum powershell_course course_of(const struct powershell_stretch *stretch)
{
    if (stretch->concluded < POWERSHELL_FAILURES_LEAST)
        return POWERSHELL_COURSE_NONE;
    if (stretch->answered == 0)
        return stretch->failed >= POWERSHELL_FAILURES_LEAST ? POWERSHELL_COURSE_FAILING
                                                            : POWERSHELL_COURSE_OTHER;
    if (is_failing_since(stretch))
        return POWERSHELL_COURSE_FAILING;
    if (stretch->failed >= POWERSHELL_FAILURES_OFTEN &&
        stretch->failed * 100 >= stretch->concluded * POWERSHELL_FAILURES_PER_CENT)
        return POWERSHELL_COURSE_OFTEN;
    return POWERSHELL_COURSE_GOOD;
}

struct powershell_stretch powershell_stretch_of(const struct http_log_digest *digest,
                                                bool is_back_end)
{
    struct powershell_stretch stretch = {.digest = digest, .is_back_end = is_back_end};

    for (size_t i = 0; i < digest->log.row_count; i++) {
        if (is_of(&digest->log.rows[i], is_back_end))
            count_row(&stretch, &digest->log.rows[i]);
    }
    stretch.course = course_of(&stretch);
    return stretch;
}

/* ---- one log behind the other ---- */

/* The latest first. */
static void add(struct powershell_requests *all, const struct powershell_stretch *stretch)
{
    size_t i = all->count;

    if (stretch->course == POWERSHELL_COURSE_NONE)
        return;
    for (; i > 0 && all->list[i - 1].last < stretch->last; i--)
        all->list[i] = all->list[i - 1];
    all->list[i] = *stretch;
    all->count++;
}

/* When a log in which all is well at the end shows its last answer. */
static int64_t well_until(const struct powershell_requests *all, bool is_back_end)
{
    int64_t latest = 0;

    for (size_t i = 0; i < all->count; i++) {
        const struct powershell_stretch *stretch = &all->list[i];

        if (stretch->is_back_end == is_back_end && stretch->course == POWERSHELL_COURSE_GOOD &&
            stretch->last_answer.time > latest)
            latest = stretch->last_answer.time;
    }
    return latest;
}

static void find_what_is_over(struct powershell_requests *all)
{
    const int64_t until[] = {well_until(all, false), well_until(all, true)};

    for (size_t i = 0; i < all->count; i++) {
        struct powershell_stretch *stretch = &all->list[i];

        stretch->is_over = stretch->course > POWERSHELL_COURSE_GOOD && stretch->last > 0 &&
                           stretch->last < until[stretch->is_back_end];
        if (stretch->is_over)
            stretch->course = POWERSHELL_COURSE_GOOD;
        if (stretch->course > all->worst)
            all->worst = stretch->course;
    }
}

void powershell_requests_of(const struct powershell_case *of, struct arena *arena,
                            struct powershell_requests *out)
{
    *out = (struct powershell_requests){
        .list = arena_new(arena, 2 * of->log_count + 1, sizeof *out->list)};
    for (size_t i = 0; i < of->log_count; i++) {
        struct powershell_stretch front = powershell_stretch_of(of->logs[i], false);
        struct powershell_stretch back = powershell_stretch_of(of->logs[i], true);

        add(out, &front);
        add(out, &back);
    }
    find_what_is_over(out);
}

/* ---- telling ---- */

static const char *end_of(const struct powershell_stretch *stretch)
{
    return stretch->is_back_end ? "back end" : "front end";
}

static const char *time_text(struct arena *arena, const char *before, int64_t time)
{
    char text[CLOCK_TEXT_SIZE];

    if (!time)
        return "";
    clock_format(time, text);
    return arena_print(arena, "%s%s", before, text);
}

static const char *codes_text(struct arena *arena, const struct http_log_row *row)
{
    struct powershell_sign sign =
        powershell_sign_of_status(row->status, row->substatus, row->win32);
    struct buffer out;

    buffer_init(&out, TEXT_MOST);
    if (row->substatus == 0)
        buffer_print(&out, row->win32 ? "%u, " : "%u", (unsigned)row->status);
    powershell_sign_write(&sign, &out);
    if (row->back_end_status)
        buffer_print(&out, ", by the back end %u", (unsigned)row->back_end_status);
    if (row->code)
        buffer_print(&out, ", %s", row->code);
    return buffer_keep(&out, arena);
}

static void tell_sum(struct arena *arena, struct finding *finding,
                     const struct powershell_stretch *stretch)
{
    const struct evidence *source = &stretch->digest->evidence;
    const char *when = time_text(arena, ", at ", stretch->last_answer.time);
    unsigned long long concluded = stretch->concluded;

    if (stretch->answered == 0)
        saw(finding, source, "%s: not one of %llu requests to /PowerShell was answered",
            end_of(stretch), concluded);
    else if (stretch->course == POWERSHELL_COURSE_FAILING)
        saw(finding, source,
            "%s: %llu of %llu requests to /PowerShell ended with 500, and none is answered any "
            "more: the last that was is line %llu%s",
            end_of(stretch), (unsigned long long)stretch->failed, concluded,
            (unsigned long long)stretch->last_answer.line, when);
    else
        saw(finding, source, "%s: %llu of %llu requests to /PowerShell ended with 500, %llu well",
            end_of(stretch), (unsigned long long)stretch->failed, concluded,
            (unsigned long long)stretch->answered);
}

void powershell_tell_stretch(struct examination *x, struct finding *finding,
                             const struct powershell_stretch *stretch)
{
    struct arena *arena = pass_memory(x);
    const struct http_log *log = &stretch->digest->log;
    size_t shown = 0;

    tell_sum(arena, finding, stretch);
    for (size_t i = 0; i < log->row_count && shown < ROWS_SHOWN; i++) {
        const struct http_log_row *row = &log->rows[i];

        if (!is_of(row, stretch->is_back_end) || !is_concluded(row) || row->status < 400)
            continue;
        saw(finding, &stretch->digest->evidence, "%s: %llu x %s, lines %llu to %llu%s%s",
            end_of(stretch), (unsigned long long)row->count, codes_text(arena, row),
            (unsigned long long)row->first.line, (unsigned long long)row->last.line,
            time_text(arena, ", ", row->first.time), time_text(arena, " to ", row->last.time));
        shown++;
    }
}
