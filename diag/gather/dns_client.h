/*
 * Inside the resolver: what gather/dns.c, dns_question.c and dns_transport.c share.
 *
 * dns.c is the interface and the lanes in which questions wait; dns_question.c knows
 * what a question's next step is and what its answer means; dns_transport.c moves
 * the bytes.
 */
#ifndef EXDIAG_GATHER_DNS_CLIENT_H
#define EXDIAG_GATHER_DNS_CLIENT_H

#include "diag/gather/dns.h"
#include "diag/gather/dns_socket.h"
#include "diag/gather/dns_tcp.h"
#include "diag/gather/pace.h"
#include "diag/gather/timers.h"

enum {
    DNS_SOCKETS_PER_RESOLVER = 8,
    DNS_DIRECT_MOST = 256,   /* questions to servers of evidence at once; each has its own socket */
    DNS_TCP_MOST = 64,       /* connections at once */
    DNS_PLAIN_MOST = 64,     /* servers remembered for not taking EDNS */
    DNS_SILENCES_OF_EDNS = 2 /* questions unanswered before one is asked without EDNS */
};

/* A server that a question may go to, and how that went. */
struct dns_candidate {
    struct dns_ticket ticket; /* first: a ticket leads back to its candidate */
    const struct net_address *server;
    bool without_edns;
    unsigned unanswered;   /* questions */
    int64_t waited;        /* microseconds, for those */
    enum status absence;   /* why it could not be asked the last time; STATUS_OK: it could */
    const char *complaint; /* why it is not asked again, or NULL */
};

struct dns_queue {
    struct dns_question *first, *last;
};

struct dns_lane { /* questions of one sort, and their share of the window */
    struct dns_queue waiting;
    unsigned open; /* begun and not settled */
    unsigned most;
};

/*
 * One item on its way: waiting in a lane, then ready to be sent, then waiting for an
 * answer over UDP or TCP; round and round the candidates until one of them answers or
 * none is left to ask. Once it has left the lane, its timer is set at all times.
 */
struct dns_question {
    struct dns_question *next, *previous;
    struct dns_queue *queue; /* that it stands in, or NULL */
    struct dns_lane *lane;
    struct timer timer;
    struct dns_answer *item;

    uint8_t name[DNS_NAME_WIRE_MOST]; /* what is asked at present */
    size_t name_size;
    const char *alias;        /* the same as text where it is the target of an alias, or NULL */
    struct dns_section chain; /* the aliases up to there */
    uint8_t chain_flags;      /* set in every response of the chain */

    int64_t began; /* microseconds on the monotonic clock, as are the next two */
    int64_t deadline;
    int64_t sent;
    size_t first; /* the candidate that each round begins with */
    unsigned round;
    bool is_over_tcp; /* the candidate being asked truncated its answer */
    uint16_t tcp_id;
    struct dns_exchange *exchange; /* NULL while it waits for a free one */

    enum status failure; /* the most telling one so far; STATUS_OK: none */
    size_t current;      /* the candidate being asked */
    size_t count;
    struct dns_candidate candidates[];
};

struct dns_exchange {
    struct dns_tcp tcp;
    struct dns_question *question; /* NULL: free */
    bool is_ready;                 /* it can go on */
};

struct dns_client {
    dns_client_settled *settled;
    void *context;
    int64_t now;
    int64_t wall_clock; /* of the same moment, milliseconds */
    int64_t timeout;    /* microseconds */
    struct pace pace;
    bool is_persistent;
    bool is_spread;
    size_t turn; /* the resolver that the next question begins with */

    struct net_address resolvers[DNS_RESOLVERS_MOST];
    int64_t away[DNS_RESOLVERS_MOST]; /* until when no question begins there; 0: it is not away */
    size_t resolver_count;
    struct dns_socket *shared[DNS_RESOLVERS_MOST][DNS_SOCKETS_PER_RESOLVER]; /* NULL: not open */
    struct dns_sockets sockets;
    struct net_address plain[DNS_PLAIN_MOST]; /* the oldest is overwritten */
    size_t plain_count;

    struct dns_lane recursive;
    struct dns_lane direct;
    struct dns_queue ready;
    bool is_full; /* a socket takes no more at present */
    struct timers timers;

    struct dns_queue tcp_waiting;
    struct dns_exchange exchanges[DNS_TCP_MOST];
    size_t exchanges_used; /* those behind were never used */

    uint8_t packet[UINT16_MAX];
    struct arena scratch; /* for the message at hand */
};

/* ---- dns.c ---- */

void dns_queue_add(struct dns_queue *queue, struct dns_question *question);
void dns_queue_add_first(struct dns_queue *queue, struct dns_question *question);
void dns_queue_leave(struct dns_question *question);

/* ---- dns_question.c ---- */

/* Asks one server of evidence, without recursion. */
bool dns_question_is_direct(const struct dns_question *question);

/* The server that is being asked. */
struct dns_candidate *dns_question_current(struct dns_question *question);

/* Its time begins: makes it ready to be sent, or settles it. */
void dns_question_begin(struct dns_client *client, struct dns_question *question);

/* Out of every queue, timer and connection; answers over UDP still count. */
void dns_question_stop(struct dns_client *client, struct dns_question *question);

/* The timer went off. May settle it. */
void dns_question_expired(struct dns_client *client, struct dns_question *question);

/* Reads a response that dns_message_answers(). May settle the question. */
void dns_question_answered(struct dns_client *client, struct dns_question *question,
                           struct dns_candidate *candidate, const uint8_t *wire, size_t size);

/*
 * The candidate could not be asked and is not tried again. May settle the question.
 * The second: over TCP, after truncation.
 */
void dns_question_unreached(struct dns_client *client, struct dns_question *question,
                            struct dns_candidate *candidate, enum status status);
void dns_question_tcp_failed(struct dns_client *client, struct dns_question *question,
                             enum status status, const char *how);

/* Whether an absent server is waited for: it may be back before the deadline. */
bool dns_question_bears(const struct dns_client *client, enum status status);

/* The candidate was absent; that counts for no more than silence. */
void dns_question_missed(struct dns_question *question, struct dns_candidate *candidate,
                         enum status status);

/* ---- dns_transport.c ---- */

/* Sends the question to its current candidate and sets the timer, or reports why not. */
void dns_transport_send(struct dns_client *client, struct dns_question *question);

/* Reads what came over UDP. */
void dns_transport_receive(struct dns_client *client);

/* Queues a question for TCP to its current candidate. */
void dns_transport_queue_tcp(struct dns_client *client, struct dns_question *question);

/* Opens connections as far as there is room, and goes on with those that are open. */
void dns_transport_open_tcp(struct dns_client *client);
void dns_transport_work_tcp(struct dns_client *client);

#endif
