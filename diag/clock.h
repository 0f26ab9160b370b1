/* Moments as text: RFC 3339, UTC, milliseconds; "2026-11-22T09:05:07.123Z". */
#ifndef EXDIAG_CLOCK_H
#define EXDIAG_CLOCK_H

#include "diag/status.h"

#include <stdbool.h>
#include <stdint.h>

enum { CLOCK_TEXT_SIZE = 25 };

#define CLOCK_DAY INT64_C(86400000) /* milliseconds */

/* `milliseconds` since 1970 UTC; those outside the years 1 to 9999 read as the nearest of them. */
void clock_format(int64_t milliseconds, char out[CLOCK_TEXT_SIZE]);

/* The reverse; fractions of any length and "Z" only. STATUS_INVALID for anything else. */
enum status clock_parse(const char *text, int64_t *milliseconds);

/* Days from 1970-01-01 to a day of the years 1 to 9999; STATUS_INVALID if there is no such day. */
enum status clock_day_number(int year, int month, int day, int64_t *days);

/* Both are of one day, UTC. */
bool clock_is_same_day(int64_t a, int64_t b);

/* "2027-01-31" to the first moment of that day, UTC. */
enum status clock_parse_day(const char *text, int64_t *milliseconds);

#endif
