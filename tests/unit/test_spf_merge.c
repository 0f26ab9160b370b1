#include "probes/spf/merge.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORDS_MOST = 4 };

static struct arena arena;

static int release(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* Each record stands in an allocation of its size, without a NUL behind it. */
static struct spf_merge merge(const char *const *texts, size_t count)
{
    struct spf_record records[RECORDS_MOST];
    char *copies[RECORDS_MOST];
    struct spf_merge out;

    assert_true(count <= RECORDS_MOST);
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(texts[i]);

        copies[i] = malloc(size);
        assert_non_null(copies[i]);
        memcpy(copies[i], texts[i], size);
        assert_true(spf_is_record(copies[i], size));
        spf_read(copies[i], size, &arena, &records[i]);
    }
    spf_merge(records, count, &arena, &out);
    for (size_t i = 0; i < count; i++)
        free(copies[i]);
    assert_true(!out.text != !out.obstacle);
    return out;
}

static struct spf_merge merge_two(const char *a, const char *b)
{
    return merge((const char *const[]){a, b}, 2);
}

static void assert_merged(const char *a, const char *b, const char *expected)
{
    struct spf_merge out = merge_two(a, b);

    if (!out.text)
        fail_msg("\"%s\" and \"%s\" are not merged: %s", a, b, out.obstacle);
    assert_string_equal(out.text, expected);
}

static void assert_obstacle(const char *a, const char *b, const char *part)
{
    struct spf_merge out = merge_two(a, b);

    if (!out.obstacle || !strstr(out.obstacle, part))
        fail_msg("\"%s\" and \"%s\": %s", a, b, out.obstacle ? out.obstacle : out.text);
    assert_null(out.remark);
}

/* The senders of all records in the order of the records, and then the end they share. */
static void senders_are_united(void **state)
{
    struct spf_merge out =
        merge_two("v=spf1 mx -all", "v=spf1 include:a.example ip4:192.0.2.1 -all");

    (void)state;
    assert_string_equal(out.text, "v=spf1 mx include:a.example ip4:192.0.2.1 -all");
    assert_false(out.identical);
    assert_null(out.remark);
}

static void three_records_are_united(void **state)
{
    struct spf_merge out =
        merge((const char *const[]){"v=spf1 a -all", "v=spf1 mx -all", "v=spf1 a ptr -all"}, 3);

    (void)state;
    assert_string_equal(out.text, "v=spf1 a mx ptr -all");
}

/* Within a record and across records; case and a written + make no other term. */
static void duplicates_are_dropped(void **state)
{
    (void)state;
    assert_merged("v=spf1 mx a mx -all", "v=spf1 +A MX ptr -all", "v=spf1 mx a ptr -all");
    assert_merged("v=spf1 exists:%{s}.x -all", "v=spf1 exists:%{S}.x -all",
                  "v=spf1 exists:%{s}.x exists:%{S}.x -all");
}

/* One record is what it is. */
static void one_record_is_its_own_merge(void **state)
{
    struct spf_merge out = merge((const char *const[]){"V=SPF1 -a MX -all"}, 1);

    (void)state;
    assert_true(out.identical);
    assert_string_equal(out.text, "v=spf1 -a MX -all");
}

/* Term by term the same: whatever they say, one of them says it all. */
static void identical_records_are_kept(void **state)
{
    struct spf_merge out = merge_two("v=spf1 MX -all", "v=spf1  +mx   -ALL ");

    (void)state;
    assert_true(out.identical);
    assert_string_equal(out.text, "v=spf1 MX -all");
    assert_true(merge_two("v=spf1 redirect=a.example", "V=spf1 redirect=A.example").identical);
    assert_true(merge_two("v=spf1 ?a +mx ?all", "V=spf1 ?a mx ?all").identical);
    assert_false(merge_two("v=spf1 a mx -all", "v=spf1 mx a -all").identical);
}

