/*
 * What time a host thinks it is: one protocol, one address, no credentials. On a worker.
 *
 * SNTP is asked up to four times within half a second; what a server says of a kiss-o'-death is
 * obeyed. Kerberos is asked for a ticket of a client that is nobody, "exdiag-clock", so that
 * whoever reads the KDC's log knows whose question that was; a web server is shown a ticket that is
 * noise, for a service of that name. NTLM over SMTP is left before any logon: the challenge is
 * answered with "*".
 */
#ifndef EXDIAG_GATHER_CLOCK_H
#define EXDIAG_GATHER_CLOCK_H

#include "diag/evidence/clock.h"
#include "diag/gather/gather.h"
#include "diag/gather/http.h"
#include "diag/gather/tls.h"

/* The examiner's two clocks at one moment: microseconds. Read once a run. */
struct clock_origin {
    int64_t wall; /* since 1970 UTC */
    int64_t monotonic;
};

struct clock_origin clock_origin_read(void);

/* What readings share. */
struct clock_means {
    struct clock_origin origin;
    struct tls_trust *trust;   /* NULL: no TLS in SMTP */
    struct http_library *http; /* of those over HTTP */
};

/* Settles the item. Blocks for no longer than gather_clock_allowance(). */
void gather_clock(struct evidence *item, const struct gather_options *options,
                  const struct clock_means *means);

/* Microseconds that a reading may take, and some more. */
int64_t gather_clock_allowance(const struct gather_options *options);

#endif
