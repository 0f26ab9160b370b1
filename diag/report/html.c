/*
 * For a browser or a printer: one file that needs no other, runs nothing, and
 * may load nothing (its content security policy names the hash of its style).
 */
#include "diag/report/report.h"

#include "diag/clock.h"
#include "diag/report/html_causes.h"
#include "diag/report/html_chart.h"
#include "diag/report/html_picture.h"
#include "diag/report/html_style.h"
#include "diag/report/html_write.h"
#include "diag/report/shared.h"
#include "diag/text.h"

#include <openssl/evp.h>
#include <string.h>

enum { STYLE_MOST = 1 << 16, LINE_MOST = 1 << 16 };

/* ---- writing ---- */

/*
 * Text in a fixed-width font. A browser breaks lines behind any hyphen; words that
 * begin with one (-all, -Identity) stay whole.
 */
static void escape_code(struct page *page, const char *text, size_t size)
{
    size_t from = 0;

    for (size_t i = 0; i < size; i++) {
        size_t end = i;

        if (i > 0 && text[i - 1] != ' ')
            continue;
        while (end < size && text[end] == '-')
            end++;
        if (end == i || end == size || text[end] < '!' || text[end] > '~')
            continue;
        end++;
        html_escape(page, text + from, i - from);
        fputs("<span class=\"whole\">", page->stream);
        html_escape(page, text + i, end - i);
        fputs("</span>", page->stream);
        from = end;
    }
    html_escape(page, text + from, size - from);
}

static void put_time(struct page *page, int64_t milliseconds)
{
    char exact[CLOCK_TEXT_SIZE];
    struct buffer shown;

    buffer_init(&shown, 64);
    clock_format(milliseconds, exact);
    report_show_time(milliseconds, &shown);
    html_put(page, "<time datetime=\"%s\">%s</time>", exact, shown.text);
    buffer_release(&shown);
}

/* ---- one finding ---- */

static void start_row(struct page *page, const char *name)
{
    html_put(page, "<section class=\"row\">\n<h4>%s</h4>\n<div>\n", name);
}

static void end_row(struct page *page)
{
    html_put(page, "</div>\n</section>\n");
}

static void put_row(struct page *page, const char *name, const char *text)
{
    if (!text || !*text)
        return;
    start_row(page, name);
    html_put(page, "<p>%s</p>\n", text);
    end_row(page);
}

static void put_standing(struct page *page, const struct finding *finding)
{
    static const char *const classes[PART_COUNT] = {
        [PART_UNKNOWN] = "unknown",
        [PART_ACCEPTED] = "accepted",
        [PART_OK] = "ok",
        [PART_NOT_APPLICABLE] = "not-applicable",
    };
    enum report_part part = report_part_of(finding);

    html_put(page, "<span class=\"standing %s\">%s</span>",
             part == PART_PROBLEMS ? severity_word(finding->severity) : classes[part],
             report_standing(finding));
}

/* 1 for the first finding of the report; 0 if it is not in it. */
static unsigned number_of(const struct page *page, const struct finding *finding)
{
    for (size_t i = 0; i < page->report->finding_count; i++) {
        if (page->report->findings[i] == finding)
            return (unsigned)i + 1;
    }
    return 0;
}

static void put_causes(struct page *page, const struct finding *finding)
{
    if (finding->explained_by_count == 0)
        return;
    start_row(page, "Caused by");
    html_put(page, "<ul class=\"plain\">\n");
    for (size_t i = 0; i < finding->explained_by_count; i++) {
        const struct finding *cause = finding->explained_by[i];
        unsigned number = number_of(page, cause);

        if (number)
            html_put(page, "<li><a href=\"#finding-%u\">%s</a>", number, cause->title);
        else
            html_put(page, "<li>%s", cause->title);
        html_put(page, " <span class=\"faint\"><bdi>%s</bdi></span></li>\n", cause->subject->shown);
    }
    html_put(page, "</ul>\n");
    end_row(page);
}

static void put_exhibit(struct page *page, const struct seen *seen)
{
    size_t size = strlen(seen->text);
    size_t start = report_byte_of(seen->text, seen->mark_start);
    size_t end = report_byte_of(seen->text, seen->mark_end);

    if (start >= end)
        start = end = size;
    html_put(page, "<pre>");
    escape_code(page, seen->text, start);
    if (start < end) {
        html_put(page, "<mark>");
        escape_code(page, seen->text + start, end - start);
        html_put(page, "</mark>");
    }
    escape_code(page, seen->text + end, size - end);
    html_put(page, "</pre>\n");
}

