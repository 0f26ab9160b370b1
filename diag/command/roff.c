#include "diag/command/roff.h"

#include "diag/text.h"

#include <string.h>

enum { SOURCE_COLUMNS = 76 };

/* ---- characters ---- */

/* Characters that troff would take for something else, or print as another one. */
static const char *escape_of(char character)
{
    switch (character) {
    case '\\':
        return "\\e";
    case '"':
        return "\\(dq";
    case '\'':
        return "\\(aq";
    case '`':
        return "\\(ga";
    case '^':
        return "\\(ha";
    case '~':
        return "\\(ti";
    case '-':
        return "\\-";
    default:
        return NULL;
    }
}

/* Text as it is typed; what is not ASCII by its number. */
static void put_literal(FILE *stream, const char *text, size_t size)
{
    while (size > 0) {
        uint32_t code_point = (uint8_t)*text;
        size_t step = text_decode(text, size, &code_point);
        const char *escape = escape_of(*text);

        if (step > 1)
            fprintf(stream, "\\[u%04X]", (unsigned)code_point);
        else if (escape)
            fputs(escape, stream);
        else
            putc(*text, stream);
        step += step == 0;
        text += step;
        size -= step;
    }
}

/* ---- words ---- */

static bool is_between_letters(const char *word, size_t size, size_t at)
{
    return at > 0 && at + 1 < size && text_is_letter(word[at - 1]) && text_is_letter(word[at + 1]);
}

/* Without the marks around it: (--name), 'name', name: */
static void strip(const char **word, size_t *size)
{
    while (*size > 0 && strchr("('\"[", **word)) {
        (*word)++;
        (*size)--;
    }
    while (*size > 0 && strchr(")'\"],.;:?!", (*word)[*size - 1]))
        (*size)--;
}

static bool is_name(const struct roff *roff, const char *word, size_t size)
{
    for (size_t i = 0; i < roff->names.count; i++) {
        const char *name = roff->names.list[i].text;

        if (strlen(name) == size && memcmp(name, word, size) == 0)
            return true;
    }
    return false;
}

/* Its hyphens are minus signs. */
static bool is_typed(const struct roff *roff, const char *word, size_t size)
{
    strip(&word, &size);
    if (size > 0 && *word == '-')
        return true;
    for (size_t i = 0; i < size; i++) {
        if (memchr("=/._\\", word[i], 5))
            return true;
    }
    for (size_t i = 0; i < size; i++) {
        if (text_is_letter(word[i]) && word[i] == text_lower(word[i]))
            return is_name(roff, word, size);
    }
    return true;
}

static void put_word(const struct roff *roff, const char *word, size_t size)
{
    bool typed = is_typed(roff, word, size);

    for (size_t i = 0; i < size; i += text_next(word + i, size - i)) {
        bool is_prose =
            (word[i] == '-' && !typed) || (word[i] == '\'' && is_between_letters(word, size, i));

        if (is_prose)
            putc(word[i], roff->stream);
        else
            put_literal(roff->stream, word + i, text_next(word + i, size - i));
    }
}

/* ---- prose ---- */

void roff_prose(struct roff *roff, const char *text)
{
    size_t column = 0;

    while (*(text += strspn(text, " \n"))) {
        size_t size = strcspn(text, " \n");

        if (column > 0 && column + size + 1 > SOURCE_COLUMNS) {
            putc('\n', roff->stream);
            column = 0;
        }
        if (column > 0)
            putc(' ', roff->stream);
        else if (*text == '.' || *text == '\'')
            fputs("\\&", roff->stream);
        put_word(roff, text, size);
        column += size + 1;
        text += size;
    }
    if (column > 0)
        putc('\n', roff->stream);
}

void roff_paragraph(struct roff *roff, const char *text)
{
    fputs(".PP\n", roff->stream);
    roff_prose(roff, text);
}

static void put_heading(struct roff *roff, const char *macro, const char *heading)
{
    fprintf(roff->stream, ".%s \"", macro);
    put_literal(roff->stream, heading, strlen(heading));
    fputs("\"\n", roff->stream);
}

void roff_section(struct roff *roff, const char *heading)
{
    put_heading(roff, "SH", heading);
}

void roff_subsection(struct roff *roff, const char *heading)
{
    put_heading(roff, "SS", heading);
}

void roff_item(struct roff *roff, const char *tag, const char *value, const char *text)
{
    fputs(".TP\n\\fB", roff->stream);
    put_literal(roff->stream, tag, strlen(tag));
    fputs("\\fR", roff->stream);
    if (value) {
        fputs(" \\fI", roff->stream);
        put_literal(roff->stream, value, strlen(value));
        fputs("\\fR", roff->stream);
    }
    putc('\n', roff->stream);
    roff_prose(roff, text);
}

void roff_more(struct roff *roff, const char *text)
{
    fputs(".IP\n", roff->stream);
    roff_prose(roff, text);
}

void roff_verbatim(struct roff *roff, const char *text)
{
    fputs(".EX\n", roff->stream);
    while (*text) {
        size_t size = strcspn(text, "\n");

        if (*text == '.' || *text == '\'' || size == 0)
            fputs("\\&", roff->stream);
        put_literal(roff->stream, text, size);
        putc('\n', roff->stream);
        text += size + (text[size] == '\n');
    }
    fputs(".EE\n", roff->stream);
}

/* ---- usage ---- */

static bool is_placeholder(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text_is_letter(text[i]) && text[i] == text_lower(text[i]))
            return false;
    }
    return true;
}

static bool is_of_word(char character)
{
    return text_is_letter(character) || text_is_digit(character) || character == '-';
}

void roff_usage(struct roff *roff, const char *name, const char *usage)
{
    fprintf(roff->stream, "\\fBexdiag ");
    put_literal(roff->stream, name, strlen(name));
    fputs(*usage ? "\\fR " : "\\fR", roff->stream);
    while (*usage) {
        size_t size = 0;
        bool is_options = strncmp(usage, "options", 7) == 0;

        while (is_of_word(usage[size]))
            size++;
        if (size > 0 && !is_options)
            fputs(is_placeholder(usage, size) ? "\\fI" : "\\fB", roff->stream);
        put_literal(roff->stream, usage, size > 0 ? size : 1);
        if (size > 0 && !is_options)
            fputs("\\fR", roff->stream);
        usage += size > 0 ? size : 1;
    }
    putc('\n', roff->stream);
}
