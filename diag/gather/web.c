#include "diag/gather/web.h"

#include "diag/gather/tls.h"
#include "diag/gather/web_challenge.h"
#include "diag/platform.h"
#include "diag/read/http_head.h"
#include "diag/read/wsman_request.h"
#include "diag/text.h"
#include "diag/xml_library.h"

#include <stdio.h>
#include <string.h>

enum {
    SLACK = 30000000, /* microseconds: a Kerberos library that looks for a KDC by itself */
    ID_SIZE = 37,
    TO_SIZE = 2048
};

/* ---- what is asked ---- */

static const char content_type[] = "Content-Type: " WSMAN_CONTENT_TYPE;

/* A UUID of version 4 (RFC 9562 5.4). */
static enum status make_id(char id[ID_SIZE])
{
    unsigned char bytes[16];
    enum status status = platform_random(bytes, sizeof bytes);
    size_t size = 0;

    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    for (size_t i = 0; i < sizeof bytes; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            id[size++] = '-';
        snprintf(id + size, ID_SIZE - size, "%02x", (unsigned)bytes[i]);
        size += 2;
    }
    return status;
}

/* The content of a request, and of the one by which a shell of this ShellId is deleted. */
static enum status write_content(const struct web_exchange *exchange, const char *shell,
                                 struct buffer *out)
{
    char address[NET_ADDRESS_TEXT_SIZE], id[ID_SIZE], to[TO_SIZE];
    const struct wsman_message message = {.to = to, .id = id};
    enum status status;

    if (exchange->request == WEB_IDENTIFY)
        wsman_write_identify(out);
    if (exchange->request != WEB_SHELL)
        return STATUS_OK;
    status = make_id(id);
    if (exchange->host)
        snprintf(address, sizeof address, ":%u", (unsigned)exchange->address.port);
    else
        net_address_format(&exchange->address, 0, address);
    snprintf(to, sizeof to, "%s://%s%s%s", exchange->over_tls ? "https" : "http",
             exchange->host ? exchange->host : "", address, exchange->path);
    if (shell)
        wsman_write_delete(&message, shell, out);
    else
        wsman_write_create(&message, out);
    return status;
}

static struct http_request request_of(const struct web_exchange *exchange,
                                      const struct buffer *content)
{
    static const char *const fields[] = {content_type, NULL};
    static const char *const unauthenticated[] = {content_type, "WSMANIDENTIFY: unauthenticated",
                                                  NULL};
    bool is_nobodys = exchange->request == WEB_IDENTIFY && !exchange->as_somebody;

    if (exchange->request == WEB_GET)
        return (struct http_request){.method = "GET", .path = exchange->path};
    return (struct http_request){.method = "POST",
                                 .path = exchange->path,
                                 .fields = is_nobodys ? unauthenticated : fields,
                                 .body = content->text,
                                 .body_size = content->size};
}

