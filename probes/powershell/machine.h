/*
 * A server's own machine, where that may be asked (probes/machine.h): its configuration, registry,
 * files and event logs are fetched, and judged as files of a server are.
 */
#ifndef EXDIAG_PROBES_POWERSHELL_MACHINE_H
#define EXDIAG_PROBES_POWERSHELL_MACHINE_H

#include "probes/powershell/case.h"

struct powershell_machine {
    bool is_pending;                      /* something is on its way */
    const struct iis_config_file *server; /* its applicationHost.config, read or not; NULL: it may
                                             not be asked */
    struct powershell_file file;          /* the same for powershell_server_ask(), if it was read */
    const struct event_log_digest *events; /* read or not; NULL as above, as the next */
    const struct bound_certificates *certificates;
};

/* In pass memory. */
const struct powershell_machine *powershell_machine_of(struct examination *x,
                                                       const struct subject *server);

/* What of its own could not be read, told at the server, where no other probe tells it. */
void powershell_tell_unread(struct examination *x, const struct powershell_case *of,
                            const struct subject *server);

#endif
