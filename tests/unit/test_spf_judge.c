/* What is found in one record and its tree, and the one corrected record for all of it. */
#include "diag/exam.h"
#include "diag/text.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct probe probe_spf;

enum { ITEMS_MOST = 256, FINDINGS_MOST = 64, STRINGS_MOST = 8, TEXT_MOST = 4096 };

/* ---- the names that records lead to ---- */

static const struct entry {
    const char *name;
    const char *type;
    const char *data; /* the strings of a TXT record: | between two */
} world[] = {
    {"contoso.com", "A", "203.0.113.1"},
    {"contoso.com", "AAAA", "2001:db8::1"},
    {"contoso.com", "MX", "mx.contoso.com"},
    {"mx.contoso.com", "A", "203.0.113.2"},
    {"mx.contoso.com", "AAAA", "2001:db8::2"},
    {"v4.example", "A", "203.0.113.3"},
    {"inside.example", "A", "10.0.0.8"},
    {"one.example", "TXT", "v=spf1 ip4:198.51.100.1 -all"},
    {"two.example", "TXT", "v=spf1 include:one.example include:one.example -all"},
    {"five.example", "TXT",
     "v=spf1 a:mx.contoso.com a:mx.contoso.com a:mx.contoso.com a:mx.contoso.com ~all"},
    {"none.example", "TXT", "hello"},
    {"several.example", "TXT", "v=spf1 mx -all"},
    {"several.example", "TXT", "v=spf1 a -all"},
    {"faulty.example", "TXT", "v=spf1 ipv4:192.0.2.1 -all"},
    {"loop.example", "TXT", "v=spf1 include:loop.example -all"},
    {"open.example", "TXT", "v=spf1 +all"},
    {"endless.example", "TXT", "v=spf1 ip4:198.51.100.1"},
    {"ptr.example", "TXT", "v=spf1 ptr:contoso.com -all"},
    {"vain.example", "TXT", "v=spf1 a:x1.example a:x2.example a:x3.example -all"},
    {"broken.example", "TXT", "v=spf1 include:none.example -all"},
    {"many.example", "MX", "m0.example"},
    {"many.example", "MX", "m1.example"},
    {"many.example", "MX", "m2.example"},
    {"many.example", "MX", "m3.example"},
    {"many.example", "MX", "m4.example"},
    {"many.example", "MX", "m5.example"},
    {"many.example", "MX", "m6.example"},
    {"many.example", "MX", "m7.example"},
    {"many.example", "MX", "m8.example"},
    {"many.example", "MX", "m9.example"},
    {"many.example", "MX", "m10.example"},
    {"old.example", "TXT", "v=spf1 ip4:198.51.100.1 -all"},
    {"old.example", "SPF", "v=spf1 ip4:198.51.100.2 -all"},
};

/* ---- answers ---- */

static struct {
    struct settings settings;
    struct evidence_store *store;
    struct exam *exam;
    struct evidence *fetched[ITEMS_MOST];
    size_t fetched_count;
    struct finding *findings[FINDINGS_MOST];
    size_t finding_count;
    const char *record; /* of contoso.com: | between two strings */
} bench;

static void fetch(void *context, struct evidence *item)
{
    (void)context;
    assert_true(bench.fetched_count < ITEMS_MOST);
    bench.fetched[bench.fetched_count++] = item;
}

static void fill_strings(struct dns_record *record, const char *text, struct arena *arena)
{
    struct dns_string *strings = arena_new(arena, STRINGS_MOST, sizeof *strings);
    size_t count = 0;

    for (; count < STRINGS_MOST; count++) {
        strings[count].size = strcspn(text, "|");
        strings[count].bytes = arena_copy(arena, text, strings[count].size);
        text += strings[count].size;
        if (*text++ != '|')
            break;
    }
    record->data.txt.strings = strings;
    record->data.txt.count = count + 1;
}

static void fill(struct dns_record *record, const char *name, enum dns_type type, const char *data,
                 struct arena *arena)
{
    record->owner = name;
    record->type = (uint16_t)type;
    record->ttl = 300;
    if (type == DNS_A || type == DNS_AAAA)
        assert_int_equal(ip_parse(data, strlen(data), &record->data.ip), STATUS_OK);
    else if (type == DNS_MX)
        record->data.mx.exchange = data;
    else
        fill_strings(record, data, arena);
}

static void answer(struct dns_answer *item)
{
    struct arena *arena = &item->evidence.memory;
    struct dns_record *records = arena_new(arena, 32, sizeof *records);
    bool exists = strcmp(item->name, "contoso.com") == 0;
    size_t count = 0;

    if (exists && item->type == DNS_TXT)
        fill(&records[count++], item->name, item->type, bench.record, arena);
    for (size_t i = 0; i < sizeof world / sizeof *world; i++) {
        if (strcmp(world[i].name, item->name) != 0)
            continue;
        exists = true;
        if (dns_type_from_name(world[i].type) == item->type)
            fill(&records[count++], item->name, item->type, world[i].data, arena);
    }
    item->rcode = exists ? DNS_NOERROR : DNS_NXDOMAIN;
    item->answer.records = records;
    item->answer.count = count;
    evidence_fail(&item->evidence,
                  strcmp(item->name, "dead.example") == 0 ? STATUS_TIMED_OUT : STATUS_OK, NULL);
}

static void take(void *context, struct finding *finding)
{
    (void)context;
    assert_true(bench.finding_count < FINDINGS_MOST);
    bench.findings[bench.finding_count++] = finding;
}

