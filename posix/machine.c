#include "diag/platform.h"

enum status platform_registry_walk(const char *key, platform_registry_take *take, void *context)
{
    (void)key;
    (void)take;
    (void)context;
    return STATUS_NOT_SUPPORTED;
}

enum status platform_service_runs(const char *name, bool *runs)
{
    (void)name;
    *runs = false;
    return STATUS_NOT_SUPPORTED;
}
