/*
 * The sessions that are open at one place of an SMTP protocol log of Exchange Server, in which
 * the lines of many are mixed: found by their ids, in bounded memory. Where too many are open,
 * the one idle for longest gives way.
 */
#ifndef EXDIAG_READ_LOG_SESSIONS_H
#define EXDIAG_READ_LOG_SESSIONS_H

#include <stddef.h>
#include <stdint.h>

enum { LOG_SESSION_ID_MOST = 40, LOG_SESSIONS_MOST = 4096 };

struct log_session {                  /* the first member of what a reader knows of one */
    char id[LOG_SESSION_ID_MOST + 1]; /* "": it is over, and the place is free */
    uint64_t used;                    /* line */
};

struct log_sessions {
    struct log_session **places; /* LOG_SESSIONS_MOST; NULL where there was none yet */
    size_t size;                 /* of one */
    struct log_session *last;    /* that was asked for, as the next one mostly is; or NULL */
};

/* `size`: of what a reader knows of one, with its struct log_session. */
void log_sessions_init(struct log_sessions *sessions, size_t size);
void log_sessions_release(struct log_sessions *sessions);

/* The one of this id, of 1 to LOG_SESSION_ID_MOST bytes; zeroed but for its first member if it
 * was not open. Whose reader zeroes all of it ends it. */
void *log_session_of(struct log_sessions *sessions, const char *id, uint64_t line);

/* One of LOG_SESSIONS_MOST places; NULL if it is free. */
void *log_session_at(const struct log_sessions *sessions, size_t index);

#endif