/* ---- one record, examined ---- */

static void begin(const char *record)
{
    static const struct probe *const list[] = {&probe_spf, NULL};
    static const struct net_address server = {.ip = {IP_V4, {192, 0, 2, 53}}, .port = 53};
    const struct exam_options options = {.settings = &bench.settings,
                                         .probes = list,
                                         .store = bench.store = evidence_store_new(),
                                         .absent = STATUS_NOT_RECORDED,
                                         .fetch = fetch};

    bench.settings.dns = &server;
    bench.settings.dns_count = 1;
    bench.settings.ports[SERVICE_DNS] = 53;
    bench.record = record;
    bench.fetched_count = bench.finding_count = 0;
    bench.exam = exam_new(&options);
    exam_add_subject(bench.exam, SUBJECT_DOMAIN, "contoso.com", "contoso.com", true);
    exam_work(bench.exam, 0);
    for (size_t i = 0; i < bench.fetched_count; i++) {
        answer((struct dns_answer *)bench.fetched[i]);
        exam_settled(bench.exam, bench.fetched[i], 0);
        exam_work(bench.exam, 0);
    }
    exam_findings(bench.exam, take, NULL);
}

static void end(void)
{
    exam_free(bench.exam);
    evidence_store_free(bench.store);
}

static int set_up(void **state)
{
    (void)state;
    memset(&bench, 0, sizeof bench);
    return 0;
}

static bool is_problem(const struct finding *finding)
{
    return finding->outcome == OUTCOME_PROBLEM;
}

/* Records of tables send by what they name, whatever receives. */
static bool is_listed(const struct finding *finding)
{
    return is_problem(finding) && strcmp(finding->kind->id, "spf-sender-forgotten") != 0;
}

/* " spf-ptr" for every problem, in the order of the alphabet. */
static void list_problems(char *ids, size_t size)
{
    const char *last = "";

    *ids = '\0';
    for (;;) {
        const char *next = NULL;

        for (size_t i = 0; i < bench.finding_count; i++) {
            const char *id = bench.findings[i]->kind->id;

            if (is_listed(bench.findings[i]) && strcmp(id, last) > 0 &&
                (!next || strcmp(id, next) < 0))
                next = id;
        }
        if (!next)
            return;
        snprintf(ids + strlen(ids), size - strlen(ids), "%s%s", *ids ? " " : "", next + 4);
        last = next;
    }
}

/* The corrected record that a finding publishes, between its quotation marks; or NULL. */
static const char *corrected_by(const struct finding *finding)
{
    static char text[TEXT_MOST];

    for (size_t i = 0; i < finding->fix.count; i++) {
        const char *start = strchr(finding->fix.list[i].command, '"');

        if (finding->fix.list[i].shell != SHELL_DNS)
            continue;
        assert_non_null(start);
        snprintf(text, sizeof text, "%.*s", (int)strcspn(start + 1, "\""), start + 1);
        return text;
    }
    return NULL;
}

static const char *corrected(void)
{
    for (size_t i = 0; i < bench.finding_count; i++) {
        if (is_problem(bench.findings[i]) && corrected_by(bench.findings[i]))
            return corrected_by(bench.findings[i]);
    }
    return NULL;
}

static bool says(const struct finding *finding, const char *part)
{
    for (size_t i = 0; i < finding->seen_count; i++) {
        if (strstr(finding->seen[i].text, part))
            return true;
    }
    for (size_t i = 0; i < finding->fix.count; i++) {
        if (finding->fix.list[i].note && strstr(finding->fix.list[i].note, part))
            return true;
    }
    return strstr(finding->title, part) != NULL;
}

static const struct finding *the_problem(void)
{
    for (size_t i = 0; i < bench.finding_count; i++) {
        if (is_problem(bench.findings[i]))
            return bench.findings[i];
    }
    fail_msg("\"%s\": nothing is found", bench.record);
    return NULL;
}

struct row {
    const char *record;
    const char *ids;       /* of the problems, without spf-, in the order of the alphabet */
    const char *corrected; /* or NULL: none is proposed */
};

static void check(const struct row *rows, size_t count)
{
    size_t right = 0;

    bench.settings.deep = true;
    for (size_t i = 0; i < count; i++) {
        const char *text;
        char ids[512];

        begin(rows[i].record);
        list_problems(ids, sizeof ids);
        text = corrected();
        if (strcmp(ids, rows[i].ids) != 0)
            print_error("\"%s\": found \"%s\", not \"%s\"\n", rows[i].record, ids, rows[i].ids);
        else if (!text != !rows[i].corrected || (text && strcmp(text, rows[i].corrected) != 0))
            print_error("\"%s\": the corrected record is \"%s\", not \"%s\"\n", rows[i].record,
                        text ? text : "none", rows[i].corrected ? rows[i].corrected : "none");
        else
            right++;
        end();
    }
    assert_int_equal(right, count);
}

#define CHECK(rows) check(rows, sizeof rows / sizeof *rows)

/* ---- healthy ---- */

