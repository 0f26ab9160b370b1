/*
 * What is fetched of another Windows machine by its name. Elsewhere than on Windows every answer
 * says so. Under Wine tests/windows/machine.sh lays out a server of Exchange that answers by this
 * computer's own name (EXDIAG_MACHINE says that it did), and ex02.contoso.com, which shares its
 * drive and has no registry; the stand-in for wevtapi says of which it tells events.
 */
#include "tests/unit/unit.h"

#include "diag/evidence/event_log.h"
#include "diag/gather/event_log.h"
#include "diag/gather/gather.h"
#include "diag/gather/iis_config.h"
#include "diag/gather/installed_files.h"
#include "diag/gather/registry.h"
#include "diag/gather/time_settings.h"
#include "diag/gather/windows_features.h"
#include "diag/gather/windows_setup.h"
#include "diag/platform.h"
#include "tests/unit/system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

#define SHARING "ex02.contoso.com"   /* its drive, and its event logs */
#define NOBODY  "nobody.contoso.com" /* does not answer */
#define CLOSED  "closed.contoso.com" /* denies its event logs */
#define SILENT  "silent.contoso.com" /* hears questions about them, and says nothing */
#define WINDOWS "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
#define DLL     "C:\\windows\\system32\\kernel32.dll"

/* The one that answers. */
static const char *own(void)
{
    const char *name = platform_environment("COMPUTERNAME");

    assert_non_null(name);
    return name;
}

static const char *path_of(const char *name, struct arena *memory)
{
    return arena_print(memory, "\\\\%s", name);
}

/* ---- registries and services ---- */

static void count_value(void *context, const char *key, const char *name, uint32_t type,
                        const void *bytes, size_t size)
{
    (void)key;
    (void)name;
    (void)type;
    (void)bytes;
    (void)size;
    ++*(size_t *)context;
}

/* A key that is not there, a machine that is not, and one without RemoteRegistry are three. */
static void registries_are_read(void **state)
{
    size_t count = 0, none = 0;

    (void)state;
    assert_int_equal(platform_registry_values(own(), WINDOWS, count_value, &count), STATUS_OK);
    assert_true(count > 0);
    assert_int_equal(platform_registry_walk(own(), "SOFTWARE\\none", count_value, &none),
                     STATUS_NOT_FOUND);
    assert_int_equal(platform_registry_walk(NOBODY, WINDOWS, count_value, &none),
                     STATUS_UNREACHABLE);
    assert_int_equal(platform_registry_walk("2001:db8::1", WINDOWS, count_value, &none),
                     STATUS_UNREACHABLE);
    assert_int_equal(platform_registry_walk(SHARING, WINDOWS, count_value, &none), STATUS_REFUSED);
    assert_int_equal(none, 0);
}

/* ---- files ---- */

static enum status follow(const char *machine, const char *path, char local[300],
                          const char **reason)
{
    struct buffer buffer;
    enum status status;

    buffer_init(&buffer, 299);
    status = platform_local_path(machine, path, &buffer, reason);
    snprintf(local, 300, "%s", buffer.text);
    buffer_release(&buffer);
    return status;
}

/* By the share of the drive, and where the registry says that Windows is. */
static void drives_are_followed(void **state)
{
    char local[300], wanted[300];
    const char *reason;
    struct buffer folder;
    FILE *file;

    (void)state;
    buffer_init(&folder, 300);
    assert_int_equal(platform_system_folder(own(), &folder), STATUS_OK);
    assert_int_equal(follow(own(), folder.text, local, &reason), STATUS_OK);
    assert_int_equal(platform_file_kind(local), PLATFORM_FOLDER);
    assert_int_equal(platform_system_folder(NOBODY, &folder), STATUS_UNREACHABLE);
    assert_int_equal(platform_system_folder(SHARING, &folder), STATUS_REFUSED);
    buffer_release(&folder);

    assert_int_equal(follow(SHARING, "C:/windows/system32/kernel32.dll", local, &reason),
                     STATUS_OK);
    snprintf(wanted, sizeof wanted, "\\\\%s\\C$\\windows\\system32\\kernel32.dll", SHARING);
    assert_string_equal(local, wanted);
    assert_int_equal(platform_file_open(local, &file), STATUS_OK);
    fclose(file);
}

/* Whatever a setting of that machine holds, no other machine, device or stream is touched. */
static void nothing_else_is_followed(void **state)
{
    static const char *const paths[] = {"",
                                        "C:",
                                        "web.config",
                                        "C:\\inetpub\\..\\web.config",
                                        "\\\\server\\share\\web.config",
                                        "\\\\" SHARING "\\C$\\web.config",
                                        "\\\\?\\C:\\web.config",
                                        "C:\\web.config:stream",
                                        "C:\\web*.config",
                                        "D:\\web.config"};
    char local[300];
    const char *reason;

    (void)state;
    for (size_t i = 0; i < COUNT(paths); i++) {
        if (follow(SHARING, paths[i], local, &reason) != STATUS_NOT_FOLLOWED)
            fail_msg("%s is followed", paths[i]);
        assert_string_equal(local, "");
        assert_non_null(reason);
    }
    assert_int_equal(follow(NOBODY, DLL, local, &reason), STATUS_UNREACHABLE);
    assert_string_equal(local, "");
}

