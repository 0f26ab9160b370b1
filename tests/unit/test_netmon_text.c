/* What Network Monitor prints, as a trace. */
#include "diag/buffer.h"
#include "diag/read/dns_message.h"
#include "diag/read/netmon_text.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct read {
    struct arena memory;
    struct mail_trace trace;
};

/* `piece`: bytes that are given at once. */
static void read_text(struct read *read, const char *text, size_t piece)
{
    struct netmon_text_reader *reader = netmon_text_reader_new();
    size_t size = strlen(text);

    memset(read, 0, sizeof *read);
    for (size_t at = 0; at < size; at += piece)
        netmon_text_add(reader, text + at, size - at < piece ? size - at : piece);
    netmon_text_end(reader, &read->memory, &read->trace);
}

#define HEAD_OF_FRAME                                                                              \
    "+ FRAME: Base frame properties\n"                                                             \
    "+ ETHERNET: ETYPE = 0x0800 : Protocol = IP:  DOD Internet Protocol\n"

/* Two exchangers of fabrikam.example; the better one accepts and says nothing. */
static const char stalled[] = HEAD_OF_FRAME
    "+ IP: ID = 0x11; Proto = UDP; Len: 57\n"
    "+ UDP: Src Port: Unknown, (2001); Dst Port: DNS (53); Length = 37 (0x25)\n"
    "  DNS: 0x7:Std Qry for Fabrikam.example. of type Mail Xchg on class INET addr.\n"
    "      DNS: Query Identifier = 7 (0x7)\n"
    "    + DNS: DNS Flags = Query, OpCode - Std Qry, RD Bits Set, RCode - No error\n"
    "      DNS: Question Section: Fabrikam.example. of type Mail Xchg on class INET addr.\n"
    "          DNS: Question Name: Fabrikam.example.\n"
    "          DNS: Question Type = Mail exchange\n" HEAD_OF_FRAME
    "+ IP: ID = 0x12; Proto = UDP; Len: 200\n"
    "+ UDP: Src Port: DNS, (53); Dst Port: Unknown (2001); Length = 180 (0xB4)\n"
    "  DNS: 0x7:Std Qry Resp. for Fabrikam.example. of type Mail Xchg on class INET addr.\n"
    "    + DNS: DNS Flags = Response, OpCode - Std Qry, AA RD RA Bits Set, RCode - No error\n"
    "      DNS: Answer section: Fabrikam.example. of type Mail Xchg on class INET addr.(2 records)\n"
    "          DNS: Resource Name: Fabrikam.example.\n"
    "          DNS: Preference = 5 (0x5)\n"
    "          DNS: Exchange Mailbox: MX1.fabrikam.example.\n"
    "          DNS: Preference = 20 (0x14)\n"
    "          DNS: Exchange Mailbox: mx2.fabrikam.example.\n"
    "      DNS: Additional Records Section: mx1.fabrikam.example. of type Host Addr (1 records)\n"
    "          DNS: Resource Name: mx1.fabrikam.example.\n"
    "          DNS: IP address = 192.0.2.99\n" HEAD_OF_FRAME
    "+ UDP: Src Port: Unknown, (2002); Dst Port: DNS (53); Length = 44 (0x2C)\n"
    "+ DNS: 0x8:Std Qry for mx1.fabrikam.example. of type Host Addr on class INET addr.\n" HEAD_OF_FRAME
    "+ UDP: Src Port: DNS, (53); Dst Port: Unknown (2002); Length = 60 (0x3C)\n"
    "  DNS: 0x8:Std Qry Resp. for mx1.fabrikam.example. of type Host Addr on class INET addr.\n"
    "      DNS: Answer section: mx1.fabrikam.example. of type Host Addr\n"
    "          DNS: IP address = 192.0.2.25\n" HEAD_OF_FRAME
    "+ IP: ID = 0x13; Proto = TCP; Len: 44\n"
    "+ TCP: ....S., len:    4, seq:   1000-1003, ack:         0, win: 8192, src: 2003  dst:   25 "
    "(SMTP)\n" HEAD_OF_FRAME "+ IP: ID = 0x14; Proto = TCP; Len: 44\n"
    "+ TCP: .A..S., len:    4, seq:700000-700003, ack:      1001, win: 4096, src:   25 (SMTP)  "
    "dst: 2003\n" HEAD_OF_FRAME "+ IP: ID = 0x15; Proto = TCP; Len: 40\n"
    "+ TCP: .A...., len:    0, seq:   1001-1001, ack:    700001, win: 8760, src: 2003  dst:   25 "
    "(SMTP)\n";

