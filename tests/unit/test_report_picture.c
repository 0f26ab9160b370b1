/* Trees and timelines in reports: in the page, at every width of a terminal, and for programs. */
#include "diag/picture.h"

#include "diag/report/html_picture.h"
#include "diag/report/html_timeline.h"
#include "diag/report/html_tree.h"
#include "diag/report/markdown_picture.h"
#include "diag/report/text_picture.h"
#include "diag/report/text_timeline.h"
#include "diag/report/text_tree.h"
#include "diag/text.h"
#include "tests/golden/golden.h"
#include "tests/golden/sample.h"

#include <jansson.h>
#include <string.h>

static const struct tree_kind lookups = {.id = "lookups",
                                         .title = "lookups, in the order of evaluation",
                                         .unit = "lookups",
                                         .limit = "a permanent error from here on",
                                         .most = 3,
                                         .in_text = true};

static const struct tree_node nodes[] = {
    {.label = "contoso.com", .cost = 5, .standing = PICTURE_PLAIN},
    {.label = "mx", .level = 1, .number = 1, .cost = 1, .standing = PICTURE_PLAIN},
    {.label = "include:spf.northwind.com",
     .level = 1,
     .number = 2,
     .cost = 3,
     .standing = PICTURE_PLAIN},
    {.label = "include:a-name-that-is-too-long-for-a-line-of-a-narrow-terminal.northwind.com",
     .remark = "no SPF record there: a permanent error",
     .level = 2,
     .number = 3,
     .cost = 1,
     .standing = PICTURE_DOUBTFUL},
    {.label = "a:h2.northwind.com",
     .level = 2,
     .number = 4,
     .cost = 1,
     .standing = PICTURE_WRONG,
     .left_out = 12},
    {.label = "<b>\"'&", .remark = "</table>", .level = 1, .number = 5, .cost = 1},
    {.label = "ptr",
     .remark = "never reached",
     .level = 1,
     .cost = 1,
     .standing = PICTURE_DOUBTFUL,
     .is_unreached = true},
};

static const struct timeline_kind calls = {
    .id = "calls",
    .title = "what came when, from the call on",
    .stops = (const struct timeline_stop[]){{1000, "1 s", NULL},
                                            {5000, "5 s", "whoever hangs up sooner is quick"},
                                            {30000, "30 s", NULL},
                                            {60000, "1 min", NULL},
                                            {300000, "5 min", "so long senders wait"},
                                            {600000, "10 min", NULL},
                                            {0, NULL, NULL}},
    .reach = 300000,
};

static const struct timeline_row rows[] = {
    {.group = "10",
     .name = "mx1.contoso.com",
     .detail = "192.0.2.25",
     .phases = {{TIMELINE_CONNECTING, 0, 120}, {TIMELINE_SILENT, 120, 300120}},
     .phase_count = 2,
     .end = TIMELINE_END_OPEN,
     .standing = PICTURE_WRONG},
    {.group = "10",
     .name = "mx1.contoso.com",
     .detail = "2001:db8::25",
     .phases = {{TIMELINE_CONNECTING, 0, 12000}},
     .phase_count = 1,
     .end = TIMELINE_END_UNANSWERED,
     .standing = PICTURE_WRONG},
    {.group = "20",
     .name = "mx2.contoso.com",
     .detail = "192.0.2.26",
     .phases = {{TIMELINE_CONNECTING, 0, 80},
                {TIMELINE_SILENT, 80, 900},
                {TIMELINE_SPEAKING, 900, 44000}},
     .phase_count = 3,
     .end = TIMELINE_END_GREETED,
     .standing = PICTURE_DOUBTFUL},
    {.name = "<script>alert(1)</script>",
     .phases = {{TIMELINE_CONNECTING, 0, 3}},
     .phase_count = 1,
     .end = TIMELINE_END_REFUSED,
     .standing = PICTURE_WRONG},
    {.name = "mx3.contoso.com", .end = TIMELINE_END_UNKNOWN, .standing = PICTURE_DOUBTFUL},
    {.group = "30",
     .name = "mx4.contoso.com",
     .phases = {{TIMELINE_SILENT, 0, 20}},
     .phase_count = 1,
     .end = TIMELINE_END_GREETED,
     .standing = PICTURE_RIGHT},
};

