/* What several sources say of a clock, together, and what a difference of two clocks means. */
#include "probes/clock/consensus.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

enum { ROUNDS = 20000, SECOND = 1000000 };

/* ---- chance: the same every time ---- */

static uint64_t chance_state;

static int64_t chance(int64_t least, int64_t most)
{
    chance_state = chance_state * 6364136223846793005u + 1442695040888963407u;
    return least + (int64_t)((chance_state >> 16) % (uint64_t)(most - least + 1));
}

static int set_up(void **state)
{
    (void)state;
    chance_state = 20261122;
    return 0;
}

/* ---- an oracle that counts at every place ---- */

enum { PLACES = 64 };

static size_t depth_at(const struct clock_opinion *opinions, size_t count, int64_t place)
{
    size_t depth = 0;

    for (size_t i = 0; i < count; i++)
        depth += opinions[i].interval.least <= place && place <= opinions[i].interval.most;
    return depth;
}

struct expected {
    size_t depth, areas;
    struct clock_interval area;
};

static struct expected count_places(const struct clock_opinion *opinions, size_t count)
{
    struct expected expected = {0};

    for (int64_t place = 0; place < PLACES; place++) {
        size_t depth = depth_at(opinions, count, place);

        if (depth > expected.depth)
            expected = (struct expected){depth, 0, {place, place}};
        if (depth < expected.depth || depth == 0)
            continue;
        if (expected.areas == 0 || expected.area.most != place - 1)
            expected.areas += expected.area.most != place - 1 || expected.areas == 0;
        if (expected.areas == 1)
            expected.area.most = place;
    }
    return expected;
}

/* Even places alone: between two intervals that do not touch there is one that neither has. */
static void the_interval_is_that_of_most(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct clock_opinion opinions[7] = {0};
        size_t count = (size_t)chance(1, 7), contradicted = 0;
        struct clock_consensus consensus;
        struct expected expected;

        for (size_t i = 0; i < count; i++) {
            int64_t least = chance(0, PLACES / 2 - 1);

            opinions[i].interval.least = 2 * least;
            opinions[i].interval.most = 2 * chance(least, PLACES / 2 - 1);
        }
        expected = count_places(opinions, count);
        consensus = clock_consensus_of(opinions, count);
        for (size_t i = 0; i < count; i++)
            contradicted += opinions[i].is_contradicted;
        assert_int_equal(consensus.agreeing, expected.depth);
        if (2 * expected.depth <= count || (expected.areas > 1 && expected.depth < count)) {
            assert_int_equal(consensus.agreement, CLOCK_DIVIDED);
            assert_int_equal(contradicted, count);
            for (size_t i = 0; i < count; i++) {
                assert_true(consensus.interval.least <= opinions[i].interval.least);
                assert_true(consensus.interval.most >= opinions[i].interval.most);
            }
            continue;
        }
        assert_int_equal(consensus.agreement,
                         expected.depth == count ? CLOCK_AGREED : CLOCK_MAJORITY);
        assert_int_equal(contradicted, count - expected.depth);
        assert_int_equal(consensus.interval.least, expected.area.least);
        assert_int_equal(consensus.interval.most, expected.area.most);
    }
}

