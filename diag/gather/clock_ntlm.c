#include "diag/gather/clock_ntlm.h"

#include "diag/read/base64.h"
#include "diag/read/ntlm_challenge.h"

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

static enum status read_token(struct clock_reading *reading, const struct buffer *token,
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

enum status clock_read_challenge(struct clock_reading *reading, const char *text, size_t size,
                                 struct clock_sample *sample)
{
    struct buffer token;
    enum status status;

    buffer_init(&token, NTLM_TOKEN_MOST);
    status = base64_decode(text, size, &token);
    if (status == STATUS_OK)
        status = read_token(reading, &token, sample);
    buffer_release(&token);
    return status;
}
