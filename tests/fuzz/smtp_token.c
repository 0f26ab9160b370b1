/*
 * What a mail server says in a logon, in any pieces: of each reply a token of no more than its line
 * can hold, or none; and the same again, for nothing of it depends on what was there before.
 */
#include "diag/read/smtp_token.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { REPLIES_MOST = 16, CODE_AND_SPACE = 4 };

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_token(const struct smtp_reply *reply, struct arena *arena)
{
    struct buffer token, again;
    struct kerberos_error error;
    enum status status;

    buffer_init(&token, SMTP_TOKEN_MOST);
    buffer_init(&again, SMTP_TOKEN_MOST);
    buffer_add(&again, "before", 6);
    status = smtp_token_of(reply, &token);
    check(smtp_token_of(reply, &again) == status && again.size == token.size &&
          memcmp(again.text, token.text, token.size) == 0);
    check(status == STATUS_OK || (status == STATUS_MALFORMED && token.size == 0));
    if (status == STATUS_OK)
        check(reply->line_count == 1 && !reply->is_cut &&
              token.size * 4 <= (SMTP_TOKEN_LINE_KEPT - CODE_AND_SPACE) * 3);
    if (smtp_token_is_error(&token, arena, &error))
        check(error.server_time >= 0);
    buffer_release(&token);
    buffer_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct smtp_reply_reader *reader = smtp_reply_reader_new_for_tokens(&arena);
    size_t piece = size > 0 ? 1 + data[size - 1] % 64 : 1;

    for (size_t at = 0; at < size; at += piece)
        smtp_reply_add(reader, (const char *)data + at, size - at < piece ? size - at : piece,
                       (int64_t)at);
    for (unsigned i = 0; i < REPLIES_MOST; i++) {
        struct smtp_reply reply = smtp_reply_of(reader);

        check_token(&reply, &arena);
        smtp_reply_begin(reader);
    }
    arena_release(&arena);
    return 0;
}
