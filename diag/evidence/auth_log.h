/*
 * Evidence of kind "auth-log": how authentication went by one of Exchange's SMTP protocol logs
 * (read/smtp_auth_log.h): a bounded digest, by who was at the other end and by connector.
 *
 * Redacted, hosts and addresses become the pseudonyms that they have everywhere (redact.h);
 * counts, times, mechanisms, outcomes and the errors that Windows has names for stay; of lines
 * that are shown, every word that is none of SMTP's becomes a label.
 */
#ifndef EXDIAG_EVIDENCE_AUTH_LOG_H
#define EXDIAG_EVIDENCE_AUTH_LOG_H

#include "diag/evidence/evidence.h"
#include "diag/read/smtp_auth_log.h"

struct auth_log_digest {
    struct evidence evidence;
    const char *path;         /* the question */
    struct smtp_auth_log log; /* the observation */
};

extern const struct evidence_kind evidence_auth_log;

#endif
