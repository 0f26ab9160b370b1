#include "diag/read/ldif.h"

#include "diag/read/base64.h"
#include "diag/read/utf16.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD = 3, PIECE = 16 * 1024 };

enum encoding { UNKNOWN, BYTES, WIDE };

struct ldif {
    ldif_take *take;
    void *context;
    enum encoding encoding;
    struct utf16 utf16;
    bool is_begun;   /* UTF-16: a mark is no mark any more */
    char head[HEAD]; /* until there are enough bytes to know the encoding */
    size_t head_size;
    struct buffer wide;    /* a piece of UTF-16 as UTF-8 */
    struct buffer text;    /* of the entry: its lines put together, each with LF at its end */
    struct buffer decoded; /* base64 */
    size_t line;           /* where the last line in `text` begins, which has no end yet */
    bool is_overlong;      /* the entry: its lines are dropped up to the next one */
    struct ldif_value *values;
    size_t room;
    struct ldif_account account;
};

/* ---- one line of an entry ---- */

enum form { TEXT, BASE64, URL };

struct line {
    char *attribute; /* ended by NUL, as the value is */
    char *value;
    size_t value_size;
    enum form form;
};

static bool is_attribute(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!text_is_letter(text[i]) && !text_is_digit(text[i]) && !memchr("-.;=_*", text[i], 6))
            return false;
    }
    return size > 0;
}

/* "attribute: value", "attribute:: base64", "attribute:< URL". `text` is ended by NUL. */
static bool split_line(char *text, size_t size, struct line *out)
{
    char *colon = memchr(text, ':', size), *end = text + size;

    if (!colon || !is_attribute(text, (size_t)(colon - text)) || memchr(text, '\0', size))
        return false;
    out->attribute = text;
    out->form = colon[1] == ':' ? BASE64 : colon[1] == '<' ? URL : TEXT;
    *colon = '\0';
    for (colon += 1 + (out->form != TEXT); *colon == ' '; colon++)
        ;
    while (out->form == BASE64 && end > colon && end[-1] == ' ')
        end--;
    out->value = colon;
    out->value_size = (size_t)(end - colon);
    return true;
}

/* In its own place, which has room: what it stands for is shorter. */
static bool decode(struct ldif *reader, struct line *line)
{
    if (line->form != BASE64)
        return true;
    buffer_clear(&reader->decoded);
    if (base64_decode(line->value, line->value_size, &reader->decoded) != STATUS_OK)
        return false;
    line->value_size = reader->decoded.size;
    memcpy(line->value, reader->decoded.text, line->value_size + 1);
    return true;
}

/* ---- one entry ---- */

struct record {
    const char *dn;
    size_t count;
    bool is_change; /* and adds nothing */
    bool is_known;  /* something that ldapsearch prints besides entries, or a version */
    bool is_damaged;
};

/* "result: 4 Size limit exceeded" */
static void read_result(struct ldif *reader, const char *text)
{
    int result = 0;

    for (size_t i = 0; i < 5 && text_is_digit(text[i]); i++)
        result = result * 10 + (text[i] - '0');
    if (text_is_digit(*text))
        reader->account.result = result;
}

/* A line before the name of an entry, or without one. */
static bool read_outside(struct ldif *reader, struct record *record, const struct line *line)
{
    static const char *const words[] = {"version", "search", "result",   "ref",
                                        "control", "text",   "matchedDN"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!text_equal_fold(line->attribute, words[i]))
            continue;
        record->is_known = true;
        reader->account.references += text_equal_fold(words[i], "ref");
        if (text_equal_fold(words[i], "result"))
            read_result(reader, line->value);
        return true;
    }
    return false;
}

static bool read_name(struct record *record, const struct line *line)
{
    record->dn = line->value;
    return line->form != URL && strlen(line->value) == line->value_size &&
           text_is_utf8(line->value, line->value_size);
}

