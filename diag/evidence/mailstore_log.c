#include "diag/evidence/mailstore_log.h"

#include "diag/evidence/file_question.h"
#include "diag/evidence/hours.h"
#include "diag/evidence/redact.h"
#include "diag/json.h"

#include <string.h>

static const struct mailstore_digest *of(const struct evidence *item)
{
    return (const struct mailstore_digest *)item;
}

/* ---- the question ---- */

static void write_key(const struct evidence *question, struct buffer *out)
{
    buffer_add_string(out, "mailstore-log ");
    buffer_add_string(out, of(question)->path);
}

/* ---- saving ---- */

static json_t *message_to_json(const struct mailstore_message *message)
{
    json_t *object = json_object(), *delays = json_array();

    if (message->line)
        json_put_number(object, "line", message->line);
    json_put_number(object, "last_line", message->last_line);
    json_put_number(object, "thread", message->thread);
    json_put_number(object, "time_ms", (uint64_t)message->time);
    json_put_number(object, "span_ms", message->span);
    json_put_number(object, "requests", message->requests);
    for (size_t i = 0; i < message->delay_count; i++)
        json_array_append_new(delays, json_integer(message->delays[i]));
    json_object_set_new(object, "delays_ms", delays);
    json_put_text(object, "outcome", mailstore_outcome_word(message->outcome));
    json_put_text(object, "manner", mailstore_manner_word(message->manner));
    if (message->code)
        json_put_text(object, "code", message->code);
    if (message->date)
        json_put_text(object, "date", message->date);
    if (message->mailbox)
        json_put_text(object, "mailbox", message->mailbox);
    if (message->failures)
        json_put_number(object, "failures", message->failures);
    if (message->is_fetched_later)
        json_put_bool(object, "fetched_later", true);
    return object;
}

static void put_messages(json_t *object, const char *name, const struct mailstore_message *messages,
                         size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, message_to_json(&messages[i]));
    json_object_set_new(object, name, list);
}

static json_t *code_to_json(const struct mailstore_code *code)
{
    json_t *object = json_object(), *manners = json_object();

    if (code->code)
        json_put_text(object, "code", code->code);
    json_put_number(object, "messages", code->messages);
    json_put_number(object, "recovered", code->recovered);
    json_put_number(object, "elsewhere", code->elsewhere);
    json_put_number(object, "again", code->again);
    json_put_number(object, "distinct", code->distinct);
    json_put_number(object, "lasting", code->lasting);
    json_put_number(object, "fetched_later", code->fetched_later);
    json_put_number(object, "lasting_fetched", code->lasting_fetched);
    json_put_number(object, "first_line", code->first_line);
    json_put_number(object, "last_line", code->last_line);
    hours_save(object, "by_hour", code->by_hour);
    for (unsigned i = 0; i < MAILSTORE_MANNER_COUNT; i++) {
        if (code->manners[i] > 0)
            json_put_number(manners, mailstore_manner_word((enum mailstore_manner)i),
                            code->manners[i]);
    }
    json_object_set_new(object, "manners", manners);
    return object;
}

static json_t *call_to_json(const struct mailstore_call *call)
{
    json_t *object = json_object();

    json_put_text(object, "name", call->name);
    json_put_number(object, "requests", call->requests);
    json_put_number(object, "failures", call->failures);
    return object;
}

static json_t *mailbox_to_json(const struct mailstore_mailbox *mailbox)
{
    json_t *object = json_object();

    json_put_text(object, "name", mailbox->name);
    json_put_number(object, "messages", mailbox->messages);
    json_put_number(object, "transient", mailbox->transient);
    json_put_number(object, "failed", mailbox->failed);
    return object;
}

static json_t *delays_to_json(const struct mailstore_log *log)
{
    json_t *list = json_array();

    for (size_t i = 0; i < log->delay_count; i++) {
        json_t *object = json_object();

        json_put_number(object, "least_ms", log->delays[i].least);
        json_put_number(object, "most_ms", log->delays[i].most);
        json_put_number(object, "total_ms", log->delays[i].total);
        json_put_number(object, "count", log->delays[i].count);
        json_array_append_new(list, object);
    }
    return list;
}

