/* Directory exports: of ldifde and ldapsearch, in pieces, damaged, and cut off anywhere. */
#include "diag/buffer.h"
#include "diag/read/ldif.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What was told, as text: "dn|attribute=value(size)|..." and LF. */
struct told {
    struct buffer text;
    struct ldif_account account;
};

static void write_down(void *context, const struct ldif_entry *entry)
{
    struct told *told = context;

    buffer_add_string(&told->text, entry->dn);
    for (size_t i = 0; i < entry->count; i++) {
        const struct ldif_value *value = &entry->values[i];

        assert_int_equal(value->bytes[value->size], '\0');
        buffer_print(&told->text, "|%s=", value->attribute);
        for (size_t j = 0; j < value->size; j++) {
            if ((unsigned char)value->bytes[j] < 0x20)
                buffer_print(&told->text, "\\%02x", (unsigned)value->bytes[j]);
            else
                buffer_add_char(&told->text, value->bytes[j]);
        }
    }
    buffer_add_char(&told->text, '\n');
}

static void read_pieces(struct told *told, const char *bytes, size_t size, size_t piece)
{
    struct ldif *reader = ldif_new(write_down, told);

    buffer_init(&told->text, 1 << 20);
    for (size_t at = 0; at < size; at += piece) {
        size_t part = size - at < piece ? size - at : piece;
        char *copy = memory_new(part, 1); /* so that nothing beyond it is read */

        memcpy(copy, bytes + at, part);
        ldif_feed(reader, copy, part);
        free(copy);
    }
    ldif_end(reader, &told->account);
}

/* The same, whatever the pieces. */
static void expect_bytes(const char *bytes, size_t size, const char *wanted,
                         struct ldif_account account)
{
    for (size_t piece = 1; piece <= size + 1; piece += piece < 70 ? 1 : size) {
        struct told told;

        read_pieces(&told, bytes, size, piece);
        assert_string_equal(told.text.text, wanted);
        assert_int_equal(told.account.entries, account.entries);
        assert_int_equal(told.account.damaged, account.damaged);
        assert_int_equal(told.account.changes, account.changes);
        assert_int_equal(told.account.references, account.references);
        assert_int_equal(told.account.result, account.result);
        assert_int_equal(told.account.cut_off, account.cut_off);
        buffer_release(&told.text);
    }
}

static void expect(const char *text, const char *wanted, struct ldif_account account)
{
    expect_bytes(text, strlen(text), wanted, account);
}

#define ENTRIES(number) ((struct ldif_account){.entries = number, .result = -1})
#define DAMAGED(number) ((struct ldif_account){.damaged = number, .result = -1})

#define LDIFDE                                                                                     \
    "dn: CN=EX01,CN=Computers,DC=contoso,DC=com\r\n"                                               \
    "changetype: add\r\n"                                                                          \
    "objectClass: top\r\n"                                                                         \
    "objectClass: computer\r\n"                                                                    \
    "cn: EX01\r\n"                                                                                 \
    "objectGUID:: AAECAwQFBgcICQoLDA0ODw==\r\n"                                                    \
    "servicePrincipalName: \r\n"                                                                   \
    " SMTPSVC/mail.a-rather-long-name-of-a-subdomain-that-goes-on-for-a-while.contos\r\n"          \
    " o.com\r\n"                                                                                   \
    "servicePrincipalName: HOST/EX01\r\n"                                                          \
    "\r\n"                                                                                         \
    "dn:: Q049SsO8cmdlbixEQz1jb20=\r\n"                                                            \
    "changetype: add\r\n"                                                                          \
    "sAMAccountName: juergen\r\n"                                                                  \
    "\r\n"

#define FIRST_TOLD                                                                                 \
    "|objectClass=top|objectClass=computer|cn=EX01|"                                               \
    "objectGUID=\\00\\01\\02\\03\\04\\05\\06\\07\\08\\09\\0a\\0b\\0c\\0d\\0e\\0f|"                 \
    "servicePrincipalName="                                                                        \
    "SMTPSVC/mail.a-rather-long-name-of-a-subdomain-that-goes-on-for-a-while.contoso.com|"         \
    "servicePrincipalName=HOST/EX01\n"

