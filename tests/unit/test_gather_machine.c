/*
 * What is fetched of the machine at hand. Where that is not Windows every answer says so; under
 * Wine tests/windows/machine.sh lays out a server of Exchange first, and says with EXDIAG_MACHINE
 * that it did.
 */
#include "diag/evidence/redact.h"
#include "diag/gather/iis_config.h"
#include "diag/gather/machine.h"
#include "diag/gather/machine_events.h"
#include "diag/gather/machine_features.h"
#include "diag/gather/machine_files.h"
#include "diag/platform.h"
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
    status = platform_system_folder(&folder);
    buffer_release(&folder);
    return status == STATUS_OK;
}

/* Elsewhere there is no IIS to ask, which is not the same as IIS that is not installed. */
static void other_systems_say_so(void **state)
{
    struct iis_config_file *server, *web;

    (void)state;
    if (is_windows())
        skip();
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
    if (is_windows())
        skip();
    assert_int_equal(machine_features_read(&arena, &features, &reason), STATUS_NOT_SUPPORTED);
    assert_int_equal(features.count, 0);
    assert_int_equal(machine_files_look("/etc/passwd", &arena, &files, &reason),
                     STATUS_NOT_SUPPORTED);
    assert_int_equal(files.count, 0);
    assert_int_equal(machine_events_read(wishes, see_no_event, NULL, &account, &more, &reason),
                     STATUS_NOT_SUPPORTED);
    assert_int_equal(machine_path(NULL, "C:\\web.config", &arena, &path, &reason),
                     STATUS_NOT_SUPPORTED);
    assert_null(reason);
    arena_release(&arena);
}

/* ---- the question for events ---- */

/* Of each provider one Select a log, with all of its ids; no more is asked for than 30 days. */
static void events_are_asked_for_by_provider(void **state)
{
    static const struct event_wish wishes[] = {
        {"Microsoft-Windows-WAS", 5002}, {"Some", 7}, {"Microsoft-Windows-WAS", 5009}, {NULL, 0}};
    struct buffer query;

    (void)state;
    buffer_init(&query, MACHINE_EVENTS_QUERY_MOST);
    machine_events_query(wishes, &query);
    assert_string_equal(
        query.text,
        "<QueryList><Query Id=\"0\">"
        "<Select Path=\"System\">*[System[Provider[@Name='Microsoft-Windows-WAS'] and "
        "(EventID=5002 or EventID=5009) and TimeCreated[timediff(@SystemTime) &lt;= "
        "2592000000]]]</Select>"
        "<Select Path=\"Application\">*[System[Provider[@Name='Microsoft-Windows-WAS'] and "
        "(EventID=5002 or EventID=5009) and TimeCreated[timediff(@SystemTime) &lt;= "
        "2592000000]]]</Select>"
        "<Select Path=\"System\">*[System[Provider[@Name='Some'] and (EventID=7) and "
        "TimeCreated[timediff(@SystemTime) &lt;= 2592000000]]]</Select>"
        "<Select Path=\"Application\">*[System[Provider[@Name='Some'] and (EventID=7) and "
        "TimeCreated[timediff(@SystemTime) &lt;= 2592000000]]]</Select>"
        "</Query></QueryList>");
    assert_false(query.truncated);
    buffer_release(&query);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_systems_say_so), cmocka_unit_test(places_have_keys_of_their_own),
        cmocka_unit_test(places_are_kept),      cmocka_unit_test(places_are_redacted),
        cmocka_unit_test(nothing_is_made_up),   cmocka_unit_test(events_are_asked_for_by_provider),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
