/*
 * The DNS lookups of a trace for MX, A and AAAA: questions matched with their answers, and
 * remembered for the connections they lead to. For mail_trace.c.
 */
#ifndef EXDIAG_READ_MAIL_LOOKUPS_H
#define EXDIAG_READ_MAIL_LOOKUPS_H

#include "diag/read/frame.h"
#include "diag/read/mail_trace.h"

struct mail_lookups;
struct mail_lookup;

struct mail_lookups *mail_lookups_new(void);
void mail_lookups_free(struct mail_lookups *lookups);

/* Takes what came from or went to port 53, over UDP, or a message in one segment of TCP. */
void mail_lookups_add(struct mail_lookups *lookups, struct trace_moment moment,
                      const struct frame_payload *payload, bool over_tcp);

struct mail_path { /* the lookups that led to a server; NULL: not in the trace */
    struct mail_lookup *mx;
    struct mail_lookup *address;
    const char *exchange;
};

/* The newest so far. They are kept until mail_lookups_release(). */
struct mail_path mail_lookups_find(struct mail_lookups *lookups, const struct ip_address *server);
void mail_lookups_release(struct mail_lookups *lookups, struct mail_path *path);

/* ---- at the end ---- */

/* This path's lookups will be in the result. */
void mail_lookups_choose(struct mail_lookups *lookups, const struct mail_path *path);

/* Those chosen, and as many others as there is room for, copied to `arena`. */
void mail_lookups_collect(struct mail_lookups *lookups, struct arena *arena,
                          struct mail_trace *out);

/* Where a chosen lookup is in the result; SIZE_MAX for NULL. */
size_t mail_lookup_index(const struct mail_lookup *lookup);

#endif
