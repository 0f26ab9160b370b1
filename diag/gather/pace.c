#include "diag/gather/pace.h"

#include <string.h>

enum {
    SECOND = 1000000000, /* nanoseconds, as are the next two */
    MICROSECOND = 1000,
    SAVED_MOST = SECOND / PACE_BURSTS_A_SECOND
};

void pace_init(struct pace *pace, unsigned rate)
{
    memset(pace, 0, sizeof *pace);
    if (rate > 0)
        pace->interval = rate < SECOND ? SECOND / (int64_t)rate : 1;
}

int64_t pace_due(const struct pace *pace)
{
    return (pace->next + MICROSECOND - 1) / MICROSECOND;
}

bool pace_allows(const struct pace *pace, int64_t now)
{
    return now >= pace_due(pace);
}

void pace_count(struct pace *pace, int64_t now)
{
    if (pace->interval == 0)
        return;
    if (pace->next < now * MICROSECOND - SAVED_MOST)
        pace->next = now * MICROSECOND - SAVED_MOST;
    pace->next += pace->interval;
}
