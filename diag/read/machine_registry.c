#include "diag/read/machine_registry.h"

#include "diag/text.h"

#include <string.h>

#define CONTROL_SET "SYSTEM\\CurrentControlSet\\"
#define EXCHANGE    "SOFTWARE\\Microsoft\\ExchangeServer\\"

enum {
    PRODUCT_OPTIONS,
    WINDOWS,
    FIRMWARE,
    GUEST,
    TCPIP,
    NAME,
    EXCHANGE_KEYS, /* from here on */
};

const char *const machine_registry_keys[] = {
    [PRODUCT_OPTIONS] = CONTROL_SET "Control\\ProductOptions",
    [WINDOWS] = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion",
    [FIRMWARE] = "HARDWARE\\DESCRIPTION\\System\\BIOS",
    [GUEST] = "SOFTWARE\\Microsoft\\Virtual Machine\\Guest\\Parameters",
    [TCPIP] = CONTROL_SET "Services\\Tcpip\\Parameters",
    [NAME] = CONTROL_SET "Control\\ComputerName\\ActiveComputerName",
    [EXCHANGE_KEYS] = EXCHANGE "v15\\EdgeTransportRole",
    EXCHANGE "v14\\EdgeTransportRole",
    EXCHANGE "v15\\MailboxRole",
    EXCHANGE "v15\\ClientAccessRole",
    EXCHANGE "v15\\HubTransportRole",
    EXCHANGE "v14\\MailboxRole",
    EXCHANGE "v14\\ClientAccessRole",
    EXCHANGE "v14\\HubTransportRole",
    EXCHANGE "v15\\AdminTools",
    EXCHANGE "v14\\AdminTools",
    NULL,
};

/* What each of the keys of Exchange shows, the strongest first. */
static const enum machine_exchange exchange_of_key[] = {
    MACHINE_EXCHANGE_EDGE,   MACHINE_EXCHANGE_EDGE,   MACHINE_EXCHANGE_SERVER,
    MACHINE_EXCHANGE_SERVER, MACHINE_EXCHANGE_SERVER, MACHINE_EXCHANGE_SERVER,
    MACHINE_EXCHANGE_SERVER, MACHINE_EXCHANGE_SERVER, MACHINE_EXCHANGE_TOOLS,
    MACHINE_EXCHANGE_TOOLS,
};

/* ---- values ---- */

static bool is_at(const struct registry_value *value, const char *key)
{
    static const char root[] = "HKEY_LOCAL_MACHINE\\";

    return text_starts_fold(value->key, strlen(value->key), root) &&
           text_equal_fold(value->key + sizeof root - 1, key);
}

static const char *text_at(const struct registry_export *export, unsigned key, const char *name,
                           struct arena *arena)
{
    for (size_t i = 0; i < export->count; i++) {
        const struct registry_value *value = &export->values[i];

        if (is_at(value, machine_registry_keys[key]) && text_equal_fold(value->name, name))
            return value->text && *value->text && strlen(value->text) <= MACHINE_TEXT_MOST
                       ? arena_copy_string(arena, value->text)
                       : NULL;
    }
    return NULL;
}

static const struct registry_value *number_at(const struct registry_export *export, unsigned key,
                                              const char *name)
{
    for (size_t i = 0; i < export->count; i++) {
        const struct registry_value *value = &export->values[i];

        if (is_at(value, machine_registry_keys[key]) && text_equal_fold(value->name, name))
            return value->type == REGISTRY_DWORD ? value : NULL;
    }
    return NULL;
}

static bool has_values(const struct registry_export *export, unsigned key)
{
    for (size_t i = 0; i < export->count; i++) {
        if (is_at(&export->values[i], machine_registry_keys[key]))
            return true;
    }
    return false;
}

/* ---- what they say ---- */

static enum machine_role role_of(const char *type)
{
    static const struct {
        const char *type;
        enum machine_role role;
    } roles[] = {{"WinNT", MACHINE_ROLE_WORKSTATION},
                 {"ServerNT", MACHINE_ROLE_SERVER},
                 {"LanmanNT", MACHINE_ROLE_DC}};

    for (size_t i = 0; type && i < sizeof roles / sizeof *roles; i++) {
        if (text_equal_fold(type, roles[i].type))
            return roles[i].role;
    }
    return MACHINE_ROLE_UNKNOWN;
}

