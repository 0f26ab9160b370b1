/* How a host keeps its time, as evidence: read from files and machines, kept exactly, redacted. */
#include "diag/evidence/redact.h"
#include "diag/evidence/time_settings.h"
#include "diag/gather/time_settings.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYSTEM   "HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\"
#define SERVICES SYSTEM "Services\\"
#define POLICY   "HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\W32Time\\"

static const char file_path[] = EXDIAG_BINARY "/test_evidence_time_settings.data";

static const char export_text[] =
    "Windows Registry Editor Version 5.00\r\n\r\n"
    "[" SERVICES "W32Time]\r\n"
    "\"DisplayName\"=\"Windows Time\"\r\n"
    "\"Start\"=dword:00000002\r\n\r\n"
    "[" SERVICES "W32Time\\Parameters]\r\n"
    "\"Type\"=\"NTP\"\r\n"
    "\"NtpServer\"=\"dc1.contoso.com,0x8 time.windows.com,0x9;0.cz.pool.ntp.org 0xabcdef12 8.8.4.4,0x1\"\r\n\r\n"
    "[" SERVICES "W32Time\\TimeProviders\\NtpClient]\r\n"
    "\"Enabled\"=dword:00000001\r\n"
    "\"SpecialPollTimeRemaining\"=hex(7):64,00,63,00,31,00,00,00,00,00\r\n\r\n"
    "[" SERVICES "Tcpip\\Parameters]\r\n"
    "\"Domain\"=\"contoso.com\"\r\n"
    "\"Hostname\"=\"EX01\"\r\n"
    "\"DhcpNameServer\"=\"192.0.2.1\"\r\n\r\n"
    "[" SERVICES "Tcpip\\Parameters\\Interfaces\\{1}]\r\n"
    "\"Domain\"=\"elsewhere.example\"\r\n\r\n"
    "[" SYSTEM "Control\\ProductOptions]\r\n"
    "\"ProductType\"=\"ServerNT\"\r\n"
    "\"ProductPolicy\"=hex:00,01\r\n\r\n"
    "[" POLICY "Parameters]\r\n"
    "\"Type\"=\"NT5DS\"\r\n";

static const char query_text[] = "Leap Indicator: 0(no warning)\r\n"
                                 "Stratum: 4 (secondary reference - syncd by (S)NTP)\r\n"
                                 "Precision: -23 (119.209ns per tick)\r\n"
                                 "Root Delay: 0.0312510s\r\n"
                                 "Root Dispersion: 7.7902343s\r\n"
                                 "ReferenceId: 0x08080404 (source IP:  8.8.4.4)\r\n"
                                 "Last Successful Sync Time: 11/22/2026 9:14:02 AM\r\n"
                                 "Source: dc1.contoso.com,0x8\r\n"
                                 "Poll Interval: 10 (1024s)\r\n\r\n"
                                 "Phase Offset: -0.0004361s\r\n"
                                 "ClockRate: 0.0156250s\r\n"
                                 "State Machine: 2 (Sync)\r\n"
                                 "Time Source Flags: 0 (None)\r\n"
                                 "Server Role: 0 (None)\r\n"
                                 "Last Sync Error: 0 (The command completed successfully.)\r\n"
                                 "Time since Last Good Sync Time: 65.3371270s\r\n";

static const char configuration_text[] = "[Configuration]\r\n\r\n"
                                         "AnnounceFlags: 10 (Local)\r\n"
                                         "MaxPosPhaseCorrection: 4294967295 (Local)\r\n"
                                         "TimeJumpAuditOffset: 28800 (Default)\r\n"
                                         "FileLogName: C:\\logs\\contoso.log (Local)\r\n\r\n"
                                         "[TimeProviders]\r\n\r\n"
                                         "NtpClient (Local)\r\n"
                                         "DllName: C:\\Windows\\system32\\w32time.dll (Local)\r\n"
                                         "Enabled: 1 (Local)\r\n"
                                         "Type: NTP (Policy)\r\n"
                                         "NtpServer: dc1.contoso.com,0x8 (Policy)\r\n";

