#include "diag/memory.h"
#include "diag/platform.h"
#include "win32/address.h"
#include "win32/error.h"

#include <iphlpapi.h>
#include <stdlib.h>
#include <string.h>

enum { TABLE_FIRST = 16384, ATTEMPTS = 4 };

/* The table may grow between the question for its size and the one for its content. */
static enum status read_adapters(IP_ADAPTER_ADDRESSES **adapters)
{
    const ULONG flags = GAA_FLAG_SKIP_UNICAST | GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST |
                        GAA_FLAG_SKIP_FRIENDLY_NAME;
    ULONG size = TABLE_FIRST;
    ULONG error = ERROR_BUFFER_OVERFLOW;

    *adapters = NULL;
    for (int i = 0; i < ATTEMPTS && error == ERROR_BUFFER_OVERFLOW; i++) {
        free(*adapters);
        *adapters = memory_new(1, size);
        error = GetAdaptersAddresses(AF_UNSPEC, flags, NULL, *adapters, &size);
    }
    if (error == ERROR_NO_DATA || error == ERROR_ADDRESS_NOT_ASSOCIATED)
        return STATUS_NO_SERVER;
    return error == NO_ERROR ? STATUS_OK : error_status(error);
}

/* fec0:0:0:ffff::1 to ::3 stand on adapters that were never told of a server; nobody answers. */
static bool is_placeholder(const struct ip_address *ip)
{
    static const uint8_t prefix[15] = {0xfe, 0xc0, 0, 0, 0, 0, 0xff, 0xff};

    return ip->family == IP_V6 && memcmp(ip->bytes, prefix, sizeof prefix) == 0 &&
           ip->bytes[15] >= 1 && ip->bytes[15] <= 3;
}

static bool from_system(const SOCKET_ADDRESS *address, struct net_address *out)
{
    if (!address_from_system(address->lpSockaddr, out))
        return false;
    out->port = DNS_PORT;
    return !is_placeholder(&out->ip);
}

static bool is_listed(const struct net_address *servers, size_t count,
                      const struct net_address *server)
{
    for (size_t i = 0; i < count; i++) {
        if (net_address_equal(&servers[i], server))
            return true;
    }
    return false;
}

enum status platform_resolvers(struct net_address *servers, size_t room, size_t *count)
{
    IP_ADAPTER_ADDRESSES *adapters;
    enum status status = read_adapters(&adapters);

    *count = 0;
    if (status != STATUS_OK)
        goto out;
    for (const IP_ADAPTER_ADDRESSES *adapter = adapters; adapter; adapter = adapter->Next) {
        if (adapter->OperStatus != IfOperStatusUp)
            continue;
        for (const IP_ADAPTER_DNS_SERVER_ADDRESS *each = adapter->FirstDnsServerAddress;
             each && *count < room; each = each->Next) {
            if (from_system(&each->Address, &servers[*count]) &&
                !is_listed(servers, *count, &servers[*count]))
                ++*count;
        }
    }
    status = *count > 0 ? STATUS_OK : STATUS_NO_SERVER;
out:
    free(adapters);
    return status;
}
