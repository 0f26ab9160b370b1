#include "tests/unit/unit.h"

#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM = 4096, CODE_POINTS = 0x110000 };

/* Every scalar value goes to UTF-8 and back; nothing else comes from text_encode(). */
static void test_every_code_point_round_trips(void **state)
{
    struct buffer out;

    (void)state;
    buffer_init(&out, ROOM);
    for (uint32_t code_point = 0; code_point < CODE_POINTS + 16; code_point++) {
        bool scalar = code_point < CODE_POINTS && (code_point < 0xD800 || code_point > 0xDFFF);
        uint32_t decoded = 0;

        buffer_clear(&out);
        text_encode(&out, code_point);
        assert_int_equal(text_decode(out.text, out.size, &decoded), out.size);
        assert_int_equal(decoded, scalar ? code_point : 0xFFFD);
        for (size_t size = 1; size < out.size; size++)
            assert_int_equal(text_decode(out.text, size, &decoded), 0);
    }
    buffer_release(&out);
}

static void test_what_is_not_utf8(void **state)
{
    static const char *const broken[] = {
        "\x80", /* continuation without a lead byte */
        "\xBF",
        "\xC0\x80", /* overlong */
        "\xC1\xBF",
        "\xE0\x9F\xBF",
        "\xF0\x8F\xBF\xBF",
        "\xED\xA0\x80", /* surrogates */
        "\xED\xBF\xBF",
        "\xF4\x90\x80\x80", /* over U+10FFFF */
        "\xF5\x80\x80\x80",
        "\xF8\x88\x80\x80\x80",
        "\xFE",
        "\xFF",
        "\xC3", /* cut off */
        "\xE2\x82",
        "\xF0\x9F\x93",
        "\xC3\x28", /* something else instead of a continuation */
        "\xE2\x82\x28",
    };
    uint32_t code_point = 7;

    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        assert_int_equal(text_decode(broken[i], strlen(broken[i]), &code_point), 0);
        assert_false(text_is_utf8(broken[i], strlen(broken[i])));
        assert_false(text_is_printable(broken[i], strlen(broken[i])));
    }
    assert_int_equal(code_point, 7);
    assert_true(text_is_utf8("", 0));
    assert_true(text_is_utf8("a\0\xC3\xBC\xF4\x8F\xBF\xBF", 8));
}

/* From memory of its own, so that a sanitizer sees what is beyond. */
static bool is_utf8(const char *text, size_t size)
{
    char *copy = malloc(size + !size);
    bool is;

    assert_non_null(copy);
    memcpy(copy, text, size);
    is = text_is_utf8(copy, size);
    free(copy);
    return is;
}

/* Wherever in a text, of whatever length, what is not ASCII stands, and none beyond its end. */
static void test_utf8_anywhere(void **state)
{
    char text[24];

    (void)state;
    for (size_t size = 2; size <= sizeof text; size++) {
        for (size_t at = 0; at + 2 <= size; at++) {
            memset(text, 'a', sizeof text);
            memcpy(text + at, "\xC3\xBC", 2);
            assert_true(is_utf8(text, size));
            assert_false(is_utf8(text, at + 1));
            assert_true(is_utf8(text, at));
            text[at + 1] = 'a';
            assert_false(is_utf8(text, size));
        }
    }
}

/* One byte where there is no character, so that a walk over any text ends. */
static void test_next(void **state)
{
    (void)state;
    assert_int_equal(text_next("ab", 2), 1);
    assert_int_equal(text_next("", 1), 1);
    assert_int_equal(text_next("\xE2\x82\xAC!", 4), 3);
    assert_int_equal(text_next("\xF0\x9F\x93\xA7", 4), 4);
    assert_int_equal(text_next("\xF0\x9F\x93\xA7", 3), 1);
    assert_int_equal(text_next("\xC3(", 2), 1);
}

static void test_length(void **state)
{
    (void)state;
    assert_int_equal(text_length("", 0), 0);
    assert_int_equal(text_length("a\xC3\xBC\xE2\x82\xAC\xF0\x9F\x93\xA7", 10), 4);
}

static void assert_shown(const char *bytes, size_t size, const char *expected)
{
    struct buffer out;

    buffer_init(&out, ROOM);
    text_show(&out, bytes, size);
    assert_string_equal(out.text, expected);
    assert_true(text_is_printable(out.text, out.size));
    assert_int_equal(text_is_printable(bytes, size),
                     size == out.size && memcmp(bytes, expected, size) == 0);
    buffer_release(&out);
}

