#include "diag/report/changes.h"

#include "diag/report/history.h"
#include "diag/report/shared.h"
#include "diag/report/style.h"
#include "diag/report/wrap.h"
#include "diag/text.h"

#include <string.h>

enum { MARGIN = 2, BODY = 4, TEXT_MOST = 65536 };

struct page {
    struct wrap wrap;
    const struct report *report;
    const struct report_options *options;
};

static void styled(struct page *page, enum style style, const char *text)
{
    if (page->options->colours)
        style_begin(&page->wrap, style);
    wrap_words(&page->wrap, text);
    if (page->options->colours)
        style_end(&page->wrap, style);
}

/* ---- the head ---- */

static void run_line(struct page *page, const char *label, const struct report_run *run)
{
    struct buffer text;

    buffer_init(&text, TEXT_MOST);
    wrap_indent(&page->wrap, 5);
    styled(page, STYLE_FAINT, label);
    wrap_to(&page->wrap, 5);
    if (run->started)
        report_show_time(run->started, &text);
    else
        buffer_add_string(&text, report_no_time);
    if (run->source)
        buffer_print(&text, ", %s", run->source);
    if (run->machine)
        buffer_print(&text, ", on %s", run->machine);
    wrap_words(&page->wrap, text.text);
    wrap_end(&page->wrap);
    buffer_release(&text);
}

static void notices(struct page *page)
{
    for (size_t i = 0; i < page->report->run_count; i++) {
        struct report_notice list[REPORT_NOTICES_MOST];
        size_t count = report_notices(&page->report->runs[i], list);

        for (size_t j = 0; j < count; j++) {
            wrap_indent(&page->wrap, 5);
            styled(page, STYLE_YELLOW, i ? "NEW" : "OLD");
            wrap_to(&page->wrap, 5);
            wrap_words(&page->wrap, list[j].word);
            wrap_words(&page->wrap, ": ");
            wrap_words(&page->wrap, list[j].text);
            wrap_end(&page->wrap);
        }
    }
}

static void head(struct page *page)
{
    const struct report *report = page->report;
    struct buffer text;

    buffer_init(&text, TEXT_MOST);
    buffer_print(&text, "exdiag %s", report->version);
    if (report->title)
        buffer_print(&text, ": %s", report->title);
    styled(page, STYLE_LOUD, text.text);
    wrap_end(&page->wrap);
    run_line(page, "old", &report->runs[0]);
    run_line(page, "new", &report->runs[1]);
    notices(page);
    buffer_release(&text);
}

/* ---- problems ---- */

static void name_problem(struct page *page, const struct finding *finding)
{
    wrap_indent(&page->wrap, BODY);
    wrap_to(&page->wrap, MARGIN);
    styled(page, style_of_finding(finding), report_standing(finding));
    wrap_words(&page->wrap, " ");
    wrap_words(&page->wrap, finding->subject->shown);
    wrap_words(&page->wrap, ": ");
    wrap_words(&page->wrap, finding->title);
    wrap_words(&page->wrap, " ");
    styled(page, STYLE_FAINT, "[");
    styled(page, STYLE_FAINT, finding->kind->id);
    styled(page, STYLE_FAINT, "]");
    wrap_end(&page->wrap);
}

static void line(struct page *page, const char *text)
{
    if (!text || !*text)
        return;
    wrap_to(&page->wrap, BODY);
    wrap_words(&page->wrap, text);
    wrap_end(&page->wrap);
}

static void accepted_line(struct page *page, const struct finding *finding)
{
    struct buffer text;

    buffer_init(&text, TEXT_MOST);
    if (finding->accepted)
        buffer_print(&text, "accepted until %s: %s", finding->accepted->expires,
                     finding->accepted->reason);
    report_expired_words(finding, &text);
    line(page, text.text);
    buffer_release(&text);
}

static void move_line(struct page *page, const struct finding *finding)
{
    struct buffer text;

    buffer_init(&text, TEXT_MOST);
    report_move_words(finding, &text);
    line(page, text.text);
    buffer_release(&text);
}

