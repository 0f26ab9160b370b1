#include "diag/read/mailstore_line.h"

#include "diag/text.h"

#include <string.h>

enum { HEAD = 14, THREAD_DIGITS = 9, LEVEL_MOST = 16 }; /* "HH:MM:SS.mmm [" */

static const uint64_t HIGH_BITS = 0x8080808080808080u;

/* ---- how a line begins ---- */

static uint64_t eight_bytes(const char *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof word);
    return word;
}

/*
 * Eight bytes at once: a digit where `pattern` has 0, and what it has where it has anything else.
 * Against the pattern a digit becomes 0 to 9, which 0x76 more does not bring to the high bit.
 */
static bool fits(const char *bytes, const char *pattern, const char *fixed)
{
    uint64_t word = eight_bytes(bytes) ^ eight_bytes(pattern);

    return ((word | (word + 0x7676767676767676u)) & HIGH_BITS) == 0 &&
           (word & eight_bytes(fixed)) == 0;
}

static bool has_head(const char *line, size_t size)
{
    return size >= HEAD + 4 && fits(line, "00:00:00", "\0\0\xff\0\0\xff\0\0") &&
           fits(line + 7, "0.000 [0", "\0\xff\0\0\0\xff\xff\0");
}

static uint32_t pair(const char *digits)
{
    return (uint32_t)(digits[0] - '0') * 10 + (uint32_t)(digits[1] - '0');
}

/* False for an hour, minute or second that is none. */
static bool read_time(const char *line, uint32_t *out)
{
    uint32_t hour = pair(line), minute = pair(line + 3), second = pair(line + 6);

    *out = ((hour * 60 + minute) * 60 + second) * 1000 + (uint32_t)(line[9] - '0') * 100 +
           pair(line + 10);
    return hour < 24 && minute < 60 && second < 61;
}

static bool is_level(const char *level, size_t size, const char *const *levels)
{
    for (; *levels; levels++) {
        if (text_equal_fold_sized(*levels, strlen(*levels), level, size))
            return true;
    }
    return false;
}

static bool is_capital(const char *level, size_t size)
{
    while (size > 0 && level[size - 1] >= 'A' && level[size - 1] <= 'Z')
        size--;
    return size == 0;
}

/* Behind the thread: the level and the text. A level of another language is in capitals. */
static bool read_level(const char *text, size_t size, struct mailstore_line *out)
{
    static const char *const telling[] = {"INFO",    "INFORMATION", "DEBUG", "TRACE",
                                          "VERBOSE", "DETAIL",      NULL};
    static const char *const warning[] = {"WARN", "WARNING", NULL};
    static const char *const failing[] = {"EXCEPTION", "ERROR", "FATAL", "CRITICAL", NULL};
    size_t level = 0;

    out->is_warning = false;
    if (size > 5 && memcmp(text, "INFO ", 5) == 0) {
        out->is_telling = true;
        level = 4;
    } else {
        while (level < size && level < LEVEL_MOST && text_is_letter(text[level]))
            level++;
        if (level == 0 || (level < size && text[level] != ' '))
            return false;
        out->is_telling = is_level(text, level, telling);
        out->is_warning = is_level(text, level, warning);
        if (!out->is_telling && !out->is_warning && !is_capital(text, level) &&
            !is_level(text, level, failing))
            return false;
    }
    out->text = text + level;
    out->size = size - level;
    return true;
}

enum mailstore_form mailstore_line_split(const char *line, size_t size, struct mailstore_line *out)
{
    size_t at = HEAD;

    while (size > 0 && (unsigned char)line[size - 1] <= ' ')
        size--;
    if (!has_head(line, size))
        return MAILSTORE_LINE_MORE;
    out->thread = 0;
    while (at < size && at < HEAD + THREAD_DIGITS && line[at] >= '0' && line[at] <= '9')
        out->thread = out->thread * 10 + (uint32_t)(line[at++] - '0');
    if (at + 3 > size || line[at] != ']' || line[at + 1] != ' ' ||
        !read_level(line + at + 2, size - at - 2, out))
        return MAILSTORE_LINE_MORE;
    return read_time(line, &out->time) ? MAILSTORE_LINE_WHOLE : MAILSTORE_LINE_DAMAGED;
}

