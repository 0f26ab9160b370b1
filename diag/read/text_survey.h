/* How text is encoded, and how many lines it has. Fuzz target: tests/fuzz/file_type.c. */
#ifndef EXDIAG_READ_TEXT_SURVEY_H
#define EXDIAG_READ_TEXT_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(NAME, "word") */
#define TEXT_ENCODING_LIST(X)                                                                      \
    X(BINARY, "binary")                                                                            \
    X(ASCII, "ascii")                                                                              \
    X(UTF8, "utf-8")                                                                               \
    X(UTF16LE, "utf-16le")                                                                         \
    X(UTF16BE, "utf-16be")                                                                         \
    X(CODE_PAGE, "code-page")

enum text_encoding {
#define X(name, word) TEXT_ENCODING_##name,
    TEXT_ENCODING_LIST(X)
#undef X
        TEXT_ENCODING_COUNT
};

const char *text_encoding_word(enum text_encoding encoding);
enum text_encoding text_encoding_from_word(const char *word); /* TEXT_ENCODING_BINARY if none */

/*
 * Counts lines in all of a file, piece by piece. A line ends with LF; a CR before
 * it belongs to the end, not to the line. Binary files have no lines.
 *
 * What the beginning made of the encoding is corrected on the way: ASCII becomes UTF-8
 * with the first character outside ASCII, and either becomes a code page with the
 * first byte that is not UTF-8.
 */
struct text_survey {
    enum text_encoding encoding;
    uint64_t lines;        /* line ends, plus a last line without one */
    uint64_t longest_line; /* bytes, without its end */

    /* in between */
    uint64_t line;         /* bytes since the last line end, CR included */
    bool after_return;     /* the byte before (UTF-16: the unit before) was CR */
    unsigned char left[4]; /* the beginning of a character that the next piece completes */
    size_t left_size;
};

void text_survey_begin(struct text_survey *survey, enum text_encoding encoding);
void text_survey_add(struct text_survey *survey, const unsigned char *bytes, size_t size);
void text_survey_end(struct text_survey *survey);

#endif
