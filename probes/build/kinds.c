/* What is known of builds: support, updates, servers that are not alike. */
#include "probes/build/kinds.h"

#include "probes/machine.h"

#include <stddef.h>

#define ON_IT      "{machine}"
#define ON_ANY     "any Exchange server"
#define ON_IT_ROOT "{machine}, as administrator"
#define IF_MEMBER  "if {machine} is a member of a DAG"
#define THIS_RUN   "the machine that exdiag ran on"

#define SEE_BUILD                                                                                  \
    {.shell = SHELL_EMS,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = ON_IT,                                                                               \
     .command = "Get-Command ExSetup.exe | ForEach-Object {{$_.FileVersionInfo}}",                 \
     .note = "FileVersion is the true build, security updates included (15.02.1544.014 is "        \
             "15.2.1544.14)",                                                                      \
     .when = "since-2007"},                                                                        \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = ON_IT,                                \
        .command = "Read the version of the file store.exe in Exchange's folder bin, or in "       \
                   "Exchange System Manager the properties of the server.",                        \
        .note = "before 2007 there is neither ExSetup.exe nor the Exchange Management Shell",      \
        .when = "before-2007"                                                                      \
    }

#define SEE_ALL                                                                                    \
    {                                                                                              \
        .shell = SHELL_EMS, .kind = STEP_EXACT, .where = ON_ANY,                                   \
        .command = "Get-ExchangeServer | Sort-Object Name | Format-Table Name, ServerRole, "       \
                   "AdminDisplayVersion -AutoSize",                                                \
        .note = "AdminDisplayVersion never shows a security update", .when = "since-2007"          \
    }

#define ASK_AGAIN                                                                                  \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_EXACT, .where = THIS_RUN,                                  \
        .command = "exdiag check --server {machine} --only build",                                 \
        .note = "with --builds if a newer table is at hand", .when = "asks-again",                 \
        .also_powershell = true                                                                    \
    }

/* The order of Microsoft's page on maintenance of DAG members; what has no DAG skips its steps. */
#define BEGIN_MAINTENANCE                                                                          \
    {.shell = SHELL_EMS,                                                                           \
     .kind = STEP_DECIDE,                                                                          \
     .where = ON_ANY,                                                                              \
     .condition = "outside working hours",                                                         \
     .command = "Set-ServerComponentState {machine} -Component HubTransport -State Draining "      \
                "-Requester Maintenance",                                                          \
     .risk = "it takes no new mail from now on, and sends what it has",                            \
     .note = "one server after another, those that the Internet reaches first; where there is "    \
             "another, that one takes over",                                                       \
     .when = "since-2013"},                                                                        \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = ON_ANY,                                                                          \
         .condition = "if there is another server",                                                \
         .command = "Redirect-Message -Server {machine} -Target {other-server}",                   \
         .note = "hands the rest of its queues to another server, by its full name",               \
         .when = "since-2013"},                                                                    \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = ON_IT,                                                                           \
         .condition = IF_MEMBER,                                                                   \
         .command = "Suspend-ClusterNode {node}",                                                  \
         .when = "dag"},                                                                           \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = ON_ANY,                                                                          \
         .condition = IF_MEMBER,                                                                   \
         .command = "Set-MailboxServer {machine} -DatabaseCopyActivationDisabledAndMoveNow "       \
                    "$true",                                                                       \
         .risk = "moves its active databases to other members: users are connected anew",          \
         .when = "dag"},                                                                           \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = ON_ANY,                                                                          \
         .condition = IF_MEMBER,                                                                   \
         .command = "Set-MailboxServer {machine} -DatabaseCopyAutoActivationPolicy Blocked",       \
         .note = "Get-MailboxServer shows what it was before. Go on when "                         \
                 "Get-MailboxDatabaseCopyStatus shows none of its copies Mounted",                 \
         .when = "dag"},                                                                           \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = ON_ANY,                                                                          \
         .condition = "outside working hours, once its queues are empty",                          \
         .command = "Set-ServerComponentState {machine} -Component ServerWideOffline -State "      \
                    "Inactive -Requester Maintenance",                                             \
         .risk = "it serves nobody from now on",                                                   \
         .when = "since-2013"},                                                                    \
    {                                                                                              \
        .shell = SHELL_EMS, .kind = STEP_DECIDE, .where = ON_IT, .condition = IF_MEMBER,           \
        .command = "& \"$env:ExchangeInstallPath\\Scripts\\StartDagServerMaintenance.ps1\" "       \
                   "-ServerName {node}",                                                           \
        .risk = "moves its active databases to other members: users are connected anew",           \
        .when = "dag-of-2010"                                                                      \
    }

