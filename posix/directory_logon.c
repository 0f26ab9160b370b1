#include "posix/directory_logon.h"

#include "diag/text.h"
#include "posix/kerberos.h"

#include <string.h>

enum {
    TOKEN_MOST = 1 << 20,
    NAME_MOST = 1024,
    PRINCIPAL_MOST = 2048,
    ROUNDS_MOST = 8,
    RECEIVE_MOST = 0xFFFFFF, /* of a sealed message, what is told to the server */
    SEND_LEAST = 512,
    SEND_MOST = 32768,
    SEALING = 256 /* bytes that it adds to a message, at most */
};

enum layer { LAYER_NONE = 1, LAYER_SIGN = 2, LAYER_SEAL = 4 }; /* RFC 4752 3.3 */

/* ---- answers ---- */

/* The result, and the credentials of a bind's answer into `token`, which may be NULL. */
static enum status read_answer(struct directory_session *session, LDAPMessage *answer, int *result,
                               struct buffer *token, struct buffer *why)
{
    const struct ldap_functions *ldap = session->ldap;
    struct berval *credentials = NULL;
    char *text = NULL;
    int code = ldap->parse_result(session->handle, answer, result, NULL, &text, NULL, NULL, 0);

    if (code == LDAP_SUCCESS && token)
        ldap->parse_sasl_bind_result(session->handle, answer, &credentials, 0);
    if (credentials) {
        buffer_add(token, credentials->bv_val, credentials->bv_len);
        ldap->bvfree(credentials);
    }
    if (text) {
        if (*result != LDAP_SUCCESS && *result != LDAP_SASL_BIND_IN_PROGRESS)
            buffer_add_string(why, text);
        ldap->memfree(text);
    }
    if (code != LDAP_SUCCESS)
        return directory_failure(session, code);
    if (*result == LDAP_SASL_BIND_IN_PROGRESS)
        return STATUS_AGAIN;
    return *result == LDAP_SUCCESS ? STATUS_OK : STATUS_REJECTED;
}

static enum status hear_answer(struct directory_session *session, int message, int *result,
                               struct buffer *token, struct buffer *why)
{
    LDAPMessage *answer;
    enum status status = directory_hear(session, message, &answer);

    if (status == STATUS_OK)
        status = read_answer(session, answer, result, token, why);
    if (answer)
        session->ldap->msgfree(answer);
    return status;
}

enum status directory_start_tls(struct directory_session *session,
                                const struct directory_target *target, int *result,
                                struct buffer *why)
{
    int message;
    int code = session->ldap->extended_operation(session->handle, LDAP_EXOP_START_TLS, NULL, NULL,
                                                 NULL, &message);
    enum status status;

    if (code != LDAP_SUCCESS)
        return directory_failure(session, code);
    status = hear_answer(session, message, result, NULL, why);
    if (status != STATUS_OK)
        return status == STATUS_AGAIN ? STATUS_MALFORMED : status;
    return channel_secure(session->channel, target->host, target->ca_file, target->ca_text);
}

/* ---- a name and a password ---- */

static enum status log_on_as_named(struct directory_session *session,
                                   const struct directory_target *target, int *result,
                                   struct buffer *why)
{
    struct berval password = {.bv_val = (char *)target->password,
                              .bv_len = strlen(target->password)};
    int message;
    int code = session->ldap->sasl_bind(session->handle, target->user, LDAP_SASL_SIMPLE, &password,
                                        NULL, NULL, &message);
    enum status status;

    if (code != LDAP_SUCCESS)
        return directory_failure(session, code);
    status = hear_answer(session, message, result, NULL, why);
    return status == STATUS_AGAIN ? STATUS_MALFORMED : status;
}

/* ---- Kerberos: SASL's mechanism GSSAPI (RFC 4752) ---- */

struct logon {
    struct directory_session *session;
    const struct directory_target *target;
    struct security *security;
    struct buffer heard, said;
    int *result;
    struct buffer *why;
};

