#include "diag/gather/http_session.h"

#include "diag/gather/certificate.h"
#include "diag/gather/http_chain.h"
#include "diag/gather/http_echo.h"
#include "diag/gather/http_library.h"
#include "diag/platform.h"
#include "diag/platform_kerberos.h"
#include "diag/read/base64.h"
#include "diag/read/http_head.h"
#include "diag/read/spnego.h"
#include "diag/text.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

enum {
    NAME_MOST = 1024,
    TOKEN_MOST = 65536,
    LINE_MOST = 4 * TOKEN_MOST,
    HEADS_MOST = 16, /* of a request, those before the last included */
    MILLISECOND = 1000,
    LIBCURL_TOO_LARGE = 100,
    WSA_NET_UNREACHABLE = 10051, /* as Windows has ENETUNREACH and EHOSTUNREACH */
    WSA_HOST_UNREACHABLE = 10065
};

struct http_session {
    const struct http_functions *curl;
    CURL *handle;
    struct http_access *access;
    struct http_target target;
    enum web_scheme scheme;
    struct curl_slist *connect_to;
    struct buffer spn;
    struct kerberos_client *client; /* once there was a ticket */
    struct buffer caller;
    struct http_chain chain; /* that was seen last */
};

/* One request on its way. */
struct transfer {
    struct http_session *session;
    const struct http_request *request;
    struct http_response *response;
    struct curl_slist *fields;
    int64_t deadline;
    int64_t moved;        /* when something of the answer came last */
    struct buffer secret; /* the line that shows who one is; or empty */
    struct http_echo echo;
    struct buffer piece; /* of the body, without secrets */
    struct buffer why;
    int64_t began;
    size_t heads;
    bool is_head_whole;
    bool had_enough;   /* of the body */
    bool is_refused;   /* the body, by whom the request is */
    bool has_answered; /* NTLM's challenge, as far as can be told: with what the password makes */
    char error[CURL_ERROR_SIZE];
};

/* ---- sessions ---- */

/* Nothing that would mean something else in a URL. */
static bool is_host(const char *host)
{
    if (!host || !*host || strlen(host) > NAME_MOST)
        return false;
    for (; *host; host++) {
        if (!text_is_letter(*host) && !text_is_digit(*host) && !strchr("-._", *host))
            return false;
    }
    return true;
}

static const char *why_not(const struct http_access *access, const struct http_target *target,
                           enum web_scheme scheme)
{
    if (target->host && !is_host(target->host))
        return "its name is none";
    if (scheme != WEB_ANONYMOUS && !target->host)
        return "a logon takes the name of the server";
    return http_access_may(access, scheme, target->host, target->over_tls);
}

static bool is_ascii(const char *text)
{
    while (text && *text && (unsigned char)*text < 0x80)
        text++;
    return !text || !*text;
}

/*
 * libcurl's own NTLM makes two characters of each that UTF-8 has two bytes for: a wrong password,
 * which counts towards locking the account. Windows' NTLM knows better.
 */
static bool can_say_by_ntlm(const struct http_functions *curl, const struct http_access *access)
{
    const curl_version_info_data *version = curl->version_info(CURLVERSION_NOW);

    return (version->features & CURL_VERSION_SSPI) != 0 ||
           (is_ascii(http_access_user(access)) && is_ascii(http_access_password(access)));
}

enum status http_session_new(struct http_library *library, struct http_access *access,
                             const struct http_target *target, enum web_scheme scheme,
                             struct http_session **out, const char **reason)
{
    struct http_session *session;
    const struct http_functions *curl;

    *out = NULL;
    *reason = why_not(access, target, scheme);
    if (*reason)
        return STATUS_DENIED;
    curl = http_library_functions(library);
    if (!curl) {
        *reason = "libcurl is not on this machine";
        return STATUS_NOT_SUPPORTED;
    }
    if (scheme == WEB_NTLM && !can_say_by_ntlm(curl, access)) {
        *reason = "libcurl's NTLM takes names and passwords of ASCII alone";
        return STATUS_NOT_SUPPORTED;
    }
    session = memory_new(1, sizeof *session);
    session->curl = curl;
    session->access = access;
    session->target = *target;
    session->scheme = scheme;
    session->handle = curl->easy_init();
    session->connect_to = http_connect_to(curl, &target->address);
    buffer_init(&session->spn, NAME_MOST);
    buffer_init(&session->caller, NAME_MOST);
    if (target->host)
        buffer_print(&session->spn, "HTTP/%s", target->host);
    if (session->handle) /* cookies are kept, in memory */
        curl->easy_setopt(session->handle, CURLOPT_COOKIEFILE, "");
    *out = session;
    if (session->handle && session->connect_to)
        return STATUS_OK;
    http_session_free(session);
    *out = NULL;
    return STATUS_EXHAUSTED;
}

