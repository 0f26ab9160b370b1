#include "probes/build/own.h"

#include "diag/read/file_list.h"
#include "probes/build/files.h"
#include "probes/build/kinds.h"
#include "probes/machine.h"

#include <string.h>

/* As setup has noted it, with a backslash at its end or without; NULL: it has not. */
static const char *exsetup_of(const struct windows_setup *setup, struct arena *arena)
{
    const char *folder =
        setup->msi_path_15.text ? setup->msi_path_15.text : setup->msi_path_14.text;
    size_t size = folder ? strlen(folder) : 0;

    if (size == 0)
        return NULL;
    return arena_print(arena, "%s%sBin\\ExSetup.exe", folder, folder[size - 1] == '\\' ? "" : "\\");
}

/* False while it is on its way. Every update replaces this file. */
static bool read_exsetup(struct examination *x, const char *path, struct build_machine *machine)
{
    const struct windows_setup *setup = ask_windows_setup(x, path);
    const char *image = NULL, *version;
    const struct installed_files *files;
    struct build_number number;

    if (setup && setup->evidence.status == STATUS_OK)
        image = exsetup_of(setup, pass_memory(x));
    if (!image)
        return setup;
    files = ask_installed_files(x, path, image);
    if (!files || files->evidence.status != STATUS_OK || files->list.count == 0)
        return files;
    version = files->list.files[0].version;
    if (version && build_number_parse(version, strlen(version), &number) == STATUS_OK)
        build_machine_saw(machine, BUILD_BY_SETUP, &number, &files->evidence);
    return true;
}

static bool read_registry(struct examination *x, const char *path, struct build_machine *machine)
{
    bool is_complete = true;

    for (size_t i = 0; i < BUILD_SETUP_KEYS; i++) {
        const struct registry_answer *setup = ask_registry(x, path, build_setup_keys[i]);
        struct build_number numbers[BUILD_SETUP_NUMBERS];
        size_t count = 0;

        is_complete = is_complete && setup;
        if (setup && setup->evidence.status == STATUS_OK)
            count = build_of_setup(setup, numbers);
        for (size_t k = 0; k < count; k++)
            build_machine_saw(machine, BUILD_BY_REGISTRY, &numbers[k], &setup->evidence);
    }
    return is_complete;
}

bool build_read_own(struct examination *x, struct build_machine *machine)
{
    const char *path;
    bool is_complete;

    if (!machine_of(x, machine->server, &path))
        return false;
    if (!path)
        return true;
    is_complete = read_registry(x, path, machine);
    return read_exsetup(x, path, machine) && is_complete;
}

void build_tell_unread(struct examination *x, const struct build_machine *machine)
{
    const struct registry_answer *setup;
    const char *path;

    if (!machine->server || !machine_of(x, machine->server, &path) || !path)
        return;
    setup = ask_registry(x, path, build_setup_keys[0]);
    if (setup && machine_is_unread(&setup->evidence) &&
        machine_is_told_by(x, MACHINE_SOURCE_REGISTRY, "build") &&
        !machine_is_for_elevated(x, machine->server, &setup->evidence))
        machine_saw_unread(unknown(x, &exchange_build_behind, "its own registry could not be read"),
                           machine->server, &setup->evidence);
}
