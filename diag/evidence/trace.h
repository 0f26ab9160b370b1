/*
 * Evidence of kind "trace": what a network capture, or the text that Network Monitor
 * prints, shows of mail. Bounded whatever the file's size.
 */
#ifndef EXDIAG_EVIDENCE_TRACE_H
#define EXDIAG_EVIDENCE_TRACE_H

#include "diag/evidence/evidence.h"
#include "diag/read/mail_trace.h"

struct trace_digest {
    struct evidence evidence;
    const char *path;        /* the question */
    struct mail_trace trace; /* the observation */
};

extern const struct evidence_kind evidence_trace;

#endif
