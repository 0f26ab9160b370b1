/*
 * The internal transport certificate of a server: the one that its transport shows other Exchange
 * servers (X-ANONYMOUSTLS), which the directory names and the server's own store has to hold.
 */
#ifndef EXDIAG_PROBES_SPN_TRANSPORT_H
#define EXDIAG_PROBES_SPN_TRANSPORT_H

#include "probes/spn/view.h"

/*
 * smtp-certificate of a server whose own machine may be asked, and which the directory has. Where
 * it names no certificate, or none that can be read, nothing is told.
 */
void spn_tell_transport(struct examination *x, const struct subject *server,
                        const struct spn_view *view);

#endif
