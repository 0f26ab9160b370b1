#include "tests/lab/web_peer.h"

#include "diag/memory.h"
#include "diag/read/http_head.h"
#include "tests/lab/lab_thread.h"
#include "tests/lab/web_script.h"

#include <stdlib.h>
#include <string.h>

enum {
    PIECE_SIZE = 65536, /* bytes that are received or repeated at once */
    REPLY_MOST = 256 << 20,
    LINE_MOST = 8192
};

struct connection {
    platform_socket socket;
    size_t peer;
    struct lab_tls *tls;
    bool is_secured; /* the handshake is over */
    struct buffer in;
    struct buffer out; /* as it goes over the wire */
    size_t sent;       /* of `out` */

    bool is_answering;
    struct web_reply reply;
    size_t at; /* in its bytes */
    uint64_t repeated;
    int64_t due;
    unsigned requests;
};

struct web_count { /* of one peer, under the mutex */
    unsigned accepted;
    unsigned requests;
    uint64_t sent;
    struct buffer heard;
};

struct web_peers {
    const struct web_peer *list;
    size_t count;
    struct lab_endpoint *endpoints;
    struct lab_authority *authority;
    struct lab_identity **identities;

    struct connection *connections;
    size_t connection_count;
    size_t connection_room;

    struct lab_thread thread; /* its mutex guards what follows */
    struct web_count *counts;
};

/* ---- requests ---- */

bool web_heard_field(const struct web_heard *heard, const char *name, char *out, size_t room)
{
    struct http_text value;
    size_t at = 0, size;

    *out = '\0';
    if (!http_head_next(heard->fields, strlen(heard->fields), name, &at, &value))
        return false;
    size = value.size < room ? value.size : room - 1;
    memcpy(out, value.bytes, size);
    out[size] = '\0';
    return true;
}

/* Bytes of the head with the empty line behind it; 0: it is not whole. */
static size_t head_size(const struct buffer *in)
{
    const char *end = strstr(in->text, "\r\n\r\n");

    return end ? (size_t)(end - in->text) + 4 : 0;
}

static size_t body_size(const char *head, size_t size)
{
    struct http_text value;
    int64_t number;
    size_t at = 0;

    if (!http_head_next(head, size, "Content-Length", &at, &value) ||
        http_number(value, &number) != STATUS_OK)
        return 0;
    return (size_t)number;
}

/* The word at `*at`, to the next space or end of line. */
static char *take_word(struct arena *arena, const char *head, size_t *at)
{
    size_t size = strcspn(head + *at, " \r\n");
    char *word = arena_copy(arena, head + *at, size);

    *at += size;
    *at += head[*at] == ' ';
    return word;
}

static char *without_returns(struct arena *arena, const char *text, size_t size)
{
    char *copy = arena_copy(arena, text, size), *to = copy;

    for (const char *from = copy; *from; from++) {
        if (*from != '\r')
            *to++ = *from;
    }
    *to = '\0';
    return copy;
}

static void note_request(struct web_peers *peers, size_t peer, const char *text, unsigned *number)
{
    struct web_count *count = &peers->counts[peer];

    platform_mutex_lock(peers->thread.mutex);
    *number = count->requests++;
    buffer_add_string(&count->heard, text);
    platform_mutex_unlock(peers->thread.mutex);
}

static void answer_request(struct web_peers *peers, struct connection *connection, size_t head,
                           size_t body)
{
    const struct web_peer *peer = &peers->list[connection->peer];
    struct arena memory = {0};
    size_t at = 0;
    struct web_heard heard = {.on_connection = connection->requests++, .body_size = body};

    heard.method = take_word(&memory, connection->in.text, &at);
    heard.path = take_word(&memory, connection->in.text, &at);
    at += strcspn(connection->in.text + at, "\n") + 1;
    heard.fields = without_returns(&memory, connection->in.text + at, head - at);
    heard.body = arena_copy(&memory, connection->in.text + head, body);
    note_request(peers, connection->peer,
                 without_returns(&memory, connection->in.text, head + body), &heard.number);
    connection->reply = (struct web_reply){.delay = 0};
    buffer_init(&connection->reply.bytes, REPLY_MOST);
    if (peer->answer)
        peer->answer(peer->context, &heard, &connection->reply);
    else
        web_say(&connection->reply, 200, "text/plain", "fine\n");
    connection->is_answering = true;
    connection->at = 0;
    connection->repeated = 0;
    connection->due = platform_monotonic_clock() + (int64_t)connection->reply.delay * 1000;
    arena_release(&memory);
}

