/* Mailboxes asked through made servers, by the whole probe: what must be found, and must not. */
#include "tests/unit/probe_bench.h"

extern const struct probe probe_ews;

enum { NODES_MOST = 4, MADE_MOST = 8, SECOND = 1000000, BACK_OFF = 4500 /* milliseconds */ };

/* ---- the world ---- */

struct made_item {
    const char *hash;     /* NULL ends a list; "plant": the test item */
    const char *attempts; /* a letter each, of `answers` */
    enum ews_outcome outcome;
    const char *servers[EWS_ATTEMPTS]; /* that took them; or NULL */
};

struct made_node {
    const char *host;         /* NULL ends a list */
    struct ews_survey survey; /* what it comes to, but for the question and the items */
    struct made_item items[MADE_MOST];
};

struct world {
    struct made_node nodes[NODES_MOST];
};

static struct {
    const struct world *world;
    size_t surveys; /* that were asked for */
} here;

static const struct {
    char letter;
    enum status status;
    unsigned http;
    const char *code;
    const char *reason;
} answers[] = {
    {'+', STATUS_OK, 200, NULL, NULL},
    {'e', STATUS_OK, 200, NULL, "its MIME content is empty"},
    {'T', STATUS_OK, 200, "ErrorInternalServerTransientError", NULL},
    {'S', STATUS_OK, 200, "ErrorMailboxStoreUnavailable", NULL},
    {'B', STATUS_OK, 200, "ErrorServerBusy", NULL},
    {'W', STATUS_OK, 200, "ErrorServerBusy", NULL},
    {'L', STATUS_OK, 200, "ErrorServer", NULL}, /* the beginning of another */
    {'A', STATUS_OK, 200, "ErrorAccessDenied", NULL},
    {'C', STATUS_OK, 200, "ErrorMimeContentConversionFailed", NULL},
    {'G', STATUS_OK, 200, "ErrorItemNotFound", NULL},
    {'5', STATUS_SERVER_FAILURE, 503, NULL, NULL},
    {'x', STATUS_CLOSED, 0, NULL, NULL},
    {'w', STATUS_MALFORMED, 200, NULL, "it has a document type"},
};

static struct ews_attempt attempt_of(char letter)
{
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        if (answers[i].letter == letter)
            return (struct ews_attempt){.status = answers[i].status,
                                        .http = answers[i].http,
                                        .code = answers[i].code,
                                        .reason = answers[i].reason,
                                        .has_back_off = letter == 'W',
                                        .back_off = BACK_OFF,
                                        .took = SECOND / 2};
    }
    fail_msg("no answer is called %c", letter);
    return (struct ews_attempt){.http = 0};
}

/* ---- answering ---- */

static const struct {
    const char *name, *ip;
    enum dns_type type;
} zone[] = {
    {"ex01.contoso.com", "192.0.2.1", DNS_A},     {"ex02.contoso.com", "192.0.2.2", DNS_A},
    {"ex03.contoso.com", "192.0.2.3", DNS_A},     {"ex06.contoso.com", "2001:db8::6", DNS_AAAA},
    {"found.contoso.com", "192.0.2.66", DNS_A},   {"silent.contoso.com", "192.0.2.9", DNS_A},
    {"broken.contoso.com", "192.0.2.77", DNS_MX}, /* SERVFAIL for its addresses */
};

static void answer_dns(struct dns_answer *item)
{
    struct dns_record *record = arena_new(&item->evidence.memory, 1, sizeof *record);

    item->answer.records = record;
    for (size_t i = 0; i < sizeof zone / sizeof *zone; i++) {
        if (zone[i].type != item->type || strcmp(zone[i].name, item->name) != 0)
            continue;
        *record = (struct dns_record){.owner = item->name, .type = (uint16_t)item->type};
        assert_int_equal(ip_parse(zone[i].ip, strlen(zone[i].ip), &record->data.ip), STATUS_OK);
        item->answer.count = 1;
    }
    evidence_fail(&item->evidence,
                  strcmp(item->name, "broken.contoso.com") == 0 && item->type == DNS_A
                      ? STATUS_SERVER_FAILURE
                      : STATUS_OK,
                  NULL);
}

/* The requests are a second apart, and half a second long. */
static void add_item(struct ews_survey *survey, struct ews_item *item, const struct made_item *made)
{
    size_t count = strlen(made->attempts);
    struct ews_attempt *attempts = arena_new(&survey->evidence.memory, count, sizeof *attempts);

    *item = (struct ews_item){.item_class = "IPM.Schedule.Meeting.Request",
                              .size = 2048,
                              .is_planted = strcmp(made->hash, "plant") == 0,
                              .outcome = made->outcome,
                              .attempts = attempts,
                              .attempt_count = count};
    assert_true(strlen(made->hash) < sizeof item->hash);
    memcpy(item->hash, made->hash, strlen(made->hash) + 1);
    for (size_t i = 0; i < count; i++) {
        attempts[i] = attempt_of(made->attempts[i]);
        attempts[i].began = (int64_t)i * SECOND;
        attempts[i].server = made->servers[i];
        survey->last = attempts[i];
    }
}

static void answer_as(struct ews_survey *survey, const struct made_node *node)
{
    struct ews_item *items = arena_new(&survey->evidence.memory, MADE_MOST, sizeof *items);
    const struct ews_survey *made = &node->survey;

    survey->items = items;
    while (survey->item_count < MADE_MOST && node->items[survey->item_count].hash) {
        add_item(survey, &items[survey->item_count], &node->items[survey->item_count]);
        survey->item_count++;
    }
    if (made->last.code || made->last.http || made->last.status)
        survey->last = made->last;
    survey->challenges = made->challenges;
    survey->location = made->location;
    survey->scheme = made->scheme;
    survey->web_step = made->web_step;
    survey->caller = made->caller;
    survey->version = made->version;
    survey->folders_failed = made->folders_failed;
    survey->folder_code = made->folder_code;
    survey->planted = made->planted;
    survey->plant = made->plant;
    survey->test_item = made->test_item;
    survey->cleared = made->cleared;
    evidence_fail(&survey->evidence, made->evidence.status, made->evidence.reason);
}

