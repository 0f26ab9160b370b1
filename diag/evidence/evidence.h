/*
 * Evidence: what was asked, what came back, when, and how long it took.
 *
 * Each kind of evidence (a DNS answer, the digest of a file) has a struct of its
 * own whose first member is a `struct evidence`; it holds the question and the
 * observation. An ask that failed is evidence too: `status` and `reason` say how.
 *
 * The store owns all evidence; everyone else borrows it. It keeps it for the whole
 * run, or as a cache (evidence_cache_new) for as long as an item holds true and
 * somebody is using it, and a bounded number of bytes beyond that.
 */
#ifndef EXDIAG_EVIDENCE_EVIDENCE_H
#define EXDIAG_EVIDENCE_EVIDENCE_H

#include "diag/buffer.h"
#include "diag/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct evidence_kind;
struct redactor;
struct evidence_waiter; /* the engine's: who wants to know when this is settled */

struct evidence;

/* Makes something of a settled observation; pure, so that once is enough. */
typedef const void *evidence_reader(const struct evidence *item, struct arena *arena);

/* What a store knows of an item; nobody else's. */
struct evidence_place {
    uint64_t hash; /* of the key */
    struct evidence *next_in_slot;
    struct evidence *previous; /* in the order asked */
    struct evidence *idle_previous, *idle_next;
    int64_t expires; /* microseconds on the store's clock */
    size_t footprint;
    unsigned pins;
    bool is_idle;    /* it is in the list of those without a pin */
    bool is_retired; /* its time is over: found no more, and freed with its last pin */
};

struct evidence {
    const struct evidence_kind *kind;
    const char *key;     /* the question as text, unique in a store: "dns TXT example.com" */
    struct arena memory; /* holds everything the item points to */
    bool settled;        /* the observation is complete and will not change again */
    enum status status;  /* how the observation ended; STATUS_OK only with an answer */
    const char *reason;  /* what the status alone does not say, or NULL */
    int64_t time;        /* when it began: milliseconds since 1970 UTC */
    int64_t took;        /* microseconds */

    /* What a reader made of the observation: see evidence_read(). */
    const void *reading;
    evidence_reader *reader;

    bool saved;            /* written to the evidence file of this run */
    struct evidence *next; /* in the order asked */
    struct evidence_place place;
    struct evidence_waiter *waiters;
};

/* What is to be known of a kind of evidence. One const struct beside its type. */
struct evidence_kind {
    const char *name; /* the first word of its keys */
    size_t size;      /* of the kind's struct */
    bool is_of_file;  /* its time is when a file was read, not when that was written */
    size_t path_at;   /* the path in that struct, of a question that has no more: file_question.h */

    /* Writes the key that the members of the question make. */
    void (*write_key)(const struct evidence *question, struct buffer *out);

    /* Copies the members of the question; strings into item->memory. */
    void (*copy_question)(struct evidence *item, const struct evidence *question);

    /* True if the item's key is the one that this question makes. */
    bool (*is_answer_to)(const struct evidence *item, const struct evidence *question);

    /* For how many seconds a settled observation may be given to others. */
    uint32_t (*lifetime)(const struct evidence *item);

    /* "TXT example.com at 192.0.2.53": names the source of what was seen. Raw text. */
    void (*describe)(const struct evidence *item, struct buffer *out);

    /* Adds question and observation to the JSON object of an evidence file. */
    void (*save)(const struct evidence *item, json_t *object);

    /*
     * The reverse of save. Members it does not know are ignored, missing ones
     * are empty. STATUS_MALFORMED if the question is not there.
     */
    enum status (*load)(struct evidence *item, const json_t *object);

    /* Replaces names and addresses by pseudonyms and drops opaque bytes (redact.h). */
    void (*redact)(struct evidence *item, const struct redactor *redactor);
};

/* All kinds, ended by NULL. */
extern const struct evidence_kind *const evidence_kinds[];

struct evidence_store;

struct evidence_store *evidence_store_new(void);
void evidence_store_free(struct evidence_store *store);

/*
 * A store that forgets. Whoever uses an item pins it. One whose lifetime is over is
 * not found any more, so that the next to ask has it fetched anew, but stays what it
 * is for those who have pinned it, and is freed with its last pin. Of the others
 * without a pin those used last are kept, up to `most` bytes. In a store of
 * evidence_store_new(), pins count and change nothing.
 */
struct evidence_store *evidence_cache_new(size_t most);

/* What time it is: microseconds on a monotonic clock. */
void evidence_store_advance(struct evidence_store *store, int64_t now);

void evidence_store_pin(struct evidence_store *store, struct evidence *item);
void evidence_store_unpin(struct evidence_store *store, struct evidence *item);

/* The lifetime of an item that was settled begins now. */
void evidence_store_settled(struct evidence_store *store, struct evidence *item);

/* Bytes held by items without a pin; 0 where none is ever forgotten. */
size_t evidence_store_idle_bytes(const struct evidence_store *store);

/* item->place.hash of an item that has the key of this question. */
uint64_t evidence_store_hash(struct evidence_store *store, const struct evidence_kind *kind,
                             const struct evidence *question);

/* The item with the key of this question, or NULL. */
struct evidence *evidence_store_find(struct evidence_store *store, const struct evidence_kind *kind,
                                     const struct evidence *question);

/* A new, unsettled item, without a pin, for a question that is not in the store yet. */
struct evidence *evidence_store_add(struct evidence_store *store, const struct evidence_kind *kind,
                                    const struct evidence *question);

/*
 * Takes over an item that was made outside, from evidence_new() or a file. STATUS_EXISTS
 * where its key is there already: then it is freed.
 */
enum status evidence_store_insert(struct evidence_store *store, struct evidence *item);

/* The first item in the order asked; follow `next`. NULL if there is none. */
struct evidence *evidence_store_first(const struct evidence_store *store);

size_t evidence_store_count(const struct evidence_store *store);

/*
 * An item of one's own, outside any store, for the same question as another: what
 * a worker fills in on its thread. Free it with evidence_free().
 */
struct evidence *evidence_new(const struct evidence_kind *kind, const struct evidence *question);
void evidence_free(struct evidence *item);

/* Moves the observation of `found` to an item with the same question and settles it. */
void evidence_adopt(struct evidence *item, struct evidence *found);

/* Settles an item without an observation. `reason` is copied; may be NULL. */
void evidence_fail(struct evidence *item, enum status status, const char *reason);

/*
 * What `reader` makes of a settled item. Made once and kept with the item, however many
 * examinations want it; a second reader of one item takes the place of the first.
 */
const void *evidence_read(const struct evidence *item, evidence_reader *reader);

/* One item as the JSON object of a line of an evidence file; the caller json_decref()s it. */
json_t *evidence_to_json(const struct evidence *item);

/*
 * Adds the item that a line of an evidence file describes. STATUS_MALFORMED where
 * it is none; STATUS_NOT_SUPPORTED for a kind this version does not know (newer
 * files are read as far as possible); STATUS_EXISTS for a key that is there.
 */
enum status evidence_from_json(struct evidence_store *store, const json_t *object);

/* Adds a redacted copy of an item to another store; STATUS_EXISTS if its key is there. */
enum status evidence_add_redacted(struct evidence_store *store, const struct evidence *item,
                                  const struct redactor *redactor, struct evidence **copy);

#endif
