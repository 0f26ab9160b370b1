#include "diag/evidence/mail_log.h"

#include "diag/evidence/file_question.h"
#include "diag/evidence/redact.h"
#include "diag/json.h"

#include <string.h>

static const struct mail_log_digest *of(const struct evidence *item)
{
    return (const struct mail_log_digest *)item;
}

static void write_key(const struct evidence *question, struct buffer *out)
{
    buffer_add_string(out, "mail-log ");
    buffer_add_string(out, of(question)->path);
}

/* ---- saving ---- */

static json_t *place_to_json(const struct mail_log_place *place)
{
    json_t *object = json_object();

    json_put_number(object, "line", place->line);
    if (place->time)
        json_put_time(object, "time", place->time);
    if (place->text)
        json_object_set_new(object, "text", json_from_bytes(place->text, strlen(place->text)));
    return object;
}

static json_t *faults_to_json(const uint64_t *faults)
{
    json_t *object = json_object();

    for (unsigned i = 0; i < MAIL_LOG_FAULT_COUNT; i++) {
        if (faults[i] > 0)
            json_put_number(object, mail_log_fault_word((enum mail_log_fault)i), faults[i]);
    }
    return object;
}

static json_t *peer_to_json(const struct mail_log_peer *peer)
{
    char address[NET_ADDRESS_TEXT_SIZE];
    json_t *object = json_object();

    if (peer->host)
        json_put_text(object, "host", peer->host);
    if (peer->address.ip.family != IP_NONE) {
        net_address_format(&peer->address, 0, address);
        json_put_text(object, "address", address);
    }
    if (peer->domain)
        json_put_text(object, "domain", peer->domain);
    json_put_number(object, "sessions", peer->sessions);
    json_put_number(object, "greeted", peer->greeted);
    json_object_set_new(object, "faults", faults_to_json(peer->faults));
    json_put_number(object, "most_in_a_row", peer->most_in_a_row);
    if (peer->longest_silence >= 0)
        json_put_number(object, "longest_silence_ms", (uint64_t)peer->longest_silence);
    if (peer->first.text)
        json_object_set_new(object, "first", place_to_json(&peer->first));
    if (peer->last.text)
        json_object_set_new(object, "last", place_to_json(&peer->last));
    return object;
}

static void save(const struct evidence *item, json_t *object)
{
    const struct mail_log *log = &of(item)->log;
    json_t *peers;

    json_put_text(object, "path", of(item)->path);
    if (item->status != STATUS_OK)
        return;
    json_put_text(object, "type", file_type_word(log->type));
    if (log->software)
        json_object_set_new(object, "software",
                            json_from_bytes(log->software, strlen(log->software)));
    if (log->reporter)
        json_put_text(object, "reporter", log->reporter);
    json_put_number(object, "lines", log->lines);
    json_put_number(object, "damaged", log->damaged);
    if (log->first)
        json_put_time(object, "first", log->first);
    if (log->last)
        json_put_time(object, "last", log->last);
    json_put_number(object, "peer_total", log->peer_total);
    peers = json_array();
    for (size_t i = 0; i < log->peer_count; i++)
        json_array_append_new(peers, peer_to_json(&log->peers[i]));
    json_object_set_new(object, "peers", peers);
}

/* ---- loading ---- */

static struct mail_log_place read_place(const json_t *object, struct arena *memory)
{
    return (struct mail_log_place){.line = json_get_number(object, "line", INT64_MAX, 0),
                                   .time = json_get_time(object, "time"),
                                   .text = json_copy_text(object, "text", memory)};
}