static void answer_ews(struct ews_survey *survey)
{
    assert_string_equal(survey->mailbox, "alice@contoso.com");
    assert_int_equal(survey->plants, bench.settings.plants);
    here.surveys++;
    for (size_t i = 0; i < NODES_MOST && here.world->nodes[i].host; i++) {
        if (strcmp(here.world->nodes[i].host, survey->host) == 0) {
            answer_as(survey, &here.world->nodes[i]);
            return;
        }
    }
    fail_msg("nobody may ask %s", survey->host);
}

static void answer(struct evidence *item)
{
    if (item->kind == &evidence_dns)
        answer_dns((struct dns_answer *)item);
    else if (item->kind == &evidence_ews)
        answer_ews((struct ews_survey *)item);
    else if (item->kind == &evidence_machine)
        evidence_fail(item, STATUS_NOT_SUPPORTED, NULL);
    else
        fail_msg("nobody answers %s", item->key);
}

static size_t surveys_asked_for(void)
{
    size_t count = 0;

    for (size_t i = 0; i < bench.fetched_count; i++)
        count += bench.fetched[i]->kind == &evidence_ews;
    return count;
}

/* ---- running ---- */

static void begin(const struct world *world)
{
    here.world = world;
    here.surveys = 0;
    bench_begin(&probe_ews);
}

static void run(void)
{
    bench_run(SUBJECT_MAILBOX, "alice@contoso.com", answer);
}

/* All servers of the world are named. */
static void examine(const struct world *world)
{
    begin(world);
    for (size_t i = 0; i < NODES_MOST && world->nodes[i].host; i++)
        bench_add(SUBJECT_SERVER, world->nodes[i].host);
    run();
}

static const struct finding *mailbox_finding(const char *id, const char *part)
{
    return finding_of("alice@contoso.com", id, part);
}

static size_t count_of(const char *id, const char *word)
{
    size_t count = 0;

    for (size_t i = 0; i < bench.finding_count; i++)
        count += strcmp(bench.findings[i]->kind->id, id) == 0 &&
                 strcmp(word_of(bench.findings[i]), word) == 0;
    return count;
}

/* There is one finding, and it is this. */
static const struct finding *assert_only(const char *id, const char *word)
{
    if (bench.finding_count != 1 || count_of(id, word) != 1)
        bench_print();
    assert_int_equal(bench.finding_count, 1);
    assert_int_equal(count_of(id, word), 1);
    return bench.findings[0];
}

#define MIME "ews-mime-transient"
#define EX01 "ex01.contoso.com"
#define EX02 "ex02.contoso.com"
#define EX03 "ex03.contoso.com"

#define ITEM(hash_, attempts_, outcome_)                                                           \
    {                                                                                              \
        .hash = hash_, .attempts = attempts_, .outcome = outcome_                                  \
    }
#define T16        "TTTTTTTTTTTTTTTT"
#define FINE       EWS_OUTCOME_FINE
#define LASTS      EWS_OUTCOME_PERSISTENT
#define SHORT      EWS_OUTCOME_CUT_SHORT
#define RECOVERED  EWS_OUTCOME_RECOVERED
#define THROTTLED  EWS_OUTCOME_THROTTLED
#define UNANSWERED EWS_OUTCOME_UNANSWERED

/* ---- who is asked ---- */

static const struct world fine = {{{EX01, {.step = EWS_STEP_MIME}, {ITEM("a", "+", FINE)}}}};

/* Credentials go to servers that the user named, never to what a probe has found. */
static void test_a_server_that_was_found(void **state)
{
    (void)state;
    begin(&fine);
    exam_add_subject(bench.exam, SUBJECT_SERVER, "found.contoso.com", "found.contoso.com", false);
    bench_add(SUBJECT_SERVER, EX01);
    run();
    assert_int_equal(here.surveys, 1);
    assert_only(MIME, "ok");
    bench_end();

    begin(&fine);
    exam_add_subject(bench.exam, SUBJECT_SERVER, "found.contoso.com", "found.contoso.com", false);
    run();
    assert_int_equal(surveys_asked_for(), 0);
    assert_true(saw_it(assert_only(MIME, "unknown"), "name each with --server"));
    bench_end();
}

/* Where nothing is made, servers are asked side by side; else each when the last is done. */
static void test_one_after_another(void **state)
{
    static const char *const servers[] = {"192.0.2.1", "192.0.2.2", "192.0.2.3"};
    static const struct world world = {{{"192.0.2.1", {.planted = EWS_PLANTED_NONE}, {{0}}},
                                        {"192.0.2.2", {.planted = EWS_PLANTED_NONE}, {{0}}},
                                        {"192.0.2.3", {.planted = EWS_PLANTED_NONE}, {{0}}}}};

    (void)state;
    for (size_t plants = 0; plants < 2; plants++) {
        bench.settings.plants = plants == 1;
        begin(&world);
        for (size_t i = 0; i < 3; i++)
            bench_add(SUBJECT_SERVER, servers[i]);
        bench_add(SUBJECT_MAILBOX, "alice@contoso.com");
        exam_work(bench.exam, 0);
        assert_int_equal(surveys_asked_for(), plants ? 1 : 3);
        for (size_t i = 0, done = 0; i < bench.fetched_count; i++) {
            answer(bench.fetched[i]);
            exam_settled(bench.exam, bench.fetched[i], 0);
            exam_work(bench.exam, 0);
            done += bench.fetched[i]->kind == &evidence_ews;
            assert_int_equal(surveys_asked_for(), !plants || done > 1 ? 3 : done + 1);
        }
        bench_end();
    }
    bench.settings.plants = false;
}

