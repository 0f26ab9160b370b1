#include "diag/evidence/smtp.h"

#include "diag/evidence/redact.h"
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

static void save(const struct evidence *item, json_t *object)
{
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&of(item)->address, 0, text);
    json_put_text(object, "address", text);
    json_put_bool(object, "tls_at_once", of(item)->tls_at_once);
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct smtp_conversation *conversation = (struct smtp_conversation *)item;
    const char *address = json_get_text(object, "address");

    conversation->tls_at_once = json_get_bool(object, "tls_at_once");
    if (!address || net_address_parse(address, USUAL_PORT, &conversation->address) != STATUS_OK)
        return STATUS_MALFORMED;
    return STATUS_OK;
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    redact_ip(redactor, &((struct smtp_conversation *)item)->address.ip);
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
