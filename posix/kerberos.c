#include "posix/kerberos.h"

#include "diag/platform_directory.h"
#include "diag/read/kerberos_error.h"
#include "posix/kdc.h"
#include "posix/loaded.h"

#include <krb5.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS_MOST = 16, NAME_MOST = 1024, PRINCIPAL_MOST = 4096 };

struct functions {
    krb5_error_code (*init_context)(krb5_context *context);
    void (*free_context)(krb5_context context);
    const char *(*get_error_message)(krb5_context context, krb5_error_code code);
    void (*free_error_message)(krb5_context context, const char *message);
    krb5_error_code (*cc_default)(krb5_context context, krb5_ccache *cache);
    krb5_error_code (*cc_new_unique)(krb5_context context, const char *type, const char *hint,
                                     krb5_ccache *cache);
    krb5_error_code (*cc_initialize)(krb5_context context, krb5_ccache cache,
                                     krb5_principal principal);
    krb5_error_code (*cc_get_principal)(krb5_context context, krb5_ccache cache,
                                        krb5_principal *principal);
    krb5_error_code (*cc_start_seq_get)(krb5_context context, krb5_ccache cache,
                                        krb5_cc_cursor *cursor);
    krb5_error_code (*cc_next_cred)(krb5_context context, krb5_ccache cache, krb5_cc_cursor *cursor,
                                    krb5_creds *creds);
    krb5_error_code (*cc_end_seq_get)(krb5_context context, krb5_ccache cache,
                                      krb5_cc_cursor *cursor);
    krb5_error_code (*cc_store_cred)(krb5_context context, krb5_ccache cache, krb5_creds *creds);
    krb5_error_code (*cc_get_full_name)(krb5_context context, krb5_ccache cache, char **name);
    krb5_error_code (*cc_close)(krb5_context context, krb5_ccache cache);
    krb5_error_code (*cc_destroy)(krb5_context context, krb5_ccache cache);
    krb5_error_code (*unparse_name)(krb5_context context, krb5_const_principal principal,
                                    char **name);
    void (*free_unparsed_name)(krb5_context context, char *name);
    krb5_error_code (*parse_name)(krb5_context context, const char *name,
                                  krb5_principal *principal);
    void (*free_principal)(krb5_context context, krb5_principal principal);
    void (*free_cred_contents)(krb5_context context, krb5_creds *creds);
    void (*free_string)(krb5_context context, char *text);
    void (*free_data_contents)(krb5_context context, krb5_data *data);
    krb5_error_code (*decode_ticket)(const krb5_data *code, krb5_ticket **ticket);
    void (*free_ticket)(krb5_context context, krb5_ticket *ticket);
    krb5_error_code (*tkt_creds_init)(krb5_context context, krb5_ccache cache, krb5_creds *creds,
                                      krb5_flags options, krb5_tkt_creds_context *exchange);
    krb5_error_code (*tkt_creds_step)(krb5_context context, krb5_tkt_creds_context exchange,
                                      krb5_data *in, krb5_data *out, krb5_data *realm,
                                      unsigned *flags);
    krb5_error_code (*tkt_creds_get_creds)(krb5_context context, krb5_tkt_creds_context exchange,
                                           krb5_creds *creds);
    void (*tkt_creds_free)(krb5_context context, krb5_tkt_creds_context exchange);
};

#define FUNCTION(name)                                                                             \
    {                                                                                              \
        "krb5_" #name, offsetof(struct functions, name)                                            \
    }
static const struct loaded_name function_names[] = {
    FUNCTION(init_context),       FUNCTION(free_context),       FUNCTION(get_error_message),
    FUNCTION(free_error_message), FUNCTION(cc_default),         FUNCTION(cc_new_unique),
    FUNCTION(cc_initialize),      FUNCTION(cc_get_principal),   FUNCTION(cc_start_seq_get),
    FUNCTION(cc_next_cred),       FUNCTION(cc_end_seq_get),     FUNCTION(cc_store_cred),
    FUNCTION(cc_get_full_name),   FUNCTION(cc_close),           FUNCTION(cc_destroy),
    FUNCTION(unparse_name),       FUNCTION(free_unparsed_name), FUNCTION(parse_name),
    FUNCTION(free_principal),     FUNCTION(free_cred_contents), FUNCTION(free_string),
    FUNCTION(free_data_contents), FUNCTION(decode_ticket),      FUNCTION(free_ticket),
    FUNCTION(tkt_creds_init),     FUNCTION(tkt_creds_step),     FUNCTION(tkt_creds_get_creds),
    FUNCTION(tkt_creds_free),
};
#undef FUNCTION

