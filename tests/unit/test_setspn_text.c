/* What setspn prints, in several languages and encodings. */
#include "diag/buffer.h"
#include "diag/read/setspn_text.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define EX01 "CN=EX01,CN=Computers,DC=contoso,DC=com"
#define SVC  "CN=svc-mail,OU=Service Accounts,DC=contoso,DC=com"
#define MAIL "SMTPSVC/mail.contoso.com"

static struct arena memory;

static struct setspn_text read_text(const char *text)
{
    struct setspn_text out;

    assert_int_equal(setspn_read(text, strlen(text), &memory, &out), STATUS_OK);
    assert_true(setspn_is(text, strlen(text)));
    return out;
}

static void expect_account(const struct setspn_text *text, size_t at, const char *dn, bool is_whole,
                           const char *const *names)
{
    const struct setspn_account *account = &text->accounts[at];
    size_t count = 0;

    assert_in_range(at, 0, text->account_count - 1);
    assert_string_equal(account->dn, dn);
    assert_int_equal(account->is_whole, is_whole);
    for (; names[count]; count++) {
        assert_in_range(count, 0, account->name_count - 1);
        assert_string_equal(account->names[count], names[count]);
    }
    assert_int_equal(account->name_count, count);
}

static int release(void **state)
{
    (void)state;
    arena_release(&memory);
    return 0;
}

/* -L: the sentence is of any language, and may have the account at its end or within. */
static void test_lists(void **state)
{
    static const char *const headlines[] = {
        "Registered ServicePrincipalNames for " EX01 ":",
        "Registrierte Dienstprinzipalnamen (SPN) f\xc3\xbcr " EX01 ":",
        "Registrierte Dienstprinzipalnamen f\x81r " EX01 ":", /* code page 850 */
        "Noms principaux de service inscrits pour " EX01 "\xc2\xa0:",
        "Noms principaux de service inscrits pour " EX01 "\xff:", /* code page 850 */
        "Noms principaux de service inscrits pour " EX01 " :",
        "\xe6\xac\xa1\xe3\x81\xae\xe9\xa0\x85\xe7\x9b\xae\xe3\x81\xab\xe7\x99\xbb\xe9\x8c\xb2\xe3"
        "\x81\x95\xe3\x82\x8c\xe3\x81\xa6\xe3\x81\x84\xe3\x82\x8b ServicePrincipalNames " EX01 ":",
        "\x8e\x9f\x82\xcc\x8d\x80\x96\xda\x82\xc9 ServicePrincipalNames " EX01 ":", /* 932 */
        EX01 " \xe3\x81\xab\xe7\x99\xbb\xe9\x8c\xb2\xe3\x81\x95\xe3\x82\x8c\xe3\x81\x9f SPN:",
        "Registered ServicePrincipalNames \xe7\x94\xa8\xe4\xba\x8e" EX01 "\xef\xbc\x9a",
        "Registered ServicePrincipalNames ??" EX01 ":",
    };
    static const char *const names[] = {MAIL, "SmtpSvc/EX01", "HOST/EX01", NULL};

    (void)state;
    for (size_t i = 0; i < sizeof headlines / sizeof *headlines; i++) {
        struct buffer text;
        struct setspn_text out;

        buffer_init(&text, 1000);
        buffer_print(&text, "%s\r\n\t" MAIL "\r\n\tSmtpSvc/EX01\r\n\tHOST/EX01\r\n", headlines[i]);
        out = read_text(text.text);
        assert_int_equal(out.account_count, 1);
        assert_int_equal(out.place_count, 0);
        expect_account(&out, 0, EX01, true, names);
        buffer_release(&text);
    }
}

/* What is no name, or has words behind it, among names. */
static void test_odd_names(void **state)
{
    struct setspn_text out =
        read_text("CN=a,DC=d,DC=my-corp_1 \xe3\x81\xab SPN:\n\tHTTP/\n\tHTTP/dropped\n"
                  "for CN=b,DC=c:\n\tHTTP/a b\n\t/HTTP\n");

    (void)state;
    assert_int_equal(out.account_count, 2);
    expect_account(&out, 0, "CN=a,DC=d,DC=my-corp_1", true, (const char *const[]){NULL});
    expect_account(&out, 1, "CN=b,DC=c", true, (const char *const[]){"HTTP/a b", NULL});
}

/* An account without names is an account still: it was asked for. */
static void test_empty_list(void **state)
{
    struct setspn_text out = read_text("Registered ServicePrincipalNames for " SVC ":\r\n");

    (void)state;
    expect_account(&out, 0, SVC, true, (const char *const[]){NULL});
}

/* -Q: whoever has the name, with all names of each. */
static void test_queries(void **state)
{
    struct setspn_text out = read_text("Checking domain DC=contoso,DC=com\r\n" EX01 "\r\n"
                                       "\t" MAIL "\r\n\tHOST/EX01\r\n" SVC "\r\n\t" MAIL "\r\n"
                                       "\r\nExisting SPN found!\r\n");

    (void)state;
    assert_int_equal(out.account_count, 2);
    expect_account(&out, 0, EX01, true, (const char *const[]){MAIL, "HOST/EX01", NULL});
    expect_account(&out, 1, SVC, true, (const char *const[]){MAIL, NULL});
    assert_int_equal(out.place_count, 1);
    assert_string_equal(out.places[0], "DC=contoso,DC=com");
}

