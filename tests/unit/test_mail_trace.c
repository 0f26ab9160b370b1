/* What frames show of mail: connections, greetings, lookups, and what is kept of many. */
#include "diag/read/dns_message.h"
#include "diag/read/mail_stream.h"
#include "tests/unit/frames.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

static const char client[] = "192.0.2.1", server[] = "198.51.100.25", resolver[] = "192.0.2.53";

static struct mail_tracer *tracer;
static struct arena memory;
static struct mail_trace trace;
static uint64_t frames;

static int begin(void **state)
{
    (void)state;
    tracer = mail_tracer_new();
    frames = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    if (tracer)
        mail_tracer_end(tracer, &memory, &trace);
    tracer = NULL;
    arena_release(&memory);
    return 0;
}

static void conclude(void)
{
    mail_tracer_end(tracer, &memory, &trace);
    tracer = NULL;
}

/* One frame of a part of the segment, a second after the last; at most `snaplen` bytes of it. */
static void send_part(const struct segment *segment, bool is_udp, struct part part, size_t snaplen)
{
    struct buffer datagram;
    struct trace_frame frame = {.link = TRACE_LINK_RAW_IP};

    buffer_init(&datagram, FRAMES_DATAGRAM_MOST);
    frames_datagram(segment, is_udp, &part, &datagram);
    frame.number = ++frames;
    frame.time = (int64_t)(FRAMES_BEGAN + frames) * 1000000;
    frame.bytes = (const unsigned char *)datagram.text;
    frame.original = datagram.size;
    frame.size = datagram.size < snaplen ? datagram.size : snaplen;
    mail_tracer_add(tracer, &frame);
    buffer_release(&datagram);
}

static const struct part whole = {0, SIZE_MAX, 0};

enum { SYN = FRAME_SYN, ACK = FRAME_ACK, FIN = FRAME_FIN, RST = FRAME_RST };

/* From the client where `up`; data is text. */
static struct segment segment_of(bool up, unsigned flags, uint32_t sequence, uint32_t acknowledged,
                                 const char *data)
{
    struct segment segment = {.from = up ? client : server,
                              .to = up ? server : client,
                              .from_port = up ? 40000 : 25,
                              .to_port = up ? 25 : 40000,
                              .sequence = sequence,
                              .acknowledged = acknowledged,
                              .flags = (uint8_t)flags,
                              .data = data,
                              .size = strlen(data)};
    return segment;
}

static void up(unsigned flags, uint32_t sequence, uint32_t acknowledged, const char *data)
{
    struct segment segment = segment_of(true, flags, sequence, acknowledged, data);

    send_part(&segment, false, whole, SIZE_MAX);
}

static void down(unsigned flags, uint32_t sequence, uint32_t acknowledged, const char *data)
{
    struct segment segment = segment_of(false, flags, sequence, acknowledged, data);

    send_part(&segment, false, whole, SIZE_MAX);
}

/* Frames 1 to 3, from 1000 and 2000 on. */
static void shake_hands(void)
{
    up(SYN, 999, 0, "");
    down(SYN | ACK, 1999, 1000, "");
    up(ACK, 1000, 2000, "");
}

static const struct trace_connection *only_connection(void)
{
    conclude();
    assert_int_equal(trace.connection_count, 1);
    return trace.connections;
}

static void assert_greeting(const struct trace_connection *connection, const char *text)
{
    assert_int_equal(connection->greeting_size, strlen(text));
    assert_memory_equal(connection->greeting, text, strlen(text));
}

/* ---- connections ---- */

/* A greeted connection: every moment has its frame, and bytes are counted once. */
static void test_healthy(void **state)
{
    const struct trace_connection *seen;

    (void)state;
    shake_hands();
    down(ACK, 2000, 1000, "220 mx ready\r\n");
    up(ACK, 1000, 2014, "EHLO a\r\n");
    down(ACK, 2014, 1008, "250 mx\r\n");
    up(ACK, 1000, 2014, "EHLO a\r\n"); /* once more */
    up(FIN | ACK, 1008, 2022, "");
    down(FIN | ACK, 2022, 1009, "");
    up(ACK, 1009, 2023, "");
    seen = only_connection();
    assert_int_equal(seen->client.port, 40000);
    assert_int_equal(seen->server.port, 25);
    assert_int_equal(seen->server.ip.bytes[0], 198);
    assert_int_equal(seen->syns, 1);
    assert_int_equal(seen->syn.frame, 1);
    assert_int_equal(seen->syn_ack.frame, 2);
    assert_int_equal(seen->ack.frame, 3);
    assert_int_equal(seen->server_first.frame, 4);
    assert_int_equal(seen->greeted.frame, 4);
    assert_int_equal(seen->client_first.frame, 5);
    assert_int_equal(seen->end.frame, 8);
    assert_int_equal(seen->ended_by, TRACE_CLIENT_FIN);
    assert_int_equal(seen->last.frame, 10);
    assert_int_equal(seen->last.time, (FRAMES_BEGAN + 10) * (int64_t)1000000);
    assert_int_equal(seen->client_bytes, 8);
    assert_int_equal(seen->server_bytes, 22);
    assert_int_equal(seen->greeting_code, 220);
    assert_greeting(seen, "220 mx ready\r\n");
    assert_false(seen->has_gap);
    assert_false(seen->is_cut);
    assert_int_equal(seen->mx_lookup, SIZE_MAX);
    assert_null(seen->exchange);
    assert_int_equal(trace.frames, 10);
    assert_int_equal(trace.first.frame, 1);
    assert_int_equal(trace.last.frame, 10);
    assert_int_equal(trace.connection_total, 1);
    assert_int_equal(trace.unread, 0);
}

