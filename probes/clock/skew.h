/* What the clocks of a host and of those that it is held against amount to, told. */
#ifndef EXDIAG_PROBES_CLOCK_SKEW_H
#define EXDIAG_PROBES_CLOCK_SKEW_H

#include "probes/clock/field.h"

/* clock-skew of the subject at hand. */
void clock_tell_skew(struct examination *x, const struct clock_field *field);

/* Why a host told no time, if it told none. */
void clock_saw_silence(struct finding *finding, const struct clock_host *host);

/* clock-sources-disagree of the subject at hand. */
void clock_tell_sources(struct examination *x, const struct clock_host *host);

#endif
