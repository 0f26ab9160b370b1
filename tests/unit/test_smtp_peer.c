/* The lab's mail exchangers: a test peer that errs by accident proves nothing. */
#include "tests/unit/unit.h"

#include "tests/lab/smtp_behaviour.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <string.h>

enum { SECONDS = 1000000 /* microseconds */, DEADLINE = 10 * SECONDS, HEARD_MOST = 300 * 1024 };

/* One list of peers, and a client of the first. */
struct call {
    struct smtp_peers *peers;
    uint16_t port;
    platform_socket socket;
    struct buffer heard;
    enum status ended; /* STATUS_AGAIN: it is still open */
};

static void dial(struct call *call, const char *address)
{
    struct net_address peer = {.port = call->port};
    struct platform_waiter waiter = {.to_write = true};

    assert_int_equal(ip_parse(address, strlen(address), &peer.ip), STATUS_OK);
    assert_int_equal(platform_tcp_open(&peer, &waiter.socket), STATUS_OK);
    lab_wait(&waiter, 1, platform_monotonic_clock() + DEADLINE);
    assert_int_equal(platform_tcp_result(waiter.socket), STATUS_OK);
    call->socket = waiter.socket;
    call->ended = STATUS_AGAIN;
    buffer_init(&call->heard, HEARD_MOST);
}

static void call_first(struct call *call, const struct smtp_peer *list, size_t count)
{
    memset(call, 0, sizeof *call);
    assert_int_equal(smtp_peers_start(list, count, &call->port, &call->peers), STATUS_OK);
    dial(call, list[0].address);
}

static void hang_up(struct call *call)
{
    platform_socket_close(call->socket);
    buffer_release(&call->heard);
    assert_int_equal(smtp_peers_stop(call->peers), STATUS_OK);
}

static void tell(struct call *call, const char *text)
{
    size_t sent;

    assert_int_equal(platform_send(call->socket, text, strlen(text), &sent), STATUS_OK);
    assert_int_equal(sent, strlen(text));
}

/* One receive; false once the connection has ended or `until` has come. */
static bool listen_once(struct call *call, int64_t until)
{
    struct platform_waiter waiter = {.socket = call->socket, .to_read = true};
    char bytes[4096];
    size_t size;

    lab_wait(&waiter, 1, until);
    call->ended = platform_receive(call->socket, bytes, sizeof bytes, &size);
    if (call->ended == STATUS_OK)
        buffer_add(&call->heard, bytes, size);
    return call->ended == STATUS_OK ||
           (call->ended == STATUS_AGAIN && platform_monotonic_clock() < until);
}

/* Listens until the peer has said `text`. */
static void await(struct call *call, const char *text)
{
    int64_t until = platform_monotonic_clock() + DEADLINE;

    while (!strstr(call->heard.text, text))
        assert_true(listen_once(call, until));
    buffer_clear(&call->heard);
}

static void await_end(struct call *call)
{
    int64_t until = platform_monotonic_clock() + DEADLINE;

    while (listen_once(call, until))
        continue;
    assert_int_not_equal(call->ended, STATUS_AGAIN);
}

/* ---- scripts ---- */

/* Without a script a peer is healthy, and knows what was said before it greeted. */
static void a_healthy_peer_serves(void **state)
{
    static const struct smtp_peer list[] = {{.address = "127.0.0.1", .name = "mail.contoso.com"}};
    char heard[SMTP_PEER_HEARD_SIZE];
    struct call call;

    (void)state;
    call_first(&call, list, 1);
    await(&call, "220 mail.contoso.com ESMTP\r\n");
    tell(&call, "EHLO me\r\n");
    await(&call, "250 8BITMIME\r\n");
    tell(&call, "MAIL FROM:<>\r\nnoop\r\nQUIT\r\n");
    await_end(&call);
    assert_string_equal(call.heard.text, "502 5.5.1 Not implemented\r\n250 2.0.0 Ok\r\n"
                                         "221 2.0.0 Bye\r\n");
    assert_int_equal(call.ended, STATUS_CLOSED);
    assert_int_equal(smtp_peers_accepted(call.peers, 0), 1);
    assert_int_equal(smtp_peers_most_open(call.peers, 0), 1);
    assert_int_equal(smtp_peers_bytes_before_greeting(call.peers, 0), 0);
    smtp_peers_heard(call.peers, 0, heard);
    assert_string_equal(heard, "EHLO me\nMAIL FROM:<>\nnoop\nQUIT\n");
    hang_up(&call);
}

