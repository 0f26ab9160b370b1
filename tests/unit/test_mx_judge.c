/* What the answers of a domain's exchangers amount to, taken together. */
#include "diag/exam.h"
#include "diag/read/smtp_reply.h"
#include "probes/mx/tlsa.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct probe probe_mx;

enum { ITEMS_MOST = 512, FINDINGS_MOST = 32, RECORDS_MOST = 100 };

/* ---- the world: records, and what the addresses do ---- */

struct entry {
    const char *name;
    const char *type;
    const char *data; /* of MX: "10 host" */
};

/* What 192.0.2.N and 2001:db8::N do, by the last number of the address. */
static const struct manner {
    unsigned last;
    enum status connected;
    enum status greeting;
    double after; /* seconds */
    unsigned code;
} manners[] = {
    {1, STATUS_OK, STATUS_OK, 0.01, 220},       {2, STATUS_OK, STATUS_OK, 0.02, 220},
    {3, STATUS_OK, STATUS_OK, 0.03, 220},       {5, STATUS_OK, STATUS_OK, 5.0, 220},
    {10, STATUS_OK, STATUS_TIMED_OUT, 300, 0},  {11, STATUS_OK, STATUS_CLOSED, 20, 0},
    {12, STATUS_OK, STATUS_TIMED_OUT, 60, 0},   {13, STATUS_OK, STATUS_TIMED_OUT, 30, 0},
    {20, STATUS_OK, STATUS_CLOSED, 0.1, 0},     {30, STATUS_REFUSED, STATUS_OK, 0, 0},
    {31, STATUS_REFUSED, STATUS_OK, 0, 0},      {40, STATUS_TIMED_OUT, STATUS_OK, 0, 0},
    {41, STATUS_UNREACHABLE, STATUS_OK, 0, 0},  {50, STATUS_OK, STATUS_OK, 0.1, 421},
    {51, STATUS_OK, STATUS_OK, 0.1, 554},       {60, STATUS_OK, STATUS_OK, 45, 220},
    {70, STATUS_EXHAUSTED, STATUS_OK, 0, 0},    {80, STATUS_OK, STATUS_MALFORMED, 0.1, 0},
    {90, STATUS_NOT_RECORDED, STATUS_OK, 0, 0}, {91, STATUS_NOT_RECORDED, STATUS_OK, 0, 0},
};

static struct {
    struct settings settings;
    struct evidence_store *store;
    struct exam *exam;
    struct evidence *fetched[ITEMS_MOST];
    size_t fetched_count;
    struct finding *findings[FINDINGS_MOST];
    size_t finding_count;
    const struct entry *world;
    size_t world_count;
    uint16_t port;          /* of --port smtp=N; 0: the usual one */
    bool open_for_programs; /* ports 587 and 465 greet, whatever port 25 does */
} bench;

static void fetch(void *context, struct evidence *item)
{
    (void)context;
    assert_true(bench.fetched_count < ITEMS_MOST);
    bench.fetched[bench.fetched_count++] = item;
}

static void fill(struct dns_record *record, const struct entry *entry, struct arena *arena)
{
    char host[64];
    unsigned preference;

    record->owner = entry->name;
    record->type = dns_type_from_name(entry->type);
    record->ttl = 300;
    if (record->type == DNS_MX) {
        assert_int_equal(sscanf(entry->data, "%u %63s", &preference, host), 2);
        record->data.mx.preference = (uint16_t)preference;
        record->data.mx.exchange = arena_copy_string(arena, host);
    } else if (record->type == DNS_CNAME) {
        record->data.name = entry->data;
    } else {
        assert_int_equal(ip_parse(entry->data, strlen(entry->data), &record->data.ip), STATUS_OK);
    }
}

