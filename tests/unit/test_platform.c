/* The platform layer, the same tests for both of its folders. */
#include "tests/unit/unit.h"

#include "diag/idn.h"
#include "diag/memory.h"
#include "diag/platform.h"
#include "tests/lab/listen.h"
#include "tests/unit/system.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

enum { PATIENCE = 5000000, RECEIVE_BUFFER = 1 << 20 }; /* microseconds, bytes */

static void skip_since(const char *reason)
{
    print_message("skipped: %s\n", reason);
    skip();
}

static int start_platform(void **state)
{
    (void)state;
    return platform_init() == STATUS_OK ? 0 : -1;
}

/* ---- the program and time ---- */

/* A variable's value, in any script; NULL for one that is not set. */
static void environment_is_read(void **state)
{
    (void)state;
    system_set_environment("EXDIAG_TEST", "b\xc3\xbc"
                                          "cher");
    assert_string_equal(platform_environment("EXDIAG_TEST"), "b\xc3\xbc"
                                                             "cher");
    assert_null(platform_environment("EXDIAG_TEST_UNSET"));
}

/* The monotonic clock goes forward by what was waited; the wall clock is of this century. */
static void clocks_move(void **state)
{
    const int64_t year_2020 = 1577836800000;
    const int64_t year_2100 = 4102444800000;
    int64_t wall = platform_wall_clock(), fine = platform_wall_clock_fine();
    int64_t start = platform_monotonic_clock();
    int64_t passed;

    (void)state;
    assert_true(wall > year_2020 && wall < year_2100);
    assert_true(fine / 1000 >= wall && fine / 1000 - wall < PATIENCE / 1000);
    lab_wait(NULL, 0, start + 50000);
    passed = platform_monotonic_clock() - start;
    assert_true(passed >= 50000 && passed < PATIENCE);
    assert_true(platform_wall_clock() - wall >= 40);
}

/* By the rules of the time zone: in the same hours of the day, and between those that there are. */
static void zones_are_of_hours(void **state)
{
    const int64_t moment = platform_wall_clock();
    int now, then;

    (void)state;
    assert_true(platform_utc_offset(moment, &now));
    assert_true(now >= -12 * 60 && now <= 14 * 60);
    assert_true(platform_utc_offset(moment - moment % 1000 + 999, &then));
    assert_int_equal(now, then);
}

/* A library that is not there is none, and no reason to end. */
static void libraries_are_looked_for(void **state)
{
    (void)state;
    assert_null(platform_library_load("libexdiag-nobody-has-this.so.7"));
}

/* A thousand sockets are not all there may be: platform_init() has seen to that. */
static void many_may_be_open(void **state)
{
    (void)state;
    assert_true(platform_open_most() > 1024);
}

/* Random bytes fill all that was asked for, and never come twice. */
static void random_differs(void **state)
{
    enum { SIZE = 200000 };
    uint8_t *first = memory_new(1, SIZE);
    uint8_t *second = memory_new(1, SIZE);
    size_t zeros = 0;

    (void)state;
    assert_int_equal(platform_random(first, SIZE), STATUS_OK);
    assert_int_equal(platform_random(second, SIZE), STATUS_OK);
    assert_int_equal(platform_random(second, 0), STATUS_OK);
    assert_memory_not_equal(first, second, 16);
    assert_memory_not_equal(first + SIZE - 16, second + SIZE - 16, 16);
    for (size_t i = 0; i < SIZE; i++)
        zeros += first[i] == 0;
    assert_in_range(zeros, SIZE / 512, SIZE / 128);
    free(first);
    free(second);
}

/* ---- sockets ---- */

static bool wait_for(platform_socket socket, bool to_write)
{
    struct platform_waiter waiter = {.socket = socket, .to_read = !to_write, .to_write = to_write};

    lab_wait(&waiter, 1, platform_monotonic_clock() + PATIENCE);
    return waiter.ready;
}

static struct net_address listen_at(const char *ip, enum lab_transport transport,
                                    platform_socket *socket)
{
    struct net_address address;

    assert_int_equal(net_address_parse(ip, 1, &address), STATUS_OK);
    address.port = 0;
    if (lab_bind(&address, transport, socket) != STATUS_OK)
        skip_since("this machine has no such address");
    return address;
}

static platform_socket open_udp(const struct net_address *peer)
{
    platform_socket socket;
    size_t granted;

    assert_int_equal(platform_udp_open(peer, RECEIVE_BUFFER, &socket, &granted), STATUS_OK);
    assert_true(granted > 0);
    return socket;
}

static void assert_hears(platform_socket socket, const char *text)
{
    char bytes[16];
    size_t size;

    assert_true(wait_for(socket, false));
    assert_int_equal(platform_receive(socket, bytes, sizeof bytes, &size), STATUS_OK);
    assert_int_equal(size, strlen(text));
    assert_memory_equal(bytes, text, size);
}

/* Sends a word to the server, which learns where the client is. */
static struct net_address introduce(platform_socket client, platform_socket server)
{
    struct net_address address;
    char bytes[16];
    size_t size;

    assert_int_equal(platform_send(client, "ask", 3, &size), STATUS_OK);
    assert_int_equal(size, 3);
    assert_true(wait_for(server, false));
    assert_int_equal(lab_receive_from(server, bytes, sizeof bytes, &size, &address), STATUS_OK);
    assert_int_equal(size, 3);
    assert_memory_equal(bytes, "ask", 3);
    return address;
}

static void exchange_datagrams(const char *ip)
{
    platform_socket server;
    struct net_address address = listen_at(ip, LAB_UDP, &server);
    platform_socket client = open_udp(&address);
    struct net_address from;
    char bytes[4];
    size_t size;

    assert_int_equal(platform_receive(client, bytes, sizeof bytes, &size), STATUS_AGAIN);
    assert_int_equal(size, 0);
    from = introduce(client, server);
    assert_true(ip_equal(&from.ip, &address.ip));
    assert_int_equal(lab_send_to(server, "answer", 6, &from), STATUS_OK);
    assert_hears(client, "answer");
    platform_socket_close(client);
    platform_socket_close(server);
}

static void udp_carries_datagrams(void **state)
{
    (void)state;
    exchange_datagrams("127.0.0.1");
}

static void udp_carries_datagrams_over_ipv6(void **state)
{
    (void)state;
    exchange_datagrams("::1");
}

/* An empty datagram is one; what is longer than the room is cut, and the next is whole. */
static void udp_keeps_datagrams_apart(void **state)
{
    platform_socket server;
    struct net_address address = listen_at("127.0.0.1", LAB_UDP, &server);
    platform_socket client = open_udp(&address);
    struct net_address from = introduce(client, server);
    char bytes[4];
    size_t size = 9;

    (void)state;
    assert_int_equal(lab_send_to(server, "", 0, &from), STATUS_OK);
    assert_int_equal(lab_send_to(server, "abcdefgh", 8, &from), STATUS_OK);
    assert_int_equal(lab_send_to(server, "next", 4, &from), STATUS_OK);
    assert_true(wait_for(client, false));
    assert_int_equal(platform_receive(client, bytes, sizeof bytes, &size), STATUS_OK);
    assert_int_equal(size, 0);
    assert_true(wait_for(client, false));
    assert_int_equal(platform_receive(client, bytes, sizeof bytes, &size), STATUS_OK);
    assert_int_equal(size, 4);
    assert_memory_equal(bytes, "abcd", 4);
    assert_hears(client, "next");
    platform_socket_close(client);
    platform_socket_close(server);
}

