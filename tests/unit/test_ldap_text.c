/* Filters and distinguished names: what is put into them, and what is taken out. */
#include "diag/read/ldap_text.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define BYTES(text) text, sizeof(text) - 1

typedef void write_value(const char *bytes, size_t size, struct buffer *out);

static void expect(write_value *write, const char *bytes, size_t size, const char *wanted)
{
    struct buffer out;

    buffer_init(&out, 1000);
    write(bytes, size, &out);
    assert_string_equal(out.text, wanted);
    buffer_release(&out);
}

/* RFC 4515 4: its examples, and an account that would like to be all accounts. */
static void test_filter(void **state)
{
    (void)state;
    expect(ldap_filter_value, BYTES("SMTPSVC/mail.contoso.com"), "SMTPSVC/mail.contoso.com");
    expect(ldap_filter_value, BYTES("Parens R Us (for all your parenthetical needs)"),
           "Parens R Us \\28for all your parenthetical needs\\29");
    expect(ldap_filter_value, BYTES("*"), "\\2a");
    expect(ldap_filter_value, BYTES("C:\\MyFile"), "C:\\5cMyFile");
    expect(ldap_filter_value, BYTES("\0\0\0\4"), "\\00\\00\\00\4");
    expect(ldap_filter_value, BYTES("Lu\xc4\x8di\xc4\x87"), "Lu\xc4\x8di\xc4\x87");
    expect(ldap_filter_value, BYTES("x)(objectClass=*"), "x\\29\\28objectClass=\\2a");
    expect(ldap_filter_value, BYTES("\xff\xc3"), "\\ff\\c3");
    expect(ldap_filter_value, BYTES(""), "");
}

/* RFC 4514 2.4 and 4. */
static void test_dn_value(void **state)
{
    (void)state;
    expect(ldap_dn_value, BYTES("EX01"), "EX01");
    expect(ldap_dn_value, BYTES("James \"Jim\" Smith, III"), "James \\\"Jim\\\" Smith\\, III");
    expect(ldap_dn_value, BYTES("#1 #2"), "\\#1 #2");
    expect(ldap_dn_value, BYTES(" a b "), "\\ a b\\ ");
    expect(ldap_dn_value, BYTES(" "), "\\ ");
    expect(ldap_dn_value, BYTES("a+b;c<d>e\\f=g"), "a\\+b\\;c\\<d\\>e\\\\f\\=g");
    expect(ldap_dn_value, BYTES("EX01\nCNF:1\0"), "EX01\\0aCNF:1\\00");
    expect(ldap_dn_value, BYTES("\xc3\xa9\xc3"), "\xc3\xa9\\c3");
    expect(ldap_dn_value, BYTES(""), "");
}

static void test_components(void **state)
{
    static const char dn[] =
        "CN=Smith\\, J\\c3\\bcrgen\\0ACNF:1,ou = Mail Servers ,2.5.4.10=#04024869,DC=a+DC=b, DC=com";
    struct arena memory = {0};
    struct ldap_rdn *rdns;
    size_t count;

    (void)state;
    assert_int_equal(ldap_dn_parse(dn, &memory, &rdns, &count), STATUS_OK);
    assert_int_equal(count, 5);
    assert_string_equal(rdns[0].type, "CN");
    assert_string_equal(rdns[0].value, "Smith, J\xc3\xbcrgen\nCNF:1");
    assert_int_equal(rdns[0].value_size, strlen(rdns[0].value));
    assert_string_equal(rdns[1].type, "ou");
    assert_string_equal(rdns[1].value, "Mail Servers");
    assert_string_equal(rdns[2].type, "2.5.4.10");
    assert_int_equal(rdns[2].value_size, 4);
    assert_memory_equal(rdns[2].value, "\4\2Hi", 5);
    assert_string_equal(rdns[3].value, "a");
    assert_string_equal(rdns[4].type, "DC");
    assert_string_equal(rdns[4].value, "com");
    assert_int_equal(ldap_dn_parse("CN=a\\ \\  ", &memory, &rdns, &count), STATUS_OK);
    assert_string_equal(rdns[0].value, "a  ");
    assert_int_equal(ldap_dn_parse("CN=", &memory, &rdns, &count), STATUS_OK);
    assert_int_equal(rdns[0].value_size, 0);
    assert_int_equal(ldap_dn_parse("", &memory, &rdns, &count), STATUS_OK);
    assert_int_equal(count, 0);
    arena_release(&memory);
}

static void test_refusals(void **state)
{
    static const char *const texts[] = {
        "EX01",   "=EX01",   "CN",      "CN=a,",    ",CN=a",    "CN=a,,CN=b", "CN=a+",
        "CN=a\\", "CN=a\\x", "CN=a\\4", "CN=a\\4g", "CN=\"a\"", "CN=a;CN=b",  "CN=a<",
        "CN=a>",  "C N=a",   "1a=b",    "CN=#",     "CN=#4",    "CN=#04 x",   "CN=#0402,",
        "-a=b",   "CN=a,b",  "CN=#zz",  "a_b=c",    "CN=a, =b",
    };
    struct arena memory = {0};
    struct ldap_rdn *rdns;
    size_t count;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (ldap_dn_parse(texts[i], &memory, &rdns, &count) != STATUS_MALFORMED || count != 0)
            fail_msg("accepted: %s", texts[i]);
    }
    arena_release(&memory);
}

