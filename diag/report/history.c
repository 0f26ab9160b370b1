#include "diag/report/history.h"

#include "diag/clock.h"
#include "diag/report/shared.h"

#include <stdlib.h>
#include <string.h>

enum { MINUTE = 60000 };

/* A day, or the second of it where another moment of that day is spoken of, too. */
static void add_moment(int64_t moment, int64_t beside, struct buffer *out)
{
    if (moment == 0)
        buffer_add_string(out, "a day that is not known");
    else if (clock_is_same_day(moment, beside))
        report_show_time(moment, out);
    else
        report_show_day(moment, out);
}

static void add_still(const struct history *history, int64_t beside, struct buffer *out)
{
    buffer_add_string(out, "still there, since ");
    add_moment(history->since, beside, out);
    if (!history->before)
        buffer_add_string(out, " or longer");
    buffer_print(out, " (%zu runs)", history->runs);
}

static void add_sources(const char *const *sources, struct buffer *out)
{
    enum { SOURCES_SHOWN = 3 };
    size_t count = 0;

    for (; sources[count]; count++) {
        if (count < SOURCES_SHOWN)
            buffer_print(out, "%s%s", count ? ", " : "", sources[count]);
    }
    if (count > SOURCES_SHOWN)
        buffer_print(out, " and %zu more", count - SOURCES_SHOWN);
}

void report_move_words(const struct finding *finding, struct buffer *out)
{
    const struct history *history = &finding->history;

    if (!history->entered)
        return;
    buffer_add_string(out, "seen in ");
    add_sources(history->entered, out);
    buffer_add_string(out, " now, in ");
    add_sources(history->left, out);
    buffer_add_string(out, " at first");
}

static void add_change(const struct finding *finding, struct buffer *out)
{
    const struct history *history = &finding->history;

    switch (history->change) {
    case CHANGE_NEW:
        buffer_add_string(out, "new: not there on ");
        add_moment(history->before, history->since, out);
        break;
    case CHANGE_STILL:
        add_still(history, history->before, out);
        if (history->entered)
            buffer_add_string(out, "; ");
        report_move_words(finding, out);
        break;
    case CHANGE_BACK:
        buffer_add_string(out, "back: there until ");
        add_moment(history->earlier, history->before, out);
        buffer_add_string(out, ", gone on ");
        add_moment(history->before, history->since, out);
        break;
    default:
        break;
    }
}

void report_history_words(const struct finding *finding, struct buffer *out)
{
    add_change(finding, out);
    if (finding->history.as_of) {
        buffer_add_string(out, finding->history.change == CHANGE_NONE ? "as of " : "; as of ");
        add_moment(finding->history.as_of, 0, out);
        buffer_add_string(out, ", not examined since");
    }
    if (finding->also_count)
        buffer_print(out, "%stold alike by %zu other run%s", out->size ? "; " : "",
                     finding->also_count, finding->also_count == 1 ? "" : "s");
}

static const char *const headings[PAST_COUNT] = {
    [PAST_FIXED] = "fixed",
    [PAST_NOT_APPLICABLE] = "not applicable any more",
    [PAST_UNKNOWN] = "not known any more",
    [PAST_NOT_COMPARABLE] = "not looked for as thoroughly any more",
    [PAST_NOT_EXAMINED] = "not examined again",
};

const char *report_past_heading(enum past_state state)
{
    return headings[state];
}

static void add_span(const struct past *past, struct buffer *out)
{
    if (past->first_seen == past->last_seen) {
        buffer_add_string(out, "seen on ");
    } else {
        buffer_add_string(out, "seen from ");
        add_moment(past->first_seen, past->last_seen, out);
        buffer_add_string(out, " to ");
    }
    add_moment(past->last_seen, past->gone, out);
}

void report_past_words(const struct past *past, struct buffer *out)
{
    static const char *const words[PAST_COUNT] = {
        [PAST_FIXED] = ", not there any more on ",
        [PAST_NOT_APPLICABLE] = ", with nothing that could have it on ",
        [PAST_UNKNOWN] = "; not known on ",
        [PAST_NOT_COMPARABLE] = "; not to be compared with the run of ",
        [PAST_NOT_EXAMINED] = "; not examined on ",
    };

    add_span(past, out);
    buffer_add_string(out, words[past->state]);
    add_moment(past->gone, past->last_seen, out);
    if (past->why && past->state != PAST_NOT_EXAMINED) {
        buffer_add_string(out, ": ");
        buffer_add_string(out, past->why);
    }
}

