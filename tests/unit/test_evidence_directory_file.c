/* Exports of directories as evidence: read from files, kept exactly, redacted without a loss. */
#include "diag/evidence/directory_file.h"
#include "diag/evidence/redact.h"
#include "diag/gather/directory_file.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char file_path[] = EXDIAG_BINARY "/test_evidence_directory_file.data";

#define DOMAIN "DC=contoso,DC=com"

/* A server with all its names, one computer, a service account, a user, and what Exchange is told.
 */
static const char ldif_text[] =
    "dn: CN=EX1,CN=Computers," DOMAIN "\r\nchangetype: add\r\nobjectClass: top\r\n"
    "objectClass: computer\r\nsAMAccountName: EX1$\r\ndNSHostName: ex1.contoso.com\r\n"
    "objectGUID:: AAECAwQFBgc=\r\nservicePrincipalName: SMTPSVC/EX1\r\n"
    "servicePrincipalName: SmtpSvc/ex1.contoso.com\r\nservicePrincipalName: WSMAN/EX1\r\n"
    "servicePrincipalName: HOST/EX1\r\nservicePrincipalName: exchangeMDB/EX1\r\n\r\n"
    "dn: CN=PC7,OU=Prague," DOMAIN "\r\nchangetype: add\r\nobjectClass: computer\r\n"
    "sAMAccountName: PC7$\r\nservicePrincipalName: TERMSRV/PC7\r\n\r\n"
    "dn: CN=svc," DOMAIN "\r\nchangetype: add\r\nobjectClass: user\r\nsAMAccountName: svc\r\n"
    "servicePrincipalName;range=0-1499: smtp/mail.contoso.com\r\n\r\n"
    "dn: CN=Ann," DOMAIN "\r\nchangetype: add\r\nobjectClass: user\r\nsAMAccountName: ann\r\n"
    "servicePrincipalName: HTTP/www.contoso.com\r\nmail: ann@contoso.com\r\n\r\n"
    "dn: CN=Directory Service,CN=Windows NT,CN=Services,CN=Configuration," DOMAIN "\r\n"
    "changetype: add\r\nsPNMappings: host=alerter,http\r\n\r\n"
    "dn: CN=EX1,CN=Servers,CN=Configuration," DOMAIN "\r\nchangetype: add\r\n"
    "objectClass: msExchExchangeServer\r\nserialNumber: Version 15.1 (Build 32507.6)\r\n"
    "networkAddress: ncacn_ip_tcp:ex1.contoso.com\r\nmsExchSecret: contoso\r\n\r\n"
    "dn: CN=Default EX1,CN=SMTP Receive Connectors," DOMAIN "\r\nchangetype: add\r\n"
    "msExchSMTPReceiveConnectorFQDN:: bWFpbC5jb250b3NvLmNvbQ==\r\ncn;lang-de: Standard\r\n\r\n";

static void write_bytes(const char *text, size_t size, size_t width)
{
    FILE *file = fopen(file_path, "wb");

    assert_non_null(file);
    if (width == 2)
        fwrite("\xff\xfe", 1, 2, file);
    for (size_t i = 0; i < size; i++)
        fwrite((const char[]){text[i], 0}, 1, width, file);
    assert_int_equal(fclose(file), 0);
}

static void write_file(const char *text)
{
    write_bytes(text, strlen(text), 1);
}

static int remove_file(void **state)
{
    (void)state;
    remove(file_path);
    return 0;
}

static struct directory_file *gathered(const char *path)
{
    struct directory_file question = {.path = path};
    struct evidence *item = evidence_new(&evidence_directory_file, &question.evidence);

    gather_directory_file(item);
    assert_true(item->settled);
    item->key = "directory-file x";
    return (struct directory_file *)item;
}

static struct directory_file *gathered_text(const char *text)
{
    struct directory_file *file;

    write_file(text);
    file = gathered(file_path);
    assert_int_equal(file->evidence.status, STATUS_OK);
    return file;
}