static void answer_dns(struct dns_answer *item)
{
    struct arena *arena = &item->evidence.memory;
    struct dns_record *records = arena_new(arena, RECORDS_MOST, sizeof *records);
    enum status status = STATUS_OK;
    bool exists = false;
    size_t count = 0;

    for (size_t i = 0; i < bench.world_count; i++) {
        const struct entry *entry = &bench.world[i];

        if (strcmp(entry->name, item->name) != 0)
            continue;
        exists = true;
        if (strcmp(entry->data, "fails") == 0 && dns_type_from_name(entry->type) == item->type)
            status = STATUS_SERVER_FAILURE;
        else if (dns_type_from_name(entry->type) == item->type)
            fill(&records[count++], entry, arena);
    }
    item->rcode = exists ? DNS_NOERROR : DNS_NXDOMAIN;
    item->answer.records = records;
    item->answer.count = count;
    evidence_fail(&item->evidence, status, NULL);
}

static const struct manner *manner_of(const struct ip_address *ip)
{
    unsigned last =
        ip->family == IP_V4 ? ip->bytes[3] : 10u * (ip->bytes[15] >> 4) + (ip->bytes[15] & 15);

    for (size_t i = 0; i < sizeof manners / sizeof *manners; i++) {
        if (manners[i].last == last)
            return &manners[i];
    }
    return &manners[0];
}

static void answer_smtp(struct smtp_conversation *item)
{
    struct arena *arena = &item->evidence.memory;
    bool is_open = bench.open_for_programs && item->address.port != 25;
    const struct manner *manner = is_open ? &manners[0] : manner_of(&item->address.ip);
    struct smtp_exchange *exchanges = arena_new(arena, 2, sizeof *exchanges);
    struct smtp_line *line = arena_new(arena, 1, sizeof *line);
    int64_t after = (int64_t)(manner->after * 1e6);

    line->text = arena_print(arena, "%u mx.contoso.com", manner->code);
    line->size = strlen(line->text);
    exchanges[0] = (struct smtp_exchange){.step = SMTP_CONNECT, .status = manner->connected};
    exchanges[1] = (struct smtp_exchange){.step = SMTP_GREETING,
                                          .ended = after,
                                          .status = manner->greeting,
                                          .reply = {.code = manner->code,
                                                    .bytes = manner->code ? line->size : 0,
                                                    .lines = line,
                                                    .line_count = manner->code != 0,
                                                    .first_byte = manner->code ? after : -1,
                                                    .last_byte = manner->code ? after : -1}};
    item->exchanges = exchanges;
    item->exchange_count = manner->connected == STATUS_OK ? 2 : 1;
    item->patience = (unsigned)(manner->after * 1000);
    item->tls_at_once = item->address.port == 465;
    evidence_fail(&item->evidence, manner->connected, NULL);
}

/* ---- a subject, examined ---- */

static void take(void *context, struct finding *finding)
{
    (void)context;
    assert_true(bench.finding_count < FINDINGS_MOST);
    bench.findings[bench.finding_count++] = finding;
}

static void answer(struct evidence *item)
{
    if (item->kind == &evidence_smtp)
        answer_smtp((struct smtp_conversation *)item);
    else
        answer_dns((struct dns_answer *)item);
}

/* `found`: a server that turns up besides, or NULL. */
static void begin_with(const struct entry *world, size_t count, enum subject_kind kind,
                       const char *name, const char *found)
{
    static const struct probe *const list[] = {&probe_mx, NULL};
    static const struct net_address server = {.ip = {IP_V4, {192, 0, 2, 53}}, .port = 53};
    const struct exam_options options = {.settings = &bench.settings,
                                         .probes = list,
                                         .store = bench.store = evidence_store_new(),
                                         .absent = STATUS_NOT_RECORDED,
                                         .fetch = fetch};

    bench.settings = (struct settings){.dns = &server, .dns_count = 1, .deep = true};
    bench.settings.ports[SERVICE_SMTP] = bench.port;
    bench.settings.ports[SERVICE_NTP] = bench.port; /* which mail has no use for */
    bench.world = world;
    bench.world_count = count;
    bench.fetched_count = bench.finding_count = 0;
    bench.exam = exam_new(&options);
    exam_add_subject(bench.exam, kind, name, name, true);
    if (found)
        exam_add_subject(bench.exam, SUBJECT_SERVER, found, found, false);
    exam_work(bench.exam, 0);
    for (size_t i = 0; i < bench.fetched_count; i++) {
        answer(bench.fetched[i]);
        exam_settled(bench.exam, bench.fetched[i], 0);
        exam_work(bench.exam, 0);
    }
    exam_findings(bench.exam, take, NULL);
}

