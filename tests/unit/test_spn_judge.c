/* Who holds a service principal name, and what is made of it: made directories, judged. */
#include "probes/spn/names.h"
#include "tests/unit/unit.h"

#include <string.h>

enum { ENTRIES_MOST = 16, VALUES_MOST = 32 };

/* ---- made directories ---- */

struct made_account {
    const char *dn;
    const char *sam; /* NULL: an export that has none */
    const char *host;
    const char *names[VALUES_MOST];
    bool is_part; /* not all of its names are here */
};

static struct {
    struct arena arena;
    struct directory_answer answer;
    struct directory_file file;
    bool is_whole[ENTRIES_MOST];
} bench;

static void add_value(struct directory_entry *entry, struct directory_attribute *attributes,
                      const char *name, const char *value)
{
    struct directory_attribute *attribute = &attributes[entry->attribute_count++];
    struct directory_value *values = arena_new(&bench.arena, 1, sizeof *values);

    *values = (struct directory_value){value, strlen(value)};
    *attribute = (struct directory_attribute){name, values, 1};
}

static struct directory_entry *make(const struct made_account *accounts, size_t count)
{
    struct directory_entry *entries = arena_new(&bench.arena, count, sizeof *entries);

    for (size_t i = 0; i < count; i++) {
        struct directory_attribute *attributes = arena_new(&bench.arena, 3, sizeof *attributes);
        struct directory_value *values = arena_new(&bench.arena, VALUES_MOST, sizeof *values);
        size_t names = 0;

        entries[i] = (struct directory_entry){.dn = accounts[i].dn, .attributes = attributes};
        if (accounts[i].sam)
            add_value(&entries[i], attributes, "sAMAccountName", accounts[i].sam);
        if (accounts[i].host)
            add_value(&entries[i], attributes, "dNSHostName", accounts[i].host);
        for (; names < VALUES_MOST && accounts[i].names[names]; names++)
            values[names] = (struct directory_value){accounts[i].names[names],
                                                     strlen(accounts[i].names[names])};
        attributes[entries[i].attribute_count++] =
            (struct directory_attribute){"servicePrincipalName", values, names};
        bench.is_whole[i] = !accounts[i].is_part;
    }
    return entries;
}

static struct spn_library library_of(const struct made_account *accounts, size_t count)
{
    struct spn_library library = {.count = 0};

    bench.file = (struct directory_file){
        .entries = make(accounts, count), .is_whole = bench.is_whole, .entry_count = count};
    bench.file.evidence.settled = true;
    spn_library_add(&library, spn_book_of_file(&bench.file), &bench.arena);
    return library;
}

static void end(void)
{
    arena_release(&bench.file.evidence.memory);
    arena_release(&bench.answer.evidence.memory);
    arena_release(&bench.arena);
    memset(&bench, 0, sizeof bench);
}

#define EX01                                                                                       \
    .dn = "CN=EX01,CN=Computers,DC=contoso,DC=com", .sam = "EX01$", .host = "ex01.contoso.com"
#define EX02                                                                                       \
    .dn = "CN=EX02,CN=Computers,DC=contoso,DC=com", .sam = "EX02$", .host = "ex02.contoso.com"
#define MAIL "mail.contoso.com"

/* ---- verdicts ---- */

