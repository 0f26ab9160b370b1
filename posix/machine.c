#include "diag/platform.h"

enum status platform_registry_walk(const char *machine, const char *key,
                                   platform_registry_take *take, void *context)
{
    (void)machine;
    (void)key;
    (void)take;
    (void)context;
    return STATUS_NOT_SUPPORTED;
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
    return STATUS_NOT_SUPPORTED;
}

enum status platform_system_folder(const char *machine, struct buffer *path)
{
    (void)machine;
    (void)path;
    return STATUS_NOT_SUPPORTED;
}

enum status platform_local_path(const char *machine, const char *path, struct buffer *local,
                                const char **reason)
{
    (void)machine;
    (void)path;
    (void)local;
    *reason = NULL;
    return STATUS_NOT_SUPPORTED;
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
    return STATUS_NOT_SUPPORTED;
}

enum status platform_machine(const char *machine, struct platform_machine *out)
{
    (void)machine;
    *out = (struct platform_machine){0};
    return STATUS_NOT_SUPPORTED;
}

enum status platform_is_elevated(bool *is_elevated)
{
    *is_elevated = false;
    return STATUS_NOT_SUPPORTED;
}
