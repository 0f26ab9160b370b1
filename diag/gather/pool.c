#include "diag/gather/pool.h"

#include "diag/platform.h"

#include <stdlib.h>
#include <string.h>

enum { HOST_SLOTS = 4096 };

struct task;

struct queue { /* first in, first out */
    struct task *first;
    struct task *last;
};

/* A host with work: up to POOL_PER_HOST of its jobs are runnable or at work, the rest wait. */
struct host {
    struct host *next_in_slot;
    unsigned active;
    struct queue waiting;
    char name[];
};

struct task {
    struct pool_job job;
    struct host *host;     /* where it takes a place, or NULL */
    struct task *next;     /* in its queue, or among those at work */
    struct task *previous; /* among those at work */
    int64_t deadline;
    bool written_off; /* nobody waits for it any more: its thread frees it */
};

/* Shared by the coordinator and the threads; the last to leave frees it. */
struct pool {
    void (*wake)(void *context);
    void *context;
    unsigned most;                /* threads */
    struct platform_mutex *mutex; /* guards what follows */
    struct platform_condition *work;
    struct platform_condition *quiet; /* no call of `wake` is under way */
    unsigned users;                   /* the coordinator and every thread, written off or not */
    unsigned threads;                 /* those not written off */
    unsigned idle;
    unsigned waking; /* calls of `wake` under way */
    bool closing;
    int64_t told; /* the coordinator sleeps no longer than this: pool_due() */
    struct queue runnable;
    size_t runnable_count;
    struct queue ended;
    struct task *first_at_work; /* by their deadlines, the next to be late first */
    struct task *last_at_work;
    size_t at_work_count;
    struct host *hosts[HOST_SLOTS];
};

/* ---- queues ---- */

static void put(struct queue *queue, struct task *task)
{
    task->next = NULL;
    if (queue->last)
        queue->last->next = task;
    else
        queue->first = task;
    queue->last = task;
}

static struct task *take(struct queue *queue)
{
    struct task *task = queue->first;

    if (!task)
        return NULL;
    queue->first = task->next;
    if (!queue->first)
        queue->last = NULL;
    return task;
}

static void move_all(struct queue *from, struct queue *to)
{
    struct task *task;

    while ((task = take(from)) != NULL)
        put(to, task);
}

/* Most jobs are given alike, so the place of one that begins is at the end or near it. */
static void add_at_work(struct pool *pool, struct task *task)
{
    struct task *before = pool->last_at_work;

    while (before && before->deadline > task->deadline)
        before = before->previous;
    task->previous = before;
    task->next = before ? before->next : pool->first_at_work;
    if (before)
        before->next = task;
    else
        pool->first_at_work = task;
    if (task->next)
        task->next->previous = task;
    else
        pool->last_at_work = task;
    pool->at_work_count++;
}

static void remove_at_work(struct pool *pool, struct task *task)
{
    if (task->previous)
        task->previous->next = task->next;
    else
        pool->first_at_work = task->next;
    if (task->next)
        task->next->previous = task->previous;
    else
        pool->last_at_work = task->previous;
    pool->at_work_count--;
}

/* Not under the lock: `release` is not ours. */
static void discard(struct task *task)
{
    if (task->job.release)
        task->job.release(task->job.work);
    free(task);
}

/* ---- threads come and go ---- */

static void run_thread(void *argument);

/* Sees to it that somebody takes up what is runnable. */
static void staff(struct pool *pool)
{
    if (pool->runnable_count == 0)
        return;
    if (pool->idle > 0)
        platform_condition_signal(pool->work);
    if (pool->idle >= pool->runnable_count || pool->threads == pool->most)
        return;
    pool->threads++;
    pool->users++;
    if (platform_thread_start(run_thread, pool) == STATUS_OK)
        return;
    pool->threads--;
    pool->users--;
}

