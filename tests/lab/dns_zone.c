#include "tests/lab/dns_zone.h"

#include <stdlib.h>

enum { CHAIN_MOST = 64, NOERROR = 0, NXDOMAIN = 3, REFUSED = 5 };

struct lab_zone {
    struct lab_entry *entries;
    size_t count;
    struct arena memory;
};

/* ---- records ---- */

static enum status read_record(const struct lab_record *record, struct lab_entry *entry,
                               struct buffer *data)
{
    buffer_clear(data);
    entry->type = lab_type_number(record->type);
    entry->ttl = record->ttl ? record->ttl : LAB_TTL_USUAL;
    entry->exact = record->data[0] == '\\' && record->data[1] == '#';
    if (!entry->type || lab_name_parse(record->owner, &entry->owner) != STATUS_OK)
        return STATUS_INVALID;
    if (lab_data_parse(entry->type, record->data, data) != STATUS_OK || data->truncated)
        return STATUS_INVALID;
    entry->size = data->size;
    return STATUS_OK;
}

enum status lab_record_check(const struct lab_record *record)
{
    struct lab_entry entry;
    struct buffer data;
    enum status status;

    buffer_init(&data, LAB_MESSAGE_MOST);
    status = read_record(record, &entry, &data);
    buffer_release(&data);
    return status;
}

enum status lab_zone_new(const struct lab_record *records, size_t count, struct lab_zone **out)
{
    struct lab_zone *zone = memory_new(1, sizeof *zone);
    enum status status = STATUS_OK;
    struct buffer data;

    *out = NULL;
    buffer_init(&data, LAB_MESSAGE_MOST);
    zone->entries = memory_new(count, sizeof *zone->entries);
    for (; zone->count < count && status == STATUS_OK; zone->count++) {
        struct lab_entry *entry = &zone->entries[zone->count];

        status = read_record(&records[zone->count], entry, &data);
        entry->data = (const uint8_t *)arena_copy(&zone->memory, data.text, data.size);
    }
    buffer_release(&data);
    if (status != STATUS_OK) {
        lab_zone_free(zone);
        return status;
    }
    *out = zone;
    return STATUS_OK;
}

void lab_zone_free(struct lab_zone *zone)
{
    if (!zone)
        return;
    free(zone->entries);
    arena_release(&zone->memory);
    free(zone);
}

/* ---- replies ---- */

void lab_reply_release(struct lab_reply *reply)
{
    arena_release(&reply->memory);
}

static void add_item(struct lab_reply *reply, struct lab_section *section,
                     const struct lab_entry *entry, const struct lab_name *owner)
{
    section->items = arena_grow(&reply->memory, section->items, &section->room, section->count,
                                sizeof *section->items);
    section->items[section->count].entry = entry;
    section->items[section->count].owner = owner;
    section->count++;
}

static void add_all(const struct lab_zone *zone, const struct lab_name *source, uint16_t type,
                    const struct lab_name *owner, struct lab_reply *reply,
                    struct lab_section *section)
{
    for (size_t i = 0; i < zone->count; i++) {
        const struct lab_entry *entry = &zone->entries[i];

        if (entry->type == type && lab_name_equal(&entry->owner, source))
            add_item(reply, section, entry, owner ? owner : &entry->owner);
    }
}

/* ---- looking up ---- */

static const struct lab_entry *find(const struct lab_zone *zone, const struct lab_name *name,
                                    uint16_t type)
{
    for (size_t i = 0; i < zone->count; i++) {
        if (zone->entries[i].type == type && lab_name_equal(&zone->entries[i].owner, name))
            return &zone->entries[i];
    }
    return NULL;
}

/* At the name itself or below it, which makes it an empty non-terminal. */
static bool exists(const struct lab_zone *zone, const struct lab_name *name)
{
    for (size_t i = 0; i < zone->count; i++) {
        if (lab_name_below(&zone->entries[i].owner, name))
            return true;
    }
    return false;
}

/* The longest owner of a record of `type` at or above the name. */
static const struct lab_entry *find_above(const struct lab_zone *zone, const struct lab_name *name,
                                          uint16_t type)
{
    struct lab_name at = *name;
    const struct lab_entry *entry;

    do
        entry = find(zone, &at, type);
    while (!entry && lab_name_ascend(&at));
    return entry;
}

