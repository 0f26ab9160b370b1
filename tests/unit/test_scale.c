/* Spans on a scale: which one is 0, how the others stand to it, and where the axis ends. */
#include "diag/scale.h"
#include "tests/unit/unit.h"

#include <string.h>

enum { SECOND = 1000000, MINUTE = 60 * SECOND };
static const int64_t hour = 60 * (int64_t)MINUTE;

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define EXACTLY(name, at)                                                                          \
    {                                                                                              \
        name, NULL, at, at, 1, false, 5 * MINUTE, NULL, false                                      \
    }
#define RANKED(name, at, n)                                                                        \
    {                                                                                              \
        name, NULL, at, at, n, false, 5 * MINUTE, NULL, false                                      \
    }

static const struct scale_stop stops[] = {{SECOND, "1 s"},
                                          {MINUTE, "1 min"},
                                          {5 * MINUTE, "5 min"},
                                          {3600 * (int64_t)SECOND, "1 h"},
                                          {86400 * (int64_t)SECOND, "1 day"},
                                          {0, NULL}};
static const struct scale scale = {.id = "test", .stops = stops, .warning = MINUTE};

static struct arena memory;

static struct chart arranged(const struct span *spans, size_t count)
{
    struct chart chart;

    chart_arrange(&scale, spans, count, &memory, &chart);
    return chart;
}

static int release(void **state)
{
    (void)state;
    arena_release(&memory);
    return 0;
}

/* Everything is told from the middle of the highest rank, whatever the run's zero was. */
static void the_highest_rank_is_zero(void **state)
{
    static const struct span spans[] = {
        RANKED("server", 100 * SECOND, 1),
        {"clock", NULL, 40 * SECOND, 42 * SECOND, 4, false, 0, NULL, false},
        RANKED("machine", 0, 0)};
    struct chart chart = arranged(spans, COUNT(spans));

    (void)state;
    assert_int_equal(chart.row_count, 3);
    assert_string_equal(chart.rows[0].span.name, "clock");
    assert_int_equal(chart.rows[0].span.least, -SECOND);
    assert_int_equal(chart.rows[0].span.most, SECOND);
    assert_string_equal(chart.rows[1].span.name, "server");
    assert_int_equal(chart.rows[1].span.least, 59 * SECOND);
    assert_int_equal(chart.rows[2].span.most, -41 * SECOND);
}

/* Of one rank: the one with most in step, then the narrowest, then the first by name. */
static void peers_are_told_apart(void **state)
{
    static const struct span outvoted[] = {EXACTLY("a", 600 * (int64_t)SECOND), EXACTLY("b", 0),
                                           EXACTLY("c", SECOND)};
    static const struct span wide[] = {{"a", NULL, -SECOND, SECOND, 1, false, 0, NULL, false},
                                       EXACTLY("b", 0)};
    static const struct span alike[] = {EXACTLY("b", 0), EXACTLY("a", 1)};

    (void)state;
    assert_string_equal(arranged(outvoted, 3).rows[0].span.name, "b");
    assert_string_equal(arranged(wide, 2).rows[0].span.name, "b");
    assert_string_equal(arranged(alike, 2).rows[0].span.name, "a");
}

/* Whom others doubt, or who says nothing precise, is zero only where nobody else is there. */
static void the_doubted_and_the_vague_are_not_zero(void **state)
{
    static const struct span doubted[] = {{"pdc", NULL, 0, 0, 3, true, 0, NULL, false},
                                          RANKED("dc", 600 * (int64_t)SECOND, 2)};
    static const struct span vague[] = {{"pdc", NULL, 0, MINUTE, 3, false, 0, NULL, false},
                                        RANKED("dc", 0, 2)};

    (void)state;
    assert_string_equal(arranged(doubted, 2).rows[0].span.name, "dc");
    assert_string_equal(arranged(vague, 2).rows[0].span.name, "dc");
    assert_string_equal(arranged(doubted, 1).rows[0].span.name, "pdc");
    assert_int_equal(arranged(vague, 1).rows[0].standing, SPAN_RIGHT);
}

/* Of one name the highest rank is kept, the first of these, and what anybody doubts is doubted. */
static void names_are_placed_once(void **state)
{
    static const struct span spans[] = {{"a", "server", 1, 1, 1, true, 0, NULL, false},
                                        {"a", "first", 2, 2, 3, false, 0, NULL, false},
                                        {"a", "second", 3, 3, 3, false, 0, NULL, false},
                                        {"b", NULL, 9, 9, 2, false, 0, NULL, false}};
    struct chart chart = arranged(spans, COUNT(spans));

    (void)state;
    assert_int_equal(chart.row_count, 2);
    assert_string_equal(chart.rows[0].span.name, "b");
    assert_string_equal(chart.rows[1].span.role, "first");
    assert_int_equal(chart.rows[1].span.least, -7);
    assert_true(chart.rows[1].span.is_doubted);
}

struct standing_case {
    int64_t origin_half, least, most, critical;
    enum span_standing standing;
};

