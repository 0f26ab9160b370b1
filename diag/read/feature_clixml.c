#include "diag/read/feature_clixml.h"

#include "diag/text.h"

#include <string.h>

enum { OBJECTS_MOST = 16 }; /* one in the other */

struct piece {
    const char *bytes;
    size_t size;
};

/*
 * <Obj RefId="0"><Props><S N="Name">Web-Server</S><B N="Installed">true</B><Obj N="InstallState"
 * RefId="1"><ToString>Installed</ToString></Obj></Props></Obj>: an object has properties, and a
 * state is an object that says what it is called.
 */
struct object {
    struct feature_record record;
    struct piece property; /* of the object around it, which this is; or empty */
    struct piece text;     /* ToString */
};

struct reading {
    struct feature_collector *collector;
    struct object objects[OBJECTS_MOST];
    size_t depth; /* may be more than there is room for */
};

struct tag {
    struct piece name;       /* without the slash */
    struct piece attributes; /* up to its end */
    struct piece text;       /* behind it, up to the next tag */
    bool is_end, is_empty;
};

/* ---- tags ---- */

static struct piece behind(struct piece text, size_t size)
{
    return (struct piece){text.bytes + size, text.size - size};
}

static size_t until(struct piece text, char character)
{
    const char *at = text.size ? memchr(text.bytes, character, text.size) : NULL;

    return at ? (size_t)(at - text.bytes) : text.size;
}

static bool is(struct piece text, const char *word)
{
    return text.size == strlen(word) && memcmp(text.bytes, word, text.size) == 0;
}

/* Past a comment; other declarations end with their '>'. */
static struct piece skip_comment(struct piece rest)
{
    while (rest.size >= 3 && memcmp(rest.bytes, "-->", 3) != 0)
        rest = behind(rest, 1 + until(behind(rest, 1), '-'));
    return behind(rest, rest.size < 3 ? rest.size : 3);
}

/* The next element's beginning or end; false where there is none. `rest` begins behind its '>'. */
static bool next_tag(struct piece *rest, struct tag *tag)
{
    struct piece inside;

    for (;;) {
        *rest = behind(*rest, until(*rest, '<'));
        if (text_starts_fold(rest->bytes, rest->size, "<!--")) {
            *rest = skip_comment(behind(*rest, 4));
            continue;
        }
        if (until(*rest, '>') == rest->size)
            return false;
        inside = (struct piece){rest->bytes + 1, until(*rest, '>') - 1};
        *rest = behind(*rest, inside.size + 2);
        if (inside.size > 0 && *inside.bytes != '?' && *inside.bytes != '!')
            break;
    }
    tag->is_end = *inside.bytes == '/';
    tag->is_empty = inside.bytes[inside.size - 1] == '/';
    inside = behind(inside, tag->is_end);
    inside.size -= tag->is_empty && inside.size > 0;
    tag->name = (struct piece){inside.bytes, until(inside, ' ')};
    tag->attributes = behind(inside, tag->name.size);
    tag->text = (struct piece){rest->bytes, until(*rest, '<')};
    return true;
}

/* The value of N="...": which property this is. */
static struct piece property_of(const struct tag *tag)
{
    struct piece rest = tag->attributes;

    for (; rest.size > 4; rest = behind(rest, 1)) {
        if (memcmp(rest.bytes, " N=\"", 4) == 0)
            return (struct piece){rest.bytes + 4, until(behind(rest, 4), '"')};
    }
    return (struct piece){0};
}

/* ---- objects ---- */

static struct object *innermost(struct reading *reading)
{
    return reading->depth > 0 && reading->depth <= OBJECTS_MOST
               ? &reading->objects[reading->depth - 1]
               : NULL;
}

static void begin_object(struct reading *reading, const struct tag *tag)
{
    struct object *object;

    reading->depth++;
    object = innermost(reading);
    if (object)
        *object = (struct object){.property = property_of(tag)};
}

static void take_property(struct reading *reading, struct object *object, struct piece property,
                          struct piece value)
{
    if (is(property, "PSComputerName"))
        feature_collect_computer(reading->collector, value.bytes, value.size);
    feature_record_take(&object->record, property.bytes, property.size, value.bytes, value.size);
}

static void end_object(struct reading *reading)
{
    struct object *object = innermost(reading), *around;

    if (object)
        feature_record_end(&object->record, reading->collector);
    reading->depth -= reading->depth > 0;
    around = innermost(reading);
    if (object && around && object->property.size > 0)
        take_property(reading, around, object->property, object->text);
}

/* A string, a boolean, or what an object says it is called. */
static void take_element(struct reading *reading, const struct tag *tag)
{
    struct object *object = innermost(reading);

    if (!object)
        return;
    if (is(tag->name, "ToString"))
        object->text = tag->text;
    else if (is(tag->name, "S") || is(tag->name, "B"))
        take_property(reading, object, property_of(tag), tag->text);
}

void feature_clixml_read(const char *text, size_t size, struct feature_collector *collector)
{
    struct reading reading = {.collector = collector};
    struct piece rest = {text, size};
    struct tag tag;

    while (next_tag(&rest, &tag)) {
        if (is(tag.name, "Obj") && tag.is_end)
            end_object(&reading);
        else if (is(tag.name, "Obj") && !tag.is_empty)
            begin_object(&reading, &tag);
        else if (!tag.is_end && !tag.is_empty)
            take_element(&reading, &tag);
    }
}

/* Behind the XML declaration, if there is one. */
bool feature_clixml_is_text(const char *text, size_t size)
{
    struct piece rest = {text, size};
    struct tag tag;

    if (text_starts_fold(text, size, "\xEF\xBB\xBF"))
        rest = behind(rest, 3);
    while (rest.size > 0 && (*rest.bytes == ' ' || *rest.bytes == '\r' || *rest.bytes == '\n'))
        rest = behind(rest, 1);
    return rest.size > 0 && *rest.bytes == '<' && next_tag(&rest, &tag) && is(tag.name, "Objs");
}
