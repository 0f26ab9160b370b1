#include "diag/read/xml_stream.h"

#include "diag/read/xml_source.h"

#include <stdlib.h>
#include <string.h>

/* Of libxml2's interface: XML_PARSE_NONET and _IGNORE_ENC. */
enum { NO_NETWORK = 1 << 11, IGNORE_DECLARED_ENCODING = 1 << 21 };
enum { FAULT_IS_FATAL = 3, FAULT_NO_MEMORY = 2, PIECE_MOST = 1 << 16, OPENING_MOST = 9 };

enum place { /* where the bytes that are looked through are */
             PLACE_START,
             PLACE_TEXT,
             PLACE_OPENING, /* behind "<", of what is not known yet */
             PLACE_TAG,
             PLACE_COMMENT,
             PLACE_INSTRUCTION,
             PLACE_CDATA
};

/* Looks at what libxml2 is about to be given. */
struct guard {
    enum place place;
    char opening[OPENING_MOST]; /* what is behind the "<" */
    size_t opening_size;
    size_t size;         /* of the markup so far */
    char quote;          /* of a tag: the one that is open */
    unsigned attributes; /* of a tag */
    char last[2];        /* the bytes before this one, of a comment and its like */
};

struct xml_stream {
    const struct xml_library *library;
    const struct xml_events *events;
    void *context;
    void *parser;
    struct guard guard;
    struct xml_problem problem;
    enum status status; /* OK until something ends the parsing */
    bool had_root;
    unsigned depth, spaces;
    unsigned spaces_around[XML_DEPTH_MOST];
};

static void refuse(struct xml_stream *stream, enum status status, uint32_t line, const char *reason)
{
    if (stream->status != STATUS_OK)
        return;
    stream->status = xml_fail(&stream->problem, status, line, reason);
    if (stream->parser)
        stream->library->push_stop(stream->parser);
}

void xml_stream_stop(struct xml_stream *stream, enum status status, const char *reason)
{
    refuse(stream, status, 0, reason);
}

/* ---- what libxml2 is not to see ---- */

static void look_at_opening(struct xml_stream *stream, char character)
{
    static const char comment[] = "!--", cdata[] = "![CDATA[";
    struct guard *guard = &stream->guard;
    size_t size;

    guard->opening[guard->opening_size++] = character;
    size = guard->opening_size;
    guard->last[0] = guard->last[1] = '\0';
    if (guard->opening[0] == '?') {
        guard->place = PLACE_INSTRUCTION;
    } else if (guard->opening[0] != '!') {
        guard->place = character == '>' ? PLACE_TEXT : PLACE_TAG;
        guard->quote = '\0';
        guard->attributes = 0;
    } else if (size == strlen(comment) && memcmp(guard->opening, comment, size) == 0) {
        guard->place = PLACE_COMMENT;
    } else if (size == strlen(cdata) && memcmp(guard->opening, cdata, size) == 0) {
        guard->place = PLACE_CDATA;
    } else if (memcmp(guard->opening, comment, size < 3 ? size : 3) != 0 &&
               memcmp(guard->opening, cdata, size < 8 ? size : 8) != 0) {
        refuse(stream, STATUS_MALFORMED, 0, "it has a document type, and none is read here");
    }
}

static void look_at_tag(struct xml_stream *stream, char character)
{
    struct guard *guard = &stream->guard;

    if (guard->quote) {
        if (character == guard->quote)
            guard->quote = '\0';
    } else if (character == '"' || character == '\'') {
        guard->quote = character;
        if (++guard->attributes > XML_ATTRIBUTES_MOST)
            refuse(stream, STATUS_TOO_LARGE, 0, "an element has too many attributes");
    } else if (character == '>') {
        guard->place = PLACE_TEXT;
    }
}

static void look_for_end(struct guard *guard, char character)
{
    bool is_over = false;

    if (guard->place == PLACE_COMMENT)
        is_over = character == '>' && guard->last[0] == '-' && guard->last[1] == '-';
    else if (guard->place == PLACE_INSTRUCTION)
        is_over = character == '>' && guard->last[1] == '?';
    else
        is_over = character == '>' && guard->last[0] == ']' && guard->last[1] == ']';
    if (is_over)
        guard->place = PLACE_TEXT;
    guard->last[0] = guard->last[1];
    guard->last[1] = character;
}

/* A byte order mark, white space, and then markup. */
static void look_at_start(struct xml_stream *stream, char character)
{
    if (character == '<') {
        stream->guard.place = PLACE_TEXT;
        return;
    }
    if (character == '\xFF' || character == '\xFE')
        refuse(stream, STATUS_NOT_SUPPORTED, 1, "its encoding is not read here");
    else if (!character || !strchr("\xEF\xBB\xBF \t\r\n", character))
        refuse(stream, STATUS_MALFORMED, 1, "it does not begin as XML does");
}

static void look_at_markup(struct xml_stream *stream, char character)
{
    struct guard *guard = &stream->guard;

    if (++guard->size > XML_STREAM_MARKUP_MOST && guard->place != PLACE_CDATA)
        refuse(stream, STATUS_TOO_LARGE, 0, "a tag or a comment is too long");
    else if (guard->place == PLACE_OPENING)
        look_at_opening(stream, character);
    else if (guard->place == PLACE_TAG)
        look_at_tag(stream, character);
    else
        look_for_end(guard, character);
}

