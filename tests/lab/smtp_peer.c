#include "tests/lab/smtp_peer.h"

#include "diag/memory.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    IN_MOST = 8192,        /* bytes a client said that no step has heard yet */
    OUT_MOST = 512 * 1024, /* of one text, encrypted */
    PIECE = 4096,
    STEPS_A_ROUND = 64,
    ROUND_MOST = 20000,   /* microseconds until the stop flag is looked at again */
    CROWDED_ROUND = 2000, /* the same where not all connections can be waited for */
    STOP_MOST = 5000000,  /* microseconds */
    CODE_SIZE = 3         /* of a reply; the character behind it tells its last line */
};

struct connection {
    platform_socket socket;
    size_t peer;

    const struct smtp_peer_step *step;
    size_t offset;  /* in the text of DRIP */
    unsigned round; /* of DRIP and FLOOD */
    int64_t due;    /* when the step goes on; 0: it has not begun, or time has no say in it */

    struct buffer in; /* what was said and not heard yet */
    struct buffer out;
    size_t sent; /* of `out` */
    struct lab_tls *tls;
    bool is_secured; /* the handshake is over */

    size_t column; /* of what was said last, for `has_greeted` */
    char fourth;
    bool has_greeted;
};

struct count { /* of one peer, under the mutex */
    unsigned accepted;
    unsigned open;
    unsigned most_open;
    unsigned before_greeting;
    struct buffer heard;
};

struct smtp_peers {
    const struct smtp_peer *list;
    size_t count;
    struct lab_endpoint *endpoints;
    struct lab_authority *authority;
    struct lab_identity **identities;

    struct connection *connections;
    size_t connection_count;
    size_t connection_room;

    struct platform_mutex *mutex; /* guards what follows */
    struct count *counts;
    bool stop;
    bool finished;
};

/* How a step of a script goes on. */
enum progress { BLOCKED, DONE, GONE };

static const char *peer_name(const struct smtp_peers *peers, size_t peer)
{
    const char *name = peers->list[peer].name;

    return name ? name : "mail.example";
}

/* ---- what is said ---- */

/* A reply's last line has something else than "-" behind its code (RFC 5321 4.2). */
static void note_greeting(struct connection *connection, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size && !connection->has_greeted; i++) {
        if (bytes[i] == '\n') {
            connection->has_greeted = connection->fourth != '-';
            connection->column = 0;
            continue;
        }
        if (connection->column++ == CODE_SIZE)
            connection->fourth = bytes[i];
    }
}

static void say(struct connection *connection, const char *bytes, size_t size)
{
    note_greeting(connection, bytes, size);
    if (!connection->is_secured) {
        buffer_add(&connection->out, bytes, size);
        return;
    }
    lab_tls_write(connection->tls, bytes, size);
    lab_tls_give(connection->tls, &connection->out);
}

static void say_text(struct connection *connection, const char *text)
{
    say(connection, text, strlen(text));
}

static void say_with_name(const struct smtp_peers *peers, struct connection *connection,
                          const char *before, const char *after)
{
    struct buffer line;

    buffer_init(&line, PIECE);
    buffer_print(&line, "%s%s%s\r\n", before, peer_name(peers, connection->peer), after);
    say(connection, line.text, line.size);
    buffer_release(&line);
}

static size_t text_size(const struct smtp_peer_step *step)
{
    return step->size ? step->size : strlen(step->text);
}

/* False when the client is gone. */
static bool send_on(struct connection *connection)
{
    while (connection->sent < connection->out.size) {
        size_t sent;
        enum status status =
            platform_send(connection->socket, connection->out.text + connection->sent,
                          connection->out.size - connection->sent, &sent);

        if (status == STATUS_AGAIN)
            return true;
        if (status != STATUS_OK)
            return false;
        connection->sent += sent;
    }
    buffer_clear(&connection->out);
    connection->sent = 0;
    return true;
}

/* ---- what is heard ---- */

static void note_heard(struct smtp_peers *peers, const struct connection *connection,
                       const char *bytes, size_t size)
{
    struct count *count = &peers->counts[connection->peer];

    platform_mutex_lock(peers->mutex);
    if (!connection->has_greeted)
        count->before_greeting += (unsigned)size;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != '\r')
            buffer_add_char(&count->heard, bytes[i]);
    }
    platform_mutex_unlock(peers->mutex);
}

static void hear(struct smtp_peers *peers, struct connection *connection, const char *bytes,
                 size_t size)
{
    note_heard(peers, connection, bytes, size);
    buffer_add(&connection->in, bytes, size);
}