static const struct {
    struct made_account accounts[4];
    unsigned reasons;
    bool is_everywhere, is_mapped, is_shared, is_of_nobody, is_ownless;
    const char *verdict;
    bool is_for_person;
    bool is_cut;
    const char *namesake, *own_host;
} cases[] = {
    /* on the server's own account, however it is spelled */
    {{{EX01, .names = {"SMTPSVC/mail.contoso.com"}}}, SPN_ANNOUNCED, .verdict = "right"},
    {{{EX01, .names = {"SmtpSvc/MAIL.Contoso.COM"}}}, SPN_ANNOUNCED, .verdict = "right"},
    {{{EX01, .names = {"smtpsvc/mail.contoso.com", "HTTP/x"}}, {EX02}},
     SPN_CONFIGURED,
     true,
     .verdict = "right"},
    /* missing: seen everywhere, or all names of the server's account seen */
    {{{EX01}}, SPN_ANNOUNCED, .verdict = "missing"},
    {{{EX01, .is_part = true}}, SPN_ANNOUNCED, true, .verdict = "missing"},
    {{{EX01, .names = {"SMTP/mail.contoso.com", "SMTPSVC/mail", "SMTPSVC/mail.contoso.com:25"}}},
     SPN_LOGGED,
     .verdict = "missing"},
    {{{EX02}}, SPN_ANNOUNCED, true, .verdict = "missing"},
    /* a partial list never says so */
    {{{EX01, .is_part = true}}, SPN_ANNOUNCED, .verdict = "open"},
    {{{EX02}}, SPN_ANNOUNCED, .verdict = "open"},
    /* nor one that ends before its end, unless all was seen elsewhere; what is there counts */
    {{{EX01}}, SPN_ANNOUNCED, .is_cut = true, .verdict = "open"},
    {{{EX01}}, SPN_ANNOUNCED, true, .is_cut = true, .verdict = "missing"},
    {{{EX01, .names = {"SMTPSVC/mail.contoso.com"}}},
     SPN_ANNOUNCED,
     .is_cut = true,
     .verdict = "right"},
    {{{EX01}, {EX02, .names = {"SMTPSVC/mail.contoso.com"}}},
     SPN_ANNOUNCED,
     .is_cut = true,
     .verdict = "misplaced"},
    /* nor is a name missed that nobody needs */
    {{{EX01}}, SPN_EXCHANGER | SPN_SHORT | SPN_SMART_HOST, true, .verdict = "not-needed"},
    /* HOST/ stands for nothing but what sPNMappings lists */
    {{{EX01, .names = {"HOST/mail.contoso.com"}}}, SPN_ANNOUNCED, true, .verdict = "missing"},
    {{{EX01, .names = {"HOST/mail.contoso.com"}}}, SPN_ANNOUNCED, true, true, .verdict = "mapped"},
    {{{EX01}, {EX02, .names = {"host/mail.contoso.com"}}},
     SPN_ANNOUNCED,
     true,
     true,
     .verdict = "misplaced"},
    /* and what is there itself goes before it */
    {{{EX01, .names = {"SMTPSVC/mail.contoso.com"}}, {EX02, .names = {"HOST/mail.contoso.com"}}},
     SPN_ANNOUNCED,
     true,
     true,
     .verdict = "right"},
    {{{EX01, .names = {"SMTPSVC/mail.contoso.com"}}, {EX02, .names = {"SmtpSvc/MAIL.contoso.com"}}},
     SPN_ANNOUNCED,
     .verdict = "duplicate"},
    {{{EX01},
      {EX02, .names = {"SMTPSVC/mail.contoso.com"}},
      {.dn = "CN=EX03,DC=eu,DC=contoso,DC=com",
       .sam = "EX03$",
       .names = {"SMTPSVC/mail.contoso.com"}}},
     SPN_EXCHANGER,
     .verdict = "duplicate"},
    {{{EX01}, {EX02, .names = {"SMTPSVC/mail.contoso.com"}}},
     SPN_ANNOUNCED,
     .verdict = "misplaced"},
    /* a user's account, or an alternate service account: somebody may want it there */
    {{{EX01},
      {.dn = "CN=svc-mail,CN=Users,DC=contoso,DC=com",
       .sam = "svc-mail",
       .names = {"SMTPSVC/mail.contoso.com"}}},
     SPN_ANNOUNCED,
     .verdict = "misplaced",
     .is_for_person = true},
    {{{EX01},
      {.dn = "CN=ASA,DC=contoso,DC=com",
       .sam = "ASA$",
       .names = {"SMTPSVC/mail.contoso.com", "exchangeMDB/outlook.contoso.com"}}},
     SPN_ANNOUNCED,
     .verdict = "misplaced",
     .is_for_person = true},
    /* since Exchange 2013 it has names of HTTP alone, which many a machine has too */
    {{{EX01},
      {.dn = "CN=ASA,DC=contoso,DC=com",
       .sam = "ASA$",
       .names = {"SMTPSVC/mail.contoso.com", "http/outlook.contoso.com"}}},
     SPN_ANNOUNCED,
     .verdict = "misplaced",
     .is_for_person = true},
    {{{EX01},
      {.dn = "CN=WEB,DC=contoso,DC=com",
       .sam = "WEB$",
       .names = {"SMTPSVC/mail.contoso.com", "http/www.contoso.com", "HOST/WEB"}}},
     SPN_ANNOUNCED,
     .verdict = "misplaced"},
    /* several servers under one name: no account suits all */
    {{{EX01}, {EX02, .names = {"SMTPSVC/mail.contoso.com"}}},
     SPN_ANNOUNCED,
     true,
     .is_shared = true,
     .verdict = "shared",
     .is_for_person = true},
    {{{EX01},
      {.dn = "CN=OLD,DC=contoso,DC=com", .sam = "OLD$", .names = {"SMTPSVC/mail.contoso.com"}}},
     SPN_ANNOUNCED,
     true,
     .is_shared = true,
     .verdict = "misplaced",
     .is_for_person = true},
    /* where nobody logs on by it, it may be with whoever is called so, or leads there */
    {{{EX01}, {EX02, .names = {"SMTPSVC/mail.contoso.com"}}},
     SPN_EXCHANGER,
     true,
     .is_shared = true,
     .verdict = "not-needed",
     .is_for_person = true},
    /* the computer of that name has it by right, and no command takes it off */
    {{{EX01},
      {.dn = "CN=MX,DC=contoso,DC=com",
       .sam = "MX$",
       .host = "Mail.contoso.com",
       .names = {"SMTPSVC/mail.contoso.com"}}},
     SPN_ANNOUNCED,
     true,
     .verdict = "misplaced",
     .is_for_person = true,
     .namesake = "MX"},
    {{{EX01, .names = {"SMTPSVC/mail.contoso.com"}},
      {.dn = "CN=MX,DC=contoso,DC=com",
       .sam = "MX$",
       .host = "mail.contoso.com",
       .names = {"SMTPSVC/mail.contoso.com"}}},
     SPN_ANNOUNCED,
     true,
     .verdict = "duplicate",
     .is_for_person = true,
     .namesake = "MX"},
    /* what leads to the server alone, or is not asked for, moves for nobody */
    {{{EX01}, {EX02, .names = {"SMTPSVC/mail.contoso.com"}}},
     SPN_SMART_HOST | SPN_EXCHANGER,
     true,
     .verdict = "misplaced",
     .is_for_person = true},
    /* unless that is the server's name, too: it was replaced */
    {{{.dn = "CN=EX01,CN=Computers,DC=contoso,DC=com", .sam = "EX01$", .host = MAIL},
      {.dn = "CN=OLD,DC=contoso,DC=com",
       .sam = "OLD$",
       .host = MAIL,
       .names = {"SMTPSVC/mail.contoso.com"}}},
     SPN_ANNOUNCED,
     true,
     .verdict = "misplaced",
     .own_host = MAIL},
    /* whose account the server's is, is not known: one holder may be it, two are too many */
    {{{EX02, .names = {"SMTPSVC/mail.contoso.com"}}},
     SPN_ANNOUNCED,
     true,
     .is_of_nobody = true,
     .verdict = "right",
     .is_for_person = true},
    {{{EX02, .names = {"SMTPSVC/mail.contoso.com"}}},
     SPN_ANNOUNCED,
     true,
     .is_of_nobody = true,
     .is_ownless = true,
     .verdict = "open",
     .is_for_person = true},
    {{{EX01, .names = {"SMTPSVC/mail.contoso.com"}}, {EX02, .names = {"SMTPSVC/mail.contoso.com"}}},
     SPN_ANNOUNCED,
     true,
     .is_of_nobody = true,
     .verdict = "duplicate",
     .is_for_person = true},
};

