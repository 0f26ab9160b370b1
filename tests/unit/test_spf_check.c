/*
 * check_host(), section by section of RFC 7208, on zones that stand in the rows. Each row
 * is evaluated in three ways, which must agree: every answer at once, one answer at a time
 * and the last question first, and briefly, as an audit does.
 */
#include "diag/exam.h"
#include "probes/spf/check.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ASKED_MOST = 512, RECORDS_MOST = 600, LINE_MOST = 4096 };

/*
 * The record stands at d.example, behind "v=spf1 "; the sender is joe@d.example at 192.0.2.1
 * with the HELO mx.d.example, unless the row says otherwise. A line of the zone: NAME TYPE DATA.
 * TYPE@N is an answer that took N seconds; the data !timeout and !servfail are none.
 */
struct row {
    const char *says; /* which behaviour it pins */
    const char *record;
    const char *zone;
    const char *ip;
    const char *sender;
    const char *helo;
    enum spf_result result;
    const char *tells;   /* a part of the reason, or of the explanation of fail; or no_text */
    const char *matched; /* the term that decides */
    int lookups, voids;  /* where not 0 */
};

#define NONE      SPF_RESULT_NONE
#define NEUTRAL   SPF_RESULT_NEUTRAL
#define PASS      SPF_RESULT_PASS
#define FAIL      SPF_RESULT_FAIL
#define SOFTFAIL  SPF_RESULT_SOFTFAIL
#define TEMPERROR SPF_RESULT_TEMPERROR
#define PERMERROR SPF_RESULT_PERMERROR

/* ---- the zone ---- */

static void take_word(const char **at, char *word, size_t room)
{
    size_t size = strcspn(*at, " \n");

    assert_true(size < room);
    memcpy(word, *at, size);
    word[size] = '\0';
    *at += size;
    *at += strspn(*at, " ");
}

struct line {
    char name[DNS_NAME_TEXT_SIZE];
    char type[16];
    char data[LINE_MOST];
    long seconds;
};

/* The next line of a zone; false at its end. */
static bool read_line(const char **at, struct line *line)
{
    char *pace;
    size_t size;

    if (**at == '\0')
        return false;
    take_word(at, line->name, sizeof line->name);
    take_word(at, line->type, sizeof line->type);
    size = strcspn(*at, "\n");
    assert_true(size < sizeof line->data);
    memcpy(line->data, *at, size);
    line->data[size] = '\0';
    *at += size + ((*at)[size] == '\n');
    pace = strchr(line->type, '@');
    line->seconds = pace ? strtol(pace + 1, NULL, 10) : 0;
    if (pace)
        *pace = '\0';
    return true;
}

static void set_data(struct arena *arena, const char *data, struct dns_record *record)
{
    struct dns_string *string;

    switch (record->type) {
    case DNS_A:
    case DNS_AAAA:
        assert_int_equal(ip_parse(data, strlen(data), &record->data.ip), STATUS_OK);
        break;
    case DNS_MX:
        record->data.mx.exchange = arena_copy_string(arena, data);
        break;
    case DNS_TXT:
        string = arena_new(arena, 1, sizeof *string);
        string->bytes = arena_copy_string(arena, data);
        string->size = strlen(data);
        record->data.txt.strings = string;
        record->data.txt.count = 1;
        break;
    default:
        record->data.name = arena_copy_string(arena, data);
        break;
    }
}

static void add_record(struct dns_answer *answer, const char *data)
{
    struct arena *arena = &answer->evidence.memory;
    struct dns_record *records = (struct dns_record *)answer->answer.records;
    struct dns_record *record;

    if (!records)
        answer->answer.records = records = arena_new(arena, RECORDS_MOST, sizeof *records);
    assert_true(answer->answer.count < RECORDS_MOST);
    record = &records[answer->answer.count++];
    record->owner = answer->name;
    record->type = (uint16_t)answer->type;
    set_data(arena, data, record);
}

/* Name Error, unless there is something at the name or below it. */
static void find_answer(const char *zone, struct dns_answer *answer)
{
    enum status status = STATUS_OK;
    struct line *line = malloc(sizeof *line);

    assert_non_null(line);
    answer->rcode = DNS_NXDOMAIN;
    while (read_line(&zone, line)) {
        if (dns_name_is_below(line->name, answer->name))
            answer->rcode = DNS_NOERROR;
        if (!dns_name_equal(line->name, answer->name) ||
            dns_type_from_name(line->type) != answer->type)
            continue;
        answer->evidence.took = line->seconds * 1000000;
        if (strcmp(line->data, "!timeout") == 0)
            status = STATUS_TIMED_OUT;
        else if (strcmp(line->data, "!servfail") == 0)
            status = STATUS_SERVER_FAILURE;
        else
            add_record(answer, line->data);
    }
    free(line);
    evidence_fail(&answer->evidence, status, NULL);
}

/* ---- one evaluation ---- */

enum order { ALL_AT_ONCE, LAST_FIRST };

static struct {
    struct spf_message message;
    const char *record; /* --record, or NULL */
    struct evidence *asked[ASKED_MOST];
    size_t asked_count;
    size_t rounds; /* in which something was answered */
    size_t questions;
} bench;

static void fetch(void *context, struct evidence *item)
{
    (void)context;
    assert_true(bench.asked_count < ASKED_MOST);
    bench.asked[bench.asked_count++] = item;
    bench.questions++;
}

static void examine(struct examination *x, const struct subject *subject)
{
    struct spf_verdict *verdict = arena_new(pass_memory(x), 1, sizeof *verdict);
    struct spf_record record;

    (void)subject;
    if (bench.record)
        spf_read(bench.record, strlen(bench.record), pass_memory(x), &record);
    if (spf_check_host(x, &bench.message, bench.record ? &record : NULL, verdict))
        set_result(x, verdict);
}

static const struct finding_kind kind = {.id = "kind", .title = "", .why = ""};
static const struct finding_kind *const kinds[] = {&kind, NULL};
static const struct probe probe = {.name = "check",
                                   .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
                                   .kinds = kinds,
                                   .examine = examine};
static const struct probe *const list[] = {&probe, NULL};

