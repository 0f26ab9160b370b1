#include "tests/unit/unit.h"

#include "diag/read/dns_name.h"

#include <stdio.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

#define LABEL_63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"
#define LABEL_61 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghi"

/* Every name has one text form, which leads back to the same bytes. */
static void names_survive_the_wire(void **state)
{
    static const char *const list[][2] = {
        {".", "."},
        {"com", "com"},
        {"example.com.", "example.com"},
        {"Example.COM", "Example.COM"},
        {"a\\.b.c", "a\\.b.c"},
        {"a\\\\b.c", "a\\\\b.c"},
        {"\\000\\255.c", "\\000\\255.c"},
        {"\\065\\066.c", "AB.c"},
        {"\\a\\-\\@.c", "a-@.c"},
        {"a b.c", "a\\032b.c"},
        {"\xC3\xA9.c", "\\195\\169.c"},
        {"foo:bar/baz.c", "foo:bar/baz.c"},
        {"user+tag=x%\"(1).c", "user+tag=x%\"(1).c"},
        {"_spf.*.c", "_spf.*.c"},
        {LABEL_63 ".c", LABEL_63 ".c"},
    };
    uint8_t wire[DNS_NAME_WIRE_MOST];
    char text[DNS_NAME_TEXT_SIZE];
    size_t size;

    (void)state;
    for (size_t i = 0; i < COUNT(list); i++) {
        assert_int_equal(dns_name_to_wire(list[i][0], wire, &size), STATUS_OK);
        assert_int_equal(dns_name_from_wire(wire, size, text), STATUS_OK);
        assert_string_equal(text, list[i][1]);
    }
}

static void wire_form_is_labels(void **state)
{
    uint8_t wire[DNS_NAME_WIRE_MOST];
    size_t size;

    (void)state;
    assert_int_equal(dns_name_to_wire("mx.Example", wire, &size), STATUS_OK);
    assert_int_equal(size, 12);
    assert_memory_equal(wire, "\2mx\7Example", 12);
    assert_int_equal(dns_name_to_wire(".", wire, &size), STATUS_OK);
    assert_int_equal(size, 1);
    assert_int_equal(wire[0], 0);
}

/* 255 octets on the wire are a name, 256 are none: RFC 1035 2.3.4. */
static void the_longest_name_has_255_octets(void **state)
{
    static const char longest[] = LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_61;
    uint8_t wire[DNS_NAME_WIRE_MOST];
    char text[sizeof longest + 2];
    size_t size;

    (void)state;
    assert_int_equal(dns_name_to_wire(longest, wire, &size), STATUS_OK);
    assert_int_equal(size, 255);
    snprintf(text, sizeof text, "%s.", longest);
    assert_int_equal(dns_name_to_wire(text, wire, &size), STATUS_OK);
    snprintf(text, sizeof text, "%sx", longest);
    assert_int_equal(dns_name_to_wire(text, wire, &size), STATUS_INVALID);
    text[sizeof text - 1] = '\0';
    for (size_t i = 0; i < 255; i++)
        text[i] = i % 2 ? '.' : 'a';
    text[255] = '\0'; /* 128 labels of one letter: 257 octets */
    assert_int_equal(dns_name_to_wire(text, wire, &size), STATUS_INVALID);
    text[253] = '\0'; /* 127 labels: 255 octets */
    assert_int_equal(dns_name_to_wire(text, wire, &size), STATUS_OK);
    assert_int_equal(size, 255);
}

static void broken_names_are_invalid(void **state)
{
    static const char *const list[] = {
        "",       "..",     ".a",       "a..b",       "a..", "a\\",  "a\\1", "a\\12",
        "a\\12x", "a\\256", "a\\999.b", LABEL_63 "x", "\\",  "a.\\", "\\2",
    };
    uint8_t wire[DNS_NAME_WIRE_MOST];
    size_t size;

    (void)state;
    for (size_t i = 0; i < COUNT(list); i++) {
        if (dns_name_to_wire(list[i], wire, &size) != STATUS_INVALID)
            fail_msg("%s was taken for a name", list[i]);
    }
}

/* All bytes escaped: the text that DNS_NAME_TEXT_SIZE has to hold. */
static void the_longest_text_fits(void **state)
{
    uint8_t wire[DNS_NAME_WIRE_MOST], again[DNS_NAME_WIRE_MOST];
    char text[DNS_NAME_TEXT_SIZE];
    size_t size;

    (void)state;
    memset(wire, 0xFF, sizeof wire);
    wire[0] = wire[64] = wire[128] = 63;
    wire[192] = 61;
    wire[254] = 0;
    assert_int_equal(dns_name_from_wire(wire, sizeof wire, text), STATUS_OK);
    assert_int_equal(strlen(text), 250 * 4 + 3);
    assert_int_equal(dns_name_to_wire(text, again, &size), STATUS_OK);
    assert_int_equal(size, sizeof wire);
    assert_memory_equal(wire, again, sizeof wire);
}

