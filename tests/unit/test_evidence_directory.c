#include "tests/unit/unit.h"

#include "diag/evidence/directory.h"
#include "diag/evidence/directory_redact.h"
#include "diag/json.h"
#include "diag/text.h"

#include <stdio.h>
#include <string.h>

static const struct directory_value sid[] = {{"\x01\x00\xff\x05", 4}};
static const struct directory_value names[] = {{"HOST/EX01", 9},
                                               {"SMTPSVC/mail.contoso.com:25", 27}};
static const struct directory_value host[] = {{"mail.contoso.com", 16}};
static const struct directory_value nul[] = {{"a\0b", 3}};
static const struct directory_attribute attributes[] = {
    {"objectSid", sid, 1}, {"servicePrincipalName", names, 2}, {"dNSHostName", host, 1},
    {"info", nul, 1},      {"description", NULL, 0},
};
static const struct directory_entry entries[] = {
    {"CN=EX01,OU=Mail\\2C old,DC=contoso,DC=com", attributes, 5},
    {"CN=Default EX01,CN=SMTP Receive Connectors,CN=Configuration,DC=contoso,DC=com", NULL, 0},
};
static const char *const referrals[] = {"ldap://child.contoso.com/DC=child,DC=contoso,DC=com"};

static const struct directory_answer question = {
    .address = {.ip = {IP_V4, {192, 0, 2, 10}}, .port = 389},
    .host = "dc1.contoso.com",
    .base = "DC=contoso,DC=com",
    .scope = DIRECTORY_SUBTREE,
    .filter = "(|(servicePrincipalName=SMTPSVC/mail.contoso.com:25)(dNSHostName=mail.contoso.com))",
    .attributes = "dnshostname serviceprincipalname",
};

static struct directory_answer *make(void)
{
    struct directory_answer *answer =
        (struct directory_answer *)evidence_new(&evidence_directory, &question.evidence);

    answer->evidence.settled = true;
    answer->identity = DIRECTORY_AS_CALLER;
    answer->result = 4;
    answer->diagnostic = "limit of dc1";
    answer->entries = entries;
    answer->entry_count = 2;
    answer->referrals = referrals;
    answer->referral_count = 1;
    answer->more = true;
    return answer;
}

static struct evidence *insert(struct evidence_store *store)
{
    struct directory_answer *answer = make();
    struct buffer key;

    buffer_init(&key, 4096);
    evidence_directory.write_key(&answer->evidence, &key);
    answer->evidence.key = buffer_keep(&key, &answer->evidence.memory);
    assert_int_equal(evidence_store_insert(store, &answer->evidence), STATUS_OK);
    return evidence_store_first(store);
}

static const struct directory_answer *first_of(const struct evidence_store *store)
{
    return (const struct directory_answer *)evidence_store_first(store);
}

/* What makes a question another one has a say in its key; the host's name has none. */
static void test_key(void **state)
{
    struct directory_answer other = question;
    struct evidence_store *store = evidence_store_new();

    (void)state;
    evidence_store_add(store, &evidence_directory, &question.evidence);
    other.host = NULL;
    assert_non_null(evidence_store_find(store, &evidence_directory, &other.evidence));
    other.tls_at_once = true;
    assert_null(evidence_store_find(store, &evidence_directory, &other.evidence));
    other = question;
    other.scope = DIRECTORY_ONE;
    assert_null(evidence_store_find(store, &evidence_directory, &other.evidence));
    other = question;
    other.base = "DC=contoso,DC=com (";
    assert_null(evidence_store_find(store, &evidence_directory, &other.evidence));
    other = question;
    other.filter = "(cn=*)";
    assert_null(evidence_store_find(store, &evidence_directory, &other.evidence));
    other = question;
    other.attributes = "";
    assert_null(evidence_store_find(store, &evidence_directory, &other.evidence));
    other = question;
    other.address.port = 3268;
    assert_null(evidence_store_find(store, &evidence_directory, &other.evidence));
    evidence_store_free(store);
}

