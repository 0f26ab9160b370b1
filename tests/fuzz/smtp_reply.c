/*
 * Replies one after another: what is kept stays within its limits, and pieces of any size
 * make the same replies.
 */
#include "diag/read/smtp_reply.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { REPLIES_MOST = 16 };

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_line(const struct smtp_line *line, struct arena *arena)
{
    const char *text = smtp_line_text(line), *code = smtp_enhanced_code(line, arena);

    check(line->size <= SMTP_LINE_KEPT && line->text[line->size] == '\0');
    check(!memchr(line->text, '\n', line->size));
    check(strlen(text) <= line->size);
    check(!code || strlen(code) <= strlen(text));
}

static void check_reply(const struct smtp_reply *reply, struct arena *arena)
{
    check(reply->state < SMTP_REPLY_STATE_COUNT);
    check(reply->code == 0 || (reply->code >= 200 && reply->code < 600));
    check(reply->bytes <= SMTP_REPLY_MOST && reply->line_count <= SMTP_LINES_KEPT);
    check((reply->bytes == 0) == (reply->first_byte < 0));
    check(reply->state != SMTP_REPLY_COMPLETE || (reply->code != 0 && reply->line_count > 0));
    for (size_t i = 0; i < reply->line_count; i++)
        check_line(&reply->lines[i], arena);
    smtp_is_masked(reply);
    smtp_keyword(reply, "STARTTLS");
}

static void give(struct smtp_reply_reader *reader, const uint8_t *data, size_t size, size_t step)
{
    for (size_t at = 0; at < size; at += step) {
        size_t piece = size - at < step ? size - at : step;
        char *copy = malloc(piece);

        check(copy != NULL);
        memcpy(copy, data + at, piece);
        smtp_reply_add(reader, copy, piece, (int64_t)at);
        free(copy);
    }
}

static void check_equal(const struct smtp_reply *a, const struct smtp_reply *b)
{
    check(a->state == b->state && a->code == b->code && a->bytes == b->bytes);
    check(a->line_count == b->line_count && a->is_cut == b->is_cut);
    for (size_t i = 0; i < a->line_count; i++) {
        check(a->lines[i].size == b->lines[i].size);
        check(memcmp(a->lines[i].text, b->lines[i].text, a->lines[i].size) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct smtp_reply_reader *whole = smtp_reply_reader_new(&arena);
    struct smtp_reply_reader *pieces = smtp_reply_reader_new(&arena);

    give(whole, data, size, size ? size : 1);
    give(pieces, data, size, 3);
    for (unsigned i = 0; i < REPLIES_MOST; i++) {
        struct smtp_reply a = smtp_reply_of(whole), b = smtp_reply_of(pieces);

        check_reply(&a, &arena);
        check_equal(&a, &b);
        check(smtp_reply_left(whole) == smtp_reply_left(pieces));
        smtp_reply_begin(whole);
        smtp_reply_begin(pieces);
    }
    arena_release(&arena);
    return 0;
}