/* Nothing found: where it was looked for is what there is to say. */
static void test_nothing_found(void **state)
{
    static const char *const texts[] = {
        "Checking domain DC=contoso,DC=com\r\n\r\nNo such SPN found.\r\n",
        "Checking forest DC=contoso,DC=com\r\nProcessing entry 0\rProcessing entry 1\r\n"
        "found 0 group of duplicate SPNs.\r\n",
        "Die Dom\xc3\xa4ne wird \xc3\xbc"
        "berpr\xc3\xbc"
        "ft DC=contoso,DC=com\r\nKein SPN gefunden.\r\n",
        "V\x82rification du domaine DC=contoso,DC=com\r\n",
        "\xe3\x83\x89\xe3\x83\xa1\xe3\x82\xa4\xe3\x83\xb3 DC=contoso,DC=com "
        "\xe3\x82\x92\xe7\xa2\xba\xe8\xaa\x8d\r\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct setspn_text out = read_text(texts[i]);

        assert_int_equal(out.account_count, 0);
        assert_int_equal(out.place_count, 1);
        assert_string_equal(out.places[0], "DC=contoso,DC=com");
    }
}

/* -X: one entry for each account in a group, with the name that is duplicate. */
static void test_duplicates(void **state)
{
    static const char *const sentences[] = {
        MAIL " is registered on these accounts:", MAIL " ist auf folgenden Konten registriert:",
        MAIL " est inscrit sur ces comptes\xc2\xa0:",
        MAIL " \xe3\x81\xaf\xe6\xac\xa1\xe3\x81\xae\xe3\x82\xa2\xe3\x82\xab:",
        "Le nom " MAIL " est inscrit sur :"};

    (void)state;
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        struct buffer text;
        struct setspn_text out;

        buffer_init(&text, 1000);
        buffer_print(&text,
                     "Checking domain DC=contoso,DC=com\r\nProcessing entry 0\r\n%s\r\n"
                     "\t" EX01 "\r\n\t" SVC "\r\n\r\nHTTP/a is registered on these accounts:\r\n"
                     "\tCN=A,DC=b\r\n\tCN=B,DC=b\r\n\r\nfound 2 groups of duplicate SPNs.\r\n",
                     sentences[i]);
        out = read_text(text.text);
        assert_int_equal(out.account_count, 4);
        expect_account(&out, 0, EX01, false, (const char *const[]){MAIL, NULL});
        expect_account(&out, 1, SVC, false, (const char *const[]){MAIL, NULL});
        expect_account(&out, 3, "CN=B,DC=b", false, (const char *const[]){"HTTP/a", NULL});
        buffer_release(&text);
    }
}

/* A console's text: what was changed, or was to be, is no state of anything. */
static void test_sessions(void **state)
{
    struct setspn_text out = read_text(
        "C:\\>setspn -S " MAIL " EX01\r\nChecking domain DC=contoso,DC=com\r\n\r\n"
        "Registering ServicePrincipalNames for " EX01 "\r\n\t" MAIL "\r\nUpdated object\r\n\r\n"
        "C:\\>setspn -D " MAIL " svc-mail\r\n"
        "Unregistering ServicePrincipalNames for " SVC "\r\n\t" MAIL "\r\nUpdated object\r\n"
        "C:\\>setspn -S HTTP/a svc-mail\r\nChecking domain DC=contoso,DC=com\r\n" SVC "\r\n"
        "\tHTTP/a\r\n\r\nDuplicate SPN found, aborting operation!\r\n"
        "C:\\>setspn -L EX01\r\nRegistered ServicePrincipalNames for " EX01 ":\r\n"
        "\tGC/dc01/contoso.com\r\nE3514235-4B06-11D1-AB04-00C04FC2DCD2/x/contoso.com\r\n"
        "some/text behind\r\n\tHTTP/behind\r\n");

    (void)state;
    assert_int_equal(out.account_count, 2);
    assert_int_equal(out.place_count, 2);
    expect_account(&out, 0, SVC, true, (const char *const[]){"HTTP/a", NULL});
    expect_account(&out, 1, EX01, true,
                   (const char *const[]){"GC/dc01/contoso.com",
                                         "E3514235-4B06-11D1-AB04-00C04FC2DCD2/x/contoso.com",
                                         NULL});
}