static void save_lists(const struct mailstore_log *log, json_t *object)
{
    json_t *codes = json_array(), *calls = json_array(), *mailboxes = json_array();

    json_object_set_new(object, "delays", delays_to_json(log));
    put_messages(object, "failed", log->failed, log->failed_count);
    put_messages(object, "begun", log->begun, log->begun_count);
    put_messages(object, "open", log->open, log->open_count);
    for (size_t i = 0; i < log->code_count; i++)
        json_array_append_new(codes, code_to_json(&log->codes[i]));
    for (size_t i = 0; i < log->call_count; i++)
        json_array_append_new(calls, call_to_json(&log->calls[i]));
    for (size_t i = 0; i < log->mailbox_count; i++)
        json_array_append_new(mailboxes, mailbox_to_json(&log->mailboxes[i]));
    json_object_set_new(object, "codes", codes);
    json_object_set_new(object, "calls", calls);
    json_object_set_new(object, "mailboxes", mailboxes);
}

static void save(const struct evidence *item, json_t *object)
{
    const struct mailstore_log *log = &of(item)->log;
    json_t *outcomes = json_object();

    json_put_text(object, "path", of(item)->path);
    if (item->status != STATUS_OK) {
        json_decref(outcomes);
        return;
    }
    json_put_number(object, "lines", log->lines);
    json_put_number(object, "damaged", log->damaged);
    json_put_number(object, "whole", log->whole);
    json_put_number(object, "strange", log->strange);
    json_put_number(object, "days", log->days);
    if (log->first >= 0) {
        json_put_number(object, "first_ms", (uint64_t)log->first);
        json_put_number(object, "last_ms", (uint64_t)log->last);
    }
    json_put_number(object, "messages", log->messages);
    json_put_number(object, "requests", log->requests);
    for (unsigned i = 0; i < MAILSTORE_OUTCOME_COUNT; i++)
        json_put_number(outcomes, mailstore_outcome_word((enum mailstore_outcome)i),
                        log->outcomes[i]);
    json_object_set_new(object, "outcomes", outcomes);
    json_put_number(object, "distinct_failed", log->distinct_failed);
    json_put_number(object, "fetched_later", log->fetched_later);
    hours_save(object, "by_hour", log->by_hour);
    json_put_number(object, "recovered_requests", log->recovered_requests);
    json_put_number(object, "recovered_span_ms", log->recovered_span);
    if (log->more)
        json_put_bool(object, "more", true);
    save_lists(log, object);
}

/* ---- loading ---- */

static uint64_t number(const json_t *object, const char *name)
{
    return json_get_number(object, name, INT64_MAX, 0);
}

static uint32_t small_number(const json_t *object, const char *name)
{
    return (uint32_t)json_get_number(object, name, UINT32_MAX, 0);
}

/* `missing` for a word that is none of the `count`. */
static unsigned word_of(const json_t *object, const char *name, const char *(*word)(unsigned),
                        unsigned count, unsigned missing)
{
    const char *text = json_get_text(object, name);

    for (unsigned i = 0; text && i < count; i++) {
        if (strcmp(text, word(i)) == 0)
            return i;
    }
    return missing;
}

static const char *outcome_word(unsigned outcome)
{
    return mailstore_outcome_word((enum mailstore_outcome)outcome);
}

static const char *manner_word(unsigned manner)
{
    return mailstore_manner_word((enum mailstore_manner)manner);
}

