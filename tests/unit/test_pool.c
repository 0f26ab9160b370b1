/* The worker pool: every job ends once, hosts keep their limit, nobody waits for the late. */
#include "diag/gather/pool.h"
#include "diag/platform.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

enum { MINUTE = 60000000, JOBS_MOST = 100000, HOSTS_MOST = 64 };

/* What jobs share; `changed` is broadcast with every change. */
struct scene {
    struct platform_mutex *mutex;
    struct platform_condition *changed;
    bool gate_open; /* closed: jobs stay at work */
    unsigned begun;
    unsigned released;
    unsigned wakes;
    unsigned waking; /* wake_slowly() under way */
    unsigned late;   /* the coordinator's */
    unsigned at_work[HOSTS_MOST];
    unsigned most_at_work[HOSTS_MOST];
    unsigned order[JOBS_MOST]; /* the numbers of the jobs as they began */
    unsigned returned[JOBS_MOST];
};

struct job {
    struct scene *scene;
    unsigned number;
    unsigned host;
};

static void run(void *work)
{
    const struct job *job = work;
    struct scene *scene = job->scene;

    platform_mutex_lock(scene->mutex);
    scene->order[scene->begun++] = job->number;
    if (++scene->at_work[job->host] > scene->most_at_work[job->host])
        scene->most_at_work[job->host] = scene->at_work[job->host];
    platform_condition_broadcast(scene->changed);
    while (!scene->gate_open)
        platform_condition_wait(scene->changed, scene->mutex);
    scene->at_work[job->host]--;
    platform_mutex_unlock(scene->mutex);
}

static void release(void *work)
{
    struct job *job = work;
    struct scene *scene = job->scene;

    free(job);
    platform_mutex_lock(scene->mutex);
    scene->released++;
    platform_condition_broadcast(scene->changed);
    platform_mutex_unlock(scene->mutex);
}

static void wake(void *context)
{
    struct scene *scene = context;

    platform_mutex_lock(scene->mutex);
    scene->wakes++;
    platform_condition_broadcast(scene->changed);
    platform_mutex_unlock(scene->mutex);
}

static void wait_until(struct scene *scene, const unsigned *count, unsigned least)
{
    platform_mutex_lock(scene->mutex);
    while (*count < least)
        platform_condition_wait(scene->changed, scene->mutex);
    platform_mutex_unlock(scene->mutex);
}

static void set_gate(struct scene *scene, bool open)
{
    platform_mutex_lock(scene->mutex);
    scene->gate_open = open;
    platform_condition_broadcast(scene->changed);
    platform_mutex_unlock(scene->mutex);
}

static unsigned read_wakes(struct scene *scene)
{
    unsigned wakes;

    platform_mutex_lock(scene->mutex);
    wakes = scene->wakes;
    platform_mutex_unlock(scene->mutex);
    return wakes;
}

/* Host 0 is none. */
static void submit_for(struct pool *pool, struct scene *scene, unsigned number, unsigned host,
                       int64_t allowance)
{
    struct job *work = memory_new(1, sizeof *work);
    struct pool_job job = {.run = run, .release = release, .work = work, .allowance = allowance};
    char name[32];

    work->scene = scene;
    work->number = number;
    work->host = host;
    snprintf(name, sizeof name, "192.0.2.%u:25", host);
    job.host = host ? name : NULL;
    job.owner = &scene->returned[number];
    pool_submit(pool, &job);
}

static void submit(struct pool *pool, struct scene *scene, unsigned number, unsigned host)
{
    submit_for(pool, scene, number, host, MINUTE);
}

static bool take(struct pool *pool, struct scene *scene, int64_t now)
{
    struct pool_job job;

    if (!pool_take(pool, now, &job))
        return false;
    ++*(unsigned *)job.owner;
    assert_null(job.host);
    if (job.late) {
        assert_null(job.work);
        scene->late++;
    }
    free(job.work);
    return true;
}

