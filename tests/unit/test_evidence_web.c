#include "tests/unit/unit.h"

#include "diag/evidence/redact.h"
#include "diag/evidence/web.h"
#include "diag/json.h"

#include <stdlib.h>
#include <string.h>

static const struct web_exchange question = {
    .address = {.ip = {IP_V4, {93, 184, 20, 80}}, .port = 443},
    .over_tls = true,
    .host = "mail.contoso.com",
    .path = "/PowerShell/",
    .as_somebody = true,
    .kdc = {.ip = {IP_V4, {93, 184, 20, 10}}, .port = 88},
    .realm = "CONTOSO.COM",
};

static struct web_field fields[] = {
    {"Server", "Microsoft-IIS/10.0"},
    {"X-FEServer", "EX01"},
    {"X-OWA-Version", "15.2.1118.7"},
    {"X-CalculatedBETarget", "ex02.contoso.com"},
    {"X-FailureContext", "FrontEnd;500;EX01"},
    {"Location", "https://mail.contoso.com:444/owa/auth/logon.aspx?user=alice"},
};

static struct web_challenge challenges[] = {
    {"Negotiate", WEB_KERBEROS_ERROR, 37, INT64_C(1795365394859874)},
    {"NTLM", WEB_NO_TOKEN, 0, 0},
};

static const char *codes[] = {"500.19", "0x80070021"};

static const char body[] = "<html>\xff alice at EX01";

static struct certificate chain[] = {{.subject = "CN=mail.contoso.com",
                                      .issuer = "CN=contoso CA",
                                      .serial = "01",
                                      .key = "RSA 2048",
                                      .signature = "x",
                                      .sha256 = "",
                                      .sha512 = "",
                                      .key_sha256 = "",
                                      .key_sha512 = ""}};

static const struct wsman_reply reply = {
    .kind = WSMAN_REPLY_FAULT,
    .code = "Sender",
    .subcode = "AccessDenied",
    .detail = "InvalidValue",
    .has_number = true,
    .number = WSMAN_PSRP_VERSION,
    .machine = "EX01.contoso.com",
    .provider = "microsoft.powershell",
    .provider_path = "D:\\contoso\\pwrshplugin.dll",
    .text = "alice may not",
    .vendor = "Microsoft Corporation",
    .version = "OS: 10.0.17763 SP: 0.0 Stack: 3.0",
    .shell = "0A1B2C3D",
};

static struct evidence *make(struct evidence_store *store)
{
    struct evidence *item = evidence_store_add(store, &evidence_web, &question.evidence);
    struct web_exchange *exchange = (struct web_exchange *)item;

    exchange->step = WEB_BODY;
    exchange->scheme = WEB_NEGOTIATE;
    exchange->caller = "alice@CONTOSO.COM";
    exchange->error_code = 7;
    exchange->server_time = INT64_C(1795365394000001);
    exchange->code = 401;
    exchange->phrase = "Unauthorized";
    exchange->fields = fields;
    exchange->field_count = sizeof fields / sizeof *fields;
    exchange->challenges = challenges;
    exchange->challenge_count = 2;
    exchange->body_status = STATUS_LIMIT;
    exchange->body_size = 1 << 20;
    exchange->body = body;
    exchange->body_kept = sizeof body - 1;
    exchange->codes = codes;
    exchange->code_count = 2;
    exchange->wsman = &reply;
    exchange->shell = WEB_SHELL_LEFT;
    exchange->connected = 1000;
    exchange->secured = 2500;
    exchange->answered = 3125;
    exchange->ended = 4000;
    exchange->chain = chain;
    exchange->chain_count = 1;
    exchange->verify_code = 19;
    exchange->verify_text = "self-signed certificate in certificate chain";
    item->reason = "something about mail.contoso.com";
    item->settled = true;
    return item;
}

static void test_key(void **state)
{
    struct evidence_store *store = evidence_store_new();
    struct web_exchange others[7], same = question;

    (void)state;
    assert_string_equal(
        make(store)->key,
        "web get https://mail.contoso.com/PowerShell/ at 93.184.20.80:443 as somebody");
    same.kdc.port = 0; /* no part of the question, as the realm */
    same.realm = NULL;
    assert_non_null(evidence_store_find(store, &evidence_web, &same.evidence));
    for (size_t i = 0; i < 7; i++)
        others[i] = question;
    others[0].address.port = 444;
    others[1].over_tls = false;
    others[2].host = NULL;
    others[3].host = "mail2.contoso.com";
    others[4].path = "/powershell/";
    others[5].request = WEB_IDENTIFY;
    others[6].as_somebody = false;
    assert_true(evidence_web.is_answer_to(&question.evidence, &same.evidence));
    for (size_t i = 0; i < 7; i++) {
        assert_null(evidence_store_find(store, &evidence_web, &others[i].evidence));
        assert_false(evidence_web.is_answer_to(&question.evidence, &others[i].evidence));
        assert_false(evidence_web.is_answer_to(&others[i].evidence, &question.evidence));
    }
    evidence_store_free(store);
}

