#include "probes/mx/trace.h"

#include "probes/mx/call.h"
#include "probes/mx/kinds.h"
#include "probes/mx/picture.h"

#include <string.h>

enum {
    SERVERS_IN_STEPS = 3, /* told step by step; */
    SERVERS_SHOWN = 12,   /* in a line each; more are counted */
    SILENCES_OF_NOTE = 5
};

/* ---- verdicts ---- */

static bool may_be(const struct net_address *one, const struct net_address *other)
{
    return one->port == other->port && (one->ip.family == IP_NONE || other->ip.family == IP_NONE ||
                                        ip_equal(&one->ip, &other->ip));
}

const struct trace_moment *mx_replaced(const struct mail_trace *trace, size_t connection)
{
    const struct trace_connection *here = &trace->connections[connection];

    if (here->ended_by != TRACE_OPEN)
        return NULL;
    if (here->replaced.frame)
        return &here->replaced;
    for (size_t i = connection + 1; i < trace->connection_count; i++) {
        const struct trace_connection *next = &trace->connections[i];

        if (may_be(&here->client, &next->client) && may_be(&here->server, &next->server) &&
            trace_began(next)->frame > here->last.frame)
            return trace_began(next);
    }
    return NULL;
}

/* The last moment that a greeting could have come at. */
static int64_t end_of(const struct mail_trace *trace, size_t index)
{
    const struct trace_connection *connection = &trace->connections[index];
    const struct trace_moment *replaced = mx_replaced(trace, index);

    if (connection->end.frame)
        return connection->end.time;
    return replaced && replaced->time > 0 ? replaced->time : trace->last.time;
}

static int64_t waited_of(const struct mail_trace *trace, size_t index)
{
    const struct trace_connection *connection = &trace->connections[index];
    bool is_encrypted = connection->server.port == TRACE_TLS_PORT && connection->server_first.frame;
    int64_t from = mx_greeting_due(connection)->time;
    int64_t to = connection->greeted.frame ? connection->greeted.time
                 : is_encrypted            ? connection->server_first.time
                                           : end_of(trace, index);

    return from > 0 && to >= from ? (to - from) / 1000 : -1;
}

/*
 * Where the trace has no times, a silence is one all the same if its connection was over,
 * for another took its ports.
 */
static enum mx_verdict verdict_of(const struct mail_trace *trace, size_t index)
{
    enum mx_verdict verdict =
        mx_verdict_of_connection(&trace->connections[index], end_of(trace, index));

    if (verdict == MX_INCONCLUSIVE && waited_of(trace, index) < 0 && mx_replaced(trace, index))
        return MX_SILENT;
    return verdict;
}

/* ---- many short silences ---- */

struct silences { /* of one server that never sent a byte */
    size_t count;
    int64_t shortest; /* milliseconds */
    int64_t from, to; /* microseconds: the first began, the last ended */
};

/* None if the server ever spoke, or may have in a connection that is not kept. */
static struct silences silences_of(const struct mx_trace *shown, size_t index)
{
    const struct mail_trace *trace = shown->trace;
    struct silences found = {.shortest = INT64_MAX};

    if (trace->connection_total > trace->connection_count)
        return found;
    for (size_t i = 0; i < trace->connection_count; i++) {
        const struct trace_connection *connection = &trace->connections[i];

        if (!net_address_equal(&connection->server, &trace->connections[index].server))
            continue;
        if (connection->server_first.frame || connection->has_gap)
            return (struct silences){0};
        if (shown->waited[i] < MX_CLOSES_WITHIN || trace_is_half_open(connection))
            continue;
        if (found.count++ == 0)
            found.from = connection->syn_ack.time;
        if (shown->waited[i] < found.shortest)
            found.shortest = shown->waited[i];
        if (end_of(trace, i) > found.to)
            found.to = end_of(trace, i);
    }
    return found;
}

static bool are_one_silence(const struct silences *silences)
{
    return silences->count >= SILENCES_OF_NOTE &&
           silences->to - silences->from >= (int64_t)MX_SILENT_FROM * 1000;
}

/* A sender with little patience shows a stall by how often it comes in vain. */
static void join_silences(const struct mx_trace *shown, enum mx_verdict *verdicts)
{
    for (size_t i = 0; i < shown->trace->connection_count; i++) {
        struct silences silences;

        if (verdicts[i] != MX_INCONCLUSIVE || shown->waited[i] < MX_CLOSES_WITHIN)
            continue;
        silences = silences_of(shown, i);
        if (are_one_silence(&silences))
            verdicts[i] = MX_SILENT;
    }
}

