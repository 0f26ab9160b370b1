/* NTLM's NEGOTIATE and CHALLENGE, and what SPNEGO tokens hold. */
#include "diag/buffer.h"
#include "diag/read/ntlm_challenge.h"
#include "diag/read/spnego.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define BYTES(literal) literal, sizeof(literal) - 1

/* 2026-11-22 18:00:00.123456 UTC */
#define FILETIME  UINT64_C(134398440001234567)
#define UNIX_TIME INT64_C(1795370400123456)

enum {
    UNICODE = 0x00000001,
    TARGET_INFO = 0x00800000,
    VERSION = 0x02000000,
    USUAL = UNICODE | TARGET_INFO | VERSION,
    HEADER = 56
};

/* ---- building ---- */

static void put(struct buffer *out, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        buffer_add_char(out, (char)(number >> (8 * i)));
}

static void put_wide(struct buffer *out, const char *text)
{
    for (; *text; text++)
        put(out, (unsigned char)*text, 2);
}

static void put_pair(struct buffer *out, unsigned id, const char *text)
{
    put(out, id, 2);
    put(out, 2 * strlen(text), 2);
    put_wide(out, text);
}

static void put_time(struct buffer *out, uint64_t filetime)
{
    put(out, 7, 2);
    put(out, 8, 2);
    put(out, filetime, 8);
}

static void put_usual_pairs(struct buffer *out)
{
    put_pair(out, 2, "CONTOSO");
    put_pair(out, 1, "EX01");
    put_pair(out, 4, "contoso.com");
    put_pair(out, 3, "ex01.contoso.com");
    put_pair(out, 5, "contoso.com");
    put_time(out, FILETIME);
    put(out, 0, 4);
}

/* A CHALLENGE around the pairs: header, version 10.0.17763, target name, pairs. */
static void put_challenge(struct buffer *out, uint32_t flags, const struct buffer *pairs)
{
    const size_t target = 2 * strlen("CONTOSO");

    buffer_add(out, "NTLMSSP", 8);
    put(out, 2, 4);
    put(out, target, 2);
    put(out, target, 2);
    put(out, HEADER, 4);
    put(out, flags, 4);
    buffer_add(out, "\1\2\3\4\5\6\7\10", 8);
    put(out, 0, 8);
    put(out, pairs->size, 2);
    put(out, pairs->size, 2);
    put(out, HEADER + target, 4);
    buffer_add(out, "\x0A\0\x63\x45\0\0\0\x0F", 8);
    put_wide(out, "CONTOSO");
    buffer_add(out, pairs->text, pairs->size);
}

static void make_usual(struct buffer *out)
{
    struct buffer pairs;

    buffer_init(&pairs, 4096);
    buffer_init(out, 4096);
    put_usual_pairs(&pairs);
    put_challenge(out, USUAL, &pairs);
    buffer_release(&pairs);
}

/* Reads a copy that ends where its memory ends, so that a sanitizer sees what is read beyond. */
static enum status read_exactly(const char *bytes, size_t size, struct arena *arena,
                                struct ntlm_challenge *out)
{
    unsigned char *copy = malloc(size ? size : 1);
    enum status status;

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    status = ntlm_read_challenge(copy, size, arena, out);
    free(copy);
    return status;
}

static enum status read_pairs(const struct buffer *pairs, struct arena *arena,
                              struct ntlm_challenge *out)
{
    struct buffer message;
    enum status status;

    buffer_init(&message, 65536);
    put_challenge(&message, USUAL, pairs);
    status = read_exactly(message.text, message.size, arena, out);
    buffer_release(&message);
    return status;
}

/* ---- NTLM ---- */

