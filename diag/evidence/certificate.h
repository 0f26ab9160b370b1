/*
 * A certificate as a peer showed it in a TLS handshake: part of other evidence, no kind
 * of its own. Its texts are printable (text.h), but for what a file was made to hold.
 */
#ifndef EXDIAG_EVIDENCE_CERTIFICATE_H
#define EXDIAG_EVIDENCE_CERTIFICATE_H

#include "diag/evidence/evidence.h"

struct redactor;

enum {
    CERTIFICATES_MOST = 10,       /* of a chain that are kept */
    CERTIFICATE_NAMES_MOST = 200, /* subject alternative names that are kept */
    CERTIFICATE_TEXT_MOST = 1024  /* bytes of a name */
};

struct certificate {
    const char *subject;      /* RFC 2253 text, UTF-8 */
    const char *issuer;       /* the same */
    const char *common_name;  /* the last CN of the subject, or NULL */
    const char *const *names; /* dNSName and iPAddress of subjectAltName, as text */
    size_t name_count;
    bool names_are_cut; /* it has more; the one that the host asked for matches is kept */
    int64_t not_before; /* milliseconds since 1970 UTC */
    int64_t not_after;
    const char *serial;    /* hexadecimal */
    const char *key;       /* "RSA 2048", "EC P-256" */
    const char *signature; /* "sha256WithRSAEncryption" */
    /* Lower-case hexadecimal, for TLSA records (RFC 6698 2.1); "" in redacted evidence. */
    const char *sha256;     /* of the certificate */
    const char *sha512;     /* of the certificate */
    const char *key_sha256; /* of its SubjectPublicKeyInfo */
    const char *key_sha512; /* of its SubjectPublicKeyInfo */
};

/*
 * True if the certificate is for this host: RFC 6125, names of subjectAltName, and the
 * common name only where there are none; "*" stands for a whole first label. `host`: a
 * name, or an address as text.
 */
bool certificate_is_for(const struct certificate *certificate, const char *host);

/* The same, or true where a name that is not kept could be the host's. */
bool certificate_may_be_for(const struct certificate *certificate, const char *host);

json_t *certificates_to_json(const struct certificate *chain, size_t count);

/* At most CERTIFICATES_MOST; texts that are missing are "", the common name NULL. */
struct certificate *certificates_from_json(const json_t *list, struct arena *arena, size_t *count);

/* "CN=mail.contoso.com,O=Contoso" keeps its form: two that were alike stay so. */
const char *certificate_redact_subject(const struct redactor *redactor, const char *text,
                                       struct arena *arena);

/* Names and serial numbers; what a name matched, its pseudonym matches. In place. */
void certificates_redact(struct certificate *chain, size_t count, const struct redactor *redactor,
                         struct arena *arena);

#endif
