/* Charts of runs: what probes place, run by run, and what comes of the recorded clocks. */
#include "diag/verdict_charts.h"

#include "diag/verdict.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

/* ---- a probe that places what the name of its subject says ---- */

static const struct scale_stop stops[] = {{10, "10"}, {100, "100"}, {0, NULL}};

static void write_span(int64_t least, int64_t most, struct buffer *out)
{
    buffer_print(out, "%lld to %lld", (long long)least, (long long)most);
}

static const struct scale lengths = {
    .id = "lengths", .stops = stops, .warning = 10, .write = write_span};
static const struct scale angles = {
    .id = "angles", .stops = stops, .warning = 10, .write = write_span};

static void place_one(struct examination *x, const struct scale *scale, const char *name,
                      int64_t at, unsigned rank)
{
    place(x, scale, &(const struct span){name, NULL, at, at, rank, false, 50, NULL, false});
}

static void examine(struct examination *x, const struct subject *subject)
{
    char name[16];

    snprintf(name, sizeof name, "%s", subject->name);
    place_one(x, &lengths, name, (int64_t)strlen(subject->name), 1);
    place_one(x, &lengths, "of all", subject->name[0], 0); /* told differently by everyone */
    for (int i = 0; strncmp(subject->name, "group.", 6) == 0 && i < 2; i++)
        place(x, &lengths,
              &(const struct span){.name = i ? "follower" : "leader",
                                   .least = 1000 * (int64_t)strlen(subject->name),
                                   .most = 1000 * (int64_t)strlen(subject->name),
                                   .critical = 50,
                                   .rank = i ? 1 : 2,
                                   .group = name});
    if (strcmp(subject->name, "odd.example") == 0) {
        place(x, &lengths,
              &(const struct span){"backwards", NULL, 2, 1, 9, false, 50, NULL, false});
        place_one(x, &lengths, "\x1b[31m\xff", 3, 1);
        place_one(x, &angles, "alone", 1, 1);
    }
    if (strcmp(subject->name, "waits.example") == 0 && !ask_dns(x, "never.example", DNS_A))
        place_one(x, &lengths, "of an incomplete pass", 1, 1);
    for (int i = 0; strcmp(subject->name, "floods.example") == 0 && i < 2 * SPANS_MOST; i++)
        place_one(x, &angles, arena_print(pass_memory(x), "%d", i), i, 1);
    memset(name, '?', sizeof name - 1); /* texts were copied */
}

static const struct finding_kind *const no_kinds[] = {
    &(const struct finding_kind){.id = "none", .title = "none"}, NULL};
static const struct probe placing = {.name = "placing",
                                     .subjects = PROBE_EXAMINES(SUBJECT_SERVER),
                                     .kinds = no_kinds,
                                     .examine = examine};
static const struct probe *const placing_alone[] = {&placing, NULL};

static void fetch_nothing(void *context, struct evidence *item)
{
    (void)context;
    (void)item;
}

static struct settings settings;

static struct run run_of(const char *const *names)
{
    const struct exam_options options = {.settings = &settings,
                                         .probes = placing_alone,
                                         .store = evidence_store_new(),
                                         .fetch = fetch_nothing};
    struct run run = {.store = options.store};

    run.exam = exam_new(&options);
    for (; *names; names++)
        exam_add_subject(run.exam, SUBJECT_SERVER, *names, *names, true);
    exam_work(run.exam, 0);
    return run;
}

static void release_run(struct run *run)
{
    exam_free(run->exam);
    evidence_store_free(run->store);
}

/* A chart a run and scale; of one name the first in report order, not in order of examination. */
static void every_run_has_its_charts(void **state)
{
    struct run runs[] = {run_of((const char *const[]){"bb.example", "a.example", NULL}),
                         run_of((const char *const[]){"odd.example", NULL}),
                         run_of((const char *const[]){"waits.example", NULL})};
    struct arena memory = {0};
    struct report report = {0};

    (void)state;
    verdict_charts(runs, 3, &memory, &report);
    assert_int_equal(report.chart_count, 2);
    assert_int_equal(report.charts[0].run, 0);
    assert_int_equal(report.charts[0].row_count, 3);
    assert_string_equal(report.charts[0].rows[0].span.name, "a.example");
    assert_string_equal(report.charts[0].rows[2].span.name, "of all");
    assert_int_equal(report.charts[0].rows[2].span.least, 'a' - 9);
    assert_int_equal(report.charts[1].run, 1);
    assert_ptr_equal(report.charts[1].scale, &lengths);
    assert_int_equal(report.charts[1].row_count, 3);
    assert_string_equal(report.charts[1].rows[1].span.name, "odd.example");
    assert_non_null(strstr(report.charts[1].rows[0].span.name, "\\x1b[31m\\xff"));
    arena_release(&memory);
    for (size_t i = 0; i < 3; i++)
        release_run(&runs[i]);
}

