/*
 * Alike events of mail as one group, in bounded memory: a log of any size is a few lines.
 * Two events are alike if they differ in their time alone, in the number of a connection, and in
 * what a reply says behind its codes, which names a recipient; the group's event is its first.
 *
 * Where there are too many groups, those of passwords that were tried (1035 with another mechanism
 * than Gssapi and ExchangeAuth) give way to others: guessers come from everywhere.
 */
#ifndef EXDIAG_READ_EVENT_GROUPS_H
#define EXDIAG_READ_EVENT_GROUPS_H

#include "diag/read/mail_event.h"

enum { EVENT_GROUPS_MOST = 1000, EVENT_HOURS = 24 };

struct event_group {
    struct mail_event event;
    const char *computer; /* that logged them; "" if longer than MAIL_EVENT_TEXT_MOST */
    uint64_t count;
    int64_t first, last;           /* milliseconds since 1970 UTC; 0: no event tells its time */
    uint32_t by_hour[EVENT_HOURS]; /* UTC; of those that tell their time */
};

struct event_groups;

struct event_groups *event_groups_new(void);

/* `time`: milliseconds since 1970 UTC, or 0. Texts are copied. */
void event_groups_add(struct event_groups *groups, const struct mail_event *event,
                      const char *computer, int64_t time);

/*
 * Ends and frees: copies in `arena`, by the time of their first. True if there were more groups
 * than there is room for: events of those are not in any.
 */
bool event_groups_end(struct event_groups *groups, struct arena *arena, struct event_group **out,
                      size_t *count);

#endif
