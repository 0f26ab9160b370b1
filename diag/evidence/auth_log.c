#include "diag/evidence/auth_log.h"

#include "diag/clock.h"
#include "diag/evidence/file_question.h"
#include "diag/evidence/hours.h"
#include "diag/evidence/mail_words.h"
#include "diag/evidence/redact.h"
#include "diag/json.h"
#include "diag/text.h"

#include <string.h>

static const struct auth_log_digest *of(const struct evidence *item)
{
    return (const struct auth_log_digest *)item;
}

/* ---- the question ---- */

static void write_key(const struct evidence *question, struct buffer *out)
{
    buffer_add_string(out, "auth-log ");
    buffer_add_string(out, of(question)->path);
}

/* ---- saving ---- */

/* {"x-exps-gssapi": {"denied": 3}}: those that there were. */
static json_t *outcomes_to_json(const uint64_t (*outcomes)[SMTP_AUTH_OUTCOME_COUNT])
{
    json_t *object = json_object();

    for (unsigned i = 0; i < SMTP_AUTH_MECHANISM_COUNT; i++) {
        json_t *of_mechanism = json_object();

        for (unsigned j = 0; j < SMTP_AUTH_OUTCOME_COUNT; j++) {
            if (outcomes[i][j] > 0)
                json_put_number(of_mechanism, smtp_auth_outcome_word((enum smtp_auth_outcome)j),
                                outcomes[i][j]);
        }
        if (json_object_size(of_mechanism) > 0)
            json_object_set(object, smtp_auth_mechanism_word((enum smtp_auth_mechanism)i),
                            of_mechanism);
        json_decref(of_mechanism);
    }
    return object;
}

static json_t *offers_to_json(const uint64_t *offers)
{
    json_t *object = json_object();

    for (unsigned i = 0; i < SMTP_AUTH_OFFER_COUNT; i++) {
        if (offers[i] > 0)
            json_put_number(object, smtp_auth_offer_word((enum smtp_auth_offer)i), offers[i]);
    }
    return object;
}

static json_t *errors_to_json(const struct smtp_auth_peer *peer)
{
    json_t *list = json_array();

    for (size_t i = 0; i < peer->error_count; i++) {
        json_t *error = json_object();

        json_put_text(error, "token", peer->errors[i].token);
        json_put_number(error, "count", peer->errors[i].count);
        json_array_append_new(list, error);
    }
    return list;
}

static void put_place(json_t *object, const char *name, const struct smtp_auth_place *place)
{
    json_t *member = json_object();

    if (!place->text) {
        json_decref(member);
        return;
    }
    json_put_number(member, "line", place->line);
    if (place->time)
        json_put_time(member, "time", place->time);
    json_put_text(member, "text", place->text);
    json_object_set_new(object, name, member);
}

static json_t *peer_to_json(const struct smtp_auth_peer *peer)
{
    char address[NET_ADDRESS_TEXT_SIZE];
    json_t *object = json_object();

    if (peer->address.ip.family != IP_NONE) {
        net_address_format(&peer->address, 0, address);
        json_put_text(object, "address", address);
    }
    json_put_text(object, "connector", peer->connector);
    if (peer->server)
        json_put_text(object, "server", peer->server);
    if (peer->client)
        json_put_text(object, "client", peer->client);
    json_put_number(object, "sessions", peer->sessions);
    json_put_number(object, "greetings", peer->greetings);
    json_object_set_new(object, "offers", offers_to_json(peer->offers));
    json_object_set_new(object, "outcomes", outcomes_to_json(peer->outcomes));
    json_object_set_new(object, "errors", errors_to_json(peer));
    put_place(object, "first", &peer->first);
    put_place(object, "last", &peer->last);
    if (peer->taken)
        json_put_time(object, "taken", peer->taken);
    json_put_number(object, "streak", peer->streak);
    hours_save(object, "by_hour", peer->by_hour);
    return object;
}

