/*
 * What a sender's own records say of the hosts it could not deliver to: Exchange's SMTP
 * send protocol log, message tracking log, the list of queues (Get-Queue, with LastError)
 * and the text of non-delivery reports. Bounded: one entry for each remote host.
 * Fuzz target: tests/fuzz/mail_log.c.
 */
#ifndef EXDIAG_READ_MAIL_LOG_H
#define EXDIAG_READ_MAIL_LOG_H

#include "diag/memory.h"
#include "diag/read/file_type.h"
#include "diag/read/net_address.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    MAIL_LOG_PEERS_KEPT = 1000,
    MAIL_LOG_LINE_KEPT = 1024, /* bytes of a line that is shown */
    MAIL_LOG_LINE_MOST = 1024 * 1024
};

/* X(NAME, "word in evidence") */
#define MAIL_LOG_FAULT_LIST(X)                                                                     \
    X(SILENT, "silent")           /* connected, and no greeting before the sender gave up */       \
    X(CLOSED, "closed")           /* connected, and the other side ended it without a greeting */  \
    X(REFUSED, "refused")         /* Winsock 10061 */                                              \
    X(UNREACHABLE, "unreachable") /* Winsock 10060, 10065, 10051 */                                \
    X(GREETING, "greeting-refused") /* a greeting of 4xx or 5xx */                                 \
    X(ANSWERED, "answered")         /* it answered the mail itself with 4xx or 5xx: it greets */   \
    X(EXPIRED, "expired")           /* 4.4.7: given up after days; says not why */                 \
    X(OTHER, "other") /* 4.4.0, 4.4.1 and alike; or the sender itself ended a connection soon */   \
    X(UNEXPLAINED, "unexplained") /* a queue in Retry whose LastError the list lacks */

enum mail_log_fault {
#define X(name, word) MAIL_LOG_##name,
    MAIL_LOG_FAULT_LIST(X)
#undef X
        MAIL_LOG_FAULT_COUNT
};

const char *mail_log_fault_word(enum mail_log_fault fault);

struct mail_log_place { /* a line, for people to look at */
    uint64_t line;      /* number, from 1; 0: none */
    int64_t time;       /* milliseconds since 1970 UTC; 0: the line has none */
    const char *text;   /* at most MAIL_LOG_LINE_KEPT bytes, any bytes */
};

struct mail_log_peer {          /* a host that mail was to go to */
    const char *host;           /* its name where the file has one, folded, or NULL */
    struct net_address address; /* IP_NONE: the file has none */
    const char *domain;         /* the recipients' domain or next hop, folded, or NULL */
    uint64_t sessions;          /* connections begun */
    uint64_t greeted;           /* of those, with a greeting of 2xx */
    uint64_t faults[MAIL_LOG_FAULT_COUNT];
    /* The longest run of failures at this same host with no other host tried in between. */
    uint64_t most_in_a_row;
    int64_t longest_silence; /* milliseconds between connecting and giving up; -1: not known */
    struct mail_log_place first, last; /* failure */
};

struct mail_log {
    enum file_type type;
    const char *software; /* "Microsoft Exchange Server 15.01.2507.006" of its #Software and
                             #Version, or NULL */
    const char *reporter; /* the host that wrote a non-delivery report, folded, or NULL */
    uint64_t lines;
    uint64_t damaged;    /* that could not be read */
    int64_t first, last; /* milliseconds since 1970 UTC, of lines; 0: unknown */
    uint64_t peer_total;
    struct mail_log_peer *peers; /* those with failures first, then in the order of the file */
    size_t peer_count;
};

struct mail_log_reader;

struct mail_log_reader *mail_log_reader_new(enum file_type type);

/* One line, UTF-8, without its end. */
void mail_log_add(struct mail_log_reader *reader, const char *line, size_t size);

/* What was read, in `arena`; the reader is freed. */
void mail_log_end(struct mail_log_reader *reader, struct arena *arena, struct mail_log *out);

#endif
