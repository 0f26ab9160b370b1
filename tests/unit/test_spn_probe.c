/* Mail servers in made forests, by the whole probe: what must be found, and must not. */
#include "diag/read/machine_path.h"
#include "tests/unit/probe_bench.h"

#include <stdio.h>

extern const struct probe probe_spn;

enum { ENTRIES_MOST = 32, VALUES_MOST = 40, CONFIG = 12 };

/* ---- the world ---- */

struct made_entry {
    const char *dn; /* NULL ends a list */
    struct {
        const char *name;
        const char *values[VALUES_MOST];
    } attributes[6];
};

struct world {
    struct made_entry accounts[ENTRIES_MOST];
    struct made_entry config[CONFIG]; /* below CN=Microsoft Exchange */
    const char *greeting;             /* of 192.0.2.21, 220 left out; NULL: it does not answer */
    bool second_greets;               /* 192.0.2.22, with the same */
    const char *ehlo[8];              /* lines */
    const char *again[8];             /* the same behind STARTTLS */
    const char *anonymous[8];         /* and behind X-ANONYMOUSTLS */
    enum smtp_step ends_after;        /* the step that fails by silence; CONNECT: none */
    enum status silence;              /* of 192.0.2.21 and .22 that do not answer; OK: REFUSED */
    bool is_mapped;                   /* sPNMappings has smtpsvc */
    bool several_domains;
    enum status first_controller; /* what dc1 answers with, if not OK */
    enum status everywhere;       /* all controllers */
    enum status catalog;          /* global catalogs */
    int result;                   /* beside REJECTED */
    int32_t ticket;               /* the KDC's error code */
    enum status ticket_status;
    struct smtp_logon logon;      /* what each comes to; its question is its own */
    struct smtp_logon of_mail;    /* the same by mail.contoso.com, where it has a caller */
    bool no_directory;            /* DNS knows no controllers */
    bool is_anonymous;            /* controllers tell anybody, who do not know who they are */
    struct event_group events[8]; /* of app.evtx; without a computer: the last is before */
    struct smtp_auth_peer peer;   /* of send.log, of whose mechanism: */
    enum smtp_auth_mechanism mechanism;
    struct made_entry exported[4];  /* what directory.ldf has, if not that of the directory */
    enum smtp_auth_outcome outcome; /* ACCEPTED, the first, without a time stands for DENIED */
    enum file_type log_type;
    const char *peer_ip;
    struct directory_file export;    /* what directory.ldf lacks; all of its accounts are whole */
    struct event_log_digest log;     /* what app.evtx lacks */
    bool is_more;                    /* accounts than a directory answered with */
    struct registry_value back, off; /* of lsa.reg, below MSV1_0 and Lsa */
    const char *here;                /* the machine that the probe runs on; NULL: not Windows */
    const char *there;               /* another that may be asked by name; or NULL */
    enum status barred;              /* how whatever is asked of machines ends; OK: it is read */
};

static struct { /* a test */
    const struct world *world;
    const char *filter; /* of the last question for accounts */
    size_t logons;      /* that were asked for */
} here;

#define CONTOSO       "DC=contoso,DC=com"
#define CONFIGURATION "CN=Configuration," CONTOSO
#define SERVERS                                                                                    \
    "CN=Servers,CN=First,CN=Administrative Groups,CN=Org,CN=Microsoft Exchange,CN=Services," CONFIGURATION
#define COMPUTER(short_, full, ...)                                                                \
    {                                                                                              \
        "CN=" short_ ",CN=Computers," CONTOSO,                                                     \
        {                                                                                          \
            {"sAMAccountName", {short_ "$"}}, {"dNSHostName", {full}},                             \
                {"objectClass", {"top", "computer"}}, {"servicePrincipalName", {__VA_ARGS__}},     \
        }                                                                                          \
    }
#define USER(name_, ...)                                                                           \
    {                                                                                              \
        "CN=" name_ ",CN=Users," CONTOSO,                                                          \
        {                                                                                          \
            {"sAMAccountName", {name_}}, {"objectClass", {"top", "user"}},                         \
                {"servicePrincipalName", {__VA_ARGS__}},                                           \
        }                                                                                          \
    }
#define SERVER(short_, full, version)                                                              \
    {                                                                                              \
        "CN=" short_ "," SERVERS,                                                                  \
        {                                                                                          \
            {"objectClass", {"top", "msExchExchangeServer"}},                                      \
                {"networkAddress", {"netbios:" short_, "ncacn_ip_tcp:" full}},                     \
                {"serialNumber", {version}},                                                       \
        }                                                                                          \
    }
#define SERVER_OF(short_, full, version, roles)                                                    \
    {                                                                                              \
        "CN=" short_ "," SERVERS,                                                                  \
        {                                                                                          \
            {"objectClass", {"top", "msExchExchangeServer"}},                                      \
                {"networkAddress", {"netbios:" short_, "ncacn_ip_tcp:" full}},                     \
                {"serialNumber", {version}}, {"msExchCurrentServerRoles", {roles}},                \
        }                                                                                          \
    }
#define VIRTUAL_SERVER(short_, number, fqdn)                                                       \
    {                                                                                              \
        "CN=" number ",CN=SMTP,CN=Protocols,CN=" short_ "," SERVERS,                               \
        {                                                                                          \
            {"objectClass", {"top", "protocolCfgSMTPServer"}},                                     \
                {"msExchSmtpFullyQualifiedDomainName", {fqdn}},                                    \
        }                                                                                          \
    }
#define CONNECTOR(short_, name_, fqdn, flags)                                                      \
    {                                                                                              \
        "CN=" name_ ",CN=SMTP Receive Connectors,CN=Protocols,CN=" short_ "," SERVERS,             \
        {                                                                                          \
            {"objectClass", {"top", "msExchSmtpReceiveConnector"}},                                \
                {"msExchSMTPReceiveConnectorFQDN", {fqdn}},                                        \
                {"msExchSMTPReceiveInboundSecurityFlag", {flags}},                                 \
        }                                                                                          \
    }
#define V2003 "Version 6.5 (Build 7638.2: Service Pack 2)"
#define V2007 "Version 8.3 (Build 30083.6)"
#define V2019 "Version 15.2 (Build 31118.7)"

/* ---- DNS ---- */

#define LABEL "a-label-of-sixty-bytes-that-makes-a-name-as-long-as-none-is"
#define LONG  "ex01." LABEL "." LABEL "." LABEL ".contoso.com"

static const struct {
    const char *name, *data; /* of SRV: the target */
    enum dns_type type;
} zone[] = {
    /* who is outside the domain gets nobody's ticket, whatever DNS says */
    {"_ldap._tcp.dc._msdcs.contoso.com", "dc9.example.net", DNS_SRV},
    {"_ldap._tcp.dc._msdcs.contoso.com", "dc1.contoso.com", DNS_SRV},
    {"_ldap._tcp.dc._msdcs.contoso.com", "dc2.contoso.com", DNS_SRV},
    {"_ldap._tcp.gc._msdcs.contoso.com", "dc9.example.net", DNS_SRV},
    {"_ldap._tcp.gc._msdcs.contoso.com", "dc1.contoso.com", DNS_SRV},
    {"_ldap._tcp.gc._msdcs.contoso.com", "DC2.contoso.com", DNS_SRV},
    {"dc9.example.net", "192.0.2.19", DNS_A},
    {"dc1.contoso.com", "192.0.2.11", DNS_A},
    {"dc2.contoso.com", "192.0.2.12", DNS_A},
    {"ex01.contoso.com", "192.0.2.21", DNS_A},
    {"ex02.contoso.com", "192.0.2.22", DNS_A},
    {"mail.contoso.com", "192.0.2.21", DNS_A},
    {LONG, "192.0.2.21", DNS_A},
    {"mx.contoso.com", "192.0.2.21", DNS_A},
    {"relay.contoso.com", "192.0.2.21", DNS_A},
    {"elsewhere.contoso.com", "192.0.2.99", DNS_A},
    {"smtp.fabrikam.test", "192.0.2.21", DNS_A},
    {"mx.example.net", "192.0.2.98", DNS_A},
    {"lb.contoso.com", "192.0.2.21", DNS_A},
    {"lb.contoso.com", "192.0.2.22", DNS_A},
    {"balanced.contoso.com", "lb.contoso.com", DNS_MX},
    {"evil-mx.contoso.com", "192.0.2.21", DNS_A},
    {"exchanged.contoso.com", "evil-mx.contoso.com", DNS_MX},
    {"contoso.com", "mx.contoso.com", DNS_MX},
    {"contoso.com", "elsewhere.contoso.com", DNS_MX},
};

