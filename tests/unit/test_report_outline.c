#include "diag/report/outline.h"
#include "tests/golden/fleet.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
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

/* Where only names differ, the text of all has words in their place. */
static void what_differs_by_name_is_told_once(void **state)
{
    struct report report = forty_domains();
    const struct outline_step *step;
    struct outline outline;

    (void)state;
    outline_make(&report, &arena, &outline);
    step = &outline.entries[0].fix.list[0];
    assert_string_equal(step->where, "in the zone each of these domains");
    assert_string_equal(step->risk, steps[0].risk);
    assert_null(step->note);
    assert_true(step->by_name);
}

/* What differs in more is told for each, and does not part the entry. */
static void what_differs_in_more_is_told_for_each(void **state)
{
    struct report report = forty_domains();
    struct outline outline;

    (void)state;
    steps[3].where = "at the registrar";
    steps[3].risk = NULL;
    steps[5].command = "d05.example. IN TXT \"v=spf1 mx -all\"";
    domains[9].title = "another title";
    outline_make(&report, &arena, &outline);
    assert_int_equal(outline.count, 1);
    assert_null(outline.entries[0].title);
    assert_null(outline.entries[0].fix.list[0].where);
    assert_null(outline.entries[0].fix.list[0].risk);
    assert_false(outline.entries[0].fix.list[0].same_risk);
    assert_false(outline.entries[0].fix.list[0].by_name);
    assert_string_equal(outline.entries[0].why, "Anyone may send in its name.");
}

/* The same step for several of them is one variant, at the first of them. */
static void members_with_the_same_step_share_it(void **state)
{
    struct report report = forty_domains();
    const struct outline_step *step;
    struct outline outline;

    (void)state;
    for (size_t i = 0; i < DOMAINS; i++) {
        steps[i].where = "any machine";
        steps[i].command = i % 2 ? "odd" : "even";
    }
    outline_make(&report, &arena, &outline);
    step = &outline.entries[0].fix.list[0];
    assert_int_equal(step->variant_count, 2);
    assert_true(step->same_where);
    assert_string_equal(step->variants[0].step->command, "even");
    assert_int_equal(step->variants[1].member_count, DOMAINS / 2);
    assert_ptr_equal(step->variants[1].members[2], &domains[5]);
}

/* The same line at the same place for some under another condition is another step. */
static void conditions_tell_steps_apart(void **state)
{
    struct report report = forty_domains();
    const struct outline_step *step;
    struct outline outline;

    (void)state;
    for (size_t i = 0; i < DOMAINS; i++) {
        steps[i].kind = STEP_DECIDE;
        steps[i].where = "any machine";
        steps[i].command = "command";
        steps[i].condition = arena_print(&arena, "if %s is yours", subjects[i].shown);
    }
    outline_make(&report, &arena, &outline);
    step = &outline.entries[0].fix.list[0];
    assert_false(step->same_condition);
    assert_string_equal(step->condition, "if each of these domains is yours");
    assert_true(outline_is_told_once(step));
    for (size_t i = 0; i < DOMAINS; i++)
        steps[i].condition = i % 2 ? "if it is yours" : NULL;
    outline_make(&report, &arena, &outline);
    step = &outline.entries[0].fix.list[0];
    assert_int_equal(step->variant_count, 2);
    assert_null(step->condition);
    assert_false(outline_is_told_once(step));
}

/* Another kind, part, severity, cause, acceptance, number or template of steps: another entry. */
static void what_is_another_problem_stands_alone(void **state)
{
    static const struct step_template other = {.shell = SHELL_DNS, .command = "{other}"};
    static const struct step two[2] = {{.shell = SHELL_DNS, .command = "a", .from = &publish},
                                       {.shell = SHELL_DNS, .command = "b", .from = &publish}};
    static const struct acceptance acceptance = {"spf-none", "*", "2027-01-01", "known"};
    const struct finding *const cause[] = {&sample_clock};
    struct report report = forty_domains();
    struct outline outline;

    (void)state;
    domains[1].kind = &sample_lookup_limit;
    domains[2].outcome = OUTCOME_UNKNOWN;
    domains[3].severity = SEVERITY_INFO;
    domains[4].explained_by = cause;
    domains[4].explained_by_count = 1;
    domains[5].accepted = &acceptance;
    domains[6].fix = (struct steps){two, 2};
    steps[7].from = &other;
    domains[8].probe = "mx";
    outline_make(&report, &arena, &outline);
    assert_int_equal(outline.count, 9);
    assert_int_equal(outline.entries[0].member_count, DOMAINS - 8);
    assert_int_equal(outline.starts[PART_UNKNOWN], 7);
    assert_int_equal(outline.starts[PART_ACCEPTED], 8);
    for (size_t i = 0; i < outline.count; i++)
        assert_int_equal(outline.entries[i].cause_count, 0);
}