static void begin(const struct entry *world, size_t count, enum subject_kind kind, const char *name)
{
    begin_with(world, count, kind, name, NULL);
}

static void end(void)
{
    exam_free(bench.exam);
    evidence_store_free(bench.store);
}

static int compare(const void *a, const void *b)
{
    const struct finding *one = *(struct finding *const *)a, *other = *(struct finding *const *)b;

    return finding_compare(one, other);
}

/* "banner-stall=critical unreachable?": problems with their severity, unknowns with a "?". */
static const char *verdicts(void)
{
    static char text[512];

    qsort(bench.findings, bench.finding_count, sizeof *bench.findings, compare);
    *text = '\0';
    for (size_t i = 0; i < bench.finding_count; i++) {
        const struct finding *finding = bench.findings[i];
        char word[64] = "";

        if (finding->outcome == OUTCOME_PROBLEM)
            snprintf(word, sizeof word, "%s=%s", finding->kind->id + 3,
                     severity_word(finding->severity));
        else if (finding->outcome == OUTCOME_UNKNOWN)
            snprintf(word, sizeof word, "%s?", finding->kind->id + 3);
        if (*word)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", *text ? " " : "",
                     word);
    }
    return text;
}

static const char *seen(const char *part)
{
    for (size_t i = 0; i < bench.finding_count; i++) {
        const struct finding *finding = bench.findings[i];

        if (strstr(finding->title, part))
            return finding->title;
        for (size_t j = 0; j < finding->seen_count; j++) {
            if (strstr(finding->seen[j].text, part))
                return finding->seen[j].text;
        }
    }
    return NULL;
}

/* One exchanger for each word: preference:last number of its address. */
static size_t make_world(const char *text, struct entry *world, struct arena *arena)
{
    unsigned preference, last;
    size_t count = 0;
    char family;
    int size;

    while (sscanf(text, "%u%c%u%n", &preference, &family, &last, &size) == 3) {
        const char *host = arena_print(arena, "mx%zu.contoso.com", count);

        world[count++] =
            (struct entry){"contoso.com", "MX", arena_print(arena, "%u %s", preference, host)};
        world[count++] =
            family == '/' ? (struct entry){host, "AAAA", arena_print(arena, "2001:db8::%u", last)}
                          : (struct entry){host, "A", arena_print(arena, "192.0.2.%u", last)};
        text += size;
    }
    return count;
}

