/* What is made of clocks that differ: made evidence of servers and domain controllers, judged. */
#include "diag/exam.h"
#include "probes/clock/compare.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct probe probe_clock;

enum {
    ITEMS_MOST = 2048,
    FINDINGS_MOST = 256,
    HOSTS_MOST = 80,
    CONTROLLERS_MOST = 72,
    SECOND = 1000000
};

/* ---- the world: hosts with clocks, and what DNS knows ---- */

struct lab_host {
    const char *name;    /* NULL ends a list */
    const char *address; /* 192.0.2.N */
    double offset;       /* seconds; of all sources but `odd` */
    double odd_offset;
    enum clock_source odd; /* 0, which is SNTP, with odd_offset 0: none */
    enum status status;    /* of all sources */
    unsigned failing;      /* 1 << source: these end with fails_with */
    enum status fails_with;
    enum status tls;    /* of sources asked with TLS */
    int64_t resolution; /* microseconds; 0: 1 */
    const char *told;   /* its domain */
    const char *told_name;
};

struct lab {
    struct lab_host hosts[HOSTS_MOST];
    const char *controllers[CONTROLLERS_MOST]; /* of contoso.com */
    const char *pdc;
    enum status srv;              /* what comes of asking for them */
    enum status a;                /* what comes of asking for addresses */
    enum status catalogs;         /* what comes of asking for those of its forest */
    bool is_child;                /* there are none: its forest has another root ... */
    const char *forest;           /* ... which its controllers tell; or NULL */
    const char *elsewhere;        /* the controller and PDC emulator of other.example ... */
    const char *elsewhere_domain; /* ... or of this domain */
};

static struct {
    struct settings settings;
    struct evidence_store *store;
    struct exam *exam;
    struct evidence *fetched[ITEMS_MOST];
    size_t fetched_count;
    struct finding *findings[FINDINGS_MOST];
    size_t finding_count;
    const struct lab *lab;
    int skew;   /* minutes that the registry of "ex01.reg" tells Kerberos to bear; -1: none */
    int policy; /* the same of "GptTmpl.inf" */
    const char *policy_type; /* whom a policy tells the machine of "ex01.reg" to follow; or NULL */
    bool is_windows;         /* the machine at hand, with the registry of "ex01.reg" */
    bool is_barred;          /* and that is closed */
    const char *there;       /* another such machine that may be asked by name; or NULL */
} bench;

static void fetch(void *context, struct evidence *item)
{
    (void)context;
    assert_true(bench.fetched_count < ITEMS_MOST);
    bench.fetched[bench.fetched_count++] = item;
}

static void add_srv(struct dns_answer *item, struct dns_record *records, const char *target)
{
    struct dns_record *record = &records[item->answer.count++];

    record->owner = item->name;
    record->type = DNS_SRV;
    record->ttl = 300;
    record->data.srv.target = target;
}

static void answer_srv(struct dns_answer *item, struct dns_record *records)
{
    const char *const *all = bench.lab->controllers, *elsewhere;

    assert_null(strstr(item->name, "realm.example"));
    if (strcmp(item->name, "_ldap._tcp.dc._msdcs.contoso.com") == 0) {
        for (size_t i = 0; i < CONTROLLERS_MOST && all[i]; i++)
            add_srv(item, records, all[i]);
    }
    if (strcmp(item->name, "_ldap._tcp.pdc._msdcs.contoso.com") == 0 && bench.lab->pdc)
        add_srv(item, records, bench.lab->pdc);
    elsewhere = bench.lab->elsewhere_domain ? bench.lab->elsewhere_domain : "other.example";
    if (bench.lab->elsewhere && strcmp(strstr(item->name, "._msdcs.") + 8, elsewhere) == 0)
        add_srv(item, records, bench.lab->elsewhere);
    if (strcmp(item->name, "_ldap._tcp.gc._msdcs.contoso.com") == 0) {
        if (!bench.lab->is_child)
            add_srv(item, records, all[0]);
        evidence_fail(&item->evidence, bench.lab->catalogs, NULL);
        return;
    }
    evidence_fail(&item->evidence, bench.lab->srv, NULL);
}

static void answer_dns(struct dns_answer *item)
{
    struct dns_record *records = arena_new(&item->evidence.memory, HOSTS_MOST, sizeof *records);

    item->answer.records = records;
    if (item->type == DNS_SRV) {
        answer_srv(item, records);
        return;
    }
    for (const struct lab_host *host = bench.lab->hosts; host->name; host++) {
        struct dns_record *record = &records[item->answer.count];

        if (item->type != DNS_A || strcmp(host->name, item->name) != 0)
            continue;
        record->owner = item->name;
        record->type = DNS_A;
        assert_int_equal(ip_parse(host->address, strlen(host->address), &record->data.ip),
                         STATUS_OK);
        item->answer.count++;
    }
    evidence_fail(&item->evidence, bench.lab->a, NULL);
}

static const struct lab_host *host_at(const struct ip_address *ip)
{
    char text[IP_TEXT_SIZE];
    const struct lab_host *host = bench.lab->hosts;

    ip_format(ip, text);
    while (host->name && strcmp(host->address, text) != 0)
        host++;
    return host->name ? host : NULL;
}

