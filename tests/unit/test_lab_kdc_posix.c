/*
 * The lab's KDC, asked by the gatherer for tickets for services as exdiag asks real ones: with a
 * ticket-granting ticket that nobody made, which a KDC that only refuses does not open. Windows has
 * its tickets in no file, and asks a KDC of its own choice.
 */
#include "tests/unit/unit.h"

#include "diag/gather/directory_access.h"
#include "diag/gather/ticket.h"
#include "diag/platform.h"
#include "diag/read/ber.h"
#include "tests/lab/time_peer.h"
#include "tests/unit/system.h"

#include <stdio.h>
#include <string.h>

enum {
    AES256 = 18,
    KEY_SIZE = 32,
    SMALL = 160,
    LARGE = 2000 /* for a datagram */,
    CACHE_MOST = 8192,
    HASTY = 300
};

static const int64_t right = INT64_C(1795338300) * 1000000; /* of the peers, when it is started */

/* ---- a ticket-granting ticket ---- */

static void put_number(struct buffer *out, uint64_t number, size_t size)
{
    while (size-- > 0)
        buffer_add_char(out, (char)(number >> (8 * size)));
}

static void put_counted(struct buffer *out, const char *text, size_t size)
{
    put_number(out, size, 4);
    buffer_add(out, text, size);
}

static void put_principal(struct buffer *out, const char *first, const char *second)
{
    put_number(out, second ? 2 : 1, 4); /* what kind of name */
    put_number(out, second ? 2 : 1, 4); /* how many parts */
    put_counted(out, "CONTOSO.COM", strlen("CONTOSO.COM"));
    put_counted(out, first, strlen(first));
    if (second)
        put_counted(out, second, strlen(second));
}

/* Ticket (RFC 4120 5.3), encrypted with nothing. */
static void make_ticket(struct buffer *out, size_t size)
{
    const char noise[LARGE] = {0};
    size_t name, part;

    ber_put_integer(out, BER_INTEGER, 5);
    ber_wrap(out, 0, BER_CONTEXT);
    part = out->size;
    ber_put_text(out, BER_GENERAL_STRING, "CONTOSO.COM");
    ber_wrap(out, part, BER_CONTEXT + 1);
    name = out->size;
    ber_put_integer(out, BER_INTEGER, 2);
    ber_wrap(out, name, BER_CONTEXT);
    part = out->size;
    ber_put_text(out, BER_GENERAL_STRING, "krbtgt");
    ber_put_text(out, BER_GENERAL_STRING, "CONTOSO.COM");
    ber_wrap(out, part, BER_SEQUENCE);
    ber_wrap(out, part, BER_CONTEXT + 1);
    ber_wrap(out, name, BER_SEQUENCE);
    ber_wrap(out, name, BER_CONTEXT + 2);
    name = out->size;
    ber_put_integer(out, BER_INTEGER, AES256);
    ber_wrap(out, name, BER_CONTEXT);
    part = out->size;
    ber_put(out, BER_OCTET_STRING, noise, size);
    ber_wrap(out, part, BER_CONTEXT + 2);
    ber_wrap(out, name, BER_SEQUENCE);
    ber_wrap(out, name, BER_CONTEXT + 3);
    ber_wrap(out, 0, BER_SEQUENCE);
    ber_wrap(out, 0, BER_APPLICATION + 1);
}

/* A file of credentials, version 4: one ticket, good for a day from now. */
static void make_cache(struct buffer *out, size_t size)
{
    const uint64_t now = (uint64_t)(platform_wall_clock() / 1000);
    const char key[KEY_SIZE] = "a key of nobody";
    struct buffer ticket;

    buffer_init(&ticket, CACHE_MOST);
    make_ticket(&ticket, size);
    put_number(out, 0x0504, 2);
    put_number(out, 0, 2);
    put_principal(out, "alice", NULL);
    put_principal(out, "alice", NULL);
    put_principal(out, "krbtgt", "CONTOSO.COM");
    put_number(out, AES256, 2);
    put_counted(out, key, sizeof key);
    put_number(out, now, 4);
    put_number(out, now, 4);
    put_number(out, now + 86400, 4);
    put_number(out, 0, 4);
    put_number(out, 0, 1);
    put_number(out, 0, 4); /* flags, addresses, data */
    put_number(out, 0, 4);
    put_number(out, 0, 4);
    put_counted(out, ticket.text, ticket.size);
    put_number(out, 0, 4);
    buffer_release(&ticket);
}

/* ---- the caller ---- */

struct caller {
    char folder[SYSTEM_PATH_SIZE], cache[SYSTEM_PATH_SIZE + 16], settings[SYSTEM_PATH_SIZE + 16];
};

