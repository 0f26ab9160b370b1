/*
 * Tokens of a logon in SMTP (RFC 4954 4): a reply 334 of one line that is base64, with a token of
 * GSS-API in it. Fuzz target: tests/fuzz/smtp_token.c.
 */
#ifndef EXDIAG_READ_SMTP_TOKEN_H
#define EXDIAG_READ_SMTP_TOKEN_H

#include "diag/buffer.h"
#include "diag/read/kerberos_error.h"
#include "diag/read/smtp_reply.h"

enum { SMTP_TOKEN_MOST = 65536 }; /* bytes */

/*
 * The token of a reply, which may be empty, in place of what `out` had. STATUS_MALFORMED for
 * several lines, for one that was cut off, and for what is no base64.
 */
enum status smtp_token_of(const struct smtp_reply *reply, struct buffer *out);

/* Its sender says by it why the logon fails (RFC 4120 5.9.1). Texts live in `arena`. */
bool smtp_token_is_error(const struct buffer *token, struct arena *arena,
                         struct kerberos_error *out);

#endif
