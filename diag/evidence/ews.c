#include "diag/evidence/ews.h"

#include "diag/evidence/directory_redact.h"
#include "diag/evidence/redact.h"
#include "diag/json.h"
#include "diag/text.h"

#include <string.h>

enum { HTTPS_PORT = 443, KDC_PORT = 88, HTTP_MOST = 599 };

static const uint64_t size_most = UINT64_C(1) << 53,
                      instant_most = UINT64_C(253402300799999999); /* the end of the year 9999 */

static const struct ews_survey *of(const struct evidence *item)
{
    return (const struct ews_survey *)item;
}

/* ---- words ---- */

static const char *const step_words[EWS_STEP_COUNT] = {
#define X(name, word) [EWS_STEP_##name] = word,
    EWS_STEP_LIST(X)
#undef X
};

static const char *const outcome_words[EWS_OUTCOME_COUNT] = {
#define X(name, word) [EWS_OUTCOME_##name] = word,
    EWS_OUTCOME_LIST(X)
#undef X
};

static const char *const planted_words[EWS_PLANTED_COUNT] = {
#define X(name, word) [EWS_PLANTED_##name] = word,
    EWS_PLANTED_LIST(X)
#undef X
};

static const char *const test_item_words[EWS_TEST_ITEM_COUNT] = {
#define X(name, word) [EWS_TEST_ITEM_##name] = word,
    EWS_TEST_ITEM_LIST(X)
#undef X
};

const char *ews_step_word(enum ews_step step)
{
    return step_words[step];
}

const char *ews_outcome_word(enum ews_outcome outcome)
{
    return outcome_words[outcome];
}

const char *ews_planted_word(enum ews_planted planted)
{
    return planted_words[planted];
}

/* ---- the question ---- */

static void describe(const struct evidence *item, struct buffer *out)
{
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&of(item)->address, HTTPS_PORT, text);
    buffer_print(out, "EWS of %s (%s)", of(item)->host, text);
}

static void write_key(const struct evidence *item, struct buffer *out)
{
    const struct ews_survey *survey = of(item);
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&survey->address, HTTPS_PORT, text);
    buffer_print(out, "ews %s %s %s %u%s%s", text, survey->host, survey->mailbox, survey->most,
                 survey->plants ? " planting" : "", survey->impersonates ? " impersonating" : "");
}

static void copy_question(struct evidence *item, const struct evidence *question)
{
    struct ews_survey *survey = (struct ews_survey *)item;

    survey->address = of(question)->address;
    survey->host = arena_copy_string(&item->memory, of(question)->host);
    survey->mailbox = arena_copy_string(&item->memory, of(question)->mailbox);
    survey->most = of(question)->most;
    survey->plants = of(question)->plants;
    survey->impersonates = of(question)->impersonates;
    survey->kdc = of(question)->kdc;
    if (of(question)->realm)
        survey->realm = arena_copy_string(&item->memory, of(question)->realm);
}

static bool is_answer_to(const struct evidence *item, const struct evidence *question)
{
    return net_address_equal(&of(item)->address, &of(question)->address) &&
           strcmp(of(item)->host, of(question)->host) == 0 &&
           strcmp(of(item)->mailbox, of(question)->mailbox) == 0 &&
           of(item)->most == of(question)->most && of(item)->plants == of(question)->plants &&
           of(item)->impersonates == of(question)->impersonates;
}

static uint32_t lifetime(const struct evidence *item)
{
    (void)item;
    return 0; /* a fault that passes is gone by then */
}

/* ---- in evidence files ---- */

static void put_word(json_t *object, const char *name, const char *text)
{
    if (text)
        json_put_text(object, name, text);
}

static void put_count(json_t *object, const char *name, uint64_t number)
{
    if (number > 0)
        json_put_number(object, name, number);
}

static json_t *save_attempt(const struct ews_attempt *attempt)
{
    json_t *object = json_object();

    json_put_microseconds(object, "began_ms", attempt->began);
    json_put_microseconds(object, "took_ms", attempt->took);
    json_put_text(object, "status", status_token(attempt->status));
    put_count(object, "http", attempt->http);
    json_put_text(object, "reply", ews_reply_kind_word(attempt->kind));
    put_word(object, "code", attempt->code);
    put_word(object, "reason", attempt->reason);
    if (attempt->has_back_off)
        json_put_number(object, "back_off_ms", attempt->back_off);
    put_word(object, "server", attempt->server);
    put_word(object, "backend", attempt->backend);
    return object;
}

