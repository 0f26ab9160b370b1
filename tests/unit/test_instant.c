/* Moments as protocols write them: those that are read, and all that is refused. */
#include "diag/read/instant.h"

#include "diag/clock.h"
#include "tests/unit/unit.h"

#include <inttypes.h>
#include <string.h>

enum { SECOND = 1000000 };

static const int64_t UNTOUCHED = -77;

static int64_t moment(const char *text)
{
    int64_t milliseconds;

    assert_int_equal(clock_parse(text, &milliseconds), STATUS_OK);
    return milliseconds * 1000;
}

static int64_t last_moment(void)
{
    return moment("9999-12-31T23:59:59.999Z") + 999;
}

static void expect(const char *text, enum status status, int64_t instant, enum status wanted,
                   const char *wanted_moment)
{
    int64_t wanted_instant = wanted_moment ? moment(wanted_moment) : UNTOUCHED;

    if (status != wanted || instant != wanted_instant)
        fail_msg("\"%s\": %s, %" PRId64 " and not %s, %" PRId64, text, status_token(status),
                 instant, status_token(wanted), wanted_instant);
}

/* ---- HTTP-date ---- */

#define IN_2026 "2026-11-22T12:00:00Z"

static void expect_http(const char *text, const char *now, const char *wanted)
{
    int64_t instant = UNTOUCHED;
    enum status status = instant_from_http_date(text, strlen(text), moment(now), &instant);

    expect(text, status, instant, wanted ? STATUS_OK : STATUS_INVALID, wanted);
}

/* The three forms of RFC 9110 5.6.7, with the examples of its text, say the same moment. */
static void test_http_forms(void **state)
{
    (void)state;
    expect_http("Sun, 06 Nov 1994 08:49:37 GMT", IN_2026, "1994-11-06T08:49:37Z");
    expect_http("Sunday, 06-Nov-94 08:49:37 GMT", IN_2026, "1994-11-06T08:49:37Z");
    expect_http("Sun Nov  6 08:49:37 1994", IN_2026, "1994-11-06T08:49:37Z");
    expect_http("Sun Nov 22 08:49:37 2026", IN_2026, "2026-11-22T08:49:37Z");
    expect_http("Thu, 01 Jan 1970 00:00:00 GMT", IN_2026, "1970-01-01T00:00:00Z");
    expect_http("Thu, 29 Feb 2024 23:59:59 GMT", IN_2026, "2024-02-29T23:59:59Z");
    expect_http("Tue, 19 Jan 2038 03:14:08 GMT", IN_2026, "2038-01-19T03:14:08Z");
    expect_http("Fri, 31 Dec 9999 23:59:59 GMT", IN_2026, "9999-12-31T23:59:59Z");
    expect_http("Wednesday, 04-Nov-26 08:49:37 GMT", IN_2026, "2026-11-04T08:49:37Z");
}

/* Two digits are the last year that is not more than 50 years ahead. */
static void test_http_two_digits(void **state)
{
    (void)state;
    expect_http("Sunday, 22-Nov-76 11:59:59 GMT", IN_2026, "2076-11-22T11:59:59Z");
    expect_http("Monday, 22-Nov-76 13:00:00 GMT", IN_2026, "1976-11-22T13:00:00Z");
    expect_http("Sunday, 22-Nov-76 13:00:00 GMT", IN_2026, NULL); /* is 2076's day */
    expect_http("Friday, 01-Jan-99 00:00:00 GMT", "2048-12-31T23:59:59Z", "1999-01-01T00:00:00Z");
    expect_http("Thursday, 01-Jan-99 00:00:00 GMT", "2049-01-01T00:00:00Z", "2099-01-01T00:00:00Z");
    expect_http("Tuesday, 29-Feb-00 12:00:00 GMT", IN_2026, "2000-02-29T12:00:00Z");
    expect_http("Monday, 29-Feb-00 12:00:00 GMT", "2090-01-01T00:00:00Z", NULL); /* 2100 has none */
    expect_http("Saturday, 01-Jan-00 00:00:00 GMT", "9999-12-31T00:00:00Z", NULL);
}

