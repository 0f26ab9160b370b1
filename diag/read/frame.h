/*
 * Frames as far as mail needs them: the TCP segments of SMTP's ports and of DNS, and the
 * UDP datagrams of DNS, in IPv4 and IPv6, put together where they came in fragments.
 * Every other frame is left as soon as its ports or its protocol are known.
 */
#ifndef EXDIAG_READ_FRAME_H
#define EXDIAG_READ_FRAME_H

#include "diag/read/mail_trace.h"

enum frame_content {
    FRAME_OTHER,  /* nothing of mail, or the part of a datagram whose other parts are to come */
    FRAME_UNREAD, /* of a form that is not read: it may be mail */
    FRAME_TCP,
    FRAME_UDP
};

enum frame_flag { FRAME_FIN = 1, FRAME_SYN = 2, FRAME_RST = 4, FRAME_ACK = 16 };

struct frame_payload {
    const unsigned char *source; /* addresses: 4 or 16 bytes in the frame */
    const unsigned char *target;
    uint8_t family; /* enum ip_family */
    uint16_t source_port;
    uint16_t target_port;
    uint32_t sequence; /* the rest of TCP alone */
    uint32_t acknowledged;
    uint8_t flags;             /* enum frame_flag */
    const unsigned char *data; /* behind TCP's or UDP's header */
    size_t size;               /* on the wire */
    size_t kept;               /* in the capture, at most `size` */
};

/* Puts datagrams together; a bounded number at once, and the oldest gives way. */
struct frame_fragments;

struct frame_fragments *frame_fragments_new(void);
void frame_fragments_free(struct frame_fragments *fragments);

/*
 * `out` points into the frame, or into `fragments` until the next call; it holds for
 * FRAME_TCP and FRAME_UDP.
 */
enum frame_content frame_read(const struct trace_frame *frame, struct frame_fragments *fragments,
                              struct frame_payload *out);

/* Whether SMTP is spoken at a port: 25, 465 (TLS first), 587. */
static inline bool frame_is_mail_port(unsigned port)
{
    return port == 25 || port == TRACE_TLS_PORT || port == 587;
}

struct ip_address frame_address(uint8_t family, const unsigned char *bytes);

/* ---- for frame.c, from frame_fragments.c ---- */

struct frame_datagram { /* what an IP header says, or a datagram that was put together */
    const unsigned char *source, *target;
    uint8_t family;
    uint8_t protocol;
    const unsigned char *data; /* behind the IP headers */
    size_t size, kept;
    uint32_t id; /* of a fragment, the rest too */
    uint32_t offset;
    bool is_fragment;
    bool has_more;
};

enum { FRAME_PROTOCOL_TCP = 6, FRAME_PROTOCOL_UDP = 17 };

/* Whether a port of the TCP segment or UDP datagram that begins here is one of those above. */
bool frame_is_wanted(uint8_t protocol, const unsigned char *data, size_t kept);

/*
 * Takes a fragment of TCP or UDP. True when it made its datagram whole, which then takes
 * the fragment's place in `*datagram`, until the next call.
 */
bool frame_fragments_add(struct frame_fragments *fragments, struct frame_datagram *datagram);

#endif
