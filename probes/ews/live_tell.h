/* What was seen of a mailbox over EWS, in words. */
#ifndef EXDIAG_PROBES_EWS_LIVE_TELL_H
#define EXDIAG_PROBES_EWS_LIVE_TELL_H

#include "probes/ews/live.h"

/* The finding's values, the items of this kind through each server, and what others say to it. */
void live_tell(struct finding *finding, const struct live_view *view,
               const struct finding_kind *kind);

/* The values by which its steps name the mailbox, and the server; `node` may be NULL. */
void live_name(struct finding *finding, const struct live_view *view, const struct live_node *node);

/* How the conversation ended, with what a web server said. */
void live_tell_obstacle(struct finding *finding, const struct ews_survey *survey);

/* The test item: refused, or still there. */
void live_tell_test_item(const struct live_view *view);

#endif
