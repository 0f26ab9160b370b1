#include "diag/report/shared.h"

#include "diag/clock.h"
#include "diag/platform.h"
#include "diag/text.h"

#include <string.h>

enum report_part report_part_of(const struct finding *finding)
{
    static const enum report_part parts[OUTCOME_COUNT] = {
        [OUTCOME_PROBLEM] = PART_PROBLEMS,
        [OUTCOME_UNKNOWN] = PART_UNKNOWN,
        [OUTCOME_OK] = PART_OK,
        [OUTCOME_NOT_APPLICABLE] = PART_NOT_APPLICABLE,
    };

    if (finding->outcome == OUTCOME_PROBLEM && finding->accepted)
        return PART_ACCEPTED;
    return parts[finding->outcome];
}

size_t report_part_size(const struct report *report, enum report_part part)
{
    switch (part) {
    case PART_PROBLEMS:
        return report->counts[OUTCOME_PROBLEM];
    case PART_UNKNOWN:
        return report->counts[OUTCOME_UNKNOWN];
    case PART_ACCEPTED:
        return report->accepted_count;
    case PART_OK:
        return report->counts[OUTCOME_OK];
    default:
        return report->counts[OUTCOME_NOT_APPLICABLE];
    }
}

const char *report_standing(const struct finding *finding)
{
    if (report_part_of(finding) == PART_ACCEPTED)
        return "accepted";
    if (finding->outcome == OUTCOME_PROBLEM)
        return severity_word(finding->severity);
    return finding->outcome == OUTCOME_NOT_APPLICABLE ? "n/a" : outcome_word(finding->outcome);
}

void report_count_problems(const struct report *report, size_t counts[SEVERITY_COUNT])
{
    memset(counts, 0, SEVERITY_COUNT * sizeof *counts);
    for (size_t i = 0; i < report->finding_count; i++) {
        if (report_part_of(report->findings[i]) == PART_PROBLEMS)
            counts[report->findings[i]->severity]++;
    }
}

static void add_count(struct buffer *out, const char *separator, size_t count, const char *word)
{
    buffer_add_string(out, separator);
    buffer_add_number(out, count);
    buffer_add_char(out, ' ');
    buffer_add_string(out, word);
}

/* "3 problems (1 critical, 2 warnings)", "2 problems (warnings)" */
static void add_problems(const size_t counts[SEVERITY_COUNT], struct buffer *out)
{
    const size_t critical = counts[SEVERITY_CRITICAL], warnings = counts[SEVERITY_WARNING];
    const size_t problems = critical + warnings;
    const char *word = warnings == 1 ? "warning" : "warnings";

    add_count(out, "", problems, problems == 1 ? "problem" : "problems");
    if (critical && warnings) {
        add_count(out, " (", critical, "critical, ");
        buffer_print(out, "%zu %s)", warnings, word);
    } else {
        buffer_print(out, " (%s)", critical ? "critical" : word);
    }
}

/* What is worth knowing and does no harm is counted by itself. */
void report_sum_up(const struct report *report, struct buffer *out)
{
    static const char *const words[PART_COUNT] = {
        [PART_UNKNOWN] = "unknown",
        [PART_ACCEPTED] = "accepted",
        [PART_OK] = "ok",
        [PART_NOT_APPLICABLE] = "n/a",
    };
    size_t counts[SEVERITY_COUNT];

    report_count_problems(report, counts);
    if (counts[SEVERITY_CRITICAL] + counts[SEVERITY_WARNING]) {
        add_problems(counts, out);
    } else {
        buffer_add_string(out, report_part_size(report, PART_UNKNOWN)
                                   ? "no problems in what could be checked"
                                   : "no problems");
    }
    if (counts[SEVERITY_INFO])
        add_count(out, ", ", counts[SEVERITY_INFO],
                  counts[SEVERITY_INFO] == 1 ? "remark" : "remarks");
    for (unsigned part = PART_UNKNOWN; part < PART_COUNT; part++) {
        size_t size = report_part_size(report, (enum report_part)part);

        if (size)
            add_count(out, ", ", size, words[part]);
    }
}