void http_session_free(struct http_session *session)
{
    if (!session)
        return;
    if (session->handle)
        session->curl->easy_cleanup(session->handle);
    session->curl->slist_free_all(session->connect_to);
    platform_kerberos_client_free(session->client);
    http_chain_release(&session->chain);
    buffer_release(&session->spn);
    buffer_release(&session->caller);
    free(session);
}

/* ---- what comes back ---- */

static bool is_scheme(const struct http_challenge *challenge, const char *name)
{
    return text_equal_fold_sized(challenge->scheme.bytes, challenge->scheme.size, name,
                                 strlen(name));
}

/* A 401 that asks for NTLM and has no challenge of it: to that goes what holds no password. */
static bool only_begins_ntlm(const struct buffer *head)
{
    struct http_challenge challenge;
    struct http_text value;
    size_t at = 0, bare = 0;

    while (http_head_next(head->text, head->size, "WWW-Authenticate", &at, &value)) {
        size_t within = 0;

        while (http_next_challenge(value, &within, &challenge)) {
            if (!is_scheme(&challenge, "NTLM"))
                continue;
            if (challenge.token.size > 0 || challenge.parameters.size > 0)
                return false;
            bare++;
        }
    }
    return bare > 0;
}

/*
 * Whenever a 401 has another answer behind it, libcurl has replied to it. In doubt that was with
 * the password: libcurl reads more spellings of a challenge than are right.
 */
static void note_reply(struct transfer *transfer)
{
    const struct buffer *head = &transfer->response->head;
    struct http_text phrase;
    unsigned code;

    if (http_head_code(head->text, head->size, &code, &phrase) == STATUS_OK && code == 401 &&
        !only_begins_ntlm(head))
        transfer->has_answered = true;
}

static size_t take_line(char *line, size_t unit, size_t count, void *context)
{
    static const char version[] = "HTTP/";
    struct transfer *transfer = context;
    struct http_response *response = transfer->response;
    size_t size = unit * count;

    if (size >= sizeof version - 1 && memcmp(line, version, sizeof version - 1) == 0) {
        note_reply(transfer);
        buffer_clear(&response->head);
        transfer->is_head_whole = false;
        transfer->heads++;
    } else if (transfer->is_head_whole) {
        return size; /* a trailer of the body */
    }
    buffer_add(&response->head, line, size);
    if (http_ends_head(line, size)) {
        transfer->is_head_whole = true;
        transfer->moved = platform_monotonic_clock();
        response->answered = transfer->moved - transfer->began;
    }
    return response->head.truncated || transfer->heads > HEADS_MOST ? 0 : size;
}

/* Hands on what is blanked by now. */
static void give_piece(struct transfer *transfer)
{
    const struct http_request *request = transfer->request;
    struct buffer *piece = &transfer->piece;

    if (request->take && piece->size > 0 && !transfer->is_refused &&
        !request->take(request->context, piece->text, piece->size))
        transfer->is_refused = transfer->had_enough = true;
    buffer_clear(piece);
}

static size_t take_body(char *bytes, size_t unit, size_t count, void *context)
{
    struct transfer *transfer = context;
    const struct http_request *request = transfer->request;
    uint64_t size = unit * count, room = request->body_most - transfer->response->body_size;
    size_t taken = size < room ? (size_t)size : (size_t)room;

    transfer->moved = platform_monotonic_clock();
    transfer->response->body_size += taken;
    http_echo_take(&transfer->echo, bytes, taken, &transfer->piece);
    give_piece(transfer);
    if (size > room)
        transfer->had_enough = true;
    return transfer->had_enough ? 0 : (size_t)size;
}

/* Beyond the deadline there is nothing but a body that goes on. */
static bool is_late(const struct transfer *transfer)
{
    int64_t now = platform_monotonic_clock();

    return now >= transfer->deadline &&
           (!transfer->is_head_whole || now - transfer->moved >= transfer->request->stall);
}

