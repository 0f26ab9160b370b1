/* Servers that cannot log on to each other, or are not offered to. */
#include "probes/machine.h"
#include "probes/spn/kinds.h"

#define THIS_RUN "the machine that exdiag ran on"
#define AS_SERVER                                                                                  \
    "another Exchange server of the organisation, or {machine} itself, as administrator"

static const struct reference references[] = {
    SPN_ARTICLE,
    SPN_MODERN,
    SPN_CONNECTOR,
    {"Microsoft Learn: NDR 5.7.3, cannot achieve Exchange Server authentication: a firewall that "
     "blocks X-EXPS, or the wrong connector",
     NULL},
    {NULL, NULL}};

#define MEMBER     "a member of the domain"
#define CONTROLLER "a domain controller, as administrator"

/* What the names are is not known: what each answer means, and the command that follows. */
#define LOOK_AT_NAMES                                                                              \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = MEMBER " (Windows Server 2008 or later)",                                            \
     .command = "setspn -F -Q {spn}",                                                              \
     .note = "one account, that of the server: the name is right. \"No such SPN "                  \
             "found\": none has it. Windows Server 2003: setspn -L with each "                     \
             "account in question",                                                                \
     .when = "look",                                                                               \
     .each = "spn"},                                                                               \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = SPN_CONSOLE,                                                                     \
         .condition = "where another account has it, and no service of that account needs "        \
                      "it",                                                                        \
         .command = "setspn -D {spn} {account-that-is-not-the-servers}",                           \
         .risk = "whoever is logged on to by it under that account then misses it",                \
         .note = "setspn -S with the same two takes it back",                                      \
         .when = "look",                                                                           \
         .each = "spn"},                                                                           \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = SPN_CONSOLE,                                                                     \
         .condition = "where no account has it, or has it any more",                               \
         .command = "setspn -F -S {spn} {account-of-the-server}",                                  \
         .risk = "adds the name, after a look that nobody else in the forest has it",              \
         .note = "setspn -D with the same two takes it back. " SPN_TAKES_EFFECT,                   \
         .when = "look",                                                                           \
         .each = "spn"},                                                                           \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = "the server that is logged on to",    \
        .condition = "where it is itself that logs on to it by such a name",                       \
        .command = "List the name in BackConnectionHostNames (several SMTP virtual "               \
                   "servers on one machine).",                                                     \
        .note = "exdiag explain back-connection-host-names has the steps; Method 2 of KB "         \
                "914137",                                                                          \
        .when = "look"                                                                             \
    }

/* KB 979174 has these three beside the names, in this order of ease. */
#define CAUSES                                                                                     \
    {.shell = SHELL_MANUAL,                                                                        \
     .kind = STEP_DECIDE,                                                                          \
     .where = "the machines that those findings name",                                             \
     .command = "Correct what the findings on the names say first: they explain this one.",        \
     .when = "names-wrong"},                                                                       \
        LOOK_AT_NAMES,                                                                             \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = CONTROLLER,                                                                      \
         .command = "w32tm /monitor",                                                              \
         .note = "how far the domain controllers' clocks are apart",                               \
         .when = "causes"},                                                                        \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = CONTROLLER,                                                                      \
         .command = "repadmin /replsummary",                                                       \
         .note = "a domain controller that does not replicate has an old name, or an old key "     \
                 "of the server's account",                                                        \
         .when = "causes"},                                                                        \
        {.shell = SHELL_POWERSHELL,                                                                \
         .kind = STEP_FILL_IN,                                                                     \
         .where = "the server that sends",                                                         \
         .command = "Test-NetConnection -ComputerName {domain-controller} -Port 88",               \
         .note = "TcpTestSucceeded must be True: Kerberos",                                        \
         .when = "causes"},                                                                        \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = CONTROLLER " (w32tm of Windows Server 2003)",                                    \
         .command = "w32tm /monitor",                                                              \
         .note = "how far the domain controllers' clocks are apart",                               \
         .when = "causes-of-2003"},                                                                \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = CONTROLLER " (repadmin: Windows Server 2003 Support Tools)",                     \
         .command = "repadmin /replsum",                                                           \
         .note = "a domain controller that does not replicate has an old name, or an old key "     \
                 "of the server's account",                                                        \
         .when = "causes-of-2003"},                                                                \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_FILL_IN,                                                                     \
         .where = "the server that sends, in a command prompt",                                    \
         .command = "telnet {domain-controller} 88",                                               \
         .note = "an empty window: the port is open for Kerberos; \"Could not open "               \
                 "connection\": it is not",                                                        \
         .when = "causes-of-2003"},                                                                \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = "the server that is logged on to",    \
        .condition = "where all these are right",                                                  \
        .command = "See that it is reached under its own name and not through a "                  \
                   "balancer,"                                                                     \
                   " and that its account's password is no older than "                            \
                   "AES in the domain (KdcUnknownEncryptionType).",                                \
        .when = "causes"                                                                           \
    }

