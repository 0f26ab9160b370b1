#include "diag/read/netmon_frame.h"

#include "diag/read/dns_message.h"
#include "diag/read/frame.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW = 1 << 24 }; /* how far numbers of one connection may lie behind its beginning */

struct printed_connection {
    struct trace_connection shown;
    bool knows_client, knows_server;   /* the numbers below */
    uint32_t client_next, server_next; /* behind SYN: what the first byte has */
    char greeting[TRACE_GREETING_KEPT];
};

struct netmon_mail {
    struct arena *memory;
    struct mail_trace trace; /* without its arrays */
    struct printed_connection *connections;
    size_t connection_count, connection_room;
    struct trace_lookup *lookups;
    uint16_t *ids; /* of the lookups */
    size_t lookup_count, lookup_room, id_room;
};

struct netmon_mail *netmon_mail_new(struct arena *memory)
{
    struct netmon_mail *mail = memory_new(1, sizeof *mail);

    mail->memory = memory;
    return mail;
}

/* ---- lookups ---- */

static struct trace_lookup *open_lookup(struct netmon_mail *mail, const struct netmon_dns *dns)
{
    for (size_t i = mail->lookup_count; i-- > 0;) {
        struct trace_lookup *lookup = &mail->lookups[i];

        if (lookup->answer.frame == 0 && lookup->type == dns->type &&
            strcmp(lookup->name, dns->name) == 0 && (!dns->has_id || mail->ids[i] == dns->id))
            return lookup;
    }
    return NULL;
}

static struct trace_lookup *new_lookup(struct netmon_mail *mail, const struct netmon_dns *dns)
{
    struct trace_lookup *lookup;

    if (mail->lookup_count == TRACE_LOOKUPS_KEPT)
        return NULL;
    mail->lookups =
        memory_grow(mail->lookups, &mail->lookup_room, mail->lookup_count, sizeof *mail->lookups);
    mail->ids = memory_grow(mail->ids, &mail->id_room, mail->lookup_count, sizeof *mail->ids);
    mail->ids[mail->lookup_count] = dns->id;
    lookup = &mail->lookups[mail->lookup_count++];
    *lookup = (struct trace_lookup){.name = arena_copy_string(mail->memory, dns->name),
                                    .type = dns->type};
    return lookup;
}

static void add_lookup(struct netmon_mail *mail, const struct netmon_frame *frame)
{
    const struct netmon_dns *dns = &frame->dns;
    struct trace_lookup *lookup = open_lookup(mail, dns);
    struct trace_record *records;

    if (!dns->is_response) {
        lookup = lookup ? lookup : new_lookup(mail, dns); /* asked again: one question */
        if (lookup && lookup->question.frame == 0) {
            lookup->question = frame->moment;
            lookup->server = frame->destination;
        }
        return;
    }
    lookup = lookup ? lookup : new_lookup(mail, dns);
    if (!lookup)
        return;
    records = arena_new(mail->memory, dns->record_count, sizeof *records);
    if (dns->record_count > 0)
        memcpy(records, dns->records, dns->record_count * sizeof *records);
    lookup->answer = frame->moment;
    lookup->rcode = dns->rcode;
    lookup->is_partial = dns->is_partial;
    lookup->records = records;
    lookup->record_count = dns->record_count;
    if (lookup->server.family == IP_NONE)
        lookup->server = frame->source;
}

/* ---- which connection a segment belongs to ---- */

static bool may_be(const struct ip_address *known, const struct ip_address *printed)
{
    return known->family == IP_NONE || printed->family == IP_NONE || ip_equal(known, printed);
}

static bool is_within(uint32_t number, uint32_t first)
{
    return number - first < WINDOW;
}

struct direction { /* a segment, seen from the connection */
    bool from_client;
    const struct ip_address *client, *server;
    uint16_t client_port, server_port;
};

static struct direction direction_of(const struct netmon_frame *frame)
{
    if (frame_is_mail_port(frame->destination_port))
        return (struct direction){true, &frame->source, &frame->destination, frame->source_port,
                                  frame->destination_port};
    return (struct direction){false, &frame->destination, &frame->source, frame->destination_port,
                              frame->source_port};
}

