/*
 * Requests to one web server, one after another over connections that are kept: HTTP/1.1 by
 * libcurl, as nobody or with an identity. For workers: all of it blocks, nothing past a request's
 * deadline but a Kerberos library that looks for a KDC by itself.
 *
 * - Connections go to `address` alone. No proxy, no .netrc, no variable of the environment has a
 *   say, and nothing is followed: a redirect is an answer (its Location is in the head), so what
 *   shows who one is goes to no other host, port or scheme.
 * - With an identity `host` is a name that the user or the directory gave: the certificate has to
 *   be for it, and the ticket is for HTTP/host. http_access_may() says what may go over what. The
 *   token of Kerberos is ours (RFC 4559), bound to the TLS channel (RFC 5929), and never turns into
 *   NTLM. Over TLS a handshake of its own comes first, to see the server's certificate.
 * - Cookies live in the session, in memory.
 * - gzip and deflate are undone; what is bounded is what comes out of them.
 */
#ifndef EXDIAG_GATHER_HTTP_SESSION_H
#define EXDIAG_GATHER_HTTP_SESSION_H

#include "diag/gather/http.h"
#include "diag/gather/http_access.h"

struct http_session;

struct http_target { /* borrowed while the session lives */
    struct net_address address;
    bool over_tls;
    const char *host;              /* NULL: the address; then there is no identity */
    const struct net_address *kdc; /* asked for the ticket; NULL: whom the system finds */
    const char *realm;             /* of the host, upper case; NULL: the caller's own */
};

/* `scheme`: WEB_ANONYMOUS, or http_access_scheme(). STATUS_OK, or why there can be no session. */
enum status http_session_new(struct http_library *library, struct http_access *access,
                             const struct http_target *target, enum web_scheme scheme,
                             struct http_session **out, const char **reason);
void http_session_free(struct http_session *session); /* NULL is allowed */

struct http_request {
    const char *method;        /* "GET", "POST" */
    const char *path;          /* "/EWS/Exchange.asmx": begins with "/", printable ASCII */
    const char *const *fields; /* "Name: value", ended by NULL; or NULL */
    const void *body;
    size_t body_size;
    uint64_t body_most; /* bytes of the answer's body, decoded, that are taken at most */
    /* For each piece of the answer's body, decoded; false: it is enough. May be NULL. */
    bool (*take)(void *context, const void *bytes, size_t size);
    void *context;
    /* False: it is given up, as if its deadline had come. Asked now and then. May be NULL. */
    bool (*goes_on)(void *owner);
    void *owner;
    /* On platform_monotonic_clock(); later by what http_access_try() waits for. */
    int64_t deadline;
    /*
     * Not 0: a body may go on beyond `deadline` until then, as long as there are never `stall`
     * microseconds between two pieces of it. libcurl is asked for that once a second.
     */
    int64_t latest, stall;
    bool cleans_up;       /* behind the run: see logon_trial.h */
    struct arena *memory; /* of what the response points to */
};

struct http_response {
    /*
     * Of the answer's head, and STATUS_OK once that is whole: then `code` is 200 to 599. REFUSED,
     * UNREACHABLE, TIMED_OUT, CLOSED: of the connection; MALFORMED, TOO_LARGE: of the head;
     * DENIED: no logon was tried, for the certificate is not trusted, or it was refused before;
     * NOT_FOUND: the caller has no ticket; REJECTED: the KDC gives none, see `error_code`; INVALID:
     * a request that is none; NOT_SUPPORTED: a library is missing.
     */
    enum status status;
    enum web_step step; /* the last that was begun */
    const char *reason; /* what the status does not say, or NULL */

    unsigned code;
    struct buffer head; /* its lines with their ends: read/http_head.h */
    /*
     * Of the body: OK if all of it came; LIMIT where `take` or body_most had enough; TIMED_OUT,
     * CLOSED; MALFORMED: its encoding is none.
     */
    enum status body_status;
    uint64_t body_size; /* decoded bytes that were taken */

    const char *caller;  /* of Kerberos: "alice@CONTOSO.COM"; or NULL */
    int32_t error_code;  /* of the KDC, which gave no ticket; 0 */
    int64_t server_time; /* of its KRB-ERROR: microseconds since 1970 UTC; 0 */
    bool was_reused;     /* the connection was there already */
    /* Microseconds since the request began; -1: it was not come to that, or TLS failed behind it.
     */
    int64_t connected, secured, answered, ended;
    /* Of TLS: the certificates that the server showed, its own first, and what they are worth. */
    struct certificate *chain;
    size_t chain_count;
    long verify_code;        /* X509_V_OK (0), or why the chain is not trusted */
    const char *verify_text; /* the same for people; NULL: no certificate was seen */
};

/* The response is to be released in any case. Returns its status. */
enum status http_session_ask(struct http_session *session, const struct http_request *request,
                             struct http_response *response);
void http_response_release(struct http_response *response);

#endif