static void save(const struct evidence *item, json_t *object)
{
    const struct smtp_auth_log *log = &of(item)->log;
    json_t *peers;

    json_put_text(object, "path", of(item)->path);
    if (item->status != STATUS_OK)
        return;
    json_put_text(object, "type", file_type_word(log->type));
    if (log->software)
        json_put_text(object, "software", log->software);
    json_put_number(object, "lines", log->lines);
    json_put_number(object, "damaged", log->damaged);
    if (log->first)
        json_put_time(object, "first", log->first);
    if (log->last)
        json_put_time(object, "last", log->last);
    if (log->more)
        json_put_bool(object, "more", true);
    json_object_set_new(object, "outcomes", outcomes_to_json(log->outcomes));
    peers = json_array();
    for (size_t i = 0; i < log->peer_count; i++)
        json_array_append_new(peers, peer_to_json(&log->peers[i]));
    json_object_set_new(object, "peers", peers);
}

/* ---- loading ---- */

static void load_outcomes(const json_t *object, uint64_t (*outcomes)[SMTP_AUTH_OUTCOME_COUNT])
{
    for (unsigned i = 0; i < SMTP_AUTH_MECHANISM_COUNT; i++) {
        const char *mechanism = smtp_auth_mechanism_word((enum smtp_auth_mechanism)i);
        const json_t *of_mechanism = json_object_get(object, mechanism);

        for (unsigned j = 0; j < SMTP_AUTH_OUTCOME_COUNT; j++)
            outcomes[i][j] = json_get_number(
                of_mechanism, smtp_auth_outcome_word((enum smtp_auth_outcome)j), INT64_MAX, 0);
    }
}

static void load_errors(const json_t *list, struct arena *memory, struct smtp_auth_peer *peer)
{
    for (size_t i = 0; i < json_array_size(list) && peer->error_count < SMTP_AUTH_ERRORS_KEPT;
         i++) {
        const json_t *object = json_array_get(list, i);
        const char *token = json_copy_text(object, "token", memory);

        if (token)
            peer->errors[peer->error_count++] =
                (struct smtp_auth_error){token, json_get_number(object, "count", INT64_MAX, 0)};
    }
}

static struct smtp_auth_place load_place(const json_t *object, struct arena *memory)
{
    return (struct smtp_auth_place){.line = json_get_number(object, "line", INT64_MAX, 0),
                                    .time = json_get_time(object, "time"),
                                    .text = json_copy_text(object, "text", memory)};
}

/* False for what has no connector: it is no peer. */
static bool load_peer(const json_t *object, struct arena *memory, struct smtp_auth_peer *peer)
{
    const json_t *offers = json_object_get(object, "offers");
    const char *address = json_get_text(object, "address");

    *peer = (struct smtp_auth_peer){.connector = json_copy_text(object, "connector", memory),
                                    .server = json_copy_text(object, "server", memory),
                                    .client = json_copy_text(object, "client", memory),
                                    .sessions = json_get_number(object, "sessions", INT64_MAX, 0),
                                    .greetings = json_get_number(object, "greetings", INT64_MAX, 0),
                                    .first = load_place(json_object_get(object, "first"), memory),
                                    .last = load_place(json_object_get(object, "last"), memory),
                                    .taken = json_get_time(object, "taken"),
                                    .streak = json_get_number(object, "streak", INT64_MAX, 0)};
    if (address && net_address_parse(address, 0, &peer->address) != STATUS_OK)
        memset(&peer->address, 0, sizeof peer->address);
    for (unsigned i = 0; i < SMTP_AUTH_OFFER_COUNT; i++)
        peer->offers[i] =
            json_get_number(offers, smtp_auth_offer_word((enum smtp_auth_offer)i), INT64_MAX, 0);
    load_outcomes(json_object_get(object, "outcomes"), peer->outcomes);
    load_errors(json_object_get(object, "errors"), memory, peer);
    hours_load(object, "by_hour", peer->by_hour);
    return peer->connector != NULL;
}

