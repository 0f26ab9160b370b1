#include "tests/unit/unit.h"

#include "diag/evidence/redact.h"
#include "diag/evidence/ticket.h"
#include "diag/json.h"

#include <stdio.h>
#include <string.h>

static const struct ticket_answer question = {
    .address = {.ip = {IP_V4, {192, 0, 2, 10}}, .port = 88},
    .realm = "CONTOSO.COM",
    .spn = "SMTPSVC/mail.contoso.com",
};

static struct evidence *make(struct evidence_store *store)
{
    struct evidence *item = evidence_store_add(store, &evidence_ticket, &question.evidence);
    struct ticket_answer *answer = (struct ticket_answer *)item;

    answer->error_code = 37;
    answer->encryption = -133;
    answer->server_time = INT64_C(1795365394859874);
    answer->cross = "FABRIKAM.COM";
    item->reason = "Clock skew too great while getting SMTPSVC/mail.contoso.com";
    item->settled = true;
    return item;
}

static void test_key(void **state)
{
    struct evidence_store *store = evidence_store_new();
    struct ticket_answer other = question;

    (void)state;
    assert_string_equal(make(store)->key,
                        "ticket SMTPSVC/mail.contoso.com@CONTOSO.COM from 192.0.2.10:88");
    assert_non_null(evidence_store_find(store, &evidence_ticket, &other.evidence));
    other.spn = "SMTP/mail.contoso.com";
    assert_null(evidence_store_find(store, &evidence_ticket, &other.evidence));
    other = question;
    other.realm = "FABRIKAM.COM";
    assert_null(evidence_store_find(store, &evidence_ticket, &other.evidence));
    other = question;
    other.address.port = 89;
    assert_null(evidence_store_find(store, &evidence_ticket, &other.evidence));
    evidence_store_free(store);
}

static void test_file(void **state)
{
    static const char *const needed[] = {"address", "realm", "spn"};
    struct evidence_store *store = evidence_store_new(), *copy = evidence_store_new();
    json_t *object = evidence_to_json(make(store));
    const struct ticket_answer *got;

    (void)state;
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        json_t *damaged = json_copy(object);

        json_object_del(damaged, needed[i]);
        assert_int_equal(evidence_from_json(copy, damaged), STATUS_MALFORMED);
        json_decref(damaged);
    }
    assert_int_equal(evidence_from_json(copy, object), STATUS_OK);
    got = (const struct ticket_answer *)evidence_store_first(copy);
    assert_int_equal(got->error_code, 37);
    assert_int_equal(got->encryption, -133);
    assert_true(got->server_time == INT64_C(1795365394859874));
    assert_string_equal(got->cross, "FABRIKAM.COM");
    assert_string_equal(got->spn, question.spn);
    evidence_store_free(copy);
    copy = evidence_store_new();
    json_object_set_new(object, "error_code", json_integer(INT64_C(1) << 40));
    json_object_set_new(object, "server_time_us", json_integer(-1));
    assert_int_equal(evidence_from_json(copy, object), STATUS_OK);
    got = (const struct ticket_answer *)evidence_store_first(copy);
    assert_int_equal(got->error_code, 0);
    assert_true(got->server_time == 0);
    json_decref(object);
    evidence_store_free(store);
    evidence_store_free(copy);
}

static void test_redact(void **state)
{
    static const unsigned char key[REDACTOR_KEY_SIZE] = {7};
    struct redactor *redactor = redactor_new(key);
    struct evidence_store *store = evidence_store_new(), *copies = evidence_store_new();
    struct evidence *copy;
    const struct ticket_answer *got;
    struct arena memory = {0};
    char expected[128];

    (void)state;
    assert_int_equal(evidence_add_redacted(copies, make(store), redactor, &copy), STATUS_OK);
    got = (const struct ticket_answer *)copy;
    snprintf(expected, sizeof expected, "SMTPSVC/%s",
             redact_name_copy(redactor, "mail.contoso.com", &memory));
    assert_string_equal(got->spn, expected);
    assert_string_equal(got->realm, redact_name_copy(redactor, "CONTOSO.COM", &memory));
    assert_string_equal(got->cross, redact_name_copy(redactor, "FABRIKAM.COM", &memory));
    assert_null(copy->reason);
    assert_int_equal(got->error_code, 37);
    arena_release(&memory);
    redactor_free(redactor);
    evidence_store_free(store);
    evidence_store_free(copies);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_redact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