/* Records as careful people have them: silence. */
static void right_records_are_left_alone(void **state)
{
    static const struct row rows[] = {
        {"v=spf1 -all", "", NULL},
        {"v=spf1 mx ~all", "", NULL},
        {"v=spf1 mx a ip4:203.0.113.0/24 ip6:2001:db8::/32 include:one.example -all", "", NULL},
        {"v=spf1 ip4:203.0.113.7|1 ip4:198.51.100.0/24 -all", "", NULL},
        {"v=spf1 include:one.exam|ple -all", "", NULL},
        {"v=spf1 redirect=one.example", "", NULL},
        {"v=spf1 mx -all exp=explain.contoso.com", "", NULL},
        {"v=spf1 mx ra=postmaster rp=100 rr=e:s -all", "", NULL},
        {"v=spf1 include:%{i}._ip.%{h}._ehlo.%{d}._spf.one.example ~all", "", NULL},
        {"v=spf1 exists:%{ir}.list.one.example -all", "", NULL},
        {"v=spf1 -ip4:198.51.100.7 ip4:198.51.100.0/24 ~all", "", NULL},
        {"v=spf1 ip4:40.92.0.0/15 ip4:52.100.0.0/14 ip6:2a01:111:f400::/48 -all", "", NULL},
        {"v=spf1 a:mail-all.example.contoso.com mx ~all", "", NULL},
        {"v=spf1 include:two.example include:five.example -all", "", NULL},
    };

    (void)state;
    CHECK(rows);
}

/* ---- grammar ---- */

static void faults_of_the_pen_are_repaired(void **state)
{
    static const struct row rows[] = {
        {"v=spf1 mx \xe2\x80\x93"
         "all",
         "syntax", "v=spf1 mx -all"},
        {"v=spf1 mx \x96"
         "all",
         "syntax", "v=spf1 mx -all"},
        {"v=spf1 \xe2\x80\x9cip4:203.0.113.7\xe2\x80\x9d -all", "syntax",
         "v=spf1 ip4:203.0.113.7 -all"},
        {"v=spf1 mx\xc2\xa0-all", "syntax", "v=spf1 mx -all"},
        {"v=spf1 mx\t-all", "syntax", "v=spf1 mx -all"},
        {"v=spf1 \xe2\x80\x8bmx -all", "syntax", "v=spf1 mx -all"},
        {"v=spf1 ip:203.0.113.7 -all", "syntax", "v=spf1 ip4:203.0.113.7 -all"},
        {"v=spf1 ip:2001:db8::7 -all", "syntax", "v=spf1 ip6:2001:db8::7 -all"},
        {"v=spf1 ipv4:203.0.113.7 -all", "syntax", "v=spf1 ip4:203.0.113.7 -all"},
        {"v=spf1 ipv6:2001:db8::7 -all", "syntax", "v=spf1 ip6:2001:db8::7 -all"},
        {"v=spf1 ip4:2001:db8::7 -all", "syntax", "v=spf1 ip6:2001:db8::7 -all"},
        {"v=spf1 ip4: 203.0.113.7 -all", "syntax", "v=spf1 ip4:203.0.113.7 -all"},
        {"v=spf1 ip4 :203.0.113.7 -all", "syntax", "v=spf1 ip4:203.0.113.7 -all"},
        {"v=spf1 ip4:203.0.113.0 /24 -all", "syntax", "v=spf1 ip4:203.0.113.0/24 -all"},
        {"v=spf1 ip4:203.0.113.0/255.255.255.0 -all", "syntax", "v=spf1 ip4:203.0.113.0/24 -all"},
        {"v=spf1 ip4:203.0.113.7:25 -all", "syntax", "v=spf1 ip4:203.0.113.7 -all"},
        {"v=spf1 203.0.113.7 -all", "syntax", "v=spf1 ip4:203.0.113.7 -all"},
        {"v=spf1 incldue:one.example -all", "syntax", "v=spf1 include:one.example -all"},
        {"v=spf1 includes:one.example -all", "syntax", "v=spf1 include:one.example -all"},
        {"v=spf1 include:one.example/24 -all", "syntax", "v=spf1 include:one.example -all"},
        {"v=spf1 include:https://one.example/ -all", "syntax", "v=spf1 include:one.example -all"},
        {"v=spf1 include:one.example:25 -all", "syntax", "v=spf1 include:one.example -all"},
        {"v=spf1 redirect:one.example", "syntax", "v=spf1 redirect=one.example"},
        {"v=spf1 mx -al", "syntax", "v=spf1 mx -all"},
        {"v=spf1 mx ~all.", "syntax", "v=spf1 mx ~all"},
        {"v=spf1 mx --all", "syntax", "v=spf1 mx -all"},
        {"v=spf1 mx all-", "syntax", "v=spf1 mx -all"},
        {"v=spf1 mx - all", "syntax", "v=spf1 mx -all"},
        {"v=spf1 mx, ip4:203.0.113.7; -all", "syntax", "v=spf1 mx ip4:203.0.113.7 -all"},
        {"v=spf1 mx,ip4:203.0.113.7,-all", "syntax", "v=spf1 mx ip4:203.0.113.7 -all"},
        {"v=spf1 ip4:203.0.113.7,203.0.113.8 -all", "syntax",
         "v=spf1 ip4:203.0.113.7 ip4:203.0.113.8 -all"},
        {"v=spf1 ip4:203.0.113.7-all", "syntax", "v=spf1 ip4:203.0.113.7 -all"},
        {"v=spf1 ip4:203.0.113.7ip4:203.0.113.8 -all", "syntax",
         "v=spf1 ip4:203.0.113.7 ip4:203.0.113.8 -all"},
        {"v=spf1 a:203.0.113.7 -all", "syntax", "v=spf1 ip4:203.0.113.7 -all"},
        {"v=spf1 ip4:mx.contoso.com -all", "syntax", "v=spf1 a:mx.contoso.com -all"},
        {"v=spf1 exists:%(i).one.example -all", "syntax", "v=spf1 exists:%{i}.one.example -all"},
        {"v=spf1 mx spf2.0/pra -all", "syntax", "v=spf1 mx -all"},
    };

    (void)state;
    CHECK(rows);
}

