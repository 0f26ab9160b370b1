/*
 * The head of an answer of HTTP/1.1 (RFC 9112 4 and 5): its status line, its fields, and what
 * some of them say. Nothing is copied: what is found is part of the bytes given, without white
 * space around it and not NUL-terminated. Fuzz target: tests/fuzz/http_head.c.
 */
#ifndef EXDIAG_READ_HTTP_HEAD_H
#define EXDIAG_READ_HTTP_HEAD_H

#include "diag/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HTTP_HEAD_MOST = 65536 /* bytes of a head that anybody keeps */ };

struct http_text {
    const char *bytes;
    size_t size;
};

/*
 * "HTTP/1.1 401 Unauthorized": the code, 100 to 599, and the phrase, which may be empty.
 * STATUS_MALFORMED for anything else.
 */
enum status http_head_code(const char *head, size_t size, unsigned *code, struct http_text *phrase);

/*
 * The values of a field (any case), one after another: `*at` is 0 at first. False when there is
 * no other. A line that goes on with the one before it (obs-fold) is no field.
 */
bool http_head_next(const char *head, size_t size, const char *name, size_t *at,
                    struct http_text *value);

/*
 * One challenge of WWW-Authenticate (RFC 9110 11.6.1), which holds several in a field and is in
 * several fields. `token`: what Negotiate and NTLM have behind their name, base64 (token68);
 * else empty. `parameters`: all of a scheme's, as they stand; else empty.
 */
struct http_challenge {
    struct http_text scheme;
    struct http_text token;
    struct http_text parameters;
};

/* From the value of a field: `*at` is 0 at first. False at its end, or at what is none. */
bool http_next_challenge(struct http_text value, size_t *at, struct http_challenge *challenge);

/*
 * A number, and nothing else. STATUS_MALFORMED; STATUS_TOO_LARGE for more than 2^53: Content-Length
 * (RFC 9110 8.6).
 */
enum status http_number(struct http_text value, int64_t *number);

/*
 * Retry-After (RFC 9110 10.2.3), seconds or a date, as microseconds from `now` (since 1970 UTC);
 * 0 for a date that is over. STATUS_MALFORMED, and TOO_LARGE for more than a day.
 */
enum status http_retry_after(struct http_text value, int64_t now, int64_t *wait);

/*
 * The codes in the page or the SOAP fault that is an answer's body, for people to know the cause
 * by, in any language: of Windows ("0x80070021"), of IIS with their subcodes ("500.19"), of
 * WS-Management (Code="2150858770"), of Exchange ("ErrorAccessDenied"). One after another: `*at`
 * is 0 at first. The same code may come again.
 */
bool http_next_code(const char *body, size_t size, size_t *at, struct http_text *code);

#endif
