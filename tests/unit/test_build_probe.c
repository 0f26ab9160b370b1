/* Servers that show their builds in made ways, by the whole probe: what must be found, and not. */
#include "tests/unit/probe_bench.h"

extern const struct probe probe_build;
extern const struct finding_kind ews_denied;
extern const struct finding_kind ews_mime_transient;

enum { LIST_MOST = 8, BUILDS_MOST = 4 };

/* ---- the world ---- */

struct told { /* by a list that PowerShell printed */
    const char *server;
    const char *number; /* NULL ends a list */
    enum build_way way;
};

struct world {
    struct told list[LIST_MOST];       /* list.txt */
    const char *log_version;           /* of recv.log, "15.01.2507.006" */
    const char *requests_version;      /* of ews.log; or NULL: the same */
    const char *metadata[BUILDS_MOST]; /* of applicationHost.config, of EX01 */
    uint32_t registry_type;            /* of setup.reg, of 15.2.1748.10 */
    const char *registry_computer;     /* or NULL: it does not say */
    const char *setup;                 /* of setup.txt and again.txt, by ExSetup.exe, of nobody */
    const char *log_name;              /* of the server in ews.log; or NULL */
    bool is_config_nameless;           /* applicationHost.config does not say EX01 */
    const char *role;                  /* of ex01 in exchange.ldf; NULL: no such entry */
    const char *serial;                /* of that */
    bool has_directory;                /* of contoso.com, with that entry */
    const char *greeting;              /* of everybody's port 25; NULL: refused */
    enum status silence;               /* of the web server; OK: it answers */
    unsigned code;                     /* with this */
    const char *version;               /* and X-OWA-Version; or NULL */
    struct ews_server_version by_ews;  /* of every survey */
    const char *here;                  /* the machine at hand; NULL: not Windows */
    const char *installed;             /* MsiInstallPath of it; NULL: it has no Exchange */
    const char *exsetup;               /* the version of ExSetup.exe there; NULL: it has none */
    enum status barred;                /* how whatever is asked of it ends; OK: it is read */
};

static const struct world *current;

#define NOW   1795348800000 /* 2026-11-22T12:00:00Z */
#define AS_OF "exdiag-builds 1\nas-of 2026-11-01\n"
#define ROWS                                                                                       \
    "6.5.7638.2 | Exchange 2003 | SP2 | - | 2005-10-19 | ended 2014-04-08\n"                       \
    "14.3.123.4 | Exchange 2010 | SP3 | - | 2013-02-12 | ended 2020-10-13\n"                       \
    "14.3.513.0 | Exchange 2010 | SP3 | UR32 | 2021-03-02 | ended 2020-10-13\n"                    \
    "15.1.2507.6 | Exchange 2016 | CU23 | - | 2022-04-20 | 2025-10-14\n"                           \
    "15.1.2507.61 | Exchange 2016 | CU23 | Oct25SU | 2025-10 | 2025-10-14\n"                       \
    "15.1.2507.66 | Exchange 2016 | CU23 | Feb26SU | 2026-02 | 2025-10-14\n"                       \
    "15.2.1544.4 | Exchange 2019 | CU14 | - | 2024-02-13 | 2098-10-14\n"                           \
    "15.2.1544.14 | Exchange 2019 | CU14 | Nov24SU | 2024-11 | 2098-10-14\n"                       \
    "15.2.1544.33 | Exchange 2019 | CU14 | Aug25SU | 2025-08 | 2098-10-14\n"                       \
    "15.2.1748.10 | Exchange 2019 | CU15 | - | 2025-02-10 | 2098-10-14\n"                          \
    "15.2.1748.24 | Exchange 2019 | CU15 | Apr25HU | 2025-04 | 2098-10-14\n"                       \
    "15.2.1748.36 | Exchange 2019 | CU15 | Aug25SU | 2025-08 | 2098-10-14\n"                       \
    "15.2.2562.17 | Exchange SE | RTM | - | 2025-07-01 | 2098-12-31\n"                             \
    "15.2.2562.20 | Exchange SE | RTM | Aug25SU | 2025-08 | 2098-12-31\n"                          \
    "15.2.2562.29 | Exchange SE | RTM | Oct25HU | 2025-10 | 2098-12-31\n"
#define CONFIGURATION "CN=Configuration,DC=contoso,DC=com"
#define NEWEST        "15.2.2562.29"
#define BEHIND        "exchange-build-behind"
#define UNSUPPORTED   "exchange-build-unsupported"
#define MIXED         "exchange-build-mixed"