/* What a person has to decide is said, and no record is shown. */
static void doubts_are_left_to_a_person(void **state)
{
    static const struct row rows[] = {
        {"v=spf1 mail.contoso.com -all", "syntax", NULL},
        {"v=spf1 mx.contoso.com -all", "syntax", NULL},
        {"v=spf1 ip4:203.0.113.* -all", "syntax", NULL},
        {"v=spf1 ip4:203.0.113.0/33 -all", "syntax", NULL},
        {"v=spf1 ip4:300.0.113.0 -all", "syntax", NULL},
        {"v=spf1 include -all", "syntax", NULL},
        {"v=spf1 mx -~all", "syntax", NULL},
        {"v=spf1 mx al", "syntax", NULL},      /* not +all */
        {"v=spf1 mx \"all\"", "syntax", NULL}, /* nor when unquoted */
        {"v=spf1 mx all:foo", "syntax", NULL},
        {"v=spf1 thing -all", "syntax", NULL},
        {"v=spf1 redirect=one.example redirect=two.example", "syntax", NULL},
    };

    (void)state;
    CHECK(rows);
}

static void ignored_words_are_told(void **state)
{
    static const struct row rows[] = {
        {"v=spf1 mx include=one.example -all", "unknown-modifier",
         "v=spf1 mx include:one.example -all"},
        {"v=spf1 ip4=203.0.113.7 -all", "unknown-modifier", "v=spf1 ip4:203.0.113.7 -all"},
        {"v=spf1 a=v4.example -all", "unknown-modifier", "v=spf1 a:v4.example -all"},
        {"v=spf1 ip4:203.0.113.7 redirekt=one.example", "no-all unknown-modifier",
         "v=spf1 ip4:203.0.113.7 redirect=one.example"},
        {"v=spf1 mx -all v=spf1 a ~all", "after-all unknown-modifier", "v=spf1 mx a -all"},
        {"v=spf1 mx moo=cow -all", "unknown-modifier", NULL},
    };

    (void)state;
    CHECK(rows);
}

/* The grammar takes nearly any character in a name. */
static void names_that_no_host_has_are_told(void **state)
{
    static const struct row rows[] = {
        {"v=spf1 include:https://one.example -all", "include-none odd-name",
         "v=spf1 include:one.example -all"},
        {"v=spf1 include:one.example,two.example -all", "include-none odd-name",
         "v=spf1 include:one.example include:two.example -all"},
        {"v=spf1 a:postmaster@one.example mx -all", "odd-name", NULL},
        {"v=spf1 a:*.contoso.com mx -all", "odd-name", NULL},
        {"v=spf1 exists:%{l}+%{d}.one.example mx -all", "", NULL},
    };

    (void)state;
    CHECK(rows);
}

/* A text that is no record, but was meant as one. */
static void look_alikes_become_records(void **state)
{
    static const struct row rows[] = {
        {"\"v=spf1 mx -all\"", "none", "v=spf1 mx -all"},
        {" v=spf1 mx -all", "none", "v=spf1 mx -all"},
        {"v=spf1; mx; -all", "none", "v=spf1 mx -all"},
        {"v=spf1, mx, ipv4:203.0.113.7, \xe2\x80\x93"
         "all",
         "none", "v=spf1 mx ip4:203.0.113.7 -all"},
        {"v=sfp1 mx -all", "none", "v=spf1 mx -all"},
        {"spf1 mx -all", "none", "v=spf1 mx -all"},
        {"v=spf1-all", "none", "v=spf1 -all"},
        {"\xe2\x80\x9cv=spf1 mx -all\xe2\x80\x9d", "none", "v=spf1 mx -all"},
        {"v = spf1 mx -all", "none", "v=spf1 mx -all"},
        {"q9.de. IN TXT v=spf1 mx -all", "none", "v=spf1 mx -all"},
        {"q9.de. IN TXT \"v=spf1 mx -all\"", "none", "v=spf1 mx -all"},
        {"q9.de. IN TXT \"v=spf1 mx ip4:203.0\" \".113.7 -all\"", "none",
         "v=spf1 mx ip4:203.0.113.7 -all"},
        {"SPF: v=spf1 mx -all", "none", "v=spf1 mx -all"},
        {"spf=v=spf1 mx -all", "none", "v=spf1 mx -all"},
        {"v=spf2.0/pra mx -all", "none", "v=spf1 mx ~all"}, /* the usual advice */
        {"v=spf1include:one.example -all", "none", "v=spf1 include:one.example -all"},
    };

    (void)state;
    CHECK(rows);
    begin("v=spf10 mx -all"); /* another version, for all we know: the usual advice */
    assert_string_not_equal(corrected(), "v=spf1 mx -all");
    end();
}

