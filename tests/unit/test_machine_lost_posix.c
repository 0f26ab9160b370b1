/*
 * Another machine that nobody answers for, or that turns the logon down, is asked no more than once
 * for each question: in place of posix/machine.c is one that always says so, and counts.
 */
#include "tests/unit/unit.h"

#include "diag/evidence/bound_certificates.h"
#include "diag/evidence/iis_config.h"
#include "diag/evidence/installed_files.h"
#include "diag/evidence/machine.h"
#include "diag/evidence/registry.h"
#include "diag/evidence/time_settings.h"
#include "diag/evidence/windows_features.h"
#include "diag/evidence/windows_setup.h"
#include "diag/gather/bound_certificates.h"
#include "diag/gather/iis_config.h"
#include "diag/gather/installed_files.h"
#include "diag/gather/machine_identity.h"
#include "diag/gather/registry.h"
#include "diag/gather/time_settings.h"
#include "diag/gather/windows_features.h"
#include "diag/gather/windows_setup.h"
#include "diag/platform.h"

#define OTHER "\\\\ex02.contoso.com"

/* ---- the machine ---- */

static enum status registry, others;
static unsigned tries;

static enum status tried(enum status status)
{
    tries++;
    return status;
}

enum status platform_registry_walk(const char *machine, const char *key,
                                   platform_registry_take *take, void *context)
{
    (void)key;
    (void)take;
    (void)context;
    assert_string_equal(machine, "ex02.contoso.com");
    return tried(registry);
}

enum status platform_registry_values(const char *machine, const char *key,
                                     platform_registry_take *take, void *context)
{
    return platform_registry_walk(machine, key, take, context);
}

enum status platform_service_runs(const char *machine, const char *name, bool *runs)
{
    (void)machine;
    (void)name;
    *runs = false;
    return tried(others);
}

enum status platform_system_folder(const char *machine, struct buffer *path)
{
    (void)machine;
    (void)path;
    return tried(registry);
}

enum status platform_local_path(const char *machine, const char *path, struct buffer *local,
                                const char **reason)
{
    (void)machine;
    (void)path;
    (void)local;
    *reason = NULL;
    return tried(others);
}

enum status platform_events_query(const char *machine, const char *query,
                                  const struct platform_events_limit *limit,
                                  platform_event_take *take, void *context, bool *more)
{
    (void)machine;
    (void)query;
    (void)limit;
    (void)take;
    (void)context;
    *more = false;
    return tried(others);
}

enum status platform_machine(const char *machine, struct platform_machine *out)
{
    (void)machine;
    *out = (struct platform_machine){0};
    return tried(others);
}

enum status platform_is_elevated(bool *is_elevated)
{
    *is_elevated = false;
    return STATUS_OK;
}

/* ---- what is asked ---- */

static const struct bound_certificates certificates = {.path = OTHER};
static const struct iis_config_file config = {.path = OTHER, .place = ""};
static const struct installed_files files = {.path = OTHER, .image = "C:\\a.dll"};
static const struct machine_identity identity = {.path = OTHER};
static const struct registry_answer answer = {.path = OTHER, .key = "SYSTEM\\Setup"};
static const struct time_settings settings = {.path = OTHER};
static const struct windows_features features = {.path = OTHER};
static const struct windows_setup setup = {.path = OTHER};

static const struct {
    const struct evidence_kind *kind;
    const struct evidence *question;
    void (*gather)(struct evidence *item);
} questions[] = {
    {&evidence_bound_certificates, &certificates.evidence, gather_bound_certificates},
    {&evidence_iis_config, &config.evidence, gather_iis_config},
    {&evidence_installed_files, &files.evidence, gather_installed_files},
    {&evidence_machine, &identity.evidence, gather_machine},
    {&evidence_registry, &answer.evidence, gather_registry},
    {&evidence_time_settings, &settings.evidence, gather_time_settings},
    {&evidence_windows_features, &features.evidence, gather_windows_features},
    {&evidence_windows_setup, &setup.evidence, gather_windows_setup},
};

static void ask(size_t i, enum status status, unsigned tries_most)
{
    struct evidence *item = evidence_new(questions[i].kind, questions[i].question);

    tries = 0;
    questions[i].gather(item);
    assert_int_equal(item->status, status);
    assert_non_null(item->reason);
    assert_in_range(tries, 1, tries_most);
    evidence_free(item);
}

static void one_that_is_lost_is_asked_once(void **state)
{
    static const enum status lost[] = {STATUS_UNREACHABLE, STATUS_TIMED_OUT, STATUS_REJECTED};

    (void)state;
    for (size_t i = 0; i < sizeof lost / sizeof *lost; i++) {
        registry = others = lost[i];
        for (size_t j = 0; j < sizeof questions / sizeof *questions; j++)
            ask(j, lost[i], 1);
    }
}

/* Who it is, other services may tell. */
static void a_registry_that_is_off_is_asked_once(void **state)
{
    (void)state;
    registry = others = STATUS_REFUSED;
    for (size_t j = 0; j < sizeof questions / sizeof *questions; j++)
        ask(j, STATUS_REFUSED, questions[j].gather == gather_machine ? 2 : 1);
}

/* The one that says what would help is told. */
static void who_it_is_fails_with_a_reason(void **state)
{
    (void)state;
    others = STATUS_IO;
    registry = STATUS_REFUSED;
    for (size_t j = 0; j < sizeof questions / sizeof *questions; j++) {
        if (questions[j].gather == gather_machine)
            ask(j, STATUS_REFUSED, 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_is_lost_is_asked_once),
        cmocka_unit_test(a_registry_that_is_off_is_asked_once),
        cmocka_unit_test(who_it_is_fails_with_a_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
