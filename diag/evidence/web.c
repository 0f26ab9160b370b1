#include "diag/evidence/web.h"

#include "diag/evidence/web_redact.h"
#include "diag/evidence/wsman_reply_file.h"
#include "diag/json.h"
#include "diag/text.h"

#include <string.h>

enum { LIFETIME = 600 /* seconds */, CODE_LEAST = 200, CODE_MOST = 599 };

static const int64_t instant_most = INT64_C(253402300799999999), /* the end of the year 9999 */
    duration_most = INT64_C(86400) * 1000000;

static const struct web_exchange *of(const struct evidence *item)
{
    return (const struct web_exchange *)item;
}

/* ---- words ---- */

static const char *const step_words[WEB_STEP_COUNT] = {
#define X(name, word) [WEB_##name] = word,
    WEB_STEP_LIST(X)
#undef X
};

static const struct {
    const char *word, *name;
} schemes[WEB_SCHEME_COUNT] = {
#define X(name, word, text) [WEB_##name] = {word, text},
    WEB_SCHEME_LIST(X)
#undef X
};

static const char *const request_words[WEB_REQUEST_COUNT] = {
#define X(name, word) [WEB_##name] = word,
    WEB_REQUEST_LIST(X)
#undef X
};

static const char *const shell_words[WEB_SHELL_COUNT] = {
#define X(name, word) [WEB_SHELL_##name] = word,
    WEB_SHELL_LIST(X)
#undef X
};

static const char *const token_words[] = {
    [WEB_NO_TOKEN] = "",
    [WEB_KERBEROS_ERROR] = "kerberos-error",
    [WEB_NTLM_CHALLENGE] = "ntlm-challenge",
    [WEB_OTHER_TOKEN] = "other",
};

const char *const web_fields[] = {"Server",
                                  "X-FEServer",
                                  "X-BEServer",
                                  "X-OWA-Version",
                                  "X-AspNet-Version",
                                  "X-CalculatedBETarget",
                                  "X-CalculatedFETarget",
                                  "X-DiagInfo",
                                  "X-Powered-By",
                                  "X-FailureContext",
                                  "X-MS-Diagnostics",
                                  "request-id",
                                  "Location",
                                  "Content-Type",
                                  "Content-Length",
                                  "Content-Encoding",
                                  "Retry-After",
                                  "Date",
                                  "Allow",
                                  "Connection",
                                  NULL};

const char *web_step_word(enum web_step step)
{
    return step_words[step];
}

const char *web_scheme_word(enum web_scheme scheme)
{
    return schemes[scheme].word;
}

const char *web_scheme_name(enum web_scheme scheme)
{
    return schemes[scheme].name;
}

const char *web_request_word(enum web_request request)
{
    return request_words[request];
}

const char *web_shell_word(enum web_shell shell)
{
    return shell_words[shell];
}

const char *web_field_of(const struct web_exchange *exchange, const char *name)
{
    for (size_t i = 0; i < exchange->field_count; i++) {
        if (text_equal_fold(exchange->fields[i].name, name))
            return exchange->fields[i].value;
    }
    return NULL;
}

const struct web_challenge *web_challenge_of(const struct web_exchange *exchange,
                                             const char *scheme)
{
    for (size_t i = 0; i < exchange->challenge_count; i++) {
        if (text_equal_fold(exchange->challenges[i].scheme, scheme))
            return &exchange->challenges[i];
    }
    return NULL;
}

/* ---- the question ---- */

static void write_key(const struct evidence *item, struct buffer *out)
{
    const struct web_exchange *exchange = of(item);
    char address[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&exchange->address, 0, address);
    buffer_print(out, "web %s %s://%s%s", web_request_word(exchange->request),
                 exchange->over_tls ? "https" : "http", exchange->host ? exchange->host : "",
                 exchange->path);
    buffer_print(out, " at %s%s", address, exchange->as_somebody ? " as somebody" : "");
}

static const char *copied(struct arena *arena, const char *text)
{
    return text ? arena_copy_string(arena, text) : NULL;
}

static void copy_question(struct evidence *item, const struct evidence *question)
{
    struct web_exchange *exchange = (struct web_exchange *)item;
    const struct web_exchange *asked = of(question);

    exchange->address = asked->address;
    exchange->over_tls = asked->over_tls;
    exchange->host = copied(&item->memory, asked->host);
    exchange->path = arena_copy_string(&item->memory, asked->path);
    exchange->request = asked->request;
    exchange->as_somebody = asked->as_somebody;
    exchange->kdc = asked->kdc;
    exchange->realm = copied(&item->memory, asked->realm);
    exchange->connected = exchange->secured = exchange->answered = exchange->ended = -1;
}

