#include "diag/gather/machine.h"

#include "diag/gather/file.h"
#include "diag/platform.h"
#include "diag/read/iis_config.h"
#include "diag/read/registry_text.h"
#include "diag/text.h"

#include <string.h>

#define ENVIRONMENT "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"
#define ROOT        "HKEY_LOCAL_MACHINE\\"

enum { PATH_MOST = 4096, DRIVE_SIZE = 2 }; /* "C:" */

const char machine_needs_administrator[] = "only an administrator may read it: run this as one";

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

    if (status != STATUS_OK)
        return status;
    *out = iis_expand(setting, variables, arena);
    if (*out)
        return STATUS_OK;
    *reason = "a variable in its path is not known to this machine";
    return STATUS_NOT_FOLLOWED;
}

static const char *join(const char *folder, const char *name, struct arena *arena)
{
    size_t size = strlen(folder);
    bool has_end = size > 0 && (folder[size - 1] == '\\' || folder[size - 1] == '/');

    return arena_print(arena, "%s%s%s", folder, has_end ? "" : "\\", name);
}

enum status machine_path(const char *machine, const char *folder, const char *name,
                         struct arena *arena, const char **path, const char **reason)
{
    struct buffer local;
    enum status status = expand(machine, folder ? folder : name, arena, path, reason);

    if (status != STATUS_OK)
        return status;
    if (folder)
        *path = join(*path, name, arena);
    buffer_init(&local, PATH_MOST);
    status = platform_local_path(machine, *path, &local, reason);
    *path = buffer_keep(&local, arena);
    return status;
}

static enum status open_path(const char *path, FILE **file, const char **reason)
{
    enum status status = gather_file_open(path, file, reason);

    if (status == STATUS_DENIED)
        *reason = machine_needs_administrator;
    return status;
}

enum status machine_file_open(const char *machine, const char *folder, const char *name,
                              FILE **file, const char **reason)
{
    struct arena arena = {0};
    const char *path;
    enum status status = machine_path(machine, folder, name, &arena, &path, reason);

    if (status == STATUS_OK)
        status = open_path(path, file, reason);
    arena_release(&arena);
    return status;
}

enum status machine_iis_open(const char *machine, const char *name, FILE **file,
                             const char **reason)
{
    struct buffer path;
    enum status status;

    buffer_init(&path, PATH_MOST);
    status = platform_system_folder(machine, &path);
    buffer_print(&path, "\\inetsrv\\config\\%s", name);
    if (status == STATUS_OK)
        status = open_path(path.text, file, reason);
    buffer_release(&path);
    if (status == STATUS_NOT_FOUND)
        *reason = "IIS is not installed on this machine";
    return status;
}
