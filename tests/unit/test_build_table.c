/* Tables of builds: the project's own, mistakes in others, and what is found in them. */
#include "tests/unit/unit.h"

#include "diag/clock.h"
#include "diag/read/build_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "exdiag-builds 1\nas-of 2026-04-02\n"
#define ROW  "15.1.2507.6 | Exchange 2016 | CU23 | - | 2022-04-20 | 2025-10-14\n"

static struct arena memory;
static struct build_table own;

static int set_up(void **state)
{
    struct build_table_fault fault;
    size_t size;
    const char *text = build_table_text(&size);

    (void)state;
    return build_table_read(text, size, &memory, &own, &fault) != STATUS_OK;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&memory);
    return 0;
}

/* ---- the table of the project ---- */

static bool is_month_beyond(const char *released, const char *as_of)
{
    return strncmp(released, as_of, strlen(released)) > 0;
}

/* Sorted, no build twice, no century but two, and nothing out after the table was made. */
static void test_own_rows(void **state)
{
    (void)state;
    assert_int_equal(own.count, 427);
    for (size_t i = 0; i < own.count; i++) {
        const struct build_row *row = &own.rows[i];
        int year = atoi(row->released);

        assert_true(year >= 1996 && year <= 2026);
        assert_false(is_month_beyond(row->released, own.as_of));
        assert_true(strncmp(row->product, "Exchange ", 9) == 0);
        if (row->supported_to)
            assert_true(strcmp(row->supported_to, "2011-01-11") >= 0 &&
                        strcmp(row->supported_to, "2035-12-31") <= 0);
        if (i > 0)
            assert_true(build_number_compare(&row[-1].number, &row->number) < 0);
    }
}

/* Within a level a later build came out later; one old table has a day that says otherwise. */
static void test_own_days(void **state)
{
    (void)state;
    for (size_t i = 1; i < own.count; i++) {
        const struct build_row *row = &own.rows[i], *before = row - 1;
        size_t size = strlen(row->released) < strlen(before->released) ? strlen(row->released)
                                                                       : strlen(before->released);

        if (row->product == before->product && row->level == before->level)
            assert_true(strncmp(before->released, row->released, size) <= 0);
    }
}

/* All rows of a product end their support on one day, and have one version, or 2019 and SE. */
static void test_own_products(void **state)
{
    size_t products = 0;

    (void)state;
    for (size_t i = 0; i < own.count; i++) {
        const struct build_row *row = &own.rows[i];

        if (i == 0 || row->product != row[-1].product) {
            products++;
            continue;
        }
        assert_int_equal(row->support_ends, row[-1].support_ends);
        assert_int_equal(row->number.parts[0], row[-1].number.parts[0]);
    }
    assert_int_equal(products, 11);
}

/* ---- looking up ---- */

static struct build_place find(const char *text, enum build_precision precision)
{
    struct build_number number;

    assert_int_equal(build_number_parse(text, strlen(text), &number), STATUS_OK);
    return build_table_find(&own, &number, precision);
}

static const char *name_of(const struct build_row *row)
{
    static struct arena kept;
    static struct buffer name;

    if (!row)
        return "none";
    arena_reset(&kept);
    buffer_release(&name);
    buffer_init(&name, 200);
    build_row_name(row, &name);
    return name.text;
}

static void expect_row(const char *text, enum build_match match, const char *name)
{
    struct build_place place = find(text, BUILD_OF_UPDATE);

    assert_int_equal(place.match, match);
    assert_string_equal(name_of(place.row), name);
}

