#include "diag/platform.h"
#include "posix/error.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 512, LINES_MOST = 1000 };

/* The zone of a link-local address: an interface's name or its number; 0 if neither. */
static uint32_t zone_index(const char *zone)
{
    unsigned index = if_nametoindex(zone);

    return index ? index : (uint32_t)strtoul(zone, NULL, 10);
}

/* True if the line names a server; other lines, comments among them, do not matter here. */
static bool read_line(char *line, struct net_address *server)
{
    static const char spaces[] = " \t\r\n";
    char *rest = NULL;
    const char *keyword = strtok_r(line, spaces, &rest);
    const char *text = keyword ? strtok_r(NULL, spaces, &rest) : NULL;
    size_t size;

    if (!text || strcmp(keyword, "nameserver") != 0)
        return false;
    memset(server, 0, sizeof *server);
    size = strcspn(text, "%");
    if (ip_parse(text, size, &server->ip) != STATUS_OK)
        return false;
    server->port = DNS_PORT;
    if (text[size] == '%' && server->ip.family == IP_V6)
        server->scope = zone_index(text + size + 1);
    return true;
}

enum status platform_resolvers(struct net_address *servers, size_t room, size_t *count)
{
    char line[LINE_SIZE];
    FILE *file = fopen("/etc/resolv.conf", "re");

    *count = 0;
    if (!file)
        return errno == ENOENT ? STATUS_NO_SERVER : error_status(errno);
    for (int i = 0; i < LINES_MOST && *count < room && fgets(line, sizeof line, file); i++) {
        if (read_line(line, &servers[*count]))
            ++*count;
    }
    fclose(file);
    return *count > 0 ? STATUS_OK : STATUS_NO_SERVER;
}
