#include "tests/unit/unit.h"

#include "diag/read/dns_message.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* A message being made by hand. */
struct wire {
    uint8_t bytes[70000];
    size_t size;
};

static void put(struct wire *wire, const void *bytes, size_t size)
{
    assert_true(size <= sizeof wire->bytes - wire->size);
    memcpy(wire->bytes + wire->size, bytes, size);
    wire->size += size;
}

static void put16(struct wire *wire, unsigned value)
{
    const uint8_t bytes[] = {(uint8_t)(value >> 8), (uint8_t)value};

    put(wire, bytes, sizeof bytes);
}

static void put_name(struct wire *wire, const char *text)
{
    uint8_t name[DNS_NAME_WIRE_MOST];
    size_t size;

    assert_int_equal(dns_name_to_wire(text, name, &size), STATUS_OK);
    put(wire, name, size);
}

enum { RESPONSE = 0x8000, TRUNCATED = 0x0200, QUESTION_NAME = 12, CLASS_CHAOS = 3 };

/* A response to "example.com TXT"; the sections follow behind it. */
static void begin(struct wire *wire, unsigned bits, unsigned answers, unsigned authorities,
                  unsigned additionals)
{
    wire->size = 0;
    put16(wire, 0x1234);
    put16(wire, RESPONSE | bits);
    put16(wire, 1);
    put16(wire, answers);
    put16(wire, authorities);
    put16(wire, additionals);
    put_name(wire, "example.com");
    put16(wire, DNS_TXT);
    put16(wire, 1);
}

/* A record of the name that was asked for, by a pointer to it. */
static void put_record(struct wire *wire, unsigned type, unsigned record_class, unsigned ttl,
                       const void *data, size_t size)
{
    put16(wire, 0xC000 | QUESTION_NAME);
    put16(wire, type);
    put16(wire, record_class);
    put16(wire, ttl >> 16);
    put16(wire, ttl & 0xFFFF);
    put16(wire, (unsigned)size);
    put(wire, data, size);
}

struct fixture {
    struct wire wire;
    struct arena arena;
    struct dns_message message;
};

static int set_up(void **state)
{
    static struct fixture fixture;

    memset(&fixture, 0, sizeof fixture);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    arena_release(&fixture->arena);
    return 0;
}

/* From memory of exactly its size, so that a read past the end is seen by a sanitizer. */
static enum status read_message(struct fixture *fixture)
{
    uint8_t *copy = memory_new(1, fixture->wire.size);
    enum status status;

    memcpy(copy, fixture->wire.bytes, fixture->wire.size);
    status = dns_message_read(copy, fixture->wire.size, &fixture->arena, &fixture->message);
    memset(copy, 0xAA, fixture->wire.size);
    free(copy);
    return status;
}

static enum status read_one(struct fixture *fixture, unsigned type, const void *data, size_t size)
{
    begin(&fixture->wire, 0, 1, 0, 0);
    put_record(&fixture->wire, type, 1, 300, data, size);
    return read_message(fixture);
}

static const struct dns_record *first_answer(const struct fixture *fixture)
{
    assert_true(fixture->message.answer.count > 0);
    return &fixture->message.answer.records[0];
}

/* ---- questions ---- */

static void questions_are_written(void **state)
{
    static const uint8_t expected[] = {0xBE, 0xEF, 1,    0x20, 0, 1, 0,  0, 0, 0,
                                       0,    1,    1,    'a',  0, 0, 16, 0, 1, 0,
                                       0,    41,   0x04, 0xD0, 0, 0, 0,  0, 0, 0};
    uint8_t wire[DNS_QUESTION_MOST], name[DNS_NAME_WIRE_MOST];
    size_t size;

    (void)state;
    assert_int_equal(dns_name_to_wire("a", name, &size), STATUS_OK);
    assert_int_equal(dns_message_ask(wire, 0xBEEF, name, size, DNS_TXT, true, true),
                     sizeof expected);
    assert_memory_equal(wire, expected, sizeof expected);
    assert_int_equal(dns_message_ask(wire, 0xBEEF, name, size, DNS_TXT, false, false),
                     sizeof expected - 11);
    assert_int_equal(wire[2], 0);
    assert_int_equal(wire[3], 0);
    assert_int_equal(wire[11], 0);
}

