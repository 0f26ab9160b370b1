/*
 * Exchanges with scripted web servers: what is seen, what is bounded, and what is never sent.
 * Kerberos and NTLM that are real: tests/peers/web.py.
 */
#include "tests/unit/unit.h"

#include "diag/gather/http_chain.h"
#include "diag/gather/http_library.h"
#include "diag/gather/tls.h"
#include "diag/gather/web.h"
#include "diag/platform.h"
#include "diag/text.h"
#include "tests/lab/web_script.h"

#include <stdlib.h>
#include <string.h>

enum { PATIENT = 20000, HASTY = 700 /* milliseconds */, PEERS_MOST = 64, ROOM = 64 };

static const char host[] = "mail.contoso.com", secret[] = "a-secret-that-nobody-hears";

struct lab {
    struct web_peer list[PEERS_MOST];
    char addresses[PEERS_MOST][ROOM];
    size_t count;
    struct web_peers *peers;
    uint16_t port;
    struct arena memory;
    struct http_library *library;
};

static void set_up(struct lab *lab, const char *const *behaviours, size_t count, bool over_tls)
{
    memset(lab, 0, sizeof *lab);
    for (size_t i = 0; i < count; i++) {
        snprintf(lab->addresses[i], ROOM, "127.0.1.%u", (unsigned)i + 1);
        assert_int_equal(web_script_read(behaviours[i], &lab->memory, &lab->list[i]), STATUS_OK);
        lab->list[i].address = lab->addresses[i];
        lab->list[i].over_tls = over_tls;
        lab->list[i].name = host;
    }
    lab->count = count;
    assert_int_equal(web_peers_start(lab->list, count, &lab->port, &lab->peers), STATUS_OK);
    lab->library = http_library_new();
}

static void tear_down(struct lab *lab)
{
    http_library_leave(lab->library);
    assert_int_equal(web_peers_stop(lab->peers), STATUS_OK);
    arena_release(&lab->memory);
}

struct asking {
    size_t peer;
    const char *host;
    const char *path;
    enum web_request request;
    bool as_somebody;
    unsigned timeout;
};

/* The item is to be freed. */
static const struct web_exchange *ask_as(struct lab *lab, struct http_access *access,
                                         const struct asking *asking)
{
    const struct gather_options options = {.timeout = asking->timeout ? asking->timeout : PATIENT};
    struct web_exchange question = {.over_tls = lab->list[asking->peer].over_tls,
                                    .host = asking->host,
                                    .path = asking->path ? asking->path : "/PowerShell/",
                                    .request = asking->request,
                                    .as_somebody = asking->as_somebody};
    struct evidence *item;

    assert_int_equal(net_address_parse(lab->addresses[asking->peer], lab->port, &question.address),
                     STATUS_OK);
    item = evidence_new(&evidence_web, &question.evidence);
    gather_web(item, &options, lab->library, access);
    assert_true(item->settled);
    return (const struct web_exchange *)item;
}

static void drop(const struct web_exchange *exchange)
{
    evidence_free((struct evidence *)&exchange->evidence);
}

static struct http_access *access_of(struct lab *lab, struct http_credentials credentials)
{
    static const char *const servers[] = {host, "other.contoso.com"};

    credentials.ca_text = web_peers_authority(lab->peers);
    credentials.servers = servers;
    credentials.server_count = 2;
    return http_access_new(&credentials);
}

/* ---- what is seen of each ---- */

static const struct outcome {
    const char *behaviour;
    enum status status;
    enum web_step step;
    unsigned code;
    enum status body_status;
    uint64_t body_size; /* 0: whatever it is */
    const char *code_in_body;
    unsigned timeout;
} outcomes[] = {
    {"fine", STATUS_OK, WEB_BODY, 200, STATUS_OK, 5, NULL, 0},
    {"redirect=https://other.example/owa", STATUS_OK, WEB_BODY, 302, STATUS_OK, 0, NULL, 0},
    {"login", STATUS_OK, WEB_BODY, 302, STATUS_OK, 0, NULL, 0},
    {"schemes", STATUS_OK, WEB_BODY, 401, STATUS_OK, 0, NULL, 0},
    {"forbidden", STATUS_OK, WEB_BODY, 403, STATUS_OK, 15, NULL, 0},
    {"missing", STATUS_OK, WEB_BODY, 404, STATUS_OK, 15, NULL, 0},
    {"not-allowed", STATUS_OK, WEB_BODY, 405, STATUS_OK, 15, NULL, 0},
    {"iis", STATUS_OK, WEB_BODY, 500, STATUS_OK, 0, "500.19", 0},
    {"fault", STATUS_OK, WEB_BODY, 500, STATUS_OK, 0, "2150858770", 0},
    {"empty", STATUS_OK, WEB_BODY, 500, STATUS_OK, 0, NULL, 0},
    {"busy", STATUS_OK, WEB_BODY, 503, STATUS_OK, 0, NULL, 0},
    {"gzip", STATUS_OK, WEB_BODY, 200, STATUS_OK, 58, "ErrorAccessDenied", 0},
    {"bad-gzip", STATUS_OK, WEB_BODY, 200, STATUS_MALFORMED, 0, NULL, 0},
    {"bomb", STATUS_OK, WEB_BODY, 200, STATUS_LIMIT, WEB_BODY_READ_MOST, NULL, 0},
    {"chunked", STATUS_OK, WEB_BODY, 200, STATUS_OK, 57, NULL, 0},
    {"bad-chunks", STATUS_OK, WEB_BODY, 200, STATUS_CLOSED, 5, NULL, 0},
    {"trailers", STATUS_OK, WEB_BODY, 200, STATUS_OK, 5, NULL, 0},
    {"huge", STATUS_OK, WEB_BODY, 200, STATUS_LIMIT, WEB_BODY_READ_MOST, NULL, 0},
    {"cut", STATUS_OK, WEB_BODY, 200, STATUS_CLOSED, 9, NULL, 0},
    {"slow", STATUS_TIMED_OUT, WEB_ANSWER, 0, STATUS_OK, 0, NULL, HASTY},
    {"slow-body", STATUS_OK, WEB_BODY, 200, STATUS_TIMED_OUT, 0, NULL, HASTY},
    {"endless-head", STATUS_TOO_LARGE, WEB_ANSWER, 0, STATUS_OK, 0, NULL, 0},
    {"endless-field", STATUS_TOO_LARGE, WEB_ANSWER, 0, STATUS_OK, 0, NULL, 0},
    {"continue", STATUS_TOO_LARGE, WEB_ANSWER, 0, STATUS_OK, 0, NULL, 0},
    {"noise", STATUS_MALFORMED, WEB_ANSWER, 0, STATUS_OK, 0, NULL, 0},
    {"close", STATUS_CLOSED, WEB_ANSWER, 0, STATUS_OK, 0, NULL, 0},
    {"reset", STATUS_CLOSED, WEB_ANSWER, 0, STATUS_OK, 0, NULL, 0},
    {"hang", STATUS_TIMED_OUT, WEB_ANSWER, 0, STATUS_OK, 0, NULL, HASTY},
};

