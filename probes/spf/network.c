#include "probes/spf/network.h"

#include <string.h>

static const char private_use[] = "for private networks";

/* RFC 6890 and its registry, but for documentation; without host bits. */
static const struct block {
    struct ip_address ip;
    unsigned length;
    const char *purpose;
} blocks[] = {
    {{IP_V4, {0}}, 8, "for \"this network\" alone"},
    {{IP_V4, {10}}, 8, private_use},
    {{IP_V4, {100, 64}}, 10, "for a provider's customers behind its translation (CGN)"},
    {{IP_V4, {127}}, 8, "for the machine itself (loopback)"},
    {{IP_V4, {169, 254}}, 16, "for one link alone"},
    {{IP_V4, {172, 16}}, 12, private_use},
    {{IP_V4, {192, 0, 0}}, 24, "for protocols"},
    {{IP_V4, {192, 168}}, 16, private_use},
    {{IP_V4, {198, 18}}, 15, "for measurements"},
    {{IP_V4, {224}}, 4, "for multicast"},
    {{IP_V4, {240}}, 4, "reserved"},
    {{IP_V6, {0}}, 128, "for no address at all"},
    {{IP_V6, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}},
     128,
     "for the machine itself (loopback)"},
    {{IP_V6, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}},
     96,
     "for IPv4 in disguise, which SPF looks up as ip4"},
    {{IP_V6, {0x01}}, 64, "for discarding"},
    {{IP_V6, {0xfc}}, 7, private_use},
    {{IP_V6, {0xfe, 0x80}}, 10, "for one link alone"},
    {{IP_V6, {0xff}}, 8, "for multicast"},
};

const char *spf_reserved_for(const struct ip_address *ip, unsigned length)
{
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        if (length >= blocks[i].length && ip_is_in_network(ip, &blocks[i].ip, blocks[i].length))
            return blocks[i].purpose;
    }
    return NULL;
}

/* Of an ip4 or ip6 term without an error; 0 for none. */
static bool is_network(const struct spf_term *term)
{
    return (term->kind == SPF_IP4 || term->kind == SPF_IP6) && !term->error &&
           term->network.family != IP_NONE;
}

static unsigned length_of(const struct spf_term *term)
{
    return term->kind == SPF_IP4 ? term->v4_length : term->v6_length;
}

const char *spf_term_reserved_for(const struct spf_term *term)
{
    return is_network(term) ? spf_reserved_for(&term->network, length_of(term)) : NULL;
}

/* Clears what stands behind the network's length; true if there was something. */
static bool clear_host_bits(struct ip_address *ip, unsigned length)
{
    size_t bytes = ip->family == IP_V4 ? 4 : 16;
    bool had = false;

    for (size_t i = length / 8; i < bytes; i++) {
        uint8_t host = (uint8_t)(i == length / 8 ? 0xffu >> length % 8 : 0xffu);

        had = had || ip->bytes[i] & host;
        ip->bytes[i] &= (uint8_t)~host;
    }
    return had;
}

bool spf_has_host_bits(const struct spf_term *term)
{
    struct ip_address ip = term->network;

    return is_network(term) && clear_host_bits(&ip, length_of(term));
}

void spf_format_network(const struct spf_term *term, char *out)
{
    struct ip_address ip = term->network;
    unsigned length = length_of(term);

    clear_host_bits(&ip, length);
    ip_format_network(&ip, length, out);
}

bool spf_covers(const struct spf_term *wide, const struct spf_term *narrow)
{
    struct ip_address outer = wide->network, inner = narrow->network;

    if (wide->kind != narrow->kind || wide->qualifier != narrow->qualifier || !is_network(wide) ||
        !is_network(narrow) || length_of(wide) >= length_of(narrow))
        return false;
    clear_host_bits(&outer, length_of(wide));
    clear_host_bits(&inner, length_of(wide));
    return ip_equal(&outer, &inner);
}

/* Prefix lengths up to which a network is everybody's, and wide. */
static enum spf_width width(unsigned length, unsigned everybody, unsigned wide)
{
    return length <= everybody ? SPF_WIDTH_EVERYBODY
           : length <= wide    ? SPF_WIDTH_WIDE
                               : SPF_WIDTH_USUAL;
}

static enum spf_width width_by_length(const struct spf_term *term)
{
    enum spf_width v4 = width(term->v4_length, 7, 11), v6 = width(term->v6_length, 16, 24);

    if (term->kind == SPF_IP4)
        return v4;
    if (term->kind == SPF_IP6)
        return v6;
    if (term->kind == SPF_A || term->kind == SPF_MX)
        return v4 > v6 ? v4 : v6;
    return SPF_WIDTH_USUAL;
}

enum spf_width spf_width_of(const struct spf_term *term)
{
    enum spf_width by_length = width_by_length(term);

    if (by_length == SPF_WIDTH_USUAL || term->error || spf_term_reserved_for(term))
        return SPF_WIDTH_USUAL;
    return by_length;
}