/* Gives the lock back too. */
static void leave(struct pool *pool)
{
    bool last = --pool->users == 0;

    platform_mutex_unlock(pool->mutex);
    if (!last)
        return;
    platform_condition_free(pool->quiet);
    platform_condition_free(pool->work);
    platform_mutex_free(pool->mutex);
    free(pool);
}

/* `wake` belongs to the coordinator, who may not vanish while it is called: see pool_free(). */
static void call_wake(struct pool *pool)
{
    pool->waking++;
    platform_mutex_unlock(pool->mutex);
    pool->wake(pool->context);
    platform_mutex_lock(pool->mutex);
    pool->waking--;
    if (pool->waking == 0)
        platform_condition_signal(pool->quiet);
}

/* ---- hosts ---- */

/* FNV-1a, 32 bits. */
static struct host **slot_of(struct pool *pool, const char *name)
{
    uint32_t hash = 2166136261u;

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619u;
    return &pool->hosts[hash % HOST_SLOTS];
}

static struct host *host_named(struct pool *pool, const char *name)
{
    struct host **slot = slot_of(pool, name), *host = *slot;

    while (host && strcmp(host->name, name) != 0)
        host = host->next_in_slot;
    if (host)
        return host;
    host = memory_new(1, sizeof *host + strlen(name) + 1);
    memcpy(host->name, name, strlen(name) + 1);
    host->next_in_slot = *slot;
    *slot = host;
    return host;
}

static void remove_host(struct pool *pool, struct host *host)
{
    struct host **link = slot_of(pool, host->name);

    while (*link != host)
        link = &(*link)->next_in_slot;
    *link = host->next_in_slot;
    free(host);
}

static void make_runnable(struct pool *pool, struct task *task)
{
    put(&pool->runnable, task);
    pool->runnable_count++;
    staff(pool);
}

/* Its place goes to the next in line, who queues behind all that is runnable already. */
static void leave_host(struct pool *pool, struct task *task)
{
    struct host *host = task->host;
    struct task *next;

    task->host = NULL;
    if (!host)
        return;
    next = take(&host->waiting);
    if (next)
        make_runnable(pool, next);
    else if (--host->active == 0)
        remove_host(pool, host);
}

/* ---- a thread's life ---- */

static struct task *take_runnable(struct pool *pool)
{
    struct task *task = take(&pool->runnable);

    if (task)
        pool->runnable_count--;
    return task;
}

/* Waits for work; NULL at the end of the pool. */
static struct task *next_task(struct pool *pool)
{
    while (!pool->closing) {
        struct task *task = take_runnable(pool);

        if (task)
            return task;
        pool->idle++;
        platform_condition_wait(pool->work, pool->mutex);
        pool->idle--;
    }
    return NULL;
}

static void begin(struct pool *pool, struct task *task)
{
    int64_t now = platform_monotonic_clock();

    task->deadline = task->job.allowance < INT64_MAX - now ? now + task->job.allowance : INT64_MAX;
    add_at_work(pool, task);
    if (task->deadline >= pool->told)
        return;
    pool->told = task->deadline;
    call_wake(pool);
}

static void run_thread(void *argument)
{
    struct pool *pool = argument;
    struct task *task;

    platform_mutex_lock(pool->mutex);
    while ((task = next_task(pool)) != NULL) {
        begin(pool, task);
        if (!task->written_off) {
            platform_mutex_unlock(pool->mutex);
            task->job.run(task->job.work);
            platform_mutex_lock(pool->mutex);
        }
        if (task->written_off) {
            platform_mutex_unlock(pool->mutex);
            discard(task);
            platform_mutex_lock(pool->mutex);
            break;
        }
        remove_at_work(pool, task);
        leave_host(pool, task);
        put(&pool->ended, task);
        call_wake(pool);
    }
    leave(pool);
}

/* ---- the coordinator's side ---- */

struct pool *pool_new(unsigned threads, void (*wake)(void *context), void *context)
{
    struct pool *pool = memory_new(1, sizeof *pool);

