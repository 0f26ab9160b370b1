#include "probes/mx/tlsa.h"

#include <string.h>

enum { /* RFC 6698 7.2 to 7.4, by their names in RFC 7218 */
       DANE_TA = 2,
       DANE_EE = 3,
       CERT = 0,
       SPKI = 1,
       SHA2_256 = 1,
       SHA2_512 = 2
};

static bool is_usable(const struct dns_record *record)
{
    return (record->data.tlsa.usage == DANE_TA || record->data.tlsa.usage == DANE_EE) &&
           record->data.tlsa.selector <= SPKI && record->data.tlsa.matching <= SHA2_512;
}

/* The digest that a record is about, as hexadecimal text; "" where there is none to compare. */
static const char *digest_of(const struct certificate *certificate, const struct dns_record *record)
{
    bool is_key = record->data.tlsa.selector == SPKI;
    const char *text = "";

    if (record->data.tlsa.matching == SHA2_256)
        text = is_key ? certificate->key_sha256 : certificate->sha256;
    else if (record->data.tlsa.matching == SHA2_512)
        text = is_key ? certificate->key_sha512 : certificate->sha512;
    return text ? text : "";
}

static bool is_digest(const char *text, const uint8_t *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";

    if (strlen(text) != size * 2)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (text[2 * i] != digits[bytes[i] >> 4] || text[2 * i + 1] != digits[bytes[i] & 15])
            return false;
    }
    return true;
}

static enum mx_tlsa_match match_certificate(const struct certificate *certificate,
                                            const struct dns_record *record)
{
    const char *digest = digest_of(certificate, record);

    if (!*digest)
        return MX_TLSA_INCOMPARABLE;
    return is_digest(digest, record->data.tlsa.bytes, record->data.tlsa.size) ? MX_TLSA_MATCHES
                                                                              : MX_TLSA_DIFFERS;
}

static enum mx_tlsa_match match_record(const struct dns_record *record, const struct smtp_tls *tls,
                                       const char *host)
{
    bool is_authority = record->data.tlsa.usage == DANE_TA;
    size_t count = is_authority ? tls->chain_count : 1;
    enum mx_tlsa_match result = MX_TLSA_DIFFERS;

    if (is_authority && !certificate_may_be_for(&tls->chain[0], host))
        return MX_TLSA_DIFFERS;
    for (size_t i = 0; i < count && result != MX_TLSA_MATCHES; i++) {
        enum mx_tlsa_match one = match_certificate(&tls->chain[i], record);

        if (one != MX_TLSA_DIFFERS)
            result = one;
    }
    if (result == MX_TLSA_MATCHES && is_authority && !certificate_is_for(&tls->chain[0], host))
        return MX_TLSA_INCOMPARABLE;
    return result;
}

enum mx_tlsa_match mx_tlsa_match(const struct dns_answer *answer, const struct smtp_tls *tls,
                                 const char *host)
{
    enum mx_tlsa_match result = MX_TLSA_NONE;
    const struct dns_record *record = NULL;

    while ((record = dns_answer_next(answer, record))) {
        enum mx_tlsa_match one;

        if (!is_usable(record))
            continue;
        one = tls->chain_count ? match_record(record, tls, host) : MX_TLSA_DIFFERS;
        if (one == MX_TLSA_MATCHES)
            return one;
        if (result != MX_TLSA_INCOMPARABLE)
            result = one;
    }
    return result;
}

const char *mx_tlsa_text(const struct dns_record *record, struct arena *arena)
{
    struct buffer text;

    buffer_init(&text, 256);
    buffer_print(&text, "%u %u %u ", record->data.tlsa.usage, record->data.tlsa.selector,
                 record->data.tlsa.matching);
    for (size_t i = 0; i < record->data.tlsa.size && i < 64; i++)
        buffer_print(&text, "%02x", record->data.tlsa.bytes[i]);
    return buffer_keep(&text, arena);
}
