/*
 * Evidence of kind "event-log": what a Windows event log says of mail, and of
 * web applications that do not start (read/host_event.h), from an .evtx file or an
 * XML export; alike events are one group, so that a log of any size is a few lines.
 *
 * Redacted, names and addresses become the pseudonyms that they have everywhere (redact.h), of a
 * service principal name its host, of a reply its codes stay and nothing else. Errors, mechanisms
 * and commands stay where they are words of Windows or SMTP; connectors become labels. Paths and
 * application pools are treated as in configurations (iis_words.h).
 */
#ifndef EXDIAG_EVIDENCE_EVENT_LOG_H
#define EXDIAG_EVIDENCE_EVENT_LOG_H

#include "diag/evidence/evidence.h"
#include "diag/read/event_groups.h"
#include "diag/read/file_type.h"
#include "diag/read/host_event_groups.h"

struct event_log_digest {
    struct evidence evidence;

    const char *path; /* the question: a file, or a machine (read/machine_path.h) */

    /* the observation */
    enum file_type type; /* FILE_TYPE_EVTX or FILE_TYPE_EVENT_XML */
    struct event_log_account account;
    uint64_t strange;           /* of the ids that say something of mail, with other strings */
    struct event_group *groups; /* by the time of their first */
    size_t group_count;
    bool more; /* groups than there is room for: events of new ones were left out */

    /* What Windows and IIS say of web applications that do not start, by the time of their first.
     */
    struct host_event_group *host_groups;
    size_t host_group_count;
    bool more_host; /* the same of these */
};

extern const struct evidence_kind evidence_event_log;

#endif
