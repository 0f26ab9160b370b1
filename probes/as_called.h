/*
 * How a run was called, as values of a finding, so that a step can repeat it: each "resolver" of
 * --dns, and each "kept-port" of --port for one of these services, as "https=8443".
 */
#ifndef EXDIAG_PROBES_AS_CALLED_H
#define EXDIAG_PROBES_AS_CALLED_H

#include "diag/probe.h"

void set_as_called(struct examination *x, struct finding *finding, const enum service *services,
                   size_t count);

#endif
