#include "diag/evidence/trace.h"

#include "diag/evidence/file_question.h"
#include "diag/evidence/redact.h"
#include "diag/json.h"
#include "diag/read/dns_message.h"

#include <stdio.h>
#include <string.h>

static const struct trace_digest *of(const struct evidence *item)
{
    return (const struct trace_digest *)item;
}

static void write_key(const struct evidence *question, struct buffer *out)
{
    buffer_add_string(out, "trace ");
    buffer_add_string(out, of(question)->path);
}

/* ---- moments ---- */

static json_t *from_moment(const struct trace_moment *moment)
{
    return json_pack("[I,I]", (json_int_t)moment->frame, (json_int_t)moment->time);
}

static void save_moment(json_t *object, const char *name, const struct trace_moment *moment)
{
    if (moment->frame)
        json_object_set_new(object, name, from_moment(moment));
}

static void load_moment(const json_t *object, const char *name, struct trace_moment *moment)
{
    const json_t *pair = json_object_get(object, name);
    json_int_t frame = json_integer_value(json_array_get(pair, 0));
    json_int_t time = json_integer_value(json_array_get(pair, 1));

    if (frame <= 0 || time < 0)
        return;
    moment->frame = (uint64_t)frame;
    moment->time = time;
}

static const struct {
    const char *name;
    size_t offset;
} moments[] = {
#define MOMENT(member)                                                                             \
    {                                                                                              \
#member, offsetof(struct trace_connection, member)                                         \
    }
    MOMENT(syn),     MOMENT(syn_ack), MOMENT(ack),      MOMENT(client_first), MOMENT(server_first),
    MOMENT(greeted), MOMENT(end),     MOMENT(replaced), MOMENT(last),
#undef MOMENT
};

enum { MOMENTS = sizeof moments / sizeof *moments };

static struct trace_moment *moment_of(const struct trace_connection *connection, size_t index)
{
    return (struct trace_moment *)((char *)connection + moments[index].offset);
}

/* ---- addresses ---- */

static void save_ip(json_t *object, const char *name, const struct ip_address *ip)
{
    char text[IP_TEXT_SIZE];

    if (ip->family == IP_NONE)
        return;
    ip_format(ip, text);
    json_put_text(object, name, text);
}

static void load_ip(const json_t *object, const char *name, struct ip_address *ip)
{
    const char *text = json_get_text(object, name);

    if (!text || ip_parse(text, strlen(text), ip) != STATUS_OK)
        *ip = (struct ip_address){.family = IP_NONE};
}

static void save_address(json_t *object, const char *name, const struct net_address *address)
{
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(address, 0, text);
    json_put_text(object, name, text);
}

static bool load_address(const json_t *object, const char *name, struct net_address *address)
{
    const char *text = json_get_text(object, name);
    char whole[NET_ADDRESS_TEXT_SIZE];

    if (!text || *text != ':')
        return text && net_address_parse(text, 0, address) == STATUS_OK;
    snprintf(whole, sizeof whole, "0.0.0.0%s", text); /* printed text may name no host */
    if (net_address_parse(whole, 0, address) != STATUS_OK)
        return false;
    address->ip = (struct ip_address){0};
    return true;
}

/* ---- lookups ---- */

static json_t *from_lookup(const struct trace_lookup *lookup)
{
    json_t *object = json_object(), *records = json_array();

    json_put_text(object, "name", lookup->name);
    json_put_text(object, "type", dns_type_name(lookup->type));
    save_ip(object, "server", &lookup->server);
    save_moment(object, "question", &lookup->question);
    save_moment(object, "answer", &lookup->answer);
    json_put_number(object, "rcode", lookup->rcode);
    if (lookup->is_partial)
        json_put_bool(object, "partial", true);
    for (size_t i = 0; i < lookup->record_count; i++) {
        const struct trace_record *record = &lookup->records[i];
        json_t *entry = json_object();

        if (record->name) {
            json_put_number(entry, "preference", record->preference);
            json_put_text(entry, "exchange", record->name);
        }
        save_ip(entry, "address", &record->ip);
        json_array_append_new(records, entry);
    }
    json_object_set_new(object, "records", records);
    return object;
}

static void load_record(const json_t *entry, struct arena *arena, struct trace_record *record)
{
    record->name = json_copy_text(entry, "exchange", arena);
    record->preference = (uint16_t)json_get_number(entry, "preference", UINT16_MAX, 0);
    load_ip(entry, "address", &record->ip);
}

/* Of a list in the file, as much as a trace has of it. */
static size_t bounded(const json_t *list, size_t most)
{
    size_t size = json_array_size(list);

    return size < most ? size : most;
}

