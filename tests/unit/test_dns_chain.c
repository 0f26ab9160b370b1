#include "tests/unit/unit.h"

#include "diag/read/dns_chain.h"

#include <stdio.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static struct dns_record alias(const char *owner, const char *target)
{
    return (struct dns_record){.owner = owner, .type = DNS_CNAME, .data.name = target};
}

static struct dns_record record(const char *owner, uint16_t type)
{
    return (struct dns_record){.owner = owner, .type = type, .data.name = "data"};
}

static void check_section(const struct dns_chain *chain, const struct dns_section *answer,
                          const char *const *owners, size_t count)
{
    struct arena arena = {0};
    struct dns_section section = dns_chain_section(chain, answer, DNS_A, &arena);

    assert_int_equal(section.count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(section.records[i].owner, owners[i]);
    arena_release(&arena);
}

/* A name that is no alias is its own end; other names' records are none of its. */
static void a_chain_may_be_empty(void **state)
{
    const struct dns_record list[] = {record("b", DNS_A), record("A", DNS_A), record("a", DNS_TXT),
                                      alias("b", "c"), record("a", DNS_A)};
    const struct dns_section answer = {list, COUNT(list)};
    static const char *const owners[] = {"A", "a"};
    struct dns_chain chain;

    (void)state;
    assert_int_equal(dns_chain_follow(&answer, "a", DNS_A, &chain), STATUS_OK);
    assert_int_equal(chain.count, 0);
    assert_string_equal(chain.end, "a");
    assert_true(chain.found);
    check_section(&chain, &answer, owners, 2);
    assert_int_equal(dns_chain_follow(&answer, "x", DNS_A, &chain), STATUS_OK);
    assert_false(chain.found);
    check_section(&chain, &answer, NULL, 0);
}

/* Aliases come in the order of the chain, whatever the server's, and each one once. */
static void a_chain_is_put_in_order(void **state)
{
    const struct dns_record list[] = {record("c", DNS_A), alias("B", "c"), alias("x", "y"),
                                      alias("a", "b"), alias("a", "b")};
    const struct dns_section answer = {list, COUNT(list)};
    static const char *const owners[] = {"a", "B", "c"};
    struct dns_chain chain;

    (void)state;
    assert_int_equal(dns_chain_follow(&answer, "a", DNS_A, &chain), STATUS_OK);
    assert_true(chain.found);
    assert_string_equal(chain.end, "c");
    check_section(&chain, &answer, owners, 3);
}

/* Asked for the alias itself, it is not followed. */
static void aliases_can_be_asked_for(void **state)
{
    const struct dns_record list[] = {alias("a", "b"), alias("b", "a")};
    const struct dns_section answer = {list, COUNT(list)};
    struct dns_chain chain;

    (void)state;
    assert_int_equal(dns_chain_follow(&answer, "a", DNS_CNAME, &chain), STATUS_OK);
    assert_true(chain.found);
    assert_string_equal(chain.end, "a");
}

/* The chain leads on to a name that the answer says nothing of. */
static void a_chain_may_lead_on(void **state)
{
    const struct dns_record list[] = {alias("a", "b.example.com")};
    const struct dns_record soa[] = {record("Example.com", DNS_SOA)};
    const struct dns_record other[] = {record("example.net", DNS_SOA),
                                       record("example.com", DNS_NS)};
    const struct dns_section answer = {list, 1}, denial = {soa, 1}, referral = {other, 2};
    struct dns_chain chain;

    (void)state;
    assert_int_equal(dns_chain_follow(&answer, "a", DNS_A, &chain), STATUS_OK);
    assert_false(chain.found);
    assert_string_equal(chain.end, "b.example.com");
    assert_true(dns_chain_is_denied(&chain, &denial));
    assert_false(dns_chain_is_denied(&chain, &referral));
}

/* Loops are told by their first name that comes twice, case or not. */
static void loops_are_cut(void **state)
{
    const struct dns_record list[] = {alias("a", "b"), alias("b", "C"), alias("c", "B"),
                                      alias("s", "S")};
    const struct dns_section answer = {list, COUNT(list)};
    struct dns_chain chain;

    (void)state;
    assert_int_equal(dns_chain_follow(&answer, "a", DNS_A, &chain), STATUS_MALFORMED);
    assert_string_equal(chain.end, "B");
    assert_int_equal(chain.count, 3);
    assert_int_equal(dns_chain_follow(&answer, "s", DNS_A, &chain), STATUS_MALFORMED);
    assert_int_equal(chain.count, 1);
}

static void long_chains_are_cut(void **state)
{
    static char names[DNS_ALIASES_MOST + 2][4];
    struct dns_record list[DNS_ALIASES_MOST + 1];
    struct dns_section answer = {list, DNS_ALIASES_MOST};
    struct dns_chain chain;

    (void)state;
    for (int i = 0; i < DNS_ALIASES_MOST + 2; i++)
        snprintf(names[i], sizeof names[i], "n%d", i);
    for (int i = 0; i < DNS_ALIASES_MOST + 1; i++)
        list[i] = alias(names[i], names[i + 1]);
    assert_int_equal(dns_chain_follow(&answer, "n0", DNS_A, &chain), STATUS_OK);
    assert_int_equal(chain.count, DNS_ALIASES_MOST);
    answer.count++;
    assert_int_equal(dns_chain_follow(&answer, "n0", DNS_A, &chain), STATUS_LIMIT);
    assert_int_equal(chain.count, DNS_ALIASES_MOST);
    assert_string_equal(chain.end, "n16");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_may_be_empty),
        cmocka_unit_test(a_chain_is_put_in_order),
        cmocka_unit_test(aliases_can_be_asked_for),
        cmocka_unit_test(a_chain_may_lead_on),
        cmocka_unit_test(loops_are_cut),
        cmocka_unit_test(long_chains_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
