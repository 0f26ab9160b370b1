/* Captures: one trace in every format, on every link, in any pieces, cut off and damaged. */
#include "tests/unit/frames.h"
#include "tests/unit/unit.h"

#include "diag/read/dns_message.h"

#include <stdlib.h>

enum { SYN = FRAME_SYN, ACK = FRAME_ACK, FIN = FRAME_FIN };

static struct arena memory;

static int release(void **state)
{
    (void)state;
    arena_release(&memory);
    return 0;
}

/* ---- reading ---- */

struct bytes {
    const unsigned char *bytes;
    size_t size;
    size_t piece; /* the most that one read gives */
};

static size_t read_at(void *context, uint64_t offset, void *out, size_t size)
{
    const struct bytes *from = context;

    if (offset >= from->size)
        return 0;
    if (size > from->size - offset)
        size = (size_t)(from->size - offset);
    if (size > from->piece)
        size = from->piece;
    memcpy(out, from->bytes + offset, size);
    return size;
}

static struct mail_trace read_bytes(enum file_type type, const void *bytes, size_t size,
                                    size_t piece)
{
    struct bytes from = {bytes, size, piece};
    const struct capture_source source = {read_at, &from};
    struct mail_tracer *tracer = mail_tracer_new();
    const char *remark = capture_read(type, &source, tracer);
    struct mail_trace trace;

    mail_tracer_end(tracer, &memory, &trace);
    trace.remark = remark;
    return trace;
}

static struct mail_trace read_file(const struct frames_file *file)
{
    return read_bytes(frames_file_type(file->format), file->bytes.text, file->bytes.size, SIZE_MAX);
}

/* ---- the trace ---- */

static void add(struct frames_file *file, enum frames_link link, unsigned number,
                const struct segment *segment, bool is_udp, size_t snaplen)
{
    static const struct part all = {0, SIZE_MAX, 0};
    struct buffer datagram;

    buffer_init(&datagram, FRAMES_DATAGRAM_MOST);
    frames_datagram(segment, is_udp, &all, &datagram);
    frames_file_add(file, FRAMES_BEGAN * (int64_t)1000000 + number * (int64_t)7000, link, &datagram,
                    snaplen);
    buffer_release(&datagram);
}

enum { FRAMES = 8 };

/* A lookup and a connection that is greeted, one frame each 7 ms. */
static void add_trace(struct frames_file *file, enum frames_link link, bool is_v6, size_t snaplen)
{
    const char *client = is_v6 ? "2001:db8::1" : "192.0.2.1";
    const char *server = is_v6 ? "2001:db8::25" : "192.0.2.25";
    struct segment steps[FRAMES] = {
        {.from = client, .to = server, .from_port = 4000, .to_port = 53},
        {.from = server, .to = client, .from_port = 53, .to_port = 4000},
        {client, server, 5000, 25, 99, 0, SYN, "", 0},
        {server, client, 25, 5000, 199, 100, SYN | ACK, "", 0},
        {client, server, 5000, 25, 100, 200, ACK, "", 0},
        {server, client, 25, 5000, 200, 100, ACK, "220 mx.example\r\n", 16},
        {client, server, 5000, 25, 100, 216, FIN | ACK, "", 0},
        {server, client, 25, 5000, 216, 101, FIN | ACK, "", 0},
    };
    struct buffer question, answer;

    buffer_init(&question, 512);
    buffer_init(&answer, 512);
    frames_dns(&question, 7, false, 0, "mx.example", is_v6 ? DNS_AAAA : DNS_A, 0, 0);
    frames_dns(&answer, 7, true, 0, "mx.example", is_v6 ? DNS_AAAA : DNS_A, 1, 0);
    frames_dns_address(&answer, "mx.example", server);
    steps[0].data = question.text;
    steps[0].size = question.size;
    steps[1].data = answer.text;
    steps[1].size = answer.size;
    for (unsigned i = 0; i < FRAMES; i++)
        add(file, link, i, &steps[i], i < 2, snaplen);
    buffer_release(&question);
    buffer_release(&answer);
}