/* ---- requests ---- */

static const char *find(const char *text, size_t size, const char *word)
{
    size_t length = strlen(word);
    const char *end = text + size;

    while ((size_t)(end - text) >= length &&
           (text = memchr(text, *word, (size_t)(end - text) - length + 1))) {
        if (memcmp(text, word, length) == 0)
            return text;
        text++;
    }
    return NULL;
}

static bool is_name(char character)
{
    return text_is_letter(character) || text_is_digit(character) || character == '_';
}

/* The last line that begins inside this one: two threads wrote at once. */
static void take_last_line(struct mailstore_line *line)
{
    const char *end = line->text + line->size;

    for (const char *at = end - 1; at >= line->text + HEAD; at--) {
        struct mailstore_line inner;

        if (*at == '[' && mailstore_line_split(at + 1 - HEAD, (size_t)(end - at) + HEAD - 1,
                                               &inner) == MAILSTORE_LINE_WHOLE) {
            *line = inner;
            return;
        }
    }
}

size_t mailstore_line_call(struct mailstore_line *line, const char **name)
{
    static const char usual[] = " Sending EWS Request (" MAILSTORE_CALL ")";
    const char *end = line->text + line->size - 1, *start = end;

    if (line->size < 3 || *end != ')')
        return 0;
    if (line->size == sizeof usual - 1 && memcmp(line->text, usual, sizeof usual - 1) == 0) {
        *name = end - MAILSTORE_CALL_SIZE;
        return MAILSTORE_CALL_SIZE;
    }
    while (start > line->text && end - start <= MAILSTORE_WORD_KEPT && is_name(start[-1]))
        start--;
    if (start == end || start == line->text || start[-1] != '(' ||
        end - start > MAILSTORE_WORD_KEPT || !find(line->text, line->size, "EWS") ||
        memchr(line->text, '\'', line->size))
        return 0;
    if (memchr(line->text, '[', line->size))
        take_last_line(line);
    *name = start;
    return (size_t)(end - start);
}

bool mailstore_line_is_strange(const char *line, size_t size)
{
    return find(line, size, "(" MAILSTORE_CALL ")") != NULL;
}

/* ---- messages ---- */

const char *mailstore_line_subject(const struct mailstore_line *line)
{
    const char *quote = memchr(line->text, '\'', line->size);

    if (!quote)
        return NULL;
    if (quote - line->text >= 5 && memcmp(quote - 5, " UTC ", 5) == 0)
        return quote;
    return find(quote, line->size - (size_t)(quote - line->text), "UID 1:") ? quote : NULL;
}

/* Of a date and a time: "23.1.2014 7:42:45", "1/23/2014 7:42:45 AM". */
static bool is_of_date(char character)
{
    return text_is_digit(character) || (character && strchr(" .:/-AMP", character));
}

void mailstore_line_date(const char *line, size_t subject, char out[MAILSTORE_WORD_KEPT + 1])
{
    size_t end = subject, start;

    out[0] = '\0';
    if (subject < 5 || memcmp(line + subject - 5, " UTC ", 5) != 0)
        return;
    end -= 5;
    start = end;
    while (start > 0 && end - start < MAILSTORE_WORD_KEPT && is_of_date(line[start - 1]))
        start--;
    while (start < end && !text_is_digit(line[start]))
        start++;
    memcpy(out, line + start, end - start);
    out[end - start] = '\0';
}

