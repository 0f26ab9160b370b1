#include "tests/lab/world_directory.h"

#include "diag/buffer.h"
#include "diag/platform.h"
#include "tests/lab/directory_peer.h"
#include "tests/lab/world_registry.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define DOMAIN        "DC=contoso,DC=com"
#define CONFIGURATION "CN=Configuration," DOMAIN
#define SERVERS                                                                                    \
    "CN=Servers,CN=First Administrative Group,CN=Administrative Groups,CN=Contoso,"                \
    "CN=Microsoft Exchange,CN=Services," CONFIGURATION

enum { LDIF_MOST = 65536 };

/*
 * ex01  7 minutes ahead, as world_clocks.c has it, and nothing else
 * ex02  calls itself mail.contoso.com, which nobody has registered
 * ex03  its name is on the account of its predecessor, too
 * ex04  calls itself relay.contoso.com, which is on a service account
 * ex05  all is well; what it says of the others is in its logs
 * ex06  does not offer X-EXPS; calls itself internal.contoso.com, as its account has it, and what
 *       lets it log on to itself by that is of the wrong type
 */
static const struct {
    const char *name;
    const char *host;
    const char *announced;  /* by its receive connector */
    enum world_build build; /* world_web.c has the same of its pages */
    const char *more;       /* of its account, beside its own names; or NULL */
} exchange[] = {
    {"EX01", "ex01.contoso.com", "ex01.contoso.com", WORLD_BUILD_BEHIND, NULL},
    {"EX02", "ex02.contoso.com", "mail.contoso.com", WORLD_BUILD_NEWEST, NULL},
    {"EX03", "ex03.contoso.com", "ex03.contoso.com", WORLD_BUILD_NEWEST, NULL},
    {"EX04", "ex04.contoso.com", "relay.contoso.com", WORLD_BUILD_NEWEST, NULL},
    {"EX05", "ex05.contoso.com", "ex05.contoso.com", WORLD_BUILD_NEWEST, NULL},
    {"EX06", "ex06.contoso.com", "internal.contoso.com", WORLD_BUILD_NEWEST,
     "SMTPSVC/internal.contoso.com"},
};

static const char common[] =
    "dn: " DOMAIN "\n"
    "objectClass: domainDNS\n"
    "\n"
    "dn: " CONFIGURATION "\n"
    "objectClass: configuration\n"
    "\n"
    "dn: CN=Partitions," CONFIGURATION "\n"
    "objectClass: crossRefContainer\n"
    "\n"
    "dn: CN=CONTOSO,CN=Partitions," CONFIGURATION "\n"
    "objectClass: crossRef\n"
    "dnsRoot: contoso.com\n"
    "nETBIOSName: CONTOSO\n"
    "\n"
    "dn: CN=Directory Service,CN=Windows NT,CN=Services," CONFIGURATION "\n"
    "objectClass: nTDSService\n"
    "sPNMappings: host=alerter,appmgmt,browser,cifs,dhcp,dns,eventlog,http,netlogon,rpc,schedule,"
    "spooler,time,w3svc,wins,www\n"
    "\n"
    "dn: CN=Microsoft Exchange,CN=Services," CONFIGURATION "\n"
    "objectClass: container\n"
    "\n"
    "dn: CN=EX03-OLD,OU=Retired," DOMAIN "\n"
    "objectClass: user\n"
    "objectClass: computer\n"
    "sAMAccountName: EX03-OLD$\n"
    "dNSHostName: ex03-old.contoso.com\n"
    "servicePrincipalName: HOST/EX03-OLD\n"
    "servicePrincipalName: HOST/ex03-old.contoso.com\n"
    "servicePrincipalName: SMTPSVC/ex03.contoso.com\n"
    "\n"
    "dn: CN=svc-relay,OU=Service Accounts," DOMAIN "\n"
    "objectClass: user\n"
    "sAMAccountName: svc-relay\n"
    "servicePrincipalName: SMTPSVC/relay.contoso.com\n"
    "\n";

/* ---- what its controllers hold ---- */

