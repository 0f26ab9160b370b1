/* How long questions of machines may take, and that one that does not answer is not asked again. */
#include "tests/unit/unit.h"

#include "diag/evidence/digest.h"
#include "diag/evidence/event_log.h"
#include "diag/evidence/machine.h"
#include "diag/evidence/registry.h"
#include "diag/evidence/windows_features.h"
#include "diag/gather/machine_events.h"
#include "diag/gather/machine_reach.h"
#include "diag/platform.h"

#include <string.h>

enum { TIMEOUT = 3000 /* milliseconds */ };

static struct evidence *registry_of(const char *path)
{
    const struct registry_answer question = {.path = path, .key = "SYSTEM\\Setup"};

    return evidence_new(&evidence_registry, &question.evidence);
}

static struct evidence *features_of(const char *path)
{
    const struct windows_features question = {.path = path};

    return evidence_new(&evidence_windows_features, &question.evidence);
}

static struct evidence *events_of(const char *path)
{
    const struct event_log_digest question = {.path = path};

    return evidence_new(&evidence_event_log, &question.evidence);
}

/* Of the kinds that machines are asked for, by their paths; of others none. */
static void questions_have_a_machine(void **state)
{
    const struct file_digest question = {.path = "\\\\ex02"};
    struct evidence *items[] = {registry_of(""), events_of("\\\\ex02"), registry_of("a.reg"),
                                evidence_new(&evidence_digest, &question.evidence)};

    (void)state;
    assert_string_equal(machine_reach_whom(items[0]), "");
    assert_string_equal(machine_reach_whom(items[1]), "ex02");
    assert_null(machine_reach_whom(items[2]));
    assert_null(machine_reach_whom(items[3]));
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        evidence_free(items[i]);
}

static int64_t allowance_of(struct evidence *item)
{
    int64_t allowance = machine_reach_allowance(item, TIMEOUT);

    evidence_free(item);
    return allowance;
}

/* Another machine is given what the network is to say who it is, and for the rest more. */
static void allowances_are_of_the_network(void **state)
{
    const struct machine_identity question = {.path = "\\\\ex02"};
    int64_t who = allowance_of(evidence_new(&evidence_machine, &question.evidence));

    (void)state;
    assert_int_equal(who, 2 * TIMEOUT * 1000);
    assert_int_equal(allowance_of(registry_of("\\\\ex02")), who + 30000000);
    assert_true(allowance_of(events_of("\\\\ex02")) >= who + MACHINE_EVENTS_PATIENCE * 1000);
}

/* What is taken for settled by an earlier one has its status and its reason. */
static void expect(struct machine_reach *reach, struct evidence *item, enum status status)
{
    bool is_vain = machine_reach_is_vain(reach, item);

    assert_int_equal(is_vain, status != STATUS_OK);
    assert_int_equal(item->settled, is_vain);
    if (is_vain) {
        assert_int_equal(item->status, status);
        assert_non_null(item->reason);
    }
    evidence_free(item);
}

static void learn(struct machine_reach *reach, struct evidence *item, enum status status)
{
    evidence_fail(item, status, NULL);
    machine_reach_learn(reach, item);
    evidence_free(item);
}

/* Registry, services and files are behind one door, event logs behind another. */
static void silence_is_waited_for_once(void **state)
{
    struct machine_reach *reach = machine_reach_new(), *shared = machine_reach_share(reach);

    (void)state;
    expect(reach, registry_of("\\\\ex02"), STATUS_OK);
    learn(reach, registry_of("\\\\ex02"), STATUS_UNREACHABLE);
    machine_reach_leave(reach);
    expect(shared, features_of("\\\\EX02"), STATUS_UNREACHABLE);
    expect(shared, events_of("\\\\ex02"), STATUS_OK);
    expect(shared, registry_of("\\\\ex03"), STATUS_OK);
    expect(shared, registry_of(""), STATUS_OK);
    expect(shared, registry_of("a.reg"), STATUS_OK);
    learn(shared, events_of("\\\\ex03"), STATUS_TIMED_OUT);
    expect(shared, events_of("\\\\ex03"), STATUS_TIMED_OUT);
    expect(shared, registry_of("\\\\ex03"), STATUS_OK);
    machine_reach_leave(shared);
}

/*
 * A logon that was turned down is tried at no other door, but for the one with a ticket. What else
 * is said is of one question.
 */
