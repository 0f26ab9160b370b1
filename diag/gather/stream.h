/*
 * A TCP connection that becomes TLS when asked: every call waits, none longer than to its
 * deadline. Times are microseconds since the stream was opened.
 */
#ifndef EXDIAG_GATHER_STREAM_H
#define EXDIAG_GATHER_STREAM_H

#include "diag/gather/tls.h"
#include "diag/platform.h"

struct stream {
    platform_socket socket;
    int64_t opened;          /* on the monotonic clock */
    struct tls_session *tls; /* or NULL */
    bool is_secure;          /* the handshake is done */
    bool was_reset;          /* the peer ended the connection by RST */

    /* of TCP, since stream_secure() began */
    uint64_t bytes;
    int64_t first_byte; /* -1: none came */
    int64_t last_byte;
};

int64_t stream_now(const struct stream *stream);

/* STATUS_TIMED_OUT, or why there is no connection. To be closed in any case. */
enum status stream_open(struct stream *stream, const struct net_address *peer, int64_t allowance);
void stream_close(struct stream *stream);

/*
 * The handshake. On failure the stream is good for nothing more; *reason says what the
 * status does not, in `arena`, or is NULL.
 */
enum status stream_secure(struct stream *stream, struct tls_trust *trust, const char *server_name,
                          int64_t deadline, struct arena *arena, const char **reason);

/*
 * One or more bytes; what is there is given even after the deadline. STATUS_TIMED_OUT, CLOSED,
 * MALFORMED (of TLS).
 */
enum status stream_receive(struct stream *stream, void *bytes, size_t room, size_t *size,
                           int64_t deadline);

/* STATUS_CLOSED does not mean that nothing more can be received. */
enum status stream_send(struct stream *stream, const void *bytes, size_t size, int64_t deadline);

#endif
