/*
 * The lab's directories, asked by the gatherer as exdiag asks real ones: what they hold comes whole
 * over pages and ranges, and each thing that goes wrong there is told for what it is.
 */
#include "tests/unit/unit.h"

#include "diag/gather/clock.h"
#include "diag/gather/directory.h"
#include "diag/platform.h"
#include "tests/lab/directory_filter.h"
#include "tests/lab/directory_peer.h"
#include "tests/lab/directory_tree.h"
#include "tests/unit/system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENT = 10000, HASTY = 300 /* milliseconds */ };

static const char forest[] = "dn:\n"
                             "dnsHostName: DC1.contoso.com\n"
                             "supportedControl: 1.2.840.113556.1.4.319\n"
                             "\n"
                             "dn: DC=contoso,DC=com\n"
                             "objectClass: domainDNS\n"
                             "\n"
                             "dn: CN=EX01,DC=contoso,DC=com\n"
                             "objectClass: top\n"
                             "cn: EX01\n"
                             "servicePrincipalName: SMTPSVC/EX01\n"
                             "objectClass: computer\n"
                             "servicePrincipalName: SMTPSVC/ex01.contoso.com\n"
                             "servicePrincipalName: HOST/EX01\n"
                             "\n"
                             "dn: CN=svc,DC=contoso,DC=com\n"
                             "objectClass: user\n"
                             "cn: svc\n"
                             "servicePrincipalName: smtpsvc/ex01\n"
                             "\n"
                             "dn: CN=below,CN=EX01,DC=contoso,DC=com\n"
                             "objectClass: container\n"
                             "cn: below\n"
                             "\n"
                             "dn: DC=child,DC=contoso,DC=com\n"
                             "objectClass: referral\n"
                             "ref: ldap://child.contoso.com/DC=child,DC=contoso,DC=com\n"
                             "\n"
                             "dn: DC=far,DC=net\n"
                             "objectClass: referral\n"
                             "ref: ldap://far.net/DC=far,DC=net\n"
                             "\n"
                             "dn: CN=Configuration,DC=fabrikam,DC=com\n"
                             "objectClass: configuration\n"
                             "cn: Configuration\n";

static const char *const all = "(objectClass=*)", *const domain = "DC=contoso,DC=com";

struct asking {
    struct directory_peer peer;
    struct directory_peers *peers;
    struct directory_access *access;
    struct gather_options options;
    struct directory_answer question;
};

static void ask_of(struct asking *asking, const char *base, enum directory_scope scope,
                   const char *filter)
{
    asking->question.base = base;
    asking->question.scope = scope;
    asking->question.filter = filter;
}

static void set_up_at(struct asking *asking, const struct directory_peer *peer, int64_t right)
{
    const struct directory_credentials none = {0};
    struct lab_endpoint endpoint;
    uint16_t port = 0;

    memset(asking, 0, sizeof *asking);
    asking->peer = *peer;
    asking->peer.address = "127.0.0.1";
    asking->peer.ldif = peer->ldif ? peer->ldif : forest;
    assert_int_equal(directory_peers_start(&asking->peer, 1, right, &port, &asking->peers),
                     STATUS_OK);
    assert_int_equal(lab_endpoint_init(&endpoint, "127.0.0.1", LAB_TCP), STATUS_OK);
    asking->access = directory_access_new(&none);
    asking->options.timeout = PATIENT;
    asking->question = (struct directory_answer){.address = endpoint.address,
                                                 .attributes = "cn serviceprincipalname"};
    asking->question.address.port = port;
    ask_of(asking, domain, DIRECTORY_SUBTREE, all);
}

static void set_up(struct asking *asking, const struct directory_peer *peer)
{
    set_up_at(asking, peer, 0);
}

static const char *const named_controllers[] = {"dc1.contoso.com"};
static char authority[SYSTEM_PATH_SIZE + 16]; /* of this run alone */

