/*
 * What provokes an error of Kerberos 5 without credentials (RFC 4120): of a KDC an AS-REQ for a
 * client that is nobody (5.4.1), of a service an AP-REQ with a ticket that is noise (5.5.1).
 * Fuzz target: tests/fuzz/kerberos_error.c.
 */
#ifndef EXDIAG_READ_KERBEROS_REQUEST_H
#define EXDIAG_READ_KERBEROS_REQUEST_H

#include "diag/buffer.h"

#include <stdint.h>

/*
 * Appends a request for a ticket of krbtgt/`realm` for `client`, as over UDP. `nonce`:
 * another each time, for MIT's KDC repeats the answer to a request it knows; of it 31 bits
 * are sent, which no KDC takes for a negative number.
 */
void kerberos_write_as_req(const char *realm, const char *client, uint32_t nonce,
                           struct buffer *out);

enum { KRB_NOISE_SIZE = 192 /* bytes; more than a confounder and a checksum */ };

/*
 * Appends a request to a service that asks it to prove itself in return, with a ticket for
 * `service`/`host` and an authenticator that nobody has ever made: both are `noise` in place of
 * AES-256. No key opens them, so it cannot log anybody on, and no replay cache has to know it.
 *
 * That it asks for proof is what makes MIT's acceptor answer with an error at all (1.20, behind
 * mod_auth_gssapi 1.6.4): without, all it says is "reject". With it the error comes whatever else
 * is wrong: 35 (NOT_US) for a service or a realm of which it has no key, 44 (BADKEYVER) for another
 * version of the key or another encryption, 31 (BAD_INTEGRITY) where both are right and the key
 * does not open it. A wrong version of the protocol or of the ticket is not answered by an error.
 */
void kerberos_write_ap_req(const char *realm, const char *service, const char *host,
                           const unsigned char noise[KRB_NOISE_SIZE], struct buffer *out);

/* Puts the length of TCP before the message that was written to `out` from `start` on. */
void kerberos_wrap_frame(struct buffer *out, size_t start);

#endif