static bool is_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_answer_to(const struct evidence *item, const struct evidence *question)
{
    const struct web_exchange *exchange = of(item), *asked = of(question);

    return net_address_equal(&exchange->address, &asked->address) &&
           exchange->over_tls == asked->over_tls && exchange->request == asked->request &&
           exchange->as_somebody == asked->as_somebody && is_same(exchange->host, asked->host) &&
           strcmp(exchange->path, asked->path) == 0;
}

static uint32_t lifetime(const struct evidence *item)
{
    bool was_cut_short = item->status == STATUS_LIMIT || item->status == STATUS_CANCELLED;

    return was_cut_short ? 0 : LIFETIME;
}

static void describe(const struct evidence *item, struct buffer *out)
{
    static const char *const methods[WEB_REQUEST_COUNT] = {
        [WEB_GET] = "GET",
        [WEB_IDENTIFY] = "Identify at",
        [WEB_LOGON] = "POST without content to",
        [WEB_SHELL] = "first request of a remote shell to"};
    const struct web_exchange *exchange = of(item);
    char address[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&exchange->address, 0, address);
    buffer_print(out, "%s %s://%s%s", methods[exchange->request],
                 exchange->over_tls ? "https" : "http", exchange->host ? exchange->host : address,
                 exchange->path);
    if (exchange->host)
        buffer_print(out, " (%s)", address);
    if (exchange->as_somebody && exchange->scheme != WEB_ANONYMOUS)
        buffer_print(out, ", by %s", web_scheme_name(exchange->scheme));
    else
        buffer_add_string(out, exchange->as_somebody ? ", with a logon" : ", anonymous");
}

/* ---- saving ---- */

static void save_question(const struct web_exchange *exchange, json_t *object)
{
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&exchange->address, 0, text);
    json_put_text(object, "address", text);
    if (exchange->over_tls)
        json_put_bool(object, "over_tls", true);
    if (exchange->host)
        json_put_text(object, "host", exchange->host);
    json_put_text(object, "path", exchange->path);
    json_put_text(object, "request", web_request_word(exchange->request));
    if (exchange->as_somebody)
        json_put_bool(object, "as_somebody", true);
    if (exchange->kdc.port) {
        net_address_format(&exchange->kdc, 0, text);
        json_put_text(object, "kdc", text);
    }
    if (exchange->realm)
        json_put_text(object, "realm", exchange->realm);
}

static void save_fields(const struct web_exchange *exchange, json_t *object)
{
    json_t *list = json_array();

    for (size_t i = 0; i < exchange->field_count; i++) {
        const struct web_field *field = &exchange->fields[i];
        json_t *row = json_object();

        json_put_text(row, "name", field->name);
        json_object_set_new(row, "value", json_from_bytes(field->value, strlen(field->value)));
        json_array_append_new(list, row);
    }
    json_object_set_new(object, "fields", list);
}

static void save_challenges(const struct web_exchange *exchange, json_t *object)
{
    json_t *list = json_array();

    for (size_t i = 0; i < exchange->challenge_count; i++) {
        const struct web_challenge *challenge = &exchange->challenges[i];
        json_t *row = json_object();

        json_put_text(row, "scheme", challenge->scheme);
        if (challenge->token)
            json_put_text(row, "token", token_words[challenge->token]);
        if (challenge->error_code)
            json_object_set_new(row, "error_code", json_integer(challenge->error_code));
        if (challenge->server_time)
            json_object_set_new(row, "server_time_us", json_integer(challenge->server_time));
        json_array_append_new(list, row);
    }
    json_object_set_new(object, "challenges", list);
}

static void save_body(const struct web_exchange *exchange, json_t *object)
{
    json_t *codes = json_array();

    json_put_text(object, "body_status", status_token(exchange->body_status));
    json_put_number(object, "body_size", exchange->body_size);
    if (exchange->body)
        json_object_set_new(object, "body", json_from_bytes(exchange->body, exchange->body_kept));
    for (size_t i = 0; i < exchange->code_count; i++)
        json_array_append_new(codes, json_string(exchange->codes[i]));
    json_object_set_new(object, "codes", codes);
}

static void save_shell(const struct web_exchange *exchange, json_t *object)
{
    if (exchange->shell != WEB_SHELL_NONE)
        json_put_text(object, "shell", web_shell_word(exchange->shell));
    if (exchange->wsman)
        json_object_set_new(object, "wsman", wsman_reply_to_json(exchange->wsman));
}

static void save_time(json_t *object, const char *name, int64_t microseconds)
{
    if (microseconds >= 0)
        json_put_microseconds(object, name, microseconds);
}

static void save_chain(const struct web_exchange *exchange, json_t *object)
{
    if (exchange->chain_count == 0)
        return;
    json_object_set_new(object, "chain",
                        certificates_to_json(exchange->chain, exchange->chain_count));
    json_object_set_new(object, "verify_code", json_integer(exchange->verify_code));
    if (exchange->verify_text)
        json_put_text(object, "verify_text", exchange->verify_text);
}

