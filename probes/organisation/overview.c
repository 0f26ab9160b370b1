/* `exdiag explain organisation`: how a run without a subject finds what there is to examine. */
#include "diag/probe.h"

static const struct paragraph paragraphs[] = {
    {"what is found",
     "exdiag check with no subject, on a Windows machine that is in a domain: that machine, if "
     "it is a server of Exchange; all that its organisation's directory lists of Exchange's "
     "servers and accepted domains; and the controllers of the machine's domain and of those "
     "that servers are in.\nThe directory is read as the user who runs this, by Kerberos: every "
     "user of the domain may."},
    {"what is passed over",
     "Servers that DNS does not know: they are told of, and not asked.\nAccepted domains with a "
     "wildcard; names for private use; the name of Active Directory where it has no MX record; "
     "domains of a tenant, such as contoso.mail.onmicrosoft.com, in which Microsoft "
     "publishes.\nA server of Exchange 2007 or 2010 without a role of transport, as far as mail "
     "is concerned."},
    {"other machines",
     "From Windows, each server and domain controller is asked for its own registry, event logs and "
     "configurations, as far as it lets this user: by SMB (TCP 445) and RPC. A machine that is "
     "silent there is examined by what it answers to everybody.\n"
     "Not everything is for everybody: the configuration of IIS and most logs want an "
     "administrator of that machine, on the machine at hand a prompt that is elevated."},
    {"what does not apply: Edge servers, hybrid organisations, Exchange Online",
     "An Edge Transport server is in no domain that counts: no ticket depends on its clock, it has "
     "no virtual directories, others do not log on to it by Kerberos, and the directory has its build "
     "of the day when it was subscribed (KB 4019802). Mail, DNS and its certificates are examined. "
     "Run on an Edge server, exdiag has no organisation to find: name subjects.\n"
     "In a hybrid organisation MX records may name Exchange Online or a filter, and a record that "
     "names spf.protection.outlook.com lets its own servers send by it. A mailbox that is in "
     "Exchange Online is none of its own servers'.\n"
     "The last server may be shut down where the management tools manage recipients, and must not "
     "be uninstalled then: that takes what mailboxes in Exchange Online need from the directory.\n"
     "Exchange Online's clocks, builds, names and directories are Microsoft's: not applicable. What "
     "its mail exchangers and a mailbox behind it answer is examined like anybody's."},
    {"what widespread descriptions get wrong",
     "\"uninstall Exchange once all mailboxes are moved\": not while the directory is the place "
     "where recipients are kept.\n"
     "\"delete the old server in ADSI Edit\": not supported; it leaves what refers to it."},
    {NULL, NULL}};

static const struct reference references[] = {
    {"MS-ADTS 6.3.2.3, SRV records of domain controllers",
     "https://learn.microsoft.com/openspecs/windows_protocols/ms-adts/"},
    {"Manage recipients in Exchange Hybrid environments using Management tools",
     "https://learn.microsoft.com/en-us/exchange/"
     "manage-hybrid-exchange-recipients-with-management-tools"},
    {"KB 4019802, The Exchange Edge Transport server version is incorrect in EAC or ECP after an "
     "upgrade",
     NULL},
    {NULL, NULL}};

const struct topic topic_organisation = {
    .name = "organisation",
    .title = "the organisation: what a run without a subject finds, and what does not apply",
    .paragraphs = paragraphs,
    .references = references};