static void assert_moment(const struct trace_moment *moment, unsigned frame)
{
    assert_int_equal(moment->frame, frame);
    assert_int_equal(moment->time, FRAMES_BEGAN * (int64_t)1000000 + (frame - 1) * (int64_t)7000);
}

static void assert_trace(const struct mail_trace *trace)
{
    const struct trace_connection *seen = trace->connections;

    assert_null(trace->remark);
    assert_int_equal(trace->frames, FRAMES);
    assert_int_equal(trace->unread, 0);
    assert_int_equal(trace->lookup_count, 1);
    assert_int_equal(trace->connection_count, 1);
    assert_moment(&trace->first, 1);
    assert_moment(&trace->last, 8);
    assert_moment(&trace->lookups[0].question, 1);
    assert_moment(&trace->lookups[0].answer, 2);
    assert_moment(&seen->syn, 3);
    assert_moment(&seen->syn_ack, 4);
    assert_moment(&seen->ack, 5);
    assert_moment(&seen->greeted, 6);
    assert_moment(&seen->end, 7);
    assert_int_equal(seen->ended_by, TRACE_CLIENT_FIN);
    assert_int_equal(seen->greeting_code, 220);
    assert_memory_equal(seen->greeting, "220 mx.example\r\n", 16);
    assert_int_equal(seen->server_bytes, 16);
    assert_int_equal(seen->client_bytes, 0);
    assert_string_equal(seen->exchange, "mx.example");
    assert_false(seen->has_gap);
}

/* Whatever the format, the link and the family, it is the same trace. */
static void test_every_format_and_link(void **state)
{
    (void)state;
    for (unsigned format = 0; format < FRAMES_FORMATS; format++) {
        for (unsigned link = 0; link < FRAMES_LINKS; link++) {
            struct frames_file file;
            struct mail_trace trace;

            if (format >= FRAMES_NETMON_1 && link > FRAMES_PPPOE)
                continue; /* it numbers links in its own way */
            for (unsigned is_v6 = 0; is_v6 < 2; is_v6++) {
                frames_file_begin(&file, (enum frames_format)format, (enum frames_link)link);
                add_trace(&file, (enum frames_link)link, is_v6, SIZE_MAX);
                frames_file_end(&file);
                trace = read_file(&file);
                assert_trace(&trace);
                assert_int_equal(trace.is_local_time,
                                 format == FRAMES_NETMON_1 || format == FRAMES_NETMON_2);
                frames_file_release(&file);
            }
        }
    }
}

/* Network Monitor's other numbers for links: its own, and those of pcap. */
static void test_netmon_networks(void **state)
{
    static const struct {
        unsigned network;
        bool is_read;
    } networks[] = {{1, true}, {0xe001, true}, {0xe071, false}, {0, false}, {6, false}, {9, false}};

    (void)state;
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        struct frames_file file;
        struct mail_trace trace;

        frames_file_begin(&file, FRAMES_NETMON_2_3, FRAMES_ETHERNET);
        file.linktype = networks[i].network;
        add_trace(&file, FRAMES_ETHERNET, false, SIZE_MAX);
        frames_file_end(&file);
        trace = read_file(&file);
        assert_int_equal(trace.connection_count, networks[i].is_read);
        frames_file_release(&file);
    }
}