static void answer_some(struct exam *exam, const char *zone, enum order order)
{
    size_t from = order == ALL_AT_ONCE ? 0 : bench.asked_count - 1;

    bench.rounds++;
    for (size_t i = bench.asked_count; i-- > from;) {
        struct evidence *item = bench.asked[i];

        find_answer(zone, (struct dns_answer *)item);
        bench.asked_count = i;
        exam_settled(exam, item, 0);
    }
}

/* `zone`: lines. The verdict lives until the exam is freed. */
static const struct spf_verdict *run(struct exam *exam, const char *zone, enum order order)
{
    bench.asked_count = bench.rounds = bench.questions = 0;
    exam_add_subject(exam, SUBJECT_DOMAIN, "d.example", "d.example", true);
    exam_work(exam, 0);
    while (bench.asked_count > 0) {
        answer_some(exam, zone, order);
        exam_work(exam, INT64_MAX / 2); /* past all patience: with whatever there is */
    }
    return exam_result(exam, &probe);
}

static void evaluate(const char *zone, enum order order,
                     void (*look)(const void *context, const struct spf_verdict *verdict),
                     const void *context)
{
    static const struct net_address server = {.ip = {.family = IP_V4}};
    const struct settings settings = {.dns = &server, .dns_count = 1, .ports[SERVICE_DNS] = 53};
    struct evidence_store *store = evidence_store_new();
    const struct exam_options options = {.settings = &settings,
                                         .probes = list,
                                         .store = store,
                                         .started = 1795338307123,
                                         .absent = STATUS_NOT_RECORDED,
                                         .fetch = fetch};
    struct exam *exam = exam_new(&options);
    const struct spf_verdict *verdict = run(exam, zone, order);

    if (verdict)
        look(context, verdict);
    else
        fail_msg("no verdict");
    exam_free(exam);
    evidence_store_free(store);
}

/* ---- rows ---- */

static const char *or_default(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

static const char no_text[] = "";

static bool tells(const struct spf_verdict *verdict, const char *part)
{
    const char *text = verdict->result == FAIL ? verdict->explanation : verdict->reason;

    return part == no_text ? !text : text && strstr(text, part);
}

static bool has_matched(const struct spf_verdict *verdict, const char *term)
{
    const struct spf_step *step = verdict->matched;

    return step && step->matches && step->term->size == strlen(term) &&
           memcmp(step->record->text + step->term->start, term, step->term->size) == 0;
}

static void compare(const void *context, const struct spf_verdict *verdict)
{
    const struct row *row = context;
    bool brief = bench.message.brief, is_error = verdict->result == NONE ||
                                                 verdict->result == TEMPERROR ||
                                                 verdict->result == PERMERROR;

    if (verdict->result != row->result)
        fail_msg("%s: %s (%s)", row->says, spf_result_word(verdict->result),
                 or_default(verdict->reason, "no reason"));
    if (is_error != (verdict->reason != NULL))
        fail_msg("%s: the reason is %s", row->says, or_default(verdict->reason, "missing"));
    if (is_error && !strstr(verdict->reason, "(RFC 7208 section "))
        fail_msg("%s: no section in: %s", row->says, verdict->reason);
    if (row->tells && !(brief && row->result == FAIL) && !tells(verdict, row->tells))
        fail_msg("%s: %s; %s", row->says, or_default(verdict->reason, "no reason"),
                 or_default(verdict->explanation, "no explanation"));
    if (row->matched && !has_matched(verdict, row->matched))
        fail_msg("%s: another term matched", row->says);
    if (row->lookups && verdict->lookups != (unsigned)row->lookups)
        fail_msg("%s: %u lookups", row->says, verdict->lookups);
    if (row->voids && verdict->void_lookups != (unsigned)row->voids)
        fail_msg("%s: %u void lookups", row->says, verdict->void_lookups);
    if (brief && (verdict->step_count > 0 || verdict->explanation))
        fail_msg("%s: a brief evaluation tells a story", row->says);
    for (size_t i = 0; i < verdict->step_count; i++) {
        if (!verdict->steps[i].text)
            fail_msg("%s: step %zu says nothing", row->says, i);
    }
}

static void set_message(const struct row *row)
{
    static char local[256];
    const char *sender = or_default(row->sender, "joe@d.example"), *at = strrchr(sender, '@');
    const char *ip = or_default(row->ip, "192.0.2.1");

    memset(&bench.message, 0, sizeof bench.message);
    assert_int_equal(ip_parse(ip, strlen(ip), &bench.message.ip), STATUS_OK);
    snprintf(local, sizeof local, "%.*s", at ? (int)(at - sender) : 0, sender);
    bench.message.local = at ? local : NULL;
    bench.message.domain = at ? at + 1 : sender;
    bench.message.helo = or_default(row->helo, "mx.d.example");
}

static char *zone_of(const struct row *row)
{
    const char *zone = or_default(row->zone, "");
    size_t room = strlen(zone) + strlen(or_default(row->record, "")) + 64;
    char *text = malloc(room);

    assert_non_null(text);
    if (row->record)
        snprintf(text, room, "d.example TXT v=spf1 %s\n%s", row->record, zone);
    else
        snprintf(text, room, "%s", zone);
    return text;
}

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *zone = zone_of(&rows[i]);

        bench.record = NULL;
        set_message(&rows[i]);
        evaluate(zone, ALL_AT_ONCE, compare, &rows[i]);
        evaluate(zone, LAST_FIRST, compare, &rows[i]);
        bench.message.brief = true;
        evaluate(zone, LAST_FIRST, compare, &rows[i]);
        free(zone);
    }
}

#define CHECK(rows) check_rows(rows, sizeof rows / sizeof *(rows))
#define LABEL_63    "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0"

