#include "diag/read/event_xml.h"

#include "diag/read/event_build.h"
#include "diag/read/event_glance.h"
#include "diag/read/event_plain.h"
#include "diag/read/utf16.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    SLICE = 1 << 16,       /* bytes that are taken in at a time */
    MARKUP_MOST = 9,       /* bytes that tell what "<" begins: "<![CDATA[" */
    TAG_MOST = 256,        /* bytes of <Event ...> that are looked at */
    BEGINNING_MOST = 512,  /* bytes that tell what a file is */
    BEGINNING_ROOM = 1024, /* and as UTF-8 */
    REFERENCE_MOST = 8     /* digits of a reference, of which those of more are left alone */
};

static const char schema[] = "http://schemas.microsoft.com/win/2004/08/events/event";

enum encoding { ENCODING_UNKNOWN, ENCODING_BYTES, ENCODING_UTF16 };

struct event_xml {
    event_take *take;
    void *context;
    const struct xml_library *library;
    struct event_build build;
    struct event_log_account account;
    struct buffer sound; /* an event that is wished for, where it is no XML as it stands */
    struct arena arena;  /* and its tree */

    enum encoding encoding;
    struct utf16 utf16;
    bool has_first; /* byte of a log that began with a piece of one byte */
    char first;

    struct buffer text; /* what is not read yet */
    size_t at;          /* how far it has been looked through */
    size_t begun;       /* where the event begins that is_open */
    bool is_open;
    const char *passage; /* CDATA or a comment of the event goes on until this, or NULL */
};

struct event_xml *event_xml_new(const struct xml_library *library, const struct event_wish *wishes,
                                event_take *take, void *context)
{
    struct event_xml *reader = memory_new(1, sizeof *reader);

    reader->library = library;
    reader->take = take;
    reader->context = context;
    event_build_init(&reader->build, wishes);
    buffer_init(&reader->sound, 3 * (size_t)EVENT_XML_MOST); /* U+FFFD for every byte */
    buffer_init(&reader->text, EVENT_XML_MOST + 4 * SLICE);
    return reader;
}

/* ---- one event ---- */

/* XML 1.0 2.2 */
static bool is_allowed(uint32_t character)
{
    return (character >= 0x20 && character < 0xD800) ||
           (character >= 0xE000 && character < 0xFFFE) ||
           (character >= 0x10000 && character <= 0x10FFFF) || character == '\t' ||
           character == '\n' || character == '\r';
}

/* Bytes of a reference that `text` begins with, to a character that is not allowed; or 0. */
static size_t forbidden_reference(const char *text, size_t size)
{
    unsigned base = size > 2 && text[2] == 'x' ? 16 : 10;
    size_t begin = base == 16 ? 3 : 2, at = begin;
    uint32_t character = 0;

    if (size < 2 || text[1] != '#')
        return 0;
    for (; at < size && at - begin < REFERENCE_MOST; at++) {
        char digit = text_lower(text[at]);
        unsigned value =
            text_is_digit(digit) ? (unsigned)(digit - '0') : (unsigned)(digit - 'a') + 10;

        if (value >= base)
            break;
        character = character * base + value;
    }
    return at > begin && at < size && text[at] == ';' && !is_allowed(character) ? at + 1 : 0;
}

/* Bytes of ASCII that `text` begins with, to which nothing is to be done. */
static size_t plain_size(const char *text, size_t size)
{
    size_t plain = 0;

    while (plain < size && text[plain] >= ' ' && text[plain] <= '~' && text[plain] != '&')
        plain++;
    return plain;
}

/* Of what is not plain: gives the bytes it takes. */
static size_t add_character(struct buffer *out, const char *text, size_t size)
{
    uint32_t character = 0;
    size_t taken = *text == '&' ? forbidden_reference(text, size) : 0;

    if (taken == 0) {
        taken = text_decode(text, size, &character);
        if (taken > 0 && is_allowed(character)) {
            buffer_add(out, text, taken);
            return taken;
        }
    }
    text_encode(out, 0xFFFD);
    return taken ? taken : 1;
}

/* What is no XML, although Windows writes it, becomes U+FFFD: control characters, code pages. */
static void add_sound(struct buffer *out, const char *text, size_t size)
{
    while (size > 0) {
        size_t taken = plain_size(text, size);

        if (taken > 0)
            buffer_add(out, text, taken);
        else
            taken = add_character(out, text, size);
        text += taken;
        size -= taken;
    }
}

