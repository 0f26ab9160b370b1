/*
 * Which paths of this machine's own settings are followed, and what its event logs say. Of event
 * logs under Wine tests/windows/machine.sh lays in a stand-in, and says so with EXDIAG_MACHINE.
 */
#include "tests/unit/unit.h"

#include "diag/memory.h"
#include "diag/platform.h"
#include "tests/unit/system.h"

#include <stdio.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static int start_platform(void **state)
{
    (void)state;
    return platform_init() == STATUS_OK ? 0 : -1;
}

/* ---- paths ---- */

static bool is_windows(void)
{
    struct buffer folder;
    enum status status;

    buffer_init(&folder, 300);
    status = platform_system_folder("", &folder);
    assert_true(status == STATUS_OK || status == STATUS_NOT_SUPPORTED);
    if (status == STATUS_OK)
        assert_int_equal(platform_file_kind(folder.text), PLATFORM_FOLDER);
    buffer_release(&folder);
    return status == STATUS_OK;
}

static enum status follow(const char *path, struct buffer *local, const char **reason)
{
    buffer_init(local, 4096);
    return platform_local_path("", path, local, reason);
}

/* What becomes of a path on Windows; elsewhere no path begins at a drive, and that is said. */
static void expect(const char *path, enum status status)
{
    struct buffer local;
    const char *reason = "";

    if (!is_windows())
        status = STATUS_NOT_SUPPORTED;
    if (follow(path, &local, &reason) != status)
        fail_msg("another answer for %s", path);
    assert_true((reason != NULL) == (status == STATUS_NOT_FOLLOWED));
    assert_string_equal(local.text, status == STATUS_OK ? path : "");
    buffer_release(&local);
}

/* A file of the system's own drive is opened by the very path. */
static void own_files_are_followed(void **state)
{
    struct buffer path;
    FILE *file;

    (void)state;
    buffer_init(&path, 300);
    if (platform_system_folder("", &path) == STATUS_OK) {
        buffer_add_string(&path, "\\kernel32.dll");
        assert_int_equal(platform_file_open(path.text, &file), STATUS_OK);
        fclose(file);
    }
    expect(path.text, STATUS_OK);
    buffer_release(&path);
}

/* Whatever a setting holds, no other machine, device or stream is touched. */
static void nothing_else_is_followed(void **state)
{
    static const char *const paths[] = {"",
                                        "C:",
                                        "C:web.config",
                                        "web.config",
                                        "\\web.config",
                                        "/etc/passwd",
                                        "..\\web.config",
                                        "C:\\inetpub\\..\\web.config",
                                        "C:/inetpub/../web.config",
                                        "\\\\server\\share\\web.config",
                                        "//server/share/web.config",
                                        "\\\\?\\C:\\web.config",
                                        "\\\\?\\UNC\\server\\share\\web.config",
                                        "\\\\.\\C:\\web.config",
                                        "\\\\.\\PhysicalDrive0",
                                        "file://C:/web.config",
                                        "C:\\web.config:stream",
                                        "C:\\web*.config",
                                        "C:\\web\"config",
                                        "1:\\web.config",
                                        "\xc3\x84:\\web.config",
                                        "C:\\\xff"};

    (void)state;
    for (size_t i = 0; i < COUNT(paths); i++)
        expect(paths[i], STATUS_NOT_FOLLOWED);
}

/* What stood on a drive that is gone does not exist: no reason to say less. */
static void drives_may_be_gone(void **state)
{
    (void)state;
    expect("Q:\\Exchange\\Bin\\kerbauth.dll", STATUS_NOT_FOUND);
}

/* Names longer than IIS takes are none. */
static void long_names_are_none(void **state)
{
    char path[400];

    (void)state;
    memset(path, 'x', sizeof path - 1);
    memcpy(path, "C:\\", 3);
    path[sizeof path - 1] = '\0';
    expect(path, STATUS_NOT_FOLLOWED);
    path[200] = '\0';
    expect(path, STATUS_OK);
}

/* A link on the way may lead to another machine. */
static void links_are_not_followed(void **state)
{
    char folder[SYSTEM_PATH_SIZE], link[SYSTEM_PATH_SIZE + 8], path[SYSTEM_PATH_SIZE + 32];
    bool made;

    (void)state;
    system_folder_new(folder);
    snprintf(link, sizeof link, "%s\\link", folder);
    snprintf(path, sizeof path, "%s\\web.config", link);
    made = is_windows() && system_link(folder, link);
    expect(path, made ? STATUS_NOT_FOLLOWED : STATUS_OK);
    if (made)
        system_remove(link);
    system_remove(folder);
}

/* ---- event logs ---- */

static const char query[] =
    "<QueryList><Query Id=\"0\"><Select Path=\"System\">*[System[Provider[@Name='Some-Provider'] "
    "and (EventID=7 or EventID=8)]]</Select></Query></QueryList>";

struct seen_events {
    size_t count, size;
    char first[200];
};

static void see_event(void *context, const char *xml, size_t size)
{
    struct seen_events *seen = context;

    if (seen->count++ == 0)
        snprintf(seen->first, sizeof seen->first, "%.*s", (int)(size < 199 ? size : 199), xml);
    seen->size += size;
}