/* RFC 7208 4.3: what is no name is no error, and nobody is asked. */
static void initial_processing(void **state)
{
    static const struct row rows[] = {
        {"a label of 64 bytes", "-all", .sender = "joe@" LABEL_63 "x.example", .result = NONE,
         .tells = "is no domain name (RFC 7208 section 4.3)"},
        {"a label of 63 bytes", .zone = LABEL_63 ".example TXT v=spf1 -all\n",
         .sender = "joe@" LABEL_63 ".example", .result = FAIL},
        {"an empty label", "-all", .sender = "joe@d..example", .result = NONE, .tells = "4.3"},
        {"an empty label in front", "-all", .sender = "joe@.d.example", .result = NONE},
        {"no domain at all", "-all", .sender = "joe@", .result = NONE, .tells = "4.3"},
        {"the root", "-all", .sender = "joe@.", .result = NONE},
        {"a single label", .zone = "localhost TXT v=spf1 -all\n", .sender = "joe@localhost",
         .result = NONE, .tells = "several labels (RFC 7208 section 4.3)"},
        {"a single label and a dot", .zone = "localhost TXT v=spf1 -all\n",
         .sender = "joe@localhost.", .result = NONE},
        {"an address literal", "-all", .sender = "joe@[192.0.2.1]", .result = NONE,
         .tells = "[192.0.2.1] is an address and no domain name"},
        {"a broken escape", "-all", .sender = "joe@d\\25.example", .result = NONE},
        {"a name that does not exist", .sender = "joe@gone.example", .result = NONE,
         .tells = "gone.example does not exist (RFC 7208 section 4.3)"},
        {"a trailing dot", "-all", .sender = "joe@d.example.", .result = FAIL},
        {"upper case", "-all", .sender = "joe@D.EXAMPLE", .result = FAIL},
        {"bytes over 127", .zone = "d\\195\\164.example TXT v=spf1 -all\n",
         .sender = "joe@d\xc3\xa4.example", .result = FAIL},
        {"no local part is postmaster", "exists:%{l}.x.example -all",
         "postmaster.x.example A 127.0.0.2\n", .sender = "@d.example", .result = PASS},
        {"no sender at all is postmaster", "exists:%{s}.x.example -all",
         "postmaster@d.example.x.example A 127.0.0.2\n", .sender = "d.example", .result = PASS},
        {"an IPv4-mapped address is IPv4", "ip6:::/0 ip4:192.0.2.1 -all", .ip = "::ffff:192.0.2.1",
         .result = PASS, .matched = "ip4:192.0.2.1"},
        {"an IPv4-mapped address in macros", "exists:%{i}.%{v}.x.example -all",
         "192.0.2.1.in-addr.x.example A 127.0.0.2\n", .ip = "::ffff:192.0.2.1", .result = PASS},
    };

    (void)state;
    CHECK(rows);
}

/* RFC 7208 4.4, 4.5: which record it is. */
static void record_lookup(void **state)
{
    static const struct row rows[] = {
        {"no answer", .zone = "d.example TXT !timeout\n", .result = TEMPERROR,
         .tells = "the TXT records of d.example could not be had: no answer in time "
                  "(RFC 7208 section 4.4)"},
        {"a failing server", .zone = "d.example TXT !servfail\n", .result = TEMPERROR,
         .tells = "4.4"},
        {"a name without TXT", .zone = "d.example A 192.0.2.1\n", .result = NONE,
         .tells = "d.example publishes no SPF record (RFC 7208 section 4.5)"},
        {"TXT of something else", .zone = "d.example TXT v=spf10 -all\nd.example TXT hello\n",
         .result = NONE, .tells = "4.5"},
        {"one among others", "-all", "d.example TXT v=spf10 all\nd.example TXT \xff\n",
         .result = FAIL},
        {"two records", "-all", "d.example TXT V=SPF1 all\n", .result = PERMERROR,
         .tells = "d.example publishes 2 SPF records, and more than one is a permanent error "
                  "(RFC 7208 section 4.5)"},
        {"two records with one text", "-all", "d.example TXT v=spf1 -all\n", .result = PERMERROR},
        {"records of a type of their own", .zone = "d.example SPF v=spf1 -all\n", .result = NONE},
        {"a record without terms", .zone = "d.example TXT v=spf1\n", .result = NEUTRAL},
    };

    (void)state;
    CHECK(rows);
}

/* RFC 7208 4.6, 4.7: errors anywhere, order, and what stands at the end. */
static void record_evaluation(void **state)
{
    static const struct row rows[] = {
        {"an error behind the match", "ip4:192.0.2.1 -all moo", .result = PERMERROR,
         .tells = "the record of d.example has an error in \"moo\": no mechanism has this name "
                  "(RFC 7208 section 4.6)",
         .lookups = 0},
        {"an error before anything is asked", "a:gone.example mx: -all",
         "gone.example A !timeout\n", .result = PERMERROR, .tells = "\"mx:\""},
        {"from left to right", "-ip4:192.0.2.0/24 ip4:192.0.2.1 all", .result = FAIL,
         .matched = "-ip4:192.0.2.0/24"},
        {"what is behind a match is not looked up", "ip4:192.0.2.1 a:slow.example -all",
         "slow.example A !timeout\n", .result = PASS},
        {"names in any case", "IP4:192.0.2.1 -ALL", .result = PASS},
        {"nothing matches", "ip4:192.0.2.9", .result = NEUTRAL},
        {"an unknown modifier says nothing", "x=y redirect.=z -all", .result = FAIL},
        {"plus is pass", "+ip4:192.0.2.1", .result = PASS},
        {"minus is fail", "-ip4:192.0.2.1", .result = FAIL},
        {"tilde is softfail", "~ip4:192.0.2.1", .result = SOFTFAIL},
        {"a question mark is neutral", "?ip4:192.0.2.1 -all", .result = NEUTRAL,
         .matched = "?ip4:192.0.2.1"},
        {"all matches", "-all", .result = FAIL, .matched = "-all"},
        {"terms behind all do not count", "?all -all a:gone.example", .result = NEUTRAL},
    };

    (void)state;
    CHECK(rows);
}

#define ELEVEN_MX                                                                                  \
    "d.example MX m0.example\nd.example MX m1.example\nd.example MX m2.example\n"                  \
    "d.example MX m3.example\nd.example MX m4.example\nd.example MX m5.example\n"                  \
    "d.example MX m6.example\nd.example MX m7.example\nd.example MX m8.example\n"                  \
    "d.example MX m9.example\nd.example MX m10.example\n"