/* `now` comes from a clock that may be anything: what is said is a moment, or nothing. */
static void test_http_any_now(void **state)
{
    const char text[] = "Sunday, 06-Nov-94 08:49:37 GMT";
    int64_t instant = UNTOUCHED;

    (void)state;
    assert_int_equal(instant_from_http_date(text, strlen(text), INT64_MIN, &instant), STATUS_OK);
    assert_true(instant == moment("1994-11-06T08:49:37Z"));
    assert_int_equal(instant_from_http_date(text, strlen(text), INT64_MAX, &instant), STATUS_OK);
    assert_true(instant == moment("9994-11-06T08:49:37Z"));
}

static const char *const not_http[] = {
    "",
    "0",
    "-1",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 ",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 CET",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "Sun, 06 Nov 1994 08:49:37 GMT ",
    " Sun, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 94 08:49:37 GMT",
    "Sun, 06 Nov -994 08:49:37 GMT",
    "Sun, 06 Nov 19940 08:49:37 GMT",
    "Sun, 06 Nov 1994 8:49:37 GMT",
    "Sun, 06 Nov 1994 08:49 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Nov 1994 08:60:37 GMT",
    "Sun, 06 Nov 1994 08:49:61 GMT",
    "Sun, 06 Nov 1994 08:49:37.5 GMT",
    "Mon, 06 Nov 1994 08:49:37 GMT", /* it was a Sunday */
    "Son, 06 Nov 1994 08:49:37 GMT",
    "So, 06 Nov 1994 08:49:37 GMT",
    "dim., 06 nov. 1994 08:49:37 GMT",
    "Sun, 06 Okt 1994 08:49:37 GMT",
    "Sun, 06 11 1994 08:49:37 GMT",
    "Sun, 06-Nov-1994 08:49:37 GMT",
    "Sun, 06-Nov-94 08:49:37 GMT",
    "Sunday, 06 Nov 1994 08:49:37 GMT",
    "Fri, 30 Feb 2024 08:49:37 GMT",
    "Wed, 29 Feb 2023 08:49:37 GMT",
    "Thu, 00 Nov 1994 08:49:37 GMT",
    "Thu, 31 Nov 1994 08:49:37 GMT",
    "Wed, 31 Dec 1969 23:59:59 GMT",
    "Sat, 01 Jan 0000 00:00:00 GMT",
    "Sun Nov 6 08:49:37 1994",
    "Sun Nov 06 08:49:37 94",
    "Sun Nov  6 08:49:37 1994 GMT",
    "1994-11-06T08:49:37Z",
};

static void test_http_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof not_http / sizeof *not_http; i++)
        expect_http(not_http[i], IN_2026, NULL);
}

/* 23:59:60 is the moment after it, at the end of a month of UTC, and nowhere else. */
static void test_leap_seconds(void **state)
{
    (void)state;
    expect_http("Sat, 31 Dec 2016 23:59:60 GMT", IN_2026, "2017-01-01T00:00:00Z");
    expect_http("Tue, 30 Jun 2015 23:59:60 GMT", IN_2026, "2015-07-01T00:00:00Z");
    expect_http("Mon, 29 Jun 2015 23:59:60 GMT", IN_2026, NULL);
    expect_http("Tue, 30 Jun 2015 22:59:60 GMT", IN_2026, NULL);
    expect_http("Tue, 30 Jun 2015 23:58:60 GMT", IN_2026, NULL);
    expect_http("Fri, 31 Dec 9999 23:59:60 GMT", IN_2026, NULL);
}

/* ---- dates of mail ---- */

static void expect_mail(const char *text, enum status wanted, const char *wanted_moment)
{
    int64_t instant = UNTOUCHED;
    enum status status = instant_from_mail_date(text, strlen(text), &instant);

    expect(text, status, instant, wanted, wanted_moment);
}

