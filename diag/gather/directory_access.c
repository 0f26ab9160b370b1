#include "diag/gather/directory_access.h"

#include "diag/memory.h"
#include "diag/platform.h"
#include "diag/read/dns_name.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

enum { IDLE_MOST = 16, KDC_PORT = 88, INVALID_CREDENTIALS = 49, PRINCIPAL_MOST = 1024 };

struct directory_access {
    char *user;     /* or NULL */
    char *password; /* with it */
    char *ca_file;  /* or NULL */
    char *ca_text;  /* or NULL */
    uint16_t kdc_port;
    bool anonymous;
    char **controllers;
    size_t controller_count;

    struct logon_trial *logon;
    struct platform_mutex *mutex; /* guards what follows */
    unsigned users;
    struct directory_visit idle[IDLE_MOST];
    size_t idle_count;
};

static char *copy(const char *text)
{
    return text ? memory_copy_string(text) : NULL;
}

struct directory_access *directory_access_new(const struct directory_credentials *credentials)
{
    struct directory_access *access = memory_new(1, sizeof *access);

    access->user = copy(credentials->user);
    access->password = copy(credentials->password);
    access->ca_file = copy(credentials->ca_file);
    access->ca_text = copy(credentials->ca_text);
    access->anonymous = credentials->anonymous;
    access->kdc_port = credentials->kdc_port ? credentials->kdc_port : KDC_PORT;
    access->controllers = memory_new(credentials->controller_count + 1, sizeof(char *));
    access->controller_count = credentials->controller_count;
    for (size_t i = 0; i < credentials->controller_count; i++)
        access->controllers[i] = copy(credentials->controllers[i]);
    access->mutex = platform_mutex_new();
    access->logon = credentials->logon ? logon_trial_share(credentials->logon) : logon_trial_new();
    access->users = 1;
    return access;
}

struct directory_access *directory_access_share(struct directory_access *access)
{
    platform_mutex_lock(access->mutex);
    access->users++;
    platform_mutex_unlock(access->mutex);
    return access;
}

void directory_access_leave(struct directory_access *access)
{
    bool last;

    if (!access)
        return;
    platform_mutex_lock(access->mutex);
    last = --access->users == 0;
    platform_mutex_unlock(access->mutex);
    if (!last)
        return;
    for (size_t i = 0; i < access->idle_count; i++)
        platform_directory_close(access->idle[i].session);
    logon_trial_leave(access->logon);
    platform_mutex_free(access->mutex);
    if (access->password)
        OPENSSL_cleanse(access->password, strlen(access->password));
    for (size_t i = 0; i < access->controller_count; i++)
        free(access->controllers[i]);
    free(access->controllers);
    free(access->password);
    free(access->user);
    free(access->ca_file);
    free(access->ca_text);
    free(access);
}

/* The rootDSE is for everybody (RFC 4513 5.1.1). */
static bool is_of_rootdse(const struct directory_answer *question)
{
    return question->scope == DIRECTORY_BASE && !*question->base;
}

static bool caller_has_ticket(struct buffer *why)
{
    struct buffer principal;
    enum status status;

    buffer_init(&principal, PRINCIPAL_MOST);
    status = platform_kerberos_caller(&principal, why);
    buffer_release(&principal);
    return status == STATUS_OK;
}

/*
 * DNS answers lead to hosts of anybody's choice, with certificates that are in order; so it is the
 * user's name that says whose controllers may hear the password.
 */
static bool may_hear(const struct directory_access *access, const char *host)
{
    const char *domain = strrchr(access->user, '@');

    for (size_t i = 0; i < access->controller_count; i++) {
        if (dns_name_equal(access->controllers[i], host))
            return true;
    }
    return domain && domain[1] && dns_name_is_below(host, domain + 1);
}

static enum directory_identity identity_of_user(const struct directory_access *access,
                                                const char *host, struct buffer *why)
{
    if (may_hear(access, host))
        return DIRECTORY_AS_NAMED;
    buffer_print(why,
                 "the password of --user is sent to controllers of that user's own domain "
                 "(alice@contoso.com: below contoso.com), and to those named with --dc; %s is none",
                 host);
    return DIRECTORY_AS_ANONYMOUS;
}

