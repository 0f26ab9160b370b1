#include "tests/lab/name_server.h"

#include "tests/lab/lab_thread.h"

#include <stdlib.h>
#include <string.h>

enum {
    CONNECTIONS_MOST = 256,
    QUESTION_MOST = 512,
    DATAGRAMS_A_ROUND = 64,
    COUNTER_SLOTS = 4096,
    DRIBBLE_PAUSE = 1000 /* microseconds */
};

struct behaviour {
    struct lab_name owner;
    bool below; /* the names below the owner, not the owner itself */
    uint16_t type;
    unsigned faults;
    unsigned delay;
    unsigned first;
};

struct counter {
    struct counter *next_in_slot;
    struct lab_name name;
    uint16_t type;
    struct lab_count count;
    unsigned waiting; /* delayed replies that are still to be sent */
};

struct outgoing { /* a datagram that is due later; the list is in the order of `due` */
    struct outgoing *before;
    struct outgoing *after;
    int64_t due;
    struct counter *counter;
    platform_socket from;
    struct net_address peer;
    size_t size;
    uint8_t bytes[];
};

struct connection {
    platform_socket socket;
    uint8_t in[2 + QUESTION_MOST];
    size_t received;
    uint8_t *out; /* NULL while no reply is on its way */
    size_t out_size;
    size_t sent;
    int64_t due; /* when to send on */
    unsigned faults;
};

struct lab_name_server {
    struct lab_zone *zone;
    struct behaviour *behaviours;
    size_t behaviour_count;
    bool authoritative;
    struct lab_endpoint endpoint;
    struct lab_endpoint stray; /* answers that come from where nobody asked */
    struct lab_writer writer;
    struct outgoing *first_due;
    struct outgoing *last_due;
    struct connection connections[CONNECTIONS_MOST];
    size_t connection_count;

    struct lab_thread thread; /* its mutex guards all that follows */
    struct counter *counters[COUNTER_SLOTS];
    struct lab_totals totals;
    unsigned waiting; /* different (name, type) with delayed replies */
    uint8_t ids_seen[65536 / 8];
    uint8_t ports_seen[65536 / 8];
};

/* ---- counting ---- */

static size_t slot_of(const struct lab_name *name, uint16_t type)
{
    uint32_t hash = 2166136261U ^ type;

    for (size_t i = 0; i < name->size; i++)
        hash = (hash ^ lab_fold(name->wire[i])) * 16777619U;
    return hash % COUNTER_SLOTS;
}

static struct counter *find_counter(const struct lab_name_server *server,
                                    const struct lab_name *name, uint16_t type)
{
    struct counter *counter = server->counters[slot_of(name, type)];

    while (counter && (counter->type != type || !lab_name_equal(&counter->name, name)))
        counter = counter->next_in_slot;
    return counter;
}

static struct counter *need_counter(struct lab_name_server *server, const struct lab_name *name,
                                    uint16_t type)
{
    struct counter *counter = find_counter(server, name, type);
    size_t slot = slot_of(name, type);

    if (counter)
        return counter;
    counter = memory_new(1, sizeof *counter);
    counter->name = *name;
    counter->type = type;
    counter->next_in_slot = server->counters[slot];
    server->counters[slot] = counter;
    server->totals.names++;
    return counter;
}

static unsigned mark(uint8_t *seen, uint16_t number)
{
    uint8_t bit = (uint8_t)(1U << number % 8);
    bool is_new = !(seen[number / 8] & bit);

    seen[number / 8] |= bit;
    return is_new;
}

static void count_one(struct lab_count *count, const struct lab_question *question)
{
    count->asked++;
    count->over_tcp += question->over_tcp;
    count->with_edns += question->edns;
    count->recursive += (question->flags & 0x0100) != 0;
}

/* Counts a question; gives its counter and how often it was asked, this time included. */
static struct counter *count_question(struct lab_name_server *server,
                                      const struct lab_question *question,
                                      const struct net_address *peer, unsigned *asked)
{
    struct counter *counter;

    platform_mutex_lock(server->thread.mutex);
    counter = need_counter(server, &question->name, question->type);
    count_one(&counter->count, question);
    count_one(&server->totals.count, question);
    server->totals.ids += mark(server->ids_seen, question->id);
    if (!question->over_tcp)
        server->totals.ports += mark(server->ports_seen, peer->port);
    *asked = counter->count.asked;
    platform_mutex_unlock(server->thread.mutex);
    return counter;
}

static void count_waiting(struct lab_name_server *server, struct counter *counter, bool begins)
{
    platform_mutex_lock(server->thread.mutex);
    if (begins && counter->waiting++ == 0)
        server->waiting++;
    if (!begins && --counter->waiting == 0)
        server->waiting--;
    if (server->waiting > server->totals.most_waiting)
        server->totals.most_waiting = server->waiting;
    platform_mutex_unlock(server->thread.mutex);
}

