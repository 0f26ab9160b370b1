#include "diag/read/dns_chain.h"

#include <string.h>

static bool is_of(const struct dns_record *record, const char *owner, uint16_t type)
{
    return record->type == type && dns_name_equal(record->owner, owner);
}

static const struct dns_record *find_record(const struct dns_section *section, const char *owner,
                                            uint16_t type)
{
    for (size_t i = 0; i < section->count; i++) {
        if (is_of(&section->records[i], owner, type))
            return &section->records[i];
    }
    return NULL;
}

/* A name has been passed if it is the owner of an alias of the chain. */
static bool has_passed(const struct dns_chain *chain, const char *name)
{
    for (unsigned i = 0; i < chain->count; i++) {
        if (dns_name_equal(chain->aliases[i]->owner, name))
            return true;
    }
    return false;
}

enum status dns_chain_follow(const struct dns_section *answer, const char *name, enum dns_type type,
                             struct dns_chain *out)
{
    memset(out, 0, sizeof *out);
    out->end = name;
    for (;;) {
        const struct dns_record *alias;

        if (has_passed(out, out->end))
            return STATUS_MALFORMED;
        out->found = find_record(answer, out->end, (uint16_t)type) != NULL;
        alias = out->found ? NULL : find_record(answer, out->end, DNS_CNAME);
        if (!alias)
            return STATUS_OK;
        if (out->count == DNS_ALIASES_MOST)
            return STATUS_LIMIT;
        out->aliases[out->count++] = alias;
        out->end = alias->data.name;
    }
}

struct dns_section dns_chain_section(const struct dns_chain *chain,
                                     const struct dns_section *answer, enum dns_type type,
                                     struct arena *arena)
{
    size_t count = chain->count;
    struct dns_record *records;

    for (size_t i = 0; chain->found && i < answer->count; i++)
        count += is_of(&answer->records[i], chain->end, (uint16_t)type);
    records = arena_new(arena, count, sizeof *records);
    count = 0;
    while (count < chain->count) {
        records[count] = *chain->aliases[count];
        count++;
    }
    for (size_t i = 0; chain->found && i < answer->count; i++) {
        if (is_of(&answer->records[i], chain->end, (uint16_t)type))
            records[count++] = answer->records[i];
    }
    return (struct dns_section){.records = records, .count = count};
}

bool dns_chain_is_denied(const struct dns_chain *chain, const struct dns_section *authority)
{
    for (size_t i = 0; i < authority->count; i++) {
        const struct dns_record *record = &authority->records[i];

        if (record->type == DNS_SOA && dns_name_is_below(chain->end, record->owner))
            return true;
    }
    return false;
}
