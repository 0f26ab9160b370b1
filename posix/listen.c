#include "tests/lab/listen.h"

#include "posix/address.h"
#include "posix/error.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <unistd.h>

enum { RECEIVE_BUFFER = 4 << 20, BACKLOG = 512 };

static bool make_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
           fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

static void set_option(int fd, int level, int name, int value)
{
    (void)setsockopt(fd, level, name, &value, sizeof value);
}

enum status lab_bind(struct net_address *address, enum lab_transport transport,
                     platform_socket *out)
{
    bool tcp = transport != LAB_UDP;
    union system_address name;
    socklen_t size = address_to_system(address, &name);
    enum status status;
    int fd;

    *out = PLATFORM_NO_SOCKET;
    if (size == 0)
        return STATUS_INVALID;
    fd = socket(name.plain.sa_family, tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
    if (fd < 0)
        return error_status(errno);
    if (tcp)
        set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    else
        set_option(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
    if (!make_nonblocking(fd) || bind(fd, &name.plain, size) != 0 ||
        getsockname(fd, &name.plain, &size) != 0 ||
        (transport == LAB_TCP && listen(fd, BACKLOG) != 0)) {
        status = error_status(errno);
        close(fd);
        return status;
    }
    address_from_system(&name.plain, address);
    *out = fd;
    return STATUS_OK;
}

enum status lab_accept(platform_socket listening, platform_socket *out, struct net_address *peer)
{
    union system_address name;
    socklen_t size = sizeof name;
    int fd = accept((int)listening, &name.plain, &size);

    *out = PLATFORM_NO_SOCKET;
    if (fd < 0)
        return error_status(errno);
    if (!make_nonblocking(fd) || !address_from_system(&name.plain, peer)) {
        close(fd);
        return STATUS_IO;
    }
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    *out = fd;
    return STATUS_OK;
}

enum status lab_receive_from(platform_socket udp, void *bytes, size_t room, size_t *received,
                             struct net_address *peer)
{
    union system_address name;
    socklen_t size = sizeof name;
    ssize_t got = recvfrom((int)udp, bytes, room, 0, &name.plain, &size);

    *received = got < 0 ? 0 : (size_t)got;
    if (got < 0)
        return error_status(errno);
    return address_from_system(&name.plain, peer) ? STATUS_OK : STATUS_IO;
}

enum status lab_send_to(platform_socket udp, const void *bytes, size_t size,
                        const struct net_address *peer)
{
    union system_address name;
    socklen_t name_size = address_to_system(peer, &name);
    ssize_t sent = sendto((int)udp, bytes, size, 0, &name.plain, name_size);

    return sent < 0 ? error_status(errno) : STATUS_OK;
}

void lab_reset(platform_socket tcp)
{
    const struct linger none = {.l_onoff = 1};

    (void)setsockopt((int)tcp, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    platform_socket_close(tcp);
}
