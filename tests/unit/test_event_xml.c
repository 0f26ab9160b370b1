/* Event logs as XML: what the tools of Windows write, in pieces, damaged, and foreign. */
#include "diag/read/event_xml.h"

#include "diag/clock.h"
#include "diag/text.h"
#include "diag/xml_library.h"
#include "tests/unit/events.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define SYSTEM_OF(id)                                                                              \
    "<System><Provider Name='P'/><EventID>" id "</EventID><TimeCreated "                           \
    "SystemTime='2026-11-22T09:05:07.1234567Z'/></System>"
#define BEGIN "<Event xmlns='" EVENTS_SCHEMA "'>"

static const struct event_wish all_of_p[] = {{"p", 0}, {NULL, 0}};
static const struct event_wish exchange[] = {
    {"MSExchangeTransport", 1706}, {"MSExchangeTransport", 7004}, {"MSExchangeTransport", 7010},
    {"MSExchangeTransport", 1035}, {"MSExchangeTransport", 2017}, {NULL, 0}};

static struct xml_library library;

/* What was taken, a line an event. */
struct taken {
    struct buffer text;
    size_t count;
};

static void take(void *context, const struct windows_event *event)
{
    struct taken *taken = context;
    char time[CLOCK_TEXT_SIZE];

    clock_format(event->time, time);
    taken->count++;
    buffer_print(&taken->text, "%s %u/%u L%u %s #%llu %s %s", event->provider, (unsigned)event->id,
                 (unsigned)event->qualifiers, (unsigned)event->level, event->time ? time : "-",
                 (unsigned long long)event->record, event->channel, event->computer);
    for (size_t i = 0; i < event->string_count; i++)
        buffer_print(&taken->text, " [%s]", event->strings[i]);
    buffer_print(&taken->text, " {%s}\n", event->binary);
}

static void read_pieces(const struct event_wish *wishes, const char *bytes, size_t size,
                        size_t piece, struct taken *taken, struct event_log_account *account)
{
    struct event_xml *reader = event_xml_new(&library, wishes, take, taken);

    buffer_clear(&taken->text);
    taken->count = 0;
    for (size_t at = 0, next; at < size; at += next) {
        char *copy;

        next = size - at < piece ? size - at : piece;
        copy = malloc(next); /* so that a sanitizer sees what is read beyond */
        assert_non_null(copy);
        memcpy(copy, bytes + at, next);
        event_xml_feed(reader, copy, next);
        free(copy);
    }
    event_xml_end(reader, account);
}

static struct taken begin(void)
{
    struct taken taken = {.count = 0};

    buffer_init(&taken.text, 1 << 22);
    return taken;
}

static void check(const char *text, const char *expected, unsigned events, unsigned damaged,
                  bool cut_off)
{
    struct event_log_account account;
    struct taken taken = begin();

    for (size_t piece = 1; piece < 40; piece += 19) {
        read_pieces(all_of_p, text, strlen(text), piece, &taken, &account);
        assert_string_equal(taken.text.text, expected);
        assert_int_equal(account.events, events);
        assert_int_equal(account.damaged, damaged);
        assert_int_equal(account.cut_off, cut_off);
    }
    buffer_release(&taken.text);
}

/* ---- Exchange's events ---- */