/* RFC 7208 4.6.4. */
static void limits(void **state)
{
    static const struct row rows[] = {
        {"ten lookups", "a a a a a a a a mx a -all",
         "d.example A 192.0.2.9\nd.example MX d.example\n", .result = FAIL, .lookups = 10},
        {"eleven lookups", "a a a a a a a a mx a a -all",
         "d.example A 192.0.2.9\nd.example MX d.example\n", .result = PERMERROR, .lookups = 11,
         .tells = "a in the record of d.example is lookup 11, and more than 10 are a permanent "
                  "error (RFC 7208 section 4.6.4)"},
        {"a match in time", "a a a a a a a a a a ip4:192.0.2.1 a", "d.example A 192.0.2.9\n",
         .result = PASS, .lookups = 10},
        {"those of includes count", "include:i.example a a a a -all",
         "d.example A 192.0.2.9\ni.example TXT v=spf1 a:d.example a:d.example a:d.example "
         "a:d.example a:d.example a:d.example -all\n",
         .result = PERMERROR, .lookups = 11, .tells = "a in the record of d.example"},
        {"the eleventh inside an include", "a a a a a a a a a include:i.example -all",
         "d.example A 192.0.2.9\ni.example TXT v=spf1 mx:d.example -all\n", .result = PERMERROR,
         .tells = "mx:d.example in the record of i.example is lookup 11"},
        {"redirect counts", "a a a a a a a a a a redirect=r.example", "d.example A 192.0.2.9\n",
         .result = PERMERROR, .tells = "redirect=r.example"},
        {"ip4, ip6 and all do not", "ip4:1.1.1.1 ip6::: exp=e.example a -all",
         "d.example A 192.0.2.9\n", .result = FAIL, .lookups = 1},
        {"an include loop", "include:d.example -all", .result = PERMERROR, .lookups = 11},
        {"a loop over two", "include:e.example -all", "e.example TXT v=spf1 include:d.example\n",
         .result = PERMERROR, .tells = "lookup 11"},
        {"a redirect loop", "redirect=d.example", .result = PERMERROR, .tells = "lookup 11"},
        {"a loop behind a match", "ip4:192.0.2.1 include:d.example", .result = PASS, .lookups = 0},
        {"two void lookups", "a:v1.example a:v2.example -all", .result = FAIL, .voids = 2},
        {"three void lookups", "a:v1.example a:v2.example a:v3.example -all", .result = PERMERROR,
         .voids = 3,
         .tells =
             "v3.example has no A record, and a third lookup that finds nothing is a permanent "
             "error (RFC 7208 section 4.6.4)"},
        {"a void include has an error of its own", "a:v1.example a:v2.example include:v3.example",
         .result = PERMERROR, .voids = 3, .tells = "include:v3.example does not exist"},
        {"names without the type are void", "a:v1.example mx:v1.example exists:v1.example -all",
         "v1.example TXT x\n", .result = PERMERROR, .voids = 3},
        {"one void name three times", "a:v.example a:v.example a:v.example -all",
         .result = PERMERROR},
        {"hosts of mx that are void", "mx -all",
         "d.example MX v1.example\nd.example MX v2.example\nd.example MX v3.example\n",
         .result = PERMERROR, .tells = "v3.example"},
        {"hosts without the client's family", "mx -all",
         "d.example MX m1.example\nd.example MX m2.example\nd.example MX m3.example\n"
         "m1.example A 192.0.2.9\nm2.example A 192.0.2.9\nm3.example A 192.0.2.9\n",
         .ip = "2001:db8::1", .result = PERMERROR, .tells = "has no AAAA record"},
        {"an error is no void lookup", "a:t.example -all", "t.example A !servfail\n",
         .result = TEMPERROR},
        {"eleven MX", "mx -all", ELEVEN_MX, .result = PERMERROR,
         .tells = "d.example has 11 MX records, and more than 10 are a permanent error for mx "
                  "(RFC 7208 section 4.6.4)"},
        {"twenty seconds", "a a:e.example -all",
         "d.example A@10 192.0.2.9\ne.example A@10 192.0.2.9\n", .result = FAIL},
        {"more than twenty seconds", "a a:e.example a:f.example -all",
         "d.example A@10 192.0.2.9\ne.example A@10 192.0.2.9\nf.example A@1 192.0.2.9\n",
         .result = TEMPERROR,
         .tells = "the answers took more than 20 seconds together, when f.example was looked up "
                  "(RFC 7208 section 4.6.4)"},
        {"an answer is waited for once", "a a a -all", "d.example A@10 192.0.2.9\n",
         .result = FAIL},
        {"what a match makes unneeded takes no time", "ip4:192.0.2.1 a a:e.example -all",
         "d.example A@19 192.0.2.9\ne.example A@19 192.0.2.9\n", .result = PASS},
    };

    (void)state;
    CHECK(rows);
}

