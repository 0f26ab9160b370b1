/* A set of select() holds what the program was compiled for. */
#define FD_SETSIZE 1025

#include "diag/memory.h"
#include "diag/platform.h"
#include "win32/error.h"
#include "win32/system.h"

#include <stdlib.h>
#include <string.h>

struct platform_bell {
    SOCKET handle; /* of datagrams on loopback, connected to itself */
};

static bool connect_to_itself(SOCKET handle)
{
    struct sockaddr_in address;
    int size = (int)sizeof address;
    u_long on = 1;

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return bind(handle, (struct sockaddr *)&address, size) == 0 &&
           getsockname(handle, (struct sockaddr *)&address, &size) == 0 &&
           connect(handle, (struct sockaddr *)&address, size) == 0 &&
           ioctlsocket(handle, (long)FIONBIO, &on) == 0;
}

enum status platform_bell_new(struct platform_bell **out)
{
    SOCKET handle = WSASocketW(AF_INET, SOCK_DGRAM, 0, NULL, 0,
                               WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
    enum status status;

    if (handle == INVALID_SOCKET)
        return error_status((unsigned long)WSAGetLastError());
    if (!connect_to_itself(handle)) {
        status = error_status((unsigned long)WSAGetLastError());
        closesocket(handle);
        return status;
    }
    *out = memory_new(1, sizeof **out);
    (*out)->handle = handle;
    return STATUS_OK;
}

void platform_bell_free(struct platform_bell *bell)
{
    if (!bell)
        return;
    closesocket(bell->handle);
    free(bell);
}

/* A buffer that is full has been rung often enough. */
void platform_bell_ring(struct platform_bell *bell)
{
    (void)send(bell->handle, "", 1, 0);
}

static void silence(const struct platform_bell *bell)
{
    char ring;

    while (recv(bell->handle, &ring, 1, 0) > 0)
        continue;
}

/*
 * Not WSAPoll(), which before Windows 10 of 2020 and Server 2022 does not tell of a
 * connection that failed. A select() without a socket is an error.
 */
void platform_wait(struct platform_waiter *waiters, size_t count, struct platform_bell *bell,
                   int milliseconds)
{
    struct timeval most = {milliseconds / 1000, milliseconds % 1000 * 1000};
    fd_set reading, writing, failing;
    int ready;

    if (count == 0 && !bell) {
        Sleep((DWORD)milliseconds);
        return;
    }
    FD_ZERO(&reading);
    FD_ZERO(&writing);
    FD_ZERO(&failing);
    if (bell)
        FD_SET(bell->handle, &reading);
    if (count > PLATFORM_WAITERS_MOST)
        count = PLATFORM_WAITERS_MOST;
    for (size_t i = 0; i < count; i++) {
        SOCKET handle = (SOCKET)waiters[i].socket;

        if (waiters[i].to_read)
            FD_SET(handle, &reading);
        if (waiters[i].to_write)
            FD_SET(handle, &writing);
        FD_SET(handle, &failing);
    }
    ready = select(0, &reading, &writing, &failing, &most);
    for (size_t i = 0; i < count; i++) {
        SOCKET handle = (SOCKET)waiters[i].socket;

        waiters[i].ready = ready > 0 && (FD_ISSET(handle, &reading) || FD_ISSET(handle, &writing) ||
                                         FD_ISSET(handle, &failing));
    }
    if (bell && ready > 0 && FD_ISSET(bell->handle, &reading))
        silence(bell);
}
