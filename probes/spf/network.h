/*
 * The networks of ip4, ip6, a and mx terms: how wide they are, and which of them no
 * message on the Internet comes from (RFC 6890). Pure.
 */
#ifndef EXDIAG_PROBES_SPF_NETWORK_H
#define EXDIAG_PROBES_SPF_NETWORK_H

#include "diag/read/spf.h"

/*
 * What an address or the whole of a network of `length` bits is set apart for, such as
 * "for private networks"; NULL if it can send. Addresses for documentation (RFC 5737,
 * RFC 3849) count as such that can: examples and tests are full of them.
 */
const char *spf_reserved_for(const struct ip_address *ip, unsigned length);

/* The same for the network of an ip4 or ip6 term without an error; NULL for other terms. */
const char *spf_term_reserved_for(const struct spf_term *term);

/* ip4:192.0.2.7/24 is the network 192.0.2.0/24. */
bool spf_has_host_bits(const struct spf_term *term);

/* The network of an ip4 or ip6 term, without host bits, with its length unless that is all. */
void spf_format_network(const struct spf_term *term, char *out);

/* Two networks with one qualifier, and all of `narrow` is in `wide`, which is larger. */
bool spf_covers(const struct spf_term *wide, const struct spf_term *narrow);

/* Of a network that a term lets through. */
enum spf_width {
    SPF_WIDTH_USUAL,
    SPF_WIDTH_WIDE,     /* a large provider's whole: over a million addresses of IPv4 */
    SPF_WIDTH_EVERYBODY /* no organisation's: that much of the Internet */
};

/* By its prefix lengths alone; of a and mx the wider of its two. */
enum spf_width spf_width_of(const struct spf_term *term);

#endif