static bool keep_value(struct ldif *reader, struct record *record, const struct line *line)
{
    if (line->form == URL)
        return true;
    if (record->count == LDIF_VALUES_MOST)
        return false;
    reader->values =
        memory_grow(reader->values, &reader->room, record->count, sizeof *reader->values);
    reader->values[record->count++] =
        (struct ldif_value){line->attribute, line->value, line->value_size};
    return true;
}

static bool read_line(struct ldif *reader, struct record *record, char *text, size_t size)
{
    struct line line;

    if (*text == '#' || record->is_change)
        return true;
    if (!split_line(text, size, &line) || !decode(reader, &line))
        return false;
    if (text_equal_fold(line.attribute, "dn"))
        return !record->dn && read_name(record, &line);
    if (!record->dn)
        return read_outside(reader, record, &line);
    if (record->count == 0 && text_equal_fold(line.attribute, "control"))
        return true;
    if (record->count == 0 && text_equal_fold(line.attribute, "changetype")) {
        record->is_change = !text_equal_fold(line.value, "add");
        return true;
    }
    return keep_value(reader, record, &line);
}

static void tell(struct ldif *reader, const struct record *record)
{
    struct ldif_entry entry = {record->dn, reader->values, record->count};

    if (record->is_damaged) {
        reader->account.damaged++;
    } else if (record->is_change) {
        reader->account.changes++;
    } else if (record->dn) {
        reader->account.entries++;
        reader->take(reader->context, &entry);
    }
}

/* All lines of one are there. */
static void end_entry(struct ldif *reader)
{
    char *text = reader->text.text, *end = text + reader->text.size;
    struct record record = {.is_damaged = reader->is_overlong};

    while (text < end && !record.is_damaged) {
        char *line_end = memchr(text, '\n', (size_t)(end - text));

        if (!line_end)
            line_end = end;
        *line_end = '\0';
        record.is_damaged = !read_line(reader, &record, text, (size_t)(line_end - text));
        text = line_end + 1;
    }
    tell(reader, &record);
    buffer_clear(&reader->text);
    reader->line = 0;
    reader->is_overlong = false;
}

/* ---- lines ---- */

/* The line that begins at `line` goes on the one before: without the LF there, and its space. */
static void join(struct ldif *reader)
{
    struct buffer *text = &reader->text;

    memmove(text->text + reader->line - 1, text->text + reader->line + 1,
            text->size - reader->line); /* with the NUL */
    text->size -= 2;
}

/* The last line in `text` is whole; its LF stands behind it. */
static void end_line(struct ldif *reader)
{
    struct buffer *text = &reader->text;
    size_t size = text->size - reader->line - 1;

    if (size > 0 && text->text[text->size - 2] == '\r') {
        text->text[--text->size - 1] = '\n';
        text->text[text->size] = '\0';
        size--;
    }
    if (size == 0) {
        text->size = reader->line;
        end_entry(reader);
    } else if (reader->is_overlong) {
        buffer_clear(text);
        reader->line = 0;
    } else {
        if (text->text[reader->line] == ' ' && reader->line > 0)
            join(reader);
        reader->line = text->size;
    }
}

/*
 * Puts a part of a line behind what there is of it. What does not fit makes the entry too long:
 * of its lines only as much is kept as tells whether they are empty.
 */
static void add(struct ldif *reader, const char *bytes, size_t size)
{
    struct buffer *text = &reader->text;

    if (size + 2 > text->most - text->size) {
        reader->is_overlong = true;
        text->text[0] = text->size > reader->line ? text->text[reader->line] : *bytes;
        text->text[1] = '\0';
        text->size = 1;
        reader->line = 0;
        size = size > 1 ? 1 : 0;
    }
    buffer_add(text, bytes, size);
}

static void feed_text(struct ldif *reader, const char *bytes, size_t size)
{
    while (size > 0) {
        const char *end = memchr(bytes, '\n', size);
        size_t part = end ? (size_t)(end - bytes) : size;

        if (part > 0)
            add(reader, bytes, part);
        if (end) {
            buffer_add_char(&reader->text, '\n');
            end_line(reader);
        }
        part += end != NULL;
        bytes += part;
        size -= part;
    }
}

