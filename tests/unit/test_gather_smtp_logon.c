/*
 * Logons to mail servers, with tokens that are none: the exchange, and how it ends. Tickets and
 * tokens that are real: tests/peers/spn.py.
 */
#include "tests/unit/unit.h"

#include "diag/gather/smtp_logon.h"
#include "diag/json.h"
#include "diag/platform.h"
#include "diag/read/base64.h"
#include "diag/read/smtp_token.h"
#include "tests/lab/smtp_peer.h"
#include "tests/unit/system.h"

#include <stdlib.h>
#include <string.h>

enum { PATIENT = 20000, SHORT = 400 /* milliseconds */, TOKEN_SIZE = 16384 };

#define SAY(words)                                                                                 \
    {                                                                                              \
        SMTP_PEER_SAY, words, 0, 0, 0                                                              \
    }
#define HEAR(words)                                                                                \
    {                                                                                              \
        SMTP_PEER_HEAR, words, 0, 0, 0                                                             \
    }
#define DO(act)                                                                                    \
    {                                                                                              \
        SMTP_PEER_##act, NULL, 0, 0, 0                                                             \
    }
#define SCRIPT(...)                                                                                \
    (const struct smtp_peer_step[])                                                                \
    {                                                                                              \
        __VA_ARGS__, DO(END)                                                                       \
    }
#define GREET      SAY("220 mail.contoso.com ESMTP\r\n")
#define OFFER_EXPS SAY("250-mail.contoso.com\r\n250-AUTH NTLM\r\n250 X-EXPS gssapi NTLM\r\n")
#define OFFER_AUTH SAY("250-mail.contoso.com\r\n250-X-EXPS NTLM\r\n250 AUTH LOGIN GSSAPI\r\n")
#define OFFER_NONE SAY("250-mail.contoso.com\r\n250 AUTH LOGIN GSSAPI-NOT\r\n")
#define OFFER_TLS  SAY("250-mail.contoso.com\r\n250-X-EXPS NTLM\r\n250 STARTTLS\r\n")
#define OFFER_BOTH                                                                                 \
    SAY("250-mail.contoso.com\r\n250-STARTTLS\r\n250-AUTH GSSAPI\r\n250 X-ANONYMOUSTLS\r\n")
#define BEGIN       GREET, HEAR("EHLO"), OFFER_EXPS, HEAR("X-EXPS GSSAPI")
#define FIRST_TOKEN SAY("334 GSSAPI supported\r\n"), HEAR("dG9rZW4gMQ==")
#define GOOD_BYE    HEAR("QUIT"), SAY("221 2.0.0 Bye\r\n"), DO(CLOSE)

/* An error of Kerberos as a token of GSS-API: KRB_AP_ERR_SKEW. */
#define SKEW_TOKEN                                                                                 \
    "AwB+dzB1oAMCAQWhAwIBHqIRGA8yMDI2MTEyMjEyMzE0MVqjBQIDD0I/pBEYDzIwMjYxMTIyMTI0MTQxWqUDAgEApgMC" \
    "ASWpDRsLQ09OVE9TTy5DT02qIzAhoAMCAQOhGjAYGwRIVFRQGxBleDAxLmNvbnRvc28uY29t"
enum { ERROR_TOKEN = 3 }; /* its first byte */

/* ---- tokens that are none ---- */

static enum status opening; /* how the ticket's step ends */
static unsigned tokens_made, tokens_open;
static char heard_last[TOKEN_SIZE];
static size_t heard_size;
static bool is_dumb;     /* the library has no token to begin with */
static size_t said_size; /* of the first token; 0: it is short */

static enum status stub_open(struct smtp_logon *logon, int64_t deadline, struct buffer *why,
                             struct kerberos_logon **out)
{
    assert_true(deadline > platform_monotonic_clock());
    *out = NULL;
    tokens_made = 0;
    if (opening != STATUS_OK) {
        logon->error_code = 7;
        buffer_add_string(why, "no ticket");
        return opening;
    }
    tokens_open++;
    logon->caller = "EX02$@CONTOSO.COM";
    *out = (struct kerberos_logon *)heard_last;
    return STATUS_OK;
}

