/* What send logs show of offers: servers without X-EXPS to whom another was to log on. */
#ifndef EXDIAG_PROBES_SPN_OFFERS_IN_LOGS_H
#define EXDIAG_PROBES_SPN_OFFERS_IN_LOGS_H

#include "probes/spn/view.h"

/* The servers of which this log says so become subjects; how many. */
size_t spn_add_masked(struct examination *x, const struct auth_log_digest *log);

/* A log says so of this host. */
bool spn_is_without_offer(struct examination *x, const char *host);

/* exps-absent of a server by what logs say; false where they do not. */
bool spn_tell_offers_in_logs(struct examination *x, const struct spn_view *view);

#endif
