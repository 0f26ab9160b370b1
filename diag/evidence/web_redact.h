/*
 * Redaction of what a web server answered. Kept: its status, the schemes that it offers and what
 * their tokens say, times and sizes, versions, the path of a redirect and the codes in the body.
 */
#ifndef EXDIAG_EVIDENCE_WEB_REDACT_H
#define EXDIAG_EVIDENCE_WEB_REDACT_H

#include "diag/evidence/redact.h"
#include "diag/evidence/web.h"

void web_redact(struct evidence *item, const struct redactor *redactor);

#endif
