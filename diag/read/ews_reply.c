#include "diag/read/ews_reply.h"

#include "diag/read/ews_request.h"
#include "diag/read/xml_stream.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD_SIZE = 512, VERSION_PART_MOST = 65535 };

#define EWS_SPACE "http://schemas.microsoft.com/exchange/services/2006/"
#define SOAP      "http://schemas.xmlsoap.org/soap/envelope/"
#define MESSAGES  EWS_SPACE "messages"
#define TYPES     EWS_SPACE "types"
#define ERRORS    EWS_SPACE "errors"

static const char *const kind_words[EWS_REPLY_KIND_COUNT] = {
#define X(name, word) [EWS_REPLY_##name] = word,
    EWS_REPLY_KIND_LIST(X)
#undef X
};

const char *ews_reply_kind_word(enum ews_reply_kind kind)
{
    return kind_words[kind];
}

/* ---- the elements that matter ---- */

enum element {
    AT_NOTHING, /* what is within is of no interest either */
    AT_DOCUMENT,
    AT_ENVELOPE,
    AT_HEADER,
    AT_VERSION,
    AT_BODY,
    AT_RESPONSE,
    AT_MESSAGES,
    AT_MESSAGE,
    AT_CODE,
    AT_TEXT,
    AT_LINK_KEY,
    AT_XML,
    AT_VALUE,
    AT_FOLDER,
    AT_ITEMS,
    AT_ITEM,
    AT_ITEM_ID,
    AT_CLASS,
    AT_SIZE,
    AT_HAS_ATTACHMENTS,
    AT_SUBJECT,
    AT_PROPERTY,
    AT_PROPERTY_NAME,
    AT_PROPERTY_VALUE,
    AT_MIME,
    AT_ATTACHMENTS,
    AT_ATTACHMENT,
    AT_ATTACHMENT_ID,
    AT_FAULT,
    AT_FAULT_CODE,
    AT_DETAIL
};

static const struct place {
    const char *space;
    const char *name;    /* NULL: any */
    enum element around; /* that it is in */
    enum element element;
} places[] = {
    {SOAP, "Envelope", AT_DOCUMENT, AT_ENVELOPE},
    {SOAP, "Header", AT_ENVELOPE, AT_HEADER},
    {SOAP, "Body", AT_ENVELOPE, AT_BODY},
    {TYPES, "ServerVersionInfo", AT_HEADER, AT_VERSION},
    {SOAP, "Fault", AT_BODY, AT_FAULT},
    {MESSAGES, NULL, AT_BODY, AT_RESPONSE},
    {MESSAGES, "ResponseMessages", AT_RESPONSE, AT_MESSAGES},
    {MESSAGES, NULL, AT_MESSAGES, AT_MESSAGE},
    {MESSAGES, "ResponseCode", AT_MESSAGE, AT_CODE},
    {MESSAGES, "MessageText", AT_MESSAGE, AT_TEXT},
    {MESSAGES, "DescriptiveLinkKey", AT_MESSAGE, AT_LINK_KEY},
    {MESSAGES, "MessageXml", AT_MESSAGE, AT_XML},
    {MESSAGES, "RootFolder", AT_MESSAGE, AT_FOLDER},
    {MESSAGES, "Items", AT_MESSAGE, AT_ITEMS},
    {MESSAGES, "Attachments", AT_MESSAGE, AT_ATTACHMENTS},
    {TYPES, "Value", AT_XML, AT_VALUE},
    {TYPES, "Items", AT_FOLDER, AT_ITEMS},
    {TYPES, NULL, AT_ITEMS, AT_ITEM},
    {TYPES, "ItemId", AT_ITEM, AT_ITEM_ID},
    {TYPES, "ItemClass", AT_ITEM, AT_CLASS},
    {TYPES, "Size", AT_ITEM, AT_SIZE},
    {TYPES, "HasAttachments", AT_ITEM, AT_HAS_ATTACHMENTS},
    {TYPES, "MimeContent", AT_ITEM, AT_MIME},
    {TYPES, "Subject", AT_ITEM, AT_SUBJECT},
    {TYPES, "ExtendedProperty", AT_ITEM, AT_PROPERTY},
    {TYPES, "ExtendedFieldURI", AT_PROPERTY, AT_PROPERTY_NAME},
    {TYPES, "Value", AT_PROPERTY, AT_PROPERTY_VALUE},
    {TYPES, "FileAttachment", AT_ATTACHMENTS, AT_ATTACHMENT},
    {TYPES, "AttachmentId", AT_ATTACHMENT, AT_ATTACHMENT_ID},
    {"", "faultcode", AT_FAULT, AT_FAULT_CODE},
    {"", "faultstring", AT_FAULT, AT_TEXT},
    {"", "detail", AT_FAULT, AT_DETAIL},
    {ERRORS, "ResponseCode", AT_DETAIL, AT_CODE},
    {ERRORS, "Message", AT_DETAIL, AT_TEXT},
    {TYPES, "MessageXml", AT_DETAIL, AT_XML},
};