static void add_root(struct buffer *out, const char *host)
{
    buffer_print(out,
                 "dn:\n"
                 "configurationNamingContext: " CONFIGURATION "\n"
                 "defaultNamingContext: " DOMAIN "\n"
                 "rootDomainNamingContext: " DOMAIN "\n"
                 "dnsHostName: %s\n"
                 "ldapServiceName: contoso.com:%.3s$@CONTOSO.COM\n"
                 "isGlobalCatalogReady: %s\n"
                 "\n",
                 host, host, strncmp(host, "dc1", 3) == 0 ? "TRUE" : "FALSE");
}

static void add_server(struct buffer *out, const char *name, const char *host,
                       const char *announced, const char *serial)
{
    buffer_print(out,
                 "dn: CN=%s," SERVERS "\n"
                 "objectClass: msExchExchangeServer\n"
                 "serialNumber: %s\n"
                 "networkAddress: netbios:%s\n"
                 "networkAddress: ncacn_ip_tcp:%s\n"
                 "\n",
                 name, serial, name, host);
    buffer_print(out,
                 "dn: CN=Default Frontend %s,CN=SMTP Receive Connectors,CN=Protocols,CN=%s," SERVERS
                 "\n"
                 "objectClass: msExchSmtpReceiveConnector\n"
                 "msExchSMTPReceiveConnectorFQDN: %s\n"
                 "msExchSMTPReceiveInboundSecurityFlag: 31\n"
                 "\n",
                 name, name, announced);
}

static void add_account(struct buffer *out, const char *name, const char *host, const char *more)
{
    static const char *const services[] = {"exchangeAB", "exchangeMDB", "exchangeRFR", "HOST",
                                           "SMTP",       "SmtpSvc",     "WSMAN"};

    buffer_print(out,
                 "dn: CN=%s,OU=Exchange Servers," DOMAIN "\n"
                 "objectClass: user\n"
                 "objectClass: computer\n"
                 "sAMAccountName: %s$\n"
                 "dNSHostName: %s\n",
                 name, name, host);
    for (size_t i = 0; i < COUNT(services); i++)
        buffer_print(out, "servicePrincipalName: %s/%s\nservicePrincipalName: %s/%s\n", services[i],
                     name, services[i], host);
    if (more)
        buffer_print(out, "servicePrincipalName: %s\n", more);
    buffer_add_char(out, '\n');
}

/* ---- what its servers say ---- */

#define EVENT(id, source, time, computer, first, second, third, fourth)                            \
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"                \
    "<Provider Name='MSExchange" source "Transport'/><EventID Qualifiers='49156'>" id              \
    "</EventID><TimeCreated SystemTime='2026-11-20T" time ".0000000Z'/>"                           \
    "<Channel>Application</Channel><Computer>" computer ".contoso.com</Computer></System>"         \
    "<EventData><Data>" first "</Data><Data>" second "</Data><Data>" third "</Data><Data>" fourth  \
    "</Data></EventData></Event>\r\n"

#define NOT_LET_IN(time)                                                                           \
    EVENT("2017", "", time, "EX05", "TargetUnknown", "Intra-Organization SMTP Send Connector",     \
          "Gssapi", "SMTPSVC/mail.contoso.com")
#define GUESS(time)                                                                                \
    EVENT("1035", "FrontEnd", time, "EX05", "LogonDenied", "Default Frontend EX05", "Login",       \
          "203.0.113.77")

#define SENT(time, number, event, data)                                                            \
    "2026-11-20T" time ".000Z,Intra-Organization SMTP Send Connector,08DE281F4C0B7A16," number     \
    ",127.0.0.49:21344,127.0.0.48:25," event "," data ",\r\n"