/* False when what came is no handshake. */
static bool take_encrypted(struct smtp_peers *peers, struct connection *connection,
                           const char *bytes, size_t size)
{
    enum status status = STATUS_OK;
    char plain[PIECE];
    size_t got;

    lab_tls_take(connection->tls, bytes, size);
    if (!connection->is_secured)
        status = lab_tls_handshake(connection->tls);
    connection->is_secured = status == STATUS_OK;
    while (connection->is_secured && (got = lab_tls_read(connection->tls, plain, sizeof plain)) > 0)
        hear(peers, connection, plain, got);
    lab_tls_give(connection->tls, &connection->out);
    if (status == STATUS_MALFORMED)
        (void)send_on(connection); /* the alert */
    return status != STATUS_MALFORMED;
}

/* False when the client is gone. */
static bool receive(struct smtp_peers *peers, struct connection *connection)
{
    char bytes[PIECE];
    enum status status;
    size_t size;

    for (;;) {
        status = platform_receive(connection->socket, bytes, sizeof bytes, &size);
        if (status != STATUS_OK)
            return status == STATUS_AGAIN;
        if (!connection->tls)
            hear(peers, connection, bytes, size);
        else if (!take_encrypted(peers, connection, bytes, size))
            return false;
    }
}

/* The next line that was said, without its end, cut off the front of what was. */
static bool take_line(struct connection *connection, char *line, size_t room)
{
    struct buffer *in = &connection->in;
    const char *end = memchr(in->text, '\n', in->size);
    size_t size, taken;

    if (!end) {
        if (in->size >= PIECE)
            buffer_clear(in); /* longer than any line; the rest of it is another */
        return false;
    }
    taken = (size_t)(end - in->text) + 1;
    size = taken - 1;
    if (size > 0 && in->text[size - 1] == '\r')
        size--;
    if (size >= room)
        size = room - 1;
    memcpy(line, in->text, size);
    line[size] = '\0';
    memmove(in->text, in->text + taken, in->size - taken + 1);
    in->size -= taken;
    return true;
}

static bool begins_with(const char *line, const char *word)
{
    return text_starts_fold(line, strlen(line), word);
}

/* ---- the acts ---- */

typedef enum progress act(struct smtp_peers *peers, struct connection *connection, int64_t now);

static enum progress act_end(struct smtp_peers *peers, struct connection *connection, int64_t now)
{
    (void)peers;
    (void)now;
    buffer_clear(&connection->in);
    return BLOCKED;
}

static enum progress act_say(struct smtp_peers *peers, struct connection *connection, int64_t now)
{
    const struct smtp_peer_step *step = connection->step;

    (void)now;
    if (step->text)
        say(connection, step->text, text_size(step));
    else
        say_with_name(peers, connection, "220 ", " ESMTP");
    return DONE;
}

static enum progress act_drip(struct smtp_peers *peers, struct connection *connection, int64_t now)
{
    const struct smtp_peer_step *step = connection->step;

    (void)peers;
    if (now < connection->due)
        return BLOCKED;
    say(connection, step->text + connection->offset, 1);
    connection->due = now + (int64_t)step->milliseconds * 1000;
    if (++connection->offset < text_size(step))
        return BLOCKED;
    connection->offset = 0;
    return ++connection->round < step->count ? BLOCKED : DONE;
}

static enum progress act_flood(struct smtp_peers *peers, struct connection *connection, int64_t now)
{
    const struct smtp_peer_step *step = connection->step;

    (void)peers;
    connection->due = now;
    say(connection, step->text, text_size(step));
    return ++connection->round < step->count ? BLOCKED : DONE;
}

static enum progress act_wait(struct smtp_peers *peers, struct connection *connection, int64_t now)
{
    (void)peers;
    if (connection->due == 0)
        connection->due = now + (int64_t)connection->step->milliseconds * 1000;
    return now < connection->due ? BLOCKED : DONE;
}

static enum progress act_hear(struct smtp_peers *peers, struct connection *connection, int64_t now)
{
    const char *word = connection->step->text;
    char line[PIECE];

    (void)peers;
    (void)now;
    while (take_line(connection, line, sizeof line)) {
        if (!word || begins_with(line, word))
            return DONE;
    }
    return BLOCKED;
}

/* False when the client had said something already, and that is no handshake. */
static bool begin_tls(struct smtp_peers *peers, struct connection *connection)
{
    struct buffer *in = &connection->in;
    char early[PIECE];
    size_t size = in->size < sizeof early ? in->size : sizeof early;

    memcpy(early, in->text, size);
    buffer_clear(in);
    connection->tls = lab_tls_new(peers->identities[connection->peer]);
    return size == 0 || take_encrypted(peers, connection, early, size);
}

