/* Whom a machine takes its time from: registries as they are in the field, and what is wrong. */
#include "probes/clock/hierarchy.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

/* ---- a registry ---- */

#define KEY(key) "[HKEY_LOCAL_MACHINE\\" key "]\n"
#define W32TIME  "SYSTEM\\CurrentControlSet\\Services\\W32Time"
#define POLICIES "SOFTWARE\\Policies\\Microsoft\\W32Time"
#define HEAD     "Windows Registry Editor Version 5.00\n\n"
#define DC                                                                                         \
    KEY("SYSTEM\\CurrentControlSet\\Control\\ProductOptions") "\"ProductType\"=\"LanmanNT\"\n"
#define SERVER                                                                                     \
    KEY("SYSTEM\\CurrentControlSet\\Control\\ProductOptions") "\"ProductType\"=\"ServerNT\"\n"
#define WORKSTATION                                                                                \
    KEY("SYSTEM\\CurrentControlSet\\Control\\ProductOptions") "\"ProductType\"=\"WinNT\"\n"
#define NETLOGON(start)                                                                            \
    KEY("SYSTEM\\CurrentControlSet\\Services\\Netlogon") "\"Start\"=dword:0000000" start "\n"
#define NAMES(host, domain)                                                                        \
    KEY("SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters")                                  \
    "\"Hostname\"=\"" host "\"\n\"Domain\"=\"" domain "\"\n"
#define START(start)  KEY(W32TIME) "\"Start\"=dword:0000000" start "\n"
#define TYPE(type)    KEY(W32TIME "\\Parameters") "\"Type\"=\"" type "\"\n"
#define PEERS(peers)  "\"NtpServer\"=\"" peers "\"\n"
#define CONFIG(flags) KEY(W32TIME "\\Config") "\"AnnounceFlags\"=dword:0000000" flags "\n"
#define CORRECTION(ahead, back)                                                                    \
    "\"MaxPosPhaseCorrection\"=dword:" ahead "\n\"MaxNegPhaseCorrection\"=dword:" back "\n"
#define PROVIDER(name, enabled)                                                                    \
    KEY(W32TIME "\\TimeProviders\\" name) "\"Enabled\"=dword:0000000" enabled "\n"
#define MACHINE(maker, product)                                                                    \
    KEY("HARDWARE\\DESCRIPTION\\System\\BIOS")                                                     \
    "\"SystemManufacturer\"=\"" maker "\"\n\"SystemProductName\"=\"" product "\"\n"
#define SERVICE(name, start)                                                                       \
    KEY("SYSTEM\\CurrentControlSet\\Services\\" name) "\"Start\"=dword:0000000" start "\n"

#define HYPER_V_GUEST                                                                              \
    KEY("SOFTWARE\\Microsoft\\Virtual Machine\\Guest\\Parameters")                                 \
    "\"HostingSystemOsMajor\"=\"10\"\n"
#define POLICY_TYPE(type) KEY(POLICIES "\\Parameters") "\"Type\"=" type "\n"
#define POLICY_CLIENT(enabled)                                                                     \
    KEY(POLICIES "\\TimeProviders\\NtpClient") "\"Enabled\"=dword:0000000" enabled "\n"
#define POLICY_START(start) KEY(POLICIES) "\"Start\"=dword:0000000" start "\n"

#define THREE_PEERS "ntp1.example.net,0x8 ntp2.example.net,0x8 ntp3.example.net,0x8"

#define HEALTHY_DC                                                                                 \
    HEAD DC NETLOGON("2") NAMES("DC2", "contoso.com") START("2") TYPE("NT5DS") CONFIG("a")         \
        CORRECTION("0002a300", "0002a300") PROVIDER("NtpClient", "1") PROVIDER("NtpServer", "1")   \
            PROVIDER("VMICTimeProvider", "1") MACHINE("Dell Inc.", "PowerEdge R740")

#define HEALTHY_MEMBER                                                                             \
    HEAD SERVER NETLOGON("2") NAMES("EX01", "contoso.com") START("2") TYPE("NT5DS") CONFIG("a")    \
        CORRECTION("ffffffff", "ffffffff") PROVIDER("NtpClient", "1") PROVIDER("NtpServer", "0")   \
            PROVIDER("VMICTimeProvider", "0") MACHINE("Microsoft Corporation", "Virtual Machine")

#define HEALTHY_PDC                                                                                \
    HEAD DC NETLOGON("2") NAMES("DC1", "contoso.com") START("2") TYPE("NTP") PEERS(THREE_PEERS)    \
        CONFIG("5") PROVIDER("NtpClient", "1") PROVIDER("NtpServer", "1")

#define MEMBER(type, peers)                                                                        \
    HEAD SERVER NETLOGON("2") NAMES("EX01", "contoso.com") START("2") TYPE(type) PEERS(peers)      \
        CONFIG("a")

#define STAND_ALONE                                                                                \
    HEAD WORKSTATION NETLOGON("3") NAMES("DESK", "") START("3") TYPE("NTP")                        \
        PEERS("time.windows.com,0x9") CONFIG("a") PROVIDER("NtpServer", "0")

/* ---- reading ---- */

struct world { /* evidence of one host, and what is made of it */
    struct arena arena;
    struct time_settings items[4];
    const struct time_settings *list[4];
    size_t count;
    struct time_plan plan;
    struct time_faults faults;
};

