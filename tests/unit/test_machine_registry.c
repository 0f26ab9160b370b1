/* Who a machine is, out of registries that are whole, odd, broken, or closed. */
#include "tests/unit/unit.h"

#include "diag/read/machine_registry.h"

#include <string.h>

#define ROOT    "HKEY_LOCAL_MACHINE\\"
#define CONTROL ROOT "SYSTEM\\CurrentControlSet\\Control\\"
#define WINDOWS ROOT "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
#define BIOS    ROOT "HARDWARE\\DESCRIPTION\\System\\BIOS"
#define GUEST   ROOT "SOFTWARE\\Microsoft\\Virtual Machine\\Guest\\Parameters"
#define TCPIP   ROOT "SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters"

enum { VALUES_MOST = 16 };

static struct machine_facts facts; /* their texts in `memory` */
static struct arena memory;

static size_t count_keys(void)
{
    size_t count = 0;

    while (machine_registry_keys[count])
        count++;
    return count;
}

static uint64_t bit_of(const char *part)
{
    for (size_t i = 0; machine_registry_keys[i]; i++) {
        if (strstr(machine_registry_keys[i], part))
            return (uint64_t)1 << i;
    }
    fail_msg("no key has %s", part);
    return 0;
}

static void read_values(const struct registry_value *values, size_t count, uint64_t present,
                        uint64_t covered)
{
    struct registry_value copies[VALUES_MOST];
    const struct registry_export export = {
        .values = copies, .count = count, .present = present, .covered = covered};

    assert_true(count <= VALUES_MOST);
    for (size_t i = 0; i < count; i++)
        copies[i] = values[i];
    arena_release(&memory);
    machine_registry_read(&export, &memory, &facts);
}

static uint64_t all_keys(void)
{
    return ((uint64_t)1 << count_keys()) - 1;
}

/* All that a server of VMware's tells. */
static void a_server(void **state)
{
    static const struct registry_value values[] = {
        {.key = CONTROL "ProductOptions", .name = "ProductType", .text = "ServerNT"},
        {.key = WINDOWS, .name = "ProductName", .text = "Windows Server 2019 Standard"},
        {.key = WINDOWS, .name = "currentbuild", .text = "17763"},
        {.key = WINDOWS, .name = "UBR", .type = REGISTRY_DWORD, .number = 5458},
        {.key = BIOS, .name = "SystemManufacturer", .text = "VMware, Inc."},
        {.key = BIOS, .name = "SystemProductName", .text = "VMware7,1"},
        {.key = TCPIP, .name = "Hostname", .text = "EX01"},
        {.key = TCPIP, .name = "Domain", .text = "contoso.com"},
        {.key = CONTROL "ComputerName\\ActiveComputerName", .name = "ComputerName", .text = "EX01"},
    };

    (void)state;
    read_values(values, sizeof values / sizeof *values, bit_of("v15\\MailboxRole"), all_keys());
    assert_int_equal(facts.role, MACHINE_ROLE_SERVER);
    assert_string_equal(facts.product, "Windows Server 2019 Standard");
    assert_string_equal(facts.build, "17763.5458");
    assert_int_equal(facts.hardware, MACHINE_HARDWARE_VMWARE);
    assert_string_equal(facts.host, "EX01");
    assert_string_equal(facts.suffix, "contoso.com");
    assert_string_equal(facts.netbios, "EX01");
    assert_int_equal(facts.exchange, MACHINE_EXCHANGE_SERVER);
}

/* Wrong types, empty and endless texts, and no values at all: nothing is known. */
static void what_says_nothing(void **state)
{
    static char endless[MACHINE_TEXT_MOST + 2];
    const struct registry_value values[] = {
        {.key = CONTROL "ProductOptions", .name = "ProductType", .type = REGISTRY_DWORD},
        {.key = CONTROL "ProductOptions\\Below", .name = "ProductType", .text = "ServerNT"},
        {.key = WINDOWS, .name = "ProductName", .text = ""},
        {.key = WINDOWS, .name = "CurrentBuild", .text = endless},
        {.key = WINDOWS, .name = "UBR", .type = REGISTRY_SZ, .text = "5458"},
        {.key = BIOS, .name = "SystemManufacturer", .type = REGISTRY_BINARY},
    };

    (void)state;
    memset(endless, '9', sizeof endless - 1);
    for (size_t count = 0; count <= sizeof values / sizeof *values; count++) {
        read_values(values, count, 0, 0);
        assert_int_equal(facts.role, MACHINE_ROLE_UNKNOWN);
        assert_null(facts.product);
        assert_null(facts.build);
        assert_int_equal(facts.hardware, MACHINE_HARDWARE_UNKNOWN);
        assert_int_equal(facts.exchange, MACHINE_EXCHANGE_UNKNOWN);
    }
}

