/* Features, files, setup and events of a web server's host: gathered, kept exactly, redacted. */
#include "diag/evidence/redact.h"
#include "diag/gather/event_log.h"
#include "diag/gather/installed_files.h"
#include "diag/gather/windows_features.h"
#include "diag/gather/windows_setup.h"
#include "tests/unit/round.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char file_path[] = EXDIAG_BINARY "/test_evidence_host.data";

static void write_bytes(const char *text, size_t size)
{
    FILE *file = fopen(file_path, "wb");

    assert_non_null(file);
    fwrite(text, 1, size, file);
    assert_int_equal(fclose(file), 0);
}

static void write_text(const char *text)
{
    write_bytes(text, strlen(text));
}

static int remove_file(void **state)
{
    (void)state;
    remove(file_path);
    return 0;
}

/* ---- items ---- */

static struct evidence *keyed(struct evidence *item)
{
    struct buffer key;

    buffer_init(&key, 4096);
    item->kind->write_key(item, &key);
    item->key = buffer_keep(&key, &item->memory);
    return item;
}

static struct evidence *gather_setup(const char *path)
{
    const struct windows_setup question = {.path = path};
    struct evidence *item = evidence_new(&evidence_windows_setup, &question.evidence);

    gather_windows_setup(item);
    return keyed(item);
}

static struct evidence *gather_features(const char *path)
{
    const struct windows_features question = {.path = path};
    struct evidence *item = evidence_new(&evidence_windows_features, &question.evidence);

    gather_windows_features(item);
    return keyed(item);
}

static struct evidence *gather_files(const char *path, const char *image)
{
    const struct installed_files question = {.path = path, .image = image};
    struct evidence *item = evidence_new(&evidence_installed_files, &question.evidence);

    gather_installed_files(item);
    return keyed(item);
}

static struct evidence *gather_log(void)
{
    const struct event_log_digest question = {.path = file_path};
    struct evidence *item = evidence_new(&evidence_event_log, &question.evidence);

    gather_event_log(item);
    return keyed(item);
}

/* ---- rounds ---- */

/* The redacted item has what is kept, and none of the others. Both lists end with NULL. */
static void check_redacted(const struct evidence *item, const char *const *kept,
                           const char *const *gone)
{
    static const unsigned char key[REDACTOR_KEY_SIZE] = {1, 2, 3};
    struct redactor *redactor = redactor_new(key);
    struct evidence_store *store = evidence_store_new();
    struct evidence *copy;
    char *text;

    assert_int_equal(evidence_add_redacted(store, item, redactor, &copy), STATUS_OK);
    check_round(copy);
    text = text_of(copy);
    for (; *kept; kept++) {
        if (!strstr(text, *kept))
            fail_msg("%s is not in %s", *kept, text);
    }
    for (; *gone; gone++) {
        if (strstr(text, *gone))
            fail_msg("%s is in %s", *gone, text);
    }
    free(text);
    evidence_store_free(store);
    redactor_free(redactor);
}

static const struct windows_setup *setup_of(const struct evidence *item)
{
    return (const struct windows_setup *)item;
}

/* ---- setup ---- */

#define REG     "Windows Registry Editor Version 5.00\r\n\r\n"
#define CONTROL "HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Control\\"
#define HKLM    "HKEY_LOCAL_MACHINE\\"

static const char registry[] =
    REG "[" CONTROL "Session Manager\\Environment]\r\n"
        "\"windir\"=hex(2):25,00,53,00,25,00,00,00\r\n"
        "\"ExchangeInstallPath\"=\"D:\\\\Contoso\\\\V15\\\\\"\r\n\r\n"
        "[" CONTROL "ComputerName\\ActiveComputerName]\r\n\"ComputerName\"=\"EX01\"\r\n\r\n"
        "[" HKLM "SOFTWARE\\Microsoft\\ExchangeServer\\v15\\Setup]\r\n"
        "\"MsiInstallPath\"=\"D:\\\\Contoso\\\\V15\\\\\"\r\n\"OwaVersion\"=\"15.1.2507.6\"\r\n\r\n"
        "[" HKLM "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion]\r\n"
        "\"SystemRoot\"=\"C:\\\\Windows\"\r\n\"CurrentBuild\"=\"9600\"\r\n"
        "\"ProductName\"=\"Windows Server 2012 R2 Standard\"\r\n\"InstallDate\"=dword:53000000\r\n"
        "\r\n[" HKLM "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Other]\r\n"
        "\"InstallDate\"=dword:00000001\r\n\r\n"
        "[" HKLM "SYSTEM\\Setup]\r\n\"CmdLine\"=\"\"\r\n\r\n"
        "[" HKLM "SYSTEM\\Setup\\Source OS (Updated on 3/14/2019 10:15:11)]\r\n"
        "\"ProductName\"=\"Windows Server 2012 Standard\"\r\n\"CurrentBuildNumber\"=\"9200\"\r\n"
        "\"InstallDate\"=dword:52000000\r\n\r\n"
        "[" HKLM "SYSTEM\\Setup\\Source OS (Updated on 1/2/2014 01:02:03)]\r\n"
        "\"CurrentBuild\"=\"7601\"\r\n\"InstallDate\"=dword:51000000\r\n\r\n"
        "[" HKLM "SYSTEM\\Setup\\Upgrade]\r\n\"ProductName\"=\"x\"\r\n";