static void save(const struct evidence *item, json_t *object)
{
    const struct web_exchange *exchange = of(item);

    save_question(exchange, object);
    json_put_text(object, "step", web_step_word(exchange->step));
    json_put_text(object, "scheme", web_scheme_word(exchange->scheme));
    if (exchange->caller)
        json_put_text(object, "caller", exchange->caller);
    if (exchange->error_code)
        json_object_set_new(object, "error_code", json_integer(exchange->error_code));
    if (exchange->server_time)
        json_object_set_new(object, "server_time_us", json_integer(exchange->server_time));
    save_time(object, "connected_ms", exchange->connected);
    save_time(object, "secured_ms", exchange->secured);
    save_time(object, "answered_ms", exchange->answered);
    save_time(object, "ended_ms", exchange->ended);
    save_chain(exchange, object);
    if (exchange->code == 0)
        return;
    json_put_number(object, "code", exchange->code);
    if (exchange->phrase)
        json_object_set_new(object, "phrase",
                            json_from_bytes(exchange->phrase, strlen(exchange->phrase)));
    save_fields(exchange, object);
    save_challenges(exchange, object);
    save_body(exchange, object);
    save_shell(exchange, object);
}

/* ---- loading ---- */

/* Of a table of words; `count` for one that is not there. */
static unsigned find_word(const char *const *words, unsigned count, const char *word)
{
    unsigned i = 0;

    while (word && i < count && strcmp(words[i], word) != 0)
        i++;
    return word ? i : count;
}

static enum web_scheme scheme_from_word(const char *word)
{
    unsigned i = 0;

    while (word && i < WEB_SCHEME_COUNT && strcmp(schemes[i].word, word) != 0)
        i++;
    return word ? (enum web_scheme)i : WEB_SCHEME_COUNT;
}

static int64_t get_integer(const json_t *object, const char *name, int64_t least, int64_t most)
{
    int64_t number = json_integer_value(json_object_get(object, name));

    return number >= least && number <= most ? number : 0;
}

static int64_t get_time(const json_t *object, const char *name)
{
    int64_t time = json_object_get(object, name) ? json_get_microseconds(object, name) : -1;

    return time <= duration_most ? time : -1;
}

static enum status load_question(struct web_exchange *exchange, const json_t *object,
                                 struct arena *arena)
{
    const char *address = json_get_text(object, "address"), *kdc = json_get_text(object, "kdc");
    unsigned request =
        find_word(request_words, WEB_REQUEST_COUNT, json_get_text(object, "request"));

    exchange->host = json_copy_text(object, "host", arena);
    exchange->path = json_copy_text(object, "path", arena);
    exchange->realm = json_copy_text(object, "realm", arena);
    exchange->over_tls = json_get_bool(object, "over_tls");
    exchange->as_somebody = json_get_bool(object, "as_somebody");
    if (!address || !exchange->path || !json_get_text(object, "request"))
        return STATUS_MALFORMED;
    if (request == WEB_REQUEST_COUNT)
        return STATUS_NOT_SUPPORTED; /* of a newer version */
    exchange->request = (enum web_request)request;
    if (kdc && net_address_parse(kdc, 0, &exchange->kdc) != STATUS_OK)
        return STATUS_MALFORMED;
    if (net_address_parse(address, 0, &exchange->address) != STATUS_OK)
        return STATUS_MALFORMED;
    return exchange->address.port != 0 ? STATUS_OK : STATUS_MALFORMED;
}

static const char *known_field(const char *name)
{
    for (const char *const *field = web_fields; name && *field; field++) {
        if (strcmp(*field, name) == 0)
            return *field;
    }
    return NULL;
}

static void load_fields(struct web_exchange *exchange, const json_t *list, struct arena *arena)
{
    size_t count = json_array_size(list);

    exchange->fields = arena_new(arena, WEB_FIELDS_MOST, sizeof *exchange->fields);
    for (size_t i = 0; i < count && exchange->field_count < WEB_FIELDS_MOST; i++) {
        const json_t *row = json_array_get(list, i);
        struct web_field field = {.name = known_field(json_get_text(row, "name")),
                                  .value = json_copy_text(row, "value", arena)};

        if (field.name && field.value)
            exchange->fields[exchange->field_count++] = field;
    }
}

