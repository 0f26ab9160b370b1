#include "diag/platform.h"
#include "win32/address.h"
#include "win32/error.h"
#include "win32/wide.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* Ports without an order that could be guessed; the mingw headers do not have the name. */
#ifndef SO_RANDOMIZE_PORT
#define SO_RANDOMIZE_PORT 0x3005
#endif

static enum status last_error(void)
{
    return error_status((unsigned long)WSAGetLastError());
}

static void set_option(SOCKET handle, int name, int value)
{
    (void)setsockopt(handle, SOL_SOCKET, name, (const char *)&value, (int)sizeof value);
}

static int option_of(SOCKET handle, int name)
{
    int value = 0;
    int size = (int)sizeof value;

    return getsockopt(handle, SOL_SOCKET, name, (char *)&value, &size) == 0 ? value : 0;
}

static bool is_stream(SOCKET handle)
{
    return option_of(handle, SO_TYPE) == SOCK_STREAM;
}

/* A connected socket; for TCP the connection may still be on its way. */
static enum status open_socket(const struct net_address *peer, int type, platform_socket *out)
{
    union system_address address;
    int size = address_to_system(peer, &address);
    u_long on = 1;
    enum status status;
    SOCKET handle;

    *out = PLATFORM_NO_SOCKET;
    if (size == 0)
        return STATUS_INVALID;
    handle = WSASocketW(address.plain.sa_family, type, 0, NULL, 0,
                        WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
    if (handle == INVALID_SOCKET)
        return last_error();
    set_option(handle, SO_RANDOMIZE_PORT, 1);
    if (ioctlsocket(handle, (long)FIONBIO, &on) != 0 ||
        connect(handle, &address.plain, size) != 0) {
        status = last_error();
        if (status != STATUS_AGAIN) {
            closesocket(handle);
            return status;
        }
    }
    *out = (platform_socket)handle;
    return STATUS_OK;
}

enum status platform_udp_open(const struct net_address *peer, size_t receive_buffer,
                              platform_socket *socket, size_t *granted)
{
    enum status status = open_socket(peer, SOCK_DGRAM, socket);
    int bytes = 0;

    if (status == STATUS_OK) {
        set_option((SOCKET)*socket, SO_RCVBUF,
                   receive_buffer > INT_MAX ? INT_MAX : (int)receive_buffer);
        bytes = option_of((SOCKET)*socket, SO_RCVBUF);
    }
    *granted = bytes > 0 ? (size_t)bytes : 0;
    return status;
}

enum status platform_tcp_open(const struct net_address *peer, platform_socket *socket)
{
    return open_socket(peer, SOCK_STREAM, socket);
}

/* A connection that was made shows as writable, one that failed as exceptional. */
enum status platform_tcp_result(platform_socket socket)
{
    struct timeval at_once = {0, 0};
    fd_set made;
    fd_set failed;

    FD_ZERO(&made);
    FD_SET((SOCKET)socket, &made);
    failed = made;
    if (select(0, NULL, &made, &failed, &at_once) <= 0)
        return STATUS_AGAIN;
    if (FD_ISSET((SOCKET)socket, &made))
        return STATUS_OK;
    return error_status((unsigned long)option_of((SOCKET)socket, SO_ERROR));
}

/* A "reset" datagram socket has heard that an earlier datagram met a closed port. */
static enum status transfer_error(SOCKET handle)
{
    int error = WSAGetLastError();

    if (error == WSAECONNRESET && !is_stream(handle))
        return STATUS_REFUSED;
    return error_status((unsigned long)error);
}

enum status platform_send(platform_socket socket, const void *bytes, size_t size, size_t *sent)
{
    int done = send((SOCKET)socket, bytes, size > INT_MAX ? INT_MAX : (int)size, 0);

    *sent = done < 0 ? 0 : (size_t)done;
    return done < 0 ? transfer_error((SOCKET)socket) : STATUS_OK;
}

enum status platform_receive(platform_socket socket, void *bytes, size_t room, size_t *received)
{
    int most = room > INT_MAX ? INT_MAX : (int)room;
    int done = recv((SOCKET)socket, bytes, most, 0);

    if (done < 0 && WSAGetLastError() == WSAEMSGSIZE)
        done = most; /* the rest of a longer datagram is dropped, as elsewhere */
    *received = done < 0 ? 0 : (size_t)done;
    if (done < 0)
        return transfer_error((SOCKET)socket);
    return done == 0 && is_stream((SOCKET)socket) ? STATUS_CLOSED : STATUS_OK;
}

enum status platform_tcp_receive(platform_socket socket, void *bytes, size_t room, size_t *received,
                                 bool *was_reset)
{
    int done = recv((SOCKET)socket, bytes, room > INT_MAX ? INT_MAX : (int)room, 0);
    int error = done < 0 ? WSAGetLastError() : 0;

    *received = done < 0 ? 0 : (size_t)done;
    *was_reset = error == WSAECONNRESET;
    if (error != 0)
        return error_status((unsigned long)error);
    return done == 0 ? STATUS_CLOSED : STATUS_OK;
}

/* SIO_TCP_INFO counts bytes in flight, but not those that still wait to be sent. */
enum status platform_tcp_acknowledged(platform_socket socket)
{
    (void)socket;
    return STATUS_NOT_SUPPORTED;
}

void platform_host_name(char name[PLATFORM_HOST_NAME_SIZE])
{
    wchar_t wide[PLATFORM_HOST_NAME_SIZE];
    DWORD size = PLATFORM_HOST_NAME_SIZE;
    char *text = NULL;

    if (GetComputerNameExW(ComputerNameDnsFullyQualified, wide, &size))
        text = wide_to_utf8(wide);
    snprintf(name, PLATFORM_HOST_NAME_SIZE, "%s", text ? text : "");
    free(text);
}

enum status platform_socket_address(platform_socket socket, struct net_address *out)
{
    union system_address address;
    int size = (int)sizeof address;

    if (getsockname((SOCKET)socket, &address.plain, &size) != 0)
        return last_error();
    return address_from_system(&address.plain, out) ? STATUS_OK : STATUS_INVALID;
}

void platform_socket_close(platform_socket socket)
{
    if (socket != PLATFORM_NO_SOCKET)
        closesocket((SOCKET)socket);
}