static void test_addresses(void **state)
{
    static const struct world world = {
        {{"ex06.contoso.com", {.cleared = 0}, {ITEM("a", "+", FINE)}}}};
    const struct ews_survey *survey = NULL;

    (void)state;
    examine(&world);
    for (size_t i = 0; i < bench.fetched_count; i++) {
        if (bench.fetched[i]->kind == &evidence_ews)
            survey = (const struct ews_survey *)bench.fetched[i];
    }
    assert_non_null(survey);
    assert_int_equal(survey->address.ip.family, IP_V6);
    assert_only(MIME, "ok");
    bench_end();
}

/* A server without an address is asked nothing, and nothing is known through it. */
static void test_no_address(void **state)
{
    static const struct world world = {{{EX01, {.cleared = 0}, {ITEM("a", "+", FINE)}}}};
    static const struct {
        const char *server, *seen, *help;
    } rows[] = {{"broken.contoso.com", "a failure of its own", "nslookup broken.contoso.com"},
                {"nobody.contoso.com", "no address", "the name \"nobody.contoso.com\" is right"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct finding *finding;

        begin(&world);
        bench_add(SUBJECT_SERVER, rows[i].server);
        bench_add(SUBJECT_SERVER, EX01);
        run();
        finding = mailbox_finding(MIME, rows[i].server);
        assert_string_equal(word_of(finding), "unknown");
        if (!saw_it(finding, rows[i].seen))
            bench_print();
        assert_true(saw_it(finding, rows[i].seen));
        assert_ptr_equal(step_of(&finding->fix, rows[i].help), finding->fix.list);
        assert_non_null(step_of(&finding->fix, "--server " EX01 " "));
        assert_non_null(mailbox_finding(MIME, "1 item came with its MIME content through " EX01));
        bench_end();
    }
}

/* ---- one item through one server ---- */

static void test_what_an_item_comes_to(void **state)
{
    static const struct {
        struct made_item item;
        const char *id, *word;
        const char *title, *seen; /* that it has; or NULL */
        bool is_fine;             /* there is also the ok of what this is all about */
    } rows[] = {
        {ITEM("a", "+", FINE), MIME, "ok", "1 item came with its MIME content", NULL, false},
        {ITEM("a", "+", FINE), MIME, "ok", "each at the first request", NULL, false},
        {ITEM("a", "BB+", FINE), MIME, "ok", "after requests that were throttled", NULL, false},
        {ITEM("a", "TT+", RECOVERED), "ews-mime-recovered", "info", "1 message", "3 requests",
         true},
        {ITEM("a", T16, LASTS), MIME, "critical", "1 message", "16 requests in 15.5 s", false},
        {ITEM("a", "TTTTTTTTTTTTTTTB", LASTS), MIME, "critical", NULL,
         "15 times ErrorInternalServerTransientError, once ErrorServerBusy", false},
        {ITEM("a", "BBTTT", SHORT), MIME, "unknown", NULL, "the time for it was over", false},
        {ITEM("a", "TTT", SHORT), MIME, "unknown", NULL, "the time for it was over", false},
        {ITEM("a", "TT", SHORT), MIME, "unknown", "of 1 items 1 was not asked for", "", false},
        {ITEM("a", "T", SHORT), MIME, "unknown", NULL, "--patience gives more", false},
        {ITEM("a", "BTT", SHORT), MIME, "unknown", NULL, NULL, false},
        {ITEM("a", "SSS", SHORT), "ews-unavailable", "warning", "ErrorMailboxStore", NULL, false},
        {ITEM("a", "SSSSSSSSSSSSSSSS", LASTS), "ews-unavailable", "warning", NULL, NULL, false},
        {ITEM("a", "BBB", THROTTLED), "ews-throttled", "warning", "ErrorServerBusy", NULL, false},
        {ITEM("a", "", THROTTLED), "ews-throttled", "warning", "no code", "not asked for", false},
        {ITEM("a", "", EWS_OUTCOME_UNASKED), MIME, "unknown", NULL, "--patience", false},
        {ITEM("a", "A", EWS_OUTCOME_DENIED), "ews-denied", "unknown", "archiver's account",
         "AccessDenied", false},
        {ITEM("a", "C", EWS_OUTCOME_CONVERSION), "ews-mime-conversion", "warning", "Mime", NULL,
         false},
        {ITEM("a", "G", EWS_OUTCOME_GONE), "ews-item-gone", "info", "NotFound", NULL, false},
        {ITEM("a", "e", EWS_OUTCOME_OTHER), "ews-failed", "warning", "content is empty", NULL,
         false},
        {ITEM("a", "w", EWS_OUTCOME_OTHER), "ews-failed", "warning", "document type", NULL, false},
        {ITEM("a", "555", UNANSWERED), "ews-unavailable", "warning", "HTTP 503", NULL, false},
        {ITEM("a", "xxx", UNANSWERED), MIME, "unknown", NULL, "three answers in a row", false},
        {ITEM("a", "", UNANSWERED), MIME, "unknown", NULL, NULL, false}, /* a file may say so */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct world world = {{{EX01, {.step = EWS_STEP_MIME}, {rows[i].item}}}};
        const struct finding *finding;

        examine(&world);
        finding = mailbox_finding(rows[i].id, rows[i].title);
        if (strcmp(word_of(finding), rows[i].word) != 0) {
            print_message("row %u: %s\n", (unsigned)i, rows[i].item.attempts);
            bench_print();
        }
        assert_string_equal(word_of(finding), rows[i].word);
        assert_int_equal(bench.finding_count, rows[i].is_fine ? 2 : 1);
        assert_int_equal(count_of(MIME, "ok"), rows[i].is_fine || strcmp("ok", rows[i].word) == 0);
        if (rows[i].seen)
            assert_true(saw_it(finding, rows[i].seen));
        bench_end();
    }
}

/* Each wait is drawn, where there is more than one. */
static void test_the_picture(void **state)
{
    static const struct world lasting = {{{EX01,
                                           {.step = EWS_STEP_MIME},
                                           {ITEM("a", "TTT", SHORT), ITEM("b", T16, LASTS)}}}},
                              short_ = {
                                  {{EX01, {.step = EWS_STEP_MIME}, {ITEM("a", "BB", THROTTLED)}}}};
    const struct finding *finding;

    (void)state;
    examine(&lasting);
    finding = assert_only(MIME, "critical");
    assert_int_equal(finding->series_count, 1);
    assert_int_equal(finding->series[0].count, 15);
    bench_end();
    examine(&short_);
    assert_int_equal(assert_only("ews-throttled", "warning")->series_count, 0);
    bench_end();
}

static void test_items_beyond_those_shown(void **state)
{
    static const struct world world = {
        {{EX01,
          {.step = EWS_STEP_MIME},
          {ITEM("a", T16, LASTS), ITEM("b", T16, LASTS), ITEM("c", T16, LASTS),
           ITEM("d", T16, LASTS), ITEM("e", T16, LASTS), ITEM("f", T16, LASTS),
           ITEM("g", T16, LASTS)}}}};
    const struct finding *finding;

    (void)state;
    examine(&world);
    finding = assert_only(MIME, "critical");
    assert_non_null(strstr(finding->title, "7 messages"));
    assert_true(saw_it(finding, "and 2 more"));
    assert_true(saw_it(finding, "Request e,"));
    assert_false(saw_it(finding, "Request f,"));
    bench_end();
}

/* ---- several items ---- */

/* What lasted was another trouble: the fault itself was only seen until time was over. */
static void test_severity_is_of_its_own_items(void **state)
{
    static const struct world world = {
        {{EX01,
          {.step = EWS_STEP_MIME},
          {ITEM("a", "TTT", SHORT), ITEM("b", "SSSSSSSSSSSSSSSS", LASTS), ITEM("c", "+", FINE)}}}};

    (void)state;
    examine(&world);
    assert_string_equal(word_of(mailbox_finding(MIME, NULL)), "unknown");
    assert_string_equal(word_of(mailbox_finding("ews-unavailable", NULL)), "warning");
    assert_int_equal(bench.finding_count, 2);
    bench_end();
}

/* Of those that came nothing is said where others did not. */
static void test_no_ok_beside_what_is_not(void **state)
{
    static const struct made_item others[] = {
        ITEM("b", T16, LASTS),
        ITEM("b", "T", SHORT),
        ITEM("b", "", EWS_OUTCOME_UNASKED),
        ITEM("b", "BBB", THROTTLED),
        ITEM("b", "xxx", UNANSWERED),
        ITEM("b", "C", EWS_OUTCOME_CONVERSION),
        ITEM("b", "A", EWS_OUTCOME_DENIED),
    };

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const struct world world = {
            {{EX01,
              {.step = EWS_STEP_MIME},
              {ITEM("a", "+", FINE), others[i], ITEM("c", "T+", RECOVERED)}}}};

        examine(&world);
        assert_int_equal(count_of(MIME, "ok"), 0);
        assert_int_equal(count_of(MIME, "not-applicable"), 0);
        assert_non_null(mailbox_finding("ews-mime-recovered", "1 message came"));
        assert_int_equal(bench.finding_count, 2);
        bench_end();
    }
}

