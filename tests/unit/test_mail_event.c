/* Events of Exchange's transport about authentication, and groups of those that are alike. */
#include "diag/read/event_groups.h"
#include "diag/read/event_xml.h"
#include "diag/xml_library.h"
#include "tests/unit/events.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#define FUNCTIONS "CSessionContext::OnEXPSInNegotiate", "HrServerNegotiateAuth"
#define SOURCE    "f:\\tisp2\\transmt\\src\\smtpsink\\exps\\expslib\\context.cpp"

static const char provider[] = "MSExchangeTransport";

static struct xml_library library;

/* ---- events from logs of both forms ---- */

struct taken {
    struct arena memory;
    struct mail_event events[8];
    const char *computer;
    size_t count, strange;
};

static void take(void *context, const struct windows_event *event)
{
    struct taken *taken = context;

    assert_true(taken->count < 8);
    if (mail_event_read(event, &taken->memory, &taken->events[taken->count]))
        taken->count++;
    else
        taken->strange++;
}

static void read_evtx(const struct made_event *made, struct taken *taken)
{
    static struct evtx_writer writer;
    struct evtx *reader = evtx_new(mail_event_wishes, take, taken);
    struct event_log_account account;

    evtx_begin(&writer);
    evtx_event(&writer, *made);
    evtx_end_chunk(&writer, 0);
    evtx_chunk(reader, writer.chunk, EVTX_CHUNK_SIZE);
    evtx_end(reader, &account);
}

static void read_xml(const char *text, size_t size, struct taken *taken)
{
    struct event_xml *reader = event_xml_new(&library, mail_event_wishes, take, taken);
    struct event_log_account account;

    event_xml_feed(reader, text, size);
    event_xml_end(reader, &account);
}

/* Where there is no libxml2, as on a bare Windows, the other form is read twice. */
static void read_made_xml(const struct made_event *made, struct taken *taken)
{
    struct buffer text;

    if (!library.read) {
        read_evtx(made, taken);
        return;
    }
    buffer_init(&text, EVENT_XML_MOST);
    events_xml(&text, *made);
    read_xml(text.text, text.size, taken);
    buffer_release(&text);
}

static void expect_text(const char *text, const char *expected)
{
    assert_string_equal(text, expected ? expected : "");
}

/* The event, from XML and from .evtx alike; what `expected` leaves out is "". */
static void expect(struct made_event made, struct mail_event expected)
{
    if (!made.provider)
        made.provider = provider;
    made.record = 1;
    for (unsigned form = 0; form < 2; form++) {
        struct taken taken = {.count = 0};
        const struct mail_event *event = &taken.events[0];

        (form == 0 ? read_made_xml : read_evtx)(&made, &taken);
        assert_int_equal(taken.count, 1);
        assert_int_equal(event->kind, expected.kind);
        expect_text(event->host, expected.host);
        expect_text(event->error, expected.error);
        expect_text(event->command, expected.command);
        expect_text(event->reply, expected.reply);
        expect_text(event->connector, expected.connector);
        expect_text(event->mechanism, expected.mechanism);
        expect_text(event->address, expected.address);
        expect_text(event->target, expected.target);
        arena_release(&taken.memory);
    }
}

/* It is nothing of authentication: other strings than its template's. */
static void expect_strange(struct made_event made)
{
    struct windows_event event = {.provider = provider, .id = made.id};
    struct taken taken = {.count = 0};

    event.channel = event.computer = "";
    event.binary = made.binary ? made.binary : "";
    for (; made.strings[event.string_count]; event.string_count++)
        event.strings[event.string_count] = made.strings[event.string_count];
    take(&taken, &event);
    assert_int_equal(taken.count, 0);
    assert_int_equal(taken.strange, 1);
    arena_release(&taken.memory);
}

/* Every word leads to its kind and back. */
static void test_words(void **state)
{
    (void)state;
    for (unsigned i = 0; i < MAIL_EVENT_KIND_COUNT; i++)
        assert_int_equal(mail_event_from_word(mail_event_word((enum mail_event_kind)i)), i);
    assert_int_equal(mail_event_from_word("exps"), MAIL_EVENT_KIND_COUNT);
    assert_int_equal(mail_event_from_word(""), MAIL_EVENT_KIND_COUNT);
}

