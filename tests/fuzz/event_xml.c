/* However a log is cut into pieces, the same events are told of it, and all their text is UTF-8. */
#include "diag/read/event_xml.h"
#include "diag/text.h"
#include "tests/fuzz/xml_library.h"

#include <stdlib.h>
#include <string.h>

static const struct event_wish wishes[] = {{"MSExchangeTransport", 0}, {"P", 7}, {NULL, 0}};

static void add_text(uint64_t *sum, const char *text)
{
    check(text_is_utf8(text, strlen(text)) && strlen(text) <= EVENT_STRING_MOST);
    *sum = *sum * 31 + text_hash(text);
}

static void take(void *context, const struct windows_event *event)
{
    uint64_t *sum = context;

    check(event_is_wished(wishes, event) && event->string_count <= EVENT_STRINGS_MOST);
    add_text(sum, event->provider);
    add_text(sum, event->channel);
    add_text(sum, event->computer);
    add_text(sum, event->binary);
    for (size_t i = 0; i < event->string_count; i++)
        add_text(sum, event->strings[i]);
    *sum = *sum * 31 + event->id + event->record + event->level + (uint64_t)event->time;
}

static uint64_t read_pieces(const uint8_t *data, size_t size, size_t piece,
                            struct event_log_account *account)
{
    uint64_t sum = 0;
    struct event_xml *reader = event_xml_new(library(), wishes, take, &sum);

    for (size_t next; size > 0; data += next, size -= next) {
        char *copy;

        next = size < piece ? size : piece;
        copy = malloc(next);
        check(copy != NULL);
        memcpy(copy, data, next);
        event_xml_feed(reader, copy, next);
        free(copy);
    }
    event_xml_end(reader, account);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct event_log_account whole, pieces;
    uint64_t sum = read_pieces(data, size, size ? size : 1, &whole);

    check(whole.events + whole.damaged <= size && whole.first <= whole.last);
    for (size_t piece = 1; piece <= 7; piece += 3) {
        check(read_pieces(data, size, piece, &pieces) == sum);
        check(pieces.events == whole.events && pieces.damaged == whole.damaged &&
              pieces.cut_off == whole.cut_off && pieces.first == whole.first &&
              pieces.last == whole.last);
    }
    (void)event_xml_is((const char *)data, size);
    return 0;
}