/* Wrong is what is certainly so, counting the widths of both; the limits themselves are wrong. */
static void standings_are_certain(void **state)
{
    static const struct standing_case rows[] = {
        {0, 0, 0, 5 * MINUTE, SPAN_RIGHT},
        {0, MINUTE - 1, MINUTE - 1, 5 * MINUTE, SPAN_RIGHT},
        {0, MINUTE, MINUTE, 5 * MINUTE, SPAN_WARNING},
        {0, -MINUTE, -MINUTE, 5 * MINUTE, SPAN_WARNING},
        {0, 5 * MINUTE - 1, 5 * MINUTE, 5 * MINUTE, SPAN_WARNING},
        {0, 5 * MINUTE, 5 * MINUTE, 5 * MINUTE, SPAN_CRITICAL},
        {0, -6 * MINUTE, -5 * MINUTE, 5 * MINUTE, SPAN_CRITICAL},
        {1, 5 * MINUTE, 5 * MINUTE, 5 * MINUTE, SPAN_WARNING},
        {1, MINUTE, MINUTE, 5 * MINUTE, SPAN_UNSURE},
        {0, -MINUTE, 0, 5 * MINUTE, SPAN_UNSURE},
        {0, -6 * MINUTE, 6 * MINUTE, 5 * MINUTE, SPAN_UNSURE},
        {0, 6 * MINUTE, 6 * MINUTE, SPAN_NEVER_CRITICAL, SPAN_WARNING},
        {0, 30 * SECOND, 30 * SECOND, 30 * SECOND, SPAN_CRITICAL},
        {0, 29 * SECOND, 30 * SECOND, 30 * SECOND, SPAN_UNSURE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct span spans[] = {
            {"a", NULL, -rows[i].origin_half, rows[i].origin_half, 2, false, 0, NULL, false},
            {"b", NULL, rows[i].least, rows[i].most, 1, false, rows[i].critical, NULL, false}};

        assert_int_equal(arranged(spans, 2).rows[1].standing, rows[i].standing);
    }
    assert_string_equal(span_standing_word(SPAN_UNSURE), "unsure");
}

/* The axis shows the limit with a stop beyond it, and every span, on its own side alone. */
static void the_axis_reaches_far_enough(void **state)
{
    const struct span near[] = {EXACTLY("a", 0), EXACTLY("b", 1)};
    const struct span far[] = {RANKED("a", 0, 2),
                               EXACTLY("b", -2 * hour),
                               {"c", NULL, 0, 0, 1, false, 2 * MINUTE, NULL, false}};
    const struct span no_limit[] = {RANKED("a", 0, 2), {"b", NULL, 0, 0, 1, false, 0, NULL, false}};
    const struct span beyond[] = {RANKED("a", 0, 2), EXACTLY("b", 99 * hour)};
    struct chart chart = arranged(near, 2);

    (void)state;
    assert_int_equal(chart.below, 4);
    assert_int_equal(chart.above, 4);
    chart = arranged(far, 3);
    assert_int_equal(chart.critical, 2 * MINUTE);
    assert_int_equal(chart.below, 5);
    assert_int_equal(chart.above, 3);
    chart = arranged(no_limit + 1, 1);
    assert_int_equal(chart.critical, SPAN_NEVER_CRITICAL);
    assert_int_equal(chart.above, 3);
    assert_int_equal(arranged(beyond, 2).above, 5);
}

/* Each segment is as long as any other, and linear; what is farther stands at the end. */
static void positions_are_shares_of_segments(void **state)
{
    const struct chart chart = {.scale = &scale, .below = 2, .above = 3};
    const struct {
        int64_t value;
        uint32_t position;
    } rows[] = {
        {0, 400},           {SECOND, 600},    {-SECOND, 200},     {SECOND / 2, 500},
        {-SECOND / 4, 350}, {MINUTE, 800},    {5 * MINUTE, 1000}, {3 * MINUTE, 900},
        {-MINUTE, 0},       {-2 * MINUTE, 0}, {6 * MINUTE, 1000}, {INT64_MAX, 1000},
        {INT64_MIN, 0},     {30500000, 700},  {-30500000, 100},   {1, 400},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(chart_position(&chart, rows[i].value, 1000), rows[i].position);
    assert_int_equal(chart_position(&chart, 5 * MINUTE, UINT32_MAX), UINT32_MAX);
}

/* Values that no clock has do no harm. */
static void extremes_do_not_overflow(void **state)
{
    static const struct span spans[] = {
        RANKED("a", INT64_MAX, 2),
        RANKED("b", INT64_MIN, 1),
        {"c", NULL, INT64_MIN, INT64_MAX, 1, false, INT64_MAX, NULL, false}};
    struct chart chart = arranged(spans, COUNT(spans));

    (void)state;
    assert_int_equal(chart.rows[1].standing, SPAN_CRITICAL);
    assert_int_equal(chart.rows[2].standing, SPAN_UNSURE);
    assert_int_equal(chart.below, 5);
    assert_int_equal(chart_position(&chart, chart.rows[1].span.least, 90), 0);
}

/* Rows: the origin, then by rank downwards, then by name. */
static void rows_are_in_order(void **state)
{
    static const struct span spans[] = {RANKED("e", 0, 1),
                                        RANKED("d", 0, 1),
                                        RANKED("c", 0, 3),
                                        RANKED("b", 0, 3),
                                        {"a", NULL, 0, 0, 4, true, 0, NULL, false}};
    static const char *const names[] = {"b", "a", "c", "d", "e"};
    struct chart chart = arranged(spans, COUNT(spans));

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        assert_string_equal(chart.rows[i].span.name, names[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_highest_rank_is_zero),
        cmocka_unit_test(peers_are_told_apart),
        cmocka_unit_test(the_doubted_and_the_vague_are_not_zero),
        cmocka_unit_test(names_are_placed_once),
        cmocka_unit_test(standings_are_certain),
        cmocka_unit_test(the_axis_reaches_far_enough),
        cmocka_unit_test(positions_are_shares_of_segments),
        cmocka_unit_test(extremes_do_not_overflow),
        cmocka_unit_test(rows_are_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, release);
}
