/* Evidence of kind "mail-log": the bounded digest of a sender's records (read/mail_log.h). */
#ifndef EXDIAG_EVIDENCE_MAIL_LOG_H
#define EXDIAG_EVIDENCE_MAIL_LOG_H

#include "diag/evidence/evidence.h"
#include "diag/read/mail_log.h"

struct mail_log_digest {
    struct evidence evidence;
    const char *path;    /* the question */
    struct mail_log log; /* the observation */
};

extern const struct evidence_kind evidence_mail_log;

#endif