/* Our own question is a message that is no response. */
static void questions_are_messages(void **state)
{
    struct fixture *fixture = *state;
    uint8_t name[DNS_NAME_WIRE_MOST];
    size_t size;

    assert_int_equal(dns_name_to_wire("a.b", name, &size), STATUS_OK);
    fixture->wire.size = dns_message_ask(fixture->wire.bytes, 7, name, size, DNS_MX, true, true);
    assert_int_equal(read_message(fixture), STATUS_OK);
    assert_int_equal(fixture->message.id, 7);
    assert_false(fixture->message.is_response);
    assert_true(fixture->message.has_edns);
    assert_string_equal(fixture->message.question_name, "a.b");
    assert_int_equal(fixture->message.question_type, DNS_MX);
    assert_int_equal(fixture->message.additional.count, 0);
}

/* ---- is it the answer? ---- */

static bool answers(const struct wire *wire, uint16_t id, const char *text, enum dns_type type)
{
    uint8_t name[DNS_NAME_WIRE_MOST];
    size_t size;

    assert_int_equal(dns_name_to_wire(text, name, &size), STATUS_OK);
    return dns_message_answers(wire->bytes, wire->size, id, name, size, type);
}

/* Id, direction, name without case, type and class all count. */
static void only_the_answer_answers(void **state)
{
    struct wire *wire = &((struct fixture *)*state)->wire;

    begin(wire, 0, 0, 0, 0);
    assert_true(answers(wire, 0x1234, "example.com", DNS_TXT));
    assert_true(answers(wire, 0x1234, "EXAMPLE.com", DNS_TXT));
    assert_false(answers(wire, 0x1235, "example.com", DNS_TXT));
    assert_false(answers(wire, 0x1234, "example.co", DNS_TXT));
    assert_false(answers(wire, 0x1234, "example.com.au", DNS_TXT));
    assert_false(answers(wire, 0x1234, "examplf.com", DNS_TXT));
    assert_false(answers(wire, 0x1234, "example.com", DNS_A));
    wire->bytes[2] = 0;
    assert_false(answers(wire, 0x1234, "example.com", DNS_TXT));
    begin(wire, 0, 0, 0, 0);
    wire->bytes[wire->size - 1] = CLASS_CHAOS;
    assert_false(answers(wire, 0x1234, "example.com", DNS_TXT));
    begin(wire, 0, 0, 0, 0);
    wire->bytes[5] = 2;
    assert_false(answers(wire, 0x1234, "example.com", DNS_TXT));
}

static void parts_of_the_answer_do_not_answer(void **state)
{
    struct wire *wire = &((struct fixture *)*state)->wire;
    size_t size;

    begin(wire, 0, 0, 0, 0);
    for (size = wire->size; wire->size > 0;) {
        wire->size--;
        assert_false(answers(wire, 0x1234, "example.com", DNS_TXT));
    }
    assert_true(size > 12);
}

/* What could not read the question cannot repeat it: only a failure may come without. */
static void failures_may_come_without_the_question(void **state)
{
    struct wire *wire = &((struct fixture *)*state)->wire;

    for (unsigned rcode = 0; rcode < 16; rcode++) {
        bool failure = rcode == DNS_FORMERR || rcode == DNS_SERVFAIL || rcode == DNS_NOTIMP ||
                       rcode == DNS_REFUSED;

        begin(wire, rcode, 0, 0, 0);
        wire->bytes[5] = 0;
        wire->size = 12;
        assert_int_equal(answers(wire, 0x1234, "example.com", DNS_TXT), failure);
    }
}

/* ---- headers ---- */

static void flags_and_codes_are_read(void **state)
{
    struct fixture *fixture = *state;
    const struct dns_message *message = &fixture->message;

    begin(&fixture->wire, 0x0400 | 0x0200 | 0x0080 | 0x0020 | DNS_NXDOMAIN, 0, 0, 0);
    assert_int_equal(read_message(fixture), STATUS_OK);
    assert_true(message->is_response);
    assert_int_equal(message->flags, DNS_AUTHORITATIVE | DNS_TRUNCATED | DNS_RECURSION_AVAILABLE |
                                         DNS_AUTHENTICATED);
    assert_int_equal(message->rcode, DNS_NXDOMAIN);
    assert_false(message->has_edns);
    assert_string_equal(message->question_name, "example.com");
    assert_int_equal(message->question_type, DNS_TXT);
}

