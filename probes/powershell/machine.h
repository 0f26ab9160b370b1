/*
 * The machine at hand, where the server that is examined is that one and runs Windows: its own
 * configuration, registry, files and event logs are fetched, and judged as files of a server are.
 */
#ifndef EXDIAG_PROBES_POWERSHELL_MACHINE_H
#define EXDIAG_PROBES_POWERSHELL_MACHINE_H

#include "probes/powershell/server.h"

struct powershell_machine {
    bool is_pending;                      /* something is on its way */
    const struct iis_config_file *server; /* its applicationHost.config, read or not; NULL: the
                                             server is another machine, or this is not Windows */
    struct powershell_file file;          /* the same for powershell_server_ask(), if it was read */
    const struct event_log_digest *events; /* read or not; NULL as above */
};

/* In pass memory. "localhost" is the machine at hand, whatever it is called. */
const struct powershell_machine *powershell_machine_of(struct examination *x,
                                                       const struct subject *server);

/* Why the configuration of the machine at hand could not be read, told at the server, if so. */
void powershell_tell_unread(struct examination *x, const struct subject *server);

#endif
