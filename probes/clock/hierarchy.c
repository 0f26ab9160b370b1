#include "probes/clock/hierarchy.h"

#include "diag/read/machine_registry.h"
#include "diag/read/ntp_peers.h"
#include "diag/text.h"

#include <string.h>

/* ---- words ---- */

const char *time_origin_text(enum time_origin origin)
{
    static const char *const texts[] = {
#define X(name, text) text,
        TIME_ORIGIN_LIST(X)
#undef X
    };

    return texts[origin];
}

const char *time_role_text(enum time_role role)
{
    static const char *const texts[] = {
#define X(name, text) text,
        TIME_ROLE_LIST(X)
#undef X
    };

    return texts[role];
}

const char *time_machine_text(enum time_machine machine)
{
    static const char *const texts[] = {
#define X(name, text) text,
        TIME_MACHINE_LIST(X)
#undef X
    };

    return texts[machine];
}

const char *time_lack_flag(enum time_lack lack)
{
    static const char *const flags[] = {
#define X(name, flag) flag,
        TIME_LACK_LIST(X)
#undef X
    };

    return flags[lack];
}

/* ---- what the evidence has ---- */

struct reader {
    const struct time_settings *const *settings;
    size_t count;
    struct arena *arena;
};

struct found { /* a value of a registry, and in which */
    const struct registry_value *value;
    const struct evidence *source;
};

/* Of the right type; where it has another one, Windows does not take it either. */
static struct found find(const struct reader *reader, const char *key, const char *name,
                         bool is_number)
{
    for (size_t i = 0; i < reader->count; i++) {
        const struct registry_value *value =
            registry_find(&reader->settings[i]->registry, key, name);

        if (value && (is_number ? value->type == REGISTRY_DWORD : value->text != NULL))
            return (struct found){value, &reader->settings[i]->evidence};
    }
    return (struct found){NULL, NULL};
}

static const char *find_text(const struct reader *reader, const char *key, const char *name)
{
    struct found found = find(reader, key, name, false);

    return found.value && *found.value->text ? found.value->text : NULL;
}

/* -1: not there */
static int64_t find_number(const struct reader *reader, const char *key, const char *name)
{
    struct found found = find(reader, key, name, true);

    return found.value ? (int64_t)found.value->number : -1;
}

static bool covers(const struct reader *reader, const char *key)
{
    for (size_t i = 0; i < reader->count; i++) {
        if (time_settings_covers(reader->settings[i], key))
            return true;
    }
    return false;
}

/* ---- settings ---- */

static const struct {
    const char *key;
    const char *name;
    const char *section;
    bool is_number;
} settings[] = {
#define X(name, key, value, section, is_number) {key, value, section, is_number},
    TIME_SETTING_LIST(X)
#undef X
};

static const char *key_of(const struct reader *reader, const char *root, enum time_setting setting)
{
    const char *key = settings[setting].key;

    return *key ? arena_print(reader->arena, "%s\\%s", root, key) : root;
}

static void use_registry(const struct reader *reader, struct found found, const char *key,
                         enum time_origin origin, struct time_value *out)
{
    const struct registry_value *value = found.value;

    out->number = value->number;
    out->text = value->text ? value->text
                            : arena_print(reader->arena, "%llu", (unsigned long long)value->number);
    out->origin = origin;
    out->key = key;
    out->source = found.source;
    out->line = value->line;
}

static bool is_setting(const struct w32tm_setting *setting, enum time_setting wanted)
{
    const char *section = settings[wanted].section, *provider = setting->provider;

    return text_equal_fold(setting->name, settings[wanted].name) &&
           (section && provider ? text_equal_fold(section, provider) : section == provider);
}

static bool read_number(const char *text, uint64_t *out)
{
    enum { DIGITS_MOST = 10 };
    size_t size = strlen(text);

    *out = 0;
    for (size_t i = 0; i < size && size <= DIGITS_MOST; i++) {
        if (!text_is_digit(text[i]))
            return false;
        *out = *out * 10 + (uint64_t)(text[i] - '0');
    }
    return size > 0 && size <= DIGITS_MOST;
}