/* What its program noted beside the frames counts, but is none that should have been read. */
static void test_netmon_notes(void **state)
{
    struct frames_file file;
    struct mail_trace trace;

    (void)state;
    frames_file_begin(&file, FRAMES_NETMON_2_3, FRAMES_ETHERNET);
    file.linktype = 0xfffb;
    add_trace(&file, FRAMES_ETHERNET, false, SIZE_MAX);
    file.linktype = 1;
    add_trace(&file, FRAMES_ETHERNET, false, SIZE_MAX);
    frames_file_end(&file);
    memcpy(file.bytes.text + 8, "\xcf\7", 2); /* 1999; but frames have times of their own */
    trace = read_file(&file);
    assert_int_equal(trace.first.time, FRAMES_BEGAN * (int64_t)1000000);
    assert_int_equal(trace.frames, 2 * FRAMES);
    assert_int_equal(trace.unread, 0);
    assert_int_equal(trace.connection_count, 1);
    assert_int_equal(trace.connections[0].syn.frame, FRAMES + 3);
    frames_file_release(&file);
}

/* A source may give less than it is asked for. */
static void test_any_pieces(void **state)
{
    static const size_t pieces[] = {1, 2, 3, 7, 64, 100};

    (void)state;
    for (unsigned format = 0; format < FRAMES_FORMATS; format++) {
        struct frames_file file;

        frames_file_begin(&file, (enum frames_format)format, FRAMES_ETHERNET);
        add_trace(&file, FRAMES_ETHERNET, false, SIZE_MAX);
        frames_file_end(&file);
        for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
            struct mail_trace trace = read_bytes(frames_file_type(file.format), file.bytes.text,
                                                 file.bytes.size, pieces[i]);

            assert_trace(&trace);
        }
        frames_file_release(&file);
    }
}

/* ---- cut off, and damaged ---- */

/* A file that ends early is read as far as it is whole, and says so unless a frame ends there. */
static void test_cut_off(void **state)
{
    (void)state;
    for (unsigned format = 0; format < FRAMES_FORMATS; format++) {
        struct frames_file file;
        uint64_t frames = 0;
        unsigned silent = 0;

        frames_file_begin(&file, (enum frames_format)format, FRAMES_ETHERNET);
        add_trace(&file, FRAMES_ETHERNET, false, SIZE_MAX);
        frames_file_end(&file);
        for (size_t size = 0; size < file.bytes.size; size++) {
            unsigned char *copy = memory_new(size ? size : 1, 1); /* its end is guarded */
            struct mail_trace trace;

            memcpy(copy, file.bytes.text, size);
            trace = read_bytes(frames_file_type(file.format), copy, size, SIZE_MAX);
            free(copy);
            assert_true(trace.frames >= frames || format >= FRAMES_NETMON_1);
            assert_true(trace.frames <= FRAMES);
            frames = trace.frames;
            silent += trace.remark == NULL;
            arena_release(&memory);
        }
        /* pcap: behind its header and each frame but the last; pcapng: nothing, one block, two. */
        if (format <= FRAMES_PCAP_NANO_BIG)
            assert_int_equal(silent, FRAMES);
        else if (format <= FRAMES_PCAPNG_BIG)
            assert_int_equal(silent, 2 + FRAMES);
        else
            assert_int_equal(silent, 0);
        frames_file_release(&file);
    }
}

/* Without the table at its end, Network Monitor's frames are read one after the other. */
static void test_netmon_without_table(void **state)
{
    struct frames_file file;
    struct mail_trace trace;

    (void)state;
    frames_file_begin(&file, FRAMES_NETMON_2_3, FRAMES_ETHERNET);
    add_trace(&file, FRAMES_ETHERNET, false, SIZE_MAX);
    frames_file_end(&file);
    trace = read_bytes(FILE_TYPE_NETMON, file.bytes.text, file.bytes.size - FRAMES * 4, SIZE_MAX);
    assert_non_null(trace.remark);
    trace.remark = NULL;
    assert_trace(&trace);
    frames_file_release(&file);
}