/* As `width` bytes a character, with a byte order mark where it is 2. */
static void write_file(const char *text, size_t width)
{
    FILE *file = fopen(file_path, "wb");

    assert_non_null(file);
    if (width == 2)
        fwrite("\xff\xfe", 1, 2, file);
    for (; *text; text++)
        fwrite((const char[]){*text, 0}, 1, width, file);
    assert_int_equal(fclose(file), 0);
}

static int remove_file(void **state)
{
    (void)state;
    remove(file_path);
    return 0;
}

static struct time_settings *gathered(const char *path)
{
    struct time_settings question = {.path = path};
    struct evidence *item = evidence_new(&evidence_time_settings, &question.evidence);

    gather_time_settings(item);
    assert_true(item->settled);
    item->key = "time-settings x";
    return (struct time_settings *)item;
}

static struct time_settings *gathered_text(const char *text)
{
    struct time_settings *settings;

    write_file(text, 1);
    settings = gathered(file_path);
    assert_int_equal(settings->evidence.status, STATUS_OK);
    return settings;
}

static const struct registry_value *value_of(const struct time_settings *settings, const char *key,
                                             const char *name)
{
    char path[256];

    snprintf(path, sizeof path, "HKLM\\SYSTEM\\CurrentControlSet\\%s", key);
    return registry_find(&settings->registry, path, name);
}

/* Of an export in any encoding what says something of time is kept, and nothing else. */
static void test_export(void **state)
{
    (void)state;
    for (size_t width = 1; width <= 2; width++) {
        struct time_settings *settings;

        write_file(export_text, width);
        settings = gathered(file_path);
        assert_int_equal(settings->evidence.status, STATUS_OK);
        assert_int_equal(settings->registry.keys, 7);
        assert_int_equal(settings->registry.count, 9);
        assert_false(settings->has_w32tm);
        assert_int_equal(settings->service, TIME_SERVICE_UNKNOWN);
        assert_int_equal(value_of(settings, "Services\\W32Time", "start")->number, 2);
        assert_string_equal(value_of(settings, "Services\\Tcpip\\Parameters", "Domain")->text,
                            "contoso.com");
        assert_null(value_of(settings, "Services\\W32Time", "DisplayName"));
        assert_null(value_of(settings, "Services\\Tcpip\\Parameters\\Interfaces\\{1}", "Domain"));
        assert_null(value_of(settings, "Control\\ProductOptions", "ProductPolicy"));
        evidence_free(&settings->evidence);
    }
}

static void test_w32tm(void **state)
{
    struct time_settings *settings = gathered_text(query_text);

    (void)state;
    assert_true(settings->has_w32tm);
    assert_true(settings->w32tm.has_status);
    assert_int_equal(settings->registry.keys, 0);
    assert_string_equal(settings->w32tm.source_name, "dc1.contoso.com");
    evidence_free(&settings->evidence);
}

/* What is neither, holds nothing of time, is no file or a folder is said to be so. */
static void test_refusals(void **state)
{
    static const struct {
        const char *text;
        const char *path;
        enum status status;
    } cases[] = {
        {"hello\n", file_path, STATUS_INVALID},
        {"", file_path, STATUS_INVALID},
        {"Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\r\n"
         "\"Type\"=\"NTP\"\r\n",
         file_path, STATUS_INVALID},
        {"", EXDIAG_BINARY, STATUS_INVALID},
        {"", EXDIAG_BINARY "/no such file", STATUS_NOT_FOUND},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct time_settings *settings;

        write_file(cases[i].text, 1);
        settings = gathered(cases[i].path);
        assert_int_equal(settings->evidence.status, cases[i].status);
        assert_true(cases[i].status != STATUS_INVALID || settings->evidence.reason);
        assert_int_equal(settings->registry.count, 0);
        evidence_free(&settings->evidence);
    }
}

