/*
 * What is fetched of the machine at hand. Where that is not Windows every answer says so; under
 * Wine tests/windows/machine.sh lays out a server of Exchange first, and says with EXDIAG_MACHINE
 * that it did.
 */
#include "diag/evidence/redact.h"
#include "diag/gather/bound_certificates.h"
#include "diag/gather/event_log.h"
#include "diag/gather/iis_config.h"
#include "diag/gather/installed_files.h"
#include "diag/gather/machine.h"
#include "diag/gather/machine_events.h"
#include "diag/gather/machine_features.h"
#include "diag/gather/machine_files.h"
#include "diag/gather/windows_features.h"
#include "diag/gather/windows_setup.h"
#include "diag/platform.h"
#include "tests/unit/system.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

/* A question about the machine at hand, answered. */
static struct iis_config_file *gather_config(const char *place)
{
    const struct iis_config_file question = {.path = "", .place = place};
    struct evidence *item = evidence_new(&evidence_iis_config, &question.evidence);
    struct buffer key;

    gather_iis_config(item);
    assert_true(item->settled);
    buffer_init(&key, 1000);
    evidence_iis_config.write_key(item, &key);
    item->key = buffer_keep(&key, &item->memory);
    return (struct iis_config_file *)item;
}

static bool is_windows(void)
{
    struct buffer folder;
    enum status status;

    buffer_init(&folder, 300);
    status = platform_system_folder("", &folder);
    buffer_release(&folder);
    return status == STATUS_OK;
}

/* Elsewhere there is no IIS to ask, which is not the same as IIS that is not installed. */
static void other_systems_say_so(void **state)
{
    struct iis_config_file *server, *web;

    (void)state;
    server = gather_config("");
    web = gather_config("Default Web Site/PowerShell");
    assert_int_equal(server->evidence.status, STATUS_NOT_SUPPORTED);
    assert_int_equal(web->evidence.status, STATUS_NOT_SUPPORTED);
    assert_null(server->evidence.reason);
    assert_null(web->evidence.reason);
    evidence_free(&server->evidence);
    evidence_free(&web->evidence);
}

/* One question for each place, and none is that of a file. */
static void places_have_keys_of_their_own(void **state)
{
    const struct iis_config_file server = {.path = ""}, same = {.path = "", .place = ""},
                                 web = {.path = "", .place = "Default Web Site/PowerShell"},
                                 other = {.path = "", .place = "Exchange Back End/PowerShell"};
    struct evidence_store *store = evidence_store_new();
    struct evidence *item = evidence_store_add(store, &evidence_iis_config, &server.evidence);

    (void)state;
    assert_ptr_equal(evidence_store_find(store, &evidence_iis_config, &same.evidence), item);
    assert_null(evidence_store_find(store, &evidence_iis_config, &web.evidence));
    item = evidence_store_add(store, &evidence_iis_config, &web.evidence);
    assert_ptr_equal(evidence_store_find(store, &evidence_iis_config, &web.evidence), item);
    assert_null(evidence_store_find(store, &evidence_iis_config, &other.evidence));
    evidence_store_free(store);
}

/* A saved run asks for the same place, and finds what was said of it. */
static void places_are_kept(void **state)
{
    const struct iis_config_file question = {.path = "", .place = "Default Web Site/PowerShell"};
    struct iis_config_file *web = gather_config(question.place);
    struct evidence_store *store = evidence_store_new();
    json_t *object = evidence_to_json(&web->evidence);
    const struct evidence *item;

    (void)state;
    assert_int_equal(evidence_from_json(store, object), STATUS_OK);
    item = evidence_store_find(store, &evidence_iis_config, &question.evidence);
    assert_non_null(item);
    assert_int_equal(item->status, web->evidence.status);
    json_decref(object);
    evidence_store_free(store);
    evidence_free(&web->evidence);
}

/* Redacted, a site that somebody named has the pseudonym that it has in the configuration. */
static void places_are_redacted(void **state)
{
    static const unsigned char key[REDACTOR_KEY_SIZE] = {1};
    struct redactor *redactor = redactor_new(key);
    struct iis_config_file *own = gather_config("Contoso Mail/PowerShell"),
                           *setup = gather_config("Default Web Site/PowerShell");

    (void)state;
    evidence_iis_config.redact(&own->evidence, redactor);
    evidence_iis_config.redact(&setup->evidence, redactor);
    assert_null(strstr(own->place, "Contoso"));
    assert_non_null(strstr(own->place, "/PowerShell"));
    assert_string_equal(setup->place, "Default Web Site/PowerShell");
    assert_string_equal(own->path, "");
    redactor_free(redactor);
    evidence_free(&own->evidence);
    evidence_free(&setup->evidence);
}