/* As the coordinator does it: take until there is nothing, then sleep until woken. */
static void take_all(struct pool *pool, struct scene *scene, unsigned count)
{
    unsigned taken = 0;

    for (;;) {
        unsigned wakes = read_wakes(scene);

        while (take(pool, scene, platform_monotonic_clock()))
            taken++;
        if (taken >= count)
            break;
        wait_until(scene, &scene->wakes, wakes + 1);
    }
    assert_int_equal(taken, count);
    assert_false(take(pool, scene, platform_monotonic_clock()));
}

static int set_up(void **state)
{
    struct scene *scene = memory_new(1, sizeof *scene);

    scene->mutex = platform_mutex_new();
    scene->changed = platform_condition_new();
    scene->gate_open = true;
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;

    platform_condition_free(scene->changed);
    platform_mutex_free(scene->mutex);
    free(scene);
    return 0;
}

/* Ten thousand jobs on eight threads: each comes back exactly once, never three on one host. */
static void test_every_job_comes_back_once(void **state)
{
    enum { JOBS = 10000, THREADS = 8, HOSTS = 50 };
    struct scene *scene = *state;
    struct pool *pool = pool_new(THREADS, wake, scene);

    for (unsigned i = 0; i < JOBS; i++)
        submit(pool, scene, i, i % 3 ? i % HOSTS : 0);
    take_all(pool, scene, JOBS);
    for (unsigned i = 0; i < JOBS; i++)
        assert_int_equal(scene->returned[i], 1);
    assert_in_range(scene->most_at_work[0], 1, THREADS);
    for (unsigned i = 1; i < HOSTS; i++)
        assert_in_range(scene->most_at_work[i], 1, POOL_PER_HOST);
    assert_int_equal(pool_due(pool), INT64_MAX);
    pool_free(pool);
    assert_int_equal(scene->released, 0);
}

/* A host at its limit does not stand in the way of others. */
static void test_other_hosts_go_on(void **state)
{
    struct scene *scene = *state;
    struct pool *pool = pool_new(8, wake, scene);

    set_gate(scene, false);
    for (unsigned i = 0; i < 5; i++)
        submit(pool, scene, i, 1);
    submit(pool, scene, 5, 2);
    submit(pool, scene, 6, 0);
    wait_until(scene, &scene->begun, POOL_PER_HOST + 2);
    assert_int_equal(scene->at_work[1], POOL_PER_HOST);
    assert_int_equal(scene->at_work[2], 1);
    assert_int_equal(scene->at_work[0], 1);
    set_gate(scene, true);
    take_all(pool, scene, 7);
    assert_int_equal(scene->most_at_work[1], POOL_PER_HOST);
    pool_free(pool);
}

/* One thread runs jobs as submitted; those of a host keep their order, and hosts take turns. */
static void test_order(void **state)
{
    static const unsigned hosts[] = {1, 1, 1, 1, 2, 0};
    static const unsigned expected[] = {0, 1, 2, 4, 5, 3};
    struct scene *scene = *state;
    struct pool *pool = pool_new(1, wake, scene);

    for (unsigned i = 0; i < 100; i++)
        submit(pool, scene, i, 0);
    take_all(pool, scene, 100);
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(scene->order[i], i);

    scene->begun = 0;
    set_gate(scene, false);
    for (unsigned i = 0; i < 6; i++)
        submit(pool, scene, i, hosts[i]);
    set_gate(scene, true);
    take_all(pool, scene, 6);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(scene->order[i], expected[i]);
    pool_free(pool);
}

/* A hundred thousand jobs for one host take no time to speak of: its line is not searched. */
static void test_long_line_at_one_host(void **state)
{
    struct scene *scene = *state;
    struct pool *pool = pool_new(8, wake, scene);

    for (unsigned i = 0; i < JOBS_MOST; i++)
        submit(pool, scene, i, 1);
    take_all(pool, scene, JOBS_MOST);
    assert_in_range(scene->most_at_work[1], 1, POOL_PER_HOST);
    pool_free(pool);
}