/* A word that did nothing is brought into force only where that does no harm. */
static void corrections_lead_to_records(void **state)
{
    static const struct row rows[] = {
        {"v=spf1 mx include=none.example -all", "unknown-modifier", NULL},
        {"v=spf1 mx include=missing.example -all", "unknown-modifier", NULL},
        {"v=spf1 mx include=several.example -all", "unknown-modifier", NULL},
        {"v=spf1 mx include=faulty.example -all", "unknown-modifier", NULL},
        {"v=spf1 mx include=broken.example -all", "unknown-modifier", NULL},
        {"v=spf1 mx include=dead.example -all", "unknown-modifier", NULL},
        {"v=spf1 mx include=contoso.com -all", "unknown-modifier", NULL},
        {"v=spf1 mx include=two.example -all", "unknown-modifier",
         "v=spf1 mx include:two.example -all"},
        {"v=spf1 mx redirekt=none.example", "no-all unknown-modifier", NULL},
        {"v=spf1 mx incldue:none.example -all", "syntax", NULL},
        {"v=spf1 redirect:none.example", "syntax", NULL},
        {"v=spf1 mx mx=many.example -all", "unknown-modifier", NULL},
        {"v=spf1 mx -all include:broken.example", "after-all", NULL},
        {"v=spf1; include:none.example -all", "none", "v=spf1 mx ~all"} /* the usual advice */,
        /* beyond ten lookups: not where the former record keeps within them */
        {"v=spf1 include:five.example a a:mx.contoso.com mx include=two.example -all",
         "unknown-modifier", NULL},
        {"v=spf1 include:five.example a a:mx.contoso.com mx include:two.example ipv4:203.0.113.7 -all",
         "lookup-limit syntax",
         "v=spf1 include:five.example a a:mx.contoso.com mx include:two.example ip4:203.0.113.7 -all"},
        {"v=spf1 mx a=x1.example a=x2.example a=x3.example -all", "unknown-modifier", NULL},
    };

    (void)state;
    CHECK(rows);
}

/* An audit asks for nothing beyond an evaluation. */
static void audits_ask_for_no_correction(void **state)
{
    (void)state;
    begin("v=spf1 mx include=one.example -all");
    assert_null(corrected());
    for (size_t i = 0; i < bench.fetched_count; i++)
        assert_string_not_equal(((struct dns_answer *)bench.fetched[i])->name, "one.example");
    end();
    bench.settings.deep = true;
    begin("v=spf1 mx include=none.example -all");
    assert_true(says(the_problem(), "there is no SPF record at none.example"));
    assert_false(says(the_problem(), "write include:none.example"));
    end();
}

static void lost_spaces_are_found(void **state)
{
    static const struct row rows[] = {
        {"v=spf1 ip4:203.0.113.7|ip4:203.0.113.8 -all", "split-term syntax",
         "v=spf1 ip4:203.0.113.7 ip4:203.0.113.8 -all"},
        {"v=spf1 mx include:one.example|include:two.example -all", "include-none split-term",
         "v=spf1 mx include:one.example include:two.example -all"},
        {"v=spf1 mx include:one.exampleinclude:two.example -all", "include-none split-term",
         "v=spf1 mx include:one.example include:two.example -all"},
        {"v=spf1 mx include:one.example|-all", "include-none no-all split-term",
         "v=spf1 mx include:one.example -all"},
    };

    (void)state;
    CHECK(rows);
}

/* ---- terms ---- */

static void terms_without_effect_are_told(void **state)
{
    static const struct row rows[] = {
        {"v=spf1 mx -all include:one.example", "after-all", "v=spf1 mx include:one.example -all"},
        {"v=spf1 mx -all include:none.example", "after-all", "v=spf1 mx -all"},
        {"v=spf1 mx -all redirect=one.example", "after-all", "v=spf1 mx -all"},
        {"v=spf1 mx redirect=one.example -all", "after-all", "v=spf1 mx -all"},
        {"v=spf1 mx -all ~all", "after-all", "v=spf1 mx -all"},
        {"v=spf1 mx MX -all", "duplicate-term upper-case", "v=spf1 mx -all"},
        {"v=spf1 ip4:203.0.113.7 ip4:203.0.113.7/32 -all", "duplicate-term",
         "v=spf1 ip4:203.0.113.7 -all"},
        {"v=spf1 ip6:2001:db8::7 ip6:2001:0db8:0::7 -all", "duplicate-term",
         "v=spf1 ip6:2001:db8::7 -all"},
        {"v=spf1 include:one.example include:ONE.example. -all", "duplicate-term",
         "v=spf1 include:one.example -all"},
        {"v=spf1 ip4:203.0.113.0/24 ip4:203.0.113.7 -all", "duplicate-term",
         "v=spf1 ip4:203.0.113.0/24 -all"},
        {"v=spf1 ip4:203.0.113.7 ip4:203.0.113.0/24 -all", "", NULL},
        {"v=spf1 ip4:203.0.113.0/24 ~ip4:203.0.113.7 -all", "", NULL},
        {"v=spf1 ip4:203.0.113.7/24 -all", "host-bits", "v=spf1 ip4:203.0.113.0/24 -all"},
        {"v=spf1 ip4:203.0.113.7", "no-all", "v=spf1 ip4:203.0.113.7 ~all"},
        {"v=spf1", "no-all", NULL},
        {"v=spf1 redirect=endless.example", "no-all", NULL},
        {"v=spf1 mx ptr -all", "ptr", NULL},
        {"v=spf1 include:ptr.example -all", "ptr", NULL},
        {"V=SPF1 mx -all", "upper-case", "v=spf1 mx -all"},
        {"v=spf1 exists:%{L}.one.example -all", "upper-case", NULL},
        {"v=spf1 mx ip4:10.0.0.0/8 -all", "private-address", "v=spf1 mx -all"},
        {"v=spf1 mx ip6:fe80::1 -all", "private-address", "v=spf1 mx -all"},
        {"v=spf1 a:inside.example mx -all", "private-address", NULL},
    };

    (void)state;
    CHECK(rows);
}

