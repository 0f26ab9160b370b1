/*
 * Searches of a scripted server: how pages, ranges, referrals and limits come together, and what
 * becomes of a search whose server stops, closes, or says what is none. Real servers are in
 * tests/peers/directory.py.
 */
#include "tests/unit/unit.h"

#include "diag/gather/directory.h"
#include "diag/platform.h"
#include "diag/read/ber.h"
#include "tests/lab/listen.h"
#include "tests/unit/certificate.h"
#include "tests/unit/system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PATIENT = 60000, /* milliseconds, as is the next */
    HASTY = 300,
    SLICE = 20000, /* microseconds */
    TALK_MOST = 1 << 20,
    BIND_RESPONSE = 0x61,
    UNBIND_REQUEST = 0x42,
    SEARCH_REQUEST = 0x63,
    SEARCH_ENTRY = 0x64,
    SEARCH_DONE = 0x65,
    SEARCH_REFERENCE = 0x73,
    EXTENDED_REQUEST = 0x77,
    EXTENDED_RESPONSE = 0x78,
    SIZE_LIMIT_EXCEEDED = 4,
    REFERRAL = 10,
    INSUFFICIENT_ACCESS = 50,
    UNAVAILABLE = 52
};

/* ---- the server ---- */

struct ldap_server;

/* Answers request `number` (from 0) of all connections: into `out`. False: closes. */
typedef bool ldap_answer(struct ldap_server *server, unsigned number, int64_t message, int tag,
                         struct buffer *out);

struct ldap_server {
    struct lab_endpoint endpoint;
    ldap_answer *answer;
    struct buffer heard; /* all of it */
    size_t at;           /* what of it is answered */
    unsigned requests, connections;
    struct platform_mutex *mutex;
    struct platform_condition *ended;
    bool stop, has_ended;
    bool repeats; /* the last answer, as long as somebody takes it */
};

static bool is_stopped(struct ldap_server *server)
{
    bool stop;

    platform_mutex_lock(server->mutex);
    stop = server->stop;
    platform_mutex_unlock(server->mutex);
    return stop;
}

/* Until nobody takes it any more. */
static void repeat(struct ldap_server *server, platform_socket client, const struct buffer *out)
{
    enum status status = STATUS_OK;
    size_t at = 0, sent;

    while (!is_stopped(server) && (status == STATUS_OK || status == STATUS_AGAIN)) {
        struct platform_waiter waiter = {.socket = client, .to_write = true};

        lab_wait(&waiter, 1, platform_monotonic_clock() + SLICE);
        status = platform_send(client, out->text + at, out->size - at, &sent);
        at = (at + sent) % out->size;
    }
}

/* False once the connection is to be closed. */
static bool answer_all(struct ldap_server *server, platform_socket client)
{
    for (;;) {
        const unsigned char *bytes = (const unsigned char *)server->heard.text + server->at;
        size_t size = ber_element_size(bytes, server->heard.size - server->at, TALK_MOST), sent;
        struct ber message = {.bytes = bytes, .size = size}, content;
        struct buffer out;
        int64_t number;
        int tag;
        bool goes_on;

        if (size == 0 || size > server->heard.size - server->at)
            return true;
        content = ber_take(&message, BER_SEQUENCE);
        number = ber_take_integer(&content);
        tag = ber_peek(&content);
        server->at += size;
        if (tag == UNBIND_REQUEST)
            return false;
        buffer_init(&out, TALK_MOST);
        goes_on = server->answer(server, server->requests++, number, tag, &out);
        if (server->repeats)
            repeat(server, client, &out);
        else if (out.size > 0)
            platform_send(client, out.text, out.size, &sent);
        buffer_release(&out);
        if (!goes_on)
            return false;
    }
}

static void serve_client(struct ldap_server *server, platform_socket client)
{
    bool goes_on = true;

    server->connections++;
    while (goes_on && !is_stopped(server)) {
        struct platform_waiter waiter = {.socket = client, .to_read = true};
        char piece[4096];
        size_t size;
        enum status status;

        lab_wait(&waiter, 1, platform_monotonic_clock() + SLICE);
        status = platform_receive(client, piece, sizeof piece, &size);
        if (status == STATUS_AGAIN)
            continue;
        buffer_add(&server->heard, piece, size);
        goes_on = status == STATUS_OK && answer_all(server, client);
    }
    server->at = server->heard.size;
    platform_socket_close(client);
}

