#include "diag/evidence/directory_redact.h"

#include "diag/read/ldap_text.h"
#include "diag/text.h"

#include <string.h>

enum { VALUE_MOST = DIRECTORY_BYTES_MOST, REDACTED_MOST = 2 * LDAP_DN_MOST };

/* ---- what every forest or organisation has ---- */

static const char *const common_names[] = {
    "Administrative Groups",
    "Arrays",
    "Builtin",
    "Computers",
    "Configuration",
    "Connections",
    "Databases",
    "Default Naming Context",
    "Directory Service",
    "DisplaySpecifiers",
    "Domain Controllers",
    "DomainDnsZones",
    "Exchange Administrative Group (FYDIBOHF23SPDLT)",
    "Exchange Servers",
    "ForeignSecurityPrincipals",
    "ForestDnsZones",
    "Inter-Site Transports",
    "Managed Service Accounts",
    "Microsoft Exchange",
    "Microsoft Exchange Security Groups",
    "Microsoft Exchange System Objects",
    "NTDS Settings",
    "Partitions",
    "Protocols",
    "Routing Groups",
    "SMTP",
    "SMTP Receive Connectors",
    "Schema",
    "Servers",
    "Services",
    "Sites",
    "System",
    "Transport Settings",
    "Users",
    "Windows NT",
};

static bool is_common(const char *text)
{
    for (size_t i = 0; i < sizeof common_names / sizeof *common_names; i++) {
        if (text_equal_fold(common_names[i], text))
            return true;
    }
    return false;
}

static bool is_number(const char *text)
{
    if (*text == '-')
        text++;
    while (text_is_digit(*text))
        text++;
    return !*text;
}

/* ---- names ---- */

static void add_name(const struct redactor *redactor, const char *name, struct buffer *out)
{
    if (is_common(name) || is_number(name))
        buffer_add_string(out, name);
    else
        redact_name(redactor, name, out);
}

static void add_part(const struct redactor *redactor, const char *name, size_t size,
                     struct arena *arena, struct buffer *out)
{
    add_name(redactor, arena_copy(arena, name, size), out);
}

static void add_account(const struct redactor *redactor, const char *name, struct arena *arena,
                        struct buffer *out)
{
    size_t size = strcspn(name, "\\@");

    add_part(redactor, name, size, arena, out);
    if (!name[size])
        return;
    buffer_add_char(out, name[size]);
    add_account(redactor, name + size + 1, arena, out);
}

/* "host:port" or "host:instance": a number is a port. */
static void add_host(const struct redactor *redactor, const char *text, size_t size,
                     struct arena *arena, struct buffer *out)
{
    const char *colon = *text == '[' ? NULL : memchr(text, ':', size);
    size_t host_size = colon ? (size_t)(colon - text) : size;

    add_part(redactor, text, host_size, arena, out);
    if (colon) {
        buffer_add_char(out, ':');
        add_part(redactor, colon + 1, size - host_size - 1, arena, out);
    }
}

static void add_spn(const struct redactor *redactor, const char *spn, struct arena *arena,
                    struct buffer *out)
{
    const char *slash = strchr(spn, '/');

    if (!slash) {
        add_account(redactor, spn, arena, out);
        return;
    }
    buffer_add(out, spn, (size_t)(slash - spn));
    while (slash) {
        const char *part = slash + 1;
        size_t size = strcspn(part, "/");

        buffer_add_char(out, '/');
        add_host(redactor, part, size, arena, out);
        slash = part[size] ? part + size : NULL;
    }
}

/* ---- distinguished names ---- */

static bool is_domain_component(const struct ldap_rdn *rdn)
{
    return text_equal_fold(rdn->type, "DC");
}

/* The domain that the DCs from here on spell, redacted as one: "contoso.com". */
static const char *domain_from(const struct redactor *redactor, const struct ldap_rdn *rdns,
                               size_t count, struct arena *arena)
{
    struct buffer name, out;

    buffer_init(&name, LDAP_DN_MOST);
    buffer_init(&out, REDACTED_MOST);
    for (size_t i = 0; i < count && is_domain_component(&rdns[i]); i++) {
        if (i > 0)
            buffer_add_char(&name, '.');
        buffer_add_string(&name, rdns[i].value);
    }
    redact_name(redactor, name.text, &out);
    buffer_release(&name);
    return buffer_keep(&out, arena);
}

static void add_domain(const char *domain, struct buffer *out)
{
    while (*domain) {
        size_t size = strcspn(domain, ".");

        buffer_add_string(out, "DC=");
        ldap_dn_value(domain, size, out);
        domain += size;
        if (*domain) {
            buffer_add_char(out, ',');
            domain++;
        }
    }
}

