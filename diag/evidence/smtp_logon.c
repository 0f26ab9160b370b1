#include "diag/evidence/smtp_logon.h"

#include "diag/evidence/directory_redact.h"
#include "diag/evidence/redact.h"
#include "diag/json.h"

#include <string.h>

enum { SMTP_PORT = 25, KDC_PORT = 88, LIFETIME = 600 /* seconds */ };

static const int64_t instant_most = INT64_C(253402300799999999); /* the end of the year 9999 */

static const char *const mechanisms[] = {"X-EXPS GSSAPI", "AUTH GSSAPI"};

static const struct smtp_logon *of(const struct evidence *item)
{
    return (const struct smtp_logon *)item;
}

static const char *const step_words[SMTP_LOGON_STEP_COUNT] = {
#define X(name, word) [SMTP_LOGON_##name] = word,
    SMTP_LOGON_STEP_LIST(X)
#undef X
};

const char *smtp_logon_step_word(enum smtp_logon_step step)
{
    return step_words[step];
}

/* ---- the question ---- */

static void write_key(const struct evidence *item, struct buffer *out)
{
    char text[NET_ADDRESS_TEXT_SIZE], kdc[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&of(item)->address, SMTP_PORT, text);
    net_address_format(&of(item)->kdc, KDC_PORT, kdc);
    buffer_print(out, "smtp-logon %s by %s@%s from %s", text, of(item)->spn, of(item)->realm, kdc);
}

static void describe(const struct evidence *item, struct buffer *out)
{
    char text[NET_ADDRESS_TEXT_SIZE], kdc[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&of(item)->address, SMTP_PORT, text);
    net_address_format(&of(item)->kdc, KDC_PORT, kdc);
    buffer_print(out, "logon at smtp %s with a ticket for %s@%s of %s", text, of(item)->spn,
                 of(item)->realm, kdc);
}

static void copy_question(struct evidence *item, const struct evidence *question)
{
    struct smtp_logon *logon = (struct smtp_logon *)item;

    logon->address = of(question)->address;
    logon->kdc = of(question)->kdc;
    logon->realm = arena_copy_string(&item->memory, of(question)->realm);
    logon->spn = arena_copy_string(&item->memory, of(question)->spn);
}

static bool is_answer_to(const struct evidence *item, const struct evidence *question)
{
    return net_address_equal(&of(item)->address, &of(question)->address) &&
           net_address_equal(&of(item)->kdc, &of(question)->kdc) &&
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
    const struct smtp_logon *logon = of(item);
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&logon->address, 0, text);
    json_put_text(object, "address", text);
    net_address_format(&logon->kdc, 0, text);
    json_put_text(object, "kdc", text);
    json_put_text(object, "realm", logon->realm);
    json_put_text(object, "spn", logon->spn);
    json_put_text(object, "step", smtp_logon_step_word(logon->step));
    if (logon->caller)
        json_put_text(object, "caller", logon->caller);
    if (logon->error_code)
        json_object_set_new(object, "error_code", json_integer(logon->error_code));
    if (logon->server_time)
        json_object_set_new(object, "server_time_us", json_integer(logon->server_time));
    if (logon->mechanism)
        json_put_text(object, "mechanism", logon->mechanism);
    if (logon->over_tls)
        json_put_bool(object, "over_tls", true);
    if (logon->over_anonymous_tls)
        json_put_bool(object, "over_anonymous_tls", true);
    if (logon->code)
        json_put_number(object, "code", logon->code);
    if (logon->enhanced)
        json_put_text(object, "enhanced", logon->enhanced);
}

static int64_t get_integer(const json_t *object, const char *name, int64_t least, int64_t most)
{
    int64_t number = json_integer_value(json_object_get(object, name));

    return number >= least && number <= most ? number : 0;
}

static bool load_question(struct smtp_logon *logon, const json_t *object, struct arena *arena)
{
    const char *address = json_get_text(object, "address"), *kdc = json_get_text(object, "kdc");

    logon->realm = json_copy_text(object, "realm", arena);
    logon->spn = json_copy_text(object, "spn", arena);
    return address && kdc && logon->realm && logon->spn &&
           net_address_parse(address, 0, &logon->address) == STATUS_OK &&
           net_address_parse(kdc, 0, &logon->kdc) == STATUS_OK && logon->address.port != 0 &&
           logon->kdc.port != 0;
}

static const char *mechanism_from_word(const char *word)
{
    for (size_t i = 0; word && i < sizeof mechanisms / sizeof *mechanisms; i++) {
        if (strcmp(mechanisms[i], word) == 0)
            return mechanisms[i];
    }
    return NULL;
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct smtp_logon *logon = (struct smtp_logon *)item;
    const char *step = json_get_text(object, "step");
    unsigned known = 0;

    if (!load_question(logon, object, &item->memory) || !step)
        return STATUS_MALFORMED;
    while (known < SMTP_LOGON_STEP_COUNT && strcmp(step_words[known], step) != 0)
        known++;
    if (known == SMTP_LOGON_STEP_COUNT)
        return STATUS_MALFORMED;
    logon->step = (enum smtp_logon_step)known;
    logon->caller = json_copy_text(object, "caller", &item->memory);
    logon->error_code = (int32_t)get_integer(object, "error_code", INT32_MIN, INT32_MAX);
    logon->server_time = get_integer(object, "server_time_us", 0, instant_most);
    logon->mechanism = mechanism_from_word(json_get_text(object, "mechanism"));
    logon->over_tls = json_get_bool(object, "over_tls");
    logon->over_anonymous_tls = json_get_bool(object, "over_anonymous_tls");
    logon->code = (unsigned)get_integer(object, "code", 200, 599);
    logon->enhanced = json_copy_text(object, "enhanced", &item->memory);
    return STATUS_OK;
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct smtp_logon *logon = (struct smtp_logon *)item;
    struct arena *arena = &item->memory;

    redact_ip(redactor, &logon->address.ip);
    redact_ip(redactor, &logon->kdc.ip);
    logon->realm = redact_name_copy(redactor, logon->realm, arena);
    logon->spn = redact_spn(redactor, logon->spn, arena);
    if (logon->caller)
        logon->caller = redact_account(redactor, logon->caller, arena);
    item->reason = NULL; /* the library's, with principals in it */
}

const struct evidence_kind evidence_smtp_logon = {
    .name = "smtp-logon",
    .size = sizeof(struct smtp_logon),
    .write_key = write_key,
    .copy_question = copy_question,
    .is_answer_to = is_answer_to,
    .lifetime = lifetime,
    .describe = describe,
    .save = save,
    .load = load,
    .redact = redact,
};
