/*
 * What Windows has of services, values and files, made for the test: each state, type and damage.
 * Writes to the registry and the service manager, so that it runs only where
 * tests/windows/machine.sh says with EXDIAG_MACHINE that they are Wine's own. This program has the
 * version of an ExSetup.exe.
 */
#include "tests/unit/unit.h"

#include "diag/gather/installed_files.h"
#include "diag/memory.h"
#include "diag/platform.h"
#include "win32/system.h"
#include "win32/wide.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* ---- services ---- */

static void make_service(const wchar_t *name, DWORD start)
{
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CREATE_SERVICE), service;

    assert_non_null(manager);
    service = CreateServiceW(manager, name, name, SERVICE_QUERY_STATUS, SERVICE_WIN32_OWN_PROCESS,
                             start, SERVICE_ERROR_NORMAL, L"C:\\windows\\system32\\none.exe", NULL,
                             NULL, NULL, NULL, NULL);
    if (!service && GetLastError() != ERROR_SERVICE_EXISTS)
        fail_msg("no service: %lu", GetLastError());
    if (service)
        CloseServiceHandle(service);
    CloseServiceHandle(manager);
}

static void remove_service(const wchar_t *name)
{
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    SC_HANDLE service = OpenServiceW(manager, name, DELETE);

    assert_non_null(service);
    assert_true(DeleteService(service));
    CloseServiceHandle(service);
    CloseServiceHandle(manager);
}

static void expect_service(const char *name, enum status status, bool runs)
{
    bool is_running = !runs;
    enum status got = platform_service_runs("", name, &is_running);

    if (got != status)
        fail_msg("%s: %s", name, status_text(got));
    assert_int_equal(is_running, runs);
}

static void services_have_states(void **state)
{
    static const struct {
        const wchar_t *wide;
        const char *name;
        DWORD start;
    } stopped[] = {{L"ExdiagStopped", "ExdiagStopped", SERVICE_DEMAND_START},
                   {L"ExdiagDisabled", "exdiagDISABLED", SERVICE_DISABLED},
                   {L"\x041f\x043e\x0447\x0442\x0430", "\xd0\x9f\xd0\xbe\xd1\x87\xd1\x82\xd0\xb0",
                    SERVICE_DEMAND_START}};
    char endless[2000];

    (void)state;
    for (size_t i = 0; i < COUNT(stopped); i++) {
        make_service(stopped[i].wide, stopped[i].start);
        expect_service(stopped[i].name, STATUS_OK, false);
        remove_service(stopped[i].wide);
    }
    expect_service("EventLog", STATUS_OK, true);
    expect_service("ExdiagNone", STATUS_NOT_FOUND, false);
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    assert_int_not_equal(platform_service_runs("", endless, &(bool){false}), STATUS_OK);
    assert_int_not_equal(platform_service_runs("", "a/b\\c", &(bool){false}), STATUS_OK);
    assert_int_not_equal(platform_service_runs("", "\xff", &(bool){false}), STATUS_OK);
}

/* ---- the registry ---- */

#define FIXTURES L"SOFTWARE\\exdiag-test"

static const unsigned char no_end[] = {'a', 0, 'b', 0}, odd[] = {'a', 0, 'b'},
                           within[] = {'a', 0, 0, 0, 'b', 0, 0, 0}, half_pair[] = {0x3d, 0xd8},
                           list[] = {'a', 0, 0, 0, 'b', 0}, number[] = {1, 0, 0, 0, 0, 0, 0, 0};

static const struct fixture {
    const wchar_t *wide;
    const char *name;
    DWORD type;
    const void *bytes;
    DWORD size;
} fixtures[] = {
    {L"", "", REG_SZ, no_end, sizeof no_end},
    {L"odd", "odd", REG_SZ, odd, sizeof odd},
    {L"within", "within", REG_SZ, within, sizeof within},
    {L"half", "half", REG_EXPAND_SZ, half_pair, sizeof half_pair},
    {L"list", "list", REG_MULTI_SZ, list, sizeof list},
    {L"long", "long", REG_DWORD, number, sizeof number},
    {L"short", "short", REG_DWORD, number, 1},
    {L"none", "none", REG_NONE, number, 0},
    {L"quad", "quad", REG_QWORD, number, sizeof number},
    {L"strange", "strange", 0xfffffff0, number, 4},
    {L"\x6771\x4eac", "\xe6\x9d\xb1\xe4\xba\xac", REG_BINARY, number, 3},
    {L"\x1b[2J", "\x1b[2J", REG_BINARY, number, 2},
    {L"\xd83d", "\xef\xbf\xbd", REG_BINARY, number, 1},
};