/* ---- where this is not Windows ---- */

static void see_no_event(void *context, const struct windows_event *event)
{
    (void)context;
    (void)event;
    fail();
}

/* Nothing is made up: no feature is missing, no file is absent, no log is empty. */
static void nothing_is_made_up(void **state)
{
    static const struct event_wish wishes[] = {{"Some-Provider", 7}, {NULL, 0}};
    struct arena arena = {0};
    struct windows_feature_list features;
    struct file_list files;
    struct event_log_account account;
    const char *reason = NULL, *path;
    bool more;

    (void)state;
    assert_int_equal(machine_features_read("", &arena, &features, &reason), STATUS_NOT_SUPPORTED);
    assert_int_equal(features.count, 0);
    assert_int_equal(machine_files_look("", "/etc/passwd", &arena, &files, &reason),
                     STATUS_NOT_SUPPORTED);
    assert_int_equal(files.count, 0);
    assert_int_equal(machine_events_read("", wishes, see_no_event, NULL, &account, &more, &reason),
                     STATUS_NOT_SUPPORTED);
    assert_int_equal(machine_path("", NULL, "C:\\web.config", &arena, &path, &reason),
                     STATUS_NOT_SUPPORTED);
    assert_null(reason);
    arena_release(&arena);
}

/* ---- the question for events ---- */

#define WAS    "*[System[Provider[@Name='Microsoft-Windows-WAS'] and (EventID=5002 or EventID=5009)"
#define SOME   "*[System[Provider[@Name='Some'] and (EventID=7)"
#define RECENT "TimeCreated[timediff(@SystemTime) &lt;= 2592000000]"

/* Of each provider one Select a log, with all of its ids; of long logs the last 30 days. */
static void events_are_asked_for_by_provider(void **state)
{
    static const struct event_wish wishes[] = {
        {"Microsoft-Windows-WAS", 5002}, {"Some", 7}, {"Microsoft-Windows-WAS", 5009}, {NULL, 0}};
    struct buffer query;

    (void)state;
    buffer_init(&query, MACHINE_EVENTS_QUERY_MOST);
    machine_events_query(wishes, &query);
    assert_string_equal(query.text,
                        "<QueryList><Query Id=\"0\">"
                        "<Select Path=\"System\">" WAS " and " RECENT "]]</Select>"
                        "<Select Path=\"Application\">" WAS " and " RECENT "]]</Select>"
                        "<Select Path=\"Setup\">" WAS "]]</Select>"
                        "<Select Path=\"System\">" SOME " and " RECENT "]]</Select>"
                        "<Select Path=\"Application\">" SOME " and " RECENT "]]</Select>"
                        "<Select Path=\"Setup\">" SOME "]]</Select>"
                        "</Query></QueryList>");
    assert_false(query.truncated);
    buffer_release(&query);
}

/* ---- a server of Exchange, as machine.sh lays it out ---- */

#define CONFIG   "C:\\windows\\system32\\inetsrv\\config\\"
#define EXCHANGE "C:\\Program Files\\Microsoft\\Exchange Server\\V15\\"
#define FRONT    EXCHANGE "FrontEnd\\HttpProxy\\PowerShell\\"