/* KB Q182821: a handshake, silence, and the client gives up. */
static void test_stall(void **state)
{
    const struct trace_connection *seen;

    (void)state;
    shake_hands();
    up(ACK, 999, 2000, "x"); /* keeps alive: an old number, a byte of no meaning */
    down(ACK, 2000, 1000, "");
    up(FIN | ACK, 1000, 2000, "");
    seen = only_connection();
    assert_int_equal(seen->ack.frame, 3);
    assert_int_equal(seen->client_first.frame, 0);
    assert_int_equal(seen->server_first.frame, 0);
    assert_int_equal(seen->greeted.frame, 0);
    assert_int_equal(seen->ended_by, TRACE_CLIENT_FIN);
    assert_int_equal(seen->end.frame, 6);
    assert_int_equal(seen->greeting_code, 0);
    assert_false(seen->has_gap);
}

static void test_refused(void **state)
{
    const struct trace_connection *seen;

    (void)state;
    up(SYN, 999, 0, "");
    down(RST | ACK, 0, 1000, "");
    seen = only_connection();
    assert_int_equal(seen->ended_by, TRACE_SERVER_RST);
    assert_int_equal(seen->syn_ack.frame, 0);
    assert_false(seen->has_gap);
}

static void test_unanswered(void **state)
{
    const struct trace_connection *seen;

    (void)state;
    for (unsigned i = 0; i < 3; i++)
        up(SYN, 999, 0, "");
    seen = only_connection();
    assert_int_equal(seen->syns, 3);
    assert_int_equal(seen->syn.frame, 1);
    assert_int_equal(seen->last.frame, 3);
    assert_int_equal(seen->ended_by, TRACE_OPEN);
}

/* The one who ends first is the one who ended it, whatever the other does then. */
static void test_closed_by_server(void **state)
{
    const struct trace_connection *seen;

    (void)state;
    shake_hands();
    down(FIN | ACK, 2000, 1000, "");
    up(RST, 1000, 0, "");
    seen = only_connection();
    assert_int_equal(seen->ended_by, TRACE_SERVER_FIN);
    assert_int_equal(seen->end.frame, 4);
}

/* A new SYN at the same ports is a new connection; stray ends of the old one are no third. */
static void test_port_used_again(void **state)
{
    (void)state;
    shake_hands();
    up(FIN | ACK, 1000, 2000, "");
    down(FIN | ACK, 2000, 1001, "");
    up(SYN, 5000, 0, "");
    down(SYN | ACK, 6000, 5001, "");
    down(ACK, 6001, 5001, "421 busy\r\n");
    up(RST, 5001, 0, "");
    up(RST, 5001, 0, "");
    conclude();
    assert_int_equal(trace.connection_count, 2);
    assert_int_equal(trace.connection_total, 2);
    assert_int_equal(trace.connections[0].greeting_code, 0);
    assert_int_equal(trace.connections[1].syn.frame, 6);
    assert_int_equal(trace.connections[1].greeting_code, 421);
    assert_int_equal(trace.connections[1].ended_by, TRACE_CLIENT_RST);
}

/* A silent connection is over when its ports are used again, and was silent until then. */
static void test_replaced(void **state)
{
    (void)state;
    shake_hands();
    up(SYN, 5000, 0, "");
    down(SYN | ACK, 6000, 5001, "");
    up(ACK, 5001, 6001, "");
    conclude();
    assert_int_equal(trace.connection_count, 2);
    assert_int_equal(trace.connections[0].replaced.frame, 4);
    assert_int_equal(trace.connections[0].ended_by, TRACE_OPEN);
    assert_int_equal(trace.connections[1].replaced.frame, 0);
}

/* Captures of several queues have frames in another order. */
static void test_order_of_the_handshake(void **state)
{
    static const char *const orders[] = {"SAag", "SaAg", "ASag", "AgSa", "SagA", "SgAa"};

    (void)state;
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        for (const char *next = orders[i]; *next; next++) {
            if (*next == 'S')
                up(SYN, 999, 0, "");
            if (*next == 'A')
                down(SYN | ACK, 1999, 1000, "");
            if (*next == 'a')
                up(ACK, 1000, 2000, "");
            if (*next == 'g')
                down(ACK, 2000, 1000, "220 ok\r\n");
        }
        conclude();
        assert_int_equal(trace.connection_count, 1);
        assert_int_not_equal(trace.connections[0].syn.frame, 0);
        assert_int_not_equal(trace.connections[0].syn_ack.frame, 0);
        assert_int_not_equal(trace.connections[0].ack.frame, 0);
        assert_int_equal(trace.connections[0].greeting_code, 220);
        assert_false(trace.connections[0].has_gap);
        begin(NULL);
    }
}

/* An ended connection's ports are used again, and the SYN-ACK of the next comes before its SYN. */
static void test_order_of_the_next_handshake(void **state)
{
    (void)state;
    shake_hands();
    up(FIN | ACK, 1000, 2000, "");
    down(FIN | ACK, 2000, 1001, "");
    down(SYN | ACK, 6000, 5001, "");
    up(SYN, 5000, 0, "");
    up(ACK, 5001, 6001, "");
    down(ACK, 6001, 5001, "220 ok\r\n");
    conclude();
    assert_int_equal(trace.connection_count, 2);
    assert_int_equal(trace.connections[1].syn_ack.frame, 6);
    assert_int_equal(trace.connections[1].syn.frame, 7);
    assert_int_equal(trace.connections[1].greeting_code, 220);
    assert_false(trace.connections[1].has_gap);
}

/* RFC 5961 4: the server, which still knows an old connection, says so; the client resets it. */
static void test_challenge(void **state)
{
    const struct trace_connection *seen;

    (void)state;
    up(SYN, 999, 0, "");
    down(ACK, 70000, 50000, "");
    up(RST, 50000, 0, "");
    up(SYN, 999, 0, "");
    down(SYN | ACK, 1999, 1000, "");
    up(ACK, 1000, 2000, "");
    down(ACK, 2000, 1000, "220 ok\r\n");
    seen = only_connection();
    assert_int_equal(seen->syns, 2);
    assert_int_equal(seen->ended_by, TRACE_OPEN);
    assert_int_equal(seen->greeted.frame, 7);
    assert_false(seen->has_gap);
}

