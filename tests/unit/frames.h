/*
 * Frames and captures, made in memory for tests and measurements: IP datagrams, links
 * around them, files around those. Check sums are left zero: nothing here looks at them.
 */
#ifndef EXDIAG_TESTS_FRAMES_H
#define EXDIAG_TESTS_FRAMES_H

#include "diag/buffer.h"
#include "diag/read/capture.h"
#include "diag/read/dns_name.h"
#include "diag/read/frame.h"

#include <string.h>

enum { FRAMES_DATAGRAM_MOST = 65535, FRAMES_LINK_MOST = 64 };

struct segment {           /* one TCP segment, or one UDP datagram */
    const char *from, *to; /* addresses as text, of one family */
    uint16_t from_port, to_port;
    uint32_t sequence, acknowledged;
    uint8_t flags; /* enum frame_flag */
    const void *data;
    size_t size;
};

static inline void frames_u8(struct buffer *out, unsigned number)
{
    buffer_add_char(out, (char)number);
}

static inline void frames_u16(struct buffer *out, unsigned number, bool is_big)
{
    frames_u8(out, is_big ? number >> 8 : number & 255);
    frames_u8(out, is_big ? number & 255 : number >> 8);
}

static inline void frames_u32(struct buffer *out, uint32_t number, bool is_big)
{
    frames_u16(out, is_big ? number >> 16 : number & 0xffff, is_big);
    frames_u16(out, is_big ? number & 0xffff : number >> 16, is_big);
}

/* ---- datagrams ---- */

static inline void frames_tcp(const struct segment *segment, struct buffer *out)
{
    frames_u16(out, segment->from_port, true);
    frames_u16(out, segment->to_port, true);
    frames_u32(out, segment->sequence, true);
    frames_u32(out, segment->acknowledged, true);
    frames_u8(out, 5 << 4);
    frames_u8(out, segment->flags);
    buffer_add(out, "\x20\0\0\0\0\0", 6); /* window, check sum, urgent pointer */
    buffer_add(out, segment->data, segment->size);
}

static inline void frames_udp(const struct segment *segment, struct buffer *out)
{
    frames_u16(out, segment->from_port, true);
    frames_u16(out, segment->to_port, true);
    frames_u16(out, (unsigned)segment->size + 8, true);
    frames_u16(out, 0, true);
    buffer_add(out, segment->data, segment->size);
}

struct part { /* of a datagram: all of it is {0, SIZE_MAX} */
    size_t offset, size;
    uint32_t id;
};

static inline void frames_ipv4(const struct ip_address *from, const struct ip_address *to,
                               unsigned protocol, const struct part *part, bool has_more,
                               const char *data, size_t size, struct buffer *out)
{
    frames_u8(out, 0x46); /* with an option */
    frames_u8(out, 0);
    frames_u16(out, (unsigned)size + 24, true);
    frames_u16(out, part->id & 0xffff, true);
    frames_u16(out, (has_more ? 0x2000u : 0u) | (unsigned)(part->offset / 8), true);
    frames_u8(out, 64);
    frames_u8(out, protocol);
    frames_u16(out, 0, true);
    buffer_add(out, from->bytes, 4);
    buffer_add(out, to->bytes, 4);
    buffer_add(out, "\1\1\1\0", 4);
    buffer_add(out, data, size);
}

static inline void frames_ipv6(const struct ip_address *from, const struct ip_address *to,
                               unsigned protocol, const struct part *part, bool has_more,
                               const char *data, size_t size, struct buffer *out)
{
    bool is_part = has_more || part->offset > 0;

    frames_u32(out, 0x60000000, true);
    frames_u16(out, (unsigned)size + 8 + (is_part ? 8 : 0), true);
    frames_u8(out, 0); /* hop-by-hop options come first */
    frames_u8(out, 64);
    buffer_add(out, from->bytes, 16);
    buffer_add(out, to->bytes, 16);
    frames_u8(out, is_part ? 44 : protocol);
    buffer_add(out, "\0\1\4\0\0\0\0", 7); /* padding */
    if (is_part) {
        frames_u8(out, protocol);
        frames_u8(out, 0);
        frames_u16(out, (unsigned)part->offset | has_more, true);
        frames_u32(out, part->id, true);
    }
    buffer_add(out, data, size);
}

/* A part of the datagram that this segment makes. */
static inline void frames_datagram(const struct segment *segment, bool is_udp,
                                   const struct part *part, struct buffer *out)
{
    struct ip_address from, to;
    struct buffer whole;
    size_t size;
    bool has_more;

    ip_parse(segment->from, strlen(segment->from), &from);
    ip_parse(segment->to, strlen(segment->to), &to);
    buffer_init(&whole, FRAMES_DATAGRAM_MOST);
    (is_udp ? frames_udp : frames_tcp)(segment, &whole);
    size = whole.size - part->offset < part->size ? whole.size - part->offset : part->size;
    has_more = part->offset + size < whole.size;
    (from.family == IP_V4 ? frames_ipv4 : frames_ipv6)(&from, &to, is_udp ? 17 : 6, part, has_more,
                                                       whole.text + part->offset, size, out);
    buffer_release(&whole);
}

