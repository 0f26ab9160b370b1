#include "diag/read/domain_list.h"

#include "diag/read/net_address.h"
#include "diag/text.h"

#include <string.h>

struct span {
    char *start, *end;
};

static bool is_blank(char character)
{
    return character == ' ' || (character >= '\t' && character <= '\r');
}

static struct span trim(struct span span)
{
    while (span.start < span.end && is_blank(*span.start))
        span.start++;
    while (span.start < span.end && is_blank(span.end[-1]))
        span.end--;
    return span;
}

static char *find(struct span span, char character)
{
    return memchr(span.start, character, (size_t)(span.end - span.start));
}

static char *find_last(struct span span, char character)
{
    char *at = span.end;

    while (at > span.start) {
        if (*--at == character)
            return at;
    }
    return NULL;
}

static char *find_text(struct span span, const char *text)
{
    size_t size = strlen(text);

    for (char *at = span.start; (size_t)(span.end - at) >= size; at++) {
        if (memcmp(at, text, size) == 0)
            return at;
    }
    return NULL;
}

static struct span without_comment(struct span line)
{
    for (char *at = line.start; at < line.end; at++) {
        if (*at == '#' && (at == line.start || is_blank(at[-1]))) {
            line.end = at;
            break;
        }
    }
    return trim(line);
}

/* "Contoso <post@contoso.com>": what stands in the brackets. */
static struct span without_brackets(struct span span)
{
    char *open = find_last(span, '<');

    if (open && span.end[-1] == '>')
        return trim((struct span){open + 1, span.end - 1});
    return span;
}

/* What stands before path, query and fragment (RFC 3986 3.2). */
static struct span authority_of(struct span span)
{
    char *scheme = find_text(span, "://");

    if (scheme)
        span.start = scheme + 3;
    else if (text_starts_fold(span.start, (size_t)(span.end - span.start), "mailto:"))
        span.start += 7;
    else if (span.end - span.start > 2 && memcmp(span.start, "//", 2) == 0)
        span.start += 2;
    for (char *at = span.start; at < span.end; at++) {
        if (*at == '/' || *at == '?' || *at == '#')
            span.end = at;
    }
    return span;
}

static bool is_number(struct span span)
{
    for (const char *at = span.start; at < span.end; at++) {
        if (!text_is_digit(*at))
            return false;
    }
    return true;
}

/* Several colons without brackets are an IPv6 address. */
static struct span without_port(struct span span)
{
    char *colon = find_last(span, ':');

    if (colon && find(span, ':') == colon && is_number((struct span){colon + 1, span.end}))
        span.end = colon;
    return span;
}

static bool is_address(struct span host)
{
    struct ip_address ip;
    size_t size;

    if (host.start < host.end && *host.start == '[')
        return true; /* RFC 3986 3.2.2, RFC 5321 4.1.3 */
    size = (size_t)(host.end - host.start);
    return ip_parse(host.start, size, &ip) == STATUS_OK;
}

static const char *fault_of(struct span line, bool is_long)
{
    size_t size = (size_t)(line.end - line.start);

    if (is_long)
        return "the line is longer than 4096 bytes";
    if (memchr(line.start, '\0', size))
        return "the line holds a NUL byte";
    return text_is_utf8(line.start, size) ? NULL : "the line is not UTF-8";
}

static void read_line(struct domain_list *list, struct span line, struct domain_line *out)
{
    struct span host;
    char *at;

    out->text = line.start;
    out->size = (size_t)(line.end - line.start);
    out->name = NULL;
    out->fault = fault_of(line, list->is_long);
    if (out->fault)
        return;
    host = authority_of(without_brackets(line));
    at = find_last(host, '@');
    if (at)
        host.start = at + 1;
    host = without_port(host);
    if (is_address(host)) {
        out->fault = "an address, not a domain";
        return;
    }
    out->name = list->name;
    memcpy(list->name, host.start, (size_t)(host.end - host.start));
    list->name[host.end - host.start] = '\0';
}

/* Up to the end of the line, or of the piece. */
static bool take_line(struct domain_list *list)
{
    size_t left = (size_t)(list->end - list->at);
    const char *end = left ? memchr(list->at, '\n', left) : NULL;
    size_t size = end ? (size_t)(end - list->at) : left;
    size_t room = DOMAIN_LINE_MOST - list->size;

    list->is_long = list->is_long || size > room;
    if (size > 0)
        memcpy(list->line + list->size, list->at, size < room ? size : room);
    list->size += size < room ? size : room;
    list->at += end ? size + 1 : size;
    return end || (list->is_over && list->size > 0);
}

/* What the line at hand says; nothing if it is blank or a comment. */
static struct span content_of(struct domain_list *list)
{
    static const char mark[] = "\xEF\xBB\xBF"; /* UTF-8's byte order mark */
    struct span line = {list->line, list->line + list->size};

    if (!list->is_begun && list->size >= 3 && memcmp(list->line, mark, 3) == 0)
        line.start += 3;
    list->is_begun = true;
    return without_comment(line);
}

bool domain_list_next(struct domain_list *list, struct domain_line *out)
{
    bool is_found = false;

    while (!is_found && take_line(list)) {
        struct span line = content_of(list);

        is_found = line.start < line.end;
        if (is_found)
            read_line(list, line, out);
        list->size = 0;
        list->is_long = false;
    }
    return is_found;
}

void domain_list_add(struct domain_list *list, const char *bytes, size_t size)
{
    list->at = size ? bytes : list->line;
    list->end = list->at + size;
    list->is_over = size == 0;
}