/* libcurl asks about once a second, and whenever something comes. */
static int take_progress(void *context, curl_off_t to_come, curl_off_t came, curl_off_t to_go,
                         curl_off_t went)
{
    const struct transfer *transfer = context;
    const struct http_request *request = transfer->request;

    (void)to_come;
    (void)came;
    (void)to_go;
    (void)went;
    return (request->goes_on && !request->goes_on(request->owner)) || is_late(transfer);
}

/* ---- who one is ---- */

static enum status write_ticket(struct transfer *transfer, struct kerberos_told *told)
{
    struct http_session *session = transfer->session;
    const struct http_target *target = &session->target;
    const struct kerberos_service service = {
        .spn = session->spn.text, .realm = target->realm, .kdc = target->kdc};
    struct buffer token, negotiation;
    enum status status = STATUS_OK;

    buffer_init(&token, TOKEN_MOST);
    buffer_init(&negotiation, TOKEN_MOST);
    if (!session->client) {
        buffer_clear(&session->caller);
        status = platform_kerberos_client(&service, transfer->deadline, told, &session->client);
    }
    if (status == STATUS_OK)
        status = platform_kerberos_token(session->client, http_chain_binding(&session->chain),
                                         session->chain.binding_size, &token, told);
    if (status == STATUS_OK) {
        spnego_write_token(token.text, token.size, &negotiation);
        buffer_add_string(&transfer->secret, "Authorization: Negotiate ");
        base64_encode(negotiation.text, negotiation.size, &transfer->secret);
        status = negotiation.truncated ? STATUS_TOO_LARGE : STATUS_OK;
    }
    http_wipe(&token);
    http_wipe(&negotiation);
    return status;
}

static enum status write_negotiate(struct transfer *transfer)
{
    struct http_session *session = transfer->session;
    struct http_response *response = transfer->response;
    struct kerberos_told told = {.caller = &session->caller, .why = &transfer->why};
    enum status status;

    response->step = WEB_TICKET;
    status = write_ticket(transfer, &told);
    response->error_code = told.error_code;
    response->server_time = told.server_time;
    if (session->caller.size > 0)
        response->caller =
            text_printable(transfer->request->memory, session->caller.text, session->caller.size);
    return status;
}

static enum status write_identity(struct transfer *transfer)
{
    struct http_session *session = transfer->session;

    if (session->scheme == WEB_NEGOTIATE)
        return write_negotiate(transfer);
    if (session->scheme == WEB_BASIC || session->scheme == WEB_BEARER) {
        buffer_add_string(&transfer->secret, "Authorization: ");
        http_access_write(session->access, session->scheme, &transfer->secret);
    }
    return transfer->secret.truncated ? STATUS_TOO_LARGE : STATUS_OK;
}

/* ---- the request ---- */

static bool is_printable_line(const char *text, bool spaces)
{
    for (; *text; text++) {
        if ((unsigned char)*text < (spaces ? 0x20 : 0x21) || (unsigned char)*text > 0x7e)
            return false;
    }
    return true;
}

static bool is_request(const struct http_request *request)
{
    if (request->path[0] != '/' || strchr(request->path, '#') ||
        strlen(request->path) > HTTP_URL_MOST / 2 || !is_printable_line(request->path, false) ||
        !is_printable_line(request->method, false))
        return false;
    for (const char *const *field = request->fields; field && *field; field++) {
        if (!is_printable_line(*field, true) || !strchr(*field, ':') ||
            text_starts_fold(*field, strlen(*field), "Authorization"))
            return false;
    }
    return true;
}

static void add_field(struct transfer *transfer, const char *line)
{
    transfer->fields = transfer->session->curl->slist_append(transfer->fields, line);
}

/* libcurl's copies too are overwritten. */
static void drop_fields(struct transfer *transfer)
{
    for (struct curl_slist *field = transfer->fields; field; field = field->next)
        OPENSSL_cleanse(field->data, strlen(field->data));
    transfer->session->curl->slist_free_all(transfer->fields);
    transfer->fields = NULL;
}

