#include "diag/evidence/web_redact.h"

#include "diag/evidence/directory_redact.h"
#include "diag/evidence/wsman_reply_file.h"
#include "diag/read/build_number.h"
#include "diag/text.h"

#include <string.h>

/* ---- values of fields ---- */

/* Made of these characters and no others, or nothing of it. */
static const char *keep_if_made_of(const char *value, const char *characters)
{
    return strspn(value, characters) == strlen(value) ? value : "";
}

static const char *keep_version(const struct redactor *redactor, const char *value,
                                struct arena *arena)
{
    (void)redactor;
    (void)arena;
    return keep_if_made_of(value, "0123456789.");
}

static const char *keep_plain(const struct redactor *redactor, const char *value,
                              struct arena *arena)
{
    (void)redactor;
    (void)arena;
    return value;
}

static const char *keep_name(const struct redactor *redactor, const char *value,
                             struct arena *arena)
{
    return redact_name_copy(redactor, value, arena);
}

/* "Microsoft-IIS/10.0": of what is no web server that everybody knows, nothing. */
static const char *keep_product(const struct redactor *redactor, const char *value,
                                struct arena *arena)
{
    static const char *const products[] = {"Microsoft-IIS/", "Microsoft-HTTPAPI/", "Apache",
                                           "nginx", "ASP.NET"};

    (void)redactor;
    (void)arena;
    for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
        if (text_starts_fold(value, strlen(value), products[i]) && !strpbrk(value, " \t"))
            return value;
    }
    return "";
}

/* "https://mail.contoso.com/owa/auth/logon.aspx?url=...": not what is behind the question mark. */
static const char *keep_location(const struct redactor *redactor, const char *value,
                                 struct arena *arena)
{
    size_t size = strcspn(value, "?#");
    const char *text = arena_copy(arena, value, size), *host = strstr(text, "://");
    struct buffer out;
    size_t host_size;

    if (!host)
        return *text == '/' ? text : "";
    host += 3;
    host_size = strcspn(host, ":/");
    buffer_init(&out, WEB_VALUE_MOST);
    buffer_add(&out, text, (size_t)(host - text));
    redact_name(redactor, arena_copy(arena, host, host_size), &out);
    buffer_add_string(&out, host + host_size);
    return buffer_keep(&out, arena);
}

static const struct {
    const char *name;
    const char *(*keep)(const struct redactor *redactor, const char *value, struct arena *arena);
} keepers[] = {
    {"Server", keep_product},
    {"X-Powered-By", keep_product},
    {"X-FEServer", keep_name},
    {"X-BEServer", keep_name},
    {"X-CalculatedBETarget", keep_name},
    {"X-CalculatedFETarget", keep_name},
    {"X-DiagInfo", keep_name},
    {"X-OWA-Version", keep_version},
    {"X-AspNet-Version", keep_version},
    {"Content-Type", keep_plain},
    {"Content-Length", keep_version},
    {"Content-Encoding", keep_plain},
    {"Retry-After", keep_plain},
    {"Date", keep_plain},
    {"Allow", keep_plain},
    {"Connection", keep_plain},
    {"Location", keep_location},
};

/* Of a field that is not in the table, nothing. */
static void redact_field(struct web_field *field, const struct redactor *redactor,
                         struct arena *arena)
{
    for (size_t i = 0; i < sizeof keepers / sizeof *keepers; i++) {
        if (strcmp(keepers[i].name, field->name) == 0) {
            field->value = keepers[i].keep(redactor, field->value, arena);
            return;
        }
    }
    field->value = "";
}

/* ---- the body ---- */

/* Nothing of it but the build of Exchange that it names, in a text that is read as that again. */
static void redact_body(struct web_exchange *exchange, struct arena *arena)
{
    const char *body = exchange->body;
    size_t size = exchange->body_kept;
    char build[BUILD_NUMBER_TEXT_SIZE];
    struct build_number number;

    exchange->body = NULL;
    if (body && build_number_parse_page(body, size, &number) == STATUS_OK) {
        build_number_format(&number, build);
        exchange->body = arena_print(arena, "/owa/%s/", build);
    } else if (body && build_number_parse_manifest(body, size, &number) == STATUS_OK) {
        build_number_format(&number, build);
        exchange->body = arena_print(arena, "<assemblyIdentity version=\"%s\"/>", build);
    }
    exchange->body_kept = exchange->body ? strlen(exchange->body) : 0;
}

/* ---- the whole ---- */

void web_redact(struct evidence *item, const struct redactor *redactor)
{
    struct web_exchange *exchange = (struct web_exchange *)item;
    struct arena *arena = &item->memory;

    redact_ip(redactor, &exchange->address.ip);
    if (exchange->kdc.port)
        redact_ip(redactor, &exchange->kdc.ip);
    exchange->host = redact_name_copy(redactor, exchange->host, arena);
    exchange->realm = redact_name_copy(redactor, exchange->realm, arena);
    if (exchange->caller)
        exchange->caller = redact_account(redactor, exchange->caller, arena);
    for (size_t i = 0; i < exchange->field_count; i++)
        redact_field(&exchange->fields[i], redactor, arena);
    certificates_redact(exchange->chain, exchange->chain_count, redactor, arena);
    exchange->phrase = NULL;
    redact_body(exchange, arena); /* its codes stay */
    if (exchange->wsman)
        exchange->wsman = wsman_reply_redact(exchange->wsman, redactor, arena);
    item->reason = NULL; /* the library's, with names in it */
}
