/* Servers whose PowerShell directories answer in made ways: what must be found, and not. */
#include "diag/read/kerberos_error.h"
#include "probes/powershell/symptom.h"
#include "tests/unit/probe_bench.h"

extern const struct probe probe_powershell;

enum { RULES_MOST = 8, ANY = 99, BACK_END_PORT = 444 };

#define HOST        "ex01.contoso.com"
#define NOW         1795348800000 /* 2026-11-22T12:00:00Z */
#define MINUTE      INT64_C(60000000)
#define VDIR        "powershell-vdir-500"
#define UNAVAILABLE "powershell-unavailable"
#define FORBIDDEN   "powershell-forbidden"
#define NOT_FOUND   "powershell-not-found"
#define REFUSED     "powershell-refused"

/* ---- the world ---- */

struct rule { /* of the requests that it fits; what is 0 or NULL here says nothing */
    unsigned port;
    unsigned request; /* enum web_request, or ANY */
    const char *path; /* a part of it */
    bool as_somebody;

    enum status status;
    enum web_step step;
    unsigned code;
    const char *node; /* "": it does not say */
    const char *body_code, *body_code_2;
    const char *server;
    uint32_t fault;
    bool is_wsman;
    int32_t kerberos;
    int64_t ahead; /* microseconds */
    int32_t no_ticket;
};

static const struct rule *current; /* ended by a port of 0 */
static const char *addresses[3];
static const char *everybody; /* the node of whom no rule fits */

static bool is_directory(const char *path)
{
    return strcmp(path, "/PowerShell/") == 0;
}

static const struct rule *rule_of(const struct web_exchange *item)
{
    for (const struct rule *rule = current; rule && rule->port; rule++) {
        bool is_path =
            rule->path ? strstr(item->path, rule->path) != NULL : is_directory(item->path);

        if (rule->port == item->address.port && is_path && rule->as_somebody == item->as_somebody &&
            (rule->request == ANY || rule->request == (unsigned)item->request))
            return rule;
    }
    return NULL;
}

static void put_field(struct web_exchange *item, const char *name, const char *value)
{
    if (!item->fields)
        item->fields = arena_new(&item->evidence.memory, 4, sizeof *item->fields);
    item->fields[item->field_count++] = (struct web_field){name, value};
}

static void put_codes(struct web_exchange *item, const struct rule *rule)
{
    item->codes = arena_new(&item->evidence.memory, 2, sizeof *item->codes);
    if (rule->body_code)
        item->codes[item->code_count++] = rule->body_code;
    if (rule->body_code_2)
        item->codes[item->code_count++] = rule->body_code_2;
}

static void put_wsman(struct web_exchange *item, const struct rule *rule)
{
    struct wsman_reply *reply = arena_new(&item->evidence.memory, 1, sizeof *reply);

    reply->kind = rule->fault ? WSMAN_REPLY_FAULT : WSMAN_REPLY_IDENTITY;
    reply->has_number = rule->fault != 0;
    reply->number = rule->fault;
    item->wsman = reply;
}

static void put_challenge(struct web_exchange *item, const struct rule *rule)
{
    item->challenges = arena_new(&item->evidence.memory, 1, sizeof *item->challenges);
    item->challenge_count = 1;
    item->challenges[0] = (struct web_challenge){
        .scheme = "Negotiate", .token = rule && rule->kerberos ? WEB_KERBEROS_ERROR : WEB_NO_TOKEN};
    if (rule && rule->kerberos) {
        item->challenges[0].error_code = rule->kerberos;
        item->challenges[0].server_time = NOW * 1000 + rule->ahead;
    }
}

