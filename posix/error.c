#include "posix/error.h"

#include <errno.h>
#include <stddef.h>

static const struct {
    int number;
    enum status status;
} table[] = {
    {EAGAIN, STATUS_AGAIN},
    {EWOULDBLOCK, STATUS_AGAIN},
    {EINPROGRESS, STATUS_AGAIN},
    {EINTR, STATUS_AGAIN},
    {ECONNREFUSED, STATUS_REFUSED},
    {ENETUNREACH, STATUS_UNREACHABLE},
    {EHOSTUNREACH, STATUS_UNREACHABLE},
    {ENETDOWN, STATUS_UNREACHABLE},
    {EADDRNOTAVAIL, STATUS_UNREACHABLE},
    {EAFNOSUPPORT, STATUS_UNREACHABLE}, /* a machine without IPv6 */
    {EHOSTDOWN, STATUS_UNREACHABLE},
    {ENOPROTOOPT, STATUS_UNREACHABLE}, /* ICMP: no such protocol there */
    {ETIMEDOUT, STATUS_TIMED_OUT},
    {ECONNRESET, STATUS_CLOSED},
    {ECONNABORTED, STATUS_CLOSED},
    {ENOTCONN, STATUS_CLOSED},
    {EPIPE, STATUS_CLOSED},
    {EACCES, STATUS_DENIED},
    {EPERM, STATUS_DENIED},
    {EROFS, STATUS_DENIED},
    {ETXTBSY, STATUS_DENIED},
    {ENOENT, STATUS_NOT_FOUND},
    {ENOTDIR, STATUS_NOT_FOUND},
    {EEXIST, STATUS_EXISTS},
    {EADDRINUSE, STATUS_EXISTS},
    {ELOOP, STATUS_EXISTS}, /* O_NOFOLLOW met a symbolic link */
    {EISDIR, STATUS_INVALID},
    {ENAMETOOLONG, STATUS_INVALID},
    {EINVAL, STATUS_INVALID},
    {EMSGSIZE, STATUS_TOO_LARGE},
    {ENOSPC, STATUS_DISK_FULL},
    {EDQUOT, STATUS_DISK_FULL},
    {EFBIG, STATUS_DISK_FULL},
    {EMFILE, STATUS_EXHAUSTED},
    {ENFILE, STATUS_EXHAUSTED},
    {ENOBUFS, STATUS_EXHAUSTED},
    {ENOMEM, STATUS_EXHAUSTED},
};

enum status error_status(int number)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (table[i].number == number)
            return table[i].status;
    }
    return STATUS_IO;
}