/* The examiner's clock is a day off, which must not matter. */
static void answer_clock(struct clock_reading *item)
{
    const struct lab_host *host = host_at(&item->address.ip);
    int64_t offset;

    if (!host || host->status != STATUS_OK) {
        evidence_fail(&item->evidence, host ? host->status : STATUS_TIMED_OUT, NULL);
        return;
    }
    if (item->tls_at_once && host->tls != STATUS_OK) {
        evidence_fail(&item->evidence, host->tls, NULL);
        return;
    }
    if (host->failing >> item->source & 1) {
        evidence_fail(&item->evidence, host->fails_with, NULL);
        return;
    }
    offset = (int64_t)((host->odd_offset != 0 && item->source == host->odd ? host->odd_offset
                                                                           : host->offset) *
                       SECOND);
    item->examiner = INT64_C(1700000000000000);
    item->resolution = host->resolution ? host->resolution : 1;
    item->samples[0] =
        (struct clock_sample){.sent = 1000,
                              .received = 2000,
                              .remote = item->examiner + 86400 * (int64_t)SECOND + offset + 1500};
    item->sample_count = 1;
    if (item->source == CLOCK_SMTP_NTLM || item->source == CLOCK_LDAP)
        item->told_domain = host->told;
    item->told_host = host->told_name;
    if (item->source == CLOCK_LDAP)
        item->told_forest = bench.lab->forest;
    if (item->source == CLOCK_KERBEROS) /* a KDC gives back what it was asked */
        item->told_domain = "realm.example";
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void answer_settings(struct time_settings *item)
{
    static const char tcpip[] =
        "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters";
    static const char kerberos[] =
        "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\Kerberos\\Parameters";
    static const char w32time[] =
        "HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\W32Time\\Parameters";
    struct registry_value *values = arena_new(&item->evidence.memory, 4, sizeof *values);
    size_t count = 2;

    if (!*item->path && bench.is_barred) {
        evidence_fail(&item->evidence, STATUS_DENIED, NULL);
        return;
    }
    evidence_fail(&item->evidence, STATUS_OK, NULL);
    if (strcmp(item->path, "GptTmpl.inf") == 0) {
        item->policy.has_clock_skew = bench.policy >= 0;
        item->policy.clock_skew = (uint32_t)bench.policy;
        return;
    }
    values[0] = (struct registry_value){
        .key = tcpip, .name = "Hostname", .type = REGISTRY_SZ, .text = "EX01"};
    values[1] = (struct registry_value){
        .key = tcpip, .name = "Domain", .type = REGISTRY_SZ, .text = "contoso.com"};
    if (bench.skew >= 0)
        values[count++] = (struct registry_value){.key = kerberos,
                                                  .name = "SkewTime",
                                                  .type = REGISTRY_DWORD,
                                                  .number = (uint64_t)bench.skew};
    if (bench.policy_type)
        values[count++] = (struct registry_value){
            .key = w32time, .name = "Type", .type = REGISTRY_SZ, .text = bench.policy_type};
    item->registry = (struct registry_export){.values = values, .count = count, .keys = 2};
}

static enum file_type type_of(const char *path)
{
    if (strcmp(path, "GptTmpl.inf") == 0)
        return FILE_TYPE_SECURITY_INF;
    return strstr(path, ".log") ? FILE_TYPE_SMTP_SEND_LOG : FILE_TYPE_REGISTRY;
}

/* Of others none is there. */
static void answer_machine(struct machine_identity *item)
{
    bool is_there =
        *item->path ? bench.there && strcmp(item->path + 2, bench.there) == 0 : bench.is_windows;

    item->name = is_there && !*item->path ? "EX01.contoso.com" : NULL;
    item->domain = item->name ? "contoso.com" : NULL;
    evidence_fail(&item->evidence, is_there ? STATUS_OK : STATUS_NOT_SUPPORTED, NULL);
}

static void answer(struct evidence *item)
{
    if (item->kind == &evidence_dns) {
        answer_dns((struct dns_answer *)item);
    } else if (item->kind == &evidence_clock) {
        answer_clock((struct clock_reading *)item);
    } else if (item->kind == &evidence_digest) {
        ((struct file_digest *)item)->type = type_of(((struct file_digest *)item)->path);
        evidence_fail(item, STATUS_OK, NULL);
    } else if (item->kind == &evidence_machine) {
        answer_machine((struct machine_identity *)item);
    } else if (item->kind == &evidence_registry) {
        evidence_fail(item, STATUS_NOT_FOUND, NULL);
    } else {
        answer_settings((struct time_settings *)item);
    }
}

/* ---- subjects, examined ---- */

static void take(void *context, struct finding *finding)
{
    (void)context;
    assert_true(bench.finding_count < FINDINGS_MOST);
    bench.findings[bench.finding_count++] = finding;
}

static void begin(const struct lab *lab)
{
    static const struct probe *const list[] = {&probe_clock, NULL};
    const struct exam_options options = {.settings = &bench.settings,
                                         .probes = list,
                                         .store = bench.store = evidence_store_new(),
                                         .absent = STATUS_NOT_RECORDED,
                                         .fetch = fetch};

    bench.lab = lab;
    bench.fetched_count = bench.finding_count = 0;
    bench.exam = exam_new(&options);
}

static void add(enum subject_kind kind, const char *name)
{
    exam_add_subject(bench.exam, kind, name, name, true);
}

static void add_found(enum subject_kind kind, const char *name)
{
    exam_add_subject(bench.exam, kind, name, name, false);
}

static void run(void)
{
    exam_work(bench.exam, 0);
    for (size_t i = 0; i < bench.fetched_count; i++) {
        answer(bench.fetched[i]);
        exam_settled(bench.exam, bench.fetched[i], 0);
        exam_work(bench.exam, 0);
    }
    exam_findings(bench.exam, take, NULL);
}

static void end(void)
{
    exam_free(bench.exam);
    evidence_store_free(bench.store);
    bench.settings = (struct settings){.dns = NULL};
    bench.skew = bench.policy = -1;
    bench.policy_type = NULL;
    bench.is_windows = false;
}

static const struct finding *finding_of(const char *subject, const char *id)
{
    for (size_t i = 0; i < bench.finding_count; i++) {
        if (strcmp(bench.findings[i]->subject->name, subject) == 0 &&
            strcmp(bench.findings[i]->kind->id, id) == 0)
            return bench.findings[i];
    }
    return NULL;
}

/* "critical", "warning", "unknown", "ok", "not-applicable", "" */
static const char *word_of(const struct finding *finding)
{
    if (!finding)
        return "";
    return finding->outcome == OUTCOME_PROBLEM ? severity_word(finding->severity)
                                               : outcome_word(finding->outcome);
}

static const char *skew_of(const char *subject)
{
    return word_of(finding_of(subject, "clock-skew"));
}

static bool says(const char *subject, const char *part)
{
    const struct finding *finding = finding_of(subject, "clock-skew");

    if (finding && strstr(finding->title, part))
        return true;
    for (size_t i = 0; finding && i < finding->seen_count; i++) {
        if (strstr(finding->seen[i].text, part))
            return true;
    }
    return false;
}

/* The name stands in the first step as one that a person is to check. */
static bool is_to_be_checked(const char *subject, const char *name)
{
    const struct finding *finding = finding_of(subject, "clock-skew");
    const struct step *step;

    assert_non_null(finding);
    assert_true(finding->fix.count > 0);
    step = &finding->fix.list[0];
    for (size_t i = 0; i < step->placeholder_count; i++) {
        if (strcmp(step->placeholders[i], name) == 0)
            return true;
    }
    return false;
}

static size_t count_asked(enum clock_source source)
{
    size_t count = 0;

    for (size_t i = 0; i < bench.fetched_count; i++)
        count += bench.fetched[i]->kind == &evidence_clock &&
                 ((struct clock_reading *)bench.fetched[i])->source == source;
    return count;
}

#define EX01(...)                                                                                  \
    {                                                                                              \
        .name = "ex01.contoso.com", .address = "192.0.2.21", __VA_ARGS__                           \
    }
#define DC1(...)                                                                                   \
    {                                                                                              \
        .name = "dc1.contoso.com", .address = "192.0.2.11", __VA_ARGS__                            \
    }
#define DC2(...)                                                                                   \
    {                                                                                              \
        .name = "dc2.contoso.com", .address = "192.0.2.12", __VA_ARGS__                            \
    }
#define NTP1(...)                                                                                  \
    {                                                                                              \
        .name = "ntp1.example.net", .address = "192.0.2.13", __VA_ARGS__                           \
    }
#define DOMAIN .controllers = {"dc1.contoso.com", "DC2.contoso.com"}, .pdc = "dc1.contoso.com"

/* ---- tests ---- */

/* Server, PDC emulator, other controller, and an outside clock that the user named. */
static const struct {
    struct lab lab;
    bool has_reference;
    const char *ex01, *dc1, *dc2;
    const char *said; /* of ex01, or NULL */
} domains[] = {
    {{{EX01(.offset = 0.2), DC1(0), DC2(0)}, DOMAIN}, false, "ok", "ok", "ok", "in step with"},
    {{{EX01(.offset = 59), DC1(0), DC2(0)}, DOMAIN}, false, "ok", "ok", "ok", NULL},
    {{{EX01(.offset = -75), DC1(0), DC2(0)}, DOMAIN},
     false,
     "warning",
     "ok",
     "ok",
     "a minute or more"},
    {{{EX01(.offset = 299), DC1(0), DC2(0)}, DOMAIN}, false, "warning", "ok", "ok", NULL},
    {{{EX01(.offset = 420), DC1(0), DC2(0)}, DOMAIN},
     false,
     "critical",
     "ok",
     "ok",
     "ex01.contoso.com is the wrong one: 1 other clock agrees"},
    {{{EX01(.offset = -864000), DC1(0), DC2(0)}, DOMAIN}, false, "critical", "ok", "ok", "days"},
    /* of two controllers nobody knows which is wrong, whomever the server follows: told at the
     * one that is to follow, and no matter of a server that is in step with the PDC emulator */
    {{{EX01(0), DC1(0), DC2(.offset = 600)}, DOMAIN},
     false,
     "ok",
     "unknown",
     "critical",
     "no third clock decides"},
    {{{EX01(0), DC1(.offset = 600), DC2(0)}, DOMAIN},
     false,
     "unknown",
     "unknown",
     "critical",
     "its domain controllers differ"},
    {{{EX01(0), DC1(.offset = 600), DC2(0)}, .controllers = {"dc1.contoso.com", "dc2.contoso.com"}},
     false,
     "unknown",
     "critical",
     "critical",
     "its domain controllers differ"},
    /* a clock outside that was asked for and is silent is missed */
    {{{EX01(0), DC1(0), DC2(.offset = 600)}, DOMAIN}, true, "ok", "unknown", "critical", NULL},
    {{{EX01(0), DC1(.offset = 30), DC2(0), NTP1(0)}, DOMAIN}, true, "ok", "ok", "ok", NULL},
    /* two that differ, and nobody else knows: told at the one that is to follow */
    {{{EX01(.status = STATUS_REFUSED), DC1(.offset = 600), DC2(0)}, DOMAIN},
     false,
     "unknown",
     "unknown",
     "critical",
     NULL},
    {{{EX01(.offset = 301), DC1(.offset = 602), DC2(0)}, DOMAIN},
     false,
     "critical",
     "unknown",
     "critical",
     "no third clock decides"},
    /* a clock outside decides, however many follow each other */
    {{{EX01(0), DC1(.offset = 600), DC2(0), NTP1(0)}, DOMAIN},
     true,
     "ok",
     "critical",
     "ok",
     "dc1.contoso.com is the wrong one: 1 other clock agrees"},
    {{{EX01(.offset = 90), DC1(.offset = 90), DC2(0), NTP1(0)}, DOMAIN},
     true,
     "warning",
     "warning",
     "ok",
     NULL},
    {{{EX01(.offset = 90), DC1(.offset = 90), DC2(.offset = 90), NTP1(0)}, DOMAIN},
     true,
     "ok",
     "warning",
     "ok",
     NULL},
    {{{EX01(.offset = 90), DC1(0), DC2(.offset = 420), NTP1(0)}, DOMAIN},
     true,
     "warning",
     "ok",
     "critical",
     "both are wrong: 1 outside clock agrees with neither"},
    /* what cannot be read is no verdict */
    {{{EX01(.status = STATUS_REFUSED), DC1(0), DC2(0)}, DOMAIN},
     false,
     "unknown",
     "ok",
     "ok",
     "could not be read"},
    {{{EX01(0), DC1(.status = STATUS_TIMED_OUT), DC2(.status = STATUS_TIMED_OUT)}, DOMAIN},
     false,
     "unknown",
     "unknown",
     "unknown",
     "no clock to hold its own against"},
    {{{EX01(.offset = 400), DC1(.status = STATUS_TIMED_OUT), DC2(0)}, DOMAIN},
     false,
     "critical",
     "unknown",
     "unknown",
     "no third clock decides"},
    /* in step with a clock between them, and not with each other: that decides nothing */
    {{{EX01(.offset = 70), DC1(0), DC2(.offset = 35)}, DOMAIN},
     false,
     "warning",
     "ok",
     "ok",
     "no third clock decides"},
    /* of two that differ alike the farther one is told, if none is the PDC emulator */
    {{{EX01(0), DC1(.offset = 70), DC2(.offset = 100)},
      .controllers = {"dc1.contoso.com", "dc2.contoso.com"}},
     false,
     "warning",
     "ok",
     "ok",
     "from that of dc2.contoso.com"},
    {{{EX01(0), DC1(.offset = 100), DC2(.offset = 70)},
      .controllers = {"dc1.contoso.com", "dc2.contoso.com"}},
     false,
     "warning",
     "ok",
     "ok",
     "from that of dc1.contoso.com"},
    /* what one is in step with need not be measured against another */
    {{{EX01(0), DC1(0), DC2(.resolution = INT64_C(600) * SECOND)}, DOMAIN},
     false,
     "ok",
     "unknown",
     "unknown",
     NULL},
    /* an interval that holds both says nothing */
    {{{EX01(.resolution = INT64_C(600) * SECOND), DC1(0), DC2(0)}, DOMAIN},
     false,
     "unknown",
     "ok",
     "ok",
     "not measured well enough"},
    /* one source that the others contradict has no part in it */
    {{{EX01(.odd = CLOCK_SMTP_BANNER, .odd_offset = 7200), DC1(0), DC2(0)}, DOMAIN},
     false,
     "ok",
     "ok",
     "ok",
     NULL},
    /* of a controller that answers CLDAP alone */
    {{{EX01(.offset = 62),
       DC1(.failing = ~(1u << CLOCK_CLDAP), .fails_with = STATUS_TIMED_OUT, .resolution = SECOND),
       DC2(.failing = ~(1u << CLOCK_CLDAP), .fails_with = STATUS_REFUSED, .resolution = SECOND)},
      DOMAIN},
     false,
     "warning",
     "ok",
     "ok",
     "by rootDSE currentTime (CLDAP)"},
};

static void clocks_are_held_against_those_above(void **state)
{
    static const char *const references[] = {"ntp1.example.net"};

    (void)state;
    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++) {
        if (domains[i].has_reference) {
            bench.settings.references = references;
            bench.settings.reference_count = 1;
        }
        begin(&domains[i].lab);
        add(SUBJECT_SERVER, "ex01.contoso.com");
        run();
        if (strcmp(skew_of("ex01.contoso.com"), domains[i].ex01) != 0 ||
            strcmp(skew_of("dc1.contoso.com"), domains[i].dc1) != 0 ||
            strcmp(skew_of("dc2.contoso.com"), domains[i].dc2) != 0)
            fail_msg("row %zu: %s %s %s", i, skew_of("ex01.contoso.com"),
                     skew_of("dc1.contoso.com"), skew_of("dc2.contoso.com"));
        if (domains[i].said && !says("ex01.contoso.com", domains[i].said))
            fail_msg("row %zu does not say \"%s\"", i, domains[i].said);
        end();
    }
}

/* Controllers follow the PDC emulator: that others agree says nothing of whether it does. */
static void controllers_are_held_against_the_pdc_emulator(void **state)
{
    static const struct lab lab = {
        {DC1(.status = STATUS_TIMED_OUT),
         DC2(0),
         {.name = "dc3.contoso.com", .address = "192.0.2.14"}},
        .controllers = {"dc3.contoso.com", "dc2.contoso.com", "dc1.contoso.com"},
        .pdc = "dc1.contoso.com"};

    (void)state;
    begin(&lab);
    add(SUBJECT_DC, "dc2.contoso.com");
    run();
    assert_string_equal(skew_of("dc2.contoso.com"), "unknown");
    assert_string_equal(skew_of("dc3.contoso.com"), "unknown");
    assert_string_equal(skew_of("dc1.contoso.com"), "unknown");
    end();
}

