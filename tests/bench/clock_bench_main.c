/*
 * clock_bench widths: how far apart the ends of an interval are, of each source on loopback,
 * over 400 readings each: median, 99 of 100, and the worst, in microseconds.
 *
 * clock_bench hosts JOBS [SILENT]: seconds until fifty hosts are read through all sources, each
 * question and answer 50 ms on its way, beside so many hosts that never answer.
 */
#include "diag/gather/gather.h"

#include "diag/evidence/clock.h"
#include "diag/gather/clock.h"
#include "diag/platform.h"
#include "tests/lab/time_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    READINGS = 400,
    HOSTS = 50,
    SILENT_MOST = 200,
    TIMEOUT = 10000, /* milliseconds */
    WAY = 50000      /* microseconds */
};

static const struct {
    enum clock_source source;
    enum time_peer_service service;
} sources[] = {
    {CLOCK_SNTP, TIME_PEER_NTP},
    {CLOCK_CLDAP, TIME_PEER_LDAP},
    {CLOCK_LDAP, TIME_PEER_LDAP},
    {CLOCK_KERBEROS, TIME_PEER_KERBEROS},
    {CLOCK_KERBEROS_TCP, TIME_PEER_KERBEROS},
    {CLOCK_SMB2, TIME_PEER_SMB2},
    {CLOCK_SMTP_BANNER, TIME_PEER_SMTP},
    {CLOCK_SMTP_NTLM, TIME_PEER_SMTP},
    {CLOCK_HTTP, TIME_PEER_HTTP},
    {CLOCK_HTTP_NTLM, TIME_PEER_HTTP},
    {CLOCK_HTTP_KERBEROS, TIME_PEER_HTTP},
};

enum { SOURCE_COUNT = sizeof sources / sizeof *sources };

struct host { /* an address for each service, all with one port */
    char addresses[TIME_PEER_SERVICE_COUNT][24];
    struct time_peer list[TIME_PEER_SERVICE_COUNT];
    struct time_peers *peers;
    uint16_t port;
};

static bool open_host(struct host *host, unsigned number, enum time_peer_fault fault, int64_t way)
{
    const struct time_peer_manner manner = {.there = way, .back = way};
    int64_t right = platform_wall_clock_fine() - platform_monotonic_clock();

    for (unsigned i = 0; i < TIME_PEER_SERVICE_COUNT; i++) {
        snprintf(host->addresses[i], sizeof host->addresses[i], "127.%u.%u.%u", 1 + i, number / 200,
                 1 + number % 200);
        host->list[i] = (struct time_peer){host->addresses[i], (enum time_peer_service)i, fault};
    }
    if (time_peers_start(host->list, TIME_PEER_SERVICE_COUNT, right, &host->port, &host->peers))
        return false;
    for (size_t i = 0; i < TIME_PEER_SERVICE_COUNT; i++)
        time_peers_set(host->peers, i, &manner);
    return true;
}

static struct clock_reading question_for(const struct host *host, size_t source)
{
    struct clock_reading question = {.source = sources[source].source, .realm = "CONTOSO.COM"};
    const char *address = host->addresses[sources[source].service];

    (void)ip_parse(address, strlen(address), &question.address.ip);
    question.address.port = host->port;
    return question;
}

/* ---- widths ---- */

static int by_size(const void *one, const void *other)
{
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;

    return (a > b) - (a < b);
}

static bool print_widths(const struct host *host, const struct clock_means *means, size_t source)
{
    static const struct gather_options options = {.timeout = TIMEOUT, .jobs = 1, .dns_window = 1};
    const struct clock_reading question = question_for(host, source);
    int64_t widths[READINGS];

    for (size_t i = 0; i < READINGS; i++) {
        struct evidence *item = evidence_new(&evidence_clock, &question.evidence);
        struct clock_interval interval;

        gather_clock(item, &options, means);
        interval = clock_interval_of((const struct clock_reading *)item);
        widths[i] = item->status == STATUS_OK ? interval.most - interval.least : -1;
        evidence_free(item);
        if (widths[i] < 0)
            return false;
    }
    qsort(widths, READINGS, sizeof *widths, by_size);
    printf("%-28s %9lld %9lld %9lld\n", clock_source_text(sources[source].source),
           (long long)widths[READINGS / 2], (long long)widths[READINGS * 99 / 100],
           (long long)widths[READINGS - 1]);
    return true;
}

