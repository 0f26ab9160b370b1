/*
 * Scenarios: evidence of a run, and what must and must not be found in it. Each
 * folder of tests/scenario/ is one; expected.json lists them. Every scenario is judged
 * three times: as it is, redacted, and once more after a round through a file.
 */
#include "tests/unit/unit.h"

#include "diag/json.h"
#include "diag/platform.h"
#include "diag/report/report.h"
#include "diag/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct judged { /* a scenario's runs and report */
    struct run run;
    struct arena memory;
    struct report report;
};

static void path_of(char *path, size_t size, const char *scenario)
{
    snprintf(path, size, EXDIAG_SOURCE "/tests/scenario/%s/evidence.jsonl", scenario);
}

static void judge(struct judged *judged, const char *path, bool redacted)
{
    memset(judged, 0, sizeof *judged);
    assert_int_equal(run_load(&judged->run, path), STATUS_OK);
    if (redacted)
        assert_int_equal(run_redact(&judged->run, 1), STATUS_OK);
    run_replay(&judged->run);
    verdict(&judged->run, 1, NULL, &judged->memory, &judged->report);
}

static void release(struct judged *judged)
{
    arena_release(&judged->memory);
    run_release(&judged->run);
}

static bool has(const struct report *report, enum outcome outcome, const char *id)
{
    for (size_t i = 0; i < report->finding_count; i++) {
        if (report->findings[i]->outcome == outcome &&
            strcmp(report->findings[i]->kind->id, id) == 0)
            return true;
    }
    return false;
}

static void expect_outcome(const char *scenario, const struct report *report,
                           const json_t *expected, enum outcome outcome)
{
    const json_t *ids = json_object_get(expected, outcome_word(outcome));

    for (size_t i = 0; i < json_array_size(ids); i++) {
        const char *id = json_string_value(json_array_get(ids, i));

        if (!has(report, outcome, id))
            fail_msg("%s: %s is not found to be %s", scenario, id, outcome_word(outcome));
    }
}

static void expect(const char *scenario, const struct report *report, const json_t *expected)
{
    const json_t *forbidden = json_object_get(expected, "forbidden");

    for (unsigned outcome = 0; outcome < OUTCOME_COUNT; outcome++)
        expect_outcome(scenario, report, expected, (enum outcome)outcome);
    for (size_t i = 0; i < json_array_size(forbidden); i++) {
        const char *id = json_string_value(json_array_get(forbidden, i));

        if (has(report, OUTCOME_PROBLEM, id))
            fail_msg("%s: %s is found, and must not be", scenario, id);
    }
}

static const struct finding *problem_of(const struct report *report, const char *id)
{
    for (size_t i = 0; i < report->finding_count; i++) {
        const struct finding *finding = report->findings[i];

        if (finding->outcome == OUTCOME_PROBLEM && strcmp(finding->kind->id, id) == 0)
            return finding;
    }
    return NULL;
}

/* "explained": of a problem the causes that stand beside it, all of them and in their order. */
static void expect_causes(const char *scenario, const struct report *report, const json_t *expected)
{
    json_t *explained = json_object_get(expected, "explained"), *causes;
    const char *id;

    json_object_foreach(explained, id, causes)
    {
        const struct finding *finding = problem_of(report, id);

        if (!finding || finding->explained_by_count != json_array_size(causes))
            fail_msg("%s: %s has other causes", scenario, id);
        for (size_t i = 0; finding && i < finding->explained_by_count; i++)
            assert_string_equal(finding->explained_by[i]->kind->id,
                                json_string_value(json_array_get(causes, i)));
    }
}

/* "draws": of which problems there is a tree, or a timeline; of no others is one. */
static void expect_pictures(const char *scenario, const struct report *report,
                            const json_t *expected)
{
    const json_t *draws = json_object_get(expected, "draws");
    size_t drawn = 0;

    for (size_t i = 0; i < report->finding_count; i++) {
        const struct finding *finding = report->findings[i];
        const char *picture = finding->tree ? "tree" : finding->timeline ? "timeline" : NULL;
        const char *wanted = json_string_value(json_object_get(draws, finding->kind->id));

        if (picture && (!wanted || strcmp(picture, wanted) != 0))
            fail_msg("%s: %s draws a %s", scenario, finding->kind->id, picture);
        drawn += picture != NULL;
    }
    if (drawn != json_object_size(draws))
        fail_msg("%s: %zu pictures", scenario, drawn);
}

static json_t *read_expected(void)
{
    json_t *expected =
        json_load_file(EXDIAG_SOURCE "/tests/scenario/expected.json", JSON_REJECT_DUPLICATES, NULL);

    assert_non_null(expected);
    return expected;
}

static char *json_report(const struct report *report)
{
    const struct report_options options = {.columns = 80};
    FILE *file = tmpfile();
    char *text;
    long size;

    assert_non_null(file);
    assert_int_equal(report_json(report, &options, file), STATUS_OK);
    size = ftell(file);
    rewind(file);
    text = calloc(1, (size_t)size + 1);
    assert_int_equal(fread(text, 1, (size_t)size, file), size);
    fclose(file);
    return text;
}

