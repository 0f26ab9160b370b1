#include "diag/report/markdown_write.h"

#include "diag/text.h"

#include <stdbool.h>
#include <string.h>

size_t markdown_longest_row(const char *text, size_t size)
{
    size_t longest = 0, row = 0;

    for (size_t i = 0; i < size; i++) {
        row = text[i] == '`' ? row + 1 : 0;
        longest = row > longest ? row : longest;
    }
    return longest;
}

static void put_ticks(FILE *stream, size_t count)
{
    while (count-- > 0)
        fputc('`', stream);
}

/* ---- code ---- */

static bool is_blank(char character)
{
    return (unsigned char)character <= ' ';
}

/* One space is taken away at each end where both have one, unless there is nothing else. */
static bool needs_padding(const char *text, size_t size)
{
    bool is_all_blank = true;

    for (size_t i = 0; i < size; i++)
        is_all_blank = is_all_blank && is_blank(text[i]);
    return !is_all_blank && (text[0] == '`' || text[size - 1] == '`' ||
                             (is_blank(text[0]) && is_blank(text[size - 1])));
}

void markdown_put_code(FILE *stream, const char *text, size_t size)
{
    size_t ticks = markdown_longest_row(text, size) + 1;
    bool is_padded;

    if (size == 0)
        return;
    is_padded = needs_padding(text, size);
    put_ticks(stream, ticks);
    if (is_padded)
        fputc(' ', stream);
    for (size_t i = 0; i < size; i++)
        fputc(is_blank(text[i]) ? ' ' : text[i], stream);
    if (is_padded)
        fputc(' ', stream);
    put_ticks(stream, ticks);
}

void markdown_put_fence(FILE *stream, unsigned indent, size_t row, const char *language)
{
    enum { FENCE_LEAST = 3 };

    fprintf(stream, "%*s", (int)indent, "");
    put_ticks(stream, row < FENCE_LEAST ? FENCE_LEAST : row + 1);
    fprintf(stream, "%s\n", language);
}

void markdown_put_block(FILE *stream, unsigned indent, const char *language, const char *text)
{
    size_t row = markdown_longest_row(text, strlen(text));

    markdown_put_fence(stream, indent, row, language);
    for (const char *at = text; *at;) {
        size_t line = strcspn(at, "\n");

        if (line > 0)
            fprintf(stream, "%*s", (int)indent, "");
        fwrite(at, 1, line, stream);
        fputc('\n', stream);
        at += line + (at[line] == '\n');
    }
    markdown_put_fence(stream, indent, row, "");
}

/* ---- prose ---- */

/* Of ASCII; beyond it there are letters, and what text_show() left can be seen. */
static bool is_plain(char character)
{
    return (unsigned char)character >= 0x80 || text_is_letter(character) ||
           text_is_digit(character) || strchr(".,;:()'\"-/+=?", character);
}

static bool is_name_like(const char *word, size_t size)
{
    for (size_t i = 1; i + 1 < size; i++) {
        bool is_between = word[i] == '.' && !strchr(".,;:()'\"-/+=?", word[i - 1]);

        if (is_between && (text_is_letter(word[i + 1]) || (unsigned char)word[i + 1] >= 0x80))
            return true;
    }
    return false;
}

/* ":smile:", "2001:db8::1" */
static size_t count_colons(const char *word, size_t size)
{
    size_t count = 0;

    for (size_t i = 0; i < size; i++)
        count += word[i] == ':';
    return count;
}

static bool is_of_number(char character)
{
    return text_is_letter(character) || text_is_digit(character) ||
           (unsigned char)character >= 0x80;
}

/* A hash of a commit, by its looks. */
static bool is_hash(const char *text, size_t size)
{
    enum { HASH_LEAST = 7 };
    bool has_digit = false;

    for (size_t i = 0; i < size; i++) {
        if (!text_is_digit(text[i]) && !(text_lower(text[i]) >= 'a' && text_lower(text[i]) <= 'f'))
            return false;
        has_digit = has_digit || text_is_digit(text[i]);
    }
    return size >= HASH_LEAST && has_digit;
}

/* "(deadbeef1)," and "main/deadbeef1": a tracker finds it between whatever it does not know. */
static bool has_hash(const char *word, size_t size)
{
    for (size_t at = 0, end; at < size; at = end + 1) {
        for (end = at; end < size && is_of_number(word[end]);)
            end++;
        if (is_hash(word + at, end - at))
            return true;
    }
    return false;
}

/* "gh-", behind nothing that would make it another word: GitHub takes that in either case. */
static bool ends_with_gh(const char *word, size_t size)
{
    return size >= 2 && text_starts_fold(word + size - 2, 2, "gh") &&
           (size == 2 || !is_of_number(word[size - 3]));
}

/* "PROJ-123", and so in "x-PROJ-123": an issue of Jira. */
static bool has_issue(const char *word, size_t size)
{
    bool has_key = false;

    for (size_t i = 0; i + 1 < size; i++) {
        if (word[i] == '-' && (has_key || ends_with_gh(word, i)) && text_is_digit(word[i + 1]))
            return true;
        if (word[i] >= 'A' && word[i] <= 'Z')
            has_key = true;
        else if (!text_is_digit(word[i]))
            has_key = false;
    }
    return false;
}

static bool may_act(const char *word, size_t size)
{
    bool is_mark = size > 0 && strchr("-+=", word[0]);

    for (size_t i = 0; i < size; i++) {
        if (!is_plain(word[i]))
            return true;
        is_mark = is_mark && strchr("-+=", word[i]);
    }
    return is_mark || is_name_like(word, size) || count_colons(word, size) > 1 ||
           (size > 0 && strstr(word, "://") && strstr(word, "://") < word + size) ||
           has_hash(word, size) || has_issue(word, size);
}

/* "(": what stands before a word, and ",": behind it, is no part of the code. */
static void put_word(FILE *stream, const char *word, size_t size)
{
    size_t from = 0, to = size;

    if (!may_act(word, size)) {
        fwrite(word, 1, size, stream);
        return;
    }
    while (from < to && strchr("(\"'", word[from]))
        from++;
    while (to > from && strchr(".,;:)\"'?", word[to - 1]))
        to--;
    if (from == to) {
        from = 0;
        to = size;
    }
    fwrite(word, 1, from, stream);
    markdown_put_code(stream, word + from, to - from);
    fwrite(word + to, 1, size - to, stream);
}

/* A first word that begins a list, whatever stands before it on the line, is "1." or "a)". */
static bool is_number_of_list(const char *word, size_t size)
{
    return size > 1 && strchr(".)", word[size - 1]) && text_is_digit(word[0]);
}

void markdown_put_words(FILE *stream, const char *text)
{
    bool is_first = true;

    while (*text) {
        size_t blank = 0, size = 0;

        while (text[blank] && is_blank(text[blank]))
            blank++;
        while (text[blank + size] && !is_blank(text[blank + size]))
            size++;
        if (blank > 0 && !is_first && size > 0)
            fputc(' ', stream);
        if (is_first && is_number_of_list(text + blank, size))
            markdown_put_code(stream, text + blank, size);
        else
            put_word(stream, text + blank, size);
        is_first = is_first && size == 0;
        text += blank + size;
    }
}
