/*
 * Conversations with mail exchangers that do everything wrong, through the door that the
 * engine uses. Waits are short where a peer says nothing; what is told of them is order
 * and outcome, never how long a busy machine took.
 */
#include "tests/unit/unit.h"

#include "diag/evidence/smtp.h"
#include "diag/gather/gather.h"
#include "diag/gather/pool.h"
#include "diag/gather/smtp.h"
#include "diag/gather/tls.h"
#include "tests/lab/smtp_peer.h"
#include "tests/unit/system.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

enum { PATIENT = 20000, SHORT = 400 /* milliseconds */, GUARD = 60000000 };

/* ---- a gatherer, and the peers it talks to ---- */

struct call {
    struct smtp_peers *peers;
    uint16_t port;
    struct gather_options options;
    struct gather *gather;
    struct evidence_store *store;
    size_t open;
};

static void settled(void *context, struct evidence *item)
{
    struct call *call = context;

    assert_true(item->settled);
    call->open--;
}

static void open_call(struct call *call, const struct smtp_peer *list, size_t count)
{
    memset(call, 0, sizeof *call);
    assert_int_equal(smtp_peers_start(list, count, &call->port, &call->peers), STATUS_OK);
    call->options = (struct gather_options){
        .dns_window = 1, .timeout = PATIENT, .jobs = 8, .patience = PATIENT};
    call->store = evidence_store_new();
}

static void close_call(struct call *call)
{
    gather_free(call->gather);
    evidence_store_free(call->store);
    assert_int_equal(smtp_peers_stop(call->peers), STATUS_OK);
}

static struct smtp_conversation *start(struct call *call, const char *address, const char *name,
                                       bool tls_at_once)
{
    struct smtp_conversation question = {.server_name = name, .tls_at_once = tls_at_once};
    struct evidence *item;

    if (!call->gather)
        assert_int_equal(gather_new(&call->options, settled, call, &call->gather), STATUS_OK);
    assert_int_equal(ip_parse(address, strlen(address), &question.address.ip), STATUS_OK);
    question.address.port = call->port;
    item = evidence_store_add(call->store, &evidence_smtp, &question.evidence);
    call->open++;
    gather_start(call->gather, item);
    return (struct smtp_conversation *)item;
}

static void finish(struct call *call)
{
    int64_t until = platform_monotonic_clock() + GUARD;

    while (call->open > 0) {
        gather_wait(call->gather, 1000);
        assert_true(platform_monotonic_clock() < until);
    }
}

static struct smtp_conversation *talk(struct call *call, const char *address, const char *name)
{
    struct smtp_conversation *seen = start(call, address, name, false);

    finish(call);
    assert_int_equal(seen->evidence.status, STATUS_OK);
    return seen;
}