static void add_count(struct buffer *out, size_t count, const char *word)
{
    if (count)
        buffer_print(out, "%s%zu %s", out->size ? ", " : "", count, word);
}

size_t report_first_examined(const struct report *report)
{
    size_t count = 0;

    for (size_t i = 0; i < report->finding_count; i++) {
        const struct finding *finding = report->findings[i];

        count += finding->outcome == OUTCOME_PROBLEM && finding->history.is_first &&
                 finding->history.change == CHANGE_NONE;
    }
    return count;
}

void report_changes(const struct report *report, struct buffer *out)
{
    const size_t first = report_first_examined(report);
    struct buffer own;

    if (!report->is_history && !report->is_comparison)
        return;
    buffer_init(&own, 1024);
    add_count(&own, report->past_counts[PAST_FIXED], headings[PAST_FIXED]);
    add_count(&own, report->change_counts[CHANGE_NEW], "new");
    add_count(&own, report->change_counts[CHANGE_BACK], "back");
    add_count(&own, report->change_counts[CHANGE_STILL], "still there");
    add_count(&own, report->change_counts[CHANGE_NONE] - first, "not to be compared");
    if (report->is_comparison)
        add_count(&own, first, "not examined before");
    for (unsigned state = PAST_FIXED + 1; state < PAST_COUNT; state++)
        add_count(&own, report->past_counts[state], headings[state]);
    buffer_add_string(out, own.size ? own.text : "nothing wrong, neither before nor now");
    buffer_release(&own);
}

void report_expired_words(const struct finding *finding, struct buffer *out)
{
    if (finding->expired)
        buffer_print(out, "accepted until %s, which has passed: %s", finding->expired->expires,
                     finding->expired->reason);
}

/* ---- where exdiag ran ---- */

static bool has_one_offset(const struct report *report)
{
    for (size_t i = 0; i < report->run_count; i++) {
        if (!report->runs[i].has_offset || report->runs[i].offset != report->runs[0].offset)
            return false;
    }
    return report->run_count > 0;
}

/* The time of day; with its day where UTC has another. */
static void add_local(int64_t moment, int offset, struct buffer *out)
{
    int64_t local = moment + (int64_t)offset * MINUTE;

    if (!clock_is_same_day(moment, local)) {
        report_show_day(local, out);
        buffer_add_char(out, ' ');
    }
    report_show_time_of_day(local, out);
}

static void add_offset(int offset, struct buffer *out)
{
    int size = abs(offset);

    buffer_print(out, "UTC%c%02d:%02d", offset < 0 ? '-' : '+', size / 60, size % 60);
}

void report_show_local(const struct report *report, struct buffer *out)
{
    struct report_span span = report_span(report);
    int offset;

    offset = has_one_offset(report) ? report->runs[0].offset : 0;
    if (offset == 0 || span.started == 0)
        return;
    add_local(span.started, offset, out);
    buffer_add_string(out, " to ");
    add_local(span.finished, offset, out);
    buffer_add_string(out, " where exdiag ran, ");
    add_offset(offset, out);
}

static bool is_known_when(const struct report_run *run)
{
    return run->started > 0 && run->finished >= run->started;
}

const char *report_run_name(const struct report_run *run)
{
    return run->machine ? run->machine : run->source ? run->source : "a run";
}

void report_show_zone(const struct report *report, size_t index, struct buffer *out)
{
    const struct report_run *run = &report->runs[index];
    int64_t ahead = (int64_t)run->offset * MINUTE;

    if (!run->has_offset || run->is_repeated || !is_known_when(run) || has_one_offset(report))
        return;
    report_show_day(run->started + ahead, out);
    buffer_add_char(out, ' ');
    report_show_time_of_day(run->started + ahead, out);
    buffer_add_string(out, " to ");
    if (!clock_is_same_day(run->started + ahead, run->finished + ahead)) {
        report_show_day(run->finished + ahead, out);
        buffer_add_char(out, ' ');
    }
    report_show_time_of_day(run->finished + ahead, out);
    buffer_add_string(out, " there, ");
    add_offset(run->offset, out);
}
