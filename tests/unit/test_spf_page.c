/* The page and the JSON of `exdiag spf`, byte for byte, over the zone below. */
#include "diag/command/spf_page.h"
#include "tests/golden/golden.h"
#include "tests/unit/spf_bench.h"

/* 2026-11-22 09:05:07.123 UTC */
#define STARTED 1795338307123

static const struct spf_bench_record zone[] = {
    {"contoso.com", DNS_TXT,
     "v=spf1 mx include:spf.northwind.com ipv4:192.0.2.1 exists:%{l}.%{ir}._spf.contoso.com "
     "a:old.contoso.com include:several.example include:loop.example include:slow.example ~all"},
    {"contoso.com", DNS_MX, "mail.contoso.com"},
    {"mail.contoso.com", DNS_A, "192.0.2.25"},
    {"mail.contoso.com", DNS_AAAA, "2001:db8::25"},
    {"spf.northwind.com", DNS_TXT,
     "v=spf1 ip4:203.0.113.0/26 ip4:203.0.113.64/26 ip4:203.0.113.128/26 ip4:198.51.100.1 "
     "ip4:198.51.100.3 ip4:198.51.100.5 ip4:198.51.100.7 include:a.northwind.com "
     "include:b.northwind.com include:c.northwind.com -all"},
    {"a.northwind.com", DNS_TXT, "v=spf1 a:host.northwind.com ?all"},
    {"b.northwind.com", DNS_TXT, "v=spf1 a:host.northwind.com ?all"},
    {"c.northwind.com", DNS_TXT, "v=spf1 exists:host.northwind.com -all ip4:192.0.2.9"},
    {"host.northwind.com", DNS_A, "203.0.113.200"},
    {"several.example", DNS_TXT, "v=spf1 -all"},
    {"several.example", DNS_TXT, "v=spf1 ~all"},
    {"loop.example", DNS_TXT, "v=spf1 redirect=contoso.com"},
    {"slow.example", DNS_TXT, NULL},

    {"small.example", DNS_TXT, "v=spf1 include:a.example ip4:192.0.2.0/24 exp=why.example -all"},
    {"a.example", DNS_TXT, "v=spf1 ip4:203.0.113.7 redirect=b.example"},
    {"b.example", DNS_TXT, "v=spf1 ip6:2001:db8::/32 ip4:203.0.113.6 -all"},
    {"why.example", DNS_TXT, "%{i} may not send for %{d}\x1b[2J"},
};

/* ---- a view without a judgement ---- */

static void examine(struct examination *x, const struct subject *subject)
{
    const struct settings *settings = ask_settings(x);
    struct spf_view *view = arena_new(pass_memory(x), 1, sizeof *view);

    view->domain = view->name = subject->name;
    view->answer = spf_ask(x, subject->name, DNS_TXT);
    if (!view->answer)
        return;
    view->published = spf_select(view->answer);
    if (!spf_tree_grow(x, subject->name, view->published, NULL, SPF_BOTH_FAMILIES, &view->tree))
        return;
    spf_senders(x, &view->tree, &view->senders);
    if (settings->sender_count > 0) {
        view->is_evaluated = true;
        view->message = (struct spf_message){
            .ip = settings->senders[0], .domain = subject->name, .local = "ohara"};
        if (!spf_check_host(x, &view->message, NULL, &view->verdict))
            return;
    }
    set_result(x, view);
}

static const struct finding_kind none = {.id = "a", .title = "a", .why = "a"};
static const struct finding_kind *const kinds[] = {&none, NULL};
static const struct probe probe = {
    .name = "spf", .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN), .kinds = kinds, .examine = examine};

/* ---- findings, as a judgement would have them ---- */

static const struct finding_kind syntax = {.id = "spf-syntax"}, limit = {.id = "spf-lookup-limit"},
                                 include = {.id = "spf-include-none"}, odd = {.id = "spf-odd"};
static const struct subject domain = {SUBJECT_DOMAIN, "contoso.com", "contoso.com", true, NULL};

