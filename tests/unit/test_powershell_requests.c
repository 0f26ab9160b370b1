/* Requests to a PowerShell directory by a log: which failures are a broken directory's. */
#include "tests/unit/unit.h"

#include "probes/powershell/requests.h"

enum { QUICK = 0, WAITS = HTTP_LOG_SPANS - 1 };

static enum powershell_course course_of(const struct http_log_row *rows, size_t count)
{
    const struct http_log_digest digest = {.log = {.rows = rows, .row_count = count}};

    return powershell_stretch_of(&digest, false).course;
}

static struct http_log_row row(uint16_t status, uint64_t count, size_t span, uint64_t first,
                               uint64_t last)
{
    struct http_log_row made = {.place = HTTP_PLACE_POWERSHELL,
                                .status = status,
                                .count = count,
                                .first = {first, (int64_t)first * 1000},
                                .last = {last, (int64_t)last * 1000}};

    made.spans[span] = count;
    return made;
}

/* A shell that stands idle asks for output every three minutes, and each time is told of none. */
static void test_idle_shells_are_well(void **state)
{
    const struct http_log_row idle[] = {row(500, 400, WAITS, 1, 90000)};
    const struct http_log_row behind[] = {row(200, 5, QUICK, 1, 20),
                                          row(500, 400, WAITS, 30, 90000)};

    (void)state;
    assert_int_equal(course_of(idle, 1), POWERSHELL_COURSE_GOOD);
    assert_int_equal(course_of(behind, 2), POWERSHELL_COURSE_GOOD);
}

/* What fails at once is broken, and waits beside it do not hide that. */
static void test_quick_failures(void **state)
{
    const struct http_log_row all[] = {row(500, 3, QUICK, 1, 3)};
    const struct http_log_row since[] = {row(200, 5, QUICK, 1, 20), row(500, 3, QUICK, 21, 30)};
    struct http_log_row mixed[] = {row(500, 10, QUICK, 1, 30)};

    (void)state;
    assert_int_equal(course_of(all, 1), POWERSHELL_COURSE_FAILING);
    assert_int_equal(course_of(since, 2), POWERSHELL_COURSE_FAILING);
    mixed[0].spans[QUICK] = 3;
    mixed[0].spans[WAITS] = 7;
    assert_int_equal(course_of(mixed, 1), POWERSHELL_COURSE_FAILING);
    mixed[0].spans[QUICK] = 0;
    mixed[0].spans[WAITS] = 10;
    assert_int_equal(course_of(mixed, 1), POWERSHELL_COURSE_GOOD);
}

/* A log without time-taken tells none from the other: all count. */
static void test_without_times(void **state)
{
    struct http_log_row rows[] = {row(500, 3, QUICK, 1, 3)};

    (void)state;
    rows[0].spans[QUICK] = 0;
    assert_int_equal(course_of(rows, 1), POWERSHELL_COURSE_FAILING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_idle_shells_are_well),
        cmocka_unit_test(test_quick_failures),
        cmocka_unit_test(test_without_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
