#include "tests/unit/unit.h"

#include "diag/gather/pace.h"

#include <string.h>

enum { SECOND = 1000000, SAVED = SECOND / PACE_BURSTS_A_SECOND }; /* microseconds */

/* How many go in a time, where somebody looks every `step` microseconds. */
static unsigned count_in(struct pace *pace, int64_t from, int64_t until, int64_t step)
{
    unsigned count = 0;

    for (int64_t now = from; now < until; now += step) {
        while (pace_allows(pace, now)) {
            pace_count(pace, now);
            count++;
        }
    }
    return count;
}

/* So many a second as was said, at any rate, however often somebody looks. */
static void rates_are_kept(void **state)
{
    static const unsigned rates[] = {1, 3, 10, 99, 100, 1000, 7777, 50000, 1000000};
    static const int64_t steps[] = {1, 137, 1000, 9000};

    (void)state;
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
            struct pace pace;
            unsigned count, burst = rates[i] / PACE_BURSTS_A_SECOND + 1;

            pace_init(&pace, rates[i]);
            count = count_in(&pace, 5 * SECOND, 8 * SECOND, steps[k]);
            assert_in_range(count, rates[i] * 3 - burst, rates[i] * 3 + burst);
        }
    }
}

/* After a rest only a small burst goes, not what was saved. */
static void rests_are_not_saved(void **state)
{
    struct pace pace;

    (void)state;
    pace_init(&pace, 1000);
    assert_int_equal(count_in(&pace, 5 * SECOND, 5 * SECOND + 1, 1), 11);
    assert_int_equal(count_in(&pace, 60 * SECOND, 60 * SECOND + 1, 1), 11);
    pace_init(&pace, 10);
    assert_int_equal(count_in(&pace, 60 * SECOND, 60 * SECOND + 1, 1), 1);
}

/* The moment that is said is the first that is allowed: a wait until then is no busy loop. */
static void the_moment_is_told(void **state)
{
    struct pace pace;
    int64_t due;

    (void)state;
    pace_init(&pace, 3);
    pace_count(&pace, SECOND);
    due = pace_due(&pace);
    assert_in_range(due, SECOND + SECOND / 3 - SAVED, SECOND + SECOND / 3);
    assert_false(pace_allows(&pace, due - 1));
    assert_true(pace_allows(&pace, due));
}

/* What goes without having been allowed is made up for. */
static void debts_are_paid(void **state)
{
    struct pace pace;

    (void)state;
    pace_init(&pace, 10);
    for (int i = 0; i < 20; i++)
        pace_count(&pace, SECOND);
    assert_int_equal(count_in(&pace, SECOND, 3 * SECOND - SAVED, 1000), 0);
    assert_in_range(count_in(&pace, 3 * SECOND - SAVED, 4 * SECOND, 1000), 10, 11);
}

static void no_limit_is_none(void **state)
{
    struct pace pace;

    (void)state;
    pace_init(&pace, 0);
    for (int i = 0; i < 1000000; i++) {
        assert_true(pace_allows(&pace, 0));
        pace_count(&pace, 0);
    }
    assert_int_equal(pace_due(&pace), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_are_kept),     cmocka_unit_test(rests_are_not_saved),
        cmocka_unit_test(the_moment_is_told), cmocka_unit_test(debts_are_paid),
        cmocka_unit_test(no_limit_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