static void add_registry(struct time_settings *item, const char *text, struct arena *arena)
{
    struct registry_text *reader = registry_text_new(time_settings_keys);

    registry_text_only(reader, time_settings_keeps);
    while (*text) {
        size_t size = strcspn(text, "\n");

        registry_text_add(reader, text, size);
        text += size + (text[size] == '\n');
    }
    registry_text_end(reader, arena, &item->registry);
    assert_int_equal(item->registry.damaged, 0);
}

static void add_text(struct world *world, const char *text)
{
    struct time_settings *item = &world->items[world->count];

    item->path = "file";
    if (strncmp(text, HEAD, 20) == 0) {
        add_registry(item, text, &world->arena);
    } else if (vmware_time_is_text(text, strlen(text))) {
        item->vmware = vmware_time_read(text, strlen(text));
    } else {
        item->has_w32tm = true;
        assert_int_equal(w32tm_read(text, strlen(text), &world->arena, &item->w32tm), STATUS_OK);
    }
    world->list[world->count++] = item;
}

static struct world *new_world(const char *first, const char *second)
{
    struct world *world = memory_new(1, sizeof *world);

    add_text(world, first);
    if (second)
        add_text(world, second);
    time_plan_read(world->list, world->count, &world->arena, &world->plan);
    return world;
}

static void free_world(struct world *world)
{
    arena_release(&world->arena);
    free(world);
}

/* ---- judging ---- */

static const char *const controllers[] = {"dc1.contoso.com", "DC2.contoso.com."};

static const struct ip_address addresses[] = {
    /* of DC2 */
    {IP_V4, {192, 0, 2, 12}},
    {IP_V6, {0x20, 0x01, 0x0d, 0xb8, [15] = 0x12}},
};

#define TOP                                                                                        \
    (struct time_surroundings)                                                                     \
    {                                                                                              \
        .is_controller = TIME_YES, .is_pdc = TIME_YES, .is_forest_root = TIME_YES,                 \
        .controllers = controllers, .controller_count = 2, .has_all_controllers = true,            \
        .addresses = addresses, .address_count = 2                                                 \
    }
#define NOT_PDC                                                                                    \
    (struct time_surroundings)                                                                     \
    {                                                                                              \
        .is_pdc = TIME_NO                                                                          \
    }
#define NOTHING                                                                                    \
    (struct time_surroundings)                                                                     \
    {                                                                                              \
        .is_pdc = TIME_NOT_KNOWN                                                                   \
    }

/* `faults`: their words with a blank between, '-' behind a minor one, '?' behind a proviso. */
static void assert_faults(struct world *world, struct time_surroundings around, const char *faults)
{
    struct buffer words;

    time_plan_judge(&world->plan, &around, &world->arena, &world->faults);
    buffer_init(&words, 1000);
    for (size_t i = 0; i < world->faults.count; i++) {
        const struct time_fault *fault = &world->faults.list[i];

        buffer_print(&words, "%s%s%s%s", i ? " " : "", time_fault_word(fault->kind),
                     fault->is_minor ? "-" : "", fault->proviso != TIME_CERTAIN ? "?" : "");
    }
    assert_string_equal(words.text, faults);
    buffer_release(&words);
}

static void check(const char *first, const char *second, struct time_surroundings around,
                  const char *faults)
{
    struct world *world = new_world(first, second);

    assert_faults(world, around, faults);
    free_world(world);
}

/* ---- healthy machines ---- */

static void test_healthy_controller(void **state)
{
    struct world *world = new_world(HEALTHY_DC, NULL);
    const struct time_plan *plan = &world->plan;

    (void)state;
    assert_string_equal(plan->computer, "DC2");
    assert_string_equal(plan->domain, "contoso.com");
    assert_int_equal(plan->role, TIME_ROLE_CONTROLLER);
    assert_int_equal(plan->machine, TIME_MACHINE_PHYSICAL);
    assert_string_equal(plan->make, "Dell Inc. PowerEdge R740");
    assert_int_equal(plan->hypervisor_sync, TIME_NO); /* its provider is on, and has no host */
    assert_int_equal(plan->type, TIME_TYPE_NT5DS);
    assert_int_equal(plan->values[TIME_SETTING_TYPE].origin, TIME_ORIGIN_LOCAL);
    assert_string_equal(plan->values[TIME_SETTING_TYPE].key,
                        "HKLM\\SYSTEM\\CurrentControlSet\\Services\\W32Time\\Parameters");
    assert_int_equal(plan->values[TIME_SETTING_TYPE].line, 13);
    assert_ptr_equal(plan->values[TIME_SETTING_TYPE].source, &world->items[0].evidence);
    assert_int_equal(plan->values[TIME_SETTING_CORRECTION_BACK].number, 172800);
    assert_int_equal(plan->values[TIME_SETTING_PEERS].origin, TIME_ORIGIN_NOWHERE);
    assert_null(plan->values[TIME_SETTING_PEERS].text);
    assert_false(plan->policy_is_known);
    assert_int_equal(plan->peer_count, 0);
    assert_faults(world, NOT_PDC, "");
    assert_faults(world, NOTHING, "");
    assert_faults(world, TOP, "top-without-peers");
    free_world(world);
}

