/*
 * For wineserver alone, by LD_PRELOAD. Wine 8.0 binds a UDP socket of 127.0.0.2 to every address of
 * the machine, so that 127.0.0.3 finds the port taken: it looks for the interface of the address,
 * and takes none for one that it has bound. Where there are no interfaces to look at, it binds as
 * it was told.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <ifaddrs.h>
#include <string.h>

typedef int get_addresses(struct ifaddrs **list);

int getifaddrs(struct ifaddrs **list)
{
    get_addresses *real;

    if (strncmp(program_invocation_short_name, "wineserver", strlen("wineserver")) != 0) {
        *(void **)&real = dlsym(RTLD_NEXT, "getifaddrs");
        return real(list);
    }
    errno = ENOSYS;
    return -1;
}
