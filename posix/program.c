#include "diag/platform.h"
#include "posix/error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

enum status platform_init(void)
{
    struct sigaction ignore;

    memset(&ignore, 0, sizeof ignore);
    ignore.sa_handler = SIG_IGN;
    sigemptyset(&ignore.sa_mask);
    if (sigaction(SIGPIPE, &ignore, NULL) != 0)
        return error_status(errno);
    return occupy_standard_streams();
}

const char *platform_environment(const char *name)
{
    return getenv(name);
}