static void test_verdicts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct spn_case at = {.service = "SMTPSVC",
                              .host = MAIL,
                              .reasons = cases[i].reasons,
                              .is_everywhere = cases[i].is_everywhere,
                              .is_cut = cases[i].is_cut,
                              .is_mapped = cases[i].is_mapped,
                              .is_shared = cases[i].is_shared,
                              .is_ownless = cases[i].is_ownless};
        size_t count = 0;
        struct spn_library library;

        while (count < 4 && cases[i].accounts[count].dn)
            count++;
        library = library_of(cases[i].accounts, count);
        if (!cases[i].is_of_nobody)
            at.own = cases[i].own_host ? spn_book_accounts(library.books[0], &count)
                                       : spn_find_computer(&library, "ex01.contoso.com", "EX01");
        at.sharers[0] = at.own;
        at.sharers[1] = spn_find_computer(&library, "ex02.contoso.com", "EX02");
        at.sharer_count = at.sharers[1] ? 2 : 1;
        spn_find_holders(&library, "SMTPSVC", MAIL, &bench.arena, &at.named);
        spn_find_holders(&library, "HOST", MAIL, &bench.arena, &at.hosts);
        spn_judge(&at);
        assert_string_equal(at.namesake ? at.namesake->name : "",
                            cases[i].namesake ? cases[i].namesake : "");
        if (strcmp(spn_verdict_word(at.verdict), cases[i].verdict) != 0 ||
            at.is_for_person != cases[i].is_for_person)
            fail_msg("case %zu: %s%s", i, spn_verdict_word(at.verdict),
                     at.is_for_person ? ", for a person" : "");
        end();
    }
}

