/* For a terminal, a ticket or a mail: plain text that fits its width, commands excepted. */
#include "diag/report/report.h"

#include "diag/report/history.h"
#include "diag/report/summary.h"
#include "diag/report/text_chart.h"
#include "diag/report/text_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BODY = 9,        /* the column of what stands beside a label */
    BODY_NARROW = 4, /* the same where labels have lines of their own */
    HEAD = 12,       /* the column of what stands beside a label of the head */
    NARROW = 60,     /* below this many columns */
    LEAST_COLUMNS = 40,
    SUBJECTS_SHOWN = 8,
    NAMES_SHOWN = 3,
    FAULTS_SHOWN = 12, /* at the head */
    COSTS_SHOWN = 6,
    COSTLY_SHOWN = 12
};

/* ---- an entry ---- */

/* "-- 3 ------" over the whole width: here begins another problem. */
static void rule(struct text_page *page, const char *word)
{
    struct wrap *wrap = &page->wrap;
    const char *line = page->options->ascii ? "-" : "─";
    size_t column = 4 + strlen(word);

    wrap_free_line(wrap);
    text_page_begin_style(page, STYLE_FAINT);
    wrap_verbatim(wrap, line, strlen(line));
    wrap_verbatim(wrap, line, strlen(line));
    text_page_end_style(page, STYLE_FAINT);
    wrap_verbatim(wrap, " ", 1);
    text_page_begin_style(page, STYLE_LOUD);
    wrap_verbatim(wrap, word, strlen(word));
    text_page_end_style(page, STYLE_LOUD);
    wrap_verbatim(wrap, " ", 1);
    text_page_begin_style(page, STYLE_FAINT);
    for (; column < wrap->columns; column++)
        wrap_verbatim(wrap, line, strlen(line));
    text_page_end_style(page, STYLE_FAINT);
    wrap_end(wrap);
}

static void standing(struct text_page *page, const char *word, enum style style)
{
    wrap_end(&page->wrap);
    wrap_indent(&page->wrap, page->narrow ? 2 : page->body);
    text_page_begin_style(page, style);
    text_page_upper_case(page, word);
    text_page_end_style(page, style);
    wrap_to(&page->wrap, page->narrow ? 0 : page->body);
}

static void standing_of(struct text_page *page, const struct finding *finding)
{
    standing(page, report_standing(finding), style_of_finding(finding));
}

static void kind_of(struct text_page *page, const struct finding *finding)
{
    wrap_words(&page->wrap, " ");
    text_page_begin_style(page, STYLE_FAINT);
    wrap_words(&page->wrap, "[");
    wrap_words(&page->wrap, finding->kind->id);
    wrap_words(&page->wrap, "]");
    text_page_end_style(page, STYLE_FAINT);
    wrap_end(&page->wrap);
}

/* "each of these servers" at the beginning of a title of all members; or NULL. */
static const char *after_own_subject(const struct outline_entry *entry)
{
    static const char each[] = "each of these ";
    const char *subjects = outline_subjects(entry);

    if (!entry->title || strncmp(entry->title, each, sizeof each - 1) != 0 ||
        strncmp(entry->title + sizeof each - 1, subjects, strlen(subjects)) != 0)
        return NULL;
    return entry->title + sizeof each - 1 + strlen(subjects);
}

static void put_title(struct text_page *page, const struct finding *finding)
{
    wrap_words(&page->wrap, finding->subject->shown);
    wrap_words(&page->wrap, ": ");
    wrap_words(&page->wrap, finding->title);
}

/* "contoso.com and fabrikam.com: no record", "each of 40 domains: no record" */
static void put_title_of_all(struct text_page *page, const struct outline_entry *entry)
{
    const char *rest = after_own_subject(entry);
    char text[64];

    snprintf(text, sizeof text, "each of %zu %s", entry->member_count, outline_subjects(entry));
    if (rest) {
        wrap_words(&page->wrap, text);
        wrap_words(&page->wrap, rest);
        return;
    }
    if (entry->member_count > NAMES_SHOWN)
        wrap_words(&page->wrap, text);
    else
        text_page_names(page, entry->members, entry->member_count, NAMES_SHOWN);
    wrap_words(&page->wrap, ": ");
    wrap_words(&page->wrap, entry->title);
}

