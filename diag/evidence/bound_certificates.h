/*
 * Evidence of kind "bound-certificates": which certificates a machine's web server is bound to, and
 * which of its store are there, by its registry. "" is the machine at hand and "\\name" another,
 * on Windows; else a registry export or the output of reg query with any of these keys:
 *
 *     SYSTEM\CurrentControlSet\Services\HTTP\Parameters\SslBindingInfo\0.0.0.0:444
 *     the same below SslSniBindingInfo, for bindings by host name
 *         SslCertHash: the thumbprint; SslCertStoreName: the store, MY where none is named
 *     SOFTWARE\Microsoft\SystemCertificates\MY\Certificates\THUMBPRINT
 *         Blob: the certificate, and whether there is a private key (read/certificate_blob.h)
 *
 * They are the places that `netsh http show sslcert` and the certificates of the computer show.
 * Presence and dates are kept, and whose a certificate is; nothing of a key is ever opened.
 *
 * Redacted, subjects keep their form, names and addresses become pseudonyms, and thumbprints
 * others that match where they matched.
 */
#ifndef EXDIAG_EVIDENCE_BOUND_CERTIFICATES_H
#define EXDIAG_EVIDENCE_BOUND_CERTIFICATES_H

#include "diag/evidence/evidence.h"

enum {
    BOUND_BINDINGS_MOST = 256,
    BOUND_CERTIFICATES_MOST = 256,
    BOUND_ENDPOINT_MOST = 320 /* bytes */
};

struct certificate_binding {
    const char *endpoint;   /* "0.0.0.0:444", "[::]:444"; by name: "mail.contoso.com:443" */
    unsigned port;          /* 0: not told */
    bool is_by_name;        /* for those who ask for this name (SNI) */
    const char *thumbprint; /* lower-case hexadecimal; "": none, or no hash */
    const char *store;      /* "MY"; or another of the computer's */
};

struct stored_certificate {
    const char *thumbprint; /* SHA-1 of the certificate, as above */
    bool is_read;           /* what follows is known */
    bool has_key;           /* a private key is said to be there */
    const char *subject;    /* RFC 2253 text; "" where not known */
    int64_t not_before;     /* milliseconds since 1970 UTC; 0: not known */
    int64_t not_after;
};

struct bound_certificates {
    struct evidence evidence;

    const char *path; /* the question */

    /* The observation. STATUS_NOT_FOUND: the file has none of these keys. */
    bool knows_bindings; /* both keys of bindings are there as a whole: what is not here is not */
    const struct certificate_binding *bindings;
    size_t binding_count;
    bool knows_store; /* the same of MY, the store */
    const struct stored_certificate *certificates;
    size_t certificate_count;
};

extern const struct evidence_kind evidence_bound_certificates;

/* The certificate of this thumbprint; NULL if the store has none. */
const struct stored_certificate *stored_certificate_of(const struct bound_certificates *all,
                                                       const char *thumbprint);

#endif
