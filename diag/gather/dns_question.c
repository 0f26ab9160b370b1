#include "diag/gather/dns_client.h"
#include "diag/platform.h"
#include "diag/read/dns_chain.h"
#include "diag/read/dns_copy.h"

#include <stdlib.h>
#include <string.h>

enum { REASON_MOST = 4096 };

bool dns_question_is_direct(const struct dns_question *question)
{
    return question->item->at.ip.family != IP_NONE;
}

struct dns_candidate *dns_question_current(struct dns_question *question)
{
    return &question->candidates[question->current];
}

static bool is_over_tcp(struct dns_question *question, const struct dns_candidate *candidate)
{
    return question->is_over_tcp && candidate == dns_question_current(question);
}

/* ---- servers that do not take EDNS ---- */

static bool is_plain(const struct dns_client *client, const struct net_address *server)
{
    size_t count = client->plain_count < DNS_PLAIN_MOST ? client->plain_count : DNS_PLAIN_MOST;

    for (size_t i = 0; i < count; i++) {
        if (net_address_equal(&client->plain[i], server))
            return true;
    }
    return false;
}

static void remember_plain(struct dns_client *client, const struct net_address *server)
{
    if (!is_plain(client, server))
        client->plain[client->plain_count++ % DNS_PLAIN_MOST] = *server;
}

static bool refuses_edns(uint16_t rcode)
{
    return rcode == DNS_FORMERR || rcode == DNS_NOTIMP || rcode == DNS_BADVERS;
}

/* ---- beginning and end ---- */

static void make_ready(struct dns_client *client, struct dns_question *question)
{
    dns_queue_add(&client->ready, question);
    timers_set(&client->timers, &question->timer, question->deadline);
}

void dns_question_stop(struct dns_client *client, struct dns_question *question)
{
    dns_queue_leave(question);
    timers_stop(&client->timers, &question->timer);
    if (question->exchange) {
        dns_tcp_close(&question->exchange->tcp);
        question->exchange->question = NULL;
        question->exchange = NULL;
    }
    question->is_over_tcp = false;
}

static void return_tickets(struct dns_client *client, struct dns_question *question)
{
    for (size_t i = 0; i < question->count; i++)
        dns_ticket_return(&client->sockets, &question->candidates[i].ticket);
}

static void settle(struct dns_client *client, struct dns_question *question, enum status status,
                   const char *reason)
{
    struct dns_answer *item = question->item;

    dns_question_stop(client, question);
    return_tickets(client, question);
    question->lane->open--;
    item->evidence.took = client->now - question->began;
    item->evidence.settled = true;
    if (status != STATUS_OK)
        evidence_fail(&item->evidence, status, reason);
    free(question);
    client->settled(client->context, item);
}

static struct dns_section join(struct arena *arena, const struct dns_section *first,
                               const struct dns_section *second)
{
    size_t count = first->count + second->count;
    struct dns_record *records;

    if (first->count == 0)
        return *second;
    records = arena_new(arena, count, sizeof *records);
    memcpy(records, first->records, first->count * sizeof *records);
    if (second->count)
        memcpy(records + first->count, second->records, second->count * sizeof *records);
    return (struct dns_section){.records = records, .count = count};
}

static void describe_candidate(const struct dns_candidate *candidate, struct buffer *out)
{
    char server[NET_ADDRESS_TEXT_SIZE];

    net_address_format(candidate->server, DNS_PORT, server);
    if (candidate->complaint)
        buffer_print(out, "%s %s", server, candidate->complaint);
    else if (candidate->absence != STATUS_OK)
        buffer_print(out, "%s could not be asked (%s) for %.1f s", server,
                     status_text(candidate->absence), (double)candidate->waited / 1e6);
    else
        buffer_print(out, "%s did not answer %u question%s in %.1f s", server,
                     candidate->unanswered, candidate->unanswered == 1 ? "" : "s",
                     (double)candidate->waited / 1e6);
}

