/* exdiag spf, for people: a page to be read on a terminal or pasted into a mail. */
#include "diag/command/spf_sheet.h"
#include "diag/report/shared.h"
#include "diag/text.h"

#include <string.h>

enum {
    BODY = 12,
    BODY_NARROW = 4,
    NARROW = 60,
    LEVELS_SHOWN = 10,
    NOTE_MOST = 1200,
    LINE_MOST = 1 << 16
};

/* ---- the head ---- */

static void head_line(struct spf_sheet *sheet, const char *word, const char *text)
{
    spf_sheet_label(sheet, 0, STYLE_FAINT, word);
    spf_sheet_words(sheet, STYLE_PLAIN, text);
    spf_sheet_end(sheet);
}

/* In its own script too: "bücher.example (xn--bcher-kva.example)". */
static const char *domain_for_people(const struct spf_page *page)
{
    const struct subject *subject = page->report->subject_count ? page->report->subjects[0] : NULL;

    if (!subject || !report_has_two_names(subject))
        return page->domain;
    return arena_print(page->memory, "%s (%s)", subject->shown, page->domain);
}

static const char *server_for_people(const struct spf_page *page)
{
    const struct dns_answer *answer = page->view->answer;
    char server[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&answer->server, DNS_PORT, server);
    return arena_print(page->memory, "%s%s", server,
                       page->view->is_inside
                           ? ", the resolver of this machine: the domain's own name "
                             "servers could not be asked"
                           : "");
}

static void head(struct spf_sheet *sheet)
{
    const struct spf_page *page = sheet->page;
    struct report_span span = report_span(page->report);
    struct buffer line;

    wrap_indent(&sheet->wrap, 0);
    spf_sheet_print(sheet, STYLE_LOUD, "exdiag %s", page->report->version);
    spf_sheet_end(sheet);
    buffer_init(&line, LINE_MOST);
    report_show_time(span.started, &line);
    head_line(sheet, "examined", line.text);
    if (*page->identity && strcmp(page->identity, page->domain) != 0)
        head_line(sheet, "identity", page->identity);
    else if (!*page->identity && page->settings->helo && !page->settings->record)
        head_line(sheet, "identity", "the null sender <>, judged by its HELO");
    if (*page->domain)
        head_line(sheet, "domain", domain_for_people(page));
    if (page->view->name && strcmp(page->view->name, page->view->domain) != 0)
        head_line(sheet, "alias of", spf_page_show(page, page->view->name));
    if (page->view->record)
        head_line(sheet, "answer", "none: the record is not published yet");
    if (page->view->answer && page->view->answer->server.ip.family != IP_NONE)
        head_line(sheet, "answer of", server_for_people(page));
    buffer_release(&line);
}

/* ---- the verdict ---- */

static const struct {
    enum style style;
    const char *text; /* what it means for the message */
} meanings[SPF_RESULT_COUNT] = {
    [SPF_RESULT_NONE] = {STYLE_YELLOW, "there is no SPF record that says who may send"},
    [SPF_RESULT_NEUTRAL] = {STYLE_YELLOW, "the record says neither yes nor no to this sender"},
    [SPF_RESULT_PASS] = {STYLE_GREEN, "this sender is allowed"},
    [SPF_RESULT_FAIL] = {STYLE_RED, "this sender is not allowed"},
    [SPF_RESULT_SOFTFAIL] = {STYLE_YELLOW, "this sender is probably not allowed"},
    [SPF_RESULT_TEMPERROR] = {STYLE_MAGENTA, "it could not be found out now; a receiver would try "
                                             "again later"},
    [SPF_RESULT_PERMERROR] = {STYLE_RED, "the record cannot be evaluated; a receiver may refuse "
                                         "the message"},
};

static void section(struct spf_sheet *sheet, const char *word, const char *text)
{
    if (!text || !*text)
        return;
    spf_sheet_label(sheet, 2, STYLE_FAINT, word);
    spf_sheet_words(sheet, STYLE_PLAIN, text);
    spf_sheet_end(sheet);
}

