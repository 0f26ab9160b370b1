#include "diag/read/mail_lookups.h"

#include "diag/read/dns_message.h"

#include <stdlib.h>
#include <string.h>

enum {
    HEADER = 12,
    INDEX_SETS = 4096, /* of WAYS entries: enough for all answers that are remembered */
    WAYS = 8,
    TEXT_MOST = 4096,        /* bytes of names kept of one answer */
    REFERRED_MOST = 64 << 20 /* bytes of lookups; connections hold on to none beyond */
};

struct mail_lookup {
    struct trace_lookup seen;
    uint64_t id;         /* counted from 1 in the order asked */
    unsigned references; /* of the ring and of connections */
    bool is_answered;
    bool is_chosen;
    size_t index; /* in the result */
    size_t footprint;
    struct arena memory;
};

struct entry {
    uint64_t hash;
    uint64_t id;
};

struct mail_lookups {
    uint64_t last; /* id */
    struct mail_lookup *ring[TRACE_ANSWERS_MOST];
    struct entry (*index)[WAYS]; /* the newest lookup by what it is looked for; NULL: none yet */
    struct mail_lookup **chosen; /* at the end */
    size_t chosen_count, chosen_room;
    size_t footprint;
    struct arena scratch;
};

/* ---- the index ---- */

enum key { KEY_QUESTION, KEY_ADDRESS, KEY_GLUE, KEY_EXCHANGE, KEY_NO_EXCHANGE };

static uint64_t mix_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15;
    return hash ^ hash >> 32;
}

/* Eight bytes at a time, the last ones filled up with zeros. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *rest = bytes;
    uint64_t word;

    hash += size;
    for (; size >= sizeof word; rest += sizeof word, size -= sizeof word) {
        memcpy(&word, rest, sizeof word);
        hash = mix_word(hash, word);
    }
    for (word = 0; size > 0; size--)
        word = word << 8 | rest[size - 1];
    return mix_word(hash, word);
}

static uint64_t key_hash(enum key key, const void *bytes, size_t size)
{
    uint64_t hash = mix(0xcbf29ce484222325 + (uint64_t)key, bytes, size);

    return hash ? hash : 1;
}

static uint64_t ip_hash(enum key key, const struct ip_address *ip)
{
    return key_hash(key, ip, sizeof *ip);
}

static void remember(struct mail_lookups *lookups, uint64_t hash, uint64_t id)
{
    struct entry *set, *oldest;

    if (!lookups->index)
        lookups->index = memory_new(INDEX_SETS, sizeof *lookups->index);
    set = oldest = lookups->index[hash % INDEX_SETS];
    for (unsigned i = 0; i < WAYS; i++) {
        if (set[i].hash == hash) {
            oldest = &set[i];
            break;
        }
        if (set[i].id < oldest->id)
            oldest = &set[i];
    }
    oldest->hash = hash;
    oldest->id = id;
}

static struct mail_lookup *recall(const struct mail_lookups *lookups, uint64_t hash)
{
    const struct entry *set;

    if (!lookups->index)
        return NULL;
    set = lookups->index[hash % INDEX_SETS];
    for (unsigned i = 0; i < WAYS; i++) {
        if (set[i].hash == hash) {
            struct mail_lookup *lookup = lookups->ring[set[i].id % TRACE_ANSWERS_MOST];

            return lookup && lookup->id == set[i].id ? lookup : NULL;
        }
    }
    return NULL;
}

/* ---- lookups ---- */

static void let_go(struct mail_lookups *lookups, struct mail_lookup *lookup)
{
    if (!lookup || --lookup->references > 0)
        return;
    lookups->footprint -= lookup->footprint;
    arena_release(&lookup->memory);
    free(lookup);
}

static void weigh(struct mail_lookups *lookups, struct mail_lookup *lookup)
{
    lookups->footprint -= lookup->footprint;
    lookup->footprint = sizeof *lookup + arena_footprint(&lookup->memory);
    lookups->footprint += lookup->footprint;
}

static struct mail_lookup *new_lookup(struct mail_lookups *lookups, const char *name, uint16_t type,
                                      const struct ip_address *server)
{
    struct mail_lookup *lookup = memory_new(1, sizeof *lookup), **place;

    lookup->id = ++lookups->last;
    lookup->references = 1;
    lookup->seen.name = arena_copy_string(&lookup->memory, name);
    lookup->seen.type = type;
    lookup->seen.server = *server;
    place = &lookups->ring[lookup->id % TRACE_ANSWERS_MOST];
    let_go(lookups, *place);
    *place = lookup;
    weigh(lookups, lookup);
    return lookup;
}