/* Sources of one host: all are named with what they say. */
static void sources_that_disagree_are_told(void **state)
{
    static const struct lab lab = {
        {EX01(.odd = CLOCK_SMTP_BANNER, .odd_offset = 7200), DC1(0), DC2(0)}, DOMAIN};
    const struct finding *finding;

    (void)state;
    begin(&lab);
    add(SUBJECT_SERVER, "ex01.contoso.com");
    run();
    finding = finding_of("ex01.contoso.com", "clock-sources-disagree");
    assert_string_equal(word_of(finding), "warning");
    assert_int_equal(finding->seen_count, 6);
    assert_non_null(strstr(finding->seen[1].text, "date in the SMTP banner"));
    assert_non_null(strstr(finding->seen[1].text, "which the others contradict"));
    assert_null(strstr(finding->seen[0].text, "contradict"));
    assert_true(says("ex01.contoso.com", "by SMB2 negotiation, NTLM challenge (SMTP)"));
    assert_string_equal(word_of(finding_of("dc1.contoso.com", "clock-sources-disagree")), "ok");
    end();
}

/* Looks like somebody who tries names, so: once a host, over TCP only where UDP is silent. */
static void a_ticket_is_asked_for_once_a_host(void **state)
{
    static const struct lab speak = {{EX01(0), DC1(0), DC2(0)}, DOMAIN};
    static const struct lab silent = {
        {EX01(0), DC1(.status = STATUS_TIMED_OUT), DC2(.status = STATUS_TIMED_OUT)}, DOMAIN};

    (void)state;
    begin(&speak);
    add(SUBJECT_SERVER, "ex01.contoso.com");
    run();
    assert_int_equal(count_asked(CLOCK_KERBEROS), 2);
    assert_int_equal(count_asked(CLOCK_KERBEROS_TCP), 0);
    for (size_t i = 0; i < bench.fetched_count; i++) {
        const struct clock_reading *reading = (struct clock_reading *)bench.fetched[i];

        if (bench.fetched[i]->kind == &evidence_clock && reading->source == CLOCK_KERBEROS)
            assert_string_equal(reading->realm, "CONTOSO.COM");
    }
    end();
    begin(&silent);
    add(SUBJECT_SERVER, "ex01.contoso.com");
    run();
    assert_int_equal(count_asked(CLOCK_KERBEROS), 2);
    assert_int_equal(count_asked(CLOCK_KERBEROS_TCP), 2);
    end();
}

static size_t count_asked_with_tls(enum clock_source source, bool tls)
{
    size_t count = 0;

    for (size_t i = 0; i < bench.fetched_count; i++) {
        const struct clock_reading *reading = (struct clock_reading *)bench.fetched[i];

        count += bench.fetched[i]->kind == &evidence_clock && reading->source == source &&
                 reading->tls_at_once == tls;
    }
    return count;
}

/* Without TLS where that may be open, and nothing that defenders notice if it told enough. */
static void web_servers_are_asked_without_tls_next(void **state)
{
    static const struct {
        enum status tls;
        unsigned failing;
        size_t http, kerberos, kerberos_with_tls;
    } rows[] = {
        {STATUS_OK, 0, 0, 0, 0},
        {STATUS_REFUSED, 0, 1, 0, 0},
        {STATUS_CLOSED, 0, 1, 0, 0},
        {STATUS_TIMED_OUT, 0, 0, 0, 0},
        {STATUS_UNREACHABLE, 0, 0, 0, 0},
        {STATUS_REFUSED, 1u << CLOCK_HTTP_NTLM, 1, 1, 0},
        {STATUS_REFUSED, 1u << CLOCK_HTTP_NTLM | 1u << CLOCK_HTTP, 1, 0, 0},
        {STATUS_OK, 1u << CLOCK_HTTP_NTLM, 0, 0, 1},
        {STATUS_NOT_FOUND, 1u << CLOCK_HTTP_NTLM | 1u << CLOCK_HTTP, 1, 0, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct lab lab = {
            {EX01(.tls = rows[i].tls, .fails_with = STATUS_REFUSED,
                  .failing = rows[i].failing | 1u << CLOCK_SMB2 | 1u << CLOCK_SMTP_NTLM),
             DC1(0), DC2(0)},
            DOMAIN};

        begin(&lab);
        add(SUBJECT_SERVER, "ex01.contoso.com");
        run();
        if (count_asked_with_tls(CLOCK_HTTP, true) != 1 ||
            count_asked_with_tls(CLOCK_HTTP, false) != rows[i].http ||
            count_asked_with_tls(CLOCK_HTTP_NTLM, false) != rows[i].http ||
            count_asked_with_tls(CLOCK_HTTP_KERBEROS, false) != rows[i].kerberos ||
            count_asked_with_tls(CLOCK_HTTP_KERBEROS, true) != rows[i].kerberos_with_tls)
            fail_msg("row %zu", i);
        end();
    }
}

/* One address after the other, until one of them tells the time. */
static void addresses_are_tried_in_turn(void **state)
{
    static const struct lab first = {
        {EX01(0), {.name = "ex01.contoso.com", .address = "192.0.2.22"}, DC1(0)}, DOMAIN};
    static const struct lab second = {{EX01(.status = STATUS_REFUSED),
                                       {.name = "ex01.contoso.com", .address = "192.0.2.22"},
                                       DC1(0)},
                                      DOMAIN};
    static const struct {
        const struct lab *lab;
        size_t asked;
    } rows[] = {{&first, 2}, {&second, 3}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(rows[i].lab);
        add(SUBJECT_SERVER, "ex01.contoso.com");
        run();
        assert_string_equal(skew_of("ex01.contoso.com"), "ok");
        assert_int_equal(count_asked(CLOCK_SMB2), rows[i].asked); /* the controller, too */
        end();
    }
}

/* Among the witnesses, under another name, is the host itself: it has no say. */
static void one_clock_has_one_say(void **state)
{
    static const struct clock_reading reading = {.address = {.ip = {.family = IP_V4}}};
    static const struct clock_interval early = {0, 0}, late = {70 * SECOND, 70 * SECOND};
    const struct clock_host host = {
        .name = "ex01",
        .count = 1,
        .readings = {&reading},
        .consensus = {.agreement = CLOCK_AGREED, .interval = late, .agreeing = 1}};
    const struct clock_host again = {
        .name = "192.0.2.21",
        .count = 1,
        .readings = {&reading},
        .consensus = {.agreement = CLOCK_AGREED, .interval = late, .agreeing = 1}};
    const struct clock_host other = {
        .name = "dc1",
        .role = CLOCK_ROLE_CONTROLLER,
        .consensus = {.agreement = CLOCK_AGREED, .interval = early, .agreeing = 1}};
    const struct clock_host *const others[] = {&other}, *const witnesses[] = {&other, &again};
    struct clock_comparison comparison;

    (void)state;
    clock_compare(&host, others, 1, witnesses, 2, INT64_C(300) * SECOND, &comparison);
    assert_int_equal(comparison.count, 1);
    assert_int_equal(comparison.pairs[0].blame, CLOCK_UNDECIDED);
}

/* Whoever turns up as an exchanger of somebody's mail is not asked for the time. */
static void found_servers_of_others_are_left_alone(void **state)
{
    static const struct lab lab = {{EX01(0)}, DOMAIN};
    static const struct lab outside = {{EX01(0)}, .pdc = NULL};
    static const struct {
        const struct lab *lab;
        const char *domain; /* NULL: none is named */
        bool given;
        size_t questions; /* about controllers */
    } rows[] = {{&lab, NULL, false, 0},
                {&lab, "example.net", true, 2},
                {&lab, "so.com", true, 2},
                {&lab, "contoso.com", false, 0},
                {&outside, "contoso.com", true, 2}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(rows[i].lab);
        add_found(SUBJECT_SERVER, "ex01.contoso.com");
        if (rows[i].domain)
            exam_add_subject(bench.exam, SUBJECT_DOMAIN, rows[i].domain, rows[i].domain,
                             rows[i].given);
        run();
        assert_int_equal(bench.fetched_count, rows[i].questions);
        assert_int_equal(bench.finding_count, 0);
        end();
    }
}

/* Of a domain whose controllers are seen from here they are the user's own. */
static void found_servers_of_the_domain_are_asked(void **state)
{
    static const struct lab lab = {{EX01(.offset = 400), DC1(0), DC2(0)}, DOMAIN};
    static const struct lab silent = {{EX01(.status = STATUS_REFUSED), DC1(0), DC2(0)}, DOMAIN};
    static const struct lab unasked = {{EX01(.status = STATUS_NOT_RECORDED), DC1(0), DC2(0)},
                                       DOMAIN};

    (void)state;
    begin(&lab);
    add_found(SUBJECT_SERVER, "ex01.contoso.com");
    add(SUBJECT_DOMAIN, "contoso.com");
    run();
    assert_string_equal(skew_of("ex01.contoso.com"), "critical");
    assert_true(is_to_be_checked("ex01.contoso.com", "machine"));
    end();
    begin(&lab);
    add(SUBJECT_SERVER, "ex01.contoso.com");
    run();
    assert_false(is_to_be_checked("ex01.contoso.com", "machine"));
    end();
    begin(&silent);
    add_found(SUBJECT_SERVER, "ex01.contoso.com");
    add(SUBJECT_DOMAIN, "contoso.com");
    run();
    assert_string_equal(skew_of("ex01.contoso.com"), "not-applicable");
    assert_true(says("ex01.contoso.com", "none of the ports asked told the time"));
    assert_true(says("ex01.contoso.com", "told the time by none of 7 ways"));
    end();
    begin(&unasked);
    add_found(SUBJECT_SERVER, "ex01.contoso.com");
    add(SUBJECT_DOMAIN, "contoso.com");
    run();
    assert_string_equal(skew_of("ex01.contoso.com"), "");
    end();
}

static bool has_exact_command(const struct finding *finding)
{
    for (size_t i = 0; i < finding->fix.count; i++) {
        if (finding->fix.list[i].kind != STEP_DECIDE)
            return true;
    }
    return false;
}

#define ONE .controllers = {"dc1.contoso.com"}, .pdc = "dc1.contoso.com"
#define DC3(...)                                                                                   \
    {                                                                                              \
        .name = "dc3.contoso.com", .address = "192.0.2.14", __VA_ARGS__                            \
    }
#define THREE                                                                                      \
    .controllers = {"dc1.contoso.com", "dc2.contoso.com", "dc3.contoso.com"},                      \
    .pdc = "dc1.contoso.com"

/* The most controllers are right; servers repeat what those say that they follow. */
static void controllers_decide_among_themselves(void **state)
{
    static const struct {
        struct lab lab;
        const char *ex01, *dc1, *dc2, *dc3;
        const char *wrong; /* who is told to be set; or NULL */
    } rows[] = {
        {{{EX01(.offset = 400), DC1(0), DC2(.offset = 400), DC3(0)}, THREE},
         "critical",
         "ok",
         "critical",
         "ok",
         "dc2.contoso.com"},
        {{{EX01(0), DC1(.offset = 400), DC2(0), DC3(0)}, THREE},
         "ok",
         "critical",
         "ok",
         "ok",
         "dc1.contoso.com"},
        {{{EX01(.offset = 400), DC1(.offset = 400), DC2(0), DC3(0)}, THREE},
         "critical",
         "critical",
         "ok",
         "ok",
         "dc1.contoso.com"},
        /* every one says something else */
        {{{EX01(0), DC1(0), DC2(.offset = 400), DC3(.offset = -400)}, THREE},
         "ok",
         "unknown",
         "critical",
         "critical",
         NULL},
        /* one against one, and all servers follow the one that is not the PDC emulator */
        {{{EX01(.offset = 400),
           {.name = "ex02.contoso.com", .address = "192.0.2.22", .offset = 400},
           DC1(0),
           DC2(.offset = 400)},
          DOMAIN},
         "unknown",
         "unknown",
         "critical",
         "",
         NULL},
    };
    static const char *const names[] = {"ex01.contoso.com", "dc1.contoso.com", "dc2.contoso.com",
                                        "dc3.contoso.com"};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(&rows[i].lab);
        add(SUBJECT_SERVER, "ex01.contoso.com");
        add(SUBJECT_SERVER, "ex02.contoso.com");
        run();
        if (strcmp(skew_of(names[0]), rows[i].ex01) != 0 ||
            strcmp(skew_of(names[1]), rows[i].dc1) != 0 ||
            strcmp(skew_of(names[2]), rows[i].dc2) != 0 ||
            strcmp(skew_of(names[3]), rows[i].dc3) != 0)
            fail_msg("row %zu: %s %s %s %s", i, skew_of(names[0]), skew_of(names[1]),
                     skew_of(names[2]), skew_of(names[3]));
        for (size_t j = 0; j < 4; j++) {
            const struct finding *finding = finding_of(names[j], "clock-skew");

            if (finding && finding->outcome == OUTCOME_PROBLEM && !rows[i].wrong &&
                has_exact_command(finding))
                fail_msg("row %zu: %s is told to be set", i, names[j]);
            if (rows[i].wrong && strcmp(rows[i].wrong, names[j]) == 0)
                assert_true(has_exact_command(finding));
        }
        end();
    }
}

