/*
 * One question and its answer over TCP (RFC 1035 4.2.2, RFC 7766), never blocking.
 * Private to gather/dns.c.
 */
#ifndef EXDIAG_GATHER_DNS_TCP_H
#define EXDIAG_GATHER_DNS_TCP_H

#include "diag/platform.h"
#include "diag/read/dns_message.h"

struct dns_tcp {
    platform_socket socket;
    enum { DNS_TCP_CLOSED, DNS_TCP_CONNECTING, DNS_TCP_SENDING, DNS_TCP_RECEIVING } stage;
    uint8_t question[2 + DNS_QUESTION_MOST]; /* behind its length */
    size_t question_size;
    uint8_t prefix[2]; /* the length of the answer */
    uint8_t *answer;
    size_t answer_size;
    size_t done; /* bytes of the present stage; the prefix counts as part of the answer */
};

/* Begins a connection for a question of at most DNS_QUESTION_MOST bytes. */
enum status dns_tcp_open(struct dns_tcp *tcp, const struct net_address *peer,
                         const uint8_t *question, size_t size);

/*
 * Goes as far as it can without waiting. STATUS_OK once `answer` and `answer_size`
 * hold the answer; STATUS_AGAIN while it is under way; else why there is none.
 */
enum status dns_tcp_work(struct dns_tcp *tcp);

/* True while it waits to write, false while it waits to read. */
bool dns_tcp_wants_write(const struct dns_tcp *tcp);

/* Closes the connection and frees the answer. */
void dns_tcp_close(struct dns_tcp *tcp);

#endif
