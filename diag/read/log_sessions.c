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
    sessions->last = NULL;
}

void log_sessions_release(struct log_sessions *sessions)
{
    for (size_t i = 0; sessions->places && i < LOG_SESSIONS_MOST; i++)
        free(sessions->places[i]);
    free(sessions->places);
    *sessions = (struct log_sessions){.places = NULL};
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
        if (!set[i]->id[0])
            return set[i];
        if (set[i]->used < idle->used)
            idle = set[i];
    }
    memset(idle, 0, sessions->size);
    return idle;
}

static struct log_session *find(const struct log_sessions *sessions, const char *id)
{
    struct log_session **set = &sessions->places[text_hash(id) % SETS * WAYS];
    struct log_session *session;

    for (size_t i = 0; i < WAYS && set[i]; i++) {
        if (strcmp(set[i]->id, id) == 0)
            return set[i];
    }
    session = make_room(sessions, set);
    memcpy(session->id, id, strlen(id));
    return session;
}

void *log_session_of(struct log_sessions *sessions, const char *id, uint64_t line)
{
    if (!sessions->last || strcmp(sessions->last->id, id) != 0)
        sessions->last = find(sessions, id);
    sessions->last->used = line;
    return sessions->last;
}
