/* The store as a cache: lifetimes, pins, and a number of bytes. The test is the clock. */
#include "diag/evidence/dns.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

enum { SECOND = 1000000, ROOMY = 1 << 20 };

static struct evidence_store *cache;

static int tear_down(void **state)
{
    (void)state;
    evidence_store_free(cache);
    cache = NULL;
    return 0;
}

static struct evidence *find(const char *name)
{
    const struct dns_answer question = {.name = name, .type = DNS_TXT};

    return evidence_store_find(cache, &evidence_dns, &question.evidence);
}

/* A new item, pinned once, as the engine has it while it is fetched. */
static struct evidence *add(const char *name)
{
    const struct dns_answer question = {.name = name, .type = DNS_TXT};
    struct evidence *item = evidence_store_add(cache, &evidence_dns, &question.evidence);

    evidence_store_pin(cache, item);
    return item;
}

static void settle(struct evidence *item, enum status status)
{
    evidence_fail(item, status, NULL);
    evidence_store_settled(cache, item);
}

static struct dns_record *add_records(struct evidence *item, struct dns_section *section,
                                      size_t count, uint16_t type)
{
    struct dns_record *records = arena_new(&item->memory, count, sizeof *records);

    for (size_t i = 0; i < count; i++) {
        records[i].owner = "a.example";
        records[i].type = type;
    }
    section->records = records;
    section->count = count;
    return records;
}

static void answer(struct evidence *item, uint32_t ttl)
{
    struct dns_answer *dns = (struct dns_answer *)item;

    add_records(item, &dns->answer, 1, DNS_TXT)->ttl = ttl;
    settle(item, STATUS_OK);
}

/* True for all seconds before the last one, and no longer. */
static void expect_lifetime(const char *name, int64_t seconds)
{
    assert_non_null(find(name));
    evidence_store_advance(cache, seconds * SECOND - 1);
    assert_non_null(find(name));
    evidence_store_advance(cache, seconds * SECOND);
    assert_null(find(name));
}

static void the_shortest_ttl_is_the_lifetime(void **state)
{
    struct evidence *item;
    struct dns_record *records;

    (void)state;
    cache = evidence_cache_new(ROOMY);
    item = add("a.example");
    records = add_records(item, &((struct dns_answer *)item)->answer, 3, DNS_TXT);
    records[0].type = DNS_CNAME;
    records[0].ttl = 60;
    records[1].ttl = 30;
    records[2].ttl = 300;
    settle(item, STATUS_OK);
    evidence_store_unpin(cache, item);
    expect_lifetime("a.example", 30);
}

static void nothing_lives_longer_than_a_day(void **state)
{
    struct evidence *item;

    (void)state;
    cache = evidence_cache_new(ROOMY);
    item = add("a.example");
    answer(item, INT32_MAX);
    evidence_store_unpin(cache, item);
    expect_lifetime("a.example", 86400);
}

