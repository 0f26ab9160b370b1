#include "diag/evidence/smtp.h"

#include "diag/evidence/redact.h"
#include "diag/evidence/smtp_redact.h"
#include "diag/json.h"

#include <string.h>

enum { USUAL_PORT = 25, LIFETIME = 600 /* seconds */ };

static const struct smtp_conversation *of(const struct evidence *item)
{
    return (const struct smtp_conversation *)item;
}

static const char *const step_words[SMTP_STEP_COUNT] = {
#define X(name, word) [SMTP_##name] = word,
    SMTP_STEP_LIST(X)
#undef X
};

const char *smtp_step_word(enum smtp_step step)
{
    return step_words[step];
}

const struct smtp_exchange *smtp_exchange_of(const struct smtp_conversation *conversation,
                                             enum smtp_step step)
{
    for (size_t i = 0; i < conversation->exchange_count; i++) {
        if (conversation->exchanges[i].step == step)
            return &conversation->exchanges[i];
    }
    return NULL;
}

static void describe(const struct evidence *item, struct buffer *out)
{
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&of(item)->address, USUAL_PORT, text);
    buffer_print(out, "smtp %s%s", text, of(item)->tls_at_once ? " with TLS at once" : "");
}

static void copy_question(struct evidence *item, const struct evidence *question)
{
    struct smtp_conversation *conversation = (struct smtp_conversation *)item;

    conversation->address = of(question)->address;
    conversation->tls_at_once = of(question)->tls_at_once;
    if (of(question)->server_name)
        conversation->server_name = arena_copy_string(&item->memory, of(question)->server_name);
}

static bool is_answer_to(const struct evidence *item, const struct evidence *question)
{
    return net_address_equal(&of(item)->address, &of(question)->address) &&
           of(item)->tls_at_once == of(question)->tls_at_once;
}

static uint32_t lifetime(const struct evidence *item)
{
    bool was_cut_short = item->status == STATUS_LIMIT || item->status == STATUS_CANCELLED;

    return was_cut_short ? 0 : LIFETIME;
}

static bool is_ehlo(enum smtp_step step)
{
    return step == SMTP_EHLO || step == SMTP_EHLO_AGAIN || step == SMTP_ANONYMOUS_EHLO;
}

static bool has_reply(enum smtp_step step)
{
    return step != SMTP_CONNECT && step != SMTP_HANDSHAKE && step != SMTP_ANONYMOUS_HANDSHAKE;
}

/* ---- in evidence files ---- */

static json_t *save_lines(const struct smtp_reply *reply)
{
    json_t *list = json_array();

    for (size_t i = 0; i < reply->line_count; i++) {
        const struct smtp_line *line = &reply->lines[i];
        json_t *entry = json_object();

        json_put_microseconds(entry, "at_ms", line->at);
        json_object_set_new(entry, "text", json_from_bytes(line->text, line->size));
        json_array_append_new(list, entry);
    }
    return list;
}

static json_t *save_reply(const struct smtp_reply *reply)
{
    json_t *object = json_object();

    json_put_text(object, "state", smtp_reply_state_word(reply->state));
    if (reply->code)
        json_put_number(object, "code", reply->code);
    json_put_number(object, "bytes", reply->bytes);
    if (reply->first_byte >= 0) {
        json_put_microseconds(object, "first_byte_ms", reply->first_byte);
        json_put_microseconds(object, "last_byte_ms", reply->last_byte);
    }
    if (reply->is_cut)
        json_put_bool(object, "cut", true);
    if (reply->line_count > 0)
        json_object_set_new(object, "lines", save_lines(reply));
    return object;
}

static json_t *save_exchange(const struct smtp_exchange *exchange)
{
    json_t *object = json_object();

    json_put_text(object, "step", smtp_step_word(exchange->step));
    json_put_microseconds(object, "began_ms", exchange->began);
    json_put_microseconds(object, "ended_ms", exchange->ended);
    json_put_text(object, "status", status_token(exchange->status));
    if (exchange->was_reset)
        json_put_bool(object, "reset", true);
    if (exchange->reason)
        json_put_text(object, "reason", exchange->reason);
    if (exchange->step != SMTP_CONNECT)
        json_object_set_new(object, "reply", save_reply(&exchange->reply));
    return object;
}

