#include "diag/read/xml_text.h"

#include "diag/text.h"

#include <stdint.h>
#include <string.h>

void xml_text_begin(struct xml_text *xml, const char *text, size_t size)
{
    *xml = (struct xml_text){.at = text, .end = text + size};
}

/* ---- bits of markup ---- */

static bool is_space(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && is_space(*at))
        at++;
    return at;
}

static bool begins_name(char character)
{
    unsigned char byte = (unsigned char)character;

    return (unsigned)((byte | 0x20) - 'a') < 26 || byte >= 0x80 || byte == '_' || byte == ':';
}

static bool is_in_name(char character)
{
    return begins_name(character) || (unsigned)(character - '0') < 10 || character == '-' ||
           character == '.';
}

/* The end of the name at `at`, or `at` if there is none. */
static const char *name_end(const char *at, const char *end)
{
    if (at < end && begins_name(*at)) {
        do
            at++;
        while (at < end && is_in_name(*at));
    }
    return at;
}

static struct xml_span span(const char *at, const char *end)
{
    return (struct xml_span){at, (size_t)(end - at)};
}

static bool starts(const char *at, const char *end, const char *mark)
{
    size_t size = strlen(mark);

    return (size_t)(end - at) >= size && memcmp(at, mark, size) == 0;
}

/* Where `mark` begins, or NULL. */
static const char *find(const char *at, const char *end, const char *mark)
{
    while ((at = memchr(at, mark[0], (size_t)(end - at)))) {
        if (starts(at, end, mark))
            return at;
        at++;
    }
    return NULL;
}

/* ---- attributes ---- */

/* `at` stands on the first character of its name; NULL if it is none. */
static const char *attribute_end(const char *at, const char *end, struct xml_span *name,
                                 struct xml_span *value)
{
    const char *after = name_end(at, end), *quote;

    *name = span(at, after);
    at = skip_space(after, end);
    if (name->size == 0 || at == end || *at != '=')
        return NULL;
    at = skip_space(at + 1, end);
    if (at == end || (*at != '"' && *at != '\''))
        return NULL;
    quote = memchr(at + 1, *at, (size_t)(end - at - 1));
    if (!quote || memchr(at + 1, '<', (size_t)(quote - at - 1)))
        return NULL;
    *value = span(at + 1, quote);
    return quote + 1;
}

bool xml_text_attribute(struct xml_span *attributes, struct xml_span *name, struct xml_span *value)
{
    const char *end = attributes->at + attributes->size;
    const char *at = skip_space(attributes->at, end);

    if (at == end || !(at = attribute_end(at, end, name, value)))
        return false;
    *attributes = span(at, end);
    return true;
}

/* ---- tags ---- */

static enum xml_piece broken(struct xml_text *xml)
{
    xml->at = xml->end;
    xml->is_empty = false;
    xml->depth = XML_DEPTH_MOST; /* so that the end is none */
    return XML_BROKEN;
}

static enum xml_piece read_open(struct xml_text *xml)
{
    const char *end = xml->end;
    const char *after = name_end(xml->at + 1, end), *at = after;
    struct xml_span name, value;

    xml->name = span(xml->at + 1, after);
    if (xml->name.size == 0 || xml->depth == XML_DEPTH_MOST)
        return broken(xml);
    for (;;) {
        const char *next = skip_space(at, end);

        if (next == end)
            return broken(xml);
        if (*next == '>' || *next == '/') {
            xml->attributes = span(after, at);
            at = next;
            break;
        }
        at = next > at ? attribute_end(next, end, &name, &value) : NULL;
        if (!at)
            return broken(xml);
    }
    xml->is_empty = *at == '/';
    at += xml->is_empty;
    if (at == end || *at != '>')
        return broken(xml);
    xml->open[xml->depth++] = xml->name;
    xml->at = at + 1;
    return XML_OPEN;
}

static enum xml_piece read_close(struct xml_text *xml)
{
    const char *after = name_end(xml->at + 2, xml->end);
    const char *at = skip_space(after, xml->end);
    const struct xml_span *open = xml->depth > 0 ? &xml->open[xml->depth - 1] : NULL;

