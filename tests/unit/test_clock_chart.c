/* How the clocks of a run are put into words, and where each stands (probes/clock/chart.c). */
#include "probes/clock/chart.h"
#include "tests/unit/unit.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define S            INT64_C(1000000)
#define MIN          (60 * S)
#define H            (60 * MIN)
#define DAY          (24 * H)

/* No more digits than the width makes sense of, and never a width that leaves the truth out. */
static void spans_are_put_into_words(void **state)
{
    static const struct {
        int64_t least, most;
        const char *text;
    } rows[] = {
        {0, 0, "0 s"},
        {-500, 500, "0.000 s ± 0.001 s"},
        {0, 1, "0.000 s ± 0.001 s"},
        {-40, 460, "0.000 s ± 0.001 s"},
        {7500, 8500, "+0.008 s ± 0.001 s"},
        {-250000, 250000, "0.0 s ± 0.3 s"},
        {-75010000, -74980000, "-75.00 s ± 0.02 s"},
        {MIN, MIN, "+1 min"},
        {-5 * MIN, -5 * MIN, "-5 min"},
        {90 * S, 90 * S, "+90 s"},
        {1500000, 1500000, "+1.5 s"},
        {7 * MIN - 400000, 7 * MIN + 600000, "+7 min 0.1 s ± 0.5 s"},
        {-10 * MIN - 500, -10 * MIN + 500, "-10 min ± 0.1 s"},
        {120 * S - 30000, 120 * S - 20000, "+119.975 s ± 0.005 s"},
        {120 * S - 4000, 120 * S + 5000, "+2 min ± 0.1 s"},
        {-6 * MIN, 6 * MIN, "0 s ± 6 min"},
        {-2 * S, 3 * S, "+1 s ± 3 s"},
        {3 * H + 12 * MIN, 3 * H + 12 * MIN + S, "+3 h 12 min"},
        {3 * H, 3 * H + 1, "+3 h"},
        {3 * H, 3 * H + 20 * MIN, "+3 h 10 min ± 10 min"},
        {-9 * DAY - 5 * H, -9 * DAY - 5 * H, "-9 days 5 h"},
        {3652 * DAY, 3653 * DAY, "+10.0 years"},
        {-49710 * DAY, -49710 * DAY, "-136.1 years"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buffer out;

        buffer_init(&out, 256);
        clock_scale.write(rows[i].least, rows[i].most, &out);
        assert_string_equal(out.text, rows[i].text);
        buffer_release(&out);
    }
}

/* The axis goes up, and knows the limits that the verdicts have. */
static void the_scale_is_sound(void **state)
{
    bool has_limit = false;

    (void)state;
    for (const struct scale_stop *stop = clock_scale.stops; stop->at; stop++) {
        assert_true(stop == clock_scale.stops || stop->at > stop[-1].at);
        has_limit = has_limit || stop->at == 5 * MIN;
    }
    assert_true(has_limit);
    assert_int_equal(clock_scale.warning, CLOCK_DRIFT_FROM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_are_put_into_words),
        cmocka_unit_test(the_scale_is_sound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
