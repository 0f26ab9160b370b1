/* What a MailStore job log comes to. */
#ifndef EXDIAG_PROBES_EWS_JOB_H
#define EXDIAG_PROBES_EWS_JOB_H

#include "diag/probe.h"

/*
 * Judges the job log at this path. A message whose requests begin before it is put together with
 * those at the end of another one of the run, by thread and time.
 */
void ews_judge_job(struct examination *x, const struct subject *file);

#endif