/* Nobody is asked who he is; somebody's Create is refused as it has to be. */
static void answer_well(struct web_exchange *item)
{
    static const struct rule shell = {.fault = WSMAN_PSRP_VERSION};

    item->code = item->as_somebody ? 200 : 401;
    if (item->request == WEB_SHELL) {
        item->code = 500;
        put_wsman(item, &shell);
    }
    if (strstr(item->path, "healthcheck"))
        item->code = 200;
    if (item->code == 401)
        put_challenge(item, NULL);
    if (*everybody)
        put_field(item, "X-FEServer", everybody);
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void answer_by(struct web_exchange *item, const struct rule *rule)
{
    const char *node = rule->node ? rule->node : everybody;

    item->step = rule->step;
    item->error_code = rule->no_ticket;
    if (rule->status != STATUS_OK) {
        evidence_fail(&item->evidence, rule->status, NULL);
        return;
    }
    item->code = rule->code;
    if (*node)
        put_field(item, "X-FEServer", node);
    if (rule->server)
        put_field(item, "Server", rule->server);
    put_codes(item, rule);
    if (rule->fault || rule->is_wsman)
        put_wsman(item, rule);
    if (rule->code == 401)
        put_challenge(item, rule);
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void answer_web(struct web_exchange *item)
{
    const struct rule *rule = rule_of(item);

    item->phrase = "as the test says";
    item->evidence.time = NOW;
    if (rule)
        answer_by(item, rule);
    else
        answer_well(item);
    item->evidence.time = NOW;
}

static void answer_dns(struct dns_answer *item)
{
    size_t count = 0;

    while (addresses[count])
        count++;
    if (item->type == (strchr(addresses[0], ':') ? DNS_AAAA : DNS_A) &&
        strcmp(item->name, HOST) == 0) {
        struct dns_record *records = arena_new(&item->evidence.memory, count + 1, sizeof *records);

        for (size_t i = 0; i < count; i++) {
            records[i] =
                (struct dns_record){.owner = item->name, .type = (uint16_t)item->type, .ttl = 300};
            assert_int_equal(ip_parse(addresses[i], strlen(addresses[i]), &records[i].data.ip),
                             STATUS_OK);
        }
        item->answer.records = records;
        item->answer.count = count;
    }
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

/* ---- a directory that lists it ---- */

static const char *listed; /* by dc1 as networkAddress; NULL: nobody asks */
static enum directory_identity told_as;
static const char *listed_version, *listed_roles;

static void put_entry(struct directory_answer *item, const char *const (*pairs)[2], size_t count)
{
    struct arena *arena = &item->evidence.memory;
    struct directory_attribute *attributes = arena_new(arena, count, sizeof *attributes);
    struct directory_value *values = arena_new(arena, count, sizeof *values);
    struct directory_entry *entry = arena_new(arena, 1, sizeof *entry);

    for (size_t i = 0; i < count; i++) {
        values[i] = (struct directory_value){pairs[i][1], strlen(pairs[i][1])};
        attributes[i] = (struct directory_attribute){pairs[i][0], &values[i], 1};
    }
    *entry = (struct directory_entry){"CN=EX01,CN=Servers,DC=contoso,DC=com", attributes, count};
    item->entries = entry;
    item->entry_count = 1;
}

static void answer_directory(struct directory_answer *item)
{
    static const char *const root[][2] = {
        {"configurationNamingContext", "CN=Configuration,DC=contoso,DC=com"},
        {"defaultNamingContext", "DC=contoso,DC=com"}};
    const char *const server[][2] = {{"objectClass", "msExchExchangeServer"},
                                     {"networkAddress", listed},
                                     {"serialNumber", listed_version},
                                     {"msExchCurrentServerRoles", listed_roles}};

    if (*item->base == '\0')
        put_entry(item, root, 2);
    else if (strstr(item->base, "CN=Microsoft Exchange"))
        put_entry(item, server, listed_version ? 4 : 2);
    item->identity = told_as;
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

/* ---- what it tells of itself ---- */

static const struct stored_certificate *own; /* bound to port 444; NULL: it is not at hand */

static void answer_certificates(struct bound_certificates *item)
{
    static const struct certificate_binding binding = {"0.0.0.0:444", BACK_END_PORT, false, "aa",
                                                       "MY"};

    item->bindings = &binding;
    item->certificates = own;
    item->binding_count = item->certificate_count = 1;
    item->knows_bindings = item->knows_store = true;
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void answer_machine(struct machine_identity *item)
{
    item->name = HOST;
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void answer(struct evidence *item)
{
    if (own && item->kind == &evidence_machine)
        answer_machine((struct machine_identity *)item);
    else if (own && item->kind == &evidence_bound_certificates)
        answer_certificates((struct bound_certificates *)item);
    else if (item->kind == &evidence_dns)
        answer_dns((struct dns_answer *)item);
    else if (item->kind == &evidence_directory && listed)
        answer_directory((struct directory_answer *)item);
    else if (item->kind == &evidence_web)
        answer_web((struct web_exchange *)item);
    else
        evidence_fail(item, STATUS_NOT_FOUND, NULL);
}

static void run_at(const char *name, const struct rule *rules)
{
    current = rules;
    bench.started = NOW;
    bench_begin(&probe_powershell);
    bench_run(SUBJECT_SERVER, name, answer);
}

static void run(const struct rule *rules)
{
    run_at(HOST, rules);
}

static int begin(void **state)
{
    static const char *const only[] = {"powershell"};

    (void)state;
    memset(&bench.settings, 0, sizeof bench.settings);
    bench.settings.only = only;
    bench.settings.only_count = 1;
    memset(addresses, 0, sizeof addresses);
    addresses[0] = "192.0.2.21";
    everybody = "EX01";
    return 0;
}

static size_t count_as_somebody(void)
{
    size_t count = 0;

    for (size_t i = 0; i < bench.fetched_count; i++)
        count += bench.fetched[i]->kind == &evidence_web &&
                 ((const struct web_exchange *)bench.fetched[i])->as_somebody;
    return count;
}

static size_t count_problems(void)
{
    size_t count = 0;

    for (size_t i = 0; i < bench.finding_count; i++)
        count += bench.findings[i]->outcome == OUTCOME_PROBLEM;
    return count;
}

/* ---- healthy, as far as anybody knows ---- */

static const unsigned harmless[] = {200, 401, 405};

/* How a healthy front end answers nobody is documented nowhere: no shape of it is a problem. */
static void answers_to_nobody_are_no_problem(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
        const struct rule rules[] = {{.port = 80, .request = ANY, .code = harmless[i]},
                                     {.port = 443, .request = ANY, .code = harmless[i]},
                                     {.port = 444, .request = ANY, .code = harmless[i]},
                                     {0}};

        run(rules);
        assert_string_equal(word_of(finding_of(HOST, VDIR, NULL)), "unknown");
        assert_int_equal(bench.finding_count, 1);
        bench_end();
    }
}

/* Whoever asks for this alone has a shell that fails: what nobody is answered is half of it. */
static void answers_to_nobody_are_half_of_it(void **state)
{
    static const struct rule rules[] = {
        {.port = 80, .request = ANY, .code = 401}, {.port = 443, .request = ANY, .code = 401}, {0}};
    const struct finding *finding;

    (void)state;
    run(rules);
    finding = finding_of(HOST, VDIR, "whoever logs on was not seen");
    assert_non_null(step_of(&finding->fix, "--authenticate"));
    bench_end();
    bench.settings.only_count = 0;
    run(rules);
    assert_string_equal(word_of(finding_of(HOST, VDIR, NULL)), "ok");
    bench_end();
}

/* 403 with TLS and without cannot be told from a page that is not to be listed. */
static void forbidden_everywhere_is_no_problem(void **state)
{
    static const struct rule rules[] = {
        {.port = 80, .request = ANY, .code = 403}, {.port = 443, .request = ANY, .code = 403}, {0}};

    (void)state;
    run(rules);
    assert_int_equal(count_problems(), 0);
    bench_end();
}

/* Nobody's identity is shown without --authenticate, and then to the directory alone. */
static void the_caller_is_shown_by_option_alone(void **state)
{
    (void)state;
    run(NULL);
    assert_int_equal(count_as_somebody(), 0);
    bench_end();
    bench.settings.authenticate = true;
    run(NULL);
    assert_int_equal(count_as_somebody(), 3);
    assert_string_equal(word_of(finding_of(HOST, VDIR, "begins as it should")), "ok");
    bench_end();
}

/* No certificate and no ticket is for an address: nobody knows who is behind it. */
static void the_caller_is_not_shown_at_a_bare_address(void **state)
{
    const struct finding *finding;

    (void)state;
    bench.settings.authenticate = true;
    run_at("192.0.2.21", NULL);
    assert_int_equal(count_as_somebody(), 0);
    finding = finding_of("192.0.2.21", VDIR, "whoever logs on was not seen");
    assert_non_null(step_of(&finding->fix, "'<full-name-of-the-server>'"));
    bench_end();
}

/* Nor to a server that a directory lists which may be anybody's. */
static void a_directory_that_is_sure_says_who_is_logged_on_to(void **state)
{
    static const struct {
        enum directory_identity told_as;
        size_t as_somebody;
    } rows[] = {{DIRECTORY_AS_ANONYMOUS, 0}, {DIRECTORY_AS_CALLER, 3}, {DIRECTORY_AS_NAMED, 3}};

    (void)state;
    bench.settings.authenticate = true;
    listed = "ncacn_ip_tcp:" HOST;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        told_as = rows[i].told_as;
        current = NULL;
        bench_begin(&probe_powershell);
        bench_add(SUBJECT_DC, "192.0.2.11");
        exam_add_subject(bench.exam, SUBJECT_SERVER, HOST, HOST, false);
        bench_work(answer);
        assert_int_equal(count_as_somebody(), rows[i].as_somebody);
        assert_string_equal(word_of(finding_of(HOST, VDIR, NULL)), "ok");
        bench_end();
    }
    listed = NULL;
}

static size_t count_at(unsigned port)
{
    size_t count = 0;

    for (size_t i = 0; i < bench.fetched_count; i++)
        count += bench.fetched[i]->kind == &evidence_web &&
                 ((const struct web_exchange *)bench.fetched[i])->address.port == port;
    return count;
}

/* Exchange 2010 has one end, and a server of 2013 may have either alone: nothing is missed there.
 */
static void an_end_that_a_server_lacks_is_not_asked_for(void **state)
{
    static const struct {
        const char *version, *roles;
        bool has_front, has_back;
    } rows[] = {{"Version 15.2 (Build 31544.4)", "16439", true, true},
                {"Version 14.3 (Build 30123.4)", "36", true, false},
                {"Version 15.0 (Build 31497.2)", "54", false, true},
                {"Version 15.0 (Build 31497.2)", "16385", true, false},
                {"Version 15.0 (Build 31497.2)", "", true, true},
                {"", "54", true, true}};

    (void)state;
    listed = "ncacn_ip_tcp:" HOST;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct rule rules[] = {
            {.port = rows[i].has_back ? 1 : 444, .request = ANY, .status = STATUS_REFUSED},
            {.port = rows[i].has_front ? 1 : 80, .request = ANY, .status = STATUS_REFUSED},
            {.port = rows[i].has_front ? 1 : 443,
             .path = "",
             .request = ANY,
             .status = STATUS_REFUSED},
            {0}};

        listed_version = rows[i].version;
        listed_roles = rows[i].roles;
        current = rules;
        bench_begin(&probe_powershell);
        bench_add(SUBJECT_DC, "192.0.2.11");
        exam_add_subject(bench.exam, SUBJECT_SERVER, HOST, HOST, false);
        bench_work(answer);
        assert_int_equal(count_at(443) > 0, rows[i].has_front);
        assert_int_equal(count_at(444) > 0, rows[i].has_back);
        assert_int_equal(count_problems(), 0);
        assert_string_not_equal(word_of(finding_of(HOST, VDIR, NULL)), "unknown");
        bench_end();
    }
    listed = listed_version = listed_roles = NULL;
}

/* Listed and not named, or refused elsewhere: what nobody tried is not well for that. */
static void a_logon_that_is_kept_back_is_told(void **state)
{
    static const struct rule rules[] = {
        {.port = 443, .request = WEB_SHELL, .as_somebody = true, .status = STATUS_DENIED},
        {.port = 444, .request = WEB_SHELL, .as_somebody = true, .status = STATUS_DENIED},
        {.port = 80, .request = WEB_LOGON, .as_somebody = true, .status = STATUS_DENIED},
        {0}};

    (void)state;
    bench.settings.authenticate = true;
    run(rules);
    assert_string_equal(word_of(finding_of(HOST, REFUSED, "no logon was tried")), "unknown");
    assert_int_equal(count_problems(), 0);
    bench_end();
}

/* ---- 500 ---- */

static void a_500_is_told_with_its_codes(void **state)
{
    static const struct rule rules[] = {{.port = 80,
                                         .request = ANY,
                                         .code = 500,
                                         .body_code = "500.19",
                                         .body_code_2 = "0x80070021"},
                                        {0}};
    const struct finding *finding;

    (void)state;
    run(rules);
    finding = finding_of(HOST, VDIR, NULL);
    assert_int_equal(finding->outcome, OUTCOME_PROBLEM);
    assert_true(saw_it(finding, "500.19, 0x80070021 (a section is locked above)"));
    assert_true(saw_it(finding, "this directory, not the web site"));
    assert_null(finding_of(HOST, UNAVAILABLE, NULL));
    bench_end();
}

/* Four requests and one answer: a line, of what was asked first. */
static void an_answer_is_told_once(void **state)
{
    static const struct rule rules[] = {
        {.port = 80, .request = ANY, .code = 500}, {.port = 443, .request = ANY, .code = 500}, {0}};
    const struct finding *finding;
    size_t lines = 0;

    (void)state;
    run(rules);
    finding = finding_of(HOST, VDIR, NULL);
    for (size_t i = 0; i < finding->seen_count; i++)
        lines += strstr(finding->seen[i].text, "HTTP 500") != NULL;
    assert_int_equal(lines, 1);
    assert_true(saw_it(finding, "it fails (EX01 answered); the same to Identify at 80, GET at 443, "
                                "Identify at 443"));
    bench_end();
}

/* What the shell asks is a POST: a page that fails beside it says nothing. */
static void a_page_alone_that_fails_is_no_500(void **state)
{
    static const struct rule rules[] = {{.port = 443, .request = WEB_GET, .code = 500},
                                        {.port = 80, .request = WEB_GET, .code = 500},
                                        {0}};

    (void)state;
    run(rules);
    assert_string_equal(word_of(finding_of(HOST, VDIR, NULL)), "unknown");
    bench_end();
}

/* Of another server by the same name it says what that one does. */
static void two_servers_by_one_name_are_told_apart(void **state)
{
    static const struct rule rules[] = {
        {.port = 443, .request = WEB_GET, .code = 500, .node = "EX02"}, {0}};
    const struct finding *finding;

    (void)state;
    run(rules);
    finding = finding_of(HOST, VDIR, NULL);
    assert_int_equal(finding->outcome, OUTCOME_PROBLEM);
    assert_true(saw_it(finding, "EX02 answered"));
    assert_true(saw_it(finding, "answer by one name"));
    bench_end();
}

/* Whoever is let in proves more than what nobody is told. */
static void a_shell_that_begins_outweighs_a_500_to_nobody(void **state)
{
    static const struct rule rules[] = {{.port = 443, .request = ANY, .code = 500}, {0}};

    (void)state;
    bench.settings.authenticate = true;
    run(rules);
    assert_string_equal(word_of(finding_of(HOST, VDIR, NULL)), "ok");
    bench_end();
}

/* As the Exchange Management Shell fails: nobody is asked who he is, somebody gets 500. */
static void a_500_to_somebody_alone_is_one(void **state)
{
    static const struct rule rules[] = {
        {.port = 80, .request = WEB_LOGON, .as_somebody = true, .code = 500},
        {.port = 443, .request = WEB_SHELL, .as_somebody = true, .code = 500},
        {0}};

    (void)state;
    bench.settings.authenticate = true;
    run(rules);
    assert_int_equal(finding_of(HOST, VDIR, NULL)->outcome, OUTCOME_PROBLEM);
    bench_end();
}

/* What IIS answers to a POST without content is known of nobody, and the shell begins. */
static void a_shell_that_begins_outweighs_a_logon_that_fails(void **state)
{
    static const struct rule rules[] = {
        {.port = 80, .request = WEB_LOGON, .as_somebody = true, .code = 500}, {0}};

    (void)state;
    bench.settings.authenticate = true;
    run(rules);
    assert_string_equal(word_of(finding_of(HOST, VDIR, NULL)), "ok");
    bench_end();
}

static void all_500_is_a_dead_site(void **state)
{
    static const struct rule rules[] = {{.port = 443, .request = ANY, .code = 500},
                                        {.port = 443, .request = ANY, .path = "/", .code = 500},
                                        {0}};

    (void)state;
    run(rules);
    assert_int_equal(finding_of(HOST, VDIR, NULL)->outcome, OUTCOME_PROBLEM);
    assert_string_equal(word_of(finding_of(HOST, UNAVAILABLE, "whole web site")), "critical");
    bench_end();
}

/* ---- not available ---- */

static void a_stopped_pool_is_told_from_a_dead_site(void **state)
{
    static const struct rule pool[] = {
        {.port = 80, .request = ANY, .code = 503}, {.port = 443, .request = ANY, .code = 503}, {0}};
    static const struct rule site[] = {{.port = 443, .request = ANY, .path = "/", .code = 503},
                                       {.port = 80, .request = ANY, .code = 503},
                                       {0}};
    const struct finding *finding;

    (void)state;
    run(pool);
    finding = finding_of(HOST, UNAVAILABLE, "503");
    assert_string_equal(word_of(finding), "critical");
    assert_non_null(step_of(&finding->fix, "start apppool"));
    assert_null(finding_of(HOST, VDIR, NULL));
    bench_end();
    run(site);
    finding = finding_of(HOST, UNAVAILABLE, "whole web site");
    assert_string_equal(word_of(finding), "critical");
    assert_non_null(step_of(&finding->fix, "EventID=2280"));
    assert_null(step_of(&finding->fix, "start apppool"));
    bench_end();
}

/* A logon that was not made tells nothing of the server. */
static void what_was_kept_back_is_no_evidence(void **state)
{
    static const struct rule rules[] = {
        {.port = 80, .request = WEB_LOGON, .as_somebody = true, .status = STATUS_DENIED},
        {.port = 80, .request = ANY, .code = 503},
        {0}};
    const struct finding *finding;

    (void)state;
    bench.settings.authenticate = true;
    run(rules);
    finding = finding_of(HOST, UNAVAILABLE, "503");
    assert_true(saw_it(finding, "HTTP 503"));
    assert_false(saw_it(finding, "was not asked"));
    bench_end();
}

static void a_back_end_without_tls_has_lost_its_certificate(void **state)
{
    static const struct rule rules[] = {
        {.port = 444, .request = ANY, .status = STATUS_CLOSED, .step = WEB_HANDSHAKE}, {0}};
    const struct finding *finding;

    (void)state;
    run(rules);
    finding = finding_of(HOST, UNAVAILABLE, "no TLS handshake");
    assert_string_equal(word_of(finding), "warning");
    assert_non_null(step_of(&finding->fix, "netsh http show sslcert"));
    assert_non_null(step_of(&finding->fix, "https at port 444"));
    assert_null(step_of(&finding->fix, "https at port 443"));
    bench_end();
}

static bool may_explain(const struct finding *finding, const char *id)
{
    for (size_t i = 0; finding->causes && finding->causes[i]; i++) {
        if (strcmp(finding->causes[i], id) == 0)
            return true;
    }
    return !finding->causes;
}

/* One that has expired is shown all the same: it is not why no handshake comes to its end. */
static void what_a_certificate_explains(void **state)
{
    static const struct rule rules[] = {
        {.port = 444, .request = ANY, .status = STATUS_CLOSED, .step = WEB_HANDSHAKE}, {0}};
    static const struct {
        struct stored_certificate stored;
        bool is_cause;
    } rows[] = {
        {{"aa", true, true, "CN=EX01", 0, NOW + MINUTE}, false},
        {{"aa", true, true, "CN=EX01", 0, NOW - MINUTE}, false},
        {{"aa", true, false, "CN=EX01", 0, NOW + MINUTE}, true},
        {{"bb", true, true, "CN=EX01", 0, NOW + MINUTE}, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct finding *finding;

        own = &rows[i].stored;
        run(rules);
        finding = finding_of(HOST, UNAVAILABLE, "no TLS handshake");
        assert_int_equal(may_explain(finding, "backend-certificate"), rows[i].is_cause);
        assert_true(may_explain(finding, "kerbauth-path"));
        bench_end();
    }
    own = NULL;
}

/* What is deleted is served until it is loaded anew. */
static void a_port_that_answers_has_a_certificate_yet(void **state)
{
    static const struct stored_certificate another = {"bb", true, true, "CN=EX01", 0, NOW + MINUTE};
    static const struct rule rules[] = {{0}};
    const struct finding *finding;

    (void)state;
    own = &another;
    run(rules);
    finding = finding_of(HOST, "backend-certificate", "gone");
    assert_string_equal(word_of(finding), "warning");
    assert_true(saw_it(finding, "answered over TLS"));
    bench_end();
    own = NULL;
}

/* A balancer has neither port 80 nor 444; the server itself does. */
static void a_closed_port_counts_at_the_server_itself(void **state)
{
    static const struct rule rules[] = {{.port = 80, .request = ANY, .status = STATUS_REFUSED},
                                        {.port = 444, .request = ANY, .status = STATUS_REFUSED},
                                        {0}};

    (void)state;
    run(rules);
    assert_string_equal(word_of(finding_of(HOST, UNAVAILABLE, "nothing listens")), "warning");
    bench_end();
    everybody = "EX07";
    run(rules);
    assert_null(finding_of(HOST, UNAVAILABLE, NULL));
    assert_string_equal(word_of(finding_of(HOST, VDIR, NULL)), "unknown");
    bench_end();
}

static void a_closed_port_of_tls_is_told(void **state)
{
    static const struct rule rules[] = {
        {.port = 443, .path = "", .request = ANY, .status = STATUS_REFUSED}, {0}};

    (void)state;
    run(rules);
    assert_string_equal(word_of(finding_of(HOST, UNAVAILABLE, "with TLS")), "warning");
    bench_end();
}

/* Who is let in and hears nothing has no shell; the directory that answers nobody so is not well.
 */
static void silence_behind_the_logon_is_not_well(void **state)
{
    static const enum status ends[] = {STATUS_CLOSED, STATUS_TIMED_OUT};

    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const struct rule rules[] = {
            {.port = 80, .request = ANY, .as_somebody = true, .status = ends[i]},
            {.port = 443, .request = ANY, .as_somebody = true, .status = ends[i]},
            {.port = 444, .request = ANY, .as_somebody = true, .status = ends[i]},
            {0}};

        bench.settings.authenticate = true;
        run(rules);
        assert_string_equal(word_of(finding_of(HOST, REFUSED, NULL)), "unknown");
        assert_null(finding_of(HOST, VDIR, NULL));
        bench_end();
    }
}

/* Nobody's POST that is sent elsewhere may be everybody's. */
static void what_is_sent_elsewhere_is_unknown(void **state)
{
    static const struct rule rules[] = {
        {.port = 80, .request = ANY, .code = 302}, {.port = 443, .request = ANY, .code = 302}, {0}};

    (void)state;
    run(rules);
    assert_string_equal(word_of(finding_of(HOST, VDIR, NULL)), "unknown");
    bench_end();
}

/* One page beside it that is served is a site that is. */
static void one_page_alone_is_no_dead_site(void **state)
{
    static const struct rule rules[] = {{.port = 443, .path = "/owa/", .request = ANY, .code = 503},
                                        {.port = 80, .request = ANY, .code = 500},
                                        {.port = 443, .request = ANY, .code = 500},
                                        {0}};

    (void)state;
    run(rules);
    assert_true(saw_it(finding_of(HOST, VDIR, NULL), "pages beside it are served"));
    assert_null(finding_of(HOST, UNAVAILABLE, NULL));
    bench_end();
}

/* A port that a firewall keeps from here says nothing of the server. */
static void silence_at_one_port_is_no_problem(void **state)
{
    static const struct rule rules[] = {{.port = 80, .request = ANY, .status = STATUS_TIMED_OUT},
                                        {.port = 444, .request = ANY, .status = STATUS_TIMED_OUT},
                                        {0}};

    (void)state;
    run(rules);
    assert_string_equal(word_of(finding_of(HOST, VDIR, NULL)), "unknown");
    assert_int_equal(bench.finding_count, 1);
    bench_end();
}

static void nobody_who_answers_is_unknown(void **state)
{
    static const struct rule rules[] = {
        {.port = 80, .request = ANY, .status = STATUS_TIMED_OUT},
        {.port = 443, .request = ANY, .path = "/", .status = STATUS_TIMED_OUT},
        {.port = 444, .request = ANY, .status = STATUS_TIMED_OUT},
        {0}};

    (void)state;
    run(rules);
    assert_string_equal(word_of(finding_of(HOST, VDIR, NULL)), "unknown");
    bench_end();
}

/* ---- forbidden, not found ---- */

static void forbidden_without_tls_alone_is_require_ssl(void **state)
{
    static const struct rule rules[] = {{.port = 80, .request = ANY, .code = 403}, {0}};
    const struct finding *finding;

    (void)state;
    run(rules);
    finding = finding_of(HOST, FORBIDDEN, NULL);
    assert_string_equal(word_of(finding), "critical");
    assert_non_null(step_of(&finding->fix, "-sslFlags:SslNegotiateCert -commit:apphost"));
    assert_true(step_of(&finding->fix, "add backup") < step_of(&finding->fix, "set config"));
    bench_end();
}

/* A proxy in front may forbid it on purpose: who answers is to be the server of that name. */
static void forbidden_by_whom_is_not_known_elsewhere(void **state)
{
    static const struct rule rules[] = {
        {.port = 80, .request = ANY, .code = 403},
        {.port = 443, .request = WEB_IDENTIFY, .code = 200, .is_wsman = true},
        {0}};
    static const char *const nodes[] = {"EX07", "EX012", ""};

    (void)state;
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        everybody = nodes[i];
        run(rules);
        assert_string_equal(word_of(finding_of(HOST, FORBIDDEN, NULL)), "unknown");
        bench_end();
    }
}

static void what_is_not_found_is_told_where(void **state)
{
    static const struct rule binding[] = {{.port = 80, .request = ANY, .code = 404}, {0}};
    static const struct rule gone[] = {
        {.port = 80, .request = ANY, .code = 404}, {.port = 443, .request = ANY, .code = 404}, {0}};
    const struct finding *finding;

    (void)state;
    run(binding);
    finding = finding_of(HOST, NOT_FOUND, "without TLS");
    assert_string_equal(word_of(finding), "critical");
    assert_null(step_of(&finding->fix, "New-PowerShellVirtualDirectory"));
    bench_end();
    run(gone);
    finding = finding_of(HOST, NOT_FOUND, NULL);
    assert_non_null(step_of(&finding->fix, "-RequireSSL:$false -BasicAuthentication:$false "
                                           "-WindowsAuthentication:$false"));
    bench_end();
}

/* ---- refused ---- */

static void a_refused_ticket_names_its_cause(void **state)
{
    static const struct {
        int32_t code;
        int64_t ahead;
        const char *title, *seen, *step;
        const char *severity;
        bool is_clock;
    } rows[] = {
        {37, 10 * MINUTE, "clocks",
         "2026-11-22T12:10:00.000Z there, by its clock: +600 s from here", "--only clock",
         "critical", true},
        {33, -10 * MINUTE, "time", "-600 s from here", "w32tm /resync", "critical", true},
        {44, 0, "another key", "KRB_AP_ERR_BADKEYVER (44)", "setspn -Q", "critical", false},
        {31, 0, "another key", "(31)", "klist purge", "critical", false},
        {41, 0, "another key", "KRB_AP_ERR_MODIFIED (41)", "setspn -Q", "critical", false},
        {60, 0, "no such ticket", "(60)", "setspn -Q", "warning", false},
    };

    (void)state;
    bench.settings.authenticate = true;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct rule rules[] = {{.port = 80,
                                      .request = WEB_LOGON,
                                      .as_somebody = true,
                                      .code = 401,
                                      .kerberos = rows[i].code,
                                      .ahead = rows[i].ahead},
                                     {0}};
        const struct finding *finding;

        run(rules);
        finding = finding_of(HOST, REFUSED, rows[i].title);
        assert_string_equal(word_of(finding), rows[i].severity);
        assert_true(saw_it(finding, rows[i].seen));
        assert_non_null(step_of(&finding->fix, rows[i].step));
        assert_int_equal(finding->due_to.name != NULL, rows[i].is_clock);
        bench_end();
    }
}

/* What refused is read first, and how its clock was next; what was not asked is no evidence. */
static void a_refusal_begins_with_what_refused(void **state)
{
    static const struct rule rules[] = {
        {.port = 80, .request = WEB_LOGON, .as_somebody = true, .status = STATUS_DENIED},
        {.port = 443, .request = WEB_SHELL, .as_somebody = true, .code = 401, .kerberos = 37},
        {0}};
    const struct finding *finding;

    (void)state;
    bench.settings.authenticate = true;
    run(rules);
    finding = finding_of(HOST, REFUSED, "clocks");
    assert_non_null(strstr(finding->seen[0].text, "KRB_AP_ERR_SKEW (37)"));
    assert_non_null(strstr(finding->seen[1].text, "by its clock"));
    assert_false(saw_it(finding, "it was not asked"));
    bench_end();
}

static bool has_row(const char *cause, const char *effect)
{
    const struct explanation *row = explanations;

    while (row->cause && (strcmp(row->cause, cause) != 0 || strcmp(row->effect, effect) != 0))
        row++;
    return row->cause;
}

/* What makes a shell be refused is of its kind: modules answer no ticket, clocks no shell. */
static void a_refusal_has_causes_of_its_kind(void **state)
{
    static const struct {
        struct rule rules[2];
        const char *cause; /* or NULL: none of this program's kinds */
    } rows[] = {
        {{{.port = 443, .request = WEB_SHELL, .as_somebody = true, .code = 200}},
         "wsman-module-missing"},
        {{{.port = 443, .request = WEB_SHELL, .as_somebody = true, .code = 500, .fault = 7}},
         "kerbauth-managed"},
        {{{.port = 443, .request = WEB_SHELL, .as_somebody = true, .code = 401, .kerberos = 37}},
         "clock-skew"},
        {{{.port = 443, .request = WEB_SHELL, .as_somebody = true, .code = 401, .kerberos = 41}},
         NULL},
    };

    (void)state;
    bench.settings.authenticate = true;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct finding *finding;
        bool is_named = false;

        run(rows[i].rules);
        finding = finding_of(HOST, REFUSED, NULL);
        assert_non_null(finding->causes);
        for (size_t k = 0; finding->causes[k]; k++) {
            assert_true(has_row(finding->causes[k], REFUSED));
            is_named =
                is_named || (rows[i].cause && strcmp(finding->causes[k], rows[i].cause) == 0);
        }
        assert_int_equal(is_named, rows[i].cause != NULL);
        assert_int_equal(finding->causes[0] != NULL, rows[i].cause != NULL);
        bench_end();
    }
}

