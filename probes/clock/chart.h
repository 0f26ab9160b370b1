/* The clocks of a run on one scale (diag/scale.h). */
#ifndef EXDIAG_PROBES_CLOCK_CHART_H
#define EXDIAG_PROBES_CLOCK_CHART_H

#include "probes/clock/skew.h"

/* "clocks", in microseconds. */
extern const struct scale clock_scale;

/*
 * Places the host at hand, those that it is held against, the clocks outside and this machine's,
 * as far as they told the time. The nearer a clock is to the source of all time, the higher it
 * ranks; one that is wrong, as third clocks decide (compare.h), is doubted, so that a wrong PDC
 * emulator does not make everybody else look wrong.
 */
void clock_place(struct examination *x, const struct clock_field *field);

#endif