/* No server answered: what each of them did is the reason. */
static void give_up(struct dns_client *client, struct dns_question *question)
{
    enum status status = question->failure != STATUS_OK ? question->failure : STATUS_TIMED_OUT;
    struct buffer reason;
    const char *between = "";

    question->item->answer =
        join(&question->item->evidence.memory, &question->chain, &question->item->answer);
    buffer_init(&reason, REASON_MOST);
    if (question->alias)
        buffer_print(&reason, "alias target %s: ", question->alias);
    for (size_t i = 0; i < question->count; i++) {
        const struct dns_candidate *candidate = &question->candidates[i];

        if (!candidate->complaint && !candidate->unanswered)
            continue;
        buffer_add_string(&reason, between);
        describe_candidate(candidate, &reason);
        between = "; ";
    }
    settle(client, question, status, reason.size ? reason.text : NULL);
    buffer_release(&reason);
}

/* ---- from server to server ---- */

/* Moves on to the next candidate that is still worth asking; false if there is none. */
static bool choose_next(struct dns_question *question)
{
    for (size_t i = 0; i < question->count; i++) {
        question->current = (question->current + 1) % question->count;
        if (question->current == question->first)
            question->round++;
        if (!question->candidates[question->current].complaint)
            return true;
    }
    return false;
}

static void ask_next(struct dns_client *client, struct dns_question *question)
{
    dns_question_stop(client, question);
    if (client->now < question->deadline && choose_next(question))
        make_ready(client, question);
    else
        give_up(client, question);
}

/* Makes a response the observation of the item, which keeps what it says. */
static void note_response(struct dns_question *question, const struct dns_candidate *candidate,
                          const struct dns_message *message)
{
    struct dns_answer *item = question->item;
    struct dns_message kept = *message;

    dns_message_keep(&kept, item->name, &item->evidence.memory);
    item->server = *candidate->server;
    item->rcode = message->rcode;
    item->flags = message->flags & (uint8_t)(question->chain_flags | ~DNS_AUTHENTICATED);
    item->over_tcp = is_over_tcp(question, candidate);
    item->answer = kept.answer;
    item->authority = kept.authority;
    item->additional = kept.additional;
}

/* The larger, the more a failure says: a server's own word before silence. */
static unsigned weight(enum status status)
{
    switch (status) {
    case STATUS_OK:
        return 0;
    case STATUS_TIMED_OUT:
        return 1;
    case STATUS_MALFORMED:
        return 3;
    case STATUS_REJECTED:
        return 4;
    case STATUS_SERVER_FAILURE:
        return 5;
    default: /* the server could not be reached */
        return 2;
    }
}

/* The candidate is not asked again. `complaint` follows its address in the reason. */
static void candidate_failed(struct dns_client *client, struct dns_question *question,
                             struct dns_candidate *candidate, enum status status,
                             const struct dns_message *message, const char *complaint)
{
    dns_ticket_return(&client->sockets, &candidate->ticket);
    candidate->complaint = complaint;
    if (weight(status) > weight(question->failure)) {
        question->failure = status;
        if (message)
            note_response(question, candidate, message);
    }
    if (candidate == dns_question_current(question))
        ask_next(client, question);
}

void dns_question_unreached(struct dns_client *client, struct dns_question *question,
                            struct dns_candidate *candidate, enum status status)
{
    const char *complaint = arena_print(&question->item->evidence.memory, "could not be asked (%s)",
                                        status_text(status));

    candidate_failed(client, question, candidate, status, NULL, complaint);
}

/* What passes while a server is started again, or the way to it comes back. */
bool dns_question_bears(const struct dns_client *client, enum status status)
{
    return client->is_persistent && (status == STATUS_REFUSED || status == STATUS_UNREACHABLE ||
                                     status == STATUS_CLOSED || status == STATUS_EXHAUSTED);
}

void dns_question_missed(struct dns_question *question, struct dns_candidate *candidate,
                         enum status status)
{
    candidate->absence = status;
    if (weight(status) > weight(question->failure))
        question->failure = status;
}

/* ---- the steps ---- */

/* What is asked from now on, of every server afresh. False if it is no valid name. */
static bool set_name(struct dns_client *client, struct dns_question *question, const char *name)
{
    question->failure = STATUS_OK;
    question->first = question->current;
    question->round = 0;
    return_tickets(client, question);
    for (size_t i = 0; i < question->count; i++) {
        struct dns_candidate *candidate = &question->candidates[i];

        candidate->absence = STATUS_OK;
        candidate->complaint = NULL;
        candidate->unanswered = 0;
        candidate->waited = 0;
    }
    return dns_name_to_wire(name, question->name, &question->name_size) == STATUS_OK;
}