static void answer_address(unsigned id, const char *name, const char *address);

/* What began before the trace has no greeting in it, and no lookup led to it. */
static void test_begun_before(void **state)
{
    const struct trace_connection *seen;

    (void)state;
    answer_address(1, "mx.example", server);
    down(ACK, 2000, 1000, "220 2.0.0 Ready to start TLS\r\n");
    up(ACK, 1000, 2030, "x");
    seen = only_connection();
    assert_int_equal(seen->syn.frame, 0);
    assert_int_equal(seen->syn_ack.frame, 0);
    assert_int_equal(seen->server_first.frame, 2);
    assert_null(seen->exchange);
    assert_int_equal(seen->greeting_code, 0);
    assert_int_equal(seen->greeting_size, 0);
    assert_int_equal(seen->client_bytes, 1);
    assert_int_equal(seen->server_bytes, 30);
    assert_false(seen->has_gap);
}

/* A lone RST begins nothing; a trace that begins at the SYN-ACK has the greeting. */
static void test_begun_at_syn_ack(void **state)
{
    const struct trace_connection *seen;

    (void)state;
    up(RST, 7, 0, "");
    down(SYN | ACK, 1999, 1000, "");
    up(ACK, 1000, 2000, "");
    down(ACK, 2000, 1000, "220 ok\r\n");
    seen = only_connection();
    assert_int_equal(seen->syn.frame, 0);
    assert_int_equal(seen->syn_ack.frame, 2);
    assert_int_equal(seen->greeting_code, 220);
    assert_false(seen->has_gap);
}

/* Implicit TLS has no greeting to read; 587 is mail, 2525 and others are not. */
static void test_ports(void **state)
{
    static const uint16_t ports[] = {465, 587, 2525, 26};

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct segment syn = segment_of(true, SYN, 999, 0, "");
        struct segment answer = segment_of(false, SYN | ACK, 1999, 1000, "");
        struct segment greeting = segment_of(false, ACK, 2000, 1000, "220 ok\r\n");

        syn.to_port = answer.from_port = greeting.from_port = ports[i];
        send_part(&syn, false, whole, SIZE_MAX);
        send_part(&answer, false, whole, SIZE_MAX);
        send_part(&greeting, false, whole, SIZE_MAX);
    }
    conclude();
    assert_int_equal(trace.connection_count, 2);
    assert_int_equal(trace.connections[0].greeting_code, 0);
    assert_int_equal(trace.connections[0].greeting_size, 0);
    assert_int_equal(trace.connections[0].server_first.frame, 3);
    assert_int_equal(trace.connections[1].greeting_code, 220);
}

/* Between two servers, old mail systems call from port 25: the SYN tells who does. */
static void test_both_ports_are_mail(void **state)
{
    const struct trace_connection *seen;
    struct segment steps[] = {
        segment_of(true, SYN, 999, 0, ""), segment_of(false, SYN | ACK, 1999, 1000, ""),
        segment_of(true, ACK, 1000, 2000, ""), segment_of(false, ACK, 2000, 1000, "220 ok\r\n")};

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        steps[i].from_port = steps[i].to_port = 25;
        send_part(&steps[i], false, whole, SIZE_MAX);
    }
    seen = only_connection();
    assert_int_equal(seen->server.ip.bytes[0], 198);
    assert_int_equal(seen->greeting_code, 220);
}

/* ---- greetings ---- */

/* postscreen: a teaser at once, the last line six seconds later. */
static void test_teaser(void **state)
{
    const struct trace_connection *seen;

    (void)state;
    shake_hands();
    down(ACK, 2000, 1000, "220-mx says wait\r\n");
    up(ACK, 1000, 2018, "");
    down(ACK, 2018, 1000, "220 mx ready\r\n");
    seen = only_connection();
    assert_int_equal(seen->server_first.frame, 4);
    assert_int_equal(seen->greeted.frame, 6);
    assert_greeting(seen, "220-mx says wait\r\n220 mx ready\r\n");
}

/* A teaser alone is no greeting. */
static void test_teaser_alone(void **state)
{
    const struct trace_connection *seen;

    (void)state;
    shake_hands();
    down(ACK, 2000, 1000, "220-mx says wait\r\n220");
    seen = only_connection();
    assert_int_equal(seen->greeted.frame, 0);
    assert_int_equal(seen->greeting_code, 0);
    assert_greeting(seen, "220-mx says wait\r\n220");
}

/* What comes is read in the order of its numbers, each byte once. */
static void test_disorder(void **state)
{
    const struct trace_connection *seen;

    (void)state;
    shake_hands();
    down(ACK, 2009, 1000, "ready\r\n");
    down(ACK, 2004, 1000, "mx is ");
    down(ACK, 2004, 1000, "mx is ");
    assert_int_equal(frames, 6);
    down(ACK, 2000, 1000, "220 ");
    down(ACK, 2000, 1000, "220 mx");
    up(ACK, 1000, 2016, "");
    seen = only_connection();
    assert_int_equal(seen->server_first.frame, 4);
    assert_int_equal(seen->greeted.frame, 7);
    assert_greeting(seen, "220 mx is eady\r\n");
    assert_int_equal(seen->server_bytes, 16);
    assert_false(seen->has_gap);
}

