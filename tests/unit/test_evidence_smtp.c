/* A conversation as evidence: kept exactly, redacted without a change of verdict, read from
 * anywhere. */
#include "tests/unit/unit.h"

#include "diag/evidence/redact.h"
#include "diag/evidence/smtp.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define LINE(time, words)                                                                          \
    {                                                                                              \
        .at = (time), .text = (words), .size = sizeof(words) - 1                                   \
    }

/* ---- a conversation with everything in it ---- */

static struct smtp_line greeting_lines[] = {LINE(1234, "220-mail.contoso.com"),
                                            LINE(6001234, "220 mail.contoso.com \xff\0 ready")};
static struct smtp_line ehlo_lines[] = {LINE(1, "250-mail.contoso.com hello [192.0.2.1]"),
                                        LINE(2, "250-SIZE 37748736"),
                                        LINE(3, "250-X-EXPS GSSAPI NTLM SECRETMECH"),
                                        LINE(4, "250-x-internal SIZE contoso"),
                                        LINE(5, "250-XXXXXXXA"),
                                        LINE(6, "250 STARTTLS")};
static struct smtp_line anonymous_lines[] = {LINE(1, "250-mail.contoso.com"),
                                             LINE(2, "250 X-EXPS EXCHANGEAUTH SECRETMECH")};
static struct smtp_line quit_lines[] = {LINE(7, "421 4.3.2 mail.contoso.com is down")};

static const char *const names[] = {"*.contoso.com", "mail.fabrikam.com", "192.0.2.25"};
static struct certificate chain[] = {
    {.subject = "CN=mail.contoso.com,O=Contoso",
     .issuer = "CN=mail.contoso.com,O=Contoso",
     .common_name = "mail.contoso.com",
     .names = names,
     .name_count = COUNT(names),
     .names_are_cut = true,
     .not_before = 1700000000000,
     .not_after = 1800000000000,
     .serial = "01ab",
     .key = "RSA 2048",
     .signature = "sha256WithRSAEncryption",
     .sha256 = "aa",
     .sha512 = "bb",
     .key_sha256 = "cc",
     .key_sha512 = "dd"},
    {.subject = "",
     .issuer = "",
     .serial = "",
     .key = "",
     .signature = "",
     .sha256 = "",
     .sha512 = "",
     .key_sha256 = "",
     .key_sha512 = ""},
};

static struct smtp_exchange exchanges[] = {
    {.step = SMTP_CONNECT, .ended = 1001},
    {.step = SMTP_GREETING,
     .began = 1001,
     .ended = 6001300,
     .reply = {.state = SMTP_REPLY_COMPLETE,
               .code = 220,
               .bytes = 60,
               .first_byte = 1234,
               .last_byte = 6001234,
               .lines = greeting_lines,
               .line_count = COUNT(greeting_lines),
               .is_cut = true}},
    {.step = SMTP_EHLO,
     .began = 6001301,
     .ended = 6001400,
     .reply = {.state = SMTP_REPLY_COMPLETE,
               .code = 250,
               .bytes = 200,
               .first_byte = 6001301,
               .last_byte = 6001400,
               .lines = ehlo_lines,
               .line_count = COUNT(ehlo_lines)}},
    {.step = SMTP_HANDSHAKE,
     .began = 6001400,
     .ended = 6001500,
     .status = STATUS_MALFORMED,
     .reason = "wrong version number",
     .reply = {.bytes = 17, .first_byte = 6001450, .last_byte = 6001460}},
    {.step = SMTP_ANONYMOUS_EHLO,
     .began = 6001500,
     .ended = 6001500,
     .reply = {.state = SMTP_REPLY_COMPLETE,
               .code = 250,
               .bytes = 60,
               .first_byte = 6001500,
               .last_byte = 6001500,
               .lines = anonymous_lines,
               .line_count = COUNT(anonymous_lines)}},
    {.step = SMTP_QUIT,
     .began = 6001500,
     .ended = 6001600,
     .status = STATUS_CLOSED,
     .was_reset = true,
     .reply = {.state = SMTP_REPLY_PARTIAL,
               .code = 421,
               .bytes = 3,
               .first_byte = -1,
               .last_byte = -1,
               .lines = quit_lines,
               .line_count = 1}},
};