/* Sources that are right, with intervals of their own, and fewer that are wrong by more. */
static void the_truth_is_inside_and_who_is_wrong_is_named(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct clock_opinion opinions[CLOCK_OPINIONS_MOST] = {0};
        int64_t truth = chance(-400, 400) * (int64_t)SECOND + chance(-SECOND, SECOND);
        size_t right = (size_t)chance(1, 8), wrong = (size_t)chance(0, (int64_t)right - 1);
        struct clock_consensus consensus;

        for (size_t i = 0; i < right; i++)
            opinions[i].interval = (struct clock_interval){truth - chance(0, 2 * SECOND),
                                                           truth + chance(0, 2 * SECOND)};
        for (size_t i = right; i < right + wrong; i++) {
            int64_t where = truth + (chance(0, 1) ? 1 : -1) * chance(5, 5000) * SECOND;

            opinions[i].interval =
                (struct clock_interval){where - chance(0, SECOND), where + chance(0, SECOND)};
        }
        consensus = clock_consensus_of(opinions, right + wrong);
        assert_int_equal(consensus.agreement, wrong ? CLOCK_MAJORITY : CLOCK_AGREED);
        assert_int_equal(consensus.agreeing, right);
        assert_true(consensus.interval.least <= truth && truth <= consensus.interval.most);
        for (size_t i = 0; i < right + wrong; i++) {
            assert_int_equal(opinions[i].is_contradicted, i >= right);
            if (i < right)
                assert_true(consensus.interval.least >= opinions[i].interval.least &&
                            consensus.interval.most <= opinions[i].interval.most);
        }
    }
}

/* One word against another settles nothing, nor does an interval that ends before it begins. */
static void without_a_majority_all_of_it_counts(void **state)
{
    struct clock_opinion two[] = {{.interval = {0, 10}}, {.interval = {500, 510}}};
    struct clock_opinion middle[] = {
        {.interval = {0, 10}}, {.interval = {0, 2}}, {.interval = {8, 10}}};
    struct clock_opinion odd[] = {{.interval = {0, 10}}, {.interval = {20, 5}}};
    struct clock_consensus consensus;

    (void)state;
    consensus = clock_consensus_of(NULL, 0);
    assert_int_equal(consensus.agreement, CLOCK_SILENT);
    consensus = clock_consensus_of(two, 2);
    assert_int_equal(consensus.agreement, CLOCK_DIVIDED);
    assert_int_equal(consensus.interval.least, 0);
    assert_int_equal(consensus.interval.most, 510);
    consensus = clock_consensus_of(middle, 3);
    assert_int_equal(consensus.agreement, CLOCK_DIVIDED);
    assert_int_equal(consensus.agreeing, 2);
    consensus = clock_consensus_of(odd, 2);
    assert_int_equal(consensus.agreement, CLOCK_AGREED);
    assert_true(odd[1].is_contradicted);
    assert_false(odd[0].is_contradicted);
}

/* Of any number of sources no more than CLOCK_OPINIONS_MOST are looked at. */
static void there_is_a_bound(void **state)
{
    static struct clock_opinion many[CLOCK_OPINIONS_MOST + 10];

    (void)state;
    memset(many, 0, sizeof many);
    assert_int_equal(clock_consensus_of(many, CLOCK_OPINIONS_MOST + 10).agreeing,
                     CLOCK_OPINIONS_MOST);
}

/* ---- readings ---- */

/* Windows tells the time of its last tick, http.sys that of the last second. */
static void coarse_clocks_are_allowed_for(void **state)
{
    static const struct {
        enum clock_source source;
        const char *build;
        int64_t ahead;
    } rows[] = {
        {CLOCK_SNTP, NULL, 0},
        {CLOCK_SMB2, NULL, CLOCK_WINDOWS_TICK},
        {CLOCK_KERBEROS, NULL, CLOCK_WINDOWS_TICK},
        {CLOCK_LDAP, NULL, CLOCK_WINDOWS_TICK},
        {CLOCK_SMTP_NTLM, "10.0.20348", 0}, /* the resolution of the reading has it */
        {CLOCK_HTTP, NULL, SECOND},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct clock_reading reading = {.source = rows[i].source,
                                              .told_build = rows[i].build,
                                              .examiner = 5000,
                                              .resolution = 1,
                                              .samples = {{100, 200, 6000, 0}},
                                              .sample_count = 1};
        struct clock_interval plain = clock_interval_of(&reading);
        struct clock_interval opinion = clock_opinion_of(&reading);

        assert_int_equal(opinion.least, plain.least);
        assert_int_equal(opinion.most, plain.most + rows[i].ahead);
    }
}