struct mail_lookups *mail_lookups_new(void)
{
    return memory_new(1, sizeof(struct mail_lookups));
}

void mail_lookups_free(struct mail_lookups *lookups)
{
    for (size_t i = 0; i < TRACE_ANSWERS_MOST; i++)
        let_go(lookups, lookups->ring[i]);
    arena_release(&lookups->scratch);
    free(lookups->chosen);
    free(lookups->index);
    free(lookups);
}

/* ---- messages ---- */

struct message {
    const uint8_t *wire;
    size_t size, kept;
    bool is_response;
    struct ip_address client, server;
    uint16_t client_port;
    uint16_t id;
    const char *name; /* folded */
    uint16_t type;
};

static unsigned u16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

static const char *folded(const char *name, struct arena *arena)
{
    struct buffer text;

    if (dns_name_is_folded(name))
        return arena_copy_string(arena, name);
    buffer_init(&text, DNS_NAME_TEXT_SIZE);
    dns_name_fold(name, &text);
    return buffer_keep(&text, arena);
}

/* The one question of a message, which no capture is so short as to lack. */
static bool read_question(struct message *message, struct arena *arena)
{
    char text[DNS_NAME_TEXT_SIZE];
    size_t at = HEADER;

    if (u16(message->wire + 4) != 1)
        return false;
    while (at < message->kept && message->wire[at] > 0 && message->wire[at] <= DNS_LABEL_MOST)
        at += 1 + (size_t)message->wire[at];
    if (at + 5 > message->kept || message->wire[at] != 0 || u16(message->wire + at + 3) != 1)
        return false;
    message->type = (uint16_t)u16(message->wire + at + 1);
    if (message->type != DNS_MX && message->type != DNS_A && message->type != DNS_AAAA)
        return false;
    if (dns_name_from_wire(message->wire + HEADER, at + 1 - HEADER, text) != STATUS_OK)
        return false;
    message->name = folded(text, arena);
    return true;
}

static bool read_message(const struct frame_payload *payload, bool over_tcp, struct arena *arena,
                         struct message *out)
{
    struct ip_address source, target;

    *out = (struct message){.wire = payload->data, .size = payload->size, .kept = payload->kept};
    if (over_tcp) {
        if (out->kept < 2 || u16(out->wire) + 2 != out->size)
            return false;
        out->wire += 2;
        out->size -= 2;
        out->kept -= 2;
    }
    if (out->kept < HEADER || (out->wire[2] & 0x78) != 0) /* a standard query */
        return false;
    source = frame_address(payload->family, payload->source);
    target = frame_address(payload->family, payload->target);
    out->is_response = (out->wire[2] & 0x80) != 0;
    if ((out->is_response ? payload->source_port : payload->target_port) != DNS_PORT)
        return false;
    out->client = out->is_response ? target : source;
    out->server = out->is_response ? source : target;
    out->client_port = out->is_response ? payload->target_port : payload->source_port;
    out->id = (uint16_t)u16(out->wire);
    return read_question(out, arena);
}

static uint64_t question_hash(const struct message *message)
{
    uint64_t numbers =
        (uint64_t)message->client_port << 32 | (uint64_t)message->id << 16 | message->type;
    uint64_t hash = mix(numbers, message->client.bytes, sizeof message->client.bytes);

    hash = mix(hash, message->server.bytes, sizeof message->server.bytes);
    hash = mix(hash, message->name, strlen(message->name));
    return key_hash(KEY_QUESTION, &hash, sizeof hash);
}

/* ---- answers ---- */

struct taking { /* records being kept */
    struct mail_lookup *lookup;
    struct trace_record *records;
    size_t text; /* bytes of names */
};

static void take_record(struct taking *taking, const struct dns_record *record,
                        struct arena *scratch)
{
    struct trace_lookup *seen = &taking->lookup->seen;
    struct trace_record *kept = &taking->records[seen->record_count];
    const char *name = record->type == DNS_MX ? folded(record->data.mx.exchange, scratch) : NULL;

    if (seen->record_count == TRACE_RECORDS_KEPT ||
        (name && strlen(name) > TEXT_MOST - taking->text)) {
        seen->is_partial = true;
        return;
    }
    seen->record_count++;
    if (!name) {
        kept->ip = record->data.ip;
        return;
    }
    taking->text += strlen(name);
    kept->name = arena_copy_string(&taking->lookup->memory, name);
    kept->preference = record->data.mx.preference;
}

