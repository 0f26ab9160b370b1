/*
 * The resolver against name servers that do everything wrong: what each fault is to
 * become is told in diag/evidence/dns.h and diag/status.h. Questions that are to be
 * answered have time enough for a busy machine; only those that are not have little.
 */
#include "tests/unit/unit.h"

#include "diag/gather/dns.h"
#include "tests/lab/name_server.h"
#include "tests/unit/system.h"

#include <stdio.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

enum { SERVERS_MOST = 3, PATIENT = 10000, SHORT = 400, GUARD = 60000000 };

/* ---- a client, and the loop that gather.c would be ---- */

struct client {
    struct dns_client *dns;
    struct evidence_store *store;
    size_t open;
    unsigned loops; /* of ask_for_a_time() */
};

static void settled(void *context, struct dns_answer *item)
{
    struct client *client = context;

    assert_true(item->evidence.settled);
    assert_true(client->open > 0);
    client->open--;
}

static void client_open_with(struct client *client, const struct gather_options *options)
{
    memset(client, 0, sizeof *client);
    client->store = evidence_store_new();
    assert_int_equal(dns_client_new(options, settled, client, &client->dns), STATUS_OK);
}

static void client_open(struct client *client, const struct net_address *servers, size_t count,
                        unsigned timeout, unsigned window)
{
    const struct gather_options options = {.resolvers = servers,
                                           .resolver_count = count,
                                           .dns_window = window,
                                           .timeout = timeout,
                                           .jobs = 1};

    client_open_with(client, &options);
}

static void client_close(struct client *client)
{
    dns_client_free(client->dns);
    evidence_store_free(client->store);
}

static struct dns_answer *ask_at(struct client *client, const char *name, enum dns_type type,
                                 const struct net_address *at)
{
    struct dns_answer question = {.name = name, .type = type};
    struct evidence *item;

    if (at)
        question.at = *at;
    item = evidence_store_add(client->store, &evidence_dns, &question.evidence);
    client->open++;
    dns_client_ask(client->dns, (struct dns_answer *)item);
    return (struct dns_answer *)item;
}

static struct dns_answer *ask(struct client *client, const char *name, enum dns_type type)
{
    return ask_at(client, name, type, NULL);
}

static void wait_for_sockets(const struct client *client)
{
    static struct platform_waiter sockets[PLATFORM_WAITERS_MOST];
    int64_t left = (dns_client_due(client->dns) - platform_monotonic_clock() + 999) / 1000;
    size_t count = dns_client_sockets(client->dns, sockets, COUNT(sockets));

    platform_wait(sockets, count, NULL, left < 0 ? 0 : left > 1000 ? 1000 : (int)left);
    dns_client_heard(client->dns, sockets, count);
}

/* Until every question is settled; far beyond every deadline that is a failure. */
static void finish(struct client *client)
{
    int64_t until = platform_monotonic_clock() + GUARD;

    for (;;) {
        dns_client_work(client->dns, platform_monotonic_clock());
        if (client->open == 0)
            return;
        assert_true(platform_monotonic_clock() < until);
        wait_for_sockets(client);
    }
}

/* ---- the world most tests ask ---- */

#define CHAIN(from, to)                                                                            \
    {                                                                                              \
        from ".chain.example.com", "CNAME", to ".chain.example.com", 0                             \
    }

static const struct lab_record world_records[] = {
    {"example.com", "SOA", "ns.example.com host.example.com 7 3600 600 86400 900", 0},
    {"example.com", "NS", "ns.example.com", 0},
    {"example.com", "MX", "10 mx1.example.com", 0},
    {"example.com", "MX", "20 .", 0},
    {"example.com", "TXT", "v=spf1 -all", 4000},
    {"example.com", "SPF", "v=spf1 -all", 0},
    {"mx1.example.com", "A", "192.0.2.1", 0},
    {"mx1.example.com", "AAAA", "2001:db8::1", 0},
    {"1.2.0.192.in-addr.arpa", "PTR", "mx1.example.com", 0},
    {"_sip._tcp.example.com", "SRV", "1 2 5060 mx1.example.com", 0},
    {"_25._tcp.mx1.example.com", "TLSA", "3 1 1 00FFab", 0},
    {"twins.example.com", "TXT", "v=spf1 -all", 0},
    {"twins.example.com", "TXT", "v=spf1 -all", 0},
    {"odd.example.com", "TXT", "\"a\\000b\" \"\" \"\\255\\027[31m\\010\" \"\\\"\\\\\"", 0},
    {"*.fault.example.com", "A", "192.0.2.7", 0},
    {"*.fault.example.com", "MX", "1 mx1.example.com", 0},
    {"alias.example.com", "CNAME", "mx1.example.com", 0},
    {"partial.example.com", "CNAME", "partial2.example.com", 0},
    {"partial2.example.com", "CNAME", "mx1.example.com", 0},
    {"to-nothing.example.com", "CNAME", "nothing.example.com", 0},
    {"to-no-data.example.com", "CNAME", "mx1.example.com", 0},
    {"to-failure.example.com", "CNAME", "servfail.fault.example.com", 0},
    {"to-silence.example.com", "CNAME", "silent.fault.example.com", 0},
    {"self.example.com", "CNAME", "self.example.com", 0},
    {"loop1.example.com", "CNAME", "loop2.example.com", 0},
    {"loop2.example.com", "CNAME", "loop1.example.com", 0},
    {"ploop1.example.com", "CNAME", "ploop2.example.com", 0},
    {"ploop2.example.com", "CNAME", "ploop1.example.com", 0},
    CHAIN("1", "2"),
    CHAIN("2", "3"),
    CHAIN("3", "4"),
    CHAIN("4", "5"),
    CHAIN("5", "6"),
    CHAIN("6", "7"),
    CHAIN("7", "8"),
    CHAIN("8", "9"),
    CHAIN("9", "10"),
    CHAIN("10", "11"),
    CHAIN("11", "12"),
    CHAIN("12", "13"),
    CHAIN("13", "14"),
    CHAIN("14", "15"),
    CHAIN("15", "16"),
    CHAIN("16", "17"),
    CHAIN("17", "18"),
    CHAIN("18", "19"),
    CHAIN("19", "20"),
    CHAIN("20", "end"),
    {"end.chain.example.com", "A", "192.0.2.20", 0},
    {"*.odd-names.example.com", "A", "192.0.2.9", 0},
    {"short-text.example.com", "TXT", "\\# 3 054142", 0},
    {"short-mx.example.com", "MX", "\\# 2 000A", 0},
    {"empty-text.example.com", "TXT", "\\# 0", 0},
    {"long-a.example.com", "A", "\\# 5 C000020101", 0},
    {"pointer-out.example.com", "NS", "\\# 2 FFFF", 0},
    {"other-type.example.com", "TYPE65280", "\\# 2 0102", 0},
};

/* A name of the fault it shows, and the fault. */
#define FAULT(name, faults)                                                                        \
    {                                                                                              \
        name ".fault.example.com", NULL, faults, 0, 0                                              \
    }

