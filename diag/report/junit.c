/*
 * For pipelines: JUnit's XML as Jenkins, GitLab and others read it; tests/program/junit.xsd
 * describes it. A suite is a probe, a case is a finding. What never changes the exit status, a
 * problem of severity info, fails no case: it is told in its output.
 */
#include "diag/report/report.h"

#include "diag/clock.h"
#include "diag/memory.h"
#include "diag/report/shared.h"
#include "diag/report/xml_write.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MOST = 1 << 20 /* bytes of a case's text */, NAMES_MOST = 65536 };

enum result { PASSED, FAILED, ERROR, SKIPPED, RESULT_COUNT };

static enum result result_of(const struct finding *finding)
{
    static const enum result results[PART_COUNT] = {[PART_PROBLEMS] = FAILED,
                                                    [PART_UNKNOWN] = ERROR,
                                                    [PART_ACCEPTED] = SKIPPED,
                                                    [PART_OK] = PASSED,
                                                    [PART_NOT_APPLICABLE] = SKIPPED};
    enum report_part part = report_part_of(finding);

    if (part == PART_PROBLEMS && finding->severity == SEVERITY_INFO)
        return PASSED;
    return results[part];
}

/* ---- a case's text ---- */

static void add_seen(struct buffer *out, const struct finding *finding)
{
    for (size_t i = 0; i < finding->seen_count; i++) {
        buffer_print(out, "seen: %s", finding->seen[i].text);
        if (finding->seen[i].source)
            buffer_print(out, " (%s)", finding->seen[i].source);
        buffer_add_char(out, '\n');
    }
    for (size_t i = 0; i < finding->explained_by_count; i++)
        buffer_print(out, "explained by: %s of %s\n", finding->explained_by[i]->kind->id,
                     finding->explained_by[i]->subject->shown);
}

static void add_lines(struct buffer *out, const char *indent, const char *text)
{
    while (*text) {
        size_t size = strcspn(text, "\n");

        buffer_add_string(out, indent);
        buffer_add(out, text, size);
        buffer_add_char(out, '\n');
        text += size + (text[size] == '\n');
    }
}

static void add_step(struct buffer *out, const char *word, const struct step *step)
{
    struct buffer before;

    buffer_init(&before, NAMES_MOST);
    report_before_step(step, &before);
    buffer_print(out, "%s%s, ", step->is_alternative ? "or " : "", word);
    if (step->condition)
        buffer_print(out, "%s: ", step->condition);
    buffer_print(out, "%s%s%s", report_shell(step->shell), step->where ? ": " : "",
                 step->where ? step->where : "");
    if (before.size)
        buffer_print(out, " (%s)", before.text);
    buffer_add_char(out, '\n');
    add_lines(out, "    ", step->command);
    if (step->risk)
        buffer_print(out, "    changes: %s\n", step->risk);
    buffer_release(&before);
}

static void add_steps(struct buffer *out, const char *word, const struct steps *steps)
{
    for (size_t i = 0; i < steps->count; i++)
        add_step(out, word, &steps->list[i]);
}

static void add_story(struct buffer *out, const struct finding *finding)
{
    bool is_unknown = finding->outcome == OUTCOME_UNKNOWN;

    if (is_unknown)
        add_steps(out, "to make it known", &finding->fix);
    add_seen(out, finding);
    if (finding->expired)
        buffer_print(out, "accepted until %s, which is over: %s\n", finding->expired->expires,
                     finding->expired->reason);
    if (finding->why)
        buffer_print(out, "why it matters: %s\n", finding->why);
    if (is_unknown)
        return;
    add_steps(out, "to repair", &finding->fix);
    add_steps(out, "to verify", &finding->verify);
    add_steps(out, "to undo", &finding->undo);
}

/* ---- cases ---- */

static void put_attribute(FILE *stream, const char *name, const char *value)
{
    fprintf(stream, " %s=\"", name);
    xml_put_value(stream, value ? value : "");
    fputc('"', stream);
}

