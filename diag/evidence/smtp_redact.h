/*
 * What stays of a reply in redacted evidence: codes, enhanced codes, what stands between
 * code and text, asterisks of a firewall, and of EHLO the keywords and parameters that
 * are in the registries or Exchange's own; of a greeting the wording of Microsoft's servers, and
 * the build that they name. All other text is dropped.
 */
#ifndef EXDIAG_EVIDENCE_SMTP_REDACT_H
#define EXDIAG_EVIDENCE_SMTP_REDACT_H

#include "diag/read/smtp_reply.h"

void smtp_redact_reply(struct smtp_reply *reply, bool is_ehlo, struct arena *arena);

#endif
