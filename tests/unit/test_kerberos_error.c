/* Kerberos without credentials: the request, and the error that says what time it is. */
#include "diag/read/kerberos_error.h"

#include "diag/clock.h"
#include "diag/read/ber.h"
#include "diag/read/kerberos_request.h"
#include "tests/unit/unit.h"

#include <string.h>

#define BYTES(literal) (const unsigned char *)(literal), sizeof(literal) - 1

/* What MIT's KDC answers to a request for a ticket of `nobody-here`, its clock 10 minutes behind.
 */
static const char mit[] =
    "\x7e\x81\x9d\x30\x81\x9a\xa0\x03\x02\x01\x05\xa1\x03\x02\x01\x1e\xa4\x11\x18\x0f"
    "20261122125358Z"
    "\xa5\x05\x02\x03\x06\xf9\xc2\xa6\x03\x02\x01\x06\xa7\x0e\x1b\x0c"
    "CONTOSO.TEST"
    "\xa8\x18\x30\x16\xa0\x03\x02\x01\x01\xa1\x0f\x30\x0d\x1b\x0b"
    "nobody-here"
    "\xa9\x0e\x1b\x0c"
    "CONTOSO.TEST"
    "\xaa\x21\x30\x1f\xa0\x03\x02\x01\x02\xa1\x18\x30\x16\x1b\x06"
    "krbtgt"
    "\x1b\x0c"
    "CONTOSO.TEST"
    "\xab\x12\x1b\x10"
    "CLIENT_NOT_FOUND";

static int64_t moment(const char *text)
{
    int64_t milliseconds;

    assert_int_equal(clock_parse(text, &milliseconds), STATUS_OK);
    return milliseconds * 1000;
}

/* ---- errors as KDCs write them, with one thing otherwise ---- */

struct parts { /* NULL: left out */
    int version, type;
    const char *ctime;
    int64_t cusec; /* -1: left out */
    const char *stime;
    int64_t susec, code;
    const char *realm;
    const char *server[3];
    const char *text;
};

static const struct parts usual = {
    .version = 5,
    .type = 30,
    .cusec = -1,
    .stime = "20261122124141Z",
    .susec = 250000,
    .code = 25,
    .realm = "CONTOSO.COM",
    .server = {"krbtgt", "CONTOSO.COM"},
};

static void put_number(struct buffer *out, int field, int64_t number)
{
    size_t start = out->size;

    ber_put_integer(out, BER_INTEGER, number);
    ber_wrap(out, start, BER_CONTEXT + field);
}

static void put_text(struct buffer *out, int field, int tag, const char *text)
{
    size_t start = out->size;

    if (!text)
        return;
    ber_put_text(out, tag, text);
    ber_wrap(out, start, BER_CONTEXT + field);
}

static void put_server(struct buffer *out, const char *const server[3])
{
    size_t start = out->size, list;

    put_number(out, 0, 2);
    list = out->size;
    for (int i = 0; i < 3 && server[i]; i++)
        ber_put_text(out, BER_GENERAL_STRING, server[i]);
    ber_wrap(out, list, BER_SEQUENCE);
    ber_wrap(out, list, BER_CONTEXT + 1);
    ber_wrap(out, start, BER_SEQUENCE);
    ber_wrap(out, start, BER_CONTEXT + 10);
}

static void make(struct buffer *out, const struct parts *parts)
{
    buffer_init(out, 2 * KRB_MESSAGE_MOST);
    put_number(out, 0, parts->version);
    put_number(out, 1, parts->type);
    put_text(out, 2, BER_GENERALIZED_TIME, parts->ctime);
    if (parts->cusec >= 0)
        put_number(out, 3, parts->cusec);
    put_text(out, 4, BER_GENERALIZED_TIME, parts->stime);
    put_number(out, 5, parts->susec);
    put_number(out, 6, parts->code);
    put_text(out, 9, BER_GENERAL_STRING, parts->realm);
    put_server(out, parts->server);
    put_text(out, 11, BER_GENERAL_STRING, parts->text);
    ber_wrap(out, 0, BER_SEQUENCE);
    ber_wrap(out, 0, BER_APPLICATION + 30);
}

