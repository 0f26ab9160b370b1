/*
 * Subjects that pass through an exam: each is examined by itself, told of when it is
 * complete, and forgotten. The test is the gatherer and the clock.
 */
#include "diag/exam.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FETCHED_MOST = 4096, SECOND = 1000000 };

static struct {
    struct settings settings;
    struct evidence_store *store;
    struct exam *exam;
    struct evidence *fetched[FETCHED_MOST];
    size_t fetched_count;
    unsigned passes;
    char concluded[65536]; /* "NAME FINDING... FACT=NUMBER !STATUS\n" of each */
    size_t concluded_size;
    size_t concluded_count;
} bench;

static void fetch(void *context, struct evidence *item)
{
    assert_ptr_equal(context, &bench);
    assert_true(bench.fetched_count < FETCHED_MOST);
    bench.fetched[bench.fetched_count++] = item;
}

static void note(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    bench.concluded_size +=
        (size_t)vsnprintf(bench.concluded + bench.concluded_size,
                          sizeof bench.concluded - bench.concluded_size, format, arguments);
    va_end(arguments);
}

static void note_finding(void *context, struct finding *finding)
{
    (void)context;
    note(" %s", finding->kind->id);
}

static void note_facts(void *context, const struct probe *probe, const struct fact *facts)
{
    (void)context;
    for (; facts; facts = facts->next)
        note(" %s.%s=%u", probe->name, facts->name, (unsigned)facts->number);
}

static void concluded(void *context, const struct visit *visit)
{
    const struct evidence *obstacle = visit_obstacle(visit);

    assert_ptr_equal(context, &bench);
    note("%s", visit_subject(visit)->name);
    visit_findings(visit, note_finding, NULL);
    visit_facts(visit, note_facts, NULL);
    if (obstacle)
        note(" !%s", status_token(obstacle->status));
    note("\n");
    bench.concluded_count++;
}

static void begin(const struct probe *const *list)
{
    const struct exam_options options = {.settings = &bench.settings,
                                         .probes = list,
                                         .store = bench.store,
                                         .absent = STATUS_CANCELLED,
                                         .fetch = fetch,
                                         .concluded = concluded,
                                         .context = &bench};

    bench.exam = exam_new(&options);
}