/* A link there may lead anywhere. */
static void links_are_not_followed(void **state)
{
    char folder[SYSTEM_PATH_SIZE], link[SYSTEM_PATH_SIZE + 8], local[300];
    const char *reason;

    (void)state;
    system_folder_new(folder);
    snprintf(link, sizeof link, "%s\\link", folder);
    if ((folder[0] == 'C' || folder[0] == 'c') && system_link(folder, link)) {
        assert_int_equal(follow(SHARING, link, local, &reason), STATUS_NOT_FOLLOWED);
        assert_non_null(strstr(reason, "link"));
        system_remove(link);
    }
    system_remove(folder);
}

/* ---- evidence ---- */

typedef void observer(struct evidence *item);

static struct evidence *gather(const struct evidence_kind *kind, observer *observe,
                               const void *question)
{
    struct evidence *item = evidence_new(kind, question);

    observe(item);
    assert_true(item->settled);
    return item;
}

/* What each kind makes of a machine, by its status, and what its reason has in it. */
static void check(const char *machine, enum status registry, enum status files, const char *reason)
{
    struct arena memory = {0};
    const char *path = path_of(machine, &memory);
    const struct registry_answer key = {.path = path, .key = WINDOWS};
    const struct time_settings time = {.path = path};
    const struct windows_features features = {.path = path};
    const struct windows_setup setup = {.path = path};
    const struct iis_config_file server = {.path = path},
                                 web = {.path = path, .place = "Default Web Site/PowerShell"};
    const struct installed_files file = {.path = path, .image = DLL};
    struct evidence *items[] = {
        gather(&evidence_registry, gather_registry, &key),
        gather(&evidence_time_settings, gather_time_settings, &time),
        gather(&evidence_windows_features, gather_windows_features, &features),
        gather(&evidence_windows_setup, gather_windows_setup, &setup),
        gather(&evidence_iis_config, gather_iis_config, &server),
        gather(&evidence_iis_config, gather_iis_config, &web),
        gather(&evidence_installed_files, gather_installed_files, &file),
    };

    for (size_t i = 0; i < COUNT(items); i++) {
        if (items[i]->status != (i < 4 ? registry : files))
            fail_msg("%s of %s: %s", items[i]->kind->name, machine, status_text(items[i]->status));
        if (reason && (!items[i]->reason || !strstr(items[i]->reason, reason)))
            fail_msg("%s of %s: another reason, %s", items[i]->kind->name, machine,
                     items[i]->reason ? items[i]->reason : "none");
        evidence_free(items[i]);
    }
    arena_release(&memory);
}

/* All that the machine at hand tells, by its name. */
static void another_tells_all(void **state)
{
    (void)state;
    check(own(), STATUS_OK, STATUS_OK, NULL);
}

/* Nothing is made up of one that does not: no file is absent, no setting unset. */
static void silence_makes_nothing_up(void **state)
{
    (void)state;
    check(NOBODY, STATUS_UNREACHABLE, STATUS_UNREACHABLE, "445");
    check(SHARING, STATUS_REFUSED, STATUS_REFUSED, "RemoteRegistry");
}

/* What is there has its version, what is not is absent, and a drive that is not shared unknown. */
static void files_are_looked_at(void **state)
{
    static const struct {
        const char *image;
        enum status status;
        enum file_presence presence;
    } cases[] = {{"%windir%\\system32\\kernel32.dll", STATUS_OK, FILE_PRESENT},
                 {"%ExchangeInstallPath%Bin\\none.dll", STATUS_OK, FILE_ABSENT},
                 {"Q:\\Exchange\\Bin\\kerbauth.dll", STATUS_NOT_FOLLOWED, FILE_UNKNOWN},
                 {"%NoSuchVariable%\\kerbauth.dll", STATUS_NOT_FOLLOWED, FILE_UNKNOWN}};
    struct arena memory = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct installed_files question = {.path = path_of(own(), &memory),
                                                 .image = cases[i].image};
        struct evidence *item =
            gather(&evidence_installed_files, gather_installed_files, &question);
        const struct installed_files *files = (const struct installed_files *)item;

        if (item->status != cases[i].status)
            fail_msg("%s: %s", cases[i].image, status_text(item->status));
        assert_int_equal(files->list.count, cases[i].status == STATUS_OK);
        if (files->list.count == 1)
            assert_int_equal(files->list.files->presence, cases[i].presence);
        if (files->list.count == 1 && cases[i].presence == FILE_PRESENT)
            assert_non_null(files->list.files->version);
        evidence_free(item);
    }
    arena_release(&memory);
}

