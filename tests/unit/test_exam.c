/*
 * The engine, driven by small probes and by hand: the test is the gatherer that
 * answers, and the clock.
 */
#include "diag/clock.h"
#include "diag/exam.h"
#include "diag/text.h"
#include "diag/verdict.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FETCHED_MOST = 65536, FINDINGS_MOST = 64 };

/* ---- the gatherer ---- */

static struct {
    struct settings settings;
    struct evidence_store *store;
    struct exam *exam;
    struct evidence *fetched[FETCHED_MOST]; /* in the order asked */
    size_t fetched_count;
    unsigned passes; /* of all probes; each counts its own */
    struct finding *findings[FINDINGS_MOST];
    size_t finding_count;
} bench;

static void fetch(void *context, struct evidence *item)
{
    assert_ptr_equal(context, &bench);
    assert_false(item->settled);
    assert_true(bench.fetched_count < FETCHED_MOST);
    bench.fetched[bench.fetched_count++] = item;
}

static int set_up(void **state)
{
    (void)state;
    memset(&bench, 0, sizeof bench);
    bench.settings.ports[SERVICE_DNS] = 53;
    bench.store = evidence_store_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    exam_free(bench.exam);
    evidence_store_free(bench.store);
    return 0;
}

static const int64_t started = 1795338307123; /* 2026-11-22T09:05:07.123Z */

static void begin(const struct probe *const *list, bool live)
{
    const struct exam_options options = {.settings = &bench.settings,
                                         .probes = list,
                                         .store = bench.store,
                                         .started = started,
                                         .absent = STATUS_NOT_RECORDED,
                                         .fetch = live ? fetch : NULL,
                                         .context = &bench};

    bench.exam = exam_new(&options);
}

static void add_domain(const char *name)
{
    exam_add_subject(bench.exam, SUBJECT_DOMAIN, name, name, true);
}

/* A live examination of a.example, worked on once. */
static void begin_with_a_domain(const struct probe *const *list)
{
    begin(list, true);
    add_domain("a.example");
    exam_work(bench.exam, 0);
}

static struct evidence *asked(const char *name)
{
    for (size_t i = 0; i < bench.fetched_count; i++) {
        if (strcmp(((struct dns_answer *)bench.fetched[i])->name, name) == 0)
            return bench.fetched[i];
    }
    fail_msg("%s was not asked for", name);
    return NULL;
}

static void answer(const char *name, int64_t now)
{
    struct evidence *item = asked(name);

    assert_false(item->settled);
    evidence_fail(item, STATUS_OK, NULL);
    exam_settled(bench.exam, item, now);
}

static void answer_and_work(const char *name)
{
    answer(name, 0);
    exam_work(bench.exam, 0);
}

static void take(void *context, struct finding *finding)
{
    (void)context;
    assert_true(bench.finding_count < FINDINGS_MOST);
    bench.findings[bench.finding_count++] = finding;
}

static size_t take_findings(void)
{
    bench.finding_count = 0;
    exam_findings(bench.exam, take, NULL);
    return bench.finding_count;
}

static const struct finding *the_finding(void)
{
    assert_int_equal(take_findings(), 1);
    return bench.findings[0];
}

static const struct step_template fix[] = {
    {.shell = SHELL_SH, .kind = STEP_EXACT, .where = "here", .command = "repair {subject} {what}"},
    {0}};
static const struct step_template verify[] = {
    {.shell = SHELL_SH, .kind = STEP_EXACT, .where = "here", .command = "look at {subject}"}, {0}};
static const struct step_template undo[] = {
    {.shell = SHELL_SH, .kind = STEP_EXACT, .where = "here", .command = "break {subject}"}, {0}};
static const struct step_template make_known[] = {
    {.shell = SHELL_SH, .kind = STEP_EXACT, .where = "here", .command = "ask {subject}"}, {0}};

static const struct finding_kind kind_one = {.id = "one",
                                             .severity = SEVERITY_WARNING,
                                             .title = "{subject} has {what}",
                                             .why = "{what} is bad",
                                             .fix = fix,
                                             .verify = verify,
                                             .undo = undo,
                                             .make_known = make_known};
static const struct finding_kind kind_two = {
    .id = "two", .severity = SEVERITY_INFO, .title = "two", .why = "two"};

static const struct finding_kind *const one_and_two[] = {&kind_one, &kind_two, NULL};

/* ---- asking ---- */

static void examine_chain(struct examination *x, const struct subject *subject)
{
    const struct dns_answer *a, *b, *c;

    bench.passes++;
    healthy(x, &kind_one, "pass %u of %s", bench.passes, subject->name);
    if (!(a = ask_dns(x, "a", DNS_TXT)))
        return;
    if (!(b = ask_dns(x, "b", DNS_TXT)))
        return;
    if (!(c = ask_dns(x, "c", DNS_TXT)))
        return;
    healthy(x, &kind_two, "all known");
}

static const struct probe chain = {.name = "chain",
                                   .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
                                   .kinds = one_and_two,
                                   .examine = examine_chain};
static const struct probe *const only_chain[] = {&chain, NULL};

/* One question follows from the other: a pass for each answer, and only the last one's findings. */
static void what_follows_is_asked_in_passes(void **state)
{
    static const char *const names[] = {"a", "b", "c"};

    (void)state;
    begin_with_a_domain(only_chain);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(bench.passes, i + 1);
        assert_int_equal(bench.fetched_count, i + 1);
        assert_int_equal(exam_open(bench.exam), 1);
        assert_int_equal(take_findings(), 0);
        answer_and_work(names[i]);
    }
    assert_int_equal(bench.passes, 4);
    assert_int_equal(bench.fetched_count, 3);
    assert_int_equal(exam_open(bench.exam), 0);
    assert_int_equal(take_findings(), 2);
    assert_string_equal(bench.findings[0]->title, "pass 4 of a.example");
    assert_string_equal(bench.findings[1]->title, "all known");
    exam_work(bench.exam, INT64_MAX);
    assert_int_equal(bench.passes, 4);
}

static void examine_at_once(struct examination *x, const struct subject *subject)
{
    const struct dns_answer *a = ask_dns(x, "a", DNS_TXT);
    const struct dns_answer *b = ask_dns(x, "b", DNS_TXT);
    const struct dns_answer *c = ask_dns(x, "c", DNS_TXT);

    (void)subject;
    bench.passes++;
    if (a && b)
        ask_dns(x, "follows", DNS_TXT);
    if (a && b && c)
        found(x, &kind_one);
}

static const struct probe at_once = {.name = "together",
                                     .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
                                     .kinds = one_and_two,
                                     .examine = examine_at_once};
static const struct probe *const only_at_once[] = {&at_once, NULL};

/* What is asked in one pass is on its way side by side; the next pass has it all. */
static void asks_of_a_pass_are_fetched_together(void **state)
{
    (void)state;
    begin_with_a_domain(only_at_once);
    assert_int_equal(bench.passes, 1);
    assert_int_equal(exam_open(bench.exam), 3);
    answer_and_work("b");
    answer_and_work("c");
    assert_int_equal(bench.passes, 1);
    answer_and_work("a");
    assert_int_equal(bench.passes, 2);
    answer_and_work("follows");
    assert_int_equal(bench.passes, 3);
    assert_int_equal(take_findings(), 1);
}

