/*
 * For a browser or a printer: one file that needs no other, and may load nothing (its content
 * security policy names the hashes of its style and of its one script, without which all of it can
 * be read, too).
 */
#include "diag/report/report.h"

#include "diag/report/html_causes.h"
#include "diag/report/html_chart.h"
#include "diag/report/html_contents.h"
#include "diag/report/html_cover.h"
#include "diag/report/html_entry.h"
#include "diag/report/html_past.h"
#include "diag/report/html_script.h"
#include "diag/report/html_style.h"
#include "diag/report/html_write.h"

#include <openssl/evp.h>
#include <string.h>

enum { STYLE_MOST = 1 << 16, SCRIPT_MOST = 1 << 16, LINE_MOST = 1 << 16, HASH_MOST = 128 };

/* ---- the head ---- */

/* What a browser compares with: 'sha256-…' of the bytes between the tags. */
static void add_hash(const char *text, size_t size, struct buffer *out)
{
    unsigned char digest[EVP_MAX_MD_SIZE], encoded[2 * EVP_MAX_MD_SIZE];
    unsigned int digest_size = 0;

    if (!EVP_Digest(text, size, digest, &digest_size, EVP_sha256(), NULL))
        return;
    EVP_EncodeBlock(encoded, digest, (int)digest_size);
    buffer_print(out, "'sha256-%s'", (const char *)encoded);
}

/* Without what only those read who maintain it: indentation, and lines of comments. */
static void tighten(const char *text, size_t size, struct buffer *out)
{
    const char *end = text + size;

    while (text < end) {
        const char *line_end = memchr(text, '\n', (size_t)(end - text));
        const char *next = line_end ? line_end + 1 : end;

        while (text < next && *text == ' ')
            text++;
        if (text < next && *text != '\n' && strncmp(text, "//", 2) != 0)
            buffer_add(out, text, (size_t)(next - text));
        text = next;
    }
}

/* A space that a style sheet needs: not beside what divides it. */
static bool is_needed(const char *rule, size_t index)
{
    return index > 0 && !strchr(":;,{}", rule[index - 1]) && !strchr("{}", rule[index + 1]);
}

static void make_style(struct buffer *out)
{
    for (const char *const *rule = html_style; *rule; rule++) {
        const char *text = *rule + strspn(*rule, " ");

        for (size_t i = 0; text[i]; i++) {
            if (text[i] != ' ' || is_needed(text, i))
                buffer_add_char(out, text[i]);
        }
        buffer_add_char(out, '\n');
    }
}

static void make_script(struct buffer *out)
{
    size_t size;
    const char *script = html_script(&size);

    tighten(script, size, out);
}

static void put_policy_and_style(struct page *page, const struct buffer *script)
{
    struct buffer style, style_hash, script_hash;

    buffer_init(&style, STYLE_MOST);
    buffer_init(&style_hash, HASH_MOST);
    buffer_init(&script_hash, HASH_MOST);
    make_style(&style);
    add_hash(style.text, style.size, &style_hash);
    add_hash(script->text, script->size, &script_hash);
    fprintf(page->stream,
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
            "%s; script-src %s; base-uri 'none'; form-action 'none'\">\n<style>%s</style>\n",
            style_hash.text, script_hash.text, style.text);
    buffer_release(&script_hash);
    buffer_release(&style_hash);
    buffer_release(&style);
}

static void put_head(struct page *page, const struct buffer *script)
{
    struct buffer sum;

    buffer_init(&sum, LINE_MOST);
    report_sum_up(page->report, &sum);
    html_put(page, "<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">\n<head>\n"
                   "<meta charset=\"utf-8\">\n");
    put_policy_and_style(page, script);
    html_put(page, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<meta name=\"color-scheme\" content=\"light dark\">\n"
                   "<meta name=\"referrer\" content=\"no-referrer\">\n");
    html_put(page, "<meta name=\"generator\" content=\"exdiag %s\">\n<title>",
             page->report->version);
    html_title(page);
    html_put(page, ": %s</title>\n</head>\n", sum.text);
    buffer_release(&sum);
}

/* ---- the parts ---- */

static unsigned asked_by(const struct steps *steps)
{
    unsigned asked = 0;

    for (size_t i = 0; i < steps->count; i++)
        asked |= report_asked_by(&steps->list[i]);
    return asked;
}

/* Said once, not beside each step. */
static void put_what_check_means(struct page *page, enum report_part part)
{
    const struct outline *outline = page->outline;
    unsigned asked = 0;

    for (size_t i = outline->starts[part]; i < outline->starts[part + 1]; i++) {
        const struct finding *finding = outline->entries[i].first;

        asked |= asked_by(&finding->fix) | asked_by(&finding->verify) | asked_by(&finding->undo);
    }
    if (asked & REPORT_ASKS_TO_CHECK)
        html_put(page, "<p class=\"remark\">%s</p>\n",
                 "\"check\" names what nobody vouched for (it came from DNS, a peer or a log): "
                 "compare it before you run the step.");
}

static void put_part(struct page *page, enum report_part part)
{
    size_t from = page->outline->starts[part], to = page->outline->starts[part + 1];
    const char *id = html_parts[part].id;

    if (from == to)
        return;
    html_put(page, "<section id=\"%s\" class=\"part\" aria-labelledby=\"part-%s\">\n", id, id);
    html_put(page, "<h2 id=\"part-%s\">%s</h2>\n", id, html_parts[part].heading);
    put_what_check_means(page, part);
    for (size_t i = from; i < to; i++)
        html_entry(page, &page->outline->entries[i]);
    html_put(page, "</section>\n");
}

enum status report_html(const struct report *report, const struct report_options *options,
                        FILE *stream)
{
    struct arena arena = {0};
    struct buffer script;
    struct outline outline;
    struct summary summary;
    struct page page = {
        .stream = stream, .report = report, .outline = &outline, .summary = &summary};

    (void)options;
    buffer_init(&script, SCRIPT_MOST);
    outline_make(report, &arena, &outline);
    summary_make(&outline, &arena, &summary);
    make_script(&script);
    put_head(&page, &script);
    html_put(&page, "<body>\n<a class=\"skip\" href=\"#main\">Skip to the findings</a>\n<main>\n");
    html_cover(&page);
    html_put(&page, "<div id=\"side\">\n");
    html_contents(&page);
    html_put(&page, "</div>\n<div id=\"main\">\n");
    html_charts(&page);
    html_causes(&page);
    for (unsigned part = 0; part < PART_COUNT; part++)
        put_part(&page, (enum report_part)part);
    html_past(&page);
    html_examined(&page);
    html_put(&page, "</div>\n</main>\n");
    fprintf(stream, "<script>%s</script>\n", script.text);
    html_put(&page, "</body>\n</html>\n");
    buffer_release(&script);
    arena_release(&arena);
    return report_finish(stream);
}
