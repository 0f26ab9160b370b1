#include "diag/read/text_survey.h"

#include "diag/text.h"

#include <string.h>

static const char *const encodings[TEXT_ENCODING_COUNT] = {
#define X(name, word) [TEXT_ENCODING_##name] = word,
    TEXT_ENCODING_LIST(X)
#undef X
};

const char *text_encoding_word(enum text_encoding encoding)
{
    return encodings[encoding < TEXT_ENCODING_COUNT ? encoding : TEXT_ENCODING_BINARY];
}

enum text_encoding text_encoding_from_word(const char *word)
{
    for (unsigned i = 0; i < TEXT_ENCODING_COUNT; i++) {
        if (strcmp(encodings[i], word) == 0)
            return (enum text_encoding)i;
    }
    return TEXT_ENCODING_BINARY;
}

void text_survey_begin(struct text_survey *survey, enum text_encoding encoding)
{
    memset(survey, 0, sizeof *survey);
    survey->encoding = encoding;
}

static void end_line(struct text_survey *survey, unsigned unit_size)
{
    if (survey->after_return)
        survey->line -= unit_size;
    if (survey->line > survey->longest_line)
        survey->longest_line = survey->line;
    survey->lines++;
    survey->line = 0;
    survey->after_return = false;
}

static void count_lines(struct text_survey *survey, const unsigned char *bytes, size_t size)
{
    const unsigned char *end = bytes + size;

    while (bytes < end) {
        const unsigned char *feed = memchr(bytes, '\n', (size_t)(end - bytes));
        const unsigned char *stop = feed ? feed : end;

        if (stop > bytes)
            survey->after_return = stop[-1] == '\r';
        survey->line += (uint64_t)(stop - bytes);
        if (!feed)
            return;
        end_line(survey, 1);
        bytes = feed + 1;
    }
}

static void count_unit(struct text_survey *survey, unsigned unit)
{
    if (unit == '\n') {
        end_line(survey, 2);
        return;
    }
    survey->line += 2;
    survey->after_return = unit == '\r';
}

static void count_wide_lines(struct text_survey *survey, const unsigned char *bytes, size_t size)
{
    unsigned low = survey->encoding == TEXT_ENCODING_UTF16BE;

    for (size_t i = 0; i < size; i++) {
        survey->left[survey->left_size++] = bytes[i];
        if (survey->left_size == 2) {
            count_unit(survey, (unsigned)survey->left[1 - low] << 8 | survey->left[low]);
            survey->left_size = 0;
        }
    }
}

/* How many bytes at the beginning are ASCII, eight at a time. */
static size_t ascii_run(const unsigned char *bytes, size_t size)
{
    size_t i = 0;

    for (; size - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
        uint64_t eight;

        memcpy(&eight, bytes + i, sizeof eight);
        if (eight & 0x8080808080808080u)
            break;
    }
    while (i < size && bytes[i] < 0x80)
        i++;
    return i;
}

/* Bytes of the character that this byte begins; 0 if it begins none. */
static size_t utf8_size(unsigned char first)
{
    return first >= 0xf0 && first < 0xf8   ? 4
           : first >= 0xe0 && first < 0xf0 ? 3
           : first >= 0xc2 && first < 0xe0 ? 2
                                           : 0;
}

static size_t complete_character(struct text_survey *survey, const unsigned char *bytes,
                                 size_t size)
{
    size_t wanted = utf8_size(survey->left[0]), used = 0;
    uint32_t code_point;

    while (used < size && survey->left_size < wanted)
        survey->left[survey->left_size++] = bytes[used++];
    if (survey->left_size < wanted)
        return used;
    survey->encoding = text_decode((const char *)survey->left, wanted, &code_point)
                           ? TEXT_ENCODING_UTF8
                           : TEXT_ENCODING_CODE_PAGE;
    survey->left_size = 0;
    return used;
}

static void check_utf8(struct text_survey *survey, const unsigned char *bytes, size_t size)
{
    size_t i = survey->left_size ? complete_character(survey, bytes, size) : 0;

    for (;;) {
        uint32_t code_point;
        size_t used;

        i += ascii_run(bytes + i, size - i);
        if (i == size || survey->encoding == TEXT_ENCODING_CODE_PAGE)
            return;
        used = text_decode((const char *)bytes + i, size - i, &code_point);
        if (used == 0 && size - i < utf8_size(bytes[i])) {
            survey->left_size = size - i;
            memcpy(survey->left, bytes + i, survey->left_size);
            return;
        }
        survey->encoding = used ? TEXT_ENCODING_UTF8 : TEXT_ENCODING_CODE_PAGE;
        i += used;
    }
}

void text_survey_add(struct text_survey *survey, const unsigned char *bytes, size_t size)
{
    switch (survey->encoding) {
    case TEXT_ENCODING_UTF16LE:
    case TEXT_ENCODING_UTF16BE:
        count_wide_lines(survey, bytes, size);
        return;
    case TEXT_ENCODING_ASCII:
    case TEXT_ENCODING_UTF8:
        check_utf8(survey, bytes, size);
        count_lines(survey, bytes, size);
        return;
    case TEXT_ENCODING_CODE_PAGE:
        count_lines(survey, bytes, size);
        return;
    default:
        return;
    }
}

void text_survey_end(struct text_survey *survey)
{
    bool wide =
        survey->encoding == TEXT_ENCODING_UTF16LE || survey->encoding == TEXT_ENCODING_UTF16BE;

    if (wide)
        survey->line += survey->left_size;
    else if (survey->left_size)
        survey->encoding = TEXT_ENCODING_CODE_PAGE;
    survey->left_size = 0;
    survey->after_return = false;
    if (survey->line)
        end_line(survey, 0);
}