static void build_node(struct event_build *build, const struct xml_node *node)
{
    if (node->text) {
        event_build_text(build, node->text, strlen(node->text));
        return;
    }
    event_build_open(build, node->name, strlen(node->name));
    for (const struct xml_attribute *attribute = node->attributes; attribute;
         attribute = attribute->next)
        event_build_attribute(build, attribute->name, strlen(attribute->name), attribute->value,
                              strlen(attribute->value));
    for (const struct xml_node *child = node->first; child; child = child->next)
        build_node(build, child);
    event_build_close(build);
}

static bool read_plain(struct event_xml *reader, const char *text, size_t size)
{
    event_build_begin(&reader->build);
    return event_plain_read(&reader->build, text, size);
}

static bool read_by_library(struct event_xml *reader, const char *text, size_t size)
{
    const struct xml_node *root;
    struct xml_problem problem;

    arena_reset(&reader->arena);
    if (xml_parse(reader->library, text, size, &reader->arena, &root, &problem) != STATUS_OK)
        return false;
    event_build_begin(&reader->build);
    build_node(&reader->build, root);
    return true;
}

/* NULL if it is none. */
static const struct windows_event *parse_event(struct event_xml *reader, const char *text,
                                               size_t size)
{
    struct buffer *sound = &reader->sound;

    if (read_plain(reader, text, size))
        return event_build_end(&reader->build);
    buffer_clear(sound);
    add_sound(sound, text, size);
    return read_plain(reader, sound->text, sound->size) ||
                   read_by_library(reader, sound->text, sound->size)
               ? event_build_end(&reader->build)
               : NULL;
}

static void note_time(struct event_log_account *account, int64_t time)
{
    if (time == 0)
        return;
    if (account->first == 0 || time < account->first)
        account->first = time;
    if (account->last == 0 || time > account->last)
        account->last = time;
}

static void take_event(struct event_xml *reader, const char *text, size_t size)
{
    const struct windows_event *event = NULL;
    int64_t time;

    if (!event_glance_is_unwished(reader->build.wishes, text, size, &time)) {
        event = parse_event(reader, text, size);
        if (!event) {
            reader->account.damaged++;
            return;
        }
        time = event->time;
    }
    reader->account.events++;
    note_time(&reader->account, time);
    if (event && event_is_wished(reader->build.wishes, event))
        reader->take(reader->context, event);
}

/* ---- where events begin and end ---- */

static bool contains(const char *text, size_t size, const char *part)
{
    size_t length = strlen(part);

    for (size_t i = 0; i + length <= size; i++) {
        if (text[i] == part[0] && memcmp(text + i, part, length) == 0)
            return true;
    }
    return false;
}

static bool starts(const char *text, size_t size, const char *mark)
{
    size_t length = strlen(mark);

    return size >= length && memcmp(text, mark, length) == 0;
}

static bool starts_tag(const char *text, size_t size, const char *tag)
{
    size_t length = strlen(tag);

    return starts(text, size, tag) && size > length && text[length] != '\0' &&
           strchr(" \t\r\n>", text[length]);
}

/* Of an <Event ...> that is open here: false where that takes more of the text. */
static bool begin_event(struct event_xml *reader, const char *text, size_t size, bool is_last)
{
    const char *end = memchr(text, '>', size < TAG_MOST ? size : TAG_MOST);

    if (!reader->is_open) {
        reader->is_open = true;
        reader->begun = reader->at;
        return true;
    }
    if (!end && size < TAG_MOST && !is_last)
        return false;
    if (end && contains(text, (size_t)(end - text), schema)) {
        reader->account.damaged++;
        reader->begun = reader->at;
    }
    return true;
}

static void end_event(struct event_xml *reader, const char *end)
{
    if (reader->is_open)
        take_event(reader, reader->text.text + reader->begun,
                   (size_t)(end - reader->text.text) - reader->begun);
    reader->is_open = false;
}

