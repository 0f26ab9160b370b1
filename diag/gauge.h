/*
 * Gauges: numbers that monitoring follows from run to run, such as how many lookups a record needs.
 * A probe measures them (probe.h, measure()) whether anything is wrong or not; performance data and
 * metrics are made of them. What stands on a scale (scale.h) whose gauge is named is measured, too.
 */
#ifndef EXDIAG_GAUGE_H
#define EXDIAG_GAUGE_H

#include "diag/buffer.h"

#include <stdint.h>

enum { GAUGE_NO_LIMIT = 0, GAUGE_DECIMALS_MOST = 6 };

/* Const, beside the kinds of finding. */
struct gauge {
    const char *id;    /* snake_case, with its unit at the end: "mx_greeting_seconds"; a contract */
    const char *help;  /* one line without a full stop */
    unsigned decimals; /* so many of a value's digits stand behind the point */
    bool is_in_seconds; /* otherwise it is a number of things */
    bool is_signed;     /* below zero is as wrong as above it */
    int64_t warning;    /* what is farther from zero is wrong; or GAUGE_NO_LIMIT */
    int64_t critical;   /* the same */
};

struct measure {
    const struct gauge *gauge;
    const char *subject; /* printable */
    const char *part;    /* of the subject, printable; or NULL */
    int64_t value;
    int64_t warning, critical; /* as of the gauge */
};

/* "-0.25": without an exponent, whatever the locale is. */
void gauge_write(const struct gauge *gauge, int64_t value, struct buffer *out);

#endif
