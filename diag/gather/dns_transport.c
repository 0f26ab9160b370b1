#include "diag/gather/dns_client.h"

enum {
    RESOLVER_BUFFER = 4 * 1024 * 1024, /* bytes of receive buffer to ask for */
    DIRECT_BUFFER = 64 * 1024,
    BUFFER_PER_ANSWER = 2048, /* what a kernel charges for one usual answer */
    RECEIVED_MOST = 4096,     /* datagrams from one socket in one dns_client_work() */

    FIRST_WAIT = 1000000, /* microseconds; doubled with every round over the servers */
    LEAST_WAIT = 1000,
    ROUNDS_DOUBLED = 20
};

/* ---- UDP ---- */

static void note_absence(struct dns_client *client, const struct dns_socket *socket,
                         enum status status)
{
    for (struct dns_ticket *ticket = socket->first; ticket; ticket = ticket->next)
        dns_question_missed(ticket->owner, (struct dns_candidate *)ticket, status);
    for (size_t i = 0; i < client->resolver_count; i++) {
        if (net_address_equal(&client->resolvers[i], &socket->peer))
            client->away[i] = client->now + FIRST_WAIT;
    }
}

/*
 * Every question that waits on the socket loses this server; or none of them does, who
 * will ask again in time, and the socket stays.
 */
static void socket_failed(struct dns_client *client, struct dns_socket *socket, enum status status)
{
    if (dns_question_bears(client, status)) {
        note_absence(client, socket, status);
        return;
    }
    socket->is_kept = false;
    for (size_t i = 0; i < client->resolver_count; i++) {
        for (size_t k = 0; k < DNS_SOCKETS_PER_RESOLVER; k++) {
            if (client->shared[i][k] == socket)
                client->shared[i][k] = NULL;
        }
    }
    while (socket->first)
        dns_question_unreached(client, socket->first->owner, (struct dns_candidate *)socket->first,
                               status);
}

/* One of the resolver's sockets, any of them. */
static enum status shared_socket(struct dns_client *client, size_t resolver,
                                 struct dns_socket **out)
{
    struct dns_socket **shared;
    uint16_t number;
    enum status status = dns_random(&client->sockets, &number);
    size_t answers, servers = client->is_spread ? client->resolver_count : 1;

    if (status != STATUS_OK)
        return status;
    shared = &client->shared[resolver][number % DNS_SOCKETS_PER_RESOLVER];
    if (!*shared) {
        status = dns_socket_open(&client->sockets, &client->resolvers[resolver], RESOLVER_BUFFER,
                                 shared);
        if (status != STATUS_OK)
            return status;
        (*shared)->is_kept = true;
        answers = ((*shared)->granted / BUFFER_PER_ANSWER + 1) * DNS_SOCKETS_PER_RESOLVER * servers;
        if (answers < client->recursive.most)
            client->recursive.most = (unsigned)answers;
    }
    *out = *shared;
    return STATUS_OK;
}

static enum status take_ticket(struct dns_client *client, struct dns_question *question,
                               struct dns_candidate *candidate)
{
    struct dns_socket *socket;
    enum status status;

    if (candidate->ticket.socket)
        return STATUS_OK;
    if (dns_question_is_direct(question))
        status = dns_socket_open(&client->sockets, candidate->server, DIRECT_BUFFER, &socket);
    else
        status = shared_socket(client, question->current, &socket);
    if (status != STATUS_OK)
        return status;
    candidate->ticket.owner = question;
    return dns_ticket_take(&client->sockets, socket, &candidate->ticket);
}

static size_t write_question(struct dns_question *question, uint16_t id, uint8_t *wire)
{
    const struct dns_candidate *candidate = dns_question_current(question);

    return dns_message_ask(wire, id, question->name, question->name_size, question->item->type,
                           !dns_question_is_direct(question), !candidate->without_edns);
}

static void count_try(struct dns_client *client, struct dns_question *question)
{
    pace_count(&client->pace, client->now);
    if (question->item->tries < UINT8_MAX)
        question->item->tries++;
}

/*
 * How long to wait in this round. Half of the time is left when every server has
 * been asked once.
 */
static int64_t patience(const struct dns_client *client, const struct dns_question *question)
{
    int64_t wait = client->timeout / (2 * (int64_t)question->count);
    unsigned doubled = question->round < ROUNDS_DOUBLED ? question->round : ROUNDS_DOUBLED;

    if (wait > FIRST_WAIT)
        wait = FIRST_WAIT;
    if (wait < LEAST_WAIT)
        wait = LEAST_WAIT;
    return wait << doubled;
}

static void set_timer(struct dns_client *client, struct dns_question *question, int64_t wait)
{
    int64_t left = question->deadline - client->now;

    timers_set(&client->timers, &question->timer, client->now + (wait < left ? wait : left));
}

static void await_answer(struct dns_client *client, struct dns_question *question)
{
    question->sent = client->now;
    set_timer(client, question, patience(client, question));
}

