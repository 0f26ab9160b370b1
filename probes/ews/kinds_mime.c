/* Messages whose MIME content the server does not give. */
#include "probes/ews/kinds.h"

#include <stddef.h>

#define IDENTITY "\"$env:COMPUTERNAME\\EWS (Default Web Site)\""
#define RECORD   "\"$env:USERPROFILE\\ews-before.xml\""

#define EXTENDED_PROTECTION                                                                        \
    "%windir%\\system32\\inetsrv\\appcmd.exe list config \"Default Web Site/EWS\" "                \
    "-section:system.webServer/security/authentication/windowsAuthentication"

/* What New- is to make again as it was. Those of 2013 and later have three more. */
#define RECORDED                                                                                   \
    "-InternalUrl $ews.InternalUrl -ExternalUrl $ews.ExternalUrl "                                 \
    "-InternalNLBBypassUrl $ews.InternalNLBBypassUrl -GzipLevel $ews.GzipLevel "                   \
    "-BasicAuthentication $ews.BasicAuthentication "                                               \
    "-DigestAuthentication $ews.DigestAuthentication "                                             \
    "-WindowsAuthentication $ews.WindowsAuthentication "                                           \
    "-WSSecurityAuthentication $ews.WSSecurityAuthentication "                                     \
    "-MRSProxyEnabled $ews.MRSProxyEnabled"

/* ---- the way round ---- */

#define MOVE_AWAY                                                                                  \
    EWS_FIND_DATABASE,                                                                             \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_FILL_IN,                                                                     \
         .where = EWS_SHELL,                                                                       \
         .command = "Get-MailboxDatabaseCopyStatus -Identity {database}",                          \
         .note = "another node whose copy is Healthy, with a CopyQueueLength near 0"},             \
    {                                                                                              \
        .shell = SHELL_EMS, .kind = STEP_FILL_IN,                                                  \
        .where = "the way round, where there is a DAG: " EWS_SHELL,                                \
        .command = "Move-ActiveMailboxDatabase -Identity {database} -ActivateOnServer "            \
                   "{other-node}",                                                                 \
        .risk = "clients of this database lose it for some seconds and connect again",             \
        .note = "in the documented case messages were fetched at once from the other node, and "   \
                "failed again after the way back: it makes the archive whole today, and is no "    \
                "repair. In Exchange 2010 it is the Client Access server which the archiver "      \
                "talks to that makes the MIME content: let it talk to the other one as well"       \
    }

/* ---- the virtual directory: recorded, removed, made again ---- */

#define RECORD_IT                                                                                  \
    {.shell = SHELL_EMS,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = "the repair: " EWS_NODE_SHELL,                                                       \
     .command = "$ews = Get-WebServicesVirtualDirectory -Identity " IDENTITY,                      \
     .note = "keep this window open until the end: the commands below use what it holds. Where "   \
             "EWS is on another web site, Get-WebServicesVirtualDirectory -Server and the "        \
             "server's name lists its Identity"},                                                  \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = EWS_NODE_SHELL,                                                                  \
         .command = "$ews | Export-Clixml -Path " RECORD,                                          \
         .note = "the record of its URLs and authentication. Should the window be lost: $ews = "   \
                 "Import-Clixml -Path and this file"},                                             \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = EWS_NODE_SHELL,                                                                  \
         .command = "$ews | Format-List Identity,*Url,*Authentication,*Protection*,GzipLevel,"     \
                    "MRSProxy*",                                                                   \
         .note =                                                                                   \
             "look that URLs and authentication are there, and keep it for the comparison. "       \
             "Where ExtendedProtectionTokenChecking is not None, CertificateAuthentication is "    \
             "True, or MRSProxyMaxConnections has been changed, set that again with "              \
             "Set-WebServicesVirtualDirectory after New-"},                                        \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = EWS_NODE_CMD,                                                                    \
         .command = EXTENDED_PROTECTION,                                                           \
         .note = "Extended Protection as IIS has it: tokenChecking. Microsoft's script, and "      \
                 "setup since 2019 CU14, set it there alone, and Remove- takes it away"},          \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = EWS_NODE_CMD,                             \
        .command = "%windir%\\system32\\inetsrv\\appcmd.exe add backup before-ews",                \
        .note = "a copy of the configuration of IIS, below inetsrv\\backup; it is the way back"    \
    }

