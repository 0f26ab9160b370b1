#include "tests/lab/directory_peer.h"

#include "diag/memory.h"
#include "tests/lab/directory_answer.h"
#include "tests/lab/lab_thread.h"

#include <stdlib.h>
#include <string.h>

enum {
    MESSAGE_MOST = 1 << 20, /* bytes of a client's */
    ANSWER_MOST = 64 << 20,
    PIECE = 16384,
    DATAGRAM_MOST = 65536,
    VISITS_MOST = 500,
    DRIP = 500 /* microseconds between two bytes of DIRECTORY_PEER_SLOWLY */
};

struct visit { /* a connection */
    size_t peer;
    platform_socket socket;
    struct lab_tls *tls;
    bool shakes_hands;
    struct directory_talk talk;
    struct buffer in;  /* as the client said it, without TLS */
    struct buffer out; /* as it goes out */
    size_t sent;
    int64_t due; /* when the next is sent */
    bool is_over;
};

struct host {
    struct directory_tree tree;
    struct lab_identity *identity;
    struct lab_endpoint endpoint;
    struct directory_peer_account account; /* under the mutex */
};

struct directory_peers {
    const struct directory_peer *list;
    size_t count;
    int64_t right;
    struct lab_authority *authority;
    struct host *hosts;
    struct visit *visits;
    size_t visit_count;
    struct platform_waiter *waiters;

    struct lab_thread thread; /* its mutex guards the accounts */
};

static const struct directory_peer *peer_of(const struct directory_peers *peers,
                                            const struct visit *visit)
{
    return &peers->list[visit->peer];
}

/* ---- visits ---- */

static void begin_tls(struct directory_peers *peers, struct visit *visit)
{
    visit->tls = lab_tls_new(peers->hosts[visit->peer].identity);
    visit->shakes_hands = true;
}

static void begin_visit(struct directory_peers *peers, size_t peer, platform_socket socket)
{
    struct visit *visit = &peers->visits[peers->visit_count++];

    *visit = (struct visit){.peer = peer, .socket = socket};
    buffer_init(&visit->in, MESSAGE_MOST);
    buffer_init(&visit->out, ANSWER_MOST);
    if (peer_of(peers, visit)->tls_at_once)
        begin_tls(peers, visit);
    platform_mutex_lock(peers->thread.mutex);
    peers->hosts[peer].account.connections++;
    platform_mutex_unlock(peers->thread.mutex);
}

static void end_visit(struct directory_peers *peers, size_t index)
{
    struct visit *visit = &peers->visits[index];

    platform_socket_close(visit->socket);
    lab_tls_free(visit->tls);
    buffer_release(&visit->in);
    buffer_release(&visit->out);
    *visit = peers->visits[--peers->visit_count];
}

static bool has_to_say(const struct visit *visit)
{
    return visit->sent < visit->out.size;
}

/* ---- hearing ---- */

static void take_bytes(struct visit *visit, const char *bytes, size_t size)
{
    char piece[PIECE];
    size_t got;

    if (!visit->tls) {
        buffer_add(&visit->in, bytes, size);
        return;
    }
    lab_tls_take(visit->tls, bytes, size);
    if (visit->shakes_hands) {
        enum status status = lab_tls_handshake(visit->tls);

        lab_tls_give(visit->tls, &visit->out);
        visit->shakes_hands = status == STATUS_AGAIN;
        visit->talk.has_tls = status == STATUS_OK;
        visit->talk.ends = status == STATUS_MALFORMED;
    }
    while (visit->talk.has_tls && (got = lab_tls_read(visit->tls, piece, sizeof piece)) > 0)
        buffer_add(&visit->in, piece, got);
}

static void hear(struct visit *visit)
{
    char bytes[PIECE];
    enum status status;
    size_t size;

    status = platform_receive(visit->socket, bytes, sizeof bytes, &size);
    if (status == STATUS_OK)
        take_bytes(visit, bytes, size);
    else if (status != STATUS_AGAIN)
        visit->is_over = true;
}

/* ---- answering ---- */

static int64_t time_of(const struct directory_peers *peers, const struct directory_peer *peer)
{
    return platform_monotonic_clock() + peers->right + peer->ahead;
}

static void note(struct directory_peers *peers, size_t peer, struct directory_talk *talk)
{
    struct directory_peer_account *account = &peers->hosts[peer].account;

    platform_mutex_lock(peers->thread.mutex);
    account->binds += talk->heard.binds;
    account->searches += talk->heard.searches;
    platform_mutex_unlock(peers->thread.mutex);
    talk->heard = (struct directory_peer_account){0};
}

