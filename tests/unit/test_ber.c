/* BER: elements, numbers, texts; every length that does not fit is refused. */
#include "diag/read/ber.h"

#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define BYTES(literal) (const unsigned char *)(literal), sizeof(literal) - 1

/* A reader over a copy of just that size, so that a sanitizer sees what goes beyond it. */
static struct ber over(const unsigned char *bytes, size_t size, unsigned char **copy)
{
    struct ber ber = {.size = size};

    *copy = test_malloc(size ? size : 1);
    memcpy(*copy, bytes, size);
    ber.bytes = *copy;
    return ber;
}

/* ---- reading ---- */

/* Elements come one after another, and their content one within another. */
static void test_nested(void **state)
{
    unsigned char *copy;
    struct ber ber = over(BYTES("\x30\x09\x02\x01\x05\xa1\x04\x0a\x02\x01\x00\x04\x02hi"), &copy);
    struct ber sequence = ber_take(&ber, BER_SEQUENCE), context, text;
    int tag;

    (void)state;
    assert_int_equal(ber_peek(&sequence), BER_INTEGER);
    assert_int_equal(ber_take_integer(&sequence), 5);
    assert_false(ber_take_optional(&sequence, BER_CONTEXT, &context));
    assert_true(ber_take_optional(&sequence, BER_CONTEXT + 1, &context));
    assert_int_equal(ber_take_integer(&context), 256);
    assert_int_equal(ber_peek(&context), -1);
    assert_int_equal(ber_peek(&sequence), -1);
    assert_false(sequence.failed || context.failed);
    text = ber_take_any(&ber, &tag);
    assert_int_equal(tag, BER_OCTET_STRING);
    assert_memory_equal(text.bytes, "hi", 2);
    assert_int_equal(ber.size, 0);
    assert_false(ber.failed);
    test_free(copy);
}

static const struct {
    const unsigned char *bytes;
    size_t size;
    size_t content;
} lengths[] = {
    {BYTES("\x04\x00"), 0},
    {BYTES("\x04\x03"
           "abc"),
     3},
    {BYTES("\x04\x81\x03"
           "abc"),
     3},
    {BYTES("\x04\x82\x00\x03"
           "abc"),
     3},
    {BYTES("\x04\x84\x00\x00\x00\x03"
           "abc"),
     3}, /* as Windows writes them */
};

/* Longer lengths than needed are BER all the same. */
static void test_lengths(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        unsigned char *copy;
        struct ber ber = over(lengths[i].bytes, lengths[i].size, &copy);
        struct ber content = ber_take(&ber, BER_OCTET_STRING);

        assert_false(content.failed);
        assert_int_equal(content.size, lengths[i].content);
        assert_int_equal(ber.size, 0);
        assert_int_equal(ber_element_size(lengths[i].bytes, lengths[i].size, 100), lengths[i].size);
        test_free(copy);
    }
}

static const struct {
    const unsigned char *bytes;
    size_t size;
    size_t element; /* what ber_element_size() says, of at most 100 */
} refused[] = {
    {BYTES(""), 0},
    {BYTES("\x04"), 0},
    {BYTES("\x04\x81"), 0},
    {BYTES("\x04\x84\x00\x00\x00"), 0},
    {BYTES("\x04\x01"), 3},
    {BYTES("\x04\x04"
           "abc"),
     6},
    {BYTES("\x04\x62"
           "abc"),
     100},
    {BYTES("\x04\x63"
           "abc"),
     SIZE_MAX}, /* more than 100 */
    {BYTES("\x04\x81\x62"
           "abc"),
     SIZE_MAX},
    {BYTES("\x04\x80"
           "abc\0\0"),
     SIZE_MAX}, /* indefinite */
    {BYTES("\x04\xff"
           "abc"),
     SIZE_MAX},
    {BYTES("\x04\x85\x00\x00\x00\x00\x03"
           "abc"),
     SIZE_MAX},
    {BYTES("\x04\x84\xff\xff\xff\xff"
           "abc"),
     SIZE_MAX},
    {BYTES("\x04\x84\x7f\xff\xff\xff"
           "abc"),
     SIZE_MAX},
    {BYTES("\x00\x00"), SIZE_MAX},
    {BYTES("\x00"), SIZE_MAX},
    {BYTES("\x1f\x01\x00"), SIZE_MAX}, /* tags of several octets */
    {BYTES("\x7f\x21\x00"), SIZE_MAX},
    {BYTES("\xbf"), SIZE_MAX},
};