enum { OUTCOMES = sizeof outcomes / sizeof *outcomes };

static void expect(const struct outcome *outcome, const struct web_exchange *got)
{
    if (got->evidence.status != outcome->status || got->step != outcome->step ||
        got->code != outcome->code || got->body_status != outcome->body_status)
        fail_msg("%s: %s (%s) in %s, %u, %s", outcome->behaviour,
                 status_token(got->evidence.status),
                 got->evidence.reason ? got->evidence.reason : "", web_step_word(got->step),
                 got->code, status_token(got->body_status));
    if (outcome->body_size)
        assert_int_equal(got->body_size, outcome->body_size);
    assert_true(got->body_kept <= WEB_BODY_MOST);
    assert_true(outcome->status == STATUS_OK || got->evidence.reason ||
                outcome->status == STATUS_TOO_LARGE);
    if (outcome->code_in_body)
        assert_string_equal(got->codes[0], outcome->code_in_body);
    else
        assert_int_equal(got->code_count, 0);
    assert_true(got->connected >= 0 && got->secured == -1 && got->ended >= got->connected);
    assert_true((got->answered >= 0) == (outcome->status == STATUS_OK) ||
                got->answered < got->ended);
}

/* Every behaviour of the lab has its own outcome, within its time and its bounds. */
static void test_outcomes(void **state)
{
    const char *behaviours[OUTCOMES];
    struct http_access *access;
    struct lab lab;

    (void)state;
    for (size_t i = 0; i < OUTCOMES; i++)
        behaviours[i] = outcomes[i].behaviour;
    set_up(&lab, behaviours, OUTCOMES, false);
    access = access_of(&lab, (struct http_credentials){.user = NULL});
    for (size_t i = 0; i < OUTCOMES; i++) {
        const struct asking asking = {.peer = i, .timeout = outcomes[i].timeout};
        int64_t began = platform_monotonic_clock();
        const struct web_exchange *got = ask_as(&lab, access, &asking);

        expect(&outcomes[i], got);
        assert_true(platform_monotonic_clock() - began < PATIENT * INT64_C(1000));
        assert_int_equal(web_peers_accepted(lab.peers, i), 1);
        assert_true(web_peers_sent(lab.peers, i) < 16 << 20);
        drop(got);
    }
    http_access_leave(access);
    tear_down(&lab);
}

/* The fields that tell something are kept, no cookie, and what stands behind the first colon. */
static void test_fields(void **state)
{
    static const char *const behaviours[] = {"page", "login", "trailers"};
    const struct web_exchange *got;
    struct http_access *access;
    struct lab lab;

    (void)state;
    set_up(&lab, behaviours, 3, false);
    access = access_of(&lab, (struct http_credentials){.user = NULL});
    got = ask_as(&lab, access, &(struct asking){.peer = 0});
    assert_string_equal(got->phrase, "OK");
    assert_string_equal(web_field_of(got, "server"), "Microsoft-IIS/10.0");
    assert_string_equal(web_field_of(got, "X-FEServer"), "EX01");
    assert_string_equal(web_field_of(got, "X-OWA-Version"), "15.2.1118.7");
    assert_string_equal(web_field_of(got, "X-BEServer"), "EX02");
    assert_string_equal(web_field_of(got, "X-CalculatedBETarget"), "ex02.contoso.com");
    assert_string_equal(web_field_of(got, "Content-Type"), "text/html; charset=utf-8");
    assert_null(web_field_of(got, "Retry-After"));
    assert_non_null(strstr(got->body, "EX01.contoso.com"));
    drop(got);
    got = ask_as(&lab, access, &(struct asking){.peer = 1});
    assert_non_null(strstr(web_field_of(got, "Location"), "/owa/auth/logon.aspx?url="));
    assert_null(web_field_of(got, "Set-Cookie"));
    drop(got);
    got = ask_as(&lab, access, &(struct asking){.peer = 2});
    assert_null(web_field_of(got, "X-FEServer")); /* a trailer is no field of the head */
    drop(got);
    http_access_leave(access);
    tear_down(&lab);
}

static void test_challenges(void **state)
{
    static const char *const names[] = {"Negotiate", "NTLM", "Basic", "Kerberos", "Bearer"};
    static const char *const behaviours[] = {"schemes", "skew", "early", "key"};
    static const int32_t codes[] = {0, 37, 33, 44};
    static const int64_t offsets[] = {0, 600, -600, 0};
    const struct web_exchange *got;
    struct http_access *access;
    struct lab lab;

    (void)state;
    set_up(&lab, behaviours, 4, false);
    access = access_of(&lab, (struct http_credentials){.user = NULL});
    got = ask_as(&lab, access, &(struct asking){.peer = 0});
    assert_int_equal(got->challenge_count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(got->challenges[i].scheme, names[i]);
        assert_int_equal(got->challenges[i].token, WEB_NO_TOKEN);
    }
    assert_null(web_challenge_of(got, "Digest"));
    drop(got);
    for (size_t i = 1; i < 4; i++) {
        const struct web_challenge *challenge;
        int64_t now = platform_wall_clock_fine();

        got = ask_as(&lab, access, &(struct asking){.peer = i});
        challenge = web_challenge_of(got, "negotiate");
        assert_non_null(challenge);
        assert_int_equal(challenge->token, WEB_KERBEROS_ERROR);
        assert_int_equal(challenge->error_code, codes[i]);
        assert_in_range(challenge->server_time - now - offsets[i] * 1000000 + 5000000, 0, 10000000);
        drop(got);
    }
    http_access_leave(access);
    tear_down(&lab);
}

