/*
 * The options that have a say in what is found. They stand in the header of an
 * evidence file, so that `exdiag report` judges as the run did.
 */
#ifndef EXDIAG_SETTINGS_H
#define EXDIAG_SETTINGS_H

#include "diag/finding.h"
#include "diag/read/net_address.h"

struct severity_override { /* --severity ID=LEVEL */
    const char *id;
    enum severity severity;
};

/* X(NAME, "word of --port", the usual port): what is asked of hosts of evidence */
#define SERVICE_LIST(X)                                                                            \
    X(DNS, "dns", 53)                                                                              \
    X(SMTP, "smtp", 25)                                                                            \
    X(SUBMISSION, "submission", 587)   /* RFC 6409 */                                              \
    X(SUBMISSIONS, "submissions", 465) /* RFC 8314: TLS from the first byte */                     \
    X(HTTP, "http", 80)                                                                            \
    X(HTTPS, "https", 443)                                                                         \
    X(LDAP, "ldap", 389) /* CLDAP over UDP too */                                                  \
    X(NTP, "ntp", 123)                                                                             \
    X(KERBEROS, "kerberos", 88)                                                                    \
    X(SMB, "smb", 445)                                                                             \
    X(LDAPS, "ldaps", 636)                                                                         \
    X(GC, "gc", 3268) /* the global catalog */                                                     \
    X(GC_TLS, "gc-tls", 3269)                                                                      \
    X(BACKEND, "backend", 444) /* Exchange's own web server behind the one at 443 */               \
    X(WINRM, "winrm", 5985)    /* over HTTP */

enum service {
#define X(name, word, port) SERVICE_##name,
    SERVICE_LIST(X)
#undef X
        SERVICE_COUNT
};

const char *service_word(enum service service);
enum service service_from_word(const char *word); /* SERVICE_COUNT if there is none */

enum { REFERENCES_MOST = 8 };

struct settings {
    /* --dns: the servers the user named; none: the system's resolvers are asked */
    const struct net_address *dns;
    size_t dns_count;
    uint16_t ports[SERVICE_COUNT]; /* --port SERVICE=N; 0: the usual one. See service_port() */

    const char *const *only; /* probe names and finding ids; none: all */
    size_t only_count;
    const char *const *skip;
    size_t skip_count;
    const struct severity_override *severities;
    size_t severity_count;
    const struct acceptance *accepted;
    size_t accepted_count;

    /* --reference: NTP servers outside, whose clocks are right; canonical names or addresses */
    const char *const *references;
    size_t reference_count; /* up to REFERENCES_MOST */

    /* No subject was named: all that the directory of this machine's organisation lists is. */
    bool everything;

    bool authenticate; /* --authenticate: logs on to mail servers with the caller's ticket */
    bool plants;       /* --plant-test-item: makes an item in a mailbox, and deletes it again */
    bool impersonates; /* --impersonate: asks EWS as the owner of each mailbox */

    /* --builds: the text of a table of builds (read/build_table.h); NULL: the program's own */
    const char *builds;

    /* SPF: hosts that send, and what else an evaluation is given (RFC 7208 4.1) */
    const struct ip_address *senders; /* --ip */
    size_t sender_count;
    bool one_message;         /* --ip is that of a message to judge, and of no host known to send */
    const char *sender_local; /* --sender: the local part; NULL: postmaster */
    const char *helo;         /* --helo; NULL: not known */
    const char *record;       /* exdiag spf --record: not published yet; or NULL */
    bool deep; /* asks more than a verdict on what is published takes: `check`, audit --deep */
};

uint16_t service_usual_port(enum service service);

/* Where a service is asked: the port of --port, or the usual one. */
uint16_t service_port(const struct settings *settings, enum service service);

#endif
