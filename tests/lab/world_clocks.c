#include "tests/lab/world_clocks.h"

#include "diag/platform.h"
#include "tests/lab/smtp_peer.h"
#include "tests/lab/time_peer.h"
#include "tests/lab/world_registry.h"

#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { MINUTE = 60 /* seconds */ };

/* ---- hosts ---- */

/*
 * dc1      the PDC emulator: right, as is dc2
 * dc3      90 s behind
 * ex01     7 minutes ahead
 * cas      a load balancer: SMB leads to another machine than SMTP, 3 minutes ahead
 * ntp      outside, and right
 */
struct clock {
    struct time_peer peer;
    int seconds; /* ahead */
};

#define CLOCK(host, service, ahead)                                                                \
    {                                                                                              \
        {"127.0.0." host, TIME_PEER_##service, TIME_PEER_RIGHT}, ahead                             \
    }

static const struct clock smtp[] = {CLOCK("44", SMTP, 7 * MINUTE), CLOCK("45", SMTP, 0)};
static const struct clock ntp[] = {CLOCK("41", NTP, 0), CLOCK("42", NTP, 0), CLOCK("43", NTP, -90),
                                   CLOCK("46", NTP, 0)};
static const struct clock kerberos[] = {CLOCK("41", KERBEROS, 0), CLOCK("42", KERBEROS, 0),
                                        CLOCK("43", KERBEROS, -90)};
static const struct clock smb[] = {
    CLOCK("41", SMB2, 0),          CLOCK("42", SMB2, 0),          CLOCK("43", SMB2, -90),
    CLOCK("44", SMB2, 7 * MINUTE), CLOCK("45", SMB2, 3 * MINUTE), CLOCK("26", SMB2, 0),
    CLOCK("47", SMB2, 0),          CLOCK("48", SMB2, 0),          CLOCK("49", SMB2, 0),
    CLOCK("50", SMB2, 0),          CLOCK("51", SMB2, 0),          CLOCK("52", SMB2, 0),
    CLOCK("53", SMB2, 0)};

static const struct clock http[] = {CLOCK("44", HTTP, 7 * MINUTE), CLOCK("45", HTTP, 0)};

static const struct {
    enum service service;
    const struct clock *list;
    size_t count;
} groups[] = {
    {SERVICE_SMTP, smtp, COUNT(smtp)}, {SERVICE_NTP, ntp, COUNT(ntp)},
    {SERVICE_SMB, smb, COUNT(smb)},    {SERVICE_KERBEROS, kerberos, COUNT(kerberos)},
    {SERVICE_HTTP, http, COUNT(http)},
};

enum { GROUPS = COUNT(groups), GROUP_MOST = 13 };

/* What else is asked of a server is refused. */
static const struct smtp_peer closed[] = {
    {.address = "127.0.0.44", .is_refusing = true}, {.address = "127.0.0.45", .is_refusing = true},
    {.address = "127.0.0.26", .is_refusing = true}, {.address = "127.0.0.47", .is_refusing = true},
    {.address = "127.0.0.48", .is_refusing = true}, {.address = "127.0.0.49", .is_refusing = true},
    {.address = "127.0.0.50", .is_refusing = true},
};
static const enum service closed_services[] = {SERVICE_SUBMISSION, SERVICE_SUBMISSIONS};

/* ---- files: what `reg export` writes, the keys of interest alone ---- */

#define SET_BY_HYPERVISOR                                                                          \
    "\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\W32Time\\TimeProviders"         \
    "\\VMICTimeProvider]\r\n"                                                                      \
    "\"Enabled\"=dword:00000001\r\n"

#define POLICY(peers)                                                                              \
    "\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\W32Time\\Parameters]\r\n"             \
    "\"Type\"=\"NTP\"\r\n"                                                                         \
    "\"NtpServer\"=\"" peers "\"\r\n"

const struct world_file world_clocks_files[] = {
    {"dc1.reg",
     WORLD_MACHINE("DC1", "LanmanNT", "Dell Inc.", "PowerEdge R640")
         WORLD_TIME("NT5DS", "time.windows.com,0x9"),
     "clock"},
    {"dc3.reg",
     WORLD_MACHINE("DC3", "LanmanNT", "Microsoft Corporation", "Virtual Machine")
         WORLD_TIME("NT5DS", "time.windows.com,0x9") SET_BY_HYPERVISOR,
     "clock"},
    {"ex01.reg",
     WORLD_MACHINE("EX01", "ServerNT", "Dell Inc.", "PowerEdge R640")
         WORLD_TIME("NT5DS", "time.windows.com,0x9") POLICY("clock.contoso.com,0x9"),
     "clock"},
    {NULL, NULL, NULL},
};

struct world_clocks {
    struct time_peer lists[GROUPS][GROUP_MOST];
    struct time_peers *peers[GROUPS];
    struct smtp_peers *closed;
};

/* ---- starting ---- */

static enum status start_group(struct world_clocks *clocks, size_t group, uint16_t *port)
{
    int64_t right = platform_wall_clock_fine() - platform_monotonic_clock();
    enum status status;

    for (size_t i = 0; i < groups[group].count; i++)
        clocks->lists[group][i] = groups[group].list[i].peer;
    status = time_peers_start(clocks->lists[group], groups[group].count, right, port,
                              &clocks->peers[group]);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < groups[group].count; i++) {
        const struct time_peer_manner manner = {.offset = groups[group].list[i].seconds *
                                                          INT64_C(1000000)};

        time_peers_set(clocks->peers[group], i, &manner);
    }
    return STATUS_OK;
}

static enum status start_hosts(struct world_clocks *clocks, uint16_t ports[SERVICE_COUNT])
{
    enum status status = STATUS_OK;
    uint16_t port = 0;

    for (size_t i = 0; i < GROUPS && status == STATUS_OK; i++)
        status = start_group(clocks, i, &ports[groups[i].service]);
    if (status == STATUS_OK)
        status = smtp_peers_start(closed, COUNT(closed), &port, &clocks->closed);
    for (size_t i = 0; i < COUNT(closed_services); i++)
        ports[closed_services[i]] = port;
    return status;
}

enum status world_clocks_start(uint16_t ports[SERVICE_COUNT], struct world_clocks **out)
{
    struct world_clocks *clocks = memory_new(1, sizeof *clocks);
    enum status status = start_hosts(clocks, ports);

    if (status != STATUS_OK) {
        (void)world_clocks_stop(clocks);
        return status;
    }
    *out = clocks;
    return STATUS_OK;
}

enum status world_clocks_stop(struct world_clocks *clocks)
{
    enum status status = STATUS_OK;

    if (!clocks)
        return STATUS_OK;
    for (size_t i = 0; i < GROUPS; i++) {
        enum status one = time_peers_stop(clocks->peers[i]);

        status = status == STATUS_OK ? one : status;
    }
    if (smtp_peers_stop(clocks->closed) != STATUS_OK || status != STATUS_OK)
        return STATUS_TIMED_OUT; /* a thread may still use it */
    free(clocks);
    return STATUS_OK;
}