static void serve(void *context)
{
    struct ldap_server *server = context;

    while (!is_stopped(server)) {
        struct platform_waiter waiter = {.socket = server->endpoint.tcp, .to_read = true};
        struct net_address peer;
        platform_socket client;

        lab_wait(&waiter, 1, platform_monotonic_clock() + SLICE);
        if (lab_accept(server->endpoint.tcp, &client, &peer) == STATUS_OK)
            serve_client(server, client);
    }
    platform_mutex_lock(server->mutex);
    server->has_ended = true;
    platform_condition_broadcast(server->ended);
    platform_mutex_unlock(server->mutex);
}

static void start(struct ldap_server *server, ldap_answer *answer)
{
    memset(server, 0, sizeof *server);
    server->answer = answer;
    server->mutex = platform_mutex_new();
    server->ended = platform_condition_new();
    buffer_init(&server->heard, TALK_MOST);
    assert_int_equal(lab_endpoint_init(&server->endpoint, "127.0.0.1", LAB_TCP), STATUS_OK);
    assert_int_equal(lab_listen(&server->endpoint, 1, 0), STATUS_OK);
    assert_int_equal(platform_thread_start(serve, server), STATUS_OK);
}

/* What it heard is there afterwards. */
static void stop(struct ldap_server *server)
{
    platform_mutex_lock(server->mutex);
    server->stop = true;
    while (!server->has_ended)
        platform_condition_wait(server->ended, server->mutex);
    platform_mutex_unlock(server->mutex);
    lab_endpoint_close(&server->endpoint);
    platform_condition_free(server->ended);
    platform_mutex_free(server->mutex);
}

/* ---- what it says ---- */

static void end_message(struct buffer *out, size_t start_of_message, int64_t message)
{
    struct buffer body;

    buffer_init(&body, TALK_MOST);
    ber_put_integer(&body, BER_INTEGER, message);
    buffer_add(&body, out->text + start_of_message, out->size - start_of_message);
    out->size = start_of_message;
    ber_put(out, BER_SEQUENCE, body.text, body.size);
    buffer_release(&body);
}

static void put_result(struct buffer *out, int64_t code, const char *text)
{
    ber_put_integer(out, BER_ENUMERATED, code);
    ber_put_text(out, BER_OCTET_STRING, "");
    ber_put_text(out, BER_OCTET_STRING, text);
}

/* LDAPResult, with a cookie for the next page where `cookie` is not NULL. */
static void say_result(struct buffer *out, int64_t message, int tag, int64_t code, const char *text,
                       const char *cookie)
{
    size_t start_of_message = out->size, control;
    struct buffer value;

    put_result(out, code, text);
    ber_wrap(out, start_of_message, tag);
    if (cookie) {
        buffer_init(&value, TALK_MOST);
        ber_put_integer(&value, BER_INTEGER, 0);
        ber_put_text(&value, BER_OCTET_STRING, cookie);
        ber_wrap(&value, 0, BER_SEQUENCE);
        control = out->size;
        ber_put_text(out, BER_OCTET_STRING, "1.2.840.113556.1.4.319");
        ber_put(out, BER_OCTET_STRING, value.text, value.size);
        ber_wrap(out, control, BER_SEQUENCE);
        ber_wrap(out, control, BER_CONTEXT);
        buffer_release(&value);
    }
    end_message(out, start_of_message, message);
}

static void say_done(struct buffer *out, int64_t message, int64_t code, const char *text)
{
    say_result(out, message, SEARCH_DONE, code, text, NULL);
}