static const struct {
    const char *text;
    const char *moment;
} mail_dates[] = {
    {"220 EX01.contoso.com Microsoft ESMTP MAIL Service ready at Fri, 5 Aug 2016 16:24:41 -0700",
     "2016-08-05T23:24:41Z"},
    {"220 mx ESMTP Sendmail 8.14.4/8.14.4; Sun, 22 Nov 2026 12:41:41 +0100",
     "2026-11-22T11:41:41Z"},
    {"220 mail ESMTP Exim 4.96 Sun, 22 Nov 2026 12:41:41 +0000\r\n", "2026-11-22T12:41:41Z"},
    {"5 Aug 2016 16:24:41 -0700", "2016-08-05T23:24:41Z"},
    {"05 aug 2016 16:24:41 -0700 (PDT)", "2016-08-05T23:24:41Z"},
    {"Fri,5 Aug 2016 16:24:41 -0700", "2016-08-05T23:24:41Z"},
    {"FRI,\t5  AUG\t2016   16:24:41  +0530.", "2016-08-05T10:54:41Z"},
    {"(5 Aug 2016 16:24:41 GMT)", "2016-08-05T16:24:41Z"},
    {"5 Aug 2016 16:24:41 UT", "2016-08-05T16:24:41Z"},
    {"5 Aug 2016 16:24:41 UTC", "2016-08-05T16:24:41Z"},
    {"5 Aug 2016 16:24:41 Z", "2016-08-05T16:24:41Z"},
    {"5 Aug 2016 16:24:41 -0000", "2016-08-05T16:24:41Z"},
    {"1 Jan 1970 01:00:00 +0100", "1970-01-01T00:00:00Z"},
    {"1 Jan 2020 00:00:00 +1400", "2019-12-31T10:00:00Z"},
    {"31 Dec 2019 23:00:00 -1200", "2020-01-01T11:00:00Z"},
    {"1 Jan 2017 00:59:60 +0100", "2017-01-01T00:00:00Z"},
    {"31 Dec 2016 18:59:60 -0500", "2017-01-01T00:00:00Z"},
    {"4 Aug 2016 10:00:00 +0000 then 5 Aug 2016 16:24:41 +0000", "2016-08-05T16:24:41Z"},
    {"5 Aug 2016 16:24:41 +0000; up since 4 Aug", "2016-08-05T16:24:41Z"},
};

/* Banners as servers send them; the last date counts. */
static void test_mail_dates(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mail_dates / sizeof *mail_dates; i++)
        expect_mail(mail_dates[i].text, STATUS_OK, mail_dates[i].moment);
}

static const char *const not_mail[] = {
    "",
    "220 mail.contoso.com ESMTP",
    "5 Aug 2016 16:24:41",      /* no zone */
    "5 Aug 2016 16:24 -0700",   /* no seconds */
    "5 Aug 16 16:24:41 -0700",  /* two digits */
    "5 Aug 116 16:24:41 -0700", /* three */
    "5 Aug 20160 16:24:41 -0700",
    "5 Aug -2016 16:24:41 -0700",
    "5 Aug 2016 16:24:41.5 -0700",
    "5 Aug 2016 16:24:41 CST", /* which one? */
    "5 Aug 2016 16:24:41 EST",
    "5 Aug 2016 16:24:41 A",
    "5 Aug 2016 16:24:41 GMTX",
    "5 Aug 2016 16:24:41 GMT1",
    "5 Aug 2016 16:24:41 +070",
    "5 Aug 2016 16:24:41 +07000",
    "5 Aug 2016 16:24:41 +07:00",
    "5 Aug 2016 16:24:41 0700",
    "5 Aug 2016 16:24:41-0700",
    "5 Aug 2016 6:24:41 -0700",
    "5Aug 2016 16:24:41 -0700",
    "5 Aug2016 16:24:41 -0700",
    "5 August 2016 16:24:41 -0700",
    "5 Mai 2016 16:24:41 -0700",
    "5 ao\xc3\xbbt 2016 16:24:41 +0200",
    "5. Aug 2016 16:24:41 +0200",
    "5 Dez 2016 16:24:41 +0100",
    "5 \xd0\xb0\xd0\xb2\xd0\xb3 2016 16:24:41 +0300",
    "2016\xe5\xb9\xb4"
    "8\xe6\x9c\x88"
    "5\xe6\x97\xa5 16:24:41 +0900",
    "8/5/2016 4:24:41 PM",
    "Fri Aug  5 16:24:41 2016",
    "x5 Aug 2016 16:24:41 -0700",
    "125 Aug 2016 16:24:41 -0700",
    "-5 Aug 2016 16:24:41 -0700",
    "2016-08-05T16:24:41Z",
};