/* Sequence numbers begin again behind 2^32 - 1, here in the middle of the greeting. */
static void test_wrap_around(void **state)
{
    const struct trace_connection *seen;

    (void)state;
    up(SYN, 0xffffffff, 0, "");
    down(SYN | ACK, 0xfffffffa, 0, "");
    up(ACK, 0, 0xfffffffb, "");
    down(ACK, 1, 0, "dy\r\n");
    down(ACK, 0xfffffffb, 0, "220 re");
    up(ACK, 0, 5, "QUIT\r\n");
    up(ACK, 6, 5, "?");
    seen = only_connection();
    assert_int_equal(seen->client_first.frame, 6);
    assert_greeting(seen, "220 redy\r\n");
    assert_int_equal(seen->greeted.frame, 5);
    assert_int_equal(seen->server_bytes, 10);
    assert_int_equal(seen->client_bytes, 7);
    assert_false(seen->has_gap);
}

static const struct {
    const char *text;
    unsigned code;
    bool is_greeted;
} greetings[] = {
    {"220\r\n", 220, true},
    {"220 x\n", 220, true},
    {"220-a\r\n220-b\r\n220 c\r\n", 220, true},
    {"220-a\r\n554 no\r\n", 554, true}, /* the last line is what counts */
    {"521 no mail here\r\n", 521, true},
    {"220 ****\r\n", 220, true},
    {"120 wait\r\n", 0, false},
    {"620 ready\r\n", 0, false},
    {"220ready\r\n220 ready\r\n", 0, false},
    {"SSH-2.0-x\r\n220 ready\r\n", 0, false},
    {"22\r\n", 0, false},
    {"\r\n220 ready\r\n", 0, false},
    {"220 ready", 0, false},
};

/* What is a greeting, and what only begins like one. */
static void test_greetings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof greetings / sizeof *greetings; i++) {
        const struct trace_connection *seen;

        shake_hands();
        down(ACK, 2000, 1000, greetings[i].text);
        seen = only_connection();
        assert_int_equal(seen->greeting_code, greetings[i].code);
        assert_int_equal(seen->greeted.frame != 0, greetings[i].is_greeted);
        begin(NULL);
    }
}

/* A banner of 100 KiB is followed to its end and not kept; one beyond 128 KiB is none. */
static void test_long_greeting(void **state)
{
    char line[1001];
    const struct trace_connection *seen;

    (void)state;
    memset(line, 'x', sizeof line);
    memcpy(line, "220-", 4);
    memcpy(line + 998, "\r\n", 3);
    for (unsigned lines = 100; lines <= 140; lines += 40) {
        shake_hands();
        for (uint32_t i = 0; i < lines; i++)
            down(ACK, 2000 + 1000 * i, 1000, line);
        down(ACK, 2000 + 1000 * lines, 1000, "220 at last\r\n");
        seen = only_connection();
        assert_int_equal(seen->greeting_code, lines == 100 ? 220 : 0);
        assert_int_equal(seen->greeting_size, TRACE_GREETING_KEPT);
        assert_int_equal(seen->server_bytes, 1000 * lines + 13);
        begin(NULL);
    }
}

/* ---- what is missing ---- */

/* The client acknowledges what the trace does not have. */
static void test_gap_by_acknowledgement(void **state)
{
    const struct trace_connection *seen;

    (void)state;
    shake_hands();
    up(ACK, 1000, 2014, "EHLO a\r\n");
    seen = only_connection();
    assert_true(seen->has_gap);
    assert_int_equal(seen->server_first.frame, 0);
}

/* The server's own empty ACK tells that it has sent more than the trace has. */
static void test_gap_by_the_servers_number(void **state)
{
    (void)state;
    for (unsigned lost = 0; lost < 2; lost++) {
        shake_hands();
        down(ACK, lost ? 2014 : 2000, 1000, "");
        assert_int_equal(only_connection()->has_gap, lost);
        begin(NULL);
    }
}

/* The SYN-ACK and half a greeting are missing. */
static void test_gap_by_numbers(void **state)
{
    const struct trace_connection *seen;

    (void)state;
    up(SYN, 999, 0, "");
    up(ACK, 1000, 2000, "");
    down(ACK, 2004, 1000, "ready\r\n");
    seen = only_connection();
    assert_true(seen->has_gap);
    assert_int_equal(seen->syn_ack.frame, 0);
    assert_int_equal(seen->greeted.frame, 0);
    assert_int_equal(seen->server_first.frame, 3);
}

/* The SYN-ACK alone is missing: the greeting is read all the same. */
static void test_gap_at_syn_ack(void **state)
{
    const struct trace_connection *seen;

    (void)state;
    up(SYN, 999, 0, "");
    up(ACK, 1000, 2000, "");
    down(ACK, 2000, 1000, "220 ok\r\n");
    seen = only_connection();
    assert_int_equal(seen->greeting_code, 220);
    assert_int_equal(seen->ack.frame, 2);
    assert_true(seen->has_gap);
}

/* What is sent again in time leaves no gap, in whichever pieces; what is not does. */
static void test_gap_is_filled(void **state)
{
    (void)state;
    for (unsigned lost = 0; lost < 2; lost++) {
        shake_hands();
        down(ACK, 2000, 1000, "220 ok\r\n");
        up(ACK, 1010, 2008, "klmno");
        up(ACK, 1000, 2008, "abc");
        if (!lost)
            up(ACK, 1005, 2008, "fghij");
        up(ACK, 1003, 2008, "de");
        down(ACK, 2008, lost ? 1000 : 1015, "");
        assert_int_equal(only_connection()->has_gap, lost);
        assert_int_equal(trace.connections[0].client_bytes, 15);
        begin(NULL);
    }
}

/* Headers alone still tell that the server spoke, and when. */
static void test_cut_by_snaplen(void **state)
{
    const struct trace_connection *seen;
    struct segment greeting = segment_of(false, ACK, 2000, 1000, "220 mx.example ready\r\n");

    (void)state;
    shake_hands();
    send_part(&greeting, false, whole, 24 + 20 + 4);
    up(ACK, 1000, 2022, "QUIT\r\n");
    seen = only_connection();
    assert_int_equal(seen->server_first.frame, 4);
    assert_int_equal(seen->server_bytes, 22);
    assert_true(seen->is_cut);
    assert_false(seen->has_gap);
    assert_int_equal(seen->greeting_code, 0);
    assert_greeting(seen, "220 ");

    begin(NULL);
    shake_hands();
    send_part(&greeting, false, whole, 24 + 13); /* not even the flags are there */
    conclude();
    assert_int_equal(trace.unread, 1);
}