static void exchangers_are_judged_together(void **state)
{
    static const struct {
        const char *exchangers; /* PREFERENCE:N of IPv4, PREFERENCE/N of IPv6 */
        const char *verdicts;
        const char *says; /* or NULL */
    } rows[] = {
        {"10:1", "", "the greeting came after 0.0 s"},
        {"10:5", "", "the greeting came after 5.0 s"},
        {"10:1 20:2 20:3", "", "3 of 3 addresses greet, the slowest after 0.0 s"},
        /* silence */
        {"10:10", "banner-stall=critical", "it is the only address"},
        {"10:10 20:1", "banner-stall=critical", "only if the sender moves on"},
        {"10:10 20:11", "banner-stall=critical", "all 2 addresses"},
        {"10:11 20:1", "banner-stall=critical", "in 20.0 s; then it closed"},
        {"10:10 10:1 10:2 10:3", "banner-stall=critical", "about 1 in 4 messages"},
        {"10:1 20:10", "banner-stall=warning", "a worse preference"},
        {"10:12 20:1", "banner-stall=warning", "in 60.0 s"},
        {"10:12", "banner-stall=warning", "a warning, because a silence of less than 300 s"},
        {"10:10 10:1", "banner-stall=critical", "each of those waits"},
        {"10:30 10:1", "refuses=warning", "go on to the next"},
        {"10:12 10:10", "banner-stall=critical", NULL},
        {"10:13 20:1", "banner-stall?", "inconclusive, no greeting in 30 s"},
        {"10:10 20:13", "banner-stall=critical banner-stall?", NULL},
        {"10:60", "banner-slow=warning", "45.0 s"},
        /* closed, refused, not there */
        {"10:20 20:1", "closes=warning", NULL},
        {"10:20", "closes=critical", NULL},
        {"10:30 20:1", "refuses=warning", NULL},
        {"10:30 20:31", "refuses=warning", "this network may refuse port 25 by itself"},
        {"10:30 20:51", "refuses=critical greeting-refused=warning", "none of the 2 addresses"},
        {"10:50 20:1", "greeting-refused=warning", "which means not now"},
        {"10:51", "greeting-refused=warning", "or none for this caller"},
        {"10:51 20:50", "greeting-refused=warning", "others may get in"},
        {"10:80 20:1", "not-smtp=warning", NULL},
        {"10:80", "not-smtp=critical", NULL},
        {"10:80 20:70", "not-smtp=warning banner-stall?", NULL},
        {"10:40 20:1", "unreachable=critical", NULL},
        {"10:40 10:2 20:1", "unreachable=warning", NULL},
        {"10:1 20:41", "unreachable=warning", NULL},
        {"10:40 20:41", "unreachable?", "this network may block port 25"},
        {"10:40 20:30", "refuses=warning unreachable?", NULL},
        {"10:40 20:10", "banner-stall=critical unreachable=critical", "none of the 2 addresses"},
        {"10:30 20:10 30:1", "banner-stall=critical refuses=warning", "the exchangers before it"},
        {"10/41 20:10 30:1", "banner-stall=warning unreachable?", NULL},
        {"10:13 20:10 30:1", "banner-stall=warning banner-stall?", NULL},
        /* IPv6 */
        {"10:1 10/41", "unreachable?", "no way to IPv6"},
        {"10/41", "unreachable?", "no way to IPv6"},
        {"10:30 10/41", "refuses=warning unreachable?", "no way to IPv6"},
        {"10:20 20/41", "closes=warning unreachable?", "no way to IPv6"},
        {"10:1 10/41 20/2", "unreachable=warning", NULL},
        {"10:1 10/40", "unreachable=warning", NULL},
        {"10:40 10/41", "unreachable?", "this network may block port 25"},
        {"10/10 20:1", "banner-stall=critical", "2001:db8::10"},
        /* this machine's own trouble, and files that do not have it */
        {"10:70", "banner-stall?", "1 of 1 addresses could not be tried"},
        {"10:70 20:1", "banner-stall?", NULL},
        {"10:90 20:91", "banner-stall?", "2 of 2"},
    };
    struct entry world[32];
    struct arena arena = {0};
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(world, make_world(rows[i].exchangers, world, &arena), SUBJECT_DOMAIN, "contoso.com");
        if (strcmp(verdicts(), rows[i].verdicts) != 0) {
            print_error("%s: \"%s\", not \"%s\"\n", rows[i].exchangers, verdicts(),
                        rows[i].verdicts);
            wrong++;
        } else if (rows[i].says && !seen(rows[i].says)) {
            print_error("%s: nothing says \"%s\"\n", rows[i].exchangers, rows[i].says);
            wrong++;
        }
        end();
        arena_reset(&arena);
    }
    arena_release(&arena);
    assert_int_equal(wrong, 0);
}

/* ---- records ---- */

#define EXAMINE(kind, name, ...)                                                                   \
    do {                                                                                           \
        static const struct entry entries[] = {__VA_ARGS__};                                       \
        begin(entries, sizeof entries / sizeof *entries, kind, name);                              \
    } while (0)
#define DOMAIN(...) EXAMINE(SUBJECT_DOMAIN, "contoso.com", __VA_ARGS__)

