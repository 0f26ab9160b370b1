/*
 * What a run's searches of directories share: the password of --user, what became of it, and
 * sessions that are open. For all threads; the last to leave wipes the password.
 *
 * A wrong password is tried once, however many searches want it (logon_trial.h), and locks nobody
 * out. It goes to controllers of the user's own domain, which
 * the name has to tell (alice@contoso.com), and to those that the user named.
 */
#ifndef EXDIAG_GATHER_DIRECTORY_ACCESS_H
#define EXDIAG_GATHER_DIRECTORY_ACCESS_H

#include "diag/gather/logon_trial.h"
#include "diag/platform_directory.h"

struct directory_access;

struct directory_credentials { /* copied */
    const char *user;          /* or NULL */
    const char *password;
    struct logon_trial *logon;      /* of both, with whom else it is shared; NULL: with nobody */
    const char *ca_file;            /* PEM; without it and the next: what the system trusts */
    const char *ca_text;            /* the same as text, in place of a file */
    uint16_t kdc_port;              /* 0: the usual one */
    bool anonymous;                 /* the caller's ticket is left alone */
    const char *const *controllers; /* that the user named: they may hear any user's password */
    size_t controller_count;
};

struct directory_access *directory_access_new(const struct directory_credentials *credentials);
struct directory_access *directory_access_share(struct directory_access *access);
void directory_access_leave(struct directory_access *access);

/*
 * As whom this is to be asked: as --user; as the caller who has a ticket; else anonymously. `why`:
 * what the caller lacks, or why this server is not one for the password.
 */
enum directory_identity directory_access_identity(const struct directory_access *access,
                                                  const struct directory_answer *question,
                                                  struct buffer *why);

struct directory_visit { /* a session, while one search has it */
    struct directory_session *session;
    struct net_address address;
    bool tls_at_once;
    enum directory_identity identity;
    bool is_fresh; /* opened for this search */
};

/*
 * A session that was left open, or a new one where there is none or `fresh` is wanted. As
 * platform_directory_open(); STATUS_DENIED too for an identity that was refused before.
 */
enum status directory_access_enter(struct directory_access *access,
                                   const struct directory_answer *question, bool fresh,
                                   int64_t deadline, int *result, struct buffer *why,
                                   struct directory_visit *visit);

/* `good`: the session may serve another search. */
void directory_access_exit(struct directory_access *access, struct directory_visit *visit,
                           bool good);

#endif