/* RFC 7208 5.2, with its table. */
static void include(void **state)
{
    static const struct row rows[] = {
        {"pass matches", "-include:i.example +all", "i.example TXT v=spf1 ip4:192.0.2.1 -all\n",
         .result = FAIL, .matched = "-include:i.example"},
        {"fail does not", "include:i.example ~all", "i.example TXT v=spf1 -all\n",
         .result = SOFTFAIL},
        {"softfail does not", "include:i.example -all", "i.example TXT v=spf1 ~all\n",
         .result = FAIL},
        {"neutral does not", "include:i.example -all", "i.example TXT v=spf1 ?all\n",
         .result = FAIL},
        {"temperror ends it", "include:i.example -all", "i.example TXT !timeout\n",
         .result = TEMPERROR, .tells = "i.example could not be had"},
        {"temperror inside ends it", "include:i.example -all",
         "i.example TXT v=spf1 a\ni.example A !servfail\n", .result = TEMPERROR},
        {"permerror ends it", "include:i.example -all", "i.example TXT v=spf1 moo\n",
         .result = PERMERROR, .tells = "the record of i.example has an error in \"moo\""},
        {"none is permerror", "include:i.example -all", "i.example TXT v=spf10\n",
         .result = PERMERROR,
         .tells = "include:i.example publishes no SPF record, which is a permanent error "
                  "(RFC 7208 section 5.2)"},
        {"so is a name that does not exist", "include:i.example -all", .result = PERMERROR,
         .tells = "include:i.example does not exist"},
        {"and a name that is none", "include:i..example -all", .result = PERMERROR,
         .tells = "no name that DNS can carry"},
        {"and a single label", "include:%{h} -all", "mail TXT v=spf1 all\n", .helo = "mail",
         .result = PERMERROR, .tells = "several labels"},
        {"and several records", "include:i.example -all",
         "i.example TXT v=spf1 all\ni.example TXT v=spf1\n", .result = PERMERROR,
         .tells = "i.example publishes 2 SPF records"},
        {"the included domain's own a", "include:i.example -all",
         "i.example TXT v=spf1 a -all\ni.example A 192.0.2.1\n", .result = PASS},
        {"its all does not end the outer record", "include:i.example include:j.example -all",
         "i.example TXT v=spf1 -all\nj.example TXT v=spf1 all\n", .result = PASS,
         .matched = "include:j.example"},
        {"nested", "include:i.example -all",
         "i.example TXT v=spf1 include:j.example -all\nj.example TXT v=spf1 "
         "include:k.example -all\nk.example TXT v=spf1 ip4:192.0.2.1 -all\n",
         .result = PASS, .lookups = 3},
        {"redirect inside", "include:i.example -all",
         "i.example TXT v=spf1 redirect=j.example\nj.example TXT v=spf1 ip4:192.0.2.1\n",
         .result = PASS, .lookups = 2},
        {"an error behind an earlier match", "ip4:192.0.2.1 include:i.example", .result = PASS},
        {"macros know the included domain", "include:i.example -all",
         "i.example TXT v=spf1 exists:%{d}.%{o}.x.example -all\n"
         "i.example.d.example.x.example A 127.0.0.2\n",
         .result = PASS},
        {"and the outer one again", "include:i.example exists:%{d}.x.example -all",
         "i.example TXT v=spf1 -all\nd.example.x.example A 127.0.0.2\n", .result = PASS},
    };

    (void)state;
    CHECK(rows);
}

/* RFC 7208 5.3, 5.4. */
static void addresses(void **state)
{
    static const struct row rows[] = {
        {"a of the domain", "a -all", "d.example A 192.0.2.9\nd.example A 192.0.2.1\n",
         .result = PASS, .matched = "a"},
        {"a of another", "a:e.example -all", "e.example A 192.0.2.1\n", .result = PASS},
        {"a with a length", "a:e.example/24 -all", "e.example A 192.0.2.200\n", .result = PASS},
        {"a with a length beside it", "a:e.example/25 -all", "e.example A 192.0.2.200\n",
         .result = FAIL},
        {"a/0 and any address", "a/0 -all", "d.example A 203.0.113.1\n", .result = PASS},
        {"a/0 and no address", "a/0 -all", "d.example AAAA 2001:db8::1\n", .result = FAIL,
         .voids = 1},
        {"AAAA for IPv6", "a -all", "d.example A 192.0.2.1\nd.example AAAA 2001:db8::1\n",
         .ip = "2001:db8::1", .result = PASS},
        {"//64 for IPv6", "a/8//64 -all", "d.example AAAA 2001:db8::ffff\n", .ip = "2001:db8::1",
         .result = PASS},
        {"/8 is for IPv4 alone", "a/8 -all", "d.example AAAA 2001:db8::ffff\n", .ip = "2001:db8::1",
         .result = FAIL},
        {"a trailing dot", "a:e.example. -all", "e.example A 192.0.2.1\n", .result = PASS},
        {"odd characters", "a:e:f/g.example -all", "e:f/g.example A 192.0.2.1\n", .result = PASS},
        {"a backslash", "a:e\\f.example -all", "e\\\\f.example A 192.0.2.1\n", .result = PASS},
        {"a name that DNS cannot carry", "a:e..example -all", .result = FAIL},
        {"it is not even a void lookup",
         "a:e..example a:f..example mx:g..example a:h..example ~all", .result = SOFTFAIL,
         .lookups = 4},
        {"an address that cannot be had", "a -all", "d.example A !timeout\n", .result = TEMPERROR,
         .tells = "the A records of d.example could not be had: no answer in time "
                  "(RFC 7208 section 5.3)"},
        {"mx", "mx -all", "d.example MX m.example\nm.example A 192.0.2.1\n", .result = PASS,
         .lookups = 1},
        {"the second of two", "mx -all",
         "d.example MX m.example\nd.example MX n.example\nm.example A 192.0.2.8\n"
         "n.example A 192.0.2.1\n",
         .result = PASS},
        {"mx with lengths", "mx:e.example/24//64 -all",
         "e.example MX m.example\nm.example AAAA 2001:db8::9\n", .ip = "2001:db8::1",
         .result = PASS},
        {"no MX is no A", "mx ~all", "d.example A 192.0.2.1\n", .result = SOFTFAIL, .voids = 1},
        {"a null MX", "mx -all", "d.example MX .\n", .result = FAIL, .lookups = 1},
        {"MX that cannot be had", "mx -all", "d.example MX !timeout\n", .result = TEMPERROR,
         .tells = "5.4"},
        {"a host that cannot be had", "mx -all",
         "d.example MX m.example\nd.example MX n.example\nm.example A 192.0.2.1\n"
         "n.example A !servfail\n",
         .result = TEMPERROR, .tells = "n.example"},
        {"ten hosts", "mx -all",
         "d.example MX m.example\nd.example MX m.example\nd.example MX m.example\n"
         "d.example MX m.example\nd.example MX m.example\nd.example MX m.example\n"
         "d.example MX m.example\nd.example MX m.example\nd.example MX m.example\n"
         "d.example MX n.example\nm.example A 192.0.2.9\nn.example A 192.0.2.1\n",
         .result = PASS},
    };

    (void)state;
    CHECK(rows);
}

#define REVERSE "1.2.0.192.in-addr.arpa PTR "
#define MANY_NAMES                                                                                 \
    REVERSE "n0.example\n" REVERSE "n1.example\n" REVERSE "n2.example\n" REVERSE                   \
            "n3.example\n" REVERSE "n4.example\n" REVERSE "n5.example\n" REVERSE                   \
            "n6.example\n" REVERSE "n7.example\n" REVERSE "n8.example\n"                           \
            "n0.example A 192.0.2.9\nn1.example A 192.0.2.9\nn2.example A 192.0.2.9\n"             \
            "n3.example A 192.0.2.9\nn4.example A 192.0.2.9\nn5.example A 192.0.2.9\n"             \
            "n6.example A 192.0.2.9\nn7.example A 192.0.2.9\nn8.example A 192.0.2.9\n"             \
            "m.d.example A 192.0.2.1\n"