static void test_healthy_member(void **state)
{
    struct world *world = new_world(HEALTHY_MEMBER, NULL);

    (void)state;
    assert_int_equal(world->plan.role, TIME_ROLE_MEMBER);
    assert_int_equal(world->plan.machine, TIME_MACHINE_HYPER_V);
    assert_int_equal(world->plan.hypervisor_sync, TIME_NO);
    assert_faults(world, NOTHING, "");
    free_world(world);
}

static void test_healthy_pdc(void **state)
{
    struct world *world = new_world(HEALTHY_PDC, NULL);

    (void)state;
    assert_int_equal(world->plan.type, TIME_TYPE_NTP);
    assert_int_equal(world->plan.peer_count, 3);
    assert_string_equal(world->plan.peers[1].host, "ntp2.example.net");
    assert_int_equal(world->plan.peers[1].flags, TIME_PEER_CLIENT);
    assert_faults(world, TOP, "");
    assert_int_equal(world->faults.role, TIME_ROLE_PDC);
    free_world(world);
}

/* The same settings on another controller are wrong; and may be, where nobody said which it is. */
static void test_who_is_the_pdc(void **state)
{
    struct time_surroundings child = TOP, unknown_forest = TOP;

    (void)state;
    child.is_forest_root = TIME_NO;
    unknown_forest.is_forest_root = TIME_NOT_KNOWN;
    check(HEALTHY_PDC, NULL, NOT_PDC, "own-peers announced");
    check(HEALTHY_PDC, NULL, NOTHING, "own-peers? announced?");
    check(HEALTHY_PDC, NULL, child, "own-peers announced");
    check(HEALTHY_PDC, NULL, unknown_forest, "");
    check(HEALTHY_DC, NULL, child, "");
    check(HEALTHY_DC, NULL, unknown_forest, "top-without-peers?");
}

static void test_stand_alone(void **state)
{
    struct world *world = new_world(STAND_ALONE, NULL);

    (void)state;
    assert_int_equal(world->plan.role, TIME_ROLE_STAND_ALONE);
    assert_null(world->plan.domain);
    assert_int_equal(world->plan.peers[0].flags, TIME_PEER_CLIENT | TIME_PEER_SPECIAL_INTERVAL);
    assert_faults(world, NOTHING, "");
    free_world(world);
}

/* ---- faults ---- */

static void test_types(void **state)
{
    (void)state;
    check(MEMBER("NTP", "dc1.contoso.com,0x8"), NULL, NOTHING, "own-peers");
    check(MEMBER("ntp", ""), NULL, NOTHING, "own-peers peers-empty");
    check(MEMBER("NoSync", ""), NULL, NOTHING, "no-sync");
    check(MEMBER("AllSync", "time.windows.com,0x9"), NULL, NOTHING, "peers-beside-domain");
    check(MEMBER("AllSync", ""), NULL, NOTHING, "peers-beside-domain");
    check(HEAD DC TYPE("AllSync") PEERS(THREE_PEERS), NULL, TOP, "");
    check(MEMBER("NT5D", ""), NULL, NOTHING, "type-invalid");
    check(MEMBER("NT5DS", "time.windows.com,0x9"), NULL, NOTHING, ""); /* not used */
    check(HEAD TYPE("NTP") PEERS("a"), NULL, NOTHING, "");             /* whose role nobody knows */
    check(HEAD TYPE("NoSync"), NULL, NOTHING, "no-sync");
}

static void test_service(void **state)
{
    static const char stopped[] =
        "The following error occurred: The service has not been started. (0x80070426)\r\n";
    struct world *world;

    (void)state;
    check(HEAD SERVER NETLOGON("2") START("4") TYPE("NT5DS"), NULL, NOTHING, "service-disabled");
    check(HEAD SERVER NETLOGON("2") START("4"), stopped, NOTHING, "service-disabled");
    check(HEALTHY_MEMBER, stopped, NOTHING, "service-stopped");
    check(stopped, NULL, NOTHING, "service-stopped?");
    check(STAND_ALONE, stopped, NOTHING, "");
    check(HEAD SERVER NETLOGON("2") PROVIDER("NtpClient", "0") PROVIDER("NtpServer", "0"), NULL,
          NOTHING, "client-disabled");
    check(HEAD DC PROVIDER("NtpServer", "0"), NULL, NOTHING, "server-disabled");
    world = new_world(HEALTHY_MEMBER, NULL);
    world->plan.service = TIME_SERVICE_MISSING;
    assert_faults(world, NOTHING, "service-missing");
    free_world(world);
}

