/* When of the day something happened. */
#ifndef EXDIAG_PROBES_SPN_HOURS_H
#define EXDIAG_PROBES_SPN_HOURS_H

#include "diag/memory.h"

#include <stdint.h>

enum { SPN_HOURS = 24 };

/*
 * "5 of 6 times between 06:00 and 08:00 UTC": the shortest stretch of the day that has four of
 * five, or that it is spread over the day. NULL: fewer than three times are known.
 */
const char *spn_hours_text(const uint32_t hours[SPN_HOURS], struct arena *arena);

#endif