static bool has_ends(const struct printed_connection *connection, const struct direction *way)
{
    const struct trace_connection *shown = &connection->shown;

    return shown->client.port == way->client_port && shown->server.port == way->server_port &&
           may_be(&shown->client.ip, way->client) && may_be(&shown->server.ip, way->server);
}

/* A SYN sent again has the numbers of the first. */
static bool has_first_numbers(const struct printed_connection *connection,
                              const struct direction *way, const struct netmon_tcp *tcp)
{
    if (way->from_client)
        return connection->knows_client && tcp->seq + 1 == connection->client_next;
    return (!connection->knows_client || tcp->ack == connection->client_next) &&
           (!connection->knows_server || tcp->seq + 1 == connection->server_next);
}

/* Both sides' numbers, as far as they are known, are where they would be. */
static bool has_numbers(const struct printed_connection *connection, const struct direction *way,
                        const struct netmon_tcp *tcp)
{
    bool acknowledges = tcp->flags & FRAME_ACK;
    bool is_bare = (tcp->flags & FRAME_RST) && tcp->seq == 0; /* RFC 9293 3.10.7.1 */

    if (tcp->flags & FRAME_SYN)
        return has_first_numbers(connection, way, tcp);
    if (way->from_client)
        return (!connection->knows_client || is_within(tcp->seq, connection->client_next)) &&
               (!connection->knows_server || !acknowledges ||
                is_within(tcp->ack, connection->server_next));
    return (!connection->knows_client || !acknowledges ||
            is_within(tcp->ack, connection->client_next)) &&
           (!connection->knows_server || is_bare || is_within(tcp->seq, connection->server_next));
}

static struct printed_connection *
connection_of(struct netmon_mail *mail, const struct direction *way, const struct netmon_tcp *tcp)
{
    for (size_t i = mail->connection_count; i-- > 0;) {
        struct printed_connection *connection = &mail->connections[i];

        if (has_ends(connection, way) && has_numbers(connection, way, tcp))
            return connection;
    }
    return NULL;
}

/* Room for one more: a connection that was greeted makes it, if there is one. */
static bool make_room(struct netmon_mail *mail)
{
    if (mail->connection_count < TRACE_CONNECTIONS_KEPT) {
        mail->connections = memory_grow(mail->connections, &mail->connection_room,
                                        mail->connection_count, sizeof *mail->connections);
        return true;
    }
    for (size_t i = 0; i < mail->connection_count; i++) {
        if (mail->connections[i].shown.greeting_code / 100 != 2)
            continue;
        mail->connection_count--;
        memmove(&mail->connections[i], &mail->connections[i + 1],
                (mail->connection_count - i) * sizeof *mail->connections);
        return true;
    }
    return false;
}

static struct printed_connection *
new_connection(struct netmon_mail *mail, const struct direction *way, const struct netmon_tcp *tcp)
{
    struct printed_connection *connection;
    bool is_syn = tcp->flags & FRAME_SYN;

    mail->trace.connection_total++;
    if (!make_room(mail))
        return NULL;
    connection = &mail->connections[mail->connection_count++];
    *connection = (struct printed_connection){.shown = {.client.port = way->client_port,
                                                        .server.port = way->server_port,
                                                        .has_gap = !(is_syn && way->from_client),
                                                        .mx_lookup = SIZE_MAX,
                                                        .address_lookup = SIZE_MAX}};
    if (way->from_client || (tcp->flags & FRAME_ACK)) {
        connection->knows_client = true;
        connection->client_next = way->from_client ? tcp->seq + is_syn : tcp->ack;
    }
    return connection;
}

/* ---- what a segment adds to its connection ---- */

static void add_greeting(struct printed_connection *connection, const struct netmon_frame *frame)
{
    struct trace_connection *shown = &connection->shown;
    size_t more = frame->reply_size;

    if (shown->greeted.frame || shown->server.port == TRACE_TLS_PORT)
        return;
    if (shown->syn.frame == 0 && shown->syn_ack.frame == 0 && frame->reply_code != 220)
        return; /* the reply to something else */
    if (frame->reply_code == 0 && more == 0) {
        shown->is_cut = true; /* the section is closed */
        return;
    }
    if (more > TRACE_GREETING_KEPT - shown->greeting_size)
        more = TRACE_GREETING_KEPT - shown->greeting_size;
    memcpy(connection->greeting + shown->greeting_size, frame->reply, more);
    shown->greeting_size += more;
    if (frame->reply_code == 0)
        return; /* a line that others follow */
    shown->greeting_code = frame->reply_code;
    shown->greeted = frame->moment;
}

