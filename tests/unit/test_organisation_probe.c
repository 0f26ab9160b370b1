/* Finding an organisation in made directories, by the whole probe. */
#include "probes/organisation/organisation.h"
#include "tests/unit/probe_bench.h"

#include "probes/organisation/accepted.h"

extern const struct probe probe_organisation;

#define CONTOSO       "DC=contoso,DC=com"
#define CONFIGURATION "CN=Configuration," CONTOSO
#define EXCHANGE      "CN=Microsoft Exchange,CN=Services," CONFIGURATION
#define OWN           "ex01.contoso.com"

enum { VALUES_MOST = 4, ENTRIES_MOST = 8 };

struct made_entry {
    const char *dn; /* NULL ends a list */
    struct {
        const char *name, *value;
    } attributes[VALUES_MOST];
};

struct world {
    struct machine_identity machine; /* its observation; a name of NULL: OWN in contoso.com */
    enum status machine_status;
    enum status controllers; /* what DNS says of them, if not OK */
    enum status directory;
    enum directory_identity identity;
    struct made_entry servers[ENTRIES_MOST], accepted[ENTRIES_MOST];
    bool has_more_accepted;
    enum status config, events; /* of the machine at hand */
    bool has_mx;                /* the domain of the machine */
};

static const struct world *world;

#define SERVER(name, host, roles)                                                                  \
    {                                                                                              \
        "CN=" name ",CN=Servers," EXCHANGE,                                                        \
        {                                                                                          \
            {"objectClass", "msExchExchangeServer"}, {"networkAddress", host},                     \
                {"msExchCurrentServerRoles", roles},                                               \
        }                                                                                          \
    }
#define ACCEPTED(name, flags)                                                                      \
    {                                                                                              \
        "CN=" name ",CN=Accepted Domains," EXCHANGE,                                               \
        {                                                                                          \
            {"msExchAcceptedDomainName", name}, {"msExchAcceptedDomainFlags", flags},              \
        }                                                                                          \
    }

/* ---- answers ---- */

static void add_record(struct dns_answer *answer, const char *target, unsigned last)
{
    struct dns_record *record = arena_new(&answer->evidence.memory, 1, sizeof *record);

    *record = (struct dns_record){.owner = answer->name, .type = (uint16_t)answer->type};
    if (answer->type == DNS_SRV)
        record->data.srv.target = target;
    else
        record->data.ip = (struct ip_address){IP_V4, {192, 0, 2, (uint8_t)last}};
    answer->answer.records = record;
    answer->answer.count = 1;
}

static void answer_dns(struct dns_answer *answer)
{
    bool is_gone = strstr(answer->name, "gone") != NULL;

    answer->evidence.status = STATUS_OK;
    if (answer->type == DNS_SRV) {
        answer->evidence.status = world->controllers;
        if (world->controllers == STATUS_OK && strstr(answer->name, "contoso.com"))
            add_record(answer, "dc1.contoso.com", 0);
    } else if (answer->type == DNS_MX) {
        if (world->has_mx)
            add_record(answer, NULL, 0);
    } else if (strcmp(answer->name, "quiet.contoso.com") == 0) {
        answer->evidence.status = STATUS_TIMED_OUT;
    } else if (answer->type == DNS_A && !is_gone) {
        add_record(answer, NULL, strstr(answer->name, "dc1") ? 11 : 21);
    }
}

static void fill(struct directory_answer *answer, const struct made_entry *made)
{
    struct arena *arena = &answer->evidence.memory;
    struct directory_entry *entries = arena_new(arena, ENTRIES_MOST, sizeof *entries);

    answer->entries = entries;
    for (; answer->entry_count < ENTRIES_MOST && made->dn; made++) {
        struct directory_entry *entry = &entries[answer->entry_count++];
        struct directory_attribute *attributes = arena_new(arena, VALUES_MOST, sizeof *attributes);

        entry->dn = made->dn;
        entry->attributes = attributes;
        for (size_t i = 0; i < VALUES_MOST && made->attributes[i].value; i++) {
            struct directory_value *value = arena_new(arena, 1, sizeof *value);

            *value = (struct directory_value){made->attributes[i].value,
                                              strlen(made->attributes[i].value)};
            attributes[entry->attribute_count++] =
                (struct directory_attribute){made->attributes[i].name, value, 1};
        }
    }
}