struct ews_reply_reader {
    struct arena *arena;
    struct xml_stream *stream;
    struct ews_reply reply;
    char head[HEAD_SIZE]; /* how it begins */
    size_t head_size;

    enum element open[XML_DEPTH_MOST + 1]; /* the first is the document */
    size_t depth;
    struct buffer text; /* of the element at hand */

    struct ews_message message; /* the one at hand */
    struct ews_message *messages;
    struct ews_found item;
    bool has_test_subject, is_mark, has_mark; /* of the item, its property, the item */
    struct ews_found *items;
    struct ews_value *values;
    size_t message_room, item_room, value_room;
    const char *value_name;
    struct ews_mime mime;
    unsigned padding; /* of base64 */
};

static enum element find_element(enum element around, const char *space, const char *name)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const struct place *place = &places[i];

        if (place->around == around && strcmp(place->space, space) == 0 &&
            (!place->name || strcmp(place->name, name) == 0))
            return place->element;
    }
    return AT_NOTHING;
}

/* ---- values ---- */

static const char *value_of(const struct xml_attribute *attributes, const char *name)
{
    while (attributes && (*attributes->space || strcmp(attributes->name, name) != 0))
        attributes = attributes->next;
    return attributes ? attributes->value : NULL;
}

/* Digits alone. */
static bool read_number(const char *text, size_t size, uint64_t most, uint64_t *number)
{
    uint64_t value = 0;

    if (size == 0 || size > 19)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!text_is_digit(text[i]))
            return false;
        value = value * 10 + (uint64_t)(text[i] - '0');
    }
    if (value > most)
        return false;
    *number = value;
    return true;
}

static bool is_space(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

/* The text of the element at hand, without white space around it. */
static const char *trimmed(const struct ews_reply_reader *reader, size_t *size)
{
    const char *text = reader->text.text;

    *size = reader->text.size;
    for (; *size > 0 && is_space(*text); (*size)--)
        text++;
    while (*size > 0 && is_space(text[*size - 1]))
        (*size)--;
    return text;
}

static const char *keep_text(const struct ews_reply_reader *reader)
{
    size_t size;
    const char *text = trimmed(reader, &size);

    return size > 0 ? arena_copy(reader->arena, text, size) : NULL;
}

static const char *keep_id(const struct ews_reply_reader *reader, const char *id)
{
    return id && *id && strlen(id) <= EWS_ID_MOST ? arena_copy_string(reader->arena, id) : NULL;
}

static bool is_code(const char *text, size_t size)
{
    static const char begin[] = "Error";

    if (size <= strlen(begin) || size > EWS_CODE_MOST || memcmp(text, begin, strlen(begin)) != 0)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!text_is_letter(text[i]) && !text_is_digit(text[i]))
            return false;
    }
    return true;
}

