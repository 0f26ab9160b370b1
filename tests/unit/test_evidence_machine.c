/* Who a machine is: kept exactly by a file of evidence, and redacted. */
#include "diag/evidence/machine.h"
#include "diag/evidence/redact.h"
#include "diag/gather/machine_identity.h"
#include "diag/json.h"
#include "diag/platform.h"
#include "diag/text.h"
#include "tests/unit/unit.h"

#include <string.h>

static struct evidence *new_machine(const char *path)
{
    const struct machine_identity question = {.path = path};
    struct evidence *item = evidence_new(&evidence_machine, &question.evidence);
    struct buffer key;

    buffer_init(&key, 1000);
    evidence_machine.write_key(item, &key);
    item->key = buffer_keep(&key, &item->memory);
    return item;
}

static struct machine_identity *made_machine(void)
{
    struct machine_identity *machine = (struct machine_identity *)new_machine("");

    machine->evidence.settled = true;
    machine->name = "EX01.contoso.com";
    machine->netbios = "EX01";
    machine->domain = "contoso.com";
    machine->netbios_domain = "CONTOSO";
    machine->forest = "contoso.com";
    machine->membership = MACHINE_MEMBERSHIP_DOMAIN;
    machine->role = MACHINE_ROLE_MEMBER_SERVER;
    machine->elevation = MACHINE_ELEVATION_NO;
    machine->facts = (struct machine_facts){
        .role = MACHINE_ROLE_SERVER,
        .product = "Windows Server 2019 Standard",
        .build = "17763.5458",
        .host = "EX01",
        .suffix = "contoso.com",
        .netbios = "EX01",
        .maker = "Microsoft Corporation",
        .model = "Virtual Machine",
        .hyper_v = "hv1.contoso.com",
        .hardware = MACHINE_HARDWARE_HYPER_V,
        .exchange = MACHINE_EXCHANGE_SERVER,
    };
    return machine;
}

/* The first of the store. */
static const struct machine_identity *first_of(const struct evidence_store *store)
{
    const struct evidence *item = evidence_store_first(store);

    assert_non_null(item);
    return (const struct machine_identity *)item;
}

static void a_file_keeps_it(void **state)
{
    struct evidence_store *store = evidence_store_new();
    struct machine_identity *machine = made_machine();
    json_t *object = evidence_to_json(&machine->evidence);
    const struct machine_identity *back;

    (void)state;
    assert_int_equal(evidence_from_json(store, object), STATUS_OK);
    json_decref(object);
    back = first_of(store);
    assert_string_equal(back->path, "");
    assert_string_equal(back->name, "EX01.contoso.com");
    assert_string_equal(back->netbios_domain, "CONTOSO");
    assert_null(back->workgroup);
    assert_int_equal(back->membership, MACHINE_MEMBERSHIP_DOMAIN);
    assert_int_equal(back->role, MACHINE_ROLE_MEMBER_SERVER);
    assert_int_equal(back->elevation, MACHINE_ELEVATION_NO);
    assert_int_equal(back->facts.role, MACHINE_ROLE_SERVER);
    assert_int_equal(back->facts.hardware, MACHINE_HARDWARE_HYPER_V);
    assert_int_equal(back->facts.exchange, MACHINE_EXCHANGE_SERVER);
    assert_string_equal(back->facts.build, "17763.5458");
    assert_string_equal(back->facts.hyper_v, "hv1.contoso.com");
    evidence_free(&machine->evidence);
    evidence_store_free(store);
}

/* Names become what they are everywhere; what kind of machine it is stays. */
static void it_is_redacted(void **state)
{
    static const unsigned char key[REDACTOR_KEY_SIZE] = {1};
    struct redactor *redactor = redactor_new(key);
    struct machine_identity *machine = made_machine();
    struct arena arena = {0};
    const char *name = redact_name_copy(redactor, "ex01.contoso.com", &arena);

    (void)state;
    evidence_machine.redact(&machine->evidence, redactor);
    assert_string_equal(machine->path, "");
    assert_true(text_equal_fold(machine->name, name));
    assert_null(strstr(machine->domain, "contoso"));
    assert_null(strstr(machine->facts.hyper_v, "contoso"));
    assert_string_equal(machine->facts.product, "Windows Server 2019 Standard");
    assert_string_equal(machine->facts.maker, "Microsoft Corporation");
    arena_release(&arena);
    redactor_free(redactor);
    evidence_free(&machine->evidence);
}

/* Words of later versions, wrong types and endless texts are not known; without a path it is none.
 */
static void odd_files(void **state)
{
    static const char *const texts[] = {
        "{\"key\":\"machine \",\"status\":\"ok\",\"path\":\"\",\"role\":\"king\",\"elevated\":7}",
        "{\"key\":\"machine \",\"status\":\"ok\",\"path\":\"\",\"name\":{},\"registry\":[]}",
        "{\"key\":\"machine \",\"status\":\"ok\",\"path\":\"\",\"registry\":{\"hardware\":\"\"}}",
        "{\"key\":\"machine \",\"status\":\"ok\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_t *object = json_loads(texts[i], 0, NULL);
        const struct machine_identity *machine;
        struct evidence_store *store = evidence_store_new();
        enum status status = evidence_from_json(store, object);

        json_decref(object);
        assert_true((status == STATUS_OK) == (strstr(texts[i], "path") != NULL));
        if (status != STATUS_OK) {
            evidence_store_free(store);
            continue;
        }
        machine = first_of(store);
        assert_int_equal(machine->role, MACHINE_ROLE_UNKNOWN);
        assert_int_equal(machine->elevation, MACHINE_ELEVATION_UNKNOWN);
        assert_int_equal(machine->facts.hardware, MACHINE_HARDWARE_UNKNOWN);
        assert_null(machine->name);
        evidence_store_free(store);
    }
}

/* Anything but Windows says so; a Windows knows itself. */
static void the_machine_at_hand(void **state)
{
    struct machine_identity *machine = (struct machine_identity *)new_machine("");
    struct platform_machine told;

    (void)state;
    gather_machine(&machine->evidence);
    assert_true(machine->evidence.settled);
    if (platform_machine("", &told) == STATUS_NOT_SUPPORTED) {
        assert_int_equal(machine->evidence.status, STATUS_NOT_SUPPORTED);
    } else {
        assert_int_equal(machine->evidence.status, STATUS_OK);
        assert_non_null(machine->name);
        assert_non_null(machine->netbios);
        assert_int_not_equal(machine->elevation, MACHINE_ELEVATION_UNKNOWN);
    }
    evidence_free(&machine->evidence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_keeps_it),
        cmocka_unit_test(it_is_redacted),
        cmocka_unit_test(odd_files),
        cmocka_unit_test(the_machine_at_hand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