static json_t *save_tls(const struct smtp_tls *tls)
{
    json_t *object = json_object();

    json_put_text(object, "version", tls->version);
    json_put_text(object, "cipher", tls->cipher);
    if (tls->server_name)
        json_put_text(object, "server_name", tls->server_name);
    json_put_number(object, "verify_code", (uint64_t)tls->verify_code);
    json_put_text(object, "verify_text", tls->verify_text);
    json_object_set_new(object, "chain", certificates_to_json(tls->chain, tls->chain_count));
    return object;
}

static const char *const acknowledged_words[] = {
    [SMTP_ACK_UNKNOWN] = "unknown",
    [SMTP_ACK_NO] = "no",
    [SMTP_ACK_YES] = "yes",
};

static void save(const struct evidence *item, json_t *object)
{
    const struct smtp_conversation *conversation = of(item);
    char text[NET_ADDRESS_TEXT_SIZE];
    json_t *exchanges = json_array();

    net_address_format(&conversation->address, 0, text);
    json_put_text(object, "address", text);
    json_put_bool(object, "tls_at_once", conversation->tls_at_once);
    if (conversation->server_name)
        json_put_text(object, "server_name", conversation->server_name);
    json_put_number(object, "patience_ms", conversation->patience);
    json_put_number(object, "timeout_ms", conversation->timeout);
    for (size_t i = 0; i < conversation->exchange_count; i++)
        json_array_append_new(exchanges, save_exchange(&conversation->exchanges[i]));
    json_object_set_new(object, "exchanges", exchanges);
    if (conversation->tls.version)
        json_object_set_new(object, "tls", save_tls(&conversation->tls));
    if (conversation->quit_acknowledged != SMTP_ACK_UNKNOWN)
        json_put_text(object, "quit_acknowledged",
                      acknowledged_words[conversation->quit_acknowledged]);
    if (conversation->spoke_out_of_turn)
        json_put_bool(object, "spoke_out_of_turn", true);
}

static void load_lines(struct smtp_reply *reply, const json_t *list, struct arena *arena)
{
    size_t count = json_array_size(list);

    if (count > SMTP_LINES_KEPT)
        count = SMTP_LINES_KEPT;
    if (count == 0)
        return;
    reply->lines = arena_new(arena, count, sizeof *reply->lines);
    for (size_t i = 0; i < count; i++) {
        const json_t *entry = json_array_get(list, i);
        struct smtp_line *line = &reply->lines[reply->line_count];

        if (!json_to_bytes(json_object_get(entry, "text"), arena, &line->text, &line->size) ||
            line->size > SMTP_LINE_KEPT)
            continue;
        line->at = json_get_microseconds(entry, "at_ms");
        reply->line_count++;
    }
}

static int64_t load_byte_time(const json_t *object, const char *name)
{
    return json_object_get(object, name) ? json_get_microseconds(object, name) : -1;
}

static void load_reply(struct smtp_reply *reply, const json_t *object, struct arena *arena)
{
    const char *state = json_get_text(object, "state");
    uint64_t code = json_get_number(object, "code", 599, 0);

    reply->state = state ? smtp_reply_state_from_word(state) : SMTP_REPLY_PARTIAL;
    reply->code = code < 200 ? 0 : (unsigned)code;
    reply->bytes = json_get_number(object, "bytes", INT64_MAX, 0);
    reply->first_byte = load_byte_time(object, "first_byte_ms");
    reply->last_byte = load_byte_time(object, "last_byte_ms");
    reply->is_cut = json_get_bool(object, "cut");
    load_lines(reply, json_object_get(object, "lines"), arena);
}

static enum smtp_step step_from_word(const char *word)
{
    unsigned step = 0;

    while (step < SMTP_STEP_COUNT && strcmp(step_words[step], word) != 0)
        step++;
    return (enum smtp_step)step;
}

/* False for what is none, or one of a version to come. */
static bool load_exchange(struct smtp_exchange *exchange, const json_t *object, struct arena *arena)
{
    const char *step = json_get_text(object, "step"), *status = json_get_text(object, "status");

    if (!step || !status)
        return false;
    exchange->step = step_from_word(step);
    exchange->status = status_from_token(status);
    if (exchange->step == SMTP_STEP_COUNT || exchange->status == STATUS_COUNT)
        return false;
    exchange->began = json_get_microseconds(object, "began_ms");
    exchange->ended = json_get_microseconds(object, "ended_ms");
    exchange->was_reset = json_get_bool(object, "reset");
    exchange->reason = json_copy_text(object, "reason", arena);
    load_reply(&exchange->reply, json_object_get(object, "reply"), arena);
    if (has_reply(exchange->step) && exchange->status == STATUS_OK &&
        exchange->reply.state != SMTP_REPLY_COMPLETE)
        exchange->status = STATUS_MALFORMED;
    return true;
}