/* No root label, labels past the end, pointers, reserved label types, over 255 octets. */
static void wire_that_does_not_end_is_malformed(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
    } list[] = {
        {"", 0},       {"\1a", 2},     {"\3ab", 3},    {"\2a\0", 3},
        {"\xC0\0", 2}, {"\100a\0", 3}, {"\200a\0", 3}, {"\1a\77", 3},
    };
    uint8_t wire[300];
    char text[DNS_NAME_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(list); i++)
        assert_int_equal(dns_name_from_wire((const uint8_t *)list[i].bytes, list[i].size, text),
                         STATUS_MALFORMED);
    memset(wire, 1, sizeof wire);
    wire[sizeof wire - 1] = 0;
    assert_int_equal(dns_name_from_wire(wire, sizeof wire, text), STATUS_MALFORMED);
}

/* Case is folded for ASCII letters only (RFC 4343), and spelling is no matter. */
static void equal_names(void **state)
{
    (void)state;
    assert_true(dns_name_equal("Example.COM", "eXAMPLE.com."));
    assert_true(dns_name_equal(".", "."));
    assert_true(dns_name_equal("\\065.c", "a.c"));
    assert_true(dns_name_equal("\\@.c", "@.c"));
    assert_false(dns_name_equal("a.b", "a\\.b"));
    assert_false(dns_name_equal("example.com", "example.co"));
    assert_false(dns_name_equal("example.com", "xample.com"));
    assert_false(dns_name_equal("a..", "a."));
    assert_false(dns_name_equal("a", "."));
    assert_false(dns_name_equal("\\200.c", "\\232.c"));
    assert_false(dns_name_equal("[.c", "{.c"));
}

static void names_below_a_zone(void **state)
{
    (void)state;
    assert_true(dns_name_is_below("mail.example.com", "Example.com."));
    assert_true(dns_name_is_below("example.com", "example.com"));
    assert_true(dns_name_is_below("example.com", "."));
    assert_true(dns_name_is_below(".", "."));
    assert_true(dns_name_is_below("a\\.b.example.com", "example.com"));
    assert_false(dns_name_is_below("badexample.com", "example.com"));
    assert_false(dns_name_is_below("com", "example.com"));
    assert_false(dns_name_is_below("x\\.example.com", "example.com"));
    assert_false(dns_name_is_below(".", "com"));
}

static void check_fold(const char *name, const char *expected)
{
    struct buffer out;

    buffer_init(&out, DNS_NAME_TEXT_SIZE);
    dns_name_fold(name, &out);
    assert_string_equal(out.text, expected);
    buffer_release(&out);
}

/* Folding gives equal names one text, is its own fixed point, and repairs nothing. */
static void folded_names(void **state)
{
    static const char *const list[][2] = {
        {"Example.COM.", "example.com"},
        {".", "."},
        {"", ""},
        {"\\065b\\.C", "ab\\.c"},
        {"A B", "a\\032b"},
        {"\xC3\x89.c", "\\195\\137.c"},
        {"a..", "a.."},
        {"a..b", "a..b"},
        {"a\\", "a\\"},
        {"a\\25", "a\\25"},
        {"..", ".."},
        {"\\999.", "\\999."},
        {"\\00\\048", "\\00\\048"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(list); i++) {
        check_fold(list[i][0], list[i][1]);
        check_fold(list[i][1], list[i][1]);
    }
}

static void labels_and_parents(void **state)
{
    static const char name[] = "mail.a\\.b.com.";

    (void)state;
    assert_int_equal(dns_name_labels("."), 0);
    assert_int_equal(dns_name_labels("com"), 1);
    assert_int_equal(dns_name_labels("example.com"), 2);
    assert_int_equal(dns_name_labels(name), 3);
    assert_ptr_equal(dns_name_parent(name), name + 5);
    assert_string_equal(dns_name_parent("example.com"), "com");
    assert_string_equal(dns_name_parent("com."), ".");
    assert_string_equal(dns_name_parent("com"), ".");
    assert_string_equal(dns_name_parent("."), ".");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_survive_the_wire),
        cmocka_unit_test(wire_form_is_labels),
        cmocka_unit_test(the_longest_name_has_255_octets),
        cmocka_unit_test(broken_names_are_invalid),
        cmocka_unit_test(the_longest_text_fits),
        cmocka_unit_test(wire_that_does_not_end_is_malformed),
        cmocka_unit_test(equal_names),
        cmocka_unit_test(names_below_a_zone),
        cmocka_unit_test(folded_names),
        cmocka_unit_test(labels_and_parents),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