static const struct lab_behaviour world_behaviours[] = {
    FAULT("nxdomain", LAB_NXDOMAIN),
    FAULT("nodata", LAB_NODATA),
    FAULT("formerr", LAB_FORMERR),
    FAULT("servfail", LAB_SERVFAIL),
    FAULT("notimp", LAB_NOTIMP),
    FAULT("refused", LAB_REFUSED),
    FAULT("silent", LAB_SILENT),
    FAULT("udp-silent", LAB_UDP_SILENT),
    FAULT("old", LAB_OLD),
    FAULT("truncate", LAB_TRUNCATE),
    FAULT("truncate-nothing", LAB_TRUNCATE | LAB_NXDOMAIN),
    FAULT("tcp-silent", LAB_TRUNCATE | LAB_TCP_SILENT),
    FAULT("tcp-stall", LAB_TRUNCATE | LAB_TCP_STALL),
    FAULT("tcp-close", LAB_TRUNCATE | LAB_TCP_CLOSE),
    FAULT("tcp-cut", LAB_TRUNCATE | LAB_TCP_CUT),
    FAULT("tcp-garbage", LAB_TRUNCATE | LAB_TCP_GARBAGE),
    FAULT("tcp-dribble", LAB_TRUNCATE | LAB_TCP_DRIBBLE),
    FAULT("tcp-wrong-id", LAB_TRUNCATE | LAB_WRONG_ID | LAB_THEN_TRUTH),
    FAULT("wrong-id", LAB_WRONG_ID),
    FAULT("wrong-question", LAB_WRONG_QUESTION),
    FAULT("wrong-source", LAB_WRONG_SOURCE),
    FAULT("wrong-owner", LAB_WRONG_OWNER),
    FAULT("garbage", LAB_GARBAGE),
    FAULT("bare", LAB_BARE),
    FAULT("wrong-id-first", LAB_WRONG_ID | LAB_THEN_TRUTH),
    FAULT("wrong-question-first", LAB_WRONG_QUESTION | LAB_THEN_TRUTH),
    FAULT("wrong-source-first", LAB_WRONG_SOURCE | LAB_THEN_TRUTH),
    FAULT("garbage-first", LAB_GARBAGE | LAB_THEN_TRUTH),
    FAULT("bare-first", LAB_BARE | LAB_THEN_TRUTH),
    FAULT("name-loop", LAB_NAME_LOOP),
    FAULT("garbled", LAB_GARBLED),
    FAULT("short", LAB_SHORT),
    FAULT("twice", LAB_TWICE),
    {"lost.fault.example.com", NULL, LAB_SILENT, 0, 1},
    {"old-bare.fault.example.com", NULL, LAB_OLD | LAB_BARE, 0, 1},
    {"old-bare.fault.example.com", NULL, LAB_OLD, 0, 0},
    {"late.fault.example.com", NULL, 0, 1200, 0},
    {"slow-tcp.fault.example.com", NULL, LAB_TRUNCATE, 100, 0},
    {"*.chain.example.com", NULL, LAB_ALIAS_ONLY, 0, 0},
    {"partial.example.com", NULL, LAB_ALIAS_ONLY, 0, 0},
    {"partial2.example.com", NULL, LAB_ALIAS_ONLY, 0, 0},
    {"to-failure.example.com", NULL, LAB_ALIAS_ONLY, 0, 0},
    {"to-silence.example.com", NULL, LAB_ALIAS_ONLY, 0, 0},
    {"ploop1.example.com", NULL, LAB_ALIAS_ONLY, 0, 0},
    {"ploop2.example.com", NULL, LAB_ALIAS_ONLY, 0, 0},
};

static const struct lab_name_server_options world = {
    .records = world_records,
    .record_count = COUNT(world_records),
    .behaviours = world_behaviours,
    .behaviour_count = COUNT(world_behaviours),
};

struct fixture {
    struct lab_name_server *server;
    struct net_address address;
};

static int start_world(void **state)
{
    static struct fixture fixture;

    *state = &fixture;
    return lab_name_server_open(&world, &fixture.address, &fixture.server) == STATUS_OK ? 0 : -1;
}

static int stop_world(void **state)
{
    struct fixture *fixture = *state;

    return lab_name_server_stop(fixture->server) == STATUS_OK ? 0 : -1;
}

/* ---- one question, one status ---- */

struct expectation {
    const char *name;
    enum dns_type type;
    unsigned timeout;
    enum status status;
    enum dns_rcode rcode;
    size_t records; /* of the type asked */
    bool over_tcp;
    unsigned least_tries;
};

static size_t count_records(const struct dns_answer *answer)
{
    const struct dns_record *record = NULL;
    size_t count = 0;

    while ((record = dns_answer_next(answer, record)))
        count++;
    return count;
}

static bool is_as_expected(const struct dns_answer *answer, const struct expectation *expected)
{
    const struct evidence *evidence = &answer->evidence;

    if (evidence->status != expected->status || answer->rcode != expected->rcode)
        return false;
    if (evidence->status != STATUS_OK && (!evidence->reason || !*evidence->reason))
        return false;
    if (evidence->status == STATUS_OK && evidence->reason)
        return false;
    return count_records(answer) == expected->records && answer->over_tcp == expected->over_tcp &&
           answer->tries >= expected->least_tries && evidence->took >= 0 && evidence->time > 0;
}

static void skip_unless_refusals_are_told(void)
{
    if (system_tells_refusals())
        return;
    print_message("skipped: the system may keep to itself that a port is closed\n");
    skip();
}

static void check(const struct net_address *servers, size_t count,
                  const struct expectation *expected)
{
    struct client client;
    struct dns_answer *answer;

    client_open(&client, servers, count, expected->timeout, 10);
    answer = ask(&client, expected->name, expected->type);
    finish(&client);
    if (!is_as_expected(answer, expected))
        fail_msg("%s: %s, %s, %zu records%s, %u tries; %s", expected->name,
                 status_token(answer->evidence.status), dns_rcode_name(answer->rcode),
                 count_records(answer), answer->over_tcp ? " over TCP" : "",
                 (unsigned)answer->tries,
                 answer->evidence.reason ? answer->evidence.reason : "no reason");
    client_close(&client);
}

static void check_all(const struct fixture *fixture, const struct expectation *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check(&fixture->address, 1, &list[i]);
}