const struct world_file world_directory_files[] = {
    {"ex06.reg",
     WORLD_MACHINE("EX06", "ServerNT", "Dell Inc.", "PowerEdge R640") WORLD_TIME(
         "NT5DS",
         "time.windows.com,0x9") "\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa]\r\n"
                                 "\"LimitBlankPasswordUse\"=dword:00000001\r\n"
                                 "\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0]\r\n"
                                 "\"BackConnectionHostNames\"=\"internal.contoso.com\"\r\n",
     "spn"},
    {"ex05-application.xml",
     "<Events>" NOT_LET_IN("06:10:02") GUESS("06:12:40") NOT_LET_IN("06:20:03") GUESS("06:12:41")
         NOT_LET_IN("06:40:03") "</Events>",
     "spn"},
    {"ex05-send.log",
     "#Software: Microsoft Exchange Server\r\n"
     "#Version: 15.0.0.0\r\n"
     "#Log-type: SMTP Send Protocol Log\r\n"
     "#Date: 2026-11-20T06:00:00.000Z\r\n"
     "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,"
     "event,data,context\r\n" SENT("06:10:00", "0", "*", "") SENT("06:10:00", "1", "+", "")
         SENT("06:10:00", "2", "<", "220 relay.contoso.com Microsoft ESMTP MAIL Service ready")
             SENT("06:10:00", "3", ">", "EHLO ex05.contoso.com")
                 SENT("06:10:00", "4", "<",
                      "250  relay.contoso.com Hello [127.0.0.49] SIZE 37748736 X-EXPS GSSAPI NTLM")
                     SENT("06:10:01", "5", ">", "X-EXPS GSSAPI")
                         SENT("06:10:01", "6", "<", "535 5.7.3 Authentication unsuccessful")
                             SENT("06:10:01", "7", ">", "QUIT")
                                 SENT("06:10:01", "8", "<", "221 2.0.0 Service closing")
                                     SENT("06:10:01", "9", "-", ""),
     "spn"},
    {NULL, NULL, NULL},
};

/* ---- starting ---- */

static const struct {
    const char *address, *host;
    int64_t ahead; /* microseconds, as world_clocks.c has the others of its clocks */
} controllers[] = {
    {"127.0.0.41", "dc1.contoso.com", 0},
    {"127.0.0.42", "dc2.contoso.com", 0},
    {"127.0.0.43", "dc3.contoso.com", -90 * INT64_C(1000000)},
};

enum { CONTROLLERS = COUNT(controllers) };

struct world_directory {
    struct arena memory; /* of what they hold */
    struct directory_peer list[CONTROLLERS];
    struct directory_peer catalog;
    struct directory_peers *peers, *catalogs;
};

static const char *make_ldif(struct arena *memory, const struct world_builds *builds,
                             const char *controller)
{
    struct buffer out;

    buffer_init(&out, LDIF_MOST);
    add_root(&out, controller);
    buffer_add_string(&out, common);
    for (size_t i = 0; i < COUNT(exchange); i++) {
        add_server(&out, exchange[i].name, exchange[i].host, exchange[i].announced,
                   builds->list[exchange[i].build].serial);
        add_account(&out, exchange[i].name, exchange[i].host, exchange[i].more);
    }
    return buffer_keep(&out, memory);
}

enum status world_directory_start(const struct world_builds *builds, uint16_t ports[SERVICE_COUNT],
                                  struct world_directory **out)
{
    struct world_directory *directory = memory_new(1, sizeof *directory);
    int64_t right = platform_wall_clock_fine() - platform_monotonic_clock();
    enum status status;

    for (size_t i = 0; i < CONTROLLERS; i++)
        directory->list[i] = (struct directory_peer){
            .address = controllers[i].address,
            .ldif = make_ldif(&directory->memory, builds, controllers[i].host),
            .is_open = true,
            .ahead = controllers[i].ahead,
        };
    directory->catalog = directory->list[0];
    directory->catalog.is_catalog = true;
    ports[SERVICE_LDAP] = ports[SERVICE_GC] = 0;
    status = directory_peers_start(directory->list, CONTROLLERS, right, &ports[SERVICE_LDAP],
                                   &directory->peers);
    if (status == STATUS_OK)
        status = directory_peers_start(&directory->catalog, 1, right, &ports[SERVICE_GC],
                                       &directory->catalogs);
    if (status != STATUS_OK) {
        (void)world_directory_stop(directory);
        return status;
    }
    *out = directory;
    return STATUS_OK;
}

enum status world_directory_stop(struct world_directory *directory)
{
    enum status status, other;

    if (!directory)
        return STATUS_OK;
    status = directory_peers_stop(directory->peers);
    other = directory_peers_stop(directory->catalogs);
    if (status != STATUS_OK || other != STATUS_OK)
        return STATUS_TIMED_OUT;
    arena_release(&directory->memory);
    free(directory);
    return STATUS_OK;
}