static HKEY make_key(const wchar_t *path)
{
    HKEY key;

    assert_int_equal(
        RegCreateKeyExW(HKEY_LOCAL_MACHINE, path, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL),
        ERROR_SUCCESS);
    return key;
}

static HKEY make_fixtures(void)
{
    RegDeleteTreeW(HKEY_LOCAL_MACHINE, FIXTURES);
    return make_key(FIXTURES);
}

/* Without an end too: what RegSetValueExW() is given without one it gives one. */
static void set_value(HKEY key, const struct fixture *fixture)
{
    typedef LONG WINAPI nt_set_value_key(HANDLE key, const void *name, ULONG index, ULONG type,
                                         const void *bytes, ULONG size);
    struct {
        USHORT size, room;
        const wchar_t *text;
    } name = {(USHORT)(wcslen(fixture->wide) * sizeof(wchar_t)), 0, fixture->wide};
    nt_set_value_key *set = (nt_set_value_key *)(platform_function *)GetProcAddress(
        GetModuleHandleW(L"ntdll.dll"), "NtSetValueKey");

    assert_non_null(set);
    name.room = name.size;
    assert_int_equal(set(key, &name, 0, fixture->type, fixture->bytes, fixture->size), 0);
}

struct seen {
    size_t count;
    bool is_seen[COUNT(fixtures)];
};

static void look_at(void *context, const char *key, const char *name, uint32_t type,
                    const void *bytes, size_t size)
{
    struct seen *seen = context;

    assert_non_null(strstr(key, "exdiag-test"));
    seen->count++;
    for (size_t i = 0; i < COUNT(fixtures); i++) {
        const struct fixture *fixture = &fixtures[i];

        if (strcmp(name, fixture->name) != 0 || type != fixture->type || size != fixture->size)
            continue;
        seen->is_seen[i] = size == 0 || memcmp(bytes, fixture->bytes, size) == 0;
    }
}

/* Each as it stands there: what it means is for the readers to say. */
static void values_come_as_they_are(void **state)
{
    HKEY key = make_fixtures();
    struct seen seen = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(fixtures); i++)
        set_value(key, &fixtures[i]);
    assert_int_equal(platform_registry_values("", "SOFTWARE\\exdiag-test", look_at, &seen),
                     STATUS_OK);
    for (size_t i = 0; i < COUNT(fixtures); i++) {
        if (!seen.is_seen[i])
            fail_msg("%s was not seen as it is", fixtures[i].name);
    }
    assert_int_equal(seen.count, COUNT(fixtures));
    RegCloseKey(key);
    assert_int_equal(RegDeleteTreeW(HKEY_LOCAL_MACHINE, FIXTURES), ERROR_SUCCESS);
}

static void note_size(void *context, const char *key, const char *name, uint32_t type,
                      const void *bytes, size_t size)
{
    (void)key;
    (void)name;
    (void)type;
    (void)bytes;
    *(size_t *)context += size;
}

/* 64 KiB are read; what is longer is passed by, and what is beside it is read. */
static void long_values_are_passed_by(void **state)
{
    HKEY key = make_fixtures();
    unsigned char *bytes = memory_new(1, PLATFORM_REGISTRY_VALUE_MOST + 1);
    size_t size = 0;

    (void)state;
    RegSetValueExW(key, L"a", 0, REG_BINARY, bytes, PLATFORM_REGISTRY_VALUE_MOST + 1);
    RegSetValueExW(key, L"b", 0, REG_BINARY, bytes, PLATFORM_REGISTRY_VALUE_MOST);
    RegSetValueExW(key, L"c", 0, REG_BINARY, bytes, 7);
    assert_int_equal(platform_registry_values("", "SOFTWARE\\exdiag-test", note_size, &size),
                     STATUS_OK);
    assert_int_equal(size, PLATFORM_REGISTRY_VALUE_MOST + 7);
    free(bytes);
    RegCloseKey(key);
    assert_int_equal(RegDeleteTreeW(HKEY_LOCAL_MACHINE, FIXTURES), ERROR_SUCCESS);
}