static void put_source(struct page *page, const struct seen *seen)
{
    if (!seen->source && !seen->time)
        return;
    html_put(page, "<figcaption>");
    if (seen->source)
        html_put(page, "%s", seen->source);
    if (seen->source && seen->time)
        html_put(page, seen->is_read ? ", read " : ", ");
    if (seen->time)
        put_time(page, seen->time);
    html_put(page, "</figcaption>\n");
}

static void put_seen(struct page *page, const struct finding *finding)
{
    if (finding->seen_count == 0)
        return;
    start_row(page, "Seen");
    for (size_t i = 0; i < finding->seen_count; i++) {
        bool again = i > 0 && report_same_source(&finding->seen[i - 1], &finding->seen[i]);

        if (!again) {
            html_put(page, i ? "</figure>\n<figure>\n" : "<figure>\n");
            put_source(page, &finding->seen[i]);
        }
        put_exhibit(page, &finding->seen[i]);
    }
    html_put(page, "</figure>\n");
    html_pictures(page, finding);
    end_row(page);
}

static void put_before_step(struct page *page, const struct step *step)
{
    struct buffer text;

    buffer_init(&text, LINE_MOST);
    report_before_step(step, &text);
    if (text.size)
        html_put(page, "<p class=\"before\">%s</p>\n", text.text);
    buffer_release(&text);
}

static void put_remark(struct page *page, const char *name, const char *text)
{
    if (text && *text)
        html_put(page, "<p class=\"remark\"><b>%s:</b> %s</p>\n", name, text);
}

static void put_step(struct page *page, const struct step *step)
{
    html_put(page, "<li>\n<p class=\"where\"><b>%s</b>", report_shell(step->shell));
    if (step->where && *step->where)
        html_put(page, ", %s", step->where);
    html_put(page, "</p>\n");
    put_before_step(page, step);
    if (step->shell == SHELL_MANUAL) {
        html_put(page, "<p class=\"prose\">%s</p>\n", step->command);
    } else {
        html_put(page, "<pre class=\"command\"><code>");
        escape_code(page, step->command, strlen(step->command));
        html_put(page, "</code></pre>\n");
    }
    put_remark(page, "Risk", step->risk);
    put_remark(page, "Note", step->note);
    html_put(page, "</li>\n");
}

static void put_steps(struct page *page, const char *name, const struct steps *steps)
{
    const char *check = report_what_check_means(steps);

    if (steps->count == 0)
        return;
    start_row(page, name);
    if (check)
        html_put(page, "<p class=\"remark\">%s</p>\n", check);
    html_put(page, "<ol class=\"steps\">\n");
    for (size_t i = 0; i < steps->count; i++)
        put_step(page, &steps->list[i]);
    html_put(page, "</ol>\n");
    end_row(page);
}

static bool is_web_address(const char *url)
{
    return text_starts_fold(url, strlen(url), "https://") ||
           text_starts_fold(url, strlen(url), "http://");
}

static void put_references(struct page *page, const struct reference *reference)
{
    if (!reference || !reference->title)
        return;
    start_row(page, "See also");
    html_put(page, "<ul class=\"plain\">\n");
    for (; reference->title; reference++) {
        if (reference->url && is_web_address(reference->url))
            html_put(page, "<li><a href=\"%s\" rel=\"noreferrer\">%s</a></li>\n", reference->url,
                     reference->title);
        else
            html_put(page, "<li>%s</li>\n", reference->title);
    }
    html_put(page, "</ul>\n");
    end_row(page);
}

static void start_finding(struct page *page, const struct finding *finding, unsigned number)
{
    html_put(page, "<article id=\"finding-%u\" aria-labelledby=\"title-%u\">\n", number, number);
    html_put(page, "<header>\n<p class=\"about\">");
    put_standing(page, finding);
    html_put(page, " <bdi>%s</bdi> <code>%s</code></p>\n", finding->subject->shown,
             finding->kind->id);
    html_put(page, "<h3 id=\"title-%u\">%s</h3>\n</header>\n", number, finding->title);
}

static void put_problem(struct page *page, const struct finding *finding, unsigned number)
{
    start_finding(page, finding, number);
    put_causes(page, finding);
    put_seen(page, finding);
    put_row(page, "Why it matters", finding->why);
    put_steps(page, "Fix", &finding->fix);
    put_steps(page, "Verify", &finding->verify);
    put_steps(page, "Undo", &finding->undo);
    if (finding->undo.count == 0)
        put_row(page, "Undo", finding->kind->no_undo);
    put_references(page, finding->kind->references);
    html_put(page, "</article>\n");
}

static void put_unknown(struct page *page, const struct finding *finding, unsigned number)
{
    start_finding(page, finding, number);
    put_seen(page, finding);
    put_steps(page, "To know", &finding->fix);
    html_put(page, "</article>\n");
}

