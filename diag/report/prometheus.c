/*
 * For the textfile collector of Prometheus' node_exporter: its text format 0.0.4. No metric is
 * there twice, and those that count are there with 0, too.
 */
#include "diag/report/report.h"

#include "diag/report/age.h"
#include "diag/report/shared.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum { NUMBER_MOST = 32 };

/* ---- lines ---- */

static void put_heading(FILE *stream, const char *name, const char *help)
{
    fprintf(stream, "# HELP exdiag_%s %s.\n# TYPE exdiag_%s gauge\n", name, help, name);
}

/* `separator`: what stands before the label. */
static void put_label(FILE *stream, char separator, const char *name, const char *value)
{
    fprintf(stream, "%c%s=\"", separator, name);
    for (; *value; value++) {
        if (*value == '\n')
            fputs("\\n", stream);
        else if (*value == '\\' || *value == '"')
            fprintf(stream, "\\%c", *value);
        else
            fputc(*value, stream);
    }
    fputc('"', stream);
}

static void put_seconds(FILE *stream, int64_t milliseconds)
{
    struct buffer text;

    buffer_init(&text, NUMBER_MOST);
    report_show_seconds(milliseconds, &text);
    fprintf(stream, "%s\n", text.text);
    buffer_release(&text);
}

/* ---- the run ---- */

/* What is not known has no metric: 0 would be 1970. */
static void put_moment(FILE *stream, const char *name, const char *help, int64_t milliseconds)
{
    if (milliseconds == 0)
        return;
    put_heading(stream, name, help);
    fprintf(stream, "exdiag_%s ", name);
    put_seconds(stream, milliseconds);
}

static void put_run(FILE *stream, const struct report *report)
{
    const struct report_run *oldest = report_oldest_run(report);
    struct report_span span = report_span(report);

    put_heading(stream, "info", "The program that examined");
    fputs("exdiag_info", stream);
    put_label(stream, '{', "version", report->version ? report->version : "");
    fputs("} 1\n", stream);
    put_moment(stream, "run_start_timestamp_seconds", "When the examination began", span.started);
    put_moment(stream, "run_end_timestamp_seconds", "When the examination ended", span.finished);
    put_moment(stream, "oldest_run_timestamp_seconds",
               "When the oldest run began of which something still is the newest word",
               oldest ? oldest->started : 0);
    put_heading(stream, "run_complete", "1 if it examined all that it was to, 0 if it ended early");
    fprintf(stream, "exdiag_run_complete %d\n", span.complete);
}

/* ---- findings ---- */

enum state { CRITICAL, WARNING, INFO, UNKNOWN, ACCEPTED, OK, NOT_APPLICABLE, STATE_COUNT };

static const char *const states[STATE_COUNT] = {
    [CRITICAL] = "critical",
    [WARNING] = "warning",
    [INFO] = "info",
    [UNKNOWN] = "unknown",
    [ACCEPTED] = "accepted",
    [OK] = "ok",
    [NOT_APPLICABLE] = "not-applicable",
};

static enum state state_of(const struct finding *finding)
{
    static const enum state parts[PART_COUNT] = {
        [PART_UNKNOWN] = UNKNOWN,
        [PART_ACCEPTED] = ACCEPTED,
        [PART_OK] = OK,
        [PART_NOT_APPLICABLE] = NOT_APPLICABLE,
    };
    static const enum state severities[SEVERITY_COUNT] = {
        [SEVERITY_CRITICAL] = CRITICAL,
        [SEVERITY_WARNING] = WARNING,
        [SEVERITY_INFO] = INFO,
    };
    enum report_part part = report_part_of(finding);

    return part == PART_PROBLEMS ? severities[finding->severity] : parts[part];
}

static void put_counts(FILE *stream, const struct report *report)
{
    size_t counts[STATE_COUNT] = {0};

    for (size_t i = 0; i < report->finding_count; i++)
        counts[state_of(report->findings[i])]++;
    put_heading(stream, "findings", "How many findings have this state");
    for (size_t i = 0; i < STATE_COUNT; i++)
        fprintf(stream, "exdiag_findings{state=\"%s\"} %zu\n", states[i], counts[i]);
}

static int compare_findings(const struct finding *a, const struct finding *b)
{
    int order = strcmp(a->kind->id, b->kind->id);

    if (order == 0)
        order = subject_compare(a->subject, b->subject);
    if (order == 0)
        order = strcmp(a->probe, b->probe);
    return order ? order : (state_of(a) > state_of(b)) - (state_of(a) < state_of(b));
}

static int compare(const void *a, const void *b)
{
    return compare_findings(*(const struct finding *const *)a, *(const struct finding *const *)b);
}

static void put_finding(FILE *stream, const struct finding *finding, size_t count)
{
    const struct subject *subject = finding->subject;
    bool is_text = text_is_utf8(subject->name, strlen(subject->name));

    fputs("exdiag_finding", stream);
    put_label(stream, '{', "id", finding->kind->id);
    put_label(stream, ',', "probe", finding->probe);
    put_label(stream, ',', "subject_kind", subject_kind_word(subject->kind));
    put_label(stream, ',', "subject", is_text ? subject->name : subject->shown);
    put_label(stream, ',', "state", states[state_of(finding)]);
    fprintf(stream, "} %zu\n", count);
}

/* What is found of a subject twice is a line that says so. */
static void put_findings(FILE *stream, const struct report *report)
{
    size_t count = report->finding_count, from = 0;
    const struct finding **sorted;

    if (count == 0)
        return;
    sorted = memory_new(count, sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = report->findings[i];
    qsort(sorted, count, sizeof *sorted, compare);
    put_heading(stream, "finding", "How often a finding has this state at this subject");
    for (size_t i = 1; i <= count; i++) {
        if (i < count && compare_findings(sorted[from], sorted[i]) == 0)
            continue;
        put_finding(stream, sorted[from], i - from);
        from = i;
    }
    free(sorted);
}

/* ---- what was measured ---- */

static void put_measures(FILE *stream, const struct report *report)
{
    for (size_t i = 0; i < report->measure_count; i++) {
        const struct measure *measure = &report->measures[i];
        struct buffer value;

        if (i == 0 || measure->gauge != measure[-1].gauge)
            put_heading(stream, measure->gauge->id, measure->gauge->help);
        fprintf(stream, "exdiag_%s", measure->gauge->id);
        put_label(stream, '{', "subject", measure->subject);
        if (measure->part)
            put_label(stream, ',', "part", measure->part);
        buffer_init(&value, NUMBER_MOST);
        gauge_write(measure->gauge, measure->value, &value);
        fprintf(stream, "} %s\n", value.text);
        buffer_release(&value);
    }
}

enum status report_prometheus(const struct report *report, const struct report_options *options,
                              FILE *stream)
{
    (void)options;
    put_run(stream, report);
    put_counts(stream, report);
    put_findings(stream, report);
    put_measures(stream, report);
    return report_finish(stream);
}