/* More of everything than is kept, and the same codes again and again. */
static void say_too_much(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    struct buffer body;

    (void)context;
    (void)heard;
    buffer_init(&body, 65536);
    web_say_status(reply, 401);
    for (unsigned i = 0; i < 40; i++) {
        web_say_field(reply, "Server", "one of many");
        web_say_field(reply, "WWW-Authenticate", "Negotiate, NTLM");
        buffer_print(&body, "<p>500.%u 0x80070021 500.19</p>", i);
    }
    for (unsigned i = 0; i < 400; i++)
        buffer_add_string(&body, "<p>another line of a page that is longer than is kept</p>");
    web_say_body(reply, "text/html", body.text, body.size);
    buffer_release(&body);
}

static void test_too_much(void **state)
{
    const struct web_exchange *got;
    struct http_access *access;
    struct lab lab;

    (void)state;
    set_up(&lab, (const char *const[]){"fine"}, 1, false);
    lab.list[0].answer = say_too_much;
    access = access_of(&lab, (struct http_credentials){.user = NULL});
    got = ask_as(&lab, access, &(struct asking){.peer = 0});
    assert_int_equal(got->code, 401);
    assert_int_equal(got->field_count, WEB_FIELDS_MOST);
    assert_int_equal(got->challenge_count, WEB_CHALLENGES_MOST);
    assert_int_equal(got->code_count, WEB_CODES_MOST);
    assert_string_equal(got->codes[0], "500.0");
    assert_string_equal(got->codes[1], "0x80070021");
    assert_string_equal(got->codes[2], "500.19");
    assert_string_equal(got->codes[3], "500.1");
    assert_string_equal(got->codes[4], "500.2");
    assert_int_equal(got->body_kept, WEB_BODY_MOST);
    assert_true(got->body_size > WEB_BODY_MOST);
    assert_int_equal(strlen(got->body), WEB_BODY_MOST);
    drop(got);
    http_access_leave(access);
    tear_down(&lab);
}

static void test_identify(void **state)
{
    static const char *const behaviours[] = {"identify"};
    char heard[WEB_PEER_HEARD_SIZE];
    const struct web_exchange *got;
    struct http_access *access;
    struct lab lab;

    (void)state;
    set_up(&lab, behaviours, 1, false);
    access = access_of(&lab, (struct http_credentials){.user = NULL});
    got = ask_as(&lab, access,
                 &(struct asking){.host = host, .path = "/wsman", .request = WEB_IDENTIFY});
    assert_int_equal(got->code, 200);
    assert_non_null(strstr(got->body, "IdentifyResponse"));
    drop(got);
    web_peers_heard(lab.peers, 0, heard);
    assert_non_null(strstr(heard, "POST /wsman HTTP/1.1\nHost: mail.contoso.com:"));
    assert_non_null(strstr(heard, "\nWSMANIDENTIFY: unauthenticated\n"));
    assert_non_null(strstr(heard, "<i:Identify/></s:Body></s:Envelope>"));
    assert_null(strstr(heard, "Expect"));
    http_access_leave(access);
    tear_down(&lab);
}

/* ---- who one is ---- */

/* Without TLS that verifies nothing secret is said, whatever the options are. */
static void test_nothing_secret_in_the_clear(void **state)
{
    static const char *const behaviours[] = {"guarded"};
    const struct http_credentials all[] = {{.user = "alice", .password = secret},
                                           {.user = "alice", .password = secret, .insecure = true},
                                           {.token = secret},
                                           {.token = secret, .insecure = true},
                                           {.user = "alice", .password = secret, .ntlm = true}};
    struct lab lab;

    (void)state;
    set_up(&lab, behaviours, 1, false);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct http_access *access = access_of(&lab, all[i]);
        const struct asking asking = {.host = host, .as_somebody = true};
        const struct web_exchange *got = ask_as(&lab, access, &asking);

        assert_int_equal(got->evidence.status, STATUS_DENIED);
        assert_non_null(strstr(got->evidence.reason, "verified TLS alone"));
        drop(got);
        http_access_leave(access);
    }
    assert_int_equal(web_peers_accepted(lab.peers, 0), 0);
    tear_down(&lab);
}

static void test_names_are_needed(void **state)
{
    static const char *const behaviours[] = {"guarded"}, *const hosts[] = {NULL,   "",    "a@b",
                                                                           "a/b",  "a:1", "a b",
                                                                           "[::1]"};
    struct http_access *access;
    struct lab lab;

    (void)state;
    set_up(&lab, behaviours, 1, true);
    access = access_of(&lab, (struct http_credentials){.user = "alice", .password = secret});
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        const struct asking asking = {.host = hosts[i], .as_somebody = true};
        const struct web_exchange *got = ask_as(&lab, access, &asking);

        assert_int_equal(got->evidence.status, STATUS_DENIED);
        drop(got);
    }
    assert_int_equal(web_peers_accepted(lab.peers, 0), 0);
    http_access_leave(access);
    tear_down(&lab);
}

/* Its certificate is in order, and whoever lists it may have made it up. */
static void test_only_servers_that_the_user_named_hear_secrets(void **state)
{
    static const char *const behaviours[] = {"guarded"};
    const struct http_credentials all[] = {
        {.user = "alice", .password = secret},
        {.token = secret},
        {.user = "alice", .password = secret, .ntlm = true},
        {.user = "alice", .password = secret, .ntlm = true, .insecure = true}};
    struct lab lab;

    (void)state;
    set_up(&lab, behaviours, 1, true);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct http_access *access = access_of(&lab, all[i]);
        const struct asking asking = {.host = "listed.contoso.com", .as_somebody = true};
        const struct web_exchange *got = ask_as(&lab, access, &asking);

        assert_int_equal(got->evidence.status, STATUS_DENIED);
        assert_non_null(strstr(got->evidence.reason, "named with --server alone"));
        drop(got);
        assert_null(http_access_may(access, WEB_NEGOTIATE, "listed.contoso.com", false));
        assert_null(http_access_may(access, http_access_scheme(access), "Mail.Contoso.com", true));
        http_access_leave(access);
    }
    assert_int_equal(web_peers_accepted(lab.peers, 0), 0);
    tear_down(&lab);
}