/* The difference of two clocks is inside the difference of their intervals, always. */
static void the_examiner_cancels(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t examiner = chance(-1000000000, 1000000000), one = chance(-1000000000, 1000000000);
        int64_t other = chance(-1000000000, 1000000000);
        struct clock_interval a = {one - examiner - chance(0, 5000),
                                   one - examiner + chance(0, 5000)};
        struct clock_interval b = {other - examiner - chance(0, 5000),
                                   other - examiner + chance(0, 5000)};
        struct clock_interval difference = clock_difference(a, b);

        assert_true(difference.least <= one - other && one - other <= difference.most);
        assert_int_equal(difference.most - difference.least,
                         (a.most - a.least) + (b.most - b.least));
    }
}

/* ---- what it means ---- */

static void a_difference_is_judged_by_all_of_it(void **state)
{
    static const struct {
        double least, most; /* seconds */
        int limit;
        enum clock_skew skew;
    } rows[] = {
        {-0.01, 0.01, 300, CLOCK_IN_STEP},  {59, 59.999, 300, CLOCK_IN_STEP},
        {-59.999, -59, 300, CLOCK_IN_STEP}, {60, 61, 300, CLOCK_DRIFTED},
        {-61, -60, 300, CLOCK_DRIFTED},     {299, 299.9, 300, CLOCK_DRIFTED},
        {299, 301, 300, CLOCK_DRIFTED},     {300, 301, 300, CLOCK_BEYOND},
        {-301, -300, 300, CLOCK_BEYOND},    {86400, 86401, 300, CLOCK_BEYOND},
        {59, 61, 300, CLOCK_TOO_WIDE},      {-400, 400, 300, CLOCK_TOO_WIDE},
        {-70, 20, 300, CLOCK_TOO_WIDE},     {300, 301, 600, CLOCK_DRIFTED},
        {30, 31, 30, CLOCK_BEYOND},         {20, 21, 30, CLOCK_IN_STEP},
        {29, 31, 30, CLOCK_TOO_WIDE},       {0, 60, 300, CLOCK_TOO_WIDE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clock_interval difference = {(int64_t)(rows[i].least * SECOND),
                                            (int64_t)(rows[i].most * SECOND)};

        if (clock_skew_of(difference, rows[i].limit * (int64_t)SECOND) != rows[i].skew)
            fail_msg("row %zu: %g to %g", i, rows[i].least, rows[i].most);
    }
}

static void intervals_are_told_as_precisely_as_they_are_known(void **state)
{
    static const struct {
        struct clock_interval interval;
        const char *text;
    } rows[] = {
        {{1000, 5000}, "+0.003 s (from +0.001 s to +0.005 s)"},
        {{-5, 5}, "+0.000 s (from -0.001 s to +0.001 s)"},
        {{-400, 400}, "+0.000 s (from -0.001 s to +0.001 s)"},
        {{-1500, -600}, "-0.001 s (from -0.002 s to +0.000 s)"},
        {{419500000, 420500000}, "+7 min 0 s (from +6 min 59 s to +7 min 1 s)"},
        {{-120000000, -119900000}, "-119.9 s (from -2 min 0.0 s to -119.9 s)"},
        {{INT64_C(179999999), INT64_C(179999999)},
         "+3 min 0.000 s (from +2 min 59.999 s to +3 min 0.000 s)"},
        {{INT64_C(7200000000), INT64_C(7200000000)}, "+2.0 h (from +2.0 h to +2.0 h)"},
        {{INT64_C(-259200000000), INT64_C(-259200000000)},
         "-3.0 days (from -3.0 days to -3.0 days)"},
        {{INT64_C(7300000000), INT64_C(7300000000)}, "+2.0 h (from +2.0 h to +2.1 h)"},
        {{INT64_C(-7199999999), INT64_C(-7199999999)}, "-2.0 h (from -2.0 h to -119 min 59.999 s)"},
        {{INT64_C(-172799999999), INT64_C(-172799999999)}, "-2.0 days (from -2.0 days to -47.9 h)"},
        {{INT64_C(259300000000), INT64_C(259300000000)}, "+3.0 days (from +3.0 days to +3.1 days)"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buffer out;

        buffer_init(&out, 200);
        clock_interval_text(rows[i].interval, &out);
        assert_string_equal(out.text, rows[i].text);
        buffer_release(&out);
    }
}

/* What answers at one port counts once, and does not outvote what answers at others. */
static void a_port_has_one_voice(void **state)
{
    static const struct {
        struct clock_opinion opinions[5];
        size_t count;
        enum clock_agreement agreement;
        size_t agreeing, agreeing_voices, voices;
    } rows[] = {
        /* SMB2 is right, a balancer with two protocols is not: nobody knows */
        {{{{0, 1}, .voice = 1}, {{-700, -699}, .voice = 2}, {{-700, -698}, .voice = 2}},
         3,
         CLOCK_DIVIDED,
         2,
         1,
         2},
        {{{{0, 1}, .voice = 1}, {{-700, -699}, .voice = 2}, {{0, 3}, .voice = 3}},
         3,
         CLOCK_MAJORITY,
         2,
         2,
         3},
        /* one of a port with another port: the rest of it is contradicted */
        {{{{0, 1}, .voice = 1}, {{50, 51}, .voice = 2}, {{1, 2}, .voice = 2}},
         3,
         CLOCK_MAJORITY,
         2,
         2,
         2},
        /* of one port alone its opinions count */
        {{{{0, 1}, .voice = 2}, {{50, 51}, .voice = 2}}, 2, CLOCK_DIVIDED, 1, 1, 1},
        {{{{0, 1}, .voice = 2}, {{50, 51}, .voice = 2}, {{1, 2}, .voice = 2}},
         3,
         CLOCK_MAJORITY,
         2,
         1,
         1},
        /* two against two */
        {{{{0, 1}, .voice = 1},
          {{0, 1}, .voice = 2},
          {{9, 9}, .voice = 3},
          {{9, 9}, .voice = 4},
          {{9, 9}, .voice = 4}},
         5,
         CLOCK_DIVIDED,
         3,
         2,
         4},
        /* what has no port is its own; a number that is none, too */
        {{{{0, 1}, .voice = 0}, {{0, 1}, .voice = 999}, {{9, 9}, .voice = 1}},
         3,
         CLOCK_MAJORITY,
         2,
         2,
         3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clock_opinion opinions[5];
        struct clock_consensus consensus;

        memcpy(opinions, rows[i].opinions, sizeof opinions);
        consensus = clock_consensus_of(opinions, rows[i].count);
        if (consensus.agreement != rows[i].agreement || consensus.agreeing != rows[i].agreeing ||
            consensus.agreeing_voices != rows[i].agreeing_voices ||
            consensus.voices != rows[i].voices)
            fail_msg("row %zu: %d, %zu, %zu of %zu", i, (int)consensus.agreement,
                     consensus.agreeing, consensus.agreeing_voices, consensus.voices);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_interval_is_that_of_most, set_up),
        cmocka_unit_test_setup(the_truth_is_inside_and_who_is_wrong_is_named, set_up),
        cmocka_unit_test_setup(without_a_majority_all_of_it_counts, set_up),
        cmocka_unit_test_setup(there_is_a_bound, set_up),
        cmocka_unit_test_setup(a_port_has_one_voice, set_up),
        cmocka_unit_test_setup(coarse_clocks_are_allowed_for, set_up),
        cmocka_unit_test_setup(the_examiner_cancels, set_up),
        cmocka_unit_test_setup(a_difference_is_judged_by_all_of_it, set_up),
        cmocka_unit_test_setup(intervals_are_told_as_precisely_as_they_are_known, set_up),
    };

    return cmocka_run_group_tests_name("clock consensus", tests, NULL, NULL);
}