/* TLS 1.0 and 1.1 sign with SHA-1, which OpenSSL does at its security level 0 alone. */
static void look_at_old_peers(const struct http_functions *curl, CURL *handle)
{
    static const char openssl[] = "OpenSSL/";
    const curl_version_info_data *version = curl->version_info(CURLVERSION_NOW);

    curl->easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_0);
    if (version->ssl_version && strncmp(version->ssl_version, openssl, sizeof openssl - 1) == 0)
        curl->easy_setopt(handle, CURLOPT_SSL_CIPHER_LIST, "DEFAULT:@SECLEVEL=0");
}

static void set_trust(const struct http_session *session, CURL *handle, bool verify)
{
    const struct http_functions *curl = session->curl;
    const char *file = http_access_ca_file(session->access),
               *text = http_access_ca_text(session->access);
    bool is_set = false;

    curl->easy_setopt(handle, CURLOPT_CERTINFO, 1L);
    curl->easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
    curl->easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
    if (session->scheme == WEB_ANONYMOUS)
        look_at_old_peers(curl, handle);
    else
        curl->easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (text || file)
        curl->easy_setopt(handle, CURLOPT_CAPATH, NULL); /* the system's has no say then */
    if (text) {
        struct curl_blob blob = {.data = (void *)text, .len = strlen(text)};

        is_set = curl->easy_setopt(handle, CURLOPT_CAINFO_BLOB, &blob) == CURLE_OK; /* borrowed */
    }
    if (file && !is_set) /* libcurl before 7.77 */
        curl->easy_setopt(handle, CURLOPT_CAINFO, file);
    else if (!text)
        curl->easy_setopt(handle, CURLOPT_SSL_OPTIONS, (long)CURLSSLOPT_NATIVE_CA);
}

static bool is_verifying(const struct http_session *session)
{
    return session->scheme == WEB_BASIC || session->scheme == WEB_BEARER ||
           (session->scheme != WEB_ANONYMOUS && !http_access_is_insecure(session->access));
}

static void set_method(struct transfer *transfer, CURL *handle)
{
    const struct http_functions *curl = transfer->session->curl;
    const struct http_request *request = transfer->request;
    bool is_post = strcmp(request->method, "POST") == 0,
         is_get = strcmp(request->method, "GET") == 0;

    curl->easy_setopt(handle, CURLOPT_HTTPGET, 1L);
    curl->easy_setopt(handle, CURLOPT_CUSTOMREQUEST, is_post || is_get ? NULL : request->method);
    if (is_post || request->body) {
        curl->easy_setopt(handle, CURLOPT_POST, 1L);
        curl->easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
        curl->easy_setopt(handle, CURLOPT_POSTFIELDS, request->body ? request->body : "");
    }
}

static void set_fields(struct transfer *transfer, CURL *handle)
{
    add_field(transfer, "Expect:"); /* the body goes at once */
    for (const char *const *field = transfer->request->fields; field && *field; field++)
        add_field(transfer, *field);
    if (transfer->secret.size > 0)
        add_field(transfer, transfer->secret.text);
    transfer->session->curl->easy_setopt(handle, CURLOPT_HTTPHEADER, transfer->fields);
}

static void set_ntlm(struct transfer *transfer, CURL *handle)
{
    const struct http_session *session = transfer->session;
    const struct http_functions *curl = session->curl;

    if (session->scheme != WEB_NTLM)
        return;
    curl->easy_setopt(handle, CURLOPT_HTTPAUTH, (long)CURLAUTH_NTLM);
    curl->easy_setopt(handle, CURLOPT_USERNAME, http_access_user(session->access));
    curl->easy_setopt(handle, CURLOPT_PASSWORD, http_access_password(session->access));
}

static int64_t allowance(const struct transfer *transfer)
{
    return transfer->deadline - platform_monotonic_clock();
}

static void set_target(struct transfer *transfer, CURL *handle, bool verify)
{
    struct http_session *session = transfer->session;
    const struct http_functions *curl = session->curl;
    const struct http_target *target = &session->target;
    struct buffer url;

    buffer_init(&url, HTTP_URL_MOST);
    http_write_url(&target->address, target->over_tls, target->host, transfer->request->path, &url);
    http_set_manners(curl, handle, allowance(transfer));
    set_trust(session, handle, verify);
    curl->easy_setopt(handle, CURLOPT_URL, url.text);
    curl->easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
    curl->easy_setopt(handle, CURLOPT_CONNECT_TO, session->connect_to);
    curl->easy_setopt(handle, CURLOPT_ERRORBUFFER, transfer->error);
    buffer_release(&url);
}

