#include "diag/memory.h"
#include "diag/platform.h"
#include "win32/system.h"

#include <process.h>
#include <stdlib.h>

enum { STACK_SIZE = 256 * 1024 };

struct platform_mutex {
    SRWLOCK system;
};

struct platform_condition {
    CONDITION_VARIABLE system;
};

struct start {
    void (*run)(void *argument);
    void *argument;
};

struct platform_mutex *platform_mutex_new(void)
{
    struct platform_mutex *mutex = memory_new(1, sizeof *mutex);

    InitializeSRWLock(&mutex->system);
    return mutex;
}

void platform_mutex_free(struct platform_mutex *mutex)
{
    free(mutex);
}

void platform_mutex_lock(struct platform_mutex *mutex)
{
    AcquireSRWLockExclusive(&mutex->system);
}

void platform_mutex_unlock(struct platform_mutex *mutex)
{
    ReleaseSRWLockExclusive(&mutex->system);
}

struct platform_condition *platform_condition_new(void)
{
    struct platform_condition *condition = memory_new(1, sizeof *condition);

    InitializeConditionVariable(&condition->system);
    return condition;
}

void platform_condition_free(struct platform_condition *condition)
{
    free(condition);
}

void platform_condition_wait(struct platform_condition *condition, struct platform_mutex *mutex)
{
    SleepConditionVariableSRW(&condition->system, &mutex->system, INFINITE, 0);
}

void platform_condition_wait_for(struct platform_condition *condition, struct platform_mutex *mutex,
                                 unsigned milliseconds)
{
    SleepConditionVariableSRW(&condition->system, &mutex->system, milliseconds, 0);
}

void platform_condition_signal(struct platform_condition *condition)
{
    WakeConditionVariable(&condition->system);
}

void platform_condition_broadcast(struct platform_condition *condition)
{
    WakeAllConditionVariable(&condition->system);
}

static unsigned __stdcall run_thread(void *argument)
{
    struct start start = *(struct start *)argument;

    free(argument);
    start.run(start.argument);
    return 0;
}

/* Without the flag the size would be what is committed, and a megabyte reserved all the same. */
enum status platform_thread_start(void (*run)(void *argument), void *argument)
{
    struct start *start = memory_new(1, sizeof *start);
    uintptr_t thread;

    start->run = run;
    start->argument = argument;
    thread = _beginthreadex(NULL, STACK_SIZE, run_thread, start, STACK_SIZE_PARAM_IS_A_RESERVATION,
                            NULL);
    if (thread == 0) {
        free(start);
        return STATUS_EXHAUSTED;
    }
    CloseHandle((HANDLE)thread);
    return STATUS_OK;
}