static void heading(struct text_page *page, const struct finding *finding)
{
    standing_of(page, finding);
    text_page_begin_style(page, STYLE_LOUD);
    put_title(page, finding);
    text_page_end_style(page, STYLE_LOUD);
    kind_of(page, finding);
}

static void all_names(struct text_page *page, const struct outline_entry *entry)
{
    text_page_at(page, page->narrow ? 2 : page->body);
    text_page_names(page, entry->members, entry->member_count, entry->member_count);
    wrap_end(&page->wrap);
}

/* One title for all, or a line for each. */
static void headings(struct text_page *page, const struct outline_entry *entry)
{
    if (entry->member_count == 1) {
        heading(page, entry->first);
        return;
    }
    standing_of(page, entry->first);
    text_page_begin_style(page, STYLE_LOUD);
    for (size_t i = 0; i < entry->member_count && !entry->title; i++) {
        if (i > 0)
            text_page_at(page, page->narrow ? 2 : page->body);
        put_title(page, entry->members[i]);
    }
    if (entry->title)
        put_title_of_all(page, entry);
    text_page_end_style(page, STYLE_LOUD);
    kind_of(page, entry->first);
    if (entry->title && (entry->member_count > NAMES_SHOWN || after_own_subject(entry)))
        all_names(page, entry);
}

static void numbers(struct text_page *page, const char *words, const size_t *list, size_t count,
                    const char *more)
{
    char figure[32];

    if (count == 0)
        return;
    text_page_at(page, page->narrow ? 2 : page->body);
    text_page_begin_style(page, STYLE_LOUD);
    wrap_words(&page->wrap, words);
    for (size_t i = 0; i < count; i++) {
        snprintf(figure, sizeof figure, "%s%zu", i ? ", " : " ", list[i]);
        wrap_words(&page->wrap, figure);
    }
    text_page_end_style(page, STYLE_LOUD);
    wrap_words(&page->wrap, more);
    wrap_end(&page->wrap);
}

static void causes_and_effects(struct text_page *page, const struct outline_entry *entry)
{
    numbers(page, "caused by", entry->causes, entry->cause_count, ": repair that first");
    numbers(page, "causes", entry->effects, entry->effect_count, ": repair this first");
}

typedef void say(const struct finding *finding, struct buffer *out);

static bool say_all_the_same(const struct outline_entry *entry, say *write)
{
    struct buffer first, other;
    size_t same = 1;

    buffer_init(&first, TEXT_LINE_MOST);
    buffer_init(&other, TEXT_LINE_MOST);
    write(entry->first, &first);
    for (; same < entry->member_count; same++) {
        buffer_clear(&other);
        write(entry->members[same], &other);
        if (strcmp(other.text, first.text) != 0)
            break;
    }
    buffer_release(&first);
    buffer_release(&other);
    return same == entry->member_count;
}

/* What is said of each member in a line of its own, or once of all. */
static void remarks(struct text_page *page, const struct outline_entry *entry, enum style style,
                    say *write)
{
    bool is_of_all = say_all_the_same(entry, write);
    struct buffer words;

    buffer_init(&words, TEXT_LINE_MOST);
    for (size_t i = 0; i < (is_of_all ? 1 : entry->member_count); i++) {
        buffer_clear(&words);
        write(entry->members[i], &words);
        if (!words.size)
            continue;
        text_page_at(page, page->narrow ? 2 : page->body);
        if (!is_of_all) {
            wrap_words(&page->wrap, entry->members[i]->subject->shown);
            wrap_words(&page->wrap, ": ");
        }
        text_page_styled(page, style, words.text);
        wrap_end(&page->wrap);
    }
    buffer_release(&words);
}