/* Ten that hang do not take ten times as long, and count no password ten times. */
static void test_servers_that_hang_are_not_waited_for_one_by_one(void **state)
{
    static const char *const behaviours[] = {"hang"};
    const struct asking asking = {.host = host, .as_somebody = true, .timeout = 300};
    struct http_access *access;
    struct lab lab;

    (void)state;
    set_up(&lab, behaviours, 1, true);
    access = access_of(&lab, (struct http_credentials){.user = "alice", .password = secret});
    for (unsigned i = 0; i <= LOGON_SILENCES_MOST; i++) {
        const struct web_exchange *got = ask_as(&lab, access, &asking);

        assert_int_equal(got->evidence.status,
                         i < LOGON_SILENCES_MOST ? STATUS_TIMED_OUT : STATUS_DENIED);
        drop(got);
    }
    http_access_leave(access);
    tear_down(&lab);
}

static void expect_heard(struct lab *lab, size_t peer, const char *wanted, bool is_there)
{
    char heard[WEB_PEER_HEARD_SIZE];

    web_peers_heard(lab->peers, peer, heard);
    assert_int_equal(strstr(heard, wanted) != NULL, is_there);
}

static void test_basic_and_bearer_over_verified_tls(void **state)
{
    static const char *const behaviours[] = {"guarded", "guarded"};
    const struct http_credentials all[] = {{.user = "alice", .password = "wonder:land"},
                                           {.token = "eyJ0.abc-_~+/=="}};
    static const char *const said[] = {"Authorization: Basic YWxpY2U6d29uZGVyOmxhbmQ=\n",
                                       "Authorization: Bearer eyJ0.abc-_~+/==\n"};
    struct lab lab;

    (void)state;
    set_up(&lab, behaviours, 2, true);
    for (size_t i = 0; i < 2; i++) {
        struct http_access *access = access_of(&lab, all[i]);
        const struct asking asking = {.peer = i, .host = host, .as_somebody = true};
        const struct web_exchange *got = ask_as(&lab, access, &asking);

        assert_int_equal(got->evidence.status, STATUS_OK);
        assert_int_equal(got->code, 200);
        assert_int_equal(got->scheme, i == 0 ? WEB_BASIC : WEB_BEARER);
        assert_true(i == 0 ? strcmp(got->caller, "alice") == 0 : got->caller == NULL);
        assert_int_equal(got->verify_code, 0);
        assert_true(got->chain_count > 0 && certificate_is_for(&got->chain[0], host));
        assert_true(got->secured >= got->connected && got->answered >= got->secured);
        expect_heard(&lab, i, said[i], true);
        drop(got);
        http_access_leave(access);
    }
    tear_down(&lab);
}

/* As pages that describe an error to developers do; in pieces that end within what is said. */
static void say_it_back(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    char value[256] = "";
    struct buffer body;

    (void)context;
    (void)web_heard_field(heard, "Authorization", value, sizeof value);
    buffer_init(&body, 1024);
    buffer_print(&body, "<p>%s and wonder:land</p>", value);
    web_say_status(reply, 500);
    web_say_field(reply, "Server", value);
    web_say_field(reply, "Location", "/wonder:land");
    web_say_chunked(reply, "text/html", body.text, body.size, 5);
    buffer_release(&body);
}

static void test_secrets_that_are_said_back_are_not_kept(void **state)
{
    const struct http_credentials all[] = {{.user = "alice", .password = "wonder:land"},
                                           {.token = "eyJ0.abc-_~+/=="}};
    static const char *const kept[] = {"Basic ************************", "Bearer ***************"};
    struct lab lab;

    (void)state;
    set_up(&lab, (const char *const[]){"guarded", "guarded"}, 2, true);
    for (size_t i = 0; i < 2; i++) {
        struct http_access *access = access_of(&lab, all[i]);
        const struct asking asking = {.peer = i, .host = host, .as_somebody = true};
        const struct web_exchange *got;

        lab.list[i].answer = say_it_back;
        got = ask_as(&lab, access, &asking);
        assert_int_equal(got->code, 500);
        assert_string_equal(web_field_of(got, "Server"), kept[i]);
        assert_non_null(strstr(got->body, kept[i]));
        if (i == 0)
            assert_null(strstr(got->body, "wonder:land"));
        if (i == 0)
            assert_string_equal(web_field_of(got, "Location"), "/***********");
        drop(got);
        http_access_leave(access);
    }
    tear_down(&lab);
}

/* The certificate is told all the same; nothing was said over it. */
static void test_certificates_that_do_not_verify(void **state)
{
    static const char *const behaviours[] = {"self-signed", "expired", "mismatched", "page"};
    const struct http_credentials all[] = {{.user = "alice", .password = secret},
                                           {.user = "alice", .password = secret, .insecure = true},
                                           {.token = secret, .insecure = true},
                                           {.user = "alice", .password = secret, .ntlm = true}};
    struct lab lab;

    (void)state;
    set_up(&lab, behaviours, 4, true);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct http_access *access = access_of(&lab, all[i]);

        for (size_t peer = 0; peer < 4; peer++) {
            const char *name = peer == 3 ? "other.contoso.com" : host;
            const struct asking asking = {.peer = peer, .host = name, .as_somebody = true};
            const struct web_exchange *got = ask_as(&lab, access, &asking);

            assert_int_equal(got->evidence.status, STATUS_DENIED);
            assert_int_equal(got->step, WEB_HANDSHAKE);
            assert_non_null(got->evidence.reason);
            assert_int_equal(got->chain_count > 0, true);
            assert_int_equal(got->verify_code == 0, peer >= 2);
            assert_int_equal(certificate_is_for(&got->chain[0], name), peer < 2);
            drop(got);
        }
        http_access_leave(access);
    }
    for (size_t peer = 0; peer < 4; peer++)
        assert_int_equal(web_peers_requests(lab.peers, peer), 0);
    tear_down(&lab);
}

/* As nobody one looks, whatever the certificate is worth. */
static void test_anonymous_looks_at_any_certificate(void **state)
{
    static const char *const behaviours[] = {"self-signed", "expired", "mismatched", "page"};
    struct http_access *access;
    struct lab lab;

    (void)state;
    set_up(&lab, behaviours, 4, true);
    access = access_of(&lab, (struct http_credentials){.user = "alice", .password = secret});
    for (size_t peer = 0; peer < 4; peer++) {
        const struct asking asking = {.peer = peer, .host = host};
        const struct web_exchange *got = ask_as(&lab, access, &asking);

        assert_int_equal(got->evidence.status, STATUS_OK);
        assert_int_equal(got->scheme, WEB_ANONYMOUS);
        assert_int_equal(got->code, 200);
        assert_true(got->chain_count > 0);
        assert_int_equal(got->verify_code == 0, peer >= 2);
        assert_int_equal(certificate_is_for(&got->chain[0], host), peer != 2);
        expect_heard(&lab, peer, "Authorization", false);
        drop(got);
    }
    http_access_leave(access);
    tear_down(&lab);
}