/* RFC 7208 5.5. */
static void ptr(void **state)
{
    static const struct row rows[] = {
        {"a validated name below the domain", "ptr -all",
         REVERSE "m.d.example\nm.d.example A 192.0.2.1\n", .result = PASS, .lookups = 1},
        {"the domain itself", "ptr -all", REVERSE "D.Example\nd.example A 192.0.2.1\n",
         .result = PASS},
        {"of another domain", "ptr:e.example -all",
         REVERSE "m.e.example\nm.e.example A 192.0.2.1\n", .result = PASS},
        {"a name that ends alike", "ptr -all", REVERSE "xd.example\nxd.example A 192.0.2.1\n",
         .result = FAIL},
        {"a name that is not validated", "ptr -all",
         REVERSE "m.d.example\nm.d.example A 192.0.2.9\n", .result = FAIL},
        {"no name", "ptr -all", .result = FAIL, .voids = 1},
        {"names that cannot be had", "ptr -all", REVERSE "!timeout\n", .result = FAIL},
        {"a name whose addresses cannot be had", "ptr -all",
         REVERSE "t.d.example\nt.d.example A !timeout\n" REVERSE
                 "m.d.example\nm.d.example A 192.0.2.1\n",
         .result = PASS},
        {"the tenth name", "ptr -all", MANY_NAMES REVERSE "m.d.example\n", .result = PASS},
        {"the eleventh name", "ptr -all", MANY_NAMES REVERSE "n8.example\n" REVERSE "m.d.example\n",
         .result = FAIL},
        {"IPv6", "ptr -all",
         "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR m.d.example\n"
         "m.d.example AAAA 2001:db8::1\n",
         .ip = "2001:db8::1", .result = PASS},
    };

    (void)state;
    CHECK(rows);
}

/* RFC 7208 5.6, 5.7. */
static void networks_and_exists(void **state)
{
    static const struct row rows[] = {
        {"one address", "ip4:192.0.2.1 -all", .result = PASS},
        {"another", "ip4:192.0.2.2 -all", .result = FAIL},
        {"host bits are no matter", "ip4:192.0.2.255/24 -all", .result = PASS},
        {"/31", "ip4:192.0.2.0/31 -all", .result = PASS},
        {"/31 beside it", "ip4:192.0.2.2/31 -all", .result = FAIL},
        {"/0", "ip4:10.0.0.1/0 -all", .result = PASS},
        {"IPv6", "ip6:2001:db8::/32 -all", .ip = "2001:db8:ffff::1", .result = PASS},
        {"/33", "ip6:2001:db8:8000::/33 -all", .ip = "2001:db8:7fff::1", .result = FAIL},
        {"/128", "ip6:2001:db8::1 -all", .ip = "2001:db8::1", .result = PASS},
        {"ip4 and an IPv6 client", "ip4:0.0.0.0/0 -all", .ip = "2001:db8::1", .result = FAIL},
        {"ip6 and an IPv4 client", "ip6:::/0 -all", .result = FAIL},
        {"exists", "exists:e.example -all", "e.example A 127.0.0.2\n", .result = PASS,
         .lookups = 1},
        {"exists asks for A of IPv6 clients too", "exists:e.example -all",
         "e.example A 127.0.0.2\n", .ip = "2001:db8::1", .result = PASS},
        {"exists and AAAA alone", "exists:e.example -all", "e.example AAAA 2001:db8::1\n",
         .ip = "2001:db8::1", .result = FAIL},
        {"exists and an error", "exists:e.example -all", "e.example A !timeout\n",
         .result = TEMPERROR, .tells = "5.7"},
    };

    (void)state;
    CHECK(rows);
}

/* RFC 7208 6.1. */
static void redirect(void **state)
{
    static const struct row rows[] = {
        {"if nothing matches", "ip4:192.0.2.9 redirect=r.example", "r.example TXT v=spf1 ~all\n",
         .result = SOFTFAIL, .matched = "~all", .lookups = 1},
        {"wherever it stands", "redirect=r.example ip4:192.0.2.1", .result = PASS},
        {"never beside all", "redirect=r.example ?all", .result = NEUTRAL},
        {"its result is the result", "redirect=r.example", "r.example TXT v=spf1 ip4:192.0.2.9\n",
         .result = NEUTRAL},
        {"none is permerror", "redirect=r.example", .result = PERMERROR,
         .tells = "redirect=r.example does not exist, which is a permanent error "
                  "(RFC 7208 section 6.1)"},
        {"no record is permerror", "redirect=r.example", "r.example A 192.0.2.1\n",
         .result = PERMERROR, .tells = "publishes no SPF record"},
        {"no name is permerror", "redirect=r..example", .result = PERMERROR, .tells = "6.1"},
        {"temperror", "redirect=r.example", "r.example TXT !servfail\n", .result = TEMPERROR},
        {"the domain changes", "redirect=r.example",
         "r.example TXT v=spf1 a -all\nr.example A 192.0.2.1\n", .result = PASS},
        {"a chain", "redirect=r.example",
         "r.example TXT v=spf1 redirect=s.example\ns.example TXT v=spf1 ip4:192.0.2.1 -all\n",
         .result = PASS, .lookups = 2},
        {"with a macro", "redirect=%{d2}.r.example", "d.example.r.example TXT v=spf1 -all\n",
         .result = FAIL},
    };

    (void)state;
    CHECK(rows);
}

