/* Build numbers in every spelling, and what each of them tells. */
#include "tests/unit/unit.h"

#include "diag/read/build_number.h"

#include <stdlib.h>
#include <string.h>

typedef enum status parser(const char *text, size_t size, struct build_number *out);

/* "15.1.2507.6", or the token of what was refused; from memory that ends with the text. */
static const char *read_with(parser *parse, const char *text, size_t size)
{
    static char shown[BUILD_NUMBER_TEXT_SIZE];
    struct build_number number = {{9, 9, 9, 9}, 9};
    char *copy = malloc(size + 1);
    enum status status;

    memcpy(copy + 1, text, size);
    status = parse(copy + 1, size, &number);
    free(copy);
    if (status != STATUS_OK && status != STATUS_NOT_SUPPORTED) {
        assert_int_equal(number.count, 9); /* what does not fit never becomes a number */
        return status_token(status);
    }
    build_number_format(&number, shown);
    return shown;
}

static void expect(parser *parse, const char *text, const char *wanted)
{
    assert_string_equal(read_with(parse, text, strlen(text)), wanted);
}

static void test_plain(void **state)
{
    (void)state;
    expect(build_number_parse, "15.1.2507.6", "15.1.2507.6");
    expect(build_number_parse, "15.01.2507.006", "15.1.2507.6");
    expect(build_number_parse, "15.02.1258.028", "15.2.1258.28");
    expect(build_number_parse, "15.2.1544", "15.2.1544");
    expect(build_number_parse, "14.3.513.0", "14.3.513.0");
    expect(build_number_parse, "5.0.1458.49", "5.0.1458.49");
    expect(build_number_parse, "15.0.847.32", "15.0.847.32");
    expect(build_number_parse, "14.3.181.6", "14.3.181.6");
    expect(build_number_parse, "8.3.348.2", "8.3.348.2");
    expect(build_number_parse, "15.2.32767.32767", "15.2.32767.32767");
    expect(build_number_parse, "15.0.0.0", "15.0.0.0");
}

