/* A certificate of a handshake, made evidence. */
#ifndef EXDIAG_GATHER_CERTIFICATE_H
#define EXDIAG_GATHER_CERTIFICATE_H

#include "diag/evidence/bound_certificates.h"
#include "diag/evidence/certificate.h"

#include <openssl/x509.h>

/*
 * What cannot be read of it is "" or 0. `host`, or NULL: of more names than are kept, the
 * one that is for it is.
 */
void certificate_read(X509 *certificate, const char *host, struct arena *arena,
                      struct certificate *out);

/*
 * The same of bytes that were kept: thumbprint, subject and dates; what is known of its key is left
 * as it is. False, and nothing changed, for what is no certificate or has something behind it.
 */
bool certificate_read_stored(const unsigned char *der, size_t size, struct arena *arena,
                             struct stored_certificate *out);

#endif