struct report_span report_span(const struct report *report)
{
    struct report_span span = {0, 0, true};

    for (size_t i = 0; i < report->run_count; i++) {
        const struct report_run *run = &report->runs[i];

        if (span.started == 0 || (run->started && run->started < span.started))
            span.started = run->started;
        if (i == 0 || run->finished > span.finished)
            span.finished = run->finished;
        span.complete = span.complete && run->complete;
    }
    return span;
}

const char *report_kind_word(enum subject_kind kind, bool is_plural)
{
    static const char *const words[SUBJECT_KIND_COUNT][2] = {
        [SUBJECT_DOMAIN] = {"domain", "domains"},
        [SUBJECT_SERVER] = {"server", "servers"},
        [SUBJECT_DC] = {"domain controller", "domain controllers"},
        [SUBJECT_MAILBOX] = {"mailbox", "mailboxes"},
        [SUBJECT_FILE] = {"file", "files"},
    };

    return words[kind][is_plural];
}

bool report_has_two_names(const struct subject *subject)
{
    return subject->kind != SUBJECT_FILE && strcmp(subject->shown, subject->name) != 0 &&
           text_is_printable(subject->name, strlen(subject->name));
}

/* The day and the second of "2026-11-22T09:05:07.123Z". */
enum { DAY_SIZE = 10, SECOND_START = 11, SECOND_SIZE = 8 };

void report_show_day(int64_t milliseconds, struct buffer *out)
{
    char text[CLOCK_TEXT_SIZE];

    clock_format(milliseconds, text);
    buffer_add(out, text, DAY_SIZE);
}

void report_show_time_of_day(int64_t milliseconds, struct buffer *out)
{
    char text[CLOCK_TEXT_SIZE];

    clock_format(milliseconds, text);
    buffer_add(out, text + SECOND_START, SECOND_SIZE);
}

void report_show_time(int64_t milliseconds, struct buffer *out)
{
    report_show_day(milliseconds, out);
    buffer_add_char(out, ' ');
    report_show_time_of_day(milliseconds, out);
    buffer_add_string(out, " UTC");
}

const char report_no_time[] = "at a time that is not known";

void report_show_span(const struct report_span *span, struct buffer *out)
{
    if (span->started == 0) {
        buffer_add_string(out, report_no_time);
        return;
    }
    report_show_day(span->started, out);
    buffer_add_char(out, ' ');
    report_show_time_of_day(span->started, out);
    buffer_add_string(out, " to ");
    if (clock_is_same_day(span->started, span->finished)) {
        report_show_time_of_day(span->finished, out);
        buffer_add_string(out, " UTC");
    } else {
        report_show_time(span->finished, out);
    }
}

void report_show_seconds(int64_t milliseconds, struct buffer *out)
{
    static const struct gauge seconds = {.decimals = 3};

    gauge_write(&seconds, milliseconds, out);
}

size_t report_notices(const struct report_run *run,
                      struct report_notice notices[REPORT_NOTICES_MOST])
{
    size_t count = 0;

    if (!run->complete)
        notices[count++] = (struct report_notice){
            "incomplete",
            run->remark ? run->remark : "the run ended before everything was examined"};
    else if (run->remark)
        notices[count++] = (struct report_notice){"note", run->remark};
    if (run->redacted)
        notices[count++] = (struct report_notice){
            "redacted", "names and addresses are pseudonyms; put the real ones into the commands"};
    return count;
}

enum { BRIEF_MOST = 10 * 60000 /* milliseconds */ };

bool report_tells_moment(const struct report *report, int64_t time, bool all)
{
    struct report_span span = report_span(report);

    if (!time)
        return false;
    return all || !report->run_count || span.finished - span.started > BRIEF_MOST ||
           time < span.started || time > span.finished;
}

