#include "diag/platform.h"

#include <time.h>

int64_t platform_wall_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t platform_wall_clock_fine(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t platform_monotonic_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

bool platform_utc_offset(int64_t milliseconds, int *minutes)
{
    time_t moment = (time_t)(milliseconds / 1000);
    struct tm local;

    if (!localtime_r(&moment, &local))
        return false;
    *minutes = (int)(local.tm_gmtoff / 60);
    return true;
}
