#include "tests/lab/smtp_peer_tls.h"

#include "diag/memory.h"
#include "diag/platform.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

enum { DAY = 86400 /* seconds */, MANY = 300, NAMES_MOST = 16384, PIECE = 4096, PEM_MOST = 65536 };

struct lab_identity {
    EVP_PKEY *key;
    X509 *certificate;
    SSL_CTX *context;
    char sha256[LAB_SHA256_TEXT_SIZE];
    char key_sha256[LAB_SHA256_TEXT_SIZE];
};

struct lab_authority {
    EVP_PKEY *key;
    X509 *certificate;
    struct buffer pem;
};

struct lab_tls {
    SSL *ssl;
    BIO *from_client;
    BIO *to_client;
};

/* ---- certificates ---- */

struct wish { /* for a certificate */
    const char *name;
    unsigned others; /* more names, before its own */
    bool is_authority;
    long from; /* seconds from now */
    long until;
};

static bool add_extension(X509 *certificate, X509 *issuer, int id, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *extension;
    bool good;

    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, id, value);
    good = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return good;
}

static bool add_names(X509 *certificate, X509 *issuer, const struct wish *wish)
{
    struct buffer names;
    bool good;

    buffer_init(&names, NAMES_MOST);
    for (unsigned i = 0; i < wish->others; i++)
        buffer_print(&names, "DNS:host%u.example,", i);
    buffer_print(&names, "DNS:%s", wish->name);
    good = add_extension(certificate, issuer, NID_subject_alt_name, names.text);
    buffer_release(&names);
    return good;
}

static bool add_extensions(X509 *certificate, X509 *issuer, const struct wish *wish)
{
    if (wish->is_authority)
        return add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE") &&
               add_extension(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign") &&
               add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
    /* by which one of several authorities of that name is found */
    if (issuer != certificate &&
        !add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always"))
        return false;
    return add_names(certificate, issuer, wish) &&
           add_extension(certificate, issuer, NID_ext_key_usage, "serverAuth");
}

static bool name_and_date(X509 *certificate, const struct wish *wish)
{
    X509_NAME *subject = X509_get_subject_name(certificate);
    ASN1_INTEGER *serial = X509_get_serialNumber(certificate);
    unsigned char bytes[8];
    uint64_t number = 0;

    if (platform_random(bytes, sizeof bytes) != STATUS_OK)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        number = number << 8 | bytes[i];
    return X509_set_version(certificate, X509_VERSION_3) == 1 &&
           ASN1_INTEGER_set_uint64(serial, number >> 1 | 1) == 1 &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), wish->from) &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), wish->until) &&
           X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                      (const unsigned char *)wish->name, -1, -1, 0) == 1;
}

/* Signed by the issuer, or with NULL by its own key. NULL if OpenSSL failed. */
static X509 *make_certificate(EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key,
                              const struct wish *wish)
{
    X509 *certificate = X509_new();
    X509 *signer = issuer ? issuer : certificate;

    if (certificate && name_and_date(certificate, wish) && X509_set_pubkey(certificate, key) == 1 &&
        X509_set_issuer_name(certificate, X509_get_subject_name(signer)) == 1 &&
        add_extensions(certificate, signer, wish) &&
        X509_sign(certificate, issuer ? issuer_key : key, EVP_sha256()) > 0)
        return certificate;
    X509_free(certificate);
    return NULL;
}

enum status lab_authority_new(struct lab_authority **out)
{
    static const struct wish wish = {
        .name = "The lab's authority", .is_authority = true, .from = -DAY, .until = 30L * DAY};
    struct lab_authority *authority = memory_new(1, sizeof *authority);
    BIO *pem = BIO_new(BIO_s_mem());
    char *text;
    long size;

    buffer_init(&authority->pem, PEM_MOST);
    authority->key = EVP_EC_gen("P-256");
    if (authority->key)
        authority->certificate = make_certificate(authority->key, NULL, NULL, &wish);
    if (pem && authority->certificate && PEM_write_bio_X509(pem, authority->certificate) == 1) {
        size = BIO_get_mem_data(pem, &text);
        buffer_add(&authority->pem, text, (size_t)size);
    }
    BIO_free(pem);
    if (authority->pem.size == 0) {
        lab_authority_free(authority);
        return STATUS_IO;
    }
    *out = authority;
    return STATUS_OK;
}

void lab_authority_free(struct lab_authority *authority)
{
    if (!authority)
        return;
    X509_free(authority->certificate);
    EVP_PKEY_free(authority->key);
    buffer_release(&authority->pem);
    free(authority);
}

const char *lab_authority_pem(const struct lab_authority *authority)
{
    return authority->pem.text;
}