#define RECORD                                                                                     \
    "v=spf1 mx include:spf.northwind.com ipv4:192.0.2.1 exists:%{l}.%{ir}._spf.contoso.com "       \
    "a:old.contoso.com include:several.example include:loop.example include:slow.example ~all"

static const struct seen in_syntax[] = {
    {RECORD, "TXT contoso.com", STARTED, false, 36, 50},
    {"there is no ipv4: ip4 was meant", NULL, 0, false, 0, 0},
    {RECORD, "TXT contoso.com", STARTED, false, 51, 85},
    {"a second mark of the same finding", NULL, 0, false, 0, 0},
};
static const struct seen in_limit[] = {
    {RECORD, "TXT contoso.com", STARTED, false, 104, 127},
    {"lookups of each term:", NULL, 0, false, 0, 0},
    {"mx costs 1", NULL, 0, false, 0, 0},
};
static const struct seen in_include[] = {
    {RECORD, "TXT contoso.com", STARTED, false, 104, 127},
    {"v=spf1 a:host.northwind.com ?all", "TXT a.northwind.com", STARTED, false, 28, 32},
};
static const struct seen in_below[] = {
    {"v=spf1 exists:host.northwind.com -all ip4:192.0.2.9", "TXT c.northwind.com", STARTED, false,
     38, 51},
};
static const struct step better[] = {
    {.shell = SHELL_DNS,
     .command = "contoso.com. IN TXT \"v=spf1 mx include:spf.northwind.com ip4:192.0.2.1 ~all\"",
     .where = "the zone",
     .kind = STEP_DECIDE,
     .note = "what is changed: a little"},
};

static const struct finding findings[] = {
    {.kind = &limit,
     .outcome = OUTCOME_PROBLEM,
     .severity = SEVERITY_CRITICAL,
     .title = "the record needs 14 DNS lookups, and 10 are allowed",
     .seen = in_limit,
     .seen_count = 3,
     .fix = {.list = better, .count = 1}},
    {.kind = &syntax,
     .outcome = OUTCOME_PROBLEM,
     .severity = SEVERITY_CRITICAL,
     .title = "the record breaks the grammar",
     .seen = in_syntax,
     .seen_count = 4},
    {.kind = &include,
     .outcome = OUTCOME_PROBLEM,
     .severity = SEVERITY_WARNING,
     .title = "an include leads to several records",
     .seen = in_include,
     .seen_count = 2},
    {.kind = &odd,
     .outcome = OUTCOME_PROBLEM,
     .severity = SEVERITY_INFO,
     .title = "a record below has terms behind its all",
     .seen = in_below,
     .seen_count = 1},
    {.kind = &odd,
     .outcome = OUTCOME_PROBLEM,
     .severity = SEVERITY_INFO,
     .title = "something points at no record"},
    {.kind = &include,
     .outcome = OUTCOME_UNKNOWN,
     .title = "whether slow.example publishes a record is not known",
     .seen = &(const struct seen){"no answer in time", "TXT slow.example", STARTED, false, 0, 0},
     .seen_count = 1},
};

enum { FINDING_COUNT = sizeof findings / sizeof *findings };

/* ---- rendering ---- */

static int end(void **state)
{
    (void)state;
    spf_bench_end();
    return 0;
}