/* RFC 7208 6.2. */
static void explanation(void **state)
{
    static const struct row rows[] = {
        {"of fail", "exp=e.example -all", "e.example TXT %{i} may not send for %{d}.\n",
         .result = FAIL, .tells = "192.0.2.1 may not send for d.example."},
        {"of a failing mechanism", "exp=e.example -ip4:192.0.2.0/24", "e.example TXT No.\n",
         .result = FAIL, .tells = "No."},
        {"of the record that redirect leads to", "exp=no.example redirect=r.example",
         "r.example TXT v=spf1 -all exp=e.example\ne.example TXT of %{d}\nno.example TXT no\n",
         .result = FAIL, .tells = "of r.example"},
        {"never of an included record", "-include:i.example exp=e.example",
         "i.example TXT v=spf1 all exp=no.example\ne.example TXT outer\nno.example TXT no\n",
         .result = FAIL, .tells = "outer"},
        {"in several strings joined", "exp=e.%{l}.example -all", "e.joe.example TXT Hello\n",
         .result = FAIL, .tells = "Hello"},
        {"with the client's name", "exp=e.example -all",
         "e.example TXT %{p}\n" REVERSE "m.d.example\nm.d.example A 192.0.2.1\n", .result = FAIL,
         .tells = "m.d.example"},
        {"at the client's name", "exp=%{p}.e.example -all", "unknown.e.example TXT nobody knows\n",
         .result = FAIL, .tells = "nobody knows"},
        {"the moment", "exp=e.example -all", "e.example TXT %{t}\n", .result = FAIL,
         .tells = "1795338307"},
    };
    static const struct row without[] = {
        {"a name that does not exist", "exp=e.example -all", .result = FAIL, .tells = no_text},
        {"an error", "exp=e.example -all", "e.example TXT !timeout\n", .result = FAIL,
         .tells = no_text},
        {"two texts", "exp=e.example -all", "e.example TXT a\ne.example TXT b\n", .result = FAIL,
         .tells = no_text},
        {"no ASCII", "exp=e.example -all", "e.example TXT \xc3\xa9\n", .result = FAIL,
         .tells = no_text},
        {"a broken macro", "exp=e.example -all", "e.example TXT %{x}\n", .result = FAIL,
         .tells = no_text},
        {"no name", "exp=e..example -all", .result = FAIL, .tells = no_text},
        {"void lookups of %{p} are no error", "a:v1.example a:v2.example exp=%{p}.e.example -all",
         .result = FAIL, .tells = no_text, .voids = 2},
    };

    (void)state;
    CHECK(rows);
    CHECK(without);
}

/* RFC 7208 7: macros in what is looked up. Their grammar is test_spf_macro.c's. */
static void macros(void **state)
{
    static const struct row rows[] = {
        {"sender, address and HELO", "exists:%{l1r-}.%{ir}.%{v}.%{h2}.x.example -all",
         "joe.1.2.0.192.in-addr.d.example.x.example A 127.0.0.2\n", .sender = "joe-box@d.example",
         .result = PASS},
        {"a validated name, the domain's first", "exists:%{p}.x.example -all",
         REVERSE "a.example\n" REVERSE "m.d.example\n" REVERSE "d.example\n"
                 "a.example A 192.0.2.1\nm.d.example A 192.0.2.1\nd.example A 192.0.2.1\n"
                 "d.example.x.example A 127.0.0.2\n",
         .result = PASS},
        {"else one below it", "exists:%{p}.x.example -all",
         REVERSE "a.example\n" REVERSE "m.d.example\na.example A 192.0.2.1\n"
                 "m.d.example A 192.0.2.1\nm.d.example.x.example A 127.0.0.2\n",
         .result = PASS},
        {"else the first", "exists:%{p}.x.example -all",
         REVERSE "v.example\n" REVERSE "a.example\na.example A 192.0.2.1\nv.example A 192.0.2.9\n"
                 "a.example.x.example A 127.0.0.2\n",
         .result = PASS},
        {"else unknown", "exists:%{p}.x.example -all", "unknown.x.example A 127.0.0.2\n",
         .result = PASS, .lookups = 1, .voids = 1},
        {"unknown where nobody can say", "exists:%{p}.x.example -all",
         REVERSE "!timeout\nunknown.x.example A 127.0.0.2\n", .result = PASS},
        {"a local part with a dot", "exists:%{l}.x.example -all", "a.b.x.example A 127.0.0.2\n",
         .sender = "a.b@d.example", .result = PASS},
        {"a local part with anything", "exists:%{l}.x.example -all",
         "a\\\\\\032\\255.x.example A 127.0.0.2\n", .sender = "a\\ \xff@d.example", .result = PASS},
        {"two dots make no name", "exists:%{l}.x.example -all", .sender = "a..b@d.example",
         .result = FAIL},
        {"in include", "include:%{l}._spf.%{d} -all", "joe._spf.d.example TXT v=spf1 all\n",
         .result = PASS},
        {"HELO that is no name", "a:%{H} -all", "JUMPIN%27%20JUPITER A 192.0.2.9\n",
         .helo = "JUMPIN' JUPITER", .result = FAIL, .lookups = 1},
    };

    (void)state;
    CHECK(rows);
}

/* ---- beyond the rows ---- */

static void is_asked_in_one_go(const void *context, const struct spf_verdict *verdict)
{
    assert_int_equal(verdict->result, *(const enum spf_result *)context);
}

/* Everything a record can be seen to need is asked for side by side, and nothing twice. */
static void questions_are_asked_side_by_side(void **state)
{
    static const char zone[] =
        "d.example TXT v=spf1 include:a.example include:b.example a mx ptr exists:e.example -all\n"
        "a.example TXT v=spf1 -a:x.example include:c.example all\n"
        "b.example TXT v=spf1 mx:y.example ~all\n"
        "c.example TXT v=spf1 ip4:192.0.2.9 ~all\n"
        "x.example A 192.0.2.1\ny.example MX n.example\nn.example A 192.0.2.9\n"
        "d.example A 192.0.2.9\nd.example MX m.example\nm.example A 192.0.2.9\n"
        "e.example A 127.0.0.2\n";
    const enum spf_result expected = PASS;

    (void)state;
    set_message(&(struct row){0});
    bench.record = NULL;
    evaluate(zone, ALL_AT_ONCE, is_asked_in_one_go, &expected);
    /* the record; its six terms; what those lead to; the host of y.example */
    assert_int_equal(bench.rounds, 4);
    assert_int_equal(bench.questions, 12);
}

