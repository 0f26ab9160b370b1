/*
 * One vocabulary for how an operation or an observation ended.
 *
 * Functions that can fail return `enum status`; STATUS_OK is 0. The same words
 * stand in evidence files ("status": "timeout"), so a token, once released,
 * keeps its meaning for ever.
 */
#ifndef EXDIAG_STATUS_H
#define EXDIAG_STATUS_H

/* X(name, token in evidence files, text for people) */
#define STATUS_LIST(X)                                                                             \
    X(OK, "ok", "answered")                                                                        \
    X(AGAIN, "again", "not ready yet")                                                             \
    X(TIMED_OUT, "timeout", "no answer in time")                                                   \
    X(REFUSED, "refused", "connection refused")                                                    \
    X(UNREACHABLE, "unreachable", "no route to the host")                                          \
    X(CLOSED, "closed", "connection closed by the other side")                                     \
    X(SERVER_FAILURE, "server-failure", "the server reported a failure of its own")                \
    X(REJECTED, "rejected", "the server declined to answer")                                       \
    X(MALFORMED, "malformed", "the answer could not be understood")                                \
    X(TOO_LARGE, "too-large", "larger than this program reads")                                    \
    X(NOT_FOUND, "not-found", "does not exist")                                                    \
    X(DENIED, "denied", "permission denied")                                                       \
    X(NOT_SUPPORTED, "not-supported", "not available on this platform")                            \
    X(NO_SERVER, "no-server", "no server is known that could be asked")                            \
    X(INVALID, "invalid", "not a valid value")                                                     \
    X(NOT_FOLLOWED, "not-followed", "not followed")                                                \
    X(EXISTS, "exists", "exists already")                                                          \
    X(DISK_FULL, "disk-full", "no space left on the device")                                       \
    X(IO, "io", "reading or writing failed")                                                       \
    X(LIMIT, "limit", "a limit of this examination was reached")                                   \
    X(EXHAUSTED, "exhausted", "the system has no more of what that takes")                         \
    X(CANCELLED, "cancelled", "the run ended before the answer came")                              \
    X(NOT_RECORDED, "not-recorded", "not in the evidence file")

enum status {
#define X(name, token, text) STATUS_##name,
    STATUS_LIST(X)
#undef X
        STATUS_COUNT
};

/* The token that stands for a status in evidence files; never NULL. */
const char *status_token(enum status status);

/* What the status means, for people: lower case, no full stop; never NULL. */
const char *status_text(enum status status);

/* The status of a token, or STATUS_COUNT when there is none of that name. */
enum status status_from_token(const char *token);

#endif