/* So many servers are called so that not all are kept: nobody loses the name by a command. */
static void test_more_sharers_than_are_kept(void **state)
{
    static const struct made_account accounts[] = {{EX01}, {EX02, .names = {"SMTPSVC/" MAIL}}};

    (void)state;
    for (size_t kept = 1; kept <= SPN_HOLDERS_MOST; kept += SPN_HOLDERS_MOST - 1) {
        struct spn_case at = {.service = "SMTPSVC",
                              .host = MAIL,
                              .reasons = SPN_CONFIGURED,
                              .is_everywhere = true,
                              .is_shared = true,
                              .sharer_count = kept};
        struct spn_library library = library_of(accounts, 2);

        at.own = spn_find_computer(&library, "ex01.contoso.com", "EX01");
        for (size_t i = 0; i < kept; i++)
            at.sharers[i] = at.own;
        spn_find_holders(&library, "SMTPSVC", MAIL, &bench.arena, &at.named);
        spn_judge(&at);
        assert_string_equal(spn_verdict_word(at.verdict), kept == 1 ? "misplaced" : "shared");
        end();
    }
}

/* ---- accounts ---- */

/* What an Exchange 2019 server has on its account, as its set-up wrote it. */
static const struct made_account healthy = {EX01, .names = {"IMAP/EX01",
                                                            "IMAP/ex01.contoso.com",
                                                            "IMAP4/EX01",
                                                            "IMAP4/ex01.contoso.com",
                                                            "POP/EX01",
                                                            "POP/ex01.contoso.com",
                                                            "POP3/EX01",
                                                            "POP3/ex01.contoso.com",
                                                            "exchangeRFR/EX01",
                                                            "exchangeRFR/ex01.contoso.com",
                                                            "exchangeAB/EX01",
                                                            "exchangeAB/ex01.contoso.com",
                                                            "exchangeMDB/EX01",
                                                            "exchangeMDB/ex01.contoso.com",
                                                            "SMTP/EX01",
                                                            "SMTP/ex01.contoso.com",
                                                            "SmtpSvc/EX01",
                                                            "SmtpSvc/ex01.contoso.com",
                                                            "TERMSRV/EX01",
                                                            "TERMSRV/ex01.contoso.com",
                                                            "WSMAN/EX01",
                                                            "WSMAN/ex01.contoso.com",
                                                            "RestrictedKrbHost/EX01",
                                                            "RestrictedKrbHost/ex01.contoso.com",
                                                            "HOST/EX01",
                                                            "HOST/ex01.contoso.com"}};