/* ---- behaviours ---- */

static bool fits(const struct behaviour *behaviour, const struct lab_question *question,
                 unsigned asked)
{
    if (behaviour->type && behaviour->type != question->type)
        return false;
    if (behaviour->first && asked > behaviour->first)
        return false;
    if (!behaviour->below)
        return lab_name_equal(&question->name, &behaviour->owner);
    return question->name.size > behaviour->owner.size &&
           lab_name_below(&question->name, &behaviour->owner);
}

static struct behaviour behaviour_for(const struct lab_name_server *server,
                                      const struct lab_question *question, unsigned asked)
{
    static const struct behaviour none;

    for (size_t i = 0; i < server->behaviour_count; i++) {
        if (fits(&server->behaviours[i], question, asked))
            return server->behaviours[i];
    }
    return none;
}

static enum status read_behaviour(const struct lab_behaviour *source, struct behaviour *out)
{
    const char *owner = source->owner;

    out->below = strcmp(owner, "*") == 0 || strncmp(owner, "*.", 2) == 0;
    if (out->below)
        owner += owner[1] ? 2 : 1;
    if (lab_name_parse(owner, &out->owner) != STATUS_OK)
        return STATUS_INVALID;
    out->type = source->type ? lab_type_number(source->type) : 0;
    if (source->type && !out->type)
        return STATUS_INVALID;
    out->faults = source->faults;
    out->delay = source->delay;
    out->first = source->first;
    return STATUS_OK;
}

/* ---- UDP ---- */

static void insert_by_due(struct lab_name_server *server, struct outgoing *item)
{
    struct outgoing *before = server->last_due;

    while (before && before->due > item->due)
        before = before->before;
    item->before = before;
    item->after = before ? before->after : server->first_due;
    if (item->after)
        item->after->before = item;
    else
        server->last_due = item;
    if (before)
        before->after = item;
    else
        server->first_due = item;
}

static void send_reply(struct lab_name_server *server, const struct lab_question *question,
                       const struct net_address *peer, struct counter *counter, unsigned faults,
                       unsigned delay)
{
    platform_socket from = faults & LAB_WRONG_SOURCE ? server->stray.udp : server->endpoint.udp;
    const struct buffer *reply = &server->writer.out;
    struct outgoing *item;

    lab_reply_write(server->zone, server->authoritative, question, faults, &server->writer);
    if (delay == 0) {
        (void)lab_send_to(from, reply->text, reply->size, peer);
        return;
    }
    item = memory_new(1, sizeof *item + reply->size);
    item->due = platform_monotonic_clock() + (int64_t)delay * 1000;
    item->counter = counter;
    item->from = from;
    item->peer = *peer;
    item->size = reply->size;
    memcpy(item->bytes, reply->text, reply->size);
    insert_by_due(server, item);
    count_waiting(server, counter, true);
}

static void take_datagram(struct lab_name_server *server, const uint8_t *bytes, size_t size,
                          const struct net_address *peer)
{
    struct lab_question question;
    struct behaviour how;
    struct counter *counter;
    unsigned asked;

    if (lab_question_read(bytes, size, false, &question) != STATUS_OK)
        return;
    counter = count_question(server, &question, peer, &asked);
    how = behaviour_for(server, &question, asked);
    if (how.faults & (LAB_SILENT | LAB_UDP_SILENT))
        return;
    if (how.faults & LAB_DROPS_EDNS && question.edns)
        return;
    send_reply(server, &question, peer, counter, how.faults, how.delay);
    if (how.faults & LAB_TWICE)
        send_reply(server, &question, peer, counter, how.faults, how.delay);
    if (how.faults & LAB_THEN_TRUTH)
        send_reply(server, &question, peer, counter, lab_faults_without_damage(how.faults),
                   how.delay);
}

static void receive_datagrams(struct lab_name_server *server)
{
    uint8_t bytes[QUESTION_MOST];
    struct net_address peer;
    size_t size;

    for (int i = 0; i < DATAGRAMS_A_ROUND; i++) {
        if (lab_receive_from(server->endpoint.udp, bytes, sizeof bytes, &size, &peer) != STATUS_OK)
            return;
        take_datagram(server, bytes, size, &peer);
    }
}

static void send_due(struct lab_name_server *server, int64_t now)
{
    while (server->first_due && server->first_due->due <= now) {
        struct outgoing *item = server->first_due;

        server->first_due = item->after;
        if (item->after)
            item->after->before = NULL;
        else
            server->last_due = NULL;
        count_waiting(server, item->counter, false);
        (void)lab_send_to(item->from, item->bytes, item->size, &item->peer);
        free(item);
    }
}