/* One entry with one attribute of some values, ended by NULL. */
static void say_entry(struct buffer *out, int64_t message, const char *dn, const char *attribute,
                      const char *const *values)
{
    size_t start_of_message = out->size, attributes, one, set;

    ber_put_text(out, BER_OCTET_STRING, dn);
    attributes = one = out->size;
    ber_put_text(out, BER_OCTET_STRING, attribute);
    set = out->size;
    for (; *values; values++)
        ber_put_text(out, BER_OCTET_STRING, *values);
    ber_wrap(out, set, BER_SET);
    ber_wrap(out, one, BER_SEQUENCE);
    ber_wrap(out, attributes, BER_SEQUENCE);
    ber_wrap(out, start_of_message, SEARCH_ENTRY);
    end_message(out, start_of_message, message);
}

/* The same of bytes: the server of Exchange with its internal transport certificate. */
static void say_certificate(struct buffer *out, int64_t message, const char *bytes, size_t size)
{
    size_t start_of_message = out->size, attributes, set;

    ber_put_text(out, BER_OCTET_STRING, "CN=EX01");
    attributes = out->size;
    ber_put_text(out, BER_OCTET_STRING, "msExchServerInternalTLSCert");
    set = out->size;
    ber_put(out, BER_OCTET_STRING, bytes, size);
    ber_wrap(out, set, BER_SET);
    ber_wrap(out, attributes, BER_SEQUENCE);
    ber_wrap(out, attributes, BER_SEQUENCE);
    ber_wrap(out, start_of_message, SEARCH_ENTRY);
    end_message(out, start_of_message, message);
}

static void say_person(struct buffer *out, int64_t message, const char *name)
{
    const char *const values[] = {name, NULL};
    char dn[64];

    snprintf(dn, sizeof dn, "CN=%s", name);
    say_entry(out, message, dn, "cn", values);
}

static void say_reference(struct buffer *out, int64_t message, const char *url)
{
    size_t start_of_message = out->size;

    ber_put_text(out, BER_OCTET_STRING, url);
    ber_wrap(out, start_of_message, SEARCH_REFERENCE);
    end_message(out, start_of_message, message);
}

/* ---- asking it ---- */

static const char *const user = "CN=alice", *const password = "a secret that nobody hears";

struct asking {
    struct ldap_server server;
    struct directory_access *access;
    struct gather_options options;
    struct directory_answer question;
};

static void set_up(struct asking *asking, ldap_answer *answer, unsigned timeout, bool by_password)
{
    const char *const controllers[] = {"dc1.contoso.com"};
    const struct directory_credentials credentials = {.user = by_password ? user : NULL,
                                                      .password = by_password ? password : NULL,
                                                      .controllers = controllers,
                                                      .controller_count = 1};

    memset(asking, 0, sizeof *asking);
    start(&asking->server, answer);
    asking->access = directory_access_new(&credentials);
    asking->options.timeout = timeout;
    asking->question = (struct directory_answer){.address = asking->server.endpoint.address,
                                                 .host = by_password ? "dc1.contoso.com" : NULL,
                                                 .base = "DC=contoso,DC=com",
                                                 .scope = DIRECTORY_SUBTREE,
                                                 .filter = "(cn=*)",
                                                 .attributes = "cn member"};
}

static struct directory_answer *ask(struct asking *asking)
{
    struct evidence *item = evidence_new(&evidence_directory, &asking->question.evidence);

    gather_directory(item, &asking->options, asking->access);
    assert_true(item->settled);
    return (struct directory_answer *)item;
}

static void tear_down(struct asking *asking)
{
    directory_access_leave(asking->access);
    stop(&asking->server);
    buffer_release(&asking->server.heard);
}

static bool is_left_out(const struct directory_answer *answer)
{
    return answer->evidence.status == STATUS_NOT_SUPPORTED;
}

/* The status, the number of entries, and whether there were more. */
static void expect(ldap_answer *answer, unsigned timeout, enum status status, size_t entries,
                   bool more)
{
    struct asking asking;
    struct directory_answer *got;

    set_up(&asking, answer, timeout, false);
    got = ask(&asking);
    if (!is_left_out(got)) {
        assert_int_equal(got->evidence.status, status);
        assert_int_equal(got->entry_count, entries);
        assert_int_equal(got->more, more);
    }
    evidence_free(&got->evidence);
    tear_down(&asking);
}