static void a_fault_is_told_by_its_number(void **state)
{
    static const struct rule rules[] = {{.port = 443,
                                         .request = WEB_SHELL,
                                         .as_somebody = true,
                                         .code = 500,
                                         .fault = UINT32_C(0x80338012)},
                                        {0}};
    const struct finding *finding;

    (void)state;
    bench.settings.authenticate = true;
    run(rules);
    finding = finding_of(HOST, REFUSED, "fault");
    assert_string_equal(word_of(finding), "warning");
    assert_non_null(step_of(&finding->fix, "winrm helpmsg \"0x80338012\""));
    assert_string_equal(word_of(finding_of(HOST, VDIR, NULL)), "");
    bench_end();
}

/* The caller's lack is nothing of the server's. */
static void who_may_not_is_unknown(void **state)
{
    static const struct rule denied[] = {
        {.port = 80, .request = ANY, .as_somebody = true, .code = 401},
        {.port = 443, .request = ANY, .as_somebody = true, .code = 500, .fault = 5},
        {.port = 444, .request = ANY, .as_somebody = true, .code = 500, .fault = 5},
        {0}};
    static const struct rule no_ticket[] = {
        {.port = 80, .request = ANY, .as_somebody = true, .status = STATUS_NOT_FOUND},
        {.port = 443, .request = ANY, .as_somebody = true, .status = STATUS_NOT_FOUND},
        {.port = 444, .request = ANY, .as_somebody = true, .status = STATUS_NOT_FOUND},
        {0}};
    static const struct rule asked_again[] = {
        {.port = 80, .request = ANY, .as_somebody = true, .code = 401},
        {.port = 443, .request = ANY, .as_somebody = true, .code = 401},
        {.port = 444, .request = ANY, .as_somebody = true, .code = 401},
        {0}};
    static const struct rule *const worlds[] = {denied, no_ticket, asked_again};

    (void)state;
    bench.settings.authenticate = true;
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        run(worlds[i]);
        assert_string_equal(word_of(finding_of(HOST, REFUSED, NULL)), "unknown");
        assert_int_equal(count_problems(), 0);
        bench_end();
    }
}

