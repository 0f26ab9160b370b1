/*
 * Which machine's own evidence may be asked for beside what its server answers: registry, event
 * logs, configurations and files, by the `path` of their questions (diag/probe.h). It is the
 * machine at hand, where a subject is that one by any of its names, or one that the user named, and
 * only on Windows: names out of logs, banners or DNS lead to no machine.
 */
#ifndef EXDIAG_PROBES_MACHINE_H
#define EXDIAG_PROBES_MACHINE_H

#include "diag/probe.h"

/*
 * False while that is on its way. Else *path is "" for the machine at hand, "\\\\name" for another
 * one that may be asked, in pass memory, or NULL: nothing of this server is to be had so. `server`:
 * a server or domain controller.
 */
bool machine_of(struct examination *x, const struct subject *server, const char **path);

/* The same for a name or address, which is that of a server or domain controller of the run. */
bool machine_named(struct examination *x, const char *name, const char **path);

#endif
