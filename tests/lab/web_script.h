/*
 * What the lab's web servers do: behaviours by name, and the pieces that answers are made of.
 */
#ifndef EXDIAG_TESTS_LAB_WEB_SCRIPT_H
#define EXDIAG_TESTS_LAB_WEB_SCRIPT_H

#include "tests/lab/web_peer.h"

/* ---- pieces of answers ---- */

/* "HTTP/1.1 401 Unauthorized": `code` has its usual phrase. */
void web_say_status(struct web_reply *reply, unsigned code);

/* One field, "Name: value". */
void web_say_field(struct web_reply *reply, const char *name, const char *value);

/* Content-Type and Content-Length, the end of the head, and this body. */
void web_say_body(struct web_reply *reply, const char *type, const void *body, size_t size);

/* The same in pieces of so many bytes, Transfer-Encoding: chunked; or with Content-Encoding. */
void web_say_chunked(struct web_reply *reply, const char *type, const void *body, size_t size,
                     size_t piece);
void web_say_gzip(struct web_reply *reply, const char *type, const void *body, size_t size);

/* All three: a status, a type and a body that is a string. */
void web_say(struct web_reply *reply, unsigned code, const char *type, const char *body);

/*
 * WWW-Authenticate: Negotiate with SPNEGO's answer around a KRB-ERROR of this code; `time`: what
 * the server says its clock shows, microseconds since 1970 UTC.
 */
void web_say_kerberos_error(struct web_reply *reply, unsigned code, int64_t time);

/* ---- behaviours ---- */

/*
 * Makes a behaviour that of a peer: "iis", "redirect=https://other.example/": what stands behind
 * "=" is its argument, copied to the arena. STATUS_NOT_FOUND for a name that is none.
 */
enum status web_script_read(const char *text, struct arena *arena, struct web_peer *peer);

/* The behaviours, one after another; false at the end. */
bool web_script_at(size_t index, const char **name, const char **summary);

#endif
