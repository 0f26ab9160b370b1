/* Registry exports, as reg.exe and regedit write them, and as damage leaves them. */
#include "diag/read/registry_text.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define W32TIME "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\W32Time"
#define V5      "Windows Registry Editor Version 5.00\n\n"

static const char *const everything[] = {"HKLM", "HKCU", NULL};
static const char *const w32time[] = {"HKLM\\SYSTEM\\CurrentControlSet\\Services\\W32Time",
                                      "hklm\\software\\policies\\microsoft\\w32time", NULL};

static void add_lines(struct registry_text *reader, const char *text)
{
    while (*text) {
        size_t size = strcspn(text, "\n");
        char *line = malloc(size ? size : 1); /* so that a sanitizer sees what is read beyond */

        assert_non_null(line);
        memcpy(line, text, size);
        registry_text_add(reader, line, size);
        free(line);
        text += size + (text[size] == '\n');
    }
}

static void read_text(const char *const *wanted, const char *text, struct arena *arena,
                      struct registry_export *out)
{
    struct registry_text *reader = registry_text_new(wanted);

    add_lines(reader, text);
    registry_text_end(reader, arena, out);
}

static const char export_text[] =
    "\xEF\xBB\xBF" V5 "[" W32TIME "]\r\n"
    "\"DisplayName\"=\"@%SystemRoot%\\\\system32\\\\w32time.dll,-200\"\r\n"
    "\"Start\"=dword:00000003\r\n"
    "\"ImagePath\"=hex(2):25,00,53,00,79,00,73,00,74,00,65,00,6d,00,52,00,6f,00,6f,00,\\\r\n"
    "  74,00,25,00,00,00\r\n"
    "\"FailureActions\"=hex:80,51,01,00,00,00\r\n"
    "\"DependOnService\"=hex(7):61,00,62,00,00,00,fc,00,00,00,00,00\r\n"
    "\r\n"
    "[" W32TIME "\\Parameters]\r\n"
    "@=\"the default\"\r\n"
    "\"NtpServer\"=\"ntp1.example.net,0x8 ntp2.example.net,0x8\"\r\n"
    "\"Type\"=\"NTP\"\r\n"
    "\r\n"
    "[" W32TIME "\\Config]\r\n"
    "\"MaxPosPhaseCorrection\"=dword:FFFFFFFF\r\n"
    "\"LastKnownGoodTime\"=hex(b):87,d6,c7,7a,db,79,dd,01\r\n"
    "\r\n"
    "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\WinRM]\r\n"
    "\"Start\"=dword:00000002\r\n"
    "\r\n"
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\W32Time\\Parameters]\r\n"
    "\"Type\"=\"NT5DS\"\r\n";

/* Every type, its place, and nothing of keys that nobody wants. */
static void test_export(void **state)
{
    const struct registry_value *value;
    struct registry_export out;
    struct arena arena = {0};

    (void)state;
    read_text(w32time, export_text, &arena, &out);
    assert_int_equal(out.keys, 5);
    assert_int_equal(out.damaged, 0);
    assert_false(out.is_cut);
    assert_int_equal(out.count, 11);

    value = registry_find(&out, W32TIME, "displayname");
    assert_int_equal(value->type, REGISTRY_SZ);
    assert_string_equal(value->text, "@%SystemRoot%\\system32\\w32time.dll,-200");
    assert_int_equal(value->line, 4);
    assert_string_equal(value->key, W32TIME);
    value = registry_find(&out, W32TIME, "Start");
    assert_int_equal(value->type, REGISTRY_DWORD);
    assert_int_equal(value->number, 3);
    assert_null(value->text);
    value = registry_find(&out, W32TIME, "ImagePath");
    assert_int_equal(value->type, REGISTRY_EXPAND_SZ);
    assert_string_equal(value->text, "%SystemRoot%");
    value = registry_find(&out, W32TIME, "FailureActions");
    assert_int_equal(value->type, REGISTRY_BINARY);
    assert_int_equal(value->size, 6);
    assert_memory_equal(value->bytes, "\x80\x51\x01\0\0\0", 6);
    assert_int_equal(value->line, 8);
    value = registry_find(&out, W32TIME, "DependOnService");
    assert_int_equal(value->list_count, 2);
    assert_string_equal(value->list[0], "ab");
    assert_string_equal(value->list[1], "\xC3\xBC");
    value = registry_find(&out, W32TIME "\\Parameters", "");
    assert_string_equal(value->text, "the default");
    value = registry_find(&out, W32TIME "\\Config", "MaxPosPhaseCorrection");
    assert_true(value->number == 0xFFFFFFFF);
    value = registry_find(&out, W32TIME "\\Config", "LastKnownGoodTime");
    assert_int_equal(value->type, REGISTRY_QWORD);
    assert_true(value->number == UINT64_C(0x01DD79DB7AC7D687));
    arena_release(&arena);
}

