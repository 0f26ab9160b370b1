/* Threads of platform_thread_start(). */
#ifndef EXDIAG_POSIX_THREAD_H
#define EXDIAG_POSIX_THREAD_H

#include <stdbool.h>

/* Waits for those that are ending; false at once if one is at work still, perhaps in a library. */
bool thread_all_ended(void);

#endif