static void saw_silences(const struct mx_trace *shown, struct finding *finding, size_t index)
{
    struct silences silences = silences_of(shown, index);

    if (shown->verdicts[index] == MX_SILENT && shown->waited[index] < MX_SILENT_FROM &&
        are_one_silence(&silences))
        saw(finding, &shown->digest->evidence,
            "%zu connections to it in %.0f s waited %.1f s and more each, and it never sent a byte: "
            "each is too short to tell, all together are a silence",
            silences.count, (double)(silences.to - silences.from) / 1e6,
            (double)silences.shortest / 1000);
}

/* ---- counting ---- */

static bool is_one_of(enum mx_verdict verdict, const enum mx_verdict *which)
{
    for (; *which != MX_VERDICT_COUNT; which++) {
        if (*which == verdict)
            return true;
    }
    return false;
}

static size_t count_of(const struct mx_trace *shown, const enum mx_verdict *which)
{
    size_t count = 0;

    for (size_t i = 0; i < shown->trace->connection_count; i++)
        count += is_one_of(shown->verdicts[i], which);
    return count;
}

/* ---- the servers that are told of ---- */

/* Of two connections to one server, which says more: the worse, then the longer silence. */
static bool says_more(const struct mx_trace *shown, size_t one, size_t other)
{
    if (shown->verdicts[one] != shown->verdicts[other])
        return shown->verdicts[one] == MX_STALL;
    return shown->waited[one] > shown->waited[other];
}

/* For each server the connection that says most, those that say more first; into `list`. */
static size_t servers_of(const struct mx_trace *shown, const enum mx_verdict *which, size_t *list)
{
    const struct trace_connection *connections = shown->trace->connections;
    size_t count = 0;

    for (size_t i = 0; i < shown->trace->connection_count; i++) {
        size_t at = 0;

        if (!is_one_of(shown->verdicts[i], which))
            continue;
        while (at < count &&
               !net_address_equal(&connections[list[at]].server, &connections[i].server))
            at++;
        if (at == count)
            list[count++] = i;
        else if (says_more(shown, i, list[at]))
            list[at] = i;
    }
    for (size_t i = 1; i < count; i++) {
        for (size_t j = i; j > 0 && says_more(shown, list[j], list[j - 1]); j--) {
            size_t moved = list[j];

            list[j] = list[j - 1];
            list[j - 1] = moved;
        }
    }
    return count;
}

static size_t alike(const struct mx_trace *shown, const enum mx_verdict *which, size_t index)
{
    const struct trace_connection *connections = shown->trace->connections;
    size_t count = 0;

    for (size_t i = 0; i < shown->trace->connection_count; i++)
        count += i != index && is_one_of(shown->verdicts[i], which) &&
                 net_address_equal(&connections[i].server, &connections[index].server);
    return count;
}

/* ---- telling ---- */

/* True if the address is to be called from where the trace was taken alone. */
static bool set_server(const struct mx_trace *shown, struct finding *finding, size_t index,
                       bool is_first)
{
    const struct trace_connection *connection = &shown->trace->connections[index];
    char ip[IP_TEXT_SIZE];
    bool is_reserved;

    if (is_first && connection->mx_lookup < shown->trace->lookup_count) {
        const char *domain = shown->trace->lookups[connection->mx_lookup].name;

        mx_set_domain(finding, domain, false);
    }
    if (is_first && connection->server.port == service_usual_port(SERVICE_SMTP))
        mx_set_senders(finding, NULL);
    if (connection->server.ip.family == IP_NONE)
        return false;
    is_reserved = mx_set_recorded(finding, &connection->server);
    if (!is_first)
        return is_reserved;
    ip_format(&connection->server.ip, ip);
    mx_set_as_called(shown->x, finding);
    set_number(finding, "port", connection->server.port);
    if (connection->exchange)
        set_value(finding, VALUE_NAME, "server", connection->exchange,
                  strlen(connection->exchange));
    else
        (is_reserved ? set_value : set_vouched)(finding, VALUE_TEXT, "server", ip, strlen(ip));
    return is_reserved;
}

static size_t count_half_open(const struct mail_trace *trace)
{
    size_t count = 0;

    for (size_t i = 0; i < trace->connection_count; i++)
        count += trace_is_half_open(&trace->connections[i]);
    return count;
}

