#include "diag/evidence/evidence.h"

#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_MOST = 8192, SLOTS_FIRST = 256 };

struct evidence_store {
    struct evidence **slots; /* a power of two of them */
    size_t slot_count;
    size_t count;
    struct evidence *first, *last; /* in the order asked */
    struct buffer key;             /* of the question at hand */

    /* of a cache */
    bool is_cache;
    int64_t now;
    size_t most;
    size_t idle_bytes;
    struct evidence *idle_first, *idle_last; /* those without a pin, the one used last behind */
};

struct evidence_store *evidence_store_new(void)
{
    struct evidence_store *store = memory_new(1, sizeof *store);

    store->slot_count = SLOTS_FIRST;
    store->slots = memory_new(SLOTS_FIRST, sizeof *store->slots);
    buffer_init(&store->key, KEY_MOST);
    return store;
}

struct evidence_store *evidence_cache_new(size_t most)
{
    struct evidence_store *store = evidence_store_new();

    store->is_cache = true;
    store->most = most;
    return store;
}

void evidence_store_free(struct evidence_store *store)
{
    if (!store)
        return;
    while (store->first) {
        struct evidence *item = store->first;

        store->first = item->next;
        evidence_free(item);
    }
    buffer_release(&store->key);
    free(store->slots);
    free(store);
}

static struct evidence **slot_of(const struct evidence_store *store, uint64_t hash)
{
    return &store->slots[(size_t)hash & (store->slot_count - 1)];
}

static struct evidence *find_key(const struct evidence_store *store, const char *key)
{
    uint64_t wanted = text_hash(key);
    struct evidence *item = *slot_of(store, wanted);

    while (item && (item->place.hash != wanted || strcmp(item->key, key) != 0))
        item = item->place.next_in_slot;
    return item;
}

static void put_in_slot(struct evidence_store *store, struct evidence *item)
{
    struct evidence **slot = slot_of(store, item->place.hash);

    item->place.next_in_slot = *slot;
    *slot = item;
}

static void take_from_slot(struct evidence_store *store, struct evidence *item)
{
    struct evidence **at = slot_of(store, item->place.hash);

    while (*at != item)
        at = &(*at)->place.next_in_slot;
    *at = item->place.next_in_slot;
}

static void grow(struct evidence_store *store)
{
    free(store->slots);
    store->slot_count *= 2;
    store->slots = memory_new(store->slot_count, sizeof *store->slots);
    for (struct evidence *item = store->first; item; item = item->next) {
        if (!item->place.is_retired)
            put_in_slot(store, item);
    }
}

static void insert(struct evidence_store *store, struct evidence *item)
{
    item->place.hash = text_hash(item->key);
    item->place.expires = INT64_MAX;
    item->place.previous = store->last;
    if (store->last)
        store->last->next = item;
    else
        store->first = item;
    store->last = item;
    store->count++;
    put_in_slot(store, item);
    if (store->count > store->slot_count)
        grow(store);
}

/* ---- what a cache forgets ---- */

static void free_item(struct evidence_store *store, struct evidence *item)
{
    if (!item->place.is_retired)
        take_from_slot(store, item);
    if (item->place.previous)
        item->place.previous->next = item->next;
    else
        store->first = item->next;
    if (item->next)
        item->next->place.previous = item->place.previous;
    else
        store->last = item->place.previous;
    store->count--;
    evidence_free(item);
}

static void leave_idle(struct evidence_store *store, struct evidence *item)
{
    struct evidence_place *place = &item->place;

    if (place->idle_previous)
        place->idle_previous->place.idle_next = place->idle_next;
    else
        store->idle_first = place->idle_next;
    if (place->idle_next)
        place->idle_next->place.idle_previous = place->idle_previous;
    else
        store->idle_last = place->idle_previous;
    store->idle_bytes -= place->footprint;
    place->is_idle = false;
}

static struct evidence *take_oldest(struct evidence_store *store)
{
    struct evidence *oldest = store->idle_first;

    store->idle_first = oldest->place.idle_next;
    if (store->idle_first)
        store->idle_first->place.idle_previous = NULL;
    else
        store->idle_last = NULL;
    store->idle_bytes -= oldest->place.footprint;
    oldest->place.is_idle = false;
    return oldest;
}

/* Measured anew each time: what is made of an item (evidence_read) is kept with it. */
static void join_idle(struct evidence_store *store, struct evidence *item)
{
    struct evidence_place *place = &item->place;

    place->is_idle = true;
    place->footprint = item->kind->size + arena_footprint(&item->memory);
    place->idle_next = NULL;
    place->idle_previous = store->idle_last;
    if (store->idle_last)
        store->idle_last->place.idle_next = item;
    else
        store->idle_first = item;
    store->idle_last = item;
    store->idle_bytes += place->footprint;
    while (store->idle_bytes > store->most)
        free_item(store, take_oldest(store));
}

static bool is_over(const struct evidence_store *store, const struct evidence *item)
{
    return store->is_cache && item->settled && item->place.expires <= store->now;
}

static void retire(struct evidence_store *store, struct evidence *item)
{
    if (item->place.is_idle) {
        leave_idle(store, item);
        free_item(store, item);
    } else {
        take_from_slot(store, item);
        item->place.is_retired = true;
    }
}

void evidence_store_advance(struct evidence_store *store, int64_t now)
{
    store->now = now;
}

void evidence_store_pin(struct evidence_store *store, struct evidence *item)
{
    if (item->place.is_idle)
        leave_idle(store, item);
    item->place.pins++;
}

void evidence_store_unpin(struct evidence_store *store, struct evidence *item)
{
    if (--item->place.pins > 0 || !store->is_cache)
        return;
    if (item->place.is_retired)
        free_item(store, item);
    else
        join_idle(store, item);
}

void evidence_store_settled(struct evidence_store *store, struct evidence *item)
{
    item->place.expires = store->now + (int64_t)item->kind->lifetime(item) * 1000000;
}

size_t evidence_store_idle_bytes(const struct evidence_store *store)
{
    return store->idle_bytes;
}

/* ---- finding and adding ---- */

static const char *key_of(struct evidence_store *store, const struct evidence_kind *kind,
                          const struct evidence *question)
{
    buffer_clear(&store->key);
    kind->write_key(question, &store->key);
    return store->key.text;
}

uint64_t evidence_store_hash(struct evidence_store *store, const struct evidence_kind *kind,
                             const struct evidence *question)
{
    return text_hash(key_of(store, kind, question));
}

struct evidence *evidence_store_find(struct evidence_store *store, const struct evidence_kind *kind,
                                     const struct evidence *question)
{
    struct evidence *item = find_key(store, key_of(store, kind, question));

    if (!item || !is_over(store, item))
        return item;
    retire(store, item);
    return NULL;
}

struct evidence *evidence_store_add(struct evidence_store *store, const struct evidence_kind *kind,
                                    const struct evidence *question)
{
    struct evidence *item = evidence_new(kind, question);

    item->key = arena_copy_string(&item->memory, key_of(store, kind, item));
    insert(store, item);
    return item;
}

enum status evidence_store_insert(struct evidence_store *store, struct evidence *item)
{
    if (evidence_store_find(store, item->kind, item)) {
        evidence_free(item);
        return STATUS_EXISTS;
    }
    item->key = arena_copy_string(&item->memory, key_of(store, item->kind, item));
    insert(store, item);
    return STATUS_OK;
}

struct evidence *evidence_store_first(const struct evidence_store *store)
{
    return store->first;
}

size_t evidence_store_count(const struct evidence_store *store)
{
    return store->count;
}
