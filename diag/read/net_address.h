/*
 * IP addresses and the host:port forms of the command line, as pure values.
 * No names, no lookups.
 */
#ifndef EXDIAG_READ_NET_ADDRESS_H
#define EXDIAG_READ_NET_ADDRESS_H

#include "diag/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ip_family { IP_NONE = 0, IP_V4 = 4, IP_V6 = 6 };

struct ip_address {
    uint8_t family;    /* enum ip_family; IP_NONE: no address */
    uint8_t bytes[16]; /* network order; the first 4 for IP_V4, the rest zero */
};

struct net_address {
    struct ip_address ip;
    uint16_t port;  /* host order */
    uint32_t scope; /* IPv6 zone index of a link-local address, else 0 */
};

enum {
    DNS_PORT = 53,                           /* RFC 1035 4.2 */
    IP_TEXT_SIZE = 46,                       /* the longest IPv6 text and its NUL */
    IP_NETWORK_TEXT_SIZE = IP_TEXT_SIZE + 4, /* and a length */
    NET_ADDRESS_TEXT_SIZE = 66,              /* [address%scope]:port and its NUL */
};

/*
 * Dotted quads (four decimal numbers, no leading zeros) and RFC 4291 2.2 IPv6
 * text of `size` bytes. STATUS_INVALID for everything else.
 */
enum status ip_parse(const char *text, size_t size, struct ip_address *out);

/*
 * The canonical text: dotted quad, or RFC 5952 (an IPv4-mapped address ends in a
 * dotted quad); "" for IP_NONE. `out` has IP_TEXT_SIZE bytes.
 */
void ip_format(const struct ip_address *ip, char *out);

/* "192.0.2.0/24", and a single address without a length. `out` has IP_NETWORK_TEXT_SIZE bytes. */
void ip_format_network(const struct ip_address *ip, unsigned length, char *out);

/* An IPv4 address as IPv6, ::ffff:192.0.2.1; its last 4 bytes are the address (RFC 4291 2.5.5.2).
 */
bool ip_is_v4_mapped(const struct ip_address *ip);

bool ip_equal(const struct ip_address *a, const struct ip_address *b);

/* Whether the first `length` bits of an address are those of `network`, and its family. */
bool ip_is_in_network(const struct ip_address *ip, const struct ip_address *network,
                      unsigned length);

/*
 * ADDR, ADDR:PORT, [ADDR], [ADDR]:PORT, and bare IPv6, link-local IPv6 with an
 * optional %scope (a number from 1); `default_port` where none is given.
 * STATUS_INVALID otherwise; a port is 1 to 65535.
 */
enum status net_address_parse(const char *text, uint16_t default_port, struct net_address *out);

/*
 * "192.0.2.1" or "2001:db8::1" at `usual_port`, else "192.0.2.1:5353" or
 * "[2001:db8::1]:5353". `out` has NET_ADDRESS_TEXT_SIZE bytes.
 */
void net_address_format(const struct net_address *address, uint16_t usual_port, char *out);

bool net_address_equal(const struct net_address *a, const struct net_address *b);

#endif