static void read_peer(const json_t *object, struct arena *memory, struct mail_log_peer *peer)
{
    const json_t *faults = json_object_get(object, "faults");
    const char *address = json_get_text(object, "address");

    *peer = (struct mail_log_peer){.host = json_copy_text(object, "host", memory),
                                   .domain = json_copy_text(object, "domain", memory),
                                   .sessions = json_get_number(object, "sessions", INT64_MAX, 0),
                                   .greeted = json_get_number(object, "greeted", INT64_MAX, 0),
                                   .most_in_a_row =
                                       json_get_number(object, "most_in_a_row", INT64_MAX, 0),
                                   .longest_silence = -1,
                                   .first = read_place(json_object_get(object, "first"), memory),
                                   .last = read_place(json_object_get(object, "last"), memory)};
    if (json_object_get(object, "longest_silence_ms"))
        peer->longest_silence =
            (int64_t)json_get_number(object, "longest_silence_ms", INT64_MAX, 0);
    if (address && net_address_parse(address, 25, &peer->address) != STATUS_OK)
        memset(&peer->address, 0, sizeof peer->address);
    for (unsigned i = 0; i < MAIL_LOG_FAULT_COUNT; i++)
        peer->faults[i] =
            json_get_number(faults, mail_log_fault_word((enum mail_log_fault)i), INT64_MAX, 0);
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct mail_log_digest *digest = (struct mail_log_digest *)item;
    const json_t *peers = json_object_get(object, "peers");
    const char *type = json_get_text(object, "type");
    struct mail_log *log = &digest->log;
    size_t count = json_array_size(peers);

    digest->path = json_copy_text(object, "path", &item->memory);
    if (!digest->path)
        return STATUS_MALFORMED;
    *log = (struct mail_log){.type = type ? file_type_from_word(type) : FILE_TYPE_UNKNOWN,
                             .software = json_copy_text(object, "software", &item->memory),
                             .reporter = json_copy_text(object, "reporter", &item->memory),
                             .lines = json_get_number(object, "lines", INT64_MAX, 0),
                             .damaged = json_get_number(object, "damaged", INT64_MAX, 0),
                             .first = json_get_time(object, "first"),
                             .last = json_get_time(object, "last"),
                             .peer_total = json_get_number(object, "peer_total", INT64_MAX, 0)};
    log->peer_count = count < MAIL_LOG_PEERS_KEPT ? count : MAIL_LOG_PEERS_KEPT;
    log->peers = arena_new(&item->memory, log->peer_count, sizeof *log->peers);
    for (size_t i = 0; i < log->peer_count; i++)
        read_peer(json_array_get(peers, i), &item->memory, &log->peers[i]);
    return STATUS_OK;
}

/* ---- redaction ---- */

/* What Exchange writes itself; all else may be a customer's. */
static const char *const words[] = {"failed",
                                    "to",
                                    "connect",
                                    "connection",
                                    "winsock",
                                    "win32",
                                    "error",
                                    "code",
                                    "message",
                                    "10060",
                                    "10061",
                                    "10065",
                                    "10051",
                                    "attempted",
                                    "failover",
                                    "led",
                                    "fqdn",
                                    "ip",
                                    "lrt",
                                    "msg",
                                    "local",
                                    "remote",
                                    "queue.expired",
                                    "expired",
                                    "550",
                                    "421",
                                    "441",
                                    "451",
                                    "4.4.7",
                                    "4.4.1",
                                    "4.4.0",
                                    "4.4.2",
                                    "220",
                                    "554",
                                    "25",
                                    "communicating",
                                    "with",
                                    "target",
                                    "host",
                                    "send",
                                    "defer",
                                    "fail",
                                    "smtp",
                                    "dns",
                                    "destination",
                                    "domain",
                                    NULL};

static const char *redact_line(const struct redactor *redactor, const char *text,
                               struct arena *memory)
{
    struct buffer out;

    if (!text)
        return NULL;
    buffer_init(&out, 4 * (size_t)MAIL_LOG_LINE_KEPT);
    redact_text(redactor, text, strlen(text), words, &out);
    return buffer_keep(&out, memory);
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct mail_log_digest *digest = (struct mail_log_digest *)item;

    digest->path = redact_path_copy(redactor, digest->path, &item->memory);
    digest->log.reporter = redact_name_copy(redactor, digest->log.reporter, &item->memory);
    for (size_t i = 0; i < digest->log.peer_count; i++) {
        struct mail_log_peer *peer = &digest->log.peers[i];

        peer->host = redact_name_copy(redactor, peer->host, &item->memory);
        peer->domain = redact_name_copy(redactor, peer->domain, &item->memory);
        if (peer->address.ip.family != IP_NONE)
            redact_ip(redactor, &peer->address.ip);
        peer->first.text = redact_line(redactor, peer->first.text, &item->memory);
        peer->last.text = redact_line(redactor, peer->last.text, &item->memory);
    }
}

const struct evidence_kind evidence_mail_log = {
    .name = "mail-log",
    .size = sizeof(struct mail_log_digest),
    .is_of_file = true,
    FILE_QUESTION(struct mail_log_digest),
    .write_key = write_key,
    .describe = file_question_describe,
    .save = save,
    .load = load,
    .redact = redact,
};