static const struct made_event made[] = {
    {.provider = "MSExchangeTransport",
     .id = 1706,
     .qualifiers = 49156,
     .level = 2,
     .time = "2005-03-11T02:05:02.000000000Z",
     .record = 11,
     .strings = {"mail.contoso.com", "CSessionContext::OnEXPSInNegotiate", "HrServerNegotiateAuth",
                 "0x8009030c", "context.cpp@1799"},
     .binary = "0C030980"},
    {.provider = "MSExchangeTransport",
     .id = 7004,
     .qualifiers = 49152,
     .level = 2,
     .record = 12,
     .strings = {"1", "27", "mail.contoso.com", "xexch50", "504 Need to authenticate first  ",
                 "XEXCH50 1096 2  "}},
    {.provider = "MSExchangeTransport",
     .id = 7010,
     .level = 4,
     .record = 13,
     .strings = {"1", "99", "192.0.2.7", "xexch50", "504 <&> \"'", ""}},
    {.provider = "Other", .id = 1035, .record = 14, .strings = {"x"}},
    {.provider = "MSExchangeTransport", .id = 1020, .record = 15, .strings = {"x"}},
    {.provider = "MSExchangeTransport",
     .id = 1035,
     .qualifiers = 32772,
     .level = 3,
     .record = 16,
     .strings = {"LogonDenied", "Default EX1", "ExchangeAuth", "10.1.2.3"}},
    {.provider = "MSExchangeTransport",
     .id = 2017,
     .qualifiers = 49156,
     .level = 2,
     .record = 17,
     .strings = {"KdcUnknownEncryptionType", "Intra-Organization SMTP Send Connector",
                 "ExchangeAuth", "SMTPSVC/ex2.corp.example"}},
};

#define AT  " 2026-11-22T09:05:07.123Z "
#define OF  " Application ex1.corp.example"
#define MET "MSExchangeTransport "

static const char told[] =
    MET "1706/49156 L2 2005-03-11T02:05:02.000Z #11" OF
        " [mail.contoso.com] [CSessionContext::OnEXPSInNegotiate] [HrServerNegotiateAuth] "
        "[0x8009030c] [context.cpp@1799] {0C030980}\n" MET "7004/49152 L2" AT "#12" OF
        " [1] [27] [mail.contoso.com] [xexch50] [504 Need to authenticate first  ] "
        "[XEXCH50 1096 2  ] {}\n" MET "7010/0 L4" AT "#13" OF
        " [1] [99] [192.0.2.7] [xexch50] [504 <&> \"'] [] {}\n" MET "1035/32772 L3" AT "#16" OF
        " [LogonDenied] [Default EX1] [ExchangeAuth] [10.1.2.3] {}\n" MET "2017/49156 L2" AT
        "#17" OF " [KdcUnknownEncryptionType] [Intra-Organization SMTP Send Connector] "
        "[ExchangeAuth] [SMTPSVC/ex2.corp.example] {}\n";

static void make_log(struct buffer *out)
{
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        events_xml(out, made[i]);
}

static void check_log(const char *bytes, size_t size)
{
    static const size_t pieces[] = {1, 2, 3, 7, 64, 1000, 1 << 20};
    struct event_log_account account;
    struct taken taken = begin();

    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        read_pieces(exchange, bytes, size, pieces[i], &taken, &account);
        assert_string_equal(taken.text.text, told);
        assert_int_equal(account.events, 7);
        assert_int_equal(account.damaged, 0);
        assert_false(account.cut_off);
        assert_int_equal(account.first, 1110506702000);
        assert_int_equal(account.last, 1795338307123);
    }
    buffer_release(&taken.text);
}

/* Both generations of Exchange, in every piece size: provider, id, strings in order, binary. */
static void test_exchange(void **state)
{
    struct buffer log;

    (void)state;
    buffer_init(&log, 1 << 16);
    make_log(&log);
    check_log(log.text, log.size);
    buffer_release(&log);
}

/* Event Viewer's form: a declaration, a root, a mark. */
static void test_root(void **state)
{
    struct buffer log;

    (void)state;
    buffer_init(&log, 1 << 16);
    buffer_add_string(&log, "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\" "
                            "standalone=\"yes\"?>\r\n<Events>");
    make_log(&log);
    buffer_add_string(&log, "</Events>");
    check_log(log.text, log.size);
    assert_true(event_xml_is(log.text, log.size));
    buffer_release(&log);
}