static void put_story(FILE *stream, const struct finding *finding, const char *element,
                      const char *type)
{
    struct buffer story;

    buffer_init(&story, TEXT_MOST);
    add_story(&story, finding);
    fprintf(stream, "      <%s", element);
    if (type) {
        put_attribute(stream, "message", finding->title);
        put_attribute(stream, "type", type);
    }
    fputs(">", stream);
    if (!type) {
        xml_put_text(stream, finding->title);
        fputc('\n', stream);
    }
    xml_put_text(stream, story.text);
    fprintf(stream, "</%s>\n", element);
    buffer_release(&story);
}

static void put_skipped(FILE *stream, const struct finding *finding)
{
    const struct acceptance *accepted = finding->accepted;
    struct buffer message;

    buffer_init(&message, NAMES_MOST);
    if (report_part_of(finding) == PART_ACCEPTED)
        buffer_print(&message, "accepted until %s: %s (%s)", accepted->expires, accepted->reason,
                     finding->title);
    else
        buffer_print(&message, "not applicable: %s", finding->title);
    fputs("      <skipped", stream);
    put_attribute(stream, "message", message.text);
    fputs("/>\n", stream);
    buffer_release(&message);
}

/* `ordinal`: of those that have the same name, from 1. */
static void put_case(FILE *stream, const struct finding *finding, size_t ordinal)
{
    struct buffer name;

    buffer_init(&name, NAMES_MOST);
    buffer_print(&name, "%s %s", finding->kind->id, finding->subject->shown);
    if (ordinal > 1)
        buffer_print(&name, " (%zu)", ordinal);
    fputs("    <testcase", stream);
    put_attribute(stream, "name", name.text);
    fprintf(stream, " classname=\"exdiag.%s\">\n", finding->probe);
    switch (result_of(finding)) {
    case FAILED:
        put_story(stream, finding, "failure", severity_word(finding->severity));
        break;
    case ERROR:
        put_story(stream, finding, "error", "unknown");
        break;
    case SKIPPED:
        put_skipped(stream, finding);
        break;
    default:
        put_story(stream, finding, "system-out", NULL);
    }
    fputs("    </testcase>\n", stream);
    buffer_release(&name);
}

/* ---- suites ---- */

/* By probe, then by finding and subject: alike from run to run, whatever is found. */
static int compare_names(const struct finding *a, const struct finding *b)
{
    int order = strcmp(a->probe, b->probe);

    if (order == 0)
        order = strcmp(a->kind->id, b->kind->id);
    return order ? order : subject_compare(a->subject, b->subject);
}

struct slot { /* keeps the order of those that have the same name */
    const struct finding *finding;
    size_t number;
};

static int compare(const void *first, const void *second)
{
    const struct slot *a = first, *b = second;
    int order = compare_names(a->finding, b->finding);

    return order ? order : (a->number > b->number) - (a->number < b->number);
}

static void put_counts(FILE *stream, const struct slot *slots, size_t count)
{
    size_t counts[RESULT_COUNT] = {0};

    for (size_t i = 0; i < count; i++)
        counts[result_of(slots[i].finding)]++;
    fprintf(stream, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"", count,
            counts[FAILED], counts[ERROR], counts[SKIPPED]);
}

/* Of xs:dateTime, in UTC. */
static void put_started(FILE *stream, int64_t started)
{
    char text[CLOCK_TEXT_SIZE];

    clock_format(started, text);
    put_attribute(stream, "timestamp", text);
}

static bool is_told(const struct report *report, size_t before, const char *word)
{
    for (size_t i = 0; i < before; i++) {
        struct report_notice notices[REPORT_NOTICES_MOST];
        size_t count = report_notices(&report->runs[i], notices);

        for (size_t j = 0; j < count; j++)
            if (strcmp(notices[j].word, word) == 0)
                return true;
    }
    return false;
}