static void heading(struct page *page, const char *text, size_t count)
{
    char figure[32];

    snprintf(figure, sizeof figure, " (%zu)", count);
    wrap_free_line(&page->wrap);
    wrap_indent(&page->wrap, 0);
    styled(page, STYLE_LOUD, text);
    wrap_words(&page->wrap, figure);
    wrap_end(&page->wrap);
}

static void past_part(struct page *page, enum past_state state)
{
    const struct report *report = page->report;

    if (report->past_counts[state] == 0)
        return;
    heading(page, report_past_heading(state), report->past_counts[state]);
    for (size_t i = 0; i < report->past_count; i++) {
        if (report->past[i].state != state)
            continue;
        name_problem(page, report->past[i].finding);
        line(page, report->past[i].why);
        accepted_line(page, report->past[i].finding);
    }
}

static void now_seen(struct page *page, const struct finding *finding)
{
    for (size_t i = 0; i < finding->seen_count && page->options->verbose; i++)
        line(page, finding->seen[i].text);
}

/* Those that were examined before, or those that were not. */
static void changes_of(struct page *page, enum change change, bool is_first, size_t count,
                       const char *title)
{
    const struct report *report = page->report;

    if (count == 0)
        return;
    heading(page, title, count);
    for (size_t i = 0; i < report->finding_count; i++) {
        const struct finding *finding = report->findings[i];

        if (finding->outcome != OUTCOME_PROBLEM || finding->history.change != change ||
            finding->history.is_first != is_first)
            continue;
        name_problem(page, finding);
        move_line(page, finding);
        accepted_line(page, finding);
        now_seen(page, finding);
    }
}

static void change_part(struct page *page, enum change change, const char *title)
{
    changes_of(page, change, false, page->report->change_counts[change], title);
}

static void unchanged_parts(struct page *page)
{
    const size_t first = report_first_examined(page->report);

    changes_of(page, CHANGE_NONE, false, page->report->change_counts[CHANGE_NONE] - first,
               "there now, and not looked for as thoroughly before");
    changes_of(page, CHANGE_NONE, true, first, "there now, and not examined before");
}

/* What NEW does not know is no problem, and no all-clear. */
static void unknown_part(struct page *page)
{
    const struct report *report = page->report;
    size_t count = report_part_size(report, PART_UNKNOWN);

    if (count == 0)
        return;
    heading(page, "unknown now", count);
    for (size_t i = 0; i < report->finding_count; i++) {
        if (report_part_of(report->findings[i]) == PART_UNKNOWN)
            name_problem(page, report->findings[i]);
    }
}

static void summary(struct page *page)
{
    struct buffer text;

    buffer_init(&text, TEXT_MOST);
    report_changes(page->report, &text);
    wrap_free_line(&page->wrap);
    wrap_indent(&page->wrap, 0);
    styled(page, STYLE_LOUD, text.text);
    wrap_end(&page->wrap);
    buffer_release(&text);
}

enum status report_changes_text(const struct report *report, const struct report_options *options,
                                FILE *stream)
{
    size_t columns =
        options->columns < REPORT_COLUMNS_LEAST ? REPORT_COLUMNS_LEAST : options->columns;
    struct page page = {.report = report, .options = options};

    wrap_init(&page.wrap, stream, columns);
    if (!options->quiet) {
        head(&page);
        past_part(&page, PAST_FIXED);
        past_part(&page, PAST_NOT_APPLICABLE);
        change_part(&page, CHANGE_NEW, "new");
        change_part(&page, CHANGE_BACK, "back");
        change_part(&page, CHANGE_STILL, "still there");
        unchanged_parts(&page);
        past_part(&page, PAST_UNKNOWN);
        past_part(&page, PAST_NOT_COMPARABLE);
        past_part(&page, PAST_NOT_EXAMINED);
        unknown_part(&page);
    }
    summary(&page);
    wrap_release(&page.wrap);
    return report_finish(stream);
}