    xml->name = span(xml->at + 2, after);
    if (!open || at == xml->end || *at != '>' || open->size != xml->name.size ||
        memcmp(open->at, xml->name.at, open->size) != 0)
        return broken(xml);
    xml->depth--;
    xml->at = at + 1;
    return XML_CLOSE;
}

/* ---- what is not a tag ---- */

static const struct passage {
    const char *begin, *end;
    bool is_text;
} passages[] = {{"<!--", "-->", false}, {"<![CDATA[", "]]>", true}, {"<?", "?>", false}};

/* Steps over what `at` begins; false if it is none of these or has no end. */
static bool read_passage(struct xml_text *xml, bool *is_text)
{
    for (size_t i = 0; i < sizeof passages / sizeof *passages; i++) {
        const struct passage *passage = &passages[i];
        const char *end;

        if (!starts(xml->at, xml->end, passage->begin))
            continue;
        xml->at += strlen(passage->begin);
        end = find(xml->at, xml->end, passage->end);
        if (!end)
            return false;
        xml->text = span(xml->at, end);
        xml->at = end + strlen(passage->end);
        *is_text = passage->is_text;
        return true;
    }
    return false;
}

static enum xml_piece read_text(struct xml_text *xml)
{
    const char *end = memchr(xml->at, '<', (size_t)(xml->end - xml->at));

    xml->text = span(xml->at, end ? end : xml->end);
    xml->is_literal = false;
    xml->at = end ? end : xml->end;
    return XML_TEXT;
}

enum xml_piece xml_text_next(struct xml_text *xml)
{
    if (xml->is_empty) {
        xml->is_empty = false;
        xml->depth--;
        return XML_CLOSE;
    }
    while (xml->at < xml->end) {
        bool is_text;

        if (*xml->at != '<')
            return read_text(xml);
        if (starts(xml->at, xml->end, "</"))
            return read_close(xml);
        if (!starts(xml->at, xml->end, "<!") && !starts(xml->at, xml->end, "<?"))
            return read_open(xml);
        if (!read_passage(xml, &is_text))
            return broken(xml);
        xml->is_literal = true;
        if (is_text)
            return XML_TEXT;
    }
    return xml->depth == 0 ? XML_END : broken(xml);
}

/* ---- references ---- */

static bool read_digits(const char *text, size_t size, unsigned base, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < size; i++) {
        char digit = text_lower(text[i]);
        unsigned value = text_is_digit(digit)           ? (unsigned)(digit - '0')
                         : digit >= 'a' && digit <= 'f' ? (unsigned)(digit - 'a') + 10
                                                        : base;

        if (value >= base || *out > 0x10FFFF)
            return false;
        *out = *out * base + value;
    }
    return size > 0 && *out <= 0x10FFFF;
}

/* `text` is what stands between "&" and ";". */
static bool read_reference(const char *text, size_t size, uint32_t *out)
{
    static const struct {
        const char *name;
        char character;
    } entities[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};

    if (size > 1 && text[0] == '#')
        return text[1] == 'x' ? read_digits(text + 2, size - 2, 16, out)
                              : read_digits(text + 1, size - 1, 10, out);
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        if (strlen(entities[i].name) == size && memcmp(entities[i].name, text, size) == 0) {
            *out = (unsigned char)entities[i].character;
            return true;
        }
    }
    return false;
}

bool xml_text_resolve(const struct xml_span *text, struct buffer *out)
{
    const char *at = text->at, *end = at + text->size;

    while (at < end) {
        const char *mark = memchr(at, '&', (size_t)(end - at)), *close;
        uint32_t character;

        if (!mark) {
            buffer_add(out, at, (size_t)(end - at));
            return true;
        }
        buffer_add(out, at, (size_t)(mark - at));
        close = memchr(mark, ';', (size_t)(end - mark));
        if (!close || !read_reference(mark + 1, (size_t)(close - mark - 1), &character))
            return false;
        text_encode(out, character);
        at = close + 1;
    }
    return true;
}