static enum status read_parts(const struct parts *parts, struct arena *arena,
                              struct kerberos_error *error)
{
    struct buffer out;
    enum status status;

    make(&out, parts);
    status = kerberos_read_error((const unsigned char *)out.text, out.size, arena, error);
    buffer_release(&out);
    return status;
}

static void expect_refused(const struct parts *parts, const char *why)
{
    struct arena arena = {0};
    struct kerberos_error error;

    if (read_parts(parts, &arena, &error) != STATUS_MALFORMED || error.server_time != 0 ||
        error.realm)
        fail_msg("read in spite of %s", why);
    arena_release(&arena);
}

/* ---- the request ---- */

/* Byte by byte; for a realm of nine letters and a client of five it takes 134, in any case alike.
 */
static void test_request(void **state)
{
    static const char wanted[] =
        "\x6a\x81\x83\x30\x81\x80\xa1\x03\x02\x01\x05\xa2\x03\x02\x01\x0a\xa4\x74\x30\x72"
        "\xa0\x07\x03\x05\x00\x00\x00\x00\x00"
        "\xa1\x12\x30\x10\xa0\x03\x02\x01\x01\xa1\x09\x30\x07\x1b\x05"
        "clock"
        "\xa2\x0b\x1b\x09"
        "CORP.TEST"
        "\xa3\x1e\x30\x1c\xa0\x03\x02\x01\x02\xa1\x15\x30\x13\x1b\x06"
        "krbtgt"
        "\x1b\x09"
        "CORP.TEST"
        "\xa5\x11\x18\x0f"
        "20370913024805Z"
        "\xa7\x06\x02\x04\x12\x34\x56\x78"
        "\xa8\x0b\x30\x09\x02\x01\x12\x02\x01\x11\x02\x01\x17";
    struct buffer out;

    (void)state;
    buffer_init(&out, 512);
    kerberos_write_as_req("CORP.TEST", "clock", 0x12345678, &out);
    assert_int_equal(out.size, 134);
    assert_int_equal(out.size, sizeof wanted - 1);
    assert_memory_equal(out.text, wanted, out.size);
    buffer_release(&out);
}

/* Two nonces make two requests; the highest bit, which would make it negative, is not sent. */
static void test_nonce(void **state)
{
    struct buffer one, two;

    (void)state;
    buffer_init(&one, 512);
    buffer_init(&two, 512);
    kerberos_write_as_req("CORP.TEST", "clock", 0x7fffffff, &one);
    kerberos_write_as_req("CORP.TEST", "clock", 0xfffffffe, &two);
    assert_int_equal(one.size, two.size);
    assert_memory_not_equal(one.text, two.text, one.size);
    assert_memory_equal(two.text + 134 - 13 - 8, "\xa7\x06\x02\x04\x7f\xff\xff\xfe", 8);
    buffer_release(&one);
    buffer_release(&two);
}

/* ---- the answer ---- */

static void test_mit(void **state)
{
    struct arena arena = {0};
    struct kerberos_error error;

    (void)state;
    assert_int_equal(kerberos_read_error(BYTES(mit), &arena, &error), STATUS_OK);
    assert_int_equal(error.code, KDC_ERR_C_PRINCIPAL_UNKNOWN);
    assert_int_equal(error.server_time, moment("2026-11-22T12:53:58Z") + 0x6f9c2);
    assert_true(error.client_time == INT64_MIN);
    assert_string_equal(error.realm, "CONTOSO.TEST");
    assert_string_equal(error.server, "krbtgt/CONTOSO.TEST");
    assert_int_equal(error.resolution, 1000000 - 0x6f9c2);
    arena_release(&arena);
}