/* Those of the documents. */
static void test_of_documents(void **state)
{
    struct build_place place;

    (void)state;
    expect_row("15.0.847.32", BUILD_KNOWN, "Exchange 2013 SP1 (CU4)");
    expect_row("14.3.181.6", BUILD_KNOWN, "Exchange 2010 SP3 UR5");
    expect_row("8.3.348.2", BUILD_KNOWN, "Exchange 2007 SP3 UR13");
    expect_row("5.0.1458.49", BUILD_KNOWN, "Exchange 5.0 SP1");
    assert_string_equal(find("15.0.847.32", BUILD_OF_UPDATE).row->released, "2014-02-25");
    assert_string_equal(find("14.3.181.6", BUILD_OF_UPDATE).row->released, "2014-02-24");
    assert_string_equal(find("8.3.348.2", BUILD_OF_UPDATE).row->released, "2014-02-24");
    place = find("15.0.847.32", BUILD_OF_UPDATE);
    assert_string_equal(name_of(build_table_newest_of_product(&own, place.row)),
                        "Exchange 2013 CU23 Mar23SU");
    assert_string_equal(name_of(build_table_newest_of_level(&own, place.row)),
                        "Exchange 2013 SP1 (CU4) Mar21SU");
    place = find("14.3.181.6", BUILD_OF_UPDATE);
    assert_string_equal(name_of(build_table_newest_of_product(&own, place.row)),
                        "Exchange 2010 SP3 UR32");
    assert_string_equal(place.row->supported_to, "2020-10-13");
    assert_int_equal(place.row->support_ends, 0);
    assert_null(find("5.0.1458.49", BUILD_OF_UPDATE).row->supported_to);
}

/* What the sources have wrong is right here. */
static void test_traps(void **state)
{
    (void)state;
    expect_row("6.5.7638.2", BUILD_KNOWN, "Exchange 2003 SP2");
    expect_row("6.5.7683.0", BUILD_NEWER, "Exchange 2003 SP2 post-SP2 (2008-08)");
    expect_row("14.2.328.5", BUILD_KNOWN, "Exchange 2010 SP2 UR5");
    expect_row("14.3.328.5", BUILD_BETWEEN, "Exchange 2010 SP3 UR15");
    expect_row("15.0.1473.3", BUILD_KNOWN, "Exchange 2013 CU22");
    expect_row("15.2.330.5", BUILD_KNOWN, "Exchange 2019 CU1");
    expect_row("4.0.837.0", BUILD_KNOWN, "Exchange 4.0 RTM");
    expect_row("15.0.516.32", BUILD_KNOWN, "Exchange 2013 RTM");
    expect_row("14.3.224.1", BUILD_KNOWN, "Exchange 2010 SP3 UR8 v1 (recalled)");
    assert_string_equal(find("15.0.1320.4", BUILD_OF_UPDATE).row->released, "2017-06-27");
    assert_string_equal(find("15.2.2562.37", BUILD_OF_UPDATE).row->released, "2026-02");
}

/* 15.2 is two products: SE begins at 2562, and what is between is neither. */
static void test_two_products(void **state)
{
    (void)state;
    expect_row("15.2.1748.43", BUILD_KNOWN, "Exchange 2019 CU15 Feb26SU");
    expect_row("15.2.2562.17", BUILD_KNOWN, "Exchange SE RTM");
    expect_row("15.2.1748.44", BUILD_INTERIM, "Exchange 2019 CU15 Feb26SU");
    assert_string_equal(find("15.2.1748.44", BUILD_OF_UPDATE).product, "Exchange 2019");
    expect_row("15.2.2000.1", BUILD_BETWEEN, "Exchange 2019 CU15 Feb26SU");
    assert_null(find("15.2.2000.1", BUILD_OF_UPDATE).product);
    expect_row("15.2.2562.16", BUILD_INTERIM, "Exchange SE RTM");
    assert_string_equal(find("15.2.2562.16", BUILD_OF_UPDATE).product, "Exchange SE");
}

/* Builds without a row are never taken for a neighbour. */
static void test_unknown(void **state)
{
    struct build_place place;

    (void)state;
    place = find("15.1.2507.7", BUILD_OF_UPDATE); /* an interim fix */
    assert_int_equal(place.match, BUILD_INTERIM);
    assert_string_equal(name_of(place.row), "Exchange 2016 CU23");
    assert_string_equal(place.level_first->level, "CU23");
    place = find("15.1.2507.99", BUILD_OF_UPDATE); /* a later update */
    assert_int_equal(place.match, BUILD_INTERIM);
    assert_null(place.above);
    assert_string_equal(name_of(place.row), "Exchange 2016 CU23 Feb26SU");
    place = find("15.1.2400.1", BUILD_OF_UPDATE);
    assert_int_equal(place.match, BUILD_BETWEEN);
    assert_string_equal(place.product, "Exchange 2016");
    assert_null(place.level_first);
    place = find("14.3.190.1", BUILD_OF_UPDATE); /* between two rollups of one service pack */
    assert_int_equal(place.match, BUILD_BETWEEN);
    assert_string_equal(place.level_first->level, "SP3");
    place = find("15.1.2600.1", BUILD_OF_UPDATE);
    assert_int_equal(place.match, BUILD_NEWER);
    assert_null(place.product);
    place = find("15.1.100.1", BUILD_OF_UPDATE); /* below the first */
    assert_int_equal(place.match, BUILD_BETWEEN);
    assert_null(place.row);
    assert_null(place.product);
    place = find("16.0.1.1", BUILD_OF_UPDATE);
    assert_int_equal(place.match, BUILD_NOT_EXCHANGE);
    assert_null(place.row);
}