/* ---- pages ---- */

static bool say_two_pages(struct ldap_server *server, unsigned number, int64_t message, int tag,
                          struct buffer *out)
{
    (void)server;
    (void)tag;
    say_person(out, message, number == 0 ? "a" : "c");
    say_person(out, message, number == 0 ? "b" : "d");
    if (number == 0)
        say_reference(out, message, "ldap://child.contoso.com/");
    say_result(out, message, SEARCH_DONE, 0, "", number == 0 ? "more" : "");
    return true;
}

static void test_pages(void **state)
{
    struct asking asking;
    struct directory_answer *answer;

    (void)state;
    set_up(&asking, say_two_pages, PATIENT, false);
    answer = ask(&asking);
    if (!is_left_out(answer)) {
        assert_int_equal(answer->evidence.status, STATUS_OK);
        assert_int_equal(answer->entry_count, 4);
        assert_string_equal(answer->entries[3].dn, "CN=d");
        assert_string_equal(directory_text_of(&answer->entries[2], "CN"), "c");
        assert_false(answer->more);
        assert_int_equal(answer->identity, DIRECTORY_AS_ANONYMOUS);
        if (system_reads_references()) {
            assert_int_equal(answer->referral_count, 1);
            assert_string_equal(answer->referrals[0], "ldap://child.contoso.com/");
        }
    }
    evidence_free(&answer->evidence);
    tear_down(&asking);
}

/* ---- referrals ---- */

static char bystander_url[NET_ADDRESS_TEXT_SIZE + 64];

/* RFC 4511 4.1.10: the server has nothing itself, and names another. */
static bool refer(struct ldap_server *server, unsigned number, int64_t message, int tag,
                  struct buffer *out)
{
    size_t start_of_message = out->size, referral;

    (void)server;
    (void)number;
    (void)tag;
    put_result(out, REFERRAL, "");
    referral = out->size;
    ber_put_text(out, BER_OCTET_STRING, bystander_url);
    ber_wrap(out, referral, BER_CONTEXT | 3);
    ber_wrap(out, start_of_message, SEARCH_DONE);
    end_message(out, start_of_message, message);
    return true;
}

static bool mention(struct ldap_server *server, unsigned number, int64_t message, int tag,
                    struct buffer *out)
{
    (void)server;
    (void)number;
    (void)tag;
    say_person(out, message, "a");
    say_reference(out, message, bystander_url);
    say_done(out, message, 0, "");
    return true;
}

/* They are noted, and nobody goes there: whoever answers would choose who hears a logon. */
static void test_referrals(void **state)
{
    static ldap_answer *const answers[] = {mention, refer};
    static const enum status statuses[] = {STATUS_OK, STATUS_REJECTED};
    char address[NET_ADDRESS_TEXT_SIZE];
    struct ldap_server bystander;

    (void)state;
    start(&bystander, refer);
    net_address_format(&bystander.endpoint.address, 0, address);
    snprintf(bystander_url, sizeof bystander_url, "ldap://%s/DC=contoso,DC=com", address);
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct asking asking;
        struct directory_answer *got;

        set_up(&asking, answers[i], PATIENT, false);
        got = ask(&asking);
        if (!is_left_out(got)) {
            assert_int_equal(got->evidence.status, statuses[i]);
            assert_int_equal(got->result, i == 0 ? 0 : REFERRAL);
            if (i > 0 || system_reads_references()) {
                assert_int_equal(got->referral_count, 1);
                assert_string_equal(got->referrals[0], bystander_url);
            }
        }
        evidence_free(&got->evidence);
        tear_down(&asking);
    }
    stop(&bystander);
    assert_int_equal(bystander.connections, 0);
    buffer_release(&bystander.heard);
}

static bool close_after_a_page(struct ldap_server *server, unsigned number, int64_t message,
                               int tag, struct buffer *out)
{
    return number == 0 && say_two_pages(server, number, message, tag, out);
}

static bool be_silent_after_a_page(struct ldap_server *server, unsigned number, int64_t message,
                                   int tag, struct buffer *out)
{
    if (number == 0)
        say_two_pages(server, number, message, tag, out);
    return true;
}