static void test_a_healthy_server(void **state)
{
    static const char *const names[] = {"SMTPSVC", "ex01.contoso.com", "SMTPSVC", "ex01",
                                        "SMTP",    "EX01.CONTOSO.COM", "smtp",    "EX01"};
    struct spn_library library = library_of(&healthy, 1);
    struct spn_holders holders;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i += 2) {
        spn_find_holders(&library, names[i], names[i + 1], &bench.arena, &holders);
        assert_int_equal(holders.count, 1);
        assert_string_equal(holders.list[0]->name, "EX01");
        assert_true(spn_account_has(holders.list[0], names[i], names[i + 1]));
    }
    assert_false(spn_account_has(holders.list[0], "SMTP", "ex01.contoso"));
    assert_false(spn_account_has(holders.list[0], "SMT", "ex01.contoso.com"));
    assert_false(spn_is_alternate_service_account(holders.list[0]));
    end();
}

/* Output of setspn has no attributes: names tell what is a computer and what it is called. */
static void test_accounts_of_setspn(void **state)
{
    static const struct made_account accounts[] = {
        {.dn = "CN=EX01,OU=Mail,DC=contoso,DC=com",
         .names = {"HOST/EX01", "HOST/EX01.contoso.com", "SMTPSVC/EX01"}},
        {.dn = "CN=svc-mail,CN=Users,DC=contoso,DC=com", .names = {"SMTPSVC/mail.contoso.com"}}};
    struct spn_library library = library_of(accounts, 2);
    const struct spn_account *found = spn_find_computer(&library, "ex01.contoso.com", NULL);
    size_t count;

    (void)state;
    assert_non_null(found);
    assert_string_equal(found->name, "EX01");
    assert_string_equal(found->domain, "contoso.com");
    assert_false(spn_book_accounts(library.books[0], &count)[1].is_computer);
    assert_int_equal(count, 2);
    end();
}

/* Two domains have an EX01 each: the full name decides, and the short one does not. */
static void test_accounts_of_one_name(void **state)
{
    static const struct made_account accounts[] = {
        {EX01},
        {.dn = "CN=EX01,DC=eu,DC=contoso,DC=com", .sam = "EX01$", .host = "ex01.eu.contoso.com"},
        {.dn = "CN=EX07,DC=eu,DC=contoso,DC=com", .sam = "EX07$"}};
    struct spn_library library = library_of(accounts, 3);

    (void)state;
    assert_string_equal(spn_find_computer(&library, "EX01.eu.contoso.com", "EX01")->dn,
                        accounts[1].dn);
    assert_null(spn_find_computer(&library, NULL, "EX01"));
    assert_null(spn_find_computer(&library, "ex01.fabrikam.com", "EX01"));
    assert_string_equal(spn_find_computer(&library, "ex07.eu.contoso.com", "ex07")->dn,
                        accounts[2].dn);
    end();
}

/* The account that has both names is the one, then that of the full name, if no other is called so.
 */
static void test_accounts_of_one_host(void **state)
{
    static const struct made_account accounts[] = {
        {EX01},
        {.dn = "CN=OLD,DC=contoso,DC=com", .sam = "OLD$", .host = "ex01.contoso.com"},
        {.dn = "CN=EX01,DC=contoso,DC=com", .sam = "EX01$"}};
    struct spn_library library = library_of(accounts, 2);

    (void)state;
    assert_string_equal(spn_find_computer(&library, "ex01.contoso.com", "ex01")->dn,
                        accounts[0].dn);
    assert_null(spn_find_computer(&library, "ex01.contoso.com", NULL));
    end();
    library = library_of(&accounts[1], 2);
    assert_null(spn_find_computer(&library, "ex01.contoso.com", "EX01"));
    assert_true(spn_has_computer(&library, "ex01.contoso.com", "EX01"));
    assert_false(spn_has_computer(&library, "ex09.contoso.com", "EX09"));
    assert_string_equal(spn_find_computer(&library, "ex01.contoso.com", "EX09")->name, "OLD");
    end();
}

