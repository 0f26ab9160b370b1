/*
 * Evidence of kind "smtp": one whole conversation with one address, timed. Greeting,
 * EHLO, STARTTLS, the handshake and the chain of certificates, EHLO again, QUIT; no mail
 * is ever offered. The client says nothing before the greeting is complete.
 *
 * Where X-ANONYMOUSTLS was offered, behind which Exchange's servers see more than others do, a
 * second connection follows for the last three steps: one cannot have both handshakes.
 *
 * The status is that of the TCP connection: STATUS_OK once it was made, however the
 * conversation went on. REFUSED (closed port), TIMED_OUT and UNREACHABLE (no answer, no
 * route) are the peer's or the way's; anything else is this machine's own trouble.
 */
#ifndef EXDIAG_EVIDENCE_SMTP_H
#define EXDIAG_EVIDENCE_SMTP_H

#include "diag/evidence/certificate.h"
#include "diag/read/net_address.h"
#include "diag/read/smtp_reply.h"

/* X(NAME, "word in evidence"): in the order in which they happen */
#define SMTP_STEP_LIST(X)                                                                          \
    X(CONNECT, "connect")                                                                          \
    X(GREETING, "greeting")                                                                        \
    X(EHLO, "ehlo")                                                                                \
    X(HELO, "helo") /* only after EHLO was refused */                                              \
    X(STARTTLS, "starttls")                                                                        \
    X(HANDSHAKE, "handshake") /* on port 465 before the greeting */                                \
    X(EHLO_AGAIN, "ehlo-again")                                                                    \
    X(QUIT, "quit")                                                                                \
    X(ANONYMOUS_TLS, "x-anonymoustls") /* from the second connection to the command's reply */     \
    X(ANONYMOUS_HANDSHAKE, "x-anonymoustls-handshake")                                             \
    X(ANONYMOUS_EHLO, "x-anonymoustls-ehlo")

enum smtp_step {
#define X(name, word) SMTP_##name,
    SMTP_STEP_LIST(X)
#undef X
        SMTP_STEP_COUNT
};

const char *smtp_step_word(enum smtp_step step);

struct smtp_exchange { /* one step that was begun */
    enum smtp_step step;
    int64_t began; /* microseconds since the conversation began, as are all times here */
    int64_t ended;
    /*
     * STATUS_OK: a complete reply, whatever it says, or for CONNECT and handshakes success.
     * TIMED_OUT: the patience or timeout was over. CLOSED: the peer ended the connection,
     * with `was_reset` by RST. MALFORMED, TOO_LARGE: the reply, or the handshake, was none.
     * INVALID, for handshakes: this machine has no certificates to trust, as `reason` says.
     */
    enum status status;
    bool was_reset;
    const char *reason; /* of a failed handshake, for people; or NULL */
    /* Without lines for handshakes, of which only bytes and times are told; empty for CONNECT. */
    struct smtp_reply reply;
};

/* Whether the peer's system took what was sent. */
enum smtp_acknowledged { SMTP_ACK_UNKNOWN, SMTP_ACK_NO, SMTP_ACK_YES };

struct smtp_tls {
    const char *version; /* "TLSv1.3"; NULL: there was no TLS */
    const char *cipher;
    const char *server_name;   /* sent as SNI, or NULL */
    long verify_code;          /* X509_V_OK (0) or why the chain is not trusted */
    const char *verify_text;   /* the same for people */
    struct certificate *chain; /* the peer's own first */
    size_t chain_count;
};

struct smtp_conversation {
    struct evidence evidence;

    /* the question; `server_name` is no part of the key: the first to ask decides */
    struct net_address address;
    bool tls_at_once;        /* port 465: TLS before the greeting */
    const char *server_name; /* for SNI: the exchanger's name, or NULL */

    /* the observation */
    /*
     * Milliseconds that a complete greeting was given, from the moment the connection stood
     * (RFC 5321 4.5.3.2.1: "initial 220 message"); with TLS at once, handshake and greeting.
     */
    unsigned patience;
    unsigned timeout;                /* milliseconds that each other step was given; QUIT less */
    struct smtp_exchange *exchanges; /* in their order */
    size_t exchange_count;
    struct smtp_tls tls;
    /*
     * Where no complete greeting came in time, one QUIT was sent into the silence: did the
     * peer's system acknowledge it? Not asked with TLS at once; Linux alone knows.
     */
    enum smtp_acknowledged quit_acknowledged;
    bool spoke_out_of_turn; /* bytes came that no command had asked for; they were dropped */
};

extern const struct evidence_kind evidence_smtp;

/* A step of the conversation; NULL if it was not begun. */
const struct smtp_exchange *smtp_exchange_of(const struct smtp_conversation *conversation,
                                             enum smtp_step step);

#endif