/* A number that tells the level alone is any of its updates. */
static void test_precision(void **state)
{
    struct build_place place;

    (void)state;
    place = find("15.1.2507.6", BUILD_OF_LEVEL);
    assert_int_equal(place.match, BUILD_KNOWN);
    assert_string_equal(name_of(place.level_first), "Exchange 2016 CU23");
    assert_string_equal(name_of(place.level_last), "Exchange 2016 CU23 Feb26SU");
    place = find("15.2.1544", BUILD_OF_LEVEL);
    assert_int_equal(place.match, BUILD_KNOWN);
    assert_string_equal(name_of(place.level_first), "Exchange 2019 CU14");
    assert_string_equal(name_of(place.level_last), "Exchange 2019 CU14 Feb26SU");
    place = find("14.3.123.4", BUILD_OF_LEVEL);
    assert_string_equal(name_of(place.level_last), "Exchange 2010 SP3 UR32");
    place = find("15.1.2507.6", BUILD_OF_UPDATE);
    assert_ptr_equal(place.level_first, place.level_last);
    /* A preview and the release have three parts in common. */
    place = find("15.1.225", BUILD_OF_LEVEL);
    assert_string_equal(place.level_first->level, "Preview");
    assert_string_equal(place.level_last->level, "RTM");
    place = find("15.1.225.42", BUILD_OF_LEVEL);
    assert_string_equal(place.level_first->level, "RTM");
}

static void test_hotfix(void **state)
{
    (void)state;
    assert_true(build_row_is_hotfix(find("15.1.2507.39", BUILD_OF_UPDATE).row));
    assert_false(build_row_is_hotfix(find("15.1.2507.66", BUILD_OF_UPDATE).row));
    assert_false(build_row_is_hotfix(find("15.1.2507.6", BUILD_OF_UPDATE).row));
    assert_false(build_row_is_hotfix(find("14.3.181.6", BUILD_OF_UPDATE).row));
    assert_false(build_row_is_hotfix(&(struct build_row){.update = "SHUT"}));
    assert_false(build_row_is_hotfix(&(struct build_row){.update = "HU"}));
}

static void test_age(void **state)
{
    int64_t day;

    (void)state;
    assert_int_equal(clock_parse_day("2026-04-02", &day), STATUS_OK);
    assert_int_equal(build_table_age(&own, day), 0);
    assert_int_equal(build_table_age(&own, day - 1), 0);
    assert_int_equal(build_table_age(&own, day - 100 * (int64_t)86400000), 0);
    assert_int_equal(build_table_age(&own, day + 86399999), 0);
    assert_int_equal(build_table_age(&own, day + 86400000), 1);
    assert_int_equal(build_table_age(&own, day + 91 * (int64_t)86400000), 91);
    assert_false(build_table_is_ahead(&own, day));
    assert_false(build_table_is_ahead(&own, day - 86400000));
    assert_true(build_table_is_ahead(&own, day - 86400001));
    assert_int_equal(clock_parse_day("2025-10-15", &day), STATUS_OK);
    assert_int_equal(find("15.1.2507.6", BUILD_OF_UPDATE).row->support_ends, day);
}

/* ---- mistakes ---- */

