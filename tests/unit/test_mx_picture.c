/* Timelines of recorded calls and traces: phases, how each ends, and that redaction leaves them. */
#include "diag/verdict.h"

#include "tests/unit/unit.h"

#include <string.h>

static struct run run;
static struct arena memory;
static struct report report;

static void judge(const char *scenario, bool redacted)
{
    char path[1024];

    snprintf(path, sizeof path, EXDIAG_SOURCE "/tests/scenario/%s/evidence.jsonl", scenario);
    memset(&run, 0, sizeof run);
    assert_int_equal(run_load(&run, path), STATUS_OK);
    if (redacted)
        assert_int_equal(run_redact(&run, 1), STATUS_OK);
    run_replay(&run);
    verdict(&run, 1, NULL, &memory, &report);
}

static void release(void)
{
    arena_release(&memory);
    run_release(&run);
}

static const struct timeline *timeline_of(const char *id)
{
    for (size_t i = 0; i < report.finding_count; i++) {
        const struct finding *finding = report.findings[i];

        if (finding->outcome == OUTCOME_PROBLEM && strcmp(finding->kind->id, id) == 0)
            return finding->timeline;
    }
    fail_msg("%s is not found", id);
    return NULL;
}

/* "connecting silent open wrong" */
static void expect_row(const struct timeline_row *row, const char *words)
{
    struct buffer text;

    buffer_init(&text, 1024);
    for (size_t i = 0; i < row->phase_count; i++)
        buffer_print(&text, "%s ", timeline_phase_word(row->phases[i].kind));
    buffer_print(&text, "%s %s", timeline_end_word(row->end), picture_standing_word(row->standing));
    assert_string_equal(text.text, words);
    buffer_release(&text);
}

static void a_silent_host_stands_beside_one_that_greets(void **state)
{
    const struct timeline *timeline;

    (void)state;
    judge("mx-stall-for-300-seconds", false);
    timeline = timeline_of("mx-banner-stall");
    assert_non_null(timeline);
    assert_int_equal(timeline->count, 2);
    expect_row(&timeline->rows[0], "silent open wrong");
    assert_string_equal(timeline->rows[0].group, "10");
    assert_string_equal(timeline->rows[0].name, "mx1.contoso.com");
    assert_string_equal(timeline->rows[0].detail, "127.0.0.21");
    assert_int_equal(timeline_end_of(&timeline->rows[0]) / 1000, 300);
    expect_row(&timeline->rows[1], "greeted right");
    assert_string_equal(timeline->rows[1].group, "20");
    release();
}

/* A teaser line is no greeting: silence goes on behind it. */
static void a_teaser_breaks_no_silence(void **state)
{
    const struct timeline *timeline;

    (void)state;
    judge("mx-stall-behind-a-teaser", false);
    timeline = timeline_of("mx-banner-stall");
    assert_non_null(timeline);
    expect_row(&timeline->rows[0], "silent closed wrong");
    assert_true(timeline_end_of(&timeline->rows[0]) >= 5000);
    release();
}

/* KB Q182821: the connection is made, and nothing comes for five minutes. */
static void a_trace_has_one_too(void **state)
{
    const struct timeline *timeline;

    (void)state;
    judge("mx-trace-stall", false);
    timeline = timeline_of("mx-banner-stall");
    assert_non_null(timeline);
    assert_int_equal(timeline->count, 2);
    expect_row(&timeline->rows[0], "connecting silent open wrong");
    assert_true(timeline->rows[0].phases[1].to > 300000);
    assert_non_null(strstr(timeline->rows[0].detail, "frame "));
    expect_row(&timeline->rows[1], "connecting silent greeted right");
    release();
}

static void redaction_changes_names_alone(void **state)
{
    const struct timeline *timeline;

    (void)state;
    judge("mx-stall-for-300-seconds", true);
    timeline = timeline_of("mx-banner-stall");
    assert_non_null(timeline);
    assert_int_equal(timeline->count, 2);
    for (size_t i = 0; i < timeline->count; i++)
        assert_null(strstr(timeline->rows[i].name, "contoso"));
    expect_row(&timeline->rows[0], "silent open wrong");
    release();
}

/* What refuses at once is told in a line. */
static void what_takes_no_time_has_none(void **state)
{
    (void)state;
    judge("mx-closes", false);
    assert_null(timeline_of("mx-closes"));
    release();
    judge("mx-refuses", false);
    assert_null(timeline_of("mx-refuses"));
    release();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_silent_host_stands_beside_one_that_greets),
        cmocka_unit_test(a_teaser_breaks_no_silence),
        cmocka_unit_test(a_trace_has_one_too),
        cmocka_unit_test(redaction_changes_names_alone),
        cmocka_unit_test(what_takes_no_time_has_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
