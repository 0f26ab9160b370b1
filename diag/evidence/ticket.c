#include "diag/evidence/ticket.h"

#include "diag/evidence/directory_redact.h"
#include "diag/evidence/redact.h"
#include "diag/json.h"

#include <string.h>

enum { LIFETIME = 600 /* seconds */ };

static const int64_t instant_most = INT64_C(253402300799999999); /* the end of the year 9999 */

static const struct ticket_answer *of(const struct evidence *item)
{
    return (const struct ticket_answer *)item;
}

/* ---- the question ---- */

static void write_key(const struct evidence *item, struct buffer *out)
{
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&of(item)->address, 0, text);
    buffer_print(out, "ticket %s@%s from %s", of(item)->spn, of(item)->realm, text);
}

static void copy_question(struct evidence *item, const struct evidence *question)
{
    struct ticket_answer *answer = (struct ticket_answer *)item;

    answer->address = of(question)->address;
    answer->realm = arena_copy_string(&item->memory, of(question)->realm);
    answer->spn = arena_copy_string(&item->memory, of(question)->spn);
}

static bool is_answer_to(const struct evidence *item, const struct evidence *question)
{
    return net_address_equal(&of(item)->address, &of(question)->address) &&
           strcmp(of(item)->realm, of(question)->realm) == 0 &&
           strcmp(of(item)->spn, of(question)->spn) == 0;
}

static uint32_t lifetime(const struct evidence *item)
{
    bool was_cut_short = item->status == STATUS_LIMIT || item->status == STATUS_CANCELLED;

    return was_cut_short ? 0 : LIFETIME;
}

/* ---- in evidence files ---- */

static void save(const struct evidence *item, json_t *object)
{
    const struct ticket_answer *answer = of(item);
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&answer->address, 0, text);
    json_put_text(object, "address", text);
    json_put_text(object, "realm", answer->realm);
    json_put_text(object, "spn", answer->spn);
    if (answer->error_code)
        json_object_set_new(object, "error_code", json_integer(answer->error_code));
    if (answer->encryption)
        json_object_set_new(object, "encryption", json_integer(answer->encryption));
    if (answer->server_time)
        json_object_set_new(object, "server_time_us", json_integer(answer->server_time));
    if (answer->cross)
        json_put_text(object, "cross", answer->cross);
}

/* A whole number from `least` to `most`; 0 for everything else. */
static int64_t get_integer(const json_t *object, const char *name, int64_t least, int64_t most)
{
    int64_t number = json_integer_value(json_object_get(object, name));

    return number >= least && number <= most ? number : 0;
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct ticket_answer *answer = (struct ticket_answer *)item;
    const char *address = json_get_text(object, "address");

    answer->realm = json_copy_text(object, "realm", &item->memory);
    answer->spn = json_copy_text(object, "spn", &item->memory);
    if (!address || !answer->realm || !answer->spn)
        return STATUS_MALFORMED;
    if (net_address_parse(address, 0, &answer->address) != STATUS_OK || answer->address.port == 0)
        return STATUS_MALFORMED;
    answer->error_code = (int32_t)get_integer(object, "error_code", INT32_MIN, INT32_MAX);
    answer->encryption = (int32_t)get_integer(object, "encryption", INT32_MIN, INT32_MAX);
    answer->server_time = get_integer(object, "server_time_us", 0, instant_most);
    answer->cross = json_copy_text(object, "cross", &item->memory);
    return STATUS_OK;
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct ticket_answer *answer = (struct ticket_answer *)item;
    struct arena *arena = &item->memory;

    redact_ip(redactor, &answer->address.ip);
    answer->realm = redact_name_copy(redactor, answer->realm, arena);
    answer->spn = redact_spn(redactor, answer->spn, arena);
    answer->cross = redact_name_copy(redactor, answer->cross, arena);
    item->reason = NULL; /* the library's, with principals in it */
}

const struct evidence_kind evidence_ticket = {
    .name = "ticket",
    .size = sizeof(struct ticket_answer),
    .write_key = write_key,
    .copy_question = copy_question,
    .is_answer_to = is_answer_to,
    .lifetime = lifetime,
    .describe = write_key,
    .save = save,
    .load = load,
    .redact = redact,
};
