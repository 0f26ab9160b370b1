#include "diag/report/age.h"

#include "diag/clock.h"
#include "diag/report/shared.h"

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)

enum { CLOCKS_APART = 300000 /* milliseconds, as Kerberos lets them be */ };

const struct report_run *report_oldest_run(const struct report *report)
{
    const struct report_run *oldest = NULL;

    for (size_t i = 0; i < report->run_count; i++) {
        const struct report_run *run = &report->runs[i];

        if (!run->is_superseded && (!oldest || run->started < oldest->started))
            oldest = run;
    }
    return oldest;
}

static const struct report_run *newest_run(const struct report *report)
{
    const struct report_run *newest = report->runs;

    for (size_t i = 1; i < report->run_count; i++) {
        if (report->runs[i].started > newest->started)
            newest = &report->runs[i];
    }
    return newest;
}

static const struct report_run *undated_run(const struct report *report)
{
    for (size_t i = 0; i < report->run_count; i++) {
        if (report->runs[i].started == 0 && !report->runs[i].is_superseded)
            return &report->runs[i];
    }
    return NULL;
}

static struct report_age age_of(const struct report *report, const struct report_run *run,
                                enum report_freshness freshness)
{
    int64_t age = report->now - run->started;

    return (struct report_age){freshness, run, age > 0 ? age : 0};
}

struct report_age report_age(const struct report *report)
{
    const struct report_run *oldest = report_oldest_run(report), *undated = undated_run(report),
                            *newest;

    if (report->now == 0 || !oldest || (undated && !report->max_age))
        return (struct report_age){.freshness = FRESHNESS_UNASKED};
    if (undated)
        return age_of(report, undated, FRESHNESS_UNDATED);
    newest = newest_run(report);
    if (report->max_age && newest->started - report->now > CLOCKS_APART)
        return age_of(report, newest, FRESHNESS_FUTURE);
    if (report->max_age && report->now - oldest->started > report->max_age)
        return age_of(report, oldest, FRESHNESS_OLD);
    return age_of(report, oldest, FRESHNESS_GOOD);
}

bool report_age_is_bad(const struct report_age *age)
{
    return age->freshness > FRESHNESS_GOOD;
}

static const struct unit {
    int64_t size, least;
    const char *word;
} units[] = {{CLOCK_DAY, 2 * CLOCK_DAY, "days"}, {HOUR, HOUR, "h"}, {MINUTE, MINUTE, "min"}};

enum { UNIT_COUNT = sizeof units / sizeof *units };

/* "3 days", and at least a second more than `most` where it is beyond that. */
static void add_age(struct buffer *out, int64_t milliseconds, int64_t most)
{
    for (const struct unit *unit = units; unit < units + UNIT_COUNT; unit++) {
        int64_t count = milliseconds / unit->size;

        if (milliseconds < unit->least || (milliseconds > most && count * unit->size <= most))
            continue;
        buffer_print(out, "%lld %s", (long long)count, unit->word);
        return;
    }
    if (milliseconds > most)
        milliseconds += 999;
    buffer_print(out, "%lld s", (long long)(milliseconds / 1000));
}

/* "26 h": in the unit that leaves no rest. */
static void add_most(struct buffer *out, int64_t milliseconds)
{
    for (const struct unit *unit = units; unit < units + UNIT_COUNT; unit++) {
        if (milliseconds < unit->least || milliseconds % unit->size)
            continue;
        buffer_print(out, "%lld %s", (long long)(milliseconds / unit->size), unit->word);
        return;
    }
    buffer_print(out, "%lld s", (long long)(milliseconds / 1000));
}

void report_age_words(const struct report *report, const struct report_age *age, struct buffer *out)
{
    buffer_add_string(out, "evidence ");
    if (age->freshness == FRESHNESS_UNDATED) {
        buffer_add_string(out, "does not say when it was gathered");
        return;
    }
    if (age->freshness == FRESHNESS_FUTURE) {
        buffer_add_string(out, "is of the future, ");
        report_show_time(age->run->started, out);
        buffer_add_string(out, ": the clock is wrong, here or where it was gathered");
        return;
    }
    buffer_add_string(out, "is ");
    add_age(out, age->milliseconds, age->freshness == FRESHNESS_OLD ? report->max_age : INT64_MAX);
    buffer_add_string(out, " old");
    if (age->freshness == FRESHNESS_GOOD)
        return;
    buffer_add_string(out, ", of ");
    report_show_time(age->run->started, out);
    buffer_add_string(out, ", and ");
    add_most(out, report->max_age);
    buffer_add_string(out, " is the most (--max-age)");
}
