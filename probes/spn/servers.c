#include "probes/spn/servers.h"

#include "diag/read/dns_name.h"
#include "diag/read/ldap_text.h"
#include "diag/text.h"

#include <string.h>

/* The attributes tell what an entry is: classes go by several names. */
const char spn_servers_filter[] =
    "(|(objectClass=msExchExchangeServer)(msExchSmtpFullyQualifiedDomainName=*)"
    "(msExchSMTPReceiveConnectorFQDN=*)(msExchSmtpSmartHost=*))";
const char *const spn_servers_attributes[] = {
    "msExchCurrentServerRoles",
    "msExchSMTPReceiveConnectorFQDN",
    "msExchSMTPReceiveInboundSecurityFlag",
    "msExchSmtpFullyQualifiedDomainName",
    "msExchSmtpSmartHost",
    "networkAddress",
    "objectClass",
    "serialNumber",
    NULL,
};

enum { FIRST_WITH_ROLES = 8 /* Exchange 2007 */, LAST_WITH_HUB = 14 /* and 2010 */ };
enum { EXCHANGE_SERVER_AUTHENTICATION = 16 }; /* of the AuthMechanism of a receive connector */

static bool is_class(const struct directory_entry *entry, const char *name)
{
    const struct directory_attribute *classes = directory_attribute_of(entry, "objectClass");

    for (size_t i = 0; classes && i < classes->value_count; i++) {
        if (text_equal_fold(classes->values[i].bytes, name))
            return true;
    }
    return false;
}

static const char *folded(struct arena *arena, const char *name, size_t size)
{
    struct buffer text;

    buffer_init(&text, DNS_NAME_TEXT_SIZE);
    dns_name_fold(arena_copy(arena, name, size), &text);
    return buffer_keep(&text, arena);
}

/* ---- servers ---- */

/* "ncacn_ip_tcp:ex01.contoso.com" */
static const char *host_of(const struct directory_entry *entry, struct arena *arena)
{
    static const char prefix[] = "ncacn_ip_tcp:";
    const struct directory_attribute *addresses = directory_attribute_of(entry, "networkAddress");

    for (size_t i = 0; addresses && i < addresses->value_count; i++) {
        const struct directory_value *value = &addresses->values[i];

        if (text_starts_fold(value->bytes, value->size, prefix))
            return folded(arena, value->bytes + sizeof prefix - 1,
                          value->size - (sizeof prefix - 1));
    }
    return NULL;
}

/* "Version 15.1 (Build 32507.6)": the first number. */
static unsigned version_of(const struct directory_entry *entry)
{
    const char *text = directory_text_of(entry, "serialNumber");
    unsigned version = 0;

    while (text && *text && !text_is_digit(*text))
        text++;
    for (; text && text_is_digit(*text) && version < 100; text++)
        version = 10 * version + (unsigned)(*text - '0');
    return version;
}

static unsigned number_of(const struct directory_entry *entry, const char *attribute)
{
    const char *text = directory_text_of(entry, attribute);
    unsigned value = 0;

    for (; text && text_is_digit(*text) && value < 100000000; text++)
        value = 10 * value + (unsigned)(*text - '0');
    return text && *text == '\0' ? value : 0;
}

static void add_server(const struct directory_entry *entry, struct arena *arena,
                       struct spn_servers *out)
{
    struct spn_server *server = &out->list[out->count];
    struct ldap_rdn *rdns;
    size_t count;

    if (out->count == SPN_SERVERS_MOST || ldap_dn_parse(entry->dn, arena, &rdns, &count) ||
        count == 0)
        return;
    *server = (struct spn_server){
        .name = rdns[0].value,
        .host = host_of(entry, arena),
        .dn = entry->dn,
        .version = version_of(entry),
        .roles = number_of(entry, "msExchCurrentServerRoles"),
    };
    server->listeners = arena_new(arena, SPN_LISTENERS_MOST, sizeof *server->listeners);
    out->count++;
}

/* ---- what they listen with ---- */

/* The server above an entry: its name is what follows "CN=Protocols". */
static struct spn_server *server_above(struct spn_servers *servers, const char *dn,
                                       struct arena *arena, const char **name)
{
    struct ldap_rdn *rdns;
    size_t count;

    if (ldap_dn_parse(dn, arena, &rdns, &count) != STATUS_OK)
        return NULL;
    for (size_t i = 1; i + 1 < count; i++) {
        if (!text_equal_fold(rdns[i].value, "Protocols"))
            continue;
        *name = rdns[0].value;
        for (size_t k = 0; k < servers->count; k++) {
            if (text_equal_fold(servers->list[k].name, rdns[i + 1].value))
                return &servers->list[k];
        }
    }
    return NULL;
}