/* Why WinRM would answer 500 to it, web.h says. */
static bool is_to_be_sealed(const struct web_exchange *exchange)
{
    return exchange->as_somebody && !exchange->over_tls &&
           (exchange->request == WEB_IDENTIFY || exchange->request == WEB_SHELL);
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

/* Of a page, which most answers to GET are, no reader of XML needs to be loaded. */
static bool may_be_wsman(const struct web_exchange *exchange)
{
    const char *type = web_field_of(exchange, "Content-Type");

    return exchange->request != WEB_GET ||
           (type && text_starts_fold(type, strlen(type), "application/soap+xml"));
}

static void read_reply(struct web_exchange *exchange, const struct buffer *body)
{
    struct arena *arena = &exchange->evidence.memory;
    struct xml_library library;
    struct wsman_reply reply, *kept;
    const char *reason;

    if (body->size == 0 || !may_be_wsman(exchange) ||
        xml_library_load(&library, &reason) != STATUS_OK ||
        wsman_read_reply(&library, body->text, body->size, arena, &reply) != STATUS_OK)
        return;
    kept = arena_new(arena, 1, sizeof *kept);
    *kept = reply;
    exchange->wsman = kept;
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

/* Asks with this content; the body of the answer is put into `body`. */
static void ask(struct web_exchange *exchange, struct http_session *session, int64_t deadline,
                const struct buffer *content, struct buffer *body, struct http_response *response)
{
    struct http_request request = request_of(exchange, content);

    request.body_most = WEB_BODY_READ_MOST;
    request.take = take_body;
    request.context = body;
    request.deadline = deadline;
    request.memory = &exchange->evidence.memory;
    (void)http_session_ask(session, &request, response);
}

/*
 * A shell that should not have been made is deleted, in the time that its Create might have
 * taken.
 */
static void delete_shell(struct web_exchange *exchange, struct http_session *session,
                         int64_t timeout)
{
    struct http_response response;
    struct buffer content, body;

    exchange->shell = WEB_SHELL_LEFT;
    if (!exchange->wsman->shell)
        return;
    buffer_init(&content, WSMAN_REQUEST_MOST);
    buffer_init(&body, WEB_BODY_READ_MOST);
    if (write_content(exchange, exchange->wsman->shell, &content) == STATUS_OK) {
        ask(exchange, session, platform_monotonic_clock() + timeout, &content, &body, &response);
        if (response.status == STATUS_OK && response.code == 200)
            exchange->shell = WEB_SHELL_DELETED;
        http_response_release(&response);
    }
    buffer_release(&body);
    buffer_release(&content);
}

static void converse(struct web_exchange *exchange, struct http_session *session, int64_t timeout)
{
    struct http_response response;
    struct buffer content, body;

    buffer_init(&content, WSMAN_REQUEST_MOST);
    buffer_init(&body, WEB_BODY_READ_MOST);
    (void)write_content(exchange, NULL, &content);
    ask(exchange, session, platform_monotonic_clock() + timeout, &content, &body, &response);
    if (response.status == STATUS_OK) {
        read_head(exchange, &response.head);
        exchange->body_status = response.body_status;
        exchange->body_size = response.body_size;
        read_codes(exchange, &body);
        read_reply(exchange, &body);
        keep_body(exchange, &body);
    }
    note_response(exchange, &response);
    if (exchange->request == WEB_SHELL && exchange->wsman &&
        exchange->wsman->kind == WSMAN_REPLY_SHELL)
        delete_shell(exchange, session, timeout);
    http_response_release(&response);
    buffer_release(&body);
    buffer_release(&content);
}

static enum status ask_server(struct web_exchange *exchange, const struct gather_options *options,
                              struct http_library *library, struct http_access *access)
{
    const struct http_target target = {.address = exchange->address,
                                       .over_tls = exchange->over_tls,
                                       .host = exchange->host,
                                       .kdc = exchange->kdc.port ? &exchange->kdc : NULL,
                                       .realm = exchange->realm};
    struct http_session *session;
    const char *reason;
    enum status status =
        http_session_new(library, access, &target, exchange->scheme, &session, &reason);

    if (status != STATUS_OK) {
        exchange->evidence.reason = reason;
        return status;
    }
    converse(exchange, session, (int64_t)options->timeout * 1000);
    http_session_free(session);
    return exchange->evidence.status;
}

void gather_web(struct evidence *item, const struct gather_options *options,
                struct http_library *library, struct http_access *access)
{
    struct web_exchange *exchange = (struct web_exchange *)item;
    const char *user = http_access_user(access);

    exchange->scheme = exchange->as_somebody ? http_access_scheme(access) : WEB_ANONYMOUS;
    if (exchange->as_somebody && user)
        exchange->caller = text_printable(&item->memory, user, strlen(user));
    if (is_to_be_sealed(exchange)) {
        item->status = STATUS_NOT_SUPPORTED;
        item->reason = "WinRM takes no content without TLS or a seal";
    } else {
        item->status = ask_server(exchange, options, library, access);
    }
    tls_thread_end();
    item->settled = true;
}

/* Twice: a shell may have to be deleted. */
int64_t gather_web_allowance(const struct gather_options *options)
{
    return (int64_t)options->timeout * 2000 + SLACK;
}