static void test_setup_of_registry(void **state)
{
    const struct windows_setup *setup;
    struct evidence *item;

    (void)state;
    write_text(registry);
    item = gather_setup(file_path);
    setup = setup_of(item);
    assert_int_equal(item->status, STATUS_OK);
    assert_string_equal(setup->exchange_path.text, "D:\\Contoso\\V15\\");
    assert_string_equal(setup->msi_path_15.text, "D:\\Contoso\\V15\\");
    assert_false(setup->msi_path_14.known);
    assert_string_equal(setup->windows_path.text, "C:\\Windows");
    assert_string_equal(setup->now.product, "Windows Server 2012 R2 Standard");
    assert_string_equal(setup->now.build, "9600");
    assert_int_equal(setup->now.installed, INT64_C(0x53000000) * 1000);
    assert_true(setup->knows_upgrades);
    assert_int_equal(setup->upgrade_count, 2);
    assert_string_equal(setup->upgrades[0].build, "7601");
    assert_string_equal(setup->upgrades[1].key, "Source OS (Updated on 3/14/2019 10:15:11)");
    assert_string_equal(setup->upgrades[1].build, "9200");
    assert_string_equal(setup->computer, "EX01");
    check_round(item);
    evidence_free(item);
}

/* Folders of a customer become labels; the numbers and what is Windows' own stay. */
static void test_setup_redacted(void **state)
{
    static const char *const kept[] = {"9600",          "Windows Server 2012 R2 Standard",
                                       "\\\\V15\\\\",   "Source OS (Updated on 3/14/2019 10:15:11)",
                                       "C:\\\\Windows", NULL};
    static const char *const gone[] = {"Contoso", "EX01", NULL};
    struct evidence *item;

    (void)state;
    write_text(registry);
    item = gather_setup(file_path);
    check_redacted(item, kept, gone);
    evidence_free(item);
}

/* A variable that is not there, where the key is; and one of which the export says nothing. */
static void test_setup_without(void **state)
{
    struct evidence *item;

    (void)state;
    write_text(REG "[" CONTROL "Session Manager\\Environment]\r\n\"Path\"=\"x\"\r\n");
    item = gather_setup(file_path);
    assert_int_equal(item->status, STATUS_OK);
    assert_true(setup_of(item)->exchange_path.known);
    assert_null(setup_of(item)->exchange_path.text);
    assert_false(setup_of(item)->knows_upgrades);
    check_round(item);
    evidence_free(item);
    write_text(REG "[" HKLM "SOFTWARE\\Microsoft\\ExchangeServer]\r\n");
    item = gather_setup(file_path);
    assert_true(setup_of(item)->msi_path_14.known && setup_of(item)->msi_path_15.known);
    assert_null(setup_of(item)->msi_path_15.text);
    assert_false(setup_of(item)->exchange_path.known);
    check_round(item);
    evidence_free(item);
}

/* reg query /v shows one value, and says nothing of others. */
static void test_setup_of_query(void **state)
{
    struct evidence *item;

    (void)state;
    write_text(
        "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\ExchangeServer\\v15\\Setup\r\n"
        "    MsiInstallPath    REG_SZ    C:\\Program Files\\Microsoft\\Exchange Server\\V15\\"
        "\r\n\r\n");
    item = gather_setup(file_path);
    assert_int_equal(item->status, STATUS_OK);
    assert_string_equal(setup_of(item)->msi_path_15.text,
                        "C:\\Program Files\\Microsoft\\Exchange Server\\V15\\");
    assert_false(setup_of(item)->exchange_path.known);
    assert_false(setup_of(item)->knows_upgrades);
    check_round(item);
    evidence_free(item);
}