static struct smtp_conversation *sample(struct evidence_store *store)
{
    struct smtp_conversation question = {.server_name = "mail.contoso.com"}, *seen;

    question.address.ip.family = IP_V4;
    memcpy(question.address.ip.bytes, "\xc6\x0a\x01\x02", 4);
    question.address.port = 587;
    seen =
        (struct smtp_conversation *)evidence_store_add(store, &evidence_smtp, &question.evidence);
    seen->patience = 60000;
    seen->timeout = 10000;
    seen->exchanges = exchanges;
    seen->exchange_count = COUNT(exchanges);
    seen->tls = (struct smtp_tls){.version = "TLSv1.2",
                                  .cipher = "AES256-SHA",
                                  .server_name = "mail.contoso.com",
                                  .verify_code = 18,
                                  .verify_text = "self-signed certificate",
                                  .chain = chain,
                                  .chain_count = COUNT(chain)};
    seen->quit_acknowledged = SMTP_ACK_NO;
    seen->spoke_out_of_turn = true;
    seen->evidence.settled = true;
    return seen;
}

static char *text_of(const struct smtp_conversation *seen)
{
    json_t *object = evidence_to_json(&seen->evidence);
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15));

    json_decref(object);
    return text;
}

static struct smtp_conversation *load(struct evidence_store *store, const char *text)
{
    json_t *object = json_loads(text, JSON_ALLOW_NUL, NULL);

    assert_non_null(object);
    assert_int_equal(evidence_from_json(store, object), STATUS_OK);
    json_decref(object);
    return (struct smtp_conversation *)evidence_store_first(store);
}

static void assert_same_line(const struct smtp_line *a, const struct smtp_line *b)
{
    assert_int_equal(a->at, b->at);
    assert_int_equal(a->size, b->size);
    assert_memory_equal(a->text, b->text, a->size + 1);
}

static void assert_same_exchange(const struct smtp_exchange *a, const struct smtp_exchange *b)
{
    assert_int_equal(a->step, b->step);
    assert_int_equal(a->began, b->began);
    assert_int_equal(a->ended, b->ended);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->was_reset, b->was_reset);
    assert_int_equal(!a->reason, !b->reason);
    assert_int_equal(a->reply.state, b->reply.state);
    assert_int_equal(a->reply.code, b->reply.code);
    assert_int_equal(a->reply.bytes, b->reply.bytes);
    assert_int_equal(a->reply.is_cut, b->reply.is_cut);
    assert_int_equal(a->reply.line_count, b->reply.line_count);
    if (a->step != SMTP_CONNECT) {
        assert_int_equal(a->reply.first_byte, b->reply.first_byte);
        assert_int_equal(a->reply.last_byte, b->reply.last_byte);
    }
    for (size_t i = 0; i < a->reply.line_count; i++)
        assert_same_line(&a->reply.lines[i], &b->reply.lines[i]);
}

/* Through a file and back: every member, to the microsecond and the byte. */
static void test_round_trip(void **state)
{
    struct evidence_store *store = evidence_store_new(), *other = evidence_store_new();
    struct smtp_conversation *seen = sample(store), *loaded;
    char *text = text_of(seen), *again;

    (void)state;
    assert_string_equal(seen->evidence.key, "smtp 198.10.1.2:587");
    loaded = load(other, text);
    again = text_of(loaded);
    assert_string_equal(text, again);
    assert_int_equal(loaded->exchange_count, COUNT(exchanges));
    for (size_t i = 0; i < COUNT(exchanges); i++)
        assert_same_exchange(&exchanges[i], &loaded->exchanges[i]);
    assert_string_equal(loaded->exchanges[3].reason, "wrong version number");
    assert_string_equal(loaded->server_name, "mail.contoso.com");
    assert_int_equal(loaded->patience, 60000);
    assert_int_equal(loaded->timeout, 10000);
    assert_int_equal(loaded->tls.verify_code, 18);
    assert_int_equal(loaded->tls.chain_count, 2);
    assert_string_equal(loaded->tls.chain[0].names[2], "192.0.2.25");
    assert_true(loaded->tls.chain[0].names_are_cut);
    assert_false(loaded->tls.chain[1].names_are_cut);
    assert_int_equal(loaded->tls.chain[0].not_after, 1800000000000);
    assert_null(loaded->tls.chain[1].common_name);
    assert_int_equal(loaded->quit_acknowledged, SMTP_ACK_NO);
    assert_true(loaded->spoke_out_of_turn);
    free(text);
    free(again);
    evidence_store_free(store);
    evidence_store_free(other);
}

