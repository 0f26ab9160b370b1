#include "diag/gather/machine_identity.h"

#include "diag/gather/machine.h"
#include "diag/gather/registry_source.h"
#include "diag/platform.h"
#include "diag/read/machine_path.h"

#include <string.h>

static const char *keep(const char *text, struct arena *arena)
{
    return *text ? arena_copy_string(arena, text) : NULL;
}

/* ---- the registry ---- */

/* The reader's keys have their root in front; it borrows them. */
static const char *const *rooted_keys(struct arena *arena, size_t *count)
{
    const char **keys;

    *count = 0;
    while (machine_registry_keys[*count])
        ++*count;
    keys = arena_new(arena, *count + 1, sizeof *keys);
    for (size_t i = 0; i < *count; i++)
        keys[i] = arena_print(arena, REGISTRY_MACHINE "%s", machine_registry_keys[i]);
    return keys;
}

static enum status read_registry(const char *name, struct machine_identity *machine)
{
    enum status first = STATUS_OK;
    struct arena memory = {0};
    size_t count;
    const char *const *keys = rooted_keys(&memory, &count);
    struct registry_text *reader = registry_text_new(keys);
    struct registry_export export;
    uint64_t covered = 0, present = 0;

    registry_text_flat(reader);
    for (size_t i = 0; i < count; i++) {
        enum status status =
            platform_registry_values(name, machine_registry_keys[i], registry_source_take, reader);

        if (status == STATUS_OK)
            present |= (uint64_t)1 << i;
        if (status == STATUS_OK || status == STATUS_NOT_FOUND)
            covered |= (uint64_t)1 << i;
        else if (first == STATUS_OK)
            first = status;
        if (machine_registry_is_lost(status))
            break;
    }
    registry_text_end(reader, &memory, &export);
    export.covered = covered;
    export.present = present;
    machine_registry_read(&export, &machine->evidence.memory, &machine->facts);
    arena_release(&memory);
    return covered ? STATUS_OK : first;
}

/* ---- the system ---- */

static enum machine_membership membership_of(const struct platform_machine *told)
{
    switch (told->role) {
    case MACHINE_ROLE_WORKSTATION:
    case MACHINE_ROLE_SERVER:
        return MACHINE_MEMBERSHIP_WORKGROUP;
    case MACHINE_ROLE_UNKNOWN:
        return MACHINE_MEMBERSHIP_UNKNOWN;
    default:
        return MACHINE_MEMBERSHIP_DOMAIN;
    }
}

static void take_system(const struct platform_machine *told, struct machine_identity *machine)
{
    struct arena *arena = &machine->evidence.memory;
    const char *group = keep(told->group, arena);

    machine->name = keep(told->name, arena);
    machine->netbios = keep(told->netbios, arena);
    machine->domain = keep(told->domain, arena);
    machine->forest = keep(told->forest, arena);
    machine->role = told->role;
    machine->membership = membership_of(told);
    if (machine->membership == MACHINE_MEMBERSHIP_WORKGROUP)
        machine->workgroup = group;
    else if (machine->membership == MACHINE_MEMBERSHIP_DOMAIN)
        machine->netbios_domain = group;
}

/* Without a suffix of its own a member goes by its domain's. */
static void join_domain(struct machine_identity *machine)
{
    if (machine->name && machine->domain && !strchr(machine->name, '.'))
        machine->name =
            arena_print(&machine->evidence.memory, "%s.%s", machine->name, machine->domain);
}

/* What only the registry tells of another machine. */
static void complete(struct machine_identity *machine)
{
    const struct machine_facts *facts = &machine->facts;
    struct arena *arena = &machine->evidence.memory;

    if (!machine->name && facts->host && facts->suffix)
        machine->name = arena_print(arena, "%s.%s", facts->host, facts->suffix);
    else if (!machine->name)
        machine->name = facts->host;
    if (!machine->netbios)
        machine->netbios = facts->netbios;
    if (facts->role == MACHINE_ROLE_DC && machine->role == MACHINE_ROLE_UNKNOWN) {
        machine->role = MACHINE_ROLE_DC;
        machine->membership = MACHINE_MEMBERSHIP_DOMAIN;
    }
}

static enum machine_elevation elevation(void)
{
    bool is_elevated;

    if (platform_is_elevated(&is_elevated) != STATUS_OK)
        return MACHINE_ELEVATION_UNKNOWN;
    return is_elevated ? MACHINE_ELEVATION_YES : MACHINE_ELEVATION_NO;
}

void gather_machine(struct evidence *item)
{
    struct machine_identity *machine = (struct machine_identity *)item;
    const char *name = machine_in_path(machine->path);
    struct platform_machine told;
    enum status status, registry;

    if (!name) {
        evidence_fail(item, STATUS_INVALID, "it is no machine");
        return;
    }
    status = platform_machine(name, &told);
    registry = *name && machine_is_lost(status) ? status : read_registry(name, machine);
    item->settled = true;
    if (status != STATUS_OK && registry != STATUS_OK) {
        if (status != STATUS_NOT_SUPPORTED && !machine_reason(name, MACHINE_REGISTRY, status))
            status = registry;
        evidence_fail(item, status, machine_reason(name, MACHINE_REGISTRY, status));
        return;
    }
    take_system(&told, machine);
    complete(machine);
    join_domain(machine);
    if (!*machine->path)
        machine->elevation = elevation();
}