/* KB 914137's first event, with its data and without, and with fewer strings. */
static void test_exps(void **state)
{
    const struct mail_event whole = {
        .kind = MAIL_EVENT_EXPS_UNAVAILABLE, .host = "server.domain.com", .error = "0x8009030c"};

    (void)state;
    expect((struct made_event){.id = 1706,
                               .strings = {"server.domain.com", FUNCTIONS, "0x8009030c", SOURCE,
                                           "1799"},
                               .binary = "0C030980"},
           whole);
    expect((struct made_event){.id = 1706,
                               .strings = {" server.domain.com\r\n", FUNCTIONS, " 0x8009030c ",
                                           SOURCE, "1799"}},
           whole);
    expect((struct made_event){.id = 1706, .strings = {"server.domain.com"}, .binary = "0C030980"},
           whole);
    expect((struct made_event){.id = 1706,
                               .strings = {"server.domain.com", FUNCTIONS, "1799"},
                               .binary = "0C030980"},
           whole);
    expect(
        (struct made_event){.id = 1704, .strings = {"ex2", FUNCTIONS, "0x80090311"}},
        (struct mail_event){.kind = MAIL_EVENT_EXPS_FAILED, .host = "ex2", .error = "0x80090311"});
}

/* A host alone or an error alone is something; neither is nothing. */
static void test_exps_in_part(void **state)
{
    (void)state;
    expect((struct made_event){.id = 1706, .strings = {"ex2.corp.example"}, .binary = "0C0309"},
           (struct mail_event){.kind = MAIL_EVENT_EXPS_UNAVAILABLE, .host = "ex2.corp.example"});
    expect(
        (struct made_event){.id = 1706, .strings = {"%1", "%2", "%3", "%4"}, .binary = "0C030980"},
        (struct mail_event){.kind = MAIL_EVENT_EXPS_UNAVAILABLE, .error = "0x8009030c"});
    expect((struct made_event){.id = 1706, .strings = {"0x1"}, .binary = "0C030980"},
           (struct mail_event){.kind = MAIL_EVENT_EXPS_UNAVAILABLE, .error = "0x8009030c"});
    expect_strange((struct made_event){.id = 1706});
    expect_strange((struct made_event){.id = 1706, .strings = {" "}, .binary = "0C03098G"});
    expect_strange((struct made_event){.id = 1706, .strings = {"", "", "", "0x"}});
    expect_strange((struct made_event){.id = 1706, .strings = {"", "", "", "0x123456789"}});
    expect_strange((struct made_event){.id = 1706, .strings = {"", "", "", "0x8009030c."}});
}

/* Data of another size, or with something behind it, is no error's code. */
static void test_exps_data(void **state)
{
    static const char *const binaries[] = {"", "0C0309", "0C03098000", "0C030980 ", "0C03098G"};

    (void)state;
    for (size_t i = 0; i < sizeof binaries / sizeof *binaries; i++) {
        const struct windows_event windows = {.provider = provider,
                                              .id = 1706,
                                              .binary = binaries[i],
                                              .strings = {"ex2"},
                                              .string_count = 1};
        struct arena memory = {0};
        struct mail_event event;

        assert_true(mail_event_read(&windows, &memory, &event));
        assert_string_equal(event.error, "");
        arena_release(&memory);
    }
}

