/*
 * What only asking a mailbox shows, beside kinds.h:
 *
 *   ews-mime-recovered   transient errors that passed
 *   ews-test-item        what --plant-test-item made, and could not delete
 */
#ifndef EXDIAG_PROBES_EWS_LIVE_KINDS_H
#define EXDIAG_PROBES_EWS_LIVE_KINDS_H

#include "diag/finding.h"

extern const struct finding_kind ews_mime_recovered;
extern const struct finding_kind ews_test_item;

#endif
