#include "diag/platform.h"
#include "posix/error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { OPEN_WANTED = 10000 }; /* a socket for each worker that there can be, and room beside */

/*
 * A program started with a standard stream closed would give its number to the
 * next file it opens, and then print into that file. What takes the place cannot
 * be used in the stream's direction, so that its use still fails.
 */
static enum status occupy_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            continue;
        if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return error_status(errno);
    }
    return STATUS_OK;
}

/* The soft limit is 1024 nearly everywhere, for programs that call select(). */
static void raise_open_most(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= OPEN_WANTED)
        return;
    limit.rlim_cur = limit.rlim_max < OPEN_WANTED ? limit.rlim_max : OPEN_WANTED;
    setrlimit(RLIMIT_NOFILE, &limit);
}

unsigned platform_open_most(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > UINT_MAX)
        return UINT_MAX;
    return (unsigned)limit.rlim_cur;
}

enum status platform_init(void)
{
    struct sigaction ignore;

    memset(&ignore, 0, sizeof ignore);
    ignore.sa_handler = SIG_IGN;
    sigemptyset(&ignore.sa_mask);
    if (sigaction(SIGPIPE, &ignore, NULL) != 0 || sigaction(SIGXFSZ, &ignore, NULL) != 0)
        return error_status(errno);
    raise_open_most();
    if (setenv("LDAPNOINIT", "1", 1) != 0) /* libldap's files and variables are not read */
        return error_status(errno);
    return occupy_standard_streams();
}

const char *platform_environment(const char *name)
{
    return getenv(name);
}

void platform_environment_forget(const char *name)
{
    unsetenv(name);
}
