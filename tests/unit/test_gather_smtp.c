/*
 * Conversations with mail exchangers that do everything wrong, through the door that the
 * engine uses. Waits are short where a peer says nothing; what is told of them is order
 * and outcome, never how long a busy machine took.
 */
#include "tests/unit/unit.h"

#include "diag/evidence/smtp.h"
#include "diag/gather/gather.h"
#include "tests/lab/smtp_peer.h"
#include "tests/unit/system.h"

#include <stdio.h>
#include <string.h>

enum { PATIENT = 20000, SHORT = 400, GUARD = 60000000, PEERS_MOST = 4 };

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
    assert_string_equal(seen->tls.chain[0].sha256, smtp_peers_certificate_sha256(call.peers, 0));
    assert_string_equal(seen->tls.chain[0].key_sha256, smtp_peers_key_sha256(call.peers, 0));
    assert_false(seen->spoke_out_of_turn);
    close_call(&call);
}

/* ---- silence ---- */

/* Silent for all the patience; then one QUIT, which the peer's system acknowledges. */
static void silence_is_waited_for(void **state)
{
    static const struct smtp_peer_step script[] = {DO(END)};
    static const struct smtp_peer list[] = {{.address = "127.0.0.1", .script = script}};
    const struct smtp_exchange *greeting;
    struct smtp_conversation *seen;
    struct call call;

    (void)state;
    open_call(&call, list, 1);
    call.options.patience = SHORT;
    seen = talk(&call, "127.0.0.1", NULL);
    assert_steps(seen, "greeting=timeout quit=timeout");
    assert_times_ascend(seen);
    greeting = smtp_exchange_of(seen, SMTP_GREETING);
    assert_int_equal(greeting->reply.first_byte, -1);
    assert_int_equal(greeting->reply.bytes, 0);
    assert_true(greeting->ended - greeting->began >= SHORT * 1000);
    assert_int_equal(seen->patience, SHORT);
    assert_int_equal(seen->quit_acknowledged, SMTP_ACK_YES);
    close_call(&call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_conversation),
        cmocka_unit_test(starttls_and_the_certificate),
        cmocka_unit_test(silence_is_waited_for),
    };

    if (platform_init() != STATUS_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
