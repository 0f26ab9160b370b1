/*
 * For Nagios and those that run its plugins: one line, what is wrong first, then performance data
 * (https://www.monitoring-plugins.org/doc/guidelines.html).
 */
#include "diag/report/report.h"

#include "diag/report/age.h"
#include "diag/report/shared.h"
#include "diag/report/summary.h"
#include "diag/text.h"

#include <string.h>

enum {
    LINE_MOST = 4095, /* with its end 4,096 bytes */
    TEXT_MOST = 3400, /* of what is told to people, where each of its characters is escaped */
    TITLE_MOST = 400, /* of one title, or of the names of its subjects */
    NAMES_SHOWN = 3,
    ITEM_MOST = 400, /* of performance data */
    MEASURES_SHOWN = 60,
    IPV6_GROUPS = 8,
    AGE_TOLD = 3600000 /* milliseconds */
};

enum state { STATE_OK, STATE_WARNING, STATE_CRITICAL, STATE_UNKNOWN };

/* Where all is not applicable nothing was looked at, and nobody knows that it is in order. */
static bool is_anything_known(const struct report *report)
{
    return report->counts[OUTCOME_OK] || report->counts[OUTCOME_PROBLEM] || report->accepted_count;
}

static enum state state_of(const struct report *report)
{
    const struct report_age age = report_age(report);
    size_t problems[SEVERITY_COUNT];

    report_count_problems(report, problems);
    if (problems[SEVERITY_CRITICAL])
        return STATE_CRITICAL;
    if (problems[SEVERITY_WARNING])
        return STATE_WARNING;
    if (report->counts[OUTCOME_UNKNOWN] || report->finding_count == 0 ||
        !report_span(report).complete || !is_anything_known(report) || report_age_is_bad(&age))
        return STATE_UNKNOWN;
    return STATE_OK;
}

int report_nagios_status(const struct report *report)
{
    return (int)state_of(report);
}

/* ---- for people ---- */

/*
 * Appends text of which nothing can end the line or begin performance data; at most `most` bytes of
 * it, whole characters.
 */
static void add_text(struct buffer *out, const char *text, size_t most)
{
    size_t size = strlen(text), kept = text_fit(text, size, most);

    for (size_t i = 0; i < kept; i++) {
        unsigned char character = (unsigned char)text[i];

        if (character == '|' || character < 0x20)
            buffer_print(out, "\\x%02x", character);
        else
            buffer_add_char(out, text[i]);
    }
    if (kept < size)
        buffer_add_string(out, "...");
}

/* "title (mx-closes: a.example, b.example and 8 more)" */
static void add_entry(struct buffer *out, const struct outline_entry *entry)
{
    struct buffer names;

    add_text(out, entry->first->title, TITLE_MOST);
    buffer_init(&names, LINE_MOST);
    summary_subjects(entry, NAMES_SHOWN, &names);
    buffer_print(out, " (%s: ", entry->first->kind->id);
    add_text(out, names.text, TITLE_MOST);
    buffer_add_char(out, ')');
    buffer_release(&names);
}

/* The fault from which the worst follows; the first of these. */
static const struct outline_entry *worst_of(const struct summary *summary)
{
    const struct summary_fault *worst = summary->fault_count ? summary->faults : NULL;

    for (size_t i = 1; i < summary->fault_count; i++) {
        if (summary->faults[i].rank < worst->rank)
            worst = &summary->faults[i];
    }
    return worst ? worst->entry : NULL;
}

static void add_more(struct buffer *out, size_t count, const char *one, const char *many)
{
    if (count > 1)
        buffer_print(out, ", and %zu %s", count - 1, count == 2 ? one : many);
    buffer_add_string(out, "; ");
}

static void add_what_is_known(struct buffer *out, const struct outline *outline,
                              const struct summary *summary, enum state state, bool is_known)
{
    const struct outline_entry *worst = worst_of(summary);
    size_t unknown = outline->starts[PART_UNKNOWN],
           unknown_count = outline->starts[PART_UNKNOWN + 1] - unknown,
           none = outline->starts[PART_NOT_APPLICABLE],
           none_count = outline->starts[PART_NOT_APPLICABLE + 1] - none;

    if (worst) {
        add_entry(out, worst);
        add_more(out, summary->fault_count, "more fault", "more faults");
    } else if (state == STATE_UNKNOWN && unknown_count) {
        add_entry(out, &outline->entries[unknown]);
        add_more(out, unknown_count, "more that is not known", "more that are not known");
    } else if (none_count && !is_known) {
        buffer_add_string(out, "nothing of it applies: ");
        add_entry(out, &outline->entries[none]);
        add_more(out, none_count, "more", "more");
    }
}

