#include "diag/read/smtp_token.h"

#include "diag/read/base64.h"
#include "diag/read/spnego.h"

#include <string.h>

enum status smtp_token_of(const struct smtp_reply *reply, struct buffer *out)
{
    const struct smtp_line *line = reply->lines;
    const char *text;

    buffer_clear(out);
    if (reply->line_count != 1 || reply->is_cut || strlen(line->text) != line->size)
        return STATUS_MALFORMED;
    text = smtp_line_text(line);
    return base64_decode(text, strlen(text), out);
}

bool smtp_token_is_error(const struct buffer *token, struct arena *arena,
                         struct kerberos_error *out)
{
    const unsigned char *inner;
    size_t size;

    return spnego_content_of((const unsigned char *)token->text, token->size, &inner, &size) ==
               SPNEGO_KERBEROS_ERROR &&
           kerberos_read_error(inner, size, arena, out) == STATUS_OK;
}
