#include "diag/gather/web.h"

#include "diag/gather/tls.h"
#include "diag/gather/web_challenge.h"
#include "diag/platform.h"
#include "diag/read/http_head.h"
#include "diag/text.h"

#include <string.h>

enum { SLACK = 30000000 /* microseconds: a Kerberos library that looks for a KDC by itself */ };

/* ---- what is asked ---- */

/* WS-Management's Identify (DSP0226 11): says what answers, before any logon. */
static const char identify[] =
    "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "
    "xmlns:i=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\">"
    "<s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>";

static const char *const identify_fields[] = {"Content-Type: application/soap+xml;charset=UTF-8",
                                              "WSMANIDENTIFY: unauthenticated", NULL};
static const char *const identify_fields_as_somebody[] = {
    "Content-Type: application/soap+xml;charset=UTF-8", NULL};

static struct http_request request_of(const struct web_exchange *exchange)
{
    if (exchange->request == WEB_IDENTIFY)
        return (struct http_request){.method = "POST",
                                     .path = exchange->path,
                                     .fields = exchange->as_somebody ? identify_fields_as_somebody
                                                                     : identify_fields,
                                     .body = identify,
                                     .body_size = sizeof identify - 1};
    return (struct http_request){.method = "GET", .path = exchange->path};
}

/* ---- fields ---- */

/* A line of the head, its field one of those that are kept. */
static void take_field(struct web_exchange *exchange, const char *name, struct http_text value)
{
    size_t size = value.size < WEB_VALUE_MOST ? value.size : WEB_VALUE_MOST;

    exchange->fields[exchange->field_count++] = (struct web_field){
        .name = name, .value = text_printable(&exchange->evidence.memory, value.bytes, size)};
}

static void read_fields(struct web_exchange *exchange, const struct buffer *head)
{
    exchange->fields =
        arena_new(&exchange->evidence.memory, WEB_FIELDS_MOST, sizeof *exchange->fields);
    for (const char *const *name = web_fields; *name; name++) {
        struct http_text value;
        size_t at = 0;

        while (exchange->field_count < WEB_FIELDS_MOST &&
               http_head_next(head->text, head->size, *name, &at, &value))
            take_field(exchange, *name, value);
    }
}

static void read_head(struct web_exchange *exchange, const struct buffer *head)
{
    struct http_text phrase;

    http_head_code(head->text, head->size, &exchange->code, &phrase);
    exchange->phrase = text_printable(&exchange->evidence.memory, phrase.bytes,
                                      phrase.size < WEB_VALUE_MOST ? phrase.size : WEB_VALUE_MOST);
    read_fields(exchange, head);
    exchange->challenge_count =
        web_challenges_read(head, &exchange->evidence.memory, &exchange->challenges);
}

/* ---- the body ---- */

static bool take_body(void *context, const void *bytes, size_t size)
{
    buffer_add(context, bytes, size);
    return true;
}

static bool is_known(const struct web_exchange *exchange, struct http_text code)
{
    for (size_t i = 0; i < exchange->code_count; i++) {
        if (strlen(exchange->codes[i]) == code.size &&
            memcmp(exchange->codes[i], code.bytes, code.size) == 0)
            return true;
    }
    return false;
}

static void read_codes(struct web_exchange *exchange, const struct buffer *body)
{
    struct arena *arena = &exchange->evidence.memory;
    struct http_text code;
    size_t at = 0;

    exchange->codes = arena_new(arena, WEB_CODES_MOST, sizeof *exchange->codes);
    while (exchange->code_count < WEB_CODES_MOST &&
           http_next_code(body->text, body->size, &at, &code)) {
        if (!is_known(exchange, code))
            exchange->codes[exchange->code_count++] = arena_copy(arena, code.bytes, code.size);
    }
}

static void keep_body(struct web_exchange *exchange, const struct buffer *body)
{
    if (body->size == 0)
        return;
    exchange->body_kept = body->size < WEB_BODY_MOST ? body->size : WEB_BODY_MOST;
    exchange->body = arena_copy(&exchange->evidence.memory, body->text, exchange->body_kept);
}

/* ---- one exchange ---- */

static void note_response(struct web_exchange *exchange, const struct http_response *response)
{
    exchange->evidence.status = response->status;
    exchange->evidence.reason = response->reason;
    exchange->step = response->step;
    exchange->error_code = response->error_code;
    exchange->server_time = response->server_time;
    exchange->connected = response->connected;
    exchange->secured = response->secured;
    exchange->answered = response->answered;
    exchange->ended = response->ended;
    exchange->chain = response->chain;
    exchange->chain_count = response->chain_count;
    exchange->verify_code = response->verify_code;
    exchange->verify_text = response->verify_text;
    if (response->caller)
        exchange->caller = response->caller;
}

static void ask(struct web_exchange *exchange, struct http_session *session, int64_t deadline)
{
    struct http_request request = request_of(exchange);
    struct http_response response;
    struct buffer body;

    buffer_init(&body, WEB_BODY_READ_MOST);
    request.body_most = WEB_BODY_READ_MOST;
    request.take = take_body;
    request.context = &body;
    request.deadline = deadline;
    request.memory = &exchange->evidence.memory;
    if (http_session_ask(session, &request, &response) == STATUS_OK) {
        read_head(exchange, &response.head);
        exchange->body_status = response.body_status;
        exchange->body_size = response.body_size;
        read_codes(exchange, &body);
        keep_body(exchange, &body);
    }
    note_response(exchange, &response);
    http_response_release(&response);
    buffer_release(&body);
}

void gather_web(struct evidence *item, const struct gather_options *options,
                struct http_library *library, struct http_access *access)
{
    struct web_exchange *exchange = (struct web_exchange *)item;
    const struct http_target target = {.address = exchange->address,
                                       .over_tls = exchange->over_tls,
                                       .host = exchange->host,
                                       .kdc = exchange->kdc.port ? &exchange->kdc : NULL,
                                       .realm = exchange->realm};
    int64_t deadline = platform_monotonic_clock() + (int64_t)options->timeout * 1000;
    struct http_session *session;
    const char *user = http_access_user(access), *reason;

    exchange->scheme = exchange->as_somebody ? http_access_scheme(access) : WEB_ANONYMOUS;
    if (exchange->as_somebody && user)
        exchange->caller = text_printable(&item->memory, user, strlen(user));
    item->status = http_session_new(library, access, &target, exchange->scheme, &session, &reason);
    if (item->status == STATUS_OK)
        ask(exchange, session, deadline);
    else
        item->reason = reason;
    http_session_free(session);
    tls_thread_end();
    item->settled = true;
}

int64_t gather_web_allowance(const struct gather_options *options)
{
    return (int64_t)options->timeout * 1000 + SLACK;
}
