/*
 * lab_time [--refuse=CODE:SPN]... ADDRESS=SERVICE[/FAULT][:SECONDS[:DELAY]]...
 *
 * Hosts that tell the time, each service at its usual port, until standard input ends: ntp, ldap,
 * kerberos, smb, smtp, http. FAULT: silent; kiss, of ntp, for RATE in place of the time; marks, of
 * kerberos, for microseconds that count answers. SECONDS: how far the clock behind it is ahead, or
 * with a minus sign back. DELAY: seconds that a question and its answer are on their way, half of
 * it each. --refuse: the error that kerberos has for who asks for a ticket for this service (7, it
 * is nobody's, for all others). Prints a line "listening ADDRESS:PORT" for each in the order given,
 * once all are there. Exit status 2 with a message when an argument is not understood or a port is
 * taken.
 */
#include "diag/platform.h"
#include "tests/lab/time_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PEERS_MOST = 512, REFUSALS_MOST = 64, CODE_MOST = 127, SECONDS_MOST = 1000000000 };

static const struct {
    const char *word;
    uint16_t port;
} services[TIME_PEER_SERVICE_COUNT] = {
    [TIME_PEER_NTP] = {"ntp", 123},          [TIME_PEER_LDAP] = {"ldap", 389},
    [TIME_PEER_KERBEROS] = {"kerberos", 88}, [TIME_PEER_SMB2] = {"smb", 445},
    [TIME_PEER_SMTP] = {"smtp", 25},         [TIME_PEER_HTTP] = {"http", 80},
};

static const struct {
    const char *word;
    enum time_peer_fault fault;
} faults[] = {
    {"silent", TIME_PEER_SILENT}, {"kiss", TIME_PEER_KISS_AT_ONCE}, {"marks", TIME_PEER_MARKS}};

static struct {
    struct time_peer list[PEERS_MOST];
    struct time_peer_manner manners[PEERS_MOST];
    struct time_peers *running[PEERS_MOST];
    size_t count;
    struct time_peer_refusal refusals[REFUSALS_MOST + 1];
    size_t refusal_count;
} lab;

static bool read_service(const char *text, size_t size, enum time_peer_service *out)
{
    for (unsigned i = 0; i < TIME_PEER_SERVICE_COUNT; i++) {
        if (strlen(services[i].word) == size && memcmp(services[i].word, text, size) == 0) {
            *out = (enum time_peer_service)i;
            return true;
        }
    }
    return false;
}

/* The word behind a slash; none is needed. */
static bool read_fault(const char *text, size_t size, enum time_peer_fault *out)
{
    *out = TIME_PEER_RIGHT;
    for (size_t i = 0; i < sizeof faults / sizeof *faults && size > 0; i++) {
        if (strlen(faults[i].word) == size - 1 && memcmp(faults[i].word, text + 1, size - 1) == 0) {
            *out = faults[i].fault;
            return true;
        }
    }
    return size == 0;
}

/* The number behind a colon, as microseconds; 0 where there is none. */
static bool read_seconds(char **at, double least, int64_t *out)
{
    char *end;
    double seconds;

    *out = 0;
    if (**at != ':')
        return **at == '\0';
    seconds = strtod(*at + 1, &end);
    if (end == *at + 1 || !(seconds >= least && seconds < SECONDS_MOST))
        return false;
    *out = (int64_t)(seconds * 1e6);
    *at = end;
    return true;
}

/* "7:SMTPSVC/mail.contoso.com" */
static bool read_refusal(const char *text)
{
    char *end;
    long code = strtol(text, &end, 10);

    if (end == text || *end != ':' || code < 1 || code > CODE_MOST ||
        lab.refusal_count == REFUSALS_MOST)
        return false;
    lab.refusals[lab.refusal_count++] =
        (struct time_peer_refusal){.spn = end + 1, .code = (int)code};
    return true;
}

static bool read_peer(char *argument)
{
    struct time_peer *peer = &lab.list[lab.count];
    struct time_peer_manner *manner = &lab.manners[lab.count];
    char *equals = strchr(argument, '='), *slash, *at;
    int64_t delay;

    if (!equals || lab.count == PEERS_MOST)
        return false;
    *equals++ = '\0';
    at = equals + strcspn(equals, ":");
    slash = equals + strcspn(equals, "/:");
    if (!read_service(equals, (size_t)(slash - equals), &peer->service) ||
        !read_fault(slash, (size_t)(at - slash), &peer->fault) ||
        !read_seconds(&at, -SECONDS_MOST, &manner->offset) || !read_seconds(&at, 0, &delay) || *at)
        return false;
    manner->there = manner->back = delay / 2;
    peer->address = argument;
    lab.count++;
    return true;
}

static bool start(void)
{
    int64_t right = platform_wall_clock_fine() - platform_monotonic_clock();

    for (size_t i = 0; i < lab.count; i++) {
        uint16_t port = services[lab.list[i].service].port;

        if (time_peers_start(&lab.list[i], 1, right, &port, &lab.running[i]) != STATUS_OK) {
            fprintf(stderr, "lab_time: cannot listen at %s:%u\n", lab.list[i].address,
                    (unsigned)port);
            return false;
        }
        time_peers_set(lab.running[i], 0, &lab.manners[i]);
        time_peers_refuse(lab.running[i], 0, lab.refusals);
        printf("listening %s:%u\n", lab.list[i].address, (unsigned)port);
    }
    return fflush(stdout) == 0;
}

int exdiag_main(int argc, char **argv)
{
    static const char option[] = "--refuse=";
    bool good = argc > 1 && platform_init() == STATUS_OK;

    for (int i = 1; i < argc && good; i++)
        good = strncmp(argv[i], option, sizeof option - 1) == 0
                   ? read_refusal(argv[i] + sizeof option - 1)
                   : read_peer(argv[i]);
    good = good && lab.count > 0;
    if (!good) {
        fputs(
            "usage: lab_time [--refuse=CODE:SPN]... ADDRESS=SERVICE[/FAULT][:SECONDS[:DELAY]]...\n",
            stderr);
        return 2;
    }
    good = start();
    while (good && getchar() != EOF)
        continue;
    for (size_t i = 0; i < lab.count; i++)
        (void)time_peers_stop(lab.running[i]);
    return good ? 0 : 2;
}