static void open_doors_are_told(void **state)
{
    static const struct row rows[] = {
        {"v=spf1 mx +all", "permissive", "v=spf1 mx ~all"},
        {"v=spf1 all", "permissive", NULL},
        {"v=spf1 mx ?all", "neutral-all", NULL},
        {"v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all", "permissive", NULL},
        {"v=spf1 mx/4 -all", "permissive", NULL},
        {"v=spf1 ip4:41.0.0.0/8 -all", "permissive", NULL},
        {"v=spf1 include:open.example -all", "permissive", NULL},
        {"v=spf1 ?include:open.example -all", "", NULL},
        {"v=spf1 redirect=open.example", "permissive", NULL},
        {"v=spf1 -ip4:0.0.0.0/0", "no-all", NULL},
    };

    (void)state;
    CHECK(rows);
}

/* ---- trees ---- */

static void what_it_leads_to_is_told(void **state)
{
    static const struct row rows[] = {
        {"v=spf1 mx include:none.example -all", "include-none", "v=spf1 mx -all"},
        {"v=spf1 mx include:missing.example -all", "include-none", "v=spf1 mx -all"},
        {"v=spf1 redirect=none.example", "include-none", NULL},
        {"v=spf1 include:broken.example -all", "include-none", NULL},
        {"v=spf1 include:several.example -all", "include-multiple", NULL},
        {"v=spf1 include:faulty.example -all", "include-syntax", NULL},
        {"v=spf1 mx include:contoso.com -all", "include-loop", "v=spf1 mx -all"},
        {"v=spf1 include:loop.example -all", "include-loop", NULL},
        {"v=spf1 mx:many.example -all", "mx-limit", NULL},
        {"v=spf1 a:x1.example a:x2.example a:x3.example -all", "void-lookups", NULL},
        {"v=spf1 a:x1.example a:x2.example -all", "", NULL},
        {"v=spf1 include:five.example include:five.example ~all", "duplicate-term",
         "v=spf1 include:five.example ~all"},
        {"v=spf1 mx include:five.example include:two.example a exists:one.example ~all",
         "lookup-limit", NULL},
    };

    (void)state;
    CHECK(rows);
}

static const struct tree_node *node_of(const struct finding *finding, const char *label)
{
    for (size_t i = 0; finding->tree && i < finding->tree->count; i++) {
        if (strcmp(finding->tree->nodes[i].label, label) == 0)
            return &finding->tree->nodes[i];
    }
    fail_msg("no %s in the tree", label);
    return NULL;
}

/* The term that crosses the limit is marked, with what each branch costs. */
static void the_limit_shows_what_each_branch_costs(void **state)
{
    const struct finding *finding;
    const struct tree *tree;

    (void)state;
    begin("v=spf1 mx include:five.example include:two.example a include:one.example ~all");
    finding = the_problem();
    assert_string_equal(finding->kind->id, "spf-lookup-limit");
    assert_int_equal(finding->seen[0].mark_start,
                     strstr(bench.record, "include:one.example") - bench.record);
    assert_true(says(finding, "needs 11 DNS lookups"));
    tree = finding->tree;
    assert_non_null(tree);
    assert_string_equal(tree->kind->id, "spf-lookups");
    assert_string_equal(tree->nodes[0].label, "contoso.com");
    assert_int_equal(tree->total, 11);
    assert_int_equal(tree->nodes[0].cost, 11);
    assert_int_equal(node_of(finding, "mx")->number, 1);
    assert_int_equal(node_of(finding, "include:five.example")->number, 2);
    assert_int_equal(node_of(finding, "include:five.example")->cost, 5);
    assert_int_equal(node_of(finding, "include:two.example")->number, 7);
    assert_int_equal(node_of(finding, "include:two.example")->cost, 3);
    assert_string_equal(tree->nodes[tree->count - 1].label, "include:one.example");
    for (size_t i = 0; i < tree->count; i++) {
        bool is_last = i + 1 == tree->count;

        assert_int_equal(tree_breaks_at(tree, i), is_last);
        assert_int_equal(tree->nodes[i].standing, is_last ? PICTURE_WRONG : PICTURE_PLAIN);
        assert_int_equal(tree->nodes[i].number, i);
    }
    end();
}

