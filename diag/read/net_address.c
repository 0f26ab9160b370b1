#include "diag/read/net_address.h"

#include "diag/text.h"

#include <stdio.h>
#include <string.h>

enum { V4_BYTES = 4, V6_BYTES = 16, V6_GROUPS = 8, NO_GAP = -1 };

/* A decimal number without sign or leading zeros that fills the text, at most `most`. */
static bool parse_number(const char *text, size_t size, uint32_t most, uint32_t *out)
{
    uint64_t number = 0;

    if (size == 0 || size > 10 || (size > 1 && text[0] == '0'))
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!text_is_digit(text[i]))
            return false;
        number = number * 10 + (uint64_t)(text[i] - '0');
    }
    *out = (uint32_t)number;
    return number <= most;
}

static size_t size_before(const char *text, size_t size, char end)
{
    const char *found = memchr(text, end, size);

    return found ? (size_t)(found - text) : size;
}

static bool parse_v4(const char *text, size_t size, uint8_t *bytes)
{
    for (int i = 0; i < V4_BYTES; i++) {
        size_t part = i < V4_BYTES - 1 ? size_before(text, size, '.') : size;
        uint32_t number;

        if (!parse_number(text, part, UINT8_MAX, &number))
            return false;
        bytes[i] = (uint8_t)number;
        if (i == V4_BYTES - 1)
            return true;
        if (part == size)
            return false;
        text += part + 1;
        size -= part + 1;
    }
    return false;
}

static int hex_digit(char character)
{
    if (text_is_digit(character))
        return character - '0';
    if (character >= 'a' && character <= 'f')
        return character - 'a' + 10;
    if (character >= 'A' && character <= 'F')
        return character - 'A' + 10;
    return -1;
}

/* One group of one to four hexadecimal digits into two bytes. */
static bool parse_group(const char *text, size_t size, uint8_t *bytes)
{
    unsigned group = 0;

    if (size == 0 || size > 4)
        return false;
    for (size_t i = 0; i < size; i++) {
        int digit = hex_digit(text[i]);

        if (digit < 0)
            return false;
        group = group * 16 + (unsigned)digit;
    }
    bytes[0] = (uint8_t)(group >> 8);
    bytes[1] = (uint8_t)group;
    return true;
}

/* Moves what stands behind the gap to the end, so that the gap becomes zeros. */
static bool fill_gap(uint8_t *bytes, int used, int gap)
{
    if (gap == NO_GAP)
        return used == V6_BYTES;
    if (used == V6_BYTES)
        return false;
    memmove(bytes + V6_BYTES - (used - gap), bytes + gap, (size_t)(used - gap));
    memset(bytes + gap, 0, (size_t)(V6_BYTES - used));
    return true;
}

static bool parse_v6(const char *text, size_t size, uint8_t *bytes)
{
    int used = 0, gap = NO_GAP;

    if (size >= 2 && text[0] == ':' && text[1] == ':') {
        gap = 0;
        text += 2;
        size -= 2;
    }
    while (size > 0) {
        size_t part = size_before(text, size, ':');

        if (part == size && memchr(text, '.', size)) {
            if (used > V6_BYTES - V4_BYTES || !parse_v4(text, size, bytes + used))
                return false;
            return fill_gap(bytes, used + V4_BYTES, gap);
        }
        if (used == V6_BYTES || !parse_group(text, part, bytes + used))
            return false;
        used += 2;
        if (part == size)
            break;
        text += part + 1;
        size -= part + 1;
        if (size == 0)
            return false;
        if (text[0] == ':') {
            if (gap != NO_GAP)
                return false;
            gap = used;
            text++;
            size--;
        }
    }
    return fill_gap(bytes, used, gap);
}

enum status ip_parse(const char *text, size_t size, struct ip_address *out)
{
    memset(out, 0, sizeof *out);
    if (parse_v4(text, size, out->bytes)) {
        out->family = IP_V4;
        return STATUS_OK;
    }
    memset(out, 0, sizeof *out);
    if (parse_v6(text, size, out->bytes)) {
        out->family = IP_V6;
        return STATUS_OK;
    }
    memset(out, 0, sizeof *out);
    return STATUS_INVALID;
}

static unsigned group_of(const struct ip_address *ip, int group)
{
    const uint8_t *pair = ip->bytes + (size_t)group * 2;

    return (unsigned)pair[0] << 8 | pair[1];
}

/* The first of the longest runs of two or more zero groups (RFC 5952 4.2); its length. */
static int longest_gap(const struct ip_address *ip, int *first)
{
    int longest = 1;

    *first = NO_GAP;
    for (int i = 0; i < V6_GROUPS; i++) {
        int run = 0;

        while (i + run < V6_GROUPS && group_of(ip, i + run) == 0)
            run++;
        if (run > longest) {
            longest = run;
            *first = i;
        }
        i += run;
    }
    return *first == NO_GAP ? 0 : longest;
}

bool ip_is_v4_mapped(const struct ip_address *ip)
{
    static const uint8_t prefix[12] = {[10] = 0xFF, [11] = 0xFF};

    return ip->family == IP_V6 && memcmp(ip->bytes, prefix, sizeof prefix) == 0;
}