/* What somebody else sends to the port is not heard (RFC 5452 9.1). */
static void udp_hears_its_peer_alone(void **state)
{
    platform_socket server;
    platform_socket stranger;
    struct net_address address = listen_at("127.0.0.1", LAB_UDP, &server);
    platform_socket client = open_udp(&address);
    struct net_address from = introduce(client, server);

    (void)state;
    listen_at("127.0.0.1", LAB_UDP, &stranger);
    assert_int_equal(lab_send_to(stranger, "forged", 6, &from), STATUS_OK);
    assert_int_equal(lab_send_to(server, "answer", 6, &from), STATUS_OK);
    assert_hears(client, "answer");
    platform_socket_close(client);
    platform_socket_close(server);
    platform_socket_close(stranger);
}

/* Ports of sockets opened one after another are not a row. */
static void udp_ports_are_random(void **state)
{
    enum { SOCKETS = 16 };
    platform_socket clients[SOCKETS];
    platform_socket server;
    struct net_address address = listen_at("127.0.0.1", LAB_UDP, &server);
    int before = 0;
    size_t neighbours = 0;

    (void)state;
    for (size_t i = 0; i < SOCKETS; i++) {
        int port;

        clients[i] = open_udp(&address);
        port = introduce(clients[i], server).port;
        neighbours += abs(port - before) <= 8;
        before = port;
    }
    assert_true(neighbours < SOCKETS / 2);
    for (size_t i = 0; i < SOCKETS; i++)
        platform_socket_close(clients[i]);
    platform_socket_close(server);
}

/*
 * A closed port is known at once, not when patience ends: from the receive, or from
 * the next send. Asked again as a resolver does, since Wine may lose the first word.
 */
static void udp_closed_port_is_refused(void **state)
{
    platform_socket server;
    struct net_address address = listen_at("127.0.0.1", LAB_UDP, &server);
    platform_socket client = open_udp(&address);
    int64_t until = platform_monotonic_clock() + PATIENCE;
    enum status status = STATUS_AGAIN;
    char bytes[4];
    size_t size;

    (void)state;
    platform_socket_close(server);
    while (status == STATUS_AGAIN && platform_monotonic_clock() < until) {
        status = platform_send(client, "ask", 3, &size);
        lab_wait(NULL, 0, platform_monotonic_clock() + 10000);
        if (status == STATUS_OK)
            status = platform_receive(client, bytes, sizeof bytes, &size);
    }
    assert_int_equal(status, STATUS_REFUSED);
    assert_int_equal(size, 0);
    platform_socket_close(client);
}

static void exchange_streams(const char *ip)
{
    platform_socket server;
    platform_socket client;
    platform_socket served;
    struct net_address address = listen_at(ip, LAB_TCP, &server);
    struct net_address peer;
    char bytes[4];
    size_t size;

    assert_int_equal(platform_tcp_open(&address, &client), STATUS_OK);
    assert_true(wait_for(client, true));
    assert_int_equal(platform_tcp_result(client), STATUS_OK);
    assert_true(wait_for(server, false));
    assert_int_equal(lab_accept(server, &served, &peer), STATUS_OK);
    assert_int_equal(platform_receive(client, bytes, sizeof bytes, &size), STATUS_AGAIN);
    assert_int_equal(platform_send(client, "ask", 3, &size), STATUS_OK);
    assert_hears(served, "ask");
    assert_int_equal(platform_send(served, "answer", 6, &size), STATUS_OK);
    platform_socket_close(served);
    assert_hears(client, "answer");
    assert_true(wait_for(client, false));
    assert_int_equal(platform_receive(client, bytes, sizeof bytes, &size), STATUS_CLOSED);
    platform_socket_close(client);
    platform_socket_close(server);
}

static void tcp_carries_bytes(void **state)
{
    (void)state;
    exchange_streams("127.0.0.1");
}

static void tcp_carries_bytes_over_ipv6(void **state)
{
    (void)state;
    exchange_streams("::1");
}

static void tcp_closed_port_is_refused(void **state)
{
    platform_socket held;
    platform_socket client;
    struct net_address address = listen_at("127.0.0.1", LAB_TCP_CLOSED, &held);
    enum status status = platform_tcp_open(&address, &client);

    (void)state;
    if (status == STATUS_OK) {
        assert_true(wait_for(client, true));
        status = platform_tcp_result(client);
    }
    assert_int_equal(status, STATUS_REFUSED);
    platform_socket_close(client);
    platform_socket_close(held);
}

struct pair { /* the two ends of a connection */
    platform_socket listening, client, server;
    struct net_address address;
};

static void connect_pair(struct pair *pair)
{
    struct net_address peer;

    pair->address = listen_at("127.0.0.1", LAB_TCP, &pair->listening);
    assert_int_equal(platform_tcp_open(&pair->address, &pair->client), STATUS_OK);
    assert_true(wait_for(pair->client, true));
    assert_int_equal(platform_tcp_result(pair->client), STATUS_OK);
    assert_true(wait_for(pair->listening, false));
    assert_int_equal(lab_accept(pair->listening, &pair->server, &peer), STATUS_OK);
}

static void close_pair(struct pair *pair)
{
    platform_socket_close(pair->client);
    platform_socket_close(pair->listening);
}

/* What ended a connection: FIN behind the last bytes, or RST. */
static void tcp_tells_a_reset_from_an_end(void **state)
{
    struct pair pair;
    bool was_reset = true;
    char bytes[8];
    size_t size;

    (void)state;
    connect_pair(&pair);
    assert_int_equal(platform_tcp_receive(pair.client, bytes, sizeof bytes, &size, &was_reset),
                     STATUS_AGAIN);
    assert_false(was_reset);
    assert_int_equal(platform_send(pair.server, "bye", 3, &size), STATUS_OK);
    platform_socket_close(pair.server);
    assert_true(wait_for(pair.client, false));
    assert_int_equal(platform_tcp_receive(pair.client, bytes, sizeof bytes, &size, &was_reset),
                     STATUS_OK);
    assert_int_equal(size, 3);
    assert_true(wait_for(pair.client, false));
    assert_int_equal(platform_tcp_receive(pair.client, bytes, sizeof bytes, &size, &was_reset),
                     STATUS_CLOSED);
    assert_false(was_reset);
    close_pair(&pair);

    connect_pair(&pair);
    lab_reset(pair.server);
    assert_true(wait_for(pair.client, false));
    assert_int_equal(platform_tcp_receive(pair.client, bytes, sizeof bytes, &size, &was_reset),
                     STATUS_CLOSED);
    assert_int_equal(was_reset, system_tells_resets());
    assert_int_equal(size, 0);
    close_pair(&pair);
}