/* The addresses that the answer brought along for its exchanges; IPv4 before IPv6. */
static void take_glue(struct taking *taking, const struct dns_section *additional)
{
    for (size_t i = 0; i < additional->count; i++) {
        const struct dns_record *record = &additional->records[i];

        if (record->type != DNS_A && record->type != DNS_AAAA)
            continue;
        for (size_t j = 0; j < taking->lookup->seen.record_count; j++) {
            struct trace_record *kept = &taking->records[j];

            if (kept->ip.family != IP_V4 && dns_name_equal(kept->name, record->owner) &&
                (kept->ip.family == IP_NONE || record->type == DNS_A))
                kept->ip = record->data.ip;
        }
    }
}

static void take_records(struct mail_lookup *lookup, const struct dns_message *answer,
                         struct arena *scratch)
{
    struct taking taking = {.lookup = lookup};

    taking.records = arena_new(scratch, TRACE_RECORDS_KEPT + 1, sizeof *taking.records);
    for (size_t i = 0; i < answer->answer.count; i++) {
        if (answer->answer.records[i].type == lookup->seen.type)
            take_record(&taking, &answer->answer.records[i], scratch);
    }
    if (lookup->seen.type == DNS_MX)
        take_glue(&taking, &answer->additional);
    if (lookup->seen.record_count) {
        size_t size = lookup->seen.record_count * sizeof *taking.records;

        lookup->seen.records = memcpy(arena_new(&lookup->memory, 1, size), taking.records, size);
    }
}

static void index_answer(struct mail_lookups *lookups, const struct mail_lookup *lookup)
{
    const struct trace_lookup *seen = &lookup->seen;

    for (size_t i = 0; i < seen->record_count; i++) {
        const struct trace_record *record = &seen->records[i];

        if (!record->name) {
            remember(lookups, ip_hash(KEY_ADDRESS, &record->ip), lookup->id);
            continue;
        }
        remember(lookups, key_hash(KEY_EXCHANGE, record->name, strlen(record->name)), lookup->id);
        if (record->ip.family != IP_NONE)
            remember(lookups, ip_hash(KEY_GLUE, &record->ip), lookup->id);
    }
    if (seen->type == DNS_MX && seen->record_count == 0 && seen->rcode == DNS_NOERROR &&
        !seen->is_partial)
        remember(lookups, key_hash(KEY_NO_EXCHANGE, seen->name, strlen(seen->name)), lookup->id);
}

static void take_answer(struct mail_lookups *lookups, struct trace_moment moment,
                        const struct message *message)
{
    uint64_t hash = question_hash(message);
    struct mail_lookup *lookup = recall(lookups, hash);
    struct dns_message answer;

    if (lookup && lookup->is_answered)
        return;
    if (!lookup) {
        lookup = new_lookup(lookups, message->name, message->type, &message->server);
        remember(lookups, hash, lookup->id);
    }
    lookup->is_answered = true;
    lookup->seen.answer = moment;
    lookup->seen.rcode = message->wire[3] & 15;
    if (message->kept == message->size &&
        dns_message_read(message->wire, message->size, &lookups->scratch, &answer) == STATUS_OK) {
        lookup->seen.rcode = answer.rcode;
        lookup->seen.is_partial = (answer.flags & DNS_TRUNCATED) != 0;
        take_records(lookup, &answer, &lookups->scratch);
    } else {
        lookup->seen.is_partial = true;
    }
    weigh(lookups, lookup);
    index_answer(lookups, lookup);
}

/* The same question once more is the same lookup until it is answered. */
static void take_question(struct mail_lookups *lookups, struct trace_moment moment,
                          const struct message *message)
{
    uint64_t hash = question_hash(message);
    struct mail_lookup *lookup = recall(lookups, hash);

    if (lookup && !lookup->is_answered)
        return;
    lookup = new_lookup(lookups, message->name, message->type, &message->server);
    lookup->seen.question = moment;
    remember(lookups, hash, lookup->id);
}

void mail_lookups_add(struct mail_lookups *lookups, struct trace_moment moment,
                      const struct frame_payload *payload, bool over_tcp)
{
    struct message message;

    arena_reset(&lookups->scratch);
    if (!read_message(payload, over_tcp, &lookups->scratch, &message))
        return;
    if (message.is_response)
        take_answer(lookups, moment, &message);
    else
        take_question(lookups, moment, &message);
}

/* ---- which led to a server ---- */