/* ---- redaction ---- */

static void assert_text(const struct smtp_exchange *exchange, size_t line, const char *text)
{
    assert_string_equal(exchange->reply.lines[line].text, text);
    assert_int_equal(exchange->reply.lines[line].size, strlen(text));
}

/* What verdicts come from stays; no name, address or banner does. */
static void test_redaction(void **state)
{
    static const unsigned char key[REDACTOR_KEY_SIZE] = {7};
    struct evidence_store *store = evidence_store_new(), *other = evidence_store_new();
    struct redactor *redactor = redactor_new(key);
    struct smtp_conversation *seen = sample(store), *copy;
    struct evidence *item;
    char *text;

    (void)state;
    assert_int_equal(evidence_add_redacted(other, &seen->evidence, redactor, &item), STATUS_OK);
    copy = (struct smtp_conversation *)item;
    text = text_of(copy);
    assert_null(strstr(text, "contoso"));
    assert_null(strstr(text, "fabrikam"));
    assert_null(strstr(text, "SECRETMECH"));
    assert_null(strstr(text, "198.10.1.2"));
    assert_null(strstr(text, "ready"));
    assert_int_equal(copy->exchange_count, COUNT(exchanges));
    assert_text(&copy->exchanges[1], 0, "220-");
    assert_text(&copy->exchanges[1], 1, "220 ");
    assert_int_equal(copy->exchanges[1].reply.lines[1].at, 6001234);
    assert_int_equal(copy->exchanges[1].reply.state, SMTP_REPLY_COMPLETE);
    assert_text(&copy->exchanges[2], 0, "250-");
    assert_text(&copy->exchanges[2], 1, "250-SIZE 37748736");
    assert_text(&copy->exchanges[2], 2, "250-X-EXPS GSSAPI NTLM");
    assert_text(&copy->exchanges[2], 3, "250-");
    assert_text(&copy->exchanges[2], 4, "250-XXXXXXXA");
    assert_true(smtp_is_masked(&copy->exchanges[2].reply));
    assert_text(&copy->exchanges[2], 5, "250 STARTTLS");
    assert_non_null(smtp_keyword(&copy->exchanges[2].reply, "STARTTLS"));
    assert_text(&copy->exchanges[4], 1, "250 X-EXPS EXCHANGEAUTH");
    assert_text(&copy->exchanges[5], 0, "421 4.3.2");
    assert_true(copy->exchanges[5].was_reset);
    assert_string_equal(copy->tls.chain[0].subject, copy->tls.chain[0].issuer);
    assert_true(certificate_is_for(&copy->tls.chain[0], copy->server_name));
    assert_string_equal(copy->tls.chain[0].sha256, "");
    assert_string_equal(copy->tls.chain[0].serial, "");
    free(text);
    redactor_free(redactor);
    evidence_store_free(store);
    evidence_store_free(other);
}