static void test_longest(void **state)
{
    char *dn = memory_new(LDAP_DN_MOST + 2, 1);
    struct arena memory = {0};
    struct ldap_rdn *rdns;
    size_t count;

    (void)state;
    memset(dn, 'x', LDAP_DN_MOST + 1);
    memcpy(dn, "CN=", 3);
    assert_int_equal(ldap_dn_parse(dn, &memory, &rdns, &count), STATUS_TOO_LARGE);
    dn[LDAP_DN_MOST] = '\0';
    assert_int_equal(ldap_dn_parse(dn, &memory, &rdns, &count), STATUS_OK);
    assert_int_equal(rdns[0].value_size, LDAP_DN_MOST - 3);
    arena_release(&memory);
    free(dn);
}

static void test_domain(void **state)
{
    static const struct {
        const char *dn, *domain;
    } rows[] = {
        {"CN=EX01,CN=Computers,DC=contoso,DC=com", "contoso.com"},
        {"dc=Contoso,0.9.2342.19200300.100.1.25=COM", "Contoso.COM"},
        {"DC=ForestDnsZones,DC=contoso,DC=com", "ForestDnsZones.contoso.com"},
        {"CN=x,DC=a,CN=y,DC=b", "b"},
        {"DC=m\xc3\xbcller,DC=de", "m\xc3\xbcller.de"},
        {"DC=a_b-1,DC=local", "a_b-1.local"},
        {"CN=EX01,O=contoso", NULL},
        {"DC=contoso.com", NULL},
        {"DC=contoso,DC=", NULL},
        {"DC=a b,DC=com", NULL},
        {"DC=a\\00b,DC=com", NULL},
        {"DC=a,DC=\xff", NULL},
        {"nonsense", NULL},
        {"", NULL},
    };
    struct arena memory = {0};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *domain = ldap_dn_domain(rows[i].dn, &memory);

        assert_string_equal(domain ? domain : "(none)", rows[i].domain ? rows[i].domain : "(none)");
    }
    arena_release(&memory);
}

static void test_equal(void **state)
{
    static const struct {
        const char *one, *other;
        bool is_equal;
    } rows[] = {
        {"CN=EX01,DC=contoso,DC=com", "cn=ex01, dc=Contoso ,DC = COM", true},
        {"CN=A\\2cB", "CN=a\\,b", true},
        {"CN=a  b", "CN=a b", true},
        {"CN=\\ a\\ ", "CN=a", true},
        {"CN=ab", "CN=a b", false},
        {"CN=\xc3\x84pfel", "CN=\xc3\xa4PFEL", true},
        {"CN=a,DC=b", "CN=a", false},
        {"CN=a", "CN=a,DC=b", false},
        {"CN=a,DC=b", "CN=a+DC=b", false},
        {"CN=a+OU=b", "CN=a+OU=c", false},
        {"CN=a+OU=b", "cn=A+ou=B", true},
        {"CN=a", "OU=a", false},
        {"CN=a", "CN=b", false},
        {"", "", true},
        {"nonsense", "nonsense", false},
        {"CN=a", "nonsense", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (ldap_dn_equal(rows[i].one, rows[i].other) != rows[i].is_equal)
            fail_msg("%s and %s", rows[i].one, rows[i].other);
    }
}

/* Whatever a value is, it comes back from the name it was put in, and changes nothing else. */
static void test_there_and_back(void **state)
{
    struct arena memory = {0};

    (void)state;
    for (unsigned first = 0; first < 256; first++) {
        for (unsigned second = 0; second < 256; second++) {
            const char value[] = {(char)first, (char)second, 'x', (char)first};
            struct ldap_rdn *rdns;
            struct buffer dn;
            size_t count;

            buffer_init(&dn, 100);
            buffer_add_string(&dn, "CN=");
            ldap_dn_value(value, sizeof value, &dn);
            buffer_add_string(&dn, ",DC=com");
            assert_int_equal(ldap_dn_parse(dn.text, &memory, &rdns, &count), STATUS_OK);
            assert_int_equal(count, 2);
            assert_int_equal(rdns[0].value_size, sizeof value);
            assert_memory_equal(rdns[0].value, value, sizeof value);
            buffer_release(&dn);
            arena_reset(&memory);
        }
    }
    arena_release(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filter),     cmocka_unit_test(test_dn_value),
        cmocka_unit_test(test_components), cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_longest),    cmocka_unit_test(test_domain),
        cmocka_unit_test(test_equal),      cmocka_unit_test(test_there_and_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