/* With the client's time, as errors in a token of HTTP have it. */
static void test_client_time(void **state)
{
    struct parts parts = usual;
    struct arena arena = {0};
    struct kerberos_error error;

    (void)state;
    parts.code = KRB_AP_ERR_SKEW;
    parts.ctime = "20261122123141Z";
    assert_int_equal(read_parts(&parts, &arena, &error), STATUS_OK);
    assert_int_equal(error.client_time, moment("2026-11-22T12:31:41Z"));
    parts.cusec = 999999;
    assert_int_equal(read_parts(&parts, &arena, &error), STATUS_OK);
    assert_int_equal(error.client_time, moment("2026-11-22T12:31:41Z") + 999999);
    assert_int_equal(error.server_time, moment("2026-11-22T12:41:41Z") + 250000);
    assert_int_equal(error.code, 37);
    assert_int_equal(error.resolution, 1);
    parts.ctime = NULL;
    assert_int_equal(read_parts(&parts, &arena, &error), STATUS_OK);
    assert_true(error.client_time == INT64_MIN);
    arena_release(&arena);
}

static const char *const not_times[] = {
    "",
    "20261122124141",
    "20261122124141.0Z",
    "20261122124141+0000",
    "20261122124141+01",
    "202611221241410",
    "202611221241Z",
    "20260230124141Z",
    "20261122246141Z",
    "00000000000000Z",
    "19691231235959Z",
    "-0261122124141Z",
    "2026112212414 Z",
};

static void test_times_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof not_times / sizeof *not_times; i++) {
        struct parts parts = usual;

        parts.stime = not_times[i];
        expect_refused(&parts, not_times[i]);
        parts = usual;
        parts.ctime = not_times[i];
        expect_refused(&parts, not_times[i]);
    }
}

static void test_numbers_refused(void **state)
{
    static const int64_t not_microseconds[] = {-1, 1000000, INT32_MAX, INT64_MAX, INT64_MIN};
    static const int64_t not_codes[] = {-1, INT64_C(0x80000000), INT64_MAX, INT64_MIN};
    struct parts parts = usual;

    (void)state;
    for (size_t i = 0; i < sizeof not_microseconds / sizeof *not_microseconds; i++) {
        parts = usual;
        parts.susec = not_microseconds[i];
        expect_refused(&parts, "susec");
        parts = usual;
        parts.cusec = not_microseconds[i];
        if (parts.cusec >= 0)
            expect_refused(&parts, "cusec");
    }
    for (size_t i = 0; i < sizeof not_codes / sizeof *not_codes; i++) {
        parts = usual;
        parts.code = not_codes[i];
        expect_refused(&parts, "error-code");
    }
    parts = usual;
    parts.version = 4;
    expect_refused(&parts, "version 4");
    parts = usual;
    parts.type = 11;
    expect_refused(&parts, "another type of message");
}

static void test_missing(void **state)
{
    struct parts parts = usual;

    (void)state;
    parts.stime = NULL;
    expect_refused(&parts, "no stime");
    parts = usual;
    parts.realm = NULL;
    expect_refused(&parts, "no realm");
}

/* The time counts whatever the names are made of; only what is text is given. */
static void test_names(void **state)
{
    struct parts parts = usual;
    struct arena arena = {0};
    struct kerberos_error error;

    (void)state;
    parts.realm = "M\xdcNCHEN";
    parts.server[1] = "M\xdcNCHEN";
    assert_int_equal(read_parts(&parts, &arena, &error), STATUS_OK);
    assert_null(error.realm);
    assert_null(error.server);
    parts = usual;
    parts.server[0] = "HTTP";
    parts.server[1] = "ex01.contoso.com";
    parts.server[2] = "CONTOSO.COM";
    parts.text = "e-text";
    assert_int_equal(read_parts(&parts, &arena, &error), STATUS_OK);
    assert_string_equal(error.server, "HTTP/ex01.contoso.com/CONTOSO.COM");
    parts.server[1] = NULL;
    assert_int_equal(read_parts(&parts, &arena, &error), STATUS_OK);
    assert_string_equal(error.server, "HTTP");
    parts.server[0] = NULL;
    assert_int_equal(read_parts(&parts, &arena, &error), STATUS_OK);
    assert_null(error.server);
    arena_release(&arena);
}

