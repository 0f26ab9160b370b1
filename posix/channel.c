#include "posix/channel.h"

#include "posix/error.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

enum { FRAME_SIZE = 4, SEALED_MOST = 16 << 20, WHY_MOST = 512 };

struct channel {
    platform_socket socket;
    int64_t deadline;
    enum status status;
    struct buffer why;

    SSL_CTX *trust;
    SSL *tls;

    struct security *security;
    size_t most_to_send;  /* bytes of a message before it is sealed */
    struct buffer opened; /* of a message, of which `taken` bytes are read */
    size_t taken;
};

struct channel *channel_new(void)
{
    struct channel *channel = memory_new(1, sizeof *channel);

    channel->socket = PLATFORM_NO_SOCKET;
    buffer_init(&channel->why, WHY_MOST);
    buffer_init(&channel->opened, SEALED_MOST);
    return channel;
}

void channel_free(struct channel *channel)
{
    if (!channel)
        return;
    SSL_free(channel->tls);
    SSL_CTX_free(channel->trust);
    security_close(channel->security);
    platform_socket_close(channel->socket);
    buffer_release(&channel->why);
    buffer_release(&channel->opened);
    free(channel);
}

void channel_set_deadline(struct channel *channel, int64_t deadline)
{
    channel->deadline = deadline;
}

platform_socket channel_socket(const struct channel *channel)
{
    return channel->socket;
}

enum status channel_status(const struct channel *channel)
{
    return channel->status;
}

const char *channel_why(const struct channel *channel)
{
    return channel->why.text;
}

static bool fail(struct channel *channel, enum status status, const char *why)
{
    channel->status = status;
    if (why && channel->why.size == 0)
        buffer_add_string(&channel->why, why);
    return false;
}

/* False once the deadline is past. */
static bool wait_for(struct channel *channel, bool to_write)
{
    struct platform_waiter waiter = {
        .socket = channel->socket, .to_read = !to_write, .to_write = to_write};
    int64_t left = (channel->deadline - platform_monotonic_clock() + 999) / 1000;

    if (left <= 0)
        return fail(channel, STATUS_TIMED_OUT, NULL);
    platform_wait(&waiter, 1, NULL, left < 60000 ? (int)left : 60000);
    return true;
}

enum status channel_connect(struct channel *channel, const struct net_address *peer)
{
    enum status status = platform_tcp_open(peer, &channel->socket);

    while (status == STATUS_OK && wait_for(channel, true)) {
        status = platform_tcp_result(channel->socket);
        if (status == STATUS_OK)
            return STATUS_OK;
        if (status == STATUS_AGAIN)
            status = STATUS_OK;
    }
    if (status != STATUS_OK)
        fail(channel, status, NULL);
    return channel->status;
}

/* ---- TLS ---- */

/* True to try again, once the socket is ready for what the library waits for. */
static bool try_again(struct channel *channel, int result)
{
    int error = SSL_get_error(channel->tls, result), cause = errno;
    const char *reason;

    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        return wait_for(channel, error == SSL_ERROR_WANT_WRITE);
    if (error == SSL_ERROR_ZERO_RETURN)
        return fail(channel, STATUS_CLOSED, NULL);
    if (error == SSL_ERROR_SYSCALL)
        return fail(channel, cause ? error_status(cause) : STATUS_CLOSED, NULL);
    reason = ERR_reason_error_string(ERR_peek_last_error());
    return fail(channel, STATUS_MALFORMED, reason);
}

static bool load_text(SSL_CTX *context, const char *text)
{
    BIO *memory = BIO_new_mem_buf(text, -1);
    X509 *certificate;
    size_t count = 0;

    while (memory && (certificate = PEM_read_bio_X509_AUX(memory, NULL, NULL, NULL)) != NULL) {
        count += X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate) == 1;
        X509_free(certificate);
    }
    ERR_clear_error(); /* the end of the text is one */
    BIO_free(memory);
    return count > 0;
}

