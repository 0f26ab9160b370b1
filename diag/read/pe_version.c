#include "diag/read/pe_version.h"

#include "diag/read/utf16.h"

#include <string.h>

enum {
    HEADER_AT = 0x3c, /* where the PE header's place stands */
    COFF_SIZE = 24,   /* with the signature in front */
    SECTION_SIZE = 40,
    SECTIONS_MOST = 96, /* that Windows loads */
    RESOURCES = 2,      /* the data directory's number */
    DIRECTORY_SIZE = 16,
    ENTRY_SIZE = 8,
    ENTRIES_MOST = 4096, /* of types that are looked through */
    TYPE_VERSION = 16,
    INFO_HEAD = 6, /* of a block: its length, its value's length, its type */
    FIXED_SIZE = 52
};

#define IS_DIRECTORY    0x80000000u
#define FIXED_SIGNATURE 0xfeef04bdu

struct piece {
    const unsigned char *bytes;
    size_t size;
};

/* A piece of a piece; of no size where it does not lie within. */
static struct piece part(struct piece of, size_t at, size_t size)
{
    if (at > of.size || size > of.size - at)
        return (struct piece){of.bytes, 0};
    return (struct piece){of.bytes + at, size};
}

static struct piece rest(struct piece of, size_t at)
{
    return at > of.size ? part(of, 0, 0) : part(of, at, of.size - at);
}

/* 0 beyond the end: no length, place or count that is of use. */
static uint32_t get16(struct piece of, size_t at)
{
    struct piece two = part(of, at, 2);

    return two.size ? (uint32_t)(two.bytes[0] | two.bytes[1] << 8) : 0;
}

static uint32_t get32(struct piece of, size_t at)
{
    struct piece four = part(of, at, 4);

    return four.size ? get16(four, 0) | get16(four, 2) << 16 : 0;
}

/* ---- the file ---- */

struct program {
    struct piece file;
    struct piece sections;   /* their table */
    uint32_t resources_at;   /* as an address in memory */
    uint32_t resources_size; /* 0: it has none */
};

/* Where the PE header begins; 0 where there is none. */
static size_t find_header(struct piece file)
{
    size_t at = get32(file, HEADER_AT);

    if (get16(file, 0) != 0x5a4d) /* MZ */
        return 0;
    return part(file, at, COFF_SIZE).size && memcmp(file.bytes + at, "PE\0\0", 4) == 0 ? at : 0;
}

static bool read_headers(struct piece file, struct program *program)
{
    size_t at = find_header(file), directories, resources;
    size_t sections = get16(file, at + 6), optional_size = get16(file, at + 20);
    struct piece optional = part(file, at + COFF_SIZE, optional_size);

    if (at == 0 || optional.size == 0 || sections > SECTIONS_MOST)
        return false;
    if (get16(optional, 0) == 0x10b)
        directories = 96;
    else if (get16(optional, 0) == 0x20b) /* PE32+ */
        directories = 112;
    else
        return false;
    program->file = file;
    program->sections = part(file, at + COFF_SIZE + optional_size, sections * SECTION_SIZE);
    if (get32(optional, directories - 4) > RESOURCES) {
        resources = directories + (size_t)RESOURCES * 8;
        program->resources_at = get32(optional, resources);
        program->resources_size = get32(optional, resources + 4);
    }
    return program->sections.size > 0;
}

/* What the file has at an address in memory, up to the end of its section. */
static struct piece find_address(const struct program *program, uint32_t address)
{
    for (size_t at = 0; at < program->sections.size; at += SECTION_SIZE) {
        uint32_t first = get32(program->sections, at + 12);
        uint32_t size = get32(program->sections, at + 16);

        if (address >= first && address - first < size)
            return rest(part(program->file, get32(program->sections, at + 20), size),
                        address - first);
    }
    return part(program->file, 0, 0);
}

/* ---- resources: type, name, language ---- */

/* Where the entry of this number, or the first one where that is 0, leads; 0: nowhere. */
static uint32_t find_entry(struct piece resources, size_t directory, uint32_t id)
{
    size_t named = get16(resources, directory + 12);
    size_t count = named + get16(resources, directory + 14);

    for (size_t i = id ? named : 0; i < count && i < ENTRIES_MOST; i++) {
        size_t at = directory + DIRECTORY_SIZE + i * ENTRY_SIZE;

        if (!id || get32(resources, at) == id)
            return get32(resources, at + 4);
    }
    return 0;
}

static struct piece find_version(const struct program *program)
{
    struct piece resources = find_address(program, program->resources_at), data;
    uint32_t at = find_entry(resources, 0, TYPE_VERSION);

