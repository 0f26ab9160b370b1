/*
 * dns_flood SERVER[:PORT] WINDOW COUNT: asks COUNT different names for TXT through the
 * stub resolver, WINDOW of them in flight at once, and prints one line:
 * answered, seconds, answers a second, the most in flight, peak memory is the shell's.
 */
#include "diag/gather/dns.h"
#include "diag/platform.h"

#include <stdio.h>
#include <stdlib.h>

struct flood {
    struct dns_client *client;
    unsigned long asked;
    unsigned long settled;
    unsigned long answered;
    unsigned long most;
};

static void settled(void *context, struct dns_answer *item)
{
    struct flood *flood = context;

    flood->settled++;
    flood->answered += item->evidence.status == STATUS_OK;
    evidence_free(&item->evidence);
}

static void ask(struct flood *flood)
{
    char name[64];
    struct dns_answer question = {.name = name, .type = DNS_TXT};

    snprintf(name, sizeof name, "d%lu.bench.example", flood->asked++);
    dns_client_ask(flood->client,
                   (struct dns_answer *)evidence_new(&evidence_dns, &question.evidence));
}

static void run(struct flood *flood, unsigned long window, unsigned long count)
{
    static struct platform_waiter sockets[PLATFORM_WAITERS_MOST];

    while (flood->settled < count) {
        size_t open;

        while (flood->asked < count && flood->asked - flood->settled < window)
            ask(flood);
        if (flood->asked - flood->settled > flood->most)
            flood->most = flood->asked - flood->settled;
        dns_client_work(flood->client, platform_monotonic_clock());
        open = dns_client_sockets(flood->client, sockets, PLATFORM_WAITERS_MOST);
        platform_wait(sockets, open, NULL, 10);
        dns_client_heard(flood->client, sockets, open);
        dns_client_work(flood->client, platform_monotonic_clock());
    }
}

int exdiag_main(int argc, char **argv)
{
    struct flood flood = {0};
    struct net_address server;
    struct gather_options options = {.resolvers = &server, .resolver_count = 1, .timeout = 10000};
    unsigned long count;
    int64_t began;
    double seconds;

    if (argc != 4 || net_address_parse(argv[1], DNS_PORT, &server) != STATUS_OK) {
        fputs("usage: dns_flood SERVER[:PORT] WINDOW COUNT\n", stderr);
        return 2;
    }
    options.dns_window = (unsigned)strtoul(argv[2], NULL, 10);
    count = strtoul(argv[3], NULL, 10);
    if (platform_init() != STATUS_OK ||
        dns_client_new(&options, settled, &flood, &flood.client) != STATUS_OK)
        return 2;
    began = platform_monotonic_clock();
    run(&flood, options.dns_window, count);
    seconds = (double)(platform_monotonic_clock() - began) / 1e6;
    printf("%lu %.3f %.0f %lu\n", flood.answered, seconds, (double)flood.answered / seconds,
           flood.most);
    dns_client_free(flood.client);
    return 0;
}