static void load_peers(struct auth_log_digest *digest, const json_t *list)
{
    struct arena *memory = &digest->evidence.memory;
    struct smtp_auth_log *log = &digest->log;
    size_t size = json_array_size(list);
    struct smtp_auth_peer *peers;

    if (size > SMTP_AUTH_PEERS_KEPT) {
        size = SMTP_AUTH_PEERS_KEPT;
        log->more = true;
    }
    peers = arena_new(memory, size, sizeof *peers);
    for (size_t i = 0; i < size; i++)
        log->peer_count += load_peer(json_array_get(list, i), memory, &peers[log->peer_count]);
    log->peers = peers;
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct auth_log_digest *digest = (struct auth_log_digest *)item;
    const char *type = json_get_text(object, "type");

    digest->path = json_copy_text(object, "path", &item->memory);
    if (!digest->path)
        return STATUS_MALFORMED;
    digest->log =
        (struct smtp_auth_log){.type = type ? file_type_from_word(type) : FILE_TYPE_UNKNOWN,
                               .software = json_copy_text(object, "software", &item->memory),
                               .lines = json_get_number(object, "lines", INT64_MAX, 0),
                               .damaged = json_get_number(object, "damaged", INT64_MAX, 0),
                               .first = json_get_time(object, "first"),
                               .last = json_get_time(object, "last"),
                               .more = json_get_bool(object, "more")};
    load_outcomes(json_object_get(object, "outcomes"), digest->log.outcomes);
    load_peers(digest, json_object_get(object, "peers"));
    return STATUS_OK;
}

/* ---- redaction ---- */

/* What any Exchange says of itself: its name and numbers. */
static const char *redact_software(const char *software)
{
    static const char exchange[] = "Microsoft Exchange Server";
    const char *rest;

    if (!software || !text_starts_fold(software, strlen(software), exchange))
        return NULL;
    rest = software + sizeof exchange - 1;
    return rest[strspn(rest, " .0123456789")] ? NULL : software;
}

/* The time at the beginning of a line stays. */
static const char *redact_line(const struct redactor *redactor, const char *line,
                               struct arena *memory)
{
    size_t size = strcspn(line, ",");
    const char *time = arena_copy(memory, line, size);
    int64_t ignored;

    if (clock_parse(time, &ignored) != STATUS_OK)
        return mail_words_redact_line(redactor, line, memory);
    return arena_print(memory, "%s%s", time, mail_words_redact_line(redactor, line + size, memory));
}

static void redact_peer(const struct redactor *redactor, struct smtp_auth_peer *peer,
                        struct arena *memory)
{
    struct smtp_auth_place *places[] = {&peer->first, &peer->last};

    if (peer->address.ip.family != IP_NONE)
        redact_ip(redactor, &peer->address.ip);
    peer->connector = mail_words_redact_connector(redactor, peer->connector, memory);
    peer->server = redact_name_copy(redactor, peer->server, memory);
    peer->client = redact_name_copy(redactor, peer->client, memory);
    for (size_t i = 0; i < peer->error_count; i++)
        peer->errors[i].token = mail_words_redact_error(redactor, peer->errors[i].token, memory);
    for (size_t i = 0; i < 2; i++) {
        if (places[i]->text)
            places[i]->text = redact_line(redactor, places[i]->text, memory);
    }
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct auth_log_digest *digest = (struct auth_log_digest *)item;
    struct smtp_auth_log *log = &digest->log;
    struct smtp_auth_peer *peers = arena_new(&item->memory, log->peer_count, sizeof *peers);

    digest->path = redact_path_copy(redactor, digest->path, &item->memory);
    log->software = redact_software(log->software);
    for (size_t i = 0; i < log->peer_count; i++) {
        peers[i] = log->peers[i];
        redact_peer(redactor, &peers[i], &item->memory);
    }
    log->peers = peers;
}

const struct evidence_kind evidence_auth_log = {
    .name = "auth-log",
    .size = sizeof(struct auth_log_digest),
    .is_of_file = true,
    FILE_QUESTION(struct auth_log_digest),
    .write_key = write_key,
    .describe = file_question_describe,
    .save = save,
    .load = load,
    .redact = redact,
};