static void answer_directory(struct directory_answer *answer)
{
    static const struct made_entry root[] = {
        {"", {{"configurationNamingContext", CONFIGURATION}, {"defaultNamingContext", CONTOSO}}},
        {0}};

    answer->evidence.status = world->directory;
    answer->identity = world->identity;
    if (world->directory != STATUS_OK)
        return;
    if (!*answer->base) {
        fill(answer, root);
    } else if (strcmp(answer->filter, accepted_domains_filter) == 0) {
        fill(answer, world->accepted);
        answer->more = world->has_more_accepted;
    } else if (strstr(answer->base, "CN=Microsoft Exchange")) {
        fill(answer, world->servers);
    }
}

static void answer_machine(struct machine_identity *machine)
{
    const char *path = machine->path;
    struct evidence evidence = machine->evidence;

    *machine = world->machine;
    machine->evidence = evidence;
    machine->path = path;
    machine->evidence.status = world->machine_status;
    if (world->machine_status != STATUS_OK || machine->name)
        return;
    machine->name = "EX01.contoso.com";
    machine->domain = "contoso.com";
    machine->membership = MACHINE_MEMBERSHIP_DOMAIN;
    machine->role = MACHINE_ROLE_MEMBER_SERVER;
    if (machine->facts.exchange == MACHINE_EXCHANGE_UNKNOWN)
        machine->facts.exchange = MACHINE_EXCHANGE_SERVER;
}

static void answer(struct evidence *item)
{
    item->settled = true;
    item->status = STATUS_NOT_SUPPORTED;
    if (item->kind == &evidence_dns)
        answer_dns((struct dns_answer *)item);
    else if (item->kind == &evidence_directory)
        answer_directory((struct directory_answer *)item);
    else if (item->kind == &evidence_machine)
        answer_machine((struct machine_identity *)item);
    else if (item->kind == &evidence_iis_config)
        item->status = world->config;
    else if (item->kind == &evidence_event_log)
        item->status = world->events;
}

static void look(const struct world *of, enum subject_kind kind, const char *subject)
{
    world = of;
    bench.settings.everything = true;
    bench_begin(&probe_organisation);
    bench_run(kind, subject, answer);
}

static bool has_subject(enum subject_kind kind, const char *name)
{
    struct subject_list all = exam_subjects(bench.exam);

    for (size_t i = 0; i < all.count; i++) {
        if (all.list[i]->kind == kind && strcmp(all.list[i]->name, name) == 0)
            return true;
    }
    return false;
}

static bool is_listed;

static void ask_of(struct examination *x, const struct subject *server)
{
    bool is_pending = false, found = organisation_lists(x, server->name, &is_pending);

    if (!is_pending)
        is_listed = found;
}

static const struct finding *unread(void)
{
    return finding_of(OWN, "organisation-unread", NULL);
}

/* ---- tests ---- */

/* Servers, accepted domains and controllers become subjects; the domain of AD alone does not. */
static void all_of_it_is_found(void **state)
{
    static const struct world whole = {
        .servers = {SERVER("EX01", "ncacn_ip_tcp:" OWN, "16439"),
                    SERVER("EX02", "ncacn_ip_tcp:EX02.Contoso.com", "16439"),
                    SERVER("EDGE", "ncacn_ip_tcp:edge.contoso.com", "64"),
                    {0}},
        .accepted = {ACCEPTED("Fabrikam.com", "4"),
                     ACCEPTED("tailspin.com", "2"),
                     ACCEPTED("*.contoso.com", "0"),
                     {0}},
    };

    (void)state;
    look(&whole, SUBJECT_SERVER, OWN);
    assert_string_equal(word_of(unread()), "ok");
    assert_non_null(strstr(unread()->title, "3 Exchange servers, 2 accepted domains and 1 domain"));
    assert_true(saw_it(unread(), "edge.contoso.com, an Edge Transport server"));
    assert_true(saw_it(unread(), "tailspin.com, internal relay"));
    assert_true(saw_it(unread(), "*.contoso.com, authoritative, which names no domain"));
    assert_true(has_subject(SUBJECT_SERVER, "ex02.contoso.com"));
    assert_true(has_subject(SUBJECT_SERVER, "edge.contoso.com"));
    assert_true(has_subject(SUBJECT_DC, "dc1.contoso.com"));
    assert_true(has_subject(SUBJECT_DOMAIN, "fabrikam.com"));
    assert_true(has_subject(SUBJECT_DOMAIN, "tailspin.com"));
    assert_false(has_subject(SUBJECT_DOMAIN, "contoso.com"));
    assert_false(has_subject(SUBJECT_DOMAIN, "*.contoso.com"));
    assert_string_equal(word_of(finding_of(OWN, "organisation-server-gone", NULL)), "ok");
    bench_end();
}