void dns_transport_send(struct dns_client *client, struct dns_question *question)
{
    struct dns_candidate *candidate = dns_question_current(question);
    enum status status = take_ticket(client, question, candidate);
    struct dns_socket *socket = candidate->ticket.socket;
    uint8_t wire[DNS_QUESTION_MOST];
    size_t size, sent;

    if (status == STATUS_OK) {
        size = write_question(question, candidate->ticket.id, wire);
        status = platform_send(socket->handle, wire, size, &sent);
    }
    if (status == STATUS_AGAIN) {
        socket->is_full = client->is_full = true;
        dns_queue_add_first(&client->ready, question);
    } else if (status == STATUS_OK) {
        count_try(client, question);
        await_answer(client, question);
    } else if (dns_question_bears(client, status)) {
        dns_question_missed(question, candidate, status);
        await_answer(client, question);
    } else if (socket) {
        socket_failed(client, socket, status);
    } else {
        dns_question_unreached(client, question, candidate, status);
    }
}

/* ---- TCP, after truncation ---- */

void dns_transport_queue_tcp(struct dns_client *client, struct dns_question *question)
{
    question->is_over_tcp = true;
    dns_queue_add(&client->tcp_waiting, question);
    set_timer(client, question, client->timeout);
}

/* The time that is left, shared fairly with the servers that could still be asked. */
static int64_t tcp_patience(const struct dns_client *client, const struct dns_question *question)
{
    int64_t sharers = 0;

    for (size_t i = 0; i < question->count; i++)
        sharers += question->candidates[i].complaint == NULL;
    return (question->deadline - client->now) / (sharers ? sharers : 1);
}

static void tcp_failed(struct dns_client *client, struct dns_question *question, enum status status)
{
    if (!dns_question_bears(client, status)) {
        dns_question_tcp_failed(client, question, status, status_text(status));
        return;
    }
    dns_question_missed(question, dns_question_current(question), status);
    dns_question_stop(client, question);
    await_answer(client, question);
}

static void open_exchange(struct dns_client *client, struct dns_question *question,
                          struct dns_exchange *exchange)
{
    const struct dns_candidate *candidate = dns_question_current(question);
    uint8_t wire[DNS_QUESTION_MOST];
    enum status status = dns_random(&client->sockets, &question->tcp_id);
    size_t size = write_question(question, question->tcp_id, wire);

    if (status == STATUS_OK)
        status = dns_tcp_open(&exchange->tcp, candidate->server, wire, size);
    if (status != STATUS_OK) {
        tcp_failed(client, question, status);
        return;
    }
    count_try(client, question);
    exchange->question = question;
    exchange->is_ready = false;
    question->exchange = exchange;
    set_timer(client, question, tcp_patience(client, question));
}

void dns_transport_open_tcp(struct dns_client *client)
{
    for (size_t i = 0; i < DNS_TCP_MOST && client->tcp_waiting.first; i++) {
        struct dns_question *question = client->tcp_waiting.first;

        if (client->exchanges[i].question)
            continue;
        dns_queue_leave(question);
        if (i >= client->exchanges_used)
            client->exchanges_used = i + 1;
        open_exchange(client, question, &client->exchanges[i]);
    }
}

static void receive_from(struct dns_client *client, struct dns_socket *socket)
{
    for (unsigned i = 0; i < RECEIVED_MOST; i++) {
        const uint8_t *wire = client->packet;
        struct dns_ticket *ticket;
        struct dns_question *question;
        size_t size;
        enum status status =
            platform_receive(socket->handle, client->packet, sizeof client->packet, &size);

        if (status == STATUS_AGAIN)
            socket->is_ready = false;
        else if (status != STATUS_OK)
            socket_failed(client, socket, status);
        if (status != STATUS_OK)
            return;
        if (size < 2)
            continue;
        ticket = dns_ticket_find(&client->sockets, socket, (uint16_t)(wire[0] << 8 | wire[1]));
        if (!ticket)
            continue;
        question = ticket->owner;
        if (dns_message_answers(wire, size, ticket->id, question->name, question->name_size,
                                question->item->type))
            dns_question_answered(client, question, (struct dns_candidate *)ticket, wire, size);
    }
}

void dns_transport_receive(struct dns_client *client)
{
    for (size_t i = 0; i < client->sockets.count; i++) {
        client->sockets.list[i]->is_full = false;
        if (client->sockets.list[i]->is_ready)
            receive_from(client, client->sockets.list[i]);
    }
}

static void work_exchange(struct dns_client *client, struct dns_exchange *exchange)
{
    struct dns_question *question = exchange->question;
    enum status status = dns_tcp_work(&exchange->tcp);

    if (status == STATUS_AGAIN)
        return;
    if (status != STATUS_OK)
        tcp_failed(client, question, status);
    else if (!dns_message_answers(exchange->tcp.answer, exchange->tcp.answer_size, question->tcp_id,
                                  question->name, question->name_size, question->item->type))
        dns_question_tcp_failed(client, question, STATUS_MALFORMED,
                                "something that is not an answer");
    else
        dns_question_answered(client, question, dns_question_current(question),
                              exchange->tcp.answer, exchange->tcp.answer_size);
}

void dns_transport_work_tcp(struct dns_client *client)
{
    for (size_t i = 0; i < client->exchanges_used; i++) {
        struct dns_exchange *exchange = &client->exchanges[i];

        if (!exchange->question || !exchange->is_ready)
            continue;
        exchange->is_ready = false;
        work_exchange(client, exchange);
    }
}