/* As a name and password, over StartTLS that trusts the lab's authority. */
static void log_on_as(struct asking *asking, const char *user, const char *password)
{
    const struct directory_credentials credentials = {.user = user,
                                                      .password = password,
                                                      .ca_file = authority,
                                                      .controllers = named_controllers,
                                                      .controller_count = 1};
    FILE *file = fopen(authority, "wb");

    assert_non_null(file);
    fputs(directory_peers_authority(asking->peers), file);
    assert_int_equal(fclose(file), 0);
    directory_access_leave(asking->access);
    asking->access = directory_access_new(&credentials);
    asking->question.host = "dc1.contoso.com";
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
    assert_int_equal(directory_peers_stop(asking->peers), STATUS_OK);
}

static bool is_left_out(const struct directory_answer *answer)
{
    return answer->evidence.status == STATUS_NOT_SUPPORTED;
}

struct outcome {
    enum status status;
    int result;
    size_t entries;
    bool more;
};

static void expect(struct asking *asking, struct outcome wanted)
{
    struct directory_answer *answer = ask(asking);

    if (!is_left_out(answer)) {
        assert_int_equal(answer->evidence.status, wanted.status);
        assert_int_equal(answer->result, wanted.result);
        assert_int_equal(answer->entry_count, wanted.entries);
        assert_int_equal(answer->more, wanted.more);
    }
    evidence_free(&answer->evidence);
}

static void expect_fault(enum directory_peer_fault fault, unsigned timeout, struct outcome wanted)
{
    const struct directory_peer peer = {.is_open = true, .page_most = 2, .fault = fault};
    struct asking asking;

    set_up(&asking, &peer);
    asking.options.timeout = timeout;
    expect(&asking, wanted);
    tear_down(&asking);
}

/* ---- what is there ---- */

static const struct directory_peer open_to_all = {.is_open = true};

/* The rootDSE needs no logon: what the export says of it, the time, and the contexts. */
static void test_root(void **state)
{
    const struct directory_peer closed = {0};
    struct asking asking;
    struct directory_answer *answer;

    (void)state;
    set_up(&asking, &closed);
    ask_of(&asking, "", DIRECTORY_BASE, all);
    asking.question.attributes = "currenttime dnshostname namingcontexts";
    answer = ask(&asking);
    if (!is_left_out(answer)) {
        assert_int_equal(answer->entry_count, 1);
        assert_int_equal(answer->entries[0].attribute_count, 3);
        assert_string_equal(directory_text_of(answer->entries, "dnsHostName"), "DC1.contoso.com");
        assert_int_equal(strlen(directory_text_of(answer->entries, "currentTime")), 17);
        assert_int_equal(directory_attribute_of(answer->entries, "namingContexts")->value_count, 2);
    }
    evidence_free(&answer->evidence);
    ask_of(&asking, domain, DIRECTORY_BASE, all);
    expect(&asking, (struct outcome){.status = STATUS_REJECTED, .result = 1});
    tear_down(&asking);
}

static void test_scopes(void **state)
{
    struct asking asking;

    (void)state;
    set_up(&asking, &open_to_all);
    ask_of(&asking, "dc=CONTOSO, dc=com", DIRECTORY_BASE, all);
    expect(&asking, (struct outcome){.entries = 1});
    ask_of(&asking, domain, DIRECTORY_ONE, all);
    expect(&asking, (struct outcome){.entries = 2});
    ask_of(&asking, domain, DIRECTORY_SUBTREE, all);
    expect(&asking, (struct outcome){.entries = 4});
    ask_of(&asking, "CN=EX02,DC=contoso,DC=com", DIRECTORY_SUBTREE, all);
    expect(&asking, (struct outcome){.status = STATUS_REJECTED, .result = 32});
    ask_of(&asking, "", DIRECTORY_SUBTREE, all);
    expect(&asking, (struct outcome){.status = STATUS_REJECTED, .result = 32});
    tear_down(&asking);
}