static json_t *save_item(const struct ews_item *item)
{
    json_t *object = json_object(), *attempts = json_array();

    json_put_text(object, "hash", item->hash);
    put_word(object, "class", item->item_class);
    put_count(object, "size", item->size);
    if (item->has_attachments)
        json_put_bool(object, "attachments", true);
    if (item->is_planted)
        json_put_bool(object, "planted", true);
    json_put_text(object, "outcome", ews_outcome_word(item->outcome));
    put_count(object, "mime_bytes", item->mime_bytes);
    for (size_t i = 0; i < item->attempt_count; i++)
        json_array_append_new(attempts, save_attempt(&item->attempts[i]));
    json_object_set_new(object, "attempts", attempts);
    return object;
}

static json_t *save_version(const struct ews_server_version *version)
{
    return json_pack("[i,i,i,i]", (int)version->major, (int)version->minor, (int)version->build,
                     (int)version->revision);
}

static void save_question(const struct ews_survey *survey, json_t *object)
{
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&survey->address, 0, text);
    json_put_text(object, "address", text);
    json_put_text(object, "host", survey->host);
    json_put_text(object, "mailbox", survey->mailbox);
    json_put_number(object, "most", survey->most);
    if (survey->plants)
        json_put_bool(object, "plants", true);
    if (survey->impersonates)
        json_put_bool(object, "impersonates", true);
    if (survey->kdc.port > 0) {
        net_address_format(&survey->kdc, 0, text);
        json_put_text(object, "kdc", text);
    }
    put_word(object, "realm", survey->realm);
}

static void save(const struct evidence *item, json_t *object)
{
    const struct ews_survey *survey = of(item);
    json_t *items = json_array();

    save_question(survey, object);
    json_put_text(object, "step", ews_step_word(survey->step));
    json_object_set_new(object, "last", save_attempt(&survey->last));
    json_put_text(object, "web_step", web_step_word(survey->web_step));
    json_put_text(object, "scheme", web_scheme_word(survey->scheme));
    put_word(object, "caller", survey->caller);
    put_word(object, "challenges", survey->challenges);
    put_word(object, "location", survey->location);
    if (survey->error_code != 0)
        json_object_set_new(object, "error_code", json_integer(survey->error_code));
    if (survey->server_time != 0)
        json_object_set_new(object, "server_time_us", json_integer(survey->server_time));
    put_word(object, "owa_version", survey->owa_version);
    if (survey->version.major > 0)
        json_object_set_new(object, "version", save_version(&survey->version));
    put_count(object, "folders_failed", survey->folders_failed);
    put_word(object, "folder_code", survey->folder_code);
    for (size_t i = 0; i < survey->item_count; i++)
        json_array_append_new(items, save_item(&survey->items[i]));
    json_object_set_new(object, "items", items);
    if (survey->was_cut_short)
        json_put_bool(object, "cut_short", true);
    if (survey->planted != EWS_PLANTED_NONE) {
        json_put_text(object, "planted", ews_planted_word(survey->planted));
        json_put_text(object, "test_item", test_item_words[survey->test_item]);
        json_object_set_new(object, "plant", save_attempt(&survey->plant));
    }
    put_count(object, "cleared", survey->cleared);
}

/* ---- from evidence files ---- */

/* Which of the words it is; 0 where it is none of them. */
static unsigned find_word(const json_t *object, const char *name, const char *(*word_of)(unsigned),
                          unsigned count)
{
    const char *text = json_get_text(object, name);

    for (unsigned i = 0; text && i < count; i++) {
        if (strcmp(word_of(i), text) == 0)
            return i;
    }
    return 0;
}

#define WORD_OF(function, type, call)                                                              \
    static const char *function(unsigned number)                                                   \
    {                                                                                              \
        return call((enum type)number);                                                            \
    }

WORD_OF(step_of, ews_step, ews_step_word)
WORD_OF(outcome_of, ews_outcome, ews_outcome_word)
WORD_OF(planted_of, ews_planted, ews_planted_word)
WORD_OF(kind_of, ews_reply_kind, ews_reply_kind_word)
WORD_OF(web_step_of, web_step, web_step_word)
WORD_OF(scheme_of, web_scheme, web_scheme_word)

