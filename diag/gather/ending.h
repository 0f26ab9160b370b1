/*
 * Whether a run is to end: for workers that leave something behind if they are simply written off.
 * For all threads; the last to leave frees it.
 */
#ifndef EXDIAG_GATHER_ENDING_H
#define EXDIAG_GATHER_ENDING_H

#include <stdbool.h>
#include <stdint.h>

struct ending;

struct ending *ending_new(void);
struct ending *ending_share(struct ending *ending);
void ending_leave(struct ending *ending); /* NULL is allowed */

void ending_begin(struct ending *ending);
bool ending_has_begun(struct ending *ending);

/* Until then, monotonic microseconds; or, unless `stubborn`, until it begins: then false. */
bool ending_wait(struct ending *ending, int64_t until, bool stubborn);

#endif
