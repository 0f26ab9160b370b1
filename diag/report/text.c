/* For a terminal, a ticket or a mail: plain text that fits its width, commands excepted. */
#include "diag/report/report.h"

#include "diag/report/shared.h"
#include "diag/report/style.h"
#include "diag/report/text_chart.h"
#include "diag/report/text_picture.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    BODY = 12,       /* the column of what stands beside a label */
    BODY_NARROW = 4, /* the same where labels have lines of their own */
    NARROW = 60,     /* below this many columns */
    LEAST_COLUMNS = 40,
    SUBJECTS_SHOWN = 8,
    LINE_MOST = 1 << 16
};

struct page {
    struct wrap wrap;
    const struct report *report;
    const struct report_options *options;
    bool narrow;
    size_t body;
    bool after_heading; /* the next section needs no free line before it */
};

static void set_style(struct page *page, enum style style)
{
    if (page->options->colours)
        style_begin(&page->wrap, style);
}

static void end_style(struct page *page, enum style style)
{
    if (page->options->colours)
        style_end(&page->wrap, style);
}

static void styled(struct page *page, enum style style, const char *text)
{
    set_style(page, style);
    wrap_words(&page->wrap, text);
    end_style(page, style);
}

static void upper_case(struct page *page, const char *word)
{
    for (; *word; word++) {
        char letter[2] = {*word, '\0'};

        if (*word >= 'a' && *word <= 'z')
            letter[0] = (char)(*word - 'a' + 'A');
        wrap_words(&page->wrap, letter);
    }
}

/* After a word in the margin: the text that belongs to it begins at the body. */
static void to_body(struct page *page)
{
    wrap_indent(&page->wrap, page->body);
    if (page->narrow)
        wrap_end(&page->wrap);
    wrap_to(&page->wrap, page->body);
}

static void label(struct page *page, size_t column, const char *word)
{
    wrap_end(&page->wrap);
    wrap_to(&page->wrap, column);
    styled(page, STYLE_FAINT, word);
    to_body(page);
}

static void section(struct page *page, const char *word)
{
    if (!page->after_heading)
        wrap_free_line(&page->wrap);
    page->after_heading = false;
    label(page, 2, word);
}

static void paragraph(struct page *page, const char *word, const char *text)
{
    if (!text || !*text)
        return;
    section(page, word);
    wrap_words(&page->wrap, text);
    wrap_end(&page->wrap);
}

static void name_finding(struct page *page, const struct finding *finding, enum style style)
{
    set_style(page, style);
    wrap_words(&page->wrap, finding->subject->shown);
    wrap_words(&page->wrap, ": ");
    wrap_words(&page->wrap, finding->title);
    end_style(page, style);
    wrap_words(&page->wrap, " ");
    set_style(page, STYLE_FAINT);
    wrap_words(&page->wrap, "[");
    wrap_words(&page->wrap, finding->kind->id);
    wrap_words(&page->wrap, "]");
    end_style(page, STYLE_FAINT);
    wrap_end(&page->wrap);
}

static void heading(struct page *page, const struct finding *finding)
{
    wrap_indent(&page->wrap, page->narrow ? 2 : page->body);
    set_style(page, style_of_finding(finding));
    upper_case(page, report_standing(finding));
    end_style(page, style_of_finding(finding));
    wrap_to(&page->wrap, page->narrow ? 0 : page->body);
    name_finding(page, finding, STYLE_LOUD);
    page->after_heading = true;
}

/* ---- what was seen ---- */

/* Carets beneath the bytes of `line` from `start` to `end`; the line begins at `indent`. */
static void carets(struct page *page, size_t indent, const char *line, size_t start, size_t end)
{
    size_t columns = text_columns(line + start, end - start);

    wrap_to(&page->wrap, indent + text_columns(line, start));
    set_style(page, STYLE_RED);
    do
        wrap_words(&page->wrap, "^");
    while (columns-- > 1);
    end_style(page, STYLE_RED);
    wrap_end(&page->wrap);
}

/* A line of what was seen, without the spaces at its end. */
static void exhibit_line(struct page *page, size_t indent, const char *line, size_t size)
{
    while (size > 0 && line[size - 1] == ' ')
        size--;
    wrap_to(&page->wrap, indent);
    wrap_verbatim(&page->wrap, line, size);
    wrap_end(&page->wrap);
}

