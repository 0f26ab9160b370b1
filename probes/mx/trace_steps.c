/* The six steps of KB Q182821, as a trace shows them for one connection. */
#include "probes/mx/trace.h"

#include "diag/clock.h"

#include <string.h>

enum {
    RECORDS_SHOWN = 6,
    GREETING_SHOWN = 100,
    YEAR = 31536000 /* seconds: times below are counted from the trace's beginning */
};

struct telling {
    struct finding *finding;
    const struct mx_trace *shown;
    const struct trace_connection *connection;
    size_t index;
    struct arena *memory;
};

/* ---- parts of lines ---- */

/* "frame 12 (2026-11-22T09:05:07.123Z)" */
static const char *frame_text(const struct telling *telling, const struct trace_moment *moment)
{
    const char *zone = telling->shown->trace->is_local_time ? ", local time" : "";
    char time[CLOCK_TEXT_SIZE];

    if (moment->time == 0)
        return arena_print(telling->memory, "frame %llu", (unsigned long long)moment->frame);
    if (moment->time < (int64_t)YEAR * 1000000)
        return arena_print(telling->memory, "frame %llu (at %.3f s)",
                           (unsigned long long)moment->frame, (double)moment->time / 1e6);
    clock_format(moment->time / 1000, time);
    if (*zone)
        time[strlen(time) - 1] = '\0'; /* its Z */
    return arena_print(telling->memory, "frame %llu (%s%s)", (unsigned long long)moment->frame,
                       time, zone);
}

static const char *address_text(const struct telling *telling, const struct net_address *address)
{
    char text[NET_ADDRESS_TEXT_SIZE];

    if (address->ip.family == IP_NONE)
        return arena_print(telling->memory, "port %u of a host that is not named", address->port);
    net_address_format(address, 0, text);
    return arena_copy_string(telling->memory, text);
}

static const char *server_text(const struct telling *telling)
{
    const struct trace_connection *connection = telling->connection;
    const char *address = address_text(telling, &connection->server);

    return connection->exchange
               ? arena_print(telling->memory, "%s (%s)", connection->exchange, address)
               : address;
}

static const struct trace_lookup *lookup_at(const struct telling *telling, size_t index)
{
    const struct mail_trace *trace = telling->shown->trace;

    return index < trace->lookup_count ? &trace->lookups[index] : NULL;
}

static void add_record(struct buffer *out, const struct trace_record *record)
{
    char ip[IP_TEXT_SIZE];

    if (record->name) {
        buffer_print(out, "%u %s", record->preference, record->name);
        return;
    }
    ip_format(&record->ip, ip);
    buffer_add_string(out, ip);
}

/* "100 mx1.example.com, 300 mx2.example.com and 3 more" */
static const char *records_text(const struct telling *telling, const struct trace_lookup *lookup)
{
    struct buffer out;

    if (lookup->rcode != 0)
        return arena_print(telling->memory, "error %u (RCODE)", lookup->rcode);
    if (lookup->record_count == 0)
        return "no such record";
    buffer_init(&out, 16384);
    for (size_t i = 0; i < lookup->record_count && i < RECORDS_SHOWN; i++) {
        if (i > 0)
            buffer_add_string(&out, ", ");
        add_record(&out, &lookup->records[i]);
    }
    if (lookup->record_count > RECORDS_SHOWN)
        buffer_print(&out, " and %zu more", lookup->record_count - RECORDS_SHOWN);
    return buffer_keep(&out, telling->memory);
}

/* ---- steps 1 to 4: the lookups ---- */

static void tell_lookup(const struct telling *telling, unsigned step, const char *what,
                        const struct trace_lookup *lookup)
{
    const struct evidence *source = &telling->shown->digest->evidence;
    char server[IP_TEXT_SIZE];

    if (!lookup) {
        saw(telling->finding, source,
            "steps %u and %u, %s: not in this trace: it was looked up before, or elsewhere", step,
            step + 1, what);
        return;
    }
    ip_format(&lookup->server, server);
    if (lookup->question.frame)
        saw(telling->finding, source, "step %u, %s: %s of %s is asked for%s%s", step,
            frame_text(telling, &lookup->question), what, lookup->name, *server ? " at " : "",
            server);
    if (lookup->answer.frame == 0)
        saw(telling->finding, source, "step %u, the answer: not in this trace", step + 1);
    else
        saw(telling->finding, source, "step %u, %s: the answer for %s: %s%s", step + 1,
            frame_text(telling, &lookup->answer), lookup->name, records_text(telling, lookup),
            lookup->is_partial ? ", and more that could not be read" : "");
}