/* More values than are kept: the rest is told to be missing. */
static void test_many_values(void **state)
{
    struct time_settings *settings;
    FILE *file = fopen(file_path, "wb");

    (void)state;
    assert_non_null(file);
    fprintf(file, "Windows Registry Editor Version 5.00\n\n[" SERVICES "W32Time\\Config]\n");
    for (int i = 0; i < TIME_SETTINGS_VALUES_MOST + 1; i++)
        fprintf(file, "\"Value%d\"=dword:00000001\n", i);
    assert_int_equal(fclose(file), 0);
    settings = gathered(file_path);
    assert_int_equal(settings->evidence.status, STATUS_OK);
    assert_int_equal(settings->registry.count, TIME_SETTINGS_VALUES_MOST);
    assert_true(settings->registry.is_cut);
    evidence_free(&settings->evidence);
}

/* The machine at hand: Windows says, everything else says that it does not. */
static void test_machine(void **state)
{
    struct time_settings *settings = gathered("");

    (void)state;
    assert_true(settings->evidence.status == STATUS_OK ||
                settings->evidence.status == STATUS_NOT_SUPPORTED);
    if (settings->evidence.status == STATUS_OK)
        assert_non_null(value_of(settings, "Control\\ProductOptions", "ProductType"));
    else
        assert_int_equal(settings->registry.keys, 0);
    evidence_free(&settings->evidence);
}

/* ---- files of evidence ---- */

/* By way of the text that a file of evidence has. */
static struct time_settings *reloaded(struct evidence_store *store,
                                      const struct time_settings *settings)
{
    json_t *object = evidence_to_json(&settings->evidence);
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15));
    struct time_settings question = {.path = settings->path};
    struct evidence *item;

    json_decref(object);
    object = json_loads(text, 0, NULL);
    assert_int_equal(evidence_from_json(store, object), STATUS_OK);
    json_decref(object);
    free(text);
    item = evidence_store_find(store, &evidence_time_settings, &question.evidence);
    assert_non_null(item);
    return (struct time_settings *)item;
}

/* The policy that says how far clocks may differ, and one that does not. */
static void test_template(void **state)
{
    static const char head[] = "[Unicode]\r\nUnicode=yes\r\n[Kerberos Policy]\r\n";
    struct evidence_store *store = evidence_store_new();
    struct time_settings *settings, *again;
    char text[100];

    (void)state;
    snprintf(text, sizeof text, "%sMaxClockSkew = 7\r\n", head);
    settings = gathered_text(text);
    assert_true(settings->policy.has_clock_skew);
    assert_int_equal(settings->policy.clock_skew, 7);
    again = reloaded(store, settings);
    assert_true(again->policy.has_clock_skew);
    assert_int_equal(again->policy.clock_skew, 7);
    assert_int_equal(again->policy.line, 4);
    evidence_free(&settings->evidence);
    evidence_store_free(store);
    write_file(head, 2);
    settings = gathered(file_path);
    assert_int_equal(settings->evidence.status, STATUS_INVALID);
    assert_non_null(settings->evidence.reason);
    evidence_free(&settings->evidence);
}

static void assert_same_value(const struct registry_value *a, const struct registry_value *b)
{
    assert_string_equal(a->key, b->key);
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->type, b->type);
    assert_true(a->number == b->number);
    assert_int_equal(a->line, b->line);
    assert_int_equal(!a->text, !b->text);
    if (a->text)
        assert_string_equal(a->text, b->text);
    assert_int_equal(a->list_count, b->list_count);
    for (size_t i = 0; i < a->list_count; i++)
        assert_string_equal(a->list[i], b->list[i]);
    assert_int_equal(a->size, b->size);
    if (a->size)
        assert_memory_equal(a->bytes, b->bytes, a->size);
}

