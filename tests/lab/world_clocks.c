#include "tests/lab/world_clocks.h"

#include "diag/platform.h"
#include "tests/lab/smtp_peer.h"
#include "tests/lab/time_peer.h"

#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { MINUTE = 60, PATH_MOST = 1024 };

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
static const struct clock ldap[] = {CLOCK("41", LDAP, 0), CLOCK("42", LDAP, 0),
                                    CLOCK("43", LDAP, -90)};
static const struct clock kerberos[] = {CLOCK("41", KERBEROS, 0), CLOCK("42", KERBEROS, 0),
                                        CLOCK("43", KERBEROS, -90)};
static const struct clock smb[] = {CLOCK("41", SMB2, 0), CLOCK("42", SMB2, 0),
                                   CLOCK("43", SMB2, -90), CLOCK("44", SMB2, 7 * MINUTE),
                                   CLOCK("45", SMB2, 3 * MINUTE)};

static const struct clock http[] = {CLOCK("44", HTTP, 7 * MINUTE), CLOCK("45", HTTP, 0)};

static const struct {
    enum service service;
    const struct clock *list;
    size_t count;
} groups[] = {
    {SERVICE_SMTP, smtp, COUNT(smtp)}, {SERVICE_NTP, ntp, COUNT(ntp)},
    {SERVICE_LDAP, ldap, COUNT(ldap)}, {SERVICE_KERBEROS, kerberos, COUNT(kerberos)},
    {SERVICE_SMB, smb, COUNT(smb)},    {SERVICE_HTTP, http, COUNT(http)},
};

enum { GROUPS = COUNT(groups), GROUP_MOST = 5 };

/* What else is asked of a server is refused. */
static const struct smtp_peer closed[] = {
    {.address = "127.0.0.44", .is_refusing = true},
    {.address = "127.0.0.45", .is_refusing = true},
};
static const enum service closed_services[] = {SERVICE_HTTPS, SERVICE_SUBMISSION,
                                               SERVICE_SUBMISSIONS};

/* ---- files: what `reg export` writes, the keys of interest alone ---- */

#define MACHINE(name, type, maker, product)                                                        \
    "Windows Registry Editor Version 5.00\r\n"                                                     \
    "\r\n[HKEY_LOCAL_MACHINE\\HARDWARE\\DESCRIPTION\\System\\BIOS]\r\n"                            \
    "\"SystemManufacturer\"=\"" maker "\"\r\n"                                                     \
    "\"SystemProductName\"=\"" product "\"\r\n"                                                    \
    "\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters]\r\n"         \
    "\"Hostname\"=\"" name "\"\r\n"                                                                \
    "\"Domain\"=\"contoso.com\"\r\n"                                                               \
    "\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions]\r\n"             \
    "\"ProductType\"=\"" type "\"\r\n"                                                             \
    "\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Netlogon]\r\n"                  \
    "\"Start\"=dword:00000002\r\n"                                                                 \
    "\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\W32Time]\r\n"                   \
    "\"Start\"=dword:00000002\r\n"                                                                 \
    "\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft]\r\n"

#define PARAMETERS(type, peers)                                                                    \
    "\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\W32Time\\Parameters]\r\n"       \
    "\"Type\"=\"" type "\"\r\n"                                                                    \
    "\"NtpServer\"=\"" peers "\"\r\n"

#define SET_BY_HYPERVISOR                                                                          \
    "\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\W32Time\\TimeProviders"         \
    "\\VMICTimeProvider]\r\n"                                                                      \
    "\"Enabled\"=dword:00000001\r\n"

#define POLICY(peers)                                                                              \
    "\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\W32Time\\Parameters]\r\n"             \
    "\"Type\"=\"NTP\"\r\n"                                                                         \
    "\"NtpServer\"=\"" peers "\"\r\n"

static const struct {
    const char *ending; /* of its name */
    const char *text;
} files[] = {
    {"dc1.reg", MACHINE("DC1", "LanmanNT", "Dell Inc.", "PowerEdge R640")
                    PARAMETERS("NT5DS", "time.windows.com,0x9")},
    {"dc3.reg", MACHINE("DC3", "LanmanNT", "Microsoft Corporation", "Virtual Machine")
                    PARAMETERS("NT5DS", "time.windows.com,0x9") SET_BY_HYPERVISOR},
    {"ex01.reg", MACHINE("EX01", "ServerNT", "Dell Inc.", "PowerEdge R640")
                     PARAMETERS("NT5DS", "time.windows.com,0x9") POLICY("clock.contoso.com,0x9")},
};

enum { FILES = COUNT(files) };

struct world_clocks {
    struct arena memory; /* of the paths */
    struct time_peer lists[GROUPS][GROUP_MOST];
    struct time_peers *peers[GROUPS];
    struct smtp_peers *closed;
    const char *paths[FILES]; /* that were made */
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

/* "/tmp/exdiag-demo-0f3a9c12-dc1.reg" */
static enum status make_file(struct world_clocks *clocks, size_t index, const char *tag)
{
    struct buffer path;
    enum status status;
    FILE *file;

    buffer_init(&path, PATH_MOST);
    platform_temporary_folder(&path);
    buffer_print(&path, "exdiag-demo-%s-%s", tag, files[index].ending);
    status = platform_file_create(path.text, &file);
    if (status == STATUS_OK) {
        clocks->paths[index] = arena_copy_string(&clocks->memory, path.text);
        fputs(files[index].text, file);
        if (fclose(file) != 0)
            status = platform_write_error();
    }
    buffer_release(&path);
    return status;
}

static enum status make_files(struct world_clocks *clocks)
{
    uint32_t random;
    char tag[sizeof "01234567"];
    enum status status = platform_random(&random, sizeof random);

    snprintf(tag, sizeof tag, "%08lx", (unsigned long)random);
    for (size_t i = 0; i < FILES && status == STATUS_OK; i++)
        status = make_file(clocks, i, tag);
    return status;
}

enum status world_clocks_start(uint16_t ports[SERVICE_COUNT], struct world_clocks **out)
{
    struct world_clocks *clocks = memory_new(1, sizeof *clocks);
    enum status status = start_hosts(clocks, ports);

    if (status == STATUS_OK)
        status = make_files(clocks);
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
    for (size_t i = 0; i < FILES; i++) {
        if (clocks->paths[i])
            (void)platform_file_remove(clocks->paths[i]);
    }
    if (smtp_peers_stop(clocks->closed) != STATUS_OK || status != STATUS_OK)
        return STATUS_TIMED_OUT; /* a thread may still use it */
    arena_release(&clocks->memory);
    free(clocks);
    return STATUS_OK;
}

const char *world_clocks_file(const struct world_clocks *clocks, size_t index)
{
    return index < FILES ? clocks->paths[index] : NULL;
}