/* PowerShell's and Notepad's: UTF-16 of both orders, with and without a mark. */
static void test_utf16(void **state)
{
    struct buffer log, wide;

    (void)state;
    buffer_init(&log, 1 << 16);
    buffer_init(&wide, 1 << 17);
    make_log(&log);
    for (int form = 0; form < 4; form++) {
        bool is_big = form & 1, has_mark = form & 2;

        buffer_clear(&wide);
        if (has_mark)
            buffer_add(&wide, is_big ? "\xFE\xFF" : "\xFF\xFE", 2);
        for (size_t i = 0; i < log.size; i++) {
            buffer_add_char(&wide, is_big ? '\0' : log.text[i]);
            buffer_add_char(&wide, is_big ? log.text[i] : '\0');
        }
        check_log(wide.text, wide.size);
        assert_true(event_xml_is(wide.text, wide.size));
    }
    buffer_release(&log);
    buffer_release(&wide);
}

/* ---- forms of one event ---- */

#define TOLD_P(strings) "P 7/0 L0 2026-11-22T09:05:07.123Z #0  " strings " {}\n"

static void test_forms(void **state)
{
    (void)state;
    check(BEGIN SYSTEM_OF("7") "<EventData/></Event>", TOLD_P(""), 1, 0, false);
    check(BEGIN SYSTEM_OF("7") "</Event \r\n\t >", TOLD_P(""), 1, 0, false);
    check(
        "<Event\r\n xmlns=\"x\">\r\n" SYSTEM_OF(
            "7") "\r\n<EventData>\r\n <Data Name='a'>1</Data>"
                 "\r\n <Data/>\r\n <Data> <!-- c -->2<![CDATA[</Event><3>]]></Data>\r\n</EventData></Event>",
        TOLD_P(" [1] [] [ 2</Event><3>]"), 1, 0, false);
    check(BEGIN SYSTEM_OF("7") "<EventData Name='n'><Data>a</Data><Complex>x<b>c</b>d</Complex>"
                               "</EventData></Event>",
          TOLD_P(" [a] [xcd]"), 1, 0, false);
    check(BEGIN SYSTEM_OF("7") "<UserData><E xmlns='u'> <A>1</A><B><C>2</C><D/></B></E></UserData>"
                               "</Event>",
          TOLD_P(" [1] [2] []"), 1, 0, false);
    check(BEGIN SYSTEM_OF("7") "<RenderingInfo Culture='en-US'><Level>9</Level><Provider>Z"
                               "</Provider><Channel>Z</Channel></RenderingInfo></Event>",
          TOLD_P(""), 1, 0, false);
    check(BEGIN SYSTEM_OF(" 7\r\n") "</Event>", TOLD_P(""), 1, 0, false);
}

static void test_fields(void **state)
{
    (void)state;
    check(BEGIN "<System><Provider Guid='{g}' Name=\"P\" EventSourceName='Q'/>"
                "<EventID Qualifiers=\"32772\">4294967295</EventID><Level>3</Level>"
                "<EventRecordID>18446744073709551615</EventRecordID><Channel>C &amp; D</Channel>"
                "<Computer>ex1</Computer></System></Event>",
          "P 4294967295/32772 L3 - #18446744073709551615 C & D ex1 {}\n", 1, 0, false);
    check(BEGIN "<System><Provider Guid='{g}'/><EventID>7</EventID></System></Event>", "", 1, 0,
          false); /* whose provider has no name */
    /* what does not fit is not told */
    check(BEGIN "<System><Provider Name='P'/><EventID Qualifiers='4294967296'>1</EventID>"
                "<Level>x</Level><TimeCreated SystemTime='2026-13-22T09:05:07Z'/>"
                "<EventRecordID>18446744073709551616</EventRecordID></System></Event>",
          "P 1/0 L0 - #0   {}\n", 1, 0, false);
    check(BEGIN "<System><Provider Name='P'><EventID>9</EventID></Provider><EventID>1</EventID>"
                "</System></Event>",
          "P 1/0 L0 - #0   {}\n", 1, 0, false);
    check(BEGIN SYSTEM_OF("7") "<EventData><EventID>8</EventID><Binary>AB</Binary></EventData>"
                               "</Event>",
          "P 7/0 L0 2026-11-22T09:05:07.123Z #0   [8] {AB}\n", 1, 0, false);
}