static bool may_be_asked(const char *host)
{
    static const struct finding_kind kind = {.id = "lists"};
    static const struct finding_kind *const kinds[] = {&kind, NULL};
    static const struct probe probe = {.name = "lists",
                                       .summary = "",
                                       .subjects = PROBE_EXAMINES(SUBJECT_SERVER),
                                       .kinds = kinds,
                                       .examine = ask_of};

    bench.settings.everything = true;
    bench_begin(&probe);
    bench_run(SUBJECT_SERVER, host, answer);
    bench_end();
    return is_listed;
}

/* Windows logs on to whom it asks: nobody outside, and nobody whom a stranger may have named. */
static void others_that_may_be_asked(void **state)
{
    static const struct made_entry servers[ENTRIES_MOST] = {
        SERVER("EX02", "ncacn_ip_tcp:ex02.contoso.com", "16439"),
        SERVER("EX03", "ncacn_ip_tcp:ex03.tailspin.com", "16439"),
        SERVER("EDGE", "ncacn_ip_tcp:edge.contoso.com", "64"),
        {0}};
    struct world of = {.identity = DIRECTORY_AS_CALLER};

    (void)state;
    memcpy(of.servers, servers, sizeof servers);
    world = &of;
    assert_true(may_be_asked("ex02.contoso.com"));
    assert_true(may_be_asked("ex03.tailspin.com"));
    assert_true(may_be_asked("dc1.contoso.com"));
    assert_false(may_be_asked("edge.contoso.com"));
    assert_false(may_be_asked("ex04.contoso.com"));
    of.identity = DIRECTORY_AS_ANONYMOUS;
    assert_true(may_be_asked("ex02.contoso.com"));
    assert_false(may_be_asked("ex03.tailspin.com"));
}

/* What setup makes an accepted domain by itself is one of mail where it has an MX record. */
static void names_that_are_no_mail_domains(void **state)
{
    static const struct net_address resolver = {.port = 53};
    struct world some = {
        .servers = {SERVER("EX01", "ncacn_ip_tcp:" OWN, "16439"), {0}},
        .accepted = {ACCEPTED("contoso.com", "0"),
                     ACCEPTED("fabrikam.local", "0"),
                     ACCEPTED("tailspin.com", "0"),
                     {0}},
    };

    (void)state;
    bench.settings.dns = &resolver;
    bench.settings.dns_count = 1;
    for (unsigned i = 0; i < 2; i++) {
        some.has_mx = i > 0;
        look(&some, SUBJECT_SERVER, OWN);
        assert_true(has_subject(SUBJECT_DOMAIN, "tailspin.com"));
        assert_false(has_subject(SUBJECT_DOMAIN, "fabrikam.local"));
        assert_int_equal(has_subject(SUBJECT_DOMAIN, "contoso.com"), some.has_mx);
        assert_true(saw_it(unread(), "fabrikam.local, authoritative, a name for private use"));
        assert_int_equal(saw_it(unread(), "without an MX record"), !some.has_mx);
        bench_end();
    }
    bench.settings.dns_count = 0;
}

/* Told once, at the machine at hand: not at the servers that it finds. */
static void a_run_that_names_subjects_finds_nothing(void **state)
{
    static const struct world whole = {
        .servers = {SERVER("EX02", "ncacn_ip_tcp:ex02.contoso.com", "16439"), {0}}};

    (void)state;
    world = &whole;
    bench.settings.everything = false;
    bench_begin(&probe_organisation);
    bench_run(SUBJECT_SERVER, OWN, answer);
    assert_null(unread());
    assert_false(has_subject(SUBJECT_SERVER, "ex02.contoso.com"));
    bench_end();
    look(&whole, SUBJECT_SERVER, OWN);
    assert_non_null(unread());
    assert_null(finding_of("ex02.contoso.com", "organisation-unread", NULL));
    bench_end();
}

