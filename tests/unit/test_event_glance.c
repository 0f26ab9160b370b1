/* Which events are passed by unparsed, and that all others are parsed. */
#include "diag/read/event_glance.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct event_wish wishes[] = {{"Wanted", 7}, {"All", 0}, {NULL, 0}};

/* -1: it is to be parsed; else its time. */
static int64_t glance(const char *text, size_t size)
{
    char *copy = malloc(size ? size : 1); /* so that a sanitizer sees what is read beyond */
    int64_t time = -2;
    bool is_unwished;

    assert_non_null(copy);
    memcpy(copy, text, size);
    is_unwished = event_glance_is_unwished(wishes, copy, size, &time);
    free(copy);
    return is_unwished ? time : -1;
}

static void check(const char *text, int64_t expected)
{
    assert_int_equal(glance(text, strlen(text)), expected);
}

#define HEAD "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
#define TIME "<TimeCreated SystemTime='1970-01-01T00:00:01.5Z'/>"
#define TAIL "</System></Event>"

/* As Windows writes them, and with the white space that people's tools add. */
static void test_forms(void **state)
{
    (void)state;
    check(HEAD "<Provider Name='Other'/><EventID>7</EventID>" TIME TAIL, 1500);
    check(HEAD "<Provider Name='Other' Guid='{a}' EventSourceName='All'/>"
               "<EventID Qualifiers='49156'>7</EventID><Version>0</Version>" TIME TAIL,
          1500);
    check("<Event>\r\n  <System>\n\t<Provider Guid=\"x\" Name=\"Other\" />\n"
          "<EventID >7</EventID>\n<Level>4</Level>\n" TIME TAIL,
          1500);
    check("<Event><System><Provider Name='Other'></Provider><EventID>7</EventID>"
          "<TimeCreated SystemTime='1970-01-01T00:00:00.001Z'></TimeCreated>",
          1);
    check(HEAD "<Provider Name='Wanted'/><EventID>8</EventID>" TIME TAIL, 1500);
    check(HEAD "<Provider Name='Wanted'/><EventID>999999999</EventID>" TIME TAIL, 1500);
    check(HEAD "<Provider Name='Wante'/><EventID>7</EventID>" TIME TAIL, 1500);
}

static void test_wished(void **state)
{
    (void)state;
    check(HEAD "<Provider Name='Wanted'/><EventID>7</EventID>" TIME TAIL, -1);
    check(HEAD "<Provider Name='WANTED'/><EventID Qualifiers='1'>0007</EventID>" TIME TAIL, -1);
    check(HEAD "<Provider Name='all'/><EventID>1</EventID>" TIME TAIL, -1);
}

/* Behind System, or in no form that is known, a time is none. */
static void test_no_time(void **state)
{
    (void)state;
    check(HEAD "<Provider Name='Other'/><EventID>7</EventID></System>" TIME, 0);
    check(HEAD "<Provider Name='Other'/><EventID>7</EventID><!--" TIME "-->" TAIL, 0);
    check(HEAD "<Provider Name='Other'/><EventID>7</EventID><TimeCreated SystemTime='now'/>" TAIL,
          0);
    check(HEAD "<Provider Name='Other'/><EventID>7</EventID><TimeCreated/>" TAIL, 0);
    check(HEAD "<Provider Name='Other'/><EventID>7</EventID>", 0);
    check(HEAD "<Provider Name='Other'/><EventID>7</EventID><", 0);
}

/* Whatever is otherwise may be anything. */
static void test_unknown(void **state)
{
    static const char *const others[] = {
        "",
        "<Event",
        "<Event/>",
        "<Eventful><System>",
        "<Event><Data/><System><Provider Name='Other'/><EventID>7</EventID></System>",
        "<Event><System a='b'><Provider Name='Other'/><EventID>7</EventID></System>",
        "<Event a='&amp;'><System><Provider Name='Other'/><EventID>7</EventID></System>",
        "<Event a='<'><System><Provider Name='Other'/><EventID>7</EventID></System>",
        "<Event a=b><System><Provider Name='Other'/><EventID>7</EventID></System>",
        "<Event a = 'b'><System><Provider Name='Other'/><EventID>7</EventID></System>",
        HEAD "<!-- --><Provider Name='Other'/><EventID>7</EventID>" TAIL,
        HEAD "<EventID>7</EventID><Provider Name='Other'/>" TAIL,
        HEAD "<Provider/><EventID>7</EventID>" TAIL,
        HEAD "<Provider Name=''/><EventID>7</EventID>" TAIL,
        HEAD "<Provider Name='Wan&#116;ed'/><EventID>7</EventID>" TAIL,
        HEAD "<Provider name='Other'/><EventID>7</EventID>" TAIL,
        HEAD "<Provider Name='Other'>x</Provider><EventID>7</EventID>" TAIL,
        HEAD "<Provider Name='Other'/>x<EventID>7</EventID>" TAIL,
        HEAD "<Provider Name='Other'/><EventID/>" TAIL,
        HEAD "<Provider Name='Other'/><EventID></EventID>" TAIL,
        HEAD "<Provider Name='Other'/><EventID/>7</EventID>" TAIL,
        HEAD "<Provider Name='Other'/><EventID> 7</EventID>" TAIL,
        HEAD "<Provider Name='Other'/><EventID>&#55;</EventID>" TAIL,
        HEAD "<Provider Name='Other'/><EventID>7<!----></EventID>" TAIL,
        HEAD "<Provider Name='Other'/><EventID>-7</EventID>" TAIL,
        HEAD "<Provider Name='Other'/><EventID>1000000000</EventID>" TAIL,
        HEAD "<Provider Name='Other'/><EventID Q>7</EventID>" TAIL,
        HEAD "<Provider Name='Other'/><EventID Q='1'R='2'>7</EventID>" TAIL,
    };

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        check(others[i], -1);
}

/* A name longer than there is room for is parsed; one that fits is not. */
static void test_long_name(void **state)
{
    char name[257] = {0}, text[512];

    (void)state;
    for (size_t size = 255; size <= 256; size++) {
        memset(name, 'x', size);
        snprintf(text, sizeof text, "%s<Provider Name='%s'/><EventID>7</EventID>" TIME, HEAD, name);
        check(text, size == 255 ? 1500 : -1);
    }
}

/* Cut off anywhere it is either not known, or known without a time; nothing beyond is read. */
static void test_truncated(void **state)
{
    static const char text[] = HEAD "<Provider Name='Other'/><EventID>7</EventID>" TIME;
    size_t known = strlen(HEAD "<Provider Name='Other'/><EventID>7</EventID>");

    (void)state;
    for (size_t size = 0; size < sizeof text - 1; size++)
        assert_int_equal(glance(text, size), size < known ? -1 : 0);
    assert_int_equal(glance(text, sizeof text - 1), 1500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),     cmocka_unit_test(test_wished),
        cmocka_unit_test(test_no_time),   cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_long_name), cmocka_unit_test(test_truncated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