/* Nothing but the date of whatever answers HTTP: no Windows, no member, no command for one. */
static void a_date_alone_commands_nothing(void **state)
{
    static const struct lab lab = {
        {EX01(.offset = -400, .failing = ~(1u << CLOCK_HTTP), .fails_with = STATUS_REFUSED), DC1(0),
         DC2(0)},
        DOMAIN};
    const struct finding *finding;

    (void)state;
    begin(&lab);
    add(SUBJECT_SERVER, "ex01.contoso.com");
    run();
    finding = finding_of("ex01.contoso.com", "clock-skew");
    assert_string_equal(word_of(finding), "warning");
    assert_false(has_exact_command(finding));
    for (size_t i = 0; i < finding->verify.count; i++)
        assert_null(strstr(finding->verify.list[i].command, "w32tm"));
    end();
}

/* The PDC emulator of a domain follows that of the domain above: which of the two is wrong, its
 * own followers do not decide. */
static void a_domain_is_held_against_the_one_above(void **state)
{
    static const struct {
        double child, above;
        const char *outcome;
    } rows[] = {{400, 0, "critical"}, {0, 400, "critical"}, {0, 0, "ok"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct lab lab = {
            {{.name = "dc.au.contoso.com", .address = "192.0.2.24", .offset = rows[i].child},
             {.name = "ex01.au.contoso.com", .address = "192.0.2.23", .offset = rows[i].child},
             {.name = "dc2.au.contoso.com", .address = "192.0.2.25", .offset = rows[i].child},
             DC1(.offset = rows[i].above)},
            ONE,
            .elsewhere = "dc.au.contoso.com",
            .elsewhere_domain = "au.contoso.com"};
        const struct finding *finding;

        begin(&lab);
        add(SUBJECT_SERVER, "ex01.au.contoso.com");
        add(SUBJECT_DC, "dc2.au.contoso.com");
        run();
        finding = finding_of("dc.au.contoso.com", "clock-skew");
        if (strcmp(word_of(finding), rows[i].outcome) != 0)
            fail_msg("row %zu: %s", i, word_of(finding));
        assert_string_equal(skew_of("ex01.au.contoso.com"), "ok");
        if (finding->outcome == OUTCOME_PROBLEM)
            assert_false(has_exact_command(finding));
        end();
    }
}

/* But that of the domain above has a say among the controllers of this one. */
static void the_domain_above_has_a_say(void **state)
{
    static const struct lab lab = {
        {{.name = "dc.au.contoso.com", .address = "192.0.2.24", .offset = 400},
         {.name = "dc2.au.contoso.com", .address = "192.0.2.25"},
         DC1(0)},
        ONE,
        .elsewhere = "dc.au.contoso.com",
        .elsewhere_domain = "au.contoso.com"};

    (void)state;
    begin(&lab);
    add(SUBJECT_DC, "dc2.au.contoso.com");
    run();
    assert_string_equal(skew_of("dc.au.contoso.com"), "critical");
    assert_true(has_exact_command(finding_of("dc.au.contoso.com", "clock-skew")));
    assert_string_equal(skew_of("dc2.au.contoso.com"), "ok");
    end();
}

#define EX02(...)                                                                                  \
    {                                                                                              \
        .name = "ex02.contoso.com", .address = "192.0.2.22", __VA_ARGS__                           \
    }
#define EX03(...)                                                                                  \
    {                                                                                              \
        .name = "ex03.contoso.com", .address = "192.0.2.23", __VA_ARGS__                           \
    }

static bool has_command(const struct finding *finding, const char *part)
{
    for (size_t i = 0; i < finding->fix.count; i++) {
        if (strstr(finding->fix.list[i].command, part))
            return true;
    }
    return false;
}

/*
 * The one controller, where servers that agree with each other are the most. That is told at the
 * controller, and Kerberos fails all the same for those that are right.
 */
static void servers_blame_their_one_controller(void **state)
{
    static const struct {
        struct lab lab;
        bool has_reference;
        const char *ex01, *ex02, *ex03, *dc1;
        const char *said; /* of ex01 */
        bool is_right;    /* so is ex01 */
    } rows[] = {
        {{{EX01(0), EX02(.offset = 0.2), EX03(.status = STATUS_REFUSED), DC1(.offset = 400)}, ONE},
         false,
         "critical",
         "critical",
         "unknown",
         "critical",
         "dc1.contoso.com is the wrong one: 1 other clock agrees with ex01.contoso.com",
         true},
        {{{EX01(0), EX02(0), EX03(0), DC1(.offset = -90)}, ONE},
         false,
         "warning",
         "warning",
         "warning",
         "warning",
         "dc1.contoso.com is the wrong one: 2 other clocks agree",
         true},
        /* as many agree with it */
        {{{EX01(0), EX02(0), EX03(.offset = 400), DC1(.offset = 400)}, ONE},
         false,
         "critical",
         "critical",
         "ok",
         "not-applicable",
         "no third clock decides",
         false},
        {{{EX01(0), EX02(.offset = 400), EX03(.offset = 400), DC1(.offset = 400)}, ONE},
         false,
         "critical",
         "ok",
         "ok",
         "not-applicable",
         "ex01.contoso.com is the wrong one: 2 other clocks agree with dc1",
         false},
        /* all differ */
        {{{EX01(0), EX02(.offset = 900), EX03(.status = STATUS_REFUSED), DC1(.offset = 400)}, ONE},
         false,
         "critical",
         "critical",
         "unknown",
         "not-applicable",
         "no third clock decides",
         false},
        /* of two that agree servers are the followers, or a hypervisor's */
        {{{EX01(.offset = 400), EX02(.offset = 400), EX03(.offset = 400), DC1(0), DC2(0)}, DOMAIN},
         false,
         "critical",
         "critical",
         "critical",
         "ok",
         "ex01.contoso.com is the wrong one: 1 other clock agrees with dc",
         false},
        /* a clock outside knows better */
        {{{EX01(.offset = 400), EX02(.offset = 400), EX03(.offset = 400), DC1(0), NTP1(0)}, ONE},
         true,
         "critical",
         "critical",
         "critical",
         "ok",
         "ex01.contoso.com is the wrong one: 1 other clock agrees with dc1",
         false},
        {{{EX01(0), EX02(0), EX03(0), DC1(.offset = 400), NTP1(0)}, ONE},
         true,
         "critical",
         "critical",
         "critical",
         "critical",
         "dc1.contoso.com is the wrong one: 1 other clock agrees with ex01",
         true},
    };
    static const char *const references[] = {"ntp1.example.net"};
    static const char *const servers[] = {"ex01.contoso.com", "ex02.contoso.com",
                                          "ex03.contoso.com"};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct finding *server, *controller;

        bench.settings.references = references;
        bench.settings.reference_count = rows[i].has_reference;
        begin(&rows[i].lab);
        for (size_t j = 0; j < 3; j++)
            add(SUBJECT_SERVER, servers[j]);
        run();
        server = finding_of(servers[0], "clock-skew");
        controller = finding_of("dc1.contoso.com", "clock-skew");
        if (strcmp(skew_of(servers[0]), rows[i].ex01) != 0 ||
            strcmp(skew_of(servers[1]), rows[i].ex02) != 0 ||
            strcmp(skew_of(servers[2]), rows[i].ex03) != 0 ||
            strcmp(word_of(controller), rows[i].dc1) != 0)
            fail_msg("row %zu: %s %s %s, %s", i, skew_of(servers[0]), skew_of(servers[1]),
                     skew_of(servers[2]), word_of(controller));
        if (!says(servers[0], rows[i].said))
            fail_msg("row %zu does not say \"%s\"", i, rows[i].said);
        if (has_command(server, "and leave that of") != rows[i].is_right)
            fail_msg("row %zu: %s", i, server->fix.list[0].command);
        if (has_command(server, "w32tm") !=
            (!rows[i].is_right && !strstr(rows[i].said, "no third clock decides")))
            fail_msg("row %zu", i);
        assert_int_equal(server->due_to.name != NULL, rows[i].is_right);
        assert_int_equal(controller->outcome == OUTCOME_PROBLEM &&
                             has_command(controller, "because servers say so"),
                         rows[i].is_right && !rows[i].has_reference);
        end();
    }
}