/* The first that is one counts. */
static void take_code(struct ews_reply_reader *reader, const char *text, size_t size)
{
    static const char fine[] = "NoError";
    struct ews_message *message = &reader->message;

    if (message->code || message->is_success)
        return;
    if (size == strlen(fine) && memcmp(text, fine, size) == 0)
        message->is_success = true;
    else if (is_code(text, size))
        message->code = arena_copy(reader->arena, text, size);
    message->class = ews_class_of(message->code);
}

static void take_version(struct ews_reply_reader *reader, const struct xml_attribute *attributes)
{
    static const char *const names[] = {"MajorVersion", "MinorVersion", "MajorBuildNumber",
                                        "MinorBuildNumber"};
    uint64_t parts[4];

    for (size_t i = 0; i < 4; i++) {
        const char *text = value_of(attributes, names[i]);

        if (!text || !read_number(text, strlen(text), VERSION_PART_MOST, &parts[i]))
            return;
    }
    reader->reply.version = (struct ews_server_version){(unsigned)parts[0], (unsigned)parts[1],
                                                        (unsigned)parts[2], (unsigned)parts[3]};
}

/* ---- elements that begin ---- */

static void begin_message(struct ews_reply_reader *reader)
{
    reader->message = (struct ews_message){.is_last_in_range = true};
    reader->items = NULL;
    reader->values = NULL;
    reader->item_room = reader->value_room = 0;
    reader->mime = (struct ews_mime){0};
}

static void begin_item(struct ews_reply_reader *reader, const char *name)
{
    reader->item = (struct ews_found){.element = arena_copy_string(reader->arena, name)};
    reader->has_test_subject = reader->has_mark = reader->is_mark = false;
}

static void begin_mime(struct ews_reply_reader *reader)
{
    reader->mime = (struct ews_mime){.is_there = true};
    reader->padding = 0;
}

static void take_attributes(struct ews_reply_reader *reader, enum element element,
                            const struct xml_attribute *attributes)
{
    const char *text;

    if (element == AT_VERSION) {
        take_version(reader, attributes);
    } else if (element == AT_VALUE) {
        text = value_of(attributes, "Name");
        reader->value_name = keep_id(reader, text);
    } else if (element == AT_FOLDER) {
        text = value_of(attributes, "IncludesLastItemInRange");
        reader->message.is_last_in_range = !text || strcmp(text, "false") != 0;
    } else if (element == AT_ITEM_ID) {
        reader->item.id = keep_id(reader, value_of(attributes, "Id"));
        reader->item.change_key = keep_id(reader, value_of(attributes, "ChangeKey"));
    } else if (element == AT_PROPERTY_NAME) {
        text = value_of(attributes, "PropertyName");
        reader->is_mark = text && strcmp(text, EWS_TEST_MARK) == 0;
    } else if (element == AT_ATTACHMENT_ID) {
        reader->message.attachment = keep_id(reader, value_of(attributes, "RootItemId"));
    }
}

static void take_open(void *context, const char *space, const char *name,
                      const struct xml_attribute *attributes)
{
    struct ews_reply_reader *reader = context;
    enum element element = find_element(reader->open[reader->depth], space, name);

    reader->open[++reader->depth] = element;
    buffer_clear(&reader->text);
    if (reader->depth == 1 && element != AT_ENVELOPE) {
        xml_stream_stop(reader->stream, STATUS_MALFORMED, "it is no SOAP 1.1 envelope");
        return;
    }
    if (element == AT_MESSAGE || element == AT_FAULT)
        begin_message(reader);
    else if (element == AT_ITEM)
        begin_item(reader, name);
    else if (element == AT_MIME)
        begin_mime(reader);
    else
        take_attributes(reader, element, attributes);
}

/* ---- texts ---- */

enum { OTHER_CHARACTER, DIGIT_CHARACTER, PADDING_CHARACTER, SPACE_CHARACTER };

static int base64_character(char character)
{
    if (text_is_letter(character) || text_is_digit(character) || character == '+' ||
        character == '/')
        return DIGIT_CHARACTER;
    if (character == '=')
        return PADDING_CHARACTER;
    return is_space(character) ? SPACE_CHARACTER : OTHER_CHARACTER;
}

