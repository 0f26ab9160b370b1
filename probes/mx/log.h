/* What a sender's own records show of the hosts it could not deliver to, which are then called. */
#ifndef EXDIAG_PROBES_MX_LOG_H
#define EXDIAG_PROBES_MX_LOG_H

#include "diag/probe.h"

/* Judges the records in this file, once they are there. */
void mx_judge_log(struct examination *x, const struct subject *file);

#endif
