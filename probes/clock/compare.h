/*
 * One host's clock held against those of others. Pure.
 *
 * Who of two that differ is wrong, in this order:
 * - Clocks outside that agree with each other, or most of which do, are right: a reference that
 *   the user named, also one that is a controller besides. Contradicting each other they decide
 *   nothing.
 * - Else the controllers that told the time, the two at hand included: those that the most are in
 *   step with. One against one is undecided.
 * - Servers follow controllers, and repeat what these say: no server has a say while two
 *   controllers were heard. Where only one was, servers that agree with each other and are more
 *   than those in step with it speak against it.
 * - A domain follows its PDC emulator, and that the one of the domain above: between these two
 *   only clocks outside decide.
 * What is not decided so is CLOCK_UNDECIDED: nobody is told to set a clock.
 */
#ifndef EXDIAG_PROBES_CLOCK_COMPARE_H
#define EXDIAG_PROBES_CLOCK_COMPARE_H

#include "probes/clock/host.h"

enum { CLOCK_OTHERS_MOST = 48 };

enum clock_blame {                  /* which of two clocks is wrong */
                   CLOCK_UNDECIDED, /* nobody else knows, or others are of two minds */
                   CLOCK_ITSELF,
                   CLOCK_THE_OTHER,
                   CLOCK_BOTH /* a clock outside agrees with neither, and nobody with one of them */
};

struct clock_pair {
    const struct clock_host *other;
    struct clock_interval difference; /* the host's clock minus the other's */
    enum clock_skew skew;
    enum clock_blame blame;
    size_t with_other;   /* those who decide, in step with the other one and not with the host */
    size_t with_host;    /* the reverse */
    size_t with_neither; /* clocks outside that are a minute or more from both */
};

/* What the clocks outside that told the time are to each other. */
struct clock_outside {
    size_t heard;
    const struct clock_host *right[CLOCK_OTHERS_MOST];
    size_t right_count; /* 0 of several: they contradict each other */
    const struct clock_host *outvoted[CLOCK_OTHERS_MOST];
    size_t outvoted_count;
};

struct clock_comparison {
    const struct clock_host *host;
    struct clock_pair pairs[CLOCK_OTHERS_MOST]; /* with others that told the time */
    size_t count;
    const struct clock_pair *worst; /* that the host is answerable for; NULL: there is none */
    struct clock_outside outside;
};

/* They differ by a minute or more, certainly. */
bool clock_is_apart(const struct clock_pair *pair);
bool clock_are_apart(const struct clock_host *one, const struct clock_host *other, int64_t limit);
/* They differ by less, certainly; where neither is so, that is not known. */
bool clock_are_in_step(const struct clock_host *one, const struct clock_host *other, int64_t limit);

/* Clocks outside were heard, and no two that agree are the most of them. */
bool clock_is_outside_divided(const struct clock_outside *outside);

/* The host is wrong: by the worst of its pairs, as it is told. */
bool clock_is_wrong(const struct clock_comparison *comparison);

/*
 * Of a server: a controller that it differs from, of which nobody knows which is wrong, while it
 * is in step with others, but not with the PDC emulator. Or NULL.
 */
const struct clock_pair *clock_disputed(const struct clock_comparison *comparison);

/*
 * Of a server: the controller that it differs from, where that is the wrong one and there is no
 * other that the server is not apart from. It is right, and Kerberos fails for it. Or NULL.
 */
const struct clock_pair *clock_wrong_controller(const struct clock_comparison *comparison);

/*
 * Holds `host` against each of `others`, among whom it is not. All of `witnesses`, the others
 * included, may have a say in who is wrong.
 *
 * `worst` leaves out pairs in which the other one is wrong: those are its own matter. So are pairs
 * of which nobody knows who is wrong: of a PDC emulator, which its domain follows, with any but
 * that of the domain above; of a server that is in step with a controller, with other ones; and
 * with a clock outside that others contradict. A pair of two wrong ones is the worst only where
 * there is none with a right one. What is beyond CLOCK_OTHERS_MOST is left out.
 *
 * `limit`: of Kerberos, in microseconds.
 */
void clock_compare(const struct clock_host *host, const struct clock_host *const *others,
                   size_t other_count, const struct clock_host *const *witnesses,
                   size_t witness_count, int64_t limit, struct clock_comparison *out);

#endif