/* Words that the report must have, or must not. */
static void expect_words(const char *scenario, const struct report *report, const json_t *expected)
{
    const json_t *says = json_object_get(expected, "says"),
                 *lacks = json_object_get(expected, "lacks");
    char *text = json_report(report);

    for (size_t i = 0; i < json_array_size(says); i++) {
        if (!strstr(text, json_string_value(json_array_get(says, i))))
            fail_msg("%s: nothing says \"%s\"", scenario,
                     json_string_value(json_array_get(says, i)));
    }
    for (size_t i = 0; i < json_array_size(lacks); i++) {
        if (strstr(text, json_string_value(json_array_get(lacks, i))))
            fail_msg("%s: it says \"%s\"", scenario, json_string_value(json_array_get(lacks, i)));
    }
    free(text);
}

/* What must be found is found, what must not be is not. */
static void test_expected(void **state)
{
    json_t *scenarios = read_expected(), *expected;
    const char *scenario;

    (void)state;
    json_object_foreach(scenarios, scenario, expected)
    {
        struct judged judged;
        char path[4096];

        path_of(path, sizeof path, scenario);
        judge(&judged, path, false);
        expect(scenario, &judged.report, expected);
        expect_words(scenario, &judged.report, expected);
        expect_causes(scenario, &judged.report, expected);
        expect_pictures(scenario, &judged.report, expected);
        release(&judged);
    }
    json_decref(scenarios);
}

/* Redaction changes names, not verdicts: the same ids, or "unknown" where text was dropped. */
static void test_redacted(void **state)
{
    json_t *scenarios = read_expected(), *expected;
    const char *scenario;

    (void)state;
    json_object_foreach(scenarios, scenario, expected)
    {
        struct judged plain, redacted;
        char path[4096];

        path_of(path, sizeof path, scenario);
        judge(&plain, path, false);
        judge(&redacted, path, true);
        assert_int_equal(plain.report.finding_count, redacted.report.finding_count);
        expect(scenario, &redacted.report, expected);
        release(&plain);
        release(&redacted);
    }
    json_decref(scenarios);
}

static void save_again(const struct run *run, const char *path)
{
    FILE *file;

    assert_int_equal(platform_file_create(path, &file), STATUS_OK);
    assert_int_equal(evidence_file_begin(file, &run->about), STATUS_OK);
    for (struct evidence *item = evidence_store_first(run->store); item; item = item->next) {
        if (item->status != STATUS_NOT_RECORDED)
            assert_int_equal(evidence_file_add(file, item), STATUS_OK);
    }
    assert_int_equal(evidence_file_end(file, run->about.finished, run->about.complete), STATUS_OK);
    fclose(file);
}

/* What is saved and read back gives the same report, byte for byte. */
static void test_round_trip(void **state)
{
    json_t *scenarios = read_expected(), *expected;
    const char *scenario, *copy = EXDIAG_BINARY "/scenario-copy.jsonl";

    (void)state;
    json_object_foreach(scenarios, scenario, expected)
    {
        struct judged first, second;
        char path[4096], *before, *after;

        path_of(path, sizeof path, scenario);
        judge(&first, path, false);
        remove(copy);
        save_again(&first.run, copy);
        judge(&second, copy, false);
        before = json_report(&first.report);
        after = json_report(&second.report);
        assert_string_equal(before, after);
        free(before);
        free(after);
        release(&first);
        release(&second);
    }
    remove(copy);
    json_decref(scenarios);
}

static bool is_listed(const json_t *scenarios, const char *list, const char *id)
{
    const char *scenario;
    json_t *expected;

    json_object_foreach((json_t *)scenarios, scenario, expected)
    {
        const json_t *ids = json_object_get(expected, list);

        for (size_t i = 0; i < json_array_size(ids); i++) {
            if (strcmp(json_string_value(json_array_get(ids, i)), id) == 0)
                return true;
        }
    }
    return false;
}

/* Every finding has a scenario where it must appear and one where it must not. */
static void test_every_finding_has_scenarios(void **state)
{
    json_t *scenarios = read_expected();

    (void)state;
    for (const struct probe *const *probe = probes; *probe; probe++) {
        for (const struct finding_kind *const *kind = (*probe)->kinds; *kind; kind++) {
            if (!is_listed(scenarios, "problem", (*kind)->id) &&
                !is_listed(scenarios, "unknown", (*kind)->id))
                fail_msg("%s must appear in no scenario", (*kind)->id);
            if (!is_listed(scenarios, "forbidden", (*kind)->id))
                fail_msg("%s is forbidden in no scenario", (*kind)->id);
        }
    }
    json_decref(scenarios);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expected),
        cmocka_unit_test(test_redacted),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_every_finding_has_scenarios),
    };

    return cmocka_run_group_tests_name("scenarios", tests, NULL, NULL);
}
