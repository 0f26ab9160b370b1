/*
 * A certificate as Windows keeps it in a registry: the value Blob of
 * SystemCertificates\STORE\Certificates\THUMBPRINT. It is a row of properties, [MS-GPEF]
 * 2.2.1.1.1.1: a number, a reserved one and a size, of 4 bytes each with the lowest first, then
 * that many bytes. 32 is the certificate itself; 2 says where its private key is, which is nowhere
 * near. Fuzz target: tests/fuzz/certificate_blob.c.
 */
#ifndef EXDIAG_READ_CERTIFICATE_BLOB_H
#define EXDIAG_READ_CERTIFICATE_BLOB_H

#include "diag/status.h"

#include <stdbool.h>
#include <stddef.h>

struct certificate_blob {
    const unsigned char *der; /* X.509, within the blob */
    size_t size;
    bool has_key; /* it says that there is a private key; whether there still is, is not known */
};

/*
 * STATUS_MALFORMED: a property is longer than what is left; the certificate is there twice.
 * NOT_FOUND: none of them is a certificate.
 */
enum status certificate_blob_read(const void *bytes, size_t size, struct certificate_blob *out);

#endif