static void write_authority(struct call *call, const char *path)
{
    const char *text = smtp_peers_authority(call->peers);
    FILE *file;

    assert_int_equal(platform_file_create(path, &file), STATUS_OK);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

/* "greeting=ok ehlo=ok quit=closed" */
static void assert_steps(const struct smtp_conversation *seen, const char *expected)
{
    struct buffer steps;

    buffer_init(&steps, 1000);
    for (size_t i = 1; i < seen->exchange_count; i++)
        buffer_print(&steps, "%s%s=%s", i > 1 ? " " : "", smtp_step_word(seen->exchanges[i].step),
                     status_token(seen->exchanges[i].status));
    assert_string_equal(steps.text, expected);
    assert_int_equal(seen->exchanges[0].step, SMTP_CONNECT);
    buffer_release(&steps);
}

static void assert_times_ascend(const struct smtp_conversation *seen)
{
    int64_t before = 0;

    for (size_t i = 0; i < seen->exchange_count; i++) {
        const struct smtp_exchange *exchange = &seen->exchanges[i];

        assert_true(exchange->began >= before && exchange->ended >= exchange->began);
        before = exchange->ended;
    }
}

static const struct smtp_reply *reply_of(const struct smtp_conversation *seen, enum smtp_step step)
{
    const struct smtp_exchange *exchange = smtp_exchange_of(seen, step);

    assert_non_null(exchange);
    return &exchange->reply;
}

#define SAY(words)                                                                                 \
    {                                                                                              \
        .act = SMTP_PEER_SAY, .text = words                                                        \
    }
#define HEAR(words)                                                                                \
    {                                                                                              \
        .act = SMTP_PEER_HEAR, .text = words                                                       \
    }
#define DO(what)                                                                                   \
    {                                                                                              \
        .act = SMTP_PEER_##what                                                                    \
    }

/* ---- healthy peers ---- */

static void a_whole_conversation(void **state)
{
    static const struct smtp_peer list[] = {{.address = "127.0.0.1", .name = "mail.contoso.com"}};
    char heard[SMTP_PEER_HEARD_SIZE];
    struct smtp_conversation *seen;
    struct call call;

    (void)state;
    open_call(&call, list, 1);
    seen = talk(&call, "127.0.0.1", NULL);
    assert_steps(seen, "greeting=ok ehlo=ok quit=ok");
    assert_times_ascend(seen);
    assert_int_equal(reply_of(seen, SMTP_GREETING)->code, 220);
    assert_non_null(smtp_keyword(reply_of(seen, SMTP_EHLO), "8BITMIME"));
    assert_int_equal(reply_of(seen, SMTP_QUIT)->code, 221);
    assert_null(seen->tls.version);
    assert_false(seen->spoke_out_of_turn);
    assert_int_equal(seen->quit_acknowledged, SMTP_ACK_UNKNOWN);
    assert_int_equal(smtp_peers_bytes_before_greeting(call.peers, 0), 0);
    smtp_peers_heard(call.peers, 0, heard);
    assert_string_equal(heard, "EHLO [127.0.0.1]\nQUIT\n");
    close_call(&call);
}

static void starttls_and_the_certificate(void **state)
{
    static const struct smtp_peer list[] = {
        {.address = "127.0.0.1", .name = "mail.contoso.com", .certificate = SMTP_PEER_SELF_SIGNED}};
    struct smtp_conversation *seen;
    struct call call;

    (void)state;
    open_call(&call, list, 1);
    seen = talk(&call, "127.0.0.1", "mail.contoso.com");
    assert_steps(seen, "greeting=ok ehlo=ok starttls=ok handshake=ok ehlo-again=ok quit=ok");
    assert_times_ascend(seen);
    assert_string_equal(seen->tls.version, "TLSv1.3");
    assert_string_equal(seen->tls.server_name, "mail.contoso.com");
    assert_int_equal(seen->tls.verify_code, 18); /* X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT */
    assert_int_equal(seen->tls.chain_count, 1);
    assert_string_equal(seen->tls.chain[0].common_name, "mail.contoso.com");
    assert_string_equal(seen->tls.chain[0].subject, "CN=mail.contoso.com");
    assert_true(certificate_is_for(&seen->tls.chain[0], "mail.contoso.com"));
    assert_true(seen->tls.chain[0].not_before < platform_wall_clock());
    assert_true(seen->tls.chain[0].not_after > platform_wall_clock());
    assert_int_equal(strlen(seen->tls.chain[0].sha512), 128);
    assert_int_equal(strlen(seen->tls.chain[0].key_sha512), 128);
    assert_string_equal(seen->tls.chain[0].key, "EC P-256");
    assert_string_equal(seen->tls.chain[0].signature, "ecdsa-with-SHA256");
    assert_string_equal(seen->tls.chain[0].sha256, smtp_peers_certificate_sha256(call.peers, 0));
    assert_string_equal(seen->tls.chain[0].key_sha256, smtp_peers_key_sha256(call.peers, 0));
    assert_false(seen->spoke_out_of_turn);
    close_call(&call);
}

/* Certificates of all sorts are looked at, and what is wrong with them is told. */
static void certificates_are_judged_and_never_refused(void **state)
{
    static const struct {
        enum smtp_peer_certificate certificate;
        long verify_code; /* X509_V_... */
        bool is_for_it;
    } cases[] = {
        {SMTP_PEER_TRUSTED, 0, true},    {SMTP_PEER_SELF_SIGNED, 18, true},
        {SMTP_PEER_EXPIRED, 10, true},   {SMTP_PEER_MISMATCHED, 0, false},
        {SMTP_PEER_MANY_NAMES, 0, true},
    };
    char folder[SYSTEM_PATH_SIZE], path[SYSTEM_PATH_SIZE + 8];

    (void)state;
    system_folder_new(folder);
    snprintf(path, sizeof path, "%s/ca", folder);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct smtp_peer list[] = {{.address = "127.0.0.1",
                                          .name = "mail.contoso.com",
                                          .certificate = cases[i].certificate}};
        struct smtp_conversation *seen;
        struct call call;

        open_call(&call, list, 1);
        write_authority(&call, path);
        call.options.ca_file = path;
        seen = talk(&call, "127.0.0.1", "mail.contoso.com.");
        assert_int_equal(seen->tls.verify_code, cases[i].verify_code);
        assert_int_equal(certificate_is_for(&seen->tls.chain[0], "mail.contoso.com"),
                         cases[i].is_for_it);
        assert_string_equal(seen->tls.server_name, "mail.contoso.com");
        assert_true(seen->tls.chain[0].not_before < seen->tls.chain[0].not_after);
        assert_steps(seen, "greeting=ok ehlo=ok starttls=ok handshake=ok ehlo-again=ok quit=ok");
        close_call(&call);
        system_remove(path);
    }
    system_remove(folder);
}

/* Of more names than are kept, only the one that was asked for is known to be there. */
static void many_names_are_cut(void **state)
{
    static const struct smtp_peer list[] = {
        {.address = "127.0.0.1", .name = "mail.contoso.com", .certificate = SMTP_PEER_MANY_NAMES}};
    static const struct {
        const char *server_name;
        bool is_for_it;
    } cases[] = {{"mail.contoso.com", true}, {NULL, false}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct certificate *own;
        struct call call;

        open_call(&call, list, 1);
        own = talk(&call, "127.0.0.1", cases[i].server_name)->tls.chain;
        assert_int_equal(own->name_count, CERTIFICATE_NAMES_MOST);
        assert_true(own->names_are_cut);
        assert_true(certificate_is_for(own, "host7.example"));
        assert_int_equal(certificate_is_for(own, "mail.contoso.com"), cases[i].is_for_it);
        assert_true(certificate_may_be_for(own, "mail.contoso.com"));
        assert_true(certificate_may_be_for(own, "host290.example"));
        assert_false(certificate_is_for(own, "host290.example"));
        close_call(&call);
    }
}

static const char *offer_of(const struct smtp_conversation *seen, enum smtp_step step)
{
    const char *offer = smtp_keyword(&smtp_exchange_of(seen, step)->reply, "X-EXPS");

    return offer ? offer : "none";
}

