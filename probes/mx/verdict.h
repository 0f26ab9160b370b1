/*
 * What one address did when it was called, whoever called: this program (a conversation),
 * a machine whose traffic was captured (a connection of a trace). One vocabulary for both.
 * RFC 5321 4.5.3.2.1; KB Q182821.
 */
#ifndef EXDIAG_PROBES_MX_VERDICT_H
#define EXDIAG_PROBES_MX_VERDICT_H

#include "diag/probe.h"

/* X(NAME, "word in audits") */
#define MX_VERDICT_LIST(X)                                                                         \
    X(READY, "ready")               /* 220 at once, or after teaser lines and a pause */           \
    X(DELAYED, "delayed")           /* 220 after 1 to 30 s */                                      \
    X(SLOW, "slow")                 /* 220 after 30 s and more */                                  \
    X(STALL, "stall")               /* accepted, and no complete 220 for 300 s, or none for 5 s    \
                                       and then closed */                                          \
    X(SILENT, "silent")             /* the same for 60 s: long enough to warn */                   \
    X(INCONCLUSIVE, "inconclusive") /* the same for less than that, and still open */              \
    X(CLOSES, "closes")             /* accepted, and closed within 5 s without a greeting */       \
    X(GREETING_REFUSED, "greeting-refused") /* 4xx, 5xx, 521 for a greeting */                     \
    X(STRANGE, "strange")                   /* what it says is no SMTP greeting */                 \
    X(REFUSED, "refused")                   /* the port is closed */                               \
    X(UNREACHABLE, "unreachable")           /* no answer to SYN, no route */                       \
    X(UNKNOWN, "unknown")                   /* it could not be tried, or the trace ends too early */

enum mx_verdict {
#define X(name, word) MX_##name,
    MX_VERDICT_LIST(X)
#undef X
        MX_VERDICT_COUNT
};

const char *mx_verdict_word(enum mx_verdict verdict);

enum { /* milliseconds */
       MX_PROMPT = 1000,
       MX_CLOSES_WITHIN = 5000,
       MX_SLOW_FROM = 30000,
       MX_SILENT_FROM = 60000,
       MX_STALL_FROM = 300000
};

enum mx_verdict mx_verdict_of_conversation(const struct smtp_conversation *conversation);

/*
 * When the peer was there to greet, microseconds since the conversation began: connected,
 * and with TLS at once after the handshake.
 */
int64_t mx_accepted_at(const struct smtp_conversation *conversation);

/* Milliseconds from the connection on that a greeting was waited for. */
int64_t mx_waited(const struct smtp_conversation *conversation);

/* From when on the server was to speak: accepted; where TLS comes first, once the client spoke. */
const struct trace_moment *mx_greeting_due(const struct trace_connection *connection);

/*
 * `trace_end`: microseconds, when the last frame of the trace was taken, or another
 * connection took this one's ports. Where the trace has no times, a connection that was not greeted
 * is MX_INCONCLUSIVE, or MX_CLOSES if the server ended it. What the client ended is judged by how
 * long it had waited.
 */
enum mx_verdict mx_verdict_of_connection(const struct trace_connection *connection,
                                         int64_t trace_end);

#endif
