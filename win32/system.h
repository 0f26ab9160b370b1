/* The system's headers, in the one order and for the one version used here: Server 2012 and up. */
#ifndef EXDIAG_WIN32_SYSTEM_H
#define EXDIAG_WIN32_SYSTEM_H

#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0602
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif

/* Sockets come before windows.h, which would bring their first version. */
#include <winsock2.h>
#include <ws2tcpip.h>

#include <windows.h>

#endif
