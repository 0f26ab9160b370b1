#include "diag/read/event_plain.h"

#include "diag/text.h"

#include <string.h>

enum { DEPTH_MOST = 16, ATTRIBUTES_MOST = 8, DIGITS_MOST = 6 };

struct span {
    const char *at;
    size_t size;
};

struct plain {
    struct event_build *build;
    const char *at, *end;
    struct span open[DEPTH_MOST]; /* names of the elements that are */
    unsigned depth;
};

static bool span_equal(struct span one, struct span other)
{
    return one.size == other.size && memcmp(one.at, other.at, one.size) == 0;
}

static bool skip(struct plain *plain, const char *mark)
{
    size_t size = strlen(mark);

    if ((size_t)(plain->end - plain->at) < size || memcmp(plain->at, mark, size) != 0)
        return false;
    plain->at += size;
    return true;
}

static bool skip_space(struct plain *plain)
{
    const char *begin = plain->at;

    while (plain->at < plain->end &&
           (*plain->at == ' ' || *plain->at == '\n' || *plain->at == '\r' || *plain->at == '\t'))
        plain->at++;
    return plain->at > begin;
}

static bool begins_name(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           character == '_';
}

static bool continues_name(char character)
{
    return begins_name(character) || (character >= '0' && character <= '9') || character == '-' ||
           character == '.';
}

/* Of ASCII alone, without a prefix; empty if there is none. */
static struct span read_name(struct plain *plain)
{
    struct span name = {plain->at, 0};

    if (plain->at < plain->end && begins_name(*plain->at)) {
        while (plain->at < plain->end && continues_name(*plain->at))
            plain->at++;
    }
    name.size = (size_t)(plain->at - name.at);
    return name;
}

/* ---- tags ---- */

/* Of ASCII, without markup and references; what an attribute's white space would become, too. */
static bool is_plain_value(unsigned char byte, char quote)
{
    return byte >= ' ' && byte < 0x7F && byte != '<' && byte != '&' && byte != (unsigned char)quote;
}

/* name="value" */
static bool read_attribute(struct plain *plain, struct span *name)
{
    const char *value;
    char quote;

    *name = read_name(plain);
    if (name->size == 0 || !skip(plain, "=") || plain->at == plain->end)
        return false;
    quote = *plain->at++;
    value = plain->at;
    if (quote != '"' && quote != '\'')
        return false;
    while (plain->at < plain->end && is_plain_value((unsigned char)*plain->at, quote))
        plain->at++;
    if (plain->at == plain->end || *plain->at != quote)
        return false;
    event_build_attribute(plain->build, name->at, name->size, value, (size_t)(plain->at - value));
    plain->at++;
    return true;
}

static bool read_attributes(struct plain *plain)
{
    struct span names[ATTRIBUTES_MOST];
    size_t count = 0;

    while (skip_space(plain) && plain->at < plain->end && *plain->at != '>' && *plain->at != '/') {
        if (count == ATTRIBUTES_MOST || !read_attribute(plain, &names[count]))
            return false;
        for (size_t i = 0; i < count; i++) {
            if (span_equal(names[i], names[count]))
                return false;
        }
        count++;
    }
    return true;
}

static void close_element(struct plain *plain)
{
    event_build_close(plain->build);
    plain->depth--;
}

/* Behind "<". */
static bool read_open_tag(struct plain *plain)
{
    struct span name = read_name(plain);

    if (name.size == 0 || plain->depth == DEPTH_MOST)
        return false;
    plain->open[plain->depth++] = name;
    event_build_open(plain->build, name.at, name.size);
    if (!read_attributes(plain))
        return false;
    if (skip(plain, ">"))
        return true;
    if (!skip(plain, "/>"))
        return false;
    close_element(plain);
    return true;
}

/* Behind "</". */
static bool read_close_tag(struct plain *plain)
{
    struct span name = plain->open[plain->depth - 1];

    if ((size_t)(plain->end - plain->at) < name.size || memcmp(plain->at, name.at, name.size) != 0)
        return false;
    plain->at += name.size;
    skip_space(plain);
    if (!skip(plain, ">"))
        return false;
    close_element(plain);
    return true;
}

