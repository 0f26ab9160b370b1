/* Charts in reports: how they are drawn, at every width, and that nothing breaks them. */
#include "diag/report/chart.h"

#include "diag/text.h"
#include "tests/golden/charts.h"
#include "tests/golden/golden.h"

#include <jansson.h>
#include <string.h>

static const struct report_options usual = {.columns = 80};

static int release(void **state)
{
    (void)state;
    arena_release(&charts_memory);
    return 0;
}

static void charts_are_as_agreed(void **state)
{
    const struct report report = report_with_charts();
    const struct report_options wide = {.columns = 100, .colours = true};
    const struct report_options narrow = {.columns = 40};
    const struct report_options ascii = {.columns = 80, .ascii = true};

    (void)state;
    golden_check("chart-80.txt", "text", &report, &usual);
    golden_check("chart-100-colours.txt", "text", &report, &wide);
    golden_check("chart-40.txt", "text", &report, &narrow);
    golden_check("chart-ascii.txt", "text", &report, &ascii);
    golden_check_main("chart.html", &report, &usual);
    golden_check("chart.json", "json", &report, &usual);
}

static void assert_lines_fit(const char *text, unsigned columns)
{
    for (const char *line = text, *end; *line; line = end + 1) {
        end = strchr(line, '\n');
        assert_non_null(end);
        assert_true(end == line || end[-1] != ' ');
        assert_true(text_columns(line, (size_t)(end - line)) <= columns);
    }
}

/* Whatever the width, no line is longer, every name is there, and wrong ones are called so. */
static void charts_fit_every_width(void **state)
{
    const struct report report = report_with_charts();

    (void)state;
    for (unsigned columns = 40; columns <= 200; columns++) {
        const struct report_options options = {
            .columns = columns, .ascii = columns % 2, .verbose = true};
        struct buffer text;

        golden_render("text", &report, &options, &text);
        assert_lines_fit(text.text, columns);

        assert_non_null(strstr(text.text, "ex4.corp.e"));
        assert_non_null(strstr(text.text, "CRITICAL"));
        assert_non_null(strstr(text.text, "UNSURE"));
        buffer_release(&text);
    }
}

/* Of several charts what is right is counted; of one, or with --verbose, it is shown. */
static void what_is_right_is_counted(void **state)
{
    struct report report = report_with_charts();
    struct buffer several, single;

    (void)state;
    golden_render("text", &report, &usual, &several);
    assert_null(strstr(several.text, "ex4.corp.e"));
    assert_non_null(strstr(several.text, " ok\n"));
    report.chart_count = 1;
    golden_render("text", &report, &usual, &single);
    assert_non_null(strstr(single.text, "ex4.corp.e"));
    buffer_release(&several);
    buffer_release(&single);
}

/* Colours are added to a chart and change nothing of it; --quiet leaves it out. */
static void colours_and_quiet(void **state)
{
    const struct report report = report_with_charts();
    const struct report_options coloured = {.columns = 80, .colours = true};
    const struct report_options quiet = {.columns = 80, .quiet = true};
    struct buffer plain, colours, stripped, silent;

    (void)state;
    golden_render("text", &report, &usual, &plain);
    golden_render("text", &report, &coloured, &colours);
    golden_render("text", &report, &quiet, &silent);
    buffer_init(&stripped, GOLDEN_MOST);
    for (const char *from = colours.text; *from; from++) {
        if (*from == '\x1b')
            from = strchr(from, 'm');
        else
            buffer_add_char(&stripped, *from);
    }
    assert_string_equal(stripped.text, plain.text);
    assert_null(strstr(silent.text, "dc2"));
    buffer_release(&plain);
    buffer_release(&colours);
    buffer_release(&stripped);
    buffer_release(&silent);
}

