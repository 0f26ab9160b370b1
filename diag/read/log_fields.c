#include "diag/read/log_fields.h"

#include "diag/text.h"

#include <stdint.h>
#include <string.h>

/* Takes the quotation marks off a field, in its own place; gives where it ends. */
static char *unquote(char *field, char *end, char separator)
{
    bool is_quoted = true;
    char *from = field + 1, *to = field;

    for (; from < end && (is_quoted || *from != separator); from++) {
        if (is_quoted && *from == '"' && (from + 1 == end || from[1] != '"')) {
            is_quoted = false;
            continue;
        }
        from += is_quoted && *from == '"';
        *to++ = *from;
    }
    *to = '\0';
    return from;
}

/* Ends a field with NUL; gives where the next one begins, or NULL. */
static char *take_field(char *field, char *end, char separator)
{
    char *at;

    if (field < end && *field == '"') {
        at = unquote(field, end, separator);
    } else {
        at = memchr(field, separator, (size_t)(end - field));
        if (at)
            *at = '\0';
    }
    return at && at < end ? at + 1 : NULL;
}

void log_fields_split(struct log_fields *fields, const char *line, char separator)
{
    char *field, *end;

    if (!fields->text.text)
        buffer_init(&fields->text, LOG_LINE_MOST);
    buffer_clear(&fields->text);
    buffer_add_string(&fields->text, line);
    fields->count = 0;
    field = fields->text.text;
    end = field + fields->text.size;
    while (field && fields->count < LOG_FIELDS_MOST) {
        fields->list[fields->count++] = field;
        field = take_field(field, end, separator);
    }
}

const char *log_field(const struct log_fields *fields, size_t index)
{
    return index < fields->count ? fields->list[index] : "";
}

void log_columns(const struct log_fields *header, const char *const *names, size_t *columns)
{
    for (size_t i = 0; names[i]; i++) {
        columns[i] = SIZE_MAX;
        for (size_t j = header->count; j-- > 0;) {
            const char *name = header->list[j] + strspn(header->list[j], " ");

            if (text_equal_fold(name, names[i]))
                columns[i] = j;
        }
    }
}
