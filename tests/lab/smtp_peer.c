#include "tests/lab/smtp_peer.h"

#include "diag/memory.h"
#include "tests/lab/smtp_script.h"

#include <stdlib.h>
#include <string.h>

/* LAB_ROUND_MOST where not all connections can be waited for. */
enum { CROWDED_ROUND = 2000 };

/* ---- connections ---- */

static void open_connection(struct smtp_peers *peers, size_t peer, platform_socket socket)
{
    struct smtp_peer_count *count = &peers->counts[peer];
    struct smtp_connection *connection;

    peers->connections = memory_grow(peers->connections, &peers->connection_room,
                                     peers->connection_count, sizeof *connection);
    connection = &peers->connections[peers->connection_count++];
    memset(connection, 0, sizeof *connection);
    connection->socket = socket;
    connection->peer = peer;
    smtp_script_begin(peers, connection);
    platform_mutex_lock(peers->thread.mutex);
    count->accepted++;
    count->open++;
    if (count->most_open < count->open)
        count->most_open = count->open;
    buffer_clear(&count->heard);
    platform_mutex_unlock(peers->thread.mutex);
}

static void close_connection(struct smtp_peers *peers, size_t index)
{
    struct smtp_connection *connection = &peers->connections[index];

    if (connection->socket != PLATFORM_NO_SOCKET)
        platform_socket_close(connection->socket);
    lab_tls_free(connection->tls);
    buffer_release(&connection->in);
    buffer_release(&connection->out);
    platform_mutex_lock(peers->thread.mutex);
    peers->counts[connection->peer].open--;
    platform_mutex_unlock(peers->thread.mutex);
    *connection = peers->connections[--peers->connection_count];
}

static bool is_listening(const struct smtp_peer *peer)
{
    return !peer->is_refusing && !peer->is_deaf;
}

static void accept_connections(struct smtp_peers *peers)
{
    struct net_address client;
    platform_socket socket;

    for (size_t i = 0; i < peers->count; i++) {
        while (is_listening(&peers->list[i]) &&
               lab_accept(peers->endpoints[i].tcp, &socket, &client) == STATUS_OK)
            open_connection(peers, i, socket);
    }
}

/* From the last to the first: closing one moves the last into its place. */
static void serve_connections(struct smtp_peers *peers, int64_t now)
{
    for (size_t i = peers->connection_count; i-- > 0;) {
        struct smtp_connection *connection = &peers->connections[i];

        if (!smtp_script_receive(peers, connection) || !smtp_script_send(connection) ||
            !smtp_script_play(peers, connection, now))
            close_connection(peers, i);
    }
}

/* ---- the thread ---- */

static void wait_for_work(struct smtp_peers *peers)
{
    struct platform_waiter waiters[PLATFORM_WAITERS_MOST];
    int64_t now = platform_monotonic_clock(), until = now + LAB_ROUND_MOST;
    size_t count = 0;

    for (size_t i = 0; i < peers->count && count < PLATFORM_WAITERS_MOST; i++) {
        if (is_listening(&peers->list[i]))
            waiters[count++] =
                (struct platform_waiter){.socket = peers->endpoints[i].tcp, .to_read = true};
    }
    for (size_t i = 0; i < peers->connection_count; i++) {
        const struct smtp_connection *connection = &peers->connections[i];

        if (connection->out.size == 0 && connection->due != 0 && connection->due < until)
            until = connection->due;
        if (count < PLATFORM_WAITERS_MOST)
            waiters[count++] = (struct platform_waiter){.socket = connection->socket,
                                                        .to_read = true,
                                                        .to_write = connection->out.size > 0};
        else if (until > now + CROWDED_ROUND)
            until = now + CROWDED_ROUND;
    }
    lab_wait(waiters, count, until);
}

static void serve(void *argument)
{
    struct smtp_peers *peers = argument;

    while (!lab_thread_is_stopping(&peers->thread)) {
        wait_for_work(peers);
        accept_connections(peers);
        serve_connections(peers, platform_monotonic_clock());
    }
    lab_thread_finish(&peers->thread);
}

/* ---- from outside ---- */

static void free_peers(struct smtp_peers *peers)
{
    while (peers->connection_count > 0)
        close_connection(peers, peers->connection_count - 1);
    for (size_t i = 0; i < peers->count; i++) {
        lab_endpoint_close(&peers->endpoints[i]);
        lab_identity_free(peers->identities[i]);
        buffer_release(&peers->counts[i].heard);
    }
    lab_authority_free(peers->authority);
    lab_thread_release(&peers->thread);
    free(peers->connections);
    free(peers->endpoints);
    free(peers->identities);
    free(peers->counts);
    free(peers);
}

