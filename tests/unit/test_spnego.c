/* What stands behind "Negotiate": errors of Kerberos in it, and what is sent to provoke them. */
#include "diag/read/spnego.h"

#include "diag/clock.h"
#include "diag/read/base64.h"
#include "diag/read/kerberos_error.h"
#include "diag/read/kerberos_request.h"
#include "tests/unit/unit.h"

#include <string.h>

#define BYTES(literal) (literal), sizeof(literal) - 1

/* ---- what servers answer ---- */

/* A token with its header written by hand: DER with lengths of one byte. */
#define OID_SPNEGO   "\x06\x06\x2B\x06\x01\x05\x05\x02"
#define OID_KERBEROS "\x06\x09\x2A\x86\x48\x86\xF7\x12\x01\x02\x02"
#define OID_WINDOWS  "\x06\x09\x2A\x86\x48\x82\xF7\x12\x01\x02\x02"
#define ERROR        "\x7E\x02\x30\x00"
#define STATE        "\xA0\x03\x0A\x01\x01"

static const struct {
    const char *bytes;
    size_t size;
    size_t at; /* where the error begins; 0: there is none */
} kerberos_tokens[] = {
    {BYTES("\3\0" ERROR), 2},
    {BYTES("\x60\x11" OID_KERBEROS "\3\0" ERROR), 15},
    {BYTES("\x60\x11" OID_WINDOWS "\3\0" ERROR), 15},
    {BYTES("\xA1\x0C\x30\x0A\xA2\x08\x04\x06\3\0" ERROR), 10},
    {BYTES("\xA1\x11\x30\x0F" STATE "\xA2\x08\x04\x06\3\0" ERROR), 15},
    {BYTES("\xA1\x1E\x30\x1C" STATE "\xA2\x15\x04\x13\x60\x11" OID_KERBEROS "\3\0" ERROR), 28},
    {BYTES("\x60\x16" OID_SPNEGO "\xA1\x0C\x30\x0A\xA2\x08\x04\x06\3\0" ERROR), 20},
    {BYTES("\x60\x16" OID_SPNEGO "\xA0\x0C\x30\x0A\xA2\x08\x04\x06\3\0" ERROR), 20},
    {BYTES("\x60\x19" OID_KERBEROS "\xA1\x0C\x30\x0A\xA2\x08\x04\x06\3\0" ERROR), 0},
    {BYTES("\3\0\x7E\x02\x30\x00x"), 0}, /* more behind it */
    {BYTES("\3\0\x7E\x03\x30\x00"), 0},  /* less than it says */
    {BYTES("\2\0" ERROR), 0},            /* an AP-REP */
    {BYTES("\3\0\x6E\x02\x30\x00"), 0},  /* an AP-REQ */
    {BYTES("\3\0"), 0},
    {BYTES("\3"), 0},
    {BYTES(ERROR), 0},
    {BYTES("\x60\x10" OID_KERBEROS "\3\0" ERROR), 0},
    {BYTES("\x60\x0E" OID_SPNEGO "\3\0" ERROR "\0\0"), 0},
    {BYTES("\xA1\x0C\x30\x0A\xA2\x08\x05\x06\3\0" ERROR), 0}, /* no OCTET STRING */
    {BYTES("\xA1\x0C\x30\x0A\xA3\x08\x04\x06\3\0" ERROR), 0}, /* a MIC */
    {BYTES("\xA1\x07\x30\x05" STATE), 0},                     /* no token */
    {BYTES("\xA1\x0C\x30\x0B\xA2\x08\x04\x06\3\0" ERROR), 0}, /* a wrong length */
    {BYTES("\xA2\x0C\x30\x0A\xA2\x08\x04\x06\3\0" ERROR), 0}, /* neither of the two */
    {BYTES("\xA1\x10\x30\x0E\xA2\x0C\x04\x0A\xA1\x08\x30\x06\xA2\x04\x04\x02\3\0"), 0},
};

static void test_kerberos_tokens(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kerberos_tokens / sizeof *kerberos_tokens; i++) {
        const unsigned char *bytes = (const unsigned char *)kerberos_tokens[i].bytes, *inner;
        size_t at = kerberos_tokens[i].at, size;
        enum spnego_content content =
            spnego_content_of(bytes, kerberos_tokens[i].size, &inner, &size);

        if (content != (at ? SPNEGO_KERBEROS_ERROR : SPNEGO_NONE) ||
            inner != (at ? bytes + at : NULL) || size != (at ? 4 : 0))
            fail_msg("row %zu", i);
    }
}

/* Reads what Apache with mod_auth_gssapi 1.6.4 (MIT Kerberos 1.20.1) answered, from its head. */
static enum spnego_content decode(const char *text, struct buffer *token,
                                  const unsigned char **inner, size_t *size)
{
    buffer_init(token, SPNEGO_TOKEN_MOST);
    assert_int_equal(base64_decode(text, strlen(text), token), STATUS_OK);
    return spnego_content_of((unsigned char *)token->text, token->size, inner, size);
}

