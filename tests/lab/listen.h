/*
 * The listening side of sockets, for the lab's peers: what diag/platform.h, made for
 * a program that only asks, has no need of. posix/ and win32/ hold the part that is
 * the operating system's.
 *
 * Nothing here blocks but lab_wait(). Connections that were accepted are served with
 * platform_send(), platform_receive() and platform_socket_close().
 */
#ifndef EXDIAG_TESTS_LAB_LISTEN_H
#define EXDIAG_TESTS_LAB_LISTEN_H

#include "diag/platform.h"

enum lab_transport {
    LAB_UDP = 1,
    LAB_TCP = 2,
    LAB_TCP_CLOSED = 4 /* the port is held, and every connection to it is refused */
};

/* Where a peer listens: one address and port, the same port for all transports. */
struct lab_endpoint {
    struct net_address address;
    unsigned transports; /* of enum lab_transport */
    platform_socket udp; /* PLATFORM_NO_SOCKET without LAB_UDP */
    platform_socket tcp;
};

/* Zeroes an endpoint at an address such as "127.0.0.2" or "::1". STATUS_INVALID if it is none. */
enum status lab_endpoint_init(struct lab_endpoint *endpoint, const char *ip, unsigned transports);

/*
 * Binds all endpoints to one port number: `port`, or with 0 one that the system
 * chooses and that is free for all of them. STATUS_EXISTS if there is none. On
 * failure nothing is left open.
 */
enum status lab_listen(struct lab_endpoint *endpoints, size_t count, uint16_t port);

void lab_endpoint_close(struct lab_endpoint *endpoint);

/*
 * Waits until a socket is ready or platform_monotonic_clock() reaches `until`. With
 * no waiters it only waits. At most PLATFORM_WAITERS_MOST are looked at.
 */
void lab_wait(struct platform_waiter *waiters, size_t count, int64_t until);

/* ---- the operating system's part: posix/listen.c and win32/listen.c ---- */

/*
 * One socket of one transport. A port of 0 is replaced by the system's choice.
 * STATUS_EXISTS when the port is taken, STATUS_UNREACHABLE when the machine has no
 * such address.
 */
enum status lab_bind(struct net_address *address, enum lab_transport transport,
                     platform_socket *out);

/* STATUS_AGAIN when no connection waits. */
enum status lab_accept(platform_socket listening, platform_socket *out, struct net_address *peer);

/* One datagram. STATUS_AGAIN when none waits; what is longer than `room` is cut. */
enum status lab_receive_from(platform_socket udp, void *bytes, size_t room, size_t *received,
                             struct net_address *peer);

enum status lab_send_to(platform_socket udp, const void *bytes, size_t size,
                        const struct net_address *peer);

/* Ends a TCP connection by RST; the socket is gone, as after platform_socket_close(). */
void lab_reset(platform_socket tcp);

#endif