static void measure(struct ews_reply_reader *reader, const char *bytes, size_t size)
{
    struct ews_mime *mime = &reader->mime;

    for (size_t i = 0; i < size; i++) {
        int kind = base64_character(bytes[i]);

        if (kind == PADDING_CHARACTER)
            reader->padding++;
        else if (kind == DIGIT_CHARACTER && reader->padding == 0)
            mime->encoded++;
        else if (kind != SPACE_CHARACTER)
            mime->is_damaged = true;
    }
}

static void take_text(void *context, const char *bytes, size_t size)
{
    struct ews_reply_reader *reader = context;
    enum element element = reader->open[reader->depth];

    if (element == AT_MIME)
        measure(reader, bytes, size);
    else if (element != AT_NOTHING)
        buffer_add(&reader->text, bytes, size);
}

/* ---- elements that end ---- */

static void end_mime(struct ews_reply_reader *reader)
{
    struct ews_mime *mime = &reader->mime;
    uint64_t digits = mime->encoded;

    if (reader->padding > 2 || (digits + reader->padding) % 4 != 0)
        mime->is_damaged = true;
    mime->encoded += reader->padding;
    mime->bytes = digits / 4 * 3 + (digits % 4 > 1 ? digits % 4 - 1 : 0);
    if (!reader->message.mime.is_there)
        reader->message.mime = *mime;
}

static void end_item(struct ews_reply_reader *reader)
{
    struct ews_message *message = &reader->message;

    if (!reader->item.id || message->item_count == EWS_ITEMS_MOST) {
        message->more = true;
        return;
    }
    reader->item.is_test_item = reader->has_test_subject && reader->has_mark;
    reader->items = arena_grow(reader->arena, reader->items, &reader->item_room,
                               message->item_count, sizeof *reader->items);
    reader->items[message->item_count++] = reader->item;
    message->items = reader->items;
}

static void end_value(struct ews_reply_reader *reader)
{
    struct ews_message *message = &reader->message;
    uint64_t number;
    size_t size;
    const char *text = trimmed(reader, &size);

    if (!reader->value_name || message->value_count == EWS_VALUES_MOST) {
        message->more = true;
        return;
    }
    if (strcmp(reader->value_name, "BackOffMilliseconds") == 0 &&
        read_number(text, size, UINT32_MAX, &number)) {
        message->has_back_off = true;
        message->back_off = (uint32_t)number;
    }
    reader->values = arena_grow(reader->arena, reader->values, &reader->value_room,
                                message->value_count, sizeof *reader->values);
    reader->values[message->value_count++] =
        (struct ews_value){reader->value_name, arena_copy(reader->arena, text, size)};
    message->values = reader->values;
}

static void end_message(struct ews_reply_reader *reader, enum ews_reply_kind kind)
{
    struct ews_reply *reply = &reader->reply;

    if (reply->message_count == EWS_MESSAGES_MOST) {
        xml_stream_stop(reader->stream, STATUS_TOO_LARGE, "it has too many messages");
        return;
    }
    reader->messages = arena_grow(reader->arena, reader->messages, &reader->message_room,
                                  reply->message_count, sizeof *reader->messages);
    reader->messages[reply->message_count++] = reader->message;
    reply->messages = reader->messages;
    reply->kind = kind;
}

static bool is_word(const char *text, size_t size, const char *word)
{
    return size == strlen(word) && memcmp(text, word, size) == 0;
}