#define MAKE_IT_AGAIN                                                                              \
    {.shell = SHELL_EMS,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = EWS_NODE_SHELL,                                                                      \
     .command = "Remove-WebServicesVirtualDirectory -Identity " IDENTITY,                          \
     .risk = "from here to the last step nobody reaches EWS through this server: archiving, "      \
             "free/busy, out-of-office, Outlook for Mac, meeting rooms. Do it outside working "    \
             "hours, and take the server out of the load balancer first"},                         \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = "Exchange 2013 and later: " EWS_NODE_SHELL,                                      \
         .command = "New-WebServicesVirtualDirectory -Server $env:COMPUTERNAME -Role "             \
                    "ClientAccess " RECORDED " -OAuthAuthentication $ews.OAuthAuthentication",     \
         .risk = "without the recorded values it would have the defaults: no external URL, and "   \
                 "basic authentication on",                                                        \
         .note = "New-, not Set-: behind Remove- there is nothing left to set. No -WebSiteName, "  \
                 "which is for other web sites than the default one. The back end (Exchange Back " \
                 "End) is another directory and stays"},                                           \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = "instead, Exchange 2010: " EWS_NODE_SHELL,                                       \
         .command = "New-WebServicesVirtualDirectory " RECORDED,                                   \
         .risk = "without the recorded values it would have the defaults: no external URL, and "   \
                 "basic authentication on",                                                        \
         .note = "on the server itself: neither -Server nor -Role is known there",                 \
         .when = "exchange-2010"},                                                                 \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = EWS_NODE_CMD, .command = "iisreset",      \
        .risk = "ends all that is served over HTTP here for a minute: Outlook, Outlook on the "    \
                "web, ActiveSync, remote shells, the address book"                                 \
    }

#define COMPARE_IT                                                                                 \
    {.shell = SHELL_EMS,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = EWS_NODE_SHELL,                                                                      \
     .command = "Get-WebServicesVirtualDirectory -Identity " IDENTITY                              \
                " | Format-List Identity,*Url,*Authentication,*Protection*,GzipLevel,"             \
                "MRSProxy*",                                                                       \
     .note = "the same as was recorded"},                                                          \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = EWS_NODE_CMD,                             \
        .command = EXTENDED_PROTECTION,                                                            \
        .note = "tokenChecking as before: where it was Allow or Require and is None now, "         \
                "Microsoft's ExchangeExtendedProtectionManagement.ps1 sets it again"               \
    }

#define GO_BACK                                                                                    \
    {.shell = SHELL_EMS,                                                                           \
     .kind = STEP_FILL_IN,                                                                         \
     .where = "of the way round: " EWS_SHELL,                                                      \
     .command = "Move-ActiveMailboxDatabase -Identity {database} -ActivateOnServer {first-node}"}, \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = "where New- has failed, or the values differ: " EWS_NODE_SHELL,                  \
         .command = "$ews = Import-Clixml -Path " RECORD,                                          \
         .note = "then the step with New- once more, behind Remove- if there is a directory"},     \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT,                                                    \
        .where = "where IIS itself is to be as it was: " EWS_NODE_CMD,                             \
        .command = "%windir%\\system32\\inetsrv\\appcmd.exe restore backup before-ews",            \
        .risk = "takes every change to IIS back that was made since, and restarts it; the "        \
                "directory in Active Directory is not in it, and has to be there"                  \
    }

const struct finding_kind ews_mime_transient = {
    .id = "ews-mime-transient",
    .severity = SEVERITY_CRITICAL,
    .title = "{messages} cannot be fetched over EWS: ErrorInternalServerTransientError at every "
             "request",
    .why = "The error calls itself transient, and the archiver tries again for half a minute; but "
           "the same messages fail at every try and in every run. The job goes on without them, "
           "so they are missing from the archive until somebody reads its log.",
    .symptom = "An archiver, backup or migration that fetches messages over EWS leaves some out: "
               "meeting requests with an inline picture and other messages in RTF, those of one "
               "server of a DAG alone. In its log the request for the MIME content is repeated up "
               "to sixteen times in half a minute, then ErrorInternalServerTransientError.",
    .cause = "Something in the EWS virtual directory of that one server. In the documented case "
             "the configuration of IIS 7 was suspected, and CGI that was mapped on the directory; "
             "what was wrong was never found. Making the directory again cured it. Load makes the "
             "error more frequent.",
    .applies_to = "Exchange 2010 SP3 as documented, with MailStore; the same way of making MIME "
                  "content is in 2013 and later",
    .fix = (const struct step_template[]){MOVE_AWAY, RECORD_IT, MAKE_IT_AGAIN, {0}},
    .verify = (const struct step_template[]){COMPARE_IT, EWS_CHECK_AGAIN, {0}},
    .undo = (const struct step_template[]){GO_BACK, {0}},
    .make_known = (const struct step_template[]){EWS_MAKE_KNOWN, {0}},
    .references =
        (const struct reference[]){EWS_ARTICLE, EWS_MOVE, EWS_DIRECTORY, EWS_CODES, {NULL, NULL}},
};

