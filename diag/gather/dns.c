#include "diag/gather/dns_client.h"

#include <stdlib.h>

enum { SEND_STEPS = 256 }; /* questions begun and sent in one dns_client_work() */

void dns_queue_add(struct dns_queue *queue, struct dns_question *question)
{
    question->queue = queue;
    question->next = NULL;
    question->previous = queue->last;
    if (queue->last)
        queue->last->next = question;
    else
        queue->first = question;
    queue->last = question;
}

void dns_queue_add_first(struct dns_queue *queue, struct dns_question *question)
{
    question->queue = queue;
    question->previous = NULL;
    question->next = queue->first;
    if (queue->first)
        queue->first->previous = question;
    else
        queue->last = question;
    queue->first = question;
}

void dns_queue_leave(struct dns_question *question)
{
    struct dns_queue *queue = question->queue;

    if (!queue)
        return;
    if (question->previous)
        question->previous->next = question->next;
    else
        queue->first = question->next;
    if (question->next)
        question->next->previous = question->previous;
    else
        queue->last = question->previous;
    question->queue = NULL;
}

/* ---- lanes ---- */

static bool has_room(const struct dns_lane *lane)
{
    return lane->waiting.first && lane->open < lane->most;
}

static bool begin_next(struct dns_client *client, struct dns_lane *lane)
{
    struct dns_question *question = lane->waiting.first;

    if (!has_room(lane))
        return false;
    dns_queue_leave(question);
    dns_question_begin(client, question);
    return true;
}

static bool may_send(const struct dns_client *client)
{
    return !client->is_full && pace_allows(&client->pace, client->now);
}

/*
 * Begins only what is sent next: the window may shrink with the first socket. And not
 * all at once, so that answers are read while the window fills.
 */
static void send_ready(struct dns_client *client)
{
    client->is_full = false;
    for (unsigned step = 0; step < SEND_STEPS && may_send(client); step++) {
        struct dns_question *question = client->ready.first;

        if (question) {
            dns_queue_leave(question);
            dns_transport_send(client, question);
        } else {
            bool recursive = begin_next(client, &client->recursive);
            bool direct = begin_next(client, &client->direct);

            if (!recursive && !direct)
                return;
        }
    }
}

static void expire(struct dns_client *client)
{
    const struct timer *timer;

    while ((timer = timers_first(&client->timers)) && timer->due <= client->now)
        dns_question_expired(client, timer->owner);
}

/* ---- the interface ---- */

enum status dns_client_new(const struct gather_options *options, dns_client_settled *settled,
                           void *context, struct dns_client **out)
{
    struct dns_client *client = memory_new(1, sizeof *client);
    enum status status = dns_sockets_init(&client->sockets);

    if (status != STATUS_OK) {
        free(client);
        return status;
    }
    client->settled = settled;
    client->context = context;
    client->timeout = (int64_t)options->timeout * 1000;
    client->is_persistent = options->persistent;
    client->is_spread = options->spread;
    pace_init(&client->pace, options->rate);
    client->recursive.most = options->dns_window;
    client->direct.most =
        options->dns_window < DNS_DIRECT_MOST ? options->dns_window : DNS_DIRECT_MOST;
    client->resolver_count = options->resolver_count;
    if (client->resolver_count > DNS_RESOLVERS_MOST)
        client->resolver_count = DNS_RESOLVERS_MOST;
    for (size_t i = 0; i < client->resolver_count; i++)
        client->resolvers[i] = options->resolvers[i];
    *out = client;
    return STATUS_OK;
}

static void free_all(struct dns_queue *queue)
{
    struct dns_question *question = queue->first;

    *queue = (struct dns_queue){0};
    while (question) {
        struct dns_question *next = question->next;

        free(question);
        question = next;
    }
}

void dns_client_free(struct dns_client *client)
{
    struct timer *timer;

    if (!client)
        return;
    while ((timer = timers_first(&client->timers))) {
        struct dns_question *question = timer->owner;

        dns_question_stop(client, question);
        free(question);
    }
    free_all(&client->recursive.waiting);
    free_all(&client->direct.waiting);
    timers_release(&client->timers);
    dns_sockets_release(&client->sockets);
    arena_release(&client->scratch);
    free(client);
}

void dns_client_ask(struct dns_client *client, struct dns_answer *item)
{
    bool direct = item->at.ip.family != IP_NONE;
    size_t count = direct ? 1 : client->resolver_count;
    struct dns_question *question =
        memory_new(1, sizeof *question + count * sizeof *question->candidates);

    question->item = item;
    question->timer.owner = question;
    question->chain_flags = UINT8_MAX;
    question->count = count;
    for (size_t i = 0; i < count; i++)
        question->candidates[i].server = direct ? &item->at : &client->resolvers[i];
    question->lane = direct ? &client->direct : &client->recursive;
    dns_queue_add(&question->lane->waiting, question);
}

void dns_client_work(struct dns_client *client, int64_t now)
{
    client->now = now;
    client->wall_clock = platform_wall_clock();
    dns_transport_receive(client);
    dns_transport_work_tcp(client);
    expire(client);
    dns_sockets_close_unused(&client->sockets);
    send_ready(client);
    dns_transport_open_tcp(client);
}

size_t dns_client_sockets(const struct dns_client *client, struct platform_waiter *list,
                          size_t room)
{
    size_t count = 0;

    for (size_t i = 0; i < client->sockets.count && count < room; i++) {
        const struct dns_socket *socket = client->sockets.list[i];

        list[count++] = (struct platform_waiter){
            .socket = socket->handle, .to_read = true, .to_write = socket->is_full};
    }
    for (size_t i = 0; i < client->exchanges_used && count < room; i++) {
        const struct dns_tcp *tcp = &client->exchanges[i].tcp;
        bool writes = dns_tcp_wants_write(tcp);

        if (client->exchanges[i].question)
            list[count++] = (struct platform_waiter){
                .socket = tcp->socket, .to_read = !writes, .to_write = writes};
    }
    return count;
}

void dns_client_heard(struct dns_client *client, const struct platform_waiter *list, size_t count)
{
    size_t at = 0;

    for (size_t i = 0; i < client->sockets.count && at < count; i++)
        client->sockets.list[i]->is_ready = list[at++].ready;
    for (size_t i = 0; i < client->exchanges_used && at < count; i++) {
        if (client->exchanges[i].question)
            client->exchanges[i].is_ready = list[at++].ready;
    }
}

int64_t dns_client_due(const struct dns_client *client)
{
    const struct timer *first = timers_first(&client->timers);
    int64_t due = first ? first->due : INT64_MAX;

    if (!client->is_full &&
        (client->ready.first || has_room(&client->recursive) || has_room(&client->direct)) &&
        pace_due(&client->pace) < due)
        due = pace_due(&client->pace);
    return due;
}