/* The upper bits of an rcode stand in the OPT record, which is no record of the section. */
static void edns_widens_the_code(void **state)
{
    struct fixture *fixture = *state;

    begin(&fixture->wire, 0, 0, 0, 2);
    put_record(&fixture->wire, 41, 4096, 1u << 24, "\0\12\0\2ab", 6);
    put_record(&fixture->wire, DNS_A, 1, 60, "\300\0\2\1", 4);
    assert_int_equal(read_message(fixture), STATUS_OK);
    assert_true(fixture->message.has_edns);
    assert_int_equal(fixture->message.rcode, DNS_BADVERS);
    assert_int_equal(fixture->message.additional.count, 1);
}

static void no_header_is_malformed(void **state)
{
    struct fixture *fixture = *state;

    begin(&fixture->wire, TRUNCATED, 0, 0, 0);
    for (size_t size = fixture->wire.size; size-- > 0;) {
        fixture->wire.size = size;
        assert_int_equal(read_message(fixture), STATUS_MALFORMED);
    }
}

static void several_questions_are_none(void **state)
{
    struct fixture *fixture = *state;

    begin(&fixture->wire, 0, 0, 0, 0);
    fixture->wire.bytes[5] = 2;
    put_name(&fixture->wire, "example.net");
    put16(&fixture->wire, DNS_A);
    put16(&fixture->wire, 1);
    assert_int_equal(read_message(fixture), STATUS_OK);
    assert_null(fixture->message.question_name);
    assert_int_equal(fixture->message.question_type, 0);
}

/* ---- the data of every type ---- */

static void addresses_are_read(void **state)
{
    struct fixture *fixture = *state;
    char text[IP_TEXT_SIZE];

    assert_int_equal(read_one(fixture, DNS_A, "\300\0\2\1", 4), STATUS_OK);
    ip_format(&first_answer(fixture)->data.ip, text);
    assert_string_equal(text, "192.0.2.1");
    assert_string_equal(first_answer(fixture)->owner, "example.com");
    assert_int_equal(first_answer(fixture)->ttl, 300);
    assert_int_equal(read_one(fixture, DNS_AAAA, " \1\15\270\0\0\0\0\0\0\0\0\0\0\0\1", 16),
                     STATUS_OK);
    ip_format(&first_answer(fixture)->data.ip, text);
    assert_string_equal(text, "2001:db8::1");
}

static void names_in_data_are_read(void **state)
{
    static const enum dns_type types[] = {DNS_NS, DNS_CNAME, DNS_PTR};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(types); i++) {
        assert_int_equal(read_one(fixture, types[i], "\2MX\300\14", 5), STATUS_OK);
        assert_int_equal(first_answer(fixture)->type, types[i]);
        assert_string_equal(first_answer(fixture)->data.name, "MX.example.com");
    }
    assert_int_equal(read_one(fixture, DNS_MX, "\0\12\0", 3), STATUS_OK);
    assert_int_equal(first_answer(fixture)->data.mx.preference, 10);
    assert_string_equal(first_answer(fixture)->data.mx.exchange, ".");
    assert_int_equal(read_one(fixture, DNS_SRV, "\0\1\0\2\23\304\1a\0", 9), STATUS_OK);
    assert_int_equal(first_answer(fixture)->data.srv.priority, 1);
    assert_int_equal(first_answer(fixture)->data.srv.weight, 2);
    assert_int_equal(first_answer(fixture)->data.srv.port, 5060);
    assert_string_equal(first_answer(fixture)->data.srv.target, "a");
}

