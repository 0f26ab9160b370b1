/* Series in reports: columns at every width, bounded, and values for programs. */
#include "diag/series.h"

#include "diag/text.h"
#include "tests/golden/golden.h"
#include "tests/golden/sample.h"

#include <jansson.h>
#include <string.h>

static void write_tenths(int64_t value, struct buffer *out)
{
    buffer_print(out, "%.1f s", (double)value / 1000);
}

static const struct series_kind waits = {
    .id = "waits",
    .title = "the wait before each request",
    .unit = "ms",
    .step = "request",
    .write = write_tenths,
};

static const int64_t growing[] = {671,  842,  1061, 1263, 1467, 1685, 1872, 2074,
                                  2247, 2449, 2652, 2839, 3058, 3260, 3463};
static const int64_t odd[] = {0, 1, INT64_MAX, INT64_MAX / 2};
static int64_t many[SERIES_VALUES_MOST];

static const struct series all[] = {
    {&waits, NULL, 2, growing, COUNT(growing)},
    {&waits, "<b>one</b> & \"two\"", 0, odd, COUNT(odd)},
    {&waits, NULL, 1000, many, COUNT(many)},
    {&waits, NULL, 7, growing, 1},
};

static const struct finding_kind kind = {.id = "sample"};

/* One finding with these series. */
static struct report report_of(const struct series *series, size_t count)
{
    static struct finding finding;
    static const struct finding *findings[] = {&finding};
    struct report report = sample_report;

    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = (int64_t)(i * 10);
    finding = (struct finding){.kind = &kind,
                               .probe = "sample",
                               .outcome = OUTCOME_PROBLEM,
                               .severity = SEVERITY_WARNING,
                               .subject = &sample_domain,
                               .title = "something is wrong",
                               .why = "it matters",
                               .seen = sample_spf_seen,
                               .seen_count = 1,
                               .series = series,
                               .series_count = count};
    report.findings = findings;
    report.finding_count = 1;
    report.charts = NULL;
    report.chart_count = 0;
    return report;
}

static void test_heights(void **state)
{
    const struct series series = {&waits, NULL, 0, odd, COUNT(odd)};

    (void)state;
    assert_true(series_most(&series) == INT64_MAX);
    assert_int_equal(series_height(&series, 0, 8), 0);
    assert_int_equal(series_height(&series, -5, 8), 0);
    assert_int_equal(series_height(&series, 1, 8), 1);
    assert_int_equal(series_height(&series, INT64_MAX / 2, 8), 4);
    assert_int_equal(series_height(&series, INT64_MAX, 8), 8);
    assert_int_equal(series_height(&all[0], 3463, 8), 8);
    assert_int_equal(series_height(&all[0], 3246, 8), 7);
    assert_int_equal(series_height(&all[0], 216, 8), 1);
}

/* The columns stand on zero and grow; half of a cell is drawn as half. */
static void test_text(void **state)
{
    static const char expected[] = "         the wait before each request:\n"
                                   "         3.5 s |                                 .. .. ## ##\n"
                                   "               |                     .. .. ## ## ## ## ## ##\n"
                                   "               |         .. .. ## ## ## ## ## ## ## ## ## ##\n"
                                   "         0.0 s |## ## ## ## ## ## ## ## ## ## ## ## ## ## ##\n"
                                   "                2  3  4  5  6  7  8  9  10 11 12 13 14 15 16\n";
    const struct report report = report_of(all, 1);
    const struct report_options options = {.columns = 80, .ascii = true};
    struct buffer text;

    (void)state;
    golden_render("text", &report, &options, &text);
    assert_non_null(strstr(text.text, expected));
    buffer_release(&text);
}

static size_t count_of(const char *text, const char *word)
{
    size_t count = 0;

    for (; (text = strstr(text, word)); text += strlen(word))
        count++;
    return count;
}

/* Whatever the width and the colours, no line is longer, and none ends in spaces. */
static void test_every_width(void **state)
{
    const struct report report = report_of(all, COUNT(all));

    (void)state;
    for (unsigned columns = 40; columns <= 160; columns++) {
        const struct report_options options = {.columns = columns, .ascii = columns % 2};
        struct buffer text;

        golden_render("text", &report, &options, &text);
        for (const char *line = text.text, *end; *line; line = end + 1) {
            end = strchr(line, '\n');
            assert_true(end == line || end[-1] != ' ');
            assert_true(text_columns(line, (size_t)(end - line)) <= columns);
        }
        assert_int_equal(count_of(text.text, "the wait before each"), COUNT(all));
        buffer_release(&text);
    }
}

static void test_colours(void **state)
{
    const struct report report = report_of(all, COUNT(all));
    const struct report_options plain = {.columns = 80};
    const struct report_options coloured = {.columns = 80, .colours = true};
    struct buffer one, other, stripped;

    (void)state;
    golden_render("text", &report, &plain, &one);
    golden_render("text", &report, &coloured, &other);
    buffer_init(&stripped, GOLDEN_MOST);
    for (const char *from = other.text; *from; from++) {
        if (*from == '\x1b')
            from = strchr(from, 'm');
        else
            buffer_add_char(&stripped, *from);
    }
    assert_string_equal(stripped.text, one.text);
    buffer_release(&stripped);
    buffer_release(&other);
    buffer_release(&one);
}

/* A column a value, which tells it; words are escaped. */
static void test_html(void **state)
{
    const struct report report = report_of(all, COUNT(all));
    const struct report_options options = {.columns = 80};
    struct buffer text;

    (void)state;
    golden_render("html", &report, &options, &text);
    assert_int_equal(count_of(text.text, "<figure class=\"picture series\">"), COUNT(all));
    assert_int_equal(count_of(text.text, "<title>request "), 15 + 4 + SERIES_VALUES_MOST + 1);
    assert_non_null(strstr(text.text, "<title>request 16: 3.5 s</title>"));
    assert_non_null(strstr(text.text, "y=\"12\" width=\"16\" height=\"96\"><title>request 16"));
    assert_null(strstr(text.text, "<b>one</b>"));
    assert_null(strstr(text.text, "style="));
    buffer_release(&text);
}

static void test_json(void **state)
{
    const struct report report = report_of(all, COUNT(all));
    const struct report_options options = {.columns = 80};
    struct buffer text;
    json_t *object, *series;

    (void)state;
    golden_render("json", &report, &options, &text);
    object = json_loads(text.text, 0, NULL);
    assert_non_null(object);
    series = json_object_get(json_array_get(json_object_get(object, "findings"), 0), "series");
    assert_int_equal(json_array_size(series), COUNT(all));
    series = json_array_get(series, 0);
    assert_string_equal(json_string_value(json_object_get(series, "unit")), "ms");
    assert_int_equal(json_integer_value(json_object_get(series, "first")), 2);
    assert_int_equal(json_array_size(json_object_get(series, "values")), 15);
    assert_int_equal(json_integer_value(json_array_get(json_object_get(series, "values"), 14)),
                     3463);
    golden_check("series.json", "json", &report, &options);
    json_decref(object);
    buffer_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heights),     cmocka_unit_test(test_text),
        cmocka_unit_test(test_every_width), cmocka_unit_test(test_colours),
        cmocka_unit_test(test_html),        cmocka_unit_test(test_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