/* The peer's system takes what nobody reads, up to what its window has room for. */
static void tcp_tells_what_was_acknowledged(void **state)
{
    enum { PIECE = 1 << 16 };
    struct pair pair;
    int64_t until = platform_monotonic_clock() + PATIENCE;
    char *piece = memory_new(1, PIECE);
    enum status status;
    size_t size;

    (void)state;
    connect_pair(&pair);
    assert_int_equal(platform_send(pair.client, "QUIT", 4, &size), STATUS_OK);
    while ((status = platform_tcp_acknowledged(pair.client)) == STATUS_AGAIN &&
           platform_monotonic_clock() < until)
        lab_wait(NULL, 0, platform_monotonic_clock() + 1000);
    if (status != STATUS_NOT_SUPPORTED) {
        assert_int_equal(status, STATUS_OK);
        while (platform_send(pair.client, piece, PIECE, &size) == STATUS_OK)
            continue;
        assert_int_equal(platform_tcp_acknowledged(pair.client), STATUS_AGAIN);
    }
    platform_socket_close(pair.server);
    close_pair(&pair);
    free(piece);
}

/* A connection has an end of its own, at the address that leads to the peer. */
static void sockets_have_an_address(void **state)
{
    struct pair pair;
    struct net_address own;

    (void)state;
    connect_pair(&pair);
    assert_int_equal(platform_socket_address(pair.client, &own), STATUS_OK);
    assert_true(ip_equal(&own.ip, &pair.address.ip));
    assert_int_not_equal(own.port, pair.address.port);
    assert_int_equal(platform_socket_address(pair.server, &own), STATUS_OK);
    assert_true(net_address_equal(&own, &pair.address));
    assert_int_not_equal(platform_socket_address(PLATFORM_NO_SOCKET, &own), STATUS_OK);
    platform_socket_close(pair.server);
    close_pair(&pair);
}

/* A send that fills the way says so; the program does not hang, and does not die of a reset. */
static void tcp_never_blocks(void **state)
{
    enum { PIECE = 1 << 16, PIECES_MOST = 4096 };
    platform_socket server;
    platform_socket client;
    struct net_address address = listen_at("127.0.0.1", LAB_TCP, &server);
    char *piece = memory_new(1, PIECE);
    enum status status = STATUS_OK;
    size_t size;

    (void)state;
    assert_int_equal(platform_tcp_open(&address, &client), STATUS_OK);
    assert_true(wait_for(client, true));
    for (int i = 0; i < PIECES_MOST && status == STATUS_OK; i++)
        status = platform_send(client, piece, PIECE, &size);
    assert_int_equal(status, STATUS_AGAIN);
    platform_socket_close(server);
    assert_true(wait_for(client, false));
    assert_int_equal(platform_receive(client, piece, PIECE, &size), STATUS_CLOSED);
    assert_int_equal(platform_send(client, piece, PIECE, &size), STATUS_CLOSED);
    platform_socket_close(client);
    free(piece);
}

/* No address is no peer. */
static void sockets_need_an_address(void **state)
{
    const struct net_address nobody = {.port = 53};
    platform_socket socket;
    size_t granted;

    (void)state;
    assert_int_equal(platform_udp_open(&nobody, 0, &socket, &granted), STATUS_INVALID);
    assert_true(socket == PLATFORM_NO_SOCKET);
    assert_int_equal(platform_tcp_open(&nobody, &socket), STATUS_INVALID);
    assert_true(socket == PLATFORM_NO_SOCKET);
    platform_socket_close(PLATFORM_NO_SOCKET);
}

/* Either there are servers, at port 53, or it is said that there are none. */
static void resolvers_are_addresses(void **state)
{
    struct net_address servers[8];
    size_t count = 99;
    enum status status = platform_resolvers(servers, COUNT(servers), &count);

    (void)state;
    assert_int_equal(status, count > 0 ? STATUS_OK : STATUS_NO_SERVER);
    assert_true(count <= COUNT(servers));
    for (size_t i = 0; i < count; i++) {
        assert_true(servers[i].ip.family == IP_V4 || servers[i].ip.family == IP_V6);
        assert_int_equal(servers[i].port, 53);
    }
    assert_int_equal(platform_resolvers(servers, 0, &count), STATUS_NO_SERVER);
    assert_int_equal(count, 0);
}

/* ---- waiting ---- */

static int64_t wait_time(struct platform_waiter *waiters, size_t count, struct platform_bell *bell,
                         int milliseconds)
{
    int64_t start = platform_monotonic_clock();

    platform_wait(waiters, count, bell, milliseconds);
    return platform_monotonic_clock() - start;
}

/* Of several sockets the one that has something is ready, and only for what was asked. */
static void waits_tell_who_is_ready(void **state)
{
    struct platform_waiter waiters[3] = {{.to_read = true}, {.to_read = true}, {.to_write = true}};
    platform_socket server;
    struct net_address address = listen_at("127.0.0.1", LAB_UDP, &server);
    struct net_address from;

    (void)state;
    for (size_t i = 0; i < COUNT(waiters); i++)
        waiters[i].socket = open_udp(&address);
    platform_wait(waiters, COUNT(waiters), NULL, PATIENCE / 1000);
    assert_false(waiters[0].ready);
    assert_false(waiters[1].ready);
    assert_true(waiters[2].ready);
    from = introduce(waiters[1].socket, server);
    assert_int_equal(lab_send_to(server, "answer", 6, &from), STATUS_OK);
    platform_wait(waiters, 2, NULL, PATIENCE / 1000);
    assert_false(waiters[0].ready);
    assert_true(waiters[1].ready);
    assert_hears(waiters[1].socket, "answer");
    for (size_t i = 0; i < COUNT(waiters); i++)
        platform_socket_close(waiters[i].socket);
    platform_socket_close(server);
}

/* A connection that fails ends the wait, whether it could be written or not. */
static void waits_end_when_a_connection_fails(void **state)
{
    platform_socket held;
    struct net_address address = listen_at("127.0.0.1", LAB_TCP_CLOSED, &held);
    struct platform_waiter client = {.to_write = true};

    (void)state;
    if (platform_tcp_open(&address, &client.socket) == STATUS_OK) {
        assert_true(wait_time(&client, 1, NULL, PATIENCE / 1000) < PATIENCE);
        assert_true(client.ready);
    }
    platform_socket_close(client.socket);
    platform_socket_close(held);
}

static void waits_end_in_time(void **state)
{
    struct platform_bell *bell;

    (void)state;
    assert_true(wait_time(NULL, 0, NULL, 30) >= 29000);
    assert_int_equal(platform_bell_new(&bell), STATUS_OK);
    assert_true(wait_time(NULL, 0, bell, 30) >= 29000);
    assert_true(wait_time(NULL, 0, bell, 0) < PATIENCE);
    platform_bell_free(bell);
    platform_bell_free(NULL);
}

enum { RINGS = 100000 };

static void ring_often(void *argument)
{
    for (int i = 0; i < RINGS; i++)
        platform_bell_ring(argument);
}

static void ring_later(void *argument)
{
    lab_wait(NULL, 0, platform_monotonic_clock() + 20000);
    platform_bell_ring(argument);
}