/* Past its deadline a job comes back late at once, a new thread serves, the old one cleans up. */
static void test_late_job_is_written_off(void **state)
{
    struct scene *scene = *state;
    struct pool *pool = pool_new(1, wake, scene);
    int64_t due;

    set_gate(scene, false);
    submit(pool, scene, 0, 1);
    submit(pool, scene, 1, 1);
    wait_until(scene, &scene->begun, 1);
    due = pool_due(pool);
    assert_false(take(pool, scene, due - 1));
    assert_true(take(pool, scene, due));
    assert_int_equal(scene->returned[0], 1);

    wait_until(scene, &scene->begun, 2);
    assert_int_equal(scene->order[1], 1);
    assert_false(take(pool, scene, due));
    set_gate(scene, true);
    wait_until(scene, &scene->released, 1);
    take_all(pool, scene, 1);
    assert_int_equal(scene->returned[0], 1);
    assert_int_equal(scene->returned[1], 1);
    pool_free(pool);
}

/* Lateness frees the host too: what waited for it begins while the late ones still hang. */
static void test_late_jobs_free_their_host(void **state)
{
    struct scene *scene = *state;
    struct pool *pool = pool_new(4, wake, scene);

    set_gate(scene, false);
    for (unsigned i = 0; i < 8; i++)
        submit(pool, scene, i, 1);
    for (unsigned i = 0; i < 8; i += 2) {
        wait_until(scene, &scene->begun, i + 2);
        assert_true(take(pool, scene, INT64_MAX));
        assert_true(take(pool, scene, INT64_MAX));
    }
    assert_false(take(pool, scene, INT64_MAX));
    for (unsigned i = 0; i < 8; i++)
        assert_int_equal(scene->returned[i], 1);
    set_gate(scene, true);
    wait_until(scene, &scene->released, 8);
    pool_free(pool);
}

/* Whatever each was allowed, the next to be late is known at once, and those are late first. */
static void test_deadlines_in_their_order(void **state)
{
    static const unsigned allowed[] = {30, 10, 40, 20, 50, 5}, order[] = {5, 1, 3, 0, 2, 4};
    enum { JOBS = 6 };
    struct scene *scene = *state;
    struct pool *pool = pool_new(JOBS, wake, scene);
    int64_t due = 0;

    set_gate(scene, false);
    for (unsigned i = 0; i < JOBS; i++)
        submit_for(pool, scene, i, 0, (int64_t)allowed[i] * MINUTE);
    wait_until(scene, &scene->begun, JOBS);
    for (unsigned i = 0; i < JOBS; i++) {
        assert_true(pool_due(pool) > due);
        due = pool_due(pool);
        assert_false(take(pool, scene, due - 1));
        assert_true(take(pool, scene, due));
        assert_int_equal(scene->returned[order[i]], 1);
    }
    assert_int_equal(pool_due(pool), INT64_MAX);
    set_gate(scene, true);
    wait_until(scene, &scene->released, JOBS);
    pool_free(pool);
}

/* A job for each thread and its next; those that wait for their host feed nobody. */
static void test_appetite(void **state)
{
    struct scene *scene = *state;
    struct pool *pool = pool_new(4, wake, scene);

    assert_int_equal(pool_appetite(pool), 4);
    set_gate(scene, false);
    for (unsigned i = 0; i < 5; i++)
        submit(pool, scene, i, 1);
    assert_int_equal(pool_appetite(pool), 4 - POOL_PER_HOST);
    submit(pool, scene, 5, 0);
    submit(pool, scene, 6, 0);
    assert_int_equal(pool_appetite(pool), 8 - (POOL_PER_HOST + 2));
    for (unsigned i = 7; i < 13; i++)
        submit(pool, scene, i, 0);
    assert_int_equal(pool_appetite(pool), 0);
    wait_until(scene, &scene->begun, 4);
    assert_int_equal(pool_appetite(pool), 0);
    set_gate(scene, true);
    take_all(pool, scene, 13);
    assert_int_equal(pool_appetite(pool), 4);
    pool_free(pool);
}

