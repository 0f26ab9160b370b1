/*
 * The client's side of Kerberos 5 as GSS-API has it (RFC 4121), by MIT's library, loaded with the
 * first. It takes the tickets that are there, and asks nobody for more.
 */
#ifndef EXDIAG_POSIX_SECURITY_H
#define EXDIAG_POSIX_SECURITY_H

#include "diag/buffer.h"
#include "diag/status.h"

#include <stddef.h>

struct security;

struct security_target {
    const char *tickets;   /* a collection of tickets, kerberos_tickets_name() */
    const char *principal; /* "ldap/dc1.corp.test@CORP.TEST", which is not looked up */
    const void *binding;   /* to the channel (RFC 5929), with its prefix; or NULL */
    size_t binding_size;
};

/* STATUS_NOT_SUPPORTED without the library; STATUS_NOT_FOUND without a ticket. */
enum status security_open(const struct security_target *target, struct security **out,
                          struct buffer *why);
void security_close(struct security *security);

/* What the peer said, and what is to be answered. `*done`: both know who the other is. */
enum status security_step(struct security *security, const void *in, size_t size,
                          struct buffer *out, bool *done, struct buffer *why);

/* One message, `conceal`ed or only signed; STATUS_MALFORMED for what the peer has not sent. */
enum status security_wrap(struct security *security, bool conceal, const void *bytes, size_t size,
                          struct buffer *out);
enum status security_unwrap(struct security *security, const void *bytes, size_t size,
                            struct buffer *out);

#endif