/* What need not agree stands on charts of its own, each with a zero of its own. */
static void every_group_has_its_chart(void **state)
{
    struct run run = run_of((const char *const[]){"group.one", "group.two", NULL});
    struct arena memory = {0};
    struct report report = {0};

    (void)state;
    verdict_charts(&run, 1, &memory, &report);
    assert_int_equal(report.chart_count, 3);
    for (size_t i = 1; i < 3; i++) {
        assert_int_equal(report.charts[i].row_count, 2);
        assert_string_equal(report.charts[i].rows[0].span.group,
                            i == 1 ? "group.one" : "group.two");
        assert_int_equal(report.charts[i].rows[1].standing, SPAN_RIGHT);
    }
    arena_release(&memory);
    release_run(&run);
}

/* No examination places without end. */
static void placing_is_bounded(void **state)
{
    struct run run = run_of((const char *const[]){"floods.example", NULL});
    struct arena memory = {0};
    struct report report = {0};

    (void)state;
    verdict_charts(&run, 1, &memory, &report);
    assert_int_equal(report.chart_count, 2);
    assert_ptr_equal(report.charts[0].scale, &angles);
    assert_int_equal(report.charts[0].row_count + report.charts[1].row_count, SPANS_MOST);
    arena_release(&memory);
    release_run(&run);
}

/* ---- recorded clocks ---- */

struct expectation {
    const char *name;
    enum span_standing standing;
};

static void judge(struct run *run, const char *scenario, bool redacted)
{
    char path[1024];

    snprintf(path, sizeof path, EXDIAG_SOURCE "/tests/scenario/%s/evidence.jsonl", scenario);
    assert_int_equal(run_load(run, path), STATUS_OK);
    if (redacted)
        assert_int_equal(run_redact(run, 1), STATUS_OK);
    run_replay(run);
}

static void expect_chart_of(struct run *run, const struct expectation *rows)
{
    struct arena memory = {0};
    struct report report;
    size_t count = 0;

    verdict(run, 1, NULL, &memory, &report);
    assert_int_equal(report.chart_count, 1);
    for (; rows[count].name; count++) {
        assert_true(count < report.charts[0].row_count);
        assert_string_equal(report.charts[0].rows[count].span.name, rows[count].name);
        assert_int_equal(report.charts[0].rows[count].standing, rows[count].standing);
    }
    assert_int_equal(report.charts[0].row_count, count);
    arena_release(&memory);
    run_release(run);
}

static void expect_chart(const char *scenario, const struct expectation *rows)
{
    struct run run = {0};

    judge(&run, scenario, false);
    expect_chart_of(&run, rows);
}

/* Whoever is wrong stands there alone: a PDC emulator that went astray paints nobody else. */
static void recorded_clocks_stand_right(void **state)
{
    static const struct expectation pdc_back[] = {
        {"127.0.0.13", SPAN_RIGHT},       {"dc1.contoso.com", SPAN_CRITICAL},
        {"dc2.contoso.com", SPAN_RIGHT},  {"ex01.contoso.com", SPAN_RIGHT},
        {"where exdiag ran", SPAN_RIGHT}, {NULL, SPAN_RIGHT}};
    static const struct expectation ahead[] = {{"dc1.contoso.com", SPAN_RIGHT},
                                               {"dc2.contoso.com", SPAN_RIGHT},
                                               {"ex01.contoso.com", SPAN_CRITICAL},
                                               {"where exdiag ran", SPAN_RIGHT},
                                               {NULL, SPAN_RIGHT}};
    static const struct expectation drifts[] = {{"dc1.contoso.com", SPAN_RIGHT},
                                                {"dc2.contoso.com", SPAN_RIGHT},
                                                {"ex01.contoso.com", SPAN_WARNING},
                                                {"where exdiag ran", SPAN_RIGHT},
                                                {NULL, SPAN_RIGHT}};
    static const struct expectation undecided[] = {{"dc1.contoso.com", SPAN_RIGHT},
                                                   {"dc2.contoso.com", SPAN_CRITICAL},
                                                   {"where exdiag ran", SPAN_WARNING},
                                                   {NULL, SPAN_RIGHT}};

    static const struct expectation astray[] = {{"dc1.contoso.com", SPAN_RIGHT},
                                                {"dc2.contoso.com", SPAN_CRITICAL},
                                                {"ex01.contoso.com", SPAN_UNSURE},
                                                {"where exdiag ran", SPAN_RIGHT},
                                                {NULL, SPAN_RIGHT}};
    static const struct expectation child[] = {{"dc1.contoso.com", SPAN_RIGHT},
                                               {"dc1.emea.contoso.com", SPAN_CRITICAL},
                                               {"ex01.emea.contoso.com", SPAN_UNSURE},
                                               {"where exdiag ran", SPAN_RIGHT},
                                               {NULL, SPAN_RIGHT}};

    (void)state;
    expect_chart("clock-pdc-back", pdc_back);
    expect_chart("clock-server-ahead", ahead);
    expect_chart("clock-server-drifts", drifts);
    expect_chart("clock-undecided", undecided);
    expect_chart("clock-servers-follow-astray", astray);
    expect_chart("clock-child-astray", child);
}

