/*
 * One direction of a TCP connection, as sequence numbers tell it, and the greeting that
 * a mail server's direction begins with. For mail_trace.c.
 */
#ifndef EXDIAG_READ_MAIL_STREAM_H
#define EXDIAG_READ_MAIL_STREAM_H

#include "diag/read/mail_trace.h"

/* ---- sequence numbers (RFC 9293 3.4): they wrap around ---- */

enum { STREAM_HOLES_MOST = 4 };

struct mail_stream {
    bool is_known;         /* `next` holds */
    bool is_ended;         /* its FIN was seen */
    bool has_acks;         /* `acknowledged` holds */
    bool is_lost;          /* more holes at once than are kept */
    uint8_t holes;         /* counted */
    uint32_t next;         /* the number behind the last seen, FIN included */
    uint32_t acknowledged; /* the highest that is known to be sent: by ACKs, by later numbers */
    uint64_t bytes;
    struct {
        uint32_t begin, end;
    } hole[STREAM_HOLES_MOST];
};

/* The stream begins at this number. */
void mail_stream_begin(struct mail_stream *stream, uint32_t next);

/* Takes a segment; true if it goes further than all before it, by bytes and not by FIN alone. */
bool mail_stream_add(struct mail_stream *stream, uint32_t sequence, size_t size, bool is_fin);

/* The other side has acknowledged what comes before this number. */
void mail_stream_acknowledge(struct mail_stream *stream, uint32_t number);

/* Whether bytes were sent that no segment had. */
bool mail_stream_has_gap(const struct mail_stream *stream);

/* ---- greetings (RFC 5321 4.2) ---- */

enum {
    GREETING_MOST = 128 * 1024,    /* bytes; what is longer is no greeting */
    GREETING_HELD_MOST = 8,        /* segments that came too early, */
    GREETING_HELD_KEPT = 2048,     /* of each so many bytes, */
    GREETING_HELD_BYTES = 16 << 20 /* and of all greetings together */
};

struct mail_greeting_piece;

/*
 * Not smtp_reply.h, which keeps every line with its time in an arena: of a hundred
 * thousand connections, each needs its code and first bytes alone.
 */
struct mail_greeting {
    bool is_open; /* it is being read: more is to come */
    bool is_cut;
    bool is_lost; /* more came too early than is held */
    bool ends_with_cr;
    uint8_t held;
    char head[4];                       /* of the line under way */
    uint32_t line;                      /* bytes of it */
    uint32_t next;                      /* sequence number */
    uint32_t bytes;                     /* so far */
    unsigned code;                      /* once its last line is complete */
    char *text;                         /* the first TRACE_GREETING_KEPT bytes; free() it */
    size_t size;                        /* kept */
    struct mail_greeting_piece *pieces; /* held, in the order they came */
    size_t *held_in_all;                /* bytes, of every greeting; set before the first is held */
};

void mail_greeting_begin(struct mail_greeting *greeting, uint32_t next);
void mail_greeting_release(struct mail_greeting *greeting);

/* Takes a segment of the server; true if it completed the greeting. */
bool mail_greeting_add(struct mail_greeting *greeting, uint32_t sequence,
                       const unsigned char *bytes, size_t size, size_t kept);

#endif
