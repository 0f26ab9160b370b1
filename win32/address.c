#include "win32/address.h"

#include <string.h>

int address_to_system(const struct net_address *address, union system_address *out)
{
    memset(out, 0, sizeof *out);
    if (address->ip.family == IP_V4) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons(address->port);
        memcpy(&out->v4.sin_addr, address->ip.bytes, sizeof out->v4.sin_addr);
        return (int)sizeof out->v4;
    }
    if (address->ip.family == IP_V6) {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port = htons(address->port);
        out->v6.sin6_scope_id = address->scope;
        memcpy(&out->v6.sin6_addr, address->ip.bytes, sizeof out->v6.sin6_addr);
        return (int)sizeof out->v6;
    }
    return 0;
}

bool address_from_system(const struct sockaddr *address, struct net_address *out)
{
    memset(out, 0, sizeof *out);
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)address;

        out->ip.family = IP_V4;
        out->port = ntohs(v4->sin_port);
        memcpy(out->ip.bytes, &v4->sin_addr, sizeof v4->sin_addr);
        return true;
    }
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const void *)address;

        out->ip.family = IP_V6;
        out->port = ntohs(v6->sin6_port);
        out->scope = v6->sin6_scope_id;
        memcpy(out->ip.bytes, &v6->sin6_addr, sizeof v6->sin6_addr);
        return true;
    }
    return false;
}
