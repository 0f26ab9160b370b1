#include "diag/read/csv.h"

#include "diag/text.h"

#include <stdint.h>
#include <string.h>

static bool is_end(char character)
{
    return character == '\r' || character == '\n';
}

/* Past a line and all ends of lines behind it. */
static void skip_line(struct csv *csv)
{
    while (csv->at < csv->end && !is_end(*csv->at))
        csv->at++;
    while (csv->at < csv->end && is_end(*csv->at))
        csv->at++;
}

/* What stands behind a quoted name, or within the first row. */
static char separator_of(const struct csv *csv)
{
    bool is_quoted = false;

    for (const char *at = csv->at; at < csv->end; at++) {
        if (*at == '"')
            is_quoted = !is_quoted;
        else if (!is_quoted && is_end(*at))
            break;
        else if (!is_quoted && (*at == ',' || *at == ';' || *at == '\t'))
            return *at;
    }
    return ',';
}

void csv_begin(struct csv *csv, const char *text, size_t size)
{
    *csv = (struct csv){text, text + size, ','};
    if (text_starts_fold(text, size, "\xEF\xBB\xBF"))
        csv->at += 3;
    while (csv->at < csv->end && is_end(*csv->at))
        csv->at++;
    if (text_starts_fold(csv->at, (size_t)(csv->end - csv->at), "#TYPE"))
        skip_line(csv);
    csv->separator = separator_of(csv);
}

/* As far as its last quote; a quote that is not closed goes on to the end of the text. */
static struct csv_field read_quoted(struct csv *csv)
{
    const char *begin = ++csv->at;
    struct csv_field field = {begin, 0, true};

    while (csv->at < csv->end) {
        if (*csv->at == '"') {
            if (csv->end - csv->at < 2 || csv->at[1] != '"')
                break;
            csv->at++;
        }
        csv->at++;
    }
    field.size = (size_t)(csv->at - begin);
    while (csv->at < csv->end && *csv->at != csv->separator && !is_end(*csv->at))
        csv->at++;
    return field;
}

static struct csv_field read_plain(struct csv *csv)
{
    const char *begin = csv->at;

    while (csv->at < csv->end && *csv->at != csv->separator && !is_end(*csv->at))
        csv->at++;
    return (struct csv_field){begin, (size_t)(csv->at - begin), false};
}

bool csv_next(struct csv *csv, struct csv_row *row)
{
    row->count = 0;
    while (csv->at < csv->end && is_end(*csv->at))
        csv->at++;
    if (csv->at == csv->end)
        return false;
    for (;;) {
        struct csv_field field = *csv->at == '"' ? read_quoted(csv) : read_plain(csv);

        if (row->count < CSV_FIELDS_MOST)
            row->fields[row->count++] = field;
        if (csv->at == csv->end || *csv->at != csv->separator)
            return true;
        if (++csv->at == csv->end)
            return true;
    }
}

size_t csv_column(const struct csv_row *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        const struct csv_field *field = &names->fields[i];

        if (text_equal_fold_sized(field->bytes, field->size, name, strlen(name)))
            return i;
    }
    return SIZE_MAX;
}

const char *csv_text(const struct csv_row *row, size_t column, struct arena *arena)
{
    struct csv_field field = column < row->count ? row->fields[column] : (struct csv_field){0};
    size_t size = 0;
    char *text;

    while (field.size > 0 && (*field.bytes == ' ' || *field.bytes == '\t')) {
        field.bytes++;
        field.size--;
    }
    while (field.size > 0 &&
           (field.bytes[field.size - 1] == ' ' || field.bytes[field.size - 1] == '\t'))
        field.size--;
    text = arena_copy(arena, field.size ? field.bytes : "", field.size);
    for (size_t i = 0; i < field.size; i++) {
        text[size++] = text[i];
        i += field.is_quoted && text[i] == '"';
    }
    text[size] = '\0';
    return text;
}