static const char *const file_names[] = {"libkrb5.so.3", "libkrb5.3.dylib", NULL};

static pthread_once_t load_once = PTHREAD_ONCE_INIT;
static struct functions krb5; /* not changed any more once it is loaded */
static bool is_loaded;

static void load(void)
{
    is_loaded = loaded_fill(file_names, function_names,
                            sizeof function_names / sizeof *function_names, &krb5);
}

struct kerberos_tickets {
    krb5_context context;
    krb5_ccache own; /* in memory */
    krb5_principal caller;
    char *name;
};

static void explain(krb5_context context, krb5_error_code code, struct buffer *why)
{
    const char *message = krb5.get_error_message(context, code);

    if (why->size == 0)
        buffer_add_string(why, message);
    krb5.free_error_message(context, message);
}

/* ---- the caller's tickets ---- */

static bool is_ticket_granting(const krb5_creds *creds)
{
    static const char service[] = "krbtgt";
    const krb5_data *first;

    if (!creds->server || creds->server->length != 2)
        return false;
    first = &creds->server->data[0];
    return first->length == sizeof service - 1 && memcmp(first->data, service, first->length) == 0;
}

/* Those that are still good; how many. `*expired`: there was one that is not. */
static size_t copy_tickets(struct kerberos_tickets *tickets, krb5_ccache from, bool *expired)
{
    krb5_cc_cursor cursor;
    krb5_creds creds;
    size_t count = 0;
    uint32_t now = (uint32_t)time(NULL); /* Kerberos' own moments end in 2106 */

    if (krb5.cc_start_seq_get(tickets->context, from, &cursor) != 0)
        return 0;
    while (krb5.cc_next_cred(tickets->context, from, &cursor, &creds) == 0) {
        bool is_good = (uint32_t)creds.times.endtime > now;

        if (is_ticket_granting(&creds) && is_good &&
            krb5.cc_store_cred(tickets->context, tickets->own, &creds) == 0)
            count++;
        *expired = *expired || (is_ticket_granting(&creds) && !is_good);
        krb5.free_cred_contents(tickets->context, &creds);
    }
    krb5.cc_end_seq_get(tickets->context, from, &cursor);
    return count;
}

static enum status name_caller(struct kerberos_tickets *tickets, struct buffer *principal)
{
    char *name;

    if (krb5.unparse_name(tickets->context, tickets->caller, &name) != 0)
        return STATUS_EXHAUSTED;
    buffer_add_string(principal, name);
    krb5.free_unparsed_name(tickets->context, name);
    return STATUS_OK;
}

static enum status take_tickets(struct kerberos_tickets *tickets, krb5_ccache from,
                                struct buffer *principal, struct buffer *why)
{
    krb5_context context = tickets->context;
    krb5_error_code code = krb5.cc_get_principal(context, from, &tickets->caller);
    bool expired = false;

    if (code != 0) {
        explain(context, code, why);
        return STATUS_NOT_FOUND;
    }
    code = krb5.cc_new_unique(context, "MEMORY", NULL, &tickets->own);
    if (code == 0)
        code = krb5.cc_initialize(context, tickets->own, tickets->caller);
    if (code == 0)
        code = krb5.cc_get_full_name(context, tickets->own, &tickets->name);
    if (code != 0) {
        explain(context, code, why);
        return STATUS_EXHAUSTED;
    }
    if (copy_tickets(tickets, from, &expired) > 0)
        return name_caller(tickets, principal);
    buffer_add_string(why, expired ? "the caller's ticket has expired"
                                   : "the caller has no ticket-granting ticket");
    return STATUS_NOT_FOUND;
}

enum status kerberos_tickets_open(struct kerberos_tickets **out, struct buffer *principal,
                                  struct buffer *why)
{
    struct kerberos_tickets *tickets;
    krb5_ccache from;
    enum status status = STATUS_NOT_FOUND;