static void write_file(const char *path, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void set_up(struct caller *caller, size_t ticket)
{
    static const char settings[] = "[libdefaults]\ndefault_realm = CONTOSO.COM\n";
    struct buffer cache;

    system_folder_new(caller->folder);
    snprintf(caller->cache, sizeof caller->cache, "%s/cache", caller->folder);
    snprintf(caller->settings, sizeof caller->settings, "%s/krb5.conf", caller->folder);
    buffer_init(&cache, CACHE_MOST);
    make_cache(&cache, ticket);
    write_file(caller->cache, cache.text, cache.size);
    write_file(caller->settings, settings, sizeof settings - 1);
    buffer_release(&cache);
    system_set_environment("KRB5CCNAME", caller->cache);
    system_set_environment("KRB5_CONFIG", caller->settings);
}

static void tear_down(struct caller *caller)
{
    system_remove(caller->cache);
    system_remove(caller->settings);
    system_remove(caller->folder);
}

static struct ticket_answer *ask(const char *spn, uint16_t port, unsigned timeout)
{
    const struct gather_options options = {.timeout = timeout};
    struct ticket_answer question = {.realm = "CONTOSO.COM", .spn = spn};
    struct lab_endpoint endpoint;
    struct evidence *item;

    assert_int_equal(lab_endpoint_init(&endpoint, "127.0.0.1", LAB_TCP), STATUS_OK);
    question.address = endpoint.address;
    question.address.port = port;
    item = evidence_new(&evidence_ticket, &question.evidence);
    gather_ticket(item, &options);
    assert_true(item->settled);
    return (struct ticket_answer *)item;
}

/* This machine has no Kerberos library. */
static bool is_left_out(const struct ticket_answer *answer)
{
    return answer->evidence.status == STATUS_NOT_SUPPORTED;
}

/* ---- the KDC ---- */

static const struct time_peer_refusal refusals[] = {
    {"SMTPSVC/ex01.contoso.com", 8}, {"SMTPSVC/late.contoso.com", 37}, {NULL, 0}};

static void expect_refusals(size_t ticket)
{
    static const struct {
        const char *spn;
        int code;
    } cases[] = {
        {"SMTPSVC/ex01.contoso.com", 8},
        {"smtpsvc/EX01.contoso.com", 8},
        {"SMTPSVC/late.contoso.com", 37},
        {"SMTPSVC/nobody.contoso.com", 7},
        {"SMTPSVC/ex01", 7},
    };
    static const struct time_peer peer = {.address = "127.0.0.1", .service = TIME_PEER_KERBEROS};
    struct time_peers *peers;
    struct caller caller;
    uint16_t port = 0;

    set_up(&caller, ticket);
    assert_int_equal(time_peers_start(&peer, 1, right - platform_monotonic_clock(), &port, &peers),
                     STATUS_OK);
    time_peers_refuse(peers, 0, refusals);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ticket_answer *answer = ask(cases[i].spn, port, 10000);

        if (!is_left_out(answer)) {
            assert_int_equal(answer->evidence.status, STATUS_OK);
            assert_int_equal(answer->error_code, cases[i].code);
            assert_true(answer->server_time >= right);
            assert_true(answer->server_time < right + 60000000);
        }
        evidence_free(&answer->evidence);
    }
    assert_int_equal(time_peers_stop(peers), STATUS_OK);
    tear_down(&caller);
}

/* Each service has its error, of any case; what is not listed is nobody's. Over UDP and TCP. */
static void test_refusals(void **state)
{
    (void)state;
    expect_refusals(SMALL);
    expect_refusals(LARGE);
}

/* What is no answer is none, over UDP and then over TCP. */
static void test_faults(void **state)
{
    static const struct {
        enum time_peer_fault fault;
        enum status status;
    } cases[] = {
        {TIME_PEER_SILENT, STATUS_TIMED_OUT},
        {TIME_PEER_WRONG_SIZE, STATUS_MALFORMED},
    };
    struct caller caller;

    (void)state;
    set_up(&caller, SMALL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct time_peer peer = {"127.0.0.1", TIME_PEER_KERBEROS, cases[i].fault};
        struct ticket_answer *answer;
        struct time_peers *peers;
        uint16_t port = 0;

        assert_int_equal(
            time_peers_start(&peer, 1, right - platform_monotonic_clock(), &port, &peers),
            STATUS_OK);
        answer = ask("SMTPSVC/ex01.contoso.com", port, HASTY);
        if (!is_left_out(answer)) {
            assert_int_equal(answer->evidence.status, cases[i].status);
            assert_int_equal(answer->error_code, 0);
        }
        evidence_free(&answer->evidence);
        assert_int_equal(time_peers_stop(peers), STATUS_OK);
    }
    tear_down(&caller);
}

/* Who is to be nobody has no ticket, whatever the user who runs this has. */
static void test_anonymous(void **state)
{
    static const struct time_peer peer = {.address = "127.0.0.1", .service = TIME_PEER_KERBEROS};
    const struct directory_answer directory = {
        .host = "dc1.contoso.com", .base = "DC=contoso,DC=com", .scope = DIRECTORY_SUBTREE};
    const struct gather_options nobody = {.timeout = 10000, .anonymous = true};
    const struct ticket_answer question = {.realm = "CONTOSO.COM", .spn = "SMTPSVC/ex01"};
    struct evidence *item = evidence_new(&evidence_ticket, &question.evidence);
    struct time_peers *peers;
    struct caller caller;
    uint16_t port = 0;

    (void)state;
    set_up(&caller, SMALL);
    assert_int_equal(time_peers_start(&peer, 1, right, &port, &peers), STATUS_OK);
    ((struct ticket_answer *)item)->address.port = port;
    gather_ticket(item, &nobody);
    assert_int_equal(item->status, STATUS_NOT_FOUND);
    assert_int_equal(time_peers_asked(peers, 0), 0);
    for (int anonymous = 0; anonymous < 2; anonymous++) {
        const struct directory_credentials credentials = {.anonymous = anonymous == 1};
        struct directory_access *access = directory_access_new(&credentials);
        struct buffer why;
        enum directory_identity identity;

        buffer_init(&why, CACHE_MOST);
        identity = directory_access_identity(access, &directory, &why);
        assert_true(identity == (anonymous ? DIRECTORY_AS_ANONYMOUS : DIRECTORY_AS_CALLER) ||
                    !platform_has_directories());
        buffer_release(&why);
        directory_access_leave(access);
    }
    evidence_free(item);
    assert_int_equal(time_peers_stop(peers), STATUS_OK);
    tear_down(&caller);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_anonymous),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_faults),
    };

    if (platform_init() != STATUS_OK)
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
