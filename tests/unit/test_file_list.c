/* Lists of files and whether they exist, as CSV; environments; and how a file is found in a list.
 */
#include "tests/unit/unit.h"

#include "diag/read/csv.h"
#include "diag/read/environment_text.h"
#include "diag/read/file_list.h"
#include "diag/read/file_type.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena arena;

static int release(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* From memory that ends with the text. */
static enum status read_list(const char *text, struct file_list *list)
{
    size_t size = strlen(text);
    char *copy = malloc(size + 1);
    enum status status;

    memcpy(copy + 1, text, size);
    status = file_list_read(copy + 1, size, &arena, list);
    assert_int_equal(file_list_is_text(copy + 1, size), status == STATUS_OK);
    free(copy);
    return status;
}

/* "path present 12 1.2.3.4; ..." */
static void expect(const char *text, const char *wanted)
{
    char shown[1024] = "";
    struct file_list list;

    assert_int_equal(read_list(text, &list), STATUS_OK);
    for (size_t i = 0; i < list.count; i++) {
        const struct listed_file *file = &list.files[i];
        size_t at = strlen(shown);

        snprintf(shown + at, sizeof shown - at, "%s%s %s", i ? "; " : "", file->path,
                 file_presence_word(file->presence));
        at = strlen(shown);
        if (file->has_size)
            snprintf(shown + at, sizeof shown - at, " %lu", (unsigned long)file->size);
        at = strlen(shown);
        if (file->version)
            snprintf(shown + at, sizeof shown - at, " %s", file->version);
    }
    assert_string_equal(shown, wanted);
}

static void test_rows(void **state)
{
    (void)state;
    expect("\"Path\",\"Exists\",\"Length\",\"Version\"\r\n"
           "\"%windir%\\System32\\wsmsvc.dll\",\"True\",\"2882048\",\"10.0.17763.1\"\r\n"
           "\"D:\\Exchange\\Bin\\kerbauth.dll\",\"False\",\"\",\"\"\r\n"
           "\"E:\\closed.dll\",\"\",\"\",\"\"\r\n",
           "%windir%\\System32\\wsmsvc.dll present 2882048 10.0.17763.1; "
           "D:\\Exchange\\Bin\\kerbauth.dll absent; E:\\closed.dll unknown");
    expect("\xEF\xBB\xBF#TYPE System.Management.Automation.PSCustomObject\n"
           "Length;Path;Exists;Other\n7;C:\\a b.dll;true;x\n;C:\\c;FALSE;\n",
           "C:\\a b.dll present 7; C:\\c absent");
}

/* Numbers that are none, versions with words behind them, rows of a file that is not there. */
static void test_strange_values(void **state)
{
    (void)state;
    expect("Path,Exists,Length,Version\n"
           "a,True,12x,1.2.3\nb,True,-1,\"6.3.9600.17415 (winblue_rtm.130821-1623)\"\n"
           "c,True,9999999999999999999,\"15, 1, 2507, 6\"\nd,False,3,1.2.3.4\n,True,1,1\n"
           "e,Wahr,1,1.2.3.4x\nf\n",
           "a present; b present 6.3.9600.17415; c present 15.1.2507.6; d absent; e unknown 1; "
           "f unknown");
}

/* Quotes over several lines, doubled ones, one that nothing closes. */
static void test_quotes(void **state)
{
    (void)state;
    expect("Path,Exists\n\"a\"\"b\",True\n\"c\r\nd\",True\n\"e,f\" ,True\n\"g",
           "a\"b present; c\\x0d\\x0ad present; e,f present; g unknown");
}

static void test_other_text(void **state)
{
    struct file_list list;

    (void)state;
    assert_int_equal(read_list("", &list), STATUS_NOT_FOUND);
    assert_int_equal(read_list("Path,Length\na,1\n", &list), STATUS_NOT_FOUND);
    assert_int_equal(read_list("\"Paths\",\"Exists\"\n", &list), STATUS_NOT_FOUND);
    assert_int_equal(read_list("\n\n\n", &list), STATUS_NOT_FOUND);
}

static void test_many(void **state)
{
    char *text = malloc(32 * (FILE_LIST_MOST + 10));
    size_t size = (size_t)sprintf(text, "Path,Exists\n");
    struct file_list list;

    (void)state;
    for (unsigned i = 0; i < FILE_LIST_MOST + 5; i++)
        size += (size_t)sprintf(text + size, "C:\\%u,True\n", i);
    assert_int_equal(file_list_read(text, size, &arena, &list), STATUS_OK);
    assert_int_equal(list.count, FILE_LIST_MOST);
    assert_true(list.is_cut);
    free(text);
}

/* ---- finding ---- */

static enum file_presence presence_in(const char *rows, const char *path)
{
    const struct listed_file *file;
    struct file_list list;

    assert_int_equal(read_list(arena_print(&arena, "Path,Exists,Length\n%s", rows), &list),
                     STATUS_OK);
    file = file_list_find(&list, path);
    return file ? file->presence : FILE_PRESENCE_COUNT;
}

static void test_find(void **state)
{
    static const char rows[] = "C:\\Windows\\System32\\wsmsvc.dll,True,\n"
                               "%ExchangeInstallPath%Bin\\kerbauth.dll,False,\n";

    (void)state;
    assert_int_equal(presence_in(rows, "c:/windows/system32//WSMSVC.DLL"), FILE_PRESENT);
    assert_int_equal(presence_in(rows, "%ExchangeInstallPath%bin\\kerbauth.dll"), FILE_ABSENT);
    assert_int_equal(presence_in(rows, "C:\\Windows\\System32\\wsm.dll"), FILE_PRESENCE_COUNT);
    assert_int_equal(presence_in(rows, "wsmsvc.dll"), FILE_PRESENCE_COUNT);
    assert_int_equal(presence_in(rows, ""), FILE_PRESENCE_COUNT);
}

/* A variable of one stands for the beginning of the other. */
static void test_find_by_variable(void **state)
{
    static const char rows[] = "C:\\Windows\\System32\\wsmsvc.dll,True,\n"
                               "%ExchangeInstallPath%Bin\\kerbauth.dll,False,\n";

    (void)state;
    assert_int_equal(presence_in(rows, "%windir%\\system32\\wsmsvc.dll"), FILE_PRESENT);
    assert_int_equal(presence_in(rows, "D:\\Exchange\\V15\\Bin\\kerbauth.dll"), FILE_ABSENT);
    assert_int_equal(presence_in(rows, "%windir%\\tem32\\wsmsvc.dll"), FILE_PRESENCE_COUNT);
    assert_int_equal(presence_in(rows, "%windir%"), FILE_PRESENCE_COUNT);
    assert_int_equal(presence_in(rows, "%a%\\b\\c\\d\\C:\\Windows\\System32\\wsmsvc.dll"),
                     FILE_PRESENCE_COUNT);
}

/* Two folders of the same end, of which one has it: which one is meant is not told. */
static void test_find_ambiguous(void **state)
{
    (void)state;
    assert_int_equal(
        presence_in("C:\\a\\Bin\\k.dll,True,\nD:\\b\\Bin\\k.dll,False,\n", "%x%\\Bin\\k.dll"),
        FILE_PRESENCE_COUNT);
    assert_int_equal(
        presence_in("C:\\a\\Bin\\k.dll,True,5\nD:\\b\\Bin\\k.dll,True,5\n", "%x%\\Bin\\k.dll"),
        FILE_PRESENT);
    assert_int_equal(presence_in("C:\\k.dll,True,5\nc:\\K.dll,False,\n", "C:\\k.dll"),
                     FILE_PRESENCE_COUNT);
}

/* ---- environments ---- */

static bool is_environment(const char *text)
{
    return environment_text_is(text, strlen(text));
}

static void test_environment(void **state)
{
    struct environment_variable variable;
    const char *line = "ProgramFiles(x86)=C:\\Program Files (x86)\r";

    (void)state;
    assert_true(environment_text_line(line, strlen(line), &variable));
    assert_int_equal(variable.name_size, 17);
    assert_memory_equal(variable.value, "C:\\Program Files (x86)", variable.value_size);
    line = "ExchangeInstallPath            C:\\Program Files\\Microsoft\\Exchange Server\\...";
    assert_true(environment_text_line(line, strlen(line), &variable));
    assert_int_equal(variable.value_size, 0);
    assert_false(environment_text_line("C:\\>set", 7, &variable));
    assert_false(environment_text_line("ComSpec", 7, &variable));
    assert_false(environment_text_line("", 0, &variable));
}

static void test_environment_type(void **state)
{
    (void)state;
    assert_true(is_environment("C:\\>set\r\nALLUSERSPROFILE=C:\\ProgramData\r\n"
                               "ComSpec=C:\\Windows\\system32\\cmd.exe\r\nSystemRoot=C:\\Windows"));
    assert_true(is_environment("Name                           Value\n"
                               "----                           -----\n"
                               "ComSpec                        C:\\Windows\\system32\\cmd.exe\n"
                               "SystemRoot                     C:\\Windows\n"));
    assert_false(is_environment("ComSpec=C:\\Windows\\system32\\cmd.exe\n"));
    assert_false(is_environment("SystemRoot=C:\\Windows\nComSpec=/bin/sh\n"));
}

static enum file_type type_of(const char *text)
{
    enum text_encoding encoding;

    return file_type_of((const unsigned char *)text, strlen(text), &encoding);
}

static void test_file_types(void **state)
{
    (void)state;
    assert_int_equal(type_of("\"Path\",\"Exists\",\"Length\",\"Version\"\r\n"),
                     FILE_TYPE_FILE_LIST);
    assert_int_equal(type_of("Path,Size\n"), FILE_TYPE_UNKNOWN);
    assert_int_equal(type_of("ComSpec=C:\\Windows\\system32\\cmd.exe\nSystemRoot=C:\\Windows\n"),
                     FILE_TYPE_ENVIRONMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_rows, release),
        cmocka_unit_test_teardown(test_strange_values, release),
        cmocka_unit_test_teardown(test_quotes, release),
        cmocka_unit_test_teardown(test_other_text, release),
        cmocka_unit_test_teardown(test_many, release),
        cmocka_unit_test_teardown(test_find, release),
        cmocka_unit_test_teardown(test_find_by_variable, release),
        cmocka_unit_test_teardown(test_find_ambiguous, release),
        cmocka_unit_test(test_environment),
        cmocka_unit_test(test_environment_type),
        cmocka_unit_test(test_file_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