/* False when the client asks for more than anybody hears. */
static bool hear(struct web_peers *peers, struct connection *connection)
{
    size_t head = head_size(&connection->in), body, rest;
    struct buffer behind;

    if (connection->is_answering)
        return true;
    if (head == 0)
        return !connection->in.truncated;
    body = body_size(connection->in.text, head);
    if (body > WEB_HEARD_MOST)
        return false;
    if (connection->in.size < head + body)
        return !connection->in.truncated;
    answer_request(peers, connection, head, body);
    rest = connection->in.size - head - body;
    buffer_init(&behind, WEB_HEARD_MOST);
    buffer_add(&behind, connection->in.text + head + body, rest);
    buffer_release(&connection->in);
    connection->in = behind;
    return true;
}

/* ---- bytes ---- */

static void take(struct connection *connection, const char *bytes, size_t size)
{
    char text[4096];
    size_t count;

    if (!connection->tls) {
        buffer_add(&connection->in, bytes, size);
        return;
    }
    lab_tls_take(connection->tls, bytes, size);
    if (!connection->is_secured)
        return;
    while ((count = lab_tls_read(connection->tls, text, sizeof text)) > 0)
        buffer_add(&connection->in, text, count);
}

/* False when the client is gone. */
static bool receive(struct connection *connection)
{
    char bytes[4096];
    enum status status = STATUS_OK;
    size_t size;

    while (status == STATUS_OK) {
        status = platform_receive(connection->socket, bytes, sizeof bytes, &size);
        if (status == STATUS_OK)
            take(connection, bytes, size);
    }
    return status == STATUS_AGAIN;
}

static bool send_out(struct web_peers *peers, struct connection *connection)
{
    enum status status = STATUS_OK;
    uint64_t total = 0;

    while (status == STATUS_OK && connection->sent < connection->out.size) {
        size_t sent = 0;

        status = platform_send(connection->socket, connection->out.text + connection->sent,
                               connection->out.size - connection->sent, &sent);
        connection->sent += status == STATUS_OK ? sent : 0;
        total += sent;
    }
    if (connection->sent == connection->out.size) {
        buffer_clear(&connection->out);
        connection->sent = 0;
    }
    platform_mutex_lock(peers->thread.mutex);
    peers->counts[connection->peer].sent += total;
    platform_mutex_unlock(peers->thread.mutex);
    return status == STATUS_OK || status == STATUS_AGAIN;
}

static void say(struct connection *connection, const char *bytes, size_t size)
{
    if (!connection->tls) {
        buffer_add(&connection->out, bytes, size);
        return;
    }
    lab_tls_write(connection->tls, bytes, size);
    lab_tls_give(connection->tls, &connection->out);
}

/* ---- answers ---- */

static size_t piece_size(const struct web_reply *reply, size_t most)
{
    return reply->piece > 0 && reply->piece < most ? reply->piece : most;
}

static void say_bytes(struct connection *connection)
{
    const struct web_reply *reply = &connection->reply;
    size_t size = piece_size(reply, reply->bytes.size - connection->at);

    say(connection, reply->bytes.text + connection->at, size);
    connection->at += size;
}

/* Many at once, as one record of TLS: a record apiece takes Wine seconds for a megabyte. */
static void say_repeated(struct connection *connection)
{
    const struct web_reply *reply = &connection->reply;
    size_t size = strlen(reply->repeated), most = reply->piece > 0 ? 1 : PIECE_SIZE / size;
    struct buffer piece;

    buffer_init(&piece, PIECE_SIZE + size);
    for (size_t i = 0; i < most && connection->repeated < reply->repeat_count; i++) {
        buffer_add(&piece, reply->repeated, size);
        connection->repeated++;
    }
    say(connection, piece.text, piece.size);
    buffer_release(&piece);
}

