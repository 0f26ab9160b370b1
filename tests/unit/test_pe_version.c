/* The version of Windows programs: of 32 bits and 64, torn anywhere, and told wrong. */
#include "tests/unit/unit.h"

#include "diag/read/pe_version.h"

#include <stdlib.h>
#include <string.h>

enum {
    HEADER = 0x80,
    OPTIONAL = HEADER + 24,
    OPTIONAL_SIZE = 0xf0,
    SECTION = OPTIONAL + OPTIONAL_SIZE,
    RAW = 0x200,      /* of .rsrc in the file */
    ADDRESS = 0x3000, /* and in memory */
    VERSION = 0x60,   /* in .rsrc, behind three directories and a leaf */
    ROOM = 0x600
};

struct program {
    unsigned char bytes[ROOM];
    size_t size;
};

static void put16(struct program *program, size_t at, unsigned value)
{
    program->bytes[at] = (unsigned char)value;
    program->bytes[at + 1] = (unsigned char)(value >> 8);
}

static void put32(struct program *program, size_t at, uint32_t value)
{
    put16(program, at, value & 0xffff);
    put16(program, at + 2, value >> 16);
}

static void add_unit(struct program *program, unsigned value)
{
    put16(program, program->size, value);
    program->size += 2;
}

/* Begins a block, whose length end_block() puts in. */
static size_t add_block(struct program *program, unsigned value_size, unsigned type,
                        const char *key)
{
    size_t at = program->size = (program->size + 3) & ~(size_t)3;

    add_unit(program, 0);
    add_unit(program, value_size);
    add_unit(program, type);
    for (; *key; key++)
        add_unit(program, (unsigned char)*key);
    add_unit(program, 0);
    program->size = (program->size + 3) & ~(size_t)3;
    return at;
}

static void end_block(struct program *program, size_t at)
{
    put16(program, at, (unsigned)(program->size - at));
}

static void add_string(struct program *program, const char *key, const char *value)
{
    size_t at = add_block(program, (unsigned)strlen(value) + 1, 1, key);

    for (; *value; value++)
        add_unit(program, (unsigned char)*value);
    add_unit(program, 0);
    end_block(program, at);
}

static void add_fixed(struct program *program)
{
    put32(program, program->size, 0xfeef04bd);
    put32(program, program->size + 8, 15u << 16 | 2);
    put32(program, program->size + 12, 1544u << 16 | 14);
    put32(program, program->size + 16, 99u << 16 | 99); /* of the product: not read */
    program->size += 52;
}

static void add_version(struct program *program, const char *original, const char *internal)
{
    size_t info = add_block(program, 52, 0, "VS_VERSION_INFO"), strings, table;

    add_fixed(program);
    strings = add_block(program, 0, 1, "VarFileInfo");
    end_block(program, strings);
    strings = add_block(program, 0, 1, "StringFileInfo");
    table = add_block(program, 0, 1, "040904b0");
    add_string(program, "FileVersion", "15.02.1544.014");
    if (internal)
        add_string(program, "InternalName", internal);
    if (original)
        add_string(program, "OriginalFilename", original);
    end_block(program, table);
    end_block(program, strings);
    end_block(program, info);
}

/* Type, name and language, each with a directory of its own; the type behind another one. */
static void add_directories(struct program *program, uint32_t type)
{
    put16(program, RAW + 14, 2);
    put32(program, RAW + 16, 3);
    put32(program, RAW + 20, 0x80000028);
    put32(program, RAW + 24, type);
    put32(program, RAW + 28, 0x80000020);
    put16(program, RAW + 0x20 + 14, 1);
    put32(program, RAW + 0x20 + 16, 1);
    put32(program, RAW + 0x20 + 20, 0x80000038);
    put16(program, RAW + 0x38 + 14, 1);
    put32(program, RAW + 0x38 + 16, 0x409);
    put32(program, RAW + 0x38 + 20, 0x50);
    put32(program, RAW + 0x50, ADDRESS + VERSION);
}

static void make(struct program *program, bool is_64, uint32_t type, const char *original,
                 const char *internal)
{
    size_t directories = OPTIONAL + (is_64 ? 112u : 96u);

    memset(program, 0, sizeof *program);
    put16(program, 0, 0x5a4d);
    put32(program, 0x3c, HEADER);
    memcpy(program->bytes + HEADER, "PE\0\0", 4);
    put16(program, HEADER + 6, 1);
    put16(program, HEADER + 20, OPTIONAL_SIZE);
    put16(program, OPTIONAL, is_64 ? 0x20b : 0x10b);
    put32(program, directories - 4, 16);
    put32(program, directories + 16, ADDRESS);
    put32(program, directories + 20, 0x400);
    put32(program, SECTION + 8, 0x400);
    put32(program, SECTION + 12, ADDRESS);
    put32(program, SECTION + 16, 0x400);
    put32(program, SECTION + 20, RAW);
    add_directories(program, type);
    program->size = RAW + VERSION;
    add_version(program, original, internal);
    put32(program, RAW + 0x54, (uint32_t)(program->size - RAW - VERSION));
    program->size = RAW + 0x400;
}

