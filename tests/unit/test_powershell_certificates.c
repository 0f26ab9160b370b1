/* Certificates that IIS shows: how bad each fault is, whose bindings count, and when nothing is
 * said. */
#include "diag/probe.h"
#include "tests/unit/probe_bench.h"

#define FILE_NAME "certificates.reg"
#define BACK      "backend-certificate"
#define FRONT     "frontend-certificate"
#define HOUR      (INT64_C(3600) * 1000)

extern const struct probe probe_powershell;

static const int64_t now = INT64_C(1800000000000);

static struct {
    struct certificate_binding binding; /* the one besides 444's own, which is right */
    struct stored_certificate stored;   /* of that */
    bool has_stored, knows_store, lacks_back_end;
} world;

static void answer_certificates(struct bound_certificates *item)
{
    static struct certificate_binding bindings[2];
    static struct stored_certificate stored[2];

    bindings[0] = world.binding;
    bindings[1] = (struct certificate_binding){"0.0.0.0:444", 444, false, "aa", "MY"};
    stored[0] = (struct stored_certificate){"aa", true, true, "CN=EX01", 0, now + HOUR};
    stored[1] = world.stored;
    item->bindings = bindings;
    item->binding_count = world.lacks_back_end ? 1 : 2;
    item->certificates = stored;
    item->certificate_count = world.has_stored ? 2 : 1;
    item->knows_bindings = true;
    item->knows_store = world.knows_store;
}

static void answer(struct evidence *item)
{
    if (item->kind == &evidence_digest)
        ((struct file_digest *)item)->type = FILE_TYPE_REGISTRY;
    else if (item->kind == &evidence_bound_certificates)
        answer_certificates((struct bound_certificates *)item);
    evidence_fail(item, item->kind == &evidence_windows_setup ? STATUS_NOT_FOUND : STATUS_OK, NULL);
}

static const char *judge(const char *id)
{
    bench.started = now;
    bench_begin(&probe_powershell);
    bench_run(SUBJECT_FILE, FILE_NAME, answer);
    return word_of(finding_of(FILE_NAME, id, NULL));
}

static void set_world(unsigned port, int64_t from, int64_t until, bool has_key)
{
    memset(&world, 0, sizeof world);
    world.binding = (struct certificate_binding){"[::]:*", port, false, "bb", "MY"};
    world.stored = (struct stored_certificate){"bb", true, has_key, "CN=b", from, until};
    world.has_stored = world.knows_store = true;
}

/* The dates of a certificate break less than its absence; an hour of doubt is for the clocks. */
static void test_how_bad(void **state)
{
    static const struct {
        int64_t from, until;
        bool has_key, has_stored, knows_store;
        const char *word;
    } rows[] = {
        {0, now + HOUR, true, true, true, "ok"},
        {0, now - HOUR / 2, true, true, true, "ok"},
        {0, now - 2 * HOUR, true, true, true, "warning"},
        {now + HOUR / 2, now + 9 * HOUR, true, true, true, "ok"},
        {now + 2 * HOUR, now + 9 * HOUR, true, true, true, "warning"},
        {0, now + HOUR, false, true, true, "critical"},
        {0, now - 2 * HOUR, false, true, true, "critical"},
        {0, now + HOUR, true, false, true, "critical"},
        {0, now + HOUR, true, false, false, "ok"}, /* 444's own is known to be right */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_world(444, rows[i].from, rows[i].until, rows[i].has_key);
        world.has_stored = rows[i].has_stored;
        world.knows_store = rows[i].knows_store;
        assert_string_equal(judge(BACK), rows[i].word);
        bench_end();
    }
}

/* At 443 those for every name count; none of other ports, of other stores, or of no Exchange. */
static void test_whose(void **state)
{
    (void)state;
    set_world(443, 0, now - 2 * HOUR, true);
    assert_string_equal(judge(FRONT), "warning");
    assert_string_equal(word_of(finding_of(FILE_NAME, BACK, NULL)), "ok");
    bench_end();
    world.binding.is_by_name = true;
    assert_string_equal(judge(FRONT), "");
    bench_end();
    world.binding.is_by_name = false;
    world.binding.store = "WebHosting";
    assert_string_equal(judge(FRONT), "");
    bench_end();
    set_world(8172, 0, now - 2 * HOUR, false);
    assert_string_equal(judge(FRONT), "");
    assert_string_equal(word_of(finding_of(FILE_NAME, BACK, NULL)), "ok");
    bench_end();
    set_world(443, 0, now - 2 * HOUR, true);
    world.lacks_back_end = true;
    assert_string_equal(judge(FRONT), "");
    bench_end();
}

/* Of one address it may be another site's, or of a site that is gone. */
static void test_one_address(void **state)
{
    (void)state;
    set_world(443, 0, now - 2 * HOUR, true);
    world.binding.endpoint = "10.0.0.5:443";
    assert_string_equal(judge(FRONT), "");
    bench_end();
    set_world(444, 0, now - 2 * HOUR, false);
    world.binding.endpoint = "127.0.0.1:444";
    assert_string_equal(judge(BACK), "ok");
    bench_end();
}

/* What is Exchange's own and for something else is offered to nobody. */
static void test_candidates(void **state)
{
    const struct finding *finding;

    (void)state;
    set_world(444, 0, now + HOUR, true);
    world.binding.thumbprint = "cc";
    world.stored.subject = "CN=Microsoft Exchange Server Auth Certificate";
    assert_string_equal(judge(BACK), "critical");
    finding = finding_of(FILE_NAME, BACK, NULL);
    assert_true(saw_it(finding, "CN=EX01"));
    assert_false(saw_it(finding, "Auth Certificate"));
    bench_end();
    world.binding.port = 443;
    world.stored.subject = "CN=mail.contoso.com";
    assert_string_equal(judge(FRONT), "critical");
    finding = finding_of(FILE_NAME, FRONT, NULL);
    assert_true(saw_it(finding, "CN=mail.contoso.com"));
    assert_false(saw_it(finding, "CN=EX01"));
    bench_end();
}

/* A binding without a hash is none, whatever the store has; one unread says nothing. */
static void test_odd_ones(void **state)
{
    (void)state;
    set_world(444, 0, now + HOUR, true);
    world.binding.thumbprint = "";
    assert_string_equal(judge(BACK), "critical");
    bench_end();
    set_world(444, 0, 0, false);
    world.stored.is_read = false;
    assert_string_equal(judge(BACK), "ok");
    bench_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_how_bad),     cmocka_unit_test(test_whose),
        cmocka_unit_test(test_one_address), cmocka_unit_test(test_candidates),
        cmocka_unit_test(test_odd_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
