/* A certificate of a handshake, made evidence. */
#ifndef EXDIAG_GATHER_CERTIFICATE_H
#define EXDIAG_GATHER_CERTIFICATE_H

#include "diag/evidence/certificate.h"

#include <openssl/x509.h>

/*
 * What cannot be read of it is "" or 0. `host`, or NULL: of more names than are kept, the
 * one that is for it is.
 */
void certificate_read(X509 *certificate, const char *host, struct arena *arena,
                      struct certificate *out);

#endif