/* A name that the domain controller does not know is looked up, before anybody types kinit. */
static void a_name_without_a_ticket_is_looked_up(void **state)
{
    static const int32_t codes[] = {KDC_ERR_S_PRINCIPAL_UNKNOWN, 0};

    (void)state;
    bench.settings.authenticate = true;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        const struct rule rules[] = {{.port = 80,
                                      .request = WEB_LOGON,
                                      .as_somebody = true,
                                      .status = STATUS_NOT_FOUND,
                                      .step = WEB_TICKET,
                                      .no_ticket = codes[i]},
                                     {.port = 443,
                                      .request = WEB_SHELL,
                                      .as_somebody = true,
                                      .status = STATUS_NOT_FOUND,
                                      .step = WEB_TICKET,
                                      .no_ticket = codes[i]},
                                     {.port = 444,
                                      .request = WEB_SHELL,
                                      .as_somebody = true,
                                      .status = STATUS_NOT_FOUND,
                                      .step = WEB_TICKET,
                                      .no_ticket = codes[i]},
                                     {0}};
        const struct finding *finding;

        run(rules);
        finding = finding_of(HOST, REFUSED, "no ticket");
        assert_int_equal(step_of(&finding->fix, "setspn -Q") != NULL, codes[i] != 0);
        assert_non_null(step_of(&finding->fix, "kinit"));
        bench_end();
    }
}

