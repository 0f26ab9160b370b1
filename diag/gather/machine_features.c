#include "diag/gather/machine_features.h"

#include "diag/gather/machine.h"
#include "diag/platform.h"
#include "diag/read/registry_text.h"
#include "diag/text.h"

#include <string.h>

#define CACHE "SOFTWARE\\Microsoft\\ServerManager\\ServicingStorage\\ServerComponentCache"

struct reading {
    struct arena *arena;
    struct windows_feature_list *list;
    size_t room;
};

/* NULL for a key that is none of a feature, and for values deeper down. */
static const char *feature_of(const char *key)
{
    const char *name = key + sizeof CACHE;
    size_t size;

    if (strlen(key) <= sizeof CACHE)
        return NULL;
    size = strlen(name);
    if (size > FEATURE_NAME_MOST)
        return NULL;
    for (size_t i = 0; i < size; i++) {
        if (name[i] <= ' ' || name[i] > '~' || name[i] == '\\')
            return NULL;
    }
    return name;
}

/* A DWORD is little-endian, whatever its data are made of. */
static enum feature_state state_of(uint32_t type, const unsigned char *bytes, size_t size)
{
    static const enum feature_state states[] = {FEATURE_AVAILABLE, FEATURE_INSTALLED};

    if (type != REGISTRY_DWORD || size != 4 || bytes[1] || bytes[2] || bytes[3] ||
        bytes[0] >= sizeof states / sizeof *states)
        return FEATURE_UNKNOWN;
    return states[bytes[0]];
}

static void take_value(void *context, const char *key, const char *name, uint32_t type,
                       const void *bytes, size_t size)
{
    struct reading *reading = context;
    struct windows_feature_list *list = reading->list;
    const char *feature = text_equal_fold(name, "InstallState") ? feature_of(key) : NULL;

    if (!feature)
        return;
    if (list->count == FEATURE_LIST_MOST) {
        list->is_cut = true;
        return;
    }
    list->features = arena_grow(reading->arena, list->features, &reading->room, list->count,
                                sizeof *list->features);
    list->features[list->count++] =
        (struct windows_feature){arena_copy_string(reading->arena, feature),
                                 FEATURE_OF_SERVER_MANAGER, state_of(type, bytes, size)};
}

enum status machine_features_read(const char *machine, struct arena *arena,
                                  struct windows_feature_list *out, const char **reason)
{
    struct reading reading = {.arena = arena, .list = out};
    enum status status;

    *out = (struct windows_feature_list){0};
    status = platform_registry_walk(machine, CACHE, take_value, &reading);
    if (status == STATUS_OK && out->count == 0)
        status = STATUS_NOT_FOUND;
    if (status == STATUS_NOT_FOUND)
        *reason = "Server Manager has noted no features here: give what Get-WindowsFeature prints "
                  "with --file";
    else
        *reason = machine_reason(machine, MACHINE_REGISTRY, status);
    return status;
}