/* "2 critical, 1 warning, 12 ok" */
static void add_summary(struct buffer *out, const struct report *report,
                        const size_t problems[SEVERITY_COUNT], enum state state)
{
    const struct {
        size_t count;
        const char *word, *many;
    } counts[] = {
        {problems[SEVERITY_CRITICAL], "critical", "critical"},
        {problems[SEVERITY_WARNING], "warning", "warnings"},
        {problems[SEVERITY_INFO], "remark", "remarks"},
        {report->counts[OUTCOME_UNKNOWN], "unknown", "unknown"},
        {report->accepted_count, "accepted", "accepted"},
        {report->counts[OUTCOME_OK], "ok", "ok"},
        {report->counts[OUTCOME_NOT_APPLICABLE], "not applicable", "not applicable"},
    };
    const char *separator = state == STATE_OK ? "nothing wrong: " : "";

    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (counts[i].count == 0)
            continue;
        buffer_print(out, "%s%zu %s", separator, counts[i].count,
                     counts[i].count == 1 ? counts[i].word : counts[i].many);
        separator = ", ";
    }
    if (separator[0] != ',')
        buffer_add_string(out, state == STATE_OK ? "nothing wrong" : "nothing found");
}

/* Why the first run of those that ended early did. */
static void add_incomplete(struct buffer *out, const struct report *report)
{
    for (size_t i = 0; i < report->run_count; i++) {
        struct report_notice notices[REPORT_NOTICES_MOST];

        if (report->runs[i].complete || report_notices(&report->runs[i], notices) == 0)
            continue;
        buffer_add_string(out, "incomplete: ");
        if (report->run_count > 1 && report->runs[i].source) {
            add_text(out, report->runs[i].source, TITLE_MOST);
            buffer_add_string(out, ": ");
        }
        add_text(out, notices->text, TITLE_MOST);
        buffer_add_string(out, "; ");
        return;
    }
}

/* Evidence that says nothing of today; and how old it is where that is worth a word. */
static void add_age(struct buffer *out, const struct report *report, const struct report_age *age)
{
    const char *source = report->run_count > 1 ? age->run->source : NULL;

    if (source) {
        add_text(out, source, TITLE_MOST);
        buffer_add_string(out, ": ");
    }
    report_age_words(report, age, out);
}

static void add_message(struct buffer *out, const struct report *report, enum state state)
{
    static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
    const struct report_age age = report_age(report);
    size_t problems[SEVERITY_COUNT];
    struct arena memory = {0};
    struct outline outline;
    struct summary summary;
    struct buffer text;

    outline_make(report, &memory, &outline);
    summary_make(&outline, &memory, &summary);
    buffer_print(out, "EXDIAG %s - ", words[state]);
    buffer_init(&text, TEXT_MOST);
    if (report_age_is_bad(&age)) {
        add_age(&text, report, &age);
        buffer_add_string(&text, "; ");
    }
    add_incomplete(&text, report);
    add_what_is_known(&text, &outline, &summary, state, is_anything_known(report));
    if (report->finding_count == 0)
        buffer_add_string(&text, "nothing was examined; ");
    buffer_add(out, text.text, text.size);
    report_count_problems(report, problems);
    add_summary(out, report, problems, state);
    if (age.freshness == FRESHNESS_GOOD && age.milliseconds >= AGE_TOLD) {
        buffer_add_string(out, "; ");
        add_age(out, report, &age);
    }
    buffer_release(&text);
    arena_release(&memory);
}

/* ---- performance data ---- */

/* A range of the guidelines: nothing is wrong inside it, on either side of zero. */
static void add_limit(struct buffer *out, const struct measure *measure, int64_t limit)
{
    buffer_add_char(out, ';');
    if (limit == GAUGE_NO_LIMIT)
        return;
    if (measure->gauge->is_signed) {
        gauge_write(measure->gauge, -limit, out);
        buffer_add_char(out, ':');
    }
    gauge_write(measure->gauge, limit, out);
}

