/*
 * What several sources say of one host's clock, together: the interval that most of them have in
 * common (Marzullo's algorithm, the selection of RFC 5905 11.2.1). Who contradicts it is told and
 * has no part in it; nothing is averaged. What answers at one port has one voice, however many
 * protocols it speaks there: it may be a balancer, or another machine.
 *
 * An interval is of the host's clock minus the examiner's, in microseconds (evidence/clock.h). Of
 * two hosts the examiner's clock cancels, whatever is wrong with it.
 */
#ifndef EXDIAG_PROBES_CLOCK_CONSENSUS_H
#define EXDIAG_PROBES_CLOCK_CONSENSUS_H

#include "diag/evidence/clock.h"

enum { CLOCK_OPINIONS_MOST = 64, CLOCK_VOICES_MOST = 32 }; /* of one host */

struct clock_opinion {
    struct clock_interval interval;
    bool is_contradicted; /* it has nothing in common with what most say */
    unsigned voice; /* below CLOCK_VOICES_MOST; opinions of one are counted once. 0: its own */
};

enum clock_agreement {
    CLOCK_SILENT,   /* nobody said anything */
    CLOCK_AGREED,   /* all have an interval in common */
    CLOCK_MAJORITY, /* more than half of the voices have; the others contradict them */
    CLOCK_DIVIDED   /* no one interval is that of more than half of the voices */
};

struct clock_consensus {
    enum clock_agreement agreement;
    struct clock_interval interval; /* of a divided host all that any source says: it is wide */
    size_t agreeing;                /* how many hold the interval; of a divided host the most that
                                       have anything in common */
    size_t agreeing_voices;         /* how many voices these are ... */
    size_t voices;                  /* ... of how many */
};

/*
 * Marks in `opinions` who is contradicted: of a divided host all are. What is beyond
 * CLOCK_OPINIONS_MOST is left out. An interval whose ends are in the wrong order says nothing:
 * it counts as contradicted.
 */
struct clock_consensus clock_consensus_of(struct clock_opinion *opinions, size_t count);

/*
 * What a reading with STATUS_OK says of the host's clock beside others. Windows tells most
 * protocols the time of its last tick, IIS that of the last second that it wrote down: the
 * clock may be ahead of that by so much.
 */
struct clock_interval clock_opinion_of(const struct clock_reading *reading);

/* One host's clock minus another's, both measured by one examiner. */
struct clock_interval clock_difference(struct clock_interval one, struct clock_interval other);

bool clock_intervals_meet(struct clock_interval one, struct clock_interval other);

/* ---- what a difference means ---- */

enum { CLOCK_DRIFT_FROM = 60000000 }; /* microseconds: what a working hierarchy never comes to */

enum clock_skew {
    CLOCK_IN_STEP, /* less than CLOCK_DRIFT_FROM, certainly */
    CLOCK_DRIFTED, /* CLOCK_DRIFT_FROM or more, and less than the limit or not certainly beyond */
    CLOCK_BEYOND,  /* the limit or more, certainly */
    CLOCK_TOO_WIDE /* the interval holds both: nothing follows from it */
};

/* `limit`: microseconds, of Kerberos. One below CLOCK_DRIFT_FROM stands for both. */
enum clock_skew clock_skew_of(struct clock_interval difference, int64_t limit);

/*
 * "+0.003 s (from +0.001 s to +0.005 s)": its middle and its ends, these rounded outwards, to a
 * step that its width allows, a millisecond at the least.
 */
void clock_interval_text(struct clock_interval interval, struct buffer *out);

#endif