static void format_v6(const struct ip_address *ip, char *out)
{
    int gap, gap_size = longest_gap(ip, &gap);
    char *end = out;

    for (int i = 0; i < V6_GROUPS; i++) {
        if (i == gap) {
            memcpy(end, "::", 2);
            end += 2;
            i += gap_size - 1;
            continue;
        }
        if (i > 0 && i != gap + gap_size)
            *end++ = ':';
        end += snprintf(end, sizeof "ffff", "%x", group_of(ip, i));
    }
    *end = '\0';
}

void ip_format(const struct ip_address *ip, char *out)
{
    const uint8_t *v4 = ip_is_v4_mapped(ip) ? ip->bytes + 12 : ip->bytes;

    if (ip->family == IP_V6 && v4 == ip->bytes)
        format_v6(ip, out);
    else if (ip->family == IP_NONE)
        *out = '\0';
    else
        snprintf(out, IP_TEXT_SIZE, "%s%u.%u.%u.%u", ip->family == IP_V6 ? "::ffff:" : "", v4[0],
                 v4[1], v4[2], v4[3]);
}

void ip_format_network(const struct ip_address *ip, unsigned length, char *out)
{
    size_t size;

    ip_format(ip, out);
    size = strlen(out);
    if (length < (ip->family == IP_V4 ? 32u : 128u))
        snprintf(out + size, IP_NETWORK_TEXT_SIZE - size, "/%u", length);
}

bool ip_equal(const struct ip_address *a, const struct ip_address *b)
{
    return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool ip_is_in_network(const struct ip_address *ip, const struct ip_address *network,
                      unsigned length)
{
    unsigned bytes = length / 8, bits = length % 8;

    if (ip->family != network->family || memcmp(ip->bytes, network->bytes, bytes) != 0)
        return false;
    return bits == 0 || (ip->bytes[bytes] ^ network->bytes[bytes]) >> (8 - bits) == 0;
}

static bool is_link_local(const struct ip_address *ip)
{
    return ip->family == IP_V6 && ip->bytes[0] == 0xFE && (ip->bytes[1] & 0xC0) == 0x80;
}

static enum status parse_scoped_ip(const char *text, size_t size, struct net_address *out)
{
    size_t ip_size = size_before(text, size, '%');
    enum status status = ip_parse(text, ip_size, &out->ip);

    if (status != STATUS_OK || ip_size == size)
        return status;
    if (!is_link_local(&out->ip) ||
        !parse_number(text + ip_size + 1, size - ip_size - 1, UINT32_MAX, &out->scope) ||
        out->scope == 0)
        return STATUS_INVALID;
    return STATUS_OK;
}

static enum status parse_port(const char *text, struct net_address *out)
{
    uint32_t port;

    if (!parse_number(text, strlen(text), UINT16_MAX, &port) || port == 0)
        return STATUS_INVALID;
    out->port = (uint16_t)port;
    return STATUS_OK;
}

/* [ADDR] and [ADDR]:PORT, `text` after the bracket. */
static enum status parse_bracketed(const char *text, struct net_address *out)
{
    const char *end = strchr(text, ']');
    enum status status;

    if (!end)
        return STATUS_INVALID;
    status = parse_scoped_ip(text, (size_t)(end - text), out);
    if (status != STATUS_OK || out->ip.family != IP_V6)
        return STATUS_INVALID;
    if (end[1] == '\0')
        return STATUS_OK;
    return end[1] == ':' ? parse_port(end + 2, out) : STATUS_INVALID;
}

enum status net_address_parse(const char *text, uint16_t default_port, struct net_address *out)
{
    const char *colon = strchr(text, ':');
    enum status status;

    memset(out, 0, sizeof *out);
    out->port = default_port;
    if (text[0] == '[')
        return parse_bracketed(text + 1, out);
    if (!colon || strchr(colon + 1, ':'))
        return parse_scoped_ip(text, strlen(text), out);
    status = ip_parse(text, (size_t)(colon - text), &out->ip);
    return status == STATUS_OK ? parse_port(colon + 1, out) : status;
}

void net_address_format(const struct net_address *address, uint16_t usual_port, char *out)
{
    bool with_port = address->port != usual_port;
    bool brackets = with_port && address->ip.family == IP_V6;
    char ip[IP_TEXT_SIZE], scope[12] = "", port[8] = "";

    ip_format(&address->ip, ip);
    if (address->scope)
        snprintf(scope, sizeof scope, "%%%u", (unsigned)address->scope);
    if (with_port)
        snprintf(port, sizeof port, ":%u", (unsigned)address->port);
    snprintf(out, NET_ADDRESS_TEXT_SIZE, "%s%s%s%s%s", brackets ? "[" : "", ip, scope,
             brackets ? "]" : "", port);
}

bool net_address_equal(const struct net_address *a, const struct net_address *b)
{
    return ip_equal(&a->ip, &b->ip) && a->port == b->port && a->scope == b->scope;
}