/* The whole forest, both domains of it, is at the empty base of a global catalog alone. */
static void test_catalog(void **state)
{
    const struct directory_peer catalog = {.is_open = true, .is_catalog = true};
    struct asking asking;

    (void)state;
    set_up(&asking, &catalog);
    ask_of(&asking, "", DIRECTORY_SUBTREE, all);
    expect(&asking, (struct outcome){.entries = 5});
    ask_of(&asking, "", DIRECTORY_SUBTREE,
           "(|(servicePrincipalName=SMTPSVC/EX01)(servicePrincipalName=SMTPSVC/nobody))");
    expect(&asking, (struct outcome){.entries = 2});
    tear_down(&asking);
}

static void test_filters(void **state)
{
    static const struct {
        const char *filter;
        size_t entries;
    } cases[] = {
        {"(cn=*)", 3},
        {"(nobody=*)", 0},
        {"(servicePrincipalName=smtpsvc/ex01.CONTOSO.com)", 1},
        {"(&(cn=ex01)(objectClass=computer))", 1},
        {"(&(cn=ex01)(objectClass=user))", 0},
        {"(&(cn=*)(!(servicePrincipalName=*)))", 1},
        {"(servicePrincipalName=HOST/*)", 1},
        {"(servicePrincipalName=EX01*)", 0},
        {"(servicePrincipalName=*.contoso.com)", 1},
        {"(servicePrincipalName=*.contoso)", 0},
        {"(servicePrincipalName=SMTP*/*01)", 2},
        {"(servicePrincipalName=*EX01*EX01)", 0},
    };
    struct asking asking;

    (void)state;
    set_up(&asking, &open_to_all);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ask_of(&asking, domain, DIRECTORY_SUBTREE, cases[i].filter);
        expect(&asking, (struct outcome){.entries = cases[i].entries});
    }
    ask_of(&asking, domain, DIRECTORY_SUBTREE, "(uSNChanged>=5)");
    expect(&asking, (struct outcome){.status = STATUS_REJECTED, .result = 53});
    tear_down(&asking);
}

/* However small the pages, and whatever is asked of one: all of it, once, in order. */
static void test_pages_and_ranges(void **state)
{
    const struct directory_peer small = {.is_open = true, .page_most = 1, .range_most = 1};
    struct asking asking;
    struct directory_answer *answer;

    (void)state;
    set_up(&asking, &small);
    answer = ask(&asking);
    if (!is_left_out(answer)) {
        const struct directory_attribute *names =
            directory_attribute_of(&answer->entries[1], "servicePrincipalName");

        assert_int_equal(answer->evidence.status, STATUS_OK);
        assert_int_equal(answer->entry_count, 4);
        assert_int_equal(names->value_count, 3);
        assert_string_equal(names->values[2].bytes, "HOST/EX01");
        assert_int_equal(answer->entries[1].attribute_count, 2);
        assert_false(answer->more);
    }
    evidence_free(&answer->evidence);
    tear_down(&asking);
}

/* Which part of the tree another server has is told, and nobody goes there. */
static void test_references(void **state)
{
    const struct directory_peer peer = {.is_open = true};
    struct asking asking;
    struct directory_answer *answer;

    (void)state;
    if (!system_reads_references()) {
        print_message("skipped: the system reads no references\n");
        skip();
    }
    set_up(&asking, &peer);
    answer = ask(&asking);
    if (!is_left_out(answer)) {
        assert_int_equal(answer->referral_count, 1);
        assert_string_equal(answer->referrals[0],
                            "ldap://child.contoso.com/DC=child,DC=contoso,DC=com");
    }
    evidence_free(&answer->evidence);
    tear_down(&asking);
}

/* What is not here is pointed to. */
static void test_referral(void **state)
{
    struct asking asking;
    struct directory_answer *answer;

    (void)state;
    set_up(&asking, &open_to_all);
    ask_of(&asking, "CN=Users,DC=child,DC=contoso,DC=com", DIRECTORY_SUBTREE, all);
    answer = ask(&asking);
    if (!is_left_out(answer)) {
        assert_int_equal(answer->evidence.status, STATUS_REJECTED);
        assert_int_equal(answer->result, 10);
        assert_int_equal(answer->referral_count, 1);
    }
    evidence_free(&answer->evidence);
    tear_down(&asking);
}