/* The ticket was good: the account has not the right. */
#define RIGHTS                                                                                     \
    {.shell = SHELL_EMS,                                                                           \
     .kind = STEP_FILL_IN,                                                                         \
     .where = "an Exchange server",                                                                \
     .command = "Get-ReceiveConnector -Identity {connector} | Format-List "                        \
                "Identity,PermissionGroups,AuthMechanism,RemoteIPRanges",                          \
     .note = "the connector of the log; are ExchangeServers among its PermissionGroups?",          \
     .when = "rights"},                                                                            \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_FILL_IN,                                                                     \
         .where = "an Exchange server",                                                            \
         .command = "Get-ADPermission -Identity {connector} | Where-Object { $_.ExtendedRights "   \
                    "-like 'ms-Exch-SMTP-Submit*' } | Format-Table User,Deny,Inherited",           \
         .note = "the servers' group is to have ms-Exch-SMTP-Submit, and nobody to be denied "     \
                 "it",                                                                             \
         .when = "rights"},                                                                        \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE,                                                \
        .where = "the domain of the server that sends",                                            \
        .command = "Give the right back: make the account that the log names a member of the "     \
                   "group Exchange Servers again, or ExchangeServers one of the connector's "      \
                   "PermissionGroups.",                                                            \
        .risk = "whoever has that right may relay and speak for the organisation: no group "       \
                "that others are in",                                                              \
        .when = "rights"                                                                           \
    }

#define CHECK_AGAIN                                                                                \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_EXACT, .where = THIS_RUN,                                  \
        .command = "exdiag check --server {machine} --only spn,clock",                             \
        .note = "with --dns, --dc and --user as now: what the names and the clocks have become",   \
        .when = "machine", .also_powershell = true                                                 \
    }

/* An hour, in ms, as XPath of event logs has it. */
#define NEW_EVENTS(ids, when_)                                                                     \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT,                                                    \
        .where = "the server that logged them, as administrator",                                  \
        .command = "wevtutil qe Application /f:text /c:5 /rd:true /q:\"*[System[(" ids ") and "    \
                   "TimeCreated[timediff(@SystemTime) <= 3600000]]]\"",                            \
        .note = "an hour after the repair: prints the events of the last hour, and "               \
                "there are to be none",                                                            \
        .when = when_                                                                              \
    }