static void records_lead_somewhere(void **state)
{
    (void)state;
    DOMAIN({"contoso.com", "MX", "0 ."});
    assert_string_equal(verdicts(), "");
    assert_non_null(seen("null MX"));
    end();
    DOMAIN({"contoso.com", "MX", "0 ."}, {"contoso.com", "MX", "10 a.contoso.com"},
           {"a.contoso.com", "A", "192.0.2.1"});
    assert_string_equal(verdicts(), "null=warning");
    end();
    DOMAIN({"contoso.com", "MX", "10 a.contoso.com"}, {"contoso.com", "MX", "20 b.contoso.com"},
           {"a.contoso.com", "A", "192.0.2.1"});
    assert_string_equal(verdicts(), "no-address=warning");
    end();
    DOMAIN({"contoso.com", "MX", "10 a.contoso.com"});
    assert_string_equal(verdicts(), "no-address=critical");
    end();
    DOMAIN({"contoso.com", "MX", "10 a.contoso.com"}, {"a.contoso.com", "A", "fails"});
    assert_string_equal(verdicts(), "no-address?");
    end();
    DOMAIN({"contoso.com", "MX", "10 a.contoso.com"}, {"a.contoso.com", "A", "192.0.2.1"},
           {"a.contoso.com", "AAAA", "fails"});
    assert_string_equal(verdicts(), "no-address?");
    end();
    DOMAIN({"contoso.com", "MX", "fails"});
    assert_string_equal(verdicts(), "no-address?");
    end();
    DOMAIN({"contoso.com", "MX", "10 192.0.2.1"});
    assert_string_equal(verdicts(), "ip-literal=critical");
    end();
    DOMAIN({"contoso.com", "MX", "10 a.contoso.com"}, {"a.contoso.com", "A", "10.0.0.41"},
           {"contoso.com", "MX", "20 b.contoso.com"}, {"b.contoso.com", "A", "192.0.2.1"});
    assert_string_equal(verdicts(), "unreachable=critical private-address=warning");
    end();
}

/* RFC 5321 5.1: without an MX record the domain's own address counts, and need not. */
static void a_domain_may_be_its_own_exchanger(void **state)
{
    (void)state;
    DOMAIN({"contoso.com", "A", "192.0.2.1"});
    assert_string_equal(verdicts(), "");
    end();
    DOMAIN({"contoso.com", "A", "192.0.2.30"});
    assert_string_equal(verdicts(), "refuses=info");
    end();
    DOMAIN({"contoso.com", "A", "192.0.2.10"});
    assert_string_equal(verdicts(), "banner-stall=info");
    end();
    DOMAIN({"contoso.com", "TXT", "fails"});
    assert_string_equal(verdicts(), "");
    end();
    DOMAIN({"contoso.com", "A", "fails"});
    assert_string_equal(verdicts(), "no-address?");
    end();
}

/* One address under two names, and of both preferences, is called and told once. */
static void an_address_counts_once(void **state)
{
    (void)state;
    DOMAIN({"contoso.com", "MX", "10 A.contoso.com"}, {"contoso.com", "MX", "20 b.contoso.com"},
           {"a.contoso.com", "A", "192.0.2.10"}, {"b.contoso.com", "A", "192.0.2.10"});
    assert_string_equal(verdicts(), "banner-stall=critical");
    assert_non_null(seen("the only address"));
    end();
}

static bool is_step(const char *part)
{
    for (size_t i = 0; i < bench.finding_count; i++) {
        const struct steps fix = bench.findings[i]->fix;

        for (size_t j = 0; j < fix.count; j++) {
            if (strstr(fix.list[j].command, part))
                return true;
        }
    }
    return false;
}

