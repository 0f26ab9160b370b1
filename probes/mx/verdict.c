#include "probes/mx/verdict.h"

#include <string.h>

enum { TLS_RECORD = 0x16 /* the first byte of a TLS handshake (RFC 8446 5.1) */ };

static const char *const words[MX_VERDICT_COUNT] = {
#define X(name, word) [MX_##name] = word,
    MX_VERDICT_LIST(X)
#undef X
};

const char *mx_verdict_word(enum mx_verdict verdict)
{
    return words[verdict];
}

/* ---- by time ---- */

/* No complete 220 came in so many milliseconds, and the connection is still open. */
static enum mx_verdict of_silence(int64_t milliseconds)
{
    if (milliseconds >= MX_STALL_FROM)
        return MX_STALL;
    return milliseconds >= MX_SILENT_FROM ? MX_SILENT : MX_INCONCLUSIVE;
}

/* The peer ended it so many milliseconds after it was accepted, without a greeting. */
static enum mx_verdict of_closing(int64_t milliseconds)
{
    return milliseconds < MX_CLOSES_WITHIN ? MX_CLOSES : MX_STALL;
}

/* When the first byte and the last line of a 220 came, in milliseconds. */
static enum mx_verdict of_greeting(int64_t first, int64_t last)
{
    if (last >= MX_SLOW_FROM)
        return MX_SLOW;
    return first < MX_PROMPT ? MX_READY : MX_DELAYED;
}

static enum mx_verdict of_code(unsigned code, int64_t first, int64_t last)
{
    if (code == 220)
        return of_greeting(first, last);
    return code >= 400 && code <= 599 ? MX_GREETING_REFUSED : MX_STRANGE;
}

/* ---- of a conversation ---- */

/* The step that a greeting was waited for in: with TLS at once it may have ended before. */
static const struct smtp_exchange *waiting_step(const struct smtp_conversation *conversation)
{
    const struct smtp_exchange *greeting = smtp_exchange_of(conversation, SMTP_GREETING);

    return greeting ? greeting : smtp_exchange_of(conversation, SMTP_HANDSHAKE);
}

static int64_t end_of(const struct smtp_conversation *conversation, enum smtp_step step)
{
    const struct smtp_exchange *exchange = smtp_exchange_of(conversation, step);

    return exchange && exchange->status == STATUS_OK ? exchange->ended : 0;
}

int64_t mx_accepted_at(const struct smtp_conversation *conversation)
{
    int64_t handshake = end_of(conversation, SMTP_HANDSHAKE);

    if (conversation->tls_at_once && handshake)
        return handshake;
    return end_of(conversation, SMTP_CONNECT);
}

int64_t mx_waited(const struct smtp_conversation *conversation)
{
    const struct smtp_exchange *step = waiting_step(conversation);
    int64_t waited;

    if (!step)
        return 0;
    waited = (step->ended - end_of(conversation, SMTP_CONNECT)) / 1000;
    if (step->status == STATUS_TIMED_OUT && waited < (int64_t)conversation->patience)
        waited = (int64_t)conversation->patience;
    return waited;
}

/* A firewall may leave other digits than those of the 220 it writes over; a refusal stays one. */
static unsigned code_of(const struct smtp_reply *reply)
{
    return reply->code < 400 && smtp_is_masked(reply) ? 220 : reply->code;
}

static enum mx_verdict of_step(const struct smtp_conversation *conversation,
                               const struct smtp_exchange *step)
{
    const struct smtp_reply *reply = &step->reply;
    int64_t accepted = mx_accepted_at(conversation);

    switch (step->status) {
    case STATUS_OK:
        if (step->step == SMTP_HANDSHAKE)
            return MX_UNKNOWN;
        return of_code(code_of(reply), (reply->first_byte - accepted) / 1000,
                       (reply->last_byte - accepted) / 1000);
    case STATUS_TIMED_OUT:
        return of_silence(mx_waited(conversation));
    case STATUS_CLOSED:
        return reply->code >= 400 ? MX_GREETING_REFUSED : of_closing(mx_waited(conversation));
    case STATUS_MALFORMED:
    case STATUS_TOO_LARGE:
        return MX_STRANGE;
    default:
        return MX_UNKNOWN;
    }
}

enum mx_verdict mx_verdict_of_conversation(const struct smtp_conversation *conversation)
{
    const struct smtp_exchange *step;