/* ---- TCP ---- */

static void accept_connections(struct lab_name_server *server)
{
    struct net_address peer;
    platform_socket socket;

    while (lab_accept(server->endpoint.tcp, &socket, &peer) == STATUS_OK) {
        struct connection *connection = &server->connections[server->connection_count];

        if (server->connection_count == CONNECTIONS_MOST) {
            platform_socket_close(socket);
            continue;
        }
        memset(connection, 0, sizeof *connection);
        connection->socket = socket;
        server->connection_count++;
    }
}

/* Makes a whole question in `in` a reply in `out`. False to end the connection. */
static bool answer_connection(struct lab_name_server *server, struct connection *connection,
                              size_t size)
{
    const struct buffer *reply = &server->writer.out;
    struct lab_question question;
    struct behaviour how;
    unsigned asked;

    if (lab_question_read(connection->in + 2, size, true, &question) != STATUS_OK)
        return false;
    (void)count_question(server, &question, NULL, &asked);
    how = behaviour_for(server, &question, asked);
    connection->faults = how.faults;
    if (how.faults & LAB_TCP_CLOSE)
        return false;
    if (how.faults & (LAB_SILENT | LAB_TCP_SILENT))
        return true;
    lab_reply_write(server->zone, server->authoritative, &question, how.faults, &server->writer);
    connection->out = memory_new(2 + reply->size, 1);
    connection->out[0] = (uint8_t)(reply->size >> 8);
    connection->out[1] = (uint8_t)(reply->size & 0xFF);
    memcpy(connection->out + 2, reply->text, reply->size);
    connection->out_size = 2 + reply->size;
    if (how.faults & (LAB_TCP_CUT | LAB_TCP_STALL))
        connection->out_size = 2 + reply->size / 2;
    connection->sent = 0;
    connection->due = platform_monotonic_clock() + (int64_t)how.delay * 1000;
    return true;
}

/* False when the other side is gone or what it sent cannot be a question. */
static bool receive_question(struct lab_name_server *server, struct connection *connection)
{
    size_t size, want = 2, received = connection->received;
    enum status status;

    if (received >= 2)
        want += (size_t)connection->in[0] << 8 | connection->in[1];
    if (want > sizeof connection->in)
        return false;
    status =
        platform_receive(connection->socket, connection->in + received, want - received, &size);
    if (status == STATUS_AGAIN)
        return true;
    if (status != STATUS_OK)
        return false;
    connection->received += size;
    if (connection->received < want || want == 2)
        return true;
    connection->received = 0;
    return answer_connection(server, connection, want - 2);
}

static bool send_on(struct connection *connection, int64_t now)
{
    bool dribble = connection->faults & LAB_TCP_DRIBBLE;
    size_t size = connection->out_size - connection->sent, sent;
    enum status status;

    if (now < connection->due)
        return true;
    status = platform_send(connection->socket, connection->out + connection->sent,
                           dribble ? 1 : size, &sent);
    if (status == STATUS_AGAIN)
        return true;
    if (status != STATUS_OK)
        return false;
    connection->sent += sent;
    if (dribble)
        connection->due = now + DRIBBLE_PAUSE;
    if (connection->sent < connection->out_size)
        return true;
    free(connection->out);
    connection->out = NULL;
    return !(connection->faults & LAB_TCP_CUT);
}

static void close_connection(struct lab_name_server *server, size_t index)
{
    struct connection *connection = &server->connections[index];

    platform_socket_close(connection->socket);
    free(connection->out);
    *connection = server->connections[--server->connection_count];
}

/* From the last to the first: closing one moves the last into its place. */
static void serve_connections(struct lab_name_server *server, int64_t now)
{
    for (size_t i = server->connection_count; i-- > 0;) {
        struct connection *connection = &server->connections[i];
        bool lives =
            connection->out ? send_on(connection, now) : receive_question(server, connection);

        if (!lives)
            close_connection(server, i);
    }
}

/* ---- the thread ---- */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void wait_for_work(struct lab_name_server *server)
{
    struct platform_waiter waiters[2 + CONNECTIONS_MOST] = {{0}};
    int64_t now = platform_monotonic_clock(), until = now + LAB_ROUND_MOST;
    size_t count = 0;

    waiters[count].socket = server->endpoint.udp;
    waiters[count++].to_read = true;
    if (server->endpoint.transports & LAB_TCP) {
        waiters[count].socket = server->endpoint.tcp;
        waiters[count++].to_read = true;
    }
    for (size_t i = 0; i < server->connection_count; i++) {
        const struct connection *connection = &server->connections[i];

        if (connection->out && connection->due > now) {
            until = earlier(until, connection->due);
            continue;
        }
        waiters[count].socket = connection->socket;
        waiters[count].to_read = !connection->out;
        waiters[count++].to_write = connection->out != NULL;
    }
    if (server->first_due)
        until = earlier(until, server->first_due->due);
    lab_wait(waiters, count, until);
}

