/* Files that could not be read, or not all of them: what is concluded from them is the less. */
#ifndef EXDIAG_PROBES_SPN_LOSSES_H
#define EXDIAG_PROBES_SPN_LOSSES_H

#include "diag/probe.h"

/* Of a file of this type (PROBE_READS), as the finding that it would have been evidence for. */
void spn_tell_losses(struct examination *x, const struct subject *file, uint64_t type);

#endif
