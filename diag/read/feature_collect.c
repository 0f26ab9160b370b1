#include "diag/read/feature_collect.h"

#include "diag/text.h"

#include <string.h>

/* ---- names ---- */

bool windows_feature_is_name(const char *text, size_t size)
{
    if (size == 0 || size > FEATURE_NAME_MOST || text[size - 1] == '.')
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!text_is_letter(text[i]) && !text_is_digit(text[i]) && text[i] != '-' &&
            text[i] != '_' && text[i] != '.')
            return false;
    }
    return true;
}

bool windows_feature_is_known(const char *name, size_t size)
{
    static const char *const prefixes[] = {
        /* Server Manager's */
        "AD-", "ADCS-", "ADFS-", "ADLDS", "ADRMS", "Application-Server", "AS-", "Web-", "WAS",
        "WinRM-IIS-Ext", "NET-", "RSAT", "FS-", "File", "Server-Gui", "Server-Media", "Print",
        "Remote", "RDS", "BITS", "Desktop-Experience", "Failover-Clustering", "RPC-over-HTTP-Proxy",
        "PowerShell", "Telnet-", "Windows-", "WoW64", "User-Interfaces", "Hyper-V", "DHCP", "DNS",
        "NPAS", "SMTP-Server", "System-DataArchiver", "XPS-Viewer", "Backup",
        /* dism's */
        "IIS-", "NetFx", "WCF-", "MSMQ", "Microsoft-", "MicrosoftWindows", "DirectoryServices",
        "ServerCore", "ServerManager", "Server-", "SMB", "TelnetClient", "Windows",
        "KeyDistribution", "Printing-", "Search", "SNMP", "Xps-"};

    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (text_starts_fold(name, size, prefixes[i]))
            return true;
    }
    return false;
}

/* ---- the list ---- */

static uint32_t hash_of(const char *name, size_t size, enum feature_names names)
{
    uint32_t hash = 2166136261u ^ (uint32_t)names; /* FNV-1a */

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)text_lower(name[i])) * 16777619u;
    return hash;
}

static bool is_it(const struct windows_feature *feature, const char *name, size_t size,
                  enum feature_names names)
{
    return feature->names == names &&
           text_equal_fold_sized(feature->name, strlen(feature->name), name, size);
}

/* The slot of this name, or the one where it belongs. */
static uint16_t *slot_of(struct feature_collector *collector, const char *name, size_t size,
                         enum feature_names names)
{
    uint32_t at = hash_of(name, size, names) & (FEATURE_SLOTS - 1);

    while (collector->slots[at] &&
           !is_it(&collector->list->features[collector->slots[at] - 1], name, size, names))
        at = (at + 1) & (FEATURE_SLOTS - 1);
    return &collector->slots[at];
}

void feature_collect(struct feature_collector *collector, const char *name, size_t size,
                     enum feature_names names, enum feature_state state)
{
    struct windows_feature_list *list = collector->list;
    uint16_t *slot;

    if (!windows_feature_is_name(name, size))
        return;
    slot = slot_of(collector, name, size, names);
    if (*slot) {
        struct windows_feature *feature = &list->features[*slot - 1];

        if (feature->state != state)
            feature->state = FEATURE_UNKNOWN;
    } else if (list->count == FEATURE_LIST_MOST) {
        list->is_cut = true;
    } else {
        list->features[list->count++] =
            (struct windows_feature){arena_copy(collector->arena, name, size), names, state};
        *slot = (uint16_t)list->count;
        collector->has_known = collector->has_known || windows_feature_is_known(name, size);
    }
}

void feature_collect_computer(struct feature_collector *collector, const char *name, size_t size)
{
    struct windows_feature_list *list = collector->list;

    if (!windows_feature_is_name(name, size))
        return;
    if (!list->computer)
        list->computer = arena_copy(collector->arena, name, size);
    else if (!text_equal_fold_sized(list->computer, strlen(list->computer), name, size))
        collector->is_of_several = true;
}

/* ---- one record ---- */

static bool is(const char *text, size_t size, const char *word)
{
    return text_equal_fold_sized(text, size, word, strlen(word));
}

static bool is_dism_name(const char *property, size_t size)
{
    return is(property, size, "FeatureName") || is(property, size, "Feature Name");
}

static bool take_name(struct feature_record *record, enum feature_names names, const char *value,
                      size_t size)
{
    record->name = value;
    record->name_size = size;
    record->names = names;
    record->has_name = true;
    return true;
}

/* The better word has the say: InstallState over Installed, whichever comes first. Windows Server
 * 2008 R2 has no InstallState, and where it is asked for an empty one. */
static bool take_installed(struct feature_record *record, const char *value, size_t size)
{
    if (record->has_install_state)
        return true;
    record->has_state = is(value, size, "True") || is(value, size, "False");
    record->state = is(value, size, "True")    ? FEATURE_INSTALLED
                    : is(value, size, "False") ? FEATURE_AVAILABLE
                                               : FEATURE_UNKNOWN;
    return true;
}

static bool take_state(struct feature_record *record, bool *has, const char *value, size_t size)
{
    record->state = feature_state_of(value, size);
    record->has_state = *has = true;
    return true;
}

bool feature_record_take(struct feature_record *record, const char *property, size_t property_size,
                         const char *value, size_t size)
{
    if (is_dism_name(property, property_size))
        return take_name(record, FEATURE_OF_DISM, value, size);
    if (is(property, property_size, "Name"))
        return take_name(record, FEATURE_OF_SERVER_MANAGER, value, size);
    if (is(property, property_size, "InstallState"))
        return size > 0 && take_state(record, &record->has_install_state, value, size);
    if (is(property, property_size, "State"))
        return take_state(record, &record->has_dism_state, value, size);
    return is(property, property_size, "Installed") && take_installed(record, value, size);
}

bool feature_record_begins(const struct feature_record *record, const char *property, size_t size)
{
    return record->has_name && (is(property, size, "Name") || is_dism_name(property, size));
}

void feature_record_end(struct feature_record *record, struct feature_collector *collector)
{
    bool is_of_dism = record->names == FEATURE_OF_DISM;

    if (record->has_name && record->has_state && record->has_dism_state == is_of_dism)
        feature_collect(collector, record->name, record->name_size, record->names, record->state);
    *record = (struct feature_record){0};
}