static int set_up(void **state)
{
    (void)state;
    memset(&bench, 0, sizeof bench);
    bench.store = evidence_cache_new(1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    exam_free(bench.exam);
    evidence_store_free(bench.store);
    return 0;
}

static void add(const char *name)
{
    exam_add_subject(bench.exam, SUBJECT_DOMAIN, name, name, true);
    exam_work(bench.exam, 0);
}

/* Settles the oldest open question for a name and works. */
static void answer(const char *name, enum status status, uint32_t ttl, int64_t now)
{
    for (size_t i = 0; i < bench.fetched_count; i++) {
        struct evidence *item = bench.fetched[i];
        struct dns_answer *dns = (struct dns_answer *)item;
        struct dns_record *record;

        if (!item || strcmp(dns->name, name) != 0)
            continue;
        record = arena_new(&item->memory, 1, sizeof *record);
        record->owner = dns->name;
        record->type = (uint16_t)dns->type;
        record->ttl = ttl;
        dns->answer.records = record;
        dns->answer.count = 1;
        evidence_fail(item, status, NULL);
        bench.fetched[i] = NULL;
        exam_settled(bench.exam, item, now);
        exam_work(bench.exam, now);
        return;
    }
    fail_msg("%s was not asked for", name);
}

static const struct finding_kind kind_one = {.id = "one", .title = "one", .why = "one"};
static const struct finding_kind kind_two = {.id = "two", .title = "two", .why = "two"};
static const struct finding_kind *const kinds[] = {&kind_one, &kind_two, NULL};

/* The domain, then what all domains share. */
static void examine_shared(struct examination *x, const struct subject *subject)
{
    const struct dns_answer *own = ask_dns(x, subject->name, DNS_TXT), *shared;
    struct finding *finding;

    bench.passes++;
    if (!own || !(shared = ask_dns(x, "shared.example", DNS_TXT)))
        return;
    finding = found(x, &kind_one);
    saw(finding, &own->evidence, "text");
    set_text(finding, "value", "text");
    assert_int_equal(finding->seen_count, 0);
    unknown(x, &kind_two, "text %d", 1);
    tell_number(x, "passes", bench.passes);
}

static const struct probe shared_probe = {.name = "shared",
                                          .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
                                          .kinds = kinds,
                                          .examine = examine_shared};
static const struct probe *const only_shared[] = {&shared_probe, NULL};

/* Each leaves when it is complete, while others wait; the same name twice is two subjects. */
static void subjects_leave_as_they_are_complete(void **state)
{
    (void)state;
    begin(only_shared);
    add("a.example");
    add("b.example");
    add("a.example");
    assert_int_equal(bench.fetched_count, 2);
    answer("b.example", STATUS_OK, 60, 0);
    answer("shared.example", STATUS_OK, 60, 0);
    assert_string_equal(bench.concluded, "b.example one two shared.passes=5\n");
    answer("a.example", STATUS_TIMED_OUT, 60, 0);
    assert_int_equal(bench.concluded_count, 3);
    assert_non_null(strstr(bench.concluded, "a.example one two shared.passes=6 !timeout\n"));
    assert_int_equal(exam_open(bench.exam), 0);
    assert_int_equal(exam_subjects(bench.exam).count, 0);
}

/* However many ask at one moment, a name is fetched once; and once more when its time is over. */
static void a_question_is_in_flight_once(void **state)
{
    char name[32];

    (void)state;
    begin(only_shared);
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "d%u.example", i);
        add(name);
        answer(name, STATUS_OK, 60, 0);
    }
    assert_int_equal(bench.fetched_count, 1001);
    answer("shared.example", STATUS_OK, 60, 0);
    assert_int_equal(bench.concluded_count, 1000);
    exam_add_subject(bench.exam, SUBJECT_DOMAIN, "d1.example", "d1.example", true);
    exam_work(bench.exam, 59 * SECOND);
    assert_int_equal(bench.concluded_count, 1001);
    assert_int_equal(bench.fetched_count, 1001);
    exam_add_subject(bench.exam, SUBJECT_DOMAIN, "d1.example", "d1.example", true);
    exam_work(bench.exam, 60 * SECOND);
    assert_int_equal(bench.fetched_count, 1002);
}

/* A TTL of zero is good for those who asked, through all their passes, and for nobody else. */
static void what_was_given_holds_until_the_end(void **state)
{
    (void)state;
    begin(only_shared);
    add("a.example");
    answer("a.example", STATUS_OK, 0, 0);
    add("a.example");
    assert_int_equal(bench.fetched_count, 3);
    answer("shared.example", STATUS_OK, 0, 5 * SECOND);
    assert_int_equal(bench.concluded_count, 1);
    answer("a.example", STATUS_OK, 0, 6 * SECOND);
    answer("shared.example", STATUS_OK, 0, 7 * SECOND);
    assert_int_equal(bench.concluded_count, 2);
    assert_int_equal(bench.passes, 6);
    assert_int_equal(evidence_store_count(bench.store), 2);
}

static void examine_world(struct examination *x, const struct subject *subject)
{
    struct subject_list all = ask_subjects(x, SUBJECT_DOMAIN);

    add_subject(x, SUBJECT_DOMAIN, "found.example");
    assert_int_equal(all.count, 1);
    assert_ptr_equal(all.list[0], subject);
    assert_int_equal(ask_subjects(x, SUBJECT_SERVER).count, 0);
    found(x, &kind_one);
}

static const struct probe world_probe = {.name = "world",
                                         .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
                                         .kinds = kinds,
                                         .examine = examine_world};
static const struct probe *const two_probes[] = {&world_probe, &shared_probe, NULL};

/* What is in flight is no matter to the one at hand, and what turns up is not examined. */
static void each_is_examined_by_itself(void **state)
{
    (void)state;
    begin(two_probes);
    add("a.example");
    add("b.example");
    assert_int_equal(bench.concluded_count, 0);
    answer("b.example", STATUS_OK, 60, 0);
    answer("shared.example", STATUS_OK, 60, 0);
    assert_string_equal(bench.concluded, "b.example one one two shared.passes=4\n");
    answer("a.example", STATUS_OK, 60, 0);
    assert_int_equal(bench.concluded_count, 2);
}