static void zones_are_read(void **state)
{
    struct fixture *fixture = *state;
    const struct dns_record *record;

    assert_int_equal(read_one(fixture, DNS_SOA,
                              "\2ns\300\14\1h\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\377\377\377\377",
                              28),
                     STATUS_OK);
    record = first_answer(fixture);
    assert_string_equal(record->data.soa.primary, "ns.example.com");
    assert_string_equal(record->data.soa.mailbox, "h");
    assert_int_equal(record->data.soa.serial, 1);
    assert_int_equal(record->data.soa.refresh, 2);
    assert_int_equal(record->data.soa.retry, 3);
    assert_int_equal(record->data.soa.expire, 4);
    assert_true(record->data.soa.minimum == UINT32_MAX);
}

/* Strings keep their borders and all their bytes. */
static void text_is_read(void **state)
{
    static const enum dns_type types[] = {DNS_TXT, DNS_SPF};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(types); i++) {
        const struct dns_string *strings;

        assert_int_equal(read_one(fixture, types[i], "\3a\0b\0\2\377\n", 8), STATUS_OK);
        assert_int_equal(first_answer(fixture)->data.txt.count, 3);
        strings = first_answer(fixture)->data.txt.strings;
        assert_int_equal(strings[0].size, 3);
        assert_memory_equal(strings[0].bytes, "a\0b", 3);
        assert_int_equal(strings[1].size, 0);
        assert_int_equal(strings[2].size, 2);
        assert_memory_equal(strings[2].bytes, "\377\n", 2);
    }
    assert_int_equal(read_one(fixture, DNS_TXT, "", 0), STATUS_OK);
    assert_int_equal(first_answer(fixture)->data.txt.count, 0);
}

static void certificates_are_read(void **state)
{
    struct fixture *fixture = *state;
    const struct dns_record *record;

    assert_int_equal(read_one(fixture, DNS_TLSA, "\3\1\2\0\377", 5), STATUS_OK);
    record = first_answer(fixture);
    assert_int_equal(record->data.tlsa.usage, 3);
    assert_int_equal(record->data.tlsa.selector, 1);
    assert_int_equal(record->data.tlsa.matching, 2);
    assert_int_equal(record->data.tlsa.size, 2);
    assert_memory_equal(record->data.tlsa.bytes, "\0\377", 2);
}

/* Data that is shorter or longer than its type says. */
static void data_that_does_not_fit_is_malformed(void **state)
{
    static const struct {
        enum dns_type type;
        const char *data;
        size_t size;
    } list[] = {
        {DNS_A, "abc", 3},
        {DNS_A, "abcde", 5},
        {DNS_A, "", 0},
        {DNS_AAAA, "abcdefghijklmno", 15},
        {DNS_AAAA, "abcdefghijklmnopq", 17},
        {DNS_NS, "", 0},
        {DNS_CNAME, "\2mx", 3},
        {DNS_CNAME, "\300\14x", 3},
        {DNS_CNAME, "\300", 1},
        {DNS_PTR, "\1a\0\0", 4},
        {DNS_MX, "\0", 1},
        {DNS_MX, "\0\12", 2},
        {DNS_MX, "\0\12\3ab", 5},
        {DNS_SRV, "\0\1\0\2\23", 5},
        {DNS_SRV, "\0\1\0\2\23\304", 6},
        {DNS_SOA, "\0\0abcdefghijklmnopqrs", 21},
        {DNS_SOA, "\0\0abcdefghijklmnopqrstu", 23},
        {DNS_TXT, "\4abc", 4},
        {DNS_TXT, "\3abc\377", 5},
        {DNS_SPF, "\1", 1},
        {DNS_TLSA, "\3\1", 2},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(list); i++) {
        if (read_one(fixture, list[i].type, list[i].data, list[i].size) != STATUS_MALFORMED)
            fail_msg("row %zu was read", i);
    }
}

/* A length that reaches past the message, and past the record into the next one. */
static void lengths_do_not_reach_further(void **state)
{
    struct fixture *fixture = *state;
    size_t length;

    begin(&fixture->wire, 0, 1, 0, 0);
    length = fixture->wire.size + 10;
    put_record(&fixture->wire, DNS_TXT, 1, 0, "\3abc", 4);
    fixture->wire.bytes[length + 1] = 5;
    assert_int_equal(read_message(fixture), STATUS_MALFORMED);
    fixture->wire.bytes[length] = 0xFF;
    assert_int_equal(read_message(fixture), STATUS_MALFORMED);
    begin(&fixture->wire, 0, 2, 0, 0);
    put_record(&fixture->wire, DNS_NS, 1, 0, "\3ab", 3);
    put_record(&fixture->wire, DNS_NS, 1, 0, "\0", 1);
    assert_int_equal(read_message(fixture), STATUS_MALFORMED);
}