static void expect_reply(const struct wsman_reply *got)
{
    assert_int_equal(got->kind, reply.kind);
    assert_string_equal(got->code, reply.code);
    assert_string_equal(got->subcode, reply.subcode);
    assert_string_equal(got->detail, reply.detail);
    assert_true(got->has_number);
    assert_int_equal(got->number, reply.number);
    assert_string_equal(got->machine, reply.machine);
    assert_string_equal(got->provider, reply.provider);
    assert_string_equal(got->provider_path, reply.provider_path);
    assert_string_equal(got->text, reply.text);
    assert_string_equal(got->vendor, reply.vendor);
    assert_string_equal(got->version, reply.version);
    assert_null(got->shell);
}

static void expect_all(const struct web_exchange *got)
{
    assert_int_equal(got->evidence.status, STATUS_OK);
    assert_true(net_address_equal(&got->address, &question.address));
    assert_true(net_address_equal(&got->kdc, &question.kdc));
    assert_true(got->over_tls && got->as_somebody);
    assert_string_equal(got->host, question.host);
    assert_string_equal(got->path, question.path);
    assert_string_equal(got->realm, question.realm);
    assert_int_equal(got->step, WEB_BODY);
    assert_int_equal(got->scheme, WEB_NEGOTIATE);
    assert_string_equal(got->caller, "alice@CONTOSO.COM");
    assert_int_equal(got->error_code, 7);
    assert_true(got->server_time == INT64_C(1795365394000001));
    assert_int_equal(got->code, 401);
    assert_string_equal(got->phrase, "Unauthorized");
    assert_int_equal(got->field_count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(got->fields[i].name, fields[i].name);
        assert_string_equal(got->fields[i].value, fields[i].value);
    }
    assert_int_equal(got->challenge_count, 2);
    assert_string_equal(got->challenges[0].scheme, "Negotiate");
    assert_int_equal(got->challenges[0].token, WEB_KERBEROS_ERROR);
    assert_int_equal(got->challenges[0].error_code, 37);
    assert_true(got->challenges[0].server_time == INT64_C(1795365394859874));
    assert_int_equal(got->challenges[1].token, WEB_NO_TOKEN);
    assert_int_equal(got->body_status, STATUS_LIMIT);
    assert_int_equal(got->body_size, 1 << 20);
    assert_int_equal(got->body_kept, sizeof body - 1);
    assert_memory_equal(got->body, body, sizeof body);
    assert_int_equal(got->code_count, 2);
    assert_string_equal(got->codes[1], "0x80070021");
    expect_reply(got->wsman);
    assert_int_equal(got->shell, WEB_SHELL_LEFT);
    assert_int_equal(got->connected, 1000);
    assert_int_equal(got->secured, 2500);
    assert_int_equal(got->answered, 3125);
    assert_int_equal(got->ended, 4000);
    assert_int_equal(got->chain_count, 1);
    assert_string_equal(got->chain[0].subject, "CN=mail.contoso.com");
    assert_int_equal(got->verify_code, 19);
    assert_non_null(strstr(got->verify_text, "self-signed"));
}

static void test_file(void **state)
{
    static const char *const needed[] = {"address", "path", "request", "step", "scheme"};
    struct evidence_store *store = evidence_store_new(), *copy = evidence_store_new();
    json_t *object = evidence_to_json(make(store)), *again;

    (void)state;
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        json_t *damaged = json_copy(object);

        json_object_del(damaged, needed[i]);
        assert_int_equal(evidence_from_json(copy, damaged), STATUS_MALFORMED);
        json_object_set_new(damaged, needed[i], json_integer(5));
        assert_int_equal(evidence_from_json(copy, damaged), STATUS_MALFORMED);
        json_object_set_new(damaged, needed[i], json_string("?:?"));
        if (strcmp(needed[i], "path") != 0)
            assert_int_equal(evidence_from_json(copy, damaged), strcmp(needed[i], "request") == 0
                                                                    ? STATUS_NOT_SUPPORTED
                                                                    : STATUS_MALFORMED);
        json_decref(damaged);
    }
    assert_int_equal(evidence_from_json(copy, object), STATUS_OK);
    expect_all((const struct web_exchange *)evidence_store_first(copy));
    again = evidence_to_json(evidence_store_first(copy));
    assert_true(json_equal(object, again));
    json_decref(again);
    json_decref(object);
    evidence_store_free(copy);
    evidence_store_free(store);
}

