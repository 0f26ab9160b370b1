/*
 * Tickets by MIT's library, loaded with the first. It builds the requests and reads the answers;
 * they are carried to a KDC by us, so nothing is looked up and nothing outlasts its deadline.
 */
#ifndef EXDIAG_POSIX_KERBEROS_H
#define EXDIAG_POSIX_KERBEROS_H

#include "diag/buffer.h"
#include "diag/read/net_address.h"
#include "diag/status.h"

#include <stdint.h>

/* A copy of the caller's ticket-granting tickets, in memory: what is granted enters no file. */
struct kerberos_tickets;

/*
 * STATUS_NOT_FOUND without a ticket-granting ticket that is still good, STATUS_NOT_SUPPORTED
 * without the library. `principal`: the caller's, "alice@CORP.TEST".
 */
enum status kerberos_tickets_open(struct kerberos_tickets **out, struct buffer *principal,
                                  struct buffer *why);
void kerberos_tickets_close(struct kerberos_tickets *tickets);

/* As the library names this collection: "MEMORY:..." */
const char *kerberos_tickets_name(const struct kerberos_tickets *tickets);

struct kerberos_grant {
    int32_t error_code;   /* of the KDC; 0: none */
    int64_t server_time;  /* of its error: microseconds since 1970 UTC */
    int32_t encryption;   /* of the ticket that was granted, else 0 */
    struct buffer *cross; /* the realm that the KDC refers to, which is not asked */
};

/* Asks the KDC of `realm` for a ticket for `service` ("ldap/dc1.corp.test"), and keeps it. */
enum status kerberos_tickets_get(struct kerberos_tickets *tickets, const struct net_address *kdc,
                                 const char *realm, const char *service, int64_t deadline,
                                 struct kerberos_grant *grant, struct buffer *why);

#endif
