/* Alike events of host_event.h as one group, in bounded memory. */
#ifndef EXDIAG_READ_HOST_EVENT_GROUPS_H
#define EXDIAG_READ_HOST_EVENT_GROUPS_H

#include "diag/read/host_event.h"

enum { HOST_EVENT_GROUPS_MOST = 200 };

/* Those that differ in their time alone. */
struct host_event_group {
    struct host_event event;
    const char *computer; /* that logged them; "" where it is not told */
    uint64_t count;
    int64_t first, last; /* milliseconds since 1970 UTC; 0: no event tells its time */
};

struct host_event_groups;

struct host_event_groups *host_event_groups_new(void);

/* `time`: milliseconds since 1970 UTC, or 0. Texts are copied. */
void host_event_groups_add(struct host_event_groups *groups, const struct host_event *event,
                           const char *computer, int64_t time);

/*
 * Ends and frees: copies in `arena`, by the time of their first. True if there were more groups
 * than there is room for: events of those are not in any.
 */
bool host_event_groups_end(struct host_event_groups *groups, struct arena *arena,
                           struct host_event_group **out, size_t *count);

#endif
