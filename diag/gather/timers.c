#include "diag/gather/timers.h"

#include "diag/memory.h"

#include <stdlib.h>
#include <string.h>

void timers_release(struct timers *timers)
{
    free(timers->heap);
    memset(timers, 0, sizeof *timers);
}

static void put(struct timers *timers, size_t place, struct timer *timer)
{
    timers->heap[place - 1] = timer;
    timer->place = place;
}

static struct timer *at(const struct timers *timers, size_t place)
{
    return timers->heap[place - 1];
}

/* Moves a timer to where it belongs, up or down from `place`. */
static void settle_in(struct timers *timers, struct timer *timer, size_t place)
{
    for (; place > 1 && timer->due < at(timers, place / 2)->due; place /= 2)
        put(timers, place, at(timers, place / 2));
    for (size_t child = place * 2; child <= timers->count; child = place * 2) {
        if (child < timers->count && at(timers, child + 1)->due < at(timers, child)->due)
            child++;
        if (timer->due <= at(timers, child)->due)
            break;
        put(timers, place, at(timers, child));
        place = child;
    }
    put(timers, place, timer);
}

void timers_set(struct timers *timers, struct timer *timer, int64_t due)
{
    timer->due = due;
    if (!timer->place) {
        timers->heap =
            memory_grow(timers->heap, &timers->room, timers->count, sizeof *timers->heap);
        put(timers, ++timers->count, timer);
    }
    settle_in(timers, timer, timer->place);
}

void timers_stop(struct timers *timers, struct timer *timer)
{
    size_t place = timer->place;
    struct timer *last;

    if (!place)
        return;
    timer->place = 0;
    last = at(timers, timers->count--);
    if (last != timer)
        settle_in(timers, last, place);
}

struct timer *timers_first(const struct timers *timers)
{
    return timers->count ? timers->heap[0] : NULL;
}
