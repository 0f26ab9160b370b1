/*
 * Tokens of Kerberos as an operating system makes them: MIT's libraries on POSIX, loaded when they
 * are first used, SSPI on Windows. For workers: it blocks, not past `deadline` (microseconds of
 * platform_monotonic_clock()) where the KDC is named and the system lets us ask it.
 */
#ifndef EXDIAG_PLATFORM_KERBEROS_H
#define EXDIAG_PLATFORM_KERBEROS_H

#include "diag/buffer.h"
#include "diag/read/net_address.h"
#include "diag/status.h"

#include <stdint.h>

struct kerberos_token_question {
    const char *spn;               /* "HTTP/mail.contoso.com": the user's or the directory's word */
    const char *realm;             /* of it, upper case; NULL: the caller's own */
    const struct net_address *kdc; /* NULL: whom the system finds; Windows always does that */
    const void *binding;           /* to the channel (RFC 5929), with its prefix; or NULL */
    size_t binding_size;
};

/* Texts are filled in as far as they are known. */
struct kerberos_token {
    struct buffer *token;  /* GSS-API's first (RFC 4121 4.1); to be wiped */
    struct buffer *caller; /* "alice@CONTOSO.COM" */
    struct buffer *why;    /* for people */
    int32_t error_code;    /* of the KDC; 0 */
    int64_t server_time;   /* of its KRB-ERROR: microseconds since 1970 UTC; 0 */
};

/*
 * The caller's own, for one use. STATUS_NOT_FOUND: the caller has no ticket-granting ticket;
 * REJECTED: the KDC gives no ticket for the service; NOT_SUPPORTED: there is no Kerberos library;
 * REFUSED, UNREACHABLE, TIMED_OUT: no KDC.
 */
enum status platform_kerberos_token(const struct kerberos_token_question *question,
                                    int64_t deadline, struct kerberos_token *out);

#endif