#define LDIFDE_TOLD                                                                                \
    "CN=EX01,CN=Computers,DC=contoso,DC=com" FIRST_TOLD                                            \
    "CN=J\xc3\xbcrgen,DC=com|sAMAccountName=juergen\n"

static void test_ldifde(void **state)
{
    (void)state;
    expect(LDIFDE, LDIFDE_TOLD, ENTRIES(2));
    expect("\xef\xbb\xbf" LDIFDE, LDIFDE_TOLD, ENTRIES(2));
}

/* ldifde -u */
static void test_utf16(void **state)
{
    static const char text[] = LDIFDE;
    char wide[2 * sizeof text + 2];

    (void)state;
    for (unsigned form = 0; form < 4; form++) {
        size_t low = form % 2, mark = form < 2 ? 2 : 0;

        memcpy(wide, low ? "\xfe\xff" : "\xff\xfe", 2);
        for (size_t i = 0; i < sizeof text - 1; i++) {
            wide[mark + 2 * i + low] = text[i];
            wide[mark + 2 * i + !low] = '\0';
        }
        expect_bytes(wide, mark + 2 * (sizeof text - 1), LDIFDE_TOLD, ENTRIES(2));
        expect_bytes(wide, mark + 2 * (sizeof text - 1) - 1,
                     "CN=EX01,CN=Computers,DC=contoso,DC=com" FIRST_TOLD,
                     (struct ldif_account){.entries = 1, .result = -1, .cut_off = true});
    }
}

/* With its comments, references and result. */
static void test_ldapsearch(void **state)
{
    (void)state;
    expect(
        "# extended LDIF\n#\n# LDAPv3\n# base <dc=contoso,dc=com> with scope subtree\n"
        "# filter: (servicePrincipalName=SMTPSVC/*) and a long one that is\n  continued\n#\n\n"
        "# EX01, Computers, contoso.com\n"
        "dn: CN=EX01,CN=Computers,DC=contoso,DC=com\n"
        "member;range=0-1499: CN=a,DC=contoso,DC=com\n"
        "member;range=1500-*: CN=b,DC=contoso,DC=com\n"
        "description:\n"
        "jpegPhoto:< file:///tmp/photo\n"
        "info:   with spaces before and  behind \n\n"
        "# search reference\nref: ldap://ForestDnsZones.contoso.com/DC=ForestDnsZones,DC=contoso\n"
        " ,DC=com\n\n"
        "# search result\nsearch: 2\nresult: 4 Size limit exceeded\n\n"
        "# numResponses: 3\n# numEntries: 1\n# numReferences: 1\n",
        "CN=EX01,CN=Computers,DC=contoso,DC=com|"
        "member;range=0-1499=CN=a,DC=contoso,DC=com|"
        "member;range=1500-*=CN=b,DC=contoso,DC=com|description=|"
        "info=with spaces before and  behind \n",
        (struct ldif_account){.entries = 1, .references = 1, .result = 4});
    expect("result: 0 Success\n", "", (struct ldif_account){.result = 0});
    expect("result: none\n", "", ENTRIES(0));
    expect("result: 1234567\n", "", (struct ldif_account){.result = 12345});
}

/* What changes something that is there is no entry. */
static void test_changes(void **state)
{
    (void)state;
    expect("version: 1\n\ndn: CN=a\nchangetype: modify\nadd: servicePrincipalName\n"
           "servicePrincipalName: SMTPSVC/a\n-\n\n"
           "dn: CN=b\ncontrol: 1.2.3 true\nchangetype: delete\n\n"
           "dn: CN=c\nCONTROL: 1.2.3 true\nChangeType: ADD\ncn: c\n\n"
           "dn: CN=d\ncn: d\nchangetype: modify\n\n",
           "CN=c|cn=c\nCN=d|cn=d|changetype=modify\n",
           (struct ldif_account){.entries = 2, .changes = 2, .result = -1});
}