/* What w32tm says of it: of a policy alone, or of anybody. */
static bool use_w32tm(const struct reader *reader, enum time_setting wanted, bool policy_alone,
                      struct time_value *out)
{
    static const enum time_origin origins[W32TM_ORIGIN_COUNT] = {
        [W32TM_UNKNOWN] = TIME_ORIGIN_UNKNOWN,
        [W32TM_LOCAL] = TIME_ORIGIN_LOCAL,
        [W32TM_POLICY] = TIME_ORIGIN_POLICY,
        [W32TM_DEFAULT] = TIME_ORIGIN_DEFAULT,
    };

    for (size_t i = 0; i < reader->count; i++) {
        const struct w32tm_status *status = &reader->settings[i]->w32tm;

        for (size_t j = 0; reader->settings[i]->has_w32tm && j < status->setting_count; j++) {
            const struct w32tm_setting *setting = &status->settings[j];
            uint64_t number = 0;

            if (!is_setting(setting, wanted) || (policy_alone && setting->origin != W32TM_POLICY) ||
                (settings[wanted].is_number && !read_number(setting->value, &number)))
                continue;
            out->text = setting->value;
            out->number = number;
            out->origin = origins[setting->origin];
            out->source = &reader->settings[i]->evidence;
            out->line = 0;
            return true;
        }
    }
    return false;
}

/* A policy wins over what is set on the machine; where both say so, the registry says more. */
static void read_setting(const struct reader *reader, enum time_setting setting,
                         struct time_value *out)
{
    const char *name = settings[setting].name,
               *local_key = key_of(reader, TIME_KEY_W32TIME, setting);
    const char *policy_key = key_of(reader, TIME_KEY_POLICY, setting), *own;
    struct found local = find(reader, local_key, name, settings[setting].is_number);
    struct found policy = find(reader, policy_key, name, settings[setting].is_number);

    *out = (struct time_value){.setting = setting};
    if (local.value)
        use_registry(reader, local, local_key, TIME_ORIGIN_LOCAL, out);
    own = out->text;
    if (setting == TIME_SETTING_START)
        return;
    if (policy.value) {
        use_registry(reader, policy, policy_key, TIME_ORIGIN_POLICY, out);
        out->overridden = own;
    } else if (use_w32tm(reader, setting, true, out)) {
        out->key = policy_key;
        out->overridden = own;
    } else if (!local.value && use_w32tm(reader, setting, false, out)) {
        out->key = out->origin == TIME_ORIGIN_LOCAL ? local_key : NULL;
    }
}

static enum time_type type_of(const char *text)
{
    static const char *const texts[] = {
#define X(name, word, text) text,
        TIME_TYPE_LIST(X)
#undef X
    };

    for (unsigned i = 1; text && i < TIME_TYPE_COUNT; i++) {
        if (text_equal_fold(text, texts[i]))
            return (enum time_type)i;
    }
    return TIME_TYPE_UNKNOWN;
}

/* ---- peers ---- */

static void read_peers(const char *list, struct arena *arena, struct time_plan *out)
{
    struct ntp_peer peer;

    while (list && out->peer_count < TIME_PEERS_MOST && ntp_peer_next(&list, &peer)) {
        size_t size = peer.is_malformed ? peer.size : peer.host_size;

        out->peers[out->peer_count++] =
            (struct time_peer){arena_copy(arena, peer.text, size), peer.flags, peer.is_malformed};
    }
}

/* ---- who the machine is ---- */

static enum time_role role_of(const struct reader *reader, const char *domain)
{
    enum { AUTOMATIC = 2 };
    const char *product = find_text(reader, TIME_KEY_PRODUCT, "ProductType");
    int64_t netlogon = find_number(reader, TIME_KEY_NETLOGON, "Start");

    if (!product)
        return TIME_ROLE_UNKNOWN;
    if (text_equal_fold(product, "LanmanNT"))
        return TIME_ROLE_CONTROLLER;
    if (netlogon >= 0) /* it starts by itself where there is a domain to log on to */
        return netlogon == AUTOMATIC ? TIME_ROLE_MEMBER : TIME_ROLE_STAND_ALONE;
    return domain ? TIME_ROLE_MEMBER : TIME_ROLE_UNKNOWN;
}

/* Windows keeps each name twice: as it is, and as it will be after the next start. */
static const char *either(const struct reader *reader, const char *name, const char *other)
{
    static const char key[] = TIME_KEY_TCPIP;
    const char *text = find_text(reader, key, name);

    return text ? text : find_text(reader, key, other);
}

