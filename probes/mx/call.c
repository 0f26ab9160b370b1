#include "probes/mx/call.h"

#include "probes/as_called.h"
#include "probes/mx/kinds.h"
#include "probes/spf/network.h"

#include <stdio.h>
#include <string.h>

enum {
    SHOWN_MOST = 400, /* bytes of what a peer said, in one line of a report */
    LINES_SHOWN = 3,
    CONNECTOR_NAME_MOST = 64 /* characters that Exchange takes */
};

/* ---- calling ---- */

bool mx_call_all(struct examination *x, const struct subject *subject,
                 const struct mx_exchangers *mx, enum service service, struct mx_calls *out)
{
    struct mx_call *calls = arena_new(pass_memory(x), mx->address_count, sizeof *calls);
    uint16_t best = mx->address_count ? mx->list[mx->addresses[0].exchanger].preference : 0;
    bool known = true;

    for (size_t i = 0; i < mx->address_count; i++) {
        const struct mx_address *address = &mx->addresses[i];
        const struct mx_exchanger *exchanger = &mx->list[address->exchanger];
        const char *name = exchanger->literal.family == IP_NONE ? exchanger->name : NULL;

        calls[i] = (struct mx_call){.exchanger = exchanger,
                                    .address = address,
                                    .service = service,
                                    .conversation = ask_smtp(x, &address->ip, service, name),
                                    .is_best = exchanger->preference == best};
        known = known && calls[i].conversation;
        if (calls[i].conversation)
            calls[i].verdict = mx_verdict_of_conversation(calls[i].conversation);
    }
    *out = (struct mx_calls){subject, mx, calls, mx->address_count, false};
    return known;
}

bool mx_call_greeted(const struct mx_call *call)
{
    return call->verdict == MX_READY || call->verdict == MX_DELAYED || call->verdict == MX_SLOW;
}

bool mx_call_connected(const struct mx_call *call)
{
    return call->conversation->evidence.status == STATUS_OK;
}

bool mx_call_has_no_way(const struct mx_call *call)
{
    return call->address->ip.family == IP_V6 && call->verdict == MX_UNREACHABLE &&
           call->conversation->evidence.status == STATUS_UNREACHABLE;
}

bool mx_call_is_away(const struct mx_call *call)
{
    return !mx_call_greeted(call) && call->verdict != MX_UNKNOWN &&
           call->verdict != MX_INCONCLUSIVE && !mx_call_has_no_way(call);
}

/* What harms mail most, first. */
static unsigned rank_of(enum mx_verdict verdict)
{
    static const enum mx_verdict ranks[] = {
        MX_STALL,       MX_SILENT,       MX_STRANGE, MX_CLOSES, MX_REFUSED, MX_GREETING_REFUSED,
        MX_UNREACHABLE, MX_INCONCLUSIVE, MX_UNKNOWN, MX_SLOW,   MX_DELAYED, MX_READY};
    unsigned rank = 0;

    while (ranks[rank] != verdict)
        rank++;
    return rank;
}

const struct mx_call *mx_worst_call(const struct mx_calls *calls)
{
    const struct mx_call *worst = NULL;

    for (size_t i = 0; i < calls->count; i++) {
        if (!worst || rank_of(calls->list[i].verdict) < rank_of(worst->verdict))
            worst = &calls->list[i];
    }
    return worst;
}

/* ---- in words ---- */

static double seconds(int64_t microseconds)
{
    return (double)microseconds / 1e6;
}

/* The first lines of what came, in quotation marks. */
static void add_received(struct buffer *out, const struct smtp_reply *reply)
{
    if (reply->line_count == 0)
        return;
    buffer_add_string(out, ": \"");
    for (size_t i = 0; i < reply->line_count && i < LINES_SHOWN; i++) {
        size_t size = reply->lines[i].size;

        if (i > 0)
            buffer_add_string(out, " / ");
        buffer_add(out, reply->lines[i].text, size < SHOWN_MOST ? size : SHOWN_MOST);
    }
    buffer_add_string(out, reply->line_count > LINES_SHOWN || reply->is_cut ? " ...\"" : "\"");
}

