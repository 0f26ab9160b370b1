/*
 * The certificates that IIS shows for Exchange's web sites, by what a registry says of bindings and
 * of the computer's store: present, with a key, and in their time. Port 444 is the back end's,
 * which nothing reaches without TLS; 443 the front end's, and of that only the bindings for every
 * name: those by host name may be another site's, and those of one address are, unless Exchange's
 * own site has it. Other ports, stores other than MY, and a front end without TLS of its own (an
 * offloader is before it) are nothing to this program.
 */
#ifndef EXDIAG_PROBES_POWERSHELL_CERTIFICATES_H
#define EXDIAG_PROBES_POWERSHELL_CERTIFICATES_H

#include "probes/powershell/case.h"
#include "probes/powershell/live.h"

/*
 * Gives the causes found (cause.h): one that is merely expired is none, nor one whose port answers
 * yet. `view`: the server as it was asked; or NULL.
 */
unsigned powershell_judge_certificates(struct examination *x, const struct powershell_case *of,
                                       const struct powershell_view *view);

/* Port 444 is bound to something: it is a server of Exchange 2013 or later. */
bool powershell_binds_back_end(const struct bound_certificates *certificates);

#endif
