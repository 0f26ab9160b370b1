/*
 * Scales: one quantity of several subjects, side by side, before the findings.
 *
 * A probe places spans on a scale (probe.h, place()): what it measured of each subject, with
 * certainty between two ends, against one zero that all of a run have in common. The verdict
 * makes one chart of each scale, run and group: everything in it is then told against one of the
 * spans, the origin, so that a common error of all cancels.
 *
 * Charts of different runs are never merged: their zeros are different ones.
 */
#ifndef EXDIAG_SCALE_H
#define EXDIAG_SCALE_H

#include "diag/buffer.h"
#include "diag/gauge.h"
#include "diag/memory.h"

#include <stdint.h>

/* Where the axis is marked: the way from one stop to the next is drawn as long as any other,
 * and linear in itself. Going down from zero the stops are the same, negative. */
struct scale_stop {
    int64_t at;        /* above zero, in the scale's unit; 0 ends a list */
    const char *label; /* "1 min": both signs are put before it */
};

/* Const, beside the kinds of finding. */
struct scale {
    const char *id;    /* kebab-case, in JSON: "clocks" */
    const char *title; /* for people, lower case, one short word: "clocks" */
    const char *unit;  /* of the numbers in JSON: "us" */
    const char *limit; /* what a span's `critical` is: "the limit of Kerberos" */
    const char
        *told_by; /* the kind of finding at a span's name that says that it is wrong; or NULL */
    const struct scale_stop *stops; /* upwards */
    const struct gauge *gauge;      /* as which monitoring follows each middle; or NULL */
    int64_t warning;                /* a whole span so far from the origin, or farther, is wrong */
    /* "+7 min 0.1 s ± 0.5 s": a span for people, with its sign unless it is at 0; "+1 min" where
     * both ends are one. No more digits than its width makes sense of. */
    void (*write)(int64_t least, int64_t most, struct buffer *out);
};

/* Worst first. */
enum span_standing {
    SPAN_CRITICAL,
    SPAN_WARNING,
    SPAN_UNSURE,
    SPAN_ACCEPTED, /* it is wrong, and the site says that it knows: verdict_charts.h */
    SPAN_RIGHT,
    SPAN_STANDING_COUNT
};

const char *span_standing_word(enum span_standing standing); /* "critical" in JSON */

enum { SPAN_NEVER_CRITICAL = 0 };

struct span {
    const char *name;    /* printable */
    const char *role;    /* "PDC emulator", for people; or NULL */
    int64_t least, most; /* placed: from the run's zero; in a chart: from the origin's middle */
    unsigned rank;       /* the higher, the nearer to right */
    bool is_doubted;     /* others say that it is wrong: no origin while there is another */
    int64_t critical;    /* a whole span so far from the origin, or farther, breaks something; or
                            SPAN_NEVER_CRITICAL */
    const char *group;   /* of those that are to agree; or NULL. Others are on another chart */
    bool is_disputed; /* which of several is wrong is not known: unsure where it would be wrong */
};

struct chart_row {
    struct span span;
    enum span_standing standing; /* the origin is right */
};

struct chart {
    const struct scale *scale;
    size_t run;                   /* of the report */
    const struct chart_row *rows; /* the origin first, then by rank downwards, then by name */
    size_t row_count;
    int64_t critical;    /* the least of all spans'; or SPAN_NEVER_CRITICAL */
    size_t below, above; /* how many stops the axis has on either side: one beyond `critical`, and
                            more where a span needs them */
};

/*
 * Arranges `spans` in `arena`; at least one. Of one name the span of the highest rank is kept, of
 * these the first; it is doubted, or disputed, if any of them is.
 *
 * The origin is one that nobody doubts and that is narrower than the scale's warning, if there is
 * one: of the highest rank, of several the one with which the most others are right, then the
 * narrowest, then the first by name.
 *
 * A standing counts the widths of both: wrong is what is certainly so, right what certainly is
 * not, and unsure what may be either.
 */
void chart_arrange(const struct scale *scale, const struct span *spans, size_t count,
                   struct arena *arena, struct chart *out);

/*
 * Where on the axis a value stands: 0 at its lower end to `length` at its upper one; what is
 * beyond the outermost stop stands there.
 */
uint32_t chart_position(const struct chart *chart, int64_t value, uint32_t length);

#endif
