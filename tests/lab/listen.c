#include "tests/lab/listen.h"

#include <string.h>

enum { ATTEMPTS_MOST = 100, MILLISECONDS_MOST = 60000 };

enum status lab_endpoint_init(struct lab_endpoint *endpoint, const char *ip, unsigned transports)
{
    memset(endpoint, 0, sizeof *endpoint);
    endpoint->transports = transports;
    endpoint->udp = PLATFORM_NO_SOCKET;
    endpoint->tcp = PLATFORM_NO_SOCKET;
    return ip_parse(ip, strlen(ip), &endpoint->address.ip);
}

void lab_endpoint_close(struct lab_endpoint *endpoint)
{
    if (endpoint->udp != PLATFORM_NO_SOCKET)
        platform_socket_close(endpoint->udp);
    if (endpoint->tcp != PLATFORM_NO_SOCKET)
        platform_socket_close(endpoint->tcp);
    endpoint->udp = PLATFORM_NO_SOCKET;
    endpoint->tcp = PLATFORM_NO_SOCKET;
}

static enum status open_endpoint(struct lab_endpoint *endpoint, uint16_t port)
{
    static const enum lab_transport tcp_kinds[] = {LAB_TCP, LAB_TCP_CLOSED};
    enum status status = STATUS_OK;

    endpoint->address.port = port;
    if (endpoint->transports & LAB_UDP)
        status = lab_bind(&endpoint->address, LAB_UDP, &endpoint->udp);
    for (size_t i = 0; i < 2 && status == STATUS_OK; i++) {
        if (endpoint->transports & tcp_kinds[i] && endpoint->tcp == PLATFORM_NO_SOCKET)
            status = lab_bind(&endpoint->address, tcp_kinds[i], &endpoint->tcp);
    }
    return status;
}

static enum status open_all(struct lab_endpoint *endpoints, size_t count, uint16_t port)
{
    enum status status = STATUS_OK;
    size_t opened = 0;

    while (opened < count && status == STATUS_OK) {
        status = open_endpoint(&endpoints[opened++], port);
        port = endpoints[0].address.port;
    }
    while (status != STATUS_OK && opened > 0)
        lab_endpoint_close(&endpoints[--opened]);
    return status;
}

enum status lab_listen(struct lab_endpoint *endpoints, size_t count, uint16_t port)
{
    enum status status = STATUS_EXISTS;
    int attempts = port ? 1 : ATTEMPTS_MOST;

    while (status == STATUS_EXISTS && attempts-- > 0)
        status = open_all(endpoints, count, port);
    return status;
}

static int milliseconds_until(int64_t until)
{
    int64_t left = (until - platform_monotonic_clock() + 999) / 1000;

    if (left <= 0)
        return 0;
    return left < MILLISECONDS_MOST ? (int)left : MILLISECONDS_MOST;
}

static bool is_one_ready(const struct platform_waiter *waiters, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (waiters[i].ready)
            return true;
    }
    return false;
}

void lab_wait(struct platform_waiter *waiters, size_t count, int64_t until)
{
    do
        platform_wait(waiters, count, NULL, milliseconds_until(until));
    while (!is_one_ready(waiters, count) && platform_monotonic_clock() < until);
}
