/*
 * The connections of a trace that its result will have, of however many there were. For
 * mail_trace.c.
 */
#ifndef EXDIAG_READ_MAIL_KEPT_H
#define EXDIAG_READ_MAIL_KEPT_H

#include "diag/read/mail_lookups.h"

/* From what may go first to what should stay. */
enum mail_rank {
    MAIL_NOT_JUDGED, /* it began before the trace, lacks frames, or the client never came */
    MAIL_WELCOMED,
    MAIL_WELCOMED_LATE,
    MAIL_NOT_WELCOMED,
    MAIL_RANKS
};

struct mail_kept_connection {
    struct trace_connection seen; /* the greeting is from malloc() */
    uint64_t first_frame;
    struct mail_path path; /* held */
};

struct mail_kept;

struct mail_kept *mail_kept_new(struct mail_lookups *lookups);
void mail_kept_free(struct mail_kept *kept);

/* Takes over the connection, and may let it go, or another one for it. */
void mail_kept_add(struct mail_kept *kept, const struct mail_kept_connection *connection);

/* All that are kept, in the order of their first frames, with their lookups. */
void mail_kept_collect(struct mail_kept *kept, struct arena *arena, struct mail_trace *out);

#endif