/* Text as it was seen, every space of it, with carets beneath what is marked. */
static void exhibit(struct page *page, const struct seen *seen, size_t indent)
{
    const char *text = seen->text;
    size_t size = strlen(text);
    size_t mark_start = report_byte_of(text, seen->mark_start);
    size_t mark_end = report_byte_of(text, seen->mark_end);

    for (size_t at = 0, end; at < size; at = end) {
        size_t first = mark_start > at ? mark_start : at, last;

        end = at + report_line_size(text + at, size - at, page->wrap.columns - indent);
        exhibit_line(page, indent, text + at, end - at);
        last = mark_end < end ? mark_end : end;
        if (first < last)
            carets(page, indent, text + at, first - at, last - at);
        if (at == 0)
            indent += 2;
    }
}

/* "TXT example.com, 2026-11-22 09:05:07 UTC" */
static void source_line(struct page *page, const struct seen *seen)
{
    struct buffer moment;

    buffer_init(&moment, 64);
    wrap_to(&page->wrap, page->body);
    if (seen->source)
        wrap_words(&page->wrap, seen->source);
    if (seen->time) {
        report_show_time(seen->time, &moment);
        wrap_words(&page->wrap, !seen->source ? "" : seen->is_read ? ", read " : ", ");
        wrap_words(&page->wrap, moment.text);
    }
    wrap_end(&page->wrap);
    buffer_release(&moment);
}

static void all_seen(struct page *page, const struct finding *finding)
{
    for (size_t i = 0; i < finding->seen_count; i++) {
        const struct seen *seen = &finding->seen[i], *before = i ? seen - 1 : NULL;
        bool sourced = seen->source || seen->time;

        if (!before)
            section(page, "seen");
        if (sourced && !(before && report_same_source(before, seen)))
            source_line(page, seen);
        exhibit(page, seen, page->body + (sourced ? 2 : 0));
    }
    text_pictures(&page->wrap, page->options, page->body, finding);
}

/* ---- steps ---- */

/* Lines to be copied: never wrapped, nothing but spaces before them. */
static void command_lines(struct page *page, const char *command, size_t indent)
{
    wrap_free_line(&page->wrap);
    for (const char *end; (end = strchr(command, '\n')); command = end + 1) {
        wrap_to(&page->wrap, indent);
        wrap_verbatim(&page->wrap, command, (size_t)(end - command));
        wrap_line(&page->wrap);
    }
    wrap_to(&page->wrap, indent);
    wrap_verbatim(&page->wrap, command, strlen(command));
    wrap_free_line(&page->wrap);
}

static void remark(struct page *page, size_t indent, const char *word, const char *text)
{
    if (!text || !*text)
        return;
    wrap_to(&page->wrap, indent);
    styled(page, STYLE_FAINT, word);
    wrap_words(&page->wrap, text);
    wrap_end(&page->wrap);
}

static void before_step(struct page *page, const struct step *step, size_t indent)
{
    struct buffer text;

    buffer_init(&text, LINE_MOST);
    report_before_step(step, &text);
    if (text.size) {
        wrap_to(&page->wrap, indent);
        styled(page, STYLE_YELLOW, text.text);
        wrap_end(&page->wrap);
    }
    buffer_release(&text);
}

static void one_step(struct page *page, const struct step *step, size_t number)
{
    char figure[24];
    size_t indent = page->body + (size_t)snprintf(figure, sizeof figure, "%zu. ", number);

    wrap_to(&page->wrap, page->body);
    wrap_indent(&page->wrap, indent);
    wrap_words(&page->wrap, figure);
    wrap_words(&page->wrap, report_shell(step->shell));
    if (step->where && *step->where) {
        wrap_words(&page->wrap, ": ");
        wrap_words(&page->wrap, step->where);
    }
    wrap_end(&page->wrap);
    before_step(page, step, indent);
    if (step->shell == SHELL_MANUAL)
        remark(page, indent, "", step->command);
    else
        command_lines(page, step->command, page->narrow ? page->body : indent + 2);
    remark(page, indent, "risk: ", step->risk);
    remark(page, indent, "note: ", step->note);
}

