/*
 * TLS for the lab's mail exchangers: certificates that are made in memory and never
 * leave it, and the server's side of a handshake. smtp_peer_tls.c needs OpenSSL and is
 * built with the whole program only.
 */
#ifndef EXDIAG_TESTS_LAB_SMTP_PEER_TLS_H
#define EXDIAG_TESTS_LAB_SMTP_PEER_TLS_H

#include "diag/buffer.h"
#include "diag/status.h"

enum smtp_peer_certificate {
    SMTP_PEER_NO_CERTIFICATE,
    SMTP_PEER_SELF_SIGNED, /* for the peer's name, valid */
    SMTP_PEER_TRUSTED,     /* by the authority */
    SMTP_PEER_EXPIRED,     /* the authority's, for the peer's name, ended yesterday */
    SMTP_PEER_MISMATCHED,  /* the authority's, for another name */
    SMTP_PEER_MANY_NAMES   /* the authority's, for 300 other names and then the peer's */
};

enum { LAB_SHA256_TEXT_SIZE = 65 };

/* An authority of EC P-256, with certificates for the peers that it signs. */
struct lab_authority;

enum status lab_authority_new(struct lab_authority **out);
void lab_authority_free(struct lab_authority *authority); /* NULL is allowed */
const char *lab_authority_pem(const struct lab_authority *authority);

/* A server's key and certificate. */
struct lab_identity;

enum status lab_identity_new(const struct lab_authority *authority, const char *name,
                             enum smtp_peer_certificate kind, struct lab_identity **out);
void lab_identity_free(struct lab_identity *identity); /* NULL is allowed */

/* Hexadecimal, lower case: of the certificate, and of its SubjectPublicKeyInfo. */
const char *lab_identity_sha256(const struct lab_identity *identity);
const char *lab_identity_key_sha256(const struct lab_identity *identity);

/* ---- the server's side of one connection; the caller carries its bytes ---- */

struct lab_tls;

struct lab_tls *lab_tls_new(const struct lab_identity *identity);
void lab_tls_free(struct lab_tls *tls); /* NULL is allowed */

/* Takes what came from the client. */
void lab_tls_take(struct lab_tls *tls, const void *bytes, size_t size);

/* STATUS_AGAIN until the client has sent its part; STATUS_MALFORMED if that was none. */
enum status lab_tls_handshake(struct lab_tls *tls);

/* What the client said, as far as it has come; 0 for nothing (yet). */
size_t lab_tls_read(struct lab_tls *tls, void *bytes, size_t room);

void lab_tls_write(struct lab_tls *tls, const void *bytes, size_t size);

/* Says that nothing more will be written (close_notify). */
void lab_tls_finish(struct lab_tls *tls);

/* Appends what is to be sent to the client. */
void lab_tls_give(struct lab_tls *tls, struct buffer *out);

#endif
