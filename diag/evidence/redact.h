/*
 * Redaction: evidence without the customer's names and addresses, that still
 * leads to the same findings.
 *
 * Pseudonyms keep the length of every label and the shared prefixes of addresses,
 * and one value has one pseudonym throughout a run. They come from a random key
 * that is never written anywhere, so nothing leads back.
 *
 *  - Names go label by label: mail.contoso.com becomes qzkw.tbrnowp.com, and the
 *    pseudonym of a name's parent is the parent of its pseudonym. Kept: well-known
 *    top-level domains, labels that begin with an underscore, what a directory publishes
 *    below _msdcs (dc, pdc, gc, domains), "*". Names in in-addr.arpa and ip6.arpa keep their
 *    meaning: the address they spell is redacted. Letters become letters, digits digits,
 *    letters of other scripts one of the 64 around them; hyphens and all other bytes stay.
 *    Different labels have different pseudonyms, upper and lower case of one label the same. An
 *    address in the place of a name is redacted as an address.
 *  - Addresses: bit by bit (Crypto-PAn's idea), so that networks stay networks.
 *    Special-purpose ranges (RFC 6890: private, loopback, link-local, documentation,
 *    multicast and so on) map onto themselves, and nothing else maps into them. Of
 *    single addresses, 127.0.0.1, ::1, 0.0.0.0, :: and 255.255.255.255 stay, and an
 *    IPv4 address mapped into IPv6 has the pseudonym that it has as IPv4.
 *  - Text with structure (an SPF record) keeps its punctuation and the words of its
 *    language; names and addresses in it are redacted as above, and every other
 *    run of letters or digits as a label. Kept beside those: SPF macros, and prefix
 *    lengths behind a slash with the zero bits of the network before them. What is
 *    no address because of its numbers is none afterwards.
 *  - Opaque text is dropped by the kind of evidence it belongs to.
 */
#ifndef EXDIAG_EVIDENCE_REDACT_H
#define EXDIAG_EVIDENCE_REDACT_H

#include "diag/buffer.h"
#include "diag/read/net_address.h"
#include "diag/status.h"

enum { REDACTOR_KEY_SIZE = 32 };

struct redactor;

/*
 * `key`: REDACTOR_KEY_SIZE unpredictable bytes. Never NULL: a cryptographic library
 * without HMAC-SHA256 ends the program. For one thread at a time.
 */
struct redactor *redactor_new(const void *key);
void redactor_free(struct redactor *redactor);

/* A domain or host name in presentation text (dns_name.h); a trailing dot stays. */
void redact_name(const struct redactor *redactor, const char *name, struct buffer *out);

/* The same, in `arena`, cut off at DNS_NAME_TEXT_SIZE bytes; NULL for NULL. */
const char *redact_name_copy(const struct redactor *redactor, const char *name,
                             struct arena *arena);

void redact_ip(const struct redactor *redactor, struct ip_address *ip);

/*
 * Text in a small language: `words`, ended by NULL, are its vocabulary (matched
 * without case, as whole runs of letters, digits, - and _ outside of dotted names)
 * and stay. A name in the text gets the pseudonym that redact_name() gives it.
 */
void redact_text(const struct redactor *redactor, const char *text, size_t size,
                 const char *const *words, struct buffer *out);

/*
 * A path: folders and file names become labels; separators, the drive letter and
 * the extension (up to 6 letters or digits) stay. One of a machine (read/machine_path.h)
 * has the pseudonym of its name.
 */
void redact_path(const struct redactor *redactor, const char *path, struct buffer *out);

/* The same, in `arena`. */
const char *redact_path_copy(const struct redactor *redactor, const char *path,
                             struct arena *arena);

#endif
