/* The certificates that a web server showed, as libcurl tells of them. */
#ifndef EXDIAG_GATHER_HTTP_CHAIN_H
#define EXDIAG_GATHER_HTTP_CHAIN_H

#include "diag/gather/http_session.h"

#include <curl/curl.h>
#include <openssl/x509.h>

enum { HTTP_BINDING_MOST = 128 };

struct http_chain { /* zeroed: none was seen */
    X509 *list[CERTIFICATES_MOST];
    size_t count;
    long verify_code;
    char binding[HTTP_BINDING_MOST]; /* tls-server-end-point (RFC 5929 4) */
    size_t binding_size;
};

/* Takes the place of what was seen before. What cannot be read ends the chain. */
void http_chain_take(struct http_chain *chain, const struct curl_certinfo *found,
                     struct tls_trust *trust);
void http_chain_release(struct http_chain *chain);

/* Of the channel, binding_size bytes; NULL if no certificate was seen. */
const char *http_chain_binding(const struct http_chain *chain);

/* Fills in what the response says of certificates. */
void http_chain_describe(const struct http_chain *chain, const char *host, struct arena *arena,
                         struct http_response *response);

#endif
