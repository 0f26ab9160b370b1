/* A session of a directory, and how it begins: StartTLS and logons. */
#ifndef EXDIAG_POSIX_DIRECTORY_LOGON_H
#define EXDIAG_POSIX_DIRECTORY_LOGON_H

#include "diag/platform_directory.h"
#include "posix/channel.h"
#include "posix/directory_library.h"

struct directory_session {
    const struct ldap_functions *ldap;
    struct channel *channel;
    LDAP *handle;
    int64_t deadline;
};

/* One message of the answer. STATUS_TIMED_OUT and whatever else ends a session. */
enum status directory_hear(struct directory_session *session, int message, LDAPMessage **answer);

/* What a failure of the library, `code`, is in our words. */
enum status directory_failure(const struct directory_session *session, int code);

/* STATUS_REJECTED with the server's *result, its words in `why`. */
enum status directory_start_tls(struct directory_session *session,
                                const struct directory_target *target, int *result,
                                struct buffer *why);
enum status directory_log_on(struct directory_session *session,
                             const struct directory_target *target, int *result,
                             struct buffer *why);

#endif