static void answer_dns(struct dns_answer *item)
{
    struct dns_record *records = arena_new(&item->evidence.memory, 8, sizeof *records);

    item->answer.records = records;
    for (size_t i = 0; i < sizeof zone / sizeof *zone; i++) {
        struct dns_record *record = &records[item->answer.count];

        if (zone[i].type != item->type || strcmp(zone[i].name, item->name) != 0 ||
            (here.world->no_directory && item->type == DNS_SRV))
            continue;
        *record =
            (struct dns_record){.owner = item->name, .type = (uint16_t)item->type, .ttl = 300};
        if (item->type == DNS_SRV)
            record->data.srv.target = zone[i].data;
        else if (item->type == DNS_MX)
            record->data.mx.exchange = zone[i].data;
        else
            assert_int_equal(ip_parse(zone[i].data, strlen(zone[i].data), &record->data.ip),
                             STATUS_OK);
        item->answer.count++;
    }
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

/* ---- the directory ---- */

static void add_entries(struct directory_answer *item, const struct made_entry *made)
{
    struct arena *arena = &item->evidence.memory;
    struct directory_entry *entries = arena_new(arena, ENTRIES_MOST, sizeof *entries);

    item->entries = entries;
    for (; made->dn && item->entry_count < ENTRIES_MOST; made++) {
        struct directory_entry *entry = &entries[item->entry_count++];
        struct directory_attribute *attributes = arena_new(arena, 6, sizeof *attributes);

        *entry = (struct directory_entry){.dn = made->dn, .attributes = attributes};
        for (size_t i = 0; i < 6 && made->attributes[i].name; i++) {
            struct directory_value *values = arena_new(arena, VALUES_MOST, sizeof *values);
            size_t count = 0;

            for (; count < VALUES_MOST && made->attributes[i].values[count]; count++)
                values[count] = (struct directory_value){made->attributes[i].values[count],
                                                         strlen(made->attributes[i].values[count])};
            attributes[entry->attribute_count++] =
                (struct directory_attribute){made->attributes[i].name, values, count};
        }
    }
}

static const struct made_entry root_dse[] = {{"",
                                              {{"configurationNamingContext", {CONFIGURATION}},
                                               {"defaultNamingContext", {CONTOSO}},
                                               {"rootDomainNamingContext", {CONTOSO}},
                                               {"isGlobalCatalogReady", {"TRUE"}}}},
                                             {NULL, {{NULL, {NULL}}}}};
static const struct made_entry partitions[] = {
    {"CN=CONTOSO,CN=Partitions," CONFIGURATION,
     {{"dnsRoot", {"contoso.com"}}, {"nETBIOSName", {"CONTOSO"}}}},
    {"CN=EU,CN=Partitions," CONFIGURATION,
     {{"dnsRoot", {"eu.contoso.com"}}, {"nETBIOSName", {"EU"}}}},
    {NULL, {{NULL, {NULL}}}}};
static const struct made_entry one_partition[] = {
    {"CN=CONTOSO,CN=Partitions," CONFIGURATION,
     {{"dnsRoot", {"contoso.com"}}, {"nETBIOSName", {"CONTOSO"}}}},
    {NULL, {{NULL, {NULL}}}}};
static const struct made_entry usual_mappings[] = {
    {"CN=Directory Service", {{"sPNMappings", {"host=alerter,http,www"}}}},
    {NULL, {{NULL, {NULL}}}}};
static const struct made_entry wider_mappings[] = {
    {"CN=Directory Service", {{"sPNMappings", {"host=alerter,http,smtpsvc"}}}},
    {NULL, {{NULL, {NULL}}}}};

static enum status status_of(const struct directory_answer *item)
{
    const struct world *world = here.world;
    bool is_catalog = item->address.port == 3268 || item->address.port == 3269;

    if (world->everywhere != STATUS_OK)
        return world->everywhere;
    if (item->address.ip.bytes[3] == 11 && world->first_controller != STATUS_OK)
        return world->first_controller;
    return is_catalog ? world->catalog : STATUS_OK;
}

static void answer_directory(struct directory_answer *item)
{
    const struct world *world = here.world;
    enum status status = status_of(item);

    if (item->address.ip.bytes[3] == 19) {
        assert_null(item->host);
        evidence_fail(&item->evidence, STATUS_TIMED_OUT, NULL);
        return;
    }
    if (status != STATUS_OK) {
        item->result = world->result;
        evidence_fail(&item->evidence, status, "a test says so");
        return;
    }
    assert_non_null(item->host);
    item->identity = world->is_anonymous ? DIRECTORY_AS_ANONYMOUS : DIRECTORY_AS_CALLER;
    if (item->scope == DIRECTORY_BASE && item->base[0] == '\0')
        add_entries(item, root_dse);
    else if (strstr(item->base, "CN=Partitions") == item->base)
        add_entries(item, world->several_domains ? partitions : one_partition);
    else if (strstr(item->base, "CN=Directory Service") == item->base)
        add_entries(item, world->is_mapped ? wider_mappings : usual_mappings);
    else if (strstr(item->base, "CN=Microsoft Exchange") == item->base)
        add_entries(item, world->config);
    else {
        here.filter = item->filter;
        item->more = world->is_more;
        add_entries(item, world->accounts);
    }
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void answer_ticket(struct ticket_answer *item)
{
    assert_string_equal(item->realm, "CONTOSO.COM");
    assert_null(strstr(item->spn, "evil"));
    item->error_code = here.world->ticket;
    evidence_fail(&item->evidence, here.world->ticket_status, NULL);
}

static void answer_logon(struct smtp_logon *item)
{
    const struct world *world = here.world;
    const struct smtp_logon *logon =
        world->of_mail.caller && strstr(item->spn, "/mail.") ? &world->of_mail : &world->logon;

    assert_true(bench.settings.authenticate);
    assert_null(strstr(item->spn, "evil"));
    assert_string_equal(item->realm, "CONTOSO.COM");
    assert_int_equal(item->address.ip.bytes[3], 21);
    assert_int_equal(item->address.port, 25);
    assert_int_equal(item->kdc.ip.bytes[3], 11);
    here.logons++;
    item->step = logon->step;
    item->caller = logon->caller;
    item->error_code = logon->error_code;
    item->mechanism = logon->mechanism;
    item->over_tls = logon->over_tls;
    item->over_anonymous_tls = logon->over_anonymous_tls;
    item->code = logon->code;
    item->enhanced = logon->enhanced;
    evidence_fail(&item->evidence, logon->evidence.status, NULL);
}

/* ---- port 25 ---- */

static void add_reply(struct smtp_conversation *item, enum smtp_step step, const char *const *lines,
                      size_t count)
{
    struct smtp_exchange *exchange = &item->exchanges[item->exchange_count++];
    struct smtp_line *made = arena_new(&item->evidence.memory, count, sizeof *made);

    *exchange = (struct smtp_exchange){.step = step, .status = STATUS_OK};
    exchange->reply.state = SMTP_REPLY_COMPLETE;
    exchange->reply.code = step == SMTP_GREETING ? 220 : 250;
    for (size_t i = 0; i < count; i++) {
        made[i].text = arena_print(&item->evidence.memory, "%u%c%s", exchange->reply.code,
                                   i + 1 < count ? '-' : ' ', lines[i]);
        made[i].size = strlen(made[i].text);
    }
    exchange->reply.lines = made;
    exchange->reply.line_count = count;
}

static void add_ehlo(struct smtp_conversation *item, enum smtp_step step, const char *const *lines)
{
    size_t count = 0;

    while (lines[count])
        count++;
    if (count > 0)
        add_reply(item, step, lines, count);
}

static void answer_smtp(struct smtp_conversation *item)
{
    const struct world *world = here.world;

    bool is_second = item->address.ip.bytes[3] == 22 && world->second_greets;

    if (!world->greeting || (item->address.ip.bytes[3] != 21 && !is_second)) {
        evidence_fail(&item->evidence, world->silence ? world->silence : STATUS_REFUSED, NULL);
        return;
    }
    item->exchanges = arena_new(&item->evidence.memory, 8, sizeof *item->exchanges);
    add_reply(item, SMTP_GREETING, &world->greeting, 1);
    add_ehlo(item, SMTP_EHLO, world->ehlo);
    add_ehlo(item, SMTP_EHLO_AGAIN, world->again);
    add_ehlo(item, SMTP_ANONYMOUS_EHLO, world->anonymous);
    if (world->ends_after != SMTP_CONNECT)
        item->exchanges[item->exchange_count++] = (struct smtp_exchange){
            .step = world->ends_after, .status = STATUS_TIMED_OUT, .reason = "nobody shook hands"};
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

/* ---- files ---- */

/* An export of the same configuration; where there is none, of the accounts. */
static void answer_directory_file(struct directory_file *item)
{
    struct directory_answer made = {.evidence.memory = item->evidence.memory};

    add_entries(&made, here.world->exported[0].dn ? here.world->exported
                       : here.world->config[0].dn ? here.world->config
                                                  : here.world->accounts);
    item->entries = (struct directory_entry *)made.entries;
    item->entry_count = made.entry_count;
    item->is_whole = arena_new(&made.evidence.memory, made.entry_count, sizeof *item->is_whole);
    for (size_t i = 0; i < made.entry_count; i++)
        item->is_whole[i] = true;
    item->cut_off = here.world->export.cut_off;
    item->more = here.world->export.more;
    item->fewer_computers = here.world->export.fewer_computers;
    item->damaged = here.world->export.damaged;
    item->result = here.world->export.result;
    item->evidence.memory = made.evidence.memory; /* which has grown */
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void answer_digest(struct file_digest *item)
{
    static const struct {
        const char *path;
        enum file_type type;
    } files[] = {{"app.evtx", FILE_TYPE_EVTX},
                 {"send.log", FILE_TYPE_SMTP_SEND_LOG},
                 {"directory.ldf", FILE_TYPE_LDIF},
                 {"lsa.reg", FILE_TYPE_REGISTRY}};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (strcmp(item->path, files[i].path) == 0)
            item->type = files[i].type;
    }
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

/* Absent texts are empty, not NULL. */
static void fill_texts(struct mail_event *event)
{
    const char **texts[] = {&event->host,      &event->error,     &event->command, &event->reply,
                            &event->connector, &event->mechanism, &event->address, &event->target};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = *texts[i] ? *texts[i] : "";
}

static void answer_events(struct event_log_digest *item)
{
    if (machine_in_path(item->path) && here.world->barred) {
        evidence_fail(&item->evidence, here.world->barred, NULL);
        return;
    }
    item->account = here.world->log.account;
    item->strange = here.world->log.strange;
    item->more = here.world->log.more;
    item->groups = arena_new(&item->evidence.memory, 8, sizeof *item->groups);
    while (item->group_count < 8 && here.world->events[item->group_count].computer) {
        item->groups[item->group_count] = here.world->events[item->group_count];
        fill_texts(&item->groups[item->group_count++].event);
    }
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void answer_auth_log(struct auth_log_digest *item)
{
    struct smtp_auth_peer *peer = arena_new(&item->evidence.memory, 1, sizeof *peer);
    enum smtp_auth_outcome outcome = here.world->outcome;

    if (outcome == SMTP_AUTH_ACCEPTED && !here.world->peer.taken)
        outcome = SMTP_AUTH_DENIED;
    *peer = here.world->peer;
    memset(peer->outcomes, 0, sizeof peer->outcomes);
    peer->outcomes[here.world->mechanism][outcome] = peer->sessions;
    if (peer->taken && outcome != SMTP_AUTH_ACCEPTED)
        peer->outcomes[here.world->mechanism][SMTP_AUTH_ACCEPTED] = 7;
    if (here.world->peer_ip)
        ip_parse(here.world->peer_ip, strlen(here.world->peer_ip), &peer->address.ip);
    item->log.type = here.world->log_type;
    item->log.peers = peer;
    item->log.peer_count = 1;
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void answer_registry(struct registry_answer *item)
{
    const struct registry_value *value =
        strstr(item->key, "MSV1_0") ? &here.world->back : &here.world->off;

    if (machine_in_path(item->path) && here.world->barred) {
        evidence_fail(&item->evidence, here.world->barred, NULL);
        return;
    }
    item->values = arena_new(&item->evidence.memory, 1, sizeof *item->values);
    item->values[0] = *value;
    item->value_count = value->name != NULL;
    item->is_whole = true;
    item->computer = "EX01";
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void answer_machine(struct machine_identity *item)
{
    const char *name = *item->path ? here.world->there : here.world->here;

    if (*item->path && name)
        name = strcmp(item->path + 2, name) == 0 ? name : NULL;
    item->name = name;
    item->domain = "contoso.com";
    evidence_fail(&item->evidence,
                  name               ? STATUS_OK
                  : here.world->here ? STATUS_UNREACHABLE
                                     : STATUS_NOT_SUPPORTED,
                  NULL);
}

static void answer(struct evidence *item)
{
    if (item->kind == &evidence_machine)
        answer_machine((struct machine_identity *)item);
    else if (item->kind == &evidence_digest)
        answer_digest((struct file_digest *)item);
    else if (item->kind == &evidence_directory_file)
        answer_directory_file((struct directory_file *)item);
    else if (item->kind == &evidence_event_log)
        answer_events((struct event_log_digest *)item);
    else if (item->kind == &evidence_auth_log)
        answer_auth_log((struct auth_log_digest *)item);
    else if (item->kind == &evidence_registry)
        answer_registry((struct registry_answer *)item);
    else if (item->kind == &evidence_dns)
        answer_dns((struct dns_answer *)item);
    else if (item->kind == &evidence_directory)
        answer_directory((struct directory_answer *)item);
    else if (item->kind == &evidence_ticket)
        answer_ticket((struct ticket_answer *)item);
    else if (item->kind == &evidence_smtp_logon)
        answer_logon((struct smtp_logon *)item);
    else if (item->kind == &evidence_smtp)
        answer_smtp((struct smtp_conversation *)item);
    else if (item->kind == &evidence_bound_certificates)
        evidence_fail(item, STATUS_NOT_SUPPORTED, NULL);
    else
        fail_msg("nobody answers %s", item->key);
}

/* ---- running ---- */

static void begin(const struct world *world)
{
    here.world = world;
    here.filter = NULL;
    here.logons = 0;
    bench_begin(&probe_spn);
}

static void run(enum subject_kind kind, const char *name)
{
    bench_run(kind, name, answer);
}

static size_t count_problems(void)
{
    size_t count = 0;

    for (size_t i = 0; i < bench.finding_count; i++)
        count += bench.findings[i]->outcome == OUTCOME_PROBLEM ||
                 bench.findings[i]->outcome == OUTCOME_UNKNOWN;
    if (count > 0 && getenv("EXDIAG_TEST_VERBOSE"))
        bench_print();
    return count;
}

#define EX01_NAMES                                                                                 \
    "SMTP/EX01", "SMTP/ex01.contoso.com", "SmtpSvc/EX01", "SmtpSvc/ex01.contoso.com", "HOST/EX01", \
        "HOST/ex01.contoso.com"
#define EX02_NAMES                                                                                 \
    "SMTP/EX02", "SMTP/ex02.contoso.com", "SmtpSvc/EX02", "SmtpSvc/ex02.contoso.com", "HOST/EX02", \
        "HOST/ex02.contoso.com"
#define EX01 COMPUTER("EX01", "EX01.contoso.com", EX01_NAMES)
#define EX02 COMPUTER("EX02", "ex02.contoso.com", EX02_NAMES)
#define GREETS(name_)                                                                              \
    .greeting = name_ " Microsoft ESMTP MAIL Service ready",                                       \
    .ehlo = {name_ " Hello [192.0.2.1]", "X-ANONYMOUSTLS", "X-EXPS GSSAPI NTLM", "OK"}
#define NO_TICKETS .ticket_status = STATUS_NOT_FOUND

/* ---- tests ---- */

/* What Exchange's own set-up makes is right, whoever is asked. */
static void test_a_healthy_organisation(void **state)
{
    static const struct world worlds[] = {
        {.accounts = {EX01, EX02},
         .config = {SERVER("EX01", "ex01.contoso.com", V2019),
                    SERVER("EX02", "ex02.contoso.com", V2019),
                    CONNECTOR("EX01", "Default EX01", "EX01.contoso.com", "31"),
                    CONNECTOR("EX01", "Client Frontend EX01", "mail.contoso.com", "15")},
         GREETS("EX01.contoso.com"),
         NO_TICKETS},
        {.accounts = {EX01},
         .config = {SERVER("EX01", "ex01.contoso.com", V2003),
                    VIRTUAL_SERVER("EX01", "1", "ex01.contoso.com")},
         .first_controller = STATUS_TIMED_OUT,
         .several_domains = true},
        {.accounts = {EX01}, .config = {SERVER("EX01", "ex01.contoso.com", V2019)}, .ticket = 0},
        {.accounts = {EX01},
         .config = {SERVER("EX01", "ex01.contoso.com", V2019)},
         .first_controller = STATUS_REJECTED,
         .result = 51 /* busy */},
    };

    (void)state;
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        begin(&worlds[i]);
        run(SUBJECT_DOMAIN, "contoso.com");
        assert_int_equal(count_problems(), 0);
        assert_string_equal(word_of(finding_of("ex01.contoso.com", "smtp-spn-missing", NULL)),
                            "ok");
        assert_string_equal(word_of(finding_of("ex01.contoso.com", "smtp-spn-duplicate", NULL)),
                            "ok");
        assert_string_equal(word_of(finding_of("ex01.contoso.com", "smtp-spn-misplaced", NULL)),
                            "ok");
        bench_end();
    }
}

/* A controller that did not answer is asked no second time while another one does. */
static void test_a_silent_controller(void **state)
{
    static const struct world world = {.accounts = {EX01},
                                       .config = {SERVER("EX01", "ex01.contoso.com", V2019)},
                                       .first_controller = STATUS_TIMED_OUT,
                                       NO_TICKETS};
    size_t asked = 0;

    (void)state;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    for (size_t i = 0; i < bench.fetched_count; i++) {
        const struct directory_answer *item = (const struct directory_answer *)bench.fetched[i];

        asked += bench.fetched[i]->kind == &evidence_directory && item->address.ip.bytes[3] == 11 &&
                 item->address.port == 389;
    }
    assert_int_equal(asked, 1);
    bench_end();
}

/* A controller that fails, whatever of it, is no reason to ask none of the others. */
static void test_a_controller_that_fails(void **state)
{
    static const enum status failures[] = {STATUS_TIMED_OUT, STATUS_REFUSED, STATUS_UNREACHABLE,
                                           STATUS_CLOSED,    STATUS_DENIED,  STATUS_NOT_FOUND,
                                           STATUS_MALFORMED};

    (void)state;
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        struct world world = {.accounts = {EX01},
                              .config = {SERVER("EX01", "ex01.contoso.com", V2019)},
                              .first_controller = failures[i],
                              NO_TICKETS};

        begin(&world);
        run(SUBJECT_DOMAIN, "contoso.com");
        assert_non_null(here.filter);
        assert_null(finding_of("contoso.com", "smtp-spn-missing", NULL));
        bench_end();
    }
}

/* Known by its address alone, and away: said of the port that was asked, not of TLS to nobody. */
static void test_a_controller_of_an_address(void **state)
{
    static const struct world world = {.everywhere = STATUS_REFUSED};

    (void)state;
    begin(&world);
    run(SUBJECT_DC, "192.0.2.11");
    for (size_t i = 0; i < bench.fetched_count; i++) {
        const struct directory_answer *item = (const struct directory_answer *)bench.fetched[i];

        if (bench.fetched[i]->kind == &evidence_directory)
            assert_false(item->tls_at_once);
    }
    assert_non_null(finding_of("192.0.2.11", "smtp-spn-missing", NULL));
    bench_end();
}

/* A duplicate that is no server's, as setspn -X prints it, is told of once. */
static void test_a_duplicate_of_nobody(void **state)
{
    static const struct world world = {.accounts = {USER("one", "SMTPSVC/mail.contoso.com"),
                                                    USER("two", "smtpsvc/MAIL.contoso.com")}};

    (void)state;
    begin(&world);
    run(SUBJECT_FILE, "directory.ldf");
    assert_int_equal(bench.finding_count, 1);
    assert_string_equal(word_of(finding_of("directory.ldf", "smtp-spn-duplicate", "2 accounts")),
                        "critical");
    bench_end();
}

/* KB 914137: a virtual server of Exchange 2003 under another name. */
static void test_missing(void **state)
{
    static const struct world world = {.accounts = {EX01},
                                       .config = {SERVER("EX01", "ex01.contoso.com", V2003),
                                                  VIRTUAL_SERVER("EX01", "1", "ex01.contoso.com"),
                                                  VIRTUAL_SERVER("EX01", "2", "mail.contoso.com")},
                                       GREETS("mail.contoso.com"),
                                       .ticket = 7};
    const struct finding *finding;
    const struct step *step;

    (void)state;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-missing", "mail.contoso.com");
    assert_string_equal(word_of(finding), "critical");
    assert_true(saw_it(finding, "no account of the forest has"));
    assert_true(saw_it(finding, "SMTP virtual server \"2\" of EX01 is to call itself"));
    assert_true(saw_it(finding, "220 mail.contoso.com Microsoft ESMTP"));
    assert_true(saw_it(finding, "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"));
    assert_string_equal(finding->fix.list[0].command, "setspn -Q \"SMTPSVC/mail.contoso.com\"");
    step = step_of(&finding->fix, "setspn -S");
    assert_string_equal(step->command, "setspn -S \"SMTPSVC/mail.contoso.com\" \"EX01\"");
    assert_int_equal(step->kind, STEP_EXACT);
    assert_int_equal(step_of(&finding->fix, "setspn -A")->kind, STEP_DECIDE);
    assert_non_null(step_of(&finding->fix, "dsquery * forestroot -gc -filter"));
    assert_null(step_of(&finding->fix, "Set-ReceiveConnector"));
    assert_non_null(step_of(&finding->verify, "setspn -X -F"));
    assert_string_equal(step_of(&finding->undo, "setspn -D")->command,
                        "setspn -D \"SMTPSVC/mail.contoso.com\" \"EX01\"");
    assert_null(finding_of("ex01.contoso.com", "smtp-spn-missing", "ex01.contoso.com"));
    assert_non_null(strstr(here.filter, "(servicePrincipalName=SMTPSVC/mail.contoso.com)"));
    bench_end();
}

/* Since 2007 the connector is set back first. */
static void test_a_connector_of_another_name(void **state)
{
    static const struct world world = {
        .accounts = {EX01, EX02},
        .config = {SERVER("EX01", "ex01.contoso.com", V2019),
                   SERVER("EX02", "ex02.contoso.com", V2019),
                   CONNECTOR("EX01", "Default EX01", "mail.contoso.com", "31"),
                   CONNECTOR("EX01", "Relay", "relay.contoso.com", "7")},
        GREETS("mail.contoso.com"),
        .several_domains = true,
        NO_TICKETS};
    const struct finding *finding;

    (void)state;
    begin(&world);
    run(SUBJECT_SERVER, "ex01.contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-missing", "mail.contoso.com");
    assert_string_equal(word_of(finding), "critical");
    assert_string_equal(step_of(&finding->fix, "Set-ReceiveConnector")->command,
                        "Set-ReceiveConnector -Identity 'EX01\\Default EX01' -Fqdn "
                        "'ex01.contoso.com'");
    assert_int_equal(step_of(&finding->fix, "Set-ReceiveConnector")->kind, STEP_DECIDE);
    assert_int_equal(step_of(&finding->fix, "setspn -F -S")->kind, STEP_DECIDE);
    assert_true(step_of(&finding->fix, "setspn -F -S")->is_alternative);
    assert_non_null(strstr(step_of(&finding->verify, "setspn -Q")->note, "or none"));
    assert_string_equal(step_of(&finding->undo, "Set-ReceiveConnector")->command,
                        "Set-ReceiveConnector -Identity 'EX01\\Default EX01' -Fqdn "
                        "'mail.contoso.com'");
    /* another domain may get the name meanwhile, where -S alone does not look */
    assert_string_equal(step_of(&finding->fix, "setspn -F -S")->command,
                        "setspn -F -S \"SMTPSVC/mail.contoso.com\" \"CONTOSO\\EX01$\"");
    assert_null(step_of(&finding->fix, "setspn -A"));
    assert_null(finding_of("ex01.contoso.com", "smtp-spn-missing", "relay.contoso.com"));
    bench_end();
}

/* Of a connector that may be for clients alone no exact command changes the name. */
static void test_a_connector_of_unknown_authentication(void **state)
{
    static const struct world world = {
        .accounts = {EX01},
        .config =
            {SERVER("EX01", "ex01.contoso.com", V2019),
             {"CN=Client Frontend EX01,CN=SMTP Receive Connectors,CN=Protocols,CN=EX01," SERVERS,
              {{"objectClass", {"top", "msExchSmtpReceiveConnector"}},
               {"msExchSMTPReceiveConnectorFQDN", {"mail.contoso.com"}}}}},
        GREETS("ex01.contoso.com"),
        NO_TICKETS};
    const struct finding *finding;

    (void)state;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-missing", "mail.contoso.com");
    assert_string_equal(word_of(finding), "warning");
    assert_true(saw_it(finding, "whether servers log on to it was not told"));
    assert_int_equal(step_of(&finding->fix, "Set-ReceiveConnector")->kind, STEP_DECIDE);
    assert_non_null(step_of(&finding->undo, "Set-ReceiveConnector"));
    bench_end();
}

/* Named by the name that is at fault, the server is judged under its own. */
static void test_a_server_named_by_its_other_name(void **state)
{
    static const struct world world = {
        .accounts = {EX01},
        .config = {SERVER("EX01", "ex01.contoso.com", V2019),
                   CONNECTOR("EX01", "Default EX01", "mail.contoso.com", "31")},
        GREETS("mail.contoso.com"),
        NO_TICKETS};

    (void)state;
    begin(&world);
    run(SUBJECT_SERVER, "mail.contoso.com");
    assert_string_equal(word_of(finding_of("ex01.contoso.com", "smtp-spn-missing", "/mail.")),
                        "critical");
    bench_end();
}

/* What it is called, and could not be looked at, is no health. */
static void test_names_that_are_not_looked_at(void **state)
{
    static const struct world odd = {
        .accounts = {EX01},
        .config = {SERVER("EX01", "ex01.contoso.com", V2003),
                   VIRTUAL_SERVER("EX01", "1", "m\xc3\xa4il.contoso.com")},
        NO_TICKETS};
    struct world many = {
        .accounts = {EX01}, .config = {SERVER("EX01", "ex01.contoso.com", V2019)}, NO_TICKETS};
    static char names[30][32];
    const struct finding *finding;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        begin(&odd);
        run(i ? SUBJECT_FILE : SUBJECT_DOMAIN, i ? "directory.ldf" : "contoso.com");
        finding = finding_of("ex01.contoso.com", "smtp-spn-missing", "is no name of a host");
        assert_string_equal(word_of(finding), "unknown");
        assert_true(saw_it(finding, "SMTP virtual server \"1\" of EX01 is to call itself m"));
        assert_int_equal(finding->fix.count, 1);
        bench_end();
    }
    for (size_t i = 0; i < 30; i++) {
        (void)snprintf(names[i], sizeof names[i], "SMTPSVC/name%zu.contoso.com", i);
        many.accounts[0].attributes[3].values[i] = names[i];
    }
    begin(&many);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-missing", "more names than are looked at");
    assert_string_equal(word_of(finding), "unknown");
    assert_int_equal(finding->fix.count, 1);
    bench_end();
}

/* A name that the banner alone tells is to be looked at before it is typed. */
static void test_a_name_from_the_banner(void **state)
{
    static const struct world world = {.accounts = {EX01},
                                       .config = {SERVER("EX01", "ex01.contoso.com", V2019)},
                                       .greeting = "evil.contoso.com & calc Microsoft ESMTP",
                                       .ehlo = {"evil.contoso.com Hello", "X-EXPS GSSAPI"},
                                       .ticket = 7};
    const struct finding *finding;

    (void)state;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-missing", "evil.contoso.com");
    assert_string_equal(word_of(finding), "critical");
    assert_int_equal(step_of(&finding->fix, "setspn -S")->kind, STEP_FILL_IN);
    bench_end();
}

/* A name that is its own, and by which nobody is told to come. */
static void test_an_own_name_that_is_not_announced(void **state)
{
    static const struct world world = {
        .accounts = {COMPUTER("EX01", "ex01.contoso.com", "SMTPSVC/mail.contoso.com")},
        .config = {SERVER("EX01", "ex01.contoso.com", V2019),
                   VIRTUAL_SERVER("EX01", "1", "mail.contoso.com")},
        NO_TICKETS};
    static const struct world odd = {.accounts = {EX01},
                                     .config = {SERVER("EX01", "ex01.contoso.com", V2019),
                                                VIRTUAL_SERVER("EX01", "1", "mail.contoso.com")},
                                     NO_TICKETS};

    (void)state;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    assert_string_equal(word_of(finding_of("ex01.contoso.com", "smtp-spn-missing", "/ex01.")),
                        "warning");
    bench_end();
    begin(&odd);
    run(SUBJECT_DOMAIN, "contoso.com");
    assert_null(step_of(&finding_of("ex01.contoso.com", "smtp-spn-missing", "/mail.")->fix,
                        "Set-ReceiveConnector"));
    bench_end();
}

/* The same server in the directory and in an export is one. */
static void test_an_export_beside_the_directory(void **state)
{
    static const struct world world = {
        .accounts = {EX01, COMPUTER("OLD", "old.contoso.com", "SMTPSVC/mail.contoso.com")},
        .config = {SERVER("EX01", "ex01.contoso.com", V2003),
                   VIRTUAL_SERVER("EX01", "1", "mail.contoso.com")},
        NO_TICKETS};
    const struct finding *finding;

    (void)state;
    begin(&world);
    bench_add(SUBJECT_FILE, "directory.ldf");
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-misplaced", "registered on OLD");
    assert_int_equal(step_of(&finding->fix, "setspn -D")->kind, STEP_EXACT);
    assert_null(step_of(&finding->fix, "Give each of them"));
    bench_end();
}

/* Servers to which no other logs on: without a transport, or outside the forest. */
static void test_servers_that_need_no_names(void **state)
{
    static const struct made_entry bare[] = {
        COMPUTER("EX01", "ex01.contoso.com", "HOST/EX01", "HOST/ex01.contoso.com"),
        {NULL, {{NULL, {NULL}}}}};
    static const struct {
        const char *version, *roles, *expected;
        bool has_account;
    } cases[] = {
        {V2007, "2", "not-applicable", true},   /* Mailbox */
        {V2007, "4", "not-applicable", true},   /* Client Access */
        {V2007, "54", "critical", true},        /* with Hub Transport */
        {V2007, "32", "critical", true},        /* that alone */
        {V2007, "64", "not-applicable", false}, /* Edge */
        {V2019, "64", "not-applicable", false}, /* the same */
        {V2019, "2", "critical", true},         /* each has a transport since 2013 */
        {V2019, "16385", "critical", true},     /* Client Access of 2013 */
        {V2003, "2", "critical", true},         /* which has no such roles */
        {V2007, "0", "critical", true},         /* not told */
        {V2007, "2, or so", "critical", true},  /* nor this */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world = {
            .config = {SERVER_OF("EX01", "ex01.contoso.com", cases[i].version, cases[i].roles),
                       SERVER("EX02", "ex02.contoso.com", V2019)},
            GREETS("ex01.contoso.com"),
            NO_TICKETS};
        const struct finding *finding;

        if (cases[i].has_account)
            world.accounts[0] = bare[0];
        begin(&world);
        run(SUBJECT_DOMAIN, "contoso.com");
        finding = finding_of("ex01.contoso.com", "smtp-spn-missing", NULL);
        if (strcmp(word_of(finding), cases[i].expected) != 0)
            fail_msg("case %zu: %s", i, word_of(finding));
        assert_true(!finding_of("ex01.contoso.com", "exps-absent", NULL) ==
                    (strcmp(cases[i].expected, "not-applicable") == 0));
        bench_end();
    }
}

/* Where no other server lets servers log on, nobody misses the offer. */
static void test_a_hub_beside_servers_that_need_no_names(void **state)
{
    static const struct world world = {
        .accounts = {EX01, EX02},
        .config = {SERVER_OF("EX01", "ex01.contoso.com", V2007, "32"),
                   SERVER_OF("EX02", "ex02.contoso.com", V2007, "2")},
        .greeting = "ex01.contoso.com Microsoft ESMTP MAIL Service ready",
        .ehlo = {"ex01.contoso.com Hello", "OK"},
        NO_TICKETS};

    (void)state;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    assert_int_equal(count_problems(), 0);
    bench_end();
    /* nor does an export of them say anything else */
    begin(&world);
    run(SUBJECT_FILE, "directory.ldf");
    assert_null(finding_of("directory.ldf", "smtp-spn-missing", "whose own names are on"));
    bench_end();
}

static void test_no_names_at_all(void **state)
{
    static const struct world world = {
        .accounts = {COMPUTER("EX01", "ex01.contoso.com", "HOST/EX01", "HOST/ex01.contoso.com")},
        .config = {SERVER("EX01", "ex01.contoso.com", V2019)},
        NO_TICKETS};
    const struct finding *finding;

    (void)state;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-missing", NULL);
    assert_string_equal(word_of(finding), "critical");
    assert_true(saw_it(finding, "has no name of SMTP"));
    assert_true(saw_it(finding, "HOST/ex01.contoso.com is on EX01, which helps nothing"));
    assert_string_equal(step_of(&finding->fix, "setspn -S")->command,
                        "setspn -S \"SMTPSVC/ex01.contoso.com\" \"EX01\"\n"
                        "setspn -S \"SMTPSVC/ex01\" \"EX01\"\n"
                        "setspn -S \"SMTP/ex01.contoso.com\" \"EX01\"\n"
                        "setspn -S \"SMTP/ex01\" \"EX01\"");
    bench_end();
}

/* HOST/ stands in where sPNMappings say so. */
static void test_mapped(void **state)
{
    static const struct world world = {
        .accounts = {COMPUTER("EX01", "ex01.contoso.com", "HOST/EX01", "HOST/ex01.contoso.com")},
        .config = {SERVER("EX01", "ex01.contoso.com", V2019)},
        .is_mapped = true};
    static const struct world astray = {
        .accounts = {EX01, COMPUTER("OLD", "old.contoso.com", "HOST/mail.contoso.com")},
        .config = {SERVER("EX01", "ex01.contoso.com", V2003),
                   VIRTUAL_SERVER("EX01", "1", "mail.contoso.com")},
        .is_mapped = true};
    const struct finding *finding;

    (void)state;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    assert_int_equal(count_problems(), 0);
    bench_end();
    begin(&astray);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-misplaced", "mail.contoso.com");
    assert_string_equal(word_of(finding), "critical");
    assert_true(saw_it(finding, "sPNMappings HOST/ stands in"));
    assert_null(step_of(&finding->fix, "setspn -D"));
    assert_string_equal(step_of(&finding->fix, "setspn -S")->command,
                        "setspn -S \"SMTPSVC/mail.contoso.com\" \"EX01\"");
    bench_end();
}

static void test_duplicate(void **state)
{
    static const struct world world = {
        .accounts = {COMPUTER("EX01", "ex01.contoso.com", EX01_NAMES, "SMTPSVC/mail.contoso.com"),
                     COMPUTER("OLD", "old.contoso.com", "smtpsvc/MAIL.contoso.com")},
        .config = {SERVER("EX01", "ex01.contoso.com", V2003),
                   VIRTUAL_SERVER("EX01", "1", "mail.contoso.com")},
        .ticket = 8};
    static const struct world of_a_user = {
        .accounts = {COMPUTER("EX01", "ex01.contoso.com", EX01_NAMES, "SMTPSVC/mail.contoso.com"),
                     USER("svc-mail", "SMTPSVC/mail.contoso.com")},
        .config = {SERVER("EX01", "ex01.contoso.com", V2003),
                   VIRTUAL_SERVER("EX01", "1", "mail.contoso.com")}};
    const struct finding *finding;

    (void)state;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-duplicate", "is registered on 2 accounts");
    assert_string_equal(word_of(finding), "critical");
    assert_true(saw_it(finding, "KDC_ERR_PRINCIPAL_NOT_UNIQUE (8)"));
    assert_string_equal(step_of(&finding->fix, "setspn -D")->command,
                        "setspn -D \"SMTPSVC/mail.contoso.com\" \"OLD\"");
    assert_int_equal(step_of(&finding->fix, "setspn -D")->kind, STEP_EXACT);
    assert_null(step_of(&finding->fix, "setspn -S"));
    assert_null(step_of(&finding->fix, "setspn -A"));
    assert_int_equal(finding->undo.count, 2);
    assert_int_equal(step_of(&finding->undo, "setspn -F -S")->kind, STEP_DECIDE);
    assert_null(finding_of("ex01.contoso.com", "smtp-spn-missing", "mail.contoso.com is not"));
    bench_end();
    begin(&of_a_user);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-duplicate", NULL);
    assert_null(step_of(&finding->fix, "setspn -D"));
    assert_int_equal(step_of(&finding->fix, "setspn -U -D")->kind, STEP_DECIDE);
    assert_string_equal(step_of(&finding->fix, "setspn -U -D")->command,
                        "setspn -U -D \"SMTPSVC/mail.contoso.com\" \"svc-mail\"");
    bench_end();
}

/* Two accounts of others hold it, one of them somebody's: what stays on none is added in the end.
 */
static void test_a_duplicate_of_others(void **state)
{
    static const struct world world = {
        .accounts = {EX01, COMPUTER("OLD", "old.contoso.com", "SMTPSVC/mail.contoso.com"),
                     USER("EX02", "SMTPSVC/mail.contoso.com"), EX02},
        .config = {SERVER("EX01", "ex01.contoso.com", V2003),
                   VIRTUAL_SERVER("EX01", "1", "mail.contoso.com")}};
    const struct finding *finding;

    (void)state;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-duplicate", NULL);
    assert_string_equal(step_of(&finding->fix, "setspn -D")->command,
                        "setspn -D \"SMTPSVC/mail.contoso.com\" \"OLD\"");
    assert_string_equal(step_of(&finding->fix, "setspn -U -D")->command,
                        "setspn -U -D \"SMTPSVC/mail.contoso.com\" \"EX02\"");
    assert_int_equal(step_of(&finding->fix, "setspn -F -S")->kind, STEP_DECIDE);
    assert_null(finding_of("ex01.contoso.com", "smtp-spn-misplaced", "on its own account"));
    bench_end();
}

/* By sPNMappings: nobody has the name itself, so that nothing is to be taken off. */
static void test_a_mapped_duplicate(void **state)
{
    static const struct world world = {
        .accounts = {COMPUTER("EX01", "ex01.contoso.com", EX01_NAMES, "HOST/mail.contoso.com"),
                     COMPUTER("OLD", "old.contoso.com", "HOST/mail.contoso.com")},
        .config = {SERVER("EX01", "ex01.contoso.com", V2003),
                   VIRTUAL_SERVER("EX01", "1", "mail.contoso.com")},
        .is_mapped = true};
    const struct finding *finding;

    (void)state;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-duplicate", "HOST/mail.contoso.com is");
    assert_string_equal(word_of(finding), "critical");
    assert_null(step_of(&finding->fix, "setspn -D"));
    assert_string_equal(step_of(&finding->fix, "setspn -S")->command,
                        "setspn -S \"SMTPSVC/mail.contoso.com\" \"EX01\"");
    assert_string_equal(step_of(&finding->undo, "setspn -D")->command,
                        "setspn -D \"SMTPSVC/mail.contoso.com\" \"EX01\"");
    bench_end();
}

/* Of an export: setspn finds an account of another domain by none but its domain and name. */
static void test_accounts_of_several_domains(void **state)
{
    static const struct world world = {
        .accounts = {EX01,
                     {"CN=EX01,CN=Computers,DC=child," CONTOSO,
                      {{"sAMAccountName", {"EX01$"}},
                       {"dNSHostName", {"ex01.child.contoso.com"}},
                       {"servicePrincipalName", {"SMTPSVC/EX01", "SMTPSVC/ex01.contoso.com"}}}}}};
    const struct finding *finding;
    const struct step *step;

    (void)state;
    begin(&world);
    run(SUBJECT_FILE, "directory.ldf");
    finding = finding_of("ex01.contoso.com", "smtp-spn-duplicate", "/ex01.contoso.com is");
    assert_string_equal(word_of(finding), "critical");
    step = step_of(&finding->fix, "setspn -D");
    assert_string_equal(step->command,
                        "setspn -D \"SMTPSVC/ex01.contoso.com\" \"child.contoso.com\\EX01$\"");
    assert_int_equal(step->kind, STEP_FILL_IN);
    /* each of the two is called so, and nobody asks for the short name */
    finding = finding_of("ex01.contoso.com", "smtp-spn-duplicate", "SMTPSVC/ex01 is");
    assert_string_equal(word_of(finding), "warning");
    step = step_of(&finding->fix, "setspn -D");
    assert_string_equal(step->command, "setspn -D \"SMTPSVC/ex01\" \"child.contoso.com\\EX01$\"");
    assert_int_equal(step->kind, STEP_DECIDE);
    bench_end();
}

/* Names of accounts that nothing but their entries' tell are for a person to look at. */
static void test_guessed_names(void **state)
{
    static const struct world world = {
        .accounts = {
            {"CN=EX03,CN=Computers," CONTOSO,
             {{"servicePrincipalName", {"SMTPSVC/ex03.contoso.com"}}}},
            {"CN=EX03-OLD,CN=Computers," CONTOSO,
             {{"servicePrincipalName", {"SMTPSVC/ex03.contoso.com"}}}},
            {"CN=one,CN=Users," CONTOSO, {{"servicePrincipalName", {"SMTPSVC/mail.contoso.com"}}}},
            {"CN=two,CN=Users," CONTOSO,
             {{"servicePrincipalName", {"SMTPSVC/mail.contoso.com"}}}}}};
    const struct finding *finding;
    const struct step *step;

    (void)state;
    begin(&world);
    run(SUBJECT_FILE, "directory.ldf");
    finding = finding_of("directory.ldf", "smtp-spn-duplicate", "ex03");
    step = step_of(&finding->fix, "setspn -D");
    assert_string_equal(step->command, "setspn -D \"SMTPSVC/ex03.contoso.com\" \"EX03-OLD\"");
    assert_int_not_equal(step->kind, STEP_EXACT);
    finding = finding_of("directory.ldf", "smtp-spn-duplicate", "mail");
    step = step_of(&finding->fix, "setspn -D");
    assert_string_equal(step->command,
                        "setspn -D \"SMTPSVC/mail.contoso.com\" <account-to-lose-it>");
    assert_null(strstr(finding->verify.list[0].note, "<account>"));
    assert_null(step_of(&finding->fix, "\"one\""));
    bench_end();
}

/* A server's account is its own by both of its names; by one of them each it is nobody's. */
static void test_a_replaced_server(void **state)
{
    static const struct world
        replaced = {.accounts = {COMPUTER("EX01", "ex01.contoso.com", "HOST/EX01"),
                                 COMPUTER("EX01-OLD", "ex01.contoso.com",
                                          "SMTPSVC/ex01.contoso.com")},
                    .config = {SERVER("EX01", "ex01.contoso.com", V2019)}},
        contradicted = {
            .accounts = {{"CN=EX01," CONTOSO,
                          {{"sAMAccountName", {"EX01$"}}, {"servicePrincipalName", {"HOST/EX01"}}}},
                         COMPUTER("EX01-OLD", "ex01.contoso.com", "SMTPSVC/ex01.contoso.com")},
            .config = {SERVER("EX01", "ex01.contoso.com", V2019)}};
    const struct finding *finding;

    (void)state;
    begin(&replaced);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-misplaced", "is registered on EX01-OLD");
    assert_string_equal(word_of(finding), "critical");
    bench_end();
    begin(&contradicted);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-misplaced", NULL);
    assert_string_equal(word_of(finding), "unknown");
    assert_true(saw_it(finding, "is on EX01-OLD"));
    assert_true(saw_it(finding, "several accounts may be that of EX01"));
    assert_null(step_of(&finding->fix, "setspn -S"));
    assert_null(finding_of("ex01.contoso.com", "smtp-spn-missing", "registered"));
    bench_end();
}

/* What the directory says now goes before what it was, and another forest is another matter. */
static void test_an_export_beside_a_directory(void **state)
{
    static const struct world worlds[] = {
        {.accounts = {COMPUTER("EX01", "ex01.contoso.com", EX01_NAMES, "SMTPSVC/mail.contoso.com")},
         .config = {SERVER("EX01", "ex01.contoso.com", V2019),
                    CONNECTOR("EX01", "Default EX01", "mail.contoso.com", "31")},
         .exported = {EX01, COMPUTER("OLD", "old.contoso.com", "SMTPSVC/mail.contoso.com")}},
        {.accounts = {EX01},
         .config = {SERVER("EX01", "ex01.contoso.com", V2019)},
         .exported = {{"CN=EX01,CN=Computers,DC=fabrikam,DC=com",
                       {{"sAMAccountName", {"EX01$"}},
                        {"dNSHostName", {"ex01.fabrikam.com"}},
                        {"servicePrincipalName", {"SMTPSVC/EX01", "SMTPSVC/ex01.fabrikam.com"}}}}}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        begin(&worlds[i]);
        bench_add(SUBJECT_FILE, "directory.ldf");
        run(SUBJECT_DOMAIN, "contoso.com");
        assert_int_equal(count_problems(), 0);
        assert_string_equal(word_of(finding_of("ex01.contoso.com", "smtp-spn-duplicate", NULL)),
                            "ok");
        bench_end();
    }
}

/* A server of another forest is judged by its export; this directory does not miss its names. */
static void test_a_server_of_another_forest(void **state)
{
    static const struct world world = {
        .accounts = {EX01},
        .config = {SERVER("EX01", "ex01.contoso.com", V2019)},
        .exported = {{"CN=EX09,CN=Computers,DC=fabrikam,DC=com",
                      {{"sAMAccountName", {"EX09$"}},
                       {"dNSHostName", {"ex09.fabrikam.com"}},
                       {"servicePrincipalName",
                        {"SMTPSVC/EX09", "SMTPSVC/ex09.fabrikam.com", "HOST/EX09"}}}},
                     {"CN=OLD,CN=Computers,DC=fabrikam,DC=com",
                      {{"sAMAccountName", {"OLD$"}},
                       {"servicePrincipalName", {"SMTPSVC/ex09.fabrikam.com"}}}}}};
    const struct finding *finding;

    (void)state;
    begin(&world);
    bench_add(SUBJECT_FILE, "directory.ldf");
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex09.fabrikam.com", "smtp-spn-duplicate", "2 accounts");
    assert_string_equal(word_of(finding), "critical");
    assert_null(finding_of("ex09.fabrikam.com", "smtp-spn-missing", "is not "));
    bench_end();
}

/* What the caller may not read is not missing. */
static void test_a_directory_that_hides(void **state)
{
    static const struct world worlds[] = {
        {.accounts = {EX02}, .config = {SERVER("EX01", "ex01.contoso.com", V2019)}},
        {.config = {SERVER("EX01", "ex01.contoso.com", V2019)}},
        {.accounts = {COMPUTER("EX01", "ex01.contoso.com", NULL)},
         .config = {SERVER("EX01", "ex01.contoso.com", V2019)}}};

    (void)state;
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        const struct finding *finding;

        begin(&worlds[i]);
        run(SUBJECT_DOMAIN, "contoso.com");
        finding = finding_of("ex01.contoso.com", "smtp-spn-missing", NULL);
        assert_string_equal(word_of(finding), "unknown");
        assert_true(saw_it(finding, "whoever asked may not read it"));
        assert_null(finding_of("ex01.contoso.com", "smtp-spn-duplicate", NULL));
        bench_end();
    }
}

/* Whoever is asked for, it is taken off the account of the server that is not called so. */
static void test_a_name_of_another_server(void **state)
{
    static const struct world world = {
        .accounts = {COMPUTER("EX01", "ex01.contoso.com", EX01_NAMES, "SMTPSVC/mail.contoso.com"),
                     COMPUTER("EX02", "ex02.contoso.com", EX02_NAMES, "SMTPSVC/mail.contoso.com",
                              "SMTPSVC/app.contoso.com", "SMTPSVC/EX01"),
                     COMPUTER("APP", "app.contoso.com", "SMTPSVC/app.contoso.com")},
        .config = {SERVER("EX01", "ex01.contoso.com", V2019),
                   SERVER("EX02", "ex02.contoso.com", V2019),
                   CONNECTOR("EX01", "Default EX01", "mail.contoso.com", "31")}};
    const struct finding *finding;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const char *subject = i == 0 ? "ex01.contoso.com" : "ex02.contoso.com";

        begin(&world);
        if (i == 0)
            run(SUBJECT_DOMAIN, "contoso.com");
        else
            run(SUBJECT_SERVER, subject);
        finding = finding_of(subject, "smtp-spn-duplicate", "mail.contoso.com");
        assert_string_equal(word_of(finding), "critical");
        assert_string_equal(step_of(&finding->fix, "setspn -D")->command,
                            "setspn -D \"SMTPSVC/mail.contoso.com\" \"EX02\"");
        assert_int_equal(step_of(&finding->fix, "setspn -D")->kind, STEP_EXACT);
        finding = finding_of(subject, "smtp-spn-duplicate", "/ex01 is");
        assert_string_equal(step_of(&finding->fix, "setspn -D")->command,
                            "setspn -D \"SMTPSVC/ex01\" \"EX02\"");
        finding = finding_of("ex02.contoso.com", "smtp-spn-duplicate", "app.contoso.com");
        assert_null(step_of(&finding->fix, "\"APP\""));
        assert_int_equal(step_of(&finding->fix, "\"EX02\"")->kind, STEP_DECIDE);
        assert_int_equal(count_problems(), 3);
        bench_end();
    }
}

/* Removed first, then added, so that it is never on two. */
static void test_misplaced(void **state)
{
    static const struct world world = {
        .accounts = {EX01, COMPUTER("OLD", "old.contoso.com", "SMTPSVC/mail.contoso.com")},
        .config = {SERVER("EX01", "ex01.contoso.com", V2003),
                   VIRTUAL_SERVER("EX01", "1", "mail.contoso.com")},
        .ticket = 0};
    const struct finding *finding;
    const struct step *off, *on;

    (void)state;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-misplaced", "is registered on OLD");
    assert_string_equal(word_of(finding), "critical");
    off = step_of(&finding->fix, "setspn -D");
    on = step_of(&finding->fix, "setspn -S");
    assert_string_equal(off->command, "setspn -D \"SMTPSVC/mail.contoso.com\" \"OLD\"");
    assert_string_equal(on->command, "setspn -S \"SMTPSVC/mail.contoso.com\" \"EX01\"");
    assert_true(off < on);
    assert_int_equal(off->kind, STEP_EXACT);
    assert_int_equal(on->kind, STEP_EXACT);
    assert_string_equal(step_of(&finding->undo, "setspn -D")->command,
                        "setspn -D \"SMTPSVC/mail.contoso.com\" \"EX01\"");
    assert_string_equal(step_of(&finding->undo, "setspn -S")->command,
                        "setspn -S \"SMTPSVC/mail.contoso.com\" \"OLD\"");
    bench_end();
}

/* Where the connector may be given the server's own name, the name need not move. */
static void test_misplaced_beside_a_connector(void **state)
{
    static const struct world world = {
        .accounts = {EX01, COMPUTER("OLD", "old.contoso.com", "SMTPSVC/mail.contoso.com")},
        .config = {SERVER("EX01", "ex01.contoso.com", V2019),
                   CONNECTOR("EX01", "Default EX01", "mail.contoso.com", "31")},
        .ticket = 0};
    static const char *const moves[] = {"setspn -D", "setspn -S"};
    const struct finding *finding;

    (void)state;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-misplaced", "is registered on OLD");
    assert_non_null(step_of(&finding->fix, "Set-ReceiveConnector")->condition);
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        assert_int_equal(step_of(&finding->fix, moves[i])->kind, STEP_DECIDE);
        assert_string_equal(step_of(&finding->fix, moves[i])->condition,
                            "unless the connector was given the server's own name");
    }
    bench_end();
}

/* What is a computer's by class alone is somebody's service: whether it needs the name is asked. */
static void test_a_managed_account(void **state)
{
    static const struct world world = {
        .accounts = {EX01,
                     {"CN=gmsa,CN=Managed Service Accounts," CONTOSO,
                      {{"sAMAccountName", {"gmsa$"}},
                       {"objectClass", {"top", "computer", "msDS-GroupManagedServiceAccount"}},
                       {"servicePrincipalName", {"SMTPSVC/mail.contoso.com", "HOST/gmsa"}}}}},
        .config = {SERVER("EX01", "ex01.contoso.com", V2003),
                   VIRTUAL_SERVER("EX01", "1", "mail.contoso.com")}};
    const struct finding *finding;

    (void)state;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-misplaced", "is registered on gmsa");
    assert_true(saw_it(finding, "which is a managed service account"));
    assert_int_equal(step_of(&finding->fix, "setspn -D")->kind, STEP_DECIDE);
    bench_end();
}

/* No line of setspn has an account in it: what is followed for each of two makes a duplicate. */
static void assert_no_account(const struct steps *steps)
{
    for (size_t i = 0; i < steps->count; i++) {
        if (strstr(steps->list[i].command, "setspn") == steps->list[i].command &&
            strstr(steps->list[i].command, "\"EX0"))
            fail_msg("%s", steps->list[i].command);
    }
}

/* Two servers behind one name: no command settles that. */
static void test_shared(void **state)
{
    static const struct world world = {
        .accounts = {COMPUTER("EX01", "ex01.contoso.com", EX01_NAMES, "SMTPSVC/mail.contoso.com"),
                     EX02},
        .config = {SERVER("EX01", "ex01.contoso.com", V2019),
                   SERVER("EX02", "ex02.contoso.com", V2019),
                   CONNECTOR("EX01", "Default EX01", "mail.contoso.com", "31"),
                   CONNECTOR("EX02", "Default EX02", "mail.contoso.com", "31")}};
    static const struct world of_nobody = {
        .accounts = {EX01, EX02},
        .config = {SERVER("EX01", "ex01.contoso.com", V2003),
                   SERVER("EX02", "ex02.contoso.com", V2003),
                   VIRTUAL_SERVER("EX01", "1", "mail.contoso.com"),
                   VIRTUAL_SERVER("EX02", "1", "mail.contoso.com")}};
    const struct finding *finding;

    (void)state;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    assert_null(finding_of("ex01.contoso.com", "smtp-spn-misplaced", "mail.contoso.com is"));
    finding = finding_of("ex02.contoso.com", "smtp-spn-misplaced", "registered on EX01");
    assert_string_equal(word_of(finding), "warning");
    assert_null(step_of(&finding->fix, "setspn -D"));
    assert_null(step_of(&finding->fix, "setspn -S"));
    assert_null(strstr(step_of(&finding->verify, "setspn -Q")->note, "EX02"));
    assert_non_null(step_of(&finding->fix, "Give each of them a name of its own"));
    bench_end();
    begin(&of_nobody);
    run(SUBJECT_DOMAIN, "contoso.com");
    for (size_t i = 0; i < 2; i++) {
        finding = finding_of(i == 0 ? "ex01.contoso.com" : "ex02.contoso.com", "smtp-spn-missing",
                             "mail.contoso.com");
        assert_int_equal(step_of(&finding->fix, "-S")->kind, STEP_DECIDE);
        assert_no_account(&finding->fix);
        assert_no_account(&finding->undo);
        assert_non_null(strstr(step_of(&finding->verify, "setspn -Q")->note, "or none"));
    }
    bench_end();
}

/* The same as it is seen from outside: both greet by one name. */
static void test_a_banner_on_several_servers(void **state)
{
#define BOTH_GREET                                                                                 \
    .config = {SERVER("EX01", "ex01.contoso.com", V2019),                                          \
               SERVER("EX02", "ex02.contoso.com", V2019)},                                         \
    GREETS("mail.contoso.com"), NO_TICKETS
    static const struct world on_one = {
        .accounts = {EX01,
                     COMPUTER("EX02", "ex02.contoso.com", EX02_NAMES, "SMTPSVC/mail.contoso.com")},
        .second_greets = true,
        BOTH_GREET};
    static const struct world on_none = {
        .accounts = {EX01, EX02}, .second_greets = true, BOTH_GREET};
    static const struct world alone = {.accounts = {EX01, EX02}, BOTH_GREET};
    const struct finding *finding;

    (void)state;
    begin(&on_one);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-misplaced", "registered on EX02");
    assert_string_equal(word_of(finding), "warning");
    assert_null(step_of(&finding->fix, "setspn -D"));
    assert_null(step_of(&finding->fix, "setspn -S"));
    assert_true(saw_it(finding, "ex02.contoso.com goes by mail.contoso.com, too"));
    assert_null(finding_of("ex02.contoso.com", "smtp-spn-misplaced", "/mail.contoso.com is"));
    bench_end();
    begin(&on_none);
    run(SUBJECT_DOMAIN, "contoso.com");
    for (size_t i = 0; i < 2; i++) {
        finding = finding_of(i ? "ex02.contoso.com" : "ex01.contoso.com", "smtp-spn-missing",
                             "/mail.contoso.com is");
        assert_int_equal(step_of(&finding->fix, "-S")->kind, STEP_DECIDE);
        assert_non_null(step_of(&finding->fix, "Give each of them"));
    }
    bench_end();
    /* one that greets so has the name to itself, and others are called only if they are examined */
    begin(&alone);
    run(SUBJECT_SERVER, "ex01.contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-missing", "/mail.contoso.com is");
    assert_null(step_of(&finding->fix, "Give each of them"));
    for (size_t i = 0; i < bench.fetched_count; i++) {
        if (bench.fetched[i]->kind == &evidence_smtp)
            assert_int_equal(
                ((const struct smtp_conversation *)bench.fetched[i])->address.ip.bytes[3], 21);
    }
    bench_end();
}

/* Mail exchangers behind one name: by that nobody logs on, wherever it is registered. */
static void test_an_exchanger_of_several_servers(void **state)
{
    static const struct world world = {
        .accounts = {EX01,
                     COMPUTER("EX02", "ex02.contoso.com", EX02_NAMES, "SMTPSVC/lb.contoso.com")},
        .config = {SERVER("EX01", "ex01.contoso.com", V2019),
                   SERVER("EX02", "ex02.contoso.com", V2019)},
        GREETS("ex01.contoso.com"),
        NO_TICKETS};

    (void)state;
    begin(&world);
    bench_add(SUBJECT_DOMAIN, "balanced.contoso.com");
    run(SUBJECT_DOMAIN, "contoso.com");
    assert_int_equal(count_problems(), 0);
    bench_end();
}

/* A name that is another machine's own is not taken from there. */
static void test_the_name_of_another_machine(void **state)
{
    static const struct world world = {
        .accounts = {EX01, COMPUTER("MX", "mail.contoso.com", "SMTPSVC/mail.contoso.com",
                                    "SMTP/mail.contoso.com", "HOST/mail.contoso.com")},
        .config = {SERVER("EX01", "ex01.contoso.com", V2019),
                   CONNECTOR("EX01", "Default EX01", "mail.contoso.com", "31")},
        GREETS("mail.contoso.com"),
        NO_TICKETS};
    const struct finding *finding;

    (void)state;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-misplaced", "SMTPSVC/mail.contoso.com");
    assert_string_equal(word_of(finding), "critical");
    assert_true(saw_it(finding, "the computer of that name"));
    assert_non_null(step_of(&finding->fix, "Set-ReceiveConnector"));
    assert_non_null(step_of(&finding->fix, "is the name of the computer"));
    assert_null(strstr(step_of(&finding->verify, "setspn -Q")->note, "EX01"));
    for (size_t i = 0; i < bench.finding_count; i++) {
        assert_null(step_of(&bench.findings[i]->fix, "setspn -D"));
        assert_null(step_of(&bench.findings[i]->fix, "setspn -S"));
        assert_null(step_of(&bench.findings[i]->undo, "setspn"));
    }
    bench_end();
}

/* What cannot be read is no verdict. */
static void test_directories_that_do_not_tell(void **state)
{
    static const struct world worlds[] = {
        {.everywhere = STATUS_TIMED_OUT},
        {.everywhere = STATUS_REFUSED},
        {.everywhere = STATUS_REJECTED, .result = 1},
        {.everywhere = STATUS_DENIED},
        {.everywhere = STATUS_NOT_FOUND},
    };

    (void)state;
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        begin(&worlds[i]);
        run(SUBJECT_DOMAIN, "contoso.com");
        assert_int_equal(bench.finding_count, 1);
        assert_string_equal(word_of(finding_of("contoso.com", "smtp-spn-missing", NULL)),
                            "unknown");
        bench_end();
    }
}

/* Without a global catalog the domain is looked through, which is the forest if it is alone. */
static void test_without_a_catalog(void **state)
{
    static const struct world alone = {.accounts = {EX01},
                                       .config = {SERVER("EX01", "ex01.contoso.com", V2003),
                                                  VIRTUAL_SERVER("EX01", "1", "mail.contoso.com")},
                                       .catalog = STATUS_TIMED_OUT};
    static const struct world among_others = {
        .accounts = {EX01},
        .config = {SERVER("EX01", "ex01.contoso.com", V2003),
                   VIRTUAL_SERVER("EX01", "1", "mail.contoso.com")},
        .catalog = STATUS_TIMED_OUT,
        .several_domains = true};
    const struct finding *finding;

    (void)state;
    begin(&alone);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-missing", "mail.contoso.com");
    assert_true(saw_it(finding, "no account of the forest has"));
    assert_string_equal(word_of(finding_of("ex01.contoso.com", "smtp-spn-duplicate", NULL)), "ok");
    bench_end();
    begin(&among_others);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-missing", "mail.contoso.com");
    assert_true(saw_it(finding, "the account EX01 does not have SMTPSVC/mail.contoso.com"));
    assert_string_equal(step_of(&finding->fix, "-S")->command,
                        "setspn -F -S \"SMTPSVC/mail.contoso.com\" \"CONTOSO\\EX01$\"");
    assert_null(finding_of("ex01.contoso.com", "smtp-spn-duplicate", NULL));
    bench_end();
}

/* A mail domain without controllers, and servers of others, are no business of this probe. */
static void test_nothing_to_say(void **state)
{
    static const struct world world = {GREETS("mx.example.net")};
    static const char *const only[] = {"spn"};

    (void)state;
    begin(&world);
    run(SUBJECT_DOMAIN, "example.net");
    assert_int_equal(bench.finding_count, 0);
    bench_end();
    /* unless it was asked for */
    bench.settings = (struct settings){.only = only, .only_count = 1};
    begin(&world);
    bench_add(SUBJECT_SERVER, "mx.example.net");
    run(SUBJECT_DOMAIN, "example.net");
    bench.settings = (struct settings){.only = NULL};
    assert_string_equal(word_of(finding_of("example.net", "smtp-spn-missing", NULL)), "unknown");
    assert_string_equal(word_of(finding_of("mx.example.net", "smtp-spn-missing", NULL)), "unknown");
    bench_end();
}

/* ---- logs ---- */

#define EVENT(kind_, computer_, count_, ...)                                                       \
    {                                                                                              \
        .event = {.kind = MAIL_EVENT_##kind_, __VA_ARGS__}, .computer = computer_,                 \
        .count = count_, .first = 1150000000000, .last = 1150003600000                             \
    }

/* The events of the article, beside the name that is missing. */
static void test_events_of_a_missing_name(void **state)
{
    static const struct world world = {
        .accounts = {EX01, EX02},
        .config = {SERVER("EX01", "ex01.contoso.com", V2003),
                   SERVER("EX02", "ex02.contoso.com", V2003),
                   VIRTUAL_SERVER("EX01", "1", "mail.contoso.com")},
        GREETS("mail.contoso.com"),
        NO_TICKETS,
        .events = {
            EVENT(EXPS_UNAVAILABLE, "EX02", 3, .host = "mail.contoso.com", .error = "0x8009030c"),
            EVENT(PEER_REFUSED, "EX02", 4, .host = "MAIL.contoso.com", .command = "x-exps",
                  .reply = "535"),
            EVENT(PEER_REFUSED, "EX02", 5, .host = "mail.contoso.com", .command = "rcpt",
                  .reply = "550 5.7.1"),
            EVENT(PEER_REFUSED, "EX02", 9, .host = "mx.example.net", .command = "rcpt",
                  .reply = "550 5.7.1")}};
    const struct finding *finding;

    (void)state;
    begin(&world);
    bench_add(SUBJECT_FILE, "app.evtx");
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "exps-events", "12 events 1706 and 7004");
    assert_string_equal(word_of(finding), "warning");
    assert_true(saw_it(finding, "x-exps was answered \"535\" by MAIL.contoso.com"));
    assert_true(saw_it(finding, "SMTPSVC/mail.contoso.com is on no account"));
    assert_non_null(finding_of("ex01.contoso.com", "smtp-spn-missing", "mail.contoso.com"));
    assert_null(finding_of("mail.contoso.com", "exps-events", NULL));
    assert_null(finding_of("mx.example.net", "exps-events", NULL));
    bench_end();
}

/* Whom a log alone names may be anybody: Exchange 2003 tries X-EXPS on the Internet, too. */
static void test_events_of_strangers(void **state)
{
    static const struct {
        const char *host, *expected;
    } cases[] = {
        {"mx.example.net", "unknown"},
        {"contoso.com.example.net", "unknown"},
        {"old.contoso.com", "critical"},   /* in a domain of the forest */
        {"smtp.fabrikam.test", "critical"} /* leads to EX01 */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world = {
            .accounts = {EX01},
            .config = {SERVER("EX01", "ex01.contoso.com", V2003)},
            NO_TICKETS,
            .events = {EVENT(EXPS_UNAVAILABLE, "EX02", 3, .error = "0x8009030c")}};
        const struct finding *finding;

        world.events[0].event.host = cases[i].host;
        begin(&world);
        bench_add(SUBJECT_FILE, "app.evtx");
        run(SUBJECT_DOMAIN, "contoso.com");
        finding = finding_of(cases[i].host, "smtp-spn-missing", NULL);
        if (strcmp(word_of(finding), cases[i].expected) != 0)
            fail_msg("%s: %s", cases[i].host, word_of(finding));
        assert_true(!step_of(&finding->fix, "setspn -S") ==
                    (strcmp(cases[i].expected, "unknown") == 0));
        if (strcmp(cases[i].expected, "unknown") == 0) {
            assert_int_equal(finding->fix.count, 1);
            assert_non_null(step_of(&finding->fix, "--server"));
        }
        bench_end();
    }
}

/* Since 2007: the target of 2017 names whom it was; 1035 is told by who logged it. */
static void test_events_of_a_new_server(void **state)
{
    static const struct world world = {
        .accounts = {EX01, EX02},
        .config = {SERVER("EX01", "ex01.contoso.com", V2019),
                   SERVER("EX02", "ex02.contoso.com", V2019)},
        GREETS("ex01.contoso.com"),
        .ticket = 0,
        .events = {EVENT(OUTBOUND_FAILED, "EX02.contoso.com", 2,
                         .error = "KdcUnknownEncryptionType", .mechanism = "ExchangeAuth",
                         .target = "SMTPSVC/EX01.contoso.com"),
                   EVENT(INBOUND_FAILED, "EX01.contoso.com", 7, .error = "LogonDenied",
                         .mechanism = "Gssapi", .address = "192.0.2.22", .connector = "Default"),
                   EVENT(INBOUND_FAILED, "EX01.contoso.com", 900, .error = "LogonDenied",
                         .mechanism = "Login", .address = "203.0.113.9", .connector = "Default")}};
    const struct finding *finding;

    (void)state;
    begin(&world);
    bench_add(SUBJECT_FILE, "app.evtx");
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "exps-events", "9 events 1035 and 2017");
    assert_string_equal(word_of(finding), "warning");
    assert_true(saw_it(finding, "no encryption type in common"));
    assert_true(saw_it(finding, "900 events 1035 of other mechanisms"));
    assert_true(saw_it(finding, "where it belongs"));
    assert_string_equal(word_of(finding_of("ex01.contoso.com", "smtp-spn-missing", NULL)), "ok");
    bench_end();
}

