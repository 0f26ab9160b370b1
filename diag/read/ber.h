/*
 * BER and DER (X.690) as LDAP, Kerberos and SPNEGO need them: definite lengths of at most
 * four octets (Windows writes all of its LDAP with four), tags of one octet. A reader never
 * leaves its bytes; after the first thing that does not fit, it has failed, and gives
 * nothing more. The content of an element is a reader of its own, which fails by itself.
 * Fuzz target: tests/fuzz/ber.c.
 */
#ifndef EXDIAG_READ_BER_H
#define EXDIAG_READ_BER_H

#include "diag/buffer.h"

#include <stdbool.h>
#include <stdint.h>

enum ber_tag {
    BER_BOOLEAN = 0x01,
    BER_INTEGER = 0x02,
    BER_BIT_STRING = 0x03,
    BER_OCTET_STRING = 0x04,
    BER_OBJECT_IDENTIFIER = 0x06,
    BER_ENUMERATED = 0x0A,
    BER_GENERALIZED_TIME = 0x18,
    BER_GENERAL_STRING = 0x1B,
    BER_SEQUENCE = 0x30,
    BER_SET = 0x31,
    BER_APPLICATION = 0x60, /* constructed; the number is added */
    BER_CONTEXT = 0xA0,     /* the same */
    BER_CONTEXT_PRIMITIVE = 0x80
};

struct ber { /* what is left to read */
    const unsigned char *bytes;
    size_t size;
    bool failed;
};

/* The tag of the next element; -1 at the end or after a failure. */
int ber_peek(const struct ber *ber);

/* Takes the next element, of any tag or of this one; its content. Fails where it is another. */
struct ber ber_take_any(struct ber *ber, int *tag);
struct ber ber_take(struct ber *ber, int tag);

/* Takes it if it is there. */
bool ber_take_optional(struct ber *ber, int tag, struct ber *content);

/* INTEGER or ENUMERATED of at most 8 octets; 0 where it failed. */
int64_t ber_take_integer(struct ber *ber);

/* All that is left, as text in the arena; NULL if it is not UTF-8, holds a NUL, or has failed. */
const char *ber_text(const struct ber *content, struct arena *arena);

/*
 * Bytes that the element at the beginning of `bytes` takes, 0 while its header is not
 * complete, SIZE_MAX if it is none or larger than `most`: how a stream is cut.
 */
size_t ber_element_size(const unsigned char *bytes, size_t size, size_t most);

/* ---- writing: shortest lengths and numbers, as DER has them ---- */

void ber_put(struct buffer *out, int tag, const void *content, size_t size);
void ber_put_text(struct buffer *out, int tag, const char *text);
void ber_put_integer(struct buffer *out, int tag, int64_t number);

/* Puts a tag and length around what was written to `out` from `start` on. */
void ber_wrap(struct buffer *out, size_t start, int tag);

#endif