/* MS-NLMP 2.2.1.1, with a version, since some servers read nothing shorter. */
static void test_negotiate(void **state)
{
    unsigned char out[NTLM_NEGOTIATE_SIZE];

    (void)state;
    ntlm_write_negotiate(out);
    assert_memory_equal(out, "NTLMSSP\0\1\0\0\0", 12);
    assert_memory_equal(out + 12, "\x05\x82\x08\x22", 4);
    assert_memory_equal(out + 16, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    assert_int_equal(out[39], 15);
}

static void test_challenge(void **state)
{
    struct arena arena = {0};
    struct ntlm_challenge out;
    struct buffer message;

    (void)state;
    make_usual(&message);
    assert_int_equal(read_exactly(message.text, message.size, &arena, &out), STATUS_OK);
    assert_true(out.time == UNIX_TIME);
    assert_string_equal(out.computer, "EX01");
    assert_string_equal(out.domain, "CONTOSO");
    assert_string_equal(out.dns_computer, "ex01.contoso.com");
    assert_string_equal(out.dns_domain, "contoso.com");
    assert_string_equal(out.dns_forest, "contoso.com");
    assert_int_equal(out.major, 10);
    assert_int_equal(out.minor, 0);
    assert_int_equal(out.build, 17763);
    buffer_release(&message);
    arena_release(&arena);
}

/* What the server does not say stays unsaid; names are not of ASCII alone. */
static void test_unsaid(void **state)
{
    struct arena arena = {0};
    struct ntlm_challenge out;
    struct buffer pairs, message;

    (void)state;
    buffer_init(&pairs, 4096);
    buffer_init(&message, 4096);
    buffer_add(&pairs, BYTES("\x01\0\x0A\0M\0\xDC\0\x2C\x67\x3D\xD8\x00\xDE"));
    buffer_add(&pairs, BYTES("\x03\0\0\0"));         /* an empty name */
    buffer_add(&pairs, BYTES("\x06\0\4\0\2\0\0\0")); /* flags */
    buffer_add(&pairs, BYTES("\x63\0\1\0x"));        /* an id of the future */
    put(&pairs, 0, 4);
    assert_int_equal(read_pairs(&pairs, &arena, &out), STATUS_OK);
    assert_string_equal(out.computer, "M\xC3\x9C\xE6\x9C\xAC\xF0\x9F\x98\x80");
    assert_null(out.dns_computer);
    assert_null(out.domain);
    assert_true(out.time == INT64_MIN);

    put_challenge(&message, UNICODE, &pairs);
    assert_int_equal(read_exactly(message.text, 48, &arena, &out), STATUS_MALFORMED);
    message.text[12] = message.text[40] = 0;
    assert_int_equal(read_exactly(message.text, 48, &arena, &out), STATUS_OK);
    assert_null(out.computer);
    assert_true(out.time == INT64_MIN);
    assert_int_equal(out.major, 0);
    buffer_release(&message);
    buffer_release(&pairs);
    arena_release(&arena);
}

static const struct {
    const char *bytes;
    size_t size;
} broken_pairs[] = {
    {BYTES("")},                               /* no last pair */
    {BYTES("\0\0\0")},                         /* half a pair */
    {BYTES("\0\0\1\0x")},                      /* a last pair with a value */
    {BYTES("\1\0\4\0x\0")},                    /* longer than what there is */
    {BYTES("\1\0\3\0x\0y\0\0\0\0")},           /* half a character */
    {BYTES("\1\0\2\0x\0\1\0\2\0y\0\0\0\0\0")}, /* two names */
    {BYTES("\1\0\4\0x\0\0\0\0\0\0\0")},        /* a zero in a name */
    {BYTES("\1\0\2\0\x3D\xD8\0\0\0\0")},       /* half a pair of surrogates */
    {BYTES("\7\0\4\0\1\2\3\4\0\0\0\0")},       /* a short time */
    {BYTES("\7\0\x10\0"
           "0123456789abcdef\0\0\0\0")},           /* a long one */
    {BYTES("\7\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0")}, /* none */
    {BYTES("\7\0\x08\0\1\0\0\0\0\0\0\0\0\0\0\0")}, /* 1601 */
    {BYTES("\7\0\x08\0\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0")},
    {BYTES("\7\0\x08\0\xff\xff\xff\xff\xff\xff\xff\x7f\0\0\0\0")},
    {BYTES("\7\0\x08\0\x87\xD6\xC7\x7A\xDB\x79\xDD\x01\7\0\x08\0\x87\xD6\xC7\x7A\xDB\x79\xDD\x01"
           "\0\0\0\0")}, /* two times */
};

static void test_broken_pairs(void **state)
{
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof broken_pairs / sizeof *broken_pairs; i++) {
        struct ntlm_challenge out;
        struct buffer pairs;

        buffer_init(&pairs, 4096);
        buffer_add(&pairs, broken_pairs[i].bytes, broken_pairs[i].size);
        if (read_pairs(&pairs, &arena, &out) != STATUS_MALFORMED)
            fail_msg("row %zu", i);
        buffer_release(&pairs);
    }
    arena_release(&arena);
}