#define END_MAINTENANCE                                                                            \
    {.shell = SHELL_EMS,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = ON_ANY,                                                                              \
     .command = "Set-ServerComponentState {machine} -Component ServerWideOffline -State Active "   \
                "-Requester Maintenance",                                                          \
     .when = "since-2013"},                                                                        \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = ON_IT,                                                                           \
         .condition = IF_MEMBER,                                                                   \
         .command = "Resume-ClusterNode {node}",                                                   \
         .when = "dag"},                                                                           \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = ON_ANY,                                                                          \
         .condition = IF_MEMBER,                                                                   \
         .command =                                                                                \
             "Set-MailboxServer {machine} -DatabaseCopyActivationDisabledAndMoveNow $false",       \
         .when = "dag"},                                                                           \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = ON_ANY,                                                                          \
         .condition = IF_MEMBER,                                                                   \
         .command = "Set-MailboxServer {machine} -DatabaseCopyAutoActivationPolicy "               \
                    "Unrestricted",                                                                \
         .note = "or what it was before",                                                          \
         .when = "dag"},                                                                           \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = ON_ANY,                                                                          \
         .command = "Set-ServerComponentState {machine} -Component HubTransport -State Active "    \
                    "-Requester Maintenance",                                                      \
         .when = "since-2013"},                                                                    \
    {                                                                                              \
        .shell = SHELL_EMS, .kind = STEP_DECIDE, .where = ON_IT, .condition = IF_MEMBER,           \
        .command = "& \"$env:ExchangeInstallPath\\Scripts\\StopDagServerMaintenance.ps1\" "        \
                   "-ServerName {node}",                                                           \
        .when = "dag-of-2010"                                                                      \
    }

#define INSTALL                                                                                    \
    {.shell = SHELL_MANUAL,                                                                        \
     .kind = STEP_DECIDE,                                                                          \
     .where = ON_IT_ROOT,                                                                          \
     .condition = "outside working hours",                                                         \
     .command = "Install {level}: run its Setup.exe with /Mode:Upgrade and "                       \
                "/IAcceptExchangeServerLicenseTerms_DiagnosticDataOFF, and restart the server.",   \
     .risk = "it replaces the whole of Exchange and cannot be taken back; setup may extend "       \
             "the schema of the forest, for ever. What was changed by hand in files of "           \
             "Exchange is lost: keep a copy. Services are down for an hour or more",               \
     .note =                                                                                       \
         "before 2016 CU22 and 2019 CU11 the switch is /IAcceptExchangeServerLicenseTerms, of "    \
         "2010 there is none. Look up first which .NET Framework and Windows it wants. A "         \
         "database that a newer level has mounted does not go back: bring all members of a "       \
         "DAG forward in a row",                                                                   \
     .when = "level"},                                                                             \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = ON_IT_ROOT,                           \
        .condition = "outside working hours",                                                      \
        .command = "Install {update}, the package for this very level, and restart the server.",   \
        .risk = "run from a window without these rights, the .msp seems to succeed and leaves "    \
                "Outlook on the web broken. Services are down for half an hour",                   \
        .note = "it holds all earlier ones. Look up whether it wants /PrepareAllDomains or a "     \
                "script afterwards",                                                               \
        .when = "update"                                                                           \
    }

#define NOT_FOR_ALL                                                                                        \
    {                                                                                                      \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = "whoever buys licences",                      \
        .command =                                                                                         \
            "First of all find out whether you have Extended Security Updates. Without them {for-all} is " \
            "what there is to install, the newest for everybody, or nothing where that is on "             \
            "it.",                                                                                         \
        .note =                                                                                            \
            "what came after the end of support is for customers of that program (ESU) alone, "            \
            "by Microsoft's account team",                                                                 \
        .when = "for-all"                                                                                  \
    }

#define BRING_TABLE                                                                                \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_FILL_IN, .where = THIS_RUN,                                \
        .command = "exdiag check --server {machine} --only build --builds {file}",                 \
        .note = "a newer table is part of a newer exdiag (diag/builds/exchange.txt), or add "      \
                "rows of Microsoft's page of build numbers to that file, with its day in the "     \
                "line as-of",                                                                      \
        .when = "stale", .also_powershell = true                                                   \
    }