static bool is_said(const struct connection *connection)
{
    const struct web_reply *reply = &connection->reply;

    return connection->at == reply->bytes.size &&
           (!reply->repeated || connection->repeated >= reply->repeat_count);
}

/* False when the connection has ended. */
static bool finish(struct connection *connection)
{
    struct web_reply *reply = &connection->reply;

    if (reply->hang)
        return true;
    if (reply->reset) {
        lab_reset(connection->socket);
        connection->socket = PLATFORM_NO_SOCKET;
        return false;
    }
    if (reply->close)
        return false;
    buffer_release(&reply->bytes);
    connection->is_answering = false;
    return true;
}

static bool go_on(struct connection *connection, int64_t now)
{
    if (!connection->is_answering || connection->out.size > 0 || now < connection->due)
        return true;
    if (is_said(connection))
        return finish(connection);
    if (connection->at < connection->reply.bytes.size)
        say_bytes(connection);
    else
        say_repeated(connection);
    connection->due = now + (int64_t)connection->reply.pause * 1000;
    return true;
}

static bool secure(struct connection *connection)
{
    enum status status;

    if (!connection->tls || connection->is_secured)
        return true;
    status = lab_tls_handshake(connection->tls);
    lab_tls_give(connection->tls, &connection->out);
    connection->is_secured = status == STATUS_OK;
    if (connection->is_secured)
        take(connection, "", 0); /* what came with the handshake */
    return status == STATUS_OK || status == STATUS_AGAIN;
}

/* ---- connections ---- */

static void open_connection(struct web_peers *peers, size_t peer, platform_socket socket)
{
    struct connection *connection;

    peers->connections = memory_grow(peers->connections, &peers->connection_room,
                                     peers->connection_count, sizeof *connection);
    connection = &peers->connections[peers->connection_count++];
    memset(connection, 0, sizeof *connection);
    connection->socket = socket;
    connection->peer = peer;
    buffer_init(&connection->in, WEB_HEARD_MOST);
    buffer_init(&connection->out, REPLY_MOST);
    if (peers->identities[peer])
        connection->tls = lab_tls_new(peers->identities[peer]);
    platform_mutex_lock(peers->thread.mutex);
    peers->counts[peer].accepted++;
    platform_mutex_unlock(peers->thread.mutex);
}

static void close_connection(struct web_peers *peers, size_t index)
{
    struct connection *connection = &peers->connections[index];

    if (connection->socket != PLATFORM_NO_SOCKET)
        platform_socket_close(connection->socket);
    lab_tls_free(connection->tls);
    buffer_release(&connection->in);
    buffer_release(&connection->out);
    if (connection->is_answering)
        buffer_release(&connection->reply.bytes);
    *connection = peers->connections[--peers->connection_count];
}

static bool is_listening(const struct web_peer *peer)
{
    return !peer->is_refusing && !peer->is_deaf;
}

static void accept_connections(struct web_peers *peers)
{
    struct net_address client;
    platform_socket socket;

    for (size_t i = 0; i < peers->count; i++) {
        while (is_listening(&peers->list[i]) &&
               lab_accept(peers->endpoints[i].tcp, &socket, &client) == STATUS_OK)
            open_connection(peers, i, socket);
    }
}

static bool serve_connection(struct web_peers *peers, struct connection *connection, int64_t now)
{
    return receive(connection) && secure(connection) && hear(peers, connection) &&
           go_on(connection, now) && send_out(peers, connection);
}

/* From the last to the first: closing one moves the last into its place. */
static void serve_connections(struct web_peers *peers, int64_t now)
{
    for (size_t i = peers->connection_count; i-- > 0;) {
        if (!serve_connection(peers, &peers->connections[i], now))
            close_connection(peers, i);
    }
}

/* ---- the thread ---- */

static bool is_due(const struct connection *connection)
{
    return connection->is_answering && connection->out.size == 0 &&
           !(connection->reply.hang && is_said(connection));
}