/* Fields of the header: each that does not fit is refused. */
static void test_broken_header(void **state)
{
    static const struct {
        size_t at;
        char byte;
    } rows[] = {
        {0, 'M'},     {7, 1},       {8, 1},       {8, 3}, {9, 1}, /* signature and type */
        {13, '\x7f'}, {17, '\x7f'}, {19, '\x7f'},                 /* the target name */
        {41, '\x7f'}, {45, '\x7f'}, {47, '\xff'},                 /* the pairs */
        {40, 8},
    };
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ntlm_challenge out;
        struct buffer message;

        make_usual(&message);
        message.text[rows[i].at] = rows[i].byte;
        if (read_exactly(message.text, message.size, &arena, &out) != STATUS_MALFORMED)
            fail_msg("row %zu", i);
        buffer_release(&message);
    }
    arena_release(&arena);
}

static void test_truncated(void **state)
{
    struct arena arena = {0};
    struct ntlm_challenge out;
    struct buffer message;
    char *longest;

    (void)state;
    make_usual(&message);
    for (size_t size = 0; size < message.size; size++)
        assert_int_equal(read_exactly(message.text, size, &arena, &out), STATUS_MALFORMED);
    longest = memory_new(NTLM_TOKEN_MOST + 1, 1);
    memcpy(longest, message.text, message.size);
    assert_int_equal(read_exactly(longest, NTLM_TOKEN_MOST, &arena, &out), STATUS_OK);
    assert_int_equal(read_exactly(longest, NTLM_TOKEN_MOST + 1, &arena, &out), STATUS_MALFORMED);
    free(longest);
    buffer_release(&message);
    arena_release(&arena);
}

/* ---- SPNEGO ---- */

/* Wraps what is in `out` from 0 on in a tag, with a length of three bytes. */
static void wrap(struct buffer *out, char tag)
{
    char head[4] = {tag, '\x82', (char)(out->size >> 8), (char)out->size};
    struct buffer whole;

    buffer_init(&whole, 4096);
    buffer_add(&whole, head, sizeof head);
    buffer_add(&whole, out->text, out->size);
    buffer_release(out);
    *out = whole;
}

/* A challenge bare, and as IIS and SMB servers send it; and cut anywhere. */
static void test_ntlm_tokens(void **state)
{
    struct buffer token;
    const unsigned char *inner;
    size_t size, challenge;

    (void)state;
    make_usual(&token);
    challenge = token.size;
    assert_int_equal(spnego_content_of((unsigned char *)token.text, token.size, &inner, &size),
                     SPNEGO_NTLM_CHALLENGE);
    assert_ptr_equal(inner, token.text);
    wrap(&token, '\x04');
    wrap(&token, '\xA2');
    wrap(&token, '\x30');
    wrap(&token, '\xA1');
    assert_int_equal(spnego_content_of((unsigned char *)token.text, token.size, &inner, &size),
                     SPNEGO_NTLM_CHALLENGE);
    assert_ptr_equal(inner, token.text + 16);
    assert_int_equal(size, challenge);
    for (size_t cut = 0; cut < token.size; cut++) {
        unsigned char *copy = memory_new(cut + 1, 1);

        memcpy(copy, token.text, cut);
        assert_int_equal(spnego_content_of(copy, cut, &inner, &size), SPNEGO_NONE);
        assert_null(inner);
        free(copy);
    }
    token.text[16 + 8] = 1; /* a NEGOTIATE message */
    assert_int_equal(spnego_content_of((unsigned char *)token.text, token.size, &inner, &size),
                     SPNEGO_NONE);
    buffer_release(&token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_negotiate),     cmocka_unit_test(test_challenge),
        cmocka_unit_test(test_unsaid),        cmocka_unit_test(test_broken_pairs),
        cmocka_unit_test(test_broken_header), cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_ntlm_tokens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
