/* Event log files: chunks laid out as Windows does, damaged, hostile, and cut off anywhere. */
#include "diag/read/evtx.h"

#include "diag/clock.h"
#include "diag/read/evtx_binxml.h"
#include "tests/unit/events.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

static const struct event_wish all_of_p[] = {{"p", 0}, {NULL, 0}};
static const struct event_wish exchange[] = {{"MSExchangeTransport", 1706},
                                             {"MSExchangeTransport", 7010},
                                             {"MSExchangeTransport", 1035},
                                             {"MSExchangeTransport", 2017},
                                             {NULL, 0}};

static struct evtx_writer writer;

struct taken {
    struct buffer text;
    size_t count;
    struct event_log_account account;
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

static void begin(struct taken *taken)
{
    memset(taken, 0, sizeof *taken);
    buffer_init(&taken->text, 1 << 20);
}

/* The first `size` bytes of the chunk that the writer holds. */
static void read_size(const struct event_wish *wishes, size_t size, struct taken *taken)
{
    struct evtx *reader = evtx_new(wishes, take, taken);
    unsigned char *copy = malloc(size ? size : 1); /* so that a sanitizer sees what is beyond */

    assert_non_null(copy);
    memcpy(copy, writer.chunk, size);
    buffer_clear(&taken->text);
    taken->count = 0;
    evtx_chunk(reader, copy, size);
    evtx_end(reader, &taken->account);
    free(copy);
}

static void check(const struct event_wish *wishes, const char *expected, unsigned events,
                  unsigned damaged)
{
    struct taken taken;

    begin(&taken);
    read_size(wishes, EVTX_CHUNK_SIZE, &taken);
    assert_string_equal(taken.text.text, expected);
    assert_int_equal(taken.account.events, events);
    assert_int_equal(taken.account.damaged, damaged);
    assert_false(taken.account.cut_off);
    buffer_release(&taken.text);
}

/* ---- Exchange's events ---- */

static const struct made_event made[] = {
    {.provider = "MSExchangeTransport",
     .id = 1706,
     .qualifiers = 49156,
     .level = 2,
     .record = 11,
     .strings = {"mail.contoso.com", "CSessionContext::OnEXPSInNegotiate", "HrServerNegotiateAuth",
                 "0x8009030c", "context.cpp@1799"},
     .binary = "0C030980"},
    {.provider = "Other", .id = 1035, .record = 12, .strings = {"x"}},
    {.provider = "MSExchangeTransport",
     .id = 7010,
     .level = 4,
     .record = 13,
     .strings = {"1", "", "z"}},
    {.provider = "MSExchangeTransport", .id = 1020, .record = 14},
    {.provider = "MSExchangeTransport",
     .id = 1035,
     .qualifiers = 32772,
     .level = 3,
     .record = 15,
     .strings = {"LogonDenied", "Default EX1", "ExchangeAuth", "10.1.2.3"}},
    {.provider = "MSExchangeTransport",
     .id = 2017,
     .filetime = 134398119080000000u,
     .record = 16,
     .strings = {"LogonDenied", "Send", "ExchangeAuth", "SMTPSVC/ex2.corp.example"}},
};

#define OF  " 2026-11-22T09:05:07.123Z #"
#define AT  " Application ex1.corp.example"
#define MET "MSExchangeTransport "
#define TOLD_1706                                                                                  \
    MET "1706/49156 L2" OF "11" AT                                                                 \
        " [mail.contoso.com] [CSessionContext::OnEXPSInNegotiate] [HrServerNegotiateAuth] "        \
        "[0x8009030c] [context.cpp@1799] {0C030980}\n"
#define TOLD_7010 MET "7010/0 L4" OF "13" AT " [1] [] [z] {}\n"
#define TOLD_1035                                                                                  \
    MET "1035/32772 L3" OF "15" AT " [LogonDenied] [Default EX1] [ExchangeAuth] [10.1.2.3] {}\n"
#define TOLD_2017                                                                                  \
    MET "2017/0 L0 2026-11-22T09:05:08.000Z #16" AT                                                \
        " [LogonDenied] [Send] [ExchangeAuth] [SMTPSVC/ex2.corp.example] {}\n"
#define TOLD TOLD_1706 TOLD_7010 TOLD_1035 TOLD_2017

static void make_chunk(uint32_t flags)
{
    evtx_begin(&writer);
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        evtx_event(&writer, made[i]);
    evtx_end_chunk(&writer, flags);
}

/* Templates defined once and used again, arrays of strings, binary, times of the log. */
static void test_exchange(void **state)
{
    struct taken taken;

    (void)state;
    make_chunk(0);
    check(exchange, TOLD, 6, 0);
    begin(&taken);
    read_size(all_of_p, EVTX_CHUNK_SIZE, &taken);
    assert_int_equal(taken.count, 0);
    assert_int_equal(taken.account.events, 6);
    assert_int_equal(taken.account.first, 1795338307123);
    assert_int_equal(taken.account.last, 1795338308000);
    buffer_release(&taken.text);
}

/* Two chunks, and zeros that a log reserves, are one log. */
static void test_chunks(void **state)
{
    static const unsigned char zeros[EVTX_CHUNK_SIZE];
    struct taken taken;
    struct evtx *reader;

    (void)state;
    make_chunk(0);
    begin(&taken);
    reader = evtx_new(exchange, take, &taken);
    evtx_chunk(reader, writer.chunk, EVTX_CHUNK_SIZE);
    evtx_chunk(reader, zeros, EVTX_CHUNK_SIZE);
    evtx_chunk(reader, zeros, 100);
    evtx_chunk(reader, zeros, 0);
    evtx_chunk(reader, writer.chunk, EVTX_CHUNK_SIZE);
    evtx_end(reader, &taken.account);
    assert_string_equal(taken.text.text, TOLD TOLD);
    assert_int_equal(taken.account.events, 12);
    assert_int_equal(taken.account.damaged, 0);
    assert_false(taken.account.cut_off);
    buffer_release(&taken.text);
}

/* ---- checksums, and logs in use ---- */

static void test_sums(void **state)
{
    (void)state;
    make_chunk(4); /* says that it has none */
    check(exchange, TOLD, 6, 0);
    make_chunk(0);
    writer.chunk[52] ^= 1; /* that of the records */
    evtx_put(&writer, 124, 0, 4);
    check(exchange, TOLD, 6, 1);
    make_chunk(0);
    evtx_put(&writer, 120, 4, 4); /* none, and records that end before they begin */
    evtx_put(&writer, 48, EVENTS_RECORDS - 1, 4);
    check(exchange, TOLD, 6, 1);
    make_chunk(0);
    writer.chunk[200] ^= 1; /* in the header's tables */
    check(exchange, TOLD, 6, 1);
    make_chunk(0);
    writer.chunk[16] ^= 1; /* before the flags */
    check(exchange, TOLD, 6, 1);
}

/* A text that was changed: the chunk counts as damaged, its events are told. */
static void test_changed_text(void **state)
{
    (void)state;
    make_chunk(0);
    for (size_t at = EVENTS_RECORDS; at < writer.at; at++) {
        if (memcmp(writer.chunk + at,
                   "E\0X\0"
                   "1\0",
                   6) == 0)
            writer.chunk[at] = 'F';
    }
    check(exchange,
          TOLD_1706 TOLD_7010 MET
          "1035/32772 L3" OF "15" AT
          " [LogonDenied] [Default FX1] [ExchangeAuth] [10.1.2.3] {}\n" TOLD_2017,
          6, 1);
}

/* A copy of a log in use: records behind those that the header counts, as far as numbers go on. */
static void test_log_in_use(void **state)
{
    size_t counted;

    (void)state;
    evtx_begin(&writer);
    for (size_t i = 0; i < 3; i++)
        evtx_event(&writer, made[i]);
    evtx_end_chunk(&writer, 0);
    counted = writer.at;
    for (size_t i = 3; i < 6; i++)
        evtx_event(&writer, made[i]);
    assert_int_not_equal(counted, writer.at);
    check(exchange, TOLD, 6, 0);

    evtx_begin(&writer); /* what lies behind is of an earlier use of the chunk */
    for (size_t i = 0; i < 3; i++)
        evtx_event(&writer, made[i]);
    evtx_end_chunk(&writer, 0);
    evtx_event(&writer, made[4]);
    check(exchange, TOLD_1706 TOLD_7010, 3, 0);
    evtx_put(&writer, 48, EVTX_CHUNK_SIZE + 1, 4); /* counts nonsense: every record has its say */
    check(exchange, TOLD_1706 TOLD_7010 TOLD_1035, 4, 1);
    evtx_put(&writer, 48, EVENTS_RECORDS - 1, 4);
    check(exchange, TOLD_1706 TOLD_7010 TOLD_1035, 4, 1);
}

/* ---- damage ---- */

static size_t record_at(unsigned number)
{
    size_t at = EVENTS_RECORDS;

    while (number-- > 0)
        at += writer.chunk[at + 4] | (size_t)writer.chunk[at + 5] << 8;
    return at;
}

/* A record whose frame is broken: the next one that is whole goes on. */
static void test_broken_record(void **state)
{
    static const size_t frame[] = {0, 1, 2, 3, 4, 5, 6, 7};

    (void)state;
    for (size_t i = 0; i < sizeof frame / sizeof *frame; i++) {
        make_chunk(4);
        writer.chunk[record_at(2) + frame[i]] ^= 0x40;
        check(exchange, TOLD_1706 TOLD_1035 TOLD_2017, 5, 1);
    }
    make_chunk(4);
    writer.chunk[record_at(3) - 4] ^= 8; /* the size behind it */
    check(exchange, TOLD_1706 TOLD_1035 TOLD_2017, 5, 1);
    make_chunk(4);
    writer.chunk[record_at(5)] = 0; /* the last one */
    check(exchange, TOLD_1706 TOLD_7010 TOLD_1035, 5, 1);
    make_chunk(4); /* a size that is told twice, and is less than a record takes */
    evtx_put(&writer, record_at(2) + 4, 16, 4);
    evtx_put(&writer, record_at(2) + 12, 16, 4);
    check(exchange, TOLD_1706 TOLD_1035 TOLD_2017, 5, 1);
    make_chunk(4);
    evtx_put(&writer, record_at(2) + 4, 27, 4);
    check(exchange, TOLD_1706 TOLD_1035 TOLD_2017, 5, 1);
}

/* A record whose content is broken counts as damaged; one that nobody wishes for does not. */
static void test_broken_content(void **state)
{
    (void)state;
    make_chunk(4);
    writer.chunk[record_at(2) + 24] = 0x77;
    check(exchange, TOLD_1706 TOLD_1035 TOLD_2017, 5, 1);
    make_chunk(4);
    writer.chunk[record_at(2) + 24 + 4] = 0; /* ends before it began */
    check(exchange, TOLD_1706 TOLD_1035 TOLD_2017, 5, 1);
    make_chunk(4);
    evtx_put(&writer, record_at(2) + 24 + 4 + 6, 0xFFFFFFFF, 4); /* a template that is nowhere */
    check(exchange, TOLD_1706 TOLD_1035 TOLD_2017, 5, 1);
    make_chunk(4);
    evtx_put(&writer, record_at(2) + 24 + 4 + 10, 0xFFFFFFFF, 4); /* so many values */
    check(exchange, TOLD_1706 TOLD_1035 TOLD_2017, 5, 1);
    make_chunk(4);
    evtx_put(&writer, record_at(2) + 24 + 4 + 14, 0xFFFF, 2); /* a value that is too long */
    check(exchange, TOLD_1706 TOLD_1035 TOLD_2017, 5, 1);
}

/* Sizes that end beyond their record, or the chunk: bytes of the first record's template. */
static void test_broken_template(void **state)
{
    size_t definition = EVENTS_RECORDS + 24 + 4 + 10, name = definition + 24 + 4 + 11;

    (void)state;
    make_chunk(4);
    evtx_put(&writer, definition + 20, EVTX_CHUNK_SIZE - definition - 24, 4);
    check(exchange, TOLD_7010 TOLD_1035 TOLD_2017, 5, 1);
    make_chunk(4);
    evtx_put(&writer, definition + 20, EVTX_CHUNK_SIZE - definition - 23, 4);
    check(exchange, "", 1, 5);
    make_chunk(4);
    assert_memory_equal(writer.chunk + name + 8, "E\0v\0", 4);
    evtx_put(&writer, name + 6, (EVTX_CHUNK_SIZE - name - 10) / 2, 2);
    check(exchange, "", 1, 5);
    make_chunk(4);
    evtx_put(&writer, name - 4, EVTX_CHUNK_SIZE + 1, 4);
    check(exchange, "", 1, 5);
}

static void test_no_chunk(void **state)
{
    (void)state;
    make_chunk(0);
    writer.chunk[3] = 'X';
    check(exchange, "", 0, 1);
    memset(writer.chunk, 0, sizeof writer.chunk);
    check(exchange, "", 0, 0);
    writer.chunk[EVTX_CHUNK_SIZE - 1] = 1;
    check(exchange, "", 0, 1);
    evtx_begin(&writer); /* no records */
    evtx_end_chunk(&writer, 0);
    check(exchange, "", 0, 0);
}

/* Cut off anywhere: records that are whole are told. */
static void test_truncated(void **state)
{
    struct taken taken;
    size_t ends[6], whole, used;

    (void)state;
    make_chunk(0);
    used = writer.at;
    for (unsigned i = 0; i < 6; i++)
        ends[i] = i < 5 ? record_at(i + 1) : used;
    begin(&taken);
    for (size_t size = 0; size < used + 20; size++) {
        read_size(exchange, size, &taken);
        for (whole = 0; whole < 6 && ends[whole] <= size;)
            whole++;
        assert_int_equal(taken.account.events, whole);
        assert_true(taken.account.damaged <= 1);
        assert_int_equal(taken.account.cut_off, size > 0);
    }
    buffer_release(&taken.text);
}

/* Any one byte changed: what is told is bounded, and everything ends. */
static void test_any_byte(void **state)
{
    struct taken taken;

    (void)state;
    begin(&taken);
    make_chunk(4);
    for (size_t at = EVENTS_RECORDS; at < writer.at; at++) {
        unsigned char kept = writer.chunk[at];

        writer.chunk[at] = (unsigned char)~kept;
        read_size(exchange, EVTX_CHUNK_SIZE, &taken);
        assert_true(taken.account.events <= 6 && taken.account.damaged <= 6);
        assert_true(taken.account.events + taken.account.damaged >= 6 || at >= record_at(0));
        writer.chunk[at] = kept;
    }
    buffer_release(&taken.text);
}

/* ---- binary XML beside Exchange's ---- */

/* A record whose content `write` makes: an <Event> of provider P, id 7, and what it adds. */
static void make_record(void (*write)(void))
{
    size_t event, system, place, list;

    evtx_begin(&writer);
    evtx_record(&writer, 1, 134398119071234567u);
    evtx_fragment(&writer);
    event = evtx_open(&writer, "Event", true);
    evtx_add(&writer, 0x02, 1);
    system = evtx_open(&writer, "System", true);
    evtx_add(&writer, 0x02, 1);
    place = evtx_open_with(&writer, "Provider", &list);
    evtx_text_attribute(&writer, "Guid", "{g}", true);
    evtx_text_attribute(&writer, "Name", "P", false);
    evtx_end_list(&writer, list);
    evtx_close_empty(&writer, place);
    place = evtx_open(&writer, "EventID", true);
    evtx_add(&writer, 0x02, 1);
    evtx_text(&writer, "7");
    evtx_close(&writer, place);
    evtx_close(&writer, system);
    write();
    evtx_close(&writer, event);
    evtx_add(&writer, 0, 1);
    evtx_record_end(&writer);
    evtx_end_chunk(&writer, 0);
}

#define TOLD_P(rest) "P 7/0 L0 - #0  " rest "\n"

static void write_nothing(void)
{
}

/* Every kind of text within an element, and elements whose number is missing. */
static void write_texts(void)
{
    size_t data = evtx_open(&writer, "EventData", false), place;

    evtx_add(&writer, 0x02, 1);
    place = evtx_open(&writer, "Data", false);
    evtx_add(&writer, 0x02, 1);
    evtx_text(&writer, "a");
    evtx_add(&writer, 0x07, 1); /* CDATA */
    evtx_add(&writer, 2, 2);
    evtx_add_units(&writer, "<b");
    evtx_add(&writer, 0x08, 1); /* a character */
    evtx_add(&writer, 0x20AC, 2);
    evtx_add(&writer, 0x09, 1); /* an entity */
    evtx_add_name(&writer, "amp");
    evtx_add(&writer, 0x4A - 0x40, 1); /* a processing instruction */
    evtx_add_name(&writer, "target");
    evtx_add(&writer, 0x0B, 1);
    evtx_add(&writer, 1, 2);
    evtx_add_units(&writer, "x");
    evtx_text(&writer, "c");
    evtx_close(&writer, place);
    evtx_close_empty(&writer, evtx_open(&writer, "Data", false));
    evtx_close(&writer, data);
}

static void write_unknown_entity(void)
{
    evtx_add(&writer, 0x09, 1);
    evtx_add_name(&writer, "nope");
}

static void write_close(void)
{
    evtx_add(&writer, 0x04, 1);
    evtx_add(&writer, 0x04, 1);
}

/* As many as are opened again behind them. */
static void write_close_and_open(void)
{
    write_close();
    for (int i = 0; i < 2; i++) {
        (void)evtx_open(&writer, "Event", true);
        evtx_add(&writer, 0x02, 1);
    }
}

/* A template with <Data>gap `number`</Data> and one value of so many bytes. */
static void write_one_gap(unsigned number, unsigned type, size_t size)
{
    size_t place, data, values, begin;

    assert_true(evtx_template(&writer, "one", &place));
    data = evtx_open(&writer, "EventData", true);
    evtx_add(&writer, 0x02, 1);
    evtx_gap_element(&writer, "Data", number, type, false);
    evtx_close(&writer, data);
    evtx_template_end(&writer, place);
    values = evtx_values(&writer, 1);
    begin = writer.at;
    evtx_add(&writer, 0x616161, size);
    evtx_value_is(&writer, values, 0, type, begin);
}

static void write_gap_beyond(void)
{
    write_one_gap(1, 0x02, 0);
}

static void write_odd_array(void)
{
    write_one_gap(0, 0x86, 3);
}

static void write_gap_without_template(void)
{
    evtx_gap(&writer, 0, 1, false);
}

static void write_unclosed(void)
{
    size_t place = evtx_open(&writer, "EventData", true);

    evtx_add(&writer, 0x02, 1);
    evtx_put(&writer, place, 8, 4);
}

static void write_deep_elements(unsigned count)
{
    size_t places[EVTX_DEPTH_MOST * 4];

    for (unsigned i = 0; i < count; i++) {
        places[i] = evtx_open(&writer, i ? "A" : "UserData", true);
        evtx_add(&writer, 0x02, 1);
    }
    evtx_text(&writer, "deep");
    for (unsigned i = count; i-- > 0;)
        evtx_close(&writer, places[i]);
}

static void write_31_elements(void)
{
    write_deep_elements(31); /* and <Event> */
}

static void write_32_elements(void)
{
    write_deep_elements(32);
}

static void test_texts(void **state)
{
    (void)state;
    make_record(write_nothing);
    check(all_of_p, TOLD_P(" {}"), 1, 0);
    make_record(write_texts);
    check(all_of_p, TOLD_P(" [a<b\xE2\x82\xAC&c] [] {}"), 1, 0);
    make_record(write_31_elements);
    check(all_of_p, TOLD_P(" [deep] {}"), 1, 0);
    make_record(write_unknown_entity);
    check(all_of_p, "", 0, 1);
    make_record(write_close);
    check(all_of_p, "", 0, 1);
    make_record(write_close_and_open);
    check(all_of_p, "", 0, 1);
    make_record(write_gap_beyond);
    check(all_of_p, "", 0, 1);
    make_record(write_odd_array);
    check(all_of_p, "", 0, 1);
    make_record(write_nothing); /* an element of another name */
    writer.chunk[EVENTS_RECORDS + 24 + 4 + 11 + 8] = 'e';
    check(all_of_p, "", 0, 2);
    make_record(write_gap_without_template);
    check(all_of_p, "", 0, 1);
    make_record(write_unclosed);
    check(all_of_p, "", 0, 1);
    make_record(write_32_elements);
    check(all_of_p, "", 0, 1);
}

/* A template with a gap of every kind: optional ones, arrays, attributes, XML within. */
static void write_gaps(void)
{
    size_t size, data, place, list, values, begin;

    assert_true(evtx_template(&writer, "gaps", &size));
    data = evtx_open(&writer, "EventData", true);
    evtx_add(&writer, 0x02, 1);
    evtx_gap_element(&writer, "Data", 0, 0x08, false); /* a number */
    evtx_gap_element(&writer, "Data", 1, 0x01, false); /* null, and not optional: empty */
    evtx_gap_element(&writer, "Data", 1, 0x01, true);  /* null: not there */
    evtx_gap_element(&writer, "Data", 2, 0x86, false); /* an array: once an item */
    evtx_gap_element(&writer, "Data", 3, 0x81, true);  /* an array of none: not there */
    evtx_gap_element(&writer, "Data", 3, 0x81, false);
    place = evtx_open_with(&writer, "Data", &list);
    evtx_attribute(&writer, "Name", false);
    evtx_gap(&writer, 1, 1, true);
    evtx_end_list(&writer, list);
    evtx_add(&writer, 0x02, 1);
    evtx_text(&writer, "x");
    evtx_gap(&writer, 2, 0x86, false); /* among other content */
    evtx_gap(&writer, 1, 0x01, true);
    evtx_close(&writer, place);
    evtx_gap_element(&writer, "Binary", 4, 0x0E, false);
    evtx_gap(&writer, 5, 0x21, false);
    evtx_close(&writer, data);
    evtx_template_end(&writer, size);
    values = evtx_values(&writer, 6);
    evtx_value_number(&writer, values, 0, 0x08, 4000000000u, 4);
    begin = writer.at;
    evtx_value_number(&writer, values, 2, 0x86, 0x00020001, 4);
    evtx_value_is(&writer, values, 2, 0x86, begin);
    evtx_value_is(&writer, values, 3, 0x81, writer.at);
    evtx_value_number(&writer, values, 4, 0x0E, 0xBEEF, 2);
    begin = writer.at;
    evtx_fragment(&writer);
    place = evtx_open(&writer, "Data", false);
    evtx_add(&writer, 0x02, 1);
    evtx_text(&writer, "within");
    evtx_close(&writer, place);
    evtx_add(&writer, 0, 1);
    evtx_value_is(&writer, values, 5, 0x21, begin);
}

static void test_gaps(void **state)
{
    (void)state;
    make_record(write_gaps);
    check(all_of_p, TOLD_P(" [4000000000] [] [1] [2] [x1,2] [within] {EFBE}"), 1, 0);
}

/* A value of binary XML in a template in a value, and so on. */
static void write_nested(unsigned depth)
{
    size_t size, values, begin;

    if (depth == 0) {
        size = evtx_open(&writer, "EventData", false);
        evtx_add(&writer, 0x02, 1);
        begin = evtx_open(&writer, "Data", false);
        evtx_add(&writer, 0x02, 1);
        evtx_text(&writer, "in");
        evtx_close(&writer, begin);
        evtx_close(&writer, size);
        return;
    }
    if (evtx_template(&writer, "nest", &size)) {
        evtx_gap(&writer, 0, 0x21, false);
        evtx_template_end(&writer, size);
    }
    values = evtx_values(&writer, 1);
    begin = writer.at;
    write_nested(depth - 1);
    evtx_value_is(&writer, values, 0, 0x21, begin);
}

static void write_nested_7(void)
{
    write_nested(7); /* two fragments each, and the record's own: 15 */
}

static void write_nested_8(void)
{
    write_nested(8);
}

static void test_nested(void **state)
{
    (void)state;
    make_record(write_nested_7);
    check(all_of_p, TOLD_P(" [in] {}"), 1, 0);
    make_record(write_nested_8);
    check(all_of_p, "", 0, 1);
}

/* A template that has its own value eight times, which has one that has it eight times: 8^7. */
static void write_bomb(void)
{
    size_t size, values[7], begins[7];

    for (unsigned i = 0; i < 7; i++) {
        if (evtx_template(&writer, "bomb", &size)) {
            for (unsigned gap = 0; gap < 8; gap++)
                evtx_gap(&writer, 0, 0x21, false);
            evtx_template_end(&writer, size);
        }
        values[i] = evtx_values(&writer, 1);
        begins[i] = writer.at;
    }
    evtx_text(&writer, "boom");
    for (unsigned i = 0; i < 7; i++)
        evtx_value_is(&writer, values[i], 0, 0x21, begins[i]);
}

/* A long text, in a template that shows it often. */
static void write_long_bomb(void)
{
    size_t size, data, values, begin;

    assert_true(evtx_template(&writer, "long", &size));
    data = evtx_open(&writer, "EventData", true);
    evtx_add(&writer, 0x02, 1);
    for (unsigned i = 0; i < 300; i++)
        evtx_gap_element(&writer, "Data", 0, 0x01, false);
    evtx_close(&writer, data);
    evtx_template_end(&writer, size);
    values = evtx_values(&writer, 1);
    begin = writer.at;
    for (unsigned i = 0; i < 10000; i++)
        evtx_add(&writer, 'x', 2);
    evtx_value_is(&writer, values, 0, 0x01, begin);
}

static void test_bombs(void **state)
{
    (void)state;
    make_record(write_bomb);
    check(all_of_p, "", 0, 1);
    make_record(write_long_bomb);
    check(all_of_p, "", 0, 1);
}

/* ---- names, each of which is read once where it can be ---- */

/* At the same place of two chunks are names that differ. */
static void test_names_of_chunks(void **state)
{
    struct taken taken;
    struct evtx *reader;

    (void)state;
    evtx_begin(&writer);
    evtx_event(&writer, made[0]);
    evtx_end_chunk(&writer, 4);
    begin(&taken);
    reader = evtx_new(exchange, take, &taken);
    evtx_chunk(reader, writer.chunk, EVTX_CHUNK_SIZE);
    for (size_t i = 0; i < writer.name_count; i++) {
        if (strcmp(writer.names[i].name, "Level") == 0)
            writer.chunk[writer.names[i].place + 8] = 'l';
    }
    evtx_chunk(reader, writer.chunk, EVTX_CHUNK_SIZE);
    evtx_end(reader, &taken.account);
    assert_memory_equal(taken.text.text, TOLD_1706 MET "1706/49156 L0",
                        strlen(TOLD_1706 MET "1706/49156 L0"));
    assert_int_equal(taken.count, 2);
    buffer_release(&taken.text);
}

static void write_leaf(const char *name, const char *text)
{
    size_t place = evtx_open(&writer, name, false);

    evtx_add(&writer, 0x02, 1);
    evtx_text(&writer, text);
    evtx_close(&writer, place);
}

/* Two names that would be kept at one place; and one that is longer than any that is known. */
static void write_rivals(void)
{
    static const char long_name[] = "BinaryBinaryBinaryBinaryBinaryBinaryBinaryBinaryBinaryBinary";
    size_t data = evtx_open(&writer, "EventData", false), first;

    evtx_add(&writer, 0x02, 1);
    write_leaf("Binary", "AA");
    first = writer.names[writer.name_count - 1].place;
    while ((writer.at + 9 - first) % EVTX_NAMES_KEPT != 0) { /* processing instructions */
        evtx_add(&writer, 0x0A, 1);
        evtx_add_name(&writer, "Binary");
    }
    write_leaf("binary", "one");
    assert_int_equal((writer.names[writer.name_count - 1].place - first) % EVTX_NAMES_KEPT, 0);
    write_leaf("Binary", "BB");
    write_leaf("binary", "two");
    write_leaf(long_name, "three");
    evtx_close(&writer, data);
}

static void test_rival_names(void **state)
{
    (void)state;
    make_record(write_rivals);
    check(all_of_p, TOLD_P(" [one] [two] [three] {BB}"), 1, 0);
}

/* A name that begins in its record and ends behind it, where there are bytes enough. */
static void write_name_beyond(void)
{
    evtx_add(&writer, 0x01, 1);
    evtx_add(&writer, 4 + 10, 4);
    evtx_add(&writer, writer.at + 4, 4);
    evtx_add(&writer, 0, 4);
    evtx_add(&writer, 0x1234, 2);
    evtx_add(&writer, 100, 2);
    evtx_add(&writer, 0, 2);
}

static void test_name_beyond(void **state)
{
    (void)state;
    make_record(write_name_beyond);
    check(all_of_p, "", 0, 1);
}

/* The values of a template in any order, and more than once. */
static void write_any_order(void)
{
    static const unsigned order[] = {2, 0, 1, 1, 3, 2, 3, 0};
    size_t size, data, values;

    assert_true(evtx_template(&writer, "order", &size));
    data = evtx_open(&writer, "EventData", true);
    evtx_add(&writer, 0x02, 1);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        evtx_gap_element(&writer, "Data", order[i], 0x01, false);
    evtx_close(&writer, data);
    evtx_template_end(&writer, size);
    values = evtx_values(&writer, 4);
    evtx_value_text(&writer, values, 0, "a");
    evtx_value_text(&writer, values, 1, "bbb");
    evtx_value_text(&writer, values, 2, "cc");
    evtx_value_text(&writer, values, 3, "dddd");
}

/* A value with text behind it, and XML of which an element is the end. */
static void write_behind(void)
{
    size_t size, data, place, values, begin;

    assert_true(evtx_template(&writer, "behind", &size));
    data = evtx_open(&writer, "EventData", true);
    evtx_add(&writer, 0x02, 1);
    place = evtx_open(&writer, "Data", true);
    evtx_add(&writer, 0x02, 1);
    evtx_gap(&writer, 0, 0x01, false);
    evtx_text(&writer, " behind");
    evtx_close(&writer, place);
    evtx_gap(&writer, 1, 0x21, false);
    evtx_close(&writer, data);
    evtx_template_end(&writer, size);
    values = evtx_values(&writer, 2);
    evtx_value_text(&writer, values, 0, "a");
    begin = writer.at;
    place = evtx_open(&writer, "Data", true);
    evtx_add(&writer, 0x02, 1);
    evtx_text(&writer, "last");
    evtx_close(&writer, place);
    evtx_value_is(&writer, values, 1, 0x21, begin);
}

/* The first of many values and the last one, again and again. */
static void write_far(unsigned times)
{
    enum { MANY = 8000 };
    size_t size, data;

    assert_true(evtx_template(&writer, "far", &size));
    data = evtx_open(&writer, "EventData", true);
    evtx_add(&writer, 0x02, 1);
    for (unsigned i = 0; i < times; i++)
        evtx_gap_element(&writer, "Data", i % 2 ? MANY - 1 : 0, 0x01, true);
    evtx_close(&writer, data);
    evtx_template_end(&writer, size);
    (void)evtx_values(&writer, MANY);
}

static void write_far_100(void)
{
    write_far(100);
}

static void write_far_150(void)
{
    write_far(150);
}

/* What it takes to find a value counts. */
static void test_far_values(void **state)
{
    (void)state;
    make_record(write_far_100);
    check(all_of_p, TOLD_P(" {}"), 1, 0);
    make_record(write_far_150);
    check(all_of_p, "", 0, 1);
}

static void test_any_order(void **state)
{
    (void)state;
    make_record(write_behind);
    check(all_of_p, TOLD_P(" [a behind] [last] {}"), 1, 0);
    make_record(write_any_order);
    check(all_of_p, TOLD_P(" [cc] [a] [bbb] [bbb] [dddd] [cc] [dddd] [a] {}"), 1, 0);
}

/* So many of them, and then an event of Exchange. */
static void check_bombs(unsigned most, bool is_told)
{
    struct taken taken;
    unsigned count = 0;

    make_record(write_nothing);
    while (count < most && writer.at < EVTX_CHUNK_SIZE - 4096) {
        evtx_record(&writer, ++count + 1, 134398119071234567u);
        evtx_fragment(&writer);
        write_bomb();
        evtx_add(&writer, 0, 1);
        evtx_record_end(&writer);
    }
    evtx_event(&writer, made[4]);
    evtx_end_chunk(&writer, 0);
    begin(&taken);
    read_size(exchange, EVTX_CHUNK_SIZE, &taken);
    assert_int_equal(taken.count, is_told);
    assert_int_equal(taken.account.damaged, count + !is_told);
    buffer_release(&taken.text);
}

/* A few cost no other record; many in one chunk take no more than a chunk may. */
static void test_many_bombs(void **state)
{
    (void)state;
    check_bombs(20, true);
    check_bombs(1000, false);
}

static void test_recognised(void **state)
{
    (void)state;
    assert_true(evtx_is((const unsigned char *)"ElfFile\0\1", 9));
    assert_true(evtx_is((const unsigned char *)"ElfFile", 8));
    assert_false(evtx_is((const unsigned char *)"ElfFile", 7));
    assert_false(evtx_is((const unsigned char *)"ElfChnk", 8));
    assert_false(evtx_is((const unsigned char *)"ElfFile.", 8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exchange),
        cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_changed_text),
        cmocka_unit_test(test_log_in_use),
        cmocka_unit_test(test_broken_record),
        cmocka_unit_test(test_broken_content),
        cmocka_unit_test(test_broken_template),
        cmocka_unit_test(test_no_chunk),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_any_byte),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_nested),
        cmocka_unit_test(test_bombs),
        cmocka_unit_test(test_many_bombs),
        cmocka_unit_test(test_names_of_chunks),
        cmocka_unit_test(test_rival_names),
        cmocka_unit_test(test_name_beyond),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_far_values),
        cmocka_unit_test(test_recognised),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
