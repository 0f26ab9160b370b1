/* What the event logs of a machine say, as Windows' own service tells it. */
#ifndef EXDIAG_GATHER_MACHINE_EVENTS_H
#define EXDIAG_GATHER_MACHINE_EVENTS_H

#include "diag/buffer.h"
#include "diag/read/windows_event.h"

enum {
    MACHINE_EVENTS_DAYS = 30,
    MACHINE_EVENTS_MOST = 5000,    /* the newest */
    MACHINE_EVENTS_AT_HAND = 1500, /* milliseconds for all of them, so that no run waits for them */
    MACHINE_EVENTS_PATIENCE = 20000, /* the same of another machine */
    MACHINE_EVENTS_QUESTIONS = 2,    /* that share it: of web applications, and of mail */
    MACHINE_EVENTS_QUERY_MOST = 16384
};

/*
 * The question for the events of these wishes, each of which has an id, in the System and
 * Application logs of the last MACHINE_EVENTS_DAYS and in all of the Setup log, as Windows takes
 * it: a Select for each provider and log, since one Select holds no more than 20 expressions or so.
 * Providers are named by the table alone.
 */
void machine_events_query(const struct event_wish *wishes, struct buffer *out);

/*
 * Calls `take` with each of these events. `more`: there were more than are read. Errors are those
 * of platform_events_query(), with the reason, and STATUS_NOT_SUPPORTED without libxml2.
 */
enum status machine_events_read(const char *machine, const struct event_wish *wishes,
                                event_take *take, void *context, struct event_log_account *account,
                                bool *more, const char **reason);

#endif