static void say(struct visit *visit, const struct buffer *answer)
{
    if (visit->tls) {
        lab_tls_write(visit->tls, answer->text, answer->size);
        lab_tls_give(visit->tls, &visit->out);
    } else {
        buffer_add(&visit->out, answer->text, answer->size);
    }
}

/* The next message; false if it has not come whole. */
static bool answer(struct directory_peers *peers, struct visit *visit)
{
    const struct directory_peer *peer = peer_of(peers, visit);
    struct buffer answer;
    size_t size =
        ber_element_size((const unsigned char *)visit->in.text, visit->in.size, MESSAGE_MOST);

    if (size == SIZE_MAX)
        visit->talk.ends = true;
    if (size == 0 || size > visit->in.size)
        return false;
    buffer_init(&answer, ANSWER_MOST);
    directory_answer(peer, &peers->hosts[visit->peer].tree, &visit->talk,
                     (struct ber){.bytes = (const unsigned char *)visit->in.text, .size = size},
                     time_of(peers, peer), &answer);
    visit->in.size -= size;
    memmove(visit->in.text, visit->in.text + size, visit->in.size);
    note(peers, visit->peer, &visit->talk);
    if (answer.size > 0)
        say(visit, &answer);
    buffer_release(&answer);
    visit->due = platform_monotonic_clock() + (int64_t)peer->delay * 1000;
    if (visit->talk.starts_tls)
        begin_tls(peers, visit);
    visit->talk.starts_tls = false;
    return true;
}

static void speak(struct directory_peers *peers, struct visit *visit)
{
    bool slowly = peer_of(peers, visit)->fault == DIRECTORY_PEER_SLOWLY;
    size_t most = visit->out.size - visit->sent, sent = 0;
    enum status status = platform_send(visit->socket, visit->out.text + visit->sent,
                                       slowly && most > 1 ? 1 : most, &sent);

    if (status != STATUS_OK && status != STATUS_AGAIN)
        visit->is_over = true;
    visit->sent += sent;
    if (slowly)
        visit->due = platform_monotonic_clock() + DRIP;
    if (!has_to_say(visit)) {
        buffer_clear(&visit->out);
        visit->sent = 0;
    }
}

static void go_on(struct directory_peers *peers, struct visit *visit)
{
    if (!has_to_say(visit))
        hear(visit);
    while (!has_to_say(visit) && !visit->shakes_hands && !visit->talk.ends) {
        if (!answer(peers, visit))
            break;
    }
    if (has_to_say(visit) && visit->due <= platform_monotonic_clock())
        speak(peers, visit);
    if (visit->talk.ends && !has_to_say(visit))
        visit->is_over = true;
}

static void answer_datagrams(struct directory_peers *peers, size_t peer)
{
    const struct host *host = &peers->hosts[peer];
    unsigned char bytes[DATAGRAM_MOST];
    struct net_address from;
    struct buffer out;
    size_t size;

    buffer_init(&out, DATAGRAM_MOST);
    while (lab_receive_from(host->endpoint.udp, bytes, sizeof bytes, &size, &from) == STATUS_OK) {
        struct directory_talk talk = {.has_tls = false};

        buffer_clear(&out);
        directory_answer(&peers->list[peer], &host->tree, &talk,
                         (struct ber){.bytes = bytes, .size = size},
                         time_of(peers, &peers->list[peer]), &out);
        note(peers, peer, &talk);
        if (out.size > 0)
            (void)lab_send_to(host->endpoint.udp, out.text, out.size, &from);
    }
    buffer_release(&out);
}

/* ---- the thread ---- */

static void accept_visits(struct directory_peers *peers, size_t peer)
{
    struct net_address from;
    platform_socket socket;

    while (peers->visit_count < VISITS_MOST &&
           lab_accept(peers->hosts[peer].endpoint.tcp, &socket, &from) == STATUS_OK)
        begin_visit(peers, peer, socket);
}

static void rest(struct directory_peers *peers)
{
    int64_t now = platform_monotonic_clock(), until = now + LAB_ROUND_MOST;
    size_t count = 0;

    for (size_t i = 0; i < peers->visit_count; i++) {
        const struct visit *visit = &peers->visits[i];
        bool is_held = has_to_say(visit) && visit->due > now;

        if (is_held && visit->due < until)
            until = visit->due;
        if (!is_held)
            peers->waiters[count++] = (struct platform_waiter){.socket = visit->socket,
                                                               .to_read = !has_to_say(visit),
                                                               .to_write = has_to_say(visit)};
    }
    for (size_t i = 0; i < peers->count && count + 2 <= PLATFORM_WAITERS_MOST; i++) {
        const struct lab_endpoint *endpoint = &peers->hosts[i].endpoint;

        peers->waiters[count++] =
            (struct platform_waiter){.socket = endpoint->tcp, .to_read = true};
        peers->waiters[count++] =
            (struct platform_waiter){.socket = endpoint->udp, .to_read = true};
    }
    lab_wait(peers->waiters, count, until);
}

