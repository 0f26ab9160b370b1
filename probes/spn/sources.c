#include "probes/spn/sources.h"

#include <string.h>

enum { SERVERS_LOOKED_AT = 256 };

bool spn_is_inside(const struct ip_address *ip)
{
    static const struct {
        const char *network;
        unsigned length;
    } networks[] = {{"10.0.0.0", 8},     {"172.16.0.0", 12}, {"192.168.0.0", 16}, {"127.0.0.0", 8},
                    {"169.254.0.0", 16}, {"::1", 128},       {"fc00::", 7},       {"fe80::", 10}};

    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        struct ip_address network;

        if (ip_parse(networks[i].network, strlen(networks[i].network), &network) == STATUS_OK &&
            ip_is_in_network(ip, &network, networks[i].length))
            return true;
    }
    return false;
}

static bool leads_to(struct examination *x, const char *host, const struct ip_address *ip)
{
    const struct dns_answer *answer = ask_dns(x, host, ip->family == IP_V4 ? DNS_A : DNS_AAAA);
    const struct dns_record *record = NULL;

    while (answer && (record = dns_answer_next(answer, record))) {
        if (ip_equal(&record->data.ip, ip))
            return true;
    }
    return false;
}

bool spn_is_servers_address(struct spn_sources *sources, const struct ip_address *ip)
{
    struct subject_list servers = ask_subjects(sources->x, SUBJECT_SERVER);
    const struct spn_servers *exported;
    bool is_one = false;

    if (ip->family == IP_NONE)
        return false;
    if (!sources->exports)
        sources->exports = spn_exports_of(sources->x);
    exported = &sources->exports->servers;
    for (size_t i = 0; i < servers.count && i < SERVERS_LOOKED_AT; i++)
        is_one = leads_to(sources->x, servers.list[i]->name, ip) || is_one;
    for (size_t i = 0; i < exported->count && i < SERVERS_LOOKED_AT; i++)
        is_one =
            (exported->list[i].host && leads_to(sources->x, exported->list[i].host, ip)) || is_one;
    return is_one;
}