/* ---- texts ---- */

/* 16 of what is none. */
static unsigned digit_of(char character)
{
    character = text_lower(character);
    if (text_is_digit(character))
        return (unsigned)(character - '0');
    return character >= 'a' && character <= 'f' ? (unsigned)(character - 'a') + 10 : 16;
}

/* Behind "&#": of the characters that take no pair of UTF-16, those that XML allows. */
static bool read_character(struct plain *plain)
{
    unsigned base = skip(plain, "x") ? 16 : 10;
    const char *begin = plain->at;
    uint32_t character = 0;
    struct buffer text;

    for (; plain->at < plain->end && plain->at - begin < DIGITS_MOST; plain->at++) {
        unsigned digit = digit_of(*plain->at);

        if (digit >= base)
            break;
        character = character * base + digit;
    }
    if (!skip(plain, ";") || character >= 0xD800 ||
        (character < ' ' && character != '\t' && character != '\n' && character != '\r'))
        return false;
    buffer_init(&text, 4);
    text_encode(&text, character);
    event_build_text(plain->build, text.text, text.size);
    buffer_release(&text);
    return true;
}

/* Behind "&". */
static bool read_reference(struct plain *plain)
{
    static const struct {
        const char *mark, *text;
    } entities[] = {{"amp;", "&"}, {"lt;", "<"}, {"gt;", ">"}, {"quot;", "\""}, {"apos;", "'"}};

    if (skip(plain, "#"))
        return read_character(plain);
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        if (skip(plain, entities[i].mark)) {
            event_build_text(plain->build, entities[i].text, 1);
            return true;
        }
    }
    return false;
}

static bool is_itself(unsigned char byte)
{
    return (byte >= ' ' && byte < 0x7F && byte != '<' && byte != '>' && byte != '&') ||
           byte == '\n' || byte == '\t';
}

/* ASCII that means itself; XML allows no "]]>" in it. */
static bool read_passage(struct plain *plain)
{
    const char *begin = plain->at;

    for (;; plain->at++) {
        while (plain->at < plain->end && is_itself((unsigned char)*plain->at))
            plain->at++;
        if (plain->at == plain->end || *plain->at != '>')
            break;
        if (plain->at - begin >= 2 && memcmp(plain->at - 2, "]]", 2) == 0)
            return false;
    }
    event_build_text(plain->build, begin, (size_t)(plain->at - begin));
    return plain->at > begin;
}

/* One that is not ASCII; U+FFFE and U+FFFF are no characters of XML. */
static bool read_wide(struct plain *plain)
{
    uint32_t character;
    size_t size = text_decode(plain->at, (size_t)(plain->end - plain->at), &character);

    if (size < 2 || character == 0xFFFE || character == 0xFFFF)
        return false;
    event_build_text(plain->build, plain->at, size);
    plain->at += size;
    return true;
}

/* Lines end with "\n": XML 1.0 2.11. */
static bool read_text(struct plain *plain)
{
    if (skip(plain, "&"))
        return read_reference(plain);
    if (skip(plain, "\r")) {
        if (plain->at == plain->end || *plain->at != '\n')
            event_build_text(plain->build, "\n", 1);
        return true;
    }
    return read_passage(plain) || read_wide(plain);
}

bool event_plain_read(struct event_build *build, const char *text, size_t size)
{
    struct plain plain = {.build = build, .at = text, .end = text + size};

    if (!skip(&plain, "<") || !read_open_tag(&plain))
        return false;
    while (plain.depth > 0 && plain.at < plain.end) {
        bool is_sound = skip(&plain, "</")  ? read_close_tag(&plain)
                        : skip(&plain, "<") ? read_open_tag(&plain)
                                            : read_text(&plain);

        if (!is_sound)
            return false;
    }
    return plain.depth == 0 && plain.at == plain.end;
}