static void all_steps(struct page *page, const char *word, const struct steps *steps)
{
    const char *check = report_what_check_means(steps);

    if (steps->count == 0)
        return;
    section(page, word);
    if (check) {
        wrap_to(&page->wrap, page->body);
        wrap_words(&page->wrap, check);
        wrap_end(&page->wrap);
        wrap_free_line(&page->wrap);
    }
    for (size_t i = 0; i < steps->count; i++) {
        if (i > 0)
            wrap_free_line(&page->wrap);
        one_step(page, &steps->list[i], i + 1);
    }
}

/* ---- findings ---- */

static void causes(struct page *page, const struct finding *finding)
{
    for (size_t i = 0; i < finding->explained_by_count; i++) {
        if (i == 0)
            section(page, "caused by");
        wrap_to(&page->wrap, page->body);
        name_finding(page, finding->explained_by[i], STYLE_PLAIN);
    }
}

static void references(struct page *page, const struct reference *reference)
{
    if (!reference || !reference->title)
        return;
    section(page, "see also");
    for (; reference->title; reference++) {
        wrap_to(&page->wrap, page->body);
        wrap_words(&page->wrap, reference->title);
        if (reference->url) {
            wrap_words(&page->wrap, " ");
            wrap_unbroken(&page->wrap, reference->url);
        }
        wrap_end(&page->wrap);
    }
}

static void problem(struct page *page, const struct finding *finding)
{
    wrap_free_line(&page->wrap);
    heading(page, finding);
    causes(page, finding);
    all_seen(page, finding);
    paragraph(page, "why", finding->why);
    all_steps(page, "fix", &finding->fix);
    all_steps(page, "verify", &finding->verify);
    all_steps(page, "undo", &finding->undo);
    if (finding->undo.count == 0)
        paragraph(page, "undo", finding->kind->no_undo);
    references(page, finding->kind->references);
}

static void unknown_finding(struct page *page, const struct finding *finding)
{
    wrap_free_line(&page->wrap);
    heading(page, finding);
    all_seen(page, finding);
    all_steps(page, "to know", &finding->fix);
}

static void healthy_finding(struct page *page, const struct finding *finding)
{
    heading(page, finding);
    all_seen(page, finding);
}

static void accepted(struct page *page, const struct finding *finding)
{
    heading(page, finding);
    wrap_to(&page->wrap, page->body);
    wrap_indent(&page->wrap, page->body);
    wrap_words(&page->wrap, "until ");
    wrap_words(&page->wrap, finding->accepted->expires);
    wrap_words(&page->wrap, ": ");
    wrap_words(&page->wrap, finding->accepted->reason);
    wrap_end(&page->wrap);
}

/* All findings of one part; `set_off`: behind a free line. */
static void part(struct page *page, enum report_part wanted,
                 void (*show)(struct page *page, const struct finding *finding), bool set_off)
{
    for (size_t i = 0; i < page->report->finding_count; i++) {
        const struct finding *finding = page->report->findings[i];

        if (report_part_of(finding) != wanted)
            continue;
        if (set_off)
            wrap_free_line(&page->wrap);
        set_off = false;
        show(page, finding);
    }
}

/* ---- what does not apply ---- */

static int compare_origins(const void *a, const void *b)
{
    const struct finding *one = *(const struct finding *const *)a;
    const struct finding *other = *(const struct finding *const *)b;
    int order = strcmp(one->probe, other->probe);

    if (order == 0)
        order = (int)one->subject->kind - (int)other->subject->kind;
    return order ? order : strcmp(one->subject->name, other->subject->name);
}

/*
 * Where a probe has nothing else to say of a subject, why nothing applies is the answer: that
 * a domain takes no mail is why mail to it comes back.
 */
static void only_answers(struct page *page)
{
    const struct report *report = page->report;
    const struct finding **others = memory_new(report->finding_count + 1, sizeof *others);
    size_t count = 0;
    bool is_first = true;

    for (size_t i = 0; i < report->finding_count; i++) {
        if (report_part_of(report->findings[i]) != PART_NOT_APPLICABLE)
            others[count++] = report->findings[i];
    }
    if (count > 1)
        qsort(others, count, sizeof *others, compare_origins);
    for (size_t i = 0; i < report->finding_count; i++) {
        const struct finding *finding = report->findings[i];

        if (report_part_of(finding) != PART_NOT_APPLICABLE ||
            (count && bsearch(&finding, others, count, sizeof *others, compare_origins)))
            continue;
        if (is_first)
            wrap_free_line(&page->wrap);
        is_first = false;
        heading(page, finding);
    }
    free(others);
}