/* A name of more than a name's length is no text that is kept; the time counts. */
static void test_long_name(void **state)
{
    struct parts parts = usual;
    struct arena arena = {0};
    struct kerberos_error error;
    char *name = test_calloc(1, 1100);

    (void)state;
    memset(name, 'A', 1099);
    parts.server[1] = name;
    assert_int_equal(read_parts(&parts, &arena, &error), STATUS_OK);
    assert_null(error.server);
    test_free(name);
    arena_release(&arena);
}

/* Cut anywhere, or with anything behind it, it is none. */
static void test_cut(void **state)
{
    struct arena arena = {0};
    struct kerberos_error error;
    unsigned char longer[sizeof mit];

    (void)state;
    for (size_t size = 0; size < sizeof mit - 1; size++) {
        unsigned char *copy = test_malloc(size + 1);

        memcpy(copy, mit, size);
        assert_int_equal(kerberos_read_error(copy, size, &arena, &error), STATUS_MALFORMED);
        assert_true(error.server_time == 0 && !error.realm && !error.server);
        test_free(copy);
    }
    memcpy(longer, mit, sizeof mit); /* its NUL too */
    assert_int_equal(kerberos_read_error(longer, sizeof longer, &arena, &error), STATUS_MALFORMED);
    arena_release(&arena);
}

/* Any one byte may be any other: it is read within its bytes, and says a time or is refused. */
static void test_damaged(void **state)
{
    (void)state;
    for (size_t at = 0; at < sizeof mit - 1; at++) {
        for (unsigned byte = 0; byte < 256; byte += 3) {
            unsigned char *copy = test_malloc(sizeof mit - 1);
            struct arena arena = {0};
            struct kerberos_error error;

            memcpy(copy, mit, sizeof mit - 1);
            copy[at] = (unsigned char)byte;
            if (kerberos_read_error(copy, sizeof mit - 1, &arena, &error) == STATUS_OK)
                assert_true(error.server_time > 0 && error.code >= 0);
            test_free(copy);
            arena_release(&arena);
        }
    }
}

/* A ticket is no error: that a KDC grants one without a password is worth knowing. */
static void test_granted(void **state)
{
    struct arena arena = {0};
    struct kerberos_error error;

    (void)state;
    assert_int_equal(kerberos_read_error(BYTES("\x6b\x05\x30\x03\x02\x01\x05"), &arena, &error),
                     STATUS_EXISTS);
    assert_int_equal(kerberos_read_error(BYTES("\x6b\x06\x30\x03\x02\x01\x05"), &arena, &error),
                     STATUS_MALFORMED);
    assert_int_equal(kerberos_read_error(BYTES("\x6b\x00\x00"), &arena, &error), STATUS_MALFORMED);
    assert_int_equal(kerberos_read_error(BYTES("\x6a\x05\x30\x03\x02\x01\x05"), &arena, &error),
                     STATUS_MALFORMED);
    arena_release(&arena);
}

static void test_too_long(void **state)
{
    struct parts parts = usual;
    struct arena arena = {0};
    struct kerberos_error error;
    char *text = test_calloc(1, KRB_MESSAGE_MOST + 1);

    (void)state;
    memset(text, 'x', KRB_MESSAGE_MOST);
    parts.text = text;
    assert_int_equal(read_parts(&parts, &arena, &error), STATUS_MALFORMED);
    text[KRB_MESSAGE_MOST - 200] = '\0';
    assert_int_equal(read_parts(&parts, &arena, &error), STATUS_OK);
    test_free(text);
    arena_release(&arena);
}

