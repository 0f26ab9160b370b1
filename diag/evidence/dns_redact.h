/* What evidence "dns" does with a TXT record when it is redacted. */
#ifndef EXDIAG_EVIDENCE_DNS_REDACT_H
#define EXDIAG_EVIDENCE_DNS_REDACT_H

#include "diag/evidence/redact.h"
#include "diag/read/dns_message.h"

/*
 * An SPF record, or what was meant to be one, is text with structure: its names and
 * addresses are replaced, and its strings end where they ended, counted in words and
 * bytes of a word. Any other text is opaque, and the record is left without strings.
 * New strings live in the arena.
 */
void dns_redact_txt(struct dns_record *record, const struct redactor *redactor,
                    struct arena *arena);

/* The text of an SPF record, or of what was meant to be one, as it would be redacted above. */
const char *dns_redact_spf(const char *text, const struct redactor *redactor, struct arena *arena);

#endif
