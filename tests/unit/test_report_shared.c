#include "diag/report/shared.h"
#include "tests/golden/golden.h"
#include "tests/golden/sample.h"

#include <string.h>

static void formats_are_found_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(report_format_find("text")->write, report_text);
    assert_ptr_equal(report_format_find("html")->write, report_html);
    assert_ptr_equal(report_format_find("json")->write, report_json);
    assert_null(report_format_find("TEXT"));
    assert_null(report_format_find(""));
}

/* The part that a finding stands in; only problems can be accepted. */
static void parts_follow_outcome_and_acceptance(void **state)
{
    struct finding unknown = sample_unknown;

    (void)state;
    unknown.accepted = &sample_acceptance;
    assert_int_equal(report_part_of(&sample_spf), PART_PROBLEMS);
    assert_int_equal(report_part_of(&sample_accepted), PART_ACCEPTED);
    assert_int_equal(report_part_of(&unknown), PART_UNKNOWN);
    assert_int_equal(report_part_of(&sample_not_applicable), PART_NOT_APPLICABLE);
    assert_string_equal(report_standing(&sample_spf), "critical");
    assert_string_equal(report_standing(&sample_accepted), "accepted");
    assert_string_equal(report_standing(&sample_ok), "ok");
}

static void assert_sum(const struct report *report, const char *expected)
{
    struct buffer text;

    buffer_init(&text, 4096);
    report_sum_up(report, &text);
    assert_string_equal(text.text, expected);
    buffer_release(&text);
}

/* One is singular; what is not there is not mentioned. */
static void sums_read_well(void **state)
{
    const struct finding *const one[] = {&sample_hostile};
    const struct report nothing = {.version = "0"};
    const struct report single = {.findings = one,
                                  .finding_count = 1,
                                  .counts = {[OUTCOME_PROBLEM] = 1, [OUTCOME_UNKNOWN] = 2}};
    const struct finding info = {.kind = &sample_cgi_handler, .severity = SEVERITY_INFO};
    const struct finding *const infos[] = {&info, &info};
    const struct report remarks = {
        .findings = infos, .finding_count = 2, .counts = {[OUTCOME_PROBLEM] = 2}};

    const struct finding *const mixed[] = {&sample_hostile, &info};
    const struct report both = {
        .findings = mixed, .finding_count = 2, .counts = {[OUTCOME_PROBLEM] = 2}};

    (void)state;
    assert_sum(&nothing, "no problems");
    assert_sum(&single, "1 problem (warning), 2 unknown");
    assert_sum(&remarks, "no problems, 2 remarks");
    assert_sum(&both, "1 problem (warning), 1 remark");
    assert_sum(&sample_report,
               "4 problems (3 critical, 1 warning), 1 unknown, 1 accepted, 1 ok, 1 n/a");
}

static void assert_span(int64_t started, int64_t finished, const char *expected)
{
    const struct report_span span = {started, finished, true};
    struct buffer text;

    buffer_init(&text, 128);
    report_show_span(&span, &text);
    assert_string_equal(text.text, expected);
    buffer_release(&text);
}

/* The day is named twice only when there are two. */
static void spans_name_days(void **state)
{
    (void)state;
    assert_span(SAMPLE_TIME, SAMPLE_TIME + 12000, "2026-11-22 09:05:07 to 09:05:19 UTC");
    assert_span(SAMPLE_TIME, SAMPLE_TIME + 86400000,
                "2026-11-22 09:05:07 to 2026-11-23 09:05:07 UTC");
}

static void assert_before_step(struct step step, const char *expected)
{
    struct buffer text;

    buffer_init(&text, 4096);
    report_before_step(&step, &text);
    assert_string_equal(text.text, expected);
    buffer_release(&text);
}

/* What the command lacks is filled in; what it has from an untrusted peer is checked. */
static void steps_say_what_is_left_to_do(void **state)
{
    static const char *const names[] = {"host", "record", "port"};
    struct step step = {.kind = STEP_EXACT, .command = "connect 'mx.example' '<port>' '<ports>'"};

    (void)state;
    assert_before_step(step, "");
    step.kind = STEP_DECIDE;
    assert_before_step(step, "decide first");
    step.placeholders = names;
    step.placeholder_count = COUNT(names);
    assert_before_step(step, "decide first; fill in: port; check: host, record");
    step.kind = STEP_FILL_IN;
    assert_before_step(step, "fill in: port; check: host, record");
    step.command = "connect 'mx.example' 'record' 25";
    step.where = "<port>";
    assert_before_step(step, "fill in: port; check: host, record");
    step.placeholder_count = 0;
    assert_before_step(step, "fill in what stands in <angle brackets>");
}

