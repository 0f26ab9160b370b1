#include "tests/unit/unit.h"

#include "diag/read/utf16.h"

#include <stdlib.h>
#include <string.h>

/* From memory of its own, so that a sanitizer sees what is beyond. */
static void feed(struct utf16 *utf16, const char *bytes, size_t size, struct buffer *out)
{
    char *copy = malloc(size);

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    utf16_to_utf8(utf16, copy, size, out);
    free(copy);
}

static void expect(const char *bytes, size_t size, size_t piece, const char *wanted)
{
    struct utf16 utf16;
    struct buffer out;

    buffer_init(&out, 100);
    assert_true(utf16_begins(bytes, size, &utf16));
    for (size_t at = 0; at < size; at += piece)
        feed(&utf16, bytes + at, piece < size - at ? piece : size - at, &out);
    assert_string_equal(out.text, wanted);
    buffer_release(&out);
}

#define EXPECT(bytes, wanted)                                                                      \
    do {                                                                                           \
        for (size_t piece = 1; piece < sizeof bytes; piece++)                                      \
            expect(bytes, sizeof bytes - 1, piece, wanted);                                        \
    } while (0)

/* However the bytes are cut into pieces; the mark itself becomes that of UTF-8. */
static void both_byte_orders_are_read(void **state)
{
    (void)state;
    EXPECT("\xFF\xFE"
           "a\0.\0\xFC\0\n\0",
           "\xEF\xBB\xBF"
           "a.\xC3\xBC\n");
    EXPECT("\xFE\xFF"
           "\0a\0.\0\xFC\0\n",
           "\xEF\xBB\xBF"
           "a.\xC3\xBC\n");
}

/* Halves of two characters, taken together, would be ASCII. */
static void pieces_may_end_within_a_character(void **state)
{
    (void)state;
    EXPECT("\xFF\xFE\0\x41\0\x42\0\x43", "\xEF\xBB\xBF\xE4\x84\x80\xE4\x88\x80\xE4\x8C\x80");
}

/* More of it than is taken at a time, and none of it after that. */
static void long_ascii_is_read(void **state)
{
    struct utf16 utf16 = {.is_big_endian = false};
    struct buffer out;
    char bytes[1203];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = i % 2 ? '\0' : (char)('a' + i / 2 % 26);
    bytes[1200] = '\x80';
    buffer_init(&out, 1000);
    utf16_to_utf8(&utf16, bytes, sizeof bytes, &out);
    assert_int_equal(out.size, 602);
    for (size_t i = 0; i < 600; i++)
        assert_int_equal(out.text[i], 'a' + i % 26);
    assert_string_equal(out.text + 600, "\xC2\x80");
    assert_true(utf16.has_byte);
    buffer_release(&out);
}

/* One character that is none of it, anywhere among the others; and what has eight bits beside it.
 */
static void any_place_may_be_wide(void **state)
{
    static const char wides[][2] = {"\x80\0", "\0\1", "\0\x80"};
    static const char *const wanted[] = {"\xC2\x80", "\xC4\x80", "\xE8\x80\x80"};

    (void)state;
    for (size_t size = 1; size <= 14; size++) {
        for (size_t at = 0; at < size; at++) {
            for (size_t i = 0; i < 3 * 2; i++) {
                char bytes[2 + 2 * 14] = "\xFF\xFE", text[64] = "\xEF\xBB\xBF";
                bool is_big = i % 2;

                for (size_t j = 0; j < size; j++) {
                    const char *unit = j == at ? wides[i / 2] : "a";

                    bytes[2 + 2 * j + is_big] = unit[0];
                    bytes[2 + 2 * j + !is_big] = unit[1];
                    strcat(text, j == at ? wanted[i / 2] : "a");
                }
                if (is_big)
                    memcpy(bytes, "\xFE\xFF", 2);
                expect(bytes, 2 + 2 * size, 2 + 2 * size, text);
            }
        }
    }
}

static void surrogates_are_one_character(void **state)
{
    (void)state;
    EXPECT("\xFF\xFE\x3D\xD8\x00\xDE", "\xEF\xBB\xBF\xF0\x9F\x98\x80");
    EXPECT("\xFF\xFE\x3D\xD8"
           "a\0",
           "\xEF\xBB\xBF\xEF\xBF\xBD"
           "a");
    EXPECT("\xFF\xFE\x00\xDE"
           "a\0",
           "\xEF\xBB\xBF\xEF\xBF\xBD"
           "a");
}

static void other_texts_are_left_alone(void **state)
{
    struct utf16 utf16;

    (void)state;
    assert_false(utf16_begins("contoso.com", 11, &utf16));
    assert_false(utf16_begins("\xEF\xBB\xBF"
                              "a",
                              4, &utf16));
    assert_false(utf16_begins("\xFF", 1, &utf16));
    assert_false(utf16_begins("", 0, &utf16));
}

/* By the mark, or else by the first character, which is of ASCII. */
static void markup_needs_no_mark(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        int is_wide, is_big;
    } cases[] = {{"\xFF\xFE", 2, 1, 0}, {"\xFE\xFF", 2, 1, 1}, {"<\0", 2, 1, 0}, {"\0<", 2, 1, 1},
                 {"<a", 2, 0, 0},       {"\0\0<", 3, 0, 0},    {"<", 1, 0, 0},   {"\0", 1, 0, 0},
                 {"", 0, 0, 0},         {"\xEF\xBB", 2, 0, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct utf16 utf16;

        assert_int_equal(utf16_begins_markup(cases[i].bytes, cases[i].size, &utf16),
                         cases[i].is_wide);
        if (cases[i].is_wide)
            assert_int_equal(utf16.is_big_endian, cases[i].is_big);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markup_needs_no_mark),
        cmocka_unit_test(both_byte_orders_are_read),
        cmocka_unit_test(pieces_may_end_within_a_character),
        cmocka_unit_test(long_ascii_is_read),
        cmocka_unit_test(any_place_may_be_wide),
        cmocka_unit_test(surrogates_are_one_character),
        cmocka_unit_test(other_texts_are_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