/* Of the entry nothing is told, and the next one is read. */
static void test_damage(void **state)
{
    static const char *const texts[] = {
        "dn: CN=a\nno colon\n",
        "dn: CN=a\n: value\n",
        "dn: CN=a\nc n: value\n",
        "dn: CN=a\ncn:: !!!\n",
        "dn: CN=a\ncn:: YQ\n",
        "dn: CN=a\ndn: CN=b\n",
        "cn: a\n",
        " cn: a\n",
        "dn: CN=\xff\n",
        "dn:: AA==\n",
        "dn:< file:///x\n",
        "dn: CN=a\n-\n",
        "dn: CN=a\ncn:: Y Q==\n",
        "cn: a\ndn: CN=a\n",
        "dn:: =\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct buffer text;

        buffer_init(&text, 1000);
        buffer_print(&text, "%s\n\n\r\ndn: CN=next\n", texts[i]);
        expect(text.text, "CN=next\n",
               (struct ldif_account){.entries = 1, .damaged = 1, .result = -1});
        buffer_release(&text);
    }
    expect_bytes("dn: CN=a\ncn: a\0b\n", 17, "", DAMAGED(1));
    expect("", "", ENTRIES(0));
    expect("\n\n\r\n", "", ENTRIES(0));
    expect("d", "", (struct ldif_account){.result = -1, .cut_off = true});
}

/* An entry whose last line has no end is not told: there may have been more of it. */
static void test_cut_off(void **state)
{
    static const char text[] = LDIFDE;

    (void)state;
    for (size_t size = 0; size < sizeof text; size++) {
        struct told told;

        read_pieces(&told, text, size, 7);
        assert_int_equal(told.account.damaged, 0);
        assert_int_equal(told.account.cut_off, size > 0 && text[size - 1] != '\n');
        if (told.account.cut_off && strncmp(LDIFDE_TOLD, told.text.text, told.text.size) != 0)
            fail_msg("at %zu: %s", size, told.text.text);
        buffer_release(&told.text);
    }
}

static void feed_times(struct ldif *reader, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++)
        ldif_feed(reader, text, strlen(text));
}

static void count_entries(void *context, const struct ldif_entry *entry)
{
    size_t *values = context;

    assert_string_equal(entry->dn, "CN=a");
    *values += entry->count;
}

/* Entries that are too long, by one line or many, and with too many values. */
static void test_limits(void **state)
{
    size_t values = 0;
    struct ldif *reader = ldif_new(count_entries, &values);
    struct ldif_account account;

    (void)state;
    ldif_feed(reader, "dn: CN=a\ncn: ", 13);
    feed_times(reader, "0123456789abcdef", LDIF_ENTRY_MOST / 16);
    ldif_feed(reader, "\nsn: b\n\ndn: CN=a\n", 17);
    feed_times(reader, "cn: 0123456789abcdef\r\n", LDIF_ENTRY_MOST / 16);
    ldif_feed(reader, "\r\ndn: CN=a\ncn:", 15);
    feed_times(reader, "\n 0123456789abcdef", LDIF_ENTRY_MOST / 16);
    ldif_feed(reader, "\n\ndn: CN=a\n", 11);
    feed_times(reader, "a:\n", LDIF_VALUES_MOST + 1);
    ldif_feed(reader, "\ndn: CN=a\n", 10);
    feed_times(reader, "a:\n", LDIF_VALUES_MOST);
    ldif_feed(reader, "\ndn: CN=a\ncn: ", 14);
    feed_times(reader, "0123456789abcdef", LDIF_ENTRY_MOST / 16);
    ldif_feed(reader, "\n", 1);
    ldif_end(reader, &account);
    assert_int_equal(account.entries, 1);
    assert_int_equal(account.damaged, 5);
    assert_false(account.cut_off);
    assert_int_equal(values, LDIF_VALUES_MOST);
}

static void test_recognition(void **state)
{
    static const char *const yes[] = {
        "dn: CN=a\n",   "DN: CN=a", "version: 1\n", "version:1", "# c\n more\n\ndn:: YQ==\n",
        "\r\n\r\ndn: a"};
    static const char *const no[] = {
        "", "#", "# dn: a", "version: 2", "version:", "version:  ", "cn: a\ndn: b", "\n\n", "dn"};

    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(ldif_is(yes[i], strlen(yes[i])));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(ldif_is(no[i], strlen(no[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ldifde),     cmocka_unit_test(test_utf16),
        cmocka_unit_test(test_ldapsearch), cmocka_unit_test(test_changes),
        cmocka_unit_test(test_damage),     cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_limits),     cmocka_unit_test(test_recognition),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
