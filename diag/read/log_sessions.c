#include "diag/read/log_sessions.h"

#include "diag/memory.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum { WAYS = 8, SETS = LOG_SESSIONS_MOST / WAYS };

void log_sessions_init(struct log_sessions *sessions, size_t size)
{
    *sessions = (struct log_sessions){memory_new(LOG_SESSIONS_MOST, size), size};
}

void log_sessions_release(struct log_sessions *sessions)
{
    free(sessions->places);
    *sessions = (struct log_sessions){NULL, 0};
}

void *log_session_at(const struct log_sessions *sessions, size_t index)
{
    return sessions->places + index * sessions->size;
}

void *log_session_of(struct log_sessions *sessions, const char *id, uint64_t line)
{
    size_t first = (size_t)(text_hash(id) % SETS) * WAYS;
    struct log_session *found = log_session_at(sessions, first);

    for (size_t i = first; i < first + WAYS; i++) {
        struct log_session *session = log_session_at(sessions, i);

        if (strcmp(session->id, id) == 0) {
            session->used = line;
            return session;
        }
        if (session->used < found->used)
            found = session;
    }
    memset(found, 0, sessions->size);
    memcpy(found->id, id, strlen(id));
    found->used = line;
    return found;
}