static enum status trust(struct channel *channel, const char *ca_file, const char *ca_text)
{
    SSL_CTX *context = channel->trust = SSL_CTX_new(TLS_client_method());

    if (!context)
        return STATUS_NOT_SUPPORTED;
    SSL_CTX_set_keylog_callback(context, NULL);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    if (!ca_file && !ca_text)
        return SSL_CTX_set_default_verify_paths(context) ? STATUS_OK : STATUS_NOT_SUPPORTED;
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
    if (ca_text ? load_text(context, ca_text) : SSL_CTX_load_verify_file(context, ca_file))
        return STATUS_OK;
    fail(channel, STATUS_INVALID, "the trusted certificates cannot be read");
    return STATUS_INVALID;
}

static bool expect_host(SSL *tls, const char *host)
{
    struct ip_address ip;

    if (ip_parse(host, strlen(host), &ip) == STATUS_OK)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host) == 1;
    return SSL_set1_host(tls, host) == 1 && SSL_set_tlsext_host_name(tls, host) == 1;
}

static enum status shake_hands(struct channel *channel)
{
    for (;;) {
        long verdict;
        int result;

        ERR_clear_error();
        result = SSL_connect(channel->tls);
        if (result == 1)
            return STATUS_OK;
        verdict = SSL_get_verify_result(channel->tls);
        if (verdict != X509_V_OK) {
            buffer_print(&channel->why, "its certificate is not trusted: %s",
                         X509_verify_cert_error_string(verdict));
            fail(channel, STATUS_DENIED, NULL);
            return STATUS_DENIED;
        }
        if (!try_again(channel, result))
            return channel->status;
    }
}

enum status channel_secure(struct channel *channel, const char *host, const char *ca_file,
                           const char *ca_text)
{
    enum status status = trust(channel, ca_file, ca_text);

    if (status != STATUS_OK) {
        fail(channel, status, "the TLS library does not work");
        return status;
    }
    channel->tls = SSL_new(channel->trust);
    if (!channel->tls || !SSL_set_fd(channel->tls, (int)channel->socket) ||
        !expect_host(channel->tls, host)) {
        fail(channel, STATUS_INVALID, "the name cannot be that of a certificate");
        return channel->status;
    }
    return shake_hands(channel);
}

/* RFC 5929 4.1: of the signature's hash, and SHA-256 where that is weaker or none. */
static const EVP_MD *binding_hash(const X509 *certificate)
{
    int hash = NID_undef;

    if (!X509_get_signature_info((X509 *)certificate, &hash, NULL, NULL, NULL) ||
        hash == NID_undef || hash == NID_md5 || hash == NID_sha1)
        return EVP_sha256();
    return EVP_get_digestbynid(hash);
}

bool channel_binding(const struct channel *channel, struct buffer *out)
{
    X509 *certificate = channel->tls ? SSL_get1_peer_certificate(channel->tls) : NULL;
    const EVP_MD *hash = certificate ? binding_hash(certificate) : NULL;
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    bool is_there = hash && X509_digest(certificate, hash, bytes, &size);

    X509_free(certificate);
    if (is_there) {
        buffer_add_string(out, "tls-server-end-point:");
        buffer_add(out, bytes, size);
    }
    return is_there;
}

/* ---- bytes of the connection ---- */

static size_t read_tls(struct channel *channel, void *bytes, size_t room)
{
    size_t size = 0;
    int result;

    do {
        ERR_clear_error();
        errno = 0;
        result = SSL_read_ex(channel->tls, bytes, room, &size);
    } while (result != 1 && try_again(channel, result));
    return result == 1 ? size : 0;
}

static bool write_tls(struct channel *channel, const void *bytes, size_t size)
{
    size_t written;
    int result;

    do {
        ERR_clear_error();
        errno = 0;
        result = SSL_write_ex(channel->tls, bytes, size, &written);
    } while (result != 1 && try_again(channel, result));
    return result == 1;
}

