/* A reply of WS-Management (read/wsman_reply.h) in an evidence file, and without names. */
#ifndef EXDIAG_EVIDENCE_WSMAN_REPLY_FILE_H
#define EXDIAG_EVIDENCE_WSMAN_REPLY_FILE_H

#include "diag/evidence/redact.h"
#include "diag/json.h"
#include "diag/read/wsman_reply.h"

/* Without the ShellId, which is of no use to anybody. */
json_t *wsman_reply_to_json(const struct wsman_reply *reply);

/* NULL where it is none. */
const struct wsman_reply *wsman_reply_from_json(const json_t *object, struct arena *arena);

/* With a pseudonym for the machine, and without what is text for people. */
const struct wsman_reply *wsman_reply_redact(const struct wsman_reply *reply,
                                             const struct redactor *redactor, struct arena *arena);

#endif
