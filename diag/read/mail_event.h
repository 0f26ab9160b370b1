/*
 * What Exchange's transport writes into the Application log about authentication, understood by
 * provider, id and insertion strings. Exchange 2003: 1704, 1706, 7002, 7004, 7010 of
 * MSExchangeTransport; 2007 and later: 1035 and 2017 of the same provider, since 2013 of
 * MSExchangeFrontEndTransport too. Fuzz target: tests/fuzz/mail_event.c.
 */
#ifndef EXDIAG_READ_MAIL_EVENT_H
#define EXDIAG_READ_MAIL_EVENT_H

#include "diag/read/windows_event.h"

/* X(NAME, "word in evidence", id) */
#define MAIL_EVENT_LIST(X)                                                                         \
    X(EXPS_FAILED, "exps-failed", 1704)                                                            \
    X(EXPS_UNAVAILABLE, "exps-unavailable", 1706)                                                  \
    X(PEER_WARNED, "peer-warned", 7002)       /* as 7004, where it may go on all the same */       \
    X(PEER_REFUSED, "peer-refused", 7004)     /* what this server was told as a client */          \
    X(CLIENT_REFUSED, "client-refused", 7010) /* what it told one */                               \
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

enum { MAIL_EVENT_TEXT_MOST = 512 }; /* bytes of one text; cut off beyond, at a whole character */

/*
 * Of the log's own texts, absent ones ""; all but the kind are for people unless they say. Blanks
 * and ends of lines around a text are no part of it.
 */
struct mail_event {
    enum mail_event_kind kind;
    const char *host;    /* 1706, 7004: the other server, as it was spoken to; 7010: its address */
    const char *error;   /* 1704, 1706: "0x8009030c"; 1035, 2017: a token, "LogonDenied" */
    const char *command; /* 7002 to 7010: the first word, lower case */
    const char *reply;   /* 7002 to 7010: begins with its three digits */
    const char *connector; /* 1035, 2017; of 7002 to 7010 the number of the virtual server */
    const char *mechanism; /* 1035, 2017: a token */
    const char *address;   /* 1035: of the client, without brackets, port and zone (RFC 4007); an
                              IPv4 address that is written as IPv6 is one of IPv4 */
    const char *target;    /* 2017: "SMTPSVC/mail.contoso.com" */
};

/* The events that are any use here: for the readers of logs. */
extern const struct event_wish mail_event_wishes[];

/*
 * False for an event that is none of these, or has not the strings of its template: 1704 and 1706
 * tell a host or an error, which stands in their data too; 7002 to 7010 two numbers, a command and
 * a reply; 1035 and 2017 a token for the error and one for the mechanism. What else is missing is
 * "", and so is a string that is left as its place in the template ("%1"). Borrows nothing: the
 * texts live in `arena`.
 */
bool mail_event_read(const struct windows_event *event, struct arena *arena,
                     struct mail_event *out);

/*
 * The codes that a reply begins with, the enhanced one (RFC 3463) included: "550 5.7.1" of
 * "550 5.7.1 Unable to relay". Bytes of them; 0 if it begins with no three digits.
 */
size_t mail_event_codes(const char *reply);

#endif
