#include "tests/golden/golden.h"
#include "tests/golden/sample.h"
#include "tests/golden/servers.h"

#include <openssl/evp.h>
#include <string.h>

static const struct report_options options = {.columns = 80};

static size_t occurrences(const char *text, const char *wanted)
{
    size_t count = 0;

    for (; (text = strstr(text, wanted)); text += strlen(wanted))
        count++;
    return count;
}

static void html_is_as_agreed(void **state)
{
    (void)state;
    golden_check("report.html", "html", &sample_report, &options);
}

/* A browser hashes what stands between the tags; the policy must name that very hash. */
static void policy_names_the_hash(const struct buffer *html, const char *tag)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    char encoded[2 * EVP_MAX_MD_SIZE], expected[256], open[16], close[16];
    const char *start, *end;
    unsigned int size;

    snprintf(open, sizeof open, "<%s>", tag);
    snprintf(close, sizeof close, "</%s>", tag);
    assert_int_equal(occurrences(html->text, open), 1);
    assert_int_equal(occurrences(html->text, close), 1);
    start = strstr(html->text, open) + strlen(open);
    end = strstr(start, close);
    assert_int_equal(EVP_Digest(start, (size_t)(end - start), digest, &size, EVP_sha256(), NULL),
                     1);
    EVP_EncodeBlock((unsigned char *)encoded, digest, (int)size);
    snprintf(expected, sizeof expected, "; %s-src 'sha256-%s'; ", tag, encoded);
    assert_non_null(strstr(html->text, expected));
    assert_true(strstr(html->text, "Content-Security-Policy") < start);
}

static void policy_names_the_hashes_of_style_and_script(void **state)
{
    struct buffer html;

    (void)state;
    golden_render("html", &sample_report, &options, &html);
    assert_non_null(strstr(html.text, "content=\"default-src 'none'; style-src 'sha256-"));
    policy_names_the_hash(&html, "style");
    policy_names_the_hash(&html, "script");
    buffer_release(&html);
}

/* Text stays text, and the file needs nothing from elsewhere. */
static void nothing_runs_and_nothing_is_loaded(void **state)
{
    static const char *const unwanted[] = {"<b>\"", "src=",   "<link",   "@import",
                                           "url(",  "style=", "onclick", "unsafe-inline"};
    struct buffer html;

    (void)state;
    golden_render("html", &sample_report, &options, &html);
    for (size_t i = 0; i < COUNT(unwanted); i++)
        assert_null(strstr(html.text, unwanted[i]));
    assert_int_equal(occurrences(html.text, "<script"), 1);
    assert_non_null(strstr(html.text, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"));
    assert_non_null(strstr(html.text, "<title>Mail of Example &amp; Sons: 4 problems"));
    buffer_release(&html);
}

/* Every link within the page leads somewhere, and no anchor stands for two things. */
static void links_lead_somewhere(void **state)
{
    struct buffer html;

    (void)state;
    golden_render("html", &sample_report, &options, &html);
    for (const char *link = html.text; (link = strstr(link, "href=\"#")); link++) {
        const char *name = link + strlen("href=\"#");
        char anchor[128];

        snprintf(anchor, sizeof anchor, " id=\"%.*s\"", (int)strcspn(name, "\""), name);
        assert_int_equal(occurrences(html.text, anchor), 1);
    }
    buffer_release(&html);
}

/* A reference is a link only if a browser would fetch it from the web. */
static void only_web_addresses_are_links(void **state)
{
    static const struct reference references[] = {{"the book", "javascript:alert(1)"},
                                                  {"the page", "https://example.com/?a&b"},
                                                  {NULL, NULL}};
    static const struct finding_kind kind = {.id = "spf-none", .references = references};
    const struct finding finding = {.kind = &kind, .subject = &sample_domain, .title = "title"};
    const struct finding *const findings[] = {&finding};
    const struct report report = {.version = "0",
                                  .findings = findings,
                                  .finding_count = 1,
                                  .counts = {[OUTCOME_PROBLEM] = 1}};
    struct buffer html;

    (void)state;
    golden_render("html", &report, &options, &html);
    assert_null(strstr(html.text, "javascript:"));
    assert_non_null(strstr(html.text, "<li>the book\n"));
    assert_non_null(strstr(html.text, "<a href=\"https://example.com/?a&amp;b\""));
    buffer_release(&html);
}

static void what_one_of_several_risks_is_said(void **state)
{
    static struct servers servers;
    const struct report_options own = {.columns = 80};
    struct buffer html;

    (void)state;
    golden_render("html", servers_apart(&servers), &own, &html);
    for (size_t i = 0; i < SERVERS_APART; i++) {
        for (size_t j = 0; j < COUNT(servers_own[i]); j++)
            assert_int_equal(servers_count(html.text, servers_own[i][j]), 1);
    }
    buffer_release(&html);
    golden_render("html", servers_report(&servers, 3), &own, &html);
    assert_int_equal(servers_count(html.text, "<em>if ex03.contoso.com is of a group:</em>"), 1);
    assert_int_equal(servers_count(html.text, "it takes no mail"), 3);
    assert_int_equal(servers_count(html.text, "services are down"), 3);
    buffer_release(&html);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html_is_as_agreed),
        cmocka_unit_test(policy_names_the_hashes_of_style_and_script),
        cmocka_unit_test(nothing_runs_and_nothing_is_loaded),
        cmocka_unit_test(links_lead_somewhere),
        cmocka_unit_test(only_web_addresses_are_links),
        cmocka_unit_test(what_one_of_several_risks_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
