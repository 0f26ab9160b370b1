/*
 * The directory and Kerberos as an operating system gives them: OpenLDAP's and MIT's libraries
 * on POSIX, loaded when they are first used; wldap32 and SSPI on Windows. For workers: all of it
 * blocks, none of it past `deadline` (microseconds of platform_monotonic_clock()) but Windows'
 * own logons and questions for tickets, which are as patient as Windows is.
 */
#ifndef EXDIAG_PLATFORM_DIRECTORY_H
#define EXDIAG_PLATFORM_DIRECTORY_H

#include "diag/evidence/directory.h"
#include "diag/evidence/smtp_logon.h"
#include "diag/evidence/ticket.h"

/* Whether this machine has the library that asks them; what is below says so where it has not. */
bool platform_has_directories(void);

struct directory_target {
    struct net_address address;
    uint16_t kdc_port; /* at the same address: who is asked for the caller's ticket */
    const char *host;  /* whose certificate and ticket it has to be; NULL: anonymous, without TLS */
    bool tls_at_once;  /* LDAPS, and the global catalog's */
    bool start_tls;
    const char *ca_file; /* PEM; without it and the next: what the system trusts */
    const char *ca_text; /* the same as text, in place of a file */
    enum directory_identity identity;
    const char *user;     /* of DIRECTORY_AS_NAMED, which is done over verified TLS alone */
    const char *password; /* borrowed for the call */
};

struct directory_session;

/*
 * Connects to the address (no name is looked up, no configuration file or environment variable
 * of libldap is read; wldap32 goes by `host` where that is to be proven, and trusts what Windows
 * does alone: STATUS_NOT_SUPPORTED with `ca_file` or `ca_text`), and logs on. DIRECTORY_AS_CALLER
 * signs and seals where there is no TLS, and binds to the channel where there is; it never goes on
 * anonymously.
 *
 * STATUS_OK; STATUS_DENIED where its certificate is not trusted; STATUS_REJECTED with the result
 * that the server gave; STATUS_NOT_FOUND: the caller has no ticket for it; STATUS_NOT_SUPPORTED: a
 * library or mechanism is missing; REFUSED, UNREACHABLE, TIMED_OUT, CLOSED, MALFORMED as
 * everywhere. `why`: for people, may stay empty.
 */
enum status platform_directory_open(const struct directory_target *target, int64_t deadline,
                                    int *result, struct buffer *why,
                                    struct directory_session **out);
void platform_directory_close(struct directory_session *session);

struct directory_page {
    const char *base;
    enum directory_scope scope;
    const char *filter;
    const char *const *attributes; /* ended by NULL */
    unsigned size;                 /* entries of a page (RFC 2696) */
    struct buffer *cookie;         /* in: empty for the first page; out: empty after the last */
};

struct directory_taker {
    bool (*entry)(void *context, const char *dn); /* false: enough; the search is given up */
    void (*value)(void *context, const char *attribute, const char *bytes, size_t size);
    void (*referral)(void *context, const char *url);
    void *context;
};

/*
 * One page; without paging where `size` is 0. `result` and `why` are the server's where the status
 * is REJECTED; STATUS_LIMIT where the taker had enough; STATUS_INVALID: a filter that is none.
 * After STATUS_OK, REJECTED, LIMIT and INVALID the session is good for another.
 */
enum status platform_directory_search(struct directory_session *session,
                                      struct directory_page *page,
                                      const struct directory_taker *taker, int64_t deadline,
                                      int *result, struct buffer *why);

/*
 * Whether the caller has what Kerberos needs: the name of the principal ("alice@CORP.TEST") into
 * `principal`. STATUS_NOT_FOUND without a ticket-granting ticket that is still good; `why` says
 * which of the two it is.
 */
enum status platform_kerberos_caller(struct buffer *principal, struct buffer *why);

/* Fills in the observation of `answer` but for its evidence's status, which is returned. */
enum status platform_kerberos_ticket(struct ticket_answer *answer, int64_t deadline,
                                     struct buffer *why);

struct kerberos_logon;

/*
 * A ticket for the service of `answer`, of which the caller, the KDC's error and its time are
 * filled in; statuses are those of its step SMTP_LOGON_TICKET. Nothing is delegated.
 */
enum status platform_kerberos_logon_open(struct smtp_logon *answer, int64_t deadline,
                                         struct buffer *why, struct kerberos_logon **out);
void platform_kerberos_logon_close(struct kerberos_logon *logon);

/*
 * What is to be answered to a token of the server's (nothing, to begin with), by the mechanism
 * GSSAPI without layers (RFC 4752 3.1): the last answer but one may be empty. STATUS_REJECTED: the
 * token was not made by whoever has the service's key; MALFORMED: it is none.
 */
enum status platform_kerberos_logon_step(struct kerberos_logon *logon, const void *in, size_t size,
                                         struct buffer *out, struct buffer *why);

#endif
