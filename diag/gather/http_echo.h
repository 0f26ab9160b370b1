/*
 * What a server says back of who one is, blanked with '*' before it becomes evidence: pages for
 * developers do that, and a Server field that repeats Authorization. Bodies come in pieces: what
 * may be the beginning of a secret waits for the next.
 */
#ifndef EXDIAG_GATHER_HTTP_ECHO_H
#define EXDIAG_GATHER_HTTP_ECHO_H

#include "diag/buffer.h"

enum { HTTP_ECHO_LEAST = 4 /* bytes: a shorter secret stands in texts by chance */ };

/*
 * Borrowed, or NULL, and none shorter than HTTP_ECHO_LEAST is looked for: the password; what stands
 * behind the scheme in Authorization. Of NTLM, whose last message libcurl makes, any that shows up.
 */
struct http_echo {
    const char *secrets[2];
    struct buffer held; /* of the piece before */
    bool in_ntlm;       /* the piece before ended within such a message */
};

/* Release with http_echo_release(), which overwrites what is held. */
void http_echo_init(struct http_echo *echo, const char *password, const char *token);
void http_echo_release(struct http_echo *echo);

/* A piece of a text; appends what can be said of it to `out`, which has room. */
void http_echo_take(struct http_echo *echo, const char *bytes, size_t size, struct buffer *out);

/* The rest, behind the last piece: a part of a secret is blanked too. Another text may follow. */
void http_echo_end(struct http_echo *echo, struct buffer *out);

/* Blanks a whole text where it is. */
void http_echo_blank(struct http_echo *echo, struct buffer *text);

#endif