static void put_accepted(struct page *page, const struct finding *finding, unsigned number)
{
    start_finding(page, finding, number);
    html_put(page, "<p>Accepted until <time>%s</time>: %s</p>\n", finding->accepted->expires,
             finding->accepted->reason);
    html_put(page, "</article>\n");
}

static void put_brief(struct page *page, const struct finding *finding, unsigned number)
{
    html_put(page, "<p id=\"finding-%u\" class=\"about\">", number);
    put_standing(page, finding);
    html_put(page, " <bdi>%s</bdi> <span class=\"title\">%s</span> <code>%s</code></p>\n",
             finding->subject->shown, finding->title, finding->kind->id);
}

/* ---- the parts ---- */

static const struct {
    const char *id;
    const char *heading;
    const char *counted; /* behind its number */
    void (*put)(struct page *page, const struct finding *finding, unsigned number);
} parts[PART_COUNT] = {
    [PART_PROBLEMS] = {"problems", "Problems", "problems", put_problem},
    [PART_UNKNOWN] = {"unknown", "Could not be checked", "unknown", put_unknown},
    [PART_ACCEPTED] = {"accepted", "Accepted by the site", "accepted", put_accepted},
    [PART_OK] = {"ok", "In order", "ok", put_brief},
    [PART_NOT_APPLICABLE] = {"not-applicable", "Not applicable", "not applicable", put_brief},
};

static void put_part(struct page *page, enum report_part part)
{
    const struct report *report = page->report;

    if (report_part_size(report, part) == 0)
        return;
    html_put(page, "<section id=\"%s\" class=\"part\" aria-labelledby=\"part-%s\">\n",
             parts[part].id, parts[part].id);
    html_put(page, "<h2 id=\"part-%s\">%s</h2>\n", parts[part].id, parts[part].heading);
    for (size_t i = 0; i < report->finding_count; i++) {
        if (report_part_of(report->findings[i]) == part)
            parts[part].put(page, report->findings[i], (unsigned)i + 1);
    }
    html_put(page, "</section>\n");
}

static void put_counts(struct page *page)
{
    html_put(page, "<nav aria-label=\"Parts of this report\">\n<ul class=\"counts\">\n");
    for (unsigned part = 0; part < PART_COUNT; part++) {
        size_t size = report_part_size(page->report, (enum report_part)part);
        const char *counted = parts[part].counted;

        if (part == PART_PROBLEMS && size == 1)
            counted = "problem";
        if (size)
            html_put(page, "<li><a href=\"#%s\" class=\"%s\"><b>%u</b> %s</a></li>\n",
                     parts[part].id, parts[part].id, (unsigned)size, counted);
        else if (part == PART_PROBLEMS)
            html_put(page, "<li><b>No</b> problems</li>\n");
    }
    html_put(page, "</ul>\n</nav>\n");
}

static void put_overview_row(struct page *page, const struct finding *finding, unsigned number)
{
    html_put(page, "<tr><td>");
    put_standing(page, finding);
    html_put(page, "</td><td><a href=\"#finding-%u\">%s</a></td><td><bdi>%s</bdi></td></tr>\n",
             number, finding->title, finding->subject->shown);
}

static void put_overview(struct page *page)
{
    const struct report *report = page->report;

    html_put(page, "<section aria-labelledby=\"summary\">\n<h2 id=\"summary\">Summary</h2>\n");
    put_counts(page);
    if (report->counts[OUTCOME_PROBLEM] + report->counts[OUTCOME_UNKNOWN] > 0) {
        html_put(page,
                 "<table>\n<thead><tr><th scope=\"col\">Standing</th><th scope=\"col\">Finding"
                 "</th><th scope=\"col\">Subject</th></tr></thead>\n<tbody>\n");
        for (size_t i = 0; i < report->finding_count; i++) {
            if (report_part_of(report->findings[i]) <= PART_UNKNOWN)
                put_overview_row(page, report->findings[i], (unsigned)i + 1);
        }
        html_put(page, "</tbody>\n</table>\n");
    }
    html_put(page, "</section>\n");
}

/* ---- the page ---- */

/* What a browser compares the style with: 'sha256-…' of the bytes between its tags. */
static void add_style_hash(const struct buffer *style, struct buffer *out)
{
    unsigned char digest[EVP_MAX_MD_SIZE], encoded[2 * EVP_MAX_MD_SIZE];
    unsigned int size = 0;

    if (!EVP_Digest(style->text, style->size, digest, &size, EVP_sha256(), NULL))
        return;
    EVP_EncodeBlock(encoded, digest, (int)size);
    buffer_print(out, "'sha256-%s'", (const char *)encoded);
}