/* Every type of value, the largest numbers and bytes of any kind come back as they were. */
static void test_registry_round_trip(void **state)
{
    static const char *const list[] = {"one", "", "\xC5\x99"};
    struct registry_value values[] = {
        {.key = "HKLM\\A", .name = "", .type = REGISTRY_SZ, .text = "a\nb", .line = 3},
        {.key = "HKLM\\A", .name = "\xC5\x99", .type = REGISTRY_EXPAND_SZ, .text = ""},
        {.key = "HKLM\\A", .name = "d", .type = REGISTRY_DWORD, .number = UINT32_MAX},
        {.key = "HKLM\\A", .name = "q", .type = REGISTRY_QWORD, .number = UINT64_MAX},
        {.key = "HKLM\\B", .name = "q", .type = REGISTRY_QWORD, .number = INT64_MAX},
        {.key = "HKLM\\B", .name = "m", .type = REGISTRY_MULTI_SZ, .list = list, .list_count = 3},
        {.key = "HKLM\\B", .name = "m", .type = REGISTRY_MULTI_SZ},
        {.key = "HKLM\\B",
         .name = "b",
         .type = REGISTRY_BINARY,
         .bytes = (const unsigned char *)"\0\xff\x80",
         .size = 3},
        {.key = "HKLM\\B", .name = "n", .type = REGISTRY_NONE},
        {.key = "HKLM\\B",
         .name = "x",
         .type = 0xFFFF0012,
         .bytes = (const unsigned char *)"abc",
         .size = 3},
    };
    const size_t count = sizeof values / sizeof *values;
    struct time_settings settings = {
        .evidence = {.kind = &evidence_time_settings, .key = "time-settings x", .settled = true},
        .path = "x",
        .registry = {.values = values, .count = count, .keys = 7, .damaged = 2, .is_cut = true},
        .service = TIME_SERVICE_STOPPED,
    };
    struct evidence_store *store = evidence_store_new();
    struct time_settings *again = reloaded(store, &settings);

    (void)state;
    assert_int_equal(again->registry.count, count);
    for (size_t i = 0; i < count; i++)
        assert_same_value(&again->registry.values[i], &values[i]);
    assert_int_equal(again->registry.keys, 7);
    assert_int_equal(again->registry.damaged, 2);
    assert_true(again->registry.is_cut);
    assert_false(again->has_w32tm);
    assert_int_equal(again->service, TIME_SERVICE_STOPPED);
    evidence_store_free(store);
}

/* Not isnan(): that of mingw's headers narrows what it is given. */
static bool is_nan(double number)
{
    return number != number;
}

static void assert_same_status(const struct w32tm_status *a, const struct w32tm_status *b)
{
    assert_int_equal(a->has_status, b->has_status);
    assert_int_equal(a->leap, b->leap);
    assert_int_equal(a->stratum, b->stratum);
    assert_int_equal(a->reference_id, b->reference_id);
    assert_int_equal(a->source, b->source);
    assert_int_equal(!a->source_name, !b->source_name);
    assert_true(a->root_delay == b->root_delay);
    assert_true(a->root_dispersion == b->root_dispersion);
    assert_true(is_nan(a->phase_offset) ? is_nan(b->phase_offset)
                                        : a->phase_offset == b->phase_offset);
    assert_int_equal(a->last_error, b->last_error);
    assert_int_equal(a->peer_count, b->peer_count);
    assert_int_equal(a->error, b->error);
    assert_int_equal(a->setting_count, b->setting_count);
    for (size_t i = 0; i < a->setting_count; i++) {
        assert_string_equal(a->settings[i].name, b->settings[i].name);
        assert_string_equal(a->settings[i].value, b->settings[i].value);
        assert_int_equal(a->settings[i].origin, b->settings[i].origin);
        assert_int_equal(!a->settings[i].provider, !b->settings[i].provider);
    }
}