/* Keys are found in any case, by short names, and in either name of the control set. */
static void test_find(void **state)
{
    static const char *const keys[] = {
        W32TIME "\\Parameters",
        "hklm\\system\\currentcontrolset\\services\\w32time\\parameters",
        "HKLM\\SYSTEM\\ControlSet001\\Services\\W32Time\\Parameters\\",
    };
    static const char *const others[] = {
        W32TIME,
        W32TIME "\\Parameter",
        W32TIME "\\Parameters\\x",
        "HKLM\\SYSTEM\\ControlSet002\\Services\\W32Time\\Parameters",
        "HKCU\\SYSTEM\\ControlSet001\\Services\\W32Time\\Parameters",
        "",
    };
    struct registry_export out, set;
    struct arena arena = {0};

    (void)state;
    read_text(w32time, export_text, &arena, &out);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_string_equal(registry_find(&out, keys[i], "TYPE")->text, "NTP");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_null(registry_find(&out, others[i], "Type"));
    assert_null(registry_find(&out, keys[0], "Typ"));
    assert_string_equal(
        registry_find(&out, "HKLM\\Software\\Policies\\Microsoft\\W32Time\\Parameters", "Type")
            ->text,
        "NT5DS");

    read_text(w32time,
              V5 "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Services\\W32Time\\Parameters]\n"
                 "\"Type\"=\"NoSync\"\n",
              &arena, &set);
    assert_string_equal(registry_find(&set, keys[0], "Type")->text, "NoSync");
    arena_release(&arena);
}

/* One value, of a key that is wanted; its text, or that of the first of its list. */
static const struct {
    const char *text;
    const char *expected;
} strings[] = {
    {"\"a\"=\"\"", ""},
    {"\"a\"=\"\\\\\\\"x\\\"\\\\\"", "\\\"x\"\\"},
    {"\"a\"=\"one\r\ntwo\n[three]\n\nfour\"", "one\ntwo\n[three]\n\nfour"},
    {"\"a\"=\"\xC3\xBC\xE9\"", "\xC3\xBC\xEF\xBF\xBD"},
    {"\"a\" = \"x\"  ", "x"},
    {"\"a\"=hex(1):78,00", "x"},             /* without the zero at the end */
    {"\"a\"=hex(1):78,00,00,00,79,00", "x"}, /* with more behind it */
    {"\"a\"=hex(2):3d,d8,00,de", "\xF0\x9F\x98\x80"},
    {"\"a\"=hex(2):3d,d8,41,00,00,00", "\xEF\xBF\xBD"
                                       "A"},
    {"\"a\"=hex(2):78,00,79", "x"}, /* half a character */
    {"\"a\"=hex(2):", ""},
    {"\"a\"=HEX(2):\\\n  78,00,\\\n  79,00,\\\n  00,00", "xy"},
    {"\"a\"=hex(7):78,00,00,00,79,00,00,00,00,00", "x"},
    {"\"a\"=hex(7):78,00", "x"},
};

static void test_strings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        char text[512];
        struct registry_export out;
        struct arena arena = {0};
        const struct registry_value *value;

        snprintf(text, sizeof text, "%s[HKEY_CURRENT_USER\\x]\n%s\n\"end\"=dword:1", V5,
                 strings[i].text);
        read_text(everything, text, &arena, &out);
        value = registry_find(&out, "HKCU\\X", "a");
        if (out.damaged || !value ||
            strcmp(value->text ? value->text : value->list[0], strings[i].expected) != 0)
            fail_msg("row %zu", i);
        assert_int_equal(registry_find(&out, "HKCU\\X", "END")->number, 1);
        arena_release(&arena);
    }
}