static void look_through(struct xml_stream *stream, const char *bytes, size_t size)
{
    struct guard *guard = &stream->guard;
    const char *end = bytes + size;

    if (memchr(bytes, '\0', size))
        refuse(stream, STATUS_MALFORMED, 0, "it holds a character 0");
    while (bytes < end && stream->status == STATUS_OK) {
        if (guard->place == PLACE_START)
            look_at_start(stream, *bytes);
        if (guard->place == PLACE_TEXT) {
            bytes = memchr(bytes, '<', (size_t)(end - bytes));
            if (!bytes)
                return;
            guard->place = PLACE_OPENING;
            guard->opening_size = guard->size = 0;
        } else if (guard->place != PLACE_START) {
            look_at_markup(stream, *bytes);
        }
        bytes++;
    }
}

/* ---- events ---- */

static void take_fault(void *context, struct xml_fault *fault)
{
    struct xml_stream *stream = context;

    if (fault->level < FAULT_IS_FATAL || stream->status != STATUS_OK)
        return;
    stream->status = xml_fail(&stream->problem,
                              fault->code == FAULT_NO_MEMORY ? STATUS_EXHAUSTED : STATUS_MALFORMED,
                              fault->line > 0 ? (uint32_t)fault->line : 0,
                              fault->message ? fault->message : "it is not well-formed");
}

static void take_document_type(void *context, const unsigned char *name,
                               const unsigned char *external, const unsigned char *system)
{
    (void)name;
    (void)external;
    (void)system;
    refuse(context, STATUS_MALFORMED, 0, "it has a document type, and none is read here");
}

static const char *string_of(const unsigned char *text)
{
    return text ? (const char *)text : "";
}

/* Five pointers each, of which the last two enclose the value. */
static const struct xml_attribute *list_attributes(const unsigned char **attributes, int count,
                                                   struct arena *arena)
{
    struct xml_attribute *list = arena_new(arena, (size_t)count, sizeof *list);

    for (int i = 0; i < count; i++, attributes += 5) {
        list[i].name = string_of(attributes[0]);
        list[i].space = attributes[1] ? string_of(attributes[2]) : "";
        list[i].value = arena_copy(arena, attributes[3], (size_t)(attributes[4] - attributes[3]));
        list[i].next = i + 1 < count ? &list[i + 1] : NULL;
    }
    return list;
}

static void take_open(void *context, const unsigned char *name, const unsigned char *prefix,
                      const unsigned char *space, int space_count, const unsigned char **spaces,
                      int attribute_count, int default_count, const unsigned char **attributes)
{
    struct xml_stream *stream = context;
    struct arena memory = {0};

    (void)prefix;
    (void)spaces;
    (void)default_count;
    if (stream->status != STATUS_OK)
        return;
    if (stream->depth == XML_DEPTH_MOST) {
        refuse(stream, STATUS_TOO_LARGE, 0, "its elements are nested too deep");
        return;
    }
    stream->spaces_around[stream->depth++] = stream->spaces;
    stream->spaces += (unsigned)space_count;
    stream->had_root = true;
    if (stream->spaces > XML_SPACES_MOST) {
        refuse(stream, STATUS_TOO_LARGE, 0, "too many namespaces are declared at once");
        return;
    }
    stream->events->begin(
        stream->context, string_of(space), string_of(name),
        attribute_count > 0 ? list_attributes(attributes, attribute_count, &memory) : NULL);
    arena_release(&memory);
}

static void take_close(void *context, const unsigned char *name, const unsigned char *prefix,
                       const unsigned char *space)
{
    struct xml_stream *stream = context;

    (void)name;
    (void)prefix;
    (void)space;
    if (stream->status != STATUS_OK || stream->depth == 0)
        return;
    stream->spaces = stream->spaces_around[--stream->depth];
    stream->events->end(stream->context);
}

static void take_text(void *context, const unsigned char *bytes, int size)
{
    struct xml_stream *stream = context;

    if (stream->status == STATUS_OK && size > 0)
        stream->events->text(stream->context, (const char *)bytes, (size_t)size);
}

/* ---- the stream ---- */

struct xml_stream *xml_stream_new(const struct xml_library *library,
                                  const struct xml_events *events, void *context)
{
    const struct xml_handlers handlers = {.document_type = take_document_type,
                                          .text = take_text,
                                          .white_space = take_text,
                                          .cdata = take_text,
                                          .magic = XML_HANDLERS_MAGIC,
                                          .open = take_open,
                                          .close = take_close,
                                          .fault = take_fault};
    struct xml_stream *stream = memory_new(1, sizeof *stream);

    stream->library = library;
    stream->events = events;
    stream->context = context;
    stream->parser = library->push_new(&handlers, stream, NULL, 0, NULL);
    if (stream->parser)
        library->push_options(stream->parser, NO_NETWORK | IGNORE_DECLARED_ENCODING);
    else
        refuse(stream, STATUS_EXHAUSTED, 0, "libxml2 cannot begin");
    return stream;
}

enum status xml_stream_add(struct xml_stream *stream, const char *bytes, size_t size)
{
    while (size > 0 && stream->status == STATUS_OK) {
        size_t piece = size < PIECE_MOST ? size : PIECE_MOST;

        look_through(stream, bytes, piece);
        if (stream->status == STATUS_OK)
            stream->library->push(stream->parser, bytes, (int)piece, 0);
        bytes += piece;
        size -= piece;
    }
    return stream->status;
}

enum status xml_stream_end(struct xml_stream *stream, struct xml_problem *problem)
{
    enum status status = stream->status;

    if (status == STATUS_OK) {
        stream->library->push(stream->parser, NULL, 0, 1);
        status = stream->status;
        if (!stream->had_root || stream->depth > 0)
            status = xml_fail(&stream->problem, STATUS_CLOSED, 0, "it is cut off");
    }
    *problem = stream->problem;
    if (stream->parser)
        stream->library->push_free(stream->parser);
    free(stream);
    return status;
}