/* NOERROR and NXDOMAIN are answers; what else a server says of itself is its failure. */
static void response_codes_have_their_status(void **state)
{
    static const struct expectation list[] = {
        {"mx1.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NOERROR, 1, false, 1},
        {"MX1.Example.COM.", DNS_A, PATIENT, STATUS_OK, DNS_NOERROR, 1, false, 1},
        {"no-such.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NXDOMAIN, 0, false, 1},
        {"no-such.example.net", DNS_A, PATIENT, STATUS_OK, DNS_NXDOMAIN, 0, false, 1},
        {"mx1.example.com", DNS_TXT, PATIENT, STATUS_OK, DNS_NOERROR, 0, false, 1},
        {"_tcp.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NOERROR, 0, false, 1},
        {"nxdomain.fault.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NXDOMAIN, 0, false, 1},
        {"nodata.fault.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NOERROR, 0, false, 1},
        {"servfail.fault.example.com", DNS_A, PATIENT, STATUS_SERVER_FAILURE, DNS_SERVFAIL, 0,
         false, 1},
        {"refused.fault.example.com", DNS_A, PATIENT, STATUS_REJECTED, DNS_REFUSED, 0, false, 1},
        {"notimp.fault.example.com", DNS_A, PATIENT, STATUS_REJECTED, DNS_NOTIMP, 0, false, 2},
        {"formerr.fault.example.com", DNS_A, PATIENT, STATUS_REJECTED, DNS_FORMERR, 0, false, 2},
    };

    check_all(*state, list, COUNT(list));
}

/* Silence ends as a timeout, after more than one try; loss and lateness do no harm. */
static void silence_is_asked_again(void **state)
{
    static const struct expectation list[] = {
        {"silent.fault.example.com", DNS_A, SHORT, STATUS_TIMED_OUT, DNS_NOERROR, 0, false, 2},
        {"udp-silent.fault.example.com", DNS_A, SHORT, STATUS_TIMED_OUT, DNS_NOERROR, 0, false, 2},
        {"lost.fault.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NOERROR, 1, false, 2},
        {"late.fault.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NOERROR, 1, false, 2},
        {"twice.fault.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NOERROR, 1, false, 1},
    };

    check_all(*state, list, COUNT(list));
}

/* After truncation TCP decides, whatever becomes of it. */
static void truncation_leads_to_tcp(void **state)
{
    static const struct expectation list[] = {
        {"truncate.fault.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NOERROR, 1, true, 2},
        {"truncate-nothing.fault.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NXDOMAIN, 0, true, 2},
        {"slow-tcp.fault.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NOERROR, 1, true, 2},
        {"tcp-dribble.fault.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NOERROR, 1, true, 2},
        {"tcp-silent.fault.example.com", DNS_A, SHORT, STATUS_TIMED_OUT, DNS_NOERROR, 0, false, 2},
        {"tcp-stall.fault.example.com", DNS_A, SHORT, STATUS_TIMED_OUT, DNS_NOERROR, 0, false, 2},
        {"tcp-close.fault.example.com", DNS_A, PATIENT, STATUS_CLOSED, DNS_NOERROR, 0, false, 2},
        {"tcp-cut.fault.example.com", DNS_A, PATIENT, STATUS_CLOSED, DNS_NOERROR, 0, false, 2},
        {"tcp-garbage.fault.example.com", DNS_A, PATIENT, STATUS_MALFORMED, DNS_NOERROR, 0, false,
         2},
        {"tcp-wrong-id.fault.example.com", DNS_A, PATIENT, STATUS_MALFORMED, DNS_NOERROR, 0, false,
         2},
    };

    check_all(*state, list, COUNT(list));
}

/* Only what has the right source, id and question is read; the rest is as if never sent. */
static void strangers_are_not_heard(void **state)
{
    static const struct expectation list[] = {
        {"wrong-id.fault.example.com", DNS_A, SHORT, STATUS_TIMED_OUT, DNS_NOERROR, 0, false, 2},
        {"wrong-question.fault.example.com", DNS_A, SHORT, STATUS_TIMED_OUT, DNS_NOERROR, 0, false,
         2},
        {"wrong-source.fault.example.com", DNS_A, SHORT, STATUS_TIMED_OUT, DNS_NOERROR, 0, false,
         2},
        {"garbage.fault.example.com", DNS_A, SHORT, STATUS_TIMED_OUT, DNS_NOERROR, 0, false, 2},
        {"bare.fault.example.com", DNS_A, SHORT, STATUS_TIMED_OUT, DNS_NOERROR, 0, false, 2},
        {"wrong-id-first.fault.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NOERROR, 1, false, 1},
        {"wrong-question-first.fault.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NOERROR, 1, false,
         1},
        {"wrong-source-first.fault.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NOERROR, 1, false,
         1},
        {"garbage-first.fault.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NOERROR, 1, false, 1},
        {"bare-first.fault.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NOERROR, 1, false, 1},
    };

    check_all(*state, list, COUNT(list));
}

/* Records of a name that was not asked are no answer: not even "there is none". */
static void records_of_another_name_are_no_answer(void **state)
{
    const struct fixture *fixture = *state;
    struct client client;
    struct dns_answer *answer, *direct;

    client_open(&client, &fixture->address, 1, PATIENT, 10);
    answer = ask(&client, "wrong-owner.fault.example.com", DNS_A);
    direct = ask_at(&client, "wrong-owner.fault.example.com", DNS_A, &fixture->address);
    finish(&client);
    assert_int_equal(answer->evidence.status, STATUS_MALFORMED);
    assert_int_equal(direct->evidence.status, STATUS_MALFORMED);
    assert_false(dns_answer_has_records(answer));
    client_close(&client);
}

/* A server that refers a recursive question elsewhere does not say that there is no record. */
static void referrals_are_no_resolution(void **state)
{
    static const struct lab_record records[] = {
        {"com", "SOA", "a.example.com h.example.com 1 2 3 4 5", 0},
        {"contoso.com", "NS", "ns1.contoso.com", 0},
        {"ns1.contoso.com", "A", "192.0.2.1", 0}};
    const struct lab_name_server_options options = {records, COUNT(records), NULL, 0, true};
    struct lab_name_server *server;
    struct net_address address;
    struct dns_answer *answer, *direct;
    struct client client;

    (void)state;
    assert_int_equal(lab_name_server_open(&options, &address, &server), STATUS_OK);
    client_open(&client, &address, 1, PATIENT, 10);
    answer = ask(&client, "contoso.com", DNS_TXT);
    direct = ask_at(&client, "contoso.com", DNS_TXT, &address);
    finish(&client);
    assert_int_equal(answer->evidence.status, STATUS_MALFORMED);
    assert_non_null(answer->evidence.reason);
    assert_int_equal(direct->evidence.status, STATUS_OK);
    assert_int_equal(direct->authority.count, 1);
    client_close(&client);
    assert_int_equal(lab_name_server_stop(server), STATUS_OK);
}

/* The right server, id and question, but a message that cannot be read. */
static void unreadable_answers_are_malformed(void **state)
{
    static const struct expectation list[] = {
        {"name-loop.fault.example.com", DNS_A, PATIENT, STATUS_MALFORMED, DNS_NOERROR, 0, false, 1},
        {"garbled.fault.example.com", DNS_A, PATIENT, STATUS_MALFORMED, DNS_NOERROR, 0, false, 1},
        {"short.fault.example.com", DNS_A, PATIENT, STATUS_MALFORMED, DNS_NOERROR, 0, false, 1},
        {"short-text.example.com", DNS_TXT, PATIENT, STATUS_MALFORMED, DNS_NOERROR, 0, false, 1},
        {"short-mx.example.com", DNS_MX, PATIENT, STATUS_MALFORMED, DNS_NOERROR, 0, false, 1},
        {"long-a.example.com", DNS_A, PATIENT, STATUS_MALFORMED, DNS_NOERROR, 0, false, 1},
        {"pointer-out.example.com", DNS_NS, PATIENT, STATUS_MALFORMED, DNS_NOERROR, 0, false, 1},
    };

    check_all(*state, list, COUNT(list));
}

/* ---- EDNS ---- */

/* FORMERR to EDNS, even without the question in it: the same is asked without. */
static void old_servers_are_asked_without_edns(void **state)
{
    static const struct expectation list[] = {
        {"old.fault.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NOERROR, 1, false, 2},
        {"old-bare.fault.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NOERROR, 1, false, 2},
    };
    const struct fixture *fixture = *state;

    check_all(fixture, list, COUNT(list));
    for (size_t i = 0; i < COUNT(list); i++) {
        struct lab_count count = lab_name_server_count(fixture->server, list[i].name, "A");

        assert_true(count.with_edns >= 1);
        assert_true(count.asked > count.with_edns);
    }
}

/* Asks two names of a server with this fault; the second must go without EDNS at once. */
static void check_plain_is_remembered(unsigned fault)
{
    static const struct lab_record records[] = {{"*.example.com", "A", "192.0.2.1", 0}};
    const struct lab_behaviour behaviours[] = {{"*", NULL, fault, 0, 0}};
    const struct lab_name_server_options options = {records, 1, behaviours, 1, false};
    const struct dns_answer *answer;
    struct lab_name_server *server;
    struct net_address address;
    struct client client;

    assert_int_equal(lab_name_server_open(&options, &address, &server), STATUS_OK);
    client_open(&client, &address, 1, PATIENT, 10);
    answer = ask(&client, "first.example.com", DNS_A);
    finish(&client);
    assert_int_equal(answer->evidence.status, STATUS_OK);
    (void)ask(&client, "second.example.com", DNS_A);
    finish(&client);
    assert_true(lab_name_server_count(server, "first.example.com", "A").with_edns >= 1);
    assert_int_equal(lab_name_server_count(server, "second.example.com", "A").with_edns, 0);
    client_close(&client);
    assert_int_equal(lab_name_server_stop(server), STATUS_OK);
}

/* A server that was found to be old is not asked with EDNS again in this run. */
static void old_servers_are_remembered(void **state)
{
    (void)state;
    check_plain_is_remembered(LAB_OLD);
}

/* A firewall that drops questions with EDNS: after some silence they go without. */
static void dropped_edns_is_left_out(void **state)
{
    (void)state;
    check_plain_is_remembered(LAB_DROPS_EDNS);
}

/* ---- aliases ---- */

/* Chains are followed, also where each answer holds one alias only; loops are cut. */
static void aliases_are_followed(void **state)
{
    static const struct expectation list[] = {
        {"alias.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NOERROR, 1, false, 1},
        {"alias.example.com", DNS_CNAME, PATIENT, STATUS_OK, DNS_NOERROR, 1, false, 1},
        {"partial.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NOERROR, 1, false, 3},
        {"to-nothing.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NXDOMAIN, 0, false, 1},
        {"to-no-data.example.com", DNS_TXT, PATIENT, STATUS_OK, DNS_NOERROR, 0, false, 1},
        {"to-failure.example.com", DNS_A, PATIENT, STATUS_SERVER_FAILURE, DNS_SERVFAIL, 0, false,
         2},
        {"to-silence.example.com", DNS_A, SHORT, STATUS_TIMED_OUT, DNS_NOERROR, 0, false, 2},
        {"self.example.com", DNS_A, PATIENT, STATUS_MALFORMED, DNS_NOERROR, 0, false, 1},
        {"loop1.example.com", DNS_A, PATIENT, STATUS_MALFORMED, DNS_NOERROR, 0, false, 1},
        {"ploop1.example.com", DNS_A, PATIENT, STATUS_MALFORMED, DNS_NOERROR, 0, false, 2},
        {"5.chain.example.com", DNS_A, PATIENT, STATUS_OK, DNS_NOERROR, 1, false, 16},
        {"4.chain.example.com", DNS_A, PATIENT, STATUS_MALFORMED, DNS_NOERROR, 0, false, 1},
    };

    check_all(*state, list, COUNT(list));
}

/* The chain stands first in the answer, in its order, each alias once. */
static void the_chain_comes_first(void **state)
{
    static const char *const owners[] = {"partial.example.com", "partial2.example.com",
                                         "mx1.example.com"};
    const struct fixture *fixture = *state;
    struct client client;
    struct dns_answer *answer;

    client_open(&client, &fixture->address, 1, PATIENT, 10);
    answer = ask(&client, owners[0], DNS_A);
    finish(&client);
    assert_int_equal(answer->answer.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(dns_name_equal(answer->answer.records[i].owner, owners[i]));
        assert_int_equal(answer->answer.records[i].type, i < 2 ? DNS_CNAME : DNS_A);
    }
    assert_ptr_equal(dns_answer_next(answer, NULL), &answer->answer.records[2]);
    client_close(&client);
}

/* A server of evidence is asked as a resolver would: without RD, aliases left alone. */
static void servers_of_evidence_are_asked_directly(void **state)
{
    const struct fixture *fixture = *state;
    struct dns_answer *alias, *loop;
    struct lab_count before, after;
    struct client client;

    client_open(&client, NULL, 0, PATIENT, 10);
    before = lab_name_server_count(fixture->server, "to-silence.example.com", "A");
    alias = ask_at(&client, "to-silence.example.com", DNS_A, &fixture->address);
    loop = ask_at(&client, "loop1.example.com", DNS_A, &fixture->address);
    finish(&client);
    after = lab_name_server_count(fixture->server, "to-silence.example.com", "A");
    assert_true(after.asked > before.asked);
    assert_int_equal(after.recursive, before.recursive);
    assert_int_equal(alias->evidence.status, STATUS_OK);
    assert_int_equal(alias->answer.count, 1);
    assert_int_equal(alias->answer.records[0].type, DNS_CNAME);
    assert_int_equal(loop->evidence.status, STATUS_OK);
    assert_true(net_address_equal(&alias->server, &fixture->address));
    client_close(&client);
}

/* ---- what the records say ---- */

static const struct dns_record *only_record(const struct dns_answer *answer)
{
    const struct dns_record *record = dns_answer_next(answer, NULL);

    assert_int_equal(answer->evidence.status, STATUS_OK);
    assert_non_null(record);
    assert_null(dns_answer_next(answer, record));
    return record;
}

static void assert_ip(const struct ip_address *ip, const char *expected)
{
    char text[IP_TEXT_SIZE];

    ip_format(ip, text);
    assert_string_equal(text, expected);
}

static void check_services(struct client *client)
{
    struct dns_answer *srv = ask(client, "_sip._tcp.example.com", DNS_SRV);
    struct dns_answer *tlsa = ask(client, "_25._tcp.mx1.example.com", DNS_TLSA);
    struct dns_answer *soa = ask(client, "example.com", DNS_SOA);
    const struct dns_record *record;

    finish(client);
    record = only_record(srv);
    assert_string_equal(record->data.srv.target, "mx1.example.com");
    assert_int_equal(record->data.srv.priority, 1);
    assert_int_equal(record->data.srv.weight, 2);
    assert_int_equal(record->data.srv.port, 5060);
    record = only_record(tlsa);
    assert_int_equal(record->data.tlsa.usage, 3);
    assert_int_equal(record->data.tlsa.selector, 1);
    assert_int_equal(record->data.tlsa.matching, 1);
    assert_int_equal(record->data.tlsa.size, 3);
    assert_memory_equal(record->data.tlsa.bytes, "\0\377\253", 3);
    record = only_record(soa);
    assert_string_equal(record->data.soa.primary, "ns.example.com");
    assert_string_equal(record->data.soa.mailbox, "host.example.com");
    assert_int_equal(record->data.soa.serial, 7);
    assert_int_equal(record->data.soa.minimum, 900);
}

/* Every type's data as another program wrote it, with pointers in its names. */
static void records_come_as_they_are(void **state)
{
    const struct fixture *fixture = *state;
    struct dns_answer *a, *aaaa, *ns, *ptr, *mx;
    const struct dns_record *record;
    struct client client;

    client_open(&client, &fixture->address, 1, PATIENT, 10);
    a = ask(&client, "mx1.example.com", DNS_A);
    aaaa = ask(&client, "mx1.example.com", DNS_AAAA);
    ns = ask(&client, "example.com", DNS_NS);
    ptr = ask(&client, "1.2.0.192.in-addr.arpa", DNS_PTR);
    mx = ask(&client, "example.com", DNS_MX);
    finish(&client);
    assert_ip(&only_record(a)->data.ip, "192.0.2.1");
    assert_int_equal(only_record(a)->ttl, LAB_TTL_USUAL);
    assert_ip(&only_record(aaaa)->data.ip, "2001:db8::1");
    assert_string_equal(only_record(ns)->data.name, "ns.example.com");
    assert_string_equal(only_record(ptr)->data.name, "mx1.example.com");
    assert_int_equal(a->flags, DNS_RECURSION_AVAILABLE);
    record = dns_answer_next(mx, NULL);
    assert_string_equal(record->data.mx.exchange, "mx1.example.com");
    assert_int_equal(record->data.mx.preference, 10);
    record = dns_answer_next(mx, record);
    assert_string_equal(record->data.mx.exchange, ".");
    assert_null(dns_answer_next(mx, record));
    check_services(&client);
    client_close(&client);
}

static void assert_string(const struct dns_record *record, size_t index, const char *bytes,
                          size_t size)
{
    assert_true(index < record->data.txt.count);
    assert_int_equal(record->data.txt.strings[index].size, size);
    assert_memory_equal(record->data.txt.strings[index].bytes, bytes, size);
}

/* Text is bytes: NUL, 8 bit and escape sequences arrive, and identical records both do. */
static void text_comes_byte_for_byte(void **state)
{
    const struct fixture *fixture = *state;
    struct dns_answer *odd, *twins, *spf, *empty;
    struct client client;

    client_open(&client, &fixture->address, 1, PATIENT, 10);
    odd = ask(&client, "odd.example.com", DNS_TXT);
    twins = ask(&client, "twins.example.com", DNS_TXT);
    spf = ask(&client, "example.com", DNS_SPF);
    empty = ask(&client, "empty-text.example.com", DNS_TXT);
    finish(&client);
    assert_int_equal(only_record(odd)->data.txt.count, 4);
    assert_string(only_record(odd), 0, "a\0b", 3);
    assert_string(only_record(odd), 1, "", 0);
    assert_string(only_record(odd), 2, "\377\33[31m\n", 7);
    assert_string(only_record(odd), 3, "\"\\", 2);
    assert_int_equal(count_records(twins), 2);
    assert_string(only_record(spf), 0, "v=spf1 -all", 11);
    assert_true(empty->evidence.status == STATUS_OK || empty->evidence.status == STATUS_MALFORMED);
    client_close(&client);
}

/* Names that SPF macros can make are asked as they are (RFC 7208 7.3). */
static void odd_names_are_asked(void **state)
{
    static const char *const names[] = {
        "user+tag.odd-names.example.com",  "a=b.odd-names.example.com",
        "fe80::1.odd-names.example.com",   "\\000.odd-names.example.com",
        "a\\.b.odd-names.example.com",     "\\255\\032\\\\.odd-names.example.com",
        "_spf.(x)%.odd-names.example.com", "user@host.odd-names.example.com",
    };
    const struct fixture *fixture = *state;
    struct dns_answer *answers[COUNT(names)];
    struct client client;

    client_open(&client, &fixture->address, 1, PATIENT, 10);
    for (size_t i = 0; i < COUNT(names); i++)
        answers[i] = ask(&client, names[i], DNS_A);
    finish(&client);
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_ip(&only_record(answers[i])->data.ip, "192.0.2.9");
        assert_true(lab_name_server_count(fixture->server, names[i], "A").asked >= 1);
    }
    client_close(&client);
}

/* What is no name is not asked. */
static void invalid_names_are_told(void **state)
{
    static const char *const names[] = {
        "a..example.com",
        "a\\25.example.com",
        "a\\999.example.com",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.com",
    };
    const struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(names); i++) {
        const struct expectation invalid = {names[i],    DNS_A, PATIENT, STATUS_INVALID,
                                            DNS_NOERROR, 0,     false,   0};

        check(&fixture->address, 1, &invalid);
    }
}

enum { BIG_RECORDS = 3900, MIDDLE_RECORDS = 30, LONG_STRING = 600 };

/* 1,000 bytes fit the UDP size that EDNS offers; 62 KiB come over TCP, whole. */
static void large_answers_come_whole(void **state)
{
    static struct lab_record records[BIG_RECORDS + MIDDLE_RECORDS + 1];
    static char data[BIG_RECORDS + MIDDLE_RECORDS][16], text[LONG_STRING + 1];
    struct lab_name_server_options options = {.records = records, .record_count = COUNT(records)};
    struct dns_answer *big, *middle, *split;
    struct lab_name_server *server;
    struct net_address address;
    struct client client;

    (void)state;
    for (unsigned i = 0; i < BIG_RECORDS + MIDDLE_RECORDS; i++) {
        snprintf(data[i], sizeof data[i], "10.9.%u.%u", i / 256 % 256, i % 256);
        records[i] =
            (struct lab_record){i < BIG_RECORDS ? "big.test" : "middle.test", "A", data[i], 0};
    }
    memset(text, 'x', LONG_STRING);
    records[COUNT(records) - 1] = (struct lab_record){"split.test", "TXT", text, 0};
    assert_int_equal(lab_name_server_open(&options, &address, &server), STATUS_OK);
    client_open(&client, &address, 1, PATIENT, 10);
    big = ask(&client, "big.test", DNS_A);
    middle = ask(&client, "middle.test", DNS_A);
    split = ask(&client, "split.test", DNS_TXT);
    finish(&client);
    assert_int_equal(big->evidence.status, STATUS_OK);
    assert_true(big->over_tcp);
    assert_int_equal(count_records(big), BIG_RECORDS);
    assert_ip(&big->answer.records[BIG_RECORDS - 1].data.ip, "10.9.15.59");
    assert_false(middle->over_tcp);
    assert_int_equal(count_records(middle), MIDDLE_RECORDS);
    assert_int_equal(only_record(split)->data.txt.count, 3);
    assert_int_equal(only_record(split)->data.txt.strings[2].size, 90);
    client_close(&client);
    assert_int_equal(lab_name_server_stop(server), STATUS_OK);
}

enum { EXCHANGES = 500, TEXT_SIZE = 65000 };

/* A text of 64 KiB and 500 mail exchangers with the longest labels are kept at their size. */
static void heavy_answers_are_kept_at_their_size(void **state)
{
    static struct lab_record records[EXCHANGES + 1];
    static char exchanges[EXCHANGES][96], text[TEXT_SIZE + 1];
    const struct lab_name_server_options options = {.records = records,
                                                    .record_count = COUNT(records)};
    const struct dns_record *record = NULL;
    struct dns_answer *mx, *txt;
    struct lab_name_server *server;
    struct net_address address;
    struct client client;

    (void)state;
    for (unsigned i = 0; i < EXCHANGES; i++) {
        snprintf(exchanges[i], sizeof exchanges[i], "%u %063u.example.com", i, i);
        records[i] = (struct lab_record){"many.test", "MX", exchanges[i], 0};
    }
    memset(text, 'x', TEXT_SIZE);
    records[EXCHANGES] = (struct lab_record){"long.test", "TXT", text, 0};
    assert_int_equal(lab_name_server_open(&options, &address, &server), STATUS_OK);
    client_open(&client, &address, 1, PATIENT, 10);
    mx = ask(&client, "many.test", DNS_MX);
    txt = ask(&client, "long.test", DNS_TXT);
    finish(&client);
    for (unsigned i = 0; i < EXCHANGES; i++) {
        record = dns_answer_next(mx, record);
        assert_non_null(record);
        assert_string_equal(record->data.mx.exchange, strchr(exchanges[i], ' ') + 1);
    }
    assert_int_equal(only_record(txt)->data.txt.count, TEXT_SIZE / 255 + 1);
    assert_true(arena_footprint(&mx->evidence.memory) < 100000);
    assert_true(arena_footprint(&txt->evidence.memory) < TEXT_SIZE + 10000);
    client_close(&client);
    assert_int_equal(lab_name_server_stop(server), STATUS_OK);
}

/* Tens of thousands of answers are kept at once: a usual one takes some hundred bytes. */
static void usual_answers_are_small(void **state)
{
    const struct fixture *fixture = *state;
    const struct dns_answer *answer;
    struct client client;

    client_open(&client, &fixture->address, 1, PATIENT, 10);
    answer = ask(&client, "example.com", DNS_TXT);
    finish(&client);
    assert_non_null(only_record(answer));
    assert_true(sizeof *answer + arena_footprint(&answer->evidence.memory) < 700);
    client_close(&client);
}

/* ---- several servers ---- */

struct company { /* servers asked together */
    struct lab_name_server *servers[SERVERS_MOST];
    struct net_address addresses[SERVERS_MOST];
    size_t count;
};

static void company_open(struct company *company, const struct lab_name_server_options *options,
                         const unsigned *transports, size_t count)
{
    static const char *const addresses[SERVERS_MOST] = {"127.0.0.1", "127.0.0.2", "127.0.0.3"};
    struct lab_endpoint endpoints[SERVERS_MOST];

    company->count = count;
    for (size_t i = 0; i < count; i++)
        assert_int_equal(lab_endpoint_init(&endpoints[i], addresses[i], transports[i]), STATUS_OK);
    assert_int_equal(lab_listen(endpoints, count, 0), STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        company->addresses[i] = endpoints[i].address;
        assert_int_equal(lab_name_server_start(&options[i], &endpoints[i], &company->servers[i]),
                         STATUS_OK);
    }
}

static void company_close(struct company *company)
{
    for (size_t i = 0; i < company->count; i++)
        assert_int_equal(lab_name_server_stop(company->servers[i]), STATUS_OK);
}

static const struct lab_record first_records[] = {{"*.example.com", "A", "192.0.2.1", 0}};
static const struct lab_record second_records[] = {{"*.example.com", "A", "192.0.2.2", 0}};

/* Whatever the first server does wrong, the second one's answer is taken. */
static void the_second_server_answers(void **state)
{
    static const struct lab_behaviour faults[] = {
        {"silent.example.com", NULL, LAB_SILENT, 0, 0},
        {"servfail.example.com", NULL, LAB_SERVFAIL, 0, 0},
        {"refused.example.com", NULL, LAB_REFUSED, 0, 0},
        {"formerr.example.com", NULL, LAB_FORMERR, 0, 0},
        {"garbled.example.com", NULL, LAB_GARBLED, 0, 0},
        {"truncated.example.com", NULL, LAB_TRUNCATE, 0, 0},
    };
    static const unsigned transports[] = {LAB_UDP | LAB_TCP_CLOSED, LAB_UDP | LAB_TCP};
    const struct lab_name_server_options options[] = {
        {first_records, 1, faults, COUNT(faults), false},
        {second_records, 1, NULL, 0, false},
    };
    struct dns_answer *answers[COUNT(faults)], *good;
    struct company company;
    struct client client;

    (void)state;
    company_open(&company, options, transports, 2);
    client_open(&client, company.addresses, 2, PATIENT, 10);
    for (size_t i = 0; i < COUNT(faults); i++)
        answers[i] = ask(&client, faults[i].owner, DNS_A);
    finish(&client);
    for (size_t i = 0; i < COUNT(faults); i++) {
        assert_ip(&only_record(answers[i])->data.ip, "192.0.2.2");
        assert_true(net_address_equal(&answers[i]->server, &company.addresses[1]));
        assert_true(answers[i]->tries >= 2);
        assert_false(answers[i]->over_tcp);
    }
    good = ask(&client, "good.example.com", DNS_A);
    finish(&client);
    assert_ip(&only_record(good)->data.ip, "192.0.2.1");
    client_close(&client);
    company_close(&company);
}

/* Where all fail, the most telling failure is the status, and the reason names them all. */
static void all_servers_fail(void **state)
{
    static const struct lab_behaviour silent[] = {{"*", NULL, LAB_SILENT, 0, 0}};
    static const struct lab_behaviour refusing[] = {{"*", NULL, LAB_REFUSED, 0, 0}};
    static const struct lab_behaviour failing[] = {{"*", NULL, LAB_SERVFAIL, 0, 0}};
    static const unsigned transports[] = {LAB_UDP, LAB_UDP, LAB_UDP};
    const struct lab_name_server_options options[] = {
        {first_records, 1, silent, 1, false},
        {first_records, 1, refusing, 1, false},
        {first_records, 1, failing, 1, false},
    };
    struct company company;
    struct client client;
    struct dns_answer *answer;
    char text[NET_ADDRESS_TEXT_SIZE];

    (void)state;
    company_open(&company, options, transports, 3);
    client_open(&client, company.addresses, 3, 1500, 10);
    answer = ask(&client, "a.example.com", DNS_A);
    finish(&client);
    assert_int_equal(answer->evidence.status, STATUS_SERVER_FAILURE);
    assert_int_equal(answer->rcode, DNS_SERVFAIL);
    for (size_t i = 0; i < 3; i++) {
        net_address_format(&company.addresses[i], 53, text);
        assert_non_null(strstr(answer->evidence.reason, text));
    }
    client_close(&client);
    company_close(&company);
}

/* A closed port is told from silence, over UDP and over TCP. */
static void closed_ports_are_refusals(void **state)
{
    static const struct lab_behaviour truncating[] = {{"*", NULL, LAB_TRUNCATE, 0, 0}};
    static const unsigned transports[] = {LAB_UDP | LAB_TCP_CLOSED, LAB_TCP};
    const struct expectation refused = {"a.example.com", DNS_A, PATIENT, STATUS_REFUSED,
                                        DNS_NOERROR,     0,     false,   1};
    const struct lab_name_server_options options = {first_records, 1, truncating, 1, false};
    struct lab_endpoint held;
    struct company company;

    (void)state;
    skip_unless_refusals_are_told();
    company_open(&company, &options, transports, 1);
    check(company.addresses, 1, &refused);
    company_close(&company);

    assert_int_equal(lab_endpoint_init(&held, "127.0.0.1", LAB_TCP_CLOSED), STATUS_OK);
    assert_int_equal(lab_listen(&held, 1, 0), STATUS_OK);
    check(&held.address, 1, &refused);
    lab_endpoint_close(&held);
}

/* Without a server there is nothing to wait for. */
static void no_server_is_told(void **state)
{
    struct client client;
    struct dns_answer *answer;

    (void)state;
    client_open(&client, NULL, 0, PATIENT, 10);
    answer = ask(&client, "example.com", DNS_A);
    finish(&client);
    assert_int_equal(answer->evidence.status, STATUS_NO_SERVER);
    assert_int_equal(answer->tries, 0);
    client_close(&client);
}

static const struct lab_record parent_records[] = {
    {"example.com", "SOA", "ns.example.com h.example.com 1 2 3 4 5", 0},
    {"sub.example.com", "NS", "ns1.sub.example.com", 0},
    {"sub.example.com", "NS", "ns2.sub.example.com", 0},
    {"ns1.sub.example.com", "A", "127.0.0.2", 0},
    {"ns2.sub.example.com", "A", "127.0.0.3", 0},
    {"ns2.sub.example.com", "AAAA", "2001:db8::2", 0},
};

static const struct lab_record child_records[] = {
    {"sub.example.com", "SOA", "ns1.sub.example.com h.example.com 1 2 3 4 5", 0},
    {"sub.example.com", "TXT", "v=spf1 -all", 0},
};

static const struct lab_record other_child_records[] = {
    {"sub.example.com", "SOA", "ns1.sub.example.com h.example.com 2 2 3 4 5", 0},
    {"sub.example.com", "TXT", "v=spf1 ~all", 0},
};

/* A parent refers to its children with their addresses; the children may disagree. */
static void delegations_are_seen(void **state)
{
    static const unsigned transports[] = {LAB_UDP | LAB_TCP, LAB_UDP | LAB_TCP, LAB_UDP | LAB_TCP};
    const struct lab_name_server_options options[] = {
        {parent_records, COUNT(parent_records), NULL, 0, true},
        {child_records, COUNT(child_records), NULL, 0, true},
        {other_child_records, COUNT(other_child_records), NULL, 0, true},
    };
    struct dns_answer *referral, *one, *two, *elsewhere;
    struct company company;
    struct client client;

    (void)state;
    company_open(&company, options, transports, 3);
    client_open(&client, NULL, 0, PATIENT, 10);
    referral = ask_at(&client, "sub.example.com", DNS_TXT, &company.addresses[0]);
    one = ask_at(&client, "sub.example.com", DNS_TXT, &company.addresses[1]);
    two = ask_at(&client, "sub.example.com", DNS_TXT, &company.addresses[2]);
    elsewhere = ask_at(&client, "example.net", DNS_TXT, &company.addresses[0]);
    finish(&client);
    assert_int_equal(referral->evidence.status, STATUS_OK);
    assert_int_equal(referral->flags & DNS_AUTHORITATIVE, 0);
    assert_int_equal(referral->answer.count, 0);
    assert_int_equal(referral->authority.count, 2);
    assert_int_equal(referral->additional.count, 3);
    assert_string_equal(referral->authority.records[1].data.name, "ns2.sub.example.com");
    assert_int_equal(one->flags, DNS_AUTHORITATIVE);
    assert_string(only_record(one), 0, "v=spf1 -all", 11);
    assert_string(only_record(two), 0, "v=spf1 ~all", 11);
    assert_int_equal(elsewhere->evidence.status, STATUS_REJECTED);
    client_close(&client);
    company_close(&company);
}

/* ---- many at once ---- */

static void ask_many(struct client *client, unsigned from, unsigned to)
{
    char name[64];

    for (unsigned i = from; i < to; i++) {
        snprintf(name, sizeof name, "n%u.example.com", i);
        (void)ask(client, name, DNS_A);
    }
}

static void assert_all_answered(const struct client *client)
{
    const struct evidence *item = evidence_store_first(client->store);

    for (; item; item = item->next) {
        if (!dns_answer_has_records((const struct dns_answer *)item))
            fail_msg("%s: %s; %s", item->key, status_token(item->status),
                     item->reason ? item->reason : "no reason");
    }
}

static void ask_slow_server(unsigned window, unsigned questions, unsigned delay,
                            struct lab_totals *totals)
{
    const struct lab_behaviour slow[] = {{"*", NULL, 0, delay, 0}};
    const struct lab_name_server_options options = {first_records, 1, slow, 1, false};
    struct lab_name_server *server;
    struct net_address address;
    struct client client;

    assert_int_equal(lab_name_server_open(&options, &address, &server), STATUS_OK);
    client_open(&client, &address, 1, 30000, window);
    ask_many(&client, 0, questions);
    finish(&client);
    assert_all_answered(&client);
    *totals = lab_name_server_totals(server);
    assert_int_equal(totals->names, questions);
    assert_true(totals->most_waiting <= window);
    client_close(&client);
    assert_int_equal(lab_name_server_stop(server), STATUS_OK);
}

/* A server that takes its time never has more questions before it than the window. */
static void the_window_is_kept(void **state)
{
    static const unsigned windows[] = {1, 7, 100};
    struct lab_totals totals;

    (void)state;
    for (size_t i = 0; i < COUNT(windows); i++) {
        ask_slow_server(windows[i], windows[i] * 5, 20, &totals);
        assert_true(totals.most_waiting >= (windows[i] + 1) / 2);
    }
}

enum { MANY = 4000 };

/* Thousands in flight: all are answered, whatever the kernel dropped on the way. */
static void thousands_are_in_flight(void **state)
{
    struct lab_totals totals;

    (void)state;
    ask_slow_server(MANY, MANY, 500, &totals);
    print_message("%u of %u were in flight at once\n", totals.most_waiting, (unsigned)MANY);
    assert_true(totals.most_waiting > DNS_WINDOW_USUAL);
    assert_true(totals.ports > 1);
    assert_true(totals.ids > MANY / 2);
}

/* ---- audits: a pace, several servers in parallel, servers that come and go ---- */

/* Asks until `until`, as one who has always more to ask. */
static void ask_for_a_time(struct client *client, unsigned questions, int64_t until)
{
    ask_many(client, 0, questions);
    while (platform_monotonic_clock() < until) {
        dns_client_work(client->dns, platform_monotonic_clock());
        wait_for_sockets(client);
        client->loops++;
    }
}

/* At 200 a second never more go, and on a busy machine fewer; and the wait is no busy loop. */
static void the_pace_is_kept(void **state)
{
    enum { RATE = 200, TENTHS = 10, AT_ONCE = RATE / 100 + 1, LEAST = RATE / 4 };
    const struct fixture *fixture = *state;
    const struct gather_options options = {.resolvers = &fixture->address,
                                           .resolver_count = 1,
                                           .dns_window = 1000,
                                           .timeout = 30000,
                                           .rate = RATE};
    const unsigned before = lab_name_server_totals(fixture->server).count.asked;
    int64_t start = platform_monotonic_clock(), passed = 0;
    struct client client;
    unsigned asked = 0;

    client_open_with(&client, &options);
    ask_many(&client, 0, 1000);
    for (int i = 1; i <= TENTHS || (asked < LEAST && passed < GUARD); i++) {
        ask_for_a_time(&client, 0, start + i * 100000);
        passed = platform_monotonic_clock() - start;
        asked = lab_name_server_totals(fixture->server).count.asked - before;
        assert_true(asked <= passed * RATE / 1000000 + AT_ONCE);
    }
    assert_true(asked >= LEAST);
    assert_true(client.loops < passed * 10 * RATE / 1000000);
    client_close(&client);
}

/* A silent server is not asked more often because it is silent: retransmits count. */
static void retransmits_keep_the_pace(void **state)
{
    static const struct lab_behaviour silent[] = {{"*", NULL, LAB_SILENT, 0, 0}};
    const struct lab_name_server_options world_of_silence = {first_records, 1, silent, 1, false};
    struct gather_options options = {
        .resolver_count = 1, .dns_window = 1000, .timeout = 40, .rate = 100};
    int64_t start = platform_monotonic_clock(), passed;
    struct lab_name_server *server;
    struct net_address address;
    struct client client;
    unsigned asked;

    (void)state;
    assert_int_equal(lab_name_server_open(&world_of_silence, &address, &server), STATUS_OK);
    options.resolvers = &address;
    client_open_with(&client, &options);
    ask_many(&client, 0, 200);
    do {
        ask_for_a_time(&client, 0, platform_monotonic_clock() + 1000000);
        asked = lab_name_server_totals(server).count.asked;
        passed = platform_monotonic_clock() - start;
        assert_true(asked <= passed * options.rate / 1000000 + 2);
    } while (asked <= lab_name_server_totals(server).names && passed < GUARD);
    assert_true(asked > lab_name_server_totals(server).names);
    client_close(&client);
    assert_int_equal(lab_name_server_stop(server), STATUS_OK);
}

static const unsigned three_transports[] = {LAB_UDP | LAB_TCP, LAB_UDP | LAB_TCP,
                                            LAB_UDP | LAB_TCP};

/* Each of several servers is asked its share, and a failing one's share by the next. */
static void questions_are_spread(void **state)
{
    enum { QUESTIONS = 300, SHARE = QUESTIONS / SERVERS_MOST };
    static const struct lab_behaviour failing[] = {{"*", NULL, LAB_SERVFAIL, 0, 0}};
    const struct lab_name_server_options servers[] = {
        {first_records, 1, NULL, 0, false},
        {first_records, 1, failing, 1, false},
        {first_records, 1, NULL, 0, false},
    };
    struct gather_options options = {
        .resolver_count = SERVERS_MOST, .dns_window = 100, .timeout = PATIENT, .spread = true};
    struct company company;
    struct client client;

    (void)state;
    company_open(&company, servers, three_transports, SERVERS_MOST);
    options.resolvers = company.addresses;
    client_open_with(&client, &options);
    ask_many(&client, 0, QUESTIONS);
    finish(&client);
    assert_all_answered(&client);
    assert_int_equal(lab_name_server_totals(company.servers[0]).names, SHARE);
    assert_int_equal(lab_name_server_totals(company.servers[1]).names, SHARE);
    assert_int_equal(lab_name_server_totals(company.servers[2]).names, 2 * SHARE);
    client_close(&client);
    company_close(&company);
}

struct latecomer { /* a server that is not there until its time has come */
    const struct lab_name_server_options *options;
    char ip[32]; /* of its own: nobody takes its port while it is away */
    struct lab_endpoint endpoint;
    struct lab_name_server *server;
};

static void reserve(struct latecomer *latecomer, const struct lab_name_server_options *options)
{
    unsigned char part[2];

    latecomer->options = options;
    latecomer->server = NULL;
    assert_int_equal(platform_random(part, sizeof part), STATUS_OK);
    snprintf(latecomer->ip, sizeof latecomer->ip, "127.77.%u.%u", part[0], part[1]);
    assert_int_equal(lab_endpoint_init(&latecomer->endpoint, latecomer->ip, LAB_UDP | LAB_TCP),
                     STATUS_OK);
    assert_int_equal(lab_listen(&latecomer->endpoint, 1, 0), STATUS_OK);
    lab_endpoint_close(&latecomer->endpoint);
}

static void come(struct latecomer *latecomer)
{
    uint16_t port = latecomer->endpoint.address.port;

    assert_int_equal(lab_endpoint_init(&latecomer->endpoint, latecomer->ip, LAB_UDP | LAB_TCP),
                     STATUS_OK);
    assert_int_equal(lab_listen(&latecomer->endpoint, 1, port), STATUS_OK);
    assert_int_equal(
        lab_name_server_start(latecomer->options, &latecomer->endpoint, &latecomer->server),
        STATUS_OK);
}

/* A server that is started again after a second: with patience nothing was lost. */
static void servers_may_come_back(void **state)
{
    enum { QUESTIONS = 50 };
    const struct lab_name_server_options one = {first_records, 1, NULL, 0, false};
    struct gather_options options = {
        .resolver_count = 1, .dns_window = 100, .timeout = PATIENT, .persistent = true};
    struct latecomer latecomer;
    struct client client;

    (void)state;
    reserve(&latecomer, &one);
    options.resolvers = &latecomer.endpoint.address;
    client_open_with(&client, &options);
    ask_for_a_time(&client, QUESTIONS, platform_monotonic_clock() + 1000000);
    assert_int_equal(client.open, QUESTIONS);
    assert_true(client.loops < QUESTIONS * 20);
    come(&latecomer);
    finish(&client);
    assert_all_answered(&client);
    client_close(&client);
    assert_int_equal(lab_name_server_stop(latecomer.server), STATUS_OK);
}

/* One that does not come back is told as what it is, at the deadline; the others go on. */
static void absence_is_told_in_the_end(void **state)
{
    const struct lab_name_server_options one = {first_records, 1, NULL, 0, false};
    struct gather_options options = {
        .resolver_count = 1, .dns_window = 100, .timeout = SHORT, .persistent = true};
    struct net_address both[2];
    const struct dns_answer *answer;
    struct lab_name_server *server;
    struct latecomer never;
    struct client client;

    (void)state;
    skip_unless_refusals_are_told();
    reserve(&never, &one);
    both[0] = never.endpoint.address;
    options.resolvers = both;
    client_open_with(&client, &options);
    answer = ask(&client, "a.example.com", DNS_A);
    finish(&client);
    assert_int_equal(answer->evidence.status, STATUS_REFUSED);
    assert_true(answer->tries >= 1);
    assert_true(answer->evidence.took >= SHORT * 1000);
    assert_non_null(strstr(answer->evidence.reason, "could not be asked"));
    client_close(&client);

    assert_int_equal(lab_name_server_open(&one, &both[1], &server), STATUS_OK);
    options.resolver_count = 2;
    options.timeout = PATIENT;
    options.spread = true;
    client_open_with(&client, &options);
    ask_many(&client, 0, 200);
    finish(&client);
    assert_all_answered(&client);
    client_close(&client);
    assert_int_equal(lab_name_server_stop(server), STATUS_OK);
}

/* A server that cannot be reached over TCP for a while is asked again from the beginning. */
static void truncation_is_borne(void **state)
{
    static const struct lab_behaviour closing[] = {{"*", NULL, LAB_TRUNCATE | LAB_TCP_CLOSE, 0, 2},
                                                   {"*", NULL, LAB_TRUNCATE, 0, 0}};
    const struct lab_name_server_options one = {first_records, 1, closing, 2, false};
    struct gather_options options = {
        .resolver_count = 1, .dns_window = 100, .timeout = PATIENT, .persistent = true};
    const struct dns_answer *answer;
    struct lab_name_server *server;
    struct net_address address;
    struct client client;

    (void)state;
    assert_int_equal(lab_name_server_open(&one, &address, &server), STATUS_OK);
    options.resolvers = &address;
    client_open_with(&client, &options);
    answer = ask(&client, "a.example.com", DNS_A);
    finish(&client);
    assert_true(dns_answer_has_records(answer));
    assert_true(answer->over_tcp);
    assert_true(answer->tries >= 4);
    client_close(&client);
    assert_int_equal(lab_name_server_stop(server), STATUS_OK);
}

/* What is still open when a client ends is forgotten, not written to. */
static void open_questions_are_forgotten(void **state)
{
    const struct fixture *fixture = *state;
    struct client client;

    client_open(&client, &fixture->address, 1, PATIENT, 4);
    (void)ask(&client, "tcp-stall.fault.example.com", DNS_A);
    (void)ask(&client, "silent.fault.example.com", DNS_A);
    (void)ask_at(&client, "silent.fault.example.com", DNS_A, &fixture->address);
    ask_many(&client, 0, 10);
    for (int i = 0; i < 5; i++) {
        dns_client_work(client.dns, platform_monotonic_clock());
        wait_for_sockets(&client);
    }
    assert_true(client.open > 0);
    client_close(&client);
}

static int set_up(void **state)
{
    (void)state;
    return platform_init() == STATUS_OK ? 0 : -1;
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, start_world, stop_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(response_codes_have_their_status),
        IN_WORLD(silence_is_asked_again),
        IN_WORLD(truncation_leads_to_tcp),
        IN_WORLD(strangers_are_not_heard),
        IN_WORLD(records_of_another_name_are_no_answer),
        cmocka_unit_test(referrals_are_no_resolution),
        IN_WORLD(unreadable_answers_are_malformed),
        IN_WORLD(old_servers_are_asked_without_edns),
        cmocka_unit_test(old_servers_are_remembered),
        cmocka_unit_test(dropped_edns_is_left_out),
        IN_WORLD(aliases_are_followed),
        IN_WORLD(the_chain_comes_first),
        IN_WORLD(servers_of_evidence_are_asked_directly),
        IN_WORLD(records_come_as_they_are),
        IN_WORLD(text_comes_byte_for_byte),
        IN_WORLD(odd_names_are_asked),
        IN_WORLD(invalid_names_are_told),
        cmocka_unit_test(large_answers_come_whole),
        cmocka_unit_test(heavy_answers_are_kept_at_their_size),
        IN_WORLD(usual_answers_are_small),
        cmocka_unit_test(the_second_server_answers),
        cmocka_unit_test(all_servers_fail),
        cmocka_unit_test(closed_ports_are_refusals),
        cmocka_unit_test(no_server_is_told),
        cmocka_unit_test(delegations_are_seen),
        cmocka_unit_test(the_window_is_kept),
        cmocka_unit_test(thousands_are_in_flight),
        IN_WORLD(the_pace_is_kept),
        cmocka_unit_test(retransmits_keep_the_pace),
        cmocka_unit_test(questions_are_spread),
        cmocka_unit_test(servers_may_come_back),
        cmocka_unit_test(absence_is_told_in_the_end),
        cmocka_unit_test(truncation_is_borne),
        IN_WORLD(open_questions_are_forgotten),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
