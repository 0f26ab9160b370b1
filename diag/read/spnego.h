/*
 * SPNEGO (RFC 4178), what stands behind "Negotiate" (RFC 4559): the mechanism's token in what a
 * server answers, and a first token of Kerberos to ask with. Fuzz target: tests/fuzz/spnego.c.
 */
#ifndef EXDIAG_READ_SPNEGO_H
#define EXDIAG_READ_SPNEGO_H

#include "diag/buffer.h"

#include <stddef.h>

enum { SPNEGO_TOKEN_MOST = 65536 };

enum spnego_content { SPNEGO_NONE, SPNEGO_KERBEROS_ERROR, SPNEGO_NTLM_CHALLENGE };

/*
 * What a server's token holds, in SPNEGO or bare: `inner` is part of `bytes`, NULL for
 * SPNEGO_NONE. A Kerberos error stands behind the token id 03 00 of RFC 4121 4.1, with or
 * without the GSS header; `inner` begins at the error's own tag.
 */
enum spnego_content spnego_content_of(const unsigned char *bytes, size_t size,
                                      const unsigned char **inner, size_t *inner_size);

/* Appends the NegTokenInit that offers Kerberos alone, and this AP-REQ as its first token. */
void spnego_write_ap_req(const void *ap_req, size_t size, struct buffer *out);

/* The same around a whole token of Kerberos, its GSS header included. */
void spnego_write_token(const void *token, size_t size, struct buffer *out);

#endif
