#include "diag/platform.h"
#include "win32/system.h"

/* From 1601, where FILETIME begins, to 1970, in its units of 100 ns. */
#define TICKS_TO_1970 116444736000000000

enum {
    TICKS_A_MICROSECOND = 10,
    TICKS_A_MILLISECOND = 10000,
    MICROSECONDS = 1000000,
    MILLISECONDS_A_MINUTE = 60000
};

static int64_t ticks_since_1970(void)
{
    FILETIME now;
    ULARGE_INTEGER ticks;

    GetSystemTimePreciseAsFileTime(&now);
    ticks.LowPart = now.dwLowDateTime;
    ticks.HighPart = now.dwHighDateTime;
    return (int64_t)ticks.QuadPart - TICKS_TO_1970;
}

int64_t platform_wall_clock(void)
{
    return ticks_since_1970() / TICKS_A_MILLISECOND;
}

int64_t platform_wall_clock_fine(void)
{
    return ticks_since_1970() / TICKS_A_MICROSECOND;
}

/* The two parts apart, since the counter times a million would overflow within days. */
int64_t platform_monotonic_clock(void)
{
    LARGE_INTEGER frequency;
    LARGE_INTEGER counter;

    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&counter);
    return counter.QuadPart / frequency.QuadPart * MICROSECONDS +
           counter.QuadPart % frequency.QuadPart * MICROSECONDS / frequency.QuadPart;
}

bool platform_utc_offset(int64_t milliseconds, int *minutes)
{
    ULARGE_INTEGER ticks, local_ticks;
    FILETIME moment, local_moment;
    SYSTEMTIME time, local;

    ticks.QuadPart = (ULONGLONG)(milliseconds * TICKS_A_MILLISECOND + (int64_t)TICKS_TO_1970);
    moment.dwLowDateTime = ticks.LowPart;
    moment.dwHighDateTime = ticks.HighPart;
    if (!FileTimeToSystemTime(&moment, &time) ||
        !SystemTimeToTzSpecificLocalTime(NULL, &time, &local) ||
        !SystemTimeToFileTime(&local, &local_moment))
        return false;
    local_ticks.LowPart = local_moment.dwLowDateTime;
    local_ticks.HighPart = local_moment.dwHighDateTime;
    *minutes = (int)(((int64_t)local_ticks.QuadPart - (int64_t)ticks.QuadPart) /
                     ((int64_t)MILLISECONDS_A_MINUTE * TICKS_A_MILLISECOND));
    return true;
}