#define NONE       "\xEF\xBF\xBD" /* U+FFFD */
#define DATA(text) BEGIN SYSTEM_OF("7") "<EventData><Data>" text "</Data></EventData></Event>"

/* What XML has no place for is told to be, and costs no event. */
static void test_hostile_text(void **state)
{
    struct event_log_account account;
    struct taken taken = begin();
    static const char log[] = DATA("a\0b\x80\xFF&#0;&#27;\x01\xC3\xA9");

    (void)state;
    read_pieces(all_of_p, log, sizeof log - 1, 5, &taken, &account);
    assert_string_equal(taken.text.text,
                        TOLD_P(" [a" NONE "b" NONE NONE NONE NONE NONE "\xC3\xA9]"));
    buffer_release(&taken.text);
    check(DATA("&#x1B;&#xD800;&#xFFFE;\xEF\xBF\xBF\xED\xA0\x80"),
          TOLD_P(" [" NONE NONE NONE NONE NONE NONE NONE "]"), 1, 0, false);
    check(DATA("&#x9;&#10;&#13;&#32;&#xE9;&#xFFFD;&#x10FFFF;&amp;#0;"),
          TOLD_P(" [\t\n\r \xC3\xA9" NONE "\xF4\x8F\xBF\xBF&#0;]"), 1, 0, false);
    check(DATA("&#x110000;&#99999999;"), TOLD_P(" [" NONE NONE "]"), 1, 0, false);
    check(DATA("1\r\n2\r3\n4"), TOLD_P(" [1\n2\n3\n4]"), 1, 0, false);
    /* these are not references */
    check(DATA("&#;"), "", 0, 1, false);
    check(DATA("&#x;"), "", 0, 1, false);
    check(DATA("&#0"), "", 0, 1, false);
    check(DATA("&#0x;"), "", 0, 1, false);
    check(DATA("&#1000000000;"), "", 0, 1, false);
    check(DATA("&"), "", 0, 1, false);
    check(DATA("]]>"), "", 0, 1, false);
    /* a prefix that nobody declared is no damage */
    check(DATA("<x:y z:a=''>1</x:y>"), TOLD_P(" [1]"), 1, 0, false);
}

/* ---- damage ---- */

static void test_damage(void **state)
{
    (void)state;
#define GOOD BEGIN SYSTEM_OF("7") "</Event>\n"
    check(GOOD "<Event><System></System></Event>" GOOD, TOLD_P("") TOLD_P(""), 2, 1, false);
    check(GOOD BEGIN SYSTEM_OF("x") "</Event>" GOOD, TOLD_P("") TOLD_P(""), 2, 1, false);
    check(BEGIN SYSTEM_OF("4294967296") "</Event>", "", 0, 1, false);
    check(BEGIN SYSTEM_OF("") "</Event>", "", 0, 1, false);
    check(BEGIN SYSTEM_OF("-1") "</Event>", "", 0, 1, false);
    check(BEGIN SYSTEM_OF("7") "<EventData><Data>&nope;</Data></EventData></Event>" GOOD,
          TOLD_P(""), 1, 1, false);
    check(BEGIN SYSTEM_OF("7") "<EventData><Data>1</EventData></Event>" GOOD, TOLD_P(""), 1, 1,
          false);
    check("<!DOCTYPE a [<!ENTITY b 'c'>]>" GOOD, TOLD_P(""), 1, 0, false);
    check(BEGIN "<!DOCTYPE a>" SYSTEM_OF("7") "</Event>", "", 0, 1, false);
    /* torn, and the next one begins */
    check(BEGIN SYSTEM_OF("7") "<EventData><Data>x" GOOD, TOLD_P(""), 1, 1, false);
    check(BEGIN "<Sys" GOOD BEGIN, TOLD_P(""), 1, 1, true);
    check("</Event>--> ]]> & <" GOOD "</Events>", TOLD_P(""), 1, 0, false);
    check("<Eventful/><Events/>" GOOD, TOLD_P(""), 1, 0, false);
    /* another element of that name is none of the schema's */
    check(BEGIN SYSTEM_OF("7") "<UserData><Event a=''/></UserData></Event>", TOLD_P(" []"), 1, 0,
          false);
    /* <!-- has a say within an event alone */
    check("<!-- " GOOD, TOLD_P(""), 1, 0, false);
    check("", "", 0, 0, false);
    check("<", "", 0, 0, false);
    check("x", "", 0, 0, false);
}

