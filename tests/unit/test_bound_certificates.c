/* Certificates that are bound and stored: gathered of a registry, kept exactly, redacted. */
#include "diag/evidence/redact.h"
#include "diag/gather/bound_certificates.h"
#include "tests/unit/certificate.h"
#include "tests/unit/round.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char file_path[] = EXDIAG_BINARY "/test_bound_certificates.data";

#define REG   "Windows Registry Editor Version 5.00\r\n\r\n"
#define HTTP  "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\HTTP\\Parameters"
#define MY    "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\SystemCertificates\\MY"
#define BOUND "[" HTTP "\\SslBindingInfo\\"

#define THUMBPRINT CERTIFICATE_THUMBPRINT
#define HASH       "9e,17,d3,59,d3,f7,8f,c5,d3,f0,f3,58,9a,74,81,a2,29,62,6f,f8"
#define KEY        "02,00,00,00,01,00,00,00,04,00,00,00,18,00,00,00,"
#define DER        "20,00,00,00,01,00,00,00,78,01,00,00," CERTIFICATE_HEX

/* Of another certificate. */
#define OTHER      "0102030405060708090a0b0c0d0e0f1011121314"
#define OTHER_HASH "01,02,03,04,05,06,07,08,09,0a,0b,0c,0d,0e,0f,10,11,12,13,14"

#define STORED(thumbprint, bytes)                                                                  \
    "[" MY "\\Certificates\\" thumbprint "]\r\n\"Blob\"=hex:" bytes "\r\n\r\n"

static const char registry[] =
    REG "[" HTTP "]\r\n\r\n[" HTTP "\\SslBindingInfo]\r\n\r\n" BOUND "0.0.0.0:444]\r\n"
        "\"AppId\"=hex:81,e1,c3,4d,1b,a2,21,4b,b0,22,59,fc,66,9b,09,14\r\n"
        "\"SslCertHash\"=hex:" HASH "\r\n\"SslCertStoreName\"=\"MY\"\r\n\r\n" BOUND
        "10.1.2.3:443]\r\n\"SslCertHash\"=hex:" OTHER_HASH "\r\n\r\n" BOUND
        "[::]:8443]\r\n\"SslCertHash\"=hex:01,02\r\n\"SslCertStoreName\"=\"Kiosk\"\r\n\r\n"
        "[" HTTP "\\SslSniBindingInfo]\r\n\r\n[" HTTP
        "\\SslSniBindingInfo\\mail.contoso.com:443]\r\n\"SslCertHash\"=hex:" OTHER_HASH
        "\r\n\r\n[" MY "]\r\n\r\n[" MY "\\Certificates]\r\n\r\n";

/* ---- items ---- */

static void write_all(const char *const *texts)
{
    FILE *file = fopen(file_path, "wb");

    assert_non_null(file);
    for (; *texts; texts++)
        fputs(*texts, file);
    assert_int_equal(fclose(file), 0);
}

static int remove_file(void **state)
{
    (void)state;
    remove(file_path);
    return 0;
}

static struct evidence *gather(const char *path)
{
    const struct bound_certificates question = {.path = path};
    struct evidence *item = evidence_new(&evidence_bound_certificates, &question.evidence);
    struct buffer key;

    gather_bound_certificates(item);
    assert_true(item->settled);
    buffer_init(&key, 4096);
    item->kind->write_key(item, &key);
    item->key = buffer_keep(&key, &item->memory);
    return item;
}

static const struct bound_certificates *of(const struct evidence *item)
{
    return (const struct bound_certificates *)item;
}

static struct evidence *gather_texts(const char *first, const char *second)
{
    const char *const texts[] = {first, second, NULL};

    write_all(texts);
    return gather(file_path);
}

/* ---- tests ---- */

static void test_bindings(void **state)
{
    struct evidence *item = gather_texts(registry, "");
    const struct certificate_binding *list = of(item)->bindings;

    (void)state;
    assert_int_equal(item->status, STATUS_OK);
    assert_true(of(item)->knows_bindings);
    assert_int_equal(of(item)->binding_count, 4);
    assert_string_equal(list[0].endpoint, "0.0.0.0:444");
    assert_int_equal(list[0].port, 444);
    assert_string_equal(list[0].thumbprint, THUMBPRINT);
    assert_string_equal(list[0].store, "MY");
    assert_string_equal(list[1].endpoint, "10.1.2.3:443");
    assert_string_equal(list[1].thumbprint, OTHER);
    assert_string_equal(list[1].store, "MY");
    assert_string_equal(list[2].endpoint, "[::]:8443");
    assert_string_equal(list[2].thumbprint, "");
    assert_string_equal(list[2].store, "Kiosk");
    assert_false(list[2].is_by_name);
    assert_string_equal(list[3].endpoint, "mail.contoso.com:443");
    assert_int_equal(list[3].port, 443);
    assert_true(list[3].is_by_name);
    assert_true(of(item)->knows_store);
    assert_int_equal(of(item)->certificate_count, 0);
    check_round(item);
    evidence_free(item);
}

