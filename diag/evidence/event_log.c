#include "diag/evidence/event_log.h"

#include "diag/evidence/directory_redact.h"
#include "diag/evidence/file_question.h"
#include "diag/evidence/hours.h"
#include "diag/evidence/iis_words.h"
#include "diag/evidence/mail_words.h"
#include "diag/json.h"

#include <string.h>

static const struct event_log_digest *of(const struct evidence *item)
{
    return (const struct event_log_digest *)item;
}

/* ---- the question ---- */

static void write_key(const struct evidence *question, struct buffer *out)
{
    buffer_add_string(out, "event-log ");
    buffer_add_string(out, of(question)->path);
}

static void describe(const struct evidence *item, struct buffer *out)
{
    file_question_describe_whose(of(item)->path, "event logs", out);
}

/* ---- the texts of an event, each with its name in evidence ---- */

#define TEXT_LIST(X)                                                                               \
    X(host)                                                                                        \
    X(error)                                                                                       \
    X(command)                                                                                     \
    X(reply)                                                                                       \
    X(connector)                                                                                   \
    X(mechanism)                                                                                   \
    X(address)                                                                                     \
    X(target)

static void put_text(json_t *object, const char *name, const char *text)
{
    if (*text)
        json_put_text(object, name, text);
}

static const char *get_text(const json_t *object, const char *name, struct arena *memory)
{
    const char *text = json_copy_text(object, name, memory);

    return text && strlen(text) <= MAIL_EVENT_TEXT_MOST ? text : "";
}

/* ---- saving ---- */

static void put_times(json_t *object, int64_t first, int64_t last)
{
    if (first)
        json_put_time(object, "first", first);
    if (last)
        json_put_time(object, "last", last);
}

static json_t *save_group(const struct event_group *group)
{
    json_t *object = json_object();

    json_put_text(object, "kind", mail_event_word(group->event.kind));
#define X(name) put_text(object, #name, group->event.name);
    TEXT_LIST(X)
#undef X
    put_text(object, "computer", group->computer);
    json_put_number(object, "count", group->count);
    put_times(object, group->first, group->last);
    hours_save(object, "by_hour", group->by_hour);
    return object;
}

#define HOST_TEXT_LIST(X)                                                                          \
    X(file)                                                                                        \
    X(error)                                                                                       \
    X(pool)                                                                                        \
    X(feature)

static json_t *save_host_group(const struct host_event_group *group)
{
    json_t *object = json_object();

    json_put_text(object, "kind", host_event_word(group->event.kind));
#define X(name) put_text(object, #name, group->event.name);
    HOST_TEXT_LIST(X)
#undef X
    put_text(object, "computer", group->computer);
    json_put_number(object, "count", group->count);
    put_times(object, group->first, group->last);
    return object;
}

/* Logs of mail alone have none. */
static void save_host_groups(json_t *object, const struct event_log_digest *log)
{
    json_t *groups = json_array();

    for (size_t i = 0; i < log->host_group_count; i++)
        json_array_append_new(groups, save_host_group(&log->host_groups[i]));
    if (log->host_group_count > 0)
        json_object_set(object, "web", groups);
    json_decref(groups);
    if (log->more_host)
        json_put_bool(object, "more_web", true);
}

static void save_account(json_t *object, const struct event_log_account *account)
{
    json_put_number(object, "events", account->events);
    json_put_number(object, "damaged", account->damaged);
    if (account->cut_off)
        json_put_bool(object, "cut_off", true);
    put_times(object, account->first, account->last);
}

static void save(const struct evidence *item, json_t *object)
{
    const struct event_log_digest *log = of(item);
    json_t *groups;

    json_put_text(object, "path", log->path);
    if (item->status != STATUS_OK)
        return;
    json_put_text(object, "type", file_type_word(log->type));
    save_account(object, &log->account);
    if (log->strange)
        json_put_number(object, "strange", log->strange);
    if (log->more)
        json_put_bool(object, "more", true);
    groups = json_array();
    for (size_t i = 0; i < log->group_count; i++)
        json_array_append_new(groups, save_group(&log->groups[i]));
    json_object_set_new(object, "groups", groups);
    save_host_groups(object, log);
}

/* ---- loading ---- */

/* False for a kind that this version does not know. */
static bool load_group(const json_t *object, struct arena *memory, struct event_group *group)
{
    const char *kind = json_get_text(object, "kind");

    *group = (struct event_group){
        .event = {.kind = kind ? mail_event_from_word(kind) : MAIL_EVENT_KIND_COUNT},
        .computer = get_text(object, "computer", memory),
        .count = json_get_number(object, "count", INT64_MAX, 0),
        .first = json_get_time(object, "first"),
        .last = json_get_time(object, "last"),
    };
#define X(name) group->event.name = get_text(object, #name, memory);
    TEXT_LIST(X)
#undef X
    hours_load(object, "by_hour", group->by_hour);
    return group->event.kind != MAIL_EVENT_KIND_COUNT;
}