const struct finding_kind ews_unavailable = {
    .id = "ews-unavailable",
    .severity = SEVERITY_WARNING,
    .title = "{messages} failed over EWS for trouble behind it: {codes}",
    .why = "EWS itself answered; what it needs did not: the database, a domain controller, another "
           "server. What the archiver asked for meanwhile is not in the archive.",
    .symptom = "An archive job has errors for some time, for all kinds of messages, and none "
               "before and after.",
    .cause = "A database that is dismounted, moves to another node or is failing over; a mailbox "
             "that is being moved; a domain controller that does not answer; a server short of "
             "memory.",
    .applies_to = "Exchange 2007 and later",
    .fix =
        (const struct step_template[]){
            EWS_FIND_DATABASE,
            {.shell = SHELL_EMS,
             .kind = STEP_FILL_IN,
             .where = EWS_SHELL,
             .command = "Get-MailboxDatabaseCopyStatus -Identity {database}",
             .note = "one copy Mounted, the others Healthy; a single server: "
                     "Get-MailboxDatabase -Status, Mounted must be True"},
            {.shell = SHELL_EMS,
             .kind = STEP_EXACT,
             .where = EWS_SHELL,
             .command = "Get-MoveRequest -MoveStatus InProgress",
             .note = "mailboxes under way: their messages can be fetched once they have arrived"},
            {.shell = SHELL_EMS,
             .kind = STEP_EXACT,
             .where = EWS_NODE_SHELL,
             .command = "Test-ServiceHealth",
             .note = "RequiredServicesRunning must be True for every role"},
            {.shell = SHELL_EMS,
             .kind = STEP_EXACT,
             .where = EWS_NODE_SHELL,
             .command = "Get-EventLog -LogName Application -Source \"MSExchange ADAccess\" "
                        "-EntryType Error,Warning -Newest 20",
             .note = "domain controllers that did not answer, around the times seen"},
            {0}},
    .verify = (const struct step_template[]){EWS_CHECK_AGAIN, {0}},
    .no_undo = "nothing is changed: these steps look",
    .make_known = (const struct step_template[]){EWS_MAKE_KNOWN, {0}},
    .references = (const struct reference[]){EWS_CODES, {NULL, NULL}},
};

const struct finding_kind ews_mime_conversion = {
    .id = "ews-mime-conversion",
    .severity = SEVERITY_WARNING,
    .title = "{messages} cannot be made MIME: {codes}",
    .why = "The server says that it cannot convert these messages, which is mostly for what is in "
           "them: then they fail on every server and at every try, to repeat the request is in "
           "vain, and the virtual directory has no part in it. They are not archived.",
    .symptom = "An archiver leaves single messages out, always the same ones, each after its first "
               "request.",
    .cause = "A message that is damaged, or holds what Exchange cannot express in MIME: properties "
             "of the wrong type, a body or an attachment that is broken, often of a gateway, an "
             "add-in or a migration.",
    .applies_to = "Exchange 2007 and later; every client that asks for MIME content",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "Outlook, as the mailbox's owner",
             .command = "Find the messages: a job log names them at the lines seen; those that "
                        "exdiag asked for are told by class and size. Where one opens, save it "
                        "as .msg, and archive or import that; where it does not, decide whether "
                        "it may be deleted.",
             .risk = "a message that is deleted is not in the archive either",
             .note = "forwarding a message to oneself makes a new one, which mostly converts"},
            {.shell = SHELL_EMS,
             .kind = STEP_FILL_IN,
             .where = "many in one mailbox, Exchange 2010 SP1 and later: " EWS_SHELL,
             .command = "New-MailboxRepairRequest -Mailbox {mailbox} -CorruptionType "
                        "SearchFolder,AggregateCounts,FolderView,ProvisionedFolder -DetectOnly",
             .risk = "the mailbox cannot be used while it runs; -DetectOnly changes nothing",
             .note = "its end is an event of MSExchangeIS in the application log"},
            {0}},
    .verify = (const struct step_template[]){EWS_CHECK_AGAIN, {0}},
    .no_undo = "nothing is changed, but for messages that somebody deletes",
    .make_known = (const struct step_template[]){EWS_MAKE_KNOWN, {0}},
    .references = (const struct reference[]){EWS_CODES, {NULL, NULL}},
};
