#include "diag/read/environment_text.h"

#include "diag/text.h"

#include <string.h>

enum { NAME_MOST = 255 };

static bool is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

/* Letters, digits and what stands in "ProgramFiles(x86)". */
static size_t name_size(const char *line, size_t size)
{
    size_t at = 0;

    while (at < size && (text_is_letter(line[at]) || text_is_digit(line[at]) ||
                         (line[at] && strchr("_().-#", line[at]))))
        at++;
    return at;
}

/* Windows PowerShell ends what it cuts off with three dots, later ones with one character. */
static bool is_cut_off(const char *value, size_t size)
{
    return size >= 3 && (memcmp(value + size - 3, "...", 3) == 0 ||
                         memcmp(value + size - 3, "\xE2\x80\xA6", 3) == 0);
}

bool environment_text_line(const char *line, size_t size, struct environment_variable *out)
{
    size_t name = name_size(line, size), at = name;
    bool is_table;

    while (at < size && is_blank(line[at]))
        at++;
    is_table = at > name;
    if (name == 0 || name > NAME_MOST || at == size || (!is_table && line[at] != '='))
        return false;
    at += !is_table;
    while (at < size && is_blank(line[at]))
        at++;
    while (size > at && is_blank(line[size - 1]))
        size--;
    if (is_table && is_cut_off(line + at, size - at))
        at = size;
    *out = (struct environment_variable){line, name, line + at, size - at};
    return true;
}

static bool is_named(const struct environment_variable *variable, const char *name)
{
    return text_equal_fold_sized(variable->name, variable->name_size, name, strlen(name));
}

static bool ends_with(const struct environment_variable *variable, const char *end)
{
    size_t size = strlen(end);

    return variable->value_size > size &&
           text_equal_fold_sized(variable->value + variable->value_size - size, size, end, size);
}

bool environment_text_is(const char *head, size_t size)
{
    bool has_shell = false, has_root = false;

    while (size > 0) {
        const char *end = memchr(head, '\n', size);
        size_t line = end ? (size_t)(end - head) : size;
        struct environment_variable variable;

        if (environment_text_line(head, line, &variable)) {
            has_shell =
                has_shell || (is_named(&variable, "ComSpec") && ends_with(&variable, "\\cmd.exe"));
            has_root = has_root || (is_named(&variable, "SystemRoot") && variable.value_size > 0);
        }
        head += end ? line + 1 : line;
        size -= end ? line + 1 : line;
    }
    return has_shell && has_root;
}
