/*
 * Redaction of what a web server answered. Kept: its status, the schemes that it offers and what
 * their tokens say, times and sizes, versions, the path of a redirect, and of the body the codes
 * and the build that it names.
 */
#ifndef EXDIAG_EVIDENCE_WEB_REDACT_H
#define EXDIAG_EVIDENCE_WEB_REDACT_H

#include "diag/evidence/redact.h"
#include "diag/evidence/web.h"

void web_redact(struct evidence *item, const struct redactor *redactor);

#endif
