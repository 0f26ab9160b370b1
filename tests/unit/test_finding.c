#include "diag/finding.h"
#include "tests/unit/unit.h"

#include <string.h>

static const struct subject domain_a = {SUBJECT_DOMAIN, "a.example", "a.example", true, NULL};
static const struct subject domain_b = {SUBJECT_DOMAIN, "b.example", "b.example", true, NULL};
static const struct subject server_a = {SUBJECT_SERVER, "a.example", "a.example", true, NULL};
static const struct finding_kind kind_a = {.id = "aaa"};
static const struct finding_kind kind_b = {.id = "bbb"};
static const struct acceptance acceptance = {"aaa", "*", "2027-01-31", "known"};

static struct finding make(enum outcome outcome, enum severity severity)
{
    return (struct finding){.kind = &kind_a,
                            .outcome = outcome,
                            .severity = severity,
                            .rank = severity,
                            .subject = &domain_a,
                            .title = "title"};
}

/* `a` comes before `b`, from both sides, and each is equal to itself. */
static void assert_before(const struct finding *a, const struct finding *b)
{
    assert_true(finding_compare(a, b) < 0);
    assert_true(finding_compare(b, a) > 0);
    assert_int_equal(finding_compare(a, a), 0);
    assert_int_equal(finding_compare(b, b), 0);
}

/* Problems lead whatever their severity; severity has no say among the others. */
static void outcomes_come_first(void **state)
{
    struct finding info = make(OUTCOME_PROBLEM, SEVERITY_INFO);
    struct finding unknown = make(OUTCOME_UNKNOWN, SEVERITY_CRITICAL);
    struct finding ok = make(OUTCOME_OK, SEVERITY_CRITICAL);
    struct finding other_ok = make(OUTCOME_OK, SEVERITY_INFO);
    struct finding not_applicable = make(OUTCOME_NOT_APPLICABLE, SEVERITY_CRITICAL);

    (void)state;
    assert_before(&info, &unknown);
    assert_before(&unknown, &ok);
    assert_before(&ok, &not_applicable);
    assert_int_equal(finding_compare(&ok, &other_ok), 0);
}

/* A cause stands before what it explains, but never before something that ranks above it. */
static void causes_come_before_effects(void **state)
{
    struct finding cause = make(OUTCOME_PROBLEM, SEVERITY_WARNING);
    struct finding effect = make(OUTCOME_PROBLEM, SEVERITY_WARNING);
    struct finding worse = make(OUTCOME_PROBLEM, SEVERITY_CRITICAL);
    const struct finding *causes[] = {&cause};

    (void)state;
    cause.subject = &server_a;
    effect.explained_by = worse.explained_by = causes;
    effect.explained_by_count = worse.explained_by_count = 1;
    assert_before(&cause, &effect);
    assert_before(&worse, &cause);
    cause.rank = SEVERITY_CRITICAL;
    assert_before(&cause, &worse);
}

/* Of several servers each has its causes and what they explain together. */
static void subjects_stand_together(void **state)
{
    struct finding cause_a = make(OUTCOME_PROBLEM, SEVERITY_CRITICAL);
    struct finding effect_a = cause_a, cause_b = cause_a, effect_b = cause_a;
    const struct finding *of_a[] = {&cause_a}, *of_b[] = {&cause_b};

    (void)state;
    cause_b.subject = &domain_b;
    effect_a.kind = effect_b.kind = &kind_b;
    effect_a.explained_by = of_a;
    effect_b.explained_by = of_b;
    effect_a.explained_by_count = effect_b.explained_by_count = 1;
    assert_before(&cause_a, &effect_a);
    assert_before(&effect_a, &cause_b);
    assert_before(&cause_b, &effect_b);
}