/* It tells its own time, over TCP and over UDP. */
static void test_time(void **state)
{
    enum { AHEAD = 420, SECOND = 1000000 };
    static const enum clock_source sources[] = {CLOCK_LDAP, CLOCK_CLDAP};
    const struct directory_peer late = {.ahead = AHEAD * INT64_C(1000000)};
    const struct clock_means means = {.origin = clock_origin_read()};
    struct asking asking;

    (void)state;
    set_up_at(&asking, &late, means.origin.wall - means.origin.monotonic);
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        const struct clock_reading question = {.source = sources[i],
                                               .address = asking.question.address};
        struct evidence *item = evidence_new(&evidence_clock, &question.evidence);
        const struct clock_reading *reading = (struct clock_reading *)item;
        struct clock_interval interval;

        gather_clock(item, &asking.options, &means);
        assert_int_equal(item->status, STATUS_OK);
        assert_true(reading->sample_count > 0);
        interval = clock_interval_of_sample(&reading->samples[0], reading->resolution);
        assert_in_range(means.origin.wall + late.ahead, interval.least, interval.most);
        assert_true(interval.most - interval.least < 10 * SECOND);
        evidence_free(item);
    }
    tear_down(&asking);
}

/* ---- logging on ---- */

static void test_logon(void **state)
{
    const struct directory_peer guarded = {
        .user = "alice", .password = "correct", .certificate = SMTP_PEER_TRUSTED};
    struct directory_peer_account account;
    struct asking asking;

    (void)state;
    set_up(&asking, &guarded);
    log_on_as(&asking, "alice", "correct");
    expect(&asking, (struct outcome){.entries = 4});
    log_on_as(&asking, "alice", "wrong");
    expect(&asking, (struct outcome){.status = STATUS_REJECTED, .result = 49});
    directory_peers_account(asking.peers, 0, &account);
    assert_true(account.binds == 2 || account.connections == 0);
    tear_down(&asking);
}

/* A password is for controllers of its user's domain, however DNS leads to others. */
static void test_whose_password(void **state)
{
    static const struct {
        const char *user, *host;
        size_t named;
        enum directory_identity identity;
    } rows[] = {
        {"alice@contoso.com", "dc1.contoso.com", 0, DIRECTORY_AS_NAMED},
        {"alice@Contoso.COM", "dc9.sales.contoso.com", 0, DIRECTORY_AS_NAMED},
        {"alice@fabrikam.com", "dc1.contoso.com", 0, DIRECTORY_AS_ANONYMOUS},
        {"alice@toso.com", "dc1.contoso.com", 0, DIRECTORY_AS_ANONYMOUS},
        {"alice@sales.contoso.com", "dc1.contoso.com", 0, DIRECTORY_AS_ANONYMOUS},
        {"CONTOSO\\alice", "dc1.contoso.com", 0, DIRECTORY_AS_ANONYMOUS},
        {"alice", "dc1.contoso.com", 0, DIRECTORY_AS_ANONYMOUS},
        {"alice@", "dc1.contoso.com", 0, DIRECTORY_AS_ANONYMOUS},
        {"alice@fabrikam.com", "DC1.contoso.com", 1, DIRECTORY_AS_NAMED},
        {"CONTOSO\\alice", "dc1.contoso.com", 1, DIRECTORY_AS_NAMED},
        {"CONTOSO\\alice", "dc2.contoso.com", 1, DIRECTORY_AS_ANONYMOUS},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct directory_credentials credentials = {.user = rows[i].user,
                                                          .password = "correct",
                                                          .controllers = named_controllers,
                                                          .controller_count = rows[i].named};
        const struct directory_answer question = {
            .host = rows[i].host, .base = domain, .scope = DIRECTORY_SUBTREE};
        struct directory_access *access = directory_access_new(&credentials);
        struct buffer why;

        buffer_init(&why, 1024);
        if (directory_access_identity(access, &question, &why) != rows[i].identity)
            fail_msg("row %zu", i);
        assert_int_equal(why.size > 0, rows[i].identity == DIRECTORY_AS_ANONYMOUS);
        buffer_release(&why);
        directory_access_leave(access);
    }
}

