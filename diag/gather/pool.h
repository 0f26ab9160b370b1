/*
 * The worker pool: threads for what can only be done by blocking.
 *
 * A job belongs to exactly one side at a time: to the coordinator before
 * pool_submit() and after pool_take(), to the pool in between. A job past its
 * deadline comes back with `late` set while its thread is written off; the thread
 * ends by itself, and what it still produces is thrown away.
 */
#ifndef EXDIAG_GATHER_POOL_H
#define EXDIAG_GATHER_POOL_H

#include "diag/memory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pool;

struct pool_job {
    /*
     * Does the work, on a pool thread. It may touch only `work`, which the pool
     * hands back through pool_take(), or frees with `release` when the job was
     * late.
     */
    void (*run)(void *work);
    void (*release)(void *work);
    void *work;
    const char *host;  /* "address:port" or a machine: POOL_PER_HOST jobs at once; or NULL */
    int64_t allowance; /* microseconds from the moment a thread takes it up */
    void *owner;       /* the coordinator's own, untouched */
    bool late;         /* set by the pool: the deadline passed; `work` is gone */
};

/* As many as talk with one port of a mail server, which may take its time to greet each: the mail
   probe, and the clock by the greeting and by NTLM. */
enum { POOL_PER_HOST = 3 };

/*
 * `threads`: the most at once, 1 or more; they are started as jobs come. `wake`
 * is called from any thread, without a lock held, when a job ended or when
 * pool_due() has become sooner; it must return at once and not call the pool.
 */
struct pool *pool_new(unsigned threads, void (*wake)(void *context), void *context);

/*
 * Jobs not begun or not taken are released; threads at work are written off and
 * never waited for. `wake` is not called any more once this has returned.
 */
void pool_free(struct pool *pool);

/*
 * The pool copies the struct and `host`. Jobs begin in the order in which they
 * could: those of one host in the order submitted, and a job that waited for its
 * host queues behind what was runnable before it.
 */
void pool_submit(struct pool *pool, const struct pool_job *job);

/*
 * A job that ended, into *job, its `host` NULL; false if there is none. `now`:
 * monotonic microseconds. A job that is late gives its place at the host to the
 * next, and so that every job ends, one for which the system has no thread at all
 * is late too.
 */
bool pool_take(struct pool *pool, int64_t now, struct pool_job *job);

/* When a deadline next makes pool_take() due, monotonic microseconds; INT64_MAX if no job runs. */
int64_t pool_due(struct pool *pool);

/*
 * How many more jobs it takes until every thread has one, or where each has, its next.
 * Those that wait for their host keep no thread busy, and are not counted.
 */
size_t pool_appetite(struct pool *pool);

#endif