/* One that DNS does not know is told and not examined; of one that DNS did not say it is open. */
static void servers_that_are_gone(void **state)
{
    static const struct world some = {
        .servers = {SERVER("EX01", "ncacn_ip_tcp:" OWN, "16439"),
                    SERVER("OLD", "ncacn_ip_tcp:gone.contoso.com", "16439"),
                    SERVER("EDGE", "ncacn_ip_tcp:gone-edge.contoso.com", "64"),
                    SERVER("QUIET", "ncacn_ip_tcp:quiet.contoso.com", "16439"),
                    SERVER("PREPARED", NULL, NULL),
                    {0}},
    };
    const struct finding *gone;

    (void)state;
    look(&some, SUBJECT_SERVER, OWN);
    assert_false(has_subject(SUBJECT_SERVER, "gone-edge.contoso.com"));
    assert_true(saw_it(unread(), "gone-edge.contoso.com, an Edge Transport server, which DNS"));
    gone = finding_of(OWN, "organisation-server-gone", "DNS does not know");
    assert_false(saw_it(gone, "gone-edge"));
    assert_string_equal(word_of(gone), "warning");
    assert_true(saw_it(gone, "gone.contoso.com"));
    assert_false(saw_it(gone, "quiet.contoso.com"));
    assert_string_equal(word_of(finding_of(OWN, "organisation-server-gone", "did not say")),
                        "unknown");
    assert_false(has_subject(SUBJECT_SERVER, "gone.contoso.com"));
    assert_true(has_subject(SUBJECT_SERVER, "quiet.contoso.com"));
    assert_true(saw_it(unread(), "PREPARED, of which no full name is told"));
    bench_end();
}