/* A segment of the same ports, whose numbers are those of another connection. */
static const char stranger[] = HEAD_OF_FRAME
    "+ IP: ID = 0x16; Proto = TCP; Len: 118\n"
    "+ TCP: .AP..., len:   24, seq:650001-650024, ack:       501, win: 4096, src:   25 (SMTP)  "
    "dst: 2003\n"
    "  SMTP: Rsp: Service ready, 24 bytes\n"
    "      SMTP: Response = 220 mx1.fabrikam.example\n";

static void check_stalled(const struct mail_trace *trace)
{
    const struct trace_connection *connection = &trace->connections[0];

    assert_int_equal(trace->lookup_count, 2);
    assert_string_equal(trace->lookups[0].name, "fabrikam.example");
    assert_int_equal(trace->lookups[0].type, DNS_MX);
    assert_int_equal(trace->lookups[0].question.frame, 1);
    assert_int_equal(trace->lookups[0].answer.frame, 2);
    assert_int_equal(trace->lookups[0].record_count, 2);
    assert_int_equal(trace->lookups[0].records[0].preference, 5);
    assert_string_equal(trace->lookups[0].records[0].name, "mx1.fabrikam.example");
    assert_int_equal(trace->lookups[0].records[0].ip.bytes[3], 99); /* brought along */
    assert_int_equal(trace->lookups[0].records[1].preference, 20);
    assert_int_equal(trace->lookups[0].records[1].ip.family, IP_NONE);
    assert_int_equal(trace->lookups[1].type, DNS_A);
    assert_int_equal(trace->lookups[1].record_count, 1);
    assert_int_equal(connection->syn.frame, 5);
    assert_int_equal(connection->syn_ack.frame, 6);
    assert_int_equal(connection->ack.frame, 7);
    assert_int_equal(connection->client.port, 2003);
    assert_int_equal(connection->server.port, 25);
    assert_int_equal(connection->client.ip.family, IP_NONE);
    assert_int_equal(connection->server.ip.bytes[3],
                     25); /* the one address there was an answer of */
    assert_int_equal(connection->server_first.frame, 0);
    assert_int_equal(connection->mx_lookup, 0);
    assert_int_equal(connection->address_lookup, 1);
    assert_string_equal(connection->exchange, "mx1.fabrikam.example");
}

/* Lines as they are printed: the lookups, the handshake, and nothing after it. */
static void test_lines(void **state)
{
    struct read read;

    (void)state;
    for (size_t piece = 1; piece < 5000; piece = piece * 3 + 1) {
        read_text(&read, stalled, piece);
        assert_int_equal(read.trace.connection_count, 1);
        assert_int_equal(read.trace.frames, 7);
        check_stalled(&read.trace);
        arena_release(&read.memory);
    }
}

static char *changed(const char *text, const char *more, char from, const char *to)
{
    struct buffer out;
    char *copy;

    buffer_init(&out, 65536);
    for (size_t i = 0; i < 2; i++) {
        for (const char *part = i == 0 ? text : more; *part; part++) {
            if (*part == from)
                buffer_add_string(&out, to);
            else
                buffer_add_char(&out, *part);
        }
    }
    copy = memory_copy_string(out.text);
    buffer_release(&out);
    return copy;
}

