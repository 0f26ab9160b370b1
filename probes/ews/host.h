/* What configurations of IIS say of the EWS virtual directory. */
#ifndef EXDIAG_PROBES_EWS_HOST_H
#define EXDIAG_PROBES_EWS_HOST_H

#include "diag/probe.h"

/*
 * Judges the configuration file at this path: applicationHost.config with the web.config files of
 * the run that belong to it, which are those in the folders nearest to it; a web.config by itself
 * where no applicationHost.config is in the run. The same directory of two servers is compared.
 */
void ews_judge_host(struct examination *x, const struct subject *file);

/* The same of what a server's own machine says, where that may be asked (probes/machine.h). */
void ews_judge_machine(struct examination *x, const struct subject *server);

#endif