static void serve(void *argument)
{
    struct lab_name_server *server = argument;

    while (!lab_thread_is_stopping(&server->thread)) {
        wait_for_work(server);
        receive_datagrams(server);
        send_due(server, platform_monotonic_clock());
        if (server->endpoint.transports & LAB_TCP)
            accept_connections(server);
        serve_connections(server, platform_monotonic_clock());
    }
    lab_thread_finish(&server->thread);
}

/* ---- from outside ---- */

static void free_counters(struct lab_name_server *server)
{
    for (size_t i = 0; i < COUNTER_SLOTS; i++) {
        while (server->counters[i]) {
            struct counter *counter = server->counters[i];

            server->counters[i] = counter->next_in_slot;
            free(counter);
        }
    }
}

static void free_server(struct lab_name_server *server)
{
    while (server->first_due) {
        struct outgoing *item = server->first_due;

        server->first_due = item->after;
        free(item);
    }
    while (server->connection_count > 0)
        close_connection(server, server->connection_count - 1);
    lab_endpoint_close(&server->endpoint);
    lab_endpoint_close(&server->stray);
    free_counters(server);
    lab_zone_free(server->zone);
    free(server->behaviours);
    lab_writer_release(&server->writer);
    lab_thread_release(&server->thread);
    free(server);
}

static enum status read_options(struct lab_name_server *server,
                                const struct lab_name_server_options *options)
{
    enum status status = lab_zone_new(options->records, options->record_count, &server->zone);

    server->authoritative = options->authoritative;
    server->behaviour_count = options->behaviour_count;
    server->behaviours = memory_new(options->behaviour_count, sizeof *server->behaviours);
    for (size_t i = 0; i < options->behaviour_count && status == STATUS_OK; i++)
        status = read_behaviour(&options->behaviours[i], &server->behaviours[i]);
    return status;
}

static enum status open_stray(struct lab_name_server *server)
{
    server->stray.address = server->endpoint.address;
    server->stray.transports = LAB_UDP;
    server->stray.udp = PLATFORM_NO_SOCKET;
    server->stray.tcp = PLATFORM_NO_SOCKET;
    return lab_listen(&server->stray, 1, 0);
}

enum status lab_name_server_start(const struct lab_name_server_options *options,
                                  struct lab_endpoint *endpoint, struct lab_name_server **out)
{
    struct lab_name_server *server = memory_new(1, sizeof *server);
    enum status status;

    *out = NULL;
    server->endpoint = *endpoint;
    endpoint->udp = PLATFORM_NO_SOCKET;
    endpoint->tcp = PLATFORM_NO_SOCKET;
    lab_thread_init(&server->thread);
    lab_writer_init(&server->writer);
    status = open_stray(server);
    if (status == STATUS_OK)
        status = read_options(server, options);
    if (status == STATUS_OK)
        status = platform_thread_start(serve, server);
    if (status != STATUS_OK) {
        free_server(server);
        return status;
    }
    *out = server;
    return STATUS_OK;
}

enum status lab_name_server_open(const struct lab_name_server_options *options,
                                 struct net_address *address, struct lab_name_server **out)
{
    struct lab_endpoint endpoint;
    enum status status = lab_endpoint_init(&endpoint, "127.0.0.1", LAB_UDP | LAB_TCP);

    *out = NULL;
    if (status == STATUS_OK)
        status = lab_listen(&endpoint, 1, 0);
    if (status != STATUS_OK)
        return status;
    *address = endpoint.address;
    return lab_name_server_start(options, &endpoint, out);
}

enum status lab_name_server_stop(struct lab_name_server *server)
{
    enum status status;

    if (!server)
        return STATUS_OK;
    status = lab_thread_stop(&server->thread);
    if (status == STATUS_OK)
        free_server(server);
    return status;
}

struct lab_count lab_name_server_count(struct lab_name_server *server, const char *name,
                                       const char *type)
{
    const struct counter *counter = NULL;
    struct lab_count count = {0};
    struct lab_name wire;

    platform_mutex_lock(server->thread.mutex);
    if (lab_name_parse(name, &wire) == STATUS_OK)
        counter = find_counter(server, &wire, lab_type_number(type));
    if (counter)
        count = counter->count;
    platform_mutex_unlock(server->thread.mutex);
    return count;
}

struct lab_totals lab_name_server_totals(struct lab_name_server *server)
{
    struct lab_totals totals;

    platform_mutex_lock(server->thread.mutex);
    totals = server->totals;
    platform_mutex_unlock(server->thread.mutex);
    return totals;
}
