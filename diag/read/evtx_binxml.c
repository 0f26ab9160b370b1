#include "diag/read/evtx_binxml.h"

#include "diag/read/evtx_value.h"
#include "diag/text.h"

#include <string.h>

enum token {
    TOKEN_END = 0x00,
    TOKEN_OPEN = 0x01,
    TOKEN_CLOSE_OPEN = 0x02, /* the ">" of <name> */
    TOKEN_CLOSE_EMPTY = 0x03,
    TOKEN_CLOSE = 0x04,
    TOKEN_TEXT = 0x05,
    TOKEN_ATTRIBUTE = 0x06,
    TOKEN_CDATA = 0x07,
    TOKEN_CHARACTER = 0x08,
    TOKEN_ENTITY = 0x09,
    TOKEN_TARGET = 0x0A, /* of a processing instruction */
    TOKEN_DATA = 0x0B,   /* the rest of it */
    TOKEN_TEMPLATE = 0x0C,
    TOKEN_VALUE = 0x0D,
    TOKEN_OPTIONAL_VALUE = 0x0E,
    TOKEN_FRAGMENT = 0x0F,
    TOKEN_MORE = 0x40 /* set: another one follows; of TOKEN_OPEN, attributes do */
};

enum {
    NAME_HEAD = 8,        /* bytes before the characters of a name */
    DEFINITION_HEAD = 24, /* bytes before a template's content */
    DESCRIPTOR = 4,       /* bytes that tell of a value */
    TEXT_MOST = 1 << 16,  /* bytes of one value, as UTF-8 */
    TEXT_OF_A_TOKEN = 64
};

struct cursor { /* of the chunk */
    size_t at, end;
};

/* What fills the gaps of a template: descriptors, and then the values one after another. */
struct values {
    size_t descriptors, bytes;
    uint32_t count;
    uint32_t last; /* that was asked for: most are asked for one after another */
    size_t last_at;
};

void evtx_binxml_init(struct evtx_binxml *xml, const unsigned char *chunk, size_t size,
                      struct event_build *build)
{
    *xml = (struct evtx_binxml){.chunk = chunk, .size = size, .build = build};
    buffer_init(&xml->text, TEXT_MOST);
    buffer_init(&xml->value, TEXT_MOST);
}

void evtx_binxml_release(struct evtx_binxml *xml)
{
    buffer_release(&xml->text);
    buffer_release(&xml->value);
}

/* ---- bytes ---- */

/* The next `size` bytes, or NULL. */
static const unsigned char *take(const struct evtx_binxml *xml, struct cursor *cursor, size_t size)
{
    const unsigned char *bytes = xml->chunk + cursor->at;

    if (size > cursor->end - cursor->at)
        return NULL;
    cursor->at += size;
    return bytes;
}

static bool take_u32(const struct evtx_binxml *xml, struct cursor *cursor, uint32_t *out)
{
    if (cursor->end - cursor->at < 4)
        return false;
    *out = evtx_u32(xml->chunk + cursor->at);
    cursor->at += 4;
    return true;
}

static bool take_u16(const struct evtx_binxml *xml, struct cursor *cursor, uint16_t *out)
{
    const unsigned char *bytes = take(xml, cursor, 2);

    if (bytes)
        *out = evtx_u16(bytes);
    return bytes != NULL;
}

static unsigned peek(const struct evtx_binxml *xml, const struct cursor *cursor)
{
    return cursor->at < cursor->end ? xml->chunk[cursor->at] : TOKEN_END;
}

/* A token and so many bytes of text; false once that is too much. */
static bool spend(struct evtx_binxml *xml, size_t bytes)
{
    size_t work = 1 + bytes / TEXT_OF_A_TOKEN;

    if (work > xml->work)
        return false;
    xml->work -= (uint32_t)work;
    return true;
}

/* ---- names ---- */

static void read_name_text(const unsigned char *bytes, size_t count, struct evtx_name *name)
{
    name->size = count < EVTX_NAME_MOST ? count : EVTX_NAME_MOST;
    for (size_t i = 0; i < name->size; i++) {
        uint16_t unit = evtx_u16(bytes + 2 * i);

        name->text[i] = unit > 0 && unit < 0x80 ? (char)unit : '?';
    }
}

/* The name whose place in the chunk this is, looked up where it was read before; or NULL. */
static const struct evtx_kept_name *name_at(struct evtx_binxml *xml, size_t place)
{
    struct evtx_kept_name *kept = &xml->names[place % EVTX_NAMES_KEPT];
    struct cursor there = {place, xml->size};
    const unsigned char *head, *text;

    if (kept->place == place)
        return kept;
    head = take(xml, &there, NAME_HEAD);
    text = head ? take(xml, &there, 2 * ((size_t)evtx_u16(head + 6) + 1)) : NULL;
    if (!text)
        return NULL;
    kept->place = place;
    kept->end = there.at;
    read_name_text(text, evtx_u16(head + 6), &kept->name);
    return kept;
}