/* setspn prints no names of accounts: HOST/ tells a computer's, and nothing a user's. */
static void test_names_of_accounts(void **state)
{
    static const struct made_account accounts[] = {
        {.dn = "CN=MAILSERVER-BERLIN-01,DC=contoso,DC=com",
         .names = {"HOST/alias", "HOST/MAILSERVER-BERL", "HOST/MAILSERVER-BERLIN-01.contoso.com"}},
        {.dn = "CN=Mail Service,DC=contoso,DC=com", .names = {"SMTPSVC/mail.contoso.com"}},
        {.dn = "CN=EX07,DC=contoso,DC=com", .names = {"HOST/ex07-old"}}};
    struct spn_library library = library_of(accounts, 3);
    size_t count;
    const struct spn_account *list = spn_book_accounts(library.books[0], &count);

    (void)state;
    assert_string_equal(list[0].name, "MAILSERVER-BERL");
    assert_false(list[0].is_guessed);
    assert_string_equal(list[1].name, "Mail Service");
    assert_true(list[1].is_guessed);
    assert_true(list[2].is_guessed);
    assert_false(spn_spans_domains(&library));
    assert_ptr_equal(
        spn_find_computer(&library, "mailserver-berlin-01.contoso.com", "MAILSERVER-BERLIN-01"),
        &list[0]);
    end();
}

/* A computer that says that it is another is none of that short name. */
static void test_an_account_of_another_domain(void **state)
{
    static const struct made_account account = {
        EX01, .names = {"SMTPSVC/mail.contoso.com", "SMTPSVC/odd.contoso.com:25", "HTTP/web"}};
    struct spn_library library = library_of(&account, 1);
    struct spn_names names = {.count = 0};

    (void)state;
    assert_null(spn_find_computer(&library, "ex01.fabrikam.com", "EX01"));
    assert_non_null(spn_find_computer(&library, NULL, "EX01"));
    assert_true(
        spn_names_add_held(&names, &bench.arena, spn_find_computer(&library, NULL, "EX01")));
    assert_int_equal(names.count, 1);
    assert_string_equal(names.list[0].host, "mail.contoso.com");
    end();
}

/* One account in two pieces of evidence is one holder; the piece that has all of it counts. */
static void test_two_sources(void **state)
{
    static const struct made_account part = {EX01, .names = {"SMTPSVC/mail.contoso.com"},
                                             .is_part = true},
                                     whole = {.dn = "cn=EX01, cn=computers, dc=contoso, dc=com",
                                              .sam = "EX01$",
                                              .host = "ex01.contoso.com",
                                              .names = {"SMTPSVC/mail.contoso.com", "HOST/EX01"}};
    struct spn_library library = library_of(&part, 1);
    struct spn_holders holders;

    (void)state;
    bench.answer = (struct directory_answer){.entries = make(&whole, 1), .entry_count = 1};
    bench.answer.evidence.settled = true;
    spn_library_add(&library, spn_book_of_answer(&bench.answer), &bench.arena);
    bench.is_whole[0] = false;
    spn_find_holders(&library, "SMTPSVC", MAIL, &bench.arena, &holders);
    assert_int_equal(holders.count, 1);
    assert_true(holders.list[0]->is_whole);
    assert_true(spn_find_computer(&library, "ex01.contoso.com", NULL)->is_whole);
    end();
}

