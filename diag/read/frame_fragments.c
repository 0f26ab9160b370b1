#include "diag/read/frame.h"

#include <stdlib.h>
#include <string.h>

enum {
    DATAGRAMS_MOST = 64,   /* being put together */
    DATAGRAM_MOST = 65535, /* bytes behind the IP headers */
    PARTS_MOST = 32        /* that do not touch */
};

struct part {
    uint32_t begin, end;
};

struct assembly {
    uint64_t age; /* when its last part came, counted in parts; 0: this place is free */
    uint8_t family, protocol;
    unsigned char source[16], target[16];
    uint32_t id;
    bool is_unwanted; /* its ports are not those of mail: the bytes are not kept */
    uint32_t total;   /* 0: the last part has not come yet */
    uint32_t cut_at;  /* from here on the capture did not keep all of it */
    struct part parts[PARTS_MOST];
    size_t part_count;
    unsigned char *bytes;
    size_t room;
};

struct frame_fragments {
    uint64_t parts; /* seen */
    struct assembly assemblies[DATAGRAMS_MOST];
    unsigned char *whole; /* the datagram given last */
};

struct frame_fragments *frame_fragments_new(void)
{
    return memory_new(1, sizeof(struct frame_fragments));
}

void frame_fragments_free(struct frame_fragments *fragments)
{
    for (size_t i = 0; i < DATAGRAMS_MOST; i++)
        free(fragments->assemblies[i].bytes);
    free(fragments->whole);
    free(fragments);
}

static size_t address_size(const struct frame_datagram *datagram)
{
    return datagram->family == IP_V4 ? 4 : 16;
}

static bool is_of(const struct assembly *assembly, const struct frame_datagram *part)
{
    return assembly->age && assembly->id == part->id && assembly->family == part->family &&
           assembly->protocol == part->protocol &&
           memcmp(assembly->source, part->source, address_size(part)) == 0 &&
           memcmp(assembly->target, part->target, address_size(part)) == 0;
}

/* As new, but for the memory it has. */
static void begin(struct assembly *assembly, const struct frame_datagram *part)
{
    unsigned char *bytes = assembly->bytes;
    size_t room = assembly->room;

    *assembly = (struct assembly){.family = part->family,
                                  .protocol = part->protocol,
                                  .id = part->id,
                                  .cut_at = UINT32_MAX,
                                  .bytes = bytes,
                                  .room = room};
    memcpy(assembly->source, part->source, address_size(part));
    memcpy(assembly->target, part->target, address_size(part));
}

static struct assembly *assembly_of(struct frame_fragments *fragments,
                                    const struct frame_datagram *part)
{
    struct assembly *oldest = fragments->assemblies;

    for (size_t i = 0; i < DATAGRAMS_MOST; i++) {
        struct assembly *assembly = &fragments->assemblies[i];

        if (is_of(assembly, part))
            return assembly;
        if (assembly->age < oldest->age)
            oldest = assembly;
    }
    begin(oldest, part);
    return oldest;
}

/* Joins the parts that touch [begin, end) with it; false when there are too many beside it. */
static bool note_part(struct assembly *assembly, struct part part)
{
    size_t kept = 0;

    for (size_t i = 0; i < assembly->part_count; i++) {
        struct part other = assembly->parts[i];

        if (other.end < part.begin || other.begin > part.end) {
            assembly->parts[kept++] = other;
            continue;
        }
        if (other.begin < part.begin)
            part.begin = other.begin;
        if (other.end > part.end)
            part.end = other.end;
    }
    if (kept == PARTS_MOST)
        return false;
    assembly->parts[kept++] = part;
    assembly->part_count = kept;
    return true;
}

static void keep_bytes(struct assembly *assembly, const struct frame_datagram *part)
{
    size_t end = part->offset + part->kept;

    if (part->kept < part->size && end < assembly->cut_at)
        assembly->cut_at = (uint32_t)end;
    if (end > assembly->room) {
        assembly->room = end < DATAGRAM_MOST / 2 ? end * 2 : DATAGRAM_MOST;
        assembly->bytes = memory_resize(assembly->bytes, assembly->room, 1);
    }
    if (part->kept)
        memcpy(assembly->bytes + part->offset, part->data, part->kept);
}

static bool has_beginning(const struct assembly *assembly)
{
    for (size_t i = 0; i < assembly->part_count; i++) {
        if (assembly->parts[i].begin == 0)
            return true;
    }
    return false;
}

static bool is_whole(const struct assembly *assembly)
{
    return assembly->total && assembly->part_count == 1 && assembly->parts[0].begin == 0 &&
           assembly->parts[0].end == assembly->total;
}

static void hand_over(struct frame_fragments *fragments, struct assembly *assembly,
                      struct frame_datagram *datagram)
{
    free(fragments->whole);
    fragments->whole = assembly->bytes;
    datagram->data = fragments->whole;
    datagram->size = assembly->total;
    datagram->kept = assembly->cut_at < assembly->total ? assembly->cut_at : assembly->total;
    datagram->is_fragment = false;
    *assembly = (struct assembly){.age = 0};
}

bool frame_fragments_add(struct frame_fragments *fragments, struct frame_datagram *datagram)
{
    uint32_t begins = datagram->offset;
    struct assembly *assembly;

    if (datagram->size == 0 || datagram->size > DATAGRAM_MOST - begins ||
        (datagram->has_more && datagram->size % 8 != 0))
        return false;
    assembly = assembly_of(fragments, datagram);
    if (begins == 0 && (assembly->is_unwanted || has_beginning(assembly)))
        begin(assembly, datagram); /* the number is used again: another datagram */
    assembly->age = ++fragments->parts;
    if (begins == 0)
        assembly->is_unwanted =
            !frame_is_wanted(datagram->protocol, datagram->data, datagram->kept);
    if (assembly->is_unwanted)
        return false;
    if (!datagram->has_more)
        assembly->total = begins + (uint32_t)datagram->size;
    if (!note_part(assembly, (struct part){begins, begins + (uint32_t)datagram->size})) {
        assembly->age = 0;
        return false;
    }
    keep_bytes(assembly, datagram);
    if (!is_whole(assembly))
        return false;
    hand_over(fragments, assembly, datagram);
    return true;
}