/* Eight keys below, and no deeper; of a key that is not there nothing. */
static void keys_are_walked_to_their_depth(void **state)
{
    wchar_t path[200] = FIXTURES;
    size_t size = 0;

    (void)state;
    RegCloseKey(make_fixtures());
    for (int depth = 0; depth < 12; depth++) {
        HKEY key = make_key(path);

        RegSetValueExW(key, L"v", 0, REG_BINARY, number, 1);
        RegCloseKey(key);
        wcscat(path, L"\\\x6771");
    }
    assert_int_equal(platform_registry_walk("", "SOFTWARE\\exdiag-test", note_size, &size),
                     STATUS_OK);
    assert_int_equal(size, 9);
    assert_int_equal(RegDeleteTreeW(HKEY_LOCAL_MACHINE, FIXTURES), ERROR_SUCCESS);
    assert_int_equal(platform_registry_walk("", "SOFTWARE\\exdiag-test", note_size, &size),
                     STATUS_NOT_FOUND);
    assert_int_equal(platform_registry_walk("", "SOFTWARE\\\xff", note_size, &size),
                     STATUS_INVALID);
}

/* ---- versions of files ---- */

#define FOLDER L"C:\\exdiag-test"

/* The first bytes of this program, or all of them, as that file. */
static void copy_program(const wchar_t *name, DWORD most)
{
    wchar_t own[MAX_PATH];
    HANDLE file;

    assert_true(GetModuleFileNameW(NULL, own, MAX_PATH) > 0);
    assert_true(CopyFileW(own, name, FALSE));
    file = CreateFileW(name, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    assert_true(file != INVALID_HANDLE_VALUE);
    if (SetFilePointer(file, 0, NULL, FILE_END) > most) {
        SetFilePointer(file, (LONG)most, NULL, FILE_BEGIN);
        assert_true(SetEndOfFile(file));
    }
    CloseHandle(file);
}

static void expect_version(const char *path, const char *version)
{
    const struct installed_files question = {.path = "", .image = path};
    struct evidence *item = evidence_new(&evidence_installed_files, &question.evidence);
    const struct installed_files *files = (const struct installed_files *)item;

    gather_installed_files(item);
    assert_int_equal(item->status, STATUS_OK);
    assert_int_equal(files->list.count, 1);
    assert_int_equal(files->list.files->presence, FILE_PRESENT);
    assert_true((version != NULL) == (files->list.files->version != NULL));
    if (version)
        assert_string_equal(files->list.files->version, version);
    evidence_free(item);
}

/* That of a program; none of one that is torn, of a text, of nothing, by names of any script. */
static void versions_are_read(void **state)
{
    (void)state;
    CreateDirectoryW(FOLDER, NULL);
    copy_program(FOLDER L"\\ExSetup.exe", MAXDWORD);
    copy_program(FOLDER L"\\\x6771\x4eac \xfc.exe", MAXDWORD);
    copy_program(FOLDER L"\\torn.exe", 100000);
    copy_program(FOLDER L"\\head.exe", 64);
    copy_program(FOLDER L"\\empty.exe", 0);
    expect_version("C:\\exdiag-test\\ExSetup.exe", "15.2.1544.4");
    expect_version("C:\\exdiag-test\\\xe6\x9d\xb1\xe4\xba\xac \xc3\xbc.exe", "15.2.1544.4");
    expect_version("C:\\exdiag-test\\torn.exe", NULL);
    expect_version("C:\\exdiag-test\\head.exe", NULL);
    expect_version("C:\\exdiag-test\\empty.exe", NULL);
    DeleteFileW(FOLDER L"\\ExSetup.exe");
    DeleteFileW(FOLDER L"\\\x6771\x4eac \xfc.exe");
    DeleteFileW(FOLDER L"\\torn.exe");
    DeleteFileW(FOLDER L"\\head.exe");
    DeleteFileW(FOLDER L"\\empty.exe");
    assert_true(RemoveDirectoryW(FOLDER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(services_have_states),
        cmocka_unit_test(values_come_as_they_are),
        cmocka_unit_test(long_values_are_passed_by),
        cmocka_unit_test(keys_are_walked_to_their_depth),
        cmocka_unit_test(versions_are_read),
    };

    if (platform_init() != STATUS_OK)
        return 1;
    if (!platform_environment("EXDIAG_MACHINE")) {
        print_message("machine.sh runs it, where it may write\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