/* Copies of what is not valid are no better than one of them. */
static void identical_errors_are_no_merge(void **state)
{
    struct spf_merge out = merge_two("v=spf1 foo -all", "V=spf1 foo -all");

    (void)state;
    assert_true(out.identical);
    assert_non_null(strstr(out.obstacle, "foo"));
}

/* The mildest end wins, and that is said; one without `all` is neutral (RFC 7208 4.7). */
static void ends_that_differ_become_the_mildest(void **state)
{
    static const struct {
        const char *a, *b, *expected;
    } rows[] = {
        {"v=spf1 a -all", "v=spf1 mx ~all", "v=spf1 a mx ~all"},
        {"v=spf1 a ~all", "v=spf1 mx -all", "v=spf1 a mx ~all"},
        {"v=spf1 a -all", "v=spf1 mx ?all", "v=spf1 a mx ?all"},
        {"v=spf1 a -all", "v=spf1 mx", "v=spf1 a mx ?all"},
        {"v=spf1", "v=spf1 mx ~all", "v=spf1 mx ?all"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct spf_merge out = merge_two(rows[i].a, rows[i].b);

        assert_non_null(out.text);
        assert_string_equal(out.text, rows[i].expected);
        assert_non_null(out.remark);
        assert_non_null(strstr(out.remark, strstr(rows[i].expected, "all") - 1));
    }
    assert_null(merge_two("v=spf1 a ~all", "v=spf1 mx ~all").remark);
    assert_merged("v=spf1 a", "v=spf1 mx", "v=spf1 a mx ?all");
    assert_non_null(merge_two("v=spf1 a", "v=spf1 mx").remark);
}

/* The third record's end is compared with those before it, not with the mildest alone. */
static void every_end_has_a_say(void **state)
{
    struct spf_merge out =
        merge((const char *const[]){"v=spf1 a ?all", "v=spf1 mx ?all", "v=spf1 ptr -all"}, 3);

    (void)state;
    assert_string_equal(out.text, "v=spf1 a mx ptr ?all");
    assert_non_null(out.remark);
}

/* Mechanisms behind all are never reached (RFC 7208 5.1): they give no sender and are no obstacle.
 */
static void terms_behind_all_are_left_out(void **state)
{
    (void)state;
    assert_merged("v=spf1 mx -all a", "v=spf1 ptr -all", "v=spf1 mx ptr -all");
    assert_merged("v=spf1 mx -all -a", "v=spf1 ptr -all", "v=spf1 mx ptr -all");
    assert_merged("v=spf1 mx -all +all", "v=spf1 ptr -all", "v=spf1 mx ptr -all");
}

/* A term that one record never reaches still counts where another reaches it. */
static void a_term_behind_all_hides_no_other(void **state)
{
    (void)state;
    assert_merged("v=spf1 mx -all a", "v=spf1 a -all", "v=spf1 mx a -all");
}

/* Modifiers count wherever they stand; beside all, redirect does not (RFC 7208 6.1). */
static void modifiers_are_kept(void **state)
{
    (void)state;
    assert_merged("v=spf1 mx -all exp=e.example", "v=spf1 a x=y -all exp=e.example",
                  "v=spf1 mx exp=e.example a x=y -all");
    assert_merged("v=spf1 mx redirect=r.example -all", "v=spf1 a -all", "v=spf1 mx a -all");
    assert_obstacle("v=spf1 mx redirect=r.example", "v=spf1 a -all", "redirect=r.example");
}

static void obstacles_are_named(void **state)
{
    (void)state;
    assert_obstacle("v=spf1 ip4:1.2.3 -all", "v=spf1 a -all", "ip4:1.2.3");
    assert_obstacle("v=spf1 a -all", "v=spf1 mx -all nonsense", "nonsense");
    assert_obstacle("v=spf1 redirect=r.example", "v=spf1 a -all", "redirect=r.example");
    assert_obstacle("v=spf1 a +all", "v=spf1 mx -all", "+all");
    assert_obstacle("v=spf1 a all", "v=spf1 mx -all", "all lets everybody");
    assert_obstacle("v=spf1 ip4:0.0.0.0/1 -all", "v=spf1 mx -all", "lets everybody");
    assert_obstacle("v=spf1 mx//0 a -all", "v=spf1 mx -all", "lets everybody");
    assert_obstacle("v=spf1 a +all", "V=SPF1 +A all", "+all");
    assert_obstacle("v=spf1 ip4:0.0.0.0/0 -all", "v=spf1 mx -all", "ip4:0.0.0.0/0");
    assert_obstacle("v=spf1 mx -all", "v=spf1 a:b.example//0 -all", "a:b.example//0");
    assert_obstacle("v=spf1 -a:b.example mx -all", "v=spf1 mx -all", "-a:b.example");
    assert_obstacle("v=spf1 ~mx -all", "v=spf1 a -all", "~mx");
    assert_obstacle("v=spf1 a -all", "v=spf1 ?include:x.example -all", "?include:x.example");
    assert_obstacle("v=spf1 exp=a.example -all", "v=spf1 exp=b.example -all", "exp=");
}

/* Nobody is told to publish a record that lets everybody send, not even as the only one. */
static void open_records_are_never_proposed(void **state)
{
    (void)state;
    assert_obstacle("v=spf1 +all", "v=spf1 all", "+all");
    assert_obstacle("v=spf1 ip4:0.0.0.0/0 -all", "v=spf1 a -all", "ip4:0.0.0.0/0");
    assert_obstacle("v=spf1 ip6:::/0 -all", "v=spf1 ip6:::/0 -all", "ip6:::/0");
}

static char *long_record(size_t terms, char letter)
{
    enum { TERM_SIZE = sizeof " a:x0000.example" - 1 };
    char *text = calloc(sizeof "v=spf1" + terms * TERM_SIZE, 1);

    assert_non_null(text);
    memcpy(text, "v=spf1", 6);
    for (size_t i = 0; i < terms; i++)
        snprintf(text + 6 + i * TERM_SIZE, TERM_SIZE + 1, " a:%c%04zu.example", letter, i % 10000);
    return text;
}

static char *long_domain(char letter)
{
    const size_t size = 8 + 40000;
    char *text = calloc(size + 1, 1);

    assert_non_null(text);
    memset(text, letter, size);
    memcpy(text, "v=spf1 a:", 9);
    memcpy(text + size - 8, ".example", 8);
    return text;
}

/* A record that was not read to its end, or would be longer than a record can be, is not made. */
static void what_is_too_long_is_not_merged(void **state)
{
    char *most = long_record(5000, 'a'), *a = long_record(1000, 'a'), *b = long_record(1000, 'b');
    char *c = long_domain('c'), *d = long_domain('d');

    (void)state;
    assert_obstacle(most, "v=spf1 mx -all", "longer");
    assert_obstacle("v=spf1 mx -all", most, "longer");
    assert_obstacle(most, most, "longer");
    assert_obstacle(c, d, "longer");
    assert_int_equal(strlen(merge_two(a, b).text), 2 * (strlen(a) - 6) + strlen("v=spf1 ?all"));
    free(most);
    free(a);
    free(b);
    free(c);
    free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(senders_are_united),
        cmocka_unit_test(three_records_are_united),
        cmocka_unit_test(duplicates_are_dropped),
        cmocka_unit_test(one_record_is_its_own_merge),
        cmocka_unit_test(identical_records_are_kept),
        cmocka_unit_test(identical_errors_are_no_merge),
        cmocka_unit_test(ends_that_differ_become_the_mildest),
        cmocka_unit_test(every_end_has_a_say),
        cmocka_unit_test(terms_behind_all_are_left_out),
        cmocka_unit_test(a_term_behind_all_hides_no_other),
        cmocka_unit_test(modifiers_are_kept),
        cmocka_unit_test(open_records_are_never_proposed),
        cmocka_unit_test(obstacles_are_named),
        cmocka_unit_test(what_is_too_long_is_not_merged),
    };

    return cmocka_run_group_tests_name("spf_merge", tests, NULL, release);
}
