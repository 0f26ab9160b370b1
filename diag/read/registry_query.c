#include "diag/read/registry_query.h"

#include "diag/text.h"

#include <string.h>

struct part {
    const char *text;
    size_t size;
};

static bool is_blank(char character)
{
    return character == ' ' || character == '\t';
}

static struct part trimmed(const char *text, size_t size)
{
    while (size > 0 && is_blank(*text)) {
        text++;
        size--;
    }
    while (size > 0 && (is_blank(text[size - 1]) || text[size - 1] == '\r'))
        size--;
    return (struct part){text, size};
}

static bool is_word(struct part part, const char *word)
{
    return part.size == strlen(word) && memcmp(part.text, word, part.size) == 0;
}

static bool is_key(const char *line, size_t size)
{
    return text_starts_fold(line, size, "HKEY_LOCAL_MACHINE\\");
}

/* Between columns stand four spaces, or in old versions a tab: names may have one space. */
static bool is_column(const char *line, size_t at)
{
    return at > 0 &&
           (line[at - 1] == '\t' || (at > 1 && line[at - 1] == ' ' && line[at - 2] == ' '));
}

struct row {
    struct part name, type, data;
};

/* False for a line that is no value. */
static bool split(const char *line, size_t size, struct row *out)
{
    enum { REG = 4 };

    if (size == 0 || !is_blank(line[0]))
        return false;
    for (size_t at = 1; at + REG < size; at++) {
        size_t end = at;

        if (memcmp(line + at, "REG_", REG) != 0 || !is_column(line, at))
            continue;
        while (end < size && !is_blank(line[end]) && line[end] != '\r')
            end++;
        *out = (struct row){trimmed(line, at), trimmed(line + at, end - at),
                            trimmed(line + end, size - end)};
        return out->name.size > 0;
    }
    return false;
}

bool registry_query_is_text(const char *head, size_t size)
{
    bool has_key = false;
    struct row row;

    while (size > 0) {
        const char *end = memchr(head, '\n', size);
        size_t used = end ? (size_t)(end - head) + 1 : size, line = end ? used - 1 : used;

        has_key = has_key || is_key(head, line);
        if (has_key && split(head, line, &row))
            return true;
        head += used;
        size -= used;
    }
    return false;
}

/* ---- lines of an export ---- */

static void add_quoted(struct part part, struct buffer *out)
{
    buffer_add(out, "\"", 1);
    for (size_t i = 0; i < part.size; i++) {
        if (part.text[i] == '"' || part.text[i] == '\\')
            buffer_add(out, "\\", 1);
        buffer_add(out, &part.text[i], 1);
    }
    buffer_add(out, "\"", 1);
}

/* "0x8": at most eight digits. */
static bool read_number(struct part data, uint32_t *out)
{
    static const char digits[] = "0123456789abcdef";
    enum { DIGITS_MOST = 8 };

    *out = 0;
    if (data.size < 3 || data.size > 2 + DIGITS_MOST ||
        !text_starts_fold(data.text, data.size, "0x"))
        return false;
    for (size_t i = 2; i < data.size; i++) {
        const char *digit = memchr(digits, text_lower(data.text[i]), sizeof digits - 1);

        if (!digit)
            return false;
        *out = *out << 4 | (uint32_t)(digit - digits);
    }
    return true;
}

/* Strings as hex of UTF-16, each with its end, and an end behind the last. */
struct hex_writer {
    struct buffer *out;
    bool has_unit;
};

static void add_unit(struct hex_writer *writer, uint32_t unit)
{
    buffer_print(writer->out, "%s%02x,%02x", writer->has_unit ? "," : "", (unsigned)unit & 0xFF,
                 (unsigned)unit >> 8);
    writer->has_unit = true;
}

static void add_character(struct hex_writer *writer, uint32_t code_point)
{
    if (code_point < 0x10000) {
        add_unit(writer, code_point);
        return;
    }
    add_unit(writer, 0xD800 + ((code_point - 0x10000) >> 10));
    add_unit(writer, 0xDC00 + (code_point & 0x3FF));
}

static void add_list(struct part data, struct buffer *out)
{
    static const char separator[] = "\\0";
    struct hex_writer writer = {out, false};
    size_t used;

    buffer_add_string(out, "hex(7):");
    for (size_t at = 0; at < data.size; at += used) {
        uint32_t code_point = 0;

        if (text_starts_fold(data.text + at, data.size - at, separator)) {
            used = sizeof separator - 1;
        } else if (!(used = text_decode(data.text + at, data.size - at, &code_point))) {
            used = 1;
            code_point = 0xFFFD;
        }
        add_character(&writer, code_point);
    }
    if (data.size > 0)
        add_unit(&writer, 0);
    add_unit(&writer, 0);
}

bool registry_query_line(const char *line, size_t size, struct buffer *out)
{
    struct part key = trimmed(line, size);
    struct row row;
    uint32_t number = 0;

    if (is_key(line, size)) {
        buffer_add(out, "[", 1);
        buffer_add(out, key.text, key.size);
        buffer_add(out, "]", 1);
        return true;
    }
    if (!split(line, size, &row))
        return false;
    if (is_word(row.type, "REG_DWORD") && !read_number(row.data, &number))
        return false;
    if (!is_word(row.type, "REG_SZ") && !is_word(row.type, "REG_MULTI_SZ") &&
        !is_word(row.type, "REG_DWORD"))
        return false;
    add_quoted(row.name, out);
    buffer_add(out, "=", 1);
    if (is_word(row.type, "REG_SZ"))
        add_quoted(row.data, out);
    else if (is_word(row.type, "REG_MULTI_SZ"))
        add_list(row.data, out);
    else
        buffer_print(out, "dword:%08x", (unsigned)number);
    return true;
}
