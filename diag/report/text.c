/* For a terminal, a ticket or a mail: plain text that fits its width, commands excepted. */
#include "diag/report/report.h"

#include "diag/report/history.h"
#include "diag/report/text_page.h"
#include "diag/report/text_sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BODY = 9,        /* the column of what stands beside a label */
    BODY_NARROW = 4, /* the same where labels have lines of their own */
    MARGIN_NARROW = 2,
    NARROW = 60 /* below this many columns */
};

/* ---- an entry ---- */

/* The column of what stands beside a standing. */
static size_t beside(const struct text_page *page)
{
    return page->narrow ? MARGIN_NARROW : page->body;
}

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
    wrap_indent(&page->wrap, beside(page));
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

static void heading(struct text_page *page, const struct finding *finding)
{
    standing_of(page, finding);
    text_page_begin_style(page, STYLE_LOUD);
    text_page_title(page, finding);
    text_page_end_style(page, STYLE_LOUD);
    kind_of(page, finding);
}

static void all_names(struct text_page *page, const struct outline_entry *entry)
{
    text_page_at(page, beside(page));
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
            text_page_at(page, beside(page));
        text_page_title(page, entry->members[i]);
    }
    if (entry->title)
        text_page_title_of_all(page, entry);
    text_page_end_style(page, STYLE_LOUD);
    kind_of(page, entry->first);
    if (entry->title && (entry->member_count > TEXT_NAMES_MOST || text_page_after_subject(entry)))
        all_names(page, entry);
}

/* A line an entry, as long as one title is that of all. */
static void title_alone(struct text_page *page, const struct outline_entry *entry)
{
    const char *rest;

    if (!entry->title) {
        for (size_t i = 0; i < entry->member_count; i++)
            heading(page, entry->members[i]);
        return;
    }
    rest = text_page_after_subject(entry);
    standing_of(page, entry->first);
    text_page_begin_style(page, STYLE_LOUD);
    text_page_names(page, entry->members, entry->member_count, TEXT_NAMES_MOST);
    wrap_words(&page->wrap, rest ? ": each" : ": ");
    wrap_words(&page->wrap, rest ? rest : entry->title);
    text_page_end_style(page, STYLE_LOUD);
    kind_of(page, entry->first);
}

/* "causes 9 (critical), 12": those that are worse than the entry itself by their word. */
static void numbers(struct text_page *page, const struct outline_entry *entry, const char *words,
                    const size_t *list, size_t count, const char *more)
{
    char figure[32];

    if (count == 0)
        return;
    text_page_at(page, beside(page));
    text_page_begin_style(page, STYLE_LOUD);
    wrap_words(&page->wrap, words);
    for (size_t i = 0; i < count; i++) {
        snprintf(figure, sizeof figure, "%s%zu", i ? ", " : " ", list[i]);
        wrap_words(&page->wrap, figure);
        text_page_worse(page, entry, list[i]);
    }
    text_page_end_style(page, STYLE_LOUD);
    wrap_words(&page->wrap, more);
    wrap_end(&page->wrap);
}

static bool is_to_be_repaired(const struct text_page *page, const size_t *list, size_t count)
{
    size_t i = 0;

    while (i < count && page->outline->entries[list[i] - 1].part != PART_PROBLEMS)
        i++;
    return i < count;
}

static void causes_and_effects(struct text_page *page, const struct outline_entry *entry)
{
    bool has_cause = is_to_be_repaired(page, entry->causes, entry->cause_count);

    numbers(page, entry, "caused by", entry->causes, entry->cause_count,
            has_cause ? ": repair that first" : ": which the site has accepted");
    numbers(page, entry, "causes", entry->effects, entry->effect_count,
            entry->part == PART_PROBLEMS ? ": repair this first" : "");
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
        text_page_at(page, beside(page));
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
    text_sources(page, entry->first->kind->references);
}