enum mailstore_manner mailstore_line_manner(const char *subject, size_t size)
{
    static const char *const replies[] = {"RE",  "AW",  "SV",  "VS",  "ANTW", "ODP", "YNT",
                                          "RES", "RIF", "REF", "BLS", "ATB",  NULL};
    static const char *const forwards[] = {"FW", "FWD", "WG",  "TR",     "RV",  "VB",  "VL",
                                           "PD", "I",   "ENC", "DOORST", "ILT", "TRS", NULL};
    size_t word = 1;

    if (size < 2 || subject[1] == '\'')
        return MAILSTORE_NAMELESS;
    while (word < size && text_is_letter(subject[word]))
        word++;
    if (word >= size || subject[word] != ':')
        return MAILSTORE_PLAIN;
    for (size_t i = 0; replies[i]; i++) {
        if (text_equal_fold_sized(replies[i], strlen(replies[i]), subject + 1, word - 1))
            return MAILSTORE_REPLY;
    }
    for (size_t i = 0; forwards[i]; i++) {
        if (text_equal_fold_sized(forwards[i], strlen(forwards[i]), subject + 1, word - 1))
            return MAILSTORE_FORWARD;
    }
    return MAILSTORE_PLAIN;
}

/* ---- mailboxes ---- */

/* RFC 5322's atext, without what more often stands between words. */
static bool is_of_address(char character)
{
    return is_name(character) || (character && strchr(".-+%&~#$'`{}^!?*", character));
}

/*
 * What may stand before and behind an address: a piece of a longer word is none, for it may be
 * somebody else's.
 */
static bool is_before_address(const char *line, const char *from)
{
    if (from == line || from[-1] == ' ' || from[-1] == '\t')
        return true;
    return strchr("<(\"[:;,", from[-1]) && from[-1] && (from - line < 2 || from[-2] >= ' ');
}

static bool is_behind_address(const char *to, const char *end)
{
    return to == end || (*to && strchr(" \t>)\"]:;,.!?'/\\", *to));
}

size_t mailstore_line_mailbox(const struct mailstore_line *line, char out[MAILSTORE_NAME_KEPT + 1])
{
    const char *end = line->text + line->size;
    const char *at = memchr(line->text, '@', line->size), *from = at, *to;
    size_t size;

    if (!at || memchr(at + 1, '@', (size_t)(end - at) - 1))
        return 0;
    to = at + 1;
    while (from > line->text && is_of_address(from[-1]))
        from--;
    while (to < end && (is_name(*to) || *to == '.' || *to == '-'))
        to++;
    if (!is_before_address(line->text, from) || !is_behind_address(to, end))
        return 0;
    if (from < at && *from == '\'' && to < end && *to == '\'')
        from++;
    while (to > at + 1 && !is_name(to[-1]))
        to--;
    size = (size_t)(to - from);
    if (from == at || size > MAILSTORE_NAME_KEPT || !memchr(at, '.', (size_t)(to - at)) ||
        at[1] == '.')
        return 0;
    for (size_t i = 0; i < size; i++)
        out[i] = text_lower(from[i]);
    out[size] = '\0';
    return size;
}

/* ---- exceptions ---- */

static bool is_status(const char *text, const char *end)
{
    return end - text >= 3 && (*text == '4' || *text == '5') && text_is_digit(text[1]) &&
           text_is_digit(text[2]) && (end - text == 3 || !text_is_digit(text[3]));
}

bool mailstore_line_status(const char *text, size_t size, char out[MAILSTORE_WORD_KEPT + 1])
{
    const char *end = text + size, *http = find(text, size, "HTTP");

    for (const char *at = text + 1; at < end; at++) {
        bool is_bracketed = at[-1] == '(' && end - at > 3 && at[3] == ')';

        if (!text_is_digit(*at) || text_is_digit(at[-1]) || !is_status(at, end) ||
            (!is_bracketed && !(http && at > http)))
            continue;
        memcpy(out, "HTTP ", 5);
        memcpy(out + 5, at, 3);
        out[8] = '\0';
        return true;
    }
    return false;
}
