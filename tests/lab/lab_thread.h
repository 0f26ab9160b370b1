/*
 * The thread that a peer of the lab serves on until it is told to stop. Its mutex guards, beside
 * what is said here, whatever the peer counts for others to read.
 */
#ifndef EXDIAG_TESTS_LAB_LAB_THREAD_H
#define EXDIAG_TESTS_LAB_LAB_THREAD_H

#include "diag/platform.h"

enum { LAB_ROUND_MOST = 20000 }; /* microseconds in which a thread asks whether to stop */

struct lab_thread {
    struct platform_mutex *mutex;
    bool stop;     /* under the mutex */
    bool finished; /* the same */
};

void lab_thread_init(struct lab_thread *thread);
void lab_thread_release(struct lab_thread *thread);

/* For the thread itself: whether it is told to stop, and that it has. */
bool lab_thread_is_stopping(struct lab_thread *thread);
void lab_thread_finish(struct lab_thread *thread);

/*
 * For another thread: tells it to stop and waits until it has. STATUS_TIMED_OUT where that takes
 * more than five seconds: then nothing that it uses may be freed.
 */
enum status lab_thread_stop(struct lab_thread *thread);

#endif
