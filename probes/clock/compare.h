/* One host's clock held against those of others. Pure. */
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

struct clock_comparison {
    const struct clock_host *host;
    struct clock_pair pairs[CLOCK_OTHERS_MOST]; /* with others that told the time */
    size_t count;
    const struct clock_pair *worst; /* that the host is answerable for; NULL: there is none */
};

/* They differ by a minute or more, certainly. */
bool clock_is_apart(const struct clock_pair *pair);
bool clock_are_apart(const struct clock_host *one, const struct clock_host *other, int64_t limit);

/*
 * Of a server: the controller that it differs from, where that is the wrong one and there is no
 * other that the server is not apart from. It is right, and Kerberos fails for it. Or NULL.
 */
const struct clock_pair *clock_wrong_controller(const struct clock_comparison *comparison);

/*
 * Holds `host` against each of `others`, among whom it is not. All of `witnesses`, the others
 * included, have a say in who is wrong, but for the two at hand: clocks outside first, and where
 * they do not decide, those inside; but these follow each other, so none of them has a say against
 * a clock outside, which is right unless other ones say otherwise: of several that agree with
 * nobody none does.
 *
 * `worst` leaves out pairs in which the other one is wrong: those are its own matter; of a PDC
 * emulator, which its domain follows, also pairs of which nobody knows who is wrong. A pair of two
 * wrong ones is the worst only where there is none with a right one. What is beyond
 * CLOCK_OTHERS_MOST is left out.
 */
void clock_compare(const struct clock_host *host, const struct clock_host *const *others,
                   size_t other_count, const struct clock_host *const *witnesses,
                   size_t witness_count, int64_t limit, struct clock_comparison *out);

#endif