static void expect_fault(const char *text, size_t line, const char *words)
{
    struct arena arena = {0};
    struct build_table table;
    struct build_table_fault fault;
    size_t size = strlen(text);
    char *copy = malloc(size + 1);
    enum status status;

    memcpy(copy + 1, text, size);
    status = build_table_read(copy + 1, size, &arena, &table, &fault);
    free(copy);
    if (!words) {
        assert_int_equal(status, STATUS_OK);
    } else {
        assert_int_not_equal(status, STATUS_OK);
        assert_int_equal(fault.line, line);
        assert_non_null(strstr(fault.reason, words));
        assert_int_equal(table.count, 0);
    }
    arena_release(&arena);
}

static void test_forms(void **state)
{
    (void)state;
    expect_fault(HEAD ROW, 0, NULL);
    expect_fault("\xef\xbb\xbf" HEAD ROW, 0, NULL);
    expect_fault("exdiag-builds 1\r\n#\r\n\r\nas-of 2026-04-02\r\n15.1.1.1|E|R|-|2020-01|ended\r\n",
                 0, NULL);
    expect_fault(HEAD "15.1.1.1|E|R|-|2020-01|ended", 0, NULL);
    expect_fault(HEAD "5.0.1458|E|R|-|2020-01|ended\n5.0.1459.1|E|R|-|2020-01|ended", 0, NULL);
}

static void test_mistakes(void **state)
{
    (void)state;
    expect_fault("", 0, "no rows");
    expect_fault(HEAD, 0, "no rows");
    expect_fault("exdiag-builds 2\n" ROW, 1, "begins with");
    expect_fault("{\"15.1\":1}\n", 1, "begins with");
    expect_fault("exdiag-builds 1\n" ROW, 2, "as-of");
    expect_fault("exdiag-builds 1\nas-of 2026-02-30\n" ROW, 2, "day");
    expect_fault("exdiag-builds 1\nas-of 2126-04-02\n" ROW, 2, "day");
    expect_fault(HEAD "15.1 | E | R | - | 2020-01-01 | ended\n", 3, "build");
    expect_fault(HEAD "15.1.2.3.4 | E | R | - | 2020-01-01 | ended\n", 3, "build");
    expect_fault(HEAD ROW "15.1.2507.7 | Exchange 2016 | CU23 | - | 2022-04-20\n", 4, "not 5");
    expect_fault(HEAD ROW "15.1.2507.7\n", 4, "not 1");
    expect_fault(HEAD "15.1.2.3 | E | R | - | 2020-01-01 | ended | x\n", 3, "not more");
    expect_fault(HEAD "15.1.2.3 | E | R | - | April, 2096 | ended\n", 3, "release");
    expect_fault(HEAD "15.1.2.3 | E | R | - | 2020-01-01 | ended2020-10-13\n", 3, "support");
    expect_fault(HEAD "15.1.2.3 | E | R | - | 2020-01-01 | ended 2020-10\n", 3, "support");
    expect_fault(HEAD "15.1.2.3 | E | R | - | 2020-01-01 | Ended 2020-10-13\n", 3, "support");
    expect_fault(HEAD "15.1.2.3 | E | R | - | 2100-01-01 | ended\n", 3, "release");
    expect_fault(HEAD "15.1.2.3 | E | R | - | 1989-12-31 | ended\n", 3, "release");
    expect_fault(HEAD "15.1.2.3 | E | R | - | 2020-13 | ended\n", 3, "release");
    expect_fault(HEAD "15.1.2.3 | E | R | - | 2020-01-01 | never\n", 3, "end of support");
    expect_fault(HEAD "15.1.2.3 | E | R | - | 2020-01-01 | 2025-10\n", 3, "end of support");
    expect_fault(HEAD "15.1.2.3 | | R | - | 2020-01-01 | ended\n", 3, "product");
    expect_fault(HEAD "15.1.2.3 | E | R\x1b[1m | - | 2020-01-01 | ended\n", 3, "printable");
    expect_fault(HEAD ROW "\n# twice\n" ROW, 6, "twice");
    expect_fault(HEAD ROW "15.1.2507.5 | Exchange 2016 | CU23 | x | 2022-04-20 | ended\n", 4,
                 "ascend");
    expect_fault(HEAD "5.0.1458|E|R|-|2020-01|ended\n5.0.1458.49|E|R|-|2020-01|ended\n", 4,
                 "twice");
    expect_fault(HEAD "1.0.1.1|A|R|-|2020-01|ended\n1.0.2.1|B|R|-|2020-01|ended\n"
                      "1.0.3.1|A|R|-|2020-01|ended\n",
                 5, "together");
    expect_fault(HEAD "1.0.1.1|A|R|-|2020-01|ended\n1.0.2.1|A|S|-|2020-01|ended\n"
                      "1.0.3.1|A|R|-|2020-01|ended\n",
                 5, "together");
}