/* A password that was refused goes to nobody any more. */
static void test_refused_once(void **state)
{
    static const char *const behaviours[] = {"schemes", "guarded"};
    const struct http_credentials all[] = {{.user = "alice", .password = secret},
                                           {.token = secret}};
    struct lab lab;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct http_access *access;
        const struct web_exchange *got;

        set_up(&lab, behaviours, 2, true);
        access = access_of(&lab, all[i]);
        got = ask_as(&lab, access, &(struct asking){.host = host, .as_somebody = true});
        assert_int_equal(got->code, 401);
        drop(got);
        got = ask_as(&lab, access, &(struct asking){.peer = 1, .host = host, .as_somebody = true});
        assert_int_equal(got->evidence.status, STATUS_DENIED);
        assert_string_equal(got->evidence.reason,
                            "this logon was refused before, and is not tried again: "
                            "mail.contoso.com");
        drop(got);
        assert_int_equal(web_peers_requests(lab.peers, 1), 0);
        http_access_leave(access);
        tear_down(&lab);
    }
}

/* A password that a directory refused is shown to no web server; a token is another thing. */
static void test_refused_elsewhere(void **state)
{
    static const char *const behaviours[] = {"guarded"};
    const struct http_credentials all[] = {{.user = "alice", .password = secret},
                                           {.user = "alice", .password = secret, .ntlm = true},
                                           {.token = secret}};
    struct lab lab;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct http_credentials credentials = all[i];
        struct http_access *access;
        const struct web_exchange *got;
        struct buffer why;

        set_up(&lab, behaviours, 1, true);
        buffer_init(&why, 100);
        credentials.logon = logon_trial_new();
        access = access_of(&lab, credentials);
        assert_true(logon_trial_begin(credentials.logon, LOGON_AT_DIRECTORIES, false, &why));
        logon_trial_end(credentials.logon, LOGON_AT_DIRECTORIES, LOGON_REFUSED, "no such password");
        got = ask_as(&lab, access, &(struct asking){.host = host, .as_somebody = true});
        assert_int_equal(got->evidence.status, i < 2 ? STATUS_DENIED : STATUS_OK);
        if (i < 2)
            assert_string_equal(got->evidence.reason,
                                "this logon was refused before, by a directory, and is not tried "
                                "again: no such password");
        assert_int_equal(web_peers_requests(lab.peers, 0) > 0, i == 2);
        drop(got);
        logon_trial_leave(credentials.logon);
        http_access_leave(access);
        buffer_release(&why);
        tear_down(&lab);
    }
}

/* Windows' NTLM, which knows what is written beyond ASCII. */
static bool has_sspi(void)
{
    struct http_library *library = http_library_new();
    const struct http_functions *curl = http_library_functions(library);
    bool yes = curl && (curl->version_info(CURLVERSION_NOW)->features & CURL_VERSION_SSPI) != 0;

    http_library_leave(library);
    return yes;
}

/* libcurl would make another password of it, and a wrong one is counted. */
static void test_ntlm_of_letters_beyond_ascii(void **state)
{
    static const char *const behaviours[] = {"ntlm"};
    const struct http_credentials all[] = {
        {.user = "CONTOSO\\alice", .password = "w\xc3\xbcst", .ntlm = true},
        {.user = "CONTOSO\\\xc3\xa4lice", .password = secret, .ntlm = true}};
    struct lab lab;

    (void)state;
    if (has_sspi()) {
        print_message("skipped: the system's own NTLM has no such limit\n");
        skip();
    }
    set_up(&lab, behaviours, 1, true);
    for (size_t i = 0; i < 2; i++) {
        struct http_access *access = access_of(&lab, all[i]);
        const struct web_exchange *got =
            ask_as(&lab, access, &(struct asking){.host = host, .as_somebody = true});

        assert_int_equal(got->evidence.status, STATUS_NOT_SUPPORTED);
        assert_non_null(strstr(got->evidence.reason, "ASCII"));
        drop(got);
        http_access_leave(access);
    }
    assert_int_equal(web_peers_accepted(lab.peers, 0), 0);
    tear_down(&lab);
}

/* NTLM says three times what it has to say, never the password; refused once, it is not said. */
static void test_ntlm(void **state)
{
    static const char *const behaviours[] = {"ntlm", "ntlm=refuse", "schemes", "ntlm"};
    static const unsigned codes[] = {200, 401, 401, 0};
    const struct http_credentials credentials = {
        .user = "CONTOSO\\alice", .password = secret, .ntlm = true};
    struct http_access *access;
    struct lab lab;

    (void)state;
    set_up(&lab, behaviours, 4, true);
    access = access_of(&lab, credentials);
    for (size_t i = 0; i < 4; i++) {
        static const size_t order[] = {0, 2, 1, 3}; /* no verdict without a challenge */
        size_t peer = order[i];
        const struct asking asking = {.peer = peer, .host = host, .as_somebody = true};
        const struct web_exchange *got = ask_as(&lab, access, &asking);

        assert_int_equal(got->scheme, WEB_NTLM);
        assert_int_equal(got->code, codes[peer]);
        assert_int_equal(got->evidence.status, peer == 3 ? STATUS_DENIED : STATUS_OK);
        expect_heard(&lab, peer, secret, false);
        expect_heard(&lab, peer, "Authorization: NTLM TlRMTVNTUAAD", peer < 2);
        drop(got);
    }
    assert_int_equal(web_peers_accepted(lab.peers, 0),
                     2); /* a look, and one for all that is said */
    assert_int_equal(web_peers_requests(lab.peers, 3), 0);
    http_access_leave(access);
    tear_down(&lab);
}

