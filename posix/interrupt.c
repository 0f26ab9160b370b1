#include "diag/platform.h"
#include "posix/error.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

enum { EXIT_INTERRUPTED = 128 + SIGINT };

/* But for `ending`, written and read by the thread alone, or while there is none. */
static struct {
    bool active;
    bool heard;         /* by this callback, or by one that it replaced */
    atomic_bool ending; /* the next signal is only to wake the thread */
    pthread_t thread;
    sigset_t before; /* the signals that were blocked already */
    void (*interrupted)(void *argument);
    void *argument;
} watch;

static void signals_of_interest(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGHUP); /* the terminal is closed, or its connection breaks */
}

/*
 * Waiting for signals that every thread blocks, so that the callback runs as
 * ordinary code and may lock and allocate. It also sees SIGINT where a shell
 * made its background jobs ignore it: a blocked signal is kept all the same.
 */
static void *watch_signals(void *argument)
{
    sigset_t signals;
    int signal;

    (void)argument;
    signals_of_interest(&signals);
    if (watch.heard)
        watch.interrupted(watch.argument);
    while (sigwait(&signals, &signal) == 0 && !atomic_load(&watch.ending)) {
        if (watch.heard)
            _exit(EXIT_INTERRUPTED);
        watch.heard = true;
        watch.interrupted(watch.argument);
    }
    return NULL;
}

/* Not by pthread_cancel(), for which glibc opens a library: there may be no descriptor left. */
static void stop_watching(void)
{
    watch.active = false;
    atomic_store(&watch.ending, true);
    pthread_kill(watch.thread, SIGINT);
    pthread_join(watch.thread, NULL);
}

/* Blocked until the system's own behaviour is wanted: one that comes meanwhile waits. */
static enum status block_signals(void)
{
    sigset_t signals;
    int error;

    signals_of_interest(&signals);
    error = pthread_sigmask(SIG_BLOCK, &signals, &watch.before);
    watch.heard = false;
    return error == 0 ? STATUS_OK : error_status(error);
}

static void unblock_signals(void)
{
    pthread_sigmask(SIG_SETMASK, &watch.before, NULL);
}

enum status platform_on_interrupt(void (*interrupted)(void *argument), void *argument)
{
    const bool replaces = watch.active;
    enum status status;
    int error;

    if (replaces)
        stop_watching();
    if (!interrupted) {
        if (replaces)
            unblock_signals();
        return STATUS_OK;
    }
    status = replaces ? STATUS_OK : block_signals();
    if (status != STATUS_OK)
        return status;
    watch.interrupted = interrupted;
    watch.argument = argument;
    atomic_store(&watch.ending, false);
    error = pthread_create(&watch.thread, NULL, watch_signals, NULL);
    if (error != 0) {
        unblock_signals();
        return error == EAGAIN ? STATUS_EXHAUSTED : error_status(error);
    }
    watch.active = true;
    return STATUS_OK;
}
