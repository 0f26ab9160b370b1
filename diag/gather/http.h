/*
 * One request over HTTP/1.1 by libcurl, which is loaded with the first and is shared by all
 * threads. Of the answer the head is kept, and no body is read. Nothing is followed, no proxy and
 * no .netrc has a say, and no certificate is refused: nothing secret is ever sent by this.
 */
#ifndef EXDIAG_GATHER_HTTP_H
#define EXDIAG_GATHER_HTTP_H

#include "diag/buffer.h"
#include "diag/read/http_head.h"
#include "diag/read/net_address.h"
#include "diag/status.h"

#include <stdbool.h>
#include <stdint.h>

/* The library, once it is loaded. The last to leave frees what is ours of it. */
struct http_library;

struct http_library *http_library_new(void);
struct http_library *http_library_share(struct http_library *library);
void http_library_leave(struct http_library *library);

/* Whether this machine has it; what is below says so where it has not. */
bool http_is_available(void);

struct http_question {
    const struct net_address *address;
    bool over_tls;
    const char *host;          /* as the request and the handshake name it; NULL: the address */
    const char *path;          /* "/" */
    const char *authorization; /* "NTLM TlRM...", or NULL */
    int64_t allowance;         /* microseconds for all of it */
};

struct http_answer {
    int64_t sent; /* on the monotonic clock: before the request was, connection and TLS standing */
    int64_t received;   /* when the head was whole */
    const char *reason; /* a constant of the library, where the status does not say all; or NULL */
    struct buffer head; /* its lines with their ends; the last answer's where there were several */
    bool is_whole;
};

/*
 * Blocks until the head is whole. STATUS_NOT_SUPPORTED where there is no libcurl. The answer is to
 * be released in any case.
 */
enum status http_ask(struct http_library *library, const struct http_question *question,
                     struct http_answer *answer);
void http_answer_release(struct http_answer *answer);

#endif
