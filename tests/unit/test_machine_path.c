/* Whose evidence a path asks for, and what becomes of that name in evidence. */
#include "tests/unit/unit.h"

#include "diag/evidence/bound_certificates.h"
#include "diag/evidence/event_log.h"
#include "diag/evidence/iis_config.h"
#include "diag/evidence/installed_files.h"
#include "diag/evidence/machine.h"
#include "diag/evidence/redact.h"
#include "diag/evidence/registry.h"
#include "diag/evidence/time_settings.h"
#include "diag/evidence/windows_features.h"
#include "diag/evidence/windows_setup.h"
#include "diag/read/machine_path.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* Two backslashes and a name are a machine's, nothing is the one at hand. */
static void machines_are_told_from_files(void **state)
{
    static const struct {
        const char *path;
        const char *machine;
    } cases[] = {{"", ""},
                 {"\\\\ex02.contoso.com", "ex02.contoso.com"},
                 {"\\\\EX02", "EX02"},
                 {"\\\\192.0.2.7", "192.0.2.7"},
                 {"\\\\2001:db8::1", "2001:db8::1"},
                 {"\\\\::1", "::1"},
                 {"\\\\", NULL},
                 {"\\\\.", NULL},
                 {"\\\\?", NULL},
                 {"\\\\.\\C:", NULL},
                 {"\\\\..", NULL},
                 {"\\\\-x", NULL},
                 {"\\\\ex02\\share\\web.config", NULL},
                 {"\\\\ex02\\", NULL},
                 {"\\\\\\ex02", NULL},
                 {"\\\\ex02 b", NULL},
                 {"\\\\ex02/b", NULL},
                 {"\\\\ex02@SSL", NULL},
                 {"\\\\\xc3\x84", NULL},
                 {"\\ex02", NULL},
                 {"ex02", NULL},
                 {"//ex02", NULL},
                 {"C:\\web.config", NULL}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *machine = machine_in_path(cases[i].path);

        if (!machine != !cases[i].machine || (machine && strcmp(machine, cases[i].machine) != 0))
            fail_msg("%s: taken for %s", cases[i].path, machine ? machine : "a file");
    }
}

/* A name is no longer than names in DNS are. */
static void names_are_bounded(void **state)
{
    char path[2 + MACHINE_NAME_MOST + 2] = "\\\\";

    (void)state;
    memset(path + 2, 'x', MACHINE_NAME_MOST);
    assert_non_null(machine_in_path(path));
    path[2 + MACHINE_NAME_MOST] = 'x';
    assert_null(machine_in_path(path));
}

#define HOST "\\\\ex02.contoso.com"

static const struct registry_answer a_registry = {
    .path = HOST, .key = "SOFTWARE\\Microsoft\\ExchangeServer\\v15\\Setup"};
static const struct time_settings a_clock = {.path = HOST};
static const struct event_log_digest a_log = {.path = HOST};
static const struct iis_config_file a_server = {.path = HOST, .place = ""},
                                    a_web = {.path = HOST, .place = "Default Web Site/PowerShell"};
static const struct installed_files a_file = {.path = HOST, .image = "C:\\Windows\\x.dll"};
static const struct windows_features a_feature = {.path = HOST};
static const struct windows_setup a_setup = {.path = HOST};
static const struct machine_identity a_machine = {.path = HOST};
static const struct bound_certificates a_certificate = {.path = HOST};