/* Rung before a wait or during it, once or far too often, a bell ends it; and then is silent. */
static void bells_end_waits(void **state)
{
    struct platform_bell *bell;

    (void)state;
    assert_int_equal(platform_bell_new(&bell), STATUS_OK);
    platform_bell_ring(bell);
    assert_true(wait_time(NULL, 0, bell, PATIENCE / 1000) < PATIENCE / 2);
    assert_true(wait_time(NULL, 0, bell, 30) >= 29000);
    assert_int_equal(platform_thread_start(ring_later, bell), STATUS_OK);
    assert_true(wait_time(NULL, 0, bell, PATIENCE / 1000) < PATIENCE / 2);
    ring_often(bell);
    assert_true(wait_time(NULL, 0, bell, PATIENCE / 1000) < PATIENCE / 2);
    while (wait_time(NULL, 0, bell, 30) < 29000)
        continue;
    platform_bell_free(bell);
}

/* ---- names ---- */

#define LONG_LABEL "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* What UTS 46 makes of names; NULL: there is no such name. */
static void names_become_ascii(void **state)
{
    static const struct {
        const char *name;
        const char *ascii;
    } cases[] = {
        {"bücher.example", "xn--bcher-kva.example"},
        {"BÜCHER.Example", "xn--bcher-kva.example"},
        {"bu\xcc\x88"
         "cher.example",
         "xn--bcher-kva.example"}, /* u and a combining mark */
        {"bücher.example.", "xn--bcher-kva.example."},
        {"Example.COM", "example.com"},
        {"_dmarc.bücher.de", "_dmarc.xn--bcher-kva.de"},
        {"straße.de", "xn--strae-oqa.de"}, /* not strasse.de, which is another's */
        {"Königsgäßchen.de", "xn--knigsgchen-b4a3dun.de"},
        {"βόλος.com", "xn--nxasmm1c.com"},
        {"例え。jp", "xn--r8jz45g.jp"},
        {"ＡＢＣ.example", "abc.example"},
        {"почта.рф", "xn--80a1acny.xn--p1ai"},
        {"नमस्ते.com", "xn--h2bhs4b8d8a.com"},
        {"длинноедлинноедлинноедлинноеимяда",
         "xn--80ahaaaadbbb0acccb0bdddxgaeaeaealggg87c"}, /* 66 bytes */
        {"xn--bcher-kva.example", "xn--bcher-kva.example"},
        {"XN--N3H.net", "xn--n3h.net"}, /* ASCII is its own form */
        {"", NULL},
        {"ü..de", NULL},
        {".ü", NULL},
        {"a..b", NULL},
        {"-ü.de", NULL},
        {"ü-.de", NULL},
        {"ab--ü.de", NULL},
        {"\xcc\x80ü.de", NULL},     /* begins with a mark */
        {"ü\xe2\x80\x8e.de", NULL}, /* a direction mark */
        {"a\xe2\x80\x8d"
         "b.de",
         NULL}, /* a joiner where nothing joins */
        {"☃.de", NULL},
        {"😀.de", NULL},
        {"\xff.de", NULL},
        {"\xc3.de", NULL},
        {"ü" LONG_LABEL ".de", NULL},
        {LONG_LABEL ".de", NULL},
    };
    char out[DNS_NAME_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum status status = idn_to_ascii(cases[i].name, out);

        if (status != (cases[i].ascii ? STATUS_OK : STATUS_INVALID))
            fail_msg("'%s' gives %s", cases[i].name, status == STATUS_OK ? out : "nothing");
        if (cases[i].ascii)
            assert_string_equal(out, cases[i].ascii);
    }
}

/* Back for display, but only in a form that leads to the same name again. */
static void names_become_unicode(void **state)
{
    static const struct {
        const char *name;
        const char *unicode;
    } cases[] = {
        {"xn--bcher-kva.example", "bücher.example"},
        {"XN--BCHER-KVA.Example.", "bücher.example."},
        {"_dmarc.xn--bcher-kva.de", "_dmarc.bücher.de"},
        {"xn--strae-oqa.de", "straße.de"},
        {"xn--nxasmm1c.com", "βόλος.com"},
        {"xn--80a1acny.xn--p1ai", "почта.рф"},
        {"xn--80ahaaaadbbb0acccb0bdddxgaeaeaealggg87c", "длинноедлинноедлинноедлинноеимяда"},
        {"xn--r8jz45g.jp", "例え.jp"},
        {"Example.COM", "example.com"},
        {"xn--zzzzzz-.de", NULL},
        {"xn--.de", NULL},
        {"xn--a.de", NULL},
        {"xn--abc-.de", NULL},  /* nothing but ASCII in it */
        {"xn--a-ecp.ru", NULL}, /* holds what mapping takes apart */
        {"xn--99999999999999999.de", NULL},
        {"bücher.example", NULL},
        {"a..b", NULL},
        {"", NULL},
    };
    char out[DNS_NAME_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum status status = idn_to_unicode(cases[i].name, out);

        if (status != (cases[i].unicode ? STATUS_OK : STATUS_INVALID))
            fail_msg("'%s' gives %s", cases[i].name, status == STATUS_OK ? out : "nothing");
        if (cases[i].unicode)
            assert_string_equal(out, cases[i].unicode);
    }
}

/* ---- threads ---- */

enum { THREADS = 8, TEAMS = 500, ROUNDS = 20000, DEEP = 96 * 1024 };

struct team {
    struct platform_mutex *mutex;
    struct platform_condition *changed;
    bool begun;
    unsigned waiting;
    unsigned finished;
    unsigned long count;
};

static void team_init(struct team *team)
{
    memset(team, 0, sizeof *team);
    team->mutex = platform_mutex_new();
    team->changed = platform_condition_new();
}

static void team_release(struct team *team)
{
    platform_condition_free(team->changed);
    platform_mutex_free(team->mutex);
}

static void finish(struct team *team)
{
    platform_mutex_lock(team->mutex);
    team->finished++;
    platform_condition_broadcast(team->changed);
    platform_mutex_unlock(team->mutex);
}

static void wait_until_finished(struct team *team, unsigned threads)
{
    platform_mutex_lock(team->mutex);
    while (team->finished < threads)
        platform_condition_wait(team->changed, team->mutex);
    platform_mutex_unlock(team->mutex);
}

static void count_together(void *argument)
{
    struct team *team = argument;

    platform_mutex_lock(team->mutex);
    team->waiting++;
    platform_condition_broadcast(team->changed);
    while (!team->begun)
        platform_condition_wait(team->changed, team->mutex);
    platform_mutex_unlock(team->mutex);
    for (int i = 0; i < ROUNDS; i++) {
        platform_mutex_lock(team->mutex);
        team->count++;
        platform_mutex_unlock(team->mutex);
    }
    finish(team);
}

/* A broadcast wakes all that wait; under the mutex no step of the count is lost. */
static void threads_share_a_mutex(void **state)
{
    struct team team;

    (void)state;
    team_init(&team);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(platform_thread_start(count_together, &team), STATUS_OK);
    platform_mutex_lock(team.mutex);
    while (team.waiting < THREADS)
        platform_condition_wait(team.changed, team.mutex);
    team.begun = true;
    platform_condition_broadcast(team.changed);
    platform_mutex_unlock(team.mutex);
    wait_until_finished(&team, THREADS);
    assert_int_equal(team.count, (unsigned long)THREADS * ROUNDS);
    team_release(&team);
}

