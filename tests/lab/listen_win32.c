#include "tests/lab/listen.h"

#include <winsock2.h>
#include <ws2tcpip.h>

#include <string.h>
#include <windows.h>

enum { RECEIVE_BUFFER = 4 << 20, BACKLOG = 512 };

union any_address {
    struct sockaddr plain;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_storage storage;
};

static enum status status_of_winsock(void)
{
    switch (WSAGetLastError()) {
    case WSAEWOULDBLOCK:
    case WSAEINTR:
    case WSAECONNRESET: /* an earlier datagram met a closed port */
    case WSAENETRESET:
        return STATUS_AGAIN;
    case WSAEADDRINUSE:
    case WSAEACCES: /* the port is held exclusively, or reserved by the system */
        return STATUS_EXISTS;
    case WSAEADDRNOTAVAIL:
        return STATUS_UNREACHABLE;
    case WSAECONNREFUSED:
        return STATUS_REFUSED;
    default:
        return STATUS_IO;
    }
}

static int to_system(const struct net_address *address, union any_address *out)
{
    memset(out, 0, sizeof *out);
    if (address->ip.family == IP_V4) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons(address->port);
        memcpy(&out->v4.sin_addr, address->ip.bytes, 4);
        return (int)sizeof out->v4;
    }
    out->v6.sin6_family = AF_INET6;
    out->v6.sin6_port = htons(address->port);
    out->v6.sin6_scope_id = address->scope;
    memcpy(&out->v6.sin6_addr, address->ip.bytes, 16);
    return (int)sizeof out->v6;
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

static bool make_nonblocking(SOCKET handle)
{
    u_long on = 1;

    return ioctlsocket(handle, (long)FIONBIO, &on) == 0;
}

static void set_option(SOCKET handle, int level, int name, int value)
{
    (void)setsockopt(handle, level, name, (const char *)&value, (int)sizeof value);
}

enum status lab_bind(struct net_address *address, enum lab_transport transport,
                     platform_socket *out)
{
    bool tcp = transport != LAB_UDP;
    union any_address name;
    int size = to_system(address, &name);
    enum status status;
    SOCKET handle = socket(name.plain.sa_family, tcp ? SOCK_STREAM : SOCK_DGRAM, 0);

    *out = PLATFORM_NO_SOCKET;
    if (handle == INVALID_SOCKET)
        return status_of_winsock();
    set_option(handle, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
    if (!tcp)
        set_option(handle, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
    if (!make_nonblocking(handle) || bind(handle, &name.plain, size) != 0 ||
        getsockname(handle, &name.plain, &size) != 0 ||
        (transport == LAB_TCP && listen(handle, BACKLOG) != 0)) {
        status = status_of_winsock();
        closesocket(handle);
        return status;
    }
    from_system(&name, address);
    *out = (platform_socket)handle;
    return STATUS_OK;
}

enum status lab_accept(platform_socket listening, platform_socket *out, struct net_address *peer)
{
    union any_address name;
    int size = (int)sizeof name;
    SOCKET handle = accept((SOCKET)listening, &name.plain, &size);

    *out = PLATFORM_NO_SOCKET;
    if (handle == INVALID_SOCKET)
        return status_of_winsock();
    if (!make_nonblocking(handle)) {
        closesocket(handle);
        return STATUS_IO;
    }
    set_option(handle, IPPROTO_TCP, TCP_NODELAY, 1);
    from_system(&name, peer);
    *out = (platform_socket)handle;
    return STATUS_OK;
}

enum status lab_receive_from(platform_socket udp, void *bytes, size_t room, size_t *received,
                             struct net_address *peer)
{
    union any_address name;
    int size = (int)sizeof name;
    int got = recvfrom((SOCKET)udp, bytes, (int)room, 0, &name.plain, &size);

    *received = 0;
    if (got < 0 && WSAGetLastError() == WSAEMSGSIZE)
        got = (int)room;
    if (got < 0)
        return status_of_winsock();
    *received = (size_t)got;
    from_system(&name, peer);
    return STATUS_OK;
}

enum status lab_send_to(platform_socket udp, const void *bytes, size_t size,
                        const struct net_address *peer)
{
    union any_address name;
    int name_size = to_system(peer, &name);

    if (sendto((SOCKET)udp, bytes, (int)size, 0, &name.plain, name_size) < 0)
        return status_of_winsock();
    return STATUS_OK;
}

static int milliseconds_until(int64_t until)
{
    int64_t left = until - platform_monotonic_clock();

    if (left <= 0)
        return 0;
    return left > 60000000 ? 60000 : (int)((left + 999) / 1000);
}

/* WSAPoll() refuses an empty list, and leaves the waiting to others. */
static int wait_once(WSAPOLLFD *list, size_t count, int milliseconds)
{
    if (count > 0)
        return WSAPoll(list, (ULONG)count, milliseconds);
    Sleep((DWORD)milliseconds);
    return 0;
}

void lab_wait(struct lab_waiter *waiters, size_t count, int64_t until)
{
    WSAPOLLFD list[LAB_WAITERS_MOST];
    int ready;

    if (count > LAB_WAITERS_MOST)
        count = LAB_WAITERS_MOST;
    for (size_t i = 0; i < count; i++) {
        list[i].fd = (SOCKET)waiters[i].socket;
        list[i].events =
            (SHORT)((waiters[i].to_read ? POLLRDNORM : 0) | (waiters[i].to_write ? POLLWRNORM : 0));
        list[i].revents = 0;
    }
    do
        ready = wait_once(list, count, milliseconds_until(until));
    while (ready == 0 && platform_monotonic_clock() < until);
    for (size_t i = 0; i < count; i++)
        waiters[i].ready = ready > 0 && list[i].revents != 0;
}
