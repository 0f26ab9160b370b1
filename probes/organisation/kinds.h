#ifndef EXDIAG_PROBES_ORGANISATION_KINDS_H
#define EXDIAG_PROBES_ORGANISATION_KINDS_H

#include "diag/finding.h"

extern const struct finding_kind organisation_unread;
extern const struct finding_kind organisation_server_gone;
extern const struct finding_kind run_not_elevated;
extern const struct finding_kind machine_unread;

#endif