static void load_message(const json_t *object, struct arena *memory, struct mailstore_message *out)
{
    const json_t *delays = json_object_get(object, "delays_ms");
    size_t count = json_array_size(delays);

    *out = (struct mailstore_message){
        .line = number(object, "line"),
        .last_line = number(object, "last_line"),
        .thread = small_number(object, "thread"),
        .time = (int64_t)number(object, "time_ms"),
        .span = small_number(object, "span_ms"),
        .requests = small_number(object, "requests"),
        .outcome = (enum mailstore_outcome)word_of(object, "outcome", outcome_word,
                                                   MAILSTORE_OUTCOME_COUNT, MAILSTORE_UNFINISHED),
        .manner = (enum mailstore_manner)word_of(object, "manner", manner_word,
                                                 MAILSTORE_MANNER_COUNT, MAILSTORE_PLAIN),
        .code = json_copy_text(object, "code", memory),
        .date = json_copy_text(object, "date", memory),
        .mailbox = json_copy_text(object, "mailbox", memory),
        .failures = small_number(object, "failures"),
        .is_fetched_later = json_get_bool(object, "fetched_later")};
    for (size_t i = 0; i < count && i < MAILSTORE_DELAYS_KEPT; i++) {
        json_int_t delay = json_integer_value(json_array_get(delays, i));

        out->delays[out->delay_count++] = delay > 0 && delay <= UINT32_MAX ? (uint32_t)delay : 0;
    }
}

/* At most `most` of a list; whether it has more is noted. */
static size_t room_for(struct mailstore_log *log, const json_t *list, size_t most)
{
    size_t count = json_array_size(list);

    log->more = log->more || count > most;
    return count > most ? most : count;
}

static const struct mailstore_message *load_messages(struct mailstore_digest *digest,
                                                     const json_t *list, size_t most, size_t *count)
{
    struct arena *memory = &digest->evidence.memory;
    struct mailstore_message *messages;

    *count = room_for(&digest->log, list, most);
    messages = arena_new(memory, *count, sizeof *messages);
    for (size_t i = 0; i < *count; i++)
        load_message(json_array_get(list, i), memory, &messages[i]);
    return messages;
}

static void load_codes(struct mailstore_digest *digest, const json_t *list)
{
    struct arena *memory = &digest->evidence.memory;
    struct mailstore_log *log = &digest->log;
    struct mailstore_code *codes;

    log->code_count = room_for(log, list, MAILSTORE_CODES_KEPT);
    codes = arena_new(memory, log->code_count, sizeof *codes);
    for (size_t i = 0; i < log->code_count; i++) {
        const json_t *object = json_array_get(list, i);
        const json_t *manners = json_object_get(object, "manners");

        codes[i] = (struct mailstore_code){.code = json_copy_text(object, "code", memory),
                                           .messages = number(object, "messages"),
                                           .recovered = number(object, "recovered"),
                                           .elsewhere = number(object, "elsewhere"),
                                           .again = number(object, "again"),
                                           .distinct = number(object, "distinct"),
                                           .lasting = number(object, "lasting"),
                                           .fetched_later = number(object, "fetched_later"),
                                           .lasting_fetched = number(object, "lasting_fetched"),
                                           .first_line = number(object, "first_line"),
                                           .last_line = number(object, "last_line")};
        hours_load(object, "by_hour", codes[i].by_hour);
        for (unsigned k = 0; k < MAILSTORE_MANNER_COUNT; k++)
            codes[i].manners[k] = number(manners, manner_word(k));
    }
    log->codes = codes;
}

/* What has no name is none. */
static void load_calls(struct mailstore_digest *digest, const json_t *list)
{
    struct arena *memory = &digest->evidence.memory;
    struct mailstore_log *log = &digest->log;
    size_t count = room_for(log, list, MAILSTORE_CALLS_KEPT);
    struct mailstore_call *calls = arena_new(memory, count, sizeof *calls);

    for (size_t i = 0; i < count; i++) {
        const json_t *object = json_array_get(list, i);
        const char *name = json_copy_text(object, "name", memory);

        if (name)
            calls[log->call_count++] = (struct mailstore_call){name, number(object, "requests"),
                                                               number(object, "failures")};
    }
    log->calls = calls;
}