static void wait_for_work(struct web_peers *peers)
{
    struct platform_waiter waiters[PLATFORM_WAITERS_MOST];
    int64_t until = platform_monotonic_clock() + LAB_ROUND_MOST;
    size_t count = 0;

    for (size_t i = 0; i < peers->count && count < PLATFORM_WAITERS_MOST; i++) {
        if (is_listening(&peers->list[i]))
            waiters[count++] =
                (struct platform_waiter){.socket = peers->endpoints[i].tcp, .to_read = true};
    }
    for (size_t i = 0; i < peers->connection_count && count < PLATFORM_WAITERS_MOST; i++) {
        const struct connection *connection = &peers->connections[i];

        if (is_due(connection) && connection->due < until)
            until = connection->due;
        waiters[count++] = (struct platform_waiter){
            .socket = connection->socket, .to_read = true, .to_write = connection->out.size > 0};
    }
    lab_wait(waiters, count, until);
}

static void serve(void *argument)
{
    struct web_peers *peers = argument;

    while (!lab_thread_is_stopping(&peers->thread)) {
        wait_for_work(peers);
        accept_connections(peers);
        serve_connections(peers, platform_monotonic_clock());
    }
    lab_thread_finish(&peers->thread);
}

/* ---- from outside ---- */

static void free_peers(struct web_peers *peers)
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

static struct web_peers *new_peers(const struct web_peer *list, size_t count)
{
    struct web_peers *peers = memory_new(1, sizeof *peers);

    peers->list = list;
    peers->count = count;
    peers->endpoints = memory_new(count, sizeof *peers->endpoints);
    peers->identities = memory_new(count, sizeof *peers->identities);
    peers->counts = memory_new(count, sizeof *peers->counts);
    lab_thread_init(&peers->thread);
    for (size_t i = 0; i < count; i++) {
        peers->endpoints[i].udp = peers->endpoints[i].tcp = PLATFORM_NO_SOCKET;
        buffer_init(&peers->counts[i].heard, WEB_PEER_HEARD_SIZE - 1);
    }
    return peers;
}

static enum status open_endpoints(struct web_peers *peers, uint16_t *port)
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

static enum status make_identities(struct web_peers *peers)
{
    enum status status = lab_authority_new(&peers->authority);

    for (size_t i = 0; i < peers->count && status == STATUS_OK; i++) {
        const struct web_peer *peer = &peers->list[i];

        if (peer->over_tls)
            status = lab_identity_new(peers->authority, peer->name ? peer->name : "web.example",
                                      peer->certificate ? peer->certificate : SMTP_PEER_TRUSTED,
                                      &peers->identities[i]);
    }
    return status;
}

enum status web_peers_start(const struct web_peer *list, size_t count, uint16_t *port,
                            struct web_peers **out)
{
    struct web_peers *peers = new_peers(list, count);
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

enum status web_peers_stop(struct web_peers *peers)
{
    enum status status;

    if (!peers)
        return STATUS_OK;
    status = lab_thread_stop(&peers->thread);
    if (status == STATUS_OK)
        free_peers(peers);
    return status;
}

unsigned web_peers_accepted(struct web_peers *peers, size_t peer)
{
    unsigned accepted;

    platform_mutex_lock(peers->thread.mutex);
    accepted = peers->counts[peer].accepted;
    platform_mutex_unlock(peers->thread.mutex);
    return accepted;
}

unsigned web_peers_requests(struct web_peers *peers, size_t peer)
{
    unsigned requests;

    platform_mutex_lock(peers->thread.mutex);
    requests = peers->counts[peer].requests;
    platform_mutex_unlock(peers->thread.mutex);
    return requests;
}

uint64_t web_peers_sent(struct web_peers *peers, size_t peer)
{
    uint64_t sent;

    platform_mutex_lock(peers->thread.mutex);
    sent = peers->counts[peer].sent;
    platform_mutex_unlock(peers->thread.mutex);
    return sent;
}

void web_peers_heard(struct web_peers *peers, size_t peer, char *out)
{
    platform_mutex_lock(peers->thread.mutex);
    memcpy(out, peers->counts[peer].heard.text, peers->counts[peer].heard.size + 1);
    platform_mutex_unlock(peers->thread.mutex);
}

const char *web_peers_authority(struct web_peers *peers)
{
    return lab_authority_pem(peers->authority);
}