static void large_times_are_none(void **state)
{
    struct fixture *fixture = *state;

    begin(&fixture->wire, 0, 2, 0, 0);
    put_record(&fixture->wire, DNS_A, 1, 0x7FFFFFFF, "abcd", 4);
    put_record(&fixture->wire, DNS_A, 1, 0x80000000, "abcd", 4);
    assert_int_equal(read_message(fixture), STATUS_OK);
    assert_int_equal(fixture->message.answer.records[0].ttl, 0x7FFFFFFF);
    assert_int_equal(fixture->message.answer.records[1].ttl, 0);
}

/* ---- sections ---- */

static void sections_are_kept_apart(void **state)
{
    struct fixture *fixture = *state;

    begin(&fixture->wire, 0, 1, 2, 1);
    put_record(&fixture->wire, DNS_TXT, 1, 1, "\1a", 2);
    put_record(&fixture->wire, DNS_NS, 1, 2, "\0", 1);
    put_record(&fixture->wire, DNS_NS, 1, 3, "\0", 1);
    put_record(&fixture->wire, DNS_A, 1, 4, "abcd", 4);
    assert_int_equal(read_message(fixture), STATUS_OK);
    assert_int_equal(fixture->message.answer.count, 1);
    assert_int_equal(fixture->message.authority.count, 2);
    assert_int_equal(fixture->message.authority.records[1].ttl, 3);
    assert_int_equal(fixture->message.additional.count, 1);
    assert_int_equal(fixture->message.additional.records[0].ttl, 4);
}

/* Unknown types and other classes are left out, whatever their data is. */
static void what_is_not_known_is_left_out(void **state)
{
    struct fixture *fixture = *state;

    begin(&fixture->wire, 0, 3, 0, 0);
    put_record(&fixture->wire, 46, 1, 0, "\377\377\377", 3);
    put_record(&fixture->wire, DNS_A, CLASS_CHAOS, 0, "x", 1);
    put_record(&fixture->wire, DNS_TXT, 1, 0, "\1a", 2);
    assert_int_equal(read_message(fixture), STATUS_OK);
    assert_int_equal(fixture->message.answer.count, 1);
    assert_int_equal(first_answer(fixture)->type, DNS_TXT);
}

/* Counts that promise more than there is. */
static void counts_that_lie_are_malformed(void **state)
{
    static const unsigned counts[][3] = {
        {2, 0, 0}, {65535, 0, 0}, {1, 1, 0}, {0, 0, 2}, {65535, 65535, 65535},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(counts); i++) {
        begin(&fixture->wire, 0, counts[i][0], counts[i][1], counts[i][2]);
        put_record(&fixture->wire, DNS_A, 1, 0, "abcd", 4);
        assert_int_equal(read_message(fixture), STATUS_MALFORMED);
    }
    assert_true(arena_footprint(&fixture->arena) < 65536);
}

/* Cut anywhere: malformed without TC; with TC, the records that are there whole. */
static void truncation_keeps_what_is_whole(void **state)
{
    struct fixture *fixture = *state;
    size_t start, one, whole;

    begin(&fixture->wire, 0, 2, 0, 0);
    start = fixture->wire.size;
    put_record(&fixture->wire, DNS_TXT, 1, 0, "\1a", 2);
    one = fixture->wire.size;
    put_record(&fixture->wire, DNS_TXT, 1, 0, "\1b", 2);
    whole = fixture->wire.size;
    for (size_t size = start; size < whole; size++) {
        fixture->wire.size = size;
        fixture->wire.bytes[2] &= (uint8_t) ~(TRUNCATED >> 8);
        assert_int_equal(read_message(fixture), STATUS_MALFORMED);
        fixture->wire.bytes[2] |= TRUNCATED >> 8;
        assert_int_equal(read_message(fixture), STATUS_OK);
        assert_int_equal(fixture->message.answer.count, size < one ? 0 : 1);
    }
}