/* One slow answer does not hold up what follows from the others for longer than the patience. */
static void patience_has_an_end(void **state)
{
    const int64_t now = 1000000;

    (void)state;
    begin_with_a_domain(only_at_once);
    assert_true(exam_due(bench.exam) == INT64_MAX);
    answer("a", now);
    assert_int_equal(exam_due(bench.exam), now + EXAM_PATIENCE);
    answer("b", now + 20000);
    assert_int_equal(exam_due(bench.exam), now + EXAM_PATIENCE);
    exam_work(bench.exam, now + EXAM_PATIENCE - 1);
    assert_int_equal(bench.passes, 1);
    exam_work(bench.exam, now + EXAM_PATIENCE);
    assert_int_equal(bench.passes, 2);
    assert_non_null(asked("follows"));
    assert_true(exam_due(bench.exam) == INT64_MAX);
    assert_int_equal(take_findings(), 0);
    exam_work(bench.exam, now + 10 * EXAM_PATIENCE);
    assert_int_equal(bench.passes, 2);
    answer("c", now + 10 * EXAM_PATIENCE);
    exam_work(bench.exam, now + 10 * EXAM_PATIENCE);
    assert_int_equal(bench.passes, 2);
    answer("follows", now + 10 * EXAM_PATIENCE);
    exam_work(bench.exam, now + 10 * EXAM_PATIENCE);
    assert_int_equal(bench.passes, 3);
    assert_int_equal(take_findings(), 1);
}

static void examine_pair(struct examination *x, const struct subject *subject)
{
    const struct dns_answer *p = ask_dns(x, "p", DNS_TXT), *q = ask_dns(x, "q", DNS_TXT);

    (void)subject;
    if (!p || !q)
        found(x, &kind_one);
}

static const struct probe pair = {.name = "pair",
                                  .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
                                  .kinds = one_and_two,
                                  .examine = examine_pair};

/* Another examination's impatience does not run one again that has all its answers. */
static void patience_is_for_those_who_wait(void **state)
{
    static const struct probe *const both[] = {&at_once, &pair, NULL};

    (void)state;
    begin_with_a_domain(both);
    answer("a", 0);
    answer("b", 0);
    answer_and_work("c");
    answer_and_work("follows");
    exam_work(bench.exam, EXAM_PATIENCE);
    assert_int_equal(bench.passes, 3);
    answer("p", EXAM_PATIENCE);
    exam_work(bench.exam, 2 * EXAM_PATIENCE);
    assert_int_equal(bench.passes, 3);
}

/* What was told on the way is forgotten, even if the last pass has nothing to say. */
static void only_the_last_pass_counts(void **state)
{
    static const struct probe *const list[] = {&pair, NULL};

    (void)state;
    begin_with_a_domain(list);
    answer("p", 0);
    answer_and_work("q");
    assert_int_equal(exam_open(bench.exam), 0);
    assert_int_equal(take_findings(), 0);
}

/* Two subjects and two probes ask for the same: it is fetched once, and all of them go on. */
static void the_same_ask_is_fetched_once(void **state)
{
    static const struct probe *const both[] = {&chain, &at_once, NULL};

    (void)state;
    begin(both, true);
    add_domain("a.example");
    add_domain("b.example");
    exam_work(bench.exam, 0);
    assert_int_equal(bench.passes, 4);
    assert_int_equal(bench.fetched_count, 3);
    answer_and_work("a");
    assert_int_equal(bench.passes, 6);
    answer("b", 0);
    answer_and_work("c");
    answer_and_work("follows");
    assert_int_equal(bench.fetched_count, 4);
    assert_int_equal(take_findings(), 2 * 2 + 2);
}

static void examine_case(struct examination *x, const struct subject *subject)
{
    const struct dns_answer *lower = ask_dns(x, "a.example", DNS_TXT);
    const struct dns_answer *upper = ask_dns(x, "A.EXAMPLE.", DNS_TXT);
    const struct dns_answer *other = ask_dns(x, "a.example", DNS_MX);
    const struct ip_address server = {IP_V4, {192, 0, 2, 53}};
    const struct dns_answer *at = ask_dns_at(x, "a.example", DNS_TXT, &server);
    const struct file_digest *file = ask_file(x, "/a.example");

    (void)subject;
    if (!lower || !upper || !other || !at || !file)
        return;
    assert_ptr_equal(lower, upper);
    assert_true(lower != other && lower != at);
    assert_int_equal(at->at.port, 5353);
    assert_string_equal(file->path, "/a.example");
    found(x, &kind_one);
}

static const struct probe with_case = {.name = "case",
                                       .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
                                       .kinds = one_and_two,
                                       .examine = examine_case};
static const struct probe *const only_with_case[] = {&with_case, NULL};

/* A question is the same in any case; another type, server or kind is another. */
static void a_question_is_one_in_any_case(void **state)
{
    (void)state;
    bench.settings.ports[SERVICE_DNS] = 5353;
    begin_with_a_domain(only_with_case);
    assert_int_equal(bench.fetched_count, 4);
    for (size_t i = 0; i < 4; i++) {
        evidence_fail(bench.fetched[i], STATUS_TIMED_OUT, NULL);
        exam_settled(bench.exam, bench.fetched[i], 0);
    }
    exam_work(bench.exam, 0);
    assert_int_equal(take_findings(), 1);
}

/* ---- limits ---- */

static void examine_too_much(struct examination *x, const struct subject *subject)
{
    size_t limited = 0;
    bool waits = false;
    char name[16];

    (void)subject;
    bench.passes++;
    for (unsigned i = 0; i < EXAM_ASKS_MOST + 10; i++) {
        const struct dns_answer *dns;

        snprintf(name, sizeof name, "%u", i);
        dns = ask_dns(x, name, DNS_TXT);
        waits = waits || !dns;
        if (dns && dns->evidence.status == STATUS_LIMIT) {
            assert_string_equal(dns->name, name);
            limited++;
        }
    }
    if (!waits)
        saw_failure(unknown(x, &kind_one, "%zu not asked", limited),
                    &ask_dns(x, "one more", DNS_TXT)->evidence);
}

static const struct probe too_much = {.name = "much",
                                      .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
                                      .kinds = one_and_two,
                                      .examine = examine_too_much};
static const struct probe *const only_too_much[] = {&too_much, NULL};

/* Asks over the limit are answered with it, and say so where they are shown. */
static void asks_are_limited(void **state)
{
    (void)state;
    begin_with_a_domain(only_too_much);
    assert_int_equal(bench.fetched_count, EXAM_ASKS_MOST);
    assert_int_equal(evidence_store_count(bench.store), EXAM_ASKS_MOST);
    for (size_t i = 0; i < EXAM_ASKS_MOST; i++) {
        evidence_fail(bench.fetched[i], STATUS_OK, NULL);
        exam_settled(bench.exam, bench.fetched[i], 0);
    }
    exam_work(bench.exam, 0);
    assert_int_equal(bench.passes, 2);
    assert_string_equal(the_finding()->title, "10 not asked");
    assert_string_equal(the_finding()->seen[0].text, status_text(STATUS_LIMIT));
    assert_int_equal(evidence_store_count(bench.store), EXAM_ASKS_MOST);
}

enum { LEVELS = 40, NAMES = 100 };