static void test_mail_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof not_mail / sizeof *not_mail; i++)
        expect_mail(not_mail[i], STATUS_NOT_FOUND, NULL);
}

static const char *const impossible_mail[] = {
    "Thu, 5 Aug 2016 16:24:41 -0700", /* it was a Friday */
    "Fr, 5 Aug 2016 16:24:41 +0200",  /* of another language */
    "ven., 5 Aug 2016 16:24:41 +0200",
    "Friday, 5 Aug 2016 16:24:41 -0700",
    "xFri, 5 Aug 2016 16:24:41 -0700",
    ", 5 Aug 2016 16:24:41 -0700",
    "then, 5 Aug 2016 16:24:41 -0700",
    "31 Feb 2016 16:24:41 -0700",
    "0 Aug 2016 16:24:41 -0700",
    "99 Aug 2016 16:24:41 -0700",
    "5 Aug 0000 16:24:41 -0700",
    "5 Aug 1969 16:24:41 -0700",
    "1 Jan 1970 00:00:00 +0100",
    "31 Dec 9999 23:59:59 -0100",
    "5 Aug 2016 24:24:41 -0700",
    "5 Aug 2016 16:60:41 -0700",
    "5 Aug 2016 16:24:60 -0700",
    "5 Aug 2016 16:24:99 -0700",
    "5 Aug 2016 16:24:41 +1401",
    "5 Aug 2016 16:24:41 -9959",
    "5 Aug 2016 16:24:41 +0060",
    "4 Aug 2016 10:00:00 +0000 then 31 Feb 2016 16:24:41 +0000", /* not the one before it */
};

static void test_mail_impossible(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof impossible_mail / sizeof *impossible_mail; i++)
        expect_mail(impossible_mail[i], STATUS_INVALID, NULL);
}

/* A date that is cut is none, or wherever it is cut never another moment. */
static void test_mail_cut(void **state)
{
    const char text[] = "ready at Fri, 5 Aug 2016 16:24:41 -0700";

    (void)state;
    for (size_t size = 0; size < strlen(text); size++) {
        int64_t instant = UNTOUCHED;

        assert_int_equal(instant_from_mail_date(text, size, &instant), STATUS_NOT_FOUND);
        assert_int_equal(instant, UNTOUCHED);
    }
}

/* ---- GeneralizedTime ---- */

static void expect_generalized(const char *text, const char *wanted)
{
    int64_t instant = UNTOUCHED;
    enum status status = instant_from_generalized_time(text, strlen(text), &instant);

    expect(text, status, instant, wanted ? STATUS_OK : STATUS_INVALID, wanted);
}

/* As Active Directory and Kerberos write it, and all else that RFC 4517 has with seconds. */
static void test_generalized_time(void **state)
{
    (void)state;
    expect_generalized("20261122124141.0Z", "2026-11-22T12:41:41Z");
    expect_generalized("20261122124141Z", "2026-11-22T12:41:41Z");
    expect_generalized("20261122124141,25Z", "2026-11-22T12:41:41.25Z");
    expect_generalized("20261122124141+01", "2026-11-22T11:41:41Z");
    expect_generalized("20261122124141.5-0330", "2026-11-22T16:11:41.5Z");
    expect_generalized("20370913024805Z", "2037-09-13T02:48:05Z");
    expect_generalized("20380119031408Z", "2038-01-19T03:14:08Z");
    expect_generalized("20161231235960Z", "2017-01-01T00:00:00Z");
    expect_generalized("19700101000000Z", "1970-01-01T00:00:00Z");
}