static void reason(struct text_page *page, const struct outline_entry *entry)
{
    if (entry->why && !*entry->why)
        return;
    text_page_label(page, "why", page->body);
    if (entry->why) {
        wrap_words(&page->wrap, entry->why);
        page->after_label = false;
    }
    for (size_t i = 0; i < entry->member_count && !entry->why; i++) {
        const struct finding *member = entry->members[i];

        if (!member->why)
            continue;
        text_page_at(page, page->body);
        wrap_words(&page->wrap, member->subject->shown);
        wrap_words(&page->wrap, ": ");
        wrap_words(&page->wrap, member->why);
    }
    wrap_end(&page->wrap);
}

static bool has_reason(const struct outline_entry *entry)
{
    for (size_t i = 0; i < entry->member_count; i++) {
        if (entry->members[i]->why)
            return true;
    }
    return false;
}

/* In a paragraph; with --verbose a line each, with addresses. */
static void sources(struct text_page *page, const struct reference *reference)
{
    bool verbose = page->options->verbose;

    if (!reference || !reference->title)
        return;
    text_page_label(page, "sources", page->body);
    for (; reference->title; reference++) {
        if (verbose)
            text_page_at(page, page->body);
        wrap_words(&page->wrap, reference->title);
        if (verbose && reference->url) {
            wrap_words(&page->wrap, " ");
            wrap_unbroken(&page->wrap, reference->url);
        }
        if (!verbose && reference[1].title)
            wrap_words(&page->wrap, "; ");
    }
    page->after_label = false;
    wrap_end(&page->wrap);
}

static void entry_rule(struct text_page *page, const struct outline_entry *entry)
{
    char number[32];

    snprintf(number, sizeof number, "%zu", entry->number);
    rule(page, number);
}

static void problem(struct text_page *page, const struct outline_entry *entry)
{
    const char *no_undo = entry->first->kind->no_undo;

    entry_rule(page, entry);
    headings(page, entry);
    causes_and_effects(page, entry);
    remarks(page, entry, STYLE_PLAIN, report_history_words);
    remarks(page, entry, STYLE_YELLOW, report_expired_words);
    text_seen(page, entry);
    if (has_reason(entry))
        reason(page, entry);
    text_steps(page, entry, "fix", &entry->fix);
    text_steps(page, entry, "verify", &entry->verify);
    text_steps(page, entry, "undo", &entry->undo);
    if (entry->undo.count == 0 && no_undo) {
        text_page_label(page, "undo", page->body);
        wrap_words(&page->wrap, no_undo);
        page->after_label = false;
    }
    sources(page, entry->first->kind->references);
}

static void unknown(struct text_page *page, const struct outline_entry *entry)
{
    char text[64];

    entry_rule(page, entry);
    headings(page, entry);
    causes_and_effects(page, entry);
    text_seen(page, entry);
    if (!entry->fix_as) {
        text_steps(page, entry, "to know", &entry->fix);
        return;
    }
    text_page_label(page, "to know", page->body);
    snprintf(text, sizeof text, "the same as for %zu", entry->fix_as);
    wrap_words(&page->wrap, text);
    page->after_label = false;
    wrap_end(&page->wrap);
}

static void accepted(struct text_page *page, const struct outline_entry *entry)
{
    for (size_t i = 0; i < entry->member_count; i++) {
        const struct finding *finding = entry->members[i];

        heading(page, finding);
        text_page_at(page, page->narrow ? 2 : page->body);
        wrap_words(&page->wrap, "until ");
        wrap_words(&page->wrap, finding->accepted->expires);
        wrap_words(&page->wrap, ": ");
        wrap_words(&page->wrap, finding->accepted->reason);
        wrap_end(&page->wrap);
    }
}

/* In the margin, or on a line before the first of its sort where it is too long for that. */
static void past_heading(struct text_page *page, const struct past *past, bool is_first)
{
    const char *word = report_past_heading(past->state);
    enum style style = past->state == PAST_FIXED ? STYLE_GREEN : STYLE_MAGENTA;
    bool is_long = strlen(word) >= BODY;

    wrap_end(&page->wrap);
    if (is_first || !is_long)
        standing(page, word, style);
    if (is_long)
        text_page_at(page, page->narrow ? 2 : page->body);
}