/* Who speaks between teaser and greeting speaks before the greeting. */
static void bytes_before_the_greeting_are_counted(void **state)
{
    static const struct smtp_peer_step script[] = {
        {SMTP_PEER_SAY, "220-mail.contoso.com\r\n", 0, 0, 0},
        {SMTP_PEER_HEAR, "ehlo", 0, 0, 0},
        {SMTP_PEER_SAY, "220 mail.contoso.com\r\n", 0, 0, 0},
        {SMTP_PEER_HEAR, NULL, 0, 0, 0},
        {.act = SMTP_PEER_CLOSE},
    };
    static const struct smtp_peer list[] = {{.address = "127.0.0.1", .script = script}};
    struct call call;

    (void)state;
    call_first(&call, list, 1);
    await(&call, "220-");
    tell(&call, "noise\r\nEHLO me\r\n");
    await(&call, "220 mail");
    tell(&call, "QUIT\r\n");
    await_end(&call);
    assert_int_equal(smtp_peers_bytes_before_greeting(call.peers, 0), 16);
    hang_up(&call);
}

/* FLOOD says it all however slowly it is read; a NUL is a byte as any. */
static void a_flood_comes_whole(void **state)
{
    static const struct smtp_peer_step script[] = {
        {SMTP_PEER_FLOOD, "220-\0\377\r\n", 0, 25000, 8},
        {SMTP_PEER_DRIP, "220\r\n", 1, 2, 0},
        {.act = SMTP_PEER_CLOSE},
    };
    static const struct smtp_peer list[] = {{.address = "127.0.0.1", .script = script}};
    struct call call;

    (void)state;
    call_first(&call, list, 1);
    await_end(&call);
    assert_int_equal(call.heard.size, 8 * 25000 + 10);
    assert_memory_equal(call.heard.text + 8 * 24999, "220-\0\377\r\n220\r\n220\r\n", 18);
    hang_up(&call);
}

/* A drip takes its time, and so does a wait. */
static void a_drip_takes_its_time(void **state)
{
    static const struct smtp_peer_step script[] = {
        {SMTP_PEER_WAIT, NULL, 50, 0, 0},
        {SMTP_PEER_DRIP, "220 a\r\n", 10, 0, 0},
        {.act = SMTP_PEER_CLOSE},
    };
    static const struct smtp_peer list[] = {{.address = "127.0.0.1", .script = script}};
    int64_t began = platform_monotonic_clock();
    struct call call;

    (void)state;
    call_first(&call, list, 1);
    await_end(&call);
    assert_string_equal(call.heard.text, "220 a\r\n");
    assert_true(platform_monotonic_clock() - began >= 110000);
    hang_up(&call);
}

/* RESET ends it behind what was said. (That it is an RST is program/mx.py's to see.) */
static void a_reset_ends_it(void **state)
{
    static const struct smtp_peer_step script[] = {
        {SMTP_PEER_SAY, "220-\r\n", 0, 0, 0},
        {SMTP_PEER_HEAR, NULL, 0, 0, 0},
        {.act = SMTP_PEER_RESET},
    };
    static const struct smtp_peer list[] = {{.address = "127.0.0.1", .script = script}};
    struct call call;

    (void)state;
    call_first(&call, list, 1);
    await(&call, "220-");
    tell(&call, "QUIT\r\n");
    await_end(&call);
    hang_up(&call);
}