/* What of the trace is not behind the findings. */
static void saw_limits(const struct mx_trace *shown, struct finding *finding)
{
    const struct mail_trace *trace = shown->trace;
    size_t half_open = count_half_open(trace);

    if (half_open > 0)
        saw(finding, &shown->digest->evidence,
            "%zu connection%s: SYN and SYN-ACK, and the client never completed %s: a scan, a "
            "flood of SYNs, or frames that the trace lacks; no greeting was due",
            half_open, half_open == 1 ? "" : "s", half_open == 1 ? "it" : "them");
    if (trace->remark)
        saw(finding, &shown->digest->evidence, "the trace was not read to its end: %s",
            trace->remark);
    if (trace->connection_total > trace->connection_count)
        saw(finding, &shown->digest->evidence,
            "of its %llu connections %zu are looked at, those that failed before others",
            (unsigned long long)trace->connection_total, trace->connection_count);
    if (trace->unread)
        saw(finding, &shown->digest->evidence, "%llu frames are of forms that are not read",
            (unsigned long long)trace->unread);
}

/* By the last line of the greeting: its code is the one that counts. */
static void set_refusal(const struct mx_trace *shown, struct finding *finding, size_t index)
{
    const struct trace_connection *connection = &shown->trace->connections[index];
    const char *text = connection->greeting;
    size_t end = connection->greeting_size, start;
    struct smtp_line line = {0};

    while (end > 0 && (text[end - 1] == '\n' || text[end - 1] == '\r'))
        end--;
    for (start = end; start > 0 && text[start - 1] != '\n';)
        start--;
    line.text = arena_copy(pass_memory(shown->x), text + start, end - start);
    line.size = end - start;
    mx_set_refusal(finding, connection->greeting_code, &line);
}

static void show_servers(const struct mx_trace *shown, struct finding *finding,
                         const enum mx_verdict *which, bool in_steps)
{
    size_t *list = arena_new(pass_memory(shown->x), shown->trace->connection_count, sizeof *list);
    size_t count = servers_of(shown, which, list);
    const struct net_address *reserved = NULL;

    for (size_t i = 0; i < count && i < SERVERS_SHOWN; i++) {
        size_t more = alike(shown, which, list[i]);

        if (set_server(shown, finding, list[i], i == 0) && !reserved)
            reserved = &shown->trace->connections[list[i]].server;
        if (shown->verdicts[list[i]] == MX_GREETING_REFUSED)
            set_refusal(shown, finding, list[i]);
        if (in_steps && i < SERVERS_IN_STEPS)
            mx_saw_steps(finding, shown, list[i]);
        else
            mx_saw_connection(finding, shown, list[i]);
        if (more > 0)
            saw(finding, &shown->digest->evidence, "and %zu more connection%s to it like this one",
                more, more == 1 ? "" : "s");
        saw_silences(shown, finding, list[i]);
    }
    if (reserved)
        mx_saw_recorded(finding, &shown->digest->evidence, reserved);
    if (count > SERVERS_SHOWN)
        saw(finding, &shown->digest->evidence, "and %zu more servers", count - SERVERS_SHOWN);
    saw_limits(shown, finding);
}

/* Whether no exchanger of the same answer is to be tried before this one. */
static bool is_best(const struct mail_trace *trace, const struct trace_connection *connection)
{
    const struct trace_lookup *mx;
    unsigned best = UINT16_MAX, here = UINT16_MAX;

    if (connection->mx_lookup >= trace->lookup_count || !connection->exchange)
        return true;
    mx = &trace->lookups[connection->mx_lookup];
    for (size_t i = 0; i < mx->record_count; i++) {
        const struct trace_record *record = &mx->records[i];

        if (record->name && record->preference < best)
            best = record->preference;
        if (record->name && strcmp(record->name, connection->exchange) == 0)
            here = record->preference;
    }
    return here <= best;
}

static enum severity severity_of_stall(const struct mx_trace *shown)
{
    for (size_t i = 0; i < shown->trace->connection_count; i++) {
        if (shown->verdicts[i] == MX_STALL && is_best(shown->trace, &shown->trace->connections[i]))
            return SEVERITY_CRITICAL;
    }
    return SEVERITY_WARNING;
}

#define VERDICTS(...)                                                                              \
    (const enum mx_verdict[])                                                                      \
    {                                                                                              \
        __VA_ARGS__, MX_VERDICT_COUNT                                                              \
    }