static void add_handshake(struct printed_connection *connection, const struct direction *way,
                          const struct netmon_frame *frame)
{
    struct trace_connection *shown = &connection->shown;
    const struct netmon_tcp *tcp = &frame->tcp;
    bool is_syn = tcp->flags & FRAME_SYN;

    if (is_syn && way->from_client) {
        if (shown->syns++ == 0)
            shown->syn = frame->moment;
        return;
    }
    if (!way->from_client && !connection->knows_server && !(tcp->flags & FRAME_RST)) {
        connection->knows_server = true;
        connection->server_next = tcp->seq + is_syn;
    }
    if (is_syn && shown->syn_ack.frame == 0)
        shown->syn_ack = frame->moment;
    if (!way->from_client || !(tcp->flags & FRAME_ACK) || (tcp->flags & FRAME_RST))
        return;
    if (shown->syn_ack.frame == 0)
        shown->has_gap = true; /* what it acknowledges */
    if (shown->ack.frame == 0)
        shown->ack = frame->moment;
}

static void add_data(struct printed_connection *connection, const struct direction *way,
                     const struct netmon_frame *frame)
{
    struct trace_connection *shown = &connection->shown;
    struct trace_moment *first = way->from_client ? &shown->client_first : &shown->server_first;
    uint64_t *bytes = way->from_client ? &shown->client_bytes : &shown->server_bytes;
    uint32_t end;

    if (frame->tcp.size == 0 || (frame->tcp.flags & FRAME_SYN))
        return;
    if (first->frame == 0)
        *first = frame->moment;
    end = frame->tcp.seq + frame->tcp.size -
          (way->from_client ? connection->client_next : connection->server_next);
    if (end > *bytes)
        *bytes = end;
    if (!way->from_client)
        add_greeting(connection, frame);
}

static void add_end(struct trace_connection *shown, const struct direction *way,
                    const struct netmon_frame *frame)
{
    bool is_reset = frame->tcp.flags & FRAME_RST;

    shown->last = frame->moment;
    if (shown->end.frame || !(frame->tcp.flags & (FRAME_RST | FRAME_FIN)))
        return;
    shown->end = frame->moment;
    if (way->from_client)
        shown->ended_by = is_reset ? TRACE_CLIENT_RST : TRACE_CLIENT_FIN;
    else
        shown->ended_by = is_reset ? TRACE_SERVER_RST : TRACE_SERVER_FIN;
}

static void add_segment(struct netmon_mail *mail, const struct netmon_frame *frame)
{
    struct direction way = direction_of(frame);
    struct printed_connection *connection = connection_of(mail, &way, &frame->tcp);

    if (!connection && (frame->tcp.flags & FRAME_RST))
        return; /* of a connection that is over */
    if (!connection)
        connection = new_connection(mail, &way, &frame->tcp);
    if (!connection)
        return;
    if (connection->shown.client.ip.family == IP_NONE)
        connection->shown.client.ip = *way.client;
    if (connection->shown.server.ip.family == IP_NONE)
        connection->shown.server.ip = *way.server;
    add_handshake(connection, &way, frame);
    add_data(connection, &way, frame);
    add_end(&connection->shown, &way, frame);
}

void netmon_mail_add(struct netmon_mail *mail, const struct netmon_frame *frame)
{
    mail->trace.frames++;
    if (mail->trace.first.frame == 0)
        mail->trace.first = frame->moment;
    mail->trace.last = frame->moment;
    if (frame->dns.is_present && frame->dns.type && *frame->dns.name)
        add_lookup(mail, frame);
    if (frame->tcp.is_present &&
        (frame_is_mail_port(frame->source_port) || frame_is_mail_port(frame->destination_port)))
        add_segment(mail, frame);
}

/* ---- which lookups led to a connection ---- */

/* Where only one address was ever told before it, a connection went there. */
static void guess_address(const struct netmon_mail *mail, struct trace_connection *connection)
{
    struct ip_address only = {0};

    for (size_t i = 0; i < mail->lookup_count; i++) {
        const struct trace_lookup *lookup = &mail->lookups[i];

        for (size_t j = 0;
             j < lookup->record_count && lookup->answer.frame < trace_began(connection)->frame;
             j++) {
            if (lookup->records[j].name)
                continue;
            if (only.family != IP_NONE && !ip_equal(&only, &lookup->records[j].ip))
                return;
            only = lookup->records[j].ip;
        }
    }
    connection->server.ip = only;
}

