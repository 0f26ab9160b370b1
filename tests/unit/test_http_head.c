#include "tests/unit/unit.h"

#include "diag/buffer.h"
#include "diag/read/http_head.h"

#include <stdlib.h>
#include <string.h>

enum { HOUR = 3600 };

static struct http_text text_of(const char *text)
{
    return (struct http_text){text, strlen(text)};
}

static void expect_text(struct http_text got, const char *wanted)
{
    if (got.size != strlen(wanted) || memcmp(got.bytes, wanted, got.size) != 0)
        fail_msg("'%.*s' is not '%s'", (int)got.size, got.bytes, wanted);
}

static void test_codes(void **state)
{
    static const struct {
        const char *head;
        unsigned code; /* 0: none */
        const char *phrase;
    } rows[] = {
        {"HTTP/1.1 200 OK\r\nServer: x\r\n", 200, "OK"},
        {"HTTP/1.0 599 Strange  \r\n", 599, "Strange"},
        {"HTTP/1.1 500 \r\n", 500, ""},
        {"HTTP/1.1 500\r\n", 500, ""},
        {"HTTP/1.1 404", 404, ""},
        {"HTTP/2 100 \n", 100, ""},
        {"HTTP/1.1 99 Few\r\n", 0, ""},
        {"HTTP/1.1 099 Few\r\n", 0, ""},
        {"HTTP/1.1 600 Many\r\n", 0, ""},
        {"HTTP/1.1 2000 OK\r\n", 0, ""},
        {"HTTP/1.1 20a OK\r\n", 0, ""},
        {"HTTP/1.1  200 OK\r\n", 0, ""},
        {"HTTP/1.1\r\n200 OK\r\n", 0, ""},
        {"HTTP/ 200 OK\r\n", 0, ""},
        {"http/1.1 200 OK\r\n", 0, ""},
        {"ICY 200 OK\r\n", 0, ""},
        {"", 0, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct http_text phrase;
        unsigned code;
        enum status status = http_head_code(rows[i].head, strlen(rows[i].head), &code, &phrase);

        if (status != (rows[i].code ? STATUS_OK : STATUS_MALFORMED) || code != rows[i].code)
            fail_msg("%s: %u", rows[i].head, code);
        expect_text(phrase, rows[i].phrase);
    }
}

/* A head that ends anywhere gives what was whole before, and reads nothing behind it. */
static void test_truncated(void **state)
{
    static const char head[] =
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a\\\"b\", "
        "Negotiate YII=\r\nServer: x\r\n\r\n";

    (void)state;
    for (size_t size = 0; size < sizeof head; size++) {
        char *copy = malloc(size + 1);
        struct http_challenge challenge;
        struct http_text value, phrase;
        size_t at = 0, within = 0;
        unsigned code;

        memcpy(copy, head, size);
        assert_int_equal(http_head_code(copy, size, &code, &phrase),
                         size >= 12 ? STATUS_OK : STATUS_MALFORMED);
        while (http_head_next(copy, size, "www-authenticate", &at, &value)) {
            while (http_next_challenge(value, &within, &challenge))
                assert_true(challenge.scheme.size > 0);
        }
        free(copy);
    }
}

static void test_fields(void **state)
{
    static const char head[] =
        "HTTP/1.1 200 OK\r\nServer:  Microsoft-IIS/10.0 \t\r\nx-a:1\n"
        "X-A: 2\r\n X-A: folded\r\nX-AB: 3\r\nX-A\r\nEmpty:\r\nX-A : 4\r\nLast: z";
    struct http_text value;
    size_t at = 0;

    (void)state;
    assert_true(http_head_next(head, sizeof head - 1, "SERVER", &at, &value));
    expect_text(value, "Microsoft-IIS/10.0");
    assert_false(http_head_next(head, sizeof head - 1, "Server", &at, &value));
    at = 0;
    assert_true(http_head_next(head, sizeof head - 1, "X-A", &at, &value));
    expect_text(value, "1");
    assert_true(http_head_next(head, sizeof head - 1, "X-A", &at, &value));
    expect_text(value, "2");
    assert_false(http_head_next(head, sizeof head - 1, "X-A", &at, &value));
    at = 0;
    assert_true(http_head_next(head, sizeof head - 1, "Empty", &at, &value));
    assert_int_equal(value.size, 0);
    at = 0;
    assert_true(http_head_next(head, sizeof head - 1, "Last", &at, &value));
    expect_text(value, "z");
}

/* "scheme|token|parameters" of each, one behind the other. */
static void test_challenges(void **state)
{
    static const struct {
        const char *value;
        const char *wanted;
    } rows[] = {
        {"Negotiate", "Negotiate||;"},
        {"Negotiate oXcw+/=", "Negotiate|oXcw+/=|;"},
        {"Negotiate, NTLM", "Negotiate||;NTLM||;"},
        {"Negotiate YII==, NTLM TlRM", "Negotiate|YII==|;NTLM|TlRM|;"},
        {"Basic realm=\"mail\"", "Basic||realm=\"mail\";"},
        {"Basic realm=\"a, b\", NTLM", "Basic||realm=\"a, b\";NTLM||;"},
        {"Basic realm=\"a\\\", NTLM\"", "Basic||realm=\"a\\\", NTLM\";"},
        {"Bearer client_id=\"x\", trusted_issuers=\"y@z\", Negotiate",
         "Bearer||client_id=\"x\", trusted_issuers=\"y@z\";Negotiate||;"},
        {"Digest a = b , c=\"d\"  ,  Basic realm=x", "Digest||a = b , c=\"d\";Basic||realm=x;"},
        {" , ,NTLM , ", "NTLM||;"},
        {"Basic realm=\"never ends, NTLM", "Basic||;"},
        {"Scheme  \t token", "Scheme|token|;"},
        {"Negotiate a b", "Negotiate||;"},
        {"\"quoted\"", ""},
        {"", ""},
        {",", ""},
        {"a/b c", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct http_challenge challenge;
        struct buffer got;
        size_t at = 0;

        buffer_init(&got, 1024);
        while (http_next_challenge(text_of(rows[i].value), &at, &challenge)) {
            buffer_add(&got, challenge.scheme.bytes, challenge.scheme.size);
            buffer_add_char(&got, '|');
            buffer_add(&got, challenge.token.bytes, challenge.token.size);
            buffer_add_char(&got, '|');
            buffer_add(&got, challenge.parameters.bytes, challenge.parameters.size);
            buffer_add_char(&got, ';');
        }
        assert_string_equal(got.text, rows[i].wanted);
        buffer_release(&got);
    }
}

static void test_numbers(void **state)
{
    static const struct {
        const char *text;
        enum status status;
        int64_t number;
    } rows[] = {
        {"0", STATUS_OK, 0},
        {"0030", STATUS_OK, 30},
        {"9007199254740992", STATUS_OK, INT64_C(1) << 53},
        {"9007199254740993", STATUS_TOO_LARGE, 0},
        {"99999999999999999999999999999", STATUS_TOO_LARGE, 0},
        {"99999999999999999999999999999x", STATUS_MALFORMED, 0},
        {"", STATUS_MALFORMED, 0},
        {"-1", STATUS_MALFORMED, 0},
        {"+1", STATUS_MALFORMED, 0},
        {"1 ", STATUS_MALFORMED, 0},
        {"1.5", STATUS_MALFORMED, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t number = -1;

        assert_int_equal(http_number(text_of(rows[i].text), &number), rows[i].status);
        assert_int_equal(number, rows[i].number);
    }
}

static void test_retry_after(void **state)
{
    /* 2026-11-22 18:00:00 UTC */
    const int64_t now = INT64_C(1795370400) * 1000000;
    static const struct {
        const char *text;
        enum status status;
        int64_t seconds;
    } rows[] = {
        {"30", STATUS_OK, 30},
        {"0", STATUS_OK, 0},
        {"86400", STATUS_OK, 24 * HOUR},
        {"86401", STATUS_TOO_LARGE, 0},
        {"99999999999999999999", STATUS_TOO_LARGE, 0},
        {"Sun, 22 Nov 2026 18:01:30 GMT", STATUS_OK, 90},
        {"Sun, 22 Nov 2026 17:00:00 GMT", STATUS_OK, 0},
        {"Mon, 23 Nov 2026 18:00:00 GMT", STATUS_OK, 24 * HOUR},
        {"Mon, 23 Nov 2026 18:00:01 GMT", STATUS_TOO_LARGE, 0},
        {"soon", STATUS_MALFORMED, 0},
        {"", STATUS_MALFORMED, 0},
        {"-1", STATUS_MALFORMED, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t wait = -1;

        assert_int_equal(http_retry_after(text_of(rows[i].text), now, &wait), rows[i].status);
        assert_int_equal(wait, rows[i].seconds * 1000000);
    }
}

static void test_codes_in_bodies(void **state)
{
    static const struct {
        const char *body;
        const char *wanted;
    } rows[] = {
        {"<h3>HTTP-Fehler 500.19</h3> Fehlercode 0x80070021.", "500.19 0x80070021 "},
        {"500.0", "500.0 "},
        {"(403.502)", "403.502 "},
        {"401.1.", "401.1 "},
        {"500.1.2 and 10.500.19 and 4500.1 and 500. and 500.1234 and 300.1", ""},
        {"0x8007002 0x800700211 0x8007002g 0X80070021", "0X80070021 "},
        {"x0x80070021", ""},
        {"<f:WSManFault Code=\"2150858770\" Machine=\"m\">", "2150858770 "},
        {"Code=\"\" Code=\"x\" Code=\"12345678901\" Code=\"1", ""},
        {"SubCode=\"12\" zCode=\"1\"", ""},
        {"<ResponseCode>ErrorAccessDenied</ResponseCode>", "ErrorAccessDenied "},
        {"Error Errors Errorneous ErrorABC ErrorAB", "ErrorABC "},
        {"MyErrorAccessDenied ErrorAccessDenied2", ""},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct http_text code;
        struct buffer got;
        size_t at = 0;

        buffer_init(&got, 1024);
        while (http_next_code(rows[i].body, strlen(rows[i].body), &at, &code)) {
            buffer_add(&got, code.bytes, code.size);
            buffer_add_char(&got, ' ');
        }
        if (strcmp(got.text, rows[i].wanted) != 0)
            fail_msg("%s: %s", rows[i].body, got.text);
        buffer_release(&got);
    }
}

/* A name of as many letters as are looked at is a code, and one more is none. */
static void test_longest_name(void **state)
{
    char body[128] = "ErrorA";
    struct http_text code;
    size_t at = 0;

    (void)state;
    memset(body + 6, 'a', 58);
    assert_true(http_next_code(body, 64, &at, &code));
    assert_int_equal(code.size, 64);
    body[64] = 'a';
    at = 0;
    assert_false(http_next_code(body, 65, &at, &code));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes),           cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_fields),          cmocka_unit_test(test_challenges),
        cmocka_unit_test(test_numbers),         cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_codes_in_bodies), cmocka_unit_test(test_longest_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