/* Of the domains above a host the nearest counts. */
static void the_nearest_domain_counts(void **state)
{
    static const struct lab lab = {{{.name = "ex01.au.contoso.com", .address = "192.0.2.23"},
                                    {.name = "dc.au.contoso.com", .address = "192.0.2.24"},
                                    DC1(.offset = 600)},
                                   .controllers = {"dc1.contoso.com"},
                                   .pdc = "dc1.contoso.com",
                                   .elsewhere = "dc.au.contoso.com",
                                   .elsewhere_domain = "au.contoso.com"};

    (void)state;
    begin(&lab);
    add_found(SUBJECT_SERVER, "ex01.au.contoso.com");
    add(SUBJECT_DOMAIN, "contoso.com");
    add(SUBJECT_DOMAIN, "au.contoso.com");
    run();
    assert_string_equal(skew_of("ex01.au.contoso.com"), "ok");
    end();
    begin(&lab);
    add(SUBJECT_SERVER, "192.0.2.23"); /* of which of the two, nobody says */
    add(SUBJECT_DOMAIN, "contoso.com");
    add(SUBJECT_DOMAIN, "au.contoso.com");
    run();
    assert_string_equal(skew_of("192.0.2.23"), "not-applicable");
    end();
}
static void judge_domain_of(size_t count)
{
    static char names[CONTROLLERS_MOST][40], addresses[CONTROLLERS_MOST][16];
    static struct lab lab;

    lab = (struct lab){{EX01(.offset = 400)}, .pdc = "dc19.contoso.com"};
    for (size_t i = 0; i < count; i++) {
        snprintf(names[i], sizeof names[i], "dc%zu.contoso.com", i);
        snprintf(addresses[i], sizeof addresses[i], "192.0.2.%zu", i + 100);
        lab.controllers[i] = names[i];
        lab.hosts[i + 1] = (struct lab_host){
            .name = names[i], .address = addresses[i], .offset = i + 1 == count ? 400 : 0};
    }
    begin(&lab);
    add(SUBJECT_SERVER, "ex01.contoso.com");
    run();
    assert_string_equal(skew_of("ex01.contoso.com"), "critical");
    assert_true(says("ex01.contoso.com", "against dc19.contoso.com (PDC emulator)"));
}

/* Each controller is examined; those that are too many are told of. */
static void a_large_domain_is_asked(void **state)
{
    (void)state;
    judge_domain_of(64);
    assert_string_equal(skew_of("dc62.contoso.com"), "ok");
    assert_string_equal(skew_of("dc63.contoso.com"), "critical");
    assert_string_equal(skew_of("dc19.contoso.com"), "ok");
    end();
    judge_domain_of(66);
    assert_string_equal(skew_of("dc65.contoso.com"), "");
    assert_string_equal(skew_of("dc19.contoso.com"), "unknown");
    assert_true(says("dc19.contoso.com", "2 further domain controllers were not asked"));
    end();
}

/* Under two names it is one clock, and has one vote. */
static void a_controller_by_two_names_has_one_vote(void **state)
{
    static const struct lab lab = {{EX01(.offset = 400), DC1(0), DC2(0)}, DOMAIN};

    (void)state;
    begin(&lab);
    add(SUBJECT_SERVER, "ex01.contoso.com");
    add(SUBJECT_DC, "192.0.2.12");
    run();
    assert_true(says("ex01.contoso.com", "1 other clock agrees with dc1.contoso.com"));
    end();
}

/* Servers that nothing ties to the domain have no say, and are not asked. */
static void found_servers_of_others_have_no_say(void **state)
{
    static const struct lab lab = {{EX01(0), DC1(.offset = 600), DC2(0)}, DOMAIN};

    (void)state;
    begin(&lab);
    add_found(SUBJECT_SERVER, "ex01.contoso.com");
    add(SUBJECT_DC, "dc1.contoso.com");
    run();
    assert_string_equal(skew_of("dc1.contoso.com"), "unknown");
    assert_int_equal(count_asked(CLOCK_SMTP_BANNER), 0);
    end();
}

/* What the user named with --reference goes into commands as it is. */
static void references_are_vouched_for(void **state)
{
    static const struct lab lab = {{DC1(.offset = 600), NTP1(0)},
                                   .controllers = {"dc1.contoso.com"},
                                   .pdc = "dc1.contoso.com"};
    static const char *const references[] = {"ntp1.example.net"};
    const struct finding *finding;

    (void)state;
    bench.settings.references = references;
    bench.settings.reference_count = 1;
    begin(&lab);
    add(SUBJECT_DC, "dc1.contoso.com");
    run();
    finding = finding_of("dc1.contoso.com", "clock-skew");
    assert_string_equal(word_of(finding), "critical");
    assert_non_null(strstr(finding->verify.list[0].command, "ntp1.example.net"));
    assert_int_equal(finding->verify.list[0].kind, STEP_EXACT);
    end();
}

/* A name that no question would hold is not asked for. */
static void a_domain_that_is_told_may_be_too_long(void **state)
{
    char name[256] = "";
    struct lab lab = {{EX01(.told = name)}, .pdc = NULL};

    (void)state;
    for (int i = 0; i < 24; i++)
        strcat(name, "abcdefghi.");
    strcat(name, "example");
    begin(&lab);
    add(SUBJECT_SERVER, "ex01.contoso.com");
    run();
    for (size_t i = 0; i < bench.fetched_count; i++) {
        if (bench.fetched[i]->kind == &evidence_dns)
            assert_null(strstr(((struct dns_answer *)bench.fetched[i])->name, "abcdefghi"));
    }
    assert_string_equal(skew_of("ex01.contoso.com"), "unknown");
    end();
}

/* Who has no controllers is held against a clock outside. */
static void a_clock_outside_stands_in_for_controllers(void **state)
{
    static const struct lab lab = {{EX01(.offset = 400), NTP1(0)}, .pdc = NULL};
    static const char *const references[] = {"ntp1.example.net"};

    (void)state;
    bench.settings.references = references;
    bench.settings.reference_count = 1;
    begin(&lab);
    add(SUBJECT_SERVER, "ex01.contoso.com");
    run();
    assert_string_equal(skew_of("ex01.contoso.com"), "critical");
    assert_true(says("ex01.contoso.com", "against ntp1.example.net (outside clock)"));
    end();
}