    for (unsigned level = 0; level < 2 && at & IS_DIRECTORY; level++)
        at = find_entry(resources, at & ~IS_DIRECTORY, 0);
    if (at == 0 || at & IS_DIRECTORY)
        return part(resources, 0, 0);
    data = find_address(program, get32(resources, at));
    return part(data, 0, get32(resources, at + 4));
}

/* ---- the version: blocks of a key, a value and blocks ---- */

struct block {
    struct piece key;    /* UTF-16, without its end */
    struct piece value;  /* of a string without its end */
    struct piece blocks; /* behind the value */
    size_t size;         /* in its parent, padding included; 0: there is none */
};

static size_t aligned(size_t at)
{
    return (at + 3) & ~(size_t)3;
}

static struct piece text_at(struct piece of, size_t at)
{
    size_t end = at;

    while (end + 1 < of.size && get16(of, end) != 0)
        end += 2;
    return part(of, at, end - at);
}

/* Lengths of strings count units, or bytes by mistake: a string goes up to its own end. */
static struct block read_block(struct piece from)
{
    bool is_text = get16(from, 4) == 1;
    size_t units = get16(from, 2), value_size = is_text ? units * 2 : units, value_at;
    struct piece all = part(from, 0, get16(from, 0));
    struct block block = {.size = aligned(all.size)};

    block.key = text_at(all, INFO_HEAD);
    value_at = aligned(INFO_HEAD + block.key.size + 2);
    block.value = is_text ? text_at(all, value_at) : part(all, value_at, value_size);
    block.blocks = rest(all, aligned(value_at + value_size));
    if (all.size < INFO_HEAD)
        block.size = 0;
    return block;
}

static bool is_key(const struct block *block, const char *key)
{
    size_t size = strlen(key);

    if (block->key.size != 2 * size)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (get16(block->key, 2 * i) != (unsigned char)key[i])
            return false;
    }
    return true;
}

static const char *name_of(const struct block *block, struct arena *arena)
{
    struct piece text = text_at(block->value, 0); /* bytes by mistake may have an end within */
    struct utf16 utf16 = {0};
    struct buffer name;

    if (text.size == 0 || text.size > 2 * (size_t)PE_NAME_MOST)
        return NULL;
    buffer_init(&name, 2 * text.size);
    utf16_to_utf8(&utf16, (const char *)text.bytes, text.size, &name);
    if (name.size > 0)
        return buffer_keep(&name, arena);
    buffer_release(&name); /* half a character */
    return NULL;
}

/* One table of strings, of one language; what an earlier one says stays. */
static void read_strings(struct piece strings, struct arena *arena, struct pe_version *out)
{
    struct block string;

    for (; (string = read_block(strings)).size > 0; strings = rest(strings, string.size)) {
        if (!out->original_name && is_key(&string, "OriginalFilename"))
            out->original_name = name_of(&string, arena);
        if (!out->internal_name && is_key(&string, "InternalName"))
            out->internal_name = name_of(&string, arena);
    }
}

static void read_names(struct piece blocks, struct arena *arena, struct pe_version *out)
{
    struct block block, table;

    for (; (block = read_block(blocks)).size > 0; blocks = rest(blocks, block.size)) {
        struct piece tables = block.blocks;

        for (; is_key(&block, "StringFileInfo") && (table = read_block(tables)).size > 0;
             tables = rest(tables, table.size))
            read_strings(table.blocks, arena, out);
    }
}

static bool read_fixed(const struct block *info, struct pe_version *out)
{
    if (!is_key(info, "VS_VERSION_INFO") || info->value.size < FIXED_SIZE ||
        get32(info->value, 0) != FIXED_SIGNATURE)
        return false;
    for (size_t i = 0; i < 2; i++) {
        out->file[2 * i] = (uint16_t)get16(info->value, 10 + 4 * i);
        out->file[2 * i + 1] = (uint16_t)get16(info->value, 8 + 4 * i);
    }
    return true;
}

enum status pe_version_read(const void *bytes, size_t size, struct arena *arena,
                            struct pe_version *out)
{
    struct program program = {0};
    struct piece version;
    struct block info;

    *out = (struct pe_version){0};
    if (!read_headers((struct piece){bytes, size}, &program))
        return STATUS_MALFORMED;
    if (program.resources_size == 0)
        return STATUS_NOT_FOUND;
    if (find_address(&program, program.resources_at).size == 0)
        return STATUS_MALFORMED;
    version = find_version(&program);
    if (version.size == 0)
        return find_entry(find_address(&program, program.resources_at), 0, TYPE_VERSION)
                   ? STATUS_MALFORMED
                   : STATUS_NOT_FOUND;
    info = read_block(version);
    if (!read_fixed(&info, out))
        return STATUS_MALFORMED;
    read_names(info.blocks, arena, out);
    return STATUS_OK;
}

bool pe_version_is(const void *head, size_t size)
{
    return find_header((struct piece){head, size}) > 0;
}