static void load_exchanges(struct smtp_conversation *conversation, const json_t *list,
                           struct arena *arena)
{
    size_t count = json_array_size(list);

    if (count > SMTP_STEP_COUNT)
        count = SMTP_STEP_COUNT;
    conversation->exchanges = arena_new(arena, count, sizeof *conversation->exchanges);
    for (size_t i = 0; i < count; i++) {
        struct smtp_exchange exchange = {.step = SMTP_CONNECT};

        if (load_exchange(&exchange, json_array_get(list, i), arena))
            conversation->exchanges[conversation->exchange_count++] = exchange;
    }
}

static const char *text_or_none(const json_t *object, const char *name, struct arena *arena)
{
    const char *text = json_copy_text(object, name, arena);

    return text ? text : "";
}

static void load_tls(struct smtp_tls *tls, const json_t *object, struct arena *arena)
{
    if (!json_is_object(object))
        return;
    tls->version = text_or_none(object, "version", arena);
    tls->cipher = text_or_none(object, "cipher", arena);
    tls->server_name = json_copy_text(object, "server_name", arena);
    tls->verify_code = (long)json_get_number(object, "verify_code", INT32_MAX, INT32_MAX);
    tls->verify_text = text_or_none(object, "verify_text", arena);
    tls->chain = certificates_from_json(json_object_get(object, "chain"), arena, &tls->chain_count);
}

static enum smtp_acknowledged load_acknowledged(const char *word)
{
    if (word && strcmp(word, acknowledged_words[SMTP_ACK_YES]) == 0)
        return SMTP_ACK_YES;
    if (word && strcmp(word, acknowledged_words[SMTP_ACK_NO]) == 0)
        return SMTP_ACK_NO;
    return SMTP_ACK_UNKNOWN;
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct smtp_conversation *conversation = (struct smtp_conversation *)item;
    const char *address = json_get_text(object, "address");

    if (!address || net_address_parse(address, USUAL_PORT, &conversation->address) != STATUS_OK)
        return STATUS_MALFORMED;
    conversation->tls_at_once = json_get_bool(object, "tls_at_once");
    conversation->server_name = json_copy_text(object, "server_name", &item->memory);
    conversation->patience = (unsigned)json_get_number(object, "patience_ms", UINT32_MAX, 0);
    conversation->timeout = (unsigned)json_get_number(object, "timeout_ms", UINT32_MAX, 0);
    load_exchanges(conversation, json_object_get(object, "exchanges"), &item->memory);
    load_tls(&conversation->tls, json_object_get(object, "tls"), &item->memory);
    conversation->quit_acknowledged = load_acknowledged(json_get_text(object, "quit_acknowledged"));
    conversation->spoke_out_of_turn = json_get_bool(object, "spoke_out_of_turn");
    return STATUS_OK;
}

/* ---- redaction ---- */

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct smtp_conversation *conversation = (struct smtp_conversation *)item;
    struct smtp_tls *tls = &conversation->tls;

    redact_ip(redactor, &conversation->address.ip);
    conversation->server_name =
        redact_name_copy(redactor, conversation->server_name, &item->memory);
    tls->server_name = redact_name_copy(redactor, tls->server_name, &item->memory);
    certificates_redact(tls->chain, tls->chain_count, redactor, &item->memory);
    for (size_t i = 0; i < conversation->exchange_count; i++) {
        struct smtp_exchange *exchange = &conversation->exchanges[i];

        smtp_redact_reply(&exchange->reply, is_ehlo(exchange->step), &item->memory);
    }
}

const struct evidence_kind evidence_smtp = {
    .name = "smtp",
    .size = sizeof(struct smtp_conversation),
    .write_key = describe,
    .copy_question = copy_question,
    .is_answer_to = is_answer_to,
    .lifetime = lifetime,
    .describe = describe,
    .save = save,
    .load = load,
    .redact = redact,
};