static bool is_brought_along(const struct telling *telling, const struct trace_lookup *mx)
{
    for (size_t i = 0; mx && i < mx->record_count; i++) {
        if (mx->records[i].name && ip_equal(&mx->records[i].ip, &telling->connection->server.ip))
            return telling->connection->server.ip.family != IP_NONE;
    }
    return false;
}

static void tell_lookups(const struct telling *telling)
{
    const struct trace_lookup *mx = lookup_at(telling, telling->connection->mx_lookup);
    const struct trace_lookup *address = lookup_at(telling, telling->connection->address_lookup);

    if (!mx && !address) {
        saw(telling->finding, &telling->shown->digest->evidence,
            "steps 1 to 4, the MX records and the address: not in this trace: they were looked up "
            "before, or elsewhere");
        return;
    }
    tell_lookup(telling, 1, "the MX record", mx);
    if (!address && is_brought_along(telling, mx))
        saw(telling->finding, &telling->shown->digest->evidence,
            "steps 3 and 4 are not needed: the MX answer brought the address along");
    else
        tell_lookup(telling, 3, "the address", address);
}

/* ---- step 5: the handshake ---- */

static const char *time_text(const struct telling *telling, const char *word, int64_t waited)
{
    if (waited < 0)
        return "";
    return waited < 1000 ? arena_print(telling->memory, "%s%d ms", word, (int)waited)
                         : arena_print(telling->memory, "%s%.1f s", word, (double)waited / 1000);
}

static const char *unanswered_text(const struct telling *telling)
{
    const struct trace_connection *connection = telling->connection;
    int64_t took = (connection->last.time - connection->syn.time) / 1000;

    if (connection->ended_by == TRACE_SERVER_RST)
        return arena_print(telling->memory, "refused with a reset, %s",
                           frame_text(telling, &connection->end));
    if (connection->syns > 1)
        return arena_print(telling->memory, "asked %u times%s, and never answered",
                           connection->syns, took > 0 ? time_text(telling, " in ", took) : "");
    return "not answered";
}

static void tell_handshake(const struct telling *telling)
{
    const struct trace_connection *connection = telling->connection;
    const char *server = server_text(telling);
    const char *client = address_text(telling, &connection->client);

    if (connection->syn_ack.frame == 0 && connection->syn.frame == 0)
        saw(telling->finding, &telling->shown->digest->evidence,
            "step 5, the handshake of %s with %s: not in this trace", client, server);
    else if (connection->syn_ack.frame == 0)
        saw(telling->finding, &telling->shown->digest->evidence, "step 5, %s: %s to %s: %s",
            frame_text(telling, &connection->syn), client, server, unanswered_text(telling));
    else
        saw(telling->finding, &telling->shown->digest->evidence,
            "step 5, %s: %s connects to %s: SYN, SYN-ACK (frame %llu)%s",
            frame_text(telling, connection->syn.frame ? &connection->syn : &connection->syn_ack),
            client, server, (unsigned long long)connection->syn_ack.frame,
            connection->ack.frame ? arena_print(telling->memory, ", ACK (frame %llu)",
                                                (unsigned long long)connection->ack.frame)
                                  : "; the ACK is not in this trace");
}

/* ---- step 6: the greeting, or what came instead ---- */

/* Where the line begins that decides, the last of a whole greeting; its size where that is lost. */
static size_t deciding_line(const struct trace_connection *connection)
{
    const char *text = connection->greeting;
    size_t start = 0;

    for (size_t i = 1; connection->greeted.frame && i < connection->greeting_size; i++) {
        if (text[i - 1] == '\n')
            start = i;
    }
    if (start + 3 < connection->greeting_size && text[start + 3] == '-' &&
        connection->greeted.frame)
        return connection->greeting_size; /* of more bytes than are kept */
    return start;
}

