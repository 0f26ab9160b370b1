/*
 * The resolver's UDP sockets, and who waits on them. Private to gather/dns.c.
 *
 * A ticket is the right to the response that comes to one socket under one id. Ids
 * are drawn from the system's generator and are unique on their socket; finding a
 * ticket by (socket, id) takes O(1).
 */
#ifndef EXDIAG_GATHER_DNS_SOCKET_H
#define EXDIAG_GATHER_DNS_SOCKET_H

#include "diag/platform.h"

enum { DNS_TICKET_SLOTS = 16384, DNS_RANDOM_BATCH = 4096 };

struct dns_ticket {
    struct dns_socket *socket; /* NULL: none is held */
    uint16_t id;
    void *owner;
    struct dns_ticket *next_in_slot;
    struct dns_ticket *previous, *next; /* on the same socket */
};

struct dns_socket {
    platform_socket handle;
    struct net_address peer;
    size_t place;             /* in the list of all sockets; changes when one is closed */
    unsigned number;          /* never changes */
    size_t granted;           /* bytes of receive buffer */
    struct dns_ticket *first; /* all tickets held on this socket */
    bool is_kept;             /* stays open while no ticket is held on it */
    bool is_full;             /* the last send would have blocked */
    bool is_ready;            /* there is something to receive */
};

struct dns_sockets {
    struct dns_socket **list;
    size_t count;
    size_t room;
    unsigned opened; /* sockets ever */
    struct dns_ticket *slots[DNS_TICKET_SLOTS];
    uint8_t random[DNS_RANDOM_BATCH];
    size_t random_used;
};

/* For a zeroed struct. Fails when the system has no random bytes. */
enum status dns_sockets_init(struct dns_sockets *sockets);

/* Closes what is open; tickets are forgotten. */
void dns_sockets_release(struct dns_sockets *sockets);

/* Opens a socket that hears `peer` alone, on a port of its own. */
enum status dns_socket_open(struct dns_sockets *sockets, const struct net_address *peer,
                            size_t receive_buffer, struct dns_socket **out);

/* Closes the sockets that are not kept and on which no ticket is held. */
void dns_sockets_close_unused(struct dns_sockets *sockets);

/* An unpredictable number below 65536. */
enum status dns_random(struct dns_sockets *sockets, uint16_t *number);

/* Takes a ticket with a new id. */
enum status dns_ticket_take(struct dns_sockets *sockets, struct dns_socket *socket,
                            struct dns_ticket *ticket);

/* Gives a ticket back if one is held. */
void dns_ticket_return(struct dns_sockets *sockets, struct dns_ticket *ticket);

/* Who holds this id on this socket, or NULL. */
struct dns_ticket *dns_ticket_find(const struct dns_sockets *sockets,
                                   const struct dns_socket *socket, uint16_t id);

#endif