const struct finding_kind exps_events = {
    .id = "exps-events",
    .severity = SEVERITY_WARNING,
    .title = "servers could not log on to it: {events} {ids}",
    .why = "Each is a connection between Exchange servers on which one did not prove to the "
           "other who it is. Mail between them waits and is tried again, or bounces as relaying "
           "that is not allowed.",
    .symptom = "Event 1706 and 7004 of MSExchangeTransport (Exchange 2003), 1035 and 2017 (2007 "
               "and later); queues to other servers of the organisation in retry with 454 4.7.0.",
    .cause = "The name by which the server is known is not registered, or registered twice or "
             "elsewhere; clocks differ; domain controllers do not replicate; Kerberos does not "
             "get through (port 88); a trust between domains is broken; encryption types do not "
             "fit.",
    .applies_to = "Exchange 2000 and later",
    .cost = "Mail between the company's own servers is delayed or stands still.",
    .repair = "Correct the names and clocks by which the servers log on to each other.",
    .fix = (const struct step_template[]){CAUSES, {0}},
    .verify =
        (const struct step_template[]){CHECK_AGAIN,
                                       NEW_EVENTS("EventID=1035 or EventID=2017", "causes"),
                                       {.shell = SHELL_EMS,
                                        .kind = STEP_EXACT,
                                        .where = "the server that sends",
                                        .command = "Get-Queue | Format-List "
                                                   "Identity,Status,LastError",
                                        .note = "no queue to another server in Retry with "
                                                "454 4.7.0",
                                        .when = "causes"},
                                       {.shell = SHELL_MANUAL,
                                        .kind = STEP_DECIDE,
                                        .where = "the server that sends",
                                        .command =
                                            "An hour later, look for new events 1706 and 7004 in "
                                            "Event Viewer, and for queues in Retry "
                                            "in System Manager (Queues): there are "
                                            "to be none.",
                                        .when = "causes-of-2003"},
                                       {0}},
    .no_undo = "looking changes nothing; what is corrected has its own way back",
    .make_known =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = "an Exchange server, as administrator",
             .command = "wevtutil epl Application application.evtx",
             .note = "for exdiag check --file application.evtx",
             .when = "!decided-elsewhere"},
            MACHINE_STEPS,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = THIS_RUN,
             .command = "Name the organisation's servers with --server, or let their directory "
                        "be read (--dc, or an export of it with --file), so that their "
                        "addresses are known.",
             .when = "undecided"},
            {0}},
    .references = references,
};

/*
 * What SYSTEM does over the network is done by the machine's account: of an Exchange server one
 * that X-EXPS is for. The task scheduler is there on every Windows. {task}: what it is to run.
 */
#define LOGON_AS_SERVER                                                                            \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = AS_SERVER,                                                                           \
     .command = "mkdir C:\\Windows\\exdiag",                                                       \
     .risk = "makes a folder, where administrators alone write: others are not to change what "    \
             "SYSTEM runs",                                                                        \
     .note = "if it says that the folder exists already, stop: look who made it",                  \
     .when = "as-server"},                                                                         \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = AS_SERVER,                                                                       \
         .command = "Copy exdiag.exe into C:\\Windows\\exdiag, with the files that came with "     \
                    "it, before the steps that follow.",                                           \
         .when = "as-server"},                                                                     \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = AS_SERVER,                                                                       \
         .command = "schtasks /Create /F /TN exdiag-logon /RU SYSTEM /SC ONCE /ST 00:00 /TR "      \
                    "{task}",                                                                      \
         .risk = "makes a task that runs when it is told to; over the network SYSTEM is the "      \
                 "server's own account, which is what X-EXPS is for",                              \
         .note = "it warns that 00:00 has passed: that is meant. With --dns, --dc and --port "     \
                 "as now",                                                                         \
         .when = "as-server"},                                                                     \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = AS_SERVER,                                                                       \
         .command = "schtasks /Run /TN exdiag-logon",                                              \
         .risk = "logs on to {machine} once for each of its names; no mail is offered",            \
         .note = "wait until schtasks /Query /TN exdiag-logon says Ready again",                   \
         .when = "as-server"},                                                                     \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = AS_SERVER,                                                                       \
         .command = "type C:\\Windows\\exdiag\\logon.txt",                                         \
         .note = "the report; keep it before the folder goes",                                     \
         .when = "as-server"},                                                                     \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = AS_SERVER,                                                                       \
         .command = "schtasks /Delete /F /TN exdiag-logon",                                        \
         .risk = "takes the task away again",                                                      \
         .when = "as-server"},                                                                     \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = AS_SERVER,                               \
        .condition = "only if the first step made this folder",                                    \
        .command = "rmdir /s /q C:\\Windows\\exdiag",                                              \
        .risk = "takes away the folder with all that is in it", .when = "as-server"                \
    }

