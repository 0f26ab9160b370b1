#include "diag/report/html_cover.h"

#include "diag/report/history.h"
#include "diag/report/html_entry.h"
#include "diag/report/html_past.h"

#include <string.h>

enum {
    FAULTS_MOST = 6, /* that fit on a sheet with what stands above and below them */
    NOTICES_MOST = 3,
    NAMES_MOST = 2,
    TITLE_MOST = 120,
    STEP_MOST = 120,
    LINE_MOST = 1 << 12
};

static void put_title(struct page *page, size_t most)
{
    const struct report *report = page->report;

    if (report->title) {
        html_cut(page, report->title, most);
        return;
    }
    html_put(page, "Mail examination");
    if (report->subject_count) {
        html_put(page, " of ");
        html_cut(page, report->subjects[0]->shown, TITLE_MOST);
    }
    if (report->subject_count > 1)
        html_put(page, " and %u more", (unsigned)report->subject_count - 1);
}

void html_title(struct page *page)
{
    put_title(page, TITLE_MOST);
}

/* ---- when, and what of ---- */

static void put_when(struct page *page)
{
    struct report_span span = report_span(page->report);
    struct buffer text;

    if (page->report->run_count == 0)
        return;
    buffer_init(&text, 128);
    report_show_span(&span, &text);
    html_put(page, "<div><dt>Examined</dt><dd>%s", text.text);
    if (page->report->run_count > 1)
        html_put(page, ", %u runs", (unsigned)page->report->run_count);
    buffer_clear(&text);
    report_show_local(page->report, &text);
    if (text.size)
        html_put(page, "<br>%s", text.text);
    html_put(page, "</dd></div>\n");
    buffer_release(&text);
}

static void put_scope(struct page *page)
{
    size_t counts[SUBJECT_KIND_COUNT] = {0};
    bool any = false;

    for (size_t i = 0; i < page->report->subject_count; i++)
        counts[page->report->subjects[i]->kind]++;
    for (unsigned kind = 0; kind < SUBJECT_KIND_COUNT; kind++) {
        if (!counts[kind])
            continue;
        html_put(page, any ? ", " : "<div><dt>Scope</dt><dd>");
        html_put(page, "%u %s", (unsigned)counts[kind],
                 report_kind_word((enum subject_kind)kind, counts[kind] != 1));
        any = true;
    }
    if (any)
        html_put(page, "</dd></div>\n");
}

static size_t put_notices(struct page *page, size_t most)
{
    size_t told = 0;

    for (size_t i = 0; i < page->report->run_count; i++) {
        const struct report_run *run = &page->report->runs[i];
        struct report_notice notices[REPORT_NOTICES_MOST];
        size_t count = report_notices(run, notices);

        for (size_t j = 0; j < count; j++) {
            if (told++ >= most)
                continue;
            html_put(page, "<p class=\"notice\"><b>%s:</b> ", notices[j].word);
            if (run->source)
                html_put(page, "<bdi>%s</bdi>, ", run->source);
            html_put(page, "%s</p>\n", notices[j].text);
        }
    }
    return told;
}

/* ---- how many of what ---- */

static void put_count(struct page *page, const char *class, const char *target, size_t count,
                      const char *word)
{
    if (count)
        html_put(page, "<li class=\"%s\"><a href=\"#%s\"><b>%u</b> %s</a></li>\n", class, target,
                 (unsigned)count, word);
}

static void put_counts(struct page *page)
{
    const struct report *report = page->report;
    size_t counts[SEVERITY_COUNT];

    report_count_problems(report, counts);
    html_put(page, "<ul class=\"counts\">\n");
    put_count(page, "critical", "problems", counts[SEVERITY_CRITICAL], "critical");
    put_count(page, "warning", "problems", counts[SEVERITY_WARNING],
              counts[SEVERITY_WARNING] == 1 ? "warning" : "warnings");
    put_count(page, "info", "problems", counts[SEVERITY_INFO],
              counts[SEVERITY_INFO] == 1 ? "remark" : "remarks");
    put_count(page, "unknown", "unknown", report->counts[OUTCOME_UNKNOWN], "could not be checked");
    put_count(page, "accepted", "accepted", report->accepted_count, "accepted");
    put_count(page, "ok", "ok", report->counts[OUTCOME_OK], "in order");
    html_put(page, "</ul>\n");
}