static const struct {
    const struct evidence_kind *kind;
    const struct evidence *question;
    const char *description;
} questions[] = {
    {&evidence_registry, &a_registry.evidence,
     "ex02.contoso.com's registry: HKLM\\SOFTWARE\\Microsoft\\ExchangeServer\\v15\\Setup"},
    {&evidence_time_settings, &a_clock.evidence, "ex02.contoso.com's registry and services"},
    {&evidence_event_log, &a_log.evidence, "ex02.contoso.com's event logs"},
    {&evidence_iis_config, &a_server.evidence, "ex02.contoso.com's applicationHost.config"},
    {&evidence_iis_config, &a_web.evidence,
     "ex02.contoso.com's web.config of Default Web Site/PowerShell"},
    {&evidence_installed_files, &a_file.evidence, "ex02.contoso.com: C:\\Windows\\x.dll"},
    {&evidence_windows_features, &a_feature.evidence, "ex02.contoso.com's features"},
    {&evidence_windows_setup, &a_setup.evidence, "ex02.contoso.com's registry"},
    {&evidence_machine, &a_machine.evidence, "ex02.contoso.com"},
    {&evidence_bound_certificates, &a_certificate.evidence, "ex02.contoso.com's certificates"},
};

static void each_says_whose_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(questions); i++) {
        struct evidence *item = evidence_new(questions[i].kind, questions[i].question);
        struct buffer text;

        buffer_init(&text, 1000);
        questions[i].kind->describe(item, &text);
        assert_string_equal(text.text, questions[i].description);
        buffer_release(&text);
        evidence_free(item);
    }
}

static struct evidence *reload(struct evidence_store *store, size_t question)
{
    struct evidence_store *made = evidence_store_new();
    struct evidence *item =
        evidence_store_add(made, questions[question].kind, questions[question].question);
    json_t *object;

    evidence_fail(item, STATUS_UNREACHABLE, NULL);
    object = evidence_to_json(item);
    assert_int_equal(evidence_from_json(store, object), STATUS_OK);
    json_decref(object);
    evidence_store_free(made);
    return evidence_store_find(store, questions[question].kind, questions[question].question);
}

/* A saved run answers for each machine apart. */
static void each_is_kept_by_machine(void **state)
{
    struct evidence_store *store = evidence_store_new();

    (void)state;
    for (size_t i = 0; i < COUNT(questions); i++) {
        const struct evidence *item = reload(store, i);

        assert_non_null(item);
        assert_int_equal(item->status, STATUS_UNREACHABLE);
        assert_non_null(strstr(item->key, HOST));
    }
    assert_int_equal(evidence_store_count(store), COUNT(questions));
    evidence_store_free(store);
}

/* Redacted, the machine is the one of everywhere else, and still a machine. */
static void each_is_redacted(void **state)
{
    static const unsigned char secret[REDACTOR_KEY_SIZE] = {1};
    struct redactor *redactor = redactor_new(secret);
    struct evidence_store *store = evidence_store_new(), *clean = evidence_store_new();
    struct arena memory = {0};
    const char *name = redact_name_copy(redactor, "ex02.contoso.com", &memory);

    (void)state;
    for (size_t i = 0; i < COUNT(questions); i++) {
        struct evidence *copy = NULL;

        assert_int_equal(evidence_add_redacted(clean, reload(store, i), redactor, &copy),
                         STATUS_OK);
        assert_null(strstr(copy->key, "contoso"));
        assert_non_null(strstr(copy->key, arena_print(&memory, "\\\\%s", name)));
    }
    arena_release(&memory);
    evidence_store_free(clean);
    evidence_store_free(store);
    redactor_free(redactor);
}

/* The pseudonym of an address may be longer than that is, and is one. */
static void addresses_are_redacted(void **state)
{
    static const unsigned char secret[REDACTOR_KEY_SIZE] = {2};
    struct redactor *redactor = redactor_new(secret);
    struct arena memory = {0};
    const char *path = redact_path_copy(redactor, "\\\\2a00::1", &memory);

    (void)state;
    assert_non_null(machine_in_path(path));
    assert_string_equal(machine_in_path(path), redact_name_copy(redactor, "2a00::1", &memory));
    assert_string_not_equal(machine_in_path(path), "2a00::1");
    arena_release(&memory);
    redactor_free(redactor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(machines_are_told_from_files),
        cmocka_unit_test(names_are_bounded),
        cmocka_unit_test(each_says_whose_it_is),
        cmocka_unit_test(each_is_kept_by_machine),
        cmocka_unit_test(each_is_redacted),
        cmocka_unit_test(addresses_are_redacted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
