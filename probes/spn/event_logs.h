/* The event logs of a run: files, and what servers' own machines say (probes/machine.h). */
#ifndef EXDIAG_PROBES_SPN_EVENT_LOGS_H
#define EXDIAG_PROBES_SPN_EVENT_LOGS_H

#include "diag/probe.h"

#define SPN_EVENT_FILES (PROBE_READS(FILE_TYPE_EVTX) | PROBE_READS(FILE_TYPE_EVENT_XML))

struct spn_event_logs { /* those that could be read; files first */
    const struct event_log_digest **list;
    const struct subject **of; /* beside each: the server whose own machine says it; or NULL */
    size_t count;
};

/* None while one of them is on its way. */
struct spn_event_logs spn_event_logs_of(struct examination *x);

/* That of a file; NULL: it is none, could not be read, or is on its way. */
const struct event_log_digest *spn_event_log_at(struct examination *x, const char *path);

/* What a server's own machine says, read or not; NULL: it may not be asked, or is on its way. */
const struct event_log_digest *spn_event_log_of_machine(struct examination *x,
                                                        const struct subject *server);

#endif