/* ---- fragments ---- */

static void send_fragments(const struct segment *segment, bool is_udp, bool backwards, uint32_t id,
                           size_t size)
{
    size_t count = (segment->size + 20 + size - 1) / size;

    for (size_t i = 0; i < count; i++) {
        size_t index = backwards ? count - 1 - i : i;

        send_part(segment, is_udp, (struct part){index * size, size, id}, SIZE_MAX);
    }
}

/* Fragments in either order, of IPv4 and IPv6; the last of them has the moment. */
static void test_fragments(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        const struct trace_connection *seen;
        struct segment steps[] = {segment_of(true, SYN, 999, 0, ""),
                                  segment_of(false, SYN | ACK, 1999, 1000, ""),
                                  segment_of(false, ACK, 2000, 1000, "220 mx.example ready\r\n")};

        for (unsigned j = 0; j < 3; j++) {
            if (i >= 2) {
                steps[j].from = j == 0 ? "2001:db8::1" : "2001:db8::25";
                steps[j].to = j == 0 ? "2001:db8::25" : "2001:db8::1";
            }
            if (j < 2)
                send_part(&steps[j], false, whole, SIZE_MAX);
        }
        send_fragments(&steps[2], false, i % 2 != 0, 77, 16);
        seen = only_connection();
        assert_int_equal(seen->greeting_code, 220);
        assert_int_equal(seen->greeted.frame, 5);
        assert_int_equal(trace.unread, 0);
        assert_false(seen->has_gap);
        begin(NULL);
    }
}

/* One fragment lost; its number is used again by the next datagram, which is whole. */
static void test_fragment_number_used_again(void **state)
{
    struct segment first =
        segment_of(false, ACK, 2000, 1000, "421 first, and longer, and lost in part\r\n");
    struct segment second = segment_of(false, ACK, 2000, 1000, "220 second, whole\r\n");

    (void)state;
    shake_hands();
    send_part(&first, false, (struct part){0, 24, 9}, SIZE_MAX);
    send_part(&first, false, (struct part){48, 24, 9}, SIZE_MAX);
    send_fragments(&second, false, false, 9, 24);
    assert_int_equal(only_connection()->greeting_code, 220);
}

/* Of more datagrams than are put together at once, the one that waited longest gives way. */
static void test_more_fragments_than_are_kept(void **state)
{
    struct segment greeting = segment_of(false, ACK, 2000, 1000, "220 mx.example ready\r\n");

    (void)state;
    shake_hands();
    for (uint32_t id = 100; id < 200; id++)
        send_part(&greeting, false, (struct part){0, 16, id}, SIZE_MAX);
    send_part(&greeting, false, (struct part){0, 24, 1}, SIZE_MAX);
    send_part(&greeting, false, (struct part){0, 16, 200}, SIZE_MAX);
    send_part(&greeting, false, (struct part){24, 24, 1}, SIZE_MAX);
    assert_int_equal(only_connection()->greeting_code, 220);
}

/* The network card was to divide it: IP's length is not filled in yet. */
static void test_no_length(void **state)
{
    struct segment greeting = segment_of(false, ACK, 2000, 1000, "220 mx.example ready\r\n");
    struct trace_frame frame = {.link = TRACE_LINK_RAW_IP, .number = 4};
    struct buffer datagram;

    (void)state;
    shake_hands();
    buffer_init(&datagram, FRAMES_DATAGRAM_MOST);
    frames_datagram(&greeting, false, &whole, &datagram);
    memset(datagram.text + 2, 0, 2);
    frame.bytes = (const unsigned char *)datagram.text;
    frame.size = frame.original = datagram.size;
    mail_tracer_add(tracer, &frame);
    buffer_release(&datagram);
    assert_int_equal(only_connection()->greeting_code, 220);
}

/* Others' fragments, however many, neither count nor stay. */
static void test_fragments_of_others(void **state)
{
    struct segment other = segment_of(true, ACK, 1, 1, "0123456789012345678901234567890123456789");
    struct segment mail = segment_of(false, ACK, 2000, 1000, "220 mx.example ready\r\n");

    (void)state;
    shake_hands();
    send_part(&mail, false, (struct part){16, 16, 1}, SIZE_MAX);
    other.to_port = 443;
    for (uint32_t id = 100; id < 160; id++)
        send_fragments(&other, false, false, id, 32);
    send_part(&mail, false, (struct part){0, 16, 1}, SIZE_MAX);
    send_part(&mail, false, (struct part){32, 16, 1}, SIZE_MAX);
    assert_int_equal(only_connection()->greeting_code, 220);
    assert_int_equal(trace.unread, 0);
}

/* ---- lookups ---- */

static struct buffer message;

static void send_dns(bool is_answer, uint16_t port, size_t snaplen)
{
    struct segment segment = {.from = is_answer ? resolver : client,
                              .to = is_answer ? client : resolver,
                              .from_port = is_answer ? 53 : port,
                              .to_port = is_answer ? port : 53,
                              .data = message.text,
                              .size = message.size};

    send_part(&segment, true, whole, snaplen);
    buffer_release(&message);
}

static void ask(unsigned id, const char *name, unsigned type)
{
    buffer_init(&message, 4096);
    frames_dns(&message, id, false, 0, name, type, 0, 0);
    send_dns(false, 5000, SIZE_MAX);
}

static void begin_answer(unsigned id, const char *name, unsigned type, unsigned answers,
                         unsigned additional)
{
    buffer_init(&message, 8192);
    frames_dns(&message, id, true, 0, name, type, answers, additional);
}