static void expect_text(const struct directory_answer *answer, const char *text)
{
    struct buffer out;

    buffer_init(&out, 4096);
    evidence_directory.describe(&answer->evidence, &out);
    assert_string_equal(out.text, text);
    buffer_release(&out);
}

/* A source is a line of a report, whatever was asked and whoever wrote it. */
static void test_text(void **state)
{
    struct directory_answer other = question;
    struct buffer filter;

    (void)state;
    other.filter = "(cn=alice)";
    expect_text(&other, "directory 192.0.2.10:389: tree below 'DC=contoso,DC=com', (cn=alice)");
    other.evidence.settled = true;
    other.identity = DIRECTORY_AS_NAMED;
    other.tls_at_once = true;
    other.base = "";
    other.address.port = 3269;
    expect_text(&other, "directory 192.0.2.10:3269 with TLS: whole forest, (cn=alice), as the user "
                        "of --user");
    other.scope = DIRECTORY_BASE;
    expect_text(&other, "directory 192.0.2.10:3269 with TLS: rootDSE, as the user of --user");
    other = question;
    other.scope = DIRECTORY_ONE;
    buffer_init(&filter, 4096);
    buffer_add_string(&filter, "(|");
    for (unsigned i = 0; i < 40; i++)
        buffer_print(&filter, "(!(cn=ex\\28%u))", i);
    other.filter = filter.text;
    expect_text(&other,
                "directory 192.0.2.10:389: level below 'DC=contoso,DC=com', 40 conditions from "
                "(cn=ex\\280) on");
    buffer_release(&filter);
}

/* No filter and no base makes it longer than a line: in a file they may be anything. */
static void test_text_of_anything(void **state)
{
    struct directory_answer other = question;
    struct buffer hostile, out;

    (void)state;
    buffer_init(&hostile, 100000);
    for (unsigned i = 0; i < 9999; i++)
        buffer_add_string(&hostile, i % 2 ? "\xc3\xbc" : "((((");
    other.filter = other.base = hostile.text;
    buffer_init(&out, 4096);
    evidence_directory.describe(&other.evidence, &out);
    assert_in_range(out.size, 100, 400);
    assert_true(text_is_utf8(out.text, out.size));
    buffer_release(&out);
    buffer_release(&hostile);
}

static void expect_same(const struct directory_answer *got)
{
    assert_int_equal(got->identity, DIRECTORY_AS_CALLER);
    assert_int_equal(got->result, 4);
    assert_true(got->more);
    assert_string_equal(got->host, question.host);
    assert_string_equal(got->base, question.base);
    assert_string_equal(got->filter, question.filter);
    assert_string_equal(got->attributes, question.attributes);
    assert_string_equal(got->diagnostic, "limit of dc1");
    assert_int_equal(got->entry_count, 2);
    assert_string_equal(got->entries[0].dn, entries[0].dn);
    assert_string_equal(got->entries[1].dn, entries[1].dn);
    assert_int_equal(got->entries[0].attribute_count, 5);
    assert_int_equal(got->referral_count, 1);
    assert_string_equal(got->referrals[0], referrals[0]);
}

/* Bytes that are no text, and values with NULs in them, come back as they were. */
static void test_file(void **state)
{
    struct evidence_store *store = evidence_store_new(), *copy = evidence_store_new();
    json_t *object = evidence_to_json(insert(store));
    const struct directory_entry *entry;

    (void)state;
    assert_int_equal(evidence_from_json(copy, object), STATUS_OK);
    expect_same(first_of(copy));
    entry = &first_of(copy)->entries[0];
    assert_int_equal(entry->attributes[0].values[0].size, 4);
    assert_memory_equal(entry->attributes[0].values[0].bytes, sid[0].bytes, 4);
    assert_int_equal(entry->attributes[1].value_count, 2);
    assert_string_equal(entry->attributes[1].values[1].bytes, "SMTPSVC/mail.contoso.com:25");
    assert_memory_equal(entry->attributes[3].values[0].bytes, "a\0b", 4);
    assert_int_equal(entry->attributes[4].value_count, 0);
    json_decref(object);
    evidence_store_free(store);
    evidence_store_free(copy);
}