/* Each pass asks many new questions, and old ones here and there, as in a hostile tree. */
static void examine_shuffled(struct examination *x, const struct subject *subject)
{
    unsigned level = ++bench.passes < LEVELS ? bench.passes : LEVELS;
    char name[32];

    (void)subject;
    for (unsigned i = 0; i < NAMES; i++) {
        snprintf(name, sizeof name, "n%u.l%u.example", i, level);
        ask_dns(x, name, DNS_TXT);
        snprintf(name, sizeof name, "n%u.l%u.example", i * level % NAMES, 1 + i * 7 % level);
        ask_dns(x, name, DNS_TXT);
    }
}

static const struct probe shuffled = {.name = "shuffled",
                                      .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
                                      .kinds = one_and_two,
                                      .examine = examine_shuffled};

/* In whatever order a pass asks, what was given before is not asked for again. */
static void asks_may_come_in_any_order(void **state)
{
    static const struct probe *const list[] = {&shuffled, NULL};

    (void)state;
    begin_with_a_domain(list);
    for (size_t i = 0; i < bench.fetched_count; i++) {
        evidence_fail(bench.fetched[i], STATUS_OK, NULL);
        exam_settled(bench.exam, bench.fetched[i], 0);
        exam_work(bench.exam, 0);
    }
    assert_int_equal(bench.fetched_count, LEVELS * NAMES);
}

static void examine_for_ever(struct examination *x, const struct subject *subject)
{
    const struct dns_answer *dns = NULL;
    char name[16];

    (void)subject;
    bench.passes++;
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "%u", i);
        dns = ask_dns(x, name, DNS_TXT);
        if (!dns)
            return;
        if (dns->evidence.status == STATUS_LIMIT)
            break;
    }
    saw_failure(unknown(x, &kind_one, "gave up at %s", name), &dns->evidence);
}

static const struct probe for_ever = {.name = "forever",
                                      .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
                                      .kinds = one_and_two,
                                      .examine = examine_for_ever};
static const struct probe *const only_for_ever[] = {&for_ever, NULL};

/* A probe that never settles is told so: it ends with what it has, and the run with it. */
static void passes_are_limited(void **state)
{
    (void)state;
    begin_with_a_domain(only_for_ever);
    for (unsigned i = 0; exam_open(bench.exam) > 0; i++) {
        char name[16];

        assert_true(i < EXAM_PASSES_MOST);
        snprintf(name, sizeof name, "%u", i);
        answer_and_work(name);
    }
    assert_int_equal(bench.fetched_count, EXAM_PASSES_MOST);
    assert_int_equal(bench.passes, EXAM_PASSES_MOST + 1);
    assert_string_equal(the_finding()->title, "gave up at 64");
    assert_string_equal(the_finding()->seen[0].text, status_text(STATUS_LIMIT));
}

/* ---- ends ---- */

/* What is open is cancelled, what would follow ends at once, and the probes conclude. */
static void an_end_settles_everything(void **state)
{
    const struct evidence *open;

    (void)state;
    begin_with_a_domain(only_chain);
    answer_and_work("a");
    open = asked("b");
    exam_end(bench.exam, STATUS_CANCELLED);
    assert_int_equal(exam_open(bench.exam), 0);
    assert_true(open->settled);
    assert_int_equal(open->status, STATUS_CANCELLED);
    assert_int_equal(asked("a")->status, STATUS_OK);
    exam_work(bench.exam, 0);
    assert_int_equal(bench.fetched_count, 2);
    assert_int_equal(evidence_store_count(bench.store), 3);
    assert_int_equal(open->next->status, STATUS_CANCELLED);
    assert_int_equal(open->next->time, started);
    assert_int_equal(take_findings(), 2);
}

/* An examination that ends before its first pass, or is freed while it waits, ends as well. */
static void an_end_may_come_at_any_time(void **state)
{
    (void)state;
    begin(only_at_once, true);
    add_domain("a.example");
    exam_end(bench.exam, STATUS_CANCELLED);
    exam_work(bench.exam, 0);
    assert_int_equal(bench.fetched_count, 0);
    assert_int_equal(take_findings(), 1);
    exam_free(bench.exam);
    evidence_store_free(bench.store);
    bench.store = evidence_store_new();
    begin_with_a_domain(only_at_once);
    assert_int_equal(exam_open(bench.exam), 3);
}

/* Replay: what is not in the store was not recorded. */
static void without_a_gatherer_nothing_is_waited_for(void **state)
{
    (void)state;
    begin(only_chain, false);
    add_domain("a.example");
    exam_work(bench.exam, 0);
    assert_int_equal(bench.passes, 1);
    assert_int_equal(take_findings(), 2);
    assert_int_equal(evidence_store_first(bench.store)->status, STATUS_NOT_RECORDED);
    assert_int_equal(evidence_store_count(bench.store), 3);
}

/* --plan: the first questions, and no findings. */
static void a_plan_shows_what_is_asked_first(void **state)
{
    const struct exam_options options = {.settings = &bench.settings,
                                         .probes = only_at_once,
                                         .store = bench.store,
                                         .fetch = exam_fetch_nothing};

    (void)state;
    bench.exam = exam_new(&options);
    add_domain("a.example");
    exam_work(bench.exam, 0);
    assert_int_equal(evidence_store_count(bench.store), 3);
    assert_int_equal(take_findings(), 0);
}

/* ---- subjects ---- */

static void examine_growing(struct examination *x, const struct subject *domain)
{
    const struct dns_answer *mx = ask_dns(x, domain->name, DNS_MX);

    if (!mx)
        return;
    add_subject(x, SUBJECT_SERVER, "mx2.example");
    add_subject(x, SUBJECT_SERVER, "MX1.Example.");
    add_subject(x, SUBJECT_SERVER, "mx1.example");
    add_subject(x, SUBJECT_SERVER, "2001:DB8::1");
    add_subject(x, SUBJECT_SERVER, "2001:db8::1");
    add_subject(x, SUBJECT_FILE, "/Some/File.log");
}

static const struct probe growing = {.name = "growing",
                                     .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
                                     .kinds = one_and_two,
                                     .examine = examine_growing};

static void examine_servers(struct examination *x, const struct subject *subject)
{
    struct subject_list servers = ask_subjects(x, SUBJECT_SERVER);

    bench.passes++;
    found(x, &kind_one);
    for (size_t i = 0; i < servers.count; i++)
        healthy(x, &kind_two, "%s: %s", subject->name, servers.list[i]->name);
}

static const struct probe comparing = {.name = "comparing",
                                       .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
                                       .kinds = one_and_two,
                                       .examine = examine_servers};

static void examine_server(struct examination *x, const struct subject *server)
{
    found(x, &kind_one);
    assert_int_equal(server->kind, SUBJECT_SERVER);
}

static const struct probe of_servers = {.name = "servers",
                                        .subjects = PROBE_EXAMINES(SUBJECT_SERVER),
                                        .kinds = one_and_two,
                                        .examine = examine_server};