static const char *build_of(const struct registry_export *export, struct arena *arena)
{
    const char *build = text_at(export, WINDOWS, "CurrentBuild", arena);
    const struct registry_value *revision = number_at(export, WINDOWS, "UBR");

    if (!build)
        build = text_at(export, WINDOWS, "CurrentBuildNumber", arena);
    if (!build || !revision)
        return build;
    return arena_print(arena, "%s.%lu", build, (unsigned long)revision->number);
}

static const struct {
    const char *maker; /* how each begins; of any maker if it is empty */
    const char *model;
    enum machine_hardware hardware;
} virtual_machines[] = {
    {"Microsoft Corporation", "Virtual Machine", MACHINE_HARDWARE_HYPER_V},
    {"VMware", "", MACHINE_HARDWARE_VMWARE},
    {"Xen", "", MACHINE_HARDWARE_XEN},
    {"Amazon EC2", "", MACHINE_HARDWARE_CLOUD},
    {"", "Google Compute Engine", MACHINE_HARDWARE_CLOUD},
    {"Parallels", "", MACHINE_HARDWARE_PARALLELS},
    {"", "VirtualBox", MACHINE_HARDWARE_VIRTUALBOX},
    {"QEMU", "", MACHINE_HARDWARE_KVM},
    {"OpenStack Foundation", "", MACHINE_HARDWARE_KVM},
    {"", "KVM", MACHINE_HARDWARE_KVM},
    {"", "AHV", MACHINE_HARDWARE_KVM},
    {"", "RHEV Hypervisor", MACHINE_HARDWARE_KVM},
    {"", "oVirt", MACHINE_HARDWARE_KVM},
    {"", "OpenStack", MACHINE_HARDWARE_KVM},
};

enum machine_hardware machine_hardware_of(const char *maker, const char *model)
{
    if (!maker)
        return MACHINE_HARDWARE_UNKNOWN;
    model = model ? model : "";
    for (size_t i = 0; i < sizeof virtual_machines / sizeof *virtual_machines; i++) {
        if (text_starts_fold(maker, strlen(maker), virtual_machines[i].maker) &&
            text_starts_fold(model, strlen(model), virtual_machines[i].model))
            return virtual_machines[i].hardware;
    }
    return MACHINE_HARDWARE_PHYSICAL;
}

static void read_hardware(const struct registry_export *export, struct arena *arena,
                          struct machine_facts *out)
{
    out->maker = text_at(export, FIRMWARE, "SystemManufacturer", arena);
    out->model = text_at(export, FIRMWARE, "SystemProductName", arena);
    out->hyper_v = text_at(export, GUEST, "PhysicalHostNameFullyQualified", arena);
    if (!out->hyper_v)
        out->hyper_v = text_at(export, GUEST, "PhysicalHostName", arena);
    out->hardware = machine_hardware_of(out->maker, out->model);
    if (out->hardware == MACHINE_HARDWARE_UNKNOWN && has_values(export, GUEST))
        out->hardware = MACHINE_HARDWARE_HYPER_V;
}

/* Nothing is installed only where all keys that would be there are known not to be. */
static enum machine_exchange read_exchange(const struct registry_export *export)
{
    size_t count = sizeof exchange_of_key / sizeof *exchange_of_key;

    for (size_t i = 0; i < count; i++) {
        if (export->present >> (EXCHANGE_KEYS + i) & 1)
            return exchange_of_key[i];
        if (!(export->covered >> (EXCHANGE_KEYS + i) & 1))
            return MACHINE_EXCHANGE_UNKNOWN;
    }
    return MACHINE_EXCHANGE_NONE;
}

void machine_registry_read(const struct registry_export *export, struct arena *arena,
                           struct machine_facts *out)
{
    const char *type = text_at(export, PRODUCT_OPTIONS, "ProductType", arena);

    *out = (struct machine_facts){
        .role = role_of(type),
        .product = text_at(export, WINDOWS, "ProductName", arena),
        .build = build_of(export, arena),
        .host = text_at(export, TCPIP, "Hostname", arena),
        .suffix = text_at(export, TCPIP, "Domain", arena),
        .netbios = text_at(export, NAME, "ComputerName", arena),
        .exchange = read_exchange(export),
    };
    read_hardware(export, arena, out);
}