/* A table that leads backwards, or into the header, is damage; the frames before it stand. */
static void test_netmon_table(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct frames_file file;
        struct mail_trace trace;

        frames_file_begin(&file, FRAMES_NETMON_2, FRAMES_ETHERNET);
        add_trace(&file, FRAMES_ETHERNET, false, SIZE_MAX);
        memcpy(file.table.text + (i ? 0 : 12), i ? "\x10\0\0\0" : "\x80\0\0\0", 4);
        frames_file_end(&file);
        trace = read_file(&file);
        assert_non_null(trace.remark);
        assert_int_equal(trace.frames, i ? 0 : 3);
        frames_file_release(&file);
    }
}

/* Frames that the table leaves out are not in the trace. */
static void test_netmon_gaps(void **state)
{
    struct frames_file file;
    struct mail_trace trace;

    (void)state;
    frames_file_begin(&file, FRAMES_NETMON_2, FRAMES_ETHERNET);
    add_trace(&file, FRAMES_ETHERNET, false, SIZE_MAX);
    memmove(file.table.text, file.table.text + 8, file.table.size - 8);
    file.table.size -= 8;
    frames_file_end(&file);
    trace = read_file(&file);
    assert_null(trace.remark);
    assert_int_equal(trace.frames, FRAMES - 2);
    assert_int_equal(trace.lookup_count, 0);
    assert_int_equal(trace.connections[0].syn.frame, 1);
    frames_file_release(&file);
}

/* A frame that claims more than any frame has, and a block whose two lengths differ. */
static void test_damage(void **state)
{
    struct frames_file file;
    struct mail_trace trace;

    (void)state;
    frames_file_begin(&file, FRAMES_PCAP, FRAMES_ETHERNET);
    add_trace(&file, FRAMES_ETHERNET, false, SIZE_MAX);
    frames_u32(&file.bytes, 0, false);
    frames_u32(&file.bytes, 0, false);
    frames_u32(&file.bytes, 0x7fffffff, false);
    frames_u32(&file.bytes, 0x7fffffff, false);
    trace = read_file(&file);
    assert_non_null(trace.remark);
    assert_int_equal(trace.frames, FRAMES);
    frames_file_release(&file);

    frames_file_begin(&file, FRAMES_PCAPNG, FRAMES_ETHERNET);
    add_trace(&file, FRAMES_ETHERNET, false, SIZE_MAX);
    file.bytes.text[file.bytes.size - 4] ^= 4;
    trace = read_file(&file);
    assert_non_null(trace.remark);
    assert_int_equal(trace.frames, FRAMES);
    frames_file_release(&file);
}

/* Frames kept to their headers: times and order stand, the greeting is not read. */
static void test_snaplen(void **state)
{
    (void)state;
    for (unsigned format = 0; format < FRAMES_FORMATS; format++) {
        struct frames_file file;
        struct mail_trace trace;

        frames_file_begin(&file, (enum frames_format)format, FRAMES_ETHERNET);
        add_trace(&file, FRAMES_ETHERNET, false, 14 + 24 + 20);
        frames_file_end(&file);
        trace = read_file(&file);
        assert_null(trace.remark);
        assert_int_equal(trace.connection_count, 1);
        assert_int_equal(trace.connections[0].server_first.frame, 6);
        assert_int_equal(trace.connections[0].server_bytes, 16);
        assert_true(trace.connections[0].is_cut);
        assert_int_equal(trace.connections[0].ended_by, TRACE_CLIENT_FIN);
        frames_file_release(&file);
    }
}

/* A frame larger than any that is looked into is passed over, or it is cut off in the file. */
static void test_very_large_frame(void **state)
{
    struct frames_file file;
    struct mail_trace trace;
    char *zeros = memory_new(CAPTURE_PIECE, 1);

    (void)state;
    frames_file_begin(&file, FRAMES_PCAP, FRAMES_ETHERNET);
    frames_file_frame(&file, FRAMES_BEGAN * (int64_t)1000000, CAPTURE_PIECE, CAPTURE_PIECE);
    buffer_add(&file.bytes, zeros, CAPTURE_PIECE);
    add_trace(&file, FRAMES_ETHERNET, false, SIZE_MAX);
    trace = read_file(&file);
    assert_null(trace.remark);
    assert_int_equal(trace.frames, 1 + FRAMES);
    assert_int_equal(trace.connection_count, 1);
    trace = read_bytes(FILE_TYPE_PCAP, file.bytes.text, CAPTURE_PIECE, SIZE_MAX);
    assert_non_null(trace.remark);
    assert_int_equal(trace.frames, 1);
    frames_file_release(&file);
    free(zeros);
}

