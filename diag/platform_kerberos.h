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

struct kerberos_client;

struct kerberos_service {
    const char *spn;               /* "HTTP/mail.contoso.com": the user's or the directory's word */
    const char *realm;             /* of it, upper case; NULL: the caller's own */
    const struct net_address *kdc; /* NULL: whom the system finds; Windows always does that */
};

struct kerberos_told {
    struct buffer *caller; /* "alice@CONTOSO.COM", as far as it is known */
    struct buffer *why;    /* for people */
    int32_t error_code;    /* of the KDC; 0 */
    int64_t server_time;   /* of its KRB-ERROR: microseconds since 1970 UTC; 0 */
};

/*
 * The caller, about to show who he is to a service: asks a KDC that is named for the ticket.
 * STATUS_NOT_FOUND: the caller has no ticket-granting ticket; REJECTED: the KDC gives no ticket for
 * the service; NOT_SUPPORTED: there is no Kerberos library; REFUSED, UNREACHABLE, TIMED_OUT: no
 * KDC; INVALID: no name of a service.
 */
enum status platform_kerberos_client(const struct kerberos_service *service, int64_t deadline,
                                     struct kerberos_told *told, struct kerberos_client **out);
void platform_kerberos_client_free(struct kerberos_client *client); /* NULL is allowed */

/*
 * Appends GSS-API's first token (RFC 4121 4.1), for one use, to be wiped by the caller. `binding`:
 * to the channel (RFC 5929), with its prefix; or NULL. Nothing is delegated. Statuses as above;
 * where the system looks for a KDC by itself, it does so here.
 */
enum status platform_kerberos_token(struct kerberos_client *client, const void *binding,
                                    size_t binding_size, struct buffer *out,
                                    struct kerberos_told *told);

#endif