/* So does what w32tm said, and what it did not say. */
static void test_w32tm_round_trip(void **state)
{
    static const char *const texts[] = {
        query_text,
        configuration_text,
        "#Peers: 1\r\n\r\nPeer: dc1.contoso.com,0x8\r\nState: Active\r\nTime Remaining: "
        "1.5000000s\r\nMode: 3 (Client)\r\nStratum: 1 (primary reference - syncd by radio clock)\r\n"
        "PeerPoll Interval: 10 (1024s)\r\nHostPoll Interval: 10 (1024s)\r\n",
        "The following error occurred: The service has not been started. (0x80070426)\r\n",
        "Local CMOS Clock\r\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct time_settings *settings = gathered_text(texts[i]);
        struct evidence_store *store = evidence_store_new();
        struct time_settings *again = reloaded(store, settings);

        assert_true(again->has_w32tm);
        assert_same_status(&settings->w32tm, &again->w32tm);
        assert_int_equal(again->registry.keys, 0);
        evidence_free(&settings->evidence);
        evidence_store_free(store);
    }
}

/* A file of evidence may hold anything: what is no value is none, and lists are bounded. */
static void test_hostile_file(void **state)
{
    static const char text[] =
        "{\"key\":\"time-settings x\",\"status\":\"ok\",\"path\":\"x\",\"service\":7,\"registry\":"
        "{\"keys\":-1,\"values\":[1,{},{\"key\":\"a\"},{\"key\":\"a\",\"name\":\"b\"},"
        "{\"key\":\"a\",\"name\":\"b\",\"type\":1},{\"key\":\"a\",\"name\":\"b\",\"type\":4,"
        "\"number\":4294967296},{\"key\":\"a\",\"name\":\"b\",\"type\":4,\"number\":5},"
        "{\"key\":\"a\",\"name\":\"c\",\"type\":7,\"list\":[1,\"x\"]}]},"
        "\"w32tm\":{\"leap\":-7,\"stratum\":1e9,\"source\":\"peer\",\"root_delay\":-2,"
        "\"phase_offset\":\"x\",\"settings\":[{},{\"name\":\"a\"},7],\"peers\":{}}}";
    struct evidence_store *store = evidence_store_new();
    struct time_settings question = {.path = "x"}, *settings;
    json_t *object = json_loads(text, 0, NULL);

    (void)state;
    assert_int_equal(evidence_from_json(store, object), STATUS_OK);
    json_decref(object);
    settings = (struct time_settings *)evidence_store_find(store, &evidence_time_settings,
                                                           &question.evidence);
    assert_int_equal(settings->registry.keys, 0);
    assert_int_equal(settings->registry.count, 2);
    assert_int_equal(settings->registry.values[0].number, 5);
    assert_int_equal(settings->registry.values[1].list_count, 1);
    assert_int_equal(settings->w32tm.leap, -1);
    assert_int_equal(settings->w32tm.stratum, -1);
    assert_int_equal(settings->w32tm.source, W32TM_SOURCE_UNKNOWN);
    assert_true(settings->w32tm.root_delay < 0);
    assert_true(is_nan(settings->w32tm.phase_offset));
    assert_int_equal(settings->w32tm.setting_count, 0);
    assert_int_equal(settings->w32tm.peer_count, 0);
    evidence_store_free(store);
    object = json_loads("{\"key\":\"time-settings x\",\"status\":\"ok\"}", 0, NULL);
    store = evidence_store_new();
    assert_int_equal(evidence_from_json(store, object), STATUS_MALFORMED);
    json_decref(object);
    evidence_store_free(store);
}

/* ---- redaction ---- */

static struct time_settings *redacted(struct evidence_store *store, const struct redactor *redactor,
                                      const char *text)
{
    struct time_settings *settings = gathered_text(text);
    struct evidence *copy;
    json_t *object;
    char *dump;

    assert_int_equal(evidence_add_redacted(store, &settings->evidence, redactor, &copy), STATUS_OK);
    object = evidence_to_json(copy);
    dump = json_dumps(object, 0);
    assert_null(strstr(dump, "contoso"));
    assert_null(strstr(dump, "EX01"));
    assert_null(strstr(dump, "8.8.4.4"));
    assert_null(strstr(dump, "dc1."));
    free(dump);
    json_decref(object);
    evidence_free(&settings->evidence);
    return (struct time_settings *)copy;
}