/* One account is one, wherever its entry was, and in whatever code page its DN is written. */
static void test_the_same_account(void **state)
{
    static const struct {
        struct made_account one, other;
        bool is_same;
    } pairs[] = {
        {{EX01}, {.dn = "CN=EX01,OU=New,DC=contoso,DC=com", .sam = "ex01$"}, true},
        {{EX01}, {.dn = "CN=EX01,OU=New,DC=eu,DC=contoso,DC=com", .sam = "EX01$"}, false},
        {{EX01}, {.dn = "CN=EX01,CN=Users,DC=contoso,DC=com", .sam = "EX01"}, false},
        {{EX01}, {.dn = "CN=EX01,OU=New,DC=contoso,DC=com", .names = {"SMTP/x"}}, false},
        {{.dn = "CN=a b,OU=B\xc3\xbcro,DC=contoso,DC=com", .sam = "svc-mail"},
         {.dn = "cn=A B,OU=B\x81ro,DC=contoso,DC=com", .names = {"SMTP/x"}},
         true},
        {{.dn = "CN=a b,OU=B\xc3\xbcro,DC=contoso,DC=com", .sam = "svc-mail"},
         {.dn = "CN=a c,OU=B\x81ro,DC=contoso,DC=com", .names = {"SMTP/x"}},
         false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct spn_library library = library_of(&pairs[i].one, 1);
        const struct spn_account *one, *other;
        size_t count;

        bench.answer =
            (struct directory_answer){.entries = make(&pairs[i].other, 1), .entry_count = 1};
        bench.answer.evidence.settled = true;
        one = spn_book_accounts(library.books[0], &count);
        other = spn_book_accounts(spn_book_of_answer(&bench.answer), &count);
        assert_int_equal(count, 1);
        if (spn_account_is(one, other) != pairs[i].is_same ||
            spn_account_is(other, one) != pairs[i].is_same)
            fail_msg("pair %zu", i);
        end();
    }
}

/* What was deleted keeps its names, and counts for nobody. */
static void test_deleted_accounts(void **state)
{
    static const struct made_account accounts[] = {
        {.dn = "CN=EX01\\0ADEL:b6f2ad5e,CN=Deleted Objects,DC=contoso,DC=com",
         .sam = "EX01$",
         .host = "ex01.contoso.com"},
        {.dn = "CN=EX01\nDEL:b6f2ad5e,OU=x,DC=contoso,DC=com", .names = {"SMTPSVC/EX01"}},
        {EX01}};
    struct spn_library library = library_of(accounts, 3);
    size_t count;

    (void)state;
    assert_string_equal(spn_book_accounts(library.books[0], &count)->dn, accounts[2].dn);
    assert_int_equal(count, 1);
    end();
}

/* Values with NULs are none, and do not end the reading. */
static void test_hostile_values(void **state)
{
    static const char nul[] = "SMTPSVC/mail.contoso.com\0.evil";
    static const struct made_account account = {EX01, .names = {"x", "SMTPSVC/other"}};
    struct directory_entry *entries = make(&account, 1);
    struct directory_value *values = arena_new(&bench.arena, 3, sizeof *values);
    struct directory_attribute *attributes = arena_new(&bench.arena, 1, sizeof *attributes);
    struct spn_library library = {.count = 0};
    struct spn_holders holders;

    (void)state;
    values[0] = (struct directory_value){nul, sizeof nul - 1};
    values[1] = (struct directory_value){"SMTPSVC/\xff", 9};
    values[2] = (struct directory_value){"SMTPSVC/other", 13};
    attributes[0] = (struct directory_attribute){"serviceprincipalname", values, 3};
    entries[0].attributes = attributes;
    entries[0].attribute_count = 1;
    bench.answer = (struct directory_answer){.entries = entries, .entry_count = 1};
    bench.answer.evidence.settled = true;
    spn_library_add(&library, spn_book_of_answer(&bench.answer), &bench.arena);
    spn_find_holders(&library, "SMTPSVC", MAIL, &bench.arena, &holders);
    assert_int_equal(holders.count, 0);
    spn_find_holders(&library, "SMTPSVC", "other", &bench.arena, &holders);
    assert_int_equal(holders.count, 1);
    end();
}

static void test_mappings(void **state)
{
    static const struct directory_value values[] = {
        {"host=alerter,www,http", 21}, {"other=smtpsvc", 13}, {"HOST=cifs,SmtpSvc", 17}};
    const struct directory_attribute usual = {"sPNMappings", values, 2},
                                     widened = {"sPNMappings", values, 3};

    (void)state;
    assert_true(spn_mapping_has(&usual, "HTTP"));
    assert_true(spn_mapping_has(&usual, "alerter"));
    assert_false(spn_mapping_has(&usual, "smtpsvc"));
    assert_false(spn_mapping_has(&usual, "ht"));
    assert_true(spn_mapping_has(&widened, "SMTPSVC"));
    assert_false(spn_mapping_has(NULL, "http"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_more_sharers_than_are_kept),
        cmocka_unit_test(test_a_healthy_server),
        cmocka_unit_test(test_accounts_of_setspn),
        cmocka_unit_test(test_accounts_of_one_name),
        cmocka_unit_test(test_accounts_of_one_host),
        cmocka_unit_test(test_names_of_accounts),
        cmocka_unit_test(test_an_account_of_another_domain),
        cmocka_unit_test(test_two_sources),
        cmocka_unit_test(test_the_same_account),
        cmocka_unit_test(test_deleted_accounts),
        cmocka_unit_test(test_hostile_values),
        cmocka_unit_test(test_mappings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
