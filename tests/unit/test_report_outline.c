#include "diag/report/outline.h"
#include "tests/golden/sample.h"
#include "tests/unit/unit.h"

#include <string.h>

static struct arena arena;

static int release(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct report report_of(const struct finding *const *findings, size_t count)
{
    return (struct report){.version = "0", .findings = findings, .finding_count = count};
}

/* One entry a finding where no two are alike; parts in their order, causes by number. */
static void the_sample_is_arranged(void **state)
{
    struct outline outline;

    (void)state;
    outline_make(&sample_report, &arena, &outline);
    assert_int_equal(outline.count, sample_report.finding_count);
    assert_ptr_equal(outline.entries[2].first, &sample_exps);
    assert_int_equal(outline.entries[2].number, 3);
    assert_int_equal(outline.entries[2].cause_count, 1);
    assert_int_equal(outline.entries[2].causes[0], 2);
    assert_int_equal(outline.entries[1].effect_count, 1);
    assert_int_equal(outline.entries[1].effects[0], 3);
    assert_ptr_equal(outline_entry_of(&outline, &sample_exps), &outline.entries[2]);
    assert_ptr_equal(outline.entries[4].first, &sample_unknown);
    assert_ptr_equal(outline.entries[5].first, &sample_accepted);
    assert_int_equal(outline.starts[PART_PROBLEMS], 0);
    assert_int_equal(outline.starts[PART_UNKNOWN], 4);
    assert_int_equal(outline.starts[PART_ACCEPTED], 5);
    assert_int_equal(outline.starts[PART_COUNT], 8);
}

static void nothing_has_no_entries(void **state)
{
    const struct report report = {.version = "0"};
    struct outline outline;

    (void)state;
    outline_make(&report, &arena, &outline);
    assert_int_equal(outline.count, 0);
    assert_int_equal(outline.starts[PART_COUNT], 0);
    assert_null(outline_entry_of(&outline, &sample_exps));
}

/* ---- what is merged ---- */

enum { DOMAINS = 40 };

static const struct finding_kind spf_none = {.id = "spf-none", .severity = SEVERITY_WARNING};
static const struct step_template publish = {.shell = SHELL_DNS, .command = "{record}"};

static struct subject subjects[DOMAINS];
static struct step steps[DOMAINS];
static struct finding domains[DOMAINS];
static const struct finding *all[DOMAINS];

/* The same lack at forty domains, each with a record of its own. */
static struct report forty_domains(void)
{
    for (size_t i = 0; i < DOMAINS; i++) {
        const char *name = arena_print(&arena, "d%02zu.example", i);

        subjects[i] = (struct subject){SUBJECT_DOMAIN, name, name, true, NULL};
        steps[i] = (struct step){.shell = SHELL_DNS,
                                 .where = arena_print(&arena, "in the zone %s", name),
                                 .command = arena_print(&arena, "%s. IN TXT \"v=spf1 -all\"", name),
                                 .risk = "mail of senders that the record forgets is refused",
                                 .from = &publish};
        domains[i] = (struct finding){.kind = &spf_none,
                                      .probe = "spf",
                                      .outcome = OUTCOME_PROBLEM,
                                      .severity = SEVERITY_WARNING,
                                      .subject = &subjects[i],
                                      .title = "no SPF record is published",
                                      .why = "Anyone may send in its name.",
                                      .fix = {&steps[i], 1}};
        all[i] = &domains[i];
    }
    return report_of(all, DOMAINS);
}

static void the_same_lack_is_one_entry(void **state)
{
    struct report report = forty_domains();
    const struct outline_step *step;
    struct outline outline;

    (void)state;
    outline_make(&report, &arena, &outline);
    assert_int_equal(outline.count, 1);
    assert_int_equal(outline.entries[0].member_count, DOMAINS);
    assert_ptr_equal(outline.entries[0].members[39], &domains[39]);
    assert_string_equal(outline.entries[0].title, "no SPF record is published");
    step = &outline.entries[0].fix.list[0];
    assert_int_equal(step->variant_count, DOMAINS);
    assert_false(step->same_command);
    assert_false(step->same_where);
    assert_true(step->same_risk);
    assert_true(step->same_before);
    assert_ptr_equal(step->variants[7].step, &steps[7]);
    assert_int_equal(step->variants[7].member_count, 1);
    assert_ptr_equal(step->variants[7].members[0], &domains[7]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_sample_is_arranged, release),
        cmocka_unit_test_teardown(nothing_has_no_entries, release),
        cmocka_unit_test_teardown(the_same_lack_is_one_entry, release),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