/* A firewall's asterisks are the verdict, and nobody's name. */
static void test_masks_stay(void **state)
{
    static const unsigned char key[REDACTOR_KEY_SIZE] = {9};
    static const char *const masks[] = {"220 *****0*2***", "220********", "2002***2***0*00",
                                        "220 SMTP/cmap____________ read"};
    struct redactor *redactor = redactor_new(key);

    (void)state;
    for (size_t i = 0; i < COUNT(masks); i++) {
        struct smtp_conversation question = {.tls_at_once = false};
        struct evidence *item = evidence_new(&evidence_smtp, &question.evidence);
        struct smtp_conversation *seen = (struct smtp_conversation *)item;
        struct smtp_line line = {0, masks[i], strlen(masks[i])};
        struct smtp_exchange greeting = {
            .step = SMTP_GREETING,
            .reply = {.state = SMTP_REPLY_COMPLETE, .code = 220, .lines = &line, .line_count = 1}};

        seen->exchanges = &greeting;
        seen->exchange_count = 1;
        evidence_smtp.redact(item, redactor);
        assert_true(smtp_is_masked(&greeting.reply));
        assert_null(strstr(line.text, "read"));
        evidence_free(item);
    }
    redactor_free(redactor);
}

/* ---- files from anywhere ---- */

static const struct smtp_conversation *load_text(struct evidence_store *store, const char *members)
{
    struct buffer text;
    struct smtp_conversation *seen;

    buffer_init(&text, 1 << 20);
    buffer_print(&text,
                 "{\"key\":\"smtp 192.0.2.1:25\",\"status\":\"ok\",\"address\":\"192.0.2.1:25\"%s}",
                 members);
    seen = load(store, text.text);
    buffer_release(&text);
    return seen;
}

static void test_hostile_members(void **state)
{
    static const char *const cases[] = {
        "",
        ",\"exchanges\":7",
        ",\"exchanges\":[7,{},{\"step\":\"dance\",\"status\":\"ok\"},{\"step\":\"quit\"}]",
        ",\"exchanges\":[{\"step\":\"ehlo\",\"status\":\"nonsense\"}]",
        ",\"exchanges\":[{\"step\":1,\"status\":2}],\"tls\":[],\"patience_ms\":-4",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct evidence_store *store = evidence_store_new();
        const struct smtp_conversation *seen = load_text(store, cases[i]);

        assert_int_equal(seen->exchange_count, 0);
        assert_null(smtp_exchange_of(seen, SMTP_GREETING));
        assert_null(seen->tls.version);
        assert_int_equal(seen->patience, 0);
        evidence_store_free(store);
    }
}

/* Success without a complete reply is none; codes, lines and chains have their limits. */
static void test_hostile_replies(void **state)
{
    struct evidence_store *store = evidence_store_new();
    const struct smtp_conversation *seen = load_text(
        store, ",\"exchanges\":[{\"step\":\"greeting\",\"status\":\"ok\",\"began_ms\":-1,"
               "\"reply\":{\"state\":\"odd\",\"code\":99,\"first_byte_ms\":\"x\","
               "\"lines\":[5,{\"text\":\"220 x\",\"at_ms\":1e99},{\"text\":7}]}}],"
               "\"tls\":{\"verify_code\":-1,\"chain\":[1,{\"names\":[5,\"a\",\"\\u0000\"]},"
               "2,3,4,5,6,7,8,9,10,11]}");
    const struct smtp_exchange *greeting = smtp_exchange_of(seen, SMTP_GREETING);

    (void)state;
    assert_int_equal(greeting->status, STATUS_MALFORMED);
    assert_int_equal(greeting->began, 0);
    assert_int_equal(greeting->reply.code, 0);
    assert_int_equal(greeting->reply.line_count, 1);
    assert_int_equal(greeting->reply.lines[0].at, 0);
    assert_string_equal(seen->tls.version, "");
    assert_int_not_equal(seen->tls.verify_code, 0);
    assert_int_equal(seen->tls.chain_count, CERTIFICATES_MOST);
    assert_string_equal(seen->tls.chain[0].subject, "");
    assert_int_equal(seen->tls.chain[1].name_count, 1);
    assert_string_equal(seen->tls.chain[1].names[0], "a");
    evidence_store_free(store);
}