static void answer_mx(unsigned id, const char *name, unsigned preference, const char *exchange)
{
    begin_answer(id, name, DNS_MX, 1, 0);
    frames_dns_mx(&message, name, preference, exchange);
    send_dns(true, 5000, SIZE_MAX);
}

static void answer_address(unsigned id, const char *name, const char *address)
{
    begin_answer(id, name, DNS_A, 1, 0);
    frames_dns_address(&message, name, address);
    send_dns(true, 5000, SIZE_MAX);
}

/* The article's six steps: the lookups stand beside the connection they led to. */
static void test_lookups_lead_to_a_connection(void **state)
{
    const struct trace_connection *seen;
    const struct trace_lookup *lookup;

    (void)state;
    ask(5, "SampleOrg.com", DNS_MX);
    ask(5, "sampleorg.com", DNS_MX); /* once more */
    begin_answer(5, "SampleOrg.com", DNS_MX, 2, 0);
    frames_dns_mx(&message, "SampleOrg.com", 100, "Server1.SampleOrg.com");
    frames_dns_mx(&message, "SampleOrg.com", 300, "Server2.SampleOrg.com");
    send_dns(true, 5000, SIZE_MAX);
    ask(1, "Server1.SampleOrg.com", DNS_A);
    answer_address(1, "Server1.SampleOrg.com", server);
    ask(2, "www.elsewhere.example", DNS_A);
    answer_address(2, "www.elsewhere.example", "203.0.113.80");
    ask(3, "server2.sampleorg.com", DNS_A);
    shake_hands();
    seen = only_connection();
    assert_int_equal(trace.lookup_count, 3);
    assert_int_equal(seen->mx_lookup, 0);
    assert_int_equal(seen->address_lookup, 1);
    assert_string_equal(seen->exchange, "server1.sampleorg.com");
    lookup = &trace.lookups[0];
    assert_string_equal(lookup->name, "sampleorg.com");
    assert_int_equal(lookup->type, DNS_MX);
    assert_int_equal(lookup->question.frame, 1);
    assert_int_equal(lookup->answer.frame, 3);
    assert_int_equal(lookup->server.bytes[3], 53);
    assert_int_equal(lookup->record_count, 2);
    assert_int_equal(lookup->records[1].preference, 300);
    assert_string_equal(lookup->records[1].name, "server2.sampleorg.com");
    assert_false(lookup->is_partial);
    lookup = &trace.lookups[1];
    assert_int_equal(lookup->record_count, 1);
    assert_null(lookup->records[0].name);
    assert_int_equal(lookup->records[0].ip.bytes[3], 25);
    /* That of the other exchange was asked for too, and not answered. */
    assert_int_equal(trace.lookups[2].question.frame, 8);
    assert_int_equal(trace.lookups[2].answer.frame, 0);
}

/* The newest answer before the connection counts, not a later one. */
static void test_newest_lookup(void **state)
{
    (void)state;
    answer_mx(1, "a.example", 10, "new.example");
    answer_mx(2, "b.example", 20, "new.example");
    answer_address(3, "old.example", server);
    answer_address(4, "new.example", server);
    shake_hands();
    answer_address(5, "later.example", server);
    answer_address(4, "new.example", "198.51.100.99"); /* a second answer to one question */
    assert_string_equal(only_connection()->exchange, "new.example");
    assert_string_equal(trace.lookups[trace.connections[0].mx_lookup].name, "b.example");
    assert_int_equal(trace.lookups[trace.connections[0].address_lookup].question.frame, 0);
    assert_int_equal(trace.lookups[trace.connections[0].address_lookup].record_count, 1);
}

/* An MX answer that brings addresses along needs no further question. */
static void test_address_in_additional_section(void **state)
{
    const struct trace_connection *seen;

    (void)state;
    begin_answer(1, "a.example", DNS_MX, 2, 2);
    frames_dns_mx(&message, "a.example", 10, "MX1.a.example");
    frames_dns_mx(&message, "a.example", 20, "mx2.a.example");
    frames_dns_address(&message, "mx2.a.example", server);
    frames_dns_address(&message, "mx1.a.example", "198.51.100.1");
    send_dns(true, 5000, SIZE_MAX);
    shake_hands();
    seen = only_connection();
    assert_int_equal(seen->mx_lookup, 0);
    assert_int_equal(seen->address_lookup, SIZE_MAX);
    assert_string_equal(seen->exchange, "mx2.a.example");
    assert_int_equal(trace.lookups[0].records[0].ip.bytes[3], 1);
}

/* A domain without MX receives at its own address (RFC 5321 5.1). */
static void test_implicit_mx(void **state)
{
    const struct trace_connection *seen;

    (void)state;
    begin_answer(1, "a.example", DNS_MX, 0, 0);
    send_dns(true, 5000, SIZE_MAX);
    answer_address(2, "a.example", server);
    shake_hands();
    seen = only_connection();
    assert_int_equal(seen->mx_lookup, 0);
    assert_int_equal(seen->address_lookup, 1);
    assert_int_equal(trace.lookups[0].record_count, 0);
}

/* An answer that is not all there must not pass for an empty one. */
static void test_partial_answers(void **state)
{
    (void)state;
    begin_answer(1, "cut.example", DNS_MX, 1, 0);
    frames_dns_mx(&message, "cut.example", 10, "mx.cut.example");
    send_dns(true, 5000, 24 + 8 + 12 + 17 + 5);
    begin_answer(2, "truncated.example", DNS_MX, 0, 0);
    message.text[2] |= 2;
    send_dns(true, 5000, SIZE_MAX);
    begin_answer(3, "many.example", DNS_MX, 40, 0);
    for (unsigned i = 0; i < 40; i++)
        frames_dns_mx(&message, "many.example", i, "mx.many.example");
    send_dns(true, 5000, SIZE_MAX);
    begin_answer(4, "refused.example", DNS_MX, 0, 0);
    message.text[3] |= DNS_REFUSED;
    send_dns(true, 5000, SIZE_MAX);
    conclude();
    assert_int_equal(trace.lookup_count, 4);
    assert_true(trace.lookups[0].is_partial);
    assert_string_equal(trace.lookups[0].name, "cut.example");
    assert_true(trace.lookups[1].is_partial);
    assert_true(trace.lookups[2].is_partial);
    assert_int_equal(trace.lookups[2].record_count, TRACE_RECORDS_KEPT);
    assert_false(trace.lookups[3].is_partial);
    assert_int_equal(trace.lookups[3].rcode, DNS_REFUSED);
}