static void answer_turns(void *argument)
{
    struct team *team = argument;

    platform_mutex_lock(team->mutex);
    while (team->count < ROUNDS) {
        while (team->count % 2 == 0 && team->count < ROUNDS)
            platform_condition_wait(team->changed, team->mutex);
        team->count += team->count % 2;
        platform_condition_signal(team->changed);
    }
    platform_mutex_unlock(team->mutex);
    finish(team);
}

/* Two threads take turns by signal; a lost one would end in a time-out. */
static void signals_are_not_lost(void **state)
{
    struct team team;

    (void)state;
    team_init(&team);
    assert_int_equal(platform_thread_start(answer_turns, &team), STATUS_OK);
    platform_mutex_lock(team.mutex);
    while (team.count < ROUNDS) {
        while (team.count % 2 == 1)
            platform_condition_wait(team.changed, team.mutex);
        team.count += team.count < ROUNDS;
        platform_condition_signal(team.changed);
    }
    platform_mutex_unlock(team.mutex);
    wait_until_finished(&team, 1);
    assert_int_equal(team.count, ROUNDS);
    team_release(&team);
}

static void use_the_stack(void *argument)
{
    struct team *team = argument;
    volatile char deep[DEEP];

    for (size_t i = 0; i < sizeof deep; i += 1024)
        deep[i] = (char)(i / 1024);
    team->count = (unsigned char)deep[7 * 1024];
    finish(team);
}

/* Less than the whole: the thread sanitizer takes its own part of it. */
static void threads_have_a_stack(void **state)
{
    struct team team;

    (void)state;
    team_init(&team);
    assert_int_equal(platform_thread_start(use_the_stack, &team), STATUS_OK);
    wait_until_finished(&team, 1);
    assert_int_equal(team.count, 7);
    team_release(&team);
}

static void leave_first_or_last(void *argument)
{
    struct team *team = argument;
    bool last;

    platform_mutex_lock(team->mutex);
    last = --team->count == 0;
    platform_mutex_unlock(team->mutex);
    if (!last)
        return;
    team_release(team);
    free(team);
}

/* Whoever is last frees the mutex, while others may still be about to return from their unlock. */
static void mutexes_are_freed_by_the_last(void **state)
{
    (void)state;
    for (int i = 0; i < TEAMS; i++) {
        struct team *team = memory_new(1, sizeof *team);

        team_init(team);
        team->count = 3;
        assert_int_equal(platform_thread_start(leave_first_or_last, team), STATUS_OK);
        assert_int_equal(platform_thread_start(leave_first_or_last, team), STATUS_OK);
        leave_first_or_last(team);
    }
}

/* ---- interrupts and terminals: in a program with a console of its own ---- */

enum { EXIT_SEEN = 40, EXIT_UNSEEN = 41, EXIT_LIVES = 42, EXIT_CANNOT = 43 };

static void note_interrupt(void *argument)
{
    finish(argument);
}

static bool wait_for_interrupt(struct team *team)
{
    int64_t until = platform_monotonic_clock() + PATIENCE;
    bool seen = false;

    while (!seen && platform_monotonic_clock() < until) {
        lab_wait(NULL, 0, platform_monotonic_clock() + 1000);
        platform_mutex_lock(team->mutex);
        seen = team->finished > 0;
        platform_mutex_unlock(team->mutex);
    }
    return seen;
}

/* The other side of the tests below: the exit status says what became of it. */
static int be_interrupted(const char *how)
{
    static struct team team,
        next; /* not released: who hears the interrupts may be about to use them */

    team_init(&team);
    team_init(&next);
    if (platform_init() != STATUS_OK || platform_on_interrupt(note_interrupt, &team) != STATUS_OK)
        return EXIT_CANNOT;
    if (strcmp(how, "restored") == 0)
        platform_on_interrupt(NULL, NULL);
    if (!system_interrupt())
        return EXIT_CANNOT;
    if (!wait_for_interrupt(&team))
        return EXIT_UNSEEN;
    if (strcmp(how, "once") == 0)
        return EXIT_SEEN;
    if (strcmp(how, "taken-over") == 0)
        return platform_on_interrupt(note_interrupt, &next) == STATUS_OK &&
                       wait_for_interrupt(&next)
                   ? EXIT_SEEN
                   : EXIT_UNSEEN;
    system_interrupt();
    lab_wait(NULL, 0, platform_monotonic_clock() + PATIENCE);
    return EXIT_LIVES;
}

/* Opens what there is to open, then asks for what must not need one more. */
static int run_short(void)
{
    enum { FILES_MOST = 64 };
    FILE *files[FILES_MOST];
    enum status status = STATUS_OK;
    size_t count = 0;

    if (platform_init() != STATUS_OK || !system_limit_files(FILES_MOST) ||
        platform_on_interrupt(note_interrupt, NULL) != STATUS_OK)
        return EXIT_CANNOT;
    while (count < FILES_MOST && status == STATUS_OK)
        status = platform_file_open(EXDIAG_SOURCE "/README.md", &files[count++]);
    platform_on_interrupt(NULL, NULL);
    while (--count > 0)
        fclose(files[count - 1]);
    return status == STATUS_EXHAUSTED ? EXIT_SEEN : EXIT_UNSEEN;
}

/*
 * Seen for what it is, with its size, but for the last column where a console would leave a line
 * empty behind it; with colours unless TERM says otherwise, or the way there does not lead by them.
 */
static int see_terminal(void)
{
    unsigned columns, used;
    FILE *terminal = system_terminal(&columns);
    bool seen;

    if (platform_init() != STATUS_OK || !terminal)
        return EXIT_CANNOT;
    system_set_environment("TERM", "xterm");
    used = platform_terminal_columns(terminal);
    seen = platform_is_terminal(terminal) && (used == columns || used + 1 == columns) &&
           platform_terminal_colours(terminal) == system_heeds_term();
    system_set_environment("TERM", "dumb");
    if (system_heeds_term() && platform_terminal_colours(terminal))
        seen = false;
    fclose(terminal);
    return seen ? EXIT_SEEN : EXIT_UNSEEN;
}

static int run_apart(const char *what)
{
    if (strcmp(what, "terminal") == 0)
        return see_terminal();
    return strcmp(what, "short") == 0 ? run_short() : be_interrupted(what);
}

static void assert_apart(const char *what, int expected)
{
    int status = system_run_again(what);

    if (status == EXIT_CANNOT)
        skip_since("there is no console here");
    assert_int_equal(status, expected);
}

static void interrupts_are_heard(void **state)
{
    (void)state;
    assert_apart("once", EXIT_SEEN);
}

/* One that came before is not lost with who heard it. */
static void interrupts_are_taken_over(void **state)
{
    (void)state;
    assert_apart("taken-over", EXIT_SEEN);
}

static void second_interrupt_ends_the_program(void **state)
{
    (void)state;
    assert_apart("twice", SYSTEM_INTERRUPTED);
}

