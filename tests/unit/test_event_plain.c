/* Which events are read without libxml2, what is made of them, and what is left to it. */
#include "diag/read/event_plain.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define DATA(text)                                                                                 \
    "<Event><System><EventID>7</EventID></System><EventData>" text "</EventData></Event>"

#define FOUR(text) text text text text
#define NESTED     (FOUR(FOUR("<a>")) "<a></a>" FOUR(FOUR("</a>"))) /* one too deep */

static const struct event_wish wishes[] = {{NULL, 0}};
static struct event_build build;

static int set_up(void **state)
{
    (void)state;
    event_build_init(&build, wishes);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    event_build_release(&build);
    return 0;
}

/* NULL: it is left to libxml2. */
static const struct windows_event *read_sized(const char *text, size_t size)
{
    char *copy = malloc(size ? size : 1); /* so that a sanitizer sees what is read beyond */
    bool is_read;

    assert_non_null(copy);
    memcpy(copy, text, size);
    event_build_begin(&build);
    is_read = event_plain_read(&build, copy, size);
    free(copy);
    return is_read ? event_build_end(&build) : NULL;
}

static void check_string(const char *text, const char *expected)
{
    const struct windows_event *event = read_sized(text, strlen(text));

    assert_non_null(event);
    assert_int_equal(event->string_count, 1);
    assert_string_equal(event->strings[0], expected);
}

static void test_fields(void **state)
{
    static const char text[] =
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>\r\n<System>"
        "<Provider Name=\"It's\" Guid='{a}'/><EventID Qualifiers='32772'>1035</EventID >"
        "<Level>3</Level><TimeCreated SystemTime='1970-01-01T00:00:01.5Z' />"
        "<EventRecordID>9</EventRecordID><Channel>Application</Channel><Computer>ex1</Computer>"
        "</System><EventData><Data Name='a-b.c_d'>one</Data><Data/><Binary>0C</Binary></EventData>"
        "</Event>";
    const struct windows_event *event = read_sized(text, strlen(text));

    (void)state;
    assert_non_null(event);
    assert_string_equal(event->provider, "It's");
    assert_int_equal(event->id, 1035);
    assert_int_equal(event->qualifiers, 32772);
    assert_int_equal(event->level, 3);
    assert_int_equal(event->time, 1500);
    assert_int_equal(event->record, 9);
    assert_string_equal(event->channel, "Application");
    assert_string_equal(event->computer, "ex1");
    assert_int_equal(event->string_count, 2);
    assert_string_equal(event->strings[0], "one");
    assert_string_equal(event->strings[1], "");
    assert_string_equal(event->binary, "0C");
}

static void test_texts(void **state)
{
    (void)state;
    check_string(DATA("<Data>&lt;&gt;&amp;&quot;&apos;</Data>"), "<>&\"'");
    check_string(DATA("<Data>&#65;&#x42;&#xe9;&#x20AC;&#13;</Data>"), "AB\xC3\xA9\xE2\x82\xAC\r");
    check_string(DATA("<Data>a\r\nb\rc\n\td\r</Data>"), "a\nb\nc\n\td\n");
    check_string(DATA("<Data>\xC3\xA9 \xF0\x9F\x98\x80\xEF\xBF\xBD</Data>"),
                 "\xC3\xA9 \xF0\x9F\x98\x80\xEF\xBF\xBD");
    check_string(DATA("<Data>a > b ]> ]]</Data>"), "a > b ]> ]]");
    check_string(DATA("<Data>a<b>c</b>d</Data>"), "acd");
}

/* Names of what XML allows, and white space of each kind in a tag. */
static void test_names(void **state)
{
    (void)state;
    check_string(DATA("<_a>x</_a>"), "x");
    check_string(DATA("<a-b.c_1>x</a-b.c_1>"), "x");
    check_string(DATA("<Data\r\n\tName='x'\t>x</Data\r\n\t>"), "x");
}

static void test_others(void **state)
{
    static const char *const others[] = {
        "",
        "<",
        "<Event>",
        "x",
        "<Event></Event> ",
        " <Event></Event>",
        "<Event></Even>",
        "<Event></Events>",
        "<Event></Event",
        "<Event/><Event/>",
        DATA("<!-- -->"),
        DATA("<![CDATA[x]]>"),
        DATA("<?x?>"),
        DATA("<a:b></a:b>"),
        DATA("<Data xml:lang='x'/>"),
        DATA("<Data xmlns:a='x'/>"),
        DATA("<Data a='1'b='2'/>"),
        DATA("<Data a='1' a='2'/>"),
        DATA("<Data xmlns='1' xmlns='1'/>"),
        DATA("<Data a=1/>"),
        DATA("<Data a='1\"/>"),
        DATA("<Data a = '1'/>"),
        DATA("<Data a/>"),
        DATA("<Data a='&amp;'/>"),
        DATA("<Data a='<'/>"),
        DATA("<Data a='1\t2'/>"),
        DATA("<Data a='\xC3\xA9'/>"),
        DATA("<Data a='1' / >"),
        DATA("<1/>"),
        DATA("< Data/>"),
        DATA("<></>"),
        DATA("<Data></Dats>"),
        DATA("<Data a=x1x/>"),
        DATA("</Data>"),
        DATA("<Data></ Data>"),
        DATA("<Data>]]></Data>"),
        DATA("<Data>a ]]]> b</Data>"),
        DATA("<Data>&nbsp;</Data>"),
        DATA("<Data>&amp</Data>"),
        DATA("<Data>&#;</Data>"),
        DATA("<Data>&#x;</Data>"),
        DATA("<Data>&#X41;</Data>"),
        DATA("<Data>&#4a;</Data>"),
        DATA("<Data>&#0;</Data>"),
        DATA("<Data>&#1;</Data>"),
        DATA("<Data>&#xD800;</Data>"),
        DATA("<Data>&#x1F600;</Data>"),
        DATA("<Data>&#0000065;</Data>"),
        DATA("<Data>\x01</Data>"),
        DATA("<Data>\xE9</Data>"),
        DATA("<Data>\xEF\xBF\xBE</Data>"),
        DATA("<Data>\xEF\xBF\xBF</Data>"),
        DATA("<Data a1='' a2='' a3='' a4='' a5='' a6='' a7='' a8='' a9=''/>"),
        NESTED,
    };

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        event_build_begin(&build);
        if (event_plain_read(&build, others[i], strlen(others[i])))
            fail_msg("read: %s", others[i]);
    }
    assert_null(read_sized(DATA("\0"), sizeof DATA("\0") - 1));
}

/* Cut off anywhere it is no event, and nothing is read beyond its end. */
static void test_cut_off(void **state)
{
    static const char text[] = DATA("<Data Name='x'>&#x41;\r\n\xE2\x82\xAC</Data><Data/>");

    (void)state;
    for (size_t size = 0; size < sizeof text - 1; size++)
        assert_null(read_sized(text, size));
    assert_non_null(read_sized(text, sizeof text - 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_fields, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_texts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cut_off, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
