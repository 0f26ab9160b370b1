/* SMB2 NEGOTIATE: the request byte by byte, and responses, whole and broken. */
#include "diag/read/smb2_negotiate.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

enum {
    FRAME = 4,
    HEADER = FRAME + 64,
    MESSAGE = HEADER + 64, /* with its frame, without a token */
    TOKEN = 10
};

static void set(unsigned char *bytes, size_t at, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[at + i] = (unsigned char)(number >> (8 * i));
}

static uint64_t number_at(const unsigned char *bytes, size_t at, size_t size)
{
    uint64_t number = 0;

    for (size_t i = size; i > 0; i--)
        number = number << 8 | bytes[at + i - 1];
    return number;
}

/* 2026-11-22 18:00:00.123456 UTC, and when the server was started: 100 ns since 1601 */
#define SYSTEM_TIME UINT64_C(134398440001234567)
#define START_TIME  UINT64_C(134390016000000000)
#define UNIX_TIME   INT64_C(1795370400123456)

/* A response of 3.1.1 with a token of TOKEN bytes and room for contexts; returns its size. */
static size_t make_response(unsigned char bytes[256])
{
    static const unsigned char protocol[] = {0xFE, 'S', 'M', 'B'};
    const size_t size = MESSAGE + TOKEN + 6 + 46;

    memset(bytes, 0, 256);
    bytes[3] = (unsigned char)(size - FRAME);
    memcpy(bytes + FRAME, protocol, sizeof protocol);
    set(bytes, FRAME + 4, 64, 2);
    set(bytes, FRAME + 14, 1, 2); /* credits */
    set(bytes, FRAME + 16, 1, 4); /* from the server */
    set(bytes, HEADER, 65, 2);
    set(bytes, HEADER + 2, 3, 2);
    set(bytes, HEADER + 4, 0x0311, 2);
    set(bytes, HEADER + 6, 1, 2);
    memset(bytes + HEADER + 8, 0xAB, 16);
    set(bytes, HEADER + 40, SYSTEM_TIME, 8);
    set(bytes, HEADER + 48, START_TIME, 8);
    set(bytes, HEADER + 56, 128, 2);
    set(bytes, HEADER + 58, TOKEN, 2);
    set(bytes, HEADER + 60, 128 + TOKEN + 6, 4);
    return size;
}

/* Reads a copy that ends where its memory ends, so that a sanitizer sees what is read beyond. */
static enum status read_exactly(const unsigned char *bytes, size_t size,
                                struct smb2_negotiated *out)
{
    unsigned char *copy = malloc(size ? size : 1);
    enum status status;

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    status = smb2_read_negotiated(copy, size, out);
    free(copy);
    return status;
}

/* MS-SMB2 2.2.3: dialects 2.0.2 to 3.1.1, and the one context that 3.1.1 cannot do without. */
static void test_request(void **state)
{
    static const uint16_t dialects[] = {0x0202, 0x0210, 0x0300, 0x0302, 0x0311};
    const unsigned char guid[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    struct buffer out;
    const unsigned char *message;

    (void)state;
    buffer_init(&out, 1024);
    smb2_write_negotiate(guid, &out);
    assert_int_equal(smb2_frame_size((const unsigned char *)out.text, out.size), out.size);
    assert_int_equal(out.size, FRAME + 158);
    message = (const unsigned char *)out.text + FRAME;
    assert_memory_equal(message, "\xFESMB\x40\0", 6);
    assert_int_equal(number_at(message, 12, 2), 0);  /* NEGOTIATE */
    assert_int_equal(number_at(message, 16, 4), 0);  /* from a client */
    assert_int_equal(number_at(message, 64, 2), 36); /* the structure's size */
    assert_int_equal(number_at(message, 66, 2), 5);
    assert_memory_equal(message + 76, guid, 16);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(number_at(message, 100 + 2 * i, 2), dialects[i]);
    assert_int_equal(number_at(message, 92, 4), 112); /* contexts, at a multiple of 8 */
    assert_int_equal(number_at(message, 96, 2), 1);
    assert_int_equal(number_at(message, 112, 2), 1); /* preauthentication integrity */
    assert_int_equal(number_at(message, 114, 2), 38);
    assert_int_equal(number_at(message, 120, 2), 1);
    assert_int_equal(number_at(message, 122, 2), 32);
    assert_int_equal(number_at(message, 124, 2), 1); /* SHA-512 */
    buffer_release(&out);
}

static void test_response(void **state)
{
    unsigned char bytes[256];
    struct smb2_negotiated out;
    size_t size = make_response(bytes);

    (void)state;
    assert_int_equal(read_exactly(bytes, size, &out), STATUS_OK);
    assert_int_equal(out.dialect, 0x0311);
    assert_true(out.system_time == UNIX_TIME);
    assert_true(out.started == INT64_C(1794528000000000));
    for (size_t i = 0; i < 16; i++)
        assert_int_equal(out.server_guid[i], 0xAB);
}

/* Every dialect that was asked for; a server that does not say when it was started. */
static void test_dialects(void **state)
{
    static const uint16_t dialects[] = {0x0202, 0x0210, 0x0300, 0x0302};
    unsigned char bytes[256];
    struct smb2_negotiated out;

    (void)state;
    for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++) {
        size_t size = make_response(bytes);

        set(bytes, HEADER + 4, dialects[i], 2);
        set(bytes, HEADER + 48, 0, 8);
        set(bytes, HEADER + 60, 0x204d4c20, 4); /* reserved before 3.1.1: any bytes */
        assert_int_equal(read_exactly(bytes, size, &out), STATUS_OK);
        assert_int_equal(out.dialect, dialects[i]);
        assert_true(out.started == INT64_MIN);
    }
}