static void examine_changing(struct examination *x, const struct subject *subject)
{
    (void)subject;
    if (bench.passes++ == 0)
        ask_dns(x, "forgotten.example", DNS_TXT);
    if (ask_dns(x, "wanted.example", DNS_TXT))
        found(x, &kind_one);
}

static const struct probe changing_probe = {.name = "changing",
                                            .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN),
                                            .kinds = kinds,
                                            .examine = examine_changing};
static const struct probe *const only_changing[] = {&changing_probe, NULL};

/* An answer that comes after its asker is gone finds nobody, and stays for the next. */
static void answers_may_come_after_the_end(void **state)
{
    (void)state;
    begin(only_changing);
    add("a.example");
    answer("wanted.example", STATUS_OK, 60, 0);
    assert_int_equal(bench.concluded_count, 0);
    exam_work(bench.exam, EXAM_PATIENCE);
    assert_string_equal(bench.concluded, "a.example one\n");
    assert_int_equal(exam_open(bench.exam), 1);
    answer("forgotten.example", STATUS_OK, 60, EXAM_PATIENCE);
    assert_int_equal(exam_open(bench.exam), 0);
    assert_int_equal(bench.passes, 2);
    assert_int_equal(evidence_store_count(bench.store), 2);
}

static const struct probe *const changing_and_shared[] = {&changing_probe, &shared_probe, NULL};

/* One that is complete is not run again while its subject waits for another's. */
static void what_is_complete_stays_so(void **state)
{
    (void)state;
    begin(changing_and_shared);
    add("a.example");
    answer("wanted.example", STATUS_OK, 60, 0);
    exam_work(bench.exam, EXAM_PATIENCE);
    assert_int_equal(bench.passes, 3);
    answer("forgotten.example", STATUS_OK, 60, EXAM_PATIENCE);
    assert_int_equal(bench.passes, 3);
    answer("a.example", STATUS_OK, 60, EXAM_PATIENCE);
    answer("shared.example", STATUS_OK, 60, EXAM_PATIENCE);
    assert_string_equal(bench.concluded, "a.example one one two shared.passes=5\n");
}

/* Any number of them: what is kept is what is in flight and what the cache may hold. */
static void memory_does_not_grow_with_subjects(void **state)
{
    char name[32];

    (void)state;
    evidence_store_free(bench.store);
    bench.store = evidence_cache_new(20000);
    begin(only_shared);
    add("first.example");
    answer("first.example", STATUS_OK, 60, 0);
    for (unsigned i = 0; i < 20000; i++) {
        snprintf(name, sizeof name, "d%u.example", i);
        add(name);
        answer(name, STATUS_OK, 60, 0);
        if (i == 0)
            answer("shared.example", STATUS_OK, 3600, 0);
        bench.fetched_count = 0;
        bench.concluded_size = 0;
        assert_true(evidence_store_count(bench.store) < 100);
        assert_true(evidence_store_idle_bytes(bench.store) <= 20000);
    }
    assert_int_equal(bench.concluded_count, 20001);
}

/* Ended in the middle, all that waits is settled once, and concludes. */
static void an_exam_ends_with_what_there_is(void **state)
{
    (void)state;
    begin(only_shared);
    add("a.example");
    add("b.example");
    exam_end(bench.exam, STATUS_CANCELLED);
    exam_work(bench.exam, 0);
    assert_int_equal(bench.concluded_count, 2);
    assert_non_null(strstr(bench.concluded, "!cancelled"));
    assert_int_equal(exam_open(bench.exam), 0);
}

#define in_place(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_place(subjects_leave_as_they_are_complete), in_place(a_question_is_in_flight_once),
        in_place(what_was_given_holds_until_the_end),  in_place(each_is_examined_by_itself),
        in_place(answers_may_come_after_the_end),      in_place(what_is_complete_stays_so),
        in_place(memory_does_not_grow_with_subjects),  in_place(an_exam_ends_with_what_there_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
