#include "diag/read/mail_kept.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST = TRACE_CONNECTIONS_KEPT,
    TURNED_AWAY = 1024, /* remembered, so that the next of their kind goes at once */
    TALLY = 4 * MOST
};

enum { LATE = 1000000 }; /* microseconds from SYN-ACK to greeting */

struct mail_kept {
    struct mail_lookups *lookups;
    struct mail_kept_connection connections[MOST];
    uint64_t kind[MOST]; /* of server and rank */
    size_t count;
    uint16_t of_rank[MAIL_RANKS][MOST]; /* indices of connections */
    size_t rank_count[MAIL_RANKS];
    bool is_diverse[MAIL_RANKS];       /* no server is there twice */
    uint64_t turned_away[TURNED_AWAY]; /* kinds, each at its own place */
    struct {
        uint64_t kind;
        size_t count;
    } tally[TALLY]; /* of kind[] */
};

struct mail_kept *mail_kept_new(struct mail_lookups *lookups)
{
    struct mail_kept *kept = memory_new(1, sizeof *kept);

    kept->lookups = lookups;
    return kept;
}

static void release(struct mail_kept *kept, struct mail_kept_connection *connection)
{
    free((char *)connection->seen.greeting);
    mail_lookups_release(kept->lookups, &connection->path);
}

void mail_kept_free(struct mail_kept *kept)
{
    for (size_t i = 0; i < kept->count; i++)
        release(kept, &kept->connections[i]);
    free(kept);
}

/* ---- which stay ---- */

/* Whether a missing greeting would be nobody's fault. */
static bool expects_nothing(const struct trace_connection *seen)
{
    return seen->is_cut || seen->has_gap || trace_is_half_open(seen);
}

static enum mail_rank rank_of(const struct trace_connection *seen)
{
    const struct trace_moment *welcome =
        seen->server.port == TRACE_TLS_PORT ? &seen->server_first : &seen->greeted;

    if (!seen->syn.frame && !seen->syn_ack.frame)
        return MAIL_NOT_JUDGED;
    if (!welcome->frame)
        return expects_nothing(seen) ? MAIL_NOT_JUDGED : MAIL_NOT_WELCOMED;
    if (seen->server.port != TRACE_TLS_PORT && seen->greeting_code / 100 != 2)
        return MAIL_NOT_WELCOMED;
    if (seen->syn_ack.frame && welcome->time - seen->syn_ack.time >= LATE)
        return MAIL_WELCOMED_LATE;
    return MAIL_WELCOMED;
}

static uint64_t kind_of(const struct net_address *server, enum mail_rank rank)
{
    uint64_t hash = 0xcbf29ce484222325 + (uint64_t)rank + (uint64_t)server->port * MAIL_RANKS;

    for (size_t i = 0; i < sizeof server->ip.bytes; i++)
        hash = (hash ^ server->ip.bytes[i]) * 0x100000001b3; /* FNV-1a */
    hash ^= hash >> 32;
    return hash ? hash : 1;
}

static void put(struct mail_kept *kept, size_t place, enum mail_rank rank, uint64_t kind,
                const struct mail_kept_connection *connection)
{
    kept->connections[place] = *connection;
    kept->kind[place] = kind;
    kept->of_rank[rank][kept->rank_count[rank]++] = (uint16_t)place;
    kept->is_diverse[rank] = false;
}

/* Of a rank below, the one kept last gives way. */
static bool replace_lower(struct mail_kept *kept, enum mail_rank rank, uint64_t kind,
                          const struct mail_kept_connection *connection)
{
    for (unsigned lower = 0; lower < (unsigned)rank; lower++) {
        if (kept->rank_count[lower] > 0) {
            size_t place = kept->of_rank[lower][--kept->rank_count[lower]];

            release(kept, &kept->connections[place]);
            put(kept, place, rank, kind, connection);
            return true;
        }
    }
    return false;
}

/* Where a kind is in the tally, or would be. */
static size_t tally_place(const struct mail_kept *kept, uint64_t kind)
{
    size_t place = kind % TALLY;

    while (kept->tally[place].count && kept->tally[place].kind != kind)
        place = (place + 1) % TALLY;
    return place;
}

static void tally(struct mail_kept *kept)
{
    memset(kept->tally, 0, sizeof kept->tally);
    for (size_t i = 0; i < kept->count; i++) {
        size_t place = tally_place(kept, kept->kind[i]);

        kept->tally[place].kind = kept->kind[i];
        kept->tally[place].count++;
    }
}

/* A server of which none of this rank is kept takes the place of one that has most. */
static bool replace_frequent(struct mail_kept *kept, enum mail_rank rank, uint64_t kind,
                             const struct mail_kept_connection *connection)
{
    size_t most = 1, place = MOST;

    if (kept->is_diverse[rank])
        return false;
    tally(kept);
    if (kept->tally[tally_place(kept, kind)].count)
        return false;
    for (size_t i = kept->rank_count[rank]; i-- > 0;) {
        size_t here = kept->of_rank[rank][i];
        size_t count = kept->tally[tally_place(kept, kept->kind[here])].count;

        if (count > most) {
            most = count;
            place = here;
        }
    }
    kept->is_diverse[rank] = place == MOST;
    if (place == MOST)
        return false;
    release(kept, &kept->connections[place]);
    kept->connections[place] = *connection;
    kept->kind[place] = kind;
    return true;
}

void mail_kept_add(struct mail_kept *kept, const struct mail_kept_connection *connection)
{
    enum mail_rank rank = rank_of(&connection->seen);
    uint64_t kind = kind_of(&connection->seen.server, rank);
    uint64_t *turned_away = &kept->turned_away[kind % TURNED_AWAY];
    struct mail_kept_connection gone = *connection;

    if (kept->count < MOST) {
        put(kept, kept->count++, rank, kind, connection);
        return;
    }
    if (*turned_away != kind) {
        if (replace_lower(kept, rank, kind, connection) ||
            replace_frequent(kept, rank, kind, connection)) {
            memset(kept->turned_away, 0, sizeof kept->turned_away);
            return;
        }
        *turned_away = kind;
    }
    release(kept, &gone);
}

/* ---- the result ---- */

static int in_order_of_frames(const void *a, const void *b)
{
    const struct mail_kept_connection *first = a, *second = b;

    return (first->first_frame > second->first_frame) - (first->first_frame < second->first_frame);
}

void mail_kept_collect(struct mail_kept *kept, struct arena *arena, struct mail_trace *out)
{
    if (kept->count)
        qsort(kept->connections, kept->count, sizeof *kept->connections, in_order_of_frames);
    for (size_t i = 0; i < kept->count; i++)
        mail_lookups_choose(kept->lookups, &kept->connections[i].path);
    mail_lookups_collect(kept->lookups, arena, out);
    out->connections = arena_new(arena, kept->count, sizeof *out->connections);
    out->connection_count = kept->count;
    for (size_t i = 0; i < kept->count; i++) {
        const struct mail_path *path = &kept->connections[i].path;
        struct trace_connection *copy = &out->connections[i];

        *copy = kept->connections[i].seen;
        copy->greeting =
            arena_copy(arena, copy->greeting ? copy->greeting : "", copy->greeting_size);
        copy->mx_lookup = mail_lookup_index(path->mx);
        copy->address_lookup = mail_lookup_index(path->address);
        copy->exchange = path->exchange ? arena_copy_string(arena, path->exchange) : NULL;
    }
}
