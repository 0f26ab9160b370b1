#include "diag/gather/dns_tcp.h"

#include "diag/memory.h"

#include <stdlib.h>
#include <string.h>

enum status dns_tcp_open(struct dns_tcp *tcp, const struct net_address *peer,
                         const uint8_t *question, size_t size)
{
    enum status status;

    memset(tcp, 0, sizeof *tcp);
    status = platform_tcp_open(peer, &tcp->socket);
    if (status != STATUS_OK)
        return status;
    tcp->stage = DNS_TCP_CONNECTING;
    tcp->question[0] = (uint8_t)(size >> 8);
    tcp->question[1] = (uint8_t)size;
    memcpy(tcp->question + 2, question, size);
    tcp->question_size = size + 2;
    return STATUS_OK;
}

static enum status connect_on(struct dns_tcp *tcp)
{
    enum status status = platform_tcp_result(tcp->socket);

    if (status == STATUS_OK)
        tcp->stage = DNS_TCP_SENDING;
    return status;
}

static enum status send_on(struct dns_tcp *tcp)
{
    while (tcp->done < tcp->question_size) {
        size_t sent = 0;
        enum status status = platform_send(tcp->socket, tcp->question + tcp->done,
                                           tcp->question_size - tcp->done, &sent);

        if (status != STATUS_OK)
            return status;
        tcp->done += sent;
    }
    tcp->stage = DNS_TCP_RECEIVING;
    tcp->done = 0;
    return STATUS_OK;
}

/* Where the next bytes go, and how many are missing there. */
static uint8_t *next_room(struct dns_tcp *tcp, size_t *room)
{
    if (tcp->done < sizeof tcp->prefix) {
        *room = sizeof tcp->prefix - tcp->done;
        return tcp->prefix + tcp->done;
    }
    if (!tcp->answer) {
        tcp->answer_size = (size_t)(tcp->prefix[0] << 8 | tcp->prefix[1]);
        tcp->answer = memory_new(1, tcp->answer_size);
    }
    *room = tcp->answer_size - (tcp->done - sizeof tcp->prefix);
    return tcp->answer + (tcp->done - sizeof tcp->prefix);
}

static enum status receive_on(struct dns_tcp *tcp)
{
    for (;;) {
        size_t room, received = 0;
        uint8_t *bytes = next_room(tcp, &room);
        enum status status;

        if (room == 0)
            return STATUS_OK;
        status = platform_receive(tcp->socket, bytes, room, &received);
        if (status != STATUS_OK)
            return status;
        tcp->done += received;
    }
}

enum status dns_tcp_work(struct dns_tcp *tcp)
{
    enum status status = STATUS_OK;

    if (tcp->stage == DNS_TCP_CONNECTING)
        status = connect_on(tcp);
    if (status == STATUS_OK && tcp->stage == DNS_TCP_SENDING)
        status = send_on(tcp);
    if (status == STATUS_OK && tcp->stage == DNS_TCP_RECEIVING)
        status = receive_on(tcp);
    return status;
}

bool dns_tcp_wants_write(const struct dns_tcp *tcp)
{
    return tcp->stage == DNS_TCP_CONNECTING || tcp->stage == DNS_TCP_SENDING;
}

void dns_tcp_close(struct dns_tcp *tcp)
{
    if (tcp->stage == DNS_TCP_CLOSED)
        return;
    platform_socket_close(tcp->socket);
    free(tcp->answer);
    memset(tcp, 0, sizeof *tcp);
}
