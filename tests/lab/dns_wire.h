/*
 * DNS on the wire as the lab writes it (RFC 1035 3 and 4): names, the data of
 * records, and messages with compression. Written apart from diag/read, so that
 * the reader there is not tested against its own mistakes.
 */
#ifndef EXDIAG_TESTS_LAB_DNS_WIRE_H
#define EXDIAG_TESTS_LAB_DNS_WIRE_H

#include "diag/buffer.h"
#include "diag/status.h"

#include <stdint.h>

enum {
    LAB_TYPE_NS = 2,
    LAB_TYPE_CNAME = 5,
    LAB_TYPE_SOA = 6,
    LAB_TYPE_A = 1,
    LAB_TYPE_AAAA = 28,
    LAB_TYPE_OPT = 41
};

enum { LAB_NAME_MOST = 255, LAB_MESSAGE_MOST = 65535 };

struct lab_name {
    uint8_t wire[LAB_NAME_MOST]; /* uncompressed, the root label included */
    size_t size;
};

/*
 * Text such as "mail.example.com", with or without the last dot; "." or "" is the
 * root. \DDD is any byte, \X the character X itself. STATUS_INVALID otherwise.
 */
enum status lab_name_parse(const char *text, struct lab_name *out);

/* The name at the beginning of `bytes`; pointers are not followed. STATUS_MALFORMED. */
enum status lab_name_read(const uint8_t *bytes, size_t size, struct lab_name *out);

/* Without case, as RFC 4343 has it. */
bool lab_name_equal(const struct lab_name *a, const struct lab_name *b);

/* True if `name` is `zone` or below it. */
bool lab_name_below(const struct lab_name *name, const struct lab_name *zone);

/* Drops the first label; false at the root. */
bool lab_name_ascend(struct lab_name *name);

/* Puts the label "*" in front; false if there is no room for it. */
bool lab_name_make_wildcard(struct lab_name *name);

/* ASCII letters to lower case; length octets, below 64, stay as they are. */
uint8_t lab_fold(uint8_t byte);

/* The number of "MX" or "TYPE65", in any case; 0 if it is none. */
uint16_t lab_type_number(const char *word);

/*
 * Appends the data of a record to `out`, without compression. `text` is what stands
 * in a zone file (RFC 1035 5.1): "10 mx1.example.com", "192.0.2.1". Text records:
 * one or more quoted strings, or with no quote at the beginning the whole text as
 * one string; a string over 255 bytes is split there. Any type can be given byte
 * for byte as in RFC 3597 5: "\# 3 0A0B0C", valid data or not. STATUS_INVALID.
 */
enum status lab_data_parse(uint16_t type, const char *text, struct buffer *out);

enum { LAB_NAMES_REMEMBERED = 64 };

struct lab_writer {
    struct buffer out; /* at most LAB_MESSAGE_MOST */
    uint16_t names[LAB_NAMES_REMEMBERED];
    size_t name_count;
};

void lab_writer_init(struct lab_writer *writer);
void lab_writer_release(struct lab_writer *writer);

void lab_put_8(struct lab_writer *writer, unsigned value);
void lab_put_16(struct lab_writer *writer, unsigned value);
void lab_put_32(struct lab_writer *writer, uint32_t value);

/* Overwrites two bytes that were written before. */
void lab_patch_16(struct lab_writer *writer, size_t at, unsigned value);

/* With pointers to what stands in the message already, where `compress` is true. */
void lab_put_name(struct lab_writer *writer, const struct lab_name *name, bool compress);

/* One record of class IN. `exact`: the data as it is, no name in it compressed. */
void lab_put_record(struct lab_writer *writer, const struct lab_name *owner, uint16_t type,
                    uint32_t ttl, const uint8_t *data, size_t size, bool exact);

/* Takes back everything from `size` on. */
void lab_writer_cut(struct lab_writer *writer, size_t size);

#endif
