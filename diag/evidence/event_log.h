/*
 * Evidence of kind "event-log": what a Windows event log says of mail, from an .evtx file or an
 * XML export; alike events are one group, so that a log of any size is a few lines.
 */
#ifndef EXDIAG_EVIDENCE_EVENT_LOG_H
#define EXDIAG_EVIDENCE_EVENT_LOG_H

#include "diag/evidence/evidence.h"
#include "diag/read/mail_event.h"

enum { EVENT_GROUPS_MOST = 1000, EVENT_HOURS = 24 };

struct event_group { /* events that differ in their time alone (and the number of a connection) */
    struct mail_event event;
    const char *computer; /* that logged them */
    uint64_t count;
    int64_t first, last;           /* milliseconds since 1970 UTC */
    uint32_t by_hour[EVENT_HOURS]; /* UTC */
};

struct event_log_digest {
    struct evidence evidence;

    const char *path; /* the question */

    /* the observation */
    struct event_log_account account;
    const struct event_group *groups; /* by the time of their first */
    size_t group_count;
    bool more; /* groups than there is room for: events of new ones were left out */
};

extern const struct evidence_kind evidence_event_log;

#endif