static void test_setup_of_environment(void **state)
{
    struct evidence *item;

    (void)state;
    write_text("COMPUTERNAME=EX01\r\nComSpec=C:\\Windows\\system32\\cmd.exe\r\n"
               "ExchangeInstallPath=E:\\V15\\\r\nSystemRoot=C:\\Windows\r\n");
    item = gather_setup(file_path);
    assert_string_equal(setup_of(item)->exchange_path.text, "E:\\V15\\");
    assert_string_equal(setup_of(item)->windows_path.text, "C:\\Windows");
    assert_string_equal(setup_of(item)->computer, "EX01");
    check_round(item);
    evidence_free(item);
    write_text("ComSpec=C:\\Windows\\system32\\cmd.exe\nSystemRoot=C:\\Windows\n");
    item = gather_setup(file_path);
    assert_true(setup_of(item)->exchange_path.known);
    assert_null(setup_of(item)->exchange_path.text);
    evidence_free(item);
    write_text("ComSpec                        C:\\Windows\\system32\\cmd.exe\n"
               "ExchangeInstallPath            C:\\Program Files\\Microsoft\\Exchange ...\n"
               "SystemRoot                     C:\\Windows\n");
    item = gather_setup(file_path);
    assert_false(setup_of(item)->exchange_path.known);
    evidence_free(item);
}

static void test_setup_of_nothing(void **state)
{
    struct evidence *item;

    (void)state;
    write_text(REG "[" HKLM "SOFTWARE\\Other]\r\n\"a\"=\"b\"\r\n");
    item = gather_setup(file_path);
    assert_int_equal(item->status, STATUS_NOT_FOUND);
    check_round(item);
    evidence_free(item);
    write_text("something else\n");
    item = gather_setup(file_path);
    assert_int_equal(item->status, STATUS_INVALID);
    evidence_free(item);
    item = gather_setup(EXDIAG_BINARY "/no-such-file");
    assert_int_equal(item->status, STATUS_NOT_FOUND);
    evidence_free(item);
}

/* ---- features ---- */

/* As Export-Clixml and Out-File write it: UTF-16 with a mark. */
static void test_features(void **state)
{
    static const char text[] = "[X] Web Server (IIS)     Web-Server     Installed\r\n"
                               "[ ] WinRM IIS Extension  WinRM-IIS-Ext  Available\r\n";
    static const char *const kept[] = {"WinRM-IIS-Ext", "available", NULL};
    static const char *const gone[] = {"test_evidence_host", NULL};
    char wide[2 + 2 * sizeof text] = "\xFF\xFE";
    const struct windows_features *features;
    struct evidence *item;

    (void)state;
    for (size_t i = 0; i < sizeof text - 1; i++) {
        wide[2 + 2 * i] = text[i];
        wide[3 + 2 * i] = '\0';
    }
    write_bytes(wide, 2 * sizeof text);
    item = gather_features(file_path);
    features = (const struct windows_features *)item;
    assert_int_equal(item->status, STATUS_OK);
    assert_int_equal(features->list.count, 2);
    assert_int_equal(windows_features_winrm_iis_ext(features), FEATURE_AVAILABLE);
    check_round(item);
    check_redacted(item, kept, gone);
    evidence_free(item);
}

/* What is no name of Windows' may be a customer's: a computer in a list of another kind. */
static void test_features_redacted(void **state)
{
    static const char *const kept[] = {"Web-Server", NULL};
    static const char *const gone[] = {"contosobox", "fabrikam", NULL};
    struct evidence *item;

    (void)state;
    write_text("\"Name\",\"Installed\",\"PSComputerName\"\n\"Web-Server\",\"True\",\"fabrikam\"\n"
               "\"contosobox\",\"True\",\"fabrikam\"\n");
    item = gather_features(file_path);
    assert_int_equal(item->status, STATUS_OK);
    check_redacted(item, kept, gone);
    evidence_free(item);
}

/* Two names of one feature. */
static void test_extension(void **state)
{
    struct evidence *item;

    (void)state;
    write_text("FeatureName : " FEATURE_WINRM_IIS_EXT_OF_DISM "\nState : Enabled\n");
    item = gather_features(file_path);
    assert_int_equal(windows_features_winrm_iis_ext((const struct windows_features *)item),
                     FEATURE_INSTALLED);
    evidence_free(item);
    write_text("FeatureName : " FEATURE_WINRM_IIS_EXT_OF_DISM "\nState : Enabled\n\n"
               "Name : WinRM-IIS-Ext\nInstalled : False\n");
    item = gather_features(file_path);
    assert_int_equal(windows_features_winrm_iis_ext((const struct windows_features *)item),
                     FEATURE_UNKNOWN);
    evidence_free(item);
    write_text("Name : Web-Server\nInstalled : False\n");
    item = gather_features(file_path);
    assert_int_equal(windows_features_winrm_iis_ext((const struct windows_features *)item),
                     FEATURE_UNKNOWN);
    evidence_free(item);
}

