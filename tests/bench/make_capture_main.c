/*
 * make_capture FILE MEGABYTES: a capture as one of a busy mail gateway may be, pcap with
 * Ethernet, its content the same every time. SMTP conversations with DATA of 1,400 bytes a
 * segment, one in fifty of which is never greeted; the DNS lookups before each; web and
 * file traffic beside them; hundreds of connections at once.
 */
#include "tests/unit/frames.h"

#include "diag/platform.h"

#include <stdio.h>
#include <stdlib.h>

enum { TALKS = 400, DATA = 1400, STALLED_OF = 50 };

struct talk { /* one connection, and how far it got */
    unsigned number;
    bool is_mail;
    unsigned step, segments;
    uint32_t client, server; /* sequence numbers */
    char from[IP_TEXT_SIZE], to[IP_TEXT_SIZE];
    char name[32];
};

struct maker {
    FILE *out;
    struct frames_file file; /* emptied frame by frame */
    uint64_t written;
    int64_t time;
    uint32_t random;
    unsigned talks;
    char data[DATA];
};

static uint32_t next_random(struct maker *maker)
{
    maker->random = maker->random * 1664525 + 1013904223;
    return maker->random >> 8;
}

static void flush(struct maker *maker)
{
    fwrite(maker->file.bytes.text, 1, maker->file.bytes.size, maker->out);
    maker->written += maker->file.bytes.size;
    buffer_clear(&maker->file.bytes);
}

static void emit(struct maker *maker, const struct segment *segment, bool is_udp)
{
    static const struct part all = {0, SIZE_MAX, 0};
    struct buffer datagram;

    buffer_init(&datagram, FRAMES_DATAGRAM_MOST);
    frames_datagram(segment, is_udp, &all, &datagram);
    maker->time += 20 + next_random(maker) % 200;
    frames_file_add(&maker->file, maker->time, FRAMES_ETHERNET, &datagram, SIZE_MAX);
    buffer_release(&datagram);
    if (maker->file.bytes.size > 1 << 20)
        flush(maker);
}

static void say(struct maker *maker, struct talk *talk, bool from_client, unsigned flags,
                const char *data, size_t size)
{
    uint16_t port = (uint16_t)(1024 + talk->number % 60000);
    uint16_t service = talk->is_mail ? 25 : talk->number % 3 ? 443 : 445;
    uint32_t *mine = from_client ? &talk->client : &talk->server;
    struct segment segment = {.from = from_client ? talk->from : talk->to,
                              .to = from_client ? talk->to : talk->from,
                              .from_port = from_client ? port : service,
                              .to_port = from_client ? service : port,
                              .sequence = *mine,
                              .acknowledged = from_client ? talk->server : talk->client,
                              .flags = (uint8_t)flags,
                              .data = data,
                              .size = size};

    emit(maker, &segment, false);
    *mine += (uint32_t)size + ((flags & (FRAME_SYN | FRAME_FIN)) != 0);
}

/* ---- DNS ---- */

static void ask(struct maker *maker, const struct talk *talk, unsigned type, const char *name)
{
    char exchange[40];
    struct segment segment = {.from = "10.0.0.25", .to = "10.0.0.53", .to_port = 53};
    struct buffer message;

    segment.from_port = (uint16_t)(20000 + (talk->number * 2 + type) % 40000);
    snprintf(exchange, sizeof exchange, "mx.%s", talk->name);
    buffer_init(&message, 512);
    frames_dns(&message, talk->number & 0xffff, false, 0, name, type, 0, 0);
    segment.data = message.text;
    segment.size = message.size;
    emit(maker, &segment, true);
    buffer_clear(&message);
    frames_dns(&message, talk->number & 0xffff, true, 0, name, type, 1, 0);
    if (type == 15)
        frames_dns_mx(&message, name, 10, exchange);
    else
        frames_dns_address(&message, name, talk->to);
    segment.data = message.text;
    segment.size = message.size;
    segment.to_port = segment.from_port;
    segment.from_port = 53;
    segment.from = "10.0.0.53";
    segment.to = "10.0.0.25";
    emit(maker, &segment, true);
    buffer_release(&message);
}

