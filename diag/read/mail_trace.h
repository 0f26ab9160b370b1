/*
 * What a network trace shows of mail: connections to SMTP's ports, the order of events in
 * each, and the DNS questions that led there. Made from frames by mail_tracer, whose
 * memory is bounded by open connections, or from the text that Network Monitor prints.
 *
 * Times are microseconds since 1970 UTC, as the trace has them; text without dates has
 * none, and its moments then hold 0 and the frame's number alone.
 */
#ifndef EXDIAG_READ_MAIL_TRACE_H
#define EXDIAG_READ_MAIL_TRACE_H

#include "diag/memory.h"
#include "diag/read/net_address.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    TRACE_CONNECTIONS_KEPT = 1000, /* those that failed are kept before healthy ones */
    TRACE_LOOKUPS_KEPT = 2000,
    TRACE_RECORDS_KEPT = 32,  /* of an answer */
    TRACE_GREETING_KEPT = 512 /* bytes */
};

struct trace_moment {
    uint64_t frame; /* number of the frame, from 1; 0: it is not in the trace */
    int64_t time;
};

struct trace_record { /* of a DNS answer */
    const char *name; /* an exchange, dns_name.h; NULL: an address */
    struct ip_address ip;
    uint16_t preference; /* of an exchange */
};

struct trace_lookup { /* a DNS question for MX, A or AAAA */
    const char *name; /* folded */
    uint16_t type;
    struct ip_address server;
    struct trace_moment question;
    struct trace_moment answer;
    uint16_t rcode;
    const struct trace_record *records;
    size_t record_count; /* kept */
};

/* Who ended a connection, and how. */
enum trace_end {
    TRACE_OPEN,
    TRACE_CLIENT_FIN,
    TRACE_CLIENT_RST,
    TRACE_SERVER_FIN,
    TRACE_SERVER_RST
};

struct trace_connection { /* to port 25, 465 or 587 */
    struct net_address client;
    struct net_address server;
    struct trace_moment syn; /* the first; absent where the trace begins later */
    unsigned syns;           /* sent, repeated ones too */
    struct trace_moment syn_ack;
    struct trace_moment ack;          /* that completes the handshake */
    struct trace_moment client_first; /* data */
    struct trace_moment server_first;
    struct trace_moment greeted; /* the frame that completed the greeting */
    struct trace_moment end;     /* the first FIN or RST */
    struct trace_moment last;    /* frame seen of it */
    enum trace_end ended_by;
    uint64_t client_bytes;
    uint64_t server_bytes;
    const char *greeting; /* what the server sent until then; any bytes */
    size_t greeting_size;
    unsigned greeting_code; /* of the greeting once it is complete; 0 before */
    bool is_cut;            /* the capture kept too little of its frames to read the greeting */
    bool has_gap;           /* frames are missing from the trace */
    /* Indices into `lookups` of those that led here; SIZE_MAX: not in the trace. */
    size_t mx_lookup;
    size_t address_lookup;
    const char *exchange; /* the name that address_lookup asked for, or NULL */
};

struct mail_trace {
    uint64_t frames;
    struct trace_moment first, last;      /* frame of the trace */
    uint64_t connection_total;            /* to those ports, kept or not */
    struct trace_connection *connections; /* in the order of their first frames */
    size_t connection_count;
    struct trace_lookup *lookups; /* in the order asked */
    size_t lookup_count;
    uint64_t unread;    /* frames of link types or forms that are not read */
    const char *remark; /* why reading ended before the end of the file, or NULL */
};

/* ---- from frames ---- */

struct mail_tracer;

enum trace_link {
    TRACE_LINK_ETHERNET,
    TRACE_LINK_RAW_IP,
    TRACE_LINK_LINUX_SLL,
    TRACE_LINK_LINUX_SLL2,
    TRACE_LINK_NULL,
    TRACE_LINK_UNKNOWN
};

struct trace_frame {
    uint64_t number;
    int64_t time;
    enum trace_link link;
    const unsigned char *bytes;
    size_t size;     /* that the capture kept */
    size_t original; /* on the wire */
};

struct mail_tracer *mail_tracer_new(void);
void mail_tracer_add(struct mail_tracer *tracer, const struct trace_frame *frame);

/* The trace, in `arena`; the tracer is freed. */
void mail_tracer_end(struct mail_tracer *tracer, struct arena *arena, struct mail_trace *out);

#endif
