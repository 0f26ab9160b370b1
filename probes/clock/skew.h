/* What the clocks of a host and of those that it is held against amount to, told. */
#ifndef EXDIAG_PROBES_CLOCK_SKEW_H
#define EXDIAG_PROBES_CLOCK_SKEW_H

#include "probes/clock/compare.h"
#include "probes/clock/controllers.h"

struct clock_field { /* a host among others; nothing is pending */
    const struct clock_host *host;
    const struct clock_domain *domain;
    const struct clock_host *others[CLOCK_OTHERS_MOST]; /* that it is held against */
    size_t other_count;
    const struct clock_host *witnesses[CLOCK_OTHERS_MOST]; /* these, and all others known */
    size_t witness_count;
    int64_t limit;                       /* of Kerberos, in microseconds */
    const struct evidence *limit_source; /* of host evidence that tells it; or NULL */
};

/* clock-skew of the subject at hand. */
void clock_tell_skew(struct examination *x, const struct clock_field *field);

/* clock-sources-disagree of the subject at hand. */
void clock_tell_sources(struct examination *x, const struct clock_host *host);

#endif
