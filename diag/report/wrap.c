#include "diag/report/wrap.h"

#include "diag/text.h"

#include <string.h>

/* Marks that take no columns can pile up on a word; it is written when it has this many bytes. */
enum { WORD_LONG = 4096, WORD_MOST = WORD_LONG + 64 };

void wrap_init(struct wrap *wrap, FILE *stream, size_t columns)
{
    memset(wrap, 0, sizeof *wrap);
    wrap->stream = stream;
    wrap->columns = columns;
    buffer_init(&wrap->word, WORD_MOST);
}

void wrap_release(struct wrap *wrap)
{
    buffer_release(&wrap->word);
}

static void break_line(struct wrap *wrap)
{
    fputc('\n', wrap->stream);
    wrap->column = 0;
    wrap->gap = wrap->indent;
}

static void put(struct wrap *wrap, const char *text, size_t size, size_t columns)
{
    for (; wrap->gap > 0; wrap->gap--, wrap->column++)
        fputc(' ', wrap->stream);
    fwrite(text, 1, size, wrap->stream);
    wrap->column += columns;
    wrap->written = true;
}

/* On the next line, if it does not fit on this one and would begin further left there. */
static void place(struct wrap *wrap, const char *text, size_t size, size_t columns)
{
    size_t start = wrap->column + wrap->gap;

    if (columns > 0 && start + columns > wrap->columns && start > wrap->indent)
        break_line(wrap);
    put(wrap, text, size, columns);
}

static void place_word(struct wrap *wrap)
{
    if (!wrap->word.size)
        return;
    place(wrap, wrap->word.text, wrap->word.size, wrap->word_columns);
    buffer_clear(&wrap->word);
    wrap->word_columns = 0;
}

void wrap_indent(struct wrap *wrap, size_t column)
{
    wrap->indent = column;
}

void wrap_to(struct wrap *wrap, size_t column)
{
    place_word(wrap);
    wrap->gap = column > wrap->column ? column - wrap->column : wrap->column > 0;
}

static void add_character(struct wrap *wrap, const char *bytes, size_t size)
{
    size_t columns = text_columns(bytes, size);

    if (columns > 1 || wrap->word_columns + columns > wrap->columns - wrap->indent ||
        wrap->word.size > WORD_LONG)
        place_word(wrap);
    buffer_add(&wrap->word, bytes, size);
    wrap->word_columns += columns;
    if (columns > 1)
        place_word(wrap);
}

void wrap_words(struct wrap *wrap, const char *text)
{
    size_t size = strlen(text), taken;

    for (; size > 0; text += taken, size -= taken) {
        taken = text_next(text, size);
        if (*text == '\n') {
            place_word(wrap);
            break_line(wrap);
        } else if (*text == ' ') {
            place_word(wrap);
            if (wrap->gap == 0)
                wrap->gap = 1;
        } else {
            add_character(wrap, text, taken);
        }
    }
}

void wrap_unbroken(struct wrap *wrap, const char *text)
{
    size_t size = strlen(text);

    place_word(wrap);
    place(wrap, text, size, text_columns(text, size));
}

void wrap_verbatim(struct wrap *wrap, const char *text, size_t size)
{
    place_word(wrap);
    if (size > 0)
        put(wrap, text, size, text_columns(text, size));
}

void wrap_escape(struct wrap *wrap, const char *escape)
{
    buffer_add_string(&wrap->word, escape);
}

void wrap_end(struct wrap *wrap)
{
    place_word(wrap);
    if (wrap->column > 0)
        fputc('\n', wrap->stream);
    wrap->column = 0;
    wrap->gap = 0;
}

void wrap_line(struct wrap *wrap)
{
    place_word(wrap);
    fputc('\n', wrap->stream);
    wrap->column = 0;
    wrap->gap = 0;
}

void wrap_free_line(struct wrap *wrap)
{
    wrap_end(wrap);
    if (wrap->written)
        fputc('\n', wrap->stream);
    wrap->written = false;
}
