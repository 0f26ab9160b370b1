/*
 * DNS messages (RFC 1035 4, EDNS RFC 6891): builds questions, reads answers.
 * Pure: bytes in, records out. Fuzz target: tests/fuzz/dns_message.c.
 */
#ifndef EXDIAG_READ_DNS_MESSAGE_H
#define EXDIAG_READ_DNS_MESSAGE_H

#include "diag/memory.h"
#include "diag/read/dns_name.h"
#include "diag/read/net_address.h"
#include "diag/status.h"

/* X(NAME, number): the types exdiag asks for and reads. RFC 7208 14.1 for type 99. */
#define DNS_TYPE_LIST(X)                                                                           \
    X(A, 1)                                                                                        \
    X(NS, 2)                                                                                       \
    X(CNAME, 5)                                                                                    \
    X(SOA, 6)                                                                                      \
    X(PTR, 12)                                                                                     \
    X(MX, 15)                                                                                      \
    X(TXT, 16)                                                                                     \
    X(AAAA, 28)                                                                                    \
    X(SRV, 33)                                                                                     \
    X(TLSA, 52)                                                                                    \
    X(SPF, 99)

enum dns_type {
#define X(name, number) DNS_##name = number,
    DNS_TYPE_LIST(X)
#undef X
};

enum dns_rcode {
    DNS_NOERROR = 0,
    DNS_FORMERR = 1,
    DNS_SERVFAIL = 2,
    DNS_NXDOMAIN = 3,
    DNS_NOTIMP = 4,
    DNS_REFUSED = 5,
    DNS_BADVERS = 16 /* RFC 6891 6.1.3 */
};

enum dns_flag {                              /* what a response can say of itself */
                DNS_AUTHORITATIVE = 1,       /* AA */
                DNS_TRUNCATED = 2,           /* TC */
                DNS_RECURSION_AVAILABLE = 4, /* RA */
                DNS_AUTHENTICATED = 8        /* AD */
};

struct dns_string { /* one character-string of a TXT record: any bytes, at most 255 */
    const char *bytes;
    size_t size;
};

/* One resource record. Names are presentation text (dns_name.h), case as received. */
struct dns_record {
    const char *owner;
    uint16_t type; /* enum dns_type; other types are left out when a message is read */
    uint32_t ttl;  /* seconds; values over 2^31-1 are read as 0 (RFC 2181 8) */
    union {
        struct ip_address ip; /* A, AAAA */
        const char *name;     /* NS, CNAME, PTR */
        struct {
            const char *exchange;
            uint16_t preference;
        } mx;
        struct {
            const char *target;
            uint16_t priority;
            uint16_t weight;
            uint16_t port;
        } srv;
        struct {
            const char *primary;
            const char *mailbox;
            uint32_t serial;
            uint32_t refresh;
            uint32_t retry;
            uint32_t expire;
            uint32_t minimum; /* seconds; the TTL of negative answers (RFC 2308 5) */
        } soa;
        struct { /* TXT, SPF */
            const struct dns_string *strings;
            size_t count;
        } txt;
        struct { /* RFC 6698 2.1 */
            const uint8_t *bytes;
            size_t size;
            uint8_t usage;
            uint8_t selector;
            uint8_t matching;
        } tlsa;
    } data;
};

struct dns_section {
    const struct dns_record *records;
    size_t count;
};

struct dns_message {
    uint16_t id;
    bool is_response;
    uint8_t flags;  /* enum dns_flag */
    uint16_t rcode; /* enum dns_rcode, EDNS bits included */
    bool has_edns;
    const char *question_name; /* NULL when the message has not exactly one question */
    uint16_t question_type;
    struct dns_section answer;
    struct dns_section authority;
    struct dns_section additional; /* without OPT */
};

enum {
    DNS_EDNS_SIZE = 1232, /* the UDP size we offer: fits every usual path unfragmented */
    DNS_QUESTION_MOST = 12 + DNS_NAME_WIRE_MOST + 4 + 11
};

/*
 * Writes a question for `name` (wire form, from dns_name_to_wire). `wire` has
 * DNS_QUESTION_MOST bytes; returns the size used. `recursive` sets RD, and AD, by
 * which a resolver that validates is asked to say so in its answer (RFC 6840 5.7);
 * `edns` adds an OPT record offering DNS_EDNS_SIZE.
 */
size_t dns_message_ask(uint8_t *wire, uint16_t id, const uint8_t *name, size_t name_size,
                       enum dns_type type, bool recursive, bool edns);

/*
 * Reads a message of up to 65,535 bytes. Everything in `out` lives in `arena`;
 * nothing points into `wire`. Compression pointers must point backwards, a name
 * takes at most 127 of them, and names keep RFC 1035's limits; all of them together
 * come to at most 1 MiB of text. Records of classes other than IN are left out.
 * STATUS_MALFORMED when a length, a name or the data of a known type does not fit;
 * what a truncated message (TC) holds whole is given all the same.
 */
enum status dns_message_read(const uint8_t *wire, size_t size, struct arena *arena,
                             struct dns_message *out);

/*
 * The cheap check before dns_message_read(): is this a response with this id to
 * this question? The name is compared without case (RFC 4343). FORMERR, SERVFAIL,
 * NOTIMP and REFUSED may come without a question section, as a server sends them
 * that could not read the question.
 */
bool dns_message_answers(const uint8_t *wire, size_t size, uint16_t id, const uint8_t *name,
                         size_t name_size, enum dns_type type);

/*
 * The text of a TXT or SPF record: its strings joined without anything between
 * them (RFC 7208 3.3), in the arena. A NUL follows the `*size` bytes, and may be
 * among them.
 */
const char *dns_record_text(const struct dns_record *txt, struct arena *arena, size_t *size);

/* "TXT" and so on; "TYPE?" for a type not in DNS_TYPE_LIST. */
const char *dns_type_name(uint16_t type);

/* The type of a name such as "MX" in any case; 0 if unknown. */
uint16_t dns_type_from_name(const char *name);

/* "NOERROR", "NXDOMAIN" and so on, the words of IANA's list; "RCODE?" for an unknown one. */
const char *dns_rcode_name(uint16_t rcode);
uint16_t dns_rcode_from_name(const char *name);

#endif