/* ---- a server's key and certificate ---- */

static void put_hexadecimal(const unsigned char *digest, char *out)
{
    for (size_t i = 0; i < 32; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static bool put_digests(struct lab_identity *identity)
{
    unsigned char digest[EVP_MAX_MD_SIZE], *key = NULL;
    int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(identity->certificate), &key);
    bool good = size > 0 && X509_digest(identity->certificate, EVP_sha256(), digest, NULL) == 1;

    if (good) {
        put_hexadecimal(digest, identity->sha256);
        good = EVP_Digest(key, (size_t)size, digest, NULL, EVP_sha256(), NULL) == 1;
    }
    if (good)
        put_hexadecimal(digest, identity->key_sha256);
    OPENSSL_free(key);
    return good;
}

static bool make_context(struct lab_identity *identity, X509 *issuer)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    identity->context = context;
    return context && SSL_CTX_use_certificate(context, identity->certificate) == 1 &&
           SSL_CTX_use_PrivateKey(context, identity->key) == 1 &&
           (!issuer || SSL_CTX_add1_chain_cert(context, issuer) == 1);
}

enum status lab_identity_new(const struct lab_authority *authority, const char *name,
                             enum smtp_peer_certificate kind, struct lab_identity **out)
{
    struct lab_identity *identity = memory_new(1, sizeof *identity);
    struct wish wish = {.name = name, .from = -DAY, .until = 30L * DAY};
    X509 *issuer = kind == SMTP_PEER_SELF_SIGNED ? NULL : authority->certificate;

    if (kind == SMTP_PEER_MISMATCHED)
        wish.name = "another.example";
    if (kind == SMTP_PEER_MANY_NAMES)
        wish.others = MANY;
    if (kind == SMTP_PEER_EXPIRED) {
        wish.from = -90L * DAY;
        wish.until = -DAY;
    }
    identity->key = EVP_EC_gen("P-256");
    if (identity->key)
        identity->certificate = make_certificate(identity->key, issuer, authority->key, &wish);
    if (!identity->certificate || !put_digests(identity) || !make_context(identity, issuer)) {
        lab_identity_free(identity);
        return STATUS_IO;
    }
    *out = identity;
    return STATUS_OK;
}

void lab_identity_free(struct lab_identity *identity)
{
    if (!identity)
        return;
    SSL_CTX_free(identity->context);
    X509_free(identity->certificate);
    EVP_PKEY_free(identity->key);
    free(identity);
}

const char *lab_identity_sha256(const struct lab_identity *identity)
{
    return identity->sha256;
}

const char *lab_identity_key_sha256(const struct lab_identity *identity)
{
    return identity->key_sha256;
}

/* ---- a connection ---- */

struct lab_tls *lab_tls_new(const struct lab_identity *identity)
{
    struct lab_tls *tls = memory_new(1, sizeof *tls);

    tls->ssl = SSL_new(identity->context);
    tls->from_client = BIO_new(BIO_s_mem());
    tls->to_client = BIO_new(BIO_s_mem());
    if (!tls->ssl || !tls->from_client || !tls->to_client)
        abort();
    SSL_set_bio(tls->ssl, tls->from_client, tls->to_client);
    SSL_set_accept_state(tls->ssl);
    return tls;
}

void lab_tls_free(struct lab_tls *tls)
{
    if (!tls)
        return;
    SSL_free(tls->ssl);
    free(tls);
}

void lab_tls_take(struct lab_tls *tls, const void *bytes, size_t size)
{
    (void)BIO_write(tls->from_client, bytes, (int)size);
}

enum status lab_tls_handshake(struct lab_tls *tls)
{
    int result = SSL_do_handshake(tls->ssl);

    if (result == 1)
        return STATUS_OK;
    return SSL_get_error(tls->ssl, result) == SSL_ERROR_WANT_READ ? STATUS_AGAIN : STATUS_MALFORMED;
}

size_t lab_tls_read(struct lab_tls *tls, void *bytes, size_t room)
{
    size_t got = 0;

    return SSL_read_ex(tls->ssl, bytes, room, &got) == 1 ? got : 0;
}

void lab_tls_write(struct lab_tls *tls, const void *bytes, size_t size)
{
    size_t written;

    (void)SSL_write_ex(tls->ssl, bytes, size, &written);
}

void lab_tls_finish(struct lab_tls *tls)
{
    (void)SSL_shutdown(tls->ssl);
}

void lab_tls_give(struct lab_tls *tls, struct buffer *out)
{
    char piece[PIECE];
    size_t got;

    while (BIO_read_ex(tls->to_client, piece, sizeof piece, &got) == 1 && got > 0)
        buffer_add(out, piece, got);
}
