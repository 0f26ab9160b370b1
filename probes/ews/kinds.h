/*
 * What the ews probe can say: the knowledge is in the files kinds*.c, the judgement of job logs in
 * job.c. Ids: a code of EWS belongs to one of them (read/ews_code.h has the classes).
 *
 *   ews-mime-transient   ErrorInternalServerTransientError at three requests for a message and more
 *   ews-unavailable      any other code by which the server says that it has trouble of its own
 *   ews-mime-conversion  ErrorMimeContentConversionFailed: this message, not the server
 *   ews-throttled        ErrorServerBusy, ErrorExceededConnectionCount
 *   ews-denied           ErrorAccessDenied, impersonation, HTTP 401 and 403
 *   ews-item-gone        ErrorItemNotFound: moved or deleted meanwhile
 *   ews-failed           every other code, and exceptions without one
 *
 * Of the host: ews-cgi-handler, ews-directory-modules, -settings, -differs and -missing of its
 * configuration files, ews-requests-failed and ews-requests-refused of its logs.
 */
#ifndef EXDIAG_PROBES_EWS_KINDS_H
#define EXDIAG_PROBES_EWS_KINDS_H

#include "diag/finding.h"

extern const struct finding_kind ews_mime_transient;
extern const struct finding_kind ews_unavailable;
extern const struct finding_kind ews_mime_conversion;
extern const struct finding_kind ews_throttled;
extern const struct finding_kind ews_denied;
extern const struct finding_kind ews_item_gone;
extern const struct finding_kind ews_failed;

/* Of configurations and logs: kinds_host.c and kinds_gone.c, judged in host.c and requests.c. */
extern const struct finding_kind ews_cgi_handler;
extern const struct finding_kind ews_directory_modules;
extern const struct finding_kind ews_directory_settings;
extern const struct finding_kind ews_directory_differs;
extern const struct finding_kind ews_directory_missing;
extern const struct finding_kind ews_requests_failed;
extern const struct finding_kind ews_requests_refused;

/* ---- steps and references that several have ---- */

/*
 * {mailbox}: one that is hit, if it is known. "log": it was a job log that told; {subject} is that
 * then. {server-that-fails}: in words, or by its name. {came-through}: the server, as the user
 * named it, through which most of what fails came. choice.h has what the version decides; of a
 * mailbox that was asked, live_tell.h how it was. "on-premises": it may be a server whose policies
 * can be changed, not Exchange Online. {machine}: of a file of a server, which one it is, in words.
 */

#define EWS_SHELL      "any Exchange server"
#define EWS_NODE_SHELL "{server-that-fails}, as administrator"
#define EWS_NODE_CMD   EWS_NODE_SHELL
#define EWS_FILE_HOST  "{machine}, as administrator"
#define EWS_THIS_RUN   "the machine that exdiag ran on"

/* Where the server that fails is Microsoft's, none of its settings are anybody else's business. */
#define EWS_ONLINE                                                                                 \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = "Microsoft 365 admin center",         \
        .command = "Look in Service health whether Exchange Online has an incident, and ask "      \
                   "Microsoft's support with the times and codes seen.",                           \
        .note = "the server is Microsoft's: nothing of it is to be set from here",                 \
        .when = "online"                                                                           \
    }

#define EWS_GET_DATABASE "Get-Mailbox -Identity {mailbox} | Format-List Name,Database,ServerName"
#define EWS_OF_DATABASE                                                                            \
    "ServerName has the active copy, which makes the MIME content since "                          \
    "Exchange 2013; in 2010 the Client Access server does that the "                               \
    "archiver talks to"

/* As the run was: its servers, and who asked. Of a secret only the place that it goes to. */
#define EWS_AS_BEFORE                                                                              \
    "exdiag check{+ --server node}{+ --mailbox asked}{+ --impersonate --mailbox owner}"
#define EWS_LOGGED_ON "{+ --token-file token-file}{+ --user basic-user}{+ --ntlm --user ntlm-user}"
#define EWS_AS_CALLED " --only ews{+ --dns resolver}{+ --port kept-port}"
#define EWS_AND_FILES "with --ca-file and --password-file too where the first run had them"