static const char *greeting_text(const struct telling *telling)
{
    const struct trace_connection *connection = telling->connection;
    size_t start = deciding_line(connection), used = 0;
    const char *text = connection->greeting + start;
    size_t size = connection->greeting_size - start;

    while (used < size && used < GREETING_SHOWN && text[used] && text[used] != '\r' &&
           text[used] != '\n')
        used++;
    if (used == 0)
        return connection->greeting_code
                   ? arena_print(telling->memory, ": %u", connection->greeting_code)
                   : "";
    return arena_print(telling->memory, start > 0 ? ", its last line: %.*s" : ": %.*s", (int)used,
                       text);
}

static const char *end_text(const struct telling *telling)
{
    static const char *const ends[] = {[TRACE_CLIENT_FIN] = "the client gives up (FIN",
                                       [TRACE_CLIENT_RST] = "the client gives up (RST",
                                       [TRACE_SERVER_FIN] = "the server closes (FIN",
                                       [TRACE_SERVER_RST] = "the server breaks off (RST"};
    const struct trace_connection *connection = telling->connection;
    const struct trace_moment *next = mx_replaced(telling->shown->trace, telling->index);

    if (connection->ended_by != TRACE_OPEN)
        return arena_print(telling->memory, ", then %s, %s)", ends[connection->ended_by],
                           frame_text(telling, &connection->end));
    if (next)
        return arena_print(
            telling->memory,
            "; frame %llu has the same ports and the numbers of another connection: this one was "
            "over by then",
            (unsigned long long)next->frame);
    return ", and the trace ends";
}

/* What no server could have answered by then is no silence of its. */
static bool ends_at_once(const struct telling *telling)
{
    enum { ROUND_TRIP_MOST = 1000 };
    int64_t waited = telling->shown->waited[telling->index];

    return waited >= 0 && waited < ROUND_TRIP_MOST && telling->connection->ended_by == TRACE_OPEN &&
           !mx_replaced(telling->shown->trace, telling->index);
}

static void tell_greeting(const struct telling *telling)
{
    const struct trace_connection *connection = telling->connection;
    int64_t waited = telling->shown->waited[telling->index];
    const struct evidence *source = &telling->shown->digest->evidence;

    if (connection->greeted.frame)
        saw(telling->finding, source, "step 6, %s: the greeting%s%s",
            frame_text(telling, &connection->greeted), time_text(telling, " after ", waited),
            greeting_text(telling));
    else if (connection->server_first.frame && connection->server.port == TRACE_TLS_PORT)
        saw(telling->finding, source,
            "step 6, %s: the server speaks%s, in TLS: its greeting cannot be read",
            frame_text(telling, &connection->server_first), time_text(telling, " after ", waited));
    else if (connection->server_first.frame)
        saw(telling->finding, source, "step 6, %s: no whole greeting%s, silence%s%s",
            frame_text(telling, &connection->server_first), greeting_text(telling),
            time_text(telling, " for ", waited), end_text(telling));
    else if (ends_at_once(telling))
        saw(telling->finding, source,
            "step 6: the trace ends%s after the handshake, before a greeting could come",
            time_text(telling, " ", waited));
    else
        saw(telling->finding, source, "step 6, the greeting, never comes: silence%s%s",
            time_text(telling, " for ", waited), end_text(telling));
    if (waited < 0 && !connection->greeted.frame)
        saw(telling->finding, source,
            "the text has no times: how long the silence was is not known");
}

/* ---- what the client did next ---- */

static bool is_of_client(const struct trace_connection *one, const struct trace_connection *other)
{
    return one->client.ip.family == IP_NONE || other->client.ip.family == IP_NONE ||
           ip_equal(&one->client.ip, &other->client.ip);
}

/* Whether it leads to another exchanger of the same answer. */
static bool is_other_exchanger(const struct trace_lookup *mx, const struct trace_connection *here,
                               const struct trace_connection *there)
{
    for (size_t i = 0; i < mx->record_count; i++) {
        const struct trace_record *record = &mx->records[i];

        if (!record->name || (here->exchange && strcmp(record->name, here->exchange) == 0))
            continue;
        if ((there->exchange && strcmp(record->name, there->exchange) == 0) ||
            (record->ip.family != IP_NONE && ip_equal(&record->ip, &there->server.ip)))
            return true;
    }
    return false;
}