/* However a challenge is written that libcurl answers: a password that was refused goes nowhere. */
static void test_ntlm_refused_once(void **state)
{
    static const char *const spellings[] = {
        "ntlm=WWW-Authenticate: NTLM ",
        "ntlm=WWW-Authenticate:NTLM ",
        "ntlm=WWW-Authenticate:  NTLM ",
        "ntlm=WWW-Authenticate:\tNTLM\t",
        "ntlm=WWW-Authenticate: NTLM   ",
        "ntlm=www-authenticate: ntlm ",
        "ntlm=WWW-Authenticate: Negotiate, NTLM ",
        "ntlm=WWW-Authenticate: NTLM\r\nWWW-Authenticate: NTLM ",
        "ntlm=WWW-Authenticate: Basic realm=\"never ends, NTLM ", /* wrong, and answered */
        "ntlm=WWW-Authenticate: Basic realm=\"a\" junk; x, NTLM ",
    };
    const struct http_credentials credentials = {
        .user = "CONTOSO\\alice", .password = secret, .ntlm = true};

    (void)state;
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        const char *const behaviours[] = {spellings[i], "ntlm"};
        struct http_access *access;
        struct lab lab;

        set_up(&lab, behaviours, 2, true);
        access = access_of(&lab, credentials);
        for (size_t peer = 0; peer < 2; peer++) {
            const struct asking asking = {.peer = peer, .host = host, .as_somebody = true};
            const struct web_exchange *got = ask_as(&lab, access, &asking);

            if (got->evidence.status != (peer == 0 ? STATUS_OK : STATUS_DENIED))
                fail_msg("%s: status %d at peer %u", spellings[i], (int)got->evidence.status,
                         (unsigned)peer);
            assert_int_equal(got->code, peer == 0 ? 401 : 0);
            expect_heard(&lab, peer, "Authorization: NTLM TlRMTVNTUAAD", peer == 0);
            drop(got);
        }
        assert_int_equal(web_peers_requests(lab.peers, 1), 0);
        http_access_leave(access);
        tear_down(&lab);
    }
}

/* --insecure lets NTLM go over what does not verify, and over no TLS. */
static void test_insecure(void **state)
{
    static const char *const behaviours[] = {"ntlm"};
    const struct http_credentials credentials = {
        .user = "alice", .password = secret, .ntlm = true, .insecure = true};

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        const struct asking asking = {.host = "other.contoso.com", .as_somebody = true};
        const struct web_exchange *got;
        struct http_access *access;
        struct lab lab;

        set_up(&lab, behaviours, 1, i == 0);
        access = access_of(&lab, credentials);
        got = ask_as(&lab, access, &asking);
        assert_int_equal(got->code, 200);
        drop(got);
        http_access_leave(access);
        tear_down(&lab);
    }
}

static void add_text(struct curl_slist **list, char *text)
{
    struct curl_slist *one = memory_new(1, sizeof *one);

    one->data = text;
    one->next = *list;
    *list = one;
}

/* RFC 5929 4.1: the hash of the certificate, by the algorithm of its signature. */
static void test_binding(void **state)
{
    static const char prefix[] = "tls-server-end-point:";
    struct http_response response = {.chain = NULL};
    struct curl_slist *texts = NULL;
    struct curl_certinfo found = {1, &texts};
    struct http_chain chain = {.count = 0};
    struct http_access *access;
    struct arena memory = {0};
    char hash[65] = "";
    struct lab lab;

    (void)state;
    set_up(&lab, (const char *const[]){"fine"}, 1, true);
    access = access_of(&lab, (struct http_credentials){.user = NULL});
    add_text(&texts, arena_print(&memory, "Cert:%s", web_peers_authority(lab.peers)));
    add_text(&texts, arena_copy_string(&memory, "Version:2"));
    assert_null(http_chain_binding(&chain));
    http_chain_take(&chain, &found, http_access_trust(access));
    http_chain_describe(&chain, host, &memory, &response);
    assert_int_equal(response.chain_count, 1);
    assert_int_equal(chain.binding_size, sizeof prefix - 1 + 32);
    assert_memory_equal(http_chain_binding(&chain), prefix, sizeof prefix - 1);
    for (size_t i = 0; i < 32; i++)
        snprintf(hash + 2 * i, 3, "%02x", (unsigned char)chain.binding[sizeof prefix - 1 + i]);
    assert_string_equal(hash, response.chain[0].sha256);
    texts->data = arena_copy_string(&memory, "Cert:no certificate");
    http_chain_take(&chain, &found, http_access_trust(access));
    assert_null(http_chain_binding(&chain));
    free(texts->next);
    free(texts);
    http_chain_release(&chain);
    http_access_leave(access);
    arena_release(&memory);
    tear_down(&lab);
}

/* A redirect is an answer: nobody goes where it leads, and so no password does. */
static void test_redirects_are_not_followed(void **state)
{
    char location[ROOM];
    const char *behaviours[2] = {location, "guarded"};
    const struct web_exchange *got;
    struct http_access *access;
    struct lab lab;

    (void)state;
    snprintf(location, sizeof location, "redirect=https://127.0.1.2/");
    set_up(&lab, behaviours, 2, true);
    access = access_of(&lab, (struct http_credentials){.user = "alice", .password = secret});
    got = ask_as(&lab, access, &(struct asking){.host = host, .as_somebody = true});
    assert_int_equal(got->code, 302);
    assert_string_equal(web_field_of(got, "Location"), "https://127.0.1.2/");
    drop(got);
    assert_int_equal(web_peers_requests(lab.peers, 0), 1);
    assert_int_equal(web_peers_accepted(lab.peers, 1), 0);
    http_access_leave(access);
    tear_down(&lab);
}

/* Without a library or a ticket Kerberos is not had, and nothing else is tried in its place. */
static void test_no_ticket(void **state)
{
    static const char *const behaviours[] = {"schemes"};
    const struct web_exchange *got;
    struct http_access *access;
    struct lab lab;

    (void)state;
    set_up(&lab, behaviours, 1, false);
    access = access_of(&lab, (struct http_credentials){.user = NULL});
    got = ask_as(&lab, access, &(struct asking){.host = host, .as_somebody = true});
    assert_true(got->evidence.status == STATUS_NOT_FOUND ||
                got->evidence.status == STATUS_NOT_SUPPORTED);
    assert_int_equal(got->step, WEB_TICKET);
    assert_int_equal(got->scheme, WEB_NEGOTIATE);
    assert_non_null(got->evidence.reason);
    assert_int_equal(web_peers_requests(lab.peers, 0), 0);
    drop(got);
    http_access_leave(access);
    tear_down(&lab);
}

/* ---- sessions ---- */

static const struct http_request simple = {.method = "GET", .path = "/", .body_most = 1 << 20};