/* ---- links ---- */

enum frames_link {
    FRAMES_ETHERNET,
    FRAMES_VLAN,
    FRAMES_QINQ,
    FRAMES_SNAP,
    FRAMES_PPPOE,
    FRAMES_RAW,
    FRAMES_SLL,
    FRAMES_SLL2,
    FRAMES_NULL,
    FRAMES_LOOP,
    FRAMES_LINKS
};

static inline uint32_t frames_linktype(enum frames_link link)
{
    static const uint32_t numbers[FRAMES_LINKS] = {
        [FRAMES_ETHERNET] = 1, [FRAMES_VLAN] = 1,   [FRAMES_QINQ] = 1,  [FRAMES_SNAP] = 1,
        [FRAMES_PPPOE] = 1,    [FRAMES_RAW] = 101,  [FRAMES_SLL] = 113, [FRAMES_SLL2] = 276,
        [FRAMES_NULL] = 0,     [FRAMES_LOOP] = 108,
    };

    return numbers[link];
}

/* What stands before an IP datagram on this link. */
static inline void frames_link_header(enum frames_link link, const struct buffer *datagram,
                                      struct buffer *out)
{
    static const char macs[12] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
    bool is_v6 = (datagram->text[0] & 0xf0) == 0x60;
    unsigned type = is_v6 ? 0x86dd : 0x0800;

    if (link <= FRAMES_PPPOE)
        buffer_add(out, macs, sizeof macs);
    if (link == FRAMES_QINQ)
        buffer_add(out, "\x88\xa8\0\7", 4);
    if (link == FRAMES_VLAN || link == FRAMES_QINQ)
        buffer_add(out, "\x81\0\0\5", 4);
    if (link == FRAMES_SNAP) {
        frames_u16(out, (unsigned)datagram->size + 8 < 1500 ? (unsigned)datagram->size + 8 : 1500,
                   true);
        buffer_add(out, "\xaa\xaa\3\0\0\0", 6);
    }
    if (link == FRAMES_PPPOE) {
        buffer_add(out, "\x88\x64\x11\0\0\1", 6);
        frames_u16(out, (unsigned)datagram->size + 2, true);
        frames_u16(out, is_v6 ? 0x57 : 0x21, true);
    }
    if (link == FRAMES_SLL)
        buffer_add(out, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0", 14);
    if (link == FRAMES_NULL)
        frames_u32(out, is_v6 ? 30 : 2, false);
    if (link == FRAMES_LOOP)
        frames_u32(out, is_v6 ? 24 : 2, true);
    if (link <= FRAMES_SNAP || link == FRAMES_SLL || link == FRAMES_SLL2)
        frames_u16(out, type, true);
    if (link == FRAMES_SLL2)
        buffer_add(out, "\0\0\0\0\0\1\0\1\0\6\2\0\0\0\0\1\0\0", 18);
}

/* ---- files ---- */

enum frames_format {
    FRAMES_PCAP,
    FRAMES_PCAP_BIG,
    FRAMES_PCAP_NANO,
    FRAMES_PCAP_NANO_BIG,
    FRAMES_PCAPNG,
    FRAMES_PCAPNG_BIG,
    FRAMES_NETMON_1,
    FRAMES_NETMON_2,
    FRAMES_NETMON_2_3,
    FRAMES_FORMATS
};

struct frames_file {
    enum frames_format format;
    struct buffer bytes;
    struct buffer table; /* Network Monitor's */
    int64_t began;
    uint32_t linktype;
};

enum { FRAMES_FILE_MOST = 64 << 20 };

static inline bool frames_is_big(enum frames_format format)
{
    return format == FRAMES_PCAP_BIG || format == FRAMES_PCAP_NANO_BIG ||
           format == FRAMES_PCAPNG_BIG;
}

static inline void frames_pcapng_header(struct frames_file *file, bool is_big)
{
    static const unsigned char resolution = 9; /* nanoseconds */

    frames_u32(&file->bytes, 0x0a0d0d0a, is_big);
    frames_u32(&file->bytes, 28, is_big);
    frames_u32(&file->bytes, 0x1a2b3c4d, is_big);
    frames_u16(&file->bytes, 1, is_big);
    frames_u16(&file->bytes, 0, is_big);
    frames_u32(&file->bytes, 0xffffffff, is_big);
    frames_u32(&file->bytes, 0xffffffff, is_big);
    frames_u32(&file->bytes, 28, is_big);
    frames_u32(&file->bytes, 1, is_big); /* an interface */
    frames_u32(&file->bytes, 32, is_big);
    frames_u16(&file->bytes, file->linktype, is_big);
    frames_u16(&file->bytes, 0, is_big);
    frames_u32(&file->bytes, 0, is_big);
    frames_u16(&file->bytes, 9, is_big);
    frames_u16(&file->bytes, 1, is_big);
    buffer_add(&file->bytes, &resolution, 1);
    buffer_add(&file->bytes, "\0\0\0", 3);
    frames_u32(&file->bytes, 0, is_big); /* end of options */
    frames_u32(&file->bytes, 32, is_big);
}

/* 2026-11-22 05:05:50 in the header; frames are counted from there. */
enum { FRAMES_BEGAN = 1795323950 };

static inline void frames_netmon_header(struct frames_file *file)
{
    static const unsigned short began[8] = {2026, 11, 0, 22, 5, 5, 50, 0};
    bool is_new = file->format != FRAMES_NETMON_1;

    buffer_add(&file->bytes, is_new ? "GMBU" : "RTSS", 4);
    frames_u8(&file->bytes, file->format == FRAMES_NETMON_2_3 ? 3 : is_new ? 0 : 1);
    frames_u8(&file->bytes, is_new ? 2 : 1);
    frames_u16(&file->bytes, file->linktype, false);
    for (size_t i = 0; i < 8; i++)
        frames_u16(&file->bytes, began[i], false);
    while (file->bytes.size < 128)
        frames_u8(&file->bytes, 0);
}

static inline void frames_file_begin(struct frames_file *file, enum frames_format format,
                                     enum frames_link link)
{
    static const uint32_t magics[] = {0xa1b2c3d4, 0xa1b2c3d4, 0xa1b23c4d, 0xa1b23c4d};
    bool is_big = frames_is_big(format);

