/* The lab's own parts: a test peer that errs by accident proves nothing. */
#include "tests/unit/unit.h"

#include "tests/lab/name_server.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static void assert_bytes(const struct buffer *got, const char *bytes, size_t size)
{
    assert_int_equal(got->size, size);
    assert_memory_equal(got->text, bytes, size);
}

/* ---- names and data ---- */

/* Escapes, the last dot and the root make the wire form that RFC 1035 3.1 gives. */
static void names_become_wire(void **state)
{
    static const struct {
        const char *text;
        const char *wire;
        size_t size;
    } cases[] = {
        {".", "", 1},
        {"", "", 1},
        {"a.bc", "\1a\2bc", 6},
        {"a.bc.", "\1a\2bc", 6},
        {"a\\.b.c", "\3a.b\1c", 7},
        {"\\000\\255+.x", "\3\0\377+\1x", 7},
        {"user\\@h=:.d", "\10user@h=:\1d", 12},
        {"a\\\\b", "\3a\\b", 5},
    };
    struct lab_name name;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(lab_name_parse(cases[i].text, &name), STATUS_OK);
        assert_int_equal(name.size, cases[i].size);
        assert_memory_equal(name.wire, cases[i].wire, name.size);
    }
}

/* A name of 255 bytes is the longest, a label of 63. */
static void names_have_limits(void **state)
{
    char text[300];
    struct lab_name name;

    (void)state;
    memset(text, 'a', sizeof text);
    text[63] = text[127] = text[191] = '.';
    text[253] = '\0';
    assert_int_equal(lab_name_parse(text, &name), STATUS_OK);
    assert_int_equal(name.size, 255);
    text[253] = 'a';
    text[254] = '\0';
    assert_int_equal(lab_name_parse(text, &name), STATUS_INVALID);
    memset(text, 'a', 64);
    text[64] = '\0';
    assert_int_equal(lab_name_parse(text, &name), STATUS_INVALID);
    assert_int_equal(lab_name_parse("a..b", &name), STATUS_INVALID);
    assert_int_equal(lab_name_parse(".a", &name), STATUS_INVALID);
    assert_int_equal(lab_name_parse("a\\25", &name), STATUS_INVALID);
    assert_int_equal(lab_name_parse("a\\256", &name), STATUS_INVALID);
    assert_int_equal(lab_name_parse("a\\", &name), STATUS_INVALID);
}

/* Every type's data, byte for byte. */
static void data_becomes_wire(void **state)
{
    static const struct {
        const char *type;
        const char *text;
        const char *wire;
        size_t size;
    } cases[] = {
        {"A", "192.0.2.1", "\300\0\2\1", 4},
        {"MX", "10 m.x", "\0\12\1m\1x", 7},
        {"NS", ".", "", 1},
        {"SRV", "1 2 443 t", "\0\1\0\2\1\273\1t", 9},
        {"TLSA", "3 1 1 aB cd", "\3\1\1\253\315", 5},
        {"SOA", "a b 1 2 3 4 4294967295",
         "\1a\0\1b\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\377\377\377\377", 26},
        {"TXT", "v=spf1 -all", "\13v=spf1 -all", 12},
        {"TXT", "\"a \" \"\" \"b\\\"\\000\"", "\2a \0\3b\"", 8},
        {"SPF", "", "", 1},
        {"TXT", "\\# 3 05 4142", "\5AB", 3},
        {"TYPE65", "\\# 0", "", 0},
    };
    struct buffer data;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        buffer_init(&data, LAB_MESSAGE_MOST);
        assert_int_equal(lab_data_parse(lab_type_number(cases[i].type), cases[i].text, &data),
                         STATUS_OK);
        assert_bytes(&data, cases[i].wire, cases[i].size);
        buffer_release(&data);
    }
}

/* A long string is split after 255 bytes. */
static void long_strings_are_split(void **state)
{
    struct buffer data;
    char text[301];

    (void)state;
    memset(text, 'x', 300);
    text[300] = '\0';
    buffer_init(&data, LAB_MESSAGE_MOST);
    assert_int_equal(lab_data_parse(lab_type_number("TXT"), text, &data), STATUS_OK);
    assert_int_equal(data.size, 302);
    assert_int_equal((uint8_t)data.text[0], 255);
    assert_int_equal((uint8_t)data.text[256], 45);
    buffer_release(&data);
}