/* A cause that has a cause of its own stands before what it explains; a circle ends. */
static void chains_of_causes_stand_in_order(void **state)
{
    struct finding first = make(OUTCOME_PROBLEM, SEVERITY_WARNING);
    struct finding second = first, third = first;
    const struct finding *of_second[] = {&first}, *of_third[] = {&second}, *itself[] = {&third};

    (void)state;
    first.subject = second.subject = &server_a;
    second.kind = &kind_b;
    second.explained_by = of_second;
    third.explained_by = of_third;
    second.explained_by_count = third.explained_by_count = 1;
    assert_before(&second, &third);
    assert_before(&first, &third);
    third.explained_by = itself;
    third.subject = &server_a;
    assert_before(&second, &third);
}

/* Subjects in their order, then ids, then what tells twins apart: no tie is left to chance. */
static void ties_are_settled(void **state)
{
    const struct seen seen_a[] = {{"one", NULL, 0, false, 0, 0}, {"two", NULL, 0, false, 0, 0}};
    const struct seen seen_b[] = {{"one", NULL, 0, false, 1, 2}};
    struct finding first = make(OUTCOME_PROBLEM, SEVERITY_WARNING);
    struct finding second = first;

    (void)state;
    second.kind = &kind_b;
    assert_before(&first, &second);
    first.subject = &domain_b;
    assert_before(&second, &first);
    second.subject = &server_a;
    assert_before(&first, &second);
    second = first;
    second.title = "zebra";
    assert_before(&first, &second);
    second = first;
    second.seen = seen_a;
    second.seen_count = 2;
    assert_before(&first, &second);
    first.seen = seen_b;
    first.seen_count = 1;
    assert_before(&second, &first);
}

static int status_of(struct finding finding, bool complete)
{
    const struct finding *findings[] = {&finding};
    const struct report_run runs[] = {{.complete = true}, {.complete = complete}};
    struct report report = {.runs = runs, .run_count = 2, .findings = findings, .finding_count = 1};

    return report_exit_status(&report);
}

/* INTERFACE: 1 problems, 3 unknown; neither "info" nor an accepted problem counts. */
static void exit_status_follows_the_contract(void **state)
{
    struct finding accepted = make(OUTCOME_PROBLEM, SEVERITY_CRITICAL);

    (void)state;
    accepted.accepted = &acceptance;
    assert_int_equal(status_of(make(OUTCOME_PROBLEM, SEVERITY_CRITICAL), true), 1);
    assert_int_equal(status_of(make(OUTCOME_PROBLEM, SEVERITY_WARNING), false), 1);
    assert_int_equal(status_of(make(OUTCOME_PROBLEM, SEVERITY_INFO), true), 0);
    assert_int_equal(status_of(accepted, true), 0);
    assert_int_equal(status_of(make(OUTCOME_UNKNOWN, SEVERITY_INFO), true), 3);
    assert_int_equal(status_of(make(OUTCOME_OK, SEVERITY_CRITICAL), true), 0);
    assert_int_equal(status_of(make(OUTCOME_NOT_APPLICABLE, SEVERITY_CRITICAL), true), 0);
    assert_int_equal(status_of(make(OUTCOME_OK, SEVERITY_INFO), false), 3);
}

/* Every word leads back to its value; no other word does. */
static void words_and_values_agree(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SEVERITY_COUNT; i++)
        assert_int_equal(severity_from_word(severity_word((enum severity)i)), i);
    for (unsigned i = 0; i < SUBJECT_KIND_COUNT; i++)
        assert_int_equal(subject_kind_from_word(subject_kind_word((enum subject_kind)i)), i);
    assert_int_equal(severity_from_word("Critical"), SEVERITY_COUNT);
    assert_int_equal(severity_from_word(""), SEVERITY_COUNT);
    assert_int_equal(subject_kind_from_word("planet"), SUBJECT_KIND_COUNT);
    assert_string_equal(outcome_word(OUTCOME_NOT_APPLICABLE), "not-applicable");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcomes_come_first),
        cmocka_unit_test(causes_come_before_effects),
        cmocka_unit_test(subjects_stand_together),
        cmocka_unit_test(chains_of_causes_stand_in_order),
        cmocka_unit_test(ties_are_settled),
        cmocka_unit_test(exit_status_follows_the_contract),
        cmocka_unit_test(words_and_values_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