/* What readers have to know of runs that are whole; a word once, as names of properties are. */
static void put_properties(FILE *stream, const struct report *report)
{
    bool has_any = false;

    for (size_t i = 0; i < report->run_count; i++) {
        struct report_notice notices[REPORT_NOTICES_MOST];
        size_t count = report_notices(&report->runs[i], notices);

        for (size_t j = 0; j < count; j++) {
            if (is_told(report, i, notices[j].word))
                continue;
            fputs(has_any ? "" : "    <properties>\n", stream);
            fputs("      <property", stream);
            put_attribute(stream, "name", notices[j].word);
            put_attribute(stream, "value", notices[j].text);
            fputs("/>\n", stream);
            has_any = true;
        }
    }
    fputs(has_any ? "    </properties>\n" : "", stream);
}

/* `report`: whose properties are told in it, or NULL. */
static void put_suite(FILE *stream, const struct report *report, const struct slot *slots,
                      size_t count, int64_t started)
{
    size_t ordinal = 0;

    fputs("  <testsuite", stream);
    put_attribute(stream, "name", slots->finding->probe);
    put_counts(stream, slots, count);
    put_started(stream, started);
    fputs(">\n", stream);
    if (report)
        put_properties(stream, report);
    for (size_t i = 0; i < count; i++) {
        bool is_same = i > 0 && compare_names(slots[i - 1].finding, slots[i].finding) == 0;

        ordinal = is_same ? ordinal + 1 : 1;
        put_case(stream, slots[i].finding, ordinal);
    }
    fputs("  </testsuite>\n", stream);
}

static void put_suites(FILE *stream, const struct report *report, const struct slot *slots,
                       const struct report_span *span)
{
    size_t count = report->finding_count;

    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1;
             to < count && strcmp(slots[to].finding->probe, slots[from].finding->probe) == 0;)
            to++;
        put_suite(stream, span->complete && from == 0 ? report : NULL, slots + from, to - from,
                  span->started);
    }
}

/* A run that ended early is an error of its own: what it did not come to has no case. */
static void put_early_end(FILE *stream, const struct report *report, int64_t started)
{
    fputs("  <testsuite name=\"run\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\"",
          stream);
    put_started(stream, started);
    fputs(">\n    <testcase name=\"complete\" classname=\"exdiag.run\">\n"
          "      <error message=\"incomplete: not everything was examined\" type=\"incomplete\">",
          stream);
    for (size_t i = 0; i < report->run_count; i++) {
        struct report_notice notices[REPORT_NOTICES_MOST];
        size_t count = report_notices(&report->runs[i], notices);

        for (size_t j = 0; j < count; j++) {
            xml_put_text(stream, notices[j].text);
            fputc('\n', stream);
        }
    }
    fputs("</error>\n    </testcase>\n  </testsuite>\n", stream);
}

static void put_duration(FILE *stream, const struct report_span *span)
{
    struct buffer text;

    buffer_init(&text, 32);
    report_show_seconds(span->finished > span->started ? span->finished - span->started : 0, &text);
    put_attribute(stream, "time", text.text);
    buffer_release(&text);
}

static void put_root(FILE *stream, const struct report *report, const struct slot *slots,
                     const struct report_span *span)
{
    size_t counts[RESULT_COUNT] = {0}, early = !span->complete;

    for (size_t i = 0; i < report->finding_count; i++)
        counts[result_of(slots[i].finding)]++;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", stream);
    put_attribute(stream, "name", report->title ? report->title : "exdiag");
    fprintf(stream, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
            report->finding_count + early, counts[FAILED], counts[ERROR] + early, counts[SKIPPED]);
    put_duration(stream, span);
    fputs(">\n", stream);
}

enum status report_junit(const struct report *report, const struct report_options *options,
                         FILE *stream)
{
    struct report_span span = report_span(report);
    struct slot *slots = memory_new(report->finding_count + 1, sizeof *slots);

    (void)options;
    /* Its form wants a moment; that it is not known how long it took is the run's note. */
    if (span.started == 0)
        span.started = span.finished;
    for (size_t i = 0; i < report->finding_count; i++)
        slots[i] = (struct slot){report->findings[i], i};
    qsort(slots, report->finding_count, sizeof *slots, compare);
    put_root(stream, report, slots, &span);
    if (!span.complete)
        put_early_end(stream, report, span.started);
    put_suites(stream, report, slots, &span);
    fputs("</testsuites>\n", stream);
    free(slots);
    return report_finish(stream);
}
