/* What the probe can say. */
#ifndef EXDIAG_PROBES_BUILD_KINDS_H
#define EXDIAG_PROBES_BUILD_KINDS_H

#include "diag/finding.h"

extern const struct finding_kind exchange_build_unsupported;
extern const struct finding_kind exchange_build_behind;
extern const struct finding_kind exchange_build_mixed;

#endif