static enum progress act_tls(struct smtp_peers *peers, struct connection *connection, int64_t now)
{
    (void)now;
    if (!connection->tls && !begin_tls(peers, connection))
        return GONE;
    return connection->is_secured ? DONE : BLOCKED;
}

static enum progress act_close(struct smtp_peers *peers, struct connection *connection, int64_t now)
{
    (void)peers;
    (void)connection;
    (void)now;
    return GONE;
}

static enum progress act_reset(struct smtp_peers *peers, struct connection *connection, int64_t now)
{
    (void)peers;
    (void)now;
    lab_reset(connection->socket);
    connection->socket = PLATFORM_NO_SOCKET;
    return GONE;
}

/* ---- a healthy server ---- */

static enum progress answer_ehlo(struct smtp_peers *peers, struct connection *connection)
{
    say_with_name(peers, connection, "250-", "");
    say_text(connection, "250-PIPELINING\r\n250-SIZE 37748736\r\n");
    if (peers->identities[connection->peer] && !connection->tls)
        say_text(connection, "250-STARTTLS\r\n");
    say_text(connection, "250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n");
    return DONE;
}

static enum progress answer_helo(struct smtp_peers *peers, struct connection *connection)
{
    say_with_name(peers, connection, "250 ", "");
    return DONE;
}

/* What was said with STARTTLS is forgotten (RFC 3207 4.2). */
static enum progress answer_starttls(struct smtp_peers *peers, struct connection *connection)
{
    if (!peers->identities[connection->peer] || connection->tls) {
        say_text(connection, "502 5.5.1 Not implemented\r\n");
        return DONE;
    }
    say_text(connection, "220 2.0.0 Ready to start TLS\r\n");
    buffer_clear(&connection->in);
    connection->tls = lab_tls_new(peers->identities[connection->peer]);
    return DONE;
}

static enum progress answer_ok(struct smtp_peers *peers, struct connection *connection)
{
    (void)peers;
    say_text(connection, "250 2.0.0 Ok\r\n");
    return DONE;
}

static enum progress answer_quit(struct smtp_peers *peers, struct connection *connection)
{
    (void)peers;
    say_text(connection, "221 2.0.0 Bye\r\n");
    if (connection->tls) {
        lab_tls_finish(connection->tls);
        lab_tls_give(connection->tls, &connection->out);
    }
    (void)send_on(connection);
    return GONE;
}

static enum progress answer_unknown(struct smtp_peers *peers, struct connection *connection)
{
    (void)peers;
    say_text(connection, "502 5.5.1 Not implemented\r\n");
    return DONE;
}

static const struct {
    const char *word;
    enum progress (*answer)(struct smtp_peers *peers, struct connection *connection);
} answers[] = {
    {"EHLO", answer_ehlo}, {"HELO", answer_helo}, {"STARTTLS", answer_starttls},
    {"NOOP", answer_ok},   {"RSET", answer_ok},   {"QUIT", answer_quit},
    {"", answer_unknown},
};

static enum progress act_serve(struct smtp_peers *peers, struct connection *connection, int64_t now)
{
    char line[PIECE];
    size_t i;

    (void)now;
    if (connection->tls && !connection->is_secured)
        return BLOCKED;
    while (take_line(connection, line, sizeof line)) {
        for (i = 0; !begins_with(line, answers[i].word); i++)
            continue;
        if (answers[i].answer(peers, connection) == GONE)
            return GONE;
        if (connection->tls && !connection->is_secured)
            break;
    }
    return BLOCKED;
}

static act *const acts[] = {
    [SMTP_PEER_END] = act_end,     [SMTP_PEER_SAY] = act_say,     [SMTP_PEER_DRIP] = act_drip,
    [SMTP_PEER_FLOOD] = act_flood, [SMTP_PEER_WAIT] = act_wait,   [SMTP_PEER_HEAR] = act_hear,
    [SMTP_PEER_TLS] = act_tls,     [SMTP_PEER_CLOSE] = act_close, [SMTP_PEER_RESET] = act_reset,
    [SMTP_PEER_SERVE] = act_serve,
};

/* ---- connections ---- */

static const struct smtp_peer_step healthy[] = {{.act = SMTP_PEER_SAY}, {.act = SMTP_PEER_SERVE}};