/* What a file was made to hold beyond what is written is left out, and never a number. */
static void test_what_is_none(void **state)
{
    struct evidence_store *store = evidence_store_new(), *copy = evidence_store_new();
    json_t *object = evidence_to_json(make(store)), *list = json_array();
    const struct web_exchange *got;
    char long_body[WEB_BODY_MOST + 1];

    (void)state;
    for (unsigned i = 0; i < 100; i++)
        json_array_append_new(list, json_pack("{ss ss}", "name", "Server", "value", "x"));
    json_array_append_new(list, json_pack("{ss ss}", "name", "Cookie", "value", "x"));
    json_object_set_new(object, "fields", list);
    list = json_array();
    for (unsigned i = 0; i < 100; i++)
        json_array_append_new(list, json_pack("{ss ss sI}", "scheme", "x", "token", "unheard of",
                                              "error_code", INT64_C(1) << 40));
    json_object_set_new(object, "challenges", list);
    json_object_set_new(object, "codes", json_pack("[i s]", 5, "0x80070021"));
    json_object_set_new(object, "code", json_integer(99));
    json_object_set_new(object, "body_status", json_string("great"));
    json_object_set_new(object, "body_size", json_integer(-5));
    memset(long_body, 'x', sizeof long_body);
    json_object_set_new(object, "body", json_stringn(long_body, sizeof long_body));
    json_object_set_new(object, "wsman",
                        json_pack("{ss si ss# si}", "kind", "fault", "number", -5, "machine",
                                  long_body, WEB_BODY_MOST, "code", 5));
    json_object_set_new(object, "shell", json_string("eaten"));
    json_object_set_new(object, "answered_ms", json_string("x"));
    json_object_set_new(object, "ended_ms", json_real(1e20));
    assert_int_equal(evidence_from_json(copy, object), STATUS_OK);
    got = (const struct web_exchange *)evidence_store_first(copy);
    assert_int_equal(got->evidence.status, STATUS_MALFORMED); /* answered, without a code */
    assert_int_equal(got->field_count, WEB_FIELDS_MOST);
    assert_int_equal(got->challenge_count, WEB_CHALLENGES_MOST);
    assert_int_equal(got->challenges[0].token, WEB_NO_TOKEN);
    assert_int_equal(got->challenges[0].error_code, 0);
    assert_int_equal(got->code_count, 1);
    assert_int_equal(got->code, 0);
    assert_int_equal(got->body_status, STATUS_MALFORMED);
    assert_int_equal(got->body_size, 0);
    assert_null(got->body);
    assert_int_equal(got->body_kept, 0);
    assert_false(got->wsman->has_number);
    assert_int_equal(got->wsman->number, 0);
    assert_null(got->wsman->machine);
    assert_null(got->wsman->code);
    assert_int_equal(got->shell, WEB_SHELL_NONE);
    assert_true(got->answered <= 0 && got->ended <= 0);
    json_decref(object);
    evidence_store_free(copy);
    evidence_store_free(store);
}

static void expect_absent(const char *text, const char *word)
{
    if (strstr(text, word))
        fail_msg("%s is still there: %s", word, text);
}

/* Nobody's name is left, and what a verdict is made of is. */
static void test_redaction(void **state)
{
    static const char *const words[] = {"contoso",      "CONTOSO",  "mail.",   "alice",
                                        "EX01",         "ex02",     "93.184.", "html",
                                        "Unauthorized", "FrontEnd", "user="};
    struct evidence_store *store = evidence_store_new(), *other = evidence_store_new();
    struct redactor *redactor = redactor_new("0123456789abcdef0123456789abcdef");
    const struct web_exchange *got;
    struct evidence *copy;
    json_t *object;
    char *text;

    (void)state;
    assert_int_equal(evidence_add_redacted(other, make(store), redactor, &copy), STATUS_OK);
    got = (const struct web_exchange *)copy;
    object = evidence_to_json(copy);
    text = json_dumps(object, 0);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        expect_absent(text, words[i]);
    assert_string_equal(got->path, "/PowerShell/");
    assert_string_equal(web_field_of(got, "Server"), "Microsoft-IIS/10.0");
    assert_string_equal(web_field_of(got, "X-OWA-Version"), "15.2.1118.7");
    assert_int_equal(strlen(web_field_of(got, "X-FEServer")), 4);
    assert_non_null(strstr(web_field_of(got, "Location"), ".com:444/owa/auth/logon.aspx"));
    assert_int_equal(got->challenges[0].error_code, 37);
    assert_int_equal(got->code, 401);
    assert_string_equal(got->codes[0], "500.19");
    assert_null(got->body);
    assert_int_equal(got->body_size, 1 << 20);
    assert_int_equal(got->wsman->number, WSMAN_PSRP_VERSION);
    assert_string_equal(got->wsman->subcode, "AccessDenied");
    assert_non_null(strstr(got->wsman->machine, ".com"));
    assert_string_equal(got->wsman->provider, "microsoft.powershell");
    assert_string_equal(got->wsman->provider_path, "pwrshplugin.dll");
    assert_string_equal(got->wsman->version, reply.version);
    assert_null(got->wsman->text);
    free(text);
    json_decref(object);
    redactor_free(redactor);
    evidence_store_free(other);
    evidence_store_free(store);
}