/* What cannot be served is refused when a server starts, not silently left out. */
static void bad_records_are_refused(void **state)
{
    static const struct lab_record bad[] = {
        {"a..b", "A", "192.0.2.1", 0},  {"a.b", "NONE", "192.0.2.1", 0},
        {"a.b", "A", "192.0.2.256", 0}, {"a.b", "A", "::1", 0},
        {"a.b", "A", "1.2.3.4 5", 0},   {"a.b", "MX", "65536 x", 0},
        {"a.b", "MX", "10", 0},         {"a.b", "TXT", "\"open", 0},
        {"a.b", "TXT", "\"a\" b", 0},   {"a.b", "TLSA", "3 1 1 a", 0},
        {"a.b", "A", "\\# 3 0102", 0},  {"a.b", "TYPE65", "x", 0},
    };
    struct lab_name_server *server;
    struct net_address address;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        const struct lab_name_server_options options = {.records = &bad[i], .record_count = 1};

        assert_int_equal(lab_record_check(&bad[i]), STATUS_INVALID);
        assert_int_equal(lab_name_server_open(&options, &address, &server), STATUS_INVALID);
        assert_null(server);
    }
}

/* ---- replies ---- */

static const struct lab_record zone_records[] = {
    {"example.com", "SOA", "ns.example.com h.example.com 1 2 3 4 5", 0},
    {"example.com", "MX", "10 mx.example.com", 60},
    {"w.example.com", "CNAME", "mx.example.com", 0},
    {"mx.example.com", "A", "192.0.2.1", 0},
    {"*.d.example.com", "A", "192.0.2.2", 0},
};

static void reply_to(const char *name, const char *type, unsigned faults, struct lab_writer *writer)
{
    struct lab_question question = {.id = 0x1234, .flags = 0x0100, .udp_size = 512};
    struct lab_zone *zone;

    question.type = lab_type_number(type);
    assert_int_equal(lab_name_parse(name, &question.name), STATUS_OK);
    assert_int_equal(lab_zone_new(zone_records, COUNT(zone_records), &zone), STATUS_OK);
    lab_writer_init(writer);
    lab_reply_write(zone, false, &question, faults, writer);
    lab_zone_free(zone);
}

/* One whole reply by hand: header, question, and names compressed as in RFC 1035 4.1.4. */
static void a_reply_is_compressed(void **state)
{
    static const char expected[] = "\x12\x34\x81\x80\0\1\0\1\0\0\0\0"
                                   "\7example\3com\0\0\17\0\1"
                                   "\300\14\0\17\0\1\0\0\0\74\0\7\0\12\2mx\300\14";
    struct lab_writer writer;

    (void)state;
    reply_to("example.com", "MX", 0, &writer);
    assert_bytes(&writer.out, expected, sizeof expected - 1);
    lab_writer_release(&writer);
}

static unsigned field(const struct lab_writer *writer, size_t at)
{
    return (unsigned)(uint8_t)writer->out.text[at] << 8 | (uint8_t)writer->out.text[at + 1];
}

/* Response codes and counts: what is there, what is not, and what lies between. */
static void replies_tell_nodata_from_nxdomain(void **state)
{
    static const struct {
        const char *name;
        const char *type;
        unsigned rcode;
        unsigned answers;
        unsigned authorities;
    } cases[] = {
        {"MX.Example.COM", "A", 0, 1, 0},    {"w.example.com", "A", 0, 2, 0},
        {"w.example.com", "CNAME", 0, 1, 0}, {"w.example.com", "MX", 0, 1, 1},
        {"mx.example.com", "TXT", 0, 0, 1},  {"no.example.com", "A", 3, 0, 1},
        {"d.example.com", "A", 0, 0, 1},     {"a.b.d.example.com", "A", 0, 1, 0},
        {"no.example.net", "A", 3, 0, 0},
    };
    struct lab_writer writer;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        reply_to(cases[i].name, cases[i].type, 0, &writer);
        assert_int_equal(field(&writer, 2) & 0xF, cases[i].rcode);
        assert_int_equal(field(&writer, 6), cases[i].answers);
        assert_int_equal(field(&writer, 8), cases[i].authorities);
        lab_writer_release(&writer);
    }
}

/* The name of this record never ends: its pointer leads back to its own first label. */
static void a_name_loop_is_one(void **state)
{
    struct lab_writer writer;

    (void)state;
    reply_to("example.com", "A", LAB_NAME_LOOP, &writer);
    assert_int_equal(field(&writer, 6), 1);
    assert_memory_equal(writer.out.text + 29, "\1a\300\35", 4);
    lab_writer_release(&writer);
}

/* ---- sockets ---- */