static void test_file_refused(void **state)
{
    static const char *const missing[] = {"address", "base", "scope", "filter", "attributes"};
    struct evidence_store *store = evidence_store_new(), *copy = evidence_store_new();
    json_t *object = evidence_to_json(insert(store));

    (void)state;
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        json_t *damaged = json_copy(object);

        json_object_del(damaged, missing[i]);
        assert_int_equal(evidence_from_json(copy, damaged), STATUS_MALFORMED);
        json_decref(damaged);
    }
    json_object_set_new(object, "scope", json_string("children"));
    assert_int_equal(evidence_from_json(copy, object), STATUS_NOT_SUPPORTED);
    json_object_set_new(object, "scope", json_string("one"));
    json_object_set_new(object, "identity", json_string("somebody"));
    json_object_set_new(object, "entries",
                        json_pack("[{s:s}, {s:s, s:[{s:[s]}, i]}, i]", "cn", "x", "dn", "CN=a",
                                  "attributes", "values", "v", 1, 2));
    assert_int_equal(evidence_from_json(copy, object), STATUS_OK);
    assert_int_equal(first_of(copy)->identity, DIRECTORY_AS_ANONYMOUS);
    assert_int_equal(first_of(copy)->entry_count, 1);
    assert_int_equal(first_of(copy)->entries[0].attribute_count, 0);
    json_decref(object);
    evidence_store_free(store);
    evidence_store_free(copy);
}

static void test_lookup(void **state)
{
    (void)state;
    assert_ptr_equal(directory_attribute_of(entries, "SERVICEprincipalname"), &attributes[1]);
    assert_null(directory_attribute_of(entries, "servicePrincipal"));
    assert_string_equal(directory_text_of(entries, "dnshostname"), "mail.contoso.com");
    assert_null(directory_text_of(entries, "objectSid"));
    assert_null(directory_text_of(entries, "info"));
    assert_null(directory_text_of(entries, "description"));
    assert_null(directory_text_of(entries, "cn"));
}

/* ---- redaction ---- */

struct secret {
    struct redactor *redactor;
    struct arena memory;
};

static struct secret new_secret(void)
{
    static const unsigned char key[REDACTOR_KEY_SIZE] = {1, 2, 3};

    return (struct secret){.redactor = redactor_new(key)};
}

static void free_secret(struct secret *secret)
{
    redactor_free(secret->redactor);
    arena_release(&secret->memory);
}

static const char *name(struct secret *secret, const char *text)
{
    return redact_name_copy(secret->redactor, text, &secret->memory);
}