#define ASSERT_SHOWN(literal, expected) assert_shown(literal, sizeof literal - 1, expected)

static void test_show(void **state)
{
    (void)state;
    ASSERT_SHOWN("", "");
    ASSERT_SHOWN("220 mail.contoso.com ESMTP \\x", "220 mail.contoso.com ESMTP \\x");
    ASSERT_SHOWN("Gr\xC3\xBC\xC3\x9F \xF0\x9F\x93\xA7", "Gr\xC3\xBC\xC3\x9F \xF0\x9F\x93\xA7");
    ASSERT_SHOWN("a\r\n\tb\0c\x7F", "a\\x0d\\x0a\\x09b\\x00c\\x7f");
    ASSERT_SHOWN("\x1B]0;title\x07", "\\x1b]0;title\\x07");
    ASSERT_SHOWN("\xC2\x9B\x32J", "\\u{009b}2J");
    ASSERT_SHOWN("a\xE2\x80\xAE\x62", "a\\u{202e}b");
    ASSERT_SHOWN("con\xE2\x80\x8Btoso", "con\\u{200b}toso");
    ASSERT_SHOWN("v=spf1\xC2\xA0-all", "v=spf1\\u{00a0}-all");
    ASSERT_SHOWN("\xEF\xBB\xBF<xml", "\\u{feff}<xml");
    ASSERT_SHOWN("\xF3\xA0\x81\xA1", "\\u{e0061}");
    ASSERT_SHOWN("\xFF\xC3(\xE2\x82", "\\xff\\xc3(\\xe2\\x82");
    ASSERT_SHOWN("\xC0\xA7", "\\xc0\\xa7");
}

/* The first and last of each group that must be spelled out, and their neighbours. */
static void test_invisible(void **state)
{
    static const uint32_t invisible[] = {
        0x00,    0x1F,    0x7F,    0x9F,    0xA0,    0xAD,    0x34F,   0x61C,    0x115F,  0x1160,
        0x17B4,  0x17B5,  0x180B,  0x180F,  0x2000,  0x200A,  0x200B,  0x200F,   0x2028,  0x202E,
        0x202F,  0x205F,  0x2060,  0x206F,  0x2800,  0x3000,  0x3164,  0xE000,   0xF8FF,  0xFDD0,
        0xFDEF,  0xFE00,  0xFE0F,  0xFEFF,  0xFFA0,  0xFFF0,  0xFFFB,  0xFFFE,   0xFFFF,  0x1BCA0,
        0x1D173, 0x1D17A, 0x1FFFE, 0x2FFFF, 0xE0000, 0xE0100, 0xE0FFF, 0x10FFFD, 0x10FFFF};
    static const uint32_t visible[] = {0x20,   0x7E,    0xA1,    0xAC,    0xAE,   0x301,
                                       0x2010, 0x2018,  0x2027,  0x2030,  0x2070, 0x3001,
                                       0x3163, 0x3165,  0xFDCF,  0xFDF0,  0xFE10, 0xFFFC,
                                       0xFFFD, 0x1D172, 0x1F4E7, 0x20000, 0xDFFFD};

    (void)state;
    for (size_t i = 0; i < sizeof invisible / sizeof *invisible; i++)
        assert_true(text_is_invisible(invisible[i]));
    for (size_t i = 0; i < sizeof visible / sizeof *visible; i++)
        assert_false(text_is_invisible(visible[i]));
}

/* A full buffer does not end within a character. */
static void test_show_into_a_full_buffer(void **state)
{
    (void)state;
    for (size_t most = 0; most < 12; most++) {
        struct buffer out;

        buffer_init(&out, most);
        text_show(&out, "\xC3\xBC\xE2\x82\xAC\xF0\x9F\x93\xA7\n\xC3\xBC", 12);
        assert_true(out.truncated);
        assert_true(out.size <= most);
        assert_true(text_is_printable(out.text, out.size));
        buffer_release(&out);
    }
}

/* The copy outlives what it was made from, and is as bounded as any other text. */
static void test_printable_copy(void **state)
{
    enum { LONG = 70000 };
    struct arena memory = {0};
    char *large = memory_new(LONG, 1);
    char small[] = "a\n\xC3\xBC";
    const char *copy = text_printable(&memory, small, strlen(small));

    (void)state;
    memset(small, 'x', strlen(small));
    assert_string_equal(copy, "a\\x0a\xC3\xBC");
    assert_string_equal(text_printable(&memory, "", 0), "");
    memset(large, 'a', LONG);
    assert_int_equal(strlen(text_printable(&memory, large, LONG)), 65536);
    free(large);
    arena_release(&memory);
}

