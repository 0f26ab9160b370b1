/* What host evidence comes to, in findings: their words, their steps' values, their outcome. */
#ifndef EXDIAG_PROBES_CLOCK_SETTINGS_TELL_H
#define EXDIAG_PROBES_CLOCK_SETTINGS_TELL_H

#include "diag/probe.h"
#include "probes/clock/hierarchy.h"

/* time-hierarchy or time-pdc-source, and time-vm-sync, of the machine that the plan is of. */
void clock_settings_tell(struct examination *x, const struct time_plan *plan,
                         const struct time_surroundings *surroundings);

/* That a file says nothing of a machine, and why. */
void clock_settings_tell_nothing(struct examination *x, const struct evidence *source);

#endif