static void add_quit(struct buffer *out, const struct smtp_conversation *conversation)
{
    switch (conversation->quit_acknowledged) {
    case SMTP_ACK_YES:
        buffer_add_string(
            out, "; a QUIT was acknowledged by its TCP: the system at the address is alive, and "
                 "the daemon behind it hangs or has no process left (or a proxy answers for it)");
        break;
    case SMTP_ACK_NO:
        buffer_add_string(out, "; a QUIT was not acknowledged: a firewall that completes the "
                               "handshake by itself, with no living host behind it, does that");
        break;
    case SMTP_ACK_UNKNOWN:
        break;
    }
}

/* What came before it was silent, or nothing. */
static void add_silence(struct buffer *out, const struct mx_call *call,
                        const struct smtp_exchange *step)
{
    double waited = (double)mx_waited(call->conversation) / 1000;
    const struct smtp_reply *reply = &step->reply;

    if (reply->bytes == 0) {
        buffer_print(out, "accepted, and no byte of a greeting in %.1f s", waited);
    } else {
        buffer_print(out,
                     "accepted, and no complete greeting in %.1f s, but %llu byte%s after "
                     "%.1f s",
                     waited, (unsigned long long)reply->bytes, reply->bytes == 1 ? "" : "s",
                     seconds(reply->first_byte - mx_accepted_at(call->conversation)));
        add_received(out, reply);
    }
    if (step->status == STATUS_CLOSED)
        buffer_add_string(out, step->was_reset ? "; then it reset the connection"
                                               : "; then it closed the connection");
    else
        buffer_add_string(out, "; the connection was still open");
    add_quit(out, call->conversation);
}

/* By its code alone: the words behind it are anybody's. */
static void add_meaning(struct buffer *out, const struct smtp_reply *reply, struct arena *arena)
{
    static const struct {
        unsigned code;
        const char *enhanced; /* or NULL: any */
        const char *meaning;
    } rows[] = {
        {421, "4.3.2",
         "the service is not active: on Exchange a component state, as in "
         "maintenance, or a limit of connections"},
        {521, "5.7.1", "that this caller is not wanted, as on a block list"},
        {521, NULL, "a host that never takes mail (RFC 7504)"},
        {554, NULL, "no mail service here, or none for this caller"},
        {0, NULL, "not now; senders come back"},
    };
    size_t count = reply->line_count; /* the last counts: teaser lines may go before it */
    const char *enhanced = count ? smtp_enhanced_code(&reply->lines[count - 1], arena) : NULL;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool is_any = rows[i].code == 0 && reply->code < 500;

        if (!is_any && rows[i].code != reply->code)
            continue;
        if (rows[i].enhanced && (!enhanced || strcmp(enhanced, rows[i].enhanced) != 0))
            continue;
        buffer_print(out, ", which means %s", rows[i].meaning);
        return;
    }
}

static void add_greeting(struct buffer *out, const struct mx_call *call,
                         const struct smtp_exchange *step)
{
    int64_t accepted = mx_accepted_at(call->conversation);
    double first = seconds(step->reply.first_byte - accepted);
    double last = seconds(step->reply.last_byte - accepted);

    if (last - first >= 1)
        buffer_print(out,
                     "its first line came after %.1f s, the last line of the greeting after "
                     "%.1f s",
                     first, last);
    else
        buffer_print(out, "the greeting came after %.1f s", last);
    add_received(out, &step->reply);
    if (call->verdict == MX_GREETING_REFUSED) {
        struct arena arena = {0};

        add_meaning(out, &step->reply, &arena);
        arena_release(&arena);
    }
}