/* Servers of one world share a port number at different addresses, UDP and TCP. */
static void endpoints_share_a_port(void **state)
{
    static const char *const addresses[] = {"127.0.0.1", "127.0.0.2", "127.0.0.3"};
    struct lab_endpoint endpoints[3], again;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(lab_endpoint_init(&endpoints[i], addresses[i], LAB_UDP | LAB_TCP),
                         STATUS_OK);
    assert_int_equal(lab_listen(endpoints, 3, 0), STATUS_OK);
    assert_true(endpoints[0].address.port != 0);
    assert_int_equal(endpoints[1].address.port, endpoints[0].address.port);
    assert_int_equal(endpoints[2].address.port, endpoints[0].address.port);

    assert_int_equal(lab_endpoint_init(&again, "127.0.0.2", LAB_UDP | LAB_TCP), STATUS_OK);
    assert_int_equal(lab_listen(&again, 1, endpoints[0].address.port), STATUS_EXISTS);
    assert_true(again.udp == PLATFORM_NO_SOCKET && again.tcp == PLATFORM_NO_SOCKET);
    for (size_t i = 0; i < 3; i++)
        lab_endpoint_close(&endpoints[i]);
}

/* A closed port is held, so that no one else has it, and refuses. */
static void a_closed_port_refuses(void **state)
{
    struct lab_endpoint endpoint;
    struct platform_waiter waiter = {.to_write = true};

    (void)state;
    assert_int_equal(lab_endpoint_init(&endpoint, "127.0.0.1", LAB_TCP_CLOSED), STATUS_OK);
    assert_int_equal(lab_listen(&endpoint, 1, 0), STATUS_OK);
    if (platform_tcp_open(&endpoint.address, &waiter.socket) == STATUS_OK) {
        lab_wait(&waiter, 1, platform_monotonic_clock() + 5000000);
        assert_true(waiter.ready);
        assert_int_equal(platform_tcp_result(waiter.socket), STATUS_REFUSED);
        platform_socket_close(waiter.socket);
    }
    lab_endpoint_close(&endpoint);
}

/* Asks A of mx.example.com, in different case, over a socket; gives the size of the reply. */
static size_t converse(platform_socket socket, const char *question, size_t size, char *reply,
                       size_t room)
{
    struct platform_waiter waiter = {.socket = socket, .to_read = true};
    size_t done;

    assert_int_equal(platform_send(socket, question, size, &done), STATUS_OK);
    assert_int_equal(done, size);
    lab_wait(&waiter, 1, platform_monotonic_clock() + 5000000);
    assert_true(waiter.ready);
    assert_int_equal(platform_receive(socket, reply, room, &done), STATUS_OK);
    return done;
}

/* A question on the wire is answered over UDP and TCP, and both are counted. */
static void a_server_answers_and_counts(void **state)
{
    static const char question[] = "\0\40\x12\x34\1\0\0\1\0\0\0\0\0\0\2Mx\7Example\3com\0\0\1\0\1";
    const struct lab_name_server_options options = {.records = zone_records,
                                                    .record_count = COUNT(zone_records)};
    struct platform_waiter tcp = {.to_write = true};
    struct lab_name_server *server;
    struct net_address address;
    struct lab_count count;
    platform_socket udp;
    char reply[512];
    size_t granted;

    (void)state;
    assert_int_equal(lab_name_server_open(&options, &address, &server), STATUS_OK);
    assert_int_equal(platform_udp_open(&address, 65536, &udp, &granted), STATUS_OK);
    assert_int_equal(converse(udp, question + 2, sizeof question - 3, reply, sizeof reply), 48);
    assert_memory_equal(reply + 44, "\300\0\2\1", 4);

    assert_int_equal(platform_tcp_open(&address, &tcp.socket), STATUS_OK);
    lab_wait(&tcp, 1, platform_monotonic_clock() + 5000000);
    assert_int_equal(platform_tcp_result(tcp.socket), STATUS_OK);
    assert_int_equal(converse(tcp.socket, question, sizeof question - 1, reply, sizeof reply), 50);
    assert_memory_equal(reply, "\0\60", 2);

    count = lab_name_server_count(server, "mx.example.com", "A");
    assert_int_equal(count.asked, 2);
    assert_int_equal(count.over_tcp, 1);
    assert_int_equal(count.recursive, 2);
    assert_int_equal(count.with_edns, 0);
    assert_int_equal(lab_name_server_count(server, "mx.example.com", "MX").asked, 0);
    assert_int_equal(lab_name_server_totals(server).names, 1);
    platform_socket_close(udp);
    platform_socket_close(tcp.socket);
    assert_int_equal(lab_name_server_stop(server), STATUS_OK);
}

static int set_up(void **state)
{
    (void)state;
    return platform_init() == STATUS_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_become_wire),
        cmocka_unit_test(names_have_limits),
        cmocka_unit_test(data_becomes_wire),
        cmocka_unit_test(long_strings_are_split),
        cmocka_unit_test(bad_records_are_refused),
        cmocka_unit_test(a_reply_is_compressed),
        cmocka_unit_test(replies_tell_nodata_from_nxdomain),
        cmocka_unit_test(a_name_loop_is_one),
        cmocka_unit_test(endpoints_share_a_port),
        cmocka_unit_test(a_closed_port_refuses),
        cmocka_unit_test(a_server_answers_and_counts),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