static void test_no_question(void **state)
{
    struct evidence_store *store = evidence_store_new();
    json_t *object = json_pack("{s:s,s:s,s:s}", "key", "smtp x", "status", "ok", "address", "x");

    (void)state;
    assert_int_equal(evidence_from_json(store, object), STATUS_MALFORMED);
    json_decref(object);
    evidence_store_free(store);
}

/* ---- certificates ---- */

/* RFC 6125 6.4: which names a certificate is for. */
static void test_certificate_is_for(void **state)
{
    static const struct {
        const char *name, *host;
        bool matches;
    } cases[] = {
        {"mail.contoso.com", "mail.contoso.com", true},
        {"MAIL.Contoso.com", "mail.contoso.COM", true},
        {"mail.contoso.com", "mail.contoso.com.", true},
        {"mail.contoso.com.", "mail.contoso.com", true},
        {"mail.contoso.com", "mail.contoso.co", false},
        {"mail.contoso.com", "amail.contoso.com", false},
        {"*.contoso.com", "mail.contoso.com", true},
        {"*.contoso.com", "contoso.com", false},
        {"*.contoso.com", "a.mail.contoso.com", false},
        {"*.contoso.com", ".contoso.com", false},
        {"m*.contoso.com", "mail.contoso.com", false},
        {"mail.*.com", "mail.contoso.com", false},
        {"*.com", "contoso.com", false},
        {"*", "contoso", false},
        {"", "", false},
        {"", "contoso.com", false},
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"2001:DB8:0::1", "2001:db8::1", true},
        {"*.0.2.1", "192.0.2.1", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct certificate certificate = {
            .common_name = "other.example", .names = &cases[i].name, .name_count = 1};

        assert_int_equal(certificate_is_for(&certificate, cases[i].host), cases[i].matches);
        assert_false(certificate_is_for(&certificate, "other.example"));
    }
}

/* The common name counts where there are no others, and never for an address. */
static void test_common_name(void **state)
{
    const struct certificate certificate = {.common_name = "*.contoso.com"};
    const struct certificate address = {.common_name = "192.0.2.1"};
    const struct certificate none = {.common_name = NULL};

    (void)state;
    assert_true(certificate_is_for(&certificate, "mail.contoso.com"));
    assert_false(certificate_is_for(&address, "192.0.2.1"));
    assert_false(certificate_is_for(&none, "mail.contoso.com"));
}

/* Whom a name is for that is not kept, nobody knows; too many in a file are such names. */
static void test_names_that_are_cut(void **state)
{
    struct arena memory = {0};
    json_t *list = json_pack("[{s:[]}]", "names");
    json_t *names_of_it = json_object_get(json_array_get(list, 0), "names");
    const struct certificate whole = {.names = names, .name_count = COUNT(names)};
    struct certificate *cut;
    size_t count;

    (void)state;
    assert_true(certificate_may_be_for(&whole, "mail.contoso.com"));
    assert_false(certificate_may_be_for(&whole, "mail.fourthcoffee.com"));
    for (unsigned i = 0; i < CERTIFICATE_NAMES_MOST; i++)
        json_array_append_new(names_of_it, json_string("mail.contoso.com"));
    assert_false(certificates_from_json(list, &memory, &count)->names_are_cut);
    json_array_append_new(names_of_it, json_string("mail.fourthcoffee.com"));
    cut = certificates_from_json(list, &memory, &count);
    assert_true(cut->names_are_cut);
    assert_true(certificate_is_for(cut, "mail.contoso.com"));
    assert_false(certificate_is_for(cut, "mail.fourthcoffee.com"));
    assert_true(certificate_may_be_for(cut, "mail.fourthcoffee.com"));
    json_decref(list);
    arena_release(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),         cmocka_unit_test(test_redaction),
        cmocka_unit_test(test_masks_stay),         cmocka_unit_test(test_hostile_members),
        cmocka_unit_test(test_hostile_replies),    cmocka_unit_test(test_no_question),
        cmocka_unit_test(test_certificate_is_for), cmocka_unit_test(test_common_name),
        cmocka_unit_test(test_names_that_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