/* Its place in the chunk; where that is here, the name itself follows. */
static bool take_name(struct evtx_binxml *xml, struct cursor *cursor, struct evtx_name *name)
{
    const struct evtx_kept_name *kept;
    uint32_t place;

    if (!take_u32(xml, cursor, &place) || place > xml->size)
        return false;
    kept = name_at(xml, place);
    if (!kept || (place == cursor->at && kept->end > cursor->end))
        return false;
    if (place == cursor->at)
        cursor->at = kept->end;
    *name = kept->name;
    return true;
}

/* ---- values ---- */

static bool take_values(struct evtx_binxml *xml, struct cursor *cursor, struct values *values)
{
    size_t size = 0;

    if (!take_u32(xml, cursor, &values->count) ||
        values->count > (cursor->end - cursor->at) / DESCRIPTOR ||
        !spend(xml, (size_t)values->count * DESCRIPTOR))
        return false;
    values->descriptors = cursor->at;
    values->bytes = values->last_at = cursor->at + (size_t)values->count * DESCRIPTOR;
    values->last = 0;
    for (uint32_t i = 0; i < values->count; i++)
        size += evtx_u16(xml->chunk + values->descriptors + (size_t)i * DESCRIPTOR);
    cursor->at = values->bytes;
    return take(xml, cursor, size) != NULL;
}

static bool find_value(struct evtx_binxml *xml, struct values *values, uint16_t number,
                       struct evtx_value *out)
{
    const unsigned char *descriptor;

    if (!values || number >= values->count)
        return false;
    if (number < values->last) {
        values->last = 0;
        values->last_at = values->bytes;
    }
    if (!spend(xml, (size_t)(number - values->last) * DESCRIPTOR))
        return false;
    descriptor = xml->chunk + values->descriptors + (size_t)values->last * DESCRIPTOR;
    for (; values->last < number; values->last++, descriptor += DESCRIPTOR)
        values->last_at += evtx_u16(descriptor);
    *out = (struct evtx_value){descriptor[2], xml->chunk + values->last_at, evtx_u16(descriptor)};
    return true;
}

struct gap { /* of a template, and what is to be in it */
    struct evtx_value value;
    bool is_absent; /* optional, and null */
};

/* Behind the token of a substitution. */
static bool take_gap(struct evtx_binxml *xml, struct cursor *cursor, struct values *values,
                     unsigned token, struct gap *gap)
{
    uint16_t number;

    if (!take_u16(xml, cursor, &number) || !take(xml, cursor, 1) ||
        !find_value(xml, values, number, &gap->value))
        return false;
    gap->is_absent = token == TOKEN_OPTIONAL_VALUE && gap->value.type == EVTX_NULL;
    return true;
}

static bool is_gap(unsigned token)
{
    return token == TOKEN_VALUE || token == TOKEN_OPTIONAL_VALUE;
}

/* ---- text ---- */

static bool add_counted(struct evtx_binxml *xml, struct cursor *cursor, struct buffer *out)
{
    const unsigned char *text;
    uint16_t count;
    size_t size;

    if (!take_u16(xml, cursor, &count))
        return false;
    size = (size_t)count * 2;
    text = take(xml, cursor, size);
    if (!text || !spend(xml, size))
        return false;
    evtx_add_utf16(out, text, size);
    return true;
}

static bool add_entity(struct evtx_binxml *xml, struct cursor *cursor, struct buffer *out)
{
    static const struct {
        const char *name;
        char character;
    } entities[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
    struct evtx_name name;

    if (!take_name(xml, cursor, &name))
        return false;
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        if (strlen(entities[i].name) == name.size &&
            memcmp(entities[i].name, name.text, name.size) == 0) {
            buffer_add_char(out, entities[i].character);
            return true;
        }
    }
    return false;
}

static bool is_text(unsigned token)
{
    return token == TOKEN_TEXT || token == TOKEN_CDATA || token == TOKEN_CHARACTER ||
           token == TOKEN_ENTITY;
}

/* Behind the token of a text that the template or the fragment itself has. */
static bool add_text(struct evtx_binxml *xml, struct cursor *cursor, unsigned token,
                     struct buffer *out)
{
    const unsigned char *type;
    uint16_t character;