/* What Exchange tells each of the three who ask: in the clear, by STARTTLS, by X-ANONYMOUSTLS. */
static void anonymous_tls_takes_a_second_connection(void **state)
{
    static const struct smtp_peer peer = {
        .address = "127.0.0.25", .certificate = SMTP_PEER_SELF_SIGNED, .is_exchange = true};
    struct call call;
    struct smtp_conversation *seen;

    (void)state;
    open_call(&call, &peer, 1);
    seen = talk(&call, peer.address, "mail.example");
    assert_steps(seen, "greeting=ok ehlo=ok starttls=ok handshake=ok ehlo-again=ok quit=ok "
                       "x-anonymoustls=ok x-anonymoustls-handshake=ok x-anonymoustls-ehlo=ok");
    assert_string_equal(offer_of(seen, SMTP_EHLO), "GSSAPI NTLM");
    assert_string_equal(offer_of(seen, SMTP_EHLO_AGAIN), "GSSAPI NTLM");
    assert_string_equal(offer_of(seen, SMTP_ANONYMOUS_EHLO), "EXCHANGEAUTH GSSAPI NTLM");
    assert_int_equal(smtp_exchange_of(seen, SMTP_ANONYMOUS_TLS)->reply.code, 220);
    assert_times_ascend(seen);
    assert_int_equal(smtp_peers_accepted(call.peers, 0), 2);
    assert_false(seen->spoke_out_of_turn);
    close_call(&call);
}

/* Without certificates to trust, the handshake is not held against the peer. */
static void a_missing_authority_is_our_own_trouble(void **state)
{
    static const struct smtp_peer list[] = {
        {.address = "127.0.0.1", .name = "mail.contoso.com", .certificate = SMTP_PEER_SELF_SIGNED}};
    struct smtp_conversation *seen;
    struct call call;

    (void)state;
    open_call(&call, list, 1);
    call.options.ca_file = "/no such file";
    seen = talk(&call, "127.0.0.1", NULL);
    assert_steps(seen, "greeting=ok ehlo=ok starttls=ok handshake=invalid");
    assert_non_null(smtp_exchange_of(seen, SMTP_HANDSHAKE)->reason);
    assert_null(seen->tls.version);
    close_call(&call);
}

/* An authority's certificate that takes longer to read than a step may last. */
struct slow_authority {
    char path[SYSTEM_PATH_SIZE + 8];
    char *text;
    struct platform_mutex *writing; /* held while it is written */
};

static void write_slowly(void *argument)
{
    struct slow_authority *authority = argument;
    FILE *file;

    platform_mutex_lock(authority->writing);
    if (platform_file_write(authority->path, &file) == STATUS_OK) {
        lab_wait(NULL, 0, platform_monotonic_clock() + 3 * SHORT * 1000);
        fputs(authority->text, file);
        fclose(file);
    }
    platform_mutex_unlock(authority->writing);
}

/* Once it has been read, its writer is about to end. */
static void forget_authority(struct slow_authority *authority)
{
    platform_mutex_lock(authority->writing);
    free(authority->text);
    platform_mutex_unlock(authority->writing);
}

/* What it takes to read whom to trust is not held against the first peers. */
static void reading_authorities_is_no_part_of_the_handshake(void **state)
{
    static const struct smtp_peer list[] = {
        {.address = "127.0.0.1", .name = "mail.contoso.com", .certificate = SMTP_PEER_TRUSTED},
        {.address = "127.0.0.2", .certificate = SMTP_PEER_TRUSTED, .tls_at_once = true}};
    static struct slow_authority authority;
    char folder[SYSTEM_PATH_SIZE];

    (void)state;
    system_folder_new(folder);
    snprintf(authority.path, sizeof authority.path, "%s/ca", folder);
    if (!system_fifo(authority.path)) {
        system_remove(folder);
        print_message("skipped: this system has no files that are read while they are written\n");
        skip();
    }
    authority.writing = platform_mutex_new();
    for (size_t i = 0; i < COUNT(list); i++) {
        struct smtp_conversation *seen;
        struct call call;

        open_call(&call, list, COUNT(list));
        authority.text = memory_copy_string(smtp_peers_authority(call.peers));
        assert_int_equal(platform_thread_start(write_slowly, &authority), STATUS_OK);
        call.options.ca_file = authority.path;
        call.options.timeout = 2 * SHORT;
        if (list[i].tls_at_once)
            call.options.patience = 2 * SHORT;
        seen = start(&call, list[i].address, "mail.contoso.com", list[i].tls_at_once);
        finish(&call);
        assert_int_equal(smtp_exchange_of(seen, SMTP_HANDSHAKE)->status, STATUS_OK);
        assert_int_equal(seen->tls.verify_code, 0);
        close_call(&call);
        forget_authority(&authority);
    }
    platform_mutex_free(authority.writing);
    system_remove(authority.path);
    system_remove(folder);
}

/* Nobody's configuration of the library has a say: main() names one that forbids TLS 1.3. */
static void no_configuration_is_read(void **state)
{
    static const struct smtp_peer list[] = {
        {.address = "127.0.0.1", .certificate = SMTP_PEER_SELF_SIGNED}};
    struct call call;

    (void)state;
    open_call(&call, list, 1);
    assert_string_equal(talk(&call, "127.0.0.1", NULL)->tls.version, "TLSv1.3");
    close_call(&call);
}

/* RFC 5321 4.1.3: the literal of an IPv6 address says so. */
static void ipv6_is_spoken(void **state)
{
    static const struct smtp_peer list[] = {{.address = "::1"}};
    char heard[SMTP_PEER_HEARD_SIZE];
    struct net_address address = {.ip = {.family = IP_V6, .bytes = {[15] = 1}}};
    platform_socket socket;
    struct call call;

    (void)state;
    if (lab_bind(&address, LAB_TCP, &socket) != STATUS_OK) {
        print_message("skipped: this machine has no IPv6\n");
        skip();
    }
    platform_socket_close(socket);
    open_call(&call, list, 1);
    talk(&call, "::1", NULL);
    smtp_peers_heard(call.peers, 0, heard);
    assert_string_equal(heard, "EHLO [IPv6:::1]\nQUIT\n");
    close_call(&call);
}

