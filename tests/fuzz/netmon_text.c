/* Any bytes are a bounded trace, the same one however they are cut into pieces. */
#include "diag/read/netmon_text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void read_text(const uint8_t *data, size_t size, size_t piece, struct arena *memory,
                      struct mail_trace *out)
{
    struct netmon_text_reader *reader = netmon_text_reader_new();

    for (size_t at = 0; at < size; at += piece) {
        size_t part = size - at < piece ? size - at : piece;
        char *bytes = malloc(part);

        check(bytes != NULL);
        memcpy(bytes, data + at, part);
        netmon_text_add(reader, bytes, part);
        free(bytes);
    }
    netmon_text_end(reader, memory, out);
}

static void check_moment(const struct mail_trace *trace, const struct trace_moment *moment)
{
    check(moment->time >= 0);
    check(moment->frame > 0 || moment->time == 0);
    (void)trace;
}

static void check_connection(const struct mail_trace *trace,
                             const struct trace_connection *connection)
{
    check_moment(trace, &connection->syn);
    check_moment(trace, &connection->greeted);
    check_moment(trace, &connection->last);
    check(connection->greeting_size <= TRACE_GREETING_KEPT);
    check(connection->greeting_size == 0 || connection->greeting != NULL);
    check(connection->greeting_code < 1000);
    check(connection->mx_lookup == SIZE_MAX || connection->mx_lookup < trace->lookup_count);
    check(connection->address_lookup == SIZE_MAX ||
          connection->address_lookup < trace->lookup_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena memory = {0}, others = {0};
    struct mail_trace whole, pieces;

    read_text(data, size, size + 1, &memory, &whole);
    read_text(data, size, 3, &others, &pieces);
    check(whole.connection_count <= TRACE_CONNECTIONS_KEPT);
    check(whole.connection_count <= whole.connection_total);
    check(whole.lookup_count <= TRACE_LOOKUPS_KEPT);
    check(whole.frames == pieces.frames && whole.lookup_count == pieces.lookup_count);
    check(whole.connection_count == pieces.connection_count);
    for (size_t i = 0; i < whole.connection_count; i++) {
        check_connection(&whole, &whole.connections[i]);
        check(whole.connections[i].greeting_size == pieces.connections[i].greeting_size);
    }
    for (size_t i = 0; i < whole.lookup_count; i++) {
        check(whole.lookups[i].name != NULL);
        check(whole.lookups[i].record_count <= TRACE_RECORDS_KEPT);
    }
    arena_release(&others);
    arena_release(&memory);
    return 0;
}
