#include "diag/gather/machine_reach.h"

#include "diag/evidence/bound_certificates.h"
#include "diag/evidence/event_log.h"
#include "diag/evidence/iis_config.h"
#include "diag/evidence/installed_files.h"
#include "diag/evidence/machine.h"
#include "diag/evidence/registry.h"
#include "diag/evidence/time_settings.h"
#include "diag/evidence/windows_features.h"
#include "diag/evidence/windows_setup.h"
#include "diag/gather/machine.h"
#include "diag/platform.h"
#include "diag/read/machine_path.h"
#include "diag/text.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
    AT_HAND_MOST = 10000, /* milliseconds for what the machine at hand tells in a moment */
    FIRST_MOST = 2000,    /* that others wait for the first: one without an answer has no logon */
    READING_MOST = 30000, /* for thousands of parts, or the 21 s that services take by RPC first */
};

/* Kinds that machines are asked for. */
static const struct machine_kind {
    const struct evidence_kind *kind;
    size_t path_at;
    enum machine_source source;
} kinds[] = {
    {&evidence_bound_certificates, offsetof(struct bound_certificates, path), MACHINE_REGISTRY},
    {&evidence_event_log, offsetof(struct event_log_digest, path), MACHINE_EVENTS},
    {&evidence_iis_config, offsetof(struct iis_config_file, path), MACHINE_FILES},
    {&evidence_installed_files, offsetof(struct installed_files, path), MACHINE_FILES},
    {&evidence_machine, offsetof(struct machine_identity, path), MACHINE_REGISTRY},
    {&evidence_registry, offsetof(struct registry_answer, path), MACHINE_REGISTRY},
    {&evidence_time_settings, offsetof(struct time_settings, path), MACHINE_REGISTRY},
    {&evidence_windows_features, offsetof(struct windows_features, path), MACHINE_REGISTRY},
    {&evidence_windows_setup, offsetof(struct windows_setup, path), MACHINE_REGISTRY},
};

/* A machine's registry and files are behind one door, its event logs behind another. */
enum door { SMB, RPC, DOORS };

struct known_machine {
    struct known_machine *next;
    const char *name;
    enum status outcomes[DOORS]; /* STATUS_OK: nothing against it is known */
    bool has_answered[DOORS];
};

/*
 * A logon that one machine turns down counts against the account at the domain's controllers, and
 * the next would turn it down as well. Until one has taken it, one alone is asked at a time.
 */
enum logon { LOGON_UNTRIED, LOGON_TAKEN, LOGON_TURNED_DOWN };

struct machine_reach {
    struct platform_mutex *mutex; /* guards what follows */
    struct platform_condition *told;
    unsigned users;
    struct arena memory;
    struct known_machine *machines;
    const struct known_machine *first; /* that is being asked, while the logon is untried */
    enum logon logon;
};

/* ---- questions ---- */

static const struct machine_kind *machine_kind_of(const struct evidence *item)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].kind == item->kind)
            return &kinds[i];
    }
    return NULL;
}

const char *machine_reach_whom(const struct evidence *item)
{
    const struct machine_kind *kind = machine_kind_of(item);
    const void *path = kind ? (const char *)item + kind->path_at : NULL;

    return path ? machine_in_path(*(const char *const *)path) : NULL;
}

static enum door door_of(const struct evidence *item)
{
    return machine_kind_of(item)->source == MACHINE_EVENTS ? RPC : SMB;
}

/*
 * Twice what one operation may take: the way there, and what is asked on it. That is enough for who
 * a machine is, which is asked before anything else.
 */
int64_t machine_reach_allowance(const struct evidence *item, unsigned timeout)
{
    int64_t milliseconds = AT_HAND_MOST;

    if (*machine_reach_whom(item))
        milliseconds = 2 * (int64_t)timeout + (item->kind == &evidence_machine ? 0 : READING_MOST);
    return milliseconds * 1000;
}

static void fail(struct evidence *item, enum status status)
{
    const char *machine = machine_reach_whom(item);

    evidence_fail(item, status, machine_reason(machine, machine_kind_of(item)->source, status));
}

/* ---- machines ---- */

struct machine_reach *machine_reach_new(void)
{
    struct machine_reach *reach = memory_new(1, sizeof *reach);

    reach->mutex = platform_mutex_new();
    reach->told = platform_condition_new();
    reach->users = 1;
    return reach;
}

struct machine_reach *machine_reach_share(struct machine_reach *reach)
{
    platform_mutex_lock(reach->mutex);
    reach->users++;
    platform_mutex_unlock(reach->mutex);
    return reach;
}

void machine_reach_leave(struct machine_reach *reach)
{
    unsigned users;

    if (!reach)
        return;
    platform_mutex_lock(reach->mutex);
    users = --reach->users;
    platform_mutex_unlock(reach->mutex);
    if (users > 0)
        return;
    platform_condition_free(reach->told);
    platform_mutex_free(reach->mutex);
    arena_release(&reach->memory);
    free(reach);
}