static void read_names(const struct reader *reader, struct time_plan *out)
{
    out->computer = either(reader, "Hostname", "NV Hostname");
    out->domain = either(reader, "Domain", "NV Domain");
    if (!out->computer)
        out->computer = find_text(reader, TIME_KEY_NAME, "ComputerName");
    out->role = role_of(reader, out->domain);
}

/* ---- what it runs on ---- */

static enum time_machine machine_of_make(const char *maker, const char *product)
{
    switch (machine_hardware_of(maker, product)) {
    case MACHINE_HARDWARE_UNKNOWN:
    case MACHINE_HARDWARE_PHYSICAL:
        return TIME_MACHINE_PHYSICAL;
    case MACHINE_HARDWARE_HYPER_V:
        return TIME_MACHINE_HYPER_V;
    case MACHINE_HARDWARE_VMWARE:
        return TIME_MACHINE_VMWARE;
    default:
        return TIME_MACHINE_OTHER_VM;
    }
}

static bool has_hyper_v_values(const struct reader *reader)
{
    for (size_t i = 0; i < reader->count; i++) {
        const struct registry_export *registry = &reader->settings[i]->registry;

        for (size_t j = 0; j < registry->count; j++) {
            if (registry_is_key(registry->values[j].key, TIME_KEY_GUEST, true))
                return true;
        }
    }
    return false;
}

static void read_machine(const struct reader *reader, struct time_plan *out)
{
    static const char key[] = TIME_KEY_MAKE;
    const char *maker = find_text(reader, key, "SystemManufacturer");
    const char *product = find_text(reader, key, "SystemProductName");

    out->has_vmware_tools = find_number(reader, TIME_KEY_VMTOOLS, "Start") >= 0;
    if (maker) {
        product = product ? product : "";
        out->machine = machine_of_make(maker, product);
        out->make = arena_print(reader->arena, "%s%s%s", maker, *product ? " " : "", product);
    } else if (has_hyper_v_values(reader)) {
        out->machine = TIME_MACHINE_HYPER_V;
    } else if (out->has_vmware_tools) {
        out->machine = TIME_MACHINE_VMWARE;
    }
}

/* What the tools said, or what the machine's configuration on its host sets them to. */
static enum time_known tools_sync(const struct reader *reader, struct time_plan *out)
{
    for (size_t i = 0; i < reader->count; i++) {
        if (reader->settings[i]->vmware == VMWARE_TIME_UNKNOWN)
            continue;
        out->hypervisor_source = &reader->settings[i]->evidence;
        return reader->settings[i]->vmware == VMWARE_TIME_ENABLED ? TIME_YES : TIME_NO;
    }
    return TIME_NOT_KNOWN;
}

/*
 * Of Hyper-V provider and service both have a say; the provider is there on hardware, too. That
 * of VMware, vmwTimeProvider, says nothing: without a precision clock in the virtual machine it
 * has no time to give.
 */
static void read_hypervisor(const struct reader *reader, struct time_plan *out)
{
    enum { DISABLED = 4 };
    const struct time_value *hyper_v = &out->values[TIME_SETTING_HYPER_V];
    enum time_known tools = tools_sync(reader, out);

    if (tools != TIME_NOT_KNOWN)
        out->machine = TIME_MACHINE_VMWARE;
    else if (covers(reader, TIME_KEY_VMTOOLS) && !out->has_vmware_tools)
        tools = TIME_NO; /* there are none */
    if (out->machine == TIME_MACHINE_VMWARE)
        out->hypervisor_sync = tools;
    else if (out->machine == TIME_MACHINE_PHYSICAL)
        out->hypervisor_sync = TIME_NO;
    else if (out->machine != TIME_MACHINE_HYPER_V)
        out->hypervisor_sync = TIME_NOT_KNOWN;
    else if (find_number(reader, TIME_KEY_HYPER_V, "Start") == DISABLED)
        out->hypervisor_sync = TIME_NO;
    else if (hyper_v->text)
        out->hypervisor_sync = hyper_v->number ? TIME_YES : TIME_NO;
}