/* KB 914137's other events, and KB 843106's. */
static void test_replies(void **state)
{
    (void)state;
    expect((struct made_event){.id = 7004,
                               .strings = {"1", "44", "server.domain.com", "x-exps", "535 ",
                                           "X-EXPS\r\n"}},
           (struct mail_event){.kind = MAIL_EVENT_PEER_REFUSED,
                               .connector = "1",
                               .host = "server.domain.com",
                               .command = "x-exps",
                               .reply = "535"});
    expect((struct made_event){.id = 7004,
                               .strings = {"2", "44", "server.domain.com", "rcpt",
                                           "550 5.7.1 Unable to relay for user@contoso.com  ",
                                           "RCPT TO:<user@contoso.com> "}},
           (struct mail_event){.kind = MAIL_EVENT_PEER_REFUSED,
                               .connector = "2",
                               .host = "server.domain.com",
                               .command = "rcpt",
                               .reply = "550 5.7.1 Unable to relay for user@contoso.com"});
    expect((struct made_event){.id = 7010,
                               .strings = {"1", "30", "6.5.2.4", "XEXCH50 ",
                                           "504 Need to authenticate first ", "xexch50 1092 2"}},
           (struct mail_event){.kind = MAIL_EVENT_CLIENT_REFUSED,
                               .connector = "1",
                               .host = "6.5.2.4",
                               .command = "xexch50",
                               .reply = "504 Need to authenticate first"});
    expect((struct made_event){.id = 7002,
                               .strings = {"1", "6", "", "x-exps gssapi", "454 4.7.0", ""}},
           (struct mail_event){.kind = MAIL_EVENT_PEER_WARNED,
                               .connector = "1",
                               .command = "x-exps",
                               .reply = "454 4.7.0"});
}

/* Later versions have the same numbers for other events. */
static void test_other_replies(void **state)
{
    static const char *const strings[][6] = {
        {"1", "44", "host", "x-exps"},
        {"1", "44", "host", "x-exps", "", ""},
        {"1", "44", "host", "x-exps", "no reply", ""},
        {"1", "44", "host", "x-exps", "53", ""},
        {"1", "44", "host", "x-exps", "5355", ""},
        {"1", "44", "host", "", "535", ""},
        {"1", "44", "host", "<x>", "535", ""},
        {"", "44", "host", "x-exps", "535", ""},
        {"1", "", "host", "x-exps", "535", ""},
        {"one", "44", "host", "x-exps", "535", ""},
        {"1", "4f", "host", "x-exps", "535", ""},
        {"%1", "%2", "%3", "%4", "%5", "%6"},
    };

    (void)state;
    expect_strange((struct made_event){.id = 7004});
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        struct made_event made = {.id = 7010};

        memcpy(made.strings, strings[i], sizeof strings[i]);
        expect_strange(made);
    }
}

static struct made_event inbound(const char *address)
{
    return (struct made_event){
        .id = 1035,
        .qualifiers = 32772,
        .level = 3,
        .strings = {"LogonDenied", "Default EX01", "ExchangeAuth", address},
    };
}