static bool load_lookup(const json_t *object, struct arena *arena, struct trace_lookup *lookup)
{
    const char *type = json_get_text(object, "type");
    const json_t *list = json_object_get(object, "records");
    struct trace_record *records;

    lookup->name = json_copy_text(object, "name", arena);
    lookup->type = type ? dns_type_from_name(type) : 0;
    if (!lookup->name || !lookup->type)
        return false;
    load_ip(object, "server", &lookup->server);
    load_moment(object, "question", &lookup->question);
    load_moment(object, "answer", &lookup->answer);
    lookup->rcode = (uint16_t)json_get_number(object, "rcode", UINT16_MAX, 0);
    lookup->is_partial = json_get_bool(object, "partial");
    lookup->record_count = bounded(list, TRACE_RECORDS_KEPT);
    records = arena_new(arena, lookup->record_count, sizeof *records);
    for (size_t i = 0; i < lookup->record_count; i++)
        load_record(json_array_get(list, i), arena, &records[i]);
    lookup->records = records;
    return true;
}

/* ---- connections ---- */

static const char *const end_words[] = {
    [TRACE_OPEN] = "open",
    [TRACE_CLIENT_FIN] = "client-fin",
    [TRACE_CLIENT_RST] = "client-rst",
    [TRACE_SERVER_FIN] = "server-fin",
    [TRACE_SERVER_RST] = "server-rst",
};

enum { ENDS = sizeof end_words / sizeof *end_words };

static enum trace_end end_from_word(const char *word)
{
    for (unsigned i = 0; word && i < ENDS; i++) {
        if (strcmp(end_words[i], word) == 0)
            return (enum trace_end)i;
    }
    return TRACE_OPEN;
}

static void save_index(json_t *object, const char *name, size_t index)
{
    if (index != SIZE_MAX)
        json_put_number(object, name, index);
}

static size_t load_index(const json_t *object, const char *name, size_t count)
{
    return count ? (size_t)json_get_number(object, name, count - 1, SIZE_MAX) : SIZE_MAX;
}

static json_t *from_connection(const struct trace_connection *connection)
{
    json_t *object = json_object();

    save_address(object, "client", &connection->client);
    save_address(object, "server", &connection->server);
    json_put_number(object, "syns", connection->syns);
    for (size_t i = 0; i < MOMENTS; i++)
        save_moment(object, moments[i].name, moment_of(connection, i));
    json_put_text(object, "ended_by", end_words[connection->ended_by]);
    json_put_number(object, "client_bytes", connection->client_bytes);
    json_put_number(object, "server_bytes", connection->server_bytes);
    if (connection->greeting_size)
        json_object_set_new(object, "greeting",
                            json_from_bytes(connection->greeting, connection->greeting_size));
    if (connection->greeting_code)
        json_put_number(object, "greeting_code", connection->greeting_code);
    if (connection->is_cut)
        json_put_bool(object, "cut", true);
    if (connection->has_gap)
        json_put_bool(object, "gap", true);
    save_index(object, "mx_lookup", connection->mx_lookup);
    save_index(object, "address_lookup", connection->address_lookup);
    if (connection->exchange)
        json_put_text(object, "exchange", connection->exchange);
    return object;
}

static void load_greeting(const json_t *object, struct arena *arena,
                          struct trace_connection *connection)
{
    const json_t *greeting = json_object_get(object, "greeting");

    if (!greeting ||
        !json_to_bytes(greeting, arena, &connection->greeting, &connection->greeting_size)) {
        connection->greeting = "";
        connection->greeting_size = 0;
    }
    if (connection->greeting_size > TRACE_GREETING_KEPT)
        connection->greeting_size = TRACE_GREETING_KEPT;
    connection->greeting_code = (unsigned)json_get_number(object, "greeting_code", 599, 0);
}

static bool load_connection(const json_t *object, size_t lookups, struct arena *arena,
                            struct trace_connection *connection)
{
    if (!load_address(object, "client", &connection->client) ||
        !load_address(object, "server", &connection->server))
        return false;
    connection->syns = (unsigned)json_get_number(object, "syns", UINT32_MAX, 0);
    for (size_t i = 0; i < MOMENTS; i++)
        load_moment(object, moments[i].name, moment_of(connection, i));
    connection->ended_by = end_from_word(json_get_text(object, "ended_by"));
    connection->client_bytes = json_get_number(object, "client_bytes", INT64_MAX, 0);
    connection->server_bytes = json_get_number(object, "server_bytes", INT64_MAX, 0);
    load_greeting(object, arena, connection);
    connection->is_cut = json_get_bool(object, "cut");
    connection->has_gap = json_get_bool(object, "gap");
    connection->mx_lookup = load_index(object, "mx_lookup", lookups);
    connection->address_lookup = load_index(object, "address_lookup", lookups);
    connection->exchange = json_copy_text(object, "exchange", arena);
    return true;
}

/* ---- the trace ---- */