static const struct tree tree = {&lookups, nodes, COUNT(nodes), 5};
static const struct timeline timeline = {&calls, rows, COUNT(rows), 3, 5};

static const struct finding_kind kind = {.id = "sample"};

static struct finding drawn(void)
{
    return (struct finding){.kind = &kind,
                            .probe = "sample",
                            .outcome = OUTCOME_PROBLEM,
                            .severity = SEVERITY_WARNING,
                            .subject = &sample_domain,
                            .title = "something is wrong",
                            .why = "it matters",
                            .seen = sample_spf_seen,
                            .seen_count = 1,
                            .tree = &tree,
                            .timeline = &timeline};
}

/* ---- the page ---- */

static void compare(const char *name, FILE *file)
{
    struct buffer text;

    buffer_init(&text, GOLDEN_MOST);
    rewind(file);
    golden_read(file, &text);
    fclose(file);
    golden_compare(name, &text);
    buffer_release(&text);
}

static void test_html_tree(void **state)
{
    struct page page = {.stream = tmpfile()};

    (void)state;
    html_tree(&page, &tree);
    compare("picture-tree.html", page.stream);
}

static void test_html_timeline(void **state)
{
    struct page page = {.stream = tmpfile(), .pictures = 7};

    (void)state;
    html_timeline(&page, &timeline);
    compare("picture-timeline.html", page.stream);
}

static size_t count_of(const char *text, const char *word)
{
    size_t count = 0;

    for (const char *at = text; (at = strstr(at, word)); at++)
        count++;
    return count;
}

/* Of 150 trees 100 are drawn, and it is said where the others are. */
static void test_html_is_bounded(void **state)
{
    const struct report_options options = {.columns = 80};
    static struct finding findings[150];
    static const struct finding *list[150];
    struct report report = sample_report;
    struct buffer text;

    (void)state;
    for (size_t i = 0; i < COUNT(findings); i++) {
        findings[i] = drawn();
        findings[i].timeline = NULL;
        findings[i].title = i % 2 ? "one thing" : "another thing";
        list[i] = &findings[i];
    }
    report.findings = list;
    report.finding_count = COUNT(list);
    report.charts = NULL;
    report.chart_count = 0;
    golden_render("html", &report, &options, &text);
    assert_int_equal(count_of(text.text, "<figure class=\"picture tree\">"), HTML_PICTURES_MOST);
    assert_int_equal(count_of(text.text, "A picture belongs here"), 50);
    assert_int_equal(count_of(text.text, "<b>\"'&"), 0);
    assert_int_equal(count_of(text.text, "style=\""), 0);
    buffer_release(&text);
}

/* ---- terminals ---- */

static void draw(const char *name, unsigned columns, bool ascii, bool colours, size_t body)
{
    const struct report_options options = {.columns = columns, .ascii = ascii, .colours = colours};
    const struct finding finding = drawn();
    FILE *file = tmpfile();
    struct wrap wrap;

    assert_non_null(file);
    wrap_init(&wrap, file, columns);
    text_pictures(&wrap, &options, body, &finding);
    wrap_end(&wrap);
    wrap_release(&wrap);
    compare(name, file);
}

static void test_text(void **state)
{
    (void)state;
    draw("picture-80.txt", 80, false, false, 9);
    draw("picture-80-ascii.txt", 80, true, false, 9);
    draw("picture-120-colours.txt", 120, false, true, 9);
    draw("picture-40.txt", 40, false, false, 2);
}

