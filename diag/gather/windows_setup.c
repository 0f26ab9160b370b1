#include "diag/gather/windows_setup.h"

#include "diag/gather/file.h"
#include "diag/gather/machine.h"
#include "diag/gather/registry_source.h"
#include "diag/gather/text_lines.h"
#include "diag/read/environment_text.h"
#include "diag/read/machine_path.h"
#include "diag/text.h"

#include <string.h>

enum { ENVIRONMENT, EXCHANGE_14, EXCHANGE_15, WINDOWS, UPGRADES, HOST, ACTIVE_NAME, NAME, KEYS };

static const char *const keys[KEYS + 1] = {
    [ENVIRONMENT] =
        REGISTRY_MACHINE "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment",
    [EXCHANGE_14] = REGISTRY_MACHINE "SOFTWARE\\Microsoft\\ExchangeServer\\v14\\Setup",
    [EXCHANGE_15] = REGISTRY_MACHINE "SOFTWARE\\Microsoft\\ExchangeServer\\v15\\Setup",
    [WINDOWS] = REGISTRY_MACHINE "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion",
    [UPGRADES] = REGISTRY_MACHINE "SYSTEM\\Setup",
    [HOST] = REGISTRY_HOST,
    [ACTIVE_NAME] = REGISTRY_ACTIVE_NAME,
    [NAME] = REGISTRY_NAME,
};

/* Below these keys stands a lot that says nothing here. */
static bool is_wanted(const struct registry_value *value)
{
    static const char *const names[] = {"ExchangeInstallPath",
                                        "windir",
                                        "SystemRoot",
                                        "MsiInstallPath",
                                        "ProductName",
                                        "CurrentBuild",
                                        "CurrentBuildNumber",
                                        "InstallDate",
                                        "Hostname",
                                        "Domain",
                                        "ComputerName"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_equal_fold(value->name, names[i]))
            return true;
    }
    return false;
}

/* ---- what a registry says ---- */

static const char *keep(const char *text, struct arena *arena)
{
    return arena_copy(arena, text, text_fit(text, strlen(text), WINDOWS_SETUP_TEXT_MOST));
}

static const char *text_at(const struct registry_export *export, const char *key, const char *name,
                           struct arena *arena)
{
    const char *text = registry_source_text(export, key, name);

    return text ? keep(text, arena) : NULL;
}

static bool covers(const struct registry_export *export, unsigned key)
{
    return (export->covered >> key & 1) && !export->is_cut;
}

static struct setup_text setting(const struct registry_export *export, unsigned key,
                                 const char *name, struct arena *arena)
{
    const char *text = text_at(export, keys[key], name, arena);

    return (struct setup_text){text || covers(export, key), text};
}

static struct windows_install install_at(const struct registry_export *export, const char *key,
                                         struct arena *arena)
{
    const struct registry_value *date = registry_find(export, key, "InstallDate");
    struct windows_install install = {
        .product = text_at(export, key, "ProductName", arena),
        .build = text_at(export, key, "CurrentBuild", arena),
    };

    if (!install.build)
        install.build = text_at(export, key, "CurrentBuildNumber", arena);
    if (date && date->type == REGISTRY_DWORD)
        install.installed = (int64_t)date->number * 1000;
    return install;
}

/* "Source OS (Updated on ...)" of a key right below SYSTEM\Setup; NULL for any other. */
static const char *name_of_upgrade(const char *key)
{
    static const char begin[] = "Source OS";
    const char *slash = strrchr(key, '\\');

    if (!slash || !registry_is_key(key, keys[UPGRADES], true) ||
        !text_starts_fold(slash + 1, strlen(slash + 1), begin))
        return NULL;
    return slash + 1;
}

/* By the day when each was installed. */
static void add_upgrade(struct windows_setup *setup, struct windows_install *upgrades,
                        struct windows_install upgrade)
{
    size_t at = setup->upgrade_count++;

