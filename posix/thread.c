#include "posix/thread.h"
#include "diag/memory.h"
#include "diag/platform.h"
#include "posix/error.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
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

void platform_condition_signal(struct platform_condition *condition)
{
    pthread_cond_signal(&condition->system);
}

void platform_condition_broadcast(struct platform_condition *condition)
{
    pthread_cond_broadcast(&condition->system);
}

static atomic_uint running_threads;

bool thread_is_running(void)
{
    return atomic_load(&running_threads) > 0;
}

static void *run_thread(void *argument)
{
    struct start start = *(struct start *)argument;

    free(argument);
    start.run(start.argument);
    atomic_fetch_sub(&running_threads, 1);
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
    atomic_fetch_add(&running_threads, 1);
    if (error == 0) {
        pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
        pthread_attr_setstacksize(&attributes, STACK_SIZE);
        error = pthread_create(&thread, &attributes, run_thread, start);
        pthread_attr_destroy(&attributes);
    }
    if (error == 0)
        return STATUS_OK;
    atomic_fetch_sub(&running_threads, 1);
    free(start);
    return error == EAGAIN ? STATUS_EXHAUSTED : error_status(error); /* no more threads */
}