    pool->mutex = platform_mutex_new();
    pool->work = platform_condition_new();
    pool->quiet = platform_condition_new();
    pool->wake = wake;
    pool->context = context;
    pool->most = threads;
    pool->users = 1;
    pool->told = INT64_MAX;
    return pool;
}

static void empty_hosts(struct pool *pool, struct queue *left)
{
    for (size_t i = 0; i < HOST_SLOTS; i++) {
        while (pool->hosts[i]) {
            struct host *host = pool->hosts[i];

            pool->hosts[i] = host->next_in_slot;
            move_all(&host->waiting, left);
            free(host);
        }
    }
}

void pool_free(struct pool *pool)
{
    struct queue left = {NULL, NULL};
    struct task *task;

    if (!pool)
        return;
    platform_mutex_lock(pool->mutex);
    pool->closing = true;
    for (task = pool->first_at_work; task; task = task->next) {
        task->written_off = true;
        task->host = NULL;
    }
    move_all(&pool->runnable, &left);
    move_all(&pool->ended, &left);
    empty_hosts(pool, &left);
    platform_condition_broadcast(pool->work);
    while (pool->waking > 0)
        platform_condition_wait(pool->quiet, pool->mutex);
    leave(pool);
    while ((task = take(&left)) != NULL)
        discard(task);
}

void pool_submit(struct pool *pool, const struct pool_job *job)
{
    struct task *task = memory_new(1, sizeof *task);

    task->job = *job;
    task->job.host = NULL;
    task->job.late = false;
    platform_mutex_lock(pool->mutex);
    if (job->host)
        task->host = host_named(pool, job->host);
    if (task->host && task->host->active == POOL_PER_HOST) {
        put(&task->host->waiting, task);
    } else {
        if (task->host)
            task->host->active++;
        make_runnable(pool, task);
    }
    platform_mutex_unlock(pool->mutex);
}

/* The task stays its thread's, which is replaced: the limit counts threads that still serve. */
static bool write_off_late(struct pool *pool, int64_t now, struct pool_job *job)
{
    struct task *task = pool->first_at_work;

    if (!task || task->deadline > now)
        return false;
    *job = task->job;
    task->written_off = true;
    remove_at_work(pool, task);
    pool->threads--;
    leave_host(pool, task);
    staff(pool);
    return true;
}

/* Where the system gives no thread at all, nothing would ever end. */
static struct task *take_unstaffed(struct pool *pool)
{
    struct task *task;

    staff(pool);
    if (pool->threads > 0)
        return NULL;
    task = take_runnable(pool);
    if (task)
        leave_host(pool, task);
    return task;
}

bool pool_take(struct pool *pool, int64_t now, struct pool_job *job)
{
    struct task *ended, *unstaffed = NULL;
    bool late = false;

    platform_mutex_lock(pool->mutex);
    ended = take(&pool->ended);
    if (!ended)
        late = write_off_late(pool, now, job);
    if (!ended && !late)
        unstaffed = take_unstaffed(pool);
    platform_mutex_unlock(pool->mutex);

    if (ended || unstaffed)
        *job = ended ? ended->job : unstaffed->job;
    if (late || unstaffed) {
        job->late = true;
        job->work = NULL;
    }
    if (unstaffed)
        discard(unstaffed);
    free(ended);
    return ended || late || unstaffed;
}

int64_t pool_due(struct pool *pool)
{
    int64_t due = INT64_MAX;

    platform_mutex_lock(pool->mutex);
    if (pool->first_at_work)
        due = pool->first_at_work->deadline;
    if (pool->threads == 0 && pool->runnable_count > 0)
        due = 0;
    pool->told = due;
    platform_mutex_unlock(pool->mutex);
    return due;
}

size_t pool_appetite(struct pool *pool)
{
    size_t most = pool->most, load;

    platform_mutex_lock(pool->mutex);
    load = pool->at_work_count + pool->runnable_count;
    platform_mutex_unlock(pool->mutex);
    if (load < most)
        return most - load;
    return load < 2 * most ? 2 * most - load : 0;
}
