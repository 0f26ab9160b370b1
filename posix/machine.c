#include "diag/platform.h"

enum status platform_registry_walk(const char *key, platform_registry_take *take, void *context)
{
    (void)key;
    (void)take;
    (void)context;
    return STATUS_NOT_SUPPORTED;
}

enum status platform_registry_values(const char *key, platform_registry_take *take, void *context)
{
    return platform_registry_walk(key, take, context);
}

enum status platform_service_runs(const char *name, bool *runs)
{
    (void)name;
    *runs = false;
    return STATUS_NOT_SUPPORTED;
}

enum status platform_system_folder(struct buffer *path)
{
    (void)path;
    return STATUS_NOT_SUPPORTED;
}

enum status platform_local_path(const char *path, struct buffer *local, const char **reason)
{
    (void)path;
    (void)local;
    *reason = NULL;
    return STATUS_NOT_SUPPORTED;
}

enum status platform_events_query(const char *query, const struct platform_events_limit *limit,
                                  platform_event_take *take, void *context, bool *more)
{
    (void)query;
    (void)limit;
    (void)take;
    (void)context;
    *more = false;
    return STATUS_NOT_SUPPORTED;
}