static const char *const not_generalized[] = {
    "",
    "Z",
    "20261122124141",
    "20261122124141.0",
    "20261122124141.Z",
    "20261122124141.0z",
    "20261122124141Z ",
    " 20261122124141Z",
    "202611221241Z", /* no seconds */
    "2026112212Z",
    "20261122124160Z",
    "20261122124161Z",
    "20261122126041Z",
    "20261122244141Z",
    "20261131124141Z",
    "20261322124141Z",
    "20260022124141Z",
    "20260229124141Z",
    "-0261122124141Z",
    "00001122124141Z",
    "19691231235959Z",
    "16010101000000.0Z",
    "20261122124141+",
    "20261122124141+1",
    "20261122124141+010",
    "20261122124141+01000",
    "20261122124141+0160",
    "20261122124141+1500",
    "99991231235959-0100",
    "261122124141Z", /* UTCTime */
    "2026112212414\xd9\xa1Z",
};

static void test_generalized_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof not_generalized / sizeof *not_generalized; i++)
        expect_generalized(not_generalized[i], NULL);
}

/* A NUL in it is no end of it. */
static void test_generalized_bytes(void **state)
{
    const char text[] = "20261122124141Z\0";
    int64_t instant = UNTOUCHED;

    (void)state;
    assert_int_equal(instant_from_generalized_time(text, 16, &instant), STATUS_INVALID);
    assert_int_equal(instant_from_generalized_time(text, 15, &instant), STATUS_OK);
}

/* Digits beyond microseconds are cut, however many there are. */
static void test_generalized_fraction(void **state)
{
    const char text[] = "20261122124141.12345678901234567890Z";
    int64_t instant;

    (void)state;
    assert_int_equal(instant_from_generalized_time(text, strlen(text), &instant), STATUS_OK);
    assert_true(instant == moment("2026-11-22T12:41:41Z") + 123456);
}

/* ---- numbers ---- */