/* What came before a server stops is kept, and is not all. */
static void test_stops_between_pages(void **state)
{
    (void)state;
    expect(close_after_a_page, PATIENT, STATUS_CLOSED, 2, true);
    expect(be_silent_after_a_page, HASTY, STATUS_TIMED_OUT, 2, true);
}

static bool repeat_pages(struct ldap_server *server, unsigned number, int64_t message, int tag,
                         struct buffer *out)
{
    (void)server;
    (void)number;
    (void)tag;
    say_result(out, message, SEARCH_DONE, 0, "", "for ever");
    return true;
}

/* A server whose pages have no end is left after a thousand of them. */
static void test_pages_without_end(void **state)
{
    (void)state;
    expect(repeat_pages, PATIENT, STATUS_OK, 0, true);
}

static bool flood(struct ldap_server *server, unsigned number, int64_t message, int tag,
                  struct buffer *out)
{
    (void)server;
    (void)number;
    (void)tag;
    for (int i = 0; i < 12000; i++)
        say_person(out, message, "a");
    say_done(out, message, 0, "");
    return true;
}

/* More entries than are kept, on one page: the search is given up. */
static void test_flood(void **state)
{
    (void)state;
    expect(flood, PATIENT, STATUS_OK, DIRECTORY_ENTRIES_MOST, true);
}

static bool refer_for_ever(struct ldap_server *server, unsigned number, int64_t message, int tag,
                           struct buffer *out)
{
    (void)number;
    (void)tag;
    for (int i = 0; i < 1000; i++)
        say_reference(out, message, "ldap://child.contoso.com/");
    server->repeats = true;
    return true;
}

/* Whatever goes on coming, a search is over when its time is. */
static void test_references_without_end(void **state)
{
    struct asking asking;
    struct directory_answer *answer;

    (void)state;
    set_up(&asking, refer_for_ever, HASTY, false);
    answer = ask(&asking);
    if (!is_left_out(answer))
        assert_int_equal(answer->evidence.status, STATUS_TIMED_OUT);
    evidence_free(&answer->evidence);
    tear_down(&asking);
}

/* ---- results ---- */

static bool refuse(struct ldap_server *server, unsigned number, int64_t message, int tag,
                   struct buffer *out)
{
    (void)server;
    (void)number;
    (void)tag;
    say_done(out, message, INSUFFICIENT_ACCESS, "no, \x80 not you");
    return true;
}

static bool reach_limit(struct ldap_server *server, unsigned number, int64_t message, int tag,
                        struct buffer *out)
{
    (void)server;
    (void)number;
    (void)tag;
    say_person(out, message, "a");
    say_done(out, message, SIZE_LIMIT_EXCEEDED, "");
    return true;
}

static void test_results(void **state)
{
    struct asking asking;
    struct directory_answer *answer;

    (void)state;
    expect(reach_limit, PATIENT, STATUS_OK, 1, true);
    set_up(&asking, refuse, PATIENT, false);
    answer = ask(&asking);
    if (!is_left_out(answer)) {
        assert_int_equal(answer->evidence.status, STATUS_REJECTED);
        assert_int_equal(answer->result, INSUFFICIENT_ACCESS);
        assert_non_null(strstr(answer->diagnostic, " not you")); /* wldap32 gives no bytes */
    }
    evidence_free(&answer->evidence);
    tear_down(&asking);
}

/* ---- ranges ---- */

static bool has_heard(const struct ldap_server *server, const char *text)
{
    size_t size = strlen(text);

    for (size_t i = 0; i + size <= server->heard.size; i++) {
        if (memcmp(server->heard.text + i, text, size) == 0)
            return true;
    }
    return false;
}

static bool say_in_ranges(struct ldap_server *server, unsigned number, int64_t message, int tag,
                          struct buffer *out)
{
    static const char *const ranges[] = {"member;range=0-1", "member;range=2-3",
                                         "member;range=4-*"};
    static const char *const values[][3] = {{"a", "b", NULL}, {"c", "d", NULL}, {"e", NULL}};
    const char *asked = number == 0 ? "member" : number == 1 ? ";range=2-*" : ";range=4-*";