/* The includes and redirects that lead to a step: those before it, each one level lower. */
static void write_path(const struct spf_page *page, const struct spf_verdict *verdict,
                       const struct spf_step *step, struct buffer *out)
{
    const struct spf_step *above = step;

    if (step->level > 0) {
        while (above > verdict->steps && above->level >= step->level)
            above--;
        if (above->level < step->level) {
            write_path(page, verdict, above, out);
            buffer_add_string(out, " > ");
        }
    } else {
        buffer_print(out, "%s: ", spf_page_show(page, step->domain));
    }
    buffer_add_string(out, spf_page_show_term(page, step->record, step->term));
}

/* Where an include matches, the last step below it is the term that let the sender pass. */
static const struct spf_step *deciding_step(const struct spf_verdict *verdict)
{
    const struct spf_step *step = verdict->matched, *last = verdict->steps + verdict->step_count;

    if (!step || step < verdict->steps || step >= last)
        return step;
    for (const struct spf_step *below = step + 1;
         below < last && below->level > verdict->matched->level; below++)
        step = below;
    return step;
}

static void explain_match(struct spf_sheet *sheet)
{
    const struct spf_page *page = sheet->page;
    const struct spf_verdict *verdict = &page->view->verdict;
    const struct spf_step *step = deciding_step(verdict);
    struct buffer path;

    if (!step)
        return;
    buffer_init(&path, LINE_MOST);
    write_path(page, verdict, step, &path);
    section(sheet, "path", path.text);
    buffer_release(&path);
    if (step->text)
        section(sheet, "because", spf_page_show(page, step->text));
}

static void upper_case(struct spf_sheet *sheet, enum style style, const char *word)
{
    char text[16] = "";

    for (size_t i = 0; word[i] && i < sizeof text - 1; i++)
        text[i] = (char)(word[i] - 'a' + 'A');
    spf_sheet_label(sheet, 0, style, text);
}

static void headline(struct spf_sheet *sheet)
{
    const struct spf_page *page = sheet->page;
    enum spf_result result = page->view->verdict.result;
    char ip[IP_TEXT_SIZE];

    ip_format(&page->settings->senders[0], ip);
    upper_case(sheet, meanings[result].style, spf_result_word(result));
    spf_sheet_print(sheet, STYLE_LOUD, "%s: %s", ip, meanings[result].text);
    spf_sheet_end(sheet);
}

static void show_verdict(struct spf_sheet *sheet)
{
    const struct spf_page *page = sheet->page;
    const struct spf_verdict *verdict = &page->view->verdict;

    if (!page->view->is_evaluated)
        return;
    wrap_free_line(&sheet->wrap);
    headline(sheet);
    explain_match(sheet);
    if (verdict->reason)
        section(sheet, "because", spf_page_show(page, verdict->reason));
    else if (!verdict->matched && verdict->result == SPF_RESULT_NEUTRAL)
        section(sheet, "because", "no term matches, and the record does not end in all");
    if (verdict->explanation)
        section(sheet, "it says", spf_page_show(page, verdict->explanation));
    section(sheet, "used",
            arena_print(page->memory, "%u of %d lookups, %u of %d void lookups", verdict->lookups,
                        (int)SPF_LOOKUPS_MOST, verdict->void_lookups, (int)SPF_VOIDS_MOST));
}

/* ---- each step of the evaluation ---- */

static void show_step(struct spf_sheet *sheet, const struct spf_step *step)
{
    const struct spf_page *page = sheet->page;
    size_t level = step->level < LEVELS_SHOWN ? step->level : LEVELS_SHOWN;
    size_t indent = sheet->body + 2 * level;

    wrap_to(&sheet->wrap, indent);
    wrap_indent(&sheet->wrap, indent + 2);
    spf_sheet_words(sheet, step->matches ? STYLE_LOUD : STYLE_PLAIN,
                    spf_page_show_term(page, step->record, step->term));
    if (step->name)
        spf_sheet_print(sheet, STYLE_FAINT, " asks for %s", spf_page_show(page, step->name));
    if (step->text)
        spf_sheet_print(sheet, STYLE_PLAIN, ": %s", spf_page_show(page, step->text));
    spf_sheet_print(sheet, STYLE_FAINT, " (%u lookup%s)", step->lookups,
                    step->lookups == 1 ? "" : "s");
    wrap_end(&sheet->wrap);
}