/* Of the names nothing but what the tests themselves wrote is beyond ASCII. */
static void ascii_is_ascii(void **state)
{
    const struct report_options ascii = {.columns = 80, .ascii = true};
    struct report report = report_with_charts();
    struct buffer text;

    (void)state;
    report.chart_count = 1;
    report.subject_count = 1;
    golden_render("text", &report, &ascii, &text);
    for (size_t i = 0; i < text.size; i++)
        assert_true((unsigned char)text.text[i] < 0x80);
    buffer_release(&text);
}

/* Where nothing can be critical no zone says so, and what is far away stands at the very end. */
static void a_scale_may_have_no_limit(void **state)
{
    static const struct span spans[] = {
        {"a", NULL, 0, 0, 1, false, SPAN_NEVER_CRITICAL, NULL, false},
        {"b", NULL, -INT64_MAX, -INT64_MAX, 0, false, SPAN_NEVER_CRITICAL, NULL, false}};
    struct report report = report_with_charts();
    struct chart chart;
    struct buffer text;

    (void)state;
    chart_arrange(&clock_scale, spans, COUNT(spans), &charts_memory, &chart);
    report.charts = &chart;
    report.chart_count = 1;
    golden_render("text", &report, &usual, &text);
    assert_null(strstr(text.text, "▒"));
    assert_null(strstr(text.text, "critical"));
    assert_non_null(strstr(text.text, " ●░"));
    buffer_release(&text);
    golden_render("html", &report, &usual, &text);
    assert_null(strstr(text.text, "<rect class=\"zone-critical"));
    buffer_release(&text);
}

/* ---- many ---- */

enum { MANY = 1000 };

static void arrange_many(struct chart *chart, size_t wrong)
{
    static struct span spans[MANY];

    for (size_t i = 0; i < MANY; i++) {
        int64_t at = i >= MANY - wrong ? 2 * CHART_LIMIT : 0;

        spans[i] = (struct span){arena_print(&charts_memory, "ex%04zu.example.com", i),
                                 "server",
                                 at,
                                 at,
                                 i == 0 ? 2 : 1,
                                 false,
                                 CHART_LIMIT,
                                 NULL,
                                 false};
    }
    chart_arrange(&clock_scale, spans, MANY, &charts_memory, chart);
}

/* Of more than fit the wrong ones are shown first, in their order, behind the origin. */
static void the_wrong_ones_are_shown_first(void **state)
{
    const struct chart_row *shown[10];
    struct chart chart;

    (void)state;
    arrange_many(&chart, 3);
    assert_int_equal(chart_pick(&chart, 10, shown), 10);
    assert_ptr_equal(shown[0], chart.rows);
    assert_string_equal(shown[6]->span.name, "ex0006.example.com");
    assert_string_equal(shown[7]->span.name, "ex0997.example.com");
    assert_int_equal(shown[9]->standing, SPAN_CRITICAL);
    arrange_many(&chart, 100);
    assert_int_equal(chart_pick(&chart, 10, shown), 10);
    assert_int_equal(shown[1]->standing, SPAN_CRITICAL);
    assert_int_equal(chart_pick(&chart, 1, shown), 1);
    assert_ptr_equal(shown[0], chart.rows);
}

/* A thousand clocks make a page, not a thousand lines; JSON has them all. */
static void many_are_counted(void **state)
{
    struct report report = report_with_charts();
    struct chart chart;
    struct buffer text;
    json_t *json;

    (void)state;
    arrange_many(&chart, 3);
    report.charts = &chart;
    report.chart_count = 1;
    golden_render("text", &report, &usual, &text);
    assert_non_null(strstr(text.text, "and 940 more\n"));
    buffer_release(&text);
    golden_render("html", &report, &usual, &text);
    assert_non_null(strstr(text.text, "and 800 more<"));
    buffer_release(&text);
    golden_render("json", &report, &usual, &text);
    json = json_loads(text.text, JSON_REJECT_DUPLICATES, NULL);
    assert_int_equal(json_array_size(json_object_get(
                         json_array_get(json_object_get(json, "charts"), 0), "spans")),
                     MANY);
    json_decref(json);
    buffer_release(&text);
}

