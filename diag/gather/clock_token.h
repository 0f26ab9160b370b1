/* Tokens in which a server tells of its clock and of itself, however they came. */
#ifndef EXDIAG_GATHER_CLOCK_TOKEN_H
#define EXDIAG_GATHER_CLOCK_TOKEN_H

#include "diag/evidence/clock.h"

#include <stddef.h>

/*
 * NTLM's challenge. `text`: base64, bare or in SPNEGO. Fills in `remote` and what the server
 * tells of itself. STATUS_NOT_FOUND for a challenge that says no time.
 */
enum status clock_read_challenge(struct clock_reading *reading, const char *text, size_t size,
                                 struct clock_sample *sample);

/*
 * Kerberos' error in a token of GSS-API, base64 too. STATUS_NOT_FOUND for one that holds none. What
 * is left of its second is the resolution: of several errors within one, MIT's acceptor (1.20)
 * gives all but the first the time of that first and a microsecond more each, and nothing in them
 * tells them from others.
 */
enum status clock_read_gss_error(struct clock_reading *reading, const char *text, size_t size,
                                 struct clock_sample *sample);

/* The same message by itself, as a KDC sends it. */
enum status clock_read_krb_error(struct clock_reading *reading, const unsigned char *bytes,
                                 size_t size, struct clock_sample *sample);

#endif
