/*
 * The first requests of a remote PowerShell to scripted front ends: what is asked, what of the
 * answer is kept, and that nothing stays behind on a server.
 */
#include "tests/unit/unit.h"

#include "diag/gather/tls.h"
#include "diag/gather/web.h"
#include "diag/platform.h"
#include "tests/lab/powershell_web.h"
#include "tests/lab/web_script.h"

#include <stdlib.h>
#include <string.h>

enum { PATIENT = 60000 /* milliseconds */ };

static const char host[] = "ex01.contoso.com", address[] = "127.0.1.90",
                  secret[] = "a-secret-that-nobody-else-hears";

struct lab {
    struct web_peer peer;
    struct web_peers *peers;
    uint16_t port;
    struct arena memory;
    struct http_library *library;
    struct http_access *access;
};

static void set_up(struct lab *lab, const char *behaviour, bool over_tls)
{
    static const char *const servers[] = {host};
    struct http_credentials credentials = {
        .user = "alice", .password = secret, .servers = servers, .server_count = 1};
    const char *text;

    memset(lab, 0, sizeof *lab);
    text = arena_print(&lab->memory, "powershell=%s", behaviour);
    assert_int_equal(web_script_read(text, &lab->memory, &lab->peer), STATUS_OK);
    lab->peer.address = address;
    lab->peer.name = host;
    lab->peer.over_tls = over_tls;
    assert_int_equal(web_peers_start(&lab->peer, 1, &lab->port, &lab->peers), STATUS_OK);
    lab->library = http_library_new();
    credentials.ca_text = web_peers_authority(lab->peers);
    lab->access = http_access_new(&credentials);
}

static void tear_down(struct lab *lab)
{
    http_access_leave(lab->access);
    http_library_leave(lab->library);
    assert_int_equal(web_peers_stop(lab->peers), STATUS_OK);
    arena_release(&lab->memory);
}

/* To be freed. */
static struct web_exchange *ask(struct lab *lab, enum web_request request, bool as_somebody,
                                unsigned timeout)
{
    const struct gather_options options = {.timeout = timeout};
    struct web_exchange question = {.over_tls = lab->peer.over_tls,
                                    .host = host,
                                    .path = "/PowerShell/",
                                    .request = request,
                                    .as_somebody = as_somebody};
    struct evidence *item;

    assert_int_equal(net_address_parse(address, lab->port, &question.address), STATUS_OK);
    item = evidence_new(&evidence_web, &question.evidence);
    gather_web(item, &options, lab->library, lab->access);
    assert_true(item->settled);
    return (struct web_exchange *)item;
}

static void expect_heard(struct lab *lab, const char *wanted, bool is_there)
{
    static char heard[WEB_PEER_HEARD_SIZE];

    web_peers_heard(lab->peers, 0, heard);
    if ((strstr(heard, wanted) != NULL) != is_there)
        fail_msg("%s is %sin what was said:\n%s", wanted, is_there ? "not " : "", heard);
}

/* ---- what is seen of each ---- */

static const struct outcome {
    const char *behaviour;
    unsigned code;
    const char *kind; /* of the reply; NULL: there is none */
    uint32_t number;  /* of its fault; 0: there is none */
    const char *code_in_body;
    enum web_shell shell;
    enum status body_status;
} outcomes[] = {
    {"fine", 500, "fault", WSMAN_PSRP_VERSION, "2152991685", WEB_SHELL_NONE, STATUS_OK},
    {"empty", 500, NULL, 0, NULL, WEB_SHELL_NONE, STATUS_OK},
    {"500", 500, NULL, 0, NULL, WEB_SHELL_NONE, STATUS_OK},
    {"short", 500, NULL, 0, NULL, WEB_SHELL_NONE, STATUS_OK},
    {"fault", 500, "fault", WSMAN_DESTINATION_UNREACHABLE, "2150858770", WEB_SHELL_NONE, STATUS_OK},
    {"config", 500, NULL, 0, "500.19", WEB_SHELL_NONE, STATUS_OK},
    {"module", 500, NULL, 0, "500.21", WEB_SHELL_NONE, STATUS_OK},
    {"dead", 503, NULL, 0, NULL, WEB_SHELL_NONE, STATUS_OK},
    {"stopped", 503, NULL, 0, NULL, WEB_SHELL_NONE, STATUS_OK},
    {"ssl", 403, NULL, 0, "403.4", WEB_SHELL_NONE, STATUS_OK},
    {"missing", 404, NULL, 0, NULL, WEB_SHELL_NONE, STATUS_OK},
    {"no-post", 405, NULL, 0, NULL, WEB_SHELL_NONE, STATUS_OK},
    {"elsewhere", 302, NULL, 0, NULL, WEB_SHELL_NONE, STATUS_OK},
    {"denied", 500, "fault", WSMAN_ACCESS_DENIED, NULL, WEB_SHELL_NONE, STATUS_OK},
    {"makes", 200, "shell", 0, NULL, WEB_SHELL_DELETED, STATUS_OK},
    {"keeps", 200, "shell", 0, NULL, WEB_SHELL_LEFT, STATUS_OK},
    {"no-type", 200, NULL, 0, NULL, WEB_SHELL_NONE, STATUS_OK},
    {"wrong-type", 500, "fault", WSMAN_DESTINATION_UNREACHABLE, "2150858770", WEB_SHELL_NONE,
     STATUS_OK},
    {"garbage", 500, NULL, 0, NULL, WEB_SHELL_NONE, STATUS_OK},
    {"entities", 500, NULL, 0, NULL, WEB_SHELL_NONE, STATUS_OK},
    {"depths", 500, NULL, 0, NULL, WEB_SHELL_NONE, STATUS_OK},
    {"endless", 500, NULL, 0, NULL, WEB_SHELL_NONE, STATUS_LIMIT},
};

