/*
 * Timers: many moments, the earliest of them at hand. A binary heap: setting and
 * stopping one takes O(log n), asking for the earliest O(1).
 *
 * A timer lives in what it times, and must be stopped before that goes away. A
 * zeroed `struct timer` is stopped; a zeroed `struct timers` is empty.
 */
#ifndef EXDIAG_GATHER_TIMERS_H
#define EXDIAG_GATHER_TIMERS_H

#include <stddef.h>
#include <stdint.h>

struct timer {
    int64_t due;  /* microseconds on the monotonic clock */
    size_t place; /* in the heap, counted from 1; 0: stopped */
    void *owner;
};

struct timers {
    struct timer **heap;
    size_t count;
    size_t room;
};

void timers_release(struct timers *timers);

/* Sets a timer, or moves one that is set. */
void timers_set(struct timers *timers, struct timer *timer, int64_t due);

void timers_stop(struct timers *timers, struct timer *timer);

/* The timer that is due first, or NULL. */
struct timer *timers_first(const struct timers *timers);

#endif
