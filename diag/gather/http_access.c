#include "diag/gather/http_access.h"

#include "diag/memory.h"
#include "diag/platform.h"
#include "diag/read/base64.h"
#include "diag/read/dns_name.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

enum { PAIR_MOST = 4096 };

struct http_access {
    char *user; /* or NULL, as the next ones */
    char *password;
    char *token;
    char *ca_file;
    char *ca_text;
    struct tls_trust *trust;
    bool ntlm;
    bool insecure;
    char **servers;
    size_t server_count;

    struct logon_trial *logon;    /* of password or token: one of them alone is used */
    struct platform_mutex *mutex; /* guards what follows */
    unsigned users;
};

static char *copy(const char *text)
{
    return text ? memory_copy_string(text) : NULL;
}

static void forget(char *secret)
{
    if (secret)
        OPENSSL_cleanse(secret, strlen(secret));
    free(secret);
}

struct http_access *http_access_new(const struct http_credentials *credentials)
{
    struct http_access *access = memory_new(1, sizeof *access);

    access->user = copy(credentials->user);
    access->password = copy(credentials->password);
    access->token = copy(credentials->token);
    access->ca_file = copy(credentials->ca_file);
    access->ca_text = copy(credentials->ca_text);
    access->trust = credentials->trust ? tls_trust_share(credentials->trust)
                                       : tls_trust_new(access->ca_file, access->ca_text);
    access->ntlm = credentials->ntlm;
    access->insecure = credentials->insecure;
    access->servers = memory_new(credentials->server_count + 1, sizeof(char *));
    access->server_count = credentials->server_count;
    for (size_t i = 0; i < credentials->server_count; i++)
        access->servers[i] = copy(credentials->servers[i]);
    access->mutex = platform_mutex_new();
    access->logon = credentials->logon && !credentials->token
                        ? logon_trial_share(credentials->logon)
                        : logon_trial_new();
    access->users = 1;
    return access;
}

struct http_access *http_access_share(struct http_access *access)
{
    platform_mutex_lock(access->mutex);
    access->users++;
    platform_mutex_unlock(access->mutex);
    return access;
}

void http_access_leave(struct http_access *access)
{
    bool last;

    if (!access)
        return;
    platform_mutex_lock(access->mutex);
    last = --access->users == 0;
    platform_mutex_unlock(access->mutex);
    if (!last)
        return;
    logon_trial_leave(access->logon);
    platform_mutex_free(access->mutex);
    forget(access->password);
    forget(access->token);
    for (size_t i = 0; i < access->server_count; i++)
        free(access->servers[i]);
    free(access->servers);
    free(access->user);
    free(access->ca_file);
    free(access->ca_text);
    tls_trust_leave(access->trust);
    free(access);
}

enum web_scheme http_access_scheme(const struct http_access *access)
{
    if (access->token)
        return WEB_BEARER;
    if (access->user)
        return access->ntlm ? WEB_NTLM : WEB_BASIC;
    return WEB_NEGOTIATE;
}

const char *http_access_user(const struct http_access *access)
{
    return access->token ? NULL : access->user;
}

bool http_access_is_insecure(const struct http_access *access)
{
    return access->insecure;
}

static bool is_named(const struct http_access *access, const char *host)
{
    for (size_t i = 0; host && i < access->server_count; i++) {
        if (dns_name_equal(access->servers[i], host))
            return true;
    }
    return false;
}

const char *http_access_may(const struct http_access *access, enum web_scheme scheme,
                            const char *host, bool over_tls)
{
    if (scheme == WEB_ANONYMOUS || scheme == WEB_NEGOTIATE)
        return NULL;
    if (!is_named(access, host))
        return scheme == WEB_BEARER ? "a token goes to servers named with --server alone"
                                    : "a password goes to servers named with --server alone";
    if (over_tls)
        return NULL;
    if (scheme == WEB_NTLM)
        return access->insecure ? NULL : "NTLM goes over verified TLS alone, unless --insecure";
    return scheme == WEB_BASIC ? "a password goes over verified TLS alone"
                               : "a token goes over verified TLS alone";
}

/* ---- what became of password and token ---- */

static bool is_remembered(enum web_scheme scheme)
{
    return scheme != WEB_ANONYMOUS && scheme != WEB_NEGOTIATE;
}

bool http_access_try(struct http_access *access, enum web_scheme scheme, bool cleans_up,
                     struct buffer *why)
{
    return !is_remembered(scheme) ||
           logon_trial_begin(access->logon, LOGON_AT_WEB_SERVERS, cleans_up, why);
}

void http_access_concluded(struct http_access *access, enum web_scheme scheme,
                           enum logon_verdict verdict, const char *host)
{
    if (is_remembered(scheme))
        logon_trial_end(access->logon, LOGON_AT_WEB_SERVERS, verdict, host);
}

/* ---- what is sent ---- */

void http_wipe(struct buffer *secret)
{
    OPENSSL_cleanse(secret->text, secret->size);
    buffer_release(secret);
}

void http_access_write(const struct http_access *access, enum web_scheme scheme, struct buffer *out)
{
    size_t size =
        access->user && access->password ? strlen(access->user) + strlen(access->password) + 1 : 0;
    char pair[PAIR_MOST];

    if (scheme == WEB_BEARER && access->token) {
        buffer_print(out, "Bearer %s", access->token);
    } else if (scheme == WEB_BASIC && size > 0 && size < sizeof pair) {
        memcpy(pair, access->user, strlen(access->user));
        pair[strlen(access->user)] = ':';
        memcpy(pair + strlen(access->user) + 1, access->password, strlen(access->password));
        buffer_add_string(out, "Basic ");
        base64_encode(pair, size, out);
        OPENSSL_cleanse(pair, sizeof pair);
    }
}

const char *http_access_password(const struct http_access *access)
{
    return access->password;
}

const char *http_access_ca_file(const struct http_access *access)
{
    return access->ca_file;
}

const char *http_access_ca_text(const struct http_access *access)
{
    return access->ca_text;
}

struct tls_trust *http_access_trust(const struct http_access *access)
{
    return access->trust;
}