static void add_answer(struct buffer *out, const struct mx_call *call)
{
    const struct smtp_conversation *conversation = call->conversation;
    const struct smtp_exchange *step = smtp_exchange_of(conversation, SMTP_GREETING);

    if (!step)
        step = smtp_exchange_of(conversation, SMTP_HANDSHAKE);
    switch (call->verdict) {
    case MX_STALL:
    case MX_SILENT:
    case MX_INCONCLUSIVE:
        add_silence(out, call, step);
        break;
    case MX_CLOSES:
        buffer_print(out, "accepted, and %s after %.1f s without a greeting",
                     step->was_reset ? "reset" : "closed", (double)mx_waited(conversation) / 1000);
        add_received(out, &step->reply);
        break;
    case MX_STRANGE:
        if (step->step == SMTP_HANDSHAKE)
            buffer_print(out, "the TLS handshake fails: %s",
                         step->reason ? step->reason : status_text(step->status));
        else
            buffer_add_string(out, "what it sends is no SMTP greeting");
        add_received(out, &step->reply);
        break;
    default:
        add_greeting(out, call, step);
    }
}

static void add_call(struct buffer *out, const struct mx_call *call)
{
    const struct evidence *item = &call->conversation->evidence;

    switch (call->verdict) {
    case MX_REFUSED:
        buffer_print(out, "connection refused after %.1f s", seconds(item->took));
        break;
    case MX_UNREACHABLE:
        buffer_print(out, "%s after %.1f s", status_text(item->status), seconds(item->took));
        break;
    case MX_UNKNOWN:
        buffer_add_string(out, item->status == STATUS_OK ? "the conversation ended early"
                                                         : status_text(item->status));
        if (item->reason)
            buffer_print(out, ": %s", item->reason);
        break;
    default:
        add_answer(out, call);
    }
}

const char *mx_call_text(struct examination *x, const struct mx_call *call)
{
    struct buffer text;

    buffer_init(&text, 8192);
    add_call(&text, call);
    return buffer_keep(&text, pass_memory(x));
}

/* An address may be that of several exchangers. */
static void add_other_owners(struct buffer *out, const struct mx_calls *calls,
                             const struct mx_call *call)
{
    for (size_t i = 0; i < calls->mx->count; i++) {
        const struct mx_exchanger *other = &calls->mx->list[i];

        if (other != call->exchanger && mx_leads_to(other, &call->address->ip))
            buffer_print(out, " (and of preference %u, %s)", other->preference, other->name);
    }
}

void mx_saw_call(struct finding *finding, const struct mx_calls *calls, const struct mx_call *call)
{
    char address[NET_ADDRESS_TEXT_SIZE];
    struct buffer text;

    buffer_init(&text, 8192);
    net_address_format(&call->conversation->address, service_usual_port(SERVICE_SMTP), address);
    if (calls->subject->kind == SUBJECT_DOMAIN)
        buffer_print(&text, "preference %u%s, %s, ", call->exchanger->preference,
                     call->is_best ? " (the best)" : "", call->exchanger->name);
    buffer_add_string(&text, address);
    add_other_owners(&text, calls, call);
    buffer_add_string(&text, ": ");
    add_call(&text, call);
    saw(finding, &call->conversation->evidence, "%s", text.text);
    buffer_release(&text);
}

/* ---- for steps ---- */

static void set_name(struct finding *finding, const struct subject *subject, const char *value)
{
    if (subject->given)
        set_vouched(finding, VALUE_NAME, value, subject->name, strlen(subject->name));
    else
        set_value(finding, VALUE_NAME, value, subject->name, strlen(subject->name));
}

void mx_set_domain(struct finding *finding, const char *domain, bool is_given)
{
    char connector[CONNECTOR_NAME_MOST + 1];

    snprintf(connector, sizeof connector, "Around silence at %s", domain);
    if (is_given) {
        set_vouched(finding, VALUE_NAME, "name", domain, strlen(domain));
        set_vouched(finding, VALUE_TEXT, "connector", connector, strlen(connector));
    } else {
        set_value(finding, VALUE_NAME, "name", domain, strlen(domain));
        set_text(finding, "connector", connector);
    }
}