/* From memory that ends with the file. */
static enum status read_bytes(const struct program *program, size_t size, struct arena *arena,
                              struct pe_version *out)
{
    unsigned char *copy = malloc(size + 1);
    enum status status;

    memcpy(copy + 1, program->bytes, size);
    status = pe_version_read(copy + 1, size, arena, out);
    free(copy);
    return status;
}

static void expect_setup(bool is_64)
{
    struct arena arena = {0};
    struct program program;
    struct pe_version version;

    make(&program, is_64, 16, "ExSetup.exe", "Setup");
    assert_true(pe_version_is(program.bytes, program.size));
    assert_int_equal(read_bytes(&program, program.size, &arena, &version), STATUS_OK);
    assert_int_equal(version.file[0], 15);
    assert_int_equal(version.file[1], 2);
    assert_int_equal(version.file[2], 1544);
    assert_int_equal(version.file[3], 14);
    assert_string_equal(version.original_name, "ExSetup.exe");
    assert_string_equal(version.internal_name, "Setup");
    arena_release(&arena);
}

/* The fixed file version, and the names; that of the product is another. */
static void test_both_widths(void **state)
{
    (void)state;
    expect_setup(true);
    expect_setup(false);
}

static void test_no_names(void **state)
{
    struct arena arena = {0};
    struct program program;
    struct pe_version version;

    (void)state;
    make(&program, true, 16, NULL, NULL);
    assert_int_equal(read_bytes(&program, program.size, &arena, &version), STATUS_OK);
    assert_null(version.original_name);
    assert_null(version.internal_name);
    arena_release(&arena);
}

/* Resources of other kinds alone, or none: a program, without a version. */
static void test_no_version(void **state)
{
    struct arena arena = {0};
    struct program program;
    struct pe_version version;

    (void)state;
    make(&program, true, 24, NULL, NULL);
    assert_int_equal(read_bytes(&program, program.size, &arena, &version), STATUS_NOT_FOUND);
    make(&program, true, 16, NULL, NULL);
    put32(&program, OPTIONAL + 112 + 20, 0);
    assert_int_equal(read_bytes(&program, program.size, &arena, &version), STATUS_NOT_FOUND);
    arena_release(&arena);
}

/* Torn at every byte: refused, or whole as far as its version goes. */
static void test_torn(void **state)
{
    struct program program;
    bool was_read = false;

    (void)state;
    make(&program, true, 16, "ExSetup.exe", NULL);
    for (size_t size = 0; size <= program.size; size++) {
        struct arena arena = {0};
        struct pe_version version;
        enum status status = read_bytes(&program, size, &arena, &version);

        assert_true(status == STATUS_OK || (status == STATUS_MALFORMED && !was_read));
        assert_true(status != STATUS_OK || version.file[2] == 1544);
        was_read = status == STATUS_OK;
        arena_release(&arena);
    }
    assert_true(was_read);
}

/* Every byte wrong in turn: no crash, and nothing read beyond the end. */
static void test_every_byte_wrong(void **state)
{
    struct program program;

    (void)state;
    make(&program, true, 16, "ExSetup.exe", "ExSetup.exe");
    for (size_t at = 0; at < program.size; at++) {
        unsigned char was = program.bytes[at];
        struct arena arena = {0};
        struct pe_version version;

        program.bytes[at] = 0xff;
        read_bytes(&program, program.size, &arena, &version);
        program.bytes[at] = was;
        arena_release(&arena);
    }
}

/* Directories that lead to themselves end after three, and a leaf may not lead out of the file. */
static void test_told_wrong(void **state)
{
    struct arena arena = {0};
    struct program program;
    struct pe_version version;

    (void)state;
    make(&program, true, 16, NULL, NULL);
    put32(&program, RAW + 0x38 + 20, 0x80000020);
    assert_int_equal(read_bytes(&program, program.size, &arena, &version), STATUS_MALFORMED);
    make(&program, true, 16, NULL, NULL);
    put32(&program, RAW + 0x50, 0xfffffff0);
    assert_int_equal(read_bytes(&program, program.size, &arena, &version), STATUS_MALFORMED);
    make(&program, true, 16, NULL, NULL);
    put32(&program, RAW + 0x54, 0xffffffff);
    assert_int_equal(read_bytes(&program, program.size, &arena, &version), STATUS_MALFORMED);
    make(&program, true, 16, NULL, NULL);
    put16(&program, HEADER + 6, 97);
    assert_int_equal(read_bytes(&program, program.size, &arena, &version), STATUS_MALFORMED);
    arena_release(&arena);
}

static void test_no_program(void **state)
{
    struct arena arena = {0};
    struct pe_version version;

    (void)state;
    assert_int_equal(pe_version_read("", 0, &arena, &version), STATUS_MALFORMED);
    assert_int_equal(pe_version_read("MZ is text", 10, &arena, &version), STATUS_MALFORMED);
    assert_false(pe_version_is("MZ is text", 10));
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_widths), cmocka_unit_test(test_no_names),
        cmocka_unit_test(test_no_version),  cmocka_unit_test(test_torn),
        cmocka_unit_test(test_told_wrong),  cmocka_unit_test(test_every_byte_wrong),
        cmocka_unit_test(test_no_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
