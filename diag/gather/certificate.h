/* A certificate of a handshake, made evidence. */
#ifndef EXDIAG_GATHER_CERTIFICATE_H
#define EXDIAG_GATHER_CERTIFICATE_H

#include "diag/evidence/certificate.h"

#include <openssl/x509.h>

/* What cannot be read of it is "" or 0. */
void certificate_read(X509 *certificate, struct arena *arena, struct certificate *out);

#endif