/* What libcurl is to ask while it waits: whether the run goes on, and whether the answer does. */
static void set_patience(struct transfer *transfer, CURL *handle)
{
    const struct http_functions *curl = transfer->session->curl;
    const struct http_request *request = transfer->request;
    int64_t more = request->latest - request->deadline;

    if (!request->goes_on && more <= 0)
        return;
    if (more > 0)
        curl->easy_setopt(handle, CURLOPT_TIMEOUT_MS,
                          (long)((allowance(transfer) + more) / MILLISECOND));
    curl->easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl->easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, take_progress);
    curl->easy_setopt(handle, CURLOPT_XFERINFODATA, transfer);
}

static void set_options(struct transfer *transfer, CURL *handle)
{
    const struct http_functions *curl = transfer->session->curl;

    set_target(transfer, handle, is_verifying(transfer->session));
    set_patience(transfer, handle);
    set_method(transfer, handle);
    set_fields(transfer, handle);
    set_ntlm(transfer, handle);
    curl->easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
    curl->easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_line);
    curl->easy_setopt(handle, CURLOPT_HEADERDATA, transfer);
    curl->easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
    curl->easy_setopt(handle, CURLOPT_WRITEDATA, transfer);
}

/* What lives no longer than the request. */
static void forget_options(const struct http_functions *curl, CURL *handle)
{
    curl->easy_setopt(handle, CURLOPT_HTTPHEADER, NULL);
    curl->easy_setopt(handle, CURLOPT_POSTFIELDS, NULL);
    curl->easy_setopt(handle, CURLOPT_ERRORBUFFER, NULL);
}

/* ---- how it went ---- */

static const struct {
    CURLcode code;
    enum status status;
} outcomes[] = {
    {CURLE_OK, STATUS_CLOSED}, /* amid the head */
    {CURLE_OPERATION_TIMEDOUT, STATUS_TIMED_OUT},
    {CURLE_ABORTED_BY_CALLBACK, STATUS_TIMED_OUT},
    {CURLE_GOT_NOTHING, STATUS_CLOSED},
    {CURLE_RECV_ERROR, STATUS_CLOSED},
    {CURLE_SEND_ERROR, STATUS_CLOSED},
    {CURLE_PARTIAL_FILE, STATUS_CLOSED},
    {CURLE_PEER_FAILED_VERIFICATION, STATUS_DENIED},
    {CURLE_SSL_CACERT_BADFILE, STATUS_INVALID},
    {CURLE_OUT_OF_MEMORY, STATUS_TOO_LARGE},         /* its word for a field of more than 100 KB, */
    {(CURLcode)LIBCURL_TOO_LARGE, STATUS_TOO_LARGE}, /* and that of later versions */
};

static enum status status_of(const struct http_functions *curl, CURL *handle, CURLcode code)
{
    long error = 0;

    if (code == CURLE_COULDNT_CONNECT) {
        curl->easy_getinfo(handle, CURLINFO_OS_ERRNO, &error);
        return error == EHOSTUNREACH || error == ENETUNREACH || error == WSA_HOST_UNREACHABLE ||
                       error == WSA_NET_UNREACHABLE
                   ? STATUS_UNREACHABLE
                   : STATUS_REFUSED;
    }
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        if (outcomes[i].code == code)
            return outcomes[i].status;
    }
    return STATUS_MALFORMED;
}

static bool is_about_tls(CURLcode code)
{
    return code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION ||
           code == CURLE_SSL_CACERT_BADFILE;
}

static void explain(struct transfer *transfer, CURLcode code)
{
    const char *text = is_about_tls(code) && transfer->error[0]
                           ? transfer->error
                           : transfer->session->curl->easy_strerror(code);

    if (transfer->why.size == 0)
        buffer_add_string(&transfer->why, text);
}

/* Microseconds since the request began, of what libcurl counts from `perform` on. */
static int64_t time_of(const struct http_functions *curl, CURL *handle, CURLINFO info,
                       int64_t offset)
{
    curl_off_t microseconds = 0;

    curl->easy_getinfo(handle, info, &microseconds);
    return microseconds > 0 ? offset + (int64_t)microseconds : -1;
}