static size_t read_bytes(struct channel *channel, void *bytes, size_t room)
{
    enum status status;
    size_t size;

    if (channel->status != STATUS_OK)
        return 0;
    if (channel->tls)
        return read_tls(channel, bytes, room);
    while ((status = platform_receive(channel->socket, bytes, room, &size)) == STATUS_AGAIN) {
        if (!wait_for(channel, false))
            return 0;
    }
    if (status != STATUS_OK)
        fail(channel, status, NULL);
    return status == STATUS_OK ? size : 0;
}

static bool write_bytes(struct channel *channel, const char *bytes, size_t size)
{
    if (channel->status != STATUS_OK)
        return false;
    if (channel->tls)
        return write_tls(channel, bytes, size);
    while (size > 0) {
        size_t sent;
        enum status status = platform_send(channel->socket, bytes, size, &sent);

        if (status != STATUS_OK && status != STATUS_AGAIN)
            return fail(channel, status, NULL);
        bytes += sent;
        size -= sent;
        if (status == STATUS_AGAIN && !wait_for(channel, true))
            return false;
    }
    return true;
}

/* ---- sealed messages ---- */

void channel_seal(struct channel *channel, struct security *security, size_t most_to_send)
{
    channel->security = security;
    channel->most_to_send = most_to_send;
}

static bool read_whole(struct channel *channel, char *bytes, size_t size)
{
    while (size > 0) {
        size_t received = read_bytes(channel, bytes, size);

        if (received == 0)
            return false;
        bytes += received;
        size -= received;
    }
    return true;
}

static bool open_message(struct channel *channel)
{
    unsigned char head[FRAME_SIZE];
    char *sealed;
    size_t size;
    enum status status = STATUS_CLOSED;

    buffer_clear(&channel->opened);
    channel->taken = 0;
    if (!read_whole(channel, (char *)head, sizeof head))
        return false;
    size = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    if (size == 0 || size > SEALED_MOST)
        return fail(channel, STATUS_MALFORMED, "what came is no sealed message");
    sealed = memory_new(1, size);
    if (read_whole(channel, sealed, size))
        status = security_unwrap(channel->security, sealed, size, &channel->opened);
    free(sealed);
    if (status == STATUS_MALFORMED)
        fail(channel, status, "what came was not sealed by this server");
    return status == STATUS_OK;
}

size_t channel_read(struct channel *channel, void *bytes, size_t room)
{
    size_t size;

    if (!channel->security)
        return read_bytes(channel, bytes, room);
    while (channel->taken == channel->opened.size) {
        if (!open_message(channel))
            return 0;
    }
    size = channel->opened.size - channel->taken;
    if (size > room)
        size = room;
    memcpy(bytes, channel->opened.text + channel->taken, size);
    channel->taken += size;
    return size;
}

static bool send_sealed(struct channel *channel, const char *bytes, size_t size)
{
    struct buffer sealed;
    bool is_sent = false;

    buffer_init(&sealed, SEALED_MOST);
    buffer_add(&sealed, "\0\0\0", FRAME_SIZE);
    if (security_wrap(channel->security, true, bytes, size, &sealed) != STATUS_OK) {
        fail(channel, STATUS_MALFORMED, "a message could not be sealed");
    } else {
        size_t length = sealed.size - FRAME_SIZE;

        for (size_t i = 0; i < FRAME_SIZE; i++)
            sealed.text[i] = (char)(length >> (24 - 8 * i));
        is_sent = write_bytes(channel, sealed.text, sealed.size);
    }
    buffer_release(&sealed);
    return is_sent;
}

bool channel_write(struct channel *channel, const void *bytes, size_t size)
{
    const char *at = bytes;

    if (!channel->security)
        return write_bytes(channel, at, size);
    while (size > 0) {
        size_t piece = size < channel->most_to_send ? size : channel->most_to_send;

        if (!send_sealed(channel, at, piece))
            return false;
        at += piece;
        size -= piece;
    }
    return true;
}

bool channel_has_bytes(const struct channel *channel)
{
    return channel->taken < channel->opened.size ||
           (channel->tls && SSL_has_pending(channel->tls) == 1);
}