static void interrupts_can_be_given_back(void **state)
{
    (void)state;
    assert_apart("restored", SYSTEM_INTERRUPTED);
}

/* A program that is short of files says so, and still gives interrupts back. */
static void shortness_of_files_is_told(void **state)
{
    (void)state;
    assert_apart("short", EXIT_SEEN);
}

/* ---- files and the console ---- */

struct folder {
    char path[SYSTEM_PATH_SIZE];
    char file[2 * SYSTEM_PATH_SIZE];
    char other[2 * SYSTEM_PATH_SIZE];
};

static int make_folder(void **state)
{
    struct folder *folder = memory_new(1, sizeof *folder);

    system_folder_new(folder->path);
    snprintf(folder->file, sizeof folder->file,
             "%s/b\xc3\xbc"
             "cher.json",
             folder->path);
    snprintf(folder->other, sizeof folder->other, "%s/other", folder->path);
    *state = folder;
    return 0;
}

static int remove_folder(void **state)
{
    struct folder *folder = *state;

    system_remove(folder->file);
    system_remove(folder->other);
    system_remove(folder->path);
    free(folder);
    return 0;
}

static void put(FILE *file, const char *text)
{
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_holds(const char *path, const char *text)
{
    char bytes[64];
    FILE *file;
    size_t size;

    assert_int_equal(platform_file_open(path, &file), STATUS_OK);
    size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_int_equal(size, strlen(text));
    assert_memory_equal(bytes, text, size);
}

/* A file, a folder, nothing, and what is none of these. */
static void kinds_are_told(void **state)
{
    struct folder *folder = *state;
    FILE *file;

    assert_int_equal(platform_file_kind(folder->file), PLATFORM_NO_FILE);
    assert_int_equal(platform_file_kind(folder->path), PLATFORM_FOLDER);
    assert_int_equal(platform_file_write(folder->file, &file), STATUS_OK);
    put(file, "x");
    assert_int_equal(platform_file_kind(folder->file), PLATFORM_FILE);
    strcat(folder->other, "/below");
    assert_int_equal(platform_file_kind(folder->other), PLATFORM_NO_FILE);
    assert_int_equal(platform_file_kind(""), PLATFORM_NO_FILE);
}

struct seen {
    unsigned files, folders, others;
};

static void count_entry(void *context, const char *name, enum platform_file_kind kind)
{
    struct seen *seen = context;

    assert_string_not_equal(name, ".");
    assert_string_not_equal(name, "..");
    if (kind == PLATFORM_FILE)
        assert_string_equal(name, "b\xc3\xbc"
                                  "cher.json");
    seen->files += kind == PLATFORM_FILE;
    seen->folders += kind == PLATFORM_FOLDER;
    seen->others += kind == PLATFORM_OTHER_FILE;
}

/* Files and folders in a folder, each once, by their whole names; where there is none, none. */
static void folders_are_listed(void **state)
{
    struct folder *folder = *state;
    struct seen seen = {0};
    FILE *file;

    assert_int_equal(platform_folder_list(folder->path, count_entry, &seen), STATUS_OK);
    assert_int_equal(seen.files + seen.folders + seen.others, 0);
    assert_int_equal(platform_file_write(folder->file, &file), STATUS_OK);
    put(file, "x");
    assert_true(system_folder_make(folder->other));
    assert_int_equal(platform_folder_list(folder->path, count_entry, &seen), STATUS_OK);
    assert_int_equal(seen.files, 1);
    assert_int_equal(seen.folders, 1);
    assert_int_equal(seen.others, 0);
    assert_int_equal(platform_folder_list(folder->file, count_entry, &seen), STATUS_NOT_FOUND);
    assert_int_equal(platform_folder_list("", count_entry, &seen), STATUS_NOT_FOUND);
}

/* Nobody is led out of a folder, nor round in it. */
static void links_in_a_folder_lead_nowhere(void **state)
{
    struct folder *folder = *state;
    struct seen seen = {0};

    if (!system_link(folder->path, folder->other))
        skip_since("symbolic links cannot be made here");
    assert_int_equal(platform_folder_list(folder->path, count_entry, &seen), STATUS_OK);
    assert_int_equal(seen.others, 1);
    assert_int_equal(seen.folders, 0);
}

static void one_file_by_two_paths(void **state)
{
    struct folder *folder = *state;
    char round[sizeof folder->path + 64];
    FILE *file;

    assert_false(platform_file_is_same(folder->file, folder->file)); /* it is not there */
    assert_int_equal(platform_file_write(folder->file, &file), STATUS_OK);
    put(file, "x");
    assert_int_equal(platform_file_write(folder->other, &file), STATUS_OK);
    put(file, "x");
    snprintf(round, sizeof round, "%s/.%s", folder->path, folder->file + strlen(folder->path));
    assert_true(platform_file_is_same(folder->file, round));
    assert_false(platform_file_is_same(folder->file, folder->other));
}

static void missing_files_are_not_found(void **state)
{
    struct folder *folder = *state;
    FILE *file = stdout;

    assert_int_equal(platform_file_open(folder->file, &file), STATUS_NOT_FOUND);
    assert_null(file);
    assert_int_equal(platform_file_open("", &file), STATUS_NOT_FOUND);
    strcat(folder->other, "/below");
    assert_int_equal(platform_file_open(folder->other, &file), STATUS_NOT_FOUND);
    assert_int_equal(platform_file_create(folder->other, &file), STATUS_NOT_FOUND);
    assert_int_equal(platform_file_write(folder->other, &file), STATUS_NOT_FOUND);
    assert_null(file);
}

/* A folder is no file to read or to replace. */
static void folders_are_not_opened(void **state)
{
    struct folder *folder = *state;
    FILE *file;

    assert_int_equal(platform_file_open(folder->path, &file), STATUS_INVALID);
    assert_int_equal(platform_file_write(folder->path, &file), STATUS_INVALID);
    assert_int_equal(platform_file_create(folder->path, &file), STATUS_EXISTS);
    assert_null(file);
}

/* Bytes are written as they are, and what was there before is gone. */
static void reports_replace_files(void **state)
{
    struct folder *folder = *state;
    FILE *file;

    assert_int_equal(platform_file_write(folder->file, &file), STATUS_OK);
    put(file, "first\nline\n\x1a end");
    assert_holds(folder->file, "first\nline\n\x1a end");
    assert_int_equal(platform_file_write(folder->file, &file), STATUS_OK);
    put(file, "b");
    assert_holds(folder->file, "b");
}

static void replace(const char *path, const char *text, enum status told, enum status expected)
{
    struct platform_new_file file;

    assert_int_equal(platform_new_file(path, &file), STATUS_OK);
    assert_true(fputs(text, file.stream) >= 0);
    assert_int_equal(platform_new_file_end(&file, path, told), expected);
    assert_null(file.beside);
}

static void assert_is_alone(const struct folder *folder)
{
    struct seen seen = {0};

    assert_int_equal(platform_folder_list(folder->path, count_entry, &seen), STATUS_OK);
    assert_int_equal(seen.files, 1);
    assert_int_equal(seen.folders + seen.others, 0);
}

/* Until the end the former one is there; and after it, too, where the new one is no good. */
static void new_files_come_in_one_go(void **state)
{
    struct folder *folder = *state;
    struct platform_new_file file;

    replace(folder->file, "first", STATUS_OK, STATUS_OK);
    assert_holds(folder->file, "first");
    assert_int_equal(platform_new_file(folder->file, &file), STATUS_OK);
    assert_true(fputs("second\n\x1a", file.stream) >= 0);
    assert_int_equal(fflush(file.stream), 0);
    assert_holds(folder->file, "first");
    assert_int_equal(platform_new_file_end(&file, folder->file, STATUS_OK), STATUS_OK);
    assert_holds(folder->file, "second\n\x1a");
    replace(folder->file, "third", STATUS_IO, STATUS_IO);
    assert_holds(folder->file, "second\n\x1a");
    assert_is_alone(folder);
}

/* Readers have what they opened to its end, and nobody has to wait until they are done. */
static void new_files_do_not_wait_for_readers(void **state)
{
    struct folder *folder = *state;
    char bytes[8];
    FILE *reader;

    replace(folder->file, "former", STATUS_OK, STATUS_OK);
    assert_int_equal(platform_file_open(folder->file, &reader), STATUS_OK);
    replace(folder->file, "newer and longer", STATUS_OK, STATUS_OK);
    assert_holds(folder->file, "newer and longer");
    assert_int_equal(fread(bytes, 1, sizeof bytes, reader), 6);
    assert_memory_equal(bytes, "former", 6);
    fclose(reader);
    assert_is_alone(folder);
}

/* Most programs open files in a way that lets them, on Windows, be written and not be replaced. */
static void new_files_pass_by_who_lets_them_be_written(void **state)
{
    struct folder *folder = *state;
    FILE *reader;

    snprintf(folder->other, sizeof folder->other, "%s/plain", folder->path);
    replace(folder->other, "former and longer", STATUS_OK, STATUS_OK);
    reader = fopen(folder->other, "rb");
    assert_non_null(reader);
    replace(folder->other, "newer", STATUS_OK, STATUS_OK);
    assert_holds(folder->other, "newer");
    fclose(reader);
    assert_int_equal(platform_file_kind(folder->file), PLATFORM_NO_FILE);
}

/* Who lets nobody else in keeps the former one, and nothing is left beside it. */
static void new_files_stand_back_for_who_is_alone(void **state)
{
    struct folder *folder = *state;
    struct platform_new_file file;
    FILE *reader;

    replace(folder->file, "former", STATUS_OK, STATUS_OK);
    assert_int_equal(platform_new_file(folder->file, &file), STATUS_OK);
    reader = system_hold(folder->file);
    if (!reader) {
        assert_int_equal(platform_new_file_end(&file, folder->file, STATUS_IO), STATUS_IO);
        skip_since("no program can keep a file to itself here");
    }
    assert_true(fputs("newer", file.stream) >= 0);
    assert_int_equal(platform_new_file_end(&file, folder->file, STATUS_OK), STATUS_DENIED);
    fclose(reader);
    assert_holds(folder->file, "former");
    assert_is_alone(folder);
}

/* What is more than one name, or no file, stays what it is. */
static void new_files_go_through_links(void **state)
{
    struct folder *folder = *state;

    replace(folder->file, "former", STATUS_OK, STATUS_OK);
    if (!system_link(folder->file, folder->other))
        skip_since("symbolic links cannot be made here");
    replace(folder->other, "newer", STATUS_OK, STATUS_OK);
    assert_holds(folder->file, "newer");
    assert_true(platform_file_is_same(folder->file, folder->other));
}

/* What was removed is gone; what is not there cannot be, nor can a folder. */
static void files_are_removed(void **state)
{
    struct folder *folder = *state;
    FILE *file;

    assert_int_equal(platform_file_remove(folder->file), STATUS_NOT_FOUND);
    assert_int_equal(platform_file_write(folder->file, &file), STATUS_OK);
    put(file, "x");
    assert_int_equal(platform_file_remove(folder->file), STATUS_OK);
    assert_int_equal(platform_file_kind(folder->file), PLATFORM_NO_FILE);
    assert_int_not_equal(platform_file_remove(folder->path), STATUS_OK);
    assert_int_equal(platform_file_kind(folder->path), PLATFORM_FOLDER);
    assert_int_equal(platform_file_remove(""), STATUS_NOT_FOUND);
}

/* A name behind it is a file that can be made. */
static void temporary_files_have_a_folder(void **state)
{
    char bytes[8], name[sizeof "exdiag-test-" + 2 * sizeof bytes] = "exdiag-test-";
    struct buffer path;
    FILE *file;

    (void)state;
    assert_int_equal(platform_random(bytes, sizeof bytes), STATUS_OK);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(name + strlen(name), 3, "%02x", (unsigned)(unsigned char)bytes[i]);
    buffer_init(&path, 1024);
    platform_temporary_folder(&path);
    assert_int_equal(platform_file_kind(path.text), PLATFORM_FOLDER);
    buffer_add_string(&path, name);
    assert_int_equal(platform_file_create(path.text, &file), STATUS_OK);
    put(file, "x");
    assert_int_equal(platform_file_remove(path.text), STATUS_OK);
    buffer_release(&path);
}

/* Evidence never takes the place of a file, and is its owner's alone. */
static void evidence_is_created_exclusively(void **state)
{
    struct folder *folder = *state;
    FILE *file;

    assert_int_equal(platform_file_create(folder->file, &file), STATUS_OK);
    put(file, "evidence\n");
    assert_true(system_is_private(folder->file));
    assert_int_equal(platform_file_create(folder->file, &file), STATUS_EXISTS);
    assert_null(file);
    assert_holds(folder->file, "evidence\n");
}

/* A link that leads nowhere would let somebody else choose where evidence goes. */
static void evidence_does_not_follow_links(void **state)
{
    struct folder *folder = *state;
    FILE *file;

    if (!system_link(folder->other, folder->file))
        skip_since("symbolic links cannot be made here");
    assert_int_equal(platform_file_create(folder->file, &file), STATUS_EXISTS);
    assert_null(file);
    assert_int_equal(platform_file_kind(folder->other), PLATFORM_NO_FILE);
}

/* Deep folders have paths beyond the 260 characters of old. */
static void long_paths_are_opened(void **state)
{
    struct folder *folder = *state;
    char path[3 * SYSTEM_PATH_SIZE];
    char name[201];
    FILE *file;

    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    snprintf(folder->other, sizeof folder->other, "%s/%s", folder->path, name);
    assert_true(system_folder_make(folder->other));
    snprintf(path, sizeof path, "%s/./%s", folder->other, name);
    assert_int_equal(platform_file_create(path, &file), STATUS_OK);
    put(file, "deep");
    assert_holds(path, "deep");
    assert_int_equal(platform_file_kind(path), PLATFORM_FILE);
    replace(path, "deeper", STATUS_OK, STATUS_OK);
    assert_holds(path, "deeper");
    system_remove(path);
}

/* A file is no terminal, whatever TERM says. */
static void files_are_no_terminals(void **state)
{
    struct folder *folder = *state;
    FILE *file;

    system_set_environment("TERM", "xterm");
    assert_int_equal(platform_file_write(folder->file, &file), STATUS_OK);
    assert_false(platform_is_terminal(file));
    assert_int_equal(platform_terminal_columns(file), 0);
    assert_false(platform_terminal_colours(file));
    fclose(file);
}

static void terminals_are_recognised(void **state)
{
    (void)state;
    assert_apart("terminal", EXIT_SEEN);
}

static enum status write_to(FILE *file)
{
    enum status status = STATUS_OK;

    if (fputs("text", file) == EOF || fflush(file) != 0)
        status = platform_write_error();
    fclose(file);
    return status;
}

/* A reader that has gone ends the write, not the program. */
static void closed_pipes_are_told(void **state)
{
    (void)state;
    assert_int_equal(write_to(system_closed_pipe()), STATUS_CLOSED);
}

static void full_disks_are_told(void **state)
{
    FILE *full = system_full_device();

    (void)state;
    if (!full)
        skip_since("there is no device here that is always full");
    assert_int_equal(write_to(full), STATUS_DISK_FULL);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

/* ---- trust ---- */

static void see_certificate(void *context, const void *der, size_t size)
{
    assert_true(size > 2);
    assert_int_equal(*(const unsigned char *)der, 0x30); /* a SEQUENCE */
    ++*(size_t *)context;
}

/* Certificates where the system hands them out; files elsewhere. */
static void authorities_are_certificates(void **state)
{
    size_t count = 0;
    enum status status = platform_trusted_certificates(see_certificate, &count);

    (void)state;
    assert_true(status == STATUS_OK || status == STATUS_NOT_SUPPORTED);
    assert_true(status == STATUS_OK || count == 0);
}

struct seen_values {
    size_t count;
    bool has_name; /* of the one that every Windows has */
};

static void see_value(void *context, const char *key, const char *name, uint32_t type,
                      const void *bytes, size_t size)
{
    static const char root[] = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";
    struct seen_values *seen = context;

    (void)type;
    assert_non_null(bytes);
    assert_true(size <= PLATFORM_REGISTRY_VALUE_MOST);
    assert_memory_equal(key, root, sizeof root - 1);
    seen->count++;
    if (strcmp(key, root) == 0 && strcmp(name, "CurrentVersion") == 0)
        seen->has_name = true;
}

/* Windows has a registry, and what is not in it is told. */
static void registries_are_walked(void **state)
{
    struct seen_values seen = {0};
    enum status status = platform_registry_walk(
        "", "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", see_value, &seen);

    (void)state;
    assert_true(status == STATUS_OK || status == STATUS_NOT_SUPPORTED);
    assert_true((status == STATUS_OK) == seen.has_name);
    assert_true(status == STATUS_OK || seen.count == 0);
    if (status == STATUS_OK)
        status = platform_registry_walk("", "SOFTWARE\\no such key", see_value, &seen);
    assert_true(status == STATUS_NOT_FOUND || status == STATUS_NOT_SUPPORTED);
}

/* A service that every Windows has is told from one that does not exist. */
static void services_have_a_state(void **state)
{
    bool runs = true;
    enum status status = platform_service_runs("", "no such service", &runs);

    (void)state;
    assert_true(status == STATUS_NOT_FOUND || status == STATUS_NOT_SUPPORTED);
    assert_false(runs);
    if (status == STATUS_NOT_FOUND)
        assert_int_equal(platform_service_runs("", "RpcSs", &runs), STATUS_OK);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(environment_is_read),
        cmocka_unit_test(libraries_are_looked_for),
        cmocka_unit_test(clocks_move),
        cmocka_unit_test(zones_are_of_hours),
        cmocka_unit_test(many_may_be_open),
        cmocka_unit_test(random_differs),
        cmocka_unit_test(udp_carries_datagrams),
        cmocka_unit_test(udp_carries_datagrams_over_ipv6),
        cmocka_unit_test(udp_keeps_datagrams_apart),
        cmocka_unit_test(udp_hears_its_peer_alone),
        cmocka_unit_test(udp_ports_are_random),
        cmocka_unit_test(udp_closed_port_is_refused),
        cmocka_unit_test(tcp_carries_bytes),
        cmocka_unit_test(tcp_carries_bytes_over_ipv6),
        cmocka_unit_test(tcp_closed_port_is_refused),
        cmocka_unit_test(tcp_never_blocks),
        cmocka_unit_test(tcp_tells_a_reset_from_an_end),
        cmocka_unit_test(tcp_tells_what_was_acknowledged),
        cmocka_unit_test(sockets_have_an_address),
        cmocka_unit_test(authorities_are_certificates),
        cmocka_unit_test(registries_are_walked),
        cmocka_unit_test(services_have_a_state),
        cmocka_unit_test(sockets_need_an_address),
        cmocka_unit_test(resolvers_are_addresses),
        cmocka_unit_test(waits_tell_who_is_ready),
        cmocka_unit_test(waits_end_when_a_connection_fails),
        cmocka_unit_test(waits_end_in_time),
        cmocka_unit_test(bells_end_waits),
        cmocka_unit_test(names_become_ascii),
        cmocka_unit_test(names_become_unicode),
        cmocka_unit_test(threads_share_a_mutex),
        cmocka_unit_test(signals_are_not_lost),
        cmocka_unit_test(threads_have_a_stack),
        cmocka_unit_test(mutexes_are_freed_by_the_last),
        cmocka_unit_test(interrupts_are_heard),
        cmocka_unit_test(interrupts_are_taken_over),
        cmocka_unit_test(second_interrupt_ends_the_program),
        cmocka_unit_test(interrupts_can_be_given_back),
        cmocka_unit_test(shortness_of_files_is_told),
        IN_FOLDER(kinds_are_told),
        IN_FOLDER(folders_are_listed),
        IN_FOLDER(links_in_a_folder_lead_nowhere),
        IN_FOLDER(one_file_by_two_paths),
        IN_FOLDER(missing_files_are_not_found),
        IN_FOLDER(folders_are_not_opened),
        IN_FOLDER(reports_replace_files),
        IN_FOLDER(new_files_come_in_one_go),
        IN_FOLDER(new_files_do_not_wait_for_readers),
        IN_FOLDER(new_files_pass_by_who_lets_them_be_written),
        IN_FOLDER(new_files_stand_back_for_who_is_alone),
        IN_FOLDER(new_files_go_through_links),
        IN_FOLDER(files_are_removed),
        cmocka_unit_test(temporary_files_have_a_folder),
        IN_FOLDER(evidence_is_created_exclusively),
        IN_FOLDER(evidence_does_not_follow_links),
        IN_FOLDER(long_paths_are_opened),
        IN_FOLDER(files_are_no_terminals),
        cmocka_unit_test(terminals_are_recognised),
        cmocka_unit_test(closed_pipes_are_told),
        cmocka_unit_test(full_disks_are_told),
    };

    if (argc > 1)
        return argc == 2 ? run_apart(argv[1]) : EXIT_CANNOT;
    return cmocka_run_group_tests(tests, start_platform, NULL);
}