/* ---- compression ---- */

static void check_pointer(struct fixture *fixture, const char *data, size_t size)
{
    assert_int_equal(read_one(fixture, DNS_CNAME, data, size), STATUS_MALFORMED);
}

/* To itself, to its own name, forwards, out of the message, into the header. */
static void pointers_lead_backwards(void **state)
{
    struct fixture *fixture = *state;

    /* The data of the only record begins at 12 + 13 + 4 + 12 = 41. */
    check_pointer(fixture, "\300\51", 2);
    check_pointer(fixture, "\1a\300\51", 4);
    check_pointer(fixture, "\300\52\0", 3);
    check_pointer(fixture, "\300\53\0", 3);
    check_pointer(fixture, "\377\377", 2);
    check_pointer(fixture, "\300\0", 2);
    check_pointer(fixture, "\300\13", 2);
    check_pointer(fixture, "\200\14", 2);
    check_pointer(fixture, "\100\14", 2);
    /* Into a label of its own name, which would then end in the next record. */
    begin(&fixture->wire, 0, 2, 0, 0);
    put_record(&fixture->wire, DNS_CNAME, 1, 0, "\1\4\300\52", 4);
    put_record(&fixture->wire, DNS_A, 1, 0, "abcd", 4);
    assert_int_equal(read_message(fixture), STATUS_MALFORMED);
    assert_int_equal(read_one(fixture, DNS_CNAME, "\300\24", 2), STATUS_OK);
    assert_string_equal(first_answer(fixture)->data.name, "com");
}

/* Two names that point at each other: the second pointer does not lead backwards. */
static void pointers_do_not_circle(void **state)
{
    struct fixture *fixture = *state;

    begin(&fixture->wire, 0, 2, 0, 0);
    put_record(&fixture->wire, DNS_CNAME, 1, 0, "\1a\300\71", 4); /* at 41, to 57 */
    put_record(&fixture->wire, DNS_CNAME, 1, 0, "\1b\300\51", 4); /* at 57, to 41 */
    assert_int_equal(read_message(fixture), STATUS_MALFORMED);
}

/*
 * Records whose data is a pointer to the data of the record before: `count` pointers
 * until the name in the question is reached.
 */
static void put_pointers(struct wire *wire, unsigned count)
{
    size_t target = QUESTION_NAME;

    begin(wire, 0, count, 0, 0);
    for (unsigned i = 0; i < count; i++) {
        const uint8_t pointer[] = {(uint8_t)(0xC0 | target >> 8), (uint8_t)target};

        put_record(wire, DNS_CNAME, 1, 0, pointer, sizeof pointer);
        target = wire->size - sizeof pointer;
    }
}

static void pointers_are_counted(void **state)
{
    struct fixture *fixture = *state;

    put_pointers(&fixture->wire, 127);
    assert_int_equal(read_message(fixture), STATUS_OK);
    assert_int_equal(fixture->message.answer.count, 127);
    assert_string_equal(fixture->message.answer.records[126].data.name, "example.com");
    put_pointers(&fixture->wire, 128);
    assert_int_equal(read_message(fixture), STATUS_MALFORMED);
}

/* Compression does not make a name longer than 255 octets. */
static void expanded_names_keep_their_limit(void **state)
{
    struct fixture *fixture = *state;
    struct wire data = {.size = 0};
    uint8_t label[64];

    memset(label, 'a', sizeof label);
    label[0] = 63;
    for (int i = 0; i < 3; i++)
        put(&data, label, 64);
    put(&data, "\57", 1);
    put(&data, label + 1, 47);
    put16(&data, 0xC000 | QUESTION_NAME); /* 3 * 64 + 48 + 13 = 253 */
    assert_int_equal(read_one(fixture, DNS_CNAME, data.bytes, data.size), STATUS_OK);
    data.size = 0;
    for (int i = 0; i < 3; i++)
        put(&data, label, 64);
    put(&data, "\62", 1);
    put(&data, label + 1, 50);
    put16(&data, 0xC000 | QUESTION_NAME); /* 256 */
    assert_int_equal(read_one(fixture, DNS_CNAME, data.bytes, data.size), STATUS_MALFORMED);
}