static enum status stub_step(struct kerberos_logon *tokens, const void *in, size_t size,
                             struct buffer *out, struct buffer *why)
{
    assert_ptr_equal(tokens, heard_last);
    assert_true(size < sizeof heard_last);
    memcpy(heard_last, in, size);
    heard_last[size] = '\0';
    heard_size = size;
    if (is_dumb) {
        buffer_add_string(why, "no token");
        return STATUS_REJECTED;
    }
    if (strcmp(heard_last, "forged") == 0 || heard_last[0] == ERROR_TOKEN) {
        buffer_add_string(why, "not its key");
        return STATUS_REJECTED;
    }
    if (++tokens_made != 2)
        buffer_print(out, "token %u", tokens_made);
    while (tokens_made == 1 && out->size < said_size)
        buffer_add_char(out, 'x');
    return STATUS_OK;
}

static void stub_close(struct kerberos_logon *tokens)
{
    tokens_open -= tokens != NULL;
}

static const struct smtp_logon_means stub = {stub_open, stub_step, stub_close};

/* Who has had an answer says good-bye. */
static bool is_to_part(enum status status)
{
    return status == STATUS_OK || status == STATUS_REJECTED || status == STATUS_NOT_SUPPORTED ||
           status == STATUS_DENIED;
}

/* ---- one logon ---- */

struct outcome {
    const char *name;
    const struct smtp_peer_step *script;
    enum status status;
    enum smtp_logon_step step;
    unsigned code;
    const char *enhanced;
    const char *mechanism;
    unsigned timeout;
    bool over_tls;
    bool over_anonymous_tls;
    int32_t error_code;
    unsigned tokens; /* that were made; 0: no matter */
};

