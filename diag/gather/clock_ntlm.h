/* What NTLM's challenge tells of a clock and its host, however it came. */
#ifndef EXDIAG_GATHER_CLOCK_NTLM_H
#define EXDIAG_GATHER_CLOCK_NTLM_H

#include "diag/evidence/clock.h"

#include <stddef.h>

/*
 * `text`: base64, bare or in SPNEGO. Fills in `remote` and what the server tells of itself.
 * STATUS_NOT_FOUND for a challenge that says no time.
 */
enum status clock_read_challenge(struct clock_reading *reading, const char *text, size_t size,
                                 struct clock_sample *sample);

#endif
