#include "tests/unit/unit.h"

#include "diag/evidence/directory_redact.h"
#include "diag/evidence/smtp_logon.h"
#include "diag/json.h"

#include <stdlib.h>
#include <string.h>

static const struct smtp_logon question = {
    .address = {.ip = {IP_V4, {192, 0, 2, 25}}, .port = 25},
    .kdc = {.ip = {IP_V4, {192, 0, 2, 10}}, .port = 88},
    .realm = "CONTOSO.COM",
    .spn = "SMTPSVC/mail.contoso.com",
};

static struct evidence *make(struct evidence_store *store)
{
    struct evidence *item = evidence_store_add(store, &evidence_smtp_logon, &question.evidence);
    struct smtp_logon *logon = (struct smtp_logon *)item;

    logon->step = SMTP_LOGON_TOKENS;
    logon->caller = "EX02$@CONTOSO.COM";
    logon->error_code = -37;
    logon->server_time = INT64_C(1795365394859874);
    logon->mechanism = "AUTH GSSAPI";
    logon->over_tls = true;
    logon->over_anonymous_tls = true;
    logon->code = 535;
    logon->enhanced = "5.7.8";
    item->reason = "no key for SMTPSVC/mail.contoso.com";
    item->settled = true;
    return item;
}

static void test_key(void **state)
{
    struct evidence_store *store = evidence_store_new();
    struct smtp_logon others[] = {question, question, question, question};

    (void)state;
    assert_string_equal(
        make(store)->key,
        "smtp-logon 192.0.2.25 by SMTPSVC/mail.contoso.com@CONTOSO.COM from 192.0.2.10");
    assert_non_null(evidence_store_find(store, &evidence_smtp_logon, &question.evidence));
    others[0].spn = "SMTP/mail.contoso.com";
    others[1].realm = "FABRIKAM.COM";
    others[2].address.port = 587;
    others[3].kdc.port = 89;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_null(evidence_store_find(store, &evidence_smtp_logon, &others[i].evidence));
    evidence_store_free(store);
}

static void test_file(void **state)
{
    static const char *const needed[] = {"address", "kdc", "realm", "spn", "step"};
    struct evidence_store *store = evidence_store_new(), *copy = evidence_store_new();
    json_t *object = evidence_to_json(make(store));
    const struct smtp_logon *got;

    (void)state;
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        json_t *damaged = json_copy(object);

        json_object_del(damaged, needed[i]);
        assert_int_equal(evidence_from_json(copy, damaged), STATUS_MALFORMED);
        json_object_set_new(damaged, needed[i], json_string("?:?"));
        if (strcmp(needed[i], "realm") != 0 && strcmp(needed[i], "spn") != 0)
            assert_int_equal(evidence_from_json(copy, damaged), STATUS_MALFORMED);
        json_decref(damaged);
    }
    assert_int_equal(evidence_from_json(copy, object), STATUS_OK);
    got = (const struct smtp_logon *)evidence_store_first(copy);
    assert_true(net_address_equal(&got->address, &question.address));
    assert_true(net_address_equal(&got->kdc, &question.kdc));
    assert_string_equal(got->realm, question.realm);
    assert_string_equal(got->spn, question.spn);
    assert_int_equal(got->step, SMTP_LOGON_TOKENS);
    assert_string_equal(got->caller, "EX02$@CONTOSO.COM");
    assert_int_equal(got->error_code, -37);
    assert_true(got->server_time == INT64_C(1795365394859874));
    assert_string_equal(got->mechanism, "AUTH GSSAPI");
    assert_true(got->over_tls);
    assert_true(got->over_anonymous_tls);
    assert_int_equal(got->code, 535);
    assert_string_equal(got->enhanced, "5.7.8");
    json_decref(object);
    evidence_store_free(store);
    evidence_store_free(copy);
}

/* Numbers out of range and words of others are as if they were not there. */
static void test_file_of_others(void **state)
{
    struct evidence_store *store = evidence_store_new(), *copy = evidence_store_new();
    json_t *object = evidence_to_json(make(store));
    const struct smtp_logon *got;

    (void)state;
    json_object_set_new(object, "error_code", json_integer(INT64_C(1) << 40));
    json_object_set_new(object, "server_time_us", json_integer(-1));
    json_object_set_new(object, "mechanism", json_string("AUTH PLAIN"));
    json_object_set_new(object, "code", json_integer(600));
    assert_int_equal(evidence_from_json(copy, object), STATUS_OK);
    got = (const struct smtp_logon *)evidence_store_first(copy);
    assert_int_equal(got->error_code, 0);
    assert_true(got->server_time == 0);
    assert_null(got->mechanism);
    assert_int_equal(got->code, 0);
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
    const struct smtp_logon *got;
    json_t *object;
    char *text;

    (void)state;
    assert_int_equal(evidence_add_redacted(copies, make(store), redactor, &copy), STATUS_OK);
    got = (const struct smtp_logon *)copy;
    object = evidence_to_json(copy);
    text = json_dumps(object, 0);
    assert_null(strstr(text, "ontoso"));
    assert_null(strstr(text, "CONTOSO"));
    assert_null(strstr(text, "EX02"));
    assert_false(net_address_equal(&got->address, &question.address));
    assert_false(net_address_equal(&got->kdc, &question.kdc));
    assert_null(copy->reason);
    assert_non_null(strchr(got->caller, '$')); /* that it is a computer's account tells */
    assert_int_equal(got->code, 535);
    assert_string_equal(got->enhanced, "5.7.8");
    free(text);
    json_decref(object);
    redactor_free(redactor);
    evidence_store_free(store);
    evidence_store_free(copies);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_file_of_others),
        cmocka_unit_test(test_redact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
