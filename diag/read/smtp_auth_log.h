/*
 * How authentication went in Exchange's SMTP protocol logs, of receive and of send connectors
 * (Exchange 2007 and later): which mechanism was asked for, what the answer was, and what EHLO
 * had offered. By commands, reply codes (RFC 5321, RFC 4954), enhanced status codes (RFC 3463) and
 * tokens, never by sentence. Lines in any order of sessions, cut off anywhere. Bounded: one entry
 * for each remote host and connector. Fuzz target: tests/fuzz/smtp_auth_log.c.
 */
#ifndef EXDIAG_READ_SMTP_AUTH_LOG_H
#define EXDIAG_READ_SMTP_AUTH_LOG_H

#include "diag/memory.h"
#include "diag/read/file_type.h"
#include "diag/read/net_address.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    SMTP_AUTH_PEERS_KEPT = 1000,
    SMTP_AUTH_ERRORS_KEPT = 4,  /* of one peer */
    SMTP_AUTH_NAME_KEPT = 255,  /* bytes of a host's or connector's name */
    SMTP_AUTH_ERROR_KEPT = 40,  /* of a token */
    SMTP_AUTH_LINE_KEPT = 1024, /* of a line that is shown */
    SMTP_AUTH_HOURS = 24,
    SMTP_AUTH_LINE_MOST = 1024 * 1024
};

/* X(NAME, "word in evidence", "verb", "mechanism"): NULL stands for any other. */
#define SMTP_AUTH_MECHANISM_LIST(X)                                                                \
    X(NONE, "none", NULL, NULL) /* no command asked for one, or the log does not show it */        \
    X(EXPS_GSSAPI, "x-exps-gssapi", "X-EXPS", "GSSAPI")                                            \
    X(EXPS_NTLM, "x-exps-ntlm", "X-EXPS", "NTLM")                                                  \
    X(EXPS_EXCHANGEAUTH, "x-exps-exchangeauth", "X-EXPS", "EXCHANGEAUTH")                          \
    X(EXPS_OTHER, "x-exps-other", "X-EXPS", NULL)                                                  \
    X(AUTH_GSSAPI, "auth-gssapi", "AUTH", "GSSAPI")                                                \
    X(AUTH_NTLM, "auth-ntlm", "AUTH", "NTLM")                                                      \
    X(AUTH_LOGIN, "auth-login", "AUTH", "LOGIN")                                                   \
    X(AUTH_OTHER, "auth-other", "AUTH", NULL)

enum smtp_auth_mechanism {
#define X(name, word, verb, mechanism) SMTP_AUTH_##name,
    SMTP_AUTH_MECHANISM_LIST(X)
#undef X
        SMTP_AUTH_MECHANISM_COUNT
};

const char *smtp_auth_mechanism_word(enum smtp_auth_mechanism mechanism);

/* X(NAME, "word in evidence") */
#define SMTP_AUTH_OUTCOME_LIST(X)                                                                  \
    X(ACCEPTED, "accepted")         /* 235 */                                                      \
    X(DENIED, "denied")             /* 535, and what other 5xx answers the command */              \
    X(TEMPORARY, "temporary")       /* 454 4.7.0, and what other 4xx does */                       \
    X(UNSUPPORTED, "unsupported")   /* 500, 502, 504: it is no command or mechanism there */       \
    X(REMARKED, "remarked")         /* no reply, but the log's own server notes the error */       \
    X(FORBIDDEN, "forbidden")       /* 535, after the log's own server notes whose account it */   \
                                    /* is: it knows who logs on, and does not permit it */         \
    X(BROKEN, "broken")             /* the connection ended before there was a reply */            \
    X(REQUIRED, "required")         /* 5.7.3 to another command, or noted */                       \
    X(RELAY_DENIED, "relay-denied") /* 550 5.7.1 or 5.7.54 to RCPT */

enum smtp_auth_outcome {
#define X(name, word) SMTP_AUTH_##name,
    SMTP_AUTH_OUTCOME_LIST(X)
#undef X
        SMTP_AUTH_OUTCOME_COUNT
};

