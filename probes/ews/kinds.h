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
 * Of the host: ews-cgi-handler, ews-directory-modules, -settings and -differs of its configuration
 * files, ews-requests-failed of its logs.
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

/* Of configurations and logs: kinds_host.c, judged in host.c and requests.c. */
extern const struct finding_kind ews_cgi_handler;
extern const struct finding_kind ews_directory_modules;
extern const struct finding_kind ews_directory_settings;
extern const struct finding_kind ews_directory_differs;
extern const struct finding_kind ews_requests_failed;

/* ---- steps and references that several have ---- */

/*
 * {mailbox}: one that is hit, if it is known. "exchange-2010": the server may be one; else it is of
 * 2013 or later. "on-premises": it may be one whose policies can be changed, not Exchange Online.
 * "log": it was a job log that told; {subject} is that then.
 */

#define EWS_SHELL      "any Exchange server"
#define EWS_NODE_SHELL "the server that fails, as administrator"
#define EWS_NODE_CMD   "the server that fails, as administrator"
#define EWS_FILE_HOST  "the server that the file is of, as administrator"
#define EWS_THIS_RUN   "the machine that runs exdiag"

#define EWS_FIND_DATABASE                                                                          \
    {                                                                                              \
        .shell = SHELL_EMS, .kind = STEP_EXACT, .where = EWS_SHELL,                                \
        .command = "Get-Mailbox -Identity {mailbox} | Format-List Name,Database,ServerName",       \
        .note = "the database, and the server whose copy of it is active"                          \
    }

/* The messages are to be fetched then: by the archiver, and by exdiag. */
#define EWS_CHECK_AGAIN                                                                            \
    {.shell = SHELL_SH,                                                                            \
     .kind = STEP_EXACT,                                                                           \
     .where = EWS_THIS_RUN,                                                                        \
     .command = "exdiag check --server {server} --mailbox {mailbox} --only ews",                   \
     .note = "asks for the same kinds of messages as the archiver does, and has to log on as in "  \
             "the first run; name --server once for each node, to compare them",                   \
     .also_powershell = true},                                                                     \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_FILL_IN, .where = EWS_THIS_RUN,                            \
        .command = "exdiag check --file {new-job-log} --only ews",                                 \
        .note = "the log of the archive job, run once more", .when = "log",                        \
        .also_powershell = true                                                                    \
    }

#define EWS_MAKE_KNOWN                                                                             \
    {.shell = SHELL_MANUAL,                                                                        \
     .kind = STEP_DECIDE,                                                                          \
     .where = "MailStore",                                                                         \
     .command = "Run the archive job once more, to its end, and give its whole log, all its "      \
                "files in one run: exdiag check FILE FILE ...",                                    \
     .note = "a log that begins or ends in the middle of a message leaves open what became of it", \
     .when = "log"},                                                                               \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_EXACT, .where = EWS_THIS_RUN,                              \
        .command = "exdiag check --server {server} --mailbox {mailbox} --only ews",                \
        .note = "asks the server itself: with a Kerberos ticket (klist, kinit), or with --user, "  \
                "and --ntlm where it takes no Basic, or with --token-file; --server is the name "  \
                "that its certificate and its ticket are for",                                     \
        .also_powershell = true                                                                    \
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