#define LET_IT_BE_SEEN                                                                             \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = THIS_RUN,                             \
        .command = "Let exdiag reach the server itself at TCP 443 (X-OWA-Version, without a "      \
                   "logon), rather than a balancer or proxy that takes the field away.",           \
        .when = "web"                                                                              \
    }

#define BUILD_NUMBERS                                                                              \
    {                                                                                              \
        "Microsoft Learn: Exchange Server build numbers and release dates",                        \
            "https://learn.microsoft.com/en-us/exchange/new-features/"                             \
            "build-numbers-and-release-dates"                                                      \
    }
#define OF_EDGE                                                                                    \
    {                                                                                              \
        "KB 4019802, The Exchange Edge Transport server version is incorrect in EAC or ECP "       \
        "after an upgrade",                                                                        \
            NULL                                                                                   \
    }
#define SUPPORTABILITY                                                                             \
    {                                                                                              \
        "Microsoft Learn: Exchange Server supportability matrix", NULL                             \
    }
#define MAINTENANCE                                                                                \
    {                                                                                              \
        "Microsoft Learn: Manage database availability groups, performing maintenance on DAG "     \
        "members",                                                                                 \
            NULL                                                                                   \
    }

/* Who may stand beside whom, to what was known in 2025: the matrix has the last word. */
#define MOVE(from, text)                                                                           \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = "the organisation", .command = text,  \
        .risk = "setup of the new product extends the schema of the forest, for all and for "      \
                "ever",                                                                            \
        .note = "look up in Microsoft's supportability matrix what may stand beside what, and "    \
                "which Windows and forest level it wants. Uninstall old servers in the end, "      \
                "do not just turn them off",                                                       \
        .when = from                                                                               \
    }

static const char cannot_undo[] =
    "A cumulative update, a service pack and an extended schema cannot be taken back: setup's "
    "uninstall removes Exchange, and what is left is a recovery of the server. A security update "
    "alone can be uninstalled, which opens what it had closed.";

const struct finding_kind exchange_build_unsupported = {
    .id = "exchange-build-unsupported",
    .severity = SEVERITY_WARNING,
    .title = "{who} runs {name}, whose support ended {ended}",
    .why = "What is found in it from now on stays open: no more security updates for everybody, "
           "and no help of Microsoft's. Exchange holds everybody's mail, and faults of it are "
           "used within days.",
    .symptom = "None, until somebody breaks in, or another product no longer talks to it.",
    .cause = "The product has come to the end of its lifecycle. No update brings support back, "
             "only another product does.",
    .applies_to = "Exchange of all versions but those in support at the time of the run",
    .cost = "Security holes found from now on stay open, and nobody at Microsoft helps.",
    .repair = "Move to an edition of Exchange that is in support.",
    .fix =
        (const struct step_template[]){
            SEE_BUILD,
            SEE_ALL,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the organisation",
             .command =
                 "Bring it to CU14 or CU15 of Exchange 2019, and install Exchange Server "
                 "Subscription Edition over it, in place, as a cumulative update is installed; "
                 "or move the mailboxes to Exchange Online.",
             .risk = "as a cumulative update it replaces the whole of Exchange and cannot be "
                     "taken back",
             .note = "it takes no new servers, and no mailbox is moved. Servers of Exchange 2013 "
                     "and before are to be gone first; look up which Windows it wants",
             .when = "from-2019"},
            MOVE("from-2016",
                 "Bring all Exchange 2016 to CU23. Install new servers of Exchange Server "
                 "Subscription Edition beside them, move the mailboxes, and uninstall 2016: it "
                 "is not upgraded in place. Do it with the first release of that edition: later "
                 "cumulative updates are not to stand beside 2016 and 2019."),
            MOVE("from-2013",
                 "Bring all Exchange 2013 to CU23. Install Exchange 2019 CU14, or 2016 CU23, "
                 "beside it (2019 CU15 and Subscription Edition do not stand beside 2013), move "
                 "the mailboxes, uninstall 2013; then on to Subscription Edition, from 2019 in "
                 "place."),
            MOVE("from-2010",
                 "Bring all Exchange 2010 to the last rollup of SP3. Install Exchange 2016 CU23 "
                 "beside it (2019 and Subscription Edition do not stand beside 2010), move the "
                 "mailboxes, uninstall 2010; then new servers of Subscription Edition beside "
                 "2016, and the mailboxes once more."),
            MOVE("from-2007",
                 "Bring all Exchange 2007 to the last rollup of SP3. Install Exchange 2013 CU23 "
                 "beside it (2016 and later do not stand beside 2007), move the mailboxes, "
                 "uninstall 2007; then by Exchange 2019 CU14 on to Subscription Edition."),
            MOVE("from-later", "Move to the edition of Exchange Server that is supported now, or "
                               "to Exchange Online."),
            MOVE("from-older",
                 "Move in steps: a version this old does not stand beside a current one in one "
                 "organisation. From 2003 SP2 the next one is 2010 SP3; or export the mail and "
                 "begin anew."),
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the firewall",
             .command =
                 "Until then take it off the Internet: no TCP 443 from outside but by VPN or "
                 "a gateway that asks for a logon first, and mail by another host.",
             .risk = "phones and Outlook outside lose their way to it"},
            {0}},
    .verify = (const struct step_template[]){SEE_ALL, ASK_AGAIN, {0}},
    .no_undo = "A migration is not undone by a command: keep the old servers, in maintenance, "
               "until the new ones have proven themselves.",
    .make_known = (const struct step_template[]){SEE_BUILD, BRING_TABLE, LET_IT_BE_SEEN, {0}},
    .references = (const struct reference[]){BUILD_NUMBERS, SUPPORTABILITY, {NULL, NULL}},
};