static void test_plain_refused(void **state)
{
    static const char *const texts[] = {"",
                                        "15",
                                        "15.1",
                                        "15.1.",
                                        "15.1.2507.",
                                        "15.1.2507.6.1",
                                        "15.1.2507.6a",
                                        "15.1.2507 .6",
                                        " 15.1.2507.6",
                                        "15.1.2507.6 ",
                                        "v15.1.2507.6",
                                        "-15.1.2507.6",
                                        "15..2507.6",
                                        ".1.2507.6",
                                        "15.1.32768.6",
                                        "15.1.2507.32768",
                                        "15.1.002507.6",
                                        "99999999999999999999.1.1.1",
                                        "0.1.2.3",
                                        "15,1,2507,6"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect(build_number_parse, texts[i], "invalid");
    assert_string_equal(read_with(build_number_parse, "15.1.2507.6\0", 12), "invalid");
}

/* serialNumber: the third part has 30,000 too many since 2007, and AdminDisplayVersion not. */
static void test_display(void **state)
{
    (void)state;
    expect(build_number_parse_display, "Version 15.1 (Build 32507.6)", "15.1.2507.6");
    expect(build_number_parse_display, "Version 15.1 (Build 32507.006)", "15.1.2507.6");
    expect(build_number_parse_display, "Version 15.1 (Build 2507.6)", "15.1.2507.6");
    expect(build_number_parse_display, "Version 15.2 (Build 31118.7)", "15.2.1118.7");
    expect(build_number_parse_display, "Version 14.3 (Build 30123.4)", "14.3.123.4");
    expect(build_number_parse_display, "Version 6.5 (Build 7638.2: Service Pack 2)", "6.5.7638.2");
    expect(build_number_parse_display, "Versi\xc3\xb3n 15.1 (Compilaci\xc3\xb3n 32507.6)",
           "15.1.2507.6");
    expect(build_number_parse_display, "Version 15.1 (Build 29999.6)", "15.1.29999.6");
    expect(build_number_parse_display, "Version 15.1 (Build 30000.0)", "15.1.0.0");
}

static void test_display_refused(void **state)
{
    static const char *const texts[] = {"",
                                        "Version",
                                        "15.1 (Build 32507.6)",
                                        "Version 15.1",
                                        "Version 15.1 (Build 32507)",
                                        "Version 15.1 (Build 32507.6",
                                        "Version 15.1 (Build 32507.6) ",
                                        "Version 15.1 (Build 32507.6 Service Pack 2)",
                                        "Version 15.1 Build 32507.6)",
                                        "Version 15 (Build 32507.6)",
                                        "Version 15.1 (Build 62768.6)",
                                        "Version 15.1 (Build 332507.6)",
                                        "Version 15.1 (32507.6)"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect(build_number_parse_display, texts[i], "invalid");
}

static void test_packed(void **state)
{
    static const struct {
        uint64_t packed;
        const char *text;
    } numbers[] = {{0x73c189cb, "15.1.2507"}, {0x73c2845e, "15.2.1118"},
                   {0x73c0834f, "15.0.847"},  {0x738380b5, "14.3.181"},
                   {0x720382ad, "8.3.685"},   {0x7a21ce20, "40.33.20000"}};
    /* another mark, no mark, no bit, too little, too much */
    static const uint64_t others[] = {0x63c189cb,  0x03c189cb,  0x73c109cb, 0x73c189c,
                                      0x73c189cb0, 0x173c189cb, 0x700189cb, 0};
    char text[BUILD_NUMBER_TEXT_SIZE];
    struct build_number number;

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        assert_int_equal(build_number_unpack(numbers[i].packed, &number), STATUS_OK);
        assert_int_equal(number.count, 3);
        build_number_format(&number, text);
        assert_string_equal(text, numbers[i].text);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(build_number_unpack(others[i], &number), STATUS_INVALID);
}

/* Exchange 4.0 to 5.5 show their build; what 2000 and 2003 show is Windows'. */
static void test_banner(void **state)
{
    static const char old[] =
        "mail.fabrikam.com ESMTP Server (Microsoft Exchange Internet Mail Service 5.0.1458.49) ready";
    static const char windows[] =
        "ex03.contoso.com Microsoft ESMTP MAIL Service, Version: 6.0.3790.4675 ready at  Mon, 3 Aug";
    struct build_number number;

    (void)state;
    expect(build_number_parse_banner, old, "5.0.1458.49");
    expect(build_number_parse_banner,
           "h ESMTP Server (Microsoft Exchange Internet Mail Service 5.5.2653.13) ready",
           "5.5.2653.13");
    expect(build_number_parse_banner,
           "h Server (Microsoft Exchange Internet Mail Connector 4.0.996.62)", "4.0.996.62");
    expect(build_number_parse_banner, windows, "6.0.3790.4675");
    assert_int_equal(build_number_parse_banner(windows, strlen(windows), &number),
                     STATUS_NOT_SUPPORTED);
    assert_int_equal(build_number_parse_banner(old, strlen(old), &number), STATUS_OK);
    expect(build_number_parse_banner,
           "EX01.contoso.com Microsoft ESMTP MAIL Service ready at Fri, 5 Aug 2016 16:24:41 -0700",
           "not-found");
    expect(build_number_parse_banner, "mail ESMTP Postfix 3.7.11", "not-found");
    expect(build_number_parse_banner, "(Microsoft Exchange Internet Mail Service ready)",
           "not-found");
    expect(build_number_parse_banner, "Microsoft Exchange Internet Mail Service 5.5.2653.13.7",
           "not-found");
    expect(build_number_parse_banner, "", "not-found");
    /* Cut off within the last part, it is a shorter number: the reply has no more to say. */
    for (size_t size = 0; size < sizeof old - 1; size++) {
        const char *shown = read_with(build_number_parse_banner, old, size);

        assert_true(strcmp(shown, "not-found") == 0 || strncmp("5.0.1458.49", shown, 5) == 0);
    }
}

static void test_page(void **state)
{
    (void)state;
    expect(build_number_parse_page,
           "<link href=\"/owa/auth/15.2.1544/themes/resources/favicon.ico\">", "15.2.1544");
    expect(build_number_parse_page, "src=\"/OWA/Auth/15.1.2507/scripts/\"", "15.1.2507");
    expect(build_number_parse_page, "/owa/15.1.2507.6/x /owa/15.2.1.1/", "15.1.2507.6");
    expect(build_number_parse_page, "/owa/prem/15.2.1544.4/", "15.2.1544.4");
    expect(build_number_parse_page, "/owa/auth/logon.aspx /owa/8.3.348.2/scripts/", "8.3.348.2");
    expect(build_number_parse_page, "/owa/auth/15.2.1544", "not-found");
    expect(build_number_parse_page, "/owa/auth/15.2.1544.4.4/", "not-found");
    expect(build_number_parse_page, "/owa/auth/15.2/", "not-found");
    expect(build_number_parse_page, "/ecp/15.2.1544/", "not-found");
    expect(build_number_parse_page, "", "not-found");
    expect(build_number_parse_page, "/owa/", "not-found");
}

static void test_manifest(void **state)
{
    static const char whole[] =
        "<?xml version=\"1.0\"?><asmv1:assembly><assemblyIdentity name=\"x.application\" "
        "version=\"15.2.1544.4\" language=\"neutral\"/><dependentAssembly><assemblyIdentity "
        "version=\"1.1.1.1\"/>";

    (void)state;
    expect(build_number_parse_manifest, whole, "15.2.1544.4");
    expect(build_number_parse_manifest, "<assemblyIdentity\n\tversion = '15.1.2507.6' />",
           "15.1.2507.6");
    expect(build_number_parse_manifest, "<assemblyIdentity name=\"a\"/><b version=\"15.2.1.1\"/>",
           "not-found");
    expect(build_number_parse_manifest, "<assemblyIdentity myversion=\"15.2.1.1\"/>", "not-found");
    expect(build_number_parse_manifest, "<assemblyIdentity version=\"15.2.1.1 beta\"/>",
           "not-found");
    expect(build_number_parse_manifest, "<assemblyIdentity version=\"15.2.1.1\"", "not-found");
    expect(build_number_parse_manifest, "<assemblyIdentity version=\"15.2.1.1", "not-found");
    expect(build_number_parse_manifest, "<html>404</html>", "not-found");
    expect(build_number_parse_manifest, "", "not-found");
    for (size_t size = 0; size < sizeof whole; size++)
        read_with(build_number_parse_manifest, whole, size);
}

static void test_software(void **state)
{
    (void)state;
    expect(build_number_parse_software, "Microsoft Exchange Server 15.01.2507.006", "15.1.2507.6");
    expect(build_number_parse_software, "Microsoft Exchange Server 15.0.0.0", "15.0.0.0");
    expect(build_number_parse_software, "Microsoft Exchange Server", "invalid");
    expect(build_number_parse_software, "Microsoft Internet Information Services 10.0.1.1",
           "invalid");
    expect(build_number_parse_software, "", "invalid");
}

static void test_setup(void **state)
{
    (void)state;
    expect(
        build_number_parse_setup,
        "ProductVersion   FileVersion      FileName\r\n"
        "--------------   -----------      --------\r\n"
        "15.02.1544.014   15.02.1544.014   C:\\Program Files\\Microsoft\\Exchange Server\\V15\\bin\\"
        "ExSetup.exe\r\n",
        "15.2.1544.14");
    expect(
        build_number_parse_setup,
        "FileName         : C:\\Program Files\\Microsoft\\Exchange Server\\V15\\bin\\ExSetup.exe\r\n"
        "FileVersion      : 15.02.1258.028\r\nProductVersion   : 15.02.1258.030\r\n",
        "15.2.1258.28");
    expect(build_number_parse_setup, "15.01.2507.061 C:\\bin\\exsetup.EXE", "15.1.2507.61");
    /* of another file, cut off, or too few parts */
    expect(build_number_parse_setup, "15.01.2507.061 C:\\bin\\notepad.exe", "not-found");
    expect(build_number_parse_setup, "15.01.2507.061 other.exe\nExSetup.exe", "not-found");
    expect(build_number_parse_setup, "15.01.2507 ExSetup.exe", "not-found");
    expect(build_number_parse_setup, "15.01.2507.061.9 ExSetup.exe", "not-found");
    expect(build_number_parse_setup, "", "not-found");
}

static void test_make(void **state)
{
    const uint64_t parts[] = {15, 1, 2507, 61}, large[] = {15, 1, UINT64_MAX, 1}, none[4] = {0};
    struct build_number number;

    (void)state;
    assert_int_equal(build_number_make(parts, 4, &number), STATUS_OK);
    assert_int_equal(number.parts[3], 61);
    assert_int_equal(build_number_make(parts, 3, &number), STATUS_OK);
    assert_int_equal(number.parts[3], 0);
    assert_int_equal(build_number_make(parts, 2, &number), STATUS_INVALID);
    assert_int_equal(build_number_make(parts, 5, &number), STATUS_INVALID);
    assert_int_equal(build_number_make(large, 4, &number), STATUS_INVALID);
    assert_int_equal(build_number_make(none, 4, &number), STATUS_INVALID);
}

static void expect_precision(enum build_way way, const char *text, enum build_precision wanted)
{
    struct build_number number;

    assert_int_equal(build_number_parse(text, strlen(text), &number), STATUS_OK);
    assert_int_equal(build_number_precision(way, &number), wanted);
}

/* Never more precise than the way is, nor than the number. */
static void test_precision(void **state)
{
    (void)state;
    expect_precision(BUILD_BY_SETUP, "15.1.2507.6", BUILD_OF_UPDATE);
    expect_precision(BUILD_BY_OWA_HEADER, "15.1.2507.6", BUILD_OF_UPDATE);
    expect_precision(BUILD_BY_SETUP, "15.0.847.32", BUILD_OF_UPDATE);
    expect_precision(BUILD_BY_OWA_HEADER, "15.1.2507", BUILD_OF_LEVEL);
    expect_precision(BUILD_BY_OWA_PATH, "15.1.2507.6", BUILD_OF_LEVEL);
    expect_precision(BUILD_BY_SERIAL_NUMBER, "15.1.2507.6", BUILD_OF_LEVEL);
    expect_precision(BUILD_BY_LOG_HEADER, "15.1.2507.6", BUILD_OF_LEVEL);
    expect_precision(BUILD_BY_LOG_HEADER, "15.0.0.0", BUILD_OF_VERSION);
    expect_precision(BUILD_BY_OWA_HEADER, "15.0.0.0", BUILD_OF_VERSION);
    for (int way = 0; way < BUILD_WAY_COUNT; way++)
        assert_true(strlen(build_way_text((enum build_way)way)) > 0);
}

static void test_compare(void **state)
{
    static const char *const ascending[] = {"5.0.1458",   "5.0.1458.0",  "5.0.1458.49",
                                            "14.3.513.0", "15.0.847.32", "15.1.2.9",
                                            "15.1.2.10",  "15.2.1.1"};
    struct build_number a, b;

    (void)state;
    for (size_t i = 0; i < sizeof ascending / sizeof *ascending; i++) {
        for (size_t k = 0; k < sizeof ascending / sizeof *ascending; k++) {
            build_number_parse(ascending[i], strlen(ascending[i]), &a);
            build_number_parse(ascending[k], strlen(ascending[k]), &b);
            assert_int_equal(build_number_compare(&a, &b), i < k ? -1 : i > k);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),    cmocka_unit_test(test_plain_refused),
        cmocka_unit_test(test_display),  cmocka_unit_test(test_display_refused),
        cmocka_unit_test(test_packed),   cmocka_unit_test(test_banner),
        cmocka_unit_test(test_page),     cmocka_unit_test(test_manifest),
        cmocka_unit_test(test_software), cmocka_unit_test(test_setup),
        cmocka_unit_test(test_make),     cmocka_unit_test(test_precision),
        cmocka_unit_test(test_compare)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
