#include "diag/read/event_build.h"

#include "diag/clock.h"
#include "diag/text.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { DEPTH_OF_SECTIONS = 2, DEPTH_OF_FIELDS = 3 };

void event_build_init(struct event_build *build, const struct event_wish *wishes)
{
    *build = (struct event_build){.wishes = wishes};
    buffer_init(&build->text, EVENT_STRING_MOST);
}

void event_build_release(struct event_build *build)
{
    arena_release(&build->arena);
    buffer_release(&build->text);
}

void event_build_begin(struct event_build *build)
{
    struct arena arena = build->arena;
    struct buffer text = build->text;

    arena_reset(&arena);
    buffer_clear(&text);
    *build = (struct event_build){.wishes = build->wishes, .arena = arena, .text = text};
    build->event.provider = build->event.channel = build->event.computer = "";
    build->event.binary = "";
}

/* ---- texts ---- */

static void add_clean(struct buffer *out, const char *text, size_t size)
{
    if (text_is_utf8(text, size) && !memchr(text, '\0', size)) {
        buffer_add(out, text, size);
        return;
    }
    while (size > 0) {
        uint32_t code_point;
        size_t taken = text_decode(text, size, &code_point);

        if (taken == 0 || code_point == 0)
            text_encode(out, 0xFFFD);
        else
            buffer_add(out, text, taken);
        text += taken ? taken : 1;
        size -= taken ? taken : 1;
    }
}

/* What did not fit may have ended within a character. */
static size_t whole_size(const struct buffer *text)
{
    size_t begin = text->size;
    uint32_t code_point;

    while (begin > 0 && text->size - begin < 3 &&
           ((unsigned char)text->text[begin - 1] & 0xC0) == 0x80)
        begin--;
    if (begin == 0 || text_decode(text->text + begin - 1, text->size - begin + 1, &code_point))
        return text->size;
    return begin - 1;
}

static const char *keep_text(struct event_build *build)
{
    size_t size = build->text.truncated ? whole_size(&build->text) : build->text.size;

    return arena_copy(&build->arena, build->text.text, size);
}

/* ---- fields of System ---- */

