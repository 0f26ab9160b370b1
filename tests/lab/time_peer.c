#include "tests/lab/time_peer.h"

#include "diag/memory.h"
#include "tests/lab/lab_thread.h"
#include "tests/lab/time_answer.h"

#include <stdlib.h>
#include <string.h>

enum {
    BYTES_MOST = 8192,
    VISITS_MOST = 1000,
    DRIP = 500 /* microseconds between two bytes of TIME_PEER_SLOWLY */
};

/* How far a question has come on its way. */
enum stage { LISTENING, ON_ITS_WAY, HELD, ON_ITS_WAY_BACK, LEAVING };

struct visit { /* a datagram, or a connection */
    size_t peer;
    platform_socket socket; /* the peer's own, of a datagram */
    bool is_stream;
    struct net_address from;
    enum stage stage;
    int64_t due;
    int64_t received; /* by the peer's clock */
    unsigned asked;
    struct time_peer_manner manner;
    const struct time_peer_refusal *refusals;
    struct buffer in;
    struct buffer out;
    size_t sent;
};

struct state { /* of a peer; under the mutex */
    struct time_peer_manner manner;
    const struct time_peer_refusal *refusals;
    unsigned asked;
    struct buffer heard;
};

struct time_peers {
    const struct time_peer *list;
    size_t count;
    int64_t right;
    struct lab_endpoint *endpoints;
    platform_socket elsewhere; /* what TIME_PEER_ELSEWHERE answers from */
    struct visit *visits;
    size_t visit_count;
    struct platform_waiter *waiters;

    struct lab_thread thread; /* its mutex guards what follows */
    struct state *states;
};

static const struct time_peer *peer_of(const struct time_peers *peers, const struct visit *visit)
{
    return &peers->list[visit->peer];
}

static int64_t clock_of(const struct time_peers *peers, const struct visit *visit)
{
    return platform_monotonic_clock() + peers->right + visit->manner.offset;
}

/* ---- visits ---- */

static struct visit *begin_visit(struct time_peers *peers, size_t peer, platform_socket socket,
                                 bool is_stream)
{
    struct visit *visit = &peers->visits[peers->visit_count++];

    *visit = (struct visit){.peer = peer, .socket = socket, .is_stream = is_stream};
    buffer_init(&visit->in, BYTES_MOST);
    buffer_init(&visit->out, BYTES_MOST);
    return visit;
}

static void end_visit(struct time_peers *peers, size_t index)
{
    struct visit *visit = &peers->visits[index];

    if (visit->is_stream)
        platform_socket_close(visit->socket);
    buffer_release(&visit->in);
    buffer_release(&visit->out);
    *visit = peers->visits[--peers->visit_count];
}

static void set_out(struct time_peers *peers, struct visit *visit)
{
    struct state *state = &peers->states[visit->peer];

    platform_mutex_lock(peers->thread.mutex);
    visit->manner = state->manner;
    visit->refusals = state->refusals;
    visit->asked = state->asked++;
    if (peer_of(peers, visit)->service == TIME_PEER_SMTP) {
        for (size_t i = 0; i < visit->in.size; i++) {
            if (visit->in.text[i] != '\r')
                buffer_add_char(&state->heard, visit->in.text[i]);
        }
    }
    platform_mutex_unlock(peers->thread.mutex);
    visit->stage = ON_ITS_WAY;
    visit->due = platform_monotonic_clock() + visit->manner.there;
}

/* ---- the stages ---- */

static void answer(struct time_peers *peers, struct visit *visit)
{
    const struct time_peer *peer = peer_of(peers, visit);
    const struct time_question question = {.bytes = (const unsigned char *)visit->in.text,
                                           .size = visit->in.size,
                                           .is_stream = visit->is_stream,
                                           .asked = visit->asked,
                                           .received = visit->received,
                                           .now = clock_of(peers, visit),
                                           .refusals = visit->refusals};

    if (peer->service == TIME_PEER_SMTP && visit->in.size == 0)
        time_answer_greeting(peer, question.now, &visit->out);
    else
        time_answer(peer, &question, &visit->out);
    buffer_clear(&visit->in);
    if (peer->fault == TIME_PEER_HALF)
        visit->out.size /= 2;
}

static bool says_nothing(const struct time_peer *peer, const struct visit *visit)
{
    return peer->fault == TIME_PEER_SILENT ||
           (peer->fault == TIME_PEER_LOSES_FIRST && visit->asked == 0);
}

/* Of the same kind, with other ids; or of one that has none, half. */
static void send_foreign(const struct time_peers *peers, const struct visit *visit)
{
    enum { AT_ORIGIN = 24, AT_MESSAGE = 5 };
    enum time_peer_service service = peer_of(peers, visit)->service;
    char bytes[BYTES_MOST];
    size_t size = visit->out.size;

    memcpy(bytes, visit->out.text, size);
    if (service == TIME_PEER_NTP)
        bytes[AT_ORIGIN] ^= 1;
    else if (service == TIME_PEER_LDAP)
        bytes[AT_MESSAGE] ^= 1;
    else
        size /= 2;
    (void)lab_send_to(visit->socket, bytes, size, &visit->from);
}

