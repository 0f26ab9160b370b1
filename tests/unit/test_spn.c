/* Service principal names, and the case in which they are written. */
#include "diag/read/case_fold.h"
#include "diag/read/spn.h"
#include "tests/unit/unit.h"

#include <string.h>

static void expect(const char *text, const char *service, const char *host, unsigned port,
                   const char *instance, const char *name)
{
    struct arena memory = {0};
    struct spn spn;

    if (spn_parse(text, &memory, &spn) != STATUS_OK)
        fail_msg("refused: %s", text);
    assert_string_equal(spn.service, service);
    assert_string_equal(spn.host, host);
    assert_int_equal(spn.port, port);
    assert_string_equal(spn.instance ? spn.instance : "(none)", instance ? instance : "(none)");
    assert_string_equal(spn.name ? spn.name : "(none)", name ? name : "(none)");
    arena_release(&memory);
}

/* As they stand in directories. */
static void test_parts(void **state)
{
    (void)state;
    expect("SMTPSVC/mail.contoso.com", "SMTPSVC", "mail.contoso.com", 0, NULL, NULL);
    expect("SmtpSvc/EX01", "SmtpSvc", "EX01", 0, NULL, NULL);
    expect("HTTP/web01:8443", "HTTP", "web01", 8443, NULL, NULL);
    expect("HTTP/web01:1", "HTTP", "web01", 1, NULL, NULL);
    expect("HTTP/web01:65535", "HTTP", "web01", 65535, NULL, NULL);
    expect("MSSQLSvc/sql01.contoso.com:ACCOUNTS", "MSSQLSvc", "sql01.contoso.com", 0, "ACCOUNTS",
           NULL);
    expect("ldap/dc01.contoso.com/ForestDnsZones.contoso.com", "ldap", "dc01.contoso.com", 0, NULL,
           "ForestDnsZones.contoso.com");
    expect("GC/dc01:3268/contoso.com", "GC", "dc01", 3268, NULL, "contoso.com");
    expect("a/b/c/d", "a", "b", 0, NULL, "c/d");
    expect("HTTP/[2001:db8::1]:80", "HTTP", "[2001:db8::1]", 80, NULL, NULL);
    expect("HTTP/m\xc3\xbcller", "HTTP", "m\xc3\xbcller", 0, NULL, NULL);
    expect("kadmin/changepw", "kadmin", "changepw", 0, NULL, NULL);
}

static void test_refusals(void **state)
{
    static const char *const texts[] = {
        "",         "SMTPSVC",   "SMTPSVC/",     "/mail",     "SMTPSVC//a", "SMTPSVC/:25",
        "HTTP/a:",  "HTTP/a:0",  "HTTP/a:65536", "HTTP/a:/b", "HTTP/a:80/", "HTTP/a/",
        "\1HTTP/a", "HTTP/a\tb", "HTTP/a\x7f",   "HTTP/\xff", "HTTP/a\n",   "HTTP/fe80::1"};
    struct arena memory = {0};
    struct spn spn;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (spn_parse(texts[i], &memory, &spn) != STATUS_MALFORMED)
            fail_msg("accepted: %s", texts[i]);
    }
    arena_release(&memory);
}

static void test_longest(void **state)
{
    char text[SPN_MOST + 2];
    struct arena memory = {0};
    struct spn spn;

    (void)state;
    memset(text, 'a', sizeof text);
    text[4] = '/';
    text[SPN_MOST + 1] = '\0';
    assert_int_equal(spn_parse(text, &memory, &spn), STATUS_MALFORMED);
    text[SPN_MOST] = '\0';
    assert_int_equal(spn_parse(text, &memory, &spn), STATUS_OK);
    arena_release(&memory);
}

