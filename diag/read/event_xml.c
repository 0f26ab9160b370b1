#include "diag/read/event_xml.h"

#include "diag/read/event_build.h"
#include "diag/read/utf16.h"
#include "diag/read/xml_text.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    SLICE = 1 << 16,      /* bytes that are taken in at a time */
    MARKUP_MOST = 9,      /* bytes that tell what "<" begins: "<![CDATA[" */
    TAG_MOST = 256,       /* bytes of <Event ...> that are looked at */
    BEGINNING_MOST = 512, /* bytes that tell what a file is */
    BEGINNING_ROOM = 1024 /* and as UTF-8 */
};

static const char schema[] = "http://schemas.microsoft.com/win/2004/08/events/event";

enum encoding { ENCODING_UNKNOWN, ENCODING_BYTES, ENCODING_UTF16 };

struct event_xml {
    event_take *take;
    void *context;
    struct event_build build;
    struct event_log_account account;
    struct buffer value; /* of an attribute, or a text, without references */

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

struct event_xml *event_xml_new(const struct event_wish *wishes, event_take *take, void *context)
{
    struct event_xml *reader = memory_new(1, sizeof *reader);

    reader->take = take;
    reader->context = context;
    event_build_init(&reader->build, wishes);
    buffer_init(&reader->value, EVENT_XML_MOST);
    buffer_init(&reader->text, EVENT_XML_MOST + 4 * SLICE);
    return reader;
}

/* ---- one event ---- */

static bool build_open(struct event_xml *reader, const struct xml_text *xml)
{
    struct xml_span rest = xml->attributes, name, value;

    event_build_open(&reader->build, xml->name.at, xml->name.size);
    if (!event_build_has_attributes(&reader->build))
        return true;
    while (xml_text_attribute(&rest, &name, &value)) {
        buffer_clear(&reader->value);
        if (!xml_text_resolve(&value, &reader->value))
            return false;
        event_build_attribute(&reader->build, name.at, name.size, reader->value.text,
                              reader->value.size);
    }
    return true;
}

static bool build_text(struct event_xml *reader, const struct xml_text *xml)
{
    if (xml->is_literal || !memchr(xml->text.at, '&', xml->text.size)) {
        event_build_text(&reader->build, xml->text.at, xml->text.size);
        return true;
    }
    buffer_clear(&reader->value);
    if (!xml_text_resolve(&xml->text, &reader->value))
        return false;
    event_build_text(&reader->build, reader->value.text, reader->value.size);
    return true;
}

/* All of it, or until nobody wishes for it and its time is known; false if it is not XML. */
static bool build_event(struct event_xml *reader, const char *text, size_t size)
{
    struct event_build *build = &reader->build;
    struct xml_text xml;

    event_build_begin(build);
    xml_text_begin(&xml, text, size);
    for (;;) {
        bool is_sound = true;

        switch (xml_text_next(&xml)) {
        case XML_OPEN:
            is_sound = build_open(reader, &xml);
            break;
        case XML_TEXT:
            is_sound = build_text(reader, &xml);
            break;
        case XML_CLOSE:
            event_build_close(build);
            if (build->is_unwished && (build->event.time || build->section == EVENT_SECTION_NONE))
                return true;
            break;
        case XML_END:
            return true;
        case XML_BROKEN:
            return false;
        }
        if (!is_sound)
            return false;
    }
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
    struct event_build *build = &reader->build;

    if (build_event(reader, text, size) && !build->is_unwished)
        event = event_build_end(build);
    if (!event && !build->is_unwished) {
        reader->account.damaged++;
        return;
    }
    reader->account.events++;
    note_time(&reader->account, build->event.time);
    if (event && event_is_wished(build->wishes, event))
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

/* By its mark, or where it has none, by its first character, which is of ASCII. */
static enum encoding encoding_of(const char *bytes, struct utf16 *utf16)
{
    if (utf16_begins(bytes, 2, utf16))
        return ENCODING_UTF16;
    if (!bytes[0] == !bytes[1])
        return ENCODING_BYTES;
    *utf16 = (struct utf16){.is_big_endian = !bytes[0]};
    return bytes[0] && bytes[1] ? ENCODING_BYTES : ENCODING_UTF16;
}

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
        reader->encoding = encoding_of(head, &reader->utf16);
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
    buffer_release(&reader->value);
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
    if (encoding_of(bytes, &utf16) == ENCODING_UTF16)
        utf16_to_utf8(&utf16, bytes, size, &text);
    else
        buffer_add(&text, bytes, size);
    at = text.text + (starts(text.text, text.size, "\xEF\xBB\xBF") ? 3 : 0);
    at += strspn(at, " \t\r\n");
    is_log = *at == '<' && (strstr(at, "<Event ") || strstr(at, "<Event>")) && strstr(at, schema);
    buffer_release(&text);
    return is_log;
}
