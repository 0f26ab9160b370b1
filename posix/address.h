/* Addresses as the system's socket calls take them. */
#ifndef EXDIAG_POSIX_ADDRESS_H
#define EXDIAG_POSIX_ADDRESS_H

#include "diag/read/net_address.h"

#include <netinet/in.h>
#include <sys/socket.h>

union system_address {
    struct sockaddr plain;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* The size of the address; 0 if it is none. */
socklen_t address_to_system(const struct net_address *address, union system_address *out);

/* False if it is of neither family. */
bool address_from_system(const struct sockaddr *address, struct net_address *out);

#endif