/* Who asked for the list is asked again; who did not is left alone. */
static void subjects_grow(void **state)
{
    static const struct probe *const list[] = {&comparing, &growing, &chain, &of_servers, NULL};
    struct subject_list all;

    (void)state;
    begin_with_a_domain(list);
    assert_int_equal(bench.passes, 1 + 1);
    exam_add_subject(bench.exam, SUBJECT_SERVER, "mx2.example", "mx2.example", true);
    exam_work(bench.exam, 0);
    assert_int_equal(bench.passes, 2 + 1);
    answer_and_work("a.example");
    assert_int_equal(bench.passes, 3 + 1);
    all = exam_subjects(bench.exam);
    assert_int_equal(all.count, 5);
    assert_string_equal(all.list[0]->name, "a.example");
    assert_string_equal(all.list[1]->name, "2001:db8::1");
    assert_string_equal(all.list[2]->name, "mx1.example");
    assert_string_equal(all.list[3]->name, "mx2.example");
    assert_string_equal(all.list[4]->name, "/Some/File.log");
    assert_true(all.list[3]->given);
    assert_false(all.list[2]->given);
    assert_int_equal(take_findings(), 1 + 3 + 3);
    assert_string_equal(bench.findings[1]->title, "a.example: 2001:db8::1");
    assert_string_equal(bench.findings[3]->title, "a.example: mx2.example");
}

/* A path may hold anything: it is opened as it is, and shown printable. */
static void subjects_are_shown_printable(void **state)
{
    const struct subject *file;

    (void)state;
    begin(only_chain, true);
    exam_add_subject(bench.exam, SUBJECT_FILE, "/\x1b[2J\xff", "/\x1b[2J\xff", true);
    file = exam_subjects(bench.exam).list[0];
    assert_string_equal(file->name, "/\x1b[2J\xff");
    assert_string_equal(file->shown, "/\\x1b[2J\\xff");
}

static void examine_many(struct examination *x, const struct subject *subject)
{
    char name[16];

    (void)subject;
    for (unsigned i = 0; i < SUBJECTS_MOST + 5; i++) {
        snprintf(name, sizeof name, "%u", i * 7919 % 100003);
        add_subject(x, SUBJECT_SERVER, name);
    }
}

static const struct probe many = {.name = "many",
                                  .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
                                  .kinds = one_and_two,
                                  .examine = examine_many};
static const struct probe *const only_many[] = {&many, NULL};

/* What turns up is capped; what the user names is not. */
static void subjects_are_limited(void **state)
{
    struct subject_list all;

    (void)state;
    begin_with_a_domain(only_many);
    assert_int_equal(exam_subjects(bench.exam).count, SUBJECTS_MOST);
    exam_add_subject(bench.exam, SUBJECT_SERVER, "named.example", "named.example", true);
    exam_add_subject(bench.exam, SUBJECT_SERVER, "found.example", "found.example", false);
    all = exam_subjects(bench.exam);
    assert_int_equal(all.count, SUBJECTS_MOST + 1);
    for (size_t i = 1; i < all.count; i++)
        assert_true(subject_compare(all.list[i - 1], all.list[i]) < 0);
}

static void examine_endless_subjects(struct examination *x, const struct subject *subject)
{
    struct subject_list servers = ask_subjects(x, SUBJECT_SERVER);
    char name[32];

    (void)subject;
    bench.passes++;
    snprintf(name, sizeof name, "%zu", servers.count);
    add_subject(x, SUBJECT_SERVER, name);
}

static const struct probe endless_subjects = {.name = "endless",
                                              .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
                                              .kinds = one_and_two,
                                              .examine = examine_endless_subjects};
static const struct probe *const only_endless_subjects[] = {&endless_subjects, NULL};

/* A probe that answers every new subject with another one ends at the cap. */
static void growing_has_an_end(void **state)
{
    (void)state;
    begin_with_a_domain(only_endless_subjects);
    assert_int_equal(exam_subjects(bench.exam).count, SUBJECTS_MOST);
    assert_int_equal(bench.passes, SUBJECTS_MOST);
}

/* ---- what is selected ---- */

static void examine_both(struct examination *x, const struct subject *subject)
{
    (void)subject;
    found(x, &kind_one);
    found(x, &kind_two);
}

static const struct probe both_kinds = {.name = "both",
                                        .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
                                        .kinds = one_and_two,
                                        .examine = examine_both};
static const struct finding_kind *const just_two[] = {&kind_two, NULL};
static const struct probe second = {.name = "second",
                                    .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
                                    .kinds = just_two,
                                    .examine = examine_both};

/* --only and --skip take names of probes and ids of findings; --skip has the last word. */
static void findings_are_selected(void **state)
{
    static const struct {
        const char *only, *skip;
        size_t findings;       /* of `both`, which has one and two */
        bool is_second_needed; /* which has two alone */
    } rows[] = {
        {NULL, NULL, 2, true},     {"both", NULL, 2, false},  {"one", NULL, 1, false},
        {"two", NULL, 1, true},    {"second", NULL, 0, true}, {NULL, "both", 0, true},
        {NULL, "one", 1, true},    {NULL, "two", 1, false},   {"both", "one", 1, false},
        {"one", "both", 0, false}, {"one", "one", 0, false},  {"other", NULL, 0, false},
        {NULL, "other", 2, true},
    };
    static const struct probe *const list[] = {&both_kinds, NULL};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bench.settings.only = &rows[i].only;
        bench.settings.only_count = rows[i].only != NULL;
        bench.settings.skip = &rows[i].skip;
        bench.settings.skip_count = rows[i].skip != NULL;
        begin_with_a_domain(list);
        if (take_findings() != rows[i].findings)
            fail_msg("row %zu: %zu findings", i, bench.finding_count);
        assert_int_equal(exam_is_selected(&bench.settings, &both_kinds), rows[i].findings > 0);
        assert_int_equal(exam_is_selected(&bench.settings, &second), rows[i].is_second_needed);
        exam_free(bench.exam);
    }
    bench.exam = NULL;
}

/* A probe that is not selected asks for nothing. */
static void what_is_skipped_does_not_run(void **state)
{
    static const char *const skip[] = {"chain"};

    (void)state;
    bench.settings.skip = skip;
    bench.settings.skip_count = 1;
    begin_with_a_domain(only_chain);
    assert_int_equal(bench.passes + bench.fetched_count, 0);
}

/* ---- telling ---- */

static void (*tell)(struct examination *x, const struct subject *subject);

static void examine_by_telling(struct examination *x, const struct subject *subject)
{
    tell(x, subject);
}

static const struct probe telling = {.name = "telling",
                                     .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN) |
                                                 PROBE_EXAMINES(SUBJECT_SERVER) |
                                                 PROBE_EXAMINES(SUBJECT_FILE),
                                     .kinds = one_and_two,
                                     .examine = examine_by_telling};
static const struct probe *const only_telling[] = {&telling, NULL};

static void begin_telling(void (*examine)(struct examination *x, const struct subject *subject),
                          enum subject_kind kind, const char *name, bool given)
{
    tell = examine;
    begin(only_telling, false);
    exam_add_subject(bench.exam, kind, name, name, given);
    exam_work(bench.exam, 0);
}

static void tell_problem(struct examination *x, const struct subject *subject)
{
    struct finding *finding = found(x, &kind_one);

    (void)subject;
    set_vouched(finding, VALUE_TEXT, "what", "an 'odd' value", 14);
    assert_int_equal(ask_now(x), started);
    assert_ptr_equal(ask_settings(x), &bench.settings);
}