/* Goes on in the script as far as can be; false when the connection has ended. */
static bool play(struct smtp_peers *peers, struct connection *connection, int64_t now)
{
    for (int i = 0; i < STEPS_A_ROUND && connection->out.size == 0; i++) {
        enum progress progress;

        if (connection->tls && !connection->is_secured && connection->step->act != SMTP_PEER_TLS)
            return true;
        progress = acts[connection->step->act](peers, connection, now);
        if (progress == GONE)
            return false;
        if (!send_on(connection))
            return false;
        if (progress == DONE) {
            connection->step++;
            connection->offset = 0;
            connection->round = 0;
            connection->due = 0;
        } else if (connection->step->act != SMTP_PEER_FLOOD) {
            return true;
        }
    }
    return true;
}

static void open_connection(struct smtp_peers *peers, size_t peer, platform_socket socket)
{
    const struct smtp_peer *how = &peers->list[peer];
    struct count *count = &peers->counts[peer];
    struct connection *connection;

    peers->connections = memory_grow(peers->connections, &peers->connection_room,
                                     peers->connection_count, sizeof *connection);
    connection = &peers->connections[peers->connection_count++];
    memset(connection, 0, sizeof *connection);
    connection->socket = socket;
    connection->peer = peer;
    connection->step = how->script ? how->script : healthy;
    buffer_init(&connection->in, IN_MOST);
    buffer_init(&connection->out, OUT_MOST);
    if (how->tls_at_once)
        (void)begin_tls(peers, connection);
    platform_mutex_lock(peers->mutex);
    count->accepted++;
    count->open++;
    if (count->most_open < count->open)
        count->most_open = count->open;
    buffer_clear(&count->heard);
    platform_mutex_unlock(peers->mutex);
}

static void close_connection(struct smtp_peers *peers, size_t index)
{
    struct connection *connection = &peers->connections[index];

    if (connection->socket != PLATFORM_NO_SOCKET)
        platform_socket_close(connection->socket);
    lab_tls_free(connection->tls);
    buffer_release(&connection->in);
    buffer_release(&connection->out);
    platform_mutex_lock(peers->mutex);
    peers->counts[connection->peer].open--;
    platform_mutex_unlock(peers->mutex);
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
        struct connection *connection = &peers->connections[i];

        if (!receive(peers, connection) || !send_on(connection) || !play(peers, connection, now))
            close_connection(peers, i);
    }
}

/* ---- the thread ---- */

static void wait_for_work(struct smtp_peers *peers)
{
    struct platform_waiter waiters[PLATFORM_WAITERS_MOST];
    int64_t now = platform_monotonic_clock(), until = now + ROUND_MOST;
    size_t count = 0;

    for (size_t i = 0; i < peers->count && count < PLATFORM_WAITERS_MOST; i++) {
        if (is_listening(&peers->list[i]))
            waiters[count++] =
                (struct platform_waiter){.socket = peers->endpoints[i].tcp, .to_read = true};
    }
    for (size_t i = 0; i < peers->connection_count; i++) {
        const struct connection *connection = &peers->connections[i];

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

static bool is_stopping(struct smtp_peers *peers)
{
    bool stop;

    platform_mutex_lock(peers->mutex);
    stop = peers->stop;
    platform_mutex_unlock(peers->mutex);
    return stop;
}

static void serve(void *argument)
{
    struct smtp_peers *peers = argument;

    while (!is_stopping(peers)) {
        wait_for_work(peers);
        accept_connections(peers);
        serve_connections(peers, platform_monotonic_clock());
    }
    platform_mutex_lock(peers->mutex);
    peers->finished = true;
    platform_mutex_unlock(peers->mutex);
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
    platform_mutex_free(peers->mutex);
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
    peers->mutex = platform_mutex_new();
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
            status = lab_identity_new(peers->authority, peer_name(peers, i),
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
    int64_t until = platform_monotonic_clock() + STOP_MOST;
    bool finished = false;

    if (!peers)
        return STATUS_OK;
    while (!finished) {
        platform_mutex_lock(peers->mutex);
        peers->stop = true;
        finished = peers->finished;
        platform_mutex_unlock(peers->mutex);
        if (platform_monotonic_clock() > until)
            break;
        if (!finished)
            lab_wait(NULL, 0, platform_monotonic_clock() + 1000);
    }
    if (!finished)
        return STATUS_TIMED_OUT;
    free_peers(peers);
    return STATUS_OK;
}

static unsigned read_count(struct smtp_peers *peers, const unsigned *number)
{
    unsigned value;

    platform_mutex_lock(peers->mutex);
    value = *number;
    platform_mutex_unlock(peers->mutex);
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
    platform_mutex_lock(peers->mutex);
    memcpy(out, peers->counts[peer].heard.text, peers->counts[peer].heard.size + 1);
    platform_mutex_unlock(peers->mutex);
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