static enum status ask(size_t most, struct seen_events *seen, bool *more)
{
    const struct platform_events_limit limit = {most, 5000};

    memset(seen, 0, sizeof *seen);
    *more = true;
    return platform_events_query("", query, &limit, see_event, seen, more);
}

static void write_events(const char *path, unsigned count, size_t padding)
{
    FILE *file;

    remove(path);
    assert_int_equal(platform_file_create(path, &file), STATUS_OK);
    for (unsigned i = 0; i < count; i++) {
        fprintf(file,
                "<Event><System><Provider Name='Some-Provider'/><EventID>%u</EventID></System>",
                i % 3 == 2 ? 9 : 7);
        for (size_t j = 0; j < padding; j++)
            fputc('x', file);
        fprintf(file, "<N>\xc3\xbc %u</N></Event>\n", i);
    }
    fclose(file);
}

struct log_file {
    char folder[SYSTEM_PATH_SIZE], path[SYSTEM_PATH_SIZE + 32];
};

/* False where there are no logs, which is said: they are not empty. */
static bool begin_log(struct log_file *log, unsigned count, size_t padding)
{
    struct seen_events seen;
    bool more;

    if (!platform_environment("EXDIAG_MACHINE")) {
        assert_int_equal(ask(10, &seen, &more), STATUS_NOT_SUPPORTED);
        assert_int_equal(seen.count, 0);
        assert_false(more);
        return false;
    }
    system_folder_new(log->folder);
    snprintf(log->path, sizeof log->path, "%s\\events.xml", log->folder);
    write_events(log->path, count, padding);
    system_set_environment("EXDIAG_EVENTS", log->path);
    return true;
}

static void end_log(struct log_file *log)
{
    system_remove(log->path);
    system_remove(log->folder);
}

/* As many as there are, the newest first, in any script, of those that are asked for. */
static void events_are_read(void **state)
{
    struct seen_events seen;
    struct log_file log;
    bool more;

    (void)state;
    if (!begin_log(&log, 300, 0))
        return;
    assert_int_equal(ask(1000, &seen, &more), STATUS_OK);
    assert_int_equal(seen.count, 200);
    assert_false(more);
    assert_non_null(strstr(seen.first, "<EventID>7</EventID>"));
    assert_non_null(strstr(seen.first, "<N>\xc3\xbc 0</N></Event>"));
    end_log(&log);
}

/* A limit ends the reading, and says that there were more. */
static void events_are_limited(void **state)
{
    struct seen_events seen;
    struct log_file log;
    bool more;

    (void)state;
    if (!begin_log(&log, 300, 0))
        return;
    assert_int_equal(ask(70, &seen, &more), STATUS_OK);
    assert_int_equal(seen.count, 70);
    assert_true(more);
    end_log(&log);
}

/* Long events are read whole; beyond a megabyte they are passed by, which is said. */
static void long_events_are_passed_by(void **state)
{
    struct seen_events seen;
    struct log_file log;
    bool more;

    (void)state;
    if (!begin_log(&log, 2, 500000))
        return;
    assert_int_equal(ask(10, &seen, &more), STATUS_OK);
    assert_int_equal(seen.count, 2);
    assert_true(seen.size > 1000000);
    assert_false(more);
    end_log(&log);
    assert_true(begin_log(&log, 2, 1100000));
    assert_int_equal(ask(10, &seen, &more), STATUS_OK);
    assert_int_equal(seen.count, 0);
    assert_true(more);
    end_log(&log);
}

/* Why there is no answer is told, for each of its reasons is mended in another way. */
static void failed_queries_say_why(void **state)
{
    static const struct {
        const char *answer;
        enum status status;
    } cases[] = {{"error 5", STATUS_DENIED},        {"error 15007", STATUS_NOT_FOUND},
                 {"error 15001", STATUS_INVALID},   {"error 1722", STATUS_REFUSED},
                 {"error 1753", STATUS_REFUSED},    {"error 1460", STATUS_TIMED_OUT},
                 {"error 0", STATUS_NOT_SUPPORTED}, {"error 31", STATUS_IO}};
    bool has_logs = platform_environment("EXDIAG_MACHINE") != NULL;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct seen_events seen;
        bool more;

        system_set_environment("EXDIAG_EVENTS", cases[i].answer);
        if (ask(10, &seen, &more) != (has_logs ? cases[i].status : STATUS_NOT_SUPPORTED))
            fail_msg("%s is another word", cases[i].answer);
        assert_int_equal(seen.count, 0);
        assert_false(more);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_files_are_followed), cmocka_unit_test(nothing_else_is_followed),
        cmocka_unit_test(drives_may_be_gone),     cmocka_unit_test(long_names_are_none),
        cmocka_unit_test(links_are_not_followed), cmocka_unit_test(events_are_read),
        cmocka_unit_test(events_are_limited),     cmocka_unit_test(long_events_are_passed_by),
        cmocka_unit_test(failed_queries_say_why),
    };

    return cmocka_run_group_tests(tests, start_platform, NULL);
}
