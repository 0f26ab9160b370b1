/* Pseudonyms in how a host keeps its time: what stays is said in time_settings.h. */
#ifndef EXDIAG_EVIDENCE_TIME_SETTINGS_REDACT_H
#define EXDIAG_EVIDENCE_TIME_SETTINGS_REDACT_H

#include "diag/evidence/time_settings.h"

struct redactor;

/* All but the path. */
void time_settings_redact(struct time_settings *settings, const struct redactor *redactor);

#endif