static bool has_record(const struct trace_lookup *lookup, const char *name,
                       const struct ip_address *ip)
{
    for (size_t i = 0; i < lookup->record_count; i++) {
        const struct trace_record *record = &lookup->records[i];

        if (name ? record->name && strcmp(record->name, name) == 0
                 : !record->name && ip_equal(&record->ip, ip))
            return true;
    }
    return false;
}

/* The name in an MX answer whose address that answer brought along. */
static const char *brought_along(const struct trace_lookup *lookup, const struct ip_address *ip)
{
    for (size_t i = 0; i < lookup->record_count; i++) {
        if (lookup->records[i].name && ip_equal(&lookup->records[i].ip, ip))
            return lookup->records[i].name;
    }
    return NULL;
}

/* The last one before `frame` whose answer holds this name or address. */
static size_t last_lookup(const struct netmon_mail *mail, uint64_t frame, const char *name,
                          const struct ip_address *ip)
{
    for (size_t i = mail->lookup_count; i-- > 0;) {
        const struct trace_lookup *lookup = &mail->lookups[i];

        if (lookup->answer.frame && lookup->answer.frame < frame && has_record(lookup, name, ip))
            return i;
    }
    return SIZE_MAX;
}

static void link_lookups(const struct netmon_mail *mail, struct trace_connection *connection)
{
    uint64_t frame = trace_began(connection)->frame;

    if (connection->server.ip.family == IP_NONE && connection->syn.frame)
        guess_address(mail, connection);
    if (connection->server.ip.family == IP_NONE)
        return;
    connection->address_lookup = last_lookup(mail, frame, NULL, &connection->server.ip);
    if (connection->address_lookup != SIZE_MAX)
        connection->exchange = mail->lookups[connection->address_lookup].name;
    for (size_t i = mail->lookup_count; i-- > 0 && !connection->exchange;) {
        if (mail->lookups[i].answer.frame < frame)
            connection->exchange = brought_along(&mail->lookups[i], &connection->server.ip);
    }
    if (connection->exchange)
        connection->mx_lookup = last_lookup(mail, frame, connection->exchange, NULL);
}

/* ---- the trace ---- */

static const char *copy_text(struct arena *arena, const char *text)
{
    return text ? arena_copy_string(arena, text) : NULL;
}

static void keep_lookups(const struct netmon_mail *mail, struct arena *arena,
                         struct mail_trace *out)
{
    out->lookup_count = mail->lookup_count;
    out->lookups = arena_new(arena, mail->lookup_count, sizeof *out->lookups);
    for (size_t i = 0; i < mail->lookup_count; i++) {
        const struct trace_lookup *from = &mail->lookups[i];
        struct trace_lookup *to = &out->lookups[i];
        struct trace_record *records = arena_new(arena, from->record_count, sizeof *records);

        *to = *from;
        to->name = arena_copy_string(arena, from->name);
        to->records = records;
        for (size_t j = 0; j < from->record_count; j++) {
            records[j] = from->records[j];
            records[j].name = copy_text(arena, records[j].name);
        }
    }
}

static void keep_connections(const struct netmon_mail *mail, struct arena *arena,
                             struct mail_trace *out)
{
    out->connection_count = mail->connection_count;
    out->connections = arena_new(arena, mail->connection_count, sizeof *out->connections);
    for (size_t i = 0; i < mail->connection_count; i++) {
        struct trace_connection *to = &out->connections[i];

        *to = mail->connections[i].shown;
        link_lookups(mail, to);
        to->exchange = copy_text(arena, to->exchange);
        if (to->greeting_size > 0)
            to->greeting = arena_copy(arena, mail->connections[i].greeting, to->greeting_size);
    }
}

void netmon_mail_end(struct netmon_mail *mail, struct arena *arena, struct mail_trace *out)
{
    *out = mail->trace;
    keep_lookups(mail, arena, out);
    keep_connections(mail, arena, out);
    free(mail->connections);
    free(mail->lookups);
    free(mail->ids);
    free(mail);
}
