#include "diag/platform.h"
#include "posix/address.h"
#include "posix/error.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Linux says the double of what it was asked for: its own bookkeeping is part of it. */
static size_t receive_buffer_of(int fd)
{
    int bytes = 0;
    socklen_t size = sizeof bytes;

    if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &size) != 0 || bytes < 0)
        return 0;
    return (size_t)bytes;
}

/* The administrator's limit holds for the first option; the second needs CAP_NET_ADMIN. */
static size_t enlarge_receive_buffer(int fd, size_t wanted)
{
    int bytes = wanted > INT_MAX ? INT_MAX : (int)wanted;

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
#ifdef SO_RCVBUFFORCE
    if (receive_buffer_of(fd) < wanted)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
#endif
    return receive_buffer_of(fd);
}

/* A connected socket; for TCP the connection may still be on its way. */
static enum status open_socket(const struct net_address *peer, int type, platform_socket *out)
{
    union system_address address;
    socklen_t size = address_to_system(peer, &address);
    enum status status;
    int fd;

    *out = PLATFORM_NO_SOCKET;
    if (size == 0)
        return STATUS_INVALID;
    fd = socket(address.plain.sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return error_status(errno);
    if (connect(fd, &address.plain, size) != 0) {
        status = error_status(errno);
        if (status != STATUS_AGAIN) {
            close(fd);
            return status;
        }
    }
    *out = fd;
    return STATUS_OK;
}

enum status platform_udp_open(const struct net_address *peer, size_t receive_buffer,
                              platform_socket *socket, size_t *granted)
{
    enum status status = open_socket(peer, SOCK_DGRAM, socket);

    *granted = status == STATUS_OK ? enlarge_receive_buffer((int)*socket, receive_buffer) : 0;
    return status;
}

enum status platform_tcp_open(const struct net_address *peer, platform_socket *socket)
{
    return open_socket(peer, SOCK_STREAM, socket);
}

enum status platform_tcp_result(platform_socket socket)
{
    struct pollfd waiting = {.fd = (int)socket, .events = POLLOUT};
    int error = 0;
    socklen_t size = sizeof error;

    if (poll(&waiting, 1, 0) <= 0)
        return STATUS_AGAIN;
    if (getsockopt((int)socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        return error_status(errno);
    return error == 0 ? STATUS_OK : error_status(error);
}

enum status platform_send(platform_socket socket, const void *bytes, size_t size, size_t *sent)
{
    ssize_t done = send((int)socket, bytes, size, MSG_NOSIGNAL);

    *sent = done < 0 ? 0 : (size_t)done;
    return done < 0 ? error_status(errno) : STATUS_OK;
}

static bool is_stream(int fd)
{
    int type = 0;
    socklen_t size = sizeof type;

    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

enum status platform_receive(platform_socket socket, void *bytes, size_t room, size_t *received)
{
    ssize_t done = recv((int)socket, bytes, room, 0);

    *received = done < 0 ? 0 : (size_t)done;
    if (done < 0)
        return error_status(errno);
    return done == 0 && is_stream((int)socket) ? STATUS_CLOSED : STATUS_OK;
}

enum status platform_tcp_receive(platform_socket socket, void *bytes, size_t room, size_t *received,
                                 bool *was_reset)
{
    ssize_t done = recv((int)socket, bytes, room, 0);
    int error = done < 0 ? errno : 0;

    *received = done < 0 ? 0 : (size_t)done;
    *was_reset = error == ECONNRESET;
    if (error != 0)
        return error_status(error);
    return done == 0 ? STATUS_CLOSED : STATUS_OK;
}

enum status platform_tcp_acknowledged(platform_socket socket)
{
#ifdef __linux__
    int unacknowledged;

    if (ioctl((int)socket, TIOCOUTQ, &unacknowledged) != 0)
        return error_status(errno);
    return unacknowledged == 0 ? STATUS_OK : STATUS_AGAIN;
#else
    (void)socket; /* elsewhere the request speaks of terminals alone */
    return STATUS_NOT_SUPPORTED;
#endif
}

void platform_host_name(char name[PLATFORM_HOST_NAME_SIZE])
{
    if (gethostname(name, PLATFORM_HOST_NAME_SIZE) != 0)
        name[0] = '\0';
    name[PLATFORM_HOST_NAME_SIZE - 1] = '\0';
}

enum status platform_socket_address(platform_socket socket, struct net_address *out)
{
    union system_address address;
    socklen_t size = sizeof address;

    if (getsockname((int)socket, &address.plain, &size) != 0)
        return error_status(errno);
    return address_from_system(&address.plain, out) ? STATUS_OK : STATUS_INVALID;
}

void platform_socket_close(platform_socket socket)
{
    if (socket != PLATFORM_NO_SOCKET)
        close((int)socket);
}
