/* Secrets that a server says back: blanked wherever a piece ends, and nothing else is changed. */
#include "diag/gather/http_echo.h"
#include "tests/unit/unit.h"

#include <string.h>

static const char password[] = "wonder:land", token[] = "QWxpY2U6d29uZGVyOmxhbmQ=";

/* In two pieces, cut anywhere, and byte by byte. */
static void expect_blanked(const char *text, const char *wanted)
{
    size_t size = strlen(text);

    for (size_t cut = 0; cut <= size + 1; cut++) {
        struct http_echo echo;
        struct buffer out;

        http_echo_init(&echo, password, token);
        buffer_init(&out, 4096);
        for (size_t at = 0; at < size;) {
            size_t piece = cut > size ? 1 : at < cut ? cut - at : size - at;

            http_echo_take(&echo, text + at, piece, &out);
            at += piece;
        }
        http_echo_end(&echo, &out);
        assert_string_equal(out.text, wanted);
        buffer_clear(&out);
        buffer_add_string(&out, text);
        http_echo_blank(&echo, &out);
        assert_string_equal(out.text, wanted);
        buffer_release(&out);
        http_echo_release(&echo);
    }
}

static void secrets_are_blanked_across_pieces(void **state)
{
    (void)state;
    expect_blanked("<p>wonder:land</p>", "<p>***********</p>");
    expect_blanked("Basic QWxpY2U6d29uZGVyOmxhbmQ= and wonder:lane, wwonder:landwonder:land.",
                   "Basic ************************ and wonder:lane, w**********************.");
    expect_blanked("QWxpQWxpY2U6d29uZGVyOmxhbmQ=", "QWxp************************");
    expect_blanked("", "");
    expect_blanked("won", "won");
}

/* Who has enough of a body has part of a secret. */
static void the_head_of_a_secret_at_the_end_is_blanked(void **state)
{
    (void)state;
    expect_blanked("said: wonder:lan", "said: **********");
    expect_blanked("said: QWxpY2", "said: ******");
}

static void last_messages_of_ntlm_are_blanked(void **state)
{
    (void)state;
    expect_blanked("NTLM TlRMTVNTUAADAAAAGAAYAH+/a== and TlRMTVNTUAABAAAAB4II",
                   "NTLM *************************** and TlRMTVNTUAABAAAAB4II");
    expect_blanked("\"TlRMTVNTUAADAAAA\"TlRMTVNTUAADAAA", "\"****************\"***************");
}

static void short_ones_and_none_are_not_looked_for(void **state)
{
    struct http_echo echo;
    struct buffer text;

    (void)state;
    http_echo_init(&echo, "abc", NULL);
    buffer_init(&text, 64);
    buffer_add_string(&text, "abc abcd");
    http_echo_blank(&echo, &text);
    assert_string_equal(text.text, "abc abcd");
    http_echo_release(&echo);
    http_echo_init(&echo, NULL, "");
    http_echo_blank(&echo, &text);
    assert_string_equal(text.text, "abc abcd");
    http_echo_release(&echo);
    buffer_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_are_blanked_across_pieces),
        cmocka_unit_test(the_head_of_a_secret_at_the_end_is_blanked),
        cmocka_unit_test(last_messages_of_ntlm_are_blanked),
        cmocka_unit_test(short_ones_and_none_are_not_looked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