/* ---- the page ---- */

static void subjects_of_kind(struct page *page, enum subject_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < page->report->subject_count; i++) {
        const struct subject *subject = page->report->subjects[i];

        if (subject->kind != kind || ++count > SUBJECTS_SHOWN)
            continue;
        if (count == 1)
            label(page, 0, subject_kind_word(kind));
        else
            wrap_words(&page->wrap, ", ");
        wrap_words(&page->wrap, subject->shown);
        if (report_has_two_names(subject)) {
            wrap_words(&page->wrap, " (");
            wrap_words(&page->wrap, subject->name);
            wrap_words(&page->wrap, ")");
        }
    }
    if (count > SUBJECTS_SHOWN) {
        char more[64];

        snprintf(more, sizeof more, " and %zu more", count - SUBJECTS_SHOWN);
        wrap_words(&page->wrap, more);
    }
    wrap_end(&page->wrap);
}

static void notices(struct page *page)
{
    for (size_t i = 0; i < page->report->run_count; i++) {
        const struct report_run *run = &page->report->runs[i];
        struct report_notice list[REPORT_NOTICES_MOST];
        size_t count = report_notices(run, list);

        for (size_t j = 0; j < count; j++) {
            set_style(page, STYLE_YELLOW);
            upper_case(page, list[j].word);
            end_style(page, STYLE_YELLOW);
            to_body(page);
            if (run->source) {
                wrap_words(&page->wrap, run->source);
                wrap_words(&page->wrap, ": ");
            }
            wrap_words(&page->wrap, list[j].text);
            wrap_end(&page->wrap);
        }
    }
}

static void header(struct page *page)
{
    const struct report *report = page->report;
    struct report_span span = report_span(report);
    struct buffer text;

    buffer_init(&text, LINE_MOST);
    buffer_print(&text, "exdiag %s", report->version);
    styled(page, STYLE_LOUD, text.text);
    if (report->title) {
        styled(page, STYLE_LOUD, ": ");
        styled(page, STYLE_LOUD, report->title);
    }
    if (report->run_count) {
        buffer_clear(&text);
        report_show_span(&span, &text);
        label(page, 0, "examined");
        wrap_words(&page->wrap, text.text);
    }
    wrap_end(&page->wrap);
    for (unsigned kind = 0; kind < SUBJECT_KIND_COUNT; kind++)
        subjects_of_kind(page, (enum subject_kind)kind);
    buffer_release(&text);
}

/* With several runs each chart names its own. */
static void charts(struct page *page)
{
    const struct report *report = page->report;

    for (size_t i = 0; i < report->chart_count; i++)
        text_chart(&page->wrap, page->options, page->body, &report->charts[i],
                   report->runs[report->charts[i].run].source);
}

static void summary(struct page *page)
{
    struct buffer text;

    buffer_init(&text, LINE_MOST);
    report_sum_up(page->report, &text);
    wrap_indent(&page->wrap, 0);
    styled(page, STYLE_LOUD, text.text);
    wrap_end(&page->wrap);
    buffer_release(&text);
}

static void body(struct page *page)
{
    part(page, PART_PROBLEMS, problem, false);
    part(page, PART_UNKNOWN, unknown_finding, false);
    part(page, PART_ACCEPTED, accepted, true);
    if (page->options->verbose) {
        part(page, PART_OK, healthy_finding, true);
        part(page, PART_NOT_APPLICABLE, heading, true);
    } else {
        only_answers(page);
    }
    wrap_free_line(&page->wrap);
}

enum status report_text(const struct report *report, const struct report_options *options,
                        FILE *stream)
{
    size_t columns = options->columns < LEAST_COLUMNS ? LEAST_COLUMNS : options->columns;
    bool narrow = columns < NARROW;
    struct page page = {.report = report,
                        .options = options,
                        .narrow = narrow,
                        .body = narrow ? BODY_NARROW : BODY};

    wrap_init(&page.wrap, stream, columns);
    if (!options->quiet)
        header(&page);
    notices(&page);
    if (options->quiet) {
        part(&page, PART_PROBLEMS, heading, false);
        part(&page, PART_UNKNOWN, heading, false);
    } else {
        charts(&page);
        body(&page);
    }
    summary(&page);
    wrap_release(&page.wrap);
    return report_finish(stream);
}
