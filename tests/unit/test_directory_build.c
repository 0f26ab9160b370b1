#include "tests/unit/unit.h"

#include "diag/gather/directory_build.h"

#include <stdio.h>
#include <string.h>

static const struct directory_answer question = {
    .base = "", .filter = "(cn=*)", .attributes = "", .scope = DIRECTORY_SUBTREE};

static struct directory_answer *begin(struct directory_build *build)
{
    struct directory_answer *answer =
        (struct directory_answer *)evidence_new(&evidence_directory, &question.evidence);

    directory_build_begin(build, answer);
    return answer;
}

static void put(struct directory_build *build, const char *name, const char *text)
{
    directory_build_value(build, name, text, strlen(text));
}

static void test_values(void **state)
{
    struct directory_build build;
    struct directory_answer *answer = begin(&build);

    (void)state;
    assert_true(directory_build_entry(&build, "CN=a"));
    put(&build, "cn", "a");
    put(&build, "member", "x");
    put(&build, "Member", "y");
    assert_true(directory_build_entry(&build, "CN=b"));
    directory_build_value(&build, "cn", "b\0c", 3);
    directory_build_referral(&build, "ldap://one");
    directory_build_referral(&build, "ldap://two");
    directory_build_end(&build);
    assert_int_equal(answer->entry_count, 2);
    assert_string_equal(answer->entries[0].dn, "CN=a");
    assert_int_equal(answer->entries[0].attribute_count, 2);
    assert_int_equal(answer->entries[0].attributes[1].value_count, 2);
    assert_string_equal(answer->entries[0].attributes[1].values[1].bytes, "y");
    assert_int_equal(answer->entries[1].attributes[0].values[0].size, 3);
    assert_memory_equal(answer->entries[1].attributes[0].values[0].bytes, "b\0c", 4);
    assert_int_equal(answer->referral_count, 2);
    assert_string_equal(answer->referrals[1], "ldap://two");
    assert_false(answer->more);
    evidence_free(&answer->evidence);
}

/* What a server gives in ranges is one list of values under one name. */
static void test_ranges(void **state)
{
    struct directory_build build;
    struct directory_answer *answer = begin(&build);
    const char *dn, *attribute;

    (void)state;
    directory_build_entry(&build, "CN=a");
    put(&build, "cn", "a");
    put(&build, "member;range=0-1", "one");
    put(&build, "member;range=0-1", "two");
    directory_build_entry(&build, "CN=b");
    put(&build, "cn", "b");
    assert_true(directory_build_next_range(&build, &dn, &attribute));
    assert_string_equal(dn, "CN=a");
    assert_string_equal(attribute, "member;range=2-*");
    assert_true(directory_build_entry(&build, "CN=a"));
    put(&build, "Member;Range=2-3", "three");
    put(&build, "Member;Range=2-3", "four");
    put(&build, "cn", "not asked for");
    assert_true(directory_build_next_range(&build, &dn, &attribute));
    assert_string_equal(attribute, "member;range=4-*");
    put(&build, "member;range=4-*", "five");
    assert_false(directory_build_next_range(&build, &dn, &attribute));
    directory_build_end(&build);
    assert_int_equal(answer->entry_count, 2);
    assert_int_equal(answer->entries[0].attribute_count, 2);
    assert_int_equal(answer->entries[0].attributes[1].value_count, 5);
    assert_string_equal(answer->entries[0].attributes[1].name, "member");
    assert_string_equal(answer->entries[0].attributes[1].values[4].bytes, "five");
    assert_false(answer->more);
    evidence_free(&answer->evidence);
}

/* A server that gives the same range again, or none, is not asked for ever. */
static void test_ranges_that_do_not_go_on(void **state)
{
    static const char *const again[] = {"member;range=0-1", "member;range=2-1", "member"};

    (void)state;
    for (size_t i = 0; i < sizeof again / sizeof *again; i++) {
        struct directory_build build;
        struct directory_answer *answer = begin(&build);
        const char *dn, *attribute;

        directory_build_entry(&build, "CN=a");
        put(&build, "member;range=0-1", "one");
        assert_true(directory_build_next_range(&build, &dn, &attribute));
        put(&build, again[i], "one");
        assert_false(directory_build_next_range(&build, &dn, &attribute));
        directory_build_end(&build);
        assert_true(answer->more);
        evidence_free(&answer->evidence);
    }
}

/* A search that ended between ranges says that there was more. */
static void test_ranges_left(void **state)
{
    struct directory_build build;
    struct directory_answer *answer = begin(&build);

    (void)state;
    directory_build_entry(&build, "CN=a");
    put(&build, "member;range=0-1499", "one");
    directory_build_end(&build);
    assert_true(answer->more);
    evidence_free(&answer->evidence);
}

static void test_most_entries(void **state)
{
    struct directory_build build;
    struct directory_answer *answer = begin(&build);

    (void)state;
    for (int i = 0; i < DIRECTORY_ENTRIES_MOST; i++)
        assert_true(directory_build_entry(&build, "CN=a"));
    assert_false(build.full);
    assert_false(directory_build_entry(&build, "CN=one too many"));
    directory_build_end(&build);
    assert_int_equal(answer->entry_count, DIRECTORY_ENTRIES_MOST);
    assert_true(answer->more);
    evidence_free(&answer->evidence);
}

static void test_most_bytes(void **state)
{
    enum { PIECE = 1 << 20 };
    struct directory_build build;
    struct directory_answer *answer = begin(&build);
    char *bytes = test_calloc(1, PIECE);

    (void)state;
    directory_build_entry(&build, "CN=a");
    for (int i = 0; i < DIRECTORY_BYTES_MOST / PIECE; i++)
        directory_build_value(&build, "photo", bytes, PIECE);
    assert_true(build.full);
    put(&build, "cn", "small, but it is over");
    assert_false(directory_build_entry(&build, "CN=b"));
    directory_build_end(&build);
    assert_int_equal(answer->entry_count, 1);
    assert_int_equal(answer->entries[0].attributes[0].value_count,
                     DIRECTORY_BYTES_MOST / PIECE - 1);
    assert_true(answer->more);
    test_free(bytes);
    evidence_free(&answer->evidence);
}

static void test_many_referrals(void **state)
{
    struct directory_build build;
    struct directory_answer *answer = begin(&build);

    (void)state;
    for (int i = 0; i < 1000; i++)
        directory_build_referral(&build, "ldap://one");
    directory_build_end(&build);
    assert_int_equal(answer->referral_count, 100);
    evidence_free(&answer->evidence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_ranges_that_do_not_go_on),
        cmocka_unit_test(test_ranges_left),
        cmocka_unit_test(test_most_entries),
        cmocka_unit_test(test_most_bytes),
        cmocka_unit_test(test_many_referrals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