/* Of what nobody wishes for, only the beginning is looked at. */
static void test_unwished(void **state)
{
    struct event_log_account account;
    struct taken taken = begin();
    static const struct event_wish others[] = {{"P", 8}, {"Q", 7}, {NULL, 0}};
    static const char log[] = BEGIN SYSTEM_OF("7") "<a>&nope;</b></Event>";

    (void)state;
    read_pieces(others, log, sizeof log - 1, 9, &taken, &account);
    assert_int_equal(taken.count, 0);
    assert_int_equal(account.events, 1);
    assert_int_equal(account.damaged, 0);
    assert_int_equal(account.first, 1795338307123);
    buffer_release(&taken.text);
}

/* Cut off anywhere: what is whole is told, what is not is no damage but the end. */
static void test_truncated(void **state)
{
    struct event_log_account account;
    struct taken taken = begin();
    struct buffer log;
    size_t one;

    (void)state;
    buffer_init(&log, 1 << 16);
    events_xml(&log, made[0]);
    one = log.size - 2; /* without the line's end */
    events_xml(&log, made[1]);
    for (size_t size = 0; size < log.size - 2; size++) {
        read_pieces(exchange, log.text, size, 100, &taken, &account);
        assert_int_equal(taken.count, size >= one);
        assert_int_equal(account.damaged, 0);
        assert_int_equal(account.cut_off,
                         (size >= 7 && size < one) || size >= one + 2 + strlen("<Event "));
    }
    buffer_release(&log);
    buffer_release(&taken.text);
}

/* ---- limits ---- */

static void fill(struct buffer *out, char character, size_t size)
{
    while (size-- > 0)
        buffer_add_char(out, character);
}

/* An event that is too long costs no other, and no more memory. */
static void test_long_event(void **state)
{
    static const char head[] = BEGIN SYSTEM_OF("7") "<EventData><Data>";
    static const char tail[] = "</Data></EventData></Event>";
    size_t frame = sizeof head + sizeof tail - 2;
    struct event_log_account account;
    struct taken taken = begin();
    struct buffer log;

    (void)state;
    buffer_init(&log, 1 << 23);
    for (size_t over = 0; over <= 1; over++) {
        buffer_clear(&log);
        buffer_add_string(&log, head);
        fill(&log, 'x', (size_t)EVENT_XML_MOST - frame + over * (1 << 20));
        buffer_add_string(&log, tail);
        buffer_add_string(&log, GOOD);
        read_pieces(all_of_p, log.text, log.size, 1 << 14, &taken, &account);
        assert_int_equal(account.damaged, over);
        assert_int_equal(account.events, 2 - over);
        assert_int_equal(taken.count, 2 - over);
        assert_false(account.cut_off);
    }
    buffer_clear(&log); /* CDATA that never ends is given up as well */
    buffer_add_string(&log, BEGIN "<![CDATA[");
    fill(&log, 'x', EVENT_XML_MOST + (1 << 17));
    buffer_add_string(&log, GOOD);
    read_pieces(all_of_p, log.text, log.size, 1 << 16, &taken, &account);
    assert_int_equal(account.damaged, 1);
    assert_int_equal(taken.count, 1);
    buffer_release(&log);
    buffer_release(&taken.text);
}

