/*
 * Pace: so many a second and no more, evenly and not in gusts. Pure; the caller has
 * the clock, in microseconds.
 */
#ifndef EXDIAG_GATHER_PACE_H
#define EXDIAG_GATHER_PACE_H

#include <stdbool.h>
#include <stdint.h>

/* What goes at once after a rest, beside the next one: this part of a second's share. */
enum { PACE_BURSTS_A_SECOND = 100 };

struct pace {
    int64_t interval; /* nanoseconds from one to the next; 0: no limit */
    int64_t next;     /* nanoseconds: when the next may go */
};

/* `rate`: a second; 0: no limit. */
void pace_init(struct pace *pace, unsigned rate);

/* Whether one may go now. */
bool pace_allows(const struct pace *pace, int64_t now);

/* One goes. One that was not allowed to is made up for later. */
void pace_count(struct pace *pace, int64_t now);

/* The moment from which pace_allows(); long ago where there is no limit. */
int64_t pace_due(const struct pace *pace);

#endif