static const struct outcome outcomes[] = {
    {.name = "takes it",
     .script =
         SCRIPT(BEGIN, FIRST_TOKEN, SAY("334 aGVsbG8=\r\n"), HEAR(""), SAY("334 bGF5ZXJz\r\n"),
                HEAR("dG9rZW4gMw=="), SAY("235 2.7.0 Authentication successful\r\n"), GOOD_BYE),
     .step = SMTP_LOGON_TOKENS,
     .code = 235,
     .enhanced = "2.7.0",
     .mechanism = "X-EXPS GSSAPI"},
    {.name = "refuses it",
     .script =
         SCRIPT(BEGIN, FIRST_TOKEN, SAY("535 5.7.3 Authentication unsuccessful\r\n"), GOOD_BYE),
     .step = SMTP_LOGON_TOKENS,
     .code = 535,
     .enhanced = "5.7.3",
     .mechanism = "X-EXPS GSSAPI"},
    {.name = "puts it off, by AUTH",
     .script = SCRIPT(GREET, HEAR("EHLO"), OFFER_AUTH, HEAR("AUTH GSSAPI"),
                      SAY("454 4.7.0 Temporary authentication failure\r\n"), GOOD_BYE),
     .step = SMTP_LOGON_COMMAND,
     .code = 454,
     .enhanced = "4.7.0",
     .mechanism = "AUTH GSSAPI"},
    {.name = "offers it behind STARTTLS alone",
     .script = SCRIPT(GREET, HEAR("EHLO"), OFFER_TLS, HEAR("STARTTLS"), SAY("220 go\r\n"), DO(TLS),
                      HEAR("EHLO"), OFFER_EXPS, HEAR("X-EXPS GSSAPI"), FIRST_TOKEN,
                      SAY("235 ok\r\n"), GOOD_BYE),
     .step = SMTP_LOGON_TOKENS,
     .code = 235,
     .mechanism = "X-EXPS GSSAPI",
     .over_tls = true},
    {.name = "offers X-EXPS in the clear, and TLS beside it",
     .script = SCRIPT(GREET, HEAR("EHLO"),
                      SAY("250-mail.contoso.com\r\n250-STARTTLS\r\n250-X-ANONYMOUSTLS\r\n"
                          "250 X-EXPS GSSAPI NTLM\r\n"),
                      HEAR("X-EXPS GSSAPI"), FIRST_TOKEN, SAY("235 ok\r\n"), GOOD_BYE),
     .step = SMTP_LOGON_TOKENS,
     .code = 235,
     .mechanism = "X-EXPS GSSAPI"},
    {.name = "offers AUTH in the clear, and STARTTLS beside it",
     .script = SCRIPT(GREET, HEAR("EHLO"),
                      SAY("250-mail.contoso.com\r\n250-STARTTLS\r\n250 AUTH GSSAPI\r\n"),
                      HEAR("AUTH GSSAPI"), FIRST_TOKEN, SAY("235 ok\r\n"), GOOD_BYE),
     .step = SMTP_LOGON_TOKENS,
     .code = 235,
     .mechanism = "AUTH GSSAPI"},
    {.name = "has offers put in front of the handshake", /* RFC 3207 6: they count for nothing */
     .script = SCRIPT(GREET, HEAR("EHLO"), OFFER_TLS, HEAR("STARTTLS"),
                      SAY("220 go\r\n250-mail.contoso.com\r\n250 X-EXPS GSSAPI\r\n"), DO(TLS),
                      HEAR("EHLO"), OFFER_NONE, GOOD_BYE),
     .status = STATUS_NOT_SUPPORTED,
     .step = SMTP_LOGON_TLS,
     .code = 250,
     .over_tls = true},
    {.name = "closes in the handshake",
     .script =
         SCRIPT(GREET, HEAR("EHLO"), OFFER_TLS, HEAR("STARTTLS"), SAY("220 go\r\n"), DO(CLOSE)),
     .status = STATUS_CLOSED,
     .step = SMTP_LOGON_TLS,
     .code = 220},
    {.name = "offers X-EXPS behind X-ANONYMOUSTLS alone",
     .script = SCRIPT(GREET, HEAR("EHLO"), OFFER_BOTH, HEAR("X-ANONYMOUSTLS"), SAY("220 go\r\n"),
                      DO(TLS), HEAR("EHLO"), OFFER_EXPS, HEAR("X-EXPS GSSAPI"), FIRST_TOKEN,
                      SAY("235 ok\r\n"), GOOD_BYE),
     .step = SMTP_LOGON_TOKENS,
     .code = 235,
     .mechanism = "X-EXPS GSSAPI",
     .over_tls = true,
     .over_anonymous_tls = true},
    {.name = "offers no X-EXPS behind it either",
     .script = SCRIPT(GREET, HEAR("EHLO"), OFFER_BOTH, HEAR("X-ANONYMOUSTLS"), SAY("220 go\r\n"),
                      DO(TLS), HEAR("EHLO"), OFFER_NONE, GOOD_BYE),
     .status = STATUS_NOT_SUPPORTED,
     .step = SMTP_LOGON_TLS,
     .code = 250,
     .over_tls = true,
     .over_anonymous_tls = true},
    {.name = "does not offer it",
     .script = SCRIPT(GREET, HEAR("EHLO"), OFFER_NONE, GOOD_BYE),
     .status = STATUS_NOT_SUPPORTED,
     .step = SMTP_LOGON_EHLO,
     .code = 250},
    {.name = "is somebody else",
     .script = SCRIPT(BEGIN, FIRST_TOKEN, SAY("334 Zm9yZ2Vk\r\n"), HEAR("*"),
                      SAY("501 5.5.2 Cancelled\r\n"), GOOD_BYE),
     .status = STATUS_DENIED,
     .step = SMTP_LOGON_TOKENS,
     .code = 501,
     .enhanced = "5.5.2",
     .mechanism = "X-EXPS GSSAPI"},
    {.name = "says that the clocks differ",
     .script = SCRIPT(BEGIN, FIRST_TOKEN, SAY("334 " SKEW_TOKEN "\r\n"), HEAR("*"),
                      SAY("501 5.5.2 Cancelled\r\n"), GOOD_BYE),
     .status = STATUS_DENIED,
     .step = SMTP_LOGON_TOKENS,
     .code = 501,
     .enhanced = "5.5.2",
     .mechanism = "X-EXPS GSSAPI",
     .error_code = 37},
    {.name = "sends what is no token",
     .script = SCRIPT(BEGIN, FIRST_TOKEN, SAY("334 not base64\r\n"), DO(END)),
     .status = STATUS_MALFORMED,
     .step = SMTP_LOGON_TOKENS,
     .code = 334,
     .mechanism = "X-EXPS GSSAPI"},
    {.name = "asks for ever",
     .script = SCRIPT(BEGIN, SAY("334 \r\n"), HEAR(NULL), SAY("334 \r\n"), HEAR(NULL),
                      SAY("334 \r\n"), HEAR(NULL), SAY("334 \r\n"), HEAR(NULL), SAY("334 \r\n"),
                      HEAR(NULL), SAY("334 \r\n"), HEAR(NULL), SAY("334 \r\n"), HEAR(NULL),
                      SAY("334 \r\n"), HEAR(NULL), SAY("334 \r\n")),
     .status = STATUS_MALFORMED,
     .step = SMTP_LOGON_TOKENS,
     .code = 334,
     .mechanism = "X-EXPS GSSAPI",
     .tokens = 8},
    {.name = "refuses who connects",
     .script = SCRIPT(SAY("554 5.7.1 no\r\n"), GOOD_BYE),
     .status = STATUS_REJECTED,
     .step = SMTP_LOGON_GREETING,
     .code = 554,
     .enhanced = "5.7.1"},
    {.name = "refuses STARTTLS",
     .script =
         SCRIPT(GREET, HEAR("EHLO"), OFFER_TLS, HEAR("STARTTLS"), SAY("454 not now\r\n"), GOOD_BYE),
     .status = STATUS_REJECTED,
     .step = SMTP_LOGON_TLS,
     .code = 454},
    {.name = "closes in the logon",
     .script = SCRIPT(BEGIN, FIRST_TOKEN, DO(CLOSE)),
     .status = STATUS_CLOSED,
     .step = SMTP_LOGON_TOKENS,
     .mechanism = "X-EXPS GSSAPI"},
    {.name = "is silent in the logon",
     .script = SCRIPT(BEGIN, FIRST_TOKEN),
     .status = STATUS_TIMED_OUT,
     .step = SMTP_LOGON_TOKENS,
     .mechanism = "X-EXPS GSSAPI",
     .timeout = SHORT},
};