/* ---- labels ---- */

static bool is_shown(const struct chart_label *labels, size_t count, const char *sign,
                     const char *text)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(labels[i].sign, sign) == 0 && strcmp(labels[i].text, text) == 0)
            return labels[i].is_shown;
    }
    return false;
}

/* The limit is labelled before the ends, these before what is between; none touches another. */
static void labels_have_room(void **state)
{
    const struct report report = report_with_charts();
    struct chart_label labels[CHART_LABELS_MOST];
    size_t count = chart_labels(&report.charts[0], 24, 1, 1, labels);

    (void)state;
    assert_int_equal(count, 9);
    assert_true(is_shown(labels, count, "", "0"));
    assert_true(is_shown(labels, count, "-", "5 min"));
    assert_true(is_shown(labels, count, "+", "5 min"));
    assert_false(is_shown(labels, count, "+", "1 min"));
    for (unsigned length = 8; length < 120; length++) {
        int64_t end = INT32_MIN;

        chart_labels(&report.charts[0], length, 1, 1, labels);
        for (size_t i = 0; i < count; i++) {
            if (!labels[i].is_shown)
                continue;
            assert_true(labels[i].start > end && labels[i].start >= -1);
            end =
                labels[i].start + (int64_t)strlen(labels[i].sign) + (int64_t)strlen(labels[i].text);
            assert_true(end <= (int64_t)length + 2);
        }
    }
}

/* Names are cut where a column ends, and one sees that they are. */
static void names_are_cut_visibly(void **state)
{
    static const struct {
        const char *text;
        size_t most;
        const char *cut;
    } rows[] = {{"abcdef", 6, "abcdef"},
                {"abcdefg", 6, "abcde…"},
                {"郵便受け", 7, "郵便受…"},
                {"郵便受け取り", 6, "郵便…"},
                {"", 4, ""}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buffer out;

        buffer_init(&out, 256);
        chart_cut(rows[i].text, rows[i].most, "…", &out);
        assert_string_equal(out.text, rows[i].cut);
        buffer_release(&out);
    }
}

/* Paper cuts off what stands out of the page, so labels have room beside the axis. */
static void axes_leave_their_labels_room(void **state)
{
    const struct report report = report_with_charts();
    const char *rule, *label;
    int left = 0, taken = 0;
    struct buffer html;

    (void)state;
    golden_render("html", &report, &usual, &html);
    rule = strstr(html.text, ".chart svg{");
    assert_non_null(rule);
    assert_int_equal(sscanf(rule,
                            ".chart svg{position:absolute;top:0;left:%dpx;width:calc(100%% - %dpx)",
                            &left, &taken),
                     2);
    assert_int_equal(taken, 2 * left);
    assert_true(left >= (int)strlen("+1 h") * 7 / 2);
    for (label = html.text; (label = strstr(label, " x=\"0.00%\" dx=\"")); label++) {
        int shift = 0;

        assert_int_equal(sscanf(label, " x=\"0.00%%\" dx=\"%d\"", &shift), 1);
        assert_true(-shift <= left);
    }
    buffer_release(&html);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charts_are_as_agreed),
        cmocka_unit_test(charts_fit_every_width),
        cmocka_unit_test(what_is_right_is_counted),
        cmocka_unit_test(colours_and_quiet),
        cmocka_unit_test(ascii_is_ascii),
        cmocka_unit_test(a_scale_may_have_no_limit),
        cmocka_unit_test(the_wrong_ones_are_shown_first),
        cmocka_unit_test(many_are_counted),
        cmocka_unit_test(labels_have_room),
        cmocka_unit_test(names_are_cut_visibly),
        cmocka_unit_test(axes_leave_their_labels_room),
    };

    return cmocka_run_group_tests(tests, NULL, release);
}