/* The same with other line ends, without any, without the plus signs: the same trace. */
static void test_forms(void **state)
{
    static const struct {
        char from;
        const char *to;
    } forms[] = {{'\n', "\r\n"}, {'\n', " "}, {'+', " "}, {'+', ""}};

    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char *text = changed(stalled, stranger, forms[i].from, forms[i].to);
        struct read read;

        read_text(&read, text, 700);
        assert_int_equal(read.trace.connection_count, 2);
        check_stalled(&read.trace);
        arena_release(&read.memory);
        free(text);
    }
}

/* A segment is paired by its numbers, not by its ports: nobody greeted the first connection. */
static void test_numbers(void **state)
{
    char *text = changed(stalled, stranger, '\n', "\n");
    const struct trace_connection *other;
    struct read read;

    (void)state;
    read_text(&read, text, 1000);
    assert_int_equal(read.trace.connection_count, 2);
    assert_int_equal(read.trace.connections[0].greeting_code, 0);
    other = &read.trace.connections[1];
    assert_int_equal(other->syn.frame, 0);
    assert_int_equal(other->server_first.frame, 8);
    assert_int_equal(other->greeting_code, 220);
    assert_int_equal(other->greeted.frame, 8);
    assert_int_equal(other->greeting_size, 24);
    assert_int_equal(other->server.ip.family, IP_NONE); /* no handshake says where it led */
    assert_true(other->has_gap);
    arena_release(&read.memory);
    free(text);
}

/* With the right numbers it is the greeting. */
static void test_greeting(void **state)
{
    char *text = changed(stalled, "", '\n', "\n");
    struct buffer all;
    struct read read;

    (void)state;
    buffer_init(&all, 65536);
    buffer_add_string(&all, text);
    buffer_add_string(&all,
                      "FRAME: Base frame properties\n"
                      "TCP: .AP..., len: 12, seq:700001-700012, ack: 1001, src: 25 dst: 2003\n"
                      "SMTP: Response = 220-wait\n"
                      "FRAME: Base frame properties\n"
                      "TCP: .AP..., len: 24, seq:700013-700036, ack: 1001, src: 25 dst: 2003\n"
                      "SMTP: Response = 554 no\n"
                      "FRAME: Base frame properties\n"
                      "TCP: .A...F, len: 0, seq:1001-1001, ack: 700037, src: 2003 dst: 25\n");
    read_text(&read, all.text, 1000);
    assert_int_equal(read.trace.connection_count, 1);
    assert_int_equal(read.trace.connections[0].server_first.frame, 8);
    assert_int_equal(read.trace.connections[0].greeted.frame, 9);
    assert_int_equal(read.trace.connections[0].greeting_code, 554);
    assert_int_equal(read.trace.connections[0].ended_by, TRACE_CLIENT_FIN);
    assert_int_equal(read.trace.connections[0].end.frame, 10);
    assert_int_equal(read.trace.connections[0].server_bytes, 36);
    arena_release(&read.memory);
    buffer_release(&all);
    free(text);
}

/* A closed port, and a SYN that nobody answers, sent three times. */
static void test_no_connection(void **state)
{
    struct read read;

    (void)state;
    read_text(&read,
              "FRAME: Base frame properties\n"
              "IP: Source Address = 192.0.2.7\nIP: Destination Address = 192.0.2.8\n"
              "TCP: ....S., len: 0, seq: 9-9, ack: 0, win: 1, src: 3000 dst: 25\n"
              "FRAME: Base frame properties\n"
              "IP: Source Address = 192.0.2.8\nIP: Destination Address = 192.0.2.7\n"
              "TCP: .A.R.., len: 0, seq: 0-0, ack: 10, win: 0, src: 25 dst: 3000\n"
              "FRAME: Base frame properties\n"
              "TCP: ....S., len: 0, seq: 4294967295-0, ack: 0, win: 1, src: 3001 dst: 587\n"
              "FRAME: Base frame properties\n"
              "TCP: ....S., len: 0, seq: 4294967295-0, ack: 0, win: 1, src: 3001 dst: 587\n",
              100);
    assert_int_equal(read.trace.connection_count, 2);
    assert_int_equal(read.trace.connections[0].client.ip.bytes[3], 7);
    assert_int_equal(read.trace.connections[0].server.ip.bytes[3], 8);
    assert_int_equal(read.trace.connections[0].ended_by, TRACE_SERVER_RST);
    assert_int_equal(read.trace.connections[0].syn_ack.frame, 0);
    assert_int_equal(read.trace.connections[1].syns, 2);
    assert_int_equal(read.trace.connections[1].server.port, 587);
    arena_release(&read.memory);
}

