#include "diag/command/roff.h"

#include "diag/buffer.h"
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
static void add_literal(struct buffer *out, const char *text, size_t size)
{
    while (size > 0) {
        uint32_t code_point = (uint8_t)*text;
        size_t step = text_decode(text, size, &code_point);
        const char *escape = escape_of(*text);

        if (step > 1)
            buffer_print(out, "\\[u%04X]", (unsigned)code_point);
        else if (escape)
            buffer_add_string(out, escape);
        else
            buffer_add_char(out, *text);
        step += step == 0;
        text += step;
        size -= step;
    }
}

static void put_literal(FILE *stream, const char *text, size_t size)
{
    struct buffer escaped;

    buffer_init(&escaped, SIZE_MAX);
    add_literal(&escaped, text, size);
    fwrite(escaped.text, 1, escaped.size, stream);
    buffer_release(&escaped);
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

static void add_word(const struct roff *roff, struct buffer *out, const char *word, size_t size)
{
    bool typed = is_typed(roff, word, size);

    for (size_t i = 0; i < size; i += text_next(word + i, size - i)) {
        bool is_prose =
            (word[i] == '-' && !typed) || (word[i] == '\'' && is_between_letters(word, size, i));

        if (is_prose)
            buffer_add_char(out, word[i]);
        else
            add_literal(out, word + i, text_next(word + i, size - i));
    }
}

/* ---- prose ---- */

/* Behind what is on the source line, or on the next one. */
static void put_word(struct roff *roff, const struct buffer *word, size_t *column)
{
    if (*column > 0 && *column + word->size + 1 > SOURCE_COLUMNS) {
        putc('\n', roff->stream);
        *column = 0;
    }
    if (*column > 0)
        putc(' ', roff->stream);
    else if (*word->text == '.')
        fputs("\\&", roff->stream);
    fwrite(word->text, 1, word->size, roff->stream);
    *column += word->size + 1;
}

void roff_prose(struct roff *roff, const char *text)
{
    size_t column = 0;
    struct buffer word;

    buffer_init(&word, SIZE_MAX);
    while (*(text += strspn(text, " \n"))) {
        size_t size = strcspn(text, " \n");

        buffer_clear(&word);
        add_word(roff, &word, text, size);
        put_word(roff, &word, &column);
        text += size;
    }
    if (column > 0)
        putc('\n', roff->stream);
    buffer_release(&word);
    roff->behind_heading = false;
}

void roff_paragraph(struct roff *roff, const char *text)
{
    if (!roff->behind_heading)
        fputs(".PP\n", roff->stream);
    roff_prose(roff, text);
}

static void put_heading(struct roff *roff, const char *macro, const char *heading)
{
    fprintf(roff->stream, ".%s \"", macro);
    put_literal(roff->stream, heading, strlen(heading));
    fputs("\"\n", roff->stream);
    roff->behind_heading = true;
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

void roff_dense(struct roff *roff, bool is_dense)
{
    fputs(is_dense ? ".PD 0\n" : ".PD\n", roff->stream);
}

/* A paragraph of which a line is indented stands as it is. */
void roff_help(struct roff *roff, const char *text, struct arena *memory)
{
    while (*text) {
        const char *end = strstr(text, "\n\n");
        size_t size = end ? (size_t)(end - text) : strlen(text);
        const char *paragraph = arena_copy(memory, text, size);

        if (*paragraph == ' ' || strstr(paragraph, "\n ")) {
            fputs(".IP\n", roff->stream);
            roff_verbatim(roff, paragraph);
        } else {
            roff_more(roff, paragraph);
        }
        text += size + (end ? 2 : 0);
    }
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