/* libcurl tells how long a connection took once it is of use, but its port as soon as it stands. */
static void note_connection(struct transfer *transfer, CURL *handle, int64_t offset)
{
    const struct http_functions *curl = transfer->session->curl;
    struct http_response *response = transfer->response;
    bool over_tls = transfer->session->target.over_tls;
    long port = 0, connections = 0;

    curl->easy_getinfo(handle, CURLINFO_LOCAL_PORT, &port);
    curl->easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &connections);
    response->was_reused = connections == 0 && port != 0;
    response->connected = time_of(curl, handle, CURLINFO_CONNECT_TIME_T, offset);
    if (over_tls)
        response->secured = time_of(curl, handle, CURLINFO_APPCONNECT_TIME_T, offset);
    if (port == 0)
        response->step = WEB_CONNECT;
    else
        response->step =
            over_tls && response->secured < 0 && !response->was_reused ? WEB_HANDSHAKE : WEB_ANSWER;
}

static void note_chain(struct transfer *transfer, CURL *handle)
{
    struct http_session *session = transfer->session;
    struct curl_certinfo *found = NULL;

    if (!session->target.over_tls)
        return;
    session->curl->easy_getinfo(handle, CURLINFO_CERTINFO, &found);
    if (found && found->num_of_certs > 0)
        http_chain_take(&session->chain, found, http_access_trust(session->access));
}

/*
 * A connection and a handshake, and nothing said: what the certificate is, for binding a ticket to
 * the channel, and for telling why it is not trusted.
 */
static enum status look(struct transfer *transfer)
{
    const struct http_functions *curl = transfer->session->curl;
    CURL *handle = curl->easy_init();
    int64_t offset = platform_monotonic_clock() - transfer->began;
    enum status status = STATUS_OK;
    CURLcode code;

    if (!handle)
        return STATUS_EXHAUSTED;
    set_target(transfer, handle, false);
    curl->easy_setopt(handle, CURLOPT_CONNECT_ONLY, 1L);
    code = curl->easy_perform(handle);
    note_connection(transfer, handle, offset);
    note_chain(transfer, handle);
    if (code != CURLE_OK) {
        explain(transfer, code);
        status = status_of(curl, handle, code);
    }
    curl->easy_cleanup(handle);
    return status;
}

static void conclude_body(struct transfer *transfer, CURLcode code)
{
    enum status *status = &transfer->response->body_status;

    if (code == CURLE_OK)
        *status = STATUS_OK;
    else if (transfer->had_enough)
        *status = STATUS_LIMIT;
    else
        *status = status_of(transfer->session->curl, transfer->session->handle, code);
}

static enum status conclude(struct transfer *transfer, CURLcode code)
{
    struct http_response *response = transfer->response;
    struct http_text phrase;
    enum status status;

    if (response->head.truncated || transfer->heads > HEADS_MOST)
        return STATUS_TOO_LARGE;
    if (!transfer->is_head_whole) {
        explain(transfer, code);
        return status_of(transfer->session->curl, transfer->session->handle, code);
    }
    status = http_head_code(response->head.text, response->head.size, &response->code, &phrase);
    if (status == STATUS_OK && response->code < 200) {
        response->code = 0; /* "100 Continue", and nothing behind it */
        return code == CURLE_OPERATION_TIMEDOUT ? STATUS_TIMED_OUT : STATUS_CLOSED;
    }
    if (status != STATUS_OK)
        return status;
    response->step = WEB_BODY;
    conclude_body(transfer, code);
    return STATUS_OK;
}

static enum status perform(struct transfer *transfer)
{
    struct http_session *session = transfer->session;
    const struct http_functions *curl = session->curl;
    int64_t offset = platform_monotonic_clock() - transfer->began;
    CURLcode code;

    set_options(transfer, session->handle);
    code = curl->easy_perform(session->handle);
    forget_options(curl, session->handle);
    note_connection(transfer, session->handle, offset);
    note_chain(transfer, session->handle);
    return conclude(transfer, code);
}

/* A server that asks for other things has not looked at a password. */
static bool asks_for_password(const struct http_response *response)
{
    const struct buffer *head = &response->head;
    struct http_challenge challenge;
    struct http_text value;
    size_t at = 0, count = 0;

    while (http_head_next(head->text, head->size, "WWW-Authenticate", &at, &value)) {
        size_t within = 0;

        for (; http_next_challenge(value, &within, &challenge); count++) {
            if (is_scheme(&challenge, "Basic"))
                return true;
        }
    }
    return count == 0;
}

