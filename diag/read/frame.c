#include "diag/read/frame.h"

#include <string.h>

enum { TAGS_MOST = 8, EXTENSIONS_MOST = 16 };

enum ethertype {
    ETHERTYPE_LENGTHS = 0x0600, /* below: a length, and LLC behind it */
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_VLAN = 0x8100,
    ETHERTYPE_IPV6 = 0x86dd,
    ETHERTYPE_PPPOE = 0x8864,
    ETHERTYPE_QINQ = 0x88a8,
    ETHERTYPE_QINQ_OLD = 0x9100
};

struct span { /* what is left of a frame: bytes in the capture, and on the wire */
    const unsigned char *bytes;
    size_t kept, size;
};

static unsigned u16(const unsigned char *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

static uint32_t u32(const unsigned char *bytes)
{
    return (uint32_t)u16(bytes) << 16 | u16(bytes + 2);
}

static void advance(struct span *span, size_t size)
{
    span->bytes += size;
    span->kept -= size;
    span->size = span->size > size ? span->size - size : 0;
}

struct ip_address frame_address(uint8_t family, const unsigned char *bytes)
{
    struct ip_address ip = {.family = family};

    memcpy(ip.bytes, bytes, family == IP_V4 ? 4 : 16);
    return ip;
}

/* ---- TCP and UDP ---- */

bool frame_is_wanted(uint8_t protocol, const unsigned char *data, size_t kept)
{
    unsigned source, target;

    if (kept < 4)
        return false;
    source = u16(data);
    target = u16(data + 2);
    if (source == DNS_PORT || target == DNS_PORT)
        return true;
    return protocol == FRAME_PROTOCOL_TCP &&
           (frame_is_mail_port(source) || frame_is_mail_port(target));
}

static enum frame_content read_tcp(const struct frame_datagram *ip, struct frame_payload *out)
{
    enum { LEAST = 20, TO_FLAGS = 14 };
    size_t header;

    if (ip->kept < TO_FLAGS || ip->size < LEAST)
        return FRAME_UNREAD;
    header = (size_t)(ip->data[12] >> 4) * 4;
    if (header < LEAST || header > ip->size)
        return FRAME_UNREAD;
    out->sequence = u32(ip->data + 4);
    out->acknowledged = u32(ip->data + 8);
    out->flags = ip->data[13];
    out->size = ip->size - header;
    out->kept = ip->kept > header ? ip->kept - header : 0;
    out->data = out->kept ? ip->data + header : NULL;
    return FRAME_TCP;
}

static enum frame_content read_udp(const struct frame_datagram *ip, struct frame_payload *out)
{
    enum { HEADER = 8 };
    size_t length;

    if (ip->kept < HEADER)
        return FRAME_UNREAD;
    length = u16(ip->data + 4);
    if (length < HEADER || length > ip->size)
        return FRAME_UNREAD;
    out->size = length - HEADER;
    out->kept = (ip->kept < length ? ip->kept : length) - HEADER;
    out->data = ip->data + HEADER;
    return FRAME_UDP;
}

static enum frame_content read_transport(struct frame_datagram *ip,
                                         struct frame_fragments *fragments,
                                         struct frame_payload *out)
{
    if (ip->protocol != FRAME_PROTOCOL_TCP && ip->protocol != FRAME_PROTOCOL_UDP)
        return FRAME_OTHER;
    if (ip->is_fragment && !frame_fragments_add(fragments, ip))
        return FRAME_OTHER;
    if (!frame_is_wanted(ip->protocol, ip->data, ip->kept))
        return ip->kept < 4 ? FRAME_UNREAD : FRAME_OTHER;
    out->source = ip->source;
    out->target = ip->target;
    out->family = ip->family;
    out->source_port = (uint16_t)u16(ip->data);
    out->target_port = (uint16_t)u16(ip->data + 2);
    return ip->protocol == FRAME_PROTOCOL_TCP ? read_tcp(ip, out) : read_udp(ip, out);
}

/* ---- IP ---- */

/* What a frame holds behind the datagram is padding; what it lacks was cut off. */
static void set_data(struct frame_datagram *ip, const struct span *span, size_t size)
{
    ip->data = span->bytes;
    ip->size = size;
    ip->kept = span->kept < size ? span->kept : size;
}

/*
 * RFC 791 3.1. A total length of 0 stands in segments that the sending machine's own
 * network card was to divide.
 */
static enum frame_content read_ipv4(struct span span, struct frame_fragments *fragments,
                                    struct frame_payload *out)
{
    enum { LEAST = 20, MORE_FRAGMENTS = 0x2000, OFFSET = 0x1fff };
    struct frame_datagram ip = {.family = IP_V4};
    size_t header, total;
    unsigned place;

    if (span.kept < LEAST || span.bytes[0] >> 4 != 4)
        return FRAME_UNREAD;
    header = (size_t)(span.bytes[0] & 15) * 4;
    total = u16(span.bytes + 2);
    if (total == 0)
        total = span.size;
    if (header < LEAST || total < header || span.kept < header)
        return FRAME_UNREAD;
    place = u16(span.bytes + 6);
    ip.protocol = span.bytes[9];
    ip.source = span.bytes + 12;
    ip.target = span.bytes + 16;
    ip.id = u16(span.bytes + 4);
    ip.offset = (place & OFFSET) * 8;
    ip.has_more = (place & MORE_FRAGMENTS) != 0;
    ip.is_fragment = ip.has_more || ip.offset;
    advance(&span, header);
    set_data(&ip, &span, total - header);
    return read_transport(&ip, fragments, out);
}

enum {
    NEXT_HOP_BY_HOP = 0,
    NEXT_ROUTING = 43,
    NEXT_FRAGMENT = 44,
    NEXT_AH = 51,
    NEXT_OPTIONS = 60
};

/* The bytes of an extension header (RFC 8200 4, RFC 4302 2); 0 for all other headers. */
static size_t extension_size(uint8_t next, size_t length)
{
    switch (next) {
    case NEXT_HOP_BY_HOP:
    case NEXT_ROUTING:
    case NEXT_OPTIONS:
        return (length + 1) * 8;
    case NEXT_FRAGMENT:
        return 8;
    case NEXT_AH:
        return (length + 2) * 4;
    default:
        return 0;
    }
}

static void read_fragment_header(const unsigned char *bytes, struct frame_datagram *ip)
{
    unsigned place = u16(bytes + 2);

    ip->offset = place & 0xfff8;
    ip->has_more = place & 1;
    ip->id = u32(bytes + 4);
    ip->is_fragment = ip->has_more || ip->offset; /* an "atomic" fragment is whole (RFC 6946) */
}

static enum frame_content read_ipv6(struct span span, struct frame_fragments *fragments,
                                    struct frame_payload *out)
{
    enum { HEADER = 40 };
    struct frame_datagram ip = {.family = IP_V6};
    size_t left;

    if (span.kept < HEADER || span.bytes[0] >> 4 != 6)
        return FRAME_UNREAD;
    left = u16(span.bytes + 4);
    ip.protocol = span.bytes[6];
    ip.source = span.bytes + 8;
    ip.target = span.bytes + 24;
    advance(&span, HEADER);
    if (left == 0)
        left = span.size;
    for (unsigned i = 0; i < EXTENSIONS_MOST; i++) {
        uint8_t next = ip.protocol;
        size_t size = extension_size(next, span.kept >= 2 ? span.bytes[1] : 0);

        if (size == 0 || ip.is_fragment)
            break; /* what follows in a fragment is the datagram's, not its own */
        if (span.kept < size || left < size)
            return FRAME_UNREAD;
        if (next == NEXT_FRAGMENT)
            read_fragment_header(span.bytes, &ip);
        ip.protocol = span.bytes[0];
        advance(&span, size);
        left -= size;
    }
    set_data(&ip, &span, left);
    return read_transport(&ip, fragments, out);
}

static enum frame_content read_ip(struct span span, struct frame_fragments *fragments,
                                  struct frame_payload *out)
{
    if (span.kept < 1)
        return FRAME_UNREAD;
    return span.bytes[0] >> 4 == 6 ? read_ipv6(span, fragments, out)
                                   : read_ipv4(span, fragments, out);
}

/* ---- links ---- */

/* Behind an Ethernet type: further tags, PPPoE (RFC 2516), SNAP (RFC 1042), and then IP. */
static enum frame_content read_typed(unsigned type, struct span span,
                                     struct frame_fragments *fragments, struct frame_payload *out)
{
    enum { VLAN_TAG = 4, PPPOE_HEADER = 8, SNAP_HEADER = 8, PPP_IPV4 = 0x21, PPP_IPV6 = 0x57 };

    for (unsigned i = 0; i < TAGS_MOST; i++) {
        bool is_tag =
            type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ || type == ETHERTYPE_QINQ_OLD;

        if (!is_tag)
            break;
        if (span.kept < VLAN_TAG)
            return FRAME_UNREAD;
        type = u16(span.bytes + 2);
        advance(&span, VLAN_TAG);
    }
    if (type < ETHERTYPE_LENGTHS && span.kept >= SNAP_HEADER &&
        memcmp(span.bytes, "\xaa\xaa\x03\0\0\0", 6) == 0) {
        type = u16(span.bytes + 6);
        advance(&span, SNAP_HEADER);
    } else if (type == ETHERTYPE_PPPOE && span.kept >= PPPOE_HEADER) {
        unsigned protocol = u16(span.bytes + 6);

        advance(&span, PPPOE_HEADER);
        return protocol == PPP_IPV4 || protocol == PPP_IPV6 ? read_ip(span, fragments, out)
                                                            : FRAME_OTHER;
    }
    if (type == ETHERTYPE_IPV4)
        return read_ipv4(span, fragments, out);
    return type == ETHERTYPE_IPV6 ? read_ipv6(span, fragments, out) : FRAME_OTHER;
}

/* The protocol's number is that of the capturing system, in its byte order. */
static enum frame_content read_null(struct span span, struct frame_fragments *fragments,
                                    struct frame_payload *out)
{
    static const uint8_t families[] = {2, 10, 23, 24, 28, 30}; /* IPv4; IPv6, here and there */
    unsigned low = u16(span.bytes), high = u16(span.bytes + 2);
    unsigned family = low ? low >> 8 : high & 0xff;

    advance(&span, 4);
    if (family && memchr(families, (int)family, sizeof families))
        return read_ip(span, fragments, out);
    return FRAME_OTHER;
}

enum frame_content frame_read(const struct trace_frame *frame, struct frame_fragments *fragments,
                              struct frame_payload *out)
{
    static const struct {
        size_t header;
        size_t type_at;
    } links[] = {
        [TRACE_LINK_ETHERNET] = {14, 12},  [TRACE_LINK_LINUX_SLL] = {16, 14},
        [TRACE_LINK_LINUX_SLL2] = {20, 0}, [TRACE_LINK_NULL] = {4, 0},
        [TRACE_LINK_RAW_IP] = {0, 0},
    };
    struct span span = {frame->bytes, frame->size, frame->original};
    unsigned type;

    if (frame->link == TRACE_LINK_NOTE)
        return FRAME_OTHER;
    if (frame->link >= TRACE_LINK_UNKNOWN || span.kept < links[frame->link].header)
        return FRAME_UNREAD;
    if (span.size < span.kept)
        span.size = span.kept;
    if (frame->link == TRACE_LINK_RAW_IP)
        return read_ip(span, fragments, out);
    if (frame->link == TRACE_LINK_NULL)
        return read_null(span, fragments, out);
    type = u16(span.bytes + links[frame->link].type_at);
    advance(&span, links[frame->link].header);
    return read_typed(type, span, fragments, out);
}