/* The authority may be a text as well as a file; one that is none is trusted by nobody. */
static void test_authority_as_text(void **state)
{
    const struct directory_peer guarded = {
        .user = "alice", .password = "correct", .certificate = SMTP_PEER_TRUSTED};
    struct directory_credentials credentials = {.user = "alice",
                                                .password = "correct",
                                                .controllers = named_controllers,
                                                .controller_count = 1};
    struct directory_peer over_tls = guarded;
    struct asking asking;

    (void)state;
    over_tls.tls_at_once = true;
    for (int i = 0; i < 2; i++) {
        set_up(&asking, i == 0 ? &guarded : &over_tls);
        asking.question.host = "dc1.contoso.com";
        asking.question.tls_at_once = i == 1;
        for (int is_good = 0; is_good < 2; is_good++) {
            credentials.ca_text = is_good ? directory_peers_authority(asking.peers) : "no PEM";
            directory_access_leave(asking.access);
            asking.access = directory_access_new(&credentials);
            expect(&asking, is_good ? (struct outcome){.entries = 4}
                                    : (struct outcome){.status = STATUS_INVALID});
        }
        tear_down(&asking);
    }
}

/* A certificate for another name, or that has ended, gets no password. */
static void test_certificates(void **state)
{
    static const enum smtp_peer_certificate kinds[] = {SMTP_PEER_EXPIRED, SMTP_PEER_MISMATCHED,
                                                       SMTP_PEER_SELF_SIGNED};

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct directory_peer peer = {
            .user = "alice", .password = "correct", .certificate = kinds[i], .tls_at_once = true};
        struct directory_peer_account account;
        struct asking asking;

        set_up(&asking, &peer);
        log_on_as(&asking, "alice", "correct");
        asking.question.tls_at_once = true;
        expect(&asking, (struct outcome){.status = STATUS_DENIED});
        directory_peers_account(asking.peers, 0, &account);
        assert_int_equal(account.binds, 0);
        tear_down(&asking);
    }
}

/* ---- what goes wrong ---- */

static void test_faults(void **state)
{
    (void)state;
    expect_fault(DIRECTORY_PEER_RIGHT, PATIENT, (struct outcome){.entries = 4});
    expect_fault(DIRECTORY_PEER_SLOWLY, PATIENT, (struct outcome){.entries = 4});
    expect_fault(DIRECTORY_PEER_SILENT, HASTY, (struct outcome){.status = STATUS_TIMED_OUT});
    expect_fault(DIRECTORY_PEER_WRONG_ID, HASTY, (struct outcome){.status = STATUS_TIMED_OUT});
    expect_fault(DIRECTORY_PEER_REFUSES, PATIENT,
                 (struct outcome){.status = STATUS_REJECTED, .result = 50});
    expect_fault(DIRECTORY_PEER_BUSY, PATIENT,
                 (struct outcome){.status = STATUS_REJECTED, .result = 51});
    expect_fault(DIRECTORY_PEER_LIMITED, PATIENT,
                 (struct outcome){.result = 4, .entries = 2, .more = true});
    expect_fault(DIRECTORY_PEER_STOPS, HASTY,
                 (struct outcome){.status = STATUS_TIMED_OUT, .entries = 2, .more = true});
    expect_fault(DIRECTORY_PEER_CLOSES, PATIENT,
                 (struct outcome){.status = STATUS_CLOSED, .entries = 2, .more = true});
}

