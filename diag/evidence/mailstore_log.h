/*
 * Evidence of kind "mailstore-log": how the fetching of messages went by a MailStore job log
 * (read/mailstore_log.h): a bounded digest.
 *
 * Neither subjects nor ids of messages are in it, redacted or not: a message is found again by
 * its line, its thread and its own date. Redacted, mailboxes become pseudonyms, the part behind @
 * that which the domain has everywhere (redact.h), and so does the path; the days of messages are
 * left out; counts, times, threads, codes of EWS and names of its calls stay, as far as they are
 * known ones.
 */
#ifndef EXDIAG_EVIDENCE_MAILSTORE_LOG_H
#define EXDIAG_EVIDENCE_MAILSTORE_LOG_H

#include "diag/evidence/evidence.h"
#include "diag/read/mailstore_log.h"

struct mailstore_digest {
    struct evidence evidence;
    const char *path;         /* the question */
    struct mailstore_log log; /* the observation */
};

extern const struct evidence_kind evidence_mailstore_log;

#endif
