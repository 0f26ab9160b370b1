#include "diag/memory.h"
#include "diag/platform.h"
#include "win32/error.h"
#include "win32/remote.h"
#include "win32/system.h"
#include "win32/wide.h"

#include <stdlib.h>

enum {
    DEPTH_MOST = 8,
    KEY_ROOM = 256,    /* characters: a part of a key has at most 255 */
    NAME_ROOM = 16384, /* and the name of a value 16,383 */
    SUBKEYS_MOST = 4096,
    VALUES_MOST = 65536
};

/* ---- the registry ---- */

struct walk {
    platform_registry_take *take;
    void *context;
    wchar_t *name; /* of a value, NAME_ROOM */
    unsigned char *bytes;
    bool is_remote;
    enum status status; /* of what ended it too soon */
};

static enum status open_key(HKEY parent, const wchar_t *name, HKEY *key)
{
    LSTATUS error = RegOpenKeyExW(parent, name, 0, REGISTRY_RIGHTS, key);

    return error == ERROR_SUCCESS ? STATUS_OK : error_status((unsigned long)error);
}

/*
 * All that there is was seen, or what is left went away meanwhile; or it is a key that stands for
 * performance data, as Perflib\009 does at hand, and has no others.
 */
static bool is_end(const struct walk *walk, LSTATUS error)
{
    return error == ERROR_NO_MORE_ITEMS || error == ERROR_KEY_DELETED ||
           error == ERROR_FILE_NOT_FOUND || (error == ERROR_INVALID_HANDLE && !walk->is_remote);
}

/* What is longer than there is room for is passed by. */
static void take_values(struct walk *walk, HKEY key, const char *path)
{
    for (DWORD i = 0; i < VALUES_MOST; i++) {
        DWORD name_size = NAME_ROOM, size = PLATFORM_REGISTRY_VALUE_MOST, type;
        LSTATUS error =
            RegEnumValueW(key, i, walk->name, &name_size, NULL, &type, walk->bytes, &size);
        char *name;

        if (error == ERROR_MORE_DATA)
            continue;
        if (error != ERROR_SUCCESS) {
            if (!is_end(walk, error))
                walk->status = error_status((unsigned long)error);
            return;
        }
        name = wide_to_utf8(walk->name);
        walk->take(walk->context, path, name, type, walk->bytes, size);
        free(name);
    }
}

static void walk_key(struct walk *walk, HKEY key, const char *path, unsigned depth);

static void walk_below(struct walk *walk, HKEY key, const wchar_t *name, const char *path,
                       unsigned depth)
{
    struct arena memory = {0};
    char *part = wide_to_utf8(name);
    enum status status;
    HKEY below;

    status = open_key(key, name, &below);
    if (status == STATUS_OK) {
        walk_key(walk, below, arena_print(&memory, "%s\\%s", path, part), depth);
        RegCloseKey(below);
    } else if (status != STATUS_NOT_FOUND && status != STATUS_DENIED) {
        walk->status = status;
    }
    free(part);
    arena_release(&memory);
}

/* NOLINTNEXTLINE(misc-no-recursion): no deeper than DEPTH_MOST */
static void walk_key(struct walk *walk, HKEY key, const char *path, unsigned depth)
{
    take_values(walk, key, path);
    for (DWORD i = 0; depth < DEPTH_MOST && i < SUBKEYS_MOST && walk->status == STATUS_OK; i++) {
        wchar_t name[KEY_ROOM];
        DWORD size = KEY_ROOM;
        LSTATUS error = RegEnumKeyExW(key, i, name, &size, NULL, NULL, NULL, NULL);

        if (error != ERROR_SUCCESS) {
            if (!is_end(walk, error))
                walk->status = error_status((unsigned long)error);
            return;
        }
        walk_below(walk, key, name, path, depth + 1);
    }
}

static enum status open_machine(const char *machine, HKEY *root)
{
    *root = HKEY_LOCAL_MACHINE;
    return *machine ? remote_registry(machine, root) : STATUS_OK;
}

static enum status open_path(const char *machine, const char *path, HKEY *key)
{
    wchar_t *wide = wide_from_utf8(path);
    enum status status = STATUS_INVALID;
    HKEY root;

    if (!wide)
        return status;
    status = open_machine(machine, &root);
    if (status == STATUS_OK) {
        status = open_key(root, wide, key);
        if (*machine)
            RegCloseKey(root);
    }
    free(wide);
    return status;
}

/* From `depth` on: DEPTH_MOST is the key itself. */
static enum status walk_from(const char *machine, const char *key, unsigned depth,
                             platform_registry_take *take, void *context)
{
    struct walk walk = {.take = take, .context = context, .is_remote = *machine != '\0'};
    HKEY opened;
    enum status status = open_path(machine, key, &opened);

    if (status != STATUS_OK)
        return status;
    walk.name = memory_new(NAME_ROOM, sizeof *walk.name);
    walk.bytes = memory_new(1, PLATFORM_REGISTRY_VALUE_MOST);
    walk_key(&walk, opened, key, depth);
    RegCloseKey(opened);
    free(walk.name);
    free(walk.bytes);
    return walk.status;
}

enum status platform_registry_walk(const char *machine, const char *key,
                                   platform_registry_take *take, void *context)
{
    return walk_from(machine, key, 0, take, context);
}

enum status platform_registry_values(const char *machine, const char *key,
                                     platform_registry_take *take, void *context)
{
    return walk_from(machine, key, DEPTH_MOST, take, context);
}

/* ---- services ---- */

static enum status query_service(SC_HANDLE service, bool *runs)
{
    SERVICE_STATUS state;

    if (!QueryServiceStatus(service, &state))
        return error_status(GetLastError());
    *runs = state.dwCurrentState == SERVICE_RUNNING ||
            state.dwCurrentState == SERVICE_START_PENDING ||
            state.dwCurrentState == SERVICE_CONTINUE_PENDING;
    return STATUS_OK;
}

static enum status open_service(const char *machine, const char *name, SC_HANDLE *manager,
                                SC_HANDLE *service)
{
    wchar_t *wide = wide_from_utf8(name), *host = *machine ? remote_host(machine) : NULL;
    enum status status = STATUS_INVALID;

    if (wide && (host || !*machine)) {
        *manager = OpenSCManagerW(host, NULL, SC_MANAGER_CONNECT);
        if (*manager)
            *service = OpenServiceW(*manager, wide, SERVICE_QUERY_STATUS);
        status = *service ? STATUS_OK : error_status(GetLastError());
    }
    free(host);
    free(wide);
    return status;
}

enum status platform_service_runs(const char *machine, const char *name, bool *runs)
{
    SC_HANDLE manager = NULL, service = NULL;
    enum status status = open_service(machine, name, &manager, &service);

    *runs = false;
    if (status == STATUS_OK)
        status = query_service(service, runs);
    if (service)
        CloseServiceHandle(service);
    if (manager)
        CloseServiceHandle(manager);
    return status;
}
