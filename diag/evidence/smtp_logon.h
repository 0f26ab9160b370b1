/*
 * Evidence of kind "smtp-logon": the caller logs on to a mail server by Kerberos, as Exchange's
 * servers do to each other (X-EXPS GSSAPI), or as clients do (AUTH GSSAPI, RFC 4954, RFC 4752), and
 * says QUIT. No mail is offered. Tokens enter nothing; of the server's words its codes alone do.
 *
 * STATUS_OK: the server gave its verdict, `code`: 235 where the logon was good, 535, 454 and others
 * where it was not. Else `step` is where it ended. In SMTP_LOGON_TICKET: NOT_FOUND, the caller has
 * no ticket-granting ticket for this realm; REJECTED, the KDC gives no ticket, see `error_code`, or
 * refers to another realm; NOT_SUPPORTED, this machine has no Kerberos library. Later: REJECTED, a
 * reply that ends it before the logon began, `code`; NOT_SUPPORTED, it offers neither mechanism;
 * DENIED, what it sent in the logon was not made with the key of this service; INVALID, this
 * machine's own library has nothing to say to it; and what evidence of kind "smtp" has for
 * connections and replies.
 */
#ifndef EXDIAG_EVIDENCE_SMTP_LOGON_H
#define EXDIAG_EVIDENCE_SMTP_LOGON_H

#include "diag/evidence/evidence.h"
#include "diag/read/net_address.h"

/* X(NAME, "word in evidence"): in the order in which they happen */
#define SMTP_LOGON_STEP_LIST(X)                                                                    \
    X(TICKET, "ticket")                                                                            \
    X(CONNECT, "connect")                                                                          \
    X(GREETING, "greeting")                                                                        \
    X(EHLO, "ehlo")                                                                                \
    X(TLS, "tls")         /* from STARTTLS or X-ANONYMOUSTLS to the EHLO behind it */              \
    X(COMMAND, "command") /* X-EXPS or AUTH */                                                     \
    X(TOKENS, "tokens")

enum smtp_logon_step {
#define X(name, word) SMTP_LOGON_##name,
    SMTP_LOGON_STEP_LIST(X)
#undef X
        SMTP_LOGON_STEP_COUNT
};

const char *smtp_logon_step_word(enum smtp_logon_step step);

struct smtp_logon {
    struct evidence evidence;

    /* the question */
    struct net_address address; /* of the mail server */
    struct net_address kdc;     /* who is asked for the ticket; on Windows the system chooses */
    const char *realm;          /* upper case */
    const char *spn;            /* "SMTPSVC/mail.contoso.com": the user's or the directory's word */

    /* the observation */
    enum smtp_logon_step step; /* the last that was begun */
    const char *caller;        /* "EX01$@CONTOSO.COM"; NULL: not known */
    /*
     * RFC 4120 7.5.9: of the KDC, or in SMTP_LOGON_TOKENS of the server itself, which then ends it
     * as DENIED; 0: there was none.
     */
    int32_t error_code;
    int64_t server_time;     /* of that KRB-ERROR: microseconds since 1970 UTC; 0 */
    const char *mechanism;   /* "X-EXPS GSSAPI", "AUTH GSSAPI"; NULL: it was not come to that */
    bool over_tls;           /* the logon was said behind STARTTLS or X-ANONYMOUSTLS */
    bool over_anonymous_tls; /* it was X-ANONYMOUSTLS */
    unsigned code;           /* of the last reply; 0: none */
    const char *enhanced;    /* its enhanced code, "5.7.8" (RFC 3463), or NULL */
};

extern const struct evidence_kind evidence_smtp_logon;

#endif