/* ---- what is broken ---- */

/* In words; commands stand with what they risk, in the entry alone. */
static void put_first_step(struct page *page, const struct summary_fault *fault)
{
    const struct step *step = fault->first;
    bool has_where = step && step->where && *step->where;
    struct buffer words;

    if (!step)
        return;
    buffer_init(&words, LINE_MOST);
    if (fault->repair)
        buffer_add_string(&words, fault->repair);
    else if (step->shell == SHELL_MANUAL)
        summary_sentence(step->command, STEP_MOST, &words);
    html_put(page, "<a href=\"#fix-%u\">", (unsigned)fault->entry->number);
    if (words.size)
        html_put(page, "%s", words.text);
    else if (step->shell == SHELL_MANUAL)
        html_put(page, "Do step 1 of %u", (unsigned)fault->entry->number);
    else if (step->shell == SHELL_DNS)
        html_put(page, "Edit the DNS zone as %u shows", (unsigned)fault->entry->number);
    else
        html_put(page, "Run the first command of %u", (unsigned)fault->entry->number);
    html_put(page, "</a>");
    if (!fault->repair) {
        html_put(page, "<small>");
        if (step->shell != SHELL_MANUAL && step->shell != SHELL_DNS)
            html_put(page, "%s%s", report_step_shell(step), has_where ? ": " : "");
        if (has_where)
            html_cut(page, step->where, STEP_MOST);
        html_put(page, "</small>");
    }
    buffer_release(&words);
}

/* "as of 2026-11-02": whoever reads this page alone must not take it for now. */
static void put_day(struct page *page, const struct outline_entry *entry)
{
    enum { DAY_SIZE = 10 };
    struct buffer moment;

    if (entry->member_count > 1 || !entry->first->history.as_of)
        return;
    buffer_init(&moment, 64);
    report_show_time(entry->first->history.as_of, &moment);
    html_put(page, ", as of ");
    html_escape(page, moment.text, DAY_SIZE);
    buffer_release(&moment);
}

/* "; explains 2 more, 1 critical": why a warning may stand among what is critical. */
static void put_consequences(struct page *page, const struct summary_fault *fault)
{
    unsigned worse = 0;

    for (size_t i = 0; i < fault->consequence_count; i++)
        worse += outline_is_worse(page->outline, fault->entry, fault->consequences[i]);
    html_put(page, "; explains %u more", (unsigned)fault->consequence_count);
    if (worse)
        html_put(page, ", %u %s", worse, severity_word(fault->rank));
}

static void put_fault(struct page *page, const struct summary_fault *fault)
{
    const struct outline_entry *entry = fault->entry;

    html_put(page,
             "<tr><td class=\"number\">%u</td>"
             "<td><a href=\"#finding-%u\">",
             (unsigned)entry->number, (unsigned)entry->number);
    html_entry_title(page, entry, TITLE_MOST);
    html_put(page, "</a><small>");
    html_put(page, "<span class=\"standing %s\">%s</span> ", report_standing(entry->first),
             report_standing(entry->first));
    html_entry_subjects(page, entry, NAMES_MOST);
    put_day(page, entry);
    if (fault->consequence_count)
        put_consequences(page, fault);
    html_put(page, "</small></td><td>");
    if (fault->cost)
        html_cut(page, fault->cost, STEP_MOST);
    html_put(page, "</td><td>");
    put_first_step(page, fault);
    html_put(page, "</td></tr>\n");
}