/* HELO takes a name alone; one that nobody can look up would be refused for itself. */
static void helo_has_a_public_name_or_the_literal(void **state)
{
    static const struct {
        const char *host_name, *said;
    } cases[] = {
        {"mail.contoso.com", "mail.contoso.com"},
        {"WS-7.contoso.com", "WS-7.contoso.com"},
        {"ws7", "[192.0.2.7]"},
        {"ws7.corp", "[192.0.2.7]"},
        {"ws7.contoso.local", "[192.0.2.7]"},
        {"localhost.localdomain", "[192.0.2.7]"},
        {"198.51.100.7", "[192.0.2.7]"},
        {"mail..com", "[192.0.2.7]"},
        {".contoso.com", "[192.0.2.7]"},
        {"-.contoso.com", "[192.0.2.7]"},
        {"m\xc3\xbcller.contoso.com", "[192.0.2.7]"},
        {"mail.contoso.com\r\nMAIL FROM:<>", "[192.0.2.7]"},
        {"", "[192.0.2.7]"},
    };
    struct ip_address own = {.family = IP_V4, .bytes = {192, 0, 2, 7}};
    char said[SMTP_OWN_NAME_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        smtp_helo_name(cases[i].host_name, &own, said);
        assert_string_equal(said, cases[i].said);
    }
    own = (struct ip_address){.family = IP_V6, .bytes = {0x20, 0x01, 0x0d, 0xb8, [15] = 1}};
    smtp_helo_name("ws7", &own, said);
    assert_string_equal(said, "[IPv6:2001:db8::1]");
}

/* ---- every step, and what peers do to it ---- */

#define SCRIPT(...)                                                                                \
    (const struct smtp_peer_step[])                                                                \
    {                                                                                              \
        __VA_ARGS__, DO(END)                                                                       \
    }
#define GREET     SAY("220 mail.contoso.com ESMTP\r\n")
#define ANONYMOUS SAY("250-mail.contoso.com\r\n250 X-ANONYMOUSTLS\r\n")
#define OFFER     SAY("250-mail.contoso.com\r\n250 STARTTLS\r\n")

/* A peer with its script, what is made of it, and the last step it is about. */
struct fault {
    const char *name;
    const struct smtp_peer_step *script;
    const char *steps;
    unsigned patience; /* 0: enough */
    unsigned timeout;
    bool tls_at_once; /* by the client */
    bool has_certificate;
    bool was_reset;
    bool spoke_out_of_turn;
    unsigned code; /* of the step before the last that was answered, or the last; 0: any */
};