    file->format = format;
    file->linktype = frames_linktype(link);
    buffer_init(&file->bytes, FRAMES_FILE_MOST);
    buffer_init(&file->table, FRAMES_FILE_MOST);
    if (format >= FRAMES_NETMON_1) {
        frames_netmon_header(file);
    } else if (format >= FRAMES_PCAPNG) {
        frames_pcapng_header(file, is_big);
    } else {
        frames_u32(&file->bytes, magics[format], is_big);
        frames_u16(&file->bytes, 2, is_big);
        frames_u16(&file->bytes, 4, is_big);
        frames_u32(&file->bytes, 0, is_big);
        frames_u32(&file->bytes, 0, is_big);
        frames_u32(&file->bytes, 262144, is_big);
        frames_u32(&file->bytes, file->linktype, is_big);
    }
}

/* The header of a frame of `original` bytes, of which `size` are kept. */
static inline void frames_file_frame(struct frames_file *file, int64_t time, size_t size,
                                     size_t original)
{
    bool is_big = frames_is_big(file->format);
    uint64_t nano = (uint64_t)time * 1000,
             since = (uint64_t)(time - FRAMES_BEGAN * (int64_t)1000000);

    if (file->format >= FRAMES_NETMON_1) {
        frames_u32(&file->table, (uint32_t)file->bytes.size, false);
        if (file->format == FRAMES_NETMON_1) {
            frames_u32(&file->bytes, (uint32_t)(since / 1000), false);
            frames_u16(&file->bytes, (unsigned)original, false);
            frames_u16(&file->bytes, (unsigned)size, false);
            return;
        }
        frames_u32(&file->bytes, (uint32_t)since, false);
        frames_u32(&file->bytes, (uint32_t)(since >> 32), false);
        frames_u32(&file->bytes, (uint32_t)original, false);
        frames_u32(&file->bytes, (uint32_t)size, false);
        return;
    }
    if (file->format >= FRAMES_PCAPNG) {
        frames_u32(&file->bytes, 6, is_big);
        frames_u32(&file->bytes, 32 + (uint32_t)(size + 3) / 4 * 4, is_big);
        frames_u32(&file->bytes, 0, is_big);
        frames_u32(&file->bytes, (uint32_t)(nano >> 32), is_big);
        frames_u32(&file->bytes, (uint32_t)nano, is_big);
    } else {
        bool is_nano = file->format >= FRAMES_PCAP_NANO;

        frames_u32(&file->bytes, (uint32_t)(time / 1000000), is_big);
        frames_u32(&file->bytes, (uint32_t)(time % 1000000) * (is_nano ? 1000 : 1), is_big);
    }
    frames_u32(&file->bytes, (uint32_t)size, is_big);
    frames_u32(&file->bytes, (uint32_t)original, is_big);
}

/* What stands behind a frame. */
static inline void frames_file_trailer(struct frames_file *file, int64_t time, size_t size)
{
    bool is_big = frames_is_big(file->format);
    uint64_t ticks = ((uint64_t)time + 11644473600000000u) * 10;

    if (file->format == FRAMES_NETMON_2_3) {
        frames_u16(&file->bytes, file->linktype, false);
        frames_u32(&file->bytes, 0, false);
        frames_u32(&file->bytes, (uint32_t)ticks, false);
        frames_u32(&file->bytes, (uint32_t)(ticks >> 32), false);
        frames_u8(&file->bytes, 0);
    }
    if (file->format == FRAMES_PCAPNG || file->format == FRAMES_PCAPNG_BIG) {
        for (; size % 4 != 0; size++)
            frames_u8(&file->bytes, 0);
        frames_u32(&file->bytes, 32 + (uint32_t)size, is_big);
    }
}

/* One frame, of which at most `snaplen` bytes are kept. */
static inline void frames_file_add(struct frames_file *file, int64_t time, enum frames_link link,
                                   const struct buffer *datagram, size_t snaplen)
{
    struct buffer frame;
    size_t size;

    buffer_init(&frame, FRAMES_DATAGRAM_MOST + FRAMES_LINK_MOST);
    frames_link_header(link, datagram, &frame);
    buffer_add(&frame, datagram->text, datagram->size);
    while (link <= FRAMES_PPPOE && frame.size < 60)
        frames_u8(&frame, 0xee); /* the padding of Ethernet */
    size = frame.size < snaplen ? frame.size : snaplen;
    frames_file_frame(file, time, size, frame.size);
    buffer_add(&file->bytes, frame.text, size);
    frames_file_trailer(file, time, size);
    buffer_release(&frame);
}

static inline void frames_file_end(struct frames_file *file)
{
    struct buffer place;

    if (file->format < FRAMES_NETMON_1)
        return;
    buffer_init(&place, 8);
    frames_u32(&place, (uint32_t)file->bytes.size, false);
    frames_u32(&place, (uint32_t)file->table.size, false);
    memcpy(file->bytes.text + 24, place.text, 8);
    buffer_release(&place);
    buffer_add(&file->bytes, file->table.text, file->table.size);
}

static inline void frames_file_release(struct frames_file *file)
{
    buffer_release(&file->bytes);
    buffer_release(&file->table);
}

static inline enum file_type frames_file_type(enum frames_format format)
{
    return format >= FRAMES_NETMON_1 ? FILE_TYPE_NETMON
           : format >= FRAMES_PCAPNG ? FILE_TYPE_PCAPNG
                                     : FILE_TYPE_PCAP;
}

/* ---- DNS ---- */

static inline void frames_name(struct buffer *out, const char *name)
{
    uint8_t wire[DNS_NAME_WIRE_MOST];
    size_t size;

    if (dns_name_to_wire(name, wire, &size) == STATUS_OK)
        buffer_add(out, wire, size);
}

/* A question, or the beginning of its answer. */
static inline void frames_dns(struct buffer *out, unsigned id, bool is_answer, unsigned rcode,
                              const char *name, unsigned type, unsigned answers, unsigned more)
{
    frames_u16(out, id, true);
    frames_u16(out, (is_answer ? 0x8180 : 0x0100) | rcode, true);
    frames_u16(out, 1, true);
    frames_u16(out, answers, true);
    frames_u16(out, 0, true);
    frames_u16(out, more, true);
    frames_name(out, name);
    frames_u16(out, type, true);
    frames_u16(out, 1, true);
}

static inline void frames_dns_record(struct buffer *out, const char *owner, unsigned type,
                                     size_t size)
{
    frames_name(out, owner);
    frames_u16(out, type, true);
    frames_u16(out, 1, true);
    frames_u32(out, 300, true);
    frames_u16(out, (unsigned)size, true);
}

static inline void frames_dns_mx(struct buffer *out, const char *owner, unsigned preference,
                                 const char *exchange)
{
    struct buffer name;

    buffer_init(&name, DNS_NAME_WIRE_MOST);
    frames_name(&name, exchange);
    frames_dns_record(out, owner, 15, 2 + name.size);
    frames_u16(out, preference, true);
    buffer_add(out, name.text, name.size);
    buffer_release(&name);
}

static inline void frames_dns_address(struct buffer *out, const char *owner, const char *address)
{
    struct ip_address ip;

    ip_parse(address, strlen(address), &ip);
    frames_dns_record(out, owner, ip.family == IP_V4 ? 1 : 28, ip.family == IP_V4 ? 4 : 16);
    buffer_add(out, ip.bytes, ip.family == IP_V4 ? 4 : 16);
}

#endif