/* In a code page's file strings have bytes; those outside ASCII are not guessed at. */
static void test_regedit4(void **state)
{
    struct registry_export out;
    struct arena arena = {0};

    (void)state;
    read_text(everything,
              "REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\x]\n"
              "nonsense\n"
              "\"a\"=hex(2):25,54,45,4d,50,25,00\n"
              "\"b\"=hex(7):61,00,fc,00,00\n"
              "\"\xFC\"=\"\xFC\"\n",
              &arena, &out);
    assert_int_equal(out.damaged, 1);
    assert_string_equal(registry_find(&out, "HKLM\\x", "a")->text, "%TEMP%");
    assert_string_equal(registry_find(&out, "HKLM\\x", "b")->list[1], "\xEF\xBF\xBD");
    assert_string_equal(registry_find(&out, "HKLM\\x", "\xEF\xBF\xBD")->text, "\xEF\xBF\xBD");
    arena_release(&arena);
}

static const char *const damaged[] = {
    "\"a\"",
    "\"a",
    "a=dword:1",
    "\"a\"=",
    "\"a\"=dword:",
    "\"a\"=dword:123456789",
    "\"a\"=dword:xyz",
    "\"a\"=dword:1 2",
    "\"a\"=qword:1",
    "\"a\"=\"x\"y",
    "\"a\"=hex:1",
    "\"a\"=hex:zz",
    "\"a\"=hex:12;13",
    "\"a\"=hex",
    "\"a\"=hex(2:78,00",
    "\"a\"=hex():78,00",
    "\"a\"=hex(123456789):00",
    "\"a\"=hex(4):01,02,03",
    "\"a\"=hex(b):01,02,03,04,05,06,07",
    "\"a\"=hex(2):78,00,\\",
    "\"a\"=\"never closed",
    "\"a\"=\"closed by a backslash\\",
    "HKEY_LOCAL_MACHINE",
    "[",
    "[]",
};

/* What is none of an export is counted, and the next key is read as if it had not been. */
static void test_damaged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        char text[512];
        struct registry_export out;
        struct arena arena = {0};

        snprintf(text, sizeof text,
                 "%s[HKEY_CURRENT_USER\\x]\n%s\n[HKEY_CURRENT_USER\\y]\n\"b\"=dword:2", V5,
                 damaged[i]);
        read_text(everything, text, &arena, &out);
        if (out.damaged != 1 || out.count != 1 || out.keys != 2 ||
            registry_find(&out, "HKCU\\y", "b")->number != 2)
            fail_msg("'%s': %u damaged, %zu values", damaged[i], (unsigned)out.damaged, out.count);
        arena_release(&arena);
    }
}

/* Comments, deletions, values before any key, and the end of a file within a value. */
static void test_odd_lines(void **state)
{
    struct registry_export out;
    struct arena arena = {0};

    (void)state;
    read_text(everything,
              V5 "; a comment\n\"early\"=dword:1\n[HKEY_CURRENT_USER\\x]\n\"a\"=-\n@=-\n"
                 "[-HKEY_CURRENT_USER\\z]\n\"b\"=dword:1\n",
              &arena, &out);
    assert_int_equal(out.count, 0);
    assert_int_equal(out.damaged, 1);
    assert_int_equal(out.keys, 2);
    read_text(everything, V5 "[HKEY_CURRENT_USER\\x]\n\"a\"=\"one\ntwo", &arena, &out);
    assert_int_equal(out.count, 0);
    assert_int_equal(out.damaged, 1);
    read_text(w32time, "", &arena, &out);
    assert_int_equal(out.count, 0);
    assert_null(registry_find(&out, "HKLM", ""));
    arena_release(&arena);
}