    (void)tag;
    if (number > 2 || !has_heard(server, asked))
        say_done(out, message, UNAVAILABLE, "that was not to be asked");
    say_entry(out, message, "CN=group", ranges[number % 3], values[number % 3]);
    say_done(out, message, 0, "");
    return true;
}

static void test_ranges(void **state)
{
    struct asking asking;
    struct directory_answer *answer;
    const struct directory_attribute *member;

    (void)state;
    set_up(&asking, say_in_ranges, PATIENT, false);
    answer = ask(&asking);
    if (!is_left_out(answer)) {
        assert_int_equal(answer->evidence.status, STATUS_OK);
        assert_int_equal(answer->entry_count, 1);
        member = directory_attribute_of(answer->entries, "member");
        assert_non_null(member);
        assert_int_equal(member->value_count, 5);
        for (size_t i = 0; i < 5; i++)
            assert_int_equal(member->values[i].bytes[0], 'a' + (int)i);
        assert_false(answer->more);
    }
    evidence_free(&answer->evidence);
    tear_down(&asking);
}

/* ---- what is no answer ---- */

static bool say_garbage(struct ldap_server *server, unsigned number, int64_t message, int tag,
                        struct buffer *out)
{
    (void)server;
    (void)number;
    (void)message;
    (void)tag;
    buffer_add_string(out, "HTTP/1.1 400 Bad Request\r\n\r\n");
    return true;
}

static bool say_too_much(struct ldap_server *server, unsigned number, int64_t message, int tag,
                         struct buffer *out)
{
    (void)server;
    (void)number;
    (void)message;
    (void)tag;
    buffer_add(out, "\x30\x84\x7f\xff\xff\xff\x02\x01", 8);
    return true;
}

static bool say_to_another(struct ldap_server *server, unsigned number, int64_t message, int tag,
                           struct buffer *out)
{
    (void)server;
    (void)number;
    (void)tag;
    say_person(out, message + 7, "a");
    say_done(out, message + 7, 0, "");
    return true;
}

static bool cut_off(struct ldap_server *server, unsigned number, int64_t message, int tag,
                    struct buffer *out)
{
    (void)server;
    (void)number;
    (void)tag;
    say_person(out, message, "a");
    say_person(out, message, "b");
    out->size -= 5;
    return false;
}

static void expect_none(ldap_answer *answer)
{
    struct asking asking;
    struct directory_answer *got;

    set_up(&asking, answer, HASTY, false);
    got = ask(&asking);
    assert_int_not_equal(got->evidence.status, STATUS_OK);
    assert_int_equal(got->entry_count, 0);
    evidence_free(&got->evidence);
    tear_down(&asking);
}

static void test_no_answer(void **state)
{
    (void)state;
    expect_none(say_garbage);
    expect_none(say_to_another);
    expect(cut_off, PATIENT, STATUS_CLOSED, 1, false);
}

/* A message of two gigabytes, of which no more comes. */
static void test_cut_message(void **state)
{
    (void)state;
    if (!system_leaves_cut_messages()) {
        print_message("skipped: Wine's wldap32 waits for the rest of a message for ever\n");
        skip();
    }
    expect_none(say_too_much);
}

static void test_no_filter(void **state)
{
    static const char *const filters[] = {"(cn=a", "cn=a)(", "(&(cn=a)", "(cn=\\zz)"};
    struct asking asking;

    (void)state;
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        struct directory_answer *answer;

        set_up(&asking, refuse, PATIENT, false);
        asking.question.filter = filters[i];
        answer = ask(&asking);
        if (!is_left_out(answer))
            assert_int_equal(answer->evidence.status, STATUS_INVALID);
        evidence_free(&answer->evidence);
        tear_down(&asking);
        assert_int_equal(asking.server.requests, 0);
    }
}

/* ---- sessions ---- */

static bool close_after_one(struct ldap_server *server, unsigned number, int64_t message, int tag,
                            struct buffer *out)
{
    (void)server;
    (void)number;
    (void)tag;
    say_person(out, message, "a");
    say_done(out, message, 0, "");
    return false;
}