/* A condition stands before its step, and is what is to be decided. */
static void conditions_are_the_decision(void **state)
{
    static const char *const names[] = {"host", "group"};
    struct step step = {.kind = STEP_DECIDE,
                        .command = "Suspend-MailboxDatabaseCopy",
                        .condition = "if ex13 is a member of <group>"};

    (void)state;
    assert_before_step(step, "");
    assert_int_equal(report_asked_by(&step), 0);
    step.placeholders = names;
    step.placeholder_count = COUNT(names);
    assert_before_step(step, "fill in: group; check: host");
    assert_int_equal(report_asked_by(&step), REPORT_ASKS_TO_FILL_IN | REPORT_ASKS_TO_CHECK);
}

/* Asked where a value is shown that nobody vouched for; not where all is to be filled in. */
static void what_is_shown_is_to_be_checked(void **state)
{
    static const char *const names[] = {"machine"};
    struct step step = {.kind = STEP_FILL_IN,
                        .command = "w32tm /query /source /computer:<machine>",
                        .placeholders = names,
                        .placeholder_count = COUNT(names)};

    (void)state;
    assert_int_equal(report_asked_by(&step), REPORT_ASKS_TO_FILL_IN);
    step.command = "w32tm /query /source";
    assert_int_equal(report_asked_by(&step), REPORT_ASKS_TO_CHECK);
    step.kind = STEP_DECIDE;
    assert_int_equal(report_asked_by(&step), REPORT_ASKS_TO_DECIDE | REPORT_ASKS_TO_CHECK);
    step.kind = STEP_EXACT;
    assert_int_equal(report_asked_by(&step), 0);
}

/* An incomplete run is told by its remark, else in general words; pseudonyms are told as well. */
static void runs_give_notice(void **state)
{
    struct report_notice notices[REPORT_NOTICES_MOST];
    struct report_run run = {.complete = true};

    (void)state;
    assert_int_equal(report_notices(&run, notices), 0);
    run.remark = "read from a newer version";
    assert_int_equal(report_notices(&run, notices), 1);
    assert_string_equal(notices[0].word, "note");
    run.complete = false;
    run.redacted = true;
    assert_int_equal(report_notices(&run, notices), 2);
    assert_string_equal(notices[0].word, "incomplete");
    assert_string_equal(notices[0].text, "read from a newer version");
    assert_string_equal(notices[1].word, "redacted");
    run.remark = NULL;
    report_notices(&run, notices);
    assert_string_equal(notices[0].text, "the run ended before everything was examined");
}

static void assert_not_written(const struct report *report, int buffering)
{
    const struct report_options options = {.columns = 80};

    for (const struct report_format *format = report_formats; format->name; format++) {
        FILE *full = fopen("/dev/full", "wb");

        if (!full)
            skip();
        setvbuf(full, NULL, buffering, BUFSIZ);
        assert_int_not_equal(format->write(report, &options, full), STATUS_OK);
        fclose(full);
    }
}

/* A full disk is told, whether the stream notices at once or when it is flushed. */
static void write_errors_are_told(void **state)
{
    const struct report small = {.version = "0"};

    (void)state;
    assert_not_written(&sample_report, _IONBF);
    assert_not_written(&sample_report, _IOFBF);
    assert_not_written(&small, _IOFBF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_are_found_by_name),
        cmocka_unit_test(parts_follow_outcome_and_acceptance),
        cmocka_unit_test(sums_read_well),
        cmocka_unit_test(spans_name_days),
        cmocka_unit_test(steps_say_what_is_left_to_do),
        cmocka_unit_test(conditions_are_the_decision),
        cmocka_unit_test(what_is_shown_is_to_be_checked),
        cmocka_unit_test(runs_give_notice),
        cmocka_unit_test(write_errors_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