#define LOGON_OTHERWISE                                                                            \
    {.shell = SHELL_MANUAL,                                                                        \
     .kind = STEP_DECIDE,                                                                          \
     .where = THIS_RUN,                                                                            \
     .command = "Get a ticket: be logged on as a user of the domain (Windows), or run kinit "      \
                "(elsewhere); klist shows it. Then run it again with --authenticate.",             \
     .note = "SYSTEM on an Exchange server needs no more than that",                               \
     .when = "credentials"},                                                                       \
        {.shell = SHELL_SH,                                                                        \
         .kind = STEP_EXACT,                                                                       \
         .where = THIS_RUN,                                                                        \
         .command = "exdiag check --server {machine} --only clock",                                \
         .note = "with --dns and --dc as now: whose clock it is, this machine's among them",       \
         .when = "clocks",                                                                         \
         .also_powershell = true},                                                                 \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = SPN_ANY_CONSOLE,                                                                 \
         .command = "setspn -Q {spn}",                                                             \
         .note = "names one account, that of the server; what the findings on the names say "      \
                 "comes first",                                                                    \
         .when = "ticket"},                                                                        \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = "a machine of the domain that {machine} is in",                                  \
         .command = "Run it there, as a user of that domain, or name one of its domain "           \
                    "controllers with --dc.",                                                      \
         .when = "other-realm"},                                                                   \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = THIS_RUN,                                                                        \
         .command = "Run it as an account that is in fewer groups: its ticket carries them "       \
                    "all.",                                                                        \
         .when = "long-ticket"},                                                                   \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = THIS_RUN,                                                                        \
         .command = "Name a domain controller with --dc, or a resolver that knows them with "      \
                    "--dns.",                                                                      \
         .when = "controllers"},                                                                   \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = THIS_RUN,                                                                        \
         .command = "Name it with --server as it calls itself: tickets are asked for by names "    \
                    "of yours and of the directory alone.",                                        \
         .when = "name"},                                                                          \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_EXACT, .where = THIS_RUN,                                  \
        .command = "exdiag check --server {machine} --only spn --authenticate",                    \
        .note = "with --dns and --dc as now", .when = "again", .also_powershell = true             \
    }

const struct finding_kind exps_refused = {
    .id = "exps-refused",
    .severity = SEVERITY_CRITICAL,
    .title = "other servers are refused when they log on to it: {what}",
    .why = "A server that cannot log on is a stranger to the other: it may not relay, what it "
           "says of a message is not believed, and many connectors take no mail from it at all.",
    .symptom = "535 5.7.3 or 454 4.7.0 Temporary authentication failure in protocol logs and in "
               "queues; 550 5.7.1 Unable to relay between servers.",
    .cause = "As with the events: the name SMTPSVC/, clocks, replication, Kerberos that does not "
             "get through, encryption types; or the loopback check, for a server that logs on to "
             "itself; or, where the log names the account before 535, a right that the account "
             "has not.",
    .applies_to = "Exchange 2000 and later",
    .cost = "Mail between the company's own servers is delayed or stands still.",
    .repair = "Correct the names and clocks by which the servers log on to each other.",
    .fix = (const struct step_template[]){CAUSES, RIGHTS, {0}},
    .verify =
        (const struct step_template[]){CHECK_AGAIN,
                                       {.shell = SHELL_MANUAL,
                                        .kind = STEP_DECIDE,
                                        .where = "the servers that log on to it",
                                        .command =
                                            "An hour later, give exdiag the newest protocol log: "
                                            "what was taken last decides."},
                                       {0}},
    .no_undo = "looking changes nothing; what is corrected has its own way back",
    .make_known =
        (const struct step_template[]){
            LOGON_AS_SERVER,
            LOGON_OTHERWISE,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "another Exchange server",
             .command = "Note what Get-TransportService and Get-ReceiveConnector -Server say of "
                        "IntraOrgConnectorProtocolLoggingLevel and ProtocolLoggingLevel, turn "
                        "both to Verbose for a day on the servers in question, by "
                        "Set-TransportService and Set-ReceiveConnector, and give exdiag the logs "
                        "with --file; then set back what was noted.",
             .note = "between servers of one organisation Exchange sends by a connector of its "
                     "own, which only Set-TransportService (before 2013 Set-TransportServer) "
                     "lets log. What it answers to X-EXPS of an account that is no server's "
                     "proves nothing",
             .when = "!strangers"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = THIS_RUN,
             .command = "Name the organisation's servers with --server, or let their directory "
                        "be read (--dc, or an export of it with --file), so that their "
                        "addresses are known.",
             .when = "strangers"},
            {0}},
    .references = references,
};