    switch (token) {
    case TOKEN_TEXT:
        type = take(xml, cursor, 1);
        return type && *type == EVTX_STRING && add_counted(xml, cursor, out);
    case TOKEN_CDATA:
        return add_counted(xml, cursor, out);
    case TOKEN_CHARACTER:
        if (!take_u16(xml, cursor, &character))
            return false;
        text_encode(out, character);
        return true;
    default:
        return add_entity(xml, cursor, out);
    }
}

static bool add_value(struct evtx_binxml *xml, const struct evtx_value *value, struct buffer *out)
{
    return spend(xml, value->size) && evtx_add_value(out, value);
}

static bool build_value(struct evtx_binxml *xml, const struct evtx_value *value)
{
    if (!event_build_keeps_text(xml->build))
        return spend(xml, value->size);
    buffer_clear(&xml->text);
    if (!add_value(xml, value, &xml->text))
        return false;
    event_build_text(xml->build, xml->text.text, xml->text.size);
    return true;
}

/* ---- elements ---- */

/* All there is of an attribute's value. */
static bool read_attribute_value(struct evtx_binxml *xml, struct cursor *cursor,
                                 struct values *values)
{
    buffer_clear(&xml->value);
    for (;;) {
        unsigned token = peek(xml, cursor) & ~(unsigned)TOKEN_MORE;
        struct gap gap;

        if (!is_gap(token) && !is_text(token))
            return true;
        cursor->at++;
        if (!spend(xml, 0))
            return false;
        if (is_gap(token) ? !take_gap(xml, cursor, values, token, &gap) ||
                                !add_value(xml, &gap.value, &xml->value)
                          : !add_text(xml, cursor, token, &xml->value))
            return false;
    }
}

static bool read_attributes(struct evtx_binxml *xml, struct cursor *cursor, struct values *values)
{
    while ((peek(xml, cursor) & ~(unsigned)TOKEN_MORE) == TOKEN_ATTRIBUTE) {
        struct evtx_name name;

        cursor->at++;
        if (!spend(xml, 0) || !take_name(xml, cursor, &name) ||
            !read_attribute_value(xml, cursor, values))
            return false;
        event_build_attribute(xml->build, name.text, name.size, xml->value.text, xml->value.size);
    }
    return true;
}

/*
 * The number of an element that others depend on comes before its size, though not everywhere:
 * where it is missing, what would be the size is more than there is.
 */
static bool take_element_size(const struct evtx_binxml *xml, struct cursor *cursor)
{
    size_t begin = cursor->at;
    uint32_t size;

    if (take(xml, cursor, 2) && take_u32(xml, cursor, &size) && size <= cursor->end - cursor->at)
        return true;
    cursor->at = begin;
    return take_u32(xml, cursor, &size) && size <= cursor->end - cursor->at;
}

/* The content of an element, if that is one value and nothing else; `cursor` is then behind it. */
static bool take_lone_gap(struct evtx_binxml *xml, struct cursor *cursor, struct values *values,
                          struct gap *gap)
{
    unsigned token;

    if (peek(xml, cursor) != TOKEN_CLOSE_OPEN)
        return false;
    cursor->at++;
    token = peek(xml, cursor);
    cursor->at++;
    if (!is_gap(token) || !take_gap(xml, cursor, values, token, gap) ||
        peek(xml, cursor) != TOKEN_CLOSE)
        return false;
    cursor->at++;
    return true;
}

static bool fill_element(struct evtx_binxml *xml, const struct evtx_name *name,
                         struct cursor attributes, struct values *values,
                         const struct evtx_value *value)
{
    event_build_open(xml->build, name->text, name->size);
    if ((event_build_has_attributes(xml->build) && !read_attributes(xml, &attributes, values)) ||
        !build_value(xml, value))
        return false;
    event_build_close(xml->build);
    return true;
}

/* An array makes an element of each item. */
static bool fill_elements(struct evtx_binxml *xml, const struct evtx_name *name,
                          struct cursor attributes, struct values *values, struct evtx_value *value)
{
    struct evtx_value item;

    if (!(value->type & EVTX_ARRAY))
        return fill_element(xml, name, attributes, values, value);
    while (evtx_next_item(value, &item)) {
        if (!fill_element(xml, name, attributes, values, &item))
            return false;
    }
    return value->size == 0;
}