/* ---- what else the formats have ---- */

/* Before version 2.3 the two sizes of a frame stood the other way round. */
static void test_old_pcap(void **state)
{
    (void)state;
    for (unsigned minor = 2; minor <= 3; minor++) {
        struct frames_file file;
        struct mail_trace trace;
        char *header;

        frames_file_begin(&file, FRAMES_PCAP, FRAMES_ETHERNET);
        file.bytes.text[6] = (char)minor;
        add_trace(&file, FRAMES_ETHERNET, false, 54);
        header = file.bytes.text + 24;
        while (header < file.bytes.text + file.bytes.size) {
            char size[4];

            memcpy(size, header + 8, 4);
            memcpy(header + 8, header + 12, 4);
            memcpy(header + 12, size, 4);
            header += 16 + (unsigned char)size[0];
        }
        trace = read_file(&file);
        assert_null(trace.remark);
        assert_int_equal(trace.frames, FRAMES);
        frames_file_release(&file);
    }
}

/* The upper bits of pcap's link say how long check sums are. */
static void test_pcap_link_bits(void **state)
{
    struct frames_file file;
    struct mail_trace trace;

    (void)state;
    frames_file_begin(&file, FRAMES_PCAP, FRAMES_ETHERNET);
    file.bytes.text[23] = 0x44;
    add_trace(&file, FRAMES_ETHERNET, false, SIZE_MAX);
    trace = read_file(&file);
    assert_trace(&trace);
    frames_file_release(&file);
}

/* A magic of pcap's kin that is not read, and a link that is not: the frames are counted. */
static void test_unread(void **state)
{
    struct frames_file file;
    struct mail_trace trace;

    (void)state;
    frames_file_begin(&file, FRAMES_PCAP, FRAMES_ETHERNET);
    file.bytes.text[20] = 105; /* 802.11 */
    add_trace(&file, FRAMES_ETHERNET, false, SIZE_MAX);
    trace = read_file(&file);
    assert_null(trace.remark);
    assert_int_equal(trace.frames, FRAMES);
    assert_int_equal(trace.unread, FRAMES);
    memcpy(file.bytes.text, "\x34\xcd\xb2\xa1", 4);
    trace = read_file(&file);
    assert_non_null(trace.remark);
    assert_int_equal(trace.frames, 0);
    frames_file_release(&file);
}

/* ---- pcapng, block by block ---- */

static void block(struct buffer *out, uint32_t type, const void *body, size_t size, bool is_big)
{
    uint32_t length = 12 + (uint32_t)(size + 3) / 4 * 4;

    frames_u32(out, type, is_big);
    frames_u32(out, length, is_big);
    buffer_add(out, body, size);
    for (; size % 4 != 0; size++)
        frames_u8(out, 0);
    frames_u32(out, length, is_big);
}

static void section(struct buffer *out, bool is_big)
{
    block(out, 0x0a0d0d0a,
          is_big ? "\x1a\x2b\x3c\x4d\0\1\0\0\xff\xff\xff\xff\xff\xff\xff\xff"
                 : "\x4d\x3c\x2b\x1a\1\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff",
          16, is_big);
}

/* An interface of raw IP, whose options are given whole. */
static void interface(struct buffer *out, bool is_big, uint32_t snaplen, const void *options,
                      size_t size)
{
    struct buffer body;

    buffer_init(&body, 1024);
    frames_u16(&body, 101, is_big);
    frames_u16(&body, 0, is_big);
    frames_u32(&body, snaplen, is_big);
    buffer_add(&body, options, size);
    block(out, 1, body.text, body.size, is_big);
    buffer_release(&body);
}