/* Whatever keeps it from being read is unknown, with what stood in the way. */
static void a_directory_that_does_not_tell(void **state)
{
    static const struct {
        struct world world;
        const char *said;
    } cases[] = {
        {{.machine_status = STATUS_DENIED}, "not known which machine"},
        {{.controllers = STATUS_TIMED_OUT}, "no domain controller is known"},
        {{.directory = STATUS_DENIED}, "no domain controller tells"},
        {{.directory = STATUS_TIMED_OUT}, "no domain controller tells"},
        {{.accepted = {ACCEPTED("contoso.com", "0"), {0}}, .has_more_accepted = true},
         "tells a part of it"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        look(&cases[i].world, SUBJECT_SERVER, OWN);
        assert_string_equal(word_of(unread()), "unknown");
        assert_non_null(strstr(unread()->title, cases[i].said));
        assert_true(unread()->seen_count > 0);
        assert_true(has_subject(SUBJECT_DC, "dc1.contoso.com") ==
                    (cases[i].world.machine_status == STATUS_OK &&
                     cases[i].world.controllers == STATUS_OK));
        bench_end();
    }
}

/* A machine that has no such directory has nothing to be told of one. */
static void machines_without_an_organisation(void **state)
{
    static const struct {
        struct world world;
        const char *said;
    } cases[] = {
        {{.machine = {.name = OWN, .membership = MACHINE_MEMBERSHIP_WORKGROUP}}, "in no domain"},
        {{.machine = {.facts.exchange = MACHINE_EXCHANGE_EDGE}}, "an Edge Transport server"},
        {{.directory = STATUS_OK}, "lists no Exchange"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        look(&cases[i].world, SUBJECT_SERVER, OWN);
        assert_string_equal(word_of(unread()), "not-applicable");
        assert_non_null(strstr(unread()->title, cases[i].said));
        bench_end();
    }
}

/* A domain controller is where a run may start, too. */
static void a_controller_finds_it(void **state)
{
    static const struct world whole = {
        .machine = {.name = "dc1.contoso.com",
                    .domain = "contoso.com",
                    .membership = MACHINE_MEMBERSHIP_DOMAIN,
                    .role = MACHINE_ROLE_PDC,
                    .facts.exchange = MACHINE_EXCHANGE_NONE},
        .servers = {SERVER("EX01", "ncacn_ip_tcp:" OWN, "16439"), {0}},
    };

    (void)state;
    look(&whole, SUBJECT_DC, "dc1.contoso.com");
    assert_string_equal(word_of(finding_of("dc1.contoso.com", "organisation-unread", NULL)), "ok");
    assert_true(has_subject(SUBJECT_SERVER, OWN));
    bench_end();
}

/* What an administrator alone may read is said once, and only where something was missed. */
static void rights_that_are_missing(void **state)
{
    static const struct finding_kind kind = {.id = "powershell-vdir-500"};
    static const struct finding_kind *const kinds[] = {&kind, NULL};
    static const struct probe reader = {.name = "powershell", .kinds = kinds};
    static const struct {
        struct world world;
        const char *word;
    } cases[] = {
        {{.machine.elevation = MACHINE_ELEVATION_NO, .config = STATUS_DENIED}, "unknown"},
        {{.machine.elevation = MACHINE_ELEVATION_NO, .events = STATUS_DENIED}, "unknown"},
        {{.machine.elevation = MACHINE_ELEVATION_NO}, ""},
        {{.machine.elevation = MACHINE_ELEVATION_YES, .config = STATUS_DENIED}, ""},
        {{.machine.elevation = MACHINE_ELEVATION_UNKNOWN, .config = STATUS_DENIED}, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bench.beside = &reader;
        look(&cases[i].world, SUBJECT_SERVER, OWN);
        assert_string_equal(word_of(finding_of(OWN, "run-not-elevated", NULL)), cases[i].word);
        bench_end();
    }
    world = &cases[0].world; /* where it is looked from, and serves nobody */
    bench_begin(&probe_organisation);
    exam_add_subject(bench.exam, SUBJECT_SERVER, OWN, OWN, false);
    bench_work(answer);
    assert_null(finding_of(OWN, "run-not-elevated", NULL));
    bench_end();
    bench.beside = NULL;
}

/* ---- other machines ---- */

static struct other {
    enum status status; /* how asking who it is ends */
    bool is_exchange;   /* its web site shows it */
} other;

/* What shows Exchange; a server of another make, or one that nothing is known of, is not missed. */
static void answer_web(struct web_exchange *item)
{
    item->code = 401;
    if (other.is_exchange) {
        item->fields = arena_new(&item->evidence.memory, 1, sizeof *item->fields);
        item->fields[0] = (struct web_field){"X-FEServer", "EX02"};
        item->field_count = 1;
    }
}

static void answer_beside(struct evidence *item)
{
    answer(item);
    if (item->kind == &evidence_web) {
        item->status = STATUS_OK;
        answer_web((struct web_exchange *)item);
    } else if (item->kind == &evidence_machine && *((struct machine_identity *)item)->path) {
        item->status = other.status;
    }
}

static const char *word_of_other(enum subject_kind kind, const char *reader)
{
    static const struct finding_kind of_reader = {.id = "of-reader"};
    static const struct finding_kind *const kinds[] = {&of_reader, NULL};
    const struct probe beside = {.name = reader, .kinds = kinds};

    bench.beside = &beside;
    bench_begin(&probe_organisation);
    bench_run(kind, "ex02.contoso.com", answer_beside);
    bench.beside = NULL;
    return word_of(finding_of("ex02.contoso.com", "machine-unread", NULL));
}

/* Said of each that was named, would be read, and is known to be Windows. */
static void machines_that_do_not_tell(void **state)
{
    static const struct world plain = {0};
    static const struct {
        enum subject_kind kind;
        const char *reader;
        struct other other;
        const char *word;
    } cases[] = {
        {SUBJECT_SERVER, "powershell", {STATUS_UNREACHABLE, true}, "unknown"},
        {SUBJECT_SERVER, "powershell", {STATUS_TIMED_OUT, true}, "unknown"},
        {SUBJECT_SERVER, "powershell", {STATUS_REFUSED, true}, "unknown"},
        {SUBJECT_SERVER, "powershell", {STATUS_REJECTED, true}, "unknown"},
        {SUBJECT_SERVER, "powershell", {STATUS_OK, true}, ""},
        {SUBJECT_SERVER, "powershell", {STATUS_DENIED, true}, ""},
        {SUBJECT_SERVER, "powershell", {STATUS_NOT_SUPPORTED, true}, ""},
        {SUBJECT_SERVER, "powershell", {STATUS_NOT_RECORDED, true}, ""},
        {SUBJECT_SERVER, "powershell", {STATUS_UNREACHABLE, false}, ""},
        {SUBJECT_SERVER, "spf", {STATUS_UNREACHABLE, true}, ""},
        {SUBJECT_DC, "clock", {STATUS_UNREACHABLE, false}, "unknown"},
        {SUBJECT_DC, "powershell", {STATUS_UNREACHABLE, false}, ""},
    };

    (void)state;
    world = &plain;
    bench.settings.everything = false;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        other = cases[i].other;
        assert_string_equal(word_of_other(cases[i].kind, cases[i].reader), cases[i].word);
        bench_end();
    }
}

/* Said of each that the organisation lists, but of Edge servers and the machine at hand. */
static void machines_of_an_organisation(void **state)
{
    static const struct world whole = {
        .servers = {SERVER("EX01", "ncacn_ip_tcp:" OWN, "16439"),
                    SERVER("EX02", "ncacn_ip_tcp:ex02.contoso.com", "16439"),
                    SERVER("EX03", "ncacn_ip_tcp:ex03.contoso.com", "16439"),
                    SERVER("EDGE", "ncacn_ip_tcp:edge.contoso.com", "64"),
                    {0}},
    };
    static const struct finding_kind of_reader = {.id = "of-reader"};
    static const struct finding_kind *const kinds[] = {&of_reader, NULL};
    static const struct probe reader = {.name = "powershell", .kinds = kinds};

    (void)state;
    other = (struct other){STATUS_UNREACHABLE, false};
    world = &whole;
    bench.beside = &reader;
    bench.settings.everything = true;
    bench_begin(&probe_organisation);
    bench_run(SUBJECT_SERVER, OWN, answer_beside);
    assert_null(finding_of(OWN, "machine-unread", NULL));
    assert_string_equal(word_of(finding_of("ex02.contoso.com", "machine-unread", NULL)), "unknown");
    assert_string_equal(word_of(finding_of("ex03.contoso.com", "machine-unread", NULL)), "unknown");
    assert_null(finding_of("edge.contoso.com", "machine-unread", NULL));
    bench_end();
    bench.beside = NULL;
}

/* ---- accepted domains ---- */

static struct accepted_domains read_accepted(const struct made_entry *made, struct arena *arena)
{
    struct directory_answer directory = {0};
    struct accepted_domains domains;

    fill(&directory, made);
    accepted_domains_read(directory.entries, directory.entry_count, arena, &domains);
    for (size_t i = 0; i < domains.count; i++)
        domains.list[i].name = arena_copy_string(arena, domains.list[i].name);
    arena_release(&directory.evidence.memory);
    return domains;
}

/* The type is in the low two bits, without the attribute 0; what is no number is of no type. */
static void types_of_accepted_domains(void **state)
{
    static const struct {
        const char *flags;
        enum accepted_type type;
    } cases[] = {{NULL, ACCEPTED_AUTHORITATIVE},   {"0", ACCEPTED_AUTHORITATIVE},
                 {"4", ACCEPTED_AUTHORITATIVE},    {"1", ACCEPTED_EXTERNAL_RELAY},
                 {"258", ACCEPTED_INTERNAL_RELAY}, {"3", ACCEPTED_OTHER},
                 {"-1", ACCEPTED_OTHER},           {"99999999999999999999", ACCEPTED_OTHER}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct made_entry made[] = {ACCEPTED("contoso.com", cases[i].flags), {0}};
        struct arena arena = {0};
        struct accepted_domains domains = read_accepted(made, &arena);

        assert_int_equal(domains.count, 1);
        assert_int_equal(domains.list[0].type, cases[i].type);
        arena_release(&arena);
    }
}

/* Names in any script and case, each once; what is none is counted. */
static void names_of_accepted_domains(void **state)
{
    static const struct made_entry made[] = {ACCEPTED("Contoso.COM", "0"),
                                             ACCEPTED("contoso.com", "2"),
                                             ACCEPTED("b\xc3\xbc"
                                                      "cher.de",
                                                      "0"),
                                             ACCEPTED("*", "1"),
                                             ACCEPTED("two words.com", "0"),
                                             ACCEPTED("a..b", "0"),
                                             ACCEPTED("", "0"),
                                             {0}};
    struct arena arena = {0};
    struct accepted_domains domains = read_accepted(made, &arena);

    (void)state;
    assert_int_equal(domains.count, 3);
    assert_int_equal(domains.odd, 3);
    assert_string_equal(domains.list[0].name, "contoso.com");
    assert_int_equal(domains.list[0].type, ACCEPTED_AUTHORITATIVE);
    assert_string_equal(domains.list[1].name, "xn--bcher-kva.de");
    assert_true(domains.list[2].is_wildcard);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_it_is_found),
        cmocka_unit_test(names_that_are_no_mail_domains),
        cmocka_unit_test(a_run_that_names_subjects_finds_nothing),
        cmocka_unit_test(servers_that_are_gone),
        cmocka_unit_test(a_directory_that_does_not_tell),
        cmocka_unit_test(others_that_may_be_asked),
        cmocka_unit_test(machines_without_an_organisation),
        cmocka_unit_test(a_controller_finds_it),
        cmocka_unit_test(rights_that_are_missing),
        cmocka_unit_test(machines_that_do_not_tell),
        cmocka_unit_test(machines_of_an_organisation),
        cmocka_unit_test(types_of_accepted_domains),
        cmocka_unit_test(names_of_accepted_domains),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