/* Addresses are without brackets, port and zone; what is none stays as it is. */
static void test_inbound(void **state)
{
    static const char *const addresses[][2] = {
        {"10.0.0.2", "10.0.0.2"},
        {"[10.0.0.2]", "10.0.0.2"},
        {"10.0.0.2:52311", "10.0.0.2"},
        {"[10.0.0.2]:52311", "10.0.0.2"},
        {"2001:DB8::0:1", "2001:db8::1"},
        {"[2001:db8::1]:25", "2001:db8::1"},
        {"fe80::1%12", "fe80::1"},
        {"[fe80::1%12]", "fe80::1"},
        {"fe80::1%0", "fe80::1"},
        {"fe80::1%Ethernet 2", "fe80::1"},
        {"2001:db8::1%4", "2001:db8::1"},
        {"::ffff:10.0.0.2", "10.0.0.2"},
        {"[::ffff:10.0.0.2%3]:9", "10.0.0.2"},
        {"ex2.corp.example", "ex2.corp.example"},
        {"[ex2]", "ex2"},
        {"10.0.0.256", "10.0.0.256"},
        {"[", ""},
        {"%4", ""},
        {"", ""},
        {NULL, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        expect(inbound(addresses[i][0]), (struct mail_event){.kind = MAIL_EVENT_INBOUND_FAILED,
                                                             .error = "LogonDenied",
                                                             .connector = "Default EX01",
                                                             .mechanism = "ExchangeAuth",
                                                             .address = addresses[i][1]});
}

/* The service of clients, since 2013, has a name of its own; case is no matter. */
static void test_providers(void **state)
{
    static const char *const known[] = {"MSExchangeFrontEndTransport", "msexchangetransport"};
    static const char *const unknown[] = {"MSExchangeTransportLogSearch", "MSExchange", ""};
    struct arena memory = {0};
    struct mail_event event;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct made_event made = inbound("192.0.2.7");

        made.provider = known[i];
        expect(made, (struct mail_event){.kind = MAIL_EVENT_INBOUND_FAILED,
                                         .error = "LogonDenied",
                                         .connector = "Default EX01",
                                         .mechanism = "ExchangeAuth",
                                         .address = "192.0.2.7"});
    }
    for (size_t i = 0; i < 3; i++) {
        const struct windows_event windows = {.provider = unknown[i],
                                              .id = 1035,
                                              .binary = "",
                                              .strings = {"LogonDenied", "c", "Login"},
                                              .string_count = 3};

        assert_false(mail_event_read(&windows, &memory, &event));
    }
    arena_release(&memory);
}

static void test_outbound(void **state)
{
    (void)state;
    expect((struct made_event){.id = 2017,
                               .strings = {"KdcUnknownEncryptionType",
                                           "EdgeSync - Default to Internet", "Gssapi",
                                           "SMTPSVC/mail.contoso.com"}},
           (struct mail_event){.kind = MAIL_EVENT_OUTBOUND_FAILED,
                               .error = "KdcUnknownEncryptionType",
                               .connector = "EdgeSync - Default to Internet",
                               .mechanism = "Gssapi",
                               .target = "SMTPSVC/mail.contoso.com"});
}

/* Errors and mechanisms are tokens; without them it is another event. */
static void test_tokens(void **state)
{
    static const char *const strings[][3] = {
        {NULL},
        {"LogonDenied", NULL},
        {"LogonDenied", "Default", NULL},
        {"LogonDenied", "Default", ""},
        {"", "Default", "Ntlm"},
        {"Logon Denied", "Default", "Ntlm"},
        {"<LogonDenied>", "Default", "Ntlm"},
        {"LogonDenied", "Default", "Ntlm\x1b[31m"},
        {"%1", "%2", "%3"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        const struct windows_event windows = {
            .provider = provider,
            .id = 2017,
            .binary = "",
            .strings = {strings[i][0], strings[i][1], strings[i][2]},
            .string_count = i < 3 ? i : 3};
        struct arena memory = {0};
        struct mail_event event;

        assert_false(mail_event_read(&windows, &memory, &event));
        arena_release(&memory);
    }
    expect((struct made_event){.id = 2017, .strings = {"-2146893042", "", "Gssapi"}},
           (struct mail_event){
               .kind = MAIL_EVENT_OUTBOUND_FAILED, .error = "-2146893042", .mechanism = "Gssapi"});
}

/* Data with names, as of a provider whose templates are not there, count by their order. */
static void test_without_templates(void **state)
{
    static const char text[] =
        "<Event xmlns='" EVENTS_SCHEMA "'><System><Provider Name='MSExchangeTransport'/>"
        "<EventID Qualifiers='32772'>1035</EventID></System><EventData><Data Name='%1'>LogonDenied"
        "</Data><Data Name='%2'>\xe7\xbb\x84\xe7\xbb\x87 EX01</Data><Data Name='%3'>Login</Data>"
        "<Data Name='%4'>203.0.113.9</Data></EventData><RenderingInfo Culture='cs-CZ'>"
        "<Message>%1 %2 %3 %4</Message></RenderingInfo></Event>";
    struct taken taken = {.count = 0};

    (void)state;
    if (!library.read) {
        print_message("skipped: libxml2 is not on this machine\n");
        skip();
    }
    read_xml(text, sizeof text - 1, &taken);
    assert_int_equal(taken.count, 1);
    assert_string_equal(taken.events[0].error, "LogonDenied");
    assert_string_equal(taken.events[0].connector, "\xe7\xbb\x84\xe7\xbb\x87 EX01");
    assert_string_equal(taken.events[0].address, "203.0.113.9");
    arena_release(&taken.memory);
}

/* A text is cut off at a whole character; a long one of blanks is none. */
static void test_long_strings(void **state)
{
    static char host[4096], blanks[4096];
    const struct windows_event windows = {.provider = provider,
                                          .id = 1706,
                                          .binary = "0C030980",
                                          .strings = {host, blanks, blanks, blanks},
                                          .string_count = 4};
    struct arena memory = {0};
    struct mail_event event;

    (void)state;
    memset(blanks, ' ', sizeof blanks - 1);
    for (size_t i = 0; i + 2 < sizeof host; i += 2)
        memcpy(host + i, "\xc3\xa4", 2);
    memmove(host + 1, host, 2000);
    host[0] = 'x';
    host[2001] = '\0';
    assert_true(mail_event_read(&windows, &memory, &event));
    assert_int_equal(strlen(event.host), MAIL_EVENT_TEXT_MOST - 1);
    assert_string_equal(event.error, "0x8009030c");
    arena_release(&memory);
}

static void test_codes(void **state)
{
    static const struct {
        const char *reply;
        size_t size;
    } cases[] = {
        {"", 0},
        {"55", 0},
        {"5500", 0},
        {"x550", 0},
        {"550", 3},
        {"550 ", 3},
        {"550 5", 3},
        {"550 5.7", 3},
        {"550 5.7.", 3},
        {"550 5.7.1", 9},
        {"550-5.7.1 no", 9},
        {"550 5.7.1no", 9},
        {"550 5.700.123 no", 13},
        {"550 5.7000.1", 3},
        {"550 5.7.1000", 3},
        {"550 3.7.1", 3},
        {"550 x.7.1", 3},
        {"550\t5.7.1", 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(mail_event_codes(cases[i].reply), cases[i].size);
}

/* ---- groups ---- */

static struct mail_event reply_event(const char *host, const char *reply)
{
    return (struct mail_event){MAIL_EVENT_PEER_REFUSED, host, "", "rcpt", reply, "1", "", "", ""};
}

static struct mail_event guess(const char *address, const char *mechanism)
{
    return (struct mail_event){
        MAIL_EVENT_INBOUND_FAILED, "", "LogonDenied", "", "", "Default", mechanism, address, ""};
}

#define HOUR (INT64_C(3600) * 1000)
#define DAY  (24 * HOUR)

/* Alike: whatever the recipient, the time and the case of names; in the order of their first. */
static void test_groups(void **state)
{
    struct event_groups *groups = event_groups_new();
    struct mail_event one = reply_event("ex2.corp.example", "550 5.7.1 Unable to relay for a@b"),
                      same = reply_event("EX2.corp.example", "550 5.7.1 Unable to relay for c@d"),
                      other = reply_event("ex2.corp.example", "550 5.7.54 Unable to relay"),
                      third = reply_event("ex3.corp.example", "550 5.7.1 Unable to relay for a@b");
    struct arena memory = {0};
    struct event_group *list;
    size_t count;

    (void)state;
    event_groups_add(groups, &other, "EX1", 20000 * DAY + 5 * HOUR);
    event_groups_add(groups, &one, "EX1", 20000 * DAY + 4 * HOUR);
    event_groups_add(groups, &same, "ex1", 20000 * DAY + 3 * HOUR - 1);
    event_groups_add(groups, &same, "EX1", 20001 * DAY + 3 * HOUR - 1);
    event_groups_add(groups, &same, "EX1", 0);
    event_groups_add(groups, &third, "EX1", 0);
    event_groups_add(groups, &third, "EX9", 0);
    assert_false(event_groups_end(groups, &memory, &list, &count));
    assert_int_equal(count, 4);
    assert_string_equal(list[0].event.host, "ex3.corp.example");
    assert_string_equal(list[0].computer, "EX1");
    assert_int_equal(list[0].first, 0);
    assert_int_equal(list[0].last, 0);
    assert_int_equal(list[0].count, 1);
    assert_string_equal(list[1].computer, "EX9");
    assert_string_equal(list[2].event.reply, one.reply);
    assert_int_equal(list[2].count, 4);
    assert_int_equal(list[2].first, 20000 * DAY + 3 * HOUR - 1);
    assert_int_equal(list[2].last, 20001 * DAY + 3 * HOUR - 1);
    assert_int_equal(list[2].by_hour[2], 2);
    assert_int_equal(list[2].by_hour[4], 1);
    assert_int_equal(list[2].by_hour[3], 0);
    assert_string_equal(list[3].event.reply, other.reply);
    arena_release(&memory);
}

/* Texts that join to the same are not alike, and each of them has a say. */
static void test_unlike(void **state)
{
    struct mail_event base = {MAIL_EVENT_OUTBOUND_FAILED, "h", "e", "c", "250", "n", "m", "a", "t"};
    struct event_groups *groups = event_groups_new();
    struct arena memory = {0};
    struct event_group *list;
    struct mail_event event;
    size_t count;

    (void)state;
    event_groups_add(groups, &base, "pc", 1);
    event = base, event.kind = MAIL_EVENT_INBOUND_FAILED, event_groups_add(groups, &event, "pc", 1);
    event = base, event.host = "x", event_groups_add(groups, &event, "pc", 1);
    event = base, event.error = "x", event_groups_add(groups, &event, "pc", 1);
    event = base, event.command = "x", event_groups_add(groups, &event, "pc", 1);
    event = base, event.reply = "251", event_groups_add(groups, &event, "pc", 1);
    event = base, event.connector = "x", event_groups_add(groups, &event, "pc", 1);
    event = base, event.mechanism = "x", event_groups_add(groups, &event, "pc", 1);
    event = base, event.address = "x", event_groups_add(groups, &event, "pc", 1);
    event = base, event.target = "x", event_groups_add(groups, &event, "pc", 1);
    event = base, event.host = "he", event.error = "", event_groups_add(groups, &event, "pc", 1);
    event_groups_add(groups, &base, "px", 1);
    assert_false(event_groups_end(groups, &memory, &list, &count));
    assert_int_equal(count, 12);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(list[i].count, 1);
    arena_release(&memory);
}

/* A name that is too long for a computer is none. */
static void test_long_computer(void **state)
{
    struct event_groups *groups = event_groups_new();
    struct mail_event event = guess("192.0.2.1", "Ntlm");
    char computer[MAIL_EVENT_TEXT_MOST + 2];
    struct arena memory = {0};
    struct event_group *list;
    size_t count;

    (void)state;
    memset(computer, 'c', sizeof computer - 1);
    computer[sizeof computer - 1] = '\0';
    event_groups_add(groups, &event, computer, 1);
    event_groups_add(groups, &event, computer + 1, 2);
    event_groups_end(groups, &memory, &list, &count);
    assert_int_equal(count, 2);
    assert_string_equal(list[0].computer, "");
    assert_string_equal(list[1].computer, computer + 1);
    arena_release(&memory);
}

/* Guessers give way to servers, whoever came first; servers to nobody. */
static void test_too_many(void **state)
{
    struct event_groups *groups = event_groups_new();
    struct arena memory = {0};
    struct event_group *list;
    char address[32];
    size_t count, servers = 0;

    (void)state;
    for (unsigned i = 0; i < EVENT_GROUPS_MOST + 200; i++) {
        struct mail_event event = guess(address, i % 2 ? "Login" : "Ntlm");

        snprintf(address, sizeof address, "203.%u.%u.1", i / 200, i % 200);
        event_groups_add(groups, &event, "EX1", 1000 + (int64_t)i);
    }
    for (unsigned i = 0; i < EVENT_GROUPS_MOST + 1; i++) {
        struct mail_event event = guess(address, i % 2 ? "Gssapi" : "ExchangeAuth");

        snprintf(address, sizeof address, "10.0.%u.%u", i / 200, i % 200);
        if (i == EVENT_GROUPS_MOST - 1) /* the last guesser is still there */
            event = guess("203.4.199.1", "Login");
        event_groups_add(groups, &event, "EX1", 10);
    }
    assert_true(event_groups_end(groups, &memory, &list, &count));
    assert_int_equal(count, EVENT_GROUPS_MOST);
    for (size_t i = 0; i < count; i++)
        servers += strncmp(list[i].event.address, "10.", 3) == 0 && list[i].count == 1;
    assert_int_equal(servers, EVENT_GROUPS_MOST);
    arena_release(&memory);
}

/* Who gave way leaves nothing behind: all others are found again. */
static void test_making_way(void **state)
{
    enum { HALF = EVENT_GROUPS_MOST / 2 };
    struct event_groups *groups = event_groups_new();
    struct arena memory = {0};
    struct event_group *list;
    char address[32];
    size_t count;

    (void)state;
    for (unsigned i = 0; i < 4 * HALF; i++) {
        struct mail_event event = guess(address, i % 2 && i < 2 * HALF ? "Login" : "Gssapi");

        snprintf(address, sizeof address, "10.0.%u.%u", i / 200, i % 200);
        if (i >= 3 * HALF) /* those of the first half that did not guess, once more */
            snprintf(address, sizeof address, "10.0.%u.%u", 2 * (i - 3 * HALF) / 200,
                     2 * (i - 3 * HALF) % 200);
        event_groups_add(groups, &event, "EX1", 1 + (int64_t)i);
    }
    assert_true(event_groups_end(groups, &memory, &list, &count));
    assert_int_equal(count, EVENT_GROUPS_MOST);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(list[i].count, i < HALF ? 2 : 1);
    arena_release(&memory);
}

/* A guesser takes no other's place. */
static void test_guessers(void **state)
{
    struct event_groups *groups = event_groups_new();
    struct arena memory = {0};
    struct event_group *list;
    char address[32];
    size_t count;

    (void)state;
    for (unsigned i = 0; i < EVENT_GROUPS_MOST + 9; i++) {
        struct mail_event event = guess(address, "Login");

        snprintf(address, sizeof address, "203.0.%u.%u", i / 200, i % 200);
        event_groups_add(groups, &event, "EX1", 1 + (int64_t)i);
    }
    assert_true(event_groups_end(groups, &memory, &list, &count));
    assert_int_equal(count, EVENT_GROUPS_MOST);
    assert_string_equal(list[0].event.address, "203.0.0.0");
    assert_string_equal(list[999].event.address, "203.0.4.199");
    arena_release(&memory);
}

/* As many as there is room for, and not one more, are not too many; counts go on where it is full.
 */
static void test_full(void **state)
{
    struct event_groups *groups = event_groups_new();
    struct mail_event first = guess("198.51.100.1", "Gssapi");
    struct arena memory = {0};
    struct event_group *list;
    char address[32];
    size_t count;

    (void)state;
    event_groups_add(groups, &first, "EX1", 5);
    for (unsigned i = 1; i < EVENT_GROUPS_MOST; i++) {
        struct mail_event event = guess(address, "Gssapi");

        snprintf(address, sizeof address, "10.0.%u.%u", i / 200, i % 200);
        event_groups_add(groups, &event, "EX1", 9);
    }
    event_groups_add(groups, &first, "EX1", 6);
    assert_false(event_groups_end(groups, &memory, &list, &count));
    assert_int_equal(count, EVENT_GROUPS_MOST);
    assert_int_equal(list[0].count, 2);
    assert_string_equal(list[1].event.address, "10.0.0.1");
    assert_string_equal(list[999].event.address, "10.0.4.199");
    arena_release(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),         cmocka_unit_test(test_exps),
        cmocka_unit_test(test_exps_in_part),  cmocka_unit_test(test_exps_data),
        cmocka_unit_test(test_replies),       cmocka_unit_test(test_other_replies),
        cmocka_unit_test(test_inbound),       cmocka_unit_test(test_providers),
        cmocka_unit_test(test_outbound),      cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_long_strings),  cmocka_unit_test(test_codes),
        cmocka_unit_test(test_groups),        cmocka_unit_test(test_unlike),
        cmocka_unit_test(test_long_computer), cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_making_way),    cmocka_unit_test(test_guessers),
        cmocka_unit_test(test_full),          cmocka_unit_test(test_without_templates),
    };
    const char *reason;

    (void)xml_library_load(&library, &reason);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