static void speak(struct time_peers *peers, struct visit *visit)
{
    const struct time_peer *peer = peer_of(peers, visit);
    bool is_elsewhere = peer->fault == TIME_PEER_ELSEWHERE;
    size_t most = visit->out.size - visit->sent, sent = 0;

    if (!visit->is_stream) {
        if (peer->fault == TIME_PEER_FOREIGN_FIRST)
            send_foreign(peers, visit);
        (void)lab_send_to(is_elsewhere ? peers->elsewhere : visit->socket, visit->out.text,
                          visit->out.size, &visit->from);
        visit->stage = LEAVING;
        return;
    }
    if (peer->fault == TIME_PEER_SLOWLY && most > 1)
        most = 1;
    if (platform_send(visit->socket, visit->out.text + visit->sent, most, &sent) == STATUS_CLOSED)
        visit->stage = LEAVING;
    visit->sent += sent;
    visit->due += DRIP; /* and not from now on: systems wake late */
    if (visit->sent < visit->out.size)
        return;
    buffer_clear(&visit->out);
    visit->sent = 0;
    visit->stage = peer->fault == TIME_PEER_HALF ? LEAVING : LISTENING;
}

static void go_on(struct time_peers *peers, struct visit *visit)
{
    const struct time_peer *peer = peer_of(peers, visit);

    switch (visit->stage) {
    case ON_ITS_WAY:
        visit->received = clock_of(peers, visit);
        visit->due += visit->manner.held;
        visit->stage = peer->fault == TIME_PEER_CLOSES ? LEAVING : HELD;
        break;
    case HELD:
        if (says_nothing(peer, visit)) {
            visit->stage = visit->is_stream ? LISTENING : LEAVING;
            break;
        }
        answer(peers, visit);
        visit->due += visit->manner.back;
        visit->stage = ON_ITS_WAY_BACK;
        break;
    case ON_ITS_WAY_BACK:
        speak(peers, visit);
        break;
    default:
        break;
    }
}

static bool is_under_way(const struct visit *visit)
{
    return visit->stage > LISTENING && visit->stage < LEAVING;
}

/* ---- what comes ---- */

static void accept_datagrams(struct time_peers *peers, size_t peer)
{
    platform_socket udp = peers->endpoints[peer].udp;
    struct net_address from;
    char bytes[BYTES_MOST];
    size_t size;

    while (peers->visit_count < VISITS_MOST &&
           lab_receive_from(udp, bytes, sizeof bytes, &size, &from) == STATUS_OK) {
        struct visit *visit = begin_visit(peers, peer, udp, false);

        visit->from = from;
        buffer_add(&visit->in, bytes, size);
        set_out(peers, visit);
    }
}

static void accept_connections(struct time_peers *peers, size_t peer)
{
    struct net_address from;
    platform_socket socket;

    while (peers->visit_count < VISITS_MOST &&
           lab_accept(peers->endpoints[peer].tcp, &socket, &from) == STATUS_OK) {
        struct visit *visit = begin_visit(peers, peer, socket, true);

        if (peers->list[peer].service == TIME_PEER_SMTP)
            set_out(peers, visit); /* it greets */
    }
}

static void hear(struct time_peers *peers, struct visit *visit)
{
    char bytes[BYTES_MOST];
    enum status status;
    size_t size;

    status = platform_receive(visit->socket, bytes, sizeof bytes, &size);
    if (status == STATUS_OK) {
        buffer_add(&visit->in, bytes, size);
        set_out(peers, visit);
    } else if (status != STATUS_AGAIN) {
        visit->stage = LEAVING;
    }
}

/* ---- the thread ---- */

static void wait_for(struct time_peers *peers, const struct visit *visit, platform_socket socket,
                     size_t *count)
{
    bool is_deaf = visit && visit->stage != LISTENING;

    if (socket != PLATFORM_NO_SOCKET && !is_deaf && *count < PLATFORM_WAITERS_MOST)
        peers->waiters[(*count)++] = (struct platform_waiter){.socket = socket, .to_read = true};
}

static void rest(struct time_peers *peers)
{
    int64_t until = platform_monotonic_clock() + LAB_ROUND_MOST;
    size_t count = 0;

    for (size_t i = 0; i < peers->visit_count; i++) {
        const struct visit *visit = &peers->visits[i];

        if (is_under_way(visit) && visit->due < until)
            until = visit->due;
        if (visit->is_stream)
            wait_for(peers, visit, visit->socket, &count);
    }
    for (size_t i = 0; i < peers->count; i++) {
        wait_for(peers, NULL, peers->endpoints[i].udp, &count);
        wait_for(peers, NULL, peers->endpoints[i].tcp, &count);
    }
    if (until > platform_monotonic_clock())
        lab_wait(peers->waiters, count, until);
}