/* Whoever gets a shell lacks nothing, whatever a POST without content is told. */
static void who_gets_a_shell_lacks_nothing(void **state)
{
    static const struct rule rules[] = {
        {.port = 80, .request = WEB_LOGON, .as_somebody = true, .code = 401}, {0}};

    (void)state;
    bench.settings.authenticate = true;
    run(rules);
    assert_null(finding_of(HOST, REFUSED, NULL));
    assert_string_equal(word_of(finding_of(HOST, VDIR, "begins as it should")), "ok");
    bench_end();
}

/* ---- who is asked, and of whom it is told ---- */

/* A web server that is none of Exchange's has no such directory, and lacks none. */
static void what_is_not_exchange_is_passed_over(void **state)
{
    static const unsigned codes[] = {200, 301, 403, 404};

    (void)state;
    everybody = "";
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        const struct rule rules[] = {{.port = 80, .request = ANY, .code = codes[i]},
                                     {.port = 443, .request = ANY, .path = "/", .code = codes[i]},
                                     {.port = 444, .request = ANY, .status = STATUS_REFUSED},
                                     {0}};

        run(rules);
        assert_string_equal(word_of(finding_of(HOST, VDIR, NULL)), "not-applicable");
        assert_int_equal(bench.finding_count, 1);
        bench_end();
        bench.settings.only_count = 0;
        run(rules);
        assert_int_equal(bench.finding_count, 0);
        bench_end();
        bench.settings.only_count = 1;
    }
}

