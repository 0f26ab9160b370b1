#include "diag/read/dns_copy.h"

#include <string.h>

/* Goes over a message twice: first nothing is copied and only the sizes are counted. */
struct copier {
    char *arrays; /* where the next one goes; NULL at first */
    char *texts;
    size_t arrays_size;
    size_t texts_size;
    const char *name;
    const char *owner; /* the last one, which the next record may share */
    const char *owner_copy;
};

static void *copy_array(struct copier *copier, const void *array, size_t count, size_t size)
{
    char *copy = copier->arrays;

    copier->arrays_size += count * size;
    if (!copy)
        return NULL;
    copier->arrays += count * size;
    return count ? memcpy(copy, array, count * size) : copy;
}

static const char *copy_bytes(struct copier *copier, const char *bytes, size_t size)
{
    char *copy = copier->texts;

    copier->texts_size += size;
    if (!copy)
        return NULL;
    copier->texts += size;
    return size ? memcpy(copy, bytes, size) : copy;
}

static void copy_name(struct copier *copier, const char **name)
{
    *name = copy_bytes(copier, *name, strlen(*name) + 1);
}

static void copy_owner(struct copier *copier, const char **owner)
{
    if (strcmp(*owner, copier->name) == 0) {
        *owner = copier->name;
        return;
    }
    if (*owner != copier->owner) {
        copier->owner = *owner;
        copier->owner_copy = copy_bytes(copier, *owner, strlen(*owner) + 1);
    }
    *owner = copier->owner_copy;
}

static void copy_strings(struct copier *copier, struct dns_record *record)
{
    const struct dns_string *strings = record->data.txt.strings;
    struct dns_string *copies =
        copy_array(copier, strings, record->data.txt.count, sizeof *strings);

    for (size_t i = 0; i < record->data.txt.count; i++) {
        const char *bytes = copy_bytes(copier, strings[i].bytes, strings[i].size);

        if (copies)
            copies[i].bytes = bytes;
    }
    record->data.txt.strings = copies;
}

static void copy_data(struct copier *copier, struct dns_record *record)
{
    switch (record->type) {
    case DNS_NS:
    case DNS_CNAME:
    case DNS_PTR:
        copy_name(copier, &record->data.name);
        break;
    case DNS_MX:
        copy_name(copier, &record->data.mx.exchange);
        break;
    case DNS_SRV:
        copy_name(copier, &record->data.srv.target);
        break;
    case DNS_SOA:
        copy_name(copier, &record->data.soa.primary);
        copy_name(copier, &record->data.soa.mailbox);
        break;
    case DNS_TXT:
    case DNS_SPF:
        copy_strings(copier, record);
        break;
    case DNS_TLSA:
        record->data.tlsa.bytes = (const uint8_t *)copy_bytes(
            copier, (const char *)record->data.tlsa.bytes, record->data.tlsa.size);
        break;
    default: /* addresses point nowhere */
        break;
    }
}

static struct dns_section copy_section(struct copier *copier, const struct dns_section *section)
{
    struct dns_record *records =
        copy_array(copier, section->records, section->count, sizeof *records);

    for (size_t i = 0; i < section->count; i++) {
        struct dns_record record = section->records[i];

        copy_owner(copier, &record.owner);
        copy_data(copier, &record);
        if (records)
            records[i] = record;
    }
    return (struct dns_section){.records = records, .count = section->count};
}

static void copy_sections(struct copier *copier, const struct dns_message *from,
                          struct dns_message *to)
{
    copier->owner = NULL;
    to->answer = copy_section(copier, &from->answer);
    to->authority = copy_section(copier, &from->authority);
    to->additional = copy_section(copier, &from->additional);
}

void dns_message_keep(struct dns_message *message, const char *name, struct arena *arena)
{
    const struct dns_message received = *message;
    struct copier copier = {.name = name};

    copy_sections(&copier, &received, message);
    if (copier.arrays_size == 0)
        return;
    copier.arrays = arena_reserve(arena, copier.arrays_size + copier.texts_size);
    copier.texts = copier.arrays + copier.arrays_size;
    copy_sections(&copier, &received, message);
}