    for (; at > 0 && upgrades[at - 1].installed > upgrade.installed; at--)
        upgrades[at] = upgrades[at - 1];
    upgrades[at] = upgrade;
}

static void find_upgrades(const struct registry_export *export, struct windows_setup *setup)
{
    struct arena *arena = &setup->evidence.memory;
    struct windows_install *upgrades = arena_new(arena, WINDOWS_UPGRADES_MOST, sizeof *upgrades);
    const char *last = NULL;

    setup->upgrades = upgrades;
    setup->knows_upgrades = covers(export, UPGRADES);
    for (size_t i = 0; i < export->count; i++) {
        const char *key = export->values[i].key, *name = name_of_upgrade(key);
        struct windows_install upgrade;

        if (!name || key == last)
            continue;
        last = key;
        if (setup->upgrade_count == WINDOWS_UPGRADES_MOST) {
            setup->knows_upgrades = false;
            return;
        }
        upgrade = install_at(export, key, arena);
        upgrade.key = keep(name, arena);
        add_upgrade(setup, upgrades, upgrade);
    }
}

/* "%SystemRoot%" leads nowhere. */
static struct setup_text windows_path(const struct registry_export *export, struct arena *arena)
{
    const char *paths[] = {text_at(export, keys[ENVIRONMENT], "windir", arena),
                           text_at(export, keys[ENVIRONMENT], "SystemRoot", arena),
                           text_at(export, keys[WINDOWS], "SystemRoot", arena)};

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        if (paths[i] && !strchr(paths[i], '%'))
            return (struct setup_text){true, paths[i]};
    }
    return (struct setup_text){0};
}

/* STATUS_NOT_FOUND where it has none of the keys but those that name the computer. */
static enum status take_export(const struct registry_export *export, struct windows_setup *setup)
{
    struct arena *arena = &setup->evidence.memory;
    uint64_t any = ((uint64_t)1 << HOST) - 1;
    const char *computer;

    setup->exchange_path = setting(export, ENVIRONMENT, "ExchangeInstallPath", arena);
    setup->msi_path_14 = setting(export, EXCHANGE_14, "MsiInstallPath", arena);
    setup->msi_path_15 = setting(export, EXCHANGE_15, "MsiInstallPath", arena);
    setup->windows_path = windows_path(export, arena);
    setup->now = install_at(export, keys[WINDOWS], arena);
    find_upgrades(export, setup);
    computer = registry_source_computer(export, arena);
    setup->computer = computer ? keep(computer, arena) : NULL;
    return (export->present | export->covered) & any ? STATUS_OK : STATUS_NOT_FOUND;
}

/* ---- files of registries ---- */

/* `covered`: a bit for each key of which it is known otherwise that nothing is missing. */
static enum status end_registry(struct registry_text *reader, uint64_t covered,
                                struct windows_setup *setup)
{
    struct registry_export export;
    struct arena memory = {0};
    enum status status;

    registry_text_end(reader, &memory, &export);
    export.covered |= covered;
    status = take_export(&export, setup);
    arena_release(&memory);
    return status;
}

static struct registry_text *begin_registry(void)
{
    struct registry_text *reader = registry_text_new(keys);

    registry_text_only(reader, is_wanted);
    return reader;
}

static enum status read_registry(struct text_file *text, struct windows_setup *setup)
{
    struct registry_text *reader = begin_registry();

    registry_source_lines(text, reader);
    return end_registry(reader, 0, setup);
}

/* ---- environments ---- */

static const char *copy_value(const struct environment_variable *variable, struct arena *arena)
{
    return keep(arena_copy(arena, variable->value, variable->value_size), arena);
}

static bool is_named(const struct environment_variable *variable, const char *name)
{
    return text_equal_fold_sized(variable->name, variable->name_size, name, strlen(name));
}