static void expect(const struct outcome *outcome, const struct web_exchange *got)
{
    const char *kind = got->wsman ? wsman_reply_word(got->wsman->kind) : "";

    if (got->evidence.status != STATUS_OK || got->code != outcome->code ||
        strcmp(kind, outcome->kind ? outcome->kind : "") != 0 || got->shell != outcome->shell)
        fail_msg("%s: %s (%s), %u, %s, %s", outcome->behaviour, status_token(got->evidence.status),
                 got->evidence.reason ? got->evidence.reason : "", got->code, kind,
                 web_shell_word(got->shell));
    assert_int_equal(got->wsman ? got->wsman->number : 0, outcome->number);
    if (outcome->code_in_body)
        assert_string_equal(got->codes[0], outcome->code_in_body);
    if (outcome->body_status == STATUS_OK && strcmp(outcome->behaviour, "depths") != 0)
        assert_int_equal(got->body_status, STATUS_OK);
    assert_true(got->body_kept <= WEB_BODY_MOST);
}

/* Every behaviour of the lab has its outcome. */
static void test_outcomes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        struct web_exchange *got;
        struct lab lab;

        set_up(&lab, outcomes[i].behaviour, true);
        got = ask(&lab, WEB_SHELL, true, PATIENT);
        expect(&outcomes[i], got);
        evidence_free(&got->evidence);
        tear_down(&lab);
    }
}

/* ---- what is asked ---- */

static void test_shell(void **state)
{
    struct web_exchange *got;
    struct lab lab;

    (void)state;
    set_up(&lab, "fine", true);
    got = ask(&lab, WEB_SHELL, true, PATIENT);
    assert_string_equal(got->wsman->provider, "microsoft.powershell");
    assert_string_equal(got->wsman->machine, "EX01");
    assert_int_equal(web_peers_requests(lab.peers, 0), 1);
    expect_heard(&lab, "POST /PowerShell/ HTTP/1.1\nHost: ex01.contoso.com:", true);
    expect_heard(&lab, "Content-Type: application/soap+xml;charset=UTF-8\n", true);
    expect_heard(&lab, "/PowerShell/</a:To>", true);
    expect_heard(&lab, "transfer/Create</a:Action>", true);
    expect_heard(&lab, "Name=\"protocolversion\" MustComply=\"true\">0.0<", true);
    expect_heard(&lab, "WSMANIDENTIFY", false);
    expect_heard(&lab, "SOAPAction", false);
    evidence_free(&got->evidence);
    tear_down(&lab);
}

/* Of the shell that was made, and over the session in which it was. */
static void test_shell_is_deleted(void **state)
{
    struct web_exchange *got;
    struct lab lab;

    (void)state;
    set_up(&lab, "makes", true);
    got = ask(&lab, WEB_SHELL, true, PATIENT);
    assert_int_equal(got->shell, WEB_SHELL_DELETED);
    assert_int_equal(web_peers_requests(lab.peers, 0), 2);
    expect_heard(&lab, "transfer/Delete</a:Action>", true);
    expect_heard(&lab, "<w:Selector Name=\"ShellId\">0A1B2C3D-0000-4000-8000-0123456789AB<", true);
    evidence_free(&got->evidence);
    tear_down(&lab);
}

static void test_logon(void **state)
{
    struct web_exchange *got;
    struct lab lab;

    (void)state;
    set_up(&lab, "fine", true);
    got = ask(&lab, WEB_LOGON, true, PATIENT);
    assert_int_equal(got->code, 200);
    assert_int_equal(got->body_size, 0);
    expect_heard(&lab, "POST /PowerShell/ HTTP/1.1\n", true);
    expect_heard(&lab, "Content-Length: 0\n", true);
    expect_heard(&lab, "Content-Type: application/soap+xml;charset=UTF-8\n", true);
    evidence_free(&got->evidence);
    tear_down(&lab);
}

