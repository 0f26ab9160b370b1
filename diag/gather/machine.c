#include "diag/gather/machine.h"

#include "diag/platform.h"
#include "diag/read/iis_config.h"
#include "diag/read/registry_text.h"
#include "diag/text.h"

#include <string.h>

#define ENVIRONMENT "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"
#define ROOT        "HKEY_LOCAL_MACHINE\\"

enum { PATH_MOST = 4096, DRIVE_SIZE = 2 }; /* "C:" */

/* ---- words ---- */

static const struct {
    enum status status;
    bool is_elsewhere;
    const char *texts[MACHINE_EVENTS + 1]; /* by source */
} reasons[] = {
#define ADMINISTRATOR "only an administrator may read it: run this as one"
#define THERE                                                                                      \
    "only its administrators may read it: run this as one of them, or on that machine itself"
#define BY_SMB                                                                                       \
    "it does not answer by SMB (TCP port 445), which the rules \"File and Printer Sharing\" of its " \
    "firewall let in"
#define BY_RPC                                                                                      \
    "it does not answer by RPC (TCP port 135 and one above 49151), which the rules \"Remote Event " \
    "Log Management\" of its firewall let in"
#define NO_REGISTRY                                                                                   \
    "its service Remote Registry (RemoteRegistry) does not run: run this on that machine itself, or " \
    "start it there"
#define NO_LOGON  "it does not take the logon of the user who runs this"
#define NO_TICKET "it does not take the logon of the user who runs this by Kerberos"
    {STATUS_DENIED, false, {ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR}},
    {STATUS_REFUSED, false, {NULL, NULL, "the service Windows Event Log does not answer"}},
    {STATUS_TIMED_OUT, false, {NULL, NULL, "the service Windows Event Log does not answer"}},
    {STATUS_DENIED, true, {THERE, THERE, THERE}},
    {STATUS_REFUSED,
     true,
     {NO_REGISTRY, NO_REGISTRY, "its service Windows Event Log does not answer"}},
    {STATUS_UNREACHABLE, true, {BY_SMB, BY_SMB, BY_RPC}},
    {STATUS_TIMED_OUT, true, {BY_SMB, BY_SMB, BY_RPC}},
    {STATUS_REJECTED, true, {NO_LOGON, NO_LOGON, NO_TICKET}},
};

const char *machine_reason(const char *machine, enum machine_source source, enum status status)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (reasons[i].status == status && reasons[i].is_elsewhere == (*machine != '\0'))
            return reasons[i].texts[source];
    }
    return NULL;
}

bool machine_is_lost(enum status status)
{
    return status == STATUS_UNREACHABLE || status == STATUS_TIMED_OUT || status == STATUS_REJECTED;
}

bool machine_registry_is_lost(enum status status)
{
    return machine_is_lost(status) || status == STATUS_REFUSED;
}

/* ---- variables ---- */

static void take_value(void *context, const char *key, const char *name, uint32_t type,
                       const void *bytes, size_t size)
{
    struct arena memory = {0};

    registry_text_take(context, arena_print(&memory, ROOT "%s", key), name, type, bytes, size);
    arena_release(&memory);
}

/* The folder of Windows, by that of its system files. */
static enum status read_system(const char *machine, struct arena *arena, const char **root,
                               const char **drive)
{
    struct buffer folder;
    enum status status;
    size_t size = 0;

    buffer_init(&folder, PATH_MOST);
    status = platform_system_folder(machine, &folder);
    for (size_t i = 0; i < folder.size; i++) {
        if (folder.text[i] == '\\')
            size = i;
    }
    *root = arena_copy(arena, folder.text, size);
    *drive = arena_copy(arena, folder.text, size > DRIVE_SIZE ? DRIVE_SIZE : size);
    buffer_release(&folder);
    return status;
}