/* One connection serves them all, and remembers cookies, which end with it. */
static void test_connections_are_kept(void **state)
{
    static const char *const behaviours[] = {"login"};
    struct http_target target = {.over_tls = true, .host = host};
    struct http_request request = simple;
    struct http_session *session;
    struct http_response response;
    struct http_access *access;
    struct arena memory = {0};
    const char *reason;
    struct lab lab;

    (void)state;
    set_up(&lab, behaviours, 1, true);
    access = access_of(&lab, (struct http_credentials){.token = "abc"});
    net_address_parse(lab.addresses[0], lab.port, &target.address);
    assert_int_equal(http_session_new(lab.library, access, &target, WEB_BEARER, &session, &reason),
                     STATUS_OK);
    request.memory = &memory;
    for (unsigned i = 0; i < 3; i++) {
        request.deadline = platform_monotonic_clock() + PATIENT * 1000;
        assert_int_equal(http_session_ask(session, &request, &response), STATUS_OK);
        assert_int_equal(response.was_reused, i > 0);
        assert_int_equal(response.connected >= 0, i == 0);
        assert_int_equal(response.chain_count > 0, true);
        http_response_release(&response);
    }
    assert_int_equal(web_peers_accepted(lab.peers, 0), 2); /* a look, and one for all of them */
    assert_int_equal(web_peers_requests(lab.peers, 0), 3);
    expect_heard(&lab, 0, "Cookie: secret-cookie=1", true);
    http_session_free(session);
    http_access_leave(access);
    arena_release(&memory);
    tear_down(&lab);
}

/* One that is asked who it is a second time, and is given no challenge, has said no password. */
static void test_ntlm_without_a_challenge(void **state)
{
    static const char *const behaviours[] = {"ntlm=forget", "ntlm"};
    struct http_target target = {.over_tls = true, .host = host};
    struct http_request request = simple;
    struct http_session *session;
    struct http_response response;
    struct http_access *access;
    struct arena memory = {0};
    const char *reason;
    struct lab lab;

    (void)state;
    set_up(&lab, behaviours, 2, true);
    access = access_of(&lab, (struct http_credentials){
                                 .user = "CONTOSO\\alice", .password = secret, .ntlm = true});
    request.memory = &memory;
    for (size_t i = 0; i < 3; i++) { /* twice at the first */
        if (i != 1) {
            net_address_parse(lab.addresses[i / 2], lab.port, &target.address);
            assert_int_equal(
                http_session_new(lab.library, access, &target, WEB_NTLM, &session, &reason),
                STATUS_OK);
        }
        request.deadline = platform_monotonic_clock() + PATIENT * 1000;
        assert_int_equal(http_session_ask(session, &request, &response), STATUS_OK);
        assert_int_equal(response.code, i == 1 ? 401 : 200);
        http_response_release(&response);
        if (i > 0)
            http_session_free(session);
    }
    assert_int_equal(web_peers_requests(lab.peers, 0), 4);
    http_access_leave(access);
    arena_release(&memory);
    tear_down(&lab);
}

static void fine_then_silent(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    (void)context;
    if (heard->number == 0)
        web_say(reply, 200, "text/plain", "fine\n");
    else
        reply->hang = true;
}

/* A kept connection has no handshake to end in. */
static void test_silence_on_a_kept_connection(void **state)
{
    static const char *const behaviours[] = {"fine"};
    struct http_target target = {.over_tls = true, .host = host};
    struct http_request request = simple;
    struct http_session *session;
    struct http_response response;
    struct http_access *access;
    struct arena memory = {0};
    const char *reason;
    struct lab lab;

    (void)state;
    set_up(&lab, behaviours, 1, true);
    lab.list[0].answer = fine_then_silent;
    access = access_of(&lab, (struct http_credentials){.token = "abc"});
    net_address_parse(lab.addresses[0], lab.port, &target.address);
    assert_int_equal(http_session_new(lab.library, access, &target, WEB_BEARER, &session, &reason),
                     STATUS_OK);
    request.memory = &memory;
    for (unsigned i = 0; i < 2; i++) {
        request.deadline = platform_monotonic_clock() + HASTY * 1000;
        assert_int_equal(http_session_ask(session, &request, &response),
                         i == 0 ? STATUS_OK : STATUS_TIMED_OUT);
        assert_int_equal(response.step, i == 0 ? WEB_BODY : WEB_ANSWER);
        assert_int_equal(response.was_reused, i > 0);
        http_response_release(&response);
    }
    http_session_free(session);
    http_access_leave(access);
    arena_release(&memory);
    tear_down(&lab);
}

/* What would be another request, or somebody else's words, is none. */
static void test_requests_that_are_none(void **state)
{
    static const char *const behaviours[] = {"fine"}, *const paths[] = {"",          "x",
                                                                        "/a b",      "/a\r\nX: y",
                                                                        "/\xc3\xa4", "/#a"},
                             *const fields[] = {"X: y\r\nZ: 1", "no colon", "Authorization: x",
                                                "authorization : x"};
    struct http_target target = {.host = NULL};
    struct http_session *session;
    struct http_response response;
    struct http_access *access;
    struct arena memory = {0};
    const char *reason;
    struct lab lab;

    (void)state;
    set_up(&lab, behaviours, 1, false);
    access = access_of(&lab, (struct http_credentials){.user = NULL});
    net_address_parse(lab.addresses[0], lab.port, &target.address);
    assert_int_equal(
        http_session_new(lab.library, access, &target, WEB_ANONYMOUS, &session, &reason),
        STATUS_OK);
    for (size_t i = 0; i < 10; i++) {
        const char *const one[] = {i < 6 ? "X: y" : fields[i - 6], NULL};
        struct http_request request = simple;

        request.path = i < 6 ? paths[i] : "/";
        request.fields = one;
        request.memory = &memory;
        request.deadline = platform_monotonic_clock() + PATIENT * 1000;
        assert_int_equal(http_session_ask(session, &request, &response), STATUS_INVALID);
        http_response_release(&response);
    }
    assert_int_equal(web_peers_accepted(lab.peers, 0), 0);
    http_session_free(session);
    http_access_leave(access);
    arena_release(&memory);
    tear_down(&lab);
}

static void steadily(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    static const char body[] = "it comes in thirty pieces ....";

    (void)heard;
    web_say(reply, 200, "text/plain", body);
    reply->piece = (unsigned)(reply->bytes.size - (sizeof body - 1) + 1);
    reply->pause = *(const unsigned *)context;
}

