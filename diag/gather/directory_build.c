#include "diag/gather/directory_build.h"

#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum { REFERRALS_MOST = 100 };

struct built_attribute {
    const char *name; /* the answer's, as the values are */
    struct directory_value *values;
    size_t count, room;
    unsigned long next; /* the number of the first value that has not come; 0: all have */
    bool was_asked;     /* for the range that begins there */
};

struct built_entry {
    const char *dn;
    struct built_attribute *attributes;
    size_t count, room;
};

void directory_build_begin(struct directory_build *build, struct directory_answer *answer)
{
    *build = (struct directory_build){.answer = answer};
}

static struct arena *memory_of(struct directory_build *build)
{
    return &build->answer->evidence.memory;
}

/* Whether there is room for that many bytes more. */
static bool take_room(struct directory_build *build, size_t size)
{
    if (build->full || size > DIRECTORY_BYTES_MOST - build->bytes)
        build->full = true;
    else
        build->bytes += size;
    return !build->full;
}

/* ---- ranges ---- */

/* "member;range=0-1499": where the options begin that say so; NULL for other names. */
static const char *range_of(const char *name)
{
    static const char word[] = ";range=";

    for (const char *at = strchr(name, ';'); at; at = strchr(at + 1, ';')) {
        if (text_starts_fold(at, strlen(at), word))
            return at;
    }
    return NULL;
}

/* The number behind the last value of the range; 0 where it is the end, "1500-*". */
static unsigned long end_of_range(const char *range)
{
    const char *dash = strchr(range, '-');

    return dash && text_is_digit(dash[1]) ? strtoul(dash + 1, NULL, 10) + 1 : 0;
}

/* ---- taking ---- */

bool directory_build_entry(void *context, const char *dn)
{
    struct directory_build *build = context;
    struct built_entry *entry;

    if (build->awaited)
        return !build->full;
    if (build->entry_count == DIRECTORY_ENTRIES_MOST)
        build->full = true;
    if (!take_room(build, strlen(dn) + sizeof *entry))
        return false;
    build->entries = arena_grow(&build->scratch, build->entries, &build->entry_room,
                                build->entry_count, sizeof *entry);
    entry = &build->entries[build->entry_count++];
    *entry = (struct built_entry){.dn = arena_copy_string(memory_of(build), dn)};
    return true;
}

static struct built_attribute *find(const struct built_entry *entry, const char *name, size_t size)
{
    for (size_t i = entry->count; i-- > 0;) {
        const char *known = entry->attributes[i].name;

        if (text_equal_fold_sized(known, strlen(known), name, size))
            return &entry->attributes[i];
    }
    return NULL;
}

static struct built_attribute *attribute_of(struct directory_build *build, const char *name,
                                            size_t size)
{
    struct built_entry *entry = &build->entries[build->entry_count - 1];
    struct built_attribute *attribute = find(entry, name, size);

    if (attribute)
        return attribute;
    entry->attributes = arena_grow(&build->scratch, entry->attributes, &entry->room, entry->count,
                                   sizeof *attribute);
    attribute = &entry->attributes[entry->count++];
    *attribute = (struct built_attribute){.name = arena_copy(memory_of(build), name, size)};
    return attribute;
}

static void add_value(struct directory_build *build, struct built_attribute *attribute,
                      const char *bytes, size_t size)
{
    struct directory_value *value;

    if (!take_room(build, size + sizeof *value))
        return;
    attribute->values = arena_grow(&build->scratch, attribute->values, &attribute->room,
                                   attribute->count, sizeof *value);
    value = &attribute->values[attribute->count++];
    *value = (struct directory_value){arena_copy(memory_of(build), bytes, size), size};
}

void directory_build_value(void *context, const char *name, const char *bytes, size_t size)
{
    struct directory_build *build = context;
    const char *range = range_of(name);
    size_t name_size = range ? (size_t)(range - name) : strlen(name);
    struct built_attribute *attribute = build->awaited;

    if (attribute &&
        !text_equal_fold_sized(attribute->name, strlen(attribute->name), name, name_size))
        return;
    if (!attribute)
        attribute = attribute_of(build, name, name_size);
    add_value(build, attribute, bytes, size);
    if (range) {
        unsigned long next = end_of_range(range);

        if (next == 0 || next > attribute->next) {
            attribute->next = next;
            attribute->was_asked = false;
        }
    }
}

void directory_build_referral(void *context, const char *url)
{
    struct directory_build *build = context;

    if (build->referral_count == REFERRALS_MOST || !take_room(build, strlen(url) + sizeof url))
        return;
    build->referrals = arena_grow(&build->scratch, build->referrals, &build->referral_room,
                                  build->referral_count, sizeof *build->referrals);
    build->referrals[build->referral_count++] = arena_copy_string(memory_of(build), url);
}

/* ---- what is missing ---- */

bool directory_build_next_range(struct directory_build *build, const char **dn,
                                const char **attribute)
{
    for (size_t i = 0; i < build->entry_count && !build->full; i++) {
        for (size_t j = 0; j < build->entries[i].count; j++) {
            struct built_attribute *one = &build->entries[i].attributes[j];

            if (one->next == 0)
                continue;
            if (one->was_asked) { /* in vain */
                one->next = 0;
                build->answer->more = true;
                continue;
            }
            one->was_asked = true;
            build->awaited = one;
            *dn = build->entries[i].dn;
            *attribute = arena_print(&build->scratch, "%s;range=%lu-*", one->name, one->next);
            return true;
        }
    }
    return false;
}

/* ---- the answer ---- */

static const struct directory_attribute *keep_attributes(struct directory_build *build,
                                                         const struct built_entry *entry)
{
    struct arena *memory = memory_of(build);
    struct directory_attribute *kept = arena_new(memory, entry->count, sizeof *kept);

    for (size_t i = 0; i < entry->count; i++) {
        const struct built_attribute *built = &entry->attributes[i];
        struct directory_value *values = arena_new(memory, built->count, sizeof *values);

        if (built->count > 0)
            memcpy(values, built->values, built->count * sizeof *values);
        kept[i] = (struct directory_attribute){built->name, values, built->count};
        if (built->next > 0)
            build->answer->more = true;
    }
    return kept;
}

void directory_build_end(struct directory_build *build)
{
    struct directory_answer *answer = build->answer;
    struct arena *memory = memory_of(build);
    struct directory_entry *entries = arena_new(memory, build->entry_count, sizeof *entries);
    const char **referrals = arena_new(memory, build->referral_count, sizeof *referrals);

    for (size_t i = 0; i < build->entry_count; i++)
        entries[i] = (struct directory_entry){build->entries[i].dn,
                                              keep_attributes(build, &build->entries[i]),
                                              build->entries[i].count};
    for (size_t i = 0; i < build->referral_count; i++)
        referrals[i] = build->referrals[i];
    answer->entries = entries;
    answer->entry_count = build->entry_count;
    answer->referrals = referrals;
    answer->referral_count = build->referral_count;
    answer->more = answer->more || build->full;
    arena_release(&build->scratch);
}