static void load_groups(struct event_log_digest *log, const json_t *list)
{
    struct arena *memory = &log->evidence.memory;
    size_t size = json_array_size(list);

    if (size > EVENT_GROUPS_MOST) {
        size = EVENT_GROUPS_MOST;
        log->more = true;
    }
    log->groups = arena_new(memory, size, sizeof *log->groups);
    for (size_t i = 0; i < size; i++)
        log->group_count +=
            load_group(json_array_get(list, i), memory, &log->groups[log->group_count]);
}

static bool load_host_group(const json_t *object, struct arena *memory,
                            struct host_event_group *group)
{
    const char *kind = json_get_text(object, "kind");

    *group = (struct host_event_group){
        .event = {.kind = kind ? host_event_from_word(kind) : HOST_EVENT_KIND_COUNT},
        .computer = get_text(object, "computer", memory),
        .count = json_get_number(object, "count", INT64_MAX, 0),
        .first = json_get_time(object, "first"),
        .last = json_get_time(object, "last"),
    };
#define X(name) group->event.name = get_text(object, #name, memory);
    HOST_TEXT_LIST(X)
#undef X
    return group->event.kind != HOST_EVENT_KIND_COUNT;
}

static void load_host_groups(struct event_log_digest *log, const json_t *object)
{
    const json_t *list = json_object_get(object, "web");
    struct arena *memory = &log->evidence.memory;
    size_t size = json_array_size(list);

    log->more_host = json_get_bool(object, "more_web") || size > HOST_EVENT_GROUPS_MOST;
    if (size > HOST_EVENT_GROUPS_MOST)
        size = HOST_EVENT_GROUPS_MOST;
    log->host_groups = arena_new(memory, size, sizeof *log->host_groups);
    for (size_t i = 0; i < size; i++)
        log->host_group_count += load_host_group(json_array_get(list, i), memory,
                                                 &log->host_groups[log->host_group_count]);
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct event_log_digest *log = (struct event_log_digest *)item;
    const char *type = json_get_text(object, "type");

    log->path = json_copy_text(object, "path", &item->memory);
    if (!log->path)
        return STATUS_MALFORMED;
    log->type = type ? file_type_from_word(type) : FILE_TYPE_UNKNOWN;
    log->account = (struct event_log_account){
        .events = json_get_number(object, "events", INT64_MAX, 0),
        .damaged = json_get_number(object, "damaged", INT64_MAX, 0),
        .cut_off = json_get_bool(object, "cut_off"),
        .first = json_get_time(object, "first"),
        .last = json_get_time(object, "last"),
    };
    log->strange = json_get_number(object, "strange", INT64_MAX, 0);
    log->more = json_get_bool(object, "more");
    load_groups(log, json_object_get(object, "groups"));
    load_host_groups(log, object);
    return STATUS_OK;
}

/* ---- redaction ---- */

static void redact_group(const struct redactor *redactor, struct event_group *group,
                         struct arena *memory)
{
    struct mail_event *event = &group->event;

    group->computer = redact_name_copy(redactor, group->computer, memory);
    event->host = redact_name_copy(redactor, event->host, memory);
    event->address = redact_name_copy(redactor, event->address, memory);
    event->error = mail_words_redact_error(redactor, event->error, memory);
    event->command = mail_words_redact(redactor, event->command, memory);
    event->mechanism = mail_words_redact(redactor, event->mechanism, memory);
    event->target = redact_spn(redactor, event->target, memory);
    event->connector = mail_words_redact_connector(redactor, event->connector, memory);
    event->reply = arena_copy(memory, event->reply, mail_event_codes(event->reply));
}

static void redact_host_group(const struct redactor *redactor, struct host_event_group *group,
                              struct arena *memory)
{
    struct host_event *event = &group->event;

    group->computer = redact_name_copy(redactor, group->computer, memory);
    event->file = iis_words_redact_path(redactor, event->file, memory);
    event->pool = iis_words_redact_pool(redactor, event->pool, memory);
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct event_log_digest *log = (struct event_log_digest *)item;

    log->path = redact_path_copy(redactor, log->path, &item->memory);
    for (size_t i = 0; i < log->group_count; i++)
        redact_group(redactor, &log->groups[i], &item->memory);
    for (size_t i = 0; i < log->host_group_count; i++)
        redact_host_group(redactor, &log->host_groups[i], &item->memory);
}

const struct evidence_kind evidence_event_log = {
    .name = "event-log",
    .size = sizeof(struct event_log_digest),
    .is_of_file = true,
    FILE_QUESTION(struct event_log_digest),
    .write_key = write_key,
    .describe = describe,
    .save = save,
    .load = load,
    .redact = redact,
};