const struct finding_kind exps_absent = {
    .id = "exps-absent",
    .severity = SEVERITY_WARNING,
    .title = "it does not offer X-EXPS to other servers",
    .why = "Exchange servers of one organisation log on to each other by X-EXPS. Where it is not "
           "offered they cannot, and the receiver treats mail of its own organisation as a "
           "stranger's: relaying is refused, or 5.7.3 is answered.",
    .symptom = "NDR 5.7.3 Cannot achieve Exchange Server authentication, or 5.3.3 Unrecognized "
               "command; mail between servers in retry.",
    .cause = "A firewall or an inspecting device between the servers takes the offer away or "
             "writes over it; the connector that answers is not the one for servers; its "
             "authentication mechanism ExchangeServer was turned off.",
    .applies_to = "Exchange 2003 and later, with several servers in the organisation",
    .cost = "Mail between the company's own servers may be delayed or stand still.",
    .repair = "Turn logons between servers on again at the mail server, or where a firewall hides "
              "them.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "whatever inspects SMTP between the servers",
             .command = "Turn off its inspection of SMTP (Mailguard, fixup protocol smtp, "
                        "inspect esmtp, SMTP security of a firewall) between the servers.",
             .note = "what was seen is a reply that such a device has written over",
             .when = "masked"},
            {.shell = SHELL_EMS,
             .kind = STEP_EXACT,
             .where = "an Exchange server",
             .command = "Get-ReceiveConnector -Server {server} | Format-List "
                        "Identity,Bindings,RemoteIPRanges,AuthMechanism,Fqdn,SuppressXAnonymousTls",
             .note = "which connector answers the address that asked: the one with the narrowest "
                     "RemoteIPRanges around it; is ExchangeServer among its AuthMechanism?",
             .when = "server"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "an Exchange server",
             .command = "Take the addresses of the other servers out of RemoteIPRanges of the "
                        "connector for relaying, so that they reach the default one, or add "
                        "ExchangeServer to the AuthMechanism of the connector that answers them.",
             .risk = "with ExchangeServer among its mechanisms a connector takes none but the "
                     "server's own names as Fqdn",
             .when = "!masked"},
            {0}},
    .verify =
        (const struct step_template[]){
            {.shell = SHELL_SH,
             .kind = STEP_EXACT,
             .where = "another Exchange server, or the machine that exdiag ran on",
             .command = "exdiag check --server {machine} --only spn",
             .note = "with --dns and --dc as now; X-EXPS is to be offered to the other servers, "
                     "and need not be to everybody",
             .also_powershell = true},
            {0}},
    .no_undo = "what is changed on a connector or a device goes back the same way",
    .make_known =
        (const struct step_template[]){
            {.shell = SHELL_SH,
             .kind = STEP_EXACT,
             .where = "another Exchange server",
             .command = "exdiag check --server {machine} --only spn",
             .note = "connectors answer each address with offers of its own, and Exchange keeps "
                     "X-EXPS for its servers behind X-ANONYMOUSTLS, which a device between them "
                     "and this machine may take away",
             .when = "machine",
             .also_powershell = true},
            {0}},
    .references = references,
};
