/* What logs of web requests say of EWS: those of IIS, and Exchange's own. */
#ifndef EXDIAG_PROBES_EWS_REQUESTS_H
#define EXDIAG_PROBES_EWS_REQUESTS_H

#include "diag/probe.h"

enum {
    EWS_FAILURES_LEAST = 10,     /* fewer do not make a problem of a log */
    EWS_FAILURES_PER_MILLE = 10, /* of all requests but challenges, neither do fewer */
    EWS_OF_ONE_PER_MILLE = 50,   /* the same, where one client alone has them and no code tells */
    EWS_TRANSIENT_LEAST = 16, /* transient errors of GetItem: an archiver's tries for one message */
    EWS_REFUSED_LEAST = 12    /* where none of so many is answered, nobody is */
};

/*
 * Judges the log at this path. What clients cause themselves (a message that is gone, no right) is
 * told, and is no problem of the server.
 */
void ews_judge_requests(struct examination *x, const struct subject *file);

#endif