/* What "<" at reader->at begins; false where that takes more of the text. */
static bool read_markup(struct event_xml *reader, bool is_last)
{
    const char *text = reader->text.text + reader->at;
    size_t size = reader->text.size - reader->at;
    const char *end;

    if (size < MARKUP_MOST && !is_last)
        return false;
    if (starts(text, size, "</Event")) {
        end = text + strlen("</Event") + strspn(text + strlen("</Event"), " \t\r\n");
        if (end == text + size && !is_last)
            return false;
        if (*end == '>')
            end_event(reader, end + 1);
    } else if (starts_tag(text, size, "<Event")) {
        if (!begin_event(reader, text, size, is_last))
            return false;
    } else if (reader->is_open && starts(text, size, "<!--")) {
        reader->passage = "-->";
    } else if (reader->is_open && starts(text, size, "<![CDATA[")) {
        reader->passage = "]]>";
    }
    reader->at++;
    return true;
}

/* Steps over the rest of a passage, which begins behind <Event; false where its end is still to
 * come. */
static bool skip_passage(struct event_xml *reader)
{
    const char *text = reader->text.text, *end = text + reader->text.size;
    const char *at = text + reader->at;

    while ((at = memchr(at, '>', (size_t)(end - at)))) {
        at++;
        if (memcmp(at - 3, reader->passage, 3) == 0) {
            reader->passage = NULL;
            reader->at = (size_t)(at - text);
            return true;
        }
    }
    reader->at = reader->text.size;
    return false;
}

static void look_through(struct event_xml *reader, bool is_last)
{
    const struct buffer *text = &reader->text;

    for (;;) {
        const char *mark;

        if (reader->passage && !skip_passage(reader))
            return;
        mark = memchr(text->text + reader->at, '<', text->size - reader->at);
        reader->at = mark ? (size_t)(mark - text->text) : text->size;
        if (!mark || !read_markup(reader, is_last))
            return;
    }
}

/* Drops what has been read, and an event that is too long. */
static void make_room(struct event_xml *reader)
{
    struct buffer *text = &reader->text;
    size_t read;

    if (reader->is_open && text->size - reader->begun > EVENT_XML_MOST) {
        reader->account.damaged++;
        reader->is_open = false;
        reader->passage = NULL;
    }
    read = reader->is_open ? reader->begun : reader->at;
    memmove(text->text, text->text + read, text->size - read + 1);
    text->size -= read;
    reader->at -= read;
    reader->begun = 0;
}

/* ---- pieces ---- */

static void feed_slice(struct event_xml *reader, const char *bytes, size_t size)
{
    if (reader->encoding == ENCODING_UTF16)
        utf16_to_utf8(&reader->utf16, bytes, size, &reader->text);
    else
        buffer_add(&reader->text, bytes, size);
    look_through(reader, false);
    make_room(reader);
}

void event_xml_feed(struct event_xml *reader, const char *bytes, size_t size)
{
    if (reader->encoding == ENCODING_UNKNOWN && size > 0) {
        char head[2] = {reader->has_first ? reader->first : bytes[0], 0};

        if (!reader->has_first && size == 1) {
            reader->has_first = true;
            reader->first = bytes[0];
            return;
        }
        head[1] = bytes[reader->has_first ? 0 : 1];
        reader->encoding =
            utf16_begins_markup(head, 2, &reader->utf16) ? ENCODING_UTF16 : ENCODING_BYTES;
        if (reader->has_first)
            feed_slice(reader, &reader->first, 1);
    }
    for (size_t taken; size > 0; bytes += taken, size -= taken) {
        taken = size < SLICE ? size : SLICE;
        feed_slice(reader, bytes, taken);
    }
}

void event_xml_end(struct event_xml *reader, struct event_log_account *account)
{
    look_through(reader, true);
    reader->account.cut_off = reader->is_open;
    *account = reader->account;
    event_build_release(&reader->build);
    buffer_release(&reader->sound);
    arena_release(&reader->arena);
    buffer_release(&reader->text);
    free(reader);
}

bool event_xml_is(const char *bytes, size_t size)
{
    struct utf16 utf16;
    struct buffer text;
    const char *at;
    bool is_log;

    if (size < 2)
        return false;
    size = size < BEGINNING_MOST ? size : BEGINNING_MOST;
    buffer_init(&text, BEGINNING_ROOM);
    if (utf16_begins_markup(bytes, size, &utf16))
        utf16_to_utf8(&utf16, bytes, size, &text);
    else
        buffer_add(&text, bytes, size);
    at = text.text + (starts(text.text, text.size, "\xEF\xBB\xBF") ? 3 : 0);
    at += strspn(at, " \t\r\n");
    is_log = *at == '<' && (strstr(at, "<Event ") || strstr(at, "<Event>")) && strstr(at, schema);
    buffer_release(&text);
    return is_log;
}