static void show_steps(struct spf_sheet *sheet)
{
    const struct spf_verdict *verdict = &sheet->page->view->verdict;

    if (!sheet->options->verbose || !sheet->page->view->is_evaluated || verdict->step_count == 0)
        return;
    wrap_free_line(&sheet->wrap);
    spf_sheet_label(sheet, 0, STYLE_FAINT, "steps");
    for (size_t i = 0; i < verdict->step_count; i++)
        show_step(sheet, &verdict->steps[i]);
}

/* ---- repair, what is not known, and the end ---- */

static bool is_in_a_record(const struct finding *finding)
{
    for (size_t i = 0; i < finding->fix.count; i++) {
        if (finding->fix.list[i].shell == SHELL_DNS)
            return true;
    }
    return false;
}

static void show_command(struct spf_sheet *sheet, const struct step *step)
{
    const char *command = step->command;

    for (const char *end; (end = strchr(command, '\n')); command = end + 1) {
        wrap_to(&sheet->wrap, sheet->body);
        wrap_verbatim(&sheet->wrap, command, (size_t)(end - command));
        wrap_line(&sheet->wrap);
    }
    wrap_to(&sheet->wrap, sheet->body);
    wrap_verbatim(&sheet->wrap, command, strlen(command));
    wrap_end(&sheet->wrap);
}

static void show_remark(struct spf_sheet *sheet, enum style style, const char *word,
                        const char *text)
{
    if (!text || !*text)
        return;
    wrap_to(&sheet->wrap, sheet->body);
    spf_sheet_words(sheet, STYLE_FAINT, word);
    spf_sheet_words(sheet, style, spf_sheet_clip(sheet, text, NOTE_MOST));
    spf_sheet_end(sheet);
}

/* What has to be known before it is published stands in front of the record. */
static void show_alternative(struct spf_sheet *sheet, const char *word, const struct step *step)
{
    struct buffer before;

    wrap_free_line(&sheet->wrap);
    spf_sheet_label(sheet, 0, STYLE_FAINT, word);
    buffer_init(&before, LINE_MOST);
    report_before_step(step, &before);
    show_remark(sheet, STYLE_YELLOW, "", step->condition);
    show_remark(sheet, STYLE_PLAIN, "", step->where);
    show_remark(sheet, STYLE_YELLOW, "", before.text);
    buffer_release(&before);
    show_command(sheet, step);
    wrap_indent(&sheet->wrap, sheet->body);
    show_remark(sheet, STYLE_PLAIN, "risk: ", step->risk);
    show_remark(sheet, STYLE_FAINT, "note: ", step->note);
}

static void show_obstacle(struct spf_sheet *sheet)
{
    const char *obstacle = spf_page_obstacle(sheet->page);

    if (!obstacle || !sheet->page->record_count)
        return;
    wrap_free_line(&sheet->wrap);
    spf_sheet_label(sheet, 0, STYLE_FAINT, "better");
    spf_sheet_print(sheet, STYLE_PLAIN, "no corrected record is proposed: %s",
                    spf_sheet_clip(sheet, obstacle, NOTE_MOST));
    spf_sheet_end(sheet);
}

/* Every finding that can be repaired in the record shows the same corrected one: it is told once.
 */
static void show_repair(struct spf_sheet *sheet)
{
    const struct spf_page *page = sheet->page;

    for (size_t i = 0; i < page->problem_count; i++) {
        const struct finding *finding = page->problems[i].finding;
        const char *word = "better";

        if (!is_in_a_record(finding))
            continue;
        for (size_t j = 0; j < finding->fix.count; j++) {
            if (finding->fix.list[j].shell != SHELL_DNS)
                continue;
            show_alternative(sheet, word, &finding->fix.list[j]);
            word = "or";
        }
        return;
    }
    show_obstacle(sheet);
}