const struct finding_kind exchange_build_behind = {
    .id = "exchange-build-behind",
    .severity = SEVERITY_WARNING,
    .title = "{who} runs {name}, {how} {newest}",
    .why = "Updates of Exchange close holes that are used as soon as they are known. They come "
           "for one or two levels at a time, so a server that stays on an older level gets none.",
    .symptom = "None of its own. Faults that an update has mended are looked for in vain.",
    .cause = "Cumulative updates, service packs and rollups, and the security updates on top of "
             "them, were not installed; Windows Update brings no cumulative updates of Exchange.",
    .applies_to = "Exchange of all versions",
    .cost = "Known security holes may be open that an update closes.",
    .repair = "Install the newest update.",
    .fix = (const struct step_template[]){SEE_BUILD,
                                          {.shell = SHELL_MANUAL,
                                           .kind = STEP_DECIDE,
                                           .where = "the organisation",
                                           .command = "Its product is out of support: the steps "
                                                      "below close what is known, and nothing "
                                                      "that is found from now on. Plan the way "
                                                      "to another product first.",
                                           .when = "unsupported"},
                                          NOT_FOR_ALL,
                                          BEGIN_MAINTENANCE,
                                          INSTALL,
                                          END_MAINTENANCE,
                                          {0}},
    .verify = (const struct step_template[]){SEE_BUILD, ASK_AGAIN, {0}},
    .no_undo = cannot_undo,
    .make_known =
        (const struct step_template[]){
            MACHINE_STEPS, SEE_BUILD, SEE_ALL, BRING_TABLE, LET_IT_BE_SEEN, {0}},
    .references = (const struct reference[]){BUILD_NUMBERS, MAINTENANCE, OF_EDGE, {NULL, NULL}},
};

const struct finding_kind exchange_build_mixed = {
    .id = "exchange-build-mixed",
    .severity = SEVERITY_WARNING,
    .title = "{who} runs {name} ({build}), and {other}, of the same version, {other-name} "
             "({other-build})",
    .why = "Servers of one version are meant to differ for the days of an update. Members of a "
           "DAG at different levels cannot take each other's databases back, what one node "
           "mends another one spoils, and the least patched one is the door.",
    .symptom = "Errors that come and go with the node that a database or a client happens to be "
               "on; databases that do not mount on one of the members.",
    .cause = "An update was installed on some servers and forgotten, or failed, on others.",
    .applies_to = "organisations with two or more servers of one version",
    .cost = "Some servers may lack fixes that others have, and behave differently.",
    .repair = "Bring all servers of one version to the same update.",
    .fix = (const struct step_template[]){SEE_ALL,
                                          SEE_BUILD,
                                          {.shell = SHELL_MANUAL,
                                           .kind = STEP_DECIDE,
                                           .where = "{machine}",
                                           .command = "Bring it to the build of the others, or "
                                                      "all of them to the newest one; the steps "
                                                      "stand with exchange-build-behind."},
                                          {0}},
    .verify = (const struct step_template[]){SEE_ALL, SEE_BUILD, {0}},
    .no_undo = cannot_undo,
    .make_known = (const struct step_template[]){SEE_BUILD, SEE_ALL, LET_IT_BE_SEEN, {0}},
    .references = (const struct reference[]){BUILD_NUMBERS, MAINTENANCE, {NULL, NULL}},
};
