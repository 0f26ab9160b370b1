/*
 * Any bytes as a capture: the first one chooses the format and how the file comes, in
 * pieces. What was made of it keeps the limits that mail_trace.h names.
 */
#include "diag/read/capture.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t seen; /* keeps what is only looked at */

struct bytes {
    const uint8_t *bytes;
    size_t size, piece;
};

static void require(bool right)
{
    if (!right)
        abort();
}

static size_t read_at(void *context, uint64_t offset, void *out, size_t size)
{
    const struct bytes *from = context;

    if (offset >= from->size)
        return 0;
    if (size > from->size - offset)
        size = (size_t)(from->size - offset);
    if (size > from->piece)
        size = from->piece;
    memcpy(out, from->bytes + offset, size);
    return size;
}

static void look_at_moment(const struct mail_trace *trace, const struct trace_moment *moment)
{
    require(moment->frame <= trace->frames);
    require(moment->time >= 0 && moment->time < INT64_MAX / 4);
}

static void look_at_lookup(const struct mail_trace *trace, const struct trace_lookup *lookup)
{
    require(strlen(lookup->name) > 0 && lookup->record_count <= TRACE_RECORDS_KEPT);
    require(lookup->question.frame || lookup->answer.frame);
    look_at_moment(trace, &lookup->question);
    look_at_moment(trace, &lookup->answer);
    for (size_t i = 0; i < lookup->record_count; i++)
        seen += lookup->records[i].name ? strlen(lookup->records[i].name)
                                        : lookup->records[i].ip.bytes[15];
}

static void look_at_connection(const struct mail_trace *trace,
                               const struct trace_connection *connection)
{
    require(connection->mx_lookup == SIZE_MAX || connection->mx_lookup < trace->lookup_count);
    require(connection->address_lookup == SIZE_MAX ||
            connection->address_lookup < trace->lookup_count);
    require(connection->greeting_size <= TRACE_GREETING_KEPT);
    require(connection->greeting_code < 600);
    require((connection->greeting_code == 0) == (connection->greeted.frame == 0));
    require((connection->ended_by == TRACE_OPEN) == (connection->end.frame == 0));
    require(connection->last.frame > 0);
    look_at_moment(trace, &connection->syn);
    look_at_moment(trace, &connection->greeted);
    look_at_moment(trace, &connection->end);
    look_at_moment(trace, &connection->last);
    for (size_t i = 0; i < connection->greeting_size; i++)
        seen += (uint8_t)connection->greeting[i];
    if (connection->exchange)
        seen += strlen(connection->exchange);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum file_type types[] = {FILE_TYPE_PCAP, FILE_TYPE_PCAPNG, FILE_TYPE_NETMON};
    struct bytes bytes;
    const struct capture_source source = {read_at, &bytes};
    struct mail_tracer *tracer;
    struct mail_trace trace;
    struct arena arena = {0};

    if (size == 0)
        return 0;
    bytes = (struct bytes){data + 1, size - 1, data[0] & 0x80 ? SIZE_MAX : 1 + data[0] % 40};
    tracer = mail_tracer_new();
    seen += capture_read(types[data[0] % 3], &source, tracer) != NULL;
    mail_tracer_end(tracer, &arena, &trace);
    require(trace.connection_count <= TRACE_CONNECTIONS_KEPT);
    require(trace.connection_count <= trace.connection_total);
    require(trace.lookup_count <= TRACE_LOOKUPS_KEPT && trace.unread <= trace.frames);
    for (size_t i = 0; i < trace.lookup_count; i++)
        look_at_lookup(&trace, &trace.lookups[i]);
    for (size_t i = 0; i < trace.connection_count; i++)
        look_at_connection(&trace, &trace.connections[i]);
    arena_release(&arena);
    return 0;
}