/* The resolver to begin with: one that was absent a moment ago only if all were. */
static size_t choose_first(struct dns_client *client, size_t count)
{
    size_t from = client->is_spread ? client->turn++ : 0;

    for (size_t i = 0; i < count; i++) {
        if (client->away[(from + i) % count] <= client->now)
            return (from + i) % count;
    }
    return count ? from % count : 0;
}

void dns_question_begin(struct dns_client *client, struct dns_question *question)
{
    question->lane->open++;
    question->item->evidence.time = client->wall_clock;
    question->began = client->now;
    question->deadline = client->now + client->timeout;
    if (!dns_question_is_direct(question))
        question->current = choose_first(client, question->count);
    for (size_t i = 0; i < question->count; i++)
        question->candidates[i].without_edns = is_plain(client, question->candidates[i].server);
    if (!set_name(client, question, question->item->name))
        settle(client, question, STATUS_INVALID,
               "a label is empty or over 63 bytes, the name is over 255 bytes, or an escape is "
               "broken");
    else if (question->count == 0)
        settle(client, question, STATUS_NO_SERVER, NULL);
    else
        make_ready(client, question);
}

/* ---- responses ---- */

/* The chain is right as far as it goes; its end is asked for, first of the server that gave it. */
static void ask_for_end(struct dns_client *client, struct dns_question *question,
                        const struct dns_candidate *candidate, const struct dns_message *message,
                        const char *end)
{
    struct dns_message chain = {.answer = message->answer};
    struct arena *arena = &question->item->evidence.memory;

    dns_message_keep(&chain, question->item->name, arena);
    dns_question_stop(client, question);
    question->current = (size_t)(candidate - question->candidates);
    question->alias = arena_copy_string(arena, end);
    question->chain = chain.answer;
    question->chain_flags &= message->flags;
    if (set_name(client, question, question->alias))
        make_ready(client, question);
    else
        settle(client, question, STATUS_MALFORMED, "the target of an alias is not a domain name");
}

static void settle_endless(struct dns_client *client, struct dns_question *question,
                           enum status status, const char *end)
{
    struct arena *arena = &question->item->evidence.memory;
    const char *reason = status == STATUS_LIMIT ? arena_print(arena, "more than %d aliases, at %s",
                                                              (int)DNS_ALIASES_MOST, end)
                                                : arena_print(arena, "alias loop at %s", end);

    settle(client, question, STATUS_MALFORMED, reason);
}

/*
 * What looks like an answer and is none: records of other names alone; or, where
 * recursion was asked for, a hint to other servers instead of it. NULL if it is one.
 * `used`: how many of the `received` records count.
 */
static const char *fault_of(const struct dns_question *question, const struct dns_message *message,
                            size_t received, size_t used)
{
    bool denies = false, refers = false;

    if (received > 0 && used == 0)
        return "answered for another name";
    for (size_t i = 0; i < message->authority.count; i++) {
        denies = denies || message->authority.records[i].type == DNS_SOA;
        refers = refers || message->authority.records[i].type == DNS_NS;
    }
    if (!dns_question_is_direct(question) && used == 0 && refers && !denies &&
        message->rcode == DNS_NOERROR && !(message->flags & DNS_AUTHORITATIVE))
        return "refers to other servers instead of resolving";
    return NULL;
}

/* NOERROR or NXDOMAIN: the answer, unless its aliases lead on to a name not asked yet. */
static void accept_response(struct dns_client *client, struct dns_question *question,
                            struct dns_candidate *candidate, struct dns_message *message)
{
    struct dns_answer *item = question->item;
    const size_t received = message->answer.count;
    const char *asked = question->alias ? question->alias : item->name;
    bool direct = dns_question_is_direct(question);
    struct dns_chain chain;
    const char *fault;
    enum status status;