/* A tree stands where another record is at fault, and marks it; where it is the own one, none. */
static void trees_show_where_the_fault_is(void **state)
{
    static const struct {
        const char *record;
        const char *wrong;  /* NULL: no tree */
        const char *remark; /* or NULL */
    } rows[] = {
        {"v=spf1 mx include:none.example -all", "include:none.example",
         "no SPF record there: a permanent error"},
        {"v=spf1 mx include:missing.example -all", "include:missing.example",
         "the name does not exist: a permanent error"},
        {"v=spf1 include:broken.example -all", NULL, NULL},
        {"v=spf1 include:several.example -all", "include:several.example",
         "several SPF records there: a permanent error"},
        {"v=spf1 include:faulty.example -all", "include:faulty.example",
         "its record is not valid: a permanent error"},
        {"v=spf1 mx include:contoso.com -all", "include:contoso.com",
         "a loop: it stands above already; a permanent error"},
        {"v=spf1 include:open.example -all", "+all", NULL},
        {"v=spf1 +all", "", NULL},
        {"v=spf1 mx:many.example -all", "", NULL},
        {"v=spf1 a:x1.example a:x2.example a:x3.example -all", "", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct finding *finding;

        begin(rows[i].record);
        finding = the_problem();
        if (rows[i].wrong && !*rows[i].wrong) {
            assert_null(finding->tree);
        } else if (rows[i].wrong) {
            assert_int_equal(node_of(finding, rows[i].wrong)->standing, PICTURE_WRONG);
            if (rows[i].remark)
                assert_string_equal(node_of(finding, rows[i].wrong)->remark, rows[i].remark);
        } else {
            assert_non_null(finding->tree);
        }
        end();
    }
}

/* A record of 10,000 terms has a tree of some, that tells how many it has not. */
static void a_tree_is_bounded(void **state)
{
    enum { TERMS = 10000 };
    const struct finding *limit = NULL;
    unsigned left_out = 0;
    bool breaks = false;
    struct buffer record;

    (void)state;
    buffer_init(&record, 65535);
    buffer_add_string(&record, "v=spf1");
    for (unsigned i = 0; i < TERMS; i++)
        buffer_add_string(&record, " mx");
    begin(record.text);
    for (size_t i = 0; i < bench.finding_count; i++) {
        if (strcmp(bench.findings[i]->kind->id, "spf-lookup-limit") == 0)
            limit = bench.findings[i];
    }
    assert_non_null(limit);
    assert_int_equal(limit->tree->count, TREE_NODES_MOST);
    for (size_t i = 0; i < limit->tree->count; i++) {
        left_out += limit->tree->nodes[i].left_out;
        breaks = breaks || tree_breaks_at(limit->tree, i);
    }
    assert_int_equal(left_out, TERMS + 1 - TREE_NODES_MOST);
    assert_true(breaks);
    end();
    buffer_release(&record);
}

/* An IPv4-only host is void for IPv6 senders at some receivers: no alarm. */
static void hosts_without_ipv6_are_no_alarm(void **state)
{
    (void)state;
    bench.settings.deep = true;
    begin("v=spf1 a:v4.example a:v4.example/25 a:v4.example/26 -all");
    assert_int_equal(the_problem()->severity, SEVERITY_INFO);
    assert_true(says(the_problem(), "0 for a sender with IPv4 and 3 for one with IPv6"));
    assert_true(says(the_problem(), "receivers that count strictly"));
    end();
}

/* The zone of the domain is named in a step where the fault stands there. */
static void steps_go_to_the_owner(void **state)
{
    static const struct {
        const char *record;
        const char *where; /* of the first step */
    } rows[] = {
        {"v=spf1 include:ptr.example -all", "whoever runs ptr.example"},
        {"v=spf1 include:vain.example -all", "whoever runs vain.example"},
        {"v=spf1 include:open.example -all", "whoever runs open.example"},
        {"v=spf1 include:faulty.example -all", "whoever runs faulty.example"},
        {"v=spf1 include:several.example -all", "whoever runs several.example"},
        {"v=spf1 include:broken.example -all", "whoever runs broken.example"},
        {"v=spf1 mx ptr -all", "the zone of contoso.com"},
        {"v=spf1 a:x1.example a:x2.example a:x3.example -all", "the zone of contoso.com"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(rows[i].record);
        assert_non_null(strstr(the_problem()->fix.list[0].where, rows[i].where));
        end();
    }
}

static void what_was_not_heard_is_unknown(void **state)
{
    bool is_unknown = false;

    (void)state;
    begin("v=spf1 include:dead.example -all");
    for (size_t i = 0; i < bench.finding_count; i++) {
        const struct finding *finding = bench.findings[i];

        assert_false(is_problem(finding));
        if (strcmp(finding->kind->id, "spf-include-none") == 0)
            is_unknown = finding->outcome == OUTCOME_UNKNOWN;
        assert_string_not_equal(finding->kind->id, "spf-lookup-limit");
    }
    assert_true(is_unknown);
    end();
}

/* ---- with --deep ---- */

static void forgotten_senders_are_told(void **state)
{
    static const struct ip_address known[] = {{IP_V4, {203, 0, 113, 99}}};

    (void)state;
    bench.settings.deep = true;
    begin("v=spf1 ip4:198.51.100.1 -all");
    assert_string_equal(the_problem()->kind->id, "spf-sender-forgotten");
    assert_int_equal(the_problem()->severity,
                     SEVERITY_INFO); /* the mail hosts, which may not send */
    assert_true(says(the_problem(), "mx.contoso.com"));
    end();
    bench.settings.senders = known;
    bench.settings.sender_count = 1;
    begin("v=spf1 mx -all");
    assert_int_equal(the_problem()->severity, SEVERITY_CRITICAL);
    assert_true(says(the_problem(), "203.0.113.99: fail"));
    end();
    begin("v=spf1 mx ~all");
    assert_int_equal(the_problem()->severity, SEVERITY_WARNING);
    end();
}

/* ---- showing ---- */

/* The offending characters are marked in the record's own text. */
static void faults_are_marked_in_the_record(void **state)
{
    const struct finding *finding;

    (void)state;
    begin("v=spf1 ip4:203.0.113.7 \xe2\x80\x93"
          "all");
    finding = the_problem();
    assert_string_equal(finding->seen[0].text, bench.record);
    assert_int_equal(finding->seen[0].mark_start, 23);
    assert_int_equal(finding->seen[0].mark_end, 24);
    assert_true(says(finding, "a dash as word processors make it"));
    end();
}

/* Every change of the corrected record is said, above all one of who may pass. */
static void changes_are_said(void **state)
{
    (void)state;
    bench.settings.deep = true;
    begin("v=spf1 mx +all");
    assert_true(says(the_problem(), "+all, which lets everybody pass, is ~all now"));
    end();
    begin("v=spf1 mx -all include:one.example");
    assert_true(says(the_problem(), "include:one.example stood behind all"));
    end();
}

/* What is proposed lets nobody pass whom the record did not mean, and somebody at least. */
static void corrections_do_no_harm(void **state)
{
    static const struct row rows[] = {
        {"v=spf1 mx ip4:203.0.113.7/ -all", "syntax", NULL},
        {"v=spf1 mx ip6:2001:db8::1/ -all", "syntax", NULL},
        {"v=spf1 mx ip4:203.0.113.7/00 -all", "syntax", NULL},
        {"v=spf1 mx ip4:203.0.113.7/0.0.0.0 -all", "syntax", NULL},
        {"v=spf1 mx ip4:203.0.113.7/255.255.255.255 -all", "syntax",
         "v=spf1 mx ip4:203.0.113.7/32 -all"},
        {"v=spf1 mx ip4:203.0.113.O -all", "syntax", NULL},
        {"v=spf1 mx ip4:203.0.113.7/0 -all", "host-bits permissive", NULL},
        {"v=spf1 MX ip4:203.0.0.0/8 -all", "permissive upper-case",
         "v=spf1 mx ip4:203.0.0.0/8 -all"},
        {"v=spf1 ip4:0.0.0.0/0 MX -all", "permissive upper-case", NULL},
        {"v=spf1 redirect=one.example +all", "after-all permissive", NULL},
        {"v=spf1 redirect=one.example -all", "after-all", NULL},
        {"v=spf1 ALL", "permissive upper-case", NULL},
        {"v=spf1 include:none.example -all", "include-none", NULL},
        {"v=spf1 ip4:10.0.0.1 -all", "private-address", NULL},
    };

    (void)state;
    CHECK(rows);
    begin("v=spf1 MX ip4:203.0.0.0/8 -all");
    for (size_t i = 0; i < bench.finding_count; i++) {
        if (is_problem(bench.findings[i]) &&
            strcmp(bench.findings[i]->kind->id, "spf-permissive") == 0)
            assert_null(corrected_by(bench.findings[i]));
    }
    end();
}

/* An empty reason is no reason. */
static void changes_have_reasons(void **state)
{
    (void)state;
    begin("v=spf1 mx: -all");
    assert_true(says(the_problem(), "mx: is mx now: nothing follows the colon"));
    end();
}

/* Two findings of one record show one corrected record, so neither undoes the other. */
static void findings_share_one_corrected_record(void **state)
{
    (void)state;
    begin("V=SPF1 ip4=203.0.113.7 mx mx -all ~all");
    for (size_t i = 0; i < bench.finding_count; i++) {
        if (is_problem(bench.findings[i]))
            assert_string_equal(corrected_by(bench.findings[i]), "v=spf1 ip4:203.0.113.7 mx -all");
    }
    end();
}

/* Hostile sizes come to an end. */
static void large_records_are_judged(void **state)
{
    char *text = memory_new(1, 65000);

    (void)state;
    memcpy(text, "v=spf1", 6);
    for (size_t i = 6; i + 4 < 64000; i += 4)
        memcpy(text + i, " x:,", 4);
    begin(text);
    assert_string_equal(the_problem()->kind->id, "spf-syntax");
    end();
    memset(text + 6, 'a', 64000);
    text[6] = ' ';
    begin(text);
    assert_string_equal(the_problem()->kind->id, "spf-syntax");
    end();
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(right_records_are_left_alone, set_up),
        cmocka_unit_test_setup(faults_of_the_pen_are_repaired, set_up),
        cmocka_unit_test_setup(doubts_are_left_to_a_person, set_up),
        cmocka_unit_test_setup(ignored_words_are_told, set_up),
        cmocka_unit_test_setup(names_that_no_host_has_are_told, set_up),
        cmocka_unit_test_setup(look_alikes_become_records, set_up),
        cmocka_unit_test_setup(corrections_lead_to_records, set_up),
        cmocka_unit_test_setup(audits_ask_for_no_correction, set_up),
        cmocka_unit_test_setup(lost_spaces_are_found, set_up),
        cmocka_unit_test_setup(terms_without_effect_are_told, set_up),
        cmocka_unit_test_setup(open_doors_are_told, set_up),
        cmocka_unit_test_setup(what_it_leads_to_is_told, set_up),
        cmocka_unit_test_setup(the_limit_shows_what_each_branch_costs, set_up),
        cmocka_unit_test_setup(trees_show_where_the_fault_is, set_up),
        cmocka_unit_test_setup(a_tree_is_bounded, set_up),
        cmocka_unit_test_setup(hosts_without_ipv6_are_no_alarm, set_up),
        cmocka_unit_test_setup(steps_go_to_the_owner, set_up),
        cmocka_unit_test_setup(what_was_not_heard_is_unknown, set_up),
        cmocka_unit_test_setup(forgotten_senders_are_told, set_up),
        cmocka_unit_test_setup(faults_are_marked_in_the_record, set_up),
        cmocka_unit_test_setup(changes_are_said, set_up),
        cmocka_unit_test_setup(corrections_do_no_harm, set_up),
        cmocka_unit_test_setup(changes_have_reasons, set_up),
        cmocka_unit_test_setup(findings_share_one_corrected_record, set_up),
        cmocka_unit_test_setup(large_records_are_judged, set_up),
    };

    return cmocka_run_group_tests_name("spf_judge", tests, NULL, NULL);
}