/* ---- size ---- */

/* 65,535 bytes of records are read, one byte more is no message. */
static void the_largest_message_is_read(void **state)
{
    struct fixture *fixture = *state;
    struct wire *wire = &fixture->wire;
    unsigned count = 0;

    begin(wire, 0, 0, 0, 0);
    for (; wire->size + 28 <= UINT16_MAX; count++)
        put_record(wire, DNS_TXT, 1, 0, "\3abc", 4);
    wire->bytes[6] = (uint8_t)(count >> 8);
    wire->bytes[7] = (uint8_t)count;
    memset(wire->bytes + wire->size, 0, UINT16_MAX + 1 - wire->size);
    wire->size = UINT16_MAX;
    assert_int_equal(read_message(fixture), STATUS_OK);
    assert_int_equal(fixture->message.answer.count, count);
    wire->size = UINT16_MAX + 1;
    assert_int_equal(read_message(fixture), STATUS_MALFORMED);
}

/* Records of one owner share its text: a large answer does not repeat it. */
static void owners_are_shared(void **state)
{
    struct fixture *fixture = *state;

    begin(&fixture->wire, 0, 2, 0, 0);
    put_record(&fixture->wire, DNS_A, 1, 0, "abcd", 4);
    put_record(&fixture->wire, DNS_A, 1, 0, "abcd", 4);
    assert_int_equal(read_message(fixture), STATUS_OK);
    assert_ptr_equal(fixture->message.answer.records[0].owner,
                     fixture->message.answer.records[1].owner);
}

/* Ends a message whose records were not counted before. */
static void end_answers(struct wire *wire, unsigned count)
{
    assert_true(wire->size <= UINT16_MAX);
    wire->bytes[6] = (uint8_t)(count >> 8);
    wire->bytes[7] = (uint8_t)count;
}

/* A name of 241 bytes that are all escaped, as text 957 long, and a message that begins with it. */
static size_t begin_with_long_name(struct wire *wire)
{
    uint8_t label[64], prefix[] = {2, 'a', 'a'};
    size_t at;

    memset(label, 0xFF, sizeof label);
    label[0] = 59;
    begin(wire, 0, 0, 0, 0);
    put(wire, prefix, sizeof prefix);
    at = wire->size;
    for (int i = 0; i < 4; i++)
        put(wire, label, 60);
    put(wire, "\0", 1);
    put16(wire, DNS_NS);
    put16(wire, 1);
    put16(wire, 0);
    put16(wire, 0);
    put16(wire, 2);
    put16(wire, 0xC000 | QUESTION_NAME);
    return at;
}

static void put_long_names(struct wire *wire, unsigned count)
{
    size_t tail = begin_with_long_name(wire);

    for (unsigned i = 1; i < count; i++) {
        const uint8_t name[] = {2, (uint8_t)(i >> 8), (uint8_t)i, (uint8_t)(0xC0 | tail >> 8),
                                (uint8_t)tail};

        put(wire, name, sizeof name);
        put16(wire, DNS_NS);
        put16(wire, 1);
        put16(wire, 0);
        put16(wire, 0);
        put16(wire, 2);
        put16(wire, 0xC000 | QUESTION_NAME);
    }
    end_answers(wire, count);
}

/* Names of any bytes are read by the hundred; by the thousand they are no answer but an attack. */
static void names_come_to_an_end(void **state)
{
    struct fixture *fixture = *state;

    put_long_names(&fixture->wire, 1000);
    assert_int_equal(read_message(fixture), STATUS_OK);
    assert_int_equal(fixture->message.answer.count, 1000);
    assert_int_equal(strlen(fixture->message.answer.records[999].owner), 8 + 4 * (1 + 59 * 4));
    put_long_names(&fixture->wire, 3000);
    assert_int_equal(read_message(fixture), STATUS_MALFORMED);
    assert_true(arena_footprint(&fixture->arena) < 4 << 20);
}

