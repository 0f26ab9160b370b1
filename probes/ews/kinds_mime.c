/* Messages whose MIME content the server does not give. */
#include "probes/ews/kinds.h"

#include <stddef.h>

#define IDENTITY "\"$env:COMPUTERNAME\\EWS (Default Web Site)\""
#define RECORD   "\"$env:USERPROFILE\\ews-before.xml\""

#define EXTENDED_PROTECTION                                                                        \
    "%windir%\\system32\\inetsrv\\appcmd.exe list config \"Default Web Site/EWS\" "                \
    "-section:system.webServer/security/authentication/windowsAuthentication"

/*
 * What New- is to make again as it was: only what each version knows, for a parameter that it does
 * not know leaves the server without EWS.
 */
#define RECORDED_2007                                                                              \
    "-InternalUrl $ews.InternalUrl -ExternalUrl $ews.ExternalUrl "                                 \
    "-InternalNLBBypassUrl $ews.InternalNLBBypassUrl "                                             \
    "-BasicAuthentication $ews.BasicAuthentication "                                               \
    "-DigestAuthentication $ews.DigestAuthentication "                                             \
    "-WindowsAuthentication $ews.WindowsAuthentication"
#define RECORDED                                                                                   \
    RECORDED_2007 " -GzipLevel $ews.GzipLevel "                                                    \
                  "-WSSecurityAuthentication $ews.WSSecurityAuthentication "                       \
                  "-MRSProxyEnabled $ews.MRSProxyEnabled"

#define NEW_2007 "New-WebServicesVirtualDirectory " RECORDED_2007
#define NEW_2010                                                                                   \
    "New-WebServicesVirtualDirectory " RECORDED                                                    \
    " -MRSProxyMaxConnections $ews.MRSProxyMaxConnections"
#define NEW_2013                                                                                   \
    "New-WebServicesVirtualDirectory -Server $env:COMPUTERNAME -Role ClientAccess " RECORDED       \
    " -OAuthAuthentication $ews.OAuthAuthentication"

/* ---- the way round ---- */

#define MOVE_COMMAND                                                                               \
    "Move-ActiveMailboxDatabase -Identity {database} -ActivateOnServer {other-node}"
#define MOVE_RISK "clients of this database lose it for some seconds and connect again"

#define WAY_ROUND                                                                                  \
    {.shell = SHELL_MANUAL,                                                                        \
     .kind = STEP_DECIDE,                                                                          \
     .where = "whoever looks after the archiver",                                                  \
     .condition = "the way round",                                                                 \
     .command = "Let the archiver talk to {came-through}: through that server the same "           \
                "messages came.",                                                                  \
     .note = "it makes the archive whole today, and is no repair: other clients still go to "      \
             "the server that fails",                                                              \
     .when = "came-through"},                                                                      \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = EWS_SHELL,                                                                       \
         .condition = "the way round",                                                             \
         .command = EWS_GET_DATABASE,                                                              \
         .note = EWS_OF_DATABASE,                                                                  \
         .when = "moves"},                                                                         \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = EWS_SHELL,                                                                       \
         .condition = "the way round, where there is a DAG",                                       \
         .command = "Get-MailboxDatabaseCopyStatus -Identity {database}",                          \
         .note = "another node whose copy is Healthy, with a CopyQueueLength near 0",              \
         .when = "moves"},                                                                         \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = EWS_SHELL,                                                                       \
         .condition = "the way round, where there is a DAG",                                       \
         .command = MOVE_COMMAND,                                                                  \
         .risk = MOVE_RISK,                                                                        \
         .note = "no repair: in the documented case messages failed again after the "              \
                 "way back. With Exchange 2010 let the archiver talk to the other "                \
                 "Client Access server as well",                                                   \
         .when = "move-first"},                                                                    \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = EWS_SHELL,                                                                       \
         .condition = "the way round, only of Exchange 2010 with a DAG, and only if the "          \
                      "archiver cannot talk to another server",                                    \
         .command = MOVE_COMMAND,                                                                  \
         .risk = MOVE_RISK,                                                                        \
         .note = "it helped in the documented case, which is one of Exchange 2010. Since 2013 "    \
                 "it is in vain here: the node of the database made the MIME content through "     \
                 "the other server",                                                               \
         .when = "move-second"},                                                                   \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = "the servers that were asked",                                                   \
         .condition = "in place of a repair",                                                      \
         .command = "Make no virtual directory again: these messages fail through every "          \
                    "server that was asked, so that of one of them is not the cause. Look at "     \
                    "what the servers share: the active copy of the database, the load at "        \
                    "that hour, and the messages themselves (open one in Outlook).",               \
         .note = "since Exchange 2013 it is the server with the active copy that makes the "       \
                 "MIME content, in EWS of its site Exchange Back End. How to make that one "       \
                 "again is not printed: Microsoft documents no values for it; its support "        \
                 "knows them",                                                                     \
         .when = "everywhere"},                                                                    \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = EWS_THIS_RUN,                         \
        .condition = "before the repair",                                                          \
        .command =                                                                                 \
            "Ask for the same messages through another server of the DAG too (exdiag "             \
            "check with --server once for each). Go on only if they come through that one.",       \
        .note = "where every server fails alike, the repair below is in vain",                     \
        .when = "compare-first"                                                                    \
    }

