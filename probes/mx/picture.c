#include "probes/mx/picture.h"

const struct timeline_kind mx_timeline = {
    .id = "mx-calls",
    .title = "what came when, from the call on",
    .stops =
        (const struct timeline_stop[]){
            {MX_PROMPT, "1 s", NULL},
            {MX_CLOSES_WITHIN, "5 s", "whoever hangs up sooner turns senders away at once"},
            {MX_SLOW_FROM, "30 s", "impatient senders give up"},
            {MX_SILENT_FROM, "1 min", "long enough for a warning"},
            {MX_STALL_FROM, "5 min", "so long senders have to wait for a greeting (RFC 5321)"},
            {600000, "10 min", NULL},
            {3600000, "1 h", NULL},
            {0},
        },
    .reach = MX_STALL_FROM,
};

static const struct smtp_exchange *answer_of(const struct smtp_conversation *conversation)
{
    const struct smtp_exchange *greeting = smtp_exchange_of(conversation, SMTP_GREETING);

    return greeting ? greeting : smtp_exchange_of(conversation, SMTP_HANDSHAKE);
}

static void add_phase(struct timeline_row *row, enum timeline_phase_kind kind, int64_t to)
{
    int64_t from = timeline_end_of(row);

    if (to > from)
        row->phases[row->phase_count++] = (struct timeline_phase){kind, from, to};
}

/* Connecting, silence, from the first byte on what it says, and silence again. */
static void add_phases(struct timeline_row *row, const struct smtp_conversation *conversation)
{
    const struct smtp_exchange *step = answer_of(conversation),
                               *call = smtp_exchange_of(conversation, SMTP_CONNECT);
    int64_t accepted = mx_accepted_at(conversation) / 1000;

    if (!step) {
        add_phase(row, TIMELINE_CONNECTING, conversation->evidence.took / 1000);
        return;
    }
    add_phase(row, TIMELINE_CONNECTING, accepted);
    if (step->step == SMTP_GREETING && step->reply.bytes > 0) {
        add_phase(row, TIMELINE_SILENT, step->reply.first_byte / 1000);
        add_phase(row, TIMELINE_SPEAKING, step->reply.last_byte / 1000);
    }
    if (step->status != STATUS_OK && call)
        add_phase(row, TIMELINE_SILENT, call->ended / 1000 + mx_waited(conversation));
}

static enum timeline_end end_of_verdict(enum mx_verdict verdict, bool has_closed)
{
    static const enum timeline_end ends[MX_VERDICT_COUNT] = {
        [MX_READY] = TIMELINE_END_GREETED,
        [MX_DELAYED] = TIMELINE_END_GREETED,
        [MX_SLOW] = TIMELINE_END_GREETED,
        [MX_STALL] = TIMELINE_END_OPEN,
        [MX_SILENT] = TIMELINE_END_OPEN,
        [MX_INCONCLUSIVE] = TIMELINE_END_OPEN,
        [MX_CLOSES] = TIMELINE_END_CLOSED,
        [MX_GREETING_REFUSED] = TIMELINE_END_REJECTED,
        [MX_STRANGE] = TIMELINE_END_STRANGE,
        [MX_REFUSED] = TIMELINE_END_REFUSED,
        [MX_UNREACHABLE] = TIMELINE_END_UNANSWERED,
        [MX_UNKNOWN] = TIMELINE_END_UNKNOWN,
    };

    return has_closed && ends[verdict] == TIMELINE_END_OPEN ? TIMELINE_END_CLOSED : ends[verdict];
}

static enum timeline_end end_of(const struct mx_call *call)
{
    const struct smtp_exchange *step = answer_of(call->conversation);

    return end_of_verdict(call->verdict, step && step->status == STATUS_CLOSED);
}

static enum picture_standing standing_of(const struct mx_call *call)
{
    if (mx_call_is_away(call))
        return PICTURE_WRONG;
    return mx_call_greeted(call) && call->verdict != MX_SLOW ? PICTURE_RIGHT : PICTURE_DOUBTFUL;
}

static struct timeline_row row_of(struct examination *x, const struct mx_calls *calls,
                                  const struct mx_call *call)
{
    struct timeline_row row = {
        .name = call->exchanger->name, .end = end_of(call), .standing = standing_of(call)};
    char address[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&call->conversation->address, service_usual_port(SERVICE_SMTP), address);
    row.detail = arena_copy_string(pass_memory(x), address);
    if (calls->subject->kind == SUBJECT_DOMAIN)
        row.group = arena_print(pass_memory(x), "%u", call->exchanger->preference);
    add_phases(&row, call->conversation);
    return row;
}

void mx_draw_calls(struct examination *x, struct finding *finding, const struct mx_calls *calls)
{
    struct timeline_row *rows = arena_new(pass_memory(x), calls->count, sizeof *rows);

    for (size_t i = 0; i < calls->count; i++)
        rows[i] = row_of(x, calls, &calls->list[i]);
    draw_timeline(finding, &mx_timeline, rows, calls->count);
}

/* ---- of a trace ---- */

static const char *server_of(const struct mx_trace *shown,
                             const struct trace_connection *connection)
{
    char ip[IP_TEXT_SIZE];

    if (connection->exchange)
        return connection->exchange;
    ip_format(&connection->server.ip, ip);
    return arena_copy_string(pass_memory(shown->x), ip);
}

static enum picture_standing standing_of_verdict(enum mx_verdict verdict)
{
    if (verdict == MX_READY || verdict == MX_DELAYED)
        return PICTURE_RIGHT;
    return verdict == MX_SLOW || verdict == MX_INCONCLUSIVE || verdict == MX_UNKNOWN
               ? PICTURE_DOUBTFUL
               : PICTURE_WRONG;
}

static struct timeline_row row_of_connection(const struct mx_trace *shown, size_t index)
{
    const struct trace_connection *connection = &shown->trace->connections[index];
    bool has_closed =
        connection->ended_by == TRACE_SERVER_FIN || connection->ended_by == TRACE_SERVER_RST;
    struct timeline_row row = {.name = server_of(shown, connection),
                               .detail =
                                   arena_print(pass_memory(shown->x), "frame %llu",
                                               (unsigned long long)trace_began(connection)->frame),
                               .end = end_of_verdict(shown->verdicts[index], has_closed),
                               .standing = standing_of_verdict(shown->verdicts[index])};
    int64_t began = trace_began(connection)->time, due = mx_greeting_due(connection)->time;

    add_phase(&row, TIMELINE_CONNECTING, (due - began) / 1000);
    if (connection->server_first.frame)
        add_phase(&row, TIMELINE_SILENT, (connection->server_first.time - began) / 1000);
    if (connection->greeted.frame)
        add_phase(&row, TIMELINE_SPEAKING, (connection->greeted.time - began) / 1000);
    else
        add_phase(&row, TIMELINE_SILENT, (due - began) / 1000 + shown->waited[index]);
    return row;
}

void mx_draw_connections(struct finding *finding, const struct mx_trace *shown)
{
    const struct mail_trace *trace = shown->trace;
    struct timeline_row *rows =
        arena_new(pass_memory(shown->x), trace->connection_count, sizeof *rows);
    size_t count = 0;

    for (size_t i = 0; i < trace->connection_count; i++) {
        if (shown->waited[i] >= 0 && trace_began(&trace->connections[i])->time > 0)
            rows[count++] = row_of_connection(shown, i);
    }
    draw_timeline(finding, &mx_timeline, rows, count);
}