/* Data of the largest size is kept, and of a byte more nothing. */
static void test_long_values(void **state)
{
    struct registry_text *reader = registry_text_new(everything);
    struct registry_export out;
    struct arena arena = {0};
    char *text = malloc(REGISTRY_VALUE_MOST + 8);

    (void)state;
    assert_non_null(text);
    add_lines(reader, V5 "[HKEY_CURRENT_USER\\x]\n\"a\"=hex:\\\n");
    for (int i = 0; i < REGISTRY_VALUE_MOST / 16 - 1; i++)
        add_lines(reader, "  00,01,02,03,04,05,06,07,08,09,0a,0b,0c,0d,0e,0f,\\\n");
    add_lines(reader, "  00,01,02,03,04,05,06,07,08,09,0a,0b,0c,0d,0e,0f\n\"b\"=hex:\\\n");
    for (int i = 0; i < REGISTRY_VALUE_MOST / 16; i++)
        add_lines(reader, "  00,01,02,03,04,05,06,07,08,09,0a,0b,0c,0d,0e,0f,\\\n");
    add_lines(reader, "  ff\n");
    for (size_t longer = 0; longer < 2; longer++) {
        memset(text, 'x', REGISTRY_VALUE_MOST + 8);
        memcpy(text, longer ? "\"d\"=\"" : "\"c\"=\"", 5);
        text[5 + REGISTRY_VALUE_MOST + longer] = '"';
        registry_text_add(reader, text, 6 + REGISTRY_VALUE_MOST + longer);
    }
    registry_text_end(reader, &arena, &out);
    assert_int_equal(out.count, 2);
    assert_int_equal(out.damaged, 0);
    assert_true(out.is_cut);
    assert_int_equal(registry_find(&out, "HKCU\\x", "a")->size, REGISTRY_VALUE_MOST);
    assert_int_equal(strlen(registry_find(&out, "HKCU\\x", "c")->text), REGISTRY_VALUE_MOST);
    free(text);
    arena_release(&arena);
}

static void test_many_values(void **state)
{
    struct registry_text *reader = registry_text_new(everything);
    struct registry_export out;
    struct arena arena = {0};

    (void)state;
    add_lines(reader, V5 "[HKEY_CURRENT_USER\\x]\n");
    for (int i = 0; i < REGISTRY_VALUES_MOST; i++)
        add_lines(reader, "\"a\"=dword:1\n");
    registry_text_end(reader, &arena, &out);
    assert_int_equal(out.count, REGISTRY_VALUES_MOST);
    assert_false(out.is_cut);
    arena_release(&arena);

    reader = registry_text_new(everything);
    add_lines(reader, V5 "[HKEY_CURRENT_USER\\x]\n");
    for (int i = 0; i <= REGISTRY_VALUES_MOST; i++)
        add_lines(reader, "\"a\"=dword:1\n");
    registry_text_end(reader, &arena, &out);
    assert_int_equal(out.count, REGISTRY_VALUES_MOST);
    assert_true(out.is_cut);
    arena_release(&arena);
}

/* Cut after any byte, an export is read as far as it goes. */
static void test_truncated(void **state)
{
    (void)state;
    for (size_t size = 0; size < sizeof export_text; size++) {
        struct registry_export out;
        struct arena arena = {0};
        char *text = memory_new(size + 1, 1);

        memcpy(text, export_text, size);
        read_text(w32time, text, &arena, &out);
        assert_true(out.damaged <= 1 && out.count <= 11);
        free(text);
        arena_release(&arena);
    }
}

/* ---- a registry itself ---- */

static const char *const live_wanted[] = {"HKLM\\SYSTEM", NULL};

static void take(struct registry_text *reader, const char *name, uint32_t type, const char *bytes,
                 size_t size)
{
    char *copy = malloc(size ? size : 1); /* so that a sanitizer sees what is read beyond */

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    registry_text_take(reader, W32TIME, name, type, copy, size);
    free(copy);
}

