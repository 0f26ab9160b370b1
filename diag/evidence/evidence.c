#include "diag/evidence/evidence.h"

#include "diag/evidence/digest.h"
#include "diag/evidence/dns.h"
#include "diag/json.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_MOST = 8192, SLOTS_FIRST = 256 };

const struct evidence_kind *const evidence_kinds[] = {&evidence_dns, &evidence_digest, NULL};

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

void evidence_free(struct evidence *item)
{
    if (!item)
        return;
    arena_release(&item->memory);
    free(item);
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

static const char *key_of(struct evidence_store *store, const struct evidence_kind *kind,
                          const struct evidence *question)
{
    buffer_clear(&store->key);
    kind->write_key(question, &store->key);
    return store->key.text;
}

static struct evidence *new_item(const struct evidence_kind *kind)
{
    struct evidence *item = memory_new(1, kind->size);

    item->kind = kind;
    return item;
}

struct evidence *evidence_new(const struct evidence_kind *kind, const struct evidence *question)
{
    struct evidence *item = new_item(kind);

    kind->copy_question(item, question);
    return item;
}

void evidence_adopt(struct evidence *item, struct evidence *found)
{
    struct evidence kept = *item;

    memcpy(item, found, item->kind->size);
    memset(found, 0, found->kind->size);
    item->key = arena_copy_string(&item->memory, kept.key);
    item->settled = true;
    item->saved = kept.saved;
    item->next = kept.next;
    item->place = kept.place;
    item->waiters = kept.waiters;
    arena_release(&kept.memory);
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

struct evidence *evidence_store_first(const struct evidence_store *store)
{
    return store->first;
}

size_t evidence_store_count(const struct evidence_store *store)
{
    return store->count;
}

void evidence_fail(struct evidence *item, enum status status, const char *reason)
{
    item->status = status;
    item->reason = reason ? arena_copy_string(&item->memory, reason) : NULL;
    item->settled = true;
}

const void *evidence_read(const struct evidence *item, evidence_reader *reader)
{
    struct evidence *kept = (struct evidence *)item;

    if (item->reader != reader) {
        kept->reading = reader(item, &kept->memory);
        kept->reader = reader;
    }
    return item->reading;
}

json_t *evidence_to_json(const struct evidence *item)
{
    json_t *object = json_object();

    json_put_text(object, "key", item->key);
    json_put_text(object, "status", status_token(item->status));
    if (item->reason)
        json_put_text(object, "reason", item->reason);
    json_put_time(object, "time", item->time);
    json_object_set_new(object, "took_ms", json_real((double)item->took / 1000.0));
    item->kind->save(item, object);
    return object;
}

static const struct evidence_kind *kind_of_key(const char *key)
{
    size_t size = strcspn(key, " ");

    for (const struct evidence_kind *const *kind = evidence_kinds; *kind; kind++) {
        if (strlen((*kind)->name) == size && memcmp((*kind)->name, key, size) == 0)
            return *kind;
    }
    return NULL;
}

/* A status this version does not know is a failure all the same. */
static enum status read_status(const json_t *object)
{
    const char *token = json_get_text(object, "status");
    enum status status = token ? status_from_token(token) : STATUS_COUNT;

    return status == STATUS_COUNT ? STATUS_MALFORMED : status;
}

/* Takes over a loaded item unless its key is there already. */
static enum status insert_loaded(struct evidence_store *store, struct evidence *item)
{
    if (evidence_store_find(store, item->kind, item)) {
        evidence_free(item);
        return STATUS_EXISTS;
    }
    item->key = arena_copy_string(&item->memory, key_of(store, item->kind, item));
    insert(store, item);
    return STATUS_OK;
}

/* The key itself is made anew from the question; it may hold any bytes. */
static enum status read_kind(const json_t *object, const struct evidence_kind **kind)
{
    struct arena memory = {0};
    const char *key = json_copy_text(object, "key", &memory);

    *kind = key ? kind_of_key(key) : NULL;
    arena_release(&memory);
    if (*kind)
        return STATUS_OK;
    return key ? STATUS_NOT_SUPPORTED : STATUS_MALFORMED;
}

static enum status load(const json_t *object, struct evidence **out)
{
    const struct evidence_kind *kind;
    struct evidence *item;
    enum status status = read_kind(object, &kind);

    if (status != STATUS_OK)
        return status;
    item = new_item(kind);
    item->status = read_status(object);
    item->settled = true;
    item->time = json_get_time(object, "time");
    item->took = json_get_microseconds(object, "took_ms");
    item->reason = json_copy_text(object, "reason", &item->memory);
    status = kind->load(item, object);
    if (status == STATUS_OK)
        *out = item;
    else
        evidence_free(item);
    return status;
}

enum status evidence_from_json(struct evidence_store *store, const json_t *object)
{
    struct evidence *item;
    enum status status = load(object, &item);

    return status == STATUS_OK ? insert_loaded(store, item) : status;
}

/* By way of JSON: what a file can hold is all there is to copy. */
enum status evidence_add_redacted(struct evidence_store *store, const struct evidence *item,
                                  const struct redactor *redactor, struct evidence **copy)
{
    json_t *object = evidence_to_json(item);
    enum status status = load(object, copy);

    json_decref(object);
    if (status != STATUS_OK)
        return status;
    (*copy)->reason = NULL;
    item->kind->redact(*copy, redactor);
    return insert_loaded(store, *copy);
}