static void work(struct time_peers *peers)
{
    for (size_t i = 0; i < peers->count; i++) {
        if (peers->endpoints[i].udp != PLATFORM_NO_SOCKET)
            accept_datagrams(peers, i);
        if (peers->endpoints[i].tcp != PLATFORM_NO_SOCKET)
            accept_connections(peers, i);
    }
    for (size_t i = peers->visit_count; i-- > 0;) {
        struct visit *visit = &peers->visits[i];

        if (visit->is_stream && visit->stage == LISTENING)
            hear(peers, visit);
        while (is_under_way(visit) && visit->due <= platform_monotonic_clock())
            go_on(peers, visit);
        if (visit->stage == LEAVING)
            end_visit(peers, i);
    }
}

static void serve(void *argument)
{
    struct time_peers *peers = argument;

    while (!lab_thread_is_stopping(&peers->thread)) {
        rest(peers);
        work(peers);
    }
    lab_thread_finish(&peers->thread);
}

/* ---- from outside ---- */

static void free_peers(struct time_peers *peers)
{
    while (peers->visit_count > 0)
        end_visit(peers, peers->visit_count - 1);
    for (size_t i = 0; i < peers->count; i++) {
        lab_endpoint_close(&peers->endpoints[i]);
        buffer_release(&peers->states[i].heard);
    }
    if (peers->elsewhere != PLATFORM_NO_SOCKET)
        platform_socket_close(peers->elsewhere);
    lab_thread_release(&peers->thread);
    free(peers->endpoints);
    free(peers->visits);
    free(peers->waiters);
    free(peers->states);
    free(peers);
}

static enum status open_sockets(struct time_peers *peers, uint16_t port)
{
    struct net_address elsewhere;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < peers->count && status == STATUS_OK; i++)
        status = lab_endpoint_init(&peers->endpoints[i], peers->list[i].address, LAB_UDP | LAB_TCP);
    if (status == STATUS_OK)
        status = lab_listen(peers->endpoints, peers->count, port);
    if (status != STATUS_OK)
        return status;
    elsewhere = peers->endpoints[0].address;
    elsewhere.port = 0;
    return lab_bind(&elsewhere, LAB_UDP, &peers->elsewhere);
}

enum status time_peers_start(const struct time_peer *list, size_t count, int64_t right,
                             uint16_t *port, struct time_peers **out)
{
    struct time_peers *peers = memory_new(1, sizeof *peers);
    enum status status;

    peers->list = list;
    peers->count = count;
    peers->right = right;
    peers->elsewhere = PLATFORM_NO_SOCKET;
    peers->endpoints = memory_new(count, sizeof *peers->endpoints);
    peers->states = memory_new(count, sizeof *peers->states);
    peers->visits = memory_new(VISITS_MOST, sizeof *peers->visits);
    peers->waiters = memory_new(PLATFORM_WAITERS_MOST, sizeof *peers->waiters);
    lab_thread_init(&peers->thread);
    for (size_t i = 0; i < count; i++) {
        buffer_init(&peers->states[i].heard, TIME_PEER_HEARD_SIZE - 1);
        peers->endpoints[i].udp = peers->endpoints[i].tcp = PLATFORM_NO_SOCKET;
    }
    status = open_sockets(peers, *port);
    if (status == STATUS_OK)
        status = platform_thread_start(serve, peers);
    if (status != STATUS_OK) {
        free_peers(peers);
        return status;
    }
    *port = peers->endpoints[0].address.port;
    *out = peers;
    return STATUS_OK;
}

enum status time_peers_stop(struct time_peers *peers)
{
    enum status status;

    if (!peers)
        return STATUS_OK;
    status = lab_thread_stop(&peers->thread);
    if (status == STATUS_OK)
        free_peers(peers);
    return status;
}

void time_peers_set(struct time_peers *peers, size_t peer, const struct time_peer_manner *manner)
{
    platform_mutex_lock(peers->thread.mutex);
    peers->states[peer].manner = *manner;
    platform_mutex_unlock(peers->thread.mutex);
}

void time_peers_refuse(struct time_peers *peers, size_t peer,
                       const struct time_peer_refusal *refusals)
{
    platform_mutex_lock(peers->thread.mutex);
    peers->states[peer].refusals = refusals;
    platform_mutex_unlock(peers->thread.mutex);
}

unsigned time_peers_asked(struct time_peers *peers, size_t peer)
{
    unsigned asked;

    platform_mutex_lock(peers->thread.mutex);
    asked = peers->states[peer].asked;
    platform_mutex_unlock(peers->thread.mutex);
    return asked;
}

void time_peers_heard(struct time_peers *peers, size_t peer, char *out)
{
    platform_mutex_lock(peers->thread.mutex);
    memcpy(out, peers->states[peer].heard.text, peers->states[peer].heard.size + 1);
    platform_mutex_unlock(peers->thread.mutex);
}