static const struct fault faults[] = {
    {.name = "closes", .script = SCRIPT(DO(CLOSE)), .steps = "greeting=closed"},
    {.name = "resets", .script = SCRIPT(DO(RESET)), .steps = "greeting=closed", .was_reset = true},
    {.name = "says half a line and closes",
     .script = SCRIPT(SAY("220 mai"), DO(CLOSE)),
     .steps = "greeting=closed",
     .code = 220},
    {.name = "says a teaser and closes",
     .script = SCRIPT(SAY("220-mail\r\n"), DO(CLOSE)),
     .steps = "greeting=closed",
     .code = 220},
    {.name = "says a teaser and nothing more",
     .script = SCRIPT(SAY("220-mail\r\n")),
     .steps = "greeting=timeout quit=timeout",
     .patience = SHORT,
     .code = 220},
    {.name = "drips for ever",
     .script = SCRIPT({SMTP_PEER_DRIP, "220-mail\r\n", 20, 1000, 0}),
     .steps = "greeting=timeout quit=timeout",
     .patience = SHORT,
     .code = 220},
    {.name = "drips a greeting",
     .script = SCRIPT({SMTP_PEER_DRIP, "220 mail\r\n", 5, 1, 0}, DO(SERVE)),
     .steps = "greeting=ok ehlo=ok quit=ok"},
    {.name = "teases, waits, greets",
     .script = SCRIPT(SAY("220-mail\r\n"), {SMTP_PEER_WAIT, NULL, 200, 0, 0}, GREET, DO(SERVE)),
     .steps = "greeting=ok ehlo=ok quit=ok",
     .code = 220},
    {.name = "greets with 421 and closes",
     .script = SCRIPT(SAY("421 4.3.2 Service not active\r\n"), DO(CLOSE)),
     .steps = "greeting=ok quit=closed",
     .code = 421},
    {.name = "greets with 521",
     .script = SCRIPT(SAY("521 no mail\r\n"), HEAR("QUIT"), SAY("221 bye\r\n"), DO(CLOSE)),
     .steps = "greeting=ok quit=ok",
     .code = 521},
    {.name = "teases, waits, refuses",
     .script = SCRIPT(SAY("220-mail\r\n"), {SMTP_PEER_WAIT, NULL, 200, 0, 0},
                      SAY("521 5.7.1 blocked\r\n"), DO(CLOSE)),
     .steps = "greeting=ok quit=closed",
     .code = 521},
    {.name = "is of another protocol",
     .script = SCRIPT(SAY("SSH-2.0-OpenSSH_9.2\r\n")),
     .steps = "greeting=malformed"},
    {.name = "says bytes without an end",
     .script = SCRIPT(SAY("\xff\xfe\x16\x03")),
     .steps = "greeting=malformed",
     .patience = SHORT},
    {.name = "greets with 100 KiB",
     .script =
         SCRIPT({SMTP_PEER_FLOOD, "220-0123456789012345678901234567890123456789\r\n", 0, 2200, 0},
                GREET, DO(SERVE)),
     .steps = "greeting=ok ehlo=ok quit=ok",
     .code = 220},
    {.name = "floods",
     .script =
         SCRIPT({SMTP_PEER_FLOOD, "220-0123456789012345678901234567890123456789\r\n", 0, 20000, 0}),
     .steps = "greeting=too-large"},
    {.name = "greets with NULs and 8-bit bytes",
     .script = SCRIPT({SMTP_PEER_SAY, "220 a\0b\xff\xfe\r\n", 0, 0, 11}, DO(SERVE)),
     .steps = "greeting=ok ehlo=ok quit=ok",
     .code = 220},
    {.name = "refuses EHLO",
     .script = SCRIPT(SAY("220 ****\r\n"), HEAR("EHLO ["), SAY("500 what\r\n"), HEAR("HELO "),
                      SAY("250 ok\r\n"), HEAR("QUIT"), SAY("221 bye\r\n")),
     .steps = "greeting=ok ehlo=ok helo=ok quit=ok",
     .code = 220},
    {.name = "is busy at EHLO",
     .script = SCRIPT(GREET, HEAR("EHLO"), SAY("421 busy\r\n"), DO(CLOSE)),
     .steps = "greeting=ok ehlo=ok quit=closed",
     .code = 421},
    {.name = "closes at EHLO",
     .script = SCRIPT(GREET, HEAR("EHLO"), DO(CLOSE)),
     .steps = "greeting=ok ehlo=closed"},
    {.name = "resets at EHLO",
     .script = SCRIPT(GREET, HEAR("EHLO"), DO(RESET)),
     .steps = "greeting=ok ehlo=closed",
     .was_reset = true},
    {.name = "is silent at EHLO",
     .script = SCRIPT(GREET),
     .steps = "greeting=ok ehlo=timeout",
     .timeout = SHORT},
    {.name = "talks nonsense at EHLO",
     .script = SCRIPT(GREET, HEAR("EHLO"), SAY("OK\r\n")),
     .steps = "greeting=ok ehlo=malformed"},
    {.name = "says more than was asked",
     .script = SCRIPT(SAY("220 mail\r\n250 more\r\n"), DO(SERVE)),
     .steps = "greeting=ok ehlo=ok quit=ok",
     .spoke_out_of_turn = true},
    {.name = "offers STARTTLS and refuses it",
     .script = SCRIPT(GREET, HEAR("EHLO"), OFFER, HEAR("STARTTLS"), SAY("454 not now\r\n"),
                      HEAR("QUIT"), SAY("221 bye\r\n")),
     .steps = "greeting=ok ehlo=ok starttls=ok quit=ok",
     .code = 454},
    {.name = "closes at STARTTLS",
     .script = SCRIPT(GREET, HEAR("EHLO"), OFFER, HEAR("STARTTLS"), DO(CLOSE)),
     .steps = "greeting=ok ehlo=ok starttls=closed"},
    {.name = "offers X-ANONYMOUSTLS and refuses it",
     .script = SCRIPT(GREET, HEAR("EHLO"), ANONYMOUS, HEAR(NULL), SAY("454 not now\r\n"),
                      HEAR("QUIT"), DO(CLOSE)),
     .steps = "greeting=ok ehlo=ok quit=ok x-anonymoustls=ok"},
    {.name = "closes at X-ANONYMOUSTLS",
     .script = SCRIPT(GREET, HEAR("EHLO"), ANONYMOUS, HEAR(NULL), DO(CLOSE)),
     .steps = "greeting=ok ehlo=ok quit=closed x-anonymoustls=closed"},
    {.name = "closes the handshake of X-ANONYMOUSTLS",
     .script = SCRIPT(GREET, HEAR("EHLO"), ANONYMOUS, HEAR(NULL), SAY("220 go\r\n"), DO(CLOSE)),
     .steps = "greeting=ok ehlo=ok quit=ok x-anonymoustls=ok x-anonymoustls-handshake=closed"},
    {.name = "closes the handshake",
     .script = SCRIPT(GREET, HEAR("EHLO"), OFFER, HEAR("STARTTLS"), SAY("220 go\r\n"), DO(CLOSE)),
     .steps = "greeting=ok ehlo=ok starttls=ok handshake=closed"},
    {.name = "is silent in the handshake",
     .script = SCRIPT(GREET, HEAR("EHLO"), OFFER, HEAR("STARTTLS"), SAY("220 go\r\n")),
     .steps = "greeting=ok ehlo=ok starttls=ok handshake=timeout",
     .timeout = SHORT},
    {.name = "goes on without TLS",
     .script = SCRIPT(GREET, HEAR("EHLO"), OFFER, HEAR("STARTTLS"), SAY("220 go\r\n"), HEAR(NULL),
                      SAY("500 what\r\n")),
     .steps = "greeting=ok ehlo=ok starttls=ok handshake=malformed",
     .timeout = 5 * SHORT},
    {.name = "has a reply ready before TLS",
     .script = SCRIPT(GREET, HEAR("EHLO"), OFFER, HEAR("STARTTLS"),
                      SAY("220 go\r\n250 injected\r\n"), DO(TLS), DO(SERVE)),
     .steps = "greeting=ok ehlo=ok starttls=ok handshake=ok ehlo-again=ok quit=ok",
     .has_certificate = true,
     .spoke_out_of_turn = true},
    {.name = "closes within TLS",
     .script = SCRIPT(GREET, HEAR("EHLO"), OFFER, HEAR("STARTTLS"), SAY("220 go\r\n"), DO(TLS),
                      HEAR("EHLO"), DO(CLOSE)),
     .steps = "greeting=ok ehlo=ok starttls=ok handshake=ok ehlo-again=closed",
     .has_certificate = true},
    {.name = "is silent within TLS",
     .script = SCRIPT(GREET, HEAR("EHLO"), OFFER, HEAR("STARTTLS"), SAY("220 go\r\n"), DO(TLS)),
     .steps = "greeting=ok ehlo=ok starttls=ok handshake=ok ehlo-again=timeout",
     .timeout = 2 * SHORT,
     .has_certificate = true},
    {.name = "says nothing where TLS comes first",
     .script = SCRIPT(DO(END)),
     .steps = "handshake=timeout",
     .patience = SHORT,
     .tls_at_once = true},
    {.name = "closes where TLS comes first",
     .script = SCRIPT(DO(CLOSE)),
     .steps = "handshake=closed",
     .tls_at_once = true},
    {.name = "speaks plainly where TLS comes first",
     .script = SCRIPT(GREET),
     .steps = "handshake=malformed",
     .tls_at_once = true},
    {.name = "says nothing behind TLS",
     .script = SCRIPT(DO(TLS)),
     .steps = "handshake=ok greeting=timeout",
     .patience = 2 * SHORT,
     .tls_at_once = true,
     .has_certificate = true},
    {.name = "serves behind TLS",
     .script = SCRIPT(DO(TLS), GREET, DO(SERVE)),
     .steps = "handshake=ok greeting=ok ehlo=ok quit=ok",
     .tls_at_once = true,
     .has_certificate = true},
    {.name = "does not answer QUIT",
     .script = SCRIPT(GREET, HEAR("EHLO"), SAY("250 ok\r\n"), HEAR("QUIT")),
     .steps = "greeting=ok ehlo=ok quit=timeout",
     .timeout = SHORT},
};