/* RFC 2308 5: the smaller of the SOA's TTL and its last field; without one, hardly at all. */
static void a_denial_lives_as_its_soa_says(void **state)
{
    static const struct {
        uint32_t ttl, minimum, lifetime;
    } cases[] = {{600, 60, 60}, {60, 600, 60}, {999999, 999999, 10800}, {0, 0, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct evidence *item;
        struct dns_record *soa;

        cache = evidence_cache_new(ROOMY);
        item = add("a.example");
        soa = add_records(item, &((struct dns_answer *)item)->authority, 2, DNS_SOA);
        soa[0].type = DNS_NS;
        soa[1].ttl = cases[i].ttl;
        soa[1].data.soa.minimum = cases[i].minimum;
        ((struct dns_answer *)item)->rcode = DNS_NXDOMAIN;
        settle(item, STATUS_OK);
        evidence_store_unpin(cache, item);
        if (cases[i].lifetime > 0)
            expect_lifetime("a.example", cases[i].lifetime);
        else
            assert_null(find("a.example"));
        evidence_store_free(cache);
    }
    cache = evidence_cache_new(ROOMY);
    settle(add("b.example"), STATUS_OK);
    expect_lifetime("b.example", 5);
}

/* RFC 9520; what a limit or the end of a run left open is no answer for anybody else. */
static void a_failure_lives_for_seconds(void **state)
{
    (void)state;
    cache = evidence_cache_new(ROOMY);
    settle(add("limit.example"), STATUS_LIMIT);
    assert_null(find("limit.example"));
    settle(add("dead.example"), STATUS_TIMED_OUT);
    expect_lifetime("dead.example", 5);
}

/* One who has pinned it keeps it; the next to ask gets another, and both are there. */
static void what_is_over_stays_with_its_pins(void **state)
{
    struct evidence *old, *young;

    (void)state;
    cache = evidence_cache_new(ROOMY);
    old = add("a.example");
    answer(old, 0);
    assert_null(find("a.example"));
    assert_int_equal(old->status, STATUS_OK);
    young = add("a.example");
    assert_ptr_not_equal(young, old);
    assert_ptr_equal(find("a.example"), young);
    assert_int_equal(evidence_store_count(cache), 2);
    evidence_store_unpin(cache, old);
    assert_int_equal(evidence_store_count(cache), 1);
    assert_ptr_equal(find("a.example"), young);
}

/* Those without a pin go, the one used last the last; those with one stay. */
static void bytes_are_bounded_and_the_least_used_goes_first(void **state)
{
    struct evidence *first, *second;
    size_t size;

    (void)state;
    cache = evidence_cache_new(ROOMY);
    first = add("0.example");
    answer(first, 600);
    evidence_store_unpin(cache, first);
    size = evidence_store_idle_bytes(cache);
    assert_true(size >= sizeof(struct dns_answer));
    evidence_store_free(cache);

    cache = evidence_cache_new(size * 10);
    first = add("0.example");
    answer(first, 600);
    second = add("1.example");
    answer(second, 600);
    evidence_store_unpin(cache, second);
    for (unsigned i = 2; i < 10000; i++) {
        char name[32];
        struct evidence *item;

        snprintf(name, sizeof name, "%u.example", i);
        item = add(name);
        answer(item, 600);
        evidence_store_unpin(cache, item);
        assert_true(evidence_store_idle_bytes(cache) <= size * 10);
        assert_true(evidence_store_count(cache) <= 12);
        assert_non_null(find(name));
        item = find("1.example");
        assert_ptr_equal(item, second);
        evidence_store_pin(cache, item);
        evidence_store_unpin(cache, item);
    }
    assert_ptr_equal(find("0.example"), first);
    assert_null(find("2.example"));
    evidence_store_unpin(cache, first);
}

/* What a reader makes of an item counts, too. */
static const void *make_large(const struct evidence *item, struct arena *arena)
{
    (void)item;
    return arena_new(arena, 1, 100000);
}

static void what_was_made_of_an_item_counts(void **state)
{
    struct evidence *item;

    (void)state;
    cache = evidence_cache_new(ROOMY);
    item = add("a.example");
    answer(item, 600);
    evidence_store_unpin(cache, item);
    assert_true(evidence_store_idle_bytes(cache) < 100000);
    evidence_store_pin(cache, item);
    assert_int_equal(evidence_store_idle_bytes(cache), 0);
    evidence_read(item, make_large);
    evidence_store_unpin(cache, item);
    assert_true(evidence_store_idle_bytes(cache) >= 100000);
}

/* One that is larger than the whole cache goes with its last pin. */
static void what_does_not_fit_is_not_kept(void **state)
{
    struct evidence *item;

    (void)state;
    cache = evidence_cache_new(1000);
    item = add("a.example");
    arena_new(&item->memory, 1, 5000);
    answer(item, 600);
    assert_ptr_equal(find("a.example"), item);
    evidence_store_unpin(cache, item);
    assert_null(find("a.example"));
    assert_int_equal(evidence_store_count(cache), 0);
    assert_int_equal(evidence_store_idle_bytes(cache), 0);
}

/* The store of a check keeps everything, whatever its TTL. */
static void a_store_that_is_no_cache_forgets_nothing(void **state)
{
    struct evidence *item;

    (void)state;
    cache = evidence_store_new();
    item = add("a.example");
    answer(item, 0);
    evidence_store_unpin(cache, item);
    evidence_store_advance(cache, INT64_MAX);
    assert_ptr_equal(find("a.example"), item);
    assert_int_equal(evidence_store_idle_bytes(cache), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_shortest_ttl_is_the_lifetime, tear_down),
        cmocka_unit_test_teardown(nothing_lives_longer_than_a_day, tear_down),
        cmocka_unit_test_teardown(a_denial_lives_as_its_soa_says, tear_down),
        cmocka_unit_test_teardown(a_failure_lives_for_seconds, tear_down),
        cmocka_unit_test_teardown(what_is_over_stays_with_its_pins, tear_down),
        cmocka_unit_test_teardown(bytes_are_bounded_and_the_least_used_goes_first, tear_down),
        cmocka_unit_test_teardown(what_was_made_of_an_item_counts, tear_down),
        cmocka_unit_test_teardown(what_does_not_fit_is_not_kept, tear_down),
        cmocka_unit_test_teardown(a_store_that_is_no_cache_forgets_nothing, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