/* A ticket that is noise, for HTTP/exdiag-clock; and the same by one who asks for no proof. */
static void test_from_apache(void **state)
{
    static const char with_error[] =
        "oXUwc6ADCgEComwEamBoBgkqhkiG9xIBAgIDAH5ZMFegAwIBBaEDAgEepBEYDzIwMjYxMTIyMTUxODI2WqUFAgMApTGm"
        "AwIBI6kLGwlDT1JQLlRFU1SqHzAdoAMCAQKhFjAUGwRIVFRQGwxleGRpYWctY2xvY2s=";
    struct arena arena = {0};
    struct kerberos_error error;
    struct buffer token;
    const unsigned char *inner;
    size_t size;
    int64_t milliseconds;

    (void)state;
    assert_int_equal(decode(with_error, &token, &inner, &size), SPNEGO_KERBEROS_ERROR);
    assert_int_equal(kerberos_read_error(inner, size, &arena, &error), STATUS_OK);
    assert_int_equal(error.code, KRB_AP_ERR_NOT_US);
    assert_int_equal(clock_parse("2026-11-22T15:18:26.000Z", &milliseconds), STATUS_OK);
    assert_int_equal(error.server_time, milliseconds * 1000 + 0xA531);
    assert_string_equal(error.realm, "CORP.TEST");
    assert_string_equal(error.server, "HTTP/exdiag-clock");
    buffer_release(&token);
    assert_int_equal(decode("oQcwBaADCgEC", &token, &inner, &size), SPNEGO_NONE);
    assert_null(inner);
    buffer_release(&token);
    arena_release(&arena);
}

/* ---- what is asked ---- */

/* As mod_auth_gssapi took it: RFC 4178 4.2.1, and RFC 4120 5.5.1 and 5.3. */
static void test_ap_req(void **state)
{
    static const char head[] =
        "\x60\x82\x02\x33\x06\x06\x2B\x06\x01\x05\x05\x02\xA0\x82\x02\x27\x30\x82"
        "\x02\x23\xA0\x0D\x30\x0B\x06\x09\x2A\x86\x48\x86\xF7\x12\x01\x02\x02\xA2"
        "\x82\x02\x10\x04\x82\x02\x0C\x60\x82\x02\x08\x06\x09\x2A\x86\x48\x86\xF7"
        "\x12\x01\x02\x02\x01\x00";
    static const char before_ticket[] =
        "\x6E\x82\x01\xF7\x30\x82\x01\xF3\xA0\x03\x02\x01\x05\xA1\x03\x02\x01\x0E"
        "\xA2\x07\x03\x05\x00\x20\x00\x00\x00\xA3\x82\x01\x0B\x61\x82\x01\x07\x30"
        "\x82\x01\x03\xA0\x03\x02\x01\x05\xA1\x0B\x1B\x09"
        "CORP.TEST"
        "\xA2\x19\x30\x17\xA0\x03\x02\x01\x02\xA1\x10\x30\x0E\x1B\x04"
        "HTTP"
        "\x1B\x06"
        "exdiag"
        "\xA3\x81\xD3\x30\x81\xD0\xA0\x03\x02\x01\x12\xA1\x03\x02\x01\x01\xA2\x81"
        "\xC3\x04\x81\xC0";
    static const char before_authenticator[] =
        "\xA4\x81\xCE\x30\x81\xCB\xA0\x03\x02\x01\x12\xA2\x81\xC3\x04\x81\xC0";
    unsigned char noise[KRB_NOISE_SIZE];
    struct buffer ap_req, token, expected;

    (void)state;
    memset(noise, 0xEE, sizeof noise);
    buffer_init(&ap_req, 1024);
    buffer_init(&token, 1024);
    buffer_init(&expected, 1024);
    buffer_add_string(&token, "before");
    kerberos_write_ap_req("CORP.TEST", "HTTP", "exdiag", noise, &ap_req);
    spnego_write_ap_req(ap_req.text, ap_req.size, &token);
    buffer_add_string(&expected, "before");
    buffer_add(&expected, BYTES(head));
    buffer_add(&expected, BYTES(before_ticket));
    buffer_add(&expected, noise, sizeof noise);
    buffer_add(&expected, BYTES(before_authenticator));
    buffer_add(&expected, noise, sizeof noise);
    assert_int_equal(token.size, expected.size);
    assert_memory_equal(token.text, expected.text, expected.size);
    buffer_release(&expected);
    buffer_release(&token);
    buffer_release(&ap_req);
}

/* A whole token of Kerberos goes into SPNEGO as an AP-REQ does with its header. */
static void test_token(void **state)
{
    static const char kerberos[] = "\x60\x10\x06\x09\x2A\x86\x48\x86\xF7\x12\x01\x02\x02\x01\0abc";
    struct buffer from_request, from_token;

    (void)state;
    buffer_init(&from_request, 1024);
    buffer_init(&from_token, 1024);
    spnego_write_ap_req("abc", 3, &from_request);
    spnego_write_token(kerberos, sizeof kerberos - 1, &from_token);
    assert_int_equal(from_request.size, from_token.size);
    assert_memory_equal(from_request.text, from_token.text, from_token.size);
    buffer_release(&from_request);
    buffer_release(&from_token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kerberos_tokens),
        cmocka_unit_test(test_from_apache),
        cmocka_unit_test(test_ap_req),
        cmocka_unit_test(test_token),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
