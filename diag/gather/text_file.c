#include "diag/gather/text_file.h"

#include "diag/platform.h"
#include "diag/read/utf16.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE_SIZE = 64 * 1024, ZEROS_MOST = 4 * 1024 * 1024 };

struct text_file {
    FILE *file;
    enum file_type type;
    bool is_wide;
    struct utf16 utf16;
    struct buffer text; /* of a wide piece */
    size_t from, size;  /* of what is read and not given yet */
    char piece[PIECE_SIZE];
};

static size_t mark_size(const char *bytes, size_t size)
{
    if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        return 3;
    if (size >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0))
        return 2;
    return 0;
}

static enum file_type type_of_head(const struct text_file *text, size_t from,
                                   enum text_encoding *encoding)
{
    size_t size = text->size - from;

    return file_type_of((const unsigned char *)text->piece + from,
                        size < FILE_TYPE_HEAD ? size : FILE_TYPE_HEAD, encoding);
}

static size_t count_zeros(const char *bytes, size_t size)
{
    size_t count = 0;

    while (count < size && bytes[count] == 0)
        count++;
    return count;
}

/*
 * A system that went down leaves zeros at the head of a log: `text` begins behind them, where that
 * is what they are, and else as before.
 */
static void skip_zeros(struct text_file *text, enum text_encoding *encoding)
{
    enum text_encoding behind;
    size_t skipped = 0, zeros;

    while ((zeros = count_zeros(text->piece, text->size)) == PIECE_SIZE && skipped < ZEROS_MOST) {
        skipped += zeros;
        text->size = fread(text->piece, 1, PIECE_SIZE, text->file);
    }
    zeros &= ~(size_t)1; /* of UTF-16 whole characters */
    if (zeros < text->size && type_of_head(text, zeros, &behind) == FILE_TYPE_MAILSTORE_LOG) {
        text->type = FILE_TYPE_MAILSTORE_LOG;
        text->from = zeros;
        *encoding = behind;
        return;
    }
    rewind(text->file);
    text->size = fread(text->piece, 1, PIECE_SIZE, text->file);
}

struct text_file *text_file_new(FILE *file)
{
    struct text_file *text = memory_new(1, sizeof *text);
    enum text_encoding encoding;

    rewind(file);
    text->file = file;
    text->size = fread(text->piece, 1, PIECE_SIZE, file);
    text->from = mark_size(text->piece, text->size);
    text->type = type_of_head(text, 0, &encoding);
    if (text->type == FILE_TYPE_UNKNOWN && count_zeros(text->piece, text->size) > 0)
        skip_zeros(text, &encoding);
    text->is_wide = encoding == TEXT_ENCODING_UTF16LE || encoding == TEXT_ENCODING_UTF16BE;
    text->utf16.is_big_endian = encoding == TEXT_ENCODING_UTF16BE;
    buffer_init(&text->text, 4 * (size_t)PIECE_SIZE);
    return text;
}

void text_file_free(struct text_file *text)
{
    buffer_release(&text->text);
    free(text);
}

enum file_type text_file_type(const struct text_file *text)
{
    return text->type;
}

size_t text_file_next(struct text_file *text, const char **piece)
{
    while (text->from < text->size ||
           (text->size = fread(text->piece, 1, PIECE_SIZE, text->file)) > 0) {
        const char *bytes = text->piece + text->from;
        size_t size = text->size - text->from;

        text->from = text->size = 0;
        *piece = bytes;
        if (!text->is_wide)
            return size;
        buffer_clear(&text->text);
        utf16_to_utf8(&text->utf16, bytes, size, &text->text);
        *piece = text->text.text;
        if (text->text.size > 0)
            return text->text.size;
    }
    return 0;
}

enum status text_file_read_whole(const char *path, struct buffer *text)
{
    struct text_file *pieces;
    const char *piece;
    FILE *file;
    enum status status = platform_file_open(path, &file);
    size_t size;

    if (status != STATUS_OK)
        return status;
    pieces = text_file_new(file);
    while (!text->truncated && (size = text_file_next(pieces, &piece)) > 0)
        buffer_add(text, piece, size);
    text_file_free(pieces);
    if (ferror(file))
        status = STATUS_IO;
    else if (text->truncated)
        status = STATUS_TOO_LARGE;
    fclose(file);
    return status;
}