/* ---- talks ---- */

static void begin(struct maker *maker, struct talk *talk)
{
    char exchange[40];
    unsigned number = maker->talks++;

    *talk = (struct talk){.number = number, .is_mail = number % 3 != 2};
    talk->client = next_random(maker) * 97;
    talk->server = next_random(maker) * 89;
    talk->segments = 5 + next_random(maker) % 60;
    snprintf(talk->from, sizeof talk->from, "10.0.0.25");
    snprintf(talk->to, sizeof talk->to, "198.18.%u.%u", number / 200 % 200, number % 200 + 1);
    snprintf(talk->name, sizeof talk->name, "d%u.example", number);
    snprintf(exchange, sizeof exchange, "mx.%s", talk->name);
    if (talk->is_mail) {
        ask(maker, talk, 15, talk->name);
        ask(maker, talk, 1, exchange);
    }
}

static const struct {
    bool from_client;
    const char *text;
} opening[] = {
    {false, "220 mail.example ESMTP ready\r\n"},
    {true, "EHLO gateway.example\r\n"},
    {false, "250-mail.example\r\n250-SIZE 10485760\r\n250-8BITMIME\r\n250 PIPELINING\r\n"},
    {true, "MAIL FROM:<a@gateway.example>\r\nRCPT TO:<b@mail.example>\r\nDATA\r\n"},
    {false, "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 go ahead\r\n"},
};

enum { OPENING = sizeof opening / sizeof *opening };

/* A few frames further; false once it is over. */
static bool go_on(struct maker *maker, struct talk *talk)
{
    unsigned step = talk->step++;
    bool is_stalled = talk->is_mail && talk->number % STALLED_OF == 1;

    if (step == 0) {
        begin(maker, talk);
        talk->step = 1;
        say(maker, talk, true, FRAME_SYN, NULL, 0);
        say(maker, talk, false, FRAME_SYN | FRAME_ACK, NULL, 0);
        say(maker, talk, true, FRAME_ACK, NULL, 0);
    } else if (is_stalled && step < talk->segments) {
        return true;
    } else if (!is_stalled && talk->is_mail && step <= OPENING) {
        say(maker, talk, opening[step - 1].from_client, FRAME_ACK, opening[step - 1].text,
            strlen(opening[step - 1].text));
    } else if (!is_stalled && step < OPENING + talk->segments) {
        say(maker, talk, talk->is_mail, FRAME_ACK, maker->data, DATA);
        if (step % 2 == 0)
            say(maker, talk, !talk->is_mail, FRAME_ACK, NULL, 0);
    } else {
        say(maker, talk, true, FRAME_FIN | FRAME_ACK, NULL, 0);
        say(maker, talk, false, FRAME_FIN | FRAME_ACK, NULL, 0);
        say(maker, talk, true, FRAME_ACK, NULL, 0);
        return false;
    }
    return true;
}

int exdiag_main(int argc, char **argv)
{
    static struct talk talks[TALKS];
    struct maker maker = {.time = (int64_t)FRAMES_BEGAN * 1000000, .random = 7};
    uint64_t most;

    if (argc != 3 || !(maker.out = fopen(argv[1], "wb"))) {
        fprintf(stderr, "usage: make_capture FILE MEGABYTES\n");
        return 2;
    }
    most = strtoull(argv[2], NULL, 10) * 1000000;
    for (size_t i = 0; i < DATA; i++)
        maker.data[i] = i % 76 == 75 ? '\n' : (char)('a' + i % 26);
    frames_file_begin(&maker.file, FRAMES_PCAP, FRAMES_ETHERNET);
    while (maker.written < most) {
        struct talk *talk = &talks[next_random(&maker) % TALKS];

        if (!go_on(&maker, talk))
            talk->step = 0;
    }
    flush(&maker);
    frames_file_release(&maker.file);
    return fclose(maker.out) == 0 ? 0 : 2;
}