static void load_mailboxes(struct mailstore_digest *digest, const json_t *list)
{
    struct arena *memory = &digest->evidence.memory;
    struct mailstore_log *log = &digest->log;
    size_t count = room_for(log, list, MAILSTORE_MAILBOXES_KEPT);
    struct mailstore_mailbox *mailboxes = arena_new(memory, count, sizeof *mailboxes);

    for (size_t i = 0; i < count; i++) {
        const json_t *object = json_array_get(list, i);
        const char *name = json_copy_text(object, "name", memory);

        if (name)
            mailboxes[log->mailbox_count++] =
                (struct mailstore_mailbox){name, number(object, "messages"),
                                           number(object, "transient"), number(object, "failed")};
    }
    log->mailboxes = mailboxes;
}

static void load_delays(struct mailstore_log *log, const json_t *list)
{
    log->delay_count = room_for(log, list, MAILSTORE_DELAYS_KEPT);
    for (size_t i = 0; i < log->delay_count; i++) {
        const json_t *object = json_array_get(list, i);

        log->delays[i] = (struct mailstore_delay){
            small_number(object, "least_ms"), small_number(object, "most_ms"),
            number(object, "total_ms"), number(object, "count")};
    }
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct mailstore_digest *digest = (struct mailstore_digest *)item;
    const json_t *outcomes = json_object_get(object, "outcomes");
    struct mailstore_log *log = &digest->log;

    digest->path = json_copy_text(object, "path", &item->memory);
    if (!digest->path)
        return STATUS_MALFORMED;
    *log = (struct mailstore_log){
        .lines = number(object, "lines"),
        .damaged = number(object, "damaged"),
        .whole = number(object, "whole"),
        .strange = number(object, "strange"),
        .days = number(object, "days"),
        .first = (int64_t)json_get_number(object, "first_ms", INT64_MAX, UINT64_MAX),
        .last = (int64_t)json_get_number(object, "last_ms", INT64_MAX, UINT64_MAX),
        .messages = number(object, "messages"),
        .requests = number(object, "requests"),
        .distinct_failed = number(object, "distinct_failed"),
        .fetched_later = number(object, "fetched_later"),
        .recovered_requests = number(object, "recovered_requests"),
        .recovered_span = small_number(object, "recovered_span_ms"),
        .more = json_get_bool(object, "more")};
    for (unsigned i = 0; i < MAILSTORE_OUTCOME_COUNT; i++)
        log->outcomes[i] = number(outcomes, outcome_word(i));
    hours_load(object, "by_hour", log->by_hour);
    load_delays(log, json_object_get(object, "delays"));
    log->failed = load_messages(digest, json_object_get(object, "failed"), MAILSTORE_MESSAGES_KEPT,
                                &log->failed_count);
    log->begun = load_messages(digest, json_object_get(object, "begun"), MAILSTORE_OPEN_KEPT,
                               &log->begun_count);
    log->open = load_messages(digest, json_object_get(object, "open"), MAILSTORE_OPEN_KEPT,
                              &log->open_count);
    load_codes(digest, json_object_get(object, "codes"));
    load_calls(digest, json_object_get(object, "calls"));
    load_mailboxes(digest, json_object_get(object, "mailboxes"));
    return STATUS_OK;
}

/* ---- redaction ---- */

/* As a name below its domain, so that the domain's pseudonym is the one it has everywhere. */
static const char *redact_mailbox(const struct redactor *redactor, const char *mailbox,
                                  struct arena *memory)
{
    const char *at = mailbox ? strchr(mailbox, '@') : NULL;
    struct buffer out;
    char *name;

    if (!at)
        return redact_name_copy(redactor, mailbox, memory);
    name = arena_copy_string(memory, mailbox);
    name[at - mailbox] = '.';
    buffer_init(&out, 2 * strlen(mailbox) + 2);
    redact_name(redactor, name, &out);
    if (out.size > (size_t)(at - mailbox))
        out.text[at - mailbox] = '@';
    return buffer_keep(&out, memory);
}

