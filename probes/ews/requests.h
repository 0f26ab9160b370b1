/* What logs of web requests say of EWS: those of IIS, and Exchange's own. */
#ifndef EXDIAG_PROBES_EWS_REQUESTS_H
#define EXDIAG_PROBES_EWS_REQUESTS_H

#include "diag/probe.h"

enum {
    EWS_FAILURES_LEAST = 10,    /* fewer do not make a problem of a log */
    EWS_FAILURES_PER_MILLE = 10 /* of all requests to EWS, neither do fewer */
};

/*
 * Judges the log at this path. What clients cause themselves (a message that is gone, no right) is
 * told, and is no problem of the server.
 */
void ews_judge_requests(struct examination *x, const struct subject *file);

#endif
