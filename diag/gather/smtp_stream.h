/*
 * A TCP connection that becomes TLS when asked: every call waits, none longer than to its
 * deadline. Times are microseconds since the stream was opened.
 */
#ifndef EXDIAG_GATHER_SMTP_STREAM_H
#define EXDIAG_GATHER_SMTP_STREAM_H

#include "diag/gather/tls.h"
#include "diag/platform.h"

struct smtp_stream {
    platform_socket socket;
    int64_t opened;          /* on the monotonic clock */
    struct tls_session *tls; /* or NULL */
    bool is_secure;          /* the handshake is done */
    bool was_reset;          /* the peer ended the connection by RST */

    /* of TCP, since smtp_stream_secure() began */
    uint64_t bytes;
    int64_t first_byte; /* -1: none came */
    int64_t last_byte;
};

int64_t smtp_stream_now(const struct smtp_stream *stream);

/* STATUS_TIMED_OUT, or why there is no connection. To be closed in any case. */
enum status smtp_stream_open(struct smtp_stream *stream, const struct net_address *peer,
                             int64_t allowance);
void smtp_stream_close(struct smtp_stream *stream);

/*
 * The handshake. On failure the stream is good for nothing more; *reason says what the
 * status does not, in `arena`, or is NULL.
 */
enum status smtp_stream_secure(struct smtp_stream *stream, struct tls_trust *trust,
                               const char *server_name, int64_t deadline, struct arena *arena,
                               const char **reason);

/*
 * One or more bytes; what is there is given even after the deadline. STATUS_TIMED_OUT, CLOSED,
 * MALFORMED (of TLS).
 */
enum status smtp_stream_receive(struct smtp_stream *stream, void *bytes, size_t room, size_t *size,
                                int64_t deadline);

/* STATUS_CLOSED does not mean that nothing more can be received. */
enum status smtp_stream_send(struct smtp_stream *stream, const void *bytes, size_t size,
                             int64_t deadline);

#endif
