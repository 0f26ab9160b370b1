#include "diag/gather/stream.h"

#include <string.h>

enum { PIECE_SIZE = 4096, WAIT_MOST = 60000 /* milliseconds */ };

int64_t stream_now(const struct stream *stream)
{
    return platform_monotonic_clock() - stream->opened;
}

/* STATUS_TIMED_OUT once the deadline has passed; may return early. */
static enum status wait_for(const struct stream *stream, bool to_write, int64_t deadline)
{
    struct platform_waiter waiter = {
        .socket = stream->socket, .to_read = !to_write, .to_write = to_write};
    int64_t left = (deadline - stream_now(stream) + 999) / 1000;

    if (left <= 0)
        return STATUS_TIMED_OUT;
    platform_wait(&waiter, 1, NULL, (int)(left < WAIT_MOST ? left : WAIT_MOST));
    return STATUS_OK;
}

enum status stream_open(struct stream *stream, const struct net_address *peer, int64_t allowance)
{
    enum status status, waited = STATUS_OK;

    memset(stream, 0, sizeof *stream);
    stream->first_byte = stream->last_byte = -1;
    stream->opened = platform_monotonic_clock();
    status = platform_tcp_open(peer, &stream->socket);
    if (status != STATUS_OK)
        return status;
    while ((status = platform_tcp_result(stream->socket)) == STATUS_AGAIN && waited == STATUS_OK)
        waited = wait_for(stream, true, allowance);
    if (status == STATUS_CLOSED) { /* it stood, and was reset before we looked */
        stream->was_reset = true;
        return STATUS_OK;
    }
    return status == STATUS_AGAIN ? waited : status;
}

void stream_close(struct stream *stream)
{
    tls_session_free(stream->tls);
    platform_socket_close(stream->socket);
}

/* ---- TCP ---- */

static enum status receive(struct stream *stream, void *bytes, size_t room, size_t *size,
                           int64_t deadline)
{
    enum status status, waited = STATUS_OK;
    bool was_reset;

    while ((status = platform_tcp_receive(stream->socket, bytes, room, size, &was_reset)) ==
               STATUS_AGAIN &&
           waited == STATUS_OK)
        waited = wait_for(stream, false, deadline);
    if (status == STATUS_AGAIN)
        return waited;
    stream->was_reset |= was_reset;
    if (status != STATUS_OK)
        return status;
    stream->bytes += *size;
    stream->last_byte = stream_now(stream);
    if (stream->first_byte < 0)
        stream->first_byte = stream->last_byte;
    return STATUS_OK;
}

/* We never end our own direction: one that is closed was ended by RST. */
static enum status send_all(struct stream *stream, const char *bytes, size_t size, int64_t deadline)
{
    while (size > 0) {
        size_t sent;
        enum status status = platform_send(stream->socket, bytes, size, &sent);

        bytes += sent;
        size -= sent;
        if (status == STATUS_AGAIN)
            status = wait_for(stream, true, deadline);
        stream->was_reset |= status == STATUS_CLOSED;
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* ---- TLS ---- */

static enum status flush(struct stream *stream, int64_t deadline)
{
    char piece[PIECE_SIZE];
    enum status status = STATUS_OK;
    size_t size;

    while (status == STATUS_OK && (size = tls_session_take(stream->tls, piece, sizeof piece)) > 0)
        status = send_all(stream, piece, size, deadline);
    return status;
}

/* Sends what there is to send, and gives the session more of what the peer says. */
static enum status move(struct stream *stream, int64_t deadline)
{
    char piece[PIECE_SIZE];
    enum status status = flush(stream, deadline);
    size_t size;

    if (status != STATUS_OK && status != STATUS_CLOSED)
        return status;
    status = receive(stream, piece, sizeof piece, &size, deadline);
    if (status == STATUS_OK)
        tls_session_give(stream->tls, piece, size);
    return status;
}

static bool is_over(const struct stream *stream, int64_t deadline)
{
    return stream_now(stream) > deadline;
}

enum status stream_secure(struct stream *stream, struct tls_trust *trust, const char *server_name,
                          int64_t deadline, struct arena *arena, const char **reason)
{
    enum status status;

    stream->bytes = 0;
    stream->first_byte = stream->last_byte = -1;
    status = tls_session_new(trust, server_name, &stream->tls, reason);
    if (status != STATUS_OK)
        return status;
    while ((status = tls_session_handshake(stream->tls)) == STATUS_AGAIN) {
        status = is_over(stream, deadline) ? STATUS_TIMED_OUT : move(stream, deadline);
        if (status != STATUS_OK)
            return status;
    }
    if (flush(stream, deadline) == STATUS_TIMED_OUT && status == STATUS_OK)
        status = STATUS_TIMED_OUT;
    stream->is_secure = status == STATUS_OK;
    if (!stream->is_secure)
        *reason = tls_session_reason(stream->tls, arena);
    return status;
}

static enum status receive_secure(struct stream *stream, void *bytes, size_t room, size_t *size,
                                  int64_t deadline)
{
    enum status status;

    while ((status = tls_session_read(stream->tls, bytes, room, size)) == STATUS_AGAIN) {
        status = move(stream, deadline);
        if (status == STATUS_OK && is_over(stream, deadline))
            status = STATUS_TIMED_OUT;
        if (status != STATUS_OK)
            return status;
    }
    return status;
}

/* ---- either ---- */

enum status stream_receive(struct stream *stream, void *bytes, size_t room, size_t *size,
                           int64_t deadline)
{
    if (stream->is_secure)
        return receive_secure(stream, bytes, room, size, deadline);
    return receive(stream, bytes, room, size, deadline);
}

enum status stream_send(struct stream *stream, const void *bytes, size_t size, int64_t deadline)
{
    enum status status;

    if (!stream->is_secure)
        return send_all(stream, bytes, size, deadline);
    status = tls_session_write(stream->tls, bytes, size);
    return status == STATUS_OK ? flush(stream, deadline) : status;
}