static bool is_space(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

static bool read_number(const struct buffer *text, uint64_t most, uint64_t *out)
{
    const char *at = text->text;
    const char *end = at + text->size;

    while (at < end && is_space(*at))
        at++;
    while (end > at && is_space(end[-1]))
        end--;
    *out = 0;
    for (const char *digit = at; digit < end; digit++) {
        unsigned value = (unsigned)*digit - '0';

        if (value > 9 || *out > (most - value) / 10)
            return false;
        *out = *out * 10 + value;
    }
    return at < end;
}

static uint32_t small_number(const struct buffer *text)
{
    uint64_t number;

    return read_number(text, UINT32_MAX, &number) ? (uint32_t)number : 0;
}

/* As soon as both are known. */
static void judge(struct event_build *build)
{
    if (build->has_provider && build->has_id)
        build->is_unwished = !event_is_wished(build->wishes, &build->event);
}

static void set_provider(struct event_build *build)
{
    build->event.provider = keep_text(build);
    build->has_provider = true;
    judge(build);
}

static void set_id(struct event_build *build)
{
    uint64_t id;

    if (!read_number(&build->text, UINT32_MAX, &id)) {
        build->is_malformed = true;
        return;
    }
    build->event.id = (uint32_t)id;
    build->has_id = true;
    judge(build);
}

static void set_qualifiers(struct event_build *build)
{
    build->event.qualifiers = small_number(&build->text);
}

static void set_level(struct event_build *build)
{
    build->event.level = small_number(&build->text);
}

static void set_time(struct event_build *build)
{
    int64_t time;

    if (clock_parse(build->text.text, &time) == STATUS_OK)
        build->event.time = time;
}

static void set_record(struct event_build *build)
{
    if (!read_number(&build->text, UINT64_MAX, &build->event.record))
        build->event.record = 0;
}

static void set_channel(struct event_build *build)
{
    build->event.channel = keep_text(build);
}

static void set_computer(struct event_build *build)
{
    build->event.computer = keep_text(build);
}

struct word {
    const char *text;
    size_t size;
};

#define WORD(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

struct event_field { /* those of one element stand together, its own text first */
    struct word element;
    struct word attribute; /* without one, the element's own text */
    void (*set)(struct event_build *build);
};

static const struct event_field fields[] = {
    {WORD("Provider"), WORD("Name"), set_provider},
    {WORD("EventID"), WORD(""), set_id},
    {WORD("EventID"), WORD("Qualifiers"), set_qualifiers},
    {WORD("Level"), WORD(""), set_level},
    {WORD("TimeCreated"), WORD("SystemTime"), set_time},
    {WORD("EventRecordID"), WORD(""), set_record},
    {WORD("Channel"), WORD(""), set_channel},
    {WORD("Computer"), WORD(""), set_computer},
};

static bool is_word(const char *name, size_t size, const struct word *word)
{
    return word->size == size && memcmp(name, word->text, size) == 0;
}

static void open_field(struct event_build *build, const char *name, size_t size)
{
    build->field = NULL;
    for (size_t i = 0; i < COUNT(fields) && !build->field; i++) {
        if (is_word(name, size, &fields[i].element))
            build->field = &fields[i];
    }
    build->keeps_text = build->field && build->field->attribute.size == 0;
}

/* Of the open element. */
static const struct event_field *attribute_of(const struct event_build *build, const char *name,
                                              size_t size)
{
    const struct event_field *field = build->field, *end = fields + COUNT(fields);

    for (; field < end && is_word(field->element.text, field->element.size, &build->field->element);
         field++) {
        if (field->attribute.size > 0 && is_word(name, size, &field->attribute))
            return field;
    }
    return NULL;
}

/* ---- elements ---- */

static enum event_section section_of(const char *name, size_t size)
{
    static const struct {
        struct word name;
        enum event_section section;
    } sections[] = {{WORD("System"), EVENT_SECTION_SYSTEM},
                    {WORD("EventData"), EVENT_SECTION_DATA},
                    {WORD("UserData"), EVENT_SECTION_USER_DATA}};

    for (size_t i = 0; i < COUNT(sections); i++) {
        if (is_word(name, size, &sections[i].name))
            return sections[i].section;
    }
    return EVENT_SECTION_NONE;
}

static void open_data(struct event_build *build, const char *name, size_t size)
{
    static const struct word binary = WORD("Binary");

    if (build->depth > DEPTH_OF_FIELDS && build->section == EVENT_SECTION_DATA)
        return; /* its text is a part of what it stands in */
    buffer_clear(&build->text);
    build->keeps_text = build->is_leaf = true;
    build->is_binary = build->section == EVENT_SECTION_DATA && is_word(name, size, &binary);
}

void event_build_open(struct event_build *build, const char *name, size_t size)
{
    static const struct word event = WORD("Event");
    unsigned depth = ++build->depth;

    if (depth == 1) {
        build->is_malformed |= !is_word(name, size, &event);
    } else if (depth == DEPTH_OF_SECTIONS) {
        build->section = section_of(name, size);
    } else if (build->section == EVENT_SECTION_SYSTEM && depth == DEPTH_OF_FIELDS) {
        buffer_clear(&build->text);
        open_field(build, name, size);
    } else if (build->section != EVENT_SECTION_NONE && build->section != EVENT_SECTION_SYSTEM) {
        open_data(build, name, size);
    }
}

bool event_build_has_attributes(const struct event_build *build)
{
    return build->field && build->depth == DEPTH_OF_FIELDS;
}

void event_build_attribute(struct event_build *build, const char *name, size_t name_size,
                           const char *value, size_t size)
{
    const struct event_field *field = NULL;

    if (event_build_has_attributes(build))
        field = attribute_of(build, name, name_size);
    if (!field)
        return;
    add_clean(&build->text, value, size);
    field->set(build);
    buffer_clear(&build->text);
}

bool event_build_keeps_text(const struct event_build *build)
{
    return build->keeps_text;
}

void event_build_text(struct event_build *build, const char *text, size_t size)
{
    if (build->keeps_text)
        add_clean(&build->text, text, size);
}

static void close_data(struct event_build *build)
{
    struct windows_event *event = &build->event;

    if (build->section == EVENT_SECTION_DATA && build->depth > DEPTH_OF_FIELDS)
        return;
    if (build->is_binary)
        event->binary = keep_text(build);
    else if (build->is_leaf && event->string_count < EVENT_STRINGS_MOST)
        event->strings[event->string_count++] = keep_text(build);
    build->keeps_text = build->is_leaf = build->is_binary = false;
}

void event_build_close(struct event_build *build)
{
    if (build->depth == DEPTH_OF_FIELDS && build->section == EVENT_SECTION_SYSTEM) {
        if (build->keeps_text)
            build->field->set(build);
        build->keeps_text = false;
        build->field = NULL;
    } else if (build->depth >= DEPTH_OF_FIELDS && build->section > EVENT_SECTION_SYSTEM) {
        close_data(build);
    } else if (build->depth == DEPTH_OF_SECTIONS) {
        build->section = EVENT_SECTION_NONE;
    }
    build->depth--;
}

const struct windows_event *event_build_end(struct event_build *build)
{
    return build->has_id && !build->is_malformed ? &build->event : NULL;
}
