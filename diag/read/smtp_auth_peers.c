#include "diag/read/smtp_auth_peers.h"

#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum { CHAINS = 1024 };

struct kept { /* strings are its own */
    struct smtp_auth_peer peer;
    uint64_t hash, number; /* in the order in which they came */
    enum smtp_auth_rank rank;
    size_t next; /* in the chain of its hash: index + 1 */
};

struct smtp_auth_peers {
    struct kept *kept;
    size_t count, room;
    size_t chains[CHAINS]; /* index + 1 */
    size_t of_rank[SMTP_AUTH_RANKS];
    size_t hand; /* who is looked at first when one has to give way */
    uint64_t number;
    bool more;
};

/* ---- finding ---- */

static uint64_t hash_of(const struct net_address *address, const char *connector)
{
    uint64_t hash = address->port;

    for (size_t i = 0; i < sizeof address->ip.bytes; i++)
        hash = hash * 31 + address->ip.bytes[i];
    return hash * 31 ^ text_hash(connector);
}

static bool is_same_address(const struct net_address *one, const struct net_address *other)
{
    return one->ip.family == other->ip.family &&
           (one->ip.family == IP_NONE || net_address_equal(one, other));
}

static struct kept *find(const struct smtp_auth_peers *peers, uint64_t hash,
                         const struct net_address *address, const char *connector)
{
    for (size_t i = peers->chains[hash % CHAINS]; i > 0; i = peers->kept[i - 1].next) {
        struct kept *kept = &peers->kept[i - 1];

        if (kept->hash == hash && is_same_address(&kept->peer.address, address) &&
            strcmp(kept->peer.connector, connector) == 0)
            return kept;
    }
    return NULL;
}

/* ---- room ---- */

static void release(struct kept *kept)
{
    free((char *)kept->peer.connector);
    free((char *)kept->peer.server);
    free((char *)kept->peer.client);
    free((char *)kept->peer.first.text);
    free((char *)kept->peer.last.text);
    for (size_t i = 0; i < kept->peer.error_count; i++)
        free((char *)kept->peer.errors[i].token);
}

static void leave_chain(struct smtp_auth_peers *peers, size_t index)
{
    size_t *link = &peers->chains[peers->kept[index].hash % CHAINS];

    while (*link != index + 1)
        link = &peers->kept[*link - 1].next;
    *link = peers->kept[index].next;
}

/* Of the peers of the lowest rank the one that is next; SIZE_MAX if none is below `rank`. */
static size_t make_way(struct smtp_auth_peers *peers, enum smtp_auth_rank rank)
{
    unsigned lowest = 0;

    while (lowest < rank && peers->of_rank[lowest] == 0)
        lowest++;
    peers->more = true;
    if (lowest == rank)
        return SIZE_MAX;
    while (peers->kept[peers->hand].rank != lowest)
        peers->hand = (peers->hand + 1) % peers->count;
    leave_chain(peers, peers->hand);
    peers->of_rank[lowest]--;
    release(&peers->kept[peers->hand]);
    return peers->hand;
}

static size_t place_for_one(struct smtp_auth_peers *peers, enum smtp_auth_rank rank)
{
    if (peers->count == SMTP_AUTH_PEERS_KEPT)
        return make_way(peers, rank);
    peers->kept = memory_grow(peers->kept, &peers->room, peers->count, sizeof *peers->kept);
    return peers->count++;
}

struct smtp_auth_peer *smtp_auth_peer_of(struct smtp_auth_peers *peers,
                                         const struct net_address *address, const char *connector,
                                         enum smtp_auth_rank rank)
{
    uint64_t hash = hash_of(address, connector);
    struct kept *kept = find(peers, hash, address, connector);
    size_t place;

    if (!kept) {
        place = place_for_one(peers, rank);
        if (place == SIZE_MAX)
            return NULL;
        kept = &peers->kept[place];
        *kept =
            (struct kept){.peer = {.address = *address, .connector = memory_copy_string(connector)},
                          .hash = hash,
                          .number = peers->number++,
                          .rank = rank,
                          .next = peers->chains[hash % CHAINS]};
        peers->chains[hash % CHAINS] = place + 1;
        peers->of_rank[rank]++;
    } else if (kept->rank < rank) {
        peers->of_rank[kept->rank]--;
        peers->of_rank[rank]++;
        kept->rank = rank;
    }
    return &kept->peer;
}

/* ---- counting ---- */

