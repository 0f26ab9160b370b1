/* The head of the report for terminals: what was examined, and what is broken. */
#include "diag/report/history.h"
#include "diag/report/summary.h"
#include "diag/report/text_chart.h"
#include "diag/report/text_page.h"

#include <stdio.h>
#include <string.h>

enum {
    HEAD = 12, /* the column of what stands beside a label */
    SUBJECTS_SHOWN = 8,
    FAULTS_SHOWN = 10,
    COSTS_SHOWN = 6,
    COSTLY_SHOWN = 12 /* faults of a cost */
};

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

void text_notices(struct text_page *page)
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

/* What the clocks on the wall showed, where they were several. */
static void zones(struct text_page *page)
{
    struct buffer text;
    size_t shown = 0;

    buffer_init(&text, TEXT_LINE_MOST);
    for (size_t i = 0; i < page->report->run_count && shown < REPORT_ZONES_MOST; i++) {
        buffer_clear(&text);
        report_show_zone(page->report, i, &text);
        if (!text.size)
            continue;
        wrap_end(&page->wrap);
        text_page_at(page, page->narrow ? page->body : HEAD);
        wrap_words(&page->wrap, report_run_name(&page->report->runs[i]));
        wrap_words(&page->wrap, ": ");
        wrap_words(&page->wrap, text.text);
        shown++;
    }
    buffer_release(&text);
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
        zones(page);
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
                   report->runs[report->charts[i].run].source,
                   report->chart_count > 1 && !page->options->verbose);
}

void text_sum(struct text_page *page)
{
    struct buffer text;

    buffer_init(&text, TEXT_LINE_MOST);
    report_sum_up(page->report, &text);
    wrap_indent(&page->wrap, 0);
    text_page_styled(page, STYLE_LOUD, text.text);
    wrap_end(&page->wrap);
    buffer_clear(&text);
    report_changes(page->report, &text);
    if (text.size) {
        text_page_styled(page, STYLE_LOUD, text.text);
        wrap_end(&page->wrap);
    }
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
    text_page_begin_style(page, style_of_finding(entry->first));
    text_page_upper_case(page, report_standing(entry->first));
    text_page_end_style(page, style_of_finding(entry->first));
    wrap_to(&page->wrap, column);
    if (entry->member_count == 1 || !entry->title)
        text_page_title(page, entry->first);
    else
        text_page_title_of_all(page, entry);
    if (!entry->title) {
        snprintf(figure, sizeof figure, ", and %zu more alike", entry->member_count - 1);
        wrap_words(&page->wrap, figure);
    }
    for (size_t i = 0; i < fault->consequence_count; i++) {
        snprintf(figure, sizeof figure, "%s%zu", i ? ", " : "; causes ", fault->consequences[i]);
        wrap_words(&page->wrap, figure);
        text_page_worse(page, entry, fault->consequences[i]);
    }
    wrap_end(&page->wrap);
    if (!finding_repair(entry->first))
        return;
    text_page_at(page, column);
    text_page_styled(page, STYLE_COMMAND, finding_repair(entry->first));
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

static bool is_shown(const struct summary *summary, size_t index)
{
    return summary->cost_count <= COSTS_SHOWN || !summary->counts[SEVERITY_CRITICAL] ||
           summary->costs[index].rank == SEVERITY_CRITICAL;
}

/* All, or of what is critical where that would be many. */
static void costs(struct text_page *page, const struct summary *summary)
{
    size_t wanted = 0, shown = 0;
    char text[64];

    for (size_t i = 0; i < summary->cost_count; i++)
        wanted += is_shown(summary, i);
    if (wanted == 0)
        return;
    wrap_end(&page->wrap);
    wrap_indent(&page->wrap, 0);
    text_page_styled(page, STYLE_LOUD, "what that costs while it lasts");
    if (wanted < summary->cost_count)
        text_page_styled(page, STYLE_LOUD, ", of what is critical");
    wrap_end(&page->wrap);
    for (size_t i = 0; i < summary->cost_count && shown < COSTS_SHOWN; i++) {
        if (!is_shown(summary, i))
            continue;
        cost(page, summary, &summary->costs[i]);
        shown++;
    }
    if (shown == wanted)
        return;
    text_page_at(page, page->narrow ? 2 : 5);
    snprintf(text, sizeof text, "and %zu more", wanted - shown);
    wrap_words(&page->wrap, text);
    wrap_end(&page->wrap);
}

/* What is broken, in which order to repair it, and what it costs. */
static void summary(struct text_page *page, const struct summary *summary)
{
    size_t shown = summary->fault_count > FAULTS_SHOWN + 1 ? FAULTS_SHOWN : summary->fault_count;
    char text[128];

    if (summary->fault_count < 2)
        return;
    wrap_free_line(&page->wrap);
    text_page_styled(page, STYLE_LOUD, "what is broken, and what to do, in this order");
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

/* ---- how steps are to be read ---- */

static unsigned asked_by(const struct outline_steps *steps)
{
    unsigned asked = 0;

    for (size_t i = 0; i < steps->count; i++) {
        for (size_t j = 0; j < steps->list[i].variant_count; j++)
            asked |= report_asked_by(steps->list[i].variants[j].step);
    }
    return asked;
}

/* What stands in brackets at steps, said once. */
static void how_to_read(struct text_page *page)
{
    static const struct {
        enum report_asks asks;
        const char *word;
        const char *meaning;
    } meanings[] = {
        {REPORT_ASKS_TO_DECIDE, "[decide first]", " whether it is the right step is yours to say"},
        {REPORT_ASKS_TO_FILL_IN, "[fill in: x]", " put it where <x> stands"},
        {REPORT_ASKS_TO_CHECK, "[check: x]",
         " nobody vouched for it (it came from DNS, a peer or a log): compare it first"},
    };
    const struct outline *outline = page->outline;
    size_t body = page->narrow ? page->body : HEAD;
    unsigned asked = 0;

    for (size_t i = 0; i < outline->starts[PART_ACCEPTED]; i++)
        asked |= asked_by(&outline->entries[i].fix) | asked_by(&outline->entries[i].verify) |
                 asked_by(&outline->entries[i].undo);
    if (!asked)
        return;
    wrap_free_line(&page->wrap);
    text_page_label(page, "steps", body);
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        if (!(asked & meanings[i].asks))
            continue;
        text_page_at(page, body);
        text_page_styled(page, STYLE_YELLOW, meanings[i].word);
        wrap_words(&page->wrap, meanings[i].meaning);
    }
    text_page_at(page, body);
    wrap_words(&page->wrap, "where a step has no place, it is done in that of the one before");
    wrap_end(&page->wrap);
}

void text_head(struct text_page *page)
{
    struct summary summing;

    summary_make(page->outline, page->arena, &summing);
    header(page);
    text_notices(page);
    wrap_free_line(&page->wrap);
    text_sum(page);
    summary(page, &summing);
    charts(page);
    how_to_read(page);
}