static size_t count_of(const struct directory_entry *entry, const char *attribute)
{
    const struct directory_attribute *found = directory_attribute_of(entry, attribute);

    return found ? found->value_count : 0;
}

/* Of a forest what has to do with mail, in any encoding. */
static void test_ldif(void **state)
{
    (void)state;
    for (size_t width = 1; width <= 2; width++) {
        struct directory_file *file;
        const struct directory_entry *entries;

        write_bytes(ldif_text, sizeof ldif_text - 1, width);
        file = gathered(file_path);
        entries = file->entries;
        assert_int_equal(file->evidence.status, STATUS_OK);
        assert_int_equal(file->type, FILE_TYPE_LDIF);
        assert_int_equal(file->seen, 7);
        assert_int_equal(file->damaged, 0);
        assert_int_equal(file->result, -1);
        assert_false(file->cut_off || file->more);
        assert_int_equal(file->entry_count, 6);
        assert_string_equal(entries[0].dn, "CN=EX1,CN=Computers," DOMAIN);
        assert_int_equal(count_of(&entries[0], "serviceprincipalname"), 4);
        assert_int_equal(count_of(&entries[0], "objectClass"), 2);
        assert_int_equal(count_of(&entries[0], "objectGUID"), 0);
        assert_string_equal(directory_text_of(&entries[0], "servicePrincipalName"), "SMTPSVC/EX1");
        assert_string_equal(directory_text_of(&entries[0], "dNSHostName"), "ex1.contoso.com");
        assert_string_equal(directory_text_of(&entries[1], "sAMAccountName"), "PC7$");
        assert_int_equal(count_of(&entries[1], "servicePrincipalName"), 0);
        assert_string_equal(directory_text_of(&entries[2], "servicePrincipalName"),
                            "smtp/mail.contoso.com");
        assert_string_equal(directory_text_of(&entries[3], "sPNMappings"), "host=alerter,http");
        assert_int_equal(count_of(&entries[4], "msExchSecret"), 0);
        assert_int_equal(count_of(&entries[4], "networkAddress"), 1);
        assert_string_equal(directory_text_of(&entries[5], "msExchSMTPReceiveConnectorFQDN"),
                            "mail.contoso.com");
        assert_int_equal(count_of(&entries[5], "cn"), 0);
        evidence_free(&file->evidence);
    }
}