/* What is said to be deleted is what is at fault, and who is sent to is not. */
static void what_works_stays_in_dns(void **state)
{
    (void)state;
    /* one of two addresses of a name: the address record, and the other address to send to */
    DOMAIN({"contoso.com", "MX", "10 a.contoso.com"}, {"a.contoso.com", "A", "192.0.2.10"},
           {"a.contoso.com", "AAAA", "2001:db8::1"});
    assert_true(is_step("Delete the address record \"a.contoso.com. 300 IN A 192.0.2.10\""));
    assert_false(is_step("Delete the record"));
    assert_true(is_step("-SmartHosts '[2001:db8::1]'"));
    end();
    /* both names of an address, and the third to send to */
    DOMAIN({"contoso.com", "MX", "10 a.contoso.com"}, {"contoso.com", "MX", "10 b.contoso.com"},
           {"contoso.com", "MX", "10 c.contoso.com"}, {"a.contoso.com", "A", "192.0.2.10"},
           {"b.contoso.com", "A", "192.0.2.10"}, {"c.contoso.com", "A", "192.0.2.1"});
    assert_true(is_step("IN MX 10 a.contoso.com.\""));
    assert_true(is_step("IN MX 10 b.contoso.com.\""));
    assert_false(is_step("IN MX 10 c.contoso.com"));
    assert_false(is_step("Delete the address record"));
    assert_true(is_step("-SmartHosts 'c.contoso.com'"));
    assert_non_null(seen("1 of 2 addresses with the best preference: about 2 in 3 messages"));
    assert_non_null(seen("(and of preference 10, b.contoso.com)"));
    end();
    /* an address that was not tried may work */
    DOMAIN({"contoso.com", "MX", "10 a.contoso.com"}, {"contoso.com", "MX", "20 b.contoso.com"},
           {"a.contoso.com", "A", "192.0.2.10"}, {"a.contoso.com", "AAAA", "2001:db8::41"},
           {"b.contoso.com", "A", "192.0.2.1"});
    assert_false(is_step("Delete the record"));
    assert_true(is_step("a.contoso.com. 300 IN A 192.0.2.10"));
    assert_true(is_step("-SmartHosts 'b.contoso.com'"));
    end();
    /* another service in the exchanger's place */
    DOMAIN({"contoso.com", "MX", "10 a.contoso.com"}, {"contoso.com", "MX", "20 b.contoso.com"},
           {"a.contoso.com", "A", "192.0.2.80"}, {"b.contoso.com", "A", "192.0.2.1"});
    assert_true(is_step("IN MX 10 a.contoso.com.\""));
    end();
    /* nobody is left */
    DOMAIN({"contoso.com", "MX", "10 a.contoso.com"}, {"a.contoso.com", "A", "192.0.2.10"});
    assert_false(is_step("Delete the"));
    assert_true(is_step("-SmartHosts '<exchanger-that-greets>'"));
    end();
}

static void more_than_are_examined_are_told(void **state)
{
    static struct entry world[80];
    struct arena arena = {0};
    size_t count = 0;

    (void)state;
    for (unsigned i = 0; i < 40; i++) {
        const char *host = arena_print(&arena, "mx%02u.contoso.com", i);

        world[count++] = (struct entry){"contoso.com", "MX", arena_print(&arena, "%u %s", i, host)};
        world[count++] = (struct entry){host, "A", "192.0.2.1"};
    }
    begin(world, count, SUBJECT_DOMAIN, "contoso.com");
    assert_string_equal(verdicts(), "no-address?");
    assert_non_null(seen("of 40 exchangers the first 32"));
    end();
    arena_release(&arena);
}

/* ---- servers ---- */

/* It may be no exchanger of any domain, nor have mail from outside. */
static void says_server(const char *title)
{
    for (size_t i = 0; i < bench.finding_count; i++) {
        if (bench.findings[i]->outcome != OUTCOME_PROBLEM)
            continue;
        assert_string_equal(bench.findings[i]->title, title);
        assert_null(strstr(bench.findings[i]->why, "exchanger"));
        assert_non_null(strstr(finding_cost(bench.findings[i]), "Mail through this server"));
    }
}

/* All three services are called; that two of them are not offered is no fault. */
static void servers_are_called_at_three_ports(void **state)
{
    size_t calls = 0;

    (void)state;
    EXAMINE(SUBJECT_SERVER, "mail.contoso.com", {"mail.contoso.com", "A", "192.0.2.10"});
    assert_string_equal(verdicts(),
                        "banner-stall=critical banner-stall=warning banner-stall=warning");
    says_server("a mail server accepts connections and never greets");
    for (size_t i = 0; i < bench.fetched_count; i++)
        calls += bench.fetched[i]->kind == &evidence_smtp;
    assert_int_equal(calls, 3);
    end();
    EXAMINE(SUBJECT_SERVER, "192.0.2.30", {"x", "A", "192.0.2.1"});
    assert_string_equal(verdicts(), "refuses=warning");
    says_server("a mail server refuses connections");
    assert_non_null(seen("this network may refuse port 25 by itself"));
    end();
}