/* Of a value that was cut off, it is not even known that there is none. */
static void take_variable(void *context, const char *line, size_t size)
{
    struct windows_setup *setup = context;
    struct arena *arena = &setup->evidence.memory;
    struct environment_variable variable;
    bool is_told;

    if (!environment_text_line(line, size, &variable))
        return;
    is_told = variable.value_size > 0;
    if (is_named(&variable, "ExchangeInstallPath")) {
        setup->exchange_path.known = is_told;
        setup->exchange_path.text = is_told ? copy_value(&variable, arena) : NULL;
    } else if (is_told && is_named(&variable, "SystemRoot")) {
        setup->windows_path = (struct setup_text){true, copy_value(&variable, arena)};
    } else if (is_told && is_named(&variable, "COMPUTERNAME")) {
        setup->computer = copy_value(&variable, arena);
    }
}

/* They are sorted, and of this type only with variables before and behind Exchange's. */
static enum status read_environment(struct text_file *text, struct windows_setup *setup)
{
    enum { LINE_MOST = 65536 };

    setup->exchange_path.known = true;
    text_lines(text, LINE_MOST, take_variable, setup);
    return STATUS_OK;
}

/* ---- any of them ---- */

static enum status read_text(struct text_file *text, struct windows_setup *setup,
                             const char **reason)
{
    enum status status;

    if (text_file_type(text) == FILE_TYPE_ENVIRONMENT)
        return read_environment(text, setup);
    if (!registry_source_is_file(text)) {
        *reason = "it is no registry export, no output of reg query and no environment";
        return STATUS_INVALID;
    }
    status = read_registry(text, setup);
    if (status == STATUS_NOT_FOUND)
        *reason = "it has no key of how Windows or Exchange were installed";
    return status;
}

static enum status read_file(struct windows_setup *setup, const char **reason)
{
    struct text_file *text;
    FILE *file;
    enum status status = gather_file_open(setup->path, &file, reason);

    if (status != STATUS_OK)
        return status;
    text = text_file_new(file);
    status = read_text(text, setup, reason);
    text_file_free(text);
    if (ferror(file)) {
        status = STATUS_IO;
        *reason = NULL;
    }
    fclose(file);
    return status;
}

/* ---- a machine ---- */

/* What a closed key has is not known; without any that is open nothing is. */
static enum status read_keys(const char *machine, struct registry_text *reader, uint64_t *covered)
{
    enum status outcome = STATUS_NOT_SUPPORTED;

    for (size_t i = 0; i < KEYS; i++) {
        const char *key = keys[i] + sizeof REGISTRY_MACHINE - 1;
        enum status status =
            i == UPGRADES ? platform_registry_walk(machine, key, registry_source_take, reader)
                          : platform_registry_values(machine, key, registry_source_take, reader);

        if (status == STATUS_OK || status == STATUS_NOT_FOUND)
            *covered |= (uint64_t)1 << i;
        else if (status != STATUS_DENIED)
            return status;
        else
            outcome = status;
    }
    return *covered ? STATUS_OK : outcome;
}

static enum status read_machine(const char *machine, struct windows_setup *setup,
                                const char **reason)
{
    struct registry_text *reader = begin_registry();
    uint64_t covered = 0;
    enum status status = read_keys(machine, reader, &covered);

    (void)end_registry(reader, covered, setup);
    *reason = machine_reason(machine, MACHINE_REGISTRY, status);
    return status;
}

static void forget(struct windows_setup *setup)
{
    struct setup_text none = {0};

    setup->exchange_path = setup->msi_path_14 = setup->msi_path_15 = setup->windows_path = none;
    setup->now = (struct windows_install){0};
    setup->knows_upgrades = false;
    setup->upgrades = NULL;
    setup->upgrade_count = 0;
    setup->computer = NULL;
}

void gather_windows_setup(struct evidence *item)
{
    struct windows_setup *setup = (struct windows_setup *)item;
    const char *machine = machine_in_path(setup->path), *reason = NULL;
    enum status status =
        machine ? read_machine(machine, setup, &reason) : read_file(setup, &reason);

    item->settled = true;
    if (status == STATUS_OK)
        return;
    forget(setup);
    evidence_fail(item, status, reason);
}