/* Two problems of one sort at one subject are two things to tell. */
static void one_subject_is_in_an_entry_once(void **state)
{
    struct report report = forty_domains();
    struct outline outline;

    (void)state;
    domains[20].subject = domains[0].subject;
    domains[30].subject = domains[0].subject;
    outline_make(&report, &arena, &outline);
    assert_int_equal(outline.count, 3);
    assert_int_equal(outline.entries[0].member_count, DOMAINS - 2);
    assert_ptr_equal(outline.entries[1].first, &domains[20]);
    assert_ptr_equal(outline.entries[2].first, &domains[30]);
}

/* What many are called: by their kind, as machines, or by nothing but their having names. */
static void many_have_a_word(void **state)
{
    struct report report = forty_domains();
    struct outline outline;

    (void)state;
    outline_make(&report, &arena, &outline);
    assert_string_equal(outline_subjects(&outline.entries[0]), "domains");
    subjects[1].kind = SUBJECT_DC;
    assert_string_equal(outline_subjects(&outline.entries[0]), "names");
    for (size_t i = 0; i < DOMAINS; i++)
        subjects[i].kind = i % 2 ? SUBJECT_DC : SUBJECT_SERVER;
    assert_string_equal(outline_subjects(&outline.entries[0]), "machines");
}

/* ---- names ---- */

static bool names(const char *text, const char *name)
{
    const struct subject subject = {SUBJECT_SERVER, name, name, true, NULL};

    return outline_names(text, &subject);
}

/* A name is one by itself, not the end or the beginning of a longer one. */
static void names_stand_alone(void **state)
{
    (void)state;
    assert_true(names("the zone of a.example, at", "a.example"));
    assert_true(names("a.example", "a.example"));
    assert_true(names("ask a.example.", "a.example"));
    assert_true(names("\"a.example. IN TXT\"", "a.example"));
    assert_true(names("SMTPSVC/a.example", "a.example"));
    assert_true(names("on EX01, as administrator", "ex01.example"));
    assert_false(names("aa.example", "a.example"));
    assert_false(names("mail.a.example", "a.example"));
    assert_false(names("a.example.com", "a.example"));
    assert_false(names("a.example-2", "a.example"));
    assert_false(names("me@a.example", "a.example"));
    assert_false(names("on ex01, as administrator", "ex01.example"));
    assert_false(names("EX011", "ex01.example"));
    assert_false(names("b\xc3\xbc"
                       "a.example",
                       "a.example"));
    assert_false(names("anything", ""));
    assert_true(names("mail.a.example and a.example", "a.example"));
}

/* Names that are words, or parts of each other, change nothing of what is told of all. */
static void hostile_names_are_no_words(void **state)
{
    static const char *const hostile[] = {"zone", "the", "", "each", "of", "{0}", "%s", "\\"};
    struct report report = forty_domains();
    struct outline outline;

    (void)state;
    for (size_t i = 0; i < COUNT(hostile); i++)
        subjects[i].name = subjects[i].shown = hostile[i];
    outline_make(&report, &arena, &outline);
    assert_int_equal(outline.count, 1);
    assert_int_equal(outline.entries[0].member_count, DOMAINS);
    assert_null(outline.entries[0].fix.list[0].where);
    assert_int_equal(outline.entries[0].fix.list[0].variant_count, DOMAINS);
}

/* ---- order ---- */

