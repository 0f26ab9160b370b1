#include "diag/gather/dns_socket.h"

#include "diag/memory.h"

#include <stdlib.h>
#include <string.h>

enum status dns_sockets_init(struct dns_sockets *sockets)
{
    return platform_random(sockets->random, sizeof sockets->random);
}

void dns_sockets_release(struct dns_sockets *sockets)
{
    for (size_t i = 0; i < sockets->count; i++) {
        platform_socket_close(sockets->list[i]->handle);
        free(sockets->list[i]);
    }
    free(sockets->list);
    sockets->list = NULL;
    sockets->count = sockets->room = 0;
}

enum status dns_socket_open(struct dns_sockets *sockets, const struct net_address *peer,
                            size_t receive_buffer, struct dns_socket **out)
{
    struct dns_socket *socket = memory_new(1, sizeof *socket);
    enum status status = platform_udp_open(peer, receive_buffer, &socket->handle, &socket->granted);

    if (status != STATUS_OK) {
        free(socket);
        return status;
    }
    sockets->list =
        memory_grow(sockets->list, &sockets->room, sockets->count, sizeof *sockets->list);
    socket->peer = *peer;
    socket->number = sockets->opened++;
    socket->place = sockets->count;
    sockets->list[sockets->count++] = socket;
    *out = socket;
    return STATUS_OK;
}

static void close_socket(struct dns_sockets *sockets, struct dns_socket *socket)
{
    struct dns_socket *last = sockets->list[--sockets->count];

    sockets->list[socket->place] = last;
    last->place = socket->place;
    platform_socket_close(socket->handle);
    free(socket);
}

void dns_sockets_close_unused(struct dns_sockets *sockets)
{
    for (size_t i = sockets->count; i-- > 0;) {
        if (!sockets->list[i]->is_kept && !sockets->list[i]->first)
            close_socket(sockets, sockets->list[i]);
    }
}

enum status dns_random(struct dns_sockets *sockets, uint16_t *number)
{
    const uint8_t *bytes;

    if (sockets->random_used == DNS_RANDOM_BATCH) {
        enum status status = platform_random(sockets->random, sizeof sockets->random);

        if (status != STATUS_OK)
            return status;
        sockets->random_used = 0;
    }
    bytes = sockets->random + sockets->random_used;
    sockets->random_used += 2;
    *number = (uint16_t)(bytes[0] << 8 | bytes[1]);
    return STATUS_OK;
}

static size_t slot_of(const struct dns_socket *socket, uint16_t id)
{
    return (socket->number * 0x9E37u ^ id) % DNS_TICKET_SLOTS;
}

enum status dns_ticket_take(struct dns_sockets *sockets, struct dns_socket *socket,
                            struct dns_ticket *ticket)
{
    struct dns_ticket **slot;

    do {
        enum status status = dns_random(sockets, &ticket->id);

        if (status != STATUS_OK)
            return status;
    } while (dns_ticket_find(sockets, socket, ticket->id));
    ticket->socket = socket;
    slot = &sockets->slots[slot_of(socket, ticket->id)];
    ticket->next_in_slot = *slot;
    *slot = ticket;
    ticket->previous = NULL;
    ticket->next = socket->first;
    if (ticket->next)
        ticket->next->previous = ticket;
    socket->first = ticket;
    return STATUS_OK;
}

void dns_ticket_return(struct dns_sockets *sockets, struct dns_ticket *ticket)
{
    struct dns_ticket **slot;

    if (!ticket->socket)
        return;
    slot = &sockets->slots[slot_of(ticket->socket, ticket->id)];
    while (*slot != ticket)
        slot = &(*slot)->next_in_slot;
    *slot = ticket->next_in_slot;
    if (ticket->next)
        ticket->next->previous = ticket->previous;
    if (ticket->previous)
        ticket->previous->next = ticket->next;
    else
        ticket->socket->first = ticket->next;
    ticket->socket = NULL;
}

struct dns_ticket *dns_ticket_find(const struct dns_sockets *sockets,
                                   const struct dns_socket *socket, uint16_t id)
{
    struct dns_ticket *ticket = sockets->slots[slot_of(socket, id)];

    while (ticket && (ticket->socket != socket || ticket->id != id))
        ticket = ticket->next_in_slot;
    return ticket;
}
