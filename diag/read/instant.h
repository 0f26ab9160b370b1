/*
 * Moments as protocols write them, as microseconds since 1970 UTC. Only texts and numbers
 * that say one moment to the second, without doubt, are read: a date without a zone or
 * without seconds is none, and where a day of the week is given it has to be that day's.
 * Years from 1970 to 9999; zones up to 14 hours from UTC. A leap second is where one can
 * be, at the end of a month of UTC, and is the moment after it, as POSIX counts. What is
 * not a moment leaves `out` alone. Fuzz target: tests/fuzz/instant.c.
 */
#ifndef EXDIAG_READ_INSTANT_H
#define EXDIAG_READ_INSTANT_H

#include "diag/status.h"

#include <stddef.h>
#include <stdint.h>

/*
 * RFC 9110 5.6.7, all three forms of HTTP-date, without white space around it; two-digit
 * years as there, by `now`. STATUS_INVALID for anything else.
 */
enum status instant_from_http_date(const char *text, size_t size, int64_t now, int64_t *out);

/*
 * RFC 5322 3.3 within a longer text, as in the banner of Exchange ("... ready at Fri, 5 Aug
 * 2016 16:24:41 -0700"): the last one in it. English names of days and months, as the
 * grammar has them, and years of four digits. Of the names of zones only UT, UTC, GMT and Z:
 * CST is Chicago's and Shanghai's. STATUS_NOT_FOUND where there is none; STATUS_INVALID
 * where the last one cannot be (31 February), or has another word than its day before a comma.
 */
enum status instant_from_mail_date(const char *text, size_t size, int64_t *out);

/*
 * GeneralizedTime of LDAP (RFC 4517 3.3.13) and Kerberos (RFC 4120 5.2.3), with a zone;
 * a fraction is cut to microseconds. STATUS_INVALID for anything else.
 */
enum status instant_from_generalized_time(const char *text, size_t size, int64_t *out);

/* 100 ns since 1601 (MS-DTYP 2.3.3). STATUS_INVALID for 0, for never, and out of range. */
enum status instant_from_filetime(uint64_t filetime, int64_t *out);

/*
 * 64 bits of RFC 5905 6: seconds since the beginning of an era, and a fraction. The era is the
 * one that comes nearest to `now`, so 2036 makes no difference. STATUS_INVALID for zero.
 * What instant_to_ntp() wrote comes back to the microsecond.
 */
enum status instant_from_ntp(uint64_t timestamp, int64_t now, int64_t *out);
uint64_t instant_to_ntp(int64_t instant);

#endif
