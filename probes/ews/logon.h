/* Why a logon to EWS came to nothing, as far as the server or the KDC says it, and what helps. */
#ifndef EXDIAG_PROBES_EWS_LOGON_H
#define EXDIAG_PROBES_EWS_LOGON_H

#include "diag/evidence/ews.h"
#include "diag/probe.h"

/* Lines of a finding about a survey that did not come to be; none where it was not the logon. */
void ews_tell_logon(struct finding *finding, const struct ews_survey *survey);

#endif
