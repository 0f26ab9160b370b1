#include "diag/read/http_head.h"

#include "diag/read/instant.h"
#include "diag/text.h"

#include <string.h>

enum { CODE_DIGITS = 3, HEX_DIGITS = 8, NUMBER_DIGITS = 10, WORD_LEAST = 8, WORD_MOST = 64 };

static const int64_t number_most = INT64_C(1) << 53, wait_most = INT64_C(86400) * 1000000;

static bool is_space(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

static struct http_text trimmed(const char *bytes, size_t size)
{
    for (; size > 0 && is_space(*bytes); size--)
        bytes++;
    while (size > 0 && is_space(bytes[size - 1]))
        size--;
    return (struct http_text){bytes, size};
}

/* The line at `*at`, without its end; `*at` goes to the next. */
static struct http_text take_line(const char *bytes, size_t size, size_t *at)
{
    const char *line = bytes + *at, *stop = memchr(line, '\n', size - *at);
    size_t line_size = stop ? (size_t)(stop - line) : size - *at;

    *at += line_size + (stop ? 1 : 0);
    return (struct http_text){line, line_size};
}

/* ---- the status line and the fields ---- */

/* "HTTP/1.1 ": libcurl gives the line of any version as the server wrote it. */
static size_t version_size(const char *line, size_t size)
{
    static const char name[] = "HTTP/";
    size_t at = sizeof name - 1;

    if (size < at || memcmp(line, name, at) != 0)
        return 0;
    while (at < size && (text_is_digit(line[at]) || line[at] == '.'))
        at++;
    return at > sizeof name - 1 && at < size && line[at] == ' ' ? at + 1 : 0;
}

/* Three digits from 100 to 599 and no fourth; 0 for anything else. */
static unsigned read_code(const char *text, size_t size)
{
    unsigned code = 0;

    if (size < CODE_DIGITS || (size > CODE_DIGITS && !is_space(text[CODE_DIGITS])))
        return 0;
    for (size_t i = 0; i < CODE_DIGITS; i++) {
        if (!text_is_digit(text[i]))
            return 0;
        code = code * 10 + (unsigned)(text[i] - '0');
    }
    return code >= 100 && code <= 599 ? code : 0;
}

enum status http_head_code(const char *head, size_t size, unsigned *code, struct http_text *phrase)
{
    size_t next = 0;
    struct http_text line = take_line(head, size, &next);
    size_t at = version_size(line.bytes, line.size);

    *code = at > 0 ? read_code(line.bytes + at, line.size - at) : 0;
    *phrase = (struct http_text){head, 0};
    if (*code == 0)
        return STATUS_MALFORMED;
    at += CODE_DIGITS;
    *phrase = trimmed(line.bytes + at, line.size - at);
    return STATUS_OK;
}

bool http_head_next(const char *head, size_t size, const char *name, size_t *at,
                    struct http_text *value)
{
    size_t name_size = strlen(name);

    while (*at < size) {
        struct http_text line = take_line(head, size, at);

        if (line.size <= name_size || line.bytes[name_size] != ':' ||
            !text_equal_fold_sized(line.bytes, name_size, name, name_size))
            continue;
        *value = trimmed(line.bytes + name_size + 1, line.size - name_size - 1);
        return true;
    }
    return false;
}

/* ---- challenges ---- */

static bool is_token(char character)
{
    return text_is_letter(character) || text_is_digit(character) ||
           (character != '\0' && strchr("!#$%&'*+-.^_`|~", character));
}

static bool is_token68(char character)
{
    return text_is_letter(character) || text_is_digit(character) ||
           (character != '\0' && strchr("-._~+/", character));
}

static size_t skip_spaces(struct http_text value, size_t at)
{
    while (at < value.size && is_space(value.bytes[at]))
        at++;
    return at;
}

static size_t skip_token(struct http_text value, size_t at)
{
    while (at < value.size && is_token(value.bytes[at]))
        at++;
    return at;
}

static bool is_end(struct http_text value, size_t at)
{
    return at == value.size || value.bytes[at] == ',';
}

/* Past a quoted string that begins at `at`; 0 if it does not end. */
static size_t skip_quoted(struct http_text value, size_t at)
{
    for (at++; at < value.size; at++) {
        if (value.bytes[at] == '"')
            return at + 1;
        if (value.bytes[at] == '\\')
            at++;
    }
    return 0;
}

/* Past "name=value" that begins at `at`; 0 if it is none. */
static size_t skip_parameter(struct http_text value, size_t at)
{
    size_t name = skip_token(value, at), next = skip_spaces(value, name);

    if (name == at || next == value.size || value.bytes[next] != '=')
        return 0;
    at = skip_spaces(value, next + 1);
    if (at < value.size && value.bytes[at] == '"')
        return skip_quoted(value, at);
    return skip_token(value, at);
}

/* Past all parameters from `at` on; of what is none, nothing. */
static size_t skip_parameters(struct http_text value, size_t at)
{
    size_t end = at;

    while (at < value.size) {
        size_t next = skip_parameter(value, at);

        if (next == 0 || !is_end(value, skip_spaces(value, next)))
            return end;
        end = next;
        at = skip_spaces(value, next);
        while (at < value.size && (value.bytes[at] == ',' || is_space(value.bytes[at])))
            at++;
    }
    return end;
}

bool http_next_challenge(struct http_text value, size_t *at, struct http_challenge *challenge)
{
    size_t scheme = *at, end, next;

    while (scheme < value.size && (value.bytes[scheme] == ',' || is_space(value.bytes[scheme])))
        scheme++;
    end = skip_token(value, scheme);
    *at = value.size;
    if (end == scheme || (!is_end(value, end) && !is_space(value.bytes[end])))
        return false;
    *challenge = (struct http_challenge){.scheme = {value.bytes + scheme, end - scheme},
                                         .token = {value.bytes + end, 0},
                                         .parameters = {value.bytes + end, 0}};
    next = end = skip_spaces(value, end);
    while (end < value.size && is_token68(value.bytes[end]))
        end++;
    while (end < value.size && value.bytes[end] == '=')
        end++;
    if (is_end(value, skip_spaces(value, end))) {
        challenge->token = (struct http_text){value.bytes + next, end - next};
    } else {
        end = skip_parameters(value, next);
        challenge->parameters = (struct http_text){value.bytes + next, end - next};
    }
    end = skip_spaces(value, end);
    if (is_end(value, end))
        *at = end;
    else if (challenge->parameters.size > 0)
        *at = end; /* behind its comma the next challenge begins */
    return true;
}

/* ---- numbers and times ---- */

enum status http_number(struct http_text value, int64_t *number)
{
    *number = 0;
    if (value.size == 0)
        return STATUS_MALFORMED;
    for (size_t i = 0; i < value.size; i++) {
        if (!text_is_digit(value.bytes[i]))
            return STATUS_MALFORMED;
    }
    for (size_t i = 0; i < value.size; i++) {
        *number = *number * 10 + (value.bytes[i] - '0');
        if (*number > number_most) {
            *number = 0;
            return STATUS_TOO_LARGE;
        }
    }
    return STATUS_OK;
}

enum status http_retry_after(struct http_text value, int64_t now, int64_t *wait)
{
    int64_t seconds, then;
    enum status status = http_number(value, &seconds);

    *wait = 0;
    if (status == STATUS_OK && seconds <= wait_most / 1000000)
        *wait = seconds * 1000000;
    else if (status != STATUS_MALFORMED)
        return STATUS_TOO_LARGE;
    else if (instant_from_http_date(value.bytes, value.size, now, &then) != STATUS_OK)
        return STATUS_MALFORMED;
    else if (then > now && then - now > wait_most)
        return STATUS_TOO_LARGE;
    else if (then > now)
        *wait = then - now;
    return STATUS_OK;
}

/* ---- codes in a body ---- */

static bool is_hex(char character)
{
    return text_is_digit(character) ||
           (text_lower(character) >= 'a' && text_lower(character) <= 'f');
}

static size_t count_digits(const char *text, size_t size)
{
    size_t count = 0;

    while (count < size && text_is_digit(text[count]))
        count++;
    return count;
}

/* "0x80070021" */
static size_t windows_code(const char *text, size_t size)
{
    size_t end = 2;

    if (size < 2 + HEX_DIGITS || text[0] != '0' || text_lower(text[1]) != 'x')
        return 0;
    while (end < size && is_hex(text[end]))
        end++;
    return end == 2 + HEX_DIGITS ? end : 0;
}

/* "500.19" of IIS; no part of an address or a version. */
static size_t iis_code(const char *text, size_t size)
{
    size_t whole = count_digits(text, size), part, end;

    if (whole != CODE_DIGITS || (text[0] != '4' && text[0] != '5') || size <= whole ||
        text[whole] != '.')
        return 0;
    part = count_digits(text + whole + 1, size - whole - 1);
    end = whole + 1 + part;
    if (part == 0 || part > CODE_DIGITS)
        return 0;
    return end + 1 < size && text[end] == '.' && text_is_digit(text[end + 1]) ? 0 : end;
}

/* "ErrorAccessDenied" */
static size_t exchange_code(const char *text, size_t size)
{
    static const char name[] = "Error";
    size_t end = sizeof name - 1;

    if (size <= end || memcmp(text, name, end) != 0 || text[end] < 'A' || text[end] > 'Z')
        return 0;
    while (end < size && text_is_letter(text[end]))
        end++;
    return end >= WORD_LEAST && end <= WORD_MOST && !(end < size && text_is_digit(text[end])) ? end
                                                                                              : 0;
}

/* Code="2150858770"; what it is is the number. */
static size_t management_code(const char *text, size_t size, size_t *start)
{
    static const char name[] = "Code=\"";
    size_t digits;

    *start = sizeof name - 1;
    if (size <= *start || memcmp(text, name, *start) != 0)
        return 0;
    digits = count_digits(text + *start, size - *start);
    if (digits == 0 || digits > NUMBER_DIGITS || size <= *start + digits ||
        text[*start + digits] != '"')
        return 0;
    return digits;
}

static size_t code_at(const char *text, size_t size, size_t *start)
{
    size_t found = management_code(text, size, start);

    if (found > 0)
        return found;
    *start = 0;
    found = windows_code(text, size);
    if (found == 0)
        found = iis_code(text, size);
    return found > 0 ? found : exchange_code(text, size);
}

static bool is_within_word(const char *body, size_t at)
{
    return at > 0 && (text_is_letter(body[at - 1]) || text_is_digit(body[at - 1]) ||
                      body[at - 1] == '.' || body[at - 1] == '_');
}

bool http_next_code(const char *body, size_t size, size_t *at, struct http_text *code)
{
    for (; *at < size; (*at)++) {
        size_t start, found;

        if (is_within_word(body, *at))
            continue;
        found = code_at(body + *at, size - *at, &start);
        if (found > 0) {
            *code = (struct http_text){body + *at + start, found};
            *at += start + found;
            return true;
        }
    }
    return false;
}
