/*
 * Domain names (RFC 1035 2.3, 3.1; RFC 4343 for case).
 *
 * Inside the program a name is NUL-terminated presentation text without a
 * trailing dot; the root is ".". A dot or backslash inside a label is written
 * \. and \\, any other byte outside printable ASCII as \DDD. So every name a
 * server can send, and every name an SPF macro can make, has one text form.
 */
#ifndef EXDIAG_READ_DNS_NAME_H
#define EXDIAG_READ_DNS_NAME_H

#include "diag/buffer.h"
#include "diag/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DNS_LABEL_MOST = 63,      /* RFC 1035 2.3.4 */
    DNS_NAME_WIRE_MOST = 255, /* length octets and the root label included */
    DNS_NAME_TEXT_SIZE = 1025 /* the longest text form (every byte escaped) and its NUL */
};

/*
 * Text to wire. `wire` has DNS_NAME_WIRE_MOST bytes. A trailing dot is allowed.
 * STATUS_INVALID for an empty name, an empty label, a label over 63 bytes, a
 * name over 255, or a broken escape. Bytes over 127 are taken as they are.
 */
enum status dns_name_to_wire(const char *text, uint8_t *wire, size_t *size);

/*
 * Uncompressed wire form to text; `text` has DNS_NAME_TEXT_SIZE bytes.
 * STATUS_MALFORMED if the labels do not end within `size`.
 */
enum status dns_name_from_wire(const uint8_t *wire, size_t size, char *text);

/* Same name: ASCII letters compare without case, a trailing dot is no matter. */
bool dns_name_equal(const char *a, const char *b);

/* True if `name` is `zone` or below it. */
bool dns_name_is_below(const char *name, const char *zone);

/*
 * Lower case, without the trailing dot and in the one text form, appended to `out`.
 * An invalid name stays invalid: what follows a broken escape is left as it is.
 */
void dns_name_fold(const char *name, struct buffer *out);

/* True only if dns_name_fold() would change nothing: a quick look, which most names pass. */
bool dns_name_is_folded(const char *name);

/* How many labels: 0 for the root, 2 for "example.com". */
unsigned dns_name_labels(const char *name);

/*
 * A top-level label that never has a public delegation: for private use by RFC 6761,
 * 6762 and 7686, by ICANN's decision (internal), or by old habit (lan, corp).
 */
bool dns_label_is_private(const char *label, size_t size);

/* A name that nobody outside can see: below such a label or home.arpa, or of one label. */
bool dns_name_is_private(const char *name);

/* The name without its first label, "." after the last one. Points into `name`. */
const char *dns_name_parent(const char *name);

#endif
