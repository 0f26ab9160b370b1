#include "diag/gather/certificate.h"

#include "diag/read/net_address.h"
#include "diag/text.h"

#include <limits.h>
#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <string.h>

enum { CURVE_NAME_SIZE = 64 };

/* No control characters: they are spelled out, so that no two names look alike. */
static const char *text_of(const void *bytes, size_t size, struct arena *arena)
{
    struct buffer text;

    buffer_init(&text, CERTIFICATE_TEXT_MOST);
    text_show(&text, bytes, size);
    return buffer_keep(&text, arena);
}

static const char *name_of(const X509_NAME *name, struct arena *arena)
{
    BIO *out = BIO_new(BIO_s_mem());
    const char *text = "";
    char *bytes;
    long size;

    if (!out)
        return text;
    if (X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >=
        0) {
        size = BIO_get_mem_data(out, &bytes);
        text = text_of(bytes, (size_t)size, arena);
    }
    BIO_free(out);
    return text;
}

static const char *utf8_of(const ASN1_STRING *string, struct arena *arena)
{
    unsigned char *bytes;
    int size = ASN1_STRING_to_UTF8(&bytes, string);
    const char *text;

    if (size < 0)
        return NULL;
    text = text_of(bytes, (size_t)size, arena);
    OPENSSL_free(bytes);
    return text;
}

static const char *common_name_of(const X509_NAME *name, struct arena *arena)
{
    int at = -1, last = -1;

    while ((at = X509_NAME_get_index_by_NID(name, NID_commonName, at)) >= 0)
        last = at;
    if (last < 0)
        return NULL;
    return utf8_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)), arena);
}

static const char *address_of(const ASN1_OCTET_STRING *string, struct arena *arena)
{
    struct ip_address ip = {.family = IP_NONE};
    int size = ASN1_STRING_length(string);
    char *text = arena_new(arena, 1, IP_TEXT_SIZE);

    if (size != 4 && size != 16)
        return NULL;
    ip.family = size == 4 ? IP_V4 : IP_V6;
    memcpy(ip.bytes, ASN1_STRING_get0_data(string), (size_t)size);
    ip_format(&ip, text);
    return text;
}

static const char *alternative_of(const GENERAL_NAME *name, struct arena *arena)
{
    int type;
    const void *value = GENERAL_NAME_get0_value(name, &type);

    if (type == GEN_DNS)
        return text_of(ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value), arena);
    return type == GEN_IPADD ? address_of(value, arena) : NULL;
}

static bool is_for_host(const char *name, const char *host)
{
    const struct certificate alone = {.names = &name, .name_count = 1};

    return host && certificate_is_for(&alone, host);
}

/* Of the names from `at` on, which find no room, the first that is for the host; or NULL. */
static const char *find_in_rest(const GENERAL_NAMES *names, int at, const char *host,
                                struct arena *arena, struct certificate *out)
{
    struct arena scratch = {0};
    const char *found = NULL;

    for (; at < sk_GENERAL_NAME_num(names) && !found; at++) {
        const char *text = alternative_of(sk_GENERAL_NAME_value(names, at), &scratch);

        out->names_are_cut |= text != NULL;
        if (text && is_for_host(text, host))
            found = arena_copy_string(arena, text);
        arena_release(&scratch);
    }
    return found;
}

static void read_names(X509 *certificate, const char *host, struct arena *arena,
                       struct certificate *out)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    int count = names ? sk_GENERAL_NAME_num(names) : 0, i = 0;
    size_t room = count < CERTIFICATE_NAMES_MOST ? (size_t)count : CERTIFICATE_NAMES_MOST;
    const char **list = arena_new(arena, room, sizeof *list), *found;

    for (; i < count && out->name_count < room; i++) {
        const char *text = alternative_of(sk_GENERAL_NAME_value(names, i), arena);

        if (text)
            list[out->name_count++] = text;
    }
    found = i < count ? find_in_rest(names, i, host, arena, out) : NULL;
    if (found)
        list[room - 1] = found;
    out->names = list;
    GENERAL_NAMES_free(names);
}

