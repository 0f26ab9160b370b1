#include "tests/lab/listen.h"

#include "win32/address.h"
#include "win32/error.h"

enum { RECEIVE_BUFFER = 4 << 20, BACKLOG = 512 };

static enum status last_error(void)
{
    return error_status((unsigned long)WSAGetLastError());
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

/* A port that is held exclusively, or reserved by the system, is said to be denied. */
enum status lab_bind(struct net_address *address, enum lab_transport transport,
                     platform_socket *out)
{
    bool tcp = transport != LAB_UDP;
    union system_address name;
    int size = address_to_system(address, &name);
    enum status status;
    SOCKET handle;

    *out = PLATFORM_NO_SOCKET;
    if (size == 0)
        return STATUS_INVALID;
    handle = socket(name.plain.sa_family, tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
    if (handle == INVALID_SOCKET)
        return last_error();
    set_option(handle, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
    if (!tcp)
        set_option(handle, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
    if (!make_nonblocking(handle) || bind(handle, &name.plain, size) != 0 ||
        getsockname(handle, &name.plain, &size) != 0 ||
        (transport == LAB_TCP && listen(handle, BACKLOG) != 0)) {
        status = last_error();
        closesocket(handle);
        return status == STATUS_DENIED ? STATUS_EXISTS : status;
    }
    address_from_system(&name.plain, address);
    *out = (platform_socket)handle;
    return STATUS_OK;
}

enum status lab_accept(platform_socket listening, platform_socket *out, struct net_address *peer)
{
    union system_address name;
    int size = (int)sizeof name;
    SOCKET handle = accept((SOCKET)listening, &name.plain, &size);

    *out = PLATFORM_NO_SOCKET;
    if (handle == INVALID_SOCKET)
        return last_error();
    if (!make_nonblocking(handle) || !address_from_system(&name.plain, peer)) {
        closesocket(handle);
        return STATUS_IO;
    }
    set_option(handle, IPPROTO_TCP, TCP_NODELAY, 1);
    *out = (platform_socket)handle;
    return STATUS_OK;
}

/* What was sent earlier and met a closed port is told here; nobody asks. */
static enum status receive_error(int error)
{
    if (error == WSAECONNRESET || error == WSAENETRESET)
        return STATUS_AGAIN;
    return error_status((unsigned long)error);
}

enum status lab_receive_from(platform_socket udp, void *bytes, size_t room, size_t *received,
                             struct net_address *peer)
{
    union system_address name;
    int size = (int)sizeof name;
    int got = recvfrom((SOCKET)udp, bytes, (int)room, 0, &name.plain, &size);

    if (got < 0 && WSAGetLastError() == WSAEMSGSIZE)
        got = (int)room;
    *received = got < 0 ? 0 : (size_t)got;
    if (got < 0)
        return receive_error(WSAGetLastError());
    return address_from_system(&name.plain, peer) ? STATUS_OK : STATUS_IO;
}

enum status lab_send_to(platform_socket udp, const void *bytes, size_t size,
                        const struct net_address *peer)
{
    union system_address name;
    int name_size = address_to_system(peer, &name);
    int sent = sendto((SOCKET)udp, bytes, (int)size, 0, &name.plain, name_size);

    return sent < 0 ? last_error() : STATUS_OK;
}

void lab_reset(platform_socket tcp)
{
    const struct linger none = {.l_onoff = 1};

    (void)setsockopt((SOCKET)tcp, SOL_SOCKET, SO_LINGER, (const char *)&none, (int)sizeof none);
    platform_socket_close(tcp);
}