static void judge_failures(const struct mx_trace *shown)
{
    const struct {
        const struct finding_kind *kind;
        const enum mx_verdict *which;
    } rows[] = {
        {&mx_banner_stall, VERDICTS(MX_STALL, MX_SILENT)},
        {&mx_banner_slow, VERDICTS(MX_SLOW)},
        {&mx_closes, VERDICTS(MX_CLOSES)},
        {&mx_refuses, VERDICTS(MX_REFUSED)},
        {&mx_unreachable, VERDICTS(MX_UNREACHABLE)},
        {&mx_greeting_refused, VERDICTS(MX_GREETING_REFUSED)},
        {&mx_not_smtp, VERDICTS(MX_STRANGE)},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct finding *finding;

        if (count_of(shown, rows[i].which) == 0)
            continue;
        finding = found(shown->x, rows[i].kind);
        finding_severity(finding, i == 0 ? severity_of_stall(shown) : SEVERITY_WARNING);
        show_servers(shown, finding, rows[i].which, true);
        if (rows[i].kind == &mx_banner_stall || rows[i].kind == &mx_banner_slow)
            mx_draw_connections(finding, shown);
    }
}

static void judge_inconclusive(const struct mx_trace *shown)
{
    const enum mx_verdict *which = VERDICTS(MX_INCONCLUSIVE);
    size_t count = count_of(shown, which);

    if (count > 0)
        show_servers(shown,
                     unknown(shown->x, &mx_banner_stall,
                             "inconclusive: %zu connection%s without a greeting, not long enough "
                             "to tell",
                             count, count == 1 ? "" : "s"),
                     which, true);
}

/* The first kind of fault that no connection of the trace has: what is right is told of it. */
static const struct finding_kind *kind_without_fault(const struct mx_trace *shown)
{
    if (count_of(shown, VERDICTS(MX_STALL, MX_SILENT, MX_INCONCLUSIVE)) == 0)
        return &mx_banner_stall;
    return count_of(shown, VERDICTS(MX_SLOW)) == 0 ? &mx_banner_slow : &mx_closes;
}

static const char *why_unknown(const struct mail_trace *trace)
{
    for (size_t i = 0; i < trace->connection_count; i++) {
        if (trace->connections[i].syn.frame || trace->connections[i].syn_ack.frame)
            return "the trace shows too little of each connection to judge it";
    }
    return "the beginning of no connection is in the trace";
}

/* What the trace shows too little of matters where there is nothing else. */
static void judge_rest(const struct mx_trace *shown)
{
    const enum mx_verdict *greeted = VERDICTS(MX_READY, MX_DELAYED);
    size_t count = count_of(shown, greeted);

    if (count > 0)
        show_servers(shown,
                     healthy(shown->x, kind_without_fault(shown),
                             "%zu of %zu connections are greeted in time", count,
                             shown->trace->connection_count),
                     greeted, true);
    if (count_of(shown, VERDICTS(MX_UNKNOWN)) == shown->trace->connection_count)
        show_servers(shown, unknown(shown->x, &mx_banner_stall, "%s", why_unknown(shown->trace)),
                     VERDICTS(MX_UNKNOWN), false);
}

static void tell_without_mail(const struct mx_trace *shown)
{
    struct finding *finding = unknown(shown->x, &mx_trace_without_mail,
                                      "no connection to port 25, 465 or 587 is in the trace");

    saw(finding, &shown->digest->evidence, "%llu frames, %zu lookups of MX records and addresses",
        (unsigned long long)shown->trace->frames, shown->trace->lookup_count);
    saw_limits(shown, finding);
}

void mx_judge_trace(struct examination *x, const struct subject *file)
{
    const struct trace_digest *digest = ask_trace(x, file->name);
    struct mx_trace shown = {.x = x, .digest = digest};
    enum mx_verdict *verdicts;
    int64_t *waited;

    if (!digest)
        return;
    if (digest->evidence.status != STATUS_OK) {
        saw_failure(unknown(x, &mx_trace_without_mail, "the trace could not be read"),
                    &digest->evidence);
        return;
    }
    shown.trace = &digest->trace;
    verdicts = arena_new(pass_memory(x), shown.trace->connection_count, sizeof *verdicts);
    waited = arena_new(pass_memory(x), shown.trace->connection_count, sizeof *waited);
    for (size_t i = 0; i < shown.trace->connection_count; i++) {
        verdicts[i] = verdict_of(shown.trace, i);
        waited[i] = waited_of(shown.trace, i);
    }
    shown.verdicts = verdicts;
    shown.waited = waited;
    join_silences(&shown, verdicts);
    if (shown.trace->connection_count == 0) {
        tell_without_mail(&shown);
        return;
    }
    judge_failures(&shown);
    judge_inconclusive(&shown);
    judge_rest(&shown);
}