/* Where it fails, what was not asked for to the end changes nothing. */
static void test_what_is_open_beside_what_fails(void **state)
{
    static const struct world world = {
        {{EX01,
          {.step = EWS_STEP_MIME},
          {ITEM("a", T16, LASTS), ITEM("b", "T", SHORT), ITEM("c", "", EWS_OUTCOME_UNASKED)}}}};

    (void)state;
    examine(&world);
    assert_non_null(strstr(assert_only(MIME, "critical")->title, "1 message"));
    bench_end();
}

static void test_codes_and_front_ends(void **state)
{
    static const struct world world = {
        {{EX01,
          {.step = EWS_STEP_MIME},
          {{"a", "BLB", THROTTLED, {"EX10", "EX1", "X10"}}, ITEM("b", "LB", THROTTLED)}}}};
    const struct finding *finding;

    (void)state;
    examine(&world);
    finding = assert_only("ews-throttled", "warning");
    assert_non_null(strstr(finding->title, ": ErrorServerBusy, ErrorServer"));
    assert_null(strstr(finding->title, "ErrorServer, Error"));
    assert_true(saw_it(finding, "(X-FEServer EX10, EX1, X10), at last ErrorServerBusy"));
    bench_end();
}

/* ---- several servers ---- */

/* The same message through both is one message; and how many come through the other, and do not. */
static void test_the_same_items_through_two(void **state)
{
    static const struct world world = {
        {{EX01,
          {.step = EWS_STEP_MIME},
          {ITEM("a", T16, LASTS), ITEM("b", T16, LASTS), ITEM("c", T16, LASTS),
           ITEM("d", "C", EWS_OUTCOME_CONVERSION)}},
         {EX02,
          {.step = EWS_STEP_MIME},
          {ITEM("a", T16, LASTS), ITEM("b", "T+", RECOVERED), ITEM("c", "", EWS_OUTCOME_UNASKED),
           ITEM("d", "+", FINE)}}}};
    const struct finding *finding;

    (void)state;
    examine(&world);
    finding = mailbox_finding(MIME, "3 messages");
    assert_string_equal(word_of(finding), "critical");
    assert_true(saw_it(finding, "the same through " EX02 ": 1 of 2 came"));
    assert_false(saw_it(finding, "the same through " EX01)); /* which says so of itself */
    assert_false(saw_it(finding, "none of these came"));
    finding = mailbox_finding("ews-mime-conversion", "1 message");
    assert_true(saw_it(finding, "the same through " EX02 ": 1 of 1 came"));
    assert_int_equal(count_of(MIME, "ok"), 0);
    bench_end();
}

