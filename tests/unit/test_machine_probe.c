/* Whose own evidence is asked for beside what a server answers, and whose never. */
#include "probes/machine.h"
#include "tests/unit/probe_bench.h"

static const struct world {
    const char *here; /* the machine at hand; NULL: it is not Windows */
    const char *domain, *forest;
    const char *there; /* a machine that answers by this name; or NULL */
    enum status other; /* how asking any other one ends */
    enum subject_kind kind;
    const char *server;
    bool is_found;    /* by a probe, and not given */
    const char *path; /* that comes of it; NULL: none */
} * world;

static const char *path_found;
static bool is_done;
static struct arena memory;

static void examine(struct examination *x, const struct subject *server)
{
    const char *path, *again;

    if (!machine_of(x, server, &path))
        return;
    assert_true(machine_named(x, server->name, &again));
    assert_true(path == again || strcmp(path, again) == 0);
    assert_true(machine_named(x, "nobody.contoso.com", &again));
    assert_null(again);
    path_found = path ? arena_copy_string(&memory, path) : NULL;
    is_done = true;
}

static const struct finding_kind kind = {.id = "machine"};
static const struct finding_kind *const kinds[] = {&kind, NULL};
static const struct probe probe = {.name = "machine",
                                   .summary = "",
                                   .subjects =
                                       PROBE_EXAMINES(SUBJECT_SERVER) | PROBE_EXAMINES(SUBJECT_DC),
                                   .kinds = kinds,
                                   .examine = examine};

static void answer_machine(struct machine_identity *item)
{
    enum status status = world->here ? STATUS_OK : STATUS_NOT_SUPPORTED;

    if (!*item->path) {
        item->name = world->here;
        item->netbios = "EX01";
        item->domain = world->domain;
        item->forest = world->forest;
    } else if (!world->there || strcmp(item->path + 2, world->there) != 0) {
        status = world->other;
    }
    evidence_fail(&item->evidence, status, NULL);
}

/* The machine at hand has one address of its own. */
static void answer_dns(struct dns_answer *item)
{
    struct dns_record *record = arena_new(&item->evidence.memory, 1, sizeof *record);

    *record = (struct dns_record){.owner = item->name, .type = DNS_A, .ttl = 300};
    assert_int_equal(ip_parse("192.0.2.21", 10, &record->data.ip), STATUS_OK);
    if (item->type == DNS_A)
        item->answer.records = record;
    item->answer.count = item->type == DNS_A;
    evidence_fail(&item->evidence, STATUS_OK, NULL);
}

static void answer(struct evidence *item)
{
    if (item->kind == &evidence_machine)
        answer_machine((struct machine_identity *)item);
    else
        answer_dns((struct dns_answer *)item);
}

static size_t asked_of_others(void)
{
    size_t count = 0;

    for (size_t i = 0; i < bench.fetched_count; i++) {
        if (bench.fetched[i]->kind == &evidence_machine)
            count += *((struct machine_identity *)bench.fetched[i])->path != '\0';
    }
    return count;
}

static const char *path_in(const struct world *now)
{
    enum subject_kind of = now->kind == SUBJECT_DC ? SUBJECT_DC : SUBJECT_SERVER;

    world = now;
    is_done = false;
    path_found = NULL;
    bench_begin(&probe);
    exam_add_subject(bench.exam, of, now->server, now->server, !now->is_found);
    bench_work(answer);
    assert_true(is_done);
    return path_found;
}

static void forget(void)
{
    bench_end();
    arena_release(&memory);
}

#define HERE             .here = "EX01.contoso.com", .domain = "contoso.com"
#define IN(own, highest) .here = "EX01", .domain = (own), .forest = (highest)

static void test_whose_evidence(void **state)
{
    static const struct world worlds[] = {
        {HERE, .server = "ex01.contoso.com", .path = ""},
        {HERE, .server = "ex01", .path = ""},
        {HERE, .server = "localhost", .path = ""},
        {HERE, .server = "127.0.0.1", .path = ""},
        {HERE, .server = "::1", .path = ""},
        {HERE, .server = "192.0.2.21", .path = ""},
        {HERE, .server = "ex01.contoso.com", .kind = SUBJECT_DC, .path = ""},
        {HERE, .server = "ex01.contoso.com", .is_found = true, .path = ""},
        {HERE, .there = "ex02.contoso.com", .server = "ex02.contoso.com",
         .path = "\\\\ex02.contoso.com"},
        {HERE, .there = "dc1.contoso.com", .server = "dc1.contoso.com", .kind = SUBJECT_DC,
         .path = "\\\\dc1.contoso.com"},
        {HERE, .server = "ex02.contoso.com", .other = STATUS_DENIED,
         .path = "\\\\ex02.contoso.com"},
        {HERE, .server = "ex02.contoso.com", .other = STATUS_UNREACHABLE},
        {HERE, .server = "ex02.contoso.com", .other = STATUS_TIMED_OUT},
        {HERE, .server = "ex02.contoso.com", .other = STATUS_NOT_SUPPORTED},
        {HERE, .there = "ex02.contoso.com", .server = "ex02.contoso.com", .is_found = true},
        {.there = "ex02.contoso.com", .server = "ex02.contoso.com"},
        {.server = "localhost"},
        {IN("eu.contoso.com", "contoso.com"), .there = "ex02.contoso.com",
         .server = "ex02.contoso.com", .path = "\\\\ex02.contoso.com"},
        {IN("fabrikam.com", "fabrikam.com"), .there = "ex02.fabrikam.com",
         .server = "ex02.fabrikam.com", .path = "\\\\ex02.fabrikam.com"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        const char *path = path_in(&worlds[i]);

        if (world->path)
            assert_string_equal(path, world->path);
        else
            assert_null(path);
        if (!world->here || world->is_found)
            assert_int_equal(asked_of_others(), 0);
        forget();
    }
}

/* Windows would log on there, and a stranger would learn by what. */
static void test_strangers_are_not_asked(void **state)
{
    static const struct world worlds[] = {
        {HERE, .server = "mx1.fabrikam.com"},
        {HERE, .server = "mx1.notcontoso.com"},
        {HERE, .server = "contoso.com"},
        {HERE, .server = "ex02.contoso.com.fabrikam.com"},
        {HERE, .server = "ex02"},
        {HERE, .server = "ex0"},
        {HERE, .server = "192.0.2.22"},
        {HERE, .server = "127.0.0.2"},
        {HERE, .server = "2001:db8::22"},
        {HERE, .server = "192.0.2.22", .kind = SUBJECT_DC},
        {.here = "EX01", .server = "ex02.contoso.com"},
        {.here = "EX01.contoso.com", .server = "ex02.contoso.com"},
        {IN("", NULL), .server = "ex02.contoso.com"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        assert_null(path_in(&worlds[i]));
        assert_int_equal(asked_of_others(), 0);
        forget();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_whose_evidence),
                                       cmocka_unit_test(test_strangers_are_not_asked)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
