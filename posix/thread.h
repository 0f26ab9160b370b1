/* Threads of platform_thread_start(). */
#ifndef EXDIAG_POSIX_THREAD_H
#define EXDIAG_POSIX_THREAD_H

#include <stdbool.h>

/* One is at work still, perhaps within a library. */
bool thread_is_running(void);

#endif