static void work(struct directory_peers *peers)
{
    for (size_t i = 0; i < peers->count; i++) {
        answer_datagrams(peers, i);
        accept_visits(peers, i);
    }
    for (size_t i = peers->visit_count; i-- > 0;) {
        go_on(peers, &peers->visits[i]);
        if (peers->visits[i].is_over)
            end_visit(peers, i);
    }
}

static void serve(void *argument)
{
    struct directory_peers *peers = argument;

    while (!lab_thread_is_stopping(&peers->thread)) {
        rest(peers);
        work(peers);
    }
    lab_thread_finish(&peers->thread);
}

/* ---- from outside ---- */

static void free_peers(struct directory_peers *peers)
{
    while (peers->visit_count > 0)
        end_visit(peers, peers->visit_count - 1);
    for (size_t i = 0; i < peers->count; i++) {
        struct host *host = &peers->hosts[i];

        lab_endpoint_close(&host->endpoint);
        lab_identity_free(host->identity);
        directory_tree_free(&host->tree);
    }
    lab_authority_free(peers->authority);
    lab_thread_release(&peers->thread);
    free(peers->hosts);
    free(peers->visits);
    free(peers->waiters);
    free(peers);
}

static enum status prepare(struct directory_peers *peers, struct host *host,
                           const struct directory_peer *peer)
{
    const char *name = peer->name ? peer->name : "dc1.contoso.com";
    enum status status = directory_tree_read(&host->tree, peer->ldif, strlen(peer->ldif));

    if (status == STATUS_OK && peer->certificate != SMTP_PEER_NO_CERTIFICATE && !peers->authority)
        status = lab_authority_new(&peers->authority);
    if (status == STATUS_OK && peer->certificate != SMTP_PEER_NO_CERTIFICATE)
        status = lab_identity_new(peers->authority, name, peer->certificate, &host->identity);
    if (status == STATUS_OK && peer->tls_at_once && !host->identity)
        status = STATUS_INVALID;
    return status == STATUS_OK
               ? lab_endpoint_init(&host->endpoint, peer->address, LAB_UDP | LAB_TCP)
               : status;
}

static enum status listen_at_all(struct directory_peers *peers, uint16_t port)
{
    struct lab_endpoint *endpoints = memory_new(peers->count, sizeof *endpoints);
    enum status status;

    for (size_t i = 0; i < peers->count; i++)
        endpoints[i] = peers->hosts[i].endpoint;
    status = lab_listen(endpoints, peers->count, port);
    for (size_t i = 0; i < peers->count && status == STATUS_OK; i++)
        peers->hosts[i].endpoint = endpoints[i];
    free(endpoints);
    return status;
}

enum status directory_peers_start(const struct directory_peer *list, size_t count, int64_t right,
                                  uint16_t *port, struct directory_peers **out)
{
    struct directory_peers *peers = memory_new(1, sizeof *peers);
    enum status status = STATUS_OK;

    peers->list = list;
    peers->count = count;
    peers->right = right;
    peers->hosts = memory_new(count, sizeof *peers->hosts);
    peers->visits = memory_new(VISITS_MOST, sizeof *peers->visits);
    peers->waiters = memory_new(PLATFORM_WAITERS_MOST, sizeof *peers->waiters);
    lab_thread_init(&peers->thread);
    for (size_t i = 0; i < count; i++)
        peers->hosts[i].endpoint.udp = peers->hosts[i].endpoint.tcp = PLATFORM_NO_SOCKET;
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = prepare(peers, &peers->hosts[i], &list[i]);
    if (status == STATUS_OK)
        status = listen_at_all(peers, *port);
    if (status == STATUS_OK)
        status = platform_thread_start(serve, peers);
    if (status != STATUS_OK) {
        free_peers(peers);
        return status;
    }
    *port = peers->hosts[0].endpoint.address.port;
    *out = peers;
    return STATUS_OK;
}

enum status directory_peers_stop(struct directory_peers *peers)
{
    enum status status;

    if (!peers)
        return STATUS_OK;
    status = lab_thread_stop(&peers->thread);
    if (status == STATUS_OK)
        free_peers(peers);
    return status;
}

void directory_peers_account(struct directory_peers *peers, size_t peer,
                             struct directory_peer_account *out)
{
    platform_mutex_lock(peers->thread.mutex);
    *out = peers->hosts[peer].account;
    platform_mutex_unlock(peers->thread.mutex);
}

const char *directory_peers_authority(struct directory_peers *peers)
{
    return peers->authority ? lab_authority_pem(peers->authority) : "";
}