/* UtilizeSslTimeData came with the Windows that chooses by stratum. */
static enum time_known prefers_best(const struct reader *reader)
{
    if (find_number(reader, TIME_KEY_W32TIME "\\Config", "UtilizeSslTimeData") >= 0)
        return TIME_YES;
    return covers(reader, TIME_KEY_W32TIME "\\Config") ? TIME_NO : TIME_NOT_KNOWN;
}

/* ---- how it is at present ---- */

static bool shows_policy(const struct time_settings *item)
{
    if ((item->has_w32tm && item->w32tm.setting_count > 0) ||
        time_settings_covers(item, TIME_KEY_POLICY))
        return true;
    for (size_t i = 0; i < item->registry.count; i++) {
        if (registry_is_key(item->registry.values[i].key, TIME_KEY_POLICY, true))
            return true;
    }
    return false;
}

static void read_present(const struct time_settings *item, struct time_plan *out)
{
    out->policy_is_known = out->policy_is_known || shows_policy(item);
    if (out->service == TIME_SERVICE_UNKNOWN)
        out->service = item->service;
    if (!item->has_w32tm)
        return;
    if (item->w32tm.error == W32TM_SERVICE_NOT_STARTED && out->service == TIME_SERVICE_UNKNOWN)
        out->service = TIME_SERVICE_STOPPED;
    if (item->w32tm.source_name && !out->status) {
        out->status = &item->w32tm;
        out->status_source = &item->evidence;
    }
}

/* What the policy of a domain says holds for all its machines. */
static void read_skew(const struct reader *reader, struct time_plan *out)
{
    struct found found = find(reader, TIME_KEY_KERBEROS, "SkewTime", true);

    out->kerberos_skew = -1;
    if (found.value && found.value->number <= CLOCK_SKEW_MOST) {
        out->kerberos_skew = (int)found.value->number;
        out->skew_source = found.source;
    }
    for (size_t i = 0; i < reader->count; i++) {
        if (!reader->settings[i]->policy.has_clock_skew)
            continue;
        out->kerberos_skew = (int)reader->settings[i]->policy.clock_skew;
        out->skew_source = &reader->settings[i]->evidence;
        return;
    }
}

/* ---- what is left open ---- */

static void read_lacks(const struct reader *reader, struct time_plan *out)
{
    bool *lacks = out->lacks;

    lacks[TIME_LACK_W32TIME] =
        out->type == TIME_TYPE_UNKNOWN && !out->values[TIME_SETTING_TYPE].text;
    lacks[TIME_LACK_POLICY] = !out->policy_is_known;
    lacks[TIME_LACK_NAME] = !out->computer || !out->domain;
    lacks[TIME_LACK_ROLE] = !find_text(reader, TIME_KEY_PRODUCT, "ProductType");
    lacks[TIME_LACK_NETLOGON] = out->role == TIME_ROLE_UNKNOWN;
    lacks[TIME_LACK_MAKE] = out->machine == TIME_MACHINE_UNKNOWN;
    lacks[TIME_LACK_PRESENT] = !out->status && out->service != TIME_SERVICE_STOPPED;
    lacks[TIME_LACK_VMWARE] =
        out->machine == TIME_MACHINE_VMWARE && out->hypervisor_sync == TIME_NOT_KNOWN;
}

void time_plan_read(const struct time_settings *const *items, size_t count, struct arena *arena,
                    struct time_plan *out)
{
    const struct reader reader = {items, count, arena};

    memset(out, 0, sizeof *out);
    read_names(&reader, out);
    read_machine(&reader, out);
    for (unsigned i = 0; i < TIME_SETTING_COUNT; i++)
        read_setting(&reader, (enum time_setting)i, &out->values[i]);
    out->type = type_of(out->values[TIME_SETTING_TYPE].text);
    read_peers(out->values[TIME_SETTING_PEERS].text, arena, out);
    read_hypervisor(&reader, out);
    out->prefers_best = prefers_best(&reader);
    read_skew(&reader, out);
    for (size_t i = 0; i < count; i++)
        read_present(items[i], out);
    if (out->machine == TIME_MACHINE_UNKNOWN && out->status &&
        out->status->source == W32TM_SOURCE_VM_IC)
        out->machine = TIME_MACHINE_HYPER_V;
    read_lacks(&reader, out);
}