/* STATUS_AGAIN: the server waits for more. */
static enum status say(struct logon *logon)
{
    struct directory_session *session = logon->session;
    struct berval token = {.bv_val = logon->said.text, .bv_len = logon->said.size};
    int message;
    int code =
        session->ldap->sasl_bind(session->handle, NULL, "GSSAPI", &token, NULL, NULL, &message);

    if (code != LDAP_SUCCESS)
        return directory_failure(session, code);
    buffer_clear(&logon->heard);
    return hear_answer(session, message, logon->result, &logon->heard, logon->why);
}

/* Until both know who the other is. STATUS_AGAIN: the layers are to be agreed on. */
static enum status exchange_tokens(struct logon *logon)
{
    enum status status = STATUS_AGAIN;
    bool done = false;

    for (unsigned i = 0; i < ROUNDS_MOST && status == STATUS_AGAIN && !done; i++) {
        buffer_clear(&logon->said);
        status = security_step(logon->security, logon->heard.text, logon->heard.size, &logon->said,
                               &done, logon->why);
        if (status == STATUS_OK)
            status = say(logon);
    }
    if (status == STATUS_OK) /* without agreeing on layers, or without a proof */
        return STATUS_MALFORMED;
    return status;
}

static size_t big_endian(const unsigned char *bytes)
{
    return (size_t)bytes[0] << 16 | (size_t)bytes[1] << 8 | bytes[2];
}

/* Where TLS conceals, nothing else does: Active Directory refuses both at once. */
static enum status choose_layer(struct logon *logon, bool *seal, size_t *most)
{
    bool has_tls = logon->target->tls_at_once || logon->target->start_tls;
    struct buffer offer;
    unsigned layers = 0;

    buffer_init(&offer, TOKEN_MOST);
    if (security_unwrap(logon->security, logon->heard.text, logon->heard.size, &offer) ==
            STATUS_OK &&
        offer.size == 4) {
        layers = (unsigned char)offer.text[0];
        *most = big_endian((const unsigned char *)offer.text + 1);
    }
    buffer_release(&offer);
    *seal = !has_tls;
    if (layers & (has_tls ? LAYER_NONE : LAYER_SEAL))
        return STATUS_OK;
    buffer_add_string(logon->why, layers ? "it does not offer to seal what is said"
                                         : "what came was not signed by this server");
    return layers ? STATUS_NOT_SUPPORTED : STATUS_MALFORMED;
}

static size_t within(size_t number, size_t least, size_t most)
{
    if (number < least)
        return least;
    return number < most ? number : most;
}

static enum status agree(struct logon *logon)
{
    unsigned char choice[4] = {LAYER_NONE};
    bool seal = false;
    size_t most = 0;
    enum status status = choose_layer(logon, &seal, &most);

    if (status != STATUS_OK)
        return status;
    if (seal) {
        choice[0] = LAYER_SEAL;
        choice[1] = RECEIVE_MOST >> 16;
        choice[2] = RECEIVE_MOST >> 8 & 0xFF;
        choice[3] = RECEIVE_MOST & 0xFF;
    }
    buffer_clear(&logon->said);
    status = security_wrap(logon->security, false, choice, sizeof choice, &logon->said);
    if (status == STATUS_OK)
        status = say(logon);
    if (status == STATUS_OK && seal) {
        most = within(most, SEND_LEAST + SEALING, SEND_MOST + SEALING) - SEALING;
        channel_seal(logon->session->channel, logon->security, most);
        logon->security = NULL; /* the channel's from here on */
    }
    return status == STATUS_AGAIN ? STATUS_MALFORMED : status;
}

/* ---- the ticket for it ---- */

/* The realm of a host is its domain in capitals; of a host without one, the caller's. */
static void write_realm(const char *host, const char *caller, struct buffer *out)
{
    const char *dot = strchr(host, '.'), *at = strrchr(caller, '@');

    if (!dot || !dot[1]) {
        buffer_add_string(out, at ? at + 1 : "");
        return;
    }
    for (const char *letter = dot + 1; *letter; letter++) {
        bool is_small = *letter >= 'a' && *letter <= 'z';

        buffer_add_char(out, is_small ? (char)(*letter - 'a' + 'A') : *letter);
    }
}

