#include "tests/lab/lab_thread.h"

#include "tests/lab/listen.h"

enum { STOP_MOST = 5000000, STOP_STEP = 1000 }; /* microseconds */

void lab_thread_init(struct lab_thread *thread)
{
    *thread = (struct lab_thread){.mutex = platform_mutex_new()};
}

void lab_thread_release(struct lab_thread *thread)
{
    platform_mutex_free(thread->mutex);
}

bool lab_thread_is_stopping(struct lab_thread *thread)
{
    bool stop;

    platform_mutex_lock(thread->mutex);
    stop = thread->stop;
    platform_mutex_unlock(thread->mutex);
    return stop;
}

void lab_thread_finish(struct lab_thread *thread)
{
    platform_mutex_lock(thread->mutex);
    thread->finished = true;
    platform_mutex_unlock(thread->mutex);
}

enum status lab_thread_stop(struct lab_thread *thread)
{
    int64_t until = platform_monotonic_clock() + STOP_MOST;
    bool finished;

    for (;;) {
        platform_mutex_lock(thread->mutex);
        thread->stop = true;
        finished = thread->finished;
        platform_mutex_unlock(thread->mutex);
        if (finished)
            return STATUS_OK;
        if (platform_monotonic_clock() > until)
            return STATUS_TIMED_OUT;
        lab_wait(NULL, 0, platform_monotonic_clock() + STOP_STEP);
    }
}
