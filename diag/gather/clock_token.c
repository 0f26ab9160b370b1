#include "diag/gather/clock_token.h"

#include "diag/read/base64.h"
#include "diag/read/kerberos_error.h"
#include "diag/read/ntlm_challenge.h"
#include "diag/read/spnego.h"

enum { SECOND = 1000000 };

/* ---- NTLM ---- */

static void describe(struct clock_reading *reading, const struct ntlm_challenge *challenge)
{
    struct arena *arena = &reading->evidence.memory;

    reading->told_host = challenge->dns_computer ? challenge->dns_computer : challenge->computer;
    reading->told_domain = challenge->dns_domain ? challenge->dns_domain : challenge->domain;
    if (challenge->build == 0)
        return;
    reading->told_build =
        arena_print(arena, "%u.%u.%u", challenge->major, challenge->minor, challenge->build);
    reading->resolution = CLOCK_WINDOWS_TICK;
}

static enum status read_ntlm(struct clock_reading *reading, const struct buffer *token,
                             struct clock_sample *sample)
{
    struct ntlm_challenge challenge;
    const unsigned char *inner;
    size_t inner_size;
    enum status status;

    if (spnego_content_of((const unsigned char *)token->text, token->size, &inner, &inner_size) !=
        SPNEGO_NTLM_CHALLENGE)
        return STATUS_MALFORMED;
    status = ntlm_read_challenge(inner, inner_size, &reading->evidence.memory, &challenge);
    if (status != STATUS_OK)
        return status;
    describe(reading, &challenge);
    if (challenge.time == INT64_MIN) {
        reading->evidence.reason = "its NTLM challenge says no time";
        return STATUS_NOT_FOUND;
    }
    sample->remote = challenge.time;
    return STATUS_OK;
}

/* ---- Kerberos ---- */

enum status clock_read_krb_error(struct clock_reading *reading, const unsigned char *bytes,
                                 size_t size, struct clock_sample *sample)
{
    struct kerberos_error error;
    enum status status = kerberos_read_error(bytes, size, &reading->evidence.memory, &error);

    if (status == STATUS_EXISTS) {
        reading->evidence.reason = "it granted a ticket to a client without a password";
        return STATUS_REJECTED;
    }
    if (status != STATUS_OK)
        return status;
    reading->error_code = error.code;
    reading->told_domain = error.realm;
    reading->resolution = error.resolution;
    sample->remote = error.server_time;
    return STATUS_OK;
}

static enum status read_gss(struct clock_reading *reading, const struct buffer *token,
                            struct clock_sample *sample)
{
    const unsigned char *inner;
    size_t inner_size;
    enum status status;

    if (spnego_content_of((const unsigned char *)token->text, token->size, &inner, &inner_size) !=
        SPNEGO_KERBEROS_ERROR)
        return STATUS_NOT_FOUND;
    status = clock_read_krb_error(reading, inner, inner_size, sample);
    reading->told_domain = NULL; /* the realm of the ticket, which is ours */
    if (status == STATUS_OK)     /* MIT's acceptor makes marks like its KDC, and has no text */
        reading->resolution = SECOND - sample->remote % SECOND;
    return status;
}

/* ---- as text ---- */

static enum status read_text(struct clock_reading *reading, const char *text, size_t size,
                             enum status (*read)(struct clock_reading *reading,
                                                 const struct buffer *token,
                                                 struct clock_sample *sample),
                             struct clock_sample *sample)
{
    struct buffer token;
    enum status status;

    buffer_init(&token, SPNEGO_TOKEN_MOST);
    status = base64_decode(text, size, &token);
    if (status == STATUS_OK)
        status = read(reading, &token, sample);
    buffer_release(&token);
    return status;
}

enum status clock_read_challenge(struct clock_reading *reading, const char *text, size_t size,
                                 struct clock_sample *sample)
{
    return read_text(reading, text, size, read_ntlm, sample);
}

enum status clock_read_gss_error(struct clock_reading *reading, const char *text, size_t size,
                                 struct clock_sample *sample)
{
    return read_text(reading, text, size, read_gss, sample);
}
