/* What `reg query` prints, turned into lines of an export. */
#include "diag/read/registry_query.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *line, *export; /* NULL: none */
} lines[] = {
    {"HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\W32Time\r",
     "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\W32Time]"},
    {"    Type    REG_SZ    NT5DS\r", "\"Type\"=\"NT5DS\""},
    {"    NV Hostname    REG_SZ    EX01", "\"NV Hostname\"=\"EX01\""},
    {"\tType\tREG_SZ\tNTP", "\"Type\"=\"NTP\""},
    {"    NtpServer    REG_SZ    ", "\"NtpServer\"=\"\""},
    {"    NtpServer    REG_SZ", "\"NtpServer\"=\"\""},
    {"    x    REG_SZ    a \"b\" c:\\d    REG_SZ", "\"x\"=\"a \\\"b\\\" c:\\\\d    REG_SZ\""},
    {"    AnnounceFlags    REG_DWORD    0xa", "\"AnnounceFlags\"=dword:0000000a"},
    {"    MaxPosPhaseCorrection    REG_DWORD    0xFFFFFFFF",
     "\"MaxPosPhaseCorrection\"=dword:ffffffff"},
    {"    BackConnectionHostNames    REG_MULTI_SZ    a.b\\0\xc3\xa4\r",
     "\"BackConnectionHostNames\"=hex(7):61,00,2e,00,62,00,00,00,e4,00,00,00,00,00"},
    {"    x    REG_MULTI_SZ    \xf0\x9f\x93\xa7\xff\\",
     "\"x\"=hex(7):3d,d8,e7,dc,fd,ff,5c,00,00,00,00,00"},
    {"    x    REG_MULTI_SZ    ", "\"x\"=hex(7):00,00"},
    {"    x    REG_MULTI_SZ", "\"x\"=hex(7):00,00"},
    {"    x    REG_DWORD    0x1ffffffff", NULL},
    {"    x    REG_DWORD    10", NULL},
    {"    x    REG_DWORD    0x", NULL},
    {"    x    REG_DWORD    0xg", NULL},
    {"    DllName    REG_EXPAND_SZ    %systemroot%\\system32\\w32time.dll", NULL},
    {"    x    REG_BINARY    0102", NULL},
    {"    REG_SZ    x", NULL},
    {"a REG_SZ b", NULL},
    {"    a REG_SZ b", NULL},
    {"Type    REG_SZ    NTP", NULL},
    {"C:\\>reg query HKLM\\SYSTEM", NULL},
    {"End of search: 3 match(es) found.", NULL},
    {"", NULL},
};

static void test_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        size_t size = strlen(lines[i].line);
        char *copy = malloc(size ? size : 1); /* so that a sanitizer sees what is read beyond */
        struct buffer out;
        bool is_line;

        assert_non_null(copy);
        memcpy(copy, lines[i].line, size);
        buffer_init(&out, 1000);
        is_line = registry_query_line(copy, size, &out);
        if (is_line != (lines[i].export != NULL) ||
            (is_line && strcmp(out.text, lines[i].export) != 0))
            fail_msg("%s: %s", lines[i].line, is_line ? out.text : "none");
        buffer_release(&out);
        free(copy);
    }
}

static void test_recognised(void **state)
{
#define KEY "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\W32Time\\Parameters\r\n"
    static const char *const are[] = {"\r\n" KEY "    Type    REG_SZ    NT5DS\r\n",
                                      "C:\\>reg query x\r\n" KEY "    a    REG_DWORD    0x1"},
                             *const are_not[] = {"", KEY, "    Type    REG_SZ    NT5DS\r\n" KEY,
                                                 "    Type    REG_SZ    NT5DS\r\n",
                                                 "[" KEY "    Type    REG_SZ    NT5DS\r\n"};

    (void)state;
    for (size_t i = 0; i < sizeof are / sizeof *are; i++)
        assert_true(registry_query_is_text(are[i], strlen(are[i])));
    for (size_t i = 0; i < sizeof are_not / sizeof *are_not; i++)
        assert_false(registry_query_is_text(are_not[i], strlen(are_not[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_recognised),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