/* Over TCP, and by fragments of UDP. */
static void test_large_answers(void **state)
{
    struct segment segment = {.from = resolver, .to = client, .from_port = 53, .to_port = 5000};
    struct buffer framed;

    (void)state;
    begin_answer(1, "tcp.example", DNS_MX, 1, 0);
    frames_dns_mx(&message, "tcp.example", 10, "mx.tcp.example");
    buffer_init(&framed, 4096);
    frames_u16(&framed, (unsigned)message.size, true);
    buffer_add(&framed, message.text, message.size);
    segment.data = framed.text;
    segment.size = framed.size;
    segment.flags = ACK;
    send_part(&segment, false, whole, SIZE_MAX);
    buffer_clear(&message);
    frames_dns(&message, 2, true, 0, "udp.example", DNS_MX, 1, 0);
    frames_dns_mx(&message, "udp.example", 10, "mx.udp.example");
    segment.data = message.text;
    segment.size = message.size;
    send_fragments(&segment, true, true, 3, 32);
    buffer_release(&message);
    buffer_release(&framed);
    conclude();
    assert_int_equal(trace.lookup_count, 2);
    assert_string_equal(trace.lookups[0].records[0].name, "mx.tcp.example");
    assert_string_equal(trace.lookups[1].records[0].name, "mx.udp.example");
}

/* ---- many ---- */

static void connect_to(const char *address, unsigned port, const char *greeting)
{
    struct segment syn = segment_of(true, SYN, 999, 0, "");
    struct segment answer = segment_of(false, SYN | ACK, 1999, 1000, "");
    struct segment banner = segment_of(false, FIN | ACK, 2000, 1000, greeting);
    struct segment last = segment_of(true, RST, 1000, 2000, "");

    syn.to = last.to = answer.from = banner.from = address;
    syn.from_port = last.from_port = answer.to_port = banner.to_port = (uint16_t)port;
    send_part(&syn, false, whole, SIZE_MAX);
    send_part(&answer, false, whole, SIZE_MAX);
    send_part(&banner, false, whole, SIZE_MAX);
    send_part(&last, false, whole, SIZE_MAX);
}

static size_t count_of(const char *address, unsigned code)
{
    struct ip_address ip;
    size_t count = 0;

    ip_parse(address, strlen(address), &ip);
    for (size_t i = 0; i < trace.connection_count; i++)
        count += ip_equal(&trace.connections[i].server.ip, &ip) &&
                 trace.connections[i].greeting_code == code;
    return count;
}

/* Failures push healthy ones out, in whichever order they come, and each server has its own. */
static void test_failures_are_kept(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3000; i++) {
        connect_to("198.51.100.1", 1024 + i, "220 ok\r\n");
        if (i % 2 == 0)
            connect_to("198.51.100.2", 1024 + i, "421 no\r\n");
    }
    connect_to("198.51.100.3", 1024, "");
    connect_to("198.51.100.4", 1024, "554 no\r\n");
    connect_to("198.51.100.5", 1024, "220 ok\r\n");
    conclude();
    assert_int_equal(trace.connection_total, 4503);
    assert_int_equal(trace.connection_count, TRACE_CONNECTIONS_KEPT);
    assert_int_equal(count_of("198.51.100.1", 220), 0);
    assert_int_equal(count_of("198.51.100.3", 0), 1);
    assert_int_equal(count_of("198.51.100.4", 554), 1);
    assert_int_equal(count_of("198.51.100.2", 421), TRACE_CONNECTIONS_KEPT - 2);
    for (size_t i = 1; i < trace.connection_count; i++)
        assert_true(trace.connections[i - 1].syn.frame < trace.connections[i].syn.frame);
}

/* Of healthy ones alone, each server's first is kept. */
static void test_servers_are_kept(void **state)
{
    char address[IP_TEXT_SIZE];

    (void)state;
    for (unsigned i = 0; i < 2000; i++)
        connect_to("198.51.100.1", 1024 + i, "220 ok\r\n");
    for (unsigned i = 0; i < 2000; i++) {
        snprintf(address, sizeof address, "198.18.%u.%u", i / 200, i % 200);
        connect_to(address, 1024, "220 ok\r\n");
    }
    conclude();
    assert_int_equal(trace.connection_count, TRACE_CONNECTIONS_KEPT);
    assert_int_equal(count_of("198.51.100.1", 220), 1);
    assert_int_equal(count_of("198.18.0.0", 220), 1);
    assert_int_equal(count_of("198.18.4.198", 220), 1);
}

