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
 * "token-file" to be filled in, or "ntlm-user" or "basic-user", who is "user" too; and what
 * probes/as_called.h sets.
 */
void live_name(struct finding *finding, const struct live_view *view, const struct live_node *node);

/*
 * What would help to know it, as a value, with "reason": "no-ticket", "certificate",
 * "logon-refused", "basic-refused", "forbidden", "another" (a server that is none), "no-resolver"
 * and "no-address" (with "name" both), "cut-short", "once-more".
 */
void live_reason(struct finding *finding, const char *reason);

/* That is a lack of whoever asks, the same at every server. */
bool live_lacks_ticket(const struct ews_survey *survey);

/* How the conversation ended, with what a web server said; and its reason. */
void live_tell_obstacle(struct finding *finding, const struct ews_survey *survey);

/* The test item: refused, or still there. */
void live_tell_test_item(const struct live_view *view);

#endif