static int64_t time_of(const ASN1_TIME *time)
{
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int days = 0, seconds = 0;

    if (!epoch || !ASN1_TIME_diff(&days, &seconds, epoch, time))
        days = seconds = 0;
    ASN1_TIME_free(epoch);
    return ((int64_t)days * 86400 + seconds) * 1000;
}

static const char *hexadecimal(const unsigned char *bytes, size_t size, struct arena *arena)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_new(arena, size + 1, 2);

    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    return text;
}

static const char *serial_of(const X509 *certificate, struct arena *arena)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate);
    size_t size = (size_t)ASN1_STRING_length(serial);

    return hexadecimal(ASN1_STRING_get0_data(serial),
                       size < CERTIFICATE_TEXT_MOST / 2 ? size : CERTIFICATE_TEXT_MOST / 2, arena);
}

/* "P-256" for what the library calls prime256v1. */
static const char *curve_of(EVP_PKEY *key, struct arena *arena)
{
    char name[CURVE_NAME_SIZE];
    const char *nist;

    if (!EVP_PKEY_get_group_name(key, name, sizeof name, NULL))
        return "";
    nist = EC_curve_nid2nist(OBJ_txt2nid(name));
    return arena_copy_string(arena, nist ? nist : name);
}

static const char *key_of(X509 *certificate, struct arena *arena)
{
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    const char *type = key ? EVP_PKEY_get0_type_name(key) : NULL;

    if (!type)
        return "";
    if (EVP_PKEY_is_a(key, "EC"))
        return arena_print(arena, "EC %s", curve_of(key, arena));
    if (EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448"))
        return arena_copy_string(arena, type);
    return arena_print(arena, "%s %d", type, EVP_PKEY_get_bits(key));
}

static const char *hash_of(const unsigned char *bytes, int size, const EVP_MD *how,
                           struct arena *arena)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned hash_size;

    if (size <= 0 || !EVP_Digest(bytes, (size_t)size, hash, &hash_size, how, NULL))
        return "";
    return hexadecimal(hash, hash_size, arena);
}

static void read_hashes(X509 *certificate, struct arena *arena, struct certificate *out)
{
    unsigned char *whole = NULL, *key = NULL;
    int whole_size = i2d_X509(certificate, &whole);
    int key_size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &key);

    out->sha256 = hash_of(whole, whole_size, EVP_sha256(), arena);
    out->sha512 = hash_of(whole, whole_size, EVP_sha512(), arena);
    out->key_sha256 = hash_of(key, key_size, EVP_sha256(), arena);
    out->key_sha512 = hash_of(key, key_size, EVP_sha512(), arena);
    OPENSSL_free(whole);
    OPENSSL_free(key);
}

static const char *signature_of(const X509 *certificate, struct arena *arena)
{
    const char *name = OBJ_nid2ln(X509_get_signature_nid(certificate));

    return name ? arena_copy_string(arena, name) : "";
}

void certificate_read(X509 *certificate, const char *host, struct arena *arena,
                      struct certificate *out)
{
    memset(out, 0, sizeof *out);
    out->subject = name_of(X509_get_subject_name(certificate), arena);
    out->issuer = name_of(X509_get_issuer_name(certificate), arena);
    out->common_name = common_name_of(X509_get_subject_name(certificate), arena);
    read_names(certificate, host, arena, out);
    out->not_before = time_of(X509_get0_notBefore(certificate));
    out->not_after = time_of(X509_get0_notAfter(certificate));
    out->serial = serial_of(certificate, arena);
    out->key = key_of(certificate, arena);
    out->signature = signature_of(certificate, arena);
    read_hashes(certificate, arena, out);
}

bool certificate_read_stored(const unsigned char *der, size_t size, struct arena *arena,
                             struct stored_certificate *out)
{
    const unsigned char *end = der;
    X509 *certificate = size <= INT_MAX ? d2i_X509(NULL, &end, (long)size) : NULL;
    bool is_whole = certificate && end == der + size;

    if (is_whole) {
        out->thumbprint = hash_of(der, (int)size, EVP_sha1(), arena);
        out->subject = name_of(X509_get_subject_name(certificate), arena);
        out->not_before = time_of(X509_get0_notBefore(certificate));
        out->not_after = time_of(X509_get0_notAfter(certificate));
        out->is_read = out->not_after != 0;
    }
    X509_free(certificate);
    return is_whole;
}