struct call {
    struct smtp_peers *peers;
    struct tls_trust *trust;
    struct evidence_store *store;
    struct evidence *item;
};

static const struct smtp_logon *log_on(struct call *call, const struct smtp_peer *peer,
                                       unsigned timeout)
{
    struct smtp_logon question = {
        .kdc = {.port = 88}, .realm = "CONTOSO.COM", .spn = "SMTPSVC/mail.contoso.com"};
    const struct gather_options options = {.timeout = timeout, .patience = PATIENT};

    question.address.port = 0;
    assert_int_equal(smtp_peers_start(peer, 1, &question.address.port, &call->peers), STATUS_OK);
    assert_int_equal(ip_parse("127.0.0.1", 9, &question.address.ip), STATUS_OK);
    assert_int_equal(ip_parse("127.0.0.2", 9, &question.kdc.ip), STATUS_OK);
    call->trust = tls_trust_new(NULL, smtp_peers_authority(call->peers));
    call->store = evidence_store_new();
    call->item = evidence_store_add(call->store, &evidence_smtp_logon, &question.evidence);
    gather_smtp_logon(call->item, &options, call->trust, &stub);
    assert_true(call->item->settled);
    assert_int_equal(tokens_open, 0);
    return (const struct smtp_logon *)call->item;
}

static void end_call(struct call *call)
{
    evidence_store_free(call->store);
    tls_trust_leave(call->trust);
    assert_int_equal(smtp_peers_stop(call->peers), STATUS_OK);
}

static void assert_text(const char *got, const char *expected)
{
    if (expected)
        assert_string_equal(got, expected);
    else
        assert_null(got);
}

/* What was said and heard in the logon is in nothing that is kept. */
static void assert_no_token(const struct evidence *item)
{
    json_t *object = evidence_to_json(item);
    char *text = json_dumps(object, 0);

    assert_null(strstr(text, "dG9r"));
    assert_null(strstr(text, "token 1"));
    assert_null(strstr(text, "aGVsbG8"));
    assert_null(strstr(text, "GSSAPI supported"));
    free(text);
    json_decref(object);
}

