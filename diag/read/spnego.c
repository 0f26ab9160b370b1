#include "diag/read/spnego.h"

#include "diag/read/ber.h"
#include "diag/read/ntlm_challenge.h"

#include <string.h>

enum {
    KRB_ERROR = BER_APPLICATION + 30, /* RFC 4120 5.9.1 */
    GSS_HEADER = BER_APPLICATION,     /* RFC 2743 3.1 */
    INIT = BER_CONTEXT,               /* RFC 4178 4.2 */
    RESPONSE = BER_CONTEXT + 1,
    MECHANISMS = BER_CONTEXT,
    TOKEN = BER_CONTEXT + 2 /* mechToken of the one and responseToken of the other */
};

enum { TOKEN_ID_SIZE = 2 };

static const char request_id[] = "\1\0", error_id[] = "\3\0"; /* RFC 4121 4.1 */

/* ---- mechanisms ---- */

struct mechanism {
    const char *oid;
    size_t size;
};

static const struct mechanism spnego = {"\x2B\x06\x01\x05\x05\x02", 6}; /* RFC 4178 3.2 */

/* RFC 4121 4.1, and what Windows 2000 made of it. */
static const struct mechanism kerberos = {"\x2A\x86\x48\x86\xF7\x12\x01\x02\x02", 9},
                              kerberos_2000 = {"\x2A\x86\x48\x82\xF7\x12\x01\x02\x02", 9};

static bool is_mechanism(const struct ber *oid, const struct mechanism *mechanism)
{
    return !oid->failed && oid->size == mechanism->size &&
           memcmp(oid->bytes, mechanism->oid, mechanism->size) == 0;
}

static bool is_kerberos(struct ber oid)
{
    return is_mechanism(&oid, &kerberos) || is_mechanism(&oid, &kerberos_2000);
}

static bool is_spnego(struct ber oid)
{
    return is_mechanism(&oid, &spnego);
}

/* ---- reading ---- */

/* What a mechanism itself says, without SPNEGO around it. */
static enum spnego_content mechanism_content(struct ber token, struct ber *inner)
{
    *inner = token;
    if (ntlm_is_challenge(token.bytes, token.size))
        return SPNEGO_NTLM_CHALLENGE;
    if (ber_peek(&token) == GSS_HEADER) {
        token = ber_take(&token, GSS_HEADER);
        if (!is_kerberos(ber_take(&token, BER_OBJECT_IDENTIFIER)))
            return SPNEGO_NONE;
    }
    if (token.failed || token.size < TOKEN_ID_SIZE ||
        memcmp(token.bytes, error_id, TOKEN_ID_SIZE) != 0)
        return SPNEGO_NONE;
    token.bytes += TOKEN_ID_SIZE;
    token.size -= TOKEN_ID_SIZE;
    *inner = token;
    ber_take(&token, KRB_ERROR);
    return token.failed || token.size > 0 ? SPNEGO_NONE : SPNEGO_KERBEROS_ERROR;
}

/* The token of the mechanism in a NegTokenInit or NegTokenResp; failed if there is none. */
static struct ber mechanism_token(struct ber negotiation)
{
    int tag = -1;
    struct ber message = ber_take_any(&negotiation, &tag);

    message = ber_take(&message, BER_SEQUENCE);
    while (ber_peek(&message) >= 0) {
        struct ber element = ber_take_any(&message, &tag);

        if (tag == TOKEN)
            return ber_take(&element, BER_OCTET_STRING);
    }
    return (struct ber){.failed = true};
}

static bool is_negotiation(struct ber token)
{
    int tag = ber_peek(&token);

    return tag == INIT || tag == RESPONSE;
}

/* Past the GSS header of a negotiation, if there is one. */
static struct ber past_header(struct ber token)
{
    struct ber inside = token;

    if (ber_peek(&token) != GSS_HEADER)
        return token;
    inside = ber_take(&inside, GSS_HEADER);
    return is_spnego(ber_take(&inside, BER_OBJECT_IDENTIFIER)) && is_negotiation(inside) ? inside
                                                                                         : token;
}

enum spnego_content spnego_content_of(const unsigned char *bytes, size_t size,
                                      const unsigned char **inner, size_t *inner_size)
{
    struct ber token = past_header((struct ber){.bytes = bytes, .size = size});
    enum spnego_content content = SPNEGO_NONE;
    struct ber found = {.bytes = NULL};

    if (is_negotiation(token))
        token = mechanism_token(token);
    if (!token.failed && size <= SPNEGO_TOKEN_MOST)
        content = mechanism_content(token, &found);
    *inner = content ? found.bytes : NULL;
    *inner_size = content ? found.size : 0;
    return content;
}

/* ---- writing ---- */

static void put_mechanism(struct buffer *out, const struct mechanism *mechanism)
{
    ber_put(out, BER_OBJECT_IDENTIFIER, mechanism->oid, mechanism->size);
}

/* Around the mechanism's token, which begins at `token`; the whole began at `start`. */
static void wrap_negotiation(struct buffer *out, size_t start, size_t init, size_t token)
{
    ber_wrap(out, token, BER_OCTET_STRING);
    ber_wrap(out, token, TOKEN);
    ber_wrap(out, init, BER_SEQUENCE);
    ber_wrap(out, init, INIT);
    ber_wrap(out, start, GSS_HEADER);
}

/* Gives where NegTokenInit begins; what is appended next is its token. */
static size_t offer_kerberos(struct buffer *out)
{
    size_t init;

    put_mechanism(out, &spnego);
    init = out->size;
    put_mechanism(out, &kerberos);
    ber_wrap(out, init, BER_SEQUENCE);
    ber_wrap(out, init, MECHANISMS);
    return init;
}

void spnego_write_token(const void *token, size_t size, struct buffer *out)
{
    size_t start = out->size, init = offer_kerberos(out), at = out->size;

    buffer_add(out, token, size);
    wrap_negotiation(out, start, init, at);
}

void spnego_write_ap_req(const void *ap_req, size_t size, struct buffer *out)
{
    size_t start = out->size, init = offer_kerberos(out), token = out->size;

    put_mechanism(out, &kerberos);
    buffer_add(out, request_id, TOKEN_ID_SIZE);
    buffer_add(out, ap_req, size);
    ber_wrap(out, token, GSS_HEADER);
    wrap_negotiation(out, start, init, token);
}