/* The kind's texts and steps are filled in. */
static void a_problem_has_texts_and_steps(void **state)
{
    const struct finding *finding;

    (void)state;
    begin_telling(tell_problem, SUBJECT_DOMAIN, "a.example", true);
    finding = the_finding();
    assert_ptr_equal(finding->kind, &kind_one);
    assert_string_equal(finding->probe, "telling");
    assert_int_equal(finding->outcome, OUTCOME_PROBLEM);
    assert_int_equal(finding->severity, SEVERITY_WARNING);
    assert_string_equal(finding->subject->name, "a.example");
    assert_string_equal(finding->title, "a.example has an 'odd' value");
    assert_string_equal(finding->why, "an 'odd' value is bad");
    assert_int_equal(finding->fix.count, 1);
    assert_string_equal(finding->fix.list[0].command, "repair a.example 'an '\\''odd'\\'' value'");
    assert_int_equal(finding->fix.list[0].kind, STEP_EXACT);
    assert_string_equal(finding->verify.list[0].command, "look at a.example");
    assert_string_equal(finding->undo.list[0].command, "break a.example");
}

/* Nobody vouched for a subject that turned up: its steps are not to be run as they are. */
static void a_found_subject_is_not_vouched_for(void **state)
{
    (void)state;
    begin_telling(tell_problem, SUBJECT_DOMAIN, "a.example", false);
    assert_int_equal(the_finding()->verify.list[0].kind, STEP_FILL_IN);
}

static void tell_outcomes(struct examination *x, const struct subject *subject)
{
    (void)subject;
    unknown(x, &kind_one, "%s\n", "line\x1b[31m");
    healthy(x, &kind_one, "%d", 5);
    not_applicable(x, &kind_one, "%s", "\xff");
    finding_severity(found(x, &kind_one), SEVERITY_CRITICAL);
}

/* A line of its own, printable; steps for what is wrong or unknown, and for nothing else. */
static void outcomes_say_what_they_mean(void **state)
{
    (void)state;
    begin_telling(tell_outcomes, SUBJECT_DOMAIN, "a.example", true);
    assert_int_equal(take_findings(), 4);
    assert_int_equal(bench.findings[0]->outcome, OUTCOME_UNKNOWN);
    assert_string_equal(bench.findings[0]->title, "line\\x1b[31m\\x0a");
    assert_string_equal(bench.findings[0]->fix.list[0].command, "ask a.example");
    assert_int_equal(bench.findings[0]->verify.count + bench.findings[0]->undo.count, 0);
    assert_int_equal(bench.findings[1]->outcome, OUTCOME_OK);
    assert_string_equal(bench.findings[1]->title, "5");
    assert_int_equal(bench.findings[1]->fix.count, 0);
    assert_int_equal(bench.findings[2]->outcome, OUTCOME_NOT_APPLICABLE);
    assert_string_equal(bench.findings[2]->title, "\\xff");
    assert_int_equal(bench.findings[2]->fix.count, 0);
    assert_int_equal(bench.findings[3]->severity, SEVERITY_CRITICAL);
}

static void tell_seen(struct examination *x, const struct subject *subject)
{
    static const char hostile[] = "gr\xc3\xbc\x1b[0m\xff|mark\x80\0\xe2\x80\xae|end\xe2\x82\xac";
    struct finding *finding = found(x, &kind_one);
    const struct dns_answer *dns = ask_dns(x, "a\\255.example", DNS_TXT);

    (void)subject;
    saw(finding, &dns->evidence, "%s and %d", "tab\t", 7);
    saw_failure(finding, &dns->evidence);
    saw_marked(finding, NULL, hostile, sizeof hostile - 1, 9, 10);
    saw_marked(finding, NULL, "abc", 3, 1, 100);
    saw_marked(finding, NULL, "abc", 3, 100, 1);
    saw_marked(finding, NULL, "", 0, 0, 0);
    saw_marked(finding, NULL, "abc", 3, SIZE_MAX, SIZE_MAX);
}

static void assert_seen(const struct seen *seen, const char *text, size_t from, size_t to)
{
    assert_string_equal(seen->text, text);
    assert_int_equal(seen->mark_start, from);
    assert_int_equal(seen->mark_end, to);
    assert_true(seen->mark_end <= text_length(seen->text, strlen(seen->text)));
}

/* All bytes are made printable first, and marks are counted in what is then shown. */
static void what_was_seen_is_printable(void **state)
{
    const struct seen *seen;

    (void)state;
    begin_telling(tell_seen, SUBJECT_DOMAIN, "a.example", true);
    seen = the_finding()->seen;
    assert_int_equal(the_finding()->seen_count, 7);
    assert_seen(&seen[0], "tab\\x09 and 7", 0, 0);
    assert_string_equal(seen[0].source, "TXT a\\255.example");
    assert_int_equal(seen[0].time, started);
    assert_seen(&seen[1], status_text(STATUS_NOT_RECORDED), 0, 0);
    assert_seen(&seen[2], "gr\xc3\xbc\\x1b[0m\\xff|mark\\x80\\x00\\u{202e}|end\xe2\x82\xac", 14,
                35);
    assert_null(seen[2].source);
    assert_int_equal(seen[2].time, 0);
    assert_seen(&seen[3], "abc", 1, 3);
    assert_seen(&seen[4], "abc", 3, 3);
    assert_seen(&seen[5], "", 0, 0);
    assert_seen(&seen[6], "abc", 3, 3);
}

static void tell_reason(struct examination *x, const struct subject *subject)
{
    const struct dns_answer *dns = ask_dns(x, "a", DNS_TXT);

    (void)subject;
    if (dns)
        saw_failure(unknown(x, &kind_one, "unknown"), &dns->evidence);
}

/* A failure says its status, and what the gatherer had to add. */
static void a_failure_says_why(void **state)
{
    (void)state;
    tell = tell_reason;
    begin_with_a_domain(only_telling);
    evidence_fail(asked("a"), STATUS_REFUSED, "port \x07 closed");
    exam_settled(bench.exam, asked("a"), 0);
    exam_work(bench.exam, 0);
    assert_string_equal(the_finding()->seen[0].text, "connection refused: port \\x07 closed");
}

static void tell_long(struct examination *x, const struct subject *subject)
{
    enum { SIZE = 200000 };
    char *text = arena_new(pass_memory(x), SIZE, 1);

    (void)subject;
    memset(text, '\x01', SIZE);
    saw_marked(found(x, &kind_one), NULL, text, SIZE, SIZE - 1, 1);
}

/* What a peer sent is shown up to a limit, and a mark beyond it is at the end. */
static void what_was_seen_is_bounded(void **state)
{
    const struct seen *seen;

    (void)state;
    begin_telling(tell_long, SUBJECT_DOMAIN, "a.example", true);
    seen = the_finding()->seen;
    assert_true(strlen(seen->text) <= 65536);
    assert_true(seen->mark_start <= seen->mark_end && seen->mark_end <= strlen(seen->text));
}

/* ---- the verdict ---- */

static struct finding_kind cause_kind, effect_kind; /* of the first row of the explanations */
static const struct finding_kind *const cause_and_effect[] = {&cause_kind, &effect_kind, NULL};

/* cause.* has the cause, effect.* the effect, both.* both of them; unknown.* is not known.
 * effect-of-NAME is due to NAME; doubt-of-NAME is an effect that is not known, and is, too. */