static void logons_are_not_repeated(void **state)
{
    struct machine_reach *reach = machine_reach_new();

    (void)state;
    learn(reach, registry_of("\\\\ex02"), STATUS_DENIED);
    learn(reach, registry_of("\\\\ex02"), STATUS_NOT_FOUND);
    learn(reach, registry_of("\\\\ex02"), STATUS_REFUSED);
    learn(reach, registry_of("a.reg"), STATUS_TIMED_OUT);
    learn(reach, registry_of(""), STATUS_TIMED_OUT);
    expect(reach, registry_of("\\\\ex02"), STATUS_OK);
    expect(reach, registry_of(""), STATUS_OK);
    learn(reach, events_of("\\\\ex03"), STATUS_REJECTED);
    expect(reach, events_of("\\\\ex03"), STATUS_REJECTED);
    expect(reach, registry_of("\\\\ex03"), STATUS_OK);
    learn(reach, registry_of("\\\\ex02"), STATUS_REJECTED);
    expect(reach, registry_of("\\\\ex02"), STATUS_REJECTED);
    expect(reach, events_of("\\\\ex02"), STATUS_REJECTED);
    expect(reach, registry_of("\\\\ex03"), STATUS_OK);
    machine_reach_leave(reach);
}

/* One that did not come back in time stands for the next; a file that did not for nothing. */
static void what_is_late_is_silence(void **state)
{
    struct machine_reach *reach = machine_reach_new();
    struct evidence *late = registry_of("\\\\ex02"), *file = registry_of("a.reg");

    (void)state;
    assert_true(machine_reach_fail(reach, late));
    assert_int_equal(late->status, STATUS_TIMED_OUT);
    assert_non_null(strstr(late->reason, "445"));
    assert_false(machine_reach_fail(reach, file));
    assert_false(file->settled);
    expect(reach, features_of("\\\\ex02"), STATUS_TIMED_OUT);
    evidence_free(late);
    evidence_free(file);
    machine_reach_leave(reach);
}

/* A long answer over a slow network says nothing of the firewall, and nothing of what is next. */
static void one_that_answers_is_slow(void **state)
{
    struct machine_reach *reach = machine_reach_new();
    struct evidence *late = features_of("\\\\ex02");

    (void)state;
    learn(reach, registry_of("\\\\ex02"), STATUS_OK);
    assert_true(machine_reach_fail(reach, late));
    assert_int_equal(late->status, STATUS_TIMED_OUT);
    assert_non_null(strstr(late->reason, "--timeout"));
    expect(reach, registry_of("\\\\ex02"), STATUS_OK);
    learn(reach, registry_of("\\\\ex02"), STATUS_UNREACHABLE);
    expect(reach, registry_of("\\\\ex02"), STATUS_UNREACHABLE);
    evidence_free(late);
    machine_reach_leave(reach);
}

static struct {
    struct machine_reach *reach;
    struct platform_mutex *mutex;
    struct platform_condition *changed;
    bool is_vain, is_done;
} second;

static void ask_second(void *unused)
{
    struct evidence *item = registry_of("\\\\ex03");
    bool is_vain = machine_reach_is_vain(second.reach, item);

    (void)unused;
    evidence_free(item);
    platform_mutex_lock(second.mutex);
    second.is_vain = is_vain;
    second.is_done = true;
    platform_condition_broadcast(second.changed);
    platform_mutex_unlock(second.mutex);
}

/* Whether the second machine is asked in vain, which is to be while the first has not answered. */
static bool is_second_vain(enum status first)
{
    second.reach = machine_reach_new();
    second.mutex = platform_mutex_new();
    second.changed = platform_condition_new();
    second.is_done = false;
    expect(second.reach, registry_of("\\\\ex02"), STATUS_OK);
    assert_int_equal(platform_thread_start(ask_second, NULL), STATUS_OK);
    learn(second.reach, registry_of("\\\\ex02"), first);
    platform_mutex_lock(second.mutex);
    while (!second.is_done)
        platform_condition_wait(second.changed, second.mutex);
    platform_mutex_unlock(second.mutex);
    platform_condition_free(second.changed);
    platform_mutex_free(second.mutex);
    machine_reach_leave(second.reach);
    return second.is_vain;
}

/* A password that is wrong at one machine is so at all, and each try counts against the account. */
static void one_logon_is_tried_for_all(void **state)
{
    (void)state;
    assert_true(is_second_vain(STATUS_REJECTED));
    assert_false(is_second_vain(STATUS_OK));
    assert_false(is_second_vain(STATUS_UNREACHABLE));
}

/* One that nobody answers for is no logon that was tried: it is not waited for to its end. */
static void the_first_is_not_waited_for_long(void **state)
{
    struct machine_reach *reach = machine_reach_new();
    int64_t began = platform_monotonic_clock();

    (void)state;
    expect(reach, registry_of("\\\\ex02"), STATUS_OK);
    expect(reach, registry_of("\\\\ex03"), STATUS_OK);
    assert_in_range(platform_monotonic_clock() - began, 1500000, 25000000);
    machine_reach_leave(reach);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions_have_a_machine),
        cmocka_unit_test(allowances_are_of_the_network),
        cmocka_unit_test(silence_is_waited_for_once),
        cmocka_unit_test(logons_are_not_repeated),
        cmocka_unit_test(what_is_late_is_silence),
        cmocka_unit_test(one_that_answers_is_slow),
        cmocka_unit_test(one_logon_is_tried_for_all),
        cmocka_unit_test(the_first_is_not_waited_for_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