/* All at one port: one refuses, one is deaf, one is silent. */
static void some_never_speak(void **state)
{
    static const struct smtp_peer_step silent[] = {{.act = SMTP_PEER_END}};
    static const struct smtp_peer list[] = {
        {.address = "127.0.0.1", .script = silent},
        {.address = "127.0.0.2", .is_deaf = true},
        {.address = "127.0.0.3", .is_refusing = true},
    };
    struct platform_waiter waiter = {.to_write = true};
    struct net_address refusing = {.ip = {IP_V4, {127, 0, 0, 3}}};
    int64_t until = platform_monotonic_clock() + DEADLINE;
    struct call call, deaf;
    enum status status;

    (void)state;
    call_first(&call, list, 3);
    deaf = call;
    dial(&deaf, "127.0.0.2");
    while (smtp_peers_accepted(call.peers, 0) == 0 && platform_monotonic_clock() < until)
        lab_wait(NULL, 0, platform_monotonic_clock() + SECONDS / 100);
    assert_true(!listen_once(&deaf, platform_monotonic_clock() + SECONDS / 20));
    assert_true(!listen_once(&call, platform_monotonic_clock() + SECONDS / 20));
    assert_int_equal(deaf.ended, STATUS_AGAIN);
    assert_int_equal(call.ended, STATUS_AGAIN);
    assert_int_equal(smtp_peers_accepted(call.peers, 0), 1);
    assert_int_equal(smtp_peers_accepted(call.peers, 1), 0);

    refusing.port = call.port;
    status = platform_tcp_open(&refusing, &waiter.socket);
    if (status == STATUS_OK) {
        lab_wait(&waiter, 1, platform_monotonic_clock() + DEADLINE);
        status = platform_tcp_result(waiter.socket);
        platform_socket_close(waiter.socket);
    }
    assert_int_equal(status, STATUS_REFUSED);
    platform_socket_close(deaf.socket);
    buffer_release(&deaf.heard);
    hang_up(&call);
}

/* A port that another has is not taken from it. */
static void a_taken_port_is_said_to_be(void **state)
{
    static const struct smtp_peer list[] = {{.address = "127.0.0.1"}};
    struct smtp_peers *first, *second;
    uint16_t port = 0;

    (void)state;
    assert_int_equal(smtp_peers_start(list, 1, &port, &first), STATUS_OK);
    assert_int_equal(smtp_peers_start(list, 1, &port, &second), STATUS_EXISTS);
    assert_null(second);
    assert_int_equal(smtp_peers_stop(first), STATUS_OK);
}

/* ---- behaviours by name ---- */

/* The seconds and the name of a text become those of the script. */
static void a_behaviour_is_read(void **state)
{
    struct smtp_peer peer = {.address = "127.0.0.1"};
    struct arena memory = {NULL};

    (void)state;
    assert_int_equal(smtp_behaviour_read("teaser:0.25@mx.contoso.com", &memory, &peer), STATUS_OK);
    assert_string_equal(peer.address, "127.0.0.1");
    assert_string_equal(peer.name, "mx.contoso.com");
    assert_string_equal(peer.script[0].text, "220-mx.contoso.com ESMTP\r\n");
    assert_int_equal(peer.script[1].act, SMTP_PEER_WAIT);
    assert_int_equal(peer.script[1].milliseconds, 250);
    assert_int_equal(smtp_behaviour_read("delayed", &memory, &peer), STATUS_OK);
    assert_int_equal(peer.script[0].milliseconds, 5000);
    assert_int_equal(smtp_behaviour_read("refused", &memory, &peer), STATUS_OK);
    assert_true(peer.is_refusing);
    arena_release(&memory);
}

