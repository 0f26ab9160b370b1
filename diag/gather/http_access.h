/*
 * What a run's requests over HTTP share: as whom they are made, what became of that, and whom they
 * trust. For all threads; the last to leave wipes password and token.
 *
 * A wrong password or token is tried once, however many requests want it (logon_trial.h), and locks
 * nobody out.
 */
#ifndef EXDIAG_GATHER_HTTP_ACCESS_H
#define EXDIAG_GATHER_HTTP_ACCESS_H

#include "diag/evidence/web.h"
#include "diag/gather/logon_trial.h"
#include "diag/gather/tls.h"

struct http_credentials { /* copied */
    const char *user;     /* of --user, "alice@contoso.com" or "CONTOSO\\alice"; or NULL */
    const char *password; /* with it */
    /* Of both, with whom else it is shared; NULL: with nobody. A token's is its own. */
    struct logon_trial *logon;
    const char *token;          /* of --token-file: goes before the user; or NULL */
    bool ntlm;                  /* --ntlm: the user logs on by NTLM, not by Basic */
    bool insecure;              /* --insecure: see http_access_may() */
    const char *const *servers; /* that the user named: they alone hear a password or token */
    size_t server_count;
    const char *ca_file; /* PEM; NULL: what the system trusts */
    const char *ca_text; /* the same as text, in place of a file; or NULL */
    /* The same authorities, as certificates are judged by; shared. NULL: to be made of the above */
    struct tls_trust *trust;
};

struct http_access;

struct http_access *http_access_new(const struct http_credentials *credentials);
struct http_access *http_access_share(struct http_access *access);
void http_access_leave(struct http_access *access);

/* How one shows who he is: the bearer of the token; --user; else the caller, by Kerberos. */
enum web_scheme http_access_scheme(const struct http_access *access);

/* --user; NULL for the caller and for the bearer of a token. */
const char *http_access_user(const struct http_access *access);

bool http_access_is_insecure(const struct http_access *access);

/*
 * Whether a scheme may be used with this host, over this: NULL, or why not.
 *
 * Password and token, and NTLM, from which a password may be guessed, are for servers that the
 * user named. Directories and DNS lead to hosts of anybody's choice, with certificates that are in
 * order. A Kerberos ticket is of use to the named service alone, and whose word that name may be is
 * for probes to say.
 *
 * Passwords as they are and tokens (Basic, Bearer) want TLS with a certificate that verifies,
 * always. NTLM wants it too and Kerberos where there is TLS at all, unless --insecure; Kerberos
 * goes over plain HTTP, as Exchange's own management shell does.
 */
const char *http_access_may(const struct http_access *access, enum web_scheme scheme,
                            const char *host, bool over_tls);

/* logon_trial_begin() and _end(). Of Kerberos nothing is remembered. `host`: who gave the verdict.
 */
bool http_access_try(struct http_access *access, enum web_scheme scheme, bool cleans_up,
                     struct buffer *why);
void http_access_concluded(struct http_access *access, enum web_scheme scheme,
                           enum logon_verdict verdict, const char *host);

/*
 * For those who make requests: what stands behind "Authorization: " for Basic and Bearer, into a
 * buffer that is to be wiped; the password, for NTLM; and whom to trust.
 */
void http_access_write(const struct http_access *access, enum web_scheme scheme,
                       struct buffer *out);
const char *http_access_password(const struct http_access *access);
const char *http_access_ca_file(const struct http_access *access);
const char *http_access_ca_text(const struct http_access *access);
struct tls_trust *http_access_trust(const struct http_access *access);

/* Overwrites what a buffer holds, and releases it. */
void http_wipe(struct buffer *secret);

#endif