static enum status open_security(struct logon *logon, const struct kerberos_tickets *tickets,
                                 const char *service, const char *realm)
{
    struct buffer principal, binding;
    struct security_target target = {.tickets = kerberos_tickets_name(tickets)};
    enum status status;

    buffer_init(&principal, PRINCIPAL_MOST);
    buffer_init(&binding, NAME_MOST);
    buffer_print(&principal, "%s@%s", service, realm);
    target.principal = principal.text;
    if (channel_binding(logon->session->channel, &binding)) {
        target.binding = binding.text;
        target.binding_size = binding.size;
    }
    status = security_open(&target, &logon->security, logon->why);
    buffer_release(&principal);
    buffer_release(&binding);
    return status;
}

/* The KDC that is asked for the ticket is the controller's own. */
static enum status fetch_ticket(struct logon *logon, struct kerberos_tickets *tickets,
                                const char *service, const char *realm)
{
    struct net_address kdc = logon->target->address;
    struct buffer cross;
    struct kerberos_grant grant = {.cross = &cross};
    enum status status;

    kdc.port = logon->target->kdc_port;
    buffer_init(&cross, NAME_MOST);
    status = kerberos_tickets_get(tickets, &kdc, realm, service, logon->session->deadline, &grant,
                                  logon->why);
    if (status == STATUS_OK && cross.size > 0)
        buffer_print(logon->why, "its realm %s refers to %s, which is not asked", realm,
                     cross.text);
    if (status == STATUS_OK && (grant.error_code != 0 || cross.size > 0))
        status = STATUS_NOT_FOUND;
    buffer_release(&cross);
    return status;
}

static enum status get_ready(struct logon *logon, struct kerberos_tickets *tickets,
                             const char *caller)
{
    struct buffer service, realm;
    enum status status;

    buffer_init(&service, NAME_MOST);
    buffer_init(&realm, NAME_MOST);
    buffer_print(&service, "ldap/%s", logon->target->host);
    write_realm(logon->target->host, caller, &realm);
    status = fetch_ticket(logon, tickets, service.text, realm.text);
    if (status == STATUS_OK)
        status = open_security(logon, tickets, service.text, realm.text);
    buffer_release(&service);
    buffer_release(&realm);
    return status;
}

static enum status log_on_as_caller(struct directory_session *session,
                                    const struct directory_target *target, int *result,
                                    struct buffer *why)
{
    struct logon logon = {.session = session, .target = target, .result = result, .why = why};
    struct kerberos_tickets *tickets;
    struct buffer caller;
    enum status status;

    buffer_init(&logon.heard, TOKEN_MOST);
    buffer_init(&logon.said, TOKEN_MOST);
    buffer_init(&caller, NAME_MOST);
    status = kerberos_tickets_open(&tickets, &caller, why);
    if (status == STATUS_OK)
        status = get_ready(&logon, tickets, caller.text);
    if (status == STATUS_OK)
        status = exchange_tokens(&logon);
    if (status == STATUS_AGAIN)
        status = agree(&logon);
    kerberos_tickets_close(tickets);
    security_close(logon.security);
    buffer_release(&caller);
    buffer_release(&logon.heard);
    buffer_release(&logon.said);
    return status;
}

enum status directory_log_on(struct directory_session *session,
                             const struct directory_target *target, int *result, struct buffer *why)
{
    switch (target->identity) {
    case DIRECTORY_AS_CALLER:
        return log_on_as_caller(session, target, result, why);
    case DIRECTORY_AS_NAMED:
        return log_on_as_named(session, target, result, why);
    default: /* LDAP's third version is anonymous until it is told otherwise */
        return STATUS_OK;
    }
}