static bool has_reply_code(const struct smtp_conversation *seen, unsigned code)
{
    for (size_t i = 0; i < seen->exchange_count; i++) {
        if (seen->exchanges[i].reply.code == code)
            return true;
    }
    return false;
}

static void assert_bounded(const struct smtp_conversation *seen)
{
    for (size_t i = 0; i < seen->exchange_count; i++) {
        assert_true(seen->exchanges[i].reply.line_count <= SMTP_LINES_KEPT);
        assert_true(seen->exchanges[i].reply.bytes <= SMTP_REPLY_MOST);
    }
    assert_true(arena_footprint(&seen->evidence.memory) < 1 << 20);
}

/* Whoever closes before QUIT or a handshake comes may answer that by a reset, or not any more. */
static void assert_how_it_ended(const struct smtp_conversation *seen, const struct fault *fault)
{
    const struct smtp_exchange *last = &seen->exchanges[seen->exchange_count - 1];

    if (last->step < SMTP_QUIT && last->step != SMTP_HANDSHAKE)
        assert_int_equal(last->was_reset, fault->was_reset && system_tells_resets());
}

static void judge_fault(const struct fault *fault)
{
    const struct smtp_peer list[] = {
        {.address = "127.0.0.1",
         .name = "mail.contoso.com",
         .certificate = fault->has_certificate ? SMTP_PEER_SELF_SIGNED : SMTP_PEER_NO_CERTIFICATE,
         .script = fault->script}};
    struct smtp_conversation *seen;
    struct call call;

    open_call(&call, list, 1);
    call.options.patience = fault->patience ? fault->patience : PATIENT;
    call.options.timeout = fault->timeout ? fault->timeout : PATIENT;
    seen = start(&call, "127.0.0.1", "mail.contoso.com", fault->tls_at_once);
    finish(&call);
    assert_int_equal(seen->evidence.status, STATUS_OK);
    assert_steps(seen, fault->steps);
    assert_times_ascend(seen);
    assert_bounded(seen);
    assert_how_it_ended(seen, fault);
    assert_int_equal(seen->spoke_out_of_turn, fault->spoke_out_of_turn);
    assert_true(fault->code == 0 || has_reply_code(seen, fault->code));
    if (!strstr(fault->steps, "greeting=timeout") && !fault->tls_at_once)
        assert_int_equal(smtp_peers_bytes_before_greeting(call.peers, 0), 0);
    close_call(&call);
}

static void every_fault_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        print_message("a peer that %s\n", faults[i].name);
        judge_fault(&faults[i]);
    }
}

/* What came too early is no answer to what was asked later. */
static void early_replies_answer_nothing(void **state)
{
    static const struct smtp_peer_step script[] = {SAY("220 mail\r\n250 more\r\n"), DO(SERVE)};
    static const struct smtp_peer list[] = {{.address = "127.0.0.1", .script = script}};
    struct smtp_conversation *seen;
    struct call call;

    (void)state;
    open_call(&call, list, 1);
    seen = talk(&call, "127.0.0.1", NULL);
    assert_true(seen->spoke_out_of_turn);
    assert_non_null(smtp_keyword(reply_of(seen, SMTP_EHLO), "8BITMIME"));
    assert_int_equal(reply_of(seen, SMTP_QUIT)->code, 221);
    close_call(&call);
}

