/*
 * TLS as a client that looks: every version and cipher that the library still speaks,
 * and no certificate refused. Whether the chain is trusted is part of what was seen.
 *
 * No bytes are moved here: what the peer sent is given in, what is to be sent is taken
 * out. Nothing in the environment has a say (OPENSSL_CONF, SSLKEYLOGFILE) but where the
 * system's certificates are (SSL_CERT_FILE, SSL_CERT_DIR).
 */
#ifndef EXDIAG_GATHER_TLS_H
#define EXDIAG_GATHER_TLS_H

#include "diag/evidence/smtp.h"

#include <openssl/x509.h>

/*
 * Before any other use of the library in a program, hashes too: its configuration is not
 * read, no keys are written where SSLKEYLOGFILE says (which libcurl would do, too), and
 * nothing is taken down at exit from under a thread that is still at work.
 */
void tls_library_init(void);

/* Whom to trust. Shared by many threads: the last to leave frees it. */
struct tls_trust;

/*
 * `ca_file` or `ca_text`: PEM, or both NULL for the system's. Copied, and read by
 * tls_trust_load(), or with the first session.
 */
struct tls_trust *tls_trust_new(const char *ca_file, const char *ca_text);
struct tls_trust *tls_trust_share(struct tls_trust *trust);
void tls_trust_leave(struct tls_trust *trust);

/*
 * Reads the certificates, if nobody has: that may take longer than a peer waits. Whether it went
 * well is told by tls_session_new().
 */
void tls_trust_load(struct tls_trust *trust);

/*
 * X509_V_OK (0) where this chain, the server's own certificate first, is trusted for a server of
 * TLS; else why not (X509_verify_cert_error_string()). Names are not looked at.
 */
long tls_trust_judge(struct tls_trust *trust, X509 *const *chain, size_t count);

struct tls_session;

/* `server_name`: for SNI, or NULL. On failure *reason says why; *reason is a constant. */
enum status tls_session_new(struct tls_trust *trust, const char *server_name,
                            struct tls_session **out, const char **reason);
void tls_session_free(struct tls_session *session);

/* What the peer sent. */
void tls_session_give(struct tls_session *session, const void *bytes, size_t size);

/* What is to be sent to it: up to `room` bytes; 0 if there is nothing. */
size_t tls_session_take(struct tls_session *session, void *bytes, size_t room);

/*
 * STATUS_AGAIN until the peer has said more. STATUS_MALFORMED for what is no handshake, or one
 * that failed.
 */
enum status tls_session_handshake(struct tls_session *session);

/* Text, once the handshake is done. STATUS_AGAIN, CLOSED (close_notify), MALFORMED. */
enum status tls_session_read(struct tls_session *session, void *bytes, size_t room, size_t *size);
enum status tls_session_write(struct tls_session *session, const void *bytes, size_t size);

/* Why a handshake failed, as the library has it; a copy in `arena`, or NULL. */
const char *tls_session_reason(const struct tls_session *session, struct arena *arena);

/* What a handshake that is done has shown. */
void tls_session_describe(const struct tls_session *session, struct arena *arena,
                          struct smtp_tls *out);

/* At the end of a thread's errand: frees what the library keeps for the thread. */
void tls_thread_end(void);

#endif