static void what_is_no_behaviour_is_refused(void **state)
{
    static const struct {
        const char *text;
        enum status status;
    } cases[] = {
        {"", STATUS_NOT_FOUND},           {"stal", STATUS_NOT_FOUND},
        {"stalls", STATUS_NOT_FOUND},     {"@mx.contoso.com", STATUS_NOT_FOUND},
        {"stall:5", STATUS_INVALID},      {"delayed:", STATUS_INVALID},
        {"delayed:1x", STATUS_INVALID},   {"delayed:.5", STATUS_INVALID},
        {"delayed:3601", STATUS_INVALID}, {"delayed:99999999999", STATUS_INVALID},
    };
    struct smtp_peer peer = {.address = "127.0.0.1"};
    struct arena memory = {NULL};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(smtp_behaviour_read(cases[i].text, &memory, &peer), cases[i].status);
    arena_release(&memory);
}

/* Every script ends, and none asks for TLS without a certificate. */
static void every_listed_behaviour_can_be_played(void **state)
{
    const char *name, *summary;
    struct arena memory = {NULL};

    (void)state;
    for (size_t i = 0; smtp_behaviour_at(i, &name, &summary); i++) {
        struct smtp_peer peer = {.address = "127.0.0.1"};
        bool needs_certificate;
        size_t step = 0;

        assert_int_equal(smtp_behaviour_read(name, &memory, &peer), STATUS_OK);
        needs_certificate = peer.tls_at_once;
        while (peer.script[step].act != SMTP_PEER_END)
            needs_certificate |= peer.script[step++].act == SMTP_PEER_TLS;
        assert_true(!needs_certificate || peer.certificate != SMTP_PEER_NO_CERTIFICATE);
        assert_true(*summary != '\0');
    }
    arena_release(&memory);
}

/* ---- TLS ---- */

/* A client's side of TLS over a call; the socket is its own to wait for. */
struct secure {
    SSL_CTX *context;
    SSL *ssl;
};

static void trust(SSL_CTX *context, const char *pem)
{
    BIO *text = BIO_new_mem_buf(pem, -1);
    X509 *authority = PEM_read_bio_X509(text, NULL, NULL, NULL);

    assert_non_null(authority);
    assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority), 1);
    X509_free(authority);
    BIO_free(text);
}

static void secure_begin(struct secure *secure, const char *authority, const char *name)
{
    secure->context = SSL_CTX_new(TLS_client_method());
    trust(secure->context, authority);
    secure->ssl = SSL_new(secure->context);
    assert_int_equal(SSL_set1_host(secure->ssl, name), 1);
    SSL_set_bio(secure->ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(secure->ssl);
}

static void carry(struct secure *secure, struct call *call)
{
    char bytes[4096];
    size_t size, sent;

    while (BIO_read_ex(SSL_get_wbio(secure->ssl), bytes, sizeof bytes, &size) == 1)
        assert_int_equal(platform_send(call->socket, bytes, size, &sent), STATUS_OK);
    buffer_clear(&call->heard);
    (void)listen_once(call, platform_monotonic_clock() + DEADLINE);
    assert_true(call->heard.size > 0);
    (void)BIO_write(SSL_get_rbio(secure->ssl), call->heard.text, (int)call->heard.size);
}

static void secure_handshake(struct secure *secure, struct call *call)
{
    int result;

    while ((result = SSL_do_handshake(secure->ssl)) != 1) {
        assert_int_equal(SSL_get_error(secure->ssl, result), SSL_ERROR_WANT_READ);
        carry(secure, call);
    }
}

static void secure_read(struct secure *secure, struct call *call, char *out, size_t room)
{
    size_t size = 0;

    while (SSL_read_ex(secure->ssl, out, room - 1, &size) != 1)
        carry(secure, call);
    out[size] = '\0';
}

static void secure_end(struct secure *secure)
{
    SSL_free(secure->ssl);
    SSL_CTX_free(secure->context);
}

/* What OpenSSL makes of each certificate is what its name says. */
static void certificates_are_what_they_are_called(void **state)
{
    static const struct {
        enum smtp_peer_certificate certificate;
        long code;
    } cases[] = {
        {SMTP_PEER_TRUSTED, X509_V_OK},
        {SMTP_PEER_SELF_SIGNED, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT},
        {SMTP_PEER_EXPIRED, X509_V_ERR_CERT_HAS_EXPIRED},
        {SMTP_PEER_MISMATCHED, X509_V_ERR_HOSTNAME_MISMATCH},
    };
    struct smtp_peer list[2] = {
        {.address = "127.0.0.1", .name = "mail.contoso.com", .tls_at_once = true},
        {.address = "127.0.0.2", .certificate = SMTP_PEER_TRUSTED},
    };
    struct secure secure;
    struct call call;
    char line[200];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        list[0].certificate = cases[i].certificate;
        call_first(&call, list, 2);
        secure_begin(&secure, smtp_peers_authority(call.peers), "mail.contoso.com");
        secure_handshake(&secure, &call);
        assert_int_equal(SSL_get_verify_result(secure.ssl), cases[i].code);
        secure_read(&secure, &call, line, sizeof line);
        assert_string_equal(line, "220 mail.contoso.com ESMTP\r\n");
        assert_int_equal(strlen(smtp_peers_certificate_sha256(call.peers, 0)), 64);
        assert_string_not_equal(smtp_peers_certificate_sha256(call.peers, 0),
                                smtp_peers_key_sha256(call.peers, 0));
        assert_int_equal(smtp_peers_bytes_before_greeting(call.peers, 0), 0);
        secure_end(&secure);
        hang_up(&call);
    }
}