static void save(const struct evidence *item, json_t *object)
{
    const struct mail_trace *trace = &of(item)->trace;
    json_t *lookups = json_array(), *connections = json_array();

    json_put_text(object, "path", of(item)->path);
    if (item->status == STATUS_OK) {
        json_put_number(object, "frames", trace->frames);
        save_moment(object, "first", &trace->first);
        save_moment(object, "last", &trace->last);
        json_put_number(object, "unread", trace->unread);
        if (trace->is_local_time)
            json_put_bool(object, "local_time", true);
        if (trace->remark)
            json_put_text(object, "remark", trace->remark);
        json_put_number(object, "connection_total", trace->connection_total);
    }
    for (size_t i = 0; i < trace->lookup_count; i++)
        json_array_append_new(lookups, from_lookup(&trace->lookups[i]));
    for (size_t i = 0; i < trace->connection_count; i++)
        json_array_append_new(connections, from_connection(&trace->connections[i]));
    json_object_set_new(object, "lookups", lookups);
    json_object_set_new(object, "connections", connections);
}

static bool load_lists(const json_t *object, struct arena *arena, struct mail_trace *trace)
{
    const json_t *lookups = json_object_get(object, "lookups");
    const json_t *connections = json_object_get(object, "connections");

    trace->lookup_count = bounded(lookups, TRACE_LOOKUPS_KEPT);
    trace->connection_count = bounded(connections, TRACE_CONNECTIONS_KEPT);
    trace->lookups = arena_new(arena, trace->lookup_count, sizeof *trace->lookups);
    trace->connections = arena_new(arena, trace->connection_count, sizeof *trace->connections);
    for (size_t i = 0; i < trace->lookup_count; i++) {
        if (!load_lookup(json_array_get(lookups, i), arena, &trace->lookups[i]))
            return false;
    }
    for (size_t i = 0; i < trace->connection_count; i++) {
        if (!load_connection(json_array_get(connections, i), trace->lookup_count, arena,
                             &trace->connections[i]))
            return false;
    }
    return true;
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct trace_digest *digest = (struct trace_digest *)item;
    struct mail_trace *trace = &digest->trace;

    digest->path = json_copy_text(object, "path", &item->memory);
    if (!digest->path || !load_lists(object, &item->memory, trace))
        return STATUS_MALFORMED;
    trace->frames = json_get_number(object, "frames", INT64_MAX, 0);
    load_moment(object, "first", &trace->first);
    load_moment(object, "last", &trace->last);
    trace->unread = json_get_number(object, "unread", INT64_MAX, 0);
    trace->is_local_time = json_get_bool(object, "local_time");
    trace->remark = json_copy_text(object, "remark", &item->memory);
    trace->connection_total =
        json_get_number(object, "connection_total", INT64_MAX, trace->connection_count);
    return STATUS_OK;
}

/* ---- redaction ---- */

static void redact_lookup(struct trace_lookup *lookup, const struct redactor *redactor,
                          struct arena *arena)
{
    struct trace_record *records = arena_new(arena, lookup->record_count, sizeof *records);

    lookup->name = redact_name_copy(redactor, lookup->name, arena);
    redact_ip(redactor, &lookup->server);
    for (size_t i = 0; i < lookup->record_count; i++) {
        records[i] = lookup->records[i];
        records[i].name = redact_name_copy(redactor, records[i].name, arena);
        redact_ip(redactor, &records[i].ip);
    }
    lookup->records = records;
}

static bool is_reply_line(const char *line, size_t size)
{
    return size >= 4 && memchr("2345", line[0], 4) && line[1] >= '0' && line[1] <= '9' &&
           line[2] >= '0' && line[2] <= '9' && (line[3] == ' ' || line[3] == '-');
}

/*
 * Codes, line ends and the asterisks of firewalls stay; whatever else a server says may be
 * its name.
 */
static void redact_greeting(struct trace_connection *connection, struct arena *arena)
{
    const char *line = connection->greeting, *end = line + connection->greeting_size;
    struct buffer text;

    buffer_init(&text, TRACE_GREETING_KEPT);
    while (line < end) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t size = (size_t)((stop ? stop + 1 : end) - line);
        size_t head = is_reply_line(line, size) ? 4 : 0;

        buffer_add(&text, line, head);
        for (size_t i = head; i < size; i++) {
            if (memchr("*\r\n", line[i], 3))
                buffer_add_char(&text, line[i]);
        }
        line += size;
    }
    connection->greeting_size = text.size;
    connection->greeting = buffer_keep(&text, arena);
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct trace_digest *digest = (struct trace_digest *)item;
    struct mail_trace *trace = &digest->trace;

    digest->path = redact_path_copy(redactor, digest->path, &item->memory);
    for (size_t i = 0; i < trace->lookup_count; i++)
        redact_lookup(&trace->lookups[i], redactor, &item->memory);
    for (size_t i = 0; i < trace->connection_count; i++) {
        struct trace_connection *connection = &trace->connections[i];

        redact_ip(redactor, &connection->client.ip);
        redact_ip(redactor, &connection->server.ip);
        connection->exchange = redact_name_copy(redactor, connection->exchange, &item->memory);
        redact_greeting(connection, &item->memory);
    }
}

const struct evidence_kind evidence_trace = {
    .name = "trace",
    .size = sizeof(struct trace_digest),
    .is_of_file = true,
    FILE_QUESTION(struct trace_digest),
    .write_key = write_key,
    .describe = file_question_describe,
    .save = save,
    .load = load,
    .redact = redact,
};