/* ---- event logs ---- */

static void check_events(const char *machine, enum status status, const char *reason)
{
    struct arena memory = {0};
    const struct event_log_digest question = {.path = path_of(machine, &memory)};
    struct evidence *item = gather(&evidence_event_log, gather_event_log, &question);

    assert_int_equal(item->status, status);
    assert_int_equal(((const struct event_log_digest *)item)->host_group_count,
                     status == STATUS_OK);
    if (reason)
        assert_non_null(strstr(item->reason, reason));
    evidence_free(item);
    arena_release(&memory);
}

/* As the user who runs this, and why there is no answer. */
static void events_are_read(void **state)
{
    (void)state;
    check_events(SHARING, STATUS_OK, NULL);
    check_events(CLOSED, STATUS_DENIED, "administrators");
    check_events(NOBODY, STATUS_UNREACHABLE, "Remote Event Log Management");
}

static void note_settled(void *context, struct evidence *item)
{
    (void)item;
    ++*(size_t *)context;
}

/* A service that hears and says nothing holds nobody up, and is asked once. */
static void silence_has_an_end(void **state)
{
    enum { SECOND = 1000000, TIMEOUT = 500 /* milliseconds */, MOST = 40 /* seconds */ };
    const struct gather_options options = {.dns_window = 1, .timeout = TIMEOUT, .jobs = 4};
    const struct event_log_digest log = {.path = "\\\\" SILENT},
                                  again = {.path = "\\\\SILENT.contoso.com"};
    struct evidence_store *store = evidence_store_new();
    struct evidence *first = evidence_store_add(store, &evidence_event_log, &log.evidence),
                    *second = evidence_store_add(store, &evidence_event_log, &again.evidence);
    int64_t began = platform_monotonic_clock();
    struct gather *gather;
    size_t settled = 0;

    (void)state;
    assert_int_equal(gather_new(&options, note_settled, &settled, &gather), STATUS_OK);
    gather_start(gather, first);
    while (settled < 1 && platform_monotonic_clock() - began < MOST * (int64_t)SECOND)
        gather_wait(gather, 1000);
    assert_int_equal(first->status, STATUS_TIMED_OUT);
    assert_non_null(strstr(first->reason, "135"));
    began = platform_monotonic_clock();
    gather_start(gather, second);
    while (settled < 2 && platform_monotonic_clock() - began < MOST * (int64_t)SECOND)
        gather_wait(gather, 1000);
    assert_int_equal(second->status, STATUS_TIMED_OUT);
    gather_free(gather);
    assert_true(platform_monotonic_clock() - began < MOST / 2 * (int64_t)SECOND);
    evidence_store_free(store);
}

/* ---- where this is not Windows ---- */

static void other_systems_say_so(void **state)
{
    struct buffer folder;
    char local[300];
    const char *reason;
    size_t none = 0;
    bool runs = true;

    (void)state;
    check(SHARING, STATUS_NOT_SUPPORTED, STATUS_NOT_SUPPORTED, NULL);
    check_events(SHARING, STATUS_NOT_SUPPORTED, NULL);
    assert_int_equal(platform_registry_walk(SHARING, WINDOWS, count_value, &none),
                     STATUS_NOT_SUPPORTED);
    assert_int_equal(platform_service_runs(SHARING, "W32Time", &runs), STATUS_NOT_SUPPORTED);
    assert_false(runs);
    assert_int_equal(follow(SHARING, DLL, local, &reason), STATUS_NOT_SUPPORTED);
    buffer_init(&folder, 300);
    assert_int_equal(platform_system_folder(SHARING, &folder), STATUS_NOT_SUPPORTED);
    buffer_release(&folder);
}

int main(void)
{
    const struct CMUnitTest elsewhere[] = {
        cmocka_unit_test(other_systems_say_so),
    };
    const struct CMUnitTest there[] = {
        cmocka_unit_test(registries_are_read),      cmocka_unit_test(drives_are_followed),
        cmocka_unit_test(nothing_else_is_followed), cmocka_unit_test(links_are_not_followed),
        cmocka_unit_test(another_tells_all),        cmocka_unit_test(silence_makes_nothing_up),
        cmocka_unit_test(files_are_looked_at),      cmocka_unit_test(events_are_read),
        cmocka_unit_test(silence_has_an_end),
    };
    struct buffer folder;
    enum status status;

    if (platform_init() != STATUS_OK)
        return 1;
    buffer_init(&folder, 300);
    status = platform_system_folder("", &folder);
    buffer_release(&folder);
    if (status == STATUS_NOT_SUPPORTED)
        return cmocka_run_group_tests(elsewhere, NULL, NULL);
    return platform_environment("EXDIAG_MACHINE") ? cmocka_run_group_tests(there, NULL, NULL) : 0;
}
