/* Whether a server lets other servers log on: what logs say, and a logon of the caller's own. */
#ifndef EXDIAG_PROBES_SPN_EXPS_H
#define EXDIAG_PROBES_SPN_EXPS_H

#include "probes/spn/view.h"

#define SPN_AUTH_FILES                                                                             \
    (PROBE_READS(FILE_TYPE_SMTP_SEND_LOG) | PROBE_READS(FILE_TYPE_SMTP_RECEIVE_LOG))

/* exps-refused of a server. */
void spn_tell_exps(struct examination *x, const struct spn_view *view);

/* Of a protocol log: the servers that it is about become subjects; the rest is told of the file. */
void spn_tell_exps_of_file(struct examination *x, const struct subject *file);

/* A protocol log says that this host did not let others log on. */
bool spn_is_refused_in_logs(struct examination *x, const char *host);

#endif