/* The same in UTF-16 of both orders, with a mark and without, and with the mark of UTF-8. */
static void test_encodings(void **state)
{
    static const char text[] = "\xff" EX01 "\r\n\t" MAIL "\r\n";
    char wide[2 * sizeof text];
    struct setspn_text out;

    (void)state;
    for (unsigned form = 0; form < 4; form++) {
        size_t low = form % 2, from = form < 2 ? 0 : 1, size = 0;

        for (size_t i = 0; i < sizeof text - 1; i++) {
            wide[2 * i + low] = text[i];
            wide[2 * i + !low] = i == 0 ? '\xfe' : '\0';
            size = 2 * i + 2;
        }
        assert_int_equal(setspn_read(wide + 2 * from, size - 2 * from, &memory, &out), STATUS_OK);
        expect_account(&out, 0, EX01, true, (const char *const[]){MAIL, NULL});
    }
    out = read_text("\xef\xbb\xbf" EX01 "\n\t" MAIL "\n");
    expect_account(&out, 0, EX01, true, (const char *const[]){MAIL, NULL});
}

/* Texts that are none, though they name accounts or domains. */
static void test_refusals(void **state)
{
    static const char *const texts[] = {
        "",
        "\xff",
        "\xff\xfe",
        "hello\n",
        EX01 "\n", /* a list of accounts is no answer of -Q */
        EX01 "\n" SVC "\n",
        "\t" MAIL "\n",
        MAIL " is registered on these accounts:\n",
        "DC=contoso,DC=com\n",
        "dn: DC=contoso,DC=com\n",
        "base 12 DC=contoso,DC=com\n",
        "for CN=nobody:\n",
        "for CN=nobody,O=contoso:\n\tHTTP/a\n",
        "for CN=a\tb,DC=com:\n",
        "forCN=EX01,DC=com:\n",
        "see https://a.example:\n\t" EX01 "\n",
        "a \"b\"/c:\n\t" EX01 "x\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct setspn_text out;

        if (setspn_read(texts[i], strlen(texts[i]), &memory, &out) != STATUS_MALFORMED ||
            setspn_is(texts[i], strlen(texts[i])))
            fail_msg("accepted: %s", texts[i]);
    }
}

/* Cut off anywhere: what is told was printed, and a list that ends within a name is not whole. */
static void test_cut_off(void **state)
{
    static const char text[] = "Registered ServicePrincipalNames for " EX01 ":\r\n\t" MAIL "\r\n"
                               "\tHOST/EX01\r\n";

    (void)state;
    for (size_t size = 0; size < sizeof text; size++) {
        char *copy = memory_new(size + 1, 1);
        struct setspn_text out;

        memcpy(copy, text, size);
        if (setspn_read(copy, size, &memory, &out) == STATUS_OK) {
            assert_string_equal(out.accounts[0].dn, EX01);
            assert_int_equal(out.accounts[0].is_whole,
                             copy[size - 1] == '\n' || copy[size - 1] == '\r');
        }
        free(copy);
    }
}

static void test_limits(void **state)
{
    struct setspn_text out;
    struct buffer text;

    (void)state;
    buffer_init(&text, 64 << 20);
    for (unsigned i = 0; i <= SETSPN_ACCOUNTS_MOST; i++)
        buffer_print(&text, "for CN=a%u,DC=com:\n", i);
    assert_int_equal(setspn_read(text.text, text.size, &memory, &out), STATUS_OK);
    assert_int_equal(out.account_count, SETSPN_ACCOUNTS_MOST);
    assert_true(out.more);
    buffer_clear(&text);
    buffer_add_string(&text, "for CN=a,DC=com:\n");
    for (unsigned i = 0; i <= SETSPN_NAMES_MOST; i++)
        buffer_print(&text, "\tHTTP/%u\n", i);
    assert_int_equal(setspn_read(text.text, text.size, &memory, &out), STATUS_OK);
    assert_int_equal(out.accounts[0].name_count, SETSPN_NAMES_MOST);
    assert_true(out.more && !out.accounts[0].is_whole);
    buffer_clear(&text);
    for (unsigned i = 0; i <= SETSPN_PLACES_MOST; i++)
        buffer_print(&text, "Checking DC=d%u\n", i);
    assert_int_equal(setspn_read(text.text, text.size, &memory, &out), STATUS_OK);
    assert_int_equal(out.place_count, SETSPN_PLACES_MOST);
    assert_true(out.more);
    buffer_clear(&text);
    buffer_add_string(&text, "for CN=");
    for (unsigned i = 0; i < 8192; i++)
        buffer_add_char(&text, 'a');
    buffer_add_string(&text, ",DC=com:\n");
    assert_int_equal(setspn_read(text.text, text.size, &memory, &out), STATUS_MALFORMED);
    buffer_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_lists, release),
        cmocka_unit_test_teardown(test_odd_names, release),
        cmocka_unit_test_teardown(test_empty_list, release),
        cmocka_unit_test_teardown(test_queries, release),
        cmocka_unit_test_teardown(test_nothing_found, release),
        cmocka_unit_test_teardown(test_duplicates, release),
        cmocka_unit_test_teardown(test_sessions, release),
        cmocka_unit_test_teardown(test_encodings, release),
        cmocka_unit_test_teardown(test_refusals, release),
        cmocka_unit_test_teardown(test_cut_off, release),
        cmocka_unit_test_teardown(test_limits, release),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