static struct finding chain[3];
static const struct finding *chain_list[3];

/* Three problems, of which `effect` follows from `cause` at other subjects. */
static struct report chain_of(void)
{
    static const struct finding_kind kinds[3] = {{.id = "a"}, {.id = "b"}, {.id = "c"}};

    for (size_t i = 0; i < COUNT(chain); i++) {
        chain[i] = (struct finding){.kind = &kinds[i],
                                    .probe = "spn",
                                    .outcome = OUTCOME_PROBLEM,
                                    .subject = &sample_ex1,
                                    .title = kinds[i].id};
        chain_list[i] = &chain[i];
    }
    return report_of(chain_list, COUNT(chain));
}

static void causes_stand_before_what_follows(void **state)
{
    const struct finding *const last[] = {&chain[2]}, *const middle[] = {&chain[1]};
    struct report report = chain_of();
    struct outline outline;

    (void)state;
    chain[0].explained_by = middle;
    chain[0].explained_by_count = 1;
    chain[1].explained_by = last;
    chain[1].explained_by_count = 1;
    outline_make(&report, &arena, &outline);
    assert_ptr_equal(outline.entries[0].first, &chain[2]);
    assert_ptr_equal(outline.entries[1].first, &chain[1]);
    assert_ptr_equal(outline.entries[2].first, &chain[0]);
    assert_int_equal(outline.entries[2].causes[0], 2);
    assert_int_equal(outline.entries[0].effects[0], 2);
}

/* Causes that go round end somewhere, and each is told. */
static void circles_end(void **state)
{
    const struct finding *const next[] = {&chain[1], &chain[2], &chain[0]};
    struct report report = chain_of();
    struct outline outline;

    (void)state;
    for (size_t i = 0; i < COUNT(chain); i++) {
        chain[i].explained_by = &next[i];
        chain[i].explained_by_count = 1;
    }
    outline_make(&report, &arena, &outline);
    assert_int_equal(outline.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(outline.entries[i].number, i + 1);
        assert_int_equal(outline.entries[i].cause_count, 1);
    }
}

/* A fix that reads as another one, under another name. */
static void the_same_fix_is_pointed_at(void **state)
{
    static struct fleet fleet;
    struct outline outline;

    (void)state;
    outline_make(fleet_report(&fleet), &arena, &outline);
    assert_int_equal(outline.count, 5);
    assert_int_equal(outline.entries[3].fix_as, 0);
    assert_int_equal(outline.entries[4].fix_as, 4);
}

/* Machine by machine where lines differ, a word about it where they do not; zones have no order. */
static void steps_have_an_order(void **state)
{
    static struct fleet fleet;
    struct outline outline;

    (void)state;
    outline_make(fleet_report(&fleet), &arena, &outline);
    assert_int_equal(outline.entries[0].fix.order, OUTLINE_STEP_BY_STEP);
    assert_int_equal(outline.entries[1].fix.order, OUTLINE_IN_TURN);
    assert_int_equal(outline.entries[2].fix.order, OUTLINE_BY_MEMBER);
    assert_int_equal(outline.entries[3].fix.order, OUTLINE_STEP_BY_STEP);
    assert_true(outline_is_told_once(&outline.entries[1].fix.list[0]));
    assert_false(outline_is_told_once(&outline.entries[2].fix.list[0]));
}

/* ---- several machines ---- */

enum { MACHINES = 3, LINES = 3 };

static struct step lines[MACHINES][LINES];
static struct finding machines[MACHINES];
static const struct finding *all_machines[MACHINES];

/* Three machines of a kind with the same three lines at the same place. */
static struct report three_machines(enum subject_kind kind, const char *where)
{
    static const struct step_template templates[LINES];
    static const char *const commands[LINES] = {"Backup-It", "Remove-It", "New-It"};

