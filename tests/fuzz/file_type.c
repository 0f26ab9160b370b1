/* Any bytes have a type, and lines are counted alike however they are cut into pieces. */
#include "diag/read/file_type.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static struct text_survey survey_of(const unsigned char *bytes, size_t size, size_t piece,
                                    enum text_encoding encoding)
{
    struct text_survey survey;

    text_survey_begin(&survey, encoding);
    for (size_t at = 0; at < size; at += piece)
        text_survey_add(&survey, bytes + at, size - at < piece ? size - at : piece);
    text_survey_end(&survey);
    return survey;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* An allocation of exactly this size lets the sanitizer see every byte read beyond it. */
    unsigned char *bytes = malloc(size ? size : 1);
    enum text_encoding encoding;
    struct text_survey whole;
    enum file_type type;

    if (!bytes)
        return 0;
    if (size > 0)
        memcpy(bytes, data, size);
    type = file_type_of(bytes, size, &encoding);
    check(type < FILE_TYPE_COUNT && encoding < TEXT_ENCODING_COUNT);
    check((type == FILE_TYPE_EMPTY) == (size == 0));
    check(file_type_from_word(file_type_word(type)) == type);

    whole = survey_of(bytes, size, size + 1, encoding);
    check(whole.longest_line <= size && whole.lines <= size);
    check((encoding == TEXT_ENCODING_BINARY) == (whole.encoding == TEXT_ENCODING_BINARY));
    if (size < FILE_TYPE_HEAD)
        check(whole.encoding == encoding);
    for (size_t piece = 1; piece <= 5; piece++) {
        struct text_survey cut = survey_of(bytes, size, piece, encoding);

        check(cut.lines == whole.lines && cut.longest_line == whole.longest_line);
        check(cut.encoding == whole.encoding);
    }
    free(bytes);
    return 0;
}
