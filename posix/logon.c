/* Logons by Kerberos where the channel stays as it is: SMTP's GSSAPI (RFC 4752, without layers). */
#include "diag/platform_directory.h"
#include "posix/kerberos.h"
#include "posix/security.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_MOST = 1024, PRINCIPAL_MOST = 4096, OFFER_MOST = 4096, OFFER_SIZE = 4, LAYER_NONE = 1 };

struct kerberos_logon {
    struct kerberos_tickets *tickets;
    struct security *security;
    bool is_known;  /* both know who the other is */
    bool is_agreed; /* on no layer */
};

/* STATUS_REJECTED: the KDC gives none. */
static enum status fetch(struct kerberos_logon *logon, struct smtp_logon *answer, int64_t deadline,
                         struct buffer *why)
{
    struct buffer cross;
    struct kerberos_grant grant = {.cross = &cross};
    enum status status;

    buffer_init(&cross, NAME_MOST);
    status = kerberos_tickets_get(logon->tickets, &answer->kdc, answer->realm, answer->spn,
                                  deadline, &grant, why);
    answer->error_code = grant.error_code;
    answer->server_time = grant.server_time;
    if (status == STATUS_OK && cross.size > 0)
        buffer_print(why, "its realm %s refers to %s, which is not asked", answer->realm,
                     cross.text);
    if (status == STATUS_OK && (grant.error_code != 0 || cross.size > 0))
        status = STATUS_REJECTED;
    buffer_release(&cross);
    return status;
}

static enum status prepare(struct kerberos_logon *logon, const struct smtp_logon *answer,
                           struct buffer *why)
{
    struct buffer principal;
    struct security_target target = {.tickets = kerberos_tickets_name(logon->tickets)};
    enum status status;

    buffer_init(&principal, PRINCIPAL_MOST);
    buffer_print(&principal, "%s@%s", answer->spn, answer->realm);
    target.principal = principal.text;
    status = security_open(&target, &logon->security, why);
    buffer_release(&principal);
    return status;
}

enum status platform_kerberos_logon_open(struct smtp_logon *answer, int64_t deadline,
                                         struct buffer *why, struct kerberos_logon **out)
{
    struct kerberos_logon *logon;
    struct buffer caller;
    enum status status;

    *out = NULL;
    if (strpbrk(answer->spn, "@\\"))
        return STATUS_INVALID;
    logon = memory_new(1, sizeof *logon);
    buffer_init(&caller, NAME_MOST);
    status = kerberos_tickets_open(&logon->tickets, &caller, why);
    if (status == STATUS_OK) {
        answer->caller = arena_copy_string(&answer->evidence.memory, caller.text);
        status = fetch(logon, answer, deadline, why);
    }
    if (status == STATUS_OK)
        status = prepare(logon, answer, why);
    buffer_release(&caller);
    if (status == STATUS_OK)
        *out = logon;
    else
        platform_kerberos_logon_close(logon);
    return status;
}

void platform_kerberos_logon_close(struct kerberos_logon *logon)
{
    if (!logon)
        return;
    security_close(logon->security);
    kerberos_tickets_close(logon->tickets);
    free(logon);
}

/* What the server offers is signed; so is the choice, which is of no layer, and for oneself. */
static enum status choose_no_layer(struct kerberos_logon *logon, const void *in, size_t size,
                                   struct buffer *out)
{
    static const unsigned char choice[OFFER_SIZE] = {LAYER_NONE};
    struct buffer offer;
    enum status status;

    if (logon->is_agreed)
        return STATUS_MALFORMED;
    logon->is_agreed = true;
    buffer_init(&offer, OFFER_MOST);
    status = security_unwrap(logon->security, in, size, &offer);
    if (status == STATUS_OK && (offer.size != OFFER_SIZE || !(offer.text[0] & LAYER_NONE)))
        status = STATUS_MALFORMED;
    buffer_release(&offer);
    return status == STATUS_OK ? security_wrap(logon->security, false, choice, sizeof choice, out)
                               : status;
}

enum status platform_kerberos_logon_step(struct kerberos_logon *logon, const void *in, size_t size,
                                         struct buffer *out, struct buffer *why)
{
    if (logon->is_known)
        return choose_no_layer(logon, in, size, out);
    return security_step(logon->security, in, size, out, &logon->is_known, why);
}