/* Case alone makes no other name; a port, a dot or an accent does. */
static void test_equal(void **state)
{
    static const struct {
        const char *one, *other;
        bool is_equal;
    } rows[] = {
        {"SMTPSVC/mail.contoso.com", "SmtpSvc/MAIL.Contoso.Com", true},
        {"SMTPSVC/mail", "SMTPSVC/mai", false},
        {"SMTPSVC/mai", "SMTPSVC/mail", false},
        {"SMTPSVC/mail", "SMTP/mail", false},
        {"SMTPSVC/mail", "SMTPSVC/mail.", false},
        {"SMTPSVC/mail", "SMTPSVC/mail:25", false},
        {"HTTP/M\xc3\x9cLLER", "http/m\xc3\xbcller", true},
        {"HTTP/m\xc3\xbcller", "HTTP/muller", false},
        {"HTTP/\xff", "HTTP/\xff", true},
        {"HTTP/\xff", "HTTP/\xfe", false},
        {"HTTP/\xff", "HTTP/\xc3\xbf", false},
        {"", "", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (spn_equal(rows[i].one, rows[i].other) != rows[i].is_equal)
            fail_msg("%s and %s", rows[i].one, rows[i].other);
    }
}

/* Capitals of each alphabet, and what looks like one and is none. */
static void test_folding(void **state)
{
    static const struct {
        uint32_t from, to;
    } rows[] = {
        {'A', 'a'},           {'Z', 'z'},       {'@', '@'},       {'[', '['},
        {'a', 'a'},           {0xC0, 0xE0},     {0xD7, 0xD7},     {0xDE, 0xFE},
        {0xDF, 0xDF},         {0x100, 0x101},   {0x101, 0x101},   {0x12E, 0x12F},
        {0x130, 0x130},       {0x131, 0x131},   {0x132, 0x133},   {0x138, 0x138},
        {0x139, 0x13A},       {0x148, 0x148},   {0x149, 0x149},   {0x14A, 0x14B},
        {0x178, 0xFF},        {0x17D, 0x17E},   {0x17F, 's'},     {0x1A0, 0x1A1},
        {0x1AF, 0x1B0},       {0x21A, 0x21B},   {0x386, 0x3AC},   {0x391, 0x3B1},
        {0x3A2, 0x3A2},       {0x3A9, 0x3C9},   {0x3C2, 0x3C3},   {0x401, 0x451},
        {0x410, 0x430},       {0x42F, 0x44F},   {0x430, 0x430},   {0x490, 0x491},
        {0x4C0, 0x4CF},       {0x531, 0x561},   {0x1E9E, 0xDF},   {0x1EA0, 0x1EA1},
        {0x1EF8, 0x1EF9},     {0x212A, 'k'},    {0x212B, 0xE5},   {0xFF21, 0xFF41},
        {0xFF3A, 0xFF5A},     {0xFF3B, 0xFF3B}, {0x3042, 0x3042}, {0x4E2D, 0x4E2D},
        {0x10FFFF, 0x10FFFF},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(case_fold(rows[i].from), rows[i].to);
    for (uint32_t i = 0; i < 0x20000; i++) /* what is folded stays so */
        assert_int_equal(case_fold(case_fold(i)), case_fold(i));
}

/* Where capitals and small letters take turns, from the first to the last of each run. */
static void test_turns(void **state)
{
    static const uint32_t runs[][2] = {
        {0x100, 0x12F}, {0x132, 0x137}, {0x139, 0x148},   {0x14A, 0x177},
        {0x179, 0x17E}, {0x1A0, 0x1A5}, {0x1CD, 0x1DC},   {0x1DE, 0x1EF},
        {0x1F8, 0x21F}, {0x222, 0x233}, {0x460, 0x481},   {0x48A, 0x4BF},
        {0x4C1, 0x4CE}, {0x4D0, 0x52F}, {0x1E00, 0x1E95}, {0x1EA0, 0x1EFF},
    };

    (void)state;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        for (uint32_t capital = runs[i][0]; capital < runs[i][1]; capital += 2) {
            assert_int_equal(case_fold(capital), capital + 1);
            assert_int_equal(case_fold(capital + 1), capital + 1);
        }
    }
}

/* Sizes alone say where a text ends. */
static void test_sizes(void **state)
{
    (void)state;
    assert_true(case_equal("aB\0c", 4, "Ab\0C", 4));
    assert_true(case_equal("ab", 1, "ac", 1));
    assert_false(case_equal("a\0", 2, "a", 1));
    assert_false(case_equal("a", 1, "a\0", 2));
    assert_true(case_equal("", 0, "", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),   cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_longest), cmocka_unit_test(test_equal),
        cmocka_unit_test(test_folding), cmocka_unit_test(test_turns),
        cmocka_unit_test(test_sizes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
