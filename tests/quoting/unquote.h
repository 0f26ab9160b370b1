/*
 * Reads one quoted argument back, by the rules of each shell and with no code of
 * the quoting it checks. False unless `text` is exactly one argument in which
 * nothing but the argument's own bytes is left to interpret.
 */
#ifndef EXDIAG_TESTS_UNQUOTE_H
#define EXDIAG_TESTS_UNQUOTE_H

#include "diag/remedy.h"

#include <string.h>

/* Bytes of the PowerShell single quote at `at`: ' or U+2018 to U+201B; 0 if none is there. */
static size_t unquote_powershell_mark(const char *text, size_t size, size_t at)
{
    if (at < size && text[at] == '\'')
        return 1;
    if (size - at >= 3 && memcmp(text + at, "\xE2\x80", 2) == 0 &&
        strchr("\x98\x99\x9A\x9B", text[at + 2]) && text[at + 2] != '\0')
        return 3;
    return 0;
}

static bool unquote_powershell(const char *text, size_t size, struct buffer *out)
{
    size_t at = unquote_powershell_mark(text, size, 0);

    if (at == 0)
        return false;
    while (at < size) {
        size_t mark = unquote_powershell_mark(text, size, at);

        if (mark == 0) {
            buffer_add_char(out, text[at++]);
            continue;
        }
        at += mark;
        mark = unquote_powershell_mark(text, size, at);
        if (mark == 0)
            return at == size;
        buffer_add(out, text + at, mark);
        at += mark;
    }
    return false;
}

/* What is neither alive in sh, PowerShell nor cmd, bare or between ". */
static bool unquote_plain(const char *text, size_t size, struct buffer *out)
{
    const bool is_quoted = size > 2 && text[0] == '"' && text[size - 1] == '"';

    text += is_quoted;
    size -= is_quoted ? 2 : 0;
    for (size_t at = 0; at < size; at++) {
        const char byte = text[at];
        const bool is_word = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                             (byte >= 'A' && byte <= 'Z') || byte == '.' || byte == '_' ||
                             byte == '/' || (at > 0 && byte && strchr(":=@-", byte));
        const bool is_of_path = (byte && strchr(" ():=@-", byte)) ||
                                (byte == '\\' && at + 1 < size && text[at + 1] != '\\');

        if (!is_word && !(is_quoted && is_of_path))
            return false;
    }
    buffer_add(out, text, size);
    return size > 0;
}

static bool unquote_sh(const char *text, size_t size, struct buffer *out)
{
    bool quoted = false, any = false;

    if (unquote_plain(text, size, out))
        return true;

    for (size_t at = 0; at < size; at++) {
        if (text[at] == '\'') {
            quoted = !quoted;
            any = true;
        } else if (quoted) {
            buffer_add_char(out, text[at]);
        } else if (text[at] == '\\' && at + 1 < size && text[at + 1] == '\'') {
            buffer_add_char(out, text[++at]);
        } else {
            return false;
        }
    }
    return any && !quoted;
}

/* First what cmd itself sees, then how the C runtime splits a command line. */
static bool unquote_cmd(const char *text, size_t size, struct buffer *out)
{
    size_t at = 1;

    if (size < 2 || text[0] != '"' || memchr(text, '%', size) || memchr(text, '\n', size))
        return false;
    while (at < size) {
        size_t backslashes = 0;

        while (at < size && text[at] == '\\') {
            backslashes++;
            at++;
        }
        if (at < size && text[at] == '"') {
            for (size_t i = 0; i < backslashes / 2; i++)
                buffer_add_char(out, '\\');
            return backslashes % 2 == 0 && at + 1 == size;
        }
        for (size_t i = 0; i < backslashes; i++)
            buffer_add_char(out, '\\');
        if (at < size)
            buffer_add_char(out, text[at++]);
    }
    return false;
}

/* RFC 1035 5.1: one character, \X or \DDD at `*at`; -1 if broken. */
static int unquote_zone_unit(const char *text, size_t size, size_t *at, bool *escaped)
{
    int value = 0;

    *escaped = text[*at] == '\\';
    if (!*escaped)
        return (unsigned char)text[(*at)++];
    if (++*at == size)
        return -1;
    if (text[*at] < '0' || text[*at] > '9')
        return (unsigned char)text[(*at)++];
    for (int i = 0; i < 3; i++, (*at)++) {
        if (*at == size || text[*at] < '0' || text[*at] > '9')
            return -1;
        value = value * 10 + (text[*at] - '0');
    }
    return value < 256 ? value : -1;
}

static bool unquote_zone_strings(const char *text, size_t size, struct buffer *out)
{
    size_t at = 0;

    while (at < size && text[at] == '"') {
        size_t length = 0;

        for (at++; at < size && text[at] != '"'; length++) {
            bool escaped;
            int unit = (unsigned char)text[at] < ' ' || (unsigned char)text[at] > '~'
                           ? -1
                           : unquote_zone_unit(text, size, &at, &escaped);

            if (unit < 0)
                return false;
            buffer_add_char(out, (char)unit);
        }
        if (at == size || length > 255)
            return false;
        if (++at == size)
            return true;
        if (text[at++] != ' ')
            return false;
    }
    return false;
}

/* Gives the wire form of an absolute name. */
static bool unquote_zone_name(const char *text, size_t size, struct buffer *out)
{
    char label[63];
    size_t length = 0, at = 0;

    if (size == 1 && text[0] == '.') {
        buffer_add_char(out, '\0');
        return true;
    }
    while (at < size) {
        bool escaped;
        int unit = unquote_zone_unit(text, size, &at, &escaped);

        if (unit < 0 || (!escaped && (unit <= ' ' || unit > '~' || strchr("\"();@$", unit))))
            return false;
        if (unit == '.' && !escaped) {
            if (length == 0)
                return false;
            buffer_add_char(out, (char)length);
            buffer_add(out, label, length);
            length = 0;
        } else if (length == sizeof label) {
            return false;
        } else {
            label[length++] = (char)unit;
        }
    }
    buffer_add_char(out, '\0');
    return size > 0 && length == 0;
}

static bool unquote_manual(const char *text, size_t size, struct buffer *out)
{
    if (size < 2 || text[0] != '"' || text[size - 1] != '"' || memchr(text + 1, '"', size - 2))
        return false;
    buffer_add(out, text + 1, size - 2);
    return true;
}

static bool unquote(enum shell shell, enum value_type type, const char *text, size_t size,
                    struct buffer *out)
{
    switch (shell) {
    case SHELL_POWERSHELL:
    case SHELL_EMS:
        return unquote_powershell(text, size, out);
    case SHELL_CMD:
        return unquote_cmd(text, size, out);
    case SHELL_SH:
        return unquote_sh(text, size, out);
    case SHELL_DNS:
        return type == VALUE_NAME ? unquote_zone_name(text, size, out)
                                  : unquote_zone_strings(text, size, out);
    default:
        return unquote_manual(text, size, out);
    }
}

#endif