/* What the site knows of is no alarm on the scale either; and of others it is. */
static void what_is_accepted_is_no_alarm(void **state)
{
    static const struct acceptance accepted[] = {
        {"clock-skew", "ex01.contoso.com", "2099-01-01", "it is moved next week"},
        {"time-hierarchy", "*", "2099-01-01", "another finding"},
    };
    static const struct expectation ahead[] = {{"dc1.contoso.com", SPAN_RIGHT},
                                               {"dc2.contoso.com", SPAN_RIGHT},
                                               {"ex01.contoso.com", SPAN_ACCEPTED},
                                               {"where exdiag ran", SPAN_RIGHT},
                                               {NULL, SPAN_RIGHT}};
    static const struct expectation still[] = {{"dc1.contoso.com", SPAN_RIGHT},
                                               {"dc2.contoso.com", SPAN_RIGHT},
                                               {"ex01.contoso.com", SPAN_CRITICAL},
                                               {"where exdiag ran", SPAN_RIGHT},
                                               {NULL, SPAN_RIGHT}};

    (void)state;
    for (size_t count = 0; count < 2; count++) {
        struct run run = {0};

        judge(&run, "clock-server-ahead", false);
        run.about.settings.accepted = accepted + 1 - count;
        run.about.settings.accepted_count = 1;
        expect_chart_of(&run, count ? ahead : still);
    }
}

/* The same without a clock outside: of two controllers that differ the PDC emulator is zero, and
 * the server that is in step with the other one is neither wrong nor right, as its finding says. */
static void a_disputed_server_is_unsure(void **state)
{
    static const struct expectation rows[] = {{"dc1.contoso.com", SPAN_RIGHT},
                                              {"dc2.contoso.com", SPAN_CRITICAL},
                                              {"ex01.contoso.com", SPAN_UNSURE},
                                              {"where exdiag ran", SPAN_WARNING},
                                              {NULL, SPAN_RIGHT}};
    struct run run = {0};

    (void)state;
    assert_int_equal(run_load(&run, EXDIAG_SOURCE "/tests/scenario/clock-pdc-back/evidence.jsonl"),
                     STATUS_OK);
    run.about.settings.reference_count = 0;
    run_replay(&run);
    expect_chart_of(&run, rows);
}

/* Pseudonyms stand in the chart, as everywhere, and the intervals are those that were measured. */
static void redacted_clocks_have_pseudonyms(void **state)
{
    struct arena memory = {0};
    struct run runs[2];
    struct report report;

    (void)state;
    memset(runs, 0, sizeof runs);
    judge(&runs[0], "clock-server-ahead", false);
    judge(&runs[1], "clock-server-ahead", true);
    verdict(runs, 2, NULL, &memory, &report);
    assert_int_equal(report.chart_count, 2);
    assert_int_equal(report.charts[1].run, 1);
    assert_int_equal(report.charts[1].row_count, report.charts[0].row_count);
    for (size_t i = 0; i < report.charts[1].row_count; i++)
        assert_null(strstr(report.charts[1].rows[i].span.name, "contoso"));
    assert_int_equal(report.charts[1].rows->span.least, report.charts[0].rows->span.least);
    arena_release(&memory);
    run_release(&runs[0]);
    run_release(&runs[1]);
}

/* Where no clock was asked there is no chart, not even of this machine's. */
static void nothing_placed_is_no_chart(void **state)
{
    struct arena memory = {0};
    struct run run = {0};
    struct report report;

    (void)state;
    judge(&run, "healthy", false);
    verdict(&run, 1, NULL, &memory, &report);
    assert_int_equal(report.chart_count, 0);
    arena_release(&memory);
    run_release(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_run_has_its_charts),
        cmocka_unit_test(every_group_has_its_chart),
        cmocka_unit_test(placing_is_bounded),
        cmocka_unit_test(recorded_clocks_stand_right),
        cmocka_unit_test(what_is_accepted_is_no_alarm),
        cmocka_unit_test(a_disputed_server_is_unsure),
        cmocka_unit_test(redacted_clocks_have_pseudonyms),
        cmocka_unit_test(nothing_placed_is_no_chart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