static bool go_on(struct ldap_server *server, unsigned number, int64_t message, int tag,
                  struct buffer *out)
{
    close_after_one(server, number, message, tag, out);
    return true;
}

static unsigned connections_of_three_searches(ldap_answer *answer)
{
    struct asking asking;
    unsigned connections;

    set_up(&asking, answer, PATIENT, false);
    for (int i = 0; i < 3; i++) {
        struct directory_answer *got = ask(&asking);

        if (!is_left_out(got)) {
            assert_int_equal(got->evidence.status, STATUS_OK);
            assert_int_equal(got->entry_count, 1);
        }
        evidence_free(&got->evidence);
    }
    directory_access_leave(asking.access);
    stop(&asking.server);
    connections = asking.server.connections;
    buffer_release(&asking.server.heard);
    return connections;
}

/* A session serves several searches; one that its server has closed is opened anew. */
static void test_sessions(void **state)
{
    (void)state;
    assert_true(connections_of_three_searches(go_on) <= 1);
    assert_true(connections_of_three_searches(close_after_one) <= 3);
}

/* ---- passwords ---- */

static bool refuse_tls(struct ldap_server *server, unsigned number, int64_t message, int tag,
                       struct buffer *out)
{
    (void)server;
    (void)number;
    say_result(out, message, tag == EXTENDED_REQUEST ? EXTENDED_RESPONSE : BIND_RESPONSE,
               tag == EXTENDED_REQUEST ? UNAVAILABLE : 0, "no certificate here", NULL);
    return true;
}

static bool pretend_tls(struct ldap_server *server, unsigned number, int64_t message, int tag,
                        struct buffer *out)
{
    (void)server;
    if (number == 0 && tag == EXTENDED_REQUEST)
        say_result(out, message, EXTENDED_RESPONSE, 0, "", NULL);
    return true;
}

/* It goes over TLS or not at all, and nobody is asked anonymously in its place. */
static void expect_no_password(ldap_answer *answer, enum status status)
{
    struct asking asking;
    struct directory_answer *got;

    set_up(&asking, answer, HASTY, true);
    got = ask(&asking);
    directory_access_leave(asking.access);
    stop(&asking.server);
    if (!is_left_out(got)) {
        assert_int_equal(got->identity, DIRECTORY_AS_NAMED);
        if (system_asks_directories_by_address())
            assert_int_equal(got->evidence.status, status);
        assert_int_not_equal(got->evidence.status, STATUS_OK);
        assert_int_equal(got->entry_count, 0);
    }
    assert_false(has_heard(&asking.server, "a secret"));
    buffer_release(&asking.server.heard);
    evidence_free(&got->evidence);
}

static void test_no_password_without_tls(void **state)
{
    (void)state;
    expect_no_password(refuse_tls, STATUS_REJECTED);
    expect_no_password(pretend_tls, STATUS_TIMED_OUT);
    expect_no_password(say_garbage, STATUS_TIMED_OUT);
}

/* Whoever asks for it: what would send a password in the open, or to nobody certain, is refused. */
static void test_platform_refuses(void **state)
{
    static const struct {
        struct directory_target target;
        enum status status;
    } refused[] = {
        {{.host = "dc1", .identity = DIRECTORY_AS_NAMED, .user = "u", .password = "p"},
         STATUS_DENIED},
        {{.tls_at_once = true, .identity = DIRECTORY_AS_NAMED, .user = "u", .password = "p"},
         STATUS_INVALID},
        {{.host = "dc1",
          .start_tls = true,
          .identity = DIRECTORY_AS_NAMED,
          .user = "u",
          .password = ""},
         STATUS_INVALID},
        {{.host = "dc1",
          .start_tls = true,
          .identity = DIRECTORY_AS_NAMED,
          .user = "",
          .password = "p"},
         STATUS_INVALID},
        {{.identity = DIRECTORY_AS_CALLER}, STATUS_INVALID},
        {{.start_tls = true}, STATUS_INVALID},
    };
    int64_t deadline = platform_monotonic_clock() + HASTY * 1000;

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct directory_target target = refused[i].target;
        struct directory_session *session;
        struct buffer why;
        enum status status;
        int result;

        buffer_init(&why, 1024);
        assert_int_equal(net_address_parse("127.0.0.1:1", 0, &target.address), STATUS_OK);
        status = platform_directory_open(&target, deadline, &result, &why, &session);
        if (status != STATUS_NOT_SUPPORTED)
            assert_int_equal(status, refused[i].status);
        assert_null(session);
        assert_int_not_equal(why.size, 0);
        buffer_release(&why);
    }
}