static size_t count_steps(const char *part)
{
    size_t count = 0;

    for (size_t i = 0; i < bench.finding_count; i++) {
        const struct finding *finding = bench.findings[i];
        const struct steps all[] = {finding->fix, finding->verify};

        for (size_t j = 0; j < 2; j++) {
            for (size_t k = 0; k < all[j].count; k++)
                count += strstr(all[j].list[k].command, part) != NULL;
        }
    }
    return count;
}

/* The steps are about the port that is at fault, and speak TLS at once where it does. */
static void steps_fit_the_port(void **state)
{
    (void)state;
    EXAMINE(SUBJECT_SERVER, "192.0.2.10", {"x", "A", "192.0.2.1"});
    assert_int_equal(count_steps("-starttls smtp -crlf -connect 192.0.2.10:25"), 1);
    assert_int_equal(count_steps("-starttls smtp -crlf -connect 192.0.2.10:587"), 1);
    assert_int_equal(count_steps("s_client -crlf -connect 192.0.2.10:465"), 1);
    assert_int_equal(count_steps("s_client"), 3);
    assert_int_equal(count_steps("ss -ltn sport = :25"), 1);
    assert_int_equal(count_steps("ss -ltn sport = :587"), 1);
    assert_int_equal(count_steps("ss -ltn sport = :465"), 1);
    assert_int_equal(count_steps("New-SendConnector"), 1);
    end();
}

/* Who runs a printed line sees what this run saw. */
static void lines_of_exdiag_keep_the_ways(void **state)
{
    (void)state;
    bench.port = 2525;
    DOMAIN({"contoso.com", "MX", "10 a.contoso.com"}, {"a.contoso.com", "A", "192.0.2.10"});
    assert_int_equal(count_steps("exdiag check --domain contoso.com --only mx --patience proof "
                                 "--dns 192.0.2.53 --port smtp=2525"),
                     1);
    assert_int_equal(count_steps("ntp=2525"), 0);
    end();
}

/* A server need not be a relay: where mail programs get in, a closed port 25 is no fault. */
static void a_server_need_not_take_mail_from_servers(void **state)
{
    (void)state;
    bench.open_for_programs = true;
    EXAMINE(SUBJECT_SERVER, "192.0.2.30", {"x", "A", "192.0.2.1"});
    assert_string_equal(verdicts(), "refuses=info");
    assert_non_null(seen("needs no port 25"));
    end();
}

/* By its name or its address: what is told of a domain is not told again. Others are, at port 25.
 */