const char *smtp_auth_outcome_word(enum smtp_auth_outcome outcome);

/* X(NAME, "word in evidence"): what an answer to EHLO may hold. */
#define SMTP_AUTH_OFFER_LIST(X)                                                                    \
    X(STARTTLS, "starttls")                                                                        \
    X(ANONYMOUSTLS, "x-anonymoustls")                                                              \
    X(AUTH, "auth")                                                                                \
    X(EXPS, "x-exps") /* with whichever mechanism */                                               \
    X(GSSAPI, "x-exps-gssapi")                                                                     \
    X(NTLM, "x-exps-ntlm")                                                                         \
    X(EXCHANGEAUTH, "x-exps-exchangeauth")                                                         \
    X(MASKED, "masked") /* a keyword of X alone, as firewalls write over those they forbid */

enum smtp_auth_offer {
#define X(name, word) SMTP_AUTH_OFFER_##name,
    SMTP_AUTH_OFFER_LIST(X)
#undef X
        SMTP_AUTH_OFFER_COUNT
};

const char *smtp_auth_offer_word(enum smtp_auth_offer offer);

struct smtp_auth_place { /* a line, for people to look at */
    uint64_t line;       /* number, from 1; 0: none */
    int64_t time;        /* milliseconds since 1970 UTC; 0: the line has none */
    const char *text;    /* at most SMTP_AUTH_LINE_KEPT bytes, any bytes but NUL */
};

struct smtp_auth_error {
    const char *token; /* "LogonDenied", "KdcUnknownEncryptionType", "-2146892990" */
    uint64_t count;
};

struct smtp_auth_peer {         /* what is at the other end of sessions of one connector */
    struct net_address address; /* its port is 0 where it is a client's; IP_NONE: not told */
    const char *connector;      /* its name, any bytes; it is in the language of who made it */
    const char *server; /* what the answering side calls itself, of the last EHLO; or NULL */
    const char *client; /* what the other side does; or NULL */
    uint64_t sessions;
    uint64_t greetings;                     /* answers to EHLO */
    uint64_t offers[SMTP_AUTH_OFFER_COUNT]; /* of these, those that hold it */
    uint64_t outcomes[SMTP_AUTH_MECHANISM_COUNT][SMTP_AUTH_OUTCOME_COUNT];
    struct smtp_auth_error errors[SMTP_AUTH_ERRORS_KEPT]; /* the first ones seen */
    size_t error_count;
    struct smtp_auth_place first, last; /* that was not accepted */
    int64_t taken;                      /* when X-EXPS was last accepted; 0: never, or not told */
    uint64_t streak;                    /* of X-EXPS: failures that came after that */
    uint32_t by_hour[SMTP_AUTH_HOURS];  /* the same, UTC; of those whose line tells its time */
};

struct smtp_auth_log {
    enum file_type type;
    const char *software; /* "Microsoft Exchange Server 15.01.2507.006", or NULL */
    uint64_t lines;
    uint64_t damaged;    /* that could not be read */
    int64_t first, last; /* milliseconds since 1970 UTC, of lines; 0: unknown */
    uint64_t outcomes[SMTP_AUTH_MECHANISM_COUNT][SMTP_AUTH_OUTCOME_COUNT]; /* of all peers */
    /*
     * In the order of the file. Where there are too many, those without failures give way first,
     * then those that failed by passwords alone (AUTH LOGIN, NTLM and others), as guessers do.
     */
    const struct smtp_auth_peer *peers;
    size_t peer_count;
    bool more; /* peers were left out */
};

struct smtp_auth_reader;

/* FILE_TYPE_SMTP_RECEIVE_LOG or FILE_TYPE_SMTP_SEND_LOG. */
struct smtp_auth_reader *smtp_auth_reader_new(enum file_type type);

/* One line, UTF-8, without its end (a CR may be left). */
void smtp_auth_add(struct smtp_auth_reader *reader, const char *line, size_t size);

/* What was read, in `arena`; the reader is freed. */
void smtp_auth_end(struct smtp_auth_reader *reader, struct arena *arena, struct smtp_auth_log *out);

#endif