static void put_faults(struct page *page)
{
    const struct summary *summary = page->summary;
    size_t shown = summary->fault_count > FAULTS_MOST ? FAULTS_MOST : summary->fault_count;

    if (shown == 0)
        return;
    html_put(page,
             "<table class=\"faults\">\n<thead><tr><th scope=\"col\" class=\"number\">No.</th>"
             "<th scope=\"col\">What is broken</th><th scope=\"col\">What it costs</th>"
             "<th scope=\"col\">What to do first</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < shown; i++)
        put_fault(page, &summary->faults[i]);
    html_put(page, "</tbody>\n</table>\n");
    if (shown < summary->fault_count)
        html_put(page,
                 "<p class=\"faint\">The worst %u of %u faults; the <a href=\"#contents\">"
                 "contents</a> list them all.</p>\n",
                 (unsigned)shown, (unsigned)summary->fault_count);
}

void html_cover(struct page *page)
{
    struct buffer headline;
    size_t notices;

    html_put(page, "<header class=\"cover\">\n<p class=\"tool\">exdiag %s</p>\n<h1>",
             page->report->version);
    put_title(page, SIZE_MAX);
    html_put(page, "</h1>\n<dl>\n");
    put_when(page);
    put_scope(page);
    html_put(page, "</dl>\n");
    notices = put_notices(page, NOTICES_MOST);
    if (notices > NOTICES_MOST)
        html_put(page, "<p class=\"notice\"><a href=\"#examined\">%u more</a></p>\n",
                 (unsigned)(notices - NOTICES_MOST));
    buffer_init(&headline, LINE_MOST);
    summary_headline(page->report, page->summary, &headline);
    html_put(page, "<p class=\"headline\">%s</p>\n", headline.text);
    buffer_release(&headline);
    put_counts(page);
    html_changes(page);
    put_faults(page);
    html_put(page, "</header>\n");
}

/* ---- what was examined ---- */

static void put_run(struct page *page, const struct report_run *run)
{
    struct report_span span = {run->started, run->finished, true};
    struct report alone = {.runs = run, .run_count = 1};
    struct buffer text, local;

    buffer_init(&text, 128);
    buffer_init(&local, 128);
    report_show_span(&span, &text);
    report_show_local(&alone, &local);
    html_put(page, local.size ? "<div><dt>Run</dt><dd>%s (%s)" : "<div><dt>Run</dt><dd>%s",
             text.text, local.text);
    buffer_release(&local);
    if (run->machine)
        html_put(page, " on <bdi>%s</bdi>", run->machine);
    if (run->source)
        html_put(page, "<br>from <bdi>%s</bdi>", run->source);
    html_put(page, "</dd></div>\n");
    buffer_release(&text);
}

static void put_subject(struct page *page, const struct subject *subject)
{
    html_put(page, "<bdi>%s</bdi>", subject->shown);
    if (report_has_two_names(subject))
        html_put(page, " (%s)", subject->name);
}

static void put_subjects(struct page *page, enum subject_kind kind)
{
    static const char *const names[SUBJECT_KIND_COUNT] = {[SUBJECT_DOMAIN] = "Domains",
                                                          [SUBJECT_SERVER] = "Servers",
                                                          [SUBJECT_DC] = "Domain controllers",
                                                          [SUBJECT_MAILBOX] = "Mailboxes",
                                                          [SUBJECT_FILE] = "Files"};
    bool any = false;

    for (size_t i = 0; i < page->report->subject_count; i++) {
        const struct subject *subject = page->report->subjects[i];

        if (subject->kind != kind)
            continue;
        html_put(page, any ? ", " : "<div><dt>%s</dt><dd class=\"subjects\">", names[kind]);
        put_subject(page, subject);
        any = true;
    }
    if (any)
        html_put(page, "</dd></div>\n");
}

void html_examined(struct page *page)
{
    html_put(page, "<section id=\"examined\" class=\"part\" aria-labelledby=\"part-examined\">\n"
                   "<h2 id=\"part-examined\">What was examined</h2>\n<dl>\n");
    for (size_t i = 0; i < page->report->run_count; i++)
        put_run(page, &page->report->runs[i]);
    for (unsigned kind = 0; kind < SUBJECT_KIND_COUNT; kind++)
        put_subjects(page, (enum subject_kind)kind);
    html_put(page, "</dl>\n");
    if (page->report->run_count > 1)
        put_notices(page, SIZE_MAX);
    html_put(page, "</section>\n");
}
