/*
 * One question to one host's clock and its answer, over UDP or TCP: what all protocols that
 * tell the time have in common. Everything here waits, none of it beyond the inquiry's deadline.
 */
#ifndef EXDIAG_GATHER_CLOCK_EXCHANGE_H
#define EXDIAG_GATHER_CLOCK_EXCHANGE_H

#include "diag/evidence/clock.h"
#include "diag/gather/clock.h"
#include "diag/gather/stream.h"

enum { CLOCK_ANSWER_MOST = 65536 + 16 /* bytes, a frame's header included */ };

struct clock_nonce { /* random; what tells an answer to this question from any other */
    unsigned char bytes[16];
};

struct clock_inquiry { /* a reading on its way */
    struct clock_reading *reading;
    const struct clock_origin *origin;
    struct tls_trust *trust;
    struct http_library *http;
    int64_t deadline; /* since the examiner's clock was read, as all times here: microseconds */
};

struct clock_protocol {
    unsigned exchanges; /* at most */
    void (*write)(const struct clock_reading *reading, const struct clock_nonce *nonce,
                  struct buffer *out);
    /* Bytes of the answer at the head of a stream; 0: not known yet, SIZE_MAX: none. May be NULL.
     */
    size_t (*frame)(const unsigned char *bytes, size_t size);
    /*
     * Fills in `remote` and `held`, and what else the answer says. STATUS_AGAIN if it is not whole;
     * STATUS_MALFORMED for what is no answer to this nonce: of a datagram, perhaps
     * somebody else's.
     */
    enum status (*read)(struct clock_reading *reading, const struct clock_nonce *nonce,
                        const unsigned char *bytes, size_t size, struct clock_sample *sample);
};

/* Of Kerberos: who asks, and where nobody knows the realm. */
extern const char clock_client_name[], clock_unknown_realm[];

/* Microseconds since the examiner's clock was read. */
int64_t clock_now(const struct clock_inquiry *inquiry);

/* Keeps a sample that is possible, else STATUS_MALFORMED. */
enum status clock_take_sample(struct clock_reading *reading, const struct clock_sample *sample);

/*
 * Datagrams: asked again after 1 s, and after 2 more, each time with a nonce of its own; an
 * answer counts from the first question that it fits, so that an interval is too wide rather
 * than wrong. What fits none is not heard. Once there is a sample, more are taken for half a
 * second, until one fails.
 */
enum status clock_ask_udp(struct clock_inquiry *inquiry, const struct clock_protocol *protocol);

/*
 * A connection for each exchange. There is another only where the one before was so quick that
 * what made its interval wide was a busy machine, here or there, and not the way between.
 */
enum status clock_ask_tcp(struct clock_inquiry *inquiry, const struct clock_protocol *protocol);

/* The stream's own count of time for a moment of the inquiry's. */
int64_t clock_stream_deadline(const struct clock_inquiry *inquiry, const struct stream *stream);

#endif