/* ---- the virtual directory: recorded, removed, made again ---- */

#define RECORD_IT                                                                                  \
    {.shell = SHELL_EMS,                                                                           \
     .kind = STEP_DECIDE,                                                                          \
     .where = EWS_NODE_SHELL,                                                                      \
     .condition = "the repair",                                                                    \
     .command = "$ews = Get-WebServicesVirtualDirectory -Identity " IDENTITY,                      \
     .note = "keep this window open until the end: without what it holds EWS "                     \
             "comes back with no external URL, and with basic authentication on",                  \
     .when = "repair"},                                                                            \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = EWS_NODE_SHELL,                                                                  \
         .condition = "the repair",                                                                \
         .command = "$ews | Export-Clixml -Path " RECORD,                                          \
         .note = "should the window be lost: $ews = Import-Clixml -Path and this file",            \
         .when = "repair"},                                                                        \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = EWS_NODE_SHELL,                                                                  \
         .condition = "the repair",                                                                \
         .command = "$ews | Format-List Identity,*Url,*Authentication,*Protection*,GzipLevel,"     \
                    "MRSProxy*",                                                                   \
         .note = "for the comparison. Where CertificateAuthentication is True, set "               \
                 "that again after New-, with Set-WebServicesVirtualDirectory",                    \
         .when = "repair"},                                                                        \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = EWS_NODE_CMD,                                                                    \
         .condition = "the repair",                                                                \
         .command = EXTENDED_PROTECTION,                                                           \
         .note = "tokenChecking of Extended Protection, which Remove- takes away",                 \
         .when = "extended-protection"},                                                           \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = EWS_NODE_CMD,                                                                    \
         .condition = "the repair",                                                                \
         .command = "%windir%\\system32\\inetsrv\\appcmd.exe add backup before-ews",               \
         .note = "the way back for IIS, below inetsrv\\backup",                                    \
         .when = "repair"},                                                                        \
    {                                                                                              \
        .shell = SHELL_EMS, .kind = STEP_DECIDE, .where = EWS_NODE_SHELL,                          \
        .condition = "the repair",                                                                 \
        .command = "Get-ExchangeServer -Identity $env:COMPUTERNAME | Format-List "                 \
                   "Name,AdminDisplayVersion",                                                     \
        .note = "choose one of the three commands with New- below before anything is removed: "    \
                "the others fail, and EWS would stay away",                                        \
        .when = "new-open"                                                                         \
    }

#define NEW_STEP(condition_, line, text, when_)                                                    \
    {                                                                                              \
        .shell = SHELL_EMS, .kind = STEP_DECIDE, .where = EWS_NODE_SHELL, .condition = condition_, \
        .command = line, .note = text, .when = when_                                               \
    }

#define NEW_OR(condition_, line, when_)                                                            \
    {                                                                                              \
        .shell = SHELL_EMS, .kind = STEP_DECIDE, .is_alternative = true, .where = EWS_NODE_SHELL,  \
        .condition = condition_, .command = line, .when = when_                                    \
    }

/* One of them where the version is known; else the one that a person chooses. */
#define MAKE_NEW                                                                                   \
    NEW_STEP("the repair", NEW_2013, OF_2013, "new-2013"),                                         \
        NEW_STEP("the repair", NEW_2010, NULL, "new-2010"),                                        \
        NEW_STEP("the repair", NEW_2007, NULL, "new-2007"),                                        \
        NEW_STEP("the repair, only if it is Exchange 2013 or later (Version 15)", NEW_2013,        \
                 OF_2013, "new-open"),                                                             \
        NEW_OR("the repair, only if it is Exchange 2010 (Version 14)", NEW_2010, "new-open"),      \
        NEW_OR("the repair, only if it is Exchange 2007 (Version 8)", NEW_2007, "new-open")