/* Each line of a greeting has its time: a teaser's is long before the last line's. */
static void teasers_and_greetings_have_their_times(void **state)
{
    static const struct smtp_peer_step script[] = {
        SAY("220-mail\r\n"), {SMTP_PEER_WAIT, NULL, 300, 0, 0}, GREET, DO(SERVE)};
    static const struct smtp_peer list[] = {{.address = "127.0.0.1", .script = script}};
    const struct smtp_reply *greeting;
    struct call call;

    (void)state;
    open_call(&call, list, 1);
    greeting = reply_of(talk(&call, "127.0.0.1", NULL), SMTP_GREETING);
    assert_int_equal(greeting->line_count, 2);
    assert_true(greeting->lines[1].at - greeting->lines[0].at >= 200000);
    assert_true(greeting->first_byte <= greeting->lines[0].at);
    assert_int_equal(greeting->last_byte, greeting->lines[1].at);
    close_call(&call);
}

/* Why a handshake failed is told in the library's words. */
static void a_failed_handshake_has_a_reason(void **state)
{
    static const struct smtp_peer_step script[] = {GREET, DO(END)};
    static const struct smtp_peer list[] = {{.address = "127.0.0.1", .script = script}};
    const struct smtp_exchange *handshake;
    struct smtp_conversation *seen;
    struct call call;

    (void)state;
    open_call(&call, list, 1);
    seen = start(&call, "127.0.0.1", NULL, true);
    finish(&call);
    handshake = smtp_exchange_of(seen, SMTP_HANDSHAKE);
    assert_non_null(handshake);
    assert_int_equal(handshake->status, STATUS_MALFORMED);
    assert_string_equal(handshake->reason, "wrong version number");
    assert_true(handshake->reply.bytes > 0 && handshake->reply.first_byte >= handshake->began);
    assert_int_equal(handshake->reply.line_count, 0);
    close_call(&call);
}

/* ---- silence ---- */

/* What a peer's system has acknowledged the peer may only read later. */
static void await_heard(struct call *call, const char *expected)
{
    int64_t until = platform_monotonic_clock() + GUARD;
    char heard[SMTP_PEER_HEARD_SIZE];

    smtp_peers_heard(call->peers, 0, heard);
    while (strlen(heard) < strlen(expected) && platform_monotonic_clock() < until) {
        lab_wait(NULL, 0, platform_monotonic_clock() + 10000);
        smtp_peers_heard(call->peers, 0, heard);
    }
    assert_string_equal(heard, expected);
}

/* Silent for all the patience; then one QUIT, which the peer's system acknowledges. */
static void silence_is_waited_for(void **state)
{
    static const struct smtp_peer_step script[] = {DO(END)};
    static const struct smtp_peer list[] = {{.address = "127.0.0.1", .script = script},
                                            {.address = "127.0.0.2", .is_deaf = true}};
    struct smtp_conversation *seen[COUNT(list)];
    struct call call;

    (void)state;
    open_call(&call, list, COUNT(list));
    call.options.patience = 2 * SHORT;
    for (size_t i = 0; i < COUNT(list); i++)
        seen[i] = start(&call, list[i].address, NULL, false);
    finish(&call);
    for (size_t i = 0; i < COUNT(list); i++) {
        const struct smtp_exchange *greeting = smtp_exchange_of(seen[i], SMTP_GREETING);

        assert_steps(seen[i], "greeting=timeout quit=timeout");
        assert_times_ascend(seen[i]);
        assert_int_equal(greeting->reply.first_byte, -1);
        assert_int_equal(greeting->reply.bytes, 0);
        assert_true(greeting->ended - greeting->began >= 2 * SHORT * 1000);
        assert_int_equal(seen[i]->patience, 2 * SHORT);
        if (platform_tcp_acknowledged(PLATFORM_NO_SOCKET) != STATUS_NOT_SUPPORTED)
            assert_int_equal(seen[i]->quit_acknowledged, SMTP_ACK_YES);
    }
    await_heard(&call, "QUIT\n");
    close_call(&call);
}

/* Whoever wakes up at QUIT is heard; a busy machine may take some tries. */
static void an_answer_to_quit_is_kept(void **state)
{
    static const struct smtp_peer_step script[] = {HEAR("QUIT"), SAY("221 bye\r\n"), DO(CLOSE)};
    static const struct smtp_peer list[] = {{.address = "127.0.0.1", .script = script}};
    const struct smtp_exchange *quit;
    struct smtp_conversation *seen;
    bool is_kept = false;

    (void)state;
    for (unsigned i = 0; i < 5 && !is_kept; i++) {
        struct call call;

        open_call(&call, list, 1);
        call.options.patience = 4 * SHORT;
        seen = talk(&call, "127.0.0.1", NULL);
        quit = smtp_exchange_of(seen, SMTP_QUIT);
        is_kept = quit->status == STATUS_OK && quit->reply.code == 221;
        close_call(&call);
    }
    assert_true(is_kept);
}

/* Half a greeting, and at QUIT the rest of that line, as fast as it is read and for ever. */
static void a_line_without_end_is_left(void **state)
{
    static char rest[1 << 20];
    static const struct smtp_peer_step script[] = {
        SAY("220 ma"), HEAR("QUIT"), {SMTP_PEER_FLOOD, rest, 0, UINT_MAX - 1, sizeof rest}};
    static const struct smtp_peer list[] = {{.address = "127.0.0.1", .script = script}};
    const struct smtp_exchange *quit;
    struct smtp_conversation *seen;
    struct call call;

    (void)state;
    memset(rest, 'i', sizeof rest);
    open_call(&call, list, 1);
    call.options.patience = SHORT;
    seen = talk(&call, "127.0.0.1", NULL);
    quit = smtp_exchange_of(seen, SMTP_QUIT);
    assert_non_null(quit);
    assert_true(quit->status == STATUS_TIMED_OUT || quit->status == STATUS_TOO_LARGE);
    assert_int_equal(quit->reply.line_count, 0);
    assert_bounded(seen);
    close_call(&call);
}

