#include "posix/thread.h"
#include "diag/memory.h"
#include "diag/platform.h"
#include "posix/error.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

enum { STACK_SIZE = 256 * 1024 };

struct platform_mutex {
    pthread_mutex_t system;
};

struct platform_condition {
    pthread_cond_t system;
};

struct start {
    void (*run)(void *argument);
    void *argument;
};

struct platform_mutex *platform_mutex_new(void)
{
    struct platform_mutex *mutex = memory_new(1, sizeof *mutex);

    pthread_mutex_init(&mutex->system, NULL);
    return mutex;
}

void platform_mutex_free(struct platform_mutex *mutex)
{
    if (!mutex)
        return;
    pthread_mutex_destroy(&mutex->system);
    free(mutex);
}

void platform_mutex_lock(struct platform_mutex *mutex)
{
    pthread_mutex_lock(&mutex->system);
}

void platform_mutex_unlock(struct platform_mutex *mutex)
{
    pthread_mutex_unlock(&mutex->system);
}

struct platform_condition *platform_condition_new(void)
{
    struct platform_condition *condition = memory_new(1, sizeof *condition);

    pthread_cond_init(&condition->system, NULL);
    return condition;
}

void platform_condition_free(struct platform_condition *condition)
{
    if (!condition)
        return;
    pthread_cond_destroy(&condition->system);
    free(condition);
}

void platform_condition_wait(struct platform_condition *condition, struct platform_mutex *mutex)
{
    pthread_cond_wait(&condition->system, &mutex->system);
}

void platform_condition_wait_for(struct platform_condition *condition, struct platform_mutex *mutex,
                                 unsigned milliseconds)
{
    enum { SECOND = 1000000000 /* nanoseconds */ };
    struct timespec end;

    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += (time_t)(milliseconds / 1000);
    end.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (end.tv_nsec >= SECOND) {
        end.tv_sec++;
        end.tv_nsec -= SECOND;
    }
    pthread_cond_timedwait(&condition->system, &mutex->system, &end);
}

void platform_condition_signal(struct platform_condition *condition)
{
    pthread_cond_signal(&condition->system);
}

void platform_condition_broadcast(struct platform_condition *condition)
{
    pthread_cond_broadcast(&condition->system);
}

/* Whoever ends waits for the one who ended before, so that all have ended when the last has. */
static struct {
    pthread_mutex_t mutex;
    unsigned running;
    bool has_ended;
    pthread_t ended;
} threads = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void change_running(int change)
{
    pthread_mutex_lock(&threads.mutex);
    threads.running += (unsigned)change;
    pthread_mutex_unlock(&threads.mutex);
}

bool thread_all_ended(void)
{
    bool is_running;
    bool has_ended;

    pthread_mutex_lock(&threads.mutex);
    is_running = threads.running > 0;
    has_ended = threads.has_ended && !is_running;
    if (has_ended)
        threads.has_ended = false;
    pthread_mutex_unlock(&threads.mutex);
    if (has_ended)
        pthread_join(threads.ended, NULL);
    return !is_running;
}

static void end_thread(void)
{
    pthread_t before;
    bool has_before;

    pthread_mutex_lock(&threads.mutex);
    before = threads.ended;
    has_before = threads.has_ended;
    threads.ended = pthread_self();
    threads.has_ended = true;
    threads.running--;
    pthread_mutex_unlock(&threads.mutex);
    if (has_before)
        pthread_join(before, NULL);
}

static void *run_thread(void *argument)
{
    struct start start = *(struct start *)argument;

    free(argument);
    start.run(start.argument);
    end_thread();
    return NULL;
}

enum status platform_thread_start(void (*run)(void *argument), void *argument)
{
    struct start *start = memory_new(1, sizeof *start);
    pthread_attr_t attributes;
    pthread_t thread;
    int error;

    start->run = run;
    start->argument = argument;
    error = pthread_attr_init(&attributes);
    change_running(1);
    if (error == 0) {
        pthread_attr_setstacksize(&attributes, STACK_SIZE);
        error = pthread_create(&thread, &attributes, run_thread, start);
        pthread_attr_destroy(&attributes);
    }
    if (error == 0)
        return STATUS_OK;
    change_running(-1);
    free(start);
    return error == EAGAIN ? STATUS_EXHAUSTED : error_status(error); /* no more threads */
}