static const char *test_item_of(unsigned number)
{
    return test_item_words[number];
}

static void load_attempt(struct ews_attempt *attempt, const json_t *object, struct arena *arena)
{
    const char *status = json_get_text(object, "status");
    enum status known = status ? status_from_token(status) : STATUS_COUNT;

    attempt->began = json_get_microseconds(object, "began_ms");
    attempt->took = json_get_microseconds(object, "took_ms");
    attempt->status = known == STATUS_COUNT ? STATUS_MALFORMED : known;
    attempt->http = (unsigned)json_get_number(object, "http", HTTP_MOST, 0);
    attempt->kind = (enum ews_reply_kind)find_word(object, "reply", kind_of, EWS_REPLY_KIND_COUNT);
    attempt->code = json_copy_text(object, "code", arena);
    attempt->reason = json_copy_text(object, "reason", arena);
    attempt->back_off = (uint32_t)json_get_number(object, "back_off_ms", UINT32_MAX, 0);
    attempt->has_back_off = json_is_integer(json_object_get(object, "back_off_ms"));
    attempt->server = json_copy_text(object, "server", arena);
    attempt->backend = json_copy_text(object, "backend", arena);
}

static void load_item(struct ews_item *item, const json_t *object, struct arena *arena)
{
    const json_t *attempts = json_object_get(object, "attempts");
    const char *hash = json_get_text(object, "hash");
    size_t count = json_array_size(attempts);
    struct ews_attempt *list;

    if (hash && strlen(hash) < EWS_HASH_SIZE)
        memcpy(item->hash, hash, strlen(hash) + 1);
    item->item_class = json_copy_text(object, "class", arena);
    item->size = json_get_number(object, "size", size_most, 0);
    item->has_attachments = json_get_bool(object, "attachments");
    item->is_planted = json_get_bool(object, "planted");
    item->outcome = (enum ews_outcome)find_word(object, "outcome", outcome_of, EWS_OUTCOME_COUNT);
    item->mime_bytes = json_get_number(object, "mime_bytes", size_most, 0);
    if (count > EWS_ATTEMPTS)
        count = EWS_ATTEMPTS;
    list = arena_new(arena, count, sizeof *list);
    for (size_t i = 0; i < count; i++)
        load_attempt(&list[i], json_array_get(attempts, i), arena);
    item->attempts = list;
    item->attempt_count = count;
}

static void load_items(struct ews_survey *survey, const json_t *list, struct arena *arena)
{
    size_t count = json_array_size(list);
    struct ews_item *items;

    if (count > EWS_SURVEY_MOST + 1)
        count = EWS_SURVEY_MOST + 1;
    items = arena_new(arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++)
        load_item(&items[i], json_array_get(list, i), arena);
    survey->items = items;
    survey->item_count = count;
}

static void load_version(struct ews_server_version *version, const json_t *list)
{
    unsigned *parts[] = {&version->major, &version->minor, &version->build, &version->revision};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        int64_t number = json_integer_value(json_array_get(list, i));

        *parts[i] = number > 0 && number <= UINT16_MAX ? (unsigned)number : 0;
    }
}