/* Findings with one cause need the same step. */
static bool is_told(const struct report *report, size_t index, const struct step *step)
{
    for (size_t i = 0; i < index; i++) {
        const struct finding *finding = report->findings[i];

        if (finding->outcome == OUTCOME_UNKNOWN && finding->fix.count > 0 &&
            strcmp(finding->fix.list[0].command, step->command) == 0)
            return true;
    }
    return false;
}

static void show_unknown(struct spf_sheet *sheet)
{
    const struct report *report = sheet->page->report;

    for (size_t i = 0; i < report->finding_count; i++) {
        const struct finding *finding = report->findings[i];

        if (finding->outcome != OUTCOME_UNKNOWN)
            continue;
        wrap_free_line(&sheet->wrap);
        spf_sheet_label(sheet, 0, STYLE_MAGENTA, "UNKNOWN");
        spf_sheet_words(sheet, STYLE_LOUD, finding->title);
        spf_sheet_end(sheet);
        for (size_t j = 0; j < finding->seen_count; j++) {
            wrap_to(&sheet->wrap, sheet->body);
            wrap_indent(&sheet->wrap, sheet->body + 2);
            if (finding->seen[j].source)
                spf_sheet_print(sheet, STYLE_FAINT, "%s: ", finding->seen[j].source);
            spf_sheet_words(sheet, STYLE_PLAIN, finding->seen[j].text);
            spf_sheet_end(sheet);
        }
        if (finding->fix.count > 0 && !is_told(report, i, &finding->fix.list[0]))
            show_alternative(sheet, "to know", &finding->fix.list[0]);
    }
}

static void foot(struct spf_sheet *sheet)
{
    const struct spf_page *page = sheet->page;
    struct buffer line;

    buffer_init(&line, LINE_MOST);
    report_sum_up(page->report, &line);
    wrap_free_line(&sheet->wrap);
    wrap_indent(&sheet->wrap, 0);
    spf_sheet_words(sheet, STYLE_LOUD, line.text);
    if (page->problem_count)
        spf_sheet_print(sheet, STYLE_PLAIN, "; 'exdiag explain %s' tells why it matters",
                        page->problems[0].finding->kind->id);
    spf_sheet_end(sheet);
    buffer_release(&line);
}

static void notices(struct spf_sheet *sheet)
{
    struct report_notice notice[REPORT_NOTICES_MOST];
    size_t count = report_notices(&sheet->page->report->runs[0], notice);

    for (size_t i = 0; i < count; i++) {
        spf_sheet_label(sheet, 0, STYLE_MAGENTA, notice[i].word);
        spf_sheet_words(sheet, STYLE_PLAIN, notice[i].text);
        spf_sheet_end(sheet);
    }
}

static void whole_page(struct spf_sheet *sheet)
{
    head(sheet);
    notices(sheet);
    show_verdict(sheet);
    spf_sheet_records(sheet);
    show_repair(sheet);
    spf_sheet_tree(sheet);
    spf_sheet_senders(sheet);
    show_steps(sheet);
    show_unknown(sheet);
    foot(sheet);
}

/* The verdict, the problems' titles, the summary. */
static void short_page(struct spf_sheet *sheet)
{
    notices(sheet);
    if (sheet->page->view->is_evaluated)
        headline(sheet);
    spf_sheet_titles(sheet);
    foot(sheet);
}

enum status spf_page_text(const struct spf_page *page, const struct report_options *options,
                          FILE *stream)
{
    struct spf_sheet sheet = {.page = page,
                              .options = options,
                              .narrow = options->columns < NARROW,
                              .body = options->columns < NARROW ? BODY_NARROW : BODY};

    wrap_init(&sheet.wrap, stream, options->columns);
    if (options->quiet)
        short_page(&sheet);
    else
        whole_page(&sheet);
    wrap_release(&sheet.wrap);
    return report_finish(stream);
}