static void add_rdns(const struct redactor *redactor, const struct ldap_rdn *rdns, size_t count,
                     struct arena *arena, struct buffer *out)
{
    for (size_t i = 0; i < count; i++) {
        struct buffer value;

        if (i > 0)
            buffer_add_char(out, ',');
        if (is_domain_component(&rdns[i])) {
            add_domain(domain_from(redactor, rdns + i, count - i, arena), out);
            while (i + 1 < count && is_domain_component(&rdns[i + 1]))
                i++;
            continue;
        }
        buffer_init(&value, REDACTED_MOST);
        add_name(redactor, rdns[i].value, &value);
        buffer_print(out, "%s=", rdns[i].type);
        ldap_dn_value(value.text, value.size, out);
        buffer_release(&value);
    }
}

static bool add_dn(const struct redactor *redactor, const char *dn, struct arena *arena,
                   struct buffer *out)
{
    struct ldap_rdn *rdns;
    size_t count;

    if (ldap_dn_parse(dn, arena, &rdns, &count) != STATUS_OK || count == 0)
        return false;
    add_rdns(redactor, rdns, count, arena, out);
    return true;
}

/* ---- values ---- */

enum treatment { AS_TEXT, AS_IT_IS, AS_NAME, AS_ACCOUNT, AS_SPN };

static enum treatment treatment_of(const char *attribute)
{
    static const struct {
        const char *attribute;
        enum treatment treatment;
    } treatments[] = {
        {"cn", AS_NAME},
        {"configurationNamingContext", AS_NAME},
        {"currentTime", AS_IT_IS},
        {"dNSHostName", AS_NAME},
        {"dnsRoot", AS_NAME},
        {"highestCommittedUSN", AS_IT_IS},
        {"isGlobalCatalogReady", AS_IT_IS},
        {"isSynchronized", AS_IT_IS},
        {"msDS-AdditionalDnsHostName", AS_NAME},
        {"msDS-AllowedToDelegateTo", AS_SPN},
        {"msExchAcceptedDomainName", AS_NAME},
        {"msExchSMTPReceiveConnectorFQDN", AS_NAME},
        {"msExchSmtpFullyQualifiedDomainName", AS_NAME},
        {"nETBIOSName", AS_NAME},
        {"name", AS_NAME},
        {"objectClass", AS_IT_IS},
        {"operatingSystem", AS_IT_IS},
        {"operatingSystemVersion", AS_IT_IS},
        {"sAMAccountName", AS_ACCOUNT},
        {"sPNMappings", AS_IT_IS},
        {"serialNumber", AS_IT_IS},
        {"servicePrincipalName", AS_SPN},
        {"supportedCapabilities", AS_IT_IS},
        {"supportedControl", AS_IT_IS},
        {"supportedExtension", AS_IT_IS},
        {"supportedLDAPPolicies", AS_IT_IS},
        {"supportedLDAPVersion", AS_IT_IS},
        {"supportedSASLMechanisms", AS_IT_IS},
        {"userPrincipalName", AS_ACCOUNT},
        {"versionNumber", AS_IT_IS},
        {"whenChanged", AS_IT_IS},
        {"whenCreated", AS_IT_IS},
    };

    for (size_t i = 0; i < sizeof treatments / sizeof *treatments; i++) {
        if (text_equal_fold(treatments[i].attribute, attribute))
            return treatments[i].treatment;
    }
    return AS_TEXT;
}

static void add_text(const struct redactor *redactor, const char *text, struct buffer *out)
{
    static const char *const words[] = {"TRUE",    "FALSE", "ncacn_ip_tcp", "ncacn_vns_spp",
                                        "netbios", "ldap",  "ldaps",        "http",
                                        "https",   "DC",    "CN",           NULL};

    if (is_number(text) || is_common(text))
        buffer_add_string(out, text);
    else
        redact_text(redactor, text, strlen(text), words, out);
}

static void add_value(const struct redactor *redactor, const char *attribute, const char *text,
                      struct arena *arena, struct buffer *out)
{
    enum treatment treatment = treatment_of(attribute);

    if (treatment == AS_IT_IS)
        buffer_add_string(out, text);
    else if (treatment == AS_SPN)
        add_spn(redactor, text, arena, out);
    else if (treatment == AS_ACCOUNT)
        add_account(redactor, text, arena, out);
    else if (strchr(text, '=') && add_dn(redactor, text, arena, out))
        return;
    else if (treatment == AS_NAME)
        add_name(redactor, text, out);
    else
        add_text(redactor, text, out);
}

const char *redact_directory_value(const struct redactor *redactor, const char *attribute,
                                   const char *bytes, size_t *size, struct arena *arena)
{
    struct buffer out;

    buffer_init(&out, VALUE_MOST);
    if (!memchr(bytes, '\0', *size) && text_is_utf8(bytes, *size))
        add_value(redactor, attribute, arena_copy(arena, bytes, *size), arena, &out);
    *size = out.size;
    return buffer_keep(&out, arena);
}

const char *redact_spn(const struct redactor *redactor, const char *spn, struct arena *arena)
{
    struct buffer out;

    buffer_init(&out, VALUE_MOST);
    add_spn(redactor, spn, arena, &out);
    return buffer_keep(&out, arena);
}

