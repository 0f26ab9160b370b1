/*
 * A connection to a directory server: TCP, TLS on it, and messages that Kerberos signs and seals
 * (RFC 4752 3.3). Every call waits, none longer than to the deadline that was last set. What is
 * wrong once stays so: `status` and `why` say it.
 */
#ifndef EXDIAG_POSIX_CHANNEL_H
#define EXDIAG_POSIX_CHANNEL_H

#include "diag/platform.h"
#include "posix/security.h"

struct channel;

struct channel *channel_new(void);
void channel_free(struct channel *channel);
void channel_set_deadline(struct channel *channel, int64_t deadline); /* monotonic microseconds */

enum status channel_connect(struct channel *channel, const struct net_address *peer);

/*
 * TLS 1.2 and up, with a certificate of `host`, a name or an address, that an authority of
 * `ca_text` or of `ca_file` (PEM) has issued; both NULL: of the system's. STATUS_DENIED for any
 * other.
 */
enum status channel_secure(struct channel *channel, const char *host, const char *ca_file,
                           const char *ca_text);

/* "tls-server-end-point:" and the hash of its certificate (RFC 5929 4.1). False without TLS. */
bool channel_binding(const struct channel *channel, struct buffer *out);

/* From here on messages are sealed by `security`, which the channel comes to own. */
void channel_seal(struct channel *channel, struct security *security, size_t most_to_send);

/* Bytes, at least one; 0 if the status is not STATUS_OK any more. */
size_t channel_read(struct channel *channel, void *bytes, size_t room);

/* True once all of it is sent. */
bool channel_write(struct channel *channel, const void *bytes, size_t size);

/* Bytes can be read without waiting for the socket. */
bool channel_has_bytes(const struct channel *channel);

platform_socket channel_socket(const struct channel *channel);
enum status channel_status(const struct channel *channel);
const char *channel_why(const struct channel *channel); /* "" where the status says it all */

#endif