static void set_name(const char **name, const char *to)
{
    if (!*to || (*name && strcmp(*name, to) == 0))
        return;
    free((char *)*name);
    *name = memory_copy_string(to);
}

void smtp_auth_name_peer(struct smtp_auth_peer *peer, const char *server, const char *client)
{
    set_name(&peer->server, server);
    set_name(&peer->client, client);
}

static void set_place(struct smtp_auth_place *place, const struct smtp_auth_event *event)
{
    size_t size = strlen(event->text);
    char *text;

    if (size > SMTP_AUTH_LINE_KEPT)
        size = SMTP_AUTH_LINE_KEPT;
    text = memory_new(size + 1, 1);
    memcpy(text, event->text, size);
    free((char *)place->text);
    *place = (struct smtp_auth_place){event->line, event->time, text};
}

void smtp_auth_tell_error(struct smtp_auth_peer *peer, const char *error)
{
    for (size_t i = 0; i < peer->error_count; i++) {
        if (strcmp(peer->errors[i].token, error) == 0) {
            peer->errors[i].count++;
            return;
        }
    }
    if (peer->error_count < SMTP_AUTH_ERRORS_KEPT)
        peer->errors[peer->error_count++] = (struct smtp_auth_error){memory_copy_string(error), 1};
}

static void count_hour(struct smtp_auth_peer *peer, int64_t time)
{
    enum { HOUR = 60 * 60 * 1000 };
    uint32_t *hour = &peer->by_hour[time / HOUR % SMTP_AUTH_HOURS];

    *hour += *hour < UINT32_MAX;
}

/* What failed of no known mechanism in a log of servers may be one of theirs. */
static void count_streak(struct smtp_auth_peer *peer, const struct smtp_auth_event *event)
{
    if (event->mechanism > SMTP_AUTH_EXPS_OTHER || event->outcome == SMTP_AUTH_REQUIRED ||
        event->outcome == SMTP_AUTH_RELAY_DENIED)
        return;
    peer->streak++;
    if (event->outcome != SMTP_AUTH_ACCEPTED)
        return;
    peer->streak = 0;
    peer->taken = event->time;
}

void smtp_auth_tell_peer(struct smtp_auth_peer *peer, const struct smtp_auth_event *event)
{
    peer->outcomes[event->mechanism][event->outcome]++;
    count_streak(peer, event);
    if (event->outcome == SMTP_AUTH_ACCEPTED)
        return;
    if (*event->error)
        smtp_auth_tell_error(peer, event->error);
    if (event->time > 0)
        count_hour(peer, event->time);
    if (!peer->first.text)
        set_place(&peer->first, event);
    set_place(&peer->last, event);
}

/* ---- the whole ---- */

struct smtp_auth_peers *smtp_auth_peers_new(void)
{
    return memory_new(1, sizeof(struct smtp_auth_peers));
}

void smtp_auth_peers_free(struct smtp_auth_peers *peers)
{
    for (size_t i = 0; i < peers->count; i++)
        release(&peers->kept[i]);
    free(peers->kept);
    free(peers);
}

static const char *keep_text(struct arena *arena, const char *text)
{
    return text ? arena_copy_string(arena, text) : NULL;
}

static int by_number(const void *one, const void *other)
{
    const struct kept *const *a = one, *const *b = other;

    return (*a)->number < (*b)->number ? -1 : 1;
}

static void keep_peer(const struct smtp_auth_peer *from, struct arena *arena,
                      struct smtp_auth_peer *to)
{
    *to = *from;
    to->connector = keep_text(arena, from->connector);
    to->server = keep_text(arena, from->server);
    to->client = keep_text(arena, from->client);
    to->first.text = keep_text(arena, from->first.text);
    to->last.text = keep_text(arena, from->last.text);
    for (size_t i = 0; i < from->error_count; i++)
        to->errors[i].token = keep_text(arena, from->errors[i].token);
}

bool smtp_auth_peers_keep(const struct smtp_auth_peers *peers, struct arena *arena,
                          struct smtp_auth_log *out)
{
    struct kept **order = memory_new(peers->count, sizeof *order);
    struct smtp_auth_peer *list = arena_new(arena, peers->count, sizeof *list);

    for (size_t i = 0; i < peers->count; i++)
        order[i] = &peers->kept[i];
    qsort(order, peers->count, sizeof *order, by_number);
    for (size_t i = 0; i < peers->count; i++)
        keep_peer(&order[i]->peer, arena, &list[i]);
    free(order);
    out->peers = list;
    out->peer_count = peers->count;
    return peers->more;
}