/* What does not fit fails, and how much more of it is wanted is known. */
static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        unsigned char *copy;
        struct ber ber = over(refused[i].bytes, refused[i].size, &copy);
        int tag = 0;
        struct ber content = ber_take_any(&ber, &tag);

        if (!content.failed || !ber.failed || content.size != 0 || ber.size != 0 || tag != -1)
            fail_msg("element %zu was read", i);
        if (ber_element_size(refused[i].bytes, refused[i].size, 100) != refused[i].element)
            fail_msg("element %zu has another size", i);
        test_free(copy);
    }
}

/* The limit holds for the header too, and 0 is no limit at all to speak of. */
static void test_element_most(void **state)
{
    (void)state;
    assert_true(ber_element_size(BYTES("\x04\x00"), 2) == 2);
    assert_true(ber_element_size(BYTES("\x04\x00"), 1) == SIZE_MAX);
    assert_true(ber_element_size(BYTES("\x04\x00"), 0) == SIZE_MAX);
    assert_true(ber_element_size(BYTES("\x04\x81\x00"), 2) == SIZE_MAX);
    assert_true(ber_element_size(BYTES("\x04\x80"), 1000) == SIZE_MAX); /* not 128 bytes */
    assert_true(ber_element_size(BYTES("\x04\x82\xff\xff"), 65539) == 65539);
    assert_true(ber_element_size(BYTES("\x04\x82\xff\xff"), 65538) == SIZE_MAX);
    assert_true(ber_element_size(BYTES("\x04\x84\xff\xff\xff\xff"), SIZE_MAX - 1) != 0);
}

/* After the first failure nothing more is given, though more is there. */
static void test_failed_for_good(void **state)
{
    unsigned char *copy;
    struct ber ber = over(BYTES("\x02\x01\x05\x02\x01\x06"), &copy);
    struct ber content = ber_take(&ber, BER_OCTET_STRING);
    int tag;

    (void)state;
    assert_true(ber.failed && content.failed);
    assert_int_equal(ber_peek(&ber), -1);
    assert_int_equal(ber_take_integer(&ber), 0);
    assert_true(ber_take_any(&ber, &tag).failed);
    assert_false(ber_take_optional(&ber, BER_INTEGER, &content));
    assert_true(ber_take(&content, -1).failed); /* not even where -1 is asked for */
    test_free(copy);
}

/* An optional element that is there and does not fit is a failure, not an absence. */
static void test_optional_broken(void **state)
{
    unsigned char *copy;
    struct ber ber = over(BYTES("\xa0\x05\x02\x01\x05"), &copy), content;

    (void)state;
    assert_false(ber_take_optional(&ber, BER_CONTEXT, &content));
    assert_true(ber.failed);
    test_free(copy);
}

static const struct {
    const unsigned char *bytes;
    size_t size;
    int64_t number;
} integers[] = {
    {BYTES("\x02\x01\x00"), 0},
    {BYTES("\x02\x01\x7f"), 127},
    {BYTES("\x02\x01\x80"), -128},
    {BYTES("\x02\x01\xff"), -1},
    {BYTES("\x02\x02\x00\x80"), 128},
    {BYTES("\x02\x02\xff\x7f"), -129},
    {BYTES("\x02\x04\x7f\xff\xff\xff"), INT32_MAX},
    {BYTES("\x02\x05\x00\xff\xff\xff\xff"), UINT32_MAX},
    {BYTES("\x02\x08\x7f\xff\xff\xff\xff\xff\xff\xff"), INT64_MAX},
    {BYTES("\x02\x08\x80\x00\x00\x00\x00\x00\x00\x00"), INT64_MIN},
};

static void test_integers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++) {
        struct ber ber = {.bytes = integers[i].bytes, .size = integers[i].size};
        struct buffer out;

        assert_true(ber_take_integer(&ber) == integers[i].number);
        assert_false(ber.failed);
        buffer_init(&out, 100);
        ber_put_integer(&out, BER_INTEGER, integers[i].number);
        assert_int_equal(out.size, integers[i].size);
        assert_memory_equal(out.text, integers[i].bytes, out.size);
        buffer_release(&out);
    }
}

