/* What was seen of a mailbox over EWS, in words. */
#ifndef EXDIAG_PROBES_EWS_LIVE_TELL_H
#define EXDIAG_PROBES_EWS_LIVE_TELL_H

#include "probes/ews/choice.h"
#include "probes/ews/live.h"

/* The finding's values, the items of this kind through each server, and what others say to it. */
void live_tell(struct finding *finding, const struct live_view *view,
               const struct finding_kind *kind);

/* Whether what fails so through one server comes through another. */
enum ews_place live_place(const struct live_view *view, const struct finding_kind *kind);

/*
 * The values by which its steps name the mailbox, and the server; `node` may be NULL. And the run,
 * to be repeated: each "node"; the mailbox as "asked", or as "owner" where --impersonate was given;
 * "token-file", "ntlm-user" or "basic-user" to be filled in.
 */
void live_name(struct finding *finding, const struct live_view *view, const struct live_node *node);

/*
 * How the conversation ended, with what a web server said; and as a value "logon-refused",
 * "forbidden", "another" or "handshake", with "reason", where something known would help.
 */
void live_tell_obstacle(struct finding *finding, const struct ews_survey *survey);

/* The test item: refused, or still there. */
void live_tell_test_item(const struct live_view *view);

#endif
