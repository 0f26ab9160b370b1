/* Events of Windows and IIS about web applications that do not start, by provider, id and data. */
#include "tests/unit/unit.h"

#include "diag/read/host_event_groups.h"

#include <stdio.h>
#include <string.h>

static struct arena arena;

static int release(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct windows_event event_of(const char *provider, uint32_t id, const char *one,
                                     const char *two, const char *binary)
{
    struct windows_event event = {.provider = provider,
                                  .id = id,
                                  .channel = "System",
                                  .computer = "EX01",
                                  .strings = {one, two ? two : ""},
                                  .string_count = two   ? 2
                                                  : one ? 1
                                                        : 0,
                                  .binary = binary};

    return event;
}

/* "module-not-loaded file error pool feature"; "" for what is none. */
static void expect(const char *provider, uint32_t id, const char *one, const char *two,
                   const char *binary, const char *wanted)
{
    struct windows_event windows = event_of(provider, id, one, two, binary);
    struct host_event event;
    char shown[512] = "";

    if (host_event_read(&windows, &arena, &event))
        snprintf(shown, sizeof shown, "%s|%s|%s|%s|%s", host_event_word(event.kind), event.file,
                 event.error, event.pool, event.feature);
    assert_string_equal(shown, wanted);
}

#define W3SVC "Microsoft-Windows-IIS-W3SVC-WP"

static void test_modules(void **state)
{
    (void)state;
    expect(W3SVC, 2280, "E:\\Exchange\\Bin\\kerbauth.dll", NULL, "7E000000",
           "module-not-loaded|E:\\Exchange\\Bin\\kerbauth.dll|0x0000007e||");
    expect("microsoft-windows-iis-w3svc-wp", 2280, "x", "C:\\Windows\\wsmsvc.dll", "",
           "module-not-loaded|C:\\Windows\\wsmsvc.dll|||");
    expect(W3SVC, 2282, "C:\\a\\k.dll", "AMD64", "", "module-of-other-bits|C:\\a\\k.dll|||");
    expect(W3SVC, 2293, "kerbauth", "C:\\a\\k.dll", "05000780",
           "module-refuses|C:\\a\\k.dll|0x80070005||");
    expect(W3SVC, 2280, "no path at all", NULL, "", "");
    expect(W3SVC, 2281, "C:\\a\\k.dll", NULL, "", "");
    expect("W3SVC-WP", 2280, "C:\\a\\k.dll", NULL, "", "");
}

static void test_winrm(void **state)
{
    (void)state;
    expect("Microsoft-Windows-WinRM", 10113,
           "%ExchangeInstallPath%Bin\\Microsoft.Exchange.AuthorizationPlugin.dll", NULL, "",
           "winrm-cannot-load|%ExchangeInstallPath%Bin\\Microsoft.Exchange.AuthorizationPlugin.dll"
           "|||");
    expect("Microsoft-Windows-WinRM", 10113, "0x8007007E", "pwrshplugin.dll", "",
           "winrm-cannot-load|pwrshplugin.dll|0x8007007e||");
    expect("Microsoft-Windows-WinRM", 10113, NULL, NULL, "", "");
}

static void test_pools(void **state)
{
    (void)state;
    expect("Microsoft-Windows-WAS", 5002, "MSExchangePowerShellAppPool", NULL, "",
           "pool-disabled|||MSExchangePowerShellAppPool|");
    expect("Microsoft-Windows-WAS", 5011, " MSExchangeOWAAppPool ", "4711", "6D000780",
           "pool-process-failed||0x8007006d|MSExchangeOWAAppPool|");
    expect("Microsoft-Windows-WAS", 5059, "", NULL, "", "");
    expect("Microsoft-Windows-WAS", 5002, "%1", NULL, "", "");
    expect(W3SVC, 2297, "P", "C:\\inetpub\\temp\\P.config", "",
           "modules-not-read|C:\\inetpub\\temp\\P.config||P|");
}

/* Of all that is turned on and off, what a web server has. */
static void test_features(void **state)
{
    static const char ext[] = "Microsoft-Windows-Web-Services-for-Management-IIS-Extension";

    (void)state;
    expect("Microsoft-Windows-Servicing", 10, ext, "IIS-Package", "",
           "feature-off||||Microsoft-Windows-Web-Services-for-Management-IIS-Extension");
    expect("Microsoft-Windows-Servicing", 9, "IIS-ASP", "IIS-Package", "", "feature-on||||IIS-ASP");
    expect("Microsoft-Windows-Servicing", 15, "TelnetClient", "x", "", "");
    expect("Microsoft-Windows-Servicing", 9, "IIS ASP", "x", "", "");
}

/* A text of any length is bounded at a whole character. */
static void test_long_text(void **state)
{
    struct windows_event windows;
    struct host_event event;
    char text[3 * HOST_EVENT_TEXT_MOST] = "C:\\a";

    (void)state;
    for (size_t i = 4; i + 3 < sizeof text; i += 2)
        memcpy(text + i, "\xC3\xA9", 3);
    windows = event_of(W3SVC, 2280, text, NULL, "");
    assert_true(host_event_read(&windows, &arena, &event));
    assert_int_equal(strlen(event.file), HOST_EVENT_TEXT_MOST);
    text[3] = '\xC3';
    memcpy(text + 4, "\xA9", 1);
    windows = event_of(W3SVC, 2280, text, NULL, "");
    assert_true(host_event_read(&windows, &arena, &event));
    assert_in_range(strlen(event.file), HOST_EVENT_TEXT_MOST - 1, HOST_EVENT_TEXT_MOST);
}

static void test_words(void **state)
{
    (void)state;
    for (unsigned i = 0; i < HOST_EVENT_KIND_COUNT; i++)
        assert_int_equal(host_event_from_word(host_event_word((enum host_event_kind)i)), i);
    assert_int_equal(host_event_from_word("x"), HOST_EVENT_KIND_COUNT);
}

/* ---- groups ---- */

static void test_groups(void **state)
{
    const struct host_event one = {HOST_EVENT_MODULE_NOT_LOADED, "C:\\k.dll", "", "", ""};
    const struct host_event same = {HOST_EVENT_MODULE_NOT_LOADED, "c:\\K.DLL", "", "", ""};
    const struct host_event other = {HOST_EVENT_POOL_DISABLED, "", "", "P", ""};
    struct host_event_groups *groups = host_event_groups_new();
    struct host_event_group *list;
    size_t count;

    (void)state;
    host_event_groups_add(groups, &one, "EX01", 3000);
    host_event_groups_add(groups, &other, "EX01", 1000);
    host_event_groups_add(groups, &same, "ex01", 0);
    host_event_groups_add(groups, &same, "EX01", 2000);
    host_event_groups_add(groups, &same, "EX02", 5000);
    assert_false(host_event_groups_end(groups, &arena, &list, &count));
    assert_int_equal(count, 3);
    assert_int_equal(list[0].event.kind, HOST_EVENT_POOL_DISABLED);
    assert_string_equal(list[1].event.file, "C:\\k.dll");
    assert_int_equal(list[1].count, 3);
    assert_int_equal(list[1].first, 2000);
    assert_int_equal(list[1].last, 3000);
    assert_string_equal(list[2].computer, "EX02");
}

static void test_many_groups(void **state)
{
    struct host_event_groups *groups = host_event_groups_new();
    struct host_event_group *list;
    size_t count;

    (void)state;
    for (unsigned i = 0; i < HOST_EVENT_GROUPS_MOST + 5; i++) {
        const char *pool = arena_print(&arena, "P%u", i);
        const struct host_event event = {HOST_EVENT_POOL_DISABLED, "", "", pool, ""};

        host_event_groups_add(groups, &event, "", 0);
    }
    assert_true(host_event_groups_end(groups, &arena, &list, &count));
    assert_int_equal(count, HOST_EVENT_GROUPS_MOST);
    assert_int_equal(list[0].first, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_modules, release),
        cmocka_unit_test_teardown(test_winrm, release),
        cmocka_unit_test_teardown(test_pools, release),
        cmocka_unit_test_teardown(test_features, release),
        cmocka_unit_test_teardown(test_long_text, release),
        cmocka_unit_test(test_words),
        cmocka_unit_test_teardown(test_groups, release),
        cmocka_unit_test_teardown(test_many_groups, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
