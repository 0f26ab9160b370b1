#include "diag/gather/tls.h"

#include "diag/gather/ca_file.h"
#include "diag/gather/certificate.h"
#include "diag/memory.h"
#include "diag/platform.h"
#include "diag/read/dns_name.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

struct tls_trust {
    struct platform_mutex *mutex; /* guards `users` alone: who starts an errand waits for no load */
    unsigned users;
    struct platform_mutex *loading; /* guards what follows */
    bool is_loaded;
    enum status status; /* of loading; then `context` is not changed any more */
    const char *reason;
    SSL_CTX *context;
    char *ca_file; /* or NULL */
    char *ca_text; /* or NULL */
};

struct tls_session {
    SSL *ssl;
    BIO *in, *out; /* the session's own */
    unsigned long error;
    const char *server_name; /* SNI, as the session has it */
};

void tls_library_init(void)
{
    platform_environment_forget("SSLKEYLOGFILE");
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL);
}

void tls_thread_end(void)
{
    OPENSSL_thread_stop();
}

/* ---- whom to trust ---- */

struct tls_trust *tls_trust_new(const char *ca_file, const char *ca_text)
{
    struct tls_trust *trust = memory_new(1, sizeof *trust);

    trust->mutex = platform_mutex_new();
    trust->loading = platform_mutex_new();
    trust->users = 1;
    trust->ca_file = ca_file ? memory_copy_string(ca_file) : NULL;
    trust->ca_text = ca_text ? memory_copy_string(ca_text) : NULL;
    return trust;
}

struct tls_trust *tls_trust_share(struct tls_trust *trust)
{
    platform_mutex_lock(trust->mutex);
    trust->users++;
    platform_mutex_unlock(trust->mutex);
    return trust;
}

void tls_trust_leave(struct tls_trust *trust)
{
    bool last;

    if (!trust)
        return;
    platform_mutex_lock(trust->mutex);
    last = --trust->users == 0;
    platform_mutex_unlock(trust->mutex);
    if (!last)
        return;
    SSL_CTX_free(trust->context);
    platform_mutex_free(trust->mutex);
    platform_mutex_free(trust->loading);
    free(trust->ca_file);
    free(trust->ca_text);
    free(trust);
}

/* Looks at old peers too: TLS 1.0, keys of any size, servers without RFC 5746. */
static bool be_lenient(SSL_CTX *context)
{
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_keylog_callback(context, NULL);
    return SSL_CTX_set_min_proto_version(context, TLS1_VERSION) &&
           SSL_CTX_set_cipher_list(context, "DEFAULT:@SECLEVEL=0");
}

static void trust_certificate(void *store, const void *der, size_t size)
{
    const unsigned char *bytes = der;
    X509 *certificate = d2i_X509(NULL, &bytes, (long)size);

    if (certificate)
        X509_STORE_add_cert(store, certificate);
    X509_free(certificate);
}

static enum status load_certificates(struct tls_trust *trust)
{
    X509_VERIFY_PARAM *parameters = SSL_CTX_get0_param(trust->context);
    X509_STORE *store = SSL_CTX_get_cert_store(trust->context);
    enum status status;

    SSL_CTX_set_verify(trust->context, SSL_VERIFY_NONE, NULL);
    if (!trust->ca_file && !trust->ca_text) {
        SSL_CTX_set_default_verify_paths(trust->context);
        platform_trusted_certificates(trust_certificate, store);
        return STATUS_OK;
    }
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
    status = trust->ca_text ? ca_text_load(trust->ca_text, strlen(trust->ca_text), store)
                            : ca_file_load(trust->ca_file, store);
    if (status == STATUS_OK)
        return STATUS_OK;
    trust->reason = "the file of trusted certificates cannot be read";
    return STATUS_INVALID;
}

static enum status load(struct tls_trust *trust)
{
    trust->context = SSL_CTX_new(TLS_client_method());
    if (!trust->context || !be_lenient(trust->context)) {
        trust->reason = "the TLS library does not work";
        return STATUS_NOT_SUPPORTED;
    }
    return load_certificates(trust);
}

static enum status load_once(struct tls_trust *trust, const char **reason)
{
    enum status status;

    platform_mutex_lock(trust->loading);
    if (!trust->is_loaded) {
        trust->status = load(trust);
        trust->is_loaded = true;
        ERR_clear_error();
    }
    status = trust->status;
    *reason = trust->reason;
    platform_mutex_unlock(trust->loading);
    return status;
}

void tls_trust_load(struct tls_trust *trust)
{
    const char *reason;

    load_once(trust, &reason);
}

static long verify(X509_STORE_CTX *context, struct tls_trust *trust, X509 *const *chain,
                   STACK_OF(X509) * others)
{
    X509_STORE *store = SSL_CTX_get_cert_store(trust->context);

    if (!X509_STORE_CTX_init(context, store, chain[0], others) ||
        !X509_STORE_CTX_set_default(context, "ssl_server"))
        return X509_V_ERR_UNSPECIFIED;
    X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(context), SSL_CTX_get0_param(trust->context));
    X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(context), 0);
    X509_verify_cert(context);
    return X509_STORE_CTX_get_error(context);
}