enum directory_identity directory_access_identity(const struct directory_access *access,
                                                  const struct directory_answer *question,
                                                  struct buffer *why)
{
    if (!question->host || is_of_rootdse(question))
        return DIRECTORY_AS_ANONYMOUS;
    if (access->user)
        return identity_of_user(access, question->host, why);
    return !access->anonymous && caller_has_ticket(why) ? DIRECTORY_AS_CALLER
                                                        : DIRECTORY_AS_ANONYMOUS;
}

/* ---- sessions that are open ---- */

static bool serves(const struct directory_visit *visit, const struct directory_answer *question)
{
    return visit->identity == question->identity && visit->tls_at_once == question->tls_at_once &&
           net_address_equal(&visit->address, &question->address);
}

static bool take_idle(struct directory_access *access, const struct directory_answer *question,
                      struct directory_visit *visit)
{
    bool found = false;

    platform_mutex_lock(access->mutex);
    for (size_t i = 0; i < access->idle_count && !found; i++) {
        found = serves(&access->idle[i], question);
        if (found) {
            *visit = access->idle[i];
            access->idle[i] = access->idle[--access->idle_count];
        }
    }
    platform_mutex_unlock(access->mutex);
    return found;
}

void directory_access_exit(struct directory_access *access, struct directory_visit *visit,
                           bool good)
{
    platform_mutex_lock(access->mutex);
    if (good && access->idle_count < IDLE_MOST) {
        visit->is_fresh = false;
        access->idle[access->idle_count++] = *visit;
        visit->session = NULL;
    }
    platform_mutex_unlock(access->mutex);
    platform_directory_close(visit->session);
    visit->session = NULL;
}

/* ---- logons ---- */

static void conclude(struct directory_access *access, enum status status, int result,
                     const struct buffer *why)
{
    enum logon_verdict verdict = LOGON_UNDECIDED;

    if (status == STATUS_REJECTED && result == INVALID_CREDENTIALS)
        verdict = LOGON_REFUSED;
    else if (status == STATUS_OK)
        verdict = LOGON_TAKEN;
    logon_trial_end(access->logon, LOGON_AT_DIRECTORIES, verdict, why->size > 0 ? why->text : NULL);
}

static enum status log_on(struct directory_access *access, const struct directory_answer *question,
                          int64_t deadline, int *result, struct buffer *why,
                          struct directory_visit *visit)
{
    bool is_named = question->identity == DIRECTORY_AS_NAMED;
    const struct directory_target target = {.address = question->address,
                                            .kdc_port = access->kdc_port,
                                            .host = question->host,
                                            .tls_at_once = question->tls_at_once,
                                            .start_tls = is_named && !question->tls_at_once,
                                            .ca_file = access->ca_file,
                                            .ca_text = access->ca_text,
                                            .identity = question->identity,
                                            .user = is_named ? access->user : NULL,
                                            .password = is_named ? access->password : NULL};

    *visit = (struct directory_visit){.address = question->address,
                                      .tls_at_once = question->tls_at_once,
                                      .identity = question->identity,
                                      .is_fresh = true};
    return platform_directory_open(&target, deadline, result, why, &visit->session);
}

enum status directory_access_enter(struct directory_access *access,
                                   const struct directory_answer *question, bool fresh,
                                   int64_t deadline, int *result, struct buffer *why,
                                   struct directory_visit *visit)
{
    enum directory_identity identity = question->identity;
    enum status status;

    *result = 0;
    if (!fresh && take_idle(access, question, visit))
        return STATUS_OK;
    if (identity != DIRECTORY_AS_NAMED)
        return log_on(access, question, deadline, result, why, visit);
    if (!logon_trial_begin(access->logon, LOGON_AT_DIRECTORIES, false, why))
        return STATUS_DENIED;
    status = log_on(access, question, deadline, result, why, visit);
    conclude(access, status, *result, why);
    return status;
}
