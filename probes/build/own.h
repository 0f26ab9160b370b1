/*
 * What a server's own machine tells of its build, where that may be asked (probes/machine.h): the
 * file version of ExSetup.exe, where setup has put it, and what setup has noted in the registry.
 */
#ifndef EXDIAG_PROBES_BUILD_OWN_H
#define EXDIAG_PROBES_BUILD_OWN_H

#include "probes/build/machines.h"

/* Adds it to the machine of a server; false while it is on its way. */
bool build_read_own(struct examination *x, struct build_machine *machine);

/* Says, where no other probe does, that its registry could not be read. */
void build_tell_unread(struct examination *x, const struct build_machine *machine);

#endif
