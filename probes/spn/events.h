/*
 * What Windows event logs say of servers that could not log on to each other: which events are of
 * that kind, whose names they are about, and telling it.
 */
#ifndef EXDIAG_PROBES_SPN_EVENTS_H
#define EXDIAG_PROBES_SPN_EVENTS_H

#include "probes/spn/event_logs.h"
#include "probes/spn/view.h"

/* X(NAME): what an event is about. */
enum spn_event_use {
    SPN_EVENT_OTHER,      /* mail that was refused for what it is */
    SPN_EVENT_OF_SERVERS, /* one server did not let another log on */
    SPN_EVENT_FOLLOWS,    /* what comes of that: relaying refused, if the same host did so */
    SPN_EVENT_UNDECIDED,  /* a ticket of somebody was refused: a server's, or anybody's */
    SPN_EVENT_GUESSING    /* somebody tried a password */
};

enum spn_event_use spn_event_use(const struct mail_event *event);

/* "1706" */
unsigned spn_event_id(const struct mail_event *event);

/*
 * The host that did not let somebody log on, as it was spoken to: of 1704, 1706, 7002, 7004 and
 * 2017. NULL for the others, which that host itself has logged. In `arena`.
 */
const char *spn_event_host(const struct mail_event *event, struct arena *arena);

/* What an error of Windows or Exchange says of the cause; NULL for others. */
const char *spn_event_error_text(const char *error, bool is_itself);

/* One of the logs says that this host did not let others log on. */
bool spn_is_logged(struct examination *x, const char *host);

/* exps-events of a server: by all logs of the run, its own machine's among them. */
void spn_tell_events(struct examination *x, const struct subject *server,
                     const struct spn_view *view);

/* Of a log: the servers that it is about become subjects; what is left is told of the file. */
void spn_tell_events_of_file(struct examination *x, const struct subject *file);

#endif