static void test_peers(void **state)
{
#define PDC(peers) HEAD DC NAMES("DC1", "contoso.com") TYPE("NTP") PEERS(peers)
    static const struct {
        const char *text;
        const char *faults;
        const char *detail;
    } cases[] = {
        {PDC(""), "peers-empty", NULL},
        {PDC("   "), "peers-empty", NULL},
        {PDC("a.example b.example c.example"), "", NULL},
        {PDC("a.example,0x8 b.example,0xA"), "", NULL},
        {PDC("a.example,0x8 b.example,0x8"), "peers-few-", NULL},
        {PDC("a.example,0xa b.example,0xa"), "peers-few-", NULL},
        {PDC("time.windows.com,0x9"), "peers-few-", NULL},
        {PDC("DC1,0x8 b.example c.example"), "peer-itself", "DC1"},
        {PDC("b.example dc1.Contoso.com.,0x8 c.example"), "peer-itself", "dc1.Contoso.com."},
        {PDC("localhost b.example c.example"), "peer-itself", "localhost"},
        {PDC("dc2,0x8 b.example c.example"), "peer-of-domain", "dc2"},
        {PDC("dc2.contoso.com b.example c.example"), "peer-of-domain", "dc2.contoso.com"},
        {PDC("contoso.com,0x8 b.example c.example"), "peer-of-domain", "contoso.com"},
        {PDC("dc2.example b.example c.example"), "", NULL},
        {PDC("192.0.2.12,0x8 b.example c.example"), "peer-of-domain", "192.0.2.12"},
        {PDC("[2001:DB8::12],0x8 b.example c.example"), "peer-of-domain", "[2001:DB8::12]"},
        {PDC("192.0.2.13 2001:db8::13 c.example"), "", NULL},
        {PDC("a.example;b.example c.example d.example"), "peer-malformed", "a.example;b.example"},
        {PDC("a.example,b.example c.example d.example"), "peer-malformed", "a.example,b.example"},
        {PDC("a.example,0x8,b.example,0x8 c.example d.example"), "peer-malformed",
         "a.example,0x8,b.example,0x8"},
        {PDC("a.example,0x b.example c.example"), "peer-malformed", "a.example,0x"},
        {PDC(",0x8 b.example c.example"), "peer-malformed", ",0x8"},
        {PDC("a.example,9 b.example 2001:db8::1,0x8"), "", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *world = new_world(cases[i].text, NULL);
        const struct time_faults *faults = &world->faults;

        assert_faults(world, TOP, cases[i].faults);
        if (cases[i].detail)
            assert_string_equal(faults->list[0].detail, cases[i].detail);
        if (faults->count)
            assert_ptr_equal(faults->list[0].value, &world->plan.values[TIME_SETTING_PEERS]);
        free_world(world);
    }
}

/* A member that is given controllers by hand follows no machine that follows it. */
static void test_peers_of_member(void **state)
{
    struct time_surroundings around = TOP;

    (void)state;
    around.is_controller = around.is_pdc = TIME_NO;
    check(MEMBER("NTP", "dc1.contoso.com,0x8"), NULL, around, "own-peers");
}

static void test_announcements(void **state)
{
    (void)state;
    check(HEAD DC CONFIG("a"), NULL, TOP, "");
    check(HEAD DC CONFIG("5"), NULL, TOP, "");
    check(HEAD DC CONFIG("1"), NULL, TOP, "not-announced");
    check(HEAD DC CONFIG("0"), NULL, TOP, "not-announced");
    check(HEAD DC CONFIG("8"), NULL, TOP, "not-announced");
    check(HEAD DC CONFIG("5"), NULL, NOT_PDC, "announced");
    check(HEAD DC CONFIG("5"), NULL, NOTHING, "announced?");
    check(HEAD SERVER NETLOGON("2") CONFIG("5"), NULL, NOTHING, "announced");
    check(HEAD SERVER NETLOGON("3") CONFIG("5"), NULL, NOTHING, "");
}

static void test_corrections(void **state)
{
#define SKEW(minutes)                                                                              \
    KEY("SYSTEM\\CurrentControlSet\\Control\\Lsa\\Kerberos\\Parameters")                           \
    "\"SkewTime\"=dword:0000000" minutes "\n"
    (void)state;
    check(HEAD DC CONFIG("a") CORRECTION("00000000", "ffffffff"), NULL, NOTHING,
          "correction-limited-");
    check(HEAD DC CONFIG("a") CORRECTION("0000012d", "0000012c"), NULL, NOTHING,
          "correction-limited-");
    check(HEAD DC CONFIG("a") CORRECTION("0000012d", "0000012d") SKEW("a"), NULL, NOTHING,
          "correction-limited- correction-limited-");
    check(HEAD SERVER NETLOGON("3") CONFIG("a") CORRECTION("00000000", "00000000"), NULL, NOTHING,
          "");
}

/* The policy of the domain counts before what a machine is told. */
static void test_skew(void **state)
{
    static const char text[] = HEAD DC SKEW("8");
    struct world *world = new_world(text, NULL);

    (void)state;
    assert_int_equal(world->plan.kerberos_skew, 8);
    assert_ptr_equal(world->plan.skew_source, &world->items[0].evidence);
    world->items[1].path = "GptTmpl.inf";
    world->items[1].policy = (struct security_inf){true, 3, 7};
    world->list[world->count++] = &world->items[1];
    time_plan_read(world->list, world->count, &world->arena, &world->plan);
    assert_int_equal(world->plan.kerberos_skew, 3);
    assert_ptr_equal(world->plan.skew_source, &world->items[1].evidence);
    free_world(world);
    world = new_world(HEALTHY_DC, NULL);
    assert_int_equal(world->plan.kerberos_skew, -1);
    free_world(world);
}

/* ---- what w32tm prints ---- */

#define STATUS(leap, stratum, source)                                                              \
    "Leap Indicator: " leap "(?)\r\nStratum: " stratum " (?)\r\nPrecision: -23 (?)\r\n"            \
    "Root Delay: 0.0312500s\r\nRoot Dispersion: 7.7902343s\r\nReferenceId: 0x00000000 (?)\r\n"     \
    "Last Successful Sync Time: yesterday\r\nSource: " source "\r\nPoll Interval: 10 (1024s)\r\n"

#define CONFIGURATION(type, peers, origin)                                                          \
    "[Configuration]\r\n\r\nAnnounceFlags: 10 (Local)\r\nMaxNegPhaseCorrection: 172800 (Local)\r\n" \
    "MaxPosPhaseCorrection: 172800 (Local)\r\n\r\n[TimeProviders]\r\n\r\nNtpClient (Local)\r\n"     \
    "DllName: C:\\Windows\\system32\\w32time.dll (Local)\r\nEnabled: 1 (Local)\r\n"                 \
    "Type: " type " (" origin ")\r\nNtpServer: " peers " (" origin ")\r\n\r\n"                      \
    "NtpServer (Local)\r\nDllName: C:\\Windows\\system32\\w32time.dll (Local)\r\n"                  \
    "Enabled: 0 (Local)\r\n"

/* ---- hypervisors ---- */

static void test_machines(void **state)
{
    static const struct {
        const char *text;
        enum time_machine machine;
        enum time_known sync;
        const char *faults;
    } cases[] = {
#define HYPER_V MACHINE("Microsoft Corporation", "Virtual Machine")
#define M       HEAD SERVER NETLOGON("2")
#define VMIC    PROVIDER("VMICTimeProvider", "1")
        {M HYPER_V VMIC, TIME_MACHINE_HYPER_V, TIME_YES, "hypervisor-allowed-"},
        {M HYPER_V VMIC SERVICE("vmictimesync", "3"), TIME_MACHINE_HYPER_V, TIME_YES,
         "hypervisor-allowed-"},
        {M HYPER_V PROVIDER("VMICTimeProvider", "1") SERVICE("vmictimesync", "4"),
         TIME_MACHINE_HYPER_V, TIME_NO, ""},
        {M HYPER_V PROVIDER("VMICTimeProvider", "0"), TIME_MACHINE_HYPER_V, TIME_NO, ""},
        {M HYPER_V, TIME_MACHINE_HYPER_V, TIME_NOT_KNOWN, ""},
        {M HYPER_V_GUEST, TIME_MACHINE_HYPER_V, TIME_NOT_KNOWN, ""},
        {M MACHINE("Microsoft Corporation", "Surface Pro") PROVIDER("VMICTimeProvider", "1"),
         TIME_MACHINE_PHYSICAL, TIME_NO, ""},
        {M PROVIDER("VMICTimeProvider", "1"), TIME_MACHINE_UNKNOWN, TIME_NOT_KNOWN, ""},
        {M MACHINE("VMware, Inc.", "VMware7,1") SERVICE("VMTools", "2"), TIME_MACHINE_VMWARE,
         TIME_NOT_KNOWN, "hypervisor-unseen"},
        {M SERVICE("VMTools", "2"), TIME_MACHINE_VMWARE, TIME_NOT_KNOWN, "hypervisor-unseen"},
        {M SERVICE("VMTools", "2") PROVIDER("vmwTimeProvider", "1"), TIME_MACHINE_VMWARE,
         TIME_NOT_KNOWN, "hypervisor-unseen"},
        {M MACHINE("VMware, Inc.", "VMware7,1"), TIME_MACHINE_VMWARE, TIME_NOT_KNOWN,
         "hypervisor-unseen"},
        {M MACHINE("VMware, Inc.", "VMware7,1") KEY("SYSTEM\\CurrentControlSet\\Services"),
         TIME_MACHINE_VMWARE, TIME_NO, ""},
        {M MACHINE("QEMU", "Standard PC (Q35 + ICH9, 2009)"), TIME_MACHINE_OTHER_VM, TIME_NOT_KNOWN,
         ""},
        {M MACHINE("innotek GmbH", "VirtualBox"), TIME_MACHINE_OTHER_VM, TIME_NOT_KNOWN, ""},
        {STAND_ALONE HYPER_V PROVIDER("VMICTimeProvider", "1"), TIME_MACHINE_HYPER_V, TIME_YES, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *world = new_world(cases[i].text, NULL);

        assert_int_equal(world->plan.machine, cases[i].machine);
        assert_int_equal(world->plan.hypervisor_sync, cases[i].sync);
        assert_faults(world, NOTHING, cases[i].faults);
        free_world(world);
    }
}

/* Hyper-V's provider: always wrong on domain controllers; on members it depends on whom they
 * follow. */
static void test_hyper_v(void **state)
{
#define CHOOSES KEY(W32TIME "\\Config") "\"UtilizeSslTimeData\"=dword:00000001\n"
    struct time_surroundings child = TOP;
    struct world *world;

    (void)state;
    child.is_forest_root = TIME_NO;
    check(HEAD DC HYPER_V VMIC, NULL, NOT_PDC, "hypervisor-sync");
    check(HEAD DC HYPER_V VMIC, NULL, TOP, "hypervisor-sync");
    check(HEAD DC HYPER_V VMIC, NULL, child, "hypervisor-sync");
    check(HEAD DC HYPER_V VMIC, STATUS("0", "4", "dc1.contoso.com"), NOT_PDC, "hypervisor-sync");
    check(HEAD DC HYPER_V VMIC CHOOSES, NULL, NOT_PDC, "hypervisor-sync");
    check(M HYPER_V VMIC KEY(W32TIME "\\Config"), NULL, NOTHING, "hypervisor-first");
    check(M HYPER_V VMIC CHOOSES, NULL, NOTHING, "hypervisor-allowed-");
    check(M HYPER_V VMIC CHOOSES, STATUS("0", "4", "dc1.contoso.com"), NOTHING, "");
    check(M HYPER_V VMIC, STATUS("0", "4", "dc1.contoso.com"), NOTHING, "");
    check(M HYPER_V VMIC, STATUS("0", "3", "VM IC Time Synchronization Provider"), NOTHING,
          "source-hypervisor");
    world = new_world(STATUS("0", "3", "VM IC Time Synchronization Provider"), NULL);
    assert_int_equal(world->plan.machine, TIME_MACHINE_HYPER_V);
    free_world(world);
    check(HEAD HYPER_V VMIC, NULL, NOTHING, "hypervisor-allowed-?");
    check(HEAD HYPER_V VMIC KEY(W32TIME "\\Config"), NULL, NOTHING, "hypervisor-first?");
}

/* VMware's tools and the configuration on the host know; whatever the machine's role in a domain.
 */
static void test_vmware(void **state)
{
    static const char on[] = "timesync status\nEnabled\n", off[] = "timesync status 69\n";
    static const char vmx[] = "config.version = \"8\"\nvirtualHW.version = \"19\"\n"
                              "tools.syncTime = \"TRUE\"\n";
    struct world *world;

    (void)state;
    check(HEALTHY_DC, on, NOT_PDC, "tools-sync");
    check(HEALTHY_MEMBER, vmx, NOTHING, "tools-sync");
    check(HEALTHY_MEMBER, off, NOTHING, "");
    check(STAND_ALONE, on, NOTHING, "");
    check(on, NULL, NOTHING, "tools-sync");
    world = new_world(HEAD SERVER, off);
    assert_int_equal(world->plan.machine, TIME_MACHINE_VMWARE);
    assert_int_equal(world->plan.hypervisor_sync, TIME_NO);
    free_world(world);
    check(M MACHINE("VMware, Inc.", "VMware7,1"), off, NOTHING, "");
}

/* ---- policies ---- */

/* A policy wins, and what it overrides is told. */
static void test_policy(void **state)
{
    static const char text[] =
        HEALTHY_MEMBER POLICY_TYPE("\"NTP\"") PEERS("time.windows.com,0x9") POLICY_CLIENT("1");
    struct world *world = new_world(text, NULL);
    const struct time_value *type = &world->plan.values[TIME_SETTING_TYPE];

    (void)state;
    assert_int_equal(world->plan.type, TIME_TYPE_NTP);
    assert_true(world->plan.policy_is_known);
    assert_int_equal(type->origin, TIME_ORIGIN_POLICY);
    assert_string_equal(type->key, "HKLM\\SOFTWARE\\Policies\\Microsoft\\W32Time\\Parameters");
    assert_string_equal(type->overridden, "NT5DS");
    assert_string_equal(world->plan.peers[0].host, "time.windows.com");
    assert_null(world->plan.values[TIME_SETTING_PEERS].overridden);
    assert_faults(world, NOTHING, "own-peers");
    assert_ptr_equal(world->faults.list[0].value, type);
    free_world(world);
}

/* A good policy heals what is set on the machine; a value of the wrong type is none. */
static void test_policy_heals(void **state)
{
    (void)state;
    check(MEMBER("NTP", "a.example") POLICY_TYPE("\"NT5DS\""), NULL, NOTHING, "");
    check(MEMBER("NTP", "a.example") POLICY_TYPE("dword:00000001"), NULL, NOTHING, "own-peers");
    check(HEAD SERVER NETLOGON("2") START("2") POLICY_START("4"), NULL, NOTHING, "");
}

/* ---- w32tm ---- */

static void test_sources(void **state)
{
    (void)state;
    check(HEALTHY_MEMBER, STATUS("0", "4", "dc1.contoso.com"), NOTHING, "");
    check(HEALTHY_DC, STATUS("0", "1", "Local CMOS Clock"), NOTHING, "source-own-clock");
    check(HEALTHY_MEMBER, STATUS("3", "0", "Free-running System Clock"), NOTHING,
          "source-own-clock not-synchronised");
    check(HEALTHY_MEMBER, STATUS("0", "3", "VM IC Time Synchronization Provider"), NOTHING,
          "source-hypervisor");
    check(STATUS("0", "3", "VM IC Time Synchronization Provider"), NULL, NOTHING,
          "source-hypervisor?");
    check(STAND_ALONE, STATUS("0", "3", "VM IC Time Synchronization Provider"), NOTHING, "");
    check(HEALTHY_MEMBER, STATUS("0", "16", "dc1.contoso.com"), NOTHING, "not-synchronised");
    check(HEALTHY_MEMBER, STATUS("3", "4", "dc1.contoso.com"), NOTHING, "not-synchronised");
    check(HEALTHY_MEMBER, "Local CMOS Clock\r\n", NOTHING, "source-own-clock");
}

/* The top of the hierarchy follows a machine that follows it; of a child domain that is no fault.
 */
static void test_present_loop(void **state)
{
    struct time_surroundings child = TOP, unknown_forest = TOP;

    (void)state;
    child.is_forest_root = TIME_NO;
    unknown_forest.is_forest_root = TIME_NOT_KNOWN;
    check(HEALTHY_DC, STATUS("0", "4", "dc2.contoso.com"), TOP, "top-without-peers peer-of-domain");
    check(HEALTHY_DC, STATUS("0", "4", "dc2.contoso.com"), unknown_forest,
          "top-without-peers? peer-of-domain?");
    check(HEALTHY_DC, STATUS("0", "4", "dc2.contoso.com"), child, "");
    check(HEALTHY_DC, STATUS("0", "4", "dc2.contoso.com"), NOT_PDC, "");
    check(HEALTHY_PDC, STATUS("0", "4", "ntp1.example.net"), TOP, "");
}

/* Without a registry, w32tm's configuration says the same, of another section each. */
static void test_configuration(void **state)
{
    struct time_surroundings controller = NOT_PDC;
    struct world *world = new_world(CONFIGURATION("NTP", "a.example,0x8", "Policy"), NULL);
    const struct time_value *type = &world->plan.values[TIME_SETTING_TYPE];

    (void)state;
    controller.is_controller = TIME_YES;
    assert_int_equal(type->origin, TIME_ORIGIN_POLICY);
    assert_string_equal(type->key, "HKLM\\SOFTWARE\\Policies\\Microsoft\\W32Time\\Parameters");
    assert_true(world->plan.policy_is_known);
    assert_int_equal(world->plan.values[TIME_SETTING_CORRECTION_AHEAD].number, 172800);
    assert_faults(world, controller, "server-disabled own-peers");
    free_world(world);
    world = new_world(CONFIGURATION("NTP", "a.example,0x8", "Local"), NULL);
    assert_string_equal(world->plan.values[TIME_SETTING_TYPE].key,
                        "HKLM\\SYSTEM\\CurrentControlSet\\Services\\W32Time\\Parameters");
    free_world(world);
}

/* The registry knows better where a value stands, unless a policy is seen by w32tm alone. */
static void test_both(void **state)
{
    struct world *world =
        new_world(CONFIGURATION("NTP", "a.example,0x8", "Policy"), MEMBER("NT5DS", "old.example"));
    const struct time_value *type = &world->plan.values[TIME_SETTING_TYPE];

    (void)state;
    assert_int_equal(world->plan.type, TIME_TYPE_NTP);
    assert_int_equal(type->origin, TIME_ORIGIN_POLICY);
    assert_string_equal(type->overridden, "NT5DS");
    assert_int_equal(type->line, 0);
    assert_ptr_equal(type->source, &world->items[0].evidence);
    assert_string_equal(world->plan.peers[0].host, "a.example");
    assert_faults(world, NOTHING, "own-peers");
    free_world(world);
    world = new_world(CONFIGURATION("NTP", "a.example,0x8", "Local"), MEMBER("NT5DS", ""));
    type = &world->plan.values[TIME_SETTING_TYPE];
    assert_string_equal(type->text, "NT5DS");
    assert_ptr_equal(type->source, &world->items[1].evidence);
    assert_int_equal(world->plan.values[TIME_SETTING_SERVER].number, 0);
    free_world(world);
}

/* ---- roles ---- */

static void test_roles(void **state)
{
    static const struct {
        const char *text;
        enum time_role role;
    } cases[] = {
        {HEAD DC, TIME_ROLE_CONTROLLER},
        {HEAD SERVER, TIME_ROLE_UNKNOWN},
        {HEAD SERVER NETLOGON("2"), TIME_ROLE_MEMBER},
        {HEAD SERVER NETLOGON("3"), TIME_ROLE_STAND_ALONE},
        {HEAD SERVER NAMES("EX01", "contoso.com"), TIME_ROLE_MEMBER},
        {HEAD SERVER NAMES("EX01", ""), TIME_ROLE_UNKNOWN},
        {HEAD SERVER NETLOGON("3") NAMES("EX01", "contoso.com"), TIME_ROLE_STAND_ALONE},
        {HEAD NETLOGON("2") NAMES("EX01", "contoso.com"), TIME_ROLE_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *world = new_world(cases[i].text, NULL);

        assert_int_equal(world->plan.role, cases[i].role);
        free_world(world);
    }
}

/* What the evidence leaves open, by the flags of what would show it. */
static void assert_lacks(const char *first, const char *second, const char *flags)
{
    struct world *world = new_world(first, second);
    struct buffer words;

    buffer_init(&words, 1000);
    for (unsigned i = 0; i < TIME_LACK_COUNT; i++) {
        if (world->plan.lacks[i])
            buffer_print(&words, "%s%s", words.size ? " " : "",
                         time_lack_flag((enum time_lack)i) + strlen("lacks-"));
    }
    assert_string_equal(words.text ? words.text : "", flags);
    buffer_release(&words);
    free_world(world);
}

static void test_lacks(void **state)
{
#define WHOLE HEALTHY_MEMBER KEY("SOFTWARE\\Policies\\Microsoft") "[HKEY_LOCAL_MACHINE\\SYSTEM]\n"
    (void)state;
    assert_lacks(HEALTHY_MEMBER, NULL, "policy present");
    assert_lacks(HEALTHY_MEMBER KEY("SOFTWARE\\Policies\\Microsoft\\Windows"), NULL,
                 "policy present");
    assert_lacks(HEALTHY_MEMBER KEY("SOFTWARE\\Policies\\Microsoft"), NULL, "present");
    assert_lacks(HEALTHY_MEMBER KEY(POLICIES), NULL, "present");
    assert_lacks(HEALTHY_MEMBER POLICY_CLIENT("1"), NULL, "present");
    assert_lacks(WHOLE, STATUS("0", "4", "dc1.contoso.com"), "");
    assert_lacks(HEAD TYPE("NT5DS"), NULL, "policy name role netlogon make present");
    assert_lacks(HEAD SERVER, NULL, "w32time policy name netlogon make present");
    assert_lacks(STATUS("0", "4", "dc1.contoso.com"), NULL,
                 "w32time policy name role netlogon make");
    assert_lacks(CONFIGURATION("NTP", "a.example,0x8", "Local"), NULL,
                 "name role netlogon make present");
    assert_lacks(HEALTHY_DC MACHINE("VMware, Inc.", "VMware7,1"), NULL, "policy present");
    assert_lacks(M MACHINE("VMware, Inc.", "VMware7,1"), NULL,
                 "w32time policy name present vmware");
}

/* Of which place the commands are: one alone, or the one that somebody must choose. */
static void test_top(void **state)
{
    static const struct {
        const char *text;
        enum time_known controller, pdc, root, top;
        bool is_top;
    } cases[] = {
        {HEALTHY_PDC, TIME_YES, TIME_YES, TIME_YES, TIME_YES, true},
        {HEALTHY_PDC, TIME_YES, TIME_YES, TIME_NO, TIME_NO, false},
        {HEALTHY_PDC, TIME_YES, TIME_YES, TIME_NOT_KNOWN, TIME_NOT_KNOWN, true},
        {HEALTHY_DC, TIME_YES, TIME_NO, TIME_YES, TIME_NO, false},
        {HEALTHY_DC, TIME_NOT_KNOWN, TIME_NOT_KNOWN, TIME_NOT_KNOWN, TIME_NOT_KNOWN, false},
        {HEALTHY_DC, TIME_YES, TIME_NOT_KNOWN, TIME_NO, TIME_NO, false},
        {HEALTHY_MEMBER, TIME_NOT_KNOWN, TIME_NOT_KNOWN, TIME_NOT_KNOWN, TIME_NO, false},
        {HEAD TYPE("NTP"), TIME_NOT_KNOWN, TIME_NOT_KNOWN, TIME_NOT_KNOWN, TIME_NOT_KNOWN, false},
        {HEAD TYPE("NTP"), TIME_NOT_KNOWN, TIME_NOT_KNOWN, TIME_NO, TIME_NO, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct time_surroundings around = {.is_controller = cases[i].controller,
                                           .is_pdc = cases[i].pdc,
                                           .is_forest_root = cases[i].root};
        struct world *world = new_world(cases[i].text, NULL);

        time_plan_judge(&world->plan, &around, &world->arena, &world->faults);
        assert_int_equal(world->faults.top, cases[i].top);
        assert_int_equal(world->faults.is_top, cases[i].is_top);
        free_world(world);
    }
}

/* Nothing is known of nothing, and nothing is said. */
static void test_nothing(void **state)
{
    struct time_surroundings around = NOTHING;
    struct time_faults faults;
    struct arena arena = {0};
    struct time_plan plan;

    (void)state;
    time_plan_read(NULL, 0, &arena, &plan);
    time_plan_judge(&plan, &around, &arena, &faults);
    assert_int_equal(faults.count, 0);
    assert_int_equal(faults.role, TIME_ROLE_UNKNOWN);
    assert_null(plan.status);
    arena_release(&arena);
}

/* What is set may not be what runs: a member whose source at present is none of its domain's. */
static void test_strangers(void **state)
{
    struct time_surroundings around = TOP;

    (void)state;
    around.is_controller = around.is_pdc = TIME_NO;
    check(HEALTHY_MEMBER, STATUS("0", "4", "dc1.contoso.com"), around, "");
    check(HEALTHY_MEMBER, STATUS("0", "4", "DC2"), around, "");
    check(HEALTHY_MEMBER, STATUS("0", "4", "192.0.2.12"), around, "");
    check(HEALTHY_MEMBER, STATUS("0", "4", "evil.example.net"), around, "source-stranger?");
    check(HEALTHY_MEMBER, STATUS("0", "4", "192.0.2.13"), around, "source-stranger?");
    around.has_all_controllers = false;
    check(HEALTHY_MEMBER, STATUS("0", "4", "evil.example.net"), around, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_healthy_controller),
        cmocka_unit_test(test_healthy_member),
        cmocka_unit_test(test_healthy_pdc),
        cmocka_unit_test(test_who_is_the_pdc),
        cmocka_unit_test(test_stand_alone),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_service),
        cmocka_unit_test(test_peers),
        cmocka_unit_test(test_peers_of_member),
        cmocka_unit_test(test_strangers),
        cmocka_unit_test(test_announcements),
        cmocka_unit_test(test_corrections),
        cmocka_unit_test(test_skew),
        cmocka_unit_test(test_machines),
        cmocka_unit_test(test_hyper_v),
        cmocka_unit_test(test_vmware),
        cmocka_unit_test(test_lacks),
        cmocka_unit_test(test_top),
        cmocka_unit_test(test_policy),
        cmocka_unit_test(test_policy_heals),
        cmocka_unit_test(test_sources),
        cmocka_unit_test(test_present_loop),
        cmocka_unit_test(test_configuration),
        cmocka_unit_test(test_both),
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
