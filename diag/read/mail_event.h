/*
 * What Exchange's transport writes into the Application log about authentication, understood by
 * provider, id and insertion strings. Exchange 2003: 1704, 1706, 7004, 7010 of
 * MSExchangeTransport; 2007 and later: 1035 and 2017 of the same provider.
 */
#ifndef EXDIAG_READ_MAIL_EVENT_H
#define EXDIAG_READ_MAIL_EVENT_H

#include "diag/read/windows_event.h"

/* X(NAME, "word in evidence", id) */
#define MAIL_EVENT_LIST(X)                                                                         \
    X(EXPS_FAILED, "exps-failed", 1704)                                                            \
    X(EXPS_UNAVAILABLE, "exps-unavailable", 1706)                                                  \
    X(PEER_REFUSED, "peer-refused", 7004)     /* what this server said as a client */              \
    X(CLIENT_REFUSED, "client-refused", 7010) /* what it said to one */                            \
    X(INBOUND_FAILED, "inbound-failed", 1035)                                                      \
    X(OUTBOUND_FAILED, "outbound-failed", 2017)

enum mail_event_kind {
#define X(name, word, id) MAIL_EVENT_##name,
    MAIL_EVENT_LIST(X)
#undef X
        MAIL_EVENT_KIND_COUNT
};

const char *mail_event_word(enum mail_event_kind kind);
enum mail_event_kind mail_event_from_word(const char *word); /* MAIL_EVENT_KIND_COUNT: none */

/* Of the log's own texts, absent ones ""; all but the kind are for people unless they say. */
struct mail_event {
    enum mail_event_kind kind;
    const char *host;    /* 1706, 7004: the other server, as it was spoken to; 7010: its address */
    const char *error;   /* 1706: "0x8009030c"; 1035, 2017: a token, "LogonDenied" */
    const char *command; /* 7004, 7010: the first word, lower case */
    const char *reply;   /* 7004, 7010: begins with its three digits */
    const char *connector; /* 1035, 2017; of 7004, 7010 the number of the virtual server */
    const char *mechanism; /* 1035, 2017 */
    const char *address;   /* 1035: of the client, without brackets */
    const char *target;    /* 2017: "SMTPSVC/mail.contoso.com" */
};

/* The events that are any use here: for the readers of logs. */
extern const struct event_wish mail_event_wishes[];

/* False for an event that is none of these, or has not the strings of its template. Borrows the
 * strings of `event`; what has to be cut out of them lives in `arena`. */
bool mail_event_read(const struct windows_event *event, struct arena *arena,
                     struct mail_event *out);

#endif