/* 500 mail exchangers, and a text of nothing but empty strings, take memory of their own size. */
static void many_parts_are_read(void **state)
{
    enum { EXCHANGES = 500, STRINGS = 65000 };
    struct fixture *fixture = *state;
    static const uint8_t empty[STRINGS];

    begin(&fixture->wire, 0, EXCHANGES, 0, 0);
    for (unsigned i = 0; i < EXCHANGES; i++) {
        const uint8_t data[] = {
            0,    10,           3, 'm', (uint8_t)('a' + i / 26 % 26), (uint8_t)('a' + i % 26),
            0xC0, QUESTION_NAME};

        put_record(&fixture->wire, DNS_MX, 1, 0, data, sizeof data);
    }
    assert_int_equal(read_message(fixture), STATUS_OK);
    assert_int_equal(fixture->message.answer.count, EXCHANGES);
    assert_string_equal(fixture->message.answer.records[499].data.mx.exchange, "mtf.example.com");
    assert_int_equal(read_one(fixture, DNS_TXT, empty, sizeof empty), STATUS_OK);
    assert_int_equal(fixture->message.answer.records[0].data.txt.count, STRINGS);
    assert_true(arena_footprint(&fixture->arena) < 4 << 20);
}

/* ---- names of numbers ---- */

static void numbers_have_names(void **state)
{
    (void)state;
    assert_string_equal(dns_type_name(DNS_AAAA), "AAAA");
    assert_string_equal(dns_type_name(99), "SPF");
    assert_string_equal(dns_type_name(255), "TYPE?");
    assert_int_equal(dns_type_from_name("mx"), DNS_MX);
    assert_int_equal(dns_type_from_name("MXX"), 0);
    assert_string_equal(dns_rcode_name(DNS_NOERROR), "NOERROR");
    assert_string_equal(dns_rcode_name(DNS_REFUSED), "REFUSED");
    assert_string_equal(dns_rcode_name(DNS_BADVERS), "BADVERS");
    assert_string_equal(dns_rcode_name(4095), "RCODE?");
    assert_int_equal(dns_rcode_from_name("NXDOMAIN"), DNS_NXDOMAIN);
}

/* The strings of a TXT record are one text; what is in them, and how many, has no say. */
static void strings_are_joined(void **state)
{
    static const struct dns_string strings[] = {{"v=spf1 a", 8}, {"", 0}, {":b\0c", 4}};
    struct dns_record record = {.type = DNS_TXT};
    struct arena memory = {0};
    size_t size = 7;

    (void)state;
    assert_string_equal(dns_record_text(&record, &memory, &size), "");
    assert_int_equal(size, 0);
    record.data.txt.strings = strings;
    record.data.txt.count = COUNT(strings);
    assert_memory_equal(dns_record_text(&record, &memory, &size), "v=spf1 a:b\0c", 13);
    assert_int_equal(size, 12);
    arena_release(&memory);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(questions_are_written),
        TEST(questions_are_messages),
        TEST(only_the_answer_answers),
        TEST(parts_of_the_answer_do_not_answer),
        TEST(failures_may_come_without_the_question),
        TEST(flags_and_codes_are_read),
        TEST(edns_widens_the_code),
        TEST(no_header_is_malformed),
        TEST(several_questions_are_none),
        TEST(addresses_are_read),
        TEST(names_in_data_are_read),
        TEST(zones_are_read),
        TEST(text_is_read),
        TEST(certificates_are_read),
        TEST(data_that_does_not_fit_is_malformed),
        TEST(lengths_do_not_reach_further),
        TEST(large_times_are_none),
        TEST(sections_are_kept_apart),
        TEST(what_is_not_known_is_left_out),
        TEST(counts_that_lie_are_malformed),
        TEST(truncation_keeps_what_is_whole),
        TEST(pointers_lead_backwards),
        TEST(pointers_do_not_circle),
        TEST(pointers_are_counted),
        TEST(expanded_names_keep_their_limit),
        TEST(the_largest_message_is_read),
        TEST(owners_are_shared),
        TEST(names_come_to_an_end),
        TEST(many_parts_are_read),
        TEST(numbers_have_names),
        cmocka_unit_test(strings_are_joined),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