static const struct {
    size_t at, size;
    uint64_t number;
    enum status status;
} broken[] = {
    {FRAME, 4, 0x424D53FF, STATUS_MALFORMED},                 /* SMB 1 */
    {FRAME + 4, 2, 65, STATUS_MALFORMED},                     /* the header's size */
    {FRAME + 8, 4, 0xC00000BB, STATUS_REJECTED},              /* STATUS_NOT_SUPPORTED */
    {FRAME + 12, 2, 1, STATUS_MALFORMED},                     /* another command */
    {FRAME + 16, 4, 0, STATUS_MALFORMED},                     /* a request */
    {FRAME + 24, 8, 7, STATUS_MALFORMED},                     /* another message */
    {HEADER, 2, 64, STATUS_MALFORMED},                        /* the structure's size */
    {HEADER + 4, 2, 0x02FF, STATUS_MALFORMED},                /* nobody asked for it */
    {HEADER + 4, 2, 0, STATUS_MALFORMED},                     /* no dialect */
    {HEADER + 40, 8, 0, STATUS_MALFORMED},                    /* no time */
    {HEADER + 40, 8, UINT64_MAX, STATUS_MALFORMED},           /* never */
    {HEADER + 40, 8, UINT64_C(1) << 62, STATUS_MALFORMED},    /* the year 16,000 */
    {HEADER + 40, 8, 10000000, STATUS_MALFORMED},             /* 1601 */
    {HEADER + 48, 8, 1, STATUS_MALFORMED},                    /* started in 1601 */
    {HEADER + 56, 2, 127, STATUS_MALFORMED},                  /* a token in the fixed part */
    {HEADER + 56, 2, 129 + 46 + TOKEN + 6, STATUS_MALFORMED}, /* behind the end */
    {HEADER + 58, 2, 47 + TOKEN + 6, STATUS_MALFORMED},       /* longer than the message */
    {HEADER + 60, 4, 127, STATUS_MALFORMED},                  /* contexts in the fixed part */
    {HEADER + 60, 4, UINT32_MAX, STATUS_MALFORMED},           /* contexts nowhere */
    {0, 1, 0x85, STATUS_MALFORMED},                           /* a NetBIOS keep-alive */
    {3, 1, 1, STATUS_MALFORMED},                              /* the frame's size */
};

/* Each field that is not as it has to be is refused, and no time is made of it. */
static void test_broken(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        unsigned char bytes[256];
        struct smb2_negotiated out;
        size_t size = make_response(bytes);

        set(bytes, broken[i].at, broken[i].number, broken[i].size);
        if (read_exactly(bytes, size, &out) != broken[i].status)
            fail_msg("row %zu", i);
    }
}

/* Cut anywhere, with the frame's length set right or as it was. */
static void test_truncated(void **state)
{
    unsigned char bytes[256];
    struct smb2_negotiated out;
    size_t size = make_response(bytes);

    (void)state;
    for (size_t cut = 0; cut < size; cut++) {
        assert_int_equal(smb2_frame_size(bytes, cut), 0);
        assert_int_equal(read_exactly(bytes, cut, &out), STATUS_MALFORMED);
    }
    for (size_t cut = FRAME; cut < MESSAGE + TOKEN + 6; cut++) {
        bytes[3] = (unsigned char)(cut - FRAME);
        assert_int_equal(read_exactly(bytes, cut, &out), STATUS_MALFORMED);
    }
}

static void test_frames(void **state)
{
    static const unsigned char longest[] = {0, 1, 0, 0}, too_long[] = {0, 1, 0, 1};
    unsigned char bytes[257];
    size_t size = make_response(bytes);
    struct smb2_negotiated out;

    (void)state;
    assert_int_equal(smb2_frame_size(bytes, size + 1), size);
    assert_int_equal(read_exactly(bytes, size + 1, &out), STATUS_MALFORMED);
    assert_int_equal(smb2_frame_size(longest, sizeof longest), 0);
    assert_true(smb2_frame_size(too_long, sizeof too_long) == SIZE_MAX);
    assert_true(smb2_frame_size((const unsigned char *)"H", 1) == SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request),   cmocka_unit_test(test_response),
        cmocka_unit_test(test_dialects),  cmocka_unit_test(test_broken),
        cmocka_unit_test(test_truncated), cmocka_unit_test(test_frames),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
