#include "tests/golden/charts.h"
#include "tests/golden/golden.h"
#include "tests/golden/sample.h"

#include <jansson.h>
#include <string.h>

static const struct report_options options = {.columns = 80};

static json_t *parsed(const struct report *report)
{
    struct buffer text;
    json_t *json;

    golden_render("json", report, &options, &text);
    assert_int_equal(text.text[text.size - 1], '\n');
    json = json_loadb(text.text, text.size, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    buffer_release(&text);
    return json;
}

static void json_is_as_agreed(void **state)
{
    (void)state;
    golden_check("report.json", "json", &sample_report, &options);
}

/* Hostile text comes back as the very bytes that went in. */
static void text_survives(void **state)
{
    json_t *json = parsed(&sample_report);
    json_t *finding = json_array_get(json_object_get(json, "findings"), 3);
    json_t *seen = json_array_get(json_object_get(finding, "seen"), 0);

    (void)state;
    assert_string_equal(json_string_value(json_object_get(finding, "title")), sample_hostile.title);
    assert_string_equal(json_string_value(json_object_get(seen, "text")),
                        sample_hostile_seen[0].text);
    json_decref(json);
}

/* The span is that of all runs, and one incomplete run makes the whole incomplete. */
static void runs_are_summed_up(void **state)
{
    json_t *json = parsed(&sample_report);

    (void)state;
    assert_string_equal(json_string_value(json_object_get(json, "started")),
                        "2026-11-22T08:05:07.123Z");
    assert_string_equal(json_string_value(json_object_get(json, "finished")),
                        "2026-11-22T09:05:19.623Z");
    assert_true(json_is_false(json_object_get(json, "complete")));
    json_decref(json);
}

/* Members that only some findings have are absent from the others, not empty. */
static void optional_members_are_absent(void **state)
{
    json_t *json = parsed(&sample_report);
    json_t *findings = json_object_get(json, "findings");
    json_t *problem = json_array_get(findings, 0), *unknown = json_array_get(findings, 5);
    json_t *seen = json_object_get(problem, "seen");

    (void)state;
    assert_non_null(json_object_get(problem, "severity"));
    assert_null(json_object_get(unknown, "severity"));
    assert_null(json_object_get(json_array_get(seen, 0), "highlight"));
    assert_int_equal(json_array_size(json_object_get(json_array_get(seen, 1), "highlight")), 2);
    assert_true(json_is_null(json_object_get(problem, "accepted")));
    json_decref(json);
}

enum { NO_VALIDATOR = 77 };

static int validator_status(const char *file)
{
    char command[4096];
    int status;

    snprintf(command, sizeof command,
             "test -x /usr/bin/python3 || exit 77; "
             "/usr/bin/python3 '%s/tests/golden/validate.py' "
             "'%s/diag/report/report.schema.json' '%s'",
             EXDIAG_SOURCE, EXDIAG_SOURCE, file);
    status = system(command);
    return status == -1 ? NO_VALIDATOR : status >> 8;
}

/* The published schema holds for what is printed, with and without findings. */
static void output_follows_the_schema(void **state)
{
    const struct report_run run = {
        .started = SAMPLE_TIME, .finished = SAMPLE_TIME, .complete = true};
    const struct report empty = {.version = "0.1.0", .runs = &run, .run_count = 1};
    const struct report charted = report_with_charts();
    const struct report *const reports[] = {&sample_report, &empty, &charted};
    char path[1024];

    (void)state;
    snprintf(path, sizeof path, "%s/report-to-validate.json", EXDIAG_BINARY);
    for (size_t i = 0; i < COUNT(reports); i++) {
        FILE *file = fopen(path, "wb");
        int status;

        assert_non_null(file);
        assert_int_equal(report_json(reports[i], &options, file), STATUS_OK);
        fclose(file);
        status = validator_status(path);
        if (status == NO_VALIDATOR)
            skip();
        assert_int_equal(status, 0);
    }
    remove(path);
    arena_release(&charts_memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_as_agreed),         cmocka_unit_test(text_survives),
        cmocka_unit_test(runs_are_summed_up),        cmocka_unit_test(optional_members_are_absent),
        cmocka_unit_test(output_follows_the_schema),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