/* A name has one pseudonym wherever it stands. */
static void test_redact(void **state)
{
    struct secret secret = new_secret();
    struct directory_answer *answer = make();
    const char *mail = name(&secret, "mail.contoso.com"), *ex01 = name(&secret, "EX01"),
               *contoso = name(&secret, "contoso.com");
    char expected[512], domain[64];

    (void)state;
    assert_string_not_equal(mail, "mail.contoso.com");
    evidence_directory.redact(&answer->evidence, secret.redactor);
    snprintf(domain, sizeof domain, "%.*s", (int)strcspn(contoso, "."), contoso);
    snprintf(expected, sizeof expected, "DC=%s,DC=com", domain);
    assert_string_equal(answer->base, expected);
    assert_string_equal(answer->host, name(&secret, "dc1.contoso.com"));
    snprintf(expected, sizeof expected, "(|(servicePrincipalName=SMTPSVC/%s:25)(dNSHostName=%s))",
             mail, mail);
    assert_string_equal(answer->filter, expected);
    assert_string_equal(directory_text_of(&answer->entries[0], "dNSHostName"), mail);
    snprintf(expected, sizeof expected, "HOST/%s", ex01);
    assert_string_equal(answer->entries[0].attributes[1].values[0].bytes, expected);
    snprintf(expected, sizeof expected, "SMTPSVC/%s:25", mail);
    assert_string_equal(answer->entries[0].attributes[1].values[1].bytes, expected);
    snprintf(expected, sizeof expected, "CN=%s,OU=", ex01);
    assert_memory_equal(answer->entries[0].dn, expected, strlen(expected));
    assert_non_null(strstr(answer->entries[1].dn, ",CN=SMTP Receive Connectors,CN=Configuration,"));
    assert_null(strstr(answer->entries[1].dn, "EX01"));
    assert_null(strstr(answer->referrals[0], "contoso"));
    assert_null(answer->diagnostic);
    assert_int_equal(answer->entries[0].attributes[0].values[0].size, 0); /* a SID is opaque */
    assert_int_equal(answer->entries[0].attributes[3].values[0].size, 0);
    evidence_free(&answer->evidence);
    free_secret(&secret);
}

static const char *value(struct secret *secret, const char *attribute, const char *text)
{
    size_t size = strlen(text);

    return redact_directory_value(secret->redactor, attribute, text, &size, &secret->memory);
}

/* What says nothing of anybody stays. */
static void test_redact_kept(void **state)
{
    static const struct {
        const char *attribute, *text;
    } kept[] = {{"sPNMappings", "host=alerter,http"},
                {"objectClass", "msExchExchangeServer"},
                {"msExchSMTPReceiveInboundSecurityFlag", "-12"},
                {"cn", "SMTP Receive Connectors"},
                {"isGlobalCatalogReady", "TRUE"},
                {"serialNumber", "Version 15.2 (Build 31544.4)"},
                {"name", "Configuration"}};
    struct secret secret = new_secret();
    const char *account;

    (void)state;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        assert_string_equal(value(&secret, kept[i].attribute, kept[i].text), kept[i].text);
    account = redact_account(secret.redactor, "EX01$", &secret.memory);
    assert_memory_equal(account, name(&secret, "EX01"), 4);
    assert_string_equal(account + 4, "$");
    account = redact_account(secret.redactor, "alice@contoso.com", &secret.memory);
    assert_string_equal(strchr(account, '@') + 1, name(&secret, "contoso.com"));
    assert_string_equal(value(&secret, "networkAddress", "ncacn_ip_tcp:mail.contoso.com") + 13,
                        name(&secret, "mail.contoso.com"));
    free_secret(&secret);
}

/* What is asked stays what it is: operators, stars and escapes of another value. */
static void test_redact_filter(void **state)
{
    struct secret secret = new_secret();
    char expected[256];

    (void)state;
    assert_string_equal(redact_filter(secret.redactor, "(objectClass=*)", &secret.memory),
                        "(objectClass=*)");
    snprintf(expected, sizeof expected, "(&(!(cn=%s*))(uSNChanged>=77)(cn=\\28\\29))",
             name(&secret, "EX01"));
    assert_string_equal(redact_filter(secret.redactor,
                                      "(&(!(cn=EX0\\31*))(uSNChanged>=77)(cn=\\28\\29))",
                                      &secret.memory),
                        expected);
    assert_string_equal(redact_filter(secret.redactor, "(cn=a", &secret.memory) + 4,
                        name(&secret, "a"));
    assert_string_equal(redact_filter(secret.redactor, "", &secret.memory), "");
    free_secret(&secret);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_text_of_anything),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_file_refused),
        cmocka_unit_test(test_lookup),
        cmocka_unit_test(test_redact),
        cmocka_unit_test(test_redact_kept),
        cmocka_unit_test(test_redact_filter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