/* The name whose records answer for `name`: itself, or the wildcard that covers it. */
static bool find_source(const struct lab_zone *zone, const struct lab_name *name,
                        struct lab_name *source)
{
    *source = *name;
    if (exists(zone, name))
        return true;
    while (lab_name_ascend(source)) {
        if (!exists(zone, source))
            continue;
        return lab_name_make_wildcard(source) && exists(zone, source);
    }
    return false;
}

static const struct lab_entry *find_delegation(const struct lab_zone *zone,
                                               const struct lab_name *name,
                                               const struct lab_entry *soa)
{
    const struct lab_entry *ns = find_above(zone, name, LAB_TYPE_NS);

    return ns && ns->owner.size > soa->owner.size ? ns : NULL;
}

static void add_referral(const struct lab_zone *zone, const struct lab_name *cut,
                         struct lab_reply *reply)
{
    struct lab_name target;

    add_all(zone, cut, LAB_TYPE_NS, NULL, reply, &reply->authority);
    for (size_t i = 0; i < reply->authority.count; i++) {
        const struct lab_entry *ns = reply->authority.items[i].entry;

        if (lab_name_read(ns->data, ns->size, &target) != STATUS_OK)
            continue;
        add_all(zone, &target, LAB_TYPE_A, NULL, reply, &reply->additional);
        add_all(zone, &target, LAB_TYPE_AAAA, NULL, reply, &reply->additional);
    }
}

void lab_zone_deny(const struct lab_zone *zone, const struct lab_name *name, unsigned rcode,
                   struct lab_reply *reply)
{
    const struct lab_entry *soa = find_above(zone, name, LAB_TYPE_SOA);

    reply->rcode = rcode;
    if (soa)
        add_item(reply, &reply->authority, soa, &soa->owner);
}

static bool was_followed(const struct lab_reply *reply, const struct lab_name *name)
{
    for (size_t i = 0; i < reply->answer.count; i++) {
        if (lab_name_equal(reply->answer.items[i].owner, name))
            return true;
    }
    return reply->answer.count >= CHAIN_MOST;
}

/* Answers for one name; true if it is an alias, whose target is then in *name. */
static bool answer_step(const struct lab_zone *zone, struct lab_name *name, uint16_t type,
                        struct lab_reply *reply)
{
    const struct lab_entry *alias;
    struct lab_name source, *owner;
    size_t before = reply->answer.count;

    if (!find_source(zone, name, &source)) {
        lab_zone_deny(zone, name, NXDOMAIN, reply);
        return false;
    }
    owner = arena_new(&reply->memory, 1, sizeof *owner);
    *owner = *name;
    alias = type == LAB_TYPE_CNAME ? NULL : find(zone, &source, LAB_TYPE_CNAME);
    if (alias) {
        add_item(reply, &reply->answer, alias, owner);
        return lab_name_read(alias->data, alias->size, name) == STATUS_OK;
    }
    add_all(zone, &source, type, owner, reply, &reply->answer);
    if (reply->answer.count == before)
        lab_zone_deny(zone, name, NOERROR, reply);
    return false;
}

/* True if another server has to be asked: the reply refers to it, or refuses. */
static bool answer_elsewhere(const struct lab_zone *zone, const struct lab_name *name,
                             struct lab_reply *reply)
{
    const struct lab_entry *soa = find_above(zone, name, LAB_TYPE_SOA);
    const struct lab_entry *cut = soa ? find_delegation(zone, name, soa) : NULL;

    if (soa && !cut)
        return false;
    if (cut)
        add_referral(zone, &cut->owner, reply);
    if (reply->answer.count > 0)
        return true;
    reply->authoritative = false;
    reply->rcode = soa ? NOERROR : REFUSED;
    return true;
}

void lab_zone_answer(const struct lab_zone *zone, const struct lab_name *name, uint16_t type,
                     bool authoritative, struct lab_reply *reply)
{
    struct lab_name at = *name;

    reply->authoritative = authoritative;
    do {
        if (authoritative && answer_elsewhere(zone, &at, reply))
            return;
    } while (answer_step(zone, &at, type, reply) && !was_followed(reply, &at));
}