static void write_text(const char *path, const char *text)
{
    FILE *file;

    assert_int_equal(platform_file_write(path, &file), STATUS_OK);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void check_config(const char *place, enum status status, const char *reason)
{
    struct iis_config_file *config = gather_config(place);

    if (config->evidence.status != status)
        fail_msg("%s: %s", place, status_text(config->evidence.status));
    if (reason && (!config->evidence.reason || !strstr(config->evidence.reason, reason)))
        fail_msg("%s: another reason, %s", place, config->evidence.reason);
    evidence_free(&config->evidence);
}

/* The server's own file, and the web.config of each place, by its own folder. */
static void configurations_are_read(void **state)
{
    struct iis_config_file *server, *front, *back;

    (void)state;
    server = gather_config("");
    front = gather_config("Default Web Site/PowerShell");
    back = gather_config("exchange back end/powershell");
    assert_int_equal(server->evidence.status, STATUS_OK);
    assert_int_equal(server->config.role, IIS_ROLE_SERVER);
    assert_non_null(iis_site_of(&server->config, "Exchange Back End"));
    assert_int_equal(front->evidence.status, STATUS_OK);
    assert_int_equal(front->config.role, IIS_ROLE_POWERSHELL_FRONT);
    assert_int_equal(back->evidence.status, STATUS_OK);
    assert_int_equal(back->config.role, IIS_ROLE_POWERSHELL_BACK);
    evidence_free(&server->evidence);
    evidence_free(&front->evidence);
    evidence_free(&back->evidence);
    check_config("Default Web Site/none", STATUS_NOT_FOUND, "no such application");
    check_config("None/PowerShell", STATUS_NOT_FOUND, "no such application");
    check_config("/", STATUS_NOT_FOUND, "no such application");
}

/* With shared configuration the file here has no say; with redirection that is off it has. */
static void shared_configurations_are_told(void **state)
{
    static const char path[] = CONFIG "redirection.config";

    (void)state;
    write_text(path, "<configuration><configurationRedirection enabled=\"true\" "
                     "path=\"\\\\server\\share\" /></configuration>");
    check_config("", STATUS_NOT_FOLLOWED, "redirection.config");
    check_config("Default Web Site/PowerShell", STATUS_NOT_FOLLOWED, "redirection.config");
    write_text(path, "<configuration><configurationRedirection enabled=\"false\" />"
                     "</configuration>");
    check_config("", STATUS_OK, NULL);
    write_text(path, "<configuration><configurationRedirection />");
    check_config("", STATUS_MALFORMED, "redirection.config");
    assert_int_equal(platform_file_remove(path), STATUS_OK);
    check_config("", STATUS_OK, NULL);
}

/* Of a configuration with this folder for its only application. */
static void check_folder(const char *folder, enum status status, const char *reason)
{
    struct arena memory = {0};

    write_text(CONFIG "applicationHost.config",
               arena_print(&memory,
                           "<configuration><system.applicationHost><sites><site name=\"S\" "
                           "id=\"1\"><application path=\"/PowerShell\"><virtualDirectory "
                           "path=\"/\" physicalPath=\"%s\" /></application></site></sites>"
                           "</system.applicationHost></configuration>",
                           folder));
    check_config("S/PowerShell", status, reason);
    arena_release(&memory);
}

/* Whatever folder the configuration names, it is this machine's, or not looked into. */
static void folders_are_followed_with_care(void **state)
{
    static const char path[] = CONFIG "applicationHost.config";
    char folder[SYSTEM_PATH_SIZE], kept[SYSTEM_PATH_SIZE + 8];

    (void)state;
    system_folder_new(folder);
    snprintf(kept, sizeof kept, "%s\\kept", folder);
    assert_int_equal(rename(path, kept), 0);
    check_folder("%ExchangeInstallPath%FrontEnd\\HttpProxy\\PowerShell", STATUS_OK, NULL);
    check_folder("%SystemDrive%\\Program Files\\Microsoft\\Exchange Server\\V15\\FrontEnd\\"
                 "HttpProxy\\PowerShell\\",
                 STATUS_OK, NULL);
    check_folder("%windir%\\system32", STATUS_NOT_FOUND, NULL);
    check_folder("Q:\\Exchange", STATUS_NOT_FOUND, NULL);
    check_folder("%NoSuchVariable%\\PowerShell", STATUS_NOT_FOLLOWED, "variable");
    check_folder("\\\\server\\share", STATUS_NOT_FOLLOWED, "another machine");
    check_folder("C:\\inetpub\\..\\x", STATUS_NOT_FOLLOWED, "out of its folder");
    check_folder("PowerShell", STATUS_NOT_FOLLOWED, "drive");
    check_folder("", STATUS_NOT_FOLLOWED, "drive");
    assert_int_equal(platform_file_remove(path), STATUS_OK);
    check_config("", STATUS_NOT_FOUND, "IIS is not installed");
    check_config("S/PowerShell", STATUS_NOT_FOUND, "IIS is not installed");
    write_text(path, "<configuration><system.applicationHost>");
    check_config("", STATUS_MALFORMED, "line 1");
    check_config("S/PowerShell", STATUS_MALFORMED, "applicationHost.config: line 1");
    assert_int_equal(platform_file_remove(path), STATUS_OK);
    assert_int_equal(rename(kept, path), 0);
    system_remove(folder);
}

static void check_feature(const struct windows_features *features, const char *name,
                          enum feature_state state)
{
    const struct windows_feature *feature =
        windows_feature_find(&features->list, FEATURE_OF_SERVER_MANAGER, name);

    assert_non_null(feature);
    assert_int_equal(feature->state, state);
}

/* What Server Manager has noted; numbers and types that nobody explains are unknown. */
static void features_are_told(void **state)
{
    const struct windows_features question = {.path = ""};
    struct evidence *item = evidence_new(&evidence_windows_features, &question.evidence);
    struct windows_features *features = (struct windows_features *)item;

    (void)state;
    gather_windows_features(item);
    assert_int_equal(item->status, STATUS_OK);
    assert_int_equal(features->list.count, 5);
    check_feature(features, "Web-Server", FEATURE_INSTALLED);
    check_feature(features, "WinRM-IIS-Ext", FEATURE_AVAILABLE);
    check_feature(features, "Web-Asp-Net", FEATURE_UNKNOWN);
    check_feature(features, "WrongType", FEATURE_UNKNOWN);
    check_feature(features, "WrongSize", FEATURE_UNKNOWN);
    evidence_free(item);
}

static struct installed_files *gather_file(const char *image)
{
    const struct installed_files question = {.path = "", .image = image};
    struct evidence *item = evidence_new(&evidence_installed_files, &question.evidence);

    gather_installed_files(item);
    return (struct installed_files *)item;
}

/* A DLL with its version; a text without; what is not there, nor its drive. */
static void files_are_looked_at(void **state)
{
    static const struct {
        const char *image;
        enum status status;
        enum file_presence presence;
        bool has_version;
    } cases[] = {{"%windir%\\system32\\kernel32.dll", STATUS_OK, FILE_PRESENT, true},
                 {"C:\\windows/system32/KERNEL32.dll", STATUS_OK, FILE_PRESENT, true},
                 {FRONT "web.config", STATUS_OK, FILE_PRESENT, false},
                 {"%ExchangeInstallPath%Bin\\none.dll", STATUS_OK, FILE_ABSENT, false},
                 {"C:\\windows\\system32", STATUS_OK, FILE_ABSENT, false},
                 {"Q:\\Exchange\\Bin\\kerbauth.dll", STATUS_OK, FILE_ABSENT, false},
                 {"\\\\server\\share\\kerbauth.dll", STATUS_NOT_FOLLOWED, FILE_UNKNOWN, false},
                 {"%NoSuchVariable%\\kerbauth.dll", STATUS_NOT_FOLLOWED, FILE_UNKNOWN, false},
                 {"kerbauth.dll", STATUS_NOT_FOLLOWED, FILE_UNKNOWN, false}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct installed_files *files = gather_file(cases[i].image);

        if (files->evidence.status != cases[i].status)
            fail_msg("%s: %s", cases[i].image, status_text(files->evidence.status));
        assert_int_equal(files->list.count, cases[i].status == STATUS_OK);
        if (files->list.count == 1) {
            assert_string_equal(files->list.files->path, cases[i].image);
            assert_int_equal(files->list.files->presence, cases[i].presence);
            assert_true((files->list.files->version != NULL) == cases[i].has_version);
            assert_true(files->list.files->has_size == (cases[i].presence == FILE_PRESENT));
        }
        evidence_free(&files->evidence);
    }
}

/* Where Exchange is, and what Windows it was before. */
static void setup_is_told(void **state)
{
    const struct windows_setup question = {.path = ""};
    struct evidence *item = evidence_new(&evidence_windows_setup, &question.evidence);
    const struct windows_setup *setup = (const struct windows_setup *)item;

    (void)state;
    gather_windows_setup(item);
    assert_int_equal(item->status, STATUS_OK);
    assert_string_equal(setup->computer, "EX19A.contoso.com");
    assert_string_equal(setup->exchange_path.text, EXCHANGE);
    assert_string_equal(setup->msi_path_15.text, EXCHANGE);
    assert_true(setup->msi_path_14.known);
    assert_null(setup->msi_path_14.text);
    assert_int_equal(setup->upgrade_count, 1);
    assert_string_equal(setup->upgrades->build, "9600");
    evidence_free(item);
}

/* Which certificates are bound, and which of the computer's there are. */
static void certificates_are_told(void **state)
{
    const struct bound_certificates question = {.path = ""};
    struct evidence *item = evidence_new(&evidence_bound_certificates, &question.evidence);
    const struct bound_certificates *all = (const struct bound_certificates *)item;
    const struct stored_certificate *stored;

    (void)state;
    gather_bound_certificates(item);
    assert_int_equal(item->status, STATUS_OK);
    assert_true(all->knows_bindings);
    assert_true(all->knows_store);
    assert_int_equal(all->binding_count, 3);
    for (size_t i = 0; i < all->binding_count; i++) {
        stored = stored_certificate_of(all, all->bindings[i].thumbprint);
        assert_non_null(stored);
        assert_true(stored->is_read);
        assert_true(stored->has_key);
        assert_string_equal(stored->subject,
                            all->bindings[i].port == 444 ? "CN=EX19A" : "CN=mail.contoso.com");
    }
    evidence_free(item);
}

/* Of all events those of web applications, as an export has them. */
static void events_are_grouped(void **state)
{
    const struct event_log_digest question = {.path = ""};
    struct evidence *item = evidence_new(&evidence_event_log, &question.evidence);
    const struct event_log_digest *log = (const struct event_log_digest *)item;

    (void)state;
    gather_event_log(item);
    assert_int_equal(item->status, STATUS_OK);
    assert_int_equal(log->host_group_count, 1);
    assert_int_equal(log->host_groups->event.kind, HOST_EVENT_MODULE_NOT_LOADED);
    assert_string_equal(log->host_groups->event.file, "E:\\Exchange\\Bin\\kerbauth.dll");
    assert_string_equal(log->host_groups->computer, "EX19A.contoso.com");
    assert_false(log->more_host);
    evidence_free(item);
    item = evidence_new(&evidence_event_log, &question.evidence);
    system_set_environment("EXDIAG_EVENTS", "error 5");
    gather_event_log(item);
    assert_int_equal(item->status, STATUS_DENIED);
    assert_non_null(strstr(item->reason, "administrator"));
    evidence_free(item);
}

/* No run waits long for the event logs of its own machine. */
static void silent_logs_hold_nobody_up(void **state)
{
    enum { MOST = 20000000 /* microseconds */ };
    const struct event_log_digest question = {.path = ""};
    struct evidence *item = evidence_new(&evidence_event_log, &question.evidence);
    int64_t began = platform_monotonic_clock();

    (void)state;
    system_set_environment("EXDIAG_EVENTS", "silence");
    gather_event_log(item);
    assert_true(platform_monotonic_clock() - began < MOST);
    assert_int_equal(item->status, STATUS_TIMED_OUT);
    assert_non_null(strstr(item->reason, "Windows Event Log"));
    evidence_free(item);
}

int main(void)
{
    const struct CMUnitTest anywhere[] = {
        cmocka_unit_test(places_have_keys_of_their_own),
        cmocka_unit_test(places_are_kept),
        cmocka_unit_test(places_are_redacted),
        cmocka_unit_test(events_are_asked_for_by_provider),
    };
    const struct CMUnitTest elsewhere[] = {
        cmocka_unit_test(other_systems_say_so),
        cmocka_unit_test(nothing_is_made_up),
    };
    const struct CMUnitTest there[] = {
        cmocka_unit_test(configurations_are_read),
        cmocka_unit_test(shared_configurations_are_told),
        cmocka_unit_test(folders_are_followed_with_care),
        cmocka_unit_test(features_are_told),
        cmocka_unit_test(files_are_looked_at),
        cmocka_unit_test(setup_is_told),
        cmocka_unit_test(certificates_are_told),
        cmocka_unit_test(events_are_grouped),
        cmocka_unit_test(silent_logs_hold_nobody_up),
    };
    int failed;

    if (platform_init() != STATUS_OK)
        return 1;
    failed = cmocka_run_group_tests(anywhere, NULL, NULL);
    if (!is_windows())
        failed += cmocka_run_group_tests(elsewhere, NULL, NULL);
    else if (platform_environment("EXDIAG_MACHINE"))
        failed += cmocka_run_group_tests(there, NULL, NULL);
    return failed;
}