/*
 * Icinga 2 takes "::" for the end of a plugin's name: the zeros of an address of IPv6 for which it
 * stands are written out. `word` is where the address begins.
 */
static void add_zeros(struct buffer *out, const char *word, const char *colons)
{
    size_t groups = 0;

    for (const char *at = word; *at && *at != ' '; at++)
        groups += *at != ':' && (at == word || at[-1] == ':');
    for (size_t i = groups; i < IPV6_GROUPS; i++)
        buffer_add_string(out, colons == word && i == groups ? "0" : ":0");
    if (colons[2] && colons[2] != ' ')
        buffer_add_char(out, ':');
}

static void add_label_text(struct buffer *out, const char *text)
{
    const char *word = text;

    for (; *text; text++) {
        bool is_plain = (unsigned char)*text >= ' ' && !strchr("'=|", *text);

        if (*text == ' ')
            word = text + 1;
        if (text[0] == ':' && text[1] == ':')
            add_zeros(out, word, text++);
        else
            buffer_add_char(out, is_plain ? *text : '_');
    }
}

/* In quotes, of which none may be in a label, nor may the sign that ends it. */
static void add_label(struct buffer *out, const struct measure *measure)
{
    const char *const texts[] = {measure->gauge->id, measure->subject, measure->part};

    buffer_add_char(out, '\'');
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *text = texts[i] ? texts[i] : "";

        if (i > 0 && *text)
            buffer_add_char(out, ' ');
        add_label_text(out, text);
    }
    buffer_add_string(out, "'=");
}

static void add_measure(struct buffer *out, const struct measure *measure)
{
    add_label(out, measure);
    gauge_write(measure->gauge, measure->value, out);
    if (measure->gauge->is_in_seconds)
        buffer_add_char(out, 's');
    add_limit(out, measure, measure->warning);
    add_limit(out, measure, measure->critical);
}

static void add_counts(struct buffer *out, const struct report *report)
{
    size_t problems[SEVERITY_COUNT];

    report_count_problems(report, problems);
    buffer_print(out, " | critical=%zu;;0;0 warning=%zu;0;;0 info=%zu;;;0 unknown=%zu;;;0",
                 problems[SEVERITY_CRITICAL], problems[SEVERITY_WARNING], problems[SEVERITY_INFO],
                 report->counts[OUTCOME_UNKNOWN]);
    buffer_print(out, " accepted=%zu;;;0 ok=%zu;;;0", report->accepted_count,
                 report->counts[OUTCOME_OK]);
}

/* Below zero it is of the future, which is outside of the range, too. */
static void add_age_data(struct buffer *out, const struct report *report)
{
    const struct report_age age = report_age(report);
    int64_t seconds;

    if (age.freshness == FRESHNESS_UNASKED || age.freshness == FRESHNESS_UNDATED)
        return;
    seconds = age.milliseconds / 1000;
    if (age.freshness == FRESHNESS_FUTURE)
        seconds = (report->now - age.run->started) / 1000;
    buffer_print(out, " age=%llds", (long long)seconds);
    if (report->max_age)
        buffer_print(out, ";%lld", (long long)(report->max_age / 1000));
}

/* Whole items, as many as the line takes. */
static void add_measures(struct buffer *out, const struct report *report)
{
    for (size_t i = 0; i < report->measure_count && i < MEASURES_SHOWN; i++) {
        struct buffer item;

        buffer_init(&item, ITEM_MOST);
        buffer_add_char(&item, ' ');
        add_measure(&item, &report->measures[i]);
        if (!item.truncated && out->size + item.size <= LINE_MOST)
            buffer_add(out, item.text, item.size);
        buffer_release(&item);
    }
}

enum status report_nagios(const struct report *report, const struct report_options *options,
                          FILE *stream)
{
    struct buffer line;

    (void)options;
    buffer_init(&line, LINE_MOST);
    add_message(&line, report, state_of(report));
    add_counts(&line, report);
    add_age_data(&line, report);
    add_measures(&line, report);
    fprintf(stream, "%s\n", line.text);
    buffer_release(&line);
    return report_finish(stream);
}