static void test_columns(void **state)
{
    static const struct {
        const char *text;
        size_t columns;
    } cases[] = {
        {"", 0},
        {"plain", 5},
        {"Gr\xC3\xBC\xC3\x9F", 4},
        {"u\xCC\x88", 1},                                        /* u and a combining diaeresis */
        {"\xE3\x83\xA1\xE3\x83\xBC\xE3\x83\xAB", 6},             /* katakana */
        {"\xED\x95\x9C", 2},                                     /* Hangul */
        {"\xF0\x9F\x93\xA7", 2},                                 /* emoji */
        {"\xEF\xBC\xA1", 2},                                     /* fullwidth A */
        {"\xD7\xA9\xD6\xBC\xD6\xB8\xD7\x9C\xD7\x95\xD7\x9D", 4}, /* Hebrew with points */
        {"\xE2\x9A\xA0", 1},                                     /* warning sign, narrow */
        {"\xFF", 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(text_columns(cases[i].text, strlen(cases[i].text)), cases[i].columns);
}

/* Only ASCII is a letter, a digit, or folds, whatever the locale: the Kelvin sign does not. */
static void test_fold(void **state)
{
    (void)state;
    for (int character = 0; character < 256; character++) {
        char lower = text_lower((char)character);

        assert_int_equal(text_is_digit((char)character), character >= '0' && character <= '9');
        assert_int_equal(text_is_letter((char)character), lower >= 'a' && lower <= 'z');
        if (character >= 'A' && character <= 'Z')
            assert_int_equal(lower, (char)(character + 32));
        else
            assert_int_equal(lower, (char)character);
    }
    assert_true(text_equal_fold("Mail.CONTOSO.com", "mail.contoso.COM"));
    assert_false(text_equal_fold("mail", "mails"));
    assert_false(text_equal_fold("@", "`"));
    assert_false(text_equal_fold("\xC4\xB0", "i"));
    assert_true(text_equal_fold_sized("ABx", 2, "aby", 2));
    assert_false(text_equal_fold_sized("a\0b", 3, "a\0c", 3));
    assert_true(text_equal_fold_sized("", 0, "x", 0));
    assert_true(text_starts_fold("V=SPF1 -all", 11, "v=spf1"));
    assert_false(text_starts_fold("v=spf", 5, "v=spf1"));
    assert_true(text_starts_fold("", 0, ""));
}

/* FNV-1a as published: machines of different kinds must agree on their shards of an audit. */
static void test_hash(void **state)
{
    (void)state;
    assert_true(text_hash("") == 0xCBF29CE484222325u);
    assert_true(text_hash("a") == 0xAF63DC4C8601EC8Cu);
    assert_true(text_hash("foobar") == 0x85944171F73967E8u);
}

/* A letter left out, too many, wrong, two that changed places; and what has nothing in common. */
static void likeness_finds_what_was_meant(void **state)
{
    (void)state;
    assert_true(text_likeness("sever", "server") > text_likeness("sever", "severity"));
    assert_true(text_likeness("domian", "domain") > text_likeness("domian", "dns"));
    assert_true(text_likeness("repotr", "report") > 0);
    assert_int_equal(text_likeness("", "server"), 0);
    assert_int_equal(text_likeness("ns", "spf"), 0);
    assert_int_equal(text_likeness("xerver", "server"), 4);
    assert_int_equal(text_likeness("mialbox", "mailbox"), 5);
    assert_int_equal(text_likeness("mialbxo", "mailbox"), 3);
    assert_int_equal(text_likeness("servers", "server"), 5);
    assert_int_equal(text_likeness("auth", "authenticate"), 0);
    assert_int_equal(text_likeness("aa", "aa"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(likeness_finds_what_was_meant),
        cmocka_unit_test(test_every_code_point_round_trips),
        cmocka_unit_test(test_what_is_not_utf8),
        cmocka_unit_test(test_utf8_anywhere),
        cmocka_unit_test(test_next),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_show),
        cmocka_unit_test(test_invisible),
        cmocka_unit_test(test_show_into_a_full_buffer),
        cmocka_unit_test(test_printable_copy),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_hash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
