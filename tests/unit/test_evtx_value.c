/* Values of binary XML: each type as Windows shows it, and what is no value of it. */
#include "diag/read/evtx_value.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define BYTES(text) text, sizeof(text) - 1

/* `expected` NULL: refused. */
static void check(unsigned type, const char *bytes, size_t size, const char *expected)
{
    unsigned char *copy = malloc(size ? size : 1);
    struct evtx_value value = {(uint8_t)type, copy, size};
    struct buffer out;

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    buffer_init(&out, 1 << 16);
    if (expected) {
        assert_true(evtx_add_value(&out, &value));
        assert_string_equal(out.text, expected);
    } else {
        assert_false(evtx_add_value(&out, &value));
    }
    buffer_release(&out);
    free(copy);
}

static void test_strings(void **state)
{
    (void)state;
    check(0x00, BYTES(""), "");
    check(0x00, BYTES("xyz"), "");
    check(0x01, BYTES(""), "");
    check(0x01, BYTES("a\0\xAC\x20"), "a\xE2\x82\xAC");
    check(0x01, BYTES("a\0\0\0\0\0"), "a");
    check(0x01, BYTES("\x3D\xD8\0\xDE"), "\xF0\x9F\x98\x80");
    check(0x01, BYTES("a\0\x3D\xD8"), "a\xEF\xBF\xBD");
    check(0x01, BYTES("a\0b"), NULL);
    check(0x02, BYTES("abc"), "abc");
    check(0x02, BYTES("abc\0\0"), "abc");
    check(0x23, BYTES("<\0/\0"), "</");
}