/* Four thousand threads at once: each serves, and what each ends is taken in time. */
static void test_thousands_of_threads(void **state)
{
    enum { THREADS = 4096, JOBS = 3 * THREADS };
    struct scene *scene = *state;
    struct pool *pool = pool_new(THREADS, wake, scene);

    for (unsigned i = 0; i < JOBS; i++)
        submit(pool, scene, i, 0);
    take_all(pool, scene, JOBS);
    for (unsigned i = 0; i < JOBS; i++)
        assert_int_equal(scene->returned[i], 1);
    pool_free(pool);
}

/* The coordinator sleeps until pool_due(): a job that begins meanwhile wakes it. */
static void test_deadline_wakes_the_sleeper(void **state)
{
    struct scene *scene = *state;
    struct pool *pool = pool_new(2, wake, scene);
    int64_t before = platform_monotonic_clock(), due;

    assert_int_equal(pool_due(pool), INT64_MAX);
    set_gate(scene, false);
    submit(pool, scene, 0, 0);
    wait_until(scene, &scene->wakes, 1);
    due = pool_due(pool);
    assert_in_range(due, before + MINUTE, platform_monotonic_clock() + MINUTE);
    set_gate(scene, true);
    take_all(pool, scene, 1);
    pool_free(pool);
}

/* The end does not wait for anybody, and nothing is forgotten. */
static void test_free_while_busy(void **state)
{
    struct scene *scene = *state;
    struct pool *pool = pool_new(4, wake, scene);
    unsigned wakes;

    submit(pool, scene, 0, 0);
    wait_until(scene, &scene->begun, 1);
    set_gate(scene, false);
    for (unsigned i = 1; i < 20; i++)
        submit(pool, scene, i, i % 4);
    wait_until(scene, &scene->begun, 5);
    pool_free(pool);
    assert_in_range(scene->released, 15, 16);
    wakes = scene->wakes;
    set_gate(scene, true);
    wait_until(scene, &scene->released, 20);
    assert_int_equal(scene->wakes, wakes);
}

/* Takes its time, as a thread that loses the processor would. */
static void wake_slowly(void *context)
{
    struct scene *scene = context;
    int64_t end = platform_monotonic_clock() + 20000;

    platform_mutex_lock(scene->mutex);
    scene->waking++;
    scene->wakes++;
    platform_condition_broadcast(scene->changed);
    platform_mutex_unlock(scene->mutex);
    while (platform_monotonic_clock() < end)
        continue;
    platform_mutex_lock(scene->mutex);
    scene->waking--;
    platform_mutex_unlock(scene->mutex);
}

/* Whom `wake` wakes may vanish after pool_free(): no call of it is under way then. */
static void test_no_wake_after_the_end(void **state)
{
    struct scene *scene = *state;
    struct pool *pool = pool_new(1, wake_slowly, scene);

    pool_due(pool);
    submit(pool, scene, 0, 0);
    wait_until(scene, &scene->wakes, 1);
    pool_free(pool);
    platform_mutex_lock(scene->mutex);
    assert_int_equal(scene->waking, 0);
    platform_mutex_unlock(scene->mutex);
    wait_until(scene, &scene->released, 1);
}

/* Pools that end in the midst of work, again and again: for the sanitizers. */
static void test_free_at_any_moment(void **state)
{
    struct scene *scene = *state;
    unsigned submitted = 0, taken = 0;

    for (unsigned round = 0; round < 200; round++) {
        struct pool *pool = pool_new(4, wake, scene);

        for (unsigned i = 0; i < 20; i++, submitted++)
            submit(pool, scene, i, i % 3);
        for (unsigned i = 0; i < round % 20; i++)
            taken += take(pool, scene, i % 5 ? 0 : INT64_MAX);
        pool_free(pool);
    }
    wait_until(scene, &scene->released, submitted - (taken - scene->late));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_job_comes_back_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_hosts_go_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_line_at_one_host, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_late_job_is_written_off, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_late_jobs_free_their_host, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_deadlines_in_their_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_appetite, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_thousands_of_threads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_deadline_wakes_the_sleeper, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_free_while_busy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_wake_after_the_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_free_at_any_moment, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