/* All names are there but of a range, and where an export has no names at all. */
static void test_whole(void **state)
{
    static const struct {
        const char *text;
        bool is_whole;
    } cases[] = {
        {"dn: CN=a\nobjectClass: computer\nservicePrincipalName: HOST/a\n\n", true},
        {"dn: CN=a\nobjectClass: computer\nservicePrincipalName: X/a\n\n", true},
        {"dn: CN=a\nobjectClass: computer\n\ndn: CN=b\nservicePrincipalName: X/b\n\n", true},
        {"dn: CN=a\nobjectClass: computer\n\ndn: CN=b\nsAMAccountName: b\n\n", false},
        {"dn: CN=a\nobjectClass: computer\nservicePrincipalName;range=0-1499: X/a\n\n", false},
        {"dn: CN=a\nobjectClass: computer\nservicePrincipalName;range=0-*: X/a\n\n", true},
        {"dn: CN=a\nobjectClass: computer\nservicePrincipalName;RANGE=1500-*: X/a\n\n", false},
        {"dn: CN=a\nobjectClass: computer\nservicePrincipalName: X/a\n"
         "servicePrincipalName;range=0-1: X/b\n\n",
         false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct directory_file *file = gathered_text(cases[i].text);

        assert_int_equal(file->entry_count, 1);
        if (file->is_whole[0] != cases[i].is_whole)
            fail_msg("%s", cases[i].text);
        evidence_free(&file->evidence);
    }
}

/* Whose entry is kept, whatever the class is written like and whichever attributes there are. */
static void test_entries(void **state)
{
    static const struct {
        const char *lines;
        bool is_kept;
    } cases[] = {
        {"objectClass: Computer", true},
        {"objectClass: computers", false},
        {"sAMAccountName: pc$", true},
        {"sAMAccountName: pc", false},
        {"sAMAccountName:", false},
        {"servicePrincipalName: host/pc", true},
        {"servicePrincipalName: hosts/pc", false},
        {"servicePrincipalName: HOST", false},
        {"servicePrincipalName: smtpsvc/pc", true},
        {"servicePrincipalName: exchangeRFR/pc", true},
        {"servicePrincipalName: exchangeAB/pc", true},
        {"servicePrincipalName: http/smtpsvc", false},
        {"servicePrincipalName;binary: smtpsvc/pc", false},
        {"objectClass: MSEXCHEXCHANGESERVER", true},
        {"objectClass: msExchSmtpReceiveConnector", true},
        {"objectClass: protocolCfgSMTPServer", true},
        {"objectClass: msExchRoutingSMTPConnector", true},
        {"msExchSmtpFullyQualifiedDomainName: x", true},
        {"msExchSmtpSmartHost: x", true},
        {"SPNMAPPINGS: x", true},
        {"cn: x", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        struct directory_file *file;

        snprintf(text, sizeof text, "dn: CN=a\n%s\n\n", cases[i].lines);
        file = gathered_text(text);
        if (file->entry_count != cases[i].is_kept)
            fail_msg("%s", cases[i].lines);
        evidence_free(&file->evidence);
    }
}

/* ldapsearch tells how its search ended; an entry that is damaged or cut off is counted. */
static void test_account(void **state)
{
    struct directory_file *file =
        gathered_text("dn: CN=a\nobjectClass: computer\n\ndn: CN=b\n?\nobjectClass: computer\n\n"
                      "# search result\nsearch: 2\nresult: 4 Size limit exceeded\n\n");

    (void)state;
    assert_int_equal(file->result, 4);
    assert_int_equal(file->seen, 2);
    assert_int_equal(file->damaged, 1);
    assert_int_equal(file->entry_count, 1);
    evidence_free(&file->evidence);
    file = gathered_text("dn: CN=a\nobjectClass: computer\n\ndn: CN=b\nobjectClass: comp");
    assert_true(file->cut_off);
    assert_int_equal(file->entry_count, 1);
    evidence_free(&file->evidence);
}

/* What setspn prints: an account with all its names, or one for each name that is duplicate. */
static void test_setspn(void **state)
{
    struct directory_file *file =
        gathered_text("Registered ServicePrincipalNames for CN=EX1,CN=Computers," DOMAIN ":\r\n"
                      "\tSMTPSVC/mail.contoso.com\r\n\tHOST/EX1\r\n\tWSMAN/EX1\r\n");

    (void)state;
    assert_int_equal(file->type, FILE_TYPE_SETSPN);
    assert_int_equal(file->entry_count, 1);
    assert_true(file->is_whole[0]);
    assert_int_equal(count_of(&file->entries[0], "servicePrincipalName"), 2);
    assert_string_equal(file->entries[0].dn, "CN=EX1,CN=Computers," DOMAIN);
    evidence_free(&file->evidence);
    file = gathered_text("Checking domain " DOMAIN "\r\n"
                         "HTTP/www.contoso.com is registered on these accounts:\r\n"
                         "\tCN=web1," DOMAIN "\r\n\tCN=web2," DOMAIN "\r\n\r\n"
                         "SMTPSVC/mail.contoso.com is registered on these accounts:\r\n"
                         "\tCN=svc," DOMAIN "\r\n\tCN=EX1,CN=Computers," DOMAIN "\r\n\r\n"
                         "found 2 groups of duplicate SPNs.\r\n");
    assert_int_equal(file->seen, 4);
    assert_int_equal(file->entry_count, 2);
    assert_string_equal(file->entries[0].dn, "CN=svc," DOMAIN);
    assert_string_equal(directory_text_of(&file->entries[1], "servicePrincipalName"),
                        "SMTPSVC/mail.contoso.com");
    assert_false(file->is_whole[0] || file->is_whole[1]);
    evidence_free(&file->evidence);
}

/* An account of which nothing has to do with mail is worth knowing: the names are missing there. */
static void test_setspn_without_mail(void **state)
{
    struct directory_file *file =
        gathered_text("Registered ServicePrincipalNames for CN=svc," DOMAIN ":\r\n\tTERMSRV/x\r\n");

    (void)state;
    assert_int_equal(file->entry_count, 1);
    assert_true(file->is_whole[0]);
    assert_int_equal(file->entries[0].attribute_count, 0);
    evidence_free(&file->evidence);
}

/* What is no export, no file or a folder is said to be so, and nothing is kept of it. */
static void test_refusals(void **state)
{
    struct directory_file *file;

    (void)state;
    write_file("hello\n");
    file = gathered(file_path);
    assert_int_equal(file->evidence.status, STATUS_INVALID);
    assert_non_null(file->evidence.reason);
    assert_int_equal(file->entry_count, 0);
    evidence_free(&file->evidence);
    file = gathered(EXDIAG_BINARY);
    assert_int_equal(file->evidence.status, STATUS_INVALID);
    evidence_free(&file->evidence);
    file = gathered(EXDIAG_BINARY "/no such file");
    assert_int_equal(file->evidence.status, STATUS_NOT_FOUND);
    evidence_free(&file->evidence);
}

/* An export that ends anywhere has what comes before that. */
static void test_cut_off(void **state)
{
    (void)state;
    for (size_t size = sizeof ldif_text - 1; size > 100; size -= 9) {
        struct directory_file *file;

        write_bytes(ldif_text, size, 1);
        file = gathered(file_path);
        assert_int_equal(file->evidence.status, STATUS_OK);
        assert_true(file->entry_count <= 6);
        evidence_free(&file->evidence);
    }
}

/* Computers give way to what has to do with mail, and the order of the file stays. */
static void test_too_many(void **state)
{
    struct directory_file *file;
    struct buffer text;

    (void)state;
    buffer_init(&text, 16 << 20);
    for (unsigned i = 0; i < DIRECTORY_ENTRIES_MOST + 5; i++) {
        buffer_print(&text, "dn: CN=pc%u\nobjectClass: computer\n\n", i);
        if (i % 5000 == 4999)
            buffer_print(&text,
                         "dn: CN=ex%u\nobjectClass: computer\nservicePrincipalName: SMTP/ex%u\n\n",
                         i, i);
    }
    file = gathered_text(text.text);
    assert_int_equal(file->entry_count, DIRECTORY_ENTRIES_MOST);
    assert_true(file->fewer_computers && !file->more);
    assert_string_equal(file->entries[5000].dn, "CN=ex4999");
    assert_string_equal(file->entries[5001].dn, "CN=pc5000");
    assert_string_equal(file->entries[9998].dn, "CN=pc9997");
    assert_string_equal(file->entries[9999].dn, "CN=ex9999");
    evidence_free(&file->evidence);
    buffer_clear(&text);
    for (unsigned i = 0; i < DIRECTORY_ENTRIES_MOST; i++)
        buffer_print(&text, "dn: CN=pc%u\nobjectClass: computer\n\n", i);
    buffer_add_string(&text, "dn: CN=ex\nservicePrincipalName: SMTP/ex\n\n");
    file = gathered_text(text.text);
    assert_int_equal(file->entry_count, DIRECTORY_ENTRIES_MOST);
    assert_string_equal(file->entries[9999].dn, "CN=ex");
    assert_true(file->fewer_computers && !file->more);
    evidence_free(&file->evidence);
    buffer_clear(&text);
    for (unsigned i = 0; i < DIRECTORY_ENTRIES_MOST; i++)
        buffer_print(&text, "dn: CN=ex%u\nservicePrincipalName: SMTP/ex%u\n\n", i, i);
    file = gathered_text(text.text);
    assert_int_equal(file->entry_count, DIRECTORY_ENTRIES_MOST);
    assert_false(file->more || file->fewer_computers);
    evidence_free(&file->evidence);
    buffer_add_string(&text, "dn: CN=ex\nservicePrincipalName: SMTP/ex\n\n");
    file = gathered_text(text.text);
    assert_int_equal(file->entry_count, DIRECTORY_ENTRIES_MOST);
    assert_true(file->more);
    evidence_free(&file->evidence);
    buffer_release(&text);
}

/* And so are large ones: each has a megabyte of names. */
static void test_too_large(void **state)
{
    enum { LINES = 15000 };
    struct directory_file *file;
    struct buffer text;

    (void)state;
    buffer_init(&text, 64 << 20);
    for (unsigned i = 0; i < 24; i++) {
        buffer_print(&text, "dn: CN=ex%u\n", i);
        for (unsigned j = 0; j < LINES; j++)
            buffer_print(&text, "servicePrincipalName: SMTP/%048u\n", j);
        buffer_add_string(&text, "\n");
    }
    file = gathered_text(text.text);
    assert_int_equal(file->seen, 24);
    assert_true(file->more);
    assert_true(file->entry_count >= 12 && file->entry_count <= 17);
    assert_int_equal(count_of(&file->entries[0], "servicePrincipalName"), LINES);
    evidence_free(&file->evidence);
    buffer_release(&text);
}

static struct directory_file *reloaded(struct evidence_store *store,
                                       const struct directory_file *file)
{
    json_t *object = evidence_to_json(&file->evidence);
    struct directory_file question = {.path = file->path};
    struct evidence *item;

    assert_int_equal(evidence_from_json(store, object), STATUS_OK);
    json_decref(object);
    item = evidence_store_find(store, &evidence_directory_file, &question.evidence);
    assert_non_null(item);
    return (struct directory_file *)item;
}

static void expect_entry(const struct directory_entry *is, const struct directory_entry *was)
{
    assert_string_equal(is->dn, was->dn);
    assert_int_equal(is->attribute_count, was->attribute_count);
    for (size_t i = 0; i < was->attribute_count; i++) {
        assert_string_equal(is->attributes[i].name, was->attributes[i].name);
        assert_int_equal(is->attributes[i].value_count, was->attributes[i].value_count);
        for (size_t j = 0; j < was->attributes[i].value_count; j++) {
            assert_int_equal(is->attributes[i].values[j].size, was->attributes[i].values[j].size);
            assert_memory_equal(is->attributes[i].values[j].bytes,
                                was->attributes[i].values[j].bytes,
                                was->attributes[i].values[j].size + 1);
        }
    }
}

/* Everything there is comes back from a file as it was, NULs included. */
static void test_round_trip(void **state)
{
    static const char more[] = "dn: CN=n\nservicePrincipalName:: U01UUC8AeA==\n\n"
                               "search: 2\nresult: 0 Success\n\n";
    struct evidence_store *store = evidence_store_new(), *again = evidence_store_new();
    struct directory_file *file, *first, *second;
    struct buffer text;
    json_t *one, *two;

    (void)state;
    buffer_init(&text, sizeof ldif_text + sizeof more);
    buffer_add_string(&text, ldif_text);
    buffer_add_string(&text, more);
    file = gathered_text(text.text);
    buffer_release(&text);
    assert_int_equal(file->entry_count, 7);
    file->damaged = 2;
    file->cut_off = file->more = file->fewer_computers = true;
    first = reloaded(store, file);
    second = reloaded(again, first);
    assert_int_equal(first->type, FILE_TYPE_LDIF);
    assert_int_equal(first->seen, file->seen);
    assert_int_equal(first->damaged, 2);
    assert_int_equal(first->result, 0);
    assert_true(first->cut_off && first->more && first->fewer_computers);
    assert_int_equal(first->entry_count, 7);
    for (size_t i = 0; i < 7; i++) {
        expect_entry(&first->entries[i], &file->entries[i]);
        assert_int_equal(first->is_whole[i], file->is_whole[i]);
    }
    one = evidence_to_json(&first->evidence);
    two = evidence_to_json(&second->evidence);
    assert_true(json_equal(one, two));
    json_decref(one);
    json_decref(two);
    evidence_free(&file->evidence);
    evidence_store_free(again);
    evidence_store_free(store);
}

/* Entries that are none are left out, and what stands beside the others stays beside them. */
static void test_damaged_evidence(void **state)
{
    static const char text[] =
        "{\"key\":\"directory-file x\",\"status\":\"ok\",\"path\":\"x\",\"seen\":-1,\"result\":-5,"
        "\"entries\":[7,{},{\"dn\":\"CN=a\",\"whole\":true},{\"dn\":\"CN=b\","
        "\"attributes\":[7,{\"values\":[]},{\"name\":\"cn\",\"values\":[7,\"b\"]}]}]}";
    struct evidence_store *store = evidence_store_new();
    struct directory_file question = {.path = "x"};
    const struct directory_file *file;
    json_t *object = json_loads(text, 0, NULL);

    (void)state;
    assert_int_equal(evidence_from_json(store, object), STATUS_OK);
    json_decref(object);
    file = (const struct directory_file *)evidence_store_find(store, &evidence_directory_file,
                                                              &question.evidence);
    assert_int_equal(file->seen, 0);
    assert_int_equal(file->result, -1);
    assert_int_equal(file->entry_count, 2);
    assert_true(file->is_whole[0]);
    assert_false(file->is_whole[1]);
    assert_string_equal(directory_text_of(&file->entries[1], "cn"), "b");
    evidence_store_free(store);
}

/* No name of the organisation is left; services, classes and versions are. */
static void test_redact(void **state)
{
    static const char key[REDACTOR_KEY_SIZE] = "directory";
    struct redactor *redactor = redactor_new(key);
    struct evidence_store *store = evidence_store_new();
    struct directory_file *file = gathered_text(ldif_text);
    const struct directory_file *redacted;
    struct arena memory = {0};
    struct evidence *copy;
    json_t *object;
    char *text;

    (void)state;
    assert_int_equal(evidence_add_redacted(store, &file->evidence, redactor, &copy), STATUS_OK);
    redacted = (const struct directory_file *)copy;
    object = evidence_to_json(copy);
    text = json_dumps(object, 0);
    for (char *at = text; *at; at++)
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
    assert_null(strstr(text, "contoso"));
    assert_null(strstr(text, "ex1"));
    assert_null(strstr(text, "pc7"));
    assert_null(strstr(text, "prague"));
    assert_null(strstr(text, "directory_file.data"));
    assert_non_null(strstr(text, "version 15.1"));
    assert_non_null(strstr(text, "msexchexchangeserver"));
    assert_int_equal(redacted->entry_count, 6);
    assert_true(redacted->is_whole[0]);
    assert_int_equal(count_of(&redacted->entries[0], "servicePrincipalName"), 4);
    assert_string_equal(directory_text_of(&redacted->entries[0], "dNSHostName"),
                        redact_name_copy(redactor, "ex1.contoso.com", &memory));
    free(text);
    json_decref(object);
    arena_release(&memory);
    evidence_free(&file->evidence);
    evidence_store_free(store);
    redactor_free(redactor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_ldif, remove_file),
        cmocka_unit_test_teardown(test_whole, remove_file),
        cmocka_unit_test_teardown(test_entries, remove_file),
        cmocka_unit_test_teardown(test_account, remove_file),
        cmocka_unit_test_teardown(test_setspn, remove_file),
        cmocka_unit_test_teardown(test_setspn_without_mail, remove_file),
        cmocka_unit_test_teardown(test_refusals, remove_file),
        cmocka_unit_test_teardown(test_cut_off, remove_file),
        cmocka_unit_test_teardown(test_too_many, remove_file),
        cmocka_unit_test_teardown(test_too_large, remove_file),
        cmocka_unit_test_teardown(test_round_trip, remove_file),
        cmocka_unit_test_teardown(test_damaged_evidence, remove_file),
        cmocka_unit_test_teardown(test_redact, remove_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