    switch (conversation->evidence.status) {
    case STATUS_OK:
        step = waiting_step(conversation);
        return step ? of_step(conversation, step) : MX_UNKNOWN;
    case STATUS_REFUSED:
        return MX_REFUSED;
    case STATUS_TIMED_OUT:
    case STATUS_UNREACHABLE:
        return MX_UNREACHABLE;
    default:
        return MX_UNKNOWN;
    }
}

/* ---- of a captured connection ---- */

static bool is_there(const struct trace_moment *moment)
{
    return moment->frame != 0;
}

static bool was_ended_by_server(const struct trace_connection *connection)
{
    return connection->ended_by == TRACE_SERVER_FIN || connection->ended_by == TRACE_SERVER_RST;
}

/* Nobody answered, or the trace ends before the client would have asked again. */
static enum mx_verdict of_unanswered(const struct trace_connection *connection, int64_t trace_end)
{
    if (!is_there(&connection->syn) || is_there(&connection->ack) || connection->has_gap ||
        connection->server_bytes > 0)
        return MX_UNKNOWN;
    if (connection->ended_by == TRACE_SERVER_RST)
        return MX_REFUSED;
    if (connection->syns > 1 ||
        trace_end - connection->syn.time >= (int64_t)MX_CLOSES_WITHIN * 1000)
        return MX_UNREACHABLE;
    return MX_UNKNOWN;
}

/* The client, where TLS comes first. */
static bool client_speaks_first(const struct trace_connection *connection)
{
    return connection->server.port == TRACE_TLS_PORT;
}

const struct trace_moment *mx_greeting_due(const struct trace_connection *connection)
{
    const struct trace_moment *spoke = &connection->client_first;

    if (client_speaks_first(connection) && is_there(spoke) &&
        spoke->time > connection->syn_ack.time)
        return spoke;
    return &connection->syn_ack;
}

/* Milliseconds from the moment a greeting was due; 0 where the trace does not tell. */
static int64_t since_due(const struct trace_connection *connection, int64_t time)
{
    const struct trace_moment *due = mx_greeting_due(connection);

    return is_there(due) && time > due->time ? (time - due->time) / 1000 : 0;
}

static bool begins_like_a_reply(const struct trace_connection *connection)
{
    const char *text = connection->greeting;
    size_t size = connection->greeting_size;

    for (size_t i = 0; i < size && i < 3; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
    }
    return size <= 3 || text[3] == '-' || text[3] == ' ' || text[3] == '\r' || text[3] == '\n';
}

/* It spoke, but TLS came first, so nobody can read what it said. */
static bool is_encrypted(const struct trace_connection *connection)
{
    if (connection->greeting_size > 0)
        return connection->greeting[0] == TLS_RECORD;
    return client_speaks_first(connection) && is_there(&connection->server_first);
}

/* What the capture lacks may have been the greeting, or the client was not there to hear it. */
static bool is_unreadable(const struct trace_connection *connection)
{
    return connection->is_cut || connection->has_gap || !is_there(&connection->syn_ack) ||
           trace_is_half_open(connection);
}

static enum mx_verdict of_end(const struct trace_connection *connection, int64_t trace_end)
{
    if (connection->ended_by == TRACE_OPEN)
        return of_silence(since_due(connection, trace_end));
    if (was_ended_by_server(connection))
        return of_closing(since_due(connection, connection->end.time));
    return of_silence(since_due(connection, connection->end.time));
}

static enum mx_verdict of_ungreeted(const struct trace_connection *connection, int64_t trace_end)
{
    enum mx_verdict verdict;

    if (is_encrypted(connection))
        return of_greeting(since_due(connection, connection->server_first.time),
                           since_due(connection, connection->server_first.time));
    if (is_unreadable(connection))
        return MX_UNKNOWN;
    if (!begins_like_a_reply(connection))
        return MX_STRANGE;
    verdict = of_end(connection, trace_end);
    if (client_speaks_first(connection) && !is_there(&connection->client_first))
        return verdict == MX_CLOSES ? MX_CLOSES : MX_UNKNOWN; /* it waited for the client */
    return verdict;
}

enum mx_verdict mx_verdict_of_connection(const struct trace_connection *connection,
                                         int64_t trace_end)
{
    if (is_there(&connection->greeted))
        return of_code(connection->greeting_code,
                       since_due(connection, connection->server_first.time),
                       since_due(connection, connection->greeted.time));
    if (!is_there(&connection->syn_ack) && !is_encrypted(connection))
        return of_unanswered(connection, trace_end);
    return of_ungreeted(connection, trace_end);
}
