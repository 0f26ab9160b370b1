#include "diag/clock.h"
#include "tests/unit/unit.h"

static const int64_t day = 86400000;

static void assert_text(int64_t milliseconds, const char *expected)
{
    char text[CLOCK_TEXT_SIZE];

    clock_format(milliseconds, text);
    assert_string_equal(text, expected);
}

static void assert_time(const char *text, int64_t expected)
{
    int64_t milliseconds = -1;

    if (clock_parse(text, &milliseconds) != STATUS_OK)
        fail_msg("%s is taken for no time", text);
    assert_int_equal(milliseconds, expected);
}

static void assert_no_time(const char *text)
{
    int64_t milliseconds;

    if (clock_parse(text, &milliseconds) != STATUS_INVALID)
        fail_msg("%s is taken for a time", text);
}

/* Known moments, before and after 1970. */
static void moments_have_one_text(void **state)
{
    (void)state;
    assert_text(0, "1970-01-01T00:00:00.000Z");
    assert_text(-1, "1969-12-31T23:59:59.999Z");
    assert_text(1795338307123, "2026-11-22T09:05:07.123Z");
    assert_text(951782400000, "2000-02-29T00:00:00.000Z");
    assert_text(4107542400000, "2100-03-01T00:00:00.000Z");
    assert_text(-11676096000000, "1600-01-01T00:00:00.000Z");
    assert_text(-62135596800000, "0001-01-01T00:00:00.000Z");
    assert_text(253402300799999, "9999-12-31T23:59:59.999Z");
}

/* What four digits of a year cannot say reads as the nearest moment they can. */
static void years_beyond_four_digits_are_held_back(void **state)
{
    (void)state;
    assert_text(-62135596800001, "0001-01-01T00:00:00.000Z");
    assert_text(INT64_MIN, "0001-01-01T00:00:00.000Z");
    assert_text(253402300800000, "9999-12-31T23:59:59.999Z");
    assert_text(INT64_MAX, "9999-12-31T23:59:59.999Z");
}

/* Every day from year 1 to 9999: its text reads back as itself, and in order. */
static void every_day_makes_a_round_trip(void **state)
{
    const int64_t first = -62135596800000, end = 253402300800000;

    (void)state;
    for (int64_t moment = first; moment < end; moment += day) {
        char text[CLOCK_TEXT_SIZE];
        int64_t back;

        clock_format(moment + 45296789, text);
        if (clock_parse(text, &back) != STATUS_OK || back != moment + 45296789)
            fail_msg("%lld is written as %s", (long long)moment, text);
    }
}

/* Fractions of any length; what is finer than a millisecond is cut off. */
static void fractions_are_optional_and_cut(void **state)
{
    (void)state;
    assert_time("1970-01-01T00:00:01Z", 1000);
    assert_time("1970-01-01T00:00:01.5Z", 1500);
    assert_time("1970-01-01T00:00:01.05Z", 1050);
    assert_time("1970-01-01T00:00:01.1239Z", 1123);
    assert_time("1970-01-01T00:00:00.00099999999999999999999999999Z", 0);
    assert_time("1969-12-31T23:59:59.999Z", -1);
}

/* RFC 3339 5.6 allows second 60; it is the first of the next minute. */
static void a_leap_second_is_taken(void **state)
{
    (void)state;
    assert_time("2016-12-31T23:59:60Z", 1483228800000);
    assert_no_time("2016-12-31T23:59:61Z");
}

static void what_is_no_time_is_refused(void **state)
{
    static const char *const none[] = {
        "",
        "Z",
        "1970-01-01",
        "1970-01-01T00:00:00",
        "1970-01-01T00:00:00z",
        "1970-01-01t00:00:00Z",
        "1970-01-01 00:00:00Z",
        "1970-01-01T00:00:00+00:00",
        "1970-01-01T00:00:00Z ",
        " 1970-01-01T00:00:00Z",
        "1970-01-01T00:00Z",
        "1970-01-01T24:00:00Z",
        "1970-01-01T00:60:00Z",
        "1970-1-01T00:00:00Z",
        "1970-01-1T00:00:00Z",
        "1970-00-01T00:00:00Z",
        "1970-13-01T00:00:00Z",
        "1970-01-00T00:00:00Z",
        "1970-01-32T00:00:00Z",
        "1970-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "+970-01-01T00:00:00Z",
        "1970-01-01T00:00:00.Z",
        "1970-01-01T00:00:00.5",
        "1970-01-01T00:00:00.5.5Z",
        "1970-01-01T00:00:00,5Z",
        "1970-01-01T-1:00:00Z",
    };

    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_no_time(none[i]);
}

static void leap_days_are_where_the_calendar_has_them(void **state)
{
    (void)state;
    assert_time("2000-02-29T00:00:00Z", 951782400000);
    assert_time("2024-02-29T00:00:00Z", 1709164800000);
    assert_time("2024-03-01T00:00:00Z", 1709164800000 + day);
}

static void a_day_is_its_first_moment(void **state)
{
    static const char *const none[] = {
        "",           "2027-01",     "2027-1-31",   "2027-02-29", "2027-01-31T00:00:00Z",
        "2027/01/31", "2027-01-31 ", " 2027-01-31", "tomorrow"};
    int64_t milliseconds;

    (void)state;
    assert_int_equal(clock_parse_day("2027-01-31", &milliseconds), STATUS_OK);
    assert_text(milliseconds, "2027-01-31T00:00:00.000Z");
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(clock_parse_day(none[i], &milliseconds), STATUS_INVALID);
}

/* Before 1970, too, where a division would take two days for one. */
static void a_day_ends_at_midnight(void **state)
{
    (void)state;
    assert_true(clock_is_same_day(0, CLOCK_DAY - 1));
    assert_false(clock_is_same_day(0, CLOCK_DAY));
    assert_true(clock_is_same_day(-1, -CLOCK_DAY));
    assert_false(clock_is_same_day(-1, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_have_one_text),
        cmocka_unit_test(years_beyond_four_digits_are_held_back),
        cmocka_unit_test(every_day_makes_a_round_trip),
        cmocka_unit_test(fractions_are_optional_and_cut),
        cmocka_unit_test(a_leap_second_is_taken),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(leap_days_are_where_the_calendar_has_them),
        cmocka_unit_test(a_day_is_its_first_moment),
        cmocka_unit_test(a_day_ends_at_midnight),
    };

    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