static void render(const char *name, const char *ip, size_t finding_count,
                   const struct report_options *options, struct buffer *out)
{
    static const struct report_run run = {
        .started = STARTED, .finished = STARTED + 12, .complete = true};
    const struct finding *list[FINDING_COUNT];
    struct report report = {.version = "0.0.0", .runs = &run, .run_count = 1, .findings = list};
    struct ip_address sender = {0};
    struct settings settings = {.senders = &sender, .sender_count = ip != NULL};
    struct arena memory = {0};
    struct spf_page page = {.identity = name, .domain = name, .report = &report, .memory = &memory};
    FILE *file = tmpfile();

    assert_non_null(file);
    if (ip)
        assert_int_equal(ip_parse(ip, strlen(ip), &sender), STATUS_OK);
    spf_bench_run(zone, sizeof zone / sizeof *zone, &probe, name, &settings);
    for (size_t i = 0; i < finding_count; i++) {
        struct finding *copy = arena_new(&memory, 1, sizeof *copy);

        *copy = findings[i];
        copy->subject = &domain;
        list[i] = copy;
        report.counts[copy->outcome]++;
    }
    report.finding_count = finding_count;
    page.settings = &spf_bench.settings;
    page.view = exam_result(spf_bench.exam, &probe);
    assert_non_null(page.view);
    spf_page_fill(&page);
    assert_int_equal(options ? spf_page_text(&page, options, file) : spf_page_json(&page, file),
                     STATUS_OK);
    rewind(file);
    buffer_init(out, GOLDEN_MOST);
    golden_read(file, out);
    fclose(file);
    arena_release(&memory);
}

static void check(const char *golden, const char *name, const char *ip, size_t finding_count,
                  const struct report_options *options)
{
    struct buffer actual;

    render(name, ip, finding_count, options, &actual);
    golden_compare(golden, &actual);
    buffer_release(&actual);
}

/* Everything that a tree can hold, explained. */
static void a_record_with_everything(void **state)
{
    (void)state;
    check("spf-80.txt", "contoso.com", NULL, FINDING_COUNT,
          &(struct report_options){.columns = 80});
    check("spf-40.txt", "contoso.com", NULL, FINDING_COUNT,
          &(struct report_options){.columns = 40, .ascii = true});
    check("spf-80-colours.txt", "contoso.com", "192.0.2.99", FINDING_COUNT,
          &(struct report_options){.columns = 80, .colours = true, .verbose = true});
    check("spf.json", "contoso.com", "192.0.2.99", FINDING_COUNT, NULL);
}

static void a_record_that_is_right(void **state)
{
    (void)state;
    check("spf-pass.txt", "small.example", "2001:db8::1", 0,
          &(struct report_options){.columns = 80});
    check("spf-fail.txt", "small.example", "198.51.100.9", 0,
          &(struct report_options){.columns = 80});
}

/* ---- which record was seen ---- */

/* With or without the quotation marks of a zone file, wherever its strings end. */
static void a_record_is_found_in_what_was_seen(void **state)
{
    static const struct {
        const char *seen, *record;
        size_t mark_start, mark_end;
        bool is_seen;
        size_t start, end;
    } cases[] = {
        {"v=spf1 mx", "v=spf1 mx", 7, 9, true, 7, 9},
        {"\"v=spf1 mx\"", "v=spf1 mx", 1, 7, true, 0, 6},
        {"\"v=spf1 \" \"mx -all\"", "v=spf1 mx -all", 1, 7, true, 0, 6},
        {"\"v=spf1 \" \"mx -all\"", "v=spf1 mx -all", 11, 13, true, 7, 9},
        {"\"v=spf1 mx\"", "\"v=spf1 mx\"", 0, 1, true, 0, 1},
        {"\"v=spf1 mx\"", "v=spf1 mx -all", 1, 7, false, 0, 0},
        {"\"v=spf1 mx -all\"", "v=spf1 mx", 1, 7, false, 0, 0},
        {"v=spf1 m", "v=spf1 mx", 0, 0, false, 0, 0},
        {"", "v=spf1 mx", 0, 0, false, 0, 0},
        {"", "", 0, 0, true, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct seen seen = {cases[i].seen,    NULL, 0, false, cases[i].mark_start,
                                  cases[i].mark_end};
        size_t start, stop;
        bool is_seen = spf_page_is_seen(&seen, cases[i].record, &start, &stop);

        if (is_seen != cases[i].is_seen)
            fail_msg("case %zu", i);
        if (is_seen && (start != cases[i].start || stop != cases[i].end))
            fail_msg("case %zu: %zu to %zu", i, start, stop);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_with_everything),
        cmocka_unit_test(a_record_that_is_right),
        cmocka_unit_test(a_record_is_found_in_what_was_seen),
    };

    return cmocka_run_group_tests(tests, NULL, end);
}
