/*
 * Pseudonyms for what a directory holds: names that stand in several places of it (a host in
 * dNSHostName, in a service principal name, in a distinguished name) have one pseudonym
 * everywhere. Kept: attribute types, classes, service classes, numbers, and the names of
 * containers that every forest or every Exchange organisation has.
 */
#ifndef EXDIAG_EVIDENCE_DIRECTORY_REDACT_H
#define EXDIAG_EVIDENCE_DIRECTORY_REDACT_H

#include "diag/evidence/directory.h"
#include "diag/evidence/redact.h"

/* "SMTPSVC/mail.contoso.com:25": the service class and the port stay. */
const char *redact_spn(const struct redactor *redactor, const char *spn, struct arena *arena);

/* "CN=EX01,OU=Mail,DC=contoso,DC=com"; what is no name is redacted as text. */
const char *redact_dn(const struct redactor *redactor, const char *dn, struct arena *arena);

/* An account: "EX01$", "CORP\alice", "alice@contoso.com". */
const char *redact_account(const struct redactor *redactor, const char *name, struct arena *arena);

/*
 * A value of this attribute, by what it holds; "" for bytes that are no text. A NUL is behind
 * the result, of *size bytes.
 */
const char *redact_directory_value(const struct redactor *redactor, const char *attribute,
                                   const char *bytes, size_t *size, struct arena *arena);

/* RFC 4515: its assertion values as values of their attributes. */
const char *redact_filter(const struct redactor *redactor, const char *filter, struct arena *arena);

/* Its name and all its values. */
void redact_directory_entry(const struct redactor *redactor, struct directory_entry *entry,
                            struct arena *arena);

void directory_redact(struct directory_answer *answer, const struct redactor *redactor);

#endif
