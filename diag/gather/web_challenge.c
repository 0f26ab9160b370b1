#include "diag/gather/web_challenge.h"

#include "diag/read/base64.h"
#include "diag/read/http_head.h"
#include "diag/read/kerberos_error.h"
#include "diag/read/ntlm_challenge.h"
#include "diag/read/spnego.h"
#include "diag/text.h"

static int64_t time_of_challenge(const unsigned char *bytes, size_t size, struct arena *scratch)
{
    struct ntlm_challenge challenge;

    if (ntlm_read_challenge(bytes, size, scratch, &challenge) != STATUS_OK || challenge.time < 0)
        return 0;
    return challenge.time;
}

static void read_inner(enum spnego_content content, const unsigned char *inner, size_t size,
                       struct web_challenge *out)
{
    struct kerberos_error error;
    struct arena scratch = {0};

    if (content == SPNEGO_NTLM_CHALLENGE) {
        out->token = WEB_NTLM_CHALLENGE;
        out->server_time = time_of_challenge(inner, size, &scratch);
    } else if (content == SPNEGO_KERBEROS_ERROR &&
               kerberos_read_error(inner, size, &scratch, &error) == STATUS_OK) {
        out->token = WEB_KERBEROS_ERROR;
        out->error_code = error.code;
        out->server_time = error.server_time;
    }
    arena_release(&scratch);
}

static void read_token(struct http_text token, struct web_challenge *out)
{
    const unsigned char *inner;
    size_t inner_size;
    struct buffer bytes;
    enum spnego_content content;

    if (token.size == 0)
        return;
    out->token = WEB_OTHER_TOKEN;
    buffer_init(&bytes, SPNEGO_TOKEN_MOST);
    if (base64_decode(token.bytes, token.size, &bytes) == STATUS_OK) {
        content =
            spnego_content_of((const unsigned char *)bytes.text, bytes.size, &inner, &inner_size);
        read_inner(content, inner, inner_size, out);
    }
    buffer_release(&bytes);
}

size_t web_challenges_read(const struct buffer *head, struct arena *arena,
                           struct web_challenge **out)
{
    struct web_challenge *list = arena_new(arena, WEB_CHALLENGES_MOST, sizeof *list);
    struct http_challenge found;
    struct http_text value;
    size_t at = 0, count = 0;

    while (http_head_next(head->text, head->size, "WWW-Authenticate", &at, &value)) {
        size_t within = 0;

        while (count < WEB_CHALLENGES_MOST && http_next_challenge(value, &within, &found)) {
            struct web_challenge *challenge = &list[count++];

            challenge->scheme = text_printable(arena, found.scheme.bytes, found.scheme.size);
            read_token(found.token, challenge);
        }
    }
    *out = list;
    return count;
}