/* The messages are to be fetched then: by the archiver, and by exdiag. */
#define EWS_CHECK_AGAIN                                                                            \
    {.shell = SHELL_SH,                                                                            \
     .kind = STEP_EXACT,                                                                           \
     .where = EWS_THIS_RUN,                                                                        \
     .command = EWS_AS_BEFORE EWS_LOGGED_ON EWS_AS_CALLED,                                         \
     .note = "the run once more, " EWS_AND_FILES,                                                  \
     .when = "node",                                                                               \
     .also_powershell = true},                                                                     \
        {.shell = SHELL_SH,                                                                        \
         .kind = STEP_EXACT,                                                                       \
         .where = EWS_THIS_RUN,                                                                    \
         .command = "exdiag check --server {server} --mailbox {mailbox} --only ews",               \
         .note = "with a Kerberos ticket, --user or --token-file; --server once for each "         \
                 "node, to compare them",                                                          \
         .when = "!node",                                                                          \
         .also_powershell = true},                                                                 \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_FILL_IN, .where = EWS_THIS_RUN,                            \
        .command = "exdiag check --file {new-job-log} --only ews",                                 \
        .note = "the log of the archive job, run once more", .when = "log",                        \
        .also_powershell = true                                                                    \
    }

#define EWS_KNOW_TICKET                                                                            \
    {.shell = SHELL_SH,                                                                            \
     .kind = STEP_FILL_IN,                                                                         \
     .where = EWS_THIS_RUN,                                                                        \
     .command = "kinit {user-at-realm}",                                                           \
     .note = "a ticket of somebody who may open the mailbox, as alice@CONTOSO.COM; klist shows "   \
             "it. On Windows there is no kinit: run exdiag as a user of the domain",               \
     .when = "no-ticket"},                                                                         \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_EXACT, .where = EWS_THIS_RUN,                              \
        .command = EWS_AS_BEFORE EWS_AS_CALLED,                                                    \
        .note = "with that ticket, and with --ca-file too where the first run had it; or "         \
                "without one: with --user, and --ntlm where the server takes no Basic, or "        \
                "with --token-file",                                                               \
        .when = "no-ticket", .also_powershell = true                                               \
    }

#define EWS_KNOW_NAME                                                                              \
    {.shell = SHELL_SH,                                                                            \
     .kind = STEP_EXACT,                                                                           \
     .where = EWS_THIS_RUN,                                                                        \
     .command = "nslookup {server}",                                                               \
     .note = "whether this machine's own resolver, which a run without --dns asks, answers and "   \
             "knows the name. Else name with --dns one that can be reached from here, and its "    \
             "port where that is not 53; for a name that is known inside alone, one inside",       \
     .when = "no-resolver",                                                                        \
     .also_powershell = true},                                                                     \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = EWS_THIS_RUN,                                                                    \
         .command = "Look whether the name {server} is right, whole and with its domain: DNS "     \
                    "has no address for it. If it is known inside alone, name with --dns a "       \
                    "resolver that is inside.",                                                    \
         .when = "no-address"},                                                                    \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_DECIDE, .where = EWS_THIS_RUN,                             \
        .command = EWS_AS_BEFORE EWS_LOGGED_ON EWS_AS_CALLED,                                      \
        .note = "the run once more, with the name and the resolver that are right, as whom it "    \
                "asked "                                                                           \
                "first (--user, --ntlm, --token-file), and " EWS_AND_FILES,                        \
        .when = "name", .also_powershell = true                                                    \
    }