static struct smtp_peers *new_peers(const struct smtp_peer *list, size_t count)
{
    struct smtp_peers *peers = memory_new(1, sizeof *peers);

    peers->list = list;
    peers->count = count;
    peers->endpoints = memory_new(count, sizeof *peers->endpoints);
    peers->identities = memory_new(count, sizeof *peers->identities);
    peers->counts = memory_new(count, sizeof *peers->counts);
    lab_thread_init(&peers->thread);
    for (size_t i = 0; i < count; i++) {
        peers->endpoints[i].udp = peers->endpoints[i].tcp = PLATFORM_NO_SOCKET;
        buffer_init(&peers->counts[i].heard, SMTP_PEER_HEARD_SIZE - 1);
    }
    return peers;
}

static enum status open_endpoints(struct smtp_peers *peers, uint16_t *port)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < peers->count && status == STATUS_OK; i++)
        status = lab_endpoint_init(&peers->endpoints[i], peers->list[i].address,
                                   peers->list[i].is_refusing ? LAB_TCP_CLOSED : LAB_TCP);
    if (status == STATUS_OK)
        status = lab_listen(peers->endpoints, peers->count, *port);
    if (status == STATUS_OK && peers->count > 0)
        *port = peers->endpoints[0].address.port;
    return status;
}

static enum status make_identities(struct smtp_peers *peers)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < peers->count && status == STATUS_OK; i++) {
        if (peers->list[i].certificate == SMTP_PEER_NO_CERTIFICATE)
            continue;
        if (!peers->authority)
            status = lab_authority_new(&peers->authority);
        if (status == STATUS_OK)
            status = lab_identity_new(peers->authority, smtp_peer_name(peers, i),
                                      peers->list[i].certificate, &peers->identities[i]);
    }
    return status;
}

enum status smtp_peers_start(const struct smtp_peer *list, size_t count, uint16_t *port,
                             struct smtp_peers **out)
{
    struct smtp_peers *peers = new_peers(list, count);
    enum status status = open_endpoints(peers, port);

    *out = NULL;
    if (status == STATUS_OK)
        status = make_identities(peers);
    if (status == STATUS_OK)
        status = platform_thread_start(serve, peers);
    if (status != STATUS_OK) {
        free_peers(peers);
        return status;
    }
    *out = peers;
    return STATUS_OK;
}

enum status smtp_peers_stop(struct smtp_peers *peers)
{
    enum status status;

    if (!peers)
        return STATUS_OK;
    status = lab_thread_stop(&peers->thread);
    if (status == STATUS_OK)
        free_peers(peers);
    return status;
}

static unsigned read_count(struct smtp_peers *peers, const unsigned *number)
{
    unsigned value;

    platform_mutex_lock(peers->thread.mutex);
    value = *number;
    platform_mutex_unlock(peers->thread.mutex);
    return value;
}

unsigned smtp_peers_accepted(struct smtp_peers *peers, size_t peer)
{
    return read_count(peers, &peers->counts[peer].accepted);
}

unsigned smtp_peers_most_open(struct smtp_peers *peers, size_t peer)
{
    return read_count(peers, &peers->counts[peer].most_open);
}

unsigned smtp_peers_bytes_before_greeting(struct smtp_peers *peers, size_t peer)
{
    return read_count(peers, &peers->counts[peer].before_greeting);
}

void smtp_peers_heard(struct smtp_peers *peers, size_t peer, char *out)
{
    platform_mutex_lock(peers->thread.mutex);
    memcpy(out, peers->counts[peer].heard.text, peers->counts[peer].heard.size + 1);
    platform_mutex_unlock(peers->thread.mutex);
}

const char *smtp_peers_authority(struct smtp_peers *peers)
{
    return peers->authority ? lab_authority_pem(peers->authority) : "";
}

const char *smtp_peers_certificate_sha256(struct smtp_peers *peers, size_t peer)
{
    return peers->identities[peer] ? lab_identity_sha256(peers->identities[peer]) : "";
}

const char *smtp_peers_key_sha256(struct smtp_peers *peers, size_t peer)
{
    return peers->identities[peer] ? lab_identity_key_sha256(peers->identities[peer]) : "";
}