#define OF_2013 "the back end's directory stays"

#define MAKE_IT_AGAIN                                                                              \
    {.shell = SHELL_EMS,                                                                           \
     .kind = STEP_DECIDE,                                                                          \
     .where = EWS_NODE_SHELL,                                                                      \
     .condition = "the repair, outside working hours",                                             \
     .command = "Remove-WebServicesVirtualDirectory -Identity " IDENTITY,                          \
     .risk = "from here to the last step nobody reaches EWS through this server: archiving, "      \
             "free/busy, out-of-office, Outlook for Mac, meeting rooms. Take the "                 \
             "server out of the load balancer first",                                              \
     .when = "repair"},                                                                            \
        MAKE_NEW,                                                                                  \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = EWS_NODE_SHELL,                                                                  \
         .condition = "the repair, only if ExtendedProtectionTokenChecking was not None",          \
         .command = "Set-WebServicesVirtualDirectory -Identity " IDENTITY                          \
                    " -ExtendedProtectionTokenChecking $ews.ExtendedProtectionTokenChecking "      \
                    "-ExtendedProtectionFlags $ews.ExtendedProtectionFlags "                       \
                    "-ExtendedProtectionSPNList $ews.ExtendedProtectionSPNList",                   \
         .risk = "what New- makes has no Extended Protection: without it a logon can be "          \
                 "relayed",                                                                        \
         .when = "extended-protection"},                                                           \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = EWS_NODE_CMD,                            \
        .condition = "the repair, outside working hours", .command = "iisreset",                   \
        .risk = "ends all that is served over HTTP here for a minute: Outlook, "                   \
                "phones, remote shells, the address book",                                         \
        .when = "repair"                                                                           \
    }

#define COMPARE_IT                                                                                 \
    {.shell = SHELL_EMS,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = EWS_NODE_SHELL,                                                                      \
     .command = "Get-WebServicesVirtualDirectory -Identity " IDENTITY                              \
                " | Format-List Identity,*Url,*Authentication,*Protection*,GzipLevel,"             \
                "MRSProxy*",                                                                       \
     .note = "the same as was recorded",                                                           \
     .when = "repair"},                                                                            \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = EWS_NODE_CMD,                             \
        .command = EXTENDED_PROTECTION,                                                            \
        .note = "tokenChecking as before: where it was Allow or Require and is None now, "         \
                "Microsoft's ExchangeExtendedProtectionManagement.ps1 sets it again",              \
        .when = "extended-protection"                                                              \
    }

#define GO_BACK                                                                                    \
    {.shell = SHELL_MANUAL,                                                                        \
     .kind = STEP_EXACT,                                                                           \
     .where = "Exchange Online",                                                                   \
     .command = "There is nothing to undo: nothing was changed.",                                  \
     .when = "online"},                                                                            \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = "whoever looks after the archiver",                                              \
         .condition = "the way round, once the run that verifies finds nothing",                   \
         .command = "Let the archiver talk to the server again that it talked to before.",         \
         .when = "came-through"},                                                                  \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = EWS_SHELL,                                                                       \
         .condition = "the way round, if the database was moved",                                  \
         .command =                                                                                \
             "Move-ActiveMailboxDatabase -Identity {database} -ActivateOnServer {first-node}",     \
                                                                                                   \
         .when = "moves"},                                                                         \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = EWS_NODE_SHELL,                                                                  \
         .condition = "the repair, where New- has failed or the values differ",                    \
         .command = "$ews = Import-Clixml -Path " RECORD,                                          \
         .note = "then the step with New- once more, behind Remove- if there is a directory",      \
         .when = "repair"},                                                                        \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = EWS_NODE_CMD,                            \
        .condition = "the repair, where IIS itself is to be as it was, outside working "           \
                     "hours",                                                                      \
        .command = "%windir%\\system32\\inetsrv\\appcmd.exe restore backup before-ews",            \
        .risk = "takes every change to IIS back that was made since, and restarts it; the "        \
                "directory in Active Directory is not in it, and has to be there",                 \
        .when = "repair"                                                                           \
    }

