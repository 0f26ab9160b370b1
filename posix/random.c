#include "diag/platform.h"
#include "posix/error.h"

#include <errno.h>
#include <sys/random.h>

enum status platform_random(void *bytes, size_t size)
{
    unsigned char *at = bytes;

    while (size > 0) {
        ssize_t got = getrandom(at, size, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_status(errno);
        at += got;
        size -= (size_t)got;
    }
    return STATUS_OK;
}