/* The rootDSE is read anonymously whoever is named. */
static void test_rootdse(void **state)
{
    struct asking asking;
    struct directory_answer *answer;

    (void)state;
    set_up(&asking, go_on, PATIENT, true);
    asking.question.base = "";
    asking.question.scope = DIRECTORY_BASE;
    answer = ask(&asking);
    assert_int_equal(answer->identity, DIRECTORY_AS_ANONYMOUS);
    if (!is_left_out(answer))
        assert_int_equal(answer->evidence.status, STATUS_OK);
    evidence_free(&answer->evidence);
    tear_down(&asking);
}

/* The session that read it does not serve who is to log on. */
static void test_session_of_another(void **state)
{
    struct asking asking;

    (void)state;
    set_up(&asking, go_on, HASTY, true);
    asking.question.base = "";
    asking.question.scope = DIRECTORY_BASE;
    evidence_free(&ask(&asking)->evidence);
    for (int i = 0; i < 2; i++) {
        struct directory_answer *answer;

        asking.question.scope = DIRECTORY_SUBTREE;
        answer = ask(&asking);
        assert_int_equal(answer->identity, DIRECTORY_AS_NAMED);
        assert_int_not_equal(answer->evidence.status, STATUS_OK);
        assert_int_equal(answer->entry_count, 0);
        evidence_free(&answer->evidence);
    }
    tear_down(&asking);
}

/* ---- certificates ---- */

static bool certificates(struct ldap_server *server, unsigned number, int64_t message, int tag,
                         struct buffer *out)
{
    static const char hex[] = CERTIFICATE_HEX;
    char bytes[CERTIFICATE_SIZE + 1] = {0};

    (void)server;
    (void)number;
    if (tag != SEARCH_REQUEST) {
        say_result(out, message, BIND_RESPONSE, 0, "", NULL);
        return true;
    }
    for (size_t i = 0; i < CERTIFICATE_SIZE; i++)
        bytes[i] = (char)strtoul(hex + 3 * i, NULL, 16);
    for (size_t size = CERTIFICATE_SIZE - 1; size <= sizeof bytes; size++)
        say_certificate(out, message, bytes, size);
    say_done(out, message, 0, "");
    return true;
}

/* Of a certificate its thumbprint is kept, of what is cut or has something behind it nothing. */
static void test_certificates(void **state)
{
    struct asking asking;
    struct directory_answer *got;

    (void)state;
    set_up(&asking, certificates, PATIENT, false);
    got = ask(&asking);
    if (!is_left_out(got)) {
        assert_int_equal(got->entry_count, 3);
        for (size_t i = 0; i < got->entry_count; i++)
            assert_string_equal(directory_text_of(&got->entries[i], "msExchServerInternalTLSCert"),
                                i == 1 ? CERTIFICATE_THUMBPRINT : "");
    }
    evidence_free(&got->evidence);
    tear_down(&asking);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_referrals),
        cmocka_unit_test(test_certificates),
        cmocka_unit_test(test_stops_between_pages),
        cmocka_unit_test(test_pages_without_end),
        cmocka_unit_test(test_flood),
        cmocka_unit_test(test_references_without_end),
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_no_answer),
        cmocka_unit_test(test_cut_message),
        cmocka_unit_test(test_no_filter),
        cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_no_password_without_tls),
        cmocka_unit_test(test_platform_refuses),
        cmocka_unit_test(test_rootdse),
        cmocka_unit_test(test_session_of_another),
    };

    if (platform_init() != STATUS_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