const struct finding_kind ews_mime_transient = {
    .id = "ews-mime-transient",
    .severity = SEVERITY_CRITICAL,
    .title = "{messages} cannot be fetched over EWS: ErrorInternalServerTransientError at every "
             "request",
    .why = "The error calls itself transient, but the same messages fail at every try and in "
           "every run. The job goes on without them, so they are missing from the archive until "
           "somebody reads its log.",
    .symptom = "An archiver, backup or migration that fetches messages over EWS leaves some "
               "out: meeting requests with an inline picture and other messages in RTF, those "
               "of one server of a DAG alone. In its log the request for the MIME content is "
               "repeated up to sixteen times in half a minute, then "
               "ErrorInternalServerTransientError.",
    .cause = "Something in the EWS virtual directory of that one server. In the documented case "
             "the configuration of IIS 7 was suspected, and CGI that was mapped on the "
             "directory; what was wrong was never found. Making the directory again cured it. "
             "Load makes the error more frequent.",
    .applies_to = "Exchange 2010 SP3 as documented, with MailStore; the same way of making MIME "
                  "content is in 2013 and later",
    .cost = "Messages are missing from the archive, or from other programs that read mailboxes.",
    .repair =
        "Let the archiver use the server that works, then make this server's EWS directory anew.",
    .fix = (const struct step_template[]){EWS_ONLINE, WAY_ROUND, RECORD_IT, MAKE_IT_AGAIN, {0}},
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
    .why = "EWS itself answered; what it needs did not: the database, a domain controller, "
           "another server. What the archiver asked for meanwhile is not in the archive.",
    .symptom = "An archive job has errors for some time, for all kinds of messages, and none "
               "before and after.",
    .cause = "A database that is dismounted, moves to another node or is failing over; a mailbox "
             "that is being moved; a domain controller that does not answer; a server short of "
             "memory.",
    .applies_to = "Exchange 2007 and later",
    .cost = "Messages reach the archive late, or are missing from it.",
    .repair =
        "Look what was down behind the web services at these times: database, controller, memory.",
    .fix =
        (const struct step_template[]){
            EWS_ONLINE,
            {.shell = SHELL_EMS,
             .kind = STEP_EXACT,
             .where = EWS_SHELL,
             .command = EWS_GET_DATABASE,
             .note = EWS_OF_DATABASE,
             .when = "!online"},
            {.shell = SHELL_EMS,
             .kind = STEP_FILL_IN,
             .where = EWS_SHELL,
             .command = "Get-MailboxDatabaseCopyStatus -Identity {database}",
             .note = "one copy Mounted, the others Healthy; a single server: "
                     "Get-MailboxDatabase -Status, Mounted must be True",
             .when = "!online"},
            {.shell = SHELL_EMS,
             .kind = STEP_EXACT,
             .where = EWS_SHELL,
             .command = "Get-MoveRequest -MoveStatus InProgress",
             .note = "mailboxes under way: their messages can be fetched once they have arrived",
             .when = "!online"},
            {.shell = SHELL_EMS,
             .kind = STEP_EXACT,
             .where = EWS_NODE_SHELL,
             .command = "Test-ServiceHealth",
             .note = "RequiredServicesRunning must be True for every role",
             .when = "!online"},
            {.shell = SHELL_EMS,
             .kind = STEP_EXACT,
             .where = EWS_NODE_SHELL,
             .command = "Get-EventLog -LogName Application -Source \"MSExchange ADAccess\" "
                        "-EntryType Error,Warning -Newest 20",
             .note = "domain controllers that did not answer, around the times seen",
             .when = "!online"},
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
    .why = "Such an error is of the message, as a rule, and not of the server: to repeat the "
           "request is in vain. Where the same message comes through another server, it is "
           "whole, and it is the server. What fails is not archived.",
    .symptom = "An archiver leaves single messages out, always the same ones, each after its "
               "first request.",
    .cause = "A message that is damaged, or holds what Exchange cannot express in MIME: "
             "properties of the wrong type, a body or an attachment that is broken, often of a "
             "gateway, an add-in or a migration.",
    .applies_to = "Exchange 2007 and later; every client that asks for MIME content",
    .cost = "Single messages are missing from the archive.",
    .repair = "Find these messages, and save or delete them by hand.",
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
             .note = "forwarding a message to oneself makes a new one, which mostly converts",
             .when = "!one-node"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "whoever looks after the archiver",
             .command = "Delete nothing: through {came-through} the same messages come, as seen. "
                        "Let the archiver talk to that server, and compare the builds of both.",
             .when = "one-node"},
            {0}},
    .verify = (const struct step_template[]){EWS_CHECK_AGAIN, {0}},
    .no_undo = "nothing is changed, but for messages that somebody deletes",
    .make_known = (const struct step_template[]){EWS_MAKE_KNOWN, {0}},
    .references = (const struct reference[]){EWS_CODES, {NULL, NULL}},
};
