/*
 * Redaction of what configurations of IIS name: what Windows, IIS and Exchange call their own
 * stays (read/iis_names.h), for verdicts rest on it; all else may be a customer's. Results live in
 * `memory`; NULL stays NULL.
 */
#ifndef EXDIAG_EVIDENCE_IIS_WORDS_H
#define EXDIAG_EVIDENCE_IIS_WORDS_H

#include "diag/memory.h"

struct redactor;

typedef const char *iis_words_redactor(const struct redactor *redactor, const char *text,
                                       struct arena *memory);

/* A module's or handler's name, or several between commas; a path in the place of one, too. */
iis_words_redactor iis_words_redact_name;

/* A managed type: "Microsoft.Exchange.HttpProxy.ProxyModule,Microsoft.Exchange.…". */
iis_words_redactor iis_words_redact_type;

/* A path of Windows or of the web, folder by folder; what is below System32 stays as it is. */
iis_words_redactor iis_words_redact_path;

/* An application pool. */
iis_words_redactor iis_words_redact_pool;

/* A host of a binding; and its address. */
iis_words_redactor iis_words_redact_host;
iis_words_redactor iis_words_redact_ip;

/* Who a pool runs as: what Windows has of itself stays. */
iis_words_redactor iis_words_redact_identity;

/* A section: "system.webServer/handlers". */
iis_words_redactor iis_words_redact_section;

#endif