/* Each server makes its own test item. */
static void test_test_items_are_not_the_same(void **state)
{
    static const struct world world = {
        {{EX01, {.planted = EWS_PLANTED_DELETED}, {ITEM("plant", T16, LASTS)}},
         {EX02, {.planted = EWS_PLANTED_DELETED}, {ITEM("plant", T16, LASTS)}},
         {EX03, {.planted = EWS_PLANTED_DELETED}, {ITEM("plant", "+", FINE)}}}};
    const struct finding *finding;

    (void)state;
    bench.settings.plants = true;
    examine(&world);
    finding = mailbox_finding(MIME, "2 messages");
    assert_non_null(finding);
    assert_true(saw_it(finding, "(the test item)"));
    assert_false(saw_it(finding, "the same through"));
    assert_int_equal(count_of("ews-test-item", "ok"), 3);
    bench.settings.plants = false;
    bench_end();
}

/* Steps are for the server that fails, not for the first that was named. */
static void test_the_server_that_fails(void **state)
{
    static const struct world world = {
        {{EX01, {.version = {.major = 14}}, {ITEM("a", "+", FINE)}},
         {EX02, {.version = {.major = 15}}, {ITEM("a", T16, LASTS)}}}};
    const struct finding *finding;

    (void)state;
    examine(&world);
    finding = assert_only(MIME, "critical");
    assert_true(saw_it(finding, "the same through " EX01 ": 1 of 1 came"));
    assert_non_null(step_of(&finding->verify, "--server ex02.contoso.com"));
    bench_end();
}

/* Of the steps that make the directory again: how many, and how many a person has to choose. */
static size_t count_new(const struct finding *finding, size_t *open)
{
    size_t count = 0;

    *open = 0;
    for (size_t i = 0; i < finding->fix.count; i++) {
        const struct step *step = &finding->fix.list[i];

        if (strncmp(step->command, "New-WebServicesVirtualDirectory ", 32) != 0)
            continue;
        count++;
        *open += strstr(step->condition, "only if it is Exchange") != NULL;
    }
    return count;
}

