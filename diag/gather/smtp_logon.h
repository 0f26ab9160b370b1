/*
 * A logon to a mail server with the caller's own ticket, on a worker. The ticket is there before
 * the server is spoken to. X-EXPS is preferred to AUTH, be it behind X-ANONYMOUSTLS, and a logon in
 * the clear, where that is offered, to one behind STARTTLS: a ticket is no password, and its use is
 * proven by what follows. Nobody's certificate is looked at.
 */
#ifndef EXDIAG_GATHER_SMTP_LOGON_H
#define EXDIAG_GATHER_SMTP_LOGON_H

#include "diag/evidence/smtp_logon.h"
#include "diag/gather/gather.h"
#include "diag/gather/tls.h"

struct kerberos_logon;

/* Who makes the tokens: platform_directory.h says how. */
struct smtp_logon_means {
    enum status (*open)(struct smtp_logon *logon, int64_t deadline, struct buffer *why,
                        struct kerberos_logon **out);
    enum status (*step)(struct kerberos_logon *tokens, const void *in, size_t size,
                        struct buffer *out, struct buffer *why);
    void (*close)(struct kerberos_logon *tokens);
};

extern const struct smtp_logon_means smtp_logon_of_platform;

/* Settles the item. Blocks for no longer than gather_smtp_logon_allowance(). */
void gather_smtp_logon(struct evidence *item, const struct gather_options *options,
                       struct tls_trust *trust, const struct smtp_logon_means *means);

/* Microseconds that it may take, and some more. */
int64_t gather_smtp_logon_allowance(const struct gather_options *options);

#endif