static void tell_next(const struct telling *telling)
{
    const struct mail_trace *trace = telling->shown->trace;
    const struct trace_connection *here = telling->connection;
    const struct trace_lookup *mx = lookup_at(telling, here->mx_lookup);
    size_t again = 0;

    if (!mx || mx->record_count < 2)
        return;
    for (size_t i = telling->index + 1; i < trace->connection_count; i++) {
        const struct trace_connection *there = &trace->connections[i];

        if (there->syn.frame == 0 || !is_of_client(here, there))
            continue;
        if (is_other_exchanger(mx, here, there)) {
            saw(telling->finding, &telling->shown->digest->evidence,
                "then the client moves on: %s, to %s%s%s", frame_text(telling, &there->syn),
                there->exchange ? there->exchange : "", there->exchange ? ", " : "",
                address_text(telling, &there->server));
            return;
        }
        again += net_address_equal(&here->server, &there->server);
    }
    if (again > 0)
        saw(telling->finding, &telling->shown->digest->evidence,
            "then the client tries the same host %zu more time%s, and no other exchanger: it does "
            "not move on",
            again, again == 1 ? "" : "s");
    else
        saw(telling->finding, &telling->shown->digest->evidence,
            "no connection to %s other exchanger%s follows in this trace",
            mx->record_count == 2 ? "the" : "any", mx->record_count == 2 ? "" : " of the answer");
}

static struct telling telling_of(struct finding *finding, const struct mx_trace *shown,
                                 size_t connection)
{
    return (struct telling){finding, shown, &shown->trace->connections[connection], connection,
                            pass_memory(shown->x)};
}

void mx_saw_steps(struct finding *finding, const struct mx_trace *shown, size_t connection)
{
    struct telling telling = telling_of(finding, shown, connection);

    tell_lookups(&telling);
    tell_handshake(&telling);
    if (telling.connection->syn_ack.frame || telling.connection->server_first.frame)
        tell_greeting(&telling);
    if (telling.connection->greeting_code / 100 != 2)
        tell_next(&telling);
}

/* Why nothing is said of it. */
static const char *unknown_text(const struct trace_connection *connection)
{
    if (!connection->syn.frame && !connection->syn_ack.frame)
        return "the handshake is not in this trace";
    if (connection->is_cut)
        return "the trace keeps too little of its frames to read the greeting";
    if (connection->has_gap)
        return "frames of it are not in this trace";
    if (trace_is_half_open(connection))
        return "the client never completed the handshake";
    if (connection->syn_ack.frame && connection->server.port == TRACE_TLS_PORT)
        return "the client never spoke, and with TLS at once it speaks first";
    return "the trace ends too early";
}

void mx_saw_connection(struct finding *finding, const struct mx_trace *shown, size_t connection)
{
    struct telling telling = telling_of(finding, shown, connection);
    const struct trace_connection *what = telling.connection;
    int64_t waited = shown->waited[connection];
    const struct trace_moment *begin = what->syn.frame       ? &what->syn
                                       : what->syn_ack.frame ? &what->syn_ack
                                                             : &what->last;

    if (what->greeted.frame)
        saw(finding, &shown->digest->evidence, "%s, %s: greeted%s%s", server_text(&telling),
            frame_text(&telling, begin), time_text(&telling, "after", waited),
            greeting_text(&telling));
    else if (what->server_first.frame && what->server.port == TRACE_TLS_PORT)
        saw(finding, &shown->digest->evidence, "%s, %s: answered%s", server_text(&telling),
            frame_text(&telling, begin), time_text(&telling, "after", waited));
    else if (shown->verdicts[connection] == MX_UNKNOWN)
        saw(finding, &shown->digest->evidence, "%s, %s: %s", server_text(&telling),
            frame_text(&telling, begin), unknown_text(what));
    else if (what->syn_ack.frame)
        saw(finding, &shown->digest->evidence, "%s, %s: no greeting%s%s", server_text(&telling),
            frame_text(&telling, begin), time_text(&telling, "for", waited), end_text(&telling));
    else
        saw(finding, &shown->digest->evidence, "%s, %s: %s", server_text(&telling),
            frame_text(&telling, begin), unanswered_text(&telling));
}
