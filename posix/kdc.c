#include "posix/kdc.h"

#include "diag/platform.h"

#include <stdlib.h>

enum {
    DATAGRAM_MOST = 1400, /* bytes of a request over UDP */
    DATAGRAM_ROOM = 65536,
    FRAME_SIZE = 4,
    ATTEMPTS = 2,
    WAIT = 1000000 /* microseconds for an answer to a datagram */
};

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* STATUS_TIMED_OUT once `until` is past. */
static enum status wait_for(platform_socket socket, bool to_write, int64_t until)
{
    struct platform_waiter waiter = {.socket = socket, .to_read = !to_write, .to_write = to_write};
    int64_t left = (until - platform_monotonic_clock() + 999) / 1000;

    if (left <= 0)
        return STATUS_TIMED_OUT;
    platform_wait(&waiter, 1, NULL, (int)earlier(left, 60000));
    return STATUS_AGAIN;
}

/* ---- datagrams ---- */

static enum status hear_datagram(platform_socket socket, int64_t until, struct buffer *answer)
{
    unsigned char *room = memory_new(1, DATAGRAM_ROOM);
    enum status status = STATUS_AGAIN;
    size_t size;

    while (status == STATUS_AGAIN) {
        status = platform_receive(socket, room, DATAGRAM_ROOM, &size);
        if (status == STATUS_OK)
            buffer_add(answer, room, size);
        if (status == STATUS_AGAIN)
            status = wait_for(socket, false, until);
    }
    free(room);
    return status;
}

static enum status ask_by_datagram(const struct net_address *kdc, const void *request, size_t size,
                                   int64_t deadline, struct buffer *answer)
{
    platform_socket socket;
    size_t granted, sent;
    enum status status = platform_udp_open(kdc, DATAGRAM_ROOM, &socket, &granted);

    if (status != STATUS_OK)
        return status;
    status = STATUS_TIMED_OUT;
    for (unsigned i = 0; i < ATTEMPTS && status == STATUS_TIMED_OUT; i++) {
        status = platform_send(socket, request, size, &sent);
        if (status == STATUS_OK || status == STATUS_AGAIN)
            status =
                hear_datagram(socket, earlier(platform_monotonic_clock() + WAIT, deadline), answer);
    }
    platform_socket_close(socket);
    return status;
}

/* ---- streams ---- */

static enum status send_all(platform_socket socket, const char *bytes, size_t size,
                            int64_t deadline)
{
    enum status status = STATUS_OK;

    while (size > 0 && (status == STATUS_OK || status == STATUS_AGAIN)) {
        size_t sent;

        status = platform_send(socket, bytes, size, &sent);
        bytes += sent;
        size -= sent;
        if (status == STATUS_AGAIN)
            status = wait_for(socket, true, deadline);
    }
    return status;
}

/* Until the answer has `size` bytes. */
static enum status hear(platform_socket socket, size_t size, int64_t deadline,
                        struct buffer *answer)
{
    enum status status = STATUS_OK;

    while (answer->size < size && (status == STATUS_OK || status == STATUS_AGAIN)) {
        char piece[4096];
        size_t wanted = size - answer->size, received;

        status = platform_receive(socket, piece, wanted < sizeof piece ? wanted : sizeof piece,
                                  &received);
        buffer_add(answer, piece, received);
        if (status == STATUS_AGAIN)
            status = wait_for(socket, false, deadline);
    }
    return status;
}

static enum status hear_frame(platform_socket socket, int64_t deadline, struct buffer *answer)
{
    enum status status = hear(socket, FRAME_SIZE, deadline, answer);
    size_t size = 0;

    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < FRAME_SIZE; i++)
        size = size << 8 | (unsigned char)answer->text[i];
    if (size == 0 || size > answer->most)
        return STATUS_MALFORMED;
    buffer_clear(answer);
    return hear(socket, size, deadline, answer);
}

static enum status ask_by_stream(const struct net_address *kdc, const void *request, size_t size,
                                 int64_t deadline, struct buffer *answer)
{
    const char length[FRAME_SIZE] = {(char)(size >> 24), (char)(size >> 16), (char)(size >> 8),
                                     (char)size};
    struct buffer framed;
    platform_socket socket;
    enum status status = platform_tcp_open(kdc, &socket);

    if (status != STATUS_OK)
        return status;
    buffer_init(&framed, size + FRAME_SIZE);
    buffer_add(&framed, length, sizeof length);
    buffer_add(&framed, request, size);
    do
        status = wait_for(socket, true, deadline);
    while (status == STATUS_AGAIN && (status = platform_tcp_result(socket)) == STATUS_AGAIN);
    if (status == STATUS_OK)
        status = send_all(socket, framed.text, framed.size, deadline);
    if (status == STATUS_OK)
        status = hear_frame(socket, deadline, answer);
    buffer_release(&framed);
    platform_socket_close(socket);
    return status;
}

enum status kdc_ask(const struct net_address *kdc, const void *request, size_t size, bool over_tcp,
                    int64_t deadline, struct buffer *answer)
{
    buffer_clear(answer);
    if (!over_tcp && size <= DATAGRAM_MOST &&
        ask_by_datagram(kdc, request, size, deadline, answer) == STATUS_OK)
        return STATUS_OK;
    buffer_clear(answer);
    return ask_by_stream(kdc, request, size, deadline, answer);
}