/* The PDC emulator follows clocks outside, all others the domain. */
static void commands_fit_the_machine(void **state)
{
    static const struct {
        struct lab lab;
        const char *subject;
        bool is_pdc, is_controller, is_undecided;
    } rows[] = {
        {{{EX01(.offset = 400), DC1(0), DC2(0)}, DOMAIN}, "ex01.contoso.com", false, false, false},
        {{{EX01(0), DC1(0), DC2(.offset = 400), DC3(0)}, THREE},
         "dc2.contoso.com",
         false,
         true,
         false},
        {{{EX01(0), DC1(.offset = 400), DC2(0), DC3(0)}, THREE},
         "dc1.contoso.com",
         true,
         true,
         false},
        {{{EX01(.status = STATUS_REFUSED), DC1(0), DC2(.offset = 400)}, DOMAIN},
         "dc2.contoso.com",
         false,
         false,
         true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct finding *finding;

        begin(&rows[i].lab);
        add(SUBJECT_SERVER, "ex01.contoso.com");
        run();
        finding = finding_of(rows[i].subject, "clock-skew");
        assert_string_equal(word_of(finding), "critical");
        assert_int_equal(has_command(finding, "/syncfromflags:manual /reliable:yes"),
                         rows[i].is_pdc);
        assert_int_equal(has_command(finding, "/syncfromflags:domhier /reliable:no"),
                         !rows[i].is_pdc && !rows[i].is_undecided);
        assert_int_equal(has_command(finding, "Set it by hand"), rows[i].is_controller);
        assert_int_equal(has_command(finding, "Find out which of the two is wrong"),
                         rows[i].is_undecided);
        end();
    }
}

/* The PDC emulator of the forest's root alone follows clocks outside; unknown, it is to be found.
 */
static void commands_fit_the_forest(void **state)
{
    static const struct {
        struct lab lab;
        bool outside, domain;
    } rows[] = {
        {{{EX01(0), DC1(.offset = 400), DC2(0), DC3(0)}, THREE}, true, false},
        /* a record that is not there yet makes no child of a root */
        {{{EX01(0), DC1(.offset = 400), DC2(0), DC3(0)}, THREE, .is_child = true}, true, true},
        {{{EX01(0), DC1(.offset = 400), DC2(0), DC3(0)},
          THREE,
          .is_child = true,
          .forest = "forest.example"},
         false,
         true},
        {{{EX01(0), DC1(.offset = 400), DC2(0), DC3(0)}, THREE, .catalogs = STATUS_TIMED_OUT},
         true,
         true},
        {{{EX01(0), DC1(.offset = 400), DC2(0), DC3(0)},
          THREE,
          .catalogs = STATUS_NOT_RECORDED,
          .forest = "Contoso.com"},
         true,
         false},
        {{{EX01(0), DC1(.offset = 400), DC2(0), DC3(0)},
          THREE,
          .catalogs = STATUS_NOT_RECORDED,
          .forest = "forest.example"},
         false,
         true},
        {{{EX01(0), DC1(.offset = 400), DC2(0), DC3(0)}, THREE, .forest = "forest.example"},
         true,
         true},
        {{{EX01(0), DC1(.offset = 400), DC2(0), DC3(0)},
          THREE,
          .is_child = true,
          .forest = "contoso.com"},
         true,
         false},
        /* whether it is the PDC emulator, nobody says */
        {{{EX01(0), DC1(.offset = 400), DC2(0), DC3(0)},
          .controllers = {"dc1.contoso.com", "dc2.contoso.com", "dc3.contoso.com"}},
         true,
         true},
        {{{EX01(0), DC1(.offset = 400), DC2(0), DC3(0)},
          .controllers = {"dc1.contoso.com", "dc2.contoso.com", "dc3.contoso.com"},
          .is_child = true,
          .forest = "forest.example"},
         false,
         true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct finding *finding;

        begin(&rows[i].lab);
        add(SUBJECT_SERVER, "ex01.contoso.com");
        run();
        finding = finding_of("dc1.contoso.com", "clock-skew");
        assert_string_equal(word_of(finding), "critical");
        if (has_command(finding, "/syncfromflags:manual") != rows[i].outside ||
            has_command(finding, "/syncfromflags:domhier") != rows[i].domain ||
            has_command(finding, "netdom query fsmo") != (rows[i].outside && rows[i].domain))
            fail_msg("row %zu", i);
        end();
    }
}

/* What a policy sets no command changes; what it sets right needs none. */
static void commands_yield_to_policies(void **state)
{
    static const struct lab lab = {{EX01(.offset = 400), DC1(0), DC2(0)}, DOMAIN};
    static const struct {
        const char *type;
        bool config, policy;
    } rows[] = {{NULL, true, false}, {"NTP", false, true}, {"NT5DS", false, false}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct finding *finding;

        bench.policy_type = rows[i].type;
        begin(&lab);
        add(SUBJECT_SERVER, "ex01.contoso.com");
        add(SUBJECT_FILE, "ex01.reg");
        run();
        finding = finding_of("ex01.contoso.com", "clock-skew");
        assert_string_equal(word_of(finding), "critical");
        assert_int_equal(has_command(finding, "w32tm /config"), rows[i].config);
        assert_int_equal(has_command(finding, "or Type NT5DS"), rows[i].policy);
        assert_int_equal(has_command(finding, "reg export"), rows[i].config);
        assert_true(has_command(finding, "w32tm /resync /rediscover"));
        end();
    }
}

/* Of a server in no domain, nobody's commands for members. */
static void commands_fit_no_domain(void **state)
{
    static const struct lab lab = {{EX01(.offset = 400), NTP1(0)}, .pdc = NULL};
    static const char *const references[] = {"ntp1.example.net"};
    const struct finding *finding;

    (void)state;
    bench.settings.references = references;
    bench.settings.reference_count = 1;
    begin(&lab);
    add(SUBJECT_SERVER, "ex01.contoso.com");
    run();
    finding = finding_of("ex01.contoso.com", "clock-skew");
    for (size_t i = 0; i < finding->fix.count; i++) {
        if (strstr(finding->fix.list[i].command, "w32tm /config"))
            assert_int_equal(finding->fix.list[i].kind, STEP_DECIDE);
    }
    end();
}

/* A file is of the server or controller that it names, and judged there; else by itself. */
static void files_are_judged_at_their_host(void **state)
{
    static const struct lab lab = {{EX01(0), DC1(0), DC2(0)}, DOMAIN};
    static const struct {
        enum subject_kind kind;
        const char *name, *host, *file;
    } rows[] = {
        {SUBJECT_SERVER, "ex01.contoso.com", "unknown", "not-applicable"},
        {SUBJECT_DC, "ex01.contoso.com", "unknown", "not-applicable"},
        {SUBJECT_SERVER, "ex01", "unknown", "not-applicable"},
        {SUBJECT_SERVER, "ex01.fabrikam.com", "", "unknown"},
        {SUBJECT_SERVER, "192.0.2.21", "", "unknown"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bench.policy_type = "NTP";
        begin(&lab);
        add(rows[i].kind, rows[i].name);
        add(SUBJECT_FILE, "ex01.reg");
        run();
        if (strcmp(word_of(finding_of(rows[i].name, "time-hierarchy")), rows[i].host) != 0 ||
            strcmp(word_of(finding_of("ex01.reg", "time-hierarchy")), rows[i].file) != 0)
            fail_msg("row %zu: %s, %s", i, word_of(finding_of(rows[i].name, "time-hierarchy")),
                     word_of(finding_of("ex01.reg", "time-hierarchy")));
        end();
    }
}

/* Where its name leads to several, or to one that just turned up, it is judged by itself. */
static void files_of_nobody_in_particular_stay_alone(void **state)
{
    static const struct lab lab = {{EX01(0), DC1(0), DC2(0)}, DOMAIN};

    (void)state;
    for (int is_found = 0; is_found < 2; is_found++) {
        begin(&lab);
        exam_add_subject(bench.exam, SUBJECT_SERVER, "ex01.contoso.com", "ex01.contoso.com",
                         !is_found);
        if (!is_found)
            add(SUBJECT_SERVER, "ex01");
        add(SUBJECT_FILE, "ex01.reg");
        run();
        assert_string_equal(word_of(finding_of("ex01.reg", "time-hierarchy")), "unknown");
        assert_null(finding_of("ex01.contoso.com", "time-hierarchy"));
        assert_null(finding_of("ex01", "time-hierarchy"));
        end();
    }
}

/* A domain leads to its controllers; one that has none is worth a word only to who asks for it. */
static void a_domain_leads_to_its_controllers(void **state)
{
    static const struct lab lab = {{DC1(0), DC2(.offset = 75)}, DOMAIN};
    static const struct lab none = {{DC1(0)}, .pdc = NULL};
    static const struct lab fails = {{DC1(0)}, .srv = STATUS_SERVER_FAILURE};
    static const struct lab old = {{DC1(0)}, .srv = STATUS_NOT_RECORDED};
    static const char *const clock[] = {"clock"}, *const others[] = {"spf", "mx"};
    static const struct {
        const struct lab *lab;
        size_t only, skip;
        const char *domain, *dc2;
    } rows[] = {
        {&lab, 0, 0, "", "warning"},         {&lab, 1, 0, "", "warning"},   {&none, 0, 0, "", ""},
        {&none, 1, 0, "not-applicable", ""}, {&none, 0, 2, "", ""},         {&fails, 0, 0, "", ""},
        {&fails, 1, 0, "unknown", ""},       {&fails, 0, 2, "unknown", ""}, {&old, 1, 0, "", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bench.settings.only = clock;
        bench.settings.only_count = rows[i].only;
        bench.settings.skip = others;
        bench.settings.skip_count = rows[i].skip;
        begin(rows[i].lab);
        add(SUBJECT_DOMAIN, "contoso.com");
        run();
        assert_string_equal(skew_of("contoso.com"), rows[i].domain);
        assert_string_equal(skew_of("dc2.contoso.com"), rows[i].dc2);
        end();
    }
    begin(&lab);
    add_found(SUBJECT_DOMAIN, "contoso.com");
    run();
    assert_int_equal(bench.fetched_count, 0);
    end();
}

/* Controllers need not be named after their domain: the one that names them is theirs. */
static void controllers_of_another_name_are_of_the_domain(void **state)
{
    static const struct lab lab = {
        {{.name = "dc1.corp.example", .address = "192.0.2.11"},
         {.name = "dc2.corp.example", .address = "192.0.2.12", .offset = 400}},
        .controllers = {"dc1.corp.example", "dc2.corp.example"},
        .pdc = "dc1.corp.example"};

    (void)state;
    begin(&lab);
    add(SUBJECT_DOMAIN, "contoso.com");
    run();
    assert_string_equal(skew_of("dc1.corp.example"), "unknown");
    assert_string_equal(skew_of("dc2.corp.example"), "critical");
    for (size_t i = 0; i < bench.fetched_count; i++) {
        const struct clock_reading *reading = (struct clock_reading *)bench.fetched[i];

        if (bench.fetched[i]->kind == &evidence_clock && reading->source == CLOCK_KERBEROS)
            assert_string_equal(reading->realm, "CONTOSO.COM");
    }
    end();
}

/* The refused ticket over HTTP is a failed logon in a log: only where nothing else tells. */
static void a_refused_ticket_is_the_last_resort(void **state)
{
    static const struct {
        unsigned failing; /* of the server's sources, 1 << source */
        enum status status;
        size_t asked;
        const char *skew; /* of a banner alone it is no more than a warning */
    } rows[] = {
        {0, STATUS_REFUSED, 0, "critical"},
        {1u << CLOCK_SMB2, STATUS_REFUSED, 0, "critical"},
        {1u << CLOCK_SMB2 | 1u << CLOCK_HTTP_NTLM, STATUS_REFUSED, 0, "critical"},
        {1u << CLOCK_SMB2 | 1u << CLOCK_SMTP_NTLM, STATUS_REFUSED, 0, "critical"},
        {1u << CLOCK_SMTP_NTLM | 1u << CLOCK_HTTP_NTLM, STATUS_REFUSED, 0, "critical"},
        {1u << CLOCK_SMB2 | 1u << CLOCK_HTTP_NTLM | 1u << CLOCK_SMTP_NTLM, STATUS_REFUSED, 1,
         "critical"},
        {1u << CLOCK_SMB2 | 1u << CLOCK_HTTP_NTLM | 1u << CLOCK_SMTP_NTLM | 1u << CLOCK_HTTP,
         STATUS_NOT_FOUND, 1, "critical"},
        {1u << CLOCK_SMB2 | 1u << CLOCK_HTTP_NTLM | 1u << CLOCK_SMTP_NTLM | 1u << CLOCK_HTTP,
         STATUS_REFUSED, 0, "warning"},
        {1u << CLOCK_SMB2 | 1u << CLOCK_HTTP_NTLM | 1u << CLOCK_SMTP_NTLM | 1u << CLOCK_HTTP,
         STATUS_TIMED_OUT, 0, "warning"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct lab lab = {
            {EX01(.offset = 400, .failing = rows[i].failing, .fails_with = rows[i].status), DC1(0),
             DC2(0)},
            DOMAIN};

        begin(&lab);
        add(SUBJECT_SERVER, "ex01.contoso.com");
        run();
        if (count_asked(CLOCK_HTTP_KERBEROS) != rows[i].asked)
            fail_msg("row %zu", i);
        assert_string_equal(skew_of("ex01.contoso.com"), rows[i].skew);
        end();
    }
}

/* One that did not tell the time is not known to be right, whatever its domain. */
static void a_server_may_have_no_domain(void **state)
{
    static const struct lab none = {{EX01(0)}, .pdc = NULL};
    static const struct lab says_so = {{EX01(.told = "corp.example")}, .pdc = NULL};
    static const struct lab fails = {{EX01(0)}, .srv = STATUS_SERVER_FAILURE};
    static const struct lab old = {{EX01(.status = STATUS_NOT_RECORDED)},
                                   .srv = STATUS_NOT_RECORDED};
    static const struct lab refers = {{EX01(0)}, .controllers = {"."}, .pdc = "."};
    static const struct lab half = {{EX01(0)}, .srv = STATUS_NOT_RECORDED};
    static const struct lab not_asked = {{EX01(.status = STATUS_NOT_RECORDED)}, .pdc = NULL};
    static const struct lab shut = {{EX01(.status = STATUS_REFUSED)}, .pdc = NULL};
    static const struct lab absent = {{DC1(0)}, .pdc = NULL};
    static const struct lab dead = {
        {DC1(0)}, .a = STATUS_SERVER_FAILURE, .srv = STATUS_SERVER_FAILURE};
    static const struct lab older = {
        {DC1(0)}, .a = STATUS_NOT_RECORDED, .srv = STATUS_NOT_RECORDED};
    static const struct {
        const struct lab *lab;
        const char *server, *skew, *said;
    } rows[] = {
        {&none, "ex01.contoso.com", "not-applicable", "DNS names no domain controllers of it"},
        {&none, "192.0.2.21", "not-applicable", "no name to find a domain by"},
        {&says_so, "ex01.contoso.com", "unknown", "it is in the domain corp.example"},
        {&fails, "ex01.contoso.com", "unknown", "its domain controllers are not known"},
        {&old, "ex01.contoso.com", "", NULL},
        {&refers, "ex01.contoso.com", "not-applicable", "DNS names no domain controllers of it"},
        {&not_asked, "ex01.contoso.com", "", NULL},
        {&half, "ex01.contoso.com", "", NULL},
        {&shut, "ex01.contoso.com", "unknown", "told the time by none of 7 ways"},
        {&shut, "192.0.2.21", "unknown", "told the time by none of 7 ways"},
        {&absent, "ex01.contoso.com", "unknown", "has no address to ask"},
        {&absent, "ex01", "unknown", "has no address to ask"},
        {&dead, "ex01.contoso.com", "unknown", "has no address to ask"},
        {&older, "ex01.contoso.com", "", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(rows[i].lab);
        add(SUBJECT_SERVER, rows[i].server);
        run();
        assert_string_equal(skew_of(rows[i].server), rows[i].skew);
        if (rows[i].said && !says(rows[i].server, rows[i].said))
            fail_msg("row %zu does not say \"%s\"", i, rows[i].said);
        end();
    }
}

/* An address says of no domain: the host does, or the user. */
static void the_domain_of_an_address_is_told(void **state)
{
    static const struct lab told = {{EX01(.offset = 400, .told = "Contoso.com"), DC1(0), DC2(0)},
                                    DOMAIN};
    static const struct lab named = {{EX01(.offset = 400), DC1(0), DC2(0)}, DOMAIN};

    (void)state;
    begin(&told);
    add(SUBJECT_SERVER, "192.0.2.21");
    run();
    assert_string_equal(skew_of("192.0.2.21"), "critical");
    end();
    begin(&named);
    add(SUBJECT_SERVER, "192.0.2.21");
    add(SUBJECT_DOMAIN, "contoso.com");
    run();
    assert_string_equal(skew_of("192.0.2.21"), "critical");
    end();
}

/* What the user names with --dc needs no DNS; by its address and its name it is one clock. */
static void controllers_may_be_named(void **state)
{
    static const struct lab alone = {{EX01(.offset = 400), DC1(0)}, .pdc = NULL};
    static const struct lab twice = {{EX01(.offset = 400), DC1(.told = "contoso.com")},
                                     .controllers = {"dc1.contoso.com"},
                                     .pdc = "dc1.contoso.com"};

    (void)state;
    begin(&alone);
    add(SUBJECT_SERVER, "192.0.2.21");
    add(SUBJECT_DC, "192.0.2.11");
    run();
    assert_string_equal(skew_of("192.0.2.21"), "critical");
    assert_true(says("192.0.2.21", "no third clock decides"));
    assert_string_equal(skew_of("192.0.2.11"), "not-applicable");
    assert_true(says("192.0.2.11", "--reference names one outside"));
    end();
    begin(&alone);
    add(SUBJECT_DC, "192.0.2.11");
    run();
    assert_string_equal(skew_of("192.0.2.11"), "unknown");
    assert_true(says("192.0.2.11", "no other clock is known"));
    end();
    begin(&twice);
    add(SUBJECT_SERVER, "ex01.contoso.com");
    add(SUBJECT_DC, "192.0.2.11");
    run();
    assert_string_equal(skew_of("ex01.contoso.com"), "critical");
    assert_true(says("ex01.contoso.com", "no third clock decides"));
    assert_string_equal(skew_of("192.0.2.11"), "not-applicable");
    assert_true(says("192.0.2.11", "--reference names one outside"));
    assert_string_equal(skew_of("dc1.contoso.com"), "not-applicable");
    assert_true(says("dc1.contoso.com", "it is 192.0.2.11"));
    end();
}

/* Of a domain that is not the server's they say nothing of its logons. */
static void controllers_of_another_domain_do_not_count(void **state)
{
    static const struct lab lab = {
        {EX01(0),
         DC1(.status = STATUS_TIMED_OUT),
         {.name = "dc.other.example", .address = "192.0.2.15", .offset = 600}},
        .controllers = {"dc1.contoso.com"},
        .pdc = "dc1.contoso.com",
        .elsewhere = "dc.other.example"};

    (void)state;
    begin(&lab);
    add(SUBJECT_SERVER, "ex01.contoso.com");
    add(SUBJECT_DC, "dc.other.example");
    run();
    assert_string_equal(skew_of("ex01.contoso.com"), "unknown");
    assert_string_equal(skew_of("dc1.contoso.com"), "unknown");
    assert_string_equal(skew_of("dc.other.example"), "not-applicable");
    end();
}

/* Commands for members are not for it. */
static void a_server_may_be_a_controller(void **state)
{
    static const struct lab lab = {{DC1(.offset = 400), DC2(0)}, DOMAIN};
    static const char *const names[] = {"dc1.contoso.com", "192.0.2.11", "dc2.contoso.com",
                                        "192.0.2.12"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        begin(&lab);
        add(SUBJECT_SERVER, names[i]);
        add(SUBJECT_DOMAIN, "contoso.com");
        run();
        for (size_t j = 0; j < bench.finding_count; j++) {
            if (bench.findings[j]->subject->kind == SUBJECT_SERVER)
                assert_string_equal(word_of(bench.findings[j]), "not-applicable");
        }
        assert_true(says(names[i], "it is the domain controller") || names[i][0] == 'd');
        end();
    }
}

/* Whoever follows a wrong PDC emulator is not to be set after it. */
static void a_wrong_pdc_emulator_comes_first(void **state)
{
    static const struct lab lab = {{EX01(.offset = 600), DC1(.offset = 600), DC2(0), NTP1(0)},
                                   DOMAIN};
    static const struct lab right = {{EX01(.offset = 600), DC1(0), DC2(0), NTP1(0)}, DOMAIN};
    static const char *const references[] = {"ntp1.example.net"};
    const struct lab *labs[] = {&lab, &right};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct finding *finding;

        bench.settings.references = references;
        bench.settings.reference_count = 1;
        begin(labs[i]);
        add(SUBJECT_SERVER, "ex01.contoso.com");
        run();
        finding = finding_of("ex01.contoso.com", "clock-skew");
        assert_string_equal(word_of(finding), "critical");
        assert_int_equal(says("ex01.contoso.com", "is wrong itself"), i == 0);
        assert_int_equal(finding->due_to.name != NULL, i == 0);
        assert_int_equal(strstr(finding->fix.list[0].command, "Correct the clock of") != NULL,
                         i == 0);
        assert_false(says("dc1.contoso.com", "is wrong itself"));
        end();
    }
}

/* What the registry of one of the two says, or the policy of the domain: the least of it. */
static void the_limit_may_be_told(void **state)
{
    static const struct lab lab = {{EX01(.offset = 421), DC1(0), DC2(0)}, DOMAIN};
    static const struct {
        int registry, policy;
        const char *skew;
        const char *said; /* NULL: nothing */
    } rows[] = {
        {-1, -1, "critical", NULL},
        {10, -1, "warning", "Kerberos is told to bear 10 minutes"},
        {8, -1, "warning", "8 minutes"},
        {7, -1, "critical", "7 minutes"},
        {-1, 8, "warning", "8 minutes"},
        {10, 6, "critical", "6 minutes"},
        {6, 10, "critical", "6 minutes"},
        {0, -1, "critical", "Kerberos is told to bear 1 s"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bench.skew = rows[i].registry;
        bench.policy = rows[i].policy;
        begin(&lab);
        add(SUBJECT_SERVER, "ex01.contoso.com");
        add(SUBJECT_FILE, "ex01.reg");
        add(SUBJECT_FILE, "GptTmpl.inf");
        run();
        assert_string_equal(skew_of("ex01.contoso.com"), rows[i].skew);
        assert_true(says("ex01.contoso.com", rows[i].said ? rows[i].said : ""));
        assert_int_equal(says("ex01.contoso.com", "told to bear"), rows[i].said != NULL);
        end();
    }
}

static void add_files(size_t count)
{
    char name[32];

    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "send-%zu.log", i);
        add(SUBJECT_FILE, name);
    }
}

/* It is found among any number of other files. */
static void the_limit_is_looked_for_in_all_files(void **state)
{
    static const struct lab lab = {{EX01(.offset = 421), DC1(0), DC2(0)}, DOMAIN};

    (void)state;
    bench.policy = 10;
    begin(&lab);
    add(SUBJECT_SERVER, "ex01.contoso.com");
    add_files(100);
    add(SUBJECT_FILE, "GptTmpl.inf");
    run();
    assert_string_equal(skew_of("ex01.contoso.com"), "warning");
    end();
}

/* Of more than a machine can have each is judged alone, and none is passed over. */
static void files_of_many_machines_are_judged_alone(void **state)
{
    static const struct lab lab = {{DC1(0)}, DOMAIN};
    char name[32];

    (void)state;
    bench.skew = -1;
    begin(&lab);
    for (int i = 0; i < 65; i++) {
        snprintf(name, sizeof name, "%02d.reg", i);
        add(SUBJECT_FILE, name);
    }
    run();
    for (int i = 0; i < 65; i++) {
        snprintf(name, sizeof name, "%02d.reg", i);
        assert_string_equal(word_of(finding_of(name, "time-hierarchy")), "unknown");
    }
    end();
}

/* The same of the machine at hand. */
static void the_limit_may_be_at_hand(void **state)
{
    static const struct lab lab = {{EX01(.offset = 421), DC1(0), DC2(0)}, DOMAIN};

    (void)state;
    for (int is_windows = 0; is_windows < 2; is_windows++) {
        bench.skew = 10;
        begin(&lab);
        bench.is_windows = is_windows;
        add(SUBJECT_SERVER, "ex01.contoso.com");
        run();
        assert_string_equal(skew_of("ex01.contoso.com"), is_windows ? "warning" : "critical");
        end();
    }
}

/* The domain of a machine in none is itself: no controller is of it, and no domain sets it. */
static void a_server_may_stand_alone(void **state)
{
    static const struct {
        const char *name, *domain, *skew;
    } rows[] = {{"EX01", "EX01", "not-applicable"},
                {"ex01.contoso.com", "EX01", "not-applicable"},
                {"ex01.contoso.com", "ex01.contoso.com", "not-applicable"},
                {"ex01.contoso.com", "contoso.com", "critical"},
                {"EX01", "EX0", "critical"},
                {NULL, "EX01", "critical"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct lab lab = {
            {EX01(.offset = 400, .told = rows[i].domain, .told_name = rows[i].name), DC1(0),
             DC2(0)},
            DOMAIN};

        begin(&lab);
        add(SUBJECT_SERVER, "ex01.contoso.com");
        run();
        if (strcmp(skew_of("ex01.contoso.com"), rows[i].skew) != 0)
            fail_msg("row %zu: %s", i, skew_of("ex01.contoso.com"));
        end();
    }
}

/* What a server says of itself does not make machines elsewhere its measure. */
static void a_server_does_not_lead_away_from_its_name(void **state)
{
    static const struct lab lab = {
        {EX01(.told = "other.example"),
         DC1(0),
         DC2(0),
         {.name = "dc.other.example", .address = "192.0.2.31", .offset = 400}},
        DOMAIN,
        .elsewhere = "dc.other.example"};
    static const struct lab below = {
        {EX01(.told = "sub.contoso.com"),
         DC1(0),
         DC2(0),
         {.name = "dc.sub.contoso.com", .address = "192.0.2.31", .offset = 400}},
        DOMAIN,
        .elsewhere = "dc.sub.contoso.com",
        .elsewhere_domain = "sub.contoso.com"};

    (void)state;
    begin(&lab);
    add(SUBJECT_SERVER, "ex01.contoso.com");
    run();
    assert_string_equal(skew_of("ex01.contoso.com"), "ok");
    assert_string_equal(skew_of("dc.other.example"), "");
    end();
    begin(&below);
    add(SUBJECT_SERVER, "ex01.contoso.com");
    run();
    assert_string_equal(skew_of("ex01.contoso.com"), "critical");
    assert_true(says("ex01.contoso.com", "against dc.sub.contoso.com"));
    end();
}

/* One of them is wrong, so none of them shows that the domain is. */
static void references_that_differ_decide_nothing(void **state)
{
    static const char *const references[] = {"192.0.2.13", "192.0.2.14"};
    static const struct {
        double one, other;
        const char *dc1;
    } rows[] = {{400, -400, "unknown"}, {400, 800, "unknown"}, {400, 400, "critical"},
                {400, 402, "critical"}, {0, 400, "unknown"},   {0, 0, "ok"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct lab lab = {
            {EX01(0),
             DC1(0),
             DC2(0),
             NTP1(.offset = rows[i].one),
             {.name = "ntp2.example.net", .address = "192.0.2.14", .offset = rows[i].other}},
            DOMAIN};

        bench.settings.references = references;
        bench.settings.reference_count = 2;
        begin(&lab);
        add(SUBJECT_SERVER, "ex01.contoso.com");
        run();
        if (strcmp(skew_of("dc1.contoso.com"), rows[i].dc1) != 0)
            fail_msg("row %zu: %s", i, skew_of("dc1.contoso.com"));
        assert_string_equal(skew_of("ex01.contoso.com"), "ok");
        end();
    }
}

/* A controller that the user says is right is never the wrong one. */
static void a_controller_may_be_the_reference(void **state)
{
    static const struct lab lab = {{EX01(.offset = 400), DC1(.offset = 400), DC2(0)}, DOMAIN};
    static const char *const references[] = {"192.0.2.12"}, *const pdc[] = {"dc1.contoso.com"};

    (void)state;
    bench.settings.references = references;
    bench.settings.reference_count = 1;
    begin(&lab);
    add(SUBJECT_SERVER, "ex01.contoso.com");
    run();
    assert_string_equal(skew_of("dc2.contoso.com"), "not-applicable");
    assert_string_equal(skew_of("dc1.contoso.com"), "critical");
    assert_true(says("dc1.contoso.com", "the clock outside is taken as right"));
    end();
    bench.settings.references = pdc;
    bench.settings.reference_count = 1;
    begin(&lab);
    add(SUBJECT_SERVER, "ex01.contoso.com");
    run();
    assert_string_equal(skew_of("dc1.contoso.com"), "not-applicable");
    assert_string_equal(skew_of("dc2.contoso.com"), "critical");
    assert_string_equal(skew_of("ex01.contoso.com"), "ok");
    end();
}

/* One machine of two families is no witness for itself. */
static void a_controller_has_one_say_in_both_families(void **state)
{
    static const struct lab lab = {{DC1(.offset = 400, .told_name = "dc1.contoso.com"),
                                    {.name = "dc1.contoso.com",
                                     .address = "2001:db8::11",
                                     .offset = 400,
                                     .told_name = "DC1.contoso.com"},
                                    DC2(.told_name = "dc2.contoso.com")},
                                   .pdc = NULL};

    (void)state;
    begin(&lab);
    add(SUBJECT_DC, "192.0.2.11");
    add(SUBJECT_DC, "2001:db8::11");
    run();
    assert_string_equal(skew_of("192.0.2.11"), "unknown");
    end();
    begin(&lab);
    add(SUBJECT_DC, "dc1.contoso.com");
    add(SUBJECT_DC, "2001:db8::11");
    run();
    assert_string_equal(skew_of("dc1.contoso.com"), "unknown");
    end();
    begin(&lab);
    add(SUBJECT_DC, "192.0.2.11");
    add(SUBJECT_DC, "192.0.2.12");
    run();
    assert_string_equal(skew_of("192.0.2.11"), "critical");
    end();
}

/* One that is named by its address says itself which domain is its own. */
static void controllers_by_address_keep_to_their_domains(void **state)
{
    static const struct lab lab = {{EX01(0),
                                    DC1(.told = "contoso.com"),
                                    DC2(0),
                                    {.name = "dc.other.example",
                                     .address = "192.0.2.31",
                                     .offset = 1000,
                                     .told = "other.example"}},
                                   DOMAIN,
                                   .elsewhere = "dc.other.example"};

    (void)state;
    begin(&lab);
    add(SUBJECT_SERVER, "ex01.contoso.com");
    add(SUBJECT_DC, "192.0.2.31");
    add(SUBJECT_DC, "192.0.2.11");
    run();
    assert_string_equal(skew_of("ex01.contoso.com"), "ok");
    assert_false(says("ex01.contoso.com", "against 192.0.2.31"));
    assert_false(says("192.0.2.11", "against 192.0.2.31"));
    assert_false(says("192.0.2.31", "against 192.0.2.11"));
    end();
}

/* The date of a web server alone may be that of whatever stands in front of a domain's mail. */
static void found_web_servers_are_nobodys_clocks(void **state)
{
    static const struct lab lab = {
        {EX01(.offset = 400, .failing = ~(1u << CLOCK_HTTP), .fails_with = STATUS_REFUSED), DC1(0),
         DC2(0)},
        DOMAIN};

    (void)state;
    begin(&lab);
    add_found(SUBJECT_SERVER, "ex01.contoso.com");
    add(SUBJECT_DOMAIN, "contoso.com");
    run();
    assert_string_equal(skew_of("ex01.contoso.com"), "not-applicable");
    end();
}

/* The registry of a machine says nothing of others. */
static void the_limit_of_another_machine_does_not_count(void **state)
{
    static const struct lab lab = {
        {{.name = "ex02.contoso.com", .address = "192.0.2.22", .offset = 420}, DC1(0), DC2(0)},
        DOMAIN};

    (void)state;
    bench.skew = 10;
    begin(&lab);
    add(SUBJECT_SERVER, "ex02.contoso.com");
    add(SUBJECT_FILE, "ex01.reg");
    run();
    assert_string_equal(skew_of("ex02.contoso.com"), "critical");
    end();
}

/* A server or controller that is the machine at hand has a registry, and no other one has. */
static void the_machine_at_hand_has_host_evidence(void **state)
{
    static const struct lab lab = {{EX01(0), DC1(0), DC2(0)}, DOMAIN};
    static const struct {
        enum subject_kind kind;
        const char *name, *word;
        bool is_windows;
        const char *there;
        bool is_barred;
    } rows[] = {
        {SUBJECT_SERVER, "ex01.contoso.com", "unknown", true, NULL, false},
        {SUBJECT_DC, "ex01.contoso.com", "unknown", true, NULL, false},
        {SUBJECT_SERVER, "ex01", "unknown", true, NULL, false},
        {SUBJECT_SERVER, "localhost", "unknown", true, NULL, false},
        {SUBJECT_SERVER, "ex01.fabrikam.com", "", true, NULL, false},
        {SUBJECT_SERVER, "ex011.contoso.com", "", true, NULL, false},
        {SUBJECT_DC, "dc1.contoso.com", "", true, NULL, false},
        {SUBJECT_SERVER, "ex01.contoso.com", "", false, NULL, false},
        {SUBJECT_SERVER, "ex01.contoso.com", "", false, "ex01.contoso.com", false},
        {SUBJECT_SERVER, "ex02.contoso.com", "unknown", true, "ex02.contoso.com", false},
        {SUBJECT_SERVER, "ex03.contoso.com", "", true, "ex02.contoso.com", false},
        {SUBJECT_SERVER, "ex01.contoso.com", "unknown", true, NULL, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(&lab);
        bench.is_windows = rows[i].is_windows;
        bench.is_barred = rows[i].is_barred;
        bench.there = rows[i].there;
        add(rows[i].kind, rows[i].name);
        run();
        assert_string_equal(word_of(finding_of(rows[i].name, "time-hierarchy")), rows[i].word);
        if (rows[i].is_barred)
            assert_string_equal(finding_of(rows[i].name, "time-hierarchy")->title,
                                "its own registry could not be read");
        end();
    }
}

static int set_up(void **state)
{
    (void)state;
    memset(&bench, 0, sizeof bench);
    bench.skew = bench.policy = -1;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(clocks_are_held_against_those_above, set_up),
        cmocka_unit_test_setup(controllers_are_held_against_the_pdc_emulator, set_up),
        cmocka_unit_test_setup(sources_that_disagree_are_told, set_up),
        cmocka_unit_test_setup(a_ticket_is_asked_for_once_a_host, set_up),
        cmocka_unit_test_setup(found_servers_of_others_are_left_alone, set_up),
        cmocka_unit_test_setup(found_servers_of_the_domain_are_asked, set_up),
        cmocka_unit_test_setup(controllers_decide_among_themselves, set_up),
        cmocka_unit_test_setup(a_date_alone_commands_nothing, set_up),
        cmocka_unit_test_setup(a_domain_is_held_against_the_one_above, set_up),
        cmocka_unit_test_setup(the_domain_above_has_a_say, set_up),
        cmocka_unit_test_setup(servers_blame_their_one_controller, set_up),
        cmocka_unit_test_setup(the_nearest_domain_counts, set_up),
        cmocka_unit_test_setup(a_large_domain_is_asked, set_up),
        cmocka_unit_test_setup(a_controller_by_two_names_has_one_vote, set_up),
        cmocka_unit_test_setup(found_servers_of_others_have_no_say, set_up),
        cmocka_unit_test_setup(references_are_vouched_for, set_up),
        cmocka_unit_test_setup(a_domain_that_is_told_may_be_too_long, set_up),
        cmocka_unit_test_setup(a_clock_outside_stands_in_for_controllers, set_up),
        cmocka_unit_test_setup(commands_fit_the_machine, set_up),
        cmocka_unit_test_setup(commands_fit_the_forest, set_up),
        cmocka_unit_test_setup(commands_yield_to_policies, set_up),
        cmocka_unit_test_setup(commands_fit_no_domain, set_up),
        cmocka_unit_test_setup(files_are_judged_at_their_host, set_up),
        cmocka_unit_test_setup(files_of_nobody_in_particular_stay_alone, set_up),
        cmocka_unit_test_setup(a_domain_leads_to_its_controllers, set_up),
        cmocka_unit_test_setup(controllers_of_another_name_are_of_the_domain, set_up),
        cmocka_unit_test_setup(a_refused_ticket_is_the_last_resort, set_up),
        cmocka_unit_test_setup(a_server_may_have_no_domain, set_up),
        cmocka_unit_test_setup(the_domain_of_an_address_is_told, set_up),
        cmocka_unit_test_setup(web_servers_are_asked_without_tls_next, set_up),
        cmocka_unit_test_setup(addresses_are_tried_in_turn, set_up),
        cmocka_unit_test(one_clock_has_one_say),
        cmocka_unit_test_setup(controllers_may_be_named, set_up),
        cmocka_unit_test_setup(controllers_of_another_domain_do_not_count, set_up),
        cmocka_unit_test_setup(a_server_may_be_a_controller, set_up),
        cmocka_unit_test_setup(a_wrong_pdc_emulator_comes_first, set_up),
        cmocka_unit_test_setup(the_limit_may_be_told, set_up),
        cmocka_unit_test_setup(a_server_may_stand_alone, set_up),
        cmocka_unit_test_setup(a_server_does_not_lead_away_from_its_name, set_up),
        cmocka_unit_test_setup(references_that_differ_decide_nothing, set_up),
        cmocka_unit_test_setup(a_controller_may_be_the_reference, set_up),
        cmocka_unit_test_setup(a_controller_has_one_say_in_both_families, set_up),
        cmocka_unit_test_setup(controllers_by_address_keep_to_their_domains, set_up),
        cmocka_unit_test_setup(found_web_servers_are_nobodys_clocks, set_up),
        cmocka_unit_test_setup(the_limit_is_looked_for_in_all_files, set_up),
        cmocka_unit_test_setup(files_of_many_machines_are_judged_alone, set_up),
        cmocka_unit_test_setup(the_limit_may_be_at_hand, set_up),
        cmocka_unit_test_setup(the_limit_of_another_machine_does_not_count, set_up),
        cmocka_unit_test_setup(the_machine_at_hand_has_host_evidence, set_up),
    };

    return cmocka_run_group_tests_name("clock judge", tests, NULL, NULL);
}