const char *redact_account(const struct redactor *redactor, const char *name, struct arena *arena)
{
    struct buffer out;

    buffer_init(&out, VALUE_MOST);
    add_account(redactor, name, arena, &out);
    return buffer_keep(&out, arena);
}

const char *redact_dn(const struct redactor *redactor, const char *dn, struct arena *arena)
{
    struct buffer out;

    buffer_init(&out, VALUE_MOST);
    if (*dn && !add_dn(redactor, dn, arena, &out))
        add_text(redactor, dn, &out);
    return buffer_keep(&out, arena);
}

/* ---- filters ---- */

static int hex_digit(char character)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = character ? strchr(digits, text_lower(character)) : NULL;

    return found ? (int)(found - digits) : -1;
}

/* The bytes that an assertion value spells, up to its end, an asterisk or a parenthesis. */
static const char *unescape(const char *text, size_t *taken, size_t *size, struct arena *arena)
{
    struct buffer out;
    const char *at = text;

    buffer_init(&out, VALUE_MOST);
    while (*at && !strchr("*()", *at)) {
        int high = *at == '\\' ? hex_digit(at[1]) : -1, low = high >= 0 ? hex_digit(at[2]) : -1;
        int byte = low >= 0 ? high * 16 + low : *at;

        buffer_add_char(&out, (char)byte);
        at += low >= 0 ? 3 : 1;
    }
    *taken = (size_t)(at - text);
    *size = out.size;
    return buffer_keep(&out, arena);
}

static size_t add_assertion(const struct redactor *redactor, const char *attribute,
                            const char *text, struct arena *arena, struct buffer *out)
{
    size_t at = 0;

    while (text[at] && !strchr("()", text[at])) {
        size_t taken, size;
        const char *value;

        if (text[at] == '*') {
            buffer_add_char(out, text[at++]);
            continue;
        }
        value = unescape(text + at, &taken, &size, arena);
        value = redact_directory_value(redactor, attribute, value, &size, arena);
        ldap_filter_value(value, size, out);
        at += taken;
    }
    return at;
}

const char *redact_filter(const struct redactor *redactor, const char *filter, struct arena *arena)
{
    struct buffer out;

    buffer_init(&out, VALUE_MOST);
    while (*filter) {
        size_t size = strcspn(filter, "()=");
        const char *attribute = arena_copy(arena, filter, strcspn(filter, "()=:<>~;"));

        buffer_add(&out, filter, size);
        filter += size;
        if (!*filter)
            break;
        buffer_add_char(&out, *filter);
        if (*filter++ == '=')
            filter += add_assertion(redactor, attribute, filter, arena, &out);
    }
    return buffer_keep(&out, arena);
}

/* ---- the answer ---- */

static void redact_attribute(const struct redactor *redactor, struct directory_attribute *attribute,
                             struct arena *arena)
{
    struct directory_value *values = arena_new(arena, attribute->value_count, sizeof *values);

    for (size_t i = 0; i < attribute->value_count; i++) {
        values[i].size = attribute->values[i].size;
        values[i].bytes = redact_directory_value(
            redactor, attribute->name, attribute->values[i].bytes, &values[i].size, arena);
    }
    attribute->values = values;
}

void redact_directory_entry(const struct redactor *redactor, struct directory_entry *entry,
                            struct arena *arena)
{
    struct directory_attribute *attributes =
        arena_new(arena, entry->attribute_count, sizeof *attributes);

    entry->dn = redact_dn(redactor, entry->dn, arena);
    for (size_t i = 0; i < entry->attribute_count; i++) {
        attributes[i] = entry->attributes[i];
        redact_attribute(redactor, &attributes[i], arena);
    }
    entry->attributes = attributes;
}

void directory_redact(struct directory_answer *answer, const struct redactor *redactor)
{
    struct arena *arena = &answer->evidence.memory;
    struct directory_entry *entries = arena_new(arena, answer->entry_count, sizeof *entries);
    const char **referrals = arena_new(arena, answer->referral_count, sizeof *referrals);

    redact_ip(redactor, &answer->address.ip);
    answer->host = redact_name_copy(redactor, answer->host, arena);
    answer->base = redact_dn(redactor, answer->base, arena);
    answer->filter = redact_filter(redactor, answer->filter, arena);
    answer->diagnostic = NULL; /* servers write names of objects and of hosts into them */
    answer->evidence.reason = NULL;
    for (size_t i = 0; i < answer->entry_count; i++) {
        entries[i] = answer->entries[i];
        redact_directory_entry(redactor, &entries[i], arena);
    }
    for (size_t i = 0; i < answer->referral_count; i++) {
        struct buffer out;

        buffer_init(&out, VALUE_MOST);
        add_text(redactor, answer->referrals[i], &out);
        referrals[i] = buffer_keep(&out, arena);
    }
    answer->entries = entries;
    answer->referrals = referrals;
}