/* STARTTLS of a healthy peer: offered once, and the conversation goes on behind it. */
static void a_healthy_peer_starts_tls(void **state)
{
    static const struct smtp_peer list[] = {
        {.address = "127.0.0.1", .name = "a.example", .certificate = SMTP_PEER_TRUSTED}};
    struct secure secure;
    struct call call;
    char reply[400];
    size_t size;

    (void)state;
    call_first(&call, list, 1);
    await(&call, "220 a.example");
    tell(&call, "EHLO me\r\n");
    await(&call, "250-STARTTLS\r\n");
    tell(&call, "STARTTLS\r\n");
    await(&call, "220 2.0.0");
    secure_begin(&secure, smtp_peers_authority(call.peers), "a.example");
    secure_handshake(&secure, &call);
    assert_int_equal(SSL_get_verify_result(secure.ssl), X509_V_OK);
    assert_int_equal(SSL_write_ex(secure.ssl, "EHLO me\r\n", 9, &size), 1);
    secure_read(&secure, &call, reply, sizeof reply);
    assert_non_null(strstr(reply, "250-a.example\r\n"));
    assert_null(strstr(reply, "STARTTLS"));
    secure_end(&secure);
    hang_up(&call);
}

/* What is no handshake ends the connection. */
static void a_handshake_that_is_none_ends(void **state)
{
    static const struct smtp_peer list[] = {
        {.address = "127.0.0.1", .certificate = SMTP_PEER_SELF_SIGNED, .tls_at_once = true}};
    struct call call;

    (void)state;
    call_first(&call, list, 1);
    tell(&call, "EHLO me\r\n");
    await_end(&call);
    hang_up(&call);
}

static int set_up(void **state)
{
    (void)state;
    return platform_init() == STATUS_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_healthy_peer_serves),
        cmocka_unit_test(bytes_before_the_greeting_are_counted),
        cmocka_unit_test(a_flood_comes_whole),
        cmocka_unit_test(a_drip_takes_its_time),
        cmocka_unit_test(a_reset_ends_it),
        cmocka_unit_test(some_never_speak),
        cmocka_unit_test(a_taken_port_is_said_to_be),
        cmocka_unit_test(a_behaviour_is_read),
        cmocka_unit_test(what_is_no_behaviour_is_refused),
        cmocka_unit_test(every_listed_behaviour_can_be_played),
        cmocka_unit_test(certificates_are_what_they_are_called),
        cmocka_unit_test(a_healthy_peer_starts_tls),
        cmocka_unit_test(a_handshake_that_is_none_ends),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