/* As many as are open at once, and no more; the oldest idle one is let go as it stands. */
static void test_open_connections_are_bounded(void **state)
{
    struct segment syn = segment_of(true, SYN, 999, 0, "");
    char address[IP_TEXT_SIZE];

    (void)state;
    syn.from = address;
    for (unsigned i = 0; i < TRACE_OPEN_MOST + 10; i++) {
        snprintf(address, sizeof address, "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
        send_part(&syn, false, whole, SIZE_MAX);
    }
    snprintf(address, sizeof address, "10.0.0.0"); /* forgotten by now */
    syn.flags = ACK;
    send_part(&syn, false, whole, SIZE_MAX);
    conclude();
    assert_int_equal(trace.connection_total, TRACE_OPEN_MOST + 11);
    assert_int_equal(trace.connection_count, TRACE_CONNECTIONS_KEPT);
    assert_int_equal(trace.connections[0].syn.frame, 12); /* the first that is not cut short */
}

/* A silence whose end was not looked for is none: it may have been greeted since. */
static void test_what_gave_way(void **state)
{
    struct segment syn = segment_of(true, SYN, 999, 0, "");
    char address[IP_TEXT_SIZE];

    (void)state;
    shake_hands();
    for (unsigned i = 0; i < 900; i++) /* connections that are known to the end, and tell little */
        connect_to("198.51.100.1", 1024 + i, "220 ok\r\n");
    syn.from = address;
    syn.flags = ACK; /* of what began before the trace */
    for (unsigned i = 0; i < TRACE_OPEN_MOST; i++) {
        snprintf(address, sizeof address, "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
        send_part(&syn, false, whole, SIZE_MAX);
    }
    conclude();
    assert_int_equal(trace.connections[0].syn.frame, 1);
    assert_true(trace.connections[0].has_gap);
    assert_false(trace.connections[1].has_gap);
}

/* A flood of half open connections pushes nothing out that tells more. */
static void test_half_open_go_first(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3000; i++) {
        struct segment syn = segment_of(true, SYN, 999, 0, "");
        struct segment answer = segment_of(false, SYN | ACK, 1999, 1000, "");

        syn.from_port = answer.to_port = (uint16_t)(1024 + i);
        send_part(&syn, false, whole, SIZE_MAX);
        send_part(&answer, false, whole, SIZE_MAX);
    }
    shake_hands();
    connect_to("198.51.100.1", 1024, "220 ok\r\n");
    conclude();
    assert_int_equal(trace.connection_count, TRACE_CONNECTIONS_KEPT);
    assert_int_equal(count_of("198.51.100.1", 220), 1);
    assert_true(trace_is_half_open(&trace.connections[0]));
    assert_false(trace_is_half_open(&trace.connections[TRACE_CONNECTIONS_KEPT - 2]));
}

/* A long segment that comes too early is held in part; a greeting that needs the rest is cut. */
static void test_long_segment_too_early(void **state)
{
    char text[GREETING_HELD_KEPT + 2];
    const struct trace_connection *seen;

    (void)state;
    memset(text, 'x', sizeof text);
    text[sizeof text - 2] = '\n';
    text[sizeof text - 1] = '\0';
    for (size_t spare = 0; spare < 2; spare++) {
        shake_hands();
        down(ACK, 2004, 1000, text + spare);
        down(ACK, 2000, 1000, "220 ");
        seen = only_connection();
        assert_int_equal(seen->is_cut, spare == 0);
        assert_int_equal(seen->greeting_code, spare == 0 ? 0 : 220);
        begin(NULL);
    }
}

/* What all connections hold together is bounded, and what is given back can be used again. */
static void test_held_bytes_are_bounded(void **state)
{
    size_t in_all = 0;
    struct mail_greeting full = {.held_in_all = &in_all}, greeting = {.held_in_all = &in_all};

    (void)state;
    mail_greeting_begin(&full, 1);
    mail_greeting_begin(&greeting, 1);
    assert_false(mail_greeting_add(&full, 5, (const unsigned char *)"ok\r\n", 4, 4));
    assert_int_equal(in_all, 4);
    in_all = GREETING_HELD_BYTES;
    assert_false(mail_greeting_add(&greeting, 5, (const unsigned char *)"ok\r\n", 4, 4));
    assert_true(greeting.is_lost);
    assert_int_equal(in_all, GREETING_HELD_BYTES);
    assert_true(mail_greeting_add(&full, 1, (const unsigned char *)"220 ", 4, 4));
    assert_false(full.is_lost);
    assert_int_equal(in_all, GREETING_HELD_BYTES - 4);
    mail_greeting_release(&full);
    mail_greeting_release(&greeting);
}

/* A trace may be empty, and is fine. */
static void test_empty(void **state)
{
    (void)state;
    conclude();
    assert_int_equal(trace.frames, 0);
    assert_int_equal(trace.connection_count, 0);
    assert_int_equal(trace.lookup_count, 0);
    assert_null(trace.remark);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_healthy),
        TEST(test_stall),
        TEST(test_refused),
        TEST(test_unanswered),
        TEST(test_closed_by_server),
        TEST(test_port_used_again),
        TEST(test_challenge),
        TEST(test_replaced),
        TEST(test_order_of_the_handshake),
        TEST(test_order_of_the_next_handshake),
        TEST(test_gap_by_the_servers_number),
        TEST(test_what_gave_way),
        TEST(test_half_open_go_first),
        TEST(test_long_segment_too_early),
        TEST(test_held_bytes_are_bounded),
        TEST(test_begun_before),
        TEST(test_begun_at_syn_ack),
        TEST(test_ports),
        TEST(test_both_ports_are_mail),
        TEST(test_teaser),
        TEST(test_teaser_alone),
        TEST(test_disorder),
        TEST(test_wrap_around),
        TEST(test_greetings),
        TEST(test_long_greeting),
        TEST(test_gap_by_acknowledgement),
        TEST(test_gap_by_numbers),
        TEST(test_gap_at_syn_ack),
        TEST(test_gap_is_filled),
        TEST(test_no_length),
        TEST(test_more_fragments_than_are_kept),
        TEST(test_cut_by_snaplen),
        TEST(test_fragments),
        TEST(test_fragment_number_used_again),
        TEST(test_fragments_of_others),
        TEST(test_lookups_lead_to_a_connection),
        TEST(test_newest_lookup),
        TEST(test_address_in_additional_section),
        TEST(test_implicit_mx),
        TEST(test_partial_answers),
        TEST(test_large_answers),
        TEST(test_failures_are_kept),
        TEST(test_servers_are_kept),
        TEST(test_open_connections_are_bounded),
        TEST(test_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