long tls_trust_judge(struct tls_trust *trust, X509 *const *chain, size_t count)
{
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    STACK_OF(X509) *others = sk_X509_new_null();
    const char *reason;
    long code = X509_V_ERR_UNSPECIFIED;

    for (size_t i = 1; i < count && others; i++)
        sk_X509_push(others, chain[i]);
    if (context && others && count > 0 && load_once(trust, &reason) == STATUS_OK)
        code = verify(context, trust, chain, others);
    sk_X509_free(others);
    X509_STORE_CTX_free(context);
    ERR_clear_error();
    return code;
}

/* ---- a session ---- */

/* RFC 6066 3: a name, without a dot at its end; an address is none. */
static void set_server_name(struct tls_session *session, const char *name)
{
    char text[DNS_NAME_TEXT_SIZE];
    size_t size = name ? strlen(name) : 0;
    struct ip_address ip;

    if (size > 0 && name[size - 1] == '.')
        size--;
    if (size == 0 || size >= sizeof text || ip_parse(name, size, &ip) == STATUS_OK)
        return;
    memcpy(text, name, size);
    text[size] = '\0';
    if (SSL_set_tlsext_host_name(session->ssl, text))
        session->server_name = SSL_get_servername(session->ssl, TLSEXT_NAMETYPE_host_name);
}

enum status tls_session_new(struct tls_trust *trust, const char *server_name,
                            struct tls_session **out, const char **reason)
{
    struct tls_session *session;
    enum status status = load_once(trust, reason);

    *out = NULL;
    if (status != STATUS_OK)
        return status;
    session = memory_new(1, sizeof *session);
    session->ssl = SSL_new(trust->context);
    session->in = BIO_new(BIO_s_mem());
    session->out = BIO_new(BIO_s_mem());
    if (!session->ssl || !session->in || !session->out) {
        SSL_free(session->ssl);
        BIO_free(session->in);
        BIO_free(session->out);
        free(session);
        *reason = "the TLS library has no memory";
        return STATUS_EXHAUSTED;
    }
    BIO_set_mem_eof_return(session->in, -1);
    SSL_set_bio(session->ssl, session->in, session->out);
    SSL_set_connect_state(session->ssl);
    set_server_name(session, server_name);
    *out = session;
    return STATUS_OK;
}

void tls_session_free(struct tls_session *session)
{
    if (!session)
        return;
    SSL_free(session->ssl);
    free(session);
}

void tls_session_give(struct tls_session *session, const void *bytes, size_t size)
{
    BIO_write(session->in, bytes, (int)size);
}

size_t tls_session_take(struct tls_session *session, void *bytes, size_t room)
{
    int size = BIO_read(session->out, bytes, (int)room);

    return size > 0 ? (size_t)size : 0;
}

static enum status result_of(struct tls_session *session, int result)
{
    int error = SSL_get_error(session->ssl, result);

    if (result > 0)
        return STATUS_OK;
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        return STATUS_AGAIN;
    session->error = ERR_peek_last_error();
    return error == SSL_ERROR_ZERO_RETURN ? STATUS_CLOSED : STATUS_MALFORMED;
}

enum status tls_session_handshake(struct tls_session *session)
{
    ERR_clear_error();
    return result_of(session, SSL_do_handshake(session->ssl));
}

enum status tls_session_read(struct tls_session *session, void *bytes, size_t room, size_t *size)
{
    *size = 0;
    ERR_clear_error();
    return result_of(session, SSL_read_ex(session->ssl, bytes, room, size));
}

enum status tls_session_write(struct tls_session *session, const void *bytes, size_t size)
{
    size_t written;

    ERR_clear_error();
    return result_of(session, SSL_write_ex(session->ssl, bytes, size, &written));
}

const char *tls_session_reason(const struct tls_session *session, struct arena *arena)
{
    const char *reason = session->error ? ERR_reason_error_string(session->error) : NULL;

    return reason ? arena_copy_string(arena, reason) : NULL;
}

void tls_session_describe(const struct tls_session *session, struct arena *arena,
                          struct smtp_tls *out)
{
    STACK_OF(X509) *chain = SSL_get_peer_cert_chain(session->ssl);
    size_t count = chain ? (size_t)sk_X509_num(chain) : 0;

    if (count > CERTIFICATES_MOST)
        count = CERTIFICATES_MOST;
    out->version = arena_copy_string(arena, SSL_get_version(session->ssl));
    out->cipher = arena_copy_string(arena, SSL_get_cipher_name(session->ssl));
    out->server_name = session->server_name ? arena_copy_string(arena, session->server_name) : NULL;
    out->verify_code = SSL_get_verify_result(session->ssl);
    out->verify_text = arena_copy_string(arena, X509_verify_cert_error_string(out->verify_code));
    out->chain = arena_new(arena, count, sizeof *out->chain);
    out->chain_count = count;
    for (size_t i = 0; i < count; i++)
        certificate_read(sk_X509_value(chain, (int)i), out->server_name, arena, &out->chain[i]);
    ERR_clear_error();
}