/* Longer than needed is a number still; an ENUMERATED is one too. */
static void test_integers_otherwise(void **state)
{
    struct ber padded = {BYTES("\x02\x04\x00\x00\x00\x07"), false};
    struct ber enumerated = {BYTES("\x0a\x01\x07"), false};

    (void)state;
    assert_int_equal(ber_take_integer(&padded), 7);
    assert_int_equal(ber_take_integer(&enumerated), 7);
    assert_false(padded.failed || enumerated.failed);
}

static void test_integers_refused(void **state)
{
    struct ber empty = {BYTES("\x02\x00"), false};
    struct ber nine = {BYTES("\x02\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01"), false};
    struct ber boolean = {BYTES("\x01\x01\x01"), false};
    struct ber cut = {BYTES("\x02\x02\x01"), false};

    (void)state;
    assert_int_equal(ber_take_integer(&empty), 0);
    assert_int_equal(ber_take_integer(&nine), 0);
    assert_int_equal(ber_take_integer(&boolean), 0);
    assert_int_equal(ber_take_integer(&cut), 0);
    assert_true(empty.failed && nine.failed && boolean.failed && cut.failed);
}

static void test_text(void **state)
{
    const struct ber nothing = {0}, failed = {.failed = true};
    const struct ber text = {BYTES("d\xc3\xb6main"), false};
    const struct ber latin = {BYTES("d\xf6main"), false};
    const struct ber nul = {BYTES("a\0b"), false};
    struct arena arena = {0};

    (void)state;
    assert_string_equal(ber_text(&text, &arena), "d\xc3\xb6main");
    assert_string_equal(ber_text(&nothing, &arena), "");
    assert_null(ber_text(&latin, &arena));
    assert_null(ber_text(&nul, &arena));
    assert_null(ber_text(&failed, &arena));
    arena_release(&arena);
}

/* ---- writing ---- */

/* Each length takes the fewest octets, and is read as it was written. */
static void test_put_lengths(void **state)
{
    static const size_t sizes[] = {0, 1, 127, 128, 255, 256, 65535, 65536};
    static const size_t headers[] = {2, 2, 2, 3, 3, 4, 4, 5};
    unsigned char *content = test_calloc(1, 65536);

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct buffer out;
        struct ber ber = {0};

        buffer_init(&out, 70000);
        ber_put(&out, BER_OCTET_STRING, content, sizes[i]);
        assert_int_equal(out.size, headers[i] + sizes[i]);
        assert_false(out.truncated);
        ber.bytes = (const unsigned char *)out.text;
        ber.size = out.size;
        assert_int_equal(ber_take(&ber, BER_OCTET_STRING).size, sizes[i]);
        assert_false(ber.failed);
        buffer_release(&out);
    }
    test_free(content);
}

/* What is wrapped keeps what stands before it. */
static void test_wrap(void **state)
{
    struct buffer out;
    size_t start;

    (void)state;
    buffer_init(&out, 100);
    buffer_add_string(&out, "before");
    start = out.size;
    ber_put_text(&out, BER_GENERAL_STRING, "krbtgt");
    ber_put_integer(&out, BER_ENUMERATED, 2);
    ber_wrap(&out, start, BER_SEQUENCE);
    ber_wrap(&out, start, BER_CONTEXT + 1);
    assert_int_equal(out.size, 6 + 15);
    assert_memory_equal(out.text, "before\xa1\x0d\x30\x0b\x1b\x06krbtgt\x0a\x01\x02", out.size);
    buffer_release(&out);
}

/* A full buffer says so, and nothing is written beyond it. */
static void test_wrap_full(void **state)
{
    (void)state;
    for (size_t most = 0; most < 9; most++) {
        struct buffer out;

        buffer_init(&out, most);
        ber_put_text(&out, BER_GENERAL_STRING, "krbtgt");
        ber_wrap(&out, 0, BER_SEQUENCE);
        assert_true(out.truncated && out.size <= most);
        buffer_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nested),           cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_refused),          cmocka_unit_test(test_element_most),
        cmocka_unit_test(test_failed_for_good),  cmocka_unit_test(test_optional_broken),
        cmocka_unit_test(test_integers),         cmocka_unit_test(test_integers_otherwise),
        cmocka_unit_test(test_integers_refused), cmocka_unit_test(test_text),
        cmocka_unit_test(test_put_lengths),      cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_wrap_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