static void test_outcomes(void **state)
{
    (void)state;
    opening = STATUS_OK;
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        const struct outcome *expected = &outcomes[i];
        const struct smtp_peer peer = {.address = "127.0.0.1",
                                       .certificate = SMTP_PEER_SELF_SIGNED,
                                       .script = expected->script};
        const struct smtp_logon *got;
        char said[SMTP_PEER_HEARD_SIZE];
        struct call call;

        print_message("a server that %s\n", expected->name);
        got = log_on(&call, &peer, expected->timeout ? expected->timeout : PATIENT);
        assert_int_equal(got->evidence.status, expected->status);
        assert_int_equal(got->step, expected->step);
        assert_int_equal(got->code, expected->code);
        assert_text(got->enhanced, expected->enhanced);
        assert_text(got->mechanism, expected->mechanism);
        assert_int_equal(got->over_tls, expected->over_tls);
        assert_int_equal(got->over_anonymous_tls, expected->over_anonymous_tls);
        assert_int_equal(got->error_code, expected->error_code);
        if (expected->tokens)
            assert_int_equal(tokens_made, expected->tokens);
        assert_int_equal(got->server_time != 0, expected->error_code != 0);
        assert_string_equal(got->caller, "EX02$@CONTOSO.COM");
        assert_no_token(&got->evidence);
        smtp_peers_heard(call.peers, 0, said);
        assert_int_equal(strstr(said, "QUIT\n") != NULL, is_to_part(expected->status));
        end_call(&call);
    }
}

/* "334 " and base64, so long; in memory of the caller's. */
static void make_challenge(size_t line_size, char *line)
{
    memcpy(line, "334 ", 4);
    memset(line + 4, 'Q', line_size - 4); /* "QQQQ" stands for three bytes */
    memcpy(line + line_size, "\r\n", sizeof "\r\n");
}

/* RFC 4954 4: tickets with what the domain controller says of groups make long lines, both ways. */
static void test_long_tokens(void **state)
{
    static const struct {
        size_t size;
        enum status status;
    } rows[] = {{512, STATUS_OK},
                {516, STATUS_OK},
                {SMTP_TOKEN_LINE_KEPT, STATUS_OK},
                {SMTP_TOKEN_LINE_KEPT + 4, STATUS_MALFORMED}};
    char line[SMTP_TOKEN_LINE_KEPT + 16];

    (void)state;
    opening = STATUS_OK;
    said_size = 9000;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct smtp_peer peer = {.address = "127.0.0.1",
                                       .script = SCRIPT(BEGIN, SAY("334\r\n"), HEAR("dG9rZW4gMXh4"),
                                                        SAY(line), HEAR(""), SAY("235 ok\r\n"),
                                                        GOOD_BYE)};
        struct call call;

        make_challenge(rows[i].size, line);
        assert_int_equal(log_on(&call, &peer, PATIENT)->evidence.status, rows[i].status);
        assert_int_equal(heard_size, rows[i].status == STATUS_OK ? (rows[i].size - 4) / 4 * 3 : 0);
        end_call(&call);
    }
    said_size = 0;
}

/* What this machine cannot say is no forgery of the server's. */
static void test_no_token(void **state)
{
    static const struct smtp_peer_step script[] = {BEGIN, SAY("334 \r\n"), HEAR("*"),
                                                   SAY("501 5.5.2 Cancelled\r\n"), DO(END)};
    static const struct smtp_peer peer = {.address = "127.0.0.1", .script = script};
    const struct smtp_logon *got;
    struct call call;

    (void)state;
    opening = STATUS_OK;
    is_dumb = true;
    got = log_on(&call, &peer, PATIENT);
    assert_int_equal(got->evidence.status, STATUS_INVALID);
    assert_int_equal(got->step, SMTP_LOGON_TOKENS);
    assert_string_equal(got->evidence.reason, "no token");
    end_call(&call);
    is_dumb = false;
}

/* A refused ticket is the end of it: the server is not even connected to. */
static void test_no_ticket(void **state)
{
    static const struct smtp_peer peer = {.address = "127.0.0.1"};
    const struct smtp_logon *got;
    struct call call;

    (void)state;
    opening = STATUS_REJECTED;
    got = log_on(&call, &peer, PATIENT);
    assert_int_equal(got->evidence.status, STATUS_REJECTED);
    assert_int_equal(got->step, SMTP_LOGON_TICKET);
    assert_int_equal(got->error_code, 7);
    assert_string_equal(got->evidence.reason, "no ticket");
    assert_int_equal(smtp_peers_accepted(call.peers, 0), 0);
    end_call(&call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_long_tokens),
        cmocka_unit_test(test_no_token),
        cmocka_unit_test(test_no_ticket),
    };

    if (platform_init() != STATUS_OK)
        return 2;
    tls_library_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