/* A revision of another type is none, and the build is known without. */
static void a_build_without_a_revision(void **state)
{
    static const struct registry_value values[] = {
        {.key = WINDOWS, .name = "CurrentBuildNumber", .text = "9600"},
        {.key = WINDOWS, .name = "UBR", .type = REGISTRY_BINARY, .size = 4},
    };

    (void)state;
    read_values(values, sizeof values / sizeof *values, 0, 0);
    assert_string_equal(facts.build, "9600");
}

/* The product type is one of three words, in any case. */
static void product_types(void **state)
{
    static const struct {
        const char *type;
        enum machine_role role;
    } cases[] = {{"WinNT", MACHINE_ROLE_WORKSTATION},
                 {"LANMANNT", MACHINE_ROLE_DC},
                 {"servernt", MACHINE_ROLE_SERVER},
                 {"Server", MACHINE_ROLE_UNKNOWN}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct registry_value value = {
            .key = CONTROL "ProductOptions", .name = "ProductType", .text = cases[i].type};

        read_values(&value, 1, 0, 0);
        assert_int_equal(facts.role, cases[i].role);
    }
}

/* By maker and model; what no virtual machine is called is hardware. */
static void hardware(void **state)
{
    static const struct {
        const char *maker, *model;
        enum machine_hardware hardware;
    } cases[] = {
        {"Microsoft Corporation", "Virtual Machine", MACHINE_HARDWARE_HYPER_V},
        {"Microsoft Corporation", "Surface Pro", MACHINE_HARDWARE_PHYSICAL},
        {"innotek GmbH", "VirtualBox", MACHINE_HARDWARE_VIRTUALBOX},
        {"QEMU", "Standard PC (Q35 + ICH9, 2009)", MACHINE_HARDWARE_KVM},
        {"Nutanix", "AHV", MACHINE_HARDWARE_KVM},
        {"Xen", NULL, MACHINE_HARDWARE_XEN},
        {"Amazon EC2", "m5.large", MACHINE_HARDWARE_CLOUD},
        {"Dell Inc.", "PowerEdge R740", MACHINE_HARDWARE_PHYSICAL},
        {NULL, "Virtual Machine", MACHINE_HARDWARE_UNKNOWN},
    };
    static const struct registry_value guest = {
        .key = GUEST, .name = "PhysicalHostNameFullyQualified", .text = "hv1.contoso.com"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(machine_hardware_of(cases[i].maker, cases[i].model), cases[i].hardware);
    read_values(&guest, 1, 0, 0);
    assert_int_equal(facts.hardware, MACHINE_HARDWARE_HYPER_V);
    assert_string_equal(facts.hyper_v, "hv1.contoso.com");
}

/* The strongest key that is there; none only where none could be hidden by a closed one. */
static void what_of_exchange_is_installed(void **state)
{
    (void)state;
    read_values(NULL, 0, 0, all_keys());
    assert_int_equal(facts.exchange, MACHINE_EXCHANGE_NONE);
    read_values(NULL, 0, bit_of("v15\\AdminTools"), all_keys());
    assert_int_equal(facts.exchange, MACHINE_EXCHANGE_TOOLS);
    read_values(NULL, 0, bit_of("v15\\AdminTools") | bit_of("v14\\HubTransportRole"), all_keys());
    assert_int_equal(facts.exchange, MACHINE_EXCHANGE_SERVER);
    read_values(NULL, 0, bit_of("v15\\AdminTools") | bit_of("v15\\EdgeTransportRole"), all_keys());
    assert_int_equal(facts.exchange, MACHINE_EXCHANGE_EDGE);
    read_values(NULL, 0, bit_of("v15\\AdminTools"), all_keys() & ~bit_of("v15\\MailboxRole"));
    assert_int_equal(facts.exchange, MACHINE_EXCHANGE_UNKNOWN);
    read_values(NULL, 0, 0, 0);
    assert_int_equal(facts.exchange, MACHINE_EXCHANGE_UNKNOWN);
}

static int forget(void **state)
{
    (void)state;
    arena_release(&memory);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server),
        cmocka_unit_test(what_says_nothing),
        cmocka_unit_test(a_build_without_a_revision),
        cmocka_unit_test(product_types),
        cmocka_unit_test(hardware),
        cmocka_unit_test(what_of_exchange_is_installed),
    };

    return cmocka_run_group_tests(tests, NULL, forget);
}