/* No name is left but those of public servers, and every flag, number and type is. */
static void test_redact(void **state)
{
    static const char key[REDACTOR_KEY_SIZE] = "time";
    struct redactor *redactor = redactor_new(key);
    struct evidence_store *store = evidence_store_new();
    const struct time_settings *settings = redacted(store, redactor, export_text);
    const char *peers = value_of(settings, "Services\\W32Time\\Parameters", "NtpServer")->text;
    struct buffer name;

    (void)state;
    assert_non_null(strstr(peers, ",0x8 time.windows.com,0x9;0.cz.pool.ntp.org "));
    assert_string_equal(peers + strlen(peers) - 4, ",0x1");
    assert_null(strstr(peers, "0xabcdef12")); /* flags follow a comma */
    assert_string_equal(value_of(settings, "Services\\W32Time\\Parameters", "Type")->text, "NTP");
    assert_string_equal(value_of(settings, "Control\\ProductOptions", "ProductType")->text,
                        "ServerNT");
    assert_int_equal(value_of(settings, "Services\\W32Time", "Start")->number, 2);
    assert_int_equal(value_of(settings, "Services\\W32Time\\TimeProviders\\NtpClient",
                              "SpecialPollTimeRemaining")
                         ->list_count,
                     0);
    buffer_init(&name, 256);
    redact_name(redactor, "dc1.contoso.com", &name);
    assert_memory_equal(peers, name.text, name.size);
    assert_memory_equal(value_of(settings, "Services\\Tcpip\\Parameters", "Domain")->text,
                        strchr(name.text, '.') + 1, 11);
    buffer_release(&name);
    evidence_store_free(store);
    redactor_free(redactor);
}

static void test_redact_w32tm(void **state)
{
    static const char key[REDACTOR_KEY_SIZE] = "time";
    struct redactor *redactor = redactor_new(key);
    struct evidence_store *store = evidence_store_new();
    const struct time_settings *settings = redacted(store, redactor, query_text);

    (void)state;
    assert_int_equal(settings->w32tm.stratum, 4);
    assert_int_not_equal(settings->w32tm.reference_id, 0x08080404);
    evidence_store_free(store);
    store = evidence_store_new();
    settings = redacted(store, redactor, configuration_text);
    for (size_t i = 0; i < settings->w32tm.setting_count; i++) {
        const struct w32tm_setting *setting = &settings->w32tm.settings[i];

        if (strcmp(setting->name, "Type") == 0)
            assert_string_equal(setting->value, "NTP");
        if (strcmp(setting->name, "MaxPosPhaseCorrection") == 0)
            assert_string_equal(setting->value, "4294967295");
    }
    evidence_store_free(store);
    store = evidence_store_new();
    settings = redacted(store, redactor, "VM IC Time Synchronization Provider\r\n");
    assert_string_equal(settings->w32tm.source_name, "VM IC Time Synchronization Provider");
    evidence_store_free(store);
    redactor_free(redactor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_export, remove_file),
        cmocka_unit_test_teardown(test_w32tm, remove_file),
        cmocka_unit_test_teardown(test_template, remove_file),
        cmocka_unit_test_teardown(test_refusals, remove_file),
        cmocka_unit_test_teardown(test_many_values, remove_file),
        cmocka_unit_test(test_machine),
        cmocka_unit_test(test_registry_round_trip),
        cmocka_unit_test_teardown(test_w32tm_round_trip, remove_file),
        cmocka_unit_test(test_hostile_file),
        cmocka_unit_test_teardown(test_redact, remove_file),
        cmocka_unit_test_teardown(test_redact_w32tm, remove_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