    *out = NULL;
    pthread_once(&load_once, load);
    if (!is_loaded) {
        buffer_add_string(why, "MIT's Kerberos library is not on this machine");
        return STATUS_NOT_SUPPORTED;
    }
    tickets = memory_new(1, sizeof *tickets);
    if (krb5.init_context(&tickets->context) != 0) {
        buffer_add_string(why, "the configuration of Kerberos on this machine cannot be read");
        free(tickets);
        return STATUS_NOT_SUPPORTED;
    }
    if (krb5.cc_default(tickets->context, &from) == 0) {
        status = take_tickets(tickets, from, principal, why);
        krb5.cc_close(tickets->context, from);
    }
    if (status == STATUS_OK)
        *out = tickets;
    else
        kerberos_tickets_close(tickets);
    return status;
}

void kerberos_tickets_close(struct kerberos_tickets *tickets)
{
    if (!tickets)
        return;
    if (tickets->name)
        krb5.free_string(tickets->context, tickets->name);
    if (tickets->own)
        krb5.cc_destroy(tickets->context, tickets->own);
    if (tickets->caller)
        krb5.free_principal(tickets->context, tickets->caller);
    krb5.free_context(tickets->context);
    free(tickets);
}

const char *kerberos_tickets_name(const struct kerberos_tickets *tickets)
{
    return tickets->name;
}

/* ---- one more ---- */

struct exchange {
    struct kerberos_tickets *tickets;
    krb5_tkt_creds_context steps;
    const struct net_address *kdc;
    const char *realm;
    int64_t deadline;
    struct kerberos_grant *grant;
    bool over_tcp;
    struct buffer answer;
};

/* What is a part of a name in Kerberos' own syntax is quoted. */
static void add_quoted(struct buffer *name, const char *part)
{
    for (; *part; part++) {
        if (strchr("@\\", *part))
            buffer_add_char(name, '\\');
        buffer_add_char(name, *part);
    }
}

/* "SMTPSVC/mail.corp.test@CORP.TEST" */
static krb5_error_code name_service(struct exchange *exchange, const char *service,
                                    krb5_principal *out)
{
    krb5_context context = exchange->tickets->context;
    struct buffer name;
    krb5_error_code code;

    buffer_init(&name, PRINCIPAL_MOST);
    add_quoted(&name, service);
    buffer_add_char(&name, '@');
    add_quoted(&name, exchange->realm);
    code = krb5.parse_name(context, name.text, out);
    if (code == 0)
        (*out)->type = KRB5_NT_SRV_INST;
    buffer_release(&name);
    return code;
}

static void note_error(struct exchange *exchange)
{
    struct kerberos_error error;
    struct arena memory = {0};

    exchange->grant->error_code = 0;
    if (kerberos_read_error((const unsigned char *)exchange->answer.text, exchange->answer.size,
                            &memory, &error) == STATUS_OK) {
        exchange->grant->error_code = error.code;
        exchange->grant->server_time = error.server_time;
    }
    arena_release(&memory);
}

static bool is_realm(const krb5_data *realm, const char *text)
{
    return realm->length == strlen(text) && memcmp(realm->data, text, realm->length) == 0;
}

/* STATUS_AGAIN: the KDC answered, and the library is to read it. */
static enum status carry(struct exchange *exchange, const krb5_data *request,
                         const krb5_data *realm)
{
    enum status status;

    if (!is_realm(realm, exchange->realm)) {
        buffer_add(exchange->grant->cross, realm->data, realm->length);
        return STATUS_OK;
    }
    status = kdc_ask(exchange->kdc, request->data, request->length, exchange->over_tcp,
                     exchange->deadline, &exchange->answer);
    if (status != STATUS_OK)
        return status;
    note_error(exchange);
    return STATUS_AGAIN;
}

/* How the library's last step ended, in our words. */
static enum status conclude(struct exchange *exchange, krb5_error_code code, struct buffer *why)
{
    if (code == 0)
        return STATUS_OK;
    explain(exchange->tickets->context, code, why);
    if (exchange->grant->error_code != 0)
        return STATUS_OK;
    return code == KRB5_CC_NOTFOUND ? STATUS_NOT_FOUND : STATUS_MALFORMED;
}

static enum status run_steps(struct exchange *exchange, struct buffer *why)
{
    krb5_context context = exchange->tickets->context;
    enum status status = STATUS_AGAIN;