/* No line is wider than it may be, nothing is written behind its last word, whatever the width. */
static void test_text_at_every_width(void **state)
{
    const struct finding finding = drawn();

    (void)state;
    for (unsigned columns = 40; columns <= 200; columns++) {
        const struct report_options options = {.columns = columns};
        FILE *file = tmpfile();
        struct buffer text;
        struct wrap wrap;

        wrap_init(&wrap, file, columns);
        text_pictures(&wrap, &options, columns / 10, &finding);
        wrap_end(&wrap);
        wrap_release(&wrap);
        buffer_init(&text, GOLDEN_MOST);
        rewind(file);
        golden_read(file, &text);
        fclose(file);
        for (char *line = text.text, *end; (end = strchr(line, '\n')); line = end + 1) {
            *end = '\0';
            if (text_columns(line, strlen(line)) > columns || (end > line && end[-1] == ' '))
                fail_msg("%u columns: \"%s\"", columns, line);
        }
        buffer_release(&text);
    }
}

/* A timeline is drawn in text where several hosts are on it, and one of them took its time. */
static void test_timelines_that_tell_nothing(void **state)
{
    struct timeline few = timeline;

    (void)state;
    assert_true(text_timeline_tells(&timeline));
    few.count = 1;
    assert_false(text_timeline_tells(&few));
    few.count = 3;
    few.rows = rows + 3;
    assert_false(text_timeline_tells(&few));
}

/* ---- tickets ---- */

static void test_markdown(void **state)
{
    const struct finding finding = drawn();
    FILE *file = tmpfile();

    (void)state;
    markdown_put_pictures(file, 2, &finding);
    compare("picture.md", file);
}

/* A block ends where it was to end, whatever stands in it. */
static void test_markdown_fences(void **state)
{
    const struct tree_node ticks[] = {{.label = "`````", .remark = "```"}};
    const struct tree fenced = {&lookups, ticks, COUNT(ticks), 1};
    struct finding finding = drawn();
    struct buffer text;
    FILE *file = tmpfile();

    (void)state;
    finding.tree = &fenced;
    finding.timeline = NULL;
    markdown_put_pictures(file, 0, &finding);
    buffer_init(&text, GOLDEN_MOST);
    rewind(file);
    golden_read(file, &text);
    assert_memory_equal(text.text, "\n``````text\n", strlen("\n``````text\n"));
    assert_int_equal(count_of(text.text, "``````"), 2);
    buffer_clear(&text);
    fclose(file);
    file = tmpfile();
    finding.tree = NULL;
    markdown_put_pictures(file, 0, &finding);
    rewind(file);
    golden_read(file, &text);
    assert_int_equal(text.size, 0);
    fclose(file);
    buffer_release(&text);
}

/* ---- programs ---- */

static void test_json(void **state)
{
    const struct report_options options = {.columns = 80};
    const struct finding finding = drawn();
    const struct finding *const list[] = {&finding};
    struct report report = sample_report;
    struct buffer text;
    json_t *object, *drawn_tree;

    (void)state;
    report.findings = list;
    report.finding_count = 1;
    report.charts = NULL;
    report.chart_count = 0;
    golden_render("json", &report, &options, &text);
    object = json_loads(text.text, 0, NULL);
    drawn_tree = json_object_get(json_array_get(json_object_get(object, "findings"), 0), "tree");
    assert_int_equal(json_array_size(json_object_get(drawn_tree, "nodes")), COUNT(nodes));
    assert_int_equal(json_integer_value(json_object_get(drawn_tree, "limit")), 3);
    json_decref(object);
    buffer_release(&text);
    golden_check("picture.json", "json", &report, &options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_html_tree),
        cmocka_unit_test(test_html_timeline),
        cmocka_unit_test(test_html_is_bounded),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_text_at_every_width),
        cmocka_unit_test(test_timelines_that_tell_nothing),
        cmocka_unit_test(test_markdown),
        cmocka_unit_test(test_markdown_fences),
        cmocka_unit_test(test_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