static struct known_machine *find(struct machine_reach *reach, const char *name)
{
    struct known_machine *machine = reach->machines;

    while (machine && !text_equal_fold(machine->name, name))
        machine = machine->next;
    return machine;
}

static struct known_machine *find_or_add(struct machine_reach *reach, const char *name)
{
    struct known_machine *machine = find(reach, name);

    if (machine)
        return machine;
    machine = arena_new(&reach->memory, 1, sizeof *machine);
    machine->name = arena_copy_string(&reach->memory, name);
    machine->next = reach->machines;
    reach->machines = machine;
    return machine;
}

static void wait_for_first(struct machine_reach *reach, const struct known_machine *machine)
{
    int64_t left = FIRST_MOST * INT64_C(1000), end = platform_monotonic_clock() + left;

    while (reach->logon == LOGON_UNTRIED && reach->first && reach->first != machine && left > 0) {
        platform_condition_wait_for(reach->told, reach->mutex, (unsigned)(left / 1000) + 1);
        left = end - platform_monotonic_clock();
    }
    if (reach->logon == LOGON_UNTRIED && !reach->first)
        reach->first = machine;
}

/* What is known against a question before it is asked, and why; STATUS_OK: nothing. */
static enum status foresee(struct machine_reach *reach, const struct known_machine *machine,
                           enum door door, const char **reason)
{
    if (door == SMB && machine->outcomes[door] == STATUS_OK)
        wait_for_first(reach, machine);
    if (machine->outcomes[door] != STATUS_OK || reach->logon != LOGON_TURNED_DOWN)
        return machine->outcomes[door];
    *reason = "another machine turned down the logon of the user who runs this, and no more are "
              "asked, for each would count against the account";
    return STATUS_REJECTED;
}

bool machine_reach_is_vain(struct machine_reach *reach, struct evidence *item)
{
    const char *name = machine_reach_whom(item), *reason = NULL;
    enum status status;

    if (!name || !*name)
        return false;
    platform_mutex_lock(reach->mutex);
    status = foresee(reach, find_or_add(reach, name), door_of(item), &reason);
    platform_mutex_unlock(reach->mutex);
    if (status == STATUS_OK)
        return false;
    if (reason)
        evidence_fail(item, status, reason);
    else
        fail(item, status);
    return true;
}

/* Once one has taken the logon, it is a machine's own matter to turn it down. */
static void note_logon(struct machine_reach *reach, const struct known_machine *machine,
                       enum status status)
{
    if (machine->has_answered[SMB])
        reach->logon = LOGON_TAKEN;
    else if (status == STATUS_REJECTED && reach->logon == LOGON_UNTRIED)
        reach->logon = LOGON_TURNED_DOWN;
    if (reach->first == machine)
        reach->first = NULL;
    platform_condition_broadcast(reach->told);
}

/*
 * The logon for event logs is by Kerberos alone, and says nothing of others. Of one that has
 * answered, silence is of one question.
 */
static void note(struct machine_reach *reach, struct known_machine *machine, enum door door,
                 enum status status)
{
    if (status == STATUS_OK || status == STATUS_NOT_FOUND || status == STATUS_DENIED)
        machine->has_answered[door] = true;
    if (door == SMB)
        note_logon(reach, machine, status);
    if (!machine_is_lost(status) || (status == STATUS_TIMED_OUT && machine->has_answered[door]))
        return;
    for (unsigned i = 0; i < DOORS; i++) {
        if (i == door || (status == STATUS_REJECTED && door == SMB))
            machine->outcomes[i] = status;
    }
}

void machine_reach_learn(struct machine_reach *reach, const struct evidence *item)
{
    const char *name = machine_reach_whom(item);

    if (!name || !*name)
        return;
    platform_mutex_lock(reach->mutex);
    note(reach, find_or_add(reach, name), door_of(item), item->status);
    platform_mutex_unlock(reach->mutex);
}

static bool has_answered(struct machine_reach *reach, const struct evidence *item)
{
    const struct known_machine *machine;
    bool has;

    platform_mutex_lock(reach->mutex);
    machine = find(reach, machine_reach_whom(item));
    has = machine && machine->has_answered[door_of(item)];
    platform_mutex_unlock(reach->mutex);
    return has;
}

bool machine_reach_fail(struct machine_reach *reach, struct evidence *item)
{
    if (!machine_reach_whom(item))
        return false;
    if (has_answered(reach, item))
        evidence_fail(item, STATUS_TIMED_OUT,
                      "it answers, and did not tell all of this in time: --timeout gives it more");
    else
        fail(item, STATUS_TIMED_OUT);
    machine_reach_learn(reach, item);
    return true;
}