/* Without the flags, as an account without rights reads it, it may. */
static bool may_authenticate_servers(const struct directory_entry *entry)
{
    const char *flags = directory_text_of(entry, "msExchSMTPReceiveInboundSecurityFlag");
    unsigned long value = 0;

    if (!flags)
        return true;
    for (; text_is_digit(*flags) && value < 100000; flags++)
        value = 10 * value + (unsigned)(*flags - '0');
    return *flags != '\0' || (value & EXCHANGE_SERVER_AUTHENTICATION);
}

static const char *name_in(const struct directory_entry *entry, const char *attribute,
                           struct arena *arena)
{
    const char *text = directory_text_of(entry, attribute);

    return text && *text ? folded(arena, text, strlen(text)) : NULL;
}

static void add_listener(const struct directory_entry *entry, struct arena *arena,
                         struct spn_servers *servers)
{
    const char *of_connector = name_in(entry, "msExchSMTPReceiveConnectorFQDN", arena);
    const char *of_virtual_server = name_in(entry, "msExchSmtpFullyQualifiedDomainName", arena);
    const char *smart_host = directory_text_of(entry, "msExchSmtpSmartHost"), *name;
    struct spn_server *server;

    if (!of_connector && !of_virtual_server && !smart_host)
        return;
    server = server_above(servers, entry->dn, arena, &name);
    if (!server || server->listener_count == SPN_LISTENERS_MOST)
        return;
    server->listeners[server->listener_count++] = (struct spn_listener){
        .name = name,
        .fqdn = of_connector ? of_connector : of_virtual_server,
        .smart_host = smart_host,
        .is_virtual_server = !of_connector && of_virtual_server,
        .authenticates_servers = may_authenticate_servers(entry),
        .is_unsure =
            of_connector && !directory_text_of(entry, "msExchSMTPReceiveInboundSecurityFlag"),
    };
}

void spn_servers_read(const struct directory_entry *entries, size_t count, struct arena *arena,
                      struct spn_servers *out)
{
    size_t most = 0;

    for (size_t i = 0; i < count && most < SPN_SERVERS_MOST; i++)
        most += is_class(&entries[i], "msExchExchangeServer");
    *out = (struct spn_servers){.list = arena_new(arena, most, sizeof *out->list)};
    for (size_t i = 0; i < count && out->count < most; i++) {
        if (is_class(&entries[i], "msExchExchangeServer"))
            add_server(&entries[i], arena, out);
    }
    for (size_t i = 0; i < count; i++)
        add_listener(&entries[i], arena, out);
}

/* ---- looking up ---- */

const struct spn_server *spn_server_of(const struct spn_servers *servers, const char *host)
{
    for (size_t i = 0; i < servers->count; i++) {
        const struct spn_server *server = &servers->list[i];

        if (server->host && dns_name_equal(server->host, host))
            return server;
    }
    for (size_t i = 0; i < servers->count && !strchr(host, '.'); i++) {
        if (text_equal_fold(servers->list[i].name, host))
            return &servers->list[i];
    }
    return NULL;
}

bool spn_server_has_no_transport(const struct spn_server *server)
{
    bool has_hub = server->version >= FIRST_WITH_ROLES && server->version <= LAST_WITH_HUB;

    return has_hub && server->roles != 0 && !(server->roles & (SPN_ROLE_HUB | SPN_ROLE_EDGE));
}

bool spn_server_lets_log_on(const struct spn_server *server)
{
    return !(server->roles & SPN_ROLE_EDGE) && !spn_server_has_no_transport(server);
}

size_t spn_servers_that_let_log_on(const struct spn_servers *servers)
{
    size_t count = 0;

    for (size_t i = 0; i < servers->count; i++)
        count += spn_server_lets_log_on(&servers->list[i]);
    return count;
}

bool spn_server_calls_itself(const struct spn_server *server, const char *host)
{
    bool is_told = false;

    for (size_t i = 0; i < server->listener_count; i++) {
        const struct spn_listener *listener = &server->listeners[i];

        if (!listener->fqdn || !listener->authenticates_servers)
            continue;
        is_told = true;
        if (dns_name_equal(listener->fqdn, host))
            return true;
    }
    return !is_told && server->host && dns_name_equal(server->host, host);
}