/* A version is for somebody; nobody says that he is nobody. */
static void test_identify(void **state)
{
    struct web_exchange *got;
    struct lab lab;

    (void)state;
    set_up(&lab, "fine", true);
    got = ask(&lab, WEB_IDENTIFY, true, PATIENT);
    assert_int_equal(got->code, 200);
    assert_int_equal(got->wsman->kind, WSMAN_REPLY_IDENTITY);
    assert_string_equal(got->wsman->version, "OS: 10.0.17763 SP: 0.0 Stack: 3.0");
    expect_heard(&lab, "WSMANIDENTIFY", false);
    evidence_free(&got->evidence);
    got = ask(&lab, WEB_IDENTIFY, false, PATIENT);
    assert_int_equal(got->code, 401);
    assert_null(got->wsman);
    expect_heard(&lab, "WSMANIDENTIFY: unauthenticated\n", true);
    evidence_free(&got->evidence);
    tear_down(&lab);
}

/* WinRM would answer 500 to what is neither sealed nor within TLS: so it is not asked. */
static void test_content_is_not_sent_in_the_clear(void **state)
{
    static const enum web_request requests[] = {WEB_IDENTIFY, WEB_SHELL};
    struct lab lab;

    (void)state;
    set_up(&lab, "fine", false);
    for (size_t i = 0; i < 2; i++) {
        struct web_exchange *got = ask(&lab, requests[i], true, PATIENT);

        assert_int_equal(got->evidence.status, STATUS_NOT_SUPPORTED);
        assert_non_null(got->evidence.reason);
        assert_int_equal(got->code, 0);
        evidence_free(&got->evidence);
    }
    assert_int_equal(web_peers_accepted(lab.peers, 0), 0);
    tear_down(&lab);
}

/* Behind one address, another server each time. */
static void test_nodes(void **state)
{
    struct web_exchange *got;
    struct lab lab;

    (void)state;
    set_up(&lab, "two@EX05", true);
    got = ask(&lab, WEB_SHELL, true, PATIENT);
    assert_string_equal(web_field_of(got, "X-FEServer"), "EX05");
    assert_non_null(got->wsman);
    evidence_free(&got->evidence);
    got = ask(&lab, WEB_SHELL, true, PATIENT);
    assert_string_equal(web_field_of(got, "X-FEServer"), "EX99");
    assert_null(got->wsman);
    evidence_free(&got->evidence);
    tear_down(&lab);
}

/* Refused tickets say why to those alone who showed one. */
static void test_tickets(void **state)
{
    static const struct {
        const char *behaviour;
        int32_t error_code;
    } rows[] = {{"ahead", 37}, {"behind", 33}, {"key", 44}};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct web_exchange *got;
        struct lab lab;

        set_up(&lab, rows[i].behaviour, true);
        got = ask(&lab, WEB_LOGON, false, PATIENT);
        assert_int_equal(got->code, 401);
        assert_int_equal(got->challenges[0].token, WEB_NO_TOKEN);
        evidence_free(&got->evidence);
        got = ask(&lab, WEB_LOGON, true, PATIENT);
        assert_int_equal(got->code, 401);
        assert_int_equal(got->challenges[0].token, WEB_KERBEROS_ERROR);
        assert_int_equal(got->challenges[0].error_code, rows[i].error_code);
        assert_true(got->challenges[0].server_time > 0);
        evidence_free(&got->evidence);
        tear_down(&lab);
    }
}

static void test_names_of_behaviours(void **state)
{
    const char *name, *summary;
    struct arena arena = {0};
    struct web_peer peer;
    size_t count = 0;

    (void)state;
    for (; powershell_web_at(count, &name, &summary); count++)
        assert_true(powershell_web_knows(name));
    assert_true(count > 20);
    assert_int_equal(web_script_read("powershell=unheard-of", &arena, &peer), STATUS_NOT_FOUND);
    assert_int_equal(web_script_read("powershell=fine@EX01", &arena, &peer), STATUS_OK);
    assert_int_equal(web_script_read("powershell", &arena, &peer), STATUS_OK);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_shell),
        cmocka_unit_test(test_shell_is_deleted),
        cmocka_unit_test(test_logon),
        cmocka_unit_test(test_identify),
        cmocka_unit_test(test_content_is_not_sent_in_the_clear),
        cmocka_unit_test(test_nodes),
        cmocka_unit_test(test_tickets),
        cmocka_unit_test(test_names_of_behaviours),
    };

    platform_init();
    tls_library_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