/* Those of Windows first, which values of others may have in them; ended by a name of NULL. */
static enum status read_variables(const char *machine, struct arena *arena,
                                  const struct iis_variable **out)
{
    enum { OWN = 3 };
    const char *const wanted[] = {ROOT ENVIRONMENT, NULL};
    struct registry_text *reader;
    struct registry_export export;
    struct iis_variable *list;
    const char *root, *drive;
    enum status status = read_system(machine, arena, &root, &drive);
    size_t count = OWN;

    if (status != STATUS_OK)
        return status;
    reader = registry_text_new(wanted);
    registry_text_flat(reader);
    (void)platform_registry_values(machine, ENVIRONMENT, take_value, reader);
    registry_text_end(reader, arena, &export);
    list = arena_new(arena, export.count + OWN + 1, sizeof *list);
    list[0] = (struct iis_variable){"SystemRoot", root};
    list[1] = (struct iis_variable){"windir", root};
    list[2] = (struct iis_variable){"SystemDrive", drive};
    for (size_t i = 0; i < export.count; i++) {
        const struct registry_value *value = &export.values[i];
        const char *text = value->text ? iis_expand(value->text, list, arena) : NULL;

        if (text)
            list[count++] = (struct iis_variable){value->name, text};
    }
    *out = list;
    return STATUS_OK;
}

/* ---- paths ---- */

static enum status expand(const char *machine, const char *setting, struct arena *arena,
                          const char **out, const char **reason)
{
    const struct iis_variable *variables;
    enum status status = read_variables(machine, arena, &variables);

    if (status != STATUS_OK) {
        *reason = machine_reason(machine, MACHINE_FILES, status);
        return status;
    }
    *out = iis_expand(setting, variables, arena);
    if (*out)
        return STATUS_OK;
    *reason = "a variable in its path is not known there";
    return STATUS_NOT_FOLLOWED;
}

static const char *join(const char *folder, const char *name, struct arena *arena)
{
    size_t size = strlen(folder);
    bool has_end = size > 0 && (folder[size - 1] == '\\' || folder[size - 1] == '/');

    return arena_print(arena, "%s%s%s", folder, has_end ? "" : "\\", name);
}

static enum status follow(const char *machine, struct arena *arena, const char **path,
                          const char **reason)
{
    struct buffer local;
    enum status status;

    buffer_init(&local, PATH_MOST);
    status = platform_local_path(machine, *path, &local, reason);
    *path = buffer_keep(&local, arena);
    if (!*reason)
        *reason = machine_reason(machine, MACHINE_FILES, status);
    return status;
}

enum status machine_path(const char *machine, const char *folder, const char *name,
                         struct arena *arena, const char **path, const char **reason)
{
    enum status status = expand(machine, folder ? folder : name, arena, path, reason);

    if (status != STATUS_OK)
        return status;
    if (folder)
        *path = join(*path, name, arena);
    return follow(machine, arena, path, reason);
}

/* ---- files ---- */

/* What cannot be looked at tells why only when it is opened. */
enum status machine_open(const char *machine, const char *path, FILE **file, const char **reason)
{
    enum status status = platform_file_open(path, file);

    if (status == STATUS_OK && platform_file_kind(path) != PLATFORM_FILE) {
        fclose(*file);
        status = STATUS_INVALID;
    }
    if (status == STATUS_INVALID)
        *reason = "it is a folder or a device, not a file";
    else
        *reason = machine_reason(machine, MACHINE_FILES, status);
    return status;
}

enum status machine_file_open(const char *machine, const char *folder, const char *name,
                              FILE **file, const char **reason)
{
    struct arena arena = {0};
    const char *path;
    enum status status = machine_path(machine, folder, name, &arena, &path, reason);

    if (status == STATUS_OK)
        status = machine_open(machine, path, file, reason);
    arena_release(&arena);
    return status;
}

static enum status iis_path(const char *machine, const char *name, struct arena *arena,
                            const char **path, const char **reason)
{
    struct buffer folder;
    enum status status;

    buffer_init(&folder, PATH_MOST);
    status = platform_system_folder(machine, &folder);
    *path = arena_print(arena, "%s\\inetsrv\\config\\%s", folder.text, name);
    buffer_release(&folder);
    if (status == STATUS_OK)
        return follow(machine, arena, path, reason);
    *reason = machine_reason(machine, MACHINE_FILES, status);
    return status;
}

enum status machine_iis_open(const char *machine, const char *name, FILE **file,
                             const char **reason)
{
    struct arena arena = {0};
    const char *path;
    enum status status = iis_path(machine, name, &arena, &path, reason);

    if (status == STATUS_OK)
        status = machine_open(machine, path, file, reason);
    arena_release(&arena);
    if (status == STATUS_NOT_FOUND)
        *reason = "IIS is not installed on this machine";
    return status;
}