static void test_store(void **state)
{
    struct evidence *item = gather_texts(registry, STORED(THUMBPRINT, KEY DER));
    const struct stored_certificate *certificate = stored_certificate_of(of(item), THUMBPRINT);

    (void)state;
    assert_int_equal(of(item)->certificate_count, 1);
    assert_non_null(certificate);
    assert_true(certificate->is_read);
    assert_true(certificate->has_key);
    assert_string_equal(certificate->subject, "CN=EX01");
    assert_int_equal(certificate->not_before, INT64_C(1704888000000));
    assert_int_equal(certificate->not_after, INT64_C(1862654400000));
    assert_null(stored_certificate_of(of(item), OTHER));
    check_round(item);
    evidence_free(item);
}

static void test_no_key(void **state)
{
    struct evidence *item = gather_texts(registry, STORED(THUMBPRINT, DER));

    (void)state;
    assert_true(of(item)->certificates[0].is_read);
    assert_false(of(item)->certificates[0].has_key);
    check_round(item);
    evidence_free(item);
}

/* It is there, and nothing is known of it: garbage, another's certificate, bytes behind it. */
static void test_unreadable(void **state)
{
    static const char *const stored[] = {STORED(THUMBPRINT, "20,00"), STORED(OTHER, KEY DER),
                                         STORED(THUMBPRINT, KEY DER ",00")};

    (void)state;
    for (size_t i = 0; i < sizeof stored / sizeof *stored; i++) {
        struct evidence *item = gather_texts(registry, stored[i]);

        assert_int_equal(of(item)->certificate_count, 1);
        assert_false(of(item)->certificates[0].is_read);
        assert_true(of(item)->knows_store);
        check_round(item);
        evidence_free(item);
    }
}

/* What is not there is only known not to be where the key above it is. */
static void test_parts(void **state)
{
    static const char part[] = REG BOUND "0.0.0.0:444]\r\n\"SslCertHash\"=hex:" HASH "\r\n";
    struct evidence *item = gather_texts(part, "");

    (void)state;
    assert_int_equal(item->status, STATUS_OK);
    assert_int_equal(of(item)->binding_count, 1);
    assert_false(of(item)->knows_bindings);
    assert_false(of(item)->knows_store);
    check_round(item);
    evidence_free(item);
    item = gather_texts(part, "\r\n[" HTTP "\\SslSniBindingInfo]\r\n");
    assert_int_equal(of(item)->binding_count, 1);
    assert_false(of(item)->knows_bindings);
    evidence_free(item);
    item = gather_texts(REG "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Other]\r\n\"a\"=\"b\"\r\n", "");
    assert_int_equal(item->status, STATUS_NOT_FOUND);
    evidence_free(item);
    item = gather_texts("nothing of the kind\r\n", "");
    assert_int_equal(item->status, STATUS_INVALID);
    evidence_free(item);
}

/* Names and thumbprints are others, and what was bound still is. */
static void test_redacted(void **state)
{
    static const unsigned char key[REDACTOR_KEY_SIZE] = {1, 2, 3};
    static const char *const gone[] = {THUMBPRINT, "EX01", "contoso", "Kiosk", OTHER};
    struct evidence *item = gather_texts(registry, STORED(THUMBPRINT, KEY DER)), *copy;
    struct evidence_store *store = evidence_store_new();
    struct redactor *redactor = redactor_new(key);
    char *text;

    (void)state;
    assert_int_equal(evidence_add_redacted(store, item, redactor, &copy), STATUS_OK);
    text = text_of(copy);
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
        if (strstr(text, gone[i]))
            fail_msg("%s is in %s", gone[i], text);
    }
    assert_string_equal(of(copy)->bindings[0].endpoint, "0.0.0.0:444");
    assert_string_equal(of(copy)->bindings[0].store, "MY");
    assert_string_equal(of(copy)->bindings[2].endpoint, "[::]:8443");
    assert_non_null(stored_certificate_of(of(copy), of(copy)->bindings[0].thumbprint));
    assert_null(stored_certificate_of(of(copy), of(copy)->bindings[1].thumbprint));
    assert_int_equal(of(copy)->certificates[0].not_after, of(item)->certificates[0].not_after);
    assert_memory_equal(of(copy)->certificates[0].subject, "CN=", 3);
    check_round(copy);
    free(text);
    evidence_free(item);
    evidence_store_free(store);
    redactor_free(redactor);
}

/* Of the machine at hand, which elsewhere than on Windows has no registry. */
static void test_at_hand(void **state)
{
    struct evidence *item = gather("");

    (void)state;
    if (item->status != STATUS_OK) {
        assert_int_equal(item->status, STATUS_NOT_SUPPORTED);
        assert_int_equal(of(item)->binding_count + of(item)->certificate_count, 0);
    }
    check_round(item);
    evidence_free(item);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bindings), cmocka_unit_test(test_store),
        cmocka_unit_test(test_no_key),   cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_parts),    cmocka_unit_test(test_redacted),
        cmocka_unit_test(test_at_hand),
    };

    return cmocka_run_group_tests(tests, NULL, remove_file);
}