static void a_closed_port_is_refused(void **state)
{
    static const struct smtp_peer list[] = {{.address = "127.0.0.1", .is_refusing = true}};
    struct smtp_conversation *seen;
    struct call call;

    (void)state;
    open_call(&call, list, 1);
    seen = start(&call, "127.0.0.1", NULL, false);
    finish(&call);
    assert_int_equal(seen->evidence.status, STATUS_REFUSED);
    assert_int_equal(seen->exchange_count, 1);
    assert_int_equal(seen->exchanges[0].status, STATUS_REFUSED);
    close_call(&call);
}

/* ---- many ---- */

/* Side by side with many hosts, a few at most with one. */
static void few_talk_with_one_host_at_once(void **state)
{
    enum { HOSTS = 2, EACH = 5 };
    static const struct smtp_peer_step script[] = {
        {SMTP_PEER_WAIT, NULL, 50, 0, 0}, GREET, DO(SERVE)};
    static const struct smtp_peer list[HOSTS] = {{.address = "127.0.0.1", .script = script},
                                                 {.address = "127.0.0.2", .script = script}};
    struct evidence_store *stores[HOSTS * EACH]; /* in one, an address is asked once */
    struct smtp_conversation *seen[HOSTS * EACH];
    struct call call;

    (void)state;
    open_call(&call, list, HOSTS);
    call.options.jobs = 2 * HOSTS * EACH;
    for (size_t i = 0; i < COUNT(seen); i++) {
        struct evidence_store *store = call.store;

        stores[i] = call.store = evidence_store_new();
        seen[i] = start(&call, list[i % HOSTS].address, NULL, false);
        call.store = store;
    }
    finish(&call);
    for (size_t i = 0; i < COUNT(seen); i++) {
        assert_steps(seen[i], "greeting=ok ehlo=ok quit=ok");
        evidence_store_free(stores[i]);
    }
    for (size_t i = 0; i < HOSTS; i++) {
        assert_int_equal(smtp_peers_accepted(call.peers, i), EACH);
        assert_true(smtp_peers_most_open(call.peers, i) <= POOL_PER_HOST);
    }
    close_call(&call);
}

/* A run that ends leaves its conversations behind, and they touch nothing of it. */
static void a_run_ends_before_its_conversations(void **state)
{
    static const struct smtp_peer_step script[] = {GREET,
                                                   HEAR("EHLO"),
                                                   OFFER,
                                                   HEAR("STARTTLS"),
                                                   {SMTP_PEER_WAIT, NULL, 200, 0, 0},
                                                   SAY("220 go\r\n"),
                                                   DO(TLS),
                                                   DO(SERVE)};
    static const struct smtp_peer list[] = {
        {.address = "127.0.0.1", .certificate = SMTP_PEER_SELF_SIGNED, .script = script}};
    char *ca_file = memory_copy_string("/no such file");
    int64_t until = platform_monotonic_clock() + GUARD;
    char heard[SMTP_PEER_HEARD_SIZE] = "";
    struct call call;

    (void)state;
    open_call(&call, list, 1);
    call.options.ca_file = ca_file;
    start(&call, "127.0.0.1", "mail.contoso.com", false);
    while (!strstr(heard, "STARTTLS") && platform_monotonic_clock() < until) {
        gather_wait(call.gather, 10);
        smtp_peers_heard(call.peers, 0, heard);
    }
    gather_free(call.gather);
    call.gather = NULL;
    free(ca_file);
    lab_wait(NULL, 0, platform_monotonic_clock() + 600000);
    close_call(&call);
}

static const char configuration[] = EXDIAG_BINARY "/test_gather_smtp.cnf";

static bool configure_library(void)
{
    static const char text[] = "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n"
                               "[c]\nMaxProtocol = TLSv1.2\n";
    FILE *file;

    system_set_environment("OPENSSL_CONF", configuration);
    return platform_file_write(configuration, &file) == STATUS_OK && fputs(text, file) >= 0 &&
           fclose(file) == 0;
}

int main(void)
{
    int failed;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_conversation),
        cmocka_unit_test(starttls_and_the_certificate),
        cmocka_unit_test(anonymous_tls_takes_a_second_connection),
        cmocka_unit_test(certificates_are_judged_and_never_refused),
        cmocka_unit_test(many_names_are_cut),
        cmocka_unit_test(a_missing_authority_is_our_own_trouble),
        cmocka_unit_test(reading_authorities_is_no_part_of_the_handshake),
        cmocka_unit_test(no_configuration_is_read),
        cmocka_unit_test(ipv6_is_spoken),
        cmocka_unit_test(helo_has_a_public_name_or_the_literal),
        cmocka_unit_test(every_fault_is_told),
        cmocka_unit_test(early_replies_answer_nothing),
        cmocka_unit_test(teasers_and_greetings_have_their_times),
        cmocka_unit_test(a_failed_handshake_has_a_reason),
        cmocka_unit_test(silence_is_waited_for),
        cmocka_unit_test(an_answer_to_quit_is_kept),
        cmocka_unit_test(a_line_without_end_is_left),
        cmocka_unit_test(a_closed_port_is_refused),
        cmocka_unit_test(few_talk_with_one_host_at_once),
        cmocka_unit_test(a_run_ends_before_its_conversations),
    };

    if (platform_init() != STATUS_OK || !configure_library())
        return 1;
    tls_library_init();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    system_remove(configuration);
    return failed;
}
