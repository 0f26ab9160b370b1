/* Counting the lines of text piece by piece. */
#include "diag/read/text_survey.h"
#include "tests/unit/unit.h"

#include <string.h>

#define BYTES(literal) literal, sizeof(literal) - 1

/* Words are a contract: both ways, for every encoding. */
static void test_words(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TEXT_ENCODING_COUNT; i++)
        assert_int_equal(text_encoding_from_word(text_encoding_word((enum text_encoding)i)), i);
    assert_int_equal(text_encoding_from_word("no such encoding"), TEXT_ENCODING_BINARY);
    assert_string_equal(text_encoding_word(TEXT_ENCODING_UTF16LE), "utf-16le");
}

static const struct {
    const char *bytes;
    size_t size;
    enum text_encoding before;
    enum text_encoding after;
    unsigned lines;
    unsigned longest;
} surveys[] = {
    {BYTES(""), TEXT_ENCODING_ASCII, TEXT_ENCODING_ASCII, 0, 0},
    {BYTES("\n"), TEXT_ENCODING_ASCII, TEXT_ENCODING_ASCII, 1, 0},
    {BYTES("one\ntwo\n"), TEXT_ENCODING_ASCII, TEXT_ENCODING_ASCII, 2, 3},
    {BYTES("one\r\nseven\r\n\r\n"), TEXT_ENCODING_ASCII, TEXT_ENCODING_ASCII, 3, 5},
    {BYTES("a\n\nlast"), TEXT_ENCODING_ASCII, TEXT_ENCODING_ASCII, 3, 4},
    {BYTES("r\rs\r\n"), TEXT_ENCODING_ASCII, TEXT_ENCODING_ASCII, 1, 3},
    {BYTES("\xc5\x99\n\xe2\x82\xac"), TEXT_ENCODING_ASCII, TEXT_ENCODING_UTF8, 2, 3},
    {BYTES("\xf0\x9f\x93\xa7 mail\n"), TEXT_ENCODING_ASCII, TEXT_ENCODING_UTF8, 1, 9},
    {BYTES("\xc5\x99\n\xf8\xed"), TEXT_ENCODING_UTF8, TEXT_ENCODING_CODE_PAGE, 2, 2},
    {BYTES("end \xe2\x82"), TEXT_ENCODING_UTF8, TEXT_ENCODING_CODE_PAGE, 1, 6},
    {BYTES("\xf8\n\xc5\x99"), TEXT_ENCODING_CODE_PAGE, TEXT_ENCODING_CODE_PAGE, 2, 2},
    {BYTES("a\0\r\0\n\0b\0c\0"), TEXT_ENCODING_UTF16LE, TEXT_ENCODING_UTF16LE, 2, 4},
    {BYTES("\0a\0\r\0\n\0b\0c\0"), TEXT_ENCODING_UTF16BE, TEXT_ENCODING_UTF16BE, 2, 5},
    {BYTES("\x0a\x04\x0a\x04"), TEXT_ENCODING_UTF16LE, TEXT_ENCODING_UTF16LE, 1, 4},
    {BYTES("a\nb\0\n"), TEXT_ENCODING_BINARY, TEXT_ENCODING_BINARY, 0, 0},
};

/* Lines and encoding are the same however the file is cut into pieces. */
static void test_survey(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof surveys / sizeof *surveys; i++) {
        for (size_t piece = 1; piece <= 20; piece++) {
            struct text_survey survey;

            text_survey_begin(&survey, surveys[i].before);
            for (size_t at = 0; at < surveys[i].size; at += piece) {
                size_t left = surveys[i].size - at;

                text_survey_add(&survey, (const unsigned char *)surveys[i].bytes + at,
                                left < piece ? left : piece);
            }
            text_survey_end(&survey);
            if (survey.lines != surveys[i].lines || survey.longest_line != surveys[i].longest ||
                survey.encoding != surveys[i].after)
                fail_msg("survey %zu in pieces of %zu: %u lines, longest %u, %s", i, piece,
                         (unsigned)survey.lines, (unsigned)survey.longest_line,
                         text_encoding_word(survey.encoding));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_survey),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