/* What is none, or half, is no answer; how the library calls it is its own. */
static void test_broken(void **state)
{
    static const enum directory_peer_fault faults[] = {DIRECTORY_PEER_WRONG_BER,
                                                       DIRECTORY_PEER_HALF};

    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        const struct directory_peer peer = {.is_open = true, .fault = faults[i]};
        struct directory_answer *answer;
        struct asking asking;

        set_up(&asking, &peer);
        answer = ask(&asking);
        assert_int_not_equal(answer->evidence.status, STATUS_OK);
        assert_int_not_equal(answer->evidence.status, STATUS_TIMED_OUT);
        evidence_free(&answer->evidence);
        tear_down(&asking);
    }
}

/* Pages without end are left, and are not all. */
static void test_endless(void **state)
{
    const struct directory_peer peer = {.is_open = true, .fault = DIRECTORY_PEER_ENDLESS};
    struct directory_answer *answer;
    struct asking asking;

    (void)state;
    set_up(&asking, &peer);
    answer = ask(&asking);
    if (!is_left_out(answer))
        assert_true(answer->more);
    evidence_free(&answer->evidence);
    tear_down(&asking);
}

/* A second range that brings nothing is given up: the answer is not whole. */
static void test_one_range(void **state)
{
    const struct directory_peer peer = {
        .is_open = true, .range_most = 2, .fault = DIRECTORY_PEER_ONE_RANGE};
    struct asking asking;

    (void)state;
    set_up(&asking, &peer);
    expect(&asking, (struct outcome){.entries = 4, .more = true});
    tear_down(&asking);
}

/* ---- what it does not take ---- */

static void test_refused_exports(void **state)
{
    static const char *const texts[] = {"", "no LDIF\n", "dn: nonsense\ncn: a\n"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct directory_peer peer = {.address = "127.0.0.1", .ldif = texts[i]};
        struct directory_peers *peers;
        uint16_t port = 0;

        assert_int_equal(directory_peers_start(&peer, 1, 0, &port, &peers), STATUS_MALFORMED);
    }
}

/* Filters that end early or lie too deep are none; all of the others are looked at to the end. */
static void test_filter_bytes(void **state)
{
    static const unsigned char cut[] = {0xA3, 5, 4, 2, 'c', 'n', 4};
    static const unsigned char late[] = {0xA1, 8, 0x87, 2, 'c', 'n', 0xA3, 2, 4, 0};
    struct directory_tree tree;
    struct buffer deep;
    bool matches;

    (void)state;
    assert_int_equal(directory_tree_read(&tree, forest, sizeof forest - 1), STATUS_OK);
    for (size_t size = 0; size <= sizeof cut; size++)
        assert_int_equal(directory_filter_match((struct ber){.bytes = cut, .size = size},
                                                &tree.nodes[2].entry, &matches),
                         STATUS_MALFORMED);
    assert_int_equal(directory_filter_match((struct ber){.bytes = late, .size = sizeof late},
                                            &tree.nodes[2].entry, &matches),
                     STATUS_MALFORMED);
    buffer_init(&deep, 1000);
    ber_put_text(&deep, BER_CONTEXT_PRIMITIVE + 7, "cn");
    for (int i = 0; i < 20; i++)
        ber_wrap(&deep, 0, BER_CONTEXT);
    assert_int_equal(directory_filter_match(
                         (struct ber){.bytes = (const unsigned char *)deep.text, .size = deep.size},
                         &tree.nodes[2].entry, &matches),
                     STATUS_MALFORMED);
    buffer_release(&deep);
    directory_tree_free(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_root),
        cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_catalog),
        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_pages_and_ranges),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_referral),
        cmocka_unit_test(test_logon),
        cmocka_unit_test(test_whose_password),
        cmocka_unit_test(test_authority_as_text),
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_certificates),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_endless),
        cmocka_unit_test(test_one_range),
        cmocka_unit_test(test_refused_exports),
        cmocka_unit_test(test_filter_bytes),
    };

    char folder[SYSTEM_PATH_SIZE];
    int failed;

    if (platform_init() != STATUS_OK)
        return 2;
    system_folder_new(folder);
    (void)snprintf(authority, sizeof authority, "%s/authority.pem", folder);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    system_remove(authority);
    system_remove(folder);
    return failed;
}
