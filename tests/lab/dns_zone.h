/*
 * What a scripted name server knows: records given as data, and what they answer to
 * a name and type, as a resolver or as the authority of its zones.
 */
#ifndef EXDIAG_TESTS_LAB_DNS_ZONE_H
#define EXDIAG_TESTS_LAB_DNS_ZONE_H

#include "tests/lab/dns_wire.h"

#include <stdbool.h>

/*
 * One record as a person writes it: {"example.com", "MX", "10 mx1.example.com"}.
 * The forms of `data` are those of lab_data_parse(). An owner that begins with "*."
 * is a wildcard (RFC 4592). Records are never merged: the same one twice is served
 * twice.
 */
struct lab_record {
    const char *owner;
    const char *type;
    const char *data;
    uint32_t ttl; /* seconds; 0 stands for LAB_TTL_USUAL */
};

enum { LAB_TTL_USUAL = 300 };

struct lab_entry { /* a record in wire form */
    struct lab_name owner;
    uint16_t type;
    uint32_t ttl;
    const uint8_t *data;
    size_t size;
    bool exact; /* given byte for byte */
};

struct lab_item { /* a record in an answer: a wildcard's has the name that was asked */
    const struct lab_entry *entry;
    const struct lab_name *owner;
};

struct lab_section {
    struct lab_item *items;
    size_t count;
    size_t room;
};

struct lab_reply { /* zeroed: an empty one */
    unsigned rcode;
    bool authoritative; /* AA, if this server is an authority */
    struct lab_section answer;
    struct lab_section authority;
    struct lab_section additional;
    struct arena memory;
};

void lab_reply_release(struct lab_reply *reply);

struct lab_zone;

/* STATUS_INVALID if a name, type or data is none; see lab_record_check(). */
enum status lab_zone_new(const struct lab_record *records, size_t count, struct lab_zone **out);
void lab_zone_free(struct lab_zone *zone);

/* STATUS_OK if the record can be served. */
enum status lab_record_check(const struct lab_record *record);

/*
 * Fills an empty reply. Aliases are followed as far as the records here lead, with
 * a limit far above any client's.
 *
 * As a resolver (authoritative false) all records are one world: what is not there
 * does not exist. As an authority a zone begins at each SOA record: outside of them
 * the answer is REFUSED, and NS records below one are a delegation, answered by a
 * referral with the addresses known here.
 */
void lab_zone_answer(const struct lab_zone *zone, const struct lab_name *name, uint16_t type,
                     bool authoritative, struct lab_reply *reply);

/* An empty answer with `rcode` and, where there is one, the SOA record above the name. */
void lab_zone_deny(const struct lab_zone *zone, const struct lab_name *name, unsigned rcode,
                   struct lab_reply *reply);

#endif