static void test_integers(void **state)
{
    (void)state;
    check(0x03, BYTES("\x80"), "-128");
    check(0x03, BYTES("\x7F"), "127");
    check(0x03, BYTES("\xFF"), "-1");
    check(0x04, BYTES("\xFF"), "255");
    check(0x05, BYTES("\x00\x80"), "-32768");
    check(0x06, BYTES("\x0B\x04"), "1035");
    check(0x07, BYTES("\x00\x00\x00\x80"), "-2147483648");
    check(0x07, BYTES("\xFE\xFF\xFF\xFF"), "-2");
    check(0x08, BYTES("\xFF\xFF\xFF\xFF"), "4294967295");
    check(0x09, BYTES("\0\0\0\0\0\0\0\x80"), "-9223372036854775808");
    check(0x09, BYTES("\x01\0\0\0\0\0\0\0"), "1");
    check(0x0A, BYTES("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), "18446744073709551615");
    check(0x0D, BYTES("\0\0\0\0"), "false");
    check(0x0D, BYTES("\0\0\0\x01"), "true");
    check(0x14, BYTES("\x0C\x03\x09\x80"), "0x8009030c");
    check(0x15, BYTES("\xE7\x03\0\0\0\0\0\0"), "0x3e7");
    check(0x15, BYTES("\0\0\0\0\0\0\0\0"), "0x0");
    check(0x10, BYTES("\x10\0\0\0"), "0x10");
    check(0x10, BYTES("\x10\0\0\0\x01\0\0\0"), "0x100000010");
    check(0x20, BYTES("\x10\0\0\0"), "0x10");
}

static void test_floats(void **state)
{
    (void)state;
    check(0x0B, BYTES("\0\0\xC0\x3F"), "1.5");
    check(0x0B, BYTES("\xCD\xCC\xCC\x3D"), "0.1");
    check(0x0B, BYTES("\x01\0\x80\x3F"), "1.0000001");
    check(0x0C, BYTES("\x9A\x99\x99\x99\x99\x99\xB9\x3F"), "0.1");
    check(0x0C, BYTES("\0\0\0\0\0\0\0\xC0"), "-2");
    check(0x0C, BYTES("\x01\0\0\0\0\0\xF0\x3F"), "1.0000000000000002");
}

static void test_notations(void **state)
{
    (void)state;
    check(0x0E, BYTES(""), "");
    check(0x0E, BYTES("\x0C\x03\x09\x80"), "0C030980");
    check(0x0F, BYTES("\x25\x96\x84\x54\x78\x54\x94\x49\xA5\xBA\x3E\x3B\x03\x28\xC3\x0D"),
          "{54849625-5478-4994-A5BA-3E3B0328C30D}");
    check(0x13, BYTES("\x01\x01\0\0\0\0\0\x05\x12\0\0\0"), "S-1-5-18");
    check(0x13, BYTES("\x01\x02\0\0\0\0\0\x05\x20\0\0\0\x20\x02\0\0"), "S-1-5-32-544");
    check(0x13, BYTES("\x01\0\x12\x34\x56\x78\x9A\xBC"), "S-1-0x123456789ABC");
    check(0x13, BYTES("\x01\x01\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), "S-1-4294967295-4294967295");
}

static void test_times(void **state)
{
    (void)state;
    check(0x11, BYTES("\0\0\0\0\0\0\0\0"), "1601-01-01T00:00:00.0000000Z");
    check(0x11, BYTES("\x00\x80\x3E\xD5\xDE\xB1\x9D\x01"), "1970-01-01T00:00:00.0000000Z");
    check(0x11, BYTES("\x01\x80\x3E\xD5\xDE\xB1\x9D\x01"), "1970-01-01T00:00:00.0000001Z");
    check(0x11, BYTES("\xFF\x3F\xC0\xD1\x5E\x5A\xC8\x24"), "9999-12-31T23:59:59.9999999Z");
    check(0x11, BYTES("\x00\x40\xC0\xD1\x5E\x5A\xC8\x24"), "0x24c85a5ed1c04000");
    check(0x11, BYTES("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F"), "0x7fffffffffffffff");
    check(0x12, BYTES("\xEA\x07\x0B\0\0\0\x16\0\x09\0\x05\0\x07\0\x7B\0"),
          "2026-11-22T09:05:07.123Z");
    check(0x12, BYTES("\xEA\x07\x0D\0\0\0\x16\0\x09\0\x05\0\x07\0\x7B\0"), NULL);
    check(0x12, BYTES("\xEA\x07\x0B\0\0\0\x1F\0\x09\0\x05\0\x07\0\x7B\0"), NULL);
    check(0x12, BYTES("\xEA\x07\x0B\0\0\0\x16\0\x18\0\x05\0\x07\0\x7B\0"), NULL);
    check(0x12, BYTES("\xEA\x07\x0B\0\0\0\x16\0\x09\0\x3C\0\x07\0\x7B\0"), NULL);
    check(0x12, BYTES("\xEA\x07\x0B\0\0\0\x16\0\x09\0\x05\0\x3C\0\x7B\0"), NULL);
    check(0x12, BYTES("\xEA\x07\x0B\0\0\0\x16\0\x09\0\x05\0\x07\0\xE8\x03"), NULL);
}

/* A size that is not the type's, and types that are none. */
static void test_refused(void **state)
{
    static const struct {
        unsigned type;
        size_t size;
    } sized[] = {{0x03, 1}, {0x04, 1}, {0x05, 2},  {0x06, 2}, {0x07, 4},  {0x08, 4}, {0x09, 8},
                 {0x0A, 8}, {0x0B, 4}, {0x0C, 8},  {0x0D, 4}, {0x0F, 16}, {0x11, 8}, {0x12, 16},
                 {0x14, 4}, {0x15, 8}, {0x13, 12}, {0x10, 4}, {0x20, 4}};
    static const char bytes[24] = "\x01\x01\0\0\0\0\0\x05\x12";

    (void)state;
    for (size_t i = 0; i < sizeof sized / sizeof *sized; i++) {
        for (size_t size = 0; size <= 20; size++) {
            bool may_be_8 = sized[i].type == 0x10 || sized[i].type == 0x20;

            if (size != sized[i].size && !(size == 8 && may_be_8))
                check(sized[i].type, bytes, size, NULL);
        }
    }
    check(0x16, bytes, 4, NULL);
    check(0x21, bytes, 4, NULL);
    check(0x22, bytes, 4, NULL);
    check(0x24, bytes, 4, NULL);
    check(0x7F, bytes, 4, NULL);
    check(0x13,
          BYTES("\x01\x10\0\0\0\0\0\x05"
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
          NULL);
}

static void test_arrays(void **state)
{
    (void)state;
    check(0x81, BYTES("a\0\0\0b\0c\0\0\0\0\0"), "a,bc,");
    check(0x81, BYTES("a\0\0\0b\0"), "a,b");
    check(0x81, BYTES(""), "");
    check(0x81, BYTES("a\0b"), NULL);
    check(0x82, BYTES("a\0bc\0\0d"), "a,bc,,d");
    check(0x86, BYTES("\x01\0\x02\0"), "1,2");
    check(0x86, BYTES("\x01\0\x02"), NULL);
    check(0x84, BYTES("\x01\x02\xFF"), "1,2,255");
    check(0x94, BYTES("\x01\0\0\0\xFF\0\0\0"), "0x1,0xff");
    check(0x93, BYTES("\x01\x01\0\0\0\0\0\x05\x12\0\0\0\x01\x01\0\0\0\0\0\x05\x13\0\0\0"),
          "S-1-5-18,S-1-5-19");
    check(0x93, BYTES("\x01\x01\0\0\0\0\0\x05\x12\0\0"), NULL);
    check(0x90, BYTES("\x01\0\0\0\0\0\0\0"), NULL);
    check(0x8E, BYTES("\x01"), NULL);
    check(0x80, BYTES("\x01"), NULL);
    check(0xA1, BYTES("\x01"), NULL);
    check(0xFF, BYTES("\x01"), NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strings), cmocka_unit_test(test_integers),
        cmocka_unit_test(test_floats),  cmocka_unit_test(test_notations),
        cmocka_unit_test(test_times),   cmocka_unit_test(test_refused),
        cmocka_unit_test(test_arrays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
