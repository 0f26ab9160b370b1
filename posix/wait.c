#include "diag/memory.h"
#include "diag/platform.h"
#include "posix/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

struct platform_bell {
    int ends[2]; /* of a pipe: what is rung is written to the second */
};

enum status platform_bell_new(struct platform_bell **out)
{
    struct platform_bell *bell = memory_new(1, sizeof *bell);

    if (pipe2(bell->ends, O_NONBLOCK | O_CLOEXEC) != 0) {
        enum status status = error_status(errno);

        free(bell);
        return status;
    }
    *out = bell;
    return STATUS_OK;
}

void platform_bell_free(struct platform_bell *bell)
{
    if (!bell)
        return;
    close(bell->ends[0]);
    close(bell->ends[1]);
    free(bell);
}

/* A pipe that is full has been rung often enough. */
void platform_bell_ring(struct platform_bell *bell)
{
    int before = errno;
    ssize_t written = write(bell->ends[1], "", 1);

    (void)written;
    errno = before;
}

static void silence(const struct platform_bell *bell)
{
    char rings[256];

    while (read(bell->ends[0], rings, sizeof rings) == (ssize_t)sizeof rings)
        continue;
}

void platform_wait(struct platform_waiter *waiters, size_t count, struct platform_bell *bell,
                   int milliseconds)
{
    struct pollfd list[PLATFORM_WAITERS_MOST + 1];
    int ready;

    if (count > PLATFORM_WAITERS_MOST)
        count = PLATFORM_WAITERS_MOST;
    for (size_t i = 0; i < count; i++) {
        list[i].fd = (int)waiters[i].socket;
        list[i].events =
            (short)((waiters[i].to_read ? POLLIN : 0) | (waiters[i].to_write ? POLLOUT : 0));
        list[i].revents = 0;
    }
    list[count] = (struct pollfd){.fd = bell ? bell->ends[0] : -1, .events = POLLIN};
    ready = poll(list, (nfds_t)count + 1, milliseconds);
    for (size_t i = 0; i < count; i++)
        waiters[i].ready = ready > 0 && list[i].revents != 0;
    if (bell && ready > 0 && list[count].revents != 0)
        silence(bell);
}
