#include "tests/lab/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RECEIVE_BUFFER = 4 << 20, BACKLOG = 512 };

union any_address {
    struct sockaddr plain;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_storage storage;
};

static enum status status_of_errno(void)
{
    switch (errno) {
    case EAGAIN:
#if EWOULDBLOCK != EAGAIN
    case EWOULDBLOCK:
#endif
    case EINTR:
    case ECONNABORTED:
        return STATUS_AGAIN;
    case EADDRINUSE:
        return STATUS_EXISTS;
    case EADDRNOTAVAIL:
        return STATUS_UNREACHABLE;
    case EACCES:
        return STATUS_DENIED;
    case ECONNREFUSED:
        return STATUS_REFUSED;
    default:
        return STATUS_IO;
    }
}

static socklen_t to_system(const struct net_address *address, union any_address *out)
{
    memset(out, 0, sizeof *out);
    if (address->ip.family == IP_V4) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons(address->port);
        memcpy(&out->v4.sin_addr, address->ip.bytes, 4);
        return sizeof out->v4;
    }
    out->v6.sin6_family = AF_INET6;
    out->v6.sin6_port = htons(address->port);
    out->v6.sin6_scope_id = address->scope;
    memcpy(&out->v6.sin6_addr, address->ip.bytes, 16);
    return sizeof out->v6;
}

static void from_system(const union any_address *address, struct net_address *out)
{
    memset(out, 0, sizeof *out);
    if (address->plain.sa_family == AF_INET) {
        out->ip.family = IP_V4;
        out->port = ntohs(address->v4.sin_port);
        memcpy(out->ip.bytes, &address->v4.sin_addr, 4);
        return;
    }
    out->ip.family = IP_V6;
    out->port = ntohs(address->v6.sin6_port);
    out->scope = address->v6.sin6_scope_id;
    memcpy(out->ip.bytes, &address->v6.sin6_addr, 16);
}

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
    union any_address name;
    socklen_t size = to_system(address, &name);
    enum status status;
    int fd = socket(name.plain.sa_family, tcp ? SOCK_STREAM : SOCK_DGRAM, 0);

    *out = PLATFORM_NO_SOCKET;
    if (fd < 0)
        return status_of_errno();
    if (tcp)
        set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    else
        set_option(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
    if (!make_nonblocking(fd) || bind(fd, &name.plain, size) != 0 ||
        getsockname(fd, &name.plain, &size) != 0 ||
        (transport == LAB_TCP && listen(fd, BACKLOG) != 0)) {
        status = status_of_errno();
        close(fd);
        return status;
    }
    from_system(&name, address);
    *out = fd;
    return STATUS_OK;
}

enum status lab_accept(platform_socket listening, platform_socket *out, struct net_address *peer)
{
    union any_address name;
    socklen_t size = sizeof name;
    int fd = accept((int)listening, &name.plain, &size);

    *out = PLATFORM_NO_SOCKET;
    if (fd < 0)
        return status_of_errno();
    if (!make_nonblocking(fd)) {
        close(fd);
        return STATUS_IO;
    }
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    from_system(&name, peer);
    *out = fd;
    return STATUS_OK;
}

enum status lab_receive_from(platform_socket udp, void *bytes, size_t room, size_t *received,
                             struct net_address *peer)
{
    union any_address name;
    socklen_t size = sizeof name;
    ssize_t got = recvfrom((int)udp, bytes, room, 0, &name.plain, &size);

    *received = 0;
    if (got < 0)
        return status_of_errno();
    *received = (size_t)got;
    from_system(&name, peer);
    return STATUS_OK;
}

enum status lab_send_to(platform_socket udp, const void *bytes, size_t size,
                        const struct net_address *peer)
{
    union any_address name;
    socklen_t name_size = to_system(peer, &name);

    if (sendto((int)udp, bytes, size, 0, &name.plain, name_size) < 0)
        return status_of_errno();
    return STATUS_OK;
}

static int milliseconds_until(int64_t until)
{
    int64_t left = until - platform_monotonic_clock();

    if (left <= 0)
        return 0;
    return left > 60000000 ? 60000 : (int)((left + 999) / 1000);
}

void lab_wait(struct lab_waiter *waiters, size_t count, int64_t until)
{
    struct pollfd list[LAB_WAITERS_MOST];
    int ready;

    if (count > LAB_WAITERS_MOST)
        count = LAB_WAITERS_MOST;
    for (size_t i = 0; i < count; i++) {
        list[i].fd = (int)waiters[i].socket;
        list[i].events =
            (short)((waiters[i].to_read ? POLLIN : 0) | (waiters[i].to_write ? POLLOUT : 0));
        list[i].revents = 0;
    }
    do
        ready = poll(list, (nfds_t)count, milliseconds_until(until));
    while (ready == 0 && platform_monotonic_clock() < until);
    for (size_t i = 0; i < count; i++)
        waiters[i].ready = ready > 0 && list[i].revents != 0;
}