/* Data as a registry has them: strings without their zero, numbers of another size. */
static void test_values_of_a_registry(void **state)
{
    struct registry_text *reader = registry_text_new(live_wanted);
    struct registry_export out;
    struct arena arena = {0};

    (void)state;
    take(reader, "sz", REGISTRY_SZ, "N\0T\0\0\0", 6);
    take(reader, "unended", REGISTRY_SZ, "N\0T\0P", 5);
    take(reader, "nothing", REGISTRY_SZ, "", 0);
    take(reader, "dword", REGISTRY_DWORD, "\x01\x02\0\x80", 4);
    take(reader, "short", REGISTRY_DWORD, "\x01\x02", 2);
    take(reader, "multi", REGISTRY_MULTI_SZ, "a\0\0\0b\0\0\0\0\0", 10);
    take(reader, "binary", REGISTRY_BINARY, "\xff", 1);
    registry_text_take(reader, "HKEY_LOCAL_MACHINE\\SOFTWARE", "sz", REGISTRY_SZ, "", 0);
    registry_text_end(reader, &arena, &out);
    assert_int_equal(out.keys, 1);
    assert_int_equal(out.damaged, 1);
    assert_int_equal(out.count, 6);
    assert_string_equal(registry_find(&out, W32TIME, "sz")->text, "NT");
    assert_string_equal(registry_find(&out, W32TIME, "unended")->text, "NT");
    assert_string_equal(registry_find(&out, W32TIME, "nothing")->text, "");
    assert_true(registry_find(&out, W32TIME, "dword")->number == 0x80000201);
    assert_int_equal(registry_find(&out, W32TIME, "multi")->list_count, 2);
    assert_int_equal(registry_find(&out, W32TIME, "binary")->size, 1);
    assert_int_equal(registry_find(&out, W32TIME, "binary")->line, 0);
    arena_release(&arena);
}

/* The bounds of an export hold here too. */
static void test_bounds_of_a_registry(void **state)
{
    struct registry_text *reader = registry_text_new(live_wanted);
    char *data = calloc(1, REGISTRY_VALUE_MOST + 1);
    struct registry_export out;
    struct arena arena = {0};

    (void)state;
    assert_non_null(data);
    registry_text_take(reader, W32TIME, "most", REGISTRY_BINARY, data, REGISTRY_VALUE_MOST);
    registry_text_take(reader, W32TIME, "more", REGISTRY_BINARY, data, REGISTRY_VALUE_MOST + 1);
    registry_text_end(reader, &arena, &out);
    assert_int_equal(out.count, 1);
    assert_true(out.is_cut);
    arena_release(&arena);
    free(data);
}

static bool is_named_type(const struct registry_value *value)
{
    return strcmp(value->name, "Type") == 0;
}

/* A filter sees the key and name of what would be kept. */
static void test_filter(void **state)
{
    struct registry_text *reader = registry_text_new(w32time);
    struct registry_export out;
    struct arena arena = {0};

    (void)state;
    registry_text_only(reader, is_named_type);
    add_lines(reader, export_text);
    registry_text_end(reader, &arena, &out);
    assert_int_equal(out.count, 2);
    assert_int_equal(out.keys, 5);
    assert_string_equal(out.values[0].text, "NTP");
    assert_string_equal(out.values[1].text, "NT5DS");
    assert_false(out.is_cut);
    arena_release(&arena);
}

/* A key's line, or that of one above it, says that all below it is there; not in part of a key. */
static void test_covered(void **state)
{
    static const struct {
        const char *text;
        unsigned covered; /* 1: the service's key, 2: the policy's */
    } cases[] = {
        {V5 "[" W32TIME "]\n", 1},
        {V5 "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001]\n", 1},
        {V5 "[HKEY_LOCAL_MACHINE]\n", 3},
        {V5 "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft]\n", 2},
        {V5 "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows]\n", 0},
        {V5 "[" W32TIME "\\Parameters]\n\"Type\"=\"NTP\"\n", 0},
        {V5 "[-" W32TIME "]\n", 0},
        {V5 "[HKEY_USERS]\n", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct registry_text *reader = registry_text_new(w32time);
        struct registry_export out;
        struct arena arena = {0};

        read_text(w32time, cases[i].text, &arena, &out);
        assert_int_equal(out.covered, cases[i].covered);
        registry_text_in_parts(reader);
        add_lines(reader, cases[i].text);
        registry_text_end(reader, &arena, &out);
        assert_int_equal(out.covered, 0);
        arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_export),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_covered),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_regedit4),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_odd_lines),
        cmocka_unit_test(test_long_values),
        cmocka_unit_test(test_many_values),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_values_of_a_registry),
        cmocka_unit_test(test_bounds_of_a_registry),
        cmocka_unit_test(test_filter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