static void end_text(struct ews_reply_reader *reader, enum element element)
{
    uint64_t number;
    size_t size;
    const char *text = trimmed(reader, &size), *colon;

    switch (element) {
    case AT_CODE:
        take_code(reader, text, size);
        break;
    case AT_FAULT_CODE: /* a prefix stands before it */
        colon = memchr(text, ':', size);
        if (colon)
            take_code(reader, colon + 1, size - (size_t)(colon + 1 - text));
        break;
    case AT_TEXT:
        reader->message.text = keep_text(reader);
        break;
    case AT_LINK_KEY:
        reader->message.link_key = keep_text(reader);
        break;
    case AT_CLASS:
        reader->item.item_class = keep_text(reader);
        break;
    case AT_SIZE:
        reader->item.size = read_number(text, size, INT64_MAX, &number) ? number : 0;
        break;
    case AT_HAS_ATTACHMENTS:
        reader->item.has_attachments = is_word(text, size, "true");
        break;
    case AT_SUBJECT:
        reader->has_test_subject = is_word(text, size, EWS_TEST_SUBJECT);
        break;
    case AT_PROPERTY:
        reader->is_mark = false;
        break;
    case AT_PROPERTY_VALUE:
        reader->has_mark = reader->has_mark || (reader->is_mark && is_word(text, size, "1"));
        break;
    default:
        break;
    }
}

static void take_close(void *context)
{
    struct ews_reply_reader *reader = context;
    enum element element = reader->open[reader->depth--];

    if (element == AT_MESSAGE)
        end_message(reader, EWS_REPLY_MESSAGES);
    else if (element == AT_FAULT)
        end_message(reader, EWS_REPLY_FAULT);
    else if (element == AT_ITEM)
        end_item(reader);
    else if (element == AT_VALUE)
        end_value(reader);
    else if (element == AT_MIME)
        end_mime(reader);
    else
        end_text(reader, element);
    buffer_clear(&reader->text);
}

/* ---- the reader ---- */

struct ews_reply_reader *ews_reply_reader_new(const struct xml_library *library,
                                              struct arena *arena)
{
    static const struct xml_events events = {take_open, take_close, take_text};
    struct ews_reply_reader *reader = memory_new(1, sizeof *reader);

    reader->arena = arena;
    reader->open[0] = AT_DOCUMENT;
    buffer_init(&reader->text, EWS_TEXT_MOST);
    reader->stream = xml_stream_new(library, &events, reader);
    return reader;
}

bool ews_reply_add(struct ews_reply_reader *reader, const char *bytes, size_t size)
{
    size_t room = HEAD_SIZE - reader->head_size;

    memcpy(reader->head + reader->head_size, bytes, size < room ? size : room);
    reader->head_size += size < room ? size : room;
    reader->reply.bytes += size;
    if (reader->reply.bytes > EWS_REPLY_MOST)
        xml_stream_stop(reader->stream, STATUS_TOO_LARGE, "it is too long");
    return xml_stream_add(reader->stream, bytes, size) == STATUS_OK ||
           reader->head_size < HEAD_SIZE; /* a page is told by its beginning */
}

static bool is_html(const struct ews_reply_reader *reader)
{
    static const char *const beginnings[] = {"<!doctype html", "<html"};
    const char *text = reader->head, *end = text + reader->head_size;

    while (text < end && (is_space(*text) || strchr("\xEF\xBB\xBF", *text)))
        text++;
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        if (text_starts_fold(text, (size_t)(end - text), beginnings[i]))
            return true;
    }
    return false;
}

static enum ews_reply_kind kind_of(const struct ews_reply_reader *reader)
{
    if (reader->reply.bytes == 0)
        return EWS_REPLY_NOTHING;
    if (reader->reply.message_count > 0)
        return reader->reply.kind;
    return is_html(reader) ? EWS_REPLY_HTML : EWS_REPLY_FOREIGN;
}

void ews_reply_end(struct ews_reply_reader *reader, struct ews_reply *out)
{
    struct ews_reply *reply = &reader->reply;
    struct xml_problem problem;

    reply->status = xml_stream_end(reader->stream, &problem);
    reply->kind = kind_of(reader);
    if (reply->status == STATUS_OK && reply->message_count == 0) {
        reply->status = STATUS_MALFORMED;
        reply->reason = "it holds no answer of Exchange Web Services";
    } else if (reply->status != STATUS_OK) {
        reply->reason = arena_copy_string(reader->arena, problem.reason);
    }
    *out = *reply;
    buffer_release(&reader->text);
    free(reader);
}