/* ---- frames and names ---- */

static void test_frames(void **state)
{
    struct buffer out;

    (void)state;
    assert_true(kerberos_frame_size(BYTES("")) == 0);
    assert_true(kerberos_frame_size(BYTES("\0\0\0")) == 0);
    assert_true(kerberos_frame_size(BYTES("\0\0\0\x9d")) == 161);
    assert_true(kerberos_frame_size(BYTES("\0\1\0\0")) == 4 + KRB_MESSAGE_MOST);
    assert_true(kerberos_frame_size(BYTES("\0\1\0\1")) == SIZE_MAX);
    assert_true(kerberos_frame_size(BYTES("\0\0\0\0")) == SIZE_MAX);
    assert_true(kerberos_frame_size(BYTES("\x80\0\0\1")) == SIZE_MAX); /* extensions: none known */
    assert_true(kerberos_frame_size(BYTES("\xff\xff\xff\xff")) == SIZE_MAX);
    assert_true(kerberos_frame_size(BYTES("220 mail")) == SIZE_MAX);
    buffer_init(&out, 100);
    buffer_add_string(&out, "beforemessage");
    kerberos_wrap_frame(&out, 6);
    assert_int_equal(out.size, 17);
    assert_memory_equal(out.text, "before\0\0\0\7message", 17);
    buffer_release(&out);
}

/* A full buffer says so. */
static void test_frame_full(void **state)
{
    struct buffer out;

    (void)state;
    buffer_init(&out, 8);
    buffer_add_string(&out, "message");
    kerberos_wrap_frame(&out, 0);
    assert_true(out.truncated && out.size <= 8);
    buffer_release(&out);
}

static void test_error_names(void **state)
{
    (void)state;
    assert_string_equal(kerberos_error_name(0), "KDC_ERR_NONE");
    assert_string_equal(kerberos_error_name(KDC_ERR_C_PRINCIPAL_UNKNOWN),
                        "KDC_ERR_C_PRINCIPAL_UNKNOWN");
    assert_string_equal(kerberos_error_name(KDC_ERR_S_PRINCIPAL_UNKNOWN),
                        "KDC_ERR_S_PRINCIPAL_UNKNOWN");
    assert_string_equal(kerberos_error_name(KDC_ERR_PREAUTH_REQUIRED), "KDC_ERR_PREAUTH_REQUIRED");
    assert_string_equal(kerberos_error_name(KRB_AP_ERR_TKT_NYV), "KRB_AP_ERR_TKT_NYV");
    assert_string_equal(kerberos_error_name(KRB_AP_ERR_SKEW), "KRB_AP_ERR_SKEW");
    assert_string_equal(kerberos_error_name(KRB_AP_ERR_BADKEYVER), "KRB_AP_ERR_BADKEYVER");
    assert_string_equal(kerberos_error_name(KDC_ERR_WRONG_REALM), "KDC_ERR_WRONG_REALM");
    assert_string_equal(kerberos_error_name(81), "KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED");
    assert_null(kerberos_error_name(30));
    assert_null(kerberos_error_name(43));
    assert_null(kerberos_error_name(82));
    assert_null(kerberos_error_name(-1));
    assert_null(kerberos_error_name(INT32_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request),       cmocka_unit_test(test_nonce),
        cmocka_unit_test(test_mit),           cmocka_unit_test(test_client_time),
        cmocka_unit_test(test_times_refused), cmocka_unit_test(test_numbers_refused),
        cmocka_unit_test(test_missing),       cmocka_unit_test(test_names),
        cmocka_unit_test(test_long_name),     cmocka_unit_test(test_cut),
        cmocka_unit_test(test_damaged),       cmocka_unit_test(test_granted),
        cmocka_unit_test(test_too_long),      cmocka_unit_test(test_frames),
        cmocka_unit_test(test_frame_full),    cmocka_unit_test(test_error_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
