#include "diag/gather/ending.h"

#include "diag/memory.h"
#include "diag/platform.h"

#include <stdlib.h>

enum { LOOK_EVERY = 50 /* milliseconds: a wait of many threads has no bell */ };

struct ending {
    struct platform_mutex *mutex; /* guards what follows */
    unsigned users;
    bool has_begun;
};

struct ending *ending_new(void)
{
    struct ending *ending = memory_new(1, sizeof *ending);

    ending->mutex = platform_mutex_new();
    ending->users = 1;
    return ending;
}

struct ending *ending_share(struct ending *ending)
{
    platform_mutex_lock(ending->mutex);
    ending->users++;
    platform_mutex_unlock(ending->mutex);
    return ending;
}

void ending_leave(struct ending *ending)
{
    unsigned users;

    if (!ending)
        return;
    platform_mutex_lock(ending->mutex);
    users = --ending->users;
    platform_mutex_unlock(ending->mutex);
    if (users > 0)
        return;
    platform_mutex_free(ending->mutex);
    free(ending);
}

void ending_begin(struct ending *ending)
{
    platform_mutex_lock(ending->mutex);
    ending->has_begun = true;
    platform_mutex_unlock(ending->mutex);
}

bool ending_has_begun(struct ending *ending)
{
    bool has_begun;

    platform_mutex_lock(ending->mutex);
    has_begun = ending->has_begun;
    platform_mutex_unlock(ending->mutex);
    return has_begun;
}

bool ending_wait(struct ending *ending, int64_t until, bool stubborn)
{
    for (;;) {
        int64_t left = (until - platform_monotonic_clock() + 999) / 1000;

        if (!stubborn && ending_has_begun(ending))
            return false;
        if (left <= 0)
            return true;
        platform_wait(NULL, 0, NULL, left < LOOK_EVERY ? (int)left : LOOK_EVERY);
    }
}