bool report_tells_one_source(const struct report *report, const struct seen *a,
                             const struct seen *b, bool all)
{
    const bool tells =
        report_tells_moment(report, a->time, all) || report_tells_moment(report, b->time, all);

    if ((tells && a->time != b->time) || !a->source != !b->source)
        return false;
    return !a->source || strcmp(a->source, b->source) == 0;
}

size_t report_byte_of(const char *text, size_t index)
{
    size_t size = strlen(text), at = 0;

    for (; index > 0 && at < size; index--)
        at += text_next(text + at, size - at);
    return at;
}

size_t report_line_size(const char *text, size_t size, size_t room)
{
    size_t columns = 0, after_space = 0;

    for (size_t at = 0; at < size;) {
        size_t taken = text_next(text + at, size - at);

        columns += text_columns(text + at, taken);
        if (columns > room && at > 0)
            return after_space ? after_space : at;
        at += taken;
        if (text[at - 1] == ' ' && columns > room / 2)
            after_space = at;
    }
    return size;
}

const char *report_shell(enum shell shell)
{
    static const char *const names[SHELL_COUNT] = {
        [SHELL_POWERSHELL] = "PowerShell", [SHELL_EMS] = "Exchange Management Shell",
        [SHELL_CMD] = "Command Prompt",    [SHELL_SH] = "shell",
        [SHELL_DNS] = "DNS zone",          [SHELL_MANUAL] = "by hand",
    };

    return shell < SHELL_COUNT ? names[shell] : "by hand";
}

const char *report_step_shell(const struct step *step)
{
    if (step->shell != SHELL_SH || !step->from || !step->from->also_powershell)
        return report_shell(step->shell);
    return strpbrk(step->command, "'%$`\n") ? "sh or PowerShell" : "any shell";
}

static bool shows(const char *text, const char *placeholder)
{
    size_t size = strlen(placeholder);

    for (const char *at = text ? strchr(text, '<') : NULL; at; at = strchr(at + 1, '<')) {
        if (strncmp(at + 1, placeholder, size) == 0 && at[1 + size] == '>')
            return true;
    }
    return false;
}

/* True if the command, or where and when to run it, shows <placeholder>: nothing is there yet. */
static bool is_empty(const struct step *step, const char *placeholder)
{
    return shows(step->command, placeholder) || shows(step->where, placeholder) ||
           shows(step->condition, placeholder);
}

/* "fill in: a, b" or "check: c": the placeholders of one of the two sorts. */
static void add_placeholders(const struct step *step, bool of_empty, struct buffer *out)
{
    const char *separator = of_empty ? "fill in: " : "check: ";

    for (size_t i = 0; i < step->placeholder_count; i++) {
        if (is_empty(step, step->placeholders[i]) != of_empty)
            continue;
        if (*separator != ',' && out->size)
            buffer_add_string(out, "; ");
        buffer_add_string(out, separator);
        buffer_add_string(out, step->placeholders[i]);
        separator = ", ";
    }
}

unsigned report_asked_by(const struct step *step)
{
    const bool is_choice = step->kind == STEP_DECIDE;
    unsigned asked = is_choice && !step->condition ? REPORT_ASKS_TO_DECIDE : 0;

    if (step->kind == STEP_EXACT)
        return 0;
    for (size_t i = 0; i < step->placeholder_count; i++)
        asked |=
            is_empty(step, step->placeholders[i]) ? REPORT_ASKS_TO_FILL_IN : REPORT_ASKS_TO_CHECK;
    return asked || is_choice ? asked : REPORT_ASKS_TO_FILL_IN;
}

void report_before_step(const struct step *step, struct buffer *out)
{
    if (step->kind == STEP_EXACT)
        return;
    if (step->kind == STEP_DECIDE && !step->condition)
        buffer_add_string(out, "decide first");
    add_placeholders(step, true, out);
    add_placeholders(step, false, out);
    if (!out->size && step->kind == STEP_FILL_IN)
        buffer_add_string(out, "fill in what stands in <angle brackets>");
}

enum status report_finish(FILE *stream)
{
    if (fflush(stream) != 0 || ferror(stream))
        return platform_write_error();
    return STATUS_OK;
}