static bool is_refusal(const struct transfer *transfer)
{
    switch (transfer->session->scheme) {
    case WEB_NTLM: /* to be reached, a password takes a challenge first */
        return transfer->has_answered;
    case WEB_BASIC:
        return asks_for_password(transfer->response);
    default:
        return true;
    }
}

static enum logon_verdict verdict_of(const struct transfer *transfer)
{
    const struct http_response *response = transfer->response;

    if (response->status != STATUS_OK)
        return response->step == WEB_ANSWER ? LOGON_SILENT : LOGON_UNDECIDED;
    if (response->code == 401)
        return is_refusal(transfer) ? LOGON_REFUSED : LOGON_UNDECIDED;
    return response->code < 300 ? LOGON_TAKEN : LOGON_UNDECIDED;
}

/* ---- one request ---- */

static enum status attempt(struct transfer *transfer)
{
    enum status status = write_identity(transfer);
    const char *token = strrchr(transfer->secret.text, ' ');

    transfer->echo.secrets[1] = token ? token + 1 : NULL;
    if (status != STATUS_OK)
        return status;
    return allowance(transfer) < MILLISECOND ? STATUS_TIMED_OUT : perform(transfer);
}

/* What is waited for is somebody else's logon, which is not this server's time. */
static bool may_try(struct transfer *transfer)
{
    struct http_session *session = transfer->session;
    int64_t began = platform_monotonic_clock();
    bool may = http_access_try(session->access, session->scheme, transfer->request->cleans_up,
                               &transfer->why);

    transfer->deadline += platform_monotonic_clock() - began;
    return may;
}

/* A server that has nothing to say keeps nobody's password from being tried elsewhere. */
static enum status try_once(struct transfer *transfer)
{
    struct http_session *session = transfer->session;
    struct http_response *response = transfer->response;
    enum status status = STATUS_OK;

    if (allowance(transfer) < MILLISECOND)
        return STATUS_TIMED_OUT;
    if (session->scheme != WEB_ANONYMOUS && session->target.over_tls && session->chain.count == 0)
        status = look(transfer);
    if (status != STATUS_OK)
        return status;
    if (!may_try(transfer))
        return STATUS_DENIED;
    response->status = attempt(transfer);
    http_access_concluded(session->access, session->scheme, verdict_of(transfer),
                          session->target.host);
    return response->status;
}

static void begin(struct transfer *transfer)
{
    struct http_response *response = transfer->response;

    memset(response, 0, sizeof *response);
    buffer_init(&response->head, HTTP_HEAD_MOST);
    response->step = WEB_CONNECT;
    response->connected = response->secured = response->answered = response->ended = -1;
    buffer_init(&transfer->secret, LINE_MOST);
    buffer_init(&transfer->why, NAME_MOST);
    buffer_init(&transfer->piece, SIZE_MAX - 1);
    http_echo_init(&transfer->echo, http_access_password(transfer->session->access), NULL);
    transfer->began = platform_monotonic_clock();
    transfer->deadline = transfer->request->deadline;
}

static void end(struct transfer *transfer)
{
    struct http_response *response = transfer->response;
    struct http_session *session = transfer->session;
    struct arena *memory = transfer->request->memory;

    http_echo_end(&transfer->echo, &transfer->piece);
    give_piece(transfer);
    http_echo_blank(&transfer->echo, &response->head);
    http_echo_blank(&transfer->echo, &transfer->why);
    if (transfer->why.size > 0)
        response->reason = text_printable(memory, transfer->why.text, transfer->why.size);
    response->ended = platform_monotonic_clock() - transfer->began;
    http_chain_describe(&session->chain, session->target.host, memory, response);
    drop_fields(transfer);
    http_echo_release(&transfer->echo);
    http_wipe(&transfer->secret);
    buffer_release(&transfer->piece);
    buffer_release(&transfer->why);
}

enum status http_session_ask(struct http_session *session, const struct http_request *request,
                             struct http_response *response)
{
    struct transfer transfer = {.session = session, .request = request, .response = response};

    begin(&transfer);
    response->status = is_request(request) ? try_once(&transfer) : STATUS_INVALID;
    end(&transfer);
    return response->status;
}

void http_response_release(struct http_response *response)
{
    buffer_release(&response->head);
}