/* A body that goes on outlives the deadline; not one that stands still, nor beyond the latest. */
static void test_bodies_that_go_on(void **state)
{
    static const char *const behaviours[] = {"fine"};
    static const struct {
        unsigned pause; /* milliseconds before the second of two pieces */
        int64_t latest, stall;
        enum status status;
    } rows[] = {{900, 8000, 5000, STATUS_OK},
                {900, 0, 0, STATUS_TIMED_OUT},
                {30000, 60000, 600, STATUS_TIMED_OUT},
                {30000, 700, 60000, STATUS_TIMED_OUT}};
    struct http_target target = {.host = NULL};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct http_request request = simple;
        unsigned pause = rows[i].pause;
        struct http_session *session;
        struct http_response response;
        struct http_access *access;
        struct arena memory = {0};
        int64_t began;
        const char *reason;
        struct lab lab;

        set_up(&lab, behaviours, 1, false);
        lab.list[0].answer = steadily;
        lab.list[0].context = &pause;
        access = access_of(&lab, (struct http_credentials){.user = NULL});
        net_address_parse(lab.addresses[0], lab.port, &target.address);
        assert_int_equal(
            http_session_new(lab.library, access, &target, WEB_ANONYMOUS, &session, &reason),
            STATUS_OK);
        request.memory = &memory;
        began = platform_monotonic_clock();
        request.deadline = began + HASTY * 1000;
        request.latest = rows[i].latest ? began + rows[i].latest * 1000 : 0;
        request.stall = rows[i].stall * 1000;
        assert_int_equal(http_session_ask(session, &request, &response), STATUS_OK);
        assert_int_equal(response.body_status, rows[i].status);
        assert_true(platform_monotonic_clock() - began < PATIENT * INT64_C(1000));
        http_response_release(&response);
        http_session_free(session);
        http_access_leave(access);
        arena_release(&memory);
        tear_down(&lab);
    }
}

static bool take_little(void *context, const void *bytes, size_t size)
{
    size_t *taken = context;

    (void)bytes;
    *taken += size;
    return *taken < 100000;
}

/* The body goes by in pieces; who takes it says when it is enough, or 100 MiB pass through. */
static void test_bodies_are_streamed(void **state)
{
    static const char *const behaviours[] = {"huge"};
    struct http_target target = {.host = NULL};
    struct http_session *session;
    struct http_response response;
    struct http_access *access;
    struct arena memory = {0};
    struct http_request request = simple;
    const char *reason;
    struct lab lab;
    size_t taken = 0;

    (void)state;
    set_up(&lab, behaviours, 1, false);
    access = access_of(&lab, (struct http_credentials){.user = NULL});
    net_address_parse(lab.addresses[0], lab.port, &target.address);
    assert_int_equal(
        http_session_new(lab.library, access, &target, WEB_ANONYMOUS, &session, &reason),
        STATUS_OK);
    request.memory = &memory;
    request.body_most = UINT64_MAX;
    request.take = take_little;
    request.context = &taken;
    request.deadline = platform_monotonic_clock() + PATIENT * 1000;
    assert_int_equal(http_session_ask(session, &request, &response), STATUS_OK);
    assert_int_equal(response.body_status, STATUS_LIMIT);
    assert_in_range(taken, 100000, 200000);
    assert_int_equal(response.body_size, taken);
    http_response_release(&response);
    request.take = NULL;
    assert_int_equal(http_session_ask(session, &request, &response), STATUS_OK);
    assert_int_equal(response.body_status, STATUS_OK);
    assert_in_range(response.body_size, 104857500, 104857600);
    http_response_release(&response);
    http_session_free(session);
    http_access_leave(access);
    arena_release(&memory);
    tear_down(&lab);
}

/* ---- no server ---- */

static void test_nobody_there(void **state)
{
    static const char *const behaviours[] = {"fine", "fine"};
    const struct web_exchange *got;
    struct http_access *access;
    struct lab lab;

    (void)state;
    set_up(&lab, behaviours, 2, false);
    assert_int_equal(web_peers_stop(lab.peers), STATUS_OK);
    lab.list[0].is_refusing = true;
    lab.list[1].over_tls = false;
    assert_int_equal(web_peers_start(lab.list, 2, &lab.port, &lab.peers), STATUS_OK);
    access = access_of(&lab, (struct http_credentials){.user = NULL});
    got = ask_as(&lab, access, &(struct asking){.peer = 0});
    assert_int_equal(got->evidence.status, STATUS_REFUSED);
    assert_int_equal(got->step, WEB_CONNECT);
    assert_int_equal(got->connected, -1);
    drop(got);
    lab.list[1].over_tls = true; /* a question of TLS, which it does not understand */
    got = ask_as(&lab, access, &(struct asking){.peer = 1, .host = host, .timeout = HASTY});
    assert_int_equal(got->evidence.status, STATUS_TIMED_OUT);
    assert_int_equal(got->step, WEB_HANDSHAKE);
    drop(got);
    http_access_leave(access);
    tear_down(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_challenges),
        cmocka_unit_test(test_too_much),
        cmocka_unit_test(test_identify),
        cmocka_unit_test(test_nothing_secret_in_the_clear),
        cmocka_unit_test(test_names_are_needed),
        cmocka_unit_test(test_servers_that_hang_are_not_waited_for_one_by_one),
        cmocka_unit_test(test_only_servers_that_the_user_named_hear_secrets),
        cmocka_unit_test(test_basic_and_bearer_over_verified_tls),
        cmocka_unit_test(test_secrets_that_are_said_back_are_not_kept),
        cmocka_unit_test(test_certificates_that_do_not_verify),
        cmocka_unit_test(test_anonymous_looks_at_any_certificate),
        cmocka_unit_test(test_refused_once),
        cmocka_unit_test(test_refused_elsewhere),
        cmocka_unit_test(test_ntlm),
        cmocka_unit_test(test_ntlm_refused_once),
        cmocka_unit_test(test_ntlm_without_a_challenge),
        cmocka_unit_test(test_ntlm_of_letters_beyond_ascii),
        cmocka_unit_test(test_insecure),
        cmocka_unit_test(test_binding),
        cmocka_unit_test(test_redirects_are_not_followed),
        cmocka_unit_test(test_no_ticket),
        cmocka_unit_test(test_connections_are_kept),
        cmocka_unit_test(test_silence_on_a_kept_connection),
        cmocka_unit_test(test_requests_that_are_none),
        cmocka_unit_test(test_bodies_are_streamed),
        cmocka_unit_test(test_bodies_that_go_on),
        cmocka_unit_test(test_nobody_there),
    };

    platform_init();
    tls_library_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