/* Behind TOKEN_OPEN. Adds to `open` if the element's content is still to come. */
static bool read_element(struct evtx_binxml *xml, struct cursor *cursor, struct values *values,
                         bool has_attributes, unsigned *open)
{
    struct cursor content;
    struct evtx_name name;
    struct gap gap = {.is_absent = false};
    uint32_t size = 0;

    if (!take_element_size(xml, cursor) || !take_name(xml, cursor, &name) ||
        (has_attributes && !take_u32(xml, cursor, &size)) || size > cursor->end - cursor->at)
        return false;
    content = (struct cursor){cursor->at + size, cursor->end};
    if (take_lone_gap(xml, &content, values, &gap) && gap.value.type != EVTX_BINARY_XML) {
        struct cursor attributes = {cursor->at, cursor->end};

        cursor->at = content.at;
        return gap.is_absent || fill_elements(xml, &name, attributes, values, &gap.value);
    }
    event_build_open(xml->build, name.text, name.size);
    if (++*open > EVTX_ELEMENTS_MOST)
        return false;
    if (!event_build_has_attributes(xml->build))
        cursor->at += size;
    else if (!read_attributes(xml, cursor, values))
        return false;
    if (peek(xml, cursor) == TOKEN_CLOSE_EMPTY) {
        event_build_close(xml->build);
        --*open;
    } else if (peek(xml, cursor) != TOKEN_CLOSE_OPEN) {
        return false;
    }
    cursor->at++;
    return true;
}

/* ---- fragments ---- */

static bool read_fragment(struct evtx_binxml *xml, struct cursor cursor, struct values *values,
                          unsigned depth);

/* Behind TOKEN_TEMPLATE: where its definition is, or the definition itself; and the values. */
static bool read_template(struct evtx_binxml *xml, struct cursor *cursor, unsigned depth)
{
    struct cursor content = {0, xml->size};
    const unsigned char *head;
    struct values values;
    uint32_t place;

    if (!take(xml, cursor, 1 + 4) || !take_u32(xml, cursor, &place) || place > xml->size)
        return false;
    content.at = place;
    head = take(xml, &content, DEFINITION_HEAD);
    if (!head || evtx_u32(head + 20) > content.end - content.at)
        return false;
    content.end = content.at + evtx_u32(head + 20);
    if (place == cursor->at) {
        if (content.end > cursor->end)
            return false;
        cursor->at = content.end;
    }
    return take_values(xml, cursor, &values) && read_fragment(xml, content, &values, depth + 1);
}

static bool read_gap(struct evtx_binxml *xml, struct cursor *cursor, struct values *values,
                     unsigned token, unsigned depth)
{
    struct cursor nested;
    struct gap gap;

    if (!take_gap(xml, cursor, values, token, &gap))
        return false;
    if (gap.value.type != EVTX_BINARY_XML)
        return build_value(xml, &gap.value);
    nested.at = (size_t)(gap.value.bytes - xml->chunk);
    nested.end = nested.at + gap.value.size;
    return read_fragment(xml, nested, NULL, depth + 1);
}

/* Behind the token. */
static bool read_token(struct evtx_binxml *xml, struct cursor *cursor, struct values *values,
                       unsigned token, unsigned depth, unsigned *open)
{
    unsigned plain = token & ~(unsigned)TOKEN_MORE;
    struct evtx_name name;

    if (is_gap(plain))
        return read_gap(xml, cursor, values, plain, depth);
    if (is_text(plain)) {
        buffer_clear(&xml->text);
        if (!add_text(xml, cursor, plain, &xml->text))
            return false;
        event_build_text(xml->build, xml->text.text, xml->text.size);
        return true;
    }
    switch (plain) {
    case TOKEN_OPEN:
        return read_element(xml, cursor, values, token & TOKEN_MORE, open);
    case TOKEN_CLOSE:
        if (*open == 0)
            return false;
        event_build_close(xml->build);
        --*open;
        return true;
    case TOKEN_TEMPLATE:
        return read_template(xml, cursor, depth);
    case TOKEN_FRAGMENT:
        return take(xml, cursor, 3) != NULL;
    case TOKEN_TARGET:
        return take_name(xml, cursor, &name);
    case TOKEN_DATA:
        buffer_clear(&xml->text);
        return add_counted(xml, cursor, &xml->text);
    default:
        return false;
    }
}

static bool read_fragment(struct evtx_binxml *xml, struct cursor cursor, struct values *values,
                          unsigned depth)
{
    unsigned open = 0;

    if (depth > EVTX_DEPTH_MOST)
        return false;
    while (cursor.at < cursor.end && !xml->build->is_unwished) {
        unsigned token = xml->chunk[cursor.at++];

        if (token == TOKEN_END)
            break;
        if (!spend(xml, 0) || !read_token(xml, &cursor, values, token, depth, &open))
            return false;
    }
    return open == 0 || xml->build->is_unwished;
}

bool evtx_binxml_read(struct evtx_binxml *xml, size_t at, size_t end)
{
    struct cursor cursor = {at, end};

    event_build_begin(xml->build);
    return read_fragment(xml, cursor, NULL, 1);
}