/* What the newest evidence does not have any more. */
static void past(struct text_page *page)
{
    struct buffer words;

    buffer_init(&words, TEXT_LINE_MOST);
    for (size_t i = 0; i < page->report->past_count; i++) {
        const struct past *past = &page->report->past[i];

        if ((i == 0 || past->state != past[-1].state) && !page->options->quiet)
            wrap_free_line(&page->wrap);
        past_heading(page, past, i == 0 || past->state != past[-1].state);
        put_title(page, past->finding);
        kind_of(page, past->finding);
        if (page->options->quiet)
            continue;
        buffer_clear(&words);
        report_past_words(past, &words);
        text_page_at(page, page->narrow ? 2 : page->body);
        wrap_words(&page->wrap, words.text);
        wrap_end(&page->wrap);
    }
    buffer_release(&words);
}

static void part(struct text_page *page, enum report_part wanted,
                 void (*show)(struct text_page *page, const struct outline_entry *entry))
{
    const struct outline *outline = page->outline;

    for (size_t i = outline->starts[wanted]; i < outline->starts[wanted + 1]; i++)
        show(page, &outline->entries[i]);
}

/* Findings of a part in the report's order, a line or two each. */
static void lines(struct text_page *page, enum report_part wanted)
{
    bool is_first = true;

    for (size_t i = 0; i < page->report->finding_count; i++) {
        const struct finding *finding = page->report->findings[i];

        if (report_part_of(finding) != wanted)
            continue;
        if (is_first && !page->options->quiet)
            wrap_free_line(&page->wrap);
        is_first = false;
        heading(page, finding);
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
static void only_answers(struct text_page *page)
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

/* ---- the head ---- */

static void subjects_of_kind(struct text_page *page, enum subject_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < page->report->subject_count; i++) {
        const struct subject *subject = page->report->subjects[i];

        if (subject->kind != kind || ++count > SUBJECTS_SHOWN)
            continue;
        if (count == 1)
            text_page_label(page, subject_kind_word(kind), page->narrow ? page->body : HEAD);
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

static void notices(struct text_page *page)
{
    for (size_t i = 0; i < page->report->run_count; i++) {
        const struct report_run *run = &page->report->runs[i];
        struct report_notice list[REPORT_NOTICES_MOST];
        size_t count = report_notices(run, list);

        for (size_t j = 0; j < count; j++) {
            size_t body = page->narrow ? page->body : HEAD;

            text_page_begin_style(page, STYLE_YELLOW);
            text_page_upper_case(page, list[j].word);
            text_page_end_style(page, STYLE_YELLOW);
            wrap_indent(&page->wrap, body);
            if (page->narrow)
                wrap_end(&page->wrap);
            wrap_to(&page->wrap, body);
            if (run->source) {
                wrap_words(&page->wrap, run->source);
                wrap_words(&page->wrap, ": ");
            }
            wrap_words(&page->wrap, list[j].text);
            wrap_end(&page->wrap);
        }
    }
}

static void header(struct text_page *page)
{
    const struct report *report = page->report;
    struct report_span span = report_span(report);
    struct buffer text;

    buffer_init(&text, TEXT_LINE_MOST);
    buffer_print(&text, "exdiag %s", report->version);
    text_page_styled(page, STYLE_LOUD, text.text);
    if (report->title) {
        text_page_styled(page, STYLE_LOUD, ": ");
        text_page_styled(page, STYLE_LOUD, report->title);
    }
    if (report->run_count) {
        buffer_clear(&text);
        report_show_span(&span, &text);
        text_page_label(page, "examined", page->narrow ? page->body : HEAD);
        wrap_words(&page->wrap, text.text);
        buffer_clear(&text);
        report_show_local(report, &text);
        if (text.size && !strstr(text.text, "UTC+00:00")) {
            wrap_words(&page->wrap, " (");
            wrap_words(&page->wrap, text.text);
            wrap_words(&page->wrap, ")");
        }
    }
    wrap_end(&page->wrap);
    for (unsigned kind = 0; kind < SUBJECT_KIND_COUNT; kind++)
        subjects_of_kind(page, (enum subject_kind)kind);
    buffer_release(&text);
}

/* With several runs each chart names its own. */
static void charts(struct text_page *page)
{
    const struct report *report = page->report;

    for (size_t i = 0; i < report->chart_count; i++)
        text_chart(&page->wrap, page->options, page->narrow ? page->body : HEAD, &report->charts[i],
                   report->runs[report->charts[i].run].source);
}

static void sum(struct text_page *page)
{
    struct buffer text;

    buffer_init(&text, TEXT_LINE_MOST);
    report_sum_up(page->report, &text);
    wrap_indent(&page->wrap, 0);
    text_page_styled(page, STYLE_LOUD, text.text);
    wrap_end(&page->wrap);
    buffer_clear(&text);
    report_changes(page->report, &text);
    text_page_styled(page, STYLE_LOUD, text.text);
    wrap_end(&page->wrap);
    buffer_release(&text);
}

/* "12 CRITICAL  contoso.com: several SPF records are published" and what follows from it */
static void fault_line(struct text_page *page, const struct summary_fault *fault)
{
    const struct outline_entry *entry = fault->entry;
    const size_t column = page->narrow ? 5 : 14;
    char figure[64];

    snprintf(figure, sizeof figure, "%3zu. ", entry->number);
    wrap_end(&page->wrap);
    wrap_indent(&page->wrap, column);
    wrap_verbatim(&page->wrap, figure, strlen(figure));
    text_page_begin_style(page, style_of_severity(fault->rank));
    text_page_upper_case(page, severity_word(fault->rank));
    text_page_end_style(page, style_of_severity(fault->rank));
    wrap_to(&page->wrap, column);
    if (entry->member_count == 1 || !entry->title)
        put_title(page, entry->first);
    else
        put_title_of_all(page, entry);
    if (!entry->title) {
        snprintf(figure, sizeof figure, ", and %zu more alike", entry->member_count - 1);
        wrap_words(&page->wrap, figure);
    }
    if (fault->consequence_count) {
        for (size_t i = 0; i < fault->consequence_count; i++) {
            snprintf(figure, sizeof figure, "%s%zu", i ? ", " : " (causes ",
                     fault->consequences[i]);
            wrap_words(&page->wrap, figure);
        }
        wrap_words(&page->wrap, ")");
    }
    wrap_end(&page->wrap);
}

static void cost(struct text_page *page, const struct summary *summary,
                 const struct summary_cost *cost)
{
    const size_t column = page->narrow ? 2 : 5;

    text_page_at(page, column);
    wrap_words(&page->wrap, cost->text);
    for (size_t i = 0; i < cost->fault_count && i < COSTLY_SHOWN; i++) {
        char figure[32];

        snprintf(figure, sizeof figure, "%s%zu", i ? ", " : " (",
                 summary->faults[cost->faults[i]].entry->number);
        wrap_words(&page->wrap, figure);
    }
    wrap_words(&page->wrap, cost->fault_count > COSTLY_SHOWN ? " and more)" : ")");
    wrap_end(&page->wrap);
}

/* Of what is critical, or else of what is worst. */
static void costs(struct text_page *page, const struct summary *summary)
{
    size_t shown = 0;

    for (size_t i = 0; i < summary->cost_count && shown < COSTS_SHOWN; i++) {
        if (summary->costs[i].rank != SEVERITY_CRITICAL && summary->counts[SEVERITY_CRITICAL])
            continue;
        if (shown++ == 0) {
            wrap_end(&page->wrap);
            wrap_indent(&page->wrap, 0);
            text_page_styled(page, STYLE_LOUD, "what that costs while it lasts");
            wrap_end(&page->wrap);
        }
        cost(page, summary, &summary->costs[i]);
    }
}

/* What is broken, in which order to repair it, and what it costs. */
static void summary(struct text_page *page, const struct summary *summary)
{
    size_t shown = summary->fault_count > FAULTS_SHOWN + 1 ? FAULTS_SHOWN : summary->fault_count;
    char text[128];

    if (summary->fault_count < 2)
        return;
    wrap_free_line(&page->wrap);
    text_page_styled(page, STYLE_LOUD, "what is broken, to be repaired in this order");
    for (size_t i = 0; i < shown; i++)
        fault_line(page, &summary->faults[i]);
    if (shown < summary->fault_count) {
        snprintf(text, sizeof text, "     and %zu more below", summary->fault_count - shown);
        wrap_end(&page->wrap);
        wrap_verbatim(&page->wrap, text, strlen(text));
    }
    wrap_end(&page->wrap);
    costs(page, summary);
}

static bool has_choices(const struct outline_steps *steps)
{
    for (size_t i = 0; i < steps->count; i++) {
        for (size_t j = 0; j < steps->list[i].variant_count; j++) {
            if (steps->list[i].variants[j].step->kind != STEP_EXACT)
                return true;
        }
    }
    return false;
}

/* What stands before steps, said once. */
static void how_to_read(struct text_page *page)
{
    const struct outline *outline = page->outline;
    size_t i = 0;

    while (i < outline->starts[PART_ACCEPTED] && !has_choices(&outline->entries[i].fix) &&
           !has_choices(&outline->entries[i].verify) && !has_choices(&outline->entries[i].undo))
        i++;
    if (i == outline->starts[PART_ACCEPTED])
        return;
    wrap_free_line(&page->wrap);
    wrap_indent(&page->wrap, 0);
    wrap_words(&page->wrap,
               "Of a step, [fill in: x] asks for what stands as <x>; [check: x] names what nobody "
               "vouched for (it came from DNS, a peer or a log): compare it before you run the "
               "step; [decide first] leaves to you whether it is the right one.");
    wrap_end(&page->wrap);
}

static void body(struct text_page *page)
{
    part(page, PART_PROBLEMS, problem);
    part(page, PART_UNKNOWN, unknown);
    past(page);
    if (page->outline->starts[PART_ACCEPTED] < page->outline->starts[PART_ACCEPTED + 1])
        wrap_free_line(&page->wrap);
    part(page, PART_ACCEPTED, accepted);
    if (page->options->verbose) {
        lines(page, PART_OK);
        lines(page, PART_NOT_APPLICABLE);
    } else {
        only_answers(page);
    }
}

static void whole(struct text_page *page)
{
    struct summary summing;

    summary_make(page->outline, page->arena, &summing);
    header(page);
    notices(page);
    wrap_free_line(&page->wrap);
    sum(page);
    summary(page, &summing);
    charts(page);
    how_to_read(page);
    body(page);
    if (page->outline->count) {
        wrap_free_line(&page->wrap);
        sum(page);
    }
}

static void titles(struct text_page *page)
{
    notices(page);
    lines(page, PART_PROBLEMS);
    lines(page, PART_UNKNOWN);
    past(page);
    sum(page);
}

enum status report_text(const struct report *report, const struct report_options *options,
                        FILE *stream)
{
    size_t columns = options->columns < LEAST_COLUMNS ? LEAST_COLUMNS : options->columns;
    bool narrow = columns < NARROW;
    struct arena arena = {0};
    struct outline outline;
    struct text_page page = {.report = report,
                             .options = options,
                             .outline = &outline,
                             .arena = &arena,
                             .narrow = narrow,
                             .body = narrow ? BODY_NARROW : BODY};

    outline_make(report, &arena, &outline);
    wrap_init(&page.wrap, stream, columns);
    if (options->quiet)
        titles(&page);
    else
        whole(&page);
    wrap_release(&page.wrap);
    arena_release(&arena);
    return report_finish(stream);
}