static void found_servers_are_told_once(void **state)
{
    static const struct entry entries[] = {{"contoso.com", "MX", "10 mx.contoso.com"},
                                           {"mx.contoso.com", "A", "192.0.2.10"},
                                           {"other.com", "A", "192.0.2.11"}};
    static const struct {
        const char *server;
        const char *verdicts;
    } rows[] = {
        {"mx.contoso.com", "banner-stall=critical"},
        {"192.0.2.10", "banner-stall=critical"},
        {"other.com", "banner-stall=critical banner-stall=warning"},
        {"192.0.2.11", "banner-stall=critical banner-stall=warning"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin_with(entries, 3, SUBJECT_DOMAIN, "contoso.com", rows[i].server);
        assert_string_equal(verdicts(), rows[i].verdicts);
        end();
    }
}

/* ---- TLSA ---- */

static struct dns_record tlsa(uint8_t usage, uint8_t selector, uint8_t matching, uint8_t first)
{
    static uint8_t bytes[32];
    uint8_t *digest = bytes;

    memset(bytes, first, sizeof bytes);
    return (struct dns_record){.type = DNS_TLSA,
                               .data.tlsa = {digest, 32, usage, selector, matching}};
}

static void tlsa_records_are_compared(void **state)
{
    static char key[65], leaf[65], authority[65];
    struct certificate chain[2] = {
        {.common_name = "mx.contoso.com",
         .sha256 = leaf,
         .sha512 = "",
         .key_sha256 = key,
         .key_sha512 = ""},
        {.sha256 = authority, .sha512 = "", .key_sha256 = "", .key_sha512 = ""}};
    const struct smtp_tls tls = {.chain = chain, .chain_count = 2}, none = {0};
    static const struct {
        uint8_t usage, selector, matching, first;
        enum mx_tlsa_match match;
    } rows[] = {
        {3, 1, 1, 0xaa, MX_TLSA_MATCHES},      {3, 0, 1, 0xbb, MX_TLSA_MATCHES},
        {3, 1, 1, 0xbb, MX_TLSA_DIFFERS},      {3, 0, 1, 0xcc, MX_TLSA_DIFFERS},
        {2, 0, 1, 0xcc, MX_TLSA_MATCHES},      {2, 0, 1, 0xdd, MX_TLSA_DIFFERS},
        {3, 1, 0, 0xaa, MX_TLSA_INCOMPARABLE}, {3, 1, 2, 0xaa, MX_TLSA_INCOMPARABLE},
        {1, 1, 1, 0xaa, MX_TLSA_NONE},         {0, 0, 1, 0xcc, MX_TLSA_NONE},
        {3, 7, 1, 0xaa, MX_TLSA_NONE},         {3, 1, 9, 0xaa, MX_TLSA_NONE},
    };

    (void)state;
    memset(key, 'a', 64);
    memset(leaf, 'b', 64);
    memset(authority, 'c', 64);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dns_record record =
            tlsa(rows[i].usage, rows[i].selector, rows[i].matching, rows[i].first);
        const struct dns_answer answer_of = {.type = DNS_TLSA, .answer = {&record, 1}};

        assert_int_equal(mx_tlsa_match(&answer_of, &tls, "mx.contoso.com"), rows[i].match);
    }
    {
        struct dns_record record = tlsa(2, 0, 1, 0xcc);
        const struct dns_answer answer_of = {.type = DNS_TLSA, .answer = {&record, 1}};

        assert_int_equal(mx_tlsa_match(&answer_of, &tls, "other.contoso.com"), MX_TLSA_DIFFERS);
        assert_int_equal(mx_tlsa_match(&answer_of, &none, "mx.contoso.com"), MX_TLSA_DIFFERS);
        chain[0].names_are_cut = true;
        assert_int_equal(mx_tlsa_match(&answer_of, &tls, "other.contoso.com"),
                         MX_TLSA_INCOMPARABLE);
        record.data.tlsa.usage = 3;
        assert_int_equal(mx_tlsa_match(&answer_of, &tls, "other.contoso.com"), MX_TLSA_DIFFERS);
    }
}

static int set_up(void **state)
{
    (void)state;
    memset(&bench, 0, sizeof bench);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(exchangers_are_judged_together, set_up),
        cmocka_unit_test_setup(records_lead_somewhere, set_up),
        cmocka_unit_test_setup(a_domain_may_be_its_own_exchanger, set_up),
        cmocka_unit_test_setup(an_address_counts_once, set_up),
        cmocka_unit_test_setup(what_works_stays_in_dns, set_up),
        cmocka_unit_test_setup(more_than_are_examined_are_told, set_up),
        cmocka_unit_test_setup(servers_are_called_at_three_ports, set_up),
        cmocka_unit_test_setup(steps_fit_the_port, set_up),
        cmocka_unit_test_setup(lines_of_exdiag_keep_the_ways, set_up),
        cmocka_unit_test_setup(a_server_need_not_take_mail_from_servers, set_up),
        cmocka_unit_test_setup(found_servers_are_told_once, set_up),
        cmocka_unit_test_setup(tlsa_records_are_compared, set_up),
    };

    return cmocka_run_group_tests_name("mx judge", tests, NULL, NULL);
}