static void examine_causes(struct examination *x, const struct subject *subject)
{
    const char *name = subject->name;
    bool both = strncmp(name, "both", 4) == 0;
    struct finding *effect = NULL;

    if (strncmp(name, "unknown", 7) == 0)
        unknown(x, &cause_kind, "unknown");
    if (strncmp(name, "healthy", 7) == 0)
        healthy(x, &cause_kind, "healthy");
    if (strncmp(name, "private", 7) == 0)
        not_applicable(x, &cause_kind, "private");
    if (both || strncmp(name, "effect", 6) == 0 || strncmp(name, "unknown", 7) == 0)
        effect = found(x, &effect_kind);
    if (strncmp(name, "doubt", 5) == 0)
        effect = unknown(x, &effect_kind, "unknown");
    if (strncmp(name, "effect-of-", 10) == 0)
        due_to(effect, SUBJECT_DOMAIN, name + 10);
    if (strncmp(name, "doubt-of-", 9) == 0)
        due_to(effect, SUBJECT_DOMAIN, name + 9);
    if (both || strncmp(name, "cause", 5) == 0)
        found(x, &cause_kind);
}

static const struct probe causes = {.name = "causes",
                                    .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
                                    .kinds = cause_and_effect,
                                    .examine = examine_causes};

struct judged {
    struct run run;
    struct arena arena;
    struct report report;
};

/* A run of these domains, begun on 2026-11-22, examined and not yet judged. */
static void examine_run(struct run *run, const struct settings *settings, const char *const *names)
{
    static const struct probe *const list[] = {&causes, NULL};
    struct exam_options options = {.probes = list, .absent = STATUS_NOT_RECORDED};

    cause_kind = kind_one;
    cause_kind.id = explanations[0].cause;
    cause_kind.severity = SEVERITY_INFO;
    effect_kind = kind_two;
    effect_kind.id = explanations[0].effect;
    effect_kind.severity = SEVERITY_WARNING;
    memset(run, 0, sizeof *run);
    if (settings)
        run->about.settings = *settings;
    run->about.started = run->about.started ? run->about.started : started;
    run->about.finished = started + 1000;
    run->about.complete = true;
    run->store = evidence_store_new();
    options.settings = &run->about.settings;
    options.store = run->store;
    run->exam = exam_new(&options);
    for (; *names; names++)
        exam_add_subject(run->exam, SUBJECT_DOMAIN, *names, *names, true);
    exam_work(run->exam, 0);
}

static void judge(struct judged *judged, const struct settings *settings, const char *const *names)
{
    memset(judged, 0, sizeof *judged);
    examine_run(&judged->run, settings, names);
    judged->run.source = "only.jsonl"; /* which goes without saying */
    verdict(&judged->run, 1, "title", &judged->arena, &judged->report);
}

static void release(struct judged *judged)
{
    arena_release(&judged->arena);
    run_release(&judged->run);
}

/* Everything is counted by its outcome; the report says what it is of. */
static void findings_are_counted(void **state)
{
    struct judged judged;
    const struct report *report = &judged.report;

    (void)state;
    judge(
        &judged, NULL,
        (const char *const[]){"effect", "cause", "unknown", "healthy", "private", "silent", NULL});
    assert_string_equal(report->title, "title");
    assert_int_equal(report->subject_count, 6);
    assert_int_equal(report->finding_count, 6);
    assert_int_equal(report->counts[OUTCOME_PROBLEM], 3);
    assert_int_equal(report->counts[OUTCOME_UNKNOWN], 1);
    assert_int_equal(report->counts[OUTCOME_OK], 1);
    assert_int_equal(report->counts[OUTCOME_NOT_APPLICABLE], 1);
    assert_int_equal(report->accepted_count, 0);
    for (size_t i = 1; i < report->finding_count; i++)
        assert_true(finding_compare(report->findings[i - 1], report->findings[i]) <= 0);
    assert_int_equal(report->run_count, 1);
    assert_null(report->runs[0].source);
    assert_null(report->runs[0].remark);
    assert_true(report->runs[0].complete);
    assert_int_equal(report_exit_status(report), 1);
    release(&judged);
}

/* A cause explains its effect on the same subject, where both are problems. */
static void effects_are_explained(void **state)
{
    struct judged judged;
    size_t explained = 0;

    (void)state;
    judge(&judged, NULL, (const char *const[]){"both", "cause", "effect", "unknown", NULL});
    for (size_t i = 0; i < judged.report.finding_count; i++) {
        const struct finding *finding = judged.report.findings[i];

        if (finding->explained_by_count == 0)
            continue;
        explained++;
        assert_int_equal(finding->explained_by_count, 1);
        assert_string_equal(finding->kind->id, explanations[0].effect);
        assert_string_equal(finding->explained_by[0]->kind->id, explanations[0].cause);
        assert_string_equal(finding->subject->name, "both");
        assert_ptr_equal(finding->explained_by[0]->subject, finding->subject);
    }
    assert_int_equal(explained, 1);
    release(&judged);
}