enum packet_form { ENHANCED = 6, SIMPLE = 3, OBSOLETE = 2 };

static void packet(struct buffer *out, enum packet_form form, bool is_big, unsigned from,
                   uint64_t stamp, const struct segment *segment)
{
    static const struct part all = {0, SIZE_MAX, 0};
    struct buffer body, datagram;

    buffer_init(&body, 2048);
    buffer_init(&datagram, 2048);
    frames_datagram(segment, false, &all, &datagram);
    if (form == ENHANCED)
        frames_u32(&body, from, is_big);
    if (form == OBSOLETE) {
        frames_u16(&body, from, is_big);
        frames_u16(&body, 3, is_big); /* drops */
    }
    if (form != SIMPLE) {
        frames_u32(&body, (uint32_t)(stamp >> 32), is_big);
        frames_u32(&body, (uint32_t)stamp, is_big);
        frames_u32(&body, (uint32_t)datagram.size, is_big);
    }
    frames_u32(&body, (uint32_t)datagram.size, is_big);
    buffer_add(&body, datagram.text, datagram.size);
    block(out, form, body.text, body.size, is_big);
    buffer_release(&datagram);
    buffer_release(&body);
}

/* The time of one frame, taken by an interface with these options. */
static int64_t time_by(bool is_big, uint64_t stamp, const void *options, size_t size)
{
    const struct segment syn = {"192.0.2.1", "192.0.2.25", 5000, 25, 9, 0, SYN, "", 0};
    struct mail_trace trace;
    struct buffer out;

    buffer_init(&out, 4096);
    section(&out, is_big);
    interface(&out, is_big, 0, options, size);
    packet(&out, ENHANCED, is_big, 0, stamp, &syn);
    trace = read_bytes(FILE_TYPE_PCAPNG, out.text, out.size, SIZE_MAX);
    buffer_release(&out);
    assert_null(trace.remark);
    assert_int_equal(trace.connection_count, 1);
    return trace.first.time;
}

/* if_tsresol in powers of 10 and of 2, if_tsoffset, and those that fit no clock. */
static void test_time_stamps(void **state)
{
    const uint64_t second = 1700000000;

    (void)state;
    assert_int_equal(time_by(false, second * 1000000 + 5, "", 0), second * 1000000 + 5);
    assert_int_equal(time_by(false, second, "\11\0\1\0\0\0\0\0", 8), second * 1000000);
    assert_int_equal(time_by(true, second * 1000 + 5, "\0\11\0\1\3\0\0\0", 8),
                     second * 1000000 + 5000);
    assert_int_equal(time_by(false, second * 1000000000 + 7999, "\11\0\1\0\11\0\0\0", 8),
                     second * 1000000 + 7);
    assert_int_equal(time_by(false, (second << 20) + (1 << 19), "\11\0\1\0\x94\0\0\0", 8),
                     second * 1000000 + 500000);
    assert_int_equal(time_by(false, (second << 32) + (1u << 31), "\11\0\1\0\xa0\0\0\0", 8),
                     second * 1000000 + 500000);
    assert_int_equal(time_by(false, 1000000, "\1\0\2\0ab\0\0\16\0\10\0\0\xf1\x53\x65\0\0\0\0", 20),
                     second * 1000000 + 1000000);
    assert_int_equal(time_by(false, UINT64_MAX, "\11\0\1\0\x13\0\0\0", 8), 1844674);
    assert_int_equal(time_by(false, UINT64_MAX, "\11\0\1\0\x7f\0\0\0", 8), 0);
    assert_int_equal(time_by(false, UINT64_MAX, "\11\0\1\0\xff\0\0\0", 8), 0);
    assert_int_equal(time_by(false, UINT64_MAX, "\11\0\1\0\0\0\0\0", 8), 0);
    assert_int_equal(time_by(false, 1, "\16\0\10\0\xff\xff\xff\xff\xff\xff\xff\x7f", 12), 0);
    assert_int_equal(time_by(false, 1, "\16\0\10\0\0\0\0\0\0\0\0\x80", 12), 0);
}