static void test_filetime(void **state)
{
    const struct {
        uint64_t filetime;
        enum status status;
        int64_t instant;
    } cases[] = {
        {0, STATUS_INVALID, UNTOUCHED},
        {1, STATUS_INVALID, UNTOUCHED},
        {116444735999999999u, STATUS_INVALID, UNTOUCHED},
        {116444736000000000u, STATUS_OK, 0},
        {116444736000000019u, STATUS_OK, 1},
        {131149130810000000u, STATUS_OK, moment("2016-08-05T23:24:41Z")},
        {137919572480000000u, STATUS_OK, moment("2038-01-19T03:14:08Z")},
        {2650467743999999999u, STATUS_OK, last_moment()},
        {2650467744000000000u, STATUS_INVALID, UNTOUCHED},
        {INT64_MAX, STATUS_INVALID, UNTOUCHED}, /* never */
        {(uint64_t)INT64_MAX + 1, STATUS_INVALID, UNTOUCHED},
        {UINT64_MAX, STATUS_INVALID, UNTOUCHED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t instant = UNTOUCHED;

        if (instant_from_filetime(cases[i].filetime, &instant) != cases[i].status ||
            instant != cases[i].instant)
            fail_msg("FILETIME %" PRIu64 ": %" PRId64, cases[i].filetime, instant);
    }
}

static void expect_ntp(uint64_t timestamp, const char *now, const char *wanted)
{
    int64_t instant = UNTOUCHED;
    enum status status = instant_from_ntp(timestamp, moment(now), &instant);

    expect("NTP", status, instant, wanted ? STATUS_OK : STATUS_INVALID, wanted);
}

/* RFC 5905, figure 4, and what is on both sides of the change of the era. */
static void test_ntp_eras(void **state)
{
    (void)state;
    expect_ntp(0, IN_2026, NULL);
    expect_ntp(0, "2036-02-07T06:28:16Z", NULL);
    expect_ntp((uint64_t)2208988800u << 32, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z");
    expect_ntp((uint64_t)4294944000u << 32, IN_2026, "2036-02-07T00:00:00Z");
    expect_ntp((uint64_t)0xFFFFFFFFu << 32, IN_2026, "2036-02-07T06:28:15Z");
    expect_ntp((uint64_t)0xFFFFFFFFu << 32, "2036-02-07T06:28:17Z", "2036-02-07T06:28:15Z");
    expect_ntp(1, IN_2026, "2036-02-07T06:28:16Z");
    expect_ntp(1, "2036-02-07T06:28:10Z", "2036-02-07T06:28:16Z");
    expect_ntp((uint64_t)1 << 32, "2036-02-07T06:28:10Z", "2036-02-07T06:28:17Z");
    expect_ntp((uint64_t)61505152 << 32, "2038-01-01T00:00:00Z", "2038-01-19T03:14:08Z");
    expect_ntp((uint64_t)61505152 << 32, IN_2026, "2038-01-19T03:14:08Z");
    expect_ntp((uint64_t)0x40000000u << 32, IN_2026, "2070-02-15T20:05:20Z");
    expect_ntp(((uint64_t)2208988799u << 32) | 0x80000000u, "1970-01-01T00:00:00Z", NULL);
    expect_ntp((uint64_t)0xFFFFFFFFu << 32, "9999-12-31T00:00:00Z", NULL);
    expect_ntp((uint64_t)3989000000u << 32 | 0x40000000u, IN_2026, "2026-05-28T23:33:20.25Z");
}

/* What was written comes back, to the microsecond, in any era. */
static void test_ntp_round(void **state)
{
    uint64_t random = 1;

    (void)state;
    assert_true(instant_to_ntp(0) == (uint64_t)2208988800u << 32);
    assert_true(instant_to_ntp(moment("2036-02-07T06:28:16Z")) == 0);
    assert_true(instant_to_ntp(250000) == ((uint64_t)2208988800u << 32 | 0x40000000u));
    assert_true(instant_to_ntp(-1) >> 32 == 2208988799u);
    for (int i = 0; i < 100000; i++) {
        int64_t instant, back;

        random = random * 6364136223846793005u + 1442695040888963407u;
        instant = (int64_t)(random >> 1) % (last_moment() + 1);
        assert_int_equal(instant_from_ntp(instant_to_ntp(instant),
                                          instant / 2 * 2 + (int64_t)(random % 1000) * SECOND,
                                          &back),
                         STATUS_OK);
        assert_true(back == instant);
    }
}

/* Rounding up does not lead beyond the last moment, nor any `now` beyond the numbers. */
static void test_ntp_limits(void **state)
{
    int64_t instant = UNTOUCHED, last = last_moment();

    (void)state;
    assert_int_equal(instant_from_ntp(instant_to_ntp(last) | 0xFFFFFFFFu, last, &instant),
                     STATUS_INVALID);
    assert_int_equal(instant_from_ntp(1, INT64_MAX, &instant), STATUS_INVALID);
    assert_int_equal(instant_from_ntp(1, INT64_MIN, &instant), STATUS_INVALID);
    assert_int_equal(instant, UNTOUCHED);
    (void)instant_to_ntp(INT64_MIN);
    (void)instant_to_ntp(INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_http_forms),
        cmocka_unit_test(test_http_two_digits),
        cmocka_unit_test(test_http_any_now),
        cmocka_unit_test(test_http_refused),
        cmocka_unit_test(test_leap_seconds),
        cmocka_unit_test(test_mail_dates),
        cmocka_unit_test(test_mail_none),
        cmocka_unit_test(test_mail_impossible),
        cmocka_unit_test(test_mail_cut),
        cmocka_unit_test(test_generalized_time),
        cmocka_unit_test(test_generalized_refused),
        cmocka_unit_test(test_generalized_bytes),
        cmocka_unit_test(test_generalized_fraction),
        cmocka_unit_test(test_filetime),
        cmocka_unit_test(test_ntp_eras),
        cmocka_unit_test(test_ntp_round),
        cmocka_unit_test(test_ntp_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