/* AUTH GSSAPI is every user's, and from outside anybody may say X-EXPS: whose it was decides. */
static void test_whose_event_it_was(void **state)
{
#define FROM(mechanism_, address_)                                                                 \
    {                                                                                              \
        .accounts = {EX01, EX02},                                                                  \
        .config = {SERVER("EX01", "ex01.contoso.com", V2019),                                      \
                   SERVER("EX02", "ex02.contoso.com", V2019)},                                     \
        NO_TICKETS, .events = {                                                                    \
            EVENT(INBOUND_FAILED, "EX01.contoso.com", 39, .error = "LogonDenied",                  \
                  .mechanism = mechanism_, .address = address_, .connector = "Default")            \
        }                                                                                          \
    }
    static const struct {
        struct world world;
        const char *of_server, *of_file;
    } rows[] = {
        {FROM("Gssapi", "192.0.2.22"), "warning", ""},
        {FROM("Gssapi", "203.0.113.9"), "", "unknown"},
        {FROM("Gssapi", "10.1.1.11"), "", "unknown"},
        {FROM("Gssapi", "no address"), "", "unknown"},
        {FROM("ExchangeAuth", "10.1.1.11"), "warning", ""},
        {FROM("ExchangeAuth", "fd00::11"), "warning", ""},
        {FROM("ExchangeAuth", "192.0.2.22"), "warning", ""},
        {FROM("ExchangeAuth", "172.32.0.1"), "", "unknown"},
        {FROM("Ntlm", "192.0.2.22"), "not-applicable", "not-applicable"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(&rows[i].world);
        bench_add(SUBJECT_FILE, "app.evtx");
        run(SUBJECT_DOMAIN, "contoso.com");
        assert_string_equal(word_of(finding_of("ex01.contoso.com", "exps-events", NULL)),
                            rows[i].of_server);
        assert_string_equal(word_of(finding_of("app.evtx", "exps-events", NULL)), rows[i].of_file);
        bench_end();
    }
}

/* Relaying that is refused is another matter where nobody was refused a logon. */
static void test_relaying_alone(void **state)
{
    static const struct world world = {
        .accounts = {EX01},
        .config = {SERVER("EX01", "ex01.contoso.com", V2003)},
        NO_TICKETS,
        .events = {EVENT(PEER_REFUSED, "EX02", 5, .host = "ex01.contoso.com", .command = "rcpt",
                         .reply = "550 5.7.1")}};

    (void)state;
    begin(&world);
    bench_add(SUBJECT_FILE, "app.evtx");
    run(SUBJECT_DOMAIN, "contoso.com");
    assert_null(finding_of("ex01.contoso.com", "exps-events", NULL));
    bench_end();
}

/* Passwords that are tried from outside are no fault of servers. */
static void test_guesses(void **state)
{
    static const struct world world = {
        .events = {EVENT(INBOUND_FAILED, "EX09", 900, .error = "LogonDenied", .mechanism = "Login",
                         .address = "203.0.113.9", .connector = "Default")}};

    (void)state;
    begin(&world);
    run(SUBJECT_FILE, "app.evtx");
    assert_int_equal(bench.finding_count, 1);
    assert_string_equal(word_of(finding_of("app.evtx", "exps-events", NULL)), "not-applicable");
    bench_end();
}

/* A log alone: its hosts are looked at, as far as anything is known of them. */
static void test_a_log_alone(void **state)
{
    static const struct world world = {
        .everywhere = STATUS_TIMED_OUT,
        .events = {EVENT(PEER_REFUSED, "EX02", 4, .host = "mail.fabrikam.test", .command = "x-exps",
                         .reply = "535"),
                   EVENT(CLIENT_REFUSED, "EX07", 4, .host = "192.0.2.9", .command = "x-exps",
                         .reply = "454 4.7.0")}};

    (void)state;
    begin(&world);
    run(SUBJECT_FILE, "app.evtx");
    assert_string_equal(word_of(finding_of("mail.fabrikam.test", "exps-events", "4 events 7004")),
                        "warning");
    assert_string_equal(word_of(finding_of("app.evtx", "exps-events", "4 events 7010")), "warning");
    bench_end();
}

/* Of mail to another server, 7002: it went on without what XEXCH50 was to say of it. */
static void test_warnings(void **state)
{
#define ABOUT_EX01(kind, word, answer)                                                             \
    EVENT(kind, "EX02", 2, .host = "ex01.contoso.com", .command = word, .reply = answer)
#define FAILED EVENT(EXPS_UNAVAILABLE, "EX02", 1, .host = "ex01.contoso.com", .error = "0x8009030c")
#define OF_2003                                                                                    \
    .accounts = {EX01}, .config = {SERVER("EX01", "ex01.contoso.com", V2003)}, NO_TICKETS
    static const struct {
        struct world world;
        const char *title; /* NULL: nothing is told */
    } rows[] = {
        {{OF_2003, .events = {ABOUT_EX01(PEER_WARNED, "x-exps", "454 4.7.0")}}, "2 events 7002"},
        {{OF_2003, .events = {FAILED, ABOUT_EX01(PEER_WARNED, "xexch50", "504")}},
         "3 events 1706 and 7002"},
        {{OF_2003, .events = {FAILED, ABOUT_EX01(PEER_REFUSED, "xexch50", "504")}},
         "3 events 1706 and 7004"},
        {{OF_2003, .events = {FAILED, ABOUT_EX01(PEER_WARNED, "xexch50", "354")}}, "1 event 1706"},
        /* what every server of the Internet hears */
        {{OF_2003, .events = {ABOUT_EX01(PEER_WARNED, "xexch50", "504")}}, NULL},
        {{OF_2003,
          .events = {FAILED, EVENT(CLIENT_REFUSED, "ex01.contoso.com", 2, .host = "192.0.2.9",
                                   .command = "xexch50", .reply = "504")}},
         "1 event 1706"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct finding *finding;

        begin(&rows[i].world);
        bench_add(SUBJECT_FILE, "app.evtx");
        run(SUBJECT_DOMAIN, "contoso.com");
        finding = finding_of("ex01.contoso.com", "exps-events", NULL);
        assert_string_equal(word_of(finding), rows[i].title ? "warning" : "");
        if (rows[i].title)
            assert_non_null(strstr(finding->title, rows[i].title));
        bench_end();
    }
}

/* What is not whole says of no name that it is missing, and the report says what is not. */
static void test_exports_that_are_cut(void **state)
{
#define LACKING .accounts = { COMPUTER("EX01", "ex01.contoso.com", "SMTPSVC/EX01", "HOST/EX01") }
    static const struct {
        struct world world;
        const char *word; /* of smtp-spn-missing at the server, as the export knows it */
        const char *line; /* of the file; NULL: nothing */
    } rows[] = {
        {{LACKING}, "critical", NULL},
        {{LACKING, .export = {.cut_off = true}}, "", "it breaks off in the middle"},
        {{LACKING, .export = {.more = true}}, "", "more of mail in it than is kept"},
        {{LACKING, .export = {.fewer_computers = true}}, "critical", NULL},
        {{LACKING, .export = {.damaged = 2}}, "", "damaged entries: 2"},
        {{LACKING, .export = {.result = 4}}, "", "LDAP result 4, sizeLimitExceeded"},
        {{LACKING, .export = {.result = 3}}, "", "LDAP result 3; "},
        {{LACKING, .export = {.result = -1}}, "critical", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct finding *finding;

        begin(&rows[i].world);
        run(SUBJECT_FILE, "directory.ldf");
        finding = finding_of("ex01.contoso.com", "smtp-spn-missing",
                             "is not on the account of ex01.contoso.com");
        assert_string_equal(word_of(finding), rows[i].word);
        finding = finding_of("directory.ldf", "smtp-spn-missing", "not all of it");
        assert_string_equal(word_of(finding), rows[i].line ? "unknown" : "");
        if (rows[i].line) {
            assert_true(saw_it(finding, rows[i].line));
            assert_non_null(step_of(&finding->fix, "Export it again, to its end"));
            finding = finding_of("directory.ldf", "smtp-spn-missing", "1 mail server");
            assert_string_equal(word_of(finding), "unknown");
            assert_true(saw_it(finding, "this ends before its end"));
        }
        bench_end();
    }
}

/* An export without a mail server is of no concern, if it is whole. */
static void test_an_export_without_servers(void **state)
{
    static const struct world worlds[] = {
        {.accounts = {USER("alice", "HTTP/www.contoso.com")}},
        {.accounts = {USER("alice", "HTTP/www.contoso.com")}, .export = {.cut_off = true}}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        begin(&worlds[i]);
        run(SUBJECT_FILE, "directory.ldf");
        assert_int_equal(bench.finding_count, 1);
        assert_string_equal(word_of(finding_of("directory.ldf", "smtp-spn-missing", NULL)),
                            i == 0 ? "not-applicable" : "unknown");
        bench_end();
    }
}

/* The same of a directory that answered with as many accounts as are read. */
static void test_a_directory_that_is_cut(void **state)
{
    static const struct world world = {
        .accounts = {COMPUTER("EX01", "ex01.contoso.com", "SMTPSVC/EX01", "HOST/EX01")},
        .config = {SERVER("EX01", "ex01.contoso.com", V2019)},
        .is_more = true,
        NO_TICKETS};
    const struct finding *finding;

    (void)state;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-missing", NULL);
    assert_string_equal(word_of(finding), "unknown");
    assert_true(saw_it(finding, "who has it may be in the rest"));
    bench_end();
}

/* A log that is not whole says so, beside what it tells. */
static void test_logs_that_are_cut(void **state)
{
#define ONE_EVENT                                                                                  \
    .events = {                                                                                    \
        EVENT(CLIENT_REFUSED, "EX07", 4, .host = "192.0.2.9", .command = "x-exps",                 \
              .reply = "454 4.7.0")                                                                \
    }
    static const struct {
        struct world world;
        const char *line; /* NULL: it is whole */
    } rows[] = {
        {{ONE_EVENT}, NULL},
        {{ONE_EVENT, .log = {.account = {.damaged = 1}}}, "damaged events or blocks of them: 1"},
        {{ONE_EVENT, .log = {.account = {.cut_off = true}}}, "it breaks off in the middle"},
        {{ONE_EVENT, .log = {.strange = 7}}, "7 events whose ids are of mail have other strings"},
        {{ONE_EVENT, .log = {.more = true}}, "more of mail in it than is kept"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct finding *finding;

        begin(&rows[i].world);
        run(SUBJECT_FILE, "app.evtx");
        assert_string_equal(word_of(finding_of("app.evtx", "exps-events", "4 events 7010")),
                            "warning");
        finding = finding_of("app.evtx", "exps-events", "not all of it");
        assert_string_equal(word_of(finding), rows[i].line ? "unknown" : "");
        if (rows[i].line)
            assert_true(saw_it(finding, rows[i].line));
        bench_end();
    }
}

static void test_protocol_logs(void **state)
{
    static const struct world refused = {
        .accounts = {EX01, COMPUTER("OLD", "old.contoso.com", "SMTPSVC/mail.contoso.com")},
        .config = {SERVER("EX01", "ex01.contoso.com", V2019),
                   CONNECTOR("EX01", "Default EX01", "mail.contoso.com", "31")},
        GREETS("mail.contoso.com"),
        NO_TICKETS,
        .mechanism = SMTP_AUTH_EXPS_GSSAPI,
        .peer = {.server = "MAIL.contoso.com",
                 .connector = "Internal",
                 .sessions = 12,
                 .errors = {{"LogonDenied", 12}},
                 .error_count = 1}};
    static const struct world of_a_user = {
        .accounts = {EX01},
        .config = {SERVER("EX01", "ex01.contoso.com", V2019)},
        NO_TICKETS,
        .mechanism = SMTP_AUTH_AUTH_LOGIN,
        .peer = {.server = "ex01.contoso.com", .connector = "Client", .sessions = 12}};
    const struct finding *finding;

    (void)state;
    begin(&refused);
    bench_add(SUBJECT_FILE, "send.log");
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "exps-refused", "X-EXPS is answered 535");
    assert_string_equal(word_of(finding), "critical");
    assert_true(saw_it(finding, "denied 12 times"));
    assert_true(saw_it(finding, "SMTPSVC/mail.contoso.com is on the account of another"));
    bench_end();
    begin(&of_a_user);
    bench_add(SUBJECT_FILE, "send.log");
    run(SUBJECT_DOMAIN, "contoso.com");
    assert_int_equal(count_problems(), 0);
    assert_null(finding_of("ex01.contoso.com", "exps-refused", NULL));
    bench_end();
}

/* What a protocol log proves: whose log, who was refused, and what came after that. */
static void test_what_logs_prove(void **state)
{
#define IN  FILE_TYPE_SMTP_RECEIVE_LOG
#define OUT FILE_TYPE_SMTP_SEND_LOG
#define LOGGED(type_, ip_, mechanism_, outcome_, taken_, streak_)                                  \
    {                                                                                              \
        .accounts = {EX01, EX02},                                                                  \
        .config = {SERVER("EX01", "ex01.contoso.com", V2019),                                      \
                   SERVER("EX02", "ex02.contoso.com", V2019)},                                     \
        NO_TICKETS, .log_type = type_, .mechanism = SMTP_AUTH_##mechanism_,                        \
        .outcome = SMTP_AUTH_##outcome_, .peer_ip = ip_, .peer = {                                 \
            .server = "ex01.contoso.com",                                                          \
            .client = "ex02.contoso.com",                                                          \
            .connector = "EX01\\Default",                                                          \
            .sessions = 2,                                                                         \
            .last = {.time = 1000},                                                                \
            .taken = taken_,                                                                       \
            .streak = streak_                                                                      \
        }                                                                                          \
    }
    static const struct {
        struct world world;
        const char *of_server, *of_file; /* words of outcomes */
        const char *title;
    } rows[] = {
        {LOGGED(IN, "10.1.1.11", EXPS_GSSAPI, DENIED, 0, 0), "critical", "", "answered 535"},
        {LOGGED(IN, "192.0.2.22", EXPS_GSSAPI, DENIED, 0, 0), "critical", "", "answered 535"},
        {LOGGED(IN, "203.0.113.9", EXPS_GSSAPI, DENIED, 0, 0), "", "unknown", NULL},
        {LOGGED(IN, "203.0.113.9", AUTH_GSSAPI, DENIED, 0, 0), "", "not-applicable", NULL},
        {LOGGED(IN, "10.1.1.11", AUTH_GSSAPI, DENIED, 0, 0), "", "not-applicable", NULL},
        {LOGGED(IN, "10.1.1.11", EXPS_OTHER, UNSUPPORTED, 0, 0), "", "not-applicable", NULL},
        {LOGGED(OUT, "203.0.113.9", EXPS_GSSAPI, UNSUPPORTED, 0, 0), "critical", "",
         "as no command or mechanism that it knows"},
        {LOGGED(OUT, "203.0.113.9", AUTH_GSSAPI, DENIED, 0, 0), "", "not-applicable", NULL},
        {LOGGED(IN, "10.1.1.11", EXPS_GSSAPI, FORBIDDEN, 0, 0), "critical", "",
         "does not permit them"},
        {LOGGED(IN, "10.1.1.11", EXPS_GSSAPI, DENIED, 2000, 0), "warning", "", "535, 2 of 9 times"},
        {LOGGED(IN, "10.1.1.11", EXPS_GSSAPI, DENIED, 500, 2), "warning", "", "535, 2 of 9 times"},
        {LOGGED(IN, "10.1.1.11", EXPS_GSSAPI, DENIED, 500, 3), "critical", "", "answered 535"},
        {LOGGED(IN, "10.1.1.11", EXPS_GSSAPI, ACCEPTED, 500, 0), "", "ok", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct finding *finding;

        begin(&rows[i].world);
        bench_add(SUBJECT_FILE, "send.log");
        run(SUBJECT_DOMAIN, "contoso.com");
        finding = finding_of("ex01.contoso.com", "exps-refused", NULL);
        assert_string_equal(word_of(finding), rows[i].of_server);
        if (rows[i].title)
            assert_non_null(strstr(finding->title, rows[i].title));
        assert_string_equal(word_of(finding_of("send.log", "exps-refused", NULL)), rows[i].of_file);
        bench_end();
    }
}

/* A ticket that was good, and a right that is missing: no name is to be changed. */
static void test_a_right_that_is_missing(void **state)
{
    static const struct world world =
        LOGGED(FILE_TYPE_SMTP_RECEIVE_LOG, "10.1.1.11", EXPS_GSSAPI, FORBIDDEN, 0, 0);
    const struct finding *finding;

    (void)state;
    begin(&world);
    bench_add(SUBJECT_FILE, "send.log");
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "exps-refused", NULL);
    assert_true(saw_it(finding, "EX01\\Default, 10.1.1.11, from ex02.contoso.com"));
    assert_non_null(step_of(&finding->fix, "PermissionGroups"));
    assert_null(step_of(&finding->fix, "setspn"));
    assert_null(step_of(&finding->fix, "w32tm"));
    bench_end();
}

/* 5.7.3 where no X-EXPS was offered, in the log of who was to log on. */
static void test_offers_in_logs(void **state)
{
    static const struct {
        const char *server, *client;
        uint64_t greetings, with_exps, masked;
        enum smtp_auth_outcome outcome;
        const char *word;
    } rows[] = {
        {"ex03.contoso.com", "ex01.contoso.com", 1, 0, 1, SMTP_AUTH_REQUIRED, "critical"},
        {"ex03.contoso.com", "ex01.contoso.com", 1, 0, 0, SMTP_AUTH_REQUIRED, "critical"},
        {"ex03.contoso.com", "ex01.contoso.com", 2, 1, 0, SMTP_AUTH_REQUIRED, ""},
        {"ex03.contoso.com", "ex01.contoso.com", 0, 0, 0, SMTP_AUTH_REQUIRED, ""},
        {"ex03.contoso.com", "ex01.contoso.com", 1, 0, 1, SMTP_AUTH_RELAY_DENIED, ""},
        {"mx.fabrikam.com", "ex01.contoso.com", 1, 0, 1, SMTP_AUTH_REQUIRED, ""},
        {"fabrikam.com", "contoso.com", 1, 0, 1, SMTP_AUTH_REQUIRED, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world world = {.no_directory = true,
                              .log_type = FILE_TYPE_SMTP_SEND_LOG,
                              .mechanism = SMTP_AUTH_NONE,
                              .outcome = rows[i].outcome,
                              .peer_ip = "10.1.1.13",
                              .peer = {.server = rows[i].server,
                                       .client = rows[i].client,
                                       .connector = "Out",
                                       .greetings = rows[i].greetings,
                                       .sessions = 1}};
        const struct finding *finding;

        world.peer.offers[SMTP_AUTH_OFFER_EXPS] = rows[i].with_exps;
        world.peer.offers[SMTP_AUTH_OFFER_MASKED] = rows[i].masked;
        begin(&world);
        run(SUBJECT_FILE, "send.log");
        finding = finding_of(rows[i].server, "exps-absent", NULL);
        assert_string_equal(word_of(finding), rows[i].word);
        if (*rows[i].word)
            assert_int_equal(!step_of(&finding->fix, "inspection of SMTP"), !rows[i].masked);
        else
            assert_string_equal(word_of(finding_of("send.log", "exps-refused", NULL)),
                                "not-applicable");
        bench_end();
    }
}

/*
 * Names by which others come to it may be missing, for nobody logs on by them, but lead nobody
 * astray.
 */
static void test_exchangers_and_smart_hosts(void **state)
{
    static const struct world worlds[] = {
        {.accounts = {EX01},
         .config = {SERVER("EX01", "ex01.contoso.com", V2019)},
         GREETS("ex01.contoso.com"),
         NO_TICKETS},
        {.accounts = {EX01, EX02,
                      COMPUTER("OLD", "old.contoso.com", "SMTPSVC/mx.contoso.com",
                               "SMTPSVC/relay.contoso.com", "SMTPSVC/elsewhere.contoso.com")},
         .config = {SERVER("EX01", "ex01.contoso.com", V2019),
                    SERVER("EX02", "ex02.contoso.com", V2019),
                    {"CN=Out,CN=SMTP,CN=Protocols,CN=EX02," SERVERS,
                     {{"msExchSmtpSmartHost", {"[192.0.2.77];relay.contoso.com"}}}}},
         GREETS("ex01.contoso.com"),
         NO_TICKETS}};

    (void)state;
    begin(&worlds[0]);
    run(SUBJECT_DOMAIN, "contoso.com");
    assert_int_equal(count_problems(), 0);
    bench_end();
    begin(&worlds[1]);
    run(SUBJECT_DOMAIN, "contoso.com");
    assert_string_equal(word_of(finding_of("ex01.contoso.com", "smtp-spn-misplaced", "/mx.")),
                        "warning");
    assert_string_equal(word_of(finding_of("ex01.contoso.com", "smtp-spn-misplaced", "/relay.")),
                        "warning");
    assert_null(finding_of("ex01.contoso.com", "smtp-spn-misplaced", "/elsewhere."));
    for (size_t i = 0; i < bench.finding_count; i++) {
        const struct steps *fix = &bench.findings[i]->fix;

        assert_true(!step_of(fix, "setspn -D") || step_of(fix, "setspn -D")->kind == STEP_DECIDE);
        assert_true(!step_of(fix, "-S \"") || step_of(fix, "-S \"")->kind == STEP_DECIDE);
    }
    bench_end();
}

/* What is noted of a logon that was taken after all is no refusal. */
static void test_remarks_in_a_log(void **state)
{
    (void)state;
    for (unsigned taken = 0; taken < 2; taken++) {
        struct world world = {
            .accounts = {EX01},
            .config = {SERVER("EX01", "ex01.contoso.com", V2019)},
            NO_TICKETS,
            .mechanism = SMTP_AUTH_EXPS_NTLM,
            .outcome = SMTP_AUTH_REMARKED,
            .peer = {.server = "ex01.contoso.com", .connector = "Internal", .sessions = 2}};

        world.peer.taken = taken;
        begin(&world);
        bench_add(SUBJECT_FILE, "send.log");
        run(SUBJECT_DOMAIN, "contoso.com");
        assert_int_equal(finding_of("ex01.contoso.com", "exps-refused", NULL) == NULL, taken);
        bench_end();
    }
}

/* SMTP/ is asked for by users' programs: another mail system keeps what it has of it. */
static void test_another_mail_system(void **state)
{
#define POSTFIX COMPUTER("POSTFIX", "postfix.contoso.com", "HOST/POSTFIX", "smtp/mail.contoso.com")
#define NAMED_MAIL                                                                                 \
    .config = {SERVER("EX01", "ex01.contoso.com", V2019),                                          \
               CONNECTOR("EX01", "Default EX01", "mail.contoso.com", "31")},                       \
    GREETS("mail.contoso.com"), NO_TICKETS
    static const struct world beside = {
        .accounts = {COMPUTER("EX01", "ex01.contoso.com", EX01_NAMES, "SMTPSVC/mail.contoso.com"),
                     POSTFIX},
        NAMED_MAIL};
    static const struct world on_both = {
        .accounts = {COMPUTER("EX01", "ex01.contoso.com", EX01_NAMES, "SMTPSVC/mail.contoso.com",
                              "SMTP/mail.contoso.com"),
                     POSTFIX},
        NAMED_MAIL};
    const struct finding *finding;

    (void)state;
    begin(&beside);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-misplaced", "SMTP/mail.");
    assert_string_equal(word_of(finding), "info");
    assert_true(saw_it(finding, "another mail system that runs as POSTFIX"));
    assert_null(step_of(&finding->fix, "setspn -D"));
    assert_null(step_of(&finding->fix, "-S \""));
    bench_end();
    begin(&on_both);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-duplicate", "SMTP/mail.");
    assert_string_equal(word_of(finding), "warning");
    assert_int_equal(step_of(&finding->fix, "setspn -D")->kind, STEP_DECIDE);
    bench_end();
}

/* What DNS, a banner or a log tells is nobody's word: no ticket, and no command to be typed as is.
 */
static void test_names_that_nobody_vouches_for(void **state)
{
    static const struct world worlds[] = {
        {.accounts = {EX01},
         .config = {SERVER("EX01", "ex01.contoso.com", V2019)},
         GREETS("evil-mx.contoso.com"),
         NO_TICKETS},
        {.accounts = {EX01, COMPUTER("OLD", "evil-log.contoso.com", "HOST/OLD")},
         .config = {SERVER("EX01", "ex01.contoso.com", V2019)},
         NO_TICKETS,
         .mechanism = SMTP_AUTH_EXPS_GSSAPI,
         .peer = {.server = "evil-log.contoso.com", .connector = "Internal", .sessions = 12}}};
    static const char *const hosts[] = {"ex01.contoso.com", "evil-log.contoso.com"};

    (void)state;
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        const struct finding *finding;

        begin(&worlds[i]);
        bench_add(SUBJECT_DOMAIN, "exchanged.contoso.com");
        bench_add(SUBJECT_FILE, "send.log");
        run(SUBJECT_DOMAIN, "contoso.com");
        finding = finding_of(hosts[i], "smtp-spn-missing", "SMTPSVC/evil-");
        assert_string_equal(word_of(finding), "critical");
        assert_int_equal(step_of(&finding->fix, "-S \"SMTPSVC/evil-")->kind, STEP_FILL_IN);
        bench_end();
    }
}

/* Two machines of one short name, in two domains: which is to keep it is no program's business. */
static void test_a_short_name_of_two_domains(void **state)
{
    static const struct world world = {
        .accounts = {EX01,
                     {"CN=EX01,CN=Computers,DC=eu," CONTOSO,
                      {{"sAMAccountName", {"EX01$"}},
                       {"dNSHostName", {"ex01.eu.contoso.com"}},
                       {"objectClass", {"top", "computer"}},
                       {"servicePrincipalName", {"SMTPSVC/EX01", "SMTPSVC/ex01.eu.contoso.com"}}}}},
        .config = {SERVER("EX01", "ex01.contoso.com", V2019)},
        GREETS("ex01.contoso.com"),
        .several_domains = true,
        NO_TICKETS};
    const struct finding *finding;

    (void)state;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "smtp-spn-duplicate", "SMTPSVC/ex01 is");
    assert_string_equal(word_of(finding), "warning");
    assert_int_equal(step_of(&finding->fix, "setspn -D")->kind, STEP_DECIDE);
    bench_end();
}

/* ---- offers ---- */

static void test_offers(void **state)
{
#define TWO                                                                                        \
    .accounts = {EX01, EX02},                                                                      \
    .config = {SERVER("EX01", "ex01.contoso.com", V2019),                                          \
               SERVER("EX02", "ex02.contoso.com", V2019)},                                         \
    NO_TICKETS, .greeting = "ex01.contoso.com Microsoft ESMTP"
#define SILENT                                                                                     \
    .accounts = {EX01, EX02},                                                                      \
    .config = {SERVER("EX01", "ex01.contoso.com", V2019),                                          \
               SERVER("EX02", "ex02.contoso.com", V2019)},                                         \
    NO_TICKETS
#define PLAIN .ehlo = { "ex01.contoso.com", "SIZE", "OK" }
    static const struct {
        struct world world;
        const char *word;
        const char *line; /* that was seen; or NULL */
    } rows[] = {
        {{TWO, .ehlo = {"ex01.contoso.com", "X-EXPS GSSAPI NTLM", "OK"}},
         "ok",
         "in the clear: X-EXPS GSSAPI NTLM"},
        {{TWO, PLAIN}, "warning", "in the clear: no X-EXPS"},
        {{TWO, .ehlo = {"ex01.contoso.com", "SIZE", "XXXXXXXA", "OK"}}, "critical", "250-XXXXXXXA"},
        {{TWO}, "unknown", "in the clear: not seen, for greeting was answered 220"},
        {{SILENT}, "not-applicable", NULL},
        {{SILENT, .silence = STATUS_TIMED_OUT}, "unknown", "no answer in time"},
        {{SILENT, .silence = STATUS_NOT_RECORDED}, "", NULL},
        /* Exchange has it for servers behind X-ANONYMOUSTLS alone */
        {{TWO, .ehlo = {"ex01.contoso.com", "STARTTLS", "X-ANONYMOUSTLS"},
          .again = {"ex01.contoso.com", "AUTH NTLM"},
          .anonymous = {"ex01.contoso.com", "X-EXPS EXCHANGEAUTH GSSAPI NTLM"}},
         "ok",
         "behind STARTTLS: no X-EXPS"},
        {{TWO, .ehlo = {"ex01.contoso.com", "STARTTLS", "X-ANONYMOUSTLS"},
          .again = {"ex01.contoso.com", "AUTH NTLM"},
          .anonymous = {"ex01.contoso.com", "AUTH NTLM"}},
         "warning",
         "behind X-ANONYMOUSTLS: no X-EXPS"},
        {{TWO, .ehlo = {"ex01.contoso.com", "STARTTLS", "X-ANONYMOUSTLS"},
          .again = {"ex01.contoso.com", "AUTH NTLM"}, .ends_after = SMTP_ANONYMOUS_HANDSHAKE},
         "unknown",
         "behind X-ANONYMOUSTLS: not seen, for after x-anonymoustls-handshake: no answer in time, "
         "nobody shook hands"},
        {{TWO, .ehlo = {"ex01.contoso.com", "X-ANONYMOUSTLS"}},
         "unknown",
         "behind X-ANONYMOUSTLS: not looked at"},
        {{TWO, .ehlo = {"ex01.contoso.com", "STARTTLS"}, .ends_after = SMTP_HANDSHAKE},
         "unknown",
         "behind STARTTLS: not seen"},
        {{TWO, .ehlo = {"ex01.contoso.com", "STARTTLS"},
          .again = {"ex01.contoso.com", "X-EXPS NTLM"}},
         "ok",
         "in the clear: no X-EXPS"},
        {{.accounts = {EX01},
          .config = {SERVER("EX01", "ex01.contoso.com", V2019)},
          NO_TICKETS,
          .greeting = "ex01.contoso.com Microsoft ESMTP",
          .ehlo = {"ex01.contoso.com", "SIZE", "OK"}},
         "",
         NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(&rows[i].world);
        run(SUBJECT_DOMAIN, "contoso.com");
        assert_string_equal(word_of(finding_of("ex01.contoso.com", "exps-absent", NULL)),
                            rows[i].word);
        if (rows[i].line)
            assert_true(saw_it(finding_of("ex01.contoso.com", "exps-absent", NULL), rows[i].line));
        bench_end();
    }
}

/* A server of the directory whose name leads nowhere. */
static void test_offers_of_no_address(void **state)
{
    static const struct world world = {.accounts = {EX01, EX02},
                                       .config = {SERVER("EX01", "ex01.contoso.com", V2019),
                                                  SERVER("EX09", "ex09.contoso.com", V2019)},
                                       NO_TICKETS};
    const struct finding *finding;

    (void)state;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex09.contoso.com", "exps-absent", NULL);
    assert_string_equal(word_of(finding), "unknown");
    assert_true(saw_it(finding, "its name has no address"));
    bench_end();
}

/* ---- logons ---- */

#define LOGON(...)                                                                                 \
    TWO, .ehlo = {"ex01.contoso.com", "X-EXPS GSSAPI NTLM", "OK"}, .logon = {__VA_ARGS__}
#define EXPS      .step = SMTP_LOGON_TOKENS, .mechanism = "X-EXPS GSSAPI"
#define AUTH      .step = SMTP_LOGON_TOKENS, .mechanism = "AUTH GSSAPI"
#define AS_ALICE  .caller = "alice@CONTOSO.COM"
#define AS_SERVER .caller = "EX02$@CONTOSO.COM"
#define AS_ITSELF .caller = "EX01$@CONTOSO.COM"
#define ENDS(s)   .evidence.status = STATUS_##s
#define TICKET    .step = SMTP_LOGON_TICKET

static const struct logon_row {
    struct world world;
    const char *word;
    const char *title;   /* part of it */
    const char *line;    /* that was seen; or NULL */
    const char *command; /* of a step that must be there; or NULL */
} logon_rows[] = {
    {{LOGON(EXPS, AS_SERVER, .code = 235)},
     "ok",
     "logged on by X-EXPS GSSAPI as EX02$@CONTOSO.COM with a ticket for SMTPSVC/ex01.contoso.com",
     "X-EXPS GSSAPI, with a ticket for SMTPSVC/ex01.contoso.com, as EX02$@CONTOSO.COM (an Exchange "
     "server's account): 235",
     NULL},
    {{LOGON(EXPS, AS_ALICE, .code = 235, .over_tls = true, .over_anonymous_tls = true)},
     "ok",
     "logged on by X-EXPS GSSAPI as alice@CONTOSO.COM",
     "X-EXPS GSSAPI behind X-ANONYMOUSTLS, with a ticket for",
     NULL},
    {{LOGON(AUTH, AS_ALICE, .code = 235, .over_tls = true)},
     "ok",
     "logged on by AUTH GSSAPI",
     "X-EXPS by Kerberos, the way of Exchange's servers, it does not offer",
     NULL},
    /* a server's account proves it */
    {{LOGON(EXPS, AS_SERVER, .code = 535, .enhanced = "5.7.3")},
     "critical",
     "other servers are refused when they log on to it: X-EXPS is answered 535 5.7.3",
     "as EX02$@CONTOSO.COM (an Exchange server's account): 535 5.7.3",
     "repadmin /replsummary"},
    {{LOGON(EXPS, AS_SERVER, .code = 454, .enhanced = "4.7.0")},
     "critical",
     "X-EXPS is answered 454 4.7.0",
     "SMTPSVC/ex01.contoso.com is where it belongs: the cause is another one",
     "w32tm /monitor"},
    {{LOGON(EXPS, AS_ITSELF, .code = 535)},
     "critical",
     "X-EXPS is answered 535",
     "refused by its loopback check",
     NULL},
    {{LOGON(EXPS, AS_SERVER, ENDS(DENIED), .code = 501, .error_code = 37)},
     "critical",
     "X-EXPS is answered KRB_AP_ERR_SKEW (37)",
     "the clocks are too far apart",
     NULL},
    {{LOGON(EXPS, AS_SERVER, ENDS(DENIED), .error_code = 41)},
     "critical",
     "X-EXPS is answered KRB_AP_ERR_MODIFIED (41)",
     "that is: the ticket was made with another key",
     NULL},
    /* anybody else's proves nothing */
    {{LOGON(EXPS, AS_ALICE, .code = 535, .enhanced = "5.7.3")},
     "unknown",
     "X-EXPS is answered 535 5.7.3 to alice@CONTOSO.COM, which says something of servers only if",
     "(no computer's account)",
     "schtasks /Create /F /TN exdiag-logon /RU SYSTEM /SC ONCE /ST 00:00 /TR "
     "\"C:\\Windows\\exdiag\\exdiag.exe check --server ex01.contoso.com --only spn --authenticate --output "
     "C:\\Windows\\exdiag\\logon.txt\""},
    {{LOGON(EXPS, .caller = "PC7$@CONTOSO.COM", .code = 454)},
     "unknown",
     "X-EXPS is answered 454 to PC7$@CONTOSO.COM",
     "a computer's account, of no Exchange server that the directory has",
     "schtasks /Delete /F /TN exdiag-logon"},
    {{LOGON(EXPS, .code = 535)}, "unknown", "to whoever runs this", "not known", "schtasks /Run"},
    {{LOGON(AUTH, AS_SERVER, .code = 535)},
     "unknown",
     "AUTH GSSAPI is answered 535 to EX02$@CONTOSO.COM, which is not how servers log on",
     "an Exchange server's account",
     "mkdir C:\\Windows\\exdiag"},
    {{LOGON(AUTH, AS_ITSELF, .code = 535)}, "unknown", "AUTH GSSAPI is answered 535", NULL, NULL},
    {{LOGON(EXPS, AS_ALICE, ENDS(DENIED), .error_code = 37)},
     "unknown",
     "the clocks are too far apart for the logon, says the server",
     "KRB_AP_ERR_SKEW (37)",
     "--only clock"},
    {{LOGON(EXPS, AS_ALICE, ENDS(DENIED), .error_code = 41)},
     "unknown",
     "X-EXPS is answered KRB_AP_ERR_MODIFIED (41)",
     "another key",
     "schtasks /Run"},
    {{LOGON(EXPS, AS_SERVER, .code = 451)},
     "unknown",
     "puts logons off",
     ": 451",
     "--authenticate"},
    {{LOGON(EXPS, AS_SERVER, .code = 500, .enhanced = "5.5.6")},
     "unknown",
     "longer than a line that it takes",
     "500 5.5.6",
     "fewer groups"},
    {{LOGON(EXPS, AS_SERVER, .code = 501, ENDS(DENIED))},
     "unknown",
     "does not have the key of that name",
     "501",
     "--authenticate"},
    {{LOGON(EXPS, AS_SERVER, ENDS(CLOSED))},
     "unknown",
     "the logon was broken off",
     "connection closed",
     "--authenticate"},
    {{LOGON(EXPS, AS_SERVER, ENDS(CANCELLED))}, "unknown", "the run ended before", NULL, NULL},
    /* the ticket */
    {{LOGON(TICKET, AS_SERVER, ENDS(REJECTED), .error_code = 7)},
     "unknown",
     "no logon was tried: the KDC gives no ticket for the name",
     "asked by EX02$@CONTOSO.COM for a ticket for SMTPSVC/ex01.contoso.com: "
     "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)",
     "setspn -Q \"SMTPSVC/ex01.contoso.com\""},
    {{LOGON(TICKET, AS_SERVER, ENDS(REJECTED), .error_code = 14)},
     "unknown",
     "gives no ticket",
     "no encryption type in common",
     NULL},
    {{LOGON(TICKET, AS_SERVER, ENDS(REJECTED), .error_code = 31)},
     "unknown",
     "gives no ticket",
     "the trust between",
     NULL},
    {{LOGON(TICKET, AS_SERVER, ENDS(REJECTED), .error_code = 37)},
     "unknown",
     "the clocks are too far apart for a ticket, says the KDC",
     "KRB_AP_ERR_SKEW (37)",
     "exdiag check --server ex01.contoso.com --only clock"},
    {{LOGON(TICKET, AS_SERVER, ENDS(REJECTED))},
     "unknown",
     "refers to another realm",
     NULL,
     "Run it there, as a user of that domain"},
    {{LOGON(TICKET, ENDS(NOT_FOUND))},
     "unknown",
     "whoever runs this has no Kerberos ticket",
     "does not exist",
     "run kinit"},
    {{LOGON(TICKET, ENDS(NOT_SUPPORTED))}, "unknown", "no Kerberos library", NULL, "schtasks"},
    {{LOGON(TICKET, AS_ALICE, ENDS(TIMED_OUT))},
     "unknown",
     "no ticket could be had",
     "no answer in time",
     NULL},
    /* the way there */
    {{LOGON(.step = SMTP_LOGON_EHLO, AS_ALICE, ENDS(NOT_SUPPORTED), .code = 250)},
     "unknown",
     "by neither X-EXPS nor AUTH",
     "at ehlo it answered 250",
     "schtasks /Create"},
    {{LOGON(.step = SMTP_LOGON_GREETING, AS_ALICE, ENDS(REJECTED), .code = 554)},
     "unknown",
     "refuses to go that far",
     "at greeting it answered 554",
     "--authenticate"},
    {{LOGON(.step = SMTP_LOGON_CONNECT, AS_ALICE, ENDS(TIMED_OUT))},
     "unknown",
     "did not get that far",
     "no answer in time",
     "--authenticate"},
};

static void test_logons(void **state)
{
    (void)state;
    bench.settings.authenticate = true;
    for (size_t i = 0; i < sizeof logon_rows / sizeof *logon_rows; i++) {
        const struct logon_row *row = &logon_rows[i];
        const struct finding *finding;

        print_message("%s\n", row->title);
        begin(&row->world);
        run(SUBJECT_DOMAIN, "contoso.com");
        assert_int_equal(here.logons, 1);
        finding = finding_of("ex01.contoso.com", "exps-refused", NULL);
        assert_string_equal(word_of(finding), row->word);
        assert_non_null(strstr(finding->title, row->title));
        if (row->line)
            assert_true(saw_it(finding, row->line));
        assert_int_equal(saw_it(finding, "loopback check"),
                         row->line && strstr(row->line, "loopback check"));
        if (row->command)
            assert_non_null(step_of(&finding->fix, row->command));
        if (row->world.logon.error_code == 37)
            assert_string_equal(finding->due_to.name, "dc1.contoso.com");
        else
            assert_null(finding->due_to.name);
        bench_end();
    }
    bench.settings.authenticate = false;
}

#define BY_TWO_NAMES(of_its_own, ...)                                                              \
    .accounts = {COMPUTER("EX01", "ex01.contoso.com", EX01_NAMES, "SMTPSVC/mail.contoso.com"),     \
                 EX02},                                                                            \
    .config = {SERVER("EX01", "ex01.contoso.com", V2019),                                          \
               SERVER("EX02", "ex02.contoso.com", V2019),                                          \
               CONNECTOR("EX01", "Default EX01", "mail.contoso.com", "31")},                       \
    NO_TICKETS, .greeting = "mail.contoso.com ESMTP",                                              \
    .ehlo = {"mail.contoso.com", "X-EXPS GSSAPI"}, .logon = {EXPS, AS_SERVER, .code = of_its_own}, \
    .of_mail = {__VA_ARGS__}

/* The worst of them counts, and of the same the first; all are in the report. */
static void test_logons_by_two_names(void **state)
{
    static const struct {
        struct world world;
        const char *word, *title;
    } rows[] = {
        {{BY_TWO_NAMES(235, EXPS, AS_SERVER, .code = 235)},
         "ok",
         "SMTPSVC/ex01.contoso.com, and by its other names"},
        {{BY_TWO_NAMES(235, EXPS, AS_SERVER, .code = 535)}, "critical", "X-EXPS is answered 535"},
        {{BY_TWO_NAMES(535, EXPS, AS_SERVER, .code = 454)}, "critical", "X-EXPS is answered 535"},
        {{BY_TWO_NAMES(235, EXPS, AS_SERVER, .code = 451)}, "unknown", "puts logons off"},
        {{BY_TWO_NAMES(451, EXPS, AS_SERVER, ENDS(CLOSED))}, "unknown", "puts logons off"},
        {{BY_TWO_NAMES(451, EXPS, AS_SERVER, .code = 535)}, "critical", "X-EXPS is answered 535"},
        /* of one nothing is on file: the other counts alone */
        {{BY_TWO_NAMES(235, AS_SERVER, ENDS(NOT_RECORDED))}, "ok", "SMTPSVC/ex01.contoso.com"},
    };

    (void)state;
    bench.settings.authenticate = true;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct finding *finding;

        begin(&rows[i].world);
        run(SUBJECT_DOMAIN, "contoso.com");
        assert_int_equal(here.logons, 2);
        finding = finding_of("ex01.contoso.com", "exps-refused", NULL);
        assert_string_equal(word_of(finding), rows[i].word);
        assert_non_null(strstr(finding->title, rows[i].title));
        assert_true(saw_it(finding, "SMTPSVC/ex01.contoso.com"));
        bench_end();
    }
    bench.settings.authenticate = false;
}

/* schtasks takes 261 characters: a longer command is not printed. */
static void test_a_name_that_is_too_long_for_a_task(void **state)
{
    static const struct world world = {.accounts = {COMPUTER("EX01", LONG, "SMTPSVC/" LONG)},
                                       .config = {SERVER("EX01", LONG, V2019)},
                                       NO_TICKETS,
                                       .greeting = LONG " ESMTP",
                                       .ehlo = {LONG, "X-EXPS GSSAPI"},
                                       .logon = {EXPS, AS_ALICE, .code = 535}};
    const struct step *step;

    (void)state;
    bench.settings.authenticate = true;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    step = step_of(&finding_of(LONG, "exps-refused", NULL)->fix, "schtasks /Create");
    assert_int_equal(step->kind, STEP_FILL_IN);
    assert_null(strstr(step->command, "--server"));
    bench_end();
    bench.settings.authenticate = false;
}

/* Steps that were not asked for by what happened do not stand in the way. */
static void test_steps_of_a_logon(void **state)
{
    static const struct world world = {LOGON(TICKET, ENDS(NOT_FOUND))};
    const struct finding *finding;

    (void)state;
    bench.settings.authenticate = true;
    begin(&world);
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "exps-refused", NULL);
    assert_null(step_of(&finding->fix, "schtasks"));
    assert_null(step_of(&finding->fix, "--only clock"));
    assert_null(step_of(&finding->fix, "setspn"));
    assert_int_equal(finding->fix.count, 2);
    bench_end();
    bench.settings.authenticate = false;
}