/* All kinds of packets, unknown blocks between, and a second section of the other byte order. */
static void test_blocks(void **state)
{
    const struct segment steps[] = {
        {"192.0.2.1", "192.0.2.25", 5000, 25, 99, 0, SYN, "", 0},
        {"192.0.2.25", "192.0.2.1", 25, 5000, 199, 100, SYN | ACK, "", 0},
        {"192.0.2.1", "192.0.2.25", 5000, 25, 100, 200, ACK, "", 0},
        {"192.0.2.25", "192.0.2.1", 25, 5000, 200, 100, ACK, "220 ok\r\n", 8},
    };
    const uint64_t second = 1700000000;
    struct mail_trace trace;
    struct buffer out;

    (void)state;
    buffer_init(&out, 65536);
    section(&out, false);
    block(&out, 0x0bad, "whatever", 7, false);
    interface(&out, false, 0, "", 0);
    interface(&out, false, 0, "\11\0\1\0\3\0\0\0", 8);
    packet(&out, ENHANCED, false, 1, second * 1000, &steps[0]);
    block(&out, 5, "statistics", 10, false);
    packet(&out, OBSOLETE, false, 1, second * 1000 + 20, &steps[1]);
    section(&out, true);
    interface(&out, true, 24 + 20 + 4, "", 0);
    packet(&out, SIMPLE, true, 0, 0, &steps[2]);
    packet(&out, ENHANCED, true, 0, second * 1000000 + 40000, &steps[3]);
    trace = read_bytes(FILE_TYPE_PCAPNG, out.text, out.size, SIZE_MAX);
    assert_null(trace.remark);
    assert_int_equal(trace.frames, 4);
    assert_int_equal(trace.connection_count, 1);
    assert_int_equal(trace.connections[0].syn.time, second * 1000000);
    assert_int_equal(trace.connections[0].syn_ack.time, second * 1000000 + 20000);
    assert_int_equal(trace.connections[0].ack.frame, 3);
    assert_int_equal(trace.connections[0].ack.time, 0);
    assert_int_equal(trace.connections[0].greeted.time, second * 1000000 + 40000);
    assert_int_equal(trace.first.frame, 1);
    packet(&out, ENHANCED, true, 1, 0, &steps[0]); /* of an interface that this section lacks */
    trace = read_bytes(FILE_TYPE_PCAPNG, out.text, out.size, SIZE_MAX);
    assert_non_null(trace.remark);
    assert_int_equal(trace.frames, 4);
    buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_every_format_and_link, release),
        cmocka_unit_test_teardown(test_netmon_networks, release),
        cmocka_unit_test_teardown(test_netmon_notes, release),
        cmocka_unit_test_teardown(test_any_pieces, release),
        cmocka_unit_test_teardown(test_cut_off, release),
        cmocka_unit_test_teardown(test_netmon_without_table, release),
        cmocka_unit_test_teardown(test_netmon_table, release),
        cmocka_unit_test_teardown(test_netmon_gaps, release),
        cmocka_unit_test_teardown(test_damage, release),
        cmocka_unit_test_teardown(test_snaplen, release),
        cmocka_unit_test_teardown(test_very_large_frame, release),
        cmocka_unit_test_teardown(test_old_pcap, release),
        cmocka_unit_test_teardown(test_pcap_link_bits, release),
        cmocka_unit_test_teardown(test_unread, release),
        cmocka_unit_test_teardown(test_time_stamps, release),
        cmocka_unit_test_teardown(test_blocks, release),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