bool mx_set_recorded(struct finding *finding, const struct net_address *address)
{
    const char *name =
        address->port == service_usual_port(SERVICE_SUBMISSIONS) ? "tls-endpoint" : "endpoint";
    bool is_reserved = spf_reserved_for(&address->ip, address->ip.family == IP_V4 ? 32 : 128);
    char endpoint[NET_ADDRESS_TEXT_SIZE], ip[IP_TEXT_SIZE];

    net_address_format(address, 0, endpoint);
    ip_format(&address->ip, ip);
    if (is_reserved) {
        set_text(finding, "address", ip);
        set_text(finding, name, endpoint);
    } else {
        set_address(finding, "address", &address->ip);
        set_vouched(finding, VALUE_TEXT, name, endpoint, strlen(endpoint));
    }
    return is_reserved;
}

void mx_saw_recorded(struct finding *finding, const struct evidence *file,
                     const struct net_address *address)
{
    char ip[IP_TEXT_SIZE];

    ip_format(&address->ip, ip);
    saw(finding, file, "%s is an address %s: call it from where the file was made, not from here",
        ip, spf_reserved_for(&address->ip, address->ip.family == IP_V4 ? 32 : 128));
}

void mx_set_senders(struct finding *finding, const char *only)
{
    static const char *const any[] = {"sender-2007", "sender-old"};

    for (size_t i = 0; !only && i < sizeof any / sizeof *any; i++)
        set_text(finding, any[i], "yes");
    if (only)
        set_text(finding, only, "yes");
}

void mx_set_as_called(struct examination *x, struct finding *finding)
{
    static const enum service asked[] = {SERVICE_DNS, SERVICE_SMTP, SERVICE_SUBMISSION,
                                         SERVICE_SUBMISSIONS};

    set_as_called(x, finding, asked, sizeof asked / sizeof *asked);
}

void mx_set_subject(struct examination *x, struct finding *finding, const struct subject *subject)
{
    bool is_domain = subject->kind == SUBJECT_DOMAIN;

    if (is_domain)
        mx_set_domain(finding, subject->name, subject->given);
    else
        mx_say_of_server(finding);
    set_name(finding, subject, is_domain ? "domain" : "server");
    mx_set_as_called(x, finding);
}

void mx_set_record(struct finding *finding, const struct subject *subject,
                   const struct mx_exchanger *exchanger)
{
    struct buffer record;

    buffer_init(&record, 4096);
    buffer_print(&record, "%s. %u IN MX %u %s.", subject->name, exchanger->ttl,
                 exchanger->preference, exchanger->name);
    set_text(finding, "record", record.text);
    buffer_release(&record);
}

void mx_set_refusal(struct finding *finding, unsigned code, const struct smtp_line *line)
{
    struct arena arena = {0};
    const char *enhanced = line ? smtp_enhanced_code(line, &arena) : NULL;
    bool is_host = code == 521 && !(enhanced && strcmp(enhanced, "5.7.1") == 0);
    const struct {
        const char *name;
        bool applies;
    } rows[] = {
        {"refused-inactive", code == 421 && enhanced && strcmp(enhanced, "4.3.2") == 0},
        {"refused-busy", code == 421},
        {"refused-caller", code != 421 && !is_host},
        {"refused-host", is_host},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (code == 0 || rows[i].applies)
            set_text(finding, rows[i].name, "yes");
    }
    arena_release(&arena);
}

static void set_refusal_of(struct finding *finding, const struct smtp_reply *greeting)
{
    size_t count = greeting->line_count;

    mx_set_refusal(finding, greeting->code, count ? &greeting->lines[count - 1] : NULL);
}

void mx_set_call(struct finding *finding, const struct mx_call *call)
{
    char endpoint[NET_ADDRESS_TEXT_SIZE];

    set_address(finding, "address", &call->address->ip);
    net_address_format(&call->conversation->address, 0, endpoint);
    set_vouched(finding, VALUE_TEXT, call->conversation->tls_at_once ? "tls-endpoint" : "endpoint",
                endpoint, strlen(endpoint));
    if (call->verdict == MX_GREETING_REFUSED)
        set_refusal_of(finding, &smtp_exchange_of(call->conversation, SMTP_GREETING)->reply);
}