static const char *redact_code(const struct redactor *redactor, const char *code,
                               struct arena *memory)
{
    if (!code || ews_class_of(code) != EWS_CLASS_OTHER ||
        (strncmp(code, "HTTP ", 5) == 0 && strspn(code + 5, "0123456789") == strlen(code + 5)))
        return code;
    return redact_name_copy(redactor, code, memory);
}

static const char *redact_call(const struct redactor *redactor, const char *name,
                               struct arena *memory)
{
    static const char *const known[] = {"GetItem",
                                        "FindItem",
                                        "GetFolder",
                                        "FindFolder",
                                        "SyncFolderItems",
                                        "SyncFolderHierarchy",
                                        "CreateItem",
                                        "DeleteItem",
                                        "UpdateItem",
                                        "MoveItem",
                                        "CopyItem",
                                        "GetAttachment",
                                        "ResolveNames",
                                        "ExpandDL",
                                        "Subscribe",
                                        "GetEvents",
                                        "ConvertId",
                                        "ExportItems",
                                        "UploadItems",
                                        "CreateFolder",
                                        "DeleteFolder",
                                        "GetUserConfiguration",
                                        "GetServerTimeZones",
                                        "GetMimeContent",
                                        NULL};

    for (const char *const *call = known; *call; call++) {
        if (strcmp(*call, name) == 0)
            return name;
    }
    return redact_name_copy(redactor, name, memory);
}

static const struct mailstore_message *redact_messages(const struct redactor *redactor,
                                                       const struct mailstore_message *messages,
                                                       size_t count, struct arena *memory)
{
    struct mailstore_message *copies = arena_new(memory, count, sizeof *copies);

    for (size_t i = 0; i < count; i++) {
        copies[i] = messages[i];
        copies[i].date = NULL;
        copies[i].code = redact_code(redactor, messages[i].code, memory);
        copies[i].mailbox = redact_mailbox(redactor, messages[i].mailbox, memory);
    }
    return copies;
}

static void redact_names(const struct redactor *redactor, struct mailstore_log *log,
                         struct arena *memory)
{
    struct mailstore_code *codes = arena_new(memory, log->code_count, sizeof *codes);
    struct mailstore_call *calls = arena_new(memory, log->call_count, sizeof *calls);
    struct mailstore_mailbox *mailboxes = arena_new(memory, log->mailbox_count, sizeof *mailboxes);

    for (size_t i = 0; i < log->code_count; i++) {
        codes[i] = log->codes[i];
        codes[i].code = redact_code(redactor, codes[i].code, memory);
    }
    for (size_t i = 0; i < log->call_count; i++) {
        calls[i] = log->calls[i];
        calls[i].name = redact_call(redactor, calls[i].name, memory);
    }
    for (size_t i = 0; i < log->mailbox_count; i++) {
        mailboxes[i] = log->mailboxes[i];
        mailboxes[i].name = redact_mailbox(redactor, mailboxes[i].name, memory);
    }
    log->codes = codes;
    log->calls = calls;
    log->mailboxes = mailboxes;
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct mailstore_digest *digest = (struct mailstore_digest *)item;
    struct mailstore_log *log = &digest->log;
    struct arena *memory = &item->memory;

    digest->path = redact_path_copy(redactor, digest->path, memory);
    redact_names(redactor, log, memory);
    log->failed = redact_messages(redactor, log->failed, log->failed_count, memory);
    log->begun = redact_messages(redactor, log->begun, log->begun_count, memory);
    log->open = redact_messages(redactor, log->open, log->open_count, memory);
}

const struct evidence_kind evidence_mailstore_log = {
    .name = "mailstore-log",
    .size = sizeof(struct mailstore_digest),
    .is_of_file = true,
    FILE_QUESTION(struct mailstore_digest),
    .write_key = write_key,
    .describe = file_question_describe,
    .save = save,
    .load = load,
    .redact = redact,
};