static void put_style(struct page *page)
{
    struct buffer style, hash;

    buffer_init(&style, STYLE_MOST);
    buffer_init(&hash, 128);
    buffer_add_char(&style, '\n');
    for (const char *const *rule = html_style; *rule; rule++) {
        buffer_add_string(&style, *rule);
        buffer_add_char(&style, '\n');
    }
    add_style_hash(&style, &hash);
    fprintf(page->stream,
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
            "%s; base-uri 'none'; form-action 'none'\">\n<style>%s</style>\n",
            hash.text, style.text);
    buffer_release(&hash);
    buffer_release(&style);
}

static void put_title(struct page *page)
{
    const struct report *report = page->report;

    if (report->title) {
        html_put(page, "%s", report->title);
        return;
    }
    html_put(page, "Mail examination");
    if (report->subject_count)
        html_put(page, " of %s", report->subjects[0]->shown);
    if (report->subject_count > 1)
        html_put(page, " and %u more", (unsigned)report->subject_count - 1);
}

static void put_head(struct page *page)
{
    struct buffer sum;

    buffer_init(&sum, LINE_MOST);
    report_sum_up(page->report, &sum);
    html_put(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    put_style(page);
    html_put(page, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<meta name=\"color-scheme\" content=\"light dark\">\n"
                   "<meta name=\"referrer\" content=\"no-referrer\">\n");
    html_put(page, "<meta name=\"generator\" content=\"exdiag %s\">\n<title>",
             page->report->version);
    put_title(page);
    html_put(page, ": %s</title>\n</head>\n", sum.text);
    buffer_release(&sum);
}

static void put_notices(struct page *page)
{
    for (size_t i = 0; i < page->report->run_count; i++) {
        const struct report_run *run = &page->report->runs[i];
        struct report_notice notices[REPORT_NOTICES_MOST];
        size_t count = report_notices(run, notices);

        for (size_t j = 0; j < count; j++) {
            html_put(page, "<p class=\"notice\"><b>%s:</b> ", notices[j].word);
            if (run->source)
                html_put(page, "<bdi>%s</bdi>, ", run->source);
            html_put(page, "%s</p>\n", notices[j].text);
        }
    }
}

static void put_subject(struct page *page, const struct subject *subject)
{
    html_put(page, "<bdi>%s</bdi>", subject->shown);
    if (report_has_two_names(subject))
        html_put(page, " (%s)", subject->name);
}

/* Of which the style makes the first letter a capital. */
static const char *heading_of(enum subject_kind kind)
{
    return kind == SUBJECT_DC ? "DC" : subject_kind_word(kind);
}

static void put_subjects(struct page *page)
{
    const struct report *report = page->report;

    for (unsigned kind = 0; kind < SUBJECT_KIND_COUNT; kind++) {
        bool any = false;

        for (size_t i = 0; i < report->subject_count; i++) {
            const struct subject *subject = report->subjects[i];

            if (subject->kind != kind)
                continue;
            if (any)
                html_put(page, ", ");
            else
                html_put(page, "<div><dt>%s</dt><dd>", heading_of(subject->kind));
            put_subject(page, subject);
            any = true;
        }
        if (any)
            html_put(page, "</dd></div>\n");
    }
}

static void put_header(struct page *page)
{
    struct report_span span = report_span(page->report);
    struct buffer text;

    buffer_init(&text, 128);
    report_show_span(&span, &text);
    html_put(page, "<header class=\"report\">\n<p class=\"tool\">exdiag %s</p>\n<h1>",
             page->report->version);
    put_title(page);
    html_put(page, "</h1>\n<dl>\n");
    if (page->report->run_count)
        html_put(page, "<div><dt>examined</dt><dd>%s</dd></div>\n", text.text);
    put_subjects(page);
    html_put(page, "</dl>\n");
    put_notices(page);
    html_put(page, "</header>\n");
    buffer_release(&text);
}

enum status report_html(const struct report *report, const struct report_options *options,
                        FILE *stream)
{
    struct page page = {.stream = stream, .report = report};

    (void)options;
    put_head(&page);
    html_put(&page, "<body>\n<a class=\"skip\" href=\"#main\">Skip to the findings</a>\n");
    put_header(&page);
    html_put(&page, "<main>\n");
    html_charts(&page);
    put_overview(&page);
    html_causes(&page, number_of);
    html_put(&page, "<div id=\"main\">\n");
    for (unsigned part = 0; part < PART_COUNT; part++)
        put_part(&page, (enum report_part)part);
    html_put(&page, "</div>\n</main>\n</body>\n</html>\n");
    return report_finish(stream);
}