static void test_limits(void **state)
{
    struct arena arena = {0};
    struct build_table table;
    struct build_table_fault fault;
    size_t size = BUILD_TABLE_BYTES_MOST + 1;
    char *text = malloc(size);
    size_t used = (size_t)sprintf(text, HEAD);

    (void)state;
    memset(text + used, '\n', size - used);
    assert_int_equal(build_table_read(text, size, &arena, &table, &fault), STATUS_TOO_LARGE);
    for (unsigned i = 1; i <= BUILD_TABLE_ROWS_MOST + 1; i++)
        used += (size_t)sprintf(text + used, "15.1.%u.1|E|R|-|2020-01|ended\n", i);
    assert_int_equal(build_table_read(text, used, &arena, &table, &fault), STATUS_TOO_LARGE);
    assert_int_equal(fault.line, BUILD_TABLE_ROWS_MOST + 3);
    free(text);
    arena_release(&arena);
}

/* Cut off anywhere it is a shorter table or refused; never more than it was. */
static void test_truncated(void **state)
{
    static const char whole[] = HEAD ROW "15.1.2507.9 | Exchange 2016 | CU23 | May22SU | 2022-05 | "
                                         "2025-10-14\n";

    (void)state;
    for (size_t size = 0; size < sizeof whole - 1; size++) {
        struct arena arena = {0};
        struct build_table table;
        struct build_table_fault fault;
        char *copy = malloc(size + 1);

        memcpy(copy, whole, size);
        if (build_table_read(copy, size, &arena, &table, &fault) == STATUS_OK)
            assert_true(table.count >= 1 && table.count <= 2);
        free(copy);
        arena_release(&arena);
    }
}

/* Days and months after the last day of support; its own month is none, nor is an unknown end. */
static void test_extended(void **state)
{
    static const struct {
        const char *released, *supported_to;
        bool is_extended;
        const char *words; /* that tell the day */
    } cases[] = {
        {"2025-10", "2025-10-14", false, ""},          {"2025-10-14", "2025-10-14", false, ""},
        {"2025-10-15", "2025-10-14", true, ""},        {"2025-12", "2025-10-14", true, ""},
        {"2026-02", "2025-10-14", true, ""},           {"2021-03-02", NULL, false, "ended"},
        {"2021-03-02", "2020-10-13", false, "ended "}, {"2022-04-20", "2025-10-14", false, ""},
    };
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct build_table table;
        struct build_table_fault fault;
        const char *to = cases[i].supported_to;
        const char *text = arena_print(&arena, HEAD "15.1.2.3 | E | R | - | %s | %s%s\n",
                                       cases[i].released, cases[i].words, to ? to : "");

        assert_int_equal(build_table_read(text, strlen(text), &arena, &table, &fault), STATUS_OK);
        assert_int_equal(build_row_is_extended(table.rows), cases[i].is_extended);
        if (to)
            assert_string_equal(table.rows->supported_to, to);
        else
            assert_null(table.rows->supported_to);
        assert_int_equal(table.rows->support_ends > 0, *cases[i].words == '\0');
    }
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_extended),     cmocka_unit_test(test_own_rows),
        cmocka_unit_test(test_own_days),     cmocka_unit_test(test_own_products),
        cmocka_unit_test(test_of_documents), cmocka_unit_test(test_traps),
        cmocka_unit_test(test_two_products), cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_precision),    cmocka_unit_test(test_hotfix),
        cmocka_unit_test(test_age),          cmocka_unit_test(test_forms),
        cmocka_unit_test(test_mistakes),     cmocka_unit_test(test_limits),
        cmocka_unit_test(test_truncated)};

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
