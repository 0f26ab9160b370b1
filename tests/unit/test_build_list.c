/* Builds as PowerShell prints them: lists and tables, of one server and of many. */
#include "tests/unit/unit.h"

#include "diag/buffer.h"
#include "diag/read/build_list.h"
#include "diag/read/file_type.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "EX01 15.2.1544.4 setup; ...", from memory that ends with the text. */
static void expect(const char *text, const char *wanted)
{
    size_t size = strlen(text);
    char *copy = malloc(size + 1), shown[1024] = "";
    struct arena arena = {0};
    struct build_list list;
    enum status status;

    memcpy(copy + 1, text, size);
    status = build_list_read(copy + 1, size, &arena, &list);
    assert_int_equal(build_list_is_text(copy + 1, size), status == STATUS_OK);
    for (size_t i = 0; i < list.count; i++) {
        const struct build_entry *entry = &list.entries[i];
        size_t at = strlen(shown);
        char number[BUILD_NUMBER_TEXT_SIZE];

        build_number_format(&entry->number, number);
        snprintf(shown + at, sizeof shown - at, "%s%s %s %s", i ? "; " : "",
                 entry->server ? entry->server : "-", number,
                 entry->way == BUILD_BY_SETUP ? "setup" : "display");
    }
    free(copy);
    arena_release(&arena);
    assert_string_equal(shown, wanted);
}

static void test_list(void **state)
{
    (void)state;
    expect("[PS] C:\\>Get-ExchangeServer | Format-List Name,AdminDisplayVersion,Edition\r\n\r\n"
           "Name                : EX01\r\nAdminDisplayVersion : Version 15.2 (Build 1544.4)\r\n"
           "Edition             : Standard\r\n\r\n"
           "Name                : EX02\r\nAdminDisplayVersion : Version 8.3 (Build 83.6)\r\n",
           "EX01 15.2.1544.4 display; EX02 8.3.83.6 display");
    expect("AdminDisplayVersion : Version 6.5 (Build 7638.2: Service Pack 2)\nName : OLD\n",
           "OLD 6.5.7638.2 display");
    expect("Name : A\nFqdn : ex01.contoso.com\nAdminDisplayVersion : Version 15.1 (Build 2507.6)\n"
           "Name : B\nAdminDisplayVersion : Version 15.1 (Build 2507.6)\n",
           "ex01.contoso.com 15.1.2507.6 display; B 15.1.2507.6 display");
}

/* A database or a mailbox has a name too, and its server's version. */
static void test_other_objects(void **state)
{
    (void)state;
    expect("Name : DB01\nServer : EX01\nAdminDisplayVersion : Version 15.1 (Build 2507.6)\n",
           "EX01 15.1.2507.6 display");
    expect("Name : Jane Doe\nAdminDisplayVersion : Version 15.1 (Build 2507.6)\n",
           "- 15.1.2507.6 display");
}

static void test_table(void **state)
{
    (void)state;
    expect("Name ServerRole AdminDisplayVersion\r\n---- ---------- -------------------\r\n"
           "EX01 Mailbox    Version 15.2 (Build 1544.4)\r\n"
           "EX02 Mailbox    Version 15.2 (Build 1258.12)\r\n",
           "EX01 15.2.1544.4 display; EX02 15.2.1258.12 display");
    expect("ServerRole   Edition AdminDisplayVersion         Name\n"
           "M\xc3\xa4ilb\xc3\xb6x      Std     Version 15.1 (Build 2507.6) EX03\n",
           "EX03 15.1.2507.6 display");
    expect("FileVersion    FileName        PSComputerName\n"
           "15.02.1544.014 C:\\ExSetup.exe ex01\n",
           "ex01 15.2.1544.14 setup");
}

/* A window too narrow cuts the version off: nothing is known of that server. */
static void test_cut_table(void **state)
{
    (void)state;
    expect("Name AdminDisplayVersion\n---- -------------------\nEX01 Version 15.1 (Bu...\n"
           "EX02 Version 15.1 (Build 2507.6)\n",
           "EX02 15.1.2507.6 display");
}

static void test_setup(void **state)
{
    (void)state;
    expect(
        "\nProductVersion   FileVersion      FileName\n--------------   -----------      ------\n"
        "15.02.1544.011   15.02.1544.014   C:\\V15\\bin\\ExSetup.exe\n",
        "- 15.2.1544.14 setup");
    expect("FileVersion    FileName              PSComputerName\n"
           "-----------    --------              --------------\n"
           "15.02.1544.014 C:\\V15\\ExSetup.exe    ex01.contoso.com\n"
           "15.02.1544.011 C:\\V15\\ExSetup.exe    ex02.contoso.com\n",
           "ex01.contoso.com 15.2.1544.14 setup; ex02.contoso.com 15.2.1544.11 setup");
    expect("FileVersionInfo : File:             C:\\Program Files\\Microsoft\\Exchange\n"
           "                  Server\\V15\\bin\\ExSetup.exe\n"
           "                  InternalName:     ExSetup.exe\n"
           "                  FileVersion:      15.01.2507.066\n"
           "                  ProductVersion:   15.01.2507.000\n",
           "- 15.1.2507.66 setup");
    expect("PSComputerName : EX09\nFileVersion : 15.02.2562.037\nOriginalFilename : ExSetup.exe\n",
           "EX09 15.2.2562.37 setup");
}

/* The version of another program is no build. */
static void test_nothing(void **state)
{
    (void)state;
    expect("", "");
    expect("FileVersion : 15.02.1544.014\nFileName : C:\\V15\\bin\\other.dll\n", "");
    expect("Name : EX01\nAdminDisplayVersion : unknown\n", "");
    expect("We run Version 15.2 (Build 1544.4), it says.\n", "");
    expect("Name AdminDisplayVersion\n", "");
}

static void test_bounds(void **state)
{
    struct buffer text;
    struct arena arena = {0};
    struct build_list list;

    (void)state;
    buffer_init(&text, BUILD_LIST_BYTES_MOST);
    for (int i = 0; i < BUILD_LIST_MOST + 2; i++)
        buffer_print(&text, "Name : EX%d\nAdminDisplayVersion : Version 15.1 (Build 2507.6)\n", i);
    assert_int_equal(build_list_read(text.text, text.size, &arena, &list), STATUS_OK);
    assert_int_equal(list.count, BUILD_LIST_MOST);
    assert_true(list.is_cut);
    buffer_release(&text);
    arena_release(&arena);
}

/* Other kinds of text keep their type, whatever words they have. */
static void test_type(void **state)
{
    static const struct {
        const char *text;
        enum file_type type;
    } cases[] = {
        {"Name : EX01\nAdminDisplayVersion : Version 15.1 (Build 2507.6)\n", FILE_TYPE_BUILD_LIST},
        {"#Software: Microsoft Exchange Server\n#Version: 15.01.2507.006\n"
         "#Log-type: SMTP Receive Protocol Log\n#Fields: date-time,ExSetup.exe\n",
         FILE_TYPE_SMTP_RECEIVE_LOG},
        {"it says Version 15.1 (Build 2507.6)\n", FILE_TYPE_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum text_encoding encoding;

        assert_int_equal(
            file_type_of((const unsigned char *)cases[i].text, strlen(cases[i].text), &encoding),
            cases[i].type);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),   cmocka_unit_test(test_other_objects),
        cmocka_unit_test(test_table),  cmocka_unit_test(test_cut_table),
        cmocka_unit_test(test_setup),  cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_bounds), cmocka_unit_test(test_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