/* A cause is read before what it explains, though it be less by itself; --severity has its say. */
static void causes_rank_with_what_they_explain(void **state)
{
    const struct severity_override overrides[] = {
        {explanations[0].effect, SEVERITY_CRITICAL},
        {explanations[0].cause, SEVERITY_INFO},
    };
    const struct settings settings = {.severities = overrides, .severity_count = 2};
    static const char *const order[] = {"both", "both", "effect", "cause"};
    struct judged judged;

    (void)state;
    judge(&judged, &settings, (const char *const[]){"both", "cause", "effect", NULL});
    assert_int_equal(judged.report.finding_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(judged.report.findings[i]->subject->name, order[i]);
    assert_string_equal(judged.report.findings[0]->kind->id, explanations[0].cause);
    assert_int_equal(judged.report.findings[0]->severity, SEVERITY_INFO);
    release(&judged);
}

/* A cause may stand at another subject, if the effect says at which. */
static void effects_may_be_due_to_others(void **state)
{
    static const struct {
        const char *effect, *cause;
        bool is_explained;
    } rows[] = {
        {"effect-of-cause", "cause", true},
        {"effect-of-cause", "cause.other", false},
        {"effect-of-unknown", "unknown", false},
        {"effect", "cause", false},
        /* what is not known is explained only where the probe says by what */
        {"doubt-of-cause", "cause", true},
        {"doubt-of-cause", "cause.other", false},
        {"doubt", "cause", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct finding *effect = NULL;
        struct judged judged;

        judge(&judged, NULL, (const char *const[]){rows[i].effect, rows[i].cause, NULL});
        for (size_t j = 0; j < judged.report.finding_count; j++) {
            if (strcmp(judged.report.findings[j]->subject->name, rows[i].effect) == 0)
                effect = judged.report.findings[j];
        }
        assert_non_null(effect);
        assert_int_equal(effect->explained_by_count, rows[i].is_explained);
        if (rows[i].is_explained)
            assert_string_equal(effect->explained_by[0]->subject->name, rows[i].cause);
        release(&judged);
    }
}

/* --severity: by id, the last word, and it has a say in the exit status. */
static void severities_are_overridden(void **state)
{
    const struct severity_override overrides[] = {
        {explanations[0].effect, SEVERITY_CRITICAL},
        {explanations[0].effect, SEVERITY_INFO},
        {"other", SEVERITY_CRITICAL},
    };
    const struct settings settings = {.severities = overrides, .severity_count = 3};
    struct judged judged;

    (void)state;
    judge(&judged, &settings, (const char *const[]){"effect", NULL});
    assert_int_equal(judged.report.findings[0]->severity, SEVERITY_INFO);
    assert_int_equal(report_exit_status(&judged.report), 0);
    release(&judged);
}

static bool is_accepted(const char *id, const char *subject, const char *expires)
{
    const struct acceptance acceptance = {id, subject, expires, "known"};
    const struct settings settings = {.accepted = &acceptance, .accepted_count = 1};
    struct judged judged;
    bool accepted;

    judge(&judged, &settings, (const char *const[]){"effect.example", NULL});
    assert_int_equal(judged.report.finding_count, 1);
    accepted = judged.report.findings[0]->accepted != NULL;
    assert_int_equal(judged.report.accepted_count, accepted);
    assert_int_equal(judged.report.counts[OUTCOME_PROBLEM], !accepted);
    assert_int_equal(report_exit_status(&judged.report), !accepted);
    release(&judged);
    return accepted;
}

/* The run began on 2026-11-22. */
static void acceptances_are_for_a_finding_and_a_time(void **state)
{
    const char *id = explanations[0].effect;

    (void)state;
    assert_true(is_accepted(id, "*", "2026-11-22"));
    assert_true(is_accepted(id, "effect.example", "2027-01-01"));
    assert_false(is_accepted(id, "*", "2026-11-21"));
    assert_false(is_accepted(id, "other.example", "2027-01-01"));
    assert_false(is_accepted(explanations[0].cause, "*", "2027-01-01"));
    assert_false(is_accepted(id, "*", "some day"));
}

/* The last day counts to its last millisecond. */
static void an_acceptance_holds_to_the_end_of_its_day(void **state)
{
    const struct acceptance acceptance = {explanations[0].effect, "*", "2026-11-22", "known"};
    const struct settings settings = {.accepted = &acceptance, .accepted_count = 1};
    struct judged judged;
    int64_t day;

    (void)state;
    assert_int_equal(clock_parse_day("2026-11-23", &day), STATUS_OK);
    judge(&judged, &settings, (const char *const[]){"effect", NULL});
    judged.run.about.started = day - 1;
    verdict(&judged.run, 1, NULL, &judged.arena, &judged.report);
    assert_int_equal(judged.report.accepted_count, 1);
    judged.run.about.started = day;
    verdict(&judged.run, 1, NULL, &judged.arena, &judged.report);
    assert_int_equal(judged.report.accepted_count, 0);
    assert_null(judged.report.findings[0]->accepted);
    release(&judged);
}

/* An expired line does not hide one that holds; only problems can be accepted. */
static void any_acceptance_will_do(void **state)
{
    const struct acceptance accepted[] = {
        {explanations[0].effect, "*", "2020-01-01", "old"},
        {explanations[0].effect, "*", "2030-01-01", "new"},
        {explanations[0].cause, "*", "2030-01-01", "new"},
    };
    const struct settings settings = {.accepted = accepted, .accepted_count = 3};
    struct judged judged;

    (void)state;
    judge(&judged, &settings, (const char *const[]){"effect", "unknown", "healthy", NULL});
    assert_int_equal(judged.report.accepted_count, 2);
    assert_int_equal(judged.report.counts[OUTCOME_UNKNOWN], 1);
    assert_int_equal(judged.report.counts[OUTCOME_OK], 1);
    assert_string_equal(judged.report.findings[0]->accepted->reason, "new");
    release(&judged);
}

/* One report of several runs: their findings together, each subject once, and what is alike too. */
static void several_runs_make_one_report(void **state)
{
    struct run runs[2];
    struct arena arena = {0};
    struct report report;

    (void)state;
    examine_run(&runs[0], NULL, (const char *const[]){"both", "healthy", NULL});
    examine_run(&runs[1], NULL, (const char *const[]){"cause", "both", NULL});
    runs[0].source = "first.jsonl";
    runs[1].source = "second.jsonl";
    runs[1].about.complete = false;
    verdict(runs, 2, NULL, &arena, &report);
    assert_int_equal(report.run_count, 2);
    assert_string_equal(report.runs[0].source, "first.jsonl");
    assert_string_equal(report.runs[1].source, "second.jsonl");
    assert_null(report.runs[0].remark);
    assert_non_null(report.runs[1].remark);
    assert_int_equal(report.subject_count, 3);
    assert_int_equal(report.finding_count, 2 + 1 + 1);
    for (size_t i = 0; i < report.finding_count; i++) {
        for (size_t j = 0; j < report.findings[i]->explained_by_count; j++)
            assert_ptr_equal(report.findings[i]->explained_by[j]->subject,
                             report.findings[i]->subject);
    }
    arena_release(&arena);
    run_release(&runs[0]);
    run_release(&runs[1]);
}

/* No finding at all is a report too. */
static void nothing_examined_is_nothing_found(void **state)
{
    struct judged judged;

    (void)state;
    judge(&judged, NULL, (const char *const[]){NULL});
    assert_int_equal(judged.report.finding_count, 0);
    assert_int_equal(judged.report.subject_count, 0);
    assert_int_equal(report_exit_status(&judged.report), 0);
    release(&judged);
}

static const char *remark_of(const struct evidence_run *about, struct judged *judged)
{
    judged->run.about.finished = about->finished;
    judged->run.about.complete = about->complete;
    judged->run.about.damaged_lines = about->damaged_lines;
    judged->run.about.first_damaged_line = about->first_damaged_line;
    judged->run.about.unknown_items = about->unknown_items;
    judged->run.about.unknown_subjects = about->unknown_subjects;
    verdict(&judged->run, 1, NULL, &judged->arena, &judged->report);
    return judged->report.runs[0].remark;
}

/* A reader is told what a run lacks, and it does not pass for a complete one. */
static void a_run_that_lacks_something_says_so(void **state)
{
    struct evidence_run about = {.finished = started + 5, .complete = true};
    struct dns_answer question = {.name = "a", .type = DNS_TXT};
    struct judged judged;
    const struct report_run *run;

    (void)state;
    judge(&judged, NULL, (const char *const[]){"silent", NULL});
    evidence_store_add(judged.run.store, &evidence_dns, &question.evidence)->time = started + 3;
    assert_null(remark_of(&about, &judged));
    run = judged.report.runs;
    assert_int_equal(run->finished, started + 5);
    assert_int_equal(report_exit_status(&judged.report), 0);
    about.unknown_items = 2;
    assert_non_null(strstr(remark_of(&about, &judged), "2 items"));
    assert_int_equal(report_exit_status(&judged.report), 0);
    about.unknown_subjects = 1;
    assert_non_null(strstr(remark_of(&about, &judged), "1 of its subjects"));
    assert_int_equal(report_exit_status(&judged.report), 3);
    about.complete = false;
    about.unknown_items = about.unknown_subjects = 0;
    assert_non_null(strstr(remark_of(&about, &judged), "interrupted"));
    assert_int_equal(report_exit_status(&judged.report), 3);
    about.finished = 0;
    assert_non_null(strstr(remark_of(&about, &judged), "ends before"));
    assert_int_equal(judged.report.runs[0].finished, started + 3);
    about.damaged_lines = 3;
    about.first_damaged_line = 12;
    about.complete = true;
    assert_non_null(strstr(remark_of(&about, &judged), "line 12"));
    assert_false(judged.report.runs[0].complete);
    assert_int_equal(report_exit_status(&judged.report), 3);
    release(&judged);
}

/* A path is as long as a system allows: its pseudonym still leads to its evidence. */
static void a_long_path_stays_the_same_when_redacted(void **state)
{
    char path[4000];
    struct subject subject = {SUBJECT_FILE, path, path, true, NULL};
    const struct file_digest question = {.path = path};
    struct run run = {.about = {.subjects = &subject, .subject_count = 1}};
    struct evidence *item;

    (void)state;
    memset(path, 'x', sizeof path);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    run.store = evidence_store_new();
    item = evidence_store_add(run.store, &evidence_digest, &question.evidence);
    evidence_fail(item, STATUS_DENIED, NULL);
    assert_int_equal(run_redact(&run, 1), STATUS_OK);
    run_replay(&run);
    assert_int_equal(evidence_store_count(run.store), 1);
    assert_int_equal(strlen(subject.name), sizeof path - 1);
    assert_string_not_equal(subject.name, path);
    run_release(&run);
}

/* Nothing of what an SPF evaluation was given is left, and the record is still one. */
static void a_message_is_redacted_too(void **state)
{
    struct subject subject = {SUBJECT_DOMAIN, "contoso.com", "contoso.com", true, NULL};
    struct ip_address sender = {IP_V4, {198, 18, 0, 1}}, before = sender;
    struct run run = {.about = {.subjects = &subject, .subject_count = 1}};
    struct settings *settings = &run.about.settings;

    (void)state;
    settings->senders = &sender;
    settings->sender_count = 1;
    settings->sender_local = "ohara";
    settings->helo = "mail.contoso.com";
    settings->record = "v=spf1 a:mail.contoso.com ip4:81.2.69.142 -all";
    run.store = evidence_store_new();
    assert_int_equal(run_redact(&run, 1), STATUS_OK);
    assert_int_equal(settings->sender_count, 1);
    assert_true(ip_equal(&sender, &before));
    assert_null(strstr(settings->sender_local, "ohara"));
    assert_null(strstr(settings->helo, "contoso"));
    assert_null(strstr(settings->record, "contoso"));
    assert_null(strstr(settings->record, "81.2.69.142"));
    assert_non_null(strstr(settings->record, settings->helo));
    assert_int_equal(strncmp(settings->record, "v=spf1 a:", 9), 0);
    run_release(&run);
}

/* ---- what is made for all ---- */

/* How many domains there are, once "a" and what follows from it are known. */
static const void *count_domains(struct examination *x)
{
    size_t *count = arena_new(pass_memory(x), 1, sizeof *count);

    bench.passes++;
    *count = ask_subjects(x, SUBJECT_DOMAIN).count;
    if (ask_dns(x, "a", DNS_TXT))
        ask_dns(x, "follows", DNS_TXT);
    return count;
}

static void examine_shared(struct examination *x, const struct subject *subject)
{
    const size_t *count = ask_shared(x, count_domains);

    if (!count)
        return;
    assert_ptr_equal(ask_shared(x, count_domains), count);
    if (*count < 3)
        add_subject(x, SUBJECT_DOMAIN, "c.example");
    assert_ptr_equal(ask_shared(x, count_domains), count);
    healthy(x, &kind_one, "%s is one of %zu", subject->name, *count);
}

static const struct probe shared = {.name = "shared",
                                    .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
                                    .kinds = one_and_two,
                                    .examine = examine_shared};
static const struct probe *const only_shared[] = {&shared, NULL};

/* Made once, whoever asks; anew where subjects have grown, and all who asked look again. */
static void what_is_shared_is_made_once(void **state)
{
    (void)state;
    begin(only_shared, true);
    add_domain("a.example");
    add_domain("b.example");
    exam_work(bench.exam, 0);
    assert_int_equal(bench.passes, 1);
    assert_int_equal(exam_open(bench.exam), 1);
    answer_and_work("a");
    assert_int_equal(bench.passes, 2);
    assert_int_equal(take_findings(), 0);
    answer_and_work("follows");
    assert_int_equal(bench.passes, 4);
    assert_int_equal(take_findings(), 3);
    assert_string_equal(bench.findings[0]->title, "a.example is one of 3");
    assert_string_equal(bench.findings[1]->title, "b.example is one of 3");
    assert_string_equal(bench.findings[2]->title, "c.example is one of 3");
}

/* What never came is an answer to it, too. */
static void what_is_shared_ends_with_the_exam(void **state)
{
    (void)state;
    begin_with_a_domain(only_shared);
    exam_end(bench.exam, STATUS_TIMED_OUT);
    exam_work(bench.exam, 0);
    assert_int_equal(exam_open(bench.exam), 0);
    assert_int_equal(take_findings(), 2);
}

/* Nobody is left behind who waits for it when the exam is over. */
static void what_is_shared_may_stay_open(void **state)
{
    (void)state;
    begin_with_a_domain(only_shared);
    assert_int_equal(exam_open(bench.exam), 1);
}

#define test(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(what_follows_is_asked_in_passes),
        test(asks_of_a_pass_are_fetched_together),
        test(patience_has_an_end),
        test(patience_is_for_those_who_wait),
        test(only_the_last_pass_counts),
        test(the_same_ask_is_fetched_once),
        test(a_question_is_one_in_any_case),
        test(asks_are_limited),
        test(asks_may_come_in_any_order),
        test(passes_are_limited),
        test(an_end_settles_everything),
        test(an_end_may_come_at_any_time),
        test(without_a_gatherer_nothing_is_waited_for),
        test(a_plan_shows_what_is_asked_first),
        test(subjects_grow),
        test(subjects_are_shown_printable),
        test(subjects_are_limited),
        test(growing_has_an_end),
        test(findings_are_selected),
        test(what_is_skipped_does_not_run),
        test(a_problem_has_texts_and_steps),
        test(a_found_subject_is_not_vouched_for),
        test(outcomes_say_what_they_mean),
        test(what_was_seen_is_printable),
        test(a_failure_says_why),
        test(what_was_seen_is_bounded),
        test(what_is_shared_is_made_once),
        test(what_is_shared_ends_with_the_exam),
        test(what_is_shared_may_stay_open),
        cmocka_unit_test(findings_are_counted),
        cmocka_unit_test(effects_are_explained),
        cmocka_unit_test(causes_rank_with_what_they_explain),
        cmocka_unit_test(effects_may_be_due_to_others),
        cmocka_unit_test(severities_are_overridden),
        cmocka_unit_test(acceptances_are_for_a_finding_and_a_time),
        cmocka_unit_test(an_acceptance_holds_to_the_end_of_its_day),
        cmocka_unit_test(any_acceptance_will_do),
        cmocka_unit_test(several_runs_make_one_report),
        cmocka_unit_test(nothing_examined_is_nothing_found),
        cmocka_unit_test(a_long_path_stays_the_same_when_redacted),
        cmocka_unit_test(a_message_is_redacted_too),
        cmocka_unit_test(a_run_that_lacks_something_says_so),
    };

    return cmocka_run_group_tests_name("exam", tests, NULL, NULL);
}
