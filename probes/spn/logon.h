/*
 * What a logon to a mail server with the caller's own ticket says of that server: pure judgement.
 *
 * X-EXPS is for Exchange's servers: what it answers to anybody else's account may be right, and so
 * proves no failure. AUTH is for people and programs, who may be refused for rights that they do
 * not have: its refusals prove nothing of servers. That a ticket is taken, by whichever of the two,
 * proves that the name, the key and the clocks are in order.
 */
#ifndef EXDIAG_PROBES_SPN_LOGON_H
#define EXDIAG_PROBES_SPN_LOGON_H

#include "diag/evidence/smtp_logon.h"
#include "probes/spn/forest.h"

enum spn_caller {
    SPN_CALLER_UNKNOWN,  /* nobody says who it was */
    SPN_CALLER_PERSON,   /* or a service's account */
    SPN_CALLER_COMPUTER, /* of which the directory does not say that it is Exchange's */
    SPN_CALLER_SERVER,   /* another Exchange server of this forest */
    SPN_CALLER_ITSELF    /* the one that is logged on to */
};

/*
 * `principal`: "EX02$@CONTOSO.COM", "CONTOSO\EX02$", or NULL. `server`: who is logged on to, or
 * NULL. Accounts are those of the forest's own domains.
 */
enum spn_caller spn_caller_of(const char *principal, const struct spn_forest *forest,
                              const struct spn_server *server);

/* X(NAME, "for tests") */
#define SPN_LOGON_LIST(X)                                                                          \
    X(CUT_SHORT, "cut-short") /* this run was */                                                   \
    X(NOT_ASKED, "not-asked")                                                                      \
    X(TAKEN, "taken")           /* 235 */                                                          \
    X(REFUSED, "refused")       /* 535, or another 5xx */                                          \
    X(PUT_OFF, "put-off")       /* 454 */                                                          \
    X(EXPLAINED, "explained")   /* the server says by a Kerberos error why not */                  \
    X(SKEW, "skew")             /* the clocks are too far apart, says the KDC or the server */     \
    X(BUSY, "busy")             /* another 4xx */                                                  \
    X(TOO_LONG, "too-long")     /* the token is longer than it takes: 5.5.6 */                     \
    X(STRANGER, "stranger")     /* who answers has not the key */                                  \
    X(BROKEN_OFF, "broken-off") /* in the logon */                                                 \
    X(NO_CREDENTIALS, "no-ticket-granting-ticket")                                                 \
    X(NO_LIBRARY, "no-library")                                                                    \
    X(NO_TICKET, "no-ticket")     /* the KDC gives none for the name */                            \
    X(REFERRED, "referred")       /* the KDC refers to another realm */                            \
    X(NO_ANSWER, "no-answer")     /* of the KDC */                                                 \
    X(NOT_OFFERED, "not-offered") /* neither mechanism */                                          \
    X(NOT_REACHED, "not-reached") /* the server */                                                 \
    X(TURNED_AWAY, "turned-away") /* before the logon, or TLS is wanted first */

enum spn_logon_result {
#define X(name, word) SPN_LOGON_##name,
    SPN_LOGON_LIST(X)
#undef X
        SPN_LOGON_COUNT
};

const char *spn_logon_word(enum spn_logon_result result);

enum spn_logon_proof {
    SPN_LOGON_PROVES_NOTHING, /* of whether servers can log on; nor that they cannot */
    SPN_LOGON_PROVES_GOOD,
    SPN_LOGON_PROVES_BAD
};

struct spn_logon { /* judged */
    enum spn_logon_result result;
    enum spn_logon_proof proof;
    enum spn_caller caller;
};

struct spn_logon spn_logon_judge(const struct smtp_logon *logon, enum spn_caller caller);

/* X-EXPS, not AUTH. */
bool spn_logon_is_exps(const struct smtp_logon *logon);

#endif
