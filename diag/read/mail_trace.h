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

enum { TRACE_TLS_PORT = 465 /* TLS comes first there (RFC 8314): a greeting cannot be read */ };

struct trace_moment {
    uint64_t frame; /* number of the frame, from 1; 0: it is not in the trace */
    int64_t time;
};

struct trace_record {     /* of a DNS answer */
    const char *name;     /* an exchange, folded; NULL: an address */
    struct ip_address ip; /* of an exchange: one that the answer brought along, or IP_NONE */
    uint16_t preference;  /* of an exchange */
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
    bool is_partial;     /* the answer said more: it is cut off, truncated, too long, unreadable */
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
    struct trace_moment ack; /* by the client, that completes the handshake, or a later one */
    struct trace_moment client_first; /* data */
    struct trace_moment server_first;
    struct trace_moment greeted;  /* the frame that completed the greeting's last line */
    struct trace_moment end;      /* the first FIN or RST */
    struct trace_moment replaced; /* without an end: another connection took its ports */
    struct trace_moment last;     /* frame seen of it */
    enum trace_end ended_by;
    uint64_t client_bytes; /* by sequence numbers: each once, those of missing frames too */
    uint64_t server_bytes;
    /*
     * What the server sent until then, any bytes, the first TRACE_GREETING_KEPT. Not read,
     * and empty, on port 465, where TLS comes first, and where neither SYN nor SYN-ACK is
     * in the trace: what is seen of the server then need not be its greeting.
     */
    const char *greeting;
    size_t greeting_size;
    unsigned greeting_code; /* of its last line once that is complete; 0 before, or if it is none */
    bool is_cut;            /* the capture kept too little of its frames to read the greeting */
    /* Frames of it are missing, as sequence numbers and ACKs show, or it gave way to others. */
    bool has_gap;
    /* Indices into `lookups` of those that led here; SIZE_MAX: not in the trace. */
    size_t mx_lookup;      /* whose answer names the exchange, or which has none (RFC 5321 5.1) */
    size_t address_lookup; /* SIZE_MAX too where the MX answer brought the address along */
    const char *exchange;  /* the name that has the server's address, or NULL */
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
    bool is_local_time; /* times are of the capturing machine's zone, which is not known */
    const char *remark; /* why reading ended before the end of the file, or NULL */
};

/* The first frame that is seen of a connection. */
const struct trace_moment *trace_began(const struct trace_connection *connection);

/* The server answered, and nothing shows that the client went on: nobody has to greet then. */
bool trace_is_half_open(const struct trace_connection *connection);

/* ---- from frames ---- */

struct mail_tracer;

enum {
    TRACE_OPEN_MOST = 100000, /* connections at once; the longest idle one gives way */
    TRACE_ANSWERS_MOST = 8192 /* DNS lookups remembered for connections to come */
};

enum trace_link {
    TRACE_LINK_ETHERNET,
    TRACE_LINK_RAW_IP,
    TRACE_LINK_LINUX_SLL,
    TRACE_LINK_LINUX_SLL2,
    TRACE_LINK_NULL,
    TRACE_LINK_NOTE, /* no frame: what the capturing program wrote beside them */
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

/* The times of the frames are of an unknown zone. */
void mail_tracer_set_local_time(struct mail_tracer *tracer);

/* Takes the next frame; nothing points into it afterwards. */
void mail_tracer_add(struct mail_tracer *tracer, const struct trace_frame *frame);

/*
 * The trace, in `arena`, without a remark; the tracer is freed. Of more connections than
 * are kept, those without a welcoming greeting go before the others, and each server has
 * one before any has two. Of lookups those of kept connections are there, then those for
 * MX and for the exchanges they name.
 */
void mail_tracer_end(struct mail_tracer *tracer, struct arena *arena, struct mail_trace *out);

#endif