static void load_challenges(struct web_exchange *exchange, const json_t *list, struct arena *arena)
{
    const unsigned tokens = sizeof token_words / sizeof *token_words;
    size_t count = json_array_size(list);

    exchange->challenges = arena_new(arena, WEB_CHALLENGES_MOST, sizeof *exchange->challenges);
    for (size_t i = 0; i < count && exchange->challenge_count < WEB_CHALLENGES_MOST; i++) {
        const json_t *row = json_array_get(list, i);
        unsigned token = find_word(token_words, tokens, json_get_text(row, "token"));
        struct web_challenge challenge = {
            .scheme = json_copy_text(row, "scheme", arena),
            .token = token < tokens ? (enum web_token)token : WEB_NO_TOKEN,
            .error_code = (int32_t)get_integer(row, "error_code", INT32_MIN, INT32_MAX),
            .server_time = get_integer(row, "server_time_us", 0, instant_most)};

        if (challenge.scheme)
            exchange->challenges[exchange->challenge_count++] = challenge;
    }
}

static void load_codes(struct web_exchange *exchange, const json_t *list, struct arena *arena)
{
    size_t count = json_array_size(list);

    exchange->codes = arena_new(arena, WEB_CODES_MOST, sizeof *exchange->codes);
    for (size_t i = 0; i < count && exchange->code_count < WEB_CODES_MOST; i++) {
        const char *code = json_string_value(json_array_get(list, i));

        if (code)
            exchange->codes[exchange->code_count++] = arena_copy_string(arena, code);
    }
}

static void load_body(struct web_exchange *exchange, const json_t *object, struct arena *arena)
{
    const char *word = json_get_text(object, "body_status");

    exchange->body_status = word ? status_from_token(word) : STATUS_OK;
    if (exchange->body_status == STATUS_COUNT)
        exchange->body_status = STATUS_MALFORMED;
    exchange->body_size = json_get_number(object, "body_size", WEB_BODY_READ_MOST, 0);
    if (!json_to_bytes(json_object_get(object, "body"), arena, &exchange->body,
                       &exchange->body_kept) ||
        exchange->body_kept > WEB_BODY_MOST) {
        exchange->body = NULL;
        exchange->body_kept = 0;
    }
    load_codes(exchange, json_object_get(object, "codes"), arena);
}

static void load_shell(struct web_exchange *exchange, const json_t *object, struct arena *arena)
{
    unsigned shell = find_word(shell_words, WEB_SHELL_COUNT, json_get_text(object, "shell"));

    exchange->shell = shell < WEB_SHELL_COUNT ? (enum web_shell)shell : WEB_SHELL_NONE;
    exchange->wsman = wsman_reply_from_json(json_object_get(object, "wsman"), arena);
}

static void load_chain(struct web_exchange *exchange, const json_t *object, struct arena *arena)
{
    exchange->chain =
        certificates_from_json(json_object_get(object, "chain"), arena, &exchange->chain_count);
    exchange->verify_code = (long)get_integer(object, "verify_code", INT32_MIN, INT32_MAX);
    exchange->verify_text = json_copy_text(object, "verify_text", arena);
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct web_exchange *exchange = (struct web_exchange *)item;
    struct arena *arena = &item->memory;
    enum status status = load_question(exchange, object, arena);
    unsigned step = find_word(step_words, WEB_STEP_COUNT, json_get_text(object, "step"));

    if (status != STATUS_OK)
        return status;
    exchange->scheme = scheme_from_word(json_get_text(object, "scheme"));
    if (step == WEB_STEP_COUNT || exchange->scheme == WEB_SCHEME_COUNT)
        return STATUS_MALFORMED;
    exchange->step = (enum web_step)step;
    exchange->caller = json_copy_text(object, "caller", arena);
    exchange->error_code = (int32_t)get_integer(object, "error_code", INT32_MIN, INT32_MAX);
    exchange->server_time = get_integer(object, "server_time_us", 0, instant_most);
    exchange->connected = get_time(object, "connected_ms");
    exchange->secured = get_time(object, "secured_ms");
    exchange->answered = get_time(object, "answered_ms");
    exchange->ended = get_time(object, "ended_ms");
    load_chain(exchange, object, arena);
    exchange->code = (unsigned)get_integer(object, "code", CODE_LEAST, CODE_MOST);
    if (item->status == STATUS_OK && exchange->code == 0)
        item->status = STATUS_MALFORMED;
    exchange->phrase = json_copy_text(object, "phrase", arena);
    load_fields(exchange, json_object_get(object, "fields"), arena);
    load_challenges(exchange, json_object_get(object, "challenges"), arena);
    load_body(exchange, object, arena);
    load_shell(exchange, object, arena);
    return STATUS_OK;
}

const struct evidence_kind evidence_web = {
    .name = "web",
    .size = sizeof(struct web_exchange),
    .write_key = write_key,
    .copy_question = copy_question,
    .is_answer_to = is_answer_to,
    .lifetime = lifetime,
    .describe = describe,
    .save = save,
    .load = load,
    .redact = web_redact,
};