static bool load_question(struct ews_survey *survey, const json_t *object, struct arena *arena)
{
    const char *address = json_get_text(object, "address"), *kdc = json_get_text(object, "kdc");

    survey->host = json_copy_text(object, "host", arena);
    survey->mailbox = json_copy_text(object, "mailbox", arena);
    survey->most = (unsigned)json_get_number(object, "most", EWS_SURVEY_MOST, 0);
    survey->plants = json_get_bool(object, "plants");
    survey->impersonates = json_get_bool(object, "impersonates");
    survey->realm = json_copy_text(object, "realm", arena);
    if (kdc && net_address_parse(kdc, KDC_PORT, &survey->kdc) != STATUS_OK)
        return false;
    return survey->host && survey->mailbox && survey->most > 0 && address &&
           net_address_parse(address, 0, &survey->address) == STATUS_OK &&
           survey->address.port != 0;
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct ews_survey *survey = (struct ews_survey *)item;
    struct arena *arena = &item->memory;

    if (!load_question(survey, object, arena))
        return STATUS_MALFORMED;
    survey->step = (enum ews_step)find_word(object, "step", step_of, EWS_STEP_COUNT);
    load_attempt(&survey->last, json_object_get(object, "last"), arena);
    survey->web_step = (enum web_step)find_word(object, "web_step", web_step_of, WEB_STEP_COUNT);
    survey->scheme = (enum web_scheme)find_word(object, "scheme", scheme_of, WEB_SCHEME_COUNT);
    survey->caller = json_copy_text(object, "caller", arena);
    survey->challenges = json_copy_text(object, "challenges", arena);
    survey->location = json_copy_text(object, "location", arena);
    survey->error_code = (int32_t)json_get_number(object, "error_code", INT32_MAX, 0);
    survey->server_time = (int64_t)json_get_number(object, "server_time_us", instant_most, 0);
    survey->owa_version = json_copy_text(object, "owa_version", arena);
    load_version(&survey->version, json_object_get(object, "version"));
    survey->folders_failed = (unsigned)json_get_number(object, "folders_failed", UINT16_MAX, 0);
    survey->folder_code = json_copy_text(object, "folder_code", arena);
    load_items(survey, json_object_get(object, "items"), arena);
    survey->was_cut_short = json_get_bool(object, "cut_short");
    survey->planted = (enum ews_planted)find_word(object, "planted", planted_of, EWS_PLANTED_COUNT);
    survey->test_item =
        (enum ews_test_item)find_word(object, "test_item", test_item_of, EWS_TEST_ITEM_COUNT);
    load_attempt(&survey->plant, json_object_get(object, "plant"), arena);
    survey->cleared = (unsigned)json_get_number(object, "cleared", UINT16_MAX, 0);
    return STATUS_OK;
}

/* ---- redaction ---- */

static void redact_attempt(struct ews_attempt *attempt, const struct redactor *redactor,
                           struct arena *arena)
{
    attempt->server = redact_name_copy(redactor, attempt->server, arena);
    attempt->backend = redact_name_copy(redactor, attempt->backend, arena);
}

/* Classes of Exchange's own; of those that somebody's software made, what they derive from. */
static const char *known_class(const char *item_class)
{
    static const char *const known[] = {"IPM.Schedule.Meeting.Request", "IPM.Appointment",
                                        "IPM.Note"};

    for (size_t i = 0; item_class && i < sizeof known / sizeof *known; i++) {
        if (text_starts_fold(item_class, strlen(item_class), known[i]))
            return known[i];
    }
    return NULL;
}

static void redact_items(struct ews_survey *survey, const struct redactor *redactor,
                         struct arena *arena)
{
    struct ews_item *items = arena_new(arena, survey->item_count, sizeof *items);

    for (size_t i = 0; i < survey->item_count; i++) {
        const struct ews_item *from = &survey->items[i];
        struct ews_attempt *attempts = arena_new(arena, from->attempt_count, sizeof *attempts);

        for (size_t j = 0; j < from->attempt_count; j++) {
            attempts[j] = from->attempts[j];
            redact_attempt(&attempts[j], redactor, arena);
        }
        items[i] = *from;
        items[i].attempts = attempts;
        items[i].item_class = known_class(from->item_class);
    }
    survey->items = items;
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct ews_survey *survey = (struct ews_survey *)item;
    struct arena *arena = &item->memory;

    redact_ip(redactor, &survey->address.ip);
    redact_ip(redactor, &survey->kdc.ip);
    survey->host = redact_name_copy(redactor, survey->host, arena);
    survey->mailbox = redact_account(redactor, survey->mailbox, arena);
    survey->realm = redact_name_copy(redactor, survey->realm, arena);
    if (survey->caller)
        survey->caller = redact_account(redactor, survey->caller, arena);
    survey->location = redact_name_copy(redactor, survey->location, arena);
    redact_attempt(&survey->last, redactor, arena);
    redact_attempt(&survey->plant, redactor, arena);
    redact_items(survey, redactor, arena);
    item->reason = NULL; /* the library's, with principals in it */
}

const struct evidence_kind evidence_ews = {
    .name = "ews",
    .size = sizeof(struct ews_survey),
    .write_key = write_key,
    .copy_question = copy_question,
    .is_answer_to = is_answer_to,
    .lifetime = lifetime,
    .describe = describe,
    .save = save,
    .load = load,
    .redact = redact,
};