/* ---- encodings ---- */

/* By the mark, or by the zero byte that one of the first two letters has. */
static void find_encoding(struct ldif *reader)
{
    const char *head = reader->head;
    bool has_zero = head[0] == '\0' || head[1] == '\0';

    reader->encoding = has_zero || utf16_begins(head, 2, &reader->utf16) ? WIDE : BYTES;
    if (has_zero)
        reader->utf16 = (struct utf16){.is_big_endian = head[0] == '\0'};
}

static void feed_wide(struct ldif *reader, const char *bytes, size_t size)
{
    while (size > 0) {
        size_t piece = size < PIECE ? size : PIECE, mark = 0;

        buffer_clear(&reader->wide);
        utf16_to_utf8(&reader->utf16, bytes, piece, &reader->wide);
        if (!reader->is_begun && reader->wide.size >= 3 &&
            memcmp(reader->wide.text, "\xef\xbb\xbf", 3) == 0)
            mark = 3;
        reader->is_begun = reader->is_begun || reader->wide.size > 0;
        feed_text(reader, reader->wide.text + mark, reader->wide.size - mark);
        bytes += piece;
        size -= piece;
    }
}

static void feed_head(struct ldif *reader)
{
    const char *head = reader->head;
    size_t size = reader->head_size, mark = 0;

    reader->head_size = 0;
    if (size >= 2)
        find_encoding(reader);
    if (reader->encoding == WIDE) {
        feed_wide(reader, head, size);
        return;
    }
    reader->encoding = BYTES;
    if (size == HEAD && memcmp(head, "\xef\xbb\xbf", HEAD) == 0)
        mark = HEAD;
    feed_text(reader, head + mark, size - mark);
}

/* ---- the whole ---- */

struct ldif *ldif_new(ldif_take *take, void *context)
{
    struct ldif *reader = memory_new(1, sizeof *reader);

    reader->take = take;
    reader->context = context;
    reader->account.result = -1;
    buffer_init(&reader->wide, 2 * (size_t)PIECE);
    buffer_init(&reader->text, LDIF_ENTRY_MOST);
    buffer_init(&reader->decoded, LDIF_ENTRY_MOST);
    return reader;
}

void ldif_feed(struct ldif *reader, const char *bytes, size_t size)
{
    while (reader->encoding == UNKNOWN && size > 0) {
        reader->head[reader->head_size++] = *bytes++;
        size--;
        if (reader->head_size == HEAD)
            feed_head(reader);
    }
    if (size == 0)
        return;
    if (reader->encoding == WIDE)
        feed_wide(reader, bytes, size);
    else
        feed_text(reader, bytes, size);
}

void ldif_end(struct ldif *reader, struct ldif_account *account)
{
    if (reader->encoding == UNKNOWN)
        feed_head(reader);
    if (reader->text.size > reader->line || reader->utf16.has_byte || reader->utf16.high)
        reader->account.cut_off = true;
    else if (reader->text.size > 0 || reader->is_overlong)
        end_entry(reader);
    *account = reader->account;
    buffer_release(&reader->wide);
    buffer_release(&reader->text);
    buffer_release(&reader->decoded);
    free(reader->values);
    free(reader);
}

/* ---- recognising ---- */

/* Comments, continued by lines that begin with a space, may come first. */
bool ldif_is(const char *text, size_t size)
{
    const char *end = text + size, *value;

    while (text < end && memchr("# \r\n", *text, 4)) {
        text = memchr(text, '\n', (size_t)(end - text));
        if (!text)
            return false;
        text++;
    }
    if (!text_starts_fold(text, (size_t)(end - text), "version:"))
        return text_starts_fold(text, (size_t)(end - text), "dn:");
    for (value = text + 8; value < end && *value == ' '; value++)
        ;
    return value < end && *value == '1';
}