static int measure_widths(void)
{
    const struct clock_means means = {.origin = clock_origin_read(), .http = http_library_new()};
    struct host host = {.port = 0};
    bool good = open_host(&host, 0, TIME_PEER_RIGHT, 0);

    printf("%-28s %9s %9s %9s\n", "interval on loopback, us", "median", "99 %", "worst");
    for (size_t i = 0; i < SOURCE_COUNT && good; i++)
        good = print_widths(&host, &means, i);
    (void)time_peers_stop(host.peers);
    http_library_leave(means.http);
    return good ? 0 : 1;
}

/* ---- many hosts ---- */

struct progress {
    size_t open; /* readings of hosts that answer */
    size_t failed;
};

static void settled(void *context, struct evidence *item)
{
    struct progress *progress = context;

    if (item->status == STATUS_TIMED_OUT || item->status == STATUS_CANCELLED)
        return;
    progress->open--;
    progress->failed += item->status != STATUS_OK;
}

static void ask_all(struct gather *gather, struct evidence_store *store, const struct host *hosts,
                    size_t count)
{
    for (size_t host = 0; host < count; host++) {
        for (size_t i = 0; i < SOURCE_COUNT; i++) {
            const struct clock_reading question = question_for(&hosts[host], i);

            gather_start(gather, evidence_store_add(store, &evidence_clock, &question.evidence));
        }
    }
}

/* The silent ones first, so that they are in the way as far as they can be. */
static double time_hosts(const struct host *hosts, size_t silent, unsigned jobs)
{
    const struct gather_options options = {.timeout = TIMEOUT, .jobs = jobs, .dns_window = 1};
    struct progress progress = {.open = (size_t)HOSTS * SOURCE_COUNT};
    struct evidence_store *store = evidence_store_new();
    struct gather *gather;
    int64_t start;

    if (gather_new(&options, settled, &progress, &gather) != STATUS_OK)
        return -1;
    start = platform_monotonic_clock();
    ask_all(gather, store, hosts + HOSTS, silent);
    ask_all(gather, store, hosts, HOSTS);
    while (progress.open > 0 && platform_monotonic_clock() - start < 60000000)
        gather_wait(gather, 1000);
    start = platform_monotonic_clock() - start;
    gather_free(gather);
    evidence_store_free(store);
    return progress.open == 0 && progress.failed == 0 ? (double)start / 1e6 : -1;
}

static int measure_hosts(unsigned jobs, size_t silent)
{
    struct host *hosts = memory_new(HOSTS + SILENT_MOST, sizeof *hosts);
    bool good = silent <= SILENT_MOST;
    double took = -1;

    for (size_t i = 0; i < HOSTS + silent && good; i++)
        good = open_host(&hosts[i], (unsigned)i, i < HOSTS ? TIME_PEER_RIGHT : TIME_PEER_SILENT,
                         i < HOSTS ? WAY : 0);
    if (good)
        took = time_hosts(hosts, silent, jobs);
    printf("%.3f\n", took);
    for (size_t i = 0; i < HOSTS + silent && good; i++)
        (void)time_peers_stop(hosts[i].peers);
    free(hosts);
    return took < 0;
}

int exdiag_main(int argc, char **argv)
{
    if (platform_init() != STATUS_OK)
        return 2;
    if (argc == 2 && strcmp(argv[1], "widths") == 0)
        return measure_widths();
    if (argc >= 3 && strcmp(argv[1], "hosts") == 0)
        return measure_hosts((unsigned)strtoul(argv[2], NULL, 10),
                             argc > 3 ? strtoul(argv[3], NULL, 10) : 0);
    fputs("usage: clock_bench widths | clock_bench hosts JOBS [SILENT]\n", stderr);
    return 2;
}