static void has_its_story(const void *context, const struct spf_verdict *verdict)
{
    static const struct {
        const char *domain, *text, *name;
        unsigned level, lookups;
        bool matches;
    } steps[] = {
        {"d.example", "gives fail, so this does not match", "i.example", 0, 1, false},
        {"i.example", "192.0.2.1 is not in 192.0.2.8/32", NULL, 1, 1, false},
        {"i.example", "matches whoever sends", NULL, 1, 1, true},
        {"d.example", "gone.example does not exist", "gone.example", 0, 2, false},
        {"d.example", "no term matched, so the record of r.example decides", "r.example", 0, 3,
         false},
        {"r.example", "192.0.2.1 is in 192.0.2.0/24: m.example has the address 192.0.2.0",
         "r.example", 1, 4, true},
    };

    (void)context;
    assert_int_equal(verdict->step_count, sizeof steps / sizeof *steps);
    for (size_t i = 0; i < verdict->step_count; i++) {
        const struct spf_step *step = &verdict->steps[i];

        assert_string_equal(step->domain, steps[i].domain);
        if (!step->text || !strstr(step->text, steps[i].text))
            fail_msg("step %zu: %s", i, or_default(step->text, "no text"));
        if (steps[i].name)
            assert_string_equal(step->name, steps[i].name);
        assert_int_equal(step->level, steps[i].level);
        assert_int_equal(step->lookups, steps[i].lookups);
        assert_int_equal(step->matches, steps[i].matches);
    }
    assert_ptr_equal(verdict->matched, &verdict->steps[5]);
    assert_non_null(verdict->matched->source);
}

/* Each term that was evaluated, in order, and what came of it. */
static void steps_tell_the_story(void **state)
{
    static const char zone[] =
        "d.example TXT v=spf1 include:i.example a:gone.example redirect=r.example\n"
        "i.example TXT v=spf1 ip4:192.0.2.8 -all\n"
        "r.example TXT v=spf1 mx/24 -all\nr.example MX m.example\nm.example A 192.0.2.0\n";

    (void)state;
    set_message(&(struct row){0});
    bench.record = NULL;
    evaluate(zone, ALL_AT_ONCE, has_its_story, NULL);
    evaluate(zone, LAST_FIRST, has_its_story, NULL);
}

static void check_record(const char *record, const char *zone, const struct row *row)
{
    set_message(row);
    bench.record = record;
    evaluate(zone, ALL_AT_ONCE, compare, row);
    bench.record = NULL;
}

/* --record: it stands at the domain instead of what is published there, for includes too. */
static void an_unpublished_record_is_evaluated(void **state)
{
    static const struct row pass = {"unpublished", .result = PASS};
    static const struct row loop = {"its own loop", .result = PERMERROR, .tells = "lookup 11"};
    static const struct row nowhere = {"nowhere", .sender = "", .result = PASS};

    (void)state;
    check_record("v=spf1 a -all", "d.example TXT v=spf1 -all\nd.example A 192.0.2.1\n", &pass);
    check_record("v=spf1 include:i.example -all",
                 "d.example TXT v=spf1 all\ni.example TXT v=spf1 include:D.example -all\n", &loop);
    check_record("v=spf1 include:i.example -all", "i.example TXT v=spf1 ip4:192.0.2.1\n", &nowhere);
}

/* 10,000 terms are evaluated, as long as they cost no lookup; steps have their limit. */
static void large_records_are_evaluated(void **state)
{
    enum { TERMS = 10000 };
    static const struct row row = {"the last of 10,000 terms", .result = PASS};
    char *record = malloc(7 + 12 * (TERMS + 1) + 16);
    size_t size = 6;

    (void)state;
    assert_non_null(record);
    memcpy(record, "v=spf1", 6);
    for (int i = 0; i < TERMS + 1; i++, size += 12)
        memcpy(record + size, " ip4:1.1.1.1", 12);
    memcpy(record + size, " ip4:192.0.2.1", 15);
    check_record(record, "", &row);
    free(record);
}

/* Includes 1,000 deep end at the limit, after as many rounds as there are lookups. */
static void deep_includes_end(void **state)
{
    static const struct row row = {"1,000 deep", "include:i0.example -all", .result = PERMERROR,
                                   .tells = "lookup 11"};
    char *zone = malloc(1000 * 64), *at = zone;

    (void)state;
    assert_non_null(zone);
    at += snprintf(at, 64, "d.example TXT v=spf1 include:i0.example -all\n");
    for (int i = 0; i < 999; i++)
        at += snprintf(at, 64, "i%d.example TXT v=spf1 include:i%d.example -all\n", i, i + 1);
    set_message(&row);
    bench.record = NULL;
    evaluate(zone, ALL_AT_ONCE, compare, &row);
    assert_int_equal(bench.rounds, 11);
    free(zone);
}

/* An MX of 500 names is an error before one of them is asked for. */
static void hosts_beyond_the_limit_are_not_asked(void **state)
{
    static const struct row row = {"500 hosts", .result = PERMERROR, .tells = "500 MX records"};
    char *zone = malloc(501 * 64), *at = zone;

    (void)state;
    assert_non_null(zone);
    at += snprintf(at, 64, "d.example TXT v=spf1 mx -all\n");
    for (int i = 0; i < 500; i++)
        at += snprintf(at, 64, "d.example MX m%d.example\n", i);
    set_message(&row);
    bench.record = NULL;
    evaluate(zone, ALL_AT_ONCE, compare, &row);
    assert_int_equal(bench.questions, 2);
    free(zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(initial_processing),
        cmocka_unit_test(record_lookup),
        cmocka_unit_test(record_evaluation),
        cmocka_unit_test(limits),
        cmocka_unit_test(include),
        cmocka_unit_test(addresses),
        cmocka_unit_test(ptr),
        cmocka_unit_test(networks_and_exists),
        cmocka_unit_test(redirect),
        cmocka_unit_test(explanation),
        cmocka_unit_test(macros),
        cmocka_unit_test(questions_are_asked_side_by_side),
        cmocka_unit_test(steps_tell_the_story),
        cmocka_unit_test(an_unpublished_record_is_evaluated),
        cmocka_unit_test(large_records_are_evaluated),
        cmocka_unit_test(deep_includes_end),
        cmocka_unit_test(hosts_beyond_the_limit_are_not_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
