#include "diag/read/log_sessions.h"

#include "diag/memory.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum { WAYS = 8, SETS = LOG_SESSIONS_MOST / WAYS };

void log_sessions_init(struct log_sessions *sessions, size_t size)
{
    sessions->places = memory_new(LOG_SESSIONS_MOST, sizeof *sessions->places);
    sessions->size = size;
}

void log_sessions_release(struct log_sessions *sessions)
{
    for (size_t i = 0; sessions->places && i < LOG_SESSIONS_MOST; i++)
        free(sessions->places[i]);
    free(sessions->places);
    *sessions = (struct log_sessions){NULL, 0};
}

void *log_session_at(const struct log_sessions *sessions, size_t index)
{
    struct log_session *session = sessions->places ? sessions->places[index] : NULL;

    return session && session->id[0] ? session : NULL;
}

/* A free place of a set, or the one that was idle for longest. */
static struct log_session *make_room(const struct log_sessions *sessions, struct log_session **set)
{
    struct log_session *idle = set[0];

    for (size_t i = 0; i < WAYS; i++) {
        if (!set[i])
            return set[i] = memory_new(1, sessions->size);
        if (set[i]->used < idle->used)
            idle = set[i];
    }
    memset(idle, 0, sessions->size);
    return idle;
}

void *log_session_of(struct log_sessions *sessions, const char *id, uint64_t line)
{
    struct log_session **set = &sessions->places[text_hash(id) % SETS * WAYS];
    struct log_session *session = NULL;

    for (size_t i = 0; i < WAYS && set[i] && !session; i++)
        session = strcmp(set[i]->id, id) == 0 ? set[i] : NULL;
    if (!session) {
        session = make_room(sessions, set);
        memcpy(session->id, id, strlen(id));
    }
    session->used = line;
    return session;
}