static const char *exchange_at(const struct mail_lookup *lookup, const struct ip_address *server)
{
    for (size_t i = 0; i < lookup->seen.record_count; i++) {
        if (ip_equal(&lookup->seen.records[i].ip, server))
            return lookup->seen.records[i].name;
    }
    return NULL;
}

struct mail_path mail_lookups_find(struct mail_lookups *lookups, const struct ip_address *server)
{
    struct mail_path path = {.mx = NULL};

    if (lookups->footprint > REFERRED_MOST)
        return path;
    path.address = recall(lookups, ip_hash(KEY_ADDRESS, server));
    if (path.address) {
        path.exchange = path.address->seen.name;
        path.mx = recall(lookups, key_hash(KEY_EXCHANGE, path.exchange, strlen(path.exchange)));
        if (!path.mx)
            path.mx =
                recall(lookups, key_hash(KEY_NO_EXCHANGE, path.exchange, strlen(path.exchange)));
    } else {
        path.mx = recall(lookups, ip_hash(KEY_GLUE, server));
        path.exchange = path.mx ? exchange_at(path.mx, server) : NULL;
    }
    if (path.address)
        path.address->references++;
    if (path.mx)
        path.mx->references++;
    return path;
}

void mail_lookups_release(struct mail_lookups *lookups, struct mail_path *path)
{
    let_go(lookups, path->address);
    let_go(lookups, path->mx);
    *path = (struct mail_path){.mx = NULL};
}

/* ---- the result ---- */

static void choose(struct mail_lookups *lookups, struct mail_lookup *lookup)
{
    if (!lookup || lookup->is_chosen)
        return;
    lookup->is_chosen = true;
    lookups->chosen = memory_grow(lookups->chosen, &lookups->chosen_room, lookups->chosen_count,
                                  sizeof(struct mail_lookup *));
    lookups->chosen[lookups->chosen_count++] = lookup;
}

void mail_lookups_choose(struct mail_lookups *lookups, const struct mail_path *path)
{
    choose(lookups, path->mx);
    choose(lookups, path->address);
}

/* For MX, or for the address of an exchange that such an answer names. */
static bool is_of_mail(const struct mail_lookups *lookups, const struct mail_lookup *lookup)
{
    const char *name = lookup->seen.name;

    return lookup->seen.type == DNS_MX ||
           recall(lookups, key_hash(KEY_EXCHANGE, name, strlen(name))) ||
           recall(lookups, key_hash(KEY_NO_EXCHANGE, name, strlen(name)));
}

static void choose_others(struct mail_lookups *lookups)
{
    uint64_t first = lookups->last > TRACE_ANSWERS_MOST ? lookups->last - TRACE_ANSWERS_MOST : 0;

    for (uint64_t id = first + 1; id <= lookups->last; id++) {
        struct mail_lookup *lookup = lookups->ring[id % TRACE_ANSWERS_MOST];

        if (lookups->chosen_count >= TRACE_LOOKUPS_KEPT)
            return;
        if (is_of_mail(lookups, lookup))
            choose(lookups, lookup);
    }
}

static int in_order_asked(const void *a, const void *b)
{
    const struct mail_lookup *const *first = a, *const *second = b;

    return ((*first)->id > (*second)->id) - ((*first)->id < (*second)->id);
}

static struct trace_lookup copy_lookup(const struct trace_lookup *lookup, struct arena *arena)
{
    struct trace_lookup copy = *lookup;
    struct trace_record *records = arena_new(arena, lookup->record_count, sizeof *records);

    copy.name = arena_copy_string(arena, lookup->name);
    for (size_t i = 0; i < lookup->record_count; i++) {
        records[i] = lookup->records[i];
        if (records[i].name)
            records[i].name = arena_copy_string(arena, records[i].name);
    }
    copy.records = records;
    return copy;
}

void mail_lookups_collect(struct mail_lookups *lookups, struct arena *arena, struct mail_trace *out)
{
    choose_others(lookups);
    if (lookups->chosen_count)
        qsort(lookups->chosen, lookups->chosen_count, sizeof *lookups->chosen, in_order_asked);
    out->lookups = arena_new(arena, lookups->chosen_count, sizeof *out->lookups);
    out->lookup_count = lookups->chosen_count;
    for (size_t i = 0; i < lookups->chosen_count; i++) {
        lookups->chosen[i]->index = i;
        out->lookups[i] = copy_lookup(&lookups->chosen[i]->seen, arena);
    }
}

size_t mail_lookup_index(const struct mail_lookup *lookup)
{
    return lookup ? lookup->index : SIZE_MAX;
}