static void look_at_strings(void *context, const struct windows_event *event)
{
    size_t *sizes = context;

    sizes[0] = event->string_count;
    sizes[1] = strlen(event->strings[0]);
    sizes[2] = strlen(event->strings[1]);
    assert_true(text_is_utf8(event->strings[0], sizes[1]));
}

/* More strings than are kept, and a long one, cut at a whole character. */
static void test_many_strings(void **state)
{
    struct event_log_account account;
    struct event_xml *reader;
    size_t sizes[3] = {0};
    struct buffer log;

    (void)state;
    buffer_init(&log, 1 << 20);
    buffer_add_string(&log, BEGIN SYSTEM_OF("7") "<EventData><Data>a");
    for (int i = 0; i < EVENT_STRING_MOST; i++)
        buffer_add_string(&log, "\xE2\x82\xAC");
    buffer_add_string(&log, "</Data><Data>");
    fill(&log, 'y', EVENT_STRING_MOST);
    buffer_add_string(&log, "</Data>");
    for (int i = 0; i < EVENT_STRINGS_MOST; i++)
        buffer_add_string(&log, "<Data>z</Data>");
    buffer_add_string(&log, "</EventData></Event>");
    reader = event_xml_new(&library, all_of_p, look_at_strings, sizes);
    event_xml_feed(reader, log.text, log.size);
    event_xml_end(reader, &account);
    assert_int_equal(sizes[0], EVENT_STRINGS_MOST);
    assert_int_equal(sizes[1], 1 + (EVENT_STRING_MOST - 1) / 3 * 3);
    assert_int_equal(sizes[2], EVENT_STRING_MOST);
    buffer_release(&log);
}

static void test_recognised(void **state)
{
    static const char *const others[] = {"",
                                         "<",
                                         "x" BEGIN,
                                         "<Events><Eventful xmlns='" EVENTS_SCHEMA "'/></Events>",
                                         "<Event xmlns='http://example.com/'>",
                                         "<?xml version='1.0'?><configuration/>",
                                         "#Software: Microsoft Exchange Server"};

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(event_xml_is(others[i], strlen(others[i])));
    assert_true(event_xml_is(BEGIN, strlen(BEGIN)));
    assert_true(event_xml_is("\r\n " BEGIN, strlen(BEGIN) + 3));
    for (size_t size = 0; size < strlen(BEGIN) - 2; size++)
        assert_false(event_xml_is(BEGIN, size));
}

static void test_wishes(void **state)
{
    struct windows_event event = {.provider = "msexchangetransport", .id = 1035};

    (void)state;
    assert_true(event_is_wished(exchange, &event));
    event.id = 1036;
    assert_false(event_is_wished(exchange, &event));
    event = (struct windows_event){.provider = "P", .id = 1};
    assert_true(event_is_wished(all_of_p, &event));
    event.provider = "PP";
    assert_false(event_is_wished(all_of_p, &event));
}

static void test_without_library(void **state)
{
    (void)state;
    print_message("skipped: libxml2 is not on this machine\n");
    skip();
}

int main(void)
{
    const struct CMUnitTest with[] = {
        cmocka_unit_test(test_exchange),     cmocka_unit_test(test_root),
        cmocka_unit_test(test_utf16),        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_fields),       cmocka_unit_test(test_hostile_text),
        cmocka_unit_test(test_damage),       cmocka_unit_test(test_unwished),
        cmocka_unit_test(test_truncated),    cmocka_unit_test(test_long_event),
        cmocka_unit_test(test_many_strings), cmocka_unit_test(test_recognised),
        cmocka_unit_test(test_wishes),
    };
    const struct CMUnitTest without[] = {
        cmocka_unit_test(test_recognised),
        cmocka_unit_test(test_wishes),
        cmocka_unit_test(test_without_library),
    };
    const char *reason;

    if (xml_library_load(&library, &reason) == STATUS_OK)
        return cmocka_run_group_tests(with, NULL, NULL);
    return cmocka_run_group_tests(without, NULL, NULL);
}