    for (size_t i = 0; i < MACHINES; i++) {
        const char *name = arena_print(&arena, "ex%02zu.example", i + 1);

        subjects[i] = (struct subject){kind, name, name, true, NULL};
        for (size_t j = 0; j < LINES; j++)
            lines[i][j] = (struct step){.shell = SHELL_POWERSHELL,
                                        .where = where,
                                        .command = commands[j],
                                        .from = &templates[j]};
        machines[i] = (struct finding){.kind = &spf_none,
                                       .probe = "spf",
                                       .outcome = OUTCOME_PROBLEM,
                                       .subject = &subjects[i],
                                       .title = "broken",
                                       .fix = {lines[i], LINES}};
        all_machines[i] = &machines[i];
    }
    return report_of(all_machines, MACHINES);
}

static enum outline_order order_at(enum subject_kind kind, const char *where)
{
    struct report report = three_machines(kind, where);
    struct outline outline;

    outline_make(&report, &arena, &outline);
    assert_int_equal(outline.count, 1);
    return outline.entries[0].fix.order;
}

/* Nobody is to remove it from all of them before it is made again on the first. */
static void the_same_lines_are_of_one_machine_after_the_other(void **state)
{
    (void)state;
    assert_int_equal(order_at(SUBJECT_SERVER, "as administrator"), OUTLINE_IN_TURN);
    assert_int_equal(order_at(SUBJECT_DC, NULL), OUTLINE_IN_TURN);
    assert_int_equal(order_at(SUBJECT_FILE, "the server that the file is of"), OUTLINE_IN_TURN);
    assert_int_equal(order_at(SUBJECT_SERVER, "any Exchange server"), OUTLINE_STEP_BY_STEP);
    assert_int_equal(order_at(SUBJECT_FILE, "the machine that exdiag ran on"),
                     OUTLINE_STEP_BY_STEP);
    assert_int_equal(order_at(SUBJECT_DOMAIN, "as administrator"), OUTLINE_STEP_BY_STEP);
}

static void each_file_is_of_a_server(void **state)
{
    struct report report = three_machines(SUBJECT_FILE, "the server that the file is of, now");
    struct outline outline;

    (void)state;
    outline_make(&report, &arena, &outline);
    assert_string_equal(outline.entries[0].fix.list[0].where,
                        "the server that each of these files is of, now");
    assert_string_equal(outline_turns(&outline.entries[0]), "servers");
    report.finding_count = 1;
    outline_make(&report, &arena, &outline);
    assert_string_equal(outline.entries[0].fix.list[0].where,
                        "the server that the file is of, now");
}

/* What one alone can have is no repair of several, one after the other. */
static void rivals_stand_alone(void **state)
{
    struct report report = three_machines(SUBJECT_SERVER, "any Exchange server");
    struct outline outline;

    (void)state;
    machines[0].is_contested = machines[2].is_contested = true;
    outline_make(&report, &arena, &outline);
    assert_int_equal(outline.count, 3);
}

