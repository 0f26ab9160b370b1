/* Any bytes as a chunk: what is told of it is bounded, and all text is UTF-8. */
#include "diag/read/evtx.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RECORDS = 512, RECORD_LEAST = 28 };

static const struct event_wish wishes[] = {{"MSExchangeTransport", 0}, {"P", 7}, {NULL, 0}};

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_text(const char *text)
{
    check(text_is_utf8(text, strlen(text)) && strlen(text) <= EVENT_STRING_MOST);
}

static void take(void *context, const struct windows_event *event)
{
    (void)context;
    check(event_is_wished(wishes, event) && event->string_count <= EVENT_STRINGS_MOST);
    check_text(event->provider);
    check_text(event->channel);
    check_text(event->computer);
    check_text(event->binary);
    for (size_t i = 0; i < event->string_count; i++)
        check_text(event->strings[i]);
}

static void read_chunk(const uint8_t *chunk, size_t size)
{
    struct evtx *reader = evtx_new(wishes, take, NULL);
    struct event_log_account account;

    evtx_chunk(reader, chunk, size);
    evtx_end(reader, &account);
    check(account.events <= size / RECORD_LEAST && account.damaged <= 1 + size / 8);
    check(account.first <= account.last);
}

/* As it is, and behind a header that is good enough for its records to be looked at. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *chunk;

    size = size < EVTX_CHUNK_SIZE - RECORDS ? size : EVTX_CHUNK_SIZE - RECORDS;
    read_chunk(data, size);
    chunk = calloc(1, RECORDS + size);
    check(chunk != NULL);
    memcpy(chunk, "ElfChnk", 8);
    chunk[48] = (uint8_t)(RECORDS + size);
    chunk[49] = (uint8_t)((RECORDS + size) >> 8);
    chunk[120] = 4;
    if (size > 0)
        memcpy(chunk + RECORDS, data, size);
    read_chunk(chunk, RECORDS + size);
    free(chunk);
    (void)evtx_is(data, size);
    return 0;
}