/* Each address of the name is a server of its own; and which machine is at hand is looked at. */
static void each_address_is_asked(void **state)
{
    (void)state;
    addresses[1] = "192.0.2.22";
    run(NULL);
    assert_int_equal(bench.fetched_count, 2 + 2 * 9 + 1);
    bench_end();
}

/* A server of IPv6 alone, too. */
static void an_address_of_ipv6_is_asked(void **state)
{
    static const struct rule rules[] = {{.port = 80, .request = ANY, .code = 500}, {0}};

    (void)state;
    addresses[0] = "2001:db8::21";
    run(rules);
    assert_string_equal(word_of(finding_of(HOST, VDIR, NULL)), "critical");
    bench_end();
}

/* A port that drops what it gets is waited for once: by the first that asks there. */
static void silence_is_waited_for_once(void **state)
{
    static const struct rule rules[] = {
        {.port = 80, .request = ANY, .status = STATUS_TIMED_OUT},
        {.port = 443, .request = ANY, .path = "/", .status = STATUS_TIMED_OUT},
        {.port = 444, .request = ANY, .status = STATUS_TIMED_OUT},
        {0}};

    (void)state;
    bench.settings.authenticate = true;
    run(rules);
    assert_int_equal(bench.fetched_count, 2 + 4 + 1);
    bench_end();
}