/* Times are those that are printed: a moment, the seconds of the summary, deltas, none. */
static void test_times(void **state)
{
    static const struct {
        const char *line;
        int64_t time; /* microseconds */
    } times[] = {
        {"FRAME: Base frame properties\nFRAME: Time of capture = Nov 22, 1998 10:20:30.5\n",
         911730030500000},
        {"FRAME: Base frame properties\nFRAME: Time of capture = 11/22/1998 10:20:30.500\n",
         911730030500000},
        {"FRAME: Base frame properties\nFRAME: Time of capture = 22/11/1998 10:20:30.500\n",
         911730030500000},
        {"FRAME: Base frame properties\nFRAME: Time of capture = 22.11.1998 10:20:30.500\n",
         911730030500000},
        {"FRAME: Base frame properties\nFRAME: Time of capture = 1998-11-22 10:20:30.500\n",
         911730030500000},
        {"FRAME: Base frame properties\nFRAME: Time of capture = 11/22/1998 10:20:30 PM\n",
         911773230000000},
        {"1   12.500  LOCAL  0060  TCP  ....S., len: 0, seq: 1-1, ack: 0, src: 1 dst: 25  A B IP\n",
         12500000},
        {"FRAME: Base frame properties\nFRAME: Time delta from previous physical frame: 250 "
         "milliseconds\n",
         250000},
        {"FRAME: Base frame properties\nFRAME: Time of capture = 40/40/1998 10:20:30\n", 0},
        {"FRAME: Base frame properties\n", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct read read;

        read_text(&read, times[i].line, 4096);
        if (read.trace.first.time != times[i].time)
            fail_msg("%s: %lld", times[i].line, (long long)read.trace.first.time);
        assert_int_equal(read.trace.frames, 1);
        arena_release(&read.memory);
    }
}

/* Rows alone are frames; a row and the details below it are one. */
static void test_rows(void **state)
{
    static const char rows[] =
        "Frame  Time    Src MAC Addr  Dst MAC Addr  Protocol  Description\n"
        "3      1.250   LOCAL         00608C000001  TCP       ....S., len:    4, seq:  10-13, ack:"
        "  0, win: 8192, src: 1100  dst:   25 (SMTP)  A  B  IP\n"
        "+ FRAME: Base frame properties\n"
        "+ ETHERNET: ETYPE = 0x0800 : Protocol = IP:  DOD Internet Protocol\n"
        "+ IP: ID = 0x13; Proto = TCP; Len: 44\n"
        "+ TCP: ....S., len:    4, seq:  10-13, ack:  0, win: 8192, src: 1100  dst:   25 (SMTP)\n"
        "4      1.500   00608C000001  LOCAL         TCP       .A..S., len:    4, seq: 70-73, ack:"
        " 11, win: 8192, src:   25 (SMTP)  dst: 1100  B  A  IP\n"
        "5      1.750   LOCAL         00608C000001  TCP       .A...., len:    0, seq: 11-11, ack:"
        " 71, win: 8192, src: 1100  dst:   25 (SMTP)  A  B  IP\n";
    const struct trace_connection *connection;
    struct read read;

    (void)state;
    read_text(&read, rows, 50);
    assert_int_equal(read.trace.frames, 3);
    assert_int_equal(read.trace.connection_count, 1);
    connection = &read.trace.connections[0];
    assert_int_equal(connection->syns, 1);
    assert_int_equal(connection->syn.frame, 3);
    assert_int_equal(connection->syn.time, 1250000);
    assert_int_equal(connection->ack.frame, 5);
    assert_int_equal(connection->ack.time, 1750000);
    arena_release(&read.memory);
}

/* More connections than are kept: those that were greeted make room. */
static void test_bounds(void **state)
{
    struct netmon_text_reader *reader = netmon_text_reader_new();
    struct arena memory = {0};
    struct mail_trace trace;
    char text[512];

    (void)state;
    for (unsigned i = 0; i < TRACE_CONNECTIONS_KEPT + 10; i++) {
        int size = snprintf(text, sizeof text,
                            "FRAME: Base frame properties\n"
                            "TCP: ....S., len: 0, seq: %u-0, ack: 0, src: %u dst: 25\n",
                            i * 7, 1000 + i);

        netmon_text_add(reader, text, (size_t)size);
        size = snprintf(text, sizeof text,
                        "FRAME: Base frame properties\n"
                        "TCP: .A..S., len: 0, seq: 1-1, ack: %u, src: 25 dst: %u\n"
                        "FRAME: Base frame properties\n"
                        "TCP: .AP..., len: 9, seq: 2-2, ack: %u, src: 25 dst: %u\n"
                        "SMTP: Response = 220 ok\n",
                        i * 7 + 1, 1000 + i, i * 7 + 1, 1000 + i);
        if (i < 20)
            netmon_text_add(reader, text, (size_t)size);
    }
    netmon_text_end(reader, &memory, &trace);
    assert_int_equal(trace.connection_total, TRACE_CONNECTIONS_KEPT + 10);
    assert_int_equal(trace.connection_count, TRACE_CONNECTIONS_KEPT);
    assert_int_equal(trace.connections[0].client.port, 1010);
    assert_int_equal(trace.connections[TRACE_CONNECTIONS_KEPT - 1].client.port,
                     1000 + TRACE_CONNECTIONS_KEPT + 9);
    arena_release(&memory);
}

/* The article's own text, where it is at hand: its sixth packet is another connection's. */
static void test_article(void **state)
{
    struct netmon_text_reader *reader;
    struct read read = {.trace = {.frames = 0}};
    char text[32768], ip[IP_TEXT_SIZE];
    FILE *file = fopen(EXDIAG_SOURCE "/../shared/documents/kb-q182821-mx-failover.txt", "rb");

    (void)state;
    if (!file) {
        print_message("no article beside the source: skipped\n");
        skip();
    }
    reader = netmon_text_reader_new();
    netmon_text_add(reader, text, fread(text, 1, sizeof text, file));
    fclose(file);
    netmon_text_end(reader, &read.memory, &read.trace);
    assert_int_equal(read.trace.frames, 8);
    assert_int_equal(read.trace.lookup_count, 2);
    assert_string_equal(read.trace.lookups[0].name, "sampleorg.com");
    assert_int_equal(read.trace.lookups[0].record_count, 2);
    assert_int_equal(read.trace.lookups[0].records[0].preference, 100);
    assert_string_equal(read.trace.lookups[0].records[1].name, "server2.sampleorg.com");
    assert_int_equal(read.trace.connection_count, 2);
    ip_format(&read.trace.connections[0].server.ip, ip);
    assert_string_equal(ip, "200.200.200.1");
    assert_string_equal(read.trace.connections[0].exchange, "server1.sampleorg.com");
    assert_int_equal(read.trace.connections[0].mx_lookup, 0);
    assert_int_equal(read.trace.connections[0].ack.frame, 7);
    assert_int_equal(read.trace.connections[0].server_first.frame, 0);
    assert_int_equal(read.trace.connections[1].greeted.frame, 8);
    assert_int_equal(read.trace.connections[1].greeting_code, 220);
    arena_release(&read.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),         cmocka_unit_test(test_forms),
        cmocka_unit_test(test_numbers),       cmocka_unit_test(test_greeting),
        cmocka_unit_test(test_no_connection), cmocka_unit_test(test_times),
        cmocka_unit_test(test_rows),          cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_article),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