/* Plug-ins and versions are somebody's own too: of those that nobody knows, nothing is left. */
static void test_redaction_of_replies(void **state)
{
    struct evidence_store *store = evidence_store_new(), *other = evidence_store_new();
    struct redactor *redactor = redactor_new("0123456789abcdef0123456789abcdef");
    struct wsman_reply own = {.kind = WSMAN_REPLY_IDENTITY,
                              .provider = "contoso",
                              .provider_path = "C:\\contoso.dll",
                              .vendor = "contoso",
                              .version = "contoso 1.0"};
    const struct wsman_reply *got;
    struct evidence *item = make(store), *copy;

    (void)state;
    ((struct web_exchange *)item)->wsman = &own;
    assert_int_equal(evidence_add_redacted(other, item, redactor, &copy), STATUS_OK);
    got = ((const struct web_exchange *)copy)->wsman;
    assert_int_equal(got->kind, WSMAN_REPLY_IDENTITY);
    assert_null(got->provider);
    assert_null(got->provider_path);
    assert_null(got->vendor);
    assert_null(got->version);
    assert_null(got->machine);
    redactor_free(redactor);
    evidence_store_free(other);
    evidence_store_free(store);
}

/* What says who a server is in a field for something else does not stay. */
static void test_redaction_of_fields(void **state)
{
    static const struct {
        const char *name, *value, *wanted;
    } rows[] = {
        {"Server", "Apache/2.4.57", "Apache/2.4.57"},
        {"Server", "Apache on www of contoso", ""},
        {"Server", "contoso", ""},
        {"X-OWA-Version", "15.2 of contoso", ""},
        {"Location", "/owa/", "/owa/"},
        {"Location", "owa", ""},
        {"X-MS-Diagnostics", "2000003;reason=\"contoso\"", ""},
        {"Retry-After", "30", "30"},
    };
    struct redactor *redactor = redactor_new("0123456789abcdef0123456789abcdef");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct evidence_store *store = evidence_store_new(), *other = evidence_store_new();
        struct web_field field = {rows[i].name, rows[i].value};
        struct evidence *item = make(store), *copy;

        ((struct web_exchange *)item)->fields = &field;
        ((struct web_exchange *)item)->field_count = 1;
        assert_int_equal(evidence_add_redacted(other, item, redactor, &copy), STATUS_OK);
        assert_string_equal(web_field_of((const struct web_exchange *)copy, rows[i].name),
                            rows[i].wanted);
        evidence_store_free(other);
        evidence_store_free(store);
    }
    redactor_free(redactor);
}

static void test_describe(void **state)
{
    struct evidence_store *store = evidence_store_new();
    struct evidence *item = make(store);
    struct web_exchange *exchange = (struct web_exchange *)item;
    struct buffer text;

    (void)state;
    buffer_init(&text, 1024);
    item->kind->describe(item, &text);
    assert_string_equal(
        text.text, "GET https://mail.contoso.com/PowerShell/ (93.184.20.80:443), by Negotiate");
    buffer_clear(&text);
    exchange->host = NULL;
    exchange->as_somebody = false;
    exchange->request = WEB_IDENTIFY;
    item->kind->describe(item, &text);
    assert_string_equal(text.text, "Identify at https://93.184.20.80:443/PowerShell/, anonymous");
    buffer_clear(&text);
    exchange->request = WEB_SHELL;
    item->kind->describe(item, &text);
    assert_non_null(strstr(text.text, "first request of a remote shell to https://93.184.20.80"));
    buffer_clear(&text);
    exchange->request = WEB_LOGON;
    item->kind->describe(item, &text);
    assert_non_null(strstr(text.text, "POST without content to https://93.184.20.80:443/"));
    buffer_release(&text);
    evidence_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_what_is_none),
        cmocka_unit_test(test_redaction),
        cmocka_unit_test(test_redaction_of_replies),
        cmocka_unit_test(test_redaction_of_fields),
        cmocka_unit_test(test_describe),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