/* What stood in the way of asking a mailbox decides what helps; see live_tell.h. */
#define EWS_KNOW_BY_REASON                                                                         \
    {.shell = SHELL_SH,                                                                            \
     .kind = STEP_FILL_IN,                                                                         \
     .where = EWS_THIS_RUN,                                                                        \
     .command = EWS_AS_BEFORE " --user {user}" EWS_AS_CALLED,                                      \
     .note =                                                                                       \
         "another way to log on, of those that the server takes: Basic, as printed; NTLM with "    \
         "--ntlm behind it; Negotiate without --user, with a ticket (kinit, klist); Bearer "       \
         "with --token-file and a token that is still valid",                                      \
     .when = "logon-refused",                                                                      \
     .also_powershell = true},                                                                     \
        {.shell = SHELL_SH,                                                                        \
         .kind = STEP_FILL_IN,                                                                     \
         .where = EWS_THIS_RUN,                                                                    \
         .command = EWS_AS_BEFORE " --ntlm --user {user}" EWS_AS_CALLED,                           \
         .note = "another way to log on, if the server takes it: NTLM, as printed; Negotiate "     \
                 "without --ntlm and --user, with a ticket (kinit, klist); Bearer with "           \
                 "--token-file. Where it takes Basic, the name or the password is wrong",          \
         .when = "basic-refused",                                                                  \
         .also_powershell = true},                                                                 \
        EWS_KNOW_TICKET, EWS_KNOW_NAME,                                                            \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = EWS_THIS_RUN,                                                                    \
         .command = "Name with --server the Exchange server itself, by its own name and from "     \
                    "inside: what answered under this name is a proxy with a logon form, a "       \
                    "balancer or another web site.",                                               \
         .when = "another"},                                                                       \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = "whoever looks after the server",                                                \
         .command =                                                                                \
             "Look in the IIS log of this time which 403 it was: 403.4 is SSL, 403.6 the "         \
             "address of the machine that runs exdiag; without a line there a filter "             \
             "before the server answered. Or EWS is closed to this account: Get-CASMailbox, "      \
             "EwsEnabled and EwsApplicationAccessPolicy.",                                         \
         .when = "forbidden"},                                                                     \
        {.shell = SHELL_SH,                                                                        \
         .kind = STEP_FILL_IN,                                                                     \
         .where = EWS_THIS_RUN,                                                                    \
         .command = EWS_AS_BEFORE EWS_LOGGED_ON " --ca-file {ca-file}" EWS_AS_CALLED,              \
         .note = "the authority that issued the certificate, in PEM; and --server is to be a "     \
                 "name that is in the certificate",                                                \
         .when = "certificate",                                                                    \
         .also_powershell = true},                                                                 \
        {.shell = SHELL_SH,                                                                        \
         .kind = STEP_EXACT,                                                                       \
         .where = EWS_THIS_RUN,                                                                    \
         .command = EWS_AS_BEFORE EWS_LOGGED_ON " --patience 60" EWS_AS_CALLED,                    \
         .note = "an archiver tries for half a minute",                                            \
         .when = "cut-short",                                                                      \
         .also_powershell = true},                                                                 \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = EWS_THIS_RUN,                                                                    \
         .command = "Look whether the server is up, and whether anything listens at TCP 443 "      \
                    "there (on Windows: Test-NetConnection with its name and -Port 443): IIS "     \
                    "may be stopped, or a firewall between may not let this machine through.",     \
         .when = "no-listener"},                                                                   \
        {.shell = SHELL_SH,                                                                        \
         .kind = STEP_EXACT,                                                                       \
         .where = EWS_THIS_RUN,                                                                    \
         .command = EWS_AS_BEFORE EWS_LOGGED_ON EWS_AS_CALLED,                                     \
         .note = "the run once more, " EWS_AND_FILES                                               \
                 "; --server is the name that its certificate and its ticket are for",             \
         .when = "once-more",                                                                      \
         .also_powershell = true},                                                                 \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = EWS_THIS_RUN,                         \
        .command = "Ask as the archiver does: log on with its account, and give --impersonate "    \
                   "if it impersonates. An administrator has no right to mailboxes of others "     \
                   "by default, and needs none for this.",                                         \
        .when = "caller-refused"                                                                   \
    }

#define EWS_MAKE_KNOWN                                                                             \
    {.shell = SHELL_MANUAL,                                                                        \
     .kind = STEP_DECIDE,                                                                          \
     .where = "MailStore",                                                                         \
     .command = "Run the archive job once more, to its end, and give its whole log, all its "      \
                "files in one run: exdiag check FILE FILE ...",                                    \
     .note = "a log that begins or ends in the middle of a message leaves open what became of "    \
             "it",                                                                                 \
     .when = "log"},                                                                               \
        EWS_KNOW_BY_REASON,                                                                        \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_EXACT, .where = EWS_THIS_RUN,                              \
        .command = "exdiag check --server {server} --mailbox {mailbox} --only ews",                \
        .note = "asks the server itself: with a Kerberos ticket (klist, kinit), or with "          \
                "--user, and --ntlm where it takes no Basic, or with --token-file; --server "      \
                "is the name that its certificate and its ticket are for",                         \
        .when = "!reason", .also_powershell = true                                                 \
    }

#define EWS_ARTICLE                                                                                \
    {                                                                                              \
        "RTF content archiving problem when using Mailstore against Exchange 2010 SPx - "          \
        "ErrorInternalServerTransientError",                                                       \
            NULL                                                                                   \
    }
#define EWS_CODES                                                                                  \
    {                                                                                              \
        "Microsoft Learn: ResponseCode of EWS",                                                    \
            "https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/"   \
            "responsecode"                                                                         \
    }
#define EWS_THROTTLING                                                                             \
    {                                                                                              \
        "Microsoft Learn: EWS throttling in Exchange",                                             \
            "https://learn.microsoft.com/en-us/exchange/client-developer/exchange-web-services/"   \
            "ews-throttling-in-exchange"                                                           \
    }
#define EWS_DIRECTORY                                                                              \
    {                                                                                              \
        "Microsoft Learn: New-WebServicesVirtualDirectory",                                        \
            "https://learn.microsoft.com/en-us/powershell/module/exchange/"                        \
            "new-webservicesvirtualdirectory"                                                      \
    }
#define EWS_MOVE                                                                                   \
    {                                                                                              \
        "Microsoft Learn: Move-ActiveMailboxDatabase",                                             \
            "https://learn.microsoft.com/en-us/powershell/module/exchange/"                        \
            "move-activemailboxdatabase"                                                           \
    }

#endif