/* Who did not ask for it is not logged on; who did hears why nothing came of it. */
static void test_no_logons(void **state)
{
    static const struct {
        struct world world;
        bool authenticate;
        enum subject_kind kind;
        const char *name;
        const char *word, *title;
    } rows[] = {
        {{LOGON(EXPS, AS_SERVER, .code = 535)}, false, SUBJECT_DOMAIN, "contoso.com", "", NULL},
        {{SILENT, .silence = STATUS_TIMED_OUT},
         true,
         SUBJECT_DOMAIN,
         "contoso.com",
         "unknown",
         "its port 25 does not answer"},
        {{SILENT}, true, SUBJECT_DOMAIN, "contoso.com", "", NULL},
        /* a server that the user names, of no forest */
        {{.no_directory = true,
          .greeting = "ex01.contoso.com ESMTP",
          .ehlo = {"ex01.contoso.com", "AUTH GSSAPI"}},
         true,
         SUBJECT_SERVER,
         "ex01.contoso.com",
         "unknown",
         "domain controllers that are to give a ticket are not known"},
        {{.no_directory = true,
          .greeting = "ex01.contoso.com ESMTP",
          .ehlo = {"ex01.contoso.com", "X-EXPS NTLM"}},
         true,
         SUBJECT_SERVER,
         "ex01.contoso.com",
         "unknown",
         "domain controllers that are to give a ticket are not known"},
        {{.no_directory = true, .greeting = "ex01.contoso.com ESMTP", PLAIN},
         true,
         SUBJECT_SERVER,
         "ex01.contoso.com",
         "",
         NULL},
        /* a directory that may be anybody's lists it */
        {{.accounts = {EX01},
          .config = {SERVER("EX01", "ex01.contoso.com", V2019)},
          .is_anonymous = true,
          .greeting = "ex01.contoso.com ESMTP",
          .ehlo = {"ex01.contoso.com", "X-EXPS GSSAPI"},
          NO_TICKETS},
         true,
         SUBJECT_DOMAIN,
         "contoso.com",
         "unknown",
         "did not show who it is"},
        /* what it calls itself is nobody's word but its own */
        {{.accounts = {EX01},
          .greeting = "evil.contoso.com ESMTP",
          .ehlo = {"evil.contoso.com", "AUTH GSSAPI"},
          NO_TICKETS},
         true,
         SUBJECT_SERVER,
         "ex01.contoso.com",
         "unknown",
         "neither you nor the directory calls it"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct finding *finding;

        bench.settings.authenticate = rows[i].authenticate;
        begin(&rows[i].world);
        run(rows[i].kind, rows[i].name);
        assert_int_equal(here.logons, 0);
        finding = finding_of("ex01.contoso.com", "exps-refused", NULL);
        assert_string_equal(word_of(finding), rows[i].word);
        if (rows[i].title)
            assert_non_null(strstr(finding->title, rows[i].title));
        bench_end();
    }
    bench.settings.authenticate = false;
}

/* A name that the user typed is as good as the directory's, and one that is not is not. */
static void test_a_logon_by_the_users_word(void **state)
{
    static const struct world world = {.accounts = {EX01},
                                       .greeting = "ex01.contoso.com ESMTP",
                                       .ehlo = {"evil.contoso.com", "AUTH GSSAPI"},
                                       NO_TICKETS,
                                       .logon = {AUTH, AS_ALICE, .code = 235}};
    const struct finding *finding;

    (void)state;
    bench.settings.authenticate = true;
    begin(&world);
    run(SUBJECT_SERVER, "ex01.contoso.com");
    assert_int_equal(here.logons, 1);
    finding = finding_of("ex01.contoso.com", "exps-refused", NULL);
    assert_string_equal(word_of(finding), "ok");
    assert_true(saw_it(finding, "by evil.contoso.com no ticket was asked for"));
    assert_false(saw_it(finding, "by ex01.contoso.com no ticket"));
    bench_end();
    bench.settings.authenticate = false;
}

/* Nobody but the user and the directory itself says who gets a ticket: a file does not. */
static void test_a_logon_by_the_word_of_a_file(void **state)
{
    static const struct world world = {
        .accounts = {EX01},
        .exported = {SERVER("EX01", "ex01.contoso.com", V2019)},
        .greeting = "ex01.contoso.com ESMTP",
        .ehlo = {"ex01.contoso.com", "X-EXPS GSSAPI"},
        NO_TICKETS,
        .mechanism = SMTP_AUTH_EXPS_GSSAPI,
        .peer = {.server = "ex01.contoso.com", .connector = "Internal", .sessions = 12},
        .logon = {EXPS, AS_SERVER, .code = 235}};

    (void)state;
    bench.settings.authenticate = true;
    for (size_t is_named = 0; is_named < 2; is_named++) {
        begin(&world);
        bench_add(SUBJECT_FILE, "directory.ldf");
        bench_add(SUBJECT_FILE, "send.log");
        if (is_named)
            bench_add(SUBJECT_SERVER, "ex01.contoso.com");
        run(SUBJECT_DOMAIN, "contoso.com");
        assert_non_null(finding_of("ex01.contoso.com", "smtp-spn-missing", "SMTPSVC/ex01"));
        assert_int_equal(here.logons, is_named);
        bench_end();
    }
    bench.settings.authenticate = false;
}

/* What a log says of yesterday stands beside what a logon says of today. */
static void test_a_logon_beside_a_log(void **state)
{
    static const struct world world = {
        LOGON(EXPS, AS_SERVER, .code = 235),
        .peer = {.connector = "to EX01", .server = "ex01.contoso.com", .sessions = 3},
        .mechanism = SMTP_AUTH_EXPS_GSSAPI};
    const struct finding *finding;

    (void)state;
    bench.settings.authenticate = true;
    begin(&world);
    bench_add(SUBJECT_FILE, "send.log");
    run(SUBJECT_DOMAIN, "contoso.com");
    finding = finding_of("ex01.contoso.com", "exps-refused", NULL);
    assert_string_equal(word_of(finding), "critical");
    assert_true(saw_it(finding, "denied 3 times"));
    assert_true(saw_it(finding, "as EX02$@CONTOSO.COM (an Exchange server's account): 235"));
    bench_end();
    bench.settings.authenticate = false;
}

/* ---- the registry ---- */

#define LIST "BackConnectionHostNames"

static void test_the_registry(void **state)
{
    static const char *const mail[] = {"mail.contoso.com"}, *const other[] = {"www.contoso.com"};
#define MAIL                                                                                       \
    .accounts = {COMPUTER("EX01", "ex01.contoso.com", EX01_NAMES, "SMTPSVC/mail.contoso.com")},    \
    .config = {SERVER("EX01", "ex01.contoso.com", V2003),                                          \
               VIRTUAL_SERVER("EX01", "1", "mail.contoso.com")},                                   \
    NO_TICKETS
    static const struct {
        struct world world;
        const char *word;
        const char *command; /* that must be among the fix; or NULL */
        enum step_kind kind;
    } rows[] = {
        {{MAIL, .back = {.name = LIST, .type = REGISTRY_MULTI_SZ, .list = mail, .list_count = 1}},
         "ok",
         NULL,
         STEP_EXACT},
        {{MAIL, .back = {.name = LIST, .type = REGISTRY_MULTI_SZ, .list = other, .list_count = 1}},
         "warning",
         "/t REG_MULTI_SZ /d \"www.contoso.com\\0mail.contoso.com\" /f",
         STEP_EXACT},
        {{MAIL, .back = {.name = LIST, .type = REGISTRY_DWORD}},
         "warning",
         "MSV1_0 /v BackConnectionHostNames /f",
         STEP_EXACT},
        {{MAIL, .off = {.name = LIST, .type = REGISTRY_MULTI_SZ, .list = mail, .list_count = 1}},
         "warning",
         "Lsa /v BackConnectionHostNames /f",
         STEP_EXACT},
        {{MAIL}, "warning", "/d \"mail.contoso.com\" /f", STEP_EXACT},
        {{MAIL, .off = {.name = "DisableLoopbackCheck", .type = REGISTRY_DWORD, .number = 1}},
         "info",
         "/v DisableLoopbackCheck /f",
         STEP_DECIDE},
        /* a name that only the server itself tells is to be looked at */
        {{.accounts = {EX01},
          .config = {SERVER("EX01", "ex01.contoso.com", V2019)},
          GREETS("mail.contoso.com"),
          NO_TICKETS},
         "warning",
         "/d \"mail.contoso.com\" /f",
         STEP_FILL_IN},
        /* names that are its own need no list */
        {{.accounts = {EX01}, .config = {SERVER("EX01", "ex01.contoso.com", V2019)}, NO_TICKETS},
         "",
         NULL,
         STEP_EXACT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct finding *finding;

        begin(&rows[i].world);
        bench_add(SUBJECT_FILE, "lsa.reg");
        run(SUBJECT_DOMAIN, "contoso.com");
        finding = finding_of("ex01.contoso.com", "back-connection-host-names", NULL);
        assert_string_equal(word_of(finding), rows[i].word);
        if (rows[i].command)
            assert_int_equal(step_of(&finding->fix, rows[i].command)->kind, rows[i].kind);
        bench_end();
    }
}

/* Another machine's registry is read for a server that was named, not for one found. */
static void test_the_registry_of_a_machine(void **state)
{
    static const struct {
        struct world world;
        bool is_given;
        const char *word, *failure;
    } rows[] = {
        {{MAIL, .here = "ex01.contoso.com"}, false, "warning", NULL},
        {{MAIL, .here = "ex01.contoso.com"}, true, "warning", NULL},
        {{MAIL, .here = "ex09.contoso.com", .there = "ex01.contoso.com"}, true, "warning", NULL},
        {{MAIL, .here = "ex09.contoso.com", .there = "ex01.contoso.com"}, false, "", NULL},
        {{MAIL, .here = "ex09.contoso.com"}, true, "", NULL},
        {{MAIL, .there = "ex01.contoso.com"}, true, "", NULL},
        {{MAIL, .here = "ex01.contoso.com", .barred = STATUS_DENIED}, true, "unknown", "denied"},
        {{MAIL, .here = "ex01.contoso.com", .barred = STATUS_NOT_SUPPORTED}, true, "", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct finding *finding;

        begin(&rows[i].world);
        if (rows[i].is_given)
            bench_add(SUBJECT_SERVER, "ex01.contoso.com");
        run(SUBJECT_DOMAIN, "contoso.com");
        finding = finding_of("ex01.contoso.com", "back-connection-host-names", NULL);
        assert_string_equal(word_of(finding), rows[i].word);
        if (rows[i].failure) {
            assert_true(saw_it(finding, rows[i].failure));
            assert_non_null(step_of(&finding->fix, "Run as administrator"));
            assert_null(step_of(&finding->fix, "reg export"));
        }
        bench_end();
    }
}

/* What a machine has logged is told at its server; the other end of it is examined, too. */
static void test_the_events_of_a_machine(void **state)
{
    static const struct world worlds[] = {
        {MAIL, .here = "ex01.contoso.com",
         .events = {{.computer = "ex01.contoso.com",
                     .event = {.kind = MAIL_EVENT_INBOUND_FAILED,
                               .error = "LogonDenied",
                               .mechanism = "ExchangeAuth",
                               .address = "10.0.0.7"},
                     .count = 3}}},
        {MAIL, .here = "ex01.contoso.com", .barred = STATUS_DENIED},
    };
    const struct finding *finding;

    (void)state;
    begin(&worlds[0]);
    run(SUBJECT_SERVER, "ex01.contoso.com");
    finding = finding_of("ex01.contoso.com", "exps-events", NULL);
    assert_string_equal(word_of(finding), "warning");
    assert_true(saw_it(finding, "event 1035 of ex01.contoso.com, 3 times"));
    bench_end();
    begin(&worlds[1]);
    run(SUBJECT_SERVER, "ex01.contoso.com");
    finding = finding_of("ex01.contoso.com", "exps-events", NULL);
    assert_string_equal(word_of(finding), "unknown");
    assert_non_null(step_of(&finding->fix, "Run as administrator"));
    assert_null(step_of(&finding->fix, "wevtutil"));
    bench_end();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_healthy_organisation),
        cmocka_unit_test(test_a_silent_controller),
        cmocka_unit_test(test_a_controller_of_an_address),
        cmocka_unit_test(test_a_controller_that_fails),
        cmocka_unit_test(test_a_duplicate_of_nobody),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_a_connector_of_another_name),
        cmocka_unit_test(test_a_connector_of_unknown_authentication),
        cmocka_unit_test(test_a_server_named_by_its_other_name),
        cmocka_unit_test(test_names_that_are_not_looked_at),
        cmocka_unit_test(test_a_name_from_the_banner),
        cmocka_unit_test(test_an_own_name_that_is_not_announced),
        cmocka_unit_test(test_an_export_beside_the_directory),
        cmocka_unit_test(test_servers_that_need_no_names),
        cmocka_unit_test(test_a_hub_beside_servers_that_need_no_names),
        cmocka_unit_test(test_no_names_at_all),
        cmocka_unit_test(test_mapped),
        cmocka_unit_test(test_duplicate),
        cmocka_unit_test(test_a_duplicate_of_others),
        cmocka_unit_test(test_a_mapped_duplicate),
        cmocka_unit_test(test_accounts_of_several_domains),
        cmocka_unit_test(test_guessed_names),
        cmocka_unit_test(test_a_replaced_server),
        cmocka_unit_test(test_a_directory_that_hides),
        cmocka_unit_test(test_an_export_beside_a_directory),
        cmocka_unit_test(test_a_server_of_another_forest),
        cmocka_unit_test(test_a_name_of_another_server),
        cmocka_unit_test(test_misplaced),
        cmocka_unit_test(test_misplaced_beside_a_connector),
        cmocka_unit_test(test_a_managed_account),
        cmocka_unit_test(test_shared),
        cmocka_unit_test(test_a_banner_on_several_servers),
        cmocka_unit_test(test_an_exchanger_of_several_servers),
        cmocka_unit_test(test_the_name_of_another_machine),
        cmocka_unit_test(test_directories_that_do_not_tell),
        cmocka_unit_test(test_without_a_catalog),
        cmocka_unit_test(test_nothing_to_say),
        cmocka_unit_test(test_events_of_a_missing_name),
        cmocka_unit_test(test_events_of_strangers),
        cmocka_unit_test(test_events_of_a_new_server),
        cmocka_unit_test(test_relaying_alone),
        cmocka_unit_test(test_guesses),
        cmocka_unit_test(test_a_log_alone),
        cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_exports_that_are_cut),
        cmocka_unit_test(test_an_export_without_servers),
        cmocka_unit_test(test_a_directory_that_is_cut),
        cmocka_unit_test(test_logs_that_are_cut),
        cmocka_unit_test(test_protocol_logs),
        cmocka_unit_test(test_what_logs_prove),
        cmocka_unit_test(test_a_right_that_is_missing),
        cmocka_unit_test(test_offers_in_logs),
        cmocka_unit_test(test_whose_event_it_was),
        cmocka_unit_test(test_exchangers_and_smart_hosts),
        cmocka_unit_test(test_remarks_in_a_log),
        cmocka_unit_test(test_another_mail_system),
        cmocka_unit_test(test_names_that_nobody_vouches_for),
        cmocka_unit_test(test_a_short_name_of_two_domains),
        cmocka_unit_test(test_offers),
        cmocka_unit_test(test_offers_of_no_address),
        cmocka_unit_test(test_logons),
        cmocka_unit_test(test_logons_by_two_names),
        cmocka_unit_test(test_a_name_that_is_too_long_for_a_task),
        cmocka_unit_test(test_steps_of_a_logon),
        cmocka_unit_test(test_no_logons),
        cmocka_unit_test(test_a_logon_by_the_users_word),
        cmocka_unit_test(test_a_logon_by_the_word_of_a_file),
        cmocka_unit_test(test_a_logon_beside_a_log),
        cmocka_unit_test(test_the_registry),
        cmocka_unit_test(test_the_registry_of_a_machine),
        cmocka_unit_test(test_the_events_of_a_machine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