/* In an address or a path the name is part of a longer word, and before "'s" it owns something. */
static void words_stand_where_words_can(void **state)
{
    static const struct {
        const char *before, *after, *expected;
    } texts[] = {
        {"ask ", " first", "ask each of these servers first"},
        {"", "'s event log", "each server's event log"},
        {"(", ")", "(each of these servers)"},
        {"GET https://", "/owa/", NULL},
        {"\\\\", "\\c$", NULL},
        {"connect to ", ":443", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct report report = three_machines(SUBJECT_SERVER, NULL);
        struct outline outline;

        for (size_t j = 0; j < MACHINES; j++)
            machines[j].why =
                arena_print(&arena, "%s%s%s", texts[i].before, subjects[j].name, texts[i].after);
        outline_make(&report, &arena, &outline);
        if (texts[i].expected)
            assert_string_equal(outline.entries[0].why, texts[i].expected);
        else
            assert_null(outline.entries[0].why);
    }
}

/* The name long and short, in lines too, where it may be part of a path; and nothing else. */
static void steps_differ_by_name(void **state)
{
    struct report report = three_machines(SUBJECT_SERVER, "any Exchange server");
    struct outline outline;

    (void)state;
    for (size_t i = 0; i < MACHINES; i++) {
        lines[i][0].command = arena_print(&arena, "dir \\\\%s\\c$", subjects[i].name);
        lines[i][1].command = arena_print(&arena, "Suspend-ClusterNode 'ex%02zu'", i + 1);
        lines[i][2].command = arena_print(&arena, "Get-It EX%02zu", i + 1);
    }
    outline_make(&report, &arena, &outline);
    assert_int_equal(outline.entries[0].fix.order, OUTLINE_BY_MEMBER);
    assert_true(outline.entries[0].fix.by_name);
    lines[2][1].command = "Suspend-ClusterNode 'ex30'";
    outline_make(&report, &arena, &outline);
    assert_false(outline.entries[0].fix.by_name);
    assert_false(outline.entries[0].fix.list[1].by_name);
}

/* ---- ten thousand ---- */

enum { MANY = 10000 };

static struct report many(size_t kinds, struct finding *list, const struct finding **pointers)
{
    struct finding_kind *made = arena_new(&arena, kinds, sizeof *made);

    for (size_t i = 0; i < kinds; i++) {
        made[i].id = arena_print(&arena, "kind-%zu", i);
        made[i].severity = SEVERITY_WARNING;
    }
    for (size_t i = 0; i < MANY; i++) {
        struct subject *subject = arena_new(&arena, 1, sizeof *subject);
        struct step *step = arena_new(&arena, 1, sizeof *step);

        subject->name = subject->shown = arena_print(&arena, "d%zu.example", i);
        *step = (struct step){.shell = SHELL_DNS, .command = subject->name, .from = &publish};
        list[i] = (struct finding){.kind = &made[i % kinds],
                                   .probe = "spf",
                                   .outcome = OUTCOME_PROBLEM,
                                   .subject = subject,
                                   .title = "title",
                                   .fix = {step, 1}};
        if (i > 0) {
            list[i].explained_by = &pointers[i - 1];
            list[i].explained_by_count = kinds == MANY;
        }
        pointers[i] = &list[i];
    }
    return report_of(pointers, MANY);
}

static void ten_thousand_are_arranged(void **state)
{
    static const size_t kinds[] = {1, 100, MANY};
    struct finding *list = memory_new(MANY, sizeof *list);
    const struct finding **pointers = memory_new(MANY, sizeof *pointers);

    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct report report = many(kinds[i], list, pointers);
        struct outline outline;

        outline_make(&report, &arena, &outline);
        assert_int_equal(outline.count, kinds[i]);
        assert_int_equal(outline.entries[0].member_count, MANY / kinds[i]);
        assert_int_equal(outline.entries[0].fix.list[0].variant_count, MANY / kinds[i]);
    }
    free(list);
    free(pointers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_sample_is_arranged, release),
        cmocka_unit_test_teardown(nothing_has_no_entries, release),
        cmocka_unit_test_teardown(the_same_lack_is_one_entry, release),
        cmocka_unit_test_teardown(what_differs_by_name_is_told_once, release),
        cmocka_unit_test_teardown(what_differs_in_more_is_told_for_each, release),
        cmocka_unit_test_teardown(members_with_the_same_step_share_it, release),
        cmocka_unit_test_teardown(conditions_tell_steps_apart, release),
        cmocka_unit_test_teardown(what_is_another_problem_stands_alone, release),
        cmocka_unit_test_teardown(one_subject_is_in_an_entry_once, release),
        cmocka_unit_test_teardown(many_have_a_word, release),
        cmocka_unit_test_teardown(names_stand_alone, release),
        cmocka_unit_test_teardown(hostile_names_are_no_words, release),
        cmocka_unit_test_teardown(causes_stand_before_what_follows, release),
        cmocka_unit_test_teardown(circles_end, release),
        cmocka_unit_test_teardown(the_same_fix_is_pointed_at, release),
        cmocka_unit_test_teardown(steps_have_an_order, release),
        cmocka_unit_test_teardown(the_same_lines_are_of_one_machine_after_the_other, release),
        cmocka_unit_test_teardown(each_file_is_of_a_server, release),
        cmocka_unit_test_teardown(rivals_stand_alone, release),
        cmocka_unit_test_teardown(words_stand_where_words_can, release),
        cmocka_unit_test_teardown(steps_differ_by_name, release),
        cmocka_unit_test_teardown(ten_thousand_are_arranged, release),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
