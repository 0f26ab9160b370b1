/* What is said in a logon: tokens, and errors in them. */
#include "tests/unit/unit.h"

#include "diag/read/base64.h"
#include "diag/read/smtp_token.h"

#include <string.h>

#define BYTES(literal) (literal), sizeof(literal) - 1

static struct smtp_reply heard(const char *bytes, size_t size, struct arena *arena)
{
    struct smtp_reply_reader *reader = smtp_reply_reader_new_for_tokens(arena);

    smtp_reply_add(reader, bytes, size, 1);
    assert_true(smtp_reply_is_over(reader));
    return smtp_reply_of(reader);
}

static void test_tokens(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum status status;
        const char *token;
    } rows[] = {
        {BYTES("334 aGVsbG8=\r\n"), STATUS_OK, "hello"},
        {BYTES("334 \r\n"), STATUS_OK, ""},
        {BYTES("334\r\n"), STATUS_OK, ""},
        {BYTES("334 GSSAPI supported\r\n"), STATUS_MALFORMED, ""},
        {BYTES("334 aGVsbG8\r\n"), STATUS_MALFORMED, ""},
        {BYTES("334 aGVs\0bG8=\r\n"), STATUS_MALFORMED, ""},
        {BYTES("334-aGVs\r\n334 bG8=\r\n"), STATUS_MALFORMED, ""},
    };
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct smtp_reply reply = heard(rows[i].bytes, rows[i].size, &arena);
        struct buffer token;

        buffer_init(&token, SMTP_TOKEN_MOST);
        buffer_add_string(&token, "of before");
        assert_int_equal(smtp_token_of(&reply, &token), rows[i].status);
        assert_string_equal(token.text, rows[i].token);
        buffer_release(&token);
    }
    arena_release(&arena);
}

/* Lines of 12,288 bytes are kept whole (RFC 4954 4), and no byte more. */
static void test_long_lines(void **state)
{
    static const struct {
        size_t size;
        enum status status;
    } rows[] = {{SMTP_LINE_KEPT + 4, STATUS_OK},
                {SMTP_TOKEN_LINE_KEPT, STATUS_OK},
                {SMTP_TOKEN_LINE_KEPT + 4, STATUS_MALFORMED}};
    char line[SMTP_TOKEN_LINE_KEPT + 16];
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct smtp_reply reply;
        struct buffer token;

        memcpy(line, "334 ", 4);
        memset(line + 4, 'Q', rows[i].size - 4);
        memcpy(line + rows[i].size, "\r\n", 2);
        reply = heard(line, rows[i].size + 2, &arena);
        assert_int_equal(reply.code, 334);
        assert_int_equal(reply.is_cut, rows[i].status != STATUS_OK);
        buffer_init(&token, SMTP_TOKEN_MOST);
        assert_int_equal(smtp_token_of(&reply, &token), rows[i].status);
        assert_int_equal(token.size, rows[i].status == STATUS_OK ? (rows[i].size - 4) / 4 * 3 : 0);
        buffer_release(&token);
    }
    arena_release(&arena);
}

/* A token that is an error of Kerberos: KRB_AP_ERR_SKEW, and one that is cut off. */
static void test_errors(void **state)
{
    static const char skew[] = "AwB+dzB1oAMCAQWhAwIBHqIRGA8yMDI2MTEyMjEyMzE0MVqjBQIDD0I/"
                               "pBEYDzIwMjYxMTIyMTI0MTQxWqUDAgEApgMCASWpDRsLQ09OVE9TTy5DT02q"
                               "IzAhoAMCAQOhGjAYGwRIVFRQGxBleDAxLmNvbnRvc28uY29t";
    struct kerberos_error error;
    struct buffer token;
    struct arena arena = {0};

    (void)state;
    buffer_init(&token, SMTP_TOKEN_MOST);
    assert_int_equal(base64_decode(skew, strlen(skew), &token), STATUS_OK);
    assert_true(smtp_token_is_error(&token, &arena, &error));
    assert_int_equal(error.code, KRB_AP_ERR_SKEW);
    assert_true(error.server_time == INT64_C(1795351301000000));
    token.size--;
    assert_false(smtp_token_is_error(&token, &arena, &error));
    buffer_clear(&token);
    assert_false(smtp_token_is_error(&token, &arena, &error));
    buffer_release(&token);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