/* ---- files ---- */

static void test_files(void **state)
{
    static const char *const kept[] = {"\\\\Bin\\\\kerbauth.dll",
                                       "absent",
                                       "10.0.17763.1",
                                       "%windir%\\\\System32\\\\wsmsvc.dll",
                                       "%ExchangeInstallPath%Bin\\\\kerbauth.dll",
                                       NULL};
    static const char *const gone[] = {"Contoso", "hidden", NULL};
    const struct installed_files *files;
    struct evidence *item;

    (void)state;
    write_text("\"Path\",\"Exists\",\"Length\",\"Version\"\r\n"
               "\"%windir%\\System32\\wsmsvc.dll\",\"True\",\"2882048\",\"10.0.17763.1\"\r\n"
               "\"%ExchangeInstallPath%Bin\\kerbauth.dll\",\"\",\"\",\"\"\r\n"
               "\"D:\\Contoso\\Bin\\kerbauth.dll\",\"False\",\"\",\"\"\r\n"
               "\"D:\\hidden.dll\",\"True\",\"1\",\"\"\r\n");
    item = gather_files(file_path, "");
    files = (const struct installed_files *)item;
    assert_int_equal(item->status, STATUS_OK);
    assert_int_equal(files->list.count, 4);
    assert_int_equal(files->list.files[0].size, 2882048);
    check_round(item);
    check_redacted(item, kept, gone);
    evidence_free(item);
    write_text("Path,Other\n");
    item = gather_files(file_path, "");
    assert_int_equal(item->status, STATUS_INVALID);
    check_round(item);
    evidence_free(item);
}

/* ---- events ---- */

#define EVENT(provider, id, data)                                                                  \
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider "      \
    "Name='" provider "'/><EventID Qualifiers='49152'>" id "</EventID><Level>2</Level>"            \
    "<TimeCreated SystemTime='2024-02-03T04:05:06.000Z'/><Channel>Application</Channel>"           \
    "<Computer>EX01.contoso.com</Computer></System>" data "</Event>\n"

static void test_events(void **state)
{
    static const char *const kept[] = {"module-not-loaded", "\\\\V15\\\\Bin\\\\kerbauth.dll",
                                       "0x0000007e",        "MSExchangePowerShellAppPool",
                                       "feature-off",       NULL};
    static const char *const gone[] = {"EX01", "contoso", "Mailroom", NULL};
    const struct event_log_digest *log;
    struct evidence *item;

    (void)state;
    write_text("<Events>" EVENT("Microsoft-Windows-IIS-W3SVC-WP", "2280",
                                "<EventData><Data>E:\\Mailroom\\V15\\Bin\\kerbauth.dll</Data>"
                                "<Binary>7E000000</Binary></EventData>")
                   EVENT("Microsoft-Windows-WAS", "5002",
                         "<EventData><Data Name='AppPoolID'>MSExchangePowerShellAppPool</Data>"
                         "</EventData>")
                       EVENT("Microsoft-Windows-Servicing", "10",
                             "<UserData><CbsUpdateChangeState><UpdateName>"
                             "IIS-ASP</UpdateName><PackageIdentifier>p</PackageIdentifier>"
                             "</CbsUpdateChangeState></UserData>")
                           EVENT("Microsoft-Windows-WinRM", "10113",
                                 "<EventData></EventData>") "</Events>");
    item = gather_log();
    log = (const struct event_log_digest *)item;
    assert_int_equal(item->status, STATUS_OK);
    assert_int_equal(log->host_group_count, 3);
    assert_int_equal(log->group_count, 0);
    assert_int_equal(log->strange, 0);
    assert_int_equal(log->host_groups[0].count, 1);
    assert_string_equal(log->host_groups[0].computer, "EX01.contoso.com");
    check_round(item);
    check_redacted(item, kept, gone);
    evidence_free(item);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_setup_of_registry),
        cmocka_unit_test(test_setup_redacted),
        cmocka_unit_test(test_setup_without),
        cmocka_unit_test(test_setup_of_query),
        cmocka_unit_test(test_setup_of_environment),
        cmocka_unit_test(test_setup_of_nothing),
        cmocka_unit_test(test_features),
        cmocka_unit_test(test_features_redacted),
        cmocka_unit_test(test_extension),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_events),
    };
    return cmocka_run_group_tests(tests, NULL, remove_file);
}
