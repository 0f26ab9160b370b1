/* Whatever a server answers: within the limits, and the same in whatever pieces it comes. */
#include "diag/read/ews_reply.h"
#include "diag/text.h"
#include "tests/fuzz/xml_library.h"

#include <string.h>

static void check_text(const char *text, size_t most)
{
    check(!text || strlen(text) <= most);
}

static void check_code(const struct ews_message *message)
{
    check(!(message->code && message->is_success));
    check((message->class == EWS_CLASS_NONE) == !message->code);
    check(!message->code || strncmp(message->code, "Error", 5) == 0);
    check_text(message->code, EWS_CODE_MOST);
}

static void check_message(const struct ews_message *message)
{
    check_code(message);
    check_text(message->text, EWS_TEXT_MOST);
    check_text(message->link_key, EWS_TEXT_MOST);
    check_text(message->attachment, EWS_ID_MOST);
    check(message->item_count <= EWS_ITEMS_MOST && message->value_count <= EWS_VALUES_MOST);
    check(message->mime.bytes <= message->mime.encoded);
    check(message->has_back_off || message->back_off == 0);
    for (size_t i = 0; i < message->item_count; i++) {
        check(message->items[i].id && *message->items[i].id);
        check_text(message->items[i].id, EWS_ID_MOST);
        check_text(message->items[i].item_class, EWS_TEXT_MOST);
    }
    for (size_t i = 0; i < message->value_count; i++) {
        check_text(message->values[i].name, EWS_ID_MOST);
        check_text(message->values[i].text, EWS_TEXT_MOST);
    }
}

static struct ews_reply read_pieces(const char *text, size_t size, size_t piece,
                                    struct arena *arena)
{
    struct ews_reply_reader *reader = ews_reply_reader_new(library(), arena);
    struct ews_reply reply;

    for (size_t at = 0; at < size; at += piece)
        ews_reply_add(reader, text + at, size - at < piece ? size - at : piece);
    ews_reply_end(reader, &reply);
    check(reply.message_count <= EWS_MESSAGES_MOST);
    check((reply.status == STATUS_OK) == !reply.reason);
    check(!reply.reason || text_is_printable(reply.reason, strlen(reply.reason)));
    check((reply.kind == EWS_REPLY_MESSAGES || reply.kind == EWS_REPLY_FAULT) ==
          (reply.message_count > 0));
    for (size_t i = 0; i < reply.message_count; i++)
        check_message(&reply.messages[i]);
    return reply;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct arena arena = {0};
    struct ews_reply whole, pieces;

    if (size == 0)
        return 0;
    whole = read_pieces(text, size, size, &arena);
    pieces = read_pieces(text, size, 1 + data[size / 2] % 64, &arena);
    check((whole.status == STATUS_OK) == (pieces.status == STATUS_OK));
    if (whole.status == STATUS_OK) {
        check(whole.kind == pieces.kind && whole.message_count == pieces.message_count);
        for (size_t i = 0; i < whole.message_count; i++)
            check(whole.messages[i].mime.bytes == pieces.messages[i].mime.bytes &&
                  whole.messages[i].class == pieces.messages[i].class &&
                  whole.messages[i].item_count == pieces.messages[i].item_count);
    }
    arena_release(&arena);
    return 0;
}
