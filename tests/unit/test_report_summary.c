#include "diag/report/summary.h"
#include "tests/unit/unit.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct finding_kind skew = {.id = "clock-skew", .cost = "Logons fail."};
static const struct finding_kind refused = {.id = "exps-refused", .cost = "Mail waits in queues."};
static const struct finding_kind none = {.id = "spf-none", .cost = "Others can send in its name."};
static const struct finding_kind mute = {.id = "time-hierarchy"};

static const struct subject servers[] = {
    {SUBJECT_SERVER, "ex1.example", "ex1.example", true, NULL},
    {SUBJECT_SERVER, "ex2.example", "ex2.example", true, NULL},
    {SUBJECT_SERVER, "ex3.example", "ex3.example", true, NULL}};

static const struct step steps[] = {
    {.shell = SHELL_CMD, .where = "on ex1.example", .command = "w32tm /resync"},
    {.shell = SHELL_CMD, .where = "on ex1.example", .command = "w32tm /query /status"},
};

static struct finding problem(const struct finding_kind *kind, enum severity severity,
                              const struct subject *subject)
{
    return (struct finding){.kind = kind,
                            .probe = "clock",
                            .outcome = OUTCOME_PROBLEM,
                            .severity = severity,
                            .subject = subject,
                            .title = "something is wrong",
                            .fix = {steps, COUNT(steps)}};
}

struct whole {
    struct report report;
    struct outline outline;
    struct summary summary;
    struct arena arena;
    struct buffer words;
};

static void make(struct whole *whole, const struct finding *const *findings, size_t count)
{
    *whole = (struct whole){.report = {.findings = findings, .finding_count = count}};
    for (size_t i = 0; i < count; i++)
        whole->report.counts[findings[i]->outcome] += !findings[i]->accepted;
    buffer_init(&whole->words, 4096);
    outline_make(&whole->report, &whole->arena, &whole->outline);
    summary_make(&whole->outline, &whole->arena, &whole->summary);
    summary_headline(&whole->report, &whole->summary, &whole->words);
}

static void release(struct whole *whole)
{
    buffer_release(&whole->words);
    arena_release(&whole->arena);
}

/* What follows from a fault is none of its own, and what it costs stands with the fault. */
static void consequences_are_no_faults(void **state)
{
    struct finding cause = problem(&mute, SEVERITY_WARNING, &servers[0]);
    const struct finding *const causes[] = {&cause};
    struct finding middle = problem(&skew, SEVERITY_CRITICAL, &servers[0]);
    const struct finding *const middles[] = {&middle};
    struct finding last = problem(&refused, SEVERITY_WARNING, &servers[0]);
    struct finding other = problem(&none, SEVERITY_WARNING, &servers[1]);
    const struct finding *const findings[] = {&cause, &middle, &last, &other};
    const struct summary_fault *fault;
    struct whole whole;

    (void)state;
    middle.explained_by = causes;
    last.explained_by = middles;
    middle.explained_by_count = last.explained_by_count = 1;
    make(&whole, findings, COUNT(findings));
    fault = &whole.summary.faults[0];
    assert_int_equal(whole.summary.fault_count, 2);
    assert_ptr_equal(fault->entry->first, &cause);
    assert_int_equal(fault->rank, SEVERITY_CRITICAL);
    assert_string_equal(fault->cost, "Logons fail.");
    assert_ptr_equal(fault->first, &steps[0]);
    assert_int_equal(fault->consequence_count, 2);
    assert_int_equal(fault->consequences[0], 2);
    assert_int_equal(fault->consequences[1], 3);
    assert_int_equal(whole.summary.cost_count, 3);
    assert_string_equal(whole.summary.costs[2].text, "Others can send in its name.");
    assert_int_equal(whole.summary.costs[2].faults[0], 1);
    assert_string_equal(whole.words.text,
                        "2 faults, 1 of them the cause of something critical, behind 4 problems.");
    release(&whole);
}

