/* Security templates, as SYSVOL has them and secedit writes them. */
#include "diag/read/file_type.h"
#include "diag/read/security_inf.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define HEAD "[Unicode]\r\nUnicode=yes\r\n[System Access]\r\nMinimumPasswordAge = 1\r\n"
#define TAIL "[Version]\r\nsignature=\"$CHICAGO$\"\r\nRevision=1\r\n"

static enum status read_text(const char *text, size_t size, struct security_inf *out)
{
    char *copy = malloc(size ? size : 1); /* so that a sanitizer sees what is read beyond */
    enum status status;

    assert_non_null(copy);
    memcpy(copy, text, size);
    status = security_inf_read(copy, size, out);
    free(copy);
    return status;
}

static const char domain_policy[] =
    HEAD "[Kerberos Policy]\r\nMaxTicketAge = 10\r\nMaxClockSkew = 5\r\n" TAIL;

/* The policy of a domain; its value, and where it stands. */
static void test_domain_policy(void **state)
{
    struct security_inf out;

    (void)state;
    assert_int_equal(read_text(domain_policy, sizeof domain_policy - 1, &out), STATUS_OK);
    assert_true(out.has_clock_skew);
    assert_int_equal(out.clock_skew, 5);
    assert_int_equal(out.line, 7);
}

/* How it may be written, and what is not it. */
static void test_spellings(void **state)
{
    static const struct {
        const char *text;
        int minutes; /* -1: none */
    } cases[] = {
        {HEAD "[kerberos policy]\nmaxclockskew=10\n", 10},
        {HEAD "\t[ Kerberos Policy ] \n\n  MaxClockSkew\t=\t99999  ", 99999},
        {HEAD "[Kerberos Policy]\nMaxClockSkew=0\n", 0},
        {HEAD "[Kerberos Policy]\nMaxClockSkew=3\nMaxClockSkew=x\n", 3},
        {HEAD TAIL, -1},
        {HEAD "MaxClockSkew=5\n", -1},
        {HEAD "[Kerberos Policy]\n[Version]\nMaxClockSkew=5\n", -1},
        {HEAD "[Kerberos Policy]\n;MaxClockSkew=5\nMaxClockSkew5\nMaxClockSkewed=5\n", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct security_inf out;

        assert_int_equal(read_text(cases[i].text, strlen(cases[i].text), &out), STATUS_OK);
        assert_int_equal(out.has_clock_skew ? (int)out.clock_skew : -1, cases[i].minutes);
    }
}

/* What is no number of minutes is refused, and so is what is no template. */
static void test_refusals(void **state)
{
    static const struct {
        const char *text;
        enum status status;
    } cases[] = {
        {HEAD "[Kerberos Policy]\nMaxClockSkew=\n", STATUS_MALFORMED},
        {HEAD "[Kerberos Policy]\nMaxClockSkew=-5\n", STATUS_MALFORMED},
        {HEAD "[Kerberos Policy]\nMaxClockSkew=5 minutes\n", STATUS_MALFORMED},
        {HEAD "[Kerberos Policy]\nMaxClockSkew=100000\n", STATUS_MALFORMED},
        {"", STATUS_MALFORMED},
        {"[Kerberos Policy]\nMaxClockSkew=5\n", STATUS_MALFORMED},
        {"[Version]\nsignature=\"$CHICAGO$\"\n[Manufacturer]\n", STATUS_MALFORMED},
    };
    char *large = calloc(1, SECURITY_INF_MOST + 1);
    struct security_inf out;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(read_text(cases[i].text, strlen(cases[i].text), &out), cases[i].status);
        assert_false(out.has_clock_skew);
    }
    assert_non_null(large);
    assert_int_equal(security_inf_read(large, SECURITY_INF_MOST + 1, &out), STATUS_TOO_LARGE);
    free(large);
}

/* Cut off anywhere, it says less; never something else. */
static void test_truncated(void **state)
{
    (void)state;
    for (size_t size = 0; size < sizeof domain_policy; size++) {
        struct security_inf out;

        read_text(domain_policy, size, &out);
        assert_true(!out.has_clock_skew || out.clock_skew == 5);
    }
}

/* It is known as what it is, in UTF-16 too. */
static void test_file_type(void **state)
{
    unsigned char wide[2 * sizeof domain_policy];
    enum text_encoding encoding;

    (void)state;
    for (size_t i = 0; i < sizeof domain_policy; i++) {
        wide[2 * i] = i ? (unsigned char)domain_policy[i - 1] : 0xff;
        wide[2 * i + 1] = i ? 0 : 0xfe;
    }
    assert_int_equal(file_type_of(wide, sizeof wide, &encoding), FILE_TYPE_SECURITY_INF);
    assert_int_equal(encoding, TEXT_ENCODING_UTF16LE);
    assert_int_equal(file_type_of((const unsigned char *)TAIL, sizeof TAIL - 1, &encoding),
                     FILE_TYPE_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_domain_policy), cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_refusals),      cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_file_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