/* A run of before this probe has nothing of it. */
static void answer_nothing(struct evidence *item)
{
    if (item->kind == &evidence_dns)
        answer_dns((struct dns_answer *)item);
    else
        evidence_fail(item, STATUS_NOT_RECORDED, NULL);
}

static void what_was_not_recorded_is_not_told(void **state)
{
    (void)state;
    bench_begin(&probe_powershell);
    bench_run(SUBJECT_SERVER, HOST, answer_nothing);
    assert_int_equal(bench.finding_count, 0);
    bench_end();
}

/* ---- logs ---- */

static void statuses_of_logs_are_the_same_symptoms(void **state)
{
    static const struct {
        unsigned code, substatus, win32;
        enum powershell_symptom symptom;
        const char *text;
    } rows[] = {
        {500, 0, 0, POWERSHELL_FAILED, ""},
        {500, 19, 33, POWERSHELL_BAD_CONFIG, "500.19, error 33 (a section is locked above)"},
        {500, 21, 13, POWERSHELL_BAD_MODULE, "500.21, error 13 (a value is not valid)"},
        {403, 4, 5, POWERSHELL_SSL_REQUIRED, "403.4, error 5 (access is denied)"},
        {403, 5, 0, POWERSHELL_SSL_REQUIRED, "403.5"},
        {403, 14, 0, POWERSHELL_FORBIDDEN, "403.14"},
        {502, 3, 0, POWERSHELL_UNAVAILABLE, "502.3"},
        {504, 0, 0, POWERSHELL_UNAVAILABLE, ""},
        {503, 2, 0, POWERSHELL_UNAVAILABLE, "503.2"},
        {302, 0, 0, POWERSHELL_REDIRECTED, ""},
        {405, 0, 0, POWERSHELL_NOT_ALLOWED, ""},
        {418, 0, 0, POWERSHELL_OTHER, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct powershell_sign sign =
            powershell_sign_of_status(rows[i].code, rows[i].substatus, rows[i].win32);
        struct buffer text;

        buffer_init(&text, 256);
        powershell_sign_write(&sign, &text);
        assert_int_equal(sign.symptom, rows[i].symptom);
        assert_string_equal(text.size ? text.text : "", rows[i].text);
        buffer_release(&text);
    }
}

/* An error of Kerberos says who was refused in a 401; what else it is sent with counts by itself.
 */
static void a_refusal_is_a_401(void **state)
{
    const struct web_challenge challenge = {
        .scheme = "Negotiate", .token = WEB_KERBEROS_ERROR, .error_code = 37};
    struct web_exchange exchange = {.challenges = (struct web_challenge *)&challenge,
                                    .challenge_count = 1};

    (void)state;
    exchange.code = 401;
    assert_int_equal(powershell_sign_of(&exchange).symptom, POWERSHELL_SKEWED);
    exchange.code = 500;
    assert_int_equal(powershell_sign_of(&exchange).symptom, POWERSHELL_FAILED);
    exchange.code = 200;
    assert_int_equal(powershell_sign_of(&exchange).symptom, POWERSHELL_SERVED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(answers_to_nobody_are_no_problem, begin),
        cmocka_unit_test_setup(answers_to_nobody_are_half_of_it, begin),
        cmocka_unit_test_setup(forbidden_everywhere_is_no_problem, begin),
        cmocka_unit_test_setup(the_caller_is_shown_by_option_alone, begin),
        cmocka_unit_test_setup(the_caller_is_not_shown_at_a_bare_address, begin),
        cmocka_unit_test_setup(a_directory_that_is_sure_says_who_is_logged_on_to, begin),
        cmocka_unit_test_setup(a_logon_that_is_kept_back_is_told, begin),
        cmocka_unit_test_setup(an_end_that_a_server_lacks_is_not_asked_for, begin),
        cmocka_unit_test_setup(a_500_is_told_with_its_codes, begin),
        cmocka_unit_test_setup(an_answer_is_told_once, begin),
        cmocka_unit_test_setup(a_page_alone_that_fails_is_no_500, begin),
        cmocka_unit_test_setup(two_servers_by_one_name_are_told_apart, begin),
        cmocka_unit_test_setup(a_shell_that_begins_outweighs_a_500_to_nobody, begin),
        cmocka_unit_test_setup(a_500_to_somebody_alone_is_one, begin),
        cmocka_unit_test_setup(a_shell_that_begins_outweighs_a_logon_that_fails, begin),
        cmocka_unit_test_setup(all_500_is_a_dead_site, begin),
        cmocka_unit_test_setup(a_stopped_pool_is_told_from_a_dead_site, begin),
        cmocka_unit_test_setup(what_was_kept_back_is_no_evidence, begin),
        cmocka_unit_test_setup(a_back_end_without_tls_has_lost_its_certificate, begin),
        cmocka_unit_test_setup(what_a_certificate_explains, begin),
        cmocka_unit_test_setup(a_port_that_answers_has_a_certificate_yet, begin),
        cmocka_unit_test_setup(a_closed_port_counts_at_the_server_itself, begin),
        cmocka_unit_test_setup(a_closed_port_of_tls_is_told, begin),
        cmocka_unit_test_setup(silence_behind_the_logon_is_not_well, begin),
        cmocka_unit_test_setup(what_is_sent_elsewhere_is_unknown, begin),
        cmocka_unit_test_setup(one_page_alone_is_no_dead_site, begin),
        cmocka_unit_test_setup(silence_at_one_port_is_no_problem, begin),
        cmocka_unit_test_setup(nobody_who_answers_is_unknown, begin),
        cmocka_unit_test_setup(forbidden_without_tls_alone_is_require_ssl, begin),
        cmocka_unit_test_setup(forbidden_by_whom_is_not_known_elsewhere, begin),
        cmocka_unit_test_setup(what_is_not_found_is_told_where, begin),
        cmocka_unit_test_setup(a_refused_ticket_names_its_cause, begin),
        cmocka_unit_test_setup(a_refusal_begins_with_what_refused, begin),
        cmocka_unit_test_setup(a_refusal_has_causes_of_its_kind, begin),
        cmocka_unit_test_setup(a_fault_is_told_by_its_number, begin),
        cmocka_unit_test_setup(who_may_not_is_unknown, begin),
        cmocka_unit_test_setup(a_name_without_a_ticket_is_looked_up, begin),
        cmocka_unit_test_setup(who_gets_a_shell_lacks_nothing, begin),
        cmocka_unit_test_setup(what_is_not_exchange_is_passed_over, begin),
        cmocka_unit_test_setup(each_address_is_asked, begin),
        cmocka_unit_test_setup(an_address_of_ipv6_is_asked, begin),
        cmocka_unit_test_setup(silence_is_waited_for_once, begin),
        cmocka_unit_test_setup(what_was_not_recorded_is_not_told, begin),
        cmocka_unit_test(a_refusal_is_a_401),
        cmocka_unit_test_setup(statuses_of_logs_are_the_same_symptoms, begin),
    };

    return cmocka_run_group_tests_name("powershell live", tests, NULL, NULL);
}