/* Hosts have an address, domains a controller where there is a directory. */
static void answer_dns(struct dns_answer *item)
{
    struct dns_record *record = arena_new(&item->evidence.memory, 1, sizeof *record);
    bool is_controller = current->has_directory && item->type == DNS_SRV;

    *record = (struct dns_record){.owner = item->name, .type = (uint16_t)item->type, .ttl = 300};
    if (item->type == DNS_A)
        assert_int_equal(ip_parse("192.0.2.21", 10, &record->data.ip), STATUS_OK);
    else
        record->data.srv.target = "dc1.contoso.com";
    item->answer.records = record;
    item->answer.count = item->type == DNS_A || is_controller;
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void answer_smtp(struct smtp_conversation *item)
{
    struct smtp_line *line = arena_new(&item->evidence.memory, 1, sizeof *line);

    if (!current->greeting) {
        evidence_fail(&item->evidence, STATUS_REFUSED, NULL);
        return;
    }
    line->text = arena_print(&item->evidence.memory, "220 %s", current->greeting);
    line->size = strlen(line->text);
    item->exchanges = arena_new(&item->evidence.memory, 1, sizeof *item->exchanges);
    item->exchanges[0] = (struct smtp_exchange){.step = SMTP_GREETING, .status = STATUS_OK};
    item->exchanges[0].reply = (struct smtp_reply){
        .state = SMTP_REPLY_COMPLETE, .code = 220, .lines = line, .line_count = 1};
    item->exchange_count = 1;
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void answer_web(struct web_exchange *item)
{
    item->code = current->code;
    item->phrase = "as the test says";
    if (current->version) {
        item->fields = arena_new(&item->evidence.memory, 1, sizeof *item->fields);
        item->fields[0] = (struct web_field){"X-OWA-Version", current->version};
        item->field_count = 1;
    }
    evidence_fail(&item->evidence, current->silence, NULL);
}

/* Without its folder. */
static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static void answer_digest(struct file_digest *item)
{
    static const struct {
        const char *name;
        enum file_type type;
    } files[] = {
        {"setup.txt", FILE_TYPE_BUILD_LIST},      {"again.txt", FILE_TYPE_BUILD_LIST},
        {"ews.log", FILE_TYPE_EWS_LOG},           {"list.txt", FILE_TYPE_BUILD_LIST},
        {"recv.log", FILE_TYPE_SMTP_RECEIVE_LOG}, {"applicationHost.config", FILE_TYPE_IIS_CONFIG},
        {"setup.reg", FILE_TYPE_REGISTRY},        {"exchange.ldf", FILE_TYPE_LDIF}};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (strcmp(name_of(item->path), files[i].name) == 0)
            item->type = files[i].type;
    }
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void answer_list(struct build_file *item)
{
    const struct told setup[] = {{NULL, current->setup, BUILD_BY_SETUP}, {.number = NULL}};
    const struct told *told = strcmp(name_of(item->path), "list.txt") == 0 ? current->list : setup;
    struct build_list *list = &item->list;

    list->entries = arena_new(&item->evidence.memory, LIST_MOST, sizeof *list->entries);
    for (; list->count < LIST_MOST && told->number; told++) {
        struct build_entry *entry = &list->entries[list->count++];

        entry->server = told->server;
        entry->way = told->way;
        assert_int_equal(build_number_parse(told->number, strlen(told->number), &entry->number),
                         STATUS_OK);
    }
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void answer_log(struct auth_log_digest *item)
{
    item->log.type = FILE_TYPE_SMTP_RECEIVE_LOG;
    item->log.software =
        arena_print(&item->evidence.memory, "Microsoft Exchange Server %s", current->log_version);
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void answer_requests(struct http_log_digest *item)
{
    const char *version =
        current->requests_version ? current->requests_version : current->log_version;

    item->log.server = current->log_name;
    item->log.software =
        arena_print(&item->evidence.memory, "Microsoft Exchange Server %s", version);
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void answer_config(struct iis_config_file *item)
{
    item->config.server = current->is_config_nameless ? NULL : "EX01";
    item->config.builds = current->metadata;
    while (item->config.build_count < BUILDS_MOST && current->metadata[item->config.build_count])
        item->config.build_count++;
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void answer_registry(struct registry_answer *item)
{
    static const struct {
        const char *name;
        uint64_t number;
    } setup[] = {{"MsiProductMajor", 15},
                 {"MsiProductMinor", 2},
                 {"MsiBuildMajor", 1748},
                 {"MsiBuildMinor", 10}};
    struct registry_value *values = arena_new(&item->evidence.memory, 4, sizeof *values);

    if (!*item->path && (current->barred || !current->installed)) {
        evidence_fail(&item->evidence, current->barred ? current->barred : STATUS_NOT_FOUND, NULL);
        return;
    }
    item->is_whole = true;
    item->computer = current->registry_computer;
    for (size_t i = 0; i < 4 && strstr(item->key, "v15"); i++)
        values[item->value_count++] = (struct registry_value){.key = item->key,
                                                              .name = setup[i].name,
                                                              .type = current->registry_type,
                                                              .number = setup[i].number};
    item->values = values;
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void add_attribute(struct directory_entry *entry, struct arena *arena, const char *name,
                          const char *text)
{
    struct directory_attribute *list = (struct directory_attribute *)entry->attributes;
    struct directory_value *value = arena_new(arena, 1, sizeof *value);

    *value = (struct directory_value){text, strlen(text)};
    list[entry->attribute_count++] = (struct directory_attribute){name, value, 1};
}

/* EX01, as a directory has it. */
static struct directory_entry *make_server(struct arena *arena)
{
    struct directory_entry *entry = arena_new(arena, 1, sizeof *entry);

    entry->dn = "CN=EX01,CN=Servers,CN=First,CN=Administrative Groups,CN=Org,CN=Microsoft "
                "Exchange,CN=Services," CONFIGURATION;
    entry->attributes = arena_new(arena, 4, sizeof *entry->attributes);
    add_attribute(entry, arena, "objectClass", "msExchExchangeServer");
    add_attribute(entry, arena, "networkAddress", "ncacn_ip_tcp:ex01.contoso.com");
    add_attribute(entry, arena, "serialNumber", current->serial);
    add_attribute(entry, arena, "msExchCurrentServerRoles", current->role);
    return entry;
}

static void answer_export(struct directory_file *item)
{
    item->entries = make_server(&item->evidence.memory);
    item->is_whole = arena_new(&item->evidence.memory, 1, sizeof *item->is_whole);
    item->is_whole[0] = true;
    item->entry_count = 1;
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static struct directory_entry *make_root(struct arena *arena)
{
    struct directory_entry *entry = arena_new(arena, 1, sizeof *entry);

    entry->dn = "";
    entry->attributes = arena_new(arena, 4, sizeof *entry->attributes);
    add_attribute(entry, arena, "configurationNamingContext", CONFIGURATION);
    add_attribute(entry, arena, "defaultNamingContext", "DC=contoso,DC=com");
    add_attribute(entry, arena, "rootDomainNamingContext", "DC=contoso,DC=com");
    add_attribute(entry, arena, "isGlobalCatalogReady", "TRUE");
    return entry;
}

static struct directory_entry *make_partition(struct arena *arena)
{
    struct directory_entry *entry = arena_new(arena, 1, sizeof *entry);

    entry->dn = "CN=CONTOSO,CN=Partitions," CONFIGURATION;
    entry->attributes = arena_new(arena, 4, sizeof *entry->attributes);
    add_attribute(entry, arena, "dnsRoot", "contoso.com");
    add_attribute(entry, arena, "nETBIOSName", "CONTOSO");
    return entry;
}

static void answer_directory(struct directory_answer *item)
{
    struct arena *arena = &item->evidence.memory;

    if (item->scope == DIRECTORY_BASE && item->base[0] == '\0')
        item->entries = make_root(arena);
    else if (strstr(item->base, "CN=Partitions") == item->base)
        item->entries = make_partition(arena);
    else if (strstr(item->base, "CN=Microsoft Exchange") == item->base)
        item->entries = make_server(arena);
    item->entry_count = item->entries != NULL;
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void answer_ews(struct ews_survey *item)
{
    item->version = current->by_ews;
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void answer_machine(struct machine_identity *item)
{
    item->name = *item->path ? NULL : current->here;
    evidence_fail(&item->evidence,
                  item->name      ? STATUS_OK
                  : current->here ? STATUS_UNREACHABLE
                                  : STATUS_NOT_SUPPORTED,
                  NULL);
}

static void answer_setup(struct windows_setup *item)
{
    item->msi_path_15 = (struct setup_text){.known = true, .text = current->installed};
    evidence_fail(&item->evidence, current->barred, NULL);
}

/* One file is asked for, which setup has put below its folder. */
static void answer_files(struct installed_files *item)
{
    struct listed_file *file = arena_new(&item->evidence.memory, 1, sizeof *file);

    assert_string_equal(item->image,
                        "C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Bin\\ExSetup.exe");
    *file = (struct listed_file){.path = item->image,
                                 .presence = current->exsetup ? FILE_PRESENT : FILE_ABSENT,
                                 .version = current->exsetup};
    item->list = (struct file_list){.files = file, .count = 1};
    evidence_fail(&item->evidence, current->barred, NULL);
}

static void answer(struct evidence *item)
{
    if (item->kind == &evidence_machine)
        answer_machine((struct machine_identity *)item);
    else if (item->kind == &evidence_windows_setup)
        answer_setup((struct windows_setup *)item);
    else if (item->kind == &evidence_installed_files)
        answer_files((struct installed_files *)item);
    else if (item->kind == &evidence_dns)
        answer_dns((struct dns_answer *)item);
    else if (item->kind == &evidence_smtp)
        answer_smtp((struct smtp_conversation *)item);
    else if (item->kind == &evidence_web)
        answer_web((struct web_exchange *)item);
    else if (item->kind == &evidence_digest)
        answer_digest((struct file_digest *)item);
    else if (item->kind == &evidence_build_file)
        answer_list((struct build_file *)item);
    else if (item->kind == &evidence_auth_log)
        answer_log((struct auth_log_digest *)item);
    else if (item->kind == &evidence_http_log)
        answer_requests((struct http_log_digest *)item);
    else if (item->kind == &evidence_iis_config)
        answer_config((struct iis_config_file *)item);
    else if (item->kind == &evidence_registry)
        answer_registry((struct registry_answer *)item);
    else if (item->kind == &evidence_directory_file)
        answer_export((struct directory_file *)item);
    else if (item->kind == &evidence_directory)
        answer_directory((struct directory_answer *)item);
    else if (item->kind == &evidence_ews)
        answer_ews((struct ews_survey *)item);
    else
        fail_msg("nobody answers %s", item->key);
}

/* ---- running ---- */

static void say_nothing(struct examination *x, const struct subject *subject)
{
    (void)x;
    (void)subject;
}

static const struct finding_kind *const kinds_of_ews[] = {&ews_denied, &ews_mime_transient, NULL};
static const struct probe silent_ews = {
    .name = "ews", .kinds = kinds_of_ews, .examine = say_nothing};

static void begin(const struct world *world, const char *builds)
{
    current = world;
    bench.settings.builds = builds;
    bench.started = NOW;
    bench.beside = &silent_ews;
    bench_begin(&probe_build);
}

static void add(enum subject_kind kind, const char *name, const char *host)
{
    const struct subject subject = {
        .kind = kind, .name = name, .shown = name, .host = host, .given = true};

    exam_add_given(bench.exam, &subject);
}

static void end(void)
{
    bench_end();
    bench.settings = (struct settings){0};
}

/* A world of nothing but one file. */
static void run_file(const struct world *world, const char *path)
{
    begin(world, AS_OF ROWS);
    add(SUBJECT_FILE, path, NULL);
    bench_work(answer);
}

static void run_server(const struct world *world, const char *name)
{
    begin(world, AS_OF ROWS);
    add(SUBJECT_SERVER, name, NULL);
    bench_work(answer);
}

static size_t count_of(const char *id)
{
    size_t count = 0;

    for (size_t i = 0; i < bench.finding_count; i++)
        count += strcmp(bench.findings[i]->kind->id, id) == 0;
    return count;
}

static size_t count_asked(const struct evidence_kind *kind)
{
    size_t count = 0;

    for (size_t i = 0; i < bench.fetched_count; i++)
        count += bench.fetched[i]->kind == kind;
    return count;
}

/* ---- one server's build ---- */

static void expect_state(const char *builds, const char *number, const char *word, const char *part)
{
    const struct world world = {.list = {{"EX01", number, BUILD_BY_SETUP}}};
    const struct finding *finding;

    begin(&world, builds);
    add(SUBJECT_FILE, "list.txt", NULL);
    bench_work(answer);
    finding = finding_of(NULL, BEHIND, NULL);
    if (strcmp(word_of(finding), word) != 0 || !strstr(finding->title, part))
        fail_msg("%s is %s: %s", number, word_of(finding), finding ? finding->title : "");
    end();
}

static void test_states(void **state)
{
    static const struct {
        const char *number, *word, *part;
    } cases[] = {
        {NEWEST, "ok", "newest of its line"},
        {"15.2.2562.20", "info", "hotfixes behind"},
        {"15.2.2562.17", "warning", "behind"},
        {"15.2.1748.36", "ok", "newest of its line"},
        {"15.2.1748.24", "warning", "CU15 Apr25HU, behind"},
        {"15.2.1748.30", "warning", "CU15, behind"},
        {"15.2.1748.40", "unknown", "newer than the table"}, /* what is above is another product */
        {"15.2.2000.1", "unknown", "not in the table"},
        {"15.2.2562.40", "unknown", "newer than the table"},
        {"15.2.1544.33", "info", "with the same updates a level behind"},
        {"15.2.1544.14", "warning", "behind"},
        {"15.2.1600.5", "warning", "behind"},
        {"15.1.2507.66", "ok", "newest of its line"},
        {"15.1.2507.61", "info", "without Extended Security Updates behind"},
        {"15.1.2507.6", "warning", "behind"},
        {"14.3.123.4", "warning", "Exchange 2010 SP3 UR32"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_state(AS_OF ROWS, cases[i].number, cases[i].word, cases[i].part);
}

/* Hotfixes of a newer level as well, and a level's newest update that it has not. */
static void test_states_across_levels(void **state)
{
    static const char hotfixes[] =
        AS_OF "15.0.100.1 | Exchange 2013 | CU1 | - | 2024-01 | 2098-04-11\n"
              "15.0.100.5 | Exchange 2013 | CU1 | Apr24HU | 2024-04 | 2098-04-11\n"
              "15.0.200.5 | Exchange 2013 | CU2 | May24HU | 2024-05 | 2098-04-11\n";
    static const char served[] =
        AS_OF "15.0.100.1 | Exchange 2013 | CU1 | - | 2024-01 | 2098-04-11\n"
              "15.0.100.5 | Exchange 2013 | CU1 | Apr24SU | 2024-04 | 2098-04-11\n"
              "15.0.100.6 | Exchange 2013 | CU1 | May24SU | 2024-05 | 2098-04-11\n"
              "15.0.200.1 | Exchange 2013 | CU2 | - | 2024-02 | 2098-04-11\n"
              "15.0.200.5 | Exchange 2013 | CU2 | Apr24SU | 2024-04 | 2098-04-11\n";

    (void)state;
    expect_state(hotfixes, "15.0.100.1", "warning", "CU1, behind");
    expect_state(served, "15.0.100.5", "warning", "Apr24SU, behind");
}

/* By a table of a day to come nothing is well; what is wrong by it is wrong. */
static void test_tables_of_other_days(void **state)
{
    static const char *const tables[] = {"exdiag-builds 1\nas-of 2098-12-31\n" ROWS,
                                         "exdiag-builds 1\nas-of 2026-08-01\n" ROWS};
    static const char *const words[] = {"a day after this run", "113 days before this run"};
    static const struct world newest = {.list = {{"EX01", NEWEST, BUILD_BY_SETUP}}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        begin(&newest, tables[i]);
        add(SUBJECT_FILE, "list.txt", NULL);
        bench_work(answer);
        assert_string_equal(word_of(finding_of(NULL, BEHIND, words[i])), "unknown");
        assert_string_equal(word_of(finding_of(NULL, UNSUPPORTED, words[i])), "unknown");
        assert_non_null(step_of(&finding_of(NULL, BEHIND, NULL)->fix, "--builds"));
        end();
        expect_state(tables[i], "15.2.1748.10", "warning", "behind");
    }
    expect_state("exdiag-builds 1\nas-of 2026-11-23\n" ROWS, NEWEST, "ok", "newest");
}

static void test_a_version_is_no_build(void **state)
{
    static const struct world world = {.log_version = "15.02.0000.000"};

    (void)state;
    run_file(&world, "recv.log");
    assert_int_equal(bench.finding_count, 0);
    end();
}

/* ---- what is to be done ---- */

/* A cluster calls its nodes by short names; who is in no DAG is not to type them unread. */
static void test_maintenance(void **state)
{
    static const struct world world = {
        .list = {{"ex01.contoso.com", "15.2.1544.4", BUILD_BY_SETUP}}};
    static const char *const of_members[] = {"Suspend-ClusterNode",
                                             "Resume-ClusterNode",
                                             "AndMoveNow $true",
                                             "AndMoveNow $false",
                                             "ActivationPolicy Unrestricted",
                                             "ActivationPolicy Blocked"};
    const struct finding *finding;

    (void)state;
    begin(&world, AS_OF ROWS);
    add(SUBJECT_SERVER, "ex01.contoso.com", NULL);
    add(SUBJECT_FILE, "list.txt", NULL);
    bench_work(answer);
    finding = finding_of(NULL, BEHIND, NULL);
    assert_string_equal(step_of(&finding->fix, "Suspend-ClusterNode")->command,
                        "Suspend-ClusterNode 'ex01'");
    assert_string_equal(step_of(&finding->fix, "Resume-ClusterNode")->command,
                        "Resume-ClusterNode 'ex01'");
    for (size_t i = 0; i < sizeof of_members / sizeof *of_members; i++) {
        assert_int_equal(step_of(&finding->fix, of_members[i])->kind, STEP_DECIDE);
        assert_string_equal(step_of(&finding->fix, of_members[i])->condition,
                            "if ex01.contoso.com is a member of a DAG");
    }
    assert_int_equal(step_of(&finding->fix, "HubTransport -State Draining")->kind, STEP_DECIDE);
    assert_non_null(strstr(step_of(&finding->fix, "HubTransport -State Draining")->condition,
                           "outside working hours"));
    assert_int_equal(step_of(&finding->fix, "HubTransport -State Active")->kind, STEP_EXACT);
    assert_null(step_of(&finding->fix, "StartDagServerMaintenance"));
    assert_null(step_of(&finding->fix, "out of support"));
    end();
}

static void test_what_is_out_of_support(void **state)
{
    static const struct {
        const char *number, *ended;
        bool has_shell;
    } cases[] = {{"6.5.7638.2", "2014-04-08", false},
                 {"14.3.123.4", "2020-10-13", true},
                 {"15.1.2507.6", "2025-10-14", true}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct world world = {.list = {{"EX01", cases[i].number, BUILD_BY_SETUP}}};
        const struct finding *behind, *over;

        run_file(&world, "list.txt");
        over = finding_of(NULL, UNSUPPORTED, cases[i].ended);
        assert_string_equal(word_of(over), "warning");
        assert_int_equal(step_of(&over->fix, "Get-Command ExSetup.exe") != NULL,
                         cases[i].has_shell);
        assert_int_equal(step_of(&over->fix, "store.exe") != NULL, !cases[i].has_shell);
        behind = finding_of(NULL, BEHIND, NULL);
        assert_int_equal(step_of(&behind->fix, "out of support") != NULL, cases[i].has_shell);
        end();
    }
}

/* An Edge server has no web site to ask; its build in the directory is of when it was subscribed.
 */
static void test_an_edge_server(void **state)
{
    static const struct {
        const char *role;
        bool is_edge;
    } cases[] = {{"64", true}, {"16439", false}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct world behind = {.role = cases[i].role,
                                     .serial = "Version 15.2 (Build 31600.1)"};
        const struct world hidden = {.role = cases[i].role,
                                     .serial = "Version 15.2 (Build 31748.10)"};

        run_file(&behind, "exchange.ldf");
        assert_string_equal(word_of(finding_of(NULL, BEHIND, NULL)),
                            cases[i].is_edge ? "unknown" : "warning");
        assert_int_equal(
            step_of(&finding_of(NULL, BEHIND, NULL)->fix, "HubTransport -State Draining") == NULL,
            cases[i].is_edge);
        assert_int_equal(step_of(&finding_of(NULL, BEHIND, NULL)->fix, "-ClusterNode") == NULL,
                         cases[i].is_edge);
        assert_int_equal(finding_of(NULL, UNSUPPORTED, NULL) == NULL, cases[i].is_edge);
        end();
        run_file(&hidden, "exchange.ldf");
        assert_string_equal(word_of(finding_of(NULL, BEHIND, NULL)), "unknown");
        assert_non_null(step_of(&finding_of(NULL, BEHIND, NULL)->fix, "Get-Command ExSetup.exe"));
        assert_int_equal(step_of(&finding_of(NULL, BEHIND, NULL)->fix, "X-OWA-Version") == NULL,
                         cases[i].is_edge);
        end();
    }
}

/* ---- ways ---- */

static void test_ways_that_agree(void **state)
{
    static const struct {
        const char *best, *other;
        const char *word;
        bool agrees;
    } cases[] = {{NEWEST, "15.2.2562.17", "ok", true},
                 {"15.2.1600.5", "15.2.1600.1", "warning", true}, /* no row, the same build */
                 {NEWEST, "15.2.1748.10", "unknown", false},
                 {"15.2.1544.4", "15.2.1748.10", "warning", false}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct world world = {.list = {{"EX01", cases[i].best, BUILD_BY_SETUP},
                                             {"EX01", cases[i].other, BUILD_BY_ADMIN_DISPLAY}}};

        run_file(&world, "list.txt");
        assert_string_equal(word_of(finding_of(NULL, BEHIND, NULL)), cases[i].word);
        assert_int_equal(cases[i].agrees || saw_it(finding_of(NULL, BEHIND, NULL), "do not agree"),
                         true);
        if (cases[i].agrees && cases[i].word[0] == 'w')
            assert_false(saw_it(finding_of(NULL, BEHIND, NULL), "do not agree"));
        end();
    }
}

/* Folders of former builds stay; of what is there the newest counts, wherever it stands. */
static void test_folders(void **state)
{
    static const struct {
        struct world world;
        const char *word;
    } cases[] = {
        {{.list = {{"EX01", NEWEST, BUILD_BY_SETUP}}, .metadata = {"15.2.1544.4", "15.2.1748.10"}},
         "ok"},
        {{.list = {{"EX01", NEWEST, BUILD_BY_SETUP}}, .metadata = {"15.2.2600.1"}}, "unknown"},
    };
    static const struct world alone = {.metadata = {"15.2.1544.4", "15.2.1748.10", "15.1.2507.6"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin(&cases[i].world, AS_OF ROWS);
        add(SUBJECT_FILE, "list.txt", NULL);
        add(SUBJECT_FILE, "applicationHost.config", NULL);
        bench_work(answer);
        assert_string_equal(word_of(finding_of(NULL, BEHIND, NULL)), cases[i].word);
        assert_int_equal(count_of(BEHIND), 1);
        end();
    }
    run_file(&alone, "applicationHost.config");
    assert_true(saw_it(finding_of(NULL, BEHIND, NULL), "15.2.1748.10, by customMetadata"));
    end();
}

/* Numbers that are of another type are none. */
static void test_a_registry(void **state)
{
    static const struct world numbers = {.registry_type = REGISTRY_DWORD};
    static const struct world texts = {.registry_type = REGISTRY_SZ};

    (void)state;
    run_file(&numbers, "setup.reg");
    assert_true(saw_it(finding_of(NULL, BEHIND, NULL), "15.2.1748.10, by the registry"));
    end();
    run_file(&texts, "setup.reg");
    assert_int_equal(bench.finding_count, 0);
    end();
}

/* ---- whose ---- */

/* A short name is that of a server whose first label it is; full ones are themselves. */
static void test_names(void **state)
{
    static const struct world short_ = {.list = {{"ex01.contoso.com", NEWEST, BUILD_BY_SETUP},
                                                 {"EX01", NEWEST, BUILD_BY_ADMIN_DISPLAY}}};
    static const struct world full = {.list = {{"ex01.contoso.com", NEWEST, BUILD_BY_SETUP},
                                               {"ex01.fabrikam.test", NEWEST, BUILD_BY_SETUP}}};

    (void)state;
    run_file(&short_, "list.txt");
    assert_int_equal(count_of(BEHIND), 1);
    end();
    run_file(&full, "list.txt");
    assert_int_equal(count_of(BEHIND), 2);
    assert_non_null(finding_of(NULL, BEHIND, "ex01.fabrikam.test"));
    end();
}

/* --file HOST=PATH, of a file that does not say; what it says itself counts before that. */
static void test_files_of_a_server(void **state)
{
    static const struct world nameless = {.registry_type = REGISTRY_DWORD, .code = 404};
    static const struct world named = {
        .registry_type = REGISTRY_DWORD, .registry_computer = "EX09", .code = 404};

    (void)state;
    begin(&nameless, AS_OF ROWS);
    add(SUBJECT_SERVER, "ex01.contoso.com", NULL);
    add(SUBJECT_FILE, "setup.reg", "ex01");
    bench_work(answer);
    assert_int_equal(count_of(BEHIND), 1);
    assert_string_equal(finding_of(NULL, BEHIND, NULL)->subject->name, "ex01.contoso.com");
    end();
    begin(&named, AS_OF ROWS);
    add(SUBJECT_FILE, "setup.reg", "ex01");
    bench_work(answer);
    assert_true(saw_it(finding_of(NULL, BEHIND, NULL), "15.2.1748.10"));
    assert_non_null(finding_of(NULL, BEHIND, "EX09"));
    end();
}

/* ---- files of one folder ---- */

struct folder_case {
    struct world world;
    const char *files[LIST_MOST]; /* and NULL */
    size_t machines;
    const char *title; /* of what is said of the first one */
};

static void expect_folder(const struct folder_case *one)
{
    begin(&one->world, AS_OF ROWS);
    for (size_t i = 0; i < LIST_MOST && one->files[i]; i++)
        add(SUBJECT_FILE, one->files[i], NULL);
    bench_work(answer);
    if (count_of(BEHIND) != one->machines)
        fail_msg("%s: %zu machines", one->files[0], count_of(BEHIND));
    assert_non_null(finding_of(NULL, BEHIND, one->title));
    end();
}

/* What tells the level alone is of the server whose update is known beside it, and no other. */
static void test_a_folder(void **state)
{
    static const struct folder_case cases[] = {
        {{.setup = "15.2.1748.24",
          .registry_type = REGISTRY_DWORD,
          .metadata = {"15.2.1748.10"},
          .is_config_nameless = true},
         {"ex02/applicationHost.config", "ex02/setup.reg", "ex02/setup.txt"},
         1,
         "the server of these files runs Exchange 2019 CU15 Apr25HU"},
        {{.setup = NEWEST, .log_version = "15.02.2562.017"},
         {"ex02/recv.log", "ex02/setup.txt"},
         1,
         "is the newest"},
        {{.setup = NEWEST, .metadata = {"15.2.2562.17"}},
         {"ex01/setup.txt", "ex01/applicationHost.config"},
         1,
         "EX01: "},
        {{.setup = NEWEST, .list = {{"EX07", "15.2.2562.17", BUILD_BY_ADMIN_DISPLAY}}},
         {"list.txt", "setup.txt"},
         1,
         "EX07: "},
        {{.log_version = "15.02.1544.004"}, {"ex02/recv.log", "ex02/ews.log"}, 1, "which update"},
        {{.setup = NEWEST, /* it was updated since the log */
          .log_version = "15.02.1748.010",
          .metadata = {"15.2.2562.17"},
          .is_config_nameless = true},
         {"ex02/applicationHost.config", "ex02/recv.log", "ex02/setup.txt"},
         1,
         "is the newest"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_folder(&cases[i]);
}

/* Of folders that hold what several servers tell, each file speaks for itself. */
static void test_a_folder_of_several(void **state)
{
    static const struct folder_case cases[] = {
        {{.setup = "15.2.2562.20", /* by two names */
          .metadata = {"15.2.2562.17"},
          .log_name = "EX02",
          .log_version = "15.02.2562.017"},
         {"all/setup.txt", "all/applicationHost.config", "all/ews.log"},
         3,
         "the server of this file"},
        {{.setup = "15.2.2562.20", /* of one kind */
          .metadata = {"15.2.2562.17"},
          .is_config_nameless = true},
         {"all/setup.txt", "all/again.txt", "all/applicationHost.config"},
         3,
         "the server of this file"},
        {{.setup = NEWEST,
          .metadata = {"15.2.1748.10"},
          .is_config_nameless = true}, /* by levels */
         {"all/setup.txt", "all/applicationHost.config"},
         2,
         "which update"},
        {{.setup = NEWEST, .log_version = "15.01.2507.006"}, /* by versions */
         {"all/recv.log", "all/setup.txt"},
         2,
         "which update"},
        {{.log_version = "15.02.1544.004", .requests_version = "15.02.1748.010"}, /* of logs */
         {"all/recv.log", "all/ews.log"},
         2,
         "which update"},
        {{.setup = "15.2.1748.36", .log_version = "15.02.2562.017"}, /* the log is newer */
         {"all/recv.log", "all/setup.txt"},
         2,
         "which update"},
        {{.setup = NEWEST, .metadata = {"15.2.2562.17"}, .is_config_nameless = true},
         {"ex01/setup.txt", "ex02/applicationHost.config"}, /* by folders */
         2,
         "is the newest"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_folder(&cases[i]);
}

/* A list of several servers does not say which of them a folder is of. */
static void test_a_list_in_a_folder(void **state)
{
    static const struct world world = {
        .setup = "15.2.2562.20",
        .list = {{"EX01", NEWEST, BUILD_BY_SETUP}, {"EX02", NEWEST, BUILD_BY_SETUP}},
        .metadata = {"15.2.2562.17"},
        .is_config_nameless = true};

    (void)state;
    begin(&world, AS_OF ROWS);
    add(SUBJECT_FILE, "list.txt", NULL);
    add(SUBJECT_FILE, "setup.txt", NULL);
    add(SUBJECT_FILE, "applicationHost.config", NULL);
    bench_work(answer);
    assert_int_equal(count_of(BEHIND), 3);
    assert_non_null(finding_of("applicationHost.config", BEHIND, "the server of these files"));
    assert_true(saw_it(finding_of("applicationHost.config", MIXED, NULL), "--file HOST=PATH"));
    end();
}

/* ---- several ---- */

static void test_servers_that_differ(void **state)
{
    static const struct world world = {.list = {{"ex01", "15.2.1544.4", BUILD_BY_SETUP},
                                                {"ex02", "15.2.1544.14", BUILD_BY_SETUP},
                                                {"ex03", "15.2.1748.36", BUILD_BY_SETUP},
                                                {"ex04", "15.2.1748.24", BUILD_BY_SETUP},
                                                {"ex05", "15.1.2507.66", BUILD_BY_SETUP}}};

    (void)state;
    run_file(&world, "list.txt");
    assert_int_equal(count_of(MIXED), 3);
    for (size_t i = 0; i < bench.finding_count; i++) {
        if (strcmp(bench.findings[i]->kind->id, MIXED) == 0)
            assert_non_null(strstr(bench.findings[i]->title, "ex03, of the same version"));
    }
    assert_null(finding_of(NULL, MIXED, "ex05"));
    end();
}

/* The first speaks for all of them, and only where all that shows them agrees. */
static void test_servers_that_are_alike(void **state)
{
    static const struct {
        struct world world;
        const char *word;
    } cases[] = {
        {{.list = {{"ex01", NEWEST, BUILD_BY_SETUP},
                   {"ex02", NEWEST, BUILD_BY_SETUP},
                   {"ex03", NEWEST, BUILD_BY_SETUP}}},
         "ok"},
        {{.list = {{"ex01", NEWEST, BUILD_BY_SETUP},
                   {"ex01", "15.2.1748.10", BUILD_BY_ADMIN_DISPLAY},
                   {"ex02", NEWEST, BUILD_BY_SETUP}}},
         "unknown"},
        {{.list = {{"ex01", NEWEST, BUILD_BY_SETUP},
                   {"ex02", NEWEST, BUILD_BY_SETUP},
                   {"ex02", "15.2.1748.10", BUILD_BY_ADMIN_DISPLAY}}},
         "unknown"},
        {{.list = {{"ex01", NEWEST, BUILD_BY_SETUP},
                   {"ex02", "15.2.2562.17", BUILD_BY_ADMIN_DISPLAY}}},
         "unknown"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run_file(&cases[i].world, "list.txt");
        assert_int_equal(count_of(MIXED), 1);
        assert_string_equal(word_of(finding_of(NULL, MIXED, NULL)), cases[i].word);
        end();
    }
}

/* ---- servers that are asked ---- */

/* A mail exchanger that nobody named is asked for its greeting, and for no page and no mailbox. */
static void test_whose_site_is_asked(void **state)
{
    static const struct world world = {
        .greeting = "mx Microsoft ESMTP MAIL Service ready", .code = 200, .version = "15.2.1544.4"};

    (void)state;
    begin(&world, AS_OF ROWS);
    add(SUBJECT_MAILBOX, "alice@contoso.com", NULL);
    exam_add_subject(bench.exam, SUBJECT_SERVER, "mx.fabrikam.test", "mx.fabrikam.test", false);
    bench_work(answer);
    assert_int_equal(count_asked(&evidence_smtp), 1);
    assert_int_equal(count_asked(&evidence_web), 0);
    assert_int_equal(count_asked(&evidence_ews), 0);
    assert_int_equal(bench.finding_count, 0);
    end();
    run_server(&world, "mx.fabrikam.test");
    assert_int_equal(count_asked(&evidence_web), 2);
    assert_string_equal(word_of(finding_of(NULL, BEHIND, "CU14")), "warning");
    end();
}

/* One that the directory lists is asked for pages, and through it nobody's mailbox. */
static void test_a_server_that_the_directory_lists(void **state)
{
    static const struct world world = {.has_directory = true,
                                       .role = "16439",
                                       .serial = "Version 15.2 (Build 31544.4)",
                                       .code = 200,
                                       .version = "15.2.1544.4"};

    (void)state;
    begin(&world, AS_OF ROWS);
    add(SUBJECT_DOMAIN, "contoso.com", NULL);
    add(SUBJECT_MAILBOX, "alice@contoso.com", NULL);
    exam_add_subject(bench.exam, SUBJECT_SERVER, "ex01.contoso.com", "ex01.contoso.com", false);
    bench_work(answer);
    assert_int_equal(count_asked(&evidence_web), 2);
    assert_int_equal(count_asked(&evidence_ews), 0);
    assert_true(saw_it(finding_of(NULL, BEHIND, NULL), "by serialNumber in the directory"));
    end();
}

/* No survey is made for the build alone; where the ews probe makes one, it tells the build. */
static void test_surveys(void **state)
{
    static const char *const build[] = {"build"}, *const both[] = {"ews", "build"};
    static const char *const kind[] = {"build", "ews-denied"};
    static const char *const spf[] = {"spf"}, *const ews[] = {"ews"},
                             *const denied[] = {"ews-denied"};
    static const char *const every[] = {"ews-denied", "ews-mime-transient"};
    static const struct {
        const char *const *only, *const *skip;
        size_t only_count, skip_count;
        bool plants;
        size_t asked;
    } cases[] = {
        {NULL, NULL, 0, 0, false, 1},   {build, NULL, 1, 0, false, 0}, {both, NULL, 2, 0, false, 1},
        {kind, NULL, 2, 0, false, 1},   {NULL, spf, 0, 1, false, 1},   {NULL, ews, 0, 1, false, 0},
        {NULL, denied, 0, 1, false, 1}, {NULL, every, 0, 2, false, 0}, {NULL, NULL, 0, 0, true, 0},
    };
    static const struct world world = {.code = 404, .by_ews = {15, 2, 1544, 4}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin(&world, AS_OF ROWS);
        bench.settings.only = cases[i].only;
        bench.settings.only_count = cases[i].only_count;
        bench.settings.skip = cases[i].skip;
        bench.settings.skip_count = cases[i].skip_count;
        bench.settings.plants = cases[i].plants;
        add(SUBJECT_MAILBOX, "alice@contoso.com", NULL);
        add(SUBJECT_SERVER, "ex01.contoso.com", NULL);
        bench_work(answer);
        assert_int_equal(count_asked(&evidence_ews), cases[i].asked);
        assert_int_equal(finding_of(NULL, BEHIND, "CU14") != NULL, cases[i].asked);
        end();
    }
}

/* What bars the way, or answers nothing of itself, leaves open whether it is Exchange. */
static void test_servers_that_show_nothing(void **state)
{
    static const char *const build[] = {"build"};
    static const struct {
        struct world world;
        const char *word, *seen;
    } cases[] = {
        {{.code = 404}, "not-applicable", NULL},
        {{.code = 200}, "not-applicable", NULL},
        {{.code = 401}, "unknown", "HTTP 401"},
        {{.code = 403}, "unknown", "HTTP 403"},
        {{.code = 503}, "unknown", "HTTP 503"},
        {{.silence = STATUS_REFUSED}, "unknown", ""},
        {{.silence = STATUS_REFUSED, .greeting = "mail.example.net ESMTP Postfix"},
         "not-applicable",
         NULL},
        {{.silence = STATUS_TIMED_OUT}, "unknown", ""},
        {{.code = 200, .version = "99999.1.1.1"}, "unknown", "99999.1.1.1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct finding *finding;

        begin(&cases[i].world, AS_OF ROWS);
        bench.settings.only = build;
        bench.settings.only_count = 1;
        add(SUBJECT_SERVER, "ex01.contoso.com", NULL);
        bench_work(answer);
        finding = finding_of(NULL, BEHIND, NULL);
        assert_string_equal(word_of(finding), cases[i].word);
        if (cases[i].seen) {
            assert_true(saw_it(finding, cases[i].seen));
            assert_non_null(step_of(&finding->fix, "Get-Command ExSetup.exe"));
        }
        end();
    }
    run_server(&(const struct world){.code = 503}, "ex01.contoso.com");
    assert_int_equal(bench.finding_count, 0);
    end();
}

/* Its own file tells more than what it shows others, whatever stands in front of it. */
static void test_a_machine(void **state)
{
#define V15  "C:\\Program Files\\Microsoft\\Exchange Server\\V15"
#define OWN  .here = "ex01.contoso.com", .registry_type = REGISTRY_DWORD
#define WEB  .code = 200, .version = "15.2.1544.4"
#define DARK .silence = STATUS_REFUSED
    static const struct {
        struct world world;
        const char *word, *seen, *not_seen;
    } rows[] = {
        {{OWN, DARK, .installed = V15 "\\", .exsetup = NEWEST}, "ok", NULL, NULL},
        {{OWN, DARK, .installed = V15, .exsetup = "15.2.1748.24"},
         "warning",
         "15.2.1748.24, by the file version of ExSetup.exe",
         NULL},
        {{OWN, WEB, .installed = V15 "\\", .exsetup = "15.2.1748.24"},
         "warning",
         "15.2.1748.24, by the file version of ExSetup.exe",
         NULL},
        {{OWN, DARK, .installed = V15 "\\"}, "unknown", "15.2.1748.10, by the registry", NULL},
        {{OWN, DARK}, "", NULL, NULL},
        {{OWN, DARK, .barred = STATUS_DENIED}, "unknown", "permission denied", NULL},
        {{WEB, .here = "ex09.contoso.com"}, "warning", "X-OWA-Version", "ExSetup.exe"},
        {{DARK}, "", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct finding *finding;

        begin(&rows[i].world, AS_OF ROWS);
        bench_run(SUBJECT_SERVER, "ex01.contoso.com", answer);
        finding = finding_of("ex01.contoso.com", BEHIND, NULL);
        assert_string_equal(word_of(finding), rows[i].word);
        if (rows[i].seen)
            assert_true(saw_it(finding, rows[i].seen));
        if (rows[i].not_seen)
            assert_false(saw_it(finding, rows[i].not_seen));
        bench_end();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_states_across_levels),
        cmocka_unit_test(test_tables_of_other_days),
        cmocka_unit_test(test_a_version_is_no_build),
        cmocka_unit_test(test_maintenance),
        cmocka_unit_test(test_what_is_out_of_support),
        cmocka_unit_test(test_an_edge_server),
        cmocka_unit_test(test_ways_that_agree),
        cmocka_unit_test(test_folders),
        cmocka_unit_test(test_a_registry),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_files_of_a_server),
        cmocka_unit_test(test_a_folder),
        cmocka_unit_test(test_a_folder_of_several),
        cmocka_unit_test(test_a_list_in_a_folder),
        cmocka_unit_test(test_servers_that_differ),
        cmocka_unit_test(test_servers_that_are_alike),
        cmocka_unit_test(test_whose_site_is_asked),
        cmocka_unit_test(test_a_server_that_the_directory_lists),
        cmocka_unit_test(test_surveys),
        cmocka_unit_test(test_a_machine),
        cmocka_unit_test(test_servers_that_show_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