    message->answer = join(&client->scratch, &question->chain, &message->answer);
    status = dns_chain_follow(&message->answer, item->name, item->type, &chain);
    message->answer = dns_chain_section(&chain, &message->answer, item->type, &client->scratch);
    fault = fault_of(question, message, received, message->answer.count - question->chain.count);
    if (status == STATUS_OK && fault) {
        candidate_failed(client, question, candidate, STATUS_MALFORMED, NULL, fault);
        return;
    }
    if (status == STATUS_OK && !direct && !chain.found && message->rcode == DNS_NOERROR &&
        !dns_name_equal(chain.end, asked) && !dns_chain_is_denied(&chain, &message->authority)) {
        ask_for_end(client, question, candidate, message, chain.end);
        return;
    }
    note_response(question, candidate, message);
    if (status == STATUS_OK || direct)
        settle(client, question, STATUS_OK, NULL);
    else
        settle_endless(client, question, status, chain.end);
}

static void ask_without_edns(struct dns_client *client, struct dns_question *question,
                             struct dns_candidate *candidate)
{
    /* A new id: what was sent with EDNS may still be refused a second time. */
    dns_ticket_return(&client->sockets, &candidate->ticket);
    candidate->without_edns = true;
    if (candidate != dns_question_current(question))
        return;
    dns_question_stop(client, question);
    make_ready(client, question);
}

static void server_complained(struct dns_client *client, struct dns_question *question,
                              struct dns_candidate *candidate, const struct dns_message *message)
{
    struct arena *arena = &question->item->evidence.memory;
    const char *name = dns_rcode_name(message->rcode);
    const char *complaint = dns_rcode_from_name(name) == message->rcode
                                ? arena_print(arena, "answered %s", name)
                                : arena_print(arena, "answered rcode %u", message->rcode);

    candidate_failed(client, question, candidate,
                     message->rcode == DNS_SERVFAIL ? STATUS_SERVER_FAILURE : STATUS_REJECTED,
                     message, complaint);
}

static void handle_truncated(struct dns_client *client, struct dns_question *question,
                             struct dns_candidate *candidate)
{
    if (is_over_tcp(question, candidate)) {
        dns_question_tcp_failed(client, question, STATUS_MALFORMED, "truncated there, too");
    } else if (!question->is_over_tcp) {
        dns_ticket_return(&client->sockets, &candidate->ticket);
        dns_question_stop(client, question);
        question->current = (size_t)(candidate - question->candidates);
        dns_transport_queue_tcp(client, question);
    }
}

void dns_question_answered(struct dns_client *client, struct dns_question *question,
                           struct dns_candidate *candidate, const uint8_t *wire, size_t size)
{
    struct dns_message message;

    arena_reset(&client->scratch);
    if (dns_message_read(wire, size, &client->scratch, &message) != STATUS_OK) {
        candidate_failed(client, question, candidate, STATUS_MALFORMED, NULL,
                         "sent an answer that cannot be read");
        return;
    }
    if (refuses_edns(message.rcode) && !candidate->without_edns &&
        !is_over_tcp(question, candidate)) {
        ask_without_edns(client, question, candidate);
        return;
    }
    if (candidate->without_edns && !refuses_edns(message.rcode))
        remember_plain(client, candidate->server);
    if (message.rcode != DNS_NOERROR && message.rcode != DNS_NXDOMAIN)
        server_complained(client, question, candidate, &message);
    else if (message.flags & DNS_TRUNCATED)
        handle_truncated(client, question, candidate);
    else
        accept_response(client, question, candidate, &message);
}

void dns_question_tcp_failed(struct dns_client *client, struct dns_question *question,
                             enum status status, const char *how)
{
    const char *complaint = arena_print(&question->item->evidence.memory,
                                        "truncated its answer over UDP, and over TCP: %s", how);

    candidate_failed(client, question, dns_question_current(question), status, NULL, complaint);
}

void dns_question_expired(struct dns_client *client, struct dns_question *question)
{
    struct dns_candidate *candidate = dns_question_current(question);

    if (question->is_over_tcp) {
        dns_question_tcp_failed(client, question, STATUS_TIMED_OUT, status_text(STATUS_TIMED_OUT));
        return;
    }
    if (!question->queue) {
        candidate->unanswered++;
        candidate->waited += client->now - question->sent;
        /* Old firewalls drop questions with EDNS instead of refusing them. */
        if (candidate->unanswered >= DNS_SILENCES_OF_EDNS)
            candidate->without_edns = true;
    }
    ask_next(client, question);
}