static void unknown(struct text_page *page, const struct outline_entry *entry)
{
    char text[64];

    entry_rule(page, entry);
    headings(page, entry);
    causes_and_effects(page, entry);
    remarks(page, entry, STYLE_PLAIN, report_history_words);
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

/* All members have the same reason and day. */
static void accepted(struct text_page *page, const struct outline_entry *entry)
{
    entry_rule(page, entry);
    headings(page, entry);
    causes_and_effects(page, entry);
    text_page_at(page, beside(page));
    wrap_words(&page->wrap, "until ");
    wrap_words(&page->wrap, entry->first->accepted->expires);
    wrap_words(&page->wrap, ": ");
    wrap_words(&page->wrap, entry->first->accepted->reason);
    wrap_end(&page->wrap);
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
        text_page_at(page, beside(page));
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
        text_page_title(page, past->finding);
        kind_of(page, past->finding);
        if (page->options->quiet)
            continue;
        buffer_clear(&words);
        report_past_words(past, &words);
        text_page_at(page, beside(page));
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
        if (is_first)
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

/* ---- the page ---- */

/* --accept has them, and nothing that was found is one of them. */
static void idle_acceptances(struct text_page *page)
{
    const struct report *report = page->report;

    for (size_t i = 0; i < report->idle_acceptance_count; i++) {
        const struct acceptance *idle = report->idle_acceptances[i];

        if (i == 0)
            wrap_free_line(&page->wrap);
        standing(page, "not found", STYLE_FAINT);
        wrap_words(&page->wrap, idle->subject);
        wrap_words(&page->wrap, ": accepted until ");
        wrap_words(&page->wrap, idle->expires);
        wrap_words(&page->wrap, ": ");
        wrap_words(&page->wrap, idle->reason);
        wrap_words(&page->wrap, " [");
        wrap_words(&page->wrap, idle->id);
        wrap_words(&page->wrap, "]");
    }
    wrap_end(&page->wrap);
}

static void body(struct text_page *page)
{
    part(page, PART_PROBLEMS, problem);
    part(page, PART_UNKNOWN, unknown);
    past(page);
    part(page, PART_ACCEPTED, accepted);
    if (page->options->verbose) {
        lines(page, PART_OK);
        lines(page, PART_NOT_APPLICABLE);
        idle_acceptances(page);
    } else {
        only_answers(page);
    }
}

static void whole(struct text_page *page)
{
    text_head(page);
    body(page);
    text_sources_list(page);
    if (page->outline->count) {
        wrap_free_line(&page->wrap);
        text_sum(page);
    }
}

/* A single problem has its sources beside it. */
static bool has_several(const struct outline *outline)
{
    return outline->starts[PART_PROBLEMS + 1] - outline->starts[PART_PROBLEMS] > 1;
}

static void titles(struct text_page *page)
{
    text_notices(page);
    part(page, PART_PROBLEMS, title_alone);
    part(page, PART_UNKNOWN, title_alone);
    past(page);
    text_sum(page);
}

enum status report_text(const struct report *report, const struct report_options *options,
                        FILE *stream)
{
    size_t columns =
        options->columns < REPORT_COLUMNS_LEAST ? REPORT_COLUMNS_LEAST : options->columns;
    bool narrow = columns < NARROW;
    struct arena arena = {0};
    struct outline outline;
    struct text_sources sources = {0};
    struct text_page page = {.report = report,
                             .options = options,
                             .outline = &outline,
                             .arena = &arena,
                             .narrow = narrow,
                             .body = narrow ? BODY_NARROW : BODY};

    outline_make(report, &arena, &outline);
    if (has_several(&outline) && !options->verbose)
        page.sources = &sources;
    wrap_init(&page.wrap, stream, columns);
    if (options->quiet)
        titles(&page);
    else
        whole(&page);
    wrap_release(&page.wrap);
    arena_release(&arena);
    return report_finish(stream);
}
