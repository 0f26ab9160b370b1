/*
 * Series: numbers in their order that belong to one finding and are read best as a picture, such
 * as how long a client waited before each of its requests.
 *
 * A probe plots them (probe.h, plot()); each report draws columns from zero up. None is below zero.
 */
#ifndef EXDIAG_SERIES_H
#define EXDIAG_SERIES_H

#include "diag/buffer.h"

#include <stdint.h>

enum { SERIES_VALUES_MOST = 96 };

/* Const, beside the kinds of finding. */
struct series_kind {
    const char *id;    /* kebab-case, in JSON: "retry-delays" */
    const char *title; /* for people, lower case: "the wait before each request" */
    const char *unit;  /* of the values in JSON: "ms" */
    const char *step;  /* what one value is of, one word: "request" */
    void (*write)(int64_t value, struct buffer *out); /* "3.5 s", for people */
};

struct series {
    const struct series_kind *kind;
    const char *remark;    /* what they are of, printable: "mean of 3 messages"; or NULL */
    uint64_t first;        /* the number of the first step */
    const int64_t *values; /* at least one */
    size_t count;          /* at most SERIES_VALUES_MOST */
};

int64_t series_most(const struct series *series);

/* How many of `levels` parts high the column of a value is: at least 1, unless it is 0. */
uint32_t series_height(const struct series *series, int64_t value, uint32_t levels);

#endif