/* One command, of the version that is known, and of no other; none where every server fails. */
static void test_the_version_chooses_steps(void **state)
{
    static const struct {
        struct made_node node, other;
        size_t count, open;
        const char *has, *lacks;
    } rows[] = {
        {{EX01, {.version = {.major = 8}}, {ITEM("a", T16, LASTS)}},
         {.host = NULL},
         1,
         0,
         "-WindowsAuthentication $ews",
         "-GzipLevel $ews"},
        {{EX01, {.version = {.major = 14}}, {ITEM("a", T16, LASTS)}},
         {.host = NULL},
         1,
         0,
         "-MRSProxyMaxConnections $ews",
         "-Role"},
        {{EX01, {.version = {.major = 0}}, {ITEM("a", T16, LASTS)}},
         {.host = NULL},
         3,
         3,
         "AdminDisplayVersion",
         NULL},
        {{EX01, {.version = {.major = 15}}, {ITEM("a", T16, LASTS)}},
         {EX02, {.evidence.status = STATUS_TIMED_OUT}, {{0}}},
         1,
         0,
         "-Role ClientAccess",
         "-MRSProxyMaxConnections"},
        {{EX01, {.version = {.major = 15}}, {ITEM("a", T16, LASTS)}},
         {EX02, {.version = {.major = 14}}, {ITEM("b", T16, LASTS)}},
         3,
         3,
         "AdminDisplayVersion",
         NULL},
        {{EX01, {.version = {.major = 15}}, {ITEM("a", T16, LASTS)}},
         {EX02, {.version = {.major = 15}}, {ITEM("a", T16, LASTS)}},
         0,
         0,
         "Make no virtual directory again",
         "Remove-"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct world world = {{rows[i].node, rows[i].other}};
        const struct finding *finding;
        size_t open;

        examine(&world);
        finding = mailbox_finding(MIME, "cannot be fetched");
        assert_string_equal(word_of(finding), "critical");
        assert_int_equal(count_new(finding, &open), rows[i].count);
        assert_int_equal(open, rows[i].open);
        assert_non_null(step_of(&finding->fix, rows[i].has));
        assert_true(!rows[i].lacks || !step_of(&finding->fix, rows[i].lacks));
        bench_end();
    }
}

/* The run that verifies is the run that was: its servers, its logon, in whose name. */
static void test_the_run_again(void **state)
{
    static const struct {
        enum web_scheme scheme;
        bool impersonates;
        const char *command;
        const char *caller;
    } rows[] = {
        {WEB_NEGOTIATE, false, "--mailbox alice@contoso.com --only ews", NULL},
        {WEB_BEARER, true,
         "--impersonate --mailbox alice@contoso.com --token-file '<token-file>' --only ews", NULL},
        {WEB_NTLM, false, "--mailbox alice@contoso.com --ntlm --user '<user>' --only ews", NULL},
        {WEB_BASIC, false, "--mailbox alice@contoso.com --user '<user>' --only ews", NULL},
        {WEB_NTLM, false, "--ntlm --user bob@contoso.com --only ews", "bob@contoso.com"},
        {WEB_BASIC, false, "alice@contoso.com --user bob@contoso.com --only ews",
         "bob@contoso.com"},
        {WEB_NEGOTIATE, false, "--mailbox alice@contoso.com --only ews", "bob@CONTOSO.COM"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct ews_survey survey = {.scheme = rows[i].scheme,
                                          .impersonates = rows[i].impersonates,
                                          .caller = rows[i].caller};
        const struct world world = {
            {{EX01, survey, {ITEM("a", T16, LASTS)}}, {EX02, survey, {ITEM("a", "+", FINE)}}}};
        const struct finding *finding;

        bench.settings.impersonates = rows[i].impersonates;
        examine(&world);
        finding = mailbox_finding(MIME, "1 message");
        assert_non_null(step_of(&finding->verify, "--server " EX01 " --server " EX02 " "));
        if (!step_of(&finding->verify, rows[i].command))
            bench_print();
        assert_non_null(step_of(&finding->verify, rows[i].command));
        bench_end();
    }
    bench.settings.impersonates = false;
}

/* ... and where it asked: the resolvers and the ports that were named. */
static void test_the_run_again_as_called(void **state)
{
    static const struct world world = {{{EX01, {.cleared = 0}, {ITEM("a", T16, LASTS)}}}};
    static const struct net_address resolver = {.ip = {.family = IP_V4, .bytes = {192, 0, 2, 53}},
                                                .port = 5353};

    (void)state;
    bench.settings.dns = &resolver;
    bench.settings.dns_count = 1;
    bench.settings.ports[SERVICE_HTTPS] = 8443;
    examine(&world);
    assert_non_null(step_of(&mailbox_finding(MIME, NULL)->verify,
                            "--only ews --dns 192.0.2.53:5353 --port https=8443"));
    bench_end();
    memset(&bench.settings, 0, sizeof bench.settings);
}

/* What came through another server comes for an archiver that talks to it: that is first. */
static void test_the_way_round(void **state)
{
    static const struct {
        unsigned major;
        bool moves;
    } rows[] = {{15, false}, {14, true}, {8, false}, {0, true}};
    static const char let[] = "Let the archiver talk to \"ex03.contoso.com\"";

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct ews_survey survey = {.version = {.major = rows[i].major}};
        const struct world world = {
            {{EX01, survey, {ITEM("a", T16, LASTS), ITEM("b", T16, LASTS)}},
             {EX02, survey, {ITEM("a", "+", FINE), ITEM("b", T16, LASTS)}},
             {"ex03.contoso.com", survey, {ITEM("a", "+", FINE), ITEM("b", "+", FINE)}}}};
        const struct finding *finding;
        const struct step *move;

        examine(&world);
        finding = mailbox_finding(MIME, NULL);
        assert_ptr_equal(step_of(&finding->fix, let), finding->fix.list);
        assert_ptr_equal(step_of(&finding->undo, "Let the archiver talk"), finding->undo.list);
        move = step_of(&finding->fix, "Move-ActiveMailboxDatabase -");
        assert_int_equal(move != NULL, rows[i].moves);
        assert_true(!move || strstr(move->condition, "only of Exchange 2010"));
        assert_int_equal(step_of(&finding->undo, "Move-ActiveMailboxDatabase -") != NULL,
                         rows[i].moves);
        bench_end();
    }
}

/* Through one server alone, nothing tells which other would do: the database is what moves. */
static void test_the_way_round_of_one_server(void **state)
{
    static const struct world world = {
        {{EX01, {.version = {.major = 15}}, {ITEM("a", T16, LASTS)}}}};
    const struct finding *finding;

    (void)state;
    examine(&world);
    finding = mailbox_finding(MIME, NULL);
    assert_null(step_of(&finding->fix, "Let the archiver talk to"));
    assert_non_null(step_of(&finding->fix, "Move-ActiveMailboxDatabase -"));
    bench_end();
}

/* Who found nothing, or was not reached, is not among those that gave their items. */
static void test_two_of_which_one_is_open(void **state)
{
    static const struct {
        struct made_node other;
        const char *id, *word, *title;
    } rows[] = {
        {{EX02, {.step = EWS_STEP_FIND}, {{0}}}, MIME, "unknown", "no items were found"},
        {{EX02, {.evidence.status = STATUS_TIMED_OUT}, {{0}}}, MIME, "unknown", "not be asked"},
        {{EX02, {.last = {.code = "ErrorServerBusy"}}, {{0}}}, "ews-throttled", "warning", "Busy"},
        {{EX02, {.last = {.code = "ErrorAccessDenied"}}, {{0}}},
         "ews-denied",
         "unknown",
         "archiver"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct world world = {
            {{EX01, {.step = EWS_STEP_MIME}, {ITEM("a", "+", FINE), ITEM("b", "+", FINE)}},
             rows[i].other}};
        const struct finding *ok;

        examine(&world);
        assert_int_equal(bench.finding_count, 2);
        assert_string_equal(word_of(mailbox_finding(rows[i].id, rows[i].title)), rows[i].word);
        ok = mailbox_finding(MIME, "2 items came with their MIME content through " EX01 ", each");
        assert_string_equal(word_of(ok), "ok");
        bench_end();
    }
}

static void test_different_numbers_through_two(void **state)
{
    static const struct world world = {
        {{EX01, {.step = EWS_STEP_MIME}, {ITEM("a", "+", FINE), ITEM("b", "+", FINE)}},
         {EX02, {.step = EWS_STEP_MIME}, {ITEM("a", "T+", RECOVERED)}}}};

    (void)state;
    examine(&world);
    assert_non_null(mailbox_finding(MIME, "1 to 2 items came with their MIME content through " EX01
                                          ", " EX02 "; 2 of 3 at once"));
    assert_non_null(mailbox_finding("ews-mime-recovered", "1 message"));
    bench_end();
}

/* ---- the search ---- */

static void test_a_search_that_failed(void **state)
{
    static const struct {
        const char *code, *id;
    } rows[] = {{"ErrorInternalServerTransientError", "ews-unavailable"},
                {"ErrorServerBusy", "ews-throttled"},
                {"ErrorInvalidRequest", "ews-failed"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct world world = {{{EX01, {.last = {.code = rows[i].code, .http = 200}}, {{0}}}}};
        const struct finding *finding;

        examine(&world);
        finding = assert_only(rows[i].id, "warning");
        assert_non_null(strstr(finding->title, rows[i].code));
        assert_true(saw_it(finding, "the search for items through " EX01));
        bench_end();
    }
}

/* Nothing is the matter with a mailbox that has nothing to ask for; what failed on the way is. */
static void test_a_mailbox_without_items(void **state)
{
    static const struct world one = {{{EX01, {.step = EWS_STEP_FIND}, {{0}}}}},
                              two = {{{EX01, {.step = EWS_STEP_FIND}, {{0}}},
                                      {EX02, {.step = EWS_STEP_FIND}, {{0}}}}};

    (void)state;
    examine(&one);
    assert_only(MIME, "not-applicable");
    bench_end();
    examine(&two);
    assert_only(MIME, "not-applicable");
    bench_end();
}

/* What nobody looked into may hold what fails. */
static void test_folders_that_failed(void **state)
{
    static const struct world worlds[] = {
        {{{EX01, {.folders_failed = 1, .folder_code = "ErrorAccessDenied"}, {{0}}}}},
        {{{EX01,
           {.folders_failed = 1, .folder_code = "ErrorAccessDenied"},
           {ITEM("a", "+", FINE)}}}},
        {{{EX01, {.folders_failed = 1, .folder_code = NULL}, {ITEM("a", "+", FINE)}}}},
    };
    static const struct world all = {{{EX01,
                                       {.folders_failed = 4,
                                        .folder_code = "ErrorAccessDenied",
                                        .last = {.code = "ErrorAccessDenied"}},
                                       {{0}}}}};

    (void)state;
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        const struct finding *finding;

        examine(&worlds[i]);
        finding = assert_only(MIME, "unknown");
        assert_non_null(strstr(finding->title, "1 of 4 folders could not be searched"));
        assert_true(saw_it(finding, i < 2 ? "ErrorAccessDenied" : "no code"));
        bench_end();
    }
    examine(&all); /* which the code of the search tells */
    assert_only("ews-denied", "unknown");
    bench_end();
}

/* ---- conversations that ended ---- */

static void test_obstacles(void **state)
{
    static const struct {
        struct ews_survey survey;
        const char *seen[3];
    } rows[] = {
        {{.evidence.status = STATUS_DENIED,
          .last = {.http = 401, .status = STATUS_DENIED},
          .challenges = "Negotiate NTLM",
          .scheme = WEB_BASIC},
         {"the logon was refused", "it answered HTTP 401",
          "logons that it takes: Negotiate NTLM; Basic was tried"}},
        {{.evidence.status = STATUS_REJECTED,
          .last = {.http = 302, .status = STATUS_REJECTED, .kind = EWS_REPLY_HTML},
          .location = "login.contoso.com"},
         {"HTTP 302, with a page for people", "it sends to login.contoso.com"}},
        {{.evidence.status = STATUS_TIMED_OUT}, {NULL}},
        {{.evidence.status = STATUS_CANCELLED}, {NULL}},
        {{.evidence.status = STATUS_EXHAUSTED}, {NULL}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct world world = {{{EX01, rows[i].survey, {{0}}}}};
        const struct finding *finding;

        examine(&world);
        finding = assert_only(MIME, "unknown");
        assert_non_null(strstr(finding->title, "could not be asked through " EX01));
        if (rows[i].survey.evidence.status != STATUS_DENIED)
            assert_true(saw_it(finding, status_text(rows[i].survey.evidence.status)));
        for (size_t j = 0; j < 3 && rows[i].seen[j]; j++)
            assert_true(saw_it(finding, rows[i].seen[j]));
        bench_end();
    }
}

/* By what stood in the way: the words for it, the first step, and what would be of no use. */
static void test_what_would_help(void **state)
{
    static const struct {
        struct ews_survey survey;
        const char *seen, *first, *lacks;
    } rows[] = {
        {{.evidence = {.status = STATUS_NOT_FOUND, .reason = "No credentials cache found"},
          .web_step = WEB_TICKET,
          .scheme = WEB_NEGOTIATE},
         "no Kerberos ticket: No credentials cache found",
         "kinit '<user-at-realm>'",
         "--user"},
        {{.evidence = {.status = STATUS_DENIED, .reason = "SSL certificate problem"},
          .web_step = WEB_HANDSHAKE,
          .scheme = WEB_BASIC,
          .caller = "bob@contoso.com"},
         "the certificate does not verify: SSL certificate problem",
         "--user bob@contoso.com --ca-file '<ca-file>' --only ews",
         "kinit"},
        {{.evidence.status = STATUS_REFUSED, .web_step = WEB_CONNECT, .scheme = WEB_NEGOTIATE},
         "refused",
         "Test-NetConnection",
         "kinit"},
        {{.evidence.status = STATUS_CLOSED, .web_step = WEB_HANDSHAKE, .scheme = WEB_NEGOTIATE},
         "closed",
         "--mailbox alice@contoso.com --only ews",
         "--ca-file"},
        {{.evidence.status = STATUS_DENIED,
          .last = {.http = 401, .status = STATUS_DENIED},
          .scheme = WEB_BASIC,
          .caller = "bob@contoso.com"},
         "the logon was refused",
         "--ntlm --user bob@contoso.com --only ews",
         "<user>"},
        {{.evidence.status = STATUS_DENIED,
          .last = {.http = 401, .status = STATUS_DENIED},
          .scheme = WEB_NTLM,
          .caller = "bob@contoso.com"},
         "the logon was refused",
         "--mailbox alice@contoso.com --user bob@contoso.com --only ews",
         "--ntlm"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct world world = {{{EX01, rows[i].survey, {{0}}}}};
        const struct finding *finding;

        examine(&world);
        finding = assert_only(MIME, "unknown");
        assert_true(saw_it(finding, rows[i].seen));
        assert_false(saw_it(finding, status_text(STATUS_NOT_FOUND)));
        assert_false(saw_it(finding, status_text(STATUS_DENIED)));
        assert_ptr_equal(step_of(&finding->fix, rows[i].first), finding->fix.list);
        assert_null(step_of(&finding->fix, rows[i].lacks));
        bench_end();
    }
}

/* A ticket is lacking at all servers at once: said once, and the run asks all of them again. */
static void test_no_ticket_for_any(void **state)
{
    static const struct ews_survey none = {
        .evidence.status = STATUS_NOT_FOUND, .web_step = WEB_TICKET, .scheme = WEB_NEGOTIATE};
    static const struct ews_survey silent = {.evidence.status = STATUS_TIMED_OUT};
    const struct world world = {
        {{EX01, none, {{0}}}, {"ex03.contoso.com", silent, {{0}}}, {EX02, none, {{0}}}}};
    const struct finding *finding;

    (void)state;
    examine(&world);
    assert_int_equal(count_of(MIME, "unknown"), 2);
    assert_non_null(mailbox_finding(MIME, "through ex03.contoso.com"));
    finding = mailbox_finding(MIME, "through " EX01 ", " EX02);
    assert_non_null(finding);
    assert_int_equal(finding->fix.count, 2);
    assert_non_null(strstr(finding->fix.list[0].command, "kinit"));
    assert_non_null(step_of(&finding->fix, "--server " EX02 " --server ex03.contoso.com "));
    bench_end();
}

/* How long the server wants to be left alone is told, where it said so at last. */
static void test_back_off(void **state)
{
    static const struct world
        asks = {{{EX01, {.step = EWS_STEP_MIME}, {ITEM("a", "BBW", THROTTLED)}}}},
        asked = {{{EX01, {.step = EWS_STEP_MIME}, {ITEM("a", "WBB", THROTTLED)}}}};

    (void)state;
    examine(&asks);
    assert_true(saw_it(assert_only("ews-throttled", "warning"), "left alone for 4.5 s"));
    bench_end();
    examine(&asked);
    assert_false(saw_it(assert_only("ews-throttled", "warning"), "left alone"));
    bench_end();
}

/* ---- the test item ---- */

static void test_what_became_of_the_test_item(void **state)
{
    static const struct {
        struct ews_survey survey;
        const char *word, *title, *seen;
    } rows[] = {
        {{.planted = EWS_PLANTED_DELETED}, "ok", "a meeting request in Drafts was made", NULL},
        {{.planted = EWS_PLANTED_DELETED, .test_item = EWS_TEST_ITEM_APPOINTMENT, .cleared = 2},
         "ok",
         "an appointment in the calendar was made through " EX01
         " and is deleted again, and 2 of earlier runs",
         NULL},
        {{.planted = EWS_PLANTED_LEFT, .plant = {.code = "ErrorCannotDeleteObject"}, .cleared = 1},
         "warning",
         NULL,
         "made through " EX01 "; the last that was heard: ErrorCannotDeleteObject"},
        {{.planted = EWS_PLANTED_LEFT, .cleared = 1}, "warning", NULL, "1 of earlier runs"},
        {{.planted = EWS_PLANTED_LEFT}, "warning", NULL, "the last that was heard: no error"},
        {{.planted = EWS_PLANTED_REFUSED, .plant = {.code = "ErrorAccessDenied"}},
         "unknown",
         EX01 " makes no test item",
         "CreateItem: ErrorAccessDenied"},
        {{.evidence.status = STATUS_CANCELLED}, "warning", NULL, "the run was ended before"},
        {{.evidence.status = STATUS_EXHAUSTED}, "warning", NULL, "did not come to its end in time"},
        {{.evidence.status = STATUS_TIMED_OUT}, "", NULL, NULL},
        {{.planted = EWS_PLANTED_NONE}, "", NULL, NULL},
    };

    (void)state;
    bench.settings.plants = true;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct world world = {{{EX01, rows[i].survey, {{0}}}}};
        const struct finding *finding;

        examine(&world);
        finding = mailbox_finding("ews-test-item", rows[i].title);
        if (strcmp(word_of(finding), rows[i].word) != 0)
            bench_print();
        assert_string_equal(word_of(finding), rows[i].word);
        if (rows[i].seen)
            assert_true(saw_it(finding, rows[i].seen));
        if (finding)
            assert_false(saw_it(finding, "the last that was heard: its MIME content"));
        bench_end();
    }
    bench.settings.plants = false;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_server_that_was_found),
        cmocka_unit_test(test_one_after_another),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_no_address),
        cmocka_unit_test(test_what_an_item_comes_to),
        cmocka_unit_test(test_the_picture),
        cmocka_unit_test(test_items_beyond_those_shown),
        cmocka_unit_test(test_severity_is_of_its_own_items),
        cmocka_unit_test(test_no_ok_beside_what_is_not),
        cmocka_unit_test(test_what_is_open_beside_what_fails),
        cmocka_unit_test(test_codes_and_front_ends),
        cmocka_unit_test(test_the_same_items_through_two),
        cmocka_unit_test(test_test_items_are_not_the_same),
        cmocka_unit_test(test_the_server_that_fails),
        cmocka_unit_test(test_the_version_chooses_steps),
        cmocka_unit_test(test_the_run_again),
        cmocka_unit_test(test_the_run_again_as_called),
        cmocka_unit_test(test_the_way_round),
        cmocka_unit_test(test_the_way_round_of_one_server),
        cmocka_unit_test(test_two_of_which_one_is_open),
        cmocka_unit_test(test_different_numbers_through_two),
        cmocka_unit_test(test_a_search_that_failed),
        cmocka_unit_test(test_a_mailbox_without_items),
        cmocka_unit_test(test_folders_that_failed),
        cmocka_unit_test(test_obstacles),
        cmocka_unit_test(test_what_would_help),
        cmocka_unit_test(test_no_ticket_for_any),
        cmocka_unit_test(test_back_off),
        cmocka_unit_test(test_what_became_of_the_test_item),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