/* The same fault at three servers is one, and one sentence of cost is told once. */
static void one_fault_of_many_subjects(void **state)
{
    struct finding first = problem(&skew, SEVERITY_CRITICAL, &servers[0]);
    struct finding second = problem(&skew, SEVERITY_CRITICAL, &servers[1]);
    struct finding third = problem(&skew, SEVERITY_CRITICAL, &servers[2]);
    struct finding lesser = problem(&skew, SEVERITY_WARNING, &servers[2]);
    const struct finding *const findings[] = {&first, &second, &third, &lesser};
    struct buffer names;
    struct whole whole;

    (void)state;
    make(&whole, findings, COUNT(findings));
    assert_int_equal(whole.summary.fault_count, 2);
    assert_int_equal(whole.summary.cost_count, 1);
    assert_int_equal(whole.summary.costs[0].fault_count, 2);
    assert_int_equal(whole.summary.costs[0].rank, SEVERITY_CRITICAL);
    buffer_init(&names, 256);
    summary_subjects(whole.summary.faults[0].entry, 3, &names);
    buffer_add_char(&names, '|');
    summary_subjects(whole.summary.faults[0].entry, 2, &names);
    buffer_add_char(&names, '|');
    summary_subjects(whole.summary.faults[1].entry, 2, &names);
    assert_string_equal(names.text, "ex1.example, ex2.example and ex3.example|"
                                    "ex1.example, ex2.example and 1 more|ex3.example");
    buffer_release(&names);
    release(&whole);
}

/* Remarks are no faults; what a site accepts is none, and its consequences are then. */
static void who_is_no_fault(void **state)
{
    static const struct acceptance acceptance = {"clock-skew", "*", "2027-01-01", "known"};
    struct finding accepted = problem(&skew, SEVERITY_CRITICAL, &servers[0]);
    const struct finding *const causes[] = {&accepted};
    struct finding follows = problem(&refused, SEVERITY_WARNING, &servers[0]);
    struct finding remark = problem(&none, SEVERITY_INFO, &servers[1]);
    struct finding unknown = problem(&mute, SEVERITY_INFO, &servers[1]);
    const struct finding *const findings[] = {&follows, &remark, &unknown, &accepted};
    struct whole whole;

    (void)state;
    accepted.accepted = &acceptance;
    follows.explained_by = causes;
    follows.explained_by_count = 1;
    unknown.outcome = OUTCOME_UNKNOWN;
    make(&whole, findings, COUNT(findings));
    assert_int_equal(whole.summary.fault_count, 1);
    assert_ptr_equal(whole.summary.faults[0].entry->first, &follows);
    assert_int_equal(whole.summary.counts[SEVERITY_INFO], 1);
    assert_string_equal(whole.words.text, "1 fault; 1 thing could not be checked.");
    release(&whole);
}

static void headline_of_nothing(void **state)
{
    struct whole whole;

    (void)state;
    make(&whole, NULL, 0);
    assert_string_equal(whole.words.text, "Nothing is wrong in what was checked.");
    release(&whole);
}

static void sentences_stay_whole(void **state)
{
    static const struct {
        const char *text;
        size_t most;
        const char *expected;
    } cases[] = {
        {"Check the firewall.", 19, "Check the firewall."},
        {"Check the firewall.", 18, ""},
        {"Check v1.2 first. Then the rest.", 20, "Check v1.2 first."},
        {"Check v1.2 first. Then the rest.", 80, "Check v1.2 first. Then the rest."},
        {"one line\nand another", 10, "one line"},
        {"", 10, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buffer out;

        buffer_init(&out, 256);
        summary_sentence(cases[i].text, cases[i].most, &out);
        assert_string_equal(out.text, cases[i].expected);
        buffer_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(consequences_are_no_faults),
        cmocka_unit_test(one_fault_of_many_subjects),
        cmocka_unit_test(who_is_no_fault),
        cmocka_unit_test(headline_of_nothing),
        cmocka_unit_test(sentences_stay_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