    for (unsigned round = 0; round < ROUNDS_MOST && status == STATUS_AGAIN; round++) {
        krb5_data in = {.length = (unsigned)exchange->answer.size, .data = exchange->answer.text};
        krb5_data request = {0}, realm = {0};
        unsigned flags = 0;
        krb5_error_code code =
            krb5.tkt_creds_step(context, exchange->steps, &in, &request, &realm, &flags);

        if (code == KRB5KRB_ERR_RESPONSE_TOO_BIG && request.length > 0) {
            exchange->over_tcp = true;
            code = 0;
        }
        if (code != 0 || request.length == 0)
            status = conclude(exchange, code, why);
        else
            status = carry(exchange, &request, &realm);
        krb5.free_data_contents(context, &request);
        krb5.free_data_contents(context, &realm);
    }
    return status == STATUS_AGAIN ? STATUS_MALFORMED : status;
}

static void note_ticket(struct exchange *exchange)
{
    krb5_context context = exchange->tickets->context;
    krb5_creds creds;
    krb5_ticket *ticket;

    memset(&creds, 0, sizeof creds);
    if (krb5.tkt_creds_get_creds(context, exchange->steps, &creds) != 0)
        return;
    exchange->grant->error_code = 0;
    if (krb5.decode_ticket(&creds.ticket, &ticket) == 0) {
        exchange->grant->encryption = ticket->enc_part.enctype;
        krb5.free_ticket(context, ticket);
    }
    krb5.free_cred_contents(context, &creds);
}

static enum status begin(struct exchange *exchange, const char *service, struct buffer *why)
{
    struct kerberos_tickets *tickets = exchange->tickets;
    krb5_creds creds;
    krb5_error_code code;

    memset(&creds, 0, sizeof creds);
    creds.client = tickets->caller;
    code = name_service(exchange, service, &creds.server);
    if (code == 0) {
        code = krb5.tkt_creds_init(tickets->context, tickets->own, &creds, 0, &exchange->steps);
        krb5.free_principal(tickets->context, creds.server);
    }
    if (code == 0)
        return STATUS_OK;
    explain(tickets->context, code, why);
    return STATUS_INVALID;
}

enum status kerberos_tickets_get(struct kerberos_tickets *tickets, const struct net_address *kdc,
                                 const char *realm, const char *service, int64_t deadline,
                                 struct kerberos_grant *grant, struct buffer *why)
{
    struct exchange exchange = {
        .tickets = tickets, .kdc = kdc, .realm = realm, .deadline = deadline, .grant = grant};
    enum status status = strlen(service) > NAME_MOST || strlen(realm) > NAME_MOST
                             ? STATUS_TOO_LARGE
                             : begin(&exchange, service, why);

    if (status != STATUS_OK)
        return status;
    buffer_init(&exchange.answer, KDC_ANSWER_MOST);
    status = run_steps(&exchange, why);
    if (status == STATUS_OK && grant->error_code == 0)
        note_ticket(&exchange);
    buffer_release(&exchange.answer);
    krb5.tkt_creds_free(tickets->context, exchange.steps);
    return status;
}

/* ---- what the platform offers ---- */

enum status platform_kerberos_caller(struct buffer *principal, struct buffer *why)
{
    struct kerberos_tickets *tickets;
    enum status status = kerberos_tickets_open(&tickets, principal, why);

    kerberos_tickets_close(tickets);
    return status;
}

enum status platform_kerberos_ticket(struct ticket_answer *answer, int64_t deadline,
                                     struct buffer *why)
{
    struct kerberos_tickets *tickets;
    struct buffer principal, cross;
    struct kerberos_grant grant = {.cross = &cross};
    const char *realm;
    enum status status;

    buffer_init(&principal, NAME_MOST);
    buffer_init(&cross, NAME_MOST);
    status = kerberos_tickets_open(&tickets, &principal, why);
    if (status == STATUS_OK)
        status = kerberos_tickets_get(tickets, &answer->address, answer->realm, answer->spn,
                                      deadline, &grant, why);
    kerberos_tickets_close(tickets);
    answer->error_code = grant.error_code;
    answer->server_time = grant.server_time;
    answer->encryption = grant.encryption;
    realm = strrchr(principal.text, '@');
    if (status == STATUS_OK && cross.size > 0 && realm && strcmp(realm + 1, cross.text) == 0) {
        buffer_print(why, "the caller's tickets are of %s", cross.text);
        status = STATUS_NOT_FOUND;
    } else if (status == STATUS_OK && cross.size > 0) {
        answer->cross = arena_copy_string(&answer->evidence.memory, cross.text);
    }
    buffer_release(&principal);
    buffer_release(&cross);
    return status;
}
