#include "tests/unit/unit.h"

#include "diag/gather/timers.h"

#include <stdlib.h>

enum { TIMERS = 1000 };

/* Whatever was set, moved and stopped in between: the earliest comes first. */
static void the_earliest_comes_first(void **state)
{
    static struct timer list[TIMERS];
    struct timers timers = {0};
    uint32_t random = 1;
    int64_t last = 0;
    size_t left = 0;

    (void)state;
    for (size_t i = 0; i < 20 * TIMERS; i++) {
        struct timer *timer = &list[(random >> 8) % TIMERS];

        random = random * 1664525 + 1013904223;
        if (random >> 30)
            timers_set(&timers, timer, (random >> 4) % 5000);
        else
            timers_stop(&timers, timer);
    }
    for (size_t i = 0; i < TIMERS; i++)
        left += list[i].place != 0;
    assert_int_equal(timers.count, left);
    for (; left > 0; left--) {
        struct timer *first = timers_first(&timers);

        assert_non_null(first);
        assert_true(first->due >= last);
        last = first->due;
        timers_stop(&timers, first);
        assert_int_equal(first->place, 0);
    }
    assert_null(timers_first(&timers));
    timers_release(&timers);
}

/* Stopping twice is stopping once. */
static void stopped_timers_stay_stopped(void **state)
{
    struct timers timers = {0};
    struct timer timer = {0}, other = {0};

    (void)state;
    timers_stop(&timers, &timer);
    timers_set(&timers, &timer, 5);
    timers_set(&timers, &other, 3);
    timers_stop(&timers, &timer);
    timers_stop(&timers, &timer);
    assert_ptr_equal(timers_first(&timers), &other);
    timers_release(&timers);
    assert_null(timers_first(&timers));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_earliest_comes_first),
        cmocka_unit_test(stopped_timers_stay_stopped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
