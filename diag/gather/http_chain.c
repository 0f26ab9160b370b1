#include "diag/gather/http_chain.h"

#include "diag/gather/certificate.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

static const char prefix[] = "tls-server-end-point:";

void http_chain_release(struct http_chain *chain)
{
    for (size_t i = 0; i < chain->count; i++)
        X509_free(chain->list[i]);
    memset(chain, 0, sizeof *chain);
}

static X509 *read_pem(const char *text)
{
    BIO *in = BIO_new_mem_buf(text, -1);
    X509 *certificate = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;

    BIO_free(in);
    return certificate;
}

/* Of its texts the one with the certificate itself. */
static X509 *read_certificate(const struct curl_slist *texts)
{
    static const char name[] = "Cert:";

    for (; texts; texts = texts->next) {
        if (strncmp(texts->data, name, sizeof name - 1) == 0)
            return read_pem(texts->data + sizeof name - 1);
    }
    return NULL;
}

/* RFC 5929 4.1: the hash of the signature, SHA-256 in place of MD5 and SHA-1. */
static const EVP_MD *binding_hash(X509 *certificate)
{
    int hash = NID_undef;

    if (!X509_get_signature_info(certificate, &hash, NULL, NULL, NULL) || hash == NID_md5 ||
        hash == NID_sha1 || hash == NID_undef)
        return EVP_sha256();
    return EVP_get_digestbynid(hash);
}

static void write_binding(struct http_chain *chain)
{
    const EVP_MD *how = binding_hash(chain->list[0]);
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    if (!how || !X509_digest(chain->list[0], how, hash, &size))
        return;
    memcpy(chain->binding, prefix, sizeof prefix - 1);
    memcpy(chain->binding + sizeof prefix - 1, hash, size);
    chain->binding_size = sizeof prefix - 1 + size;
}

void http_chain_take(struct http_chain *chain, const struct curl_certinfo *found,
                     struct tls_trust *trust)
{
    http_chain_release(chain);
    for (int i = 0; i < found->num_of_certs && chain->count < CERTIFICATES_MOST; i++) {
        X509 *certificate = read_certificate(found->certinfo[i]);

        if (!certificate)
            break;
        chain->list[chain->count++] = certificate;
    }
    if (chain->count > 0) {
        chain->verify_code = tls_trust_judge(trust, chain->list, chain->count);
        write_binding(chain);
    }
    ERR_clear_error();
}

const char *http_chain_binding(const struct http_chain *chain)
{
    return chain->binding_size > 0 ? chain->binding : NULL;
}

void http_chain_describe(const struct http_chain *chain, const char *host, struct arena *arena,
                         struct http_response *response)
{
    if (chain->count == 0)
        return;
    response->chain = arena_new(arena, chain->count, sizeof *response->chain);
    response->chain_count = chain->count;
    response->verify_code = chain->verify_code;
    response->verify_text =
        arena_copy_string(arena, X509_verify_cert_error_string(chain->verify_code));
    for (size_t i = 0; i < chain->count; i++)
        certificate_read(chain->list[i], host, arena, &response->chain[i]);
    ERR_clear_error();
}
